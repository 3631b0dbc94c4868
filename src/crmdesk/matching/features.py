"""What is compared of a record: plain values in, normal forms out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk.matching.words import core_words, plain, street_words, words

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Place:
    """One postal address as people write it; `extra` is a second line such as a building or a district."""

    street: str = ""
    postal_code: str = ""
    city: str = ""
    state: str = ""
    extra: str = ""


@dataclass(frozen=True, slots=True)
class Values:
    """What is known of one person or organisation; everything may be missing.

    Attributes:
        company: the name of an organisation, or the employer of a person.
        birthday: ISO text.
        phones: E.164 where known, else as typed.
        codes: numbers that an authority gave, such as a VAT ID: equal ones are one and the same.
    """

    given: str = ""
    family: str = ""
    company: str = ""
    birthday: str = ""
    mails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    website: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Address:
    """An address in normal form."""

    street: str
    kinds: str
    number: str
    postal: str
    city: str
    state: str
    extra: str


@dataclass(slots=True, eq=False)
class Features:
    """The normal forms of one record."""

    given: str
    family: str
    company: tuple[str, ...]
    birth: str
    mails: tuple[str, ...]
    phones: tuple[str, ...]
    addresses: tuple[Address, ...]
    website: str
    codes: tuple[str, ...]


_NOT_DIGITS = re.compile(r"\D+")
_DATE = re.compile(r"\s*(\d{4})-?(\d{1,2})-?(\d{1,2})\s*$")
_SITE = re.compile(r"^(?:[a-z]+://)?(?:www\d?\.)?([^/:?#\s]+\.[a-z]{2,})", re.IGNORECASE)
_HOSTED = frozenset("facebook.com linkedin.com instagram.com twitter.com x.com youtube.com google.com xing.com wixsite.com wordpress.com".split())
_NO_YEAR = "1604"
SHORTEST_PHONE = 6


def features(values: Values) -> Features:
    """Return the normal forms of a record."""
    return Features(
        given=" ".join(words(values.given)) if values.given else "",
        family=" ".join(words(values.family)) if values.family else "",
        company=tuple(core_words(values.company)) if values.company else (),
        birth=_birth(values.birthday) if values.birthday else "",
        mails=_unique(mail.strip().lower() for mail in values.mails if "@" in mail) if values.mails else (),
        phones=_unique(_phone(phone) for phone in values.phones) if values.phones else (),
        addresses=tuple(_address(place) for place in values.places) if values.places else (),
        website=_site(values.website) if values.website else "",
        codes=_unique("".join(words(code)) for code in values.codes) if values.codes else (),
    )


def _unique(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in found if one))


def _birth(text: str) -> str:
    found = _DATE.match(text)
    if found and found[1] == _NO_YEAR:
        return ""  # a day without its year speaks neither for nor against two records
    return f"{found[1]}{int(found[2]):02}{int(found[3]):02}" if found else ""


def _phone(text: str) -> str:
    digits = _NOT_DIGITS.sub("", text)
    return digits if len(digits) >= SHORTEST_PHONE else ""


def _site(text: str) -> str:
    found = _SITE.match(text.strip())
    site = found[1].lower() if found else ""
    return "" if site in _HOSTED else site


def _address(place: Place) -> Address:
    names, kinds, number = street_words(place.street) if place.street else ([], "", "")
    return Address(
        street=" ".join(names), kinds=kinds, number=number, postal="".join(words(place.postal_code)), city=" ".join(words(place.city)),
        state=plain(place.state).strip(), extra=" ".join(words(place.extra)),
    )  # fmt: skip
