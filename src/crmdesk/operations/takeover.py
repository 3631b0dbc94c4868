"""Taking over everything that another store held: its records under their own ids, its settings, its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.errors import UserError
from crmdesk.i18n import mark, tr
from crmdesk.models.base import ENTITIES
from crmdesk.store.door import operation
from crmdesk.store.settings import from_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

    from crmdesk.models.base import Record
    from crmdesk.store import Reader
    from crmdesk.store.door import Change

STARTING = frozenset({"member", "setting", "pipeline", "stage", "queue", "service_level", "number_series"})
"""Of what a new store holds something before anybody has worked in it."""


def is_untouched(reader: Reader) -> bool:
    """Say whether nobody has worked in a store yet: it holds nothing, not even in the bin, but what every store starts with."""
    for name in ENTITIES:
        most = 1 if name == "member" else 0
        if name in STARTING and name != "member":
            continue
        if len(reader.rows(f'SELECT 1 FROM "{name}" LIMIT 2')) > most:  # noqa: S608
            return False
    return True


@operation(mark("Import all data"), right="store.write", undoable=False)
def take_over(
    change: Change,
    file: str,
    tables: Iterable[tuple[type[Record], tuple[str, ...], Iterator[tuple[Any, ...]]]],
    pieces: Iterable[tuple[bytes, int, bytes]],
    member: UUID,
) -> int:
    """Give an untouched store everything of another one; returns how many records there are.

    What the store started with goes, so that it becomes the other one; its member becomes the one who took the data out.

    Args:
        tables: class, columns and rows of stored values, the id first.
        pieces: of the files' contents: file, position, content.

    Raises:
        UserError: somebody has worked in this store.
    """
    if not is_untouched(change.reader):
        raise UserError(tr("This store is not empty."), hint=tr("All data can be taken over only by a new store: crmdesk init FILE."))
    change.note(about=file)
    count = 0
    change.execute("UPDATE current SET purging = 1")
    for cls, columns, rows in tables:
        known = {record for (record,) in change.reader.rows(f'SELECT id FROM "{cls.entity.name}"')}  # noqa: S608
        kept: set[bytes] = set()
        count += change.insert_many(cls, columns, _new(change, cls, columns, rows, known, kept))
        count += len(kept)
        for record in known - kept:
            change.execute(f'DELETE FROM "{cls.entity.name}" WHERE id = ?', (record,))  # noqa: S608
    for attachment, position, content in pieces:
        change.execute("INSERT INTO attachment_piece(attachment_id, position, content) VALUES (?, ?, ?)", (attachment, position, content))
    # What is derived is derived by the settings that have come, such as the store's currency.
    change.settings = from_rows(change.reader.rows("SELECT key, value FROM setting WHERE deleted_at IS NULL"))
    change.execute("UPDATE local SET value = ? WHERE key = 'member'", (str(member),))
    return count


def _new(
    change: Change, cls: type[Record], columns: tuple[str, ...], rows: Iterator[tuple[Any, ...]], known: set[bytes], kept: set[bytes]
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows that are new; what the store started with under the same id is changed in its place."""
    for row in rows:
        if row[0] in known:
            kept.add(row[0])
            change.update_many(cls, columns[1:], [(*row[1:], row[0])])
        else:
            yield row
