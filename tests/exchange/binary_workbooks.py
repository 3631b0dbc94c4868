"""A small Excel binary workbook, made of the records of [MS-XLSB]: nothing else here writes the form."""

from __future__ import annotations

import struct
import zipfile
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Value = str | int | float | bool | date | None

# Record numbers of [MS-XLSB] 2.3.2.
ROW, RK, BOOLEAN, REAL, INLINE_TEXT, SHARED_TEXT, SHARED_ITEM, XF = 0, 2, 4, 5, 6, 7, 19, 47
BEGIN_SHEET, END_SHEET, BEGIN_BOOK, END_BOOK, BEGIN_BUNDLE, END_BUNDLE, BEGIN_DATA, END_DATA = 129, 130, 131, 132, 143, 144, 145, 146
DIMENSION, PROPERTIES, BUNDLED_SHEET, BEGIN_SHARED, END_SHARED = 148, 153, 156, 159, 160
BEGIN_STYLES, END_STYLES, BEGIN_XFS, END_XFS = 278, 279, 617, 618
AS_NUMBER, AS_DAY = 0, 14
TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>
<Override PartName="/xl/worksheets/sheet1.bin" ContentType="application/vnd.ms-excel.worksheet"/><Override PartName="/xl/styles.bin" ContentType="application/vnd.ms-excel.styles"/>
<Override PartName="/xl/sharedStrings.bin" ContentType="application/vnd.ms-excel.sharedStrings"/></Types>"""
RELATIONS = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
RELATION = '<Relationship Id="rId{}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/>'


def record(number: int, content: bytes = b"") -> bytes:
    """Return a record: its number and its length in groups of seven bits, then its content."""
    head = bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80, number >> 7])
    length, rest = b"", len(content)
    while rest >= 0x80:
        length, rest = length + bytes([rest & 0x7F | 0x80]), rest >> 7
    return head + length + bytes([rest]) + content


def wide(text: str) -> bytes:
    """Return a text with its length before it."""
    return struct.pack("<I", len(text.encode("utf-16-le")) // 2) + text.encode("utf-16-le")


def write_binary(path: Path, rows: Sequence[Sequence[Value]], sheet: str = "Sheet1") -> None:
    """Write rows of cells as a binary workbook with shared and inline texts, whole numbers as RK, days with a date format."""
    shared = list(dict.fromkeys(cell for cell in rows[0] if isinstance(cell, str)))
    data = b"".join(record(ROW, struct.pack("<IIH", number, 0, 300) + bytes(3) + struct.pack("<I", 0)) + _cells(row, shared) for number, row in enumerate(rows))
    dimension = struct.pack("<IIII", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)
    parts = {
        "[Content_Types].xml": TYPES.encode(),
        "_rels/.rels": RELATIONS.format(RELATION.format(1, "officeDocument", "xl/workbook.bin")).encode(),
        "xl/_rels/workbook.bin.rels": RELATIONS.format(
            RELATION.format(1, "worksheet", "worksheets/sheet1.bin") + RELATION.format(2, "styles", "styles.bin") + RELATION.format(3, "sharedStrings", "sharedStrings.bin")
        ).encode(),
        "xl/workbook.bin": record(BEGIN_BOOK) + record(PROPERTIES, bytes(8) + struct.pack("<I", 0)) + record(BEGIN_BUNDLE)
        + record(BUNDLED_SHEET, struct.pack("<II", 0, 1) + wide("rId1") + wide(sheet)) + record(END_BUNDLE) + record(END_BOOK),
        "xl/worksheets/sheet1.bin": record(BEGIN_SHEET) + record(DIMENSION, dimension) + record(BEGIN_DATA) + data + record(END_DATA) + record(END_SHEET),
        "xl/sharedStrings.bin": record(BEGIN_SHARED, struct.pack("<II", len(shared), len(shared))) + b"".join(record(SHARED_ITEM, b"\0" + wide(text)) for text in shared)
        + record(END_SHARED),
        "xl/styles.bin": record(BEGIN_STYLES) + record(BEGIN_XFS, struct.pack("<I", 2))
        + b"".join(record(XF, struct.pack("<HH", 0, form) + bytes(10) + struct.pack("<H", 1)) for form in (AS_NUMBER, AS_DAY)) + record(END_XFS) + record(END_STYLES),
    }  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)


def _cells(row: Sequence[Value], shared: Sequence[str]) -> bytes:
    return b"".join(_cell(column, value, shared) for column, value in enumerate(row) if value is not None)


def _cell(column: int, value: Value, shared: Sequence[str]) -> bytes:
    head = struct.pack("<II", column, int(isinstance(value, date)))
    if isinstance(value, bool):
        return record(BOOLEAN, head + bytes([value]))
    if isinstance(value, str):
        return record(SHARED_TEXT, head + struct.pack("<I", shared.index(value))) if value in shared else record(INLINE_TEXT, head + wide(value))
    if isinstance(value, int):
        return record(RK, head + struct.pack("<i", value << 2 | 2))
    return record(REAL, head + struct.pack("<d", (value - date(1899, 12, 30)).days if isinstance(value, date) else value))
