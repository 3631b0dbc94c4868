"""Books: the records that the rows of an import may refer to, by entity."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.errors import UserError
from crmdesk.exchange.values.linked_companies import Companies
from crmdesk.exchange.values.linked_stages import Stages
from crmdesk.exchange.values.linked_tags import Tags
from crmdesk.exchange.values.links import Book
from crmdesk.exchange.values.mails_behind import People
from crmdesk.i18n import tr
from crmdesk.models.registry import entity_class
from crmdesk.queries.deals import default_pipeline

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from crmdesk.exchange.shapes.work import Draft
    from crmdesk.exchange.table import Cell
    from crmdesk.exchange.values.gathering import Gathered
    from crmdesk.exchange.words.company_names import LegalForms
    from crmdesk.store import Store


class Books:
    """One book for each entity that a file refers to, made when it does.

    Args:
        creates: whether records that the file refers to are made. forms: which legal forms companies have.
    """

    def __init__(self, store: Store, entity: str, gathered: Gathered, creates: bool, forms: LegalForms) -> None:
        self._store, self._entity, self._gathered, self._creates, self._forms = store, entity, gathered, creates, forms
        self._teaches = False
        self._by_entity: dict[str, Book] = {}
        self._by_pipeline: dict[bytes | None, Stages] = {}

    def turn_to(self, entity: str) -> None:
        """Go on with files of another kind: what those before bring, and is not written yet, can be referred to."""
        if entity != self._entity:
            self._entity, self._teaches = entity, True
            for name, book in self._by_entity.items():
                book.later = self._may_come(name)

    def _may_come(self, entity: str) -> bool:
        """Say whether a record that is referred to may stand further down."""
        return entity == self._entity or (entity == "company" and self._entity == "contact")

    def book(self, entity: str, source: str) -> Book:
        """Return the book of an entity.

        Args:
            source: which program's file refers to it first.
        """
        if entity not in self._by_entity:
            args = (self._store, self._gathered, source, self._creates)
            if entity == "tag":
                self._by_entity[entity] = Tags(entity, *args)
            elif entity == "company":
                self._by_entity[entity] = Companies(entity, *args, later=self._may_come(entity), forms=self._forms)
            elif entity == "contact":
                self._by_entity[entity] = People(entity, *args, later=self._may_come(entity))
            else:
                self._by_entity[entity] = Book(entity, *args, later=self._may_come(entity))
        return self._by_entity[entity]

    def stages(self, pipeline: bytes | None, source: str) -> Stages:
        """Return the stages of a pipeline; of the usual one if None.

        Raises:
            UserError: there is no pipeline.
        """
        if pipeline not in self._by_pipeline:
            self._by_pipeline[pipeline] = Stages(self._store, self._gathered, source, self._creates, self._pipeline(pipeline))
        return self._by_pipeline[pipeline]

    def _pipeline(self, pipeline: bytes | None) -> UUID:
        if pipeline is not None:
            return UUID(bytes=pipeline)
        with self._store.read() as reader:
            usual = default_pipeline(reader)
        if usual is None:
            raise UserError(tr("There is no pipeline yet."), hint=tr("Make one in the settings first."))
        return usual

    @property
    def found(self) -> dict[str, int]:
        """How many different records of each entity were referred to that are there already."""
        return {entity: book.found for entity, book in self._by_entity.items() if book.found}

    def teach(self, draft: Draft) -> None:
        """Let later rows refer to a new record."""
        book = self.book(draft.entity, "") if self._teaches else self._by_entity.get(draft.entity)
        if book is None or draft.entity == "company" and self._entity == "contact":
            return
        title = draft.values.get(entity_class(draft.entity).entity.title)
        book.learn(draft.id, title, draft.values.get("number"), draft.values.get("external_id"), draft.values.get("company_id"))
        if self._teaches and isinstance(book, People) and draft.parts:
            for _, _, mail in draft.parts.emails:
                book.has_mail(draft.id, mail, draft.values["sort_key"] or "")
        if self._teaches and "own id" in draft.rest:
            book.brought.add(draft.id)

    def awaited(self, draft: Draft) -> bytes | None:
        """Return the record that rows further up refer to and that a new one will be, or None."""
        book, title = self._by_entity.get(draft.entity), draft.values.get(entity_class(draft.entity).entity.title)
        return book.awaited(title) if book and isinstance(title, str) else None

    def teach_all(self) -> None:
        """Let files after this one refer to what it brings, since nothing of it is written before they are looked at."""
        self._teaches = True

    def cut_off(self, entity: str) -> None:
        """Take note that a file was only looked at in part: rows of others may refer to those that were not."""
        self.book(entity, "").is_partly_known = True

    @property
    def unsettled(self) -> set[bytes]:
        """The records that were made or promised since `settle` was called."""
        return {record for book in self._all() for record in book.unsettled}

    def keep_names(self, said: Iterable[Cell]) -> None:
        """Take back the fuller names of companies that none of the rows says which come in, whose cells these are."""
        if isinstance(companies := self._by_entity.get("company"), Companies):
            companies.keep_names(said)

    def unmake(self) -> None:
        """Forget what was made or promised since `settle` was called."""
        self.keep_names(())
        self.settle(self.unsettled)

    def settle(self, gone: Container[bytes] = ()) -> None:
        """Gather what was made since the last time, and forget those of it that no row means which comes in."""
        for book in self._all():
            book.settle(gone)

    def _all(self) -> list[Book]:
        return [*self._by_entity.values(), *self._by_pipeline.values()]

    def forget(self) -> None:
        """Let go of what was only needed to work rows out."""
        self._by_entity, self._by_pipeline = {}, {}

    def keep_promises(self, at_the_end: bool) -> None:
        """Make what was referred to and did not come; of the entity itself at the end of the file, since it may still come."""
        for entity, book in self._by_entity.items():
            if at_the_end or entity != self._entity:
                book.keep_promises()
