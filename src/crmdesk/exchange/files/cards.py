"""What one address card says, put where a contact has it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import unquote

from crmdesk.exchange.files.card_pictures import SORTS, Picture
from crmdesk.exchange.files.contentlines import binary, is_our_id, pieces_of, plain
from crmdesk.exchange.files.our_terms import OWN, our_values
from crmdesk.exchange.values import html_texts
from crmdesk.exchange.words.salutations import read_salutation
from crmdesk.fields import NO_YEAR
from crmdesk.i18n import tr
from crmdesk.models.checks import check_mail
from crmdesk.models.registry import entity_class

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmdesk.exchange.files.contentlines import Property
    from crmdesk.exchange.table import Cell

SOURCE = "vCard"
MOST_PARTS = 30
ADDRESS = ("po_box", "extended", "street", "city", "state", "postal_code", "country", "formatted")
_LANGUAGES = frozenset(choice.value for choice in entity_class("contact").fields["language"].choices)

_DROPPED = frozenset(
    "internet pref voice msg text text-message textphone postal parcel dom intl x400 pref-1 main-number quoted-printable base64 uri x-internet b 8bit 7bit utf-8 vcard".split()
)
_SERVICES = {
    "X-AIM": "aim", "X-ICQ": "icq", "X-JABBER": "jabber", "X-MSN": "msn", "X-YAHOO": "yahoo", "X-YAHOO-ID": "yahoo", "X-SKYPE": "skype", "X-SKYPE-USERNAME": "skype",
    "X-GTALK": "google talk", "X-GOOGLE-TALK": "google talk", "X-QQ": "qq", "X-WECHAT": "wechat", "X-TWITTER": "twitter", "X-GADUGADU": "gadu-gadu", "X-GROUPWISE": "groupwise",
    "X-MS-IMADDRESS": "im", "X-KADDRESSBOOK-X-IMADDRESS": "im", "X-MATRIX": "matrix", "X-TELEGRAM": "telegram", "X-WHATSAPP": "whatsapp", "X-LINE": "line", "X-LINKEDIN": "linkedin",
    "X-FACEBOOK": "facebook", "X-SIP": "sip", "X-IRC": "irc", "X-NAPSTER": "napster", "X-ZOOM": "zoom", "X-THREEMA": "threema", "X-SIGNAL": "signal", "X-MASTODON": "mastodon",
}  # fmt: skip
_NO_PLACE = {
    "RELATED": "RELATED", "X-ABRELATEDNAMES": "RELATED", "X-SPOUSE": "RELATED", "X-EVOLUTION-SPOUSE": "RELATED", "X-KADDRESSBOOK-X-SPOUSESNAME": "RELATED", "X-MS-SPOUSE": "RELATED",
    "X-MANAGER": "MANAGER", "X-EVOLUTION-MANAGER": "MANAGER", "X-MS-MANAGER": "MANAGER", "X-KADDRESSBOOK-X-MANAGERSNAME": "MANAGER", "X-ASSISTANT": "ASSISTANT",
    "X-EVOLUTION-ASSISTANT": "ASSISTANT", "X-MS-ASSISTANT": "ASSISTANT", "X-KADDRESSBOOK-X-ASSISTANTSNAME": "ASSISTANT", "ANNIVERSARY": "ANNIVERSARY", "X-ANNIVERSARY": "ANNIVERSARY",
    "X-EVOLUTION-ANNIVERSARY": "ANNIVERSARY", "X-MS-ANNIVERSARY": "ANNIVERSARY", "X-KADDRESSBOOK-X-ANNIVERSARY": "ANNIVERSARY", "X-ABDATE": "ANNIVERSARY", "DEATHDATE": "DEATHDATE",
    "KEY": "KEY", "GEO": "GEO", "SOUND": "SOUND", "LOGO": "LOGO", "GENDER": "GENDER", "HOBBY": "HOBBY", "INTEREST": "INTEREST", "EXPERTISE": "EXPERTISE",
    "MEMBER": "MEMBER", "X-ADDRESSBOOKSERVER-MEMBER": "MEMBER", "AGENT": "AGENT",
}  # fmt: skip


OUR = "our."
"""So begin the names under which a card has what our own cards say of a record beyond the terms of address books: the field's name follows."""


