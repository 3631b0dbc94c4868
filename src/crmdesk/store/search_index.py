"""The search index: a key B-tree, digit trigrams and full-text words over documents that stand for records.

Built from the journal: small transactions index what they changed at once, large ones leave it in the queue.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from crmdesk.fields import Field
from crmdesk.models.base import ENTITIES, Record
from crmdesk.models.names import folded, has_cjk, readings
from crmdesk.models.phones import digits
from crmdesk.models.registry import BY_NUMBER, owned_parts
from crmdesk.models.workspace import CustomField
from crmdesk.store.connections import Connection, rows
from crmdesk.store.door import derive_sources
from crmdesk.store.pace import no_garbage
from crmdesk.store.schema import PURGE, UPDATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

AT_ONCE = 50
OWN_WEIGHTS = {"text": 2, "choice": 2, "long_text": 1}
"""The kinds of own fields that are searched, and how much a find in them weighs."""
LOOKED_AT = 1000
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
APOSTROPHE = re.compile("['’]")
"""Where the full-text index cuts words that are one in titles."""
# The full-text index goes by an older Unicode, to which these vowels and signs are marks between words. In it they stand as private letters.
_AS_LETTERS = {ord(sign): 0xE000 + at for at, sign in enumerate("ᦰᦱᦲᦳᦴᦵᦶᦷᦸᦹᦺᦻᦼᦽᦾᦿᧀᧈᧉᳲᳳ")}
CJK = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
"""The letters that are looked for one by one, as a range of a pattern."""
_CJK_RUN = re.compile(f"[{CJK}]+")
_LONGEST_KEY = 40
LONGEST_BODY = 20_000


@lru_cache(maxsize=64)
def searched_columns(cls: type[Record]) -> tuple[tuple[Field, int], ...]:
    """Return an entity's own searched fields with their weights."""
    return tuple((item, item.search) for item in cls.fields.values() if item.search and item.kind != "parts")


@lru_cache(maxsize=1)
def searched_entities() -> tuple[type[Record], ...]:
    """Return the entities that have documents of their own: those with a searched field that are no parts."""
    return tuple(cls for cls in ENTITIES.values() if cls.entity.journaled and not cls.entity.owned_by and searched_columns(cls))


@lru_cache(maxsize=20_000)
def _short_words(text: str) -> tuple[str, ...]:
    return tuple(_words(text))


def words(text: str) -> Sequence[str]:
    """Return a text's words, folded; a run of Chinese becomes its characters and pairs of neighbours."""
    # Names, roles and places come again and again.
    return _short_words(text) if len(text) < 60 else _words(text)


def _words(text: str) -> list[str]:
    found: list[str] = []
    for word in _WORD.findall(folded(text)):
        if _CJK_RUN.search(word):
            for run in _CJK_RUN.findall(word):
                found += [*run, *(run[i : i + 2] for i in range(len(run) - 1))]
            found += [rest.translate(_AS_LETTERS) for rest in _CJK_RUN.split(word) if rest]
        else:
            found.append(word if word.isascii() else word.translate(_AS_LETTERS))
    return found


def title_keys(text: str) -> set[str]:
    """Return the keys under which a title is found from its beginning: the whole, each word, pinyin and initials."""
    plain = folded(text)
    return _title_keys(text, plain, _WORD.findall(plain))


def _title_keys(text: str, plain: str, found: Sequence[str]) -> set[str]:
    keys = {word[:_LONGEST_KEY] for word in found}
    keys.add(plain[:_LONGEST_KEY])
    if has_cjk(text):
        for run in _CJK_RUN.findall(text):
            keys.update(run[start : start + _LONGEST_KEY] for start in range(len(run)))
            for sounds in readings(run):
                for start in range(len(run)):
                    keys.add("".join(sounds[start:])[:_LONGEST_KEY])
                    keys.add("".join(sound[:1] for sound in sounds[start:])[:_LONGEST_KEY])
    keys.discard("")
    return keys


_MAIL_WORD = re.compile(r"\w+")


def mail_parts(address: str) -> list[str]:
    """Return the pieces of a mail address that people search for: the words in its name and in its domain."""
    return _MAIL_WORD.findall(folded(address))


NUMBERS = frozenset({"number", "customer_number", "code", "vat_id", "credit_code"})
_TRIGRAMS = """INSERT OR IGNORE INTO search_digits SELECT CAST(substr(n.digits, p.place, 3) AS INTEGER), n.docid
    FROM batch b CROSS JOIN search_number n ON n.docid = b.docid CROSS JOIN digit_place p ON p.place <= length(n.digits) - 2"""


