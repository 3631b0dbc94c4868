"""Named reports: plain tables of figures, each with the filter that opens its rows."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.clock import moment, now_ms, today
from crmdesk.errors import UserError
from crmdesk.i18n import mark, tr
from crmdesk.models.activity import ACTIVITY_KINDS
from crmdesk.models.base import ENTITIES
from crmdesk.queries import quality
from crmdesk.queries.deal_reports import lost_by_reason, pipeline_by_stage, sales_cycle, win_rate, won_lost_by_month, won_lost_by_owner, won_lost_by_source
from crmdesk.queries.money import ratio
from crmdesk.queries.problems import DIMENSIONS
from crmdesk.queries.report_scope import Scope, summed, together
from crmdesk.queries.report_tables import Column, Figure, ReportTable, Rows
from crmdesk.queries.seen import live

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmdesk.store.reader import Reader

SOON_DAYS = 14


@dataclass(frozen=True)
class Report:
    """A report that can be asked for by name.

    Attributes:
        label: marked; about: marked, what it says and which date the period means.
    """

    name: str
    label: str
    about: str
    run: Callable[[Scope], ReportTable]


def run(reader: Reader, name: str, start: date | None = None, end: date | None = None, owner_id: UUID | None = None) -> ReportTable:
    """Run a report.

    Raises:
        UserError: there is no such report, or the period ends before it begins.
    """
    if start and end and end < start:
        raise UserError(tr("The period ends before it begins."), field="to")
    report = report_named(name)
    owner = reader.value("SELECT name FROM member WHERE id = ?", (owner_id.bytes,)) if owner_id else None
    table = report.run(Scope(reader, start, end, owner_id))
    return replace(
        table, name=report.name, title=tr(report.label), currency=reader.settings.currency, start=start, end=end, owner=owner, paper=reader.settings.paper
    )


def report_named(name: str) -> Report:
    """Return a report by its name.

    Raises:
        UserError: there is no such report.
    """
    found = REPORTS.get(name.strip().lower().replace("-", "_"))
    if found is None:
        raise UserError(tr("There is no report “{name}”.", name=name), hint=tr("The reports are: {names}.", names=", ".join(REPORTS)))
    return found


def _activities_by_member(scope: Scope) -> ReportTable:
    days, days_of = scope.moments_sql("t.at")
    owner, owner_of = scope.owner_sql()
    counted: dict[bytes | None, dict[str, int]] = {}
    for member, kind, count in scope.reader.rows(
        f"SELECT t.owner_id, t.kind, count(*) FROM activity t WHERE {live(scope.reader, 'activity')}{days}{owner} GROUP BY 1, 2", (*days_of, *owner_of)
    ):
        counted.setdefault(member, {})[kind] = count
    names = dict(scope.reader.rows("SELECT id, name FROM member"))

    def row(title: str, of: Mapping[str, int], where: tuple[str, ...]) -> tuple[Figure, ...]:
        everything = Rows("activity", (*where, *scope.moments("at")))
        kinds = (Figure(of.get(kind.value, 0), Rows("activity", (f"kind = {kind.value}", *everything.where))) for kind in ACTIVITY_KINDS)
        return Figure(title, everything), *kinds, Figure(sum(of.values()), everything)

    order = sorted(counted, key=lambda member: (member is None, -sum(counted[member].values()), names.get(member) or ""))
    rows = tuple(row(names.get(member) or tr("Nobody"), counted[member], (f"owner = {UUID(bytes=member)}" if member else "owner empty",)) for member in order)
    whole = {kind.value: sum(of.get(kind.value, 0) for of in counted.values()) for kind in ACTIVITY_KINDS}
    columns = (Column("member", mark("Member")), *(Column(kind.value, kind.label, "integer") for kind in ACTIVITY_KINDS), Column("all", mark("All"), "integer"))
    return ReportTable("", "", columns, rows, row(tr("All"), whole, scope.owner()))


def _quotes_open(scope: Scope) -> ReportTable:
    day = today(scope.reader.settings.tz)
    soon = day + timedelta(days=SOON_DAYS)
    groups: tuple[tuple[str, str, tuple[str, ...]], ...] = (
        (tr("Issued, not decided"), "t.status = 'issued'", ("status = issued",)),
        (tr("Of these valid for {count} days at most", count=SOON_DAYS), f"t.status = 'issued' AND t.valid_until BETWEEN '{day}' AND '{soon}'",
         ("status = issued", f"valid_until >= {day}", f"valid_until <= {soon}")),
        (tr("Past their date"), f"t.status IN ('issued', 'expired') AND t.valid_until < '{day}'", ("status in issued, expired", f"valid_until < {day}")),
        (tr("Drafts"), "t.status = 'draft'", ("status = draft",)),
    )  # fmt: skip
    days, days_of = scope.days_sql("t.date")
    owner, owner_of = scope.owner_sql()
    rows = []
    for title, condition, where in groups:
        sums = summed(scope, "quote", "payable", ("t.status",), "", f" AND {condition}{days}{owner}", (*days_of, *owner_of))
        count, amount = together(scope, sums.values())
        opens = Rows("quote", (*where, *scope.days("date"), *scope.owner()))
        rows.append((Figure(title, opens), Figure(count, opens), Figure(amount, opens)))
    return ReportTable(
        "", "", (Column("state", mark("Status")), Column("quotes", mark("Quotes"), "integer"), Column("amount", mark("Total"), "money")), tuple(rows)
    )


@dataclass(slots=True)
class _Tickets:
    """Tickets of one queue or of all: how many of each sort, and which were answered in time."""

    counts: dict[str, int]
    in_time: list[str]

    def __add__(self, other: _Tickets) -> _Tickets:
        return _Tickets({name: count + other.counts[name] for name, count in self.counts.items()}, self.in_time + other.in_time)


_SORTS_OF_TICKETS = ("opened", "open", "reply_late", "resolution_late", "answered")


def _tickets(scope: Scope) -> ReportTable:
    now = now_ms() // 60_000 * 60_000  # conditions are read to the minute
    found = _tickets_by_queue(scope, now)
    late = f"< {moment(now).strftime('%Y-%m-%dT%H:%MZ')}"
    filters: dict[str, tuple[str, ...]] = {
        "opened": ("opened_at notempty", *scope.moments("opened_at")), "open": ("status in new, open, waiting",),
        "reply_late": ("status in new, open", "first_replied_at empty", f"first_reply_due_at {late}"),
        "resolution_late": ("status in new, open", "resolved_at empty", f"resolve_due_at {late}"),
        "answered": ("first_replied_at notempty", "first_reply_due_at notempty", *scope.moments("first_replied_at")),
    }  # fmt: skip

    def row(title: str, queue: tuple[str, ...], tickets: _Tickets) -> tuple[Figure, ...]:
        counted = (Figure(tickets.counts[name], Rows("ticket", (*queue, *where, *scope.owner()))) for name, where in filters.items())
        kept = Rows("ticket", (f"id in {', '.join(tickets.in_time)}",)) if tickets.in_time else None
        share = ratio(len(tickets.in_time), tickets.counts["answered"])
        return (Figure(title, Rows("ticket", (*queue, *scope.owner()))), *counted, Figure(len(tickets.in_time), kept), Figure(share, kept))

    names = dict(scope.reader.rows("SELECT id, name FROM queue"))
    queues = sorted(found, key=lambda queue: (queue is None, names.get(queue) or ""))
    rows = [row(names.get(queue) or tr("No queue"), (f"queue = {UUID(bytes=queue)}" if queue else "queue empty",), found[queue]) for queue in queues]
    total = sum((found[queue] for queue in queues), _Tickets(dict.fromkeys(_SORTS_OF_TICKETS, 0), []))
    columns = (
        Column("queue", mark("Queue")), Column("opened", mark("Opened"), "integer"), Column("open", mark("Open"), "integer"),
        Column("reply_late", mark("Reply late"), "integer"), Column("resolution_late", mark("Resolution late"), "integer"),
        Column("answered", mark("Answered"), "integer"), Column("in_time", mark("Answered in time"), "integer"), Column("share", mark("In time"), "percent"),
    )  # fmt: skip
    return ReportTable("", "", columns, tuple(rows), row(tr("All"), (), total))


def _tickets_by_queue(scope: Scope, now: int) -> dict[bytes | None, _Tickets]:
    """Return the tickets of each queue, None standing for those without one.

    Args:
        now: in milliseconds; what was due before is late.
    """
    opened, opened_of = scope.moments_sql("t.opened_at")
    replied, replied_of = scope.moments_sql("t.first_replied_at")
    owner, owner_of = scope.owner_sql()
    found = scope.reader.rows(
        f"SELECT t.queue_id, sum(t.opened_at IS NOT NULL{opened}), "
        "sum(t.status IN ('new', 'open', 'waiting')), "
        "sum(t.status IN ('new', 'open') AND t.first_replied_at IS NULL AND t.first_reply_due_at < ?), "
        "sum(t.status IN ('new', 'open') AND t.resolved_at IS NULL AND t.resolve_due_at < ?), "
        f"count(*) FILTER (WHERE t.first_replied_at IS NOT NULL AND t.first_reply_due_at IS NOT NULL{replied}), "
        f"json_group_array(hex(t.id)) FILTER (WHERE t.first_replied_at <= t.first_reply_due_at{replied}) "
        f"FROM ticket t WHERE {live(scope.reader, 'ticket')}{owner} GROUP BY 1",
        (*opened_of, now, now, *replied_of, *replied_of, *owner_of),
    )
    return {
        queue: _Tickets({name: count or 0 for name, count in zip(_SORTS_OF_TICKETS, counts, strict=True)}, [str(UUID(hex=one)) for one in json.loads(in_time)])
        for queue, *counts, in_time in found
    }


def _data_quality(scope: Scope) -> ReportTable:
    measured = quality.of_store(scope.reader, scope.owner_id)
    rows = [(Figure(tr("All")), Figure(tr(DIMENSIONS[name])), Figure(None), Figure(None), _percent(share)) for name, share in measured.dimensions.items()]
    for entity in measured.entities:
        of = Figure(tr(ENTITIES[entity.entity].entity.plural))
        for dimension, label in DIMENSIONS.items():
            failing = {rule: count for rule, count in entity.failing.items() if rule.dimension == dimension}
            if len(failing) > 1:
                all_of_it = _with_problem(scope, entity.entity, dimension)
                rows.append((of, Figure(tr(label), all_of_it), Figure(None), Figure(None), _percent(entity.percent_of(dimension), all_of_it)))
            for rule, count in failing.items():
                opens = _with_problem(scope, entity.entity, rule.name)
                in_order = Figure(ratio(entity.records - count, entity.records), opens)
                rows.append((of, Figure(tr(label)), Figure(tr(rule.label), opens), Figure(count, opens), in_order))
    columns = (
        Column("records", mark("Records")), Column("dimension", mark("Quality")), Column("problem", mark("Problem")),
        Column("count", mark("With the problem"), "integer"), Column("in_order", mark("In order"), "percent"),
    )  # fmt: skip
    totals = (Figure(tr("All")), Figure(None), Figure(None), Figure(None), _percent(measured.percent))
    return ReportTable("", "", columns, tuple(rows), totals)


def _with_problem(scope: Scope, entity: str, name: str) -> Rows:
    """Return the records that have a problem, or one of those of a dimension."""
    return Rows(entity, (f"problem = {name}", *scope.owner()))


def _percent(share: int | None, opens: Rows | None = None) -> Figure:
    return Figure(None if share is None else Decimal(share), opens)


REPORTS: dict[str, Report] = {report.name: report for report in (
    Report("pipeline_by_stage", mark("Pipeline by stage"), mark("Deals by stage, weighted by its win rate. Period: expected close, for won and lost ones close."), pipeline_by_stage),
    Report("won_lost_by_month", mark("Won and lost by month"), mark("Closed deals by month. Period: close."), won_lost_by_month),
    Report("won_lost_by_owner", mark("Won and lost by owner"), mark("Closed deals by owner. Period: close."), won_lost_by_owner),
    Report("won_lost_by_source", mark("Won and lost by source"), mark("Closed deals by where they came from. Period: close."), won_lost_by_source),
    Report("lost_by_reason", mark("Lost by reason"), mark("Lost deals by the reason for the loss. Period: close."), lost_by_reason),
    Report("win_rate", mark("Win rate"), mark("Won deals as a share of those won or lost. Period: close."), win_rate),
    Report("sales_cycle", mark("Sales cycle"), mark("Mean number of days from opening to closing a deal. Period: close."), sales_cycle),
    Report("activities_by_member", mark("Activities by member"), mark("Calls, mails, meetings, visits, chats and notes. Period: when they happened."), _activities_by_member),
    Report("quotes_open", mark("Open quotes"), mark("Quotes that wait for a decision, and those about to expire. Period: date of the quote."), _quotes_open),
    Report("tickets", mark("Tickets"), mark("Open and late tickets now; opened and answered ones in the period."), _tickets),
    Report("data_quality", mark("Data quality"), mark("What is missing, wrong, there twice or out of date. The period does not matter."), _data_quality),
)}  # fmt: skip
