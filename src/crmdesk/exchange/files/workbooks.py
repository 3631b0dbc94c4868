"""Workbooks (XLSX, XLSM, XLSB, XLS, ODS): looked through before they are opened, then read as typed cells."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from crmdesk.errors import UserError
from crmdesk.exchange.files.grouped_headers import header_of
from crmdesk.exchange.table import SAMPLE_ROWS, Cell, Line, Table, body, column_names, is_blank, without_surplus
from crmdesk.i18n import mark, tr
from crmdesk.store.pace import no_garbage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_ENTRIES = 2_000
MOST_UNPACKED = 300 << 20
MOST_RATIO = 150
SMALL_ENTRY = 1 << 20
MOST_CELLS = 6_500_000
MOST_TEXT = 300 << 20
LONGEST_TEXT = 32_767
LARGEST_XLS = 100 << 20
CHUNK = 1 << 20

_TOO_LARGE = mark("This workbook is too large to be read safely.")
_UNCOUNTED = mark("Formulas of this workbook were saved without their values, so their cells are empty. Open it in your spreadsheet program and save it anew.")


def open_workbook(path: Path, sheet: str | None = None) -> Table:
    """Open a workbook at a sheet: the named one, else the first that is visible and holds a table of several columns, else the first that holds something.

    Formulas count with the values that were saved with them; links, macros and comments are left behind.

    Raises:
        UserError: no workbook, damaged, locked by a password, too large, a trap, or empty.
    """
    kind, seen = _look_through(path)
    book = _opened(path)
    try:
        visible = [meta.name for meta in book.sheets_metadata if str(meta.visible).endswith(".Visible") and str(meta.typ).endswith(".WorkSheet")]
        sheets = visible or list(book.sheet_names)
        if sheet is not None and sheet not in book.sheet_names:
            raise UserError(tr("“{file}” has no sheet “{sheet}”.", file=path.name, sheet=sheet), hint=tr("It has: {sheets}.", sheets=", ".join(sheets)))
        with no_garbage():
            found: Table | None = None
            for name in [sheet] if sheet is not None else sheets:
                lines, spread = _lines(path, book, name)
                if any(not is_blank(cells) for _, cells in lines[:SAMPLE_ROWS]):
                    table = _table(path, kind, name, tuple(sheets), lines, spread)
                    # Programs number the parts of sheets as these stand in the workbook.
                    table = replace(table, notes=(*table.notes, *seen.notes(book.sheet_names.index(name) + 1)))
                    # A cover sheet holds lines of text, one cell each.
                    if sheet is not None or len(sheets) == 1 or (table.width > 1 and table.has_header and table.sample):
                        return table
                    found = found or table
            if found is not None:
                return found
    finally:
        book.close()
    raise UserError(tr("“{file}” is empty.", file=path.name))


_MERGED = {
    False: mark("Merged cells of {columns} count in each of their rows."),
    True: mark("Merged cells of {columns} hold numbers, which count once, in the first of their rows."),
}
"""What is told of merged cells, by whether they count once."""


def _table(path: Path, kind: str, sheet: str, sheets: tuple[str, ...], lines: list[Line], spread: list[tuple[int, int, bool]]) -> Table:
    first = [line for line in lines[: SAMPLE_ROWS + 1] if not is_blank(line[1])]
    header, names = header_of([cells for _, cells in first])
    above = 0 if header is None else first[header][0]
    data = [line for line in lines if line[0] > above]
    width = max([i for i, name in enumerate(names, 1) if name != ""] + [_last_filled(data)])
    columns = column_names(names, width)
    if any(len(cells) > width for _, cells in data):
        data = [(number, cells[:width]) for number, cells in data]

    def rows() -> Iterator[Line]:
        return iter(without_surplus(columns, body(data, width))[1])

    own_columns, sample_rows = without_surplus(columns, body(data[:SAMPLE_ROWS], width))
    notes = []
    for is_once, said in _MERGED.items():
        places = sorted({place for number, place, is_single in spread if is_single == is_once and number > above and place < width})
        if places:
            notes.append(tr(said, columns=", ".join(f"“{columns[place]}”" for place in places)))
    return Table(
        path=path, format=kind, columns=own_columns, rows=rows, sample=tuple(sample_rows), line_count=len(data), sheet=sheet,
        sheets=sheets, has_header=header is not None, notes=tuple(notes),
    )  # fmt: skip


def _last_filled(lines: list[Line]) -> int:
    last = 0
    for _, cells in lines:
        for index in range(len(cells) - 1, last - 1, -1):
            if cells[index] != "":
                last = index + 1
                break
    return last


def _opened(path: Path) -> Any:
    import python_calamine as calamine

    try:
        return calamine.CalamineWorkbook.from_path(str(path))
    except calamine.PasswordError:
        raise UserError(tr("“{file}” is locked with a password.", file=path.name), hint=tr("Save it without a password.")) from None
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> UserError:
    return UserError(tr("“{file}” is damaged or no workbook.", file=path.name), hint=tr("Open it in your spreadsheet program and save it anew."))


def _lines(path: Path, book: Any, name: str) -> tuple[list[Line], list[tuple[int, int, bool]]]:
    """Return the rows of a sheet, and the places that merged cells fill beside their first one."""
    import python_calamine as calamine

    try:
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height * sheet.total_width > 4 * MOST_CELLS:
            raise UserError(tr(_TOO_LARGE), hint=tr("Save the sheet as CSV: that has no limit."))
        above, before = sheet.start or (0, 0)
        lines = [(above + number, _cells(cells)) for number, cells in enumerate(sheet.iter_rows(), 1)]
        return lines, _spread(lines, [((top - above, left - before), bottom - above) for (top, left), (bottom, _) in sheet.merged_cell_ranges or ()])
    except calamine.CalamineError as error:
        raise _damaged(path) from error


def _spread(lines: list[Line], merged: list[tuple[tuple[int, int], int]]) -> list[tuple[int, int, bool]]:
    """Put what stands in cells merged downwards into each of their rows: a company beside its three people is that of all three.

    Numbers stay in the first one: an amount beside three deals is not that of each.

    Args:
        merged: row and column of the first cell, and the last row, all counted from the first line.

    Returns:
        The number of the line and the column of each cell below a first one, and whether it holds a number and so was not filled.
    """
    given: dict[int, list[tuple[int, Cell]]] = {}
    filled_to: dict[int, int] = {}
    for (top, left), bottom in sorted(merged):
        if bottom <= top or not 0 <= top < len(lines) or not 0 <= left < len(lines[top][1]) or (value := lines[top][1][left]) == "":
            continue
        for row in range(max(top, filled_to.get(left, 0)) + 1, min(bottom, len(lines) - 1) + 1):
            if lines[row][1][left] == "":
                given.setdefault(row, []).append((left, value))
        filled_to[left] = max(bottom, filled_to.get(left, 0))
    spread = []
    for row, cells in given.items():
        if not is_blank(lines[row][1]):  # an empty row says nothing, whatever is merged across it
            for place, value in cells:
                is_number = value.__class__ in {int, float}
                if not is_number:
                    lines[row][1][place] = value
                spread.append((lines[row][0], place, is_number))
    return spread


_PLAIN: set[type] = {str, float, int, bool, date, datetime}


def _cells(cells: list[Any]) -> list[Cell]:
    # Most rows have plain cells only; to see that costs less than to look at each.
    return cells if set(map(type, cells)) <= _PLAIN else [cell if type(cell) in _PLAIN else _as_text(cell) for cell in cells]


def _as_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, timedelta):
        return str(cell)
    return cell.isoformat() if isinstance(cell, time) else str(cell)


# ---- looking through before opening ----


def _look_through(path: Path) -> tuple[str, Findings]:
    """Return the format of a workbook after making sure that opening it is safe, and what was seen in it."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        if path.stat().st_size > LARGEST_XLS:
            raise UserError(tr(_TOO_LARGE), hint=tr("Save the sheet as CSV: that has no limit."))
        return "xls", Findings()
    try:
        with zipfile.ZipFile(path) as archive:
            return _look_through_archive(path, archive)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError) as error:
        raise _damaged(path) from error


