"""Whether a customer is there already: same mail address, same phone number, same name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.i18n import tr
from crmdesk.models.base import ENTITIES
from crmdesk.models.names import display_name, sort_key
from crmdesk.models.phones import phone_key
from crmdesk.queries import records
from crmdesk.queries.seen import live

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmdesk.store.reader import Reader

CUSTOMERS = ("company", "contact", "lead")
SHORTEST_NAME = 3


@dataclass(frozen=True)
class Known:
    """A record that may be the same, and what makes it so."""

    id: UUID
    title: str
    why: str


@dataclass(frozen=True)
class Typed:
    """What has been typed so far of a new company, contact or lead."""

    name: str = ""
    given_name: str = ""
    family_name: str = ""
    company_name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()

    def having(self, field: str, value: Any) -> Typed:
        """Return it with one more value; fields that say nothing about sameness are left out."""
        match field:
            case "email":
                return replace(self, emails=tuple(part.value for part in value or ()))
            case "phone":
                return replace(self, phones=tuple(part.value for part in value or ()))
            case "name":
                return replace(self, name=str(value or "").strip())
            case "given_name":
                return replace(self, given_name=str(value or "").strip())
            case "family_name":
                return replace(self, family_name=str(value or "").strip())
            case "company_name":
                return replace(self, company_name=str(value or "").strip())
        return self


def known(reader: Reader, entity: str, typed: Typed, most: int = 3) -> list[Known]:
    """Return the records of an entity that what was typed may mean, the surest first."""
    found: dict[bytes, str] = {}
    for record, why in _found(reader, entity, typed):
        found.setdefault(record, why)
        if len(found) >= most:
            break
    titles = records.titles(reader, entity, found)
    return [Known(UUID(bytes=record), titles[record][0], why) for record, why in found.items() if record in titles]


def _found(reader: Reader, entity: str, typed: Typed) -> Iterator[tuple[bytes, str]]:
    owner = f"{entity}_id"
    for address in typed.emails:
        yield from _owners(reader, entity, owner, "email", "key", address.strip().lower(), tr("has this mail address"))
    for number in typed.phones:
        e164 = phone_key(number, reader.settings.region).get("e164")
        if e164:
            yield from _owners(reader, entity, owner, "phone", "e164", e164, tr("has this phone number"))
    name = _name(entity, typed)
    if len(name) >= SHORTEST_NAME and "sort_key" in ENTITIES[entity].columns:
        rows = reader.rows(f'SELECT t.id FROM "{entity}" t WHERE t.sort_key = ? AND {live(reader, entity)} LIMIT 10', (sort_key(name),))  # noqa: S608
        yield from ((record, tr("has this name")) for (record,) in rows)


def _owners(reader: Reader, entity: str, owner: str, part: str, column: str, value: str, why: str) -> Iterator[tuple[bytes, str]]:
    rows = reader.rows(
        f'SELECT t.id FROM "{part}" p JOIN "{entity}" t ON t.id = p."{owner}" WHERE p."{column}" = ? AND p.deleted_at IS NULL AND {live(reader, entity)} LIMIT 10', (value,)  # noqa: S608
    )
    yield from ((record, why) for (record,) in rows)


def _name(entity: str, typed: Typed) -> str:
    if entity == "company":
        return typed.name
    person = display_name(typed.given_name or None, typed.family_name or None)
    if person and not (typed.given_name and typed.family_name):
        return ""  # a family name alone is no sign
    return person or typed.company_name
