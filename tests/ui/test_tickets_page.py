"""The tickets page: the queue, a reply, saved answers, the clocks, the end."""

from __future__ import annotations

import email
from email import policy
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from crmdesk.operations import records, sample, tickets
from crmdesk.ui.dialogs.new_record import AskDialog
from crmdesk.ui.dialogs.ticket_end import TicketEndDialog
from crmdesk.ui.pages.tickets import TicketsPage
from crmdesk.ui.widgets.basics import Clickable
from tests.ui.desk import Desk, desk

if TYPE_CHECKING:
    from crmdesk.store import Store
    from tests.ui.conftest import MailProgram

__all__ = ["desk"]


@pytest.fixture
def ticket(store: Store) -> UUID:
    company = store.run(records.add, "company", {"name": "Ernst Handel"})
    roland = store.run(
        records.add, "contact", {"given_name": "Roland", "family_name": "Mendel", "company": company, "email": [{"value": "roland@ernst.example"}]}
    )
    store.run(records.add, "saved_answer", {"title": "Thanks for waiting", "body": "Dear {contact}, we are on {number}."})
    store.run(records.add, "article", {"title": "E-41 after transport", "body": "Unplug the unit.", "status": "published"})
    store.run(tickets.open_ticket, "Catalogue request", message="A catalogue, please.", priority="low")
    return store.run(
        tickets.open_ticket, "Cooling unit alarm E-41", company_id=company, contact_id=roland, message="Unit 3 shows alarm E-41.", priority="urgent", channel="phone",
    )  # fmt: skip


@pytest.fixture
def page(desk: Desk, ticket: UUID) -> TicketsPage:
    opened = desk.open("tickets")
    assert isinstance(opened, TicketsPage)
    return opened


def stored(store: Store, ticket: UUID, column: str) -> Any:
    with store.read() as reader:
        return reader.value(f"SELECT {column} FROM ticket WHERE id = ?", (ticket.bytes,))  # noqa: S608


def test_the_most_pressing_ticket_is_on_top_and_open(page: TicketsPage) -> None:
    assert [waiting.row.subject for waiting in page.queue.rows()] == ["Cooling unit alarm E-41", "Catalogue request"]
    assert page.talk.subject.text() == "Cooling unit alarm E-41"
    assert page.talk.conversation.texts() == ["Unit 3 shows alarm E-41."]
    assert [button.text() for button in page.segments._buttons.values()] == ["Open 2", "Mine 0", "Unassigned 2"]
    assert page.side.level_name.text() == "Service level: Standard"


