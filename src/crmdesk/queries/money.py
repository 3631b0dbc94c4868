"""Sums of money: in the store's currency where a rate is known, apart per currency where none is. Currencies are never added."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from crmdesk.fields import Money, from_minor


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum over records of several currencies.

    Attributes:
        base: in minor units of `currency`, the store's own.
        apart: (currency, minor units) of the amounts that have no exchange rate.
    """

    base: int
    currency: str
    apart: tuple[tuple[str, int], ...] = ()

    @property
    def money(self) -> Money:
        """The sum in the store's currency."""
        return Money(from_minor(self.base, self.currency), self.currency)

    @property
    def moneys(self) -> tuple[Money, ...]:
        """The sum in the store's currency and what stands apart from it, to be shown side by side."""
        return (self.money, *(Money(from_minor(minor, code), code) for code, minor in self.apart))

    def __add__(self, other: Sum) -> Sum:
        """Add sums of one store, each currency by itself."""
        apart = dict(self.apart)
        for code, minor in other.apart:
            apart[code] = apart.get(code, 0) + minor
        return Sum(self.base + other.base, self.currency, tuple(sorted(apart.items())))

    def share(self, percent: Decimal | None) -> Sum:
        """Return a percentage of the sum, rounded half up; None counts as nothing."""
        return Sum(_part(self.base, percent), self.currency, tuple((code, _part(minor, percent)) for code, minor in self.apart if percent))


def _part(minor: int, percent: Decimal | None) -> int:
    return int((minor * (percent or Decimal(0)) / 100).quantize(Decimal(1), ROUND_HALF_UP))


def ratio(part: int, whole: int) -> Decimal | None:
    """Return a percentage with two decimals, rounded half up; None of nothing."""
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.01"), ROUND_HALF_UP) if whole else None
