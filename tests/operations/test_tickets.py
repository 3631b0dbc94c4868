"""Tickets: numbers, clocks in business time, pauses, the end."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from crmdesk.errors import UserError
from crmdesk.exchange.importing import import_file
from crmdesk.models.customer import Company, Contact
from crmdesk.models.member import Member
from crmdesk.models.ticket import Article, Queue, SavedAnswer, ServiceLevel, Ticket
from crmdesk.models.workspace import Holiday
from crmdesk.operations import records, setup, tickets, workspace
from crmdesk.queries import answers
from crmdesk.queries import tickets as queries
from crmdesk.queries.records import ids
from crmdesk.store import Store, create
from tests.conftest import BERLIN
from tests.made import make

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("minutes")


def ticket_of(store: Store, ticket: UUID) -> queries.TicketPage:
    with store.read() as reader:
        return queries.page(reader, ticket)


def local(at: datetime | None) -> str:
    assert at is not None
    return at.astimezone(BERLIN).strftime("%a %H:%M")


def test_tickets_are_numbered_and_promise_a_reply_in_working_time(store: Store) -> None:
    first = store.run(tickets.open_ticket, "Cooling unit alarm", priority="urgent", message="Alarm E-41 since this morning")
    second = store.run(tickets.open_ticket, "Wrong VAT ID", priority="high")
    shown = ticket_of(store, first)
    assert (shown.ticket.number, ticket_of(store, second).ticket.number) == ("T-0001", "T-0002")
    assert shown.level
    assert shown.level.name == "Standard"
    assert local(shown.first_reply_due_at) == "Wed 09:30"
    assert local(shown.resolve_due_at) == "Wed 13:00"
    assert [message.body for message in shown.messages] == ["Alarm E-41 since this morning"]


def test_a_ticket_added_like_any_record_gets_number_and_due_times_too(store: Store) -> None:
    ticket = store.run(records.add, "ticket", {"subject": "Printer cold", "priority": "high"})
    shown = ticket_of(store, ticket)
    assert shown.ticket.number == "T-0001"
    assert local(shown.first_reply_due_at) == "Wed 11:00"


def test_an_imported_number_is_kept_and_never_given_again(store: Store) -> None:
    store.run(records.add, "ticket", {"subject": "Old", "number": "T-0001"})
    ticket = store.run(tickets.open_ticket, "New")
    assert ticket_of(store, ticket).ticket.number == "T-0002"


def test_a_closed_ticket_that_is_imported_promises_nothing(store: Store) -> None:
    ticket = store.run(records.add, "ticket", {"subject": "Old", "status": "closed"})
    shown = ticket_of(store, ticket)
    assert shown.first_reply_due_at is None
    assert shown.ticket.due.state == "closed"


def test_the_first_reply_is_stamped_once(store: Store, minutes: Callable[[float], None]) -> None:
    ticket = store.run(tickets.open_ticket, "Cooling unit alarm", priority="urgent")
    minutes(20)
    store.run(tickets.reply, ticket, "We are looking into it")
    minutes(20)
    store.run(tickets.reply, ticket, "Found it")
    shown = ticket_of(store, ticket)
    assert local(shown.first_replied_at) == "Wed 09:20"
    assert shown.ticket.status == "open"
    assert shown.ticket.due.state == "resolve"


def test_while_the_customer_is_silent_the_clock_stands_still(store: Store, minutes: Callable[[float], None]) -> None:
    ticket = store.run(tickets.open_ticket, "Cooling unit alarm", priority="urgent", message="It is warm")
    minutes(60)
    store.run(tickets.reply, ticket, "Which unit?", wait=True)
    assert ticket_of(store, ticket).ticket.due.state == "waiting"
    minutes(24 * 60)
    store.run(tickets.receive, ticket, "Unit 3")
    shown = ticket_of(store, ticket)
    assert shown.ticket.status == "open"
    assert shown.waited_minutes == 8 * 60
    assert local(shown.resolve_due_at) == "Thu 13:00"
    assert shown.waiting_since is None


def test_waiting_over_the_weekend_moves_nothing(store: Store, minutes: Callable[[float], None]) -> None:
    minutes(2 * 24 * 60 + 8 * 60)  # Friday 17:00
    ticket = store.run(tickets.open_ticket, "Catalogue")
    store.run(tickets.reply, ticket, "Which one?", wait=True)
    due = ticket_of(store, ticket).resolve_due_at
    minutes(2 * 24 * 60)
    store.run(tickets.receive, ticket, "All")
    assert ticket_of(store, ticket).resolve_due_at == due


def test_a_note_touches_no_clock(store: Store, minutes: Callable[[float], None]) -> None:
    ticket = store.run(tickets.open_ticket, "Cooling unit alarm")
    before = ticket_of(store, ticket)
    minutes(10)
    store.run(tickets.note, ticket, "Known with firmware 2.1")
    after = ticket_of(store, ticket)
    assert (after.first_replied_at, after.resolve_due_at, after.ticket.status) == (None, before.resolve_due_at, "new")
    assert [message.kind for message in after.messages] == ["note"]


def test_a_more_urgent_ticket_is_due_earlier_and_keeps_what_it_waited(store: Store, minutes: Callable[[float], None]) -> None:
    ticket = store.run(tickets.open_ticket, "Cooling unit alarm", priority="high")
    store.run(tickets.reply, ticket, "Which?", wait=True)
    minutes(60)
    store.run(tickets.receive, ticket, "That one")
    store.run(records.edit, "ticket", [ticket], {"priority": "urgent"})
    assert local(ticket_of(store, ticket).resolve_due_at) == "Wed 14:00"


def test_editing_the_priority_of_a_record_moves_its_due_time_as_well(store: Store) -> None:
    ticket = store.run(records.add, "ticket", {"subject": "Printer cold", "priority": "high"})
    store.run(records.edit, "ticket", [ticket], {"priority": "urgent"})
    assert local(ticket_of(store, ticket).first_reply_due_at) == "Wed 09:30"


def test_a_queue_with_a_service_level_of_its_own_decides(store: Store) -> None:
    gold = store.run(make, ServiceLevel, name="Gold", normal_first_reply_minutes=15)
    queue = store.run(make, Queue, name="Repairs", service_level_id=gold)
    ticket = store.run(tickets.open_ticket, "Broken", queue_id=queue)
    shown = ticket_of(store, ticket)
    assert local(shown.first_reply_due_at) == "Wed 09:15"
    assert shown.resolve_due_at is None


def test_holidays_are_not_counted(store: Store) -> None:
    store.run(make, Holiday, on=date(2026, 11, 19), name="Town day")
    ticket = store.run(tickets.open_ticket, "Broken", priority="high")
    assert local(ticket_of(store, ticket).resolve_due_at) == "Wed 17:00"
    ticket = store.run(tickets.open_ticket, "Broken")
    assert local(ticket_of(store, ticket).resolve_due_at) == "Mon 17:00"


def test_closing_plans_a_call_three_working_days_later(store: Store) -> None:
    anne = store.run(make, Member, name="Anne Lindt", role="service", is_active=True)
    ticket = store.run(tickets.open_ticket, "Damaged pallet", owner_id=anne)
    task = store.run(tickets.close, ticket, "Replaced", csat=5)
    assert task
    shown = ticket_of(store, ticket)
    assert (shown.ticket.status, shown.ticket.due.csat, shown.resolution) == ("closed", 5, "Replaced")
    with store.read() as reader:
        assert reader.one("SELECT due_on, owner_id FROM task WHERE id = ?", (task.bytes,)) == ("2026-11-23", anne.bytes)
    with pytest.raises(UserError, match="is closed"):
        store.run(tickets.close, ticket)


def test_a_first_reply_before_the_ticket_was_opened_is_refused(store: Store) -> None:
    opened, before = datetime(2026, 3, 2, 9, tzinfo=BERLIN), datetime(2026, 3, 1, 9, tzinfo=BERLIN)
    ticket = store.run(records.add, "ticket", {"subject": "Broken", "opened_at": opened, "first_replied_at": opened})
    for given in ({"first_replied_at": before}, {"opened_at": datetime(2026, 3, 3, 9, tzinfo=BERLIN)}):
        with pytest.raises(UserError, match="The first reply can't be before the ticket was opened") as refused:
            store.run(records.edit, "ticket", [ticket], given)
        assert refused.value.field == "first_replied_at"
    with pytest.raises(UserError, match="before the ticket was opened"):
        store.run(records.add, "ticket", {"subject": "Broken too", "opened_at": opened, "first_replied_at": before})
    store.run(records.edit, "ticket", [ticket], {"opened_at": before, "first_replied_at": before})


def test_when_a_ticket_was_done_goes_with_its_status(store: Store) -> None:
    def times(ticket: UUID) -> tuple[object, ...] | None:
        with store.read() as reader:
            return reader.one(
                "SELECT status, resolved_at IS NOT NULL, closed_at IS NOT NULL, resolved_at >= opened_at FROM ticket WHERE id = ?", (ticket.bytes,)
            )

    closed = store.run(records.add, "ticket", {"subject": "Written down later", "status": "closed"})
    assert times(closed) == ("closed", 1, 1, 1)
    store.run(records.edit, "ticket", [closed], {"resolved_at": "", "closed_at": ""})
    assert times(closed) == ("closed", 1, 1, 1)
    with pytest.raises(UserError, match="before it was opened"):
        store.run(records.edit, "ticket", [closed], {"closed_at": "2020-01-01 10:00"})
    still_open = store.run(tickets.open_ticket, "Alarm")
    for given in ({"resolved_at": datetime(2100, 1, 1, tzinfo=BERLIN)}, {"closed_at": datetime(2100, 1, 1, tzinfo=BERLIN)}):
        with pytest.raises(UserError, match="is not done"):
            store.run(records.edit, "ticket", [still_open], given)
        with pytest.raises(UserError, match="is not done"):
            store.run(records.add, "ticket", {"subject": "Waiting", "status": "waiting", **given})
    with pytest.raises(UserError, match="filled in by the program"):
        store.run(records.edit, "ticket", [still_open], {"waited_minutes": "-5"})


def test_due_times_follow_when_a_ticket_turns_out_to_have_been_opened_earlier(store: Store) -> None:
    ticket = store.run(tickets.open_ticket, "Alarm")
    before = ticket_of(store, ticket).ticket.due
    store.run(records.edit, "ticket", [ticket], {"opened_at": datetime(2026, 3, 2, 9, tzinfo=BERLIN)})
    after = ticket_of(store, ticket).ticket.due
    assert before != after
    store.undo()
    assert ticket_of(store, ticket).ticket.due == before


def test_a_ticket_that_came_with_contradicting_times_can_be_edited_and_put_right(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text("subject,opened_at,first_replied_at\nOld,2026-03-02T09:00:00Z,2026-03-01T09:00:00Z\n", encoding="utf-8")
    assert import_file(store, "ticket", path).added == 1
    with store.read() as reader:
        (ticket,) = ids(reader, "ticket")
    store.run(records.edit, "ticket", [UUID(bytes=ticket)], {"priority": "urgent", "subject": "Older"})
    store.run(records.edit, "ticket", [UUID(bytes=ticket)], {"first_replied_at": datetime(2026, 3, 2, 11, tzinfo=BERLIN)})


def test_closing_by_edit_plans_the_call_too_but_only_once(store: Store) -> None:
    ticket = store.run(tickets.open_ticket, "Damaged pallet")
    store.run(records.edit, "ticket", [ticket], {"status": "closed"})
    store.run(records.edit, "ticket", [ticket], {"status": "closed"})
    with store.read() as reader:
        assert reader.value("SELECT count(*) FROM task WHERE deleted_at IS NULL") == 1
        assert reader.value("SELECT closed_at IS NOT NULL AND resolved_at IS NOT NULL FROM ticket")


def test_a_customers_answer_opens_a_resolved_ticket_and_the_time_between_does_not_count(store: Store, minutes: Callable[[float], None]) -> None:
    ticket = store.run(tickets.open_ticket, "Alarm", priority="urgent")
    minutes(30)
    store.run(tickets.reply, ticket, "Done")
    store.run(tickets.resolve, ticket, "Reset")
    minutes(120)
    store.run(tickets.receive, ticket, "It is back")
    shown = ticket_of(store, ticket)
    assert (shown.ticket.status, shown.resolved_at, local(shown.resolve_due_at)) == ("open", None, "Wed 15:00")


def test_reopening_an_open_ticket_is_refused(store: Store) -> None:
    ticket = store.run(tickets.open_ticket, "Alarm")
    with pytest.raises(UserError, match="T-0001 is open"):
        store.run(tickets.reopen, ticket)
    store.run(tickets.close, ticket, call_back=False)
    store.run(tickets.reopen, ticket)
    assert ticket_of(store, ticket).ticket.status == "open"


@pytest.mark.parametrize("csat", [0, 6, -1])
def test_a_satisfaction_that_can_not_be_is_refused(store: Store, csat: int) -> None:
    ticket = store.run(tickets.open_ticket, "Alarm")
    with pytest.raises(UserError, match="1 to 5"):
        store.run(tickets.close, ticket, csat=csat)
    assert ticket_of(store, ticket).ticket.status == "new"


def test_an_empty_message_is_refused(store: Store) -> None:
    ticket = store.run(tickets.open_ticket, "Alarm")
    with pytest.raises(UserError, match="empty"):
        store.run(tickets.reply, ticket, "  \n ")


def test_times_never_run_backwards_even_where_imported_ones_do(store: Store) -> None:
    tomorrow = datetime(2026, 11, 19, 9, 0, tzinfo=BERLIN)
    ticket = store.run(make, Ticket, subject="From elsewhere", status="waiting", opened_at=tomorrow, waiting_since=tomorrow, waited_minutes=-500)
    store.run(tickets.receive, ticket, "Hello")
    store.run(tickets.reply, ticket, "Hello")
    store.run(tickets.close, ticket)
    shown = ticket_of(store, ticket)
    assert shown.waited_minutes == 0
    assert shown.first_replied_at == shown.resolved_at == tomorrow


def test_undo_takes_an_answer_and_the_pause_back(store: Store) -> None:
    ticket = store.run(tickets.open_ticket, "Alarm", priority="urgent")
    before = ticket_of(store, ticket)
    store.run(tickets.reply, ticket, "Which?", wait=True)
    assert store.undo() == "Reply: T-0001 Alarm"
    assert ticket_of(store, ticket) == before


def test_a_saved_answer_fills_in_only_what_is_on_the_list(store: Store) -> None:
    company = store.run(make, Company, name="Ernst Handel")
    contact = store.run(make, Contact, given_name="Roland", family_name="Mendel", company_id=company)
    answer = store.run(make, SavedAnswer, title="Thanks", body="Dear {contact} of {company}, {number} {settings} {0} {__class__} {contact.__class__}")
    ticket = store.run(tickets.open_ticket, "Alarm {company}", contact_id=contact)
    with store.read() as reader:
        assert answers.filled_answer(reader, answer, ticket) == "Dear Roland Mendel of Ernst Handel, T-0001 {settings} {0} {__class__} {contact.__class__}"


def test_an_article_in_a_reply_is_remembered_and_offered_for_the_same_words(store: Store) -> None:
    article = store.run(make, Article, title="E-41 after transport", body="Reset the unit.", status="published")
    store.run(make, Article, title="E-41 not yet written", body="…", status="draft")
    ticket = store.run(tickets.open_ticket, "Alarm E-41 after delivery")
    with store.read() as reader:
        assert [snippet.title for snippet in answers.articles_for(reader, ticket)] == ["E-41 after transport"]
        assert [snippet.title for snippet in answers.snippets(reader, "transp e-41")] == ["E-41 after transport"]
    store.run(tickets.reply, ticket, "Reset the unit.", article_id=article)
    assert [message.article for message in ticket_of(store, ticket).messages] == ["E-41 after transport"]


def test_setting_up_twice_changes_nothing(store: Store) -> None:
    store.run(setup.basics)
    assert store.last_changes is None


def test_the_basics_are_named_in_the_stores_language(tmp_path: Path) -> None:
    with create(tmp_path / "zh.crmdesk", "correct horse battery", language="zh", region="CN", currency="CNY") as store:
        store.run(setup.basics)
        with store.read() as reader:
            assert reader.value("SELECT count(*) FROM stage") == 6
            assert reader.settings.service_level


def test_a_ticket_comes_out_of_the_bin_into_a_queue_that_is_still_there(store: Store) -> None:
    repairs = store.run(workspace.set_queue, None, "Repairs")
    ticket = store.run(tickets.open_ticket, "Alarm", queue_id=repairs)
    store.run(records.delete, "ticket", [ticket])
    store.run(records.delete, "queue", [repairs])
    store.run(records.restore, "ticket", ticket)
    with store.read() as reader:
        assert reader.value("SELECT q.deleted_at IS NULL FROM ticket t JOIN queue q ON q.id = t.queue_id WHERE t.id = ?", (ticket.bytes,))


def test_a_ticket_whose_file_said_that_it_was_resolved_in_1900_opens_again(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text("subject,status,opened_at,resolved_at\nOld,resolved,2026-11-18T08:00:00Z,1900-01-01T00:00:00Z\n", encoding="utf-8")
    assert import_file(store, "ticket", path).added == 1
    with store.read() as reader:
        (old,) = ids(reader, "ticket")
    store.run(tickets.reopen, UUID(bytes=old))
    assert local(ticket_of(store, UUID(bytes=old)).resolve_due_at) == "Fri 17:00"
    forgotten = store.run(records.add, "ticket", {"subject": "Older", "status": "resolved", "opened_at": "1950-01-01 00:00", "resolved_at": "1950-01-02 00:00"})
    store.run(tickets.reopen, forgotten)
    assert ticket_of(store, forgotten).resolve_due_at is not None


# ---- times that are typed ----


def test_an_open_ticket_gets_no_time_at_which_it_was_done_together_with_its_status_either(store: Store) -> None:
    ticket = store.run(records.add, "ticket", {"subject": "Alarm", "opened_at": "2026-11-02 09:00"})
    before = ticket_of(store, ticket)
    for status in ("open", "waiting"):
        for name in ("resolved_at", "closed_at"):
            with pytest.raises(UserError, match="not done") as refused:
                store.run(records.edit, "ticket", [ticket], {"status": status, name: "2026-11-10 10:00"})
            assert refused.value.field == name
    assert ticket_of(store, ticket) == before


def test_opening_a_ticket_again_counts_the_time_between_though_its_end_is_cleared_with_it(store: Store, minutes: Callable[[float], None]) -> None:
    pair = [store.run(tickets.open_ticket, "Alarm") for _ in range(2)]
    for ticket in pair:
        store.run(tickets.resolve, ticket)
    minutes(120)
    store.run(records.edit, "ticket", [pair[0]], {"status": "open"})
    store.run(records.edit, "ticket", [pair[1]], {"status": "open", "resolved_at": "", "closed_at": ""})
    alone, cleared = (ticket_of(store, ticket) for ticket in pair)
    assert alone.waited_minutes == cleared.waited_minutes == 120
    assert alone.resolve_due_at == cleared.resolve_due_at
    assert cleared.resolved_at is None


def test_a_ticket_is_closed_at_the_time_that_is_typed_with_its_status(store: Store) -> None:
    ticket = store.run(records.add, "ticket", {"subject": "Alarm", "opened_at": "2026-11-02 09:00"})
    store.run(records.edit, "ticket", [ticket], {"status": "closed", "closed_at": "2026-11-05 10:00"})
    with store.read() as reader:
        at = int(datetime(2026, 11, 5, 10, tzinfo=BERLIN).timestamp() * 1000)
        assert reader.one("SELECT resolved_at, closed_at FROM ticket") == (at, at)


def test_due_times_that_are_typed_stay_when_the_promise_moves(store: Store) -> None:
    ticket = store.run(records.add, "ticket", {"subject": "Alarm"})
    typed = datetime(2026, 12, 2, 10, tzinfo=BERLIN)
    for other in ({"opened_at": "2026-11-03 10:00"}, {"priority": "urgent"}, {"status": "resolved"}, {"status": "open"}):
        first = ticket_of(store, ticket).first_reply_due_at
        store.run(records.edit, "ticket", [ticket], {**other, "resolve_due_at": typed})
        assert ticket_of(store, ticket).resolve_due_at == typed, other
        assert (ticket_of(store, ticket).first_reply_due_at == first) == ("status" in other), other


def test_a_due_time_that_was_typed_before_stays_when_the_ticket_turns_out_to_have_been_opened_earlier(store: Store) -> None:
    ticket = store.run(records.add, "ticket", {"subject": "Alarm"})
    typed = datetime(2026, 12, 1, 10, tzinfo=BERLIN)
    store.run(records.edit, "ticket", [ticket], {"resolve_due_at": typed})
    first = ticket_of(store, ticket).first_reply_due_at
    store.run(records.edit, "ticket", [ticket], {"opened_at": "2026-11-03 10:00"})
    shown = ticket_of(store, ticket)
    assert shown.resolve_due_at == typed
    assert shown.first_reply_due_at != first
    store.run(records.edit, "ticket", [ticket], {"priority": "urgent"})
    assert ticket_of(store, ticket).resolve_due_at != typed, "another priority is another promise"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"status": "resolved", "resolved_at": "2026-10-02 10:00"}, "resolved_at"),
        ({"status": "closed", "closed_at": "2026-10-02 10:00"}, "closed_at"),
        ({"status": "closed", "resolved_at": "2026-11-10 10:00", "closed_at": "2026-11-05 10:00"}, "closed_at"),
    ],
)
def test_the_times_of_a_ticket_come_one_after_the_other(store: Store, given: dict[str, str], field: str) -> None:
    opened = {"subject": "Alarm", "opened_at": "2026-11-02 09:00"}
    with pytest.raises(UserError, match="A ticket can't be") as refused:
        store.run(records.add, "ticket", {**opened, **given})
    assert refused.value.field == field
    ticket = store.run(records.add, "ticket", opened)
    with pytest.raises(UserError, match="A ticket can't be") as refused:
        store.run(records.edit, "ticket", [ticket], given)
    assert refused.value.field == field


def test_a_ticket_can_not_have_been_resolved_after_it_was_closed(store: Store) -> None:
    done = {"subject": "Alarm", "status": "closed", "opened_at": "2026-11-02 09:00", "closed_at": "2026-11-05 10:00"}
    ticket = store.run(records.add, "ticket", done)
    with pytest.raises(UserError, match="before it was resolved") as refused:
        store.run(records.edit, "ticket", [ticket], {"resolved_at": "2026-11-10 10:00"})
    assert refused.value.field == "resolved_at"
