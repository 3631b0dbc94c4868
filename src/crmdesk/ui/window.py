"""The window's frame: navigation, top bar, the stack of pages with its history, messages, lock cover."""

from __future__ import annotations

import logging
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import shiboken6
from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFrame,
    QMainWindow,
    QMenu,
    QMessageBox,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)

from crmdesk.errors import Cancelled, Question, UserError
from crmdesk.i18n import mark, tr
from crmdesk.ui import background, theme
from crmdesk.ui.actions import Action, Registry, shown_keys
from crmdesk.ui.navigation import Item, Navigation
from crmdesk.ui.page import Changed, Page, PageSpec, Place
from crmdesk.ui.palette import Palette
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import Button, column, row
from crmdesk.ui.widgets.messages import LONG_WORK_MS, ProgressPanel, Toasts
from crmdesk.ui.widgets.order import go_on

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from crmdesk.store import Reader, Store
    from crmdesk.ui.background import Job

T = TypeVar("T")
log = logging.getLogger(__name__)

MOST_HISTORY = 100
CORE_AREA = "core"


class _SearchBox(QAbstractButton):
    """The box in the top bar; pressing it opens the palette."""

    def __init__(self, run: Callable[[], object]) -> None:
        super().__init__()
        self.setText(tr("Search or type a command"))
        self.setAccessibleName(self.text())
        self.setAccessibleDescription(shown_keys("Ctrl+K"))
        self.setMaximumWidth(420)
        self.setFixedHeight(theme.CONTROL)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: run())

    def sizeHint(self) -> QSize:
        return QSize(420, theme.CONTROL)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box, direction = self.rect(), self.layoutDirection()
        paint.rounded(painter, box, theme.RADIUS_CONTROL, theme.colour("canvas"), theme.colour("border"))
        at = paint.mirrored(QRect(11, 7, 16, 16), box, direction)
        painter.drawPixmap(at.topLeft(), theme.pixmap("search", "muted", 16, self.devicePixelRatioF()))
        keys = shown_keys("Ctrl+K")
        wide = paint.text_width(keys, theme.font("caption")) + 12
        cap = paint.mirrored(QRect(self.width() - wide - 10, 6, wide, 18), box, direction)
        paint.rounded(painter, cap, 4, theme.colour("surface"), theme.colour("border"))
        paint.line(painter, cap, keys, theme.font("caption"), theme.colour("muted"), Qt.AlignmentFlag.AlignCenter)
        area = paint.mirrored(QRect(35, 0, self.width() - 35 - wide - 20, self.height()), box, direction)
        paint.line(painter, area, self.text(), theme.font(), theme.colour("muted"))
        if self.hasFocus():
            paint.focus_ring(painter, box, theme.RADIUS_CONTROL)


