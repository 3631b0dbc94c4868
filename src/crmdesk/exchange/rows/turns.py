"""Turns: rows of one file that change a known record one after the other, and perhaps nothing together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmdesk.exchange.shapes.work import Values

HELD = 20_000
"""Of so many records it is kept what rows change in them: a million would not fit into memory."""


@dataclass(slots=True)
class _Turn:
    """What rows have changed in a record.

    Attributes:
        before: the values that it had, of those that changed. has_more: whether it got entries of lists too, which no row takes away.
    """

    before: dict[str, Any] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)
    has_more: bool = False


class Turns:
    """What the rows of an import change in known records: a file with two rows of one record turns it twice, and the next time back again."""

    def __init__(self) -> None:
        self._turns: dict[bytes, _Turn] = {}

    def take(self, record: bytes, line: int, before: Values, after: Values, *, has_more: bool) -> list[int]:
        """Take note of what a row changes; returns the lines of all that have changed the record if it is now as it was.

        Args:
            has_more: whether the row added to a list of the record.
        """
        turn = self._turns.get(record)
        if turn is None:
            if len(self._turns) >= HELD:
                return []
            turn = self._turns[record] = _Turn()
        turn.has_more |= has_more
        turn.lines.append(line)
        for name, value in after.items():
            if value != before.get(name):
                turn.before.setdefault(name, before.get(name))
        if turn.has_more or any(after.get(name) != value for name, value in turn.before.items()):
            return []
        del self._turns[record]
        return turn.lines
