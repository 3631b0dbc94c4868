"""Creating, opening, and re-keying the encrypted file."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from crmdesk.clock import new_id, new_id_bytes, now_ms
from crmdesk.errors import BadPlace, CannotOpen, StoreBusy, StoreDamaged, UserError, WrongPassphrase
from crmdesk.i18n import mark, speaking, tr
from crmdesk.models.member import Member
from crmdesk.models.workspace import Setting
from crmdesk.settings import data_folder
from crmdesk.store import keys
from crmdesk.store.backup import before_risk, copy_to, verify_copy
from crmdesk.store.connections import APPLICATION_ID, SCHEMA, check_encrypted, connect, primary_code, rows, schema_of, sorted_errors
from crmdesk.store.door import BEGAN, Change, operation
from crmdesk.store.keys import Key
from crmdesk.store.places import check_writable, may_write, refuse_bad_place, refuse_long_path, trouble
from crmdesk.store.rights import Viewer, authorize
from crmdesk.store.schema import WORKINGS, entity_tables
from crmdesk.store.settings import for_region, named_id
from crmdesk.store.store import Store
from crmdesk.store.triggers import all_triggers
from crmdesk.store.unfinished import alone, clear_empty_journal, clear_unfinished, swap, unfinished

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

SHORTEST_PASSPHRASE = 8


@operation(mark("Create store"), right="store.write", undoable=False, because=BEGAN)
def start(change: Change, owner: str, currency: str, region: str, language: str) -> None:
    """Give a new store its owner and its settings."""
    change.add(Member, id=change.member_id, name=owner, role="owner", is_active=True)
    values = for_region(region, currency, language)
    change.settings.changed(values)
    for key, value in values.items():
        change.add(Setting, id=named_id("setting", key), key=key, value=json.dumps(value))


def create(
    path: Path,
    passphrase: str,
    *,
    owner: str = "",
    currency: str = "EUR",
    region: str = "DE",
    language: str = "en",
    anywhere: bool = False,
    prepare: Callable[[Store], None] | None = None,
) -> Store:
    """Create a store and return it open. An existing file is never overwritten.

    Args:
        prepare: fills the new store before it gets its name, so that nobody ever meets it half filled.

    Raises:
        UserError: the file exists, the passphrase is too short, a setting can't be.
        BadPlace: no such folder, read-only, a cloud folder or a network drive.
    """
    refuse_long_path(path)
    if os.path.lexists(path):  # a link that leads nowhere is something too
        raise UserError(tr("{path} exists already.", path=path), hint=tr("Choose another name; nothing was changed."))
    check_passphrase(passphrase)
    check_writable(path.parent)
    if not anywhere:
        refuse_bad_place(path)
    key = keys.new_key(passphrase)
    with sorted_errors(), unfinished(path, "new", trouble=BadPlace) as half:
        half.touch(exist_ok=False)  # the system's own word on why not, which SQLite keeps to itself
        member = _build(half, key)
        check_encrypted(half)
        # Without a log: what waited in one could be left there when the disk is full, and the file get its name without it.
        with Store(half, key, journal_mode="DELETE") as store, speaking(language):
            store.viewer = Viewer(member, "owner")
            store.run_from("cli", start, owner or tr("Store owner"), currency, region, language)
            if prepare:
                prepare(store)
        _publish(half, path)
    return _watched(Store(path, key))


def _watched(store: Store) -> Store:
    store.before_risk = partial(before_risk, store)
    return store


def check_passphrase(passphrase: str) -> None:
    """Complain about a passphrase that protects nothing."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise UserError(
            tr("The passphrase needs at least {count} characters.", count=SHORTEST_PASSPHRASE), hint=tr("Four or five words drawn at random are good.")
        )


def _build(path: Path, key: Key) -> UUID:
    connection = connect(path, key, create=True, journal="DELETE")
    try:
        connection.execute("BEGIN")
        for sql in (*entity_tables(), *WORKINGS, *all_triggers().values()):
            connection.execute(sql)
        member = new_id()
        connection.executemany("INSERT INTO local VALUES (?, ?)", [("device", new_id_bytes().hex()), ("member", str(member)), ("created_at", str(now_ms()))])
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA}")
        connection.execute("COMMIT")
    finally:
        connection.close()
    return member


def _publish(half: Path, path: Path) -> None:
    """Give the finished file its name without ever replacing another."""
    try:
        os.link(half, path)
    except FileExistsError:
        raise UserError(tr("{path} exists already.", path=path), hint=tr("Choose another name; nothing was changed.")) from None
    except OSError:  # a file system without links; on Windows rename never replaces
        if path.exists():
            raise UserError(tr("{path} exists already.", path=path), hint=tr("Choose another name; nothing was changed.")) from None
        half.rename(path)


