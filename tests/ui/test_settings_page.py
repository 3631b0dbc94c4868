"""Settings: saved when a field is left, shown on letters, boards and in the navigation."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from crmdesk import settings
from crmdesk.i18n import speaking
from crmdesk.operations import records as deeds
from crmdesk.operations import workspace
from crmdesk.queries import records
from crmdesk.store.rights import acting_as
from crmdesk.ui.dialogs.hand_over import HandOverDialog
from crmdesk.ui.dialogs.new_record import AskDialog
from crmdesk.ui.pages.settings import SECTIONS, SettingsPage
from crmdesk.ui.pages.settings.letters import CompanySection, LetterheadSection, QuotesSection
from crmdesk.ui.pages.settings.look import AreasSection, LookSection
from crmdesk.ui.pages.settings.members import MembersSection
from crmdesk.ui.pages.settings.pipelines import PipelinesSection
from crmdesk.ui.pages.settings.rates import RatesSection
from crmdesk.ui.pages.settings.records import CareSection, FieldsSection, NumbersSection
from crmdesk.ui.pages.settings.section import Section, setting_field
from crmdesk.ui.pages.settings.service import AnswersSection, HoursSection
from crmdesk.ui.widgets.basics import Chip, IconButton, Text
from tests.operations.test_workspace import PNG
from tests.ui.desk import Desk, desk

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["desk"]


@pytest.fixture
def page(desk: Desk) -> SettingsPage:
    opened = desk.open("settings")
    assert isinstance(opened, SettingsPage)
    return opened


def section(page: SettingsPage, name: str, kind: type[Any]) -> Any:
    found = page.section(name)
    assert isinstance(found, kind)
    return found


def answer(page: SettingsPage, desk: Desk, **values: str) -> None:
    """Fill in the dialog that is open and accept it."""
    dialog = page.window().findChildren(AskDialog)[-1]
    for name, text in values.items():
        dialog.form.editors[name].inner.setText(text)  # type: ignore[attr-defined]
    dialog.save()
    desk.settle()


def test_the_own_company_is_saved_when_its_field_is_left(desk: Desk, page: SettingsPage) -> None:
    company = section(page, "company", CompanySection)
    name = company.fields.editors["company_name"]
    name.inner.setText("Northwind Traders")
    name.left.emit()
    desk.settle()
    assert desk.store.settings.company_name == "Northwind Traders"
    name.inner.setText("")
    name.left.emit()
    desk.settle()
    assert desk.store.settings.company_name == ""


def test_a_logo_stands_on_the_sample_letter_at_once(desk: Desk, page: SettingsPage, tmp_path: Path) -> None:
    letterhead = section(page, "letterhead", LetterheadSection)
    page.names.setCurrentRow(1)
    desk.settle()
    before = letterhead.view.pdf()
    assert before.startswith(b"%PDF")
    (tmp_path / "logo.png").write_bytes(PNG)
    letterhead.set_picture("logo", tmp_path / "logo.png")
    desk.settle()
    assert desk.store.settings.logo_id
    assert letterhead.view.pdf() != before
    assert not letterhead.logo.remove.isHidden()


def test_a_picture_that_is_none_is_refused_in_words(desk: Desk, page: SettingsPage, tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_text("no picture")
    section(page, "letterhead", LetterheadSection).set_picture("logo", tmp_path / "logo.png")
    desk.settle()
    assert "no picture" in desk.said()[0]


def test_columns_of_quotes_are_chosen(desk: Desk, page: SettingsPage) -> None:
    section(page, "quotes", QuotesSection).boxes["discount"].click()
    desk.settle()
    assert "discount" not in desk.store.settings.quote_columns


def test_a_stage_is_added_moved_and_deleted(desk: Desk, page: SettingsPage) -> None:
    stages = section(page, "pipelines", PipelinesSection)
    assert page.found is not None
    pipeline = page.found.pipelines[0][0]
    stages._stage_adder(pipeline)()
    answer(page, desk, name="Contract", win_rate="90")
    assert [stage.name for stage in page.found.stages] == ["Qualify", "Meeting", "Proposal", "Negotiation", "Contract", "Won", "Lost"]
    stages._mover(pipeline, page.found.stages, 4, -1)()
    desk.settle()
    assert [stage.name for stage in page.found.stages][3:5] == ["Contract", "Negotiation"]
    stages._stage_deleter(page.found.stages[3].id)()
    desk.settle()
    assert "Contract" not in [stage.name for stage in page.found.stages]


def test_hours_that_make_no_sense_are_refused_at_once(desk: Desk, page: SettingsPage) -> None:
    hours = section(page, "hours", HoursSection)
    hours.days[0].setText("17:00-09:00")
    hours._save()
    assert hours.error.text()
    hours.days[0].setText("09:00-12:00, 13:00-17:00")
    hours._save()
    desk.settle()
    assert desk.store.settings.hours[0] == ("09:00", "12:00", "13:00", "17:00")


def test_numbers_show_what_comes_next(desk: Desk, page: SettingsPage) -> None:
    section(page, "numbers", NumbersSection)._editor("ticket", "Tickets", "T-{seq:04}", 1)()
    answer(page, desk, pattern="HELP-{seq:03}", next_value="41")
    assert page.found is not None
    assert ("ticket", "HELP-{seq:03}", 41) in page.found.series


def test_an_own_field_is_added_and_taken_away(desk: Desk, page: SettingsPage) -> None:
    own = section(page, "fields", FieldsSection)
    own._add()
    answer(page, desk, label="Shoe size")
    assert page.found is not None
    assert [one.values["label"] for one in page.found.own_fields] == ["Shoe size"]
    desk.store.run(workspace.delete_field, page.found.own_fields[0].id)
    desk.settle()
    assert page.found.own_fields == []


def test_areas_are_switched_on_and_off(desk: Desk, page: SettingsPage) -> None:
    areas = section(page, "areas", AreasSection)
    before = areas.boxes["tickets"].isChecked()
    areas.boxes["tickets"].click()
    desk.settle()
    assert ("tickets" in desk.store.settings.areas) is not before


def test_the_sections_are_found_from_everywhere(desk: Desk, page: SettingsPage) -> None:
    desk.open("settings", "hours")
    assert page.names.currentItem().text() == "Hours and holidays"
    assert page.section("hours").isVisible()


def test_what_shall_be_there_once_is_added_replaced_and_taken_away(desk: Desk, page: SettingsPage) -> None:
    care = section(page, "care", CareSection)
    for mode in ("warn", "block"):
        care._add()
        dialog = page.window().findChildren(AskDialog)[-1]
        dialog._given = {"what": "contact:email", "mode": mode}
        dialog.save()
        desk.settle()
    assert desk.store.settings.uniqueness == (("contact", "email", "block"),)
    assert [text.text() for text in care.findChildren(Text) if text.text() == "Contact: Email"] == ["Contact: Email"]
    care._deleter(("contact", "email", "block"))()
    desk.settle()
    assert desk.store.settings.uniqueness == ()


def test_the_keyboard_stays_on_the_button_that_moves_a_stage(desk: Desk, page: SettingsPage) -> None:
    desk.open("settings", "pipelines")
    stages = section(page, "pipelines", PipelinesSection)
    desk.settle()
    button = next(one for one in stages.findChildren(IconButton) if one.accessibleName() == "Move Negotiation up")
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    desk.settle()
    focused = page.window().focusWidget()
    assert focused is not None
    assert focused is not button
    assert focused.accessibleName() == "Move Negotiation up"


def change(page: SettingsPage, desk: Desk, name: str, **values: Any) -> AskDialog:
    """Press the pencil of a member, an answer or an article, change values in the dialog and accept it."""
    next(one for one in page.findChildren(IconButton) if one.accessibleName() == f"Change {name}").click()
    desk.settle()
    dialog = page.window().findChildren(AskDialog)[-1]
    for field, value in values.items():
        dialog.form.editors[field].show_value(value)
    dialog.save()
    desk.settle()
    return dialog


def members_of(page: SettingsPage) -> dict[str, tuple[str | None, bool | None]]:
    assert page.found is not None
    return {str(one.values["name"]): (one.values["role"], one.values["is_active"]) for one in page.found.members}


def test_a_member_is_added_changed_and_made_inactive(desk: Desk, page: SettingsPage) -> None:
    members = section(page, "members", MembersSection)
    members._add()
    answer(page, desk, name="Tom Stein", email="tom@example.com")
    assert members_of(page)["Tom Stein"] == ("sales", True)
    change(page, desk, "Tom Stein", role="manager", is_active=False, email="")
    assert members_of(page)["Tom Stein"] == ("manager", False)
    with desk.reader() as reader:
        assert records.rows(reader, "member", [records.find_one(reader, "member", "Tom Stein")], ["email"])[0].values["email"] is None
    assert [text.text() for text in members.findChildren(Chip)] == ["not active"]


def test_the_size_of_texts_and_controls_is_kept_for_the_next_start(page: SettingsPage) -> None:
    look = section(page, "look", LookSection)
    assert look.zoom.currentText() == "As the system"
    look.zoom.setCurrentIndex(look.zoom.findData(1.5))
    look.zoom.activated.emit(look.zoom.currentIndex())
    assert settings.read()["zoom"] == 1.5
    look.zoom.activated.emit(0)
    look.zoom.setCurrentIndex(0)
    look.zoom.activated.emit(0)
    assert settings.read()["zoom"] is None


def test_no_section_is_wider_than_a_narrow_window_shows(desk: Desk, page: SettingsPage) -> None:
    desk.window.resize(733, 480)
    for name in SECTIONS:
        desk.open("settings", name)
        shown = page.findChildren(Section)
        assert shown
        for one in shown:
            if one.isVisible() and not one.is_wide:
                assert one.width() <= one.area.width(), name


def test_what_a_member_looks_after_is_handed_over_after_a_look_at_how_much_it_is(desk: Desk, page: SettingsPage) -> None:
    members = section(page, "members", MembersSection)
    assert not [button for button in members.findChildren(IconButton) if "Hand over" in button.accessibleName()], "there is nobody to hand over to"
    tom = desk.store.run(deeds.add, "member", {"name": "Tom Stein", "role": "sales"})
    desk.store.run(deeds.add, "member", {"name": "Gone Girl", "role": "sales", "is_active": False})
    desk.store.run(deeds.add, "company", {"name": "Handed", "owner": tom})
    desk.store.run(deeds.add, "task", {"subject": "Call", "owner": tom})
    desk.settle()
    button = next(button for button in members.findChildren(IconButton) if button.accessibleName() == "Hand over the records of Tom Stein")
    button.click()
    desk.settle()
    dialog = desk.window.findChild(HandOverDialog)
    assert dialog is not None
    assert [dialog.taker.itemText(place) for place in range(dialog.taker.count())] == ["Maria Becker"]
    assert dialog.preview.text() == "Companies: 1 · Tasks: 1"
    dialog.accept_button.click()
    desk.settle()
    assert desk.said()[-1] == "2 records handed over to Maria Becker"
    with desk.reader() as reader:
        assert reader.value("SELECT count(*) FROM company WHERE owner_id = ?", (tom.bytes,)) == 0
    assert desk.store.undo() == "Hand over: Tom Stein to Maria Becker"
    with desk.reader() as reader:
        assert reader.value("SELECT count(*) FROM company WHERE owner_id = ?", (tom.bytes,)) == 1


def test_a_value_of_an_article_that_is_emptied_is_gone(desk: Desk, page: SettingsPage) -> None:
    article = desk.store.run(deeds.add, "article", {"title": "Returns", "category": "Shipping", "body": "Within 14 days."})
    desk.settle()
    section(page, "answers", AnswersSection)
    change(page, desk, "Returns", category="")
    with desk.reader() as reader:
        assert records.rows(reader, "article", [article], ["category", "body"])[0].values["category"] is None


def test_the_owner_of_the_store_stays_active_and_owner(desk: Desk, page: SettingsPage) -> None:
    owner = next(iter(members_of(page)))
    section(page, "members", MembersSection)
    for values, said in (({"is_active": False}, "is_active"), ({"role": "sales"}, "role")):
        dialog = change(page, desk, owner, **values)
        assert dialog.isVisible()
        assert dialog.form.editors[said].inner.accessibleDescription() == "The store belongs to this member."
        dialog.reject()
    assert members_of(page)[owner] == ("owner", True)


def test_nobody_gives_a_higher_role_than_their_own_in_the_window(desk: Desk, page: SettingsPage) -> None:
    section(page, "members", MembersSection)._add()
    answer(page, desk, name="Tom Stein")
    desk.store.viewer = acting_as(desk.store.viewer, "manager")
    dialog = change(page, desk, "Tom Stein", role="owner")
    assert dialog.isVisible()
    assert members_of(page)["Tom Stein"] == ("sales", True)
    dialog.reject()


def test_the_country_is_chosen_by_its_name(desk: Desk, page: SettingsPage) -> None:
    country = section(page, "look", LookSection).fields.editors["region"]
    assert country.input.currentText() == "Germany (DE)"
    country.input.setCurrentIndex(country.input.findText("Austria (AT)"))
    country.input.activated.emit(country.input.currentIndex())
    desk.settle()
    assert desk.store.settings.region == "AT"


def test_the_country_is_named_in_the_language_of_the_window(page: SettingsPage) -> None:
    with speaking("zh"):
        assert "德国 (DE)" in [choice.label for choice in setting_field("region").choices]


def test_an_exchange_rate_is_noted_changed_and_taken_away(desk: Desk, page: SettingsPage) -> None:
    for year in range(2018, 2026):
        desk.store.run(deeds.add, "exchange_rate", {"code": "GBP", "on": f"{year}-01-01", "rate": "1.2"})
    rates = section(page, "rates", RatesSection)
    rates._add()
    dialog = page.window().findChildren(AskDialog)[-1]
    for name, value in (("code", "USD"), ("on", date(2026, 11, 2)), ("rate", Decimal("0.92"))):
        dialog.form.editors[name].show_value(value)
    dialog.save()
    desk.settle()
    assert page.found is not None
    assert [(one.code, one.on.year, one.rate) for one in page.found.rates][-2:] == [("GBP", 2021, Decimal("1.2")), ("USD", 2026, Decimal("0.92"))]
    change(page, desk, "USD of 2 Nov 2026", rate=Decimal("0.9"))
    assert page.found.rates[-1].rate == Decimal("0.9")
    rates._deleter(page.found.rates[-1].id)()
    desk.settle()
    assert [one.on.year for one in page.found.rates] == [2025, 2024, 2023, 2022, 2021]


def test_the_sample_letter_stands_beneath_the_letterhead_where_there_is_no_room_beside_it(desk: Desk, page: SettingsPage) -> None:
    letterhead = section(page, "letterhead", LetterheadSection)
    page.names.setCurrentRow(list(SECTIONS).index("letterhead"))
    for size, is_beside in (((1360, 850), True), ((853, 533), False), ((1360, 850), True)):
        desk.window.resize(*size)
        desk.settle()
        at = letterhead.view.mapTo(letterhead, letterhead.view.rect().topLeft())
        assert (at.x() > letterhead.footer.geometry().right()) == is_beside
        assert letterhead.view.width() > 250, "large enough to be looked at"
