"""Stories of deals: moved, closed, ordered, with products, people and a leading quote."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from crmdesk.clock import frozen
from crmdesk.documents.calculator import Line
from crmdesk.errors import UserError
from crmdesk.models.quote import Quote, QuoteLine
from crmdesk.operations import deals, pipelines, quotes, records
from crmdesk.queries import deals as asked
from crmdesk.queries.quotes import LineItem
from crmdesk.queries.search import search
from crmdesk.store import Change, operation

if TYPE_CHECKING:
    from crmdesk.store import Store


def stage(store: Store, name: str) -> UUID:
    with store.read() as reader:
        return asked.stage_named(reader, name)


def deal(store: Store, name: str, **values: str) -> UUID:
    return store.run(records.add, "deal", {"name": name, **values})


def shown(store: Store) -> dict[str, list[str]]:
    """The names on the board's cards by stage, those without cards left out."""
    with store.read() as reader:
        return {column.stage.name: [card.name for card in column.cards] for column in asked.board(reader).columns if column.cards}


def facts(store: Store, deal_id: UUID, *columns: str) -> tuple[object, ...]:
    with store.read() as reader:
        found = reader.one(f"SELECT {', '.join(columns)} FROM deal WHERE id = ?", (deal_id.bytes,))
    assert found
    return found


def test_a_new_deal_stands_in_the_first_stage_with_owner_date_and_currency(store: Store) -> None:
    rollout = deal(store, "Cold-chain rollout", amount="18400")
    assert shown(store) == {"Qualify": ["Cold-chain rollout"]}
    assert facts(store, rollout, "amount", "amount_base", "currency", "owner_id") == (1840000, 1840000, "EUR", store.viewer.member_id.bytes)  # type: ignore[union-attr]  # every store has one


def test_a_deal_written_down_after_it_was_won_was_not_opened_after_that(store: Store) -> None:
    with store.read() as reader:
        won = reader.value("SELECT name FROM stage WHERE outcome = 'won'")
    for given, opened in (({}, "2026-03-01"), ({"opened_on": "2026-02-01"}, "2026-02-01")):
        deal = store.run(records.add, "deal", {"name": "Old", "stage": won, "closed_on": "2026-03-01", **given})
        with store.read() as reader:
            assert reader.one("SELECT opened_on, closed_on FROM deal WHERE id = ?", (deal.bytes,)) == (opened, "2026-03-01")


def test_a_deal_whose_stage_is_of_another_pipeline_is_refused(store: Store) -> None:
    other = store.run(pipelines.add, "Renewals", [pipelines.StagePlan("Due")])
    with pytest.raises(UserError, match="another pipeline"):
        deal(store, "Mixed up", pipeline=str(other), stage=str(stage(store, "Qualify")))


def test_winning_a_deal_closes_it_today_and_opening_it_again_forgets_that(store: Store) -> None:
    rollout = deal(store, "Cold-chain rollout")
    with frozen(datetime(2026, 11, 21, 23, 30, tzinfo=UTC)):
        store.run(deals.move, rollout, stage(store, "Won"))
    assert facts(store, rollout, "closed_on") == ("2026-11-22",), "it is past midnight in Berlin"
    store.run(deals.move, rollout, stage(store, "Meeting"))
    assert facts(store, rollout, "closed_on") == (None,)


def test_the_reason_of_a_loss_goes_when_the_deal_is_open_again(store: Store) -> None:
    rollout = deal(store, "Cold-chain rollout")
    store.run(deals.move, rollout, stage(store, "Lost"), lost_reason=" Price ")
    assert facts(store, rollout, "lost_reason") == ("Price",)
    store.run(deals.set_outcome, rollout, "open")
    assert facts(store, rollout, "lost_reason", "closed_on") == (None, None)
    assert shown(store) == {"Qualify": ["Cold-chain rollout"]}


