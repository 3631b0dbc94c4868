"""Mail addresses of people who are linked to, behind their names, as in “Roland Mendel (r.mendel@ernst.at); Eva Klein (eva@klein.de)”, or beside them."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from crmdesk.exchange.values.hyperlinks import mail_of
from crmdesk.exchange.values.links import Book, Made, name_key
from crmdesk.exchange.values.parts import Parts, PartsWriter
from crmdesk.i18n import mark
from crmdesk.models.checks import check_mail
from crmdesk.models.names import display_name, sort_key
from crmdesk.models.people import split_name

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from crmdesk.models.people import Name

SEVERAL = (
    mark("{count} cell names several records where one can be linked; the first one came in."),
    mark("{count} cells name several records where one can be linked; the first ones came in."),
)
_WHO = """SELECT e.key, c.id, c.sort_key FROM email e JOIN contact c ON c.id = e.contact_id
    WHERE e.deleted_at IS NULL AND c.deleted_at IS NULL AND e.key IN (SELECT value FROM json_each(?))"""
_BEHIND = re.compile(r"\s*[(<]\s*([^\s@()<>;]+@[^\s@()<>;]+)\s*[)>]")


def mail_behind(rest: str) -> str:
    """Return the mail address that stands behind a name, empty if none does."""
    found = _BEHIND.match(rest)
    return found[1] if found else ""


_ADDRESS = re.compile(r"""[^\s@()<>\[\]",;:|（）＜＞；，、：]+@[^\s@()<>\[\]",;:|/?（）＜＞；，、：]+""")
_SCHEME = re.compile(r"mailto:\s*", re.IGNORECASE)
_BEFORE = re.compile(r"(.*?)\s*[(<]\s*")


def person_of_mails(text: str) -> tuple[str, bool]:
    """Return whom a cell with mail addresses means, as “Eva Klein <eva@klein.de>” or by the address alone, and whether it means others too.

    What holds no address means nobody.
    """
    text = _SCHEME.sub("", mail_of(text))
    found = [(match, mail) for match in _ADDRESS.finditer(text) if (mail := match[0].strip("'./")) and not check_mail(mail)]
    if not found:
        return "", False
    first, mail = found[0]
    before = _BEFORE.fullmatch(re.split("[;|；]", text[: first.start()])[-1])
    name = before[1].strip(" \"'") if before else ""
    return f"{name} <{mail}>" if name else mail, any(other.lower() != mail.lower() for _, other in found)


class People(Book):
    """The contacts that the files of an import may refer to, by name and by the mail address behind it.

    The address of somebody who is made is written with the record, and forgotten with it.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._has: dict[str, dict[bytes, str]] = {}
        self._asked_mails: set[str] = set()
        self._mails: dict[bytes, str] = {}
        self._owed: dict[bytes, str] = {}
        self._writer = PartsWriter(self._gathered, "contact")

    def title_of(self, text: str) -> str:
        """Return what somebody is called who is made for a text: Hans Li for “Li, Hans”, Anna Berg for “Dr. Anna Berg”."""
        name = _taken_apart(text, self.store.settings.names_region)
        return display_name(name.given, name.family)

    def key(self, text: str) -> str:
        """Return what two texts must have in common to mean the same person, however they write the name; Frau Berg is not Herr Berg."""
        name = _taken_apart(text, self.store.settings.names_region)
        said = "" if name.given else name.salutation
        return name_key(self.entity, f"{said} {display_name(name.given, name.family)}")

    def _keys_of(self, title: str, salutation: str | None) -> Iterable[str]:
        """Return the keys of the texts that mean somebody of the store: “Frau Berg” and “Berg” are the Ms Berg of whom no more is known."""
        key = self.key(title)
        return {key, name_key(self.entity, f"{salutation} {title}")} if salutation and " " not in key else (key,)

    def prepare_mails(self, mails: Iterable[str]) -> None:
        """Look up who of the store has these addresses."""
        new = {mail.lower() for mail in mails} - self._asked_mails
        if not new or self._is_empty:
            return
        self._asked_mails |= new
        with self.store.read() as reader:
            for mail, record, name in reader.rows(_WHO, (json.dumps(sorted(new)),)):
                self.has_mail(record, mail, name or "")

    def has_mail(self, record: bytes, mail: str, name: str) -> None:
        """Take note of who has an address, and how they are sorted."""
        self._has.setdefault(mail, {})[record] = name

    def has(self, mail: str, record: bytes | None) -> bool:
        """Say whether somebody has an address."""
        return record in self._has.get(mail.lower(), {})

    def owner(self, mail: str, text: str) -> bytes | None:
        """Return who has an address: who is called so, or by the address where no name is said, else the only one whose name does not contradict."""
        has, name = self._has.get(mail.lower(), {}), sort_key(text)
        called = [record for record, its in has.items() if its == (name or sort_key(mail))]
        alike = called or [record for record, its in has.items() if _may_be_same(name, its)]
        return alike[0] if called or len(alike) == 1 else None

    def _alike_to(self, key: str) -> bytes | None:
        """Return who is made since a row further up names them, however that wrote the name."""
        return self.made.get(key)

    def without_mail(self, text: str) -> bytes | None:
        """Return who is made since rows name them, and has no address yet."""
        record = self.made_as(text)
        return None if record in self._mails else record

    def give(self, record: bytes, text: str, mail: str, *, is_owed: bool) -> bytes:
        """Give an address to somebody whom the import makes; returns who has it: somebody new where the one of that name has another.

        Args:
            is_owed: whether it is to be written, and not only known.
        """
        key, its = mail.lower(), self._mails.get(record)
        if self.later or its == key or (its is None and not self.is_made(text)):
            return record
        if its is not None:
            record = self.create(text)
        self._mails[record] = key
        if is_owed:
            self._owed[record] = mail
        self.has_mail(record, key, sort_key(text))
        return record

    def mail_of(self, record: bytes) -> str:
        """Return the mail address that somebody gets who was made since `settle` was called."""
        return self._owed.get(record, "")

    def settle(self, gone: Container[bytes] = ()) -> None:
        """Gather what was made since the last time with the addresses, and forget those of it that no row means which comes in."""
        super().settle(gone)
        for record, mail in self._owed.items():
            self._writer.add(record, Parts(emails=[(None, mail, mail.lower())]))
        self._owed = {}

    def _forget(self, record: bytes, made: Made) -> None:
        """Know nothing any more of somebody, nor of the address; somebody else may be called the same."""
        other = self.made.get(made.key)
        super()._forget(record, made)
        if other is not None and other != record:
            self.made[made.key] = other
        if (mail := self._mails.pop(record, None)) is not None:
            self._has[mail].pop(record, None)
            self._owed.pop(record, None)


@lru_cache(maxsize=4096)
def _taken_apart(text: str, region: str) -> Name:
    return split_name(text, region)


def _may_be_same(name: str, known: str) -> bool:
    """Say whether one name has all words of the other: a family shares its address, an office too."""
    words, others = set(name.replace(",", " ").split()), set(known.replace(",", " ").split())
    return words <= others or others <= words
