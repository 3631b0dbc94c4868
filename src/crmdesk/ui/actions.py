"""What can be done in the window, declared once: menus, palette, shortcuts and the help sheet are all made from it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication, QInputMethodEvent, QKeyEvent, QKeySequence, QTextDocument
from PySide6.QtWidgets import QLineEdit, QMenu, QMenuBar, QPlainTextEdit, QTextEdit, QWidget

from crmdesk.i18n import mark, tr
from crmdesk.ui import theme

if TYPE_CHECKING:
    from collections.abc import Callable

MENUS: dict[str, str] = {
    "file": mark("File"),
    "edit": mark("Edit"),
    "new": mark("New"),
    "go": mark("Go"),
    "view": mark("View"),
    "record": mark("Record"),
    "help": mark("Help"),
}


# As they stand on the keyboards of the language in force.
KEY_NAMES = {
    "Ctrl": mark("Ctrl"), "Shift": mark("Shift"), "Alt": mark("Alt"), "Del": mark("Del"), "Ins": mark("Ins"), "Esc": mark("Esc"), "Return": mark("Enter"),
    "Enter": mark("Enter"), "Space": mark("Space"), "Left": mark("Left"), "Right": mark("Right"), "Up": mark("Up"), "Down": mark("Down"), "Home": mark("Home"),
    "End": mark("End"), "PgUp": mark("Page up"), "PgDown": mark("Page down"), "Backspace": mark("Backspace"), "Tab": mark("Tab"),
}  # fmt: skip


def always() -> bool:
    """Say that an action can be used at any time."""
    return True


@dataclass(frozen=True)
class Action:
    """One thing that a user can do.

    Attributes:
        id: unique, such as `deal.move`.
        text: its name, marked for translation; what people read in menus, palette and help.
        run: does it.
        icon: a Lucide name.
        shortcut: in Qt's portable form, such as `Ctrl+Shift+D`; Ctrl is shown as Cmd on a Mac.
        group: the menu it stands in, a key of `MENUS`; empty keeps it out of the menu bar, not out of the palette.
        enabled: whether it makes sense now; a text says why not, and is shown to the user.
        checked: for actions that switch something: whether it is on.
        words: other words under which the palette finds it, marked for translation.
        in_palette: whether the palette offers it.
        title: the text to show instead of `text`, for names that change, such as `Undo move deal`; already translated.
    """

    id: str
    text: str
    run: Callable[[], object]
    icon: str = ""
    shortcut: str = ""
    group: str = ""
    enabled: Callable[[], bool | str] = always
    checked: Callable[[], bool] | None = None
    words: str = ""
    in_palette: bool = True
    title: Callable[[], str] | None = None

    @property
    def is_enabled(self) -> bool:
        """Whether it makes sense now."""
        return self.enabled() is True

    def why_not(self) -> str:
        """Return the reason why it makes no sense now, if one is known."""
        state = self.enabled()
        return state if isinstance(state, str) else ""

    def shown(self) -> str:
        """Return its name as shown now, in the language in force."""
        return self.title() if self.title is not None else tr(self.text)

    def keys(self) -> str:
        """Return its shortcut with the platform's own keys."""
        return shown_keys(self.shortcut) if self.shortcut else ""


def shown_keys(shortcut: str) -> str:
    """Return a shortcut with the platform's own keys, such as `Ctrl+K` or `⌘K`."""
    native = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    if sys.platform == "darwin":
        return native
    # A plus that is a key itself stands last: “Ctrl++”.
    parts = native[:-1].split("+")
    parts[-1] += native[-1:]
    return "+".join(tr(KEY_NAMES[part]) if part in KEY_NAMES else part for part in parts)


