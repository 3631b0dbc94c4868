"""Service: what customers are promised, in working time, and how well it was kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.clock import now, now_ms, to_ms
from crmdesk.models.calendar import Calendar, calendar_of, read_times
from crmdesk.models.ticket import PRIORITIES
from crmdesk.queries.seen import live

if TYPE_CHECKING:
    from crmdesk.store.reader import Reader


# -- what is promised --------------------------------------------------------------------------------------------------------


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


# -- how it was kept ---------------------------------------------------------------------------------------------------------


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
