"""Calendars of other programs become meetings, tasks and notes, each at its moment and with the people that it is about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from crmdesk import clock
from crmdesk.errors import UserError
from crmdesk.exchange.files.recurring import rule_of
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.out.exporting import export_records
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.operations import records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store


@pytest.fixture(autouse=True)
def in_march() -> Iterator[Callable[[float], None]]:
    with clock.frozen(datetime(2026, 3, 15, 12, tzinfo=UTC)) as advance:
        yield advance


def taken(store: Store, folder: Path, *lines: str, entity: str = "activity", name: str = "calendar.ics", **options: Any) -> ImportResult:
    path = folder / name
    path.write_bytes("\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Google Inc//Google Calendar 70.9054//EN", *lines, "END:VCALENDAR", "")).encode())
    return import_file(store, entity, path, ImportOptions(**options))


def event(*lines: str) -> tuple[str, ...]:
    return ("BEGIN:VEVENT", *lines, "END:VEVENT")


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return reader.rows(sql)


def moment(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat()


def test_meetings_tasks_and_notes_each_become_what_they_are_in_one_undo(store: Store, tmp_path: Path) -> None:
    result = taken(
        store, tmp_path,
        *event("UID:1", "DTSTART;TZID=Europe/Berlin:20260601T100000", "DTEND;TZID=Europe/Berlin:20260601T113000", "SUMMARY:Visit\\, at last", "LOCATION:Main St. 1", "DESCRIPTION:Bring\\ncake"),
        "BEGIN:VTODO", "UID:2", "SUMMARY:Send offer", "DUE;VALUE=DATE:20260610", "RRULE:FREQ=WEEKLY;INTERVAL=2", "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER;VALUE=DATE-TIME:20260609T080000Z", "END:VALARM", "END:VTODO",
        "BEGIN:VTODO", "UID:4", "SUMMARY:Old one", "DUE:20260110T090000Z", "STATUS:COMPLETED", "COMPLETED:20260109T090000Z", "END:VTODO",
        "BEGIN:VJOURNAL", "UID:3", "DTSTART;VALUE=DATE:20260301", "SUMMARY:Thoughts", "END:VJOURNAL",
        "BEGIN:VFREEBUSY", "UID:5", "END:VFREEBUSY",
    )  # fmt: skip
    assert (result.read, result.added, result.rejected, result.created, result.product) == (4, 2, 0, {"task": 2}, "Google")
    assert result.notes == ("1 entry of busy times was left out.",)
    (kind, subject, at, minutes, body, external, source), note = rows(
        store, "SELECT kind, subject, at, minutes, body, external_id, source FROM activity ORDER BY at DESC"
    )
    assert (kind, subject, moment(at), minutes, body) == ("meeting", "Visit, at last", "2026-06-01T08:00:00+00:00", 90, "Bring\ncake\nPlace: Main St. 1")
    assert (external, source, note[0], note[1]) == ("1", "iCalendar", "note", "Thoughts")
    open_one, done = rows(store, "SELECT subject, due_on, repeats, repeat_every, remind_at, done_at FROM task ORDER BY due_on DESC")
    assert open_one[:4] == ("Send offer", "2026-06-10", "week", 2)
    assert moment(open_one[4]) == "2026-06-09T08:00:00+00:00"
    assert moment(done[5]) == "2026-01-09T09:00:00+00:00"
    store.undo()
    assert rows(store, "SELECT (SELECT count(*) FROM activity WHERE deleted_at IS NULL) + (SELECT count(*) FROM task WHERE deleted_at IS NULL)") == [(0,)]


def test_who_takes_part_says_whose_meeting_it_is(store: Store, tmp_path: Path) -> None:
    company = store.run(records.add, "company", {"name": "Acme"})
    anna = store.run(records.add, "contact", {"given_name": "Anna", "family_name": "Berg", "email": "anna@acme.example", "company": str(company)})
    maria = rows(store, "SELECT id FROM member")[0][0]
    taken(store, tmp_path, *event(
        "DTSTART:20260601T080000Z", "SUMMARY:Talk", "ORGANIZER;CN=Maria:mailto:maria@us.example", 'ATTENDEE;CN="Berg, Anna";PARTSTAT=ACCEPTED:MAILTO:Anna@Acme.example', "ATTENDEE:mailto:who@else.example",
    ))  # fmt: skip
    assert rows(store, "SELECT contact_id, company_id, owner_id, body FROM activity") == [
        (anna.bytes, company.bytes, maria, "With: Maria <maria@us.example>, Berg, Anna <anna@acme.example>, who@else.example")
    ]  # fmt: skip


def test_what_comes_again_has_a_row_per_day_within_a_year(store: Store, tmp_path: Path, in_march: Callable[[float], None]) -> None:
    result = taken(
        store, tmp_path,
        *event("UID:w", "DTSTART;TZID=Europe/Berlin:20260302T090000", "DTEND;TZID=Europe/Berlin:20260302T093000", "RRULE:FREQ=WEEKLY;COUNT=5", "EXDATE;TZID=Europe/Berlin:20260309T090000", "SUMMARY:Weekly"),
        *event("UID:w", "RECURRENCE-ID;TZID=Europe/Berlin:20260316T090000", "DTSTART;TZID=Europe/Berlin:20260317T140000", "SUMMARY:Moved"),
        *event("UID:old", "DTSTART:19990101T090000Z", "RRULE:FREQ=DAILY;COUNT=3", "SUMMARY:Long ago"),
    )  # fmt: skip
    assert result.read == 5
    found = [(subject, moment(at)) for subject, at in rows(store, "SELECT subject, at FROM activity ORDER BY at")]
    assert found == [
        ("Long ago", "1999-01-01T09:00:00+00:00"), ("Weekly", "2026-03-02T08:00:00+00:00"), ("Moved", "2026-03-17T13:00:00+00:00"),
        ("Weekly", "2026-03-23T08:00:00+00:00"), ("Weekly", "2026-03-30T07:00:00+00:00"),
    ]  # fmt: skip
    in_march(60)
    again = taken(store, tmp_path, *event("UID:w", "DTSTART;TZID=Europe/Berlin:20260302T090000", "RRULE:FREQ=WEEKLY;COUNT=2", "SUMMARY:Weekly"))
    assert (again.read, again.skipped, again.added) == (2, 1, 1)


@pytest.mark.parametrize(("zone", "at"), [
    ("W. Europe Standard Time", "08:00"), ("/mozilla.org/20050126_1/Europe/Berlin", "08:00"), ("GMT+0200", "08:00"), ("America/New_York", "14:00"), ("Our own", "05:00"), ("Nowhere/Land", "08:00"),
])  # fmt: skip
def test_zones_are_found_by_all_their_names(store: Store, tmp_path: Path, zone: str, at: str) -> None:
    own = (
        "BEGIN:VTIMEZONE",
        "TZID:Our own",
        "BEGIN:STANDARD",
        "DTSTART:16010101T000000",
        "TZOFFSETFROM:+0500",
        "TZOFFSETTO:+0500",
        "END:STANDARD",
        "END:VTIMEZONE",
    )
    result = taken(store, tmp_path, *own, *event(f'DTSTART;TZID="{zone}":20260601T100000', "SUMMARY:Talk"))
    assert moment(rows(store, "SELECT at FROM activity")[0][0])[11:16] == at
    assert result.notes == (("Nobody knows these time zones, so the store's was taken: Nowhere/Land",) if zone == "Nowhere/Land" else ())


def test_a_broken_entry_is_rejected_alone_and_comes_back_as_a_calendar(store: Store, tmp_path: Path) -> None:
    result = taken(
        store,
        tmp_path,
        *event("SUMMARY:No date"),
        *event("DTSTART:20269999T000000Z", "SUMMARY:Odd"),
        *event("DTSTART:20260601", "SUMMARY:Good"),
        *event("DTSTART:20260601", "STATUS:CANCELLED"),
    )
    assert [(problem.line, problem.reason) for problem in result.problems] == [(4, "It has no beginning (DTSTART)."), (7, "“20269999T000000Z” is not a date.")]
    assert (result.added, result.notes) == (1, ("1 cancelled appointment was left out.",))
    back = (tmp_path / "calendar-rejected.ics").read_text(encoding="utf-8")
    assert back.startswith("BEGIN:VCALENDAR") and back.count("BEGIN:VEVENT") == 2 and "X-CRMDESK-REASON:It has no beginning (DTSTART)." in back


def test_a_zone_built_to_hang_the_reader_does_not(store: Store, tmp_path: Path) -> None:
    trap = ("BEGIN:VTIMEZONE", "TZID:Trap", "BEGIN:STANDARD", "DTSTART:16010101T000000", "TZOFFSETFROM:+0500", "TZOFFSETTO:+0600", "RRULE:FREQ=SECONDLY", "END:STANDARD",
            "BEGIN:DAYLIGHT", "DTSTART:16010101T000000", "TZOFFSETFROM:+0500", "TZOFFSETTO:+0500", "RRULE:FREQ=SECONDLY", "END:DAYLIGHT", "END:VTIMEZONE")  # fmt: skip
    result = taken(
        store,
        tmp_path,
        *trap,
        *event("DTSTART;TZID=Trap:20260601T100000", "RRULE:FREQ=SECONDLY", "SUMMARY:Bomb"),
        *event("DTSTART:00010101T000000Z", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"),
    )
    assert result.read == 2


def test_calendars_of_1996_are_read(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "old.vcs"
    path.write_bytes(
        b"BEGIN:VCALENDAR\r\nVERSION:1.0\r\nBEGIN:VEVENT\r\nDTSTART:20260601T100000Z\r\nRRULE:W1 MO #3\r\nSUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Gr=C3=BC=\r\n=C3=9Fe\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    assert import_file(store, "activity", path).added == 3
    assert rows(store, "SELECT DISTINCT subject FROM activity") == [("Grüße",)]


def test_a_calendar_is_refused_where_it_means_nothing(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="become activities or tasks"):
        taken(store, tmp_path, *event("DTSTART:20260601"), entity="contact")
    with pytest.raises(UserError, match="holds no appointment"):
        taken(store, tmp_path)


@pytest.mark.parametrize(("rule", "repeats", "days"), [
    ("FREQ=WEEKLY;BYDAY=MO,WE;INTERVAL=2", "", ["01-05", "01-07", "01-19"]), ("FREQ=MONTHLY;BYDAY=-1FR", "", ["01-05", "01-30", "02-27"]), ("FREQ=WEEKLY;BYDAY=MO", "week", ["01-05", "01-12", "01-19"]),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", "", ["01-05", "01-31", "02-28"]), ("D2 #0", "day", ["01-05", "01-07", "01-09"]), ("MP1 2+ TU #3", "", ["01-05", "01-13", "02-10"]),
    ("FREQ=DAILY;UNTIL=20260106T000000Z", "day", ["01-05", "01-06"]), ("FREQ=MONTHLY", "month", ["01-05", "02-05", "03-05"]),
    ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "workday", ["01-05", "01-06", "01-07"]), ("FREQ=DAILY;BYDAY=FR,TH,WE,TU,MO", "workday", ["01-05", "01-06", "01-07"]),
    ("FREQ=DAILY;COUNT=3", "", ["01-05", "01-06", "01-07"]),
])  # fmt: skip
def test_rules_are_understood(rule: str, repeats: str, days: list[str]) -> None:
    start, understood = datetime(2026, 1, 5).date(), rule_of(rule)
    assert understood is not None
    found: list[date] = list(understood.days_between(start, start, start.replace(month=4)))
    assert (understood.repeats(start), [f"{day:%m-%d}" for day in found[:3]]) == (repeats, days)


def test_what_we_exported_is_itself_when_it_comes_back(store: Store, tmp_path: Path, in_march: Callable[[float], None]) -> None:
    contact = store.run(records.add, "contact", {"given_name": "Anna", "family_name": "Berg", "email": "anna@acme.example"})
    store.run(records.add, "activity", {"kind": "call", "subject": "Asked", "at": "2026-03-01T10:00:00Z", "body": "About cake", "contact": str(contact)})
    store.run(records.add, "task", {"subject": "Send offer", "due_on": "2026-04-01", "repeats": "month"})
    before = rows(
        store, "SELECT id, kind, subject, at, body, contact_id FROM activity UNION ALL SELECT id, repeats, subject, due_on, body, contact_id FROM task"
    )
    for entity in ("activity", "task"):
        export_records(store, entity, tmp_path / f"{entity}.ics")
        assert import_file(store, entity, tmp_path / f"{entity}.ics", ImportOptions(on_duplicate="overwrite")).skipped == 1
        in_march(60)
    store.run(records.delete, "activity", [UUID(bytes=before[0][0])])
    in_march(60)
    assert import_file(store, "activity", tmp_path / "activity.ics").added == 1
    assert rows(store, "SELECT kind, subject, at, body, contact_id FROM activity WHERE deleted_at IS NULL") == [before[0][1:]]
    export_records(store, "contact", tmp_path / "c.vcf")
    assert import_file(store, "contact", tmp_path / "c.vcf", ImportOptions(match=("id",))).skipped == 1


def test_entries_without_an_id_come_once_however_often_they_are_imported(store: Store, tmp_path: Path) -> None:
    lines = (
        *event("DTSTART:20260601T100000Z", "DTEND:20260601T110000Z", "SUMMARY:Visit"),
        *event("DTSTART:20260601T100000Z", "DTEND:20260601T110000Z"),
        *event("DTSTART:20260601T100000Z", "DTEND:20260601T110000Z", "DESCRIPTION:Another one"),
        *event("DTSTART;VALUE=DATE:20260310", "RRULE:FREQ=DAILY;COUNT=3"),
        "BEGIN:VTODO", "DUE;VALUE=DATE:20260610", "END:VTODO",
        "BEGIN:VJOURNAL", "DTSTAMP:20260301T100000Z", "SUMMARY:Thoughts", "END:VJOURNAL",
    )  # fmt: skip
    first = taken(store, tmp_path, *lines)
    again = taken(store, tmp_path, *lines)
    assert (first.read, first.added, first.skipped, first.created) == (8, 7, 0, {"task": 1})
    assert (again.read, again.added, again.skipped, again.created) == (8, 0, 8, {})


def test_entries_without_an_id_that_differ_in_anything_are_two(store: Store, tmp_path: Path, in_march: Callable[[float], None]) -> None:
    taken(store, tmp_path, *event("DTSTART:20260601T100000Z", "SUMMARY:Visit", "ORGANIZER:mailto:anna@example.com"))
    in_march(1)
    result = taken(
        store,
        tmp_path,
        *event("DTSTART:20260601T100000Z", "SUMMARY:Visit", "ORGANIZER:mailto:bob@example.com"),
        *event("DTSTART:20260602T100000Z", "SUMMARY:Visit"),
    )
    assert (result.added, result.skipped) == (2, 0)
