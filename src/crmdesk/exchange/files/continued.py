"""Rows that go on: as Odoo writes an order, its further lines stand below with nothing but their own columns, `Order Lines/Product` and the like."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crmdesk.exchange.columns.mapping import places_of_lines
from crmdesk.exchange.table import is_blank

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmdesk.exchange.table import Line, Table


def with_continued_rows(table: Table) -> Table:
    """Let the rows that go on with the one above have what that says of both."""
    of_lines = places_of_lines(table.columns)
    of_both = [place for place in range(table.width) if place not in of_lines]
    if not of_lines or not of_both:
        return table
    return replace(table, rows=lambda: _filled(table.rows(), of_both), sample=tuple(_filled(table.sample, of_both)))


def _filled(lines: Iterable[Line], of_both: list[int]) -> Iterator[Line]:
    above: Line | None = None
    for number, cells in lines:
        if cells.__class__ is not list:
            yield number, cells
        elif above is None or not is_blank([cells[place] for place in of_both]):
            above = number, cells
            yield above
        else:
            own = list(cells)
            for place in of_both:
                own[place] = above[1][place]
            yield number, own
