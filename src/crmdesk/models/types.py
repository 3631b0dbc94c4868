"""Column types: how plain values travel to SQLite and back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import BLOB, INTEGER, TEXT
from sqlalchemy.types import TypeDecorator, TypeEngine

from crmdesk.fields import KINDS


class Id(TypeDecorator[UUID]):
    """A UUID as its 16 raw bytes."""

    impl = BLOB
    cache_ok = True

    def process_bind_param(self, value: UUID | bytes | None, dialect: Any) -> bytes | None:
        """Take UUIDs, and bytes from places where speed counts."""
        return value.bytes if isinstance(value, UUID) else value

    def process_result_value(self, value: Any, dialect: Any) -> UUID | None:
        """Return the UUID."""
        return None if value is None else UUID(bytes=value)


class _ByKind(TypeDecorator[Any]):
    cache_ok = True
    kind = ""

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return None if value is None else KINDS[self.kind].store(value)

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return None if value is None else KINDS[self.kind].load(value)


class Scaled(_ByKind):
    """A Decimal with six decimals, as an integer."""

    impl = INTEGER
    cache_ok = True
    kind = "decimal"


class Rate(_ByKind):
    """An exchange rate as an integer with twelve decimals."""

    impl = INTEGER
    cache_ok = True
    kind = "rate"


class Day(_ByKind):
    """A date as `2026-11-21`."""

    impl = TEXT
    cache_ok = True
    kind = "date"


class Moment(_ByKind):
    """A datetime in UTC as milliseconds since 1970."""

    impl = INTEGER
    cache_ok = True
    kind = "moment"


class Flag(_ByKind):
    """True and false as 1 and 0."""

    impl = INTEGER
    cache_ok = True
    kind = "flag"


COLUMN_TYPES: dict[str, type[TypeEngine[Any]]] = {
    "text": TEXT, "long_text": TEXT, "choice": TEXT, "integer": INTEGER, "money": INTEGER, "decimal": Scaled, "price": Scaled, "rate": Rate,
    "date": Day, "moment": Moment, "flag": Flag, "link": Id, "id": Id,
}  # fmt: skip
