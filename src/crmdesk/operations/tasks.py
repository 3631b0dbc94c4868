"""Tasks: planned, done, put off; recurring ones bring their next occurrence, the same on every computer."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.clock import moment
from crmdesk.errors import UserError
from crmdesk.fields import LAST_DAY
from crmdesk.i18n import mark, ntr, tr
from crmdesk.models.activity import Task
from crmdesk.models.calendar import Calendar, later_working_day
from crmdesk.operations.activities import with_company
from crmdesk.operations.settings import switch_on, unused_areas
from crmdesk.queries.service import business_calendar
from crmdesk.store.door import Change, operation
from crmdesk.store.settings import named_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import tzinfo

_LINKS = ("company_id", "contact_id", "deal_id", "ticket_id", "quote_id", "lead_id")


@operation(mark("Add task"), right="task.write")
def add(
    change: Change, subject: str, *, due_on: date | None = None, due_at: datetime | None = None, remind_at: datetime | None = None, repeats: str | None = None,
    repeat_every: int | None = None, repeats_until: date | None = None,
    owner_id: UUID | None = None, company_id: UUID | None = None, contact_id: UUID | None = None, deal_id: UUID | None = None,
    ticket_id: UUID | None = None, quote_id: UUID | None = None, lead_id: UUID | None = None, body: str | None = None,
) -> UUID:  # fmt: skip
    """Plan something to do, for the member who asks unless it is for another.

    Args:
        due_on, due_at: the day, or the moment, by which it is due.
        repeats: `day`, `workday`, `week`, `month` or `year`; `repeat_every` 2 means every second.
        repeats_until: the last day on which it may be due again.
    """
    links: dict[str, UUID | None] = {
        "company_id": company_id, "contact_id": contact_id, "deal_id": deal_id, "ticket_id": ticket_id, "quote_id": quote_id, "lead_id": lead_id,
    }  # fmt: skip
    switch_on(change, unused_areas(change, "task"))
    task = change.add(
        Task, subject=subject.strip(), due_on=due_on, due_at=due_at, remind_at=remind_at, repeats=repeats, repeat_every=repeat_every, repeats_until=repeats_until,
        owner_id=owner_id or change.member_id, body=(body or "").strip() or None, **{**links, **with_company(change, links)},
    )  # fmt: skip
    settle(change, task)
    change.note(about=task.subject)
    return task.id


def settle(change: Change, task: Task) -> None:
    """Complete a task: the day of its moment, and from which day on it repeats.

    Raises:
        UserError: it repeats, but without a day.
    """
    if task.due_at is not None:
        task.due_on = task.due_at.astimezone(change.settings.tz).date()
    if task.repeats and task.due_on is None:
        raise UserError(tr("A task that repeats needs a day."), field="due_on")
    if task.repeats is None:
        task.repeats_from = task.repeats_until = None
    elif task.repeats_from is None:
        task.repeats_from = task.due_on


def after_edit(change: Change, task: Task, given: Iterable[str], done_before: datetime | None) -> None:
    """Let follow what an edit of any field brings with it: another day, another rhythm, the next occurrence."""
    if "due_on" in given and "due_at" not in given and task.due_at:
        task.due_at = _on_day(task.due_at, task.due_on, change) if task.due_on else None
    if task.repeats and {"repeats", "due_on", "due_at"} & set(given) and "repeats_from" not in given:
        task.repeats_from = None
    settle(change, task)
    if "done_at" not in given or (task.done_at is None) == (done_before is None):
        return
    if task.done_at is None:
        _take_next_away(change, task)
    elif task.repeats and task.due_on:
        _next(change, task)


@operation(mark("Complete task"), right="task.write")
def done(change: Change, task_ids: Sequence[UUID]) -> list[UUID]:
    """Tick tasks off; returns the next occurrences of those that repeat."""
    following: list[UUID] = []
    for task in _several(change, task_ids):
        if task.done_at is None:
            task.done_at = change.at
            if task.repeats and task.due_on and (following_id := _next(change, task)):
                following.append(following_id)
    return following


@operation(mark("Reopen task"), right="task.write")
def reopen(change: Change, task_ids: Sequence[UUID]) -> None:
    """Untick tasks; the next occurrence of one that repeats goes, unless something was done with it already."""
    for task in _several(change, task_ids):
        task.done_at = None
        _take_next_away(change, task)


@operation(mark("Put off"), right="task.write")
def snooze(change: Change, task_ids: Sequence[UUID], until: date | datetime) -> None:
    """Put tasks off until a day, at the time of day that they have, or until a moment; reminders move along."""
    zone = change.settings.tz
    for task in _several(change, task_ids):
        day = until.astimezone(zone).date() if isinstance(until, datetime) else until
        due_at = until if isinstance(until, datetime) else _on_day(task.due_at, day, change)
        before = task.due_on or (task.remind_at.astimezone(zone).date() if task.remind_at else None)
        if task.remind_at and task.due_at and due_at:
            task.remind_at = due_at - (task.due_at - task.remind_at)
        elif task.remind_at and before:
            task.remind_at = _on_day(task.remind_at, task.remind_at.astimezone(zone).date() + (day - before), change)
        task.due_on, task.due_at = day, due_at


def _several(change: Change, task_ids: Sequence[UUID]) -> list[Task]:
    found = list(change.each(Task, task_ids))
    if not found:
        raise UserError(tr("This {entity} does not exist or was deleted.", entity=tr("Task")))
    change.note(about=found[0].subject if len(found) == 1 else ntr("{count} task", "{count} tasks", len(found)))
    return found


# -- repeating -------------------------------------------------------------------------------------------------------------------


def _following(task_id: UUID) -> UUID:
    """Return the id of the occurrence after a task, which every computer computes alike."""
    return named_id("task", f"after:{task_id}")


def _take_next_away(change: Change, task: Task) -> None:
    """Delete the next occurrence, unless something was done with it already."""
    following = _following(task.id)
    if task.repeats and change.reader.value("SELECT 1 FROM task WHERE id = ? AND deleted_at IS NULL AND done_at IS NULL", (following.bytes,)):
        change.delete(Task, [following])


def _next(change: Change, task: Task) -> UUID | None:
    """Make the next occurrence: the first one after this one that is not past; None if it would come after the last day."""
    day = next_day(
        task.repeats_from or task.due_on or change.at.date(),
        task.repeats or "",
        task.repeat_every or 1,
        task.due_on,
        change.at.astimezone(change.settings.tz).date(),
        business_calendar(change.reader),
    )
    if day is None or (task.repeats_until and day > task.repeats_until):
        return None
    moved = day - (task.due_on or day)
    record_id = _following(task.id)
    values = {
        "subject": task.subject, "due_on": day, "due_at": _on_day(_chosen(change, task, "due_at"), day, change), "body": task.body, "owner_id": task.owner_id, "repeats": task.repeats,
        "repeat_every": task.repeat_every, "repeats_from": task.repeats_from or task.due_on, "repeats_until": task.repeats_until, "done_at": None,
        "remind_at": _on_day(_chosen(change, task, "remind_at"), task.remind_at.astimezone(change.settings.tz).date() + moved, change) if task.remind_at else None,
        **{link: getattr(task, link) for link in _LINKS},
    }  # fmt: skip
    found = change.reader.one("SELECT deleted_at FROM task WHERE id = ?", (record_id.bytes,))
    if found is None:
        change.add(Task, id=record_id, **values)
    elif found[0] is not None:
        change.restore(Task, [record_id])
        again = change.get(Task, record_id)
        for name, value in values.items():
            setattr(again, name, value)
    return record_id


def _chosen(change: Change, task: Task, name: str) -> datetime | None:
    """Return the moment whose time of day somebody chose: that of the occurrence before, where this one fell into the hour that a change to summer time skips."""
    at: datetime | None = getattr(task, name)
    zone = change.settings.tz
    if at is None or _offset(at, zone) <= _offset(at - timedelta(days=1), zone):
        return at
    series = change.reader.rows(
        f'SELECT id, "{name}" FROM task WHERE repeats_from = ? AND "{name}" IS NOT NULL', (task.repeats_from and task.repeats_from.isoformat(),)
    )  # noqa: S608
    before = next((moment(ms) for record, ms in series if _following(UUID(bytes=record)) == task.id), None)
    return before if _on_day(before, at.astimezone(zone).date(), change) == at else at


def _offset(at: datetime, zone: tzinfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _on_day(at: datetime | None, day: date, change: Change) -> datetime | None:
    """Return the moment on another day at which the clock shows the same, summer time or not."""
    if at is None:
        return None
    zone = change.settings.tz
    return datetime.combine(day, at.astimezone(zone).time(), zone).astimezone(at.tzinfo)


def next_day(first: date, repeats: str, every: int, after: date | None, today: date, business: Calendar) -> date | None:
    """Return the first day of a series that comes after a day and is not past; None if that is further off than a day can be.

    Counted from the first day, so that what repeats on the 31st falls on the last day of shorter months and on the 31st again.
    """
    try:
        day = next(day for day in _days(first, repeats, every, business) if (after is None or day > after) and day >= today)
    except (OverflowError, ValueError):  # beyond the year 9999
        return None
    return day if day <= LAST_DAY else None


def _days(first: date, repeats: str, every: int, business: Calendar) -> Iterator[date]:
    step, working_day = 0, first
    while True:
        step += every
        match repeats:
            case "day":
                yield first + timedelta(days=step)
            case "workday":
                working_day = later_working_day(working_day, every, business)
                yield working_day
            case "week":
                yield first + timedelta(weeks=step)
            case "month":
                yield _months_later(first, step)
            case "year":
                yield _months_later(first, 12 * step)
            case _:
                raise UserError(tr("“{text}” is not one of the choices.", text=repeats), field="repeats")


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
