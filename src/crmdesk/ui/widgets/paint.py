"""What delegates and self-painting widgets draw with."""

from __future__ import annotations

import re
import unicodedata
from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle

from crmdesk.ui import theme

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CHIP_HEIGHT = 20
CHIP_PADDING = 8

_BREAKING = QTextOption()
_BREAKING.setWrapMode(QTextOption.WrapMode.WordWrap)
_SPACE_OF_NO_WIDTH, _JOINER = "\N{ZERO WIDTH SPACE}", "\N{WORD JOINER}"
_MARKS = re.compile(f"[{_SPACE_OF_NO_WIDTH}{_JOINER}]")
_SOFT = re.compile(r"(?<=[^\W\d_]{2}[-/_.@])(?=\w{2})|(?<=[^\W\d_][a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ]\w)")
"""Where a word may be broken: behind a sign between two pieces, before a capital after a small letter."""
_SIGNS = re.compile(r"(?<=[@./_-])(?=\w)")
_LONE = re.compile(r"(?<=\b[^\W\d_][-/])(?=\w)|(?<=\w[-/])(?=[^\W\d_]\b)")
"""Where a line would begin or end with one letter alone, such as in E-Mail."""


def initials(name: str) -> str:
    """Return what an avatar shows: `MA` for Maria Anders, `王` for 王伟, `?` for nothing."""
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "?"
    first = words[0][0]
    if "CJK" in unicodedata.name(first, "") or "HANGUL" in unicodedata.name(first, ""):
        return first
    return (first + (words[-1][0] if len(words) > 1 else words[0][1:2])).upper()


def rounded(painter: QPainter, area: QRect, radius: float, fill: QColor | None, line: QColor | None) -> None:
    """Draw a rounded box with a hairline that lies wholly inside the area."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    box = QRectF(area)
    if line is not None:
        box.adjust(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(line, 1))
    else:
        painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, radius, radius)
    painter.restore()


def focus_ring(painter: QPainter, area: QRect, radius: float) -> None:
    """Draw the ring that shows where the keyboard is."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("accent"), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(area).adjusted(1, 1, -1, -1), radius, radius)
    painter.restore()


def text_width(text: str, font: QFont) -> int:
    """Return how many whole pixels a line of text takes."""
    return ceil(QFontMetricsF(font).horizontalAdvance(text))


def units(text: str) -> int:
    """Return how long a text is for Qt, which counts an emoji as two: it counts in units of UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def between(text: str, start: int, end: int) -> str:
    """Return the part of a text between two of Qt's offsets, which count in units of UTF-16."""
    return text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")


def chip_width(text: str, icon: str = "", is_strong: bool = False) -> int:
    """Return how wide a chip with a text is."""
    return text_width(text, _chip_font(is_strong)) + 2 * CHIP_PADDING + (16 if icon else 0)


def chip(painter: QPainter, at: QPoint, text: str, tone: theme.Tone, most: int = 10_000, icon: str = "", is_strong: bool = False) -> int:
    """Draw a chip with its upper left corner at a point, no wider than `most`; returns its width."""
    ground, ink = theme.TONES[tone]
    width = min(chip_width(text, icon, is_strong), most)
    area = QRect(at.x(), at.y(), width, CHIP_HEIGHT)
    rounded(painter, area, CHIP_HEIGHT / 2, theme.colour(ground), None)
    inner = area.adjusted(CHIP_PADDING, 0, -CHIP_PADDING, 0)
    if icon:
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(inner.x() - 1, area.y() + 4, theme.pixmap(icon, ink, 12, ratio))
        inner.setLeft(inner.left() + 16)
    line(painter, inner, text, _chip_font(is_strong), theme.colour(ink))
    return width


def _chip_font(is_strong: bool) -> QFont:
    return theme.font("caption", 700) if is_strong else theme.font("caption")


