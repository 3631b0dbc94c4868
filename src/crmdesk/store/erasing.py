"""Erasing: what a work that was never finished had written is taken out of the file, not only out of sight.

The work was taken back before, so nothing that counts changes any more. Of the journal the transactions stay, with their hashes: the chain goes on
to be provable, by the one hash that stands for all digests of a transaction whose entries are gone (`journal.seal`).

Whoever carries the journal's changes to other stores must not go beyond the first transaction of a series that is noted as unfinished: what is erased
here leaves no entry by which the others would hear that it was taken back.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from crmdesk.models.base import ENTITIES
from crmdesk.models.registry import BY_NUMBER
from crmdesk.store import journal, undo
from crmdesk.store.connections import Connection, rows
from crmdesk.store.schema import INSERT, PURGE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from crmdesk.models.base import Record
    from crmdesk.store.undo import Step

NOBODY = bytes(16)
SPENT_FOR_EVER = ("number_series", "spent_number")
"""Numbers that were given stay given."""


def steps_of(connection: Connection, series: int) -> tuple[list[Step], frozenset[int]]:
    """Return the transactions of a series that made something, newest first, and all of them with those that took them back."""
    together = undo.all_of_series(connection, series)
    return [step for step in together.values() if step.kind == "do" and step.first is not None], frozenset(together)


def is_free(connection: Connection, steps: Sequence[Step], together: Collection[int]) -> bool:
    """Say whether nobody else has changed what a series made, or let something point at it, be it in the bin since."""
    listed = json.dumps(sorted(together))
    start = min(step.first or 0 for step in steps)
    others = rows(connection, "SELECT DISTINCT tbl, row FROM journal WHERE id > ? AND tx NOT IN (SELECT value FROM json_each(?))", (start, listed))

    def is_made(number: int, record: bytes) -> bool:
        sql = "SELECT 1 FROM journal WHERE tbl = ? AND row = ? AND op = ? AND tx IN (SELECT value FROM json_each(?))"
        return bool(rows(connection, sql, (number, record, INSERT, listed)))

    def is_tied(number: int, record: bytes) -> bool:
        return is_made(number, record) or any(is_made(*link) for link in _links(connection, BY_NUMBER[number], record))

    return not any(is_tied(number, record) for number, record in others)


def _links(connection: Connection, cls: type[Record], record: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the records that a record points at, each with the number of its table."""
    links = [item for item in cls.fields.values() if item.kind == "link" and item.target in ENTITIES]
    if not links:
        return
    columns = ", ".join(f'"{item.column}"' for item in links)
    for found in rows(connection, f'SELECT {columns} FROM "{cls.entity.name}" WHERE id = ?', (record,)):  # noqa: S608
        yield from ((ENTITIES[item.target or ""].entity.number, value) for item, value in zip(links, found, strict=True) if value)


def erase(connection: Connection, step: Step, together: Collection[int]) -> None:
    """Take what one transaction made out of the tables, and its entries and those that took it back out of the journal, inside the open transaction.

    Numbers that were given stay given, with their entries.
    """
    before = journal.last_entry(connection)
    connection.execute("UPDATE current SET purging = 1")
    for (number,) in rows(connection, "SELECT DISTINCT +tbl FROM journal WHERE id BETWEEN ? AND ? AND op = ?", (step.first, step.last, INSERT)):
        if BY_NUMBER[number].entity.name not in SPENT_FOR_EVER:
            _delete_made(connection, BY_NUMBER[number], step)
    connection.execute("DELETE FROM journal WHERE id > ?", (before,))
    kept = json.dumps([ENTITIES[name].entity.number for name in SPENT_FOR_EVER])
    of_step = f"SELECT id, first_id, last_id FROM journal_tx WHERE first_id IS NOT NULL AND (id = ? OR reverts = ?) AND id IN ({', '.join(str(tx) for tx in together)})"
    for tx, first, last in rows(connection, of_step, (step.tx, step.tx)):
        gone = "id BETWEEN ? AND ? AND tbl NOT IN (SELECT value FROM json_each(?))"
        # The entry with the highest number is emptied and stays, or the next one would get a number again.
        connection.execute(
            f"UPDATE journal SET tbl = ?, row = ?, op = ?, changes = NULL WHERE id = ? AND {gone}",  # noqa: S608
            (ENTITIES["setting"].entity.number, NOBODY, PURGE, before, first, last, kept),
        )
        connection.execute(f"DELETE FROM journal WHERE id <> ? AND {gone}", (before, first, last, kept))  # noqa: S608
        journal.seal(connection, tx, first, last)


def _delete_made(connection: Connection, cls: type[Record], step: Step) -> None:
    name, number = cls.entity.name, cls.entity.number
    made = "SELECT row FROM journal WHERE id BETWEEN ? AND ? AND +tbl = ? AND op = ?"
    of_step = (step.first, step.last, number, INSERT)
    connection.execute(
        f"DELETE FROM search_queue WHERE tbl = ? AND row IN ({made}) AND NOT EXISTS (SELECT 1 FROM search_doc d WHERE d.tbl = search_queue.tbl AND d.row = search_queue.row)",  # noqa: S608
        (number, *of_step),
    )
    if name == "attachment":
        connection.execute(f"DELETE FROM attachment_piece WHERE attachment_id IN ({made})", of_step)  # noqa: S608
    connection.execute(f'DELETE FROM "{name}" WHERE id IN ({made})', of_step)  # noqa: S608


@contextmanager
def without_links(connection: Connection) -> Iterator[None]:
    """Let rows be deleted without looking for what points at each of them: of those not indexed that takes the whole table each time."""
    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        connection.execute("PRAGMA foreign_keys = ON")
