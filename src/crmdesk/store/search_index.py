"""The search index: a key B-tree, digit trigrams and full-text words over documents that stand for records.

Built from the journal: small transactions index what they changed at once, large ones leave it in the queue.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from crmdesk.models.base import ENTITIES, Record
from crmdesk.models.names import folded, has_cjk, initials, pinyin
from crmdesk.models.phones import digits
from crmdesk.models.registry import BY_NUMBER, owned_parts
from crmdesk.store.connections import Connection, rows
from crmdesk.store.door import derive_sources
from crmdesk.store.schema import UPDATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmdesk.fields import Field

AT_ONCE = 50
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_CJK_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
_LONGEST_KEY = 40
_LONGEST_BODY = 20_000


@lru_cache(maxsize=64)
def searched_columns(cls: type[Record]) -> tuple[tuple[Field, int], ...]:
    """Return an entity's own searched fields with their weights."""
    return tuple((item, item.search) for item in cls.fields.values() if item.search and item.kind != "parts")


@lru_cache(maxsize=1)
def searched_entities() -> tuple[type[Record], ...]:
    """Return the entities that have documents of their own: those with a searched field that are no parts."""
    return tuple(cls for cls in ENTITIES.values() if cls.entity.journaled and not cls.entity.owned_by and searched_columns(cls))


def words(text: str) -> list[str]:
    """Return a text's words, folded; a run of Chinese becomes its characters and pairs of neighbours."""
    found: list[str] = []
    for word in _WORD.findall(folded(text)):
        if _CJK_RUN.search(word):
            for run in _CJK_RUN.findall(word):
                found += [*run, *(run[i : i + 2] for i in range(len(run) - 1))]
            found += [rest for rest in _CJK_RUN.split(word) if rest]
        else:
            found.append(word)
    return found


def title_keys(text: str) -> set[str]:
    """Return the keys under which a title is found from its beginning: the whole, each word, pinyin and initials."""
    plain = folded(text)
    keys = {plain[:_LONGEST_KEY], *(word[:_LONGEST_KEY] for word in _WORD.findall(plain))}
    if has_cjk(text):
        for run in _CJK_RUN.findall(text):
            keys |= {run[i : i + _LONGEST_KEY] for i in range(len(run))}
            keys |= {pinyin(run[i:])[:_LONGEST_KEY] for i in range(len(run))} | {initials(run[i:])[:_LONGEST_KEY] for i in range(len(run))}
    keys.discard("")
    return keys


def mail_parts(address: str) -> list[str]:
    """Return the pieces of a mail address that people search for: the whole, name and domain, and the words in them."""
    plain = folded(address)
    name, _, domain = plain.partition("@")
    return [*re.split(r"[^\w]+", name), *re.split(r"[^\w]+", domain)]


