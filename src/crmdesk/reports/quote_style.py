"""How a quote is set: its styles, and what all its parts share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crmdesk.documents.formats import money, percent, plain_amount
from crmdesk.i18n import tr
from crmdesk.reports.canvas import MM, MUTED
from crmdesk.reports.quote_page import EXEMPTIONS
from crmdesk.reports.text import Style

if TYPE_CHECKING:
    from decimal import Decimal

    from crmdesk.documents.calculator import AllowanceCharge, Document, Totals
    from crmdesk.reports.flow import Block
    from crmdesk.reports.letter import Frame
    from crmdesk.reports.quote_page import QuotePage

BODY = Style(size=9.2, spacing=1.45)
TITLE = Style(size=14.5, bold=True, spacing=1.3)
CELL = Style(size=8.6, spacing=1.4)
CELL_BOLD = replace(CELL, bold=True)
CELL_MUTED = replace(CELL, colour=MUTED)
DETAIL = Style(size=7.8, colour=MUTED, spacing=1.4)
HEAD = Style(size=7.8, colour=MUTED, spacing=1.4)
TOTAL = Style(size=11, bold=True, spacing=1.4)
NOTE = Style(size=8.2, colour=MUTED, spacing=1.45)

GAP = 4 * MM


class Setting:
    """What all parts of a quote are set with: its page, the room for it, and how its amounts are written.

    Attributes:
        exemptions: why no tax is charged, by tax category.
        marks: by tax category the sign that points to its exemption, where there are several.
    """

    def __init__(self, page: QuotePage, frame: Frame, accent: str) -> None:
        self.page = page
        self.document: Document = page.document
        self.totals: Totals = page.totals
        self.currency = page.document.currency
        self.frame = frame
        self.accent = accent
        self.exemptions = self._exemptions()
        self.marks = dict(zip(self.exemptions, "¹²³⁴⁵⁶⁷⁸⁹", strict=False)) if len(self.exemptions) > 1 else {}

    def _exemptions(self) -> dict[str, str]:
        """Return by tax category why no tax is charged."""
        own = dict(self.page.exemption_texts)
        texts = {tax.tax_category: own.get(tax.tax_category) or tr(EXEMPTIONS.get(tax.tax_category, "")) for tax in self.totals.taxes}
        return {category: text for category, text in texts.items() if text}

    def shown(self, amount: Decimal) -> str:
        """Write an amount without its currency, which stands in the table's head."""
        return plain_amount(amount, self.currency)

    def change(self, amount: Decimal) -> str:
        """Write by how much a discount or surcharge changes a line, always with its sign."""
        return f"+{self.shown(amount)}" if amount > 0 else self.shown(amount)

    def money(self, amount: Decimal) -> str:
        """Write an amount with its currency."""
        return money(amount, self.currency)


def kept(block: Block) -> Block:
    """Return a block that stays on one page with what follows it."""
    return replace(block, keep=True)  # type: ignore[type-var] # every block is a dataclass


def reason_of(each: AllowanceCharge) -> str:
    """Name a discount or charge: its reason, and the percentage if it is one."""
    reason = each.reason or (tr("Surcharge") if each.charge else tr("Discount"))
    return tr("{reason} ({percent})", reason=reason, percent=percent(each.percent)) if each.percent else reason
