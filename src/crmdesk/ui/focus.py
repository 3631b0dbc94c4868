"""Where the keyboard is when what had it goes away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmdesk.ui.places import Places


class FocusKeeper(QObject):
    """Keeps the keyboard in the page when the page has hidden what had it, such as an empty table.

    Args:
        may_take: whether nothing else wants the keyboard, such as a cover.
    """

    def __init__(self, places: Places, may_take: Callable[[], bool]) -> None:
        super().__init__(places)
        self._places, self._may_take = places, may_take
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._moved)

    @Slot(QWidget, QWidget)
    def _moved(self, old: QWidget | None, now: QWidget | None) -> None:
        page = self._places.page()
        if page is None or old is None or now is None or not shiboken6.isValid(old):
            return
        if page.isAncestorOf(old) and not old.isVisible() and not page.isAncestorOf(now):
            QTimer.singleShot(0, self._give_back)

    @Slot()
    def _give_back(self) -> None:
        page = self._places.page()
        if page is None or not self._may_take() or _has_keyboard(page):
            return
        page.focus_first()
        focused = page.window().focusWidget()
        if focused is not None and page.isAncestorOf(focused) and focused.isVisible():
            return
        reachable = [w for w in page.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isVisible()]
        (reachable[0] if reachable else page).setFocus(Qt.FocusReason.OtherFocusReason)


def _has_keyboard(page: QWidget) -> bool:
    focused = page.window().focusWidget()
    return focused is not None and page.isAncestorOf(focused)
