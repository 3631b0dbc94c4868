"""Cells of a list: pasted from a spreadsheet, filled down, copied without formulas; tags as one types; own fields of products."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from crmdesk.operations import records
from crmdesk.queries import records as asked
from crmdesk.ui.actions import shown_keys
from crmdesk.ui.editors import TagsEditor, editor_for
from crmdesk.ui.pages.contacts import ContactsPage
from crmdesk.ui.pages.products import ProductsPage
from crmdesk.ui.records import context, field_named
from crmdesk.ui.widgets.inputs import Line
from tests.ui.desk import Desk, desk

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from crmdesk.ui.widgets.record_table import RecordTable

__all__ = ["desk"]
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def page(desk: Desk) -> ContactsPage:
    opened = desk.open("contacts")
    assert isinstance(opened, ContactsPage)
    return opened


def column(table: RecordTable, name: str) -> int:
    return next(number for number, col in enumerate(table.records.columns, 1) if col.name == name)


def go(page: ContactsPage, row: int, name: str) -> RecordTable:
    table = page.list.table
    table.setCurrentIndex(table.records.index(row, column(table, name)))
    table.setFocus()
    return table


def roles(desk: Desk) -> dict[str, str | None]:
    with desk.reader() as reader:
        return dict(reader.rows("SELECT family_name, role FROM contact"))


def put(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def test_a_column_from_a_spreadsheet_goes_into_the_rows_below_with_one_undo(desk: Desk, page: ContactsPage) -> None:
    before = roles(desk)
    put("Buyer\r\nHead of sales\r\n")
    table = go(page, 0, "role")
    QTest.keyClick(table, Qt.Key.Key_V, CTRL)
    desk.settle()
    assert roles(desk) == {**before, "Anders": "Buyer", "Mendel": "Head of sales"}
    assert desk.said() == ["2 records changed"]
    desk.store.undo()
    assert roles(desk) == before


def test_a_wrong_value_changes_nothing_and_its_line_is_named(desk: Desk, page: ContactsPage) -> None:
    before = roles(desk)
    table = go(page, 0, "role")
    shown = table.shown_columns()
    table.show_columns(["name", "role", "lifecycle"] if "lifecycle" in [c.name for c in table.records.columns] else shown)
    put("Buyer\nHead\twhat is this\n")
    page.cells.paste(QGuiApplication.clipboard().text())
    desk.settle()
    assert roles(desk) == before
    assert desk.said()


def test_one_value_goes_into_all_checked_rows(desk: Desk, page: ContactsPage) -> None:
    table = go(page, 0, "role")
    table.records.check(table.records.ids()[:2])
    put("Buyer")
    QTest.keyClick(table, Qt.Key.Key_V, CTRL)
    desk.settle()
    assert [roles(desk)[name] for name in ("Anders", "Mendel")] == ["Buyer", "Buyer"]
    assert roles(desk)["王"] is None


def test_what_was_copied_here_can_be_pasted_here(desk: Desk, page: ContactsPage) -> None:
    table = go(page, 0, "role")
    table.show_columns(["role"])
    QTest.keyClick(table, Qt.Key.Key_C, CTRL)
    desk.settle()
    assert QGuiApplication.clipboard().text() == "Job title\nOwner\n"
    go(page, 1, "role")
    QTest.keyClick(table, Qt.Key.Key_V, CTRL)
    desk.settle()
    assert roles(desk)["Mendel"] == "Owner", "the heads are not pasted"


def test_a_copied_text_becomes_no_formula_and_comes_back_as_it_was(desk: Desk, page: ContactsPage) -> None:
    with desk.reader() as reader:
        anders = asked.find_one(reader, "contact", "Maria Anders")
    assert anders is not None
    desk.store.run(records.edit, "contact", [anders], {"role": '=HYPERLINK("http://evil.example")'})
    desk.settle()
    table = go(page, 0, "role")
    table.show_columns(["role"])
    QTest.keyClick(table, Qt.Key.Key_C, CTRL)
    desk.settle()
    copied = QGuiApplication.clipboard().text()
    assert copied.splitlines()[1].startswith("'=")
    go(page, 1, "role")
    page.cells.paste(copied)
    desk.settle()
    assert roles(desk)["Mendel"] == '=HYPERLINK("http://evil.example")'


def test_fill_down_gives_a_cell_what_stands_above_it(desk: Desk, page: ContactsPage) -> None:
    go(page, 1, "role")
    page.cells.fill_down()
    desk.settle()
    assert roles(desk)["Mendel"] == "Owner"


def test_fill_down_gives_the_checked_rows_the_value_of_the_first(desk: Desk, page: ContactsPage) -> None:
    table = go(page, 0, "company")
    table.records.check(table.records.ids())
    QTest.keyClick(desk.window, Qt.Key.Key_D, CTRL)
    desk.settle()
    with desk.reader() as reader:
        assert reader.value("SELECT count(DISTINCT company_id) FROM contact WHERE company_id IS NOT NULL") == 1
        assert reader.value("SELECT count(*) FROM contact WHERE company_id IS NULL") == 0


def test_fill_down_says_where_it_makes_no_sense(desk: Desk, page: ContactsPage) -> None:
    go(page, 0, "role")
    page.cells.fill_down()
    desk.settle()
    assert desk.said() == ["Go to a cell that can be changed, below another one, or tick several rows."]


def test_tags_are_offered_while_typing(desk: Desk) -> None:
    with desk.reader() as reader:
        anders = asked.find_one(reader, "contact", "Maria Anders")
    assert anders is not None
    desk.store.run(records.edit, "contact", [anders], {"tags": ["cold-chain", "key account"]})
    editor = editor_for(field_named("contact", "tags"), context(desk.store))
    assert isinstance(editor, TagsEditor)
    editor.show()
    editor.activateWindow()
    QTest.qWaitForWindowActive(editor)
    editor.input.setFocus()
    QTest.keyClicks(editor.input, "chain")
    editor.ask()
    desk.settle()
    assert editor.offers.lines() == ["cold-chain"]
    QTest.keyClick(editor.input, Qt.Key.Key_Down)
    QTest.keyClick(editor.input, Qt.Key.Key_Return)
    assert [part.value for part in editor.value() or ()] == ["cold-chain"]
    QTest.keyClicks(editor.input, "new one")
    QTest.keyClick(editor.input, Qt.Key.Key_Return)
    assert [part.value for part in editor.value() or ()] == ["cold-chain", "new one"], "what is not known yet is taken as it was typed"
    editor.close()
    editor.deleteLater()


def test_own_fields_of_a_product_stand_beside_the_list(desk: Desk) -> None:
    desk.store.run(records.add, "custom_field", {"about": "product", "name": "shelf", "label": "Shelf", "kind": "text"})
    product = desk.store.run(records.add, "product", {"name": "Lamp"})
    opened = desk.open("products")
    assert isinstance(opened, ProductsPage)
    opened._splitter.show_panel(True)
    opened._peek(product.bytes)
    desk.settle()
    own = opened._peek_own
    assert own is not None
    assert own.form is not None
    editor = own.form.editors["shelf"]
    QTest.keyClicks(editor.input, "A 12")
    QTest.keyClick(editor.input, Qt.Key.Key_Return)
    desk.settle()
    with desk.reader() as reader:
        assert asked.rows(reader, "product", [product], ["shelf"])[0].values["shelf"] == "A 12"


def test_a_line_shows_that_it_is_cut_and_its_tip_tells_the_rest(app: QApplication) -> None:
    line = Line()
    line.setText("A company with a name that is much too long for this")
    line.resize(120, 30)
    assert line.is_cut()
    line.show()
    assert line.toolTip() == line.text()
    line.grab()
    line.resize(600, 30)
    assert not line.is_cut()
    assert line.toolTip() == ""
    line.close()


def test_keys_have_the_names_of_the_keyboard() -> None:
    assert [shown_keys(keys) for keys in ("Ctrl+K", "F1", "Ctrl+Shift+Left", "Ctrl++", "")] == ["Ctrl+K", "F1", "Ctrl+Shift+Left", "Ctrl++", ""]
