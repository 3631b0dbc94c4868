from __future__ import annotations

import email
import stat
import sys
from email import policy
from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.errors import CannotUndo, NotAllowed, UserError
from crmdesk.operations import quotes, records, sending, tickets
from crmdesk.reports.mail import Enclosed, MailDraft, mail_file
from crmdesk.store import private_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path
    from uuid import UUID

    from crmdesk.store import Store


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    yield
    private_files.forget_copies()


def add(store: Store, **values: Any) -> UUID:
    lines = [{"description": "Box", "unit_price": "100.00", "tax_category": "S", "tax_rate": "19"}]
    return store.run(quotes.add_document, {"currency": "EUR", "lines": lines, "date": "2026-11-21", "valid_until": "2026-12-20", **values})[0]


def read(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=policy.default)
    return message  # type: ignore[return-value]  # the default policy makes these


@pytest.fixture
def customer(store: Store) -> UUID:
    company = store.run(records.add, "company", {"name": "Ernst Handel", "email": "office@ernst.example"})
    return store.run(records.add, "contact", {
        "given_name": "Jörg", "family_name": "Mendel", "salutation": "mr", "company": company, "language": "de", "email": "joerg@ernst.example",
    })  # fmt: skip


def test_sending_issues_the_quote_and_writes_a_ready_mail(store: Store, customer: UUID) -> None:
    quote = add(store, company="Ernst Handel", contact="Jörg Mendel")
    ready = sending.prepare_mail(store, quote)
    assert (ready.number, ready.to, ready.missing) == ("Q-2026-0001", "joerg@ernst.example", ())
    message = read(ready.path.read_bytes())
    assert message["X-Unsent"] == "1"
    assert str(message["To"]) == "Jörg Mendel <joerg@ernst.example>"
    assert "Q-2026-0001" in message["Subject"]
    body = message.get_body(("plain",))
    assert body
    text = body.get_content()
    for part in ("Sehr geehrter Herr Mendel,", "119,00", "20.12.2026", "Maria Becker"):
        assert part in text, part
    enclosed = list(message.iter_attachments())
    assert len(enclosed) == 1
    assert enclosed[0].get_content_type() == "application/pdf"
    assert enclosed[0].get_content() == quotes.pdf(store, quote)
    assert str(enclosed[0].get_filename()).endswith("Q-2026-0001.pdf")


def test_what_was_put_into_a_mail_has_left_the_program(store: Store) -> None:
    quote = add(store)
    sending.prepare_mail(store, quote)
    with pytest.raises(CannotUndo, match="left the program"):
        store.undo()


def test_sending_twice_keeps_number_and_pdf(store: Store) -> None:
    quote = add(store)
    first, second = sending.prepare_mail(store, quote), sending.prepare_mail(store, quote)
    assert first.number == second.number
    assert first.path != second.path


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_the_mail_lies_where_only_the_user_may_look_and_goes_when_told(store: Store) -> None:
    path = sending.prepare_mail(store, add(store)).path
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    private_files.forget_copies()
    assert not path.parent.exists()


def test_a_quote_that_was_replaced_is_not_sent(store: Store) -> None:
    old = add(store)
    store.run(quotes.issue, old)
    store.run(quotes.issue, store.run(quotes.revise, old))
    with pytest.raises(UserError, match="newer version"):
        sending.prepare_mail(store, old)


def test_a_quote_that_cannot_be_issued_leaves_no_mail(store: Store, tmp_path: Path) -> None:
    quote = add(store, lines=[])
    with pytest.raises(UserError):
        sending.prepare_mail(store, quote)
    assert not list(tmp_path.glob("crmdesk-mail-*"))


def test_without_a_contact_the_company_gets_the_mail_without_either_nobody(store: Store, customer: UUID) -> None:
    assert sending.prepare_mail(store, add(store, company="Ernst Handel")).to == "office@ernst.example"
    ready = sending.prepare_mail(store, add(store))
    assert ready.to == ""
    assert read(ready.path.read_bytes())["To"] is None


def test_the_user_confirms_that_it_was_sent_and_nothing_takes_that_back(store: Store) -> None:
    quote = add(store)
    with pytest.raises(UserError):
        store.run(sending.confirm_sent, quote)
    store.run(quotes.issue, quote)
    store.run(sending.confirm_sent, quote)
    with store.read() as reader:
        assert reader.one("SELECT sent_at IS NOT NULL, left_at IS NOT NULL FROM quote") == (1, 1)
    with pytest.raises(CannotUndo):
        store.undo()


HOSTILE = "Evil\r\nBcc: everybody@example.com\r\n\r\nText \x00\u202e"


def test_no_text_can_add_a_header(store: Store) -> None:
    company = store.run(records.add, "company", {"name": HOSTILE, "email": "office@ernst.example"})
    quote = add(store, company=str(company))
    store.run(records.edit, "quote", [quote], {"subject": HOSTILE})
    message = read(sending.prepare_mail(store, quote).path.read_bytes())
    assert message["Bcc"] is None
    assert message["To"].addresses[0].addr_spec == "office@ernst.example"


