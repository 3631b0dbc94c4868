"""Text, numbers and several lines."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect, Qt, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QLineEdit,
    QPlainTextEdit,
    QStyle,
    QStyleOptionFrame,
)

from crmdesk.fields import KINDS, Field
from crmdesk.ui import theme
from crmdesk.ui.editors.editor import Context, Editor
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


class LineEditor(Editor):
    """One line that the kind's own reader understands: text, numbers."""

    def __init__(self, field: Field, context: Context) -> None:
        self.input = Line()
        super().__init__(field, context, self.input)
        self.input.textEdited.connect(self.changed)
        self.input.returnPressed.connect(self.left)
        if field.sensitivity == "secret":
            self.input.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData)

    def value(self) -> Any:
        text = self.input.text().strip()
        return KINDS[self.field.kind].read(text, self.field, self.context.reading) if text else None

    def show_value(self, value: Any) -> None:
        self.input.setText(self.text_of(value))
        self.input.setCursorPosition(0)

    def text_of(self, value: Any) -> str:
        """Return a value as it is typed."""
        if value is None:
            return ""
        return KINDS[self.field.kind].show(value, self.field)


class LongEditor(Editor):
    """Several lines; Ctrl+Enter and leaving the field finish them."""

    def __init__(self, field: Field, context: Context, lines: int = 4) -> None:
        self.input = QPlainTextEdit()
        super().__init__(field, context, self.input)
        self.input.setTabChangesFocus(True)
        self.input.setFixedHeight(12 + lines * 18)
        self.input.textChanged.connect(self._typed)
        self._is_showing = False

    def value(self) -> str | None:
        return self.input.toPlainText().strip() or None

    def show_value(self, value: Any) -> None:
        self._is_showing = True
        self.input.setPlainText(value or "")
        self._is_showing = False

    @Slot()
    def _typed(self) -> None:
        if not self._is_showing:
            self.changed.emit()

    def key(self, event: QKeyEvent) -> bool:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.left.emit()
            return True
        return super().key(event)
