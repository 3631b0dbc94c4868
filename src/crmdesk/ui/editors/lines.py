"""Text, numbers and several lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QPlainTextEdit

from crmdesk.fields import KINDS, Field
from crmdesk.ui.editors.editor import Context, Editor
from crmdesk.ui.widgets.inputs import Line

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent


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
        if not enter:
            return super().key(event)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.left.emit()
            return True
        return False
