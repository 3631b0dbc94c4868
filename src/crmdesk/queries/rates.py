"""Exchange rates that were noted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.fields import RATE_SCALE, from_scaled
from crmdesk.queries.seen import live

if TYPE_CHECKING:
    from decimal import Decimal

    from crmdesk.store import Reader


@dataclass(frozen=True)
class Rate:
    """What one unit of a currency was worth in the store's own on a day."""

    id: UUID
    code: str
    on: date
    rate: Decimal


def newest(reader: Reader, each: int = 5) -> list[Rate]:
    """Return the newest rates of each currency, by currency, the newest first; there may be one for each day of many years."""
    found = reader.rows(
        'SELECT id, code, "on", rate FROM (SELECT id, code, "on", rate, row_number() OVER (PARTITION BY code ORDER BY "on" DESC, id DESC) AS place '
        f"FROM exchange_rate r WHERE {live(reader, 'exchange_rate', 'r')}) WHERE place <= ? ORDER BY code, place",
        (each,),
    )
    return [Rate(UUID(bytes=row), code, date.fromisoformat(on), from_scaled(rate, RATE_SCALE)) for row, code, on, rate in found]
