"""Reports on deals: what is open, won and lost."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.i18n import mark, tr
from crmdesk.queries.deals import stages
from crmdesk.queries.finding import caseless
from crmdesk.queries.money import Sum, ratio
from crmdesk.queries.report_scope import summed, together
from crmdesk.queries.report_tables import Column, Figure, ReportTable, Rows
from crmdesk.queries.seen import live

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmdesk.queries.report_scope import Counted, Scope


def pipeline_by_stage(scope: Scope) -> ReportTable:
    """Return the deals of each stage, weighted by its win rate."""
    shown, several = stages(scope.reader), len({stage.pipeline_id for stage in stages(scope.reader)}) > 1
    names = dict(scope.reader.rows("SELECT id, name FROM pipeline"))
    owner, owner_of = scope.owner_sql()
    nothing = (0, Sum(0, scope.reader.settings.currency))
    rows, total_count, total, total_weighted = [], 0, nothing[1], nothing[1]
    for stage in shown:
        column = "expected_close_on" if stage.outcome == "open" else "closed_on"
        days, days_of = scope.days_sql(f"t.{column}")
        sums = summed(scope, "deal", "amount", ("t.stage_id",), "", f" AND t.stage_id = ?{days}{owner}", (stage.id.bytes, *days_of, *owner_of))
        count, amount = sums.get((stage.id.bytes,), nothing)
        opens = Rows("deal", (f"stage = {stage.id}", *scope.days(column), *scope.owner()))
        weighted = amount.share(stage.win_rate)
        title = tr("{pipeline}: {stage}", pipeline=names.get(stage.pipeline_id.bytes) or "", stage=stage.name) if several else stage.name
        rows.append((Figure(title, opens), Figure(stage.win_rate), Figure(count, opens), Figure(amount, opens), Figure(weighted, opens)))
        if stage.outcome == "open":
            total_count, total, total_weighted = total_count + count, total + amount, total_weighted + weighted
    opened = ", ".join(str(stage.id) for stage in shown if stage.outcome == "open")
    opens = Rows("deal", (f"stage in {opened}", *scope.days("expected_close_on"), *scope.owner()))
    return ReportTable(
        "", "", (Column("stage", mark("Stage")), Column("win_rate", mark("Win rate"), "percent"), Column("deals", mark("Deals"), "integer"),
                 Column("amount", mark("Amount"), "money"), Column("weighted", mark("Weighted"), "money")),
        tuple(rows), (Figure(tr("Open deals"), opens), Figure(None), Figure(total_count, opens), Figure(total, opens), Figure(total_weighted, opens)),
    )  # fmt: skip


def _closed(scope: Scope, key: str) -> dict[Any, dict[str, Counted]]:
    """Return won and lost deals by a key, in its commonest spelling: (count, sum) by outcome."""
    days, days_of = scope.days_sql("t.closed_on")
    owner, owner_of = scope.owner_sql()
    joins = "JOIN stage s ON s.id = t.stage_id"
    sums = summed(scope, "deal", "amount", (key, "s.outcome"), joins, f" AND s.outcome IN ('won', 'lost'){days}{owner}", (*days_of, *owner_of))
    found: dict[Any, dict[str, Counted]] = {}
    spellings: dict[Any, dict[Any, int]] = {}
    for (value, outcome), (count, amount) in sums.items():
        # What differs by capital letters alone is the same to the lists that the figures open.
        of = spellings.setdefault(caseless(value) if isinstance(value, str) else value, {})
        of[value] = of.get(value, 0) + count
        its = found.setdefault(next(iter(of)), {})
        its[outcome] = together(scope, (its.get(outcome), (count, amount)))
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
    whole = {outcome: together(scope, (found[value].get(outcome) for value in found)) for outcome in ("won", "lost")}
    columns = (
        column, Column("won", mark("Won"), "integer"), Column("won_amount", mark("Won amount"), "money"), Column("lost", mark("Lost"), "integer"),
        Column("lost_amount", mark("Lost amount"), "money"), Column("win_rate", mark("Win rate"), "percent"),
    )  # fmt: skip
    return ReportTable("", "", columns, rows, _won_lost_row(scope, tr("All"), whole, scope.days("closed_on")))


def _won_lost_row(scope: Scope, title: str, found: Mapping[str, Counted], where: tuple[str, ...]) -> tuple[Figure, ...]:
    (won, won_sum), (lost, lost_sum) = _part(scope, found, "won"), _part(scope, found, "lost")
    behind = {
        key: Rows("deal", (_stages_with(scope, *of), *where, *scope.owner())) for key, of in (("won", ("won",)), ("lost", ("lost",)), ("all", ("won", "lost")))
    }
    return (
        Figure(title, behind["all"]), Figure(won, behind["won"]), Figure(won_sum, behind["won"]), Figure(lost, behind["lost"]), Figure(lost_sum, behind["lost"]),
        Figure(ratio(won, won + lost), behind["all"]),
    )  # fmt: skip


def _part(scope: Scope, found: Mapping[str, Counted], outcome: str) -> Counted:
    """Return the deals of an outcome."""
    return found.get(outcome) or (0, Sum(0, scope.reader.settings.currency))


def won_lost_by_month(scope: Scope) -> ReportTable:
    """Return won and lost deals by the month in which they were closed."""

    def where(month: str | None) -> tuple[str, ...]:
        if month is None:
            return ("closed_on empty",)
        first = date.fromisoformat(f"{month}-01")
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return (f"closed_on >= {max(first, scope.start or first)}", f"closed_on <= {min(last, scope.end or last)}")

    return _won_lost(
        scope, "substr(t.closed_on, 1, 7)", Column("month", mark("Month")), lambda month: month or tr("Without a date"), where, by_size=False
    )  # fmt: skip


def won_lost_by_owner(scope: Scope) -> ReportTable:
    """Return won and lost deals by their owners."""
    names = dict(scope.reader.rows("SELECT id, name FROM member"))
    return _won_lost(
        scope, "t.owner_id", Column("owner", mark("Owner")), lambda owner: names.get(owner) or tr("Nobody"),
        lambda owner: (f"owner = {UUID(bytes=owner)}" if owner else "owner empty", *scope.days("closed_on")),
    )  # fmt: skip


def won_lost_by_source(scope: Scope) -> ReportTable:
    """Return won and lost deals by where they came from."""
    return _won_lost(
        scope, "nullif(t.origin, '')", Column("origin", mark("Deal source")), lambda origin: origin or tr("Not given"),
        lambda origin: (f"origin = {origin}" if origin else "origin empty", *scope.days("closed_on")),
    )  # fmt: skip


def lost_by_reason(scope: Scope) -> ReportTable:
    """Return lost deals by the reason for the loss."""
    found = {reason: of["lost"] for reason, of in _closed(scope, "nullif(t.lost_reason, '')").items() if "lost" in of}
    count, amount = together(scope, found.values())
    rows = []
    for reason in sorted(found, key=lambda reason: (reason is None, -found[reason][0], reason or "")):
        condition = f"lost_reason = {reason}" if reason else "lost_reason empty"
        opens = Rows("deal", (_stages_with(scope, "lost"), condition, *scope.days("closed_on"), *scope.owner()))
        rows.append(
            (
                Figure(reason or tr("Not given"), opens),
                Figure(found[reason][0], opens),
                Figure(found[reason][1], opens),
                Figure(ratio(found[reason][0], count), opens),
            )
        )
    opens = Rows("deal", (_stages_with(scope, "lost"), *scope.days("closed_on"), *scope.owner()))
    columns = (
        Column("reason", mark("Reason for loss")), Column("lost", mark("Lost"), "integer"), Column("lost_amount", mark("Lost amount"), "money"),
        Column("share", mark("Share"), "percent"),
    )  # fmt: skip
    return ReportTable("", "", columns, tuple(rows), (Figure(tr("All"), opens), Figure(count, opens), Figure(amount, opens), Figure(ratio(count, count))))


def win_rate(scope: Scope) -> ReportTable:
    """Return won deals as a share of those that were closed, by pipeline."""
    found = _closed(scope, "t.pipeline_id")
    names = dict(scope.reader.rows("SELECT id, name FROM pipeline"))
    columns = (
        Column("pipeline", mark("Pipeline")), Column("won", mark("Won"), "integer"), Column("lost", mark("Lost"), "integer"),
        Column("closed", mark("Closed"), "integer"), Column("win_rate", mark("Win rate"), "percent"),
    )  # fmt: skip

    def row(title: str, of: Mapping[str, Counted], where: tuple[str, ...]) -> tuple[Figure, ...]:
        full = _won_lost_row(scope, title, of, (*where, *scope.days("closed_on")))
        won, lost = _part(scope, of, "won")[0], _part(scope, of, "lost")[0]
        return full[0], full[1], full[3], Figure(won + lost, full[0].opens), full[5]

    rows = tuple(row(names.get(key) or "", found[key], (f"pipeline = {UUID(bytes=key)}",)) for key in sorted(found, key=lambda key: names.get(key) or ""))
    whole = {outcome: together(scope, (of.get(outcome) for of in found.values())) for outcome in ("won", "lost")}
    return ReportTable("", "", columns, rows, row(tr("All"), whole, ()))


def sales_cycle(scope: Scope) -> ReportTable:
    """Return how many days it took to close deals."""
    days, days_of = scope.days_sql("t.closed_on")
    owner, owner_of = scope.owner_sql()
    found = {outcome: (count, length) for outcome, count, length in scope.reader.rows(
        "SELECT s.outcome, count(*), sum(max(0, CAST(julianday(t.closed_on) - julianday(t.opened_on) AS INTEGER))) FROM deal t JOIN stage s ON s.id = t.stage_id "
        f"WHERE {live(scope.reader, 'deal')} AND s.outcome IN ('won', 'lost') AND t.opened_on IS NOT NULL AND t.closed_on IS NOT NULL{days}{owner} GROUP BY 1",
        (*days_of, *owner_of),
    )}  # fmt: skip

    def row(title: str, *outcomes: str) -> tuple[Figure, ...]:
        opens = Rows("deal", (_stages_with(scope, *outcomes), "opened_on notempty", "closed_on notempty", *scope.days("closed_on"), *scope.owner()))
        count, length = (sum(found.get(outcome, (0, 0))[n] for outcome in outcomes) for n in (0, 1))
        mean = (Decimal(length) / count).quantize(Decimal("0.1"), ROUND_HALF_UP) if count else None
        return Figure(title, opens), Figure(count, opens), Figure(mean, opens)

    columns = (Column("outcome", mark("Outcome")), Column("deals", mark("Deals"), "integer"), Column("mean_days", mark("Days from opened to closed"), "number"))
    return ReportTable("", "", columns, (row(tr("Won"), "won"), row(tr("Lost"), "lost")), row(tr("All"), "won", "lost"))
