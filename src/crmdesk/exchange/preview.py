"""Preview: what a file is, what its columns mean and what would become of its rows, before anything is written.

table = open_table(path)                      # what the file is; the user may correct encoding, delimiter, sheet
entity = suggested_kind(table)                # what its rows are
seen = preview(store, entity, path, options)  # from the head of the file: at once, however long it is
seen = preview(store, entity, path, options, whole=True, progress=…)   # every row
import_file(store, entity, path, options, progress, plan=seen.plan)
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.errors import UserError
from crmdesk.exchange.columns.kinds import check_recognised
from crmdesk.exchange.columns.looks import OwnField, own_field
from crmdesk.exchange.files.reading import open_table
from crmdesk.exchange.rows.likely import AT_ONCE, SECONDS, with_likely
from crmdesk.exchange.rows.outcomes import CHANGES, KNOWN, NEW, REFUSED, SAME
from crmdesk.exchange.rows.plan import ImportOptions, Plan, Progress
from crmdesk.exchange.table import shown
from crmdesk.exchange.values.amount_cells import currency_in, money_of
from crmdesk.exchange.values.cells import reader_of
from crmdesk.exchange.values.layouts import PART_FIELDS, RELATED
from crmdesk.exchange.values.parts import PartsReader, split_tags
from crmdesk.exchange.values.phones import PhoneReader
from crmdesk.exchange.values.survey import Hints
from crmdesk.exchange.words.legal_forms import is_surely_a_company
from crmdesk.fields import KINDS, Money, from_minor, show_money
from crmdesk.i18n import ntr, tr
from crmdesk.models.people import split_name
from crmdesk.models.registry import entity_class
from crmdesk.queries import records

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from crmdesk.exchange.rows.outcomes import CellChange, Outcome
    from crmdesk.exchange.table import Cell, Table
    from crmdesk.exchange.values.layouts import Column, Layout
    from crmdesk.exchange.values.survey import Question
    from crmdesk.fields import Field
    from crmdesk.store import Store

MOST_ROWS = 1_000
"""So many rows of each outcome are told one by one; the counts are those of all that were read."""


@dataclass(frozen=True)
class ColumnPreview:
    """A column, where it goes and how its first value is understood.

    Attributes:
        column: what was found out about it: target, why, confidence, reason.
        first: its first value as it stands in the file. understood: what becomes of it, such as +49 30 0074321; empty if the column is left out.
        unclear: how many rows were refused for a cell of it.
        offer: the field of the user's own that it could become, if it goes nowhere.
    """

    column: Column
    first: str = ""
    understood: str = ""
    unclear: int = 0
    offer: OwnField | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the column as the command line prints it."""
        column = self.column
        return {
            "column": column.header, "field": str(column.target) if column.target else None, "confidence": column.confidence, "reason": column.reason, "first": self.first,
            "understood": self.understood, "unclear": self.unclear, "own_field": self.offer.kind if self.offer else None,
        }  # fmt: skip


