"""Tickets: opened, answered, waited for, resolved, closed; the service clocks run in business time and pause for the customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.errors import UserError
from crmdesk.i18n import mark, ntr, tr
from crmdesk.models.activity import Task
from crmdesk.models.calendar import Calendar, add_working_minutes, later_working_day, working_minutes
from crmdesk.models.ticket import Message, Ticket
from crmdesk.operations.numbers import keep_own_number, take_number
from crmdesk.operations.settings import switch_on, unused_areas
from crmdesk.queries.service import business_calendar, level_of
from crmdesk.queries.tickets import UNDONE
from crmdesk.store.door import Change, operation

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

CALL_BACK_WORKING_DAYS = 3
_DONE = ("resolved", "closed")
_ENDS = ("resolved_at", "closed_at")
_STOPPED_BY = {"first_reply_due_at": "first_replied_at", "resolve_due_at": "resolved_at"}
"""The due times, and what stops the clock of each."""


@operation(mark("Open ticket"), right="ticket.write")
def open_ticket(
    change: Change, subject: str, *, contact_id: UUID | None = None, company_id: UUID | None = None, message: str | None = None, priority: str = "normal",
    channel: str | None = None, queue_id: UUID | None = None, owner_id: UUID | None = None, product_id: UUID | None = None, deal_id: UUID | None = None,
    quote_id: UUID | None = None, service_level_id: UUID | None = None,
) -> UUID:  # fmt: skip
    """Open a ticket with a number and its due times; the message is what the customer said."""
    switch_on(change, unused_areas(change, "ticket"))
    ticket = change.add(
        Ticket, subject=subject.strip(), status="new", priority=priority, channel=channel, queue_id=queue_id or _usual_queue(change), owner_id=owner_id,
        contact_id=contact_id, company_id=company_id, product_id=product_id, deal_id=deal_id, quote_id=quote_id, service_level_id=service_level_id, opened_at=change.at,
    )  # fmt: skip
    finish_new(change, ticket)
    if message and message.strip():
        _say(change, ticket, "in", message, contact_id=contact_id)
    change.note(about=_called(ticket))
    return ticket.id


def _usual_queue(change: Change) -> UUID | None:
    """Return the store's queue if it has just one."""
    found = change.reader.rows("SELECT id FROM queue WHERE deleted_at IS NULL LIMIT 2")
    return UUID(bytes=found[0][0]) if len(found) == 1 else None


def finish_new(change: Change, ticket: Ticket) -> None:
    """Give a new ticket, whose other values are set, its number and due times; what is there already stays.

    Raises:
        UserError: its times contradict each other, or one that is not done was resolved.
    """
    ticket.opened_at = ticket.opened_at or change.at
    _refuse_early_reply(ticket)
    _refuse_end(ticket, _ENDS)
    ticket.status, ticket.priority = ticket.status or "new", ticket.priority or "normal"
    if ticket.status == "waiting" and ticket.waiting_since is None:
        ticket.waiting_since = change.at
    if ticket.number:
        keep_own_number(change, "ticket", ticket.id, ticket.number)
    else:
        ticket.number = take_number(change, "ticket", ticket.id, ticket.opened_at.astimezone(change.settings.tz).year)
    if ticket.status in UNDONE:
        _promise(change, ticket, business_calendar(change.reader), keep=[name for name in _STOPPED_BY if getattr(ticket, name)])
    else:
        _refuse_disorder(ticket, _ENDS)
        _note_end(change, ticket)


def times_of(ticket: Ticket) -> dict[str, datetime | None]:
    """Return the times that `after_edit` needs from before."""
    return {name: getattr(ticket, name) for name in ("opened_at", *_ENDS, *_STOPPED_BY)}


