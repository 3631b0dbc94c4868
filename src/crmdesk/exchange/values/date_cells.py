"""Cells turned into dates and moments: texts, dates of a workbook, and the numbers that stand for days in Excel's calendar."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, TypeVar

from crmdesk.clock import to_ms
from crmdesk.errors import UserError
from crmdesk.exchange.table import shown
from crmdesk.exchange.values.number_cells import plain_number
from crmdesk.fields import AmbiguousDate, read_date, read_moment
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from crmdesk.exchange.table import Cell

_T = TypeVar("_T")
_NO_DATE = re.compile(r"0{1,4}([./-])0{1,2}\1(?:0{4}|0{1,2})(?: 0{1,2}:00(?::00)?)?|-+|n/?a|none|null", re.IGNORECASE)
# What databases write that know no empty date: the first days of theirs, and the last one for “without end”.
_NEVER = re.compile(
    r"(?:(?:0001|1753)[./-]0?1[./-]0?1|9999[./-]12[./-]31)(?:[T ].*)?|(?:0?1[./-]0?1[./-](?:0001|1753)|(?:31[./-]12|12[./-]31)[./-]9999)(?: .*)?", re.IGNORECASE
)
_NEVER_DAYS = frozenset({date(1, 1, 1), date(1753, 1, 1), date(9999, 12, 31)})
_SERIAL = re.compile(r"([2-7]\d{4})(?:\.(\d+))?")
LONGEST = 60
"""No date in words is longer."""
_COMPACT = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:[T ]?([01]\d|2[0-3])([0-5]\d)([0-5]\d)?)?")  # as SAP and DATEV write it
_WEEKDAY = re.compile(
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tues?|wed|thur?s?|fri|sat|sun|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|mo|di|mi|do|fr|sa|so)"
    r"\b[.,]*\s*(?=\S)|\s*[(（]?(?:星期|周|週)[一二三四五六日天][)）]?",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b(?: of)?", re.IGNORECASE)
_AT = re.compile(r"\s*\b(?:um|at)\b\s*(?=\d)", re.IGNORECASE)
_O_CLOCK = re.compile(r"\b(\d{1,2})[.:](\d\d)\s*(?:Uhr|h)\b", re.IGNORECASE)
_HALF_BEFORE = re.compile(r"(上午|下午)\s*(\d{1,2}:\d\d(?::\d\d)?)")
_MONTH = r"(?:jan|feb|mar|mär|mrz|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zä]*\.?"
_YEAR = r"(?:19|20)\d\d"
# What is longer than a day: a quarter, a week, a month, half a year, a year, and “the middle of” it.
_SPAN = re.compile(
    rf"(?:(?:anfang|mitte|ende|early|mid|late|beginning of|middle of|end of)[ -]*)?(?:(?:q ?[1-4]|[1-4]\. ?quartal|h ?[12]|[12]\. ?halbjahr|(?:kw|cw|week|woche|w) ?\d\d?|{_MONTH})"
    rf"(?:[ /,.-]*(?:{_YEAR}|'?\d\d))?|{_YEAR}[ /-]*(?:q ?[1-4]|h ?[12]|(?:kw|cw|w) ?\d\d?)|{_YEAR}|\d\d?[/.-]{_YEAR}|{_YEAR}[/.-]\d\d?)"
    r"|(?:\d{4}年)?(?:第?[一二三四1-4]季度|[上下]半年|\d\d?月[上中下]?[旬初底末]?|第?\d\d?周|[年初底末中]+)|\d{4}年",
    re.IGNORECASE,
)
_FIRST_DAY = date(1899, 12, 30)  # of Excel's calendar, which believes in a 29 February 1900


def _of_serial(number: float) -> datetime:
    return datetime.combine(_FIRST_DAY, time()) + timedelta(seconds=round(number * 86_400))


def _in_other_words(text: str, read: Callable[[str], _T]) -> _T:
    """Read a text, or else what it says with a weekday, an ordinal or without signs between: all with one meaning only.

    Raises:
        UserError: it is no date, or a span of time.
    """
    try:
        return read(text)
    except AmbiguousDate:
        raise
    except UserError:
        if len(text) > LONGEST:
            raise
        if found := _COMPACT.fullmatch(text):
            clock = f" {found[4]}:{found[5]}:{found[6] or '00'}" if found[4] else ""
            return read(f"{found[1]}-{found[2]}-{found[3]}{clock}")
        plain = _HALF_BEFORE.sub(r"\2 \1", _O_CLOCK.sub(r"\1:\2", _AT.sub(" ", _ORDINAL.sub(r"\1", _WEEKDAY.sub("", text, count=1))))).strip()
        if plain != text and re.search(r"\d", plain):
            return _in_other_words(plain, read)
        if _SPAN.fullmatch(text):
            raise UserError(tr("“{text}” is a span of time, not a day.", text=text), hint=tr("Write one day of it, as in 2026-12-20.")) from None
        raise


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
        return _in_other_words(text, read_text)

    def read_text(text: str) -> str:
        return (read_moment(text, order).date() if ":" in text else read_date(text, order, may_lack_year)).isoformat()

    return read


def _day(cell: Cell) -> date:
    if isinstance(cell, date):
        return cell.date() if isinstance(cell, datetime) else cell
    return _of_serial(_serial(cell)).date()


def _serial(cell: Cell) -> float:
    number = float(plain_number(cell))
    if (found := _COMPACT.fullmatch(shown(cell))) and not found[4]:
        return float((date(int(found[1]), int(found[2]), int(found[3])) - _FIRST_DAY).days)
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
        return _in_other_words(text, lambda text: to_ms(read_moment(text, order, zone)))

    return read