def _look_through_archive(path: Path, archive: zipfile.ZipFile) -> tuple[str, Findings]:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    kind = _kind(names)
    if kind is None:
        raise UserError(tr("“{file}” is no workbook.", file=path.name), hint=tr("Save it as XLSX or CSV."))
    odd = [name for name in names if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name or "\0" in name]
    if odd or len(set(names)) != len(names):
        raise _trap(path)
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise UserError(tr(_TOO_LARGE), hint=tr("Save the sheet as CSV: that has no limit."))
    found = Findings()
    for entry in entries:
        if entry.file_size > SMALL_ENTRY and entry.file_size > MOST_RATIO * max(1, entry.compress_size):
            raise _trap(path)
        if entry.flag_bits & 1:
            raise UserError(tr("“{file}” is locked with a password.", file=path.name), hint=tr("Save it without a password."))
        _look_through_entry(path, archive, entry, kind, found)
    _weigh(path, found)
    return kind, found


def _trap(path: Path) -> UserError:
    return UserError(
        tr("“{file}” is built to do harm when it is opened; it was not opened.", file=path.name),
        hint=tr("If you trust it, save it anew in your spreadsheet program."),
    )


def _kind(names: list[str]) -> str | None:
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "xl/workbook.xml" in names or any(re.fullmatch(r"xl/workbook\d*\.xml|xl/worksheets/.*\.xml", name) for name in names):
        return "xlsx"
    return "ods" if "content.xml" in names else None


