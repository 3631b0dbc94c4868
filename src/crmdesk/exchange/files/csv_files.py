"""CSV and its relatives: delimiter, quotes and header are found out, the rows are streamed."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from itertools import dropwhile, islice
from typing import TYPE_CHECKING, TextIO

from crmdesk.errors import UserError
from crmdesk.exchange.files.apostrophes import SUSPECT, Apostrophes, is_for_programs
from crmdesk.exchange.files.delimiters import sniff
from crmdesk.exchange.files.dialects import FIXED, Dialect, Lines
from crmdesk.exchange.files.encoding import DAMAGED, LOST, Guess, detect
from crmdesk.exchange.files.grouped_headers import header_of
from crmdesk.exchange.files.twice_encoded import example, is_twice_encoded, put_right
from crmdesk.exchange.table import SAMPLE_ROWS, Line, OddRow, Table, body, column_names, is_blank, without_surplus
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crmdesk.exchange.table import Cell

ENDINGS = (".csv", ".tsv", ".tab", ".txt")
SAMPLE_CHARACTERS = 256 * 1024

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")

_UTF_8 = frozenset({"utf-8", "utf-8-sig"})


@dataclass(frozen=True)
class Text:
    """A file, and how its bytes become text.

    Attributes:
        is_twice: whether it was encoded twice. errors: what is done with bytes that don't fit.
    """

    path: Path
    encoding: str
    is_twice: bool = False
    errors: str = "strict"

    def open(self) -> TextIO:
        """Open the file, with its ends of lines as they are."""
        return self.path.open(encoding=self.encoding, errors=self.errors, newline="")


def open_csv(path: Path, encoding: str | None = None, delimiter: str | None = None) -> Table:
    """Open a text file with rows of cells.

    Raises:
        UserError: the file can't be read as text, or there are no rows in it.
    """
    guess = Guess(encoding, 1.0) if encoding else detect(path)
    try:
        sample, is_whole = _sample(Text(path, guess.encoding, errors=guess.errors))
    except LookupError:
        raise UserError(tr("There is no encoding “{name}”.", name=guess.encoding), hint=tr("Use a name such as utf-8 or cp1252.")) from None
    except UnicodeError:
        raise _unreadable(path, guess.encoding) from None
    if len(_CONTROLS.findall(sample)) * 50 > len(sample):
        raise UserError(tr("“{file}” is no text file.", file=path.name), hint=tr("Save it as CSV or XLSX."))
    notes: tuple[str, ...] = ()
    if guess.errors == DAMAGED:
        notes = (tr("This file is written in UTF-8, but some of its rows are not; they are refused."),)
    elif guess.errors != "strict":
        notes = (tr("Some letters of this file are written in UTF-8, others in Windows-1252; each was read as it is written."),)
    if is_twice := codecs.lookup(guess.encoding).name in _UTF_8 and is_twice_encoded(sample if is_whole else sample[: sample.rfind("\n")]):
        wrong, right = example(sample)
        notes += (tr("The letters of this file were encoded twice (“{wrong}” for “{right}”); they were put right.", wrong=wrong, right=right),)
        sample = put_right(sample)
    stated = re.match(r"\ufeff?sep=(.)\r?\n", sample)
    dialect = sniff(sample, delimiter or (stated[1] if stated else None), is_whole)
    if not (delimiter or stated or dialect.is_usual()):
        notes += (_said(dialect),)
    skipped = 1 if stated else 0
    text = Text(path, guess.encoding, is_twice, guess.errors)
    first = _first_rows(text, dialect, skipped)
    if not first:
        raise UserError(tr("“{file}” is empty.", file=path.name))
    header, names = header_of([cells for _, cells in first])
    width = _width(first, header)
    columns = column_names(names, width)
    last_header_line = first[header][0] if header is not None else 0
    ids = [str(cells[0]) for number, cells in first if cells and number > last_header_line]
    apostrophes = None if dialect.quote == "'" or is_for_programs(columns, ids, guess.encoding) else Apostrophes()
    if apostrophes:
        columns = tuple(map(str, apostrophes.freed([*columns])))

    def rows() -> Iterator[Line]:
        head = max(last_header_line, skipped)
        lines = body(dropwhile(lambda line: line[0] <= head, _records(text, dialect, apostrophes, width)), width)
        return iter(without_surplus(columns, lines)[1])

    own_columns, _ = without_surplus(columns, ())
    return Table(
        path=path,
        format="tsv" if dialect.delimiter == "\t" else "csv",
        columns=own_columns,
        rows=rows,
        sample=tuple(islice(rows(), SAMPLE_ROWS)),
        line_count=max(_estimate(path, first) - (header is not None), 0),
        encoding=guess.encoding,
        confidence=guess.confidence,
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        has_header=header is not None,
        notes=notes,
        had_apostrophes=lambda: apostrophes is not None and apostrophes.found,
    )


def _said(dialect: Dialect) -> str:
    if dialect.delimiter == FIXED:
        return tr("The columns of this file stand at fixed places, with blanks between them.")
    return tr("The cells of this file are divided by “{sign}”.", sign=dialect.delimiter)


def _estimate(path: Path, first: list[Line]) -> int:
    """Return about how many rows a file has: its lines, less those that rows spread over as they do at its beginning."""
    ends = 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            ends += chunk.count(b"\n") or chunk.count(b"\r")
    rows = sum(1 for _, cells in first if cells)
    lines = first[-1][0] - first[0][0] + 1
    return max(rows, round(ends * rows / max(lines, 1)))


def _width(first: list[Line], header: int | None) -> int:
    """Return how many columns there are: the header's, without nameless ones at its end that hold nothing."""
    rows = [cells for _, cells in (first if header is None else first[header + 1 :])]
    if header is None:
        return Counter(map(len, rows)).most_common(1)[0][0]
    names = first[header][1]
    width = len(names)
    while width > 1 and not str(names[width - 1]).strip() and all(len(cells) < width or cells[width - 1] == "" for cells in rows):
        width -= 1
    return width


