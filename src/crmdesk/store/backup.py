"""Backups: consistent copies while in use, opened and verified before they count, thinned by age."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from crmdesk import memory
from crmdesk.clock import now
from crmdesk.errors import StoreBusy, StoreDamaged, UserError
from crmdesk.i18n import tr
from crmdesk.models.base import ENTITIES
from crmdesk.settings import data_folder
from crmdesk.store.connections import Connection, DatabaseError, connect, is_interrupt, rows, schema_of, sorted_errors
from crmdesk.store.places import check_writable, is_folder, refuse_bad_place, refuse_long_path, shortened
from crmdesk.store.rights import authorize
from crmdesk.store.unfinished import alone, in_use, swap, unfinished

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from crmdesk.store.keys import Key
    from crmdesk.store.store import Store

HOURLY, DAILY, WEEKLY, MONTHLY = timedelta(hours=48), 14, 8, 12
AHEAD = timedelta(hours=1)
SUFFIX = ".crmdesk-backup"
STEPS_BETWEEN_CHECKS = 100_000
PAGES_AT_ONCE = 2000
MOST_ROOM_KB = 64_000
SHARE_OF_FILE = 10
"""The check looks every row up in every index, in no order: with a tenth of the file in memory it reads the file twice, with a twentieth five times, with a hundredth sixteen times."""


@dataclass(frozen=True)
class Copy:
    """A verified backup."""

    path: Path
    made_at: datetime
    size_bytes: int


def copy_to(source: Connection, target: Path, key: Key, progress: Callable[[int, int], None] | None = None) -> None:
    """Copy an open database into a new encrypted file with SQLite's backup interface, and bring it to the disk."""
    target.touch(exist_ok=False)  # the system's own word on why not, which SQLite keeps to itself
    out = connect(target, key, create=True, journal="DELETE")
    out.execute("PRAGMA cache_size = -4000")  # what is written once need not be kept in memory
    try:
        with _one_moment(source):
            source.backup(out, pages=PAGES_AT_ONCE, progress=(lambda _status, left, total: progress(total - left, total)) if progress else None, sleep=0)
    finally:
        out.close()
    with target.open("rb+") as file:
        os.fsync(file.fileno())


@contextmanager
def _one_moment(source: Connection) -> Iterator[None]:
    """Hold on to what a database says now: a copy begins anew whenever somebody else has written in the meantime."""
    source.execute("BEGIN")
    try:
        rows(source, "SELECT count(*) FROM sqlite_master")
        yield
    finally:
        source.execute("ROLLBACK")


def verify_copy(path: Path, key: Key, source: Connection | None = None, check_cancelled: Callable[[], object] | None = None) -> None:
    """Make sure that a copy can be relied on: page authentication, integrity, foreign keys, row counts.

    Args:
        check_cancelled: raises to stop the look at a large copy, such as when the program ends.

    Raises:
        StoreDamaged: with what is wrong.
    """
    connection = connect(path, key, query_only=True)
    if check_cancelled:
        connection.set_progress_handler(check_cancelled, STEPS_BETWEEN_CHECKS)  # what it raises stops the statement
    try:
        problems = list(damage(connection))
    except DatabaseError as error:
        if check_cancelled and is_interrupt(error):
            check_cancelled()
        raise
    else:
        if source is not None and not problems:
            problems += [name for name in ("journal", *ENTITIES) if _count(connection, name) < _count(source, name)]
    finally:
        connection.close()
        memory.give_back()
    if problems:
        raise StoreDamaged(tr("The copy {path} is not sound: {what}.", path=path, what="; ".join(problems[:3])))


def _count(connection: Connection, table: str) -> int:
    return int(rows(connection, f'SELECT count(*) FROM "{table}"')[0][0])  # noqa: S608