@dataclass
class Findings:
    """What was seen in a workbook's parts.

    Attributes:
        texts: length of each shared text, in bytes of XML.
        uses: of sheets that could blow up by their shared texts: how often each is used.
        is_uncounted: whether there are formulas without their values, as programs write them that can't count. hides: the sheets with hidden rows.
    """

    texts: list[int] = field(default_factory=list)
    sheets: list[zipfile.ZipInfo] = field(default_factory=list)
    cells: int = 0
    rows: int = 0
    columns: int = 0
    archive: zipfile.ZipFile | None = None
    is_uncounted: bool = False
    hides: set[str] = field(default_factory=set)

    def notes(self, number: int) -> Iterator[str]:
        """Yield what the user should hear of a sheet, told by its place in the workbook."""
        if self.is_uncounted:
            yield tr(_UNCOUNTED)
        if f"xl/worksheets/sheet{number}.xml" in self.hides:
            yield tr("Some rows are hidden in this workbook, perhaps by a filter; they are read like the others.")


def _look_through_entry(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, kind: str, found: Findings) -> None:
    """Unpack an entry without keeping it: its true size, declarations of entities, extent of the sheet."""
    is_xml = entry.filename.endswith((".xml", ".rels"))
    is_sheet = entry.filename.startswith("xl/worksheets/") and is_xml
    size, tail = 0, b""
    found.archive = archive
    if is_sheet:
        found.sheets.append(entry)
        found.rows = found.columns = 0
    with archive.open(entry) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > entry.file_size:
                raise _trap(path)
            if is_xml and size <= CHUNK and (b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk):
                raise _trap(path)
            block = tail + chunk
            if is_sheet:
                tail = _measure_sheet(block, found, len(tail))
            elif entry.filename.lower().endswith("sharedstrings.xml"):
                tail = _measure_texts(block, found)
            elif kind == "ods" and entry.filename == "content.xml":
                tail = _measure_ods(path, block)
    if is_sheet and found.rows * max(1, found.columns) > MOST_CELLS:
        raise UserError(tr(_TOO_LARGE), hint=tr("Save the sheet as CSV: that has no limit."))


# Begins with plain letters, which are searched for three times as fast; that a tag begins there is looked at behind.
_ROW = re.compile(rb'row (?<=[<:]row )[^>]{0,200}?\br="(\d{1,9})"')
_WITHOUT_VALUE = (b"</f></c>", b"</f><v/></c>", b"</f><v /></c>", b"</f><v></v></c>")
_HIDDEN_ROW = re.compile(rb'<row [^>]{0,300}\bhidden="(?:1|true)"')
_WIDE_CELL = re.compile(rb' r="([A-Z]{2,3})\d')


def _measure_sheet(block: bytes, found: Findings, overlap: int) -> bytes:
    rows = [int(number) for number in _ROW.findall(block)]
    found.rows = max(found.rows, max(rows, default=0))
    wide = _WIDE_CELL.search(block)
    columns = set(_WIDE_CELL.findall(block)) if wide else set()
    found.columns = max([found.columns, 26, *map(_column_number, columns)])
    found.cells += block.count(b"<c ", overlap)
    if b' hidden="' in block and _HIDDEN_ROW.search(block):
        found.hides.add(found.sheets[-1].filename)
    found.is_uncounted = found.is_uncounted or any(ending in block for ending in _WITHOUT_VALUE)
    return block[-300:]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _measure_texts(block: bytes, found: Findings) -> bytes:
    parts = block.split(b"</si>")
    found.texts += [len(part) for part in parts[:-1]]
    return parts[-1][-(LONGEST_TEXT * 8) :] if len(parts[-1]) > LONGEST_TEXT * 8 else parts[-1]


def _weigh(path: Path, found: Findings) -> None:
    """Refuse workbooks whose few shared texts would become gigabytes when every cell gets its copy."""
    longest = max(found.texts, default=0)
    if longest * found.cells <= MOST_TEXT:
        return
    total = 0
    for entry in found.sheets:
        assert found.archive is not None
        tail = b""
        with found.archive.open(entry) as stream:
            while chunk := stream.read(CHUNK):
                block = tail + chunk
                end = block.rfind(b"<c ") if len(block) > CHUNK // 2 else len(block)
                for index in _SHARED.findall(block, 0, end):
                    total += found.texts[int(index)] if int(index) < len(found.texts) else 0
                tail = block[end:][-4096:]
        if total > MOST_TEXT:
            raise _trap(path)


_SHARED = re.compile(rb't="s"[^>]*>\s*<v>(\d{1,7})</v>')
_REPEATED = re.compile(rb'table:number-(columns|rows)-repeated="(\d+)"[^>]*?(/?)>')


def _measure_ods(path: Path, block: bytes) -> bytes:
    """Refuse cells with content that are repeated beyond measure; empty ones are normal at the end of a sheet."""
    for axis, count, closed in _REPEATED.findall(block):
        if axis == b"columns" and not closed and int(count) > 1024:
            raise _trap(path)
    for found in re.finditer(rb'<table:table-row [^>]*?table:number-rows-repeated="(\d+)"[^>]*>(.{0,400})', block, re.DOTALL):
        if int(found[1]) > 10_000 and re.search(rb"office:(?:string-)?value(?:-type)?=", found[2].split(b"</table:table-row>")[0]):
            raise _trap(path)
    return block[-600:]
