"""The program with a window: how it starts, unlocks a store, locks it and ends."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from contextlib import ExitStack
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QDialog

from crmdesk import settings
from crmdesk.errors import Cancelled, StoreBusy, StoreMissing, UserError
from crmdesk.i18n import LANGUAGES, language, mark, set_language, set_region, tr
from crmdesk.ui import actions, background, theme
from crmdesk.ui.actions import Action
from crmdesk.ui.cover import LockCover
from crmdesk.ui.dialogs.first_run import system_language
from crmdesk.ui.first_start import FirstStart
from crmdesk.ui.loading import COMMANDS, FIRST_PAGE, Loader
from crmdesk.ui.opened import Opened, close, look_at, saved_views
from crmdesk.ui.store_keys import StoreKeys, kept_key
from crmdesk.ui.system_lock import SystemLock
from crmdesk.ui.upkeep import Upkeep
from crmdesk.ui.window import Window
from crmdesk.ui.zoom import application

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from crmdesk.queries.tasks import TaskRow
    from crmdesk.store import Store
    from crmdesk.store.door import Changes
    from crmdesk.store.keys import Key
    from crmdesk.ui.background import Job
    from crmdesk.ui.everywhere import Recent
    from crmdesk.ui.page import Place

CALM_MS = 2000  # so long after opening a store the housekeeping begins


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
    app = QApplication.instance() or application(sys.argv[:1])
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
        self._attempt = 0
        self._return_to: Place | None = None
        self._held = ExitStack()
        self._held_path: Path | None = None
        self._holding = Lock()
        self._recent: Recent | None = None
        self._is_ended = False
        self._lost: Path | None = None
        self.system_lock = SystemLock(self)
        self.system_lock.locked.connect(self.lock)
        self.keys = StoreKeys(self, self)
        self.first_start = FirstStart(self, self, self.keys)
        self._loader = Loader(self, gc.freeze)  # what was loaded stays: no need to look it through for garbage
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
            Action("file.open", mark("Open another store"), self.first_start.choose_other, "folder-open", "", "file"),
            Action("file.new_store", mark("New store"), self.first_start.welcome, "plus", "", "file"),
            Action("file.sample", mark("Try sample data"), self.first_start.sample, "eye", "", "file"),
            Action("file.backup", mark("Back up now"), self._back_up, "save", "", "file"),
            Action("file.restore", mark("Restore a backup"), self.restore, "history", "", "file"),
            Action("file.sheet", mark("Recovery sheet"), self.keys.show_sheet, "printer", "", "file"),
            Action("file.passphrase", mark("Change passphrase"), self.keys.change_passphrase, "key", "", "file"),
            Action(
                "file.keyring", mark("Unlock without passphrase on this computer"), self.keys.toggle_keyring, "key", "", "file", checked=lambda: self.keys.is_keyed,
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
        place, store, path = self.window.here(), self.store, self.path
        self.window.finish_typing()
        self._replace_window()
        if store is not None and path is not None:
            background.read(self, lambda job: look_at(store), lambda opened: self.show(opened, place))

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
            self.first_start.welcome()
        elif not path.exists():
            self._lost = path
            self.first_start.welcome(str(StoreMissing(tr("There is no store at {path}.", path=path))))
        else:
            self.ask_passphrase(path)
            if passphrase is not None:
                self.unlock(passphrase=passphrase)
            else:
                background.read(self, lambda job: kept_key(path), self._unlock_with_kept)
            return
        self._loader.begin()

    def ask_passphrase(self, path: Path, message: str = "") -> None:
        """Show the unlock screen of a store."""
        self.path = path
        others: list[tuple[str, Callable[[], object]]] = [
            (tr("Use the recovery sheet"), self.keys.ask_sheet),
            (tr("Restore a backup"), self.restore),
            (tr("Another store"), self.first_start.welcome),
        ]
        cover = LockCover(path.name, lambda text: self.unlock(passphrase=text), others)
        self.window.show_cover(cover)
        if message:
            cover.refuse(message)
        background.read(self, lambda job: self._is_elsewhere(path), lambda busy: self.refuse(busy) if busy and self.window.cover() is cover else None)

    def _is_elsewhere(self, path: Path) -> StoreBusy | None:
        """Return what to say if another window has the store: before the passphrase is typed; runs on a reader thread."""
        from crmdesk.store.files import window_lock

        with self._holding:
            try:
                with ExitStack() as place:
                    if self._held_path != path:
                        place.enter_context(window_lock(path))
            except StoreBusy as busy:
                return busy
        return None

    def _unlock_with_kept(self, key: Key | None) -> None:
        if key is None:
            self._loader.begin()
        elif self.store is None:
            self.unlock(key=key)

    def unlock(self, passphrase: str | None = None, key: Key | None = None, then: Callable[[Opened], object] | None = None) -> None:
        """Open the store of the unlock screen in the background; deriving the key alone takes a tenth of a second."""
        path = self.path
        assert path is not None
        if self.hold(path):
            self.begin_attempt()
            attempt = self._attempt

            def work(job: Job) -> Opened:
                from crmdesk.store import open_store

                return look_at(open_store(path, passphrase, key))

            def done(opened: Opened) -> None:
                if attempt != self._attempt or self.store is not None:
                    close(opened.store)
                else:
                    (then or self.show)(opened)

            background.read(self, lambda job: FIRST_PAGE.load_beneath(), lambda _: FIRST_PAGE.load_itself())
            background.read(self, work, done, self.refuse)

    def begin_attempt(self) -> None:
        """Let no store be shown that is still being opened."""
        self._attempt += 1

    def stop_upkeep(self) -> None:
        """Let nothing go on by itself that writes."""
        if self.upkeep is not None:
            self.upkeep.stop()

    def start_upkeep(self) -> None:
        """Look after the open store from now on: hear of changes, back up, lock when nobody is there."""
        if self.upkeep is not None:
            self.upkeep.stop()
            self.upkeep.deleteLater()
            self.upkeep = None
        if self.store is None:
            return
        self.upkeep = Upkeep(self.store, self)
        self.upkeep.heard.connect(self._hear)
        self.upkeep.state_changed.connect(self._show_foot)
        self.upkeep.idle.connect(self.lock)
        self.upkeep.reminded.connect(self._remind)
        self._show_foot()
        QTimer.singleShot(CALM_MS, self.upkeep, self.upkeep.begin)

    def hold(self, path: Path) -> bool:
        """Take the place of the store's one window, and let go of another store's; False after saying that another window has it."""
        from crmdesk.store.files import window_lock

        place = ExitStack()
        try:
            with self._holding:
                if self._held_path != path:
                    place.enter_context(window_lock(path))
                    self._held.close()
                    self._held, self._held_path = place, path
        except UserError as error:
            self.refuse(error)
            return False
        return True

    def _let_go(self) -> None:
        if self.store is None:
            self._held.close()
            self._held_path = None

    def refuse(self, error: Exception) -> None:
        """Say on the cover why it did not work; bugs go the usual way."""
        self._let_go()
        cover, path = self.window.cover(), self.path
        if isinstance(error, StoreBusy) and isinstance(cover, LockCover) and path is not None:
            cover.wait_for_others(error.words, lambda: self.ask_passphrase(path))
            return
        refuse = getattr(cover, "refuse", None)
        if refuse is None or not isinstance(error, UserError):
            self.window.show_error(error)
        if refuse is not None:
            refuse(error.words if isinstance(error, UserError) else tr("This went wrong. Nothing was lost."))

    def show(self, opened: Opened, place: Place | None = None) -> None:
        """Work on an open store from now on."""
        self.store, self.path = opened.store, opened.store.path
        self._undo_labels, self.keys.is_keyed = opened.undo, opened.is_keyed
        path = str(self.path.resolve())
        background.read(self, lambda job: _remember(path), None)
        set_region(opened.store.settings.region)
        wanted = settings.read().get("language") or opened.store.settings.language
        if wanted != language():
            set_language(wanted)
            self._replace_window()
        window = self.window
        window.set_store(opened.store, self.path.name, opened.user_name)
        window.set_areas(frozenset(opened.store.settings.areas))
        window.navigation.set_views(opened.views)
        self.start_upkeep()
        window.uncover()
        place = place or self._return_to
        self._return_to = None
        if place is not None:
            window.go(place)
        else:
            window.open_page(opened.page)
        if opened.store.mended:
            window.say(opened.store.mended)
        # Behind the first page's own questions, which it would only slow down.
        background.read(self, lambda job: COMMANDS.load_beneath(), lambda _: self._offer_commands(), key="commands")

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
                self.first_start.welcome()

        def done(place: Path, key: Key, kept: Path | None) -> None:
            self.path, self._return_to = place, None
            said = tr("Restored. The former file is kept as {name}.", name=kept.name) if kept is not None else tr("Restored.")

            def show(opened: Opened) -> None:
                self.show(opened)
                self.window.say(said)

            self.unlock(key=key, then=show)

        def failed(error: Exception) -> None:
            if was_open and path is not None:
                self.ask_passphrase(path)
            self.refuse(UserError(tr("Cancelled. Nothing was changed.")) if isinstance(error, Cancelled) else error)

        confirm = lambda question, verb, hint: self.window.confirm(question, verb, hint)  # noqa: E731 - the window may be another one by then
        self.window.show_cover(RestoreCover(path, self.store, self.leave_store, confirm, done, failed, back))

    def _back_up(self) -> None:
        if self.upkeep is not None:
            self.upkeep.back_up()

    def _offer_commands(self) -> None:
        """Make what can be done from anywhere, once a store is open: its modules are not needed before."""
        from crmdesk.ui.everywhere import Recent, context_commands, new_actions, open_found

        if self.store is None or (self._recent is not None and self._recent.window is self.window):
            return
        self.window.registry.add(*new_actions(self.window, lambda: self.store.settings.areas if self.store is not None else ()))
        self.window.palette_box.context = context_commands(self.window)
        self.window.palette_box.open_record = partial(open_found, self.window)
        self._recent = Recent(self.window)
        self.window.palette_box.recent = self._recent
        self._loader.begin()

    # --- while it is open -------------------------------------------------------------------------------------------

    def _search(self, text: str, limit: int, entities: Sequence[str]) -> Sequence[Any]:
        from crmdesk.queries.search import search

        store = self.store
        if store is None:
            return []
        with store.read() as reader:
            return search(reader, text, limit, list(entities) or None, with_matches=True)

    @Slot(object)
    def _hear(self, changes: Changes) -> None:
        store = self.store
        if store is None:
            return
        self.window.announce(changes.ids, changes.tx)
        self._ask_undo()
        if changes.touches("setting"):
            set_region(store.settings.region)
            self.window.set_areas(frozenset(store.settings.areas))
        if changes.touches("saved_view"):
            self.window.ask(self.window, saved_views, self.window.navigation.set_views, key="views")

    @Slot(object)
    def _remind(self, tasks: Sequence[TaskRow]) -> None:
        """Say what one wanted to be reminded of, until it is closed; whoever is in another program sees the window call."""
        if len(tasks) == 1:
            one = tasks[0]
            text, show = tr("Reminder: {task}", task=one.subject), partial(self.window.open_record, "task", one.id)
        else:
            text, show = tr("Reminders: {tasks}", tasks="; ".join(one.subject for one in tasks)), partial(self.window.open_page, "tasks")
        self.window.toasts.say(text, more=[(tr("Show"), show)], icon="bell", stays=True)
        QApplication.alert(self.window)

    def _ask_undo(self) -> None:
        """Ask what can be undone and redone now."""
        if (store := self.store) is not None:
            background.read(self, lambda job: (store.can_undo() or "", store.can_redo() or ""), self._show_undo, key="undo")

    def _show_undo(self, labels: tuple[str, str]) -> None:
        self._undo_labels = labels
        self.window.refresh_undo()

    def _undo(self) -> None:
        if self.store is not None:
            store = self.store
            background.write(self.window, tr("Undo"), lambda job: store.undo(), self.window.say_undone, self._not_undone)

    def _redo(self) -> None:
        if self.store is not None:
            store = self.store
            background.write(self.window, tr("Redo"), lambda job: store.redo(), lambda what: self.window.say(tr("Redone: {what}", what=what)))

    def _not_undone(self, error: Exception) -> None:
        self.window.show_error(error)
        self._ask_undo()

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
        self._return_to = self.window.here()
        self.window.finish_typing()
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible():
                widget.reject()
        self.leave_store()
        self.ask_passphrase(self.path)

    def leave_store(self) -> None:
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
            close(store, self)

    def _keep_look(self) -> None:
        """Remember colours and the window's place on this computer, once."""
        if not self._is_ended:
            self._is_ended = True
            place = self.window.saveGeometry().toBase64().toStdString()
            settings.write(colours=theme.choice(), window=place)

    @Slot()
    def shut_down(self) -> None:
        """End: stop what runs, close the store, let go of its place."""
        self._keep_look()
        self.system_lock.end()
        self._loader.stop()
        if self.upkeep is not None:
            self.upkeep.stop()
            self.upkeep = None
        store, self.store = self.store, None
        background.stop()
        if store is not None:
            store.close()
        self._let_go()


def _remember(path: str) -> None:
    if settings.read().get("last_store") != path:
        settings.write(last_store=path)
