"""How the rows of a file become records: what is common to all entities, and what is special to each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.clock import fresh_ids, new_id_bytes, now_ms, today
from crmdesk.errors import UserError
from crmdesk.exchange.cells import ROUNDED, Hints, Read, has_more_decimals, money_of, one_line, reader_of, stored_money
from crmdesk.exchange.columns import ReadColumn, read_columns
from crmdesk.exchange.entries import forms
from crmdesk.exchange.gathering import stored_own_fields
from crmdesk.exchange.known import bare_code
from crmdesk.exchange.leading import LEADS, says_yes
from crmdesk.exchange.links import NUMBERED, SeveralCalledSo, name_key
from crmdesk.exchange.parts import Parts, PartsReader, PartsWriter
from crmdesk.exchange.salutations import read_salutation
from crmdesk.exchange.table import shown
from crmdesk.exchange.told_ids import NOT_THERE, ToldIds
from crmdesk.exchange.words import outcome_of
from crmdesk.i18n import mark, tr
from crmdesk.models.names import folded, sort_key
from crmdesk.models.people import split_name
from crmdesk.models.registry import entity_class
from crmdesk.store.reader import IN_IDS, id_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crmdesk.exchange.gathering import Gathered
    from crmdesk.exchange.known import Key
    from crmdesk.exchange.layouts import Column, Layout, Target
    from crmdesk.exchange.links import Book, Stages
    from crmdesk.exchange.phones import PhoneReader
    from crmdesk.exchange.table import Cell, Line
    from crmdesk.fields import Field
    from crmdesk.store.settings import Settings

Values = dict[str, Any]
OF_A_COMPANY = frozenset({"contact_id", "deal_id", "quote_id", "ticket_id"})
"""Links by name that must not lead to a record of another company than the row's."""
OWNERS = ("company_id", "contact_id")
"""The links of a row that are read first: they tell apart other records of one name."""


@dataclass(slots=True)
class Draft:
    """One row on its way to a record.

    Attributes:
        values: stored values by column, in the shape's order.
        city: decides with the name whether two companies are the same.
        keys: by what the record is recognised if it is known already, strongest first.
    """

    line: int
    cells: list[Cell]
    id: bytes
    entity: str
    values: Values
    parts: Parts | None = None
    keys: list[Key] = field(default_factory=list)
    rest: dict[str, Any] = field(default_factory=dict)


@dataclass
class Work:
    """What all shapes of one import share."""

    layout: Layout
    settings: Settings
    hints: dict[int, Hints]
    gathered: Gathered
    phones: PhoneReader
    region: str
    source: str
    member: bytes | None
    book: Callable[[str], Book]
    stages: Callable[[bytes | None], Stages]
    own_fields: Sequence[tuple[Field, str, tuple[str, ...]]] = ()
    discounts_are_shares: bool = False
    notes: dict[tuple[str, str], int] = field(default_factory=dict)
    ids: Iterator[bytes] = field(default_factory=fresh_ids)

    def note(self, texts: tuple[str, str]) -> None:
        """Count something that the user should hear of; the texts for one and for many are marked and have a `{count}`."""
        self.notes[texts] = self.notes.get(texts, 0) + 1


