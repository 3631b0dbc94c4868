"""The caller: who has this number, and what is going on with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.clock import moment, now_ms
from crmdesk.fields import Money, from_minor, show_money
from crmdesk.i18n import tr
from crmdesk.models.base import ENTITIES
from crmdesk.models.phones import digits, parse
from crmdesk.models.ticket import TICKET_STATUS
from crmdesk.queries.records import Link, json_value
from crmdesk.queries.seen import live
from crmdesk.queries.tickets import open_deals

if TYPE_CHECKING:
    from datetime import datetime

    from crmdesk.store.reader import Reader

_SHORTEST_SUFFIX = 6
_LONGEST_EXTENSION = 4
_MOST = 20


@dataclass(frozen=True)
class Item:
    """A deal, ticket or quote of the caller: its title and a line that says more."""

    id: UUID
    title: str
    subtitle: str


@dataclass(frozen=True)
class Contacted:
    """The last contact with the caller."""

    id: UUID
    kind: str
    subject: str
    at: datetime
    member: str


@dataclass(frozen=True)
class Caller:
    """Who calls.

    Attributes:
        number: in its international form where it has one.
        contact, company, lead: whoever has the number; all None for a stranger.
        others: more records with the same number, as (entity, link).
        deals, tickets, quotes: the open ones of the company, or of the contact without one.
    """

    number: str
    contact: Link | None = None
    role: str = ""
    company: Link | None = None
    lead: Link | None = None
    others: tuple[tuple[str, Link], ...] = ()
    deals: tuple[Item, ...] = ()
    tickets: tuple[Item, ...] = ()
    quotes: tuple[Item, ...] = ()
    last_contact: Contacted | None = None

    @property
    def is_known(self) -> bool:
        """Whether anybody has the number."""
        return bool(self.contact or self.company or self.lead)

    def as_json(self) -> dict[str, Any]:
        """Return it as the command line prints it."""

        def listed(items: tuple[Item, ...]) -> list[dict[str, str]]:
            return [{"id": str(item.id), "title": item.title, "subtitle": item.subtitle} for item in items]

        last = self.last_contact
        return {
            "number": self.number, "contact": json_value(self.contact), "company": json_value(self.company), "lead": json_value(self.lead),
            "deals": listed(self.deals), "tickets": listed(self.tickets), "quotes": listed(self.quotes),
            "last_contact": None if last is None else {"id": str(last.id), "kind": last.kind, "subject": last.subject, "at": json_value(last.at), "member": last.member},
        }  # fmt: skip


def who_is(reader: Reader, number: str) -> Caller:
    """Return who has a phone number: by its international form, as an extension of a known one, or by its last digits."""
    bare = number.strip().removeprefix("tel:").strip()
    e164, _ = parse(bare, reader.settings.region)
    shown = e164 or bare
    for found in (_exact(reader, e164), _switchboard(reader, e164), _ending(reader, bare)):
        if found:
            return _caller(reader, shown, found)
    return Caller(shown)


Owner = tuple[str, bytes]


def _owners(reader: Reader, where: str, parameters: tuple[Any, ...]) -> list[Owner]:
    """Return whom matching phones belong to, contacts before companies before leads, without repetition."""
    rows = reader.rows(
        f"SELECT p.contact_id, p.company_id, p.lead_id FROM phone p WHERE p.deleted_at IS NULL AND {where} ORDER BY p.id LIMIT {_MOST}", parameters
    )  # noqa: S608
    found = [(entity, row[place]) for place, entity in enumerate(("contact", "company", "lead")) for row in rows if row[place]]
    return list(dict.fromkeys(found))


def _exact(reader: Reader, e164: str | None) -> list[Owner]:
    return _owners(reader, "p.e164 = ?", (e164,)) if e164 else []


def _switchboard(reader: Reader, e164: str | None) -> list[Owner]:
    """Find a company by its main number: the caller's own is that and up to four digits more, or ends in other digits than its 0."""
    if not e164 or len(e164) < 10:
        return []
    bases = [e164[:-cut] for cut in range(1, _LONGEST_EXTENSION + 1) if len(e164) - cut >= 8]
    for base in bases:
        if found := _owners(reader, "p.e164 IN (?, ?) AND p.company_id IS NOT NULL", (base, base + "0")):
            return found
    return []


def _ending(reader: Reader, number: str) -> list[Owner]:
    """Find by the last digits, through the search index's three-digit parts.

    A number in international form is whole: of those that have such a form themselves, none but its equal is the same.
    """
    wanted = digits(number).lstrip("0")
    if len(wanted) < _SHORTEST_SUFFIX:
        return []
    tail, whole = wanted[-_SHORTEST_SUFFIX:], number.startswith(("+", "00"))
    parts = list(dict.fromkeys(int(tail[i : i + 3]) for i in range(len(tail) - 2)))
    also = "".join(" AND EXISTS (SELECT 1 FROM search_digits o WHERE o.part = ? AND o.docid = d.docid)" for _ in parts[1:])
    rows = reader.rows(
        f"SELECT s.tbl, s.row FROM search_digits d JOIN search_doc s ON s.docid = d.docid WHERE d.part = ?{also} "  # noqa: S608
        "AND EXISTS (SELECT 1 FROM search_number n WHERE n.docid = d.docid AND n.digits LIKE ?) LIMIT 200",
        (*parts, f"%{tail}"),
    )
    found = [(entity, record) for entity in ("contact", "company", "lead") for table, record in rows if table == ENTITIES[entity].entity.number]
    return [owner for owner in found if any(_same(wanted, typed, e164, whole) for typed, e164 in _numbers(reader, owner))][:_MOST]


