"""Who is there already: while something is typed, and what is compared of the store's customers when all of them are looked through."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.i18n import tr
from crmdesk.matching import Place, Reason, Values, features, judge
from crmdesk.matching.words import plain, short_forms
from crmdesk.models.base import ENTITIES
from crmdesk.models.names import display_name, sort_key
from crmdesk.models.phones import phone_key
from crmdesk.queries import records
from crmdesk.queries.search import search
from crmdesk.queries.seen import live
from crmdesk.store.reader import IN_IDS, id_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmdesk.matching import Features
    from crmdesk.store.reader import Reader

CUSTOMERS = ("company", "contact", "lead")
SHORTEST_NAME = 3
LIKELY = 0.05
CANDIDATES = 40
_SURE_SIGNS = {"email": 0.9, "phone": 0.8, "name": 0.7}


@dataclass(frozen=True)
class Known:
    """A record that may be the same, and what makes it so.

    Attributes:
        score: how likely it is the same, 0 to 1.
        reasons: what speaks for it and what against, the heaviest first.
    """

    id: UUID
    title: str
    why: str
    score: float = 1.0
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Typed:
    """What has been typed so far of a new company, contact or lead."""

    name: str = ""
    given_name: str = ""
    family_name: str = ""
    company_name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    website: str = ""

    def having(self, field: str, value: Any) -> Typed:
        """Return it with one more value; fields that say nothing about sameness are left out."""
        match field:
            case "email":
                return replace(self, emails=tuple(part.value for part in value or ()))
            case "phone":
                return replace(self, phones=tuple(part.value for part in value or ()))
            case "name" | "given_name" | "family_name" | "company_name" | "website":
                texts: dict[str, Any] = {field: str(value or "").strip()}
                return replace(self, **texts)
        return self


def known(reader: Reader, entity: str, typed: Typed, most: int = 3) -> list[Known]:
    """Return the records of an entity that what was typed may mean, the surest first."""
    values = Values(
        given=typed.given_name, family=typed.family_name, company=typed.name if entity == "company" else typed.company_name, mails=typed.emails, phones=typed.phones,
        website=typed.website,
    )  # fmt: skip
    return already_known(reader, entity, values, most)


def already_known(reader: Reader, entity: str, values: Values, most: int = 3) -> list[Known]:
    """Return the records of an entity that values may mean, the surest first.

    Asked while typing: a handful of look-ups by the store's own keys, then the few found are compared field by field.
    """
    signs: dict[bytes, str] = {}
    for record, sign in _by_keys(reader, entity, values):
        signs.setdefault(record, sign)
    asked = set(signs) | set(_by_words(reader, entity, values))
    values = replace(values, phones=tuple(_e164(reader, phone) or phone for phone in values.phones))
    mine, found = features(values), []
    for record, theirs in read(reader, entity, asked):
        score, reasons = judge(mine, theirs)
        score = max(score, _SURE_SIGNS.get(signs.get(record, ""), 0.0))
        if score >= LIKELY:
            found.append((score, record, reasons))
    found.sort(key=lambda one: (-one[0], one[1]))
    titles = records.titles(reader, entity, [record for _score, record, _reasons in found[:most]])
    return [
        Known(UUID(bytes=record), titles[record][0], _why(signs.get(record, ""), reasons), round(score, 3), tuple(reasons))
        for score, record, reasons in found[:most]
        if record in titles
    ]


def _why(sign: str, reasons: list[Reason]) -> str:
    match sign:
        case "email":
            return tr("has this mail address")
        case "phone":
            return tr("has this phone number")
        case "name":
            return tr("has this name")
    return ", ".join(reason.text for reason in reasons if reason.weight > 0)


def _e164(reader: Reader, phone: str) -> str | None:
    found: str | None = phone_key(phone, reader.settings.region).get("e164")
    return found


def _by_keys(reader: Reader, entity: str, values: Values) -> Iterator[tuple[bytes, str]]:
    """Yield records with an equal mail address, phone number or name, and which of them it is."""
    for address in values.mails:
        yield from ((record, "email") for record in _owners(reader, entity, "email", "p.key = ?", address.strip().lower()))
    for number in values.phones:
        if e164 := _e164(reader, number):
            yield from ((record, "phone") for record in _owners(reader, entity, "phone", "p.e164 = ?", e164))
    name = _name(entity, values)
    if len(name) >= SHORTEST_NAME:
        rows = reader.rows(f'SELECT t.id FROM "{entity}" t WHERE t.sort_key = ? AND {live(reader, entity)} LIMIT {CANDIDATES}', (sort_key(name),))  # noqa: S608
        yield from ((record, "name") for (record,) in rows)


def _by_words(reader: Reader, entity: str, values: Values) -> Iterator[bytes]:
    """Yield records that share the beginnings of names, the name of a mail address, or the house on the web."""
    for address in values.mails:
        local = address.strip().lower().partition("@")[0]
        if len(local) >= SHORTEST_NAME:
            yield from _owners(reader, entity, "email", "p.key >= ?||'@' AND p.key < ?||'A'", local, local)
    if values.given and values.family:
        yield from _namesakes(reader, entity, values)
    if values.company and entity != "contact":
        beginnings = [word[:4] for word in features(Values(company=values.company)).company if len(word) >= SHORTEST_NAME]
        if beginnings:
            yield from _hits(reader, entity, " ".join(beginnings[:3]))
    site = features(Values(website=values.website)).website if values.website else ""
    if site and "website" in ENTITIES[entity].columns:
        yield from (
            i for (i,) in reader.rows(f'SELECT t.id FROM "{entity}" t WHERE t.website LIKE ? AND {live(reader, entity)} LIMIT {CANDIDATES}', (f"%{site}%",))
        )  # noqa: S608


def _namesakes(reader: Reader, entity: str, values: Values) -> Iterator[bytes]:
    """Yield people whose name is the swapped one, one with a short form of the given name, or one that begins alike."""
    names = [display_name(values.family, values.given), *(display_name(short, values.family) for short in short_forms(plain(values.given)))]
    wanted = json.dumps([sort_key(name) for name in names])
    some = f"{live(reader, entity)} LIMIT {CANDIDATES}"
    same = reader.rows(f'SELECT t.id FROM json_each(?) n JOIN "{entity}" t ON t.sort_key = n.value WHERE {some}', (wanted,))  # noqa: S608
    begun = sort_key(display_name(values.given, values.family[:3]))
    alike = reader.rows(f'SELECT t.id FROM "{entity}" t WHERE t.sort_key > ? AND t.sort_key < ? AND {some}', (begun, begun + "\uffff"))  # noqa: S608
    yield from (record for (record,) in (*same, *alike))
    if not same and not alike:
        yield from _hits(reader, entity, f"{values.given[:1]} {values.family}")


def _hits(reader: Reader, entity: str, text: str) -> list[bytes]:
    return [hit.id.bytes for hit in search(reader, text, limit=CANDIDATES, entities=(entity,))]


def _owners(reader: Reader, entity: str, part: str, which: str, *values: str) -> list[bytes]:
    sql = f'SELECT t.id FROM "{part}" p JOIN "{entity}" t ON t.id = p."{entity}_id" WHERE {which} AND p.deleted_at IS NULL AND {live(reader, entity)} LIMIT {CANDIDATES}'  # noqa: S608
    return [record for (record,) in reader.rows(sql, values)]


def _name(entity: str, values: Values) -> str:
    if entity == "company":
        return values.company.strip()
    person = display_name(values.given or None, values.family or None)
    if person and not (values.given and values.family):
        return ""  # a family name alone is no sign
    return person or (values.company.strip() if entity == "lead" else "")


# -- what is compared of records ---------------------------------------------------------------------------------------------------


_COLUMNS = {
    "contact": ("given_name", "family_name", "NULL", "birthday", "NULL", "NULL", "company_id"),
    "company": ("NULL", "NULL", "name", "NULL", "website", "ifnull(vat_id, '') || char(10) || ifnull(credit_code, '')", "NULL"),
    "lead": ("given_name", "family_name", "company_name", "NULL", "NULL", "NULL", "NULL"),
}
_STILL_OPEN = {"lead": " AND t.converted_at IS NULL"}


def read(reader: Reader, entity: str, ids: Iterable[bytes] | None = None) -> Iterator[tuple[bytes, Features]]:
    """Yield what is compared of live customers: all of an entity, or those with these ids.

    Raises:
        KeyError: the entity is no customer.
    """
    columns = ", ".join(column if column == "NULL" or "(" in column else f"t.{column}" for column in _COLUMNS[entity])
    wanted = () if ids is None else (id_list(ids),)
    parts = _Parts(reader, entity, wanted)
    companies = _companies(reader, entity, wanted)
    where = f"{live(reader, entity)}{_STILL_OPEN.get(entity, '')}" + (f" AND t.id {IN_IDS}" if wanted else "")
    for record, given, family, company, birthday, website, codes, company_id in reader.each(
        f'SELECT t.id, {columns} FROM "{entity}" t WHERE {where} ORDER BY t.id', wanted
    ):  # noqa: S608
        yield record, features(Values(
            given or "", family or "", company or companies.get(company_id, ""), birthday or "", parts.mails.pop(record, ()), parts.phones.pop(record, ()),
            parts.places.pop(record, ()), website or "", tuple((codes or "").split("\n")),
        ))  # fmt: skip


class _Parts:
    """Mails, phones and addresses by their owner."""

    def __init__(self, reader: Reader, entity: str, wanted: tuple[str, ...]) -> None:
        self.mails = self._texts(reader, entity, "email", "key", wanted)
        self.phones = self._texts(reader, entity, "phone", "ifnull(p.e164, p.number)", wanted)
        places: defaultdict[bytes, tuple[Place, ...]] = defaultdict(tuple)
        for owner, street, postal_code, city, state in reader.each(*self._question(entity, "address", "p.street, p.postal_code, p.city, p.state", wanted)):
            line, _, extra = (street or "").strip().partition("\n")
            places[owner] += (Place(line, postal_code or "", city or "", state or "", extra),)
        self.places: dict[bytes, tuple[Place, ...]] = places

    def _texts(self, reader: Reader, entity: str, part: str, value: str, wanted: tuple[str, ...]) -> dict[bytes, tuple[str, ...]]:
        found: dict[bytes, tuple[str, ...]] = {}
        for owner, text in reader.each(*self._question(entity, part, value, wanted)):
            if text:
                found[owner] = (*found.get(owner, ()), text)
        return found

    def _question(self, entity: str, part: str, values: str, wanted: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        owner = f'p."{entity}_id"'
        which = IN_IDS if wanted else "IS NOT NULL"
        return f'SELECT {owner}, {values} FROM "{part}" p WHERE {owner} {which} AND p.deleted_at IS NULL ORDER BY {owner}, p.position, p.id', wanted  # noqa: S608


def _companies(reader: Reader, entity: str, wanted: tuple[str, ...]) -> dict[bytes | None, str]:
    if entity != "contact":
        return {}
    some = f" WHERE id IN (SELECT t.company_id FROM contact t WHERE t.id {IN_IDS})" if wanted else ""
    return dict(reader.rows(f"SELECT id, ifnull(name, '') FROM company{some}", wanted))  # noqa: S608


# -- merged, and told apart --------------------------------------------------------------------------------------------------------


def told_apart(reader: Reader, entity: str) -> set[tuple[bytes, bytes]]:
    """Return the pairs of which somebody said that they are not the same, each in the order of the ids."""
    rows = reader.rows("SELECT unhex(first), unhex(second) FROM not_same WHERE about = ? AND deleted_at IS NULL", (entity,))
    return {(first, second) for first, second in rows}


def also_known(reader: Reader, entity: str, external_ids: str) -> list[tuple[str, str | None, bytes]]:
    """Return (external id, source, kept record) of merged records that are still in the bin, so that a repeated import finds the kept one.

    Args:
        external_ids: as a JSON list.
    """
    return reader.rows(
        'SELECT m.external_id, m.source, k.id FROM merged_record m JOIN "{0}" k ON k.id = unhex(m.kept) JOIN "{0}" g ON g.id = unhex(m.gone) '
        "WHERE m.about = ? AND m.deleted_at IS NULL AND k.deleted_at IS NULL AND g.deleted_at IS NOT NULL AND m.external_id IN (SELECT value FROM json_each(?)) ORDER BY m.id".format(  # noqa: S608
            ENTITIES[entity].entity.name
        ),
        (entity, external_ids),
    )


def kept_instead(reader: Reader, entity: str, ids: Iterable[bytes]) -> list[tuple[bytes, bytes]]:
    """Return (merged record, kept record) of those that were merged away and are still in the bin."""
    wanted = json.dumps([record.hex() for record in ids])
    return reader.rows(
        'SELECT g.id, k.id FROM merged_record m JOIN "{0}" k ON k.id = unhex(m.kept) JOIN "{0}" g ON g.id = unhex(m.gone) '
        "WHERE m.about = ? AND m.deleted_at IS NULL AND k.deleted_at IS NULL AND g.deleted_at IS NOT NULL AND m.gone IN (SELECT value FROM json_each(?)) ORDER BY m.id".format(  # noqa: S608
            ENTITIES[entity].entity.name
        ),
        (entity, wanted),
    )
