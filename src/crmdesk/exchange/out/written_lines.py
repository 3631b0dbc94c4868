"""Content lines of address cards and calendars, as RFC 5545, RFC 6350 and RFC 2426 want them: escaped, folded at 75 octets, ended by CR LF."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crmdesk.exchange.files.contentlines import is_our_id
from crmdesk.exchange.files.our_terms import OURS
from crmdesk.queries.records import Link, json_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from uuid import UUID

    from crmdesk.models.base import Record

LONGEST_LINE = 75

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def escaped(text: str) -> str:
    """Return a text as a value or a piece of one: line breaks and the signs that divide values are escaped; control characters go."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).translate(_ESCAPES)


def pieces(texts: Iterable[str | None], sign: str = ";") -> str:
    """Return a value made of pieces, such as the parts of a name or a list of categories."""
    return sign.join(escaped(text or "") for text in texts)


def content_line(name: str, value: str, params: Mapping[str, str] | None = None, group: str = "") -> bytes:
    """Return a property as folded lines.

    Args:
        value: already escaped.
        params: without quotation marks, which are set where they are needed.
    """
    said = "".join(f";{key}={_param(text)}" for key, text in (params or {}).items())
    return folded(f"{group}.{name}{said}:{value}" if group else f"{name}{said}:{value}")


def _param(text: str) -> str:
    bare = _CONTROLS.sub("", text).replace('"', "'").replace("\n", " ").replace("\r", " ").replace("\t", " ")
    return f'"{bare}"' if re.search("[;:,]", bare) else bare


def folded(line: str) -> bytes:
    """Return a line cut into pieces of at most 75 octets, none of them in the middle of a character."""
    content = line.encode("utf-8")
    if len(content) <= LONGEST_LINE:
        return content + b"\r\n"
    cut: list[bytes] = []
    at, room = 0, LONGEST_LINE
    while at < len(content):
        end = min(at + room, len(content))
        while end < len(content) and content[end] & 0xC0 == 0x80:
            end -= 1
        cut.append(content[at:end])
        at, room = end, LONGEST_LINE - 1
    return b"\r\n ".join(cut) + b"\r\n"


def uid_lines(record: UUID, external_id: str | None, prefix: str = "") -> bytes:
    """Return by what a record is known: its id, or the one that it has in another program, which knows it by that; then its own beside.

    Args:
        prefix: what stands before an id of ours.
    """
    uid = content_line("UID", escaped(external_id) if external_id else f"{prefix}{record}")
    return uid + content_line(f"{OURS}ID", str(record)) if external_id or not is_our_id(str(record)) else uid


def our_lines(cls: type[Record], values: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield what the terms of all programs do not say of a record, or not just so, in terms of our own, which other programs pass over.

    Args:
        said: what is read from the terms of all programs, by field.
    """
    for name, value in values.items():
        if value == said.get(name) or isinstance(value, list) or (name in cls.fields and cls.fields[name].derived):
            continue
        if name not in cls.fields:
            yield content_line(f"{OURS}OWN", escaped(_text(value)), {"NAME": name})
        else:
            told = {"ID": str(value.id)} if isinstance(value, Link) else {}
            yield content_line(f"{OURS}{name.upper().replace('_', '-')}", escaped(_text(value)), told)


def _text(value: Any) -> str:
    """Return a value as imports read it: links by name, amounts with their currency."""
    plain = json_value(value)
    if isinstance(plain, dict):
        return str(plain["title"]) if "title" in plain else f"{plain['amount']} {plain['currency']}"
    return "" if plain is None else str(plain).lower() if isinstance(plain, bool) else str(plain)
