"""The order in which Tab goes through a window: as one reads it, also where parts were made anew in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QGridLayout,
    QLayout,
    QScrollArea,
    QWidget,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

WHOLE = (QAbstractItemView, QAbstractSpinBox, QComboBox)  # what is inside goes its own way


def go_on(top: QWidget, focused: QWidget, forward: bool) -> bool:
    """Put the keyboard on what is read next, or before; False if it is nowhere inside."""
    found = list(stops(top))
    here: QWidget | None = focused
    while here is not None and here not in found:
        here = here.parentWidget()
    if here is None:
        return False
    target = found[(found.index(here) + (1 if forward else -1)) % len(found)]
    target.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
    _reveal(target)
    return True


def stops(top: QWidget) -> Iterator[QWidget]:
    """Yield what Tab stops at, in reading order."""
    if top.isEnabled() and top.focusPolicy() & Qt.FocusPolicy.TabFocus.value and top.focusProxy() is None:
        yield top
    if not isinstance(top, WHOLE):
        for child in _children(top):
            if not child.isHidden():
                yield from stops(child)


def _reveal(widget: QWidget) -> None:
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(widget, 8, 8)
        above = above.parentWidget()


def _children(parent: QWidget) -> Iterator[QWidget]:
    if isinstance(parent, QScrollArea):
        inner = parent.widget()
        if inner is not None:
            yield inner
        return
    layout = parent.layout()
    laid = list(_laid(layout)) if layout is not None else []
    yield from laid
    others = [child for child in parent.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly) if child not in laid]
    yield from sorted((child for child in others if not child.isWindow()), key=lambda child: (child.y(), child.x()))


def _laid(layout: QLayout) -> Iterator[QWidget]:
    numbers = list(range(layout.count()))
    if isinstance(layout, QGridLayout):
        places = [layout.getItemPosition(n) for n in numbers]
        numbers.sort(key=lambda n: places[n][:2])  # type: ignore[index]  # a tuple, which the stubs do not know
    for number in numbers:
        item = layout.itemAt(number)
        widget, inner = (item.widget(), item.layout()) if item is not None else (None, None)
        if widget is not None:
            yield widget
        elif inner is not None:
            yield from _laid(inner)
