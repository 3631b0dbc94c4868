"""What a command prints: one JSON document for programs, aligned text for people."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, tzinfo
from io import TextIOWrapper
from typing import Any, Literal, TextIO
from unicodedata import east_asian_width

from crmdesk.errors import UserError, why
from crmdesk.i18n import tr

CELL_WIDTH = 60
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")

_zone: tzinfo | None = None


def speak_to_programs() -> None:
    """Read and write UTF-8 where the other end is a program or a file: what the system takes there, such as cp1252 on Windows, knows few letters.

    What whoever called has closed reads as empty and swallows what is said.
    """
    sys.stdin, sys.stdout, sys.stderr = sys.stdin or _nowhere("r"), sys.stdout or _nowhere("w"), sys.stderr or _nowhere("w")
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "strict"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, TextIOWrapper) and not stream.isatty():
            stream.reconfigure(encoding="utf-8", errors=errors)


def _nowhere(mode: Literal["r", "w"]) -> TextIO:
    """Open what reads as empty and swallows what is said, until the end of the program."""
    return open(os.devnull, mode, encoding="utf-8")  # noqa: PTH123, SIM115


class Unsaid(UserError):
    """The command did what it was asked, but what it answers can't be written."""

    exit_code = 1


def tell(text: str) -> None:
    """Print an answer whole, or as much of it as somebody reads: after that the command goes on, and ends as it would have.

    Raises:
        Unsaid: the file that takes it is on a full disk, or the like.
    """
    try:
        print(harmless(text), flush=True)
    except BrokenPipeError:
        say_no_more()
    except OSError as error:
        say_no_more()
        raise Unsaid(tr("The answer can't be written: {why}.", why=why(error)), hint=tr("What was asked is done.")) from error


def say_no_more() -> None:
    """Drop what is left to be said: the end of the program would try to write it once more."""
    sys.stdout = _nowhere("w")


def remark(text: str, end: str = "\n") -> None:
    """Say something beside the answer; where that can't be written, the work must not fail by it."""
    try:
        print(harmless(text), end=end, file=sys.stderr, flush=True)
    except OSError:
        sys.stderr = _nowhere("w")


def harmless(text: str) -> str:
    """Return a text without the signs that steer a terminal: names and notes come from files of strangers."""
    return _CONTROLS.sub("\ufffd", text)


def set_zone(zone: tzinfo) -> None:
    """Show moments in this zone from now on, the store's own."""
    global _zone
    _zone = zone


def as_json(result: Any) -> str:
    """Return a result as one JSON document."""
    return _CONTROLS.sub(lambda sign: f"\\u{ord(sign[0]):04x}", json.dumps(result, ensure_ascii=False, default=_json_default))


def _json_default(value: Any) -> Any:
    from crmdesk.queries.records import json_value

    plain = json_value(value)
    return str(value) if plain is value else plain


def pretty(result: Any) -> str:
    """Return a result as people read it: a line for each field, owned rows (lines, messages) as tables below."""
    if isinstance(result, Mapping):
        plain = {key: value for key, value in result.items() if value not in (None, [], {}) and not _is_rows(value)}
        width = max((len(key) for key in plain), default=0)
        fields = [f"{key:<{width}}  {short(value)}" for key, value in plain.items()]
        return "\n".join(fields + [f"\n{key}\n{_rows_table(rows)}" for key, rows in result.items() if _is_rows(rows)])
    if isinstance(result, list):
        return "\n".join(short(item) for item in result)
    return str(result)


def _is_rows(value: Any) -> bool:
    """Tell rows of several columns from a list of values, links, phones or addresses."""
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) and not {"title", "value"} & item.keys() for item in value)


def _rows_table(rows: list[Mapping[str, Any]]) -> str:
    columns = [key for key in rows[0] if key != "id" and any(row.get(key) not in (None, "", [], {}) for row in rows)]
    return table(columns, [[row.get(key) for key in columns] for row in rows])


def short(value: Any) -> str:
    """Return a value of a record's JSON on one line."""
    if isinstance(value, Mapping):
        if "title" in value:
            return str(value["title"])
        if {"amount", "currency"} <= value.keys():
            # What has no rate stands beside the sum: currencies are never added.
            return " + ".join(f"{money['amount']} {money['currency']}" for money in (value, *value.get("without_rate", ())))
        if "value" in value:
            return f"{value['value']} ({value['label']})" if value.get("label") else str(value["value"])
        return ", ".join(f"{key} {short(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(short(inner) for inner in value)
    if isinstance(value, bool):
        return tr("Yes") if value else tr("No")
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return _local(value)
    return "" if value is None else str(value)


def _local(moment: str) -> str:
    """Return a moment to the minute, in the store's zone or, before one is open, this computer's."""
    return datetime.fromisoformat(moment.replace("Z", "+00:00")).astimezone(_zone).strftime("%Y-%m-%d %H:%M")


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return rows as aligned text."""
    cells = [[str(column) for column in columns], *([_clipped(short(value).replace("\n", " ")) for value in row] for row in rows)]
    widths = [max(_width(row[i]) for row in cells) for i in range(len(columns))]
    return "\n".join("  ".join(text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)).rstrip() for row in cells)


def _clipped(text: str) -> str:
    return text if len(text) <= CELL_WIDTH else text[: CELL_WIDTH - 1] + "…"


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int | None], None] | None]:
    """Show a bar on a terminal, nothing when piped."""
    if not sys.stderr.isatty():
        yield None
        return

    def show(done: int, total: int | None) -> None:
        part = f"{done * 100 // total:3d} %" if total else f"{done:,}"
        remark(f"\r{label} {part}", end="")

    try:
        yield show
    finally:
        remark("\r" + " " * (len(label) + 14) + "\r", end="")
