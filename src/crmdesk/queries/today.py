"""Today: what is to be done, and how business stands. Every figure says which rows it counts; one without a source is left out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.clock import now, to_ms
from crmdesk.fields import Money, from_minor, show_money
from crmdesk.i18n import locale, mark, ntr, tr
from crmdesk.models.base import ENTITIES
from crmdesk.queries import service, tickets
from crmdesk.queries.deals import StageFacts, default_pipeline, stages
from crmdesk.queries.money import Sum, ratio
from crmdesk.queries.report_tables import Rows
from crmdesk.queries.seen import live
from crmdesk.queries.tasks import open_tasks
from crmdesk.store.schema import UPDATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from crmdesk.store.reader import Reader

BIRTHDAY_DAYS, EXPIRY_DAYS, EXPIRED_DAYS, FUNNEL_DAYS = 7, 7, 14, 90


@dataclass(frozen=True)
class ToDo:
    """One thing to do.

    Attributes:
        kind: `task`, `ticket`, `birthday` or `quote`.
        state: `overdue`, `today` or `soon`.
        chip: how soon, in a word or two.
        entity, id: what opens; a task can be ticked off here.
    """

    kind: str
    title: str
    subtitle: str
    state: str
    chip: str
    entity: str
    id: UUID


@dataclass(frozen=True)
class Tile:
    """A figure: money, a percentage with one decimal, or a count; a line that explains it; the rows that it counts.

    Attributes:
        tone: `success`, `danger` or None, for the explaining line.
    """

    name: str
    label: str
    value: Sum | Decimal | int
    note: str
    tone: str | None
    opens: Rows


@dataclass(frozen=True)
class Closing:
    """A deal that is likely to be won this month."""

    id: UUID
    name: str
    company: str
    amount: Money | None
    chance: Decimal | None


@dataclass(frozen=True)
class Step:
    """A step of the funnel."""

    label: str
    count: int
    opens: Rows | None


@dataclass(frozen=True)
class Funnel:
    """How far came what began in the last 90 days.

    Attributes:
        conversion: percent of the deals that are won by now.
        cycle_days: from opening to winning on average, over the deals won in this time.
    """

    steps: tuple[Step, ...]
    conversion: Decimal | None
    cycle_days: int | None


@dataclass(frozen=True)
class TeamFigure:
    """What a member won this quarter."""

    member_id: UUID
    name: str
    won: Sum
    count: int
    opens: Rows


@dataclass(frozen=True)
class Month:
    """What was won in a month, and what is still expected to be, weighted by the chances; None where the month is over."""

    first: date
    won: Sum
    expected: Sum | None
    opens: Rows


@dataclass(frozen=True)
class Today:
    """All that the page shows; empty parts are left out by whoever shows it."""

    greeting: str
    to_do: tuple[ToDo, ...]
    tiles: tuple[Tile, ...]
    closing: tuple[Closing, ...]
    closing_opens: Rows
    funnel: Funnel | None
    team: tuple[TeamFigure, ...]
    months: tuple[Month, ...]


def today(reader: Reader) -> Today:
    """Return what the Today page shows for the viewer."""
    day = now().astimezone(reader.settings.tz).date()
    known = stages(reader)
    opens_closing, closing = _closing(reader, day, known)
    return Today(
        greeting(reader), tuple(to_do(reader)), tuple(_tiles(reader, day, known)), closing, opens_closing, funnel(reader, day, known),
        _team(reader, day, known), _months(reader, day, known),
    )  # fmt: skip


def greeting(reader: Reader) -> str:
    """Greet the viewer by the time of day."""
    member = reader.viewer.member_id
    full = reader.value("SELECT name FROM member WHERE id = ?", (member.bytes if member else None,)) or ""
    name = full.split()[0] if full.strip() else ""
    hour = now().astimezone(reader.settings.tz).hour
    said = mark("Good morning, {name}") if 4 <= hour < 12 else mark("Good afternoon, {name}") if 12 <= hour < 18 else mark("Good evening, {name}")
    return tr(said, name=name)


# -- to do -----------------------------------------------------------------------------------------------------------------------


def to_do(reader: Reader, limit: int = 30) -> list[ToDo]:
    """Return what the viewer has to do: overdue and today's tasks, tickets to answer, quotes that expire, birthdays; the pressing first."""
    found = [*_tasks(reader, limit), *_tickets(reader), *_quotes(reader), *_birthdays(reader)]
    order = {"overdue": 0, "today": 1, "soon": 2}
    return sorted(found, key=lambda item: order[item.state])[:limit]


