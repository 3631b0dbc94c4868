"""Sending: a quote is issued, put into a ready mail, and noted as sent when the user says so; the answer to a ticket becomes a ready mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from crmdesk.clock import now
from crmdesk.documents import mail_texts
from crmdesk.documents.formats import money, short_date
from crmdesk.errors import UserError, why
from crmdesk.fields import from_minor
from crmdesk.i18n import mark, speaking, tr
from crmdesk.models.quote import Quote
from crmdesk.operations import quotes
from crmdesk.operations.attachments import clean_name
from crmdesk.queries import letters
from crmdesk.queries.quotes import file_name, pdf_of
from crmdesk.queries.seen import live
from crmdesk.reports.mail import Enclosed, MailDraft, mail_file
from crmdesk.store.door import HAS_LEFT, operation
from crmdesk.store.private_files import private_path
from crmdesk.store.rights import authorize

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from crmdesk.store.door import Change
    from crmdesk.store.reader import Reader
    from crmdesk.store.store import Store

SUBJECT = mark("Quote {number}: {subject}")
BARE_SUBJECT = mark("Quote {number}")
BODY = mark(
    "{salutation}\n\nPlease find attached our quote {number} for {total}, valid until {valid_until}.\n\nWe look forward to your answer.\n\nKind regards\n{signature}"
)
BODY_WITHOUT_END = mark("{salutation}\n\nPlease find attached our quote {number} for {total}.\n\nWe look forward to your answer.\n\nKind regards\n{signature}")


@dataclass(frozen=True, slots=True)
class ReadyMail:
    """A mail that waits in a private folder to be opened with the user's mail program.

    Attributes:
        to: the reader's address, empty where none is known.
        missing: characters that stand in the PDF as boxes.
    """

    path: Path
    number: str
    to: str
    missing: tuple[str, ...] = ()


def prepare_mail(store: Store, quote_id: UUID) -> ReadyMail:
    """Issue a draft, and write a ready mail with the PDF into a private folder; to open it is the caller's business.

    From here on the PDF counts as having left the program. The folder goes with the lock.

    Raises:
        UserError: the quote can't be issued, or was put aside.
    """
    with store.read() as reader:
        status = reader.value("SELECT ifnull(status, 'draft') FROM quote WHERE id = ? AND deleted_at IS NULL", (quote_id.bytes,))
    if status == "superseded":
        raise UserError(tr("This quote was replaced by a newer version."), field="status", hint=tr("Send the newest version."))
    if status == "draft":
        store.run(quotes.issue, quote_id)
    with store.read() as reader:
        rendered = pdf_of(reader, quote_id)
        draft, number = _draft(reader, quote_id, rendered.pdf)
    path = _write(clean_name(f"{draft.subject[:80]}.eml"), mail_file(draft))
    try:
        store.run(quotes.note_left, quote_id, "mailed")
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return ReadyMail(path, number, draft.to[1], rendered.missing)


def prepare_reply(store: Store, ticket_id: UUID, text: str) -> ReadyMail:
    """Write a ready mail with the answer to a ticket into a private folder; noting the answer is `tickets.reply`'s business.

    Raises:
        UserError: no address of the customer is known, or the ticket is unknown. NotAllowed: the role answers no tickets.
    """
    authorize(store.viewer, "ticket.write")
    with store.read() as reader:
        found = reader.one(
            f"SELECT t.number, t.subject, t.contact_id, t.company_id FROM ticket t WHERE t.id = ? AND {live(reader, 'ticket')}", (ticket_id.bytes,)
        )
        if found is None:
            raise UserError(tr("This ticket does not exist or was deleted."))
        number, subject, contact_id, company_id = found
        to = letters.addressee(reader, contact_id, company_id)
        address = letters.mail_address(reader, to, company_id)
        if not address:
            raise UserError(tr("No mail address of this customer is known."), field="email")
        name, own_address, signature = _writer(reader)
        body = f"{text.strip()}\n\n{signature}" if signature else text.strip()
        line = tr("{number}: {subject}", number=number, subject=subject or "") if number else subject or ""
        draft = MailDraft((_name(to), address), (name, own_address), line, body, (), now())
    return ReadyMail(_write(clean_name(f"{line[:80]}.eml"), mail_file(draft)), number or "", address)


def _name(to: letters.Addressee) -> str:
    return to.contact.name if to.contact else to.company.name if to.company else ""


def _writer(reader: Reader) -> tuple[str, str, str]:
    """Return name, address and signature of who writes."""
    member = reader.viewer.member_id
    found = reader.one("SELECT name, email, signature FROM member WHERE id = ?", (member.bytes,)) if member else None
    name, address, signature = found or (None, None, None)
    return name or "", address or reader.settings.company_email, signature or ""


def _write(name: str, content: bytes) -> Path:
    """Write a file into a folder of its own that nobody else may read."""
    path = private_path(name)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UserError(tr("The mail can't be written: {why}.", why=why(error)), hint=tr("Make room on the disk, then try again.")) from error
    return path


def _draft(reader: Reader, quote_id: UUID, pdf: bytes) -> tuple[MailDraft, str]:
    found = reader.one(
        "SELECT number, subject, contact_id, company_id, language, payable, currency, valid_until FROM quote WHERE id = ? AND deleted_at IS NULL",
        (quote_id.bytes,),
    )
    if found is None:
        raise UserError(tr("This quote does not exist or was deleted."))
    number, subject, contact_id, company_id, language, payable, code, valid_until = found
    writer, address, signature = _writer(reader)
    to = letters.addressee(reader, contact_id, company_id, language)
    code = code or reader.settings.currency
    settings = reader.settings
    with speaking(to.language, settings.region):
        values = {
            "salutation": letters.salutation(to.contact, to.language), "number": number or "", "total": money(from_minor(payable or 0, code), code),
            "signature": signature or "\n".join(text for text in (writer, reader.settings.company_name) if text),
        }  # fmt: skip
        last_day = short_date(date.fromisoformat(valid_until)) if valid_until else ""
        own = {
            **values, "subject": subject or "", "valid_until": last_day or tr("further notice"), "contact": to.contact.name if to.contact else "",
            "company": to.company.name if to.company else "", "own_company": settings.company_name,
        }  # fmt: skip
        if wanted := getattr(settings, f"quote_mail_body_{to.language}"):
            body = mail_texts.filled(wanted, own)
        elif valid_until:
            body = tr(BODY, **values, valid_until=last_day)
        else:
            body = tr(BODY_WITHOUT_END, **values)
        if wanted := getattr(settings, f"quote_mail_subject_{to.language}"):
            line = mail_texts.filled(wanted, own)
        else:
            line = tr(SUBJECT, number=values["number"], subject=subject) if subject else tr(BARE_SUBJECT, number=values["number"])
    reader_of_mail = (_name(to), letters.mail_address(reader, to, company_id))
    enclosed = Enclosed(clean_name(file_name(reader, quote_id)), pdf)
    return MailDraft(reader_of_mail, (writer, address), line, body, (enclosed,), now()), values["number"]


@operation(mark("Quote sent"), right="quote.write", undoable=False, because=HAS_LEFT)
def confirm_sent(change: Change, quote_id: UUID) -> None:
    """Note that the user sent a quote.

    Raises:
        UserError: it is still a draft.
    """
    quote = change.get(Quote, quote_id)
    if not quote.number:
        raise UserError(tr("A draft was offered to nobody yet."), field="status", hint=tr("Issue it first."))
    quote.sent_at = change.at
    quote.left_at = quote.left_at or change.at
    change.note(about=quote.number)
