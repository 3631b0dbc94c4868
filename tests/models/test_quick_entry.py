from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmdesk.models.quick_entry import read

SATURDAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "language", "kind", "on", "at", "about"),
    [
        ("call Maria tomorrow 10:00", "en", "call", "2026-11-22", "10:00", "Maria"),
        ("Call Maria Anders on Monday at 3 pm about the three-year price", "en", "call", "2026-11-23", "15:00", "Maria Anders about the three-year price"),
        ("email Thomas in 3 days", "en", "mail", "2026-11-24", None, "Thomas"),
        ("meeting with QUICK-Stop 24 Nov 14:30", "en", "meeting", "2026-11-24", "14:30", "QUICK-Stop"),
        ("visit Ernst Handel Dec 1st, 2026 9.30am", "en", "visit", "2026-12-01", "09:30", "Ernst Handel"),
        ("task: send quote by Friday", "en", "task", "2026-11-27", None, "send quote"),
        ("call back Karin day after tomorrow at noon", "en", "call", "2026-11-23", "12:00", "Karin"),
        ("Monday next week call", "en", "call", "2026-11-23", None, ""),
        ("invite to tasting 2026-12-02", "en", None, "2026-12-02", None, "invite to tasting"),
        ("send samples 20/12", "en", None, "2026-12-20", None, "send samples"),
        ("call Maria 14:30", "en", "call", "2026-11-21", "14:30", "Maria"),
        ("Maria morgen 10:00 anrufen", "de", "call", "2026-11-22", "10:00", "Maria"),
        ("Anruf bei Frau Köhler übermorgen um 14 Uhr", "de", "call", "2026-11-23", "14:00", "Frau Köhler"),
        ("Termin mit Jörg am 1.12. 9.30 Uhr", "de", "meeting", "2026-12-01", "09:30", "Jörg"),
        ("Besuch bei Müller kommenden Freitag", "de", "visit", "2026-11-27", None, "Müller"),
        ("Mail an Anna in einer Woche", "de", "mail", "2026-11-28", None, "Anna"),
        ("Aufgabe: Angebot senden 3. März", "de", "task", "2027-03-03", None, "Angebot senden"),
        ("Montag nächster Woche Treffen", "de", "meeting", "2026-11-23", None, ""),
        ("明天上午10点给王小明打电话", "zh", "call", "2026-11-22", "10:00", "王小明"),
        ("下周三下午3点半拜访明德贸易", "zh", "visit", "2026-11-25", "15:30", "明德贸易"),
        ("12月1日 14:30 与李娜开会", "zh", "meeting", "2026-12-01", "14:30", "李娜"),
        ("三天后发邮件给张伟", "zh", "mail", "2026-11-24", None, "张伟"),
        ("给陈静打电话 后天晚上八点", "zh", "call", "2026-11-23", "20:00", "陈静"),
        ("call 王小明 tomorrow", "zh", "call", "2026-11-22", None, "王小明"),
    ],
)
def test_what_is_said_is_understood(text: str, language: str, kind: str | None, on: str, at: str | None, about: str) -> None:
    entry = read(text, SATURDAY, language)
    assert (entry.kind, entry.on, entry.at, entry.about) == (kind, date.fromisoformat(on), time.fromisoformat(at) if at else None, about)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("call Maria next Monday", "en"),
        ("send samples 3/4", "en"),
        ("call Maria on Monday or Tuesday", "en"),
        ("Asked for a three-year price; wants delivery before Easter", "en"),
        ("they may 50 times say so", "en"),
        ("nächsten Montag anrufen", "de"),
        ("So do it", "de"),
        ("每周一开会", "zh"),
        ("version 2.1 of the contract", "en"),
        ("31.02.2027", "de"),
    ],
)
def test_what_is_not_certain_stays_text(text: str, language: str) -> None:
    entry = read(text, SATURDAY, language)
    assert (entry.on, entry.at) == (None, None)
    assert entry.subject.casefold() == text.casefold()


@pytest.mark.parametrize(
    ("text", "language"),
    [("call Maria 3:30", "en"), ("call Maria at 3", "en"), ("3点打电话", "zh"), ("um 3 anrufen", "de"), ("call 25:00", "en"), ("call 10:00 or 11:00", "en")],
)
def test_a_time_that_could_be_another_is_left_alone(text: str, language: str) -> None:
    assert read(text, SATURDAY, language).at is None


def test_the_subject_keeps_the_verb_and_loses_the_date() -> None:
    entry = read("call Maria tomorrow 10:00", SATURDAY)
    assert entry.subject == "Call Maria"
    assert [entry.text[start:end] for start, end in entry.understood] == ["call", "tomorrow", "10:00"]


def test_a_day_without_a_year_is_the_next_one() -> None:
    assert read("call 20 Nov", SATURDAY).on == date(2027, 11, 20)
    assert read("call 29 Feb 2028", SATURDAY).on == date(2028, 2, 29)


def test_a_plain_note_is_a_plain_note() -> None:
    entry = read("Asked for a better price", SATURDAY)
    assert (entry.kind, entry.on, entry.subject, entry.about, entry.understood) == (None, None, "Asked for a better price", "Asked for a better price", ())


@given(st.text(max_size=60), st.sampled_from(["en", "de", "zh"]), st.dates(date(1990, 1, 1), date(2200, 1, 1)))
def test_any_text_is_read_without_trouble(text: str, language: str, today: date) -> None:
    entry = read(text, today, language)
    assert all(0 <= start < end <= len(text) for start, end in entry.understood)
