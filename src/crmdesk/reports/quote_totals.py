"""The totals of a quote, and what explains them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from crmdesk.documents.explain import tax_label
from crmdesk.documents.words import rmb_capitals
from crmdesk.i18n import tr
from crmdesk.reports.canvas import INK, MM
from crmdesk.reports.flow import Block, Cell, Row
from crmdesk.reports.quote_style import CELL, CELL_MUTED, NOTE, TOTAL, kept, reason_of
from crmdesk.reports.text import lay_out, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.reports.quote_style import Setting
    from crmdesk.reports.text import Style


@dataclass(frozen=True)
class _Sum:
    label: str
    value: str
    strong: bool = False
    quiet: bool = False

    @property
    def style(self) -> Style:
        return TOTAL if self.strong else CELL_MUTED if self.quiet else CELL


class Sums:
    """Sets the totals of a quote at the right edge, and notes below them."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    def blocks(self) -> list[Block]:
        """Set the totals and what explains them, all on one page."""
        rows = self._inclusive_rows() if self.setting.document.tax_inclusive else self._exclusive_rows()
        blocks: list[Block] = [*self._two_columns(rows), *self._notes()]
        return [*(kept(block) for block in blocks[:-1]), blocks[-1]]

    def _exclusive_rows(self) -> list[_Sum]:
        totals = self.setting.totals
        rows = self._before_tax(totals.line_total)
        rows.append(_Sum(tr("Net amount"), self.setting.money(totals.tax_exclusive)))
        several = len(totals.taxes) > 1
        for tax in totals.taxes:
            label = tax_label(tax.tax_category, tax.tax_rate, tax.name)
            if several:
                label = tr("{tax} on {base}", tax=label, base=self.setting.money(tax.taxable))
            rows.append(_Sum(label, self.setting.money(tax.tax)))
        # In Chinese the plain word is also that for sums without tax.
        label = tr("Total including VAT") if self.setting.page.language == "zh" else tr("Total")
        rows.append(_Sum(label, self.setting.money(totals.tax_inclusive), strong=True))
        return rows + self._after_total()

    def _inclusive_rows(self) -> list[_Sum]:
        totals = self.setting.totals
        pairs = zip(self.setting.document.lines, totals.line_amounts, strict=True)
        rows = self._before_tax(sum((amount for line, amount in pairs if line.counts), Decimal(0)))
        rows.append(_Sum(tr("Total including VAT"), self.setting.money(totals.tax_inclusive), strong=True))
        for tax in totals.taxes:
            label = tax_label(tax.tax_category, tax.tax_rate, tax.name)
            if len(totals.taxes) > 1:
                label = tr("{tax} included, on {base}", tax=label, base=self.setting.money(tax.taxable))
            else:
                label = tr("{tax} included", tax=label)
            rows.append(_Sum(label, self.setting.money(tax.tax), quiet=True))
        rows.append(_Sum(tr("Net amount"), self.setting.money(totals.tax_exclusive), quiet=True))
        return rows + self._after_total()

    def _before_tax(self, items: Decimal) -> list[_Sum]:
        """Return the sum of the items and the document's discounts and charges, if there are any."""
        if not self.setting.document.allowance_charges:
            return []
        rows = [_Sum(tr("Sum of items"), self.setting.money(items))]
        for each, amount in zip(self.setting.document.allowance_charges, self.setting.totals.allowance_amounts, strict=True):
            rows.append(_Sum(reason_of(each), self.setting.money(amount if each.charge else -amount)))
        return rows

    def _after_total(self) -> list[_Sum]:
        totals = self.setting.totals
        rows = []
        if totals.prepaid:
            rows.append(_Sum(tr("Already paid"), self.setting.money(-totals.prepaid)))
        if totals.rounding:
            rows.append(_Sum(tr("Rounding difference"), self.setting.money(totals.rounding)))
        if rows:
            rows.append(_Sum(tr("Amount due"), self.setting.money(totals.payable), strong=True))
        return rows

    def _two_columns(self, rows: Sequence[_Sum]) -> list[Block]:
        """Set sums at the right edge: labels and amounts."""
        values = [one_line(row.value, row.style) for row in rows]
        labels = [one_line(row.label, row.style) for row in rows]
        value_width = max(line.width for line in values)
        label_width = max(line.width for line in labels) + 8 * MM
        width = min(max(label_width + value_width, 72 * MM), self.setting.frame.width)
        left = self.setting.frame.left + self.setting.frame.width - width
        blocks: list[Block] = []
        for index, (row, value) in enumerate(zip(rows, values, strict=True)):
            label = lay_out(row.label, row.style, width - value_width - 4 * MM)
            cells = (Cell(tuple(label), left, width - value_width), Cell((value,), left, width, "right"))
            space = 4.0 if row.strong else 1.6
            # Above the first stands the table's own line.
            rule = INK if row.strong and index else ""
            blocks.append(Row(cells, above=space, below=space, rule_above=rule, rule_x=left, rule_width=width))
            if row.strong:
                blocks.append(Row((), above=2))
        return blocks

    def _notes(self) -> list[Block]:
        """Say the total in words where that is the custom, why no tax is charged, and what stands outside."""
        texts = []
        if self.setting.page.language == "zh" and self.setting.currency == "CNY":
            words = rmb_capitals(self.setting.totals.tax_inclusive)
            texts.append(tr("Total in words: {words}", words=f"人民币{words}"))
        texts += [f"{self.setting.marks[category]} {text}" if self.setting.marks else text for category, text in self.setting.exemptions.items()]
        if any(line.optional for line in self.setting.document.lines):
            texts.append(tr("Optional items are not part of the total."))
        style = replace(NOTE, colour=INK)
        cells = [Cell(tuple(lay_out(text, style, self.setting.frame.width)), self.setting.frame.left, self.setting.frame.width) for text in texts]
        return [Row((cell,), above=3 if index else 9) for index, cell in enumerate(cells)]
