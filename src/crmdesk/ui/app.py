"""The program with a window: how it starts, unlocks a store, locks it and ends."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QDialog

from crmdesk import settings
from crmdesk.errors import Cancelled, StoreMissing, UserError, why
from crmdesk.i18n import LANGUAGES, language, mark, set_language, tr
from crmdesk.ui import actions, background, theme
from crmdesk.ui.actions import Action
from crmdesk.ui.cover import LockCover
from crmdesk.ui.dialogs import open_store as file_dialogs
from crmdesk.ui.dialogs.first_run import SAMPLE_PASSPHRASE, CreateCover, NewStore, SheetCover, WelcomeCover, system_language, system_region
from crmdesk.ui.dialogs.unlock import NewPassphraseCover, RecoveryCover
from crmdesk.ui.navigation import Item
from crmdesk.ui.system_lock import SystemLock
from crmdesk.ui.upkeep import Upkeep
from crmdesk.ui.window import CORE_AREA, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmdesk.store import Store
    from crmdesk.store.door import Changes
    from crmdesk.store.keys import Key
    from crmdesk.ui.background import Job
    from crmdesk.ui.dialogs.first_run import Way
    from crmdesk.ui.everywhere import Recent
    from crmdesk.ui.page import Place

VIEW_PAGES = {
    "contact": "contacts", "company": "companies", "lead": "leads", "deal": "pipeline", "ticket": "tickets", "quote": "quotes", "task": "tasks", "article": "articles",
}  # fmt: skip
CALM_MS = 2000  # so long after opening a store the housekeeping begins
BREATH_S = 0.02  # importing holds the interpreter; in between the window has it for itself


def run(path: Path | None, passphrase: str | None) -> int:
    """Open the window and return the exit code when it is closed.

    Args:
        path: the store to open; None shows the first start.
        passphrase: opens it without asking.
    """
    if not has_display():
        print(tr("There is no display: the window can't be shown here. “crmdesk --help” lists the commands that work without one."), file=sys.stderr)
        return 1
    _no_core_dumps()
    set_language(settings.read().get("language") or system_language())
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("CRMDesk")
    app.setDesktopFileName("crmdesk")
    theme.start(app, settings.read().get("colours", "system"))
    actions.watch_composition(app)
    background.start()
    program = Program()
    program.start(path, passphrase)
    try:
        return app.exec()
    finally:
        program.shut_down()


def has_display() -> bool:
    """Say whether a window can be shown."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _no_core_dumps() -> None:
    """Keep keys and customers out of crash files."""
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@dataclass(frozen=True)
class _Opened:
    """An open store with what the window shows first."""

    store: Store
    user_name: str
    views: Sequence[Item]
    undo: tuple[str, str]
    is_keyed: bool


