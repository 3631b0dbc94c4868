"""What Today shows, and what this computer remembers of it: what is hidden, when the data was measured."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk.i18n import mark, tr
from crmdesk.queries import records

if TYPE_CHECKING:
    from crmdesk.queries.today import Today
    from crmdesk.store import Reader, Store

HIDDEN, HIDDEN_PARTS, QUALITY = "today.checklist.hidden", "today.hidden", "today.quality"


@dataclass(frozen=True)
class First:
    """One of the first things to do in a new store.

    Attributes:
        opens: the page or action that does it.
    """

    name: str
    words: str
    is_done: bool


FIRSTS = (
    ("company", mark("Enter your own company and its letterhead")),
    ("contacts", mark("Add or import your contacts")),
    ("deal", mark("Put a first deal on the board")),
    ("quote", mark("Write a first quote")),
    ("sheet", mark("Print the recovery sheet")),
)


@dataclass(frozen=True)
class Shown:
    """Everything that the page shows, from one read."""

    today: Today
    firsts: tuple[First, ...]
    hidden: frozenset[str] = frozenset()
    measured: tuple[int, int | None] = (0, None)


def last_measured(store: Store) -> tuple[int, int | None]:
    """Return when the quality of the data was measured last, in UTC milliseconds, and what came out in percent."""
    at, percent = json.loads(store.local(QUALITY) or "[0, null]")
    return at, percent


def firsts(reader: Reader, store: Store) -> tuple[First, ...]:
    """Return the first things to do and which of them are done; nothing once all are, or the user has hidden them."""
    if store.local(HIDDEN):
        return ()
    done = {
        "company": bool(reader.settings.company_name and reader.settings.company_address), "contacts": bool(records.ids(reader, "contact", limit=1)),
        "deal": bool(records.ids(reader, "deal", limit=1)), "quote": bool(records.ids(reader, "quote", limit=1)), "sheet": bool(store.local("sheet_printed_at")),
    }  # fmt: skip
    found = tuple(First(name, tr(words), done[name]) for name, words in FIRSTS)
    return () if all(first.is_done for first in found) else found


def hidden_parts(store: Store) -> frozenset[str]:
    """Return the names of what this computer does not show."""
    return frozenset(json.loads(store.local(HIDDEN_PARTS) or "[]"))
