"""The journal: one row per changed record and transaction, salted digests, a hash chain over the transactions.

The triggers write bare rows; `complete` finishes a transaction before it is committed. An insert carries no values: its first values are
today's row walked back through the later rows. Erasing a row's payload and salt later leaves the chain valid.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from crmdesk.clock import now_ms, random_bytes
from crmdesk.models.registry import BY_NUMBER
from crmdesk.store.connections import Connection, rows
from crmdesk.store.pace import beside
from crmdesk.store.schema import INSERT, PURGE, UPDATE
from crmdesk.store.triggers import journaled_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmdesk.models.base import Record

SALT, DIGEST, ID, RUN = 16, 32, 16, 1000
READ = 5 * RUN
"""So many entries are read and digested in one go: with fewer the two threads that do it take turns too often."""
GENESIS = bytes(DIGEST)
UNFINISHED = "unfinished"
"""Stands in the details of what took back a series that was never finished: there is nothing to bring back, and its entries are erased."""


@dataclass(frozen=True)
class Header:
    """What a transaction says of itself; all of it is hashed."""

    tx: int
    at: int
    member: bytes | None
    device: bytes
    origin: str
    label: str
    about: str | None
    operation: str
    kind: str
    reverts: int | None = None
    caused_by: int | None = None
    undoable: bool = True
    detail: str | None = None

    def canonical(self, first: int | None, last: int | None) -> bytes:
        """Return the bytes that are hashed."""
        values = [
            self.tx, self.at, self.member and self.member.hex(), self.device.hex(), self.origin, self.label, self.about, self.operation, self.kind, self.reverts,
            self.caused_by, int(self.undoable), first, last, self.detail,
        ]  # fmt: skip
        return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def last_entry(connection: Connection) -> int:
    """Return the id of the newest journal row, 0 in an empty journal."""
    return int(rows(connection, "SELECT ifnull(max(id), 0) FROM journal")[0][0])


def complete(connection: Connection, header: Header, before: int) -> int:
    """Finish a transaction: one row per record, digests, chain.

    Args:
        before: the newest journal row before the transaction.

    Returns:
        How many records it changed.
    """
    _merge_repeated(connection, before)
    first, last, count = rows(connection, "SELECT min(id), max(id), count(*) FROM journal WHERE id > ?", (before,))[0]
    content = _write_digests(connection, header.tx, first, last) if count else b""
    previous = rows(connection, "SELECT hash FROM journal_tx ORDER BY id DESC LIMIT 1")
    digest = chain(previous[0][0] if previous else GENESIS, header.canonical(first, last), content)
    connection.execute(
        "INSERT INTO journal_tx VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (header.tx, header.at, header.member, header.device, header.origin, header.label, header.about, header.operation, header.kind, header.reverts,
         header.caused_by, int(header.undoable), first, last, header.detail, digest),
    )  # fmt: skip
    return int(count)


def chain(previous: bytes, header: bytes, content: bytes) -> bytes:
    """Return a transaction's hash: over the one before it, its header and the digests of its rows."""
    return hashlib.sha256(previous + header + content).digest()


def _merge_repeated(connection: Connection, before: int) -> None:
    """Make one row of several that a transaction wrote for one record."""
    if not rows(connection, "SELECT 1 FROM journal WHERE id > ? AND op <> ? LIMIT 1", (before, INSERT)):
        return
    repeated = rows(
        connection, "SELECT json_group_array(id), json_group_array(op), json_group_array(json(changes)) FROM (SELECT * FROM journal WHERE id > ? ORDER BY id) "
        "GROUP BY +tbl, row HAVING count(*) > 1", (before,),
    )  # fmt: skip
    for ids_json, ops_json, changes_json in repeated:
        ids, ops, changes = json.loads(ids_json), json.loads(ops_json), json.loads(changes_json)
        drop = ids[1:]
        if ops[0] == UPDATE and all(op == UPDATE for op in ops):
            merged = merge_changes(changes)
            if merged:
                connection.execute("UPDATE journal SET changes = ? WHERE id = ?", (json.dumps(merged, ensure_ascii=False, separators=(",", ":")), ids[0]))
            else:
                drop = ids
        elif ops[-1] not in (INSERT, UPDATE):  # a purge keeps only itself
            drop = ids[:-1]
        connection.executemany("DELETE FROM journal WHERE id = ?", [(i,) for i in drop])


