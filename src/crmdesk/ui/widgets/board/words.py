"""What a card says, in chips and in lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk.fields import show_money
from crmdesk.i18n import tr
from crmdesk.ui.dates import short_day

if TYPE_CHECKING:
    from crmdesk.queries.deals import Card
    from crmdesk.ui import theme


@dataclass(frozen=True)
class Mark:
    """A chip of a card: shape, word and colour say the same."""

    text: str
    tone: theme.Tone
    icon: str = ""


def marks_of(card: Card, outcome: str) -> tuple[Mark, ...]:
    """Return the chips of a card, the most important first: next step or outcome, idle days, quote."""
    if outcome != "open":
        closed = short_day(card.closed_on) if card.closed_on else ""
        if outcome == "won":
            return (Mark(tr("Won {day}", day=closed).strip(), "success", "trophy"),)
        return (Mark(tr("Lost {day}", day=closed).strip(), "muted", "x"),)
    found = [_step_mark(card)]
    if card.idle_days is not None:
        found.append(Mark(tr("{count} d idle", count=card.idle_days), "warning"))
    if card.quote is not None:
        number, _ = card.quote
        found.append(Mark(number or tr("Quote draft"), "info"))
    return tuple(found)


def _step_mark(card: Card) -> Mark:
    step = card.next_step
    if step is None:
        return Mark(tr("No step"), "muted", "circle")
    if step.state == "overdue":
        return Mark(tr("Overdue"), "danger", "circle-alert")
    if step.state == "today":
        return Mark(tr("Today"), "accent", "clock")
    return Mark(short_day(step.due_on) if step.due_on else tr("Planned"), "muted", "calendar")


def tip_of(card: Card, outcome: str) -> str:
    """Return everything that a card says, in lines."""
    lines = [card.name, card.company or "", show_money(card.money) if card.money else "", card.owner or ""]
    if outcome == "open":
        if card.next_step is None:
            lines.append(tr("No next step"))
        else:
            lines.append(f"{_step_mark(card).text}: {card.next_step.subject}")
        if card.expected_close_on:
            lines.append(tr("Expected close {day}", day=short_day(card.expected_close_on)))
    lines += [mark.text for mark in marks_of(card, outcome)[1 if outcome == "open" else 0 :]]
    return "\n".join(line for line in lines if line)
