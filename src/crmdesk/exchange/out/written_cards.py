"""Address cards: contacts, companies and leads as vCard 3.0, which every address book takes, or 4.0."""

from __future__ import annotations

import base64
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk import __version__
from crmdesk.exchange.files.cards import OUR_FIELDS, OURS
from crmdesk.exchange.out.written_lines import content_line, escaped, pieces
from crmdesk.fields import NO_YEAR
from crmdesk.i18n import LANGUAGES, mark, speaking, tr
from crmdesk.operations.attachments import content
from crmdesk.queries.records import all_columns, json_value, rows
from crmdesk.store.reader import IN_IDS, id_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from crmdesk.exchange.out.outgoing import Out
    from crmdesk.queries.records import Part, Row
    from crmdesk.store import Reader

BLOCK = 500
LARGEST_PICTURE = 2 << 20

_FIELDS = {
    "contact": (
        "name",
        "given_name",
        "family_name",
        "salutation",
        "title",
        "language",
        "role",
        "department",
        "company",
        "birthday",
        "phone",
        "email",
        "handle",
        "address",
        "tags",
        "note",
        "external_id",
    ),
    "lead": ("name", "given_name", "family_name", "role", "company_name", "phone", "email", "handle", "address", "tags", "note", "external_id"),
    "company": ("name", "website", "language", "phone", "email", "handle", "address", "tags", "note", "external_id"),
}
ENTITIES = tuple(_FIELDS)

_TYPES = {
    "work": ("WORK",), "home": ("HOME",), "mobile": ("CELL",), "fax": ("FAX",), "work fax": ("WORK", "FAX"), "home fax": ("HOME", "FAX"), "pager": ("PAGER",),
    "main": ("MAIN",), "car": ("CAR",),
}  # fmt: skip
_PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF"}


def write_cards(path: Path, out: Out) -> int:
    """Write a card for each record; returns how many."""
    entity = out.cls.entity.name
    with path.open("xb") as stream:
        own = () if entity == "company" else tuple(name for name in all_columns(out.cls, out.reader) if name not in out.cls.fields)
        for start in range(0, len(out.wanted), BLOCK):
            block = out.wanted[start : start + BLOCK]
            pictures = _pictures(out.reader, entity, block)
            for row in rows(out.reader, entity, block, tuple(dict.fromkeys((*_FIELDS[entity], *OUR_FIELDS[entity], *own)))):
                stream.write(b"".join(_Card(out.reader, entity, row, out.options.card_version, pictures.get(row.id)).lines()))
            out.tell(start + len(block))
    return len(out.wanted)