def test_a_move_can_be_undone_and_redone(store: Store) -> None:
    rollout = deal(store, "Cold-chain rollout")
    before = facts(store, rollout, "stage_id", "stage_since", "position", "closed_on")
    store.run(deals.move, rollout, stage(store, "Won"))
    after = facts(store, rollout, "stage_id", "stage_since", "position", "closed_on")
    assert store.can_undo() == "Move deal: Cold-chain rollout"
    store.undo()
    assert facts(store, rollout, "stage_id", "stage_since", "position", "closed_on") == before
    store.redo()
    assert facts(store, rollout, "stage_id", "stage_since", "position", "closed_on") == after


def test_editing_the_stage_is_a_move(store: Store) -> None:
    rollout = deal(store, "Cold-chain rollout")
    store.run(records.edit, "deal", [rollout], {"stage": "Won", "closed_on": "2026-03-01"})
    assert facts(store, rollout, "closed_on") == ("2026-03-01",), "a date that was given stays"
    assert shown(store) == {"Won": ["Cold-chain rollout"]}


def test_moving_to_where_it_stands_changes_nothing(store: Store) -> None:
    rollout = deal(store, "Cold-chain rollout")
    store.run(deals.move, rollout, stage(store, "Qualify"))
    assert store.last_changes is None


def test_a_moved_deal_is_still_found_and_a_renamed_one_by_its_new_name(store: Store) -> None:
    rollout = deal(store, "Cold-chain rollout")
    store.run(deals.move, rollout, stage(store, "Meeting"))
    with store.read() as reader:
        assert [hit.title for hit in search(reader, "cold-ch")] == ["Cold-chain rollout"]
    store.run(records.edit, "deal", [rollout], {"name": "Freezer rollout"})
    with store.read() as reader:
        assert not search(reader, "cold-ch")
        assert [hit.title for hit in search(reader, "freez")] == ["Freezer rollout"]


def test_cards_keep_the_order_that_they_are_given(store: Store) -> None:
    first, second, third = (deal(store, name) for name in ("First", "Second", "Third"))
    assert shown(store) == {"Qualify": ["Third", "Second", "First"]}, "the newest on top"
    store.run(deals.place, third, first)
    assert shown(store) == {"Qualify": ["Second", "First", "Third"]}
    store.run(deals.place, third, second)
    assert shown(store) == {"Qualify": ["Second", "Third", "First"]}
    store.run(deals.place, first, None)
    assert shown(store) == {"Qualify": ["First", "Second", "Third"]}


def test_a_card_is_dropped_between_two_of_another_stage(store: Store) -> None:
    moved, low, high = deal(store, "Moved"), deal(store, "Low", stage="Meeting"), deal(store, "High", stage="Meeting")
    store.run(deals.move, moved, stage(store, "Meeting"), after_id=high)
    assert shown(store) == {"Meeting": ["High", "Moved", "Low"]}
    assert low


def test_there_is_always_room_between_two_cards(store: Store) -> None:
    cards = [deal(store, f"{n}") for n in range(3)]
    for turn in range(60):  # halving the same gap again and again
        store.run(deals.place, cards[turn % 2], cards[2])
        assert shown(store)["Qualify"] == ["2", str(turn % 2), str((turn + 1) % 2)]


def test_imported_cards_without_a_place_can_be_ordered_too(store: Store) -> None:
    names = [f"{n}" for n in range(5)]
    ids = {name: deal(store, name) for name in names}
    store.run(records.edit, "deal", list(ids.values()), {"position": ""})
    assert shown(store) == {"Qualify": ["4", "3", "2", "1", "0"]}
    store.run(deals.place, ids["0"], ids["3"])
    assert shown(store) == {"Qualify": ["4", "3", "0", "2", "1"]}
    assert facts(store, ids["1"], "position") == (None,), "those below keep what they have"