class _Typing(QObject):
    """Knows whether an input method is composing in the focused widget; shortcuts rest meanwhile.

    It also lets Undo and Redo through to the window where the focused input has no typing of its own to take back, as after a note was stored.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.is_composing = False
        self._watched: QObject | None = None

    @Slot(QObject)
    def follow(self, focused: QObject | None) -> None:
        if self._watched is not None and shiboken6.isValid(self._watched):
            self._watched.removeEventFilter(self)
        self.is_composing = False
        self._watched = focused
        if focused is not None:
            focused.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QInputMethodEvent):
            self.is_composing = bool(event.preeditString())
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _is_undo(event) and _is_untouched(watched):
            event.ignore()
            return True
        return False


def _is_undo(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)


def _is_untouched(source: QObject) -> bool:
    """Return whether nothing was typed into an input since it was filled: whoever presses Undo once too often there takes back no deed."""
    typed: QLineEdit | QTextDocument | None = source if isinstance(source, QLineEdit) else None
    if isinstance(source, QPlainTextEdit | QTextEdit):
        typed = source.document()
    if typed is None or typed.isUndoAvailable() or typed.isRedoAvailable():
        return False
    return not typed.isModified() or not (typed.text() if isinstance(typed, QLineEdit) else typed.toPlainText())


_typing: _Typing | None = None


def watch_composition(app: QGuiApplication) -> None:
    """Begin to notice input methods; called once, at start."""
    global _typing
    if _typing is None or _typing.parent() is not app:
        _typing = _Typing(app)
        app.focusObjectChanged.connect(_typing.follow)


def is_composing() -> bool:
    """Return whether the user is composing a character; no key means a command then."""
    return _typing is not None and _typing.is_composing


class Registry(QObject):
    """The actions of one window: those of the frame, and those of the page that is shown.

    Signals:
        changed: the page's actions have been replaced.
        triggered: an action's id, after it ran.
    """

    changed = Signal()
    triggered = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._actions: dict[str, Action] = {}
        self._page: dict[str, Action] = {}
        self._buttons: dict[str, QAction] = {}
        self._is_resting = False

    def rest(self, resting: bool) -> None:
        """Let no action run, by key, menu or palette, while the window is covered."""
        self._is_resting = resting
        for button in self._buttons.values():
            button.setEnabled(not resting)

    def add(self, *actions: Action) -> None:
        """Add actions of the frame, which hold on every page."""
        for action in actions:
            self._actions[action.id] = action
            self._connect(action)

    def set_page(self, actions: list[Action]) -> None:
        """Replace the actions of the page that is shown; one with the id of a frame's action takes its place."""
        for name in self._page:
            self._disconnect(name)
        self._page = {action.id: action for action in actions}
        for action in actions:
            self._connect(action)
        for name, action in self._actions.items():
            if name not in self._page and name not in self._buttons:
                self._connect(action)
        self.changed.emit()

    def all(self) -> list[Action]:
        """Return every action there is now, the page's first."""
        return list(self._page.values()) + [a for name, a in self._actions.items() if name not in self._page]

    def find(self, name: str) -> Action | None:
        """Return the action with an id, if there is one now."""
        return self._page.get(name) or self._actions.get(name)

    def run(self, name: str) -> bool:
        """Run an action by its id if it makes sense now; returns whether it ran."""
        action = self.find(name)
        if action is None or self._is_resting or not action.is_enabled or is_composing():
            return False
        action.run()
        self.triggered.emit(name)
        return True

    def shown_button(self, name: str) -> QAction:
        """Return Qt's side of an action with the name and state of the moment, for a menu."""
        action = self.find(name)
        if action is None:
            raise KeyError(name)
        return self._refreshed(action)

    def menu_bar(self, bar: QMenuBar) -> None:
        """Fill the menu bar; menus are filled when they open, so that names and states are those of the moment."""
        bar.clear()
        for group, title in MENUS.items():
            menu = QMenu(tr(title), bar)
            menu.setProperty("group", group)
            menu.aboutToShow.connect(self._fill)
            menu.aboutToHide.connect(self._wake)
            bar.addMenu(menu)

    def fill(self, menu: QMenu, group: str) -> None:
        """Fill a menu with the actions of a group."""
        menu.clear()
        for action in self.all():
            if action.group == group:
                menu.addAction(self._refreshed(action))
        if menu.isEmpty():
            nothing = menu.addAction(tr("Nothing here on this page"))
            nothing.setEnabled(False)

    @Slot()
    def _fill(self) -> None:
        menu = self.sender()
        if isinstance(menu, QMenu):
            self.fill(menu, str(menu.property("group")))

    def _refreshed(self, action: Action) -> QAction:
        button = self._buttons[action.id]
        button.setText(action.shown().replace("&", "&&"))
        button.setEnabled(action.is_enabled)
        button.setToolTip(action.why_not())
        if action.checked is not None:
            button.setChecked(action.checked())
        return button

    def _connect(self, action: Action) -> None:
        self._disconnect(action.id)
        button = QAction(self._window)
        button.setText(action.shown().replace("&", "&&"))
        button.setData(action.id)
        if action.icon:
            button.setIcon(theme.icon(action.icon))
        if action.shortcut:
            button.setShortcut(QKeySequence(action.shortcut))
            button.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        button.setCheckable(action.checked is not None)
        button.triggered.connect(self._run_sender)
        button.setEnabled(not self._is_resting)
        self._window.addAction(button)
        self._buttons[action.id] = button

    def _disconnect(self, name: str) -> None:
        button = self._buttons.pop(name, None)
        if button is not None:
            self._window.removeAction(button)
            button.deleteLater()

    @Slot()
    def _run_sender(self) -> None:
        button = self.sender()
        if isinstance(button, QAction):
            self.run(str(button.data()))

    @Slot()
    def _wake(self) -> None:
        # What was grey in the menu may make sense later, without the menu being opened again: `run` asks at every key.
        for button in self._buttons.values():
            button.setEnabled(not self._is_resting)


def clashes(actions: list[Action]) -> list[tuple[str, str]]:
    """Return the pairs of actions that share a shortcut; there must be none."""
    seen: dict[str, str] = {}
    found = []
    for action in actions:
        if not action.shortcut:
            continue
        keys = QKeySequence(action.shortcut).toString(QKeySequence.SequenceFormat.PortableText)
        if keys in seen and seen[keys] != action.id:
            found.append((seen[keys], action.id))
        seen[keys] = action.id
    return found
