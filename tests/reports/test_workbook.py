"""Workbooks of plain data, read again by two other libraries."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st

from crmdesk.reports.cells import LONGEST_TEXT, Formula, SheetColumn, clean, column_letters, number_format
from crmdesk.reports.workbook import Head, NumberHead, WorkbookFile, plain_workbook

if TYPE_CHECKING:
    from pathlib import Path

PAYLOADS = [
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "=cmd|' /C calc'!A0",
    '"=1+1"',
    "'=1",
    '=HYPERLINK("http://x")',
    "_x000D_",
    " lead and trail ",
]


def read_with_calamine(path: Path, sheet: int = 0) -> list[list[Any]]:
    return python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(sheet).to_python()


def one_sheet(path: Path, columns: list[SheetColumn], rows: list[list[Any]], **options: Any) -> None:
    with WorkbookFile(path, **options) as book:
        assert book.sheet("Sheet", columns, rows) == len(rows)


def test_values_keep_their_types(tmp_path: Path) -> None:
    kinds = ["text", "integer", "decimal", "money", "money", "date", "moment", "flag"]
    row = ["007", 42, Decimal("1.25"), (Decimal("1234.50"), "EUR"), (Decimal(15), "JPY"), date(2026, 11, 21), datetime(2026, 11, 21, 13, 30, tzinfo=UTC), True]
    one_sheet(tmp_path / "a.xlsx", [SheetColumn(kind, kind) for kind in kinds], [row], zone=ZoneInfo("Europe/Berlin"))
    cells = openpyxl.load_workbook(tmp_path / "a.xlsx").active[2]
    assert [cell.value for cell in cells] == ["007", 42, 1.25, 1234.5, 15, datetime(2026, 11, 21), datetime(2026, 11, 21, 14, 30), True]
    assert [cell.number_format for cell in cells] == [
        number_format("text"),
        "#,##0",
        "#,##0.0#########",
        '#,##0.00\\ "EUR"',
        '#,##0\\ "JPY"',
        "yyyy\\-mm\\-dd",
        "yyyy\\-mm\\-dd\\ hh:mm",
        "General",
    ]
    assert read_with_calamine(tmp_path / "a.xlsx")[1] == ["007", 42.0, 1.25, 1234.5, 15.0, date(2026, 11, 21), datetime(2026, 11, 21, 14, 30), True]


def test_the_head_is_bold_frozen_and_filtered(tmp_path: Path) -> None:
    one_sheet(tmp_path / "a.xlsx", [SheetColumn("Name"), SheetColumn("A rather long label for a column", "integer")], [["x", 1], ["y", 2]])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    (table,) = sheet.tables.values()
    assert (sheet.freeze_panes, table.autoFilter.ref, sheet["A1"].font.bold, sheet["A2"].font.bold) == ("A2", "A1:B3", True, False)
    assert (sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width) == (8, 19)
    assert (sheet["B1"].alignment.wrap_text, sheet.row_dimensions[1].height) == (True, 32)


@pytest.mark.parametrize("text", PAYLOADS)
def test_no_text_becomes_a_formula(tmp_path: Path, text: str) -> None:
    one_sheet(tmp_path / "a.xlsx", [SheetColumn(text), SheetColumn("n", "integer")], [[text, text]])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
    assert read_with_calamine(tmp_path / "a.xlsx")[1][0] in {text, text.replace("\r", "\n")}


@given(st.text(max_size=200))
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "a.xlsx"
    one_sheet(path, [SheetColumn("Text")], [["first"], [text], ["last"]])
    rows = read_with_calamine(path)
    assert [row[0] for row in (rows[1], rows[-1])] == ["first", "last"]
    found = rows[2][0] if len(rows) == 4 else ""
    assert found.replace("\r\n", "\n").replace("\r", "\n") == clean(text).replace("\r\n", "\n").replace("\r", "\n")


def test_what_a_sheet_cannot_hold_is_told_in_another_way(tmp_path: Path) -> None:
    one_sheet(
        tmp_path / "a.xlsx", [SheetColumn("Text"), SheetColumn("Number", "integer"), SheetColumn("Day", "date")], [["x" * 40_000, 2**60, date(1815, 12, 10)]]
    )
    row = read_with_calamine(tmp_path / "a.xlsx")[1]
    assert (len(row[0]), row[1:]) == (LONGEST_TEXT, [str(2**60), "1815-12-10"])


def test_what_excel_counts_twice_is_counted_twice(tmp_path: Path) -> None:
    texts = ["😀" * 20_000, "x" * 32_000 + "😀" * 383, "x" * 32_000 + "😀" * 384, "x" + "😀" * 17_000]
    one_sheet(tmp_path / "a.xlsx", [SheetColumn("Text")], [[text] for text in texts])
    found = [row[0] for row in read_with_calamine(tmp_path / "a.xlsx")[1:]]
    assert all(len(text.encode("utf-16-le")) // 2 <= LONGEST_TEXT for text in found)
    assert (found[0], found[1] == texts[1], found[2][-1], found[3][-2:]) == ("😀" * 16_383 + "…", True, "…", "😀…")


def test_many_texts_that_were_cut_are_counted_and_the_first_ones_named(tmp_path: Path) -> None:
    columns = [SheetColumn("Text"), SheetColumn("Text"), SheetColumn("Number", "integer"), SheetColumn("Whole")]
    with WorkbookFile(tmp_path / "a.xlsx") as book:
        book.sheet("It's", columns, [["x" * 32_768, "😀" * 16_383, "y" * 40_000, "a\nb"]] * 25)
        assert book.cut == 50
        book.about([])
    about = read_with_calamine(tmp_path / "a.xlsx", 1)
    assert [row[0] for row in about] == ["Cut texts", "Cut in “Text”", "Cut in “Number”"]
    assert about[0][1] == "50 texts are longer than the 32767 characters of a cell; their ends are missing."
    assert (about[1][1].split(", ")[0], about[1][1].split(", ")[-1]) == ("'It''s'!A2", "'It''s'!A21 and 5 more")
    with WorkbookFile(tmp_path / "b.xlsx") as book:
        book.page("Page", [["x" * 32_767, "z" * 32_768]], [10, 10])
        assert (book.cut, book.cut_notes()[1]) == (1, ("Cut in “Page”", "'Page'!B1"))


def test_numbers_without_decimals_are_shown_without_a_point(tmp_path: Path) -> None:
    values = [Decimal(19), Decimal("19.000000"), Decimal("9.975"), Decimal("0.333333"), Decimal(0), Decimal("-7.5"), 12, 0.5]
    one_sheet(tmp_path / "a.xlsx", [SheetColumn("Rate", "decimal")], [[value] for value in values])
    cells = [row[0] for row in openpyxl.load_workbook(tmp_path / "a.xlsx").active.iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == [19, 19, 9.975, 0.333333, 0, -7.5, 12, 0.5]
    whole, part = "#,##0", "#,##0.0#########"
    assert [cell.number_format for cell in cells[:6]] == [whole, whole, part, part, whole, part]


def test_a_workbook_prints_all_columns_on_a_page_with_its_head_on_each(tmp_path: Path) -> None:
    with WorkbookFile(tmp_path / "a.xlsx", letter=True) as book:
        book.sheet("Wide's", [SheetColumn(f"Column {number}") for number in range(9)], [["x" * 20] * 9])
        book.sheet("Bare", [SheetColumn("Amount", "money"), SheetColumn("Day", "date")], [])
        book.about([("Rows", 1)])
    wide, bare, about = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets
    assert [sheet.page_setup.orientation for sheet in (wide, bare, about)] == ["landscape", "portrait", "portrait"]
    assert [(sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.paperSize) for sheet in (wide, bare, about)] == [
        (0, True, 1)
    ] * 3
    assert (wide.print_title_rows, bare.print_title_rows, about.print_title_rows) == ("$1:$1", "$1:$1", None)
    assert (wide.oddHeader.left.text, wide.oddFooter.left.text, wide.oddFooter.right.text) == ("&A", "&F", "&P / &N")
    assert [cell.alignment.horizontal for cell in bare[1]] == ["right", None]


def test_a_sheet_too_wide_for_a_page_is_printed_on_several_that_can_be_read(tmp_path: Path) -> None:
    with WorkbookFile(tmp_path / "a.xlsx") as book:
        book.sheet("Lines", [SheetColumn(f"Column {number}", "money") for number in range(20)], [[(Decimal(1), "EUR")] * 20], beside=2)
    (sheet,) = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets
    assert (sheet.page_setup.orientation, sheet.sheet_properties.pageSetUpPr.fitToPage) == ("landscape", False)
    assert 55 <= sheet.page_setup.scale < 100
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$1:$1", "$A:$B")


def test_numbers_keep_away_from_the_texts_that_follow_them(tmp_path: Path) -> None:
    kinds = ["integer", "decimal", "money", "text", "date", "flag"]
    with WorkbookFile(tmp_path / "a.xlsx") as book:
        book.sheet("Sheet", [SheetColumn(kind, kind) for kind in kinds], [[1, Decimal("2.5"), (Decimal(3), "EUR"), "x", date(2026, 1, 2), True]])
        book.page("Page", [[NumberHead("Count"), Head("Name")], [1, "x"]], [10, 10])
    sheet, page = openpyxl.load_workbook(tmp_path / "a.xlsx")
    right, left, usual = ("right", 1.0), ("left", 0.0), (None, 0.0)
    assert [[(cell.alignment.horizontal, cell.alignment.indent) for cell in row] for row in sheet] == [
        [right] * 3 + [usual] * 3,
        [right] * 3 + [usual, left, usual],
    ]
    assert [[(cell.alignment.horizontal, cell.alignment.indent) for cell in row] for row in page] == [[right, usual]] * 2


def test_columns_are_wide_enough_for_chinese_heads(tmp_path: Path) -> None:
    one_sheet(tmp_path / "a.xlsx", [SheetColumn("客户编号客户编号", "integer")], [[1]])
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").active.column_dimensions["A"].width == 19


def test_columns_are_as_wide_as_what_stands_in_their_first_rows(tmp_path: Path) -> None:
    record = "0190b0c4-5c7e-7000-8000-000000000001"
    rows = [["EUR", record, "广州市天河区贸易有限公司", "a line\nand a longer line", "word " * 90, None, (Decimal("123456789012.5"), "EUR"), 5]] * 3
    columns = [SheetColumn(label) for label in ("Currency", "Id", "Name", "Address", "Note", "Fax")]
    one_sheet(tmp_path / "a.xlsx", [*columns, SheetColumn("Amount", "money"), SheetColumn("Count", "integer")], rows)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert [sheet.column_dimensions[letter].width for letter in "ABCDEFGH"] == [11, 38, 26, 19, 60, 8, 24, 11]
    assert [cell.value for cell in sheet["A"]] == ["Currency", "EUR", "EUR", "EUR"]


def test_sheets_get_names_that_are_allowed_and_differ(tmp_path: Path) -> None:
    with WorkbookFile(tmp_path / "a.xlsx") as book:
        for name in ("Offers [2026]: a/b", "offers  2026   a b", "x" * 40, "x" * 40, "'", "中文"):
            book.sheet(name, [SheetColumn("a")], [])
        book.about([("Rows", 3), ("Made", datetime(2026, 11, 21, tzinfo=UTC)), ("Sum", (Decimal("2.50"), "EUR")), ("Filter", "=x")])
    names = python_calamine.CalamineWorkbook.from_path(str(tmp_path / "a.xlsx")).sheet_names
    assert len({name.lower() for name in names}) == 7
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert read_with_calamine(tmp_path / "a.xlsx", 6)[0::2] == [["Rows", 3.0], ["Sum", 2.5]]


def test_rows_of_cells_are_written_as_they_are(tmp_path: Path) -> None:
    plain_workbook(tmp_path / "a.xlsx", "Rows", [["Name", "Since", "Size", "Mixed"], ["Anna", date(2020, 1, 2), 3.5, 7], ["Bob", "", 4, "x"]])
    assert read_with_calamine(tmp_path / "a.xlsx")[1:] == [["Anna", date(2020, 1, 2), 3.5, "7"], ["Bob", "", 4.0, "x"]]


def test_columns_are_lettered() -> None:
    assert [column_letters(number) for number in (1, 26, 27, 702, 703, 16_384)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


def test_no_two_columns_of_a_table_have_the_same_label(tmp_path: Path) -> None:
    one_sheet(tmp_path / "a.xlsx", [SheetColumn("Phone"), SheetColumn("phone"), SheetColumn("two\nlines"), SheetColumn("")], [["1", "2", "3", "4"]])
    (table,) = openpyxl.load_workbook(tmp_path / "a.xlsx").active.tables.values()
    assert [column.name for column in table.tableColumns] == read_with_calamine(tmp_path / "a.xlsx")[0] == ["Phone", "phone 2", "two lines", "Column 4"]


def test_a_sheet_without_rows_has_its_head_alone(tmp_path: Path) -> None:
    one_sheet(tmp_path / "a.xlsx", [SheetColumn("Name"), SheetColumn("Size", "integer")], [])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert (sheet.tables, sheet.auto_filter.ref, read_with_calamine(tmp_path / "a.xlsx")) == ({}, "A1:B1", [["Name", "Size"]])


def test_a_formula_stands_beside_its_value(tmp_path: Path) -> None:
    rows = [[Decimal("1.10"), "x"], [Decimal("2.20"), "y"], [Formula("SUM(A2:A3)", (Decimal("3.30"), "EUR")), Formula('IF(A4=3.3,"ok","<")', "ok")]]
    one_sheet(tmp_path / "a.xlsx", [SheetColumn("Amount", "money"), SheetColumn("Note", "number")], rows)
    assert read_with_calamine(tmp_path / "a.xlsx")[3] == [3.3, "ok"]
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert (sheet["A4"].value, sheet["A4"].number_format, sheet["B4"].value) == ("=SUM(A2:A3)", '#,##0.00\\ "EUR"', '=IF(A4=3.3,"ok","<")')


def test_moments_before_and_after_the_clocks_are_put_back_stand_at_their_local_time(tmp_path: Path) -> None:
    moments = [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC), datetime(2026, 10, 25, 12, 0)]
    one_sheet(tmp_path / "a.xlsx", [SheetColumn("At", "moment")], [[moment] for moment in moments], zone=ZoneInfo("Europe/Berlin"))
    assert [row[0] for row in read_with_calamine(tmp_path / "a.xlsx")[1:]] == [
        datetime(2026, 10, 25, 2, 30),
        datetime(2026, 10, 25, 2, 30),
        datetime(2026, 10, 25, 12),
    ]
