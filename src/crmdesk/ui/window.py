"""The window's frame: navigation, top bar, the places that were gone to, messages, lock cover."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any, TypeVar, cast

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QGridLayout, QLabel, QMainWindow, QMessageBox, QSpacerItem, QWidget

from crmdesk.errors import Cancelled, Question, UserError
from crmdesk.i18n import mark, tr
from crmdesk.ui import background, theme
from crmdesk.ui.actions import Action, Registry, shown_keys
from crmdesk.ui.covers import Covers
from crmdesk.ui.focus import FocusKeeper
from crmdesk.ui.long_work import LongWork
from crmdesk.ui.navigation import Item, Navigation
from crmdesk.ui.page import CORE_AREA, Changed, Page, PageSpec, Place
from crmdesk.ui.palette import Palette
from crmdesk.ui.places import Places
from crmdesk.ui.top_bar import TopBar
from crmdesk.ui.trouble import details_of
from crmdesk.ui.widgets.basics import column, restyle, row
from crmdesk.ui.widgets.messages import Toasts
from crmdesk.ui.widgets.order import go_on
from crmdesk.ui.zoom import LEAST_ROOM

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from crmdesk.store import Reader, Store
    from crmdesk.ui.background import Job
    from crmdesk.ui.theme.theme import Choice

T = TypeVar("T")
log = logging.getLogger(__name__)


class Window(QMainWindow):
    """The window over one store.

    Args:
        pages: the pages there are, in the order of the navigation.
        store: the open store; None while there is only a cover.

    Signals:
        place_changed: the `Place` that is shown.
        lock_wanted: the user wants the store locked; whoever holds the key forgets it and calls `show_cover`.
        closing: the window is about to close.
    """

    place_changed = Signal(object)
    lock_wanted = Signal()
    closing = Signal()

    def __init__(self, pages: Sequence[PageSpec], store: Store | None = None) -> None:
        super().__init__()
        self._store = store
        self._specs = {spec.name: spec for spec in pages}
        self._areas: frozenset[str] | None = None
        self._alt_alone = False
        self._title = ""
        self._file_name = ""
        self.user_name = ""
        self.undo: Callable[[], object] | None = None
        self.redo: Callable[[], object] | None = None
        self.undo_label: Callable[[], str] = str
        self.redo_label: Callable[[], str] = str
        self.registry = Registry(self)
        self.resize(1360, 850)
        self.setMinimumSize(LEAST_ROOM)
        self.setAcceptDrops(True)
        self.setWindowTitle("CRMDesk")
        self._build()
        theme.dress(self)
        self._declare()
        self.registry.menu_bar(self.menuBar())
        self.menuBar().setVisible(sys.platform == "darwin")
        self.registry.triggered.connect(self._ran)
        self._keeper = FocusKeeper(self.places, lambda: not self.is_covered and not self.palette_box.isVisible())
        background.bridge().failed.connect(self.show_error)

    # --- what it is made of -----------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.navigation = Navigation(self.open_page, self._open_view)
        self._bar = TopBar(self.registry, self.open_palette)
        self.undo_button, self.new_button = self._bar.undo_button, self._bar.new_button
        self.places = Places(self._specs, self)
        self.places.going.connect(self._going)
        self.places.changed.connect(self.place_changed)
        inner = QWidget()
        self.toasts, self.long_work = Toasts(), LongWork(self)
        beneath = row(self.toasts, space=0)
        beneath.setStretch(0, 1)
        beneath.addWidget(self.long_work.widget, 0, Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignBottom)
        inner.setLayout(row(self.navigation, column(self._bar, self.places, beneath, space=0), space=0))
        self._inner = inner
        self._covers = Covers(inner)
        self.setCentralWidget(self._covers)
        self.palette_box = Palette(inner, self.registry, None, self.open_record)

    def _declare(self) -> None:
        """Declare the actions of the frame."""
        places = self.places
        self.registry.add(
            Action("palette", mark("Search or type a command"), self.open_palette, "search", "Ctrl+K", "edit", in_palette=False),
            Action(
                "edit.undo", mark("Undo"), self._undo, "undo-2", "Ctrl+Z", "edit", lambda: bool(self.undo_label()),
                title=lambda: self._named(tr("Undo"), self.undo_label()),
            ),
            Action(
                "edit.redo", mark("Redo"), self._redo, "redo-2", "Ctrl+Shift+Z", "edit", lambda: bool(self.redo_label()),
                title=lambda: self._named(tr("Redo"), self.redo_label()),
            ),
            Action("go.back", mark("Back"), self.go_back, "arrow-left", "Alt+Left", "go", lambda: places.can_step(-1)),
            Action("go.forward", mark("Forward"), self.go_forward, "arrow-right", "Alt+Right", "go", lambda: places.can_step(1)),
            Action("file.lock", mark("Lock"), self.lock_wanted.emit, "lock", "Ctrl+L", "file", words=mark("log out sign off")),
            Action("file.close", mark("Close window"), self.close, "x", "Ctrl+Q", "file", words=mark("quit exit")),
            self._scheme("light", mark("Light colours"), "sun"),
            self._scheme("dark", mark("Dark colours"), "moon"),
            self._scheme("system", mark("Colours of the system"), "palette"),
            Action("help.page", mark("Help for this page"), self.show_help, "circle-help", "F1", "help", words=mark("manual")),
            Action("help.keys", mark("Keyboard shortcuts"), self.show_keys, "keyboard", "Ctrl+/", "help"),
        )  # fmt: skip

    def _scheme(self, name: Choice, text: str, icon: str) -> Action:
        def choose() -> None:
            theme.use(name)

        return Action(f"view.{name}", text, choose, icon, group="view", checked=lambda: theme.choice() == name)

    @staticmethod
    def _named(verb: str, deed: str) -> str:
        return tr("{verb}: {deed}", verb=verb, deed=deed) if deed else verb

    # --- the store and what belongs to it ---------------------------------------------------------------------------

    @property
    def store(self) -> Store:
        """The open store."""
        if self._store is None:
            raise LookupError("no store is open")
        return self._store

    def ask(
        self,
        owner: QWidget,
        question: Callable[[Reader], T],
        done: Callable[[T], object],
        failed: Callable[[Exception], object] | None = None,
        key: str | None = None,
    ) -> Job:
        """Read from the store in the background."""
        store = self.store

        def work(job: Job) -> T:
            with store.read() as reader, job.interrupted_by(reader.interrupt):
                return question(reader)

        return background.read(owner, work, done, failed, key)

    def do(
        self,
        operation: Callable[..., T],
        *args: Any,
        done: Callable[[T], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
        said: str = "",
        **named: Any,
    ) -> Job:
        """Run an operation in the background; questions are asked, `said` is shown as a toast with Undo."""
        from crmdesk.store.door import operation_of

        store = self.store

        def finished(result: T) -> None:
            if self._store is not store:  # locked since: it is done, and nobody looks any more
                return
            if said:
                self.say(said, undo=operation_of(operation).undoable)
            if done is not None and background.lives(done):
                done(result)

        def refused(error: Exception) -> None:
            if isinstance(error, Question):
                if self.confirm(error.message, tr("Go on"), error.hint or ""):
                    self.do(operation, *args, done=done, failed=failed, said=said, **{**named, error.answer: True})
                elif failed is not None and background.lives(failed):
                    failed(Cancelled())
            elif failed is not None and background.lives(failed):
                failed(error)
            else:
                self.show_error(error)

        label = tr(operation_of(operation).label)
        return background.write(self, label, lambda job: store.run(operation, *args, **named), finished, refused)

    def set_store(self, store: Store | None, file_name: str, user_name: str) -> None:
        """Work on another store from now on; every page is made anew."""
        self._store, self._file_name, self.user_name = store, file_name, user_name
        self._bar.show_user(user_name)
        self.refresh_undo()
        self.forget_pages()
        self.set_title("")

    def set_areas(self, areas: frozenset[str]) -> None:
        """Offer the pages of these areas only; `core` is always among them."""
        self._areas = areas | {CORE_AREA}
        self.fill_navigation()

    def fill_navigation(self) -> None:
        """Show the pages of the areas that are switched on, with Ctrl+1 to Ctrl+9."""
        offered = [spec for spec in self._specs.values() if spec.in_navigation and (self._areas is None or (spec.area or spec.name) in self._areas)]
        items = []
        for number, spec in enumerate(offered, 1):
            keys = f"Ctrl+{number}" if number <= 9 else ""
            items.append(Item(spec.name, tr(spec.label), spec.icon, shown_keys(keys) if keys else ""))
            self.registry.add(Action(f"go.{spec.name}", spec.label, self._opener(spec.name), spec.icon, keys, "go"))
        self.navigation.set_pages(items)
        self._light()

    def _opener(self, name: str) -> Callable[[], None]:
        return lambda: self.open_page(name)

    def forget_pages(self) -> None:
        """Delete every page, such as before locking; nothing that was shown stays in memory through the window."""
        self.registry.set_page([])
        self.places.forget()

    # --- places -----------------------------------------------------------------------------------------------------

    def open_page(self, name: str, view: str = "") -> None:
        """Show a page, with a saved view if one is named."""
        self.go(Place(name, view=view))

    def open_record(self, entity: str, record: UUID, own_window: bool = False) -> None:
        """Show a record on its page, or in a window of its own.

        Raises:
            LookupError: no page shows such records.
        """
        spec = next((spec for spec in self._specs.values() if entity in spec.opens), None)
        if spec is None:
            raise LookupError(entity)
        place = Place(spec.name, entity, record)
        if own_window:
            self.places.open_beside(place)
        else:
            self.go(place)

    def go(self, place: Place) -> None:
        """Show a place and remember it in the history."""
        if not self.places.go(place):
            self._light()

    def go_back(self) -> None:
        """Show what was shown before."""
        self.places.step(-1)

    def go_forward(self) -> None:
        """Show what was shown before going back."""
        self.places.step(1)

    def place(self) -> Place | None:
        """Return where the user is."""
        return self.places.place()

    def here(self) -> Place | None:
        """Return where the user is, down to what is open on the page."""
        page, place = self.page(), self.place()
        return page.here(place) if page is not None and place is not None else place

    def page(self) -> Page | None:
        """Return the page that is shown."""
        return self.places.page()

    def announce(self, changed: Changed, tx: int = 0) -> None:
        """Tell pages what has changed, by the transaction `tx`; what was said of earlier ones offers no more to take them back."""
        self.toasts.forget_undo(tx)
        self.places.announce(changed)

    @Slot(object)
    def _going(self, page: Page) -> None:
        self.registry.set_page(page.commands())
        self._light()

    def _open_view(self, value: str) -> None:
        page, _, view = value.partition(":")
        self.open_page(page, view)

    def _light(self) -> None:
        place = self.place()
        if place is not None:
            spec = self._specs[place.page]
            self.navigation.light(spec.under or spec.name, f"{place.page}:{place.view}" if place.view else "")

    # --- messages ---------------------------------------------------------------------------------------------------

    def say(self, text: str, undo: bool = False, more: Sequence[tuple[str, Callable[[], object]]] | None = None) -> None:
        """Show a toast; with `undo` it has a button that takes the last deed back."""
        self.toasts.say(text, self._undo if undo else None, more, deed=self._last_deed())
        self.refresh_undo()

    def say_undone(self, what: str) -> None:
        """Say what was taken back, with a button that does it again as long as nothing new is done."""
        self.toasts.say(tr("Undone: {what}", what=what), self._redo, deed=self._last_deed(), verb=tr("Redo"))
        self.refresh_undo()

    def _last_deed(self) -> int:
        last = self._store.last_changes if self._store is not None else None
        return last.tx if last is not None else 0

    def confirm(self, question: str, verb: str, hint: str = "", danger: bool = False, instead: tuple[str, Callable[[], object]] | None = None) -> bool:
        """Ask before something that can't be undone; the verb stands on the button.

        Args:
            instead: what stands on a third button, and what that does; the answer is no then.
        """
        box = QMessageBox(self)
        box.setWindowTitle("CRMDesk")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(question)
        box.setInformativeText(hint)
        do = box.addButton(verb, QMessageBox.ButtonRole.AcceptRole)
        cancel = box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        other = box.addButton(instead[0], QMessageBox.ButtonRole.ActionRole) if instead else None
        restyle(do, kind="danger" if danger else "primary")
        box.setDefaultButton(cancel if danger else do)
        _like_our_dialogs(box)
        box.exec()
        if instead and box.clickedButton() is other:
            instead[1]()
        return box.clickedButton() is do

    @Slot(object)
    def show_error(self, error: Exception) -> None:
        """Show what went wrong in words for people."""
        if isinstance(error, Cancelled):
            return
        if isinstance(error, UserError):
            self.toasts.say(error.words, icon="circle-alert")
            return
        log.error("Something went wrong", exc_info=error)
        details = details_of(error)
        copy = (tr("Copy details"), lambda: QGuiApplication.clipboard().setText(details))
        self.toasts.say(tr("This went wrong. Nothing was lost."), more=[copy], icon="triangle-alert")

    def set_title(self, title: str) -> None:
        """Name what is shown in the window's title."""
        self._title = title
        self.setWindowTitle(" – ".join(part for part in (title, self._file_name, "CRMDesk") if part))

    def set_foot(self, *lines: tuple[str, str, theme.Token]) -> None:
        """Show the state of lock, file and backup: (icon, text, colour) each."""
        self.navigation.foot.set_lines(*lines)

    def refresh_undo(self) -> None:
        """Ask again what can be undone."""
        deed = self.undo_label()
        self._bar.show_undo(self._named(tr("Undo"), deed) if deed else "")

    # --- cover ------------------------------------------------------------------------------------------------------

    @property
    def is_covered(self) -> bool:
        """Whether a cover hides everything."""
        return self._covers.cover() is not None

    def cover(self) -> QWidget | None:
        """Return the cover that hides everything, if there is one."""
        return self._covers.cover()

    def show_cover(self, cover: QWidget) -> None:
        """Hide everything behind a widget: unlock screen, first start. Actions rest, keys are dropped."""
        self.palette_box.hide()
        self.toasts.clear()
        self.registry.rest(True)
        self.menuBar().setEnabled(False)
        self._covers.put(cover)
        self.setWindowTitle("CRMDesk")
        focus = getattr(cover, "focus_first", None)
        if focus is not None:
            focus()

    def uncover(self) -> None:
        """Take the cover away."""
        self._covers.take_away()
        self.registry.rest(False)
        self.menuBar().setEnabled(True)
        self.set_title(self._title)
        self.refresh_undo()

    # --- palette, menus, help ---------------------------------------------------------------------------------------

    def open_palette(self, text: str = "") -> None:
        """Open the search and command box."""
        self.palette_box.open(text)

    def show_help(self) -> None:
        """Show the manual, at what belongs to the page."""
        from crmdesk.ui.dialogs.help import show_help

        place = self.place()
        show_help(self, place.page if place is not None else "")

    def show_keys(self) -> None:
        """Show every shortcut."""
        from crmdesk.ui.dialogs.keys import KeysDialog

        KeysDialog(self.registry.all(), self).exec()

    def _undo(self) -> None:
        if self.undo is not None:
            self.toasts.close_undo()
            self.undo()

    def _redo(self) -> None:
        if self.redo is not None:
            self.toasts.close_undo()
            self.redo()

    @Slot(str)
    def _ran(self, name: str) -> None:
        self._alt_alone = False
        self.refresh_undo()

    # --- events -----------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < theme.NARROW_WINDOW
        if narrow != self.navigation.is_narrow:
            self.navigation.set_narrow(narrow)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._store is not None and not self.is_covered and "import" in self._specs and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Import files and folders that are dropped anywhere on the window; the page that is shown tells what they may be."""
        names = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.open_page("import", f"{getattr(self.page(), 'entity', '')}:{chr(10).join(names)}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._alt_alone = event.key() == Qt.Key.Key_Alt
        if event.key() == Qt.Key.Key_F10 and not self.is_covered:
            self._toggle_menu()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Alt and self._alt_alone and sys.platform != "darwin" and not self.is_covered:
            self._toggle_menu()
        self._alt_alone = False
        super().keyReleaseEvent(event)

    def _toggle_menu(self) -> None:
        bar = self.menuBar()
        bar.setVisible(not bar.isVisible())
        if bar.isVisible():
            bar.setFocus(Qt.FocusReason.MenuBarFocusReason)
            bar.setActiveAction(bar.actions()[0])

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Go on in reading order: pages make parts of themselves anew, which Qt would put at the end."""
        shown, focused = self._covers.currentWidget(), self.focusWidget()
        if shown is not None and focused is not None and go_on(shown, focused, forward):
            return True
        return super().focusNextPrevChild(forward)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def finish_typing(self) -> bool:
        """Have saved what is half typed, before the window closes or locks; False if a field can't be saved, which has the keyboard then."""
        return self.places.finish_typing()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.is_covered and not self.finish_typing():
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)


def _like_our_dialogs(box: QMessageBox) -> None:
    """Give a question of Qt's the edges of our dialogs; it would leave room for an icon."""
    layout = box.layout()
    if isinstance(layout, QGridLayout):
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setHorizontalSpacing(0)
        for number in range(layout.count()):
            item = layout.itemAt(number)
            if item is not None and (gap := item.spacerItem()) is not None:
                gap.changeSize(0, 0)
        # A least width of the text itself would keep Qt from breaking it into lines.
        text = box.findChild(QLabel, "qt_msgbox_label")
        if text is not None:
            _, place, _, span = cast("tuple[int, int, int, int]", layout.getItemPosition(layout.indexOf(text)))
            layout.addItem(QSpacerItem(320, 0), layout.rowCount(), place, 1, span)
            layout.setColumnStretch(place, 1)
