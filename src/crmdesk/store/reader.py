"""Reader: what queries read through: plain rows out, seen by a viewer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from uuid import UUID

    from crmdesk.store.connections import Connection
    from crmdesk.store.rights import Viewer
    from crmdesk.store.settings import Settings


class Reader:
    """A short look into the store: one consistent state, no way to write.

    Rows hold values as stored: ids as 16 bytes, moments as milliseconds, dates as ISO text, amounts in minor units.
    """

    def __init__(self, connection: Connection, viewer: Viewer, settings: Settings, before: Callable[[], None] | None = None) -> None:
        self._connection = connection
        self._before = before
        self.viewer = viewer
        self.settings = settings

    @property
    def is_within_change(self) -> bool:
        """Whether it reads inside an open transaction, whose records the search index does not know yet."""
        return self._before is not None

    def rows(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        if self._before:
            self._before()
        found: list[tuple[Any, ...]] = self._connection.execute(sql, parameters).fetchall()
        return found

    def each(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Iterable[tuple[Any, ...]]:
        """Return the rows of a query one by one, for those too many to hold."""
        if self._before:
            self._before()
        found: Iterable[tuple[Any, ...]] = self._connection.execute(sql, parameters)
        return found

    def one(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> tuple[Any, ...] | None:
        """Return the first row of a query or None."""
        if self._before:
            self._before()
        found: tuple[Any, ...] | None = self._connection.execute(sql, parameters).fetchone()
        return found

    def value(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Any:
        """Return the first value of the first row of a query, or None."""
        found = self.one(sql, parameters)
        return found[0] if found else None

    def interrupt(self) -> None:
        """Stop the query that runs in another thread; it raises there."""
        self._connection.interrupt()


def id_list(ids: Iterable[UUID | bytes]) -> str:
    """Return ids as JSON for `IN (SELECT unhex(value) FROM json_each(?))`: any number of them in one parameter."""
    return json.dumps([i.hex() if isinstance(i, bytes) else i.hex for i in ids])


IN_IDS = "IN (SELECT unhex(value) FROM json_each(?))"
