"""What happened to a record, from the journal: its own values, and the parts that it owns, such as phones or lines."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from crmdesk.clock import moment
from crmdesk.i18n import tr
from crmdesk.models.base import ENTITIES, Record
from crmdesk.models.registry import BY_NUMBER, entity_class, owned_parts
from crmdesk.queries.finding import currency_sql
from crmdesk.queries.own_fields import own_fields
from crmdesk.queries.records import Link, Part, address_line, shown, titles, to_plain
from crmdesk.store.door import parts_of
from crmdesk.store.reader import IN_IDS, Reader, id_list
from crmdesk.store.schema import INSERT, PURGE, UPDATE
from crmdesk.store.triggers import journaled_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmdesk.fields import Field

_MOST = 500
_WORKINGS = frozenset({"position", "source", "external_id"})
_ADDRESS = ("street", "postal_code", "city", "state", "country")


@dataclass(frozen=True)
class Entry:
    """One entry of a record's history: who changed what, when.

    Attributes:
        changes: by field what it was and what it became; of a list field the parts that changed, as they were and as they became.
        said: the same as sentences.
        kind: `undo` and `redo` of what the label says, else `do`.
    """

    tx: int
    at: datetime
    member: str
    origin: str
    label: str
    operation: str
    changes: dict[str, tuple[Any, Any]]
    said: tuple[str, ...] = ()
    kind: str = "do"

    @property
    def title(self) -> str:
        """What was done, or taken back, or done again."""
        return deed(self.label, self.kind)


def deed(label: str, kind: str) -> str:
    """Return what a transaction is called where people read it: taking something back is not doing it once more.

    Args:
        label: of what was done, in the language in force. kind: `do`, `undo` or `redo`.
    """
    if kind == "undo":
        return tr("Undone: {what}", what=label)
    return tr("Redone: {what}", what=label) if kind == "redo" else label


class _Row(NamedTuple):
    """A row of the journal with its transaction; the changes are those of an update."""

    tx: int
    at: int
    member: bytes | None
    origin: str
    label: str
    kind: str
    series: str | None
    table: int
    record: bytes
    op: int
    changes: dict[str, list[Any]]


_State = dict[str, Any]
_Part = tuple[str, _State | None, _State | None]
"""What happened to a part: its entity, its values as the journal writes them before and after; None where it was not there."""


@dataclass
class _Turn:
    """What one transaction did to one record and its parts."""

    row: _Row
    own: _Row | None = None
    parts: list[_Part] = field(default_factory=list)


def history(reader: Reader, entity: str, record_id: UUID, limit: int = _MOST) -> list[Entry]:
    """Return what happened to a record, its parts, and those merged into it, newest first, with readable values."""
    cls = entity_class(entity)
    merged = reader.rows("SELECT unhex(gone) FROM merged_record WHERE kept = ? AND about = ? AND deleted_at IS NULL", (record_id.hex, entity))
    mine = [record_id.bytes, *(gone for (gone,) in merged)]
    today = _parts_today(reader, cls, mine)
    turns = _turns(cls, _journal(reader, cls, mine, limit), mine, today)
    return _Telling(reader, cls, mine, turns).entries()[:limit]


def _journal(reader: Reader, cls: type[Record], mine: Sequence[bytes], limit: int) -> list[_Row]:
    """Return the journal's rows of the newest transactions that touched the records or their parts, newest first."""
    watched = [f"SELECT {cls.entity.number} AS tbl, unhex(value) AS row FROM json_each(:mine)"]
    for part, column in parts_of(cls):
        watched.append(f'SELECT {ENTITIES[part].entity.number}, id FROM "{part}" WHERE "{column}" IN (SELECT unhex(value) FROM json_each(:mine))')  # noqa: S608
    touched = "watched w CROSS JOIN journal j ON j.tbl = w.tbl AND j.row = w.row"
    sql = (
        f"WITH watched AS MATERIALIZED ({' UNION ALL '.join(watched)}), newest AS (SELECT DISTINCT j.tx AS tx FROM {touched} ORDER BY j.tx DESC LIMIT :limit) "  # noqa: S608
        "SELECT t.id, t.at, t.member, t.origin, t.label, t.kind, t.kind || json_extract(t.detail, '$.series'), j.tbl, j.row, j.op, j.changes "
        f"FROM {touched} JOIN journal_tx t ON t.id = j.tx WHERE j.tx IN (SELECT tx FROM newest) ORDER BY j.id DESC"
    )
    found = reader.rows(sql, {"mine": id_list(mine), "limit": limit})
    return [_Row._make((*row[:10], json.loads(row[10]) if row[10] and row[9] == UPDATE else {})) for row in found]


