"""Address cards and calendars that we write, read again by other libraries."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import icalendar
import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from crmdesk.errors import UserError
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.out.exporting import ExportOptions, export_records
from crmdesk.exchange.out.written_lines import LONGEST_LINE, content_line, escaped, pieces
from crmdesk.operations import attachments, records
from crmdesk.queries.finding import parse_condition

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from crmdesk.store import Store

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3


@pytest.fixture
def anna(store: Store) -> UUID:
    company = store.run(
        records.add, "company", {"name": "Acme, Söhne; & Co", "phone.main": "+49 30 123456", "address.city": "Köln", "website": "https://acme.example"}
    )
    record = store.run(records.add, "contact", {
        "given_name": "Anna", "family_name": "von Berg", "salutation": "ms", "language": "zh", "title": "Dr.", "role": "Buyer", "department": "Purchasing", "company": company, "phone.work": "+49 30 1234567",
        "phone.mobile": "0151 23456789", "phone.Sommerhaus am See": "+43 1 5550", "email": "a@example.org", "email.work": "anna@example.com", "handle.wechat": "wx:anna", "birthday": "1980-02-29",
        "address.street": "Ring 5", "address.postal_code": "01067", "address.city": "Dresden", "tags": "vip,Messe:Herbst", "note": "two\nlines; with, signs \\ and 中文" * 4,
    })  # fmt: skip
    store.run(attachments.attach, "contact", record, "Picture.png", PICTURE)
    store.run(attachments.attach, "contact", record, "Diagram.png", PICTURE + b"x")
    return record


def cards(path: Path) -> list[Any]:
    return list(vobject.readComponents(path.read_text(encoding="utf-8")))


def test_a_card_says_everything_in_the_terms_of_every_address_book(store: Store, anna: UUID, tmp_path: Path) -> None:
    assert export_records(store, "contact", tmp_path / "c.vcf").rows == 1
    (card,) = cards(tmp_path / "c.vcf")
    assert (card.version.value, card.uid.value, card.fn.value) == ("3.0", str(anna), "Dr. Anna von Berg")
    assert (card.n.value.family, card.n.value.given, card.n.value.prefix) == ("von Berg", "Anna", "Dr.")
    assert (card.org.value, card.title.value, card.bday.value) == (["Acme, Söhne; & Co", "Purchasing"], "Buyer", "1980-02-29")
    assert sorted((tel.value, tel.params.get("TYPE", [])) for tel in card.contents["tel"]) == [
        ("+43 1 5550", []),
        ("+49 30 1234567", ["WORK"]),
        ("0151 23456789", ["CELL"]),
    ]
    (own,) = [tel for tel in card.contents["tel"] if tel.value == "+43 1 5550"]
    assert [label.value for label in card.contents["x-ablabel"] if label.group == own.group] == ["Sommerhaus am See"]
    assert sorted((mail.value, mail.params["TYPE"]) for mail in card.contents["email"]) == [
        ("a@example.org", ["INTERNET"]),
        ("anna@example.com", ["INTERNET", "WORK"]),
    ]
    assert (card.adr.value.street, card.adr.value.code, card.adr.value.city) == ("Ring 5", "01067", "Dresden")
    assert card.photo.value == PICTURE


def test_a_card_that_may_be_handed_on_does_not_say_what_we_think_of_somebody(store: Store, anna: UUID, tmp_path: Path) -> None:
    store.run(records.add, "custom_field", {"about": "contact", "name": "hobby", "label": "Hobby", "kind": "text"})
    store.run(records.edit, "contact", [anna], {"lifecycle": "lost", "hobby": "complains"})
    export_records(store, "contact", tmp_path / "c.vcf")
    (card,) = cards(tmp_path / "c.vcf")
    assert set(card.contents) == set("version prodid uid fn n x-salutation lang org title bday tel x-ablabel email adr impp photo".split())
    export_records(store, "contact", tmp_path / "whole.vcf", ExportOptions(for_programs=True))
    (card,) = cards(tmp_path / "whole.vcf")
    assert (card.categories.value, card.note.value) == (["vip", "Messe:Herbst"], "two\nlines; with, signs \\ and 中文" * 4)
    assert {name for name in card.contents if name.startswith("x-crmdesk")} == {"x-crmdesk-owner", "x-crmdesk-lifecycle", "x-crmdesk-own", "x-crmdesk-company"}


def test_a_card_of_the_newest_version_has_its_own_terms(store: Store, anna: UUID, tmp_path: Path) -> None:
    export_records(store, "contact", tmp_path / "c.vcf", ExportOptions(card_version="4.0"))
    text = (tmp_path / "c.vcf").read_bytes().replace(b"\r\n ", b"").decode()
    assert "VERSION:4.0\r\nPRODID:-//CRMDesk//CRMDesk" in text
    assert f"UID:urn:uuid:{anna}\r\n" in text
    assert "BDAY:19800229\r\n" in text
    assert "TEL;TYPE=CELL:0151 23456789\r\n" in text
    assert f"PHOTO:data:image/png;base64,{base64.b64encode(PICTURE).decode()}\r\n" in text


def test_a_company_has_a_card_of_its_own(store: Store, anna: UUID, tmp_path: Path) -> None:
    export_records(store, "company", tmp_path / "c.vcf")
    (card,) = cards(tmp_path / "c.vcf")
    assert (card.fn.value, card.org.value, card.url.value, card.contents["x-abshowas"][0].value) == (
        "Acme, Söhne; & Co",
        ["Acme, Söhne; & Co"],
        "https://acme.example",
        "COMPANY",
    )


def test_only_people_and_companies_have_cards_and_only_what_has_a_day_stands_in_a_calendar(store: Store, tmp_path: Path) -> None:
    for entity, name in (("deal", "d.vcf"), ("contact", "c.ics"), ("task", "t.vcf")):
        with pytest.raises(UserError, match="no ending"):
            export_records(store, entity, tmp_path / name)


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_lines_are_short_end_as_they_should_and_no_character_is_cut(store: Store, anna: UUID, tmp_path: Path, version: Any) -> None:
    export_records(store, "contact", tmp_path / "c.vcf", ExportOptions(card_version=version))
    content = (tmp_path / "c.vcf").read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r")
    for line in content.split(b"\r\n"):
        assert len(line) <= LONGEST_LINE
        line.decode("utf-8")


@given(st.text(max_size=300))
def test_any_text_comes_back_from_a_line(text: str) -> None:
    line = content_line("NOTE", escaped(text))
    assert all(len(piece) <= LONGEST_LINE and piece.decode("utf-8") is not None for piece in line.removesuffix(b"\r\n").split(b"\r\n"))
    found = icalendar.Component.from_ical(b"BEGIN:VEVENT\r\n" + line.replace(b"NOTE:", b"DESCRIPTION:", 1) + b"END:VEVENT\r\n")
    wanted = "".join(c for c in text.replace("\r\n", "\n").replace("\r", "\n") if c == "\n" or c == "\t" or not (ord(c) < 32 or ord(c) == 127))
    assert str(found.get("DESCRIPTION", "")) == wanted


def test_signs_in_labels_and_pieces_are_kept_apart() -> None:
    assert content_line("ORG", pieces(["A;B", None, "C,D"])) == b"ORG:A\\;B;;C\\,D\r\n"
    assert content_line("ATTENDEE", "mailto:a@b.c", {"CN": 'Berg; "Anna"'}) == b"ATTENDEE;CN=\"Berg; 'Anna'\":mailto:a@b.c\r\n"


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_cards_come_back_as_the_same_people(store: Store, other: Store, anna: UUID, tmp_path: Path, version: Any) -> None:
    from crmdesk.queries.records import record

    export_records(store, "contact", tmp_path / "c.vcf", ExportOptions(card_version=version, for_programs=True))
    result = import_file(other, "contact", tmp_path / "c.vcf")
    assert (result.added, [problem.reason for problem in result.problems]) == (1, [])
    with store.read() as reader, other.read() as again:
        before = record(reader, "contact", anna)
        key = again.value("SELECT id FROM contact WHERE deleted_at IS NULL")
        from uuid import UUID

        after = record(again, "contact", UUID(bytes=key))
        assert again.value("SELECT count(*) FROM attachment WHERE contact_id = ? AND sha256 = (SELECT sha256 FROM attachment LIMIT 1)", (key,)) == 1
    for name in ("given_name", "family_name", "salutation", "language", "title", "role", "department", "birthday", "phone", "email", "handle", "address"):
        assert after[name] == before[name], name
    assert after["company"]["title"] == "Acme, Söhne; & Co"
    assert after["note"] == before["note"]
    assert after["tags"] == before["tags"]


# ---- calendars ----


def calendar(path: Path) -> Any:
    return icalendar.Calendar.from_ical(path.read_bytes())


def test_meetings_are_events_and_notes_are_journal_entries(store: Store, anna: UUID, tmp_path: Path) -> None:
    store.run(
        records.add,
        "activity",
        {"kind": "meeting", "subject": "Visit, with tour", "at": "2026-11-23 10:00", "minutes": "90", "contact": anna, "body": "one\ntwo"},
    )
    store.run(records.add, "activity", {"kind": "note", "subject": "Thoughts", "at": "2026-11-24 08:00"})
    assert export_records(store, "activity", tmp_path / "a.ics").rows == 2
    found = calendar(tmp_path / "a.ics")
    (event,) = found.walk("VEVENT")
    assert (event["SUMMARY"], event["DESCRIPTION"]) == ("Visit, with tour", "one\ntwo")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2026, 11, 23, 10, 30, tzinfo=UTC))
    assert (event["ATTENDEE"], event["ATTENDEE"].params["CN"], event["CATEGORIES"].cats) == ("mailto:a@example.org", "Anna von Berg", ["MEETING"])
    (entry,) = found.walk("VJOURNAL")
    assert (entry["SUMMARY"], entry["DTSTART"].dt) == ("Thoughts", datetime(2026, 11, 24, 7, tzinfo=UTC))


def test_tasks_are_to_dos_with_their_day_repetition_and_reminder(store: Store, tmp_path: Path) -> None:
    store.run(records.add, "task", {"subject": "Send report", "due_on": "2026-12-01", "repeats": "week", "repeat_every": "2", "remind_at": "2026-11-30 09:00"})
    store.run(records.add, "task", {"subject": "Call", "due_on": "2026-12-02", "due_at": "2026-12-02 15:00", "done_at": "2026-12-01 10:00"})
    export_records(store, "task", tmp_path / "t.ics", ExportOptions(sort=("subject",)))
    call, report = calendar(tmp_path / "t.ics").walk("VTODO")
    assert (report["DUE"].dt, report["STATUS"], dict(report["RRULE"])) == (date(2026, 12, 1), "NEEDS-ACTION", {"FREQ": ["WEEKLY"], "INTERVAL": [2]})
    (alarm,) = report.walk("VALARM")
    assert alarm["TRIGGER"].dt == datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert (call["DUE"].dt, call["STATUS"], call["COMPLETED"].dt) == (datetime(2026, 12, 2, 14, tzinfo=UTC), "COMPLETED", datetime(2026, 12, 1, 9, tzinfo=UTC))


def test_a_filter_decides_what_stands_in_a_calendar(store: Store, tmp_path: Path) -> None:
    store.run(records.add, "activity", {"kind": "meeting", "subject": "A", "at": "2026-11-23 10:00"})
    store.run(records.add, "activity", {"kind": "call", "subject": "B", "at": "2026-11-23 11:00"})
    export_records(store, "activity", tmp_path / "a.ics", ExportOptions(conditions=(parse_condition("kind = meeting"),)))
    assert [str(event["SUMMARY"]) for event in calendar(tmp_path / "a.ics").walk("VEVENT")] == ["A"]
