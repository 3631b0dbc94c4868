"""Waiting: what an import has worked out, until all of it is; packed, and of a long import encrypted on the disk."""

from __future__ import annotations

import marshal
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from crmdesk.operations.imports import Batch
from crmdesk.store.series import spool

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from crmdesk.store.series import Spool

IN_MEMORY = 400_000
"""Up to so many rows, parts counted, wait in memory, in some 30 MB: those of 100,000 people. As objects they would need 200."""
TOGETHER = 80_000
"""So many rows of a long import are written in one go: of them a store of a million records is held for some three seconds of processor time."""


class Waiting:
    """Batches in the order in which they came.

    Args:
        beside: the store, beside whose file they wait.

    Attributes:
        rows: how many rows all batches have.
    """

    def __init__(self, beside: Path) -> None:
        self._beside = beside
        self._open = ExitStack()
        self._pieces: list[bytes] = []
        self._spool: Spool | None = None
        self._sizes: list[int] = []
        self.rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def __bool__(self) -> bool:
        return bool(self._sizes)

    def add(self, batch: Batch) -> None:
        """Put a batch behind the others; one with nothing in it is left out."""
        size = batch.size
        if not size:
            return
        piece = marshal.dumps((batch.inserts, batch.updates, batch.files))
        self._sizes.append(size)
        self.rows += size
        if self._spool is None and self.rows > IN_MEMORY:
            self._put_on_disk()
        if self._spool:
            self._spool.add(piece)
        else:
            self._pieces.append(piece)

    def _put_on_disk(self) -> None:
        """Let what has waited in memory wait on the disk."""
        self._spool = self._open.enter_context(spool(self._beside))
        for piece in self._pieces:
            self._spool.add(piece)
        self._pieces.clear()

    def batches(self) -> Iterator[Batch]:
        """Yield all batches, once."""
        return self._taken(range(len(self._sizes)))

    def groups(self) -> Iterator[Iterator[Batch]]:
        """Yield the batches, once, in groups that are written in one go."""
        group: list[int] = []
        for number, size in enumerate(self._sizes):
            if group and sum(self._sizes[each] for each in group) + size > TOGETHER:
                yield self._taken(group)
                group = []
            group.append(number)
        if group:
            yield self._taken(group)

    def _taken(self, numbers: Iterable[int]) -> Iterator[Batch]:
        for number in numbers:
            if self._spool:
                piece = self._spool.piece(number)
            else:
                piece, self._pieces[number] = self._pieces[number], b""
            yield Batch(*marshal.loads(piece))
