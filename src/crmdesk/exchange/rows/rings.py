"""Rows of one file that stand above each other in a ring: found before any of them is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.exchange.table import shown
from crmdesk.exchange.values.links import NUMBERED
from crmdesk.models.names import folded
from crmdesk.models.registry import entity_class

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmdesk.exchange.shapes.shape import Shape
    from crmdesk.exchange.table import Cell, Line, Table
    from crmdesk.exchange.values.layouts import Layout

Names = list[tuple[int, ...]]
"""The columns that say how a row is called: several together make one name, as given and family name do."""


def naming_columns(entity: str, layout: Layout) -> Names:
    """Return the columns by which other rows name a row."""
    title, number = entity_class(entity).entity.title, NUMBERED.get(entity, "")
    places = [(layout.index_of(name),) for name in (title, number, "external_id")] + [(layout.index_of("given_name"), layout.index_of("family_name"))]
    return [tuple(place for place in group if place is not None) for group in places if None not in group]


def lines_in_rings(table: Table, entity: str, layout: Layout, shape: Shape) -> set[int]:
    """Return the lines of a table that stand above themselves over others, by the names or the ids that they give."""
    found: set[int] = set()
    own_id = layout.index_of("id")
    for index, column in [] if table.ways else [(link[0], link[1]) for link in shape.links if link[1] in shape.late]:
        told = shape.told_ids.above.get(column)
        if told is None:
            found |= rings(table.rows(), naming_columns(entity, layout), index)
        else:
            found |= rings(table.rows(), [] if own_id is None else [(own_id,)], told)
    return found


def rings(rows: Iterable[Line], names: Names, above: int) -> set[int]:
    """Return the lines that stand above themselves over others.

    Args:
        above: the column that names what stands above a row. A row that names itself is not meant: it is refused when it is read.
    """
    upward: dict[int, str] = {}
    lines: dict[str, int] = {}
    for line, cells in rows:
        if cells.__class__ is not list or not (parent := folded(shown(cells[above]))):
            continue
        upward[line] = parent
        for name in called(cells, names):
            lines.setdefault(name, line)
    return set(_in_rings({line: lines[parent] for line, parent in upward.items() if lines.get(parent, line) != line}))


def called(cells: list[Cell], names: Names) -> Iterator[str]:
    """Yield the names of a row, folded."""
    for columns in names:
        if name := folded(" ".join(shown(cells[column]) for column in columns)):
            yield name


def _in_rings(upward: dict[int, int]) -> Iterator[int]:
    seen: dict[int, int] = {}
    for start in upward:
        way: list[int] = []
        line: int | None = start
        while line is not None and line not in seen:
            seen[line] = start
            way.append(line)
            line = upward.get(line)
        if line is not None and seen[line] == start:
            yield from way[way.index(line) :]
