"""Excel workbooks of plain data: typed cells, a frozen bold head, filters, widths, and a sheet that says where the figures come from.

Written as a stream of XML, row by row, in constant memory: openpyxl's write-only mode takes five times as long for the same cells. Texts are
always texts: what begins with `=`, `+`, `-` or `@` never becomes a formula.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain, islice, repeat
from typing import IO, TYPE_CHECKING, Any

from crmdesk.i18n import ntr, tr
from crmdesk.reports.cells import (
    LONGEST_TEXT,
    Cells,
    Cut,
    Formula,
    SheetColumn,
    clean,
    column_cells,
    column_letters,
    number_format,
    quoted_name,
    shown_width,
    text_tail,
)
from crmdesk.reports.column_widths import WIDEST, column_widths, fitting
from crmdesk.reports.print_setup import A4, LETTER, fits_a_page, print_setup
from crmdesk.reports.workbook_parts import (
    BOLD_NUMBER_STYLE,
    BOLD_STYLE,
    HEAD_STYLE,
    MAIN,
    NUMBER_HEAD_STYLE,
    OWN_STYLES,
    RELATIONS,
    XML,
    Sheet,
    parts_of,
    table_parts,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import tzinfo
    from pathlib import Path

    from crmdesk.reports.cells import Block

LONGEST_SHEET_NAME = 31
LONGEST_HEAD = 240
MOST_PLACES = 20
BLOCK = 500
# Level 2 makes files a tenth larger than level 4 in half the time.
LEVEL = 2

_NUMBERS = frozenset({"integer", "decimal", "number", "money"})
_HEAD_HEIGHT, _TWO_LINES = 18, 32


def cut_said(count: int) -> str:
    """Return the sentence that tells of texts which a workbook could not hold whole."""
    return ntr(
        "{count} text is longer than the {most} characters of a cell; its end is missing.",
        "{count} texts are longer than the {most} characters of a cell; their ends are missing.",
        count,
        most=LONGEST_TEXT,
    )


@dataclass
class CutTexts:
    """The texts of a column that were longer than a cell may be: how many, and where the first ones stand."""

    sheet: str
    column: str
    count: int = 0
    places: list[str] = field(default_factory=list)

    def note(self, cell: str) -> None:
        """Note one more."""
        self.count += 1
        if len(self.places) < MOST_PLACES:
            self.places.append(f"{quoted_name(self.sheet)}!{cell}")

    def said(self) -> str:
        """Return where they stand."""
        places = ", ".join(self.places)
        return tr("{numbers} and {count} more", numbers=places, count=self.count - len(self.places)) if self.count > len(self.places) else places


class Head(str):
    """A text that is shown bold on a page."""


class NumberHead(Head):
    """One that stands above numbers, and like them at the right."""


class WorkbookFile:
    """A workbook that is written sheet by sheet, row by row.

    Args:
        zone: in which moments are shown; workbooks know no time zones.
        letter: print on Letter instead of A4.
    """

    def __init__(self, path: Path, zone: tzinfo = UTC, *, letter: bool = False) -> None:
        self._zip = zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED, compresslevel=LEVEL)
        self._zone, self._paper = zone, LETTER if letter else A4
        self._formats: dict[str, int] = {}
        self._sheets: list[Sheet] = []
        self._cut: list[CutTexts] = []

    def __enter__(self) -> WorkbookFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._put(parts_of(self._sheets, list(self._formats)))
        finally:
            self._zip.close()

    def sheet(
        self,
        name: str,
        columns: Sequence[SheetColumn],
        rows: Iterable[Sequence[Any]],
        widths: Sequence[int] | None = None,
        *,
        is_table: bool = True,
        beside: int = 1,
    ) -> int:
        """Write a sheet of rows below a head; returns how many rows there were.

        Args:
            rows: a plain value for each column: text, number, Decimal, date, datetime, bool, or None; (Decimal, currency) for money; a `Formula`.
            widths: of the columns in characters; those of the labels and of what the first rows hold if None.
            is_table: as a table of Excel's, in which no two columns may have the same label; else labels stay as they are.
            beside: how many columns are printed again on the pages beside the first, where a sheet is too wide for one.
        """
        return self.sheet_of_blocks(name, columns, _blocks(rows, columns), widths, is_table=is_table, beside=beside)

    def sheet_of_blocks(
        self,
        name: str,
        columns: Sequence[SheetColumn],
        blocks: Iterable[Block],
        widths: Sequence[int] | None = None,
        *,
        is_table: bool = True,
        beside: int = 1,
    ) -> int:
        """Write a sheet whose rows come some hundred at a time, column by column, which is quicker."""
        wishes, blocks = (widths, blocks) if widths else fitting(columns, blocks)
        wide = column_widths(columns, wishes)
        labels = _heads(columns) if is_table else [column.label for column in columns]
        with self._begin(name, wide, frozen=True, beside=beside) as stream:
            styles = [NUMBER_HEAD_STYLE if column.kind in _NUMBERS else HEAD_STYLE for column in columns]
            head = (f'<c r="{column_letters(i)}1" s="{style}"{text_tail(label)}' for i, (label, style) in enumerate(zip(labels, styles, strict=True), 1))
            height = _TWO_LINES if any(shown_width(label) + 3 > width for label, width in zip(labels, wide, strict=True)) else _HEAD_HEIGHT
            stream.write(f'<row r="1" ht="{height}" customHeight="1">{"".join(head)}</row>'.encode())
            writers = [
                column_cells(column_letters(i), column, self._style, self._zone, self._cut_in(label))
                for i, (column, label) in enumerate(zip(columns, labels, strict=True), 1)
            ]
            count = _write_rows(stream, writers, blocks)
            reference = f"A1:{column_letters(max(1, len(columns)))}{count + 1}"
            # A table needs a row below its head.
            is_table = is_table and count > 0
            parts = '<tableParts count="1"><tablePart r:id="rId1"/></tableParts>' if is_table else ""
            filters = "" if is_table else f'<autoFilter ref="{reference}"/>'
            stream.write(f"</sheetData>{filters}{print_setup(wide, self._paper, self._sheets[-1].beside)}{parts}</worksheet>".encode())
        sheet = self._sheets[-1]
        sheet.reference = reference
        if is_table:
            sheet.labels = tuple(labels)
            self._put(table_parts(len(self._sheets), sheet))
        return count

    def about(self, pairs: Sequence[tuple[str, Any]]) -> None:
        """Write the sheet that says what the workbook holds and when it was made; also which texts before it were cut."""
        self.page(tr("About"), [(Head(label), value) for label, value in (*pairs, *self.cut_notes())], [28, WIDEST])

    def page(self, name: str, rows: Sequence[Sequence[Any]], widths: Sequence[int]) -> None:
        """Write a sheet of rows that are no table: each cell by what its value is; a `Head` is bold."""
        with self._begin(name, widths) as stream:
            for number, row in enumerate(rows, 1):
                cells = (self._page_cell(column_letters(place), value, str(number)) for place, value in enumerate(row, 1))
                stream.write(f'<row r="{number}">{"".join(cells)}</row>'.encode())
            stream.write(f"</sheetData>{print_setup(widths, self._paper, 0)}</worksheet>".encode())

    @property
    def cut(self) -> int:
        """How many texts were longer than a cell may be; their ends are missing."""
        return sum(each.count for each in self._cut)

    def cut_notes(self) -> list[tuple[str, str]]:
        """Return what people must be told of texts that were cut, as pairs of label and text; nothing if all are whole."""
        if not self.cut:
            return []
        return [(tr("Cut texts"), cut_said(self.cut)), *((tr("Cut in “{column}”", column=each.column), each.said()) for each in self._cut if each.count)]

    def _cut_in(self, column: str) -> Cut:
        self._cut.append(CutTexts(self.last_name, column))
        return self._cut[-1].note

    def _page_cell(self, letters: str, value: Any, number: str) -> str:
        if isinstance(value, Head):
            style = BOLD_NUMBER_STYLE if isinstance(value, NumberHead) else BOLD_STYLE
            return f'<c r="{letters}{number}" s="{style}"{text_tail(str(value))}' if value else ""
        shown = value.value if isinstance(value, Formula) else value
        (cell,) = column_cells(letters, SheetColumn("", _kind_of_one(shown)), self._style, self._zone, self._cut_in(self.last_name))([value], [number])
        return cell

    def reference(self, columns: int | str, rows: int, name: str) -> str:
        """Return the absolute reference to the rows of one column below the head of a sheet, as formulas on other sheets write it."""
        letters = columns if isinstance(columns, str) else column_letters(columns)
        return f"{quoted_name(name)}!${letters}$2:${letters}${max(rows, 1) + 1}"

    @property
    def last_name(self) -> str:
        """The name that the newest sheet has got."""
        return self._sheets[-1].name

    # ---- parts of a sheet ----

    def _begin(self, name: str, widths: Sequence[int], frozen: bool = False, beside: int = 0) -> IO[bytes]:
        is_whole = fits_a_page(widths)
        self._sheets.append(Sheet(self._free_name(name), beside=0 if is_whole else beside))
        stream = self._zip.open(f"xl/worksheets/sheet{len(self._sheets)}.xml", "w", force_zip64=True)
        pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if frozen else ""
        selected = ' tabSelected="1"' if len(self._sheets) == 1 else ""
        cols = "".join(f'<col min="{i}" max="{i}" width="{width}" customWidth="1"/>' for i, width in enumerate(widths, 1))
        stream.write(
            f'{XML}<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheetPr><pageSetUpPr fitToPage="{int(is_whole)}"/></sheetPr>'
            f'<sheetViews><sheetView{selected} workbookViewId="0">{pane}</sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15"/>{f"<cols>{cols}</cols>" if cols else ""}<sheetData>'.encode()
        )
        return stream

    def _free_name(self, name: str) -> str:
        base = re.sub(r"[\[\]:*?/\\]", " ", clean(name)).strip(" '")[:LONGEST_SHEET_NAME] or tr("Sheet")
        chosen, number = base, 1
        while chosen.lower() in {sheet.name.lower() for sheet in self._sheets}:
            number += 1
            chosen = f"{base[: LONGEST_SHEET_NAME - 4]} {number}"
        return chosen

    def _style(self, kind: str, currency: str = "") -> int:
        code = number_format(kind, currency)
        return self._formats.setdefault(code, len(self._formats) + OWN_STYLES)

    def _put(self, parts: Iterable[tuple[str, str]]) -> None:
        for name, content in parts:
            self._zip.writestr(name, content)


def _blocks(rows: Iterable[Sequence[Any]], columns: Sequence[SheetColumn]) -> Iterator[Block]:
    """Turn rows into blocks of columns."""
    rows = iter(rows)
    while block := list(islice(rows, BLOCK)):
        lists = zip(*block, strict=True) if columns else iter([()])
        yield [
            [None if value is None else str(value) for value in values] if column.kind == "text" else values
            for column, values in zip(columns, lists, strict=False)
        ]


def _write_rows(stream: IO[bytes], writers: Sequence[Cells], blocks: Iterable[Block]) -> int:
    count = 0
    for block in blocks:
        size = len(block[0]) if block else 0
        for start in range(0, size, BLOCK):
            end = min(start + BLOCK, size)
            numbers = [str(number) for number in range(count + start + 2, count + end + 2)]
            begins = [f'<row r="{number}">' for number in numbers]
            cells = [write(values[start:end], numbers) for write, values in zip(writers, block, strict=True)]
            stream.write("".join(chain.from_iterable(zip(begins, *cells, repeat("</row>", end - start), strict=True))).encode())
        count += size
    return count


def _heads(columns: Sequence[SheetColumn]) -> list[str]:
    """Return the labels of a table's columns, of which no two may be the same and none empty."""
    heads: list[str] = []
    for number, column in enumerate(columns, 1):
        base = " ".join(clean(column.label).split())[:LONGEST_HEAD] or tr("Column {number}", number=number)
        head, times = base, 1
        while head.lower() in {known.lower() for known in heads}:
            times += 1
            head = f"{base} {times}"
        heads.append(head)
    return heads


