"""A contact's page: who they are, which deals and tickets they are part of, what comes next, who else is at their company."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.clock import moment
from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.queries import quality
from crmdesk.queries.company import Person
from crmdesk.queries.money import Sum
from crmdesk.queries.seen import live
from crmdesk.queries.tasks import TaskRow, open_tasks

if TYPE_CHECKING:
    from datetime import datetime

    from crmdesk.queries.quality import Quality
    from crmdesk.store.reader import Reader

MOST_COLLEAGUES = 20
DEALS_OF = "t.id IN (SELECT id FROM deal WHERE contact_id = :id UNION SELECT deal_id FROM deal_contact WHERE contact_id = :id AND deleted_at IS NULL)"


@dataclass(frozen=True)
class Header:
    """The head of the page; tags are (word, colour)."""

    id: UUID
    name: str
    role: str
    company_id: UUID | None
    company: str
    tags: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Figures:
    """How business with this person stands."""

    open_count: int
    open_amount: Sum
    won_count: int
    won_amount: Sum
    open_tickets: int
    csat: float | None
    last_contact_at: datetime | None


@dataclass(frozen=True)
class ContactPage:
    """All that a contact's page shows beside its timeline.

    Attributes:
        counts: for each tab: `deals`, `quotes`, `tickets`, `files`.
        colleagues: others at the same company.
    """

    header: Header
    figures: Figures
    counts: dict[str, int]
    next_steps: tuple[TaskRow, ...]
    colleagues: tuple[Person, ...]
    quality: Quality | None


def page(reader: Reader, contact_id: UUID) -> ContactPage:
    """Return a contact's page without its timeline.

    Raises:
        UserError: there is no such contact.
    """
    row = reader.one(
        "SELECT t.name, t.role, t.company_id, c.name, t.last_contact_at FROM contact t "  # noqa: S608
        f"LEFT JOIN company c ON c.id = t.company_id AND c.deleted_at IS NULL WHERE t.id = ? AND {live(reader, 'contact')}",
        (contact_id.bytes,),
    )
    if row is None:
        raise UserError(tr("This {entity} does not exist or was deleted.", entity=tr("Contact")))
    company = UUID(bytes=row[2]) if row[2] and row[3] else None
    tags = reader.rows(
        "SELECT g.name, g.tone FROM record_tag r JOIN tag g ON g.id = r.tag_id WHERE r.contact_id = ? AND r.deleted_at IS NULL AND g.deleted_at IS NULL ORDER BY r.position, r.id",
        (contact_id.bytes,),
    )
    header = Header(contact_id, row[0] or "", row[1] or "", company, row[3] or "" if company else "", tuple((name, tone) for name, tone in tags if name))
    counts = _counts(reader, contact_id)
    return ContactPage(
        header, _figures(reader, contact_id, counts, row[4]), counts, tuple(open_tasks(reader, contact_id=contact_id, limit=20)), _colleagues(reader, contact_id, company),
        quality.of_record(reader, "contact", contact_id),
    )  # fmt: skip


def _counts(reader: Reader, contact_id: UUID) -> dict[str, int]:
    tabs = {
        "deals": f"SELECT count(*) FROM deal t WHERE {DEALS_OF} AND {live(reader, 'deal')}",  # noqa: S608
        "quotes": f"SELECT count(*) FROM quote t WHERE t.contact_id = :id AND {live(reader, 'quote')}",  # noqa: S608
        "tickets": f"SELECT count(*) FROM ticket t WHERE t.contact_id = :id AND {live(reader, 'ticket')}",  # noqa: S608
        "open_tickets": f"SELECT count(*) FROM ticket t WHERE t.contact_id = :id AND {live(reader, 'ticket')} AND ifnull(t.status, 'new') IN ('new', 'open', 'waiting')",  # noqa: S608
        "files": f"SELECT count(*) FROM attachment t WHERE t.contact_id = :id AND {live(reader, 'attachment')}",  # noqa: S608
    }
    found = reader.one(f"SELECT {', '.join(f'({sql})' for sql in tabs.values())}", {"id": contact_id.bytes})
    return dict(zip(tabs, found or (), strict=True))


def _figures(reader: Reader, contact_id: UUID, counts: dict[str, int], last: int | None) -> Figures:
    empty = Sum(0, reader.settings.currency)
    totals, numbers = {"open": empty, "won": empty, "lost": empty}, {"open": 0, "won": 0, "lost": 0}
    found = reader.rows(
        "SELECT ifnull(s.outcome, 'open'), iif(t.amount_base IS NULL AND t.amount IS NOT NULL, t.currency, NULL) AS apart, count(*), "  # noqa: S608
        f"sum(ifnull(t.amount_base, ifnull(t.amount, 0))) FROM deal t JOIN stage s ON s.id = t.stage_id WHERE {DEALS_OF} AND {live(reader, 'deal')} GROUP BY 1, apart",
        {"id": contact_id.bytes},
    )
    for outcome, apart, count, amount in found:
        numbers[outcome] += count
        totals[outcome] += Sum(0, empty.currency, ((apart, amount),)) if apart else Sum(amount, empty.currency)
    csat = (
        reader.value(f"SELECT avg(t.csat) FROM ticket t WHERE t.contact_id = ? AND {live(reader, 'ticket')}", (contact_id.bytes,))
        if counts["tickets"]
        else None
    )  # noqa: S608
    return Figures(numbers["open"], totals["open"], numbers["won"], totals["won"], counts["open_tickets"], csat, moment(last) if last else None)


def _colleagues(reader: Reader, contact_id: UUID, company: UUID | None) -> tuple[Person, ...]:
    if company is None:
        return ()
    found = reader.rows(
        f"SELECT t.id, t.name, t.role, t.last_contact_at FROM contact t WHERE t.company_id = ? AND t.id <> ? AND {live(reader, 'contact')} "  # noqa: S608
        "ORDER BY t.last_contact_at IS NULL, t.last_contact_at DESC, +t.sort_key, t.id LIMIT ?",
        (company.bytes, contact_id.bytes, MOST_COLLEAGUES),
    )
    return tuple(Person(UUID(bytes=record), name or "", role or "", "", "", moment(last) if last else None) for record, name, role, last in found)


def deal_ids(reader: Reader, contact_id: UUID) -> list[bytes]:
    """Return the deals that a person is part of, as the main contact or among its people."""
    return [record for (record,) in reader.rows(f"SELECT t.id FROM deal t WHERE {DEALS_OF} AND {live(reader, 'deal')}", {"id": contact_id.bytes})]  # noqa: S608
