"""A report as a PDF: a title, a period, and a table with typed columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from crmdesk.documents.currencies import Amount
from crmdesk.documents.formats import figure, money, plain_amount, short_date
from crmdesk.i18n import speaking, tr
from crmdesk.reports.canvas import FAINT, INK, MM, MUTED, Paper, page_size
from crmdesk.reports.flow import Block, Cell, Pages, Row, Space, fitted
from crmdesk.reports.text import Style, lay_out, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.reports.flow import Placed

Kind = Literal["text", "integer", "number", "money", "percent", "date"]
Value = str | int | Decimal | date | Amount | None

MARGIN = 18 * MM
TITLE = Style(size=16, bold=True, spacing=1.3)
PERIOD = Style(size=9.5, colour=MUTED, spacing=1.5)
HEAD = Style(size=7.8, colour=MUTED, spacing=1.4)
CELL = Style(size=8.4, spacing=1.4)
CELL_BOLD = replace(CELL, bold=True)
SMALL = Style(size=7, colour=MUTED, spacing=1.4)
GAP = 4 * MM
NARROWEST_TEXT = 25 * MM
PADDING = 3.2


@dataclass(frozen=True)
class ReportColumn:
    """One column: its head, and what kind of values stand in it. Percentages are given as 63.15, not 0.6315."""

    label: str
    kind: Kind = "text"


def render_report(
    title: str,
    period: str,
    columns: Sequence[ReportColumn],
    rows: Sequence[Sequence[Value]],
    *,
    totals: Sequence[Value] | None = None,
    currency: str = "",
    source: str = "",
    language: str = "en",
    paper_name: str = "A4",
) -> bytes:
    """Make the PDF of a report; a table too wide for the upright page lies across.

    Args:
        title: already translated, as are period, labels and texts in rows.
        period: what the report covers, below the title.
        columns: from left to right.
        rows: a value for each column; an `Amount` shows its own currency, a number in a money column the report's.
        totals: a last row in bold, None where a column has no sum.
        currency: of money that does not say its own; such amounts stand without it if the head names it.
        source: stands at the foot, such as the name of the store and the date.
    """
    with speaking(language):
        size = page_size(paper_name)
        texts, last = [_texts(columns, row, currency) for row in rows], _texts(columns, totals, currency) if totals else None
        table = _Table(columns, texts, last)
        if table.natural_width > size[0] - 2 * MARGIN:
            size = (size[1], size[0])
        paper = Paper(size, title, "CRMDesk", language)
        width = size[0] - 2 * MARGIN
        blocks = [*_heading(title, period, width), *table.blocks(width)]
        pages = Pages(MARGIN, MARGIN, size[1] - MARGIN - 6 * MM).place(blocks)
        _draw(paper, pages, source)
        return paper.pdf()


def _texts(columns: Sequence[ReportColumn], row: Sequence[Value], currency: str) -> list[str]:
    return [_shown(column.kind, value, currency) for column, value in zip(columns, row, strict=True)]


def _shown(kind: Kind, value: Value, currency: str) -> str:
    if value is None:
        return ""
    if isinstance(value, Amount):
        return money(value.amount, value.currency)
    if isinstance(value, date):
        return short_date(value)
    if isinstance(value, str):
        return value
    amount = Decimal(value)
    if kind == "money":
        return plain_amount(amount, currency)
    return figure(amount, kind)


def _heading(title: str, period: str, width: float) -> list[Block]:
    blocks: list[Block] = [Row((Cell(tuple(lay_out(title, TITLE, width)), MARGIN, width),), keep=True)]
    if period:
        blocks.append(Row((Cell(tuple(lay_out(period, PERIOD, width)), MARGIN, width),), keep=True))
    return [*blocks, Space(9, keep=True)]


def _draw(paper: Paper, pages: Sequence[Sequence[Placed]], source: str) -> None:
    width = paper.width - 2 * MARGIN
    for position, blocks in enumerate(pages, 1):
        for placed in blocks:
            placed.block.draw(paper, placed.y)
        foot = paper.height - MARGIN + 3 * MM
        if source:
            paper.line(lay_out(source, SMALL, width * 0.75)[0], MARGIN, foot)
        counted = one_line(tr("Page {page} of {count}", page=position, count=len(pages)), SMALL)
        paper.line(counted, MARGIN, foot, width, "right")
        paper.showPage()


class _Table:
    """Sets rows of texts; numbers to the right, each column as wide as it needs, texts sharing the rest."""

    def __init__(self, columns: Sequence[ReportColumn], texts: Sequence[Sequence[str]], totals: Sequence[str] | None) -> None:
        self.columns = columns
        self.texts = texts
        self.totals = totals
        self.wishes = [self._wish(index) for index in range(len(columns))]

    @property
    def natural_width(self) -> float:
        """Return the width without any line break, but long texts counted as short ones: they may break."""
        pairs = zip(self.columns, self.wishes, strict=True)
        return sum(min(wish, 60 * MM) if column.kind == "text" else wish for column, wish in pairs)

    def _wish(self, index: int, *, in_words: bool = False) -> float:
        """Return how wide a column is whose texts stay on one line, or break between words only."""
        found = [(text, CELL) for text in {texts[index] for texts in self.texts}]
        found += [(self.columns[index].label, HEAD), *([(self.totals[index], CELL_BOLD)] if self.totals else [])]
        return max(one_line(part, style).width for text, style in found for part in (text.split(" ") if in_words else [text])) + GAP

    def _widths(self, room: float) -> list[float]:
        """Divide the room: numbers get what they need, texts in proportion to what they would like."""
        is_text = [column.kind == "text" for column in self.columns]
        fixed = sum(wish for wish, text in zip(self.wishes, is_text, strict=True) if not text)
        wanted = sum(wish for wish, text in zip(self.wishes, is_text, strict=True) if text)
        if not wanted or fixed + NARROWEST_TEXT * sum(is_text) > room:
            return fitted(self.wishes, [self._wish(index, in_words=True) for index in range(len(self.columns))], room)
        scale = (room - fixed) / wanted
        return [wish * scale if text else wish for wish, text in zip(self.wishes, is_text, strict=True)]

    def blocks(self, room: float) -> list[Block]:
        """Return the rows; the last goes with the totals."""
        widths = self._widths(room)
        head = self._row([column.label for column in self.columns], widths, HEAD, room)
        head = replace(head, rule_below=INK, keep=True)
        rows = [replace(self._row(texts, widths, CELL, room), head=head) for texts in self.texts]
        if not rows:
            nothing = Cell((one_line(tr("Nothing in this period"), PERIOD),), MARGIN, room)
            return [head, Row((nothing,), above=PADDING)]
        if self.totals:
            rows[-1] = replace(rows[-1], keep=True, rule_below="")
            total = self._row(self.totals, widths, CELL_BOLD, room)
            rows.append(replace(total, rule_above=INK, rule_below="", head=head))
        return list(rows)

    def _row(self, texts: Sequence[str], widths: Sequence[float], style: Style, room: float) -> Row:
        cells, x = [], MARGIN
        for index, (column, text, width) in enumerate(zip(self.columns, texts, widths, strict=True)):
            is_text = column.kind in {"text", "date"}
            is_last = index == len(widths) - 1
            inside = width if is_last and not is_text else width - GAP
            if text:
                lines = tuple(lay_out(text, style, inside + 0.1))
                cells.append(Cell(lines, x, inside, "left" if is_text else "right"))
            x += width
        return Row(tuple(cells), PADDING, PADDING, rule_below=FAINT, rule_x=MARGIN, rule_width=room)
