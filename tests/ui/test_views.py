"""Saved views of tickets, tasks and deals: kept from the page, opened with all they were saved with."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from crmdesk.fields import Money
from crmdesk.operations import records, tasks, tickets
from crmdesk.queries import records as asked
from crmdesk.queries import views
from crmdesk.queries.finding import Condition
from crmdesk.ui.dialogs.new_record import AskDialog
from crmdesk.ui.pages.pipeline import PipelinePage
from crmdesk.ui.pages.tasks import TasksPage
from crmdesk.ui.pages.tickets import TicketsPage
from tests.ui.desk import Desk, desk

if TYPE_CHECKING:
    from uuid import UUID

__all__ = ["desk"]


def name_view(desk: Desk, name: str) -> None:
    """Type the name of a view into the dialog that asks for it."""
    dialog = desk.window.findChild(AskDialog)
    assert dialog is not None
    QTest.keyClicks(dialog.form.editors["name"].input, name)
    QTest.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)
    desk.settle()


def rows_of(desk: Desk, entity: str, name: str, field: str) -> list[str]:
    """Return what the command line finds through a view."""
    with desk.store.read() as reader:
        view = views.named(reader, entity, name)
        found = asked.rows(reader, entity, asked.ids(reader, entity, view.conditions), [field])
    return sorted(str(row.values[field]) for row in found)


# --- deals ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def pipeline(desk: Desk) -> PipelinePage:
    for name, amount in (("Gift boxes", 7500), ("Store fit-out", 22250), ("Cold-chain rollout", 18400)):
        deal = desk.store.run(records.add, "deal", {"name": name, "amount": Money(Decimal(amount), "EUR")})
    desk.store.run(records.edit, "deal", [deal], {"owner": ""})
    opened = desk.open("pipeline")
    assert isinstance(opened, PipelinePage)
    return opened


def cards(page: PipelinePage) -> list[str]:
    return [card.name for column in page.board.columns for card in column.list.cards.cards]


def listed(page: PipelinePage) -> list[str]:
    assert page.table is not None
    table = page.table.list.table
    return sorted(table.records.text(row, 1) for row in range(table.records.rowCount()))


def test_a_filter_holds_on_the_board_for_cards_and_sums(desk: Desk, pipeline: PipelinePage) -> None:
    popup = pipeline.filter.bar.ask("amount")
    popup._operators.setCurrentIndex(popup._operators.findData(">"))
    popup._value.set_value(Money(Decimal(10000), "EUR"))
    popup.apply()
    desk.settle()
    assert cards(pipeline) == ["Cold-chain rollout", "Store fit-out"]
    assert pipeline.board.columns[0].head.accessibleName().startswith("Qualify: 2 deals")
    assert "40" in pipeline.total.text()
    assert pipeline.filter.isVisible()


def test_a_board_is_kept_with_filter_pipeline_and_owner_and_opens_so_again(desk: Desk, pipeline: PipelinePage) -> None:
    pipeline._set_owner(desk.store.viewer.member_id)
    pipeline.filter.set_conditions([Condition("amount", ">", "10000 EUR")])
    pipeline.filter.changed.emit()
    desk.settle()
    assert cards(pipeline) == ["Store fit-out"]
    pipeline.filter.save_button.click()
    name_view(desk, "My big ones")
    assert pipeline.header.title.text() == "My big ones"
    desk.open("pipeline")
    assert pipeline.header.title.text() == "Pipeline"
    assert cards(pipeline) == ["Cold-chain rollout", "Store fit-out", "Gift boxes"]
    assert pipeline.owner_button.text() == "Owner: everyone"
    with desk.reader() as reader:
        view = asked.find_one(reader, "saved_view", "My big ones")
    assert view is not None
    desk.open("pipeline", str(view))
    assert cards(pipeline) == ["Store fit-out"]
    assert pipeline.owner_button.text() == "Owner: me"
    assert pipeline.views.value() == "board"
    assert rows_of(desk, "deal", "my big ones", "name") == ["Store fit-out"]


def test_a_changed_view_says_so_and_is_reset_or_saved(desk: Desk, pipeline: PipelinePage) -> None:
    pipeline.filter.set_conditions([Condition("amount", ">", "10000 EUR")])
    pipeline.filter.save()
    name_view(desk, "Big ones")
    assert pipeline.filter.save_button.text() == ""
    pipeline.filter._shown(pipeline.filter.views.current)
    pipeline.filter.set_conditions([Condition("amount", ">", "20000 EUR")])
    pipeline.filter._changed()
    assert pipeline.filter.save_button.text() == "Edited"
    pipeline.filter.views.keep("save")
    desk.settle()
    assert pipeline.filter.save_button.text() == ""
    assert rows_of(desk, "deal", "Big ones", "name") == ["Store fit-out"]


def test_the_table_is_kept_with_its_columns_and_opens_as_a_table(desk: Desk, pipeline: PipelinePage) -> None:
    pipeline.filter.set_conditions([Condition("amount", ">", "10000 EUR")])
    pipeline._switch("table")
    desk.settle()
    assert listed(pipeline) == ["Cold-chain rollout", "Store fit-out"], "the filter of the board goes with it"
    assert not pipeline.filter.isVisible()
    table = pipeline.table
    assert table is not None
    table.list.table.show_columns(["name", "amount"])
    table.list.save_button.click()
    name_view(desk, "Names and amounts")
    desk.open("pipeline")
    pipeline._switch("board")
    desk.settle()
    assert len(cards(pipeline)) == 3
    with desk.reader() as reader:
        view = asked.find_one(reader, "saved_view", "Names and amounts")
    desk.open("pipeline", str(view))
    assert pipeline.views.value() == "table"
    assert table.list.table.shown_columns() == ["name", "amount"]
    assert listed(pipeline) == ["Cold-chain rollout", "Store fit-out"]


def test_a_view_from_before_boards_were_kept_opens_as_a_table(desk: Desk, pipeline: PipelinePage) -> None:
    text = '{"columns": ["name"], "widths": null, "sort": [], "conditions": [{"field": "name", "operator": "~", "value": "box", "values": []}], "names": {}}'
    view = desk.store.run(records.add, "saved_view", {"name": "Boxes", "about": "deal", "definition": text})
    desk.open("pipeline", str(view))
    assert pipeline.views.value() == "table"
    assert listed(pipeline) == ["Gift boxes"]


# --- tasks ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def todo(desk: Desk) -> TasksPage:
    desk.store.run(tasks.add, "Call Maria")
    desk.store.run(tasks.add, "Write the offer")
    done = desk.store.run(tasks.add, "Call Roland")
    desk.store.run(tasks.done, [done])
    opened = desk.open("tasks")
    assert isinstance(opened, TasksPage)
    return opened


def subjects(page: TasksPage) -> list[str]:
    return [line.subject for line in page.list.lines.lines if not isinstance(line, str)]


def test_tasks_are_filtered_and_the_view_keeps_filter_and_whose(desk: Desk, todo: TasksPage) -> None:
    todo.owner.choose("all")
    todo.filter.set_conditions([Condition("subject", "~", "call")])
    todo.filter.changed.emit()
    desk.settle()
    assert subjects(todo) == ["Call Maria"]
    todo.filter.save()
    name_view(desk, "Calls")
    desk.open("tasks")
    assert sorted(subjects(todo)) == ["Call Maria", "Write the offer"]
    assert todo.owner.value() == "mine"
    with desk.reader() as reader:
        view = asked.find_one(reader, "saved_view", "Calls")
    desk.open("tasks", str(view))
    assert (subjects(todo), todo.owner.value(), todo.header.title.text()) == (["Call Maria"], "all", "Calls")
    assert rows_of(desk, "task", "Calls", "subject") == ["Call Maria"]
    todo.which.choose("done")
    todo._ask()
    desk.settle()
    assert subjects(todo) == ["Call Roland"]
    assert todo.filter.save_button.text() == "Edited"


def test_a_filter_without_a_match_says_so(desk: Desk, todo: TasksPage) -> None:
    todo.filter.set_conditions([Condition("subject", "~", "nothing of the kind")])
    todo.filter.changed.emit()
    desk.settle()
    assert todo.stack.currentWidget() is todo.nothing
    assert todo.nothing.sentence.text() == "No record matches the filter."


# --- tickets --------------------------------------------------------------------------------------------------------


@pytest.fixture
def service(desk: Desk) -> TicketsPage:
    for subject, priority in (("Alarm", "urgent"), ("Invoice", "normal"), ("Lamp", "urgent")):
        desk.store.run(tickets.open_ticket, subject, priority=priority)
    opened = desk.open("tickets")
    assert isinstance(opened, TicketsPage)
    return opened


def queue(page: TicketsPage) -> list[str]:
    return sorted(waiting.row.subject for waiting in page.queue.rows())


def test_tickets_are_filtered_counted_and_kept_so(desk: Desk, service: TicketsPage) -> None:
    service.filter.set_conditions([Condition("priority", "in", "urgent", ("urgent",))])
    service.filter.changed.emit()
    desk.settle()
    assert queue(service) == ["Alarm", "Lamp"]
    assert "Open 2" in [button.text() for button in service.segments.findChildren(QAbstractButton)]
    service.show_which("unassigned")
    desk.settle()
    service.filter.save()
    name_view(desk, "Urgent and nobody's")
    desk.open("tickets")
    assert queue(service) == ["Alarm", "Invoice", "Lamp"]
    with desk.reader() as reader:
        view: UUID | None = asked.find_one(reader, "saved_view", "Urgent and nobody's")
    desk.open("tickets", str(view))
    assert (service._which, service.segments.value()) == ("unassigned", "unassigned")
    assert queue(service) == ["Alarm", "Lamp"]
    assert rows_of(desk, "ticket", "Urgent and nobody's", "subject") == ["Alarm", "Lamp"]


@pytest.mark.parametrize("name", ["pipeline", "tasks", "tickets"])
def test_a_view_that_is_gone_is_told_and_the_page_shown_without_it(desk: Desk, name: str) -> None:
    page: Any = desk.open(name, "00000000-0000-7000-8000-000000000000")
    assert desk.said() == ["This view does not exist any more."]
    assert page.header.title.text() in ("Pipeline", "Tasks", "Tickets")
