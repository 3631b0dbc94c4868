"""Dates and moments, as people write them and as the locale in force shows them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from crmdesk.clock import today
from crmdesk.errors import UserError
from crmdesk.i18n import locale, tr

NO_YEAR = 1604
"""The year in which dates without one are kept, as Apple and Google do: it had a 29 February."""
_DATE = re.compile(r"(\d{1,4})[./\-年 ]+(\d{1,2})[./\-月 ]+(\d{1,4})日?\.?")
_MONTHS = {
    name: n
    for n, names in enumerate(
        (
            "jan january januar jänner",
            "feb february februar",
            "mar march mär märz mrz",
            "apr april",
            "may mai",
            "jun june juni",
            "jul july juli",
            "aug august",
            "sep sept september",
            "oct october okt oktober",
            "nov november",
            "dec december dez dezember",
        ),
        1,
    )
    for name in names.split()
}
_WORDED = re.compile(r"(?:(\d{1,2})\.?\s+([^\W\d]+)\.?|([^\W\d]+)\.?\s+(\d{1,2})),?\s+(\d{4})|(\d{1,2})-([^\W\d]+)-(\d{2,4})")  # fmt: skip
_YEARLESS = re.compile(r"'?--(\d\d)-?(\d\d)")
_DAY_ONLY = re.compile(
    r"(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.|(?P<m2>\d{1,2})月(?P<d2>\d{1,2})日|(?P<d3>\d{1,2})\.?\s+(?P<word>[^\W\d]+)\.?|(?P<word2>[^\W\d]+)\.?\s+(?P<d4>\d{1,2})"
)
_CLOCK = re.compile(r"(.*?)[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*([AaPp]\.?[Mm]\.?|上午|下午)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?")


class AmbiguousDate(UserError):
    """The date can be read in two ways; `--dates` or the import's question decides."""


def day_text(day: date) -> str:
    """Return a date by ISO 8601; one without a year as `--12-24`."""
    return f"--{day.month:02}-{day.day:02}" if day.year == NO_YEAR else day.isoformat()


def read_date(text: str, order: str = "", may_lack_year: bool = False) -> date:
    """Read a date: ISO 8601, `20.12.2026`, `20 December 2026`, `2026年12月20日`, and `3/4/2026` in the given order; `--12-20` has no year.

    Args:
        may_lack_year: it is a birthday, say: `20.12.`, `20 December` and `12月20日` are dates too, and `3.10.65` is none to come.

    Raises:
        AmbiguousDate: day and month could be swapped and no order is given.
        UserError: this is no date.
    """
    day = _any_date(text, order, may_lack_year)
    # A day later than here it is nowhere on earth.
    is_to_come = may_lack_year and day > today() + timedelta(days=1) and not re.search(r"\d{4}", text)
    return day.replace(year=day.year - 100) if is_to_come else day


def _any_date(text: str, order: str, may_lack_year: bool) -> date:
    bare = text.strip().split("T")[0] if re.match(r"\d{4}-\d\d-\d\dT", text.strip()) else text.strip()
    try:
        if found := _DATE.fullmatch(bare):
            return _ordered(found, bare, order)
        if found := _WORDED.fullmatch(bare):
            return _worded(found)
        if found := _YEARLESS.fullmatch(bare):
            return date(NO_YEAR, int(found[1]), int(found[2]))
        if may_lack_year and (found := _DAY_ONLY.fullmatch(bare)):
            return _of_no_year(found)
    except ValueError:
        pass
    raise UserError(tr("“{text}” is not a date.", text=text), hint=tr("Write it as in 2026-12-20."))


def _ordered(found: re.Match[str], text: str, order: str) -> date:
    a, b, c = (int(part) for part in found.groups())
    if len(found[1]) > 2 or order == "ymd":
        return date(_year(found[1]), b, c)
    year = _year(found[3])
    if "." in text or order == "dmy" or a > 12:
        return date(year, b, a)
    if order == "mdy" or b > 12 or a == b:
        return date(year, a, b)
    raise AmbiguousDate(tr("“{text}” can be read in two ways.", text=text), hint=tr("Say which comes first: --dates dmy or --dates mdy."))


def _year(digits: str) -> int:
    """Return a year, of the last hundred or so where it has two digits."""
    if len(digits) == 3:
        raise ValueError(digits)
    return int(digits) if len(digits) == 4 else int(digits) + (2000 if int(digits) < 70 else 1900)


def _worded(found: re.Match[str]) -> date:
    day, month, year = (found[1] or found[4] or found[6]), (found[2] or found[3] or found[7]), (found[5] or found[8])
    number = _MONTHS.get(month.casefold())
    if number is None:
        raise ValueError(month)
    return date(_year(year), number, int(day))


def _of_no_year(found: re.Match[str]) -> date:
    day, month = found["d"] or found["d2"] or found["d3"] or found["d4"], found["m"] or found["m2"]
    number = int(month) if month else _MONTHS.get((found["word"] or found["word2"]).casefold(), 0)
    return date(NO_YEAR, number, int(day))


def read_moment(text: str, order: str = "", zone: tzinfo = UTC) -> datetime:
    """Read a date with a time of day; without a zone in the text the given one holds, without a time it is midnight.

    Raises:
        UserError: this is no date and time.
    """
    found = _CLOCK.fullmatch(text.strip())
    if not found:
        return datetime.combine(read_date(text, order), time(), zone).astimezone(UTC)
    day, hour, offset = read_date(found[1], order), int(found[2]), found[7]
    half = (found[6] or "").casefold().replace(".", "")
    if half in {"pm", "下午"} and hour < 12:
        hour += 12
    elif half in {"am", "上午"} and hour == 12:
        hour = 0
    try:
        at = datetime.combine(day, time(hour, int(found[3]), int(found[4] or 0), int((found[5] or "")[:3].ljust(3, "0")) * 1000), zone)
    except ValueError:
        raise UserError(tr("“{text}” is not a time.", text=text)) from None
    if offset:
        shift = "+0000" if offset in {"Z", "UTC"} else offset.replace(":", "")
        at = datetime.strptime(at.strftime("%Y-%m-%dT%H:%M:%S.%f") + shift, "%Y-%m-%dT%H:%M:%S.%f%z")
    return at.astimezone(UTC)


def show_date(value: date) -> str:
    """Return a date as the locale in force writes it; one without a year with day and month."""
    from babel.dates import format_date, format_skeleton

    if value.year == NO_YEAR:
        return str(format_skeleton("MMMd", datetime.combine(value, time()), locale=locale()))
    return format_date(value, "short" if locale().language == "zh" else "medium", locale())  # the long form with 年月日 fits no column


def show_moment(value: datetime) -> str:
    """Return a date and a time of day as the locale in force writes them."""
    from babel.dates import format_datetime

    return format_datetime(value, "short", locale=locale())
