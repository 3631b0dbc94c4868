"""The forecast of a pipeline: what is expected when, weighted by the chances of the stages; every figure opens its rows."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from crmdesk import clock
from crmdesk.fields import Money
from crmdesk.operations import deals as moves
from crmdesk.operations import records
from crmdesk.queries import deals
from crmdesk.queries import records as asked
from crmdesk.queries.finding import Condition, condition_text, parse_condition
from crmdesk.ui.forecast import _Columns
from crmdesk.ui.pages.pipeline import PipelinePage
from crmdesk.ui.pages.rows import RowsPage
from tests.ui.desk import Desk, desk, eur

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from crmdesk.store import Store

__all__ = ["desk"]
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
DEALS = (("Old", 1000, "2026-11-21"), ("Now", 2000, "2026-11-30"), ("Soon", 4000, "2027-01-15"), ("Far", 8000, "2027-09-01"), ("Some day", 16000, ""))


@pytest.fixture
def pipeline_id(store: Store) -> Iterator[UUID]:
    with clock.frozen(NOW):
        for name, amount, day in DEALS:
            store.run(records.add, "deal", {"name": name, "amount": Money(Decimal(amount), "EUR"), "expected_close_on": day})
        won = store.run(records.add, "deal", {"name": "Won", "amount": Money(Decimal(99), "EUR"), "expected_close_on": "2026-12-01"})
        store.run(moves.set_outcome, won, "won")
        with store.read() as reader:
            found = deals.default_pipeline(reader)
        assert found is not None
        yield found


def test_open_deals_are_counted_once_in_their_month_late_later_or_without_a_day(store: Store, pipeline_id: UUID) -> None:
    with store.read() as reader:
        found = deals.forecast(reader, pipeline_id)
        assert [(one.kind, one.count, int(one.amount.money.amount)) for one in found if one.count] == [
            ("late", 1, 1000), ("month", 1, 2000), ("month", 1, 4000), ("later", 1, 8000), ("none", 1, 16000),
        ]  # fmt: skip
        assert [one.first.isoformat()[:7] for one in found if one.first] == ["2026-11", "2026-12", "2027-01", "2027-02", "2027-03", "2027-04"]
        first = deals.stages(reader, pipeline_id)[0].win_rate
        assert first is not None
        assert found[0].weighted.money.amount == 1000 * first / 100


def test_every_figure_opens_exactly_the_deals_that_it_counts(store: Store, pipeline_id: UUID) -> None:
    where = (Condition("amount", ">", "1500 EUR"), Condition("name", "in", "", ("Now", "Soon", "Far", "Some day")))
    with store.read() as reader:
        for filters in ((), where[:1], where):
            found = deals.forecast(reader, pipeline_id, store.viewer.member_id, filters)
            for one in found:
                assert asked.count(reader, "deal", [parse_condition(text) for text in one.opens]) == one.count
        assert sum(one.count for one in found) == 4


def test_amounts_without_a_rate_stand_apart(store: Store, pipeline_id: UUID) -> None:
    store.run(records.add, "deal", {"name": "Abroad", "amount": Money(Decimal(500), "USD"), "expected_close_on": "2026-11-30"})
    with store.read() as reader:
        month = deals.forecast(reader, pipeline_id)[1]
        assert [(money.amount, money.currency) for money in month.amount.moneys] == [(2000, "EUR"), (500, "USD")]


@pytest.mark.parametrize("condition", [Condition("a", ">", "1"), Condition("a", "in", "", ("x", "y")), Condition("a", "empty"), Condition("a", "=", "b c")])
def test_a_condition_is_written_as_it_is_read(condition: Condition) -> None:
    read = parse_condition(condition_text(condition))
    assert (read.field, read.operator, read.values) == (condition.field, condition.operator, condition.values)
    assert read.value == condition.value or condition.operator == "in"


def test_the_page_shows_the_months_and_opens_their_deals(desk: Desk, pipeline_id: UUID) -> None:
    page = desk.open("pipeline")
    assert isinstance(page, PipelinePage)
    page._switch("forecast")
    desk.settle()
    assert page.stack.currentWidget() is page.forecast
    lines = {line.accessibleName().split(",")[0]: line for line in page.forecast.findChildren(_Columns)}
    assert set(lines) == {
        "Expected close", "Expected day has passed", "November 2026", "December 2026", "January 2027", "February 2027", "March 2027", "April 2027", "Later", "Without a day",
    }  # fmt: skip
    assert eur(2000, whole=True) in lines["November 2026"].accessibleName()
    lines["November 2026"].clicked.emit()
    desk.settle()
    rows = desk.window.page()
    assert isinstance(rows, RowsPage)
    shown = rows.shown_list()
    assert shown is not None
    table = shown.list.table
    assert [table.records.text(row, 1) for row in range(table.records.rowCount())] == ["Now"]
    page._switch("board")
    desk.settle()
    assert page.stack.currentWidget() is page.board
