"""Table: what every reader of a file makes of it, rows of cells under a header."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from crmdesk.fields import day_text
from crmdesk.i18n import speaking, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from crmdesk.operations.imports import Load

Cell = str | int | float | bool | date | datetime
"""A cell: text, or the typed value that a workbook holds. An empty cell is the empty text."""

SAMPLE_ROWS = 200
HEADER_WITHIN = 40


class OddRow(list[Cell]):
    """A row that can't be taken as it stands; `reason` says why."""

    reason = ""

    @classmethod
    def because(cls, reason: str, cells: Iterable[Cell]) -> OddRow:
        """Make an odd row of some cells."""
        row = cls(cells)
        row.reason = reason
        return row


Line = tuple[int, list[Cell]]
"""The number of the line (or sheet row) where a row begins, counted from one, and its cells."""


@dataclass(frozen=True)
class Ways:
    """What is particular to files that are no tables by nature, such as address cards and calendars.

    Layouts, shapes and rejections are made of tables, so their types can't be named here.

    Attributes:
        source: what the ids in them belong to.
        layout: says what the columns mean to an entity; raises UserError where they mean nothing to it.
        shape: turns the rows into records.
        load: reads a file that lies in them, such as a picture.
        give_back: writes rejected rows in the files' own form; as a text table if None.
        said: puts the file and its line before a reason, where several files make one table.
        files: returns these files, each with the number of the line before its first one.
        entity: what the rows surely are, where the files say so.
    """

    source: str
    layout: Callable[[str, Table], Any]
    shape: Callable[[str, Any], Any]
    load: Load | None = None
    give_back: Callable[[Path, Iterable[Any]], None] | None = None
    said: Callable[[int, str], str] | None = None
    files: Callable[[], Sequence[tuple[Path, int]]] | None = None
    entity: str = ""


@dataclass(frozen=True)
class Table:
    """A file's rows under a header.

    Attributes:
        rows: begins a new reading; every row has as many cells as there are columns, or is an `OddRow`.
        sample: the first rows, for previews and for guessing what the columns are.
        line_count: how many rows there are, as far as that is known without reading everything.
        encoding, delimiter, quote: of text files, also how rejected rows are written back.
        confidence: of the encoding, 0 to 1.
        header: the lines above the data, as they stand in the file; empty where the file has no header.
        notes: what was noticed while opening, as sentences.
        ways: of files that say themselves what they hold.
        had_apostrophes: says whether rows came with apostrophes before what a spreadsheet would take for formulas.
    """

    path: Path
    format: str
    columns: tuple[str, ...]
    rows: Callable[[], Iterator[Line]] = field(repr=False)
    sample: tuple[Line, ...] = field(repr=False, default=())
    line_count: int | None = None
    encoding: str | None = None
    confidence: float = 1.0
    delimiter: str | None = None
    quote: str = '"'
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    has_header: bool = True
    notes: tuple[str, ...] = ()
    ways: Ways | None = field(repr=False, default=None)
    had_apostrophes: Callable[[], bool] = field(repr=False, default=bool)

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.columns)

    def values(self, index: int) -> list[Cell]:
        """Return the cells of a column in the sample that are not empty."""
        return [cells[index] for _, cells in self.sample if index < len(cells) and cells[index] != ""]


def is_blank(cells: Sequence[Cell]) -> bool:
    """Say whether all cells of a row are empty."""
    return not any(cell != "" and not (isinstance(cell, str) and not cell.strip()) for cell in cells)


def column_names(cells: Sequence[Cell], width: int) -> tuple[str, ...]:
    """Return the names of the columns: one line each, numbered where the header is empty."""
    names = [" ".join(shown(cell).split()) for cell in cells[:width]]
    names += [""] * (width - len(names))
    return tuple(name or tr("Column {number}", number=i) for i, name in enumerate(names, 1))


def beyond_header() -> str:
    """Return what a column is called, in the language in force, that holds what stood in a rejected row beyond the last column."""
    return tr("Surplus cell")


@lru_cache(maxsize=1)
def _beyond_headers() -> frozenset[str]:
    names = set()
    for language in ("en", "de", "zh"):
        with speaking(language):
            names.add(beyond_header())
    return frozenset(names)


def without_surplus(columns: tuple[str, ...], lines: Iterable[Line]) -> tuple[tuple[str, ...], Iterable[Line]]:
    """Return columns and rows of a file of rejected rows without those for surplus cells; a row that still has such cells is odd."""
    names = _beyond_headers()
    if names.isdisjoint(columns):
        return columns, lines
    kept = [index for index, name in enumerate(columns) if name not in names]
    return tuple(columns[index] for index in kept), (_narrowed(line, kept) for line in lines)


