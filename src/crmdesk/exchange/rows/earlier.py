"""Earlier: rows of one import that mean the same as a row further up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.exchange.values.known import ANY_FILE
from crmdesk.exchange.values.seen import Seen
from crmdesk.exchange.words.legal_forms import split_form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.exchange.shapes.work import Draft
    from crmdesk.exchange.values.known import Key
    from crmdesk.exchange.words.company_names import LegalForms

ANYTHING = "*"


class Earlier:
    """The records that an import brings or completes, by their keys.

    Only hashes are kept, and of a long file not even whose they are: a million rows must fit into memory.

    Args:
        forms: which legal forms companies have.

    Attributes:
        seen: the keys.
    """

    def __init__(self, forms: LegalForms) -> None:
        self.seen = Seen()
        self._forms = forms

    def record(self, draft: Draft, keys: Sequence[Key], hashes: Sequence[int]) -> bytes | None:
        """Return the record that an earlier row made, if this row means the same."""
        if draft.entity != "company" and not draft.rest and not draft.values.get("external_id"):
            return self.seen.first(hashes)
        for (kind, value), its_hash in zip(keys, hashes, strict=True):
            # Two rows with ids of their own are two records to the program that wrote them, whatever they are called.
            if (kind == "n" and draft.values.get("external_id")) or (kind != "i" and "own id" in draft.rest):
                continue
            if kind == "n" and draft.entity == "company":
                record = self._company(*value)
            else:
                record = self.seen.get(its_hash)
            if record:
                return record
        return None

    def _company(self, name: str, city: str) -> bytes | None:
        """Return the company of a row further up that is called so: towns must not contradict and may be missing, and so may legal forms."""
        bare, form = split_form(name)
        towns = (city, "") if city else (ANYTHING,)
        others = (form, "") if form else ("", ANYTHING)
        for other in others:
            for town in towns:
                found = self.seen.get(hash((bare, other, town)))
                if found and (other == form or self._forms.has_one(name, form)):
                    return found
        return None

    def remember(self, draft: Draft, keys: Sequence[Key], hashes: Sequence[int], record: bytes) -> None:
        """Let later rows that mean the same record be known."""
        for (kind, value), its_hash in zip(keys, hashes, strict=True):
            if kind == "n" and draft.entity == "company":
                (bare, form), city = split_form(value[0]), value[1]
                for key in ((bare, one, town) for one in {form, ANYTHING} for town in {city, ANYTHING}):
                    self.seen.remember(hash(key), record)
            elif kind == ANY_FILE and value[1] == "mail":
                continue  # the mail address is there by itself
            else:
                self.seen.remember(its_hash, record)


def hashes_of(draft: Draft, keys: Sequence[Key]) -> list[int]:
    """Return what is compared of a row's keys."""
    entity = draft.entity
    return [hash((entity, key)) for key in keys]
