"""Notes that other programs keep as HTML come in as people read them; what only looks like HTML stays letter by letter."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from crmdesk.exchange.importing import import_file
from crmdesk.exchange.values.html_texts import plain

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store import Store

HUBSPOT = (
    '<div style="" dir="auto" data-top-level="true"><p style="margin:0;">Hello&nbsp;<strong>you</strong></p><p style="margin:0;">Next &lt;week&gt;</p></div>'
)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello&nbsp;<b>you</b><br>there</p>", "Hello you\nthere"),
        (HUBSPOT, "Hello you\n\nNext <week>"),
        ("<div>one</div><div><br></div><div>two</div>", "one\n\ntwo"),
        ("Asked for:<ul><li>boxes</li><li><p>lids</p></li></ul>Soon", "Asked for:\n\n- boxes\n- lids\n\nSoon"),
        ("<ol><li>call<ul><li>Anna</li></ul></li><li>write</li></ol>", "1. call\n  - Anna\n2. write"),
        ('See <a href="https://acme.example/a?b=1&amp;c=2" target="_blank">the page</a>.', "See the page (https://acme.example/a?b=1&c=2)."),
        ('<a href="https://www.acme.example/">www.acme.example</a> <a href="mailto:a@b.example">a@b.example</a>', "www.acme.example a@b.example"),
        ('<a href="mailto:a@b.example">Anna</a><a href="https://x.example"><img src="x.gif"></a>', "Anna (a@b.example)"),
        ("M&uuml;ller &amp; S&ouml;hne<br/>K&ouml;ln", "Müller & Söhne\nKöln"),
        ("first line\nsecond <b>line</b>\n\nthird", "first line\nsecond line\n\nthird"),
        ("one<br />\ntwo\n<br>three", "one\ntwo\nthree"),
        ("<p>one\ntwo</p>\n\n<p>three</p>", "one two\n\nthree"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<table><tr><td>Boxes</td><td>3</td></tr><tr><td>Lids</td><td>4</td></tr></table>", "Boxes 3\nLids 4"),
        ("<!DOCTYPE html><html><head><title>x</title></head><body><p>Hi<o:p></o:p></p><!-- <b> --></body></html>", "Hi"),
        ("<p>a < b and c</p>", "a < b and c"),
        ("<p>one<p>two</p>", "one\n\ntwo"),
        ("<p></p>", ""),
    ],
)
def test_html_becomes_text(html: str, text: str) -> None:
    assert plain(html) == text


@pytest.mark.parametrize(
    "text",
    [
        "a < b", "a <b", "Anna Berg <mail@x.de>", "<mail@x.de>", "<https://x.de/a>", "we use <b> for bold", "<b>x", "x</b>", "<Firma> liefert </Firma>", "if a<b and c>d",
        "1 <br 2", "<p>write to <mail@x.de></p>", "Tom &amp; Jerry", "<hr>", "<3 <3", "a <- b -> c", "</p>", "<p>", "<?xml version='1.0'?><p>x</p>",
    ],
)  # fmt: skip
def test_what_is_no_html_stays_letter_by_letter(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize(
    ("entity", "header", "before", "sql"),
    [
        ("activity", "Note,Date", "", "SELECT subject, body FROM activity"),
        ("task", "Subject,Description", "", "SELECT 'Hello you', body FROM task"),
        ("ticket", "Subject,Description", "", "SELECT 'Hello you', body FROM message"),
        ("contact", "Name,Notes", "", "SELECT 'Hello you', text FROM memo"),
        ("company", "Company name,Notes", "", "SELECT 'Hello you', text FROM memo"),
        ("deal", "Deal name,Notes", "", "SELECT 'Hello you', text FROM memo"),
    ],
)
def test_notes_of_any_file_come_in_as_text(store: Store, tmp_path: Path, entity: str, header: str, before: str, sql: str) -> None:
    path = tmp_path / "file.csv"
    columns = header.split(",")
    cells = {"Note": HUBSPOT, "Date": "2026-06-01", "Description": HUBSPOT, "Notes": HUBSPOT}
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, [cells.get(name, "Nordwind") for name in columns]])
    assert import_file(store, entity, path).rejected == 0
    with store.read() as reader:
        assert reader.rows(sql) == [("Hello you", "Hello you\n\nNext <week>")]


def test_a_ticket_without_subject_is_called_by_the_words_of_its_html(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text("Ticket number,Description,Priority\n17,<p>The <b>pump</b> is loud</p><p>Please call</p>,high\n", encoding="utf-8")
    import_file(store, "ticket", path)
    with store.read() as reader:
        assert reader.rows("SELECT subject FROM ticket") == [("The pump is loud",)]


TEAMS = '<html><head></head><body><p>Agenda:</p><ul><li>prices</li></ul><div>Join <a href="https://teams.example/l/1">here</a></div></body></html>'
AS_READ = "Agenda:\n\n- prices\n\nJoin here (https://teams.example/l/1)"


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        ([f"DESCRIPTION:{TEAMS}"], AS_READ), ([f"X-ALT-DESC;FMTTYPE=text/html:{TEAMS}"], AS_READ), (["DESCRIPTION:short", f"X-ALT-DESC;FMTTYPE=text/html:{TEAMS}"], "short"),
        (["DESCRIPTION:a < b\\; ask <anna@example.com>"], "a < b; ask <anna@example.com>"),
    ],
)  # fmt: skip
def test_descriptions_of_appointments_that_are_html_come_in_as_text(store: Store, tmp_path: Path, lines: list[str], body: str) -> None:
    path = tmp_path / "calendar.ics"
    path.write_text(
        "\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:1", "DTSTART:20260601T100000Z", "SUMMARY:Talk", *lines, "END:VEVENT", "END:VCALENDAR", ""])
    )
    import_file(store, "activity", path)
    with store.read() as reader:
        assert reader.one("SELECT body FROM activity") == (body,)


@pytest.mark.parametrize(("note", "body"), [(TEAMS, AS_READ), ("a < b, <anna@example.com>", "a < b, <anna@example.com>")])
def test_notes_of_cards_that_are_html_come_in_as_text(store: Store, tmp_path: Path, note: str, body: str) -> None:
    path = tmp_path / "card.vcf"
    path.write_text(f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Anna Berg\r\nNOTE:{note}\r\nEND:VCARD\r\n")
    import_file(store, "contact", path)
    with store.read() as reader:
        assert reader.one("SELECT text FROM memo") == (body,)
