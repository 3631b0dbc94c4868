"""Service: tickets with their conversation, service levels, saved answers and knowledge articles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.i18n import mark
from crmdesk.models.base import Entity, Record, choices, parts, sort_key_column, stored
from crmdesk.models.checks import MOST_MINUTES
from crmdesk.models.customer import DOCUMENT_LANGUAGES
from crmdesk.models.names import name_sort_key, sort_key

if TYPE_CHECKING:
    from sqlalchemy.orm import Mapped

TICKET_STATUS = choices(
    ("new", mark("New")), ("open", mark("Open")), ("waiting", mark("Waiting for customer")), ("resolved", mark("Resolved")), ("closed", mark("Closed")),
)  # fmt: skip
PRIORITIES = choices(("urgent", mark("Urgent")), ("high", mark("High")), ("normal", mark("Normal")), ("low", mark("Low")))
CHANNELS = choices(
    ("phone", mark("Phone")), ("mail", mark("Mail")), ("chat", mark("Chat")), ("web", mark("Web form")), ("social", mark("Social media")), ("in_person", mark("In person")),
)  # fmt: skip
MESSAGE_KINDS = choices(("in", mark("From the customer")), ("out", mark("Reply")), ("note", mark("Internal note")))
ARTICLE_STATUS = choices(("draft", mark("Draft")), ("published", mark("Published")))


class Queue(Record):
    """A pile of tickets of one sort, such as repairs."""

    entity = Entity("queue", mark("Queue"), mark("Queues"), 24, icon="inbox", derive=name_sort_key)

    name: Mapped[str | None] = stored("text", mark("Name"), required=True, in_list=True)
    position: Mapped[int | None] = stored("integer", mark("Position"))
    service_level_id: Mapped[UUID | None] = stored("link", mark("Service level"), target="service_level")
    sort_key: Mapped[str | None] = sort_key_column()


class ServiceLevel(Record):
    """How soon tickets are answered and resolved, in minutes of working time, by priority."""

    entity = Entity("service_level", mark("Service level"), mark("Service levels"), 25, icon="clock", derive=name_sort_key)

    name: Mapped[str | None] = stored("text", mark("Name"), required=True, in_list=True)
    urgent_first_reply_minutes: Mapped[int | None] = stored("integer", mark("First reply, urgent (minutes)"), least=0, most=MOST_MINUTES)
    high_first_reply_minutes: Mapped[int | None] = stored("integer", mark("First reply, high (minutes)"), least=0, most=MOST_MINUTES)
    normal_first_reply_minutes: Mapped[int | None] = stored("integer", mark("First reply, normal (minutes)"), least=0, most=MOST_MINUTES)
    low_first_reply_minutes: Mapped[int | None] = stored("integer", mark("First reply, low (minutes)"), least=0, most=MOST_MINUTES)
    urgent_resolution_minutes: Mapped[int | None] = stored("integer", mark("Resolution, urgent (minutes)"), least=0, most=MOST_MINUTES)
    high_resolution_minutes: Mapped[int | None] = stored("integer", mark("Resolution, high (minutes)"), least=0, most=MOST_MINUTES)
    normal_resolution_minutes: Mapped[int | None] = stored("integer", mark("Resolution, normal (minutes)"), least=0, most=MOST_MINUTES)
    low_resolution_minutes: Mapped[int | None] = stored("integer", mark("Resolution, low (minutes)"), least=0, most=MOST_MINUTES)
    sort_key: Mapped[str | None] = sort_key_column()


class Ticket(Record):
    """One request of one customer, from first message to resolution."""

    entity = Entity(
        "ticket", mark("Ticket"), mark("Tickets"), 26, icon="life-buoy", title="subject", subtitle=("number", "company", "status"), series="T-{seq:04}", timeline="opened_at",
    )  # fmt: skip

    number: Mapped[str | None] = stored(
        "text", mark("Number"), in_list=True, search=2, index=True, aliases=("ticket id", "ticket number", "ticketnummer", "工单号")
    )
    subject: Mapped[str | None] = stored("text", mark("Subject"), required=True, in_list=True, search=3, aliases=("ticket subject", "title", "betreff", "主题"))
    status: Mapped[str | None] = stored("choice", mark("Status"), group="status", choices=TICKET_STATUS, in_list=True, index=True, aliases=("ticket status",))
    priority: Mapped[str | None] = stored("choice", mark("Priority"), choices=PRIORITIES, in_list=True, aliases=("ticket priority", "priorität", "优先级"))
    queue_id: Mapped[UUID | None] = stored("link", mark("Queue"), target="queue", in_list=True, index=True, aliases=("ticket type",))
    channel: Mapped[str | None] = stored("choice", mark("Channel"), choices=CHANNELS, in_list=True, aliases=("ticket channel", "kanal", "渠道"))
    owner_id: Mapped[UUID | None] = stored(
        "link", mark("Assigned to"), target="member", in_list=True, index=True, aliases=("assignee", "owner", "agent", "zuständig")
    )
    company_id: Mapped[UUID | None] = stored("link", mark("Company"), target="company", in_list=True)
    contact_id: Mapped[UUID | None] = stored(
        "link", mark("Contact"), target="contact", in_list=True, index=True, aliases=("requester", "customer name", "联系人")
    )
    product_id: Mapped[UUID | None] = stored("link", mark("Product"), target="product", aliases=("product purchased",))
    deal_id: Mapped[UUID | None] = stored("link", mark("Deal"), target="deal", index=True)
    quote_id: Mapped[UUID | None] = stored("link", mark("Quote"), target="quote")
    service_level_id: Mapped[UUID | None] = stored("link", mark("Service level"), target="service_level")
    opened_at: Mapped[datetime | None] = stored("moment", mark("Opened"), in_list=True, index=True, aliases=("created", "created at", "date opened"))
    first_reply_due_at: Mapped[datetime | None] = stored("moment", mark("First reply due"), in_list=True)
    first_replied_at: Mapped[datetime | None] = stored("moment", mark("First reply"), index=True, aliases=("first response time",))
    resolve_due_at: Mapped[datetime | None] = stored("moment", mark("Resolution due"), in_list=True)
    resolved_at: Mapped[datetime | None] = stored("moment", mark("Resolved"), group="status", index=True, aliases=("time to resolution",))
    closed_at: Mapped[datetime | None] = stored("moment", mark("Closed"), group="status")
    waiting_since: Mapped[datetime | None] = stored("moment", mark("Waiting since"), group="status")
    waited_minutes: Mapped[int | None] = stored("integer", mark("Waited (working minutes)"), group="status")
    csat: Mapped[int | None] = stored(
        "integer", mark("Satisfaction (1-5)"), least=1, most=5, in_list=True, aliases=("customer satisfaction rating", "csat", "rating")
    )
    resolution: Mapped[str | None] = stored("long_text", mark("Resolution"), search=1, aliases=("lösung", "解决方案"))
    tags = parts("record_tag", mark("Tags"), search=1)
    messages = parts("message", mark("Messages"), search=1)


class Message(Record):
    """One message or internal note of a ticket's conversation."""

    entity = Entity("message", mark("Message"), mark("Messages"), 27, icon="message-circle", title="body", value="body", owned_by=("ticket",))

    ticket_id: Mapped[UUID | None] = stored("link", mark("Ticket"), target="ticket", required=True, index=True)
    kind: Mapped[str | None] = stored("choice", mark("Kind"), choices=MESSAGE_KINDS, required=True)
    body: Mapped[str | None] = stored("long_text", mark("Text"), required=True, search=1)
    at: Mapped[datetime | None] = stored("moment", mark("When"), required=True)
    channel: Mapped[str | None] = stored("choice", mark("Channel"), choices=CHANNELS)
    member_id: Mapped[UUID | None] = stored("link", mark("Member"), target="member")
    contact_id: Mapped[UUID | None] = stored("link", mark("Contact"), target="contact")
    article_id: Mapped[UUID | None] = stored("link", mark("Article"), target="article")
    position: Mapped[int | None] = stored("integer", mark("Position"))


