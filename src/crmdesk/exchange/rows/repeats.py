"""Rows that repeat something: a record that nothing but its name tells from others, or a new record of a row further up."""

from __future__ import annotations

import json
import marshal
from typing import TYPE_CHECKING, Any

from crmdesk.exchange.values.entries import MINUTE
from crmdesk.exchange.values.parts import Parts
from crmdesk.models.names import folded
from crmdesk.models.registry import entity_class
from crmdesk.store.reader import IN_IDS, id_list

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from crmdesk.exchange.shapes.work import Draft, Values
    from crmdesk.store import Store

NAMELESS = frozenset({"contact", "lead", "deal", "activity", "task", "ticket", "quote"})
"""What may come without anything by which it is recognised."""
ONCE_IN_A_FILE = frozenset({"contact", "lead"})
"""Of these, two rows that are the same in everything are one record; two equal deals may be two deals, two equal calls two calls."""
FOUND_BY = ("sort_key", "at", "due_at", "due_on", "opened_at", "date", "contact_id", "deal_id", "ticket_id", "lead_id", "company_id")
"""The indexed columns by which records are looked up that may be the same as a row, the most telling first."""
HELD = 200_000
"""So many new records of a file can be completed by later rows."""

Whole = tuple[Any, ...]
"""Everything that a row says of a record, in a form that is equal where it says the same."""


def whole(names: Sequence[str], values: Values, parts: Parts | None) -> Whole:
    """Return what a row says in all columns and list fields."""
    return (*(values.get(name) for name in names), *_of_parts(parts or Parts()))


def _of_parts(parts: Parts) -> Whole:
    return (
        frozenset(phone[3] or phone[1] for phone in parts.phones), frozenset(mail[2] for mail in parts.emails), frozenset(handle[1] for handle in parts.handles),
        frozenset((folded(address[1] or ""), address[2] or "", address[6] or "") for address in parts.addresses), frozenset(parts.tags), parts.note or None,
    )  # fmt: skip


def compared(entity: str, given: Iterable[str]) -> tuple[str, ...]:
    """Return the columns in which two records must be the same: those of the file, and what tells records apart.

    Not the number: a row with one is known by it, and one without got its own from the store.
    """
    columns = entity_class(entity).columns
    telling = {"external_id", "company_id"} if "sort_key" in columns else {"external_id"}
    return tuple(sorted({name for name in (*given, *telling) if name in columns and name not in {"id", "source", "sort_key", "number"}}))


def _plain(entity: str) -> dict[str, Callable[[Any], Any]]:
    """Return, by column, how values are compared that are not compared as they are: tables for people tell the minute, and no file keeps every blank."""
    made: dict[str, Callable[[Any], Any]] = {}
    for item in entity_class(entity).fields.values():
        if item.kind == "moment":
            made[item.column] = lambda value: value and value // MINUTE
        elif item.kind in {"text", "long_text"}:
            made[item.column] = lambda value: " ".join(str(value or "").split())
    return made


def same_records(store: Store, entity: str, given: Iterable[str], drafts: Sequence[Draft]) -> list[tuple[bytes, ...]]:
    """Return, for rows without any key, the live records that are the same in everything: no more and no less.

    Args:
        given: the columns that the file may fill.
    """
    names, plain = compared(entity, given), _plain(entity)
    by_column: dict[str, list[int]] = {}
    for place, draft in enumerate(drafts):
        by_column.setdefault(_found_by(entity, names, draft), []).append(place)
    found: list[tuple[bytes, ...]] = [()] * len(drafts)
    for column, places in by_column.items():
        there = _present(store, entity, names, column, {drafts[place].values[column] for place in places}, plain)
        for place in places if there else ():
            draft = drafts[place]
            its = {name: plain[name](draft.values.get(name)) if name in plain else draft.values.get(name) for name in names}
            of_row = whole(names, its, draft.parts)
            found[place] = tuple(there.get((*of_row, _said(draft)), ()))
    return found


def _found_by(entity: str, names: Collection[str], draft: Draft) -> str:
    told = (name for name in FOUND_BY if (name in names or name == "sort_key") and draft.values.get(name) not in (None, ""))
    return next(told, entity_class(entity).entity.title)


def _said(draft: Draft) -> str:
    """Return the first message of a ticket."""
    return " ".join(str(draft.rest.get("said") or "").split())


