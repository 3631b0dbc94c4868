"""Activities: what happened, for whom, and what follows from it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.errors import UserError
from crmdesk.models.customer import Company, Contact
from crmdesk.operations import activities, records, tickets
from tests.made import make

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.store import Store


@pytest.fixture
def maria(store: Store) -> tuple[UUID, UUID]:
    """A company and its contact Maria Anders."""
    company = store.run(make, Company, name="Alfreds Futterkiste")
    return company, store.run(make, Contact, given_name="Maria", family_name="Anders", company_id=company)


def values(store: Store, activity: UUID, *columns: str) -> tuple[Any, ...]:
    with store.read() as reader:
        return reader.one(f"SELECT {', '.join(columns)} FROM activity WHERE id = ?", (activity.bytes,)) or ()


def test_a_call_with_a_contact_belongs_to_her_company_too(store: Store, maria: tuple[UUID, UUID]) -> None:
    company, contact = maria
    activity = store.run(activities.log, "call", contact_id=contact, direction="in", minutes=12, body="Asked for a three-year price")
    assert values(store, activity, "subject", "company_id", "minutes", "owner_id") == (
        "Call with Maria Anders",
        company.bytes,
        12,
        store.viewer.member_id.bytes,
    )  # type: ignore[union-attr]
    with store.read() as reader:
        assert reader.value("SELECT count(*) FROM company WHERE last_contact_at IS NOT NULL") == 1


def test_what_is_about_a_deal_is_about_its_company_and_contact(store: Store, maria: tuple[UUID, UUID]) -> None:
    company, contact = maria
    deal = store.run(records.add, "deal", {"name": "Cold-chain rollout", "company": company, "contact": contact})
    activity = store.run(activities.log, "meeting", "Kick-off", deal_id=deal)
    assert values(store, activity, "company_id", "contact_id", "deal_id") == (company.bytes, contact.bytes, deal.bytes)


def test_what_is_about_a_ticket_is_about_its_company(store: Store, maria: tuple[UUID, UUID]) -> None:
    ticket = store.run(tickets.open_ticket, "Alarm", contact_id=maria[1])
    activity = store.run(activities.log, "note", "Called the driver", ticket_id=ticket)
    assert values(store, activity, "company_id") == (maria[0].bytes,)


def test_the_next_step_becomes_a_task_in_the_same_go(store: Store, maria: tuple[UUID, UUID]) -> None:
    store.run(activities.log, "call", contact_id=maria[1], next_step="Send quote", next_on=date(2026, 11, 24))
    with store.read() as reader:
        assert reader.one("SELECT subject, due_on, company_id FROM task") == ("Send quote", "2026-11-24", maria[0].bytes)
    store.undo()
    with store.read() as reader:
        assert reader.one("SELECT (SELECT count(*) FROM task WHERE deleted_at IS NULL), (SELECT count(*) FROM activity WHERE deleted_at IS NULL)") == (0, 0)


def test_something_about_nobody_is_refused(store: Store) -> None:
    with pytest.raises(UserError, match="whom this is about"):
        store.run(activities.log, "call", "Hello")


def test_an_unknown_kind_is_refused_and_names_its_field(store: Store, maria: tuple[UUID, UUID]) -> None:
    with pytest.raises(UserError) as refused:
        store.run(activities.log, "telegram", "Hello", company_id=maria[0])
    assert refused.value.field == "kind"


def test_an_activity_can_be_corrected(store: Store, maria: tuple[UUID, UUID]) -> None:
    activity = store.run(activities.log, "call", contact_id=maria[1])
    store.run(activities.edit, activity, {"minutes": 30, "body": "Long talk"})
    assert values(store, activity, "minutes", "body") == (30, "Long talk")


def test_the_last_contact_moves_with_a_contact_to_another_company_and_back(store: Store, maria: tuple[UUID, UUID]) -> None:
    old, contact = maria
    new = store.run(make, Company, name="Neu")
    store.run(activities.log, "call", contact_id=contact)

    def last() -> tuple[Any, ...]:
        with store.read() as reader:
            return tuple(reader.value("SELECT last_contact_at IS NOT NULL FROM company WHERE id = ?", (company.bytes,)) for company in (old, new))

    assert last() == (1, 0)
    store.run(records.edit, "contact", [contact], {"company": str(new)})
    assert last() == (0, 1)
    store.undo()
    assert last() == (1, 0)
    store.redo()
    assert last() == (0, 1)


def test_undo_of_a_contacts_company_takes_none_from_deals_and_tickets_that_had_it_before(store: Store, maria: tuple[UUID, UUID]) -> None:
    company = maria[0]
    person = store.run(make, Contact, given_name="Eva", family_name="Klein")
    deal = store.run(records.add, "deal", {"name": "Rollout", "company": company, "contact": person})
    ticket = store.run(tickets.open_ticket, "Alarm", company_id=company, contact_id=person)

    def companies() -> list[Any]:
        with store.read() as reader:
            return [reader.value(f"SELECT company_id FROM {name} WHERE id = ?", (record.bytes,)) for name, record in (("deal", deal), ("ticket", ticket))]

    assert companies() == [company.bytes] * 2
    store.run(records.edit, "contact", [person], {"company": str(company)})
    store.undo()
    assert companies() == [company.bytes] * 2
    store.redo()
    assert companies() == [company.bytes] * 2