class Shape:
    """What is common to the rows of all entities: each column has one function that was made beforehand."""

    entity = ""
    defaults: Values = {}
    owned_by_importer = False

    def __init__(self, work: Work, entity: str = "", of: str = "") -> None:
        self.work = work
        self.entity = entity or self.entity
        self.of = of
        self.cls = entity_class(self.entity)
        self.columns = [column for column in work.layout.columns if column.target is not None and column.target.of == of]
        self.scalars: list[ReadColumn] = []
        self.links: list[tuple[int, str, Book, bool, str]] = []
        self.cuts = {column.index: re.compile(column.cut) for column in self.columns if column.cut}
        self.moneys: list[tuple[int, str, str, str, str]] = []
        self.own: list[tuple[int, str, Read, str]] = []
        self.virtual: dict[str, list[int]] = {}
        for column in self.columns:
            assert column.target is not None
            self._compile(column, column.target)
        in_parts = [c for c in self.columns if c.target and self._is_part(c.target.field)]
        self.parts = PartsReader(in_parts, work.region, work.phones, lambda: work.book("tag"))
        self.has_parts = bool(self.parts)
        self.writer = PartsWriter(work.gathered, self.entity)
        self.late: dict[str, list[tuple[bytes, bytes]]] = {link[1]: [] for link in self.links if link[2].entity == self.entity}
        self.refers_to_itself = any(link[2].entity == self.entity for link in self.links)
        self.told_ids = ToldIds(self.cls, {} if of else self.virtual, self.special(), work.book)
        self.tells_ids = bool(self.told_ids)
        self.currency_index = work.layout.index_of("currency", of)
        self.links.sort(key=lambda link: OWNERS.index(link[1]) if link[1] in OWNERS else len(OWNERS))
        self.template = self._template()
        self._derive = work.gathered.deriver(self.entity)

    # ---- made once ----

    def _is_list(self, name: str) -> bool:
        item = self.cls.fields.get(name)
        return item is not None and item.kind == "parts"

    def _is_part(self, name: str) -> bool:
        """Say whether a column goes to a list field; the website of a person is kept with the handles."""
        return name not in self.virtual and (self._is_list(name) or (name == "website" and name not in self.cls.fields))

    def _compile(self, column: Column, target: Target) -> None:
        item = self.cls.fields.get(target.field)
        hints = self.work.hints.get(column.index, Hints())
        own = next((own for own in self.work.own_fields if own[0].name == target.field), None)
        if target.field in self.special():
            self.virtual.setdefault(target.field, []).append(column.index)
        elif item is None and own is not None and not self.of:
            self.own.append((column.index, own[1], reader_of(self.entity, own[0], hints, self.work.settings.reading, own[2] or None), column.header))
        elif target.field == "id":
            self.virtual.setdefault("id", []).append(column.index)
        elif item is None:
            if target.field != "website":
                self.virtual.setdefault(target.field, []).append(column.index)
        elif item.kind == "link":
            self.links.append((column.index, item.column, self.work.book(item.target or ""), target.is_key, column.header))
        elif item.kind in {"money", "price"}:
            self.moneys.append((column.index, item.column, item.kind, hints.decimal_sign, column.header))
        elif item.kind != "parts":
            read = reader_of(self.entity, item, hints, self.work.settings.reading)
            self.scalars.append(ReadColumn(column.index, item.column, read, column.header, remembers=item.kind != "long_text"))

    def special(self) -> frozenset[str]:
        """Return the fields that this shape reads by itself."""
        return frozenset()

    def own_id(self, cells: list[Cell]) -> bytes | None:
        """Return the id that our own export gave the record."""
        text = self.text(cells, "id")
        try:
            return UUID(text).bytes if text else None
        except ValueError:
            return None

    def _template(self) -> Values:
        names = ["id", *(scalar.name for scalar in self.scalars), *(link[1] for link in self.links), *self.told_ids.columns, *(money[1] for money in self.moneys)]
        values: Values = dict.fromkeys(names)
        if "external_id" in values or self.has_own_number():
            values |= {"external_id": None, "source": values.get("source")}
        if self.moneys and "currency" in self.cls.columns:
            values["currency"] = None
        if self.own:
            values["custom"] = None
        return {**values, **self.starting()}

    def has_own_number(self) -> bool:
        """Say whether rows bring a number that serves as external id too."""
        return "number" in self.cls.columns and self.work.layout.has("number", self.of)

    def starting(self) -> Values:
        """Return the values that a new record starts with where the file says nothing, and empty ones that `finish` fills."""
        values: Values = {}
        columns = self.cls.columns
        if "company_id" in columns and "contact_id" in columns and not self.cls.entity.owned_by:
            values["company_id"] = None
        if "owner_id" in columns and not self.work.layout.has("owner", self.of) and self.entity in {"company", "contact", "deal", "task", "activity", "quote"}:
            values["owner_id"] = self.work.member
        return values

    # ---- block by block ----

    def prepare(self, block: Sequence[Line]) -> None:
        """Look up what the rows of a block refer to."""
        if self.tells_ids:
            self.told_ids.prepare(block)
        for index, _, book, _, _ in self.links:
            texts = {one_line(cell) for cell in {cells[index] for _, cells in block if cells.__class__ is list} if cell != ""}
            book.prepare({self.cuts[index].sub("", text) for text in texts} if index in self.cuts else texts)
        if any(column.target and column.target.field == "tags" for column in self.columns):
            self.work.book("tag").prepare({text for _, cells in block if cells.__class__ is list for text in self.parts.tag_texts(cells)})

    def settle(self, drafts: Sequence[Draft]) -> None:
        """Give what has a place in a company's timeline the company of its contact."""
        columns = self.cls.columns
        if not {"contact_id", "company_id"} <= set(columns.keys()) or self.cls.entity.owned_by or not self.drafts_have("contact_id"):
            return
        lacking = [draft for draft in drafts if draft.values.get("contact_id") and not draft.values.get("company_id")]
        if not lacking:
            return
        sql = f"SELECT id, company_id FROM contact WHERE id {IN_IDS} AND company_id IS NOT NULL"
        with self.work.book("contact").store.read() as reader:
            companies = dict(reader.rows(sql, (id_list({draft.values["contact_id"] for draft in lacking}),)))
        for draft in lacking:
            draft.values["company_id"] = companies.get(draft.values["contact_id"])

    def drafts_have(self, name: str) -> bool:
        """Say whether drafts have a column."""
        return name in self.template

    # ---- row by row ----

    def draft(self, line: int, cells: list[Cell]) -> Draft:
        """Turn a row into the values of a record.

        Raises:
            UserError: names the column and says why the row can't be taken.
        """
        (found,) = self.drafts([(line, cells)])
        if isinstance(found, UserError):
            raise found
        return found

    def drafts(self, lines: Sequence[tuple[int, list[Cell]]]) -> list[Draft | UserError]:
        """Turn rows into the values of records; in the place of a row that can't be taken stands why, with the column to blame.

        What cells mean by themselves is read column by column, what depends on the rest of a row then row by row.
        """
        values, complaints = read_columns(self.scalars, self.template, [cells for _, cells in lines])
        found: list[Draft | UserError] = [Draft(line, cells, b"", self.entity, its) for (line, cells), its in zip(lines, values, strict=True)]
        for place, complaint in complaints.items():
            found[place] = complaint
        _each(found, self._link_and_price)
        if self.has_parts:
            drafts = [draft for draft in found if isinstance(draft, Draft)]
            parts = iter(self.parts.read_all([draft.cells for draft in drafts]))
            for place, draft in enumerate(found):
                if isinstance(draft, Draft):
                    its = next(parts)
                    if isinstance(its, UserError):
                        found[place] = its
                    else:
                        draft.parts = its
        _each(found, self._round_off)
        return found

    def _link_and_price(self, draft: Draft) -> None:
        """Read links, amounts and the user's own fields of a row."""
        values, cells, header = draft.values, draft.cells, ""
        try:
            self.before_links(draft)
            for index, name, book, is_key, header in self.links:  # noqa: B007 - the error below names it
                cell = cells[index]
                if cell != "" and (text := one_line(cell)):
                    if index in self.cuts:
                        text = self.cuts[index].sub("", text) or text
                    if book.entity == self.cls.entity.name and text == values.get(self.cls.entity.title) and not self.told_ids.of(cells, name):
                        raise UserError(tr("“{name}” would stand above itself.", name=text))
                    values[name] = self._linked(draft, name, book, text, is_key)
            header = ""
            if self.tells_ids:
                self._link_nameless(draft)
            if self.moneys:
                header = self._read_money(cells, values)
            for index, key, read, header in self.own:  # noqa: B007
                if cells[index] != "" and (value := read(cells[index])) is not None:
                    draft.rest.setdefault("own", {})[key] = value
        except UserError as error:
            raise UserError(error.message, field=error.field if error.field and not header else header or None, hint=error.hint) from None
        if self.own and "own" in draft.rest:
            values["custom"] = stored_own_fields(draft.rest["own"])

    def _round_off(self, draft: Draft) -> None:
        """Complete a record, check it, and say by what it is recognised."""
        self.finish(draft)
        self._check(draft)
        if draft.entity != self.entity:
            self.work.gathered.complete(draft.entity, draft.values)
        elif self._derive:
            self._derive(draft.values)
        draft.keys = self.keys(draft)

    def _read_money(self, cells: list[Cell], values: Values) -> str:
        """Read the amounts of a row; returns the header of the last column, for errors."""
        currency = str(values.get("currency") or self.work.settings.currency).upper()
        header = ""
        for index, name, kind, sign, header in self.moneys:
            cell = cells[index]
            if cell == "" or values[name] is not None:
                continue
            try:
                money = money_of(cell, currency, sign, kind)
                if money is not None:
                    currency = money.currency
                    if kind == "money" and has_more_decimals(money):
                        self.work.note(ROUNDED)
                    values[name] = stored_money(money, kind)
            except UserError as error:
                raise UserError(error.message, field=header, hint=error.hint) from None
        if "currency" in values and any(values[name] is not None for _, name, *_ in self.moneys):
            values["currency"] = currency
        return header

    def _linked(self, draft: Draft, name: str, book: Book, text: str, is_key: bool) -> bytes | None:
        """Return the record that a cell means: by the id beside it, else by its name; of several called so the one of the row's company or contact."""
        if self.tells_ids:
            if known := self.told_ids.record(draft.cells, name):
                return known
            if self.told_ids.is_to_come(draft.cells, name):
                draft.rest.setdefault("to come", {})[name] = text
                return None
        try:
            record = self.link(draft, name, book, text, is_key)
        except SeveralCalledSo:
            beside = {owner: record for owner in OWNERS if owner != name and (record := draft.values.get(owner))}
            if beside and (record := book.of_its_own(text, beside)):
                return record
            raise
        if name in OF_A_COMPANY and record and (company := draft.values.get("company_id")) and book.is_of_another(record, company):
            raise UserError(tr("{entity} “{text}” belongs to another company.", entity=tr(entity_class(book.entity).entity.label), text=text))
        return record

    def _link_nameless(self, draft: Draft) -> None:
        """Set the links to records that have no name, such as a draft without subject."""
        for column in self.told_ids.columns:
            if draft.values[column] is None and column not in draft.rest.get("to come", ()) and self.told_ids.of(draft.cells, column):
                if found := self.told_ids.record(draft.cells, column):
                    draft.values[column] = found
                elif self.told_ids.is_to_come(draft.cells, column):
                    draft.rest.setdefault("to come", {})[column] = ""

    def link(self, draft: Draft, name: str, book: Book, text: str, is_key: bool) -> bytes | None:
        """Return the record that a cell means."""
        return book.read(text, is_key)

    def before_links(self, draft: Draft) -> None:
        """Do what must be known before links are read."""

    def finish(self, draft: Draft) -> None:
        """Complete the values of a record; entities with special columns do it here."""

    def _check(self, draft: Draft) -> None:
        cls = entity_class(draft.entity) if draft.entity != self.entity else self.cls
        values = draft.values
        for name in _required(cls.entity.name):
            if (value := values.get(name)) is None or value == "":
                raise UserError(tr("{field} is missing.", field=tr(cls.fields[name.removesuffix("_id") if name.endswith("_id") else name].label)))
        if cls.entity.rule and (complaint := cls.entity.rule(values)):
            raise UserError(tr(complaint[1]))

    def text(self, cells: list[Cell], name: str) -> str:
        """Return the first text that a virtual column has in a row."""
        for index in self.virtual.get(name, ()):
            if text := shown(cells[index]).strip():
                return text
        return ""

    # ---- recognising ----

    def keys(self, draft: Draft) -> list[Key]:
        """Return by what a record is recognised if it is known already."""
        keys: list[Key] = []
        if "id" in self.virtual and (record := self.own_id(draft.cells)):
            keys.append(("i", record))
        if external := draft.values.get("external_id"):
            keys.append(("x", (draft.values.get("source") or self.work.source, external)))
        return keys + self.more_keys(draft)

    def more_keys(self, draft: Draft) -> list[Key]:
        """Return the keys beside the external id."""
        return []

    # ---- accepting ----

    def accept(self, draft: Draft) -> None:
        """Take a new record with its parts; its id is fixed now."""
        values = draft.values
        if values.get("external_id"):
            values["source"] = values.get("source") or self.work.source
        draft.id = draft.id or self.new_id(draft)
        values["id"] = draft.id
        if self.told_ids.above:
            self.brings(draft, draft.id)
        if "to come" in draft.rest:
            self.told_ids.wait(draft.cells, draft.id, draft.rest["to come"])
        # Links among the rows themselves are set when all of them are there.
        for column, pairs in self.late.items():
            if draft.entity == self.entity and values[column]:
                pairs.append((values[column], draft.id))
                values[column] = None
        self.work.gathered.put(draft.entity, values)
        if draft.parts is not None:
            (self.writer if draft.entity == self.entity else PartsWriter(self.work.gathered, draft.entity)).add(draft.id, draft.parts)
        self.after(draft)

    def new_id(self, draft: Draft) -> bytes:
        """Return the id of a new record: the one promised to it, or a fresh one."""
        claimed = None
        if self.refers_to_itself:
            number = draft.values.get(NUMBERED.get(self.entity, ""))
            claimed = self.work.book(self.entity).claim(draft.values.get(self.cls.entity.title), draft.values.get("external_id"), number)
        return claimed or draft.rest.get("own id") or next(self.work.ids)

    def brings(self, draft: Draft, record: bytes) -> None:
        """Take note of the record that a row became, or turned out to be, for the rows that link to it."""
        if self.told_ids.above and draft.entity == self.entity:
            self.told_ids.brings(self.own_id(draft.cells), record)

    def link_rows(self) -> None:
        """Set the links among the rows, now that all of them are there."""
        for _ in range(self.told_ids.settle(self.work.gathered)):
            self.work.note(NOT_THERE)

    def after(self, draft: Draft) -> None:
        """Add what belongs to an accepted record, such as the messages of a ticket."""

    def known(self, draft: Draft, record: bytes) -> None:
        """Add what a row brings to a record that was known already and is not skipped."""