@pytest.mark.parametrize("address", ["", "nobody", "a b@example.com", "a@b@", "x,y@example.com", "jörg@exämple.de", '"odd one"@example.com'])
def test_odd_addresses_break_nothing(address: str) -> None:
    content = mail_file(MailDraft(('Jörg, Dr. "J" Mendel', address), ("", address), "Größe 王", "Text", (Enclosed("Ängebot 王.pdf", b"%PDF"),)))
    message = read(content)
    assert str(message["Subject"]) == "Größe 王"
    assert [part.get_filename() for part in message.iter_attachments()] == ["Ängebot 王.pdf"]


def test_the_mails_words_are_the_users_own_in_the_readers_language(store: Store, customer: UUID) -> None:
    own = {
        "quote_mail_subject_de": "Ihr Angebot {number}", "quote_mail_body_de": "{salutation}\n\nanbei {number} über {total}, gültig bis {valid_until}.\nFür {contact} von {company}. {Klammern}\n{signature}",
    }  # fmt: skip
    with pytest.raises(UserError, match="no placeholder “{Klammern}”") as refused:
        store.run(records.change_settings, own)
    assert refused.value.field == "quote_mail_body_de"
    assert "{salutation}, {contact}, {company}, {number}" in str(refused.value)
    store.run(records.change_settings, {name: text.replace(" {Klammern}", "") for name, text in own.items()})
    message = read(sending.prepare_mail(store, add(store, company="Ernst Handel", contact="Jörg Mendel")).path.read_bytes())
    assert message["Subject"] == "Ihr Angebot Q-2026-0001"
    body = message.get_body(("plain",))
    assert body
    text = body.get_content()
    assert text.startswith("Sehr geehrter Herr Mendel,")
    assert "anbei Q-2026-0001 über 119,00 €, gültig bis 20.12.2026.\nFür Jörg Mendel von Ernst Handel." in text.replace("\u00a0", " ").replace("\r", "")
    assert "Maria Becker" in text


def test_what_stands_in_a_placeholder_is_never_taken_for_one(store: Store, customer: UUID) -> None:
    store.run(records.change_settings, {"quote_mail_subject_de": "{subject} {number}"})
    quote = add(store, company="Ernst Handel", contact="Jörg Mendel")
    store.run(records.edit, "quote", [quote], {"subject": "{signature}"})
    assert read(sending.prepare_mail(store, quote).path.read_bytes())["Subject"] == "{signature} Q-2026-0001"


def test_the_answer_to_a_ticket_becomes_a_ready_mail_however_long_it_is(store: Store, customer: UUID) -> None:
    with store.read() as reader:
        me = reader.viewer.member_id
    assert me
    store.run(records.edit, "member", [me], {"email": "maria@crm.example", "signature": "Maria Becker\nService"})
    ticket = store.run(tickets.open_ticket, "Alarm: E-41 / Kühlung", contact_id=customer, message="It beeps.")
    text = "Guten Tag,\n\n" + "bitte halten Sie die Türen geschlossen. " * 500
    ready = sending.prepare_reply(store, ticket, text)
    assert (ready.number, ready.to, ready.path.suffix) == ("T-0001", "joerg@ernst.example", ".eml")
    message = read(ready.path.read_bytes())
    assert (str(message["To"]), str(message["Subject"]), message["X-Unsent"]) == ("Jörg Mendel <joerg@ernst.example>", "T-0001: Alarm: E-41 / Kühlung", "1")
    assert str(message["From"]) == "Maria Becker <maria@crm.example>"
    body = message.get_content().replace("\r", "")
    assert " ".join(body.split()) == " ".join(f"{text} Maria Becker Service".split())
    with store.read() as reader:
        assert reader.value("SELECT count(*) FROM message WHERE kind = 'out'") == 0


def test_an_answer_without_an_address_or_the_right_makes_no_mail(store: Store, customer: UUID, tmp_path: Path) -> None:
    nobody = store.run(tickets.open_ticket, "Walk-in", message="Hello")
    with pytest.raises(UserError, match="No mail address"):
        sending.prepare_reply(store, nobody, "Hello")
    known = store.run(tickets.open_ticket, "Alarm", contact_id=customer, message="It beeps.")
    store.act_as("sales")
    with pytest.raises(NotAllowed):
        sending.prepare_reply(store, known, "Hello")
    assert list(tmp_path.glob("crmdesk-mail-*")) == []


def test_an_address_with_an_umlaut_in_its_domain_is_written_as_mail_servers_know_it() -> None:
    content = mail_file(MailDraft(("Jürgen Groß", "info@müller.example"), ("Maria Becker", "maria@nordlicht.example"), "Größe", "Guten Tag"))
    head = content.split(b"\r\n\r\n")[0]
    assert head.isascii()
    assert read(content)["To"] == "Jürgen Groß <info@xn--mller-kva.example>"
