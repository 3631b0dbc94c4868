"""What stands on a quote: plain values, and the words that its columns and rows have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from crmdesk.i18n import mark

if TYPE_CHECKING:
    from datetime import date

    from crmdesk.documents.calculator import Document, Totals
    from crmdesk.reports.letter import Letterhead

Column = Literal["position", "product", "description", "quantity", "unit", "unit_price", "discount", "tax", "amount"]

COLUMNS: dict[Column, str] = {
    "position": mark("No."),
    "product": mark("Product no."),
    "description": mark("Item"),
    "quantity": mark("Qty"),
    "unit": mark("Unit"),
    "unit_price": mark("Price {currency}"),
    "discount": mark("Discount"),
    "tax": mark("VAT"),
    "amount": mark("Amount {currency}"),
}
# Where prices include tax the heads say so.
GROSS_COLUMNS: dict[Column, str] = {
    "unit_price": mark("Gross price {currency}"),
    "amount": mark("Gross amount {currency}"),
}

# Known labels of the letterhead's rows, so that they are translated into the document's language.
ROW_LABELS = (
    mark("Phone"),
    mark("Email"),
    mark("Website"),
    mark("Bank"),
    mark("Account"),
    mark("IBAN"),
    mark("BIC"),
    mark("VAT ID"),
    mark("Tax number"),
    mark("Taxpayer ID"),
    mark("Commercial register"),
    mark("Managing director"),
    mark("Customer no."),
    mark("Replaces"),
    mark("Your VAT ID"),
    mark("Your contact"),
    mark("Payment terms"),
    mark("Delivery"),
)

EXEMPTIONS = {
    "AE": mark("Reverse charge: the recipient of the supply owes the tax."),
    "K": mark("Tax-exempt intra-community supply."),
    "G": mark("Tax-exempt export."),
    "E": mark("Exempt from VAT."),
    "O": mark("Not subject to VAT."),
}


@dataclass(frozen=True)
class QuotePage:
    """All that stands on a quote.

    Without number it is a draft and marked as one. `info` are more rows beside the address: a label, translated if it is
    a known one, and a value. Without `columns` those are shown that say something. `exemption_texts` (category, text) take
    the place of the usual ones. Dates and numbers are written as in the writer's `region`.
    """

    letterhead: Letterhead
    recipient: tuple[str, ...]  # lines of the address field, in the order of the country
    document: Document
    totals: Totals
    number: str | None = None
    quoted_on: date | None = None
    valid_until: date | None = None
    reference: str = ""
    info: tuple[tuple[str, str], ...] = ()
    title: str = ""
    salutation: str = ""
    intro: str = ""
    terms: str = ""
    closing: str = ""
    columns: tuple[Column, ...] = ()
    exemption_texts: tuple[tuple[str, str], ...] = ()
    language: str = "en"
    page_size: str = "A4"
    region: str = ""
    customer: str = ""
