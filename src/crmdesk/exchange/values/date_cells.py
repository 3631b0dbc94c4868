"""Cells turned into dates and moments: texts, dates of a workbook, and the numbers that stand for days in Excel's calendar."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from crmdesk.clock import to_ms
from crmdesk.errors import UserError
from crmdesk.exchange.table import shown
from crmdesk.exchange.values.number_cells import plain_number
from crmdesk.fields import read_date, read_moment
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from crmdesk.exchange.table import Cell

_NO_DATE = re.compile(r"0{1,4}([./-])0{1,2}\1(?:0{4}|0{1,2})(?: 0{1,2}:00(?::00)?)?|-+|n/?a|none|null", re.IGNORECASE)
# What databases write that know no empty date: the first days of theirs, and the last one for “without end”.
_NEVER = re.compile(
    r"(?:(?:0001|1753)[./-]0?1[./-]0?1|9999[./-]12[./-]31)(?:[T ].*)?|(?:0?1[./-]0?1[./-](?:0001|1753)|(?:31[./-]12|12[./-]31)[./-]9999)(?: .*)?", re.IGNORECASE
)
_NEVER_DAYS = frozenset({date(1, 1, 1), date(1753, 1, 1), date(9999, 12, 31)})
_SERIAL = re.compile(r"([2-7]\d{4})(?:\.(\d+))?")
_FIRST_DAY = date(1899, 12, 30)  # of Excel's calendar, which believes in a 29 February 1900


def _of_serial(number: float) -> datetime:
    return datetime.combine(_FIRST_DAY, time()) + timedelta(seconds=round(number * 86_400))


def dates(order: str, may_lack_year: bool = False) -> Callable[[Cell], str | None]:
    """Return the function that reads dates; a number is a day of Excel's calendar."""
    known: dict[str, str | None] = {}

    def read(cell: Cell) -> str | None:
        if cell.__class__ is not str:
            day = _day(cell)
            return None if day in _NEVER_DAYS else day.isoformat()
        text: str = cell
        if text not in known:
            known[text] = learn(text.strip())
        return known[text]

    def learn(text: str) -> str | None:
        if not text or _NO_DATE.fullmatch(text) or _NEVER.fullmatch(text):
            return None
        if found := _SERIAL.fullmatch(text):
            return _of_serial(float(found[1])).date().isoformat()
        if ":" in text:
            return read_moment(text, order).date().isoformat()
        return read_date(text, order, may_lack_year).isoformat()

    return read


def _day(cell: Cell) -> date:
    if isinstance(cell, date):
        return cell.date() if isinstance(cell, datetime) else cell
    return _of_serial(_serial(cell)).date()


def _serial(cell: Cell) -> float:
    number = float(plain_number(cell))
    if not 1 <= number < 2_958_466:
        raise UserError(tr("“{text}” is not a date.", text=shown(cell)))
    return number


def moments(order: str, zone: tzinfo) -> Callable[[Cell], int | None]:
    """Return the function that reads dates with a time of day, in a zone where they don't name one."""
    known: dict[str, int | None] = {}

    def of_local(at: datetime) -> int:
        return to_ms(at if at.tzinfo else at.replace(tzinfo=zone))

    def read(cell: Cell) -> int | None:
        if cell.__class__ is not str:
            if _day(cell) in _NEVER_DAYS:
                return None
            if isinstance(cell, datetime):
                return of_local(cell)
            if isinstance(cell, date):
                return of_local(datetime.combine(cell, time()))
            return of_local(_of_serial(_serial(cell)))
        text: str = cell
        if text not in known:
            if len(known) > 50_000:
                known.clear()
            known[text] = learn(text.strip())
        return known[text]

    def learn(text: str) -> int | None:
        if not text or _NO_DATE.fullmatch(text) or _NEVER.fullmatch(text):
            return None
        if _SERIAL.fullmatch(text):
            return of_local(_of_serial(float(text)))
        return to_ms(read_moment(text, order, zone))

    return read
