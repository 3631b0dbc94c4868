"""The first rows of a list, sooner than all of it: along the index that leads to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmdesk.models.registry import entity_class
from crmdesk.queries.finding import NORMAL, field_for, visible, where_sql
from crmdesk.queries.ordering import BY_DAY, part_value_sql
from crmdesk.queries.records import ids
from crmdesk.store.reader import id_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.fields import Field
    from crmdesk.models.base import Record
    from crmdesk.queries.finding import Condition
    from crmdesk.store.reader import Reader

PROBE, FIRST_PROBE, RARE = 4000, 500, 0.04
FEW = 200
SCREENFUL = 80  # narrow rows on the tallest screens


def first_ids(reader: Reader, entity: str, conditions: Sequence[Condition] = (), sort: Sequence[str] = (), limit: int = SCREENFUL) -> list[bytes]:
    """Return the first ids of a list, sooner than all of them: what is shown while the rest loads. The same order as `ids`."""
    cls = entity_class(entity)
    name = sort[0].lstrip("-") if sort else ""
    natural = cls.entity.name not in BY_DAY and "position" not in cls.columns
    if "sort_key" in cls.columns and len(sort) <= 1 and (name == cls.entity.title or (not sort and natural)):
        down = " DESC" if sort and sort[0].startswith("-") else ""
        found = _first_by_name(reader, cls, conditions, down, limit)
        if found is not None:
            return found
    elif len(sort) == 1 and not _hold_rarely(reader, cls, conditions):
        led = _first_by_link(reader, cls, conditions, sort[0], limit) or _first_by_part(reader, cls, conditions, sort[0], limit)
        if led:
            return led
    return ids(reader, entity, conditions, sort, limit=limit)


def _hold_rarely(reader: Reader, cls: type[Record], conditions: Sequence[Condition]) -> bool:
    """Say whether so few records meet the conditions that sorting all of these is less work than walking an index until a page is full."""
    if not conditions or "sort_key" not in cls.columns:
        return False
    where = where_sql(cls, conditions, reader, of_few=True)
    looked_at = f'SELECT * FROM "{cls.entity.name}" ORDER BY sort_key, id LIMIT {FIRST_PROBE}'  # noqa: S608
    return int(reader.value(f"SELECT count(*) FROM ({looked_at}) t WHERE {where.sql}", where.parameters)) < FIRST_PROBE * RARE  # noqa: S608


_COLUMN = re.compile(r'\bt\."?(\w+)')


def _first_by_name(reader: Reader, cls: type[Record], conditions: Sequence[Condition], down: str, limit: int) -> list[bytes] | None:
    """Return the first ids by name as far as the index leads quickly; None if the conditions hold too rarely for that."""
    seen, where = visible(cls, reader), where_sql(cls, conditions, reader, of_few=True)
    found: list[bytes] = []
    # Filters by phones, mails and tags need no more of the record than the index by name holds.
    needed = ", ".join(f't."{column}"' for column in {"id", *_COLUMN.findall(where.sql)} & cls.columns.keys())
    for probe in (FIRST_PROBE, PROBE) if conditions else (limit,):
        looked_at = f'SELECT {needed} FROM "{cls.entity.name}" t WHERE {seen.sql} ORDER BY t.sort_key{down}, t.id{down} LIMIT {probe}'  # noqa: S608
        found = [row[0] for row in reader.rows(f"SELECT t.id FROM ({looked_at}) t WHERE {where.sql} LIMIT ?", (*seen.parameters, *where.parameters, limit))]  # noqa: S608
        if len(found) == limit or not conditions:
            return found
        if len(found) * PROBE < limit * probe:
            break
    return None


def _first_by_link(reader: Reader, cls: type[Record], conditions: Sequence[Condition], sort: str, limit: int) -> list[bytes] | None:
    """Return the first ids sorted by a link's name, walking the linked records in their order; None if that does not fill a page."""
    field = cls.fields.get(sort.lstrip("-"))
    if field is None or field.kind != "link" or not cls.columns[field.column].is_indexed:
        return None
    target = entity_class(field.target or "")
    if "sort_key" not in target.columns or "position" in target.columns:
        return None
    where, down = where_sql(cls, conditions, reader, of_few=True), " DESC" if sort.startswith("-") else ""
    live = where.sql.replace("t.deleted_at", "+t.deleted_at", 1)
    linked = reader.rows(f'SELECT l.id, l.sort_key FROM "{field.target}" l WHERE l.sort_key IS NOT NULL ORDER BY l.sort_key{down} LIMIT {FEW + 1}')  # noqa: S608
    found: list[bytes] = []
    if len(linked) <= FEW:
        # A few members own many records each: the first of each one, without sorting all.
        names: dict[str, list[bytes]] = {}
        for record, name in linked:
            names.setdefault(name, []).append(record)
        for of_name in names.values():
            sql = f'SELECT t.id FROM "{cls.entity.name}" t WHERE t."{field.column}" IN ({", ".join("?" * len(of_name))}) AND {live} ORDER BY t.id LIMIT ?'  # noqa: S608
            found += [row[0] for row in reader.rows(sql, (*of_name, *where.parameters, limit - len(found)))]
            if len(found) >= limit:
                return found
        return None
    sql = (
        f'SELECT t.id FROM "{field.target}" l CROSS JOIN "{cls.entity.name}" t ON t."{field.column}" = l.id '  # noqa: S608
        f"WHERE l.deleted_at IS NULL AND {live} ORDER BY l.sort_key{down}, t.id LIMIT ?"
    )
    found = [row[0] for row in reader.rows(sql, (*where.parameters, limit))]
    return found if len(found) == limit else None