class _UserButton(QAbstractButton):
    """The user's initials; pressing them opens a menu."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(24, 24)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.avatar(painter, self.rect().adjusted(1, 1, -1, -1), self.text() or "?")
        if self.hasFocus():
            paint.focus_ring(painter, self.rect(), 12)


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
        self._pages: dict[str, Page] = {}
        self._stale: dict[str, dict[str, frozenset[UUID] | None]] = {}
        self._history: list[Place] = []
        self._at = -1
        self._alt_alone = False
        self._beside: list[QWidget] = []
        self._title = ""
        self._file_name = ""
        self.user_name = ""
        self.undo: Callable[[], object] | None = None
        self.redo: Callable[[], object] | None = None
        self.undo_label: Callable[[], str] = str
        self.redo_label: Callable[[], str] = str
        self.registry = Registry(self)
        self.resize(1360, 850)
        self.setMinimumSize(720, 480)
        self.setAcceptDrops(True)
        self.setWindowTitle("CRMDesk")
        self._build()
        theme.dress(self)
        self._declare()
        self.registry.menu_bar(self.menuBar())
        self.menuBar().setVisible(sys.platform == "darwin")
        self.registry.triggered.connect(self._ran)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)
        bridge = background.bridge()
        bridge.failed.connect(self.show_error)
        bridge.writing.connect(self._writing)
        bridge.written.connect(self._written)
        bridge.moved.connect(self._moved)

    # --- what it is made of -----------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.navigation = Navigation(self.open_page, self._open_view)
        self.search_box = _SearchBox(self.open_palette)
        self.undo_button = Button(tr("Undo"), lambda: self.registry.run("edit.undo"), "flat", "undo-2")
        self.new_button = Button(tr("New"), self._open_new, "primary", "plus")
        self.user_button = _UserButton()
        self.user_button.setAccessibleName(tr("Account and settings"))
        self.user_button.clicked.connect(self._open_user_menu)
        bar = QFrame()
        bar.setObjectName("topbar")
        bar.setFixedHeight(theme.TOP_BAR)
        bar.setLayout(
            row(
                self.search_box,
                None,
                self.undo_button,
                self.new_button,
                self.user_button,
                space=10,
                margins=(16, 0, 15, 1),
            )
        )
        self.stack = QStackedWidget()
        inner = QWidget()
        inner.setLayout(row(self.navigation, column(bar, self.stack, space=0), space=0))
        self._inner = inner
        self._covers = QStackedWidget()
        self._covers.addWidget(inner)
        self.setCentralWidget(self._covers)
        self.palette_box = Palette(inner, self.registry, None, self._open_hit)
        self.toasts = Toasts(inner)
        self.toasts.start_at(self.navigation.width())
        self._progress = ProgressPanel()
        self._progress.setParent(inner)
        self._progress.hide()
        self._progress_timer = QTimer(self)
        self._progress_timer.setSingleShot(True)
        self._progress_timer.setInterval(LONG_WORK_MS)
        self._progress_timer.timeout.connect(self._show_progress)

    def _declare(self) -> None:
        """Declare the actions of the frame."""
        self.registry.add(
            Action(
                "palette",
                mark("Search or type a command"),
                self.open_palette,
                "search",
                "Ctrl+K",
                "edit",
                in_palette=False,
            ),
            Action(
                "edit.undo",
                mark("Undo"),
                self._undo,
                "undo-2",
                "Ctrl+Z",
                "edit",
                lambda: bool(self.undo_label()),
                title=lambda: self._named(tr("Undo"), self.undo_label()),
            ),
            Action(
                "edit.redo",
                mark("Redo"),
                self._redo,
                "redo-2",
                "Ctrl+Shift+Z",
                "edit",
                lambda: bool(self.redo_label()),
                title=lambda: self._named(tr("Redo"), self.redo_label()),
            ),
            Action("go.back", mark("Back"), self.go_back, "arrow-left", "Alt+Left", "go", lambda: self._at > 0),
            Action(
                "go.forward",
                mark("Forward"),
                self.go_forward,
                "arrow-right",
                "Alt+Right",
                "go",
                lambda: self._at < len(self._history) - 1,
            ),
            Action(
                "file.lock",
                mark("Lock"),
                self.lock_wanted.emit,
                "lock",
                "Ctrl+L",
                "file",
                words=mark("log out sign off"),
            ),
            Action("file.close", mark("Close window"), self.close, "x", "Ctrl+Q", "file", words=mark("quit exit")),
            self._scheme("light", mark("Light colours"), "sun"),
            self._scheme("dark", mark("Dark colours"), "moon"),
            self._scheme("system", mark("Colours of the system"), "palette"),
            Action("help.page", mark("Help for this page"), self.show_help, "circle-help", "F1", "help", words=mark("manual")),
            Action("help.keys", mark("Keyboard shortcuts"), self.show_keys, "keyboard", "Ctrl+/", "help"),
        )

    def _scheme(self, name: str, text: str, icon: str) -> Action:
        def choose() -> None:
            theme.use(name)  # type: ignore[arg-type]  # the three callers name the three choices

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
            if said:
                self.say(said, undo=operation_of(operation).undoable)
            if done is not None and _lives(done):
                done(result)

        def refused(error: Exception) -> None:
            if isinstance(error, Question):
                if self.confirm(error.message, tr("Go on"), error.hint or ""):
                    self.do(operation, *args, done=done, failed=failed, said=said, **{**named, error.answer: True})
                elif failed is not None and _lives(failed):
                    failed(Cancelled())
            elif failed is not None and _lives(failed):
                failed(error)
            else:
                self.show_error(error)

        label = tr(operation_of(operation).label)
        return background.write(self, label, lambda job: store.run(operation, *args, **named), finished, refused)

    def set_store(self, store: Store | None, file_name: str, user_name: str) -> None:
        """Work on another store from now on; every page is made anew."""
        self._store, self._file_name, self.user_name = store, file_name, user_name
        self.user_button.setText(user_name)
        self.user_button.setToolTip(user_name)
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
        for page in self._pages.values():
            self.stack.removeWidget(page)
            page.deleteLater()
        for window in self._beside:
            window.close()
        self._beside = []
        self._pages, self._stale, self._history, self._at = {}, {}, [], -1

    # --- places -----------------------------------------------------------------------------------------------------

    def open_page(self, name: str, view: str = "") -> None:
        """Show a page, with a saved view if one is named."""
        self.go(Place(name, view=view))

    def open_first(self) -> None:
        """Show the first page of the navigation."""
        offered = self.navigation.values()
        if offered:
            self.open_page(offered[0])

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
            self._open_beside(spec, place)
        else:
            self.go(place)

    def go(self, place: Place) -> None:
        """Show a place and remember it in the history."""
        page = self.page()
        if page is not None and not page.leave():
            self._light()
            return
        # Going back must not begin the same record again.
        kept = replace(place, view="") if place.view == "new" else place
        if self._at < 0 or self._history[self._at] != kept:
            del self._history[self._at + 1 :]
            self._history.append(kept)
            del self._history[:-MOST_HISTORY]
            self._at = len(self._history) - 1
        self._show(place)

    def go_back(self) -> None:
        """Show what was shown before."""
        self._step(-1)

    def go_forward(self) -> None:
        """Show what was shown before going back."""
        self._step(1)

    def place(self) -> Place | None:
        """Return where the user is."""
        return self._history[self._at] if self._at >= 0 else None

    def page(self) -> Page | None:
        """Return the page that is shown."""
        shown = self.stack.currentWidget()
        return shown if isinstance(shown, Page) else None

    def announce(self, changed: Changed) -> None:
        """Tell pages what has changed: the one that is shown at once, the others when they are shown again."""
        shown = self.page()
        for name, page in self._pages.items():
            if page.watches and not page.watches & changed.keys():
                continue
            if page is shown:
                page.refresh(changed)
            else:
                known = self._stale.setdefault(name, {})
                for entity, ids in changed.items():
                    before = known.get(entity, frozenset())
                    known[entity] = None if ids is None or before is None else before | ids
        for window in self._beside:
            inside = window.findChild(Page)
            if inside is not None and (not inside.watches or inside.watches & changed.keys()):
                inside.refresh(changed)

    def _step(self, by: int) -> None:
        page = self.page()
        if 0 <= self._at + by < len(self._history) and (page is None or page.leave()):
            self._at += by
            self._show(self._history[self._at])

    def _show(self, place: Place) -> None:
        page = self._pages.get(place.page)
        if page is None:
            page = self._specs[place.page].load()(self)
            self._pages[place.page] = page
            self.stack.addWidget(page)
        self.set_title(tr(self._specs[place.page].label))
        self.stack.setCurrentWidget(page)
        self.registry.set_page(page.commands())
        self._light()
        stale = self._stale.pop(place.page, None)
        page.place = place
        page.arrive(place)
        if stale:
            page.refresh(stale)
        page.focus_first()
        focused = self.focusWidget()
        if focused is None or not page.isAncestorOf(focused):
            page.setFocus(Qt.FocusReason.OtherFocusReason)
        self.place_changed.emit(place)

    def _open_beside(self, spec: PageSpec, place: Place) -> None:
        window = QMainWindow(self)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        window.setWindowFlag(Qt.WindowType.Window)
        window.resize(980, 720)
        page = spec.load()(self)
        page.place = place
        window.setCentralWidget(page)
        window.setWindowTitle(tr(spec.label))
        close = QAction(tr("Close window"), window)
        close.setShortcut("Ctrl+W")
        close.triggered.connect(window.close)
        window.addAction(close)
        window.destroyed.connect(self._forget_beside)
        self._beside.append(window)
        page.arrive(place)
        window.show()
        page.focus_first()

    @Slot(QObject)
    def _forget_beside(self, gone: QObject) -> None:
        self._beside = [window for window in self._beside if window is not gone]

    def _open_view(self, value: str) -> None:
        page, _, view = value.partition(":")
        self.open_page(page, view)

    def _open_hit(self, entity: str, record: UUID, beside: bool) -> None:
        self.open_record(entity, record, beside)

    def _light(self) -> None:
        place = self.place()
        if place is not None:
            spec = self._specs[place.page]
            self.navigation.light(spec.under or spec.name, f"{place.page}:{place.view}" if place.view else "")

    # --- messages ---------------------------------------------------------------------------------------------------

    def say(self, text: str, undo: bool = False, more: Sequence[tuple[str, Callable[[], object]]] | None = None) -> None:
        """Show a toast; with `undo` it has a button that takes the last deed back."""
        self.toasts.say(text, self._undo if undo else None, more)
        self.refresh_undo()

    def confirm(self, question: str, verb: str, hint: str = "", danger: bool = False) -> bool:
        """Ask before something that can't be undone; the verb stands on the button."""
        box = QMessageBox(self)
        box.setWindowTitle("CRMDesk")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(question)
        box.setInformativeText(hint)
        do = box.addButton(verb, QMessageBox.ButtonRole.AcceptRole)
        cancel = box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        do.setProperty("kind", "danger" if danger else "primary")
        box.setDefaultButton(cancel if danger else do)
        box.exec()
        return box.clickedButton() is do

    @Slot(object)
    def show_error(self, error: Exception) -> None:
        """Show what went wrong in words for people."""
        if isinstance(error, Cancelled):
            return
        if isinstance(error, UserError):
            self.toasts.say(str(error), icon="circle-alert")
            return
        log.error("Something went wrong", exc_info=error)
        details = _details(error)
        copy = (tr("Copy details"), lambda: _copy(details))
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
        self.undo_button.setEnabled(bool(deed))
        self.undo_button.setToolTip(self._named(tr("Undo"), deed) if deed else tr("Nothing to undo"))

    # --- cover ------------------------------------------------------------------------------------------------------

    @property
    def is_covered(self) -> bool:
        """Whether a cover hides everything."""
        return self._covers.currentWidget() is not self._inner

    def cover(self) -> QWidget | None:
        """Return the cover that hides everything, if there is one."""
        return self._covers.currentWidget() if self.is_covered else None

    def show_cover(self, cover: QWidget) -> None:
        """Hide everything behind a widget: unlock screen, first start. Actions rest, keys are dropped."""
        self.palette_box.hide()
        self.toasts.clear()
        self._drop_cover()
        self.registry.rest(True)
        self.menuBar().setEnabled(False)
        self._covers.addWidget(cover)
        self._covers.setCurrentWidget(cover)
        self.setWindowTitle("CRMDesk")
        focus = getattr(cover, "focus_first", None)
        if focus is not None:
            focus()

    def uncover(self) -> None:
        """Take the cover away."""
        self._covers.setCurrentWidget(self._inner)
        self._drop_cover()
        self.registry.rest(False)
        self.menuBar().setEnabled(True)
        self.set_title(self._title)
        self.refresh_undo()

    def _drop_cover(self) -> None:
        for number in range(self._covers.count() - 1, 0, -1):
            old = self._covers.widget(number)
            if old is not None:
                self._covers.removeWidget(old)
                old.deleteLater()

    # --- keyboard ---------------------------------------------------------------------------------------------------

    @Slot(QWidget, QWidget)
    def _focus_moved(self, old: QWidget | None, now: QWidget | None) -> None:
        """Keep the keyboard in the page when the page has hidden what had it, such as an empty table."""
        page = self.page()
        if page is None or old is None or now is None or not shiboken6.isValid(old):
            return
        if page.isAncestorOf(old) and not old.isVisible() and not page.isAncestorOf(now):
            QTimer.singleShot(0, self._focus_page)

    @Slot()
    def _focus_page(self) -> None:
        page, focused = self.page(), self.focusWidget()
        if page is None or self.is_covered or self.palette_box.isVisible():
            return
        if focused is not None and page.isAncestorOf(focused):
            return
        page.focus_first()
        focused = self.focusWidget()
        if focused is not None and page.isAncestorOf(focused) and focused.isVisible():
            return
        reachable = [w for w in page.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isVisible()]
        (reachable[0] if reachable else page).setFocus(Qt.FocusReason.OtherFocusReason)

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

    def _open_new(self) -> None:
        menu = QMenu(self)
        self.registry.fill(menu, "new")
        below = self.new_button.mapToGlobal(self.new_button.rect().bottomLeft())
        menu.exec(below)

    def _open_user_menu(self) -> None:
        menu = QMenu(self)
        if self.user_name:
            name = menu.addAction(self.user_name)
            name.setEnabled(False)
            menu.addSeparator()
        group = QActionGroup(menu)
        for scheme in ("light", "dark", "system"):
            entry = self.registry.shown_button(f"view.{scheme}")
            group.addAction(entry)
            menu.addAction(entry)
        menu.addSeparator()
        for action in ("go.settings", "help.page", "help.keys", "file.lock"):
            if self.registry.find(action) is not None:
                menu.addAction(self.registry.shown_button(action))
        corner = self.user_button.mapToGlobal(self.user_button.rect().bottomLeft())
        menu.exec(corner)

    def _undo(self) -> None:
        if self.undo is not None:
            self.undo()

    def _redo(self) -> None:
        if self.redo is not None:
            self.redo()

    @Slot(str)
    def _ran(self, name: str) -> None:
        self._alt_alone = False
        self.refresh_undo()

    # --- long work --------------------------------------------------------------------------------------------------

    @Slot(object)
    def _writing(self, job: Job) -> None:
        if not self._progress_timer.isActive() and self._progress.isHidden():
            self._progress_timer.start()

    @Slot(object)
    def _written(self, job: Job) -> None:
        if self._progress.job() is job or not any(background.running()):
            self._progress.hide()
            self._progress_timer.stop()
            if any(background.running()):
                self._progress_timer.start()

    @Slot(object)
    def _moved(self, job: Job) -> None:
        if self._progress.job() is job and not self._progress.isHidden():
            self._progress.refresh()

    @Slot()
    def _show_progress(self) -> None:
        # What goes on by itself, such as indexing, has no name and shows in the foot.
        job = next((job for job in background.running() if job.label and not job.has_own_panel), None)
        if job is not None:
            self._progress.follow(job)
            self._progress.adjustSize()
            self._place_progress()
            self._progress.show()
            self._progress.raise_()

    def _place_progress(self) -> None:
        x = self._inner.width() - self._progress.width() - 16
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            x = 16
        self._progress.move(x, self._inner.height() - self._progress.height() - 16)

    # --- events -----------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < theme.NARROW_WINDOW
        if narrow != self.navigation.is_narrow:
            self.navigation.set_narrow(narrow)
            self.toasts.start_at(self.navigation.width())
        self._place_progress()

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

    def closeEvent(self, event: QCloseEvent) -> None:
        page = self.page()
        if page is not None and not self.is_covered and not page.leave():
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)


def _lives(callback: Callable[..., object]) -> bool:
    """Return whether the widget whose method this is still lives; a function of nobody always does."""
    owner = getattr(callback, "__self__", None)
    return not isinstance(owner, QObject) or shiboken6.isValid(owner)


def _details(error: BaseException) -> str:
    """Return what helps to find a bug: its kind, the versions, the trail of places; no values and no names."""
    from crmdesk import __version__

    lines = [f"{type(error).__name__} · CRMDesk {__version__} · Python {sys.version.split()[0]} · {sys.platform}"]
    trail = error.__traceback__
    while trail is not None:
        code = trail.tb_frame.f_code
        lines.append(f"{code.co_filename.rpartition('crmdesk')[2]}:{trail.tb_lineno} {code.co_name}")
        trail = trail.tb_next
    return "\n".join(lines)


def _copy(text: str) -> None:
    from PySide6.QtGui import QGuiApplication

    QGuiApplication.clipboard().setText(text)
