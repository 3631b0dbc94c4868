"""Fields of the user's own that an import makes for columns which fit no other."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from crmdesk.clock import new_id_bytes
from crmdesk.exchange.columns.chosen import column_index
from crmdesk.exchange.columns.looks import own_field
from crmdesk.exchange.values.layouts import Target
from crmdesk.fields import Field
from crmdesk.i18n import tr
from crmdesk.models.registry import entity_class
from crmdesk.operations.own_fields import name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.exchange.table import Table
    from crmdesk.exchange.values.layouts import Layout

EVERY = "*"


@dataclass(frozen=True)
class FreshField:
    """A field that is made together with the records.

    Attributes:
        is_made: an earlier file of the same import makes it.
    """

    id: bytes
    about: str
    name: str
    label: str
    kind: str
    index: int
    is_made: bool = False

    @property
    def as_own(self) -> tuple[str, Field]:
        """Its id and the field, as those that are there already are known."""
        return uuid.UUID(bytes=self.id).hex, Field(self.name, self.kind, self.label)

    def stored(self) -> dict[str, Any]:
        """Return the values of its record."""
        return {"id": self.id, "about": self.about, "name": self.name, "label": self.label, "kind": self.kind, "required": 0, "position": self.index}


def fresh_fields(layout: Layout, table: Table, columns: Sequence[str]) -> list[FreshField]:
    """Return the fields to be made for columns that go nowhere.

    Args:
        columns: their headers; `*` stands for all that have a name and cells.

    Raises:
        UserError: there is no such column.
    """
    wanted = {column_index(table, header) for header in columns if header != EVERY}
    if EVERY in columns:
        wanted |= {column.index for column in layout.columns if column.target is None and column.why not in {"user", "kept", "rejects", "beside"}}
    taken = set(entity_class(layout.entity).fields)
    found = []
    for index in sorted(wanted):
        header = layout.columns[index].header
        offer = own_field(header, table.values(index))
        if offer is None or any(other.label_index == index for other in layout.columns):
            continue
        name = _free(name_of(header), taken)
        taken.add(name)
        found.append(FreshField(new_id_bytes(), layout.entity, name, header, offer.kind, index))
    return found


def shared_fields(fields: Sequence[FreshField], earlier: Sequence[FreshField]) -> list[FreshField]:
    """Return the fields of a file so that those which an earlier file makes too are made once, and the others are called otherwise."""
    known = {(one.label, one.kind): one for one in earlier}
    taken = {one.name for one in earlier}
    found = []
    for one in fields:
        if same := known.get((one.label, one.kind)):
            found.append(replace(one, id=same.id, name=same.name, is_made=True))
        else:
            found.append(replace(one, name=_free(one.name, taken)))
            taken.add(found[-1].name)
    return found


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def with_fresh(layout: Layout, fields: Sequence[FreshField]) -> Layout:
    """Return a layout in which columns go to fields that are yet to be made."""
    columns = list(layout.columns)
    for item in fields:
        columns[item.index] = replace(columns[item.index], target=Target(item.name), why="fresh", confidence=1.0, reason=tr("A new field of your own."))
    made = {item.label for item in fields}
    return replace(layout, columns=tuple(columns), unused=tuple(name for name in layout.unused if name not in made))


def without_fresh(layout: Layout) -> Layout:
    """Return a layout as it was before fields were to be made; a plan that is worked out anew makes them anew."""
    columns = tuple(replace(column, target=None, why="", reason="") if column.why == "fresh" else column for column in layout.columns)
    return replace(layout, columns=columns)
