"""Rejected rows, given back: a file in the user's own layout with the reason beside each row, ready to be corrected and imported again."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk.errors import UserError, why
from crmdesk.exchange.mapping import is_reason_column
from crmdesk.exchange.table import shown
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from crmdesk.exchange.table import Cell, Table


@dataclass(frozen=True)
class Rejection:
    """A row that was not taken, and why."""

    line: int
    cells: tuple[Cell, ...]
    reason: str


def rejects_path(table: Table, beside: Path) -> Path:
    """Return a name for the file of rejected rows: beside the imported file, or beside the store where that folder can't be written."""
    ending = ".xlsx" if table.encoding is None else table.path.suffix or ".csv"
    folder = table.path.parent if _is_writable(table.path.parent) else beside.parent
    path, number = folder / f"{table.path.stem}-rejected{ending}", 1
    while path.exists():
        number += 1
        path = folder / f"{table.path.stem}-rejected-{number}{ending}"
    return path


def _is_writable(folder: Path) -> bool:
    import os

    return bool(folder.stat().st_mode & 0o222) and os.access(folder, os.W_OK)


def write_rejects(path: Path, table: Table, rejections: Sequence[Rejection]) -> None:
    """Write rejected rows as they were, with a last column that says why.

    Raises:
        UserError: the file exists or can't be written.
    """
    if path.exists():
        raise UserError(tr("{path} exists already.", path=path), hint=tr("Choose another name; nothing was changed."))
    try:
        if table.ways and table.ways.give_back and path.suffix.lower() == table.path.suffix.lower():
            table.ways.give_back(path, rejections)
        elif path.suffix.lower() == ".xlsx":
            _write_workbook(path, table, rejections)
        elif path.suffix.lower() == ".json":
            _write_json(path, table, rejections)
        else:
            _write_csv(path, table, rejections)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise UserError(tr("{path} can't be written: {why}.", path=path, why=why(error))) from error


def _rows(table: Table, rejections: Sequence[Rejection]) -> list[list[Cell]]:
    # Rows that were rejected before bring the old reason along; the new one takes its place.
    old = {index for index, header in enumerate(table.columns) if is_reason_column(header if table.has_header else "", table.values(index))}
    rows: list[list[Cell]] = [[*(name for index, name in enumerate(table.columns) if index not in old), tr("Reason")]] if table.has_header else []
    for rejection in rejections:
        cells = list(rejection.cells[: table.width]) + [""] * (table.width - len(rejection.cells))
        reason = tr("Line {line}: {reason}", line=rejection.line, reason=rejection.reason)
        rows.append([*(cell for index, cell in enumerate(cells) if index not in old), reason, *rejection.cells[table.width :]])
    return rows


def _write_json(path: Path, table: Table, rejections: Sequence[Rejection]) -> None:
    head, *rows = _rows(table, rejections)
    found = [{str(name): cell for name, cell in zip(head, row, strict=False) if cell != ""} for row in rows]
    with path.open("x", encoding="utf-8") as stream:
        json.dump(found, stream, ensure_ascii=False, indent=1, default=shown)


def _write_csv(path: Path, table: Table, rejections: Sequence[Rejection]) -> None:
    encoding = table.encoding or "utf-8-sig"
    rows = [[shown(cell) for cell in row] for row in _rows(table, rejections)]
    try:
        "".join(text for row in rows for text in row).encode(encoding)
    except UnicodeError:
        encoding = "utf-8-sig"
    with path.open("x", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=table.delimiter or ",", quotechar=table.quote).writerows(rows)


def _write_workbook(path: Path, table: Table, rejections: Sequence[Rejection]) -> None:
    from crmdesk.reports.workbook import plain_workbook

    plain_workbook(path, table.sheet or tr("Rejected rows"), _rows(table, rejections))
