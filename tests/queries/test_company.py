"""A company's page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from crmdesk import clock
from crmdesk.errors import UserError
from crmdesk.operations import activities, attachments, deals, records, tasks, tickets
from crmdesk.queries import company as queries
from crmdesk.queries import tasks as task_queries
from tests.conftest import BERLIN

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.store import Store

pytestmark = pytest.mark.usefixtures("minutes")


@pytest.fixture
def alfreds(store: Store) -> UUID:
    parent = store.run(records.add, "company", {"name": "Futter Holding"})
    return store.run(
        records.add, "company",
        {"name": "Alfreds Futterkiste", "industry": "Food retail", "parent": parent, "phone": "+49 30 0074321", "phone.fax": "030-0076545", "email": "orders@alfreds.example",
         "website": "alfreds.example", "address.street": "Obere Str. 57", "address.postal_code": "12209", "address.city": "Berlin", "address.country": "Germany",
         "vat_id": "DE811569869", "payment_days": "30", "tags": "Key account,cold-chain", "note": "Wants early delivery"},
    )  # fmt: skip


def page(store: Store, company: UUID) -> queries.CompanyPage:
    with store.read() as reader:
        return queries.page(reader, company)


def test_the_head_and_the_details_say_who_they_are(store: Store, alfreds: UUID) -> None:
    shown = page(store, alfreds)
    assert (shown.header.name, shown.header.industry, shown.header.place, shown.header.parent) == (
        "Alfreds Futterkiste",
        "Food retail",
        "Berlin, Germany",
        "Futter Holding",
    )
    assert {word for word, _ in shown.header.tags} == {"Key account", "cold-chain"}
    details = {detail.label: detail.value for detail in shown.details}
    assert details["Phone"] == "+49 30 0074321"
    assert details["Phone (fax)"] == "030-0076545"
    assert details["Address"] == "Obere Str. 57\n12209 Berlin, Germany"
    assert details["Payment term (days)"] == "30 days net"
    assert details["Owner"] == "Maria Becker"
    assert shown.note == "Wants early delivery"
    assert page(store, shown.header.parent_id).subsidiaries == ((alfreds, "Alfreds Futterkiste"),)  # type: ignore[arg-type]


def test_the_key_figures_add_up(store: Store, alfreds: UUID) -> None:
    for name, amount, stage in (("A", "60000", "Proposal"), ("B", "16400", "Negotiation"), ("C", "21300", "Qualify"), ("D", "500", "Qualify")):
        deal = store.run(records.add, "deal", {"name": name, "amount": amount, "company": alfreds, "stage": stage})
        if name == "C":
            store.run(deals.set_outcome, deal, "won")
        if name == "D":
            store.run(deals.set_outcome, deal, "lost")
    for csat in (5, 4):
        store.run(tickets.close, store.run(tickets.open_ticket, "Pallet", company_id=alfreds), csat=csat, call_back=False)
    store.run(tickets.open_ticket, "Alarm", company_id=alfreds)
    figures = page(store, alfreds).figures
    assert (figures.open_count, str(figures.open_amount.money.amount), str(figures.weighted.money.amount), figures.chance) == (2, "76400.00", "42300.00", 55)
    assert (figures.won_count, str(figures.won_amount.money.amount), figures.won_since) == (1, "21300.00", 2026)
    assert (figures.tickets, figures.open_tickets, figures.csat) == (3, 1, 4.5)


def test_the_usual_rhythm_is_that_of_the_last_contacts(store: Store, alfreds: UUID) -> None:
    assert page(store, alfreds).figures.last_contact_at is None
    for days in (27, 18, 9, 0):
        store.run(activities.log, "call", f"{days} days ago", company_id=alfreds, at=clock.now() - timedelta(days=days))
    store.run(activities.log, "note", "Not a contact", company_id=alfreds)
    store.run(activities.log, "meeting", "Planned", company_id=alfreds, at=clock.now() + timedelta(days=40))
    figures = page(store, alfreds).figures
    assert (figures.last_contact_at, figures.every_days) == (clock.now(), 9)


def test_people_next_steps_and_counts_are_there(store: Store, alfreds: UUID) -> None:
    karin, maria = (store.run(records.add, "contact", {"name": name, "company": alfreds, "phone": "0151 1"}) for name in ("Karin Schulz", "Maria Anders"))
    store.run(activities.log, "call", contact_id=maria)
    store.run(tasks.add, "Invite to tasting", due_on=date(2026, 12, 2), contact_id=karin)
    store.run(tasks.add, "Send quote", due_on=date(2026, 11, 17), company_id=alfreds)
    store.run(tasks.done, [store.run(tasks.add, "Done already", company_id=alfreds)])
    store.run(attachments.attach, "contact", karin, "card.png", b"png")
    shown = page(store, alfreds)
    assert [person.name for person in shown.people] == ["Maria Anders", "Karin Schulz"]
    assert [(task.subject, task.state) for task in shown.next_steps] == [("Send quote", "overdue"), ("Invite to tasting", "later")]
    assert shown.counts == {"people": 2, "deals": 0, "quotes": 0, "tickets": 0, "open_tickets": 0, "files": 1, "tasks": 2, "companies": 0}


def test_the_quality_of_the_data_says_what_is_missing(store: Store, alfreds: UUID) -> None:
    good = page(store, alfreds).quality
    assert good
    assert [rule.name for rule in good.problems] == ["no_people"]
    bare = store.run(records.add, "company", {"name": "Bare", "phone": "call the office"})
    poor = page(store, bare).quality
    assert poor
    assert poor.percent < good.percent
    assert {"phone_unreadable", "no_address", "no_people"} <= {rule.name for rule in poor.problems}


def test_an_unknown_company_is_said_to_be_unknown(store: Store, alfreds: UUID) -> None:
    store.run(records.delete, "company", [alfreds])
    with pytest.raises(UserError, match="does not exist"):
        page(store, alfreds)


def test_tasks_come_in_groups_by_their_day(store: Store) -> None:
    for subject, day in (("Late", 17), ("Now", 18), ("Next", 19), ("Soon", 24), ("Far", 30)):
        store.run(tasks.add, subject, due_on=date(2026, 11, day))
    store.run(tasks.add, "Some day")
    store.run(tasks.add, "An hour ago", due_at=datetime(2026, 11, 18, 8, 0, tzinfo=BERLIN))
    with store.read() as reader:
        grouped = task_queries.grouped(reader)
        assert {state: [row.subject for row in rows] for state, rows in grouped.items()} == {
            "overdue": ["Late", "An hour ago"], "today": ["Now"], "tomorrow": ["Next"], "week": ["Soon"], "later": ["Far"], "someday": ["Some day"],
        }  # fmt: skip
        assert task_queries.counts(reader) == {"overdue": 2, "today": 1, "open": 7}


def test_missed_reminders_come_up(store: Store) -> None:
    store.run(tasks.add, "Call", due_on=date(2026, 11, 19), remind_at=clock.now() - timedelta(hours=3))
    store.run(tasks.add, "Write", due_on=date(2026, 11, 19), remind_at=clock.now() + timedelta(hours=3))
    with store.read() as reader:
        assert [row.subject for row in task_queries.reminders(reader, clock.now() - timedelta(days=1), clock.now())] == ["Call"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Maria", "Maria Anders"),
        ("maria anders about the price", "Maria Anders"),
        ("Anders", "Maria Anders"),
        ("王小明", "王小明"),
        ("小明", "王小明"),
        ("Mariana", None),
        ("Thomas", None),
        ("", None),
    ],
)
def test_a_person_is_meant_only_where_just_one_fits(store: Store, alfreds: UUID, words: str, expected: str | None) -> None:
    for name in ("Maria Anders", "Thomas Futter", "Thomas Mann", "王小明"):
        store.run(records.add, "contact", {"name": name, "company": alfreds})
    store.run(records.add, "contact", {"name": "Maria Elsewhere"})
    with store.read() as reader:
        meant = task_queries.person_meant(reader, words, alfreds)
        assert (meant[1] if meant else None) == expected
        assert task_queries.person_meant(reader, "Maria") is None
        whole = task_queries.person_meant(reader, "Maria Elsewhere about the fair")
        assert whole
        assert whole[1] == "Maria Elsewhere"
