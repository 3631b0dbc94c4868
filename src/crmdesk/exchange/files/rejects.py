"""Rejected rows, given back: a file in the user's own layout with the reason beside each row, ready to be corrected and imported again."""

from __future__ import annotations

import json
import marshal
import re
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from crmdesk.errors import UserError
from crmdesk.exchange.columns.reasons import is_reason_column
from crmdesk.exchange.files.apostrophes import neutral_cell
from crmdesk.exchange.files.csv_files import ENDINGS
from crmdesk.exchange.files.dialects import written
from crmdesk.exchange.table import beyond_header, refused_again, shown
from crmdesk.i18n import tr
from crmdesk.store.series import spool
from crmdesk.store.unfinished import unfinished

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from crmdesk.exchange.table import Cell, Table
    from crmdesk.store.series import Spool


@dataclass(frozen=True)
class Rejection:
    """A row that was not taken, and why."""

    line: int
    cells: tuple[Cell, ...]
    reason: str


TOGETHER = 500
"""So many rows wait in memory before they go to the disk."""


class Rejected:
    """All rows of an import that were not taken: the last ones in memory, the others on the disk, encrypted. A million of them take no room.

    Args:
        beside: the store, beside whose file they wait.

    Attributes:
        widest: how many cells the widest of them has. keeps: whether they are wanted back.
    """

    def __init__(self, beside: Path) -> None:
        self._beside = beside
        self._open = ExitStack()
        self._spool: Spool | None = None
        self._pieces = 0
        self._last: list[Rejection] = []
        self._count = 0
        self.widest = 0
        self.keeps = True

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Rejection]:
        for number in range(self._pieces):
            assert self._spool is not None
            for line, cells, reason in marshal.loads(self._spool.piece(number)):
                yield Rejection(line, tuple(_unpacked(cell) for cell in cells), reason)
        yield from self._last

    def add(self, rejection: Rejection) -> None:
        """Put a row behind the others; where nobody wants them back they are only counted."""
        self._count += 1
        if not self.keeps:
            return
        self.widest = max(self.widest, len(rejection.cells))
        self._last.append(rejection)
        if len(self._last) >= TOGETHER:
            self._spool = self._spool or self._open.enter_context(spool(self._beside))
            self._spool.add(marshal.dumps([(each.line, [_packed(cell) for cell in each.cells], each.reason) for each in self._last]))
            self._pieces += 1
            self._last = []

    def close(self) -> None:
        """Let go of the rows; how many there were stays known."""
        self._open.close()
        self._spool, self._pieces, self._last = None, 0, []


_UNPACK: dict[str, Callable[[str], Cell]] = {"day": date.fromisoformat, "moment": datetime.fromisoformat}


def _packed(cell: Cell) -> Any:
    if isinstance(cell, str):
        return str(cell)
    if isinstance(cell, date):
        return ("moment" if isinstance(cell, datetime) else "day"), cell.isoformat()
    return cell


def _unpacked(packed: Any) -> Cell:
    return _UNPACK[packed[0]](packed[1]) if isinstance(packed, tuple) else packed


def rejects_path(table: Table, beside: Path) -> Path:
    """Return a name for the file of rejected rows: beside the imported file, or beside the store where that folder can't be written."""
    ending = ".xlsx" if table.encoding is None else table.path.suffix or ".csv"
    if table.format == "csv" and ending.lower() not in ENDINGS:
        ending = ".csv"
    folder = table.path.parent if _is_writable(table.path.parent) else beside.parent
    path, number = folder / f"{table.path.stem}-rejected{ending}", 1
    while path.exists():
        number += 1
        path = folder / f"{table.path.stem}-rejected-{number}{ending}"
    return path


_GIVEN_BACK = re.compile(r"(?P<original>.+)-rejected(?:-\d+)?", re.DOTALL)


def original_of(path: Path) -> str:
    """Return what the file is called from which an import gave back the rows of this one, if its own name says that; else nothing."""
    found = _GIVEN_BACK.fullmatch(path.stem)
    return found["original"] if found else ""


def has_reasons(table: Table) -> bool:
    """Say whether the rows of a table were given back, each with the reason; of cards and the like it is not asked, their name is enough."""
    return table.ways is not None or bool(_places_of_reasons(table))


