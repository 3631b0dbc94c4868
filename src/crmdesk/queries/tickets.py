"""Tickets: the queue with what is due, one ticket's page, the week's figures, service levels, saved answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.clock import moment, now, now_ms, to_ms
from crmdesk.errors import UserError
from crmdesk.fields import Money, from_minor
from crmdesk.i18n import locale, mark, tr
from crmdesk.models.calendar import Calendar, calendar_of, read_times
from crmdesk.models.names import folded
from crmdesk.models.ticket import PRIORITIES, Ticket
from crmdesk.queries.finding import also
from crmdesk.queries.seen import live

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmdesk.queries.finding import Condition
    from crmdesk.store.reader import Reader

OPEN = ("new", "open", "waiting", "resolved")
UNDONE = ("new", "open", "waiting")
_SOON = timedelta(minutes=30)


# -- service levels ----------------------------------------------------------------------------------------------------------


def business_calendar(reader: Reader) -> Calendar:
    """Return when the store's people work."""
    found = [(date.fromisoformat(day), hours) for day, hours in reader.rows('SELECT "on", hours FROM holiday WHERE deleted_at IS NULL AND "on" IS NOT NULL')]
    closed, special = (day for day, hours in found if not hours), ((day, read_times(hours)) for day, hours in found if hours)
    return calendar_of(reader.settings.hours, reader.settings.tz, closed, special)


@dataclass(frozen=True)
class Level:
    """A service level: minutes of working time by priority, None where nothing is promised."""

    id: UUID
    name: str
    first_reply: dict[str, int | None]
    resolution: dict[str, int | None]


_PRIORITY_NAMES = tuple(choice.value for choice in PRIORITIES)
_LEVEL_COLUMNS = ", ".join(f"l.{name}_{what}_minutes" for what in ("first_reply", "resolution") for name in _PRIORITY_NAMES)


def level_of(reader: Reader, service_level_id: UUID | None, queue_id: UUID | None) -> Level | None:
    """Return the service level that holds: the ticket's own, else its queue's, else the store's."""
    wanted = [service_level_id.bytes if service_level_id else None]
    if queue_id:
        wanted.append(reader.value("SELECT service_level_id FROM queue WHERE id = ? AND deleted_at IS NULL", (queue_id.bytes,)))
    usual = reader.settings.service_level
    wanted.append(UUID(usual).bytes if usual else None)
    for level_id in wanted:
        found = level_id and reader.one(f"SELECT l.id, l.name, {_LEVEL_COLUMNS} FROM service_level l WHERE l.id = ? AND l.deleted_at IS NULL", (level_id,))  # noqa: S608
        if found:
            count = len(_PRIORITY_NAMES)
            return Level(
                UUID(bytes=found[0]), found[1] or "", dict(zip(_PRIORITY_NAMES, found[2 : 2 + count], strict=True)), dict(zip(_PRIORITY_NAMES, found[2 + count :], strict=True))
            )  # fmt: skip
    return None


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


# -- figures -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ServiceFigures:
    """How service did in a period; None where nothing happened that could be measured.

    Attributes:
        first_replies_in_time, first_replies: how many first replies came in time, of how many that were due.
        resolved_at_first_contact, resolved: how many resolved tickets needed no further word from the customer, of how many.
        csat: the mean satisfaction of the resolved ones, of `rated`.
    """

    first_replies_in_time: int
    first_replies: int
    resolved_at_first_contact: int
    resolved: int
    csat: float | None
    rated: int
    reply_ids: tuple[UUID, ...] = ()
    resolved_ids: tuple[UUID, ...] = ()

    @property
    def first_reply_percent(self) -> float | None:
        """The share of first replies that came in time."""
        return 100 * self.first_replies_in_time / self.first_replies if self.first_replies else None

    @property
    def first_contact_percent(self) -> float | None:
        """The share of tickets resolved without a further word from the customer."""
        return 100 * self.resolved_at_first_contact / self.resolved if self.resolved else None


def figures(reader: Reader, start: datetime, end: datetime | None = None) -> ServiceFigures:
    """Return how service did between two moments, the second being now if None."""
    first, last = to_ms(start), min(to_ms(end) if end else now_ms(), now_ms())
    replied = reader.rows(
        "SELECT t.id, t.first_replied_at <= t.first_reply_due_at FROM ticket t "  # noqa: S608
        f"WHERE {live(reader, 'ticket')} AND t.first_replied_at >= ? AND t.first_replied_at < ? AND t.first_reply_due_at IS NOT NULL",
        (first, last + 1),
    )
    missed = reader.rows(
        f"SELECT t.id FROM ticket t WHERE {live(reader, 'ticket')} AND (t.status IN ('new', 'open') OR t.status IS NULL) AND t.first_replied_at IS NULL "  # noqa: S608
        "AND t.first_reply_due_at >= ? AND t.first_reply_due_at < ?",
        (first, last),
    )
    resolved = reader.rows(
        "SELECT t.id, t.csat, NOT EXISTS (SELECT 1 FROM message g WHERE g.ticket_id = t.id AND g.deleted_at IS NULL AND g.kind = 'in' AND g.at > t.opened_at) "  # noqa: S608
        f"FROM ticket t WHERE {live(reader, 'ticket')} AND t.resolved_at >= ? AND t.resolved_at < ?",
        (first, last + 1),
    )
    rated = [csat for _, csat, _ in resolved if csat]
    in_time = sum(1 for _, kept in replied if kept)
    return ServiceFigures(
        in_time, len(replied) + len(missed), sum(1 for _, _, first_contact in resolved if first_contact), len(resolved),
        sum(rated) / len(rated) if rated else None, len(rated), tuple(UUID(bytes=row[0]) for row in (*replied, *missed)),
        tuple(UUID(bytes=row[0]) for row in resolved),
    )  # fmt: skip


