"""The tasks page: groups by day, ticking off, putting off, the next step."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from crmdesk import clock
from crmdesk.operations import records, tasks
from crmdesk.queries import records as asked
from crmdesk.ui.pages.tasks import TasksPage
from tests.ui.desk import Desk, desk

if TYPE_CHECKING:
    from crmdesk.store import Store

__all__ = ["desk"]


@pytest.fixture
def today(store: Store) -> date:
    return clock.today(store.settings.tz)


@pytest.fixture
def call(store: Store, today: date) -> UUID:
    company = store.run(records.add, "company", {"name": "Ernst Handel"})
    store.run(tasks.add, "Plan the week", due_on=today, repeats="week")
    return store.run(tasks.add, "Call about the price", due_on=today - timedelta(days=1), company_id=company)


@pytest.fixture
def page(desk: Desk, call: UUID) -> TasksPage:
    opened = desk.open("tasks")
    assert isinstance(opened, TasksPage)
    return opened


def shown(page: TasksPage) -> list[str]:
    return [line if isinstance(line, str) else line.subject for line in page.list.lines.lines]


def stored(store: Store, task: UUID, column: str) -> Any:
    with store.read() as reader:
        return reader.value(f"SELECT {column} FROM task WHERE id = ?", (task.bytes,))  # noqa: S608


def test_tasks_stand_under_their_days(page: TasksPage) -> None:
    assert shown(page) == ["Overdue 1", "Call about the price", "Today 1", "Plan the week"]
    assert page.header.note.text() == "1 overdue"


def test_space_ticks_a_task_off_and_its_next_step_is_about_the_same_customer(desk: Desk, page: TasksPage, call: UUID) -> None:
    page.list.choose(call)
    QTest.keyClick(page.list, Qt.Key.Key_Space)
    desk.settle()
    assert shown(page) == ["Today 1", "Plan the week"]
    assert stored(desk.store, call, "done_at") is not None
    toast = desk.window.toasts._shown[-1]
    assert toast.text == "Task completed"
    page._plan_next("Ernst Handel", {"company_id": _company(desk.store)})
    QTest.keyClicks(page.quick.line, "Send the offer tomorrow")
    QTest.keyClick(page.quick.line, Qt.Key.Key_Return)
    desk.settle()
    with desk.store.read() as reader:
        assert reader.one("SELECT c.name FROM task t JOIN company c ON c.id = t.company_id WHERE t.subject = 'Send the offer'") == ("Ernst Handel",)


def test_the_circle_ticks_with_the_mouse(desk: Desk, page: TasksPage, call: UUID) -> None:
    page.list.choose(call)
    area = page.list.visualRect(page.list.currentIndex())
    QTest.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(24, area.center().y()))
    desk.settle()
    assert stored(desk.store, call, "done_at") is not None


def test_what_repeats_comes_again(desk: Desk, page: TasksPage, today: date) -> None:
    repeating = next(line for line in page.list.lines.lines if not isinstance(line, str) and line.repeats)
    page._tick(repeating)
    desk.settle()
    assert "Plan the week" in shown(page)
    assert desk.said() == ["Completed; the next one is planned"]


def test_a_task_is_put_off(desk: Desk, page: TasksPage, call: UUID, today: date) -> None:
    page.list.choose(call)
    task = page.list.current()
    assert task is not None
    menu = page.snooze_menu(task)
    menu.actions()[1].trigger()
    desk.settle()
    assert stored(desk.store, call, "due_on") == (today + timedelta(days=1)).isoformat()
    menu.deleteLater()


def test_done_tasks_are_taken_up_again(desk: Desk, page: TasksPage, call: UUID) -> None:
    desk.store.run(tasks.done, [call])
    page.which.choose("done")
    page._ask()
    desk.settle()
    assert shown(page) == ["Call about the price"]
    page._tick_current()
    desk.settle()
    assert stored(desk.store, call, "done_at") is None


def test_a_second_enter_while_a_task_is_being_stored_stores_no_second_one(desk: Desk, page: TasksPage) -> None:
    QTest.keyClicks(page.quick.line, "Send samples")
    QTest.keyClick(page.quick.line, Qt.Key.Key_Return)
    QTest.keyClick(page.quick.line, Qt.Key.Key_Return)
    QTest.keyClicks(page.quick.line, "Call")
    desk.settle()
    assert shown(page).count("Send samples") == 1
    assert page.quick.line.text() == "Call"


def test_a_done_task_that_is_opened_from_elsewhere_stays_open_and_is_the_one_that_is_taken_up_again(desk: Desk, page: TasksPage, call: UUID) -> None:
    other = desk.store.run(tasks.add, "Send samples")
    desk.store.run(tasks.done, [call])
    desk.settle()
    desk.window.open_record("task", call)
    desk.settle()
    assert page.panel.heading.text() == "Call about the price"
    page.panel.done_button.click()
    desk.settle()
    assert stored(desk.store, call, "done_at") is None
    assert stored(desk.store, other, "done_at") is None
    assert page.panel.heading.text() == "Call about the price"


def test_a_task_is_changed_beside_the_list(desk: Desk, page: TasksPage, call: UUID) -> None:
    page.list.choose(call)
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    desk.settle()
    subject = page.panel.form.editors["subject"]
    subject.inner.setText("Call about the new price")  # type: ignore[attr-defined]
    subject.left.emit()
    desk.settle()
    assert stored(desk.store, call, "subject") == "Call about the new price"
    assert page.panel.heading.text() == "Call about the new price"


def _company(store: Store) -> UUID:
    with store.read() as reader:
        return UUID(bytes=reader.value("SELECT company_id FROM task WHERE company_id IS NOT NULL"))


def test_with_nothing_left_to_do_the_keyboard_is_where_a_task_is_typed(desk: Desk, page: TasksPage) -> None:
    assert QApplication.focusWidget() is page.list
    with desk.store.read() as reader:
        everything = [UUID(bytes=one) for one in asked.ids(reader, "task")]
    desk.store.run(records.delete, "task", everything)
    desk.settle()
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused is page.quick or page.quick.isAncestorOf(focused)


def test_undo_takes_back_the_task_just_added_and_while_typing_only_what_was_typed(desk: Desk, page: TasksPage) -> None:
    desk.window.undo_label = lambda: "Add task"
    line = page.quick.line
    line.setFocus()

    def count() -> int:
        with desk.reader() as reader:
            return int(reader.value("SELECT count(*) FROM task WHERE deleted_at IS NULL"))

    before = count()
    QTest.keyClicks(line, "Send samples")
    QTest.keyClick(line, Qt.Key.Key_Return)
    desk.settle()
    assert count() == before + 1
    QTest.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert (count(), line.text()) == (before, "")
    desk.store.run(tasks.add, "Call Ernst")
    desk.settle()
    QTest.keyClicks(line, "Call")
    for _ in range(6):
        QTest.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert (count(), line.text()) == (before + 1, ""), "one Undo too many takes back no deed"
