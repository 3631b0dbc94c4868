"""How the rows of a file become contacts, leads and companies."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from crmdesk.clock import new_id_bytes, now_ms
from crmdesk.errors import UserError
from crmdesk.exchange.shapes.shape import Draft, Shape, Values, Work
from crmdesk.exchange.table import shown
from crmdesk.exchange.values.known import bare_code
from crmdesk.exchange.values.parts import Parts, PartsWriter
from crmdesk.exchange.words.legal_forms import is_surely_a_company
from crmdesk.exchange.words.salutations import read_salutation
from crmdesk.models.names import folded
from crmdesk.models.people import split_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.exchange.table import Cell, Line
    from crmdesk.exchange.values.known import Key
    from crmdesk.exchange.values.links import Book
    from crmdesk.models.people import Name


class Person(Shape):
    """Contacts and leads: names in one column or in several, salutations, titles."""

    entity = "contact"
    called = ""
    """The full name where it stands in no column of the person's own."""

    def special(self) -> frozenset[str]:
        """Return the columns that make up a name."""
        return frozenset({"name", "middle_name", "suffix", "salutation", "title", "nickname", "birth_day", "birth_month", "birth_year", "record_kind"})

    def starting(self) -> Values:
        """Return the columns of a person's name beside the usual ones."""
        values: Values = {"given_name": None, "family_name": None}
        columns = self.cls.columns
        if {"name", "salutation", "title"} & self.virtual.keys() or self.of:
            values |= {name: None for name in ("salutation", "title") if name in columns}
        if "birth_year" in self.virtual:
            values["birthday"] = None
        return {**values, **super().starting()}

    def finish(self, draft: Draft) -> None:
        """Put the name together, or take it apart."""
        values, cells = draft.values, draft.cells
        if self.virtual:
            self._read_extras(cells, values)
        given, family = values["given_name"], values["family_name"]
        full = self.called or self.text(cells, "name") or self.text(cells, "nickname")
        if given and not family and (rest := self.text(cells, "name")):  # the rest of a name, or all of it
            values["family_name"] = rest if not _is_part(given, rest) else self.taken_apart(rest, cells).family or None
        # A lead without a person is called by its company.
        if not given and not family and full and full != values.get("company_name"):
            name = self.taken_apart(full, cells)
            values["given_name"], values["family_name"] = name.given or None, name.family or None
            if "title" in values:
                values["title"] = values["title"] or name.title or None
                values["salutation"] = values["salutation"] or name.salutation or None
        if "birth_year" in self.virtual and not values.get("birthday"):
            values["birthday"] = _birthday(*(self.text(cells, f"birth_{part}") for part in ("year", "month", "day")))

    def taken_apart(self, full: str, cells: list[Cell]) -> Name:
        """Take a full name apart as it is done in the country of its row."""
        return split_name(full, self.parts.region_of(cells) or self.work.settings.names_region)

    def _read_extras(self, cells: list[Cell], values: Values) -> None:
        if middle := self.text(cells, "middle_name"):
            values["given_name"] = f"{values['given_name'] or ''} {middle}".strip()
        if (suffix := self.text(cells, "suffix")) and values["family_name"]:
            values["family_name"] = f"{values['family_name']} {suffix}"
        for column in ("salutation", "title"):
            for index in self.virtual.get(column, ()):
                if (text := shown(cells[index]).strip()) and "title" in values:
                    salutation, title = read_salutation(text)
                    values["salutation"] = values["salutation"] or salutation
                    values["title"] = values["title"] or (title if column == "salutation" else text if not salutation else title) or None

    def more_keys(self, draft: Draft) -> list[Key]:
        """Return mail addresses and phone numbers, with the name, which must not contradict; without any, name and company."""
        values, parts = draft.values, draft.parts
        name = values["sort_key"]
        if parts is not None and (parts.emails or parts.phones):
            keys: list[Key] = []
            for _, _, key in parts.emails:
                keys.append(("e", (key, name)))
            if name:
                for _, _, _, e164, _ in parts.phones:
                    if e164:
                        keys.append(("p", (e164, name)))
            return keys
        if values.get("company_id") and name:
            return [("c", (name, values["company_id"]))]
        return []


