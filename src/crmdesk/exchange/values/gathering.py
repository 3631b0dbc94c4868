"""Gathered: the rows that an import has prepared, sorted by table and columns, ready to be written in one go."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from crmdesk.fields import KINDS
from crmdesk.models.base import ENTITIES
from crmdesk.store.door import derive_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmdesk.operations.imports import File
    from crmdesk.store.settings import Settings

Row = tuple[Any, ...]


@dataclass
class Gathered:
    """Rows to insert and to update, with stored values.

    Attributes:
        inserts: by entity and columns, the values of all rows end to end, in the order in which they came up: as tuples they would take twice as long.
        updates: the same, and in which round: a record that comes again with other columns is written again, after all others; a row ends with its id.
        files: to be attached to the records, with what says where their content lies.
        created: how many records were made because something referred to them.
        notes: sentences about records that were made so and are not complete.
    """

    settings: Settings
    inserts: dict[tuple[str, tuple[str, ...]], list[Any]] = field(default_factory=dict)
    updates: dict[tuple[int, str, tuple[str, ...]], list[Row]] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)
    created: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    _rounds: dict[tuple[str, Any], tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    _derivers: dict[str, Callable[[dict[str, Any]], None] | None] = field(default_factory=dict)

    def add(self, entity: str, values: dict[str, Any]) -> None:
        """Take a record with its stored values; the derived ones are filled in."""
        self.complete(entity, values)
        self.put(entity, values)

    def put(self, entity: str, values: dict[str, Any]) -> None:
        """Take a record whose values are complete."""
        rows = self.rows(entity, (*values,))
        rows += values.values()

    def rows(self, entity: str, columns: tuple[str, ...]) -> list[Any]:
        """Return the list that collects the values of an entity's rows with these columns."""
        key = (entity, columns)
        rows = self.inserts.get(key)
        if rows is None:
            rows = self.inserts[key] = []
        return rows

    def update(self, entity: str, columns: tuple[str, ...], row: Row) -> None:
        """Take new values of a record; the last one is its id. What comes later is written later, whatever its columns."""
        key = (entity, row[-1])
        before, others = self._rounds.get(key, (0, columns))
        now = before if others == columns else before + 1
        self._rounds[key] = now, columns
        self.updates.setdefault((now, entity, columns), []).append(row)

    def made(self, entity: str) -> None:
        """Count a record that was made because something referred to it."""
        self.created[entity] = self.created.get(entity, 0) + 1

    def complete(self, entity: str, values: dict[str, Any]) -> None:
        """Fill in the derived values of a record."""
        if derive := self.deriver(entity):
            derive(values)

    def deriver(self, entity: str) -> Callable[[dict[str, Any]], None] | None:
        """Return what fills in the derived values of an entity's records."""
        if entity not in self._derivers:
            self._derivers[entity] = self._deriver(entity)
        return self._derivers[entity]

    def _deriver(self, entity: str) -> Callable[[dict[str, Any]], None] | None:
        """Return what fills in the derived values; values that it reads are turned from stored to plain where these differ."""
        cls = ENTITIES[entity]
        derive = cls.entity.derive
        if derive is None:
            return None
        kinds = {item.column: item.kind for item in cls.fields.values()}
        turned = [name for name in derive_sources(cls) if kinds.get(name) in {"decimal", "rate", "price", "date", "moment", "flag", "link"}]
        settings = self.settings
        if not turned:

            def complete(values: dict[str, Any]) -> None:
                values.update(derive(values, settings))

            return complete

        def complete_plain(values: dict[str, Any]) -> None:
            plain = dict(values)
            for name in turned:
                if plain.get(name) is not None:
                    plain[name] = KINDS[kinds[name]].load(plain[name])
            values.update(derive(plain, settings))

        return complete_plain

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not any(self.inserts.values()) and not any(self.updates.values()) and not self.files

    def take_files(self) -> list[File]:
        """Return the files that have been gathered and begin anew."""
        files, self.files = self.files, []
        return files

    def take(self) -> tuple[list[tuple[str, tuple[str, ...], list[Any]]], list[tuple[str, tuple[str, ...], list[Row]]]]:
        """Return what has been gathered as (inserts, updates) and begin anew."""
        inserts = sorted(((entity, *_filled(columns, rows)) for (entity, columns), rows in self.inserts.items() if rows), key=lambda part: _rank(part[0]))
        updates = [(entity, columns, rows) for (_, entity, columns), rows in sorted(self.updates.items(), key=lambda item: item[0][0]) if rows]
        self.inserts, self.updates, self._rounds = {}, {}, {}
        return inserts, updates


def _filled(columns: tuple[str, ...], values: list[Any]) -> tuple[tuple[str, ...], list[Any]]:
    """Leave out the columns that no row has anything in: to bind an empty value takes the driver as long as to bind a text."""
    width = len(columns)
    kept = [place for place in range(width) if any(values[place::width]) or any(value is not None for value in values[place::width])]
    if len(kept) in {0, width}:
        return columns, values
    filled: list[Any] = [None] * (len(values) // width * len(kept))
    for at, place in enumerate(kept):
        filled[at :: len(kept)] = values[place::width]
    return tuple(columns[place] for place in kept), filled


# While a link points to nothing yet, SQLite looks through all tables that could be waiting for each new row: a hundred thousand people before
# their companies took minutes. So what others refer to is written first.
_FIRST = ("member", "tag", "pipeline", "stage", "queue", "product", "company", "contact", "lead", "deal", "quote", "ticket", "quote_line")


@lru_cache(maxsize=64)
def _rank(entity: str) -> int:
    return _FIRST.index(entity) if entity in _FIRST else len(_FIRST)


def stored_own_fields(values: Mapping[str, Any]) -> str | None:
    """Return the user's own fields as the JSON that the record keeps."""
    import json

    return json.dumps(dict(sorted(values.items())), ensure_ascii=False, sort_keys=True, separators=(",", ":")) if values else None
