"""Store: the encrypted file, open: reads through short sessions, writes through the door, changes announced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.clock import now_ms
from crmdesk.store.connections import rows, sorted_errors
from crmdesk.store.search_index import drain
from crmdesk.store.turning import Turning

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store.keys import Key


class Store(Turning):
    """An open store.

    Any thread may read or run an operation; there is one writer at a time, and listeners are called in the thread that wrote, after the commit.

    Attributes:
        mended: a sentence for people about what a program that died had left unfinished, to be told once; empty if nothing was.
    """

    def __init__(self, path: Path, key: Key, *, journal_mode: str = "WAL") -> None:
        self._index_left = 0
        super().__init__(path, key, journal_mode)

    # -- search ----------------------------------------------------------------------------------------------------------------

    def index_waiting(self) -> int:
        """Return how many records wait for the search index."""
        with self.read_bare() as connection:
            return int(rows(connection, "SELECT count(*) FROM search_queue")[0][0])

    def index_step(self, limit: int = 10_000) -> int:
        """Bring some of the waiting records into the search index; returns how many are left. Called in the background until 0."""
        with self._writing, sorted_errors():
            connection = self._opened_writer()
            connection.execute("BEGIN IMMEDIATE")
            try:
                taken = drain(connection, limit)
                # Counting walks through all that waits, so it is done when the count before says nothing any more.
                is_known = taken == limit < self._index_left
                left = self._index_left - taken if is_known else int(rows(connection, "SELECT count(*) FROM search_queue")[0][0])
                connection.execute("COMMIT")
            except BaseException:
                connection.rollback()  # SQLite itself has done so where the disk was full
                raise
            self._index_left = left
        return left

    # -- local things ----------------------------------------------------------------------------------------------------------

    def local(self, key: str) -> str | None:
        """Return a value that stays on this computer, such as the window's place."""
        with self.read_bare() as connection:
            found = rows(connection, "SELECT value FROM local WHERE key = ?", (key,))
        return found[0][0] if found else None

    def set_local(self, key: str, value: str | None) -> None:
        """Keep a value on this computer; not journaled."""
        with self._writing, sorted_errors():
            connection = self._opened_writer()
            connection.execute("INSERT INTO local VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value", (key, value))

    def drafts(self) -> dict[str, str]:
        """Return half-typed texts by key."""
        with self.read_bare() as connection:
            return dict(rows(connection, "SELECT key, content FROM draft ORDER BY at"))

    def keep_draft(self, key: str, content: str | None) -> None:
        """Keep a half-typed text so that a crash does not lose it; None forgets it."""
        with self._writing, sorted_errors():
            connection = self._opened_writer()
            if content:
                connection.execute(
                    "INSERT INTO draft(key, content, at) VALUES (?, ?, ?) ON CONFLICT(key) DO UPDATE SET content = excluded.content, at = excluded.at",
                    (key, content, now_ms()),
                )
            else:
                connection.execute("DELETE FROM draft WHERE key = ?", (key,))

    # -- end -------------------------------------------------------------------------------------------------------------------

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
