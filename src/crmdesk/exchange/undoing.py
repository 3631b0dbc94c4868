"""Taking an import back, and saying which of its records somebody has edited since."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.errors import LaterWork
from crmdesk.i18n import ntr, tr
from crmdesk.models.base import ENTITIES
from crmdesk.models.registry import BY_NUMBER
from crmdesk.queries import records
from crmdesk.store import undo
from crmdesk.store.reader import id_list
from crmdesk.store.schema import INSERT, UPDATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmdesk.store import Reader, Store

NAMED = 3


@dataclass(frozen=True)
class Edited:
    """A record that an import made or changed and that was edited since; `fields` are the labels of what was, or of what refers to it."""

    entity: str
    id: UUID
    title: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class TakenBack:
    """What undoing an import did.

    Attributes:
        what: what was undone, as the menu says it.
        kept: the records that were edited since and stay as they are.
    """

    what: str
    kept: tuple[Edited, ...] = ()


def undo_import(store: Store, tx: int, origin: str = "window", *, keeps_edited: bool = False) -> TakenBack:
    """Take an import back: what it made goes to the bin, what it changed gets its former values.

    Args:
        keeps_edited: what was edited since stays, with what hangs together with it; the rest is taken back.

    Raises:
        LaterWork: it would be lost; the hint names the records that were edited since.
        CannotUndo: it was undone already, or can't be.
    """
    edited = edited_since(store, tx) if keeps_edited else ()
    try:
        return TakenBack(store.undo(tx, origin=origin, keeps_edited=keeps_edited), edited)
    except LaterWork as refused:
        edited = edited_since(store, tx)
        if not edited:
            raise
        hint = tr("{edited}. Undo these changes first, or keep them and take back the rest.", edited=named(edited))
        raise LaterWork(refused.message, hint=hint) from None


def named(edited: Sequence[Edited]) -> str:
    """Return how many records were edited since, and the first of them by name."""
    names = ", ".join(tr("{name} ({fields})", name=one.title, fields=", ".join(one.fields)) for one in edited[:NAMED])
    count = ntr("{count} record was edited since", "{count} records were edited since", len(edited))
    return tr("{count}: {names}", count=count, names=names if len(edited) <= NAMED else f"{names} …")


def edited_since(store: Store, tx: int) -> tuple[Edited, ...]:
    """Return the records of a transaction, or of the series that it began, that later ones in force changed or refer to; parts count as their owner's."""
    with store.read_bare() as connection:
        step = undo.step_of(connection, tx, store.device)
        tx = step.tx
        together = undo.all_of_series(connection, step.series) if step.series else {tx: step}
        alive = [later for later in undo.alive_after(connection, tx) if later > tx and later not in together]
    first = min((one.first for one in together.values() if one.first is not None), default=None)
    if not alive or first is None:
        return ()
    found: dict[tuple[str, bytes], dict[str, None]] = {}
    with store.read() as reader:
        for table, row, labels in (*_changed(reader, list(together), alive, first), *_referred_to(reader, list(together), alive, first)):
            if owner := _owner(reader, table, row):
                found.setdefault(owner, {}).update(dict.fromkeys(labels))
        titles: dict[bytes, tuple[str, bool]] = {}
        for entity in {entity for entity, _ in found}:
            titles |= records.titles(reader, entity, [record for name, record in found if name == entity])
    return tuple(Edited(entity, UUID(bytes=record), titles.get(record, ("", False))[0], tuple(labels)) for (entity, record), labels in found.items())


def _changed(reader: Reader, own: list[int], alive: list[int], first: int) -> Iterator[tuple[int, bytes, list[str]]]:
    """Yield what was changed again: of records that the import made everything, of others what it changed itself."""
    ours = "j.tbl = m.tbl AND m.row = j.row AND m.tx IN (SELECT value FROM json_each(?)) AND m.op = ?"
    sql = (
        f"SELECT j.tbl, j.row, j.changes, (SELECT m.changes FROM journal m WHERE {ours}), EXISTS (SELECT 1 FROM journal m WHERE {ours}) "
        "FROM journal j WHERE j.id > ? AND j.op = ? AND j.tx IN (SELECT value FROM json_each(?)) ORDER BY j.id"
    )
    mine = json.dumps(own)
    for table, row, later, earlier, is_made in reader.rows(sql, (mine, UPDATE, mine, INSERT, first, UPDATE, json.dumps(alive))):
        changed = set(json.loads(later or "{}"))
        if not is_made:
            changed &= set(json.loads(earlier or "{}"))
        if changed:
            yield table, row, _labels(table, changed)


def _referred_to(reader: Reader, own: list[int], alive: list[int], first: int) -> Iterator[tuple[int, bytes, list[str]]]:
    """Yield what the import made and later work refers to."""
    sql = "SELECT j.tbl, j.row FROM journal j WHERE j.id > ? AND j.op = ? AND j.tx IN (SELECT value FROM json_each(?))"
    later: dict[int, set[bytes]] = {}
    for table, row in reader.rows(sql, (first, INSERT, json.dumps(alive))):
        later.setdefault(table, set()).add(row)
    made = "EXISTS (SELECT 1 FROM journal m WHERE m.tbl = ? AND m.row = {row} AND m.op = ? AND m.tx IN (SELECT value FROM json_each(?)))"
    for table, ids in later.items():
        cls = BY_NUMBER[table]
        wanted = id_list(ids)
        for column, target in ((item.column, ENTITIES[item.target or ""]) for item in cls.fields.values() if item.kind == "link"):
            if column not in cls.columns:
                continue
            question = (
                f'SELECT DISTINCT t."{column}" FROM json_each(?) w JOIN "{cls.entity.name}" t ON t.id = unhex(w.value) '
                f'WHERE t.deleted_at IS NULL AND t."{column}" IS NOT NULL AND {made.format(row=f"t.{column}")}'
            )
            for (record,) in reader.rows(question, (wanted, target.entity.number, INSERT, json.dumps(own))):
                yield target.entity.number, record, [tr(cls.entity.label)]


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
    if "deleted_at" in columns:
        return [tr("in the recycle bin")]
    if cls.entity.owned_by:
        return [tr(cls.entity.label)]
    return [tr(item.label) for item in cls.fields.values() if item.column in columns or item.name in columns] or [tr(cls.entity.label)]
