"""Deals on the board: columns with their sums, cards with their next step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk import clock
from crmdesk.clock import moment, now_ms, to_ms
from crmdesk.errors import UserError
from crmdesk.fields import Money, from_minor, from_scaled
from crmdesk.i18n import tr
from crmdesk.models.deal import Deal, Pipeline, Stage
from crmdesk.models.names import has_cjk
from crmdesk.queries.amounts import summed
from crmdesk.queries.finding import also, condition_text, ids_by_title
from crmdesk.queries.money import Sum
from crmdesk.store.reader import IN_IDS, id_list

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from crmdesk.queries.finding import Condition
    from crmdesk.store.reader import Reader

_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class NextStep:
    """The open task of a deal that is due first.

    Attributes:
        state: `overdue`, `today` or `later`.
    """

    state: str
    task_id: UUID
    subject: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Card:
    """A deal as the board shows it.

    Attributes:
        amount: in minor units of `currency`.
        next_step: None where no task is open.
        idle_days: days without a move or an activity, once they reach the stage's patience; else None.
        quote: number (None of a draft) and status of the leading quote, or of the newest one.
    """

    id: UUID
    name: str
    stage_id: UUID
    company_id: UUID | None
    company: str | None
    amount: int | None
    currency: str
    owner_id: UUID | None
    owner: str | None
    initials: str
    expected_close_on: date | None
    closed_on: date | None
    position: int | None
    next_step: NextStep | None = None
    idle_days: int | None = None
    quote: tuple[str | None, str] | None = None

    @property
    def money(self) -> Money | None:
        """The amount with its currency."""
        return None if self.amount is None else Money(from_minor(self.amount, self.currency), self.currency)


@dataclass(frozen=True, slots=True)
class StageFacts:
    """A stage of a pipeline.

    Attributes:
        win_rate: percent.
        outcome: `open`, `won` or `lost`.
    """

    id: UUID
    name: str
    pipeline_id: UUID
    win_rate: Decimal | None
    rotting_days: int | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Column:
    """A stage on the board with all its deals counted and summed, and the first cards."""

    stage: StageFacts
    count: int
    amount: Sum
    weighted: Sum
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """A pipeline's board. `amount` and `weighted` are of the open deals."""

    pipeline_id: UUID
    name: str
    columns: tuple[Column, ...]
    amount: Sum
    weighted: Sum


def pipelines(reader: Reader) -> list[tuple[UUID, str]]:
    """Return (id, name) of the pipelines in their order."""
    found = reader.rows("SELECT id, name FROM pipeline WHERE deleted_at IS NULL ORDER BY position IS NULL, position, sort_key, id")
    return [(UUID(bytes=pipeline), name or "") for pipeline, name in found]


def default_pipeline(reader: Reader) -> UUID | None:
    """Return the usual pipeline: the one that the settings name, by id or name, else the first; None if there is none."""
    known = pipelines(reader)
    if wanted := reader.settings.pipeline:
        named = {UUID(bytes=found) for found in ids_by_title(reader, Pipeline, wanted)}
        known = [entry for entry in known if entry[0] in named] or known
    return known[0][0] if known else None


def stages(reader: Reader, pipeline_id: UUID | None = None) -> list[StageFacts]:
    """Return the stages of one pipeline or of all, in their order."""
    found = reader.rows(
        "SELECT s.id, s.name, s.pipeline_id, s.win_rate, s.rotting_days, ifnull(s.outcome, 'open') FROM stage s JOIN pipeline p ON p.id = s.pipeline_id "
        "WHERE s.deleted_at IS NULL AND p.deleted_at IS NULL AND (?1 IS NULL OR s.pipeline_id = ?1) "
        "ORDER BY p.position IS NULL, p.position, p.sort_key, p.id, s.position IS NULL, s.position, s.id",
        (pipeline_id.bytes if pipeline_id else None,),
    )
    return [
        StageFacts(UUID(bytes=stage), name or "", UUID(bytes=pipeline), None if rate is None else from_scaled(rate), rotting, outcome)
        for stage, name, pipeline, rate, rotting, outcome in found
    ]


def stage_named(reader: Reader, text: str, deal_id: UUID | None = None) -> UUID:
    """Return the stage that a text means, by id or name; of several of one name that of the deal's pipeline, else of the usual one.

    Raises:
        UserError: there is none.
    """
    found = {UUID(bytes=stage) for stage in ids_by_title(reader, Stage, text)}
    known = [stage for stage in stages(reader) if stage.id in found]
    if not known:
        raise UserError(tr("There is no stage “{text}”.", text=text), field="stage")
    own = reader.value("SELECT pipeline_id FROM deal WHERE id = ?", (deal_id.bytes,)) if deal_id else None
    wanted = UUID(bytes=own) if own else default_pipeline(reader)
    return next((stage.id for stage in known if stage.pipeline_id == wanted), known[0].id)


