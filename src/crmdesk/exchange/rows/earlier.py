"""Earlier: rows of one import that mean the same as a row further up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.exchange.rows.seen import Seen
from crmdesk.exchange.values.known import ANY_FILE
from crmdesk.exchange.words.legal_forms import split_form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.exchange.shapes.shape import Draft
    from crmdesk.exchange.values.known import Key

ANYTHING = "*"


class Earlier:
    """The new records of an import by their keys.

    Only hashes are kept, and of a long file not even whose they are: a million rows must fit into memory.
    """

    def __init__(self) -> None:
        self._seen = Seen()

    def record(self, draft: Draft, keys: Sequence[Key], hashes: Sequence[int]) -> bytes | None:
        """Return the record that an earlier row made, if this row means the same."""
        for (kind, value), its_hash in zip(keys, hashes, strict=True):
            # Two rows with ids of their own are two records to the program that wrote them, whatever they are called.
            if (kind == "n" and draft.values.get("external_id")) or (kind != "i" and "own id" in draft.rest):
                continue
            if kind == "n" and draft.entity == "company":
                record = next((found for key in _company_keys(value, remembers=False) if (found := self._seen.get(key))), None)
            else:
                record = self._seen.get(its_hash)
            if record:
                return record
        return None

    def remember(self, draft: Draft, keys: Sequence[Key], hashes: Sequence[int]) -> None:
        """Let later rows that mean the same be known."""
        has_mail = False
        for (kind, value), its_hash in zip(keys, hashes, strict=True):
            if kind == "n" and draft.entity == "company":
                for key in _company_keys(value, remembers=True):
                    self._seen.remember(key, draft.id)
            elif kind == ANY_FILE and value[1] == "mail":
                continue  # the mail address is there by itself
            elif kind != "p" or not has_mail:  # mail addresses come before phones
                self._seen.remember(its_hash, draft.id)
                has_mail = has_mail or kind == "e"


def hashes_of(draft: Draft, keys: Sequence[Key]) -> list[int]:
    """Return what is compared of a row's keys."""
    return [hash((draft.entity, key)) for key in keys]


def _company_keys(value: tuple[str, str], remembers: bool) -> list[int]:
    """Return by what companies of one file are compared: towns and legal forms must not contradict, and may be missing."""
    (name, form), city = split_form(value[0]), value[1]
    if remembers:
        forms, cities = {form, ANYTHING}, {city, ANYTHING}
    else:
        forms, cities = ({form, ""} if form else {ANYTHING}), ({city, ""} if city else {ANYTHING})
    return [hash((name, one, town)) for one in forms for town in cities]
