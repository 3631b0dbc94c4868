"""Amounts of money with their currency."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
)

from crmdesk.fields import KINDS, Field, Money, Reading, currency_decimals
from crmdesk.i18n import locale, tr
from crmdesk.ui.editors.editor import Context, Editor


class MoneyEditor(Editor):
    """An amount and its currency; `12,50 CHF` may also be typed whole."""

    def __init__(self, field: Field, context: Context) -> None:
        self.input = QLineEdit()
        if not context.is_quiet:
            self.input.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        super().__init__(field, context, self.input)
        self.currency = QComboBox()
        self.currency.setAccessibleName(tr("Currency of {label}", label=tr(field.label)))
        self.currency.addItems(list(dict.fromkeys((context.reading.currency, *context.currencies))))
        if context.is_quiet:
            self.currency.setProperty("kind", "quiet")
        self.currency.setFixedWidth(80)
        self.line.addWidget(self.currency)
        self.input.textEdited.connect(self.changed)
        self.input.returnPressed.connect(self.left)
        self.currency.activated.connect(self._chosen)

    def value(self) -> Money | None:
        text = self.input.text().strip()
        if not text:
            return None
        reading = Reading(
            self.currency.currentText(), self.context.reading.region, self.context.reading.date_order,
            self.context.reading.zone,
        )  # fmt: skip
        money: Money = KINDS[self.field.kind].read(text, self.field, reading)
        return money

    def show_value(self, value: Any) -> None:
        if value is None:
            self.input.clear()
            return
        if self.currency.findText(value.currency) < 0:
            self.currency.addItem(value.currency)
        self.currency.setCurrentText(value.currency)
        self.input.setText(_amount(value))
        self.input.setCursorPosition(0)

    @Slot()
    def _chosen(self) -> None:
        self.changed.emit()
        if self.input.text().strip():
            self.left.emit()


def _amount(value: Money) -> str:
    """Return the number of an amount with at least the decimals of its currency."""
    from babel.numbers import format_decimal

    decimals = "0" * currency_decimals(value.currency)
    return format_decimal(value.amount, f"#,##0.{decimals}######", locale())
