"""Verify: everything that a check of the whole file can find."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from crmdesk.store import journal, search_index
from crmdesk.store.backup import damage
from crmdesk.store.connections import rows
from crmdesk.store.triggers import trigger_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmdesk.store.connections import Connection
    from crmdesk.store.store import Store


def verify(store: Store, *, deep: bool = False, progress: Callable[[str], None] | None = None) -> list[str]:
    """Return the problems found, none for a sound store.

    Pages, integrity, foreign keys, triggers, journal chain, search index; `deep` also every journal entry against its digest and its record, and every file's content against its hash.
    """
    say = progress or (lambda _: None)
    with store.read_bare(aside=True) as connection:
        return list(_problems(connection, deep, say))


def _problems(connection: Connection, deep: bool, say: Callable[[str], None]) -> Iterator[str]:
    say("pages")
    found = list(damage(connection))
    yield from found
    if found:
        return
    yield from trigger_problems(connection)
    say("journal")
    yield from journal.check_chain(connection)
    say("search")
    yield from search_index.check(connection)
    if deep:
        say("entries")
        yield from journal.check_entries(connection)
        say("files")
        yield from _other_contents(connection)


def _other_contents(connection: Connection) -> Iterator[str]:
    """Yield the files whose content is not the one that was put in."""
    for record, name, sha256 in rows(connection, "SELECT id, name, sha256 FROM attachment WHERE sha256 IS NOT NULL"):
        digest = hashlib.sha256()
        for (piece,) in connection.execute("SELECT content FROM attachment_piece WHERE attachment_id = ? ORDER BY position", (record,)):
            digest.update(piece)
        if digest.hexdigest() != sha256:
            yield f"attachment {record.hex()}: the content of {name} does not match its hash"
