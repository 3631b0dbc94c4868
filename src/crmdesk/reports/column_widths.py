"""How wide the columns of a sheet are, in characters."""

from __future__ import annotations

from decimal import Decimal
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from crmdesk.documents.currencies import decimals_of
from crmdesk.reports.cells import Formula, shown_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmdesk.reports.cells import Block, SheetColumn

WIDEST = 60
_NARROWEST = 8
_MEASURED, _LONGEST_MEASURED = 500, 1_000
# Numbers that follow may be longer than the first ones, and Excel shows none that has no room.
_LEAST_WIDTHS = {"integer": 11, "decimal": 13, "number": 12, "money": 18, "date": 12, "moment": 17, "flag": 8}


def column_widths(columns: Sequence[SheetColumn], wishes: Sequence[int]) -> list[int]:
    """Return widths at which heads can be read too."""
    return [min(max(width, _head_width(column.label), _NARROWEST), WIDEST) for width, column in zip(wishes, columns, strict=True)]


def fitting(columns: Sequence[SheetColumn], blocks: Iterable[Block]) -> tuple[list[int], Iterable[Block]]:
    """Return the widths that the first rows need, and all blocks: widths stand in a sheet before its rows."""
    rest = iter(blocks)
    first = next(rest, ())
    widths = [
        max([_LEAST_WIDTHS.get(column.kind, 0), *(_cell_width(value) for value in values[:_MEASURED] if value is not None)])
        for column, values in zip(columns, first or repeat(()), strict=False)
    ]
    return widths, chain((first,) if first else (), rest)


def _cell_width(value: Any) -> int:
    """Return how wide a column must be for a text, a number or an amount; days and the like have the width of their kind."""
    match value:
        case str():
            return max(map(shown_width, value[:_LONGEST_MEASURED].splitlines()), default=0) + 2
        case (amount, currency):
            return len(f"{amount:,.{decimals_of(currency)}f} {currency}") + 2
        case Formula():
            return _cell_width(value.value)
        case Decimal():
            return len(f"{value:,f}") + 2
    return 0


def _head_width(label: str) -> int:
    """Return how wide a column must be for its head on two lines, with the button of its filter."""
    longest = max(map(shown_width, label.split()), default=0)
    return max(min(longest, 24), (shown_width(label) + 1) // 2) + 3
