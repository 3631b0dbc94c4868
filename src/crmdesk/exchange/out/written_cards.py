"""Address cards: contacts, companies and leads as vCard 3.0, which every address book takes, or 4.0."""

from __future__ import annotations

import base64
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk import __version__
from crmdesk.exchange.out.written_lines import content_line, escaped, our_lines, pieces, uid_lines
from crmdesk.fields import NO_YEAR
from crmdesk.i18n import LANGUAGES, mark, speaking, tr
from crmdesk.operations.attachments import content
from crmdesk.queries.records import all_columns
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

_NAMES = ("name", "given_name", "family_name", "salutation", "title", "role", "department", "company_name", "language", "birthday", "website", "external_id")
_OPEN = (*_NAMES, "company", "phone", "email", "handle", "address")
"""What a card says that may be handed to anybody: how somebody is called, works, and is reached."""
ENTITIES = ("contact", "lead", "company")

_TYPES = {
    "work": ("WORK",), "home": ("HOME",), "mobile": ("CELL",), "fax": ("FAX",), "work fax": ("WORK", "FAX"), "home fax": ("HOME", "FAX"), "pager": ("PAGER",),
    "main": ("MAIN",), "car": ("CAR",),
}  # fmt: skip
_PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF"}


def write_cards(path: Path, out: Out) -> int:
    """Write a card for each record; returns how many."""
    entity = out.cls.entity.name
    with path.open("xb") as stream:
        # What we think of somebody is for programs alone: a card is handed on.
        columns = tuple(name for name in all_columns(out.cls, out.reader) if out.options.for_programs or (name in _OPEN and not _became(entity, name)))
        for block in out.rows_of(columns, BLOCK):
            pictures = _pictures(out.reader, entity, [row.id.bytes for row in block])
            for row in block:
                stream.write(b"".join(_Card(out, row, pictures.get(row.id)).lines()))
    return len(out.wanted)


def _became(entity: str, name: str) -> bool:
    """Say whether a field of a lead names the company that it became, which is not the one where it works."""
    return entity == "lead" and name == "company"


class _Card:
    """One card on its way."""

    def __init__(self, out: Out, row: Row, picture: tuple[UUID, str] | None) -> None:
        self._out, self._row, self._picture = out, row, picture
        self._entity, self._version = out.cls.entity.name, out.options.card_version
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
        yield uid_lines(self._row.id, values["external_id"], "urn:uuid:" if self._is_new else "")
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
        if values.get("tags"):
            yield content_line("CATEGORIES", pieces((tag_text(part) for part in values["tags"]), ","))
        for note in values.get("note", ()):
            yield content_line("NOTE", escaped(note.value))
        if self._out.options.for_programs:
            yield from self._ours()
        yield from self._photo()
        yield b"END:VCARD\r\n"

    def _ours(self) -> Iterator[bytes]:
        """Yield what no address book has a term for, and which records are meant."""
        yield from our_lines(self._out.cls, self._values, {name: self._values[name] for name in _NAMES if name in self._values})

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
            if part.label == "website" and self._entity != "company":
                yield content_line("URL", escaped(part.value))
            else:
                from urllib.parse import quote

                yield content_line("IMPP", f"x-apple:{quote(part.value, safe='@')}", {"X-SERVICE-TYPE": part.label} if part.label else {})

    def _photo(self) -> Iterator[bytes]:
        if self._picture is None:
            return
        record, mime = self._picture
        data = base64.b64encode(content(self._out.reader, record)).decode("ascii")
        yield content_line("PHOTO", f"data:{mime};base64,{data}") if self._is_new else content_line("PHOTO", data, {"ENCODING": "b", "TYPE": _PICTURES[mime]})


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
