"""Plan: everything that an import will do, worked out before anything is written."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from crmdesk.errors import UserError
from crmdesk.exchange.columns.chosen import with_choices
from crmdesk.exchange.columns.column_words import can_be_given
from crmdesk.exchange.columns.fresh_fields import fresh_fields, shared_fields, with_fresh, without_fresh
from crmdesk.exchange.columns.kept import fingerprint, kept_for, may_keep, with_kept, worth_keeping
from crmdesk.exchange.columns.mapping import guess, importable
from crmdesk.exchange.columns.products import product_names
from crmdesk.exchange.files.reading import How, open_table
from crmdesk.exchange.files.rejects import Rejected, Rejection
from crmdesk.exchange.rows.counts import Counts, CountsOfFiles
from crmdesk.exchange.rows.decisions import Decided
from crmdesk.exchange.rows.likely import compared as compared_values
from crmdesk.exchange.rows.once import ALSO, Once
from crmdesk.exchange.rows.outcomes import CHANGES, KNOWN, NEW, REFUSED, SAME, CellChange, Outcome
from crmdesk.exchange.rows.repeats import NAMED_ONLY, ONCE_IN_A_FILE, Fresh, PresentParts, compared, same_records
from crmdesk.exchange.rows.rings import rings
from crmdesk.exchange.rows.seen import Seen
from crmdesk.exchange.shapes.every import shape_of
from crmdesk.exchange.shapes.shape import Draft, Shape, Work
from crmdesk.exchange.table import OddRow, shown
from crmdesk.exchange.values.cells import CURRENCY, DATES, NUMBERS, Hints, Question, number_of, survey, two_ways, usual_sign
from crmdesk.exchange.values.entries import MINUTE
from crmdesk.exchange.values.gathering import Gathered
from crmdesk.exchange.values.known import ANY_FILE, IN_FILE, WHOLE, Match, ids_of_any_file, known_as
from crmdesk.exchange.values.links import NUMBERED, Book, Stages, Tags, name_key
from crmdesk.exchange.values.parts import Parts
from crmdesk.exchange.values.phones import PhoneReader
from crmdesk.exchange.words.legal_forms import split_form
from crmdesk.fields import KINDS, Field
from crmdesk.i18n import mark, ntr, tr
from crmdesk.models.names import folded
from crmdesk.models.registry import entity_class
from crmdesk.operations.imports import Batch, mapping_id
from crmdesk.queries import uniqueness
from crmdesk.queries.deals import default_pipeline
from crmdesk.queries.finding import title_field
from crmdesk.queries.own_fields import own_fields
from crmdesk.store.pace import no_garbage
from crmdesk.store.reader import IN_IDS, id_list

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from crmdesk.exchange.columns.fresh_fields import FreshField
    from crmdesk.exchange.columns.kept import Kept
    from crmdesk.exchange.rows.decisions import Decision
    from crmdesk.exchange.table import Line, Table
    from crmdesk.exchange.values.known import Key
    from crmdesk.exchange.values.layouts import Layout
    from crmdesk.matching import Values
    from crmdesk.store import Reader, Store

Progress = Callable[[int, int], object]
"""Told how many rows of how many are done; raises `Cancelled` to stop."""

BLOCK = 4_000
PIECE = 200
"""So many rows are worked on at a time: what they need stays in the processor's own memory."""
HELD = 200_000
"""Up to so many rows are written in one transaction; more are in several, so that others come to write in between."""
SHOWN = 1_000
LONGEST = 200
"""Of a cell that is merely looked at, no more is kept than that."""
ANYTHING = "*"

MODES = ("skip", "fill", "overwrite", "add")


@dataclass(frozen=True)
class ImportOptions:
    """What the user said about an import.

    Attributes:
        chosen: `{field: column}`, see `mapping.with_choices`.
        region: country of phone numbers where a row names none; the store's if empty.
        on_duplicate: `skip`, `fill` empty fields, `overwrite`, or `add` another record.
        match: by what known records are recognised, such as `external_id`, `email`, `name`; the entity's own way if empty.
        dates: `dmy`, `mdy`, `ymd` for dates that can be read in two ways.
        decimal: `.` or `,` for numbers such as 1.234 that can be read in two ways; what the file shows, else the country's if empty.
        own_fields: columns that become fields of the user's own; `*` stands for all that go nowhere else.
        uses_kept: whether a mapping that was kept for such files holds.
        creates: whether records that the file refers to are made.
        strict: any rejected row writes nothing.
        rejects: where rejected rows go; beside the file if None.
        decisions: what the user says about single rows, by file and line.
    """

    chosen: Mapping[str, str] = field(default_factory=dict)
    region: str = ""
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    on_duplicate: str = "skip"
    match: tuple[str, ...] = ()
    dates: str = ""
    decimal: str = ""
    own_fields: tuple[str, ...] = ()
    uses_kept: bool = True
    creates: bool = True
    strict: bool = False
    dry_run: bool = False
    rejects: Path | None = None
    decisions: Mapping[tuple[str, int], Decision] = field(default_factory=dict)

    @property
    def how(self) -> How:
        """What was said about reading the file."""
        return How(self.encoding, self.delimiter, self.sheet)