@dataclass(slots=True)
class Card:
    """What a card says.

    Attributes:
        phones, mails, handles: label and value. addresses: label and parts in the order of `ADDRESS`.
    """

    line: int
    values: dict[str, Cell] = field(default_factory=dict)
    phones: list[tuple[str, str]] = field(default_factory=list)
    mails: list[tuple[str, str]] = field(default_factory=list)
    handles: list[tuple[str, str]] = field(default_factory=list)
    websites: list[str] = field(default_factory=list)
    addresses: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    problem: str = ""


class CardReader:
    """Puts the properties of one card where a contact has them."""

    def __init__(self, card: Card, properties: Sequence[Property], place: tuple[str, str, int]) -> None:
        self.card = card
        self.place = place
        self.left_out: list[str] = []
        self.has_odd_picture = False
        self._properties = properties
        self._is_ours = any(item.name == "PRODID" and "crmdesk" in item.value.lower() for item in properties)
        self._labels = {item.group: _apple_label(item.value) for item in properties if item.name == "X-ABLABEL" and item.group}
        self._notes: list[str] = []
        self._tags: list[str] = []
        self._roles: list[str] = []
        self._full = ""
        self._sort = ""
        self._written: list[tuple[str, str]] = []

        self._readers: dict[str, Callable[[Property], None]] = {
            "FN": self._full_name, "N": self._divided_name, "NICKNAME": self._nickname, "X-NICKNAME": self._nickname, "KIND": self._kind,
            "X-ADDRESSBOOKSERVER-KIND": self._kind, "X-ABSHOWAS": self._shown_as, "ORG": self._organisation, "X-DEPARTMENT": self._department, "TITLE": self._role, "ROLE": self._role,
            "TEL": self._phone, "EMAIL": self._mail, "ADR": self._address, "LABEL": self._written_address, "URL": self._website,
            "IMPP": self._message_service, "X-SOCIALPROFILE": self._social_profile, "SOCIALPROFILE": self._social_profile, "X-ANDROID-CUSTOM": self._android,
            "BDAY": self._birthday, "NOTE": self._note, "CATEGORIES": self._categories, "UID": self._uid, "PHOTO": self._picture,
            "LANG": self._language, "X-SALUTATION": self._salutation,
        }  # fmt: skip

    def read(self) -> None:
        """Read the whole card."""
        for item in sorted(self._properties, key=_preference):
            if not item.value.strip() and not item.is_binary and "ID" not in item.params:
                continue
            if reader := self._readers.get(item.name):
                reader(item)
            elif service := _SERVICES.get(item.name):
                self._add_handle(service, plain(item.value))
            elif no_place := _NO_PLACE.get(item.name):
                self.left_out.append(no_place)
            elif self._is_ours:
                for name, text in our_values(item):
                    self.card.values.setdefault(name if name.startswith(OWN) else f"{OUR}{name}", text)
        self._finish()

    def _finish(self) -> None:
        card, values = self.card, self.card.values
        if self._written and not card.addresses:
            card.addresses += [(label, ("",) * (len(ADDRESS) - 1) + (text,)) for label, text in self._written[:MOST_PARTS]]
        if self._roles:
            values["role"] = ", ".join(dict.fromkeys(self._roles))
        if self._tags:
            values["tags"] = "; ".join(dict.fromkeys(self._tags))
        if self._notes:
            values["note"] = "\n\n".join(dict.fromkeys(self._notes))
        if f"{OUR}id" in values:
            values["id"] = values.pop(f"{OUR}id")
            if values["id"] == values.get("external_id"):
                del values["external_id"]
        elif self._is_ours and is_our_id(str(values.get("external_id", ""))):
            values["id"] = values.pop("external_id")
        self._settle_name()
        if "nickname" in values and values.keys() & {"name", "given_name", "family_name"}:
            del values["nickname"]
            self.left_out.append("NICKNAME")
        if not values.keys() & {"id", "external_id"} and values.get("record_kind") != "company" and (card.mails or card.phones):
            values["external_id"] = self._likeness()

    def _likeness(self) -> str:
        """Return what a card without an id is known by when it comes again, whatever its person is called here by then."""
        values, card = self.card.values, self.card
        names = [str(values.get(name, "")) for name in ("name", "given_name", "middle_name", "family_name")]
        parts = sorted(value for _, value in (*card.mails, *card.phones))
        return f"no-uid-{sha256(chr(10).join([*names, *parts]).encode()).hexdigest()[:32]}"

    def _settle_name(self) -> None:
        """Let the full name speak where the divided one has only one piece, and tell companies from people."""
        values, full = self.card.values, self._full
        company = str(values.get("company", ""))
        given, family = str(values.get("given_name", "")), str(values.get("family_name", ""))
        is_called_so = not self._is_ours and bool(company and full == company and not given and (not family or family == full))
        is_company = is_called_so or self._sort in {"org", "group", "company"}
        if is_company:
            values["record_kind"] = "company"
            if full and not company:
                values["company"] = full
            for name in ("given_name", "family_name", "middle_name", "name", "title", "suffix"):
                values.pop(name, None)
            return
        is_divided = self._is_ours and bool(family)
        if full and not given and not values.get("middle_name") and not is_divided and (not family or " " in family or family == full):
            values.pop("family_name", None)
            values["name"] = full
        if given or family or full:
            values["record_kind"] = "person"

    # ---- names ----

    def _full_name(self, item: Property) -> None:
        self._full = self._full or " ".join(plain(item.value).split())

    def _divided_name(self, item: Property) -> None:
        pieces = [*pieces_of(item.value), "", "", "", "", ""]
        for name, piece in zip(("family_name", "given_name", "middle_name", "title", "suffix"), pieces, strict=False):
            joined = ", ".join(part for part in pieces_of(piece, ",") if part) if "," in piece and not self._is_ours else piece
            if (text := " ".join(joined.split())) and name not in self.card.values:
                self.card.values[name] = text

    def _nickname(self, item: Property) -> None:
        self.card.values.setdefault("nickname", plain(item.value).strip())

    def _kind(self, item: Property) -> None:
        self._sort = self._sort or item.value.strip().lower()

    def _salutation(self, item: Property) -> None:
        salutation, _ = read_salutation(plain(item.value))
        if salutation:
            self.card.values.setdefault("salutation", salutation)

    def _language(self, item: Property) -> None:
        language = plain(item.value).strip().lower().replace("_", "-").partition("-")[0]
        if language in _LANGUAGES:
            self.card.values.setdefault("language", language)
        else:
            self.left_out.append("LANG")

    def _shown_as(self, item: Property) -> None:
        self._sort = self._sort or item.value.strip().lower()

    # ---- work ----

    def _organisation(self, item: Property) -> None:
        pieces = pieces_of(item.value)
        if "company" in self.card.values or not any(pieces):
            return
        name, *units = pieces
        if name:
            self.card.values["company"] = name
        if unit := " / ".join(unit for unit in units if unit):
            self.card.values["department"] = unit

    def _department(self, item: Property) -> None:
        self.card.values.setdefault("department", plain(item.value).strip())

    def _role(self, item: Property) -> None:
        self._roles.append(" ".join(plain(item.value).split()))

    # ---- parts ----

    def label(self, item: Property) -> str:
        """Return the label of a phone, mail or address: the user's own, else what the types say."""
        if item.group and (own := self._labels.get(item.group)):
            return own
        return _label_of(item.types)

    def _phone(self, item: Property) -> None:
        number = plain(item.value).strip()
        if number[:4].lower() == "tel:":
            number, *more = unquote(number[4:]).split(";")
            extension = next((part[4:] for part in more if part.lower().startswith("ext=")), "")
            number = f"{number} ext. {extension}" if extension else number
        if len(self.card.phones) < MOST_PARTS and number:
            self.card.phones.append((self.label(item), " ".join(number.split())))

    def _mail(self, item: Property) -> None:
        address = plain(item.value).strip()
        address = unquote(address[7:]) if address[:7].lower() == "mailto:" else address
        found = re.search(r"<([^<>]+@[^<>]+)>", address)
        address = found[1].strip() if found else address
        if not address or address[:3].lower() == "/o=":
            return
        if check_mail(address) or any(sign in address for sign in ",;|"):
            self._notes.append(address)  # no address that a mail reaches, but perhaps one that somebody can mend
        elif len(self.card.mails) < MOST_PARTS:
            self.card.mails.append((self.label(item), address))

    def _address(self, item: Property) -> None:
        pieces = pieces_of(item.value)[:7]
        if not self._is_ours:
            pieces = [piece if "\n" in piece or "," not in piece else ", ".join(part for part in piece.split(",") if part.strip()) for piece in pieces]
            pieces = [re.sub(r" *, +", ", ", piece).strip() for piece in pieces]
        pieces += [""] * (7 - len(pieces))
        written = plain(item.params.get("LABEL", "")) if not any(pieces) else ""
        # Programs that know only the whole address put it into the street, or into the field behind the post office box.
        if (any(pieces) or written) and len(self.card.addresses) < MOST_PARTS:
            self.card.addresses.append((self.label(item), (*pieces, written)))

    def _written_address(self, item: Property) -> None:
        self._written.append((self.label(item), plain(item.value).strip()))

    def _website(self, item: Property) -> None:
        address = plain(item.value).strip()
        if len(self.card.websites) < MOST_PARTS and address not in self.card.websites:
            self.card.websites.append(address)

    def _message_service(self, item: Property) -> None:
        scheme, sign, rest = plain(item.value).strip().partition(":")
        if self._is_ours:
            self.card.handles.append((item.params.get("X-SERVICE-TYPE", ""), unquote(rest)))
            return
        service = item.params.get("X-SERVICE-TYPE", "") or (item.group and self._labels.get(item.group)) or (scheme if sign else "im")
        self._add_handle(service.lower(), unquote(rest) if sign and scheme.lower() not in {"http", "https"} else plain(item.value).strip())

    def _social_profile(self, item: Property) -> None:
        service = next((word for word in item.types if word not in _DROPPED), "") or item.params.get("SERVICE-TYPE", "").lower() or "social"
        self._add_handle(service, item.params.get("X-USER") or plain(item.value).strip().removeprefix("x-apple:"))

    def _add_handle(self, service: str, text: str) -> None:
        text = text.strip()
        if text and len(self.card.handles) < MOST_PARTS and not any(text == other for _, other in self.card.handles):
            self.card.handles.append((service.strip(), text))

    def _android(self, item: Property) -> None:
        kind, *pieces = [*pieces_of(item.value), ""]
        if kind.endswith("/nickname") and pieces[0]:
            self.card.values.setdefault("nickname", pieces[0])

    # ---- the rest ----

    def _birthday(self, item: Property) -> None:
        day = birthday_of(item.value)
        if day is not None and item.params.get("X-APPLE-OMIT-YEAR") == str(day.year):
            day = day.replace(year=NO_YEAR)
        if day is None:
            self._notes.append(tr("Birthday: {name}", name=plain(item.value).strip()))
        else:
            self.card.values.setdefault("birthday", day)

    def _note(self, item: Property) -> None:
        note = plain(item.value).replace("\r\n", "\n").strip()
        self._notes.append(note if self._is_ours else html_texts.plain(note))

    def _categories(self, item: Property) -> None:
        self._tags += [tag for tag in pieces_of(item.value, ",") if tag]

    def _uid(self, item: Property) -> None:
        self.card.values.setdefault("external_id", plain(item.value).strip().removeprefix("urn:uuid:"))

    def _picture(self, item: Property) -> None:
        is_inline = item.is_binary or item.value[:5].lower() == "data:"
        if is_inline and "picture" not in self.card.values:
            head = binary((item.value.partition(",")[2] if not item.is_binary else item.value)[:64])
            if head and not any(head.startswith(sort) for sort, _, _ in SORTS):
                self.has_odd_picture = True
                return
            picture = Picture(tr("Picture"))
            picture.place = (SOURCE, *self.place)
            self.card.values["picture"] = picture


