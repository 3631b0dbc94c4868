"""Stories of the board: sums that can be trusted, cards that say what comes next."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from crmdesk.clock import frozen
from crmdesk.models.quote import Quote
from crmdesk.operations import deals, pipelines, records
from crmdesk.queries import deals as asked
from crmdesk.queries.deals import Board, Card, Column, initials_of
from crmdesk.store import Change, operation

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.store import Store

NOON = datetime(2026, 11, 21, 11, tzinfo=UTC)


def add(store: Store, entity: str, **values: str) -> UUID:
    return store.run(records.add, entity, values)


def board(store: Store, **limits: object) -> Board:
    with store.read() as reader:
        return asked.board(reader, **limits)  # type: ignore[arg-type]  # the tests know them


def column(store: Store, name: str, **limits: object) -> Column:
    return next(column for column in board(store, **limits).columns if column.stage.name == name)


def card(store: Store, name: str) -> Card:
    return next(card for column in board(store).columns for card in column.cards if card.name == name)


def test_sums_count_all_deals_not_only_the_cards_that_are_shown(store: Store) -> None:
    for n in range(7):
        add(store, "deal", name=f"Deal {n}", amount="100.50")
    shown = column(store, "Qualify", limit=3)
    assert (shown.count, len(shown.cards)) == (7, 3)
    assert shown.amount.base == 70350
    assert shown.weighted.base == 7035, "ten percent"


def test_only_open_deals_make_the_total_of_the_board(store: Store) -> None:
    add(store, "deal", name="Open", amount="1000")
    add(store, "deal", name="Won", amount="5000", stage="Won")
    shown = board(store)
    assert (shown.amount.base, shown.weighted.base) == (100000, 10000)


def test_currencies_are_never_added(store: Store) -> None:
    add(store, "deal", name="Euro", amount="100 EUR")
    add(store, "deal", name="Dollar without a rate", amount="70 USD")
    add(store, "deal", name="Yen without a rate", amount="9000 JPY")
    add(store, "deal", name="Franc with a rate", amount="50 CHF", exchange_rate="1.1")
    amount = column(store, "Qualify").amount
    assert (amount.base, amount.currency, amount.apart) == (15500, "EUR", (("JPY", 9000), ("USD", 7000)))
    assert [str(money.amount) for money in amount.moneys] == ["155.00", "9000", "70.00"]
    assert board(store).weighted.apart == (("JPY", 900), ("USD", 700))


def test_a_card_says_who_for_whom_and_how_much(store: Store) -> None:
    company = add(store, "company", name="Alfreds Futterkiste")
    add(store, "deal", name="Cold-chain rollout", company=str(company), amount="18400", expected_close_on="2026-12-20")
    found = card(store, "Cold-chain rollout")
    assert (found.company, found.company_id, found.initials, str(found.money)) == (
        "Alfreds Futterkiste", company, "MB", "Money(amount=Decimal('18400.00'), currency='EUR')",
    )  # fmt: skip
    assert str(found.expected_close_on) == "2026-12-20"


def test_the_next_step_is_the_open_task_that_is_due_first(store: Store) -> None:
    with frozen(NOON):
        for name, days in (
            ("Late", ("2026-11-20", "2026-11-25")),
            ("Now", ("2026-11-21",)),
            ("Later", ("2026-11-22", "")),
            ("Some day", ("",)),
            ("Nothing", ()),
        ):
            deal = add(store, "deal", name=name)
            for day in days:
                add(store, "task", subject=f"Call on {day}", deal=str(deal), due_on=day)
        states = {name: card(store, name).next_step for name in ("Late", "Now", "Later", "Some day", "Nothing")}
    assert {name: step and step.state for name, step in states.items()} == {
        "Late": "overdue",
        "Now": "today",
        "Later": "later",
        "Some day": "later",
        "Nothing": None,
    }
    assert states["Late"] and states["Late"].subject == "Call on 2026-11-20"


def test_a_task_whose_hour_has_passed_is_overdue_and_a_done_one_is_no_step(store: Store) -> None:
    with frozen(NOON):
        deal = add(store, "deal", name="Rollout")
        task = add(store, "task", subject="Call", deal=str(deal), due_at="2026-11-21 09:30")
        step = card(store, "Rollout").next_step
        assert step and (step.state, str(step.due_on)) == ("overdue", "2026-11-21")
        store.run(records.edit, "task", [task], {"done_at": "2026-11-21 10:00"})
        assert card(store, "Rollout").next_step is None


def test_a_deal_left_alone_for_longer_than_the_stage_allows_is_idle(store: Store) -> None:
    with frozen(NOON) as wait:
        deal = add(store, "deal", name="Trial order", amount="2200")
        wait(13 * 86400)
        assert card(store, "Trial order").idle_days is None
        wait(8 * 86400)
        assert card(store, "Trial order").idle_days == 21
        add(store, "activity", kind="call", subject="They still think", deal=str(deal))
        wait(86400)
        assert card(store, "Trial order").idle_days is None, "somebody spoke with them"
        wait(20 * 86400)
        store.run(deals.set_outcome, deal, "won")
        wait(50 * 86400)
        assert card(store, "Trial order").idle_days is None, "what is won does not rot"


@operation("Quote", right="quote.write")
def offer(change: Change, deal_id: UUID, number: str | None, status: str) -> UUID:
    """Stand in for the life of a quote: one with a number and a status."""
    return change.add(Quote, deal_id=deal_id, number=number, status=status, net=100, currency="EUR").id


def test_a_card_shows_its_leading_quote_or_the_newest_that_counts(store: Store) -> None:
    deal = add(store, "deal", name="Three-year contract")
    assert card(store, "Three-year contract").quote is None
    first = store.run(offer, deal, "Q-2026-0001", "issued")
    store.run(offer, deal, None, "draft")
    store.run(offer, deal, "Q-2026-0003", "superseded")
    assert card(store, "Three-year contract").quote == (None, "draft")
    store.run(records.edit, "deal", [deal], {"quote": first})
    assert card(store, "Three-year contract").quote == ("Q-2026-0001", "issued")


def test_cards_load_as_the_column_is_scrolled_each_once(store: Store) -> None:
    ids = [add(store, "deal", name=f"{n:02}") for n in range(25)]
    store.run(records.edit, "deal", ids[:12], {"position": ""})
    shown = column(store, "Qualify", limit=10)
    names = [card.name for card in shown.cards]
    last = shown.cards[-1]
    with store.read() as reader:
        while more := asked.cards(reader, shown.stage.id, after=last, limit=4):
            names += [card.name for card in more]
            last = more[-1]
    assert names == [f"{n:02}" for n in reversed(range(25))]


def test_the_board_can_be_of_one_owner_and_of_the_last_months(store: Store) -> None:
    jonas = add(store, "member", name="Jonas Stein")
    add(store, "deal", name="Mine", amount="10")
    add(store, "deal", name="His", amount="20", owner=str(jonas))
    add(store, "deal", name="Long ago", stage="Won", closed_on="2025-01-31")
    assert column(store, "Qualify", owner_id=jonas).amount.base == 2000
    assert [card.initials for card in column(store, "Qualify", owner_id=jonas).cards] == ["JS"]
    assert column(store, "Won").count == 1
    assert column(store, "Won", closed_since=datetime(2025, 2, 1).date()).count == 0


def test_who_sees_only_own_deals_sees_only_their_sums(store: Store) -> None:
    jonas = add(store, "member", name="Jonas Stein")
    add(store, "deal", name="Mine", amount="10")
    add(store, "deal", name="His", amount="20", owner=str(jonas))
    store.act_as("own_ones")
    shown = column(store, "Qualify")
    assert (shown.count, shown.amount.base, [card.name for card in shown.cards]) == (1, 1000, ["Mine"])


def test_deleted_deals_are_neither_counted_nor_shown(store: Store) -> None:
    gone = add(store, "deal", name="Gone", amount="10")
    store.run(records.delete, "deal", [gone])
    assert (column(store, "Qualify").count, column(store, "Qualify").cards) == (0, ())


def test_the_settings_name_the_usual_pipeline(store: Store) -> None:
    store.run(pipelines.add, "Renewals", [pipelines.StagePlan("Due", Decimal(80), 30)])
    assert board(store).name == "New business"
    store.run(records.change_settings, {"pipeline": "Renewals"})
    assert board(store).name == "Renewals"


def test_a_board_asks_a_fixed_number_of_times_however_many_cards_it_has(store: Store) -> None:
    def statements() -> int:
        asked_for = 0
        with store.read() as reader:
            reader._connection.set_trace_callback(lambda sql: counted.append(sql))
            counted.clear()
            asked.board(reader)
            asked_for = len(counted)
            reader._connection.set_trace_callback(None)
        return asked_for

    counted: list[str] = []
    add(store, "deal", name="One")
    few = statements()
    for n in range(12):
        add(store, "deal", name=f"{n}")
    assert statements() == few


def test_initials_follow_the_culture_of_the_name() -> None:
    assert [initials_of(name) for name in ("Maria Becker", "Anna von Berg", "Cher", "王小明", "")] == ["MB", "AB", "C", "王", ""]
