"""Column names in two rows: what groups of columns are about stands above, as “Company” and “Contact” above two columns that are both called “Name”."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from crmdesk.exchange.columns.by_name import BEGINNINGS, by_name
from crmdesk.exchange.columns.reasons import is_reason
from crmdesk.exchange.table import find_header, is_data, shown
from crmdesk.exchange.words.choices import bare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.exchange.table import Cell

_OF_WHOM = frozenset(word for words in BEGINNINGS.values() for word in words)


def header_of(rows: Sequence[Sequence[Cell]]) -> tuple[int | None, Sequence[Cell]]:
    """Return the index of the last row above the data and the names of the columns; nothing where there are none."""
    index = find_header(rows)
    if index is None or is_reason(rows[index][-1]):  # a row that was rejected from a file without names may be the only one
        return None, []
    for last in (index, index + 1):  # a row of many groups is itself taken for the header
        if 0 < last < len(rows) and (names := _joined(rows[last - 1], rows[last])):
            return last, names
    return index, rows[index]


def _joined(above: Sequence[Cell], below: Sequence[Cell]) -> list[Cell]:
    """Return the names of the lower of two rows, with the groups above that say whose they are or tell them apart; nothing if the upper one holds no groups."""
    if any(map(is_data, filter(_is_filled, (*above, *below)))):
        return []
    names = [" ".join(shown(cell).split()) for cell in below]
    groups = [" ".join(shown(cell).split()) for cell in above[: len(names)]] + [""] * (len(names) - len(above))
    filled = [group for group in groups if group]
    if any(map(_is_filled, above[len(names) :])) or not 1 < len(set(filled)) == len(filled) < sum(map(bool, names)):
        return []
    counts = Counter(map(bare, filter(None, names)))
    if not _are_names(counts) or any(group and not name for group, name in zip(groups, names, strict=True)):
        return []
    joined: list[Cell] = []
    group = ""
    for over, name in zip(groups, names, strict=True):
        group = over or group
        says_more = bool(name) and bare(group) != bare(name) and (counts[bare(name)] > 1 or bare(group) in _OF_WHOM)
        joined.append(f"{group} {name}".strip() if says_more else name)
    return joined if len({*filter(None, joined)}) == len([*filter(None, joined)]) else []


def _is_filled(cell: Cell) -> bool:
    return not isinstance(cell, str) or bool(cell.strip())


def _are_names(counts: Counter[str]) -> bool:
    """Say whether words are names of columns rather than a first row of data: those that stand twice are known ones, and most of the others."""
    known = {name for name in counts if any(by_name(entity, name, ())[0] for entity in ("contact", "company"))}
    return all(name in known for name, count in counts.items() if count > 1) and len(known) * 2 > len(counts)
