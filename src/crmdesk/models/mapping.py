"""SQLAlchemy's tables and classes, made of what the entities declare; before the first change, since it takes a third of a second."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from sqlalchemy import Column, ForeignKey, Index, MetaData, Table, text
from sqlalchemy.orm import configure_mappers, registry

import crmdesk.models.registry  # noqa: F401 - by then every area has declared its entities
from crmdesk.models.base import ENTITIES
from crmdesk.models.types import COLUMN_TYPES

if TYPE_CHECKING:
    from crmdesk.models.base import Record

_metadata = MetaData()
_lock = threading.Lock()


def tables() -> list[Table]:
    """Return the table of every entity; from then on the classes are mapped to them."""
    with _lock:
        if not _metadata.tables:
            mapped = registry(metadata=_metadata)
            for cls in ENTITIES.values():
                mapped.map_imperatively(cls, _table(cls))
            configure_mappers()
    return [_metadata.tables[name] for name in ENTITIES]


def _table(cls: type[Record]) -> Table:
    columns = [
        Column(
            column.name, COLUMN_TYPES[column.kind], *([ForeignKey(f"{column.target}.id", deferrable=True, initially="DEFERRED")] if column.target else []),
            primary_key=column.kind == "id", nullable=column.kind != "id",
        )
        for column in cls.columns.values()
    ]  # fmt: skip
    table = Table(cls.entity.name, _metadata, *columns, sqlite_with_rowid=False, sqlite_strict=True)
    for index in cls.indexes:
        Index(index.name, *(table.columns[name] for name in index.columns), sqlite_where=text(index.where) if index.where else None)
    return table
