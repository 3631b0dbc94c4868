"""Excel workbooks of plain data: typed cells, a frozen bold head, filters, widths, and a sheet that says where the figures come from.

Texts are always texts: what begins with `=`, `+`, `-` or `@` never becomes a formula.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crmdesk.documents.currencies import decimals_of
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import tzinfo
    from pathlib import Path

# What XML 1.0 can't hold; one such character makes the whole file unreadable.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
LONGEST_TEXT = 32_767
LONGEST_SHEET_NAME = 31
MOST_ROWS = 1_048_576
WIDEST = 60
NARROWEST = 8

DATE_FORMAT = "yyyy\\-mm\\-dd"
MOMENT_FORMAT = "yyyy\\-mm\\-dd\\ hh:mm"


@dataclass(frozen=True)
class SheetColumn:
    """A column of a sheet.

    Attributes:
        label: already translated.
        kind: `text`, `integer`, `decimal`, `money`, `date`, `moment`, `flag`.
        currency: of money in the column whose cells are plain numbers.
    """

    label: str
    kind: str = "text"
    currency: str = ""


def number_format(kind: str, currency: str = "") -> str:
    """Return Excel's format for a kind of value; money shows its currency and the decimals that it has."""
    match kind:
        case "integer":
            return "#,##0"
        case "decimal":
            return "#,##0.######"
        case "money":
            decimals = decimals_of(currency) if currency else 2
            digits = "#,##0" + ("." + "0" * decimals if decimals else "")
            return f'{digits}\\ "{currency}"' if currency else digits
        case "date":
            return DATE_FORMAT
        case "moment":
            return MOMENT_FORMAT
        case "text":
            return "@"
        case _:
            return "General"


def clean(text: str) -> str:
    """Return a text as a workbook can hold it."""
    if not text.isprintable() and _UNWRITABLE.search(text):
        text = _UNWRITABLE.sub("\ufffd", text)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


class WorkbookFile:
    """A workbook that is written sheet by sheet, row by row, in constant memory.

    Args:
        zone: in which moments are shown; workbooks know no time zones.
    """

    def __init__(self, zone: tzinfo = UTC) -> None:
        from openpyxl import Workbook
        from openpyxl.styles import Alignment, Font, PatternFill

        self._book = Workbook(write_only=True)
        self._zone = zone
        self._head = Font(bold=True), PatternFill("solid", fgColor="F0F0EC"), Alignment(vertical="center")
        self._names: set[str] = set()

    def sheet(self, name: str, columns: Sequence[SheetColumn], rows: Iterable[Sequence[Any]], widths: Sequence[int] | None = None) -> int:
        """Write a sheet of rows below a head; returns how many rows there were.

        Args:
            rows: a plain value for each column: text, number, Decimal, date, datetime, bool, or None; (Decimal, currency) for money.
            widths: of the columns in characters; those of the labels and kinds if None.
        """
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.utils import get_column_letter

        sheet = self._book.create_sheet(self._free_name(name))
        sheet.freeze_panes = "A2"
        for place, column in enumerate(columns, 1):
            width = widths[place - 1] if widths else _usual_width(column)
            sheet.column_dimensions[get_column_letter(place)].width = min(max(width, len(column.label) + 3, NARROWEST), WIDEST)
        head = []
        for column in columns:
            cell = WriteOnlyCell(sheet)
            _put_text(cell, clean(column.label))
            cell.font, cell.fill, cell.alignment = self._head
            head.append(cell)
        sheet.append(head)
        writers = [_writer(sheet, column, self._zone) for column in columns]
        count = 0
        for row in rows:
            sheet.append([write(value) for write, value in zip(writers, row, strict=True)])
            count += 1
        if columns:
            sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count + 1}"
        return count

    def about(self, pairs: Sequence[tuple[str, Any]]) -> None:
        """Write the sheet that says what the workbook holds and when it was made."""
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Font

        sheet = self._book.create_sheet(self._free_name(tr("About")))
        sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 26, WIDEST
        for label, value in pairs:
            name = WriteOnlyCell(sheet)
            _put_text(name, clean(label))
            name.font = Font(bold=True)
            kind = "moment" if isinstance(value, datetime) else "date" if isinstance(value, date) else "integer" if isinstance(value, int) else "text"
            sheet.append([name, _writer(sheet, SheetColumn(label, kind), self._zone)(value)])

    def save(self, path: Path) -> None:
        """Write the file."""
        self._book.save(path)

    def _free_name(self, name: str) -> str:
        base = re.sub(r"[\[\]:*?/\\]", " ", clean(name)).strip(" '")[:LONGEST_SHEET_NAME] or tr("Sheet")
        chosen, number = base, 1
        while chosen.lower() in self._names:
            number += 1
            chosen = f"{base[: LONGEST_SHEET_NAME - 3]} {number}"
        self._names.add(chosen.lower())
        return chosen


