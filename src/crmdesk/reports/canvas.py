"""The paper: reportlab's canvas, with shaped text of embedded fonts and with pictures."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reportlab import rl_config
from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from crmdesk.reports.fonts import Face, Glyph
    from crmdesk.reports.pictures import Picture
    from crmdesk.reports.text import TextLine

MM = 72 / 25.4
A4 = (210 * MM, 297 * MM)
LETTER = (215.9 * MM, 279.4 * MM)

INK = "#1F2328"
MUTED = "#6B7280"
FAINT = "#D9DCE1"

# Text encoding of the bytes in a PDF costs a third of the size and more of the time, and nobody mails 7 bits any more.
rl_config.useA85 = 0


@dataclass(frozen=True)
class _NoFace:
    name: str = "none"


class _NoFont:
    """Stands in for the font that reportlab would start each page with, which would be Helvetica, not embedded."""

    # The names are reportlab's.
    fontName = "none"  # noqa: N815
    face = _NoFace()
    _multiByte = 1  # noqa: N815
    _dynamicFont = 1  # noqa: N815


pdfmetrics.registerFont(_NoFont())


def page_size(name: str) -> tuple[float, float]:
    """Return width and height in points of A4 or Letter."""
    return LETTER if name.casefold() == "letter" else A4


def rgb(colour: str) -> tuple[float, float, float]:
    """Turn `#0F766E` into the three parts that PDF wants."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red / 255, green / 255, blue / 255


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") if value else "0"


@dataclass
class _Used:
    """The glyphs of a face that a document uses; each with what it stands for has a number of its own."""

    name: str
    numbers: dict[tuple[int, str], int] = field(default_factory=dict)

    def number(self, glyph: Glyph) -> int:
        return self.numbers.setdefault((glyph.id, glyph.text), len(self.numbers) + 1)


