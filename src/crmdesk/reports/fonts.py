"""The fonts of documents: which one has a character, and how a piece of text is shaped with it."""

from __future__ import annotations

import struct
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import uharfbuzz

from crmdesk.resources import resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BOX = "\N{WHITE SQUARE}"

# Ligatures only where the script cannot do without: `fi` drawn as one glyph gains nothing at these sizes.
_FEATURES = {"liga": False, "clig": False, "dlig": False}
# From right to left an opening bracket is drawn as a closing one, and readers of PDFs take it for what they see.
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")


class Glyph(NamedTuple):
    """One drawn glyph; lengths in thousandths of the font size. The text is what it stands for when copied out."""

    id: int
    advance: float
    x_offset: float
    y_offset: float
    text: str


@dataclass(frozen=True)
class Metrics:
    """What a PDF wants to know about a font, in thousandths of its size."""

    ascent: int
    descent: int
    box: tuple[int, int, int, int]


class Face:
    """One font file, opened when a document first needs it.

    `thicken` says that there is no bold of it, so that bold text is drawn with an outline.
    """

    def __init__(self, name: str, file: str, *, thicken: bool = False) -> None:
        self.name = name
        self.thicken = thicken
        self._file = file
        self._glyph_ids: dict[str, int] = {}
        self._widths: dict[int, float] = {}

    @cached_property
    def _face(self) -> Any:
        return uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(resource(f"fonts/{self._file}"))), 0)

    @cached_property
    def _font(self) -> Any:
        return uharfbuzz.Font(self._face)

    @cached_property
    def _scale(self) -> float:
        return 1000 / int(self._face.upem)

    def has(self, char: str) -> bool:
        """Tell whether the font has a glyph for a character."""
        return self._glyph_id(char) != 0

    def _glyph_id(self, char: str) -> int:
        found = self._glyph_ids.get(char)
        if found is None:
            found = self._glyph_ids[char] = int(self._font.get_nominal_glyph(ord(char)) or 0)
        return found

    def width(self, glyph_id: int) -> float:
        """Return the advance of a glyph that nothing was changed about."""
        found = self._widths.get(glyph_id)
        if found is None:
            found = self._widths[glyph_id] = self._font.get_glyph_h_advance(glyph_id) * self._scale
        return found

    def glyph(self, char: str, text: str) -> Glyph:
        """Return the glyph of a character, standing for some text."""
        glyph_id = self._glyph_id(char)
        return Glyph(glyph_id, self.width(glyph_id), 0, 0, text)

    def shape(self, text: str, right_to_left: bool) -> tuple[Glyph, ...]:
        """Return the glyphs of a text of one script in the order in which they stand from left to right."""
        buffer = uharfbuzz.Buffer()
        buffer.cluster_level = uharfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS
        buffer.add_str(text)
        buffer.direction = "rtl" if right_to_left else "ltr"
        buffer.language = "en"  # else it is the computer's, and documents would differ between computers
        buffer.guess_segment_properties()
        uharfbuzz.shape(self._font, buffer, _FEATURES)
        infos, positions, scale = buffer.glyph_infos, buffer.glyph_positions, self._scale
        starts = sorted({info.cluster for info in infos})
        ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
        glyphs = []
        for info, at in zip(infos, positions, strict=True):
            # Of several glyphs for one character the first carries the text.
            covered = text[info.cluster : ends.pop(info.cluster)] if info.cluster in ends else ""
            if right_to_left:
                covered = covered.translate(_MIRRORED)
            glyphs.append(Glyph(info.codepoint, at.x_advance * scale, at.x_offset * scale, at.y_offset * scale, covered))
        return tuple(glyphs)

    @cached_property
    def metrics(self) -> Metrics:
        """Return the font's measures."""
        extents = self._font.get_font_extents("ltr")
        head = bytes(self._face.reference_table("head").data)
        box = struct.unpack(">4h", head[36:44])
        scaled = [round(value * self._scale) for value in box]
        return Metrics(
            round(extents.ascender * self._scale),
            round(extents.descender * self._scale),
            (scaled[0], scaled[1], scaled[2], scaled[3]),
        )

    def subset(self, glyph_ids: Iterable[int]) -> tuple[bytes, Mapping[int, int]]:
        """Return a font file with these glyphs only, and under which number each now is."""
        wanted = uharfbuzz.SubsetInput()
        wanted.glyph_set.update(glyph_ids)
        wanted.flags = uharfbuzz.SubsetFlags.NO_LAYOUT_CLOSURE | uharfbuzz.SubsetFlags.NOTDEF_OUTLINE
        wanted.drop_table_tag_set.update(_UNUSED_TABLES)
        plan = uharfbuzz.SubsetPlan(self._face, wanted)
        return bytes(plan.execute().blob.data), plan.old_to_new_glyph_mapping


