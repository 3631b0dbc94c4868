"""Triggers made from the registry: they only record what changed; the door completes.

A trigger that finds no transaction in the one-row table `current` rolls back, so nothing can write past the door. Time comes from nowhere else.
ROLLBACK and not ABORT: to be able to abort, SQLite copies every page that a statement touches, and a third of an import went into that.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from crmdesk.models.base import ENTITIES, Record
from crmdesk.store.connections import Connection, rows
from crmdesk.store.schema import INSERT, PURGE, UPDATE

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAST = "RAISE(ROLLBACK, 'written past the door')"
_GUARD = f"SELECT {_PAST} WHERE (SELECT tx FROM current) IS NULL"


def journaled_columns(cls: type[Record]) -> list[tuple[str, str]]:
    """Return (journal name, column) of every column that a change of is recorded; derived ones are not, `custom` goes key by key."""
    derived = {field.column for field in cls.fields.values() if field.derived}
    return [(name, name) for name in cls.columns if name not in derived | {"id", "custom"}]


def is_blob(cls: type[Record], column: str) -> bool:
    """Say whether a column holds raw bytes, which the journal writes as hex."""
    return cls.columns[column].holds_id


def value_sql(cls: type[Record], column: str, row: str) -> str:
    """Return the SQL of a column's value as the journal writes it; `row` is NEW, OLD or a table's name."""
    value = f'{row}."{column}"'
    return f"iif({value} IS NULL, NULL, lower(hex({value})))" if is_blob(cls, column) else value


def _changes(cls: type[Record]) -> str:
    pieces = [
        f'iif(OLD."{column}" IS NEW."{column}", \'\', \',"{name}":\' || json_array({value_sql(cls, column, "OLD")}, {value_sql(cls, column, "NEW")}))'
        for name, column in journaled_columns(cls)
    ]
    pieces.append(
        "iif(OLD.custom IS NEW.custom, '', ifnull((SELECT group_concat(',' || json_quote('custom.' || k) || ':' || "
        "json_array(json_extract(OLD.custom, p), json_extract(NEW.custom, p)), '') FROM (SELECT key AS k, '$.\"' || key || '\"' AS p FROM json_each(ifnull(OLD.custom, '{}')) "
        "UNION SELECT key, '$.\"' || key || '\"' FROM json_each(ifnull(NEW.custom, '{}'))) "
        "WHERE json_extract(OLD.custom, p) IS NOT json_extract(NEW.custom, p)), ''))"
    )
    return "'{' || substr(" + " || ".join(pieces) + ", 2) || '}'"


def _whole_row(cls: type[Record]) -> str:
    pairs = ", ".join(f"'{name}', {value_sql(cls, column, 'OLD')}" for name, column in journaled_columns(cls))
    return f"json_object({pairs}, 'custom', OLD.custom)"


def triggers_of(cls: type[Record]) -> Iterator[tuple[str, str]]:
    """Yield (name, SQL) of an entity's triggers."""
    table, number = cls.entity.name, cls.entity.number
    record = "INSERT INTO journal(tx, tbl, row, op, changes)"
    changed = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in [*(c for _, c in journaled_columns(cls)), "custom"])
    yield (
        f"{table}_ins",
        f"""CREATE TRIGGER {table}_ins AFTER INSERT ON "{table}" BEGIN
        {record} VALUES (coalesce((SELECT tx FROM current), {_PAST}), {number}, NEW.id, {INSERT}, NULL); END""",
    )
    yield (
        f"{table}_upd",
        f"""CREATE TRIGGER {table}_upd AFTER UPDATE ON "{table}" BEGIN {_GUARD};
        {record} SELECT (SELECT tx FROM current), {number}, NEW.id, {UPDATE}, {_changes(cls)} WHERE {changed}; END""",
    )
    yield (
        f"{table}_pk",
        f"""CREATE TRIGGER {table}_pk BEFORE UPDATE OF id ON "{table}" WHEN OLD.id IS NOT NEW.id BEGIN
        SELECT RAISE(ABORT, 'a record keeps its id'); END""",
    )
    yield (
        f"{table}_del",
        f"""CREATE TRIGGER {table}_del BEFORE DELETE ON "{table}" BEGIN {_GUARD};
        SELECT RAISE(ABORT, 'records are deleted by deleted_at') WHERE (SELECT purging FROM current) IS NULL;
        {record} VALUES ((SELECT tx FROM current), {number}, OLD.id, {PURGE}, {_whole_row(cls)}); END""",
    )


@lru_cache(maxsize=1)
def all_triggers() -> dict[str, str]:
    """Return every trigger that a store of this version has, name to SQL."""
    return {name: " ".join(sql.split()) for cls in ENTITIES.values() if cls.entity.journaled for name, sql in triggers_of(cls)}


def trigger_problems(connection: Connection) -> Iterator[str]:
    """Yield the triggers that are missing or not as the registry makes them."""
    present = dict(rows(connection, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    for name, sql in all_triggers().items():
        if present.get(name) != sql:
            yield f"trigger {name} is missing or changed"
    for name in present.keys() - all_triggers().keys():
        yield f"trigger {name} is unknown"