def _unreadable(path: Path, encoding: str) -> UserError:
    return UserError(tr("“{file}” can't be read as {encoding}.", file=path.name, encoding=encoding), hint=tr("Choose another encoding with --encoding."))


def _sample(text: Text) -> tuple[str, bool]:
    with text.open() as stream:
        sample = stream.read(SAMPLE_CHARACTERS)
        return sample, not stream.read(1)


def _first_rows(text: Text, dialect: Dialect, skipped: int) -> list[Line]:
    found: list[Line] = []
    for line in _records(text, dialect):
        if line[0] > skipped and not is_blank(line[1]):
            found.append(line)
        elif found:
            found.append((line[0], []))
        if len(found) > SAMPLE_ROWS:
            break
    while found and not found[-1][1]:
        found.pop()
    return found


# ---- reading ----


def _records(text: Text, dialect: Dialect, apostrophes: Apostrophes | None = None, width: int = 0) -> Iterator[Line]:
    """Read a file row by row; the number is that of the line on which the row begins.

    Args:
        apostrophes: takes those off that kept cells from becoming formulas.
        width: how many columns there are, as far as that is known.

    Raises:
        UserError: a line is beyond all measure, or bytes don't fit the encoding.
    """
    path = text.path
    lost = LOST if text.errors == DAMAGED else "\0"
    with text.open() as stream:
        lines = Lines(stream, path.name)
        seen = lines.seen
        try:
            for cells in dialect.rows(lines, width, put_right if text.is_twice else None):
                row: list[Cell] = cells  # type: ignore[assignment]  # a list of texts is a list of cells that nobody changes
                if len(seen) > 1 or "\0" in seen[0] or lost in seen[0]:
                    row = _checked(row, seen, lost)
                if apostrophes and (len(seen) > 1 or SUSPECT.search(seen[0])):
                    row = apostrophes.freed(row)
                yield lines.begins, row
        except UnicodeError:
            raise UserError(
                tr("“{file}” can't be read as {encoding} from line {line} on.", file=path.name, encoding=text.encoding, line=lines.begins),
                hint=tr("Choose another encoding with --encoding."),
            ) from None


def _checked(cells: list[Cell], seen: list[str], lost: str) -> list[Cell]:
    """Return the cells of a row that spans lines or has odd characters, marked odd if they can't be trusted."""
    if any("\0" in line for line in seen):
        return OddRow.because(tr("The row has NUL characters: this part of the file is damaged."), cells)
    if any(lost in line for line in seen):
        return OddRow.because(tr("Letters of this row are lost: it is not written in UTF-8, as the rest of the file is."), cells)
    return cells
