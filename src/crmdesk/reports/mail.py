"""A ready mail as a file: the user's mail program opens it as a draft, checks nothing and sends nothing by itself."""

from __future__ import annotations

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Enclosed:
    """A file that goes with a mail."""

    name: str
    content: bytes
    mime: str = "application/pdf"


@dataclass(frozen=True)
class MailDraft:
    """A mail that waits to be sent by hand. People are (name, address); without an address they are left out."""

    to: tuple[str, str]
    sender: tuple[str, str]
    subject: str
    body: str
    enclosed: tuple[Enclosed, ...] = ()
    written_at: datetime | None = None


def mail_file(draft: MailDraft) -> bytes:
    """Return the content of an `.eml` file. `X-Unsent: 1` makes Outlook and others open it for sending."""
    sender, to = _person(*draft.sender), _person(*draft.to)
    is_plain = all(person is None or person.addr_spec.isascii() for person in (sender, to))
    message = EmailMessage(policy=SMTP if is_plain else SMTPUTF8)
    message["X-Unsent"] = "1"
    if sender:
        message["From"] = sender
    if to:
        message["To"] = to
    message["Subject"] = _one_line(draft.subject)
    if draft.written_at:
        message["Date"] = draft.written_at
    message.set_content(draft.body, cte="base64" if not draft.body.isascii() else None)
    for file in draft.enclosed:
        kind, _, detail = file.mime.partition("/")
        message.add_attachment(file.content, maintype=kind, subtype=detail or "octet-stream", filename=_one_line(file.name))
    return message.as_bytes()


def _person(name: str, address: str) -> Address | None:
    """Return somebody as mail headers name them; None without an address that a mail program could read."""
    user, sign, domain = address.strip().rpartition("@")
    if not sign or not user or any(c.isspace() or c in '"<>()[],;:\\' for c in user + domain):
        return None
    return Address(display_name=_one_line(name), username=user, domain=_domain(domain) if user.isascii() else domain)


def _domain(domain: str) -> str:
    """Return a domain as mail servers know it, such as xn--mller-kva.de for müller.de; as written where that can't be."""
    try:
        return domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def _one_line(text: str) -> str:
    """Return a text without line breaks and control signs: a header ends where its line ends."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