def avatar(painter: QPainter, area: QRect, name: str, on_tint: bool = False) -> None:
    """Draw the initials of a name in a disc, a light one on a tinted ground."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("surface" if on_tint else "accent_soft"))
    painter.drawEllipse(QRectF(area))
    font = QFont(theme.font("caption", 700))
    font.setPixelSize(max(8, round(area.height() * 0.43)))
    painter.setFont(font)
    painter.setPen(theme.colour("accent"))
    painter.drawText(QRectF(area), int(Qt.AlignmentFlag.AlignCenter), initials(name))
    painter.restore()


def line(
    painter: QPainter,
    area: QRect,
    text: str,
    font: QFont | None = None,
    ink: QColor | None = None,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter,
) -> None:
    """Draw one line of text, cut with an ellipsis where it does not fit; new lines become spaces.

    The alignment follows the window's direction, the order of the characters the text's own: a phone number or a Latin
    name stays readable in a window from right to left.
    """
    if area.width() <= 0 or not text:
        return
    painter.save()
    if font is not None:
        painter.setFont(font)
    painter.setPen(ink if ink is not None else theme.colour("text"))
    metrics, shown = QFontMetricsF(painter.font()), text.replace("\n", " ")
    if metrics.horizontalAdvance(shown) > area.width() + 1:
        shown = metrics.elidedText(shown, Qt.TextElideMode.ElideRight, area.width())
    side = QStyle.visualAlignment(painter.layoutDirection(), align) | Qt.AlignmentFlag.AlignAbsolute
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    painter.drawText(area, int(side | Qt.TextFlag.TextSingleLine), shown)
    painter.restore()


def marked(painter: QPainter, area: QRect, text: str, marks: Sequence[tuple[int, int]], ink: QColor, strong: QColor) -> None:
    """Draw one line of text as `line` does, with some of its words in bold and in the stronger ink."""
    if not marks or area.width() <= 0:
        line(painter, area, text, theme.font(), ink)
        return
    bold = QTextCharFormat()
    bold.setFontWeight(QFont.Weight.DemiBold)
    bold.setForeground(strong)
    shown = text.replace("\n", " ")
    laid, wide = _laid(shown, marks, bold)
    if wide > area.width() + 1:
        # Bold letters are wider than those that the text is cut by.
        room = area.width() - max(0.0, wide - QFontMetricsF(theme.font()).horizontalAdvance(shown))
        shown = QFontMetricsF(theme.font()).elidedText(shown, Qt.TextElideMode.ElideRight, room)
        laid, wide = _laid(shown, [(start, min(end, len(shown))) for start, end in marks if start < len(shown)], bold)
    left = area.x() if painter.layoutDirection() == Qt.LayoutDirection.LeftToRight else area.right() + 1 - wide
    painter.save()
    painter.setPen(ink)
    laid.draw(painter, QPointF(left, area.y() + (area.height() - laid.boundingRect().height()) / 2))
    painter.restore()


def _laid(text: str, marks: Iterable[tuple[int, int]], bold: QTextCharFormat) -> tuple[QTextLayout, float]:
    """Return a line of text with its marks, and how wide it is."""
    layout, ranges = QTextLayout(text, theme.font()), []
    for start, end in marks:
        one = QTextLayout.FormatRange()
        one.start, one.length, one.format = units(text[:start]), units(text[start:end]), bold
        ranges.append(one)
    layout.setFormats(ranges)
    layout.beginLayout()
    only = layout.createLine()
    only.setLineWidth(100_000)
    layout.endLayout()
    return layout, only.naturalTextWidth()


def broken(text: str, font: QFont, width: int, most: int) -> list[str]:
    """Return a text in at most so many lines; the last one holds all that is left.

    It is broken between words, and in a word that is wider than a line after a hyphen or a slash or before a capital. A run of letters stays whole, to be
    cut with an ellipsis where it is drawn: what stands in two pieces without a hyphen is read as two words.
    """
    bare = text.replace("\n", " ")
    if text_width(bare, font) <= width:
        return [bare]
    marked = " ".join(_SOFT.sub(_SPACE_OF_NO_WIDTH, word) if text_width(word, font) > width else word for word in bare.split(" "))
    layout = QTextLayout(_LONE.sub(_JOINER, marked), font)
    layout.setTextOption(_BREAKING)
    layout.beginLayout()
    starts: list[int] = []
    while len(starts) < most:
        made = layout.createLine()
        if not made.isValid():
            break
        made.setLineWidth(width)
        starts.append(made.textStart())
    layout.endLayout()
    ends = [*starts[1:], units(layout.text())]
    return [_MARKS.sub("", between(layout.text(), start, end)).strip() for start, end in zip(starts, ends, strict=True)] or [""]


def breakable(text: str) -> str:
    """Return a text whose addresses of mail and web may go on in the next line of a label, behind their signs; not for what is copied."""
    return " ".join(_SIGNS.sub(_SPACE_OF_NO_WIDTH, word) if "@" in word or "/" in word or word.startswith("www.") else word for word in text.split(" "))


def lines(painter: QPainter, area: QRect, text: str, most: int, font: QFont | None = None, ink: QColor | None = None) -> None:
    """Draw a text in a few lines, in the middle of the area's height; what does not fit the last line is cut with an ellipsis."""
    if area.width() <= 0 or not text:
        return
    shown = font if font is not None else theme.font()
    parts = broken(text, shown, area.width(), most)
    high = ceil(QFontMetricsF(shown).height())
    top = area.y() + (area.height() - high * len(parts)) // 2
    for number, part in enumerate(parts):
        line(painter, QRect(area.x(), top + number * high, area.width(), high), part, shown, ink)


def hairline(painter: QPainter, left: int, right: int, y: int) -> None:
    """Draw the line between two rows."""
    painter.save()
    painter.setPen(QPen(theme.colour("border"), 1))
    painter.drawLine(QPointF(left, y + 0.5), QPointF(right, y + 0.5))
    painter.restore()


def mirrored(area: QRect, within: QRect, direction: Qt.LayoutDirection) -> QRect:
    """Return the area as it lies when the language runs from right to left."""
    if direction == Qt.LayoutDirection.LeftToRight:
        return area
    moved = QRect(area)
    moved.moveLeft(within.left() + within.right() - area.right())
    return moved
