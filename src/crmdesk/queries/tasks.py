"""Tasks: what is overdue, what is for today and later; reminders; whom a line of quick entry means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.clock import moment, now, to_ms
from crmdesk.i18n import mark
from crmdesk.models.activity import Task
from crmdesk.models.names import folded, sort_key
from crmdesk.queries.finding import also
from crmdesk.queries.seen import live

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.queries.finding import Condition
    from crmdesk.store.reader import Reader

GROUPS = {
    "overdue": mark("Overdue"), "today": mark("Today"), "tomorrow": mark("Tomorrow"), "week": mark("Next seven days"), "later": mark("Later"), "someday": mark("Without a day"),
}  # fmt: skip


@dataclass(frozen=True)
class TaskRow:
    """A task in a list.

    Attributes:
        state: a key of `GROUPS`, or `done`.
        about, about_entity, about_id: the record it is about: its deal, ticket, contact or company.
    """

    id: UUID
    subject: str
    due_on: date | None
    due_at: datetime | None
    state: str
    done_at: datetime | None
    owner_id: UUID | None
    owner: str
    company_id: UUID | None
    company: str
    contact_id: UUID | None
    contact: str
    deal_id: UUID | None
    ticket_id: UUID | None
    repeats: str | None

    @property
    def about(self) -> tuple[str, UUID] | None:
        """The record that the task is most closely about, as (entity, id)."""
        for entity, record in (("deal", self.deal_id), ("ticket", self.ticket_id), ("contact", self.contact_id), ("company", self.company_id)):
            if record:
                return entity, record
        return None


_SELECT = (
    "SELECT t.id, t.subject, t.due_on, t.due_at, t.done_at, t.owner_id, m.name, t.company_id, c.name, t.contact_id, k.name, t.deal_id, t.ticket_id, t.repeats "
    "FROM task t LEFT JOIN member m ON m.id = t.owner_id LEFT JOIN company c ON c.id = t.company_id LEFT JOIN contact k ON k.id = t.contact_id "
)
_IN_ORDER = "ORDER BY t.due_on IS NULL, t.due_on, t.due_at IS NULL, t.due_at, t.id"


def state_of(due_on: date | None, due_at: datetime | None, done_at: datetime | None, reader: Reader) -> str:
    """Say where a task stands now: a key of `GROUPS`, or `done`. A day counts until its end, a moment until it is over."""
    if done_at is not None:
        return "done"
    if due_on is None:
        return "someday"
    when = now()
    today = when.astimezone(reader.settings.tz).date()
    if due_on < today or (due_at is not None and due_at < when):
        return "overdue"
    if due_on == today:
        return "today"
    if due_on == today + timedelta(days=1):
        return "tomorrow"
    return "week" if due_on <= today + timedelta(days=7) else "later"


def _rows(reader: Reader, where: str, parameters: Sequence[object], order: str, limit: int) -> list[TaskRow]:
    found = reader.rows(f"{_SELECT}WHERE {live(reader, 'task')} AND {where} {order} LIMIT ?", (*parameters, limit))
    rows: list[TaskRow] = []
    for record, subject, due_on, due_at, done_at, owner_id, owner, company_id, company, contact_id, contact, deal_id, ticket_id, repeats in found:
        day, at, finished = date.fromisoformat(due_on) if due_on else None, moment(due_at) if due_at else None, moment(done_at) if done_at else None
        rows.append(TaskRow(
            UUID(bytes=record), subject or "", day, at, state_of(day, at, finished, reader), finished, _id(owner_id), owner or "", _id(company_id), company or "",
            _id(contact_id), contact or "", _id(deal_id), _id(ticket_id), repeats,
        ))  # fmt: skip
    return rows


def _id(stored: bytes | None) -> UUID | None:
    return UUID(bytes=stored) if stored else None


def _of_owner(owner_id: UUID | None) -> str:
    return f"t.owner_id = x'{owner_id.hex}'" if owner_id else "1"


def open_tasks(
    reader: Reader, *, company_id: UUID | None = None, contact_id: UUID | None = None, deal_id: UUID | None = None, ticket_id: UUID | None = None,
    owner_id: UUID | None = None, limit: int = 500, where: Sequence[Condition] = (),
) -> list[TaskRow]:  # fmt: skip
    """Return what is to be done, for a record or a member if one is given: dated tasks first, the earliest at the top."""
    links = {"company_id": company_id, "contact_id": contact_id, "deal_id": deal_id, "ticket_id": ticket_id}
    given = [f"t.{column} = x'{record.hex}'" for column, record in links.items() if record]
    # The unary plus keeps the planner from walking all open tasks in the order of their days.
    order = _IN_ORDER.replace("t.due_on", "+t.due_on") if given else _IN_ORDER
    more = also(Task, where, reader)
    return _rows(reader, " AND ".join([*given, _of_owner(owner_id), "t.done_at IS NULL"]) + more.sql, more.parameters, order, limit)


def one(reader: Reader, task_id: UUID) -> TaskRow | None:
    """Return one task, done or not; None if there is none of that id."""
    return next(iter(_rows(reader, "t.id = ?", (task_id.bytes,), "", 1)), None)


def grouped(reader: Reader, owner_id: UUID | None = None, limit: int = 500, where: Sequence[Condition] = ()) -> dict[str, list[TaskRow]]:
    """Return the open tasks by the groups of `GROUPS`, in their order; groups without a task are left out."""
    found = open_tasks(reader, owner_id=owner_id, limit=limit, where=where)
    groups = {state: [row for row in found if row.state == state] for state in GROUPS}
    return {state: rows for state, rows in groups.items() if rows}


def done_tasks(reader: Reader, owner_id: UUID | None = None, limit: int = 200, where: Sequence[Condition] = ()) -> list[TaskRow]:
    """Return what was done, the latest first."""
    more = also(Task, where, reader)
    return _rows(reader, f"t.done_at IS NOT NULL AND {_of_owner(owner_id)}{more.sql}", more.parameters, "ORDER BY t.done_at DESC, t.id", limit)


def counts(reader: Reader, owner_id: UUID | None = None, where: Sequence[Condition] = ()) -> dict[str, int]:
    """Return how many open tasks are overdue, for today, and there in all."""
    today, more = now().astimezone(reader.settings.tz).date(), also(Task, where, reader)
    found = reader.one(
        "SELECT ifnull(sum(t.due_on < ? OR t.due_at < ?), 0), ifnull(sum(t.due_on = ? AND NOT ifnull(t.due_at < ?, 0)), 0), count(*) FROM task t "  # noqa: S608
        f"WHERE {live(reader, 'task')} AND t.done_at IS NULL AND {_of_owner(owner_id)}{more.sql}",
        (today.isoformat(), to_ms(now()), today.isoformat(), to_ms(now()), *more.parameters),
    )
    return dict(zip(("overdue", "today", "open"), found or (0, 0, 0), strict=True))


def reminders(reader: Reader, since: datetime, until: datetime, owner_id: UUID | None = None) -> list[TaskRow]:
    """Return the open tasks whose reminder lies after one moment and not after another, the earliest first.

    At start `since` is the moment of the last look, so that missed ones come up.
    """
    where = f"t.done_at IS NULL AND t.remind_at > ? AND t.remind_at <= ? AND {_of_owner(owner_id)}"
    return _rows(reader, where, (to_ms(since), to_ms(until)), "ORDER BY t.remind_at, t.id", 200)


# -- quick entry -----------------------------------------------------------------------------------------------------------------


def person_meant(reader: Reader, words: str, company_id: UUID | None = None) -> tuple[UUID, str] | None:
    """Return (id, name) of the contact that the beginning of a line names; None where nobody or more than one fits.

    Among a company's contacts a given or a family name is enough, without a company it takes the whole name.
    """
    plain = folded(words).strip()
    if not plain:
        return None
    if company_id:
        found = reader.rows(
            f"SELECT t.id, t.name, t.given_name, t.family_name FROM contact t WHERE t.company_id = ? AND {live(reader, 'contact')}", (company_id.bytes,)
        )  # noqa: S608
    else:
        keys = _beginnings(words)
        marks = ", ".join("?" * len(keys))
        found = [
            (*row, None, None) for row in reader.rows(f"SELECT t.id, t.name FROM contact t WHERE t.sort_key IN ({marks}) AND {live(reader, 'contact')}", keys)
        ]  # noqa: S608
    scored = [(max((len(folded(name)) for name in names if name and _begins(plain, folded(name))), default=0), record, names[0]) for record, *names in found]
    best = max((score for score, _, _ in scored), default=0)
    fitting = [(record, name) for score, record, name in scored if score == best]
    return (UUID(bytes=fitting[0][0]), fitting[0][1] or "") if best and len(fitting) == 1 else None


def _begins(text: str, name: str) -> bool:
    rest = text[len(name) :]
    return text.startswith(name) and (not rest or not rest[0].isalnum() or not rest[0].isascii() or not name[-1].isascii())


def _beginnings(words: str) -> list[str]:
    """Return the sort keys of the first words of a text, one to four of them, and of the first characters of a Chinese one."""
    pieces = words.split()
    texts = [" ".join(pieces[:count]) for count in range(1, 5)]
    if words and not words[0].isascii():
        texts += [words.strip()[:count] for count in range(2, 5)]
    return sorted({key for text in texts if (key := sort_key(text))})
