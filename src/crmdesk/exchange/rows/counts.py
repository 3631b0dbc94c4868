"""Counts: how many rows of an import went where, also of each file where several make one table."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass
class Counts:
    """How many rows went where: all others add up to those that were read.

    Attributes:
        added: rows that became records of the entity.
        joined: rows that became something else: a further line of a quote, or a company among contacts. Such companies count among what was made.
    """

    read: int = 0
    added: int = 0
    updated: int = 0
    skipped: int = 0
    rejected: int = 0
    joined: int = 0

    def count(self, what: str) -> None:
        """Count one more row."""
        self.__dict__[what] += 1

    def take_back(self) -> None:
        """Count a row that was updated as one that changes nothing."""
        self.updated -= 1
        self.skipped += 1


class CountsOfFiles:
    """How many rows of each of some files went where.

    Args:
        files: each with the running number of the line before its first one.
    """

    def __init__(self, files: Sequence[tuple[Path, int]]) -> None:
        self.files = {path: Counts() for path, _ in files}
        self._starts = [start for _, start in files]
        self._counts = [self.files[path] for path, _ in files]

    def count(self, what: str, line: int) -> None:
        """Count a row, by its running number."""
        self._of(line).count(what)

    def take_back(self, line: int) -> None:
        """Count a row that was updated as one that changes nothing, by its running number."""
        self._of(line).take_back()

    def _of(self, line: int) -> Counts:
        return self._counts[bisect_left(self._starts, line) - 1]
