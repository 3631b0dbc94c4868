"""Apostrophes before what a spreadsheet would take for a formula: tables for people have them, and they come off when such a table comes back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk.exchange.table import OddRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.exchange.table import Cell

_BEGINS = r"\s*[=+\-@\t\r\n＝＋－＠]"
# With those that stand there already one is added all the same: so each text comes back as it was.
_DANGEROUS = re.compile(rf"'*{_BEGINS}")
_NEUTRAL = re.compile(rf"'+{_BEGINS}")
SUSPECT = re.compile(rf"'{_BEGINS}")
"""What a line with such a cell has somewhere."""
_NUMBER = re.compile(r"[-+]?\d[\d.,]*")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def neutral(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe goes before what could begin one."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def neutral_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; numbers below zero are none."""
    return text if _NUMBER.fullmatch(text) else neutral(text)


@dataclass
class Apostrophes:
    """Takes the apostrophes off the cells of a file, those of 's-Hertogenbosch and the like excepted.

    Attributes:
        found: whether any has been taken off so far.
    """

    found: bool = False

    def freed(self, cells: list[Cell]) -> list[Cell]:
        """Return cells without their apostrophes; an odd row stays one."""
        free = [cell[1:] if isinstance(cell, str) and cell[:1] == "'" and _NEUTRAL.match(cell) else cell for cell in cells]
        if free == cells:
            return cells
        self.found = True
        return OddRow.because(cells.reason, free) if isinstance(cells, OddRow) else free


def is_for_programs(columns: Sequence[str], first: Sequence[str], encoding: str) -> bool:
    """Say whether a table is one that we wrote for programs, where every apostrophe is meant: ids come first, and no mark of the encoding.

    Args:
        first: cells of the first column.
    """
    return encoding == "utf-8" and columns[0] == "id" and bool(first) and all(_UUID.fullmatch(cell) for cell in first)
