"""Break text into lines of a width: words, Chinese, mixed directions, words too long for any line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from crmdesk.reports.bidi import has_right_to_left, in_visual_order, is_right_to_left, levels_of, reset_spaces
from crmdesk.reports.fonts import Run, is_invisible, shape, split_by_face

if TYPE_CHECKING:
    from collections.abc import Iterator

_NEW_LINE = re.compile("\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")

_CJK = "\u2e80-\u2fff\u3040-\u31ff\u3300-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
# What may not begin a line and what may not end one.
_CLOSING = "，。、；：！？）》」』】〉〕〗…—·～,.;:!?)\\]}»”’%‰℃"
_OPENING = "（《「『【〈〔〖(\\[{«“‘￥¥$€£#"
_SPACES = " \t\u3000\u2000-\u2006\u2008-\u200a\u205f"
_TOKEN = re.compile(
    f"[{_SPACES}]+|[{_OPENING}]*(?:[{_CJK}]|(?:(?![{_SPACES}{_CJK}\u200b]).)+)[{_CLOSING}]*\u200b*|.",
    re.DOTALL,
)
# After a hyphen between letters and after a slash in a path a line may end; before a number the sign belongs to it.
_BREAK_INSIDE = re.compile(r"(?<=[^\W\d_][-/])(?=[^\W\d_])|(?<=[\u2013\u2014])(?=\w)")


@dataclass(frozen=True)
class Style:
    """How text looks: size in points, weight, colour, and the distance of baselines as a part of the size."""

    size: float = 9
    colour: str = "#1F2328"
    bold: bool = False
    spacing: float = 1.4

    @property
    def leading(self) -> float:
        """Return the distance of baselines in points."""
        return self.size * self.spacing


@dataclass(frozen=True)
class TextLine:
    """One line ready to be drawn: its runs from left to right and its width in points."""

    runs: tuple[Run, ...]
    width: float
    style: Style
    right_to_left: bool = False

    @property
    def missing(self) -> Iterator[str]:
        """Return the characters in it that no font has."""
        return (char for run in self.runs for char in run.missing)


def lay_out(text: str, style: Style, width: float) -> list[TextLine]:
    """Break a text into lines that are at most so many points wide; every paragraph begins a new line."""
    room = max(width, style.size) * 1000 / style.size
    return [line for paragraph in _NEW_LINE.split(text) for line in _paragraph(paragraph, style, room)]


def one_line(text: str, style: Style) -> TextLine:
    """Set a text on one line, however long it is."""
    return _line(_NEW_LINE.sub(" ", text), style)


def _paragraph(text: str, style: Style, room: float) -> list[TextLine]:
    if has_right_to_left(text):
        return _mixed_lines(text, style, room)
    return [_line(part, style) for part in _broken(text, style.bold, room)]


def _line(text: str, style: Style) -> TextLine:
    if has_right_to_left(text):
        return _mixed_line(text, levels_of(text), style, is_right_to_left(text))
    runs: list[Run] = []
    for token in _tokens(text):
        for run in shape(token.replace("\t", " "), style.bold):
            if runs and runs[-1].face is run.face:
                before = runs[-1]
                runs[-1] = Run(run.face, before.glyphs + run.glyphs, before.missing + run.missing)
            else:
                runs.append(run)
    return TextLine(tuple(runs), sum(run.width for run in runs) * style.size / 1000, style)


def _tokens(text: str) -> list[str]:
    """Cut a text into the parts between which a line may end; spaces are parts of their own."""
    return [part for token in _TOKEN.findall(text) for part in _BREAK_INSIDE.split(token)]


_NEAR_THE_END = 0.9


@lru_cache(maxsize=8192)
def _width(text: str, bold: bool) -> float:
    return sum(run.width for run in shape(text.replace("\t", " "), bold))


def _broken(text: str, bold: bool, room: float) -> Iterator[str]:
    """Yield the lines of a paragraph; the spaces at which a line ends are dropped."""
    line, used = "", 0.0
    for token in _tokens(text):
        width = _width(token, bold)
        if not token.strip(" \t\u3000"):
            line, used = line + token, used + width
            continue
        if line.strip() and used + width > room:
            yield line.rstrip(" \t\u3000")
            line, used = "", 0.0
        if used + width > room:
            *whole, token = _chopped(token, bold, room)
            if line.strip():
                yield line.rstrip(" \t\u3000")
            yield from whole
            line, used, width = "", 0.0, _width(token, bold)
        line, used = line + token, used + width
    yield line.rstrip(" \t\u3000")


def _chopped(word: str, bold: bool, room: float) -> Iterator[str]:
    """Cut a word that is wider than a line; the parts fill the lines but the last."""
    part, used = "", 0.0
    for cluster in _clusters(word):
        width = _width(cluster, bold)
        # Letters side by side may take more room than each alone, as in TTT: near the end of the line it counts what is drawn.
        if part and used + width > room * _NEAR_THE_END and _width(part + cluster, bold) > room:
            yield part
            part, used = "", 0.0
        part, used = part + cluster, used + width
    yield part


def _clusters(word: str) -> list[str]:
    """Keep marks and joiners with the letter before them."""
    clusters: list[str] = []
    for char in word:
        if clusters and (is_invisible(char) or 0x300 <= ord(char) < 0x370):
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


# ---- right to left ----


def _mixed_lines(text: str, style: Style, room: float) -> list[TextLine]:
    """Break in the order of reading, then put each line into the order of seeing."""
    levels, right_to_left = levels_of(text), is_right_to_left(text)
    lines, start = [], 0
    for part in _broken(text, style.bold, room):
        start = text.index(part, start) if part else start
        lines.append(_mixed_line(part, levels[start : start + len(part)], style, right_to_left))
        start += len(part)
    return lines


def _mixed_line(text: str, levels: list[int], style: Style, right_to_left: bool) -> TextLine:
    levels = reset_spaces(levels, text, int(right_to_left))
    pieces: list[tuple[int, str]] = []
    at = 0
    for level, same in groupby(levels):
        end = at + len(list(same))
        for _, part in split_by_face(text[at:end], style.bold):
            pieces.append((level, part))
        at = end
    ordered = in_visual_order(pieces, [level for level, _ in pieces])
    runs = tuple(run for level, part in ordered for run in shape(part.replace("\t", " "), style.bold, right_to_left=level % 2 == 1))
    return TextLine(runs, sum(run.width for run in runs) * style.size / 1000, style, right_to_left)
