"""Amounts of money with their currency, and prices whose currency stands elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
)

from crmdesk.fields import KINDS, Field, Money, Reading
from crmdesk.i18n import tr
from crmdesk.ui.editors.editor import Context, Editor
from crmdesk.ui.editors.lines import LineEditor

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal


LEAST = 96  # wide enough for 100.000,00


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
        self.currency.setFixedWidth(60 if context.is_quiet else 80)
        self.input.setMinimumWidth(LEAST)
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
        self._show_currency(value.currency)
        self.input.setText(_amount(value.amount, value.currency))
        self.input.setCursorPosition(0)

    def raw(self) -> list[str]:
        return [*super().raw(), self.currency.currentText()]

    def show_raw(self, texts: Sequence[str]) -> None:
        super().show_raw(texts)
        for currency in texts[1:]:
            self._show_currency(currency)

    def _show_currency(self, currency: str) -> None:
        if self.currency.findText(currency) < 0:
            self.currency.addItem(currency)
        self.currency.setCurrentText(currency)

    @Slot()
    def _chosen(self) -> None:
        self.changed.emit()
        if self.input.text().strip():
            self.left.emit()


class UnitPriceEditor(LineEditor):
    """A price per unit, shown as on quotes: with the decimals of a currency that stands elsewhere, more where the price has more.

    Attributes:
        currency: whose decimals are shown, such as that of the deal.
    """

    currency = ""

    def text_of(self, value: Any) -> str:
        return _amount(value, self.currency) if value is not None else ""


def _amount(value: Decimal, currency: str) -> str:
    """Return a number with at least the decimals of a currency."""
    from crmdesk.documents import formats

    return formats.unit_price(value, currency)