class Program(QObject):
    """The window and the store in it: unlocking, locking, undo, the first start.

    Attributes:
        window: the one window; made anew when the language changes.
        store: None while locked.
    """

    def __init__(self) -> None:
        super().__init__()
        self.store: Store | None = None
        self.path: Path | None = None
        self.upkeep: Upkeep | None = None
        self._undo_labels = ("", "")
        self._is_keyed = False
        self._attempt = 0
        self._return_to: Place | None = None
        self._held = ExitStack()
        self._recent: Recent | None = None
        self._is_ended = False
        self._lost: Path | None = None
        self.system_lock = SystemLock(self)
        self.system_lock.locked.connect(self.lock)
        self.window = self._make_window()

    # --- the window -------------------------------------------------------------------------------------------------

    def _make_window(self) -> Window:
        from crmdesk.ui.pages import PAGES

        window = Window(PAGES)
        window.undo, window.redo = self._undo, self._redo
        window.undo_label, window.redo_label = (lambda: self._undo_labels[0]), (lambda: self._undo_labels[1])
        window.palette_box.search = self._search
        window.lock_wanted.connect(self.lock)
        window.closing.connect(self.shut_down)
        window.registry.add(*self._actions())
        return window

    def _actions(self) -> list[Action]:
        return [
            Action("file.open", mark("Open another store"), self._choose_other, "folder-open", "", "file"),
            Action("file.new_store", mark("New store"), self.welcome, "plus", "", "file"),
            Action("file.sample", mark("Try sample data"), self._sample, "eye", "", "file"),
            Action("file.backup", mark("Back up now"), self._back_up, "save", "", "file"),
            Action("file.restore", mark("Restore a backup"), self.restore, "history", "", "file"),
            Action("file.sheet", mark("Recovery sheet"), self._show_sheet, "printer", "", "file"),
            Action("file.passphrase", mark("Change passphrase"), self._change_passphrase, "key", "", "file"),
            Action(
                "file.keyring", mark("Unlock without passphrase on this computer"), self._toggle_keyring, "key", "", "file", checked=lambda: self._is_keyed,
                words=mark("keyring"),
            ),
            *(self._language_action(code, name) for code, name in LANGUAGES.items()),
        ]  # fmt: skip

    def _language_action(self, code: str, name: str) -> Action:
        def choose() -> None:
            self.speak(code)

        return Action(
            f"view.language.{code}", name, choose, "languages", group="view", checked=lambda: language() == code, words=mark("language Sprache 语言"),
            title=lambda: tr("Language: {name}", name=name),
        )  # fmt: skip

    def speak(self, code: str) -> None:
        """Use another language from now on; the window is made anew."""
        settings.write(language=code)
        if code == language():
            return
        set_language(code)
        place, store, path = self.window.place(), self.store, self.path
        self._replace_window()
        if store is not None and path is not None:
            background.read(self, lambda job: self._look_at(store, job), lambda opened: self._show(opened, place))

    def _replace_window(self) -> None:
        """Put a new window in the place of the present one."""
        gc.unfreeze()
        old = self.window
        self.window = self._make_window()
        self.window.setGeometry(old.geometry())
        self.window.show()
        old.blockSignals(True)
        old.hide()
        old.deleteLater()

    # --- start ------------------------------------------------------------------------------------------------------

    def start(self, path: Path | None, passphrase: str | None = None) -> None:
        """Show the window: the first start, or the unlock screen of a store."""
        if place := settings.read().get("window"):
            self.window.restoreGeometry(QByteArray.fromBase64(str(place).encode()))
        self.window.show()
        QTimer.singleShot(CALM_MS, self.system_lock, self.system_lock.begin)
        if path is None:
            self.welcome()
        elif not path.exists():
            self._lost = path
            self.welcome(str(StoreMissing(tr("There is no store at {path}.", path=path))))
        else:
            self.ask_passphrase(path)
            if passphrase is not None:
                self._unlock(passphrase=passphrase)
            else:
                background.read(self, lambda job: _kept_key(path), self._unlock_with_kept)
            return
        self._load_what_comes_next()

    def _load_what_comes_next(self) -> None:
        """Load in the background what the user will need soon: while the passphrase is typed, else behind the first page, never beside it."""
        background.read(self, _load_modules, lambda _: gc.freeze(), key="load")  # what was loaded stays: no need to look it through for garbage

    def ask_passphrase(self, path: Path, message: str = "") -> None:
        """Show the unlock screen of a store."""
        self.path = path
        others: list[tuple[str, Callable[[], object]]] = [
            (tr("Use the recovery sheet"), self._ask_sheet),
            (tr("Restore a backup"), self.restore),
            (tr("Another store"), self.welcome),
        ]
        cover = LockCover(path.name, lambda text: self._unlock(passphrase=text), others)
        self.window.show_cover(cover)
        if message:
            cover.refuse(message)

    def _unlock_with_kept(self, key: Key | None) -> None:
        if key is None:
            self._load_what_comes_next()
        elif self.store is None:
            self._unlock(key=key)

    def _ask_sheet(self) -> None:
        assert self.path is not None
        path = self.path
        self.window.show_cover(RecoveryCover(self._unlock_by_sheet, lambda: self.ask_passphrase(path)))

    def _unlock_by_sheet(self, key_hex: str) -> None:
        from crmdesk.store.keys import Key

        self._unlock(key=Key(key_hex), then=lambda opened: self._ask_new_passphrase(opened))

    def _unlock(self, passphrase: str | None = None, key: Key | None = None, then: Callable[[_Opened], object] | None = None) -> None:
        """Open the store of the unlock screen in the background; deriving the key alone takes a tenth of a second."""
        path = self.path
        assert path is not None
        if self._hold(path):
            self._attempt += 1
            attempt = self._attempt

            def work(job: Job) -> _Opened:
                from crmdesk.store import open_store

                return self._look_at(open_store(path, passphrase, key), job)

            def done(opened: _Opened) -> None:
                if attempt != self._attempt or self.store is not None:
                    _close(opened.store)
                else:
                    (then or self._show)(opened)

            background.read(self, work, done, self._refuse)

    def _hold(self, path: Path) -> bool:
        """Take the place of the store's one window; False after saying that another has it."""
        from crmdesk.store.files import window_lock

        self._let_go()
        try:
            self._held.enter_context(window_lock(path))
        except UserError as error:
            self._refuse(error)
            return False
        return True

    def _let_go(self) -> None:
        if self.store is None:
            self._held.close()

    def _refuse(self, error: Exception) -> None:
        """Say on the cover why it did not work; bugs go the usual way."""
        self._let_go()
        cover = self.window.cover()
        refuse = getattr(cover, "refuse", None)
        if refuse is None or not isinstance(error, UserError):
            self.window.show_error(error)
        if refuse is not None:
            refuse(str(error) if isinstance(error, UserError) else tr("This went wrong. Nothing was lost."))

    def _look_at(self, store: Store, job: Job) -> _Opened:
        """Read what the window shows first; runs on a reader thread."""
        from crmdesk.queries import records
        from crmdesk.store.keys import from_keyring

        try:
            with store.read() as reader:
                member = store.viewer.member_id
                names = records.titles(reader, "member", [member]) if member else {}
                user = next((title for title, _ in names.values()), "")
                views = saved_views(reader)
            kept = from_keyring(store.path)
            return _Opened(store, user, views, (store.can_undo() or "", store.can_redo() or ""), kept is not None)
        except BaseException:
            store.close()
            raise

    def _show(self, opened: _Opened, place: Place | None = None) -> None:
        """Work on an open store from now on."""
        self.store, self.path = opened.store, opened.store.path
        self._undo_labels, self._is_keyed = opened.undo, opened.is_keyed
        path = str(self.path.resolve())
        background.read(self, lambda job: _remember(path), None)
        wanted = settings.read().get("language") or opened.store.settings.language
        if wanted != language():
            set_language(wanted)
            self._replace_window()
        if self.upkeep is not None:
            self.upkeep.stop()
            self.upkeep.deleteLater()
        window = self.window
        window.set_store(opened.store, self.path.name, opened.user_name)
        window.set_areas(frozenset(opened.store.settings.areas))
        window.navigation.set_views(opened.views)
        self.upkeep = Upkeep(opened.store, self)
        self.upkeep.heard.connect(self._hear)
        self.upkeep.state_changed.connect(self._show_foot)
        self.upkeep.idle.connect(self.lock)
        self._show_foot()
        window.uncover()
        place = place or self._return_to
        self._return_to = None
        if place is not None:
            window.go(place)
        else:
            self._open_first_page()
        if opened.store.mended:
            window.say(opened.store.mended)
        # Behind the first page's own questions, which it would only slow down.
        background.read(self, lambda job: _load_commands(), lambda _: self._offer_commands(), key="commands")
        QTimer.singleShot(CALM_MS, self.upkeep, self.upkeep.begin)

    def _open_first_page(self) -> None:
        from crmdesk.ui.pages import PAGES

        areas = {*(self.store.settings.areas if self.store is not None else ()), CORE_AREA}
        first = next((spec.name for spec in PAGES if spec.in_navigation and (spec.area or spec.name) in areas), None)
        if first is not None:
            self.window.open_page(first)

    # --- first start ------------------------------------------------------------------------------------------------

    def welcome(self, notice: str = "", region: str = "") -> None:
        """Show the first start; from an open or locked store there is a way back."""
        path = self.path
        back: Callable[[], object] | None = None
        if self.store is not None:
            back = self.window.uncover
        elif path is not None and path.exists():
            back = lambda: self.ask_passphrase(path)  # noqa: E731 - a name of its own would say no more
        cover = WelcomeCover(region or settings.read().get("region") or system_region(), self._take_way, self._speak_at_start, notice, back)
        self.window.show_cover(cover)

    def _speak_at_start(self, code: str, region: str) -> None:
        self.speak(code)
        self.welcome(region=region)

    def _take_way(self, way: Way, region: str) -> None:
        settings.write(region=region, language=language())
        if way == "open":
            self._choose_other()
        elif way == "restore":
            self.restore()
        elif way == "create":
            suggested = _free_name(settings.data_folder() / f"{tr('Customers')}{file_dialogs.SUFFIX}")
            self.window.show_cover(CreateCover(region, suggested, self._create, lambda: self.welcome(region=region)))
        else:
            self._try_sample(region)

    def _choose_other(self) -> None:
        folder = self.path.parent if self.path is not None else settings.data_folder()
        chosen = file_dialogs.choose_store(self.window, folder if folder.is_dir() else Path.home())
        if chosen is not None:
            self._leave_store()
            self.ask_passphrase(chosen)

    def _sample(self) -> None:
        """Leave the open store for the one with sample data."""
        self.welcome()
        self._try_sample(settings.read().get("region") or system_region())

    def _try_sample(self, region: str) -> None:
        """Open the sample store, made on the first time."""
        path = settings.data_folder() / f"{tr('Sample data')}{file_dialogs.SUFFIX}"
        if path.exists():
            self._leave_store()
            self.ask_passphrase(path)
            self._unlock(passphrase=SAMPLE_PASSPHRASE)
            return
        cover = self.window.cover()
        if isinstance(cover, WelcomeCover):
            cover.busy(True)
        self._create(NewStore(path, SAMPLE_PASSPHRASE, tr("Maria Becker"), region, language(), sample=True))

    def _create(self, wanted: NewStore) -> None:
        """Make a store in the background and go on to its recovery sheet."""
        self._leave_store()
        self._attempt += 1

        def work(job: Job) -> _Opened:
            from crmdesk.operations.stores import new_store

            wanted.path.parent.mkdir(parents=True, exist_ok=True)
            made = new_store(
                wanted.path, wanted.passphrase, owner=wanted.owner, currency=wanted.currency, region=wanted.region, language=wanted.language, sample=wanted.sample
            )  # fmt: skip
            return self._look_at(made, job)

        def done(opened: _Opened) -> None:
            self.path = opened.store.path
            if not self._hold(opened.store.path):
                _close(opened.store)
            elif wanted.sample:
                self._show(opened)
                self.window.say(tr("This store opens with the passphrase “{passphrase}”.", passphrase=SAMPLE_PASSPHRASE))
            else:
                self.window.show_cover(SheetCover(lambda: self._save_sheet(opened.store), lambda: self._print_sheet(opened.store), lambda: self._show(opened)))

        background.write(self, "", work, done, self._refuse)

    # --- restoring a backup -----------------------------------------------------------------------------------------

    def restore(self) -> None:
        """Put a backup in the place of the store: of the open one, of the locked one, or of the one that was not found."""
        from crmdesk.ui.dialogs.restore import RestoreCover

        path, was_open = self.path or self._lost, self.store is not None

        def back() -> None:
            if self.store is not None:
                self.window.uncover()
            elif path is not None and path.exists():
                self.ask_passphrase(path)
            else:
                self.welcome()

        def done(place: Path, key: Key, kept: Path | None) -> None:
            self.path, self._return_to = place, None
            said = tr("Restored. The former file is kept as {name}.", name=kept.name) if kept is not None else tr("Restored.")

            def show(opened: _Opened) -> None:
                self._show(opened)
                self.window.say(said)

            self._unlock(key=key, then=show)

        def failed(error: Exception) -> None:
            if was_open and path is not None:
                self.ask_passphrase(path)
            self._refuse(UserError(tr("Cancelled. Nothing was changed.")) if isinstance(error, Cancelled) else error)

        confirm = lambda question, verb, hint: self.window.confirm(question, verb, hint)  # noqa: E731 - the window may be another one by then
        self.window.show_cover(RestoreCover(path, self.store, self._leave_store, confirm, done, failed, back))

    # --- recovery sheet, passphrase, keyring ------------------------------------------------------------------------

    def _show_sheet(self) -> None:
        """Offer the recovery sheet of the open store."""
        store = self.store
        if store is not None:
            self.window.show_cover(SheetCover(lambda: self._save_sheet(store), lambda: self._print_sheet(store), self.window.uncover))

    def _save_sheet(self, store: Store) -> None:
        suggested = Path.home() / tr("Recovery sheet {name}.pdf", name=store.path.stem)
        path = file_dialogs.choose_output(self.window, tr("Save the recovery sheet"), suggested, "PDF (*.pdf)")
        if path is not None:
            background.write(self, tr("Recovery sheet"), lambda job: _write_sheet(store, path), self._sheet_kept, self._refuse)

    def _print_sheet(self, store: Store) -> None:
        from crmdesk.operations.stores import recovery_pdf
        from crmdesk.ui.printing import print_pdf

        def printed() -> None:
            background.write(self, tr("Recovery sheet"), lambda job: _note_sheet(store, tr("Printed")), self._sheet_kept, self._refuse)

        background.read(self, lambda job: recovery_pdf(store), lambda pdf: print_pdf(self.window, pdf, printed), self._refuse)

    def _sheet_kept(self, said: str) -> None:
        cover = self.window.cover()
        if isinstance(cover, SheetCover):
            cover.done(said)

    def _change_passphrase(self) -> None:
        if self.store is not None:
            store = self.store
            self.window.show_cover(NewPassphraseCover(lambda text: self._rekey(store, text), self.window.uncover))

    def _ask_new_passphrase(self, opened: _Opened) -> None:
        """Make somebody who came with the recovery sheet set a passphrase."""
        self.window.show_cover(NewPassphraseCover(lambda text: self._rekey(opened.store, text)))

    def _rekey(self, store: Store, passphrase: str) -> None:
        """Encrypt the store anew in the background; a backup comes first."""
        if self.upkeep is not None:
            self.upkeep.stop()

        def work(job: Job) -> _Opened:
            from crmdesk.store import backup
            from crmdesk.store.files import change_passphrase

            backup.backup(store)
            return self._look_at(change_passphrase(store, passphrase), job)

        def done(opened: _Opened) -> None:
            self.store = None
            self._show(opened, self.window.place())
            self._show_sheet()

        background.write(self, tr("Change passphrase"), work, done, self._refuse)

    def _toggle_keyring(self) -> None:
        if self.store is None:
            return
        store, keep = self.store, not self._is_keyed

        def work(job: Job) -> bool:
            from crmdesk.store.keys import keep_in_keyring

            keep_in_keyring(store.path, store.key if keep else None)
            return keep

        def done(kept: bool) -> None:
            self._is_keyed = kept
            self.window.say(tr("This computer keeps the key.") if kept else tr("This computer has forgotten the key."))

        background.read(self, work, done)

    def _back_up(self) -> None:
        if self.upkeep is not None:
            self.upkeep.back_up()

    def _offer_commands(self) -> None:
        """Make what can be done from anywhere, once a store is open: its modules are not needed before."""
        from crmdesk.ui.everywhere import Recent, context_commands, new_actions

        if self.store is None or (self._recent is not None and self._recent.window is self.window):
            return
        self.window.registry.add(*new_actions(self.window, lambda: self.store.settings.areas if self.store is not None else ()))
        self.window.palette_box.context = context_commands(self.window)
        self._recent = Recent(self.window)
        self.window.palette_box.recent = self._recent
        self._load_what_comes_next()

    # --- while it is open -------------------------------------------------------------------------------------------

    def _search(self, text: str, limit: int, entities: Sequence[str]) -> Sequence[Any]:
        from crmdesk.queries.search import search

        store = self.store
        if store is None:
            return []
        with store.read() as reader:
            return search(reader, text, limit, list(entities) or None)

    @Slot(object)
    def _hear(self, changes: Changes) -> None:
        store = self.store
        if store is None:
            return
        self.window.announce(changes.ids)
        background.read(self, lambda job: (store.can_undo() or "", store.can_redo() or ""), self._show_undo, key="undo")
        if changes.touches("setting"):
            self.window.set_areas(frozenset(store.settings.areas))
        if changes.touches("saved_view"):
            self.window.ask(self.window, saved_views, self.window.navigation.set_views, key="views")

    def _show_undo(self, labels: tuple[str, str]) -> None:
        self._undo_labels = labels
        self.window.refresh_undo()

    def _undo(self) -> None:
        if self.store is not None:
            store = self.store
            background.write(self.window, tr("Undo"), lambda job: store.undo(), self._undone)

    def _redo(self) -> None:
        if self.store is not None:
            store = self.store
            background.write(self.window, tr("Redo"), lambda job: store.redo(), lambda what: self.window.say(tr("Redone: {what}", what=what)))

    def _undone(self, what: str) -> None:
        self.window.say(tr("Undone: {what}", what=what), more=[(tr("Redo"), self._redo)])

    @Slot()
    def _show_foot(self) -> None:
        if self.upkeep is not None and self.store is not None:
            self.window.set_foot(*self.upkeep.foot())

    # --- lock and end -----------------------------------------------------------------------------------------------

    @Slot()
    def lock(self) -> None:
        """Hide everything, forget the key, ask for the passphrase."""
        if self.store is None or self.path is None:
            return
        self._return_to = self.window.place()
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible():
                widget.reject()
        self._leave_store()
        self.ask_passphrase(self.path)

    def _leave_store(self) -> None:
        """Close the store, if one is open, after what is being written; the window forgets it at once."""
        store, self.store = self.store, None
        gc.unfreeze()  # nothing that was shown may stay
        if self.upkeep is not None:
            self.upkeep.stop()
            self.upkeep.deleteLater()
            self.upkeep = None
        if store is not None:
            self._undo_labels = ("", "")
            if self._recent is not None:
                self._recent.clear()
            self.window.set_store(None, "", "")
            self.window.navigation.set_views([])
            self.window.set_foot()
            _close(store, self)

    def _keep_look(self) -> None:
        """Remember colours and the window's place on this computer, once."""
        if not self._is_ended:
            self._is_ended = True
            place = self.window.saveGeometry().toBase64().toStdString()
            with contextlib.suppress(OSError):
                settings.write(colours=theme.choice(), window=place)

    @Slot()
    def shut_down(self) -> None:
        """End: stop what runs, close the store, let go of its place."""
        self._keep_look()
        self.system_lock.end()
        if self.upkeep is not None:
            self.upkeep.stop()
            self.upkeep = None
        store, self.store = self.store, None
        background.stop()
        if store is not None:
            store.close()
        self._held.close()