_COMPANIES = frozenset(
    "company organization organisation firma unternehmen true 1 yes 公司 business wahr ja vrai oui societe entreprise empresa azienda 是 企业".split()
)
_OF_PEOPLE = ("salutation", "title", "role", "department", "birthday", "reports_to_id")


def _is_part(given: str, name: str) -> bool:
    """Say whether a name has the given name in it: Jan is no part of Jansen, 小明 is one of 王小明."""
    return given in name.split() or (
        not name.isascii() and " " not in name and " " not in given and not given[0].islower() and not given[0].isupper() and given in name
    )


def _birthday(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def company_keys(values: Values) -> list[Key]:
    """Return by what a company is recognised: number, VAT ID, credit code, name."""
    keys: list[Key] = [("#", number)] if (number := values.get("customer_number")) else []
    for kind, column in (("v", "vat_id"), ("u", "credit_code")):
        if code := values.get(column):
            keys.append((kind, bare_code(code)))
    return [*keys, ("n", values.get("name"))]


class ContactShape(Person):
    """Contacts; a row that has no person but a company becomes a company."""

    def __init__(self, work: Work, entity: str = "", of: str = "") -> None:
        super().__init__(work, entity, of)
        self.company_shape = Shape(work, "company", "company") if any(c.target and c.target.of == "company" for c in work.layout.columns) else None
        self.company_index = next((index for index, name, *_ in self.links if name == "company_id"), None)
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
        return bool(company) and not self.text(cells, "nickname")

    def finish(self, draft: Draft) -> None:
        """Complete a contact, or make a company of it."""
        values = draft.values
        if not self.virtual and (values["given_name"] or values["family_name"]):
            return  # a person who is called as the file says: most rows are
        is_company = self._is_company(draft)
        super().finish(draft)
        if is_company:
            self._become_company(draft)
        elif not values["given_name"] and not values["family_name"] and draft.parts:
            # Nothing but a mail address or a number: better called by that than lost.
            values["family_name"] = draft.parts.emails[0][1] if draft.parts.emails else draft.parts.phones[0][1] if draft.parts.phones else None

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


class LeadShape(Person):
    """Leads; they never stand in the way of one another but by their foreign id or mail address."""

    entity = "lead"

    def starting(self) -> Values:
        """Return what a new lead starts with."""
        values = super().starting()
        values.pop("salutation", None)
        values.pop("title", None)
        arrived = {} if self.work.layout.has("arrived_at") else {"arrived_at": now_ms()}
        return {**values, "company_name": None, "status": None, **arrived}

    def finish(self, draft: Draft) -> None:
        """Complete a lead; a company in the column of names is where it is from."""
        name = self.text(draft.cells, "name")
        if name and not draft.values["company_name"] and not draft.values["given_name"] and not draft.values["family_name"] and is_surely_a_company(name):
            draft.values["company_name"] = name
        super().finish(draft)
        draft.values["status"] = draft.values["status"] or "new"
        draft.values["arrived_at"] = draft.values.get("arrived_at") or now_ms()


class CompanyShape(Shape):
    """Companies, with the person that some files name beside them."""

    entity = "company"

    def __init__(self, work: Work, entity: str = "", of: str = "") -> None:
        super().__init__(work, entity, of)
        self.contact_shape = Person(work, "contact", "contact") if any(c.target and c.target.of == "contact" for c in work.layout.columns) else None

    def special(self) -> frozenset[str]:
        """Return the column that tells persons from companies."""
        return frozenset({"record_kind"})

    def more_keys(self, draft: Draft) -> list[Key]:
        """Return its number, VAT ID and credit code, then the name."""
        return company_keys(draft.values)

    def after(self, draft: Draft) -> None:
        """Take the person beside a new company."""
        if self.contact_shape is None:
            return
        person = Draft(draft.line, draft.cells, new_id_bytes(), "contact", {})
        try:
            person = self.contact_shape.draft(draft.line, draft.cells)
        except UserError:
            return  # no person in this row
        person.values["company_id"] = draft.id
        self.contact_shape.accept(person)
        draft.rest["beside"] = [person]
        self.work.gathered.made("contact")
