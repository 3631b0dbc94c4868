"""Calendars (iCalendar, and vCalendar of 1996) as a table: meetings, tasks and notes, one row each; what comes again has a row per day within a window."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING

from crmdesk.clock import today
from crmdesk.errors import UserError
from crmdesk.exchange.files.contentlines import Pile, fallback_of, is_old, is_our_id, plain, property_of, unfolded
from crmdesk.exchange.files.happenings import FIELDS, LINKS, Happening, HappeningShape, columns, layout_of
from crmdesk.exchange.files.our_terms import OUR_PRODUCT, OWN, our_values
from crmdesk.exchange.files.recurring import rule_of
from crmdesk.exchange.files.zones import Zones
from crmdesk.exchange.table import SAMPLE_ROWS, Cell, OddRow, Table, Ways
from crmdesk.exchange.values import html_texts
from crmdesk.fields import read_date
from crmdesk.i18n import ntr, tr
from crmdesk.models.activity import ACTIVITY_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from crmdesk.exchange.files.contentlines import Block, Property, Source
    from crmdesk.exchange.files.recurring import Rule
    from crmdesk.exchange.files.rejects import Rejection
    from crmdesk.exchange.table import Line

SOURCE = "iCalendar"
COMPONENTS = frozenset((b"VEVENT", b"VTODO", b"VJOURNAL", b"VTIMEZONE", b"VFREEBUSY"))
KINDS = {"VEVENT": "meeting", "VTODO": "task", "VJOURNAL": "note"}
LARGEST = 60 << 20
MOST_ROWS = 100_000
MOST_TIMES = 120
MOST_PEOPLE = 200
BACK, AHEAD = timedelta(days=366), timedelta(days=366)
"""How far back and ahead meetings that come again get a row each."""


def open_calendars(paths: Sequence[Path]) -> Table:
    """Open calendars as one table.

    Raises:
        UserError: there is nothing in them, or too much.
    """
    for path in paths:
        if path.stat().st_size > LARGEST:
            raise UserError(tr("“{file}” is too large.", file=path.name), hint=tr("Export a shorter time from the calendar."))
    agenda = Agenda(Pile(paths, COMPONENTS))
    agenda.look_through()
    if not agenda.rows:
        if len(paths) > 1:
            raise UserError(tr("There is no appointment and no task in these files."))
        raise UserError(tr("“{file}” holds no appointment and no task.", file=paths[0].name))
    more = agenda.more()
    lines = [agenda.line(row, more) for row in agenda.rows]

    def rows() -> Iterator[Line]:
        return iter(lines)

    return Table(
        paths[0], "ics", columns(more), rows, tuple(lines[:SAMPLE_ROWS]), len(lines), encoding="utf-8", delimiter=",", notes=agenda.notes(),
        ways=Ways(SOURCE, partial(layout_of, SOURCE, agenda.product or None, more=more), HappeningShape, None, agenda.give_back, agenda.pile.said, agenda.pile.files),
    )  # fmt: skip


_PRODUCTS = (
    ("Google", re.compile(r"google", re.IGNORECASE)), ("Apple", re.compile(r"apple", re.IGNORECASE)), ("Outlook", re.compile(r"microsoft|exchange", re.IGNORECASE)),
    ("Nextcloud", re.compile(r"nextcloud|sabre", re.IGNORECASE)), ("Thunderbird", re.compile(r"mozilla", re.IGNORECASE)), ("Evolution", re.compile(r"ximian|evolution", re.IGNORECASE)),
    ("KOrganizer", re.compile(r"k desktop|korganizer|libkcal", re.IGNORECASE)), ("Notes", re.compile(r"lotus", re.IGNORECASE)),
    (OUR_PRODUCT, re.compile(r"crmdesk", re.IGNORECASE)),
)  # fmt: skip


class Agenda:
    """What some calendars hold."""

    def __init__(self, pile: Pile) -> None:
        self.pile = pile
        self.rows: list[Happening] = []
        self.product = ""
        self._zones = Zones()
        self._left_out: Counter[str] = Counter()
        self._moved: set[str] = set()
        self._window = (today() - BACK, today() + AHEAD)

    def look_through(self) -> None:
        """Read all of it: zones and moved occurrences first, since what comes earlier needs them."""
        for number, _, block in self.pile.blocks():
            if block.name == "VTIMEZONE":
                self._zones.define(block)
            elif any(line[:13].upper() == b"RECURRENCE-ID" for line in block.lines):
                entry = Entry(block, self.pile.sources[number], self._zones)
                if stamp := entry.replaced():
                    self._moved.add(stamp)
        self.product = next((name for source in self.pile.sources[:1] for name, known in _PRODUCTS if known.search(_program(source))), "")
        for number, line, block in self.pile.blocks():
            if block.name == "VFREEBUSY":
                self._left_out["busy"] += 1
            elif block.name != "VTIMEZONE":
                self._take(line, block, self.pile.sources[number])
            if len(self.rows) > MOST_ROWS:
                raise UserError(tr("There are more than {count} appointments.", count=MOST_ROWS), hint=tr("Export a shorter time from the calendar."))

    def _take(self, line: int, block: Block, source: Source) -> None:
        if block.problem:
            self.rows.append(Happening(line, KINDS[block.name], problem=block.problem))
            return
        entry = Entry(block, source, self._zones)
        try:
            if entry.is_cancelled():
                self._left_out["cancelled"] += 1
                return
            rows = entry.happenings(line, self._window, self._moved)
            self.rows += (entry.as_ours(row) for row in rows) if self.product == OUR_PRODUCT else rows
        except UserError as error:
            self.rows.append(Happening(line, KINDS[block.name], entry.text("SUMMARY"), problem=error.message))

    def more(self) -> tuple[str, ...]:
        """Return the fields that only our own entries tell: the records that they link, and own fields of the user's; who has it, even if nobody."""
        told = {name for row in self.rows for name in row.ours} - set(FIELDS)
        return tuple(sorted(told | ({"owner"} if self.product == OUR_PRODUCT else set())))

    def line(self, row: Happening, more: Sequence[str]) -> Line:
        """Return a row as the table has it."""
        cells = row.cells(more)
        return row.line, OddRow.because(row.problem, cells) if row.problem else cells

    def notes(self) -> tuple[str, ...]:
        """Say what was left out, and what was guessed."""
        said = [tr("“{file}” holds no appointment and no task.", file=name) for name in self.pile.empty]
        if count := self._left_out["cancelled"]:
            said.append(ntr("{count} cancelled appointment was left out.", "{count} cancelled appointments were left out.", count))
        if count := self._left_out["busy"]:
            said.append(ntr("{count} entry of busy times was left out.", "{count} entries of busy times were left out.", count))
        if self._zones.unknown:
            said.append(tr("Nobody knows these time zones, so the store's was taken: {names}", names=", ".join(sorted(self._zones.unknown)[:5])))
        return tuple(said)

    def give_back(self, path: Path, rejections: Iterable[Rejection]) -> None:
        """Write rejected entries as they were, with the reason in each."""
        reasons = {rejection.line: rejection.reason for rejection in rejections}
        before = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//CRMDesk//Rejected//EN\r\n"
        self.pile.give_back(path, reasons, before, b"END:VCALENDAR\r\n", frozenset(("VTIMEZONE",)))


