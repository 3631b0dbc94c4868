"""Sums as people say them: without decimals, what has no exchange rate beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.fields import show_money
from crmdesk.i18n import ntr

if TYPE_CHECKING:
    from crmdesk.queries.money import Sum


def counted(entity: str, count: int) -> str:
    """Return how many records there are, of those that are summed."""
    match entity:
        case "deal":
            return ntr("{count} deal", "{count} deals", count)
        case "quote":
            return ntr("{count} quote", "{count} quotes", count)
        case _:
            return ntr("{count} lead", "{count} leads", count)


def whole(total: Sum) -> str:
    """Return a sum without decimals, what has no exchange rate beside it."""
    base, *apart = total.moneys
    return " + ".join(show_money(money, whole=True) for money in (base, *apart) if money.amount or not apart)
