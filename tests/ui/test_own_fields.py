"""Fields that the user adds in the settings stand in the form of each record."""

from __future__ import annotations

import json
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from crmdesk.fields import Field, Money
from crmdesk.operations import activities, records, workspace
from crmdesk.queries import records as found
from crmdesk.queries.finding import Condition
from crmdesk.ui.dialogs.log_activity import About, ActivityDialog
from crmdesk.ui.dialogs.new_customer import NewCustomerDialog
from crmdesk.ui.dialogs.new_record import AskDialog
from crmdesk.ui.list_page import RecordListPage
from crmdesk.ui.lists.record_list import Definition
from crmdesk.ui.pages.pipeline import PipelinePage
from crmdesk.ui.record_page import CustomerPage
from crmdesk.ui.widgets.record_table import Sort
from tests.ui.desk import Desk, desk

if TYPE_CHECKING:
    from crmdesk.store import Store

__all__ = ["desk"]


def test_an_own_field_of_a_deal_is_filled_in_beside_the_board(desk: Desk, store: Store) -> None:
    deal = store.run(records.add, "deal", {"name": "Gift boxes", "amount": Money(Decimal(7500), "EUR")})
    page = desk.open("pipeline")
    assert isinstance(page, PipelinePage)
    page.open_deal(deal, False)
    desk.settle()
    assert not page.panel.own.isVisible()
    store.run(workspace.add_field, "deal", "Delivery", "choice", ["Train", "Lorry"])
    desk.settle()
    assert page.panel.own.isVisible()
    assert page.panel.own.form is not None
    delivery = page.panel.own.form.editors["delivery"]
    delivery.inner.setCurrentIndex(delivery.inner.findData("Train"))  # type: ignore[attr-defined]
    delivery.left.emit()
    desk.settle()
    with store.read() as reader:
        assert found.rows(reader, "deal", [deal], ["delivery"])[0].values == {"delivery": "Train"}


def test_an_own_field_of_a_contact_stands_on_its_page(desk: Desk, store: Store) -> None:
    store.run(workspace.add_field, "contact", "Shoe size", "integer")
    contact = store.run(records.add, "contact", {"family_name": "Mendel", "shoe_size": "43"})
    desk.window.open_record("contact", contact)
    desk.settle()
    page = desk.window.page()
    assert isinstance(page, CustomerPage)
    assert page.own.form is not None
    assert page.own.form.editors["shoe_size"].value() == 43


def test_a_required_own_field_is_asked_for_when_a_record_is_made(desk: Desk, store: Store) -> None:
    store.run(workspace.add_field, "contact", "Segment", "text", required=True)
    made: list[Any] = []
    dialog = NewCustomerDialog(desk.window, "contact", made.append)
    dialog.open()
    inputs = dialog.form.editors
    desk.settle()
    inputs["given_name"].inner.setText("Anna")  # type: ignore[attr-defined]
    dialog.save()
    desk.settle()
    assert made == []
    assert dialog.form._errors["segment"].text() == "Segment is missing."
    inputs["segment"].inner.setText("Food")  # type: ignore[attr-defined]
    dialog.save()
    desk.settle()
    with store.read() as reader:
        assert found.rows(reader, "contact", made, ["name", "segment"])[0].values == {"name": "Anna", "segment": "Food"}


def test_a_dialog_waits_for_no_own_field_and_loses_no_key_when_they_come(desk: Desk, store: Store) -> None:
    store.run(workspace.add_field, "contact", "Segment", "text", required=True)
    dialog = NewCustomerDialog(desk.window, "contact", lambda _: None)
    dialog.open()
    first = dialog.form.editors["given_name"].inner
    assert list(dialog.form.editors)[-1] == "email", "the question for own fields is answered behind"
    QTest.keyClicks(first, "An")
    desk.settle()
    assert list(dialog.form.editors)[-1] == "segment"
    assert QApplication.focusWidget() is first
    QTest.keyClicks(first, "na")
    QTest.keyClicks(dialog.form.editors["segment"].inner, "Food")
    assert dialog.form.values() == {"given_name": "Anna", "segment": "Food"}
    dialog.reject()
    desk.settle()
    again = NewCustomerDialog(desk.window, "contact", lambda _: None)
    again.open()
    desk.settle()
    assert again.form.values() == {"given_name": "Anna", "segment": "Food"}


def test_a_dialog_grows_for_further_fields_before_it_is_painted_again(desk: Desk) -> None:
    dialog = NewCustomerDialog(desk.window, "contact", lambda _: None)
    dialog.open()
    desk.settle()
    before = dialog.height()
    AskDialog.add_fields(dialog, [Field("segment", "text", "Segment", required=True)])
    assert dialog.height() >= before + 30
    assert dialog.form.editors["segment"].isVisible()


