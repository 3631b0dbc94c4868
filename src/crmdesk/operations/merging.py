"""Merging records that are the same, and remembering of lookalikes that they are not."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.errors import UserError
from crmdesk.i18n import mark, tr
from crmdesk.models.base import ENTITIES, Record
from crmdesk.models.registry import MAIN, entity_class
from crmdesk.models.same import MergedRecord, NotSame
from crmdesk.operations import records, values
from crmdesk.queries.finding import title_field
from crmdesk.store.door import Change, operation, parts_of
from crmdesk.store.reader import IN_IDS, id_list
from crmdesk.store.rights import authorize
from crmdesk.store.settings import named_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmdesk.fields import Field

# Records with a number of their own are documents and stay what they are.
MERGED = tuple(name for name in MAIN if ENTITIES[name].entity.series is None)
_OWN = frozenset({"source", "external_id", "sort_key"})


@dataclass(frozen=True)
class Merged:
    """What a merge did.

    Attributes:
        filled: the fields that the kept record took from the others.
        moved: how many records of each entity belong to the kept record now.
    """

    kept: UUID
    gone: tuple[UUID, ...]
    filled: tuple[str, ...]
    moved: Mapping[str, int] = field(default_factory=dict)


@operation(mark("Merge"), right="store.read")
def merge(change: Change, entity: str, keep: UUID, others: Sequence[UUID], choices: Mapping[str, UUID] | None = None) -> Merged:
    """Merge records into one: everything that belongs to them moves to it, and they go to the bin.

    Empty fields of the kept record are filled from the others in their order; notes are joined; phones, mails, addresses and tags come together.

    Args:
        keep: the record that stays. others: those that go.
        choices: by field name, the record whose value is taken; own fields by `custom.` and their id.

    Raises:
        UserError: an entity whose records are not merged, an unknown record or field, or nothing to merge.
    """
    cls = entity_class(entity)
    if cls.entity.name not in MERGED:
        raise UserError(tr("{entity} records can't be merged.", entity=tr(cls.entity.label)))
    authorize(change.viewer, f"{cls.entity.name}.write")
    kept = change.get(cls, keep)
    gone = [change.get(cls, other) for other in dict.fromkeys(others) if other != keep]
    if not gone:
        raise UserError(tr("A merge needs two different records."))
    before = {column: getattr(kept, column) for column in kept.columns}
    _choose(kept, gone, choices or {})
    _take_external_id(kept, gone)
    _untangle(change, kept, [record.id for record in gone])
    _join_notes(change, kept, gone)
    moved = _move_all(change, kept, gone)
    change.flush()
    _break_circles(change, kept)
    _remember(change, cls.entity.name, kept, gone)
    change.delete(cls, [record.id for record in gone])
    filled = tuple(item.name for item in _single_fields(cls) if before[item.column] != getattr(kept, item.column))
    change.note(about=str(getattr(kept, title_field(cls)) or ""), merged=[record.id.hex for record in gone])
    return Merged(keep, tuple(record.id for record in gone), filled, moved)


@operation(mark("Complete"), right="store.read")
def complete(change: Change, entity: str, keep: UUID, typed: Mapping[str, Any]) -> UUID:
    """Let a record that is there take what was typed for a new one: what it lacks is filled, what it has stays. Returns the record.

    Raises:
        UserError: as `records.add` and `merge`.
    """
    cls = entity_class(entity)
    kept = change.get(cls, keep)
    given = {name: _not_there(change, kept, cls.fields[name], value) if isinstance(value, list) else value for name, value in typed.items()}
    merge(change, entity, keep, [records.add(change, entity, given, anyway=True)])
    return keep


def _not_there(change: Change, kept: Record, item: Field, parts: Sequence[Any]) -> list[Any]:
    """Return the entries of a list field that a record does not have yet: what must be there once is not added a second time on the way."""
    part = ENTITIES[item.target or ""]
    has = {_plain(getattr(one, part.entity.value)) for one in values.parts(change, kept, part.entity.name)}
    return [one for one in parts if _plain(one.get("value") if isinstance(one, dict) else one) not in has]


def _plain(text: Any) -> str:
    return "".join(str(text or "").split()).casefold()


# -- values ------------------------------------------------------------------------------------------------------------------------


def _single_fields(cls: type[Record]) -> Iterator[Field]:
    return (item for item in cls.fields.values() if item.kind != "parts" and not item.derived and item.name not in _OWN)


def _is_empty(value: Any) -> bool:
    return value is None or value == ""


def _choose(kept: Any, gone: Sequence[Any], choices: Mapping[str, UUID]) -> None:
    """Put the chosen values on the kept record and fill what is empty."""
    cls = type(kept)
    by_id = {record.id: record for record in (kept, *gone)}
    known = {item.name for item in _single_fields(cls)}
    for name, record in choices.items():
        if record not in by_id or (name not in known and not name.startswith("custom.")):
            raise UserError(
                tr("{entity} has no field “{name}”.", entity=tr(cls.entity.label), name=name)
                if record in by_id
                else tr("This record is not among those merged.")
            )
    done: set[str] = set()
    for item in _single_fields(cls):
        if item.name in done:
            continue
        group = [other for other in _single_fields(cls) if item.group and other.group == item.group] or [item]
        done.update(other.name for other in group)
        chosen = next((choices[other.name] for other in group if other.name in choices), None)
        source = by_id[chosen] if chosen else _first_with(kept, gone, group)
        for other in group:
            setattr(kept, other.column, getattr(source, other.column))
    _choose_own(kept, gone, choices, by_id)


def _first_with(kept: Any, gone: Sequence[Any], group: Sequence[Field]) -> Any:
    """Return the first record that says something in a group of fields; a currency alone says nothing."""
    telling = [item for item in group if item.name != "currency"] or list(group)
    return next((record for record in (kept, *gone) if any(not _is_empty(getattr(record, item.column)) for item in telling)), kept)


def _choose_own(kept: Any, gone: Sequence[Any], choices: Mapping[str, UUID], by_id: Mapping[UUID, Any]) -> None:
    """Do the same with the user's own fields."""
    own: dict[str, Any] = {}
    for record in reversed((kept, *gone)):
        own.update(json.loads(record.custom or "{}"))
    for name, record_id in choices.items():
        if name.startswith("custom."):
            given = json.loads(by_id[record_id].custom or "{}")
            if name[7:] in given:
                own[name[7:]] = given[name[7:]]
            else:
                own.pop(name[7:], None)
    text = json.dumps(own, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if own else None
    if json.loads(kept.custom or "{}") != own:
        kept.custom = text


def _take_external_id(kept: Any, gone: Sequence[Any]) -> None:
    """Let a record made here be known by the id of the program from which another one came, so that its next import finds it."""
    source = next((record for record in gone if record.external_id), None)
    if source and not kept.external_id:
        kept.source, kept.external_id = source.source, source.external_id


def _own_links(cls: type[Record]) -> list[Field]:
    """Return the fields by which records of an entity point at one another, such as the parent company."""
    return [item for item in cls.fields.values() if item.kind == "link" and item.target == cls.entity.name]


def _untangle(change: Change, kept: Any, gone: Sequence[UUID]) -> None:
    """Let nothing point from the kept record to itself or to one that goes."""
    for item in _own_links(type(kept)):
        if getattr(kept, item.column) in {kept.id, *gone}:
            setattr(kept, item.column, None)
    change.flush()


def _break_circles(change: Change, kept: Any) -> None:
    """Cut the kept record off from above where merging put it under itself."""
    for item in _own_links(type(kept)):
        above, seen = getattr(kept, item.column), set()
        while above is not None and above not in seen and above != kept.id:
            seen.add(above)
            found = change.reader.value(f'SELECT "{item.column}" FROM "{kept.entity.name}" WHERE id = ?', (above.bytes,))  # noqa: S608
            above = UUID(bytes=found) if found else None
        if above == kept.id:
            setattr(kept, item.column, None)
            change.flush()


# -- what belongs to them ------------------------------------------------------------------------------------------------------------


def _join_notes(change: Change, kept: Any, gone: Sequence[Any]) -> None:
    cls: type[Record] = type(kept)
    if "memo" not in {part for part, _column in parts_of(cls)}:
        return
    notes = values.parts(change, kept, "memo")
    for record in gone:
        for memo in values.parts(change, record, "memo"):
            if notes and memo.text and memo.text not in (notes[0].text or ""):
                notes[0].text = f"{notes[0].text}\n\n{memo.text}" if notes[0].text else memo.text
            elif not notes and memo.text:
                notes.append(values.add_part(change, kept, "memo", label=memo.label, position=0, text=memo.text))
    change.flush()


def _links_to(entity: str) -> Iterator[tuple[type[Record], Field]]:
    """Yield every field of every entity that points at records of one."""
    for cls in ENTITIES.values():
        yield from ((cls, item) for item in cls.fields.values() if item.kind == "link" and item.target == entity)


def _move_all(change: Change, kept: Any, gone: Sequence[Any]) -> dict[str, int]:
    """Let everything that points at those that go point at the one that stays; returns how many of each entity."""
    entity: str = kept.entity.name
    cls: type[Record] = type(kept)
    owned = {part for part, _column in parts_of(cls)}
    moved: dict[str, int] = {}
    for other, item in _links_to(entity):
        name = other.entity.name
        if name == "memo" and name in owned:
            continue
        if name in owned and item.column == f"{entity}_id":
            count = _move_parts(change, other, item.column, kept.id, [record.id for record in gone])
        else:
            _drop_doubles(change, other, item, kept.id, [record.id for record in gone])
            wanted = id_list(record.id for record in gone)
            still = " AND deleted_at IS NULL" if other.entity.owned_by else ""
            count = change.execute(
                f'UPDATE "{name}" SET "{item.column}" = ? WHERE "{item.column}" {IN_IDS} AND id <> ?{still}', (kept.id.bytes, wanted, kept.id.bytes)
            )  # noqa: S608
        if count:
            moved[name] = moved.get(name, 0) + count
    return moved


_SAYS = {"phone": "coalesce(e164, number)", "email": "key", "handle": "ifnull(label, '') || char(10) || ifnull(handle, '')", "record_tag": "hex(tag_id)"}
_ADDRESS = (
    "lower(ifnull(street, '')||char(10)||ifnull(postal_code, '')||char(10)||ifnull(city, '')||char(10)||ifnull(state, '')||char(10)||ifnull(country, ''))"
)


def _says(part: type[Record], column: str) -> str:
    """Return what a part says, as SQL: a part that says what the kept record says already stays behind."""
    name = part.entity.name
    if name == "address":
        return _ADDRESS
    if name in _SAYS:
        return _SAYS[name]
    left = {"id", "position", "deleted_at", "source", "external_id", column}
    return " || char(10) || ".join(f"ifnull(hex(\"{other}\"), '')" for other in part.columns if other not in left)


def _move_parts(change: Change, part: type[Record], column: str, keep: UUID, gone: Sequence[UUID]) -> int:
    """Move phones, tags and the like behind those of the kept record; what it has already stays with those that go."""
    name, says = part.entity.name, _says(part, column)
    ordered = "position, id" if "position" in part.columns else "id"
    has = {value for (value,) in change.reader.rows(f'SELECT {says} FROM "{name}" WHERE "{column}" = ? AND deleted_at IS NULL', (keep.bytes,))}  # noqa: S608
    last = (
        change.reader.value(f'SELECT ifnull(max(position), -1) FROM "{name}" WHERE "{column}" = ? AND deleted_at IS NULL', (keep.bytes,))
        if "position" in part.columns
        else 0
    )  # noqa: S608
    rows: list[tuple[Any, ...]] = []
    for other in gone:
        for record, value in change.reader.rows(
            f'SELECT id, {says} FROM "{name}" WHERE "{column}" = ? AND deleted_at IS NULL ORDER BY {ordered}', (other.bytes,)
        ):  # noqa: S608
            if value not in has:
                has.add(value)
                last += 1
                rows.append((keep.bytes, last, record) if "position" in part.columns else (keep.bytes, record))
    if rows:
        change.update_many(part, (column, "position") if "position" in part.columns else (column,), rows)
    return len(rows)


def _drop_doubles(change: Change, other: type[Record], item: Field, keep: UUID, gone: Sequence[UUID]) -> None:
    """Put parts of others into the bin that would say the same twice, such as a deal's contact when both contacts are on the deal."""
    if not other.entity.owned_by or other.entity.value != item.name:
        return
    name, wanted = other.entity.name, id_list(gone)
    for owner in other.entity.owned_by:
        link = f"{owner}_id"
        change.execute(
            f'UPDATE "{name}" SET deleted_at = ? WHERE "{item.column}" {IN_IDS} AND deleted_at IS NULL AND "{link}" IS NOT NULL AND EXISTS '  # noqa: S608
            f'(SELECT 1 FROM "{name}" k WHERE k."{link}" = "{name}"."{link}" AND k.deleted_at IS NULL AND (k."{item.column}" = ? OR (k."{item.column}" {IN_IDS} AND k.id < "{name}".id)))',
            (change.at_ms, wanted, keep.bytes, wanted),
        )


def _remember(change: Change, entity: str, kept: Record, gone: Iterable[Record]) -> None:
    """Note which record went where, so that imports of the old ids and readers of the history find the kept one."""
    for record in gone:
        change.execute("UPDATE merged_record SET kept = ? WHERE about = ? AND kept = ? AND deleted_at IS NULL", (kept.id.hex, entity, record.id.hex))
        change.add(MergedRecord, about=entity, gone=record.id.hex, kept=kept.id.hex, source=record.source, external_id=record.external_id)
    change.flush()


# -- not the same --------------------------------------------------------------------------------------------------------------------


@operation(mark("Tell apart"), right="store.read")
def tell_apart(change: Change, entity: str, first: UUID, second: UUID) -> None:
    """Remember that two records which look alike are not the same.

    Raises:
        UserError: one of them is unknown, or both are one.
    """
    cls = entity_class(entity)
    authorize(change.viewer, f"{cls.entity.name}.write")
    if first == second:
        raise UserError(tr("Telling apart needs two different records."))
    one, other = (change.get(cls, record) for record in sorted((first, second), key=lambda record: record.bytes))
    key = named_id("not_same", f"{cls.entity.name}:{one.id.hex}:{other.id.hex}")
    found = change.reader.one("SELECT deleted_at FROM not_same WHERE id = ?", (key.bytes,))
    if found is None:
        change.add(NotSame, id=key, about=cls.entity.name, first=one.id.hex, second=other.id.hex)
    elif found[0] is not None:
        change.restore(NotSame, [key])
    title = title_field(cls)
    change.note(about=tr("{name} and {other}", name=getattr(one, title) or "", other=getattr(other, title) or ""))


@operation(mark("Tell apart"), right="store.read")
def tell_all_apart(change: Change, entity: str, members: Sequence[UUID]) -> None:
    """Remember of several records that no two of them are the same."""
    for first, second in combinations(members, 2):
        tell_apart(change, entity, first, second)
