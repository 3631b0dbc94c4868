"""What the command line and the general pages tell of the store, its entities and its records."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.clock import moment
from crmdesk.errors import UserError
from crmdesk.fields import KINDS, read_date
from crmdesk.i18n import tr
from crmdesk.models.base import ENTITIES, Record
from crmdesk.models.names import folded
from crmdesk.models.registry import MAIN, PARTS, SUPPORTING, entity_class
from crmdesk.queries import records
from crmdesk.queries.finding import NUMBERS, parse_condition, title_field
from crmdesk.queries.own_fields import own_fields
from crmdesk.queries.search import matching

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.fields import Field
    from crmdesk.store.reader import Reader


def facts(reader: Reader) -> dict[str, Any]:
    """Return schema, cipher and how many live records of each entity there are."""
    counts = {name: int(reader.value(f'SELECT count(*) FROM "{name}" WHERE deleted_at IS NULL')) for name in (*MAIN, *SUPPORTING)}  # noqa: S608
    return {"schema": reader.value("PRAGMA user_version"), "cipher": reader.value("PRAGMA cipher_version"), "counts": counts}


def fields(entity: str | None, reader: Reader | None = None) -> list[dict[str, Any]]:
    """Return what there is to know of each field, own ones included when a store is open."""
    classes = [entity_class(entity)] if entity else [ENTITIES[name] for name in (*MAIN, *SUPPORTING, *PARTS)]
    found = []
    for cls in classes:
        listed = [*cls.fields.values(), *(own_fields(reader, cls.entity.name).values() if reader else ())]
        found += [
            {
                "entity": cls.entity.name, "name": field.name, "label": tr(field.label), "kind": field.kind, "required": field.required, "searchable": bool(field.search),
                "sensitivity": field.sensitivity, "choices": [choice.value for choice in field.choices],
            }
            for field in listed if records.is_shown(cls, field)
        ]  # fmt: skip
    return found


def whole(reader: Reader, entity: str, record_id: UUID) -> dict[str, Any]:
    """Return a record with its parts (a quote's lines, a ticket's messages) and the counts of what belongs to it."""
    cls = entity_class(entity)
    found = records.record(reader, cls.entity.name, record_id)
    for field in cls.fields.values():
        if field.kind == "parts" and field.target in records.HEAVY_PARTS:
            found[field.name] = part_rows(reader, cls, field, record_id)
    found["related"] = records.related_counts(reader, cls.entity.name, record_id)
    return found


def part_rows(reader: Reader, cls: type[Record], field: Field, record_id: UUID) -> list[dict[str, Any]]:
    """Return the parts that a list field holds, each in JSON's terms, in their order."""
    target = ENTITIES[field.target or ""]
    order = "position, id" if "at" not in target.columns else "at, id"
    ids = [row[0] for row in reader.rows(
        f'SELECT id FROM "{field.target}" WHERE "{cls.entity.name}_id" = ? AND deleted_at IS NULL ORDER BY {order}', (record_id.bytes,)  # noqa: S608
    )]  # fmt: skip
    names = [name for name, item in target.fields.items() if item.kind != "parts" and name not in {cls.entity.name, "source", "external_id", "position"}]
    return [records.to_json(target, row) for row in records.rows(reader, target.entity.name, ids, names)]


def listed(reader: Reader, entity: str, where: Sequence[str], search: str | None, sort: Sequence[str], limit: int, columns: Sequence[str]) -> dict[str, Any]:
    """Return `{total, rows}` of the records that all conditions hold for."""
    cls = entity_class(entity)
    conditions = [parse_condition(text) for text in where]
    among = matching(reader, search, cls.entity.name) if search else None
    names = [name for name in columns if name in cls.fields or name not in {"id", "number"}] if columns else records.all_columns(cls, reader)
    found = records.ids(reader, cls.entity.name, conditions, sort, limit=limit, among=among)
    total = records.count(reader, cls.entity.name, conditions, among)
    numbered = records.number_field(cls)
    rows = records.rows(reader, cls.entity.name, found, [*names, *([numbered] if numbered and numbered not in names else [])])
    wanted = {"id", "number", *names}
    return {"total": total, "rows": [{name: value for name, value in records.to_json(cls, row).items() if name in wanted} for row in rows]}