def after_edit(change: Change, ticket: Ticket, given: Mapping[str, Any], before: Mapping[str, datetime | None]) -> None:
    """Let clocks and due times follow when fields of a ticket were edited, its status among them; times that were given stay so.

    Args:
        before: what `times_of` returned.

    Raises:
        UserError: its times contradict each other now, or one that is not done was resolved.
    """
    if {"opened_at", "first_replied_at"} & set(given):
        _refuse_early_reply(ticket)
    _refuse_end(ticket, given)
    typed = {name: getattr(ticket, name) for name in (*_ENDS, *_STOPPED_BY) if name in given}
    for name in typed:  # the clocks go on from what was
        setattr(ticket, name, before[name])
    calendar = business_calendar(change.reader)
    if "opened_at" in given:
        promised = _promised(change, ticket, before["opened_at"], calendar)
        _promise(change, ticket, calendar, keep=[name for name, due in promised.items() if before[name] not in {None, due}])
    if "status" in given:
        match ticket.status:
            case "waiting":
                _pause(change, ticket, calendar)
            case "resolved":
                _resolve(change, ticket, calendar)
            case "closed":
                _close(change, ticket, calendar, call_back=True)
            case _:
                _run_again(change, ticket, calendar)
    if {"priority", "queue", "service_level"} & set(given):
        _promise(change, ticket, calendar)
    if typed.get("closed_at") and not before["resolved_at"]:  # now it was resolved no later
        ticket.resolved_at = None
    for name, at in typed.items():
        setattr(ticket, name, at)
    _refuse_disorder(ticket, given)
    if ticket.status in _DONE:
        _note_end(change, ticket)


def _refuse_early_reply(ticket: Ticket) -> None:
    if ticket.opened_at and ticket.first_replied_at and ticket.first_replied_at < ticket.opened_at:
        raise UserError(tr("The first reply can't be before the ticket was opened."), field="first_replied_at")


def _refuse_end(ticket: Ticket, given: Collection[str]) -> None:
    """Refuse given times at which a ticket was done while it is not."""
    for name in _ENDS:
        if name in given and ticket.status in UNDONE and getattr(ticket, name):
            raise UserError(tr("A ticket that is not done has no time at which it was."), field=name)


def _refuse_disorder(ticket: Ticket, given: Collection[str]) -> None:
    """Refuse given times of a ticket's end that lie before what comes first; of a file's, which nobody touched, nothing is said."""
    ends = {name: at for name in _ENDS if (at := getattr(ticket, name))}
    if {"opened_at", *_ENDS} & set(given):
        for name, at in ends.items():
            if ticket.opened_at and at < ticket.opened_at:
                raise UserError(tr("A ticket can't be resolved or closed before it was opened."), field=name)
    if set(_ENDS) & set(given) and len(ends) == 2 and ends["closed_at"] < ends["resolved_at"]:
        raise UserError(tr("A ticket can't be closed before it was resolved."), field="closed_at" if "closed_at" in given else "resolved_at")


def _note_end(change: Change, ticket: Ticket) -> None:
    """Fill in when a ticket was done that is."""
    ticket.resolved_at = ticket.resolved_at or ticket.closed_at or _not_before(change.at, ticket.opened_at)
    if ticket.status == "closed":
        ticket.closed_at = ticket.closed_at or ticket.resolved_at


def after_restore(change: Change, ticket: Ticket) -> None:
    """Put a ticket whose queue went while it lay in the bin into the usual one."""
    if ticket.queue_id and not change.reader.value("SELECT 1 FROM queue WHERE id = ? AND deleted_at IS NULL", (ticket.queue_id.bytes,)):
        ticket.queue_id = _usual_queue(change)


# -- conversation ----------------------------------------------------------------------------------------------------------------


@operation(mark("Reply"), right="ticket.write")
def reply(change: Change, ticket_id: UUID, text: str, *, wait: bool = False, channel: str | None = None, article_id: UUID | None = None) -> UUID:
    """Answer the customer; the first answer stops the first clock.

    Args:
        wait: the clocks pause until the customer writes again.
        article_id: the knowledge article that the answer was taken from.
    """
    ticket = change.get(Ticket, ticket_id)
    said = _say(change, ticket, "out", text, channel=channel, article_id=article_id)
    if ticket.first_replied_at is None:
        ticket.first_replied_at = _not_before(change.at, ticket.opened_at)
    if wait:
        ticket.status = "waiting"
        _pause(change, ticket, business_calendar(change.reader))
    elif ticket.status == "closed":
        ticket.status, ticket.closed_at = "open", None
        _run_again(change, ticket, business_calendar(change.reader))
    elif ticket.status in {"new", None}:
        ticket.status = "open"
    change.note(about=_called(ticket))
    return said


@operation(mark("Message from customer"), right="ticket.write")
def receive(change: Change, ticket_id: UUID, text: str, *, contact_id: UUID | None = None, channel: str | None = None) -> UUID:
    """Note what the customer said; the clocks run again, a resolved or closed ticket opens again."""
    ticket = change.get(Ticket, ticket_id)
    said = _say(change, ticket, "in", text, channel=channel, contact_id=contact_id or ticket.contact_id)
    if ticket.status in {"waiting", *_DONE}:
        ticket.status = "open"
        _run_again(change, ticket, business_calendar(change.reader))
    change.note(about=_called(ticket))
    return said


