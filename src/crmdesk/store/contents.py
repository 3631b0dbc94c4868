"""What is in a store or a backup, in few figures, for people who choose between two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk.clock import moment
from crmdesk.models.registry import MAIN
from crmdesk.store.connections import connect, rows

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from crmdesk.store.keys import Key


@dataclass(frozen=True)
class Contents:
    """How many live records of each main entity there are, and when something was last changed."""

    counts: dict[str, int]
    changed_at: datetime | None


def contents(path: Path, key: Key) -> Contents:
    """Look into a file, without changing it; what a file of an older format does not have counts as none.

    Raises:
        CannotOpen and its kinds: it does not open with this key.
    """
    connection = connect(path, key, query_only=True)
    try:
        known = {name for (name,) in rows(connection, "SELECT name FROM sqlite_master WHERE type = 'table'")}
        counts = {
            name: int(rows(connection, f'SELECT count(*) FROM "{name}" WHERE deleted_at IS NULL')[0][0]) if name in known else 0  # noqa: S608
            for name in MAIN
        }  # fmt: skip
        last = rows(connection, "SELECT max(at) FROM journal_tx")[0][0] if "journal_tx" in known else None
        return Contents(counts, moment(last) if last else None)
    finally:
        connection.close()
