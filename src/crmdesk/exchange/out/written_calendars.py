"""Calendars: meetings, visits and calls as events, what was written down as journal entries, tasks as to-dos (iCalendar, RFC 5545)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from crmdesk import __version__
from crmdesk.clock import now
from crmdesk.errors import UserError
from crmdesk.exchange.files.calendars import LARGEST, MOST_ROWS
from crmdesk.exchange.out.written_lines import content_line, escaped, our_lines, uid_lines
from crmdesk.i18n import tr
from crmdesk.queries.records import all_columns
from crmdesk.store.reader import IN_IDS, id_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, tzinfo
    from pathlib import Path

    from crmdesk.exchange.out.outgoing import Out
    from crmdesk.models.base import Record
    from crmdesk.queries.records import Row
    from crmdesk.store import Reader

BLOCK = 500
EVENTS = frozenset({"meeting", "visit", "call"})
ENTITIES = ("activity", "task")

_RULES = {"day": "FREQ=DAILY", "workday": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "week": "FREQ=WEEKLY", "month": "FREQ=MONTHLY", "year": "FREQ=YEARLY"}


def write_calendar(path: Path, out: Out) -> int:
    """Write a calendar with an entry for each record; returns how many.

    Raises:
        UserError: it would be larger than we read ourselves.
    """
    if len(out.wanted) > MOST_ROWS:
        raise UserError(tr("A calendar holds at most {count} entries.", count=MOST_ROWS), hint=_several())
    stamp, columns = _moment(now()), all_columns(out.cls, out.reader)
    with path.open("xb") as stream:
        stream.write(b"BEGIN:VCALENDAR\r\n")
        stream.write(content_line("VERSION", "2.0") + content_line("PRODID", f"-//CRMDesk//CRMDesk {__version__}//EN") + content_line("CALSCALE", "GREGORIAN"))
        for found in out.rows_of(columns, BLOCK):
            mails = _mails(out.reader, found)
            for row in found:
                stream.write(b"".join(_entry(out.cls, row, stamp, mails, out.reader.settings.tz)))
            if stream.tell() > LARGEST:
                raise UserError(tr("A calendar may have {size} MB; it would be larger.", size=LARGEST >> 20), hint=_several())
        stream.write(b"END:VCALENDAR\r\n")
    return len(out.wanted)


def _several() -> str:
    return tr("Export fewer at a time, such as a year, or as CSV or JSON: these have no limit.")


def _entry(cls: type[Record], row: Row, stamp: str, mails: dict[bytes, str], zone: tzinfo) -> Iterator[bytes]:
    """Yield an entry: in the terms of all calendars, with people's names and mail addresses; then the rest, and which records are meant, in ours."""
    values = row.values
    is_task, is_event = cls.entity.name == "task", values.get("kind") in EVENTS
    name = "VTODO" if is_task else "VEVENT" if is_event else "VJOURNAL"
    # What a calendar's reader makes of what is written here; the rest is told in our terms.
    said: dict[str, Any] = {
        "external_id": values["external_id"],
        "subject": " ".join((values["subject"] or "").split()),
        "body": (values["body"] or "").strip(),
    }
    yield content_line("BEGIN", name)
    yield uid_lines(row.id, values["external_id"]) + content_line("DTSTAMP", stamp)
    yield from _task(values, said, zone) if is_task else _activity(values, said, is_event)
    yield content_line("SUMMARY", escaped(values["subject"] or ""))
    if values["body"]:
        yield content_line("DESCRIPTION", escaped(values["body"]))
    contact, company = values["contact"], values["company"]
    if contact and (mail := mails.get(contact.id.bytes)):
        yield content_line("ATTENDEE", f"mailto:{mail}", {"CN": contact.title})
    named = ", ".join(link.title for link in (contact, company) if link)
    if named:
        yield content_line("CONTACT", escaped(named))
    yield from our_lines(cls, values, said)
    if said.get("remind_at"):
        yield from _alarm(values)
    yield content_line("END", name)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _day(day: date) -> str:
    return day.isoformat().replace("-", "")


def _activity(values: dict[str, Any], said: dict[str, Any], is_event: bool) -> Iterator[bytes]:
    yield content_line("DTSTART", _moment(values["at"])) + content_line("CATEGORIES", escaped(values["kind"].upper()))
    said |= {"at": values["at"], "kind": values["kind"]}
    if is_event and values["minutes"]:
        yield content_line("DTEND", _moment(values["at"] + timedelta(minutes=values["minutes"])))
        said["minutes"] = values["minutes"]


def _task(values: dict[str, Any], said: dict[str, Any], zone: tzinfo) -> Iterator[bytes]:
    at, day, done_at = values["due_at"], values["due_on"], values["done_at"]
    said |= {"due_at": at, "due_on": at.astimezone(zone).date() if at else day, "done_at": done_at, "remind_at": values["remind_at"]}
    if at:
        yield content_line("DUE", _moment(at))
    elif day:
        yield content_line("DUE", _day(day), {"VALUE": "DATE"})
    if values["repeats"] in _RULES and (at or day):
        yield from _repetition(values, said, zone)
    if done_at:
        yield content_line("STATUS", "COMPLETED") + content_line("COMPLETED", _moment(done_at)) + content_line("PERCENT-COMPLETE", "100")
    else:
        yield content_line("STATUS", "NEEDS-ACTION")


def _alarm(values: dict[str, Any]) -> Iterator[bytes]:
    yield content_line("BEGIN", "VALARM") + content_line("ACTION", "DISPLAY") + content_line("DESCRIPTION", escaped(values["subject"] or ""))
    yield content_line("TRIGGER", _moment(values["remind_at"]), {"VALUE": "DATE-TIME"}) + content_line("END", "VALARM")


def _repetition(values: dict[str, Any], said: dict[str, Any], zone: tzinfo) -> Iterator[bytes]:
    """Yield by which rule a task comes again: from the day on which it is due, since that is its start to calendars."""
    at, day, repeats, until = values["due_at"], values["due_on"], values["repeats"], values["repeats_until"]
    every = values["repeat_every"] if repeats != "workday" and (values["repeat_every"] or 1) > 1 else None
    said |= {"repeats": repeats, "repeat_every": every, "repeats_from": said["due_on"]}
    rule = _RULES[repeats] + (f";INTERVAL={every}" if every else "")
    if until:
        # A rule ends as its start is written: on a day, or at a moment.
        end = datetime.combine(until, time(23, 59, 59), zone).astimezone(UTC)
        rule += f";UNTIL={_moment(end) if at else _day(until)}"
        said["repeats_until"] = end.date() if at else until
    yield content_line("DTSTART", _moment(at)) if at else content_line("DTSTART", _day(day), {"VALUE": "DATE"})
    yield content_line("RRULE", rule)


def _mails(reader: Reader, found: Sequence[Row]) -> dict[bytes, str]:
    """Return the first mail address of each contact that the rows are about."""
    contacts = {row.values["contact"].id for row in found if row.values["contact"]}
    sql = f"SELECT contact_id, address FROM email WHERE contact_id {IN_IDS} AND deleted_at IS NULL ORDER BY position DESC, id DESC"
    return dict(reader.rows(sql, (id_list(contacts),)))