def saved_views(reader: Any) -> list[Item]:
    """Return the saved views as the navigation shows them."""
    from crmdesk.queries import records

    wanted = records.ids(reader, "saved_view")
    found = records.rows(reader, "saved_view", wanted, ("name", "about", "icon"))
    return [
        Item(f"{VIEW_PAGES[row.values['about']]}:{row.id}", str(row.values["name"]), str(row.values["icon"] or "star"))
        for row in found if row.values["about"] in VIEW_PAGES
    ]  # fmt: skip


def _kept_key(path: Path) -> Key | None:
    from crmdesk.store.keys import from_keyring

    try:
        return from_keyring(path)
    except UserError:
        return None


def _load_commands() -> None:
    import crmdesk.ui.everywhere  # noqa: F401


def _load_modules(job: Job) -> None:
    """Import what pages need, one after the other, so that opening one has only its widgets to make; whoever waits for an answer goes first."""
    from crmdesk.ui.pages import PAGES

    for load in (_load_commands, _load_search, *(spec.load for spec in PAGES), _load_database, _load_tables):
        while background.is_beside_others(job):
            job.check_cancelled()
            time.sleep(BREATH_S)
        job.check_cancelled()
        load()
        time.sleep(BREATH_S)


def _load_search() -> None:
    import crmdesk.queries.search  # noqa: F401


