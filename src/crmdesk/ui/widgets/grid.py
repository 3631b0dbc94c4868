"""Labels beside what they name, for forms and for details that are only read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from crmdesk.ui.widgets.basics import Text
from crmdesk.ui.widgets.layouts import empty

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent


class FormGrid(QWidget):
    """Labels on the left, anything on the right; also without fields: `grid.add(tr("Owner"), widget)`."""

    def __init__(self, label_width: int = 120, space: int = 8) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(space)
        self._grid.setHorizontalSpacing(8)
        self._grid.setColumnMinimumWidth(0, label_width)
        self._grid.setColumnStretch(1, 1)
        self._count = 0

    def add(self, label: str, widget: QWidget, below: QWidget | None = None) -> Text:
        """Add a line; `below` stands beneath the widget, such as a complaint. Returns the label."""
        name = Text(label, "muted")
        name.setBuddy(widget)
        name.setWordWrap(True)
        self._grid.addWidget(name, self._count, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(widget, self._count, 1)
        _level(name)
        self._count += 1
        if below is not None:
            self._grid.addWidget(below, self._count, 1)
            self._count += 1
        return name

    def narrow(self, widget: QWidget, width: int) -> None:
        """Make what stands beside a label only so wide, as short as what is typed there."""
        widget.setFixedWidth(width)
        self._grid.setAlignment(widget, Qt.AlignmentFlag.AlignLeft)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # How high an input is, is known when it has the window's look, and that is not before it stands in the window.
        for name in self.findChildren(Text, options=Qt.FindChildOption.FindDirectChildrenOnly):
            _level(name)

    def clear(self) -> None:
        """Take every line away."""
        empty(self._grid)
        self._count = 0


def _level(name: Text) -> None:
    """Let a label's first line stand level with what it names."""
    widget = name.buddy()
    if widget is not None:
        name.setMinimumHeight(min(28, widget.sizeHint().height()))
