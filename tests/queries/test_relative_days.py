"""A saved view that says “today” means another day tomorrow."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from crmdesk import clock
from crmdesk.operations import records
from crmdesk.queries import records as asked
from crmdesk.queries.finding import parse_condition, relative_day

if TYPE_CHECKING:
    from crmdesk.store import Store


@pytest.mark.parametrize(
    ("text", "day"),
    [("today", date(2026, 2, 10)), ("today-90", date(2025, 11, 12)), ("Today + 7", date(2026, 2, 17)), ("month_start", date(2026, 2, 1)), ("month_end", date(2026, 2, 28)), ("tomorrow", None)],
)
def test_relative_days_are_counted_from_today(text: str, day: date | None) -> None:
    assert relative_day(text, date(2026, 2, 10)) == day


def test_a_list_of_what_closes_this_month_moves_on(store: Store) -> None:
    store.run(records.add, "deal", {"name": "D", "expected_close_on": "2026-12-20"})
    conditions = [parse_condition("expected_close_on >= month_start"), parse_condition("expected_close_on <= month_end")]
    for at, count in ((datetime(2026, 12, 1, 12, tzinfo=UTC), 1), (datetime(2027, 1, 1, 12, tzinfo=UTC), 0)):
        with clock.frozen(at), store.read() as reader:
            assert asked.count(reader, "deal", conditions) == count