class Documents:
    """Gathers the search entries of many records of one entity, then writes them in a few statements."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._keys: set[tuple[str, int]] = set()
        self._number_keys: set[tuple[str, int]] = set()
        self._numbers: set[tuple[int, str]] = set()
        self._texts: dict[int, list[str]] = {}

    def add(self, docid: int) -> None:
        """Begin a document."""
        self._texts[docid] = ["", "", ""]

    def take(self, item: Field, values: Iterable[tuple[int, Any]]) -> None:
        """Add the values of one searched field, each with its document."""
        weight = item.search
        at, texts = 3 - weight, self._texts
        if weight == 2 and item.name in NUMBERS:
            self._take_numbers(item, values)
        elif weight == 3:
            self._take_titles(values)
        else:
            split = mail_parts if weight == 2 and item.name == "address" else words
            for docid, value in values:
                if value:
                    texts[docid][at] += " ".join(split(str(value)[:LONGEST_BODY])) + " "

    def _take_titles(self, values: Iterable[tuple[int, Any]]) -> None:
        add, texts = self._keys.add, self._texts
        for docid, value in values:
            text = str(value or "")
            if not (plain := folded(text)):
                continue
            found = _WORD.findall(plain)
            if plain.isascii():
                texts[docid][0] += " ".join(found) + " "
                for word in found:
                    add((word[:_LONGEST_KEY], docid))
                add((plain[:_LONGEST_KEY], docid))
            else:
                texts[docid][0] += " ".join(words(text) if _CJK_RUN.search(plain) else found).translate(_AS_LETTERS) + " "
                self._keys.update((key, docid) for key in _title_keys(text, plain, found))

    def _take_numbers(self, item: Field, values: Iterable[tuple[int, Any]]) -> None:
        # A phone's digits are all there is to search.
        is_phone = item.sensitivity == "personal"
        for docid, value in values:
            if not value:
                continue
            text = str(value)
            number = digits(text)
            if len(number) >= 3:
                self._numbers.add((docid, number))
            if not is_phone:
                self._number_keys.add((folded(text)[:_LONGEST_KEY], docid))
                self._texts[docid][1] += " ".join(words(text[:LONGEST_BODY])) + " "

    def write(self) -> None:
        """Write what was gathered, in the order of the tables' keys."""
        run = self._connection.executemany
        run("INSERT OR IGNORE INTO search_key VALUES (?, ?, 4)", sorted(self._number_keys))
        run("INSERT OR IGNORE INTO search_key VALUES (?, ?, 3)", sorted(self._keys))
        run("INSERT OR IGNORE INTO search_number VALUES (?, ?)", sorted(self._numbers))
        if self._numbers:
            self._write_trigrams(max(len(number) for _, number in self._numbers))
        run("INSERT INTO search_words(rowid, title, data, body) VALUES (?, ?, ?, ?)", ((docid, *texts) for docid, texts in self._texts.items()))

    def _write_trigrams(self, longest: int) -> None:
        """Cut the numbers of the batch into threes; the database does it in half the time and lets other threads run meanwhile."""
        self._connection.execute("CREATE TEMP TABLE IF NOT EXISTS digit_place(place INTEGER PRIMARY KEY)")
        known = rows(self._connection, "SELECT ifnull(max(place), 0) FROM digit_place")[0][0]
        self._connection.executemany("INSERT INTO digit_place VALUES (?)", [(place,) for place in range(known + 1, longest - 1)])
        self._connection.execute(_TRIGRAMS)


def index_changes(connection: Connection, before: int) -> None:
    """Bring the records that the open transaction changed into the index, or into the queue when they are many."""
    entries = rows(connection, "SELECT tbl, row, op, changes FROM journal WHERE id > ? LIMIT ?", (before, AT_ONCE * 4 + 1))
    if len(entries) > AT_ONCE * 4:
        _queue_many(connection, before)
        return
    _queue_holders(connection, {row for number, row, op, _ in entries if number == CustomField.entity.number and op == UPDATE})
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
        if op == UPDATE and not _is_indexed(cls, json.loads(changes or "{}")):
            continue
        if not cls.entity.owned_by:
            if cls in searched_entities():
                yield number, row
        elif searched_columns(cls) or cls.entity.name == "record_tag":
            owners = ", ".join(f'"{owner}_id"' for owner in cls.entity.owned_by)
            for owned in rows(connection, f'SELECT {owners} FROM "{cls.entity.name}" WHERE id = ?', (row,)):
                yield from ((ENTITIES[owner].entity.number, of) for owner, of in zip(cls.entity.owned_by, owned, strict=True) if of)


