"""Time zones as calendars name them: by the world's list, by Windows' names, by paths, by offsets, or by a definition of their own."""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crmdesk.exchange.files.contentlines import plain

if TYPE_CHECKING:
    from crmdesk.exchange.files.contentlines import Block

_OFFSET = re.compile(r"\(?(?:GMT|UTC)\s*([+-])\s*(\d{1,2})[:.]?(\d\d)?\)?(?:\s.*)?", re.IGNORECASE)
_YEARLY, _OFTEN = re.compile(r"FREQ=YEARLY"), re.compile(r"BY(?:HOUR|MINUTE|SECOND)=[^;]*,")
_UTC = frozenset({"utc", "gmt", "z", "etc/utc", "etc/gmt", "coordinated universal time"})
MOST_LINES = 2_000


class Zones:
    """The zones of some calendars."""

    def __init__(self) -> None:
        self._defined: dict[str, tzinfo] = {}
        self._known: dict[str, tzinfo | None] = {}
        self.unknown: set[str] = set()

    def define(self, block: Block) -> None:
        """Take the definition of a zone; one that can't be understood counts as missing."""
        name = next((plain(line.partition(b":")[2].decode("utf-8", "replace").strip()) for line in block.lines if line[:4].upper() == b"TZID"), "")
        zone = _defined(block) if name and not block.problem and name not in self._defined and by_name(name) is None else None
        if zone is not None:
            self._defined[name] = zone

    def find(self, name: str) -> tzinfo | None:
        """Return the zone that is meant, or None if nobody can tell; the name is kept then."""
        name = plain(name)
        if name not in self._known:
            self._known[name] = by_name(name) or self._defined.get(name)
            if self._known[name] is None:
                self.unknown.add(name)
        return self._known[name]


def by_name(name: str) -> tzinfo | None:
    """Return the zone of a name: of the world's list, also at the end of a path, of Windows, or an offset."""
    name = name.strip().strip('"')
    if name.lower() in _UTC:
        return UTC
    pieces = [piece for piece in name.split("/") if piece]
    for count in (len(pieces), 3, 2, 1) if name.startswith("/") else (len(pieces),):
        if zone := _listed("/".join(pieces[-count:])):
            return zone
    if found := _OFFSET.fullmatch(name):
        return _fixed(f"{found[1]}{int(found[2]):02}{found[3] or '00'}")
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    return _listed(WINDOWS_TO_OLSON.get(name.removesuffix(" 1"), ""))


def _listed(name: str) -> tzinfo | None:
    if not name or len(name) > 60 or not name.isascii():
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _fixed(offset: str) -> tzinfo | None:
    found = re.fullmatch(r"([+-])(\d\d)(\d\d)(?:\d\d)?", offset.strip())
    if found is None or int(found[2]) > 15 or int(found[3]) > 59:
        return None
    minutes = int(found[2]) * 60 + int(found[3])
    return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))


def _defined(block: Block) -> tzinfo | None:
    """Read a definition with the calendar library, if its rules are yearly ones, as those of all real zones are."""
    lines = [line.decode("utf-8", "replace") for line in block.lines]
    rules = [line.upper() for line in lines if line[:5].upper() == "RRULE"]
    if len(lines) > MOST_LINES or len(rules) > 100 or not all(_YEARLY.search(rule) and not _OFTEN.search(rule) for rule in rules):
        return None
    offsets = {line.partition(":")[2].strip() for line in lines if line.upper().startswith("TZOFFSETTO")}
    if len(offsets) == 1:
        return _fixed(offsets.pop())
    from icalendar import Timezone

    try:
        parsed = Timezone.from_ical("\r\n".join(("BEGIN:VTIMEZONE", *lines, "END:VTIMEZONE", "")))
        zone = parsed.to_tz(lookup_tzid=False) if isinstance(parsed, Timezone) else None
        return zone if isinstance(zone, tzinfo) else None
    except (ValueError, KeyError, IndexError, AttributeError, TypeError, OverflowError):
        return None  # the library has no error of its own for definitions that contradict themselves