def merge_changes(changes: Iterable[dict[str, list[Any]]]) -> dict[str, list[Any]]:
    """Join changes of one record: the first value before, the last after; what came back to its start is gone."""
    merged: dict[str, list[Any]] = {}
    for change in changes:
        for name, (old, new) in change.items():
            merged[name] = [merged[name][0] if name in merged else old, new]
    return {name: pair for name, pair in merged.items() if pair[0] != pair[1]}


_WHOLE = frozenset({"integer", "money", "decimal", "price", "rate", "moment", "flag"})


def values_sql(cls: type[Record], row: str) -> str:
    """Return the SQL of a record's values as they are digested: those that are not null, by name."""
    names = sorted([*journaled_columns(cls), ("custom", "custom")])
    # `concat_ws` leaves out what is null, and makes the text in one go.
    return "'{' || concat_ws(',', " + ", ".join(_pair_sql(cls, name, column, f'{row}."{column}"') for name, column in names) + ") || '}'"


def _pair_sql(cls: type[Record], name: str, column: str, value: str) -> str:
    if cls.columns[column].holds_id:
        return f"iif({value} IS NULL, NULL, '\"{name}\":\"' || lower(hex({value})) || '\"')"
    if cls.columns[column].kind in _WHOLE:
        return f"'\"{name}\":' || {value}"
    return f"iif({value} IS NULL, NULL, '\"{name}\":' || json_quote({value}))"


@lru_cache(maxsize=128)
def _payloads_sql(cls: type[Record]) -> str:
    """Return the SQL of what is digested of some entries of one table: ids and operations as lists, records end to end, payloads between zeros.

    So one row comes for a thousand entries: to hand over each by itself takes longer than to put it together.
    """
    payload = f"iif(j.op = {INSERT}, {values_sql(cls, 't')}, j.changes)"
    return (
        "SELECT json_group_array(id), json_group_array(op), CAST(group_concat(row, '') AS BLOB), CAST(group_concat(payload, char(0)) AS BLOB) FROM ("  # noqa: S608
        f'SELECT j.id, j.op, j.row, {payload} AS payload FROM journal j LEFT JOIN "{cls.entity.name}" t ON t.id = j.row '
        f"WHERE j.id BETWEEN ? AND ? AND +j.tbl = {cls.entity.number})"
    )


def digest_of(salt: bytes, table: int, record: bytes, op: int, payload: str) -> bytes:
    """Return the digest of one journal row."""
    return hashlib.sha256(b"%b%d:%d:%b%b" % (salt, table, op, record, payload.encode())).digest()


@dataclass(frozen=True)
class _Run:
    """What is digested of some entries, those of several runs.

    Attributes:
        tables: by the number of each table, what `_payloads_sql` finds.
    """

    first: int
    last: int
    salts: bytes
    tables: dict[int, tuple[str, str, bytes, bytes]]


def _write_digests(connection: Connection, tx: int, first: int, last: int) -> bytes:
    content = hashlib.sha256()
    for run, digests in beside(_digested, _runs(connection, first, last)):
        for at in range(0, run.last - run.first + 1, RUN):
            salts = run.salts[at * SALT : (at + RUN) * SALT]
            connection.execute("INSERT INTO journal_digest VALUES (?, ?, ?, ?)", (run.first + at, tx, salts, digests[at * DIGEST : (at + RUN) * DIGEST]))
        content.update(digests)
    return content.digest()


def _runs(connection: Connection, first: int, last: int) -> Iterator[_Run]:
    for start in range(first, last + 1, READ):
        end = min(start + READ - 1, last)
        numbers = [number for (number,) in rows(connection, "SELECT DISTINCT +tbl FROM journal WHERE id BETWEEN ? AND ?", (start, end))]
        tables = {number: rows(connection, _payloads_sql(BY_NUMBER[number]), (start, end))[0] for number in numbers}
        yield _Run(start, end, random_bytes(SALT * (end - start + 1)), tables)


