"""Filters over days that are counted from today."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QSpinBox

from crmdesk import clock
from crmdesk.operations import records
from crmdesk.queries import views
from crmdesk.queries.finding import Condition
from crmdesk.ui.lists.filter_popups import FilterPopup
from crmdesk.ui.lists.filter_words import RELATIVE, said
from crmdesk.ui.pages.contacts import ContactsPage
from crmdesk.ui.records import context, field_named
from tests.ui.desk import Desk, desk

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["desk"]


@pytest.fixture
def page(desk: Desk) -> Iterator[ContactsPage]:
    """The list of contacts, in which one was spoken to long ago, one lately and one never."""
    with clock.frozen(datetime(2026, 2, 10, 12, tzinfo=UTC)):
        with desk.reader() as reader:
            found = reader.rows("SELECT id, family_name FROM contact")
        for record, name in found:
            if name in ("Anders", "Mendel"):
                text = "2025-12-01 10:00" if name == "Anders" else "2026-02-01 10:00"
                desk.store.run(records.add, "activity", {"kind": "call", "subject": "Call", "at": text, "contact": str(UUID(bytes=record))})
        opened = desk.open("contacts")
        assert isinstance(opened, ContactsPage)
        yield opened


def names(page: ContactsPage) -> list[str]:
    table = page.list.table
    return [table.records.text(row, 1) for row in range(table.records.rowCount())]


def chips(page: ContactsPage) -> list[QAbstractButton]:
    flow = page.list.filters._flow
    buttons = [flow.itemAt(number).widget() for number in range(flow.count() - 1)]
    return [button for button in buttons if isinstance(button, QAbstractButton)]


def choose(popup: FilterPopup, words: str) -> None:
    at = popup._operators.findText(words)
    assert at >= 0
    popup._operators.setCurrentIndex(at)


def test_who_was_not_spoken_to_for_thirty_days_is_found_and_the_chip_says_so(desk: Desk, page: ContactsPage) -> None:
    popup = page.list.filters.ask("last_contact_at")
    choose(popup, "is more than … days ago")
    days = popup.findChild(QSpinBox)
    assert days is not None
    assert days.isVisible()
    days.selectAll()
    QTest.keyClicks(days, "60")
    QTest.keyClick(days, Qt.Key.Key_Return)
    desk.settle()
    assert names(page) == ["Maria Anders"]
    assert [chip.text() for chip in chips(page)] == ["Last contact: more than 60 days ago"]


def test_a_chip_with_relative_days_is_opened_with_them_and_changed(desk: Desk, page: ContactsPage) -> None:
    page.list.filters.set_conditions([Condition("last_contact_at", "<", "today-60")])
    page.list.reload()
    desk.settle()
    QTest.mouseClick(chips(page)[0], Qt.MouseButton.LeftButton, pos=chips(page)[0].rect().center() / 2)
    popup = page.list.filters.findChild(FilterPopup)
    assert popup is not None
    assert popup._operators.currentText() == "is more than … days ago"
    assert popup._days.value() == 60
    assert popup._error.text() == ""
    choose(popup, "is within the last … days")
    popup._days.setValue(14)
    popup.apply()
    desk.settle()
    assert page.list.filters.conditions() == (Condition("last_contact_at", "=", "last_14_days"),)
    assert names(page) == ["Roland Mendel"]


def test_a_form_that_is_not_offered_stands_for_itself(desk: Desk, page: ContactsPage) -> None:
    given = Condition("last_contact_at", ">=", "month_start")
    popup = page.list.filters.ask("last_contact_at", given)
    assert popup._operators.currentText() == "is from the first of this month"
    told: list[Condition] = []
    popup.applied.connect(told.append)
    popup.apply()
    assert told == [given]


def test_a_day_is_typed_for_a_field_with_a_time_of_day_too(desk: Desk, page: ContactsPage) -> None:
    popup = page.list.filters.ask("last_contact_at")
    choose(popup, "is before")
    popup._value.set_value(datetime(2026, 2, 1, tzinfo=UTC).date())
    popup.apply()
    desk.settle()
    assert page.list.filters.conditions() == (Condition("last_contact_at", "<", "2026-02-01"),)
    assert names(page) == ["Maria Anders"]


@pytest.mark.parametrize("relative", RELATIVE, ids=lambda relative: relative.value)
def test_every_offer_is_understood_by_the_store_and_read_back(desk: Desk, page: ContactsPage, relative: object) -> None:
    popup = page.list.filters.ask("last_contact_at")
    popup._operators.setCurrentIndex(RELATIVE.index(relative))  # type: ignore[arg-type]
    popup._days.setValue(5)
    popup.apply()
    desk.settle()
    assert desk.said() == []
    (condition,) = page.list.filters.conditions()
    again = FilterPopup(page, "last_contact_at", field_named("contact", "last_contact_at"), context(desk.store), condition)
    assert again._operators.currentIndex() == RELATIVE.index(relative)  # type: ignore[arg-type]
    words = said(field_named("contact", "last_contact_at"), condition)
    assert not {"_", "{"} & set(words)


def test_a_saved_view_keeps_the_words_and_moves_on_with_the_days(desk: Desk, page: ContactsPage) -> None:
    page.list.filters.set_conditions([Condition("last_contact_at", "=", "last_14_days")])
    values = {"name": "Lately", "about": "contact", "definition": page.list.definition().to_json()}
    view = desk.store.run(records.add, "saved_view", values)
    desk.window.open_page("contacts", str(view))
    desk.settle()
    assert names(page) == ["Roland Mendel"]
    with clock.frozen(datetime(2026, 3, 10, 12, tzinfo=UTC)):
        page.list.reload()
        desk.settle()
        assert names(page) == []
    with desk.reader() as reader:
        assert views.named(reader, "contact", "lately").conditions == (Condition("last_contact_at", "=", "last_14_days"),)
