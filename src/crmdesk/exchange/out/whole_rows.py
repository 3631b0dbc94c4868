"""Whole rows as JSON and back, without any loss: every column of a table in plain terms, for taking all data out and in again."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.clock import moment, to_ms
from crmdesk.errors import UserError
from crmdesk.fields import LARGEST_STORED, RATE_SCALE, SCALE, day_text, from_minor, read_date, to_minor, to_scaled
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmdesk.models.base import Record

KINDS = {
    "id": "id", "link": "id of the record it points to", "text": "text", "long_text": "text", "choice": "one of the choices", "integer": "whole number",
    "money": "amount as text, in the record's currency or, without one, in the store's", "decimal": "number as text", "price": "number as text", "rate": "number as text",
    "date": "day, ISO 8601; --12-24 where the year is not known", "moment": "moment in UTC, ISO 8601",
    "flag": "true or false", "own": "own fields by the id of their definition (custom_field)",
}  # fmt: skip
"""What stands in the files for each kind of column."""


def kind_of(cls: type[Record], column: str) -> str:
    """Return the kind of a column in the terms of `KINDS`."""
    return "own" if column == "custom" else cls.columns[column].kind


def name_of(cls: type[Record], column: str) -> str:
    """Return what a column is called in the files: links without their `_id`."""
    return column.removesuffix("_id") if cls.columns[column].kind == "link" else column


@lru_cache(maxsize=64)
def plan_of(cls: type[Record]) -> tuple[tuple[str, str, str], ...]:
    """Return (column, name, kind) of every column of a table, the id first."""
    return tuple((column, name_of(cls, column), kind_of(cls, column)) for column in sorted(cls.columns, key=lambda name: name != "id"))


# ---- out ----


def row_text(cls: type[Record], stored: Sequence[Any], base_currency: str) -> str:
    """Return a row as one line of JSON; columns without a value are left out.

    Args:
        stored: values in the order of `plan_of`.
    """
    plan = plan_of(cls)
    currency = next((value for (column, _, _), value in zip(plan, stored, strict=True) if column == "currency" and value), base_currency)
    values = {name: _plain(kind, value, currency) for (_, name, kind), value in zip(plan, stored, strict=True) if value is not None}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _plain(kind: str, value: Any, currency: str) -> Any:
    match kind:
        case "id" | "link":
            return str(UUID(bytes=value))
        case "money":
            return f"{from_minor(value, currency):f}"
        case "decimal" | "price":
            return f"{Decimal(value).scaleb(-SCALE):f}"
        case "rate":
            return f"{Decimal(value).scaleb(-RATE_SCALE):f}"
        case "moment":
            return moment(value).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case "date":
            return day_text(date.fromisoformat(value))
        case "flag":
            return bool(value)
        case "own":
            return _own(value)
        case _:
            return value


def _own(text: str) -> Any:
    """Own fields are stored as JSON; what would not come back letter by letter stays text."""
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return found if isinstance(found, dict) and _own_text(found) == text else text


def _own_text(found: Mapping[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


# ---- in ----


def stored_row(cls: type[Record], values: Mapping[str, Any], base_currency: str) -> tuple[Any, ...]:
    """Return a row's stored values in the order of `plan_of`.

    Raises:
        UserError: a field that the table does not have, or a value that is none of its kind; its field is the name.
    """
    plan = plan_of(cls)
    names = {name for _, name, _ in plan}
    if unknown := next((name for name in values if name not in names), None):
        raise UserError(tr("{entity} has no field “{name}”.", entity=cls.entity.name, name=unknown), field=unknown)
    if "id" not in values:
        raise UserError(tr("{field} is missing.", field="id"), field="id")
    currency = values.get("currency") or base_currency
    found: list[Any] = []
    for _, name, kind in plan:
        value = values.get(name)
        try:
            found.append(None if value is None else _READ[kind](value) if kind != "money" else to_minor(Decimal(_text(value)), _text(currency)))
        except (ValueError, TypeError, ArithmeticError, InvalidOperation):
            raise UserError(tr("“{text}” is no value for {name}.", text=str(value)[:80], name=name), field=name) from None
    return tuple(found)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST_STORED:
        raise TypeError
    return value


def _flag(value: Any) -> int:
    if not isinstance(value, bool):
        raise TypeError
    return int(value)


def _own_in(value: Any) -> str:
    return _own_text(value) if isinstance(value, dict) else _text(value)


def _day(value: Any) -> str:
    text = _text(value)
    return (read_date(text) if text.startswith("--") else date.fromisoformat(text)).isoformat()


def _id(value: Any) -> bytes:
    return UUID(_text(value)).bytes


def _number(value: Any) -> int:
    return to_scaled(Decimal(_text(value)))


_READ: dict[str, Callable[[Any], Any]] = {
    "id": _id, "link": _id, "text": _text, "long_text": _text, "choice": _text, "integer": _whole, "decimal": _number, "price": _number,
    "rate": lambda value: to_scaled(Decimal(_text(value)), RATE_SCALE), "date": _day,
    "moment": lambda value: to_ms(datetime.fromisoformat(_text(value))), "flag": _flag, "own": _own_in,
}  # fmt: skip