def _mine(reader: Reader) -> str:
    member = reader.viewer.member_id
    return f"(+t.owner_id = x'{member.hex}' OR +t.owner_id IS NULL)" if member else "1"


def _tasks(reader: Reader, limit: int) -> Iterable[ToDo]:
    for task in open_tasks(reader, owner_id=reader.viewer.member_id, limit=limit):
        if task.state not in {"overdue", "today"}:
            continue
        local = task.due_at.astimezone(reader.settings.tz) if task.due_at else None
        is_today = task.due_on == now().astimezone(reader.settings.tz).date()
        chip = local.strftime("%H:%M") if local and is_today else tr("today") if is_today else _short_day(task.due_on)
        yield ToDo("task", task.subject, " · ".join(name for name in (task.company, task.contact) if name), task.state, chip, "task", task.id)


def _tickets(reader: Reader) -> Iterable[ToDo]:
    when = now()
    for row in tickets.tickets(reader, "open", limit=50):
        due = row.due
        pressing = due.urgency(when)
        if row.owner_id not in {reader.viewer.member_id, None} or due.at is None or (due.state != "respond" and pressing not in {"late", "soon"}):
            continue
        title = tr("Ticket {number}: reply", number=row.number) if due.state == "respond" else tr("Ticket {number}: resolve", number=row.number)
        state = (
            "overdue"
            if pressing == "late"
            else "today"
            if due.at.astimezone(reader.settings.tz).date() <= when.astimezone(reader.settings.tz).date()
            else "soon"
        )
        minutes = (due.at - when) / timedelta(minutes=1)
        chip = tickets.short_time(minutes) if state == "today" else due.words(when, reader)
        yield ToDo("ticket", title, " · ".join(text for text in (row.subject, row.company) if text), state, chip, "ticket", row.id)


def _quotes(reader: Reader) -> Iterable[ToDo]:
    day = now().astimezone(reader.settings.tz).date()
    found = reader.rows(
        "SELECT t.id, t.title, c.name, t.payable, t.currency, t.valid_until FROM quote t LEFT JOIN company c ON c.id = t.company_id "  # noqa: S608
        f"WHERE t.status = 'issued' AND t.valid_until BETWEEN ? AND ? AND {live(reader, 'quote')} AND {_mine(reader)} ORDER BY t.valid_until, t.id LIMIT 10",
        ((day - timedelta(days=EXPIRED_DAYS)).isoformat(), (day + timedelta(days=EXPIRY_DAYS)).isoformat()),
    )
    for record, title, company, payable, currency, valid_until in found:
        until = date.fromisoformat(valid_until)
        code = currency or reader.settings.currency
        amount = "" if payable is None else show_money(Money(from_minor(payable, code), code), whole=True)
        said = mark("Quote {number} has expired") if until < day else mark("Quote {number} expires today") if until == day else mark("Quote {number} expires")
        state = "overdue" if until < day else "today" if until == day else "soon"
        yield ToDo(
            "quote", tr(said, number=title or ""), " · ".join(text for text in (company, amount) if text), state, _short_day(until), "quote", UUID(bytes=record)
        )


