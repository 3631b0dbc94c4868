"""Tickets: the queue with what is due, and one ticket's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.clock import moment, now_ms
from crmdesk.errors import UserError
from crmdesk.fields import Money, from_minor
from crmdesk.i18n import locale, mark, tr
from crmdesk.models.ticket import Ticket
from crmdesk.queries.finding import also
from crmdesk.queries.seen import live
from crmdesk.queries.service import level_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmdesk.queries.finding import Condition
    from crmdesk.queries.service import Level
    from crmdesk.store.reader import Reader

OPEN = ("new", "open", "waiting", "resolved")
UNDONE = ("new", "open", "waiting")
_SOON = timedelta(minutes=30)


# -- what is due -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Due:
    """What a ticket waits for.

    Attributes:
        state: `respond`, `resolve`, `open` (nothing promised), `waiting`, `resolved` or `closed`.
        at: until when, for `respond` and `resolve`.
        csat: the customer's satisfaction, 1 to 5.
    """

    state: str
    at: datetime | None = None
    csat: int | None = None

    def urgency(self, when: datetime) -> str:
        """Say how it presses: `late`, `soon`, `today`, `later`, or `none` where nothing is promised."""
        if self.at is None:
            return "none"
        if self.at < when:
            return "late"
        if self.at - when <= _SOON:
            return "soon"
        return "today" if self.at - when < timedelta(hours=4) else "later"

    def words(self, when: datetime, reader: Reader) -> str:
        """Say it in words: “Respond in 12 min”, “Tomorrow 12:00”, “Late by 2 h”, “Waiting for customer”, “Resolved · CSAT 5”."""
        if self.at is None:
            return self._state_words()
        minutes = (self.at - when) / timedelta(minutes=1)
        if minutes < 0:
            return tr("Late by {time}", time=short_time(-minutes))
        local, today = self.at.astimezone(reader.settings.tz), when.astimezone(reader.settings.tz).date()
        if local.date() == today or minutes < 120:
            return tr("Respond in {time}", time=short_time(minutes)) if self.state == "respond" else tr("Resolve in {time}", time=short_time(minutes))
        clock = local.strftime("%H:%M")
        if local.date() == today + timedelta(days=1):
            return tr("Tomorrow {time}", time=clock)
        from babel.dates import format_skeleton  # noqa: PLC0415 - the queue's other words do without

        return tr("{day} {time}", day=format_skeleton("MMMd", local, locale=locale()), time=clock)

    def _state_words(self) -> str:
        match self.state:
            case "waiting":
                return tr("Waiting for customer")
            case "resolved":
                return tr("Resolved · CSAT {csat}", csat=self.csat) if self.csat else tr("Resolved")
            case "closed":
                return tr("Closed · CSAT {csat}", csat=self.csat) if self.csat else tr("Closed")
            case _:
                return tr("Open")


def short_time(minutes: float) -> str:
    """Say a length of time in one unit: “12 min”, “3 h”, “2 d”."""
    if minutes < 60:
        return tr("{count} min", count=int(minutes))
    if minutes < 48 * 60:
        return tr("{count} h", count=int(minutes // 60))
    return tr("{count} d", count=int(minutes // (24 * 60)))


def due_of(status: str | None, first_reply_due_at: int | None, first_replied_at: int | None, resolve_due_at: int | None, csat: int | None) -> Due:
    """Return what a ticket waits for, from its stored values."""
    if status in {"waiting", "resolved", "closed"}:
        return Due(status, None, csat)
    if first_replied_at is None and first_reply_due_at is not None:
        return Due("respond", moment(first_reply_due_at))
    if resolve_due_at is not None:
        return Due("resolve", moment(resolve_due_at))
    return Due("open")


# -- the queue ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TicketRow:
    """A ticket in the queue."""

    id: UUID
    number: str
    subject: str
    status: str
    priority: str
    company_id: UUID | None
    company: str
    contact_id: UUID | None
    contact: str
    owner_id: UUID | None
    owner: str
    opened_at: datetime | None
    due: Due


FILTERS = {
    "open": mark("Open"), "mine": mark("Mine"), "unassigned": mark("Unassigned"), "late": mark("Late"), "waiting": mark("Waiting"), "resolved": mark("Resolved"),
    "closed": mark("Closed"), "all": mark("All"),
}  # fmt: skip
_PRESSING = "iif(t.first_replied_at IS NULL, ifnull(t.first_reply_due_at, t.resolve_due_at), t.resolve_due_at)"


def _filter_sql(reader: Reader, which: str) -> str:
    def among(states: Iterable[str]) -> str:
        new = " OR t.status IS NULL" if "new" in states else ""
        return "(t.status IN ({}){})".format(", ".join(f"'{state}'" for state in states), new)

    member = reader.viewer.member_id
    match which:
        case "open":
            return among(OPEN)
        case "mine":
            return f"{among(OPEN)} AND t.owner_id = x'{member.hex if member else ''}'"
        case "unassigned":
            return f"{among(UNDONE)} AND t.owner_id IS NULL"
        case "late":
            return f"{among(('new', 'open'))} AND {_PRESSING} < {now_ms()}"
        case "waiting" | "resolved" | "closed":
            return among((which,))
        case "all":
            return "1"
        case _:
            raise UserError(tr("There is no filter “{name}”.", name=which), hint=tr("Choose one of: {options}.", options=", ".join(FILTERS)))


def tickets(reader: Reader, which: str = "open", *, queue_id: UUID | None = None, limit: int = 500, where: Sequence[Condition] = ()) -> list[TicketRow]:
    """Return the tickets of a filter (see `FILTERS`), the most pressing first, then those that wait, then the resolved ones."""
    more = also(Ticket, where, reader)
    queue = f" AND t.queue_id = x'{queue_id.hex}'" if queue_id else ""
    found = reader.rows(
        "SELECT t.id, t.number, t.subject, t.status, t.priority, t.company_id, c.name, t.contact_id, k.name, t.owner_id, m.name, t.opened_at, "  # noqa: S608
        "t.first_reply_due_at, t.first_replied_at, t.resolve_due_at, t.csat FROM ticket t LEFT JOIN company c ON c.id = t.company_id "
        "LEFT JOIN contact k ON k.id = t.contact_id LEFT JOIN member m ON m.id = t.owner_id "
        f"WHERE {live(reader, 'ticket')} AND {_filter_sql(reader, which)}{queue}{more.sql} "
        "ORDER BY CASE t.status WHEN 'waiting' THEN 1 WHEN 'resolved' THEN 2 WHEN 'closed' THEN 3 ELSE 0 END, "
        f"CASE WHEN t.status IN ('waiting', 'resolved', 'closed') THEN -t.opened_at ELSE ifnull({_PRESSING}, 9e15) END, t.opened_at DESC, t.id LIMIT ?",
        (*more.parameters, limit),
    )
    return [_row(*row) for row in found]


def _row(
    record: bytes, number: str | None, subject: str | None, status: str | None, priority: str | None, company_id: bytes | None, company: str | None,
    contact_id: bytes | None, contact: str | None, owner_id: bytes | None, owner: str | None, opened_at: int | None, *clocks: Any,
) -> TicketRow:  # fmt: skip
    return TicketRow(
        UUID(bytes=record), number or "", subject or "", status or "new", priority or "normal", _id(company_id), company or "", _id(contact_id), contact or "",
        _id(owner_id), owner or "", _at(opened_at), due_of(status or "new", *clocks),
    )  # fmt: skip


def _id(stored: bytes | None) -> UUID | None:
    return UUID(bytes=stored) if stored else None


def _at(stored: int | None) -> datetime | None:
    return None if stored is None else moment(stored)


def counts(reader: Reader, which: Sequence[str] = ("open", "mine", "unassigned"), where: Sequence[Condition] = ()) -> dict[str, int]:
    """Return how many tickets each filter has."""
    more = also(Ticket, where, reader)
    columns = ", ".join(f"ifnull(sum({_filter_sql(reader, name)}), 0)" for name in which)
    only_open = "" if {"closed", "all"} & set(which) else f" AND {_filter_sql(reader, 'open')}"
    found = reader.one(f"SELECT {columns} FROM ticket t WHERE {live(reader, 'ticket')}{only_open}{more.sql}", more.parameters)  # noqa: S608
    return dict(zip(which, found or (0,) * len(which), strict=True))


# -- one ticket --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MessageLine:
    """One message of a conversation: `in` from the customer, `out` a reply, `note` internal."""

    id: UUID
    kind: str
    at: datetime
    who: str
    body: str
    channel: str | None
    article_id: UUID | None
    article: str | None


@dataclass(frozen=True)
class CustomerCard:
    """The customer beside a ticket.

    Attributes:
        deals: (id, name, amount, stage) of open deals.
        earlier: how many other tickets there are; csat: their mean satisfaction.
    """

    company_id: UUID | None
    company: str
    contact_id: UUID | None
    contact: str
    place: str
    phone: str
    email: str
    tags: tuple[str, ...]
    deals: tuple[tuple[UUID, str, Money | None, str], ...]
    earlier: int
    csat: float | None


@dataclass(frozen=True)
class TicketPage:
    """All that a ticket's page shows."""

    ticket: TicketRow
    channel: str | None
    queue_id: UUID | None
    queue: str
    resolution: str
    product: str
    deal_id: UUID | None
    deal: str
    quote_id: UUID | None
    quote: str
    level: Level | None
    first_reply_due_at: datetime | None
    first_replied_at: datetime | None
    resolve_due_at: datetime | None
    resolved_at: datetime | None
    waiting_since: datetime | None
    waited_minutes: int
    messages: tuple[MessageLine, ...]
    customer: CustomerCard
    tags: tuple[str, ...]


