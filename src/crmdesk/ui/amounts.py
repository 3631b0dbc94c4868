"""Sums as people say them: without decimals, what has no exchange rate beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.fields import show_money

if TYPE_CHECKING:
    from crmdesk.queries.money import Sum


def whole(total: Sum) -> str:
    """Return a sum without decimals, what has no exchange rate beside it."""
    base, *apart = total.moneys
    return " + ".join(show_money(money, whole=True) for money in (base, *apart) if money.amount or not apart)