def test_sending_notes_the_reply_opens_the_mail_program_and_waits(desk: Desk, page: TicketsPage, ticket: UUID, mail_program: MailProgram) -> None:
    reply = "We are on our way & bring 2 fuses.\n" + "Please keep the doors shut. " * 200
    page.talk.reply.set_text(reply)
    QTest.keyClick(page.talk.reply, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert page.talk.conversation.texts()[-1] == reply.strip()
    assert stored(desk.store, ticket, "status") == "waiting"
    (mail,) = mail_program.mails
    message = email.message_from_bytes(mail, policy=policy.default)
    assert (message["To"], message["Subject"], message["X-Unsent"]) == ("Roland Mendel <roland@ernst.example>", "T-0002: Cooling unit alarm E-41", "1")
    assert message.get_content().split() == reply.split()
    assert page.talk.reply.text() == ""


def test_an_internal_note_never_reaches_the_customer(desk: Desk, page: TicketsPage, ticket: UUID, mail_program: MailProgram) -> None:
    QTest.keyClicks(page.talk.reply, "Firmware 2.1 again")
    page.talk.note()
    desk.settle()
    assert mail_program.mails == []
    assert stored(desk.store, ticket, "status") == "new"
    with desk.store.read() as reader:
        assert reader.value("SELECT kind FROM message WHERE body LIKE 'Firmware%'") == "note"


def test_a_slash_offers_saved_answers_and_articles_and_fills_them_in(desk: Desk, page: TicketsPage) -> None:
    page.talk.reply.setFocus()
    QTest.keyClicks(page.talk.reply, "Hello, /")
    desk.settle()
    assert page.talk.reply.offered() == ["Thanks for waiting", "E-41 after transport"]
    QTest.keyClicks(page.talk.reply, "thanks")
    desk.settle()
    assert page.talk.reply.offered() == ["Thanks for waiting"]
    QTest.keyClick(page.talk.reply, Qt.Key.Key_Return)
    desk.settle()
    assert page.talk.reply.text() == "Hello, Dear Roland Mendel, we are on T-0002."


def test_a_slash_says_where_saved_answers_are_made_while_there_are_none(desk: Desk, page: TicketsPage) -> None:
    for entity in ("saved_answer", "article"):
        with desk.store.read() as reader:
            made = [UUID(bytes=record) for (record,) in reader.rows(f"SELECT id FROM {entity}")]
        desk.store.run(records.delete, entity, made)
    desk.settle()
    page.talk.reply.setFocus()
    QTest.keyClicks(page.talk.reply, "/")
    desk.settle()
    assert page.talk.reply.offered() == ["There are no saved answers yet. They are made in the settings, under “Answers and articles”."]
    QTest.keyClick(page.talk.reply, Qt.Key.Key_Return)
    desk.settle()
    assert (page.talk.reply.text(), page.talk.reply.offered()) == ("/\n", [])
    QTest.keyClicks(page.talk.reply, "/thanks")
    desk.settle()
    assert page.talk.reply.offered() == []


def test_a_slash_within_a_word_is_only_a_slash(desk: Desk, page: TicketsPage) -> None:
    page.talk.reply.setFocus()
    QTest.keyClicks(page.talk.reply, "and/or")
    desk.settle()
    assert page.talk.reply.offered() == []


def test_the_article_that_fits_is_suggested(desk: Desk, page: TicketsPage) -> None:
    button = page.talk._articles.itemAt(0).widget()
    assert button.accessibleName() == "E-41 after transport"
    button.click()
    assert page.talk.reply.text() == "Unplug the unit."


def test_a_half_typed_reply_is_still_there_after_looking_at_another_ticket(desk: Desk, page: TicketsPage) -> None:
    QTest.keyClicks(page.talk.reply, "Half a rep")
    page.queue.setCurrentIndex(page.queue.model().index(1, 0))
    desk.settle()
    assert page.talk.reply.text() == ""
    page.queue.setCurrentIndex(page.queue.model().index(0, 0))
    desk.settle()
    assert page.talk.reply.text() == "Half a rep"


def test_a_reply_that_was_kept_when_the_page_was_left_is_not_kept_a_second_time(desk: Desk, page: TicketsPage) -> None:
    told: list[str] = []
    page.talk.reply.draft_changed.connect(told.append)
    QTest.keyClicks(page.talk.reply, "We are on it")
    page.leave()  # as locking does, after which there is no store to keep it in
    QTest.qWait(1100)
    assert told == []


def test_a_reply_that_was_typed_for_one_ticket_is_never_sent_to_the_next(desk: Desk, page: TicketsPage, ticket: UUID, mail_program: MailProgram) -> None:
    QTest.keyClicks(page.talk.reply, "For Roland only")
    page.queue.setCurrentIndex(page.queue.model().index(1, 0))
    QTest.keyClick(page.talk.reply, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert mail_program.mails == []
    assert page.talk.conversation.texts() == ["A catalogue, please."]
    page.queue.setCurrentIndex(page.queue.model().index(0, 0))
    desk.settle()
    assert page.talk.conversation.texts() == ["Unit 3 shows alarm E-41."]
    assert page.talk.reply.text() == "For Roland only"


def test_a_saved_answer_that_was_filled_in_for_one_ticket_is_not_put_into_the_next(desk: Desk, page: TicketsPage) -> None:
    page.talk.reply.setFocus()
    QTest.keyClicks(page.talk.reply, "/thanks")
    desk.settle()
    QTest.keyClick(page.talk.reply, Qt.Key.Key_Return)
    page.queue.setCurrentIndex(page.queue.model().index(1, 0))
    desk.settle()
    assert page.talk.reply.text() == ""


def test_the_clocks_take_the_keyboard_from_nobody_while_they_go_on(desk: Desk, page: TicketsPage) -> None:
    customer = page.side.customer.findChildren(Clickable)[0]
    customer.setFocus()
    page._tick()
    desk.settle()
    assert page.window().focusWidget() is customer


def test_closing_asks_for_satisfaction_and_plans_a_call(desk: Desk, page: TicketsPage, ticket: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(dialog: TicketEndDialog) -> int:
        dialog.resolution.setPlainText("New firmware")
        dialog.csat.setCurrentIndex(dialog.csat.findData(5))
        return int(TicketEndDialog.DialogCode.Accepted)

    monkeypatch.setattr(TicketEndDialog, "exec", answer)
    page.close_ticket()
    desk.settle()
    assert (stored(desk.store, ticket, "status"), stored(desk.store, ticket, "csat"), stored(desk.store, ticket, "resolution")) == ("closed", 5, "New firmware")
    with desk.store.read() as reader:
        assert reader.value("SELECT count(*) FROM task WHERE ticket_id = ?", (ticket.bytes,)) == 1
    assert page.talk.subject.text() == "Catalogue request", "the next ticket comes up"


def test_no_figure_of_the_week_is_cut_however_wide_the_window_is(desk: Desk) -> None:
    desk.store.run(sample.fill)
    answered = desk.store.run(tickets.open_ticket, "Answered this week, whatever day it is")
    desk.store.run(tickets.reply, answered, "It is on its way.")
    desk.store.run(tickets.close, answered, csat=4)
    page = desk.open("tickets")
    assert isinstance(page, TicketsPage)
    seen = set()
    for width in range(1000, 1500, 20):
        desk.window.resize(width, 800)
        desk.settle()
        words = [label for label in page.figures.findChildren(QLabel) if label.isVisible()]
        assert all(label.width() >= label.sizeHint().width() for label in words), width
        seen.add(len(words))
    assert len(seen) > 2


def test_a_figure_of_the_week_opens_its_tickets(desk: Desk, page: TicketsPage, ticket: UUID) -> None:
    desk.store.run(tickets.reply, ticket, "On our way")
    desk.store.run(tickets.resolve, ticket)
    desk.settle()
    assert page.contact_figure.figure.text() == "100%"
    page.contact_figure.clicked.emit()
    desk.settle()
    assert [waiting.row.id for waiting in page.queue.rows()] == [ticket]
    assert page.only.text() == "Resolved this week"
    page.only.click()
    desk.settle()
    assert len(page.queue.rows()) == 2


def test_filters_show_other_tickets(desk: Desk, page: TicketsPage, ticket: UUID) -> None:
    page.show_which("waiting")
    desk.settle()
    assert page.queue.rows() == []
    desk.store.run(tickets.reply, ticket, "Which unit?", wait=True)
    desk.settle()
    assert [waiting.due for waiting in page.queue.rows()] == ["Waiting for customer"]


def test_a_field_beside_the_conversation_is_saved_when_it_is_chosen(desk: Desk, page: TicketsPage, ticket: UUID) -> None:
    priority = page.side.form.editors["priority"]
    priority.inner.setCurrentIndex(priority.inner.findData("high"))  # type: ignore[attr-defined]
    priority.left.emit()
    desk.settle()
    assert stored(desk.store, ticket, "priority") == "high"


def test_a_long_mail_address_pushes_nothing_beyond_the_edge(desk: Desk, page: TicketsPage, store: Store) -> None:
    anna = store.run(
        records.add, "contact", {"family_name": "Long", "email": [{"value": "annemarie.von.langenfeld-hohenstein@chenguang-ningbo-holding.example"}]}
    )
    desk.window.open_record("ticket", store.run(tickets.open_ticket, "Too long", contact_id=anna))
    desk.settle()
    assert page.side.minimumSizeHint().width() <= page._side_area.viewport().width()


def test_a_new_ticket_is_opened_with_what_the_customer_says(desk: Desk, page: TicketsPage) -> None:
    page.new_ticket()
    dialog = page.window().findChild(AskDialog)
    assert isinstance(dialog, AskDialog)
    dialog.form.editors["subject"].inner.setText("Second pallet missing")  # type: ignore[attr-defined]
    dialog.form.editors["message"].inner.setPlainText("Only one came.")  # type: ignore[attr-defined]
    dialog.save()
    desk.settle()
    assert page.talk.subject.text() == "Second pallet missing"
    assert page.talk.conversation.texts() == ["Only one came."]


def test_in_a_narrow_window_a_button_shows_the_customer(desk: Desk, page: TicketsPage) -> None:
    desk.window.resize(1000, 640)
    desk.settle()
    assert not page._side_area.isVisible()
    page.talk.side_button.click()
    assert page._side_area.isVisible()
    assert not page.queue.isVisible()


def test_in_a_low_window_the_conversation_keeps_most_of_the_room_and_stays_at_the_newest(desk: Desk, page: TicketsPage, ticket: UUID) -> None:
    for number in range(6):
        desk.store.run(tickets.receive, ticket, f"Line {number}, and it goes on for long enough that it needs two lines of a narrow window.")
    talk, bar = page.talk, page.talk.conversation._area.verticalScrollBar()
    heights = []
    for size in ((1360, 850), (1000, 640), (853, 533)):
        desk.window.resize(*size)
        desk.settle()
        assert bar.value() == bar.maximum() > 0
        assert talk.conversation.height() > talk.reply.height()
        heights.append(talk.reply.height())
    assert heights == sorted(heights, reverse=True)
    talk.reply.setPlainText("A long reply.\n" * 30)
    desk.settle()
    assert heights[-1] < talk.reply.height() < talk.height() // 2, "the box grows with what is written"
    assert bar.value() == bar.maximum()
    bar.setValue(0)
    desk.window.resize(1000, 640)
    desk.settle()
    assert bar.value() == 0, "whoever reads further up stays there"