def board(
    reader: Reader,
    pipeline_id: UUID | None = None,
    owner_id: UUID | None = None,
    limit: int = 50,
    closed_since: date | None = None,
    where: Sequence[Condition] = (),
) -> Board:
    """Return a pipeline's board, the usual one's by default.

    Args:
        limit: how many cards of each column.
        closed_since: leave out deals that were won or lost before.
        where: further conditions; sums and counts follow them.
    Raises:
        UserError: there is no pipeline.
    """
    pipeline_id = pipeline_id or default_pipeline(reader)
    name = reader.value("SELECT name FROM pipeline WHERE id = ? AND deleted_at IS NULL", (pipeline_id.bytes,)) if pipeline_id else None
    if pipeline_id is None or name is None:
        raise UserError(tr("There is no such pipeline."))
    shown = stages(reader, pipeline_id)
    counted = _sums(reader, shown, owner_id, closed_since, where)
    found = [row for stage in shown for row in _card_rows(reader, stage, owner_id, limit, closed_since, None, where)]
    cards = _finished(reader, found, {stage.id.bytes: stage for stage in shown})
    nothing = Sum(0, reader.settings.currency)
    by_stage: dict[UUID, list[Card]] = {}
    for card in cards:
        by_stage.setdefault(card.stage_id, []).append(card)
    columns = []
    for stage in shown:
        count, amount = counted.get(stage.id.bytes, (0, nothing))
        columns.append(Column(stage, count, amount, amount.share(stage.win_rate), tuple(by_stage.get(stage.id, ()))))
    opened = [column for column in columns if column.stage.outcome == "open"]
    amount, weighted = sum((column.amount for column in opened), nothing), sum((column.weighted for column in opened), nothing)
    return Board(pipeline_id, name, tuple(columns), amount, weighted)


def cards(
    reader: Reader,
    stage_id: UUID,
    owner_id: UUID | None = None,
    after: Card | None = None,
    limit: int = 50,
    closed_since: date | None = None,
    where: Sequence[Condition] = (),
) -> tuple[Card, ...]:
    """Return the cards of a column below a given one, as the board loads them while it scrolls."""
    stage = next((stage for stage in stages(reader) if stage.id == stage_id), None)
    if stage is None:
        return ()
    found = _card_rows(reader, stage, owner_id, limit, closed_since, after, where)
    return _finished(reader, found, {stage_id.bytes: stage})


def _limits(reader: Reader, stage: StageFacts | None, owner_id: UUID | None, closed_since: date | None, where: Sequence[Condition]) -> tuple[str, list[Any]]:
    """Return the condition of what the viewer sees, of the owner and all else that is asked for, and of the age of what is closed."""
    viewer, sql, parameters = reader.viewer, "d.deleted_at IS NULL", list[Any]()
    for owner in (viewer.member_id if viewer.sees_only_own else None, owner_id):
        if owner:
            sql += " AND d.owner_id = ?"
            parameters.append(owner.bytes)
    if closed_since and stage and stage.outcome != "open":
        sql += " AND d.closed_on >= ?"
        parameters.append(closed_since.isoformat())
    more = also(Deal, where, reader, "d")
    return sql + more.sql, [*parameters, *more.parameters]


def _sums(
    reader: Reader, shown: Sequence[StageFacts], owner_id: UUID | None, closed_since: date | None, where: Sequence[Condition]
) -> dict[bytes, tuple[int, Sum]]:
    """Return count and sum by stage; one pass over the covering index `deal_on_board`."""
    found: dict[bytes, tuple[int, Sum]] = {}
    for stage in shown:
        limits, parameters = _limits(reader, stage, owner_id, closed_since, where)
        found[stage.id.bytes] = summed(reader, "deal", f"d.stage_id = ? AND {limits}", (stage.id.bytes, *parameters), "INDEXED BY deal_on_board", "d")
    return found


MONTHS_AHEAD = 6


@dataclass(frozen=True, slots=True)
class Expected:
    """The open deals that are expected to close in one stretch of time.

    Attributes:
        kind: `late` (the day has passed), `month`, `later`, or `none` without a day.
        first: the first day of the month.
        weighted: the amounts by the win rates of their stages.
        opens: the deals that are counted, as conditions.
    """

    kind: str
    first: date | None
    count: int
    amount: Sum
    weighted: Sum
    opens: tuple[str, ...]


