"""Excel workbooks of plain data: typed cells, a frozen bold head, filters, widths, and a sheet that says where the figures come from.

Written as a stream of XML, row by row, in constant memory: openpyxl's write-only mode takes five times as long for the same cells. Texts are
always texts: what begins with `=`, `+`, `-` or `@` never becomes a formula.
Source: ECMA-376, part 1, chapter 18 (SpreadsheetML); the parts that Excel, LibreOffice and calamine need and no more.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any

from crmdesk.clock import now
from crmdesk.documents.currencies import decimals_of
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from datetime import tzinfo
    from pathlib import Path

LONGEST_TEXT = 32_767
LONGEST_SHEET_NAME = 31
MOST_ROWS = 1_048_576
MOST_EXACT = 10**15
WIDEST = 60
NARROWEST = 8
BLOCK = 500

DATE_FORMAT = "yyyy\\-mm\\-dd"
MOMENT_FORMAT = "yyyy\\-mm\\-dd\\ hh:mm"
_FIRST_DAY = date(1899, 12, 30)
_FIRST_MOMENT = datetime(1899, 12, 30)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class SheetColumn:
    """A column of a sheet.

    Attributes:
        label: already translated.
        kind: `text`, `number`, `integer`, `decimal`, `money`, `date`, `moment`, `flag`.
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


# ---- texts ----

# What XML 1.0 can't hold; one such character makes the whole file unreadable.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_SPECIAL = re.compile("[&<>\x00-\x1f\ufffe\uffff\ud800-\udfff]|^\\s|\\s$")
_ESCAPED_ALREADY = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def clean(text: str) -> str:
    """Return a text as a workbook can hold it."""
    text = _UNWRITABLE.sub("\ufffd", text)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def xml_text(text: str) -> str:
    """Return a text as the content of an XML element."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _attribute(text: str) -> str:
    return xml_text(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def _text_tail(text: str) -> str:
    """Return the rest of a text cell behind its style: type and content."""
    if len(text) > LONGEST_TEXT or _SPECIAL.search(text) or "_x" in text:
        # “_x000D_” in a text would be read as the character that it names.
        content = _ESCAPED_ALREADY.sub("_x005F_", xml_text(text))
        return f' t="inlineStr"><is><t xml:space="preserve">{content}</t></is></c>'
    return f' t="inlineStr"><is><t>{text}</t></is></c>'


def column_letters(number: int) -> str:
    """Return the letters of a column, counted from one: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


# ---- the workbook ----

Write = Callable[[Any, str], str]
"""Makes the XML of a cell of a value and the number of its row; empty for an empty cell."""

_HEAD_STYLE, _BOLD_STYLE = 1, 2


