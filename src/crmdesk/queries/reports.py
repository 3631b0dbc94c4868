"""Named reports: plain tables of figures, each with the filter that opens its rows."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.clock import moment, now_ms, to_ms, today
from crmdesk.errors import UserError
from crmdesk.fields import Money, from_minor
from crmdesk.i18n import mark, tr
from crmdesk.models.activity import ACTIVITY_KINDS
from crmdesk.models.base import ENTITIES
from crmdesk.queries import quality
from crmdesk.queries.deals import stages
from crmdesk.queries.finding import caseless
from crmdesk.queries.money import Sum, ratio
from crmdesk.queries.problems import DIMENSIONS
from crmdesk.queries.seen import live

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from crmdesk.reports.report import Kind
    from crmdesk.store.reader import Reader

SOON_DAYS = 14


@dataclass(frozen=True, slots=True)
class Rows:
    """The records that a figure counts: an entity and conditions as lists and the command line take them."""

    entity: str
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell: a text, a number, a `Sum` of money, a percentage such as 63.15, or None."""

    value: str | int | Decimal | Sum | None
    opens: Rows | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a report.

    Attributes:
        label: marked.
        kind: how its figures are written.
    """

    name: str
    label: str
    kind: Kind = "text"


@dataclass(frozen=True)
class Scope:
    """What a report is asked about: a period with both days in it, and an owner; None leaves it open."""

    reader: Reader
    start: date | None = None
    end: date | None = None
    owner_id: UUID | None = None


@dataclass(frozen=True)
class ReportTable:
    """A report as it was asked for.

    Attributes:
        title: translated.
        totals: a last row; None where nothing can be summed.
        paper: what it is printed on, `A4` or `Letter`.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Figure, ...], ...]
    totals: tuple[Figure, ...] | None = None
    currency: str = ""
    start: date | None = None
    end: date | None = None
    owner: str | None = None
    paper: str = "A4"

    def plain_rows(self, totals: bool = False) -> Iterator[list[str | int | Decimal | Money | None]]:
        """Yield rows of plain values, or the one of totals; amounts without a rate follow in rows of their own, one per currency."""
        for row in ((self.totals,) if self.totals else ()) if totals else self.rows:
            yield [figure.value.money if isinstance(figure.value, Sum) else figure.value for figure in row]
            for code in sorted({code for figure in row if isinstance(figure.value, Sum) for code, _ in figure.value.apart}):
                title = tr("{name}, without a rate", name=row[0].value or "")
                yield [title, *(_apart(figure.value, code) for figure in row[1:])]

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain JSON values; `opens` of a row says by column which records stand behind a figure."""
        return {
            "name": self.name, "title": self.title, "from": self.start and self.start.isoformat(), "to": self.end and self.end.isoformat(), "owner": self.owner,
            "columns": [{"name": column.name, "label": tr(column.label), "kind": column.kind} for column in self.columns],
            "rows": [self._json_row(row) for row in self.rows], "totals": self._json_row(self.totals) if self.totals else None,
        }  # fmt: skip

    def _json_row(self, row: tuple[Figure, ...]) -> dict[str, Any]:
        pairs = list(zip(self.columns, row, strict=True))
        opens = {column.name: {"entity": figure.opens.entity, "where": list(figure.opens.where)} for column, figure in pairs if figure.opens}
        return {**{column.name: _json(figure.value) for column, figure in pairs}, "opens": opens}


def _apart(value: object, code: str) -> Money | None:
    minor = dict(value.apart).get(code) if isinstance(value, Sum) else None
    return None if minor is None else Money(from_minor(minor, code), code)


def _json(value: str | int | Decimal | Sum | None) -> Any:
    if isinstance(value, Sum):
        base, *others = ({"amount": str(money.amount), "currency": money.currency} for money in value.moneys)
        return {**base, "without_rate": others} if others else base
    return str(value) if isinstance(value, Decimal) else value


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


# -- deals -------------------------------------------------------------------------------------------------------------------


def _days(scope: Scope, column: str) -> tuple[str, ...]:
    """Return the period as conditions on a date."""
    return (*((f"{column} >= {scope.start}",) if scope.start else ()), *((f"{column} <= {scope.end}",) if scope.end else ()))


def _days_sql(scope: Scope, column: str) -> tuple[str, list[Any]]:
    sql, parameters = "", list[Any]()
    for sign, day in ((">=", scope.start), ("<=", scope.end)):
        if day:
            sql += f" AND {column} {sign} ?"
            parameters.append(day.isoformat())
    return sql, parameters


def _owner(scope: Scope) -> tuple[str, ...]:
    return (f"owner = {scope.owner_id}",) if scope.owner_id else ()


def _owner_sql(scope: Scope) -> tuple[str, list[Any]]:
    return (" AND t.owner_id = ?", [scope.owner_id.bytes]) if scope.owner_id else ("", [])


Counted = tuple[int, Sum]


def _summed(scope: Scope, entity: str, amount: str, keys: tuple[str, ...], joins: str, more: str, parameters: Iterable[Any]) -> dict[tuple[Any, ...], Counted]:
    """Return (count, sum) of records by key; amounts without a rate stand apart, per currency."""
    own = scope.reader.settings.currency
    found = scope.reader.rows(
        f"SELECT {', '.join(keys)}, iif(t.amount_base IS NULL AND t.{amount} IS NOT NULL, ifnull(t.currency, ''), NULL) AS code, count(*), ifnull(sum(ifnull(t.amount_base, t.{amount})), 0) "
        f"FROM {entity} t {joins} WHERE {live(scope.reader, entity)}{more} GROUP BY {', '.join(str(n + 1) for n in range(len(keys) + 1))}",
        tuple(parameters),
    )
    sums: dict[tuple[Any, ...], Counted] = {}
    for *key, code, count, minor in found:
        before = sums.get(tuple(key), (0, Sum(0, own)))
        part = Sum(0, own, ((code, minor),)) if code else Sum(minor, own)
        sums[tuple(key)] = (before[0] + count, before[1] + part)
    return sums


def _pipeline_by_stage(scope: Scope) -> ReportTable:
    shown, several = stages(scope.reader), len({stage.pipeline_id for stage in stages(scope.reader)}) > 1
    names = dict(scope.reader.rows("SELECT id, name FROM pipeline"))
    owner, owner_of = _owner_sql(scope)
    nothing = (0, Sum(0, scope.reader.settings.currency))
    rows, total_count, total, total_weighted = [], 0, nothing[1], nothing[1]
    for stage in shown:
        column = "expected_close_on" if stage.outcome == "open" else "closed_on"
        days, days_of = _days_sql(scope, f"t.{column}")
        sums = _summed(scope, "deal", "amount", ("t.stage_id",), "", f" AND t.stage_id = ?{days}{owner}", (stage.id.bytes, *days_of, *owner_of))
        count, amount = sums.get((stage.id.bytes,), nothing)
        opens = Rows("deal", (f"stage = {stage.id}", *_days(scope, column), *_owner(scope)))
        weighted = amount.share(stage.win_rate)
        title = tr("{pipeline}: {stage}", pipeline=names.get(stage.pipeline_id.bytes) or "", stage=stage.name) if several else stage.name
        rows.append((Figure(title, opens), Figure(stage.win_rate), Figure(count, opens), Figure(amount, opens), Figure(weighted, opens)))
        if stage.outcome == "open":
            total_count, total, total_weighted = total_count + count, total + amount, total_weighted + weighted
    opened = ", ".join(str(stage.id) for stage in shown if stage.outcome == "open")
    opens = Rows("deal", (f"stage in {opened}", *_days(scope, "expected_close_on"), *_owner(scope)))
    return ReportTable(
        "", "", (Column("stage", mark("Stage")), Column("win_rate", mark("Win rate"), "percent"), Column("deals", mark("Deals"), "integer"),
                 Column("amount", mark("Amount"), "money"), Column("weighted", mark("Weighted"), "money")),
        tuple(rows), (Figure(tr("Open deals"), opens), Figure(None), Figure(total_count, opens), Figure(total, opens), Figure(total_weighted, opens)),
    )  # fmt: skip


def _closed(scope: Scope, key: str) -> dict[Any, dict[str, Counted]]:
    """Return won and lost deals by a key, in its commonest spelling: (count, sum) by outcome."""
    days, days_of = _days_sql(scope, "t.closed_on")
    owner, owner_of = _owner_sql(scope)
    joins = "JOIN stage s ON s.id = t.stage_id"
    sums = _summed(scope, "deal", "amount", (key, "s.outcome"), joins, f" AND s.outcome IN ('won', 'lost'){days}{owner}", (*days_of, *owner_of))
    found: dict[Any, dict[str, Counted]] = {}
    spellings: dict[Any, dict[Any, int]] = {}
    for (value, outcome), (count, amount) in sums.items():
        # What differs by capital letters alone is the same to the lists that the figures open.
        of = spellings.setdefault(caseless(value) if isinstance(value, str) else value, {})
        of[value] = of.get(value, 0) + count
        its = found.setdefault(next(iter(of)), {})
        its[outcome] = _together(scope, (its.get(outcome), (count, amount)))
    return {max(of, key=of.__getitem__): found[next(iter(of))] for of in spellings.values()}


def _stages_with(scope: Scope, *outcomes: str) -> str:
    ids = [str(stage.id) for stage in stages(scope.reader) if stage.outcome in outcomes]
    return f"stage in {', '.join(ids)}"


def _won_lost(
    scope: Scope, key: str, column: Column, named: Callable[[Any], str], where: Callable[[Any], tuple[str, ...]], *, by_size: bool = True
) -> ReportTable:
    """Make the table of won and lost deals by a key: a month, an owner, a source."""
    found = _closed(scope, key)
    order = sorted(found, key=lambda value: (value is None, -_part(scope, found[value], "won")[1].base if by_size else 0, named(value)))
    rows = tuple(_won_lost_row(scope, named(value), found[value], where(value)) for value in order)
    whole = {outcome: _together(scope, (found[value].get(outcome) for value in found)) for outcome in ("won", "lost")}
    columns = (
        column, Column("won", mark("Won"), "integer"), Column("won_amount", mark("Won amount"), "money"), Column("lost", mark("Lost"), "integer"),
        Column("lost_amount", mark("Lost amount"), "money"), Column("win_rate", mark("Win rate"), "percent"),
    )  # fmt: skip
    return ReportTable("", "", columns, rows, _won_lost_row(scope, tr("All"), whole, _days(scope, "closed_on")))


def _won_lost_row(scope: Scope, title: str, found: Mapping[str, Counted], where: tuple[str, ...]) -> tuple[Figure, ...]:
    (won, won_sum), (lost, lost_sum) = _part(scope, found, "won"), _part(scope, found, "lost")
    behind = {
        key: Rows("deal", (_stages_with(scope, *of), *where, *_owner(scope))) for key, of in (("won", ("won",)), ("lost", ("lost",)), ("all", ("won", "lost")))
    }
    return (
        Figure(title, behind["all"]), Figure(won, behind["won"]), Figure(won_sum, behind["won"]), Figure(lost, behind["lost"]), Figure(lost_sum, behind["lost"]),
        Figure(ratio(won, won + lost), behind["all"]),
    )  # fmt: skip


def _part(scope: Scope, found: Mapping[str, Counted], outcome: str) -> Counted:
    return found.get(outcome) or (0, Sum(0, scope.reader.settings.currency))


def _together(scope: Scope, parts: Iterable[Counted | None]) -> Counted:
    count, amount = 0, Sum(0, scope.reader.settings.currency)
    for part in parts:
        if part:
            count, amount = count + part[0], amount + part[1]
    return count, amount


def _by_month(scope: Scope) -> ReportTable:
    def where(month: str | None) -> tuple[str, ...]:
        if month is None:
            return ("closed_on empty",)
        first = date.fromisoformat(f"{month}-01")
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return (f"closed_on >= {max(first, scope.start or first)}", f"closed_on <= {min(last, scope.end or last)}")

    return _won_lost(
        scope, "substr(t.closed_on, 1, 7)", Column("month", mark("Month")), lambda month: month or tr("Without a date"), where, by_size=False
    )  # fmt: skip


def _by_owner(scope: Scope) -> ReportTable:
    names = dict(scope.reader.rows("SELECT id, name FROM member"))
    return _won_lost(
        scope, "t.owner_id", Column("owner", mark("Owner")), lambda owner: names.get(owner) or tr("Nobody"),
        lambda owner: (f"owner = {UUID(bytes=owner)}" if owner else "owner empty", *_days(scope, "closed_on")),
    )  # fmt: skip


def _by_source(scope: Scope) -> ReportTable:
    return _won_lost(
        scope, "nullif(t.origin, '')", Column("origin", mark("Deal source")), lambda origin: origin or tr("Not given"),
        lambda origin: (f"origin = {origin}" if origin else "origin empty", *_days(scope, "closed_on")),
    )  # fmt: skip


def _lost_by_reason(scope: Scope) -> ReportTable:
    found = {reason: of["lost"] for reason, of in _closed(scope, "nullif(t.lost_reason, '')").items() if "lost" in of}
    count, amount = _together(scope, found.values())
    rows = []
    for reason in sorted(found, key=lambda reason: (reason is None, -found[reason][0], reason or "")):
        condition = f"lost_reason = {reason}" if reason else "lost_reason empty"
        opens = Rows("deal", (_stages_with(scope, "lost"), condition, *_days(scope, "closed_on"), *_owner(scope)))
        rows.append(
            (
                Figure(reason or tr("Not given"), opens),
                Figure(found[reason][0], opens),
                Figure(found[reason][1], opens),
                Figure(ratio(found[reason][0], count), opens),
            )
        )
    opens = Rows("deal", (_stages_with(scope, "lost"), *_days(scope, "closed_on"), *_owner(scope)))
    columns = (
        Column("reason", mark("Reason for loss")), Column("lost", mark("Lost"), "integer"), Column("lost_amount", mark("Lost amount"), "money"),
        Column("share", mark("Share"), "percent"),
    )  # fmt: skip
    return ReportTable("", "", columns, tuple(rows), (Figure(tr("All"), opens), Figure(count, opens), Figure(amount, opens), Figure(ratio(count, count))))


def _win_rate(scope: Scope) -> ReportTable:
    found = _closed(scope, "t.pipeline_id")
    names = dict(scope.reader.rows("SELECT id, name FROM pipeline"))
    columns = (
        Column("pipeline", mark("Pipeline")), Column("won", mark("Won"), "integer"), Column("lost", mark("Lost"), "integer"),
        Column("closed", mark("Closed"), "integer"), Column("win_rate", mark("Win rate"), "percent"),
    )  # fmt: skip

    def row(title: str, of: Mapping[str, Counted], where: tuple[str, ...]) -> tuple[Figure, ...]:
        full = _won_lost_row(scope, title, of, (*where, *_days(scope, "closed_on")))
        won, lost = _part(scope, of, "won")[0], _part(scope, of, "lost")[0]
        return full[0], full[1], full[3], Figure(won + lost, full[0].opens), full[5]

    rows = tuple(row(names.get(key) or "", found[key], (f"pipeline = {UUID(bytes=key)}",)) for key in sorted(found, key=lambda key: names.get(key) or ""))
    whole = {outcome: _together(scope, (of.get(outcome) for of in found.values())) for outcome in ("won", "lost")}
    return ReportTable("", "", columns, rows, row(tr("All"), whole, ()))


def _sales_cycle(scope: Scope) -> ReportTable:
    days, days_of = _days_sql(scope, "t.closed_on")
    owner, owner_of = _owner_sql(scope)
    found = {outcome: (count, length) for outcome, count, length in scope.reader.rows(
        "SELECT s.outcome, count(*), sum(max(0, CAST(julianday(t.closed_on) - julianday(t.opened_on) AS INTEGER))) FROM deal t JOIN stage s ON s.id = t.stage_id "
        f"WHERE {live(scope.reader, 'deal')} AND s.outcome IN ('won', 'lost') AND t.opened_on IS NOT NULL AND t.closed_on IS NOT NULL{days}{owner} GROUP BY 1",
        (*days_of, *owner_of),
    )}  # fmt: skip

    def row(title: str, *outcomes: str) -> tuple[Figure, ...]:
        opens = Rows("deal", (_stages_with(scope, *outcomes), "opened_on notempty", "closed_on notempty", *_days(scope, "closed_on"), *_owner(scope)))
        count, length = (sum(found.get(outcome, (0, 0))[n] for outcome in outcomes) for n in (0, 1))
        mean = (Decimal(length) / count).quantize(Decimal("0.1"), ROUND_HALF_UP) if count else None
        return Figure(title, opens), Figure(count, opens), Figure(mean, opens)

    columns = (Column("outcome", mark("Outcome")), Column("deals", mark("Deals"), "integer"), Column("mean_days", mark("Days from opened to closed"), "number"))
    return ReportTable("", "", columns, (row(tr("Won"), "won"), row(tr("Lost"), "lost")), row(tr("All"), "won", "lost"))


# -- activities, quotes, tickets ---------------------------------------------------------------------------------------------


def _moments(scope: Scope, column: str) -> tuple[str, ...]:
    """Return the period as conditions on a moment."""
    after = scope.end + timedelta(days=1) if scope.end else None
    return (*((f"{column} >= {scope.start}",) if scope.start else ()), *((f"{column} < {after}",) if after else ()))


def _moments_sql(scope: Scope, column: str) -> tuple[str, list[Any]]:
    sql, parameters = "", list[Any]()
    for sign, day in ((">=", scope.start), ("<", scope.end + timedelta(days=1) if scope.end else None)):
        if day:
            sql += f" AND {column} {sign} ?"
            parameters.append(to_ms(datetime(day.year, day.month, day.day, tzinfo=scope.reader.settings.tz).astimezone(UTC)))
    return sql, parameters


def _activities_by_member(scope: Scope) -> ReportTable:
    days, days_of = _moments_sql(scope, "t.at")
    owner, owner_of = _owner_sql(scope)
    counted: dict[bytes | None, dict[str, int]] = {}
    for member, kind, count in scope.reader.rows(
        f"SELECT t.owner_id, t.kind, count(*) FROM activity t WHERE {live(scope.reader, 'activity')}{days}{owner} GROUP BY 1, 2", (*days_of, *owner_of)
    ):
        counted.setdefault(member, {})[kind] = count
    names = dict(scope.reader.rows("SELECT id, name FROM member"))

    def row(title: str, of: Mapping[str, int], where: tuple[str, ...]) -> tuple[Figure, ...]:
        everything = Rows("activity", (*where, *_moments(scope, "at")))
        kinds = (Figure(of.get(kind.value, 0), Rows("activity", (f"kind = {kind.value}", *everything.where))) for kind in ACTIVITY_KINDS)
        return Figure(title, everything), *kinds, Figure(sum(of.values()), everything)

    order = sorted(counted, key=lambda member: (member is None, -sum(counted[member].values()), names.get(member) or ""))
    rows = tuple(row(names.get(member) or tr("Nobody"), counted[member], (f"owner = {UUID(bytes=member)}" if member else "owner empty",)) for member in order)
    whole = {kind.value: sum(of.get(kind.value, 0) for of in counted.values()) for kind in ACTIVITY_KINDS}
    columns = (Column("member", mark("Member")), *(Column(kind.value, kind.label, "integer") for kind in ACTIVITY_KINDS), Column("all", mark("All"), "integer"))
    return ReportTable("", "", columns, rows, row(tr("All"), whole, _owner(scope)))


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
    days, days_of = _days_sql(scope, "t.date")
    owner, owner_of = _owner_sql(scope)
    rows = []
    for title, condition, where in groups:
        sums = _summed(scope, "quote", "payable", ("t.status",), "", f" AND {condition}{days}{owner}", (*days_of, *owner_of))
        count, amount = _together(scope, sums.values())
        opens = Rows("quote", (*where, *_days(scope, "date"), *_owner(scope)))
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
        "opened": ("opened_at notempty", *_moments(scope, "opened_at")), "open": ("status in new, open, waiting",),
        "reply_late": ("status in new, open", "first_replied_at empty", f"first_reply_due_at {late}"),
        "resolution_late": ("status in new, open", "resolved_at empty", f"resolve_due_at {late}"),
        "answered": ("first_replied_at notempty", "first_reply_due_at notempty", *_moments(scope, "first_replied_at")),
    }  # fmt: skip

    def row(title: str, queue: tuple[str, ...], tickets: _Tickets) -> tuple[Figure, ...]:
        counted = (Figure(tickets.counts[name], Rows("ticket", (*queue, *where, *_owner(scope)))) for name, where in filters.items())
        kept = Rows("ticket", (f"id in {', '.join(tickets.in_time)}",)) if tickets.in_time else None
        share = ratio(len(tickets.in_time), tickets.counts["answered"])
        return (Figure(title, Rows("ticket", (*queue, *_owner(scope)))), *counted, Figure(len(tickets.in_time), kept), Figure(share, kept))

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
    opened, opened_of = _moments_sql(scope, "t.opened_at")
    replied, replied_of = _moments_sql(scope, "t.first_replied_at")
    owner, owner_of = _owner_sql(scope)
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
    return Rows(entity, (f"problem = {name}", *_owner(scope)))


def _percent(share: int | None, opens: Rows | None = None) -> Figure:
    return Figure(None if share is None else Decimal(share), opens)


REPORTS: dict[str, Report] = {report.name: report for report in (
    Report("pipeline_by_stage", mark("Pipeline by stage"), mark("Deals by stage, weighted by its win rate. Period: expected close, for won and lost ones close."), _pipeline_by_stage),
    Report("won_lost_by_month", mark("Won and lost by month"), mark("Closed deals by month. Period: close."), _by_month),
    Report("won_lost_by_owner", mark("Won and lost by owner"), mark("Closed deals by owner. Period: close."), _by_owner),
    Report("won_lost_by_source", mark("Won and lost by source"), mark("Closed deals by where they came from. Period: close."), _by_source),
    Report("lost_by_reason", mark("Lost by reason"), mark("Lost deals by the reason for the loss. Period: close."), _lost_by_reason),
    Report("win_rate", mark("Win rate"), mark("Won deals as a share of those won or lost. Period: close."), _win_rate),
    Report("sales_cycle", mark("Sales cycle"), mark("Mean number of days from opening to closing a deal. Period: close."), _sales_cycle),
    Report("activities_by_member", mark("Activities by member"), mark("Calls, mails, meetings, visits, chats and notes. Period: when they happened."), _activities_by_member),
    Report("quotes_open", mark("Open quotes"), mark("Quotes that wait for a decision, and those about to expire. Period: date of the quote."), _quotes_open),
    Report("tickets", mark("Tickets"), mark("Open and late tickets now; opened and answered ones in the period."), _tickets),
    Report("data_quality", mark("Data quality"), mark("What is missing, wrong, there twice or out of date. The period does not matter."), _data_quality),
)}  # fmt: skip
