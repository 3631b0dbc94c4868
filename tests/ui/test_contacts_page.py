"""The lists of contacts and companies: new records, hints of doubles, tags, owners, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLineEdit

from crmdesk.i18n import set_language
from crmdesk.operations import records as deeds
from crmdesk.queries import records
from crmdesk.queries.first_rows import first_ids
from crmdesk.queries.records import Part
from crmdesk.ui.customer_list import CustomerListPage
from crmdesk.ui.dialogs.bulk import OwnerDialog, TagDialog
from crmdesk.ui.dialogs.log_activity import ActivityDialog
from crmdesk.ui.dialogs.new_customer import NewCustomerDialog, making
from crmdesk.ui.places import BesideWindow
from crmdesk.ui.record_page import CustomerPage
from crmdesk.ui.records import field_named, shown
from crmdesk.ui.widgets.basics import Button
from tests.ui.desk import Desk, desk

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmdesk.ui.named import Named
    from crmdesk.ui.page import Page

__all__ = ["desk"]
pytestmark = pytest.mark.usefixtures("app")


def listed(page: Page) -> list[str]:
    assert isinstance(page, CustomerListPage)
    table = page.list.table
    return [table.records.text(row, 1) for row in range(table.records.rowCount())]


def names(desk: Desk, entity: str) -> list[str]:
    with desk.store.read() as reader:
        return sorted(str(row.values["name"]) for row in records.rows(reader, entity, records.ids(reader, entity), ("name",)))


def adding(desk: Desk, page: str = "contacts") -> NewCustomerDialog:
    shown = desk.open(page)
    assert isinstance(shown, CustomerListPage)
    shown.new()
    dialog = desk.window.findChild(NewCustomerDialog)
    assert dialog is not None
    dialog.activateWindow()
    QTest.qWaitForWindowActive(dialog)
    desk.settle()
    return dialog


def field(dialog: NewCustomerDialog, name: str) -> QLineEdit:
    proxy = dialog.form.editors[name].focusProxy()
    assert isinstance(proxy, QLineEdit)
    return proxy


def answered(answer: Callable[[QDialog], None], kind: type[QDialog], monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer a dialog that waits for its answer."""

    def execute(dialog: QDialog) -> int:
        answer(dialog)
        return 1

    monkeypatch.setattr(kind, "exec", execute)


def test_a_contact_is_added_with_enter_and_stands_in_the_list(desk: Desk) -> None:
    dialog = adding(desk)
    QTest.keyClicks(field(dialog, "given_name"), "Hanna")
    QTest.keyClicks(field(dialog, "family_name"), "Moos")
    QTest.keyClick(field(dialog, "family_name"), Qt.Key.Key_Return)
    desk.settle()
    assert "Hanna Moos" in listed(desk.window.page())  # type: ignore[arg-type]  # a page is shown
    assert desk.said() == ["Contact added"]


def test_a_contact_without_a_name_is_refused_at_the_field(desk: Desk) -> None:
    dialog = adding(desk)
    dialog.save()
    desk.settle()
    assert dialog.isVisible()
    assert dialog.form._errors["family_name"].text() == "A contact needs a name."


def test_somebody_who_is_there_already_is_named_while_typing(desk: Desk) -> None:
    dialog = adding(desk)
    QTest.keyClicks(field(dialog, "given_name"), "maria")
    QTest.keyClicks(field(dialog, "family_name"), "anders")
    dialog.look()
    desk.settle()
    assert [(one.title, one.why) for one in dialog.known.found] == [("Maria Anders", "has this name")]
    field(dialog, "given_name").setText("Karin")
    QTest.keyClicks(field(dialog, "phone"), "+49 30 0074321")
    dialog.look()
    desk.settle()
    assert [one.why for one in dialog.known.found] == ["has this phone number"]


