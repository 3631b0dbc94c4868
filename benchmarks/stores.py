"""Stores of any size, kept between runs, and bare connections beside them."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import data
from measure import HERE, telling

from crmdesk.operations.stores import new_store
from crmdesk.store import Store, open_store
from crmdesk.store.connections import connect
from crmdesk.store.keys import Key, derive, file_salt
from crmdesk.store.schema import WORKINGS, entity_tables
from crmdesk.store.triggers import all_triggers

if TYPE_CHECKING:
    from collections.abc import Iterable

PASSPHRASE = "benchmark of a calm afternoon"  # noqa: S105 - guards made-up people
SIZES = {"10k": 10_000, "100k": 100_000, "1M": 1_000_000}


def folder() -> Path:
    """Return where stores are kept between runs."""
    place = Path(tempfile.gettempdir()) / f"crmdesk-benchmarks-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    place.mkdir(parents=True, exist_ok=True)
    return place


def _mark() -> str:
    """Return a word that changes with the schema, the index and the generator, so that no old store is measured."""
    index = Path(data.__file__).parents[1] / "src" / "crmdesk" / "store" / "search_index.py"
    parts = [*entity_tables(), *WORKINGS, *all_triggers().values(), (HERE / "data.py").read_text("utf-8"), index.read_text("utf-8")]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:10]


def kept(size: str) -> Path:
    """Return a filled, indexed store of a size; made when there is none yet."""
    path = folder() / f"{size}-{_mark()}.crmdesk"
    if path.exists():
        return path
    for old in folder().glob(f"{size}-*"):
        old.unlink()
    half = folder() / f"half-{size}-{os.getpid()}.crmdesk"
    with telling(f"making a store of {size} contacts"):
        store = new_store(half, PASSPHRASE, owner="Maria Becker")
        try:
            store.run_from("cli", data.fill, SIZES[size])
            while store.index_step():
                pass
            with store.writer_alone() as writer:
                writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            store.close()
    half.replace(path)
    return path


def key_of(path: Path) -> Key:
    """Return the raw key of a kept store."""
    return derive(PASSPHRASE, file_salt(path))


def opened(path: Path) -> Store:
    """Open a store of ours."""
    return open_store(path, key=key_of(path), anywhere=True)


def fresh(place: Path, name: str) -> Path:
    """Make an empty store with its pipeline and return where it is."""
    path = place / name
    new_store(path, PASSPHRASE, owner="Maria Becker", anywhere=True).close()
    return path


def copied(source: Path, place: Path) -> Path:
    """Return a copy of a store that may be changed."""
    target = place / f"copy-{source.name}"
    shutil.copyfile(source, target)
    return target


def bare(path: Path, key: Key | None = None, *, create: bool = False) -> Any:
    """Return a bare sqlcipher3 connection with the pragmas and the key of the store's own, as the floor."""
    return connect(path, key or key_of(path), create=create)


def without_triggers(connection: Any) -> None:
    """Take the journal's triggers off a copy, so that bare statements can write."""
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')


def tables_of(connection: Any, names: Iterable[str]) -> list[str]:
    """Return the statements that make these tables and their indexes."""
    listed = ", ".join(f"'{name}'" for name in names)
    sql = f"SELECT sql FROM sqlite_master WHERE tbl_name IN ({listed}) AND type IN ('table', 'index') AND sql IS NOT NULL ORDER BY type DESC"
    return [statement for (statement,) in connection.execute(sql)]