def _parts_today(reader: Reader, cls: type[Record], mine: Sequence[bytes]) -> dict[tuple[int, bytes], dict[str, Any]]:
    """Return the parts of records as the journal writes values, those in the bin too: by table's number and id."""
    found: dict[tuple[int, bytes], dict[str, Any]] = {}
    for part, column in parts_of(cls):
        target = ENTITIES[part]
        names = [name for name, _ in journaled_columns(target)]
        columns = ", ".join(f'"{name}"' for name in names)
        for record, *values in reader.rows(f'SELECT id, {columns} FROM "{part}" WHERE "{column}" {IN_IDS}', (id_list(mine),)):  # noqa: S608
            found[target.entity.number, record] = {
                name: value.hex() if isinstance(value, bytes) else value for name, value in zip(names, values, strict=True)
            }  # fmt: skip
    return found


def _turns(cls: type[Record], found: Sequence[_Row], mine: Sequence[bytes], today: dict[tuple[int, bytes], dict[str, Any]]) -> list[_Turn]:
    """Gather rows by transaction and record, newest first; the parts are walked back from today."""
    own = {(row.tx, row.record): row for row in found if row.table == cls.entity.number}
    owner_column = f"{cls.entity.name}_id"
    of_records = {record.hex(): record for record in mine}
    turns: dict[tuple[int, bytes], _Turn] = {}
    for row in found:
        if row.table == cls.entity.number:
            turn = turns.setdefault((row.tx, row.record), _Turn(row))
            turn.own = row
            continue
        after = today[row.table, row.record]
        before = None if row.op == INSERT else after | {name: old for name, (old, _) in row.changes.items()}
        today[row.table, row.record] = before or {}
        old, new = (state if state and state["deleted_at"] is None and state[owner_column] in of_records else None for state in (before, after))
        if old and new and old[owner_column] != new[owner_column]:
            old = None  # it came from a record that was merged into this one
        owner = of_records.get((new or old or {}).get(owner_column, ""))
        if owner is None or (row.tx, owner) in own and _comes_with(own[row.tx, owner], old, new):
            continue
        turns.setdefault((row.tx, owner), _Turn(row)).parts.append((BY_NUMBER[row.table].entity.name, old, new))
    return list(turns.values())


def _comes_with(owner: _Row, old: Any, new: Any) -> bool:
    """Say whether a part only came with its owner, or went to the bin or out of it with it."""
    return owner.op == INSERT or ("deleted_at" in owner.changes and (old is None) != (new is None))


def _told_fields(cls: type[Record]) -> list[Field]:
    """Return the fields of a part whose changes are told."""
    return [item for item in cls.fields.values() if not item.derived and item.name not in _WORKINGS and item.name not in cls.entity.owned_by]


