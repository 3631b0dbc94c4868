"""The Today page: what is to be done, and figures whose rows can be opened."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from crmdesk import clock
from crmdesk.fields import Money, show_money
from crmdesk.models.member import Member
from crmdesk.models.quote import Quote
from crmdesk.operations import deals, records, tasks, tickets
from crmdesk.queries import records as lists
from crmdesk.queries import today as queries
from crmdesk.queries.finding import parse_condition
from crmdesk.queries.money import Sum
from crmdesk.store import Store, open_store
from tests.conftest import BERLIN
from tests.made import make

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crmdesk.queries.report_tables import Rows
    from crmdesk.store.keys import Key

pytestmark = pytest.mark.usefixtures("minutes")


def page(store: Store) -> queries.Today:
    with store.read() as reader:
        return queries.today(reader)


def opened(store: Store, rows: Rows) -> int:
    with store.read() as reader:
        return lists.count(reader, rows.entity, [parse_condition(text) for text in rows.where])


def tile(store: Store, name: str) -> queries.Tile:
    return next(tile for tile in page(store).tiles if tile.name == name)


def euros(value: object) -> int:
    assert isinstance(value, Sum)
    return value.base // 100


def test_an_empty_store_shows_nothing_invented(store: Store) -> None:
    shown = page(store)
    assert (shown.to_do, shown.tiles, shown.closing, shown.funnel, shown.team, shown.months) == ((), (), (), None, (), ())
    assert shown.greeting == "Good morning, Maria"


def test_what_is_to_be_done_comes_in_the_order_in_which_it_presses(store: Store, minutes: Callable[[float], None]) -> None:
    company = store.run(records.add, "company", {"name": "Alfreds Futterkiste"})
    store.run(tasks.add, "Call Maria", due_at=datetime(2026, 11, 18, 9, 30, tzinfo=BERLIN), company_id=company)
    store.run(tasks.add, "Send quote", due_on=date(2026, 11, 16))
    store.run(tasks.add, "Some day", due_on=date(2026, 11, 30))
    store.run(records.add, "contact", {"name": "Thomas Futter", "birthday": "1970-11-21", "company": company})
    store.run(records.add, "contact", {"name": "Karin Schulz", "birthday": "1970-11-27"})
    store.run(tickets.open_ticket, "Cooling unit alarm", priority="urgent", company_id=company)
    store.run(make, Quote, number="Q-1", status="issued", issued_at=clock.now(), valid_until=date(2026, 11, 20), company_id=company)
    minutes(18)
    assert [(item.kind, item.title, item.subtitle, item.state, item.chip) for item in page(store).to_do] == [
        ("task", "Send quote", "", "overdue", "16 Nov"),
        ("task", "Call Maria", "Alfreds Futterkiste", "today", "09:30"),
        ("ticket", "Ticket T-0001: reply", "Cooling unit alarm · Alfreds Futterkiste", "today", "12 min"),
        ("quote", "Quote Q-1 expires", f"Alfreds Futterkiste · {show_money(Money(Decimal(0), 'EUR'), whole=True)}", "soon", "20 Nov"),
        ("birthday", "Birthday: Thomas Futter (in 3 days)", "Alfreds Futterkiste", "soon", "21 Nov"),
    ]


def test_a_birthday_on_the_29th_of_february_is_kept_in_every_year(tmp_path: Path, template: tuple[Path, Key], store_path: Path) -> None:
    with clock.frozen(datetime(2027, 2, 25, 9, 0, tzinfo=UTC)), open_store(store_path, key=template[1], anywhere=True) as store:
        store.run(records.add, "contact", {"name": "Leap Day", "birthday": "1972-02-29"})
        store.run(records.add, "contact", {"name": "Nobody Knows", "birthday": "--02-29"})
        assert [(item.title, item.chip) for item in page(store).to_do] == [
            ("Birthday: Leap Day (in 3 days)", "28 Feb"),
            ("Birthday: Nobody Knows (in 3 days)", "28 Feb"),
        ]


def test_every_figure_opens_the_rows_that_it_counts(store: Store) -> None:
    jonas = store.run(make, Member, name="Jonas Stein", role="sales", is_active=True)
    for number, (amount, stage, owner) in enumerate(
        (("1000", "Qualify", None), ("2000", "Negotiation", None), ("4000", "Won", None), ("8000", "Won", jonas), ("16000", "Lost", None))
    ):
        values = {"name": f"Deal {number}", "amount": amount, "expected_close": None, "expected_close_on": "2026-11-30" if number < 2 else None}
        deal = store.run(records.add, "deal", {name: value for name, value in values.items() if value is not None})
        if owner:
            store.run(records.edit, "deal", [deal], {"owner": owner})
        store.run(records.edit, "deal", [deal], {"stage": stage})
    shown = page(store)
    assert {tile.name: euros(tile.value) for tile in shown.tiles} == {"won": 12_000, "weighted": 100 + 1500}
    assert {tile.name: opened(store, tile.opens) for tile in shown.tiles} == {"won": 2, "weighted": 2}
    assert [(row.name, row.chance) for row in shown.closing] == [("Deal 1", 75), ("Deal 0", 10)]
    assert opened(store, shown.closing_opens) == 2
    assert [(row.name, euros(row.won), opened(store, row.opens)) for row in shown.team] == [("Jonas Stein", 8000, 1), ("Maria Becker", 4000, 1)]
    assert shown.funnel
    assert [(step.label, step.count) for step in shown.funnel.steps] == [("Deals", 5), ("Meeting", 3), ("Proposal", 3), ("Negotiation", 3), ("Won", 2)]
    assert all(opened(store, step.opens) == step.count for step in shown.funnel.steps if step.opens)
    assert shown.funnel.conversion == 40
    assert shown.months[-2].first == date(2026, 11, 1)
    assert (euros(shown.months[-2].won), euros(shown.months[-2].expected), shown.months[-3].expected) == (12_000, 1600, None)
    assert opened(store, shown.months[-2].opens) == 2


def test_a_lost_deal_counts_for_the_stages_it_has_seen(store: Store) -> None:
    deal = store.run(records.add, "deal", {"name": "Rollout"})
    for stage in ("Proposal", "Lost"):
        store.run(records.edit, "deal", [deal], {"stage": stage})
    funnel = page(store).funnel
    assert funnel
    assert [(step.label, step.count) for step in funnel.steps] == [("Deals", 1), ("Meeting", 1), ("Proposal", 1), ("Negotiation", 0), ("Won", 0)]


def test_amounts_without_a_rate_stand_apart(store: Store) -> None:
    for currency in ("EUR", "USD"):
        deal = store.run(records.add, "deal", {"name": currency, "amount": f"1000 {currency}"})
        store.run(deals.set_outcome, deal, "won")
    won = tile(store, "won").value
    assert isinstance(won, Sum)
    assert (won.base, won.apart) == (100_000, (("USD", 100_000),))


def test_first_replies_are_compared_with_last_week(store: Store, minutes: Callable[[float], None]) -> None:
    late, good = (store.run(tickets.open_ticket, name, priority="urgent") for name in ("Late", "Good"))
    minutes(10)
    store.run(tickets.reply, good, "Yes")
    minutes(60)
    store.run(tickets.reply, late, "Sorry")
    shown = tile(store, "first_reply")
    assert (shown.value, shown.note) == (50, "2 replies this week")
    minutes(7 * 24 * 60)
    store.run(tickets.reply, store.run(tickets.open_ticket, "Now", priority="urgent"), "Yes")
    shown = tile(store, "first_reply")
    assert (shown.value, shown.note, shown.tone) == (100, "+50 points against last week", "success")
