"""Told: how many rows of an import went where, and what became of the first ones."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crmdesk.exchange.files.rejects import Rejected, Rejection
from crmdesk.exchange.rows.counts import Counts, CountsOfFiles
from crmdesk.exchange.rows.likely import compared
from crmdesk.exchange.rows.outcomes import NEW, REFUSED, SAME, Outcome, text_in_file
from crmdesk.exchange.rows.rings import naming_columns
from crmdesk.exchange.rows.stated import Stated, column_of
from crmdesk.exchange.table import OddRow, shown
from crmdesk.exchange.values.columns import SeveralCells
from crmdesk.i18n import mark, ntr
from crmdesk.models.registry import entity_class
from crmdesk.queries.finding import title_field

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from crmdesk.errors import UserError
    from crmdesk.exchange.rows.outcomes import CellChange
    from crmdesk.exchange.shapes.work import Draft
    from crmdesk.exchange.table import Table
    from crmdesk.exchange.values.layouts import Layout
    from crmdesk.matching import Values

SHOWN = 1_000
LONE = (
    mark(
        "{count} row became a record though only one of its cells is filled: “{text}” on line {line}. If that is a heading of the rows below, take it out of the file."
    ),
    mark(
        "{count} rows became records though only one of their cells is filled, such as “{text}” on line {line}. If these are headings of the rows below, take them out of the file."
    ),
)
USUALLY_LONE = 4
"""Where one row of so many has a single filled cell, that is how the file is."""
LONGEST = 200
"""Of a cell that is merely looked at, no more is kept than that."""


class Told:
    """What is told of the rows of one file.

    Attributes:
        counts: how many rows went where. files: the same of each file, where several make one table.
        rejections: the first rows that can't be taken. rejected: all of them, to be given back.
        changes: the first changes to known records, cell by cell.
        duplicates: the first rows that are known already: (line, record).
        outcomes: what becomes of the first rows, if `watch` was called. unclear: how many rows are refused for a cell of a column, by its header.
        to_compare: what is compared of the first new rows, by line, if `watch` was called.
        watched: of each outcome so many rows are noted down one by one.
        stated: the amounts that rows say of what they became.
        lone: how many rows became new records though one cell of theirs is filled. first_lone: the line of the first one, and that cell.
    """

    def __init__(self, store: Path, entity: str, table: Table, layout: Layout) -> None:
        self._entity, self._table, self._layout = entity, table, layout
        self.counts = Counts()
        self.files = CountsOfFiles(table.ways.files()) if table.ways and table.ways.files else None
        self.rejections: list[Rejection] = []
        self._refused: list[Rejection] = []
        self.rejected = Rejected(store)
        self.changes: list[CellChange] = []
        self.duplicates: list[tuple[int, bytes]] = []
        self.outcomes: list[Outcome] = []
        self.to_compare: dict[int, Values] = {}
        self.unclear: Counter[str] = Counter()
        self.watched = 0
        self.stated = Stated(entity, column_of(entity, layout))
        self.lone, self.first_lone = 0, (0, "")
        self._noted: Counter[str] = Counter()

    def watch(self, rows: int) -> None:
        """Note down what becomes of rows, the first ones of each outcome; nothing is given back then."""
        self.watched = rows
        self.rejected.keeps = False

    def read(self, lines: Sequence[tuple[int, Any]]) -> None:
        """Count rows that were read."""
        self.counts.read += len(lines)
        if self.files:
            for number, _ in lines:
                self.files.count("read", number)

    def refuse(self, line: int, cells: list[Any], error: UserError) -> None:
        """Take note of a row that can't be taken, and of the columns to blame, so that they can all be corrected at once."""
        each = error.each if isinstance(error, SeveralCells) else (error,)
        self.unclear.update(one.field for one in each if one.field)
        self.reject(line, cells, " ".join(f"{one.field}: {one.message}" if one.field else one.message for one in each), error.field or "")

    def reject(self, line: int, cells: list[Any], reason: str, column: str = "") -> None:
        """Take note of a row that can't be taken."""
        self.count("rejected", line)
        self._refused.append(Rejection(line, tuple(cells), reason))
        if self._watches(REFUSED):
            self.outcomes.append(Outcome(line, REFUSED, self._entity, self._name_of(cells), reason=reason, column=column, cells=self._texts(cells)))

    def keep_rejected(self) -> None:
        """Keep the rows that were rejected since the last time in the order of the file: it is that of the lines of a quote."""
        for rejection in sorted(self._refused, key=lambda rejection: rejection.line):
            self.rejected.add(rejection)
            if len(self.rejections) < SHOWN:
                self.rejections.append(rejection)
        self._refused.clear()

    def take_lone(self, draft: Draft) -> None:
        """Take note of a row that became a new record though only one of its cells is filled."""
        if not self.lone:
            self.first_lone = draft.line, next(" ".join(shown(cell)[:LONGEST].split()) for cell in draft.cells if cell != "")
        self.lone += 1

    @property
    def lone_note(self) -> str:
        """What is to be said of rows with one filled cell, which may be headings of those below; empty where there are none, or so many that they are usual."""
        line, text = self.first_lone
        return ntr(*LONE, self.lone, line=line, text=text) if 0 < self.lone * USUALLY_LONE <= self.counts.read else ""

    def skip(self, draft: Draft, record: bytes) -> None:
        """Take note of a row whose record is there and stays as it is."""
        self.count("skipped", draft.line)
        if len(self.duplicates) < SHOWN:
            self.duplicates.append((draft.line, record))

    def change(self, changes: Sequence[CellChange]) -> None:
        """Keep what changes in known records, of the first ones."""
        self.changes += changes[: max(0, SHOWN - len(self.changes))]

    def take_back(self, lines: Sequence[int], record: bytes) -> None:
        """Say of rows that change nothing together that each of them leaves the record as it is."""
        for line in lines:
            self.counts.take_back()
            if self.files:
                self.files.take_back(line)
        if self.changes and lines[0] <= self.changes[-1].line:
            self.changes = [change for change in self.changes if change.record != record or change.line not in lines]
        if self.watched:
            self.outcomes = [replace(one, what=SAME, changes=()) if one.record == record and one.line in lines else one for one in self.outcomes]

    def count(self, what: str, line: int) -> None:
        """Count where a row went."""
        self.counts.count(what)
        if self.files:
            self.files.count(what, line)

    def note(
        self, draft: Draft, what: str, record: bytes | None = None, sign: str = "", changes: Sequence[CellChange] = (), in_file: bool = False, reason: str = ""
    ) -> None:
        """Note down what becomes of a row, for those who look before they write."""
        if not self._watches(what):
            return
        column = title_field(entity_class(draft.entity))
        title = draft.values.get(column) or ""
        if isinstance(title, bytes):
            title = text_in_file(self._layout, draft, column, title) or ""
        cells = self._texts(draft.cells) if what == NEW else ()
        self.outcomes.append(Outcome(draft.line, what, draft.entity, str(title), record, sign, in_file, tuple(changes), reason, cells=cells))
        if what == NEW and (values := compared(draft)):
            self.to_compare[draft.line] = values

    def _watches(self, what: str) -> bool:
        if not self.watched:
            return False
        self._noted[what] += 1
        return self._noted[what] <= self.watched

    def _texts(self, cells: Sequence[Any]) -> tuple[str, ...]:
        """Return what stands in the cells of a row, for those who look at it."""
        return () if self._table.ways or cells.__class__ is OddRow else tuple(" ".join(shown(cell)[:LONGEST].split()) for cell in cells)

    def _name_of(self, cells: Sequence[Any]) -> str:
        """Return what a row that can't be taken is called, so that it is found again in the file."""
        if self._table.ways or cells.__class__ is OddRow:
            return ""
        groups = reversed(naming_columns(self._entity, self._layout))
        texts = (" ".join(part for place in group if place < len(cells) and (part := shown(cells[place]).strip())) for group in groups)
        return " ".join(next(filter(None, texts), "").split())
