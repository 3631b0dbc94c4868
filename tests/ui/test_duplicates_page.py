"""Duplicates: found, put side by side, merged with the values that were chosen, told apart, taken back."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QRadioButton

from crmdesk import clock
from crmdesk.operations import merging
from crmdesk.operations import records as deeds
from crmdesk.queries import records
from crmdesk.ui.list_page import RecordListPage
from crmdesk.ui.pages.duplicates import DuplicatesPage
from crmdesk.ui.pages.duplicates.comparison import Beside, Comparison, Line
from crmdesk.ui.record_page import CustomerPage
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import Text
from tests.ui.desk import Desk, desk

if TYPE_CHECKING:
    from uuid import UUID

__all__ = ["desk"]
pytestmark = pytest.mark.usefixtures("app")


def add(desk: Desk, **values: str) -> UUID:
    return desk.store.run(deeds.add, "contact", values)


@pytest.fixture
def page(desk: Desk) -> DuplicatesPage:
    add(desk, given_name="Georg", family_name="Pipps", company="Ernst Handel", role="Sales Manager", email="georg@ernst.example", phone="+43 316 76753425")
    add(desk, given_name="Georg", family_name="Pips", company="Ernst Handel", role="Head of Sales", email="georg@ernst.example")
    opened = desk.open("duplicates", "contact")
    assert isinstance(opened, DuplicatesPage)
    desk.settle()
    return opened


def lines(page: DuplicatesPage) -> list[tuple[str, str]]:
    QApplication.processEvents()
    page.window().grab()
    QApplication.processEvents()
    table = page.table
    return [(table.records.text(row, 2), table.records.text(row, 3)) for row in range(table.records.rowCount())]


def test_what_may_be_the_same_is_listed_with_the_reasons_and_put_side_by_side(desk: Desk, page: DuplicatesPage) -> None:
    desk.settle()
    assert lines(page) == [("Georg Pipps", "Georg Pips")]
    desk.settle()
    assert page.card.isVisible()
    assert "same mail address" in page.table.records.text(0, 4)
    assert set(page.comparison.choices()) == {"family_name", "role"}
    assert page.header.accessibleName() or page.comparison.findChildren(QRadioButton)


def test_the_keyboard_is_in_the_list_as_soon_as_there_is_one(desk: Desk, page: DuplicatesPage) -> None:
    assert QApplication.focusWidget() is page.table


def test_the_keyboard_is_on_a_button_where_nothing_is_here_twice(desk: Desk) -> None:
    page = desk.open("duplicates", "contact")
    assert isinstance(page, DuplicatesPage)
    desk.settle()
    assert page.stack.currentWidget() is page.nothing
    assert QApplication.focusWidget() is page.again_button


def test_while_other_records_are_compared_nothing_is_said_of_them_and_the_former_ones_are_gone(desk: Desk, page: DuplicatesPage) -> None:
    page.look_at("company")
    QApplication.processEvents()
    assert page.card.isHidden()
    assert not page.merge_button.isVisible()
    page.merge()
    page.look_at("lead")
    assert page.stack.currentWidget() is not page.nothing
    desk.settle()
    assert page.stack.currentWidget() is page.nothing
    assert desk.said() == []


def test_a_long_mail_address_goes_on_in_the_next_line(desk: Desk, page: DuplicatesPage) -> None:
    lines(page)
    desk.settle()
    mails = [label for label in page.comparison.findChildren(QLabel) if "@" in label.text()]
    assert len(mails) == 2
    for label in mails:
        assert label.text().replace("\N{ZERO WIDTH SPACE}", "") == "georg@ernst.example"
        assert label.minimumSizeHint().width() < paint.text_width("georg@ernst.example", label.font())


def test_merging_takes_the_chosen_values_and_undo_brings_both_back(desk: Desk, page: DuplicatesPage) -> None:
    desk.settle()
    lines(page)
    desk.settle()
    with desk.store.read() as reader:
        before = records.count(reader, "contact")
    head = next(button for button in page.comparison.findChildren(QRadioButton) if button.text() == "Head of Sales")
    head.click()
    page.merge_button.click()
    desk.settle()
    with desk.store.read() as reader:
        kept = records.rows(reader, "contact", [records.find_one(reader, "contact", "Georg Pipps")], ("family_name", "role", "phone"))[0].values
        assert records.count(reader, "contact") == before - 1
    assert (kept["family_name"], kept["role"], len(kept["phone"])) == ("Pipps", "Head of Sales", 1)
    assert lines(page) == []
    assert page.stack.currentWidget() is page.nothing
    assert desk.said() == ["2 records merged"]
    desk.store.undo()
    desk.settle()
    assert lines(page) == [("Georg Pipps", "Georg Pips")]


def test_another_one_can_be_the_one_that_stays(desk: Desk, page: DuplicatesPage) -> None:
    desk.settle()
    lines(page)
    desk.settle()
    second = next(button for button in page.comparison.findChildren(QRadioButton) if button.text() == "Georg Pips")
    second.click()
    page.merge_button.click()
    desk.settle()
    with desk.store.read() as reader:
        kept = records.rows(reader, "contact", [records.find_one(reader, "contact", "Georg Pips")], ("family_name", "role"))[0].values
    assert (kept["family_name"], kept["role"]) == ("Pips", "Head of Sales")


def test_what_was_told_apart_is_not_asked_again_even_when_looked_for_anew(desk: Desk, page: DuplicatesPage) -> None:
    desk.settle()
    lines(page)
    desk.settle()
    page.apart_button.click()
    desk.settle()
    assert lines(page) == []
    page.look()
    desk.settle()
    assert lines(page) == []
    desk.store.undo()
    page.look()
    desk.settle()
    assert lines(page) == [("Georg Pipps", "Georg Pips")]


def test_three_records_that_are_all_the_same_are_decided_at_once(desk: Desk, page: DuplicatesPage) -> None:
    add(desk, given_name="Georg", family_name="Pipps", company="Ernst Handel", email="georg@ernst.example", phone="+43 316 76753425")
    page.look()
    desk.settle()
    found = lines(page)
    assert len(found) == 1
    desk.settle()
    with desk.store.read() as reader:
        before = records.count(reader, "contact")
    page.merge_button.click()
    desk.settle()
    with desk.store.read() as reader:
        assert records.count(reader, "contact") == before - 2


def test_companies_and_leads_are_looked_through_as_well(desk: Desk, page: DuplicatesPage) -> None:
    desk.store.run(deeds.add, "company", {"name": "Ernst Handel GmbH"})
    page.look_at("company")
    desk.settle()
    assert lines(page) == [("Ernst Handel", "Ernst Handel GmbH")]
    page.look_at("lead")
    desk.settle()
    assert lines(page) == []


def test_of_a_large_group_those_that_are_not_shown_come_next(desk: Desk, page: DuplicatesPage) -> None:
    for number in range(6):
        add(desk, given_name="Georg", family_name="Pipps", company="Ernst Handel", email="georg@ernst.example", role=f"Role {number}")
    page.look()
    desk.settle()
    assert len(lines(page)) == 1
    desk.settle()
    assert not page.more.isHidden()
    assert "3" in page.more.text()
    with desk.store.read() as reader:
        before = records.count(reader, "contact")
    page.merge_button.click()
    desk.settle()
    assert len(lines(page)) == 1  # the kept one and those that were not shown
    desk.settle()
    assert page.card.isVisible()
    assert page.more.isHidden()
    with desk.store.read() as reader:
        assert records.count(reader, "contact") == before - 4
    page.merge_button.click()
    desk.settle()
    assert lines(page) == []
    with desk.store.read() as reader:
        assert records.count(reader, "contact") == before - 7
    desk.store.undo()
    desk.settle()
    assert len(lines(page)) == 1


def test_a_group_of_which_one_is_deleted_elsewhere_is_still_to_be_decided(desk: Desk, page: DuplicatesPage) -> None:
    third = add(desk, given_name="Georg", family_name="Pipps", company="Ernst Handel", email="georg@ernst.example", phone="+43 316 76753425")
    page.look()
    desk.settle()
    assert len(lines(page)) == 1
    desk.store.run(deeds.delete, "contact", [third])
    desk.settle()
    assert lines(page) == [("Georg Pipps", "Georg Pips")]


def test_a_merge_is_taken_back_days_later_from_the_history_of_the_kept_record(desk: Desk, page: DuplicatesPage, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.settle()
    lines(page)
    desk.settle()
    kept = page.comparison.kept()
    page.merge_button.click()
    desk.settle()
    with clock.frozen(clock.now() + timedelta(days=3)):
        desk.store.run(deeds.edit, "contact", [kept], {"title": "Dr."})
        add(desk, given_name="Somebody", family_name="Else")
        desk.window.open_record("contact", kept)
        desk.settle()
        person = desk.window.page()
        assert isinstance(person, CustomerPage)
        person.show_tab("history")
        desk.settle()
        (merged,) = [entry for entry in person.belongings.history.entries() if entry.title.startswith("Merge")][:1]
        asked: list[str] = []
        monkeypatch.setattr(desk.window, "confirm", lambda question, *_more, **_named: asked.append(question) or True)
        person.belongings.history.opened.emit(merged)
        desk.settle()
    assert len(asked) == 1
    with desk.store.read() as reader:
        assert sorted(reader.rows("SELECT name, title FROM contact WHERE deleted_at IS NULL AND family_name LIKE 'Pip%'")) == [
            ("Georg Pipps", "Dr."),
            ("Georg Pips", None),
        ]
    assert desk.said()[-1] == "Undone: Merge: Georg Pipps"


def test_a_merge_whose_values_were_edited_since_is_taken_back_but_for_these_if_one_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = add(desk, given_name="Georg", family_name="Pipps")
    gone = add(desk, given_name="Georg", family_name="Pips", department="Purchasing")
    desk.store.run(merging.merge, "contact", kept, [gone])
    desk.store.run(deeds.edit, "contact", [kept], {"department": "Board"})
    desk.window.open_record("contact", kept)
    desk.settle()
    person = desk.window.page()
    assert isinstance(person, CustomerPage)
    person.show_tab("history")
    desk.settle()
    merged = next(entry for entry in person.belongings.history.entries() if entry.title.startswith("Merge"))
    asked: list[str] = []
    monkeypatch.setattr(desk.window, "confirm", lambda question, verb, *_more, **_named: asked.append(verb) or True)
    person.belongings.history.opened.emit(merged)
    desk.settle()
    with desk.store.read() as reader:
        there = reader.rows("SELECT count(*), sum(department = 'Board') FROM contact WHERE deleted_at IS NULL AND family_name LIKE 'Pip%'")
    assert there == [(2, 1)]
    assert asked == ["Take back", "Take back the rest"]


def test_the_next_records_stand_without_the_gaps_of_those_before(desk: Desk) -> None:
    def shown(members: int, lines: int) -> None:
        texts = tuple(map(str, range(members)))
        comparison.show_records([uuid4() for _ in texts], Beside(texts, texts, tuple(Line(f"f{n}", f"F{n}", texts, False) for n in range(lines))))
        comparison.resize(600, 900)
        desk.settle()

    comparison = Comparison()
    comparison.show()
    shown(3, 2)
    shown(2, 6)
    places = [label.y() for label in sorted(comparison.findChildren(Text), key=lambda label: label.y()) if label.isVisible() and label.text().startswith("F")]
    assert len(places) == 6
    assert max(below - above for above, below in pairwise(places)) < 60
    assert max(label.x() for label in comparison.findChildren(Text) if label.isVisible() and label.text() == "1") > 300


def test_two_long_names_that_differ_at_their_ends_are_read_in_full(desk: Desk) -> None:
    for end in ("East", "Eest"):
        desk.store.run(deeds.add, "company", {"name": f"Evangelical Community Kindergarten Sankt Johannis {end}", "phone": "030 1234567"})
    page = desk.open("duplicates", "company")
    assert isinstance(page, DuplicatesPage)
    desk.settle()
    lines(page)
    desk.settle()
    buttons = page.comparison.findChildren(QRadioButton)
    assert len({button.text() for button in buttons}) == 2
    assert all(button.heightForWidth(160) >= 2 * button.heightForWidth(900) - 8 for button in buttons)
    second = buttons[1]
    second.click()
    assert page.comparison.choices() == {"name": page.comparison.kept()}


def ticked(desk: Desk, name: str, *ids: UUID) -> RecordListPage:
    """Open a list and tick records in it."""
    page = desk.open(name)
    assert isinstance(page, RecordListPage)
    page.list.table.records.check([record.bytes for record in ids])
    desk.settle()
    return page


def offered(page: RecordListPage) -> list[str]:
    return [button.text() for button in page.list.foot.findChildren(QAbstractButton) if button.isVisible()]


def test_records_that_are_ticked_in_a_list_are_put_side_by_side_merged_and_brought_back_by_one_undo(desk: Desk) -> None:
    first = add(desk, given_name="Georg", family_name="Pipps", role="Sales Manager", email="georg@ernst.example")
    second = add(desk, given_name="Schorsch", family_name="Pipps", phone="+43 316 76753425")
    assert "Merge duplicates" not in offered(ticked(desk, "contacts", first))
    desk.window.open_page("today")
    listed = ticked(desk, "contacts", second)
    assert "Merge duplicates" in offered(listed)
    next(button for button in listed.list.foot.findChildren(QAbstractButton) if button.text() == "Merge duplicates").click()
    desk.settle()
    page = desk.window.page()
    assert isinstance(page, DuplicatesPage)
    assert page.header.title.text() == "Merge duplicates"
    assert page.card.isVisible()
    assert not page.listed.isVisible()
    assert page.comparison.kept() == first
    assert QApplication.focusWidget() is page.merge_button
    page.merge_button.click()
    desk.settle()
    assert desk.window.page() is listed
    assert desk.said() == ["2 records merged"]
    with desk.reader() as reader:
        kept = records.rows(reader, "contact", [first, second], ("name", "phone", "email"))
    assert [(row.id, len(row.values["phone"]), len(row.values["email"])) for row in kept] == [(first, 1, 1)]
    desk.store.undo()
    desk.settle()
    with desk.reader() as reader:
        assert len(records.rows(reader, "contact", [first, second], ("name",))) == 2


def test_of_many_that_are_ticked_the_rest_comes_when_the_first_ones_are_merged(desk: Desk) -> None:
    same = [add(desk, given_name="Georg", family_name=f"Pips{at}") for at in range(7)]
    ticked(desk, "contacts", *same).merge([record.bytes for record in same])
    desk.settle()
    page = desk.window.page()
    assert isinstance(page, DuplicatesPage)
    assert page.more.isVisible()
    page.merge()
    desk.settle()
    assert desk.window.page() is page
    assert len(page.comparison._members) == 3
    page.merge()
    desk.settle()
    assert desk.window.page() is not page
    with desk.reader() as reader:
        assert len(records.rows(reader, "contact", same, ("name",))) == 1


def test_more_than_twenty_are_not_put_side_by_side_and_one_reads_why(desk: Desk) -> None:
    same = [add(desk, given_name="Georg", family_name=f"Pips{at}") for at in range(21)]
    listed = ticked(desk, "contacts", *same)
    (command,) = [action for action in desk.window.registry.all() if action.id == "list.merge"]

    def button() -> QAbstractButton:
        return next(one for one in listed.list.foot.findChildren(QAbstractButton) if one.isVisible() and one.text() == "Merge duplicates")

    assert not command.is_enabled
    assert command.why_not() == "At most 20 rows can be merged at a time: untick some first."
    assert not button().isEnabled()
    assert button().toolTip() == button().accessibleDescription() == command.why_not()
    button().click()
    desk.window.registry.run("list.merge")
    desk.settle()
    assert desk.window.page() is listed
    listed.list.table.records.check([same[0].bytes], False)
    desk.settle()
    assert command.is_enabled
    assert button().isEnabled()
    button().click()
    desk.settle()
    assert isinstance(desk.window.page(), DuplicatesPage)


def test_who_was_told_apart_can_still_be_merged_by_hand_and_the_page_shows_all_lookalikes_again_afterwards(desk: Desk, page: DuplicatesPage) -> None:
    desk.settle()
    lines(page)
    desk.settle()
    page.tell_apart()
    desk.settle()
    with desk.reader() as reader:
        both = [records.find_one(reader, "contact", name) for name in ("Georg Pipps", "Georg Pips")]
    listed = desk.open("contacts")
    assert isinstance(listed, RecordListPage)
    listed.merge([record.bytes for record in both])
    desk.settle()
    assert page.card.isVisible()
    desk.open("duplicates", "contact")
    assert page.listed.isVisible()
    assert page.header.title.text() == "Duplicates"
    assert lines(page) == []


@pytest.mark.parametrize(("name", "entity"), [("products", "product"), ("leads", "lead"), ("companies", "company"), ("articles", "article")])
def test_whatever_can_be_merged_can_be_merged_from_its_list(desk: Desk, name: str, entity: str) -> None:
    title = {"product": "name", "lead": "family_name", "company": "name", "article": "title"}[entity]
    text = {"body": "Turn it off."} if entity == "article" else {}
    both = [desk.store.run(deeds.add, entity, {title: value, **text}) for value in ("Cooling box", "Box for cooling")]
    listed = ticked(desk, name, *both)
    assert "Merge duplicates" in offered(listed)
    (command,) = [action for action in desk.window.registry.all() if action.id == "list.merge"]
    assert command.is_enabled
    desk.window.registry.run("list.merge")
    desk.settle()
    page = desk.window.page()
    assert isinstance(page, DuplicatesPage)
    page.merge()
    desk.settle()
    with desk.reader() as reader:
        assert len(records.rows(reader, entity, both, (title,))) == 1


def test_what_has_a_number_of_its_own_is_not_merged(desk: Desk) -> None:
    both = [desk.store.run(deeds.add, "quote", {"subject": text}) for text in ("Boxes", "Boxes again")]
    assert "Merge duplicates" not in offered(ticked(desk, "quotes", *both))
    assert not [action for action in desk.window.registry.all() if action.id == "list.merge"]
