"""Rules by which appointments come again, read from calendars: what a task can repeat by, and the days within a window.

A day is looked at and found to fit or not; so no rule, however odd, takes longer than its window has days.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
EVERY = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
LONGEST_LOOK = 366 * 40

_UNDERSTOOD = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "WKST"})
_WORKDAYS = {(day, 0) for day in range(5)}
_NTH = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")


@dataclass(frozen=True)
class Rule:
    """How something comes again.

    Attributes:
        every: `day`, `week`, `month` or `year`.
        days: weekdays, 0 is Monday, each with its place in the month or 0 for all of them.
        month_days: from the end if negative.
        count, until: how often, and until when; 0 and None without end.
        is_whole: nothing in it was left out.
    """

    every: str
    interval: int = 1
    count: int = 0
    until: date | None = None
    days: tuple[tuple[int, int], ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    week_begins: int = 0
    is_whole: bool = True

    def repeats(self, start: date) -> str:
        """Return by what a task repeats that does so by this rule, on all of its days from its start on; empty if no task can."""
        if not self.is_whole or self.count:
            return ""
        days = set(self.days)
        if days == _WORKDAYS and not self.month_days and not self.months and self.interval == 1 and self.every in {"day", "week"}:
            return "workday"
        is_plain = (
            days <= {(start.weekday(), 0)} and (self.every == "week" or not days)
            and set(self.month_days) <= {start.day} and (self.every in {"month", "year"} or not self.month_days)
            and set(self.months) <= {start.month} and (self.every == "year" or not self.months)
        )  # fmt: skip
        return self.every if is_plain else ""

    def days_between(self, start: date, first: date, last: date) -> Iterator[date]:
        """Yield the days within a window, beginning with `start`, which always counts."""
        if self.until:
            last = min(last, self.until)
        day = start if self.count else max(start, first)
        if (last - day).days > LONGEST_LOOK:
            return
        found = 0
        while day <= last and (not self.count or found < self.count):
            if day == start or self.fits(day, start):
                found += 1
                if day >= first:
                    yield day
            day += timedelta(days=1)

    def fits(self, day: date, start: date) -> bool:
        """Say whether a day is one of them."""
        if self.months and day.month not in self.months:
            return False
        if self.every == "day":
            return (day - start).days % self.interval == 0 and self._is_day(day) and self._is_month_day(day)
        if self.every == "week":
            weeks = (self._week(day) - self._week(start)).days // 7
            return weeks % self.interval == 0 and (self._is_day(day) if self.days else day.weekday() == start.weekday())
        months = (day.year - start.year) * 12 + day.month - start.month
        if months % (self.interval if self.every == "month" else 12 * self.interval) and (self.every == "month" or (day.year - start.year) % self.interval):
            return False
        if self.every == "year" and not self.months and day.month != start.month:
            return False
        if self.days or self.month_days:
            return self._is_day(day) and self._is_month_day(day)
        return day.day == start.day

    def _week(self, day: date) -> date:
        return day - timedelta(days=(day.weekday() - self.week_begins) % 7)

    def _is_month_day(self, day: date) -> bool:
        return not self.month_days or day.day in self.month_days or day.day - calendar.monthrange(day.year, day.month)[1] - 1 in self.month_days

    def _is_day(self, day: date) -> bool:
        if not self.days:
            return True
        length = calendar.monthrange(day.year, day.month)[1]
        places = {0, (day.day - 1) // 7 + 1, -((length - day.day) // 7 + 1)}
        return any(weekday == day.weekday() and place in places for weekday, place in self.days)


def rule_of(text: str) -> Rule | None:
    """Read a rule, of today's calendars or of those of 1996; None if nothing can be made of it."""
    parts = dict(_parts(text)) if "=" in text else _old(text)
    every = EVERY.get(parts.get("FREQ", ""))
    if every is None:
        return None
    days = [_NTH.fullmatch(word) for word in _words(parts.get("BYDAY", ""))]
    month_days, months = _numbers(parts.get("BYMONTHDAY", ""), 31), _numbers(parts.get("BYMONTH", ""), 12)
    interval, count = parts.get("INTERVAL", "1"), parts.get("COUNT", "0")
    until = _day(parts["UNTIL"]) if parts.get("UNTIL") else None
    is_whole = parts.keys() <= _UNDERSTOOD and all(days) and month_days is not None and months is not None and (not parts.get("UNTIL") or until is not None)
    if not is_whole or (every == "year" and days and not months):
        return Rule(every, is_whole=False)
    if not (interval.isdigit() and 0 < int(interval) < 1000 and count.isdigit() and len(count) < 8):
        return Rule(every, is_whole=False)
    week_begins = DAYS.index(parts["WKST"]) if parts.get("WKST") in DAYS else 0
    nth = tuple((DAYS.index(found[2]), int(found[1] or 0)) for found in days if found)
    return Rule(every, int(interval), int(count), until, nth, month_days or (), months or (), week_begins)


def _parts(text: str) -> Iterator[tuple[str, str]]:
    for part in text.upper().split(";"):
        name, sign, value = part.partition("=")
        if sign and value.strip() and not name.strip().startswith("X-"):
            yield name.strip(), value.strip()


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _numbers(text: str, most: int) -> tuple[int, ...] | None:
    words = _words(text)
    if not all(re.fullmatch(r"[+-]?\d{1,2}", word) and 0 < abs(int(word)) <= most for word in words):
        return None
    return tuple(map(int, words))


def _day(text: str) -> date | None:
    found = re.match(r"(\d{4})-?(\d\d)-?(\d\d)", text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


_OLD = re.compile(r"(D|W|MP|MD|YM|YD)(\d{1,3})((?: [^#]*?)?)(?: #(\d{1,6}))?(?: (\d{8}T?\d*Z?))?", re.IGNORECASE)
_OLD_PLACE = re.compile(r"(\d)([+-])")


def _old(text: str) -> dict[str, str]:
    """Turn a rule such as `W2 MO FR #10` or `MP1 2+ TU 19971224T000000` into the parts of today's."""
    found = _OLD.fullmatch(" ".join(text.split()))
    if found is None:
        return {}
    kind, interval, words, count, until = found.groups()
    parts = {"FREQ": {"D": "DAILY", "W": "WEEKLY", "M": "MONTHLY", "Y": "YEARLY"}[kind[0].upper()], "INTERVAL": interval}
    rest = [word for word in words.upper().split() if not re.fullmatch(r"\d{4}", word)]
    if until or (rest and re.fullmatch(r"\d{8}T?\d*Z?", rest[-1])):
        parts["UNTIL"] = until or rest.pop()
    if count and int(count):
        parts["COUNT"] = count
    name = {"W": "BYDAY", "MD": "BYMONTHDAY", "YM": "BYMONTH", "YD": "BYYEARDAY"}.get(kind.upper(), "")
    if kind.upper() == "MP":
        place = ""
        days = []
        for word in rest:
            if at := _OLD_PLACE.fullmatch(word):
                place = f"{'-' if at[2] == '-' else ''}{at[1]}"
            else:
                days.append(f"{place}{word}")
        rest, name = days, "BYDAY"
    if rest:
        parts[name or "BYHOUR"] = ",".join(word.rstrip("+") for word in rest)
    return parts
