"""Taking an import back, and saying which of its records somebody has edited since."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.errors import CannotUndo
from crmdesk.i18n import ntr, tr
from crmdesk.models.registry import BY_NUMBER
from crmdesk.queries import records
from crmdesk.store import undo
from crmdesk.store.schema import INSERT, UPDATE

if TYPE_CHECKING:
    from crmdesk.store import Reader, Store

NAMED = 3


@dataclass(frozen=True)
class Edited:
    """A record that an import made or changed and that was edited since; `fields` are the labels of what was."""

    entity: str
    id: UUID
    title: str
    fields: tuple[str, ...]


def undo_import(store: Store, tx: int, origin: str = "window") -> str:
    """Take an import back: what it made goes to the bin, what it changed gets its former values.

    Returns:
        What was undone, as the menu says it.

    Raises:
        CannotUndo: later work would be lost; the hint names the records that were edited since.
    """
    try:
        return store.undo(tx, origin=origin)
    except CannotUndo as refused:
        edited = edited_since(store, tx)
        if not edited:
            raise
        names = ", ".join(tr("{name} ({fields})", name=one.title, fields=", ".join(one.fields)) for one in edited[:NAMED])
        count = ntr("{count} record was edited since", "{count} records were edited since", len(edited))
        hint = tr("{count}: {names}. Undo these changes first.", count=count, names=names if len(edited) <= NAMED else f"{names} …")
        raise CannotUndo(refused.message, hint=hint) from None


def edited_since(store: Store, tx: int, most: int = 100) -> tuple[Edited, ...]:
    """Return the records of a transaction whose values were changed by later ones that are in force; parts count as their owner's."""
    with store.read_bare() as connection:
        alive = [later for later in undo.alive_after(connection, tx) if later > tx]
    with store.read() as reader:
        span = reader.one("SELECT first_id, last_id FROM journal_tx WHERE id = ?", (tx,))
        if not alive or not span or span[0] is None:
            return ()
        sql = (
            "SELECT j.tbl, j.row, j.changes, (SELECT m.changes FROM journal m WHERE m.tbl = j.tbl AND m.row = j.row AND m.id BETWEEN ? AND ? AND m.op = ?), "
            "EXISTS (SELECT 1 FROM journal m WHERE m.tbl = j.tbl AND m.row = j.row AND m.id BETWEEN ? AND ? AND m.op = ?) "
            "FROM journal j WHERE j.id > ? AND j.op = ? AND j.tx IN (SELECT value FROM json_each(?)) ORDER BY j.id"
        )
        found: dict[tuple[str, bytes], dict[str, None]] = {}
        for table, row, later, earlier, is_made in reader.rows(sql, (*span, UPDATE, *span, INSERT, span[1], UPDATE, json.dumps(alive))):
            changed = set(json.loads(later or "{}"))
            if not is_made:
                changed &= set(json.loads(earlier or "{}"))
            if changed and (owner := _owner(reader, table, row)):
                found.setdefault(owner, {}).update(dict.fromkeys(_labels(table, changed)))
            if len(found) >= most:
                break
        return tuple(_edited(reader, entity, record, tuple(labels)) for (entity, record), labels in found.items())


def _owner(reader: Reader, table: int, row: bytes) -> tuple[str, bytes] | None:
    """Return the record itself, or the owner of a part."""
    cls = BY_NUMBER[table]
    if not cls.entity.owned_by:
        return cls.entity.name, row
    for owner in cls.entity.owned_by:
        record = reader.value(f'SELECT "{owner}_id" FROM "{cls.entity.name}" WHERE id = ?', (row,)) if f"{owner}_id" in cls.columns else None
        if record:
            return owner, record
    return None


def _labels(table: int, columns: set[str]) -> list[str]:
    cls = BY_NUMBER[table]
    if cls.entity.owned_by:
        return [tr(cls.entity.label)]
    return [tr(item.label) for item in cls.fields.values() if item.column in columns or item.name in columns] or [tr(cls.entity.label)]


def _edited(reader: Reader, entity: str, record: bytes, labels: tuple[str, ...]) -> Edited:
    title, _ = records.titles(reader, entity, [record]).get(record, ("", False))
    return Edited(entity, UUID(bytes=record), title, labels)