def _load_database() -> None:
    import crmdesk.models.mapping  # noqa: F401


def _load_tables() -> None:
    from crmdesk.models.mapping import tables

    tables()


def _remember(path: str) -> None:
    if settings.read().get("last_store") != path:
        with contextlib.suppress(OSError):
            settings.write(last_store=path)


def _free_name(path: Path) -> Path:
    """Return the path, or one with a number where a file lies already."""
    for number in range(2, 1000):
        if not path.exists():
            return path
        path = path.with_name(f"{path.stem.rstrip('0123456789').rstrip()} {number}{path.suffix}")
    return path


def _close(store: Store, owner: QObject | None = None) -> None:
    """Close a store behind the writes that are under way."""
    if owner is None:
        store.close()
    else:
        background.write(owner, "", lambda job: store.close())


def _write_sheet(store: Store, path: Path) -> str:
    from crmdesk.operations.stores import recovery_pdf

    try:
        path.write_bytes(recovery_pdf(store))
    except OSError as error:
        raise UserError(tr("{path} can't be written: {why}.", path=path, why=why(error))) from error
    return _note_sheet(store, tr("Saved as {name}", name=path.name))


def _note_sheet(store: Store, said: str) -> str:
    """Journal that there is a sheet, and remember it on this computer."""
    from crmdesk.clock import now
    from crmdesk.operations.stores import note_sheet

    store.run(note_sheet)
    store.set_local("sheet_printed_at", now().isoformat())
    return said
