"""The connections of one store: readers that are lent, and the one writer."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from crmdesk.errors import StoreBusy, StoreDamaged, UserError
from crmdesk.i18n import tr
from crmdesk.store.connections import BUSY_MS, Connection, connect, holds_alone, sorted_errors, writing_engine
from crmdesk.store.keys import Key
from crmdesk.store.triggers import trigger_problems

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection as Bound
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

PATIENCE_SECONDS = 5
# Three quarters of a walk through a table are deciphering. One reader, which is lent first, keeps the pages of a table of 100,000 records
# plain (50 ms become 12); those beside it have little.
MAIN_CACHE_KB, SIDE_CACHE_KB = 32_000, 8_000


class Pool:
    """The connections of a store that is open; any thread may borrow a reader, the writer is one thread's at a time."""

    def __init__(self, path: Path, key: Key, journal_mode: str) -> None:
        self.path = path
        self._key = key
        self._journal_mode = journal_mode
        self._readers: dict[frozenset[str], list[Connection]] = {}
        self._readers_lock = threading.Condition()
        self._lent = 0
        self._writing = threading.RLock()
        self._main: dict[frozenset[str], Connection] = {}
        self._writer: Connection | None = None
        self._engine: Engine | None = None
        self._bound: Bound | None = None
        self._closed = False

    @property
    def key(self) -> Key:
        """The raw key, for backup, recovery sheet and keyring."""
        return self._key

    @contextmanager
    def read_bare(self, hidden: frozenset[str] = frozenset(), *, aside: bool = False) -> Iterator[Connection]:
        """Lend a read-only connection; for the store's own workings. Values of the hidden sensitivities are masked on it.

        Args:
            aside: for long work, which must not have the reader that screens ask first.
        """
        with self._readers_lock:
            if self._closed:
                raise UserError(tr("The store is locked."))
            idle = self._readers.setdefault(hidden, [])
            # On a full disk the first reader holds the file alone: nobody else could open it.
            is_left = bool(idle) and not (aside and idle[0] is self._main.get(hidden) and not holds_alone(idle[0]))
            connection = idle.pop(0 if aside else -1) if is_left else None
            self._lent += 1
        try:
            if connection is None:
                with sorted_errors():
                    connection = self._new_reader(hidden)
            yield connection
        finally:
            with self._readers_lock:
                self._lent -= 1
                if self._closed and connection is not None:
                    connection.close()
                elif connection is not None:
                    idle = self._readers.setdefault(hidden, [])
                    idle.insert(len(idle) if connection is self._main.get(hidden) else 0, connection)
                self._readers_lock.notify_all()

    def _new_reader(self, hidden: frozenset[str]) -> Connection:
        connection = connect(self.path, self._key, query_only=True, journal=self._journal_mode)
        if hidden:
            from crmdesk.store.masks import mask

            try:
                mask(connection, hidden)
            except BaseException:
                connection.close()  # masked in part it would show the rest to the next one who asks
                raise
        with self._readers_lock:
            is_main = self._main.setdefault(hidden, connection) is connection
        connection.execute(f"PRAGMA cache_size = -{MAIN_CACHE_KB if is_main else SIDE_CACHE_KB}")
        return connection

    def _shrink_readers(self) -> None:
        """Let readers that wait to be lent forget their pages: after a large change they would read them anew anyway."""
        with self._readers_lock:
            for idle in self._readers.values():
                for connection in idle:
                    connection.execute("PRAGMA shrink_memory")

    def _opened_writer(self) -> Connection:
        if self._closed:
            raise UserError(tr("The store is locked."))
        if self._writer is None:
            writer = connect(self.path, self._key, journal=self._journal_mode)
            if problems := list(trigger_problems(writer)):
                writer.close()
                raise StoreDamaged(
                    tr("The store can't be written: its journal is not complete ({what}).", what=problems[0]),
                    hint=tr("Restore a backup: crmdesk restore BACKUP FILE."),
                )
            self._writer = writer
        return self._writer

    def _engine_of_records(self) -> Engine:
        """Return what single records are read and written through; loading it takes a third of a second, so it is done before the store is held."""
        from crmdesk.models import mapping

        mapping.tables()
        if self._engine is None:
            self._engine = writing_engine(self._opened_writer())
        return self._engine

    def _open_session(self) -> Session:
        """Return a session of single records in the transaction that the door has begun."""
        from sqlalchemy.orm import Session

        self._bound = self._engine_of_records().connect()
        self._bound.begin()
        return Session(bind=self._bound, autoflush=False, expire_on_commit=False)

    @contextmanager
    def writer_alone(self) -> Iterator[Connection]:
        """Lend the writing connection outside any transaction, for backup and maintenance."""
        with self._writing, sorted_errors():
            yield self._opened_writer()

    @contextmanager
    def without_waiting(self) -> Iterator[None]:
        """Let what is written within fail at once while another program writes, not after five seconds only."""
        with self.writer_alone() as writer:
            writer.execute("PRAGMA busy_timeout = 0")
            try:
                yield
            finally:
                writer.execute(f"PRAGMA busy_timeout = {BUSY_MS}")

    @contextmanager
    def put_aside(self) -> Iterator[None]:
        """Have no connection open while the file is replaced; who wants to read or write waits. The store works on afterwards, unless it is closed within.

        Raises:
            StoreBusy: a read takes longer than five seconds.
        """
        with self._writing, self._readers_lock:
            if not self._readers_lock.wait_for(lambda: self._lent == 0, PATIENCE_SECONDS):
                raise StoreBusy(tr("The store is busy: something is still being read."), hint=tr("Try again in a moment."))
            self._drop_connections()
            yield

    def _drop_connections(self) -> None:
        for connection in (one for idle in self._readers.values() for one in idle):
            connection.close()
        self._readers, self._main = {}, {}
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def close(self) -> None:
        """Close every connection and forget the key."""
        with self._writing, self._readers_lock:
            self._closed = True
            self._drop_connections()
            self._key = Key("0" * 96)
