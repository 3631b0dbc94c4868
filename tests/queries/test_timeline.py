"""The timeline of a company, a contact, a deal."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from crmdesk import clock
from crmdesk.i18n import speaking
from crmdesk.models.quote import Quote
from crmdesk.operations import activities, deals, records, tasks, tickets
from crmdesk.queries.timeline import Entry, timeline
from crmdesk.store import Change, Store, open_store, operation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from uuid import UUID

    from crmdesk.store.keys import Key

BERLIN = ZoneInfo("Europe/Berlin")


@operation("Make", right="store.write")
def make(change: Change, cls: Any, **values: Any) -> UUID:
    return change.add(cls, **values).id


@pytest.fixture
def minutes() -> Iterator[Callable[[float], None]]:
    """Let it be Wednesday, 18 November, 9:00; calling it lets minutes pass."""
    with clock.frozen(datetime(2026, 11, 18, 9, 0, tzinfo=BERLIN)) as advance:
        yield lambda count: advance(count * 60)


@pytest.fixture
def store(template: tuple[Path, Key], store_path: Path, minutes: Callable[[float], None]) -> Iterator[Store]:
    with open_store(store_path, key=template[1], anywhere=True) as opened:
        yield opened


@pytest.fixture
def alfreds(store: Store) -> UUID:
    return store.run(records.add, "company", {"name": "Alfreds Futterkiste", "phone": "030-0074321"})


@pytest.fixture
def maria(store: Store, alfreds: UUID) -> UUID:
    return store.run(records.add, "contact", {"name": "Maria Anders", "company": alfreds})


def entries(store: Store, **asked: Any) -> tuple[Entry, ...]:
    with store.read() as reader:
        return timeline(reader, **asked).entries


def said(store: Store, **asked: Any) -> list[tuple[str, str]]:
    return [(entry.title, entry.subtitle) for entry in entries(store, **asked)]


def test_a_new_company_has_no_history(store: Store, alfreds: UUID, maria: UUID) -> None:
    assert said(store, company_id=alfreds) == []


def test_everything_of_the_company_and_its_people_is_in_one_timeline(store: Store, alfreds: UUID, maria: UUID, minutes: Callable[[float], None]) -> None:
    minutes(1)
    store.run(records.edit, "company", [alfreds], {"phone": "+49 30 0074322"})
    minutes(1)
    deal = store.run(records.add, "deal", {"name": "Autumn range", "company": alfreds, "amount": "21300", "opened_on": "2026-11-17"})
    minutes(1)
    store.run(deals.set_outcome, deal, "won")
    minutes(1)
    store.run(activities.log, "mail", "Email: Re: spring range", contact_id=maria, body="“Thank you, the samples arrived …”")
    minutes(1)
    ticket = store.run(tickets.open_ticket, "Damaged pallet", contact_id=maria)
    minutes(1)
    store.run(tickets.close, ticket, "Damaged pallet replaced", csat=5, call_back=False)
    minutes(1)
    quote = {"status": "accepted", "number": "Q-2026-0117", "title": "Q-2026-0117", "currency": "EUR", "company_id": alfreds}
    store.run(make, Quote, **quote, issued_at=clock.now(), sent_at=clock.now() + timedelta(minutes=1), decided_at=clock.now() + timedelta(minutes=2))
    minutes(3)
    task = store.run(tasks.add, "Send a card", contact_id=maria, due_on=date(2026, 11, 18))
    store.run(tasks.done, [task])
    told = said(store, company_id=alfreds)
    assert [title for title, _ in told[:4]] == ["Done: Send a card", "Q-2026-0117 accepted", "Q-2026-0117 sent", "Q-2026-0117 issued"]
    assert told[4:] == [
        ("Ticket T-0001 resolved", "Damaged pallet replaced · rated 5/5"),
        ("Ticket T-0001 opened", "Damaged pallet"),
        ("Email: Re: spring range", "Maria Anders · “Thank you, the samples arrived …”"),
        ("Deal “Autumn range” won", "€21,300.00"),
        ("Phone changed", "030-0074321 → +49 30 0074322"),
        ("Deal “Autumn range” opened", "€21,300.00"),
    ]
    assert entries(store, company_id=alfreds)[0].member == "Maria Becker"
    assert {entry.event for entry in entries(store, contact_id=maria)} == {"done", "resolved", "opened", "logged"}


def test_a_change_of_a_contact_names_her(store: Store, alfreds: UUID, maria: UUID) -> None:
    store.run(records.edit, "contact", [maria], {"role": "Buyer"})
    store.run(records.edit, "contact", [maria], {"role": "Lead buyer", "department": "Food"})
    store.run(records.edit, "contact", [maria], {"email": "maria@alfreds.example"})
    assert said(store, company_id=alfreds)[::-1] == [
        ("Job title changed", "Maria Anders · added: Buyer"),
        ("2 values changed", "Maria Anders · Job title: Buyer → Lead buyer · Department: added: Food"),
        ("Email changed", "Maria Anders · added: maria@alfreds.example"),
    ]


def test_what_comes_and_goes_in_one_go_is_a_change(store: Store, alfreds: UUID) -> None:
    store.run(records.edit, "company", [alfreds], {"phone": [{"value": "030 1", "label": "work"}, {"value": "030 2"}]})
    store.run(records.edit, "company", [alfreds], {"phone": [{"value": "030 1", "label": "work"}]})
    assert said(store, company_id=alfreds)[0] == ("Phone changed", "removed: 030 2")


def test_links_in_changes_are_names(store: Store, alfreds: UUID) -> None:
    parent = store.run(records.add, "company", {"name": "Futter Holding"})
    store.run(records.edit, "company", [alfreds], {"parent": parent, "tags": "Key account"})
    assert said(store, company_id=alfreds) == [("2 values changed", "Parent company: added: Futter Holding · Tags: added: Key account")]


def test_a_moved_deal_tells_its_stage_and_a_won_one_is_told_once(store: Store, alfreds: UUID, minutes: Callable[[float], None]) -> None:
    deal = store.run(records.add, "deal", {"name": "Rollout", "company": alfreds})
    minutes(1)
    store.run(records.edit, "deal", [deal], {"stage": "Proposal"})
    minutes(1)
    store.run(deals.set_outcome, deal, "won")
    assert [title for title, _ in said(store, company_id=alfreds)] == ["Deal “Rollout” won", "Deal “Rollout” moved to Proposal", "Deal “Rollout” opened"]
    assert [title for title, _ in said(store, company_id=alfreds, kinds=["deal"])][1] == "Deal “Rollout” moved to Proposal"
    assert said(store, deal_id=deal)[1] == ("Stage changed", "Qualify → Proposal")


def test_a_deal_shows_what_happened_with_it_and_how_it_changed(store: Store, alfreds: UUID, minutes: Callable[[float], None]) -> None:
    deal = store.run(records.add, "deal", {"name": "Rollout", "company": alfreds, "amount": "1000"})
    store.run(activities.log, "call", "About the price", deal_id=deal)
    store.run(activities.log, "call", "About something else", company_id=alfreds)
    minutes(1)
    store.run(records.edit, "deal", [deal], {"amount": "1200"})
    assert said(store, deal_id=deal) == [("Amount changed", "€1,000.00 → €1,200.00"), ("About the price", ""), ("Deal “Rollout” opened", "€1,200.00")]


def test_a_secret_value_stays_out(store: Store, alfreds: UUID) -> None:
    store.run(records.edit, "company", [alfreds], {"external_id": "x1"})
    assert said(store, company_id=alfreds) == []


def test_pages_follow_each_other_without_gap_or_repetition(store: Store, alfreds: UUID, maria: UUID) -> None:
    for number in range(30):
        store.run(activities.log, "call" if number % 2 else "mail", f"No. {number}", contact_id=maria)
        store.run(records.edit, "contact", [maria], {"role": f"Role {number}"})
        store.run(tickets.open_ticket, f"Ticket {number}", company_id=alfreds)
    found: list[Entry] = []
    before = None
    with store.read() as reader:
        whole = timeline(reader, company_id=alfreds, limit=1000)
        while True:
            page = timeline(reader, company_id=alfreds, limit=7, before=before)
            assert len(page.entries) == 7 or page.before is None
            found += page.entries
            before = page.before
            if before is None:
                break
    assert whole.before is None
    assert tuple(found) == whole.entries
    assert len(found) == 90


def test_a_page_is_full_even_where_much_of_the_journal_tells_nothing(store: Store, alfreds: UUID) -> None:
    store.run(activities.log, "call", "Old call", company_id=alfreds, at=clock.now() - timedelta(days=1))
    for number in range(30):
        store.run(records.edit, "company", [alfreds], {"external_id": str(number)})
    assert said(store, company_id=alfreds, limit=1) == [("Old call", "")]


def test_only_the_kinds_asked_for_come(store: Store, alfreds: UUID, maria: UUID) -> None:
    store.run(activities.log, "call", "Call", contact_id=maria)
    store.run(activities.log, "note", "Note", contact_id=maria)
    store.run(records.edit, "contact", [maria], {"role": "Buyer"})
    assert [title for title, _ in said(store, company_id=alfreds, kinds=["call", "change"])] == ["Job title changed", "Call"]
    assert said(store, company_id=alfreds, kinds=[]) == []


def test_what_was_deleted_or_undone_is_gone(store: Store, alfreds: UUID, maria: UUID) -> None:
    call = store.run(activities.log, "call", "Call", contact_id=maria)
    store.run(records.delete, "activity", [call])
    store.run(activities.log, "note", "Note", contact_id=maria)
    store.undo()
    assert said(store, company_id=alfreds) == []


def test_a_date_stands_on_its_day_wherever_the_store_is(store: Store) -> None:
    for zone in ("Asia/Shanghai", "America/New_York", "Pacific/Auckland"):
        store.run(records.change_settings, {"zone": zone})
        company = store.run(records.add, "company", {"name": zone})
        store.run(records.add, "deal", {"name": "Rollout", "company": company, "opened_on": "2026-07-01"})
        (entry,) = entries(store, company_id=company)
        assert entry.day_only
        assert entry.at.astimezone(ZoneInfo(zone)).date() == date(2026, 7, 1)


def test_the_words_are_those_of_the_language_in_force(store: Store, alfreds: UUID) -> None:
    store.run(records.edit, "company", [alfreds], {"industry": "Food retail"})
    with speaking("de"):
        assert said(store, company_id=alfreds)[0][1].endswith("Food retail")


def test_a_lead_shows_what_happened_with_it_and_how_it_changed(store: Store, alfreds: UUID, minutes: Callable[[float], None]) -> None:
    lead = store.run(records.add, "lead", {"name": "Hanna Moos", "company_name": "Blauer See", "phone": "030 1"})
    store.run(activities.log, "call", "About the price", lead_id=lead)
    store.run(activities.log, "call", "About something else", company_id=alfreds)
    minutes(1)
    store.run(records.edit, "lead", [lead], {"phone": "030 2"})
    minutes(1)
    store.run(tasks.done, [store.run(tasks.add, "Send the list", lead_id=lead)])
    assert [title for title, _ in said(store, lead_id=lead)] == ["Done: Send the list", "Phone changed", "About the price"]
