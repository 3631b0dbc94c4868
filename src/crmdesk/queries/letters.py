"""What every letter to a customer needs: its language, how the reader is addressed, where it goes, who writes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.i18n import LANGUAGES, mark
from crmdesk.models.countries import region_of
from crmdesk.models.names import has_cjk
from crmdesk.queries.attachments import content

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.reports.letter import Letterhead
    from crmdesk.store.reader import Reader
    from crmdesk.store.settings import Settings


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as a letter addresses them."""

    name: str
    given: str = ""
    family: str = ""
    title: str = ""
    salutation: str = ""
    language: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """A company as a letter needs it."""

    name: str
    number: str = ""
    language: str = ""
    payment_days: int | None = None
    credit_code: str = ""
    vat_id: str = ""


def person(reader: Reader, contact_id: bytes | None) -> Person | None:
    """Return a contact for a letter, or None."""
    found = reader.one(
        "SELECT name, given_name, family_name, title, salutation, language, (SELECT address FROM email WHERE contact_id = c.id AND deleted_at IS NULL "
        "ORDER BY position, id LIMIT 1) FROM contact c WHERE id = ? AND deleted_at IS NULL", (contact_id,),
    )  # fmt: skip
    return Person(*(value or "" for value in found)) if found else None


def customer(reader: Reader, company_id: bytes | None) -> Customer | None:
    """Return a company for a letter, or None."""
    found = reader.one(
        "SELECT name, customer_number, language, payment_days, credit_code, vat_id FROM company WHERE id = ? AND deleted_at IS NULL", (company_id,)
    )
    if not found:
        return None
    name, number, language, days, code, vat_id = found
    return Customer(name or "", number or "", language or "", days, code or "", vat_id or "")


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a letter goes to, and the language they read."""

    contact: Person | None
    company: Customer | None
    language: str


def addressee(reader: Reader, contact_id: bytes | None, company_id: bytes | None, language: str | None = None) -> Addressee:
    """Return whom a letter goes to. Its language is the one that was chosen, else the contact's, the company's, the store's."""
    contact, company = person(reader, contact_id), customer(reader, company_id)
    wanted = (language, contact.language if contact else None, company.language if company else None)
    return Addressee(contact, company, next((choice for choice in wanted if choice in LANGUAGES), reader.settings.language))


def mail_address(reader: Reader, to: Addressee, company_id: bytes | None) -> str:
    """Return where to send a mail: the contact's first address, else the company's, else nothing."""
    if to.contact and to.contact.email:
        return to.contact.email
    found = reader.value("SELECT address FROM email WHERE company_id = ? AND deleted_at IS NULL ORDER BY position, id LIMIT 1", (company_id,))
    return str(found or "")


# -- salutation ------------------------------------------------------------------------------------------------------------------

# How a letter begins is not a translation: each language puts title, name and sex together in its own way.
_BEGINNINGS = {
    "en": {"ms": "Dear Ms {name},", "mr": "Dear Mr {name},", "titled": "Dear {name},", "": "Dear {name},", "nobody": "Dear Sir or Madam,"},
    "de": {
        "ms": "Sehr geehrte Frau {name},", "mr": "Sehr geehrter Herr {name},", "titled": "Guten Tag {name},", "": "Guten Tag {name},",
        "nobody": "Sehr geehrte Damen und Herren,",
    },
    "zh": {"ms": "尊敬的{name}女士：", "mr": "尊敬的{name}先生：", "titled": "尊敬的{name}：", "": "尊敬的{name}：", "nobody": "尊敬的客户："},
}  # fmt: skip
_CHINESE_TITLES = {"prof": "教授", "professor": "教授", "dr": "博士", "doctor": "博士"}
_SEXED = {"ms", "mr"}


def salutation(reader_of_letter: Person | None, language: str) -> str:
    """Return the first line of a letter: “Sehr geehrte Frau Dr. Berg,”, “Dear Dr Berg,”, “尊敬的王女士：”."""
    beginnings = _BEGINNINGS[language]
    who = reader_of_letter
    if who is None or not who.name:
        return beginnings["nobody"]
    family, title = who.family.strip(), who.title.strip()
    sex = who.salutation if who.salutation in _SEXED and family else ""
    if language == "zh" and title and family:
        return beginnings["titled"].format(name=_plain(family + _chinese_title(title, who)))
    if language == "en" and title and family:
        return beginnings["titled"].format(name=_plain(f"{_english_title(title)} {family}"))
    if sex:
        name = f"{title} {family}".strip() if language == "de" else family
        return beginnings[sex].format(name=_plain(name))
    return beginnings[""].format(name=_plain(f"{title} {who.name}".strip() if language == "de" else who.name))


def _plain(name: str) -> str:
    return " ".join(name.split())


def _english_title(title: str) -> str:
    """Return the title as English letters put it: the highest one only, without full stop."""
    return "Professor" if re.search(r"\bprof", title, re.IGNORECASE) else "Dr" if re.match(r"dr\b", title, re.IGNORECASE) else title


