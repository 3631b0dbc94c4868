"""Layouts that are filled anew: emptying them, keeping the keyboard where it was, and one that goes on in the next line."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from crmdesk.ui.widgets import paint

if TYPE_CHECKING:
    from collections.abc import Iterator


def empty(layout: QLayout) -> None:
    """Take everything out of a layout and delete it; what is hidden at once never flashes beside what comes."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            empty(inner)


@contextmanager
def made_anew(parent: QWidget, otherwise: QWidget | None = None) -> Iterator[None]:
    """Give the keyboard back, after parts were made anew in the block, to the new part of the same kind and name as the one that had it.

    Where that is gone, as a task that was ticked off, the next of its kind has it, or else the one before.

    Args:
        otherwise: has it where none of its kind is left.
    """
    focused = parent.window().focusWidget()
    if focused is None or not parent.isAncestorOf(focused) or not focused.accessibleName():
        yield
        return
    kind = type(focused)
    before = parent.findChildren(kind)
    names, at = [one.accessibleName() for one in before], before.index(focused)
    yield
    if focused.isVisibleTo(parent):
        return
    anew = {one.accessibleName(): one for one in reversed(parent.findChildren(kind)) if one not in before and one.isEnabled()}
    again = next((anew[name] for name in (*names[at:], *reversed(names[:at])) if name in anew), None)
    if again is not None:
        part: QWidget | None = again
        while part is not None and part is not parent:  # what is in no layout's turn yet can't have the keyboard
            part.show()
            part = part.parentWidget()
        again.setFocus()
    elif otherwise is not None:
        otherwise.setFocus()


class FlowLayout(QLayout):
    """Lays parts in a line and goes on in the next one, for chips and tiles; mirrored from right to left."""

    def __init__(self, space: int = 8) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._space = space
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def clear(self) -> None:
        """Take everything out and delete it."""
        while self._items:
            widget = self._items.pop().widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), apply=False)

    def setGeometry(self, area: QRect) -> None:
        super().setGeometry(area)
        self._arrange(area, apply=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, area: QRect, apply: bool) -> int:
        x, y, tallest = area.x(), area.y(), 0
        parent = self.parentWidget()
        direction = parent.layoutDirection() if parent else Qt.LayoutDirection.LeftToRight
        for item in self._items:
            widget = item.widget()
            if widget is not None and widget.isHidden():
                continue
            size = item.sizeHint()
            width = min(size.width(), area.width()) if area.width() > 0 else size.width()
            if x > area.x() and x + width > area.right() + 1:
                x, y, tallest = area.x(), y + tallest + self._space, 0
            if apply:
                item.setGeometry(paint.mirrored(QRect(x, y, width, size.height()), area, direction))
            x += width + self._space
            tallest = max(tallest, size.height())
        return y + tallest - area.y()
