"""Tasks: planned, done, repeated, put off."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmdesk import clock
from crmdesk.errors import UserError
from crmdesk.models.calendar import calendar_of
from crmdesk.operations import records, tasks, workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from crmdesk.store import Store

pytestmark = pytest.mark.usefixtures("days_pass")
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def days_pass() -> Iterator[Callable[[float], None]]:
    """Let it be Saturday, 31 January 2026, noon; calling it lets days pass."""
    with clock.frozen(datetime(2026, 1, 31, 12, 0, tzinfo=BERLIN)) as advance:
        yield lambda days: advance(days * 86_400)


def values(store: Store, task: UUID, *columns: str) -> Any:
    with store.read() as reader:
        found = reader.one(f"SELECT {', '.join(columns)} FROM task WHERE id = ? AND deleted_at IS NULL", (task.bytes,)) or ()
    return found[0] if len(found) == 1 else found


def test_a_task_due_at_a_moment_is_due_on_that_day_of_the_stores_zone(store: Store) -> None:
    task = store.run(tasks.add, "Call Maria", due_at=datetime(2026, 2, 1, 23, 30, tzinfo=UTC))
    assert values(store, task, "due_on", "owner_id") == ("2026-02-02", store.viewer.member_id.bytes)  # type: ignore[union-attr]


def test_a_task_that_repeats_monthly_on_the_31st_stays_at_the_months_end(store: Store, days_pass: Callable[[float], None]) -> None:
    task = store.run(tasks.add, "Close the month", due_on=date(2026, 1, 31), repeats="month")
    seen = []
    for _ in range(4):
        (task,) = store.run(tasks.done, [task])
        seen.append(values(store, task, "due_on"))
    assert seen == ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]


def test_every_computer_makes_the_same_next_occurrence(store: Store) -> None:
    task = store.run(tasks.add, "Weekly call", due_on=date(2026, 2, 2), repeats="week", repeat_every=2)
    (first,) = store.run(tasks.done, [task])
    store.undo()
    (second,) = store.run(tasks.done, [task])
    assert first == second
    assert values(store, second, "due_on", "done_at") == ("2026-02-16", None)


def test_what_was_long_overdue_comes_again_in_the_future_only(store: Store, days_pass: Callable[[float], None]) -> None:
    task = store.run(tasks.add, "Weekly call", due_on=date(2026, 2, 2), repeats="week")
    days_pass(30)  # Monday, 2 March
    (following,) = store.run(tasks.done, [task])
    assert values(store, following, "due_on") == "2026-03-02"


def test_the_clock_shows_the_same_after_the_change_to_summer_time(store: Store) -> None:
    at = datetime(2026, 3, 23, 10, 0, tzinfo=BERLIN)
    task = store.run(tasks.add, "Weekly call", due_at=at, remind_at=datetime(2026, 3, 22, 18, 0, tzinfo=BERLIN), repeats="week")
    (following,) = store.run(tasks.done, [task])
    due, remind = (clock.moment(ms).astimezone(BERLIN) for ms in values(store, following, "due_at", "remind_at"))
    assert (due, remind) == (datetime(2026, 3, 30, 10, 0, tzinfo=BERLIN), datetime(2026, 3, 29, 18, 0, tzinfo=BERLIN))


def test_a_time_that_the_change_to_summer_time_skips_is_kept_for_the_days_after(store: Store, days_pass: Callable[[float], None]) -> None:
    days_pass(56)  # Saturday, 28 March: the next night has no 02:30
    task = store.run(
        tasks.add, "Night run", due_at=datetime(2026, 3, 28, 2, 30, tzinfo=BERLIN), remind_at=datetime(2026, 3, 28, 2, 15, tzinfo=BERLIN), repeats="day"
    )
    seen = []
    for _ in range(3):
        days_pass(1)
        (task,) = store.run(tasks.done, [task])
        seen.append([clock.moment(ms).astimezone(BERLIN).strftime("%d %H:%M") for ms in values(store, task, "due_at", "remind_at")])
    assert seen == [["29 03:30", "29 03:15"], ["30 02:30", "30 02:15"], ["31 02:30", "31 02:15"]]


def test_a_time_that_was_chosen_on_the_day_of_the_change_stays(store: Store, days_pass: Callable[[float], None]) -> None:
    days_pass(56)
    task = store.run(tasks.add, "Night run", due_at=datetime(2026, 3, 28, 2, 30, tzinfo=BERLIN), repeats="day")
    (task,) = store.run(tasks.done, [task])
    store.run(records.edit, "task", [task], {"due_at": "2026-03-29 03:45"})
    days_pass(1)
    (task,) = store.run(tasks.done, [task])
    assert clock.moment(values(store, task, "due_at")).astimezone(BERLIN).strftime("%d %H:%M") == "30 03:45"


def test_unticking_takes_the_next_occurrence_away_and_ticking_brings_it_back(store: Store) -> None:
    task = store.run(tasks.add, "Weekly call", due_on=date(2026, 2, 2), repeats="week")
    (following,) = store.run(tasks.done, [task])
    store.run(tasks.reopen, [task])
    assert values(store, following, "id") == ()
    assert values(store, task, "done_at") is None
    assert store.run(tasks.done, [task]) == [following]
    assert values(store, following, "due_on") == "2026-02-09"


def test_a_task_ticked_off_by_its_field_comes_again_too(store: Store) -> None:
    task = store.run(records.add, "task", {"subject": "Report", "due_on": "2026-01-31", "repeats": "month"})
    store.run(records.edit, "task", [task], {"done_at": "2026-01-31 12:00"})
    with store.read() as reader:
        assert reader.rows("SELECT due_on, repeats_from FROM task WHERE done_at IS NULL") == [("2026-02-28", "2026-01-31")]
    store.run(records.edit, "task", [task], {"done_at": ""})
    with store.read() as reader:
        assert reader.rows("SELECT due_on FROM task WHERE done_at IS NULL AND deleted_at IS NULL") == [("2026-01-31",)]


def test_a_task_added_by_its_fields_holds_the_same_rules(store: Store) -> None:
    with pytest.raises(UserError, match="needs a day"):
        store.run(records.add, "task", {"subject": "Report", "repeats": "month"})
    task = store.run(records.add, "task", {"subject": "Report", "due_at": "2026-02-02 00:30"})
    assert values(store, task, "due_on") == "2026-02-02"
    store.run(records.edit, "task", [task], {"due_on": "2026-02-05"})
    assert values(store, task, "due_on", "due_at") == ("2026-02-05", clock.to_ms(datetime(2026, 2, 5, 0, 30, tzinfo=BERLIN)))


def test_ticking_twice_is_ticking_once(store: Store) -> None:
    task = store.run(tasks.add, "Weekly call", due_on=date(2026, 2, 2), repeats="week")
    store.run(tasks.done, [task])
    assert store.run(tasks.done, [task]) == []


def test_a_task_is_put_off_with_its_reminder(store: Store) -> None:
    task = store.run(tasks.add, "Call", due_at=datetime(2026, 2, 2, 10, 0, tzinfo=BERLIN), remind_at=datetime(2026, 2, 2, 9, 45, tzinfo=BERLIN))
    store.run(tasks.snooze, [task], date(2026, 2, 5))
    due, remind = (clock.moment(ms).astimezone(BERLIN) for ms in values(store, task, "due_at", "remind_at"))
    assert (due, remind) == (datetime(2026, 2, 5, 10, 0, tzinfo=BERLIN), datetime(2026, 2, 5, 9, 45, tzinfo=BERLIN))
    store.run(tasks.snooze, [task], datetime(2026, 2, 6, 14, 0, tzinfo=BERLIN))
    assert values(store, task, "due_on") == "2026-02-06"
    assert clock.moment(values(store, task, "remind_at")).astimezone(BERLIN).strftime("%H:%M") == "13:45"


def test_a_task_without_time_stays_without_time_when_put_off(store: Store) -> None:
    task = store.run(tasks.add, "Send quote", due_on=date(2026, 2, 2), remind_at=datetime(2026, 2, 2, 9, 0, tzinfo=BERLIN))
    store.run(tasks.snooze, [task], date(2026, 2, 3))
    assert values(store, task, "due_on", "due_at") == ("2026-02-03", None)
    assert clock.moment(values(store, task, "remind_at")).astimezone(BERLIN).strftime("%d %H:%M") == "03 09:00"


def test_what_repeats_until_a_day_ends_there(store: Store) -> None:
    task = store.run(tasks.add, "Daily stand-up", due_on=date(2027, 1, 29), repeats="day", repeats_until=date(2027, 1, 30))
    (following,) = store.run(tasks.done, [task])
    assert store.run(tasks.done, [following]) == []
    assert store.run(records.edit, "task", [following], {"repeats": ""}) == 1
    with store.read() as reader:
        assert reader.one("SELECT repeats_from, repeats_until FROM task WHERE id = ?", (following.bytes,)) == (None, None)


@pytest.mark.parametrize(("repeats", "every"), [("year", 1000), ("month", 1000), ("day", 1000)])
def test_a_task_that_repeats_further_off_than_days_go_ends_with_the_last_one(store: Store, repeats: str, every: int) -> None:
    task = store.run(tasks.add, "Renew the licence", due_on=date(2199, 12, 1), repeats=repeats, repeat_every=every)
    assert store.run(tasks.done, [task]) == []
    assert values(store, task, "done_at") is not None


def test_a_task_of_working_days_leaves_weekends_and_holidays_out(store: Store) -> None:
    with clock.frozen(datetime(2026, 12, 23, 9, tzinfo=UTC)):
        store.run(workspace.add_holiday, date(2026, 12, 25), "Christmas")
        store.run(workspace.add_holiday, date(2026, 12, 26), "Stocktaking", "09:00-12:00")
        task, days = store.run(tasks.add, "Post", due_on=date(2026, 12, 23), repeats="workday"), []
        for _ in range(3):
            (task,) = store.run(tasks.done, [task])
            with store.read() as reader:
                days.append(reader.value("SELECT due_on FROM task WHERE id = ?", (task.bytes,)))
    assert days == ["2026-12-24", "2026-12-26", "2026-12-28"]


def test_a_task_whose_day_is_taken_away_has_no_time_either(store: Store) -> None:
    task = store.run(tasks.add, "Call", due_at=datetime(2026, 2, 2, 9, tzinfo=UTC))
    store.run(records.edit, "task", [task], {"due_on": ""})
    with store.read() as reader:
        assert reader.one("SELECT due_on, due_at FROM task WHERE id = ?", (task.bytes,)) == (None, None)


def test_what_repeats_needs_a_day(store: Store) -> None:
    with pytest.raises(UserError, match="needs a day"):
        store.run(tasks.add, "Weekly call", repeats="week")
    with pytest.raises(UserError, match="between 1 and 1000"):
        store.run(tasks.add, "Weekly call", due_on=date(2026, 2, 2), repeats="week", repeat_every=0)


OFFICE = calendar_of((("09:00", "17:00"),) * 5 + ((), ()), UTC, [date(2026, 12, 25)], [(date(2026, 12, 26), ("09:00", "12:00"))])


def falls_on(day: date, first: date, repeats: str, every: int) -> bool:
    """Say whether a day belongs to a series, looked at by itself."""
    days, months = (day - first).days, (day.year - first.year) * 12 + day.month - first.month
    last_of_month = (day + timedelta(days=1)).day == 1
    match repeats:
        case "day":
            return days % every == 0
        case "week":
            return days % (7 * every) == 0
        case "workday":
            between = [first + timedelta(days=n) for n in range(1, days + 1)]
            working = [one for one in between if (one.weekday() < 5 and one != date(2026, 12, 25)) or one == date(2026, 12, 26)]
            return day in working and len(working) % every == 0
        case _:
            step = every * (12 if repeats == "year" else 1)
            return months % step == 0 and (day.day == first.day or (last_of_month and day.day < first.day))


@given(st.dates(date(2020, 1, 1), date(2027, 1, 1)), st.sampled_from(["day", "workday", "week", "month", "year"]), st.integers(1, 14), st.integers(-400, 400))
@example(date(2024, 2, 29), "year", 1, 0)
@example(date(2024, 2, 29), "year", 4, 0)
@example(date(2026, 1, 31), "month", 1, 30)
@example(date(2026, 12, 24), "workday", 1, 0)
def test_the_next_day_is_the_first_of_the_series_that_is_later_and_not_past(first: date, repeats: str, every: int, shift: int) -> None:
    today = date.fromordinal(first.toordinal() + shift)
    following = tasks.next_day(first, repeats, every, first, today, OFFICE)
    start = max(first + timedelta(days=1), today)
    assert falls_on(following, first, repeats, every)
    assert not any(falls_on(start + timedelta(days=n), first, repeats, every) for n in range((following - start).days))
    assert following > first
    assert following is not None
    assert following >= today
    if repeats in {"month", "year"}:
        assert following.day == first.day or (following.day < first.day and date.fromordinal(following.toordinal() + 1).day == 1)
