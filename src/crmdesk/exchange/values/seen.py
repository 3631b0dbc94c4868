"""Seen: which keys the rows of a file had so far, so that a row that comes again is known."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

WHOSE = 200_000
"""Of so many keys it is kept whose they are; of the others only that they were there."""
SOMEONE = bytes(16)


class Seen:
    """Hashes of keys. A million in numbers that lie side by side take 16 MB, in a dictionary they would take a hundred."""

    def __init__(self) -> None:
        self._whose: dict[int, bytes] = {}
        self._slots = array("q", bytes(8 * 65_536))
        self._count = 0

    def get(self, key: int) -> bytes | None:
        """Return whose a key is: `SOMEONE` where that is not kept, None if it was not there yet."""
        found = self._whose.get(key)
        return found or (SOMEONE if self._count and self._slots[self._place(key or 1)] else None)

    def first(self, keys: Iterable[int]) -> bytes | None:
        """Return whose the first of some keys is that was there already."""
        whose = self._whose
        for key in keys:
            if found := whose.get(key) or (self.get(key) if self._count else None):
                return found
        return None

    def remember(self, key: int, record: bytes) -> None:
        """Keep a key; whoever had it first keeps it."""
        if len(self._whose) < WHOSE:
            self._whose.setdefault(key, record)
        elif key not in self._whose:
            self._keep(key or 1)

    def _keep(self, key: int) -> None:
        at = self._place(key)
        if not self._slots[at]:
            self._slots[at] = key
            self._count += 1
            if self._count * 2 > len(self._slots):
                held, self._slots = self._slots, array("q", bytes(16 * len(self._slots)))
                for each in held:
                    if each:
                        self._slots[self._place(each)] = each

    def _place(self, key: int) -> int:
        """Return where a key lies, or the empty place where it would."""
        slots, last = self._slots, len(self._slots) - 1
        at = key & last
        while slots[at] and slots[at] != key:
            at = at + 1 & last
        return at