def _is_indexed(cls: type[Record], changed: Iterable[str]) -> bool:
    """Say whether one of the journaled columns stands in search entries; an own field may."""
    return not indexed_changes(cls).isdisjoint(changed) or any(name.startswith("custom.") for name in changed)


@lru_cache(maxsize=64)
def indexed_changes(cls: type[Record]) -> frozenset[str]:
    """Return the journaled columns of an entity whose change makes search entries stale."""
    links = {f"{owner}_id" for owner in cls.entity.owned_by} | ({"tag_id"} if cls.entity.name == "record_tag" else set())
    searched = [item for item, _ in searched_columns(cls)]
    sources = derive_sources(cls) if any(item.derived for item in searched) else ()
    return frozenset({"deleted_at", *links, *(item.column for item in searched), *sources})


def _queue_many(connection: Connection, before: int) -> None:
    """Queue the records that a large transaction changed, and the owners of the parts that it changed."""
    # With the plus the entries themselves are gone through; without it all that were ever made, in the index of records.
    present = {number for (number,) in rows(connection, "SELECT DISTINCT +tbl FROM journal WHERE id > ?", (before,))}
    own = ", ".join(str(cls.entity.number) for cls in searched_entities() if cls.entity.number in present)
    if CustomField.entity.number in present:
        changed = "SELECT DISTINCT row FROM journal WHERE id > ? AND +tbl = ? AND op = ?"
        _queue_holders(connection, [row for (row,) in rows(connection, changed, (before, CustomField.entity.number, UPDATE))])
    if own:
        connection.execute(f"INSERT INTO search_queue SELECT tbl, row FROM journal WHERE id > ? AND +tbl IN ({own}) ON CONFLICT DO NOTHING", (before,))  # noqa: S608
    parts = [BY_NUMBER[number] for number in present if BY_NUMBER[number].entity.owned_by]
    owning = {owner for part in parts for owner in part.entity.owned_by}
    waiting = {cls.entity.name for cls in searched_entities() if cls.entity.name in owning and _all_wait(connection, cls, before)}
    for part in parts:
        if (searched_columns(part) or part.entity.name == "record_tag") and not waiting.issuperset(part.entity.owned_by):
            owners = [owner for owner in part.entity.owned_by if ENTITIES[owner] in searched_entities()]
            number = " ".join(f'WHEN p."{owner}_id" IS NOT NULL THEN {ENTITIES[owner].entity.number}' for owner in owners)
            owned = ", ".join(f'p."{owner}_id"' for owner in owners) + ", NULL"
            connection.execute(
                f'INSERT INTO search_queue SELECT CASE {number} END, coalesce({owned}) FROM journal j JOIN "{part.entity.name}" p ON p.id = j.row '  # noqa: S608
                f"WHERE j.id > ? AND +j.tbl = {part.entity.number} AND coalesce({owned}) IS NOT NULL ON CONFLICT DO NOTHING",
                (before,),
            )


def _all_wait(connection: Connection, cls: type[Record], before: int) -> bool:
    """Say whether a transaction changed every record of an entity, as the first import into a store does: none has to be found by its parts then.

    The journal has one entry for each record.
    """
    came = rows(connection, "SELECT count(*) FROM journal WHERE id > ? AND +tbl = ? AND op <> ?", (before, cls.entity.number, PURGE))[0][0]
    return not rows(connection, f'SELECT 1 FROM "{cls.entity.name}" LIMIT 1 OFFSET ?', (came,))  # noqa: S608


def _queue_holders(connection: Connection, definitions: Iterable[bytes]) -> None:
    """Queue the records that have a value of these own fields: the fields came, went or were put back."""
    for definition in definitions:
        for about, kind in rows(connection, "SELECT about, kind FROM custom_field WHERE id = ?", (definition,)):
            cls = ENTITIES.get(about)
            if kind in OWN_WEIGHTS and cls in searched_entities():
                connection.execute(
                    f'INSERT INTO search_queue SELECT {cls.entity.number}, id FROM "{about}" WHERE custom IS NOT NULL '  # noqa: S608
                    "AND json_extract(custom, ?) IS NOT NULL ON CONFLICT DO NOTHING",
                    (_own_path(definition),),
                )


