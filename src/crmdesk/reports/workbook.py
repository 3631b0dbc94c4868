"""Excel workbooks of plain data: typed cells, a frozen bold head, filters, widths, and a sheet that says where the figures come from.

Written as a stream of XML, row by row, in constant memory: openpyxl's write-only mode takes five times as long for the same cells. Texts are
always texts: what begins with `=`, `+`, `-` or `@` never becomes a formula.
Source: ECMA-376, part 1, chapter 18 (SpreadsheetML); the parts that Excel, LibreOffice and calamine need and no more.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain, islice, repeat
from typing import IO, TYPE_CHECKING, Any

from crmdesk.clock import now
from crmdesk.documents.currencies import decimals_of
from crmdesk.i18n import ntr, tr
from crmdesk.reports.cells import (
    DATE_FORMAT,
    LONGEST_TEXT,
    MOMENT_FORMAT,
    Cells,
    Cut,
    Formula,
    SheetColumn,
    clean,
    column_cells,
    number_format,
    shown_width,
    text_tail,
    xml_attribute,
    xml_text,
)  # fmt: skip

if TYPE_CHECKING:
    from datetime import tzinfo
    from pathlib import Path

LONGEST_SHEET_NAME = 31
LONGEST_HEAD = 240
MOST_ROWS = 1_048_576
WIDEST = 60
MOST_PLACES = 20
NARROWEST = 8
MEASURED, LONGEST_MEASURED = 500, 1_000
BLOCK = 500
# Level 2 makes files a tenth larger than level 4 in half the time.
LEVEL = 2

Block = Sequence[Sequence[Any]]
"""Some rows of a sheet, column by column."""

# ---- the workbook ----

_HEAD_STYLE, _BOLD_STYLE, _NUMBER_HEAD_STYLE, _BOLD_NUMBER_STYLE = 1, 2, 3, 4
_OWN_STYLES = 5
_NUMBERS = frozenset({"integer", "decimal", "number", "money"})
LETTER, A4 = 1, 9
# What a page of A4 or Letter holds upright and across, in digits (of a broad font: LibreOffice without Calibri takes one), and how small it may
# become in print: 11 points at 55 percent are still read.
UPRIGHT, _ACROSS = 100, 120
_SMALLEST = 55
_HEAD_HEIGHT, _TWO_LINES = 18, 32
# Texts, and what may be anything, stand where each program puts them.
_AS_USUAL = frozenset({number_format("text"), number_format("number")})
_TABLE_STYLE = "TableStyleLight1"


def cut_said(count: int) -> str:
    """Return the sentence that tells of texts which a workbook could not hold whole."""
    return ntr(
        "{count} text is longer than the {most} characters of a cell; its end is missing.",
        "{count} texts are longer than the {most} characters of a cell; their ends are missing.",
        count,
        most=LONGEST_TEXT,
    )


def column_letters(number: int) -> str:
    """Return the letters of a column, counted from one: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass
class _Sheet:
    """What must be known of a written sheet when the workbook is closed."""

    name: str
    reference: str = ""
    labels: tuple[str, ...] = ()
    beside: int = 0


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
            self.places.append(f"{_quoted_name(self.sheet)}!{cell}")

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
        self._sheets: list[_Sheet] = []
        self._cut: list[CutTexts] = []

    def __enter__(self) -> WorkbookFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._finish()
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
        wide, blocks = (widths, blocks) if widths else _fitting(columns, blocks)
        wide = [min(max(width, _head_width(column.label), NARROWEST), WIDEST) for width, column in zip(wide, columns, strict=True)]
        labels = _heads(columns) if is_table else [column.label for column in columns]
        with self._begin(name, wide, frozen=True, beside=beside) as stream:
            styles = [_NUMBER_HEAD_STYLE if column.kind in _NUMBERS else _HEAD_STYLE for column in columns]
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
            stream.write(f"</sheetData>{filters}{self._print_setup(wide)}{parts}</worksheet>".encode())
        sheet = self._sheets[-1]
        sheet.reference = reference
        if is_table:
            sheet.labels = tuple(labels)
            self._put_table(len(self._sheets), sheet)
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
            stream.write(f"</sheetData>{self._print_setup(widths)}</worksheet>".encode())

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
            style = _BOLD_NUMBER_STYLE if isinstance(value, NumberHead) else _BOLD_STYLE
            return f'<c r="{letters}{number}" s="{style}"{text_tail(str(value))}' if value else ""
        shown = value.value if isinstance(value, Formula) else value
        (cell,) = column_cells(letters, SheetColumn("", _kind_of_one(shown)), self._style, self._zone, self._cut_in(self.last_name))([value], [number])
        return cell

    def reference(self, columns: int | str, rows: int, name: str) -> str:
        """Return the absolute reference to the rows of one column below the head of a sheet, as formulas on other sheets write it."""
        letters = columns if isinstance(columns, str) else column_letters(columns)
        return f"{_quoted_name(name)}!${letters}$2:${letters}${max(rows, 1) + 1}"

    @property
    def last_name(self) -> str:
        """The name that the newest sheet has got."""
        return self._sheets[-1].name

    # ---- parts of a sheet ----

    def _begin(self, name: str, widths: Sequence[int], frozen: bool = False, beside: int = 0) -> IO[bytes]:
        is_whole = sum(widths) * _SMALLEST <= _ACROSS * 100
        self._sheets.append(_Sheet(self._free_name(name), beside=0 if is_whole else beside))
        stream = self._zip.open(f"xl/worksheets/sheet{len(self._sheets)}.xml", "w", force_zip64=True)
        pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if frozen else ""
        selected = ' tabSelected="1"' if len(self._sheets) == 1 else ""
        cols = "".join(f'<col min="{i}" max="{i}" width="{width}" customWidth="1"/>' for i, width in enumerate(widths, 1))
        stream.write(
            f'{_XML}<worksheet xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheetPr><pageSetUpPr fitToPage="{int(is_whole)}"/></sheetPr>'
            f'<sheetViews><sheetView{selected} workbookViewId="0">{pane}</sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15"/>{f"<cols>{cols}</cols>" if cols else ""}<sheetData>'.encode()
        )
        return stream

    def _print_setup(self, widths: Sequence[int]) -> str:
        """All columns on one page's width, or on several where they could not be read; with the sheet's name above and file and page below."""
        if sum(widths) * _SMALLEST <= _ACROSS * 100:
            lies = f'orientation="{"landscape" if sum(widths) > UPRIGHT else "portrait"}" fitToWidth="1" fitToHeight="0"'
        else:
            lies = f'scale="{_scale(widths, self._sheets[-1].beside)}" orientation="landscape"'
        return (
            '<pageMargins left="0.4" right="0.4" top="0.7" bottom="0.6" header="0.3" footer="0.3"/>'
            f'<pageSetup paperSize="{self._paper}" {lies}/>'
            "<headerFooter><oddHeader>&amp;L&amp;A</oddHeader><oddFooter>&amp;L&amp;F&amp;R&amp;P / &amp;N</oddFooter></headerFooter>"
        )

    def _put_table(self, number: int, sheet: _Sheet) -> None:
        """Write the part that makes a sheet's rows a table: stripes, filters, and a name for formulas."""
        columns = "".join(f'<tableColumn id="{i}" name="{xml_attribute(label)}"/>' for i, label in enumerate(sheet.labels, 1))
        self._put(
            f"xl/tables/table{number}.xml",
            f'<table xmlns="{_MAIN}" id="{number}" name="Table{number}" displayName="Table{number}" ref="{sheet.reference}" totalsRowShown="0">'
            f'<autoFilter ref="{sheet.reference}"/><tableColumns count="{len(sheet.labels)}">{columns}</tableColumns>'
            f'<tableStyleInfo name="{_TABLE_STYLE}" showFirstColumn="0" showLastColumn="0" showRowStripes="1" showColumnStripes="0"/></table>',
        )
        link = f'<Relationship Id="rId1" Type="{_RELATIONS}/table" Target="../tables/table{number}.xml"/>'
        self._put(f"xl/worksheets/_rels/sheet{number}.xml.rels", f'<Relationships xmlns="{_PACKAGE}">{link}</Relationships>')

    def _free_name(self, name: str) -> str:
        base = re.sub(r"[\[\]:*?/\\]", " ", clean(name)).strip(" '")[:LONGEST_SHEET_NAME] or tr("Sheet")
        chosen, number = base, 1
        while chosen.lower() in {sheet.name.lower() for sheet in self._sheets}:
            number += 1
            chosen = f"{base[: LONGEST_SHEET_NAME - 4]} {number}"
        return chosen

    def _style(self, kind: str, currency: str = "") -> int:
        code = number_format(kind, currency)
        return self._formats.setdefault(code, len(self._formats) + _OWN_STYLES)

    # ---- what holds the sheets together ----

    def _finish(self) -> None:
        sheets = "".join(
            f'<sheet name="{xml_attribute(name)}" sheetId="{i}" r:id="rId{i}"/>' for i, name in enumerate((sheet.name for sheet in self._sheets), 1)
        )
        names = "".join(_names_of(place, sheet) for place, sheet in enumerate(self._sheets))
        names = f"<definedNames>{names}</definedNames>" if names else ""
        self._put(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><bookViews><workbookView/></bookViews><sheets>{sheets}</sheets>{names}</workbook>',
        )
        links = "".join(f'<Relationship Id="rId{i}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{i}.xml"/>' for i in range(1, len(self._sheets) + 1))
        links += f'<Relationship Id="rId{len(self._sheets) + 1}" Type="{_RELATIONS}/styles" Target="styles.xml"/>'
        self._put("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}">{links}</Relationships>')
        self._put("xl/styles.xml", self._styles())
        core = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
        self._put(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
            f'<Relationship Id="rId2" Type="{core}" Target="docProps/core.xml"/></Relationships>',
        )
        made = f"{now():%Y-%m-%dT%H:%M:%SZ}"
        self._put(
            "docProps/core.xml",
            '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:creator>CRMDesk</dc:creator>'
            f'<dcterms:created xsi:type="dcterms:W3CDTF">{made}</dcterms:created></cp:coreProperties>',
        )
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
        parts = "".join(f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{kind}.worksheet+xml"/>' for i in range(1, len(self._sheets) + 1))
        parts += "".join(
            f'<Override PartName="/xl/tables/table{i}.xml" ContentType="{kind}.table+xml"/>' for i, sheet in enumerate(self._sheets, 1) if sheet.labels
        )
        self._put(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{parts}'
            '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>',
        )

    def _styles(self) -> str:
        formats = "".join(f'<numFmt numFmtId="{164 + i}" formatCode="{xml_attribute(code)}"/>' for i, code in enumerate(self._formats))
        declared = f'<numFmts count="{len(self._formats)}">{formats}</numFmts>' if formats else ""
        cells = "".join(_cell_style(164 + i, code) for i, code in enumerate(self._formats))
        return (
            f'<styleSheet xmlns="{_MAIN}">{declared}'
            '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
            '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
            '<fill><patternFill patternType="solid"><fgColor rgb="FFF0F0EC"/><bgColor indexed="64"/></patternFill></fill></fills>'
            '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
            f'<cellXfs count="{len(self._formats) + _OWN_STYLES}"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
            '<xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf>'
            '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
            '<xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" applyAlignment="1">'
            '<alignment horizontal="right" indent="1" vertical="center" wrapText="1"/></xf>'
            '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1"><alignment horizontal="right" indent="1"/></xf>'
            f"{cells}</cellXfs>"
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
        )

    def _put(self, name: str, content: str) -> None:
        self._zip.writestr(name, _XML + content)


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


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


def _names_of(place: int, sheet: _Sheet) -> str:
    """Return the names that programs look for: what is filtered, and the head that stands on each printed page."""
    if not sheet.reference:
        return ""
    name = _quoted(sheet.name)
    filtered = (
        "" if sheet.labels else f'<definedName name="_xlnm._FilterDatabase" localSheetId="{place}" hidden="1">{name}!{_fixed(sheet.reference)}</definedName>'
    )
    beside = f"{name}!$A:${column_letters(sheet.beside)}," if sheet.beside else ""
    # Columns down to their ends, so that a long text takes no further page and rows that are added are printed too.
    printed = f"{name}!$A$1:${re.sub('.*:|[0-9]', '', sheet.reference)}${MOST_ROWS}"
    return (
        f'{filtered}<definedName name="_xlnm.Print_Area" localSheetId="{place}">{printed}</definedName>'
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{place}">{beside}{name}!$1:$1</definedName>'
    )


def _pages_beside(widths: Sequence[int], beside: int, room: float) -> int:
    """Return how many pages side by side some columns take, of which the first ones stand on each."""
    again = sum(widths[:beside])
    pages, used = 1, 0.0
    for width in widths:
        if used + width > room and used > again:
            pages, used = pages + 1, again
        used += width
    return pages


def _scale(widths: Sequence[int], beside: int) -> int:
    """Return the largest scale in percent at which no more pages are needed than at the smallest that can be read."""
    fewest = _pages_beside(widths, beside, _ACROSS * 100 / _SMALLEST)
    return next(scale for scale in range(100, _SMALLEST - 1, -5) if _pages_beside(widths, beside, _ACROSS * 100 / scale) == fewest)


def _head_width(label: str) -> int:
    """Return how wide a column must be for its head on two lines, with the button of its filter."""
    longest = max(map(shown_width, label.split()), default=0)
    return max(min(longest, 24), (shown_width(label) + 1) // 2) + 3


def _cell_style(number: int, code: str) -> str:
    """Return the style of a number format; days stand at the left, and numbers keep away from what follows them."""
    begin = f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"'
    if code in _AS_USUAL:
        return f"{begin}/>"
    aligned = 'horizontal="left"' if code in (DATE_FORMAT, MOMENT_FORMAT) else 'horizontal="right" indent="1"'
    return f'{begin} applyAlignment="1"><alignment {aligned}/></xf>'


def _kind_of_one(value: Any) -> str:
    if isinstance(value, tuple):
        return "money"
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int | Decimal):
        return "integer" if isinstance(value, int) else "decimal"
    return "moment" if isinstance(value, datetime) else "date" if isinstance(value, date) else "text"


def _quoted_name(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return xml_text(_quoted_name(name))


def _fixed(reference: str) -> str:
    return re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", reference)


def _fitting(columns: Sequence[SheetColumn], blocks: Iterable[Block]) -> tuple[list[int], Iterable[Block]]:
    """Return the widths that the first rows need, and all blocks: widths stand in a sheet before its rows."""
    rest = iter(blocks)
    first = next(rest, ())
    widths = [
        max([_LEAST_WIDTHS.get(column.kind, 0), *(_cell_width(value) for value in values[:MEASURED] if value is not None)])
        for column, values in zip(columns, first or repeat(()), strict=False)
    ]
    return widths, chain((first,) if first else (), rest)


# Numbers that follow may be longer than the first ones, and Excel shows none that has no room.
_LEAST_WIDTHS = {"integer": 11, "decimal": 13, "number": 12, "money": 18, "date": 12, "moment": 17, "flag": 8}


def _cell_width(value: Any) -> int:
    """Return how wide a column must be for a text, a number or an amount; days and the like have the width of their kind."""
    match value:
        case str():
            return max(map(shown_width, value[:LONGEST_MEASURED].splitlines()), default=0) + 2
        case (amount, currency):
            return len(f"{amount:,.{decimals_of(currency)}f} {currency}") + 2
        case Formula():
            return _cell_width(value.value)
        case Decimal():
            return len(f"{value:,f}") + 2
    return 0


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
