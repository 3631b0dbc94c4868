"""JSON: a list of objects as a table; what we export comes back as it was."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, TextIO

from crmdesk.errors import UserError
from crmdesk.exchange.table import SAMPLE_ROWS, Cell, Line, Table
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

LARGEST_WHOLE = 40 << 20
LONGEST_RECORD = 20_000_000
MOST_COLUMNS = 2_000
CHUNK = 1 << 20


def open_json(path: Path) -> Table:
    """Open a file that holds a list of objects, alone or under one key. A list alone is read record by record, however long it is.

    Raises:
        UserError: too large, no JSON, or something else than a list of objects.
    """
    columns: dict[str, None] = {}
    sample: list[dict[str, Cell]] = []
    count = 0
    for record in _records(path):
        flat = dict(_flat(record))
        columns.update(dict.fromkeys(flat))
        if len(columns) > MOST_COLUMNS:
            raise UserError(tr("“{file}” has more than {count} columns.", file=path.name, count=MOST_COLUMNS))
        count += 1
        if count <= SAMPLE_ROWS:
            sample.append(flat)
    if not count:
        raise UserError(tr("“{file}” is empty.", file=path.name))
    names = tuple(columns)

    def rows() -> Iterator[Line]:
        for number, record in enumerate(_records(path), 1):
            flat = dict(_flat(record))
            yield number, [flat.get(name, "") for name in names]

    first = tuple((number, [flat.get(name, "") for name in names]) for number, flat in enumerate(sample, 1))
    return Table(path, "json", names, rows, first, count, encoding="utf-8", delimiter=",")


def _records(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a file.

    Raises:
        UserError: it is no JSON, or holds something else.
    """
    with path.open("rb") as file:
        encoding = json.detect_encoding(file.read(4))
    try:
        with path.open(encoding=encoding) as stream:
            head = stream.read(CHUNK).lstrip()
            if head.startswith("["):
                yield from _listed(path, stream, head[1:])
                return
        if path.stat().st_size > LARGEST_WHOLE:
            raise UserError(tr("“{file}” is too large.", file=path.name), hint=tr("Save it as CSV: that has no limit."))
        content = json.loads(path.read_text(encoding=encoding), **_AS_TEXT)
    except UnicodeError:
        raise _no_json(path, "") from None
    except (ValueError, RecursionError) as error:
        raise _no_json(path, f" ({error.lineno}:{error.colno})" if isinstance(error, json.JSONDecodeError) else "") from None
    found = next((value for value in content.values() if isinstance(value, list)), [content]) if isinstance(content, dict) else None
    if found is None or not all(isinstance(record, dict) for record in found):
        raise UserError(tr("“{file}” holds no list of records.", file=path.name))
    yield from found


_AS_TEXT: dict[str, Any] = {"parse_int": str, "parse_float": str, "parse_constant": str}
_DECODER = json.JSONDecoder(**_AS_TEXT)
_BETWEEN = re.compile(r"[\s,]*")


def _listed(path: Path, stream: TextIO, text: str) -> Iterator[Mapping[str, Any]]:
    """Yield the members of a list, reading on as they are asked for."""
    at = line = 0
    while True:
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]  # it matches anywhere
        if at < len(text) and text[at] == "]":
            return
        try:
            if at >= len(text):
                raise json.JSONDecodeError("", text, at)  # noqa: TRY301
            record, at = _DECODER.raw_decode(text, at)
        except json.JSONDecodeError as error:
            more = stream.read(CHUNK) if len(text) - at < LONGEST_RECORD else ""
            if not more:
                raise _no_json(path, f" ({line + error.lineno}:{error.colno})") from None
            line += text.count("\n", 0, at)
            text, at = text[at:] + more, 0
            continue
        except RecursionError:
            raise _no_json(path, "") from None
        if not isinstance(record, dict):
            raise UserError(tr("“{file}” holds no list of records.", file=path.name))
        yield record


def _no_json(path: Path, where: str) -> UserError:
    return UserError(tr("“{file}” is no JSON file{where}.", file=path.name, where=where))


def _flat(record: Mapping[str, Any]) -> Iterator[tuple[str, Cell]]:
    """Yield the columns of an object: links by title, amounts with their currency, list fields one column a value."""
    for name, value in record.items():
        match value:
            case None | []:
                continue
            case {"title": title, "id": its}:
                yield name, _cell(title)
                yield f"{name}_id", _cell(its)
            case {"amount": amount, "currency": currency}:
                yield name, _cell(amount)
                if not record.get("currency"):
                    yield "currency", _cell(currency)
            case [{"value": _}, *_]:
                yield from _parts(name, value)
            case [dict(), *_] if parts := _as_parts(value):
                yield from _parts(name, parts)
            case dict():
                for inner, part in value.items():
                    if part is not None:
                        yield f"{name}.{inner}", _cell(part)
            case list():
                yield name, "; ".join(str(_cell(part)) for part in value)
            case _:
                yield name, _cell(value)


_VALUES = ("number", "phone", "email", "mail", "address", "url", "name", "title")
_LABELS = ("label", "type", "kind")


def _as_parts(given: list[Any]) -> list[Mapping[str, Any]]:
    """Return the objects of a list as we write those of list fields, such as `{"type": "work", "number": "0221 5"}`; nothing if they hold something else."""
    parts: list[Mapping[str, Any]] = []
    for part in given:
        value = next((part[name] for name in _VALUES if isinstance(part.get(name), str)), None) if isinstance(part, dict) else None
        if value is None:
            return []
        parts.append({"value": value, "label": next((part[name] for name in _LABELS if isinstance(part.get(name), str)), "")})
    return parts


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