def _narrowed(line: Line, kept: Sequence[int]) -> Line:
    number, cells = line
    if isinstance(cells, OddRow):
        return line
    own = [cells[index] for index in kept]
    beyond = [cell for index, cell in enumerate(cells) if index not in kept]
    while beyond and is_blank(beyond[-1:]):
        beyond.pop()
    return fitted((number, own + beyond), len(own)) if beyond else (number, own)


def shown(cell: Cell) -> str:
    """Return a cell as text: whole numbers without a point, dates in ISO 8601."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, date):
        return cell.isoformat() if isinstance(cell, datetime) else day_text(cell)
    return str(cell)


# ---- which row is the header ----

_DATA_LIKE = re.compile(r"[-+(]?[\d.,'\s]*\d[\d.,'\s]*[)%€$£¥]?|\S+@\S+\.\w+|https?://\S+|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}.*|\+?[\d\s()./-]{6,}")


def is_data(cell: Cell) -> bool:
    """Say whether a cell looks like a value rather than the name of a column: a number, date, mail address or phone number."""
    return not isinstance(cell, str) or bool(_DATA_LIKE.fullmatch(cell.strip()))


def find_header(rows: Sequence[Sequence[Cell]]) -> int | None:
    """Return the index of the row with the column names, or None where there is none.

    Title lines, notes and empty lines may stand above it. Data without names is told by a first row that has numbers, dates or mail
    addresses in all the columns in which the rest has them too.
    """
    filled = [sum(1 for cell in row if not _is_empty(cell)) for row in rows[:HEADER_WITHIN]]
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        rest = filled[index + 1 :]
        widest = max(rest, default=filled[index])
        if filled[index] and filled[index] * 2 >= widest and (filled[index] > 1 or widest == 1):
            return None if _looks_like_data(row, rows[index + 1 : index + 1 + SAMPLE_ROWS]) else index
    return None


def _is_empty(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _looks_like_data(row: Sequence[Cell], below: Sequence[Sequence[Cell]]) -> bool:
    data_columns = 0
    for column, cell in enumerate(row):
        values = [other[column] for other in below if column < len(other) and not _is_empty(other[column])]
        if len(values) > 0 and sum(map(is_data, values)) * 10 >= len(values) * 9:
            if not is_data(cell) or _is_empty(cell):
                return False
            data_columns += 1
    if not below:
        return sum(1 for cell in row if not _is_empty(cell) and is_data(cell)) * 2 >= len(row)
    return data_columns > 0


# ---- rows below the header ----

_SUM = "total|totals|grand total|grand totals|sum|subtotal|sub-total|summe|gesamt|gesamtsumme|zwischensumme|teilsumme|insgesamt|合计|总计|小计|總計|合計|小計".split(
    "|"
)
_SUMS = frozenset(word + colon for name in _SUM for word in (name, name.capitalize(), name.title(), name.upper()) for colon in ("", ":"))
_NAMES_TOO = frozenset(("total", "Total", "TOTAL"))
"""What a company is called as well."""
_NUMBER = re.compile(r"[-+(€$£¥]*[\d.,'\s]*\d[\d.,'\s]*[)%€$£¥]?")
_AMOUNT = re.compile(r"[-(€$£¥\s]*(?:[1-9]\d{0,2}(?:[.,'’\s]\d{3})+|[1-9]\d*|0)(?:[.,]\d+)?\s*[)%€$£¥-]*")
"""An amount, unlike a phone number, does not begin with a zero, and has its thousands together."""
_CURRENCY = re.compile(r"^(?:[A-Z]{3}|[元圆])\s*(?=[-(\d])|(?<=[\d)])\s*(?:[A-Z]{3}|[Ee]uro|[元圆])$")


def body(lines: Iterable[Line], width: int) -> Iterator[Line]:
    """Return the data rows: without empty lines and without a footer, short ones filled up, long ones marked odd.

    A footer is what stands, one cell a line, below an empty line at the end (as in Salesforce's reports), and a last row of sums.
    """
    after_gap = False
    footer: list[Line] = []
    above: list[list[Cell]] = []
    for line in lines:
        cells = line[1]
        if not cells or (cells[0] == "" and is_blank(cells)):
            after_gap = True
            continue
        if after_gap and width > 2 and cells.__class__ is list and sum(1 for cell in cells if cell != "") == 1 and cells[0] != "":
            footer.append(line)
            continue
        if (cells[0] in _SUMS or (cells[0] == "" and _label(cells) in _SUMS)) and cells.__class__ is list and _are_sums(cells, above):
            footer.append(line)
            continue
        for held in footer:
            yield _without_sums(fitted(held, width), above)
        footer.clear()
        after_gap = False
        line = line if len(cells) == width else fitted(line, width)
        first = cells[0]
        if first.__class__ is str and (first[:1] in _SUM_BEGINS or first[-1:] in _SUM_ENDS) and _SUM_BETWEEN.match(first):
            yield _without_sums(line, above)
            continue
        if len(above) < SAMPLE_ROWS:
            above.append(cells)
        yield line
    for held in footer:
        if _label(held[1]) in _NAMES_TOO and _are_sums(held[1], above):
            yield _refused(held)


# A million rows are looked at: most are told by one letter. “Total” may be a company as well, the other words are none.
_SUM_BEGINS, _SUM_ENDS = frozenset("zZtTgGsS"), frozenset("计計:：")
_SUM_BETWEEN = re.compile(
    r"(?:zwischensumme|teilsumme|gesamtsumme|summe|subtotal|sub-total|grand total)\b|.{0,30}(?:小计|合计|总计|小計|合計|總計)[:：]?$", re.IGNORECASE
)


def _without_sums(line: Line, above: Sequence[Sequence[Cell]]) -> Line:
    """Return a row, as an odd one if it holds the sums of those above it: as a record it would count them twice."""
    cells = line[1]
    is_odd = cells.__class__ is list and _SUM_BETWEEN.match(shown(_label(cells))) and _are_sums(cells, above)
    return _refused(line) if is_odd else line


def _refused(line: Line) -> Line:
    return line[0], OddRow.because(_looks_like_sums(), line[1])


def _looks_like_sums() -> str:
    return tr("This looks like sums of the rows above, and no record.")


@lru_cache(maxsize=1)
def _refusals_of_sums() -> tuple[str, ...]:
    found = []
    for language in ("en", "de", "zh"):
        with speaking(language):
            found.append(_looks_like_sums())
    return tuple(found)


def refused_again(line: Line, reason: int) -> Line:
    """Return a row of a file of rejected rows, as an odd one if it was refused as sums: the rows that would show it again are not in this file.

    Args:
        reason: the place of the reason; a row that has none any more, or begins otherwise by now, is one like any other.
    """
    cells = line[1]
    said = cells[reason] if cells.__class__ is list and reason < len(cells) else ""
    if isinstance(said, str) and said.endswith(_refusals_of_sums()) and ((label := _label(cells)) in _SUMS or _SUM_BETWEEN.match(shown(label))):
        return _refused(line)
    return line


def _label(cells: Sequence[Cell]) -> Cell:
    """Return what a row of sums is called by: the first cell with anything in it, since the word may stand below the names."""
    return cells[0] if cells[0] != "" else next((cell for cell in cells if cell != ""), "")


def _are_sums(cells: Sequence[Cell], above: Sequence[Sequence[Cell]]) -> bool:
    """Say whether a row holds nothing but numbers behind its first word, and one of them below amounts unless that is a word for sums and no name."""
    _, *filled = [place for place, cell in enumerate(cells) if not _is_empty(cell)] or [0]
    if len(cells) < 3 or not all(_NUMBER.fullmatch(_without_currency(cells[place])) for place in filled):
        return False
    is_surely = cells[0] in _SUMS and cells[0] not in _NAMES_TOO
    return is_surely or any(_is_amount(cells[place]) and _is_of_amounts(place, above) for place in filled)


def _is_of_amounts(place: int, rows: Sequence[Sequence[Cell]]) -> bool:
    values = [cells[place] for cells in rows if place < len(cells) and not _is_empty(cells[place])]
    return len(values) > 0 and sum(map(_is_amount, values)) * 10 >= len(values) * 9


def _is_amount(cell: Cell) -> bool:
    return bool(_AMOUNT.fullmatch(_without_currency(cell)))


def _without_currency(cell: Cell) -> str:
    """Return a cell without a currency that is written in letters, as in 5,568.00 USD."""
    return _CURRENCY.sub("", shown(cell).strip())


def fitted(line: Line, width: int) -> Line:
    """Return a row with as many cells as there are columns; cells beyond the last column make it odd."""
    number, cells = line
    if isinstance(cells, OddRow):
        return line
    if len(cells) < width:
        return number, cells + [""] * (width - len(cells))
    if len(cells) > width:
        if is_blank(cells[width:]):
            return number, cells[:width]
        reason = tr("The row has {count} cells, but there are {width} columns.", count=len(cells), width=width)
        return number, OddRow.because(reason, cells)
    return line