class WorkbookFile:
    """A workbook that is written sheet by sheet, row by row.

    Args:
        zone: in which moments are shown; workbooks know no time zones.
    """

    def __init__(self, path: Path, zone: tzinfo = UTC) -> None:
        self._zip = zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED, compresslevel=4)
        self._zone = zone
        self._formats: dict[str, int] = {}
        self._names: list[str] = []
        self._filters: dict[int, str] = {}

    def __enter__(self) -> WorkbookFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._finish()
        self._zip.close()

    def sheet(self, name: str, columns: Sequence[SheetColumn], rows: Iterable[Sequence[Any]], widths: Sequence[int] | None = None) -> int:
        """Write a sheet of rows below a head; returns how many rows there were.

        Args:
            rows: a plain value for each column: text, number, Decimal, date, datetime, bool, or None; (Decimal, currency) for money.
            widths: of the columns in characters; those of the labels and kinds if None.
        """
        wide = [widths[i] if widths else _usual_width(column) for i, column in enumerate(columns)]
        wide = [min(max(width, len(column.label) + 3, NARROWEST), WIDEST) for width, column in zip(wide, columns, strict=True)]
        with self._begin(name, wide, frozen=True) as stream:
            head = (f'<c r="{column_letters(i)}1" s="{_HEAD_STYLE}"{_text_tail(column.label)}' for i, column in enumerate(columns, 1))
            stream.write(f'<row r="1">{"".join(head)}</row>'.encode())
            writers = [(f'<c r="{column_letters(i)}', self._writer(column)) for i, column in enumerate(columns, 1)]
            count = _write_rows(stream, writers, rows)
            reference = f"A1:{column_letters(max(1, len(columns)))}{count + 1}"
            stream.write(f'</sheetData><autoFilter ref="{reference}"/></worksheet>'.encode())
        self._filters[len(self._names) - 1] = reference
        return count

    def about(self, pairs: Sequence[tuple[str, Any]]) -> None:
        """Write the sheet that says what the workbook holds and when it was made."""
        with self._begin(tr("About"), [28, WIDEST]) as stream:
            for number, (label, value) in enumerate(pairs, 1):
                kind = "moment" if isinstance(value, datetime) else "date" if isinstance(value, date) else "integer" if isinstance(value, int) else "text"
                if isinstance(value, tuple):
                    kind = "money"
                cell = self._writer(SheetColumn(label, kind))(value, f'<c r="B{number}')
                stream.write(f'<row r="{number}"><c r="A{number}" s="{_BOLD_STYLE}"{_text_tail(label)}{cell}</row>'.encode())
            stream.write(b"</sheetData></worksheet>")

    # ---- parts of a sheet ----

    def _begin(self, name: str, widths: Sequence[int], frozen: bool = False) -> IO[bytes]:
        self._names.append(self._free_name(name))
        stream = self._zip.open(f"xl/worksheets/sheet{len(self._names)}.xml", "w", force_zip64=True)
        pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if frozen else ""
        selected = ' tabSelected="1"' if len(self._names) == 1 else ""
        cols = "".join(f'<col min="{i}" max="{i}" width="{width}" customWidth="1"/>' for i, width in enumerate(widths, 1))
        stream.write(
            f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView{selected} workbookViewId="0">{pane}</sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15"/>{f"<cols>{cols}</cols>" if cols else ""}<sheetData>'.encode()
        )
        return stream

    def _free_name(self, name: str) -> str:
        base = re.sub(r"[\[\]:*?/\\]", " ", clean(name)).strip(" '")[:LONGEST_SHEET_NAME] or tr("Sheet")
        chosen, number = base, 1
        while chosen.lower() in {name.lower() for name in self._names}:
            number += 1
            chosen = f"{base[: LONGEST_SHEET_NAME - 4]} {number}"
        return chosen

    def _style(self, kind: str, currency: str = "") -> int:
        code = number_format(kind, currency)
        return self._formats.setdefault(code, len(self._formats) + 3)

    def _writer(self, column: SheetColumn) -> Write:
        """Return the function that makes a column's cells."""
        texts = _texts(f'" s="{self._style("text")}"')
        style = f'" s="{self._style(column.kind, column.currency)}"><v>'
        zone = self._zone

        def number(value: Any, begin: str) -> str:
            if value is None:
                return ""
            if isinstance(value, str) or (isinstance(value, int) and abs(value) >= MOST_EXACT):
                return texts(str(value), begin)
            return f"{begin}{style}{_digits(value)}</v></c>"

        def moment(value: Any, begin: str) -> str:
            if value is None:
                return ""
            # Excel's calendar begins in 1900 and has a day too many in it; what is older stands there as text.
            return f"{begin}{style}{_serial(value, zone)}</v></c>" if value.year > 1900 else texts(value.isoformat(), begin)

        def flag(value: Any, begin: str) -> str:
            return "" if value is None else f'{begin}" t="b"><v>{int(bool(value))}</v></c>'

        match column.kind:
            case "integer" | "decimal" | "number":
                return number
            case "money":
                return self._money(number)
            case "date" | "moment":
                return moment
            case "flag":
                return flag
            case _:
                return texts

    def _money(self, number: Write) -> Write:
        styles: dict[str, str] = {}

        def money(value: Any, begin: str) -> str:
            if not isinstance(value, tuple):
                return number(value, begin)
            amount, currency = value
            style = styles.get(currency) or styles.setdefault(currency, f'" s="{self._style("money", currency)}"><v>')
            return f"{begin}{style}{_digits(amount)}</v></c>"

        return money

    # ---- what holds the sheets together ----

    def _finish(self) -> None:
        sheets = "".join(f'<sheet name="{_attribute(name)}" sheetId="{i}" r:id="rId{i}"/>' for i, name in enumerate(self._names, 1))
        filters = "".join(
            f'<definedName name="_xlnm._FilterDatabase" localSheetId="{i}" hidden="1">{_quoted(self._names[i])}!{_fixed(reference)}</definedName>'
            for i, reference in self._filters.items()
        )
        names = f"<definedNames>{filters}</definedNames>" if filters else ""
        self._put("xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><bookViews><workbookView/></bookViews><sheets>{sheets}</sheets>{names}</workbook>')
        links = "".join(f'<Relationship Id="rId{i}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{i}.xml"/>' for i in range(1, len(self._names) + 1))
        links += f'<Relationship Id="rId{len(self._names) + 1}" Type="{_RELATIONS}/styles" Target="styles.xml"/>'
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
        parts = "".join(f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{kind}.worksheet+xml"/>' for i in range(1, len(self._names) + 1))
        self._put(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{parts}'
            '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>',
        )

    def _styles(self) -> str:
        formats = "".join(f'<numFmt numFmtId="{164 + i}" formatCode="{_attribute(code)}"/>' for i, code in enumerate(self._formats))
        declared = f'<numFmts count="{len(self._formats)}">{formats}</numFmts>' if formats else ""
        cells = "".join(f'<xf numFmtId="{164 + i}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>' for i in range(len(self._formats)))
        return (
            f'<styleSheet xmlns="{_MAIN}">{declared}'
            '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
            '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
            '<fill><patternFill patternType="solid"><fgColor rgb="FFF0F0EC"/><bgColor indexed="64"/></patternFill></fill></fills>'
            '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
            f'<cellXfs count="{len(self._formats) + 3}"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
            '<xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" applyAlignment="1"><alignment vertical="center"/></xf>'
            f'<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>{cells}</cellXfs>'
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
        )

    def _put(self, name: str, content: str) -> None:
        self._zip.writestr(name, _XML + content)


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def _write_rows(stream: IO[bytes], writers: Sequence[tuple[str, Write]], rows: Iterable[Sequence[Any]]) -> int:
    count = 0
    block: list[str] = []
    for row in rows:
        count += 1
        number = str(count + 1)
        cells = [write(value, begin + number) for (begin, write), value in zip(writers, row, strict=True) if value is not None]
        block.append(f'<row r="{number}">{"".join(cells)}</row>')
        if len(block) == BLOCK:
            stream.write("".join(block).encode())
            block.clear()
    stream.write("".join(block).encode())
    return count


def _texts(style: str) -> Write:
    """Return the function that makes text cells; what comes again and again is escaped once."""
    known: dict[str, str] = {}

    def text(value: Any, begin: str) -> str:
        if value is None or value == "":
            return ""
        value = value if value.__class__ is str else str(value)
        tail = known.get(value)
        if tail is None:
            tail = style + _text_tail(value)
            if len(known) < 5_000:
                known[value] = tail
        return begin + tail

    return text


def _digits(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return repr(value) if isinstance(value, float) else str(int(value))


def _serial(value: Any, zone: tzinfo) -> str:
    """Return a date or moment as days since the first day of Excel's calendar."""
    if isinstance(value, datetime):
        local = value.astimezone(zone).replace(tzinfo=None) if value.tzinfo else value
        return repr(round((local - _FIRST_MOMENT) / _DAY, 9))
    return str((value - _FIRST_DAY).days)


def _quoted(name: str) -> str:
    return "'" + xml_text(name).replace("'", "''") + "'"


def _fixed(reference: str) -> str:
    return re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", reference)


def _usual_width(column: SheetColumn) -> int:
    return {"integer": 10, "decimal": 12, "number": 12, "money": 16, "date": 12, "moment": 17, "flag": 8}.get(column.kind, 22)


def plain_workbook(path: Path, name: str, rows: Sequence[Sequence[Any]]) -> None:
    """Write rows of cells as they are, the first one as head, on one sheet."""
    width = max((len(row) for row in rows), default=0)
    head = [str(cell) for cell in rows[0]] if rows else []
    kinds = [_kind_of([row[i] for row in rows[1:] if i < len(row)]) for i in range(width)]
    columns = [SheetColumn(head[i] if i < len(head) else "", kinds[i]) for i in range(width)]
    with WorkbookFile(path) as book:
        book.sheet(name, columns, ([*(cell if cell != "" else None for cell in row), *[None] * (width - len(row))] for row in rows[1:]))


def _kind_of(values: Sequence[Any]) -> str:
    """Return a kind that all values of a column fit, so that they come back as they were."""
    filled = [value for value in values if value not in (None, "")]
    if filled and all(isinstance(value, bool) for value in filled):
        return "flag"
    if filled and all(isinstance(value, int | float | Decimal) and not isinstance(value, bool) for value in filled):
        return "number"
    if filled and all(isinstance(value, datetime) for value in filled):
        return "moment"
    return "date" if filled and all(isinstance(value, date) and not isinstance(value, datetime) for value in filled) else "text"