def _preference(item: Property) -> int:
    if not item.params and not item.types:
        return 101
    if "pref" in item.types:
        return 1
    rank = item.params.get("PREF", "")
    return int(rank) if rank.isdigit() and len(rank) < 4 else 101


@lru_cache(maxsize=1024)
def _label_of(types: tuple[str, ...]) -> str:
    words = [word.removeprefix("x-") for word in types if word not in _DROPPED]
    if not words:
        return ""
    for word in ("cell", "mobile", "iphone"):
        if word in words:
            return "mobile"
    for word in words:
        if word in {"homefax", "workfax"}:
            return f"{word[:4]} fax"
    if "fax" in words:
        return next((f"{word} fax" for word in words if word in {"work", "home"}), "fax")
    return next((word for word in words if word in {"pager", "main", "car", "assistant"}), words[0])


def _apple_label(text: str) -> str:
    text = plain(text).strip()
    found = re.fullmatch(r"_\$!<(.*)>!\$_", text)
    return {"homepage": "", "homefax": "home fax", "workfax": "work fax"}.get(found[1].lower(), found[1].lower()) if found else text


_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ].*)?")
_DAY_OF_NO_YEAR = re.compile(r"--(\d\d)-?(\d\d)(?:T.*)?")


def birthday_of(text: str) -> date | None:
    """Read a birthday as cards have it; one without a year gets `NO_YEAR`."""
    text = text.strip()
    try:
        if found := _DAY.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _DAY_OF_NO_YEAR.fullmatch(text):
            return date(NO_YEAR, int(found[1]), int(found[2]))
    except ValueError:
        pass
    return None
