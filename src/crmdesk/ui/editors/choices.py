"""Yes or no, and one of a few values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
)

from crmdesk.i18n import tr
from crmdesk.ui.editors.editor import Context, Editor

if TYPE_CHECKING:
    from crmdesk.fields import Field

LEAST = 120  # the longest choice may be wider than a narrow window


class FlagEditor(Editor):
    """Yes or no."""

    def __init__(self, field: Field, context: Context) -> None:
        self.input = QCheckBox()
        super().__init__(field, context, self.input)
        self.line.addStretch(1)
        self.input.clicked.connect(self._chosen)

    def value(self) -> bool:
        return self.input.isChecked()

    def is_changed(self) -> bool:
        return self.value() != bool(self.was())

    def show_value(self, value: Any) -> None:
        self.input.setChecked(bool(value))

    @Slot()
    def _chosen(self) -> None:
        self.changed.emit()
        self.left.emit()


class ChoiceEditor(Editor):
    """One of a few values; the first line is empty where the field may be."""

    def __init__(self, field: Field, context: Context) -> None:
        self.input = QComboBox()
        super().__init__(field, context, self.input)
        if not field.required:
            self.input.addItem("", None)
        for choice in field.choices:
            self.input.addItem(tr(choice.label), choice.value)
        self.input.setMinimumWidth(LEAST)
        self.input.activated.connect(self._chosen)

    def value(self) -> str | None:
        chosen: str | None = self.input.currentData()
        return chosen

    def show_value(self, value: Any) -> None:
        at = self.input.findData(value)
        if at < 0 and value is not None:
            self.input.addItem(str(value), value)
            at = self.input.count() - 1
        self.input.setCurrentIndex(at)

    @Slot()
    def _chosen(self) -> None:
        self.changed.emit()
        self.left.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The wheel belongs to the page; a value changed by scrolling past is changed by accident.
        if event.type() == QEvent.Type.Wheel and not self.input.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)
