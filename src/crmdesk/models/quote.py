"""Quotes: offers with lines, versions and a life from draft to won."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.i18n import mark
from crmdesk.models.base import Entity, Index, Record, choices, currency_column, parts, stored
from crmdesk.models.checks import MOST_DAYS, check_base_quantity, check_rate
from crmdesk.models.customer import DOCUMENT_LANGUAGES
from crmdesk.models.product import TAX_CATEGORIES

if TYPE_CHECKING:
    from sqlalchemy.orm import Mapped

QUOTE_STATUS = choices(
    ("draft", mark("Draft")), ("issued", mark("Issued")), ("accepted", mark("Accepted")), ("declined", mark("Declined")),
    ("expired", mark("Expired")), ("superseded", mark("Superseded")),
)  # fmt: skip
ROUNDINGS = choices(("half_up", mark("Half up")), ("half_even", mark("Half even")), ("down", mark("Round down")))
LEVELS = choices(("document", mark("Per document")), ("line", mark("Per line")))
LINE_KINDS = choices(("item", mark("Item")), ("text", mark("Text")), ("subtotal", mark("Subtotal")))


def _derive(values: Mapping[str, Any], settings: Any) -> dict[str, Any]:
    base = settings.to_base(values.get("payable"), values.get("currency"), values.get("exchange_rate")) if settings else None
    return {"title": values.get("number") or values.get("subject") or "", "amount_base": base}


class Quote(Record):
    """An offer to a customer. A draft has no number; issuing gives it and freezes everything."""

    entity = Entity(
        "quote", mark("Quote"), mark("Quotes"), 21, icon="file-text", title="title", subtitle=("company", "status", "payable"), series="Q-{year}-{seq:04}",
        derive=_derive, timeline="date",
    )  # fmt: skip

    number: Mapped[str | None] = stored(
        "text", mark("Number"), group="status", in_list=True, search=2, index=True, aliases=("quote number", "angebotsnummer", "order id", "报价单号")
    )
    subject: Mapped[str | None] = stored("text", mark("Subject"), in_list=True, search=3, aliases=("title", "betreff", "主题"))
    title: Mapped[str | None] = stored("text", mark("Title"), derived=True)
    company_id: Mapped[UUID | None] = stored(
        "link", mark("Company"), target="company", in_list=True, aliases=("customer", "account", "customer id", "kunde", "客户")
    )
    contact_id: Mapped[UUID | None] = stored("link", mark("Contact"), target="contact", index=True)
    deal_id: Mapped[UUID | None] = stored("link", mark("Deal"), target="deal", index=True)
    owner_id: Mapped[UUID | None] = stored("link", mark("Owner"), target="member", in_list=True, index=True, aliases=("employee", "salesperson"))
    status: Mapped[str | None] = stored("choice", mark("Status"), group="status", choices=QUOTE_STATUS, in_list=True)
    version: Mapped[int | None] = stored("integer", mark("Version"))
    previous_id: Mapped[UUID | None] = stored("link", mark("Previous version"), target="quote", index=True)
    date: Mapped[dt.date | None] = stored("date", mark("Date"), in_list=True, index=True, aliases=("order date", "quote date", "datum", "日期"))
    valid_until: Mapped[dt.date | None] = stored("date", mark("Valid until"), in_list=True, aliases=("expiry date", "expiration date", "gültig bis", "有效期"))
    language: Mapped[str | None] = stored("choice", mark("Language"), choices=DOCUMENT_LANGUAGES)
    reference: Mapped[str | None] = stored("text", mark("Your reference"), search=1)
    intro: Mapped[str | None] = stored("long_text", mark("Introduction"), search=1)
    terms: Mapped[str | None] = stored("long_text", mark("Terms"))
    payment_days: Mapped[int | None] = stored("integer", mark("Payment term (days)"), least=0, most=MOST_DAYS)
    currency: Mapped[str | None] = currency_column()
    exchange_rate: Mapped[Decimal | None] = stored("rate", mark("Exchange rate"), group="amount", check=check_rate)
    exchange_rate_on: Mapped[dt.date | None] = stored("date", mark("Date of the exchange rate"), group="amount")
    tax_inclusive: Mapped[bool | None] = stored("flag", mark("Prices include tax"))
    rounding_mode: Mapped[str | None] = stored("choice", mark("Rounding method"), choices=ROUNDINGS)
    rounding_level: Mapped[str | None] = stored("choice", mark("Tax is rounded"), choices=LEVELS)
    prepaid: Mapped[int | None] = stored("money", mark("Prepaid"))
    rounding: Mapped[int | None] = stored("money", mark("Cash rounding"))
    net: Mapped[int | None] = stored("money", mark("Net"), derived=True, in_list=True)
    tax: Mapped[int | None] = stored("money", mark("Tax amount"), derived=True)
    payable: Mapped[int | None] = stored("money", mark("Total"), derived=True, in_list=True)
    amount_base: Mapped[int | None] = stored("integer", mark("Amount in base currency"), derived=True)
    totals: Mapped[str | None] = stored("long_text", mark("Totals"), derived=True)
    frozen: Mapped[str | None] = stored("long_text", mark("Issued content"), group="status")
    pdf_id: Mapped[UUID | None] = stored("link", mark("PDF"), target="attachment")
    pdf_sha256: Mapped[str | None] = stored("text", mark("Hash of the PDF"))
    issued_at: Mapped[datetime | None] = stored("moment", mark("Issued"), group="status")
    left_at: Mapped[datetime | None] = stored("moment", mark("Left the program"))
    sent_at: Mapped[datetime | None] = stored("moment", mark("Sent"))
    decided_at: Mapped[datetime | None] = stored("moment", mark("Decided"), group="status")
    decline_reason: Mapped[str | None] = stored("text", mark("Reason"), group="status")
    lines = parts("quote_line", mark("Lines"), search=1)
    allowance_charges = parts("allowance_charge", mark("Discounts and charges"))


# All that the figures of the list need: a quote's row is long, since what was issued is kept in it.
Quote.indexes.append(Index("quote_in_figures", ("status", "valid_until", "decided_at", "owner_id", "amount_base", "payable", "currency"), "deleted_at IS NULL"))


class QuoteLine(Record):
    """A line of a quote: an item, a text or a subtotal."""

    entity = Entity("quote_line", mark("Line"), mark("Lines"), 22, icon="list-filter", title="description", value="description", owned_by=("quote",))

    quote_id: Mapped[UUID | None] = stored("link", mark("Quote"), target="quote", required=True, index=True, aliases=("order id", "order", "number"))
    position: Mapped[int | None] = stored("integer", mark("Position"))
    kind: Mapped[str | None] = stored("choice", mark("Kind"), choices=LINE_KINDS)
    product_id: Mapped[UUID | None] = stored("link", mark("Product"), target="product", index=True, aliases=("product id", "item"))
    description: Mapped[str | None] = stored("text", mark("Description"), search=1, aliases=("beschreibung",))
    details: Mapped[str | None] = stored("long_text", mark("Details"))
    quantity: Mapped[Decimal | None] = stored("decimal", mark("Quantity"), aliases=("qty", "menge", "数量"))
    unit: Mapped[str | None] = stored("text", mark("Unit"))
    unit_price: Mapped[Decimal | None] = stored("decimal", mark("Unit price"), aliases=("price", "preis", "单价"))
    price_base_quantity: Mapped[Decimal | None] = stored("decimal", mark("Price per"), check=check_base_quantity)
    tax_category: Mapped[str | None] = stored("choice", mark("Tax category"), group="tax", choices=TAX_CATEGORIES)
    tax_rate: Mapped[Decimal | None] = stored("decimal", mark("Tax rate (%)"), group="tax", least=Decimal(0), most=Decimal(100))
    taxes: Mapped[str | None] = stored("long_text", mark("Taxes"), group="tax")
    optional: Mapped[bool | None] = stored("flag", mark("Optional"))
    net: Mapped[int | None] = stored("money", mark("Amount"), derived=True)


class AllowanceCharge(Record):
    """A discount (allowance) or surcharge (charge) on a line or, without a line, on the document. Source: EN 16931, BG-20, 21, 27, 28."""

    entity = Entity(
        "allowance_charge", mark("Discount or charge"), mark("Discounts and charges"), 23, icon="tag", title="reason", value="reason", owned_by=("quote",)
    )

    quote_id: Mapped[UUID | None] = stored("link", mark("Quote"), target="quote", required=True, index=True)
    line_id: Mapped[UUID | None] = stored("link", mark("Line"), target="quote_line")
    position: Mapped[int | None] = stored("integer", mark("Position"))
    charge: Mapped[bool | None] = stored("flag", mark("Charge"))
    amount: Mapped[Decimal | None] = stored("decimal", mark("Amount"))
    percent: Mapped[Decimal | None] = stored("decimal", mark("Percent"), least=Decimal(0), most=Decimal(100))
    base_amount: Mapped[Decimal | None] = stored("decimal", mark("Base amount"))
    reason: Mapped[str | None] = stored("text", mark("Reason"))
    tax_category: Mapped[str | None] = stored("choice", mark("Tax category"), group="tax", choices=TAX_CATEGORIES)
    tax_rate: Mapped[Decimal | None] = stored("decimal", mark("Tax rate (%)"), group="tax", least=Decimal(0), most=Decimal(100))
