"""Series: work too long for one transaction is written in several, between which others come to write, and is undone as one.

Each transaction of a series names the first one in its details. Until the last is written, a note on this computer says what would make the series
whole again, and a lock beside the store says that somebody is at it: what a killed program left is taken back by the next one that opens the store.
"""

from __future__ import annotations

import contextlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from crmdesk.clock import random_bytes
from crmdesk.errors import StoreBusy
from crmdesk.i18n import tr
from crmdesk.store.connections import Connection, connect, rows, sorted_errors
from crmdesk.store.keys import Key
from crmdesk.store.unfinished import unfinished

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

T = TypeVar("T")
NOTE = "unfinished_series"
ERASE = "erase"


def note(connection: Connection, cure: str | None, series: int) -> None:
    """Say on this computer what makes a series whole again: `undo`, `redo`, or `erase` once it is taken back; None once it is whole."""
    connection.execute("DELETE FROM local WHERE key = ?", (NOTE,))
    if cure:
        connection.execute("INSERT INTO local VALUES (?, ?)", (NOTE, f"{cure} {series}"))


def noted(connection: Connection) -> tuple[str, int] | None:
    """Return what makes an unfinished series whole again, and which it is."""
    found = rows(connection, "SELECT value FROM local WHERE key = ?", (NOTE,))
    if not found:
        return None
    cure, _, series = str(found[0][0]).partition(" ")
    return cure, int(series)


@contextmanager
def alone_at_it(path: Path) -> Iterator[None]:
    """Be the only one who writes a series into a store; the lock ends with the process.

    Raises:
        StoreBusy: somebody else writes one.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(path.with_name(f".{path.name}.series"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise StoreBusy(tr("A long import is being written to this store."), hint=tr("Wait until it is done.")) from None
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.with_name(f".{path.name}.series").unlink(missing_ok=True)
        lock.release()


def marked_last(items: Iterable[T]) -> Iterator[tuple[T, bool]]:
    """Yield each item with whether it is the last one."""
    source = iter(items)
    for item in source:
        for following in source:
            yield item, False
            item = following
        yield item, True


class Spool:
    """Pieces that wait on the disk until they are written, encrypted with a key that nobody keeps."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, piece: bytes) -> None:
        """Put a piece behind the others."""
        self._connection.execute("INSERT INTO piece(content) VALUES (?)", (piece,))

    def piece(self, number: int) -> bytes:
        """Return a piece by its number; the first is 0."""
        return bytes(rows(self._connection, "SELECT content FROM piece WHERE id = ?", (number + 1,))[0][0])


@contextmanager
def spool(beside: Path) -> Iterator[Spool]:
    """Lend a spool in a hidden file beside the store; it is gone afterwards, or at the next open if the program dies."""
    with unfinished(beside, "spool") as half, sorted_errors():
        connection = connect(half, Key(random_bytes(48).hex()), create=True, journal="OFF")
        try:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA cache_size = -4000")
            connection.execute("CREATE TABLE piece(id INTEGER PRIMARY KEY, content BLOB NOT NULL) STRICT")
            yield Spool(connection)
        finally:
            connection.close()
