"""Plan: everything that an import will do, worked out before anything is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.exchange.columns.chosen import with_choices
from crmdesk.exchange.columns.fresh_fields import fresh_fields, shared_fields, with_fresh, without_fresh
from crmdesk.exchange.columns.kept import fingerprint, kept_for, may_keep, with_kept, worth_keeping
from crmdesk.exchange.columns.kinds import only_lines
from crmdesk.exchange.columns.mapping import guess, importable
from crmdesk.exchange.columns.name_columns import passed_over
from crmdesk.exchange.files.reading import open_table
from crmdesk.exchange.rows.ahead import companies_in, discounts_are_shares, hints_of
from crmdesk.exchange.rows.books import Books
from crmdesk.exchange.rows.decisions import Decided
from crmdesk.exchange.rows.options import ImportOptions, check_match, check_options
from crmdesk.exchange.rows.rings import lines_in_rings
from crmdesk.exchange.rows.taking import Shared, Taking
from crmdesk.exchange.rows.told import Told
from crmdesk.exchange.shapes.every import shape_of
from crmdesk.exchange.shapes.work import Work
from crmdesk.exchange.values.gathering import Gathered
from crmdesk.exchange.values.phones import PhoneReader
from crmdesk.exchange.values.survey import Hints, Question, two_ways
from crmdesk.exchange.words.company_names import LegalForms
from crmdesk.i18n import mark, ntr, tr
from crmdesk.models.registry import entity_class
from crmdesk.operations.imports import Batch, mapping_id
from crmdesk.queries.own_fields import own_fields
from crmdesk.store.pace import no_garbage

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.columns.fresh_fields import FreshField
    from crmdesk.exchange.columns.kept import Kept
    from crmdesk.exchange.shapes.shape import Shape
    from crmdesk.exchange.table import Table
    from crmdesk.exchange.values.layouts import Layout
    from crmdesk.store import Store

Progress = Callable[[int, int], object]
"""Told how many rows of how many are done; raises `Cancelled` to stop."""

BLOCK = 4_000
PIECE = 200
"""So many rows are worked on at a time: what they need stays in the processor's own memory."""
HELD = 200_000
"""Up to so many rows are written in one transaction; more are in several, so that others come to write in between."""

JOINED = (
    mark("{count} row belongs to another record: a further line of a quote, or a company instead of a person."),
    mark("{count} rows belong to other records: further lines of a quote, or companies instead of persons."),
)

NAMELESS = mark(
    "No column was taken for the name, so these people are called by their mail address, phone or id. “{column}” was left out and may hold the names: choose “Name” for it "
    "(--map name=COLUMN)."
)