def forecast(reader: Reader, pipeline_id: UUID, owner_id: UUID | None = None, where: Sequence[Condition] = ()) -> tuple[Expected, ...]:
    """Return what is expected of a pipeline's open deals: the late ones, this month and the next, what comes later, and what has no day."""
    today = clock.today(reader.settings.tz)
    firsts = [today.replace(day=1)]
    while len(firsts) <= MONTHS_AHEAD:
        firsts.append((firsts[-1] + timedelta(days=31)).replace(day=1))
    opened = [stage for stage in stages(reader, pipeline_id) if stage.outcome == "open"]
    sums = _expected_sums(reader, opened, owner_id, where, today, firsts[-1])
    always = (
        f"pipeline = {pipeline_id}",
        "stage in " + ", ".join(str(stage.id) for stage in opened),
        *([f"owner = {owner_id}"] if owner_id else []),
        *map(condition_text, where),
    )
    months = [
        ("month", first, first.isoformat()[:7], (f"expected_close_on >= {max(first, today)}", f"expected_close_on < {after}")) for first, after in pairwise(firsts)
    ]  # fmt: skip
    parts: list[tuple[str, date | None, str, tuple[str, ...]]] = [
        ("late", None, "late", (f"expected_close_on < {today}",)), *months, ("later", None, "later", (f"expected_close_on >= {firsts[-1]}",)),
        ("none", None, "none", ("expected_close_on empty",)),
    ]  # fmt: skip
    nothing = Sum(0, reader.settings.currency)
    found = []
    for kind, first, key, opens in parts:
        of_stages = [(stage, *sums.get((stage.id.bytes, key), (0, nothing))) for stage in opened]
        found.append(Expected(
            kind, first, sum(count for _, count, _ in of_stages), sum((amount for _, _, amount in of_stages), nothing),
            sum((amount.share(stage.win_rate) for stage, _, amount in of_stages), nothing), (*always, *opens),
        ))  # fmt: skip
    return tuple(found)


def _expected_sums(
    reader: Reader, opened: Sequence[StageFacts], owner_id: UUID | None, where: Sequence[Condition], today: date, end: date
) -> dict[tuple[bytes, str], tuple[int, Sum]]:
    """Return count and sum by stage and stretch of time: `late`, a month such as `2026-11`, `later`, `none`."""
    limits, parameters = _limits(reader, None, owner_id, None, where)
    listed = ", ".join(f"x'{stage.id.hex}'" for stage in opened) or "NULL"
    day = "d.expected_close_on"
    part = f"CASE WHEN {day} IS NULL THEN 'none' WHEN {day} < '{today}' THEN 'late' WHEN {day} >= '{end}' THEN 'later' ELSE substr({day}, 1, 7) END"
    among = f"FROM deal d WHERE d.stage_id IN ({listed}) AND {limits}"
    apart: dict[tuple[bytes, str], list[tuple[str, int]]] = {}
    without_rate = "AND d.amount_base IS NULL AND d.amount IS NOT NULL"
    for stage, key, currency, amount in reader.rows(
        f"SELECT d.stage_id, {part}, d.currency, sum(d.amount) {among} {without_rate} GROUP BY 1, 2, 3 ORDER BY 3", parameters
    ):  # noqa: S608
        apart.setdefault((stage, key), []).append((currency, amount))
    rows = reader.rows(f"SELECT d.stage_id, {part}, count(*), ifnull(sum(d.amount_base), 0) {among} GROUP BY 1, 2", parameters)  # noqa: S608
    return {(stage, key): (count, Sum(base, reader.settings.currency, tuple(apart.get((stage, key), ())))) for stage, key, count, base in rows}


_CARD = """SELECT d.id, d.name, d.stage_id, d.company_id, c.name, d.amount, d.currency, d.owner_id, d.expected_close_on, d.closed_on, d.position, d.stage_since, d.quote_id
    FROM (SELECT d.id, d.position FROM deal d INDEXED BY deal_on_board WHERE d.stage_id = ? AND {limits} ORDER BY d.position DESC, d.id DESC LIMIT ?) k
    JOIN deal d ON d.id = k.id LEFT JOIN company c ON c.id = d.company_id ORDER BY k.position DESC, k.id DESC"""


def _card_rows(
    reader: Reader, stage: StageFacts, owner_id: UUID | None, limit: int, closed_since: date | None, after: Card | None, where: Sequence[Condition]
) -> list[tuple[Any, ...]]:
    limits, parameters = _limits(reader, stage, owner_id, closed_since, where)
    if after is not None and after.position is None:
        limits += " AND d.position IS NULL AND d.id < ?"
        parameters.append(after.id.bytes)
    elif after is not None:
        limits += " AND (d.position IS NULL OR (d.position, d.id) < (?, ?))"
        parameters += [after.position, after.id.bytes]
    return reader.rows(_CARD.format(limits=limits), (stage.id.bytes, *parameters, limit))