def test_a_product_brings_its_price_and_a_person_their_role(store: Store) -> None:
    rollout = deal(store, "Cold-chain rollout")
    box = store.run(records.add, "product", {"name": "Cold-chain box", "price": "89.00"})
    anna = store.run(records.add, "contact", {"given_name": "Anna", "family_name": "Schmidt"})
    store.run(deals.add_product, rollout, box, Decimal(120))
    store.run(deals.add_person, rollout, anna, "influences")
    store.run(deals.add_person, rollout, anna, "decides")
    with store.read() as reader:
        assert reader.rows("SELECT quantity, unit_price FROM deal_product WHERE deleted_at IS NULL") == [(120_000_000, 89_000_000)]
        assert reader.rows("SELECT role FROM deal_contact WHERE deleted_at IS NULL") == [("decides",)]
    assert facts(store, rollout, "contact_id", "product_id") == (anna.bytes, box.bytes)


@operation("Calculate", right="quote.write")
def calculate(change: Change, deal_id: UUID, price: str) -> UUID:
    """Stand in for the editor of quotes: a quote of one line."""
    quote = change.add(Quote, subject="Offer", deal_id=deal_id, currency="EUR", status="draft")
    change.add(
        QuoteLine, quote_id=quote.id, kind="item", description="Box", quantity=Decimal(1), unit_price=Decimal(price), tax_category="S", tax_rate=Decimal(19)
    )
    return quote.id


def test_the_amount_follows_the_leading_quote(store: Store) -> None:
    rollout, other = deal(store, "Cold-chain rollout", amount="1"), deal(store, "Other")
    offer, foreign = store.run(calculate, rollout, "9612.00"), store.run(calculate, other, "5")
    store.run(records.edit, "deal", [rollout], {"quote": offer})
    assert facts(store, rollout, "amount", "amount_base") == (961200, 961200)
    with store.read() as reader:
        (line,) = reader.rows("SELECT id FROM quote_line WHERE quote_id = ?", (offer.bytes,))[0]
    store.run(records.edit, "quote_line", [UUID(bytes=line)], {"quantity": "2"})
    assert facts(store, rollout, "amount", "amount_base") == (1922400, 1922400)
    store.undo()
    assert facts(store, rollout, "amount", "amount_base") == (961200, 961200)
    store.undo()
    assert facts(store, rollout, "amount", "quote_id") == (100, None), "the choice is undone with the amount that it brought"
    store.redo()
    with pytest.raises(UserError, match="another deal"):
        store.run(records.edit, "deal", [rollout], {"quote": foreign})
    with pytest.raises(UserError, match="another deal"):
        store.run(records.add, "deal", {"name": "New", "quote": foreign})


def test_a_stage_with_deals_and_the_last_of_its_kind_stay(store: Store) -> None:
    rollout = deal(store, "Cold-chain rollout")
    with pytest.raises(UserError, match="1 deal is still there"):
        store.run(pipelines.delete_stage, stage(store, "Qualify"))
    with pytest.raises(UserError, match="won deals"):
        store.run(pipelines.delete_stage, stage(store, "Won"))
    store.run(deals.move, rollout, stage(store, "Meeting"))
    store.run(pipelines.delete_stage, stage(store, "Qualify"))
    with store.read() as reader:
        assert [found.name for found in asked.stages(reader)] == ["Meeting", "Proposal", "Negotiation", "Won", "Lost"]


def test_stages_are_added_before_the_closed_ones_renamed_and_ordered(store: Store) -> None:
    with store.read() as reader:
        usual = asked.default_pipeline(reader)
    assert usual
    trial = store.run(pipelines.add_stage, usual, "Trial", Decimal(60), 10)
    with store.read() as reader:
        names = [found.name for found in asked.stages(reader, usual)]
        ids = [found.id for found in asked.stages(reader, usual)]
    assert names == ["Qualify", "Meeting", "Proposal", "Negotiation", "Trial", "Won", "Lost"]
    store.run(pipelines.edit_stage, trial, "Pilot", Decimal(65), None)
    store.run(pipelines.order_stages, usual, [ids[4], *ids[:4], *ids[5:]])
    with store.read() as reader:
        assert [(found.name, found.win_rate) for found in asked.stages(reader, usual)][0] == ("Pilot", Decimal(65))
    with pytest.raises(UserError, match="not all stages"):
        store.run(pipelines.order_stages, usual, ids[:3])
    with pytest.raises(UserError, match="between 0 and 100"):
        store.run(pipelines.edit_stage, trial, "Pilot", Decimal(101), None)