def _each(found: list[Draft | UserError], step: Callable[[Draft], None]) -> None:
    """Take a step with each row that can still be taken."""
    for place, draft in enumerate(found):
        if isinstance(draft, Draft):
            try:
                step(draft)
            except UserError as error:
                found[place] = error


_REQUIRED: dict[str, tuple[str, ...]] = {}


def _required(entity: str) -> tuple[str, ...]:
    if entity not in _REQUIRED:
        fields = entity_class(entity).fields.values()
        _REQUIRED[entity] = tuple(item.column for item in fields if item.required and item.kind != "parts" and not item.derived)
    return _REQUIRED[entity]


class Named(Shape):
    """Things that are recognised by their name: tags, queues, pipelines and the like."""

    def more_keys(self, draft: Draft) -> list[Key]:
        """Return the name."""
        name = draft.values.get(self.cls.entity.title)
        return [("n", name)] if name else []


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
        # A lead without a person is called by its company.
        if not given and not family and full and full != values.get("company_name"):
            name = split_name(full)
            values["given_name"], values["family_name"] = name.given or None, name.family or None
            if "title" in values:
                values["title"] = values["title"] or name.title or None
                values["salutation"] = values["salutation"] or name.salutation or None
        if "birth_year" in self.virtual and not values.get("birthday"):
            values["birthday"] = _birthday(*(self.text(cells, f"birth_{part}") for part in ("year", "month", "day")))

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
        self.told: set[bytes] = set()

    def prepare(self, block: Sequence[Line]) -> None:
        """Look up links, those of companies too."""
        super().prepare(block)
        if self.company_shape:
            self.company_shape.prepare(block)

    def link(self, draft: Draft, name: str, book: Book, text: str, is_key: bool) -> bytes | None:
        """Return a company with what the row says of it, if it has to be made."""
        if name != "company_id":
            return book.read(text, is_key)
        if self._is_company(draft):
            draft.rest["company"] = text
            return None
        record = book.read(text, is_key)
        if self.company_shape and record not in self.told and name_key("company", text) in book.promised:
            self.told.add(record)
            draft.rest["new company"] = record
        return record

    def _is_company(self, draft: Draft) -> bool:
        """Say whether a row stands for a company: it says so, or has no person."""
        values, cells = draft.values, draft.cells
        if self.has_kinds and (kind := folded(self.text(cells, "record_kind"))):
            return kind in {"company", "organization", "organisation", "firma", "unternehmen", "true", "1", "yes", "公司", "business"}
        if values["given_name"] or values["family_name"] or self.company_index is None:
            return False
        return bool(shown(cells[self.company_index]).strip()) and not self.text(cells, "name") and not self.text(cells, "nickname")

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
            website = next((handle for label, handle in draft.parts.handles if label == "website"), None)
            draft.parts.handles = [pair for pair in draft.parts.handles if pair[0] != "website"]
            draft.values["website"] = website
        if self.company_shape and self.company_shape.parts:
            more = self.company_shape.parts.read(draft.cells)
            draft.parts = draft.parts or Parts()
            draft.parts.phones += more.phones
            draft.parts.addresses += more.addresses

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
        made = self.work.book("company").made.get(name_key("company", draft.values["name"])) if draft.entity == "company" else None
        if made is None:
            super().accept(draft)
            return
        draft.id, draft.rest["made already"] = made, True
        if website := draft.values.get("website"):
            self.work.gathered.update("company", ("website",), (website, made))
        if draft.parts:
            PartsWriter(self.work.gathered, "company").add(made, draft.parts)

    def after(self, draft: Draft) -> None:
        """Give a company that this row made what the row says of it."""
        if self.company_shape and (record := draft.rest.get("new company")):
            self.company_shape.writer.add(record, self.company_shape.parts.read(draft.cells))


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
        """Complete a lead."""
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
        self.work.gathered.made("contact")


