"""Records with whatever values a file may have: parts as bare rows too, whose place and moment a deed would say for itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.models.registry import PARTS, entity_class
from crmdesk.operations import records, values
from crmdesk.queries.records import HEAVY_PARTS, ids, record
from crmdesk.store.door import Change, operation

if TYPE_CHECKING:
    from crmdesk.store import Store

OWN_FIELDS = {
    "own_text": "text", "own_number": "decimal", "own_flag": "flag", "own_day": "date", "own_words": "long_text", "own_whole": "integer", "größe_大小": "text",
}  # fmt: skip
"""A field of the user's own of each sort, by its name."""


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


def stored(store: Store, entity: str) -> list[dict[str, Any]]:
    """Return the records of an entity as they are stored, members and own fields by name."""
    cls = entity_class(entity)
    columns = [column for column in cls.columns if column != "deleted_at"]
    names = ", ".join(f'"{column}"' for column in columns)
    with store.read() as reader:
        rows = reader.rows(f'SELECT {names} FROM "{entity}" WHERE deleted_at IS NULL ORDER BY id')
        own = dict(reader.rows("SELECT lower(hex(id)), name FROM custom_field WHERE about = ? AND deleted_at IS NULL", (entity,)))
        members = dict(reader.rows("SELECT id, name FROM member"))
    return [_by_name(dict(zip(columns, row, strict=True)), own, members) for row in rows]


def _by_name(values: dict[str, Any], own: dict[str, str], members: dict[bytes, str]) -> dict[str, Any]:
    found = {column: members.get(value, value) if column == "owner_id" else value for column, value in values.items() if column != "custom"}
    told = json.loads(values.get("custom") or "{}")
    return {**found, **{own[key.replace("-", "").lower()]: value for key, value in told.items()}}


def differences(came: list[dict[str, Any]], went: list[dict[str, Any]]) -> list[Any]:
    """Return what is not as it was, field by field: name, how it came and how it went."""
    if len(came) != len(went):
        return [("records", len(came), len(went))]
    names = dict.fromkeys(name for row in (*came, *went) for name in row)
    return [(name, a.get(name), b.get(name)) for a, b in zip(came, went, strict=True) for name in names if a.get(name) != b.get(name)]


HEAVY = HEAVY_PARTS


def told(store: Store, entity: str) -> list[dict[str, Any]]:
    """Return all records of an entity in JSON's terms by their ids, links and parts by what they are called."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return value["title"] if "title" in value else {name: inner for name, inner in value.items() if name != "id"}
        return [plain(part) for part in value] if isinstance(value, list) else value

    with store.read() as reader:
        found = [record(reader, entity, UUID(bytes=key)) for key in ids(reader, entity)]
    shown = entity_class(entity).fields.keys() | {"id"}
    title = entity_class(entity).entity.title
    own = {name for row in found for name in row if name.startswith("own_")}
    return sorted(({name: plain(value) for name, value in row.items() if name in shown | own} for row in found), key=lambda row: str(row[title]))