class Documents:
    """Gathers the search entries of many records of one entity, then writes them in a few statements."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._keys: list[tuple[str, int, int]] = []
        self._parts: set[tuple[int, int]] = set()
        self._numbers: set[tuple[int, str]] = set()
        self._texts: list[tuple[int, str, str, str]] = []

    def add(self, docid: int, values: Iterable[tuple[Field, str]]) -> None:
        """Add one document from its searched values."""
        columns: tuple[list[str], list[str], list[str]] = ([], [], [])
        keys: dict[str, int] = {}
        for item, text in values:
            weight = item.search
            if item.name in {"number", "customer_number", "code", "vat_id", "credit_code"} and item.kind == "text" and weight == 2:
                keys[folded(text)[:_LONGEST_KEY]] = 4
                self._digits(docid, text)
                columns[1].extend(words(text))
                continue
            if item.name == "number":
                self._digits(docid, text)
                continue
            if weight == 3:
                for key in title_keys(text):
                    keys.setdefault(key, 3)
                keys[folded(text)[:_LONGEST_KEY]] = 3
            pieces = mail_parts(text) if "@" in text and item.name == "address" else words(text[:_LONGEST_BODY])
            columns[3 - weight].extend(pieces)
        self._keys += [(key, docid, weight) for key, weight in keys.items()]
        self._texts.append((docid, *(" ".join(dict.fromkeys(column)) for column in columns)))  # type: ignore[arg-type]  # three columns

    def _digits(self, docid: int, text: str) -> None:
        number = digits(text)
        if len(number) >= 3:
            self._numbers.add((docid, number))
            self._parts.update((int(number[i : i + 3]), docid) for i in range(len(number) - 2))

    def write(self) -> None:
        """Write what was gathered."""
        run = self._connection.executemany
        run("INSERT OR IGNORE INTO search_key VALUES (?, ?, ?)", sorted(self._keys))
        run("INSERT OR IGNORE INTO search_digits VALUES (?, ?)", sorted(self._parts))
        run("INSERT OR IGNORE INTO search_number VALUES (?, ?)", sorted(self._numbers))
        run("INSERT INTO search_words(rowid, title, data, body) VALUES (?, ?, ?, ?)", self._texts)


def index_changes(connection: Connection, before: int) -> None:
    """Bring the records that the open transaction changed into the index, or into the queue when they are many."""
    entries = rows(connection, "SELECT tbl, row, op, changes FROM journal WHERE id > ? LIMIT ?", (before, AT_ONCE * 4 + 1))
    if len(entries) > AT_ONCE * 4:
        for sql in _queueing():
            connection.execute(sql, (before,))
        return
    stale = set(_stale(connection, entries))
    if stale:
        connection.executemany("INSERT INTO search_queue VALUES (?, ?) ON CONFLICT DO NOTHING", sorted(stale))
    waiting = len(rows(connection, "SELECT 1 FROM search_queue LIMIT ?", (AT_ONCE + 1,)))
    if 0 < waiting <= AT_ONCE:
        drain(connection, AT_ONCE)


def _stale(connection: Connection, entries: Iterable[tuple[int, bytes, int, str | None]]) -> Iterator[tuple[int, bytes]]:
    """Yield (table, row) of the records whose search entries the journal's entries may have changed."""
    for number, row, op, changes in entries:
        cls = BY_NUMBER[number]
        if op == UPDATE and indexed_changes(cls).isdisjoint(json.loads(changes or "{}")):
            continue
        if not cls.entity.owned_by:
            if cls in searched_entities():
                yield number, row
        elif searched_columns(cls) or cls.entity.name == "record_tag":
            owners = ", ".join(f'"{owner}_id"' for owner in cls.entity.owned_by)
            for owned in rows(connection, f'SELECT {owners} FROM "{cls.entity.name}" WHERE id = ?', (row,)):
                yield from ((ENTITIES[owner].entity.number, of) for owner, of in zip(cls.entity.owned_by, owned, strict=True) if of)


@lru_cache(maxsize=64)
def indexed_changes(cls: type[Record]) -> frozenset[str]:
    """Return the journaled columns of an entity whose change makes search entries stale."""
    links = {f"{owner}_id" for owner in cls.entity.owned_by} | ({"tag_id"} if cls.entity.name == "record_tag" else set())
    searched = [item for item, _ in searched_columns(cls)]
    sources = derive_sources(cls) if any(item.derived for item in searched) else ()
    return frozenset({"deleted_at", *links, *(item.column for item in searched), *sources})


@lru_cache(maxsize=1)
def _queueing() -> tuple[str, ...]:
    """The statements that queue changed records, and the owners of changed parts."""
    own = ", ".join(str(cls.entity.number) for cls in searched_entities())
    statements = [f"INSERT INTO search_queue SELECT tbl, row FROM journal WHERE id > ? AND +tbl IN ({own}) ON CONFLICT DO NOTHING"]
    for part in ENTITIES.values():
        if part.entity.owned_by and (searched_columns(part) or part.entity.name == "record_tag"):
            for owner in part.entity.owned_by:
                statements.append(
                    f'INSERT INTO search_queue SELECT {ENTITIES[owner].entity.number}, p."{owner}_id" FROM journal j JOIN "{part.entity.name}" p ON p.id = j.row '  # noqa: S608
                    f'WHERE j.id > ? AND +j.tbl = {part.entity.number} AND p."{owner}_id" IS NOT NULL ON CONFLICT DO NOTHING'
                )
    return tuple(statements)


def drain(connection: Connection, limit: int) -> int:
    """Index up to `limit` queued records inside the open transaction; returns how many are left in the queue."""
    for (number,) in rows(connection, "SELECT DISTINCT tbl FROM search_queue"):
        taken = [row for (row,) in rows(connection, "SELECT row FROM search_queue WHERE tbl = ? ORDER BY row LIMIT ?", (number, limit))]
        if taken:
            _index(connection, BY_NUMBER[number], taken)
            connection.executemany("DELETE FROM search_queue WHERE tbl = ? AND row = ?", [(number, row) for row in taken])
            limit -= len(taken)
        if limit <= 0:
            break
    return int(rows(connection, "SELECT count(*) FROM search_queue")[0][0])


