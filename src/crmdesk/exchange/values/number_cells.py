"""Cells turned into numbers: whole ones and decimals, how many people work somewhere, the year a company was founded."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.exchange.table import shown
from crmdesk.fields import read_number, to_scaled
from crmdesk.i18n import mark, tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmdesk.exchange.table import Cell

# Thousands, millions and more as people shorten them: $5k, 1.2M, 3 Mio. €, 20万. A lone t may be thousand, trillion or ton: only T€ is clear.
TIMES = {
    **dict.fromkeys(("k", "tsd", "thousand", "tausend", "t€", "teur"), 10**3),
    **dict.fromkeys(("m", "mm", "mn", "mln", "mio", "million", "millions", "millionen"), 10**6),
    **dict.fromkeys(("b", "bn", "mrd", "billion", "billions", "milliarde", "milliarden"), 10**9),
    "千": 10**3, "万": 10**4, "萬": 10**4, "百万": 10**6, "百萬": 10**6, "千万": 10**7, "千萬": 10**7, "亿": 10**8, "億": 10**8,
}  # fmt: skip
_NO_GROUPS = {sign: re.compile(rf"0?{re.escape(sign)}\d+|\d+{re.escape(sign)}(?:\d{{1,2}}|\d{{4,}})") for sign in ",."}
# 1,23,456 is how India writes it; with points nobody does.
_IN_GROUPS = {",": re.compile(r"\d{1,3}(?:,\d{2,3})*,\d{3}"), ".": re.compile(r"\d{1,3}(?:\.\d{3})+")}
_AROUND = re.compile(r"([^\d.,]*)([\d.,'’ \u00a0\u202f]*[\d.,])([\s%)]*)")


def number_of(text: str, decimal_sign: str) -> Decimal:
    """Read a number; the column's decimal sign decides what `1.234` is.

    Raises:
        UserError: this is no number.
    """
    around = _AROUND.fullmatch(text) if decimal_sign else None
    if around is None:
        return read_number(text)
    before, digits, behind = around.groups()
    grouping = "," if decimal_sign == "." else "."
    if _NO_GROUPS[grouping].fullmatch(digits):  # 1.2 has no thousands, whatever the column's sign is
        whole, tail = digits.split(grouping)
        return read_number(f"{before}{whole}.{tail}{'0' if len(tail) == 3 else ''}{behind}")
    whole, point, tail = digits.partition(decimal_sign)
    if grouping in tail or decimal_sign in tail or (grouping in whole and not _IN_GROUPS[grouping].fullmatch(whole)):  # 12.05.2024 is a day
        raise UserError(tr("“{text}” is not a number.", text=text))
    fraction = f".{tail}{'0' if len(tail) == 3 else ''}" if point else ""  # a fourth decimal leaves no doubt
    try:
        return read_number(f"{before}{whole.replace(grouping, '')}{fraction}{behind}")
    except UserError:
        raise UserError(tr("“{text}” is not a number.", text=text)) from None  # which quotes the cell as it stands


class Rough(int):
    """A number that is the lower end of a range, or only about right; a year of which the cell says more."""


_SIZE = re.compile(r"\d(?:[\d.,'’\u00a0\u202f ]*\d)?")
_BELOW_ZERO = re.compile(r"[-−][\d.,]*\d")
_EMPLOYEES = ("employees", "employee", "people", "persons", "mitarbeiter", "mitarbeitende", "beschäftigte", "人", "名", "员工")
_SIZES = ("self-employed", "self employed", "myself only", "solo")


def size_of(text: str, decimal_sign: str = "") -> int:
    """Read how many people work somewhere; of a class such as 51-200, 10,001+ or 1k-5k the lower end, which is a `Rough`.

    Raises:
        UserError: no number of people.
    """
    bare = text.casefold().strip()
    for word in _EMPLOYEES:
        bare = bare.removesuffix(word).strip()
    if bare in _SIZES:
        return 1
    if _BELOW_ZERO.fullmatch(bare):  # a plain number, to be refused as such: no class begins so
        return int(number_of(bare, decimal_sign))
    found = _SIZE.search(bare)
    if not found:
        raise UserError(tr("“{text}” is not a number.", text=text))
    number = found[0].strip()
    behind = re.match(rf"\s?({'|'.join(map(re.escape, sorted(TIMES, key=len, reverse=True)))})(?![^\W\d_])", bare[found.end() :])
    # Nobody counts thousandths of people.
    whole = re.sub(r"[.,'’\s](?=\d{3}(?!\d))", "", number) if not behind else number
    value = number_of(whole, decimal_sign if whole == number else "") * (TIMES[behind[1]] if behind else 1)
    if value != value.to_integral_value():
        raise UserError(tr("“{text}” is not a whole number.", text=text))
    return int(value) if whole == bare.replace(number, whole) else Rough(value)


ROUGH = {
    "employees": (
        mark("{count} number of employees is a range or only about right; its lower end was taken."),
        mark("{count} numbers of employees are ranges or only about right; their lower ends were taken."),
    ),
    "founded": (
        mark("{count} cell with the year of foundation says more than a year; the first year in it was taken."),
        mark("{count} cells with the year of foundation say more than a year; the first year in them was taken."),
    ),
}
"""What is told of `Rough` numbers, by the field that took them."""


def sizes(decimal_sign: str) -> Callable[[Cell], int | None]:
    """Return the function that reads how many people work somewhere."""
    plain = integers(decimal_sign)

    def read(cell: Cell) -> int | None:
        if cell.__class__ is not str or not cell.strip():
            return plain(cell)
        return size_of(str(cell), decimal_sign)

    return read


_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")


def years(decimal_sign: str) -> Callable[[Cell], int | None]:
    """Return the function that reads years; of `2013 (1888)`, `1999年` or `01.05.1999` the first one, which is a `Rough`."""
    plain = integers(decimal_sign)

    def read(cell: Cell) -> int | None:
        found = _YEAR.search(cell) if isinstance(cell, str) else None
        if found is None or found[0] == cell:
            return plain(cell)
        try:
            is_plain = plain(cell) == int(found[0])  # 1999.0
        except UserError:
            is_plain = False
        return int(found[0]) if is_plain else Rough(found[0])

    return read


def integers(decimal_sign: str) -> Callable[[Cell], int | None]:
    """Return the function that reads whole numbers."""

    def read(cell: Cell) -> int | None:
        if cell.__class__ is not str:
            value = plain_number(cell)
        elif cell.isascii() and cell.isdigit() and len(cell) < 19:
            return int(cell)
        elif not cell.strip():
            return None
        else:
            value = number_of(str(cell), decimal_sign)
        if value != value.to_integral_value():
            raise UserError(tr("“{text}” is not a whole number.", text=shown(cell)))
        if abs(value) >= 2**63:
            raise UserError(tr("The number is too large."))
        return int(value)

    return read


def plain_number(cell: Cell) -> Decimal:
    """Return the number that a workbook holds.

    Raises:
        UserError: it holds a date.
    """
    if isinstance(cell, date):
        raise UserError(tr("“{text}” is not a number.", text=cell.isoformat()))
    return Decimal(int(cell)) if isinstance(cell, bool) else Decimal(shown(cell))


def decimals(kind: str, decimal_sign: str) -> Callable[[Cell], int | None]:
    """Return the function that reads numbers with decimals, and rates, as they are stored."""
    scale = 12 if kind == "rate" else 6

    def read(cell: Cell) -> int | None:
        if cell.__class__ is not str:
            return to_scaled(plain_number(cell), scale)
        return to_scaled(number_of(str(cell), decimal_sign), scale) if cell.strip() else None

    return read
