"""JSON: a list of objects as a table; what we export comes back as it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from crmdesk.errors import UserError
from crmdesk.exchange.table import SAMPLE_ROWS, Cell, Line, Table
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

LARGEST = 200 << 20
MOST_COLUMNS = 2_000


def open_json(path: Path) -> Table:
    """Open a file that holds a list of objects, alone or under one key.

    Raises:
        UserError: too large, no JSON, or something else than a list of objects.
    """
    if path.stat().st_size > LARGEST:
        raise UserError(tr("“{file}” is too large.", file=path.name), hint=tr("Save it as CSV: that has no limit."))
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"), parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        where = f" ({error.lineno}:{error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise UserError(tr("“{file}” is no JSON file{where}.", file=path.name, where=where)) from None
    objects = _objects(content)
    if objects is None:
        raise UserError(tr("“{file}” holds no list of records.", file=path.name))
    if not objects:
        raise UserError(tr("“{file}” is empty.", file=path.name))
    records = [dict(_flat(record)) for record in objects]
    columns = tuple(dict.fromkeys(name for record in records for name in record))
    if len(columns) > MOST_COLUMNS:
        raise UserError(tr("“{file}” has more than {count} columns.", file=path.name, count=MOST_COLUMNS))
    lines: list[Line] = [(number, [record.get(name, "") for name in columns]) for number, record in enumerate(records, 1)]

    def rows() -> Iterator[Line]:
        return iter(lines)

    return Table(path, "json", columns, rows, tuple(lines[:SAMPLE_ROWS]), len(lines), encoding="utf-8", delimiter=",")


def _objects(content: Any) -> list[Mapping[str, Any]] | None:
    if isinstance(content, dict):
        content = next((value for value in content.values() if isinstance(value, list)), [content])
    return content if isinstance(content, list) and all(isinstance(record, dict) for record in content) else None


def _flat(record: Mapping[str, Any]) -> Iterator[tuple[str, Cell]]:
    """Yield the columns of an object: links by title, amounts with their currency, list fields one column a value."""
    for name, value in record.items():
        match value:
            case None:
                continue
            case {"title": title, "id": _}:
                yield name, _cell(title)
            case {"amount": amount, "currency": currency}:
                yield name, _cell(amount)
                if not record.get("currency"):
                    yield "currency", _cell(currency)
            case [{"value": _}, *_]:
                yield from _parts(name, value)
            case list():
                yield name, "; ".join(str(_cell(part)) for part in value)
            case _:
                yield name, _cell(value)


def _parts(name: str, parts: list[Mapping[str, Any]]) -> Iterator[tuple[str, Cell]]:
    if name in {"tags", "note"}:
        yield name, ("; " if name == "tags" else "\n").join(str(part.get("value") or "") for part in parts)
        return
    seen: dict[str, int] = {}
    for part in parts:
        label = str(part.get("label") or "")
        seen[label] = seen.get(label, 0) + 1
        number = f" {seen[label]}" if seen[label] > 1 else ""
        base = f"{name}.{label}" if label else name
        if name == "address":
            for column in ("street", "postal_code", "city", "state", "country"):
                if part.get(column):
                    yield f"{base}.{column}{number}", _cell(part[column])
        else:
            yield f"{base}{number}", _cell(part.get("value"))


def _cell(value: Any) -> Cell:
    if value is None:
        return ""
    if isinstance(value, bool):
        return value
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