def _is_writable(folder: Path) -> bool:
    import os

    return bool(folder.stat().st_mode & 0o222) and os.access(folder, os.W_OK)


@contextmanager
def rejects_written(path: Path, table: Table, rejections: Rejected) -> Iterator[None]:
    """Write rejected rows as they were, with a last column that says why; the file gets its name once what is done within has succeeded.

    Raises:
        UserError: the file exists or can't be written.
    """
    if path.exists():
        raise UserError(tr("{path} exists already.", path=path), hint=tr("Choose another name; nothing was changed."))
    failed: OSError | None = None
    with unfinished(path, "rejects") as half:
        if table.ways and table.ways.give_back and path.suffix.lower() == table.path.suffix.lower():
            table.ways.give_back(half, rejections)
        elif path.suffix.lower() == ".xlsx":
            _write_workbook(half, table, rejections)
        elif path.suffix.lower() == ".json":
            _write_json(half, table, rejections)
        else:
            _write_csv(half, table, rejections)
        try:
            yield
        except OSError as error:  # what was done within is in trouble, not this file
            failed = error
        else:
            half.replace(path)
    if failed is not None:
        raise failed


@dataclass(frozen=True)
class _Rows:
    """What is given back, as often as it is asked for."""

    table: Table
    rejections: Rejected

    def __iter__(self) -> Iterator[list[Cell]]:
        return _rows(self.table, self.rejections)


def _rows(table: Table, rejections: Rejected) -> Iterator[list[Cell]]:
    # Rows that were rejected before bring the old reason along; the new one takes its place.
    old = _places_of_reasons(table)
    # What stands beyond the last column gets columns of its own, so that the reason is the last one in every row.
    width = max(table.width, rejections.widest)
    if table.has_header:
        names = [name for index, name in enumerate(table.columns) if index not in old]
        yield [*names, *[beyond_header()] * (width - table.width), tr("Reason")]
    for rejection in rejections:
        cells = list(rejection.cells) + [""] * (width - len(rejection.cells))
        reason = tr("Line {line}: {reason}", line=rejection.line, reason=rejection.reason)
        yield [*(cell for index, cell in enumerate(cells) if index not in old), reason]


def with_sums_refused(table: Table) -> Table:
    """Let rows of a file of rejected rows that were refused as sums be so again; any other table is as it was."""
    reason = next(iter(_places_of_reasons(table)), None)
    if reason is None or table.ways:
        return table
    refused = partial(refused_again, reason=reason)
    return replace(table, rows=lambda: map(refused, table.rows()), sample=tuple(map(refused, table.sample)))


def _places_of_reasons(table: Table) -> set[int]:
    return {index for index, header in enumerate(table.columns) if is_reason_column(header if table.has_header else "", table.values(index))}


def _write_json(path: Path, table: Table, rejections: Rejected) -> None:
    rows = _rows(table, rejections)
    head = next(rows)
    with path.open("x", encoding="utf-8") as stream:
        sign = "[\n"
        for row in rows:
            stream.write(
                sign + json.dumps({str(name): cell for name, cell in zip(head, row, strict=False) if cell != ""}, ensure_ascii=False, indent=1, default=shown)
            )
            sign = ",\n"
        stream.write("\n]\n")


def _write_csv(path: Path, table: Table, rejections: Rejected) -> None:
    encoding = table.encoding or "utf-8-sig"
    had_apostrophes = table.had_apostrophes()

    def write(cell: Cell) -> str:
        return neutral_cell(shown(cell)) if had_apostrophes else shown(cell)

    try:
        for row in _rows(table, rejections):
            "".join(shown(cell) for cell in row).encode(encoding)
    except UnicodeError:
        encoding = "utf-8-sig"
    with path.open("x", encoding=encoding, newline="") as stream:
        stream.writelines(written(([write(cell) for cell in row] for row in _rows(table, rejections)), table.delimiter or ",", table.quote))


def _write_workbook(path: Path, table: Table, rejections: Rejected) -> None:
    from crmdesk.reports.workbook import plain_workbook

    plain_workbook(path, table.sheet or tr("Rejected rows"), _Rows(table, rejections))