def test_what_is_saved_before_the_required_own_fields_are_shown_is_refused_at_them(desk: Desk, store: Store) -> None:
    store.run(workspace.add_field, "contact", "Segment", "text", required=True)
    dialog = NewCustomerDialog(desk.window, "contact", lambda _: None)
    dialog.open()
    dialog.form.editors["given_name"].inner.setText("Anna")  # type: ignore[attr-defined]
    dialog.save()
    desk.settle()
    assert dialog.isVisible()
    assert dialog.form._errors["segment"].text()


def test_an_own_field_is_a_column_and_a_filter_of_the_list_and_is_changed_there(desk: Desk, store: Store) -> None:
    page = desk.open("contacts")
    assert isinstance(page, RecordListPage)
    store.run(workspace.add_field, "contact", "Shoe size", "integer")
    with store.read() as reader:
        maria, roland = (found.find_one(reader, "contact", name) for name in ("Maria Anders", "Roland Mendel"))
    assert maria is not None and roland is not None
    store.run(records.edit, "contact", [maria], {"shoe_size": "38"})
    store.run(records.edit, "contact", [roland], {"shoe_size": "43"})
    desk.settle()
    table = page.list.table
    assert "shoe_size" not in table.shown_columns()
    table.show_columns(["name", "shoe_size"])
    table.sort_by("shoe_size", False)
    desk.settle()
    assert table.shown_columns() == ["name", "shoe_size"]
    section = next(number for number, column in enumerate(table.records.columns, 1) if column.name == "shoe_size")
    assert {table.records.text(row, section) for row in range(3)} == {"", "38", "43"}
    page.list.filters.ask("shoe_size").applied.emit(Condition("shoe_size", ">", "40"))
    desk.settle()
    assert table.records.ids() == [roland.bytes]
    table.setCurrentIndex(table.records.index(0, section))
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_F2)
    typing = QApplication.focusWidget()
    assert isinstance(typing, QLineEdit)
    typing.selectAll()
    QTest.keyClicks(typing, "44")
    QTest.keyClick(typing, Qt.Key.Key_Return)
    desk.settle()
    with store.read() as reader:
        assert found.rows(reader, "contact", [roland], ["shoe_size"])[0].values == {"shoe_size": 44}


def test_a_saved_view_keeps_own_fields_and_does_without_one_that_was_deleted(desk: Desk, store: Store) -> None:
    size = store.run(workspace.add_field, "contact", "Shoe size", "integer")
    store.run(records.add, "contact", {"family_name": "Barefoot", "shoe_size": "43"})
    kept = Definition(("name", "shoe_size"), sort=(Sort("shoe_size"),), conditions=(Condition("shoe_size", "notempty"),))
    view = store.run(records.add, "saved_view", {"name": "Shoes", "about": "contact", "definition": kept.to_json()})
    page = desk.open("contacts", str(view))
    assert isinstance(page, RecordListPage)
    table = page.list.table
    assert (table.shown_columns(), len(table.records.ids())) == (["name", "shoe_size"], 1)
    assert not page.list.is_edited()
    store.run(workspace.delete_field, size)
    desk.settle()
    assert (table.shown_columns(), len(table.records.ids())) == (["name"], 4)
    store.undo()
    desk.settle()
    assert (table.shown_columns(), len(table.records.ids())) == (["name", "shoe_size"], 1)


def test_the_board_can_be_filtered_by_an_own_field_and_a_saved_view_keeps_that(desk: Desk, store: Store) -> None:
    store.run(workspace.add_field, "deal", "Delivery", "choice", ["Train", "Lorry"])
    store.run(records.add, "deal", {"name": "By train", "delivery": "Train"})
    store.run(records.add, "deal", {"name": "By lorry", "delivery": "Lorry"})
    kept = json.dumps({"conditions": [asdict(Condition("delivery", "=", "Train"))], "names": {}})
    view = store.run(records.add, "saved_view", {"name": "Trains", "about": "deal", "definition": kept})
    page = desk.open("pipeline", str(view))
    assert isinstance(page, PipelinePage)
    assert page.filter.conditions() == (Condition("delivery", "=", "Train"),)
    assert sum(column.list.model().rowCount() for column in page.board.columns) == 1


def test_an_own_field_of_an_activity_is_filled_in_where_it_is_corrected(desk: Desk, store: Store) -> None:
    store.run(workspace.add_field, "activity", "Mood", "choice", ["Good", "Bad"])
    ernst = store.run(records.add, "company", {"name": "Ernst Handel GmbH"})
    call = store.run(activities.log, "call", "Asked for prices", company_id=ernst)
    dialog = ActivityDialog(desk.window, About(), record=call)
    dialog.open()
    desk.settle()
    assert dialog.own.form is not None
    mood = dialog.own.form.editors["mood"]
    mood.inner.setCurrentIndex(mood.inner.findData("Good"))  # type: ignore[attr-defined]
    mood.left.emit()
    desk.settle()
    dialog.save()
    desk.settle()
    with store.read() as reader:
        assert found.rows(reader, "activity", [call], ["mood", "subject"])[0].values == {"mood": "Good", "subject": "Asked for prices"}