def _present(
    store: Store, entity: str, names: Sequence[str], column: str, wanted: Collection[Any], plain: Mapping[str, Callable[[Any], Any]]
) -> dict[Whole, list[bytes]]:  # fmt: skip
    """Return the live records that have some values in a column, by what they are compared by."""
    listed = ", ".join(f't."{name}"' for name in ("id", *names))
    said = (
        "(SELECT m.body FROM message m WHERE m.ticket_id = t.id AND m.deleted_at IS NULL ORDER BY m.position, m.at, m.id LIMIT 1)"
        if entity == "ticket"
        else "NULL"
    )
    live = "t.deleted_at IS NULL" + (" AND t.converted_at IS NULL" if entity == "lead" else "")
    if column in {item.column for item in entity_class(entity).fields.values() if item.kind == "moment"}:
        within = f'json_each(?) w JOIN "{entity}" t ON t."{column}" >= w.value AND t."{column}" < w.value + {MINUTE}'
        values = json.dumps(sorted({value // MINUTE * MINUTE for value in wanted}))
    elif column.endswith("_id"):
        within, values = f'json_each(?) w JOIN "{entity}" t ON t."{column}" = unhex(w.value)', id_list(wanted)
    else:
        within, values = f'json_each(?) w JOIN "{entity}" t ON t."{column}" = w.value', json.dumps(sorted(wanted), ensure_ascii=False)
    with store.read() as reader:
        rows = reader.rows(f"SELECT {listed}, {said} FROM {within} WHERE {live} ORDER BY t.id", (values,))
    if not rows:
        return {}
    present = PresentParts(store, entity, {row[0] for row in rows})
    found: dict[Whole, list[bytes]] = {}
    for record, *stored, body in rows:
        own = (plain[name](value) if name in plain else value for name, value in zip(names, stored, strict=True))
        found.setdefault((*own, *present.whole(record), " ".join((body or "").split())), []).append(record)
    return found


class PresentParts:
    """The list fields that known records have already."""

    def __init__(self, store: Store, entity: str, records: set[bytes]) -> None:
        self._owner = f"{entity}_id"
        self.has: dict[str, dict[bytes, list[Any]]] = {}
        wanted = id_list(records)
        with store.read() as reader:
            for part, columns in (
                ("phone", "e164, number"), ("email", "key"), ("handle", "handle"), ("address", "street, postal_code, city_key, state, country, label, id"),
                ("record_tag", "tag_id"), ("memo", "id, text")
            ):  # fmt: skip
                if self._owner not in entity_class(part).columns:
                    continue
                sql = f'SELECT "{self._owner}", {columns} FROM "{part}" WHERE "{self._owner}" {IN_IDS} AND deleted_at IS NULL'
                for record, *values in reader.rows(sql, (wanted,)):
                    self.has.setdefault(part, {}).setdefault(record, []).append(tuple(values))

    def learn(self, record: bytes, parts: Parts) -> None:
        """Take note of what a record of this file has; its note has no id yet, so it is left as it is."""
        for part, rows in (
            ("phone", [(phone[3], phone[1]) for phone in parts.phones]), ("email", [(mail[2],) for mail in parts.emails]), ("handle", [(handle[1],) for handle in parts.handles]),
            ("address", [(address[1], address[2], address[6], address[4], address[5], address[0], None) for address in parts.addresses]), ("record_tag", [(tag,) for tag in parts.tags]),
            ("memo", [(None, parts.note)] if parts.note else []),
        ):  # fmt: skip
            if rows:
                self.has.setdefault(part, {}).setdefault(record, []).extend(rows)

    def whole(self, record: bytes) -> Whole:
        """Return what a record has in list fields, as rows are compared."""
        has = {part: self.has.get(part, {}).get(record, []) for part in ("phone", "email", "handle", "address", "record_tag", "memo")}
        return (
            frozenset(e164 or number for e164, number in has["phone"]), frozenset(key for (key,) in has["email"]), frozenset(handle for (handle,) in has["handle"]),
            frozenset((folded(street or ""), postal_code or "", city or "") for street, postal_code, city, *_ in has["address"]),
            frozenset(tag for (tag,) in has["record_tag"]), "\n".join(text or "" for _, text in has["memo"]) or None,
        )  # fmt: skip


class Fresh:
    """What the new records of a file are made of, packed, so that a later row of the same record can complete it."""

    def __init__(self) -> None:
        self._packed: dict[bytes, bytes] = {}

    def __contains__(self, record: bytes) -> bool:
        return record in self._packed

    def keep(self, record: bytes, values: Values, parts: Parts | None) -> None:
        """Keep what a record is made of, or what it is now; of a very long file only the first ones."""
        if record in self._packed or len(self._packed) < HELD:
            given = parts or Parts()
            lists = (given.phones, given.emails, given.handles, given.addresses, given.tags, given.note)
            self._packed[record] = marshal.dumps(({name: value for name, value in values.items() if value is not None}, lists))

    def of(self, record: bytes) -> tuple[Values, Parts]:
        """Return what a record is made of."""
        values, lists = marshal.loads(self._packed[record])
        return values, Parts(*lists)