class _Card:
    """One card on its way."""

    def __init__(self, reader: Reader, entity: str, row: Row, version: str, picture: tuple[UUID, str] | None) -> None:
        self._reader, self._entity, self._row, self._version, self._picture = reader, entity, row, version, picture
        self._values: dict[str, Any] = row.values
        self._groups = 0

    @property
    def _is_new(self) -> bool:
        return self._version == "4.0"

    def lines(self) -> Iterator[bytes]:
        """Yield the card's lines."""
        values = self._values
        yield b"BEGIN:VCARD\r\n"
        yield content_line("VERSION", self._version)
        yield content_line("PRODID", f"-//CRMDesk//CRMDesk {__version__}//EN")
        yield content_line(
            "UID", escaped(values["external_id"]) if values["external_id"] else f"urn:uuid:{self._row.id}" if self._is_new else str(self._row.id)
        )
        yield from self._name()
        if values.get("salutation"):
            yield content_line("X-SALUTATION", values["salutation"])
        if values.get("language"):
            yield content_line("LANG", values["language"])
        if values.get("birthday"):
            yield self._birthday(values["birthday"])
        yield from self._labelled("TEL", values["phone"])
        yield from self._labelled("EMAIL", values["email"])
        yield from self._addresses()
        yield from self._handles()
        if values.get("website"):
            yield content_line("URL", values["website"])
        if values["tags"]:
            yield content_line("CATEGORIES", pieces((tag_text(part) for part in values["tags"]), ","))
        for note in values["note"]:
            yield content_line("NOTE", escaped(note.value))
        yield from self._ours()
        yield from self._photo()
        yield b"END:VCARD\r\n"

    def _ours(self) -> Iterator[bytes]:
        """Yield what no address book has a term for, and other programs pass over."""
        known = OUR_FIELDS[self._entity]
        for name, value in self._values.items():
            if value is None or (name in _FIELDS[self._entity] and name not in known):
                continue
            if name in known:
                yield content_line(f"{OURS}{name.upper().replace('_', '-')}", escaped(_as_text(value)))
            else:
                yield content_line(f"{OURS}OWN", escaped(_as_text(value)), {"NAME": name})

    def _name(self) -> Iterator[bytes]:
        values = self._values
        company = values["company_name"] if self._entity == "lead" else values["company"].title if values.get("company") else None
        name = values["name"] or ""
        if self._entity == "company" or not (values.get("given_name") or values.get("family_name")):
            yield content_line("FN", escaped(name))
            yield content_line("N", ";;;;")
            yield content_line("ORG", escaped(name))
            yield content_line("KIND", "org") if self._is_new else content_line("X-ABShowAs", "COMPANY")
            return
        yield content_line("FN", escaped(" ".join(piece for piece in (values.get("title"), name) if piece)))
        yield content_line("N", pieces((values["family_name"], values["given_name"], None, values.get("title"), None)))
        if company or values.get("department"):
            yield content_line("ORG", pieces((company, values["department"]) if values.get("department") else (company,)))
        if values["role"]:
            yield content_line("TITLE", escaped(values["role"]))

    def _birthday(self, day: date) -> bytes:
        if day.year == NO_YEAR:
            return content_line("BDAY", f"--{day:%m%d}") if self._is_new else content_line("BDAY", day.isoformat(), {"X-APPLE-OMIT-YEAR": str(NO_YEAR)})
        return content_line("BDAY", day.isoformat().replace("-", "") if self._is_new else day.isoformat())

    # ---- parts ----

    def _labelled(self, name: str, parts: Sequence[Part]) -> Iterator[bytes]:
        for part in parts:
            types = [*(["INTERNET"] if name == "EMAIL" and not self._is_new else []), *_TYPES.get(part.label or "", ())]
            yield from self._with_label(name, escaped(part.value), part.label, types)

    def _with_label(self, name: str, value: str, label: str | None, types: Sequence[str]) -> Iterator[bytes]:
        """Yield a property, and its label beside it where no type says the same."""
        group = ""
        if label and label not in _TYPES:
            self._groups += 1
            group = f"item{self._groups}"
        params = {} if not types else {"TYPE": ",".join(types)}
        # TYPE=WORK,FAX stands without quotation marks, which old programs take for a part of the word.
        said = f"{name};TYPE={params['TYPE']}" if params else name
        yield content_line(said, value, group=group)
        if group:
            yield content_line("X-ABLabel", escaped(label or ""), group=group)

    def _addresses(self) -> Iterator[bytes]:
        for part in self._values["address"]:
            more = dict(part.more)
            value = pieces((None, None, more["street"], more["city"], more["state"], more["postal_code"], more["country"]))
            yield from self._with_label("ADR", value, part.label, _TYPES.get(part.label or "", ()))

    def _handles(self) -> Iterator[bytes]:
        for part in self._values["handle"]:
            if part.label == "website":
                yield content_line("URL", escaped(part.value))
            else:
                from urllib.parse import quote

                yield content_line("IMPP", f"x-apple:{quote(part.value, safe='@')}", {"X-SERVICE-TYPE": part.label or "im"})

    def _photo(self) -> Iterator[bytes]:
        if self._picture is None:
            return
        record, mime = self._picture
        data = base64.b64encode(content(self._reader, record)).decode("ascii")
        yield content_line("PHOTO", f"data:{mime};base64,{data}") if self._is_new else content_line("PHOTO", data, {"ENCODING": "b", "TYPE": _PICTURES[mime]})


def _as_text(value: Any) -> str:
    """Return a value as imports read it: links by name, amounts with their currency."""
    plain = json_value(value)
    if isinstance(plain, dict):
        return str(plain["title"]) if "title" in plain else f"{plain['amount']} {plain['currency']}"
    return str(plain).lower() if isinstance(plain, bool) else str(plain)


def tag_text(part: Part) -> str:
    """Return a tag with its group before it, as imports take it."""
    group = dict(part.more).get("group")
    return f"{group}:{part.value}" if group else part.value


# ---- pictures ----


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    """Return what a picture of a person is called as a file, in every language that we speak."""
    words = {"photo", "foto", "portrait"}
    for language in LANGUAGES:
        with speaking(language):
            words.add(tr(mark("Picture")).lower())
    return frozenset(words)


def _pictures(reader: Reader, entity: str, block: Sequence[bytes]) -> dict[UUID, tuple[UUID, str]]:
    """Return the newest picture of each record that has one: the file and its type."""
    if entity != "contact":
        return {}
    sql = (
        f"SELECT contact_id, id, name, mime FROM attachment WHERE contact_id {IN_IDS} AND target = 'contact' AND mime IN ('image/jpeg', 'image/png', 'image/gif') "
        f"AND size <= {LARGEST_PICTURE} AND deleted_at IS NULL ORDER BY id"
    )
    found = reader.rows(sql, (id_list(block),))
    return {UUID(bytes=owner): (UUID(bytes=record), mime) for owner, record, name, mime in found if PurePath(name or "").stem.lower() in _words()}