def _index(connection: Connection, cls: type[Record], ids: list[bytes]) -> None:
    number = cls.entity.number
    _forget(connection, number, ids)
    listed = _listed(ids)
    live = {row: list(values) for row, *values in rows(connection, _own_sql(cls), (listed,))}
    if not live:
        return
    connection.executemany("INSERT INTO search_doc(tbl, row) VALUES (?, ?)", [(number, row) for row in sorted(live)])
    docids = dict(rows(connection, "SELECT row, docid FROM search_doc WHERE tbl = ? AND row IN (SELECT unhex(value) FROM json_each(?))", (number, listed)))
    extra: dict[bytes, list[tuple[Field, str]]] = {}
    for field, sql in _part_sqls(cls):
        for owner, text in rows(connection, sql, (listed,)):
            if text:
                extra.setdefault(owner, []).append((field, str(text)))
    documents = Documents(connection)
    own = [item for item, _ in searched_columns(cls)]
    for row, values in live.items():
        texts = [(item, str(value)) for item, value in zip(own, values, strict=True) if value]
        documents.add(docids[row], texts + extra.get(row, []))
    documents.write()


def _listed(ids: Iterable[bytes]) -> str:
    return '["' + '","'.join(row.hex() for row in ids) + '"]'


@lru_cache(maxsize=64)
def _own_sql(cls: type[Record]) -> str:
    columns = ", ".join(f'"{item.column}"' for item, _ in searched_columns(cls))
    return f'SELECT id, {columns} FROM "{cls.entity.name}" WHERE deleted_at IS NULL AND id IN (SELECT unhex(value) FROM json_each(?))'  # noqa: S608


@lru_cache(maxsize=64)
def _part_sqls(cls: type[Record]) -> tuple[tuple[Field, str], ...]:
    return tuple(_each_part_sql(cls))


def _each_part_sql(cls: type[Record]) -> Iterator[tuple[Field, str]]:
    owner = f"{cls.entity.name}_id"
    for target, listing in owned_parts(cls).items():
        part = ENTITIES[target]
        if not listing.search:
            continue
        if target == "record_tag":
            yield listing, f"SELECT p.{owner}, t.name FROM record_tag p JOIN tag t ON t.id = p.tag_id WHERE p.deleted_at IS NULL AND p.{owner} IN (SELECT unhex(value) FROM json_each(?))"  # noqa: S608
        for item, _ in searched_columns(part):
            yield item, f'SELECT "{owner}", "{item.column}" FROM "{target}" WHERE deleted_at IS NULL AND "{owner}" IN (SELECT unhex(value) FROM json_each(?))'  # noqa: S608


def _forget(connection: Connection, number: int, ids: list[bytes]) -> None:
    known = [docid for (docid,) in rows(connection, "SELECT docid FROM search_doc WHERE tbl = ? AND row IN (SELECT unhex(value) FROM json_each(?))", (number, _listed(ids)))]
    if not known:
        return
    singles = [(docid,) for docid in known]
    for docid in known:
        for (number_digits,) in rows(connection, "SELECT digits FROM search_number WHERE docid = ?", (docid,)):
            parts = {int(number_digits[i : i + 3]) for i in range(len(number_digits) - 2)}
            connection.executemany("DELETE FROM search_digits WHERE part = ? AND docid = ?", [(part, docid) for part in parts])
    connection.executemany("DELETE FROM search_key WHERE docid = ?", singles)
    connection.executemany("DELETE FROM search_number WHERE docid = ?", singles)
    connection.executemany("DELETE FROM search_words WHERE rowid = ?", singles)
    connection.executemany("DELETE FROM search_doc WHERE docid = ?", singles)


def tidy(connection: Connection) -> None:
    """Join the pieces of the full-text index after a large build, and merge only when idle from then on."""
    connection.execute("INSERT INTO search_words(search_words) VALUES ('optimize')")
    connection.execute("INSERT INTO search_words(search_words, rank) VALUES ('automerge', 0)")


def check(connection: Connection) -> Iterator[str]:
    """Yield what is wrong with the index against the records: missing and stray documents."""
    for cls in searched_entities():
        number, name = cls.entity.number, cls.entity.name
        missing = rows(
            connection,
            f'SELECT count(*) FROM "{name}" t WHERE deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM search_doc d WHERE d.tbl = ? AND d.row = t.id) '  # noqa: S608
            "AND NOT EXISTS (SELECT 1 FROM search_queue q WHERE q.tbl = ? AND q.row = t.id)",
            (number, number),
        )[0][0]
        stray = rows(
            connection,
            f'SELECT count(*) FROM search_doc d WHERE d.tbl = ? AND NOT EXISTS (SELECT 1 FROM "{name}" t WHERE t.id = d.row AND t.deleted_at IS NULL) '  # noqa: S608
            "AND NOT EXISTS (SELECT 1 FROM search_queue q WHERE q.tbl = d.tbl AND q.row = d.row)",
            (number,),
        )[0][0]
        if missing or stray:
            yield f"search: {name}: {missing} records are missing from the index, {stray} entries are stray"

