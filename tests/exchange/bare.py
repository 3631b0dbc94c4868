"""Records with whatever values a file may have: parts as bare rows too, whose place and moment a deed would say for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.models.registry import PARTS, entity_class
from crmdesk.operations import records, values
from crmdesk.store.door import Change, operation

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.store import Store


def add(store: Store, entity: str, given: dict[str, Any]) -> UUID:
    """Add a record with just these values; returns its id."""
    made: UUID = store.run(_add_part if entity in PARTS else records.add, entity, given)
    return made


@operation("Add part", right="store.read")
def _add_part(change: Change, entity: str, given: dict[str, Any]) -> UUID:
    part = change.draft(entity_class(entity))
    values.assign(change, part, given)
    change.keep(part)
    return part.id
