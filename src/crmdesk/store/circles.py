"""Keeping what points at its own kind from going round in a circle: parent companies, superiors, former versions."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.models.base import ENTITIES, Record
from crmdesk.store.connections import rows
from crmdesk.store.schema import INSERT, UPDATE

if TYPE_CHECKING:
    from collections.abc import Set

    from crmdesk.fields import Field
    from crmdesk.store.connections import Connection


@cache
def _upward() -> tuple[tuple[type[Record], Field], ...]:
    """Return the links by which records of an entity point at one another."""
    return tuple((cls, item) for cls in ENTITIES.values() for item in cls.fields.values() if item.kind == "link" and item.target == cls.entity.name)


def check_circles(connection: Connection, before: int, touched: Set[int]) -> None:
    """Refuse a transaction that puts a record below itself, straight or over others.

    Records in the bin count too: they may come back.

    Raises:
        UserError: names the record and the field.
    """
    for cls, item in _upward():
        if cls.entity.number not in touched:
            continue
        table, link = cls.entity.name, item.column
        found = rows(
            connection,
            f'WITH RECURSIVE above(start, id) AS (SELECT t.id, t."{link}" FROM journal j CROSS JOIN "{table}" t ON t.id = j.row WHERE j.id > ? AND +j.tbl = ? '  # noqa: S608
            f"AND (j.op = ? OR j.op = ? AND json_type(j.changes, '$.{link}') IS NOT NULL) AND t.\"{link}\" IS NOT NULL "
            f'UNION SELECT above.start, t."{link}" FROM above JOIN "{table}" t ON t.id = above.id WHERE above.id <> above.start AND t."{link}" IS NOT NULL) '
            f'SELECT t."{cls.entity.title}" FROM above JOIN "{table}" t ON t.id = above.start WHERE above.id = above.start LIMIT 1',
            (before, cls.entity.number, INSERT, UPDATE),
        )
        if found:
            raise UserError(tr("“{name}” would stand above itself.", name=found[0][0] or ""), field=item.name)
