"""Likely: new rows of a file that may be records of the store all the same; told, and acted upon only where the user says so."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from crmdesk.i18n import tr
from crmdesk.matching import Place, Values
from crmdesk.queries.duplicates import CUSTOMERS, already_known

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmdesk.exchange.rows.outcomes import Outcome
    from crmdesk.exchange.shapes.work import Draft
    from crmdesk.store import Store

TOLD = 0.5
SECONDS, AT_ONCE = 8.0, 0.3
"""Longer nobody waits for a look at a whole file, and at its first rows; the rows beyond are compared when the duplicates page is opened."""
MOST_REASONS = 3


def compared(draft: Draft) -> Values | None:
    """Return what is compared of a row; None of one that is no customer."""
    if draft.entity not in CUSTOMERS:
        return None
    values, parts = draft.values, draft.parts

    def text(name: str) -> str:
        return str(values.get(name) or "")

    return Values(
        given=text("given_name"), family=text("family_name"), company=text("name") if draft.entity == "company" else text("company_name"), birthday=text("birthday"),
        mails=tuple(key for _, _, key in parts.emails) if parts else (), phones=tuple(e164 or number for _, number, _, e164, _ in parts.phones) if parts else (),
        places=tuple(Place(street or "", code or "", city or "", state or "") for _, street, code, city, state, _, _ in parts.addresses) if parts else (),
        website=text("website"), codes=tuple(code for code in (text("vat_id"), text("credit_code")) if code),
    )  # fmt: skip


def with_likely(store: Store, outcomes: Sequence[Outcome], rows: Mapping[int, Values], seconds: float) -> tuple[list[Outcome], int]:
    """Say of new rows whom they may be, as far as the time goes.

    Args:
        rows: what is compared of the new rows, by their line.

    Returns:
        The outcomes, and how many new rows there was no time for.
    """
    end = monotonic() + seconds
    found, left = [], 0
    for outcome in outcomes:
        values = rows.get(outcome.line) if outcome.record is None and not outcome.reason else None
        if values is None:
            found.append(outcome)
        elif monotonic() > end:
            left += 1
            found.append(outcome)
        else:
            found.append(_told(store, outcome, values))
    return found, left


def _told(store: Store, outcome: Outcome, values: Values) -> Outcome:
    with store.read() as reader:
        known = [one for one in already_known(reader, outcome.entity, values, 1) if one.score >= TOLD]
    if not known:
        return outcome
    first = known[0]
    why = ", ".join(reason.text for reason in first.reasons[:MOST_REASONS] if reason.weight > 0) or first.why
    said = tr("May be the same as “{name}”, {percent} %: {why}.", name=first.title, percent=int(first.score * 100), why=why)
    return replace(outcome, reason=said, likely=first.id.bytes)


__all__ = ["AT_ONCE", "SECONDS", "compared", "with_likely"]
