"""The list of records: few questions, many rows, all by keyboard."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QInputMethodEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from crmdesk.fields import Choice, Field
from crmdesk.queries.finding import Condition
from crmdesk.ui import background, theme
from crmdesk.ui.editors import Context
from crmdesk.ui.lists.record_list import BulkAction, Definition, Hints, RecordList
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.record_table import Ask, Cell, Column, RecordTable, Sort

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.ui.background import Job

pytestmark = pytest.mark.usefixtures("app")
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier

COLUMNS = (
    Column("name", "Name", look="name", width=200, can_edit=True),
    Column("city", "City"),
    Column("amount", "Amount", "money", 120),
    Column("status", "Status", "choice", look="chip"),
    Column("note", "Note", is_shown=False),
)
STATUS = Field("status", "choice", "Status", choices=(Choice("open", "Open"), Choice("won", "Won")))
FIELDS = {"name": Field("name", "text", "Name"), "status": STATUS, "amount": Field("amount", "money", "Amount")}


@dataclass
class Numbers:
    """Rows made of their own number, and a note of every question."""

    count: int = 100_000
    asked: list[Ask] = field(default_factory=list)
    fetched: list[tuple[int, int]] = field(default_factory=list)
    columns: list[tuple[str, ...]] = field(default_factory=list)

    def ids(self, job: Job, ask: Ask) -> Sequence[int]:
        self.asked.append(ask)
        found = [n for n in range(self.count) if not ask.text or ask.text in str(n)]
        if ask.sort and ask.sort[0].is_descending:
            found.reverse()
        return found

    def rows(self, job: Job, ids: Sequence[int], columns: Sequence[str]) -> Sequence[Sequence[str | Cell] | None]:
        self.fetched.append((ids[0], len(ids)))
        self.columns.append(tuple(columns))
        return [[Cell(f"{column} {n}", value=n) for column in columns] for n in ids]


def shown_table(source: Numbers, columns: Sequence[Column] = COLUMNS) -> RecordTable:
    table = RecordTable(columns, source, "Contacts")
    table.resize(900, 400)
    table.show()
    QTest.qWaitForWindowActive(table)
    table.setFocus()
    table.load(Ask())
    background.settle()
    look(table)
    return table


def look(table: RecordTable) -> None:
    """Let the table paint what can be seen, and fetch what it lacks."""
    for _ in range(3):
        table.grab()
        QApplication.processEvents()
        background.settle()


def test_the_model_keeps_to_qts_rules() -> None:
    source = Numbers(500)
    table = RecordTable(COLUMNS, source, "Contacts")
    QAbstractItemModelTester(table.records, QAbstractItemModelTester.FailureReportingMode.Warning)
    table.load(Ask())
    background.settle()
    table.records.check([3, 4])
    source.count = 200
    table.records.renew()
    background.settle()
    assert table.records.rowCount() == 200


def test_a_hundred_thousand_rows_cost_one_question_for_ids_and_one_page_with_its_neighbour() -> None:
    source = Numbers()
    table = shown_table(source)
    assert table.records.rowCount() == 100_000
    assert len(source.asked) == 1
    assert source.fetched == [(0, 200), (200, 200)]
    assert table.records.text(3, 1) == "name 3"


def test_jumping_to_the_end_fetches_only_what_is_looked_at_there() -> None:
    source = Numbers()
    table = shown_table(source)
    source.fetched.clear()
    bar = table.verticalScrollBar()
    for share in range(1, 101):
        bar.setValue(bar.maximum() * share // 100)
    look(table)
    assert table.records.text(99_999, 1) == "name 99999"
    assert {start // 200 for start, _ in source.fetched} <= {497, 498, 499}


def test_only_the_columns_that_are_shown_are_fetched() -> None:
    source = Numbers(50)
    table = shown_table(source)
    assert source.columns[-1] == ("name", "city", "amount", "status")
    table.show_columns(["note", "name"])
    look(table)
    assert source.columns[-1] == ("note", "name")
    assert table.shown_columns() == ["note", "name"]
    assert table.records.text(1, 5) == "note 1"


def test_no_more_than_fifty_pages_are_kept() -> None:
    source = Numbers()
    table = shown_table(source)
    for page in range(0, 400, 5):
        table.scrollTo(table.records.index(page * 200, 1), RecordTable.ScrollHint.PositionAtTop)
        look(table)
    assert len(table.records._pages) <= 50


def test_a_head_click_sorts_and_a_second_one_turns_the_order_round() -> None:
    source = Numbers(300)
    table = shown_table(source)
    table.sort_by("name")
    table.sort_by("name")
    background.settle()
    look(table)
    assert source.asked[-1].sort == (Sort("name", True),)
    assert table.records.text(0, 1) == "name 299"
    table.sort_by("city", add=True)
    assert table.records.ask.sort == (Sort("name", True), Sort("city"))


def test_keys_move_check_open_and_delete() -> None:
    table = shown_table(Numbers(100))
    opened, deleted = [], []
    table.opened.connect(lambda record, beside: opened.append((record, beside)))
    table.delete_wanted.connect(deleted.append)
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Space)
    QTest.keyClick(table, Qt.Key.Key_Down, SHIFT)
    QTest.keyClick(table, Qt.Key.Key_Down, SHIFT)
    assert table.chosen_ids() == [1, 2, 3]
    QTest.keyClick(table, Qt.Key.Key_Return)
    QTest.keyClick(table, Qt.Key.Key_Return, CTRL)
    assert opened == [(3, False), (3, True)]
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert deleted == [[1, 2, 3]]
    QTest.keyClick(table, Qt.Key.Key_Escape)
    assert table.chosen_ids() == [3]
    QTest.keyClick(table, Qt.Key.Key_A, CTRL)
    assert len(table.chosen_ids()) == 100
    QTest.keyClick(table, Qt.Key.Key_End)
    assert table.current_id() == 99


def test_letters_are_no_commands_while_a_character_is_composed() -> None:
    table = shown_table(Numbers(10))
    made = []
    table.editor_maker = lambda parent, record, column, value: made.append(column.name) or QLineEdit(parent)
    QApplication.sendEvent(table, QInputMethodEvent("e", []))
    QTest.keyClick(table, Qt.Key.Key_E)
    assert made == []
    QApplication.sendEvent(table, QInputMethodEvent("", []))
    QTest.keyClick(table, Qt.Key.Key_E)
    assert made == ["name"]


def test_a_click_checks_in_the_first_column_and_shift_checks_up_to_there() -> None:
    table = shown_table(Numbers(100))
    for row, keys in ((2, Qt.KeyboardModifier.NoModifier), (6, SHIFT)):
        spot = table.visualRect(table.records.index(row, 0)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, keys, spot)
    assert table.chosen_ids() == [2, 3, 4, 5, 6]
    QTest.mouseClick(table.head().viewport(), Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert len(table.chosen_ids()) == 100


def test_what_is_checked_and_where_the_user_is_survive_another_order() -> None:
    table = shown_table(Numbers(300))
    table.go_to(7)
    table.records.check([7, 8])
    table.sort_by("name")
    table.sort_by("name")
    background.settle()
    assert table.current_id() == 7
    assert sorted(table.chosen_ids()) == [7, 8]


def test_a_change_fetches_the_pages_of_the_changed_rows_anew() -> None:
    source = Numbers(1000)
    table = shown_table(source)
    source.fetched.clear()
    table.records.renew([5])
    background.settle()
    look(table)
    assert source.fetched == [(0, 200)]


class Slow(Numbers):
    """Knows its first rows at once and all of them when it is let."""

    def __init__(self) -> None:
        super().__init__(1000)
        self.gate = threading.Event()

    def first(self, job: Job, ask: Ask) -> Sequence[int]:
        return super().ids(job, ask)[:200]

    def ids(self, job: Job, ask: Ask) -> Sequence[int]:
        assert self.gate.wait(10)
        return super().ids(job, ask)


def test_the_first_rows_are_shown_while_the_rest_is_on_its_way() -> None:
    source = Slow()
    table = RecordTable(COLUMNS, source, "Contacts")
    table.resize(900, 400)
    table.show()
    counts: list[int] = []
    table.records.loaded.connect(counts.append)
    table.load(Ask())
    while table.records.rowCount() < 200 or not table.records.text(3, 1):
        table.grab()
        QApplication.processEvents()
    assert counts == []
    table.go_to(150)
    source.gate.set()
    background.settle()
    assert counts == [1000]
    assert table.records.rowCount() == 1000
    assert table.current_id() == 150
    table.sort_by("name")
    table.sort_by("name")
    background.settle()
    assert table.current_id() == 150
    assert table.records.row_of(150) == 849


class FewFirst(Numbers):
    """Knows a screenful at once; the rows of this screenful come after all ids have."""

    def __init__(self) -> None:
        super().__init__(1000)
        self.ids_gate, self.rows_gate = threading.Event(), threading.Event()

    def first(self, job: Job, ask: Ask) -> Sequence[int]:
        return range(40)

    def ids(self, job: Job, ask: Ask) -> Sequence[int]:
        assert self.ids_gate.wait(10)
        return range(self.count)

    def rows(self, job: Job, ids: Sequence[int], columns: Sequence[str]) -> Sequence[Sequence[str | Cell] | None]:
        if len(ids) == 40:
            self.fetched.append((ids[0], len(ids)))
            assert self.rows_gate.wait(10)
        return super().rows(job, ids, columns)


def test_a_screenful_that_comes_after_all_ids_leaves_no_row_empty() -> None:
    source = FewFirst()
    table = RecordTable(COLUMNS, source, "Contacts")
    table.resize(900, 400)
    table.show()
    table.load(Ask())
    while not source.fetched:
        table.grab()
        QApplication.processEvents()
    source.ids_gate.set()
    while table.records.rowCount() < 1000:
        QApplication.processEvents()
    source.rows_gate.set()
    background.settle()
    look(table)
    assert table.records.text(100, 1) == "name 100"


class Changing(Numbers):
    """Rows of which one reading can be held up, and which say when they were read."""

    def __init__(self) -> None:
        super().__init__(1000)
        self.state, self.gate, self.is_held = "old", threading.Event(), False

    def rows(self, job: Job, ids: Sequence[int], columns: Sequence[str]) -> Sequence[Sequence[str | Cell] | None]:
        found = [[Cell(f"{self.state} {n}") for _ in columns] for n in ids]
        if self.is_held:
            self.is_held = False
            self.asked.clear()
            assert self.gate.wait(10)
        return found


def test_rows_that_were_read_before_a_change_and_come_after_it_are_not_shown() -> None:
    source = Changing()
    table = shown_table(source)
    source.is_held = True
    table.records.renew()
    while source.is_held:
        table.grab()
        QApplication.processEvents()
    source.state = "new"
    table.records.renew([5])
    source.gate.set()
    background.settle()
    look(table)
    assert table.records.text(5, 1) == "new 5"


def test_a_column_that_was_hidden_comes_back_as_wide_as_it_was_made() -> None:
    table = shown_table(Numbers(10))
    assert table.widths()["note"] == 140
    table.set_widths({"city": 300})
    table.show_columns(["name", "note"])
    table.show_columns(["name", "city"])
    assert table.widths() == {"name": 200, "city": 300, "amount": 120, "status": 140, "note": 140}


def test_copying_gives_a_table_for_excel() -> None:
    table = shown_table(Numbers(10))
    table.records.check([1, 2])
    QTest.keyClick(table, Qt.Key.Key_C, CTRL)
    background.settle()
    assert QApplication.clipboard().text() == ("Name\tCity\tAmount\tStatus\nname 1\tcity 1\tamount 1\tstatus 1\nname 2\tcity 2\tamount 2\tstatus 2\n")


def test_a_screen_reader_hears_column_and_value() -> None:
    table = shown_table(Numbers(10))
    assert table.records.data(table.records.index(2, 2), Qt.ItemDataRole.AccessibleTextRole) == "City: city 2"
    face = QAccessible.queryAccessibleInterface(table)
    assert face.role() == QAccessible.Role.Table
    assert face.text(QAccessible.Text.Name) == "Contacts"
    assert table.currentIndex().isValid()


def shown_list(source: Numbers, answers: list[bool] | None = None) -> RecordList:
    made = RecordList(COLUMNS, source, FIELDS, Context(), "Contacts", lambda question, verb: (answers or [True]).pop())
    made.resize(1100, 600)
    made.show()
    QTest.qWaitForWindowActive(made)
    made.reload()
    background.settle()
    look(made.table)
    return made


def test_the_buttons_above_a_list_leave_out_their_words_instead_of_being_cut_the_view_last() -> None:
    made = shown_list(Numbers(10))
    buttons = (made.columns_button, made.save_button)
    holder, seen = QWidget(), []
    made.bar.setParent(holder)
    holder.show()
    made.bar.show()
    for width in (1100, 340, 270, 1100):
        made.bar.resize(width, 40)
        QApplication.processEvents()
        seen.append([button.width() == button.width_wanted() for button in buttons])
        assert all(button.width() >= button.width_wanted(bare=True) and button.geometry().right() < width for button in buttons)
    assert seen == [[True, True], [False, True], [False, False], [True, True]]


def test_keys_are_named_beneath_a_list_only_while_it_has_rows() -> None:
    made = shown_list(Numbers(10))
    assert made.foot.hints.isVisible()
    QTest.keyClicks(made.search, "nobody")
    QTest.keyClick(made.search, Qt.Key.Key_Down)
    background.settle()
    assert not made.foot.hints.isVisible()


def test_typing_into_the_quick_filter_asks_once_and_a_vain_search_says_so() -> None:
    source = Numbers(1000)
    made = shown_list(source)
    counts: list[int] = []
    made.counted.connect(counts.append)
    source.asked.clear()
    QTest.keyClicks(made.search, "99")
    QTest.keyClick(made.search, Qt.Key.Key_Down)
    background.settle()
    assert [ask.text for ask in source.asked] == ["99"]
    assert counts[-1] == 19
    QTest.keyClicks(made.search, "xyz")
    QTest.keyClick(made.search, Qt.Key.Key_Return)
    background.settle()
    assert made.no_match.isVisible()


def test_a_condition_becomes_a_chip_that_can_be_taken_away() -> None:
    source = Numbers(10)
    made = shown_list(source)
    popup = made.filters.ask("status")
    assert popup._list is not None
    popup._list.item(1).setCheckState(Qt.CheckState.Checked)
    popup.apply()
    background.settle()
    assert source.asked[-1].conditions == (Condition("status", "in", "won", ("won",)),)
    chip = made.filters._flow.itemAt(0).widget()
    assert chip.accessibleName() == "Status: Won"
    QTest.keyClick(chip, Qt.Key.Key_Delete)
    background.settle()
    assert source.asked[-1].conditions == ()


def test_a_value_that_cannot_be_read_is_refused_at_the_field() -> None:
    made = shown_list(Numbers(10))
    popup = made.filters.ask("amount")
    popup._value.input.setText("much")
    popup.apply()
    assert popup.isVisible()
    assert popup._error.text() == "“much” is not an amount of money."


def test_many_rows_are_only_changed_after_a_question() -> None:
    made = shown_list(Numbers(60), [True, False])
    done: list[int] = []
    made.set_bulk(BulkAction("Delete", lambda ids: done.append(len(ids)), asks=lambda count: f"Delete {count}?"))
    made.table.records.check(range(3))
    made._run_bulk(made._bulk[0])
    made.table.records.check(range(60))
    made._run_bulk(made._bulk[0])
    made._run_bulk(made._bulk[0])
    assert done == [3, 60]


def test_a_view_keeps_columns_order_and_conditions_and_says_when_it_was_changed() -> None:
    made = shown_list(Numbers(10))
    view = Definition(("name", "amount"), {"name": 300}, (Sort("amount", True),), (Condition("name", "~", "a"),))
    stored = Definition.from_json(view.to_json())
    assert stored == view
    made.apply(stored, has_view=True)
    background.settle()
    assert made.table.shown_columns() == ["name", "amount"]
    assert not made.is_edited()
    made.table.sort_by("name")
    assert made.is_edited()
    assert made.save_button.text() == "Edited"
    made.reset()
    assert not made.is_edited()


@dataclass
class Letters(Numbers):
    """Rows of which each column holds a text of some length."""

    texts: dict[str, str] = field(default_factory=dict)

    def rows(self, job: Job, ids: Sequence[int], columns: Sequence[str]) -> Sequence[Sequence[str | Cell] | None]:
        return [[Cell(self.texts.get(column, ""), value=n) for column in columns] for n in ids]


def column_widths(table: RecordTable) -> dict[str, int]:
    return dict(zip(table.shown_columns(), (table.head().sectionSize(section) for section in table.head().sections()), strict=True))


def test_columns_share_a_narrow_window_texts_giving_way_before_figures() -> None:
    table = shown_table(
        Letters(
            3,
            texts={
                "name": "A name that is longer than its column",
                "city": "Heidelberg am Neckar",
                "amount": "12.345.678,90 €",
                "status": "Verhandlung läuft noch",
            },
        )
    )
    head = table.head()
    natural = sum(column.width for column in COLUMNS if column.is_shown)
    table.resize(36 + natural - 60, 300)
    look(table)
    widths = column_widths(table)
    assert sum(widths.values()) <= table.viewport().width() - 36
    assert 200 - widths["name"] > 120 - widths["amount"] >= 0
    assert widths["amount"] >= 120 * 0.85
    table.resize(300, 300)
    look(table)
    assert head.length() > table.viewport().width(), "where even that does not do, the table scrolls and cuts nothing further"
    table.close()


def test_the_label_of_a_sorted_column_leaves_room_for_its_arrow() -> None:
    table = shown_table(Letters(3, texts={"name": "A name", "city": "X", "amount": "1 €", "status": "open"}))
    for is_sorted in (False, True):
        if is_sorted:
            table.sort_by("city")
        table.resize(900, 300)
        look(table)
        table.resize(300, 300)
        look(table)
        label = paint.text_width("City", theme.font("caption", 500)) + 20 + (16 if is_sorted else 0)
        assert column_widths(table)["city"] >= label
    table.close()


@pytest.mark.parametrize("width", [300, 520, 700])
def test_a_chip_is_never_cut(width: int) -> None:
    table = shown_table(
        Letters(3, texts={"name": "A name that is longer than its column", "city": "Heidelberg am Neckar", "amount": "1,00 €", "status": "Veröffentlichung"})
    )
    table.resize(width, 300)
    look(table)
    assert column_widths(table)["status"] >= paint.chip_width("Veröffentlichung") + 20
    table.close()


def test_the_order_in_which_rows_come_is_shown_and_turned_by_the_first_click() -> None:
    source = Numbers(3)
    table = shown_table(source, [replace(column, order="up" if column.name == "name" else "") for column in COLUMNS])
    assert table.records.order() == (Sort("name"),)
    table.sort_by("name")
    background.settle()
    assert source.asked[-1].sort == (Sort("name", True),)
    table.sort_by("city")
    assert table.records.order() == (Sort("city"),)
    table.close()


def test_a_column_with_room_to_spare_gives_it_to_one_whose_texts_would_be_cut() -> None:
    table = shown_table(Letters(3, texts={"name": "Ann", "city": "Villingen-Schwenningen", "amount": "7 €", "status": "Open"}))
    table.resize(36 + 620, 300)
    look(table)
    widths, columns = column_widths(table), {column.name: column for column in COLUMNS}
    assert widths["city"] > columns["city"].width
    assert widths["city"] >= paint.text_width("Villingen-Schwenningen", theme.font()) + 20
    table.set_widths({"city": 90})
    look(table)
    assert column_widths(table)["city"] < 150, "but what the user has made narrow stays so"
    table.close()


def test_hints_that_have_no_room_are_left_out_as_a_whole() -> None:
    hints = Hints("Enter open · Space select · Del delete")
    hints.resize(600, 20)
    assert hints.shown() == "Enter open · Space select · Del delete"
    hints.resize(paint.text_width("Enter open · Space select", theme.font()) + 4, 20)
    assert hints.shown() == "Enter open · Space select"
    hints.resize(8, 20)
    assert hints.shown() == ""
