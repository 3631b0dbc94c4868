"""Connections to the encrypted file: the only place that opens one and that builds the key's pragma."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import sqlcipher3.dbapi2 as sqlcipher

from crmdesk.errors import CannotOpen, NotAStore, StoreBusy, StoreDamaged, StoreTooNew, UserError
from crmdesk.i18n import tr
from crmdesk.store.keys import PLAIN_HEADER, Key, why_unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Engine

BUSY_MS = 5000
ROOM_FOR_LOG = 256 * 1024
APPLICATION_ID = 0x43524D44  # "CRMD"
SCHEMA = 1

_NOT_A_DATABASE, _BUSY, _LOCKED, _FULL, _READ_ONLY, _CORRUPT, _IO, _CANT_OPEN, _INTERRUPT = 26, 5, 6, 13, 8, 11, 10, 14, 9
DatabaseError = sqlcipher.DatabaseError
Connection = Any  # sqlcipher3 has no types

# The driver asks Python how to adapt each value that is no number or text, and an exception comes and goes for each: 320,000 inserted rows
# took 6.6 s. Told that ids and empty values stay what they are (`{}.get` returns None, and is quicker than a function), they take 2.7 s.
sqlcipher.register_adapter(bytes, bytes)
sqlcipher.register_adapter(type(None), {}.get)


class _NoRoom(Exception):
    """The disk is too full even for the log's shared memory."""


class _ReadOnlyMedium(Exception):
    """Nothing can be written beside a file without a log, such as on a CD."""


def connect(path: Path, key: Key, *, query_only: bool = False, create: bool = False, journal: str = "WAL", alone: bool = False) -> Connection:
    """Open the file with its key and set every pragma.

    Args:
        alone: nobody else may have the file open, from now until the connection closes.

    Raises:
        CannotOpen and its kinds, StoreBusy.
    """
    try:
        return _connect(path, key, query_only, create, journal, alone)
    except _NoRoom:
        if not query_only:
            raise UserError(tr("The disk is full. Nothing was changed."), hint=tr("Make room, then try again.")) from None
    except _ReadOnlyMedium:
        return _connect(path, key, query_only, create, journal, alone, mode="ro&immutable=1")
    # Looking needs no shared memory when nobody else may write meanwhile: what is on a full disk can still be read and copied elsewhere.
    return _connect(path, key, query_only, create, journal, True)


def _connect(path: Path, key: Key, query_only: bool, create: bool, journal: str, alone: bool, mode: str = "") -> Connection:
    mode = mode or ("rwc" if create else "rw")
    try:
        connection = sqlcipher.connect(
            f"{path.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000, cached_statements=512
        )  # fmt: skip
    except DatabaseError:
        raise CannotOpen(tr("{path} can't be opened.", path=path), hint=tr("Check that you may read and write this file.")) from None
    try:
        _prepare(connection, path, key, query_only, journal, alone)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: Connection, path: Path, key: Key, query_only: bool, journal: str, alone: bool) -> None:
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key.reveal()}'\"")
    if not connection.execute("PRAGMA cipher_version").fetchone():
        raise CannotOpen(tr("This installation lacks encryption: the store was not opened."))
    if alone:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    try:
        _set_pragmas(connection, query_only, journal)
    except DatabaseError as error:
        if primary_code(error) in (_IO, _BUSY, _LOCKED) and not alone and shutil.disk_usage(path.parent).free < ROOM_FOR_LOG:
            raise _NoRoom from error
        if primary_code(error) in (_READ_ONLY, _CANT_OPEN) and query_only and not _has_log(path) and not os.access(path.parent, os.W_OK):
            raise _ReadOnlyMedium from error
        raise _opening_error(error, path, key) from None


