"""Phones, mails, handles, addresses, tags and notes of one row, gathered from its columns."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from crmdesk.clock import fresh_ids
from crmdesk.errors import UserError
from crmdesk.exchange.table import shown
from crmdesk.exchange.values.cells import many_lines, read_long_text
from crmdesk.exchange.values.hyperlinks import NO_WEBSITE, mail_of, without_text
from crmdesk.exchange.values.nothing import is_nothing
from crmdesk.exchange.words import headers
from crmdesk.i18n import mark
from crmdesk.models.checks import check_mail
from crmdesk.models.countries import FIVE_DIGITS, region_of
from crmdesk.models.names import folded, has_cjk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from crmdesk.exchange.table import Cell
    from crmdesk.exchange.values.gathering import Gathered
    from crmdesk.exchange.values.layouts import Column
    from crmdesk.exchange.values.links import Book
    from crmdesk.exchange.values.phones import PhoneReader

ADDRESS_COLUMNS = ("street", "postal_code", "city", "state", "country")


@dataclass(slots=True)
class Parts:
    """What a row says in list fields, each without its owner."""

    phones: list[tuple[str | None, str, str | None, str | None, str | None]] = field(default_factory=list)
    emails: list[tuple[str | None, str, str]] = field(default_factory=list)
    handles: list[tuple[str | None, str]] = field(default_factory=list)
    addresses: list[tuple[str | None, str | None, str | None, str | None, str | None, str | None, str | None]] = field(default_factory=list)
    tags: list[bytes] = field(default_factory=list)
    note: str | None = None

    @property
    def city_key(self) -> str:
        """The city of the first address, as cities are compared."""
        return self.addresses[0][6] or "" if self.addresses else ""

    @property
    def stand_in(self) -> str:
        """What somebody is called of whom there is nothing but an address or a number; empty if there is neither."""
        return self.emails[0][1] if self.emails else self.phones[0][1] if self.phones else ""

    def __bool__(self) -> bool:
        return bool(self.phones or self.emails or self.handles or self.addresses or self.tags or self.note)


Slot = tuple[int, str | None, int | None, str]
"""A column: its index, its fixed label, the column with its label, its header."""


class PartsReader:
    """Reads the list fields of a row; compiled once for a file.

    Args:
        columns: those that go to list fields.
        region: the country of phone numbers where the row names none.
        tags: where tags are looked up; without it they are left out.
        note: counts what the user should hear of.
    """

    def __init__(
        self, columns: Iterable[Column], region: str, phones: PhoneReader, tags: Callable[[], Book] | None = None,
        note: Callable[[tuple[str, str]], None] | None = None,
    ) -> None:  # fmt: skip
        self._region = region
        self._note = note
        self._phones = phones
        self._tags = tags
        self._slots: dict[str, list[Slot]] = {}
        self._groups: dict[str, dict[str, int]] = {}
        self._group_labels: dict[str, int | None] = {}
        for column in columns:
            target = column.target
            if target is None:
                continue
            if target.field == "address":
                self._groups.setdefault(target.label, {}).setdefault(target.part, column.index)
                self._group_labels[target.label] = column.label_index
            else:
                slot = (column.index, target.label or None, column.label_index, column.header)
                self._slots.setdefault(target.field, []).append(slot)
        self._countries = [group["country"] for group in self._groups.values() if "country" in group]
        self._phone_slots = self._slots.get("phone", [])
        self._mail_slots = self._slots.get("email", [])
        self._has_more = bool(self._groups) or bool(self._slots.keys() - {"phone", "email"})

    def __bool__(self) -> bool:
        return bool(self._slots or self._groups)

    def tag_texts(self, cells: list[Cell]) -> list[str]:
        """Return the tags that a row names."""
        return [text for index, *_ in self._slots.get("tags", ()) for text in split_tags(shown(cells[index]))]

    def read(self, cells: list[Cell]) -> Parts:
        """Return the list fields of a row.

        Raises:
            UserError: a mail address that is none; its field is the column's name.
        """
        (found,) = self.read_all([cells])
        if isinstance(found, UserError):
            raise found
        return found

    def read_all(self, rows: Sequence[list[Cell]]) -> list[Parts | UserError]:
        """Return the list fields of some rows, read column by column; in the place of a row whose mail address is none stands why."""
        found = [Parts([], [], [], [], []) for _ in rows]  # to call for the lists one by one takes twice as long
        complaints: dict[int, UserError] = {}
        for slot in self._phone_slots:
            self._read_phones(slot, rows, found)
        for slot in self._mail_slots:
            self._read_mails(slot, rows, found, complaints)
        if self._has_more:
            for place, (cells, parts) in enumerate(zip(rows, found, strict=True)):
                if place not in complaints:
                    self._read_more(cells, parts)
        return [complaints.get(place, parts) for place, parts in enumerate(found)] if complaints else [*found]

    def _read_more(self, cells: list[Cell], parts: Parts) -> None:
        """Read what is neither phone nor mail."""
        if self._groups:
            self._read_addresses(cells, parts)
        for name in ("handle", "website"):
            for index, label, label_index, _ in self._slots.get(name, ()):
                if not (text := shown(cells[index]).strip()):
                    continue
                if name == "website":
                    self._read_website(text, parts)
                else:
                    said = shown(cells[label_index]).strip("* ").strip() if label_index is not None else label
                    parts.handles.append((said or None, text))
        if "tags" in self._slots and self._tags:
            tags = self._tags()
            parts.tags = list(dict.fromkeys(tags.read(text) for text in self.tag_texts(cells)))
        if "note" in self._slots:
            notes = [said for index, *_ in self._slots["note"] if (said := read_long_text(cells[index]))]
            parts.note = "\n".join(notes) or None

    def _read_website(self, text: str, parts: Parts) -> None:
        if is_nothing(text):
            return
        if address := without_text(text):
            parts.handles.append(("website", address))
        elif self._note:
            self._note(NO_WEBSITE)

    def _read_phones(self, slot: Slot, rows: Sequence[list[Cell]], found: Sequence[Parts]) -> None:
        index, label, label_index, _ = slot
        has_countries, own, region = bool(self._countries), "", self._region
        is_one_phone, read_plain = _ONE_PHONE.fullmatch, self._phones.read_plain
        for cells, parts in zip(rows, found, strict=True):
            cell = cells[index]
            if cell == "":
                continue
            if has_countries:
                own = self._row_region(cells)
                region = own or self._region
            if label_index is not None:
                label = _label(cells[label_index])
            phones = parts.phones
            if cell.__class__ is str and is_one_phone(cell) and not phones:
                phones.append((label, cell, own or None, *read_plain(cell, region)))
                continue
            for number in split_phones(cell if cell.__class__ is str else shown(cell)):
                if all(number != other[1] for other in phones):
                    e164, extension = self._phones.read(number, region) if isinstance(cell, str) else self._phones.read_bare(number, region)
                    phones.append((label, number, own or None, e164, extension))

    def _read_mails(self, slot: Slot, rows: Sequence[list[Cell]], found: Sequence[Parts], complaints: dict[int, UserError]) -> None:
        index, label, label_index, header = slot
        is_one_mail = _ONE_MAIL.fullmatch
        for place, (cells, parts) in enumerate(zip(rows, found, strict=True)):
            cell = cells[index]
            if not cell or place in complaints:
                continue
            if label_index is not None:
                label = _label(cells[label_index])
            mails = parts.emails
            if cell.__class__ is str and not mails and is_one_mail(cell):
                key = cell.lower()
                mails.append((label, cell, cell if key == cell else key))
                continue
            try:
                read_mails(shown(cell), label, header, mails)
            except UserError as error:
                complaints[place] = error

    def region_of(self, cells: list[Cell]) -> str:
        """Return the country that a row names, if it is not the usual one."""
        return self._row_region(cells) if self._countries else ""

    def _row_region(self, cells: list[Cell]) -> str:
        for index in self._countries:
            if (cell := cells[index]) and (region := region_of(shown(cell))):
                return region if region != self._region else ""
        return ""

    def _read_addresses(self, cells: list[Cell], parts: Parts) -> None:
        for label, group in self._groups.items():
            if not any(cells[index] for index in group.values()):
                continue
            texts = {part: many_lines(cells[index]) for part, index in group.items()}
            if not any(texts.values()):
                continue
            label_index = self._group_labels[label]
            said = _label(cells[label_index]) if label_index is not None else label.partition("#")[0] or None
            if "city" not in group and (both := _CODE_AND_TOWN.fullmatch(texts.get("postal_code", ""))):
                texts["postal_code"], texts["city"] = both[1], both[2]
            elif "city" not in group and (three := _TOWN_STATE_ZIP.fullmatch(texts.get("postal_code", ""))):
                texts["city"], texts["state"], texts["postal_code"] = three[1], texts.get("state") or three[2], three[3]
            elif "postal_code" in group:
                texts["postal_code"] = self._postal_code(cells[group["postal_code"]], texts)
            street = _street(texts, region_of(texts.get("country", "")) or self._region)
            city = texts.get("city") or None
            parts.addresses.append(
                (
                    said,
                    street or None,
                    texts.get("postal_code") or None,
                    city,
                    texts.get("state") or None,
                    texts.get("country") or None,
                    folded(city) if city else "",
                )
            )

    def _postal_code(self, cell: Cell, texts: dict[str, str]) -> str:
        """Give a postal code back the zero that a workbook took from it."""
        code = texts["postal_code"]
        if isinstance(cell, str) or not code.isdigit() or len(code) >= 5:
            return code
        region = region_of(texts.get("country", "")) or self._region
        if region not in FIVE_DIGITS:
            return code
        if self._note and not texts.get("country"):  # in a list of neighbours without their countries it may be one of four digits
            self._note(ZERO_ADDED)
        return code.zfill(5)


ZERO_ADDED = (
    mark("{count} postal code without a country was a number, as workbooks keep them, and got back the zero in front."),
    mark("{count} postal codes without a country were numbers, as workbooks keep them, and got back the zero in front."),
)
_TOWN_STATE_ZIP = re.compile(r"([^\d,]+),?\s+([A-Z]{2})\s+(\d{5}(?:-\d{4})?)")
_CODE_AND_TOWN = re.compile(r"((?:[A-Z]{1,2}-)?\d{4,5})\s+(\D+)")


# Where the house number stands before the street: 12 Rue de la Paix, 10 Downing Street; elsewhere it is Hauptstraße 12.
_NUMBER_FIRST = frozenset("US CA GB IE AU NZ FR LU MC IN PK LK ZA KE NG SG MY PH HK IL MA DZ TN".split())


def _street(texts: dict[str, str], region: str) -> str:
    pieces = [texts.get("street", ""), texts.get("house_number", "")]
    if region in _NUMBER_FIRST:
        pieces.reverse()
    first = ("" if has_cjk(pieces[0]) else " ").join(filter(None, pieces))
    lines = [first, texts.get("street2", ""), texts.get("street3", ""), texts.get("extended", ""), texts.get("po_box", "")]
    street = "\n".join(line for line in lines if line)
    if not street and not texts.get("city") and not texts.get("postal_code"):
        return texts.get("formatted", "")
    return street


_USUAL = frozenset("work home mobile main other fax pager car custom internet private business billing shipping delivery office assistant".split())


@lru_cache(maxsize=256)
def label_of(text: str) -> str | None:
    """Return a label as we write it: “* Work Fax” is `work fax`, “Mobiltelefon” is `mobile`."""
    bare = text.strip("* ").strip()
    if not bare:
        return None
    said = headers.understand(headers.pieces(bare))
    if said is not None and said.holds in {"fax", "mobile", "pager", "phone"}:
        return {"fax": f"{said.label} fax".strip(), "mobile": "mobile", "pager": "pager", "phone": said.label or None}[said.holds]
    words = [headers.WORDS.get(word) for word in headers.pieces(bare)]
    if len(words) == 1 and words[0] and words[0][0] == "says":
        return words[0][1]
    return bare.lower() if bare.isupper() or bare.lower() in _USUAL else bare


def _label(cell: Cell) -> str | None:
    return label_of(cell) if isinstance(cell, str) else None


_ONE_PHONE = re.compile(r"[+(\d][\d ().\-]*[\d)]", re.ASCII)
_BETWEEN_PHONES = r"\s*(?:\s:::\s|;(?!ext=|phone-context=|isub=)|\n{}|\s(?:u\.|und|oder|and|or|&)\s(?=[+(0-9]))\s*"
_MANY_PHONES, _MANY_WITH_SLASHES = (re.compile(_BETWEEN_PHONES.format(more)) for more in (r"|\s/\s", ""))
_SEVERAL_PHONES = re.compile(r"[;:,\n]| / | (?:u\.|und|oder|and|or|&) ")
_COMMA_PHONES = re.compile(r"\s*,\s*(?=[+(0-9])")


SHORTEST_PHONE = 6
"""What has fewer digits beside a slash is part of a number."""


def split_phones(text: str) -> list[str]:
    """Return the numbers of a cell; most cells have one."""
    text = text.strip()
    if not text or is_nothing(text):
        return []
    if text.startswith("'+"):  # how a plus is kept from becoming a formula in tables for people
        text = text[1:]
    if not _SEVERAL_PHONES.search(text):
        return [text]
    numbers = [part for part in _MANY_PHONES.split(text) if part]
    if " / " in text and any(sum(c.isdigit() for c in number) < SHORTEST_PHONE for number in numbers):  # 0431 / 56 78 - 0
        numbers = [part for part in _MANY_WITH_SLASHES.split(text) if part]
    if "," not in text:
        return numbers
    found: list[str] = []
    for number in numbers:
        pieces = _COMMA_PHONES.split(number)
        found += pieces if all(sum(c.isdigit() for c in piece) >= 5 for piece in pieces) else [number]
    return found


_MANY_MAILS = re.compile(r"\s*(?:\s:::\s|[;,\n|])\s*")
_ONE_MAIL = re.compile(r"[A-Za-z0-9_-]{1,30}(?:\.[A-Za-z0-9_-]{1,30}){0,3}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,40}[A-Za-z0-9])?\.){1,4}[A-Za-z]{2,24}")
_REMARK = re.compile(r"\([^()@]*\)")
_BETWEEN = frozenset({"oder", "or", "und", "and", "u.", "&", "/", "+"})
_IN_BRACKETS = re.compile(r"<([^<>]+@[^<>]+)>")


def read_mails(text: str, label: str | None, header: str, found: list[tuple[str | None, str, str]]) -> None:
    """Add the mail addresses of a cell; addresses inside an Exchange server are none that others could use, and are left out.

    Raises:
        UserError: an address that is none; its field is the column's name.
    """
    for address in _MANY_MAILS.split(text):
        if "#" in address:
            address = mail_of(address)
        if "<" in address and (inside := _IN_BRACKETS.search(address)):
            address = inside[1]
        address = address.strip()
        if address[:7].lower() == "mailto:":
            address = address[7:]
        if not address or address[:3].lower() == "/o=":
            continue
        if not (complaint := check_mail(address)):
            _add_mail(label, address, found)
        elif several := _mails_among(address):
            for one in several:
                _add_mail(label, one, found)
        elif not is_nothing(address):
            raise UserError(complaint, field=header)


def _add_mail(label: str | None, address: str, found: list[tuple[str | None, str, str]]) -> None:
    key = address.lower()
    if not any(key == other for _, _, other in found):
        found.append((label, address, key))


def _mails_among(text: str) -> list[str]:
    """Return the mail addresses of a cell that has nothing else but words between them and remarks in brackets; none if it has more."""
    words = [word for word in _REMARK.sub(" ", text).split() if word.casefold() not in _BETWEEN]
    return words if words and not any(map(check_mail, words)) else []


def split_tags(text: str) -> list[str]:
    """Return the tags of a cell: “* myContacts ::: Kunden”, “Kunde;VIP”, “vip,2024”."""
    pieces = re.split(r"\s:::\s|[;,\n]", text)
    return [bare for piece in pieces if (bare := piece.strip('*" '))]


# ---- writing ----

PHONE = ("label", "number", "region", "e164", "extension")
EMAIL = ("label", "address", "key")
HANDLE = ("label", "handle")
ADDRESS = ("label", *ADDRESS_COLUMNS, "city_key")


class PartsWriter:
    """Turns the list fields of records of one entity into rows."""

    def __init__(self, gathered: Gathered, entity: str) -> None:
        self._gathered = gathered
        owner = f"{entity}_id"
        self._phone, self._email = ("id", owner, "position", *PHONE), ("id", owner, "position", *EMAIL)
        self._handle, self._address = ("id", owner, "position", *HANDLE), ("id", owner, "position", *ADDRESS)
        self._tag, self._memo = ("id", owner, "tag_id"), ("id", owner, "text")
        self._ids = fresh_ids()
        self._lists: dict[str, list[Any]] = {}
        self._lists_of: object = None

    def add(self, owner: bytes, parts: Parts, after: dict[str, int] | None = None) -> None:
        """Take the parts of a record.

        Args:
            after: how many of each the record has already.
        """
        if parts.phones:
            self._add("phone", self._phone, owner, parts.phones, after)
        if parts.emails:
            self._add("email", self._email, owner, parts.emails, after)
        if parts.handles:
            self._add("handle", self._handle, owner, parts.handles, after)
        if parts.addresses:
            self._add("address", self._address, owner, parts.addresses, after)
        if parts.tags:
            for tag in parts.tags:
                self._gathered.rows("record_tag", self._tag).extend((next(self._ids), owner, tag))
        if parts.note:
            self._gathered.rows("memo", self._memo).extend((next(self._ids), owner, parts.note))

    def _add(self, name: str, columns: tuple[str, ...], owner: bytes, values: Sequence[tuple[Any, ...]], after: dict[str, int] | None) -> None:
        if self._lists_of is not self._gathered.inserts:  # what was gathered has been taken
            self._lists, self._lists_of = {}, self._gathered.inserts
        rows, ids = self._lists.get(name), self._ids
        if rows is None:
            rows = self._lists[name] = self._gathered.rows(name, columns)
        if len(values) == 1 and not after:  # most people have one of each
            rows += (next(ids), owner, 0, *values[0])
            return
        for position, value in enumerate(values, after.get(name, 0) if after else 0):
            rows += (next(ids), owner, position, *value)
