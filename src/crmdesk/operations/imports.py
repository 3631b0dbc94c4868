"""Writing what an import has prepared: one operation, one undo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.errors import NotAllowed, StoreBusy
from crmdesk.i18n import mark, tr
from crmdesk.models.base import ENTITIES
from crmdesk.models.workspace import ImportMapping, SpentNumber
from crmdesk.operations.attachments import keep
from crmdesk.operations.numbers import take_number
from crmdesk.operations.pipelines import settle_imported
from crmdesk.operations.settings import switch_on, unused_areas
from crmdesk.store.door import operation
from crmdesk.store.rights import authorize
from crmdesk.store.settings import named_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmdesk.models.base import Record
    from crmdesk.store.door import Change
    from crmdesk.store.reader import Reader

New = tuple[str, tuple[str, ...], list[Any]]
"""An entity, columns, and the stored values of all rows end to end."""

Changed = tuple[str, tuple[str, ...], list[tuple[Any, ...]]]
"""An entity, columns, and rows of stored values with the id at the end."""

File = tuple[str, bytes, "bytes | None", "tuple[str | int, ...]"]
"""A file to be attached: to which entity and record, of which company, and what `Load` finds its content by."""

Load = Callable[["tuple[str | int, ...]"], "tuple[str, str, bytes] | None"]
"""Returns name, type and content of a file, or None if it can't be read any more."""


