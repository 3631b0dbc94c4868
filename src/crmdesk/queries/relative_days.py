"""Days that are said by their distance from today: `today-90`, `month_end`, `last_quarter`, `next_14_days`."""

from __future__ import annotations

import re
from datetime import date, timedelta

from crmdesk.i18n import mark, ntr, tr

_DAY = re.compile(r"(today|(?:week|month|quarter|year)_(?:start|end))(?:\s*([+-])\s*(\d{1,5}))?", re.IGNORECASE)
_PERIOD = re.compile(r"(last|this|next)_(week|month|quarter|year)", re.IGNORECASE)
_STRETCH = re.compile(r"(last|next)_(\d{1,5})_days", re.IGNORECASE)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def relative_days(text: str, today: date) -> tuple[date, date] | None:
    """Return the first and last day that a text such as `today-90`, `month_end`, `last_quarter` or `next_14_days` means; None for anything else.

    A saved view keeps the words, so that they mean other days tomorrow. Weeks begin on Monday.
    """
    bare = text.strip()
    if found := _DAY.fullmatch(bare):
        word = found[1].lower()
        unit, _, end = word.partition("_")
        day = today if word == "today" else _period(unit, 0, today)[end == "end"]
        day += timedelta(days=int(found[3] or 0) * (-1 if found[2] == "-" else 1))
        return day, day
    if found := _PERIOD.fullmatch(bare):
        return _period(found[2].lower(), {"last": -1, "this": 0, "next": 1}[found[1].lower()], today)
    if found := _STRETCH.fullmatch(bare):
        days = timedelta(days=int(found[2]))
        return (today - days, today) if found[1].lower() == "last" else (today, today + days)
    return None


def _period(unit: str, by: int, today: date) -> tuple[date, date]:
    """Return the first and last day of the week, month, quarter or year that is `by` away from that of today."""
    if unit == "week":
        first = today - timedelta(days=today.weekday() - 7 * by)
        return first, first + timedelta(days=6)
    months = _MONTHS[unit]
    number = (today.year * 12 + today.month - 1) // months + by
    first, after = (date(n * months // 12, n * months % 12 + 1, 1) for n in (number, number + 1))
    return first, after - timedelta(days=1)


_PERIODS = {
    "last_week": mark("last week"), "this_week": mark("this week"), "next_week": mark("next week"),
    "last_month": mark("last month"), "this_month": mark("this month"), "next_month": mark("next month"),
    "last_quarter": mark("last quarter"), "this_quarter": mark("this quarter"), "next_quarter": mark("next quarter"),
    "last_year": mark("last year"), "this_year": mark("this year"), "next_year": mark("next year"),
}  # fmt: skip
_DAYS = {
    "today": mark("today"),
    "week_start": mark("the first of this week"), "week_end": mark("the last of this week"),
    "month_start": mark("the first of this month"), "month_end": mark("the last of this month"),
    "quarter_start": mark("the first of this quarter"), "quarter_end": mark("the last of this quarter"),
    "year_start": mark("the first of this year"), "year_end": mark("the last of this year"),
}  # fmt: skip


def relative_words(text: str) -> str | None:
    """Return what relative days are called: `today-90` is “90 days ago”; None for anything else."""
    bare = text.strip()
    if found := _DAY.fullmatch(bare):
        start, days = found[1].lower(), int(found[3] or 0)
        if start == "today" and days:
            return ntr("{count} day ago", "{count} days ago", days) if found[2] == "-" else ntr("in {count} day", "in {count} days", days)
        return tr(_DAYS[start]) if not days else f"{tr(_DAYS[start])} {found[2]} {days}"
    if _PERIOD.fullmatch(bare):
        return tr(_PERIODS[bare.lower()])
    if found := _STRETCH.fullmatch(bare):
        days = int(found[2])
        if found[1].lower() == "last":
            return ntr("within the last {count} day", "within the last {count} days", days)
        return ntr("within the next {count} day", "within the next {count} days", days)
    return None