def _numbers(reader: Reader, owner: Owner) -> list[tuple[str, str | None]]:
    return [(number, e164) for number, e164 in reader.rows(f"SELECT number, e164 FROM phone WHERE {owner[0]}_id = ? AND deleted_at IS NULL", (owner[1],))]  # noqa: S608


def _same(wanted: str, typed: str, e164: str | None, whole: bool) -> bool:
    if e164:
        return not whole and digits(e164).endswith(wanted)
    known = digits(typed).lstrip("0")
    return len(known) >= _SHORTEST_SUFFIX and (known.endswith(wanted) or wanted.endswith(known))


def _caller(reader: Reader, number: str, found: list[Owner]) -> Caller:
    known = [(entity, record, named) for entity, record in found if (named := _named(reader, entity, record))]
    if not known:
        return Caller(number)
    entity, record, named = known[0]
    link = Link(UUID(bytes=record), named[0])
    others = tuple((other, Link(UUID(bytes=other_record), other_named[0])) for other, other_record, other_named in known[1:])
    if entity == "lead":
        return Caller(number, lead=link, others=others, last_contact=_last_contact(reader, "lead_id", link.id))
    contact, company = (link, None) if entity == "contact" else (None, link)
    if contact and named[2]:
        about = _named(reader, "company", named[2])
        company = Link(UUID(bytes=named[2]), about[0]) if about else None
    column, subject = ("company_id", company.id) if company else ("contact_id", link.id)
    last = _last_contact(reader, "contact_id", contact.id) if contact else None
    return Caller(
        number, contact, named[1] or "", company, None, others, _deals(reader, company), _tickets(reader, column, subject), _quotes(reader, column, subject),
        last or (_last_contact(reader, "company_id", company.id) if company else None),
    )  # fmt: skip


def _named(reader: Reader, entity: str, record: bytes) -> tuple[str, str | None, bytes | None] | None:
    """Return name, role and company of a live record that the viewer may see."""
    more = {"contact": "t.role, t.company_id", "company": "NULL, NULL", "lead": "t.role, NULL"}[entity]
    row = reader.one(f'SELECT t.name, {more} FROM "{entity}" t WHERE t.id = ? AND {live(reader, entity)}', (record,))  # noqa: S608
    return (row[0] or "", row[1], row[2]) if row else None


def _amount(reader: Reader, minor: int | None, currency: str | None) -> str:
    code = currency or reader.settings.currency
    return "" if minor is None else show_money(Money(from_minor(minor, code), code))


def _deals(reader: Reader, company: Link | None) -> tuple[Item, ...]:
    found = open_deals(reader, company.id if company else None)
    return tuple(Item(deal, name, " · ".join(text for text in (show_money(amount) if amount else "", stage) if text)) for deal, name, amount, stage in found)


def _tickets(reader: Reader, column: str, subject: UUID) -> tuple[Item, ...]:
    found = reader.rows(
        f"SELECT t.id, t.number, t.subject, t.status FROM ticket t WHERE t.{column} = ? AND {live(reader, 'ticket')} "  # noqa: S608
        "AND (t.status IS NULL OR t.status NOT IN ('resolved', 'closed')) ORDER BY t.opened_at DESC LIMIT 5",
        (subject.bytes,),
    )
    said = {choice.value: choice.label for choice in TICKET_STATUS}
    return tuple(Item(UUID(bytes=record), f"{number or ''} {text or ''}".strip(), tr(said.get(status or "new", ""))) for record, number, text, status in found)


def _quotes(reader: Reader, column: str, subject: UUID) -> tuple[Item, ...]:
    found = reader.rows(
        f"SELECT t.id, t.title, t.status, t.payable, t.currency FROM quote t WHERE t.{column} = ? AND {live(reader, 'quote')} "  # noqa: S608
        "AND ifnull(t.status, 'draft') IN ('draft', 'issued') ORDER BY t.date DESC, t.id DESC LIMIT 5",
        (subject.bytes,),
    )
    return tuple(
        Item(UUID(bytes=record), (title or tr("Draft")) if status != "draft" else tr("Draft"), _amount(reader, payable, currency))
        for record, title, status, payable, currency in found
    )


def _last_contact(reader: Reader, column: str, subject: UUID) -> Contacted | None:
    row = reader.one(
        f"SELECT t.id, t.kind, t.subject, t.at, m.name FROM activity t LEFT JOIN member m ON m.id = t.owner_id WHERE t.{column} = ? AND {live(reader, 'activity')} "  # noqa: S608
        "AND t.at <= ? ORDER BY t.at DESC LIMIT 1",
        (subject.bytes, now_ms()),
    )
    return Contacted(UUID(bytes=row[0]), row[1] or "note", row[2] or "", moment(row[3]), row[4] or "") if row else None