def drain(connection: Connection, limit: int) -> int:
    """Index up to `limit` queued records inside the open transaction; returns how many were taken from the queue."""
    left = limit
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS batch(row BLOB PRIMARY KEY, docid INTEGER) WITHOUT ROWID")
    for number in list(_waiting_tables(connection)):
        connection.execute("DELETE FROM batch")
        connection.execute("INSERT INTO batch(row) SELECT row FROM search_queue WHERE tbl = ? ORDER BY row LIMIT ?", (number, left))
        taken = int(rows(connection, "SELECT count(*) FROM batch")[0][0])
        with no_garbage():
            _index(connection, BY_NUMBER[number])
        connection.execute("DELETE FROM search_queue WHERE tbl = ? AND row IN (SELECT row FROM batch)", (number,))
        left -= taken
        if left <= 0:
            break
    return limit - left


def _waiting_tables(connection: Connection) -> Iterator[int]:
    """Yield the number of each table that has records in the queue; DISTINCT would walk through all of them."""
    number = 0
    while (number := rows(connection, "SELECT ifnull(min(tbl), 0) FROM search_queue WHERE tbl > ?", (number,))[0][0]) > 0:
        yield number


def _index(connection: Connection, cls: type[Record]) -> None:
    """Index the records of one entity that stand in `batch`."""
    number, name = cls.entity.number, cls.entity.name
    _forget(connection, number)
    connection.execute(
        f'INSERT INTO search_doc(tbl, row) SELECT {number}, b.row FROM batch b CROSS JOIN "{name}" t ON t.id = b.row WHERE t.deleted_at IS NULL ORDER BY b.row'  # noqa: S608
    )
    connection.execute("UPDATE batch SET docid = (SELECT docid FROM search_doc d WHERE d.tbl = ? AND d.row = batch.row)", (number,))
    documents = Documents(connection)
    for (docid,) in rows(connection, "SELECT docid FROM batch WHERE docid IS NOT NULL ORDER BY row"):
        documents.add(docid)
    for fields, sql in (*_sources(cls), *_own_source(connection, cls)):
        if not rows(connection, f'SELECT 1 FROM "{sql.table}" LIMIT 1'):  # noqa: S608
            continue
        found = rows(connection, sql.text)
        for place, field in enumerate(fields, 1):
            documents.take(field, ((row[0], row[place]) for row in found))
    documents.write()


@dataclass(frozen=True)
class _Source:
    table: str
    text: str


@lru_cache(maxsize=64)
def _sources(cls: type[Record]) -> tuple[tuple[tuple[Field, ...], _Source], ...]:
    """Return what is read for an entity's documents: its own searched fields, then those of each of its parts."""
    return tuple(_each_source(cls))


def _each_source(cls: type[Record]) -> Iterator[tuple[tuple[Field, ...], _Source]]:
    # CROSS JOIN begins with the batch; left to itself the planner walks through all records to find the few that stand in it.
    name, owner = cls.entity.name, f"{cls.entity.name}_id"
    own = tuple(item for item, _ in searched_columns(cls))
    yield own, _Source(name, f'SELECT b.docid, {_named("t", own)} FROM batch b CROSS JOIN "{name}" t ON t.id = b.row WHERE b.docid IS NOT NULL')  # noqa: S608
    for target, listing in owned_parts(cls).items():
        if not listing.search:
            continue
        joined = f'FROM batch b CROSS JOIN "{target}" p ON p."{owner}" = b.row AND p.deleted_at IS NULL'
        if target == "record_tag":
            yield (listing,), _Source(target, f"SELECT b.docid, t.name {joined} JOIN tag t ON t.id = p.tag_id WHERE b.docid IS NOT NULL")
        elif items := tuple(item for item, _ in searched_columns(ENTITIES[target])):
            yield items, _Source(target, f"SELECT b.docid, {_named('p', items)} {joined} WHERE b.docid IS NOT NULL")


def _own_source(connection: Connection, cls: type[Record]) -> Iterator[tuple[tuple[Field, ...], _Source]]:
    """Yield what is read for the user's own fields: nothing where an entity has none of text."""
    own = own_searched(connection, cls)
    if own:
        values = ", ".join(f"json_extract(t.custom, '{_own_path(definition)}')" for definition, _ in own)
        of_batch = f'FROM batch b CROSS JOIN "{cls.entity.name}" t ON t.id = b.row WHERE b.docid IS NOT NULL AND t.custom IS NOT NULL'
        yield tuple(item for _, item in own), _Source(cls.entity.name, f"SELECT b.docid, {values} {of_batch}")


