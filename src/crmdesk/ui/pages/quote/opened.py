"""The quote that is open, from one read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crmdesk.queries import quotes as queries
from crmdesk.queries import records

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.queries.quotes import QuoteView
    from crmdesk.store import Reader

TOP_FIELDS = ("company", "deal", "contact", "valid_until", "subject", "payment_days")
MORE_FIELDS = ("date", "language", "reference", "currency", "exchange_rate", "tax_inclusive", "owner", "intro", "terms")


@dataclass(frozen=True)
class Opened:
    """A quote with the raw values of its fields and a file name for its PDF."""

    view: QuoteView
    values: dict[str, Any]
    file_name: str
    usual_tax: tuple[str, Any]


def open_quote(reader: Reader, quote: UUID) -> Opened:
    """Read a quote with the raw values of its fields."""
    view = queries.view(reader, quote)
    found = records.rows(reader, "quote", [quote], [*TOP_FIELDS, *MORE_FIELDS])
    return Opened(view, found[0].values, queries.file_name(reader, quote), queries.usual_tax(reader.settings))
