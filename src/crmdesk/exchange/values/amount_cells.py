"""Cells turned into amounts of money, as bookkeepers and sellers write them: 1.234,56 €, 12.000,-, $5k."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.exchange.values.nothing import is_nothing
from crmdesk.exchange.values.number_cells import TIMES, number_of, plain_number
from crmdesk.fields import Money, has_more_decimals, read_money, to_minor, to_scaled
from crmdesk.i18n import mark, tr

if TYPE_CHECKING:
    from crmdesk.exchange.table import Cell

SHORT = re.compile(rf"(.*\d)\s?({'|'.join(sorted(map(re.escape, TIMES), key=len, reverse=True))})\.?(?:(?=[元圆])|(?![^\W\d_]))([^\d]*)", re.IGNORECASE)
_PLAIN = re.compile(r"[-+]?[\d.,]+")
_NO_CENTS = re.compile(r"(?<=\d)[.,]\s?[-–—]{1,2}(?=\s|$|€)")  # 12.000,- and 80.–
_AS_JAVA_WRITES = re.compile(r"-?\d\.\d+E\d{1,2}")  # all digits are there, unlike in a spreadsheet's 1.23E+08
THOUSANDTHS = re.compile(r"BHD|IQD|JOD|KWD|LYD|OMR|TND|CLF|UYW", re.IGNORECASE)
LONGEST = 60
"""No amount in words is longer."""
_ABOUT = re.compile(r"(?:(?:ca|circa|approx|approximately|about|around|rund|etwa|ungefähr|ungef)\b\.?|[~≈≃∼]|[约約]|大约|大約)\s*(?=[^\s])", re.IGNORECASE)
_AMOUNT = r"[^\d\s]{0,4}\s?\d[\d.,'’ \u00a0\u202f]*\s?[^\d\s]{0,8}"
_RANGE = re.compile(
    rf"{_AMOUNT}\s*(?:-|–|—|~|\bto\b|\bbis\b|至|到)\s*{_AMOUNT}|(?:[<>≤≥]=?|\b(?:up to|over|under|more than|less than|at least|bis zu|bis|ab|über|unter|mehr als|mindestens)\b"
    rf"|超过|不超过|至少)\s*{_AMOUNT}|{_AMOUNT}\s?\+|{_AMOUNT}(?:以上|以下|以内)",
    re.IGNORECASE,
)
# How the Swiss write their francs, thousands before the amount, and what SAP has below zero.
_FRANCS = re.compile(r"\bS?Fr\b\.?\s*", re.IGNORECASE)
_T_BEFORE = re.compile(r"(T€|TEUR)\s*(\d[\d.,]*)", re.IGNORECASE)
_MINUS_BEHIND = re.compile(r"^(\d[\d.,]*[.,]\d\d)-(.*)$")
ROUNDED = (
    mark("{count} amount has more decimals than its currency and is rounded."),
    mark("{count} amounts have more decimals than their currency and are rounded."),
)


ESTIMATED = (
    mark("{count} amount is only about right, as the file says (“ca.”); it was taken as it is."),
    mark("{count} amounts are only about right, as the file says (“ca.”); they were taken as they are."),
)
"""What is told of amounts that are estimates by nature and came as an `Estimate`."""
_ESTIMATES = frozenset({("deal", "amount"), ("lead", "amount"), ("company", "revenue")})


class Estimate(Money):
    """An amount that the cell itself calls only about right."""


def check_estimate(entity: str, name: str, cell: Cell) -> tuple[str, str]:
    """Return what is told of an amount that is only about right.

    Raises:
        UserError: the field is no estimate by nature: a price, say.
    """
    if (entity, name) not in _ESTIMATES:
        raise UserError(tr("“{text}” is only about right; write the exact amount.", text=str(cell)))
    return ESTIMATED


_CURRENCIES = {
    "元": "CNY", "人民币": "CNY", "rmb": "CNY", "¥": "CNY", "￥": "CNY", "€": "EUR", "euro": "EUR", "£": "GBP",
    **{code.lower(): code for code in ("CNY", "EUR", "USD", "GBP", "CHF")},
}  # fmt: skip
_CODES = "|".join(_CURRENCIES)
_IN_HEADER = re.compile(rf"\s*(?:[(（\[]\s*(?:in\s+)?({_CODES})\s*[)）\]]|(?<=\s)in\s+({_CODES}))\s*$", re.IGNORECASE)
_IN_THOUSANDS = re.compile(
    rf"(?:[(（\[]\s*(?:in\s+)?|\s+in\s+)(?:(?:t|k|m|mio\.?|tsd\.?|thousand|thousands|tausend|millionen|millions|千|万|百万|千万|亿)\s*(?:\$|{_CODES})|tsd\.?|mio\.?|thousands|tausend"
    r"|millionen|millions|千|万|百万|亿)\s*[)）\]]?\s*$",
    re.IGNORECASE,
)


@lru_cache(maxsize=256)
def currency_in(header: str, own: str) -> str:
    """Return the currency that a column's name says of its amounts, as in “Amount (EUR)” or 金额（元）; else their own one, which ¥ and 元 mean too if they can."""
    found = _IN_HEADER.search(header)
    if not found:
        return own
    said = (found[1] or found[2]).lower()
    return own if (said in {"¥", "￥"} and own == "JPY") or (said == "元" and own in {"TWD", "HKD"}) else _CURRENCIES[said]


