"""How the rows of a file become products and people of deals and messages of tickets."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.exchange.shapes.quote_parts import QuotePart
from crmdesk.exchange.shapes.shape import Shape
from crmdesk.exchange.values.cells import one_line
from crmdesk.exchange.values.entries import FORMED_BY, OWNERS, TOLD_BY, forms, virtual_names
from crmdesk.exchange.values.known import known_as
from crmdesk.exchange.values.told_ids import read_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.exchange.shapes.work import Draft, Values, Work
    from crmdesk.exchange.table import Line
    from crmdesk.exchange.values.known import Key
    from crmdesk.exchange.values.links import Book


class EntryShape(Shape):
    """Entries: the id or number beside a linked record's name is looked up first, for names are rarely theirs alone."""

    def __init__(self, work: Work, entity: str = "", of: str = "") -> None:
        super().__init__(work, entity, of)
        self.told = [(name, link, column) for name, (link, column) in virtual_names(self.entity).items() if name in self.virtual]
        self.linked: dict[tuple[str, str], bytes] = {}
        self.positions: dict[bytes, int] = {}

    def special(self) -> frozenset[str]:
        """Return the columns with ids and numbers of linked records."""
        return frozenset(virtual_names(self.entity))

    def starting(self) -> Values:
        """Return the columns that every entry gets."""
        links = {self.cls.fields[link].column: None for link in TOLD_BY[self.entity]}
        return {**links, "position": None, **super().starting()}

    def prepare(self, block: Sequence[Line]) -> None:
        """Look up links, those by id or number too."""
        super().prepare(block)
        for name, link, column in self.told:
            target = self.cls.fields[link].target or ""
            texts = sorted({text for _, cells in block if cells.__class__ is list for index in self.virtual[name] if (text := one_line(cells[index]))})
            keys = [[key] if (key := _key(column, text)) else [] for text in texts]
            book = self.work.book(target)
            with book.store.read() as reader:
                found = known_as(reader, target, keys)
            self.linked.update({(name, text): match.record for text, match in zip(texts, found, strict=True) if match})
            if book.brought:
                self.linked.update({(name, text): record for text in texts if (record := read_id(text)) in book.brought and record})
            book.prepare(texts)

    def before_links(self, draft: Draft) -> None:
        """Look up what the ids and numbers of a row mean."""
        for name, link, _ in self.told:
            if found := self.linked.get((name, self.text(draft.cells, name))):
                draft.rest[self.cls.fields[link].column] = found

    def link(self, draft: Draft, name: str, book: Book, text: str, is_key: bool) -> bytes | None:
        """Return the record that stands there by id or number, else the one that is called so."""
        known: bytes | None = draft.rest.get(name)
        return known or super().link(draft, name, book, text, is_key)

    def finish(self, draft: Draft) -> None:
        """Fill in links that only an id or number tells."""
        draft.rest["may repeat"] = True
        for name, link, _ in self.told:
            column, text = self.cls.fields[link].column, self.text(draft.cells, name)
            if draft.values[column] is None and text:
                draft.values[column] = draft.rest.get(column) or self._by_foreign_id(link, text)

    def _by_foreign_id(self, link: str, text: str) -> bytes:
        target = self.cls.fields[link].target or ""
        found = self.work.book(target).find(text, is_key=True)
        return self.work.book(target).missing(text) if found is None else found

    def more_keys(self, draft: Draft) -> list[Key]:
        """Return what tells entries of one deal or ticket apart."""
        return [("o", forms(self.entity, draft.values)[0])]

    def accept(self, draft: Draft) -> None:
        """Take an entry at its place, or behind the others where the file names none."""
        owner = draft.values[OWNERS[self.entity]]
        if draft.values["position"] is None:
            if owner not in self.positions:
                sql = f'SELECT ifnull(max(position) + 1, 0) FROM "{self.entity}" WHERE "{OWNERS[self.entity]}" = ? AND deleted_at IS NULL'
                with self.work.book(self.cls.entity.owned_by[0]).store.read() as reader:
                    self.positions[owner] = int(reader.value(sql, (owner,)))
            draft.values["position"] = self.positions[owner]
            self.positions[owner] += 1
        super().accept(draft)


def _key(column: str, text: str) -> Key | None:
    """Return how a linked record is asked for by id or number; other programs' ids are none of ours."""
    if column != "id":
        return "#", text
    try:
        return "i", UUID(text).bytes
    except ValueError:
        return None


class MessageShape(EntryShape):
    """Messages of tickets; where nothing says who wrote, the customer did."""

    entity = "message"

    def starting(self) -> Values:
        """Return the columns that every message gets."""
        return {"kind": None, "body": None, "at": None, "member_id": None, **super().starting()}

    def finish(self, draft: Draft) -> None:
        """Say which way a message went."""
        super().finish(draft)
        draft.values["kind"] = draft.values["kind"] or ("out" if draft.values["member_id"] else "in")


class AllowanceShape(QuotePart):
    """Discounts and charges of quotes and their lines."""

    entity = "allowance_charge"

    def starting(self) -> Values:
        """Return the columns by which a discount is known again."""
        return {**dict.fromkeys(FORMED_BY[self.entity]), **super().starting()}

    def finish(self, draft: Draft) -> None:
        """Take what does not say that it is a charge for a discount."""
        draft.rest["may repeat"] = True
        draft.values["charge"] = draft.values["charge"] or 0

    def more_keys(self, draft: Draft) -> list[Key]:
        """Return what tells the discounts of one quote apart."""
        return [("o", forms(self.entity, draft.values)[0])]
