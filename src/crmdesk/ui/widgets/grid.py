"""Labels beside what they name, for forms and for details that are only read."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from crmdesk.ui.widgets.basics import Text


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
        name.setMinimumHeight(min(28, widget.sizeHint().height()))
        self._grid.addWidget(name, self._count, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(widget, self._count, 1)
        self._count += 1
        if below is not None:
            self._grid.addWidget(below, self._count, 1)
            self._count += 1
        return name

    def clear(self) -> None:
        """Take every line away."""
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._count = 0