def _kind_of_one(value: Any) -> str:
    if isinstance(value, tuple):
        return "money"
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int | Decimal):
        return "integer" if isinstance(value, int) else "decimal"
    return "moment" if isinstance(value, datetime) else "date" if isinstance(value, date) else "text"


def plain_workbook(path: Path, name: str, rows: Iterable[Sequence[Any]]) -> None:
    """Write rows of cells as they are, the first one as head, on one sheet.

    Args:
        rows: are read twice, first to see of what kinds the columns are; so no iterator.
    """
    head: list[str] = []
    kinds: list[set[str]] = []
    for number, row in enumerate(rows):
        kinds += [set() for _ in range(len(row) - len(kinds))]
        if number:
            for seen, value in zip(kinds, row, strict=False):
                if value not in (None, ""):
                    seen.add(_kind_of(value))
        else:
            head = [str(cell) for cell in row]
    width = len(kinds)
    columns = [SheetColumn(head[i] if i < len(head) else "", next(iter(seen)) if len(seen) == 1 else "text") for i, seen in enumerate(kinds)]
    with WorkbookFile(path) as book:
        found = ([*(cell if cell != "" else None for cell in row), *[None] * (width - len(row))] for row in islice(rows, 1, None))
        book.sheet(name, columns, found, is_table=False)


def _kind_of(value: Any) -> str:
    """Return the kind of a column that holds nothing but such values, so that they come back as they were."""
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int | float | Decimal):
        return "number"
    return "moment" if isinstance(value, datetime) else "date" if isinstance(value, date) else "text"
