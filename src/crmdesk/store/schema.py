"""The tables beside the entities: journal, search, and what stays on this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

INSERT, UPDATE, PURGE = 0, 1, 2

WORKINGS = (
    # One row: the transaction that is open in the door, and whether it may purge.
    "CREATE TABLE current(id INTEGER PRIMARY KEY CHECK (id = 1), tx INTEGER, at INTEGER, purging INTEGER) STRICT",
    "INSERT INTO current VALUES (1, NULL, NULL, NULL)",
    "CREATE TABLE journal(id INTEGER PRIMARY KEY, tx INTEGER NOT NULL, tbl INTEGER NOT NULL, row BLOB NOT NULL, op INTEGER NOT NULL, changes TEXT) STRICT",
    # Queries over the rows of one transaction write `+tbl`: otherwise the planner takes this index and reads the whole history of a table.
    "CREATE INDEX journal_of_record ON journal(tbl, row)",
    """CREATE TABLE journal_tx(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, member BLOB, device BLOB NOT NULL, origin TEXT NOT NULL, label TEXT NOT NULL,
        about TEXT, operation TEXT NOT NULL, kind TEXT NOT NULL, reverts INTEGER, caused_by INTEGER, undoable INTEGER NOT NULL,
        first_id INTEGER, last_id INTEGER, detail TEXT, hash BLOB NOT NULL) STRICT""",
    # Salt (16 bytes) and digest (32 bytes) of each journal row, in runs, so that an import of 300,000 rows writes some hundred of these.
    "CREATE TABLE journal_digest(first_id INTEGER PRIMARY KEY, tx INTEGER NOT NULL, salts BLOB NOT NULL, digests BLOB NOT NULL) STRICT",
    "CREATE TABLE search_doc(docid INTEGER PRIMARY KEY, tbl INTEGER NOT NULL, row BLOB NOT NULL, UNIQUE(tbl, row)) STRICT",
    "CREATE TABLE search_key(key TEXT NOT NULL, docid INTEGER NOT NULL, weight INTEGER NOT NULL, PRIMARY KEY(key, docid)) STRICT, WITHOUT ROWID",
    "CREATE INDEX search_key_of_doc ON search_key(docid)",
    "CREATE TABLE search_digits(part INTEGER NOT NULL, docid INTEGER NOT NULL, PRIMARY KEY(part, docid)) STRICT, WITHOUT ROWID",
    "CREATE TABLE search_number(docid INTEGER NOT NULL, digits TEXT NOT NULL, PRIMARY KEY(docid, digits)) STRICT, WITHOUT ROWID",
    "CREATE VIRTUAL TABLE search_words USING fts5(title, data, body, content='', contentless_delete=1, detail=column, prefix='2 3', tokenize=\"unicode61 remove_diacritics 0\")",
    # Records whose search entries are not yet up to date.
    "CREATE TABLE search_queue(tbl INTEGER NOT NULL, row BLOB NOT NULL, PRIMARY KEY(tbl, row)) STRICT, WITHOUT ROWID",
    "CREATE TABLE attachment_piece(attachment_id BLOB NOT NULL, position INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY(attachment_id, position)) STRICT",
    # Local to this computer: neither journaled nor ever shared.
    "CREATE TABLE local(key TEXT PRIMARY KEY, value TEXT) STRICT, WITHOUT ROWID",
    "CREATE TABLE draft(key TEXT PRIMARY KEY, tbl INTEGER, row BLOB, content TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE former_key(made_at INTEGER PRIMARY KEY, key TEXT NOT NULL) STRICT",
)


def entity_tables() -> Iterator[str]:
    """Yield the SQL of every entity's table and indexes."""
    from sqlalchemy.dialects import sqlite
    from sqlalchemy.schema import CreateIndex, CreateTable

    from crmdesk.models.mapping import tables

    dialect = sqlite.dialect()
    for table in tables():
        yield str(CreateTable(table).compile(dialect=dialect))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield str(CreateIndex(index).compile(dialect=dialect))
