"""Dialects: how the cells of a text are told apart, and how its lines become rows whatever its quotation marks are like."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from crmdesk.errors import UserError
from crmdesk.exchange.table import OddRow
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

DELIMITERS = ",;\t|"
FIXED = "fixed"
"""How the user says that columns stand at fixed places, with blanks between."""
LONGEST_LINE = 10_000_000
RULE = re.compile(r"[-=+_\s]*[-=_]{2}[-=+_\s]*")
_STAND_IN = "\ufdd0"  # no character, so that no text has it; it stands for a delimiter of several while a line is read

csv.field_size_limit(LONGEST_LINE)


class Lines:
    """The lines of a text, of which some can be put back to be read again.

    Args:
        name: of the file, for what is said of it.

    Attributes:
        seen: those of the row that is being read; behind them the empty text where the text ended before the row did.
        begins: the number of the first of them.
        ended: whether the text was read to its end.
    """

    def __init__(self, stream: TextIO, name: str = "") -> None:
        self.seen: list[str] = []
        self.begins = 1
        self.ended = False
        self._stream, self._name = stream, name
        self._again: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        again, seen, read = self._again, self.seen, self._stream.readline
        while line := again.popleft() if again else read(LONGEST_LINE):
            if len(line) >= LONGEST_LINE and line[-1] not in "\r\n":
                raise UserError(
                    tr("Line {line} of “{file}” is longer than ten million characters.", line=self.begins + len(seen), file=self._name),
                    hint=tr("This is no table, or a quotation mark is missing."),
                )
            seen.append(line)
            yield line
        seen.append("")
        self.ended = True

    def put_back(self) -> None:
        """Let all lines of the row but the first be read again."""
        self._again.extendleft(line for line in reversed(self.seen[1:]) if line)
        del self.seen[1:]

    @property
    def goes_on(self) -> bool:
        """Whether some lines were put back."""
        return bool(self._again)


@dataclass(frozen=True)
class Dialect:
    """How cells are told apart.

    Attributes:
        delimiter: one sign or several; `FIXED` where each column has its place.
        places: where those columns begin.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str | None = None
    skips_spaces: bool = False
    places: tuple[int, ...] = ()

    def rows(self, lines: Lines, width: int = 0, mended: Callable[[str], str] | None = None) -> Iterator[list[str]]:
        """Yield the cells of rows, which are of one line, or of several where a cell has line breaks.

        A quotation mark that is never closed would take in all rows below, or those up to the next one: only its own line is refused then, and the others
        are read again. What else may belong to the torn row, since it has too few cells, is refused with it.

        Args:
            width: how many cells a row has, as far as that is known.
            mended: puts each line right before it is read.
        """
        seen, is_cut = lines.seen, False
        while True:
            try:
                for cells in self._reader(map(mended, lines) if mended else lines):
                    row = cells
                    is_short = len(cells) < width
                    if (len(seen) > 1 or is_short) and self._is_torn(seen, cells, width):
                        row = self._torn(lines, mended)
                        is_cut = len(row) < width
                    elif is_cut and cells:
                        is_cut = is_short
                        if is_cut:
                            row = OddRow.because(tr("A quotation mark that opens further up is never closed."), cells)  # type: ignore[assignment]
                    yield row
                    lines.begins += len(seen)
                    seen.clear()
            except csv.Error:  # a cell beyond all measure
                row = self._torn(lines, mended)
                is_cut = len(row) < width
                yield row
                lines.begins += 1
            seen.clear()
            if not lines.goes_on:
                return

    def _is_torn(self, seen: Sequence[str], cells: Sequence[str], width: int) -> bool:
        """Say whether a quotation mark of a row that is short, or of several lines, was meant to be closed earlier, or was none.

        It is if the text ends in the cell, or if something stands behind the mark that closes it and the marks don't come in pairs, or cells are missing. If
        only one of both is so, it is where the first line and the last one are whole rows by themselves; else people have written marks into a text.
        """
        if not seen[-1]:
            return True
        if len(seen) == 1:
            return len(cells) > 0 and self.quote in seen[0] and not self._is_sound(seen)
        is_odd = self.escape is None and "".join(seen).count(self.quote) % 2 == 1
        if not is_odd and (not width or seen[-1].count(self.delimiter) + 1 < width or seen[0].count(self.delimiter) + 1 < width):
            return False  # as nearly all rows of several lines are
        are_rows = len(self._alone(seen[0])) == len(self._alone(seen[-1])) == width
        return (is_odd or are_rows) and not self._is_sound(seen) or (is_odd and are_rows)

    def _is_sound(self, lines: Iterable[str]) -> bool:
        try:
            for _ in self._reader(lines, strict=True):
                pass
        except csv.Error:
            return False
        return True

    def _torn(self, lines: Lines, mended: Callable[[str], str] | None) -> list[str]:
        """Return the first line of a row, as an odd one; the others are read again."""
        lines.put_back()
        line = lines.seen[0]
        reason = tr("A quotation mark that opens here is never closed.")
        return OddRow.because(reason, self._alone(mended(line) if mended else line))  # type: ignore[return-value]

    def _alone(self, line: str) -> list[str]:
        """Return the cells of a line by itself; a quotation mark that it does not close is one of text."""
        *cells, last = next(self._reader([line.rstrip("\r\n") + "\n"]), None) or [""]
        if not last.endswith("\n"):
            return [*cells, last]
        first, *others = self._alone(last)
        return [*cells, self.quote + first, *others]

    def _reader(self, lines: Iterable[str], strict: bool = False) -> Iterator[list[str]]:
        if self.places:
            return (_at_places(line.rstrip("\r\n"), self.places) for line in lines)
        sign = self.delimiter
        if len(sign) == 1:
            return self._plain_reader(lines, sign, strict)
        rows = self._plain_reader((line.replace(sign, _STAND_IN) for line in lines), _STAND_IN, strict)
        return ([cell.replace(_STAND_IN, sign) if _STAND_IN in cell else cell for cell in row] for row in rows)

    def _plain_reader(self, lines: Iterable[str], sign: str, strict: bool) -> Iterator[list[str]]:
        return csv.reader(lines, delimiter=sign, quotechar=self.quote, escapechar=self.escape, skipinitialspace=self.skips_spaces, strict=strict)

    def is_usual(self) -> bool:
        """Say whether nearly all programs write so."""
        return self.delimiter in {*DELIMITERS}


def written(cells: Iterable[Sequence[str]], delimiter: str, quote: str) -> Iterator[str]:
    """Yield rows as lines, quoted where that is needed; tables with fixed places are divided by tabs, since cells may be longer than their place."""
    sign = "\t" if delimiter == FIXED else delimiter
    several = len(sign) > 1
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=_STAND_IN if several else sign, quotechar=quote)
    for row in cells:
        writer.writerow([cell.replace(sign, _STAND_IN) for cell in row] if several else row)
        yield stream.getvalue().replace(_STAND_IN, sign) if several else stream.getvalue()
        stream.seek(0)
        stream.truncate()


def _at_places(line: str, places: tuple[int, ...]) -> list[str]:
    """Return the cells of a line; one that has something across two places is odd."""
    if RULE.fullmatch(line):
        return []
    cells = [line[start:end].strip() for start, end in zip(places, [*places[1:], None], strict=True)]
    if any(line[place - 1 : place].strip() and line[place : place + 1].strip() for place in places[1:]):
        return OddRow.because(tr("The row does not keep to the places of the columns."), cells)  # type: ignore[return-value]
    return cells