def _birthdays(reader: Reader) -> Iterable[ToDo]:
    start = now().astimezone(reader.settings.tz).date()
    days = {day.strftime("%m-%d"): day for day in (start + timedelta(days=ahead) for ahead in range(BIRTHDAY_DAYS + 1))}
    if "02-28" in days and "03-01" in days and "02-29" not in days:
        days["02-29"] = days["02-28"]
    # The inner select is answered from the index of birthdays alone.
    found = reader.rows(
        "SELECT t.id, t.name, t.birthday, c.name FROM contact t LEFT JOIN company c ON c.id = t.company_id WHERE t.id IN "  # noqa: S608
        "(SELECT id FROM contact WHERE birthday IS NOT NULL AND substr(birthday, 6) IN (SELECT value FROM json_each(?))) "
        f"AND {live(reader, 'contact')} AND {_mine(reader)} LIMIT 50",
        (json.dumps(sorted(days)),),
    )
    for day, record, name, company in sorted((days[birthday[5:10]], record, name or "", company) for record, name, birthday, company in found):
        ahead = (day - start).days
        title = (
            tr("Birthday: {name}", name=name)
            if ahead == 0
            else ntr("Birthday: {name} (in {count} day)", "Birthday: {name} (in {count} days)", ahead, name=name)
        )
        yield ToDo(
            "birthday", title, company or "", "today" if ahead == 0 else "soon", tr("today") if ahead == 0 else _short_day(day), "contact", UUID(bytes=record)
        )


def _short_day(day: date | None) -> str:
    from babel.dates import format_skeleton  # noqa: PLC0415 - the figures do without

    return "" if day is None else format_skeleton("MMMd", datetime.combine(day, datetime.min.time()), locale=locale())


# -- figures ---------------------------------------------------------------------------------------------------------------------


