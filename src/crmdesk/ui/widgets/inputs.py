"""Inputs that need nothing but the look of the window."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionFrame

from crmdesk.ui import theme
from crmdesk.ui.widgets import paint


class Line(QLineEdit):
    """A line that shows with “…” that it is cut, while the keyboard is elsewhere; its tip has the whole text.

    Args:
        cut: where; `ElideLeft` keeps the end, such as the name of a file.
    """

    def __init__(self, text: str = "", cut: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__(text)
        self._cut = cut
        self.textChanged.connect(self._tell)

    @Slot(str)
    def _tell(self, text: str) -> None:
        self.setToolTip(text if self.is_cut() else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell(self.text())

    def _room(self) -> QRect:
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        return self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self).adjusted(2, 0, -2, 0)

    def is_cut(self) -> bool:
        """Return whether the text is wider than the line."""
        return self.echoMode() == QLineEdit.EchoMode.Normal and self.fontMetrics().horizontalAdvance(self.text()) > self._room().width()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus() or not self.is_cut():
            super().paintEvent(event)
            return
        painter, option = QPainter(self), QStyleOptionFrame()
        self.initStyleOption(option)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option, painter, self)
        shown = theme.colour("text" if self.isEnabled() else "disabled")
        room = self._room()
        paint.line(painter, room, self.fontMetrics().elidedText(self.text(), self._cut, room.width()), self.font(), shown)