def test_a_company_is_made_on_the_way_to_its_contact(desk: Desk) -> None:
    dialog = adding(desk)
    QTest.keyClicks(field(dialog, "family_name"), "Ottlieb")
    company = field(dialog, "company")
    company.setFocus()
    QTest.keyClicks(company, "Drachenblut")
    QTest.keyClick(company, Qt.Key.Key_Return)
    desk.settle()
    QTest.keyClick(company, Qt.Key.Key_Return)
    desk.settle()
    assert "Drachenblut" in names(desk, "company")
    dialog.save()
    desk.settle()
    assert "Ottlieb" in names(desk, "contact")


def test_checked_contacts_are_tagged_beside_the_tags_they_have(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    page = desk.open("contacts")
    assert isinstance(page, CustomerListPage)
    page.list.table.records.check(page.list.table.records.ids())

    def answer(dialog: QDialog) -> None:
        assert isinstance(dialog, TagDialog)
        QTest.keyClicks(dialog.editor.input, "fair,vip")  # type: ignore[attr-defined]  # tags have an input
        assert dialog.button.isEnabled()

    answered(answer, TagDialog, monkeypatch)
    page.tag(page.list.table.chosen_ids())
    desk.settle()
    with desk.store.read() as reader:
        rows = records.rows(reader, "contact", records.ids(reader, "contact"), ("tags",))
    assert [[part.value for part in row.values["tags"]] for row in rows] == [["fair", "vip"]] * 3
    assert desk.said() == ["3 records tagged"]


def test_more_than_fifty_are_asked_about_before_they_change(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(60):
        desk.store.run(deeds.add, "company", {"name": f"Company {number}"})
    page = desk.open("companies")
    assert isinstance(page, CustomerListPage)
    asked: list[str] = []
    monkeypatch.setattr(desk.window, "confirm", lambda question, *_: asked.append(question))
    answered(lambda dialog: QApplication.processEvents(), OwnerDialog, monkeypatch)
    monkeypatch.setattr(OwnerDialog, "owner", lambda _: desk.store.viewer.member_id)
    page.assign(list(page.list.table.records.ids()))
    desk.settle()
    assert asked == ["Assign 63 records?"]
    assert desk.said() == []


def test_deleting_is_taken_back_with_the_toast(desk: Desk) -> None:
    page = desk.open("contacts")
    assert isinstance(page, CustomerListPage)
    page.delete([page.list.table.records.id_at(0)])
    desk.settle()
    assert len(listed(page)) == 2
    assert desk.window.undo is not None
    desk.window.undo()
    desk.settle()
    assert len(listed(page)) == 3


def test_double_clicking_a_contact_shows_its_company_in_the_list_of_names(desk: Desk) -> None:
    page = desk.open("contacts")
    assert isinstance(page, CustomerListPage)
    table = page.list.table
    assert [table.records.text(row, 2) for row in range(table.records.rowCount())] == ["Alfreds Futterkiste", "Ernst Handel", ""]


def test_an_empty_list_offers_to_begin_or_to_import(desk: Desk) -> None:
    with desk.store.read() as reader:
        everyone = [UUID(bytes=one) for one in records.ids(reader, "contact")]
    desk.store.run(deeds.delete, "contact", everyone)
    page = desk.open("contacts")
    assert isinstance(page, CustomerListPage)
    assert page.list.nothing.isVisible()
    assert page.list.nothing.sentence.text() == "No contacts yet."


def once(desk: Desk, entity: str, fields: str, mode: str) -> None:
    desk.store.run(deeds.change_settings, {"uniqueness": [(entity, fields, mode)]})


def test_what_should_be_there_once_is_said_at_its_field_while_typing(desk: Desk) -> None:
    once(desk, "contact", "phone", "warn")
    dialog = adding(desk)
    QTest.keyClicks(field(dialog, "family_name"), "Somebody")
    QTest.keyClicks(field(dialog, "phone"), "+49 30 0074321")
    dialog.look()
    desk.settle()
    assert dialog.form._errors["phone"].text() == "“Maria Anders” has the same Phone already."
    field(dialog, "phone").setText("+49 30 9999999")
    dialog.look()
    desk.settle()
    assert dialog.form._errors["phone"].text() == ""


@pytest.mark.parametrize("agrees", [True, False])
def test_who_is_likely_there_is_asked_of_before_one_is_made_on_the_way(desk: Desk, monkeypatch: pytest.MonkeyPatch, agrees: bool) -> None:
    desk.store.run(deeds.add, "company", {"name": "Drachenblut Delikatessen GmbH"})
    asked: list[str] = []
    monkeypatch.setattr(desk.window, "confirm", lambda question, *_more, **_named: asked.append(question) or agrees)
    taken: list[Named] = []
    make = making(desk.window).make
    assert make
    make("company", "Drachenblut Delikatessen GmbH", taken.append)
    desk.settle()
    assert asked == ["“Drachenblut Delikatessen GmbH” may be there already as “Drachenblut Delikatessen GmbH”: has this name."]
    assert len(taken) == int(agrees)
    make("company", "Quite Another", taken.append)
    desk.settle()
    assert (len(asked), taken[-1].title) == (1, "Quite Another")


def test_an_edit_on_the_page_says_what_another_one_has_already(desk: Desk) -> None:
    once(desk, "contact", "phone", "warn")
    other = desk.store.run(deeds.add, "contact", {"name": "Bo Li"})
    desk.window.open_record("contact", other)
    desk.settle()
    person = desk.window.page()
    assert isinstance(person, CustomerPage)
    person._save("phone", [Part("+49 30 0074321")], lambda: None, lambda error: None)
    desk.settle()
    desk.settle()
    assert desk.said()[-1] == "“Maria Anders” has the same Phone already."


def test_a_window_of_its_own_is_forgotten_when_it_is_closed(desk: Desk) -> None:
    with desk.store.read() as reader:
        anders = UUID(bytes=first_ids(reader, "contact", limit=1)[0])
    desk.window.open_record("contact", anders, own_window=True)
    desk.settle()
    beside = next(window for window in QApplication.topLevelWidgets() if isinstance(window, BesideWindow))
    beside.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    desk.store.run(deeds.edit, "contact", [anders], {"role": "Owner"})
    desk.settle()
    assert desk.said() == []


def test_a_window_of_its_own_answers_to_the_keys_of_its_page_and_to_undo(desk: Desk) -> None:
    with desk.store.read() as reader:
        anders = records.find_one(reader, "contact", "Maria Anders")
    desk.store.run(deeds.edit, "contact", [anders], {"role": "Buyer"})
    desk.window.open_record("contact", anders, own_window=True)
    desk.settle()
    beside = next(window for window in QApplication.topLevelWidgets() if isinstance(window, BesideWindow))
    beside.activateWindow()
    QTest.qWaitForWindowActive(beside)
    desk.window.undo_label = lambda: "Edit"
    QTest.keyClick(beside, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(beside, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    desk.settle()
    next(window for window in QApplication.topLevelWidgets() if isinstance(window, ActivityDialog)).reject()
    desk.settle()
    with desk.store.read() as reader:
        assert records.rows(reader, "contact", [anders], ("role",))[0].values["role"] == "Owner"
    beside.close()


def test_each_window_is_called_by_what_it_shows(desk: Desk) -> None:
    with desk.store.read() as reader:
        anders = UUID(bytes=first_ids(reader, "contact", limit=1)[0])
        name = str(records.rows(reader, "contact", [anders], ("name",))[0].values["name"])
    desk.open("contacts")
    before = desk.window.windowTitle()
    desk.window.open_record("contact", anders, own_window=True)
    desk.settle()
    beside = next(window for window in QApplication.topLevelWidgets() if isinstance(window, BesideWindow))
    assert (desk.window.windowTitle(), beside.windowTitle()) == (before, name)
    beside.close()


def test_a_page_that_one_has_left_names_no_window(desk: Desk) -> None:
    with desk.store.read() as reader:
        anders = UUID(bytes=first_ids(reader, "contact", limit=1)[0])
    desk.open("contacts")
    before = desk.window.windowTitle()
    desk.window.open_record("contact", anders)
    desk.window.open_page("contacts")
    desk.settle()
    assert desk.window.windowTitle() == before


def test_what_was_to_be_shown_after_a_deed_is_let_go_when_its_page_is_gone(desk: Desk) -> None:
    page = desk.open("contacts")
    assert isinstance(page, CustomerListPage)
    desk.window.do(deeds.add, "company", {"name": "Chop-suey Chinese"}, done=lambda _: page.header.set_title("Added"))
    desk.window.forget_pages()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    desk.settle()
    assert desk.said() == []


def test_a_chinese_user_is_asked_for_the_family_name_first(desk: Desk) -> None:
    set_language("zh")
    dialog = adding(desk)
    assert list(dialog.form.editors)[:2] == ["family_name", "given_name"]
    dialog.close()


def test_tab_leads_from_the_last_mail_address_to_the_button_that_adds(desk: Desk) -> None:
    dialog = adding(desk)
    dialog.form.editors["email"].setFocus()
    for _ in range(5):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is dialog.accept_button
    dialog.close()


def test_the_one_that_is_there_is_taken_instead_of_a_new_one_and_gets_what_it_lacks(desk: Desk) -> None:
    dialog = adding(desk)
    QTest.keyClicks(field(dialog, "given_name"), "Maria")
    QTest.keyClicks(field(dialog, "family_name"), "Anders")
    QTest.keyClicks(field(dialog, "role"), "Buyer")
    QTest.keyClicks(field(dialog, "phone"), "030 0074321")
    QTest.keyClicks(field(dialog, "email"), "maria@anders.example")
    dialog.look()
    desk.settle()
    before = names(desk, "contact")
    next(button for button in dialog.known.findChildren(Button) if button.text() == "Use this one").click()
    desk.settle()
    assert names(desk, "contact") == before
    with desk.reader() as reader:
        maria = records.find_one(reader, "contact", "Maria Anders")
        (row,) = records.rows(reader, "contact", [maria.bytes], ("role", "phone", "email"))
    assert (row.values["role"], [part.value for part in row.values["email"]], len(row.values["phone"])) == ("Owner", ["maria@anders.example"], 1)
    desk.store.undo()
    with desk.reader() as reader:
        (row,) = records.rows(reader, "contact", [maria.bytes], ("email",))
    assert row.values["email"] == []


def test_a_look_at_the_one_that_is_there_loses_nothing_of_what_was_typed(desk: Desk) -> None:
    dialog = adding(desk)
    QTest.keyClicks(field(dialog, "given_name"), "Maria")
    QTest.keyClicks(field(dialog, "family_name"), "Anders")
    QTest.keyClicks(field(dialog, "role"), "Buyer")
    dialog.look()
    desk.settle()
    next(button for button in dialog.known.findChildren(Button) if button.text() == "Maria Anders").click()
    desk.settle()
    again = adding(desk)
    desk.settle()
    assert field(again, "role").text() == "Buyer"
    again.discard()


def test_a_new_one_that_looks_like_another_is_merged_from_what_is_said_after_it_was_added(desk: Desk) -> None:
    dialog = adding(desk)
    QTest.keyClicks(field(dialog, "given_name"), "Maria")
    QTest.keyClicks(field(dialog, "family_name"), "Anders")
    QTest.keyClicks(field(dialog, "phone"), "030 0074321")
    dialog.look()
    desk.settle()
    dialog.save()
    desk.settle()
    next(button for button in desk.window.toasts.findChildren(QAbstractButton) if button.text() == "Merge with Maria Anders").click()
    desk.settle()
    with desk.reader() as reader:
        assert reader.value("SELECT count(*) FROM contact WHERE family_name = 'Anders' AND deleted_at IS NULL") == 1


def test_further_phones_are_counted_in_brackets_as_plus_one_alone_would_be_a_country(desk: Desk) -> None:
    contact = desk.store.run(deeds.add, "contact", {"family_name": "Moos", "phone": ["030 123456", "0171 1"]})
    with desk.store.read() as reader:
        found = records.rows(reader, "contact", [contact], ("phone",))[0].values["phone"]
    assert shown(field_named("contact", "phone"), found) == "030 123456 (+1)"