def _quarter(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _earlier_month(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 - months, 12)
    return date(year, month + 1, 1)


def _listed(known: Iterable[StageFacts], outcome: str) -> list[StageFacts]:
    return [stage for stage in known if stage.outcome == outcome]


def _ids(found: Sequence[StageFacts]) -> str:
    return ", ".join(f"x'{stage.id.hex}'" for stage in found) or "NULL"


def _stage_condition(found: Sequence[StageFacts]) -> str:
    return "stage in " + ", ".join(str(stage.id) for stage in found)


def _won(reader: Reader, known: Sequence[StageFacts], start: date, end: date, key: str = "NULL") -> dict[str | bytes | None, tuple[int, Sum]]:
    """Return (count, sum) of what was won from one day to before another, by a key; from the board's index alone."""
    own, live_deals = reader.settings.currency, live(reader, "deal")
    won = _ids(_listed(known, "won"))
    found: dict[str | bytes | None, tuple[int, Sum]] = {}
    rows = reader.rows(
        f"SELECT {key}, count(*), ifnull(sum(t.amount_base), 0), count(t.amount) - count(t.amount_base) FROM deal t "  # noqa: S608
        f"WHERE t.stage_id IN ({won}) AND t.closed_on >= ? AND t.closed_on < ? AND {live_deals} GROUP BY 1",
        (start.isoformat(), end.isoformat()),
    )
    for value, count, base, without_rate in rows:
        apart: tuple[tuple[str, int], ...] = ()
        if without_rate:
            apart = tuple(reader.rows(
                f"SELECT ifnull(t.currency, ''), sum(t.amount) FROM deal t WHERE t.stage_id IN ({won}) AND t.closed_on >= ? AND t.closed_on < ? AND {live_deals} "  # noqa: S608
                f"AND t.amount_base IS NULL AND t.amount IS NOT NULL AND {key} IS ? GROUP BY 1 ORDER BY 1",
                (start.isoformat(), end.isoformat(), value),
            ))  # fmt: skip
        found[value] = (count, Sum(base, own, apart))
    return found


def _weighted(reader: Reader, known: Sequence[StageFacts], more: str = "", parameters: Sequence[object] = ()) -> tuple[int, Sum, Sum]:
    """Return count, sum and weighted sum of the open deals."""
    count, amount, weighted = 0, Sum(0, reader.settings.currency), Sum(0, reader.settings.currency)
    opened = {stage.id.bytes: stage for stage in _listed(known, "open")}
    rows = reader.rows(
        "SELECT t.stage_id, iif(t.amount_base IS NULL AND t.amount IS NOT NULL, ifnull((SELECT o.currency FROM deal o WHERE o.id = t.id), ''), NULL) AS apart, count(*), "  # noqa: S608
        f"ifnull(sum(ifnull(t.amount_base, t.amount)), 0) FROM deal t WHERE t.stage_id IN ({_ids(list(opened.values()))}) AND {live(reader, 'deal')}{more} GROUP BY 1, 2",
        parameters,
    )
    for stage, apart, number, minor in rows:
        part = Sum(0, reader.settings.currency, ((apart, minor),)) if apart else Sum(minor, reader.settings.currency)
        count, amount, weighted = count + number, amount + part, weighted + part.share(opened[stage].win_rate)
    return count, amount, weighted


def _tiles(reader: Reader, day: date, known: Sequence[StageFacts]) -> Iterable[Tile]:
    quarter, tomorrow = _quarter(day), day + timedelta(days=1)
    nothing = (0, Sum(0, reader.settings.currency))
    any_deal = reader.value(f"SELECT 1 FROM deal t WHERE {live(reader, 'deal')} LIMIT 1")  # noqa: S608
    if any_deal:
        count, won = _won(reader, known, quarter, tomorrow).get(None, nothing)
        opens = Rows("deal", (_stage_condition(_listed(known, "won")), f"closed_on >= {quarter}", f"closed_on <= {day}"))
        yield Tile("won", tr("Won this quarter"), won, ntr("{count} deal", "{count} deals", count), None, opens)
        count, _, weighted = _weighted(reader, known)
        opens = Rows("deal", (_stage_condition(_listed(known, "open")),))
        yield Tile("weighted", tr("Weighted pipeline"), weighted, ntr("{count} open deal", "{count} open deals", count), None, opens)
    if (reply := _first_reply(reader)) is not None:
        yield reply
    if (offered := _open_quotes(reader, day)) is not None:
        yield offered


def _first_reply(reader: Reader) -> Tile | None:
    start = service.week_start(reader)
    this_week = service.figures(reader, start)
    percent = ratio(this_week.first_replies_in_time, this_week.first_replies)
    if percent is None:
        return None
    before = service.figures(reader, service.week_start(reader, 1), start)
    note, tone = ntr("{count} reply this week", "{count} replies this week", this_week.first_replies), None
    if (earlier := ratio(before.first_replies_in_time, before.first_replies)) is not None:
        points = round(percent - earlier)
        note = tr("{points} points against last week", points=f"{points:+d}") if points else tr("As last week")
        tone = "success" if points > 0 else "danger" if points < 0 else None
    return Tile(
        "first_reply", tr("First reply in time"), percent, note, tone, Rows("ticket", (f"first_reply_due_at >= {start.date()}", "first_reply_due_at notempty"))
    )


def _open_quotes(reader: Reader, day: date) -> Tile | None:
    rows = reader.rows(
        "SELECT iif(t.amount_base IS NULL AND t.payable IS NOT NULL, ifnull(t.currency, ''), NULL) AS apart, count(*), ifnull(sum(ifnull(t.amount_base, t.payable)), 0), "  # noqa: S608
        f"sum(t.valid_until BETWEEN ? AND ?) FROM quote t WHERE t.status = 'issued' AND {live(reader, 'quote')} GROUP BY 1",
        (day.isoformat(), (day + timedelta(days=EXPIRY_DAYS)).isoformat()),
    )
    if not rows:
        return None
    total, expiring = Sum(0, reader.settings.currency), 0
    for apart, _, minor, soon in rows:
        total += Sum(0, total.currency, ((apart, minor),)) if apart else Sum(minor, total.currency)
        expiring += soon or 0
    count = sum(row[1] for row in rows)
    note = ntr("{count} quote", "{count} quotes", count)
    if expiring:
        note = tr("{quotes} · {expiring}", quotes=note, expiring=ntr("{count} expires this week", "{count} expire this week", expiring))
    return Tile("open_quotes", tr("Open quotes"), total, note, None, Rows("quote", ("status = issued",)))


def _closing(reader: Reader, day: date, known: Sequence[StageFacts], limit: int = 6) -> tuple[Rows, tuple[Closing, ...]]:
    """Return the open deals expected to close this month, the likeliest first, and the filter that opens them all."""
    first = day.replace(day=1)
    last = _next_month(first) - timedelta(days=1)
    opened = {stage.id.bytes: stage for stage in _listed(known, "open")}
    found = reader.rows(
        "SELECT t.id, t.name, c.name, t.amount, t.currency, t.stage_id, t.amount_base FROM deal t LEFT JOIN company c ON c.id = t.company_id "  # noqa: S608
        f"WHERE t.expected_close_on BETWEEN ? AND ? AND +t.stage_id IN ({_ids(list(opened.values()))}) AND {live(reader, 'deal')}",
        (first.isoformat(), last.isoformat()),
    )
    found.sort(key=lambda row: (-(opened[row[5]].win_rate or 0), -(row[6] or 0), row[0]))
    usual = reader.settings.currency
    rows = tuple(
        Closing(
            UUID(bytes=record),
            name or "",
            company or "",
            None if amount is None else Money(from_minor(amount, currency or usual), currency or usual),
            opened[stage].win_rate,
        )
        for record, name, company, amount, currency, stage, _ in found[:limit]
    )
    return Rows("deal", (_stage_condition(list(opened.values())), f"expected_close_on >= {first}", f"expected_close_on <= {last}")), rows


# -- funnel, team, months ----------------------------------------------------------------------------------------------------------


def funnel(reader: Reader, day: date, known: Sequence[StageFacts]) -> Funnel | None:
    """Return how far the leads and deals of the last 90 days came; None without any.

    A deal that was lost counts for the stages that the journal saw it in.
    """
    since = day - timedelta(days=FUNNEL_DAYS)
    pipeline = default_pipeline(reader)
    own = [stage for stage in known if stage.pipeline_id == pipeline]
    steps_of = {stage.id.bytes: place for place, stage in enumerate(stage for stage in own if stage.outcome == "open")}
    opened = [stage for stage in own if stage.outcome == "open"]
    won = {stage.id.bytes for stage in own if stage.outcome == "won"}
    deals = reader.rows(
        f"SELECT t.id, t.stage_id FROM deal t WHERE t.opened_on >= ? AND t.opened_on <= ? AND {live(reader, 'deal')} AND +t.pipeline_id = ?",  # noqa: S608
        (since.isoformat(), day.isoformat(), pipeline.bytes if pipeline else None),
    )
    leads = reader.value(
        f"SELECT count(*) FROM lead t WHERE t.arrived_at >= ? AND {live(reader, 'lead')}",  # noqa: S608
        (to_ms(datetime.combine(since, datetime.min.time(), reader.settings.tz)),),
    )
    if not deals and not leads:
        return None
    furthest = {deal: len(opened) if stage in won else steps_of.get(stage, -1) for deal, stage in deals}
    for deal, stage in _seen_in(reader, [deal for deal, place in furthest.items() if place < 0]):
        furthest[deal] = max(furthest[deal], steps_of.get(stage, -1))
    opens = (f"opened_on >= {since}", f"opened_on <= {day}")
    steps = [Step(tr("Leads"), leads, Rows("lead", (f"arrived_at >= {since}",)))] if leads else []
    steps.append(Step(tr("Deals"), len(deals), Rows("deal", opens)))
    # The first stage is where every deal begins: it would repeat the line above.
    steps += [Step(stage.name, sum(1 for place in furthest.values() if place >= step), None) for step, stage in enumerate(opened) if step > 0]
    won_count = sum(1 for place in furthest.values() if place == len(opened))
    winning = [stage for stage in own if stage.outcome == "won"]
    steps.append(Step(tr("Won"), won_count, Rows("deal", (*opens, _stage_condition(winning))) if winning else None))
    return Funnel(tuple(steps), ratio(won_count, len(deals)), _cycle(reader, known, since, day))


def _seen_in(reader: Reader, deals: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
    """Return (deal, stage) for the stages that deals were moved out of."""
    found = reader.rows(
        "SELECT j.row, unhex(json_extract(j.changes, '$.stage_id[0]')) FROM json_each(?) d CROSS JOIN journal j ON j.tbl = ? AND j.row = unhex(d.value) "
        "WHERE j.op = ? AND json_type(j.changes, '$.stage_id') IS NOT NULL",
        (json.dumps([deal.hex() for deal in deals]), ENTITIES["deal"].entity.number, UPDATE),
    )
    return [(deal, stage) for deal, stage in found]


def _cycle(reader: Reader, known: Sequence[StageFacts], since: date, day: date) -> int | None:
    days = reader.value(
        "SELECT avg(max(0, julianday(t.closed_on) - julianday(t.opened_on))) FROM deal t "  # noqa: S608
        f"WHERE t.stage_id IN ({_ids(_listed(known, 'won'))}) AND t.closed_on >= ? AND t.closed_on <= ? AND {live(reader, 'deal')}",
        (since.isoformat(), day.isoformat()),
    )
    return None if days is None else round(days)


def _team(reader: Reader, day: date, known: Sequence[StageFacts]) -> tuple[TeamFigure, ...]:
    """Return what each member won this quarter, the most first; nobody stands there for a team of one."""
    names = {record: name or "" for record, name in reader.rows("SELECT id, name FROM member WHERE deleted_at IS NULL")}
    if len(names) < 2:
        return ()
    quarter = _quarter(day)
    found = _won(reader, known, quarter, day + timedelta(days=1), "t.owner_id")
    conditions = (_stage_condition(_listed(known, "won")), f"closed_on >= {quarter}", f"closed_on <= {day}")
    rows = [
        TeamFigure(UUID(bytes=member), names[member], won, count, Rows("deal", (*conditions, f"owner = {UUID(bytes=member)}")))
        for member, (count, won) in found.items() if isinstance(member, bytes) and member in names
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (-row.won.base, row.name)))


def _months(reader: Reader, day: date, known: Sequence[StageFacts]) -> tuple[Month, ...]:
    """Return the last eleven months and this one, and the next with what is expected; nothing where nothing was ever won or expected."""
    this = day.replace(day=1)
    start, nothing = _earlier_month(this, 10), Sum(0, reader.settings.currency)
    won = _won(reader, known, start, day + timedelta(days=1), "substr(t.closed_on, 1, 7)")
    conditions = _stage_condition(_listed(known, "won"))
    rows: list[Month] = []
    first = start
    while first <= _next_month(this):
        after = _next_month(first)
        expected = None
        if first >= this:
            _, _, expected = _weighted(reader, known, " AND t.expected_close_on >= ? AND t.expected_close_on < ?", (first.isoformat(), after.isoformat()))
        rows.append(Month(
            first, won.get(first.isoformat()[:7], (0, nothing))[1], expected,
            Rows("deal", (conditions, f"closed_on >= {first}", f"closed_on < {after}")) if first <= this
            else Rows("deal", (_stage_condition(_listed(known, "open")), f"expected_close_on >= {first}", f"expected_close_on < {after}")),
        ))  # fmt: skip
        first = after
    is_empty = all(not row.won.base and not row.won.apart and not (row.expected and row.expected.base) for row in rows)
    return () if is_empty else tuple(rows)