def test_a_new_pipeline_gets_what_it_lacks_and_the_last_one_stays(store: Store) -> None:
    renewals = store.run(pipelines.add, "Renewals", [pipelines.StagePlan("Due", Decimal(80))])
    with store.read() as reader:
        assert [(found.name, found.outcome) for found in asked.stages(reader, renewals)] == [("Due", "open"), ("Won", "won"), ("Lost", "lost")]
        usual = asked.default_pipeline(reader)
    assert usual
    store.run(pipelines.delete, usual)
    with pytest.raises(UserError, match="only pipeline"):
        store.run(pipelines.delete, renewals)


def test_who_may_see_only_own_deals_moves_only_those(store: Store) -> None:
    colleague = store.run(records.add, "member", {"name": "Jonas Stein"})
    mine, theirs = deal(store, "Mine"), deal(store, "Theirs", owner=str(colleague))
    meeting = stage(store, "Meeting")
    store.act_as("own_ones")
    store.run(deals.move, mine, meeting)
    for deed, args in ((deals.move, (theirs, meeting)), (deals.place, (theirs, None))):
        with pytest.raises(UserError, match="does not exist"):
            store.run(deed, *args)  # type: ignore[arg-type]  # both take these
    assert shown(store) == {"Meeting": ["Mine"]}


def test_a_deal_that_is_won_today_closes_today_whatever_day_it_was_lost(store: Store) -> None:
    rollout = deal(store, "Cold-chain rollout", stage="Lost", closed_on="2020-01-05")
    with frozen(datetime(2026, 11, 18, 12, 0, tzinfo=UTC)):
        store.run(deals.move, rollout, stage(store, "Won"))
    assert facts(store, rollout, "closed_on") == ("2026-11-18",)


def test_a_closed_deal_has_a_closing_date_and_an_open_one_has_none(store: Store) -> None:
    with frozen(datetime(2026, 11, 18, 12, 0, tzinfo=UTC)):
        won = deal(store, "Won already", stage="Won")
    rollout = deal(store, "Cold-chain rollout")
    assert facts(store, won, "closed_on") == ("2026-11-18",)
    with pytest.raises(UserError, match="won or lost has a closing date") as emptied:
        store.run(records.edit, "deal", [won], {"closed_on": ""})
    with pytest.raises(UserError, match="open deal has no closing date"):
        store.run(records.edit, "deal", [rollout], {"closed_on": "2026-11-01"})
    with pytest.raises(UserError, match="open deal has no closing date"):
        deal(store, "Another", closed_on="2026-11-01")
    assert emptied.value.field == "closed_on"
    store.run(records.edit, "deal", [won], {"closed_on": "2026-11-02"})
    store.run(records.edit, "deal", [won], {"stage": "Qualify", "closed_on": ""})
    assert facts(store, won, "closed_on") == (None,)
    store.undo()
    assert facts(store, won, "closed_on") == ("2026-11-02",)


def test_a_deal_that_is_lost_already_takes_another_reason_and_stays_where_it_stands(store: Store) -> None:
    rollout, other = deal(store, "Cold-chain rollout"), deal(store, "Other")
    store.run(deals.move, rollout, stage(store, "Lost"), "price")
    store.run(deals.move, other, stage(store, "Lost"), "price")
    before = facts(store, rollout, "stage_since", "position", "closed_on")
    store.run(deals.set_outcome, rollout, "lost", "too late")
    assert facts(store, rollout, "lost_reason") == ("too late",)
    assert facts(store, rollout, "stage_since", "position", "closed_on") == before