class ProductShape(Shape):
    """Products, recognised by name however it is spaced, or by code."""

    entity = "product"

    def starting(self) -> Values:
        """Return what a new product starts with."""
        values: Values = {} if self.work.layout.has("is_active") else {"is_active": 1}
        return {**values, "currency": None, **super().starting()}

    def finish(self, draft: Draft) -> None:
        """Give the product a currency."""
        draft.values["currency"] = draft.values["currency"] or self.work.settings.currency
        if draft.values.get("is_active") is None:
            draft.values["is_active"] = 1

    def more_keys(self, draft: Draft) -> list[Key]:
        """Return code and name."""
        code = draft.values.get("code")
        return [*([("#", code)] if code else []), ("n", draft.values.get("name"))]


class MemberShape(Shape):
    """Members of the team; their name may stand in several columns."""

    entity = "member"

    def starting(self) -> Values:
        """Return what a new member starts with."""
        values: Values = {} if self.work.layout.has("is_active") else {"is_active": 1}
        return {"name": None, **values, **({} if self.work.layout.has("role") else {"role": "sales"}), **super().starting()}

    def finish(self, draft: Draft) -> None:
        """Put the name together."""
        if not draft.values["name"]:
            pieces = (self.text(draft.cells, name) for name in ("given_name", "middle_name", "family_name"))
            draft.values["name"] = " ".join(piece for piece in pieces if piece) or None

    def more_keys(self, draft: Draft) -> list[Key]:
        """Return the name."""
        return [("n", draft.values["name"])]


