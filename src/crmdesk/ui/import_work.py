"""What the import assistant asks on reader threads, and the answers as plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.ui.import_columns import targets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from crmdesk.exchange.importing import FileResult, ImportResult
    from crmdesk.exchange.layouts import Layout
    from crmdesk.exchange.plan import ImportOptions
    from crmdesk.exchange.preview import Preview, RowPreview
    from crmdesk.exchange.table import Table
    from crmdesk.store import Store
    from crmdesk.ui.background import Job

ALIKE = (frozenset({"contact", "company", "lead"}), frozenset({"activity", "task"}), frozenset({"quote", "quote_line"}))
"""Records whose files look alike, so that what the user was looking at says more than the columns."""
SURE = 0.8
"""An encoding that is less sure than that is shown to the user first."""


@dataclass(frozen=True)
class Files:
    """Files that were opened, and what their rows are.

    Attributes:
        entity: what they are taken as. other: what they could be as well; empty if nothing else is likely.
        named: the files and folders as the user named them.
    """

    named: tuple[Path, ...]
    tables: tuple[Table, ...]
    entity: str
    other: str = ""
    refused: tuple[FileResult, ...] = ()
    left_out: int = 0

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
    """A row of one of the files and what becomes of it."""

    number: int
    file: str
    seen: RowPreview


@dataclass(frozen=True)
class Look:
    """What would come of the files.

    Attributes:
        rows: the first ones of each outcome.
        is_by_hand: no column was recognised, and the user has to say what they are.
    """

    previews: tuple[Preview, ...]
    refused: tuple[FileResult, ...]
    rows: tuple[Row, ...]
    is_by_hand: bool = False

    @property
    def first(self) -> Preview:
        """What would come of the table whose columns are shown."""
        return self.previews[0]

    @property
    def is_whole(self) -> bool:
        """Whether all rows were looked at."""
        return all(seen.is_whole for seen in self.previews)

    def count(self, name: str) -> int:
        """Return a count over all files: `read`, `added`, `updated`, `skipped`, `rejected`, `total`."""
        return sum(getattr(seen, name) for seen in self.previews)


def open_named(paths: Sequence[Path], options: ImportOptions, wanted: str, is_said: bool, job: Job) -> Files:
    """Open what the user named, and find out what its rows are.

    Args:
        wanted: what the user was looking at; empty if that says nothing. is_said: the user chose it for this file.
    """
    from crmdesk.exchange.mapping import suggest_entity
    from crmdesk.exchange.several import open_files

    opened = open_files(paths, options)
    first = opened.tables[0]
    suggested = suggest_entity(first)
    entity = wanted if wanted and (is_said or wanted == suggested or _can_be(first, wanted, suggested)) else suggested
    targets(entity)  # known from here on; the first time takes longer than a frame
    other = "" if is_said else suggested if suggested != entity else wanted if wanted != entity else ""
    return Files(tuple(paths), opened.tables, entity, other, opened.refused, opened.left_out)


def _can_be(table: Table, entity: str, suggested: str) -> bool:
    """Say whether rows can be such records as well as what they look like: neither the file nor the program that wrote it says otherwise."""
    from crmdesk.exchange.mapping import guess
    from crmdesk.exchange.products import recognise

    if not any({entity, suggested} <= group for group in ALIKE):
        return False
    try:
        layout = guess(entity, table)
    except UserError:
        return False
    product = recognise(table.columns) if table.ways is None else None
    return any(column.target for column in layout.columns) and (product is None or product.entity in {"", None, entity})


def look(store: Store, files: Files, options: ImportOptions, layout: Layout | None, whole: bool, job: Job) -> Look:
    """Say what would come of the files; nothing is written."""
    from crmdesk.exchange.several import preview_files

    is_by_hand = False
    try:
        seen, refused = preview_files(store, files.entity, files.tables, options, layout, whole=whole, progress=job.progress)
    except UserError:
        layout = _by_hand(files) if layout is None else None
        if layout is None:
            raise
        is_by_hand = True
        seen, refused = preview_files(store, files.entity, files.tables, options, layout, whole=whole, progress=job.progress)
    for each in seen:
        each.plan.forget()
    rows = [(each.table, row) for each in seen for row in each.rows]
    named = len(seen) > 1
    told = tuple(Row(number, table.path.name if named else "", _said(table, row)) for number, (table, row) in enumerate(rows))
    return Look(tuple(seen), tuple(refused), told, is_by_hand)


def _by_hand(files: Files) -> Layout | None:
    """Return a layout to begin with where no column was recognised: the first one is taken for what such records are called."""
    from crmdesk.exchange.chosen import parse_target
    from crmdesk.exchange.mapping import guess
    from crmdesk.models.registry import entity_class

    table = files.first
    first = next((index for index in range(table.width) if table.values(index)), None)
    if not files.is_one or not files.has_columns or first is None:
        return None
    layout = guess(files.entity, table)
    if any(column.target for column in layout.columns):
        return None
    target = parse_target(files.entity, entity_class(files.entity).entity.title)
    columns = list(layout.columns)
    columns[first] = replace(columns[first], target=target, confidence=0.1, reason=tr("Neither the name nor the cells tell what it is; please choose."))
    return replace(layout, columns=tuple(columns))


def _said(table: Table, row: RowPreview) -> RowPreview:
    """Name the file of a row where several files make one table."""
    return replace(row, reason=table.ways.said(row.line, row.reason)) if row.reason and table.ways and table.ways.said else row


def bring_in(store: Store, files: Files, options: ImportOptions, seen: Preview, job: Job) -> ImportResult:
    """Import the files as they were shown."""
    from crmdesk.exchange.importing import import_file
    from crmdesk.exchange.several import import_files

    if files.is_one:
        return import_file(store, files.entity, files.first.path, options, job.progress, plan=seen.plan)
    return import_files(store, files.entity, files.named, options, job.progress, layout=seen.layout)