def page(reader: Reader, ticket_id: UUID) -> TicketPage:
    """Return all that a ticket's page shows.

    Raises:
        UserError: there is no such ticket.
    """
    found = reader.one(
        "SELECT t.id, t.number, t.subject, t.status, t.priority, t.company_id, c.name, t.contact_id, k.name, t.owner_id, m.name, t.opened_at, "  # noqa: S608
        "t.first_reply_due_at, t.first_replied_at, t.resolve_due_at, t.csat, "
        "t.channel, t.queue_id, q.name, t.resolution, p.name, t.deal_id, d.name, t.quote_id, o.title, t.service_level_id, t.resolved_at, t.waiting_since, t.waited_minutes "
        "FROM ticket t LEFT JOIN company c ON c.id = t.company_id LEFT JOIN contact k ON k.id = t.contact_id LEFT JOIN member m ON m.id = t.owner_id "
        "LEFT JOIN queue q ON q.id = t.queue_id LEFT JOIN product p ON p.id = t.product_id LEFT JOIN deal d ON d.id = t.deal_id LEFT JOIN quote o ON o.id = t.quote_id "
        f"WHERE t.id = ? AND {live(reader, 'ticket')}",
        (ticket_id.bytes,),
    )
    if found is None:
        raise UserError(tr("This {entity} does not exist or was deleted.", entity=tr("Ticket")))
    row = _row(*found[:16])
    channel, queue_id, queue, resolution, product, deal_id, deal, quote_id, quote, level_id, resolved_at, waiting_since, waited = found[16:]
    return TicketPage(
        row, channel, _id(queue_id), queue or "", resolution or "", product or "", _id(deal_id), deal or "", _id(quote_id), quote or "",
        level_of(reader, _id(level_id), _id(queue_id)), _at(found[12]), _at(found[13]), _at(found[14]), _at(resolved_at), _at(waiting_since), max(0, waited or 0),
        _messages(reader, ticket_id), _customer(reader, row), _tags(reader, "ticket_id", ticket_id),
    )  # fmt: skip


