"""Calendars: meetings, visits and calls as events, what was written down as journal entries, tasks as to-dos (iCalendar, RFC 5545)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from crmdesk import __version__
from crmdesk.clock import now
from crmdesk.exchange.out.written_lines import content_line, escaped
from crmdesk.queries.records import rows
from crmdesk.store.reader import IN_IDS, id_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from crmdesk.exchange.out.outgoing import Out
    from crmdesk.queries.records import Row
    from crmdesk.store import Reader

BLOCK = 500
EVENTS = frozenset({"meeting", "visit", "call"})

_FIELDS = {
    "activity": ("kind", "subject", "at", "minutes", "company", "contact", "direction", "body", "external_id"),
    "task": ("subject", "due_on", "due_at", "remind_at", "repeats", "repeat_every", "done_at", "company", "contact", "body", "external_id"),
}
ENTITIES = tuple(_FIELDS)
_FREQUENCY = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}


def write_calendar(path: Path, out: Out) -> int:
    """Write a calendar with an entry for each record; returns how many."""
    entity, stamp = out.cls.entity.name, _moment(now())
    write = _activity if entity == "activity" else _task
    with path.open("xb") as stream:
        stream.write(b"BEGIN:VCALENDAR\r\n")
        stream.write(content_line("VERSION", "2.0") + content_line("PRODID", f"-//CRMDesk//CRMDesk {__version__}//EN") + content_line("CALSCALE", "GREGORIAN"))
        for start in range(0, len(out.wanted), BLOCK):
            block = out.wanted[start : start + BLOCK]
            found = rows(out.reader, entity, block, _FIELDS[entity])
            mails = _mails(out.reader, found)
            for row in found:
                uid = row.values["external_id"] or str(row.id)
                stream.write(b"".join(write(row, [("UID", escaped(uid)), ("DTSTAMP", stamp)], mails)))
            out.tell(start + len(block))
        stream.write(b"END:VCALENDAR\r\n")
    return len(out.wanted)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _day(day: date) -> str:
    return day.isoformat().replace("-", "")


def _activity(row: Row, head: Sequence[tuple[str, str]], mails: dict[bytes, str]) -> Iterator[bytes]:
    values = row.values
    is_event = values["kind"] in EVENTS
    name = "VEVENT" if is_event else "VJOURNAL"
    yield content_line("BEGIN", name)
    for pair in head:
        yield content_line(*pair)
    yield content_line("DTSTART", _moment(values["at"]))
    if is_event and values["minutes"]:
        yield content_line("DTEND", _moment(values["at"] + timedelta(minutes=values["minutes"])))
    yield from _common(values, mails)
    yield content_line("CATEGORIES", escaped(values["kind"].upper()))
    yield content_line("END", name)


def _task(row: Row, head: Sequence[tuple[str, str]], mails: dict[bytes, str]) -> Iterator[bytes]:
    values = row.values
    yield content_line("BEGIN", "VTODO")
    for pair in head:
        yield content_line(*pair)
    if values["due_at"]:
        yield content_line("DUE", _moment(values["due_at"]))
    elif values["due_on"]:
        yield content_line("DUE", _day(values["due_on"]), {"VALUE": "DATE"})
    if values["repeats"] in _FREQUENCY and (values["due_at"] or values["due_on"]):
        # What repeats does so from its start.
        start = content_line("DTSTART", _moment(values["due_at"])) if values["due_at"] else content_line("DTSTART", _day(values["due_on"]), {"VALUE": "DATE"})
        every = f";INTERVAL={values['repeat_every']}" if (values["repeat_every"] or 1) > 1 else ""
        yield start + content_line("RRULE", f"FREQ={_FREQUENCY[values['repeats']]}{every}")
    yield from _common(values, mails)
    if values["done_at"]:
        yield content_line("STATUS", "COMPLETED") + content_line("COMPLETED", _moment(values["done_at"])) + content_line("PERCENT-COMPLETE", "100")
    else:
        yield content_line("STATUS", "NEEDS-ACTION")
    if values["remind_at"]:
        yield content_line("BEGIN", "VALARM") + content_line("ACTION", "DISPLAY") + content_line("DESCRIPTION", escaped(values["subject"] or ""))
        yield content_line("TRIGGER", _moment(values["remind_at"]), {"VALUE": "DATE-TIME"}) + content_line("END", "VALARM")
    yield content_line("END", "VTODO")


def _common(values: dict[str, Any], mails: dict[bytes, str]) -> Iterator[bytes]:
    yield content_line("SUMMARY", escaped(values["subject"] or ""))
    if values["body"]:
        yield content_line("DESCRIPTION", escaped(values["body"]))
    contact, company = values["contact"], values["company"]
    if contact and (mail := mails.get(contact.id.bytes)):
        yield content_line("ATTENDEE", f"mailto:{mail}", {"CN": contact.title})
    named = ", ".join(link.title for link in (contact, company) if link)
    if named:
        yield content_line("CONTACT", escaped(named))


def _mails(reader: Reader, found: Sequence[Row]) -> dict[bytes, str]:
    """Return the first mail address of each contact that the rows are about."""
    contacts = {row.values["contact"].id for row in found if row.values["contact"]}
    sql = f"SELECT contact_id, address FROM email WHERE contact_id {IN_IDS} AND deleted_at IS NULL ORDER BY position DESC, id DESC"
    return dict(reader.rows(sql, (id_list(contacts),)))