@operation(mark("Internal note"), right="ticket.write")
def note(change: Change, ticket_id: UUID, text: str, *, article_id: UUID | None = None) -> UUID:
    """Write a note that only the team sees; no clock cares."""
    ticket = change.get(Ticket, ticket_id)
    said = _say(change, ticket, "note", text, article_id=article_id)
    change.note(about=_called(ticket))
    return said


def _say(
    change: Change, ticket: Ticket, kind: str, text: str, *, channel: str | None = None, contact_id: UUID | None = None, article_id: UUID | None = None
) -> UUID:
    if not text.strip():
        raise UserError(tr("The message is empty."), field="body")
    position = change.reader.value("SELECT ifnull(max(position), 0) + 1 FROM message WHERE ticket_id = ? AND deleted_at IS NULL", (ticket.id.bytes,))
    message = change.add(
        Message, ticket_id=ticket.id, kind=kind, body=text.strip(), at=change.at, position=position, article_id=article_id,
        channel=None if kind == "note" else channel or ticket.channel, member_id=None if kind == "in" else change.member_id, contact_id=contact_id,
    )  # fmt: skip
    return message.id


# -- who -----------------------------------------------------------------------------------------------------------------------------


@operation(mark("Assign ticket"), right="ticket.write")
def assign(change: Change, ticket_ids: Sequence[UUID], owner_id: UUID | None) -> int:
    """Give tickets to a member, or to nobody."""
    found = list(change.each(Ticket, ticket_ids))
    if not found:
        raise UserError(tr("This {entity} does not exist or was deleted.", entity=tr("Ticket")))
    for ticket in found:
        ticket.owner_id = owner_id
    change.note(about=_called(found[0]) if len(found) == 1 else ntr("{count} ticket", "{count} tickets", len(found)))
    return len(found)


# -- end and beginning anew ----------------------------------------------------------------------------------------------------------


@operation(mark("Resolve ticket"), right="ticket.write")
def resolve(change: Change, ticket_id: UUID, resolution: str | None = None) -> None:
    """Say that the customer's matter is settled."""
    ticket = change.get(Ticket, ticket_id)
    if ticket.status == "closed":
        raise UserError(tr("{number} is closed.", number=ticket.number), hint=tr("Reopen it first."))
    ticket.status = "resolved"
    ticket.resolution = (resolution or "").strip() or ticket.resolution
    _resolve(change, ticket, business_calendar(change.reader))
    change.note(about=_called(ticket))


@operation(mark("Close ticket"), right="ticket.write")
def close(change: Change, ticket_id: UUID, resolution: str | None = None, *, csat: int | None = None, call_back: bool = True) -> UUID | None:
    """Close a ticket for good and plan to ask the customer, three working days later, whether all is well.

    Args:
        csat: the customer's satisfaction, 1 to 5.
        call_back: plan that call.

    Returns:
        The task to call back, if one was planned.
    """
    ticket = change.get(Ticket, ticket_id)
    if ticket.status == "closed":
        raise UserError(tr("{number} is closed.", number=ticket.number), hint=tr("Reopen it first."))
    ticket.status = "closed"
    ticket.resolution = (resolution or "").strip() or ticket.resolution
    if csat is not None:
        ticket.csat = _satisfaction(csat)
    task = _close(change, ticket, business_calendar(change.reader), call_back=call_back)
    change.note(about=_called(ticket))
    return task


@operation(mark("Rate ticket"), right="ticket.write")
def rate(change: Change, ticket_id: UUID, csat: int | None) -> None:
    """Note how satisfied the customer is, 1 to 5."""
    ticket = change.get(Ticket, ticket_id)
    ticket.csat = None if csat is None else _satisfaction(csat)
    change.note(about=_called(ticket))


@operation(mark("Reopen ticket"), right="ticket.write")
def reopen(change: Change, ticket_id: UUID) -> None:
    """Take a ticket up again; the time in between does not count."""
    ticket = change.get(Ticket, ticket_id)
    if ticket.status not in {"waiting", *_DONE}:
        raise UserError(tr("{number} is open.", number=ticket.number))
    ticket.status = "open"
    _run_again(change, ticket, business_calendar(change.reader))
    change.note(about=_called(ticket))


def _satisfaction(csat: int) -> int:
    if not 1 <= csat <= 5:
        raise UserError(tr("Satisfaction is a number from 1 to 5."), field="csat")
    return csat