def _digested(run: _Run) -> tuple[_Run, bytes]:
    """Return a run with its digests; of entries that are not there any more stand zeros."""
    found, salts, sha256 = [bytes(DIGEST)] * (run.last - run.first + 1), run.salts, hashlib.sha256
    for number, (ids, ops, records, payloads) in run.tables.items():
        heads = [b"%d:%d:" % (number, op) for op in (INSERT, UPDATE, PURGE)]
        for entry, op, at, payload in zip(json.loads(ids), json.loads(ops), range(0, len(records), ID), payloads.split(b"\0"), strict=True):
            place = entry - run.first
            found[place] = sha256(salts[place * SALT : (place + 1) * SALT] + heads[op] + records[at : at + ID] + payload).digest()
    return run, b"".join(found)


def seal(connection: Connection, tx: int, first: int, last: int) -> None:
    """Let one hash stand for the digests of a transaction whose entries are gone, so that the chain holds without them.

    Where some entries are still there the digests stay; the salts of those that are gone do not.
    """
    left = {
        entry for (entry,) in rows(connection, "SELECT id FROM journal WHERE id BETWEEN ? AND ? AND NOT (op = ? AND changes IS NULL)", (first, last, PURGE))
    }
    runs = rows(connection, "SELECT first_id, salts, digests FROM journal_digest WHERE first_id BETWEEN ? AND ? ORDER BY first_id", (first, last))
    if not runs or not runs[0][1]:
        return
    if not left:
        content = hashlib.sha256(b"".join(digests for _, _, digests in runs)).digest()
        connection.execute("DELETE FROM journal_digest WHERE first_id BETWEEN ? AND ?", (first, last))
        connection.execute("INSERT INTO journal_digest VALUES (?, ?, ?, ?)", (first, tx, b"", content))
        return
    for start, salts, digests in runs:
        kept = b"".join(salts[at * SALT : (at + 1) * SALT] if start + at in left else bytes(SALT) for at in range(len(digests) // DIGEST))
        connection.execute("UPDATE journal_digest SET salts = ? WHERE first_id = ?", (kept, start))


def _content(connection: Connection, first: int | None, last: int | None) -> tuple[bytes, bool]:
    """Return what stands for the entries of a transaction in the chain, and whether they are gone."""
    if not first:
        return b"", False
    runs = rows(connection, "SELECT salts, digests FROM journal_digest WHERE first_id BETWEEN ? AND ? ORDER BY first_id", (first, last))
    if len(runs) == 1 and not runs[0][0]:
        return runs[0][1], True
    return hashlib.sha256(b"".join(digests for _, digests in runs)).digest(), False


def head(connection: Connection) -> tuple[int, bytes]:
    """Return number and hash of the newest transaction."""
    newest = rows(connection, "SELECT id, hash FROM journal_tx ORDER BY id DESC LIMIT 1")
    return newest[0] if newest else (0, GENESIS)


def next_one(connection: Connection) -> tuple[int, int]:
    """Return number and stamp of the transaction that begins: a millisecond of its own, since the bin tells by it what went in together.

    A clock that was put back by more than a minute is believed.
    """
    newest = rows(connection, "SELECT id, at FROM journal_tx ORDER BY id DESC LIMIT 1")
    last, at = newest[0] if newest else (0, 0)
    now = now_ms()
    return last + 1, at + 1 if now <= at < now + 60_000 else now


def check_chain(connection: Connection) -> Iterator[str]:
    """Yield what is wrong with the chain: the first transaction whose hash does not follow, entries without transaction, or gone without a reason."""
    previous = GENESIS
    sealed: set[int] = set()
    unfinished: set[int] = set()
    for row in connection.execute("SELECT * FROM journal_tx ORDER BY id"):
        tx, at, member, device, origin, label, about, operation, kind, reverts, caused_by, undoable, first, last, detail, digest = row
        header = Header(tx, at, member, device, origin, label, about, operation, kind, reverts, caused_by, bool(undoable), detail)
        content, is_sealed = _content(connection, first, last)
        if chain(previous, header.canonical(first, last), content) != digest:
            yield f"journal: transaction {tx} does not follow the one before it"
            return
        previous = digest
        if is_sealed:
            sealed.add(tx)
        if detail and UNFINISHED in json.loads(detail):
            unfinished |= {tx, reverts}
    if gone := sealed - unfinished:
        yield f"journal: the entries of transaction {min(gone)} are gone"
    stray = rows(
        connection, "SELECT count(*) FROM journal j WHERE NOT EXISTS (SELECT 1 FROM journal_tx t WHERE t.id = j.tx AND j.id BETWEEN t.first_id AND t.last_id)"
    )
    if stray[0][0]:
        yield f"journal: {stray[0][0]} entries belong to no transaction"


def check_entries(connection: Connection) -> Iterator[str]:
    """Yield the entries whose content does not match its digest, the first of each transaction.

    Values of inserts are today's row walked back, so a record that was changed past the door shows at its insert or at its newest change.
    """
    for cls in BY_NUMBER.values():
        if cls.entity.journaled:
            yield from _check_table(connection, cls)


def _check_table(connection: Connection, cls: type[Record]) -> Iterator[str]:
    number, name = cls.entity.number, cls.entity.name

    def seal_of(entry: int) -> tuple[bytes, bytes] | None:
        found = rows(connection, "SELECT first_id, salts, digests FROM journal_digest WHERE first_id <= ? ORDER BY first_id DESC LIMIT 1", (entry,))
        if not found:
            return None
        first, salts, digests = found[0]
        at = entry - first
        return salts[at * SALT : (at + 1) * SALT], digests[at * DIGEST : (at + 1) * DIGEST]

    known: set[bytes] = set()
    query = f'SELECT id, {values_sql(cls, "t")} FROM "{name}" t'  # noqa: S608
    for record, today in connection.execute(query):
        known.add(record)
        values = json.loads(today)
        entries = rows(connection, "SELECT id, op, changes FROM journal WHERE tbl = ? AND row = ? ORDER BY id DESC", (number, record))
        if not entries or entries[-1][1] != INSERT:
            yield f"{name} {record.hex()}: it was not written through the journal"
            continue
        yield from _check_record(cls, record, values, entries, seal_of)
    missing = rows(
        connection, "SELECT DISTINCT row FROM journal WHERE tbl = ? AND row NOT IN (SELECT row FROM journal WHERE tbl = ? AND op = 2)", (number, number)
    )
    for (record,) in missing:
        if record not in known:
            yield f"{name} {record.hex()}: it is in the journal, but the record is gone"


def _check_record(cls: type[Record], record: bytes, values: dict[str, Any], entries: list[tuple[Any, ...]], seal_of: Any) -> Iterator[str]:
    name, number = cls.entity.name, cls.entity.number
    for entry, op, changes in entries:
        if op == INSERT:
            payload = json.dumps(dict(sorted(values.items())), ensure_ascii=False, separators=(",", ":"))
        else:
            payload = changes
            for field, (old, new) in json.loads(changes).items():
                if _get(values, field) != new:
                    yield f"{name} {record.hex()}: {field} was changed past the journal (entry {entry})"
                    return
                _put(values, field, old)
        sealed = seal_of(entry)
        if not sealed or digest_of(sealed[0], number, record, op, payload) != sealed[1]:
            yield f"{name} {record.hex()}: journal entry {entry} does not match its digest"
            return


def _get(values: dict[str, Any], field: str) -> Any:
    if field.startswith("custom."):
        return json.loads(values.get("custom") or "{}").get(field[7:])
    return values.get(field)


def _put(values: dict[str, Any], field: str, value: Any) -> None:
    if field.startswith("custom."):
        own = json.loads(values.get("custom") or "{}")
        own = {**own, field[7:]: value} if value is not None else {k: v for k, v in own.items() if k != field[7:]}
        field, value = "custom", json.dumps(own, ensure_ascii=False, separators=(",", ":")) if own else None
    if value is None:
        values.pop(field, None)
    else:
        values[field] = value