def test_a_deal_put_into_another_pipeline_begins_there(store: Store) -> None:
    rollout, renewals = deal(store, "Cold-chain rollout"), store.run(pipelines.add, "Renewals")
    store.run(deals.move, rollout, stage(store, "Lost"), "price")
    store.run(records.edit, "deal", [rollout], {"pipeline": "Renewals"})
    first = "(SELECT id FROM stage WHERE pipeline_id = deal.pipeline_id AND ifnull(outcome, 'open') = 'open' ORDER BY position LIMIT 1)"
    assert facts(store, rollout, "pipeline_id", f"stage_id = {first}", "closed_on", "lost_reason") == (renewals.bytes, 1, None, None)


def test_stage_and_pipeline_that_do_not_belong_together_are_refused(store: Store) -> None:
    rollout = deal(store, "Cold-chain rollout")
    store.run(pipelines.add, "Renewals")
    for name in ("Qualify", "Won"):
        with pytest.raises(UserError, match="another pipeline"):
            store.run(records.edit, "deal", [rollout], {"pipeline": "Renewals", "stage": str(stage(store, name))})


def test_a_deal_comes_out_of_the_bin_into_a_stage_that_is_still_there(store: Store) -> None:
    rollout, qualify = deal(store, "Cold-chain rollout"), stage(store, "Qualify")
    with store.read() as reader:
        temporary = UUID(bytes=reader.value("SELECT pipeline_id FROM stage WHERE id = ?", (qualify.bytes,)))
    between = store.run(pipelines.add_stage, temporary, "Between", Decimal(10))
    store.run(deals.move, rollout, between)
    store.run(records.delete, "deal", [rollout])
    store.run(pipelines.delete_stage, between)
    store.run(records.restore, "deal", rollout)
    assert shown(store) == {"Qualify": ["Cold-chain rollout"]}


@pytest.mark.parametrize("entity", ["pipeline", "stage"])
def test_a_pipeline_comes_out_of_the_bin_with_the_stages_that_went_with_it(store: Store, entity: str) -> None:
    renewals = store.run(pipelines.add, "Renewals")

    def stages() -> list[UUID]:
        with store.read() as reader:
            found = reader.rows(
                "SELECT s.id FROM stage s JOIN pipeline p ON p.id = s.pipeline_id AND p.deleted_at IS NULL WHERE p.id = ? AND s.deleted_at IS NULL ORDER BY s.id",
                (renewals.bytes,),
            )
        return [UUID(bytes=stage) for (stage,) in found]

    extra = store.run(pipelines.add_stage, renewals, "Not wanted", Decimal(10))
    store.run(pipelines.delete_stage, extra)
    before = stages()
    store.run(pipelines.delete, renewals)
    assert stages() == []
    store.run(records.restore, entity, renewals if entity == "pipeline" else before[0])
    assert stages() == before
    assert deal(store, "Again", pipeline="Renewals")


def rate(store: Store, code: str, on: str, value: str) -> UUID:
    return store.run(records.add, "exchange_rate", {"code": code, "on": on, "rate": value})


def rated(store: Store, deal_id: UUID) -> tuple[Decimal | None, int | None]:
    scaled, base = facts(store, deal_id, "exchange_rate", "amount_base")
    return None if scaled is None else Decimal(str(scaled)) / 10**12, base  # type: ignore[return-value]  # minor units


