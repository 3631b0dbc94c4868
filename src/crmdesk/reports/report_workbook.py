"""A report as an Excel workbook: one sheet with typed cells, its head frozen, and where it comes from below the title."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from crmdesk.documents.currencies import Amount, decimals_of
from crmdesk.documents.formats import DECIMALS
from crmdesk.i18n import tr
from crmdesk.reports.cells import clean, is_cut, shown_width
from crmdesk.reports.print_setup import A4, LETTER, UPRIGHT
from crmdesk.reports.workbook import cut_said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.styles import Font

    from crmdesk.reports.report import ReportColumn, Value

_LONGEST_SHEET_NAME = 31
_WIDEST = 60
_HEAD_ROW = 4
_NUMBERS = frozenset({"integer", "number", "money", "percent"})


def report_workbook(
    title: str,
    period: str,
    columns: Sequence[ReportColumn],
    rows: Sequence[Sequence[Value]],
    *,
    totals: Sequence[Sequence[Value]] = (),
    currency: str = "",
    paper_name: str = "A4",
) -> bytes:
    """Make the workbook of a report.

    Args:
        title: already translated, as are period, labels and texts in rows.
        rows: a value for each column; an `Amount` is written in its own currency, a number in a money column in the report's.
        totals: last rows, in bold.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = re.sub(r"[\[\]:*?/\\]", " ", title)[:_LONGEST_SHEET_NAME] or tr("Report")
    bold = Font(name="Calibri", bold=True)  # without a name programs take any
    _put(sheet, 1, 1, title).font = Font(name="Calibri", bold=True, size=14)
    _put(sheet, 2, 1, period)
    if cut := sum(isinstance(value, str) and is_cut(value) for row in rows for value in row):
        _put(sheet, 3, 1, cut_said(cut))
    _put_head(sheet, columns, bold)
    for at, row in enumerate(rows, _HEAD_ROW + 1):
        _put_row(sheet, at, columns, row, currency)
    for at, row in enumerate(totals, _HEAD_ROW + 1 + len(rows)):
        _put_row(sheet, at, columns, row, currency, bold)
    last = get_column_letter(len(columns))
    sheet.freeze_panes = f"B{_HEAD_ROW + 1}"
    sheet.auto_filter.ref = f"A{_HEAD_ROW}:{last}{_HEAD_ROW + len(rows)}"
    for place, column in enumerate(columns):
        texts = [column.label, *(_shown(column, row[place], currency) for row in (*rows, *totals))]
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(max(map(shown_width, texts)) + 4, _WIDEST)
    _set_up_print(sheet, sum(column.width for column in sheet.column_dimensions.values()), paper_name)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _put_head(sheet: Any, columns: Sequence[ReportColumn], font: Font) -> None:
    from openpyxl.styles import Alignment, PatternFill

    for place, column in enumerate(columns, 1):
        head = _put(sheet, _HEAD_ROW, place, column.label)
        head.font, head.fill = font, PatternFill("solid", fgColor="F0F0EC")
        if column.kind in _NUMBERS:
            head.alignment = Alignment(horizontal="right")


def _put_row(sheet: Any, at: int, columns: Sequence[ReportColumn], row: Sequence[Value], currency: str, font: Font | None = None) -> None:
    for place, (column, value) in enumerate(zip(columns, row, strict=True), 1):
        cell = _put(sheet, at, place, _plain(column, value))
        if number_format := _number_format(column, value, currency):
            cell.number_format = number_format
        if font:
            cell.font = font


def _set_up_print(sheet: Any, width: float, paper_name: str) -> None:
    """Print all columns on one page's width, the head on each page."""
    sheet.page_setup.paperSize = LETTER if paper_name == "Letter" else A4
    sheet.page_setup.orientation = "landscape" if width > UPRIGHT else "portrait"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{_HEAD_ROW}:{_HEAD_ROW}"
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = "&F", "&P / &N"


def _put(sheet: Any, row: int, place: int, value: Any) -> Any:
    cell = sheet.cell(row, place)
    if isinstance(value, str):
        cell.value = clean(value)
        cell.data_type = "s"  # a name that begins with = is no formula
    else:
        cell.value = value
    return cell


def _plain(column: ReportColumn, value: Value) -> Any:
    if isinstance(value, Amount):
        return value.amount
    return value / 100 if column.kind == "percent" and value is not None and not isinstance(value, str) else value  # type: ignore[operator]  # a number


def _shown(column: ReportColumn, value: Value, currency: str) -> str:
    """Return about what a cell shows: as many characters as by its number format."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, Amount):
        return _shown(column, value.amount, value.currency)
    match column.kind:
        case "money":
            return f"{value:,.{decimals_of(currency) if currency else 2}f} {currency}"
        case "percent" | "integer" | "number":
            return f"{value:,.{DECIMALS[column.kind]}f}{'%' if column.kind == 'percent' else ''}"
        case _:
            return str(value)


def _number_format(column: ReportColumn, value: Value, currency: str) -> str:
    code = value.currency if isinstance(value, Amount) else currency
    match column.kind:
        case "money" if value is not None:
            decimals = decimals_of(code) if code else 2
            return f"#,##0{'.' + '0' * decimals if decimals else ''}{f' [${code}]' if code else ''}"
        case "percent":
            return "0.00%"
        case "integer":
            return "#,##0"
        case "number":
            return "#,##0.0"
        case "date":
            return "yyyy-mm-dd"
        case _:
            return ""
