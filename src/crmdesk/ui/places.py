"""The pages that have been opened, where the user has been, and records in windows of their own."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from crmdesk.i18n import mark, tr
from crmdesk.ui.actions import Action, Registry
from crmdesk.ui.drafts import Kept
from crmdesk.ui.page import Changed, Frame, Page, PageSpec, Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from PySide6.QtGui import QCloseEvent


MOST_HISTORY = 100


class BesideWindow(QMainWindow):
    """One record in a window of its own, with the keys of its page.

    Args:
        shared: what can be done here as in the window beside, such as Undo.

    Signals:
        closed: it is about to be deleted.
    """

    closed = Signal()

    def __init__(self, page: Page, title: str, parent: QWidget, shared: Sequence[Action]) -> None:
        super().__init__(parent)
        self.page = page
        self.is_forgotten = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.Window)
        self.resize(980, 720)
        self.setCentralWidget(page)
        self.setWindowTitle(title)
        self.registry = Registry(self)
        self.registry.add(Action("file.close", mark("Close window"), self.close, "x", "Ctrl+W", "file"), *shared)
        self.registry.set_page(page.commands())
        page.registry = self.registry

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.is_forgotten and not finish_typing(self.page, self):
            event.ignore()
            return
        self.closed.emit()
        super().closeEvent(event)


def leave(page: Page | None) -> bool:
    """Let a page be left: False if it keeps the user."""
    if page is None:
        return True
    if not page.leave():
        return False
    # A field that is left now is saved into the record that it was typed for, and not into the next one on the same page.
    focused = page.window().focusWidget()
    if focused is not None and page.isAncestorOf(focused):
        focused.clearFocus()
    return True


def finish_typing(page: Page | None, within: QWidget) -> bool:
    """Have saved what is half typed on a page that is about to go; what can't be saved keeps the page, and has the keyboard."""
    if not leave(page):
        return False
    for draft in within.findChildren(Kept):
        draft.keep()
    return not _is_kept_at_field(within)


def _is_kept_at_field(within: QWidget) -> bool:
    """Return whether a field holds what can't be saved; it has the keyboard then, and says what is wrong."""
    from crmdesk.ui.editors import Editor  # only once a store is open: the unlock screen waits for no more than it shows

    wrong = next((one for one in within.findChildren(Editor) if one.isVisible() and one.inner.property("invalid") == "true" and one.is_changed()), None)
    if wrong is not None:
        wrong.window().activateWindow()
        wrong.setFocus(Qt.FocusReason.OtherFocusReason)
    return wrong is not None


class Places(QStackedWidget):
    """Shows one page at a time; pages are made when they are first shown.

    Signals:
        going: a page is about to be shown at the present place.
        changed: the `Place` that is shown now.
    """

    going = Signal(object)
    changed = Signal(object)

    def __init__(self, specs: Mapping[str, PageSpec], frame: Frame) -> None:
        super().__init__()
        self._specs, self._frame = specs, frame
        self._pages: dict[str, Page] = {}
        self._stale: dict[str, dict[str, frozenset[UUID] | None]] = {}
        self._history: list[Place] = []
        self._at = -1
        self._beside: list[BesideWindow] = []

    def place(self) -> Place | None:
        """Return where the user is."""
        return self._history[self._at] if self._at >= 0 else None

    def page(self) -> Page | None:
        """Return the page that is shown."""
        shown = self.currentWidget()
        return shown if isinstance(shown, Page) else None

    def go(self, place: Place) -> bool:
        """Show a place and remember it in the history; False if the page that is shown keeps the user."""
        if not self.leave():
            return False
        # Going back must not begin the same record again.
        kept = replace(place, view="") if place.view == "new" else place
        if self._at < 0 or self._history[self._at] != kept:
            del self._history[self._at + 1 :]
            self._history.append(kept)
            del self._history[:-MOST_HISTORY]
            self._at = len(self._history) - 1
        self._show(place)
        return True

    def leave(self) -> bool:
        """Have what is half typed on the page saved; False if the page keeps the user, or a field that can't be saved."""
        page = self.page()
        return leave(page) and (page is None or not _is_kept_at_field(page))

    def can_step(self, by: int) -> bool:
        """Return whether there is a place so many steps on in the history."""
        return 0 <= self._at + by < len(self._history)

    def step(self, by: int) -> None:
        """Go on or back in the history."""
        if self.can_step(by) and self.leave():
            self._at += by
            self._show(self._history[self._at])

    def _show(self, place: Place) -> None:
        page = self._pages.get(place.page)
        if page is None:
            page = self._specs[place.page].load()(self._frame)
            self._pages[place.page] = page
            self.addWidget(page)
        self._frame.set_title(tr(self._specs[place.page].label))
        self.setCurrentWidget(page)
        self.going.emit(page)
        stale = self._stale.pop(place.page, None)
        page.place = place
        page.arrive(place)
        if stale:
            page.refresh(stale)
        page.focus_first()
        focused = self.window().focusWidget()
        if focused is None or not page.isAncestorOf(focused):
            page.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit(place)

    def open_beside(self, place: Place) -> None:
        """Show a record in a window of its own."""
        spec = self._specs[place.page]
        page = spec.load()(self._frame)
        page.place = place
        window = BesideWindow(page, tr(spec.label), self.window(), self._shared(spec.name))
        window.closed.connect(partial(self._beside.remove, window))
        self._beside.append(window)
        page.arrive(place)
        window.show()
        page.focus_first()

    def _shared(self, name: str) -> list[Action]:
        """Return what a window of its own has from this one; its help is at the page that it shows."""

        def help_here() -> None:
            from crmdesk.ui.dialogs.help import show_help

            show_help(self.window(), name)

        known = self._frame.registry
        manual = Action("help.page", mark("Help for this page"), help_here, "circle-help", "F1", "help")
        return [manual, *(action for action in map(known.find, ("edit.undo", "edit.redo", "file.lock")) if action is not None)]

    def finish_typing(self) -> bool:
        """Have saved what is half typed here and in windows of their own; False if a field can't be saved, which has the keyboard then."""
        return all([finish_typing(self.page(), self), *(finish_typing(window.page, window) for window in self._beside)])

    def announce(self, changed: Changed) -> None:
        """Tell pages what has changed: those that are shown at once, the others when they are shown again."""
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
            if not window.page.watches or window.page.watches & changed.keys():
                window.page.refresh(changed)

    def forget(self) -> None:
        """Delete every page, such as before locking; nothing that was shown stays in memory through the window."""
        for page in self._pages.values():
            self.removeWidget(page)
            page.deleteLater()
        for window in list(self._beside):
            window.is_forgotten = True
            window.close()
        self._pages, self._stale, self._history, self._at = {}, {}, [], -1
