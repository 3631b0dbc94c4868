"""What stands between the cells of a text: one sign, several, or blanks that keep columns at their places; found out, or said by the user."""

from __future__ import annotations

import io
import re
from collections import Counter
from typing import TYPE_CHECKING

from crmdesk.exchange.files.dialects import DELIMITERS, FIXED, RULE, Dialect, Lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_UNUSUAL = "^~¦§¬"
_DOUBLED = "|^~:§¦#"
_AROUND = "~^|#§¦@$*+:"
_ESCAPED = {r"\t": "\t", "tab": "\t", "space": " ", "fixed": FIXED}


# ---- finding out ----


def sniff(sample: str, delimiter: str | None = None, is_whole: bool = True) -> Dialect:
    """Find out how the cells of a text are told apart: the delimiter that gives most rows the same number of cells.

    Args:
        delimiter: what the user said.
        is_whole: whether the sample is all of the file, and its last line a whole one.
    """
    if delimiter:
        delimiter = _ESCAPED.get(delimiter.lower(), delimiter)
        if delimiter == FIXED:
            return Dialect(FIXED, places=_places(_whole_lines(sample, is_whole), least_gap=1) or (0,))
        return _best(sample, [delimiter], is_whole)[0]
    best, score = _best(sample, DELIMITERS, is_whole)
    lines = _whole_lines(sample, is_whole)
    if score >= 1:
        return _wider(best, lines)
    for sign in _UNUSUAL:
        if _divides(sign, lines):
            return _wider(_best(sample, [sign], is_whole)[0], lines)
    if _divides("::", lines):
        return Dialect("::")
    places = _places(lines, least_gap=2) if len(lines) >= LEAST_LINES else ()
    return Dialect(FIXED, places=places) if len(places) > 1 else best


LEAST_LINES = 3
"""Fewer lines don't show that columns stand at fixed places."""


def _whole_lines(sample: str, is_whole: bool) -> list[str]:
    lines = sample.splitlines()
    return [line for line in (lines if is_whole else lines[:-1]) if line.strip()]


def _best(sample: str, signs: Iterable[str], is_whole: bool) -> tuple[Dialect, float]:
    """Return the best dialect with one of some delimiters, and how evenly it divides."""
    signs = list(signs)
    ends = {line.strip()[:1] + line.strip()[-1:] for line in sample.splitlines() if line.strip()}
    odd = [mark for mark in _AROUND if ends == {mark * 2} and mark not in signs]
    marks = [quote for quote in ('"', "'", *odd) if quote == '"' or _is_quoted(sample, quote, signs)]
    best, best_score = Dialect(signs[0]), -1.0
    for sign in signs:
        spaces = bool(re.search(rf"{re.escape(sign)} +[\"']", sample))
        for quote in marks:
            for escape in (None, "\\") if f"\\{quote}" in sample else (None,):
                dialect = Dialect(sign, quote, escape, spaces)
                score = _evenness(sample, dialect, is_whole)
                if score > best_score + 1e-9:
                    best, best_score = dialect, score
    return best, best_score


def _is_quoted(sample: str, quote: str, signs: Iterable[str]) -> bool:
    pairs = sum(sample.count(f"{quote}{sign}{quote}") for sign in signs)
    return pairs >= max(2, sample.count("\n"))


def _evenness(sample: str, dialect: Dialect, is_whole: bool) -> float:
    """Return how evenly a dialect divides a text: the share of rows of the commonest width, a little more for wide ones."""
    widths, lines = list[int](), Lines(io.StringIO(sample, newline=""))
    for row in dialect.rows(lines):
        if lines.ended and not is_whole:
            break  # the sample was cut off within this row
        if row and any(row):
            widths.append(len(row))
    if not is_whole and not lines.seen and len(widths) > 1:
        widths.pop()
    wide = Counter(width for width in widths if width > 1)
    if not wide:
        return 0.0
    width, count = max(wide.items(), key=lambda pair: (pair[1], pair[0]))
    return count / len(widths) + min(width, 50) / 1000


def _divides(sign: str, lines: Sequence[str]) -> bool:
    """Say whether an unusual delimiter stands in all lines, the names of the columns too, and as often in each: then it can be nothing else."""
    counts = {line.count(sign) for line in lines}
    return len(lines) > 1 and len(counts) == 1 and min(counts) > 0


def _wider(best: Dialect, lines: Sequence[str]) -> Dialect:
    """Return a dialect with what always stands beside its delimiter: `||`, `|~|`, or another quotation mark as in `^a^,^b^`."""
    sign = best.delimiter
    if len(lines) < 2:
        return best
    if sign in _DOUBLED and sign * 2 in lines[0] and all(len(run) % 2 == 0 for line in lines for run in re.findall(rf"{re.escape(sign)}+", line)):
        return Dialect(sign * 2, best.quote)
    for mark in _AROUND if len(lines[0].split(sign)) > 2 else "":
        if mark != sign and all(0 < line.count(sign) == 2 * line.count(f"{sign}{mark}{sign}") for line in lines):
            return Dialect(f"{sign}{mark}{sign}", best.quote)
    mark = _beside(sign, lines[:1])
    if not mark or mark == sign or _beside(sign, lines) != mark:
        return best
    return Dialect(sign, mark) if all(line[0] == mark == line.rstrip()[-1] for line in lines) else Dialect(mark + sign + mark)


def _beside(sign: str, lines: Iterable[str]) -> str:
    """Return the mark that stands on both sides of a delimiter wherever it stands, if one does."""
    around = {pair for line in lines for pair in re.findall(rf"(.){re.escape(sign)}(?=(.))|{re.escape(sign)}", line)}
    before, after = next(iter(around), ("", ""))
    return before if len(around) == 1 and before == after and before in _AROUND else ""


# ---- columns at fixed places ----


def _places(lines: Sequence[str], least_gap: int) -> tuple[int, ...]:
    """Return where the columns begin that have their places: behind blanks that stand in all lines, below a name each."""
    if rule := next((line for line in lines[:3] if RULE.fullmatch(line) and " " in line.strip()), ""):
        return tuple(found.start() for found in re.finditer(r"[-=_]+", rule))
    if len(lines) < 2 or any("\t" in line for line in lines):
        return ()
    filled = Counter(at for line in lines for at, sign in enumerate(line) if sign != " ")
    # A few rows that don't keep to the places are refused later.
    shape = "".join("x" if filled[at] > len(lines) // 100 or lines[0][at : at + 1].strip() else " " for at in range(max(map(len, lines))))
    starts = [0] if shape[:1] == "x" else []
    starts += [gap.end() for gap in re.finditer(rf" {{{least_gap},}}(?=x)", shape)]
    head = lines[0]
    ends = [*starts[1:], len(shape)]
    return tuple(start for start, end in zip(starts, ends, strict=True) if head[start:end].strip())


__all__ = ["sniff"]