def week_start(reader: Reader, weeks_ago: int = 0) -> datetime:
    """Return the beginning of this week's Monday, or of an earlier one, in the store's zone."""
    today = now().astimezone(reader.settings.tz).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=today.weekday() + 7 * weeks_ago)


def week(reader: Reader) -> ServiceFigures:
    """Return how service does this week."""
    return figures(reader, week_start(reader))


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


# -- saved answers and articles ----------------------------------------------------------------------------------------------

PLACEHOLDERS = {
    "contact": mark("Name of the contact"), "given_name": mark("Given name"), "family_name": mark("Family name"), "company": mark("Company"), "number": mark("Ticket number"),
    "subject": mark("Subject"), "product": mark("Product"), "member": mark("Your name"), "own_company": mark("Own company"), "date": mark("Today's date"),
}  # fmt: skip


def fill_placeholders(text: str, values: dict[str, str]) -> str:
    """Fill in the placeholders of the fixed list; anything else in braces stays as it is."""
    return re.sub(r"\{([a-z_]+)\}", lambda found: values.get(found[1], "") if found[1] in PLACEHOLDERS else found[0], text)


def filled_answer(reader: Reader, answer_id: UUID, ticket_id: UUID) -> str:
    """Return a saved answer with its placeholders filled from a ticket.

    Raises:
        UserError: there is no such answer or ticket.
    """
    body = reader.value("SELECT body FROM saved_answer WHERE id = ? AND deleted_at IS NULL", (answer_id.bytes,))
    ticket = reader.one(
        "SELECT t.number, t.subject, k.name, k.given_name, k.family_name, c.name, p.name FROM ticket t LEFT JOIN contact k ON k.id = t.contact_id "  # noqa: S608
        f"LEFT JOIN company c ON c.id = t.company_id LEFT JOIN product p ON p.id = t.product_id WHERE t.id = ? AND {live(reader, 'ticket')}",
        (ticket_id.bytes,),
    )
    if body is None or ticket is None:
        raise UserError(tr("This {entity} does not exist or was deleted.", entity=tr("Saved answer") if body is None else tr("Ticket")))
    member = reader.viewer.member_id
    from babel.dates import format_date  # noqa: PLC0415 - the queue does without

    number, subject, contact, given, family, company, product = (value or "" for value in ticket)
    values = {
        "number": number, "subject": subject, "contact": contact, "given_name": given, "family_name": family, "company": company, "product": product,
        "member": reader.value("SELECT name FROM member WHERE id = ?", (member.bytes if member else None,)) or "", "own_company": reader.settings.company_name,
        "date": format_date(now().astimezone(reader.settings.tz).date(), "long", locale()),
    }  # fmt: skip
    return fill_placeholders(body, values)


@dataclass(frozen=True)
class Snippet:
    """A saved answer (`saved_answer`) or a published article (`article`) that can be put into a reply."""

    entity: str
    id: UUID
    title: str
    language: str | None
    body: str


def snippets(reader: Reader, typed: str = "", language: str | None = None, limit: int = 20) -> list[Snippet]:
    """Return saved answers and published articles whose title has the words typed, those in the customer's language first."""
    found = reader.rows(
        "SELECT 'saved_answer', id, title, language, body, sort_key FROM saved_answer WHERE deleted_at IS NULL UNION ALL "
        "SELECT 'article', id, title, language, body, sort_key FROM article WHERE deleted_at IS NULL AND status = 'published'"
    )
    words = folded(typed).split()
    matching = [row for row in found if all(word in folded(row[2] or "") for word in words)]
    matching.sort(key=lambda row: (row[3] not in {language, None} if language else False, row[0] != "saved_answer", row[5] or ""))
    return [Snippet(entity, UUID(bytes=record), title or "", spoken, body or "") for entity, record, title, spoken, body, _ in matching[:limit]]


def articles_for(reader: Reader, ticket_id: UUID, limit: int = 3) -> list[Snippet]:
    """Return published articles that share the most words with a ticket's subject and messages; none if they share none worth mention."""
    said = reader.rows(
        "SELECT subject FROM ticket WHERE id = ? UNION ALL SELECT body FROM message WHERE ticket_id = ? AND kind = 'in' AND deleted_at IS NULL",
        (ticket_id.bytes, ticket_id.bytes),
    )
    wanted = {word for (text,) in said for word in _telling_words(text or "")}
    found = [snippet for snippet in snippets(reader, limit=1000) if snippet.entity == "article"]
    scored = [(len(wanted & set(_telling_words(snippet.title))), snippet) for snippet in found]
    scored = [(score, snippet) for score, snippet in scored if score >= 1]
    return [snippet for _, snippet in sorted(scored, key=lambda pair: (-pair[0], pair[1].title))[:limit]]


def _telling_words(text: str) -> list[str]:
    """Return the words that tell something: those of four and more letters or with digits, and pairs of Chinese characters."""
    plain = folded(text)
    latin = [word for word in re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)*", plain) if len(word) > 3 or any(c.isdigit() for c in word)]
    chinese = [run[i : i + 2] for run in re.findall(r"[\u3400-\u9fff]{2,}", plain) for i in range(len(run) - 1)]
    return latin + chinese