def _messages(reader: Reader, ticket_id: UUID) -> tuple[MessageLine, ...]:
    found = reader.rows(
        "SELECT g.id, g.kind, g.at, ifnull(m.name, k.name), g.body, g.channel, g.article_id, a.title FROM message g LEFT JOIN member m ON m.id = g.member_id "
        "LEFT JOIN contact k ON k.id = g.contact_id AND g.kind = 'in' LEFT JOIN article a ON a.id = g.article_id "
        "WHERE g.ticket_id = ? AND g.deleted_at IS NULL ORDER BY g.at, g.position, g.id",
        (ticket_id.bytes,),
    )
    return tuple(
        MessageLine(UUID(bytes=record), kind or "note", moment(at or 0), who or "", body or "", channel, _id(article_id), article)
        for record, kind, at, who, body, channel, article_id, article in found
    )


def _tags(reader: Reader, column: str, record_id: UUID) -> tuple[str, ...]:
    found = reader.rows(
        f"SELECT g.name FROM record_tag r JOIN tag g ON g.id = r.tag_id WHERE r.{column} = ? AND r.deleted_at IS NULL AND g.deleted_at IS NULL ORDER BY r.position, g.sort_key",  # noqa: S608
        (record_id.bytes,),
    )
    return tuple(name for (name,) in found if name)