def says_thousands(header: str) -> bool:
    """Say whether a column's name says that its amounts are in thousands or more, as in “Amount (k€)” or 金额（万元）."""
    return bool(_IN_THOUSANDS.search(header))


def without_currency(header: str) -> str:
    """Return a column's name without the currency of its amounts."""
    return _IN_HEADER.sub("", header)


def money_of(cell: Cell, currency: str, decimal_sign: str, kind: str = "price") -> Money | None:
    """Read an amount; the cell's own currency wins over the row's.

    Args:
        kind: `money` is in the currency's own decimals: `1.234` € may be one or a thousand then, and is refused; a `price` may have more.

    Raises:
        UserError: no amount.
    """
    if cell.__class__ is not str:
        return Money(plain_number(cell), currency)
    text = str(cell).strip()
    if not _PLAIN.fullmatch(text):
        if cents := _NO_CENTS.search(text):
            decimal_sign = cents[0][0]
        text = _NO_CENTS.sub("", text)
        if is_nothing(text):
            return None
        if len(text) <= LONGEST and (found := _ABOUT.match(text)):
            money = money_of(text[found.end() :], currency, decimal_sign, kind)
            return None if money is None else Estimate(money.amount, money.currency)
        if len(text) <= LONGEST and _RANGE.fullmatch(text):
            raise UserError(tr("“{text}” is a range or a bound, not an amount.", text=text))
        text = _MINUS_BEHIND.sub(r"-\1\2", _FRANCS.sub("CHF ", _T_BEFORE.sub(r"\2 T€", text)))
    if _PLAIN.fullmatch(text):
        money = Money(number_of(text, decimal_sign), currency)
    elif _AS_JAVA_WRITES.fullmatch(text):
        money = Money(Decimal(f"{Decimal(text):f}"), currency)
    elif found := SHORT.fullmatch(text):
        unit = "€" if found[2].casefold() in {"t€", "teur"} else ""
        short = _worded_money(f"{found[1]}{unit}{found[3]}", text, currency, decimal_sign)
        return Money(short.amount * TIMES[found[2].casefold()], short.currency)
    else:
        money = _worded_money(text, text, currency, decimal_sign)
    if kind == "money" and has_more_decimals(money) and len(re.split("[.,]", re.sub(r"[^\d.,]", "", text))[-1]) == 3:
        raise UserError(tr("“{text}” may be a thousand times as much: {currency} has no thousandths.", text=text, currency=money.currency))
    return money


def _worded_money(text: str, cell: str, currency: str, decimal_sign: str) -> Money:
    """Read an amount that is more than a number; complaints quote the cell as it stands."""
    if decimal_sign and (found := re.search(r"\d[\d.,'’ \u00a0\u202f]*", text)):
        number = number_of(found[0].strip(), decimal_sign)
        try:
            money = read_money(
                f"{text[: found.start()]}1{text[found.end() :]}" if found[0] == found[0].strip() else text.replace(found[0].strip(), "1"), currency
            )
        except UserError:
            read_money(cell, currency)  # its complaint quotes the cell as it stands
            raise
        return Money(number * money.amount, money.currency)  # which is one, or a myriad as in 1.5万元
    return read_money(text, currency)


def stored_money(money: Money, kind: str) -> int:
    """Return an amount as it is stored: minor units, or millionths for unit prices."""
    return to_minor(money.amount, money.currency) if kind == "money" else to_scaled(money.amount)