@dataclass(frozen=True)
class ValuePreview:
    """A value of a known record, before and after, as people read it."""

    field: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class RowPreview:
    """A row and what becomes of it.

    Attributes:
        what: `new`, `changes`, `same`, `known`, `refused`, see `outcomes`.
        record: the known record; None if there is none, or if it is an earlier row of this file.
        known_as: what that record is called. why: what shows that it is the same.
        changes: value by value. reason: why the row is refused, with `column` as the one to blame; of a new row whom it may be, or what should be there once.
        likely: the record that a new row may be all the same, called `likely_as`. cells: of new and refused rows what stands in the file, by column.
    """

    line: int
    what: str
    entity: str
    title: str = ""
    record: UUID | None = None
    known_as: str = ""
    why: str = ""
    changes: tuple[ValuePreview, ...] = ()
    reason: str = ""
    column: str = ""
    likely: UUID | None = None
    likely_as: str = ""
    cells: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return the row as the command line prints it."""
        changes = [{"field": value.field, "before": value.before, "after": value.after} for value in self.changes]
        return {
            "line": self.line, "outcome": self.what, "entity": self.entity, "title": self.title, "record": str(self.record) if self.record else None,
            "known_as": self.known_as, "why": self.why, "changes": changes, "reason": self.reason, "column": self.column,
            "likely": str(self.likely) if self.likely else None,
        }  # fmt: skip


@dataclass(frozen=True)
class Preview:
    """What would happen if a file was imported.

    Attributes:
        plan: to be handed to `import_file`, so that it is understood in the same way; its `table` says what the file is.
        read, added, updated, skipped, rejected: counts of the rows that were looked at; all of the file if `is_whole`.
        total: how many rows the file has, about.
        created, linked: records of other entities that the rows name: how many would be made, how many are there.
        rows: the first rows of each outcome, in the order of the file.
        questions: what has to be answered (those without an assumption) or can be.
        kept: the name of the mapping that was used from last time; empty if none was.
    """

    plan: Plan = field(repr=False)
    columns: tuple[ColumnPreview, ...]
    rows: tuple[RowPreview, ...]
    read: int
    added: int
    updated: int
    skipped: int
    rejected: int
    total: int
    is_whole: bool
    created: Mapping[str, int]
    linked: Mapping[str, int]
    questions: tuple[Question, ...] = ()
    kept: str = ""
    notes: tuple[str, ...] = ()

    @property
    def table(self) -> Table:
        """The file that was read."""
        return self.plan.table

    @property
    def layout(self) -> Layout:
        """What the columns mean."""
        return self.plan.layout

    @property
    def unanswered(self) -> Question | None:
        """The first question without whose answer nothing is imported."""
        return next((question for question in self.questions if not question.assumed), None)

    def to_json(self) -> dict[str, Any]:
        """Return the preview as the command line prints it."""
        table = self.table
        facts = {
            "file": table.path.name,
            "format": table.format,
            "encoding": table.encoding,
            "confidence": table.confidence,
            "delimiter": table.delimiter,
            "sheet": table.sheet,
        }
        counts = {"read": self.read, "added": self.added, "updated": self.updated, "skipped": self.skipped, "rejected": self.rejected}
        questions = [
            {"about": q.about, "column": q.header, "example": q.example, "answers": list(q.answers), "assumed": q.assumed or None} for q in self.questions
        ]
        return {
            **facts, "product": self.layout.product, "entity": self.plan.entity, "rows_about": self.total, "whole": self.is_whole, "mapping_from": self.kept or None,
            "columns": [column.to_json() for column in self.columns], "questions": questions, **counts, "created": dict(self.created), "linked": dict(self.linked),
            "rows": [row.to_json() for row in self.rows], "notes": list(self.notes),
        }  # fmt: skip


def preview(
    store: Store, entity: str, path: Path, options: ImportOptions | None = None, *, whole: bool = False, table: Table | None = None, layout: Layout | None = None,
    progress: Progress | None = None, most_rows: int = MOST_ROWS, earlier: Plan | None = None, among_others: bool = False,
) -> Preview:  # fmt: skip
    """Say what would become of a file; nothing is written.

    Args:
        whole: whether every row is looked at; else only the first ones, which takes no time however long the file is.
        table: the file if it is open already. layout: what its columns mean, if the user has changed it; else found out.
        progress: told how many rows of how many are done; may raise `Cancelled`.
        most_rows: so many rows of each outcome are told one by one.
        earlier: the plan of the file before, if several are imported together: what that one brings is known here too.
        among_others: it is one of several files, and nobody said of it alone what its rows are.

    Raises:
        UserError: the file or an option can't be used.
    """
    options = options or ImportOptions()
    table = table or open_table(path, options.how)
    head = table.sample
    looked_at = table if whole else replace(table, rows=lambda: iter(head))
    plan = Plan(store, entity, path, options, looked_at, layout)
    if among_others:
        check_recognised(table, plan.layout)
    if earlier:
        plan.follow(earlier)
    plan.watch(most_rows)
    if among_others:
        plan.teach_others()
    for _ in plan.batches(progress if whole else None):
        pass
    if among_others and not whole and table.line_count != len(head):
        plan.cut_off()
    compares = options.on_duplicate != "add"
    plan.told.outcomes, left = with_likely(store, plan.told.outcomes, plan.told.to_compare if compares else {}, SECONDS if whole else AT_ONCE)
    if left and whole:
        plan.notes.append(
            ntr(
                "{count} new row was not compared with the records that are there.", "{count} new rows were not compared with the records that are there.", left
            )
        )
    counts = plan.told.counts
    is_whole = whole or next(islice(table.rows(), len(head), None), None) is None
    total = counts.read if is_whole else max(table.line_count or 0, counts.read)
    questions = tuple(plan.questions or ())
    plan.table = table
    seen = Preview(
        plan, _columns(plan), (), counts.read, counts.added, counts.updated, counts.skipped, counts.rejected, total, is_whole, plan.created,
        {name: count for name, count in plan.linked.items() if name != plan.entity}, questions, plan.kept.name if plan.kept else "", tuple(plan.notes),
    )  # fmt: skip
    return replace(seen, rows=_rows(plan))


# ---- rows ----


def _rows(plan: Plan) -> tuple[RowPreview, ...]:
    titles: dict[tuple[str, bytes], str] = {}
    with plan.store.read() as reader:
        for entity in {outcome.entity for outcome in plan.told.outcomes}:
            known = {outcome.record for outcome in plan.told.outcomes if outcome.record and not outcome.in_file and outcome.entity == entity}
            known |= {outcome.likely for outcome in plan.told.outcomes if outcome.likely and outcome.entity == entity}
            titles |= {(entity, record): title for record, (title, _) in records.titles(reader, entity, known).items()} if known else {}
        linked: dict[str, set[bytes]] = {}
        for outcome in plan.told.outcomes:
            for change in outcome.changes:
                item = _field_of(outcome.entity, change.field)
                if item and item.kind == "link" and isinstance(change.before, UUID):
                    linked.setdefault(item.target or "", set()).add(change.before.bytes)
        for entity, wanted in linked.items():
            titles |= {(entity, record): title for record, (title, _) in records.titles(reader, entity, wanted).items()}
    return tuple(_row(plan, outcome, titles) for outcome in sorted(plan.told.outcomes, key=lambda outcome: outcome.line))


def _row(plan: Plan, outcome: Outcome, titles: Mapping[tuple[str, bytes], str]) -> RowPreview:
    record = outcome.record if outcome.record and not outcome.in_file else None
    changes = tuple(_value(plan, outcome.entity, change, titles) for change in outcome.changes)
    return RowPreview(
        outcome.line, outcome.what, outcome.entity, outcome.title, UUID(bytes=record) if record else None, titles.get((outcome.entity, record), "") if record else "",
        tr(outcome.sign) if outcome.sign else "", changes, outcome.reason, outcome.column, UUID(bytes=outcome.likely) if outcome.likely else None,
        titles.get((outcome.entity, outcome.likely), "") if outcome.likely else "", _cells(plan, outcome),
    )  # fmt: skip


def _cells(plan: Plan, outcome: Outcome) -> tuple[tuple[str, str], ...]:
    """Return what stands in the cells of a row that are not empty, by the names of their columns."""
    return tuple((column.header, text) for column, text in zip(plan.layout.columns, outcome.cells, strict=False) if text)


def _field_of(entity: str, column: str) -> Field | None:
    return next((item for item in entity_class(entity).fields.values() if column in {item.column, item.name}), None)


def _value(plan: Plan, entity: str, change: CellChange, titles: Mapping[tuple[str, bytes], str]) -> ValuePreview:
    item = _field_of(entity, change.field)
    if item is None:
        label = tr("Own fields") if change.field == "custom" else change.field
        return ValuePreview(change.field, label, str(change.before or ""), str(change.after or ""))

    def text(value: Any) -> str:
        if value is None or isinstance(value, str) and item.kind != "choice":
            return value or ""
        if isinstance(value, UUID):
            return titles.get((item.target or "", value.bytes), "")
        if item.kind == "money" and isinstance(value, int):
            currency = plan.store.settings.currency
            return show_money(Money(from_minor(value, currency), currency))
        return _shown(plan, item, value)

    return ValuePreview(item.name, tr(item.label), text(change.before), text(change.after))


# ---- columns ----


def _columns(plan: Plan) -> tuple[ColumnPreview, ...]:
    numbers = PhoneReader()
    return tuple(_column(plan, column, numbers) for column in plan.layout.columns)


def _column(plan: Plan, column: Column, numbers: PhoneReader) -> ColumnPreview:
    values = plan.table.values(column.index)
    if not values:
        return ColumnPreview(column)
    cells = next(cells for _, cells in plan.table.sample if column.index < len(cells) and cells[column.index] != "")
    first = one_line(shown(values[0]))
    unclear = plan.told.unclear[column.header]
    if column.target is None:
        is_offered = column.why not in {"rejects", "beside"} and not any(other.label_index == column.index for other in plan.layout.columns)
        return ColumnPreview(column, first, "", unclear, own_field(column.header, values) if is_offered else None)
    try:
        understood = _understood(plan, column, cells, numbers)
    except UserError as error:
        understood = error.message
    return ColumnPreview(column, first, understood, unclear)


def one_line(text: str) -> str:
    """Return a text in one line, for a table on the screen."""
    return " ".join(text.split())


def _understood(plan: Plan, column: Column, cells: list[Cell], numbers: PhoneReader) -> str:
    """Return how a cell of a row is understood, as people read it.

    Raises:
        UserError: it can't be.
    """
    target, cell = column.target, cells[column.index]
    text = one_line(shown(cell))
    assert target is not None
    parts = _parts_reader(plan, column, numbers)
    if target.field == "phone":
        return ", ".join(_phone(number, e164, extension) for _, number, _, e164, extension in parts.read(cells).phones)
    if target.field == "email" and target.of != "message":
        return ", ".join(address for _, address, _ in parts.read(cells).emails)
    if target.part == "postal_code":
        return next((address[2] or "" for address in parts.read(cells).addresses), "")
    if target.field == "tags":
        return ", ".join(split_tags(text))
    if target.field == "name" and plan.entity in {"contact", "lead"} and target.of == "":
        if is_surely_a_company(text):
            return text
        name = split_name(text, parts.region_of(cells) or plan.store.settings.names_region)
        return " · ".join(part for part in (name.salutation and tr(name.salutation.capitalize()), name.title, name.given, name.family) if part)
    if target.field in PART_FIELDS or target.of == "message":
        return text
    owner = {"line": "quote_line"}.get(target.of, target.of) or plan.entity
    item = entity_class(owner).fields.get(target.field) or next((own for own in plan.own_fields.values() if own.name == target.field), None)
    if item is None or item.kind in {"link", "parts"} or target.of and target.of not in RELATED.get(plan.entity, ()):
        return text
    return _shown_value(plan, owner, item, column, cell)


def _shown_value(plan: Plan, owner: str, item: Field, column: Column, cell: Cell) -> str:
    hints = plan.hints.get(column.index, Hints())
    settings = plan.store.settings
    if item.kind in {"money", "price"}:
        money = money_of(cell, currency_in(column.header, settings.currency), hints.decimal_sign, item.kind)
        return show_money(money) if money else ""
    stored = reader_of(owner, item, hints, settings.reading)(cell)
    return "" if stored is None else _shown(plan, item, KINDS[item.kind].load(stored))


def _shown(plan: Plan, item: Field, value: Any) -> str:
    """Return a value as the window shows it: moments at the store's own time."""
    return KINDS[item.kind].show(value.astimezone(plan.store.settings.tz) if isinstance(value, datetime) else value, item)


def _parts_reader(plan: Plan, column: Column, numbers: PhoneReader) -> PartsReader:
    """Return what the import reads the phones, mails and postal codes of a column with; the country beside them counts."""
    target = column.target
    assert target is not None
    beside = [c for c in plan.layout.columns if c.index == column.index or (c.target and c.target.of == target.of and c.target.part == "country")]
    return PartsReader([c for c in beside if c.target], plan.region, numbers)


def _phone(number: str, e164: str | None, extension: str | None) -> str:
    import phonenumbers

    if e164 is None:
        return number
    pretty = phonenumbers.format_number(phonenumbers.parse(e164), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return f"{pretty} ext. {extension}" if extension else pretty


__all__ = ["CHANGES", "KNOWN", "NEW", "REFUSED", "SAME", "ColumnPreview", "Preview", "RowPreview", "ValuePreview", "preview"]