def _chinese_title(title: str, who: Person) -> str:
    if has_cjk(title):
        return title
    known = next((word for bare in re.findall(r"[a-z]+", title.casefold()) if (word := _CHINESE_TITLES.get(bare))), None)
    return known or {"ms": "女士", "mr": "先生"}.get(who.salutation, "")


# -- address ---------------------------------------------------------------------------------------------------------------------

_POSTCODE_LAST = {"GB", "IE", "US", "CA", "AU", "NZ", "IN", "TW", "KR", "TH", "VN", "SG", "BR", "CO", "MX"}
_BILLING = ("billing", "invoice", "rechnung", "rechnungsadresse", "开票", "账单")


@dataclass(frozen=True, slots=True)
class _Address:
    street: str
    postal_code: str
    city: str
    state: str
    country: str


def recipient(reader: Reader, to: Addressee, company_id: bytes | None, contact_id: bytes | None) -> tuple[str, ...]:
    """Return the lines of an address field: company, person, street, place as the country writes it, the country if it is another one."""
    company, contact = to.company, to.contact
    address = _address(reader, "company_id", company_id) or _address(reader, "contact_id", contact_id)
    named = [name for name in (company.name if company else "", f"{contact.title} {contact.name}".strip() if contact else "") if name]
    if address is None:
        return tuple(named)
    code = region_of(address.country) if address.country else reader.settings.region
    if code in {"CN", "TW", "HK", "MO"} and has_cjk(address.city + address.street):
        return (*_chinese(address), *named, *_country(address.country, code, reader.settings))
    return (*named, *_western(address, code), *_country(address.country, code, reader.settings))


def _address(reader: Reader, owner: str, owner_id: bytes | None) -> _Address | None:
    if owner_id is None:
        return None
    found = reader.rows(
        f'SELECT street, postal_code, city, state, country, label FROM address WHERE "{owner}" = ? AND deleted_at IS NULL ORDER BY position, id',
        (owner_id,),  # noqa: S608
    )
    billing = [row for row in found if (row[5] or "").casefold() in _BILLING]
    chosen = next(iter([*billing, *found]), None)
    return _Address(*((value or "").strip() for value in chosen[:5])) if chosen else None


def _western(address: _Address, code: str) -> Sequence[str]:
    streets = [line.strip() for line in address.street.splitlines() if line.strip()]
    if code == "GB":
        place = [address.city, address.state, address.postal_code]
    elif code in _POSTCODE_LAST:
        region = " ".join(part for part in (address.state, address.postal_code) if part)
        place = [", ".join(part for part in (address.city, region) if part) if code in {"US", "CA", "AU"} else f"{address.city} {region}"]
    else:
        place = [f"{address.postal_code} {address.city}"]
    return [*streets, *(line.strip() for line in place if line.strip())]


def _chinese(address: _Address) -> Sequence[str]:
    """Write from the large to the small, as China does, with the postcode in front."""
    place = address.state + (address.city if address.city != address.state else "")
    lines = [address.postal_code, f"{place}{' '.join(address.street.split())}"]
    return [line for line in lines if line]


def _country(written: str, code: str, settings: Settings) -> Sequence[str]:
    """Return the country in capitals in the sender's language, whose post reads it; none for letters at home."""
    if not written or code == settings.region:
        return []
    from babel import Locale

    name = Locale.parse(settings.language).territories.get(code) if code else None
    return [(name or written).upper()]


# -- who writes ------------------------------------------------------------------------------------------------------------------


def letterhead(reader: Reader, language: str) -> Letterhead:
    """Return the own company's letterhead from the store's settings; the seal stands on Chinese letters only."""
    from crmdesk.reports.letter import Letterhead

    own = reader.settings
    in_chinese = language == "zh"
    taxes = [
        (mark("VAT ID"), "" if in_chinese else own.company_vat_id),
        (mark("Taxpayer ID") if in_chinese else mark("Tax number"), own.company_tax_number or (own.company_vat_id if in_chinese else "")),
        (mark("Commercial register"), own.company_register), (mark("Managing director"), own.company_directors),
    ]  # fmt: skip
    return Letterhead(
        name=own.company_name,
        address=tuple(line.strip() for line in own.company_address.splitlines() if line.strip()),
        contact=_filled((mark("Phone"), own.company_phone), (mark("Email"), own.company_email), (mark("Website"), own.company_website)),
        bank=_filled((mark("Bank"), own.company_bank), (mark("Account") if in_chinese else mark("IBAN"), own.company_iban), (mark("BIC"), own.company_bic)),
        tax=_filled(*taxes),
        logo=picture(reader, own.logo_id),
        accent=own.letter_colour,
        seal=picture(reader, own.seal_id) if in_chinese else None,
        footer=own.letter_footer,
    )


def _filled(*rows: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((label, value.strip()) for label, value in rows if value.strip())


def picture(reader: Reader, attachment: str) -> bytes | None:
    """Return a picture that a setting names by its attachment's id; None if there is none any more."""
    try:
        key = UUID(attachment) if attachment else None
    except ValueError:
        key = None
    return content(reader, key.bytes) if key else None
