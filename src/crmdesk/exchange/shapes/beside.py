"""What rows say of the companies and contacts that are made for them: each gets it once, from a row that comes in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from crmdesk.errors import UserError
from crmdesk.exchange.shapes.work import Draft
from crmdesk.exchange.values.parts import Parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from crmdesk.exchange.shapes.work import Values
    from crmdesk.exchange.table import Cell
    from crmdesk.exchange.values.gathering import Gathered
    from crmdesk.exchange.values.links import Book
    from crmdesk.exchange.values.parts import PartsReader, PartsWriter


class Columns(NamedTuple):
    """The columns that tell of linked records of one entity: how their cells are read, and their list fields written."""

    values: Callable[[list[Cell]], Values]
    parts: PartsReader
    writer: PartsWriter


class Beside:
    """The records that are made because rows name them.

    Args:
        columns: what rows tell of them beside the name, by entity.
    """

    def __init__(self, gathered: Gathered, columns: Mapping[str, Columns]) -> None:
        self._gathered = gathered
        self._columns = columns
        self._untold: dict[bytes, Book] = {}  # what the last rows describe, until one of these comes in

    def __contains__(self, entity: str) -> bool:
        """Say whether rows tell of linked records more than their name."""
        return entity in self._columns

    def describe(self, draft: Draft, book: Book, record: bytes) -> None:
        """Keep what a row says of a record that is made for it.

        Raises:
            UserError: a cell can't be read; its field is the column's name.
        """
        if book.entity in self._columns:
            values, parts = self._read(draft, book.entity)
            draft.rest.setdefault("made", {})[book.entity] = (record, values, parts)
            self._untold[record] = book
            if values or parts:  # else a row further down may say more
                book.described.add(record)

    def newcomers(self, draft: Draft, links: Iterable[tuple[str, Book]]) -> Iterator[Draft]:
        """Yield the records that come in since a row names them, which no row further up brought, with what this one says of them.

        Args:
            links: the columns with links, and where these are looked up.
        """
        for name, book in links:
            record = draft.values.get(name)
            if record is None or (made := book.made_of(record)) is None:
                continue
            values, parts = self._said_of(draft, book, record)
            if mail := book.mail_of(record):
                parts = replace(parts, emails=[*parts.emails, (None, mail, mail.lower())])
            yield Draft(draft.line, draft.cells, record, book.entity, {**made, **values}, parts)

    def tell(self, draft: Draft) -> None:
        """Give the records that a row made what it says of them."""
        for entity, (record, values, parts) in draft.rest.get("made", {}).items():
            self._write(entity, record, values, parts)
            self._untold.pop(record, None)

    def tell_again(self, drafts: Sequence[Draft]) -> None:
        """Let rows that come in describe what only those had described that don't.

        Args:
            drafts: the last rows that come in.
        """
        for record, book in list(self._untold.items()):
            book.described.discard(record)
            for draft in drafts:
                if record in draft.values.values() and self._describes(draft, book, record):
                    self._write(book.entity, *draft.rest["made"][book.entity])
                    break
        self._untold.clear()

    def _describes(self, draft: Draft, book: Book, record: bytes) -> bool:
        try:
            self.describe(draft, book, record)
        except UserError:
            return False
        return True

    def _said_of(self, draft: Draft, book: Book, record: bytes) -> tuple[Values, Parts]:
        """Return what a row says of a record that is made for it, unless a row further up that comes in has said it."""
        described, *said = draft.rest.get("made", {}).get(book.entity, (None, {}, Parts()))
        if described == record:
            return said[0], said[1]
        if record not in self._untold or book.entity not in self._columns:
            return {}, Parts()
        try:
            return self._read(draft, book.entity)
        except UserError:
            return {}, Parts()

    def _read(self, draft: Draft, entity: str) -> tuple[Values, Parts]:
        columns = self._columns[entity]
        return columns.values(draft.cells), columns.parts.read(draft.cells)

    def _write(self, entity: str, record: bytes, values: Values, parts: Parts) -> None:
        """Give a linked record that this import made what a row says of it."""
        if values:
            self._gathered.update(entity, (*values,), (*values.values(), record))
        if parts:
            self._columns[entity].writer.add(record, parts)
