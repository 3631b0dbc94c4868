"""Decimals of currencies and the only places where amounts are rounded or divided up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext
from typing import TYPE_CHECKING, Literal

from crmdesk.errors import UserError
from crmdesk.fields import currency_decimals
from crmdesk.i18n import mark, tr

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Rounding = Literal["half_up", "half_even", "down"]

MODES: Mapping[Rounding, str] = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN}
MODE_LABELS: Mapping[Rounding, str] = {
    "half_up": mark("half up"),
    "half_even": mark("half even"),
    "down": mark("down"),
}

# Wide enough that every product of two stored numbers is exact and a quotient is never taken for a tie.
EXACT = Context(prec=80, rounding=ROUND_HALF_EVEN)
# Two remainders that are not equal differ well before this place; quotients that are equal may differ after it, where their digits were cut.
_SAME = Decimal(1).scaleb(-30)


def decimals_of(currency: str) -> int:
    """Return how many decimals amounts of a currency have."""
    return currency_decimals(currency)


def is_currency(code: str) -> bool:
    """Tell whether a code of three capital letters is a currency."""
    from babel.numbers import is_currency as known

    return bool(known(code))


def check_currency(code: str) -> str:
    """Return the code if it is a currency.

    Raises:
        UserError: it is not.
    """
    if not is_currency(code):
        raise UserError(tr("“{code}” is not a currency.", code=code), field="currency", hint=tr("Use a code such as EUR or USD."))
    return code


def round_to(value: Decimal, decimals: int, mode: Rounding) -> Decimal:
    """Round to a number of decimals; zero never keeps a minus sign."""
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=MODES[mode], context=EXACT)
    return rounded if rounded else abs(rounded)


def round_to_step(value: Decimal, step: Decimal, mode: Rounding) -> Decimal:
    """Round to a multiple of a step, such as 0.05 in cash."""
    with localcontext(EXACT):
        return round_to(value / step, 0, mode) * step


def largest_remainder(total: Decimal, ideals: Sequence[Decimal], decimals: int) -> tuple[Decimal, ...]:
    """Round each ideal part so that the parts sum exactly to the total.

    Every part is rounded down, then those with the largest remainder, the first among equals, get one unit
    more. Turning all signs around turns around the result.

    Args:
        total: the rounded sum of the ideals.
        ideals: the parts before rounding.
        decimals: of the currency.
    """
    with localcontext(EXACT):
        sign = Decimal(-1) if next((ideal for ideal in ideals if ideal), Decimal(0)) < 0 else Decimal(1)
        unit = Decimal(1).scaleb(-decimals)
        scaled = [ideal * sign for ideal in ideals]
        parts = [ideal.quantize(unit, rounding=ROUND_FLOOR) for ideal in scaled]
        left = int((total * sign - sum(parts, Decimal(0))) / unit)
        if not 0 <= left <= len(parts):
            raise ValueError(f"parts of {sum(ideals)} cannot be rounded to sum to {total}")
        for index in sorted(range(len(parts)), key=lambda i: (parts[i] - scaled[i]).quantize(_SAME))[:left]:
            parts[index] += unit
        return tuple(part * sign if part else abs(part) for part in parts)


def instalments(payable: Decimal, shares: Sequence[Decimal], mode: Rounding = "half_up") -> tuple[Decimal, ...]:
    """Divide an amount by shares in percent; the last instalment takes the odd cent.

    Args:
        payable: with the decimals of its currency.
        shares: percentages that sum to 100.
        mode: how each instalment but the last is rounded.
    Raises:
        UserError: the shares do not sum to 100 or one is not above zero.
    """
    if not shares or any(share <= 0 for share in shares) or sum(shares) != 100:
        raise UserError(tr("The shares of the instalments must be above zero and sum to 100 percent."))
    decimals = max(0, -int(payable.as_tuple().exponent))
    with localcontext(EXACT):
        parts = [round_to(payable * share / 100, decimals, mode) for share in shares[:-1]]
        return (*parts, payable - sum(parts, Decimal(0)))


def to_base(amount: Decimal, rate: Decimal, base_currency: str, mode: Rounding = "half_up") -> Decimal:
    """Convert an amount with the rate stored on its document: units of the base currency for one of the document's."""
    with localcontext(EXACT):
        return round_to(amount * rate, decimals_of(base_currency), mode)


@dataclass(frozen=True)
class Amount:
    """An amount, and what it is in the base currency if a rate is known."""

    amount: Decimal
    currency: str
    amount_base: Decimal | None = None


@dataclass(frozen=True)
class Sums:
    """Sums in the base currency, and apart from them per currency what has no rate."""

    base: Decimal
    apart: Mapping[str, Decimal]


def add_up(amounts: Iterable[Amount], base_currency: str) -> Sums:
    """Sum amounts without ever adding two currencies."""
    base = Decimal(0).scaleb(-decimals_of(base_currency))
    apart: dict[str, Decimal] = {}
    for each in amounts:
        in_base = each.amount if each.currency == base_currency else each.amount_base
        if in_base is None:
            apart[each.currency] = apart.get(each.currency, Decimal(0)) + each.amount
        else:
            base += in_base
    return Sums(base, apart)
