"""What the import assistant asks on reader threads, and the answers as plain values."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.ui.importing.columns import targets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from uuid import UUID

    from crmdesk.exchange.importing import FileResult, ImportResult
    from crmdesk.exchange.preview import Preview, RowPreview
    from crmdesk.exchange.rows.decisions import Decision
    from crmdesk.exchange.rows.plan import ImportOptions
    from crmdesk.exchange.table import Table
    from crmdesk.exchange.values.layouts import Layout
    from crmdesk.store import Store
    from crmdesk.ui.background import Job

SURE = 0.8
"""An encoding that is less sure than that is shown to the user first."""


@dataclass(frozen=True)
class Files:
    """Files that were opened, and what their rows are.

    Attributes:
        entity: what they are taken as. other: what they could be as well; empty if nothing else is likely.
        named: the files and folders as the user named them; `folder` if it is a single folder.
        notes: what of the folders was left out.
        kinds: what the rows of each table are, by its path, if they are several tables.
    """

    named: tuple[Path, ...]
    tables: tuple[Table, ...]
    entity: str
    other: str = ""
    refused: tuple[FileResult, ...] = ()
    notes: tuple[str, ...] = ()
    folder: str = ""
    kinds: Mapping[Path, str] = field(default_factory=dict)

    def kind(self, table: Table) -> str:
        """Return what the rows of a table are taken for."""
        return self.kinds.get(table.path, self.entity)

    @property
    def is_mixed(self) -> bool:
        """Whether the rows are of several kinds."""
        return len({self.kind(table) for table in self.tables}) > 1

    @property
    def first(self) -> Table:
        """The table whose columns are shown."""
        return self.tables[0]

    @property
    def is_one(self) -> bool:
        """Whether all of it is one table."""
        return len(self.tables) == 1

    @property
    def has_columns(self) -> bool:
        """Whether the user can say what columns mean."""
        return self.first.ways is None

    @property
    def is_clear(self) -> bool:
        """Whether nothing has to be looked at before the columns are."""
        return self.is_one and not self.refused and self.first.confidence >= SURE and len(self.first.sheets) < 2


@dataclass(frozen=True)
class Row:
    """A row of one of the files and what becomes of it.

    Attributes:
        file: its name, if there are several. path: of the table that it is in.
        decision: what the user said about it.
    """

    number: int
    file: str
    path: str
    seen: RowPreview
    decision: Decision | None = None

    @property
    def place(self) -> tuple[str, int]:
        """Where the row stands."""
        return self.path, self.seen.line

    @property
    def may_be(self) -> UUID | None:
        """The record that the row may be, or is as the user said."""
        return self.seen.likely or (self.decision.record if self.decision else None)


@dataclass(frozen=True)
class Look:
    """What would come of the files.

    Attributes:
        rows: the first ones of each outcome.
        by_hand: what to begin with where no column was recognised, so that the user has to say what they are.
        unsaid: what would come of those among other files by that; they are left out as long as the user says nothing.
        order: the files in the order in which their columns are shown.
    """

    previews: tuple[Preview, ...]
    refused: tuple[FileResult, ...]
    rows: tuple[Row, ...]
    by_hand: tuple[Layout, ...] = ()
    unsaid: tuple[Preview, ...] = ()
    order: tuple[Path, ...] = ()

    @property
    def first(self) -> Preview:
        """What would come of the first table."""
        return self.previews[0]

    @property
    def sorts(self) -> tuple[Preview, ...]:
        """The first table of each sort of columns."""
        found: dict[tuple[str, ...], Preview] = {}
        for seen in sorted((*self.previews, *self.unsaid), key=lambda each: self.order.index(each.table.path)):
            if seen.table.ways is None:
                found.setdefault(seen.table.columns, seen)
        return tuple(found.values())

    @property
    def likely(self) -> tuple[Row, ...]:
        """The rows that are, or may be, records that nothing but their likeness shows."""
        return tuple(row for row in self.rows if row.may_be)

    @property
    def is_whole(self) -> bool:
        """Whether all rows were looked at."""
        return all(seen.is_whole for seen in self.previews)

    def count(self, name: str) -> int:
        """Return a count over all files: `read`, `added`, `updated`, `skipped`, `rejected`, `total`."""
        return sum(getattr(seen, name) for seen in self.previews)


def open_named(paths: Sequence[Path], options: ImportOptions, wanted: str, is_said: bool, said: Mapping[Path, str], job: Job) -> Files:
    """Open what the user named, and find out what its rows are.

    Args:
        wanted: what the user was looking at; empty if that says nothing. is_said: the user chose it for this file. said: what they chose for single files.
    """
    from crmdesk.exchange.columns.kinds import can_be, suggested_kind
    from crmdesk.exchange.several import kinds_of, open_files

    opened = open_files(paths, options)
    folder = paths[0].name if len(paths) == 1 and paths[0].is_dir() else ""
    if len(opened.tables) > 1:
        kinds = {**kinds_of(opened.tables, wanted), **said}
        most = Counter(kinds[table.path] for table in opened.tables).most_common(1)[0][0]
        for kind in set(kinds.values()):
            targets(kind)  # known from here on; the first time takes longer than a frame
        return Files(tuple(paths), opened.tables, most, "", opened.refused, opened.notes, folder, kinds)
    first = opened.tables[0]
    suggested = suggested_kind(first)
    entity = wanted if wanted and (is_said or wanted == suggested or can_be(first, wanted, suggested)) else suggested
    targets(entity)
    other = "" if is_said else suggested if suggested != entity else wanted if wanted != entity else ""
    return Files(tuple(paths), opened.tables, entity, other, opened.refused, opened.notes, folder)


def look(store: Store, files: Files, options: ImportOptions, layouts: Sequence[Layout], whole: bool, job: Job) -> Look:
    """Say what would come of the files; nothing is written.

    Args:
        layouts: what the user said that columns mean, each for all tables that have just these.
    """
    from crmdesk.exchange.several import preview_files

    def ask(more: Sequence[Layout]) -> tuple[list[Preview], list[FileResult]]:
        return preview_files(store, files.entity, files.tables, options, (*layouts, *more), whole=whole, progress=job.progress, kinds=files.kinds)

    by_hand: tuple[Layout, ...] = ()
    unsaid: list[Preview] = []
    try:
        seen, refused = ask(())
    except UserError:
        by_hand = _all_by_hand(files, files.tables, layouts)
        if not by_hand:
            raise
        seen, refused = ask(by_hand)
    else:
        names = {one.file for one in refused}
        left = [table for table in files.tables if str(table.path) in names]
        by_hand = _all_by_hand(files, left, layouts)
        if by_hand:
            sorts = {tuple(column.header for column in layout.columns) for layout in by_hand}
            unsaid, _ = preview_files(store, files.entity, [table for table in left if table.columns in sorts], options, by_hand, kinds=files.kinds)
    for each in (*seen, *unsaid):
        each.plan.forget()
    rows = [(each.table, row) for each in seen for row in each.rows]
    named = len(seen) > 1
    told = tuple(
        Row(number, table.path.name if named else "", str(table.path), _said(table, row), options.decisions.get((str(table.path), row.line)))
        for number, (table, row) in enumerate(rows)
    )
    return Look(tuple(seen), tuple(refused), told, by_hand, tuple(unsaid), tuple(table.path for table in files.tables))


def _all_by_hand(files: Files, tables: Sequence[Table], layouts: Sequence[Layout]) -> tuple[Layout, ...]:
    """Return a layout to begin with for each sort of columns of which none is recognised, and of which the user said nothing."""
    said = {tuple(column.header for column in layout.columns) for layout in layouts}
    sorts = {table.columns: table for table in reversed(tables) if table.ways is None and table.columns not in said}
    return tuple(layout for table in sorts.values() if (layout := _by_hand(files.kind(table), table)))


def _by_hand(entity: str, table: Table) -> Layout | None:
    """Return a layout to begin with if no column of a table is recognised: the first one is taken for what such records are called."""
    from crmdesk.exchange.columns.chosen import parse_target
    from crmdesk.exchange.columns.mapping import guess
    from crmdesk.models.registry import entity_class

    first = next((index for index in range(table.width) if table.values(index)), None)
    if first is None:
        return None
    layout = guess(entity, table)
    if any(column.target for column in layout.columns):
        return None
    target = parse_target(entity, entity_class(entity).entity.title)
    columns = list(layout.columns)
    columns[first] = replace(columns[first], target=target, confidence=0.1, reason=tr("Neither the name nor the cells tell what it is; please choose."))
    return replace(layout, columns=tuple(columns))


def _said(table: Table, row: RowPreview) -> RowPreview:
    """Name the file of a row where several files make one table."""
    return replace(row, reason=table.ways.said(row.line, row.reason)) if row.reason and table.ways and table.ways.said else row


def bring_in(store: Store, files: Files, options: ImportOptions, seen: Look, layouts: Sequence[Layout], job: Job) -> ImportResult:
    """Import the files as they were shown."""
    from crmdesk.exchange.importing import import_file
    from crmdesk.exchange.several import import_files

    if files.is_one:
        return import_file(store, files.entity, files.first.path, options, job.progress, plan=seen.first.plan)
    said = layouts if seen.unsaid else (*layouts, *seen.by_hand)
    return import_files(store, files.entity, files.named, options, job.progress, layouts=said, kinds=files.kinds)