def _finished(reader: Reader, found: Sequence[tuple[Any, ...]], by_id: dict[bytes, StageFacts]) -> tuple[Card, ...]:
    """Make cards of rows, with their next steps, quotes and idle days: one statement for each of these, not one per card."""
    own = reader.settings.currency
    wanted = id_list(row[0] for row in found)
    members = {member: (UUID(bytes=member), name or "", initials_of(name or "")) for member, name in reader.rows("SELECT id, name FROM member")}
    nobody: tuple[UUID | None, str | None, str] = (None, None, "")
    steps, quotes, idle = _next_steps(reader, wanted), _quotes(reader, wanted), _idle(reader, found, by_id)
    made = []
    for deal, name, stage, company_id, company, amount, currency, owner, expected, closed, position, _, leading in found:
        offered = quotes.get(deal, {})
        owner_id, owner_name, short = members.get(owner, nobody)
        made.append(Card(
            UUID(bytes=deal), name or "", by_id[stage].id, company_id and UUID(bytes=company_id), company, amount, currency or own, owner_id, owner_name, short,
            expected and date.fromisoformat(expected), closed and date.fromisoformat(closed), position,
            steps.get(deal), idle.get(deal), offered.get(leading) or next(iter(offered.values()), None),
        ))  # fmt: skip
    return tuple(made)


def initials_of(name: str) -> str:
    """Return a person's initials for a small round sign: MB for Maria Becker, 王 for 王小明."""
    parts = name.split()
    if not parts:
        return ""
    if has_cjk(name):
        return parts[0][0]
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()


def _next_steps(reader: Reader, wanted: str) -> dict[bytes, NextStep]:
    zone = reader.settings.tz
    now = moment(now_ms())
    today = now.astimezone(zone).date()
    first: dict[bytes, tuple[tuple[bool, str, int], NextStep]] = {}
    tasks = reader.rows(f"SELECT deal_id, id, subject, due_on, due_at FROM task WHERE deal_id {IN_IDS} AND done_at IS NULL AND deleted_at IS NULL", (wanted,))
    for deal, task, subject, due_on, due_at in tasks:
        day = date.fromisoformat(due_on) if due_on else moment(due_at).astimezone(zone).date() if due_at else None
        order = (day is None, day.isoformat() if day else "", due_at or 0)
        if deal in first and first[deal][0] <= order:
            continue
        late = day is not None and (day < today or (due_at is not None and due_at < to_ms(now)))
        state = "overdue" if late else "today" if day == today else "later"
        first[deal] = (order, NextStep(state, UUID(bytes=task), subject or "", day))
    return {deal: step for deal, (_, step) in first.items()}


def _quotes(reader: Reader, wanted: str) -> dict[bytes, dict[bytes, tuple[str | None, str]]]:
    """Return (number, status) of each deal's quotes by the quote's id, the newest first; superseded ones only lead."""
    found: dict[bytes, dict[bytes, tuple[str | None, str]]] = {}
    rows = reader.rows(
        f"SELECT deal_id, id, number, ifnull(status, 'draft') FROM quote WHERE deal_id {IN_IDS} AND deleted_at IS NULL AND ifnull(status, '') <> 'superseded' ORDER BY id DESC",
        (wanted,),
    )
    for deal, quote, number, status in rows:
        found.setdefault(deal, {})[quote] = (number, status)
    return found


def _idle(reader: Reader, found: Sequence[tuple[Any, ...]], by_id: dict[bytes, StageFacts]) -> dict[bytes, int]:
    """Return the idle days of deals that stand in their stage for longer than its patience, counted from the last move or activity."""
    now = now_ms()
    since: dict[bytes, tuple[int, int]] = {}
    for row in found:
        patience = by_id[row[2]].rotting_days
        if patience and row[11] is not None and by_id[row[2]].outcome == "open" and now - row[11] >= patience * _DAY_MS:
            since[row[0]] = (row[11], patience)
    if not since:
        return {}
    spoke = dict(
        reader.rows(f"SELECT deal_id, max(at) FROM activity WHERE deal_id {IN_IDS} AND deleted_at IS NULL AND at <= ? GROUP BY 1", (id_list(since), now))
    )
    days = {deal: (now - max(moved, spoke.get(deal) or 0)) // _DAY_MS for deal, (moved, _) in since.items()}
    return {deal: count for deal, count in days.items() if count >= since[deal][1]}
