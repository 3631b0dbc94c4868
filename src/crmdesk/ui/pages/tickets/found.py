"""What the page shows: the queue with its figures, and the ticket that is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crmdesk import clock
from crmdesk.queries import answers, records, tickets
from crmdesk.ui.widgets.conversation import Waiting, tone_of

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from crmdesk.queries.answers import Snippet
    from crmdesk.queries.service import ServiceFigures
    from crmdesk.queries.tickets import TicketPage
    from crmdesk.store import Reader, Store
    from crmdesk.ui import theme

FIELDS = ("owner", "priority", "queue", "channel", "company", "contact", "product", "deal", "quote", "tags")


@dataclass(frozen=True)
class Queue:
    """The queue with its counts and the week's figures."""

    rows: list[Waiting]
    counts: dict[str, int]
    week: ServiceFigures
    answers: int
    has_any: bool


@dataclass(frozen=True)
class Opened:
    """One ticket with everything that stands beside it."""

    page: TicketPage
    values: dict[str, Any]
    due: str
    tone: theme.Tone
    articles: list[Snippet]
    draft: str
    now: datetime


def open_ticket(reader: Reader, store: Store, ticket: UUID) -> Opened:
    """Read one ticket with everything that stands beside it."""
    page, when = tickets.page(reader, ticket), clock.now()
    found = records.rows(reader, "ticket", [ticket], FIELDS)
    return Opened(
        page, found[0].values if found else {}, page.ticket.due.words(when, reader), tone_of(page.ticket, when),
        answers.articles_for(reader, ticket, 2), store.drafts().get(draft_key(ticket), ""), when,
    )  # fmt: skip


def draft_key(ticket: UUID) -> str:
    """Return under which name a half-typed reply is kept."""
    return f"ticket:{ticket}:reply"