def find_binned(reader: Reader, entity: str, text: str) -> UUID:
    """Return the record in the bin that an id, a number or a name means.

    Raises:
        UserError: there is none, or several.
    """
    cls = entity_class(entity)
    where = records.in_bin(cls, reader)
    names = ", ".join(f'"{column}"' for column in (*(name for name in NUMBERS if name in cls.columns), title_field(cls)))
    found = reader.rows(f'SELECT id, {names} FROM "{cls.entity.name}" t WHERE {where.sql} ORDER BY deleted_at DESC', where.parameters)  # noqa: S608
    bare = text.replace("-", "").lower()
    hits = [row[0] for row in found if row[0].hex() == bare]
    for place in range(1, len(found[0]) if found else 1):
        hits = hits or [row[0] for row in found if folded(str(row[place] or "")) == folded(text)]
    if not hits:
        raise UserError(tr("There is no {entity} “{text}” in the bin.", entity=tr(cls.entity.label), text=text), hint=tr("“trash list” shows what is there."))
    if len(hits) > 1:
        raise UserError(tr("{count} records are called “{text}”.", count=len(hits), text=text), hint=tr("Give the id of one."))
    return UUID(bytes=hits[0])


# What one long work wrote in several transactions is one line, as is each time that it was taken back; what was never finished is one with its end.
_TRAIL = """WITH known AS (
        SELECT id, at, first_id, last_id, coalesce(json_extract(detail, '$.series'), -id) AS work, json_extract(detail, '$.unfinished') AS unfinished,
            iif(json_extract(detail, '$.unfinished'), 'do', kind) AS turn
        FROM journal_tx WHERE at >= ?1 AND (?2 IS NULL OR member = ?2)),
    counted AS (
        SELECT *, row_number() OVER (PARTITION BY work ORDER BY id) - row_number() OVER (PARTITION BY work, turn ORDER BY id) AS round FROM known),
    line AS (
        SELECT min(id) AS first, max(id) AS newest, count(*) AS transactions, max(unfinished) AS unfinished, sum(ifnull(last_id - first_id + 1, 0)) AS entries
        FROM counted GROUP BY work, turn, round)
    SELECT l.first, l.transactions, t.at, t.member, t.device, t.origin, t.label, t.about, iif(l.unfinished, 'cancelled', t.kind), t.reverts,
        t.undoable AND l.unfinished IS NULL, l.entries, t.hash, json_extract(t.detail, '$.reason')
    FROM line l JOIN journal_tx t ON t.id = l.newest ORDER BY l.newest DESC LIMIT ?3"""


def audit(reader: Reader, start: str | None, limit: int) -> list[dict[str, Any]]:
    """Return the trail of transactions, newest first, with how many records each changed; a long import, written in several, is one line.

    Who sees only their own records sees only what they did: the names of others' records stand in the trail.
    """
    since = 0
    if start:
        since = KINDS["moment"].store(datetime.combine(read_date(start), time(), reader.settings.tz))
    only = reader.viewer.member_id if reader.viewer.sees_only_own else None
    found = reader.rows(_TRAIL, (since, only.bytes if only else None, limit))
    members = records.titles(reader, "member", {row[3] for row in found if row[3]})
    return [
        {
            "transaction": tx, "transactions": transactions, "at": records.json_value(moment(at)), "member": members.get(member, ("", False))[0], "device": device.hex(),
            "origin": origin, "label": tr(label), "about": about, "kind": kind, "reverts": reverts, "undoable": bool(undoable), "entries": entries, "hash": digest.hex(),
            "reason": reason,
        }
        for tx, transactions, at, member, device, origin, label, about, kind, reverts, undoable, entries, digest, reason in found
    ]  # fmt: skip
