"""What is promised and what was kept, as lines of a few words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk import clock
from crmdesk.i18n import tr
from crmdesk.queries import tickets
from crmdesk.ui.widgets.conversation import moment_text

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from crmdesk.ui import theme
    from crmdesk.ui.pages.tickets.found import Opened

PRESSING_MINUTES, DANGER_MINUTES = 240, 30


@dataclass(frozen=True)
class ClockLine:
    """One line: a chip where it has a tone, else words."""

    label: str
    text: str
    tone: theme.Tone | None = None
    icon: str = ""


def clock_lines(found: Opened, zone: tzinfo) -> tuple[ClockLine, ...]:
    """Return when the first reply and the resolution are due or were given, and since when the customer's answer is awaited."""
    page, today, lines = found.page, clock.today(zone), list[ClockLine]()
    if page.first_replied_at is not None:
        lines.append(_kept(tr("First reply"), page.first_replied_at, page.first_reply_due_at, zone))
    elif page.first_reply_due_at is not None:
        lines.append(_due(tr("First reply"), page.first_reply_due_at, found.now, zone))
    if page.resolved_at is not None:
        lines.append(_kept(tr("Resolved"), page.resolved_at, page.resolve_due_at, zone))
    elif page.resolve_due_at is not None and page.ticket.status != "waiting":
        lines.append(_due(tr("Resolve by"), page.resolve_due_at, found.now, zone))
    if page.ticket.status == "waiting" and page.waiting_since is not None:
        lines.append(ClockLine(tr("Paused since"), moment_text(page.waiting_since, zone, today), "info"))
    return tuple(lines)


def _kept(label: str, at: datetime, due_at: datetime | None, zone: tzinfo) -> ClockLine:
    in_time = due_at is None or at <= due_at
    return ClockLine(label, moment_text(at, zone, clock.today(zone)), "success" if in_time else "danger", "check" if in_time else "circle-alert")


def _due(label: str, at: datetime, when: datetime, zone: tzinfo) -> ClockLine:
    """Return a due time: pressing ones as a chip with the time left, others in words."""
    minutes = (at - when).total_seconds() / 60
    if minutes < 0:
        return ClockLine(label, tr("Late by {time}", time=tickets.short_time(-minutes)), "danger", "circle-alert")
    if minutes < PRESSING_MINUTES:
        return ClockLine(label, tr("in {time}", time=tickets.short_time(minutes)), "danger" if minutes <= DANGER_MINUTES else "warning", "clock")
    return ClockLine(label, moment_text(at, zone, clock.today(zone)))