class _Telling:
    """Turns gathered changes into entries; what links lead to is asked for once."""

    def __init__(self, reader: Reader, cls: type[Record], mine: Sequence[bytes], turns: Sequence[_Turn]) -> None:
        self._reader, self._cls, self._turns = reader, cls, turns
        self._zone: tzinfo = reader.settings.tz
        self._by_column = {item.column: item for item in cls.fields.values() if item.kind != "parts"}
        self._own = own_fields(reader, cls.entity.name, with_deleted=True)
        self._members = titles(reader, "member", {turn.row.member for turn in turns if turn.row.member})
        sql = f'SELECT t.id, {currency_sql(cls)} FROM "{cls.entity.name}" t WHERE t.id {IN_IDS}'  # noqa: S608
        self._currency: dict[bytes, str | None] = dict(reader.rows(sql, (id_list(mine),)))
        self._links = self._fetch_links()

    def entries(self) -> list[Entry]:
        """Return the entries, newest first; what two transactions of one long import did is one."""
        entries: list[Entry] = []
        following: str | None = None
        for turn in self._turns:
            entry = self._entry(turn)
            if entry is None:
                continue
            if turn.row.series and turn.row.series == following:
                entry = self._as_one(entry, entries.pop())
            entries.append(entry)
            following = turn.row.series
        return [replace(entry, said=tuple(self._sentences(entry.changes))) for entry in entries]

    def _entry(self, turn: _Turn) -> Entry | None:
        changes = {**(self._of_record(turn.own) if turn.own else {}), **self._of_parts(turn.parts)}
        if not changes and turn.own is None:
            return None
        row, op = turn.row, turn.own.op if turn.own else UPDATE
        operation = {INSERT: "insert", UPDATE: "update", PURGE: "purge"}[op]
        return Entry(row.tx, moment(row.at), self._members.get(row.member or b"", ("", False))[0], row.origin, tr(row.label), operation, changes, kind=row.kind)

    @staticmethod
    def _as_one(earlier: Entry, later: Entry) -> Entry:
        """Return what two transactions of one long import did to a record as one entry."""
        if earlier.operation == "insert":
            return earlier
        return replace(
            earlier, changes={**later.changes, **{name: (old, later.changes.get(name, (old, new))[1]) for name, (old, new) in earlier.changes.items()}}
        )

    # ---- values ----

    def _of_record(self, row: _Row) -> dict[str, tuple[Any, Any]]:
        after = self._currency.get(row.record)
        before = self._currency[row.record] = row.changes.get("currency", [after])[0]
        codes = tuple(code or self._reader.settings.currency for code in (before, after))
        readable: dict[str, tuple[Any, Any]] = {}
        for column, (old, new) in row.changes.items():
            if column == "deleted_at":
                readable["deleted"] = (old is not None, new is not None)
            elif (item := self._field(column)) is not None:
                readable[item.name] = (self._plain(item, old, codes[0]), self._plain(item, new, codes[1]))
        return readable

    def _field(self, column: str) -> Field | None:
        return self._own.get(column.removeprefix("custom.")) if column.startswith("custom.") else self._by_column.get(column)

    def _plain(self, item: Field, journaled: Any, currency: str) -> Any:
        if journaled is None:
            return None
        if item.kind == "link":
            record = bytes.fromhex(journaled)
            return Link(UUID(bytes=record), *self._links.get(item.target or "", {}).get(record, ("", True)))
        return to_plain(item, journaled, currency)

    def _of_parts(self, parts: Sequence[_Part]) -> dict[str, tuple[Any, Any]]:
        changed: dict[str, tuple[Any, Any]] = {}
        listings = {target: item.name for target, item in owned_parts(self._cls).items()}
        for entity, old, new in reversed(parts):
            cls = ENTITIES[entity]
            also = [item for item in _told_fields(cls) if old and new and old[item.column] != new[item.column]]
            if old and new and not also:
                continue
            for state, side in zip((old, new), changed.setdefault(listings.get(entity, entity), ([], [])), strict=True):
                if state is not None:
                    side.append(self._part(cls, state, also))
        return {name: changed[name] for name in sorted(changed, key=[*self._cls.fields, *changed].index)}

    def _part(self, cls: type[Record], state: Mapping[str, Any], also: Iterable[Field]) -> Part:
        """Return a part as it was: its value and label, and the values that changed beside these."""
        value = cls.fields[cls.entity.value]
        if cls.entity.name == "address":
            return Part(address_line({name: state[name] for name in _ADDRESS}), state["label"])
        currency = self._reader.settings.currency
        more = tuple((item.name, self._plain(item, state[item.column], currency)) for item in also if item.name not in {value.name, "label"})
        return Part(shown(value, self._plain(value, state[value.column], currency)), state.get("label"), more)

    def _fetch_links(self) -> dict[str, dict[bytes, tuple[str, bool]]]:
        wanted: dict[str, set[bytes]] = {}
        for item, value in self._values():
            if item is not None and item.kind == "link" and value:
                wanted.setdefault(item.target or "", set()).add(bytes.fromhex(value))
        return {entity: titles(self._reader, entity, records) for entity, records in wanted.items()}

    def _values(self) -> Iterable[tuple[Field | None, Any]]:
        """Yield every value that may be told, as the journal writes it, with its field."""
        for turn in self._turns:
            for column, values in turn.own.changes.items() if turn.own else ():
                yield from ((self._field(column), value) for value in values)
            for entity, *states in turn.parts:
                yield from ((item, state[item.column]) for item in _told_fields(ENTITIES[entity]) for state in states if isinstance(state, dict))

    # ---- sentences ----

    def _sentences(self, changes: Mapping[str, tuple[Any, Any]]) -> Iterable[str]:
        own = {item.name: item for item in self._own.values()}
        for name, (old, new) in changes.items():
            if name == "deleted":
                yield tr("Deleted") if new else tr("Taken out of the bin")
            elif (item := self._cls.fields.get(name) or own.get(name)) is None or item.kind == "parts":
                yield from self._sentences_of_parts(
                    tr(item.label) if item else tr(ENTITIES[name].entity.label), item.target if item and item.target else name, old, new
                )
            else:
                yield self._changed(tr(item.label), self._text(item, old), self._text(item, new))

    def _sentences_of_parts(self, label: str, entity: str, old: Sequence[Part], new: Sequence[Part]) -> Iterable[str]:
        before, after = (", ".join(self._part_text(entity, part) for part in side) for side in (old, new))
        if before and after:
            yield self._changed(label, before, after)
        elif after:
            yield tr("{label} added: {value}", label=label, value=after)
        elif before:
            yield tr("{label} removed: {value}", label=label, value=before)

    @staticmethod
    def _changed(label: str, old: str, new: str) -> str:
        return tr("{label}: {text}", label=label, text=tr("{old} → {new}", old=old or "–", new=new or "–"))

    def _part_text(self, entity: str, part: Part) -> str:
        fields = ENTITIES[entity].fields
        more = [part.label] if part.label else []
        more += [tr("{label}: {text}", label=tr(fields[name].label), text=self._text(fields[name], value) or "–") for name, value in part.more]
        value = part.value or "–"
        return tr("{label} ({part})", label=value, part=", ".join(more)) if more else value

    def _text(self, item: Field, value: Any) -> str:
        return shown(item, value.astimezone(self._zone) if isinstance(value, datetime) else value)