@dataclass(frozen=True)
class Batch:
    """Some prepared rows; links may point to rows of later batches."""

    inserts: tuple[New, ...] = ()
    updates: tuple[Changed, ...] = ()
    files: tuple[File, ...] = ()

    @property
    def size(self) -> int:
        """How many rows and files it has."""
        new = sum(len(values) // len(columns) for _, columns, values in self.inserts)
        return new + sum(len(rows) for _, _, rows in self.updates) + len(self.files)


@dataclass(frozen=True)
class Look:
    """How far the journal went when somebody looked: its last transaction and its last entry."""

    transaction: int
    entry: int


@operation(mark("Import"), right="import.write", backs_up=True, by_rows=True)
def write(change: Change, batches: Iterable[Batch], about: str, load: Load | None = None, since: Look | None = None) -> int:
    """Write the prepared rows of an import and return the number of the transaction.

    Args:
        about: what the undo menu calls it, such as the name of the file.
        load: reads the content of attached files, one at a time, so that not all of them lie in memory.
        since: how the store was when the rows were worked out.

    Raises:
        NotAllowed: the member may not write one of the entities.
        StoreBusy: another import was written since, or a record was changed that this one changes.
    """
    change.note(about=about)
    touched = _touched(change, since) if since else frozenset()
    allowed: set[str] = set()
    stages: set[bytes] = set()
    unused: set[str] = set()
    for batch in batches:
        for entity, columns, values in batch.inserts:
            cls = ENTITIES[entity]
            if entity not in allowed:
                unused |= unused_areas(change, entity)
            _allow(change, cls, allowed)
            change.insert_values(cls, columns, values)
            _keep_numbers(change, entity, columns, values)
            if entity == "stage":
                stages.update(_column(columns, values, "id"))
        for entity, columns, rows in batch.updates:
            cls = ENTITIES[entity]
            _allow(change, cls, allowed)
            if touched and any((cls.entity.number, row[-1]) in touched for row in rows):
                raise _overtaken()
            change.update_many(cls, columns, rows)
        if batch.files and load:
            _allow(change, ENTITIES["attachment"], allowed)
            _attach(change, batch.files, load)
    if stages:
        change.open_records()
        settle_imported(change, stages)
    switch_on(change, unused)
    return change.tx


def look(reader: Reader) -> Look:
    """Return how the store is now."""
    transaction, entry = reader.rows("SELECT (SELECT ifnull(max(id), 0) FROM journal_tx), (SELECT ifnull(max(id), 0) FROM journal)")[0]
    return Look(transaction, entry)


def _touched(change: Change, since: Look) -> frozenset[tuple[int, bytes]]:
    """Return table and id of the records that were changed since; another import makes all of it stale: the same file would come in twice."""
    if change.reader.rows("SELECT 1 FROM journal_tx WHERE id > ? AND operation = 'imports.write' LIMIT 1", (since.transaction,)):
        raise _overtaken()
    return frozenset(change.reader.rows("SELECT tbl, row FROM journal WHERE id > ?", (since.entry,)))


def _overtaken() -> StoreBusy:
    return StoreBusy(tr("What this import goes by was changed while it was worked out. Nothing was imported."), hint=tr("Start the import again."))


def _attach(change: Change, files: Iterable[File], load: Load) -> None:
    """Put files beside the records that were just written."""
    change.open_records()
    for entity, record, company, place in files:
        if found := load(place):
            name, mime, content = found
            keep(change, entity, record, company, name, mime, content)


def _allow(change: Change, cls: type[Record], allowed: set[str]) -> None:
    """Ask for the right to write an entity; parts need that of one of their owners."""
    name = cls.entity.name
    if name in allowed:
        return
    owners = cls.entity.owned_by or (name,)
    for position, owner in enumerate(owners, 1):
        try:
            authorize(change.viewer, f"{owner}.write")
            break
        except NotAllowed:
            if position == len(owners):
                raise
    allowed.add(name)


def _column(columns: Sequence[str], values: Sequence[Any], name: str) -> Sequence[Any]:
    """Return what rows that lie end to end have in a column."""
    return values[columns.index(name) :: len(columns)]


def _keep_numbers(change: Change, entity: str, columns: Sequence[str], values: Sequence[Any]) -> None:
    """Mark the own numbers of imported documents as spent, and give one to those that need and lack it."""
    if ENTITIES[entity].entity.series is None or "number" not in columns:
        if entity == "ticket":
            _number(change, _column(columns, values, "id"))
        return
    numbered = list(zip(_column(columns, values, "number"), _column(columns, values, "id"), strict=True))
    known = {number for (number,) in change.reader.rows("SELECT number FROM spent_number WHERE about = ?", (entity,))}
    spent = {number: record for number, record in numbered if number and number not in known}
    change.insert_many(
        SpentNumber, ("id", "about", "number", "record"),
        [(named_id("spent_number", f"{entity}:{number}").bytes, entity, number, str(UUID(bytes=record))) for number, record in spent.items()],
    )  # fmt: skip
    if entity == "ticket":
        _number(change, [record for number, record in numbered if not number])


def _number(change: Change, tickets: Sequence[bytes]) -> None:
    change.open_records()
    numbered = [(take_number(change, "ticket", UUID(bytes=ticket)), ticket) for ticket in tickets]
    change.update_many(ENTITIES["ticket"], ("number",), numbered)


# -- what columns mean, for the next time ------------------------------------------------------------------------------------------


def mapping_id(about: str, fingerprint: str) -> UUID:
    """Return the id of the mapping for files of one make, the same on every computer."""
    return named_id("import_mapping", f"{about}:{fingerprint}")


@operation(mark("Keep import mapping"), right="import_mapping.write")
def keep_mapping(change: Change, about: str, fingerprint: str, name: str, columns: str, dates: str = "") -> UUID:
    """Keep what the columns of files of one make mean; a second call for such files replaces the first.

    Args:
        name: what it is called, such as the name of the file. columns: where each one goes, as JSON.
        dates: `dmy`, `mdy` or `ymd`, if the user had to say it.
    """
    from sqlalchemy import select

    record = mapping_id(about, fingerprint)
    kept = change.find(ImportMapping, select(ImportMapping).where(ImportMapping.id == record))
    if kept is None:
        kept = change.add(ImportMapping, id=record, about=about, fingerprint=fingerprint, name=name)
    kept.name, kept.columns_to, kept.dates, kept.deleted_at = name, columns, dates or None, None
    change.note(about=name)
    return record


@operation(mark("Forget import mapping"), right="import_mapping.write")
def forget_mapping(change: Change, mapping_id: UUID) -> None:
    """Let files of one make be guessed anew."""
    kept = change.get(ImportMapping, mapping_id)
    change.note(about=kept.name)
    change.delete(ImportMapping, [mapping_id])
