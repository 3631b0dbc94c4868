"""Mail addresses behind the names of people who are linked to, as in “Roland Mendel (r.mendel@ernst.at); Eva Klein (eva@klein.de)”."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from crmdesk.i18n import mark
from crmdesk.models.names import sort_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmdesk.exchange.values.links import Book

SEVERAL = (
    mark("{count} cell names several records where one can be linked; the first one came in."),
    mark("{count} cells name several records where one can be linked; the first ones came in."),
)
_WHO = """SELECT e.key, c.id, c.sort_key FROM email e JOIN contact c ON c.id = e.contact_id
    WHERE e.deleted_at IS NULL AND c.deleted_at IS NULL AND e.key IN (SELECT value FROM json_each(?))"""
_BEHIND = re.compile(r"\s*[(<]\s*([^\s@()<>;]+@[^\s@()<>;]+)\s*[)>]")


def mail_behind(rest: str) -> str:
    """Return the mail address that stands behind a name, empty if none does."""
    found = _BEHIND.match(rest)
    return found[1] if found else ""


class MailsBehind:
    """Who has the mail addresses that stand behind names: people of the store, and those whom the import makes."""

    def __init__(self) -> None:
        self._has: dict[str, list[tuple[bytes, str]]] = {}
        self._asked: set[str] = set()
        self._of: dict[bytes, str] = {}

    def prepare(self, people: Book, mails: Iterable[str]) -> None:
        """Look up who of the store has these addresses."""
        new = {mail.lower() for mail in mails} - self._asked
        if not new:
            return
        self._asked |= new
        with people.store.read() as reader:
            for mail, record, name in reader.rows(_WHO, (json.dumps(sorted(new)),)):
                self._has.setdefault(mail, []).append((record, name or ""))

    def owner(self, mail: str, name: str) -> bytes | None:
        """Return who has an address: who is called so, else the only one who has it."""
        has = self._has.get(mail.lower(), [])
        called = [record for record, its in has if its == sort_key(name)]
        return called[0] if called else has[0][0] if len(has) == 1 else None

    def is_another(self, record: bytes, mail: str) -> bool:
        """Say whether somebody whom the import made is called the same, but has another address."""
        return self._of.get(record, mail.lower()) != mail.lower()

    def give(self, record: bytes, mail: str, name: str) -> None:
        """Take note of the address of somebody whom the import made."""
        self._of[record] = mail.lower()
        self._has.setdefault(mail.lower(), []).append((record, sort_key(name)))
