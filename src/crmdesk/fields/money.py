"""Money: amounts with their currency, as people write them, as they are shown and as they are stored."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from crmdesk.errors import UserError
from crmdesk.fields.currencies import SYMBOLS, currency_code, currency_decimals, unknown_currency
from crmdesk.fields.numbers import read_number, shifted, show_number
from crmdesk.i18n import locale, tr

_MYRIADS = {"万": 10_000, "亿": 100_000_000}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with its currency."""

    amount: Decimal
    currency: str

    @property
    def minor(self) -> int:
        """The amount in the currency's smallest unit, as it is stored."""
        return to_minor(self.amount, self.currency)


def to_minor(amount: Decimal, currency: str) -> int:
    """Turn an amount into the currency's smallest unit, rounding half up; ¥12.5 is 13, 12.50 € is 1250."""
    minor = shifted(amount, currency_decimals(currency))
    if minor is None:
        raise UserError(tr("The amount is too large."))
    return minor


def from_minor(minor: int, currency: str) -> Decimal:
    """Turn a stored amount into a Decimal with the currency's decimals."""
    return Decimal(minor).scaleb(-currency_decimals(currency))


def has_more_decimals(money: Money) -> bool:
    """Say whether an amount has more decimals than its currency, so that it is rounded when it is stored."""
    exponent = money.amount.as_tuple().exponent
    return (
        isinstance(exponent, int)
        and -exponent > currency_decimals(money.currency)
        and money.amount != from_minor(to_minor(money.amount, money.currency), money.currency)
    )


def exact_minor(money: Money) -> int:
    """Turn an amount that somebody gave into the currency's smallest unit.

    Raises:
        UserError: it has more decimals than its currency: something else would be kept than was said.
    """
    if not has_more_decimals(money):
        return money.minor
    amount, count = show_number(money.amount), currency_decimals(money.currency)
    if count:
        raise UserError(tr("{amount} has more decimals than the {count} of {currency}.", amount=amount, count=count, currency=money.currency))
    raise UserError(tr("{amount} has decimals, and {currency} has none.", amount=amount, currency=money.currency))


def read_money(text: str, currency: str) -> Money:
    """Read an amount with or without its currency: `12.50 EUR`, `€ 12,50`, `12.5`, `12万元`.

    Raises:
        UserError: no number, or a currency that does not exist.
    """
    # Runs of blanks would be shared out between the pieces in every way.
    found = re.fullmatch(r"\s*([-+−]?)\s*([^\d\s.,()+−-]*)\s*([-+−(]?[\d.,'’\s\u00a0\u202f]*\)?)\s*([万亿]?)\s*([^\d\s.,()]*)\s*", " ".join(text.split()))
    if not found or not found[3].strip() or (found[2] and found[5]) or (found[1] and found[3][0] in "+-−("):
        raise UserError(tr("“{text}” is not an amount of money.", text=text))
    unit = (found[2] or found[5]).strip()
    code = SYMBOLS.get(unit) or currency_code(unit) or currency
    if unit == "$" and currency.endswith("D"):
        code = currency
    if (unit in {"¥", "￥"} and currency == "JPY") or (unit == "元" and currency in {"TWD", "HKD"}):
        code = currency
    if complaint := unknown_currency(code):
        raise UserError(complaint)
    return Money(read_number(found[1] + found[3]) * _MYRIADS.get(found[4], 1), code)


def show_money(value: Money, whole: bool = False) -> str:
    """Return an amount as the locale in force writes it; `whole` leaves the decimals out, for boards and tiles."""
    from babel.numbers import format_currency

    pattern = locale().currency_formats["standard"].pattern
    digits = 0 if whole else currency_decimals(value.currency)
    pattern = pattern.replace(".00", "." + "0" * digits if digits else "")
    text = format_currency(value.amount, value.currency, pattern, locale(), currency_digits=False)
    return re.sub(r"([A-Za-z])(\d)", "\\1\u00a0\\2", text)
