"""Days and moments as people say them: Today 10:12, Yesterday, 18 Nov."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from crmdesk import clock
from crmdesk.i18n import locale, tr

if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo


def day_text(day: date, today: date) -> str:
    """Return a day in few words; the year only where it is another one."""
    from babel.dates import format_skeleton

    if day == today:
        return tr("Today")
    if day == today - timedelta(days=1):
        return tr("Yesterday")
    if day == today + timedelta(days=1):
        return tr("Tomorrow")
    return str(format_skeleton("MMMd" if day.year == today.year else "yMMMd", day, locale=locale()))


def short_day(day: date) -> str:
    """Return a day without its year, such as `24 Nov`."""
    from babel.dates import format_skeleton

    return format_skeleton("MMMd", day, locale=locale())


def whole_day(day: date) -> str:
    """Return a day with its weekday, both written out, such as `Sunday 22 November`."""
    from babel.dates import format_date, match_skeleton

    skeletons = locale().datetime_skeletons
    found = match_skeleton("MMMMEEEEd", skeletons)
    pattern = str(skeletons[found].pattern) if found else "EEEE d MMMM"
    return str(format_date(day, re.sub("E+", "EEEE", pattern), locale()))


def moment_text(at: datetime, zone: tzinfo, day_only: bool = False) -> str:
    """Return a moment in few words; the time of day only for the days next to today."""
    from babel.dates import format_time

    local, today = at.astimezone(zone), clock.today(zone)
    said = day_text(local.date(), today)
    if day_only or abs((local.date() - today).days) > 1:
        return said
    clock_time = format_time(local, "short", zone, locale())
    return tr("{day} {time}", day=said, time=clock_time)
