"""The clocks of tickets against a model that counts minute by minute, over changes to summer and winter time, holidays and pauses."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmdesk import clock
from crmdesk.errors import UserError
from crmdesk.operations import records, tickets, workspace
from crmdesk.queries import service
from crmdesk.queries import tickets as queries
from crmdesk.store import Store, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from uuid import UUID

    from crmdesk.store.keys import Key

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = (("08:00", "12:00", "13:00", "17:00"),) * 4 + (("08:00", "13:00"), (), ("00:00", "06:00"))
HOLIDAYS = (date(2026, 3, 27), date(2026, 4, 3), date(2026, 10, 26))
SPECIAL = {
    date(2026, 3, 26): "08:00-12:00",
    date(2026, 3, 28): "10:00-14:00, 15:00-16:00",
    date(2026, 10, 24): "22:00-24:00",
    date(2026, 10, 30): "09:30-11:00",
}
PROMISES = {"urgent": (30, 240), "high": (120, 960), "normal": (480, None), "low": (None, 4000)}
DAYS = 100


def _minute(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


class Minutes:
    """Which minutes from a moment on are working time, each looked at by itself."""

    def __init__(self, start: datetime) -> None:
        self.start = start
        self.done = [0]
        spans = [[(_minute(first), _minute(last)) for first, last in zip(day[::2], day[1::2], strict=True)] for day in HOURS]
        for number in range(DAYS * 1440):
            local = (start + timedelta(minutes=number)).astimezone(BERLIN)
            at = local.hour * 60 + local.minute
            today = [tuple(_minute(mark) for mark in pair.split("-")) for pair in SPECIAL.get(local.date(), "").split(", ") if pair] or spans[local.weekday()]
            is_open = local.date() not in HOLIDAYS and any(first <= at < last for first, last in today)
            self.done.append(self.done[-1] + is_open)

    def worked(self, first: int, last: int) -> int:
        return self.done[last] - self.done[first]

    def due(self, first: int, minutes: int | None) -> datetime | None:
        if minutes is None:
            return None
        last = next(place for place in range(first, len(self.done)) if self.worked(first, place) >= minutes)
        return self.start + timedelta(minutes=last)


class Model:
    """One ticket: since when it waits for somebody else than us, how long it did, and what was promised."""

    def __init__(self, minutes: Minutes, opened: int) -> None:
        self.minutes, self.opened = minutes, opened
        self.status, self.priority, self.waited = "new", "normal", 0
        self.still_since: int | None = None
        self.is_answered = False
        self.first_due = self.end_due = None
        self.promise()

    def promise(self) -> None:
        first, end = PROMISES[self.priority]
        if not self.is_answered:
            self.first_due = self.minutes.due(self.opened, None if first is None else first + self.waited)
        if self.status not in {"resolved", "closed"}:
            self.end_due = self.minutes.due(self.opened, None if end is None else end + self.waited)

    def become(self, status: str, now: int) -> None:
        is_still, was_waiting = status in {"waiting", "resolved", "closed"}, self.status == "waiting"
        if self.still_since is not None and (not is_still or (was_waiting != (status == "waiting"))):
            self.waited += self.minutes.worked(self.still_since, now)
            self.status = "open"  # the promise of what was done with holds again
            self.promise()
            self.still_since = None
        self.status = status
        if is_still and self.still_since is None:
            self.still_since = now

    def do(self, what: str, now: int) -> None:
        match what:
            case "reply" | "reply and wait":
                if what == "reply and wait":
                    self.is_answered = True
                    self.become("waiting", now)
                elif self.status in {"new", "closed"}:
                    self.is_answered = True
                    self.become("open", now)
                self.is_answered = True
            case "receive" if self.status in {"waiting", "resolved", "closed"}:
                self.become("open", now)
            case "resolve" | "close" | "reopen":
                self.become({"resolve": "resolved", "close": "closed", "reopen": "open"}[what], now)
            case "urgent" | "high" | "normal" | "low":
                self.priority = what
                self.promise()
            case "to new" | "to open" | "to waiting" | "to resolved" | "to closed":
                self.become(what[3:], now)


def act(store: Store, ticket: UUID, what: str) -> None:
    match what:
        case "reply" | "reply and wait":
            store.run(tickets.reply, ticket, "We are on it.", wait=what == "reply and wait")
        case "receive":
            store.run(tickets.receive, ticket, "It still beeps.")
        case "note":
            store.run(tickets.note, ticket, "Odd.")
        case "resolve" | "close" | "reopen":
            store.run(getattr(tickets, what), ticket)
        case "urgent" | "high" | "normal" | "low":
            store.run(records.edit, "ticket", [ticket], {"priority": what})
        case _:
            store.run(records.edit, "ticket", [ticket], {"status": what[3:]})


DEEDS = [
    "reply", "reply and wait", "receive", "note", "resolve", "close", "reopen", "urgent", "high", "low", "normal", "to new", "to open", "to waiting", "to resolved", "to closed",
]  # fmt: skip
STARTS = [datetime(2026, 3, 24, 7, 0, tzinfo=UTC), datetime(2026, 10, 20, 12, 0, tzinfo=UTC)]
CALENDARS = {start: Minutes(start) for start in STARTS}


@pytest.fixture(scope="module")
def served(template: tuple[Path, Key], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = shutil.copy(template[0], tmp_path_factory.mktemp("clocks") / "clocks.crmdesk")
    with open_store(path, key=template[1].__class__(template[1].reveal()), anywhere=True) as store:
        store.run(records.change_settings, {"zone": "Europe/Berlin", "hours": [list(day) for day in HOURS]})
        for day in HOLIDAYS:
            store.run(workspace.add_holiday, day)
        for day, hours in SPECIAL.items():
            store.run(workspace.add_holiday, day, "Half a day", hours)
        with store.read() as reader:
            level = service.level_of(reader, None, None)
        assert level is not None
        promised = {
            f"{name}_{what}_minutes": minutes for name, pair in PROMISES.items() for what, minutes in zip(("first_reply", "resolution"), pair, strict=True)
        }
        store.run(records.edit, "service_level", [level.id], promised)
        yield store


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    start=st.sampled_from(STARTS), wait=st.integers(0, 8000), steps=st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 5000)), min_size=1, max_size=12)
)
def test_due_times_are_those_of_counting_minute_by_minute(served: Store, start: datetime, wait: int, steps: list[tuple[str, int]]) -> None:
    minutes = CALENDARS[start]
    with clock.frozen(start) as advance:
        advance(wait * 60)
        ticket, model, now = served.run(tickets.open_ticket, "Alarm"), Model(minutes, wait), wait
        for what, later in steps:
            advance(later * 60)
            now += later
            try:
                act(served, ticket, what)
            except UserError:
                continue
            model.do(what, now)
            with served.read() as reader:
                shown = queries.page(reader, ticket)
            assert (shown.ticket.status, shown.first_reply_due_at, shown.resolve_due_at) == (model.status, model.first_due, model.end_due), (what, now)