# Glyphs are addressed by number, so that only outlines, widths and hints are needed.
_UNUSED_TABLES = frozenset(
    int.from_bytes(tag.ljust(4).encode(), "big") for tag in "BASE cmap DSIG GDEF GPOS GSUB JSTF kern name OS/2 post STAT vhea vmtx VORG".split()
)

SANS = Face("NotoSans-Regular", "NotoSans-Regular.ttf")
SANS_BOLD = Face("NotoSans-Bold", "NotoSans-Bold.ttf")
_ARABIC = Face("NotoSansArabic-Regular", "NotoSansArabic-Regular.ttf")
_ARABIC_BOLD = Face("NotoSansArabic-Bold", "NotoSansArabic-Bold.ttf")
_HEBREW = Face("NotoSansHebrew-Regular", "NotoSansHebrew-Regular.ttf")
_HEBREW_BOLD = Face("NotoSansHebrew-Bold", "NotoSansHebrew-Bold.ttf")
_CHINESE = Face("WenQuanYiMicroHei", "wqy-microhei.ttc", thicken=True)

_REGULAR = (SANS, _CHINESE, _ARABIC, _HEBREW)
_BOLD = (SANS_BOLD, _CHINESE, _ARABIC_BOLD, _HEBREW_BOLD)


class Run(NamedTuple):
    """Glyphs of one font, from left to right; `missing` are characters that no font has."""

    face: Face
    glyphs: tuple[Glyph, ...]
    missing: tuple[str, ...] = ()

    @property
    def width(self) -> float:
        """Return the width in thousandths of the font size."""
        return sum(glyph.advance for glyph in self.glyphs)


def is_invisible(char: str) -> bool:
    """Tell whether a character is an instruction and never drawn: joiners, variation selectors, direction marks."""
    return unicodedata.category(char) == "Cf" or "\N{VARIATION SELECTOR-1}" <= char <= "\N{VARIATION SELECTOR-16}" or "\U000e0100" <= char <= "\U000e01ef"


@cache
def face_of(char: str, bold: bool) -> Face | None:
    """Return the first font that has a character."""
    return next((face for face in (_BOLD if bold else _REGULAR) if face.has(char)), None)


def split_by_face(text: str, bold: bool) -> list[tuple[Face | None, str]]:
    """Cut a text where its font changes; None stands for characters that no font has."""
    parts: list[tuple[Face | None, str]] = []
    for char in text:
        before = parts[-1][0] if parts else None
        face = _face_beside(char, before, bold)
        if parts and face is before:
            parts[-1] = (face, parts[-1][1] + char)
        else:
            parts.append((face, char))
    return parts


def _face_beside(char: str, before: Face | None, bold: bool) -> Face | None:
    """Return a character's font; marks, joiners and spaces stay with the font before them if it has them."""
    if before is not None and (is_invisible(char) or (unicodedata.combining(char) and before.has(char))):
        return before
    if is_invisible(char):
        return SANS_BOLD if bold else SANS
    return face_of(char, bold)


@lru_cache(maxsize=8192)
def shape(text: str, bold: bool, right_to_left: bool = False) -> tuple[Run, ...]:
    """Shape a text of one direction; the runs stand from left to right."""
    runs = []
    for face, part in split_by_face(text, bold):
        if face is None:
            glyphs = tuple(_CHINESE.glyph(BOX, char) for char in part)
            runs.append(Run(_CHINESE, glyphs[::-1] if right_to_left else glyphs, tuple(part)))
        else:
            drawn = _visible(face, part)
            runs.append(Run(face, face.shape(drawn, right_to_left) if drawn else ()))
    return tuple(reversed(runs)) if right_to_left else tuple(runs)


def _visible(face: Face, text: str) -> str:
    """Leave out what is never drawn, but for the joiners that shape Arabic and Indic text."""
    keep = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
    return "".join(char for char in text if not is_invisible(char) or (char in keep and face.has(char)))
