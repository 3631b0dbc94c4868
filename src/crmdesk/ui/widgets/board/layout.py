"""Where the parts of a card lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk.fields import show_money
from crmdesk.ui import theme
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.board.words import Mark, marks_of

if TYPE_CHECKING:
    from crmdesk.queries.deals import Card

PAD, GAP = 11, 8
NAME_LINES = 2
NAME_LINE = 18  # what a name in two lines is higher
CHIP_LINE = 27  # from one line of chips to the next


@dataclass(frozen=True)
class Laid:
    """Where the parts of a card lie, from its upper left corner."""

    width: int
    height: int
    name_high: int
    company_y: int
    amount_y: int
    amount: str
    marks: tuple[tuple[int, int, Mark], ...]


def lay(card: Card, outcome: str, width: int) -> Laid:
    """Lay a card out: chips beside the amount where they fit whole, else on lines of their own."""
    inner = width - 2 * PAD
    more = NAME_LINE * (len(paint.broken(card.name, theme.relative(600), inner, NAME_LINES)) - 1)
    amount = show_money(card.money, whole=True) if card.money else ""
    company_y = 31 + more if card.company else 0
    amount_y = (57 if card.company else 38) + more
    start = paint.text_width(amount, theme.tabular("body", 600)) + 8 if amount else 0
    marks = marks_of(card, outcome)
    widths = [paint.chip_width(mark.text, mark.icon) for mark in marks]
    room = inner - (26 if card.owner else 0)
    placed: list[tuple[int, int, Mark]] = []
    x, y, height = start, amount_y, amount_y + 33
    for mark, wide in zip(marks, widths, strict=True):
        if x + wide > (room if y == amount_y else inner):
            x, y = 0, y + CHIP_LINE
            height = y + CHIP_LINE + 4
        placed.append((x, y, mark))
        x += wide + 4
    return Laid(width, height, 20 + more, company_y, amount_y, amount, tuple(placed))