def _usual_width(column: SheetColumn) -> int:
    return {"integer": 10, "decimal": 12, "money": 16, "date": 12, "moment": 17, "flag": 8}.get(column.kind, 22)


def _put_text(cell: Any, text: str) -> None:
    cell.value = text
    cell.data_type = "s"  # openpyxl takes what begins with “=” for a formula


def _writer(sheet: Any, column: SheetColumn, zone: tzinfo) -> Callable[[Any], Any]:
    """Return the function that makes a column's cells; one cell object serves the whole column, as openpyxl writes it at once."""
    from openpyxl.cell import WriteOnlyCell

    def styled(kind: str, currency: str = "") -> Any:
        cell = WriteOnlyCell(sheet)
        cell.number_format = number_format(kind, currency)
        return cell

    texts, cell = styled("text"), styled(column.kind, column.currency)
    amounts: dict[str, Any] = {}

    def text(value: Any) -> Any:
        if value is None or value == "":
            return None
        value = value if value.__class__ is str else str(value)
        texts.value = clean(value)
        texts.data_type = "s"
        return texts

    def number(value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, str):
            return text(value)
        cell.value = value
        return cell

    def money(value: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, tuple):
            return number(value)
        amount, currency = value
        its = amounts.get(currency)
        if its is None:
            its = amounts[currency] = styled("money", currency)
        its.value = amount
        return its

    def moment(value: Any) -> Any:
        if value is None:
            return None
        cell.value = value.astimezone(zone).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value
        return cell

    def flag(value: Any) -> Any:
        if value is None:
            return None
        cell.value = bool(value)
        return cell

    by_kind = {"number": number, "integer": number, "decimal": number, "money": money, "date": moment, "moment": moment, "flag": flag}
    return by_kind.get(column.kind, text)


def plain_workbook(path: Path, name: str, rows: Sequence[Sequence[Any]]) -> None:
    """Write rows of cells as they are, the first one as head, on one sheet."""
    book = WorkbookFile()
    width = max((len(row) for row in rows), default=0)
    head = [str(cell) for cell in rows[0]] if rows else []
    kinds = [_kind_of([row[i] for row in rows[1:] if i < len(row)]) for i in range(width)]
    columns = [SheetColumn(head[i] if i < len(head) else "", kinds[i]) for i in range(width)]
    book.sheet(name, columns, ([*row, *[None] * (width - len(row))] for row in rows[1:]))
    book.save(path)


def _kind_of(values: Sequence[Any]) -> str:
    """Return a kind that all values of a column fit, so that they come back as they were."""
    filled = [value for value in values if value not in (None, "")]
    if filled and all(isinstance(value, bool) for value in filled):
        return "flag"
    if filled and all(isinstance(value, int | float | Decimal) and not isinstance(value, bool) for value in filled):
        return "number"
    if filled and all(isinstance(value, datetime) for value in filled):
        return "moment"
    return "date" if filled and all(isinstance(value, date) for value in filled) else "text"
