"""What the cells of a row mean that name other records: by an id beside the name, by a mail address, else by the name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.exchange.table import shown
from crmdesk.exchange.values.cells import one_line
from crmdesk.exchange.values.links import SeveralCalledSo
from crmdesk.exchange.values.mails_behind import SEVERAL, People, mail_behind, person_of_mails
from crmdesk.exchange.values.parts import Parts
from crmdesk.exchange.values.told_ids import OF_A_COMPANY
from crmdesk.i18n import tr
from crmdesk.models.registry import entity_class

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmdesk.exchange.shapes.beside import Beside
    from crmdesk.exchange.shapes.work import Draft, LinkColumn
    from crmdesk.exchange.table import Cell, Line
    from crmdesk.exchange.values.links import Book
    from crmdesk.exchange.values.told_ids import ToldIds

    Note = Callable[[tuple[str, str]], None]
    ByName = Callable[[Draft, str, Book, str, bool], bytes | None]
    MailBeside = Callable[[list[Cell]], str]

OWNERS = ("company_id", "contact_id")
"""The links of a row that are read first: they tell apart other records of one name."""
_MAIL = re.compile(r"[^\s@()<>,;:]+@[^\s@()<>,;:]+")


def mail_in(cell: Cell) -> str:
    """Return the mail address that a cell holds; empty if there is none, or more than one."""
    text = shown(cell).strip().lower()
    return text if _MAIL.fullmatch(text) else ""


class Linking:
    """Finds the records that the cells of a row mean.

    Args:
        title: the column that rows are called by.
        by_name: how the rows' shape takes a record by its name.
        mail_beside: the mail address of a row's contact that stands in a column of its own; None if there is no such column.
        note: counts what the user should hear of.
    """

    def __init__(self, entity: str, title: str, told_ids: ToldIds, beside: Beside, *, by_name: ByName, mail_beside: MailBeside | None, note: Note) -> None:
        self._entity = entity
        self._title = title
        self._told_ids = told_ids
        self._tells_ids = bool(told_ids)
        self._beside = beside
        self._by_name = by_name
        self._mail_beside = mail_beside
        self._note = note

    def prepare(self, link: LinkColumn, block: Sequence[Line]) -> None:
        """Look up at once all records that the cells of a column mean in a block of rows."""
        book, cut = link.book, link.cut
        rows = [cells for _, cells in block if cells.__class__ is list]
        texts = {one_line(cell) for cell in {cells[link.place] for cells in rows} if cell != ""}
        if link.is_mail:
            texts = {person_of_mails(text)[0] for text in texts}
        if cut:
            names = {text: cut.sub("", text) for text in texts}
            if isinstance(book, People):
                book.prepare_mails(filter(None, (mail_behind(text[len(called) :]) for text, called in names.items())))
            texts = set(names.values())
        if isinstance(book, People):
            if link.name == "contact_id":
                book.prepare_mails(filter(_MAIL.fullmatch, texts))
            if self._mail_beside is not None:
                book.prepare_mails(filter(None, map(self._mail_beside, rows)))
        book.prepare(texts)

    def record_told_more(self, draft: Draft, link: LinkColumn, text: str) -> bytes | None:
        """Return the record that a cell means, where that may be one above the row's own, or a person whose mail address the row tells too."""
        if link.is_mail:
            text, is_one_of_several = person_of_mails(text)
            if not text:
                return None
            if is_one_of_several:
                self._note(SEVERAL)
        text, behind = self._cut(link, text)
        mail, is_in_cell = mail_behind(behind), True
        if not self._told_ids.of(draft.cells, link.name):
            if link.book.entity == self._entity and text == draft.values.get(self._title):
                raise UserError(tr("“{name}” would stand above itself.", name=text))
            if link.name == "contact_id" and not mail:
                mail, is_in_cell = self._mail_of(draft, link, text)
        if mail and isinstance(link.book, People):
            return self._with_mail(draft, link.name, link.book, text, link.is_key, mail, stands_behind=is_in_cell)
        return self.record(draft, link.name, link.book, text, link.is_key)

    def _mail_of(self, draft: Draft, link: LinkColumn, text: str) -> tuple[str, bool]:
        """Return the mail address of the contact whom a cell names, and whether it stands in the place of the name; else it has a column of its own."""
        beside = "" if link.is_mail or self._mail_beside is None else self._mail_beside(draft.cells)
        if beside in {"", text} and not link.is_key and _MAIL.fullmatch(text):
            return text, True
        return beside, False

    def _cut(self, link: LinkColumn, text: str) -> tuple[str, str]:
        """Return the name that a cell says, and what stands behind it."""
        bare = link.cut.sub("", text) if link.cut else ""
        if not bare:
            return text, ""
        if ";" in text[len(bare) :]:
            self._note(SEVERAL)
        return bare, text[len(bare) :]

    def _with_mail(self, draft: Draft, name: str, people: People, text: str, is_key: bool, mail: str, *, stands_behind: bool) -> bytes | None:
        """Return the person whom a row means by name and mail address, wherever they work; one who is made gets that.

        Args:
            stands_behind: whether the address stands behind the name or in its place, else what is said of the person has it.
        """
        if (found := people.owner(mail, "" if text == mail else text)) is not None:
            return found
        called = self.record(draft, name, people, text, is_key)
        if called is None:
            return None
        had_none = not people.has(mail, called)
        record = people.give(called, text, mail, is_owed=stands_behind)
        if record != called:
            self._beside.describe(draft, people, record)
        described, _, parts = draft.rest.get("made", {}).get("contact", (None, {}, Parts()))
        if not stands_behind:
            if described != record and had_none and people.has(mail, record):  # a row further up said the rest
                draft.rest.setdefault("made", {})["contact"] = (record, {}, Parts(emails=[(None, mail, mail.lower())]))
            return record
        if described == record:
            parts.emails = [other for other in parts.emails if other[2] != mail.lower()]
        return record

    def record(self, draft: Draft, name: str, book: Book, text: str, is_key: bool) -> bytes | None:
        """Return the record that a cell means: by the id beside it, else by its name; of several called so the one of the row's company or contact."""
        if self._tells_ids:
            if known := self._told_ids.record(draft.cells, name):
                return known
            if self._told_ids.is_to_come(draft.cells, name):
                draft.rest.setdefault("to come", {})[name] = text
                return None
        try:
            record = self._by_name(draft, name, book, text, is_key)
        except SeveralCalledSo:
            beside = {owner: record for owner in OWNERS if owner != name and (record := draft.values.get(owner))}
            if beside and (record := book.of_its_own(text, beside)):
                return record
            raise
        if name in OF_A_COMPANY and record and (company := draft.values.get("company_id")) and book.is_of_another(record, company):
            raise UserError(tr("{entity} “{text}” belongs to another company.", entity=tr(entity_class(book.entity).entity.label), text=text))
        return record

    def link_nameless(self, draft: Draft) -> None:
        """Set the links to records that have no name, such as a draft without subject."""
        for column in self._told_ids.columns:
            if draft.values[column] is None and column not in draft.rest.get("to come", ()) and self._told_ids.of(draft.cells, column):
                if found := self._told_ids.record(draft.cells, column):
                    draft.values[column] = found
                elif self._told_ids.is_to_come(draft.cells, column):
                    draft.rest.setdefault("to come", {})[column] = ""
