"""How the rows of a file become contacts and companies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.clock import new_id_bytes
from crmdesk.exchange.shapes.people import Person
from crmdesk.exchange.shapes.people_beside import PeopleBeside
from crmdesk.exchange.shapes.shape import Shape
from crmdesk.exchange.table import shown
from crmdesk.exchange.values.known import bare_code
from crmdesk.exchange.values.parts import Parts, PartsWriter
from crmdesk.exchange.words.legal_forms import is_surely_a_company
from crmdesk.models.names import folded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.exchange.shapes.work import Draft, Values, Work
    from crmdesk.exchange.table import Line
    from crmdesk.exchange.values.known import Key
    from crmdesk.exchange.values.links import Book


_COMPANIES = frozenset(
    "company organization organisation firma unternehmen true 1 yes 公司 business wahr ja vrai oui societe entreprise empresa azienda 是 企业".split()
)
_OF_PEOPLE = ("salutation", "title", "role", "department", "birthday", "reports_to_id")


def company_keys(values: Values) -> list[Key]:
    """Return by what a company is recognised: number, VAT ID, credit code, name."""
    keys: list[Key] = [("#", number)] if (number := values.get("customer_number")) else []
    for kind, column in (("v", "vat_id"), ("u", "credit_code")):
        if code := values.get(column):
            keys.append((kind, bare_code(code)))
    return [*keys, ("n", name)] if (name := values.get("name")) else keys


class ContactShape(Person):
    """Contacts; a row that has no person but a company becomes a company."""

    def __init__(self, work: Work, entity: str = "", of: str = "") -> None:
        super().__init__(work, entity, of)
        self.company_shape = Shape(work, "company", "company") if any(c.target and c.target.of == "company" for c in work.layout.columns) else None
        self.company_index = next((link.place for link in self.links if link.name == "company_id"), None)
        self.has_kinds = "record_kind" in self.virtual

    def prepare(self, block: Sequence[Line]) -> None:
        """Look up links, those of companies too."""
        super().prepare(block)
        if self.company_shape:
            self.company_shape.prepare(block)

    def link(self, draft: Draft, name: str, book: Book, text: str, is_key: bool) -> bytes | None:
        """Return a company with what the row says of it, if it has to be made; none where the row is that company."""
        if name == "company_id" and self._is_company(draft):
            draft.rest["company"] = text
            return None
        return super().link(draft, name, book, text, is_key)

    def _is_company(self, draft: Draft) -> bool:
        """Say whether a row stands for a company: it says so, or has no person."""
        values, cells = draft.values, draft.cells
        if self.has_kinds and (kind := folded(self.text(cells, "record_kind"))):
            return kind in _COMPANIES
        if values["given_name"] or values["family_name"]:
            return False
        company = shown(cells[self.company_index]).strip() if self.company_index is not None else ""
        if name := self.text(cells, "name"):
            return company in {"", name} and is_surely_a_company(name) and not any(values.get(column) for column in _OF_PEOPLE)
        return bool(company) and not self.text(cells, "nickname") and not any(values.get(column) for column in _OF_PEOPLE)

    def finish(self, draft: Draft) -> None:
        """Complete a contact, or make a company of it."""
        values = draft.values
        if not self.virtual and (values["given_name"] or values["family_name"]):
            return  # a person who is called as the file says: most rows are
        is_company = self._is_company(draft)
        super().finish(draft)
        if is_company:
            self._become_company(draft)

    def _become_company(self, draft: Draft) -> None:
        values = draft.values
        name = draft.rest.get("company") or self.text(draft.cells, "name") or " ".join(part for part in (values["given_name"], values["family_name"]) if part)
        kept = ("id", "external_id", "source", "owner_id", "lifecycle", "language", "custom")
        draft.entity = "company"
        draft.values = {**{key: values[key] for key in kept if key in values}, "name": name, "website": None}
        if draft.parts:
            websites = [pair for pair in draft.parts.handles if pair[0] == "website"]
            draft.values["website"] = websites[0][1] if websites else None
            draft.parts.handles = [pair for pair in draft.parts.handles if pair not in websites[:1]]
        if self.company_shape:
            draft.values |= {column: value for column, value in self.company_shape.plain_values(draft.cells).items() if draft.values.get(column) is None}
            more = self.company_shape.parts.read(draft.cells)
            draft.parts = draft.parts or Parts()
            for name in ("phones", "emails", "addresses", "handles"):
                getattr(draft.parts, name).extend(part for part in getattr(more, name) if part not in getattr(draft.parts, name))

    def more_keys(self, draft: Draft) -> list[Key]:
        """Return what recognises a person, or a company."""
        if draft.entity == "company":
            return company_keys(draft.values)
        return super().more_keys(draft)

    def new_id(self, draft: Draft) -> bytes:
        """Return the id of a new record: a company may have been promised to the persons above it."""
        if draft.entity == "company":
            book = self.work.book("company")
            record = book.claim(draft.values["name"]) or new_id_bytes()
            book.learn(record, draft.values["name"])
            return record
        return super().new_id(draft)

    def accept(self, draft: Draft) -> None:
        """Take a person or a company; a company that persons further up had made already gets what its own row says."""
        made = self.work.book("company").made_as(draft.values["name"]) if draft.entity == "company" else None
        if made is None:
            super().accept(draft)
            return
        draft.id, draft.rest["made already"] = made, True
        told = {column: value for column, value in draft.values.items() if value is not None and column not in {"id", "name", "source", "sort_key", "owner_id"}}
        if told:
            self.work.gathered.update("company", (*told,), (*told.values(), made))
        if draft.parts:
            PartsWriter(self.work.gathered, "company").add(made, draft.parts)


class CompanyShape(Shape):
    """Companies, with the person that some files name beside them."""

    entity = "company"

    def __init__(self, work: Work, entity: str = "", of: str = "") -> None:
        super().__init__(work, entity, of)
        self.people = PeopleBeside(work) if any(c.target and c.target.of == "contact" for c in work.layout.columns) else None
        self.people_shape = self.people.shape if self.people else None

    def special(self) -> frozenset[str]:
        """Return the column that tells persons from companies."""
        return frozenset({"record_kind"})

    def prepare(self, block: Sequence[Line]) -> None:
        """Look up links, those of people too."""
        super().prepare(block)
        if self.people:
            self.people.prepare(block)

    def finish(self, draft: Draft) -> None:
        """Read the person beside the company."""
        if self.people:
            self.people.read(draft)

    def look_up_people(self, drafts: Sequence[Draft], records: Sequence[bytes | None]) -> None:
        """Look up who the people beside the companies may be."""
        if self.people:
            self.people.look_up(drafts, records)

    def meet_person(self, draft: Draft, record: bytes | None, *, completes: bool) -> None:
        """Find who the person beside a company is."""
        if self.people:
            self.people.meet(draft, record, completes=completes)

    def more_keys(self, draft: Draft) -> list[Key]:
        """Return its number, VAT ID and credit code, then the name."""
        return company_keys(draft.values)

    def after(self, draft: Draft) -> None:
        """Take the person beside a new company."""
        super().after(draft)
        if self.people:
            self.people.take(draft, draft.id)

    def is_there(self, draft: Draft, record: bytes) -> None:
        """Take the person beside a known company."""
        if self.people:
            self.people.take(draft, record)