MATCHED_BY = {"id": "i", "external_id": "x", "email": "e", "name": "n", "number": "#", "phone": "p"}
"""What known records are recognised by, beside their plain fields."""


def matched_by(entity: str) -> list[str]:
    """Return by what known records of an entity can be recognised if the user says so."""
    cls = entity_class(entity)
    has = {"id": True, "external_id": True, "name": True, "number": entity in NUMBERED, "email": "email" in cls.fields, "phone": "phone" in cls.fields}
    plain = [name for name, item in cls.fields.items() if item.column == name and item.kind != "parts" and can_be_given(entity, item)]
    return [name for name, is_there in has.items() if is_there] + [name for name in plain if name not in has]


def _check_match(entity: str, names: Sequence[str]) -> None:
    """Refuse to recognise records by what they don't have: every row would be a new record.

    Raises:
        UserError: an entity has no such field.
    """
    options = matched_by(entity)
    for name in names:
        if name not in options:
            raise UserError(
                tr("{entity} can't be recognised by “{name}”.", entity=tr(entity_class(entity).entity.label), name=name),
                hint=tr("Use one of: {options}.", options=", ".join(options)),
            )


class Plan:
    """An import on its way: the file is open and understood; `batches` works the rows out.

    Attributes:
        layout: what the columns mean.
        counts: how many rows went where. files: the same of each file, where several make one table.
        rejections: the first rows that can't be taken. rejected: all of them, to be given back.
        changes: the first changes to known records, cell by cell.
        duplicates: the first rows that are known already: (line, record).
        notes: sentences about what was noticed.
        outcomes: what becomes of the first rows, if `watch` was called. unclear: how many rows are refused for a cell of a column, by its header.
        questions: what the columns leave open, if `watch` was called. to_compare: what is compared of the first new rows, by line, if `watch` was called.
    """

    def __init__(self, store: Store, entity: str, path: Path, options: ImportOptions, table: Table | None = None, layout: Layout | None = None) -> None:
        entity = entity_class(entity).entity.name
        if entity not in importable():
            raise UserError(tr("{entity} can't be imported by itself.", entity=tr(entity_class(entity).entity.plural)))
        if options.on_duplicate not in MODES:
            raise UserError(
                tr("“{mode}” is no way to treat known records.", mode=options.on_duplicate), hint=tr("Use one of: {options}.", options=", ".join(MODES))
            )
        if options.dates not in {"", "dmy", "mdy", "ymd"}:
            raise UserError(tr("“{order}” is no order of dates.", order=options.dates), hint=tr("Use dmy, mdy or ymd."))
        _check_match(entity, options.match)
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
        self.counts = Counts()
        self.files = CountsOfFiles(self.table.ways.files()) if self.table.ways and self.table.ways.files else None
        self.questions: list[Question] | None = None
        self.rejections: list[Rejection] = []
        self.rejected = Rejected(store.path)
        self.changes: list[CellChange] = []
        self.duplicates: list[tuple[int, bytes]] = []
        self.outcomes: list[Outcome] = []
        self.to_compare: dict[int, Values] = {}
        self.unclear: Counter[str] = Counter()
        self._watched = 0
        self._noted: Counter[str] = Counter()
        self.hints: dict[int, Hints] = {}
        self.notes: list[str] = list(self.table.notes)
        self._gathered = Gathered(store.settings)
        self._books: dict[str, Book] = {}
        self._stages: dict[bytes | None, Stages] = {}
        self._seen = Seen()
        self._fresh, self._merged = Fresh(), Fresh()
        self._once = Once(store)
        self._was_empty: dict[str, bool] = {}
        self._mapped: set[bytes] = set()
        self._wrote = False
        self._ringed: set[int] = set()

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
        self._watched = rows
        self.rejected.keeps = False
        self.questions = []

    def follow(self, earlier: Plan) -> None:
        """Go on where another plan of the same import ends: what that one brings is known here too."""
        for name in ("_gathered", "_books", "_stages", "_seen", "_fresh", "_merged", "_once", "_was_empty", "_mapped"):
            setattr(self, name, getattr(earlier, name))
        self._made_fields = earlier._made_fields + earlier._fresh_fields
        self._take_fresh(shared_fields(self._fresh_fields, self._made_fields))

    def _take_fresh(self, fields: list[FreshField]) -> None:
        """Send columns to fields that the import makes."""
        before = {fresh.id for fresh in self._fresh_fields}
        self.own_fields = {key: own for key, own in self.own_fields.items() if bytes.fromhex(key) not in before} | dict(fresh.as_own for fresh in fields)
        self._fresh_fields = fields
        if fields:
            self.layout = with_fresh(self.layout, self.table, fields)

    def forget(self) -> None:
        """Let go of what was only needed to work the rows out: of a million it is more than writing them needs."""
        self._books, self._stages, self._seen, self._fresh, self._merged = {}, {}, Seen(), Fresh(), Fresh()

    @property
    def region(self) -> str:
        """The country whose national phone numbers and numbers are read where a row names none."""
        return (self.options.region or self.store.settings.region).upper()

    @property
    def linked(self) -> dict[str, int]:
        """How many different records of each entity the file refers to that are there already."""
        return {entity: book.found for entity, book in self._books.items() if book.found}

    @property
    def created(self) -> dict[str, int]:
        """How many records of each entity were made because the file refers to them."""
        return dict(sorted(self._gathered.created.items()))

    # ---- before the first row ----

    def _work(self) -> Work:
        settings = self.store.settings
        member = self.store.viewer.member_id
        layout = replace(self.layout, source=self._source())
        self.hints = self._found_hints()
        return Work(
            layout, settings, self.hints, self._gathered, PhoneReader(), self.region, layout.source,
            member.bytes if member else None, self._book, self._stages_of, self.own_fields, self._discounts_are_shares(),
        )  # fmt: skip

    def _source(self) -> str:
        return self.layout.source

    def _found_hints(self) -> dict[int, Hints]:
        """Read date and number columns once, if there are any whose cells are texts."""
        watched: dict[int, tuple[str, str]] = {}
        for column in self.layout.columns:
            if column.target is None:
                continue
            kind = CURRENCY if column.target.field == CURRENCY else self._kind_of(column.target.field, column.target.of)
            if kind == CURRENCY or (kind in DATES | NUMBERS and any(isinstance(value, str) for value in self.table.values(column.index)[:50] or [""])):
                watched[column.index] = (column.header, kind)
        if all(kind == CURRENCY for _, kind in watched.values()):
            return {}
        usual = "." if self.table.format == "json" else usual_sign(self.region)
        open_ones: list[Question] = []
        order = self.options.dates or (self.kept.dates if self.kept else "")
        hints = survey(self.table.rows(), watched, order, self.options.decimal, usual, open_ones, self.store.settings.currency)
        if self.questions is None:
            unanswered = next((question for question in open_ones if not question.assumed), None)
            if unanswered:
                raise two_ways(unanswered)
        else:
            self.questions += open_ones
        self.notes += [question.note for question in open_ones if question.note]
        return hints

    def _kind_of(self, name: str, of: str) -> str:
        entity = {"": self.entity, "line": "quote_line"}.get(of, of)
        if name in {"close_on", "birthday"}:
            return "date"
        if name == "discount":
            return "decimal"
        item = entity_class(entity).fields.get(name) if of != "message" else None
        own = next((own for own in self._there_fields if own.name == name), None) if not of else None
        return item.kind if item else own.kind if own else ""

    def _discounts_are_shares(self) -> bool:
        """Say whether a discount column holds shares such as 0.15 and not percents: no value is above one."""
        of = "" if self.entity == "quote_line" else "line"
        index = self.layout.index_of("discount", of)
        if index is None:
            return False
        largest = 0.0
        for _, cells in self.table.rows():
            if cells.__class__ is list and (text := shown(cells[index]).strip().rstrip("%").strip()):
                if "%" in shown(cells[index]):
                    return False
                try:
                    largest = max(largest, float(number_of(text, "")))
                except UserError:
                    continue
        return 0 < largest <= 1

    def _book(self, entity: str) -> Book:
        if entity not in self._books:
            args = (self.store, self._gathered, self._source(), self.options.creates)
            if entity == "tag":
                self._books[entity] = Tags(entity, *args)
            else:
                self._books[entity] = Book(entity, *args, later=entity == self.entity or (entity == "company" and self.entity == "contact"))
        return self._books[entity]

    def _stages_of(self, pipeline: bytes | None) -> Stages:
        if pipeline not in self._stages:
            self._stages[pipeline] = Stages(self.store, self._gathered, self._source(), self.options.creates, self._pipeline(pipeline))
        return self._stages[pipeline]

    def _pipeline(self, pipeline: bytes | None) -> UUID:
        from uuid import UUID

        if pipeline is not None:
            return UUID(bytes=pipeline)
        with self.store.read() as reader:
            usual = default_pipeline(reader)
        if usual is None:
            raise UserError(tr("There is no pipeline yet."), hint=tr("Make one in the settings first."))
        return usual

    # ---- the rows ----

    def batches(self, progress: Progress | None = None) -> Iterator[Batch]:
        """Work out all rows, block by block; what is worked out is to be written in this order.

        Raises:
            AmbiguousDate: dates can be read in two ways and nobody said how.
            UserError: the rows are lines of quotes and not quotes.
        """
        self._refuse_lines()
        for fresh in self._fresh_fields:
            if not fresh.is_made:
                self._gathered.add("custom_field", fresh.stored())
        work = self._work()
        shape: Shape = self.table.ways.shape(self.entity, work) if self.table.ways else shape_of(self.entity, work)
        for index, column in [] if self.table.ways else [(link[0], link[1]) for link in shape.links if link[1] in shape.late]:
            told = shape.told_ids.above.get(column)
            self._ringed |= rings(self.table.rows(), self._names() if told is None else self._ids(), index if told is None else told)
        if shape.told_ids.above:
            shape.told_ids.look_ahead(self.table.rows())
        total = self.table.line_count or 0
        lines = iter(self.table.rows())
        while block := list(islice(lines, BLOCK)):
            with no_garbage():
                shape.prepare(block)
                for start in range(0, len(block), PIECE):
                    drafts = self._drafts(shape, block[start : start + PIECE])
                    shape.settle(drafts)
                    self._accept(shape, drafts)
                for entity, book in self._books.items():
                    if entity != self.entity:
                        book.keep_promises()
            if progress:
                progress(self.counts.read, max(total, self.counts.read))
            yield self._batch()
        for book in self._books.values():
            book.keep_promises()
        yield self._batch()
        for column, pairs in shape.late.items():
            for pair in pairs:
                self._gathered.update(self.entity, (column,), pair)
        if shape.told_ids.above:
            shape.link_rows()
        if self.counts.joined and self.entity not in {"activity", "task"}:  # of a calendar, these are each other
            self.notes.append(ntr(*JOINED, self.counts.joined))
        self.notes += [ntr(one, many, count) for (one, many), count in shape.work.notes.items()] + self._gathered.notes
        if self._wrote:
            self._keep_mapping()
        yield self._batch()

    def _names(self) -> list[tuple[int, ...]]:
        """Return the columns by which other rows name a row."""
        title, number = entity_class(self.entity).entity.title, NUMBERED.get(self.entity, "")
        places = [(self.layout.index_of(name),) for name in (title, number, "external_id")] + [
            (self.layout.index_of("given_name"), self.layout.index_of("family_name"))
        ]
        return [tuple(place for place in group if place is not None) for group in places if None not in group]

    def _ids(self) -> list[tuple[int, ...]]:
        """Return the column that says by id which record of ours a row is."""
        place = self.layout.index_of("id")
        return [] if place is None else [(place,)]

    def _refuse_lines(self) -> None:
        """Refuse a file of quotes that says nothing of them but their numbers, and of their lines a lot."""
        targets = [column.target for column in self.layout.columns if column.target]
        heads = [target for target in targets if target.of != "line" and target.field not in {"id", "number", "external_id"}]
        if self.entity != "quote" or self.table.ways or heads or all(target.of != "line" for target in targets):
            return
        said = tr("The rows of “{file}” are lines of quotes.", file=self.table.path.name)
        if self.questions is None:
            raise UserError(said, hint=tr("Import them as such: crmdesk import quote_line FILE."))
        self.notes.append(said)

    def _batch(self) -> Batch:
        self._wrote = self._wrote or not self._gathered.is_empty
        inserts, updates = self._gathered.take()
        return Batch(tuple(inserts), tuple(updates), tuple(self._gathered.take_files()))

    def _keep_mapping(self) -> None:
        """Keep what the columns mean for the next such file, if there is anything to say that a guess does not."""
        mark, said = fingerprint(self.table), worth_keeping(self.layout, self.kept)
        dates = self.options.dates or (self.kept.dates if self.kept else "")
        if not mark or not (said or dates) or not may_keep(self.store.viewer) or (self.kept and dict(self.kept.columns) == said and self.kept.dates == dates):
            return
        text = json.dumps(said, ensure_ascii=False, sort_keys=True)
        record = mapping_id(self.entity, mark).bytes
        if record in self._mapped:
            return  # a file before this one has the same columns
        self._mapped.add(record)
        values = {"name": self.table.path.stem, "columns_to": text, "dates": dates or None, "deleted_at": None}
        with self.store.read() as reader:
            is_there = reader.value("SELECT 1 FROM import_mapping WHERE id = ?", (record,))
        if is_there:
            self._gathered.update("import_mapping", tuple(values), (*values.values(), record))
        else:
            del values["deleted_at"]
            self._gathered.add("import_mapping", {"id": record, "about": self.entity, "fingerprint": mark, **values})

    def _drafts(self, shape: Shape, block: Sequence[Line]) -> list[Draft]:
        drafts = []
        self.counts.read += len(block)
        found = iter(shape.drafts([(number, cells) for number, cells in block if cells.__class__ is not OddRow and number not in self._ringed]))
        for number, cells in block:
            if self.files:
                self.files.count("read", number)
            if cells.__class__ is OddRow:
                self._reject(number, cells, cells.reason)
            elif number in self._ringed:
                name = next((text for group in self._names() if (text := " ".join(shown(cells[place]) for place in group))), "")
                self._reject(number, cells, tr("“{name}” would stand above itself.", name=name))
            elif isinstance(draft := next(found), UserError):
                self._refuse(number, cells, draft)
            else:
                drafts.append(draft)
        return drafts

    def _refuse(self, line: int, cells: list[Any], error: UserError) -> None:
        if error.field:
            self.unclear[error.field] += 1
        self._reject(line, cells, f"{error.field}: {error.message}" if error.field else error.message, error.field or "")

    def _reject(self, line: int, cells: list[Any], reason: str, column: str = "") -> None:
        self._count("rejected", line)
        rejection = Rejection(line, tuple(cells), reason)
        self.rejected.add(rejection)
        if len(self.rejections) < SHOWN:
            self.rejections.append(rejection)
        if self._watches(REFUSED):
            self.outcomes.append(Outcome(line, REFUSED, self.entity, self._name_of(cells), reason=reason, column=column, cells=self._texts(cells)))

    def _texts(self, cells: Sequence[Any]) -> tuple[str, ...]:
        """Return what stands in the cells of a row, for those who look at it."""
        return () if self.table.ways or cells.__class__ is OddRow else tuple(" ".join(shown(cell)[:LONGEST].split()) for cell in cells)

    def _name_of(self, cells: Sequence[Any]) -> str:
        """Return what a row that can't be taken is called, so that it is found again in the file."""
        if self.table.ways or cells.__class__ is OddRow:
            return ""
        texts = (" ".join(part for place in group if place < len(cells) and (part := shown(cells[place]).strip())) for group in reversed(self._names()))
        return " ".join(next(filter(None, texts), "").split())

    def _watches(self, what: str) -> bool:
        if not self._watched:
            return False
        self._noted[what] += 1
        return self._noted[what] <= self._watched

    def _note(
        self, draft: Draft, what: str, record: bytes | None = None, sign: str = "", changes: Sequence[CellChange] = (), in_file: bool = False, reason: str = ""
    ) -> None:
        """Note down what becomes of a row, for those who look before they write."""
        if self._watches(what):
            column = title_field(entity_class(draft.entity))
            title = draft.values.get(column) or ""
            if isinstance(title, bytes):
                title = self._in_file_text(draft, entity_class(draft.entity).fields, column, title) or ""
            cells = self._texts(draft.cells) if what == NEW else ()
            self.outcomes.append(Outcome(draft.line, what, draft.entity, str(title), record, sign, in_file, tuple(changes), reason, cells=cells))
            if what == NEW and (values := compared_values(draft)):
                self.to_compare[draft.line] = values

    def _accept(self, shape: Shape, drafts: list[Draft]) -> None:
        adds = self._decided.only_adds(drafts)
        keys_of = [self._keys(draft) for draft in drafts]
        known: list[Match | None] = self._known(drafts, keys_of) if not adds else [None] * len(drafts)
        if not adds and not self.options.match and self.entity in NAMED_ONLY:
            self._find_repeats(drafts, keys_of, known)
        self._decided.apply(self.store, drafts, known)
        completes = self.options.on_duplicate in {"fill", "overwrite"}
        merges: list[tuple[Draft, Match]] = []
        self._free_ids(drafts, keys_of)
        has_rules = bool(self.store.settings.uniqueness)
        complaints = self._complaints(drafts, known)
        for place, (draft, keys, match) in enumerate(zip(drafts, keys_of, known, strict=True)):
            hashes = [hash((draft.entity, key)) for key in keys]
            record, mode = match.record if match else None, self._decided.mode(draft)
            if record is not None:
                shape.brings(draft, record)
            if record is None and mode != "add" and not draft.rest.get("may repeat"):
                record_in_file = self._in_file(draft, keys, hashes)
                if record_in_file is not None:
                    if record_in_file in self._fresh and self._complete(shape, draft, record_in_file):
                        continue
                    self._skip(draft, record_in_file)
                    self._note(draft, KNOWN, record_in_file, IN_FILE, in_file=True)
                    continue
            leaves = mode == "skip" or (match is not None and match.is_settled)
            if has_rules and (record is None or not leaves) and self._is_forbidden(shape, draft, record, complaints[place]):
                continue
            if record is None:
                try:
                    shape.accept(draft)
                except UserError as error:
                    self._refuse(draft.line, draft.cells, error)
                    continue
                if self._watched:
                    self._note(draft, NEW, reason=" ".join(said for _, said in complaints[place]))
                self._count_added(draft)
                self._remember(draft, keys, hashes)
                self._teach(draft)
                if keys and completes and draft.entity == self.entity:
                    self._fresh.keep(draft.id, draft.values, draft.parts)
            elif match and not leaves:
                merges.append((draft, match))
            else:
                self._skip(draft, record)
                self._note(draft, KNOWN, record, match.sign if match else "")
        if merges:
            self._merge(shape, merges)

    def _complaints(self, drafts: Sequence[Draft], known: Sequence[Match | None]) -> list[list[tuple[str, str]]]:
        """Return what the store's rules of uniqueness say of rows."""
        if not self.store.settings.uniqueness:
            return [[] for _ in drafts]
        return self._once.complaints(drafts, [match.record if match else None for match in known])

    def _is_forbidden(self, shape: Shape, draft: Draft, record: bytes | None, complaints: list[tuple[str, str]]) -> bool:
        """Refuse a row whose values are there already and must not be twice; where a rule only warns, or asks for a reason, count it."""
        complaints += self._once.further_up(draft, record or f"{id(self)}:{draft.line}".encode())
        for mode, said in complaints:
            if mode == uniqueness.BLOCK:
                self._reject(draft.line, draft.cells, said)
                return True
        if complaints:
            shape.work.note(ALSO)
        return False

    def _count_added(self, draft: Draft) -> None:
        is_own = draft.entity == self.entity and "line of" not in draft.rest
        self._count("added" if is_own else "joined", draft.line)
        if draft.entity != self.entity and "made already" not in draft.rest:
            self._gathered.made(draft.entity)

    def _count(self, what: str, line: int) -> None:
        counts = self.counts
        setattr(counts, what, getattr(counts, what) + 1)
        if self.files:
            self.files.count(what, line)

    def _skip(self, draft: Draft, record: bytes) -> None:
        self._count("skipped", draft.line)
        if len(self.duplicates) < SHOWN:
            self.duplicates.append((draft.line, record))

    def _teach(self, draft: Draft) -> None:
        """Let later rows refer to this one."""
        book = self._books.get(draft.entity)
        if book is None or draft.entity == "company" and self.entity == "contact":
            return
        title = draft.values.get(entity_class(draft.entity).entity.title)
        book.learn(draft.id, title, draft.values.get("number"), draft.values.get("external_id"))

    # ---- who is known already ----

    def _keys(self, draft: Draft) -> list[Key]:
        """Return the keys by which a record is looked up, in the way the user chose."""
        keys = draft.keys + self._ids_of_any_file(draft)
        if len(keys) > len(draft.keys):
            keys.sort(key=lambda key: (key[0] != "i", key[0] != "x", key[0] != ANY_FILE))
        if self.options.match:
            wanted = {MATCHED_BY.get(name, "f:" + name) for name in self.options.match} | ({ANY_FILE} if "external_id" in self.options.match else set())
            keys = [key for key in keys if key[0] in wanted]
            title = draft.values.get(title_field(entity_class(draft.entity)))
            if "n" in wanted and not any(kind == "n" for kind, _ in keys) and title and isinstance(title, str):
                keys.append(("n", title))
            for name in self.options.match:
                if name not in MATCHED_BY and (value := draft.values.get(name)):
                    keys.append((f"f:{name}", value))
        for kind, _ in keys:
            if kind == "n":
                return [self._comparable(draft, key) if key[0] == "n" else key for key in keys]
        return keys

    def _ids_of_any_file(self, draft: Draft) -> list[Key]:
        """Return keys that recognise the id of a row in files of other names too, as long as nothing says which program's it is."""
        external = draft.values.get("external_id")
        if not external or draft.values.get("source") or self.layout.product or self.table.ways:
            return []
        if "external_id" in self.options.match:
            return [(ANY_FILE, (external, "", ""))]
        title = draft.values.get(title_field(entity_class(draft.entity)))
        mails = [mail for _, _, mail in draft.parts.emails] if draft.parts else []
        return ids_of_any_file(draft.entity, external, title if isinstance(title, str) else "", mails)

    def _comparable(self, draft: Draft, key: Key) -> Key:
        city = draft.parts.city_key if draft.entity == "company" and draft.parts else ""
        return "n", (name_key(draft.entity, str(key[1])), city)

    def _in_file(self, draft: Draft, keys: Sequence[Key], hashes: Sequence[int]) -> bytes | None:
        """Return the record that an earlier row of this file made, if this row means the same."""
        for (kind, value), its_hash in zip(keys, hashes, strict=True):
            # Two rows with ids of their own are two records to the program that wrote them, whatever they are called.
            if (kind == "n" and draft.values.get("external_id")) or (kind != "i" and "own id" in draft.rest):
                continue
            if kind == "n" and draft.entity == "company":
                record = next((found for key in _company_keys(value, remembers=False) if (found := self._seen.get(key))), None)
            else:
                record = self._seen.get(its_hash)
            if record:
                return record
        return None

    def _remember(self, draft: Draft, keys: Sequence[Key], hashes: Sequence[int]) -> None:
        # Only hashes are kept, and of a long file not even whose they are: a million rows must fit into memory.
        has_mail = False
        for (kind, value), its_hash in zip(keys, hashes, strict=True):
            if kind == "n" and draft.entity == "company":
                for key in _company_keys(value, remembers=True):
                    self._seen.remember(key, draft.id)
            elif kind == ANY_FILE and value[1] == "mail":
                continue  # the mail address is there by itself
            elif kind != "p" or not has_mail:  # mail addresses come before phones
                self._seen.remember(its_hash, draft.id)
                has_mail = has_mail or kind == "e"

    def _find_repeats(self, drafts: Sequence[Draft], keys_of: list[list[Key]], known: list[Match | None]) -> None:
        """Let rows that nothing but a name tells from others be known where a record, or a row further up, is the same in everything."""
        alone = [place for place, keys in enumerate(keys_of) if not keys and drafts[place].entity == self.entity and drafts[place].values.get("sort_key")]
        if not alone:
            return
        names = compared(self.entity, self._given_columns(self.entity))
        with self.store.read() as reader:
            is_empty = self._is_empty(reader, self.entity)
        found = [None] * len(alone) if is_empty else same_records(self.store, self.entity, names, [drafts[place] for place in alone])
        for place, record in zip(alone, found, strict=True):
            known[place] = Match(record, (WHOLE, record)) if record else None
            if self.entity in ONCE_IN_A_FILE:
                # In a file even cells that go nowhere tell two rows apart.
                keys_of[place] = [(WHOLE, tuple(shown(cell) for cell in drafts[place].cells))]

    def _complete(self, shape: Shape, draft: Draft, record: bytes) -> bool:
        """Let a row complete the new record of a row further up; returns whether it brought anything."""
        values, parts = self._fresh.of(record)
        present = {record: {**dict.fromkeys(entity_class(draft.entity).columns), **values}}
        changes = self._merge_values(draft, record, present)
        if draft.parts:
            has = _PresentParts(self.store, draft.entity, set())
            has.learn(record, parts)
            changes += has.add(shape, draft, record, overwrites=False)
            parts = _joined(parts, draft.parts)
        if not changes:
            return False
        self._fresh.keep(record, present[record], parts)
        self.changes += changes[: max(0, SHOWN - len(self.changes))]
        self._count("updated", draft.line)
        self._note(draft, CHANGES, record, IN_FILE, changes, in_file=True)
        shape.work.note(COMPLETED)
        return True

    def _given_columns(self, entity: str) -> set[str]:
        """Return the columns of a record that the file may fill."""
        given = {column.target.field for column in self.layout.columns if column.target and not column.target.of}
        own = {item.column for name, item in entity_class(entity).fields.items() if name in given}
        return own | {"given_name", "family_name", "title", "salutation", "custom", "external_id", "source"}

    def _known(self, drafts: list[Draft], keys_of: list[list[Key]]) -> list[Match | None]:
        """Ask the store which rows of a block are live records of it."""
        known: list[Match | None] = [None] * len(drafts)
        with self.store.read() as reader:
            for entity in {draft.entity for draft in drafts}:
                if self._is_empty(reader, entity):
                    continue
                ours = [place for place, draft in enumerate(drafts) if draft.entity == entity]
                names = [str(drafts[place].values.get("name") or "") for place in ours]
                for place, match in zip(ours, known_as(reader, entity, [keys_of[place] for place in ours], names, product_names()), strict=True):
                    known[place] = match
        return known

    def _free_ids(self, drafts: list[Draft], keys_of: list[list[Key]]) -> None:
        """Let records that we exported once keep their id, unless it is taken, be it in the bin."""
        own = {value: draft for draft, keys in zip(drafts, keys_of, strict=True) for kind, value in keys if kind == "i"}
        if not own:
            return
        with self.store.read() as reader:
            taken = {record for (record,) in reader.rows(f'SELECT id FROM "{self.entity}" WHERE id {IN_IDS}', (id_list(own),))}
        for record, draft in own.items():
            if record not in taken and draft.entity == self.entity:
                draft.rest["own id"] = record

    def _is_empty(self, reader: Reader, entity: str) -> bool:
        """Say whether the store had no such record when the import began."""
        if entity not in self._was_empty:
            self._was_empty[entity] = not reader.value(f'SELECT 1 FROM "{entity}" WHERE deleted_at IS NULL LIMIT 1')
        return self._was_empty[entity]

    # ---- filling and overwriting ----

    def _merge(self, shape: Shape, merges: list[tuple[Draft, Match]]) -> None:
        for entity in sorted({draft.entity for draft, _ in merges}):
            ours = [(draft, match) for draft, match in merges if draft.entity == entity]
            records = {match.record for _, match in ours}
            present = self._present(entity, records)
            parts = _PresentParts(self.store, entity, records) if any(draft.parts for draft, _ in ours) else None
            for record in records:
                if record in self._merged:  # by a row further up, and not written yet
                    values, given = self._merged.of(record)
                    present[record].update(values)
                    if parts:
                        parts.learn(record, given)
            for draft, match in ours:
                # Where only the name of the file differs, the record stays with the first one: nothing else has changed.
                if draft.values.get("external_id") and match.key[0] != ANY_FILE:
                    draft.values["source"] = draft.values.get("source") or shape.work.source
                changes = self._merge_values(draft, match.record, present)
                if parts and draft.parts:
                    changes += parts.add(shape, draft, match.record, self._decided.mode(draft) == "overwrite")
                if changes:
                    given = self._merged.of(match.record)[1] if match.record in self._merged else Parts()
                    self._merged.keep(match.record, present[match.record], _joined(given, draft.parts or Parts()))
                self.changes += changes[: max(0, SHOWN - len(self.changes))]
                if changes:
                    self._count("updated", draft.line)
                else:
                    self._skip(draft, match.record)
                self._note(draft, CHANGES if changes else SAME, match.record, match.sign, changes)

    def _present(self, entity: str, records: set[bytes]) -> dict[bytes, dict[str, Any]]:
        columns = [name for name in entity_class(entity).columns if name != "deleted_at"]
        names = ", ".join(f't."{name}"' for name in columns)
        with self.store.read() as reader:
            rows = reader.rows(f'SELECT {names} FROM "{entity}" t WHERE t.id {IN_IDS}', (id_list(records),))
        at = columns.index("id")
        return {row[at]: dict(zip(columns, row, strict=True)) for row in rows}

    def _merge_values(self, draft: Draft, record: bytes, known: dict[bytes, dict[str, Any]]) -> list[CellChange]:
        """Put the values of a row on a known record; derived ones follow. Returns what changes."""
        present = known.get(record, {})
        overwrites = self._decided.mode(draft) == "overwrite"
        fields = entity_class(draft.entity).fields
        own = self._given_columns(draft.entity)
        # Tables for people tell the minute: that is no other moment.
        moments = {item.column for item in fields.values() if item.kind == "moment"} if overwrites else set()
        merged = dict(present)
        for name, value in draft.values.items():
            if name not in own or value in (None, "") or name == "id":
                continue
            if name == "custom" and present.get("custom"):
                old, new = json.loads(present["custom"]), json.loads(value)
                merged["custom"] = json.dumps({**new, **old} if not overwrites else {**old, **new}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            elif present.get(name) in (None, "") or (overwrites and not (name in moments and value == present[name] // MINUTE * MINUTE)):
                merged[name] = value
        changes = [
            CellChange(draft.line, record, name, self._plain(fields, name, present.get(name)), self._in_file_text(draft, fields, name, value))
            for name, value in merged.items()
            if value != present.get(name)
        ]
        if not changes:
            return []
        self._gathered.complete(draft.entity, merged)
        columns = tuple(name for name in merged if name != "id" and merged[name] != present.get(name))
        self._gathered.update(draft.entity, columns, (*(merged[name] for name in columns), record))
        known[record] = merged
        return [change for change in changes if change.field not in {"source", "external_id"}] or changes

    def _in_file_text(self, draft: Draft, fields: Mapping[str, Field], column: str, stored: Any) -> Any:
        """Return a new value; of a link what stands in the file, since the record may be yet to be made."""
        item = next((item for item in fields.values() if item.column == column), None)
        if item is not None and item.kind == "link":
            index = self.layout.index_of(item.name)
            return shown(draft.cells[index]) if index is not None else None
        return self._plain(fields, column, stored)

    @staticmethod
    def _plain(fields: Mapping[str, Field], column: str, stored: Any) -> Any:
        item = next((item for item in fields.values() if item.column == column), None)
        return stored if stored is None or item is None else KINDS[item.kind].load(stored)


JOINED = (
    mark("{count} row belongs to another record: a further line of a quote, or a company instead of a person."),
    mark("{count} rows belong to other records: further lines of a quote, or companies instead of persons."),
)
COMPLETED = (mark("{count} row completes a new record of a row further up."), mark("{count} rows complete new records of rows further up."))


def _joined(parts: Parts, more: Parts) -> Parts:
    """Return two rows' list fields together; what is in both is added once, since only then it is new."""
    return Parts(
        parts.phones + more.phones,
        parts.emails + more.emails,
        parts.handles + more.handles,
        parts.addresses + more.addresses,
        parts.tags + more.tags,
        parts.note or more.note,
    )


def _company_keys(value: tuple[str, str], remembers: bool) -> list[int]:
    """Return by what companies of one file are compared: towns and legal forms must not contradict, and may be missing."""
    (name, form), city = split_form(value[0]), value[1]
    if remembers:
        forms, cities = {form, ANYTHING}, {city, ANYTHING}
    else:
        forms, cities = ({form, ""} if form else {ANYTHING}), ({city, ""} if city else {ANYTHING})
    return [hash((name, one, town)) for one in forms for town in cities]


class _PresentParts(PresentParts):
    """The list fields that known records have already, and what a row adds to them."""

    def add(self, shape: Shape, draft: Draft, record: bytes, overwrites: bool) -> list[CellChange]:
        """Add what a record does not have yet; returns what that is."""
        assert draft.parts is not None
        given = draft.parts
        has = {part: self.has.get(part, {}).get(record, []) for part in ("phone", "email", "handle", "address", "record_tag", "memo")}
        numbers = {value for row in has["phone"] for value in row if value}
        fresh = Parts(
            phones=[phone for phone in given.phones if not ({phone[1], phone[3]} - {None}) & numbers],
            emails=[mail for mail in given.emails if (mail[2],) not in has["email"]],
            handles=[handle for handle in given.handles if (handle[1],) not in has["handle"]],
            addresses=[a for a in given.addresses if not any(_same_address(a, known) for known in has["address"])],
            tags=[tag for tag in given.tags if (tag,) not in has["record_tag"]],
            note=given.note if not has["memo"] else None,
        )
        changes: list[CellChange] = []
        if given.note and has["memo"] and overwrites and given.note != has["memo"][0][1]:
            shape.work.gathered.update("memo", ("text",), (given.note, has["memo"][0][0]))
            changes.append(CellChange(draft.line, record, "note", has["memo"][0][1], given.note))
        if fresh:
            shape.writer_for(draft.entity).add(record, fresh, {part: len(rows) for part, rows in has.items()})
            added = (
                [("phone", phone[1]) for phone in fresh.phones]
                + [("email", mail[1]) for mail in fresh.emails]
                + [("handle", handle[1]) for handle in fresh.handles]
            )
            added += [("address", ", ".join(part for part in address[1:6] if part)) for address in fresh.addresses]
            added += [("tags", tag) for tag in shape.parts.tag_texts(draft.cells)] if fresh.tags else []
            added += [("note", fresh.note)] if fresh.note else []
            changes += [CellChange(draft.line, record, name, None, value) for name, value in added]
            self.learn(record, fresh)
        return changes


def _same_address(given: tuple[Any, ...], known: tuple[Any, ...]) -> bool:
    street, postal_code, city_key = known
    return (folded(given[1] or ""), given[2] or "", given[6] or "") == (folded(street or ""), postal_code or "", city_key or "")
