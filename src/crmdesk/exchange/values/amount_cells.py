"""Cells turned into amounts of money, as bookkeepers and sellers write them: 1.234,56 €, 12.000,-, $5k."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.exchange.values.nothing import is_nothing
from crmdesk.exchange.values.number_cells import TIMES, number_of, plain_number
from crmdesk.fields import Money, has_more_decimals, read_money, to_minor, to_scaled
from crmdesk.i18n import mark, tr

if TYPE_CHECKING:
    from crmdesk.exchange.table import Cell

SHORT = re.compile(rf"(.*\d)\s?({'|'.join(sorted(map(re.escape, TIMES), key=len, reverse=True))})\.?(?![^\W\d_])([^\d]*)", re.IGNORECASE)
_PLAIN = re.compile(r"[-+]?[\d.,]+")
_NO_CENTS = re.compile(r"(?<=\d)[.,]\s?[-–—]{1,2}(?=\s|$|€)")  # 12.000,- and 80.–
_AS_JAVA_WRITES = re.compile(r"-?\d\.\d+E\d{1,2}")  # all digits are there, unlike in a spreadsheet's 1.23E+08
THOUSANDTHS = re.compile(r"BHD|IQD|JOD|KWD|LYD|OMR|TND|CLF|UYW", re.IGNORECASE)
ROUNDED = (
    mark("{count} amount has more decimals than its currency and is rounded."),
    mark("{count} amounts have more decimals than their currency and are rounded."),
)


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
        text = _NO_CENTS.sub("", text)
        if is_nothing(text):
            return None
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
        return Money(number.copy_sign(money.amount), money.currency)
    return read_money(text, currency)


def stored_money(money: Money, kind: str) -> int:
    """Return an amount as it is stored: minor units, or millionths for unit prices."""
    return to_minor(money.amount, money.currency) if kind == "money" else to_scaled(money.amount)
