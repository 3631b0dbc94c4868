"""A list over a real store: what is filtered, changed, deleted, undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from crmdesk.operations import records as deeds
from crmdesk.queries import records
from crmdesk.queries.finding import Condition
from crmdesk.ui import background
from crmdesk.ui.editors import LineEditor
from crmdesk.ui.list_page import RecordListPage
from crmdesk.ui.lists.record_list import Definition
from crmdesk.ui.page import Page, PageSpec, Place
from crmdesk.ui.widgets.basics import Button
from crmdesk.ui.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmdesk.store import Store

pytestmark = pytest.mark.usefixtures("app")


class People(RecordListPage):
    """Contacts as a list."""

    entity = "contact"
    shown = ("name", "company", "role", "phone")
    filters = ("name", "company", "role", "lifecycle")
    peek = ("role", "phone", "company")


class One(Page):
    """The page of one contact."""


SPECS = (
    PageSpec("contacts", "Contacts", "users", lambda: People),
    PageSpec("contact", "Contact", "user", lambda: One, opens=("contact",), in_navigation=False),
)


@pytest.fixture
def window(store: Store) -> Iterator[Window]:
    made = Window(SPECS)
    made.set_store(store, "northwind.crmdesk", "Maria Becker")
    made.fill_navigation()
    made.show()
    QTest.qWaitForWindowActive(made)
    stop = store.listen(lambda changes: changed.append(changes))
    changed: list[object] = []
    made.changed = changed  # type: ignore[attr-defined]
    made.open_page("contacts")
    settle(made)
    yield made
    stop()


def settle(window: Window) -> None:
    """Let everything that is under way arrive, changes of the store included."""
    for _ in range(3):
        background.settle()
        while window.changed:  # type: ignore[attr-defined]
            window.announce(window.changed.pop().ids)  # type: ignore[attr-defined]
        window.grab()
        QApplication.processEvents()


def page(window: Window) -> People:
    shown = window.page()
    assert isinstance(shown, People)
    return shown


def names(window: Window) -> list[str]:
    table = page(window).list.table
    return [table.records.text(row, 1) for row in range(table.records.rowCount())]


def test_the_list_shows_what_the_store_holds_in_the_order_of_names(window: Window) -> None:
    assert names(window) == ["Maria Anders", "Roland Mendel", "王伟"]
    table = page(window).list.table
    assert [table.records.text(0, column) for column in (2, 3, 4)] == ["Alfreds Futterkiste", "Owner", "030 0074321"]
    assert page(window).header.note.text() == "3"


def test_the_quick_filter_searches_the_store(window: Window) -> None:
    QTest.keyClicks(page(window).list.search, "mendel")
    QTest.keyClick(page(window).list.search, Qt.Key.Key_Return)
    settle(window)
    assert names(window) == ["Roland Mendel"]
    assert page(window).header.note.text() == "1 of 3"


def test_the_keyboard_is_never_on_a_list_that_is_not_shown(window: Window) -> None:
    shown = page(window).list
    shown.search.setFocus()
    QTest.keyClicks(shown.search, "zzzz")
    QTest.keyClick(shown.search, Qt.Key.Key_Return)
    shown.search.setFocus()
    settle(window)
    QTest.keyClick(shown.search, Qt.Key.Key_Down)
    focused = QApplication.focusWidget()
    assert isinstance(focused, Button)
    assert (focused.text(), focused.isVisible()) == ("Remove filter", True)
    QTest.keyClick(focused, Qt.Key.Key_Return)
    settle(window)
    assert QApplication.focusWidget() is shown.table


def test_a_condition_over_a_linked_company_finds_its_people(window: Window) -> None:
    page(window).list.filters.set_conditions([Condition("company", "=", "Ernst Handel")])
    page(window).list.reload()
    settle(window)
    assert names(window) == ["Roland Mendel"]


def test_a_cell_is_changed_in_place_and_can_be_taken_back(window: Window, store: Store) -> None:
    table = page(window).list.table
    table.setCurrentIndex(table.records.index(1, 3))
    QTest.keyClick(table, Qt.Key.Key_F2)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    field.selectAll()
    QTest.keyClicks(field, "Head of sales")
    QTest.keyClick(field, Qt.Key.Key_Return)
    settle(window)
    assert table.records.text(1, 3) == "Head of sales"
    assert table.hasFocus()
    store.undo()
    settle(window)
    assert table.records.text(1, 3) == "Sales manager"


def test_escape_leaves_a_cell_as_it_was(window: Window, store: Store) -> None:
    table = page(window).list.table
    table.setCurrentIndex(table.records.index(1, 3))
    QTest.keyClick(table, Qt.Key.Key_E)
    field = QApplication.focusWidget()
    QTest.keyClicks(field, "nonsense")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    settle(window)
    assert table.records.text(1, 3) == "Sales manager"
    assert not isinstance(QApplication.focusWidget(), QLineEdit)


@pytest.mark.parametrize("name", ["role", "company", "owner"])
def test_enter_in_a_cell_that_was_not_changed_stays_in_the_table(window: Window, name: str) -> None:
    table = page(window).list.table
    column = [col.name for col in table.records.columns].index(name)
    table.setCurrentIndex(table.records.index(1, column))
    QTest.keyClick(table, Qt.Key.Key_F2)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    before = window.place()
    QTest.keyClick(field, Qt.Key.Key_Return)
    settle(window)
    assert window.place() == before
    assert table.hasFocus()


def test_tab_saves_a_cell_and_goes_on_to_the_next(window: Window) -> None:
    table = page(window).list.table
    table.setCurrentIndex(table.records.index(1, 3))
    QTest.keyClick(table, Qt.Key.Key_F2)
    field = QApplication.focusWidget()
    field.selectAll()
    QTest.keyClicks(field, "Buyer")
    QTest.keyClick(field, Qt.Key.Key_Tab)
    settle(window)
    assert table.records.text(1, 3) == "Buyer"
    assert table.currentIndex().row() == 2


def test_deleting_asks_nothing_and_can_be_taken_back_from_the_toast(window: Window, store: Store) -> None:
    table = page(window).list.table
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Space)
    QTest.keyClick(table, Qt.Key.Key_Delete)
    settle(window)
    assert names(window) == ["Roland Mendel", "王伟"]
    assert window.toasts.texts() == ["1 record deleted"]
    store.undo()
    settle(window)
    assert names(window) == ["Maria Anders", "Roland Mendel", "王伟"]


def test_what_others_change_shows_without_being_asked_for(window: Window, store: Store) -> None:
    store.run(deeds.add, "contact", {"family_name": "Zola"})
    settle(window)
    assert names(window)[-1] == "Zola"


def test_a_click_shows_the_record_beside_the_list_and_its_fields_can_be_changed(window: Window, store: Store) -> None:
    table = page(window).list.table
    spot = table.visualRect(table.records.index(1, 2)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    settle(window)
    form = page(window)._peek_form
    assert form is not None
    assert page(window)._panel.heading.text() == "Roland Mendel"
    form.lines["role"].begin()
    role = form.lines["role"].editor
    assert isinstance(role, LineEditor)
    role.input.setText("Purchasing")
    role.input.returnPressed.emit()
    settle(window)
    assert table.records.text(1, 3) == "Purchasing"


def test_a_saved_view_opens_with_its_filter_and_order(window: Window, store: Store) -> None:
    definition = Definition(("name", "role"), None, (), (Condition("role", "~", "sales"),))
    view = store.run(deeds.add, "saved_view", {"name": "Sales people", "about": "contact", "definition": definition.to_json()})
    window.open_page("contacts", str(view))
    settle(window)
    assert names(window) == ["Roland Mendel"]
    assert page(window).header.title.text() == "Sales people"
    assert page(window).list.table.shown_columns() == ["name", "role"]
    window.open_page("contacts")
    settle(window)
    assert names(window) == ["Maria Anders", "Roland Mendel", "王伟"]


def test_enter_opens_the_record(window: Window, store: Store) -> None:
    table = page(window).list.table
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Return)
    place = window.place()
    with store.read() as reader:
        expected = records.find_one(reader, "contact", "Roland Mendel")
    assert place == Place("contact", "contact", expected)
