"""Migrations: an older store is brought to this program's schema on a copy that is checked before it takes the old one's place."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from alembic.migration import MigrationContext
from alembic.operations import Operations

from crmdesk.clock import new_id
from crmdesk.store import backup
from crmdesk.store.connections import connect, rows, sorted_errors, writing_engine
from crmdesk.store.places import shortened
from crmdesk.store.triggers import all_triggers
from crmdesk.store.unfinished import alone, swap, unfinished

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection as Bound

    from crmdesk.store.keys import Key


VERSIONS = "crmdesk.store.migrations.versions"


def migrate(path: Path, key: Key, to: int, versions: str = VERSIONS) -> None:
    """Bring a store to schema `to`: backup, migrate a copy, check it, swap. A failure leaves the old file as it was.

    Args:
        versions: the package whose modules `v0002`, `v0003` … are the steps.
    """
    path = path.resolve()  # a link to the store goes on to lead to it
    with sorted_errors(), unfinished(path, "migrate") as half, alone(path, key) as old:
        kept = backup.folder_of(path) / f"{shortened(path.stem)}-before-format-{to}-{new_id().hex[-8:]}{backup.SUFFIX}"
        kept.parent.mkdir(parents=True, exist_ok=True)
        with unfinished(kept, "copy") as copy:
            backup.copy_to(old, copy, key)
            backup.verify_copy(copy, key, old)
            copy.rename(kept)
        backup.copy_to(old, half, key)
        upgrade(half, key, to, versions)
        backup.verify_copy(half, key, old)
        swap(half, path, old)


def upgrade(path: Path, key: Key, to: int, versions: str = VERSIONS) -> None:
    """Run the migrations that a file lacks, in one transaction, and make its triggers anew."""
    connection = connect(path, key, journal="DELETE")
    engine = writing_engine(connection)
    try:
        with engine.connect() as bound:
            bound.begin()
            version = rows(connection, "PRAGMA user_version")[0][0]
            for (name,) in rows(connection, "SELECT name FROM sqlite_master WHERE type = 'trigger'"):
                connection.execute(f'DROP TRIGGER "{name}"')
            for number in range(version + 1, to + 1):
                _step(versions, number, bound)
            for sql in all_triggers().values():
                connection.execute(sql)
            connection.execute(f"PRAGMA user_version = {to}")
            bound.commit()
    finally:
        engine.dispose()
        connection.close()


def _step(versions: str, number: int, bound: Bound) -> None:
    """Run one migration: `versions/v0002.py` and so on, each with `upgrade(op)`; they only add tables and columns."""
    module = import_module(f"{versions}.v{number:04}")
    module.upgrade(Operations(MigrationContext.configure(bound)))