class DealShape(Shape):
    """Deals: stages with their outcome, and dates that mean one thing for open and another for closed deals."""

    entity = "deal"

    def __init__(self, work: Work, entity: str = "", of: str = "") -> None:
        super().__init__(work, entity, of)
        self.stage_index = work.layout.index_of("stage")
        self.company_index, self.product_index = work.layout.index_of("company"), work.layout.index_of("product")
        index = work.layout.index_of("close_on")
        self.close_on = None
        if index is not None:
            item = self.cls.fields["expected_close_on"]
            self.close_on = index, reader_of("deal", item, work.hints.get(index, Hints()), work.settings.reading), work.layout.columns[index].header
        self.links = [link for link in self.links if link[1] not in {"stage_id", "pipeline_id"}]
        self.pipeline_index = work.layout.index_of("pipeline")
        self.is_ours = work.layout.has("id") or work.layout.has("source")
        self.now, self.today = now_ms(), today(work.settings.tz).isoformat()

    def special(self) -> frozenset[str]:
        """Return the columns that are read together."""
        return frozenset({"stage", "pipeline", "outcome"})

    def starting(self) -> Values:
        """Return the columns that every deal gets."""
        names = ("name", "pipeline_id", "stage_id", "expected_close_on", "closed_on", "opened_on", "stage_since", "currency")
        return {**dict.fromkeys(names), **super().starting()}

    def prepare(self, block: Sequence[Line]) -> None:
        """Look up links, pipelines too."""
        super().prepare(block)
        for index in self.virtual.get("pipeline", ()):
            self.work.book("pipeline").prepare({one_line(cells[index]) for _, cells in block if cells.__class__ is list})

    def link(self, draft: Draft, name: str, book: Book, text: str, is_key: bool) -> bytes | None:
        """Leave out a quote that is not there yet: quotes come after the deals they belong to."""
        if name == "quote_id" and book.find(text, is_key) is None:
            self.work.note(QUOTE_TO_COME)
            return None
        return book.read(text, is_key)

    def finish(self, draft: Draft) -> None:
        """Find stage, dates and name."""
        values, cells = draft.values, draft.cells
        pipeline_text = self.text(cells, "pipeline")
        stages = self.work.stages(self.work.book("pipeline").read(pipeline_text) if pipeline_text else None)
        stage_text = self.text(cells, "stage")
        stage = stages.read(stage_text) if stage_text else stages.first_open()
        if (outcome := outcome_of(self.text(cells, "outcome"))) != "open":
            # Pipedrive leaves a deal that was won in the stage where it stood.
            stage = next((record for record, its in stages.outcomes.items() if its == outcome), stage)
        if stage is None:
            raise UserError(tr("This pipeline has no open stage."))
        values["stage_id"], values["pipeline_id"] = stage, stages.pipeline.bytes
        values["currency"] = values["currency"] or self.work.settings.currency
        is_open = stages.outcomes.get(stage, "open") == "open"
        if self.close_on and cells[self.close_on[0]] != "":
            try:
                closes = self.close_on[1](cells[self.close_on[0]])
            except UserError as error:
                raise UserError(error.message, field=self.close_on[2], hint=error.hint) from None
            values["expected_close_on" if is_open else "closed_on"] = closes
        if not is_open and not values["closed_on"]:
            values["closed_on"] = values["expected_close_on"] or self.today
        values["stage_since"] = values["stage_since"] or self._since(values)
        if not values["name"]:
            pieces = (shown(cells[index]).strip() for index in (self.company_index, self.product_index) if index is not None)
            values["name"] = " · ".join(piece for piece in pieces if piece) or values.get("external_id")

    def _since(self, values: Values) -> int:
        day = values["closed_on"] or values["opened_on"]
        if not day:
            return self.now
        from datetime import datetime, time

        return round(datetime.combine(date.fromisoformat(day), time(), self.work.settings.tz).timestamp() * 1000)

    def after(self, draft: Draft) -> None:
        """Put the product on the deal; the products of deals that we exported have a file of their own."""
        if not self.is_ours and (product := draft.values.get("product_id")):
            rows = self.work.gathered.rows("deal_product", ("id", "deal_id", "product_id", "quantity", "position"))
            rows.append((new_id_bytes(), draft.id, product, 1_000_000, 0))