def test_a_deal_in_a_foreign_currency_takes_the_newest_rate_of_the_table_and_keeps_a_typed_one(store: Store) -> None:
    rate(store, "USD", "2026-01-01", "0.9")
    rate(store, "USD", "2026-02-01", "0.8")
    rate(store, "USD", "2199-01-01", "0.1")
    assert rated(store, deal(store, "Boston", amount="1000 USD")) == (Decimal("0.8"), 80_000)
    typed = deal(store, "Austin", amount="1000 USD", exchange_rate="0.85")
    assert rated(store, typed) == (Decimal("0.85"), 85_000)
    store.run(records.edit, "deal", [typed], {"amount": "2000 USD"})
    assert rated(store, typed) == (Decimal("0.85"), 170_000)
    store.run(records.edit, "deal", [typed], {"exchange_rate": ""})
    assert rated(store, typed) == (Decimal("0.8"), 160_000)
    assert rated(store, deal(store, "Leeds", amount="1000 GBP")) == (None, None)


def test_a_rate_goes_with_its_currency(store: Store) -> None:
    rate(store, "GBP", "2026-01-01", "1.2")
    boston = deal(store, "Boston", amount="1000 USD", exchange_rate="0.85")
    store.run(records.edit, "deal", [boston], {"amount": "1000 GBP"})
    assert rated(store, boston) == (Decimal("1.2"), 120_000)
    store.run(records.edit, "deal", [boston], {"amount": "1000 CHF"})
    assert rated(store, boston) == (None, None)
    store.run(records.edit, "deal", [boston], {"amount": "1000 USD", "exchange_rate": "0.9"})
    store.run(records.edit, "deal", [boston], {"amount": "1000 EUR"})
    assert rated(store, boston) == (None, 100_000)
    store.undo()
    assert rated(store, boston) == (Decimal("0.9"), 90_000)


def test_deals_that_waited_for_a_rate_get_it_with_one_undo_and_closed_ones_that_of_their_day(store: Store) -> None:
    open_deal, won = deal(store, "Boston", amount="1000 USD"), deal(store, "Austin", amount="1000 USD")
    with frozen(datetime(2026, 3, 1, 12, tzinfo=UTC)):
        store.run(deals.move, won, stage(store, "Won"))
    rate(store, "USD", "2026-06-01", "0.7")
    assert (rated(store, open_deal)[0], rated(store, won)[0]) == (Decimal("0.7"), None)
    rate(store, "USD", "2026-02-01", "0.8")
    assert (rated(store, open_deal)[0], rated(store, won)[0]) == (Decimal("0.7"), Decimal("0.8"))
    store.undo()
    assert rated(store, won) == (None, None)


def test_a_deal_with_a_leading_quote_has_the_rate_of_that(store: Store) -> None:
    rate(store, "USD", "2026-01-01", "0.9")
    boston = deal(store, "Boston", amount="1000 USD")
    quote = store.run(quotes.from_deal, boston)
    store.run(records.edit, "quote", [quote], {"exchange_rate": "0.95", "exchange_rate_on": ""})
    store.run(quotes.set_lines, quote, [LineItem(Line("Boxes", quantity=Decimal(1), unit_price=Decimal(500), tax_category="Z"))])
    rate(store, "USD", "2026-02-01", "0.8")
    assert rated(store, boston) == (Decimal("0.95"), 47_500)


def test_a_deal_without_a_rate_takes_one_as_soon_as_it_is_changed(store: Store) -> None:
    """A rate may be noted for a day that comes later, or the closing moved to one that has a rate."""
    rate(store, "USD", "2026-06-01", "0.7")
    with frozen(datetime(2026, 3, 1, 12, tzinfo=UTC)):
        won = deal(store, "Austin", amount="1000 USD", stage=str(stage(store, "Won")))
        waiting = deal(store, "Boston", amount="1000 USD")
    assert (rated(store, won), rated(store, waiting)) == ((None, None), (None, None))
    store.run(records.edit, "deal", [won], {"closed_on": "2026-06-02"})
    store.run(records.edit, "deal", [waiting], {"name": "Boston harbour"})
    assert (rated(store, won), rated(store, waiting)) == ((Decimal("0.7"), 70_000), (Decimal("0.7"), 70_000))