def _has_log(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


def _set_pragmas(connection: Connection, query_only: bool, journal: str) -> None:
    for pragma in ("foreign_keys = ON", f"busy_timeout = {BUSY_MS}", "temp_store = MEMORY", "trusted_schema = OFF", "cell_size_check = ON", "secure_delete = ON",
                   "recursive_triggers = ON", "mmap_size = 0", f"cache_size = -{16_000 if query_only else 80_000}"):  # fmt: skip
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if not query_only:
        if journal:
            connection.execute(f"PRAGMA journal_mode = {journal}")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA wal_autocheckpoint = 2000")
    if query_only:
        connection.execute("PRAGMA query_only = ON")


def _opening_error(error: Exception, path: Path, key: Key) -> UserError:
    code = primary_code(error)
    if code == _NOT_A_DATABASE:
        return why_unreadable(path, key)
    return known_trouble(error) or CannotOpen(tr("{path} can't be opened.", path=path))


def holds_alone(connection: Connection) -> bool:
    """Say whether a connection keeps everybody else from opening the file, as it must where there is no room for the log."""
    return str(rows(connection, "PRAGMA locking_mode")[0][0]) == "exclusive"


def primary_code(error: Exception) -> int:
    """Return SQLite's primary result code of a driver's or SQLAlchemy's error, 0 if it has none."""
    cause = getattr(error, "orig", error)
    return int(getattr(cause, "sqlite_errorcode", 0) or 0) & 0xFF or _code_by_words(str(cause))


_WORDS = {
    "file is not a database": _NOT_A_DATABASE, "database is locked": _BUSY, "database table is locked": _LOCKED, "database or disk is full": _FULL,
    "readonly database": _READ_ONLY, "malformed": _CORRUPT, "disk I/O error": _IO, "unable to open": _CANT_OPEN, "interrupted": _INTERRUPT,
}  # fmt: skip


def _code_by_words(text: str) -> int:
    return next((code for words, code in _WORDS.items() if words in text), 0)


def breaks_constraint(error: BaseException) -> bool:
    """Say whether a session's error is that what it wrote does not fit what is there."""
    return isinstance(getattr(error, "orig", None), sqlcipher.IntegrityError)


def known_trouble(error: Exception) -> UserError | None:
    """Turn a failure of the surroundings into a sentence for people; None means that it is a bug of ours."""
    match primary_code(error):
        case 5 | 6:
            return StoreBusy(tr("The store is busy: another program is writing to it."), hint=tr("Try again in a moment."))
        case 13:
            return UserError(tr("The disk is full. Nothing was changed."), hint=tr("Make room, then try again."))
        case 8 | 14:
            return CannotOpen(tr("The store can't be written: the file or its folder is read-only."), hint=tr("Move the store to a folder of your own."))
        case 10:
            return UserError(tr("The disk reported an error. Nothing was changed."), hint=tr("Check the disk, and make a backup elsewhere."))
        case 11 | 26:
            return StoreDamaged(tr("The store is damaged."), hint=tr("Restore a backup: crmdesk restore BACKUP FILE."))
    return None


def empty_log(connection: Connection) -> None:
    """Bring what waits in the write-ahead log into the file and empty the log; where that can't be done now, such as on a full disk, it is as safe in the log.

    What was committed stays so: whoever wrote it must not take it for failed.
    """
    with suppress(DatabaseError):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def is_interrupt(error: Exception) -> bool:
    """Say whether an error is only that a superseded read was stopped."""
    return primary_code(error) == _INTERRUPT


@contextmanager
def sorted_errors() -> Iterator[None]:
    """Let known failures of the surroundings come out as UserError."""
    try:
        yield
    except Exception as error:
        if isinstance(error, UserError):
            raise
        if isinstance(getattr(error, "orig", error), DatabaseError) and (known := known_trouble(error)):
            raise known from error
        raise


def schema_of(connection: Connection, path: Path) -> int:
    """Return the format that a store or its copy is in.

    Raises:
        NotAStore: another program made it. StoreTooNew: a newer CRMDesk wrote it.
    """
    application, version = rows(connection, "PRAGMA application_id")[0][0], int(rows(connection, "PRAGMA user_version")[0][0])
    if application != APPLICATION_ID:
        raise NotAStore(tr("{path} is an encrypted database of another program.", path=path))
    if version > SCHEMA:
        raise StoreTooNew(
            tr("{path} was written by a newer CRMDesk (format {theirs}; this program knows {ours}).", path=path, theirs=version, ours=SCHEMA),
            hint=tr("Update CRMDesk, then open it again. Nothing was changed."),
        )
    return version


def check_encrypted(path: Path) -> None:
    """Make sure that no plain text was written: a forgotten key would do so silently."""
    with path.open("rb") as file:
        if file.read(16) == PLAIN_HEADER:
            raise NotAStore(tr("{path} is an unencrypted database.", path=path))


def writing_engine(connection: Connection) -> Engine:
    """Return SQLAlchemy's engine over the one writing connection; every transaction begins IMMEDIATE.

    Without IMMEDIATE SQLite takes the lock at the first write, and what was read before may be stale by then.
    """
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import StaticPool

    # SQLAlchemy gets to know the driver by a first connection, and rolls it back: that must not be the one whose transaction the door has begun.
    lent = iter([sqlcipher.connect(":memory:"), connection])
    engine = create_engine("sqlite://", module=sqlcipher, creator=lambda: next(lent), poolclass=StaticPool)
    engine.connect().close()
    engine.dispose()

    @event.listens_for(engine, "begin")
    def _begin(conn: Any) -> None:
        if not connection.in_transaction:  # the door may have begun it
            conn.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def rows(connection: Connection, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
    """Run a query on a bare connection and return its rows."""
    found: list[tuple[Any, ...]] = connection.execute(sql, parameters).fetchall()
    return found
