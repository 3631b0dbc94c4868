"""The user's own fields, as the fields that every part of the program sees."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.fields import Choice, Field
from crmdesk.models.workspace import choices_of
from crmdesk.store.search_index import OWN_WEIGHTS

if TYPE_CHECKING:
    from crmdesk.store.reader import Reader

_COLUMNS = "id, name, kind, label, required, options"


def own_fields(reader: Reader, entity: str, *, with_deleted: bool = False) -> dict[str, Field]:
    """Return an entity's own fields in their order, by the id under which records keep their values."""
    live = "" if with_deleted else " AND deleted_at IS NULL"
    rows = reader.rows(f"SELECT {_COLUMNS} FROM custom_field WHERE about = ?{live} ORDER BY position, id", (entity,))  # noqa: S608
    return {UUID(bytes=record).hex: _field(*row) for record, *row in rows}


def own_field(reader: Reader, entity: str, name: str) -> tuple[str, Field] | None:
    """Return the own field of a name, and the id under which records keep its values."""
    row = reader.one(f"SELECT {_COLUMNS} FROM custom_field WHERE about = ? AND name = ? AND deleted_at IS NULL", (entity, name))  # noqa: S608
    return (UUID(bytes=row[0]).hex, _field(*row[1:])) if row else None


def _field(name: str, kind: str, label: str, required: int | None, options: str | None) -> Field:
    choices = tuple(Choice(option, option) for option in choices_of(options)) if kind == "choice" else ()
    return Field(name, kind, label, bool(required), search=OWN_WEIGHTS.get(kind, 0), choices=choices)