class Plan:
    """An import on its way: the file is open and understood; `batches` works the rows out.

    Attributes:
        layout: what the columns mean.
        told: how many rows went where, and what became of the first ones.
        notes: sentences about what was noticed.
        questions: what the columns leave open, if `watch` was called.
    """

    def __init__(self, store: Store, entity: str, path: Path, options: ImportOptions, table: Table | None = None, layout: Layout | None = None) -> None:
        entity = entity_class(entity).entity.name
        if entity not in importable():
            raise UserError(tr("{entity} can't be imported by itself.", entity=tr(entity_class(entity).entity.plural)))
        check_options(entity, options)
        self.store, self.entity, self.options = store, entity, options
        self.table = table or open_table(path, options.how)
        with store.read() as reader:
            self.own_fields = own_fields(reader, entity)
        self._there_fields = list(self.own_fields.values())
        self.kept = self._kept()
        self._decided = Decided(options.decisions, self.table.path, options.on_duplicate)
        self.layout = with_choices(without_fresh(layout) if layout else self._understood(), self.table, options.chosen, self._there_fields)
        self._fresh_fields: list[FreshField] = []
        self._made_fields: list[FreshField] = []
        self._take_fresh(fresh_fields(self.layout, self.table, options.own_fields) if options.own_fields else [])
        if not any(column.target for column in self.layout.columns):
            raise UserError(
                tr("No column of “{file}” was recognised.", file=self.table.path.name),
                hint=tr("It has: {columns}.", columns=", ".join(self.table.columns[:20])),
            )
        check_match(entity, options, self.layout, self.table.columns)
        self.told = Told(store.path, entity, self.table, self.layout)
        self.questions: list[Question] | None = None
        self.hints: dict[int, Hints] = {}
        self.notes: list[str] = list(self.table.notes)
        gathered = Gathered(store.settings)
        forms = LegalForms(store)
        self._shared = Shared(store, gathered, Books(store, entity, gathered, options.creates, forms), forms)
        forms.read_from(self._companies)
        self._wrote = False

    def _kept(self) -> Kept | None:
        if not self.options.uses_kept:
            return None
        with self.store.read() as reader:
            return kept_for(reader, self.entity, self.table)

    def _understood(self) -> Layout:
        """Return what the columns mean: as last time with such a file, else by a guess."""
        layout = guess(self.entity, self.table, self._there_fields)
        return with_kept(layout, self.kept, self._there_fields) if self.kept else layout

    def watch(self, rows: int) -> None:
        """Note down what becomes of rows, the first ones of each outcome, and what the columns leave open instead of stopping at it."""
        self.told.watch(rows)
        self.questions = []

    def teach_others(self) -> None:
        """Let plans that go on where this one ends refer to all that it brings, though it is not written."""
        self._shared.books.teach_all()

    def cut_off(self) -> None:
        """Take note that only the head of the file was looked at."""
        self._shared.books.cut_off(self.entity)

    def follow(self, earlier: Plan) -> None:
        """Go on where another plan of the same import ends: what that one brings is known here too."""
        self._shared = earlier._shared
        self._shared.forms.read_from(self._companies)
        self._made_fields = earlier._made_fields + earlier._fresh_fields
        self._take_fresh(shared_fields(self._fresh_fields, self._made_fields))

    def _take_fresh(self, fields: list[FreshField]) -> None:
        """Send columns to fields that the import makes."""
        before = {fresh.id for fresh in self._fresh_fields}
        self.own_fields = {key: own for key, own in self.own_fields.items() if bytes.fromhex(key) not in before} | dict(fresh.as_own for fresh in fields)
        self._fresh_fields = fields
        if fields:
            self.layout = with_fresh(self.layout, fields)

    def forget(self) -> None:
        """Let go of what was only needed to work the rows out."""
        self._shared.forget()

    @property
    def region(self) -> str:
        """The country whose national phone numbers and numbers are read where a row names none."""
        return (self.options.region or self.store.settings.region).upper()

    @property
    def linked(self) -> dict[str, int]:
        """How many different records of each entity the file refers to that are there already."""
        return self._shared.books.found

    @property
    def created(self) -> dict[str, int]:
        """How many records of each entity were made because the file refers to them."""
        return dict(sorted(self._shared.gathered.created.items()))

    @property
    def created_in(self) -> object:
        """What plans have in common of which one goes on where the other ends."""
        return self._shared

    @property
    def _order(self) -> str:
        """The order of dates that the user said, now or the last time."""
        return self.options.dates or (self.kept.dates if self.kept else "")

    def _companies(self) -> Iterator[str]:
        """Yield the names of companies in the file."""
        return companies_in(self.table, self.entity, self.layout)

    # ---- the rows ----

    def batches(self, progress: Progress | None = None) -> Iterator[Batch]:
        """Work out all rows, block by block; what is worked out is to be written in this order.

        Raises:
            AmbiguousDate: dates can be read in two ways and nobody said how.
            UserError: the rows are lines of quotes and not quotes.
        """
        self._refuse_lines()
        if name := passed_over(self.entity, self.layout, self.table):
            self.notes.append(tr(NAMELESS, column=name))
        self._shared.books.turn_to(self.entity)
        gathered, books, told = self._shared.gathered, self._shared.books, self.told
        for fresh in self._fresh_fields:
            if not fresh.is_made:
                gathered.add("custom_field", fresh.stored())
        work = self._work()
        shape: Shape = self.table.ways.shape(self.entity, work) if self.table.ways else shape_of(self.entity, work)
        ringed = lines_in_rings(self.table, self.entity, self.layout, shape)
        taking = Taking(self._shared, self.table, self.entity, self.layout, self.options, self._decided, told, shape, ringed)
        if shape.told_ids.above:
            shape.told_ids.look_ahead(self.table.rows())
        shape.look_ahead(self.table.rows, books.unmake)
        total = self.table.line_count or 0
        lines = iter(self.table.rows())
        while block := list(islice(lines, BLOCK)):
            with no_garbage():
                shape.prepare(block)
                for start in range(0, len(block), PIECE):
                    taking.take(block[start : start + PIECE])
                books.keep_promises(at_the_end=False)
            if progress:
                progress(told.counts.read, max(total, told.counts.read))
            yield self._batch()
        books.keep_promises(at_the_end=True)
        yield self._batch()
        for column, pairs in shape.late.items():
            for pair in pairs:
                if (column, pair[1]) not in shape.relinked:  # what a row further down says wins
                    gathered.update(self.entity, (column,), pair)
        if shape.told_ids.above:
            shape.link_rows()
        if told.counts.joined and self.entity not in {"activity", "task"}:  # of a calendar, these are each other
            self.notes.append(ntr(*JOINED, told.counts.joined))
        if self.kept and self.questions is None and any(column.why == "kept" for column in self.layout.columns):
            self.notes.append(tr("The columns go where they went last time, with “{file}”.", file=self.kept.name))
        self.notes += filter(None, [told.lone_note])
        self.notes += [ntr(one, many, count) for (one, many), count in work.notes.items()] + gathered.notes
        if self._wrote:
            self._keep_mapping()
        yield self._batch()

    def _work(self) -> Work:
        """Return what the shape of the rows needs."""
        settings, member, source, books = self.store.settings, self.store.viewer.member_id, self.layout.source, self._shared.books
        self.hints = self._found_hints()
        return Work(
            self.layout, settings, self.hints, self._shared.gathered, PhoneReader(), self.region, source, member.bytes if member else None,
            lambda entity: books.book(entity, source), lambda pipeline: books.stages(pipeline, source), self.own_fields,
            discounts_are_shares(self.table, self.entity, self.layout), seen=self._shared.earlier.seen,
        )  # fmt: skip

    def _found_hints(self) -> dict[int, Hints]:
        """Return how the cells of columns are read; what the columns leave open stops the import, unless one only looks."""
        hints, questions = hints_of(
            self.table, self.entity, self.layout, self._there_fields,
            order=self._order, decimal=self.options.decimal, region=self.region, currency=self.store.settings.currency,
        )  # fmt: skip
        if self.questions is None:
            unanswered = next((question for question in questions if not question.assumed), None)
            if unanswered:
                raise two_ways(unanswered)
        else:
            self.questions += questions
        self.notes += [question.note for question in questions if question.note]
        return hints

    def _refuse_lines(self) -> None:
        said = only_lines(self.table, self.entity, self.layout)
        if said and self.questions is None:
            raise UserError(said, hint=tr("Import them as such: crmdesk import quote_line FILE."))
        if said:
            self.notes.append(said)

    def _batch(self) -> Batch:
        gathered = self._shared.gathered
        self._wrote = self._wrote or not gathered.is_empty
        inserts, updates = gathered.take()
        return Batch(tuple(inserts), tuple(updates), tuple(gathered.take_files()))

    def _keep_mapping(self) -> None:
        """Keep what the columns mean for the next such file, if there is anything to say that a guess does not."""
        mark, said, dates = fingerprint(self.table), worth_keeping(self.layout, self.kept), self._order
        if not mark or not (said or dates) or not may_keep(self.store.viewer) or (self.kept and dict(self.kept.columns) == said and self.kept.dates == dates):
            return
        text = json.dumps(said, ensure_ascii=False, sort_keys=True)
        record = mapping_id(self.entity, mark).bytes
        if record in self._shared.mapped:
            return  # a file before this one has the same columns
        self._shared.mapped.add(record)
        values = {"name": self.table.path.stem, "columns_to": text, "dates": dates or None, "deleted_at": None}
        with self.store.read() as reader:
            is_there = reader.value("SELECT 1 FROM import_mapping WHERE id = ?", (record,))
        if is_there:
            self._shared.gathered.update("import_mapping", tuple(values), (*values.values(), record))
        else:
            del values["deleted_at"]
            self._shared.gathered.add("import_mapping", {"id": record, "about": self.entity, "fingerprint": mark, **values})


__all__ = ["HELD", "ImportOptions", "Plan", "Progress"]
