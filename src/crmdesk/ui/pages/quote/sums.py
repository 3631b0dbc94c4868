"""What the lines come to: totals, discounts on the whole quote, the margin."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crmdesk.documents import formats
from crmdesk.fields import Money, show_money
from crmdesk.i18n import ntr, tr
from crmdesk.ui import theme
from crmdesk.ui.widgets.basics import Button, Card, IconButton, Text, column, row
from crmdesk.ui.widgets.layouts import empty

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from decimal import Decimal

    from crmdesk.documents.calculator import AllowanceCharge, Totals
    from crmdesk.queries.quotes import QuoteView


class Sums(QWidget):
    """Margin and totals beneath the lines.

    Signals:
        discount_wanted: a discount on the whole quote is to be added.
        discount_dropped: the number of one that is to go.
        why_wanted: the steps of the calculation are asked for.
    """

    discount_wanted = Signal()
    discount_dropped = Signal(int)
    why_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.margin = Card(space=2)
        self.margin_figure = Text("", "strong")
        self.margin_note = Text("", "muted", wrap=True)
        self.margin.add(Text(tr("Margin"), "muted"), self.margin_figure, self.margin_note)
        self.margin.setMaximumWidth(270)
        self.totals = Card(space=4)
        self.totals.setFixedWidth(312)
        self._sums = QVBoxLayout()
        self._sums.setSpacing(8)
        self.discount_button = Button(tr("Add discount"), self.discount_wanted.emit, "link", "plus")
        self.totals.add(self._sums, row(self.discount_button, None, Button(tr("Why this total?"), self.why_wanted.emit, "link")))
        self.setLayout(row(column(self.margin, None), None, column(self.totals, None), space=12))

    def show_totals(self, totals: Totals, allowances: Sequence[AllowanceCharge], view: QuoteView | None) -> None:
        """Show what the calculator found; discounts of a quote that can be changed have a button that takes them away."""
        empty(self._sums)
        code = totals.currency
        may_edit = view is not None and "edit" in view.actions
        self.discount_button.setVisible(may_edit)
        if totals.allowance_amounts:
            self._sum(tr("Sum of lines"), _money(totals.line_total, code))
            for number, (each, amount) in enumerate(zip(allowances, totals.allowance_amounts, strict=False)):
                words = each.reason or (tr("Surcharge") if each.charge else tr("Discount"))
                words = f"{words} {formats.percent(each.percent)}" if each.percent is not None and each.amount is None else words
                self._sum(words, _money(amount if each.charge else -amount, code), remove=partial(self.discount_dropped.emit, number) if may_edit else None)
        self._sum(tr("Net"), _money(totals.tax_exclusive, code))
        for tax in totals.taxes:
            name = tax.name or tr("VAT")
            self._sum(f"{name} {formats.percent(tax.tax_rate)}", _money(tax.tax, code))
        if totals.prepaid:
            self._sum(tr("Prepaid"), _money(-totals.prepaid, code))
        if totals.rounding:
            self._sum(tr("Rounding"), _money(totals.rounding, code))
        self._sum(tr("Total"), _money(totals.payable, code), strong=True)
        if view is not None and view.base_total is not None and view.base_total.currency != code:
            self._sum(tr("In {currency}", currency=view.base_total.currency), _money(view.base_total.amount, view.base_total.currency))

    def _sum(self, label: str, amount: str, strong: bool = False, remove: Callable[[], object] | None = None) -> None:
        figure = Text(amount, "dialog" if strong else "", selectable=True)
        figure.setFont(theme.tabular("dialog" if strong else "body", 600 if strong else 400))
        figure.setAccessibleName(f"{label}: {amount}")
        parts: list[Any] = [Text(label, "dialog" if strong else "muted"), None, figure]
        if remove is not None:
            parts.insert(1, IconButton("x", tr("Remove {label}", label=label), remove, "muted"))
        self._sums.addLayout(row(*parts, space=4))

    def show_margin(self, view: QuoteView) -> None:
        """Show what is earned, where enough costs are known."""
        margin = view.margin
        counted = sum(1 for item in view.lines if item.line.counts)
        known = margin is not None and margin.without_cost < counted
        self.margin.setVisible(known)
        if margin is None or not known:
            return
        amount = _money(margin.amount.amount, margin.amount.currency)
        self.margin_figure.setText(" · ".join(part for part in (formats.percent(margin.percent) if margin.percent is not None else "", amount) if part))
        left_out = ntr("{count} line without a known cost is left out.", "{count} lines without a known cost are left out.", margin.without_cost)
        self.margin_note.setText(left_out if margin.without_cost else "")
        self.margin_note.setVisible(bool(margin.without_cost))


def _money(amount: Decimal, currency: str) -> str:
    return show_money(Money(amount, currency))
