"""Read a PDF as a reader would see it."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

import pypdfium2
from pypdfium2 import raw


@dataclass(frozen=True)
class Page:
    """The text of a page, and each of its lines with the place of its first letter in points from the top left."""

    text: str
    lines: tuple[tuple[str, float, float], ...]


def pages_of(pdf: bytes) -> list[Page]:
    """Return the pages with their text in the order in which it was written."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_page(page) for page in document]
    finally:
        document.close()


def _page(page: pypdfium2.PdfPage) -> Page:
    textpage = page.get_textpage()
    text = textpage.get_text_range()
    height = page.get_height()
    lines, start = [], 0
    for line in text.split("\r\n"):
        if line.strip():
            left, _, _, top = textpage.get_charbox(start + len(line) - len(line.lstrip()))
            lines.append((line, left, height - top))
        start += len(line) + 2
    textpage.close()
    page.close()
    return Page(text, tuple(lines))


def text_of(pdf: bytes) -> str:
    """Return all text, with single spaces."""
    return re.sub(r"\s+", " ", " ".join(page.text for page in pages_of(pdf)))


def all_fonts_are_embedded(pdf: bytes) -> bool:
    """Tell whether the file brings every font that its text uses or that it names."""
    document = pypdfium2.PdfDocument(pdf)
    embedded = [raw.FPDFFont_GetIsEmbedded(raw.FPDFTextObj_GetFont(found)) for page in document for found in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT])]
    document.close()
    named = len(re.findall(rb"/Type /Font\b(?!Descriptor)[^>]*?/Subtype /CIDFontType2|/Subtype /CIDFontType2", pdf))
    files = pdf.count(b"/FontFile2")
    others = [kind for kind in (b"/Subtype /Type1", b"/Subtype /TrueType", b"/Helvetica") if kind in pdf]
    return bool(embedded) and set(embedded) == {1} and named == files and not others


def content_of(pdf: bytes) -> bytes:
    """Return everything that is packed in the file, unpacked."""
    packed = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    return b"\n".join(zlib.decompressobj().decompress(part) for part in packed if part.startswith(b"x"))