def _first_by_part(reader: Reader, cls: type[Record], conditions: Sequence[Condition], sort: str, limit: int) -> list[bytes] | None:
    """Return the first ids sorted by a list field, as far as the index of its normal form leads quickly; None if that does not fill a page."""
    field, inner, _ = field_for(cls, sort.lstrip("-"), reader)
    if inner is not None and inner.kind == "link":
        return _first_by_part_link(reader, cls, conditions, field, inner, sort.startswith("-"), limit)
    if inner is None:
        return None
    key, owner, down = NORMAL.get((field.target, inner.name), inner.column), f"{cls.entity.name}_id", " DESC" if sort.startswith("-") else ""
    where = where_sql(cls, conditions, reader, of_few=True)
    own = f'SELECT 1 FROM "{field.target}" WHERE "{owner}" IS NOT NULL LIMIT {PROBE}'  # noqa: S608
    # Where these owners have few, those of all others would be walked through in the order of their values.
    sign = "+" if reader.value(f"SELECT count(*) FROM ({own})") < PROBE else ""  # noqa: S608
    given = f'SELECT p.id FROM "{field.target}" p WHERE p."{owner}" IS NOT NULL AND p.deleted_at IS NULL AND {sign}p."{key}" IS NOT NULL'  # noqa: S608
    sql = (
        f'SELECT t.id FROM json_each(?) j CROSS JOIN "{field.target}" p ON p.id = unhex(j.value) CROSS JOIN "{cls.entity.name}" t ON t.id = p."{owner}" '  # noqa: S608
        f'WHERE {where.sql} AND {_is_first_part(field, owner)} ORDER BY p."{key}"{down}, t.id LIMIT ?'
    )
    found: list[bytes] = []
    for probe in (min(FIRST_PROBE if conditions else 2 * limit, PROBE), PROBE):
        nearest = [row[0] for row in reader.rows(f'{given} ORDER BY {sign}p."{key}"{down}, p."{owner}" LIMIT {probe}')]
        found = [row[0] for row in reader.rows(sql, (id_list(nearest), *where.parameters, limit))]
        if len(found) == limit:
            return found
        if len(nearest) < probe:
            break
    if conditions or len(nearest) == probe:
        return None
    value = part_value_sql(cls, field, inner)
    rest = reader.rows(
        f'SELECT t.id FROM "{cls.entity.name}" t WHERE {where.sql} AND {value} IS NULL ORDER BY t.id LIMIT ?', (*where.parameters, limit - len(found))
    )  # noqa: S608
    return [*found, *(row[0] for row in rest)]


def _is_first_part(field: Field, owner: str) -> str:
    """Return the SQL that a part `p` is the first of its owner."""
    return (
        f'NOT EXISTS (SELECT 1 FROM "{field.target}" o WHERE o."{owner}" = p."{owner}" AND o.deleted_at IS NULL '  # noqa: S608
        f"AND (ifnull(o.position, -1), o.id) < (ifnull(p.position, -1), p.id))"
    )


def _first_by_part_link(
    reader: Reader, cls: type[Record], conditions: Sequence[Condition], field: Field, inner: Field, is_down: bool, limit: int
) -> list[bytes] | None:
    """Return the first ids sorted by what the first part links to, such as a tag: one name after the other. None if that does not fill a page."""
    target = entity_class(inner.target or "")
    if "sort_key" not in target.columns:
        return None
    named = reader.rows(
        f'SELECT sort_key, id FROM "{inner.target}" WHERE sort_key IS NOT NULL ORDER BY sort_key{" DESC" if is_down else ""} LIMIT {FEW + 1}'  # noqa: S608
    )
    if len(named) > FEW:
        return None
    names: dict[str, list[bytes]] = {}
    for name, record in named:
        names.setdefault(name, []).append(record)
    where, owner, found = where_sql(cls, conditions, reader, of_few=True), f"{cls.entity.name}_id", list[bytes]()
    for bearing in names.values():
        marks = ", ".join("?" * len(bearing))
        count = reader.value(f'SELECT count(*) FROM (SELECT 1 FROM "{field.target}" WHERE "{inner.column}" IN ({marks}) LIMIT {PROBE})', bearing)  # noqa: S608
        # Records in their order until enough bear a common name; a rare one by its own index.
        by_record, by_name = ("+", "") if count < PROBE else ("", "+")
        sql = (
            f'SELECT p."{owner}" FROM "{field.target}" p WHERE p."{owner}" IS NOT NULL AND {by_name}p."{inner.column}" IN ({marks}) AND p.deleted_at IS NULL '  # noqa: S608
            f'AND {_is_first_part(field, owner)} AND EXISTS (SELECT 1 FROM "{cls.entity.name}" t WHERE t.id = p."{owner}" AND {where.sql}) '
            f'ORDER BY {by_record}p."{owner}" LIMIT ?'
        )
        found += [row[0] for row in reader.rows(sql, (*bearing, *where.parameters, limit - len(found)))]
        if len(found) == limit:
            return found
    return None
