"""The first start: a new store, sample data, another store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from crmdesk import settings
from crmdesk.errors import BadPlace, why
from crmdesk.i18n import language, tr
from crmdesk.ui import background
from crmdesk.ui.dialogs import open_store as file_dialogs
from crmdesk.ui.dialogs.first_run import SAMPLE_PASSPHRASE, CreateCover, NewStore, WelcomeCover, system_region
from crmdesk.ui.opened import Host, Opened, close, look_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmdesk.ui.background import Job
    from crmdesk.ui.dialogs.first_run import Way
    from crmdesk.ui.store_keys import StoreKeys


class FirstStart(QObject):
    """Shows the ways to a store and goes them."""

    def __init__(self, program: QObject, host: Host, keys: StoreKeys) -> None:
        super().__init__(program)
        self._host, self._keys = host, keys

    def welcome(self, notice: str = "", region: str = "") -> None:
        """Show the first start; from an open or locked store there is a way back."""
        path = self._host.path
        back: Callable[[], object] | None = None
        if self._host.store is not None:
            back = self._host.window.uncover
        elif path is not None and path.exists():
            back = lambda: self._host.ask_passphrase(path)  # noqa: E731 - a name of its own would say no more
        cover = WelcomeCover(region or settings.read().get("region") or system_region(), self._take_way, self.speak_at_start, notice, back)
        self._host.window.show_cover(cover)

    def speak_at_start(self, code: str, region: str) -> None:
        """Use another language on the first screen."""
        self._host.speak(code)
        self.welcome(region=region)

    def _take_way(self, way: Way, region: str) -> None:
        settings.write(region=region, language=language())
        if way == "open":
            self.choose_other()
        elif way == "restore":
            self._host.restore()
        elif way == "create":
            suggested = _free_name(settings.data_folder() / f"{tr('Customers')}{file_dialogs.SUFFIX}")
            self._host.window.show_cover(CreateCover(region, suggested, self._create, lambda: self.welcome(region=region)))
        else:
            self._try_sample(region)

    def choose_other(self) -> None:
        """Ask for the file of another store."""
        folder = self._host.path.parent if self._host.path is not None else settings.data_folder()
        chosen = file_dialogs.choose_store(self._host.window, folder if folder.is_dir() else Path.home())
        if chosen is not None:
            self._host.leave_store()
            self._host.ask_passphrase(chosen)

    def sample(self) -> None:
        """Leave the open store for the one with sample data."""
        self.welcome()
        self._try_sample(settings.read().get("region") or system_region())

    def _try_sample(self, region: str) -> None:
        """Open the sample store, made on the first time."""
        path = settings.data_folder() / f"{tr('Sample data')}{file_dialogs.SUFFIX}"
        if path.exists():
            self._host.leave_store()
            self._host.ask_passphrase(path)
            self._host.unlock(passphrase=SAMPLE_PASSPHRASE)
            return
        cover = self._host.window.cover()
        if isinstance(cover, WelcomeCover):
            cover.busy(True)
        self._create(NewStore(path, SAMPLE_PASSPHRASE, tr("Maria Becker"), region, language(), sample=True))

    def _create(self, wanted: NewStore) -> None:
        """Make a store in the background and go on to its recovery sheet; what is open stays so until it is made."""
        self._host.begin_attempt()

        def work(job: Job) -> Opened:
            from crmdesk.operations.stores import new_store

            _make_folder(wanted.path.parent)
            made = new_store(
                wanted.path, wanted.passphrase, owner=wanted.owner, currency=wanted.currency, region=wanted.region, language=wanted.language, sample=wanted.sample
            )  # fmt: skip
            return look_at(made)

        def done(opened: Opened) -> None:
            if not self._host.hold(opened.store.path):
                close(opened.store)
                return
            self._host.leave_store()
            self._host.path = opened.store.path
            if wanted.sample:
                self._host.show(opened)
                self._host.window.say(tr("This store opens with the passphrase “{passphrase}”.", passphrase=SAMPLE_PASSPHRASE))
            else:
                self._host.window.show_cover(self._keys.sheet(opened.store, lambda: self._host.show(opened)))

        background.write(self, "", work, done, self._host.refuse)


def _make_folder(folder: Path) -> None:
    """Make the folder of a new store, unless it is there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadPlace(tr("{path} can't be written: {why}.", path=folder, why=why(error))) from error


def _free_name(path: Path) -> Path:
    """Return the path, or one with a number where a file lies already."""
    for number in range(2, 1000):
        if not path.exists():
            return path
        path = path.with_name(f"{path.stem.rstrip('0123456789').rstrip()} {number}{path.suffix}")
    return path