def _customer(reader: Reader, row: TicketRow) -> CustomerCard:
    company, contact = (row.company_id.bytes if row.company_id else None), (row.contact_id.bytes if row.contact_id else None)
    place = reader.one("SELECT city, country FROM address WHERE deleted_at IS NULL AND company_id = ? ORDER BY position, id LIMIT 1", (company,)) or reader.one(
        "SELECT city, country FROM address WHERE deleted_at IS NULL AND contact_id = ? ORDER BY position, id LIMIT 1", (contact,)
    )
    deals: tuple[tuple[UUID, str, Money | None, str], ...] = ()
    earlier: tuple[Any, ...] | None = None
    if company:
        deals = open_deals(reader, row.company_id)
        earlier = reader.one(
            f"SELECT count(*), avg(t.csat) FROM ticket t WHERE t.company_id = ? AND t.id <> ? AND {live(reader, 'ticket')}", (company, row.id.bytes)
        )  # noqa: S608
    elif contact:
        earlier = reader.one(
            f"SELECT count(*), avg(t.csat) FROM ticket t WHERE t.contact_id = ? AND t.id <> ? AND {live(reader, 'ticket')}", (contact, row.id.bytes)
        )  # noqa: S608
    tags = _tags(reader, "company_id", row.company_id) if row.company_id else _tags(reader, "contact_id", row.contact_id) if row.contact_id else ()
    return CustomerCard(
        row.company_id, row.company, row.contact_id, row.contact, ", ".join(piece for piece in place or () if piece),
        _first_part(reader, "phone", "number", contact, company), _first_part(reader, "email", "address", contact, company), tags, deals,
        earlier[0] if earlier else 0, earlier[1] if earlier else None,
    )  # fmt: skip


def _first_part(reader: Reader, part: str, column: str, contact: bytes | None, company: bytes | None) -> str:
    for owner, record in (("contact_id", contact), ("company_id", company)):
        found = record and reader.value(f'SELECT "{column}" FROM "{part}" WHERE {owner} = ? AND deleted_at IS NULL ORDER BY position, id LIMIT 1', (record,))  # noqa: S608
        if found:
            return str(found)
    return ""


def open_deals(reader: Reader, company_id: UUID | None, limit: int = 5) -> tuple[tuple[UUID, str, Money | None, str], ...]:
    """Return (id, name, amount, stage) of a company's open deals, the largest first."""
    if company_id is None:
        return ()
    found = reader.rows(
        "SELECT t.id, t.name, t.amount, t.currency, s.name FROM deal t JOIN stage s ON s.id = t.stage_id "  # noqa: S608
        f"WHERE t.company_id = ? AND {live(reader, 'deal')} AND ifnull(s.outcome, 'open') = 'open' ORDER BY t.amount_base DESC, t.id LIMIT ?",
        (company_id.bytes, limit),
    )
    usual = reader.settings.currency
    return tuple(
        (UUID(bytes=record), name or "", None if amount is None else Money(from_minor(amount, currency or usual), currency or usual), stage or "")
        for record, name, amount, currency, stage in found
    )
