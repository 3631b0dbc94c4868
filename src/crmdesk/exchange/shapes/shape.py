"""How the rows of a file become records: what is common to all entities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.errors import UserError
from crmdesk.exchange.shapes.beside import Beside, Columns
from crmdesk.exchange.shapes.column_readers import cell_reader, link_column, read_column
from crmdesk.exchange.shapes.linking import OWNERS, Linking, mail_in
from crmdesk.exchange.shapes.work import Draft
from crmdesk.exchange.table import shown
from crmdesk.exchange.values.cells import Read, one_line
from crmdesk.exchange.values.columns import ReadColumn, read_columns
from crmdesk.exchange.values.gathering import stored_own_fields
from crmdesk.exchange.values.links import NUMBERED
from crmdesk.exchange.values.money_columns import MoneyColumn, MoneyColumns
from crmdesk.exchange.values.nothing import is_nothing
from crmdesk.exchange.values.number_cells import ROUGH, Rough
from crmdesk.exchange.values.parts import PartsReader, PartsWriter
from crmdesk.exchange.values.survey import Hints
from crmdesk.exchange.values.told_ids import NOT_THERE, ToldIds
from crmdesk.fields import LONGEST_TEXT
from crmdesk.fields import complaint as checked
from crmdesk.i18n import mark, tr
from crmdesk.models.registry import entity_class

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from crmdesk.exchange.shapes.work import LinkColumn, Values, Work
    from crmdesk.exchange.table import Cell, Line
    from crmdesk.exchange.values.known import Key
    from crmdesk.exchange.values.layouts import Column, Target
    from crmdesk.exchange.values.links import Book


class Shape:
    """What is common to the rows of all entities: each column has one function that was made beforehand."""

    entity = ""
    people_shape: Shape | None = None
    """Reads the people whom rows name beside their records; None where they name none."""

    def __init__(self, work: Work, entity: str = "", of: str = "") -> None:
        self.work = work
        self.entity = entity or self.entity
        self.of = of
        self.cls = entity_class(self.entity)
        self.columns = [column for column in work.layout.columns if column.target is not None and column.target.of == of]
        self.scalars: list[ReadColumn] = []
        self.links: list[LinkColumn] = []
        self.mail_index = None if of else work.layout.index_of("email", "contact")
        self.moneys = MoneyColumns(self.entity, work.settings.currency, work.note)
        self.own: list[tuple[int, str, Read, str]] = []
        self.needed = {} if of else {key: own.label for key, own in work.own_fields.items() if own.required}
        self.virtual: dict[str, list[int]] = {}
        for column in self.columns:
            assert column.target is not None
            self._compile(column, column.target)
        in_parts = [c for c in self.columns if c.target and self._is_part(c.target.field)]
        self.parts = PartsReader(in_parts, work.region, work.phones, lambda: work.book("tag"), work.note)
        self.has_parts = bool(self.parts)
        self.writer = PartsWriter(work.gathered, self.entity)
        self.late: dict[str, list[tuple[bytes, bytes]]] = {link.name: [] for link in self.links if link.book.entity == self.entity}
        self.relinked: set[tuple[str, bytes]] = set()
        self.refers_to_itself = any(link.book.entity == self.entity for link in self.links)
        self.told_ids = ToldIds(self.cls, {} if of else self.virtual, self.special(), work.book)
        self.tells_ids = bool(self.told_ids)
        others = [Shape(work, other, other) for other in ("company", "contact") if self._makes(other)]
        self.beside = Beside(work.gathered, {other.entity: Columns(other.plain_values, other.parts, other.writer) for other in others})
        by_name, mail_beside = self.link, self.mail_beside if self.mail_index is not None else None
        self.linking = Linking(self.entity, self.cls.entity.title, self.told_ids, self.beside, by_name=by_name, mail_beside=mail_beside, note=work.note)
        self.links.sort(key=lambda link: OWNERS.index(link.name) if link.name in OWNERS else len(OWNERS))
        self.template = self._template()
        self._rough = tuple(name for name in ROUGH if name in self.template)
        self._derive = work.gathered.deriver(self.entity)

    # ---- made once ----

    def _makes(self, other: str) -> bool:
        """Say whether rows tell of a linked company or contact more than its name."""
        return (
            not self.of and any(link.book.entity == other for link in self.links) and any(c.target and c.target.of == other for c in self.work.layout.columns)
        )

    def _is_list(self, name: str) -> bool:
        item = self.cls.fields.get(name)
        return item is not None and item.kind == "parts"

    def _is_part(self, name: str) -> bool:
        """Say whether a column goes to a list field; the website of a person is kept with the handles."""
        return name not in self.virtual and (self._is_list(name) or (name == "website" and name not in self.cls.fields))

    def _compile(self, column: Column, target: Target) -> None:
        item = self.cls.fields.get(target.field)
        own = next((key for key, own in self.work.own_fields.items() if own.name == target.field), None)
        if target.field in self.special():
            self.virtual.setdefault(target.field, []).append(column.index)
        elif item is None and own is not None and not self.of:
            self.own.append((column.index, own, cell_reader(self.work, self.entity, self.work.own_fields[own], column), column.header))
        elif item is None or target.field == "id":
            if target.field != "website":
                self.virtual.setdefault(target.field, []).append(column.index)
        elif item.kind == "link":
            self.links.append(link_column(self.entity, item, column, self.work.book(item.target or ""), is_key=target.is_key))
        elif item.kind in {"money", "price"}:
            sign = self.work.hints.get(column.index, Hints()).decimal_sign
            self.moneys.add(MoneyColumn(column.index, item.column, item.kind, sign, column.header))
        elif item.kind != "parts":
            self.scalars.append(read_column(self.work, self.entity, item, column))

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
        names = [
            "id",
            *(scalar.name for scalar in self.scalars),
            *(link.name for link in self.links),
            *self.told_ids.columns,
            *self.moneys.names,
        ]
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
        for link in self.links:
            self.linking.prepare(link, block)
        if any(column.target and column.target.field == "tags" for column in self.columns):
            self.work.book("tag").prepare({text for _, cells in block if cells.__class__ is list for text in self.parts.tag_texts(cells)})

    def look_ahead(self, rows: Callable[[], Iterator[Line]], unmake: Callable[[], None]) -> None:
        """Look through all rows before the first one is taken, where what becomes of one depends on others further down.

        Args:
            rows: begins a reading. unmake: forgets what rows that were only looked at had made.
        """

    def settle(self, drafts: Sequence[Draft]) -> None:
        """Give what has a place in a company's timeline the company of its contact."""
        columns = self.cls.columns
        if not {"contact_id", "company_id"} <= set(columns.keys()) or self.cls.entity.owned_by or not self.drafts_have("contact_id"):
            return
        lacking = [draft for draft in drafts if draft.values.get("contact_id") and not draft.values.get("company_id")]
        if not lacking:
            return
        companies = self.work.book("contact").companies_of({draft.values["contact_id"] for draft in lacking})
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
        if "lacks" in found.rest:
            raise found.rest["lacks"]
        return found

    def drafts(self, lines: Sequence[tuple[int, list[Cell]]]) -> list[Draft | UserError]:
        """Turn rows into the values of records; in the place of a row that can't be taken stands why, with the column to blame.

        What cells mean by themselves is read column by column, what depends on the rest of a row then row by row.
        """
        values, complaints = read_columns(self.scalars, self.template, [cells for _, cells in lines])
        entity = self.entity
        found: list[Draft | UserError] = [Draft(line, cells, b"", entity, its, None, [], {}) for (line, cells), its in zip(lines, values, strict=True)]
        for place, complaint in complaints.items():
            found[place] = complaint
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
        _each(found, self._link_and_price)  # late: what is missing is made here, and a row that is refused makes nothing
        _each(found, self._round_off)
        return found

    def _link_and_price(self, draft: Draft) -> None:
        """Read amounts, the user's own fields and links of a row; the links last, since they may make what is missing."""
        values, cells, linking, header = draft.values, draft.cells, self.linking, ""
        try:
            if self.moneys:
                self.moneys.read(cells, values)
            for index, key, read, header in self.own:  # noqa: B007 - the error below names it
                if cells[index] != "" and (value := read(cells[index])) is not None:
                    draft.rest.setdefault("own", {})[key] = value
            header = ""
            self.before_links(draft)
            for link in self.links:
                index, name, book, is_key, header, _, is_plain, _ = link
                cell = cells[index]
                if cell != "" and (text := one_line(cell)):
                    values[name] = linking.record(draft, name, book, text, is_key) if is_plain else linking.record_told_more(draft, link, text)
            header = ""
            if self.tells_ids:
                linking.link_nameless(draft)
        except UserError as error:
            raise UserError(error.message, field=error.field if error.field and not header else header or None, hint=error.hint) from None
        if self.own and "own" in draft.rest:
            values["custom"] = stored_own_fields(draft.rest["own"])

    def _round_off(self, draft: Draft) -> None:
        """Complete a record, check it, and say by what it is recognised."""
        self.finish(draft)
        for name in self._rough:
            if draft.values.get(name).__class__ is Rough:
                draft.values[name] = self._settled(name, draft.values[name])
        self._check(draft)
        if draft.entity != self.entity:
            self.work.gathered.complete(draft.entity, draft.values)
        elif self._derive:
            self._derive(draft.values)
        draft.keys = self.keys(draft)

    def _settled(self, name: str, value: Any) -> Any:
        """Return a value that was read; of one that is only about right it is told."""
        if value.__class__ is Rough:
            self.work.note(ROUGH[name])
            return int(value)
        return value

    def mail_beside(self, cells: list[Cell]) -> str:
        """Return the mail address of a row's contact that stands in a column of its own; empty if there is none, or more than one."""
        return mail_in(cells[self.mail_index]) if self.mail_index is not None else ""

    def says_currency(self, draft: Draft) -> bool:
        """Say whether a row itself says what its amounts are in: in a column, in the name of one, or beside an amount."""
        index = self.work.layout.index_of("currency", self.of)
        return (index is not None and draft.cells[index] != "") or self.moneys.say_currency(draft.cells)

    def link(self, draft: Draft, name: str, book: Book, text: str, is_key: bool) -> bytes | None:
        """Return the record that a cell means, None where it says that there is none; one that has to be made gets what else the row says of it."""
        record = book.known(text, is_key)
        if record is None:
            if is_nothing(text) and book.find(text, is_key) is None:
                return None
            record = book.read(text, is_key)
        if book.entity in self.beside and record not in book.described and book.is_made(text):
            self.beside.describe(draft, book, record)
        return record

    def newcomers(self, draft: Draft) -> Iterator[Draft]:
        """Yield the records that come in since a row names them, which no row further up brought, with what this one says of them."""
        return self.beside.newcomers(draft, ((link.name, link.book) for link in self.links))

    def plain_values(self, cells: list[Cell]) -> Values:
        """Return what the cells of a row say by themselves, without links and list fields.

        Raises:
            UserError: a cell can't be read; its field is the column's name.
        """
        (values,), complaints = read_columns(self.scalars, self.template, [cells])
        for complaint in complaints.values():
            raise complaint
        self.moneys.read(cells, values)
        names = {*(column.name for column in self.scalars), *self.moneys.names}
        if self.moneys:
            names.add("currency")
        return {name: self._settled(name, value) for name in names if (value := values.get(name)) is not None}

    def before_links(self, draft: Draft) -> None:
        """Do what must be known before links are read."""

    def finish(self, draft: Draft) -> None:
        """Complete the values of a record; entities with special columns do it here."""

    @staticmethod
    def begin_with(draft: Draft, **values: Any) -> None:
        """Fill in what a new record begins with where its row says nothing; one that is known keeps its own."""
        for name, value in values.items():
            if draft.values.get(name) is None:
                draft.values[name] = value
                draft.rest.setdefault("defaults", set()).add(name)

    def _check(self, draft: Draft) -> None:
        """Check a record; what it lacks is only told of new ones, since one that is known has it already."""
        if self.virtual or draft.entity != self.entity:
            self._check_names(draft)
        if (lacking := self.lacking(draft)) is not None:
            if self.cls.entity.owned_by:
                raise lacking
            draft.rest["lacks"] = lacking

    def _check_names(self, draft: Draft) -> None:
        """Check names that were not read as cells: what whole names became, and what made a company of a person."""
        cls = self.cls if draft.entity == self.entity else entity_class(draft.entity)
        for name in (cls.entity.title, "given_name", "family_name"):
            if (text := draft.values.get(name)).__class__ is str and len(text) > LONGEST_TEXT:
                raise UserError(checked(cls.fields[name], text) or "")

    def lacking(self, draft: Draft) -> UserError | None:
        """Return what a row lacks to become a new record."""
        cls = entity_class(draft.entity) if draft.entity != self.entity else self.cls
        values = draft.values
        for name in _required(cls.entity.name):
            if (value := values.get(name)) is None or value == "":
                return UserError(tr("{field} is missing.", field=tr(cls.fields[name.removesuffix("_id") if name.endswith("_id") else name].label)))
        if cls.entity.rule and (complaint := cls.entity.rule(values)):
            return UserError(tr(complaint[1]))
        return None

    def text(self, cells: list[Cell], name: str) -> str:
        """Return the first text that a virtual column has in a row."""
        for index in self.virtual.get(name, ()):
            if text := shown(cells[index]).strip():
                return text
        return ""

    def text_index(self, cells: list[Cell], name: str) -> int | None:
        """Return where the first text stands that a virtual column has in a row."""
        return next((index for index in self.virtual.get(name, ()) if shown(cells[index]).strip()), None)

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

    def check_new(self, draft: Draft) -> None:
        """Check what only a new record must have.

        Raises:
            UserError: it lacks what must not be empty, be it one of the user's own fields.
        """
        if "lacks" in draft.rest:
            raise draft.rest["lacks"]
        if not self.needed or draft.entity != self.entity:
            return
        for key, label in self.needed.items():
            if key not in draft.rest.get("own", ()):
                raise UserError(tr("{field} is missing.", field=label))

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
        linked = self._link_late(draft) if self.late and draft.entity == self.entity else None
        self.work.gathered.put(draft.entity, values)
        if linked:
            values.update(linked)  # for rows further down that complete this one
        if draft.parts is not None:
            self.writer_for(draft.entity).add(draft.id, draft.parts)
        self.after(draft)

    def _link_late(self, draft: Draft) -> Values:
        """Let links among the rows themselves be set when all of them are there; returns and takes them off a row."""
        linked: Values = {}
        for column, pairs in self.late.items():
            above, draft.values[column] = draft.values[column], None
            if above == draft.id:  # the name of the one above is its own but for the legal form
                self.work.note(ABOVE_ITSELF)
            elif above:
                pairs.append((above, draft.id))
                linked[column] = above
        return linked

    def writer_for(self, entity: str) -> PartsWriter:
        """Return what takes the list fields of a row, which may have become a record of another entity."""
        return self.writer if entity == self.entity else PartsWriter(self.work.gathered, entity)

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
        """Add what belongs to an accepted record, such as the messages of a ticket, and what the row says of records that it made."""
        if draft.rest:
            self.tell_made(draft)

    def tell_made(self, draft: Draft) -> None:
        """Give the records that a row made what it says of them."""
        self.beside.tell(draft)

    def look_up_people(self, drafts: Sequence[Draft], records: Sequence[bytes | None]) -> None:
        """Look up whom of the store rows name beside their records.

        Args:
            records: the known records that the rows are.
        """

    def meet_person(self, draft: Draft, record: bytes | None, *, completes: bool) -> None:
        """Find who the person beside a record is, before it is taken.

        Args:
            record: the known one that the row is, as of `is_there`; None if it brings a new one.
            completes: whether people who are known get what the row says.
        """

    def is_there(self, draft: Draft, record: bytes) -> None:
        """Take what a row brings beside a record that is known, whatever becomes of that.

        Args:
            record: `SOMEONE` where a row further up made it, and it is not kept which record that was.
        """

    def meet(self, records: Collection[bytes]) -> None:
        """Look up what belongs to the known records that rows of a block are, where these may bring more of it."""

    def give_known(self, draft: Draft, present: Mapping[str, Any], *, overwrites: bool) -> Sequence[tuple[str, Any, Any]]:
        """Give a known record what a row brings beside its own values; returns the list fields that get it, with what was there and what is now.

        Args:
            present: its values before. overwrites: whether the row wins over what is there.
        """
        return ()

    def settle_known(self, draft: Draft, present: Mapping[str, Any], merged: Values, *, overwrites: bool) -> None:
        """Complete what a known record becomes, where more depends on it than the columns of the file.

        Args:
            present: its values before. merged: those after, to be completed.
            overwrites: whether the row wins over what is there.

        Raises:
            UserError: the row can't be taken.
        """

    @staticmethod
    def settle_company(draft: Draft, merged: Values) -> None:
        """Give a known record that gets the contact of its row, or has it, that one's company where it has none."""
        if merged.get("contact_id") and not merged.get("company_id") and merged["contact_id"] == draft.values.get("contact_id"):
            merged["company_id"] = draft.values.get("company_id")

    def check_known(self, present: Mapping[str, Any], merged: Mapping[str, Any]) -> None:
        """Check what a record of the store becomes.

        Raises:
            UserError: it may not be changed so.
        """


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


ABOVE_ITSELF = (
    mark("{count} row names itself as the one above it; that was left out."),
    mark("{count} rows name themselves as those above them; that was left out."),
)


class Named(Shape):
    """Things that are recognised by their name: tags, queues, pipelines and the like."""

    def more_keys(self, draft: Draft) -> list[Key]:
        """Return the name."""
        name = draft.values.get(self.cls.entity.title)
        return [("n", name)] if name else []
