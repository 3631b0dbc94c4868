"""Reports as PDF: typed columns, a repeated head, a last row with the totals."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import openpyxl

from crmdesk.documents.currencies import Amount
from crmdesk.reports.report import ReportColumn, render_report
from crmdesk.reports.report_workbook import report_workbook
from tests.reports.pdf_reading import all_fonts_are_embedded, pages_of, text_of

D = Decimal
COLUMNS = [
    ReportColumn("Stage"),
    ReportColumn("Count", "integer"),
    ReportColumn("Amount EUR", "money"),
    ReportColumn("Win rate", "percent"),
    ReportColumn("Since", "date"),
]


def test_values_are_shown_by_their_kind() -> None:
    rows = [("Won <b>&", 4238, D("10005534"), D("63.147"), date(2026, 1, 2)), ("上海", 0, None, D(50), None)]
    pdf = render_report("Pipeline", "November 2026", COLUMNS, rows, currency="EUR", source="store.crmdesk")
    text = text_of(pdf)
    for shown in ("Pipeline", "November 2026", "Won <b>&", "4,238", "10,005,534.00", "63.15%", "2 Jan 2026", "上海", "50.00%"):
        assert shown in text
    assert "store.crmdesk" in text
    assert all_fonts_are_embedded(pdf)


def test_an_amount_in_another_currency_says_so() -> None:
    columns = [ReportColumn("Customer"), ReportColumn("Amount EUR", "money")]
    text = text_of(render_report("r", "", columns, [("a", D(1)), ("b", Amount(D(5), "JPY"))], currency="EUR"))
    assert "b JP¥5" in text


def test_the_head_comes_again_and_the_totals_go_with_the_last_row() -> None:
    for count in (1, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 200):
        rows = [(f"Row {index}", index, D(index), D(1), None) for index in range(count)]
        totals = ["Total", 1, D(2), None, None]
        pages = pages_of(render_report("R", "P", COLUMNS, rows, totals=totals, currency="EUR"))
        assert all(page.text.count("Amount EUR") == 1 for page in pages)
        assert f"Row {count - 1}" in pages[-1].text
        assert "Total" in pages[-1].text
        assert f"Page {len(pages)} of {len(pages)}" in pages[-1].text


def test_a_wide_report_lies_across_and_an_empty_one_says_so() -> None:
    wide = [ReportColumn(f"Quite a long head number {index}", "number") for index in range(9)]
    assert b"841.8898 595.2756" in render_report("R", "", wide, [[D("1234567.5")] * 9])
    assert "Nothing in this period" in text_of(render_report("R", "", COLUMNS, []))


def test_long_texts_break_inside_their_column() -> None:
    rows = [("long text " * 200, 1, D(1), D(1), None), ("x" * 500, 1, D(1), D(1), None)]
    pages = pages_of(render_report("R", "", COLUMNS, rows, currency="EUR"))
    assert sum(page.text.count("long") for page in pages) == 200


def test_reports_speak_german_and_chinese() -> None:
    rows = [("a", 1234, D("1234.5"), D("63.1"), date(2026, 11, 21))]
    german = text_of(render_report("R", "", COLUMNS, rows, currency="EUR", language="de"))
    assert "1.234,50" in german
    assert "21.11.2026" in german
    assert "2026年11月21日" in text_of(render_report("R", "", COLUMNS, rows, currency="EUR", language="zh"))


def test_a_workbook_of_a_report_says_that_a_text_was_cut() -> None:
    for text, said in (("x" * 32_768, "1 text is longer than the 32767 characters of a cell; its end is missing."), ("short", None)):
        sheet = openpyxl.load_workbook(io.BytesIO(report_workbook("Stages", "2026", [ReportColumn("Stage")], [[text], ["=1"]]))).active
        assert (sheet["A3"].value, sheet["A4"].value, len(sheet["A5"].value)) == (said, "Stage", min(len(text), 32_767))


def test_amounts_have_room_below_heads_at_their_edge_in_fonts_with_a_name() -> None:
    columns = [ReportColumn("阶段"), ReportColumn("金额", "money"), ReportColumn("赢单率", "percent"), ReportColumn("Days", "number")]
    rows = [["已关闭未成交商机", D("1234567890.12"), D("100"), D("1234567.5")], ["USD", Amount(D("-1234567890.12"), "KWD"), None, None]]
    sheet = openpyxl.load_workbook(
        io.BytesIO(report_workbook("报表", "", columns, rows, totals=[["全部", D("1234567890.12"), None, None]], currency="EUR"))
    ).active
    for column, longest in (("A", 16), ("B", len("-1,234,567,890.120 KWD")), ("D", len("1,234,567.5"))):
        assert sheet.column_dimensions[column].width > longest
    assert [cell.alignment.horizontal for cell in sheet[4]] == [None, "right", "right", "right"]
    assert {cell.font.name for row in sheet.iter_rows() for cell in row} == {"Calibri"}


def test_figures_of_a_kind_have_the_same_decimals_in_each_report() -> None:
    columns = [ReportColumn("Rate", "percent"), ReportColumn("Share", "percent"), ReportColumn("Days", "number")]
    rows = [[Decimal(100), Decimal(50), Decimal(48)], [Decimal("63.15"), Decimal(25), Decimal("51.75")]]
    text = text_of(render_report("Report", "", columns, rows, totals=[Decimal("80.5"), Decimal(75), None]))
    for row in ("100.00% 50.00% 48.0", "63.15% 25.00% 51.8", "80.50% 75.00%"):
        assert row in text
    sheet = openpyxl.load_workbook(io.BytesIO(report_workbook("Report", "", columns, rows))).active
    assert [[cell.number_format for cell in row] for row in sheet["A5:C6"]] == [["0.00%", "0.00%", "#,##0.0"]] * 2


def test_a_workbook_of_a_report_prints_its_head_on_each_page_and_all_columns() -> None:
    columns = [ReportColumn(f"A rather long head {number}", "money") for number in range(9)]
    book = openpyxl.load_workbook(io.BytesIO(report_workbook("Report", "", columns, [[Decimal(1)] * 9], paper_name="Letter")))
    setup = book.active.page_setup
    assert (setup.orientation, setup.paperSize, setup.fitToHeight, book.active.print_title_rows) == ("landscape", 1, 0, "$4:$4")


def test_numbers_of_a_full_report_are_never_broken() -> None:
    columns = [ReportColumn("Customer"), *(ReportColumn(f"Amount of quarter number {number} (EUR)", "money") for number in range(11))]
    rows = [["A customer with a long name and a longer one", *[Decimal("1234567.89")] * 11]]
    words = text_of(render_report("Report", "", columns, rows, currency="EUR")).split()
    assert words.count("1,234,567.89") == 11
