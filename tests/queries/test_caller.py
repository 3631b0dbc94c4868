"""Who is calling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmdesk.operations import activities, records, tickets
from crmdesk.queries.caller import Caller, who_is

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.store import Store


@pytest.fixture
def alfreds(store: Store) -> UUID:
    return store.run(records.add, "company", {"name": "Alfreds Futterkiste", "phone": "+49 30 0074320"})


@pytest.fixture
def maria(store: Store, alfreds: UUID) -> UUID:
    return store.run(records.add, "contact", {"name": "Maria Anders", "role": "Buyer", "company": alfreds, "phone": "0151 23456789"})


def asked(store: Store, number: str) -> Caller:
    with store.read() as reader:
        return who_is(reader, number)


@pytest.mark.parametrize("number", ["+4915123456789", "0151 23456789", "0049 151 / 23456789", "tel:+49-151-23456789", "23456789", "3456789"])
def test_a_contact_is_known_by_any_writing_of_her_number(store: Store, maria: UUID, number: str) -> None:
    caller = asked(store, number)
    assert caller.contact
    assert caller.company
    assert (caller.contact.title, caller.company.title, caller.role) == ("Maria Anders", "Alfreds Futterkiste", "Buyer")


def test_an_extension_of_the_main_number_is_the_company(store: Store, maria: UUID) -> None:
    for number in ("+49 30 0074320", "+49 30 007432012", "+49 30 0074322"):
        caller = asked(store, number)
        assert caller.contact is None
        assert caller.company
        assert caller.company.title == "Alfreds Futterkiste"


@pytest.mark.parametrize("number", ["+43 151 23456789", "+4915123456780", "789", "", "anonymous"])
def test_a_stranger_stays_a_stranger(store: Store, maria: UUID, number: str) -> None:
    assert not asked(store, number).is_known


def test_a_number_that_no_country_has_is_found_by_its_digits(store: Store) -> None:
    store.run(records.add, "contact", {"name": "Internal desk", "phone": "12345678901234567"})
    caller = asked(store, "01234567")
    assert caller.contact
    assert caller.contact.title == "Internal desk"


def test_what_is_going_on_is_on_the_card(store: Store, alfreds: UUID, maria: UUID) -> None:
    store.run(records.add, "deal", {"name": "Autumn range", "company": alfreds, "amount": "21300"})
    store.run(tickets.open_ticket, "Damaged pallet", contact_id=maria)
    store.run(tickets.close, store.run(tickets.open_ticket, "Settled", contact_id=maria), call_back=False)
    store.run(activities.log, "call", "About the price", contact_id=maria)
    caller = asked(store, "+4915123456789")
    assert [(item.title, item.subtitle) for item in caller.deals] == [("Autumn range", "€21,300.00 · Qualify")]
    assert [(item.title, item.subtitle) for item in caller.tickets] == [("T-0001 Damaged pallet", "New")]
    assert caller.last_contact
    assert (caller.last_contact.subject, caller.last_contact.member) == ("About the price", "Maria Becker")
    told = caller.as_json()
    assert set(told) == {"number", "contact", "company", "lead", "deals", "tickets", "quotes", "last_contact"}
    assert told["contact"] == {"id": str(maria), "title": "Maria Anders"}


def test_a_lead_is_known_too_and_the_deleted_are_not(store: Store, maria: UUID) -> None:
    store.run(records.add, "lead", {"company_name": "QUICK-Stop", "phone": "0171 5550000"})
    caller = asked(store, "01715550000")
    assert caller.lead
    assert caller.lead.title == "QUICK-Stop"
    store.run(records.delete, "contact", [maria])
    assert not asked(store, "+4915123456789").is_known


def test_several_with_one_number_are_all_named(store: Store, alfreds: UUID, maria: UUID) -> None:
    store.run(records.add, "contact", {"name": "Thomas Futter", "company": alfreds, "phone": "0151 23456789"})
    caller = asked(store, "+4915123456789")
    assert [link.title for _, link in caller.others] == ["Thomas Futter"]