def _called(ticket: Ticket) -> str:
    return tr("{number} {subject}", number=ticket.number or "", subject=ticket.subject or "").strip()


# -- the clocks ----------------------------------------------------------------------------------------------------------------------


def _promise(change: Change, ticket: Ticket, calendar: Calendar, *, keep: Collection[str] = ()) -> None:
    """Set the due times by the service level that holds; a clock that has stopped keeps its due time.

    Args:
        keep: the due times that stay as they are.
    """
    for name, due in _promised(change, ticket, ticket.opened_at, calendar).items():
        if name not in keep and getattr(ticket, _STOPPED_BY[name]) is None:
            setattr(ticket, name, due)


def _promised(change: Change, ticket: Ticket, opened_at: datetime | None, calendar: Calendar) -> dict[str, datetime | None]:
    """Return the due times of a ticket if it was opened then; none without a service level."""
    level = level_of(change.reader, ticket.service_level_id, ticket.queue_id)
    if level is None:
        return {}
    priority, opened, waited = ticket.priority or "normal", opened_at or change.at, max(0, ticket.waited_minutes or 0)
    return {
        "first_reply_due_at": _due(opened, level.first_reply.get(priority), waited, calendar),
        "resolve_due_at": _due(opened, level.resolution.get(priority), waited, calendar),
    }


def _due(opened: datetime, minutes: int | None, waited: int, calendar: Calendar) -> datetime | None:
    return None if minutes is None else add_working_minutes(opened, max(0, minutes) + waited, calendar)


def _pause(change: Change, ticket: Ticket, calendar: Calendar) -> None:
    if ticket.resolved_at or ticket.closed_at:
        _run_again(change, ticket, calendar)
    ticket.waiting_since = ticket.waiting_since or change.at


def _run_again(change: Change, ticket: Ticket, calendar: Calendar) -> None:
    """Let the clocks run after a pause: whoever waited or was done with it gets the working time in between."""
    done_at = ticket.resolved_at or ticket.closed_at
    since = done_at or ticket.waiting_since
    ticket.resolved_at = ticket.closed_at = None
    _count_wait(change, ticket, calendar, since)
    if done_at:  # it may have become more urgent, or moved to another queue, while nobody promised anything
        _promise(change, ticket, calendar)


def _count_wait(change: Change, ticket: Ticket, calendar: Calendar, since: datetime | None) -> None:
    ticket.waiting_since = None
    if since is None:
        return
    # Files have been seen to say that a ticket was resolved before it was opened, in 1900 where the cell was empty.
    waited = max(0, working_minutes(_not_before(since, ticket.opened_at), change.at, calendar))
    ticket.waited_minutes = max(0, ticket.waited_minutes or 0) + waited
    if ticket.first_reply_due_at and ticket.first_replied_at is None:
        ticket.first_reply_due_at = add_working_minutes(ticket.first_reply_due_at, waited, calendar)
    if ticket.resolve_due_at:
        ticket.resolve_due_at = add_working_minutes(ticket.resolve_due_at, waited, calendar)


def _resolve(change: Change, ticket: Ticket, calendar: Calendar) -> None:
    if ticket.waiting_since:
        _count_wait(change, ticket, calendar, ticket.waiting_since)
    if ticket.resolved_at is None:
        ticket.resolved_at = _not_before(change.at, ticket.opened_at)
    ticket.closed_at = None


def _close(change: Change, ticket: Ticket, calendar: Calendar, *, call_back: bool) -> UUID | None:
    was_closed = ticket.closed_at is not None
    _resolve(change, ticket, calendar)
    ticket.closed_at = _not_before(change.at, ticket.resolved_at)
    if was_closed or not call_back:
        return None
    due = later_working_day(change.at.astimezone(change.settings.tz).date(), CALL_BACK_WORKING_DAYS, calendar)
    switch_on(change, unused_areas(change, "task"))
    task = change.add(
        Task, subject=tr("Ask whether all is well: {subject}", subject=ticket.subject or ""), due_on=due, owner_id=ticket.owner_id or change.member_id,
        contact_id=ticket.contact_id, company_id=ticket.company_id, ticket_id=ticket.id,
    )  # fmt: skip
    return task.id


def _not_before(at: datetime, earlier: datetime | None) -> datetime:
    """Return a moment, or the one it may not come before: imported data has been seen to be resolved before it was opened."""
    return max(at, earlier) if earlier else at
