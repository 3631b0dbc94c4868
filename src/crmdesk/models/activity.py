"""Activities, things that happened, and tasks, things to do."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.i18n import mark
from crmdesk.models.base import Entity, Record, choices, stored
from crmdesk.models.checks import MOST_MINUTES

if TYPE_CHECKING:
    from sqlalchemy.orm import Mapped

ACTIVITY_KINDS = choices(
    ("call", mark("Call")), ("mail", mark("Mail")), ("meeting", mark("Meeting")), ("visit", mark("Visit")), ("chat", mark("Chat")), ("note", mark("Note")),
)  # fmt: skip
DIRECTIONS = choices(("in", mark("Incoming")), ("out", mark("Outgoing")))
RECURRENCE = choices(
    ("day", mark("Daily")), ("workday", mark("On working days")), ("week", mark("Weekly")), ("month", mark("Monthly")), ("year", mark("Yearly"))
)


class Activity(Record):
    """A call, mail, meeting, visit, chat or note."""

    entity = Entity(
        "activity", mark("Activity"), mark("Activities"), 11, icon="message-circle", title="subject", subtitle=("company", "contact"), timeline="at"
    )

    kind: Mapped[str | None] = stored("choice", mark("Kind"), choices=ACTIVITY_KINDS, required=True, in_list=True, aliases=("type", "art", "类型"))
    subject: Mapped[str | None] = stored("text", mark("Subject"), required=True, in_list=True, search=3, aliases=("title", "betreff", "主题"))
    at: Mapped[datetime | None] = stored("moment", mark("When"), required=True, in_list=True, index=True, aliases=("date", "time", "datum", "时间"))
    company_id: Mapped[UUID | None] = stored("link", mark("Company"), target="company", in_list=True)
    contact_id: Mapped[UUID | None] = stored("link", mark("Contact"), target="contact", in_list=True, index=True)
    deal_id: Mapped[UUID | None] = stored("link", mark("Deal"), target="deal", index=True)
    ticket_id: Mapped[UUID | None] = stored("link", mark("Ticket"), target="ticket", index=True)
    quote_id: Mapped[UUID | None] = stored("link", mark("Quote"), target="quote")
    lead_id: Mapped[UUID | None] = stored("link", mark("Lead"), target="lead", index=True)
    owner_id: Mapped[UUID | None] = stored("link", mark("Member"), target="member", in_list=True, index=True, aliases=("author", "created by", "owner"))
    direction: Mapped[str | None] = stored("choice", mark("Direction"), choices=DIRECTIONS)
    minutes: Mapped[int | None] = stored("integer", mark("Duration (minutes)"), least=0, most=MOST_MINUTES, aliases=("duration",))
    body: Mapped[str | None] = stored("long_text", mark("Text"), search=1, aliases=("note", "description", "notiz", "内容"))


class Task(Record):
    """Something to do, with a day or a moment when it is due."""

    entity = Entity("task", mark("Task"), mark("Tasks"), 12, icon="square-check-big", title="subject", subtitle=("company", "due_on"))

    subject: Mapped[str | None] = stored("text", mark("Subject"), required=True, in_list=True, search=3, aliases=("title", "task", "betreff", "任务"))
    due_on: Mapped[date | None] = stored("date", mark("Due"), group="due", in_list=True, index=True, aliases=("due date", "due", "fällig", "到期日"))
    due_at: Mapped[datetime | None] = stored("moment", mark("Due at"), group="due", index=True)
    remind_at: Mapped[datetime | None] = stored("moment", mark("Reminder"), aliases=("reminder", "erinnerung", "提醒"))
    repeats: Mapped[str | None] = stored("choice", mark("Repeats"), group="repeats", choices=RECURRENCE, aliases=("recurrence",))
    repeat_every: Mapped[int | None] = stored("integer", mark("Every"), group="repeats", least=1, most=1000)
    repeats_from: Mapped[date | None] = stored("date", mark("Repeats from"), group="repeats")
    repeats_until: Mapped[date | None] = stored("date", mark("Repeats until"), group="repeats")
    done_at: Mapped[datetime | None] = stored("moment", mark("Done"), in_list=True)
    owner_id: Mapped[UUID | None] = stored("link", mark("Owner"), target="member", in_list=True, index=True, aliases=("assigned to", "zuständig", "负责人"))
    company_id: Mapped[UUID | None] = stored("link", mark("Company"), target="company", in_list=True, index=True)
    contact_id: Mapped[UUID | None] = stored("link", mark("Contact"), target="contact", index=True)
    deal_id: Mapped[UUID | None] = stored("link", mark("Deal"), target="deal", index=True)
    ticket_id: Mapped[UUID | None] = stored("link", mark("Ticket"), target="ticket", index=True)
    quote_id: Mapped[UUID | None] = stored("link", mark("Quote"), target="quote")
    lead_id: Mapped[UUID | None] = stored("link", mark("Lead"), target="lead")
    body: Mapped[str | None] = stored("long_text", mark("Text"), search=1, aliases=("note", "description", "notiz"))
