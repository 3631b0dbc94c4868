"""The ticket queue, what is due, and the week's figures."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from crmdesk import clock
from crmdesk.errors import UserError
from crmdesk.models.member import Member
from crmdesk.operations import records, tickets
from crmdesk.queries import service
from crmdesk.queries import tickets as queries
from tests.made import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmdesk.store import Store

pytestmark = pytest.mark.usefixtures("minutes")


def queue(store: Store, which: str = "open") -> list[tuple[str, str]]:
    with store.read() as reader:
        return [(row.subject, row.due.words(clock.now(), reader)) for row in queries.tickets(reader, which)]


def test_the_queue_begins_with_what_presses_and_says_until_when(store: Store, minutes: Callable[[float], None]) -> None:
    customer = store.run(records.add, "company", {"name": "Ernst Handel"})
    for subject, priority in (
        ("Delivery address", "low"),
        ("Second pallet", "normal"),
        ("Cooling unit", "urgent"),
        ("VAT ID", "high"),
        ("Catalogue", "low"),
        ("Damaged", "high"),
    ):
        ticket = store.run(tickets.open_ticket, subject, priority=priority, company_id=customer)
        if subject == "VAT ID":
            store.run(tickets.reply, ticket, "Thanks")
        if subject == "Catalogue":
            store.run(tickets.reply, ticket, "Which?", wait=True)
        if subject == "Damaged":
            store.run(tickets.resolve, ticket)
            store.run(tickets.rate, ticket, 5)
    minutes(18)
    assert queue(store) == [
        ("Cooling unit", "Respond in 12 min"),
        ("Second pallet", "Respond in 7 h"),
        ("VAT ID", "Resolve in 7 h"),
        ("Delivery address", "Tomorrow 17:00"),
        ("Catalogue", "Waiting for customer"),
        ("Damaged", "Resolved · CSAT 5"),
    ]
    minutes(3 * 60)
    assert queue(store)[0] == ("Cooling unit", "Late by 2 h")
    assert queue(store, "late") == [("Cooling unit", "Late by 2 h")]


def test_filters_and_their_counts_agree(store: Store) -> None:
    anne = store.run(make, Member, name="Anne Lindt", role="service", is_active=True)
    me = store.viewer.member_id
    for number in range(6):
        ticket = store.run(tickets.open_ticket, f"No. {number}", owner_id=(me, anne, None)[number % 3])
        if number > 3:
            store.run(tickets.close, ticket, call_back=False)
    with store.read() as reader:
        counts = queries.counts(reader)
        assert counts == {name: len(queries.tickets(reader, name)) for name in counts} == {"open": 4, "mine": 2, "unassigned": 1}
        everything = queries.counts(reader, tuple(queries.FILTERS))
        assert everything == {name: len(queries.tickets(reader, name)) for name in queries.FILTERS}
        with pytest.raises(UserError, match="no filter"):
            queries.tickets(reader, "x'; DROP TABLE ticket")


def test_a_due_time_presses_more_the_nearer_it_is() -> None:
    at = clock.now()
    near = [queries.Due("respond", at + timedelta(minutes=shift)).urgency(at) for shift in (-1, 12, 120, 600)]
    assert near == ["late", "soon", "today", "later"]
    assert queries.Due("waiting").urgency(at) == "none"


def test_a_ticket_without_promises_is_just_open(store: Store) -> None:
    store.run(records.change_settings, {"service_level": ""})
    store.run(records.delete, "queue", [row.id for row in _all(store, "queue")])
    store.run(tickets.open_ticket, "Whenever")
    assert queue(store) == [("Whenever", "Open")]


def _all(store: Store, entity: str) -> Any:
    from crmdesk.queries import records as lists

    with store.read() as reader:
        return lists.rows(reader, entity, lists.ids(reader, entity), ["name"])


def test_the_weeks_figures_count_what_was_due(store: Store, minutes: Callable[[float], None]) -> None:
    with store.read() as reader:
        assert service.week(reader).first_reply_percent is None
    quick, slow, missed = (store.run(tickets.open_ticket, name, priority="urgent", message="Help") for name in ("Quick", "Slow", "Missed"))
    minutes(10)
    store.run(tickets.reply, quick, "Yes")
    store.run(tickets.close, quick, csat=5, call_back=False)
    minutes(60)
    store.run(tickets.reply, slow, "Sorry")
    store.run(tickets.receive, slow, "Still broken")
    store.run(tickets.close, slow, csat=3, call_back=False)
    with store.read() as reader:
        figures = service.week(reader)
        assert (figures.first_replies_in_time, figures.first_replies) == (1, 3)
        assert (figures.resolved_at_first_contact, figures.resolved) == (1, 2)
        assert (figures.csat, figures.rated) == (4.0, 2)
        assert set(figures.reply_ids) == {quick, slow, missed}
        assert service.figures(reader, service.week_start(reader, 1), service.week_start(reader)).first_replies == 0


def test_a_tickets_page_shows_the_customer_beside_it(store: Store) -> None:
    company = store.run(records.add, "company", {"name": "Ernst Handel", "address.city": "Graz", "address.country": "Austria", "tags": "Key account"})
    contact = store.run(records.add, "contact", {"name": "Roland Mendel", "company": company, "phone": "+43 316 1234567"})
    store.run(records.add, "deal", {"name": "Three-year contract", "company": company, "amount": "58000", "stage": "Proposal"})
    for csat in (4, 5):
        earlier = store.run(tickets.open_ticket, "Earlier", company_id=company)
        store.run(tickets.close, earlier, csat=csat, call_back=False)
    ticket = store.run(tickets.open_ticket, "Cooling unit alarm", contact_id=contact, message="Alarm E-41", channel="phone")
    with store.read() as reader:
        page = queries.page(reader, ticket)
    card = page.customer
    assert (card.company, card.contact, card.place, card.phone, card.tags) == (
        "Ernst Handel",
        "Roland Mendel",
        "Graz, Austria",
        "+43 316 1234567",
        ("Key account",),
    )
    assert [(name, str(amount.amount) if amount else "", stage) for _, name, amount, stage in card.deals] == [("Three-year contract", "58000.00", "Proposal")]
    assert (card.earlier, card.csat) == (2, 4.5)
    assert [(message.who, message.channel) for message in page.messages] == [("Roland Mendel", "phone")]


def test_an_unknown_ticket_is_said_to_be_unknown(store: Store) -> None:
    with store.read() as reader, pytest.raises(UserError, match="does not exist"):
        queries.page(reader, store.viewer.member_id)  # type: ignore[arg-type]
