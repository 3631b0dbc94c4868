"""A saved view that says “today” means another day tomorrow."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from crmdesk import clock
from crmdesk.operations import records
from crmdesk.queries import records as asked
from crmdesk.queries.finding import parse_condition
from crmdesk.queries.relative_days import relative_days, relative_words

if TYPE_CHECKING:
    from crmdesk.store import Store


DAY = date(2026, 2, 10)  # a Tuesday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", DAY), ("today-90", date(2025, 11, 12)), ("Today + 7", date(2026, 2, 17)), ("month_start", date(2026, 2, 1)), ("month_end", date(2026, 2, 28)),
        ("week_start", date(2026, 2, 9)), ("quarter_end", date(2026, 3, 31)), ("year_start+1", date(2026, 1, 2)),
    ],
)  # fmt: skip
def test_relative_days_are_counted_from_today(text: str, day: date) -> None:
    assert relative_days(text, DAY) == (day, day)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("last_30_days", date(2026, 1, 11), DAY), ("next_7_days", DAY, date(2026, 2, 17)), ("this_week", date(2026, 2, 9), date(2026, 2, 15)),
        ("next_week", date(2026, 2, 16), date(2026, 2, 22)), ("Last_Month", date(2026, 1, 1), date(2026, 1, 31)), ("this_month", date(2026, 2, 1), date(2026, 2, 28)),
        ("last_quarter", date(2025, 10, 1), date(2025, 12, 31)), ("next_quarter", date(2026, 4, 1), date(2026, 6, 30)), ("last_year", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)  # fmt: skip
def test_periods_have_a_first_and_a_last_day(text: str, first: date, last: date) -> None:
    assert relative_days(text, DAY) == (first, last)


@pytest.mark.parametrize("text", ["tomorrow", "2026-02-10", "this_month+3", "last_days", ""])
def test_other_words_are_no_relative_days(text: str) -> None:
    assert relative_days(text, DAY) is None
    assert relative_words(text) is None


@pytest.mark.parametrize("unit", ["week", "month", "quarter", "year"])
def test_periods_follow_each_other_without_a_gap(unit: str) -> None:
    for day in (date(2026, 1, 1), date(2026, 12, 31), date(2028, 2, 29), DAY):
        periods = [relative_days(f"{which}_{unit}", day) for which in ("last", "this", "next")]
        for before, after in pairwise(periods):
            assert before is not None
            assert after is not None
            assert (after[0] - before[1]).days == 1


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("expected_close_on = this_month", "BC"), ("expected_close_on != this_month", "ADE"), ("expected_close_on < this_month", "A"),
        ("expected_close_on <= this_month", "ABC"), ("expected_close_on > this_month", "D"), ("expected_close_on >= this_month", "BCD"),
        ("expected_close_on in last_month, next_month", "AD"), ("expected_close_on = today", "C"), ("expected_close_on = next_25_days", "CD"),
        ("expected_close_on < today-9", "A"), ("expected_close_on <= today-9", "AB"),
    ],
)  # fmt: skip
def test_a_period_is_compared_from_its_first_to_its_last_day(store: Store, condition: str, found: str) -> None:
    days = {"A": "2026-01-31", "B": "2026-02-01", "C": "2026-02-10", "D": "2026-03-01", "E": ""}
    with clock.frozen(datetime(2026, 2, 10, 12, tzinfo=UTC)):
        for name, day in days.items():
            store.run(records.add, "deal", {"name": name, "expected_close_on": day})
        with store.read() as reader:
            shown = asked.rows(reader, "deal", asked.ids(reader, "deal", [parse_condition(condition)]), ["name"])
    assert "".join(sorted(row.values["name"] for row in shown)) == found


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("done_at = today", "BC"), ("done_at <= today", "ABC"), ("done_at > today", "D"), ("done_at <= 2026-02-10", "ABC"), ("done_at > 2026-02-10", "D"),
        ("done_at != 2026-02-10", "AD"), ("done_at in 2026-02-09, 2026-02-11", "AD"), ("done_at <= 2026-02-10 12:00", "AB"),
    ],
)  # fmt: skip
def test_a_moment_belongs_to_its_day_in_the_zone_of_the_store(store: Store, condition: str, found: str) -> None:
    moments = {"A": "2026-02-09 23:59", "B": "2026-02-10 00:00", "C": "2026-02-10 23:59", "D": "2026-02-11 00:00"}
    with clock.frozen(datetime(2026, 2, 10, 12, tzinfo=UTC)):
        for subject, moment in moments.items():
            store.run(records.add, "task", {"subject": subject, "done_at": moment})
        with store.read() as reader:
            shown = asked.rows(reader, "task", asked.ids(reader, "task", [parse_condition(condition)]), ["subject"])
    assert "".join(sorted(row.values["subject"] for row in shown)) == found


def test_a_list_of_what_closes_this_month_moves_on(store: Store) -> None:
    store.run(records.add, "deal", {"name": "D", "expected_close_on": "2026-12-20"})
    conditions = [parse_condition("expected_close_on >= month_start"), parse_condition("expected_close_on <= month_end")]
    for at, count in ((datetime(2026, 12, 1, 12, tzinfo=UTC), 1), (datetime(2027, 1, 1, 12, tzinfo=UTC), 0)):
        with clock.frozen(at), store.read() as reader:
            assert asked.count(reader, "deal", conditions) == count