class TicketShape(Shape):
    """Tickets: what the customer wrote becomes the first message, and times that contradict are told."""

    entity = "ticket"

    def __init__(self, work: Work, entity: str = "", of: str = "") -> None:
        super().__init__(work, entity, of)
        self.contact_shape = Person(work, "contact", "contact") if any(c.target and c.target.of == "contact" for c in work.layout.columns) else None
        self.mail_index = work.layout.index_of("email", "contact")
        self.known_people: dict[tuple[str, str], bytes] = {}
        self.now = now_ms()

    def starting(self) -> Values:
        """Return the columns that every ticket gets."""
        names = ("subject", "status", "priority", "contact_id", "company_id", "opened_at", "first_replied_at", "resolved_at", "closed_at", "waiting_since")
        return {**dict.fromkeys(names), **super().starting()}

    def prepare(self, block: Sequence[Line]) -> None:
        """Look up links, and the people behind mail addresses."""
        super().prepare(block)
        if self.contact_shape:
            self.contact_shape.prepare(block)

    def link(self, draft: Draft, name: str, book: Book, text: str, is_key: bool) -> bytes | None:
        """Find the customer by mail address and name together where both are there."""
        if name != "contact_id" or self.contact_shape is None or self.mail_index is None:
            return book.read(text, is_key)
        mail = shown(draft.cells[self.mail_index]).strip().lower()
        if not mail:
            return book.read(text, is_key)
        draft.rest["person"] = (mail, text)
        return None

    def finish(self, draft: Draft) -> None:
        """Complete status and times."""
        values = draft.values
        values["subject"] = values["subject"] or self.text(draft.cells, "description")[:120] or None
        values["status"] = values["status"] or ("closed" if values["closed_at"] else "open")
        values["priority"] = values["priority"] or "normal"
        times = [at for at in (values["first_replied_at"], values["resolved_at"], values["closed_at"]) if at]
        values["opened_at"] = values["opened_at"] or (min(times) if times else self.now)
        if values["first_replied_at"] and values["resolved_at"] and values["resolved_at"] < values["first_replied_at"]:
            self.work.note(RESOLVED_EARLY)
        if values["status"] == "closed":
            values["closed_at"] = values["closed_at"] or values["resolved_at"] or values["opened_at"]
        if values["status"] in {"resolved", "closed"}:
            values["resolved_at"] = values["resolved_at"] or values["closed_at"] or values["opened_at"]
        if values["status"] == "waiting":
            values["waiting_since"] = values["first_replied_at"] or values["opened_at"]
        if values.get("number") and "external_id" in values and "id" not in self.virtual:
            values["external_id"] = values["external_id"] or values["number"]

    def more_keys(self, draft: Draft) -> list[Key]:
        """Return the number."""
        return [("#", draft.values["number"])] if draft.values.get("number") else []

    def accept(self, draft: Draft) -> None:
        """Find or make the customer, then take the ticket."""
        if "person" in draft.rest and self.contact_shape:
            draft.values["contact_id"] = self._person(draft)
        super().accept(draft)

    def _person(self, draft: Draft) -> bytes:
        assert self.contact_shape is not None
        mail, name = draft.rest["person"]
        key = (mail, folded(name))
        if key not in self.known_people:
            found = self.work.book("contact")
            record = _contact_by_mail(found, mail, name)
            if record is None:
                self.contact_shape.called = name
                person = self.contact_shape.draft(draft.line, draft.cells)
                self.contact_shape.accept(person)
                self.work.gathered.made("contact")
                record = person.id
            self.known_people[key] = record
        return self.known_people[key]

    def after(self, draft: Draft) -> None:
        """Take the message, and keep the number from being given again."""
        values = draft.values
        if body := self.text(draft.cells, "description"):
            rows = self.work.gathered.rows("message", ("id", "ticket_id", "kind", "body", "at", "contact_id", "position"))
            rows.append((new_id_bytes(), draft.id, "in", body, values["opened_at"], values["contact_id"], 0))


