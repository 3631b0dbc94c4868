"""Stories about cells that are read column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.errors import UserError
from crmdesk.exchange.table import shown
from crmdesk.exchange.values.cells import read_text
from crmdesk.exchange.values.columns import REMEMBERED, ReadColumn, read_columns

if TYPE_CHECKING:
    from crmdesk.exchange.table import Cell


def whole_number(cell: Cell) -> int:
    if not shown(cell).isdigit():
        raise UserError(f"{shown(cell)} is no number")
    return int(shown(cell))


def test_each_different_cell_is_read_once() -> None:
    read: list[Any] = []

    def noting(cell: Cell) -> str | None:
        read.append(cell)
        return read_text(cell)

    column = ReadColumn(0, "role", noting, "Role")
    assert column.values([["Buyer"], ["Owner"], [""], ["Buyer"]]) == ["Buyer", "Owner", None, "Buyer"]
    assert column.values([["Owner"]]) == ["Owner"]
    assert sorted(read) == ["Buyer", "Owner"]


def test_cells_that_only_python_takes_for_the_same_stay_different() -> None:
    column = ReadColumn(0, "number", shown, "Number")
    assert column.values([[1], [True], ["1"]]) == [shown(1), shown(True), "1"]


def test_a_column_without_end_is_not_kept() -> None:
    column = ReadColumn(0, "name", read_text, "Name")
    for start in range(0, 3 * REMEMBERED, 1000):
        rows: list[list[Cell]] = [[f"Name {number}"] for number in range(start, start + 1000)]
        assert column.values(rows) == [row[0] for row in rows]
    assert len(column._known) <= REMEMBERED + 1000  # noqa: SLF001 - memory shows nowhere else


def test_a_row_with_a_cell_that_cannot_be_read_says_which_and_the_others_go_on() -> None:
    columns = [ReadColumn(0, "name", read_text, "Name"), ReadColumn(1, "size", whole_number, "Size"), ReadColumn(2, "founded", whole_number, "Founded")]
    rows: list[list[Cell]] = [["Acme", "12", "1990"], ["Bolt", "many", "old"], ["Core", "", ""]]
    values, complaints = read_columns(columns, {"name": None, "size": None, "founded": None}, rows)
    assert [complaint.field for complaint in complaints.values()] == ["Size"]
    assert list(complaints) == [1]
    assert [values[0], values[2]] == [{"name": "Acme", "size": 12, "founded": 1990}, {"name": "Core", "size": None, "founded": None}]


def test_of_several_columns_for_one_value_the_first_that_says_something_counts() -> None:
    columns = [ReadColumn(0, "size", whole_number, "Size"), ReadColumn(1, "size", whole_number, "Staff")]
    values, complaints = read_columns(columns, {"size": None}, [["", "7"], ["5", "many"], ["", "many"]])
    assert [value["size"] for value in values[:2]] == [7, 5]
    assert [(place, complaint.field) for place, complaint in complaints.items()] == [(2, "Staff")]


def test_what_a_record_starts_with_is_not_read_over() -> None:
    values, complaints = read_columns([ReadColumn(0, "kind", read_text, "Kind")], {"kind": "item"}, [["text"]])
    assert (values, complaints) == ([{"kind": "item"}], {})