def own_searched(connection: Connection, cls: type[Record]) -> list[tuple[bytes, Field]]:
    """Return the user's own fields of an entity that are searched, each with the id of its definition."""
    defined = rows(connection, "SELECT id, kind, label FROM custom_field WHERE about = ? AND deleted_at IS NULL ORDER BY id", (cls.entity.name,))
    return [(row, Field(row.hex(), kind, label, search=OWN_WEIGHTS[kind])) for row, kind, label in defined if kind in OWN_WEIGHTS]


def _own_path(definition: bytes) -> str:
    return f'$."{definition.hex()}"'


def _named(alias: str, items: Iterable[Field]) -> str:
    return ", ".join(f'{alias}."{item.column}"' for item in items)


def _forget(connection: Connection, number: int) -> None:
    """Take the old entries of the records in `batch` out of the index."""
    known = [docid for (docid,) in rows(connection, "SELECT d.docid FROM batch b CROSS JOIN search_doc d ON d.tbl = ? AND d.row = b.row", (number,))]
    if not known:
        return
    singles = [(docid,) for docid in known]
    parts: set[tuple[int, int]] = set()
    for docid in known:
        for (written,) in rows(connection, "SELECT digits FROM search_number WHERE docid = ?", (docid,)):
            parts.update((int(written[i : i + 3]), docid) for i in range(len(written) - 2))
    connection.executemany("DELETE FROM search_digits WHERE part = ? AND docid = ?", sorted(parts))
    connection.executemany("DELETE FROM search_key WHERE docid = ?", singles)
    connection.executemany("DELETE FROM search_number WHERE docid = ?", singles)
    connection.executemany("DELETE FROM search_words WHERE rowid = ?", singles)
    connection.executemany("DELETE FROM search_doc WHERE docid = ?", singles)


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
        if nameless := _nameless(connection, cls):
            yield f"search: {name}: {nameless} records are not found by their names"
        if unfound := _unfound(connection, cls):
            yield f"search: {name}: {unfound} records are not found by their own fields"


def _nameless(connection: Connection, cls: type[Record]) -> int:
    """Return how many of the newest records the index lacks a key of the name."""
    count = 0
    for column in (item.column for item, weight in searched_columns(cls) if weight == 3):
        newest = rows(
            connection,
            f'SELECT d.docid, t."{column}" FROM "{cls.entity.name}" t JOIN search_doc d ON d.tbl = ? AND d.row = t.id WHERE t."{column}" IS NOT NULL '  # noqa: S608
            "AND t.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM search_queue q WHERE q.tbl = d.tbl AND q.row = d.row) ORDER BY t.id DESC LIMIT ?",
            (cls.entity.number, LOOKED_AT),
        )
        for docid, value in newest:
            count += not title_keys(value) <= {key for (key,) in rows(connection, "SELECT key FROM search_key WHERE docid = ?", (docid,))}
    return count


def _unfound(connection: Connection, cls: type[Record]) -> int:
    """Return how many of the newest records that have own fields the index lacks a word of."""
    count = 0
    for definition, _ in own_searched(connection, cls):
        newest = rows(
            connection,
            f'SELECT d.docid, json_extract(t.custom, ?) FROM "{cls.entity.name}" t JOIN search_doc d ON d.tbl = ? AND d.row = t.id '  # noqa: S608
            "WHERE t.custom IS NOT NULL AND json_extract(t.custom, ?) IS NOT NULL AND t.deleted_at IS NULL "
            "AND NOT EXISTS (SELECT 1 FROM search_queue q WHERE q.tbl = d.tbl AND q.row = d.row) ORDER BY t.id DESC LIMIT ?",
            (_own_path(definition), cls.entity.number, _own_path(definition), LOOKED_AT),
        )
        for docid, value in newest:
            found = [piece for word in words(str(value)[:LONGEST_BODY]) for piece in APOSTROPHE.split(word) if piece][:5]
            sought = " AND ".join(f'"{word}"' for word in found)
            if found and not rows(connection, "SELECT 1 FROM search_words WHERE search_words MATCH ? AND rowid = ?", (sought, docid)):
                count += 1
    return count