def damage(connection: Connection) -> Iterator[str]:
    """Yield what SQLCipher's and SQLite's own checks find; the first alone passes truncation, stale pages and empty files."""
    found = [message for (message,) in rows(connection, "PRAGMA cipher_integrity_check")]
    yield from found
    if found:
        return
    # The check goes by what the full-text index looked like when this connection read it last; a question makes it look anew.
    with contextlib.suppress(DatabaseError):
        rows(connection, "SELECT 1 FROM search_words WHERE search_words MATCH 'x' LIMIT 1")
    with _room(connection):
        wrong = rows(connection, "PRAGMA integrity_check")
    yield from (message for (message,) in wrong if message != "ok")
    yield from (f"{table}: row refers to a missing {parent}" for table, _, parent, _ in rows(connection, "PRAGMA foreign_key_check"))


@contextmanager
def _room(connection: Connection) -> Iterator[None]:
    """Let a connection keep more pages for a while: a tenth of the file, within bounds."""
    usual, pages, size = (int(rows(connection, f"PRAGMA {name}")[0][0]) for name in ("cache_size", "page_count", "page_size"))
    wanted = min(pages * size // 1024 // SHARE_OF_FILE, MOST_ROOM_KB)
    connection.execute(f"PRAGMA cache_size = -{max(wanted, -usual)}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA cache_size = {usual}")
        connection.execute("PRAGMA shrink_memory")


def folder_of(store_path: Path) -> Path:
    """Return where the backups of a store lie by default."""
    mark = hashlib.sha256(str(store_path.resolve()).encode()).hexdigest()[:8]
    return data_folder() / "backups" / f"{shortened(store_path.stem)}-{mark}"


def backup(store: Store, target: Path | None = None, progress: Callable[[int, int], None] | None = None) -> Copy:
    """Make a verified backup while the store is in use.

    Args:
        target: a file that does not exist yet, or a folder; else the store's own folder of backups.

    Raises:
        UserError: the target exists or can't be written, the disk is full; what was there stays.
        NotAllowed: the role takes nothing out; into the store's own folder every role's work is backed up.
    """
    if target is not None:
        authorize(store.viewer, "export.write")
    place = target or folder_of(store.path)
    if target is None:
        place.mkdir(parents=True, exist_ok=True)
    if is_folder(place):
        place = place / f"{shortened(store.path.stem)}-{now():%Y%m%d-%H%M%S-%f}{SUFFIX}"
    if os.path.lexists(place):
        raise UserError(tr("{path} exists already.", path=place), hint=tr("Choose another name; nothing was changed."))
    if not is_folder(place.parent):
        raise UserError(tr("There is no folder {path}.", path=place.parent))
    with unfinished(place, "copy") as half:
        with sorted_errors(), store.read_bare(aside=True) as source:
            copy_to(source, half, store.key, progress)
            verify_copy(half, store.key, check_cancelled=(lambda: progress(1, 1)) if progress else None)
        half.rename(place)
    made_at = now()
    with contextlib.suppress(OSError):  # some shares keep times of their own
        os.utime(place, (made_at.timestamp(),) * 2)
    if target is None:
        thin(place.parent, keep=place)
        with store.read_bare() as connection:
            head = rows(connection, "SELECT ifnull(max(id), 0) FROM journal_tx")[0][0]
        with contextlib.suppress(UserError):  # it only spares the next backup when nothing was changed
            store.set_local("backup_tx", str(head))
    return Copy(place, made_at, place.stat().st_size)


def backups(store_path: Path) -> list[Copy]:
    """Return a store's backups in its own folder, newest first."""
    found = []
    folder = folder_of(store_path)
    for file in folder.glob(f"*{SUFFIX}") if folder.is_dir() else ():
        with contextlib.suppress(OSError):
            stat = file.stat()
            found.append(Copy(file, datetime.fromtimestamp(stat.st_mtime, UTC), stat.st_size))
    return sorted(found, key=lambda copy: copy.made_at, reverse=True)


def last_backup(store: Store) -> datetime | None:
    """Return when the newest verified backup in the store's own folder was made; one that a wrong clock dated ahead would put off all others."""
    latest = now() + AHEAD
    return next((copy.made_at for copy in backups(store.path) if copy.made_at <= latest), None)


def before_risk(store: Store) -> None:
    """Make a backup before an import or a merge, unless nothing was changed since the last one."""
    with store.read_bare() as connection:
        head = str(rows(connection, "SELECT ifnull(max(id), 0) FROM journal_tx")[0][0])
    if store.local("backup_tx") != head or last_backup(store) is None:
        backup(store)


def due(store: Store, after: timedelta = timedelta(hours=24)) -> bool:
    """Say whether the last backup is older than it should be."""
    last = last_backup(store)
    return last is None or now() - last > after


def kept(copies: list[tuple[datetime, int]], at: datetime) -> set[int]:
    """Return the indexes of the copies that stay, by age: all of 48 hours, then one a day, a week, a month.

    Args:
        copies: (made at, size) of each copy.
    """
    order = sorted(range(len(copies)), key=lambda i: copies[i][0], reverse=True)
    stay = {i for i in order if at - copies[i][0] <= HOURLY} | set(order[:1])
    for limit, period in ((DAILY, "%Y-%j"), (WEEKLY, "%G-%V"), (MONTHLY, "%Y-%m")):
        newest: dict[str, int] = {}
        for i in order:
            newest.setdefault(copies[i][0].strftime(period), i)
        stay |= set(list(newest.values())[:limit])
    return stay


def thin(folder: Path, keep: Path) -> None:
    """Remove backups that have grown too many; the last verified one is never removed."""
    files = sorted(folder.glob(f"*{SUFFIX}"))
    copies = [(datetime.fromtimestamp(file.stat().st_mtime, UTC), file.stat().st_size) for file in files]
    stay = kept(copies, now())
    for index, file in enumerate(files):
        if index not in stay and file != keep:
            file.unlink(missing_ok=True)


def restore(
    source: Path, target: Path, open_key: Callable[[Path], Key], *, force: bool = False, progress: Callable[[int, int], None] | None = None
) -> Path | None:
    """Put a backup in the place of a store; the file that was there is kept beside it.

    Args:
        open_key: finds the key that opens the backup.

    Returns:
        Where the replaced file was kept, or None if there was none.
    Raises:
        UserError: the target exists and `force` is not given. BadPlace: a store could not be opened there. StoreDamaged: the backup is not sound.
        NotAStore, StoreTooNew: it is none of ours.
    """
    refuse_long_path(target)
    check_writable(target.parent, UserError)
    if target.exists() and not force:
        raise UserError(tr("{path} exists already.", path=target), hint=tr("Add --force to replace it; the present file is kept beside it."))
    if not target.exists():
        if os.path.lexists(target):  # a link that leads nowhere or in a circle
            raise UserError(tr("{path} exists already.", path=target), hint=tr("Choose another name; nothing was changed."))
        refuse_bad_place(target)
    if target.exists() and source.samefile(target):
        raise UserError(tr("The backup and the store are the same file."))
    key = open_key(source)
    verify_copy(source, key)
    target = target.resolve()  # a link to the store goes on to lead to it
    kept_as = target.with_name(f"{shortened(target.stem)}.before-restore-{now():%Y%m%d-%H%M%S}{target.suffix}")
    with sorted_errors(), unfinished(target, "restore") as half:
        connection = connect(source, key, query_only=True)
        try:
            schema_of(connection, source)
            copy_to(connection, half, key, progress)
        finally:
            connection.close()
        verify_copy(half, key)
        if not target.exists():
            swap(half, target, None)
            return None
        with _held(target, open_key) as present, unfinished(target, "kept", rescue=kept_as) as kept:
            _keep(target, kept)
            swap(half, target, present)
    return kept_as


def _keep(path: Path, kept: Path) -> None:
    """Give a file a second name; where the file system knows no second names, copy it."""
    try:
        os.link(path, kept)
    except OSError:
        shutil.copyfile(path, kept)


@contextmanager
def _held(path: Path, open_key: Callable[[Path], Key]) -> Iterator[Connection | None]:
    """Hold the store that is to be replaced; a file that does not open, such as a damaged one, is only looked at."""
    with contextlib.ExitStack() as stack:
        present: Connection | None = None
        try:
            present = stack.enter_context(alone(path, open_key(path)))
        except StoreBusy:
            raise
        except UserError:
            for side in ("-wal", "-shm"):
                log = path.with_name(path.name + side)
                if log.exists() and log.stat().st_size:
                    raise in_use() from None
        yield present