QUOTE_TO_COME = (
    mark("{count} deal names a quote that is not there yet; the quote was left out."),
    mark("{count} deals name a quote that is not there yet; the quotes were left out."),
)
RESOLVED_EARLY = (
    mark("{count} ticket was resolved before the first reply, as the file has it."),
    mark("{count} tickets were resolved before the first reply, as the file has it."),
)


def _contact_by_mail(book: Book, mail: str, name: str) -> bytes | None:
    """Return the contact that has this mail address and this name."""
    with book.store.read() as reader:
        sql = "SELECT c.id, c.sort_key FROM email e JOIN contact c ON c.id = e.contact_id WHERE e.key = ? AND e.deleted_at IS NULL AND c.deleted_at IS NULL"
        found = reader.rows(sql, (mail,))
    wanted = sort_key(name)
    return next((bytes(record) for record, its in found if its == wanted), None)


class ActivityShape(Shape):
    """Activities with their original author and time."""

    entity = "activity"

    def starting(self) -> Values:
        """Return the columns that every activity gets."""
        return {"kind": None, "subject": None, "at": None, "company_id": None, **super().starting()}

    def finish(self, draft: Draft) -> None:
        """Give it a kind, a time and a subject."""
        values = draft.values
        values["kind"] = values["kind"] or "note"
        values["at"] = values["at"] or now_ms()
        if not values["subject"]:
            body = values.get("body") or ""
            values["subject"] = body.splitlines()[0][:120] if body else tr(next(c.label for c in self.cls.fields["kind"].choices if c.value == values["kind"]))


class QuoteShape(Shape):
    """Quotes and orders that were made elsewhere: they keep their own number and date; rows of the same number are its lines."""

    entity = "quote"

    def __init__(self, work: Work, entity: str = "", of: str = "") -> None:
        super().__init__(work, entity, of)
        has_lines = any(c.target and c.target.of == "line" for c in work.layout.columns)
        self.lines = LineShape(work, "quote_line", "line") if has_lines else None
        self.by_number: dict[str, bytes] = {}
        self.today = today(work.settings.tz)
        self.is_ours = "id" in self.virtual

    def special(self) -> frozenset[str]:
        """Return the column that says which quote leads its deal."""
        return frozenset({LEADS})

    def starting(self) -> Values:
        """Return the columns that every quote gets."""
        names = ("number", "company_id", "contact_id", "date", "valid_until", "status", "version", "currency", "language", "tax_inclusive", "rounding_mode", "rounding_level",
                 "payment_days", "issued_at", "decided_at")  # fmt: skip
        return {**dict.fromkeys(names), **super().starting()}

    def prepare(self, block: Sequence[Line]) -> None:
        """Look up links, those of the lines too."""
        super().prepare(block)
        if self.lines:
            self.lines.prepare(block)

    def finish(self, draft: Draft) -> None:
        """Complete a quote from elsewhere: with a number it was issued, and as an order accepted."""
        values, settings = draft.values, self.work.settings
        draft.rest["may repeat"] = self.lines is not None
        if values.get("number") and self.is_ours:
            # It was issued elsewhere: its lines come in a second file.
            values["source"] = values.get("source") or self.work.source
        elif values.get("number") and "external_id" in values:
            values["external_id"] = values["external_id"] or values["number"]
        values["status"] = values["status"] or ("accepted" if values["number"] else "draft")
        values["date"] = values["date"] or self.today.isoformat()
        values["version"] = values["version"] or 1
        values["currency"] = values["currency"] or settings.currency
        values["tax_inclusive"] = int(settings.tax_inclusive) if values["tax_inclusive"] is None else values["tax_inclusive"]
        values["rounding_mode"] = values["rounding_mode"] or settings.rounding_mode
        values["rounding_level"] = values["rounding_level"] or settings.rounding_level
        if self.is_ours:
            return
        values["language"] = values["language"] or settings.language
        day = date.fromisoformat(values["date"])
        values["valid_until"] = values["valid_until"] or (day + timedelta(days=settings.quote_valid_days)).isoformat()
        if values["status"] != "draft":
            from datetime import datetime, time

            at = round(datetime.combine(day, time(), settings.tz).timestamp() * 1000)
            values["issued_at"] = values["issued_at"] or at
            if values["status"] in {"accepted", "declined"}:
                values["decided_at"] = values["decided_at"] or at

    def more_keys(self, draft: Draft) -> list[Key]:
        """Return the number."""
        return [("#", draft.values["number"])] if draft.values.get("number") else []

    def accept(self, draft: Draft) -> None:
        """Take a quote, or one more line of the one above."""
        number = draft.values["number"]
        quote = self.by_number.get(number) if self.lines and number else None
        if quote is None:
            super().accept(draft)
            quote = draft.id
            if number:
                self.by_number[number] = quote
        else:
            draft.rest["line of"] = quote
        if self.lines:
            line = self.lines.draft(draft.line, draft.cells)
            line.values["quote_id"] = quote
            self.lines.accept(line)

    def after(self, draft: Draft) -> None:
        """Let a quote lead its deal, if it says so and no other does."""
        if (deal := draft.values.get("deal_id")) and says_yes(self.text(draft.cells, LEADS)):
            with self.work.book("deal").store.read() as reader:
                if not reader.value("SELECT quote_id FROM deal WHERE id = ?", (deal,)):
                    self.work.gathered.update("deal", ("quote_id",), (draft.id, deal))