def open_store(path: Path, passphrase: str | None = None, key: Key | None = None, *, anywhere: bool = False) -> Store:
    """Open a store by its passphrase or its raw key.

    Raises:
        StoreMissing, NotAStore, WrongPassphrase, StoreDamaged, StoreTooNew, BadPlace: each says what to do.
    """
    clear_unfinished()
    refuse_long_path(path)
    salt = keys.file_salt(path)
    if not anywhere:
        refuse_bad_place(path)
    if key is None:
        key = keys.derive(passphrase or "", salt)
    elif key.salt != salt:
        if isinstance(damage := keys.why_unreadable(path, key), StoreDamaged):
            raise damage
        raise WrongPassphrase(tr("This recovery key belongs to another file, or the passphrase was changed since."))
    try:
        with sorted_errors():
            _check_identity(path, key)
            secured_by = _settle_journal(path, key, anywhere)
            store = _watched(Store(path, key, journal_mode=secured_by))
            if secured_by == "WAL":
                clear_empty_journal(path.resolve())
    except WrongPassphrase:
        _count_failure(path)
        raise
    _journal_failures(store)
    return store


def _check_identity(path: Path, key: Key) -> None:
    connection = connect(path, key, query_only=True)
    try:
        version = schema_of(connection, path)
        rows(connection, "SELECT count(*) FROM journal_tx")
    except Exception as error:
        if not isinstance(error, UserError) and primary_code(error) in (1, 11, 26):
            raise StoreDamaged(tr("The store {path} is damaged.", path=path), hint=tr("Restore a backup: crmdesk restore BACKUP FILE.")) from error
        raise
    finally:
        connection.close()
    if not may_write(path.parent) or not may_write(path):
        raise BadPlace(tr("{path} can't be written: the file or its folder is read-only.", path=path), hint=tr("Move the store to a folder of your own."))
    if version < SCHEMA:
        from crmdesk.store.migrations import migrate

        migrate(path, key, SCHEMA)


def _settle_journal(path: Path, key: Key, anywhere: bool) -> str:
    """Return how writes are secured: by the write-ahead log, but by a rollback journal where the log's shared memory is none, as on network drives."""
    if not anywhere or trouble(path.resolve()) is None:
        return "WAL"
    connect(path, key, journal="DELETE").close()
    return "DELETE"


def change_passphrase(store: Store, passphrase: str) -> Store:
    """Give the store another passphrase and return it open again: backup, re-keyed copy, check, swap.

    The former raw key is kept inside, so that the store opens its own older backups; recovery sheet and keyring entry are void.
    """
    authorize(store.viewer, "store.write")
    check_passphrase(passphrase)
    path, old = store.path.resolve(), Key(store.key.reveal())  # a link to the store goes on to lead to it
    new = keys.new_key(passphrase)
    with sorted_errors(), store.put_aside(), unfinished(path, "rekey") as half:
        with alone(path, old) as present:
            copy_to(present, half, new)
            verify_copy(half, new, present)
            _note_former(half, new, old)
            swap(half, path, present)
        store.close()
    with contextlib.suppress(UserError):
        keys.keep_in_keyring(path, None)
    return _watched(Store(store.path, new))


def _note_former(path: Path, new: Key, old: Key) -> None:
    connection = connect(path, new, journal="DELETE")
    try:
        connection.execute("BEGIN")
        connection.execute("INSERT INTO former_key VALUES (?, ?)", (now_ms(), old.reveal()))
        connection.execute("DELETE FROM local WHERE key = 'sheet_printed_at'")
        connection.execute("COMMIT")
    finally:
        connection.close()


def former_keys(store: Store) -> list[Key]:
    """Return the raw keys that the store had before, newest first."""
    with store.read_bare() as connection:
        return [Key(text) for (text,) in rows(connection, "SELECT key FROM former_key ORDER BY made_at DESC")]


def _failures_file(path: Path) -> Path:
    return data_folder() / "unlock" / hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:24]


def _count_failure(path: Path) -> None:
    """Count a failed unlock beside the store: its time and nothing else."""
    noted = _failures_file(path)
    with contextlib.suppress(OSError):
        noted.parent.mkdir(parents=True, exist_ok=True)
        with noted.open("a", encoding="ascii") as file:
            file.write(f"{now_ms()}\n")


@operation(mark("Failed unlocks"), right="store.read", undoable=False, traced=True, because=mark("“{label}” can't be undone: it notes what happened."))
def note_failures(change: Change, times: list[int]) -> None:
    """Journal the failed attempts to unlock since the last one that worked."""
    change.note(about=str(len(times)), times=times)


def _journal_failures(store: Store) -> None:
    noted = _failures_file(store.path)
    if not noted.exists():
        return
    times = [int(line) for line in noted.read_text(encoding="ascii").splitlines() if line.isdigit()]
    try:
        store.run(note_failures, times)
    except (StoreBusy, CannotOpen):
        return
    noted.unlink(missing_ok=True)


@contextlib.contextmanager
def window_lock(path: Path) -> Iterator[None]:
    """Hold the place of the one window that a store may have open on this computer.

    Raises:
        StoreBusy: a window has it.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(_failures_file(path).with_suffix(".window"), timeout=0)
    Path(lock.lock_file).parent.mkdir(parents=True, exist_ok=True)
    try:
        lock.acquire()
    except Timeout:
        raise StoreBusy(tr("{path} is open in another window.", path=path), hint=tr("Go on in that window, or close it and try again.")) from None
    try:
        yield
    finally:
        lock.release()
