"""Files of activities in which some rows are to-dos: those become tasks, open or done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from crmdesk import clock
from crmdesk.exchange.columns.kinds import suggested_kind
from crmdesk.exchange.files.reading import open_table
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions, Plan
from crmdesk.operations import records

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store

NOW, MINUTES = datetime(2026, 4, 1, 9, tzinfo=UTC), count()
ACTIVITIES = "SELECT a.kind, a.subject, a.body, c.name FROM activity a LEFT JOIN company c ON c.id = a.company_id WHERE a.deleted_at IS NULL ORDER BY a.subject"
TASKS = (
    "SELECT t.subject, t.due_on, t.due_at IS NOT NULL, t.done_at IS NOT NULL, t.body, c.name, m.name FROM task t LEFT JOIN company c ON c.id = t.company_id "
    "LEFT JOIN member m ON m.id = t.owner_id WHERE t.deleted_at IS NULL ORDER BY t.subject"
)


def taken(store: Store, folder: Path, text: str, **options: Any) -> ImportResult:
    path = folder / "file.csv"
    path.write_text(text, encoding="utf-8")
    with clock.frozen(NOW + timedelta(minutes=next(MINUTES))):  # each import begins with a backup that is called by its moment
        return import_file(store, "activity", path, ImportOptions(**options))


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return [tuple(row) for row in reader.rows(sql)]


PIPEDRIVE = """Activity - ID,Activity - Subject,Activity - Type,Activity - Due date,Activity - Due time,Activity - Done,Activity - Organization,Activity - Note,Activity - Assigned to user
1,Talked prices,Call,2026-03-02,09:30,Done,Acme,They want ten,Bob
2,Send the quote,Task,2026-04-09,,To do,Acme,With discount,Bob
3,Sign the contract,Deadline,2026-04-20,17:00,To do,Acme,,Bob
4,Order the sample,Task,2026-03-03,,Done,Beta,Two boxes,Bob
"""


def test_to_dos_of_pipedrive_become_tasks_and_calls_stay_what_they_are(store: Store, tmp_path: Path) -> None:
    store.run(records.add, "member", {"name": "Bob", "role": "sales"})
    dry, result = taken(store, tmp_path, PIPEDRIVE, dry_run=True), taken(store, tmp_path, PIPEDRIVE)
    assert [(it.added, it.joined, it.rejected, it.created, it.unused) for it in (dry, result)] == [(1, 3, 0, {"company": 2, "task": 3}, ())] * 2
    assert rows(store, ACTIVITIES) == [("call", "Talked prices", "They want ten", "Acme")]
    tasks = [
        ("Order the sample", "2026-03-03", 0, 1, "Two boxes", "Beta", "Bob"), ("Send the quote", "2026-04-09", 0, 0, "With discount", "Acme", "Bob"),
        ("Sign the contract", "2026-04-20", 1, 0, None, "Acme", "Bob"),
    ]  # fmt: skip
    assert rows(store, TASKS) == tasks
    again = taken(store, tmp_path, PIPEDRIVE)
    assert (again.added, again.joined, again.skipped, rows(store, TASKS)) == (0, 0, 4, tasks)
    done = PIPEDRIVE.replace("2026-04-09,,To do", "2026-04-11,,Done")
    assert taken(store, tmp_path, done, on_duplicate="overwrite").updated == 1
    assert rows(store, TASKS)[1] == ("Send the quote", "2026-04-11", 0, 1, "With discount", "Acme", "Bob")
    store.undo()
    store.undo()
    assert (rows(store, ACTIVITIES), rows(store, TASKS)) == ([], [])


@pytest.mark.parametrize(
    "header",
    [
        "Activity ID,Subject,Assigned,Date,Status,Priority,Company / Account,Full Comments,Task Subtype",
        "ID,SUBJECT,OWNERID,ACTIVITYDATE,STATUS,PRIORITY,ACCOUNTID,DESCRIPTION,TASKSUBTYPE,WHOID,WHATID",
    ],
)
def test_to_dos_of_salesforce_become_tasks_and_calls_stay_what_they_are(store: Store, tmp_path: Path, header: str) -> None:
    more = "," * (header.count(",") - 8)
    text = (
        f"{header}\n00T1,Prices,,2026-03-14,Completed,Normal,,talked,Call{more}\n00T2,Send quote,,2026-04-14,Not Started,Normal,,soon,Task{more}\n"
        f"00T3,Book room,,2026-03-15,Completed,Normal,,large one,Task{more}\n"
    )
    path = tmp_path / "report.csv"
    path.write_text(text, encoding="utf-8")
    assert suggested_kind(open_table(path)) == "activity"
    assert taken(store, tmp_path, text).rejected == 0
    assert rows(store, ACTIVITIES) == [("call", "Prices", "talked", None)]
    assert [row[:5] for row in rows(store, TASKS)] == [("Book room", "2026-03-15", 0, 1, "large one"), ("Send quote", "2026-04-14", 0, 0, "soon")]


def test_to_dos_of_which_nothing_says_whether_they_are_done_are_open_tasks(store: Store, tmp_path: Path) -> None:
    text = "Datum,Art,Betreff,Notiz,Firma\n2026-03-02,Aufgabe,Muster bestellt,zwei,Acme\n2026-04-01,Aufgabe,Muster senden,eins,Acme\n,To-do,Anrufen,,Acme\n2026-03-02,Besuch,Werk,,Acme\n"
    taken(store, tmp_path, text)
    assert rows(store, ACTIVITIES) == [("visit", "Werk", None, "Acme")]
    tasks = [
        ("Anrufen", None, 0, 0, None, "Acme"),
        ("Muster bestellt", "2026-03-02", 0, 0, "zwei", "Acme"),
        ("Muster senden", "2026-04-01", 0, 0, "eins", "Acme"),
    ]
    assert [row[:6] for row in rows(store, TASKS)] == tasks
    assert taken(store, tmp_path, text).skipped == 4
    assert taken(store, tmp_path, text.replace("2026-04-01", "2026-04-02")).joined == 1
    assert [row[:2] for row in rows(store, TASKS)][2:] == [("Muster senden", "2026-04-01"), ("Muster senden", "2026-04-02")]


@pytest.mark.parametrize(("header", "more"), [(",ID", ",A1"), ("", "")])
def test_the_same_to_dos_on_a_later_day_are_those_that_are_there(store: Store, tmp_path: Path, header: str, more: str) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f"Type,Subject,Date,Company{header}\nTask,Call Ernst,2026-12-01,Ernst Handel{more}\n", encoding="utf-8")
    for day, added in ((0, 1), (0, 0), (20, 0)):
        with clock.frozen(datetime(2026, 11, 18, 9, tzinfo=UTC) + timedelta(days=day, minutes=next(MINUTES))):
            result = import_file(store, "activity", path, ImportOptions())
        assert (result.joined, result.skipped, result.added) == (added, 1 - added, 0)
    assert (rows(store, ACTIVITIES), [row[:2] for row in rows(store, TASKS)]) == ([], [("Call Ernst", "2026-12-01")])


def test_a_to_do_that_is_there_as_a_note_stays_that(store: Store, tmp_path: Path) -> None:
    text = "Type,Subject,Date,Company,ID\nNote,Call Ernst,2026-02-01,Ernst Handel,A1\nNote,Call Kim,2026-02-01,Kim Ltd,A2\n"
    taken(store, tmp_path, text)
    (tmp_path / "file.csv").rename(tmp_path / "before.csv")
    to_dos = text.replace("Note", "Task") + "Task,Call Ann,2026-02-01,Ann Ltd,A3\n"
    result = taken(store, tmp_path, to_dos)
    assert (result.skipped, result.joined) == (2, 1)
    assert [row[1] for row in rows(store, ACTIVITIES)] == ["Call Ernst", "Call Kim"]
    assert [row[0] for row in rows(store, TASKS)] == ["Call Ann"]
    path = tmp_path / "other.csv"
    path.write_text(to_dos, encoding="utf-8")
    with clock.frozen(NOW + timedelta(minutes=next(MINUTES))):
        assert import_file(store, "activity", path, ImportOptions()).skipped == 3


def test_a_file_of_nothing_but_to_dos_brings_tasks_and_the_preview_says_so(store: Store, tmp_path: Path) -> None:
    text = "Type,Subject,Date,Done\nTask,,2026-04-05,no\nTask,Send quote,2026-04-05,yes\n"
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    plan = Plan(store, "activity", path, ImportOptions())
    plan.watch(10)
    with clock.frozen(NOW):
        list(plan.batches())
    assert [(outcome.what, outcome.entity, outcome.title) for outcome in plan.told.outcomes] == [("new", "task", "Task"), ("new", "task", "Send quote")]
    assert plan.created == {"task": 2}


def test_what_tasks_have_no_place_for_goes_to_their_text(store: Store, tmp_path: Path) -> None:
    store.run(records.add, "custom_field", {"about": "activity", "label": "Mood", "kind": "text"})
    text = (
        "Type,Subject,Date,Company,Note,Duration (minutes),Direction,Mood\nTask,Call Ernst,2026-04-09,Acme,About rollers,30,Outgoing,good\n"
        "Task,Call Kim,2026-04-10,Acme,,,,fair\nTask,Call Ann,2026-04-11,Acme,,,,\nCall,Talked,2026-03-02,Acme,Prices,15,Incoming,bad\n"
    )
    result = taken(store, tmp_path, text)
    assert (result.added, result.joined, result.unused) == (1, 3, ())
    assert [(row[0], row[4]) for row in rows(store, TASKS)] == [
        ("Call Ann", None), ("Call Ernst", "About rollers\nDirection: Outgoing\nDuration (minutes): 30\nMood: good"), ("Call Kim", "Mood: fair"),
    ]  # fmt: skip
    assert rows(store, ACTIVITIES) == [("call", "Talked", "Prices", "Acme")]
    assert taken(store, tmp_path, text).skipped == 4
