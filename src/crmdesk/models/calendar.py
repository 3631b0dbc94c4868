"""Business time: working hours by weekday, holidays, a time zone; what service clocks count in."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from crmdesk.errors import UserError
from crmdesk.i18n import tr

DAY = timedelta(days=1)
Intervals = tuple[tuple[int, int], ...]
LONGEST_SEARCH_DAYS = 366 * 250


@dataclass(frozen=True)
class Calendar:
    """When people work.

    Attributes:
        zone: decides where days begin.
        hours: for each weekday, Monday first, its intervals as (from, to) in minutes since midnight, in order; 1440 ends a day.
        holidays: days on which nobody works.
        special: days with hours of their own, such as Christmas Eve until noon, or the Saturday that makes up for a holiday.
    """

    zone: tzinfo
    hours: tuple[Intervals, ...]
    holidays: frozenset[date] = frozenset()
    special: frozenset[tuple[date, Intervals]] = frozenset()


def calendar_of(hours: Sequence[Sequence[str]], zone: tzinfo, holidays: Iterable[date] = (), special: Iterable[tuple[date, Sequence[str]]] = ()) -> Calendar:
    """Make a calendar from working hours as the settings keep them: `("09:00", "12:00", "13:00", "17:00")` for each weekday and each special day.

    Raises:
        UserError: an odd number of times, a time that can't be, an interval that ends before it begins, or two that overlap.
    """
    own = frozenset((day, _intervals(times)) for day, times in special)
    return Calendar(zone, tuple(_intervals(times) for times in hours), frozenset(holidays), own)


def read_times(text: str) -> tuple[str, ...]:
    """Return the times of working hours as people write them: “09:00-12:00, 13:00-17:00”."""
    return tuple(time.strip() for part in text.split(",") if part.strip() for time in part.replace("–", "-").split("-"))


def check_hours(text: str) -> str | None:
    """Complain about working hours that can't be."""
    try:
        _intervals(read_times(text))
    except UserError as error:
        return error.message
    return None


def _intervals(times: Sequence[str]) -> Intervals:
    if len(times) % 2:
        raise UserError(tr("Working hours are pairs of times, such as 09:00 to 17:00."), field="hours")
    marks = [_minutes(text) for text in times]
    pairs = sorted(zip(marks[::2], marks[1::2], strict=True))
    if any(start >= end for start, end in pairs) or any(first[1] > second[0] for first, second in itertools.pairwise(pairs)):
        raise UserError(tr("Working hours end after they begin, and do not overlap."), field="hours")
    return tuple(pairs)


def _minutes(text: str) -> int:
    hour, _, minute = text.strip().partition(":")
    if hour.isdecimal() and minute.isdecimal() and len(minute) == 2 and int(minute) < 60 and int(hour) * 60 + int(minute) <= 24 * 60:
        return int(hour) * 60 + int(minute)
    raise UserError(tr("“{text}” is not a time.", text=text), field="hours", hint=tr("Write it as in 09:00."))


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Say whether anybody works on a day."""
    return bool(_hours_on(day, calendar))


def _hours_on(day: date, calendar: Calendar) -> Intervals:
    if day in calendar.holidays:
        return ()
    return next((hours for special, hours in calendar.special if special == day), calendar.hours[day.weekday()])


@lru_cache(maxsize=20_000)
def _open_times(day: date, calendar: Calendar) -> tuple[tuple[datetime, datetime], ...]:
    """Return the working intervals of a day in UTC, in order and without overlap.

    A time that the change to summer time leaves out stands for the moment an hour later, one that comes twice for its first.
    """
    found: list[tuple[datetime, datetime]] = []
    for first, last in _hours_on(day, calendar):
        start, end = _moment(day, first, calendar.zone), _moment(day, last, calendar.zone)
        if found:
            start = max(start, found[-1][1])
        if start < end:
            found.append((start, end))
    return tuple(found)


def _moment(day: date, minutes: int, zone: tzinfo) -> datetime:
    return datetime.combine(day + DAY * (minutes // 1440), time(minutes % 1440 // 60, minutes % 60), zone).astimezone(UTC)


def add_working_time(start: datetime, length: timedelta, calendar: Calendar) -> datetime:
    """Return the first moment at which a length of working time has passed since `start`; `start` itself for none.

    Raises:
        UserError: the calendar has no working day.
    """
    if length <= timedelta(0):
        return start
    left, day = length, start.astimezone(calendar.zone).date()
    for _ in range(LONGEST_SEARCH_DAYS):
        for begins, ends in _open_times(day, calendar):
            begins = max(begins, start)
            if ends - begins >= left:
                return begins + left
            if ends > begins:
                left -= ends - begins
        day += DAY
    raise UserError(tr("The business calendar has no working day."), field="hours")


def add_working_minutes(start: datetime, minutes: int, calendar: Calendar) -> datetime:
    """Return the first moment at which so many working minutes have passed since `start`.

    Raises:
        UserError: the calendar has no working day.
    """
    return add_working_time(start, timedelta(minutes=minutes), calendar)


def working_time(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """Return the working time between two moments; negative if `end` is before `start`."""
    if end < start:
        return -working_time(end, start, calendar)
    total, day, last = timedelta(0), start.astimezone(calendar.zone).date(), end.astimezone(calendar.zone).date()
    while day <= last:
        for begins, ends in _open_times(day, calendar):
            total += max(timedelta(0), min(ends, end) - max(begins, start))
        day += DAY
    return total


def working_minutes(start: datetime, end: datetime, calendar: Calendar) -> int:
    """Return the full working minutes between two moments; negative if `end` is before `start`."""
    return int(working_time(start, end, calendar) / timedelta(minutes=1))


def later_working_day(day: date, count: int, calendar: Calendar) -> date:
    """Return the working day that is so many working days after a day.

    Raises:
        UserError: the calendar has no working day.
    """
    for _ in range(LONGEST_SEARCH_DAYS):
        if count <= 0:
            return day
        day += DAY
        count -= is_working_day(day, calendar)
    raise UserError(tr("The business calendar has no working day."), field="hours")
