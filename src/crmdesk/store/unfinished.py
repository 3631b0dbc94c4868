"""Unfinished files: written beside their place and given its name when they are whole; what a killed program left is cleared at the next open.

Each is noted in the program's own folder, with a lock that ends with the process that holds it: so a file that somebody still writes is told
from one that nobody will ever finish, wherever it lies.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from crmdesk.clock import new_id
from crmdesk.errors import StoreBusy, UserError, why
from crmdesk.i18n import tr
from crmdesk.settings import data_folder
from crmdesk.store.connections import connect, sorted_errors
from crmdesk.store.places import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from filelock import BaseFileLock

    from crmdesk.store.connections import Connection
    from crmdesk.store.keys import Key

SIDES = ("-journal", "-wal", "-shm")
ORPHAN_SECONDS = 60


@contextmanager
def unfinished(place: Path, purpose: str, rescue: Path | None = None, trouble: type[UserError] = UserError) -> Iterator[Path]:
    """Lend the name of a hidden file beside a place; what was not renamed by the end is removed.

    Args:
        rescue: what the file becomes instead of being removed, once the place holds another file: the last copy of something is never removed.
        trouble: what is raised when the system refuses the file.

    Raises:
        UserError: the place can't be written.
    """
    token = new_id().hex[-12:]
    half = place.absolute().with_name(f".{shortened(place.name)}.{purpose}-{token}")
    with _noted(token, half, place, rescue):
        try:
            yield half
        except OSError as error:
            raise trouble(tr("{path} can't be written: {why}.", path=place, why=why(error))) from error
        finally:
            _settle(half, place, rescue)


@contextmanager
def _noted(token: str, half: Path, place: Path, rescue: Path | None) -> Iterator[None]:
    """Note an unfinished file for as long as this process works on it; a home that can't be written is no reason to stop."""
    from filelock import FileLock

    note, lock = _folder() / f"{token}.json", FileLock(_folder() / f"{token}.lock")
    try:
        _folder().mkdir(parents=True, exist_ok=True)
        lock.acquire()
        note.write_text(json.dumps({"half": str(half), "place": str(place.absolute()), "rescue": str(rescue.absolute()) if rescue else None}), encoding="utf-8")
    except OSError:
        lock.release()
        yield
        return
    try:
        yield
    finally:
        _forget(note, lock)


def _forget(note: Path, lock: BaseFileLock) -> None:
    note.unlink(missing_ok=True)
    lock.release()
    with contextlib.suppress(OSError):
        Path(lock.lock_file).unlink(missing_ok=True)


def _folder() -> Path:
    return data_folder() / "unfinished"


def clear_unfinished() -> None:
    """Remove what killed programs left; files that somebody still writes stay."""
    try:
        notes = sorted(_folder().iterdir()) if _folder().is_dir() else []
    except OSError:
        return
    for note in notes:
        with contextlib.suppress(OSError):
            if note.suffix == ".json":
                _clear(note)
            elif not note.with_suffix(".json").exists() and time.time() - note.stat().st_mtime > ORPHAN_SECONDS:
                note.unlink(missing_ok=True)


def _clear(note: Path) -> None:
    from filelock import FileLock, Timeout

    lock = FileLock(note.with_suffix(".lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return
    try:
        said = json.loads(note.read_text(encoding="utf-8"))
        half, place, rescue = Path(said["half"]), Path(said["place"]), Path(said["rescue"]) if said["rescue"] else None
    except FileNotFoundError:
        lock.release()
        return
    except (ValueError, KeyError, TypeError):
        _forget(note, lock)
        return
    if not half.parent.is_dir():  # a drive that is not there now
        lock.release()
        return
    if half.name.startswith(".") and half.name.endswith(note.stem):
        _settle(half, place, rescue)
    _forget(note, lock)


def _settle(half: Path, place: Path, rescue: Path | None) -> None:
    with contextlib.suppress(OSError):
        _settle_now(half, place, rescue)


def _settle_now(half: Path, place: Path, rescue: Path | None) -> None:
    if rescue is not None and half.exists() and place.exists() and not half.samefile(place):
        half.rename(rescue)
    for left in (half, *(half.with_name(half.name + side) for side in SIDES)):
        left.unlink(missing_ok=True)


@contextmanager
def alone(path: Path, key: Key) -> Iterator[Connection]:
    """Hold a store while no other program has it open; what waited in its log is in the file, and nothing can come to it.

    Raises:
        StoreBusy: another program has it open. CannotOpen and its kinds.
    """
    try:
        connection = connect(path, key, journal="", alone=True)
    except StoreBusy:
        raise in_use() from None
    try:
        try:
            with sorted_errors():
                connection.execute("BEGIN EXCLUSIVE")
                connection.execute("COMMIT")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except StoreBusy:
            raise in_use() from None
        yield connection
    finally:
        connection.close()


def clear_empty_journal(path: Path) -> None:
    """Remove a rollback journal that a program had made and not begun to write when it was killed; SQLite takes it for none, and leaves it.

    Only for who has the store open with its write-ahead log: nobody can begin another journal meanwhile.
    """
    journal = path.with_name(f"{path.name}-journal")
    with contextlib.suppress(OSError), journal.open("rb") as file:
        if file.read(1) in (b"", b"\0"):
            file.close()
            journal.unlink()


def in_use() -> StoreBusy:
    """Return the refusal to replace a store that another program has open."""
    return StoreBusy(tr("Another program has this store open."), hint=tr("Close it, then try again."))


def swap(half: Path, path: Path, holding: Connection | None) -> None:
    """Put a finished file in a store's place, in one step, while the store is held by `alone`."""
    if holding is not None:
        # A write-ahead log is found by its name: it would be taken for the new file's.
        holding.execute("PRAGMA journal_mode = DELETE")
    if holding is not None and sys.platform == "win32":  # open files can't be replaced there, so nobody else's is
        holding.close()
    half.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring a folder's new names to the disk, where the system knows such a thing."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