def _program(source: Source) -> str:
    with source.open() as stream:
        head = stream.read(4096).decode("utf-8", "replace")
    found = re.search(r"^PRODID[^:\n]*:(.*)$", head, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""


# ---- one entry ----

_MOMENT = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d):?(\d\d)?(?:[.,]\d+)?[ ]?(Z|[+-]\d\d:?\d\d)?)?", re.IGNORECASE)
_DURATION = re.compile(r"([+-])?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"<([^<>\s]+@[^<>\s]+)>")
_MAIL = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+")


_OF_ITSELF = ("DTSTART", "DTEND", "DURATION", "DUE", "RRULE", "RECURRENCE-ID", "SUMMARY", "DESCRIPTION", "LOCATION", "ORGANIZER")
_TEXTS = ("DESCRIPTION", "COMMENT", "X-ALT-DESC")


class Entry:
    """One appointment, task or journal entry."""

    def __init__(self, block: Block, source: Source, zones: Zones) -> None:
        self.block = block
        self._zones = zones
        self._properties: dict[str, list[Property]] = {}
        for line in unfolded(block, is_old(block)):
            item = property_of(line, "cp1252" if line.isascii() else fallback_of(source))
            if item is not None:
                self._properties.setdefault(item.name, []).append(item)

    # ---- its parts ----

    def text(self, name: str) -> str:
        """Return the text of a property, empty if there is none."""
        return plain(self._properties[name][0].value).replace("\r", "").strip() if name in self._properties else ""

    def _likeness(self) -> str:
        """Return what an entry without an id is known by when it comes again: all that it says of itself, empty if that is nothing."""
        said = [f"{name}:{self.text(name)}" for name in _OF_ITSELF if self.text(name)]
        return f"no-uid-{sha256(chr(10).join([self.block.name, *said]).encode()).hexdigest()[:32]}" if said else ""

    def is_cancelled(self) -> bool:
        """Say whether it does not take place."""
        return self.text("STATUS").upper() in {"CANCELLED", "CANCELED"}

    def moment(self, name: str) -> date | datetime | None:
        """Return a date, or a date with a time: in its zone, or without one where it means that of the place.

        Raises:
            UserError: it is none.
        """
        items = self._properties.get(name)
        return self._moment_of(items[0], items[0].value) if items and items[0].value.strip() else None

    def _moment_of(self, item: Property, text: str) -> date | datetime:
        found = _MOMENT.fullmatch(text.partition("\\n")[0].strip())  # what is behind was another line once
        try:
            if found is None:
                raise ValueError
            day = date(int(found[1]), int(found[2]), int(found[3]))
            if found[4] is None:
                return day
            at = datetime.combine(day, time(int(found[4]), int(found[5]), min(59, int(found[6] or 0))))
        except ValueError:
            raise UserError(tr("“{text}” is not a date.", text=text[:80]), field=item.name) from None
        if found[7]:
            return datetime.fromisoformat(f"{at.isoformat()}{'+00:00' if found[7] in 'zZ' else found[7]}").astimezone(UTC)
        zone = self._zones.find(item.params["TZID"]) if item.params.get("TZID") else None
        return at.replace(tzinfo=zone)

    def _if_any(self, name: str) -> date | datetime | None:
        """Return a date that an appointment can do without, if it is one."""
        try:
            return self.moment(name)
        except UserError:
            return None

    def _length(self, start: date | datetime) -> timedelta:
        """Return how long it lasts; zero where that is not said, or makes no sense."""
        end = self._if_any("DTEND")
        if end is not None and isinstance(end, datetime) == isinstance(start, datetime):
            if isinstance(end, datetime) and isinstance(start, datetime) and (end.tzinfo is None) != (start.tzinfo is None):
                end, start = end.replace(tzinfo=None), start.replace(tzinfo=None)
            return max(timedelta(), end - start)
        return max(timedelta(), duration_of(self.text("DURATION")) or timedelta())

    def _people(self) -> tuple[str, tuple[str, ...], list[str]]:
        """Return the organizer's mail address, all addresses, and who that is in words."""
        organizer, mails, words = "", [], []
        for item in [*self._properties.get("ORGANIZER", ()), *self._properties.get("ATTENDEE", ())[:MOST_PEOPLE]]:
            mail, name = _address(item)
            if item.name == "ORGANIZER" and not organizer:
                organizer = mail
            if mail:
                mails.append(mail)
            said = f"{name} <{mail}>" if name and mail and name.lower() != mail else name or mail
            if said and said not in words:
                words.append(said)
        return organizer, tuple(dict.fromkeys(mails)), words

    def _body(self, rule: str, words: Sequence[str]) -> str:
        parts = [next((text for name in _TEXTS if (text := html_texts.plain(self.text(name)))), "")]
        if place := self.text("LOCATION"):
            parts.append(tr("Place: {place}", place=" ".join(place.split())))
        if words:
            parts.append(tr("With: {people}", people=", ".join(words)))
        if rule:
            parts.append(tr("Repeats: {rule}", rule=rule))
        if link := self.text("URL"):
            parts.append(link)
        return "\n".join(part for part in parts if part)

    # ---- as rows ----

    def happenings(self, line: int, window: tuple[date, date], moved: set[str]) -> Iterator[Happening]:
        """Yield the rows: one, or one for each time that it takes place within the window.

        Args:
            moved: occurrences that stand in the file by themselves.

        Raises:
            UserError: a date is none, or the one that it needs is missing.
        """
        organizer, people, words = self._people()
        uid = self.text("UID")[:300] or self._likeness()
        rules = self._properties.get("RRULE", [])
        rule = rule_of(plain(rules[0].value)) if rules else None
        row = Happening(line, KINDS[self.block.name], self.text("SUMMARY"), author=organizer, people=people, external_id=uid)
        if self.block.name == "VTODO":
            yield self._task(row, rule, rules, words)
            return
        start = self.moment("DTSTART") or (self.moment("DTSTAMP") or self.moment("CREATED") if self.block.name == "VJOURNAL" else None)
        if start is None:
            raise UserError(tr("It has no beginning (DTSTART)."))
        row.at, row.minutes = start, round(self._length(start).total_seconds() / 60) if isinstance(start, datetime) else 0
        row.minutes = row.minutes if row.minutes < 60 * 24 * 366 else 0
        row.body = self._body(plain(rules[0].value)[:300] if rules else "", words)
        if self._properties.get("RECURRENCE-ID"):
            row.external_id = self.replaced() or uid
            yield row
            return
        times = self._times(start, rule, window) if rule or self._properties.get("RDATE") else []
        if not times:
            yield row
            return
        yield from (replace(row, at=at, external_id=stamp if uid else "") for at in times if (stamp := _stamp(uid, at)) not in moved)

    def _times(self, start: date | datetime, rule: Rule | None, window: tuple[date, date]) -> list[date | datetime]:
        """Return when it takes place within the window; nothing if its rule is beyond us, or it never does."""
        day = start.date() if isinstance(start, datetime) else start
        days = (
            list(islice(rule.days_between(day, *window), MOST_TIMES))
            if rule and rule.is_whole
            else [day]
            if rule is None and window[0] <= day <= window[1]
            else []
        )
        times: list[date | datetime] = [datetime.combine(one, start.timetz()) if isinstance(start, datetime) else one for one in days]
        for item in self._properties.get("RDATE", ())[:MOST_TIMES]:
            for text in item.value.split(",")[:MOST_TIMES]:
                at = self._among(item, text.partition("/")[0])
                if (
                    at is not None
                    and isinstance(at, datetime) == isinstance(start, datetime)
                    and window[0] <= (at.date() if isinstance(at, datetime) else at) <= window[1]
                ):
                    times.append(at)
        texts = [(item, text) for item in self._properties.get("EXDATE", ())[:2000] for text in re.split("[,;]", item.value)[:2000]]
        left_out = {_stamp("", at) for item, text in texts if (at := self._among(item, text)) is not None}
        unique = {stamp: at for at in times if (stamp := _stamp("", at)) not in left_out}
        return [at for _, at in sorted(unique.items())][:MOST_TIMES]

    def _among(self, item: Property, text: str) -> date | datetime | None:
        try:
            return self._moment_of(item, text)
        except UserError:
            return None

    def as_ours(self, row: Happening) -> Happening:
        """Return a row of a calendar that we wrote as the record that it was.

        Raises:
            UserError: what it says of a field is no value of it.
        """
        kind = self.text("CATEGORIES").lower()
        if self.block.name != "VTODO" and kind in {choice.value for choice in ACTIVITY_KINDS}:
            row.kind = kind
        row.body, row.author, row.people = self.text("DESCRIPTION"), "", ()
        told = dict(pair for items in self._properties.values() for item in items for pair in our_values(item))
        row.id = told.get("id", row.external_id if is_our_id(row.external_id) else "")
        row.external_id = "" if row.external_id == row.id else row.external_id
        row.ours = {name: _typed(name, text) for name, text in told.items() if name in FIELDS or name.startswith(OWN) or name.removesuffix("_id") in LINKS}
        return row

    def replaced(self) -> str:
        """Return which occurrence this entry stands for, or nothing."""
        at = self._if_any("RECURRENCE-ID")
        return _stamp(self.text("UID")[:300], at) if at else ""

    def _task(self, row: Happening, rule: Rule | None, rules: Sequence[Property], words: Sequence[str]) -> Happening:
        start = self.moment("DTSTART")
        due = self.moment("DUE") or start
        if due is None and start is not None and (length := duration_of(self.text("DURATION"))):
            due = start + length
        row.due = due
        day = due.date() if isinstance(due, datetime) else due
        if rule and day and (repeats := rule.repeats(day)):
            row.repeats, row.repeat_every, row.repeats_until = repeats, rule.interval if rule.interval > 1 else 0, rule.until
            rules = ()
        row.body = self._body(rules[0].value[:300] if rules else "", words)
        done = self.moment("COMPLETED")
        if done is None and (self.text("STATUS").upper() == "COMPLETED" or self.text("PERCENT-COMPLETE") == "100"):
            done = self.moment("LAST-MODIFIED") or due or self.moment("DTSTAMP") or today()
        if done is not None:
            row.done_at = done if isinstance(done, datetime) else datetime.combine(done, time())
        row.remind_at = self._reminder(due)
        return row

    def _reminder(self, due: date | datetime | None) -> datetime | None:
        """Return when its first alarm rings."""
        for line in self.block.lines:
            if line[:7].upper() != b"TRIGGER" or (item := property_of(line, "cp1252")) is None:
                continue
            if (before := duration_of(item.value)) is not None and isinstance(due, datetime):
                return due + before
            if _MOMENT.fullmatch(item.value.strip()):
                at = self._moment_of(item, item.value)
                return at if isinstance(at, datetime) else None
        return None


def _typed(name: str, text: str) -> Cell:
    """Return the value of a field of ours as it is read from the terms of all calendars."""
    if not text or name not in _DAYS | _NUMBERS:
        return text
    if name in _DAYS:
        return read_date(text)
    if not text.isdigit() or len(text) > 9:
        raise UserError(tr("“{text}” is not a number.", text=text[:80]))
    return int(text)


_DAYS, _NUMBERS = frozenset({"due_on", "repeats_from", "repeats_until"}), frozenset({"minutes", "repeat_every"})


def _stamp(uid: str, at: date | datetime) -> str:
    """Return what tells one occurrence from the others, whichever zone it is written in."""
    if isinstance(at, datetime):
        text = f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}" if at.tzinfo else f"{at:%Y%m%dT%H%M%S}"
    else:
        text = f"{at:%Y%m%d}"
    return f"{uid}/{text}"


def duration_of(text: str) -> timedelta | None:
    """Read a duration such as `PT1H30M` or `-P1D`."""
    found = _DURATION.fullmatch(text.strip())
    if found is None or not any(found.groups()[1:]):
        return None
    weeks, days, hours, minutes, seconds = (int(number or 0) for number in found.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if found[1] == "-" else length


def _address(item: Property) -> tuple[str, str]:
    """Return mail address and name of somebody who takes part."""
    value = plain(item.value).strip()
    name = item.params.get("CN", "").strip().strip("'\"")
    bare = value[7:] if value[:7].lower() == "mailto:" else value
    found = _IN_BRACKETS.search(bare)
    mail = found[1] if found else item.params.get("EMAIL", "") or bare
    if found and not name:
        name = bare[: found.start()].strip().strip('"')
    return (mail.strip().lower(), name) if _MAIL.fullmatch(mail.strip()) else ("", name or (bare if "@" not in bare and ":" not in bare else ""))
