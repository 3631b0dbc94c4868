"""Activities: calls, mails, meetings, visits, chats and notes, written down for the record they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.errors import UserError
from crmdesk.i18n import mark, tr
from crmdesk.models.activity import Activity, Task
from crmdesk.operations.settings import switch_on, unused_areas
from crmdesk.store.door import Change, operation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

LINKS = ("company_id", "contact_id", "deal_id", "ticket_id", "quote_id", "lead_id")
_WITH_NAME = {
    "call": mark("Call with {name}"), "mail": mark("Mail to {name}"), "meeting": mark("Meeting with {name}"), "visit": mark("Visit at {name}"),
    "chat": mark("Chat with {name}"), "note": mark("Note on {name}"),
}  # fmt: skip
_EDITABLE = frozenset({"kind", "subject", "body", "at", "direction", "minutes", "owner_id", *LINKS})


@operation(mark("Log activity"), right="activity.write")
def log(
    change: Change, kind: str, subject: str = "", *, at: datetime | None = None, company_id: UUID | None = None, contact_id: UUID | None = None,
    deal_id: UUID | None = None, ticket_id: UUID | None = None, quote_id: UUID | None = None, lead_id: UUID | None = None,
    direction: str | None = None, minutes: int | None = None, body: str | None = None, next_step: str | None = None, next_on: date | None = None,
) -> UUID:  # fmt: skip
    """Write down what happened; without a subject it is called after whom it was with.

    Args:
        at: now if None.
        direction: `in` or `out`.
        next_step, next_on: what follows from it, made as a task.

    Raises:
        UserError: it is about nobody, or something else is wrong with a value.
    """
    links: dict[str, UUID | None] = {
        "company_id": company_id, "contact_id": contact_id, "deal_id": deal_id, "ticket_id": ticket_id, "quote_id": quote_id, "lead_id": lead_id,
    }  # fmt: skip
    if not any(links.values()):
        raise UserError(tr("Say whom this is about."), hint=tr("Choose a company, a contact, a deal, a ticket, a quote or a lead."))
    links = {**links, **with_company(change, links)}
    activity = change.add(
        Activity, kind=kind, subject=subject.strip() or _usual_subject(change, kind, links), at=at or change.at, direction=direction, minutes=minutes,
        body=(body or "").strip() or None, owner_id=change.member_id, **links,
    )  # fmt: skip
    if next_step and next_step.strip():
        switch_on(change, unused_areas(change, "task"))
        change.add(Task, subject=next_step.strip(), due_on=next_on, owner_id=change.member_id, **links)
    change.note(about=activity.subject)
    return activity.id


def with_company(change: Change, links: Mapping[str, Any]) -> dict[str, UUID]:
    """Return company and contact where the deal, ticket or quote that something is about knows them and it does not itself."""
    found: dict[str, UUID] = {}
    if links.get("company_id"):
        return found
    for entity in ("deal", "ticket", "quote"):
        record = links.get(f"{entity}_id")
        known = record and change.reader.one(f'SELECT company_id, contact_id FROM "{entity}" WHERE id = ?', (record.bytes,))  # noqa: S608
        if not known:
            continue
        if known[0]:
            found["company_id"] = UUID(bytes=known[0])
        if known[1] and not links.get("contact_id"):
            found["contact_id"] = UUID(bytes=known[1])
        if found:
            break
    return found


def _usual_subject(change: Change, kind: str, links: Mapping[str, UUID | None]) -> str:
    for entity, column in (("contact", "name"), ("company", "name"), ("lead", "name"), ("deal", "name"), ("ticket", "number"), ("quote", "title")):
        record = links.get(f"{entity}_id")
        name = record and change.reader.value(f'SELECT "{column}" FROM "{entity}" WHERE id = ?', (record.bytes,))  # noqa: S608
        if name and kind in _WITH_NAME:
            return tr(_WITH_NAME[kind], name=name)
    return ""


@operation(mark("Edit activity"), right="activity.write")
def edit(change: Change, activity_id: UUID, values: Mapping[str, Any]) -> None:
    """Correct an activity.

    Args:
        values: plain values by column.
    """
    activity = change.get(Activity, activity_id)
    for name, value in values.items():
        if name not in _EDITABLE:
            raise KeyError(name)
        setattr(activity, name, value)
    change.note(about=activity.subject)
