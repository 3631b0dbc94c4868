"""Answers: what is kept ready for replies to tickets, saved answers and published articles, and which of it fits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.clock import now
from crmdesk.documents import mail_texts
from crmdesk.errors import UserError
from crmdesk.i18n import locale, tr
from crmdesk.models.names import folded
from crmdesk.queries.seen import live

if TYPE_CHECKING:
    from crmdesk.store.reader import Reader


def filled_answer(reader: Reader, answer_id: UUID, ticket_id: UUID) -> str:
    """Return a saved answer with its placeholders filled from a ticket.

    Raises:
        UserError: there is no such answer or ticket.
    """
    body = reader.value("SELECT body FROM saved_answer WHERE id = ? AND deleted_at IS NULL", (answer_id.bytes,))
    ticket = reader.one(
        "SELECT t.number, t.subject, k.name, k.given_name, k.family_name, c.name, p.name FROM ticket t LEFT JOIN contact k ON k.id = t.contact_id "  # noqa: S608
        f"LEFT JOIN company c ON c.id = t.company_id LEFT JOIN product p ON p.id = t.product_id WHERE t.id = ? AND {live(reader, 'ticket')}",
        (ticket_id.bytes,),
    )
    if body is None or ticket is None:
        raise UserError(tr("This {entity} does not exist or was deleted.", entity=tr("Saved answer") if body is None else tr("Ticket")))
    member = reader.viewer.member_id
    from babel.dates import format_date  # noqa: PLC0415 - the queue does without

    number, subject, contact, given, family, company, product = (value or "" for value in ticket)
    values = {
        "number": number, "subject": subject, "contact": contact, "given_name": given, "family_name": family, "company": company, "product": product,
        "member": reader.value("SELECT name FROM member WHERE id = ?", (member.bytes if member else None,)) or "", "own_company": reader.settings.company_name,
        "date": format_date(now().astimezone(reader.settings.tz).date(), "long", locale()),
    }  # fmt: skip
    return mail_texts.filled(body, values)


@dataclass(frozen=True)
class Snippet:
    """A saved answer (`saved_answer`) or a published article (`article`) that can be put into a reply."""

    entity: str
    id: UUID
    title: str
    language: str | None
    body: str


def snippets(reader: Reader, typed: str = "", language: str | None = None, limit: int = 20) -> list[Snippet]:
    """Return saved answers and published articles whose title has the words typed, those in the customer's language first."""
    found = reader.rows(
        "SELECT 'saved_answer', id, title, language, body, sort_key FROM saved_answer WHERE deleted_at IS NULL UNION ALL "
        "SELECT 'article', id, title, language, body, sort_key FROM article WHERE deleted_at IS NULL AND status = 'published'"
    )
    words = folded(typed).split()
    matching = [row for row in found if all(word in folded(row[2] or "") for word in words)]
    matching.sort(key=lambda row: (row[3] not in {language, None} if language else False, row[0] != "saved_answer", row[5] or ""))
    return [Snippet(entity, UUID(bytes=record), title or "", spoken, body or "") for entity, record, title, spoken, body, _ in matching[:limit]]


def articles_for(reader: Reader, ticket_id: UUID, limit: int = 3) -> list[Snippet]:
    """Return published articles that share the most words with a ticket's subject and messages; none if they share none worth mention."""
    said = reader.rows(
        "SELECT subject FROM ticket WHERE id = ? UNION ALL SELECT body FROM message WHERE ticket_id = ? AND kind = 'in' AND deleted_at IS NULL",
        (ticket_id.bytes, ticket_id.bytes),
    )
    wanted = {word for (text,) in said for word in _telling_words(text or "")}
    found = [snippet for snippet in snippets(reader, limit=1000) if snippet.entity == "article"]
    scored = [(len(wanted & set(_telling_words(snippet.title))), snippet) for snippet in found]
    scored = [(score, snippet) for score, snippet in scored if score >= 1]
    return [snippet for _, snippet in sorted(scored, key=lambda pair: (-pair[0], pair[1].title))[:limit]]


def _telling_words(text: str) -> list[str]:
    """Return the words that tell something: those of four and more letters or with digits, and pairs of Chinese characters."""
    plain = folded(text)
    latin = [word for word in re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)*", plain) if len(word) > 3 or any(c.isdigit() for c in word)]
    chinese = [run[i : i + 2] for run in re.findall(r"[\u3400-\u9fff]{2,}", plain) for i in range(len(run) - 1)]
    return latin + chinese