class LineShape(Shape):
    """Lines of quotes; a discount column is in percent, or a share of one if no value exceeds 1."""

    entity = "quote_line"

    def __init__(self, work: Work, entity: str = "", of: str = "") -> None:
        super().__init__(work, entity, of)
        self.discount_index = work.layout.index_of("discount", of)
        self.is_ours = "id" in self.virtual
        self.positions: dict[bytes, int] = {}
        self.products: dict[bytes, tuple[str | None, str | None]] = {}

    def special(self) -> frozenset[str]:
        """Return the column that becomes a discount of the line."""
        return frozenset({"discount"})

    def starting(self) -> Values:
        """Return the columns that every line gets."""
        names = ("quote_id", "position", "kind", "product_id", "description", "quantity", "unit", "unit_price", "price_base_quantity", "tax_category", "tax_rate")
        return {**dict.fromkeys(names), **super().starting()}

    def finish(self, draft: Draft) -> None:
        """Complete a line from its product; texts and subtotals have neither quantity nor price."""
        values = draft.values
        values["kind"] = values["kind"] or "item"
        draft.rest["may repeat"] = True
        if self.is_ours or values["kind"] != "item":
            return
        if (product := values["product_id"]) and not values["description"]:
            name, unit = self.product(product, draft)
            values["description"] = name
            values["unit"] = values["unit"] or unit
        values["quantity"] = 1_000_000 if values["quantity"] is None else values["quantity"]
        values["unit_price"] = values["unit_price"] or 0
        # What was agreed elsewhere stands as it was agreed: no tax is put on a line that names none.
        values["tax_rate"] = values["tax_rate"] or 0
        values["tax_category"] = values["tax_category"] or ("S" if values["tax_rate"] else "O")
        if self.discount_index is not None and (text := shown(draft.cells[self.discount_index]).strip()):
            sign = self.work.hints.get(self.discount_index, Hints()).decimal_sign
            draft.rest["discount"] = _discount(text, sign, self.work.layout.columns[self.discount_index].header)

    def more_keys(self, draft: Draft) -> list[Key]:
        """Return what tells the lines of one quote apart: their place, else all that they say."""
        return [] if self.of else [("o", forms(self.entity, draft.values)[0])]

    def product(self, record: bytes, draft: Draft) -> tuple[str | None, str | None]:
        """Return name and unit of a product."""
        if record not in self.products:
            book = self.work.book("product")
            with book.store.read() as reader:
                found = reader.one("SELECT name, unit FROM product WHERE id = ?", (record,))
            index = self.work.layout.index_of("product", self.of)
            self.products[record] = (found[0], found[1]) if found else (shown(draft.cells[index]).strip() if index is not None else None, None)
        return self.products[record]

    def _check(self, draft: Draft) -> None:
        if self.of:
            return  # the quote is known only when the line is taken
        super()._check(draft)

    def accept(self, draft: Draft) -> None:
        """Take a line at its place, or at the end of its quote where the file names none."""
        quote = draft.values["quote_id"]
        if draft.values["position"] is None:
            if quote not in self.positions:
                with self.work.book("quote").store.read() as reader:
                    self.positions[quote] = int(reader.value("SELECT ifnull(max(position) + 1, 0) FROM quote_line WHERE quote_id = ? AND deleted_at IS NULL", (quote,)))
            draft.values["position"] = self.positions[quote]
            self.positions[quote] += 1
        super().accept(draft)

    def after(self, draft: Draft) -> None:
        """Take the discount of the line."""
        discount: Decimal = draft.rest.get("discount", Decimal(0))
        if discount:
            percent = discount * 100 if self.work.discounts_are_shares else discount
            rows = self.work.gathered.rows("allowance_charge", ("id", "quote_id", "line_id", "position", "charge", "percent", "reason"))
            rows.append((new_id_bytes(), draft.values["quote_id"], draft.id, 0, 0, int(percent.scaleb(6)), tr("Discount")))


def _discount(text: str, sign: str, header: str) -> Decimal:
    from crmdesk.exchange.cells import number_of

    try:
        return number_of(text.rstrip("% ").strip(), sign)
    except UserError as error:
        raise UserError(error.message, field=header, hint=error.hint) from None


class TaskShape(Shape):
    """Tasks."""

    entity = "task"


SHAPES: dict[str, type[Shape]] = {
    "contact": ContactShape, "lead": LeadShape, "company": CompanyShape, "product": ProductShape, "member": MemberShape, "deal": DealShape, "ticket": TicketShape,
    "activity": ActivityShape, "quote": QuoteShape, "quote_line": LineShape, "task": TaskShape,
}  # fmt: skip


def shape_of(entity: str, work: Work) -> Shape:
    """Return what turns the rows of a file into records of an entity."""
    if entity in SHAPES:
        return SHAPES[entity](work, entity)
    return Named(work, entity)