def _title_key(values: Mapping[str, Any], settings: Any) -> dict[str, Any]:
    return {"sort_key": sort_key(values.get("title"))}


class SavedAnswer(Record):
    """A text that is used again and again in replies; `{contact}`, `{number}` and their like are filled in."""

    entity = Entity("saved_answer", mark("Saved answer"), mark("Saved answers"), 28, icon="reply", title="title", derive=_title_key)

    title: Mapped[str | None] = stored("text", mark("Title"), required=True, in_list=True, search=3)
    language: Mapped[str | None] = stored("choice", mark("Language"), choices=DOCUMENT_LANGUAGES, in_list=True)
    body: Mapped[str | None] = stored("long_text", mark("Text"), required=True, search=1)
    sort_key: Mapped[str | None] = sort_key_column()


class Article(Record):
    """A page of the knowledge base."""

    entity = Entity("article", mark("Article"), mark("Articles"), 29, icon="book-open", title="title", subtitle=("category",), derive=_title_key)

    title: Mapped[str | None] = stored("text", mark("Title"), required=True, in_list=True, search=3)
    category: Mapped[str | None] = stored("text", mark("Category"), in_list=True, search=1)
    language: Mapped[str | None] = stored("choice", mark("Language"), choices=DOCUMENT_LANGUAGES, in_list=True)
    status: Mapped[str | None] = stored("choice", mark("Status"), choices=ARTICLE_STATUS, in_list=True)
    body: Mapped[str | None] = stored("long_text", mark("Text"), required=True, search=1)
    sort_key: Mapped[str | None] = sort_key_column()
