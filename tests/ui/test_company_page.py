"""The page of a company and of a contact: figures, details changed in place, the line, the timeline, tabs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from crmdesk import clock
from crmdesk.fields import Money
from crmdesk.operations import activities, deals, tasks
from crmdesk.operations import records as deeds
from crmdesk.queries import records
from crmdesk.ui.dialogs.log_activity import ActivityDialog
from crmdesk.ui.dialogs.new_record import NewRecordDialog
from crmdesk.ui.pages.company import CompanyPage
from crmdesk.ui.pages.contact import ContactPage
from crmdesk.ui.widgets.basics import Clickable
from tests.ui.desk import Desk, desk

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

__all__ = ["desk"]
pytestmark = pytest.mark.usefixtures("app")


def one(desk: Desk, entity: str, name: str) -> UUID:
    with desk.store.read() as reader:
        return records.find_one(reader, entity, name)


def values(desk: Desk, entity: str, name: str, *fields: str) -> dict[str, Any]:
    with desk.store.read() as reader:
        return records.rows(reader, entity, [records.find_one(reader, entity, name)], fields)[0].values


@pytest.fixture
def company(desk: Desk) -> CompanyPage:
    desk.window.open_record("company", one(desk, "company", "Alfreds Futterkiste"))
    desk.settle()
    page = desk.window.page()
    assert isinstance(page, CompanyPage)
    return page


def typed(page: CompanyPage, name: str, text: str, end: Qt.Key = Qt.Key.Key_Return) -> None:
    """Press a detail, type, and end with a key."""
    QTest.mouseClick(page.form.lines[name]._shown, Qt.MouseButton.LeftButton)
    editor = page.form.lines[name].editor
    assert editor is not None
    field = editor.focusProxy()
    assert isinstance(field, QLineEdit)
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, end)


def test_the_page_shows_who_and_how_business_stands(desk: Desk, company: CompanyPage) -> None:
    record = one(desk, "company", "Alfreds Futterkiste")
    desk.store.run(deeds.add, "deal", {"name": "Cold-chain rollout", "company": record, "amount": Money(Decimal(18400), "EUR")})
    won = desk.store.run(deeds.add, "deal", {"name": "Autumn range", "company": record, "amount": Money(Decimal(21300), "EUR")})
    desk.store.run(deals.set_outcome, won, "won")
    desk.store.run(activities.log, "call", "Call with Maria", company_id=record)
    desk.settle()
    assert company.name.text() == "Alfreds Futterkiste"
    assert [(tile.text(), tile._label) for tile in company.tiles] == [
        ("€18,400", "Open deals"), ("€21,300", "Won revenue"), ("0", "Open tickets"), ("Today", "Last contact"),
    ]  # fmt: skip
    assert [person.name for person in company.shown.people] == ["Maria Anders"]  # type: ignore[union-attr]  # it is shown
    assert "Call with Maria" in [entry.title for entry in company.happened.timeline.entries()]
    assert desk.window.windowTitle().startswith("Alfreds Futterkiste")


def test_a_detail_is_changed_in_place_and_saved_on_enter(desk: Desk, company: CompanyPage) -> None:
    company.form.edit("industry")
    editor = company.form.lines["industry"].editor
    assert editor is not None
    company.form.close_all()
    company.form._toggle()
    typed(company, "website", "alfreds.example")
    desk.settle()
    assert values(desk, "company", "Alfreds Futterkiste", "website") == {"website": "alfreds.example"}
    assert company.form.lines["website"].editor is None
    assert company.form.lines["website"].is_filled


def test_a_wrong_detail_is_complained_about_where_it_is_typed_and_escape_gives_up(desk: Desk, company: CompanyPage) -> None:
    company.form._toggle()
    typed(company, "employees", "many")
    line = company.form.lines["employees"]
    assert line._error is not None
    assert "not a number" in line._error.text()
    assert line.editor is not None
    QTest.keyClick(line.editor.focusProxy(), Qt.Key.Key_Escape)
    assert line.editor is None
    assert values(desk, "company", "Alfreds Futterkiste", "employees") == {"employees": None}


def test_phones_are_a_list_that_is_saved_when_a_number_is_left(desk: Desk, company: CompanyPage) -> None:
    company.form._toggle()
    typed(company, "phone", "030 0074322")
    desk.settle()
    editor = company.form.lines["phone"].editor
    assert editor is not None
    editor.more.click()  # type: ignore[attr-defined]  # a list field has it
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "0171 5550000")
    company.happened.composer.line.setFocus()
    desk.settle()
    assert [part.value for part in values(desk, "company", "Alfreds Futterkiste", "phone")["phone"]] == ["030 0074322", "0171 5550000"]


def test_a_line_that_names_a_day_becomes_a_task_for_the_person_it_names(desk: Desk, company: CompanyPage) -> None:
    line = company.happened.composer.line
    QTest.keyClicks(line, "call Maria tomorrow 10:00")
    company.happened.composer._look()
    desk.settle()
    assert company.happened.composer.chip.text() == "Call · Tomorrow 10:00 · Maria Anders"
    QTest.keyClick(line, Qt.Key.Key_Return)
    desk.settle()
    assert line.text() == ""
    with desk.store.read() as reader:
        row = records.rows(reader, "task", records.ids(reader, "task"), ("subject", "due_on", "company", "contact"))[0].values
    tomorrow = clock.today(desk.store.settings.tz) + timedelta(days=1)
    assert (row["subject"], row["due_on"], row["company"].title, row["contact"].title) == ("Call Maria", tomorrow, "Alfreds Futterkiste", "Maria Anders")
    assert [step.subject for step in company.shown.steps] == ["Call Maria"]  # type: ignore[union-attr]  # it is shown


def test_any_other_line_is_a_note_in_the_timeline(desk: Desk, company: CompanyPage) -> None:
    QTest.keyClicks(company.happened.composer.line, "Prefers invoices by mail")
    assert company.happened.composer.chip.text() == "Note"
    QTest.keyClick(company.happened.composer.line, Qt.Key.Key_Return)
    desk.settle()
    assert company.happened.timeline.entries()[0].title == "Prefers invoices by mail"
    assert desk.said() == ["Note added"]


def test_half_typed_text_is_there_again_after_another_company_was_looked_at(desk: Desk, company: CompanyPage) -> None:
    QTest.keyClicks(company.happened.composer.line, "Half a")
    desk.window.open_record("company", one(desk, "company", "Ernst Handel"))
    desk.settle()
    assert company.happened.composer.line.text() == ""
    desk.window.open_record("company", one(desk, "company", "Alfreds Futterkiste"))
    desk.settle()
    assert company.happened.composer.line.text() == "Half a"


def test_a_note_that_is_stored_after_one_has_gone_on_takes_nothing_from_the_next_line(desk: Desk, company: CompanyPage) -> None:
    line = company.happened.composer.line
    QTest.keyClicks(line, "Prefers invoices by mail")
    QTest.keyClick(line, Qt.Key.Key_Return)
    desk.window.open_record("company", one(desk, "company", "Ernst Handel"))
    QTest.keyClicks(line, "Half a")
    desk.settle()
    assert line.text() == "Half a"
    desk.window.open_record("company", one(desk, "company", "Alfreds Futterkiste"))
    desk.settle()
    assert line.text() == "", "it is stored, not half typed"


def test_a_second_enter_while_a_note_is_being_stored_stores_no_second_one(desk: Desk, company: CompanyPage) -> None:
    line = company.happened.composer.line
    QTest.keyClicks(line, "Prefers invoices by mail")
    QTest.keyClick(line, Qt.Key.Key_Return)
    QTest.keyClick(line, Qt.Key.Key_Return)
    QTest.keyClicks(line, "Half a")
    desk.settle()
    assert [entry.title for entry in company.happened.timeline.entries()].count("Prefers invoices by mail") == 1
    assert line.text() == "Half a"


def test_what_was_asked_for_one_company_is_not_shown_for_the_next(desk: Desk, company: CompanyPage) -> None:
    desk.store.run(activities.log, "call", "A call", company_id=one(desk, "company", "Alfreds Futterkiste"))
    desk.settle()
    company.happened.filter(frozenset({"call"}))
    company.belongings.ask("history")
    desk.window.open_record("company", one(desk, "company", "Ernst Handel"))
    desk.settle()
    assert "A call" not in [entry.title for entry in company.happened.timeline.entries()]
    assert company.belongings.history.entries() == []


def test_a_name_that_is_no_longer_typed_is_nobodys(desk: Desk, company: CompanyPage) -> None:
    line = company.happened.composer.line
    QTest.keyClicks(line, "call Maria tomorrow")
    company.happened.composer._look()
    line.setText("call Jonas tomorrow")
    desk.settle()
    said = company.happened.composer.said()
    assert said is not None
    assert said.person is None


def test_a_call_is_logged_with_its_next_step(desk: Desk, company: CompanyPage) -> None:
    QTest.mouseClick(company.call_button, Qt.MouseButton.LeftButton)
    dialog = desk.window.findChild(ActivityDialog)
    assert dialog is not None
    assert dialog.contact.currentText() == "Maria Anders"
    dialog.body.setPlainText("Asked for a three-year price")
    dialog.next_step.setText("Send quote")
    dialog.save()
    desk.settle()
    first = company.happened.timeline.entries()[0]
    assert (first.title, first.detail) == ("Call with Maria Anders", "Asked for a three-year price")
    assert [step.subject for step in company.shown.steps] == ["Send quote"]  # type: ignore[union-attr]  # it is shown


def test_an_activity_is_corrected_from_the_timeline(desk: Desk, company: CompanyPage) -> None:
    desk.store.run(activities.log, "call", "Cal with Maria", company_id=one(desk, "company", "Alfreds Futterkiste"))
    desk.settle()
    company.open_entry(next(entry for entry in company.happened.timeline.entries() if entry.title == "Cal with Maria"))
    desk.settle()
    dialog = desk.window.findChild(ActivityDialog)
    assert dialog is not None
    dialog.subject.setText("Call with Maria")
    dialog.save()
    desk.settle()
    assert "Call with Maria" in [entry.title for entry in company.happened.timeline.entries()]


def test_a_deal_of_a_company_begins_in_the_first_stage(desk: Desk, company: CompanyPage) -> None:
    company.new_deal()
    desk.settle()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, NewRecordDialog)
    stage = dialog.form.editors["stage"].value()
    assert stage.title == "Qualify"
    QTest.keyClicks(dialog.form.editors["name"].inner, "Spring order")
    dialog.save()
    desk.settle()
    found = values(desk, "deal", "Spring order", "stage", "company")
    assert (found["stage"].id, found["company"].title) == (stage.id, "Alfreds Futterkiste")


def test_a_step_is_ticked_off(desk: Desk, company: CompanyPage) -> None:
    task = desk.store.run(tasks.add, "Send samples", company_id=one(desk, "company", "Alfreds Futterkiste"))
    desk.settle()
    company.complete(task)
    desk.settle()
    assert company.shown is not None
    assert company.shown.steps == ()
    assert "Done: Send samples" in [entry.title for entry in company.happened.timeline.entries()]


def test_a_next_step_opens_its_task(desk: Desk, company: CompanyPage) -> None:
    task = desk.store.run(tasks.add, "Send samples", company_id=one(desk, "company", "Alfreds Futterkiste"))
    desk.settle()
    line = next(line for line in company.side.findChildren(Clickable) if line.accessibleName() == "Open Send samples")
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_Return)
    desk.settle()
    place = desk.window.place()
    assert place is not None
    assert (place.entity, place.record) == ("task", task)


def test_tabs_show_what_belongs_to_the_company(desk: Desk, company: CompanyPage) -> None:
    record = one(desk, "company", "Alfreds Futterkiste")
    desk.store.run(deeds.add, "deal", {"name": "Cold-chain rollout", "company": record})
    desk.store.run(deeds.add, "deal", {"name": "Another one", "company": one(desk, "company", "Ernst Handel")})
    desk.settle()
    company.show_tab("deals")
    desk.settle()
    table = company.belongings.tables["deals"]
    company.window().grab()
    desk.settle()
    assert [table.records.text(row, 1) for row in range(table.records.rowCount())] == ["Cold-chain rollout"]
    company.show_tab("history")
    desk.settle()
    assert [entry.title for entry in company.belongings.history.entries()] == ["Add"]


def test_the_history_calls_own_fields_by_their_label_and_the_bin_by_its_name(desk: Desk, company: CompanyPage) -> None:
    record = one(desk, "company", "Alfreds Futterkiste")
    desk.store.run(deeds.add, "custom_field", {"about": "company", "name": "branches", "label": "Number of branches", "kind": "integer"})
    desk.store.run(deeds.edit, "company", [record], {"branches": 3})
    desk.store.run(deeds.delete, "company", [record])
    desk.store.run(deeds.restore, "company", record)
    desk.settle()
    company.show_tab("history")
    desk.settle()
    assert [entry.detail for entry in company.belongings.history.entries()][:3] == ["Taken out of the bin", "Deleted", "Number of branches: – → 3"]


def test_a_file_is_kept_in_the_store(desk: Desk, company: CompanyPage, tmp_path: Path) -> None:
    contract = tmp_path / "contract.txt"
    contract.write_text("three years")
    company.show_tab("files")
    company.belongings.files.add([contract])
    desk.settle()
    assert desk.said() == ["contract.txt added"]
    assert [file.name for file in company.belongings.files.files] == ["contract.txt"]
    company.belongings.files.delete(company.belongings.files.files[0])
    desk.settle()
    assert list(company.belongings.files.files) == []


def test_the_timeline_shows_only_what_is_asked_for(desk: Desk, company: CompanyPage) -> None:
    record = one(desk, "company", "Alfreds Futterkiste")
    desk.store.run(activities.log, "call", "A call", company_id=record)
    desk.store.run(activities.log, "note", "A note", company_id=record)
    desk.settle()
    company.happened.turn_kind("call")
    desk.settle()
    assert [entry.title for entry in company.happened.timeline.entries()] == ["A call"]


def test_a_deleted_company_leads_back_to_the_list(desk: Desk, company: CompanyPage) -> None:
    company.delete()
    desk.settle()
    place = desk.window.place()
    assert place is not None
    assert place.page == "companies"
    desk.window.go_back()
    desk.settle()
    assert company._gone.isVisible()
    assert not company.tiles[0].isVisible()


def test_a_contact_has_a_page_with_company_and_deals_in_any_role(desk: Desk) -> None:
    deal = desk.store.run(deeds.add, "deal", {"name": "Three-year contract", "company": one(desk, "company", "Alfreds Futterkiste")})
    desk.store.run(deals.add_person, deal, one(desk, "contact", "Maria Anders"), "decides")
    desk.window.open_record("contact", one(desk, "contact", "Maria Anders"))
    desk.settle()
    page = desk.window.page()
    assert isinstance(page, ContactPage)
    assert page.shown is not None
    assert page.shown.link is not None
    assert page.shown.link[3] == "Alfreds Futterkiste"
    page.show_tab("deals")
    desk.settle()
    assert page.belongings.tables["deals"].records.rowCount() == 1