class Paper(Canvas):  # type: ignore[misc] # reportlab brings no types
    """A PDF in the making. Places are in points from the top left corner, as one reads."""

    def __init__(self, size: tuple[float, float], title: str, author: str, language: str, subject: str = "", dated_on: date | None = None) -> None:
        super().__init__("", pagesize=size, invariant=1, pageCompression=1, initialFontName="none", lang=language, pdfVersion=(1, 7))
        self.width, self.height = size
        self.missing: dict[str, None] = {}
        self._fonts: dict[Face, _Used] = {}
        self._pictures: dict[str, Any] = {}
        self._picture_names: dict[Picture, str] = {}
        self.setTitle(title)
        self.setAuthor(author)
        self.setSubject(subject)
        self.setViewerPreference("DisplayDocTitle", "true")
        if dated_on:
            # The day of the document and not that of its making, so that the same document gives the same bytes.
            self.setDateFormatter(lambda *_: f"D:{dated_on:%Y%m%d}000000+00'00'")
        self.setCreator("CRMDesk")
        self.setProducer("CRMDesk")

    # ---- text ----

    def line(self, line: TextLine, x: float, y: float, width: float | None = None, align: str = "left") -> None:
        """Draw a line of text with its baseline at y; with a width, aligned in it."""
        for char in line.missing:
            self.missing[char] = None
        if not line.runs:
            return
        if width is not None:
            # A line that is read from the right starts at the right.
            at_right = (align == "right") != (line.right_to_left and align == "left")
            x += (width - line.width) / (1 if at_right else 2) if at_right or align == "centre" else 0
        self._show(line, f"1 0 0 1 {_number(x)} {_number(self.height - y)}")

    def slanted(self, line: TextLine, x: float, y: float, degrees: float) -> None:
        """Draw a line of text that rises from left to right, its middle at a place."""
        for char in line.missing:
            self.missing[char] = None
        cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        half, low = line.width / 2, line.style.size * 0.36
        left = x - half * cosine + low * sine
        base = self.height - y - half * sine - low * cosine
        turned = " ".join(f"{part:.5f}" for part in (cosine, sine, -sine, cosine))
        self._show(line, f"{turned} {_number(left)} {_number(base)}")

    def _show(self, line: TextLine, matrix: str) -> None:
        code, size, bold = self._code, line.style.size, line.style.bold
        paint = " ".join(map(_number, rgb(line.style.colour)))
        code.append(f"BT {paint} rg {matrix} Tm")
        thick = False
        for run in line.runs:
            used = self._fonts.get(run.face)
            if used is None:
                used = self._fonts[run.face] = _Used(f"F{len(self._fonts) + 1}")
            code.append(f"/{used.name} {_number(size)} Tf")
            if run.face.thicken and bold != thick:
                thick = bold
                code.append(f"{paint} RG {_number(size / 36)} w 2 Tr" if thick else "0 Tr")
            elif thick and not run.face.thicken:
                thick = False
                code.append("0 Tr")
            self._show_glyphs(run.face, used, run.glyphs, size)
        code.append("0 Tr ET" if thick else "ET")

    def _show_glyphs(self, face: Face, used: _Used, glyphs: Iterable[Glyph], size: float) -> None:
        """Write glyph numbers, with corrections where a glyph does not stand where its width would put it."""
        parts: list[str] = []
        pending = ""
        off = 0.0  # where the glyph should be, less where the PDF would put it, in thousandths
        rise = 0.0
        for glyph in glyphs:
            if glyph.y_offset != rise:
                if pending:
                    parts.append(f"<{pending}>")
                    pending = ""
                self._emit(parts)
                parts = []
                rise = glyph.y_offset
                self._code.append(f"{_number(rise * size / 1000)} Ts")
            shift = off + glyph.x_offset
            if abs(shift) >= 1:
                if pending:
                    parts.append(f"<{pending}>")
                    pending = ""
                moved = round(shift)
                parts.append(str(-moved))
                off -= moved
            pending += f"{used.number(glyph):04X}"
            off += glyph.advance - round(face.width(glyph.id))
        if pending:
            parts.append(f"<{pending}>")
        if abs(off) >= 1:
            parts.append(str(-round(off)))
        self._emit(parts)
        if rise:
            self._code.append("0 Ts")

    def _emit(self, parts: list[str]) -> None:
        if len(parts) == 1 and parts[0].startswith("<"):
            self._code.append(f"{parts[0]} Tj")
        elif parts:
            self._code.append(f"[{' '.join(parts)}] TJ")

    # ---- shapes and pictures ----

    def hairline(self, x: float, y: float, width: float, colour: str = FAINT, thickness: float = 0.5) -> None:
        """Draw a horizontal line."""
        red, green, blue = map(_number, rgb(colour))
        at = _number(self.height - y)
        self._code.append(f"{red} {green} {blue} RG {_number(thickness)} w {_number(x)} {at} m {_number(x + width)} {at} l S")

    def block(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Fill a rectangle whose top left corner is given."""
        red, green, blue = map(_number, rgb(colour))
        corner = f"{_number(x)} {_number(self.height - y - height)} {_number(width)} {_number(height)}"
        self._code.append(f"{red} {green} {blue} rg {corner} re f")

    def picture(self, picture: Picture, x: float, y: float, width: float, height: float) -> None:
        """Draw a picture whose top left corner is given."""
        name = self._picture_names.get(picture)
        if name is None:
            name = self._picture_names[picture] = f"Im{len(self._picture_names) + 1}"
            self._pictures[name] = self._embed_picture(picture, name)
        self._currentPageHasImages = 1
        place = f"{_number(width)} 0 0 {_number(height)} {_number(x)} {_number(self.height - y - height)}"
        self._code.append(f"q {place} cm /{name} Do Q")

    def _embed_picture(self, picture: Picture, name: str) -> Any:
        facts = {
            "Type": pdfdoc.PDFName("XObject"),
            "Subtype": pdfdoc.PDFName("Image"),
            "Width": picture.width,
            "Height": picture.height,
            "BitsPerComponent": 8,
            "Filter": pdfdoc.PDFName(picture.packed_as),
        }
        more: dict[str, Any] = {"ColorSpace": pdfdoc.PDFName(picture.colours)}
        if picture.mask is not None:
            grey = {"ColorSpace": pdfdoc.PDFName("DeviceGray"), "Filter": pdfdoc.PDFName("FlateDecode")}
            more["SMask"] = self._add(f"{name}Mask", pdfdoc.PDFStream(_dictionary({**facts, **grey}), picture.mask))
        return self._add(name, pdfdoc.PDFStream(_dictionary({**facts, **more}), picture.content))

    def _setXObjects(self, thing: Any) -> None:  # noqa: N802 - reportlab's own name
        """Give every page the pictures."""
        thing.XObjects = _dictionary(dict(self._pictures)) if self._pictures else None

    # ---- into the file ----

    def pdf(self) -> bytes:
        """End the document and return it; nothing can be drawn any more."""
        in_file = self._doc.idToObject["BasicFonts"].dict
        for face, used in self._fonts.items():
            in_file[used.name] = self._embed_font(face, used)
        return bytes(self.getpdfdata())

    def _embed_font(self, face: Face, used: _Used) -> Any:
        """Add a font: only the glyphs used, and for each the text that it stands for, so that it can be copied out."""
        data, kept = face.subset({glyph_id for glyph_id, _ in used.numbers})
        name = pdfdoc.PDFName(f"{_tag(used.name)}+{face.name}")
        numbers = sorted((number, glyph_id, text) for (glyph_id, text), number in used.numbers.items())
        to_glyph = b"\0\0" + b"".join(kept[glyph_id].to_bytes(2, "big") for _, glyph_id, _ in numbers)
        widths = [round(face.width(glyph_id)) for _, glyph_id, _ in numbers]
        descendant = _dictionary(
            {
                "Type": pdfdoc.PDFName("Font"),
                "Subtype": pdfdoc.PDFName("CIDFontType2"),
                "BaseFont": name,
                "CIDSystemInfo": _dictionary(
                    {
                        "Registry": pdfdoc.PDFString("Adobe"),
                        "Ordering": pdfdoc.PDFString("Identity"),
                        "Supplement": 0,
                    }
                ),
                "FontDescriptor": self._add(f"{used.name}Facts", self._font_facts(face, used, name, data)),
                "DW": 1000,
                "W": pdfdoc.PDFArray([1, pdfdoc.PDFArray(widths)]),
                "CIDToGIDMap": self._add(f"{used.name}Glyphs", _packed(to_glyph)),
            }
        )
        return self._add(
            f"{used.name}Font",
            _dictionary(
                {
                    "Type": pdfdoc.PDFName("Font"),
                    "Subtype": pdfdoc.PDFName("Type0"),
                    "BaseFont": name,
                    "Encoding": pdfdoc.PDFName("Identity-H"),
                    "DescendantFonts": pdfdoc.PDFArray([self._add(f"{used.name}Outlines", descendant)]),
                    "ToUnicode": self._add(f"{used.name}Text", _packed(_to_unicode(numbers))),
                }
            ),
        )

    def _font_facts(self, face: Face, used: _Used, name: Any, data: bytes) -> Any:
        metrics = face.metrics
        return _dictionary(
            {
                "Type": pdfdoc.PDFName("FontDescriptor"),
                "FontName": name,
                "Flags": 4,  # symbolic: glyphs go by number, not by a standard encoding
                "FontBBox": pdfdoc.PDFArray(list(metrics.box)),
                "ItalicAngle": 0,
                "Ascent": metrics.ascent,
                "Descent": metrics.descent,
                "CapHeight": 714,
                "StemV": 140 if face.name.endswith("Bold") else 80,
                "FontFile2": self._add(f"{used.name}File", _packed(data, {"Length1": len(data)})),
            }
        )

    def _add(self, name: str, content: Any) -> Any:
        return self._doc.Reference(content, f"crmdesk.{name}")


def _dictionary(facts: dict[str, Any]) -> Any:
    return pdfdoc.PDFDictionary(facts)


def _packed(content: bytes, facts: dict[str, Any] | None = None) -> Any:
    return pdfdoc.PDFStream(_dictionary(facts or {}), content, [pdfdoc.PDFZCompress])


def _tag(name: str) -> str:
    """Return the six letters that say that a font is a part of one."""
    return "CRMDA" + chr(ord("A") + int(name[1:]) - 1)


def _to_unicode(numbers: list[tuple[int, int, str]]) -> bytes:
    """Return the map from glyph numbers to text. Source: Adobe Technical Note 5014."""
    rows = [f"<{number:04X}> <{text.encode('utf-16-be').hex().upper()}>" for number, _, text in numbers if text]
    parts = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    maps = [f"{len(part)} beginbfchar\n{chr(10).join(part)}\nendbfchar\n" for part in parts]
    return (_CMAP_HEAD + "".join(maps) + _CMAP_TAIL).encode()


_CMAP_HEAD = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
"""
_CMAP_TAIL = """endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""
