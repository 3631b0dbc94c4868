"""Undo and redo from the journal: set-based, across restarts, refused where somebody's later work would be lost."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crmdesk.errors import CannotUndo, LaterWork
from crmdesk.i18n import tr
from crmdesk.models.base import ENTITIES, Record
from crmdesk.models.registry import BY_NUMBER
from crmdesk.store import areas
from crmdesk.store.connections import Connection, rows
from crmdesk.store.door import HAS_LEFT, OPERATIONS, derive_sources
from crmdesk.store.journal import UNFINISHED
from crmdesk.store.schema import INSERT, UPDATE
from crmdesk.store.stamps import derive_again
from crmdesk.store.triggers import is_blob, value_sql

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from crmdesk.store.settings import Settings

_SPENT, _SERIES, _SETTING = (ENTITIES[name] for name in ("spent_number", "number_series", "setting"))
_COUNTED = frozenset({"next_value", "year"})
"""What a series itself moves on with each number. It may be put back all the same: numbers that were given are skipped."""


@dataclass(frozen=True)
class Step:
    """A transaction that can be undone or redone."""

    tx: int
    label: str
    about: str | None
    operation: str
    first: int | None
    last: int | None
    kind: str
    reverts: int | None
    detail: str | None

    @property
    def series(self) -> int | None:
        """The first transaction of the series that this one belongs to; None where it stands alone."""
        first: int | None = json.loads(self.detail).get("series") if self.detail else None
        return first


_COLUMNS = "id, label, about, operation, first_id, last_id, kind, reverts, detail"


PASSED = "undo.passed"
"""Where the transactions stand, in what stays on this computer, that undo passes over since they were refused."""


def next_undo(connection: Connection, device: bytes, passed: Sequence[int] = ()) -> Step | None:
    """Return my newest transaction on this device that is still in force and was not refused.

    Args:
        passed: transactions to be passed over beside those that were refused before.
    """
    dead: set[int] = set()
    passed_over = {*passed, *_passed_over(connection)}
    for row in connection.execute(f"SELECT {_COLUMNS} FROM journal_tx WHERE device = ? AND undoable = 1 AND origin <> 'sync' ORDER BY id DESC", (device,)):  # noqa: S608
        step = Step(*row)
        if step.tx in dead or step.tx in passed_over:
            continue
        if step.kind in ("undo", "redo") and step.reverts:
            dead.add(step.reverts)
        if step.kind != "undo":
            return step
    return None


def _passed_over(connection: Connection) -> list[int]:
    found = rows(connection, "SELECT value FROM local WHERE key = ?", (PASSED,))
    return list(json.loads(found[0][0])) if found else []


def pass_over(connection: Connection, passed: Sequence[int]) -> None:
    """Let undo pass over some more transactions from now on; they can still be named."""
    value = json.dumps(sorted({*passed, *_passed_over(connection)}))
    connection.execute("INSERT INTO local VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value", (PASSED, value))


def next_redo(connection: Connection, device: bytes) -> Step | None:
    """Return the undo that would be taken back; None once something new was done."""
    dead: set[int] = set()
    for row in connection.execute(f"SELECT {_COLUMNS} FROM journal_tx WHERE device = ? AND undoable = 1 AND origin <> 'sync' ORDER BY id DESC", (device,)):  # noqa: S608
        step = Step(*row)
        if step.tx in dead:
            continue
        if step.kind == "redo" and step.reverts:
            dead.add(step.reverts)
        elif step.kind == "undo" and not is_unfinished(step):
            return step
        else:
            return None
    return None


def is_unfinished(step: Step) -> bool:
    """Say whether a transaction took back what was never finished."""
    return step.detail is not None and UNFINISHED in json.loads(step.detail)


def all_of_series(connection: Connection, series: int) -> dict[int, Step]:
    """Return all transactions of a series by number, newest first, with those that took others back."""
    found = connection.execute(f"SELECT {_COLUMNS} FROM journal_tx WHERE id >= ? AND json_extract(detail, '$.series') = ? ORDER BY id DESC", (series, series))  # noqa: S608
    return {row[0]: Step(*row) for row in found}


def steps_of_series(connection: Connection, series: int, kind: str) -> list[Step]:
    """Return the transactions of a series that `undo` or `redo` has to take back, newest first."""
    steps = all_of_series(connection, series)
    dead: set[int] = set()
    replaced: set[int] = set()
    for step in steps.values():
        if step.tx in dead or step.reverts is None:
            continue
        dead.add(step.reverts)
        if stood_for := steps[step.reverts].reverts:
            replaced.add(stood_for)  # it is in force again, by this one
    wanted = [step for step in steps.values() if step.tx not in dead | replaced]
    return [step for step in wanted if (step.kind == "undo") == (kind == "redo")]


def step_of(connection: Connection, tx: int, device: bytes) -> Step:
    """Return one of my transactions that is still in force, as its last redo if it was undone and redone.

    Raises:
        CannotUndo: it is unknown, another device's, not undoable, or undone already.
    """
    found = connection.execute(f"SELECT {_COLUMNS}, device, undoable, origin FROM journal_tx WHERE id = ?", (tx,)).fetchone()  # noqa: S608
    if not found:
        raise CannotUndo(tr("There is no transaction {tx}.", tx=tx))
    step = Step(*found[:-3])
    owner, undoable, origin = found[-3:]
    if owner != device or origin == "sync":
        raise CannotUndo(tr("Transaction {tx} was made on another computer.", tx=tx))
    if not undoable:
        raise CannotUndo(_why_final(step))
    if tx not in alive_after(connection, tx - 1):
        raise CannotUndo(tr("“{label}” was undone already.", label=tr(step.label)))
    redone = connection.execute(
        "SELECT r.id FROM journal_tx u JOIN journal_tx r ON r.reverts = u.id AND r.kind = 'redo' AND r.id > u.id "
        "WHERE u.reverts = ? AND u.kind = 'undo' AND u.id > ? ORDER BY r.id DESC LIMIT 1",
        (tx, tx),
    ).fetchone()
    return step_of(connection, redone[0], device) if redone and not step.series else step


def _why_final(step: Step) -> str:
    """Return why an operation that can't be undone can't be."""
    declared = OPERATIONS.get(step.operation)
    if declared and declared.because:
        return tr(declared.because, label=tr(step.label))
    return tr(HAS_LEFT, label=tr(step.label)) if declared and declared.traced else tr("“{label}” can't be undone.", label=tr(step.label))


def alive_after(connection: Connection, tx: int) -> set[int]:
    """Return the transactions after one that are in force: neither undone nor mere undoings of others."""
    dead: set[int] = set()
    alive: set[int] = set()
    for number, kind, reverts in connection.execute("SELECT id, kind, reverts FROM journal_tx WHERE id > ? ORDER BY id DESC", (tx,)):
        if number in dead:
            continue
        if kind in ("undo", "redo") and reverts:
            dead.add(reverts)
        if kind != "undo" or (reverts or 0) <= tx:
            alive.add(number)
    return alive


def subjects(connection: Connection, step: Step) -> list[str]:
    """Return the entities that undoing a transaction would write by right of its own; parts count as their owners.

    What the program wrote beside them needs none: the area that a first record switched on, the deals that waited for an exchange rate.
    """
    if step.first is None:
        return []
    names = [cls.entity.name for cls in _written(connection, step) if not cls.entity.owned_by]
    return [name for name in names if not (name == "deal" and "exchange_rate" in names)]


def _written(connection: Connection, step: Step) -> list[type[Record]]:
    """Return the entities that a transaction wrote for their own sake: neither numbers that it gave, nor the areas that it switched on beside its records."""
    found = rows(connection, "SELECT DISTINCT +tbl FROM journal WHERE id BETWEEN ? AND ? ORDER BY 1 DESC", (step.first, step.last))
    tables = [BY_NUMBER[number] for (number,) in found]
    beside = {_SPENT, *([_SERIES] if _SPENT in tables else []), *([_SETTING] if len(tables) > 1 and _switched_areas(connection, step) else [])}
    return [cls for cls in tables if cls not in beside]


def _switched_areas(connection: Connection, step: Step) -> bool:
    """Say whether all that a transaction did to settings is that it switched areas."""
    sql = "SELECT DISTINCT row FROM journal WHERE id BETWEEN ? AND ? AND +tbl = ?"
    return rows(connection, sql, (step.first, step.last, _SETTING.entity.number)) == [(areas.SETTING_ID.bytes,)]


def revert(connection: Connection, step: Step, at_ms: int, settings: Settings, *, keeps_edited: bool = False) -> None:
    """Take a transaction back inside the open one.

    Args:
        keeps_edited: leave what later work changed as it is now, together with the records that `hold` noted.

    Raises:
        LaterWork: on the same values, or by records that refer to what it made.
        CannotUndo: it has left the house, or is gone for good.
    """
    if step.first is None:
        return
    tables = _tables_of(connection, step)
    fields = {cls: _changed_fields(connection, cls, step) for cls in tables}
    for cls in tables:
        _check_left_house(connection, cls, step, fields[cls])
        if not keeps_edited:
            _check_same_values(connection, cls, step, [field for field in fields[cls] if cls is not _SERIES or field not in _COUNTED])
    if not keeps_edited:
        check_inserts(connection, step)
    # Parts before their owners: an owner's deletion must not find them again.
    for cls in sorted(tables, key=lambda cls: not cls.entity.owned_by):
        _put_back(connection, cls, step, fields[cls], settings, keeps_edited=keeps_edited)
        _take_away(connection, cls, step, at_ms, keeps_edited=keeps_edited)
    if _SETTING not in tables and _switched_areas(connection, step):
        if areas.are_as_switched(connection, step.first, step.last, settings, was_undo=step.kind == "undo"):
            _put_back(connection, _SETTING, step, _changed_fields(connection, _SETTING, step), settings, keeps_edited=keeps_edited)
            _take_away(connection, _SETTING, step, at_ms, keeps_edited=keeps_edited)
        else:
            areas.turn_back(connection, step.first, step.last, settings, was_undo=step.kind == "undo")
    is_free = " AND unhex(replace(record, '-', '')) NOT IN (SELECT row FROM undo_kept)" if keeps_edited else ""
    connection.execute(
        f"UPDATE spent_number SET withdrawn = 1 WHERE id IN (SELECT row FROM journal WHERE id BETWEEN ? AND ? AND +tbl = ? AND op = ?){is_free}",  # noqa: S608
        (step.first, step.last, _SPENT.entity.number, INSERT),
    )


_MADE = (
    "EXISTS (SELECT 1 FROM journal m JOIN undo_step s ON s.tx = m.tx WHERE m.tbl = {table} AND m.row = {row} AND (m.op = 0 OR "
    "s.kind <> 'undo' AND json_type(m.changes, '$.deleted_at') IS NOT NULL AND json_extract(m.changes, '$.deleted_at[1]') IS NULL))"
)
"""Whether a transaction that is taken back made a record, or brought it back from the bin, as redoing does."""


def hold(connection: Connection, steps: Sequence[Step]) -> None:
    """Note which records that some transactions made stay when they are taken back: those edited since, and what hangs together with them.

    A record stays with its parts and with what it refers to; what later work refers to stays too.
    """
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS undo_kept(tbl INTEGER, row BLOB, PRIMARY KEY (tbl, row))")
    connection.execute("DELETE FROM undo_kept")
    if not _gather_later(connection, steps, all_of_series(connection, steps[0].series) if steps[0].series else ()):
        return
    tables = {cls.entity.name: cls for step in steps if step.first is not None for cls in _tables_of(connection, step)}
    for cls in tables.values():
        _keep(connection, cls, "SELECT row FROM undo_later WHERE tbl = ?", (cls.entity.number,))
        for other, column in _links_to(cls):
            _keep(connection, cls, *_referring(other, column))
    if "custom_field" in tables:
        edited = "SELECT unhex(substr(c.key, 8)) AS row FROM undo_later l, json_each(l.changes) c WHERE c.key LIKE 'custom.%'"
        _keep(connection, tables["custom_field"], edited, ())
    noted, before = _noted(connection), 0
    while noted > before:
        for cls in tables.values():
            _keep_together(connection, cls, tables)
        noted, before = _noted(connection), noted


def _gather_later(connection: Connection, steps: Sequence[Step], apart_from: Container[int]) -> bool:
    """Note what was done after some transactions and is in force; returns whether anything was."""
    spans = [(step.tx, step.first) for step in steps if step.first is not None]
    first = min(spans, default=None)
    own = {step.tx for step in steps}
    alive = [tx for tx in alive_after(connection, first[0]) if tx not in own and tx not in apart_from] if first else []
    if not alive or first is None:
        return False
    for table in ("undo_step(tx INTEGER PRIMARY KEY, kind TEXT)", "undo_later(tbl INTEGER, row BLOB, changes TEXT)"):
        connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS {table}")
        connection.execute(f"DELETE FROM {table.partition('(')[0]}")  # noqa: S608
    connection.executemany("INSERT INTO undo_step VALUES (?, ?)", [(step.tx, step.kind) for step in steps])
    later = "SELECT tbl, row, iif(instr(changes, '\"custom.'), changes, NULL) FROM journal WHERE id > ? AND tx IN (SELECT value FROM json_each(?))"
    connection.execute(f"INSERT INTO undo_later {later}", (first[1], json.dumps(alive)))  # noqa: S608
    return True


def _links_to(cls: type[Record]) -> Iterator[tuple[type[Record], str]]:
    """Yield the entities and their columns that refer to an entity."""
    return (
        (other, item.column)
        for other in ENTITIES.values()
        for item in other.fields.values()
        if item.kind == "link" and item.target == cls.entity.name and item.column in other.columns
    )


def _referring(other: type[Record], column: str) -> tuple[str, tuple[int]]:
    """Return the question to what records refer that were made or edited later."""
    later = "r.id IN (SELECT row FROM undo_later WHERE tbl = ?)"
    return f'SELECT r."{column}" AS row, r.id AS by FROM "{other.entity.name}" r WHERE r.deleted_at IS NULL AND r."{column}" IS NOT NULL AND {later}', (
        other.entity.number,
    )  # noqa: S608


def _noted(connection: Connection) -> int:
    return int(rows(connection, "SELECT count(*) FROM undo_kept")[0][0])


def _keep_together(connection: Connection, cls: type[Record], tables: Mapping[str, type[Record]]) -> None:
    """Let what the kept records of an entity refer to stay with them, and their parts."""
    kept = f'FROM undo_kept k JOIN "{cls.entity.name}" t ON t.id = k.row'
    mine = (cls.entity.number,)
    for target in tables.values():
        for column in (column for other, column in _links_to(target) if other is cls):
            _keep(connection, target, f'SELECT t."{column}" AS row {kept} WHERE k.tbl = ?', mine)  # noqa: S608
        if cls.entity.name in target.entity.owned_by and f"{cls.entity.name}_id" in target.columns:
            _keep(
                connection,
                target,
                f'SELECT p.id AS row FROM undo_kept k JOIN "{target.entity.name}" p ON p."{cls.entity.name}_id" = k.row WHERE k.tbl = ?',
                mine,
            )  # noqa: S608
    if "custom_field" in tables and "custom" in cls.columns:
        _keep(connection, tables["custom_field"], f"SELECT unhex(c.key) AS row {kept}, json_each(t.custom) c WHERE k.tbl = ?", mine)  # noqa: S608


def _keep(connection: Connection, cls: type[Record], found: str, parameters: tuple[Any, ...]) -> None:
    """Note those of the records that a question finds that the transactions made."""
    made = _MADE.format(table=cls.entity.number, row="f.row")
    sql = f"WITH f AS ({found}) INSERT OR IGNORE INTO undo_kept SELECT {cls.entity.number}, f.row FROM f WHERE f.row IS NOT NULL AND {made}"  # noqa: S608
    connection.execute(sql, parameters)


def _tables_of(connection: Connection, step: Step) -> list[type[Record]]:
    """Return the entities that a transaction changed and that can be turned back."""
    if rows(connection, "SELECT 1 FROM journal WHERE id BETWEEN ? AND ? AND op NOT IN (?, ?) LIMIT 1", (step.first, step.last, INSERT, UPDATE)):
        raise CannotUndo(tr("“{label}” can't be undone: what was purged is gone.", label=tr(step.label)))
    return _written(connection, step)


def _changed_fields(connection: Connection, cls: type[Record], step: Step) -> list[str]:
    found = rows(
        connection,
        "SELECT DISTINCT c.key FROM journal j, json_each(j.changes) c WHERE j.id BETWEEN ? AND ? AND +j.tbl = ? AND j.op = ?",
        (step.first, step.last, cls.entity.number, UPDATE),
    )
    names = [name for (name,) in found]
    return [name for name in names if name not in _COUNTED] if cls is _SERIES and _began_anew(connection, step) else names


def _began_anew(connection: Connection, step: Step) -> bool:
    """Say whether a series has begun to count for another year since: what it counted before a change is of no use any more."""
    sql = "SELECT 1 FROM journal WHERE id > ? AND +tbl = ? AND json_type(changes, '$.year') IS NOT NULL LIMIT 1"
    return bool(rows(connection, sql, (step.last, _SERIES.entity.number)))


def _current(cls: type[Record], field: str, table: str = "t") -> str:
    if field.startswith("custom."):
        return f'json_extract("{table}".custom, \'$."{field[7:]}"\')'
    return value_sql(cls, field, f'"{table}"')


def _path(field: str, which: int) -> str:
    return f"json_extract(j.changes, '$.\"{field}\"[{which}]')"


def _check_same_values(connection: Connection, cls: type[Record], step: Step, fields: list[str]) -> None:
    for field in fields:
        changed = rows(
            connection,
            f'SELECT t.id FROM journal j JOIN "{cls.entity.name}" t ON t.id = j.row WHERE j.id BETWEEN ? AND ? AND +j.tbl = ? AND j.op = ? '  # noqa: S608
            f"AND json_type(j.changes, '$.\"{field}\"') IS NOT NULL AND {_current(cls, field)} IS NOT {_path(field, 1)} LIMIT 1",
            (step.first, step.last, cls.entity.number, UPDATE),
        )
        if changed:
            raise LaterWork(
                tr("“{label}” can't be undone: {what} was changed again since.", label=tr(step.label), what=_name_of(connection, cls, changed[0][0])),
                hint=tr("Undo the later change first."),
            )


def check_inserts(connection: Connection, step: Step, apart_from: Container[int] = ()) -> None:
    """Refuse when records that a transaction made were edited since, or others refer to them.

    Args:
        apart_from: transactions that don't count, since they will be taken back as well or have been.

    Raises:
        LaterWork: says which record stands in the way.
    """
    if step.first is None:
        return
    query = "SELECT DISTINCT +tbl FROM journal WHERE id BETWEEN ? AND ? AND op = ?"
    with_new = {number for (number,) in rows(connection, query, (step.first, step.last, INSERT))}
    # Each is looked for among all that came later: not where nothing was made, as by the undo of a long import that is redone.
    tables = [cls for cls in _tables_of(connection, step) if cls.entity.number in with_new or step.kind != "undo"]
    if not tables or not _gather_later(connection, [step], apart_from):
        return
    for cls in tables:
        made = _MADE.format(table=cls.entity.number, row="f.row")
        edited = rows(connection, f"SELECT f.row FROM undo_later f WHERE f.tbl = ? AND {made} LIMIT 1", (cls.entity.number,))  # noqa: S608
        if edited:
            raise LaterWork(
                tr("“{label}” can't be undone: {what} was changed since.", label=tr(step.label), what=_name_of(connection, cls, edited[0][0])),
                hint=tr("Undo the later change first."),
            )
        for other, column in _links_to(cls):
            question, parameters = _referring(other, column)
            if referring := rows(connection, f"SELECT f.by FROM ({question}) f WHERE {made} LIMIT 1", parameters):  # noqa: S608
                what = _name_of(connection, other, referring[0][0])
                raise LaterWork(
                    tr("“{label}” can't be undone: {what} refers to what it made.", label=tr(step.label), what=what),
                    hint=tr("Undo the later change first, or delete that record."),
                )


LOOKED_THROUGH = 5_000
"""Entries of a transaction that are looked through for the menu; a longer one is no issue of a quote."""


def stays(connection: Connection, step: Step) -> bool:
    """Say whether a transaction stays for good, as far as that is told at a glance: what it issued has left the house."""
    if step.first is None or step.last is None or step.last - step.first > LOOKED_THROUGH:
        return False
    return any(_left_house(connection, cls, step) for cls in ENTITIES.values() if "left_at" in cls.columns)


def _left_house(connection: Connection, cls: type[Record], step: Step) -> bytes | None:
    """Return a record that a transaction issued and that has left the program since."""
    found = rows(
        connection,
        f'SELECT t.id FROM journal j JOIN "{cls.entity.name}" t ON t.id = j.row WHERE j.id BETWEEN ? AND ? AND +j.tbl = ? AND t.left_at IS NOT NULL '  # noqa: S608
        "AND json_type(j.changes, '$.issued_at') IS NOT NULL LIMIT 1",
        (step.first, step.last, cls.entity.number),
    )
    return found[0][0] if found else None


def _check_left_house(connection: Connection, cls: type[Record], step: Step, fields: list[str]) -> None:
    """An issue can be undone only while no PDF has left the program."""
    if "left_at" not in cls.columns or "issued_at" not in fields:
        return
    if left := _left_house(connection, cls, step):
        raise CannotUndo(
            tr("{what} has left the program, so issuing it can't be undone.", what=_name_of(connection, cls, left)),
            hint=tr("Make a new version instead."),
        )


def _put_back(connection: Connection, cls: type[Record], step: Step, fields: list[str], settings: Settings, *, keeps_edited: bool = False) -> None:
    """Give records the values that they had before a transaction; with `keeps_edited` only where they are still those that it gave."""
    if not fields:
        return
    name = cls.entity.name
    mine = "j.id BETWEEN ? AND ? AND +j.tbl = ? AND j.op = ?"
    if keeps_edited:
        mine += f" AND j.row NOT IN (SELECT row FROM undo_kept WHERE tbl = {cls.entity.number})"
    parameters = (step.first, step.last, cls.entity.number, UPDATE)
    columns = [field for field in fields if not field.startswith("custom.")]
    if columns:
        pairs = ", ".join(
            f"\"{column}\" = iif(json_type(j.changes, '$.\"{column}\"') IS NULL"
            + (f' OR {_current(cls, column, name)} IS NOT {_path(column, 1)}' if keeps_edited else "")
            + f', "{name}"."{column}", '
            + (f"unhex({_path(column, 0)})" if is_blob(cls, column) else _path(column, 0)) + ")"
            for column in columns
        )  # fmt: skip
        connection.execute(f'UPDATE "{name}" SET {pairs} FROM journal j WHERE "{name}".id = j.row AND {mine}', parameters)  # noqa: S608
    for field in set(fields) - set(columns):
        key = f"'$.\"{field[7:]}\"'"
        connection.execute(
            f"UPDATE \"{name}\" SET custom = iif({_path(field, 0)} IS NULL, nullif(json_remove(custom, {key}), '{{}}'), "  # noqa: S608
            f"json_set(ifnull(custom, '{{}}'), {key}, {_path(field, 0)})) FROM journal j WHERE \"{name}\".id = j.row AND {mine} "
            f"AND json_type(j.changes, '$.\"{field}\"') IS NOT NULL" + (f" AND {_current(cls, field, name)} IS {_path(field, 1)}" if keeps_edited else ""),
            parameters,
        )
    if derive_sources(cls) & set(columns):
        derive_again(connection, cls, f"SELECT j.row FROM journal j WHERE {mine}", parameters, settings)


def _take_away(connection: Connection, cls: type[Record], step: Step, at_ms: int, *, keeps_edited: bool) -> None:
    """Put the records that a transaction made into the bin, but for those that `hold` noted."""
    is_free = " AND row NOT IN (SELECT row FROM undo_kept WHERE tbl = ?)" if keeps_edited else ""
    connection.execute(
        f'UPDATE "{cls.entity.name}" SET deleted_at = ? WHERE deleted_at IS NULL AND id IN '  # noqa: S608
        f"(SELECT row FROM journal WHERE id BETWEEN ? AND ? AND +tbl = ? AND op = ?{is_free})",
        (at_ms, step.first, step.last, cls.entity.number, INSERT, *([cls.entity.number] if keeps_edited else [])),
    )


def _name_of(connection: Connection, cls: type[Record], record: bytes) -> str:
    title = cls.fields.get(cls.entity.title)
    column = title.column if title and title.kind in {"text", "long_text"} else "id"
    found: Any = rows(connection, f'SELECT "{column}" FROM "{cls.entity.name}" WHERE id = ?', (record,))  # noqa: S608
    name = found[0][0] if found else None
    return tr("{entity} “{name}”", entity=tr(cls.entity.label), name=name) if isinstance(name, str) and name else tr(cls.entity.label)
