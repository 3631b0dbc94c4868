"""The locks on documents: what was issued stays as it is, and closed periods stay closed, whatever door a change comes through."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.store.connections import rows
from crmdesk.store.numbers import ALLOWANCE_CHARGE, QUOTE, QUOTE_LINE, SETTING
from crmdesk.store.reader import IN_IDS, id_list
from crmdesk.store.schema import INSERT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmdesk.store.connections import Connection
    from crmdesk.store.reader import Reader

# Whom it is about may be put in order and its life goes on; everything else of an issued quote is fixed.
_FREE = {
    QUOTE: {"status", "owner_id", "company_id", "contact_id", "deal_id", "left_at", "sent_at", "decided_at", "decline_reason", "source", "external_id"},
    QUOTE_LINE: {"product_id", "source", "external_id"},
    ALLOWANCE_CHARGE: {"source", "external_id"},
}

_PARTS = ((QUOTE_LINE, "quote_line"), (ALLOWANCE_CHARGE, "allowance_charge"))


@dataclass
class _Changed:
    """What the open transaction did to one record: made it, or changed these columns from these first values."""

    made: bool = False
    first: dict[str, Any] = field(default_factory=dict)

    def touches(self, number: int) -> bool:
        """Say whether more was changed than what stays free."""
        return self.made or any(name not in _FREE[number] and not name.startswith("custom.") for name in self.first)


def check_issued(connection: Connection, before: int, tables: set[int]) -> None:
    """Refuse what the open transaction did to issued quotes, and quotes that were issued past `quotes.issue`.

    Args:
        tables: those that it touched.

    Raises:
        UserError: names the quote.
    """
    quotes = _changed(connection, before, QUOTE) if QUOTE in tables else {}
    found = rows(
        connection, f"SELECT id, ifnull(status, 'draft'), number, frozen IS NOT NULL FROM quote WHERE deleted_at IS NULL AND id {IN_IDS}", (id_list(quotes),)
    )
    for record, status, number, is_frozen in found:
        _check_life(quotes[record], status, number, bool(is_frozen))
    _refuse_deleted(connection, quotes)
    for part, table in _PARTS:
        if part in tables:
            _check_parts(connection, before, part, table, quotes)


def check_issued_quote(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Refuse what `check_issued` would refuse of one quote, before it is written.

    Args:
        before: its stored values by column. after: what they would be.

    Raises:
        UserError: names the quote.
    """
    changed = _Changed(first=_replaced(before, after))
    if changed.first:
        _check_life(changed, after.get("status") or "draft", after.get("number"), after.get("frozen") is not None)


def touches_part(entity: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> bool:
    """Say whether a line or discount of a quote would be made, or changed in more than what stays free.

    Args:
        before: its stored values by column, None if it is new. after: what they would be.
    """
    number = next(number for number, table in _PARTS if table == entity)
    return _Changed(before is None, _replaced(before, after) if before else {}).touches(number)


def _replaced(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that would change, as they are, but for the user's own fields."""
    return {name: before.get(name) for name, value in after.items() if name != "custom" and value != before.get(name)}


def fixed_quote(reader: Reader, quote: bytes) -> UserError | None:
    """Return the refusal to change the parts of a quote; None if it takes changes: a draft, or issued elsewhere and its lines come in a second file."""
    found = reader.one("SELECT number, frozen IS NOT NULL OR source IS NULL, date FROM quote WHERE ifnull(status, 'draft') <> 'draft' AND id = ?", (quote,))
    if not found:
        return None
    number, is_fixed, day = found
    return fixed(number) if is_fixed else closed_quote(closed_until(reader), number, "issued", day)


def check_stays_issued(connection: Connection, before: int) -> None:
    """Refuse where the open transaction, which takes another one back, would give an issued quote the content of an earlier draft.

    Raises:
        UserError: names the quote.
    """
    quotes = _changed(connection, before, QUOTE)
    came_or_went = {record for record, changed in quotes.items() if changed.made or "deleted_at" in changed.first}
    parts = {owner for part, table in _PARTS for owner in _owners_of_parts(connection, before, part, table)}
    found = rows(
        connection,
        f"SELECT id, status, number FROM quote WHERE deleted_at IS NULL AND ifnull(status, 'draft') <> 'draft' AND (frozen IS NOT NULL OR source IS NULL) AND id {IN_IDS}",
        (id_list(({*quotes} | parts) - came_or_went),),
    )
    for record, status, number in found:
        its = quotes.get(record, _Changed())
        if (record in parts or its.touches(QUOTE)) and not ("status" in its.first and _was_draft(its, status)):
            raise fixed(number)


def _changed(connection: Connection, before: int, number: int) -> dict[bytes, _Changed]:
    found: dict[bytes, _Changed] = {}
    for record, op, changes in rows(connection, "SELECT row, op, changes FROM journal WHERE id > ? AND +tbl = ? ORDER BY id", (before, number)):
        its = found.setdefault(record, _Changed())
        its.made = its.made or op == INSERT
        for name, (old, _) in json.loads(changes or "{}").items():
            its.first.setdefault(name, old)
    return found


def _was_draft(changed: _Changed, status: str) -> bool:
    return changed.made or (changed.first.get("status", status) or "draft") == "draft"


def _check_life(changed: _Changed, status: str, number: str | None, is_frozen: bool) -> None:
    """A draft has no number, an issued quote has one; and only issuing makes one of the other."""
    if status == "draft":
        if not _was_draft(changed, status):
            raise fixed(number)
        if number or is_frozen:
            raise UserError(tr("A draft has no number; it gets one when it is issued."), field="number")
        return
    if not number:
        raise UserError(tr("A quote without a number is a draft."), field="status", hint=tr("Issue it first."))
    if changed.made:
        return
    if _was_draft(changed, status) and not is_frozen:
        raise UserError(tr("A quote becomes valid by issuing it."), field="status", hint=tr("Issue it first."))
    if not _was_draft(changed, status) and changed.touches(QUOTE):
        raise fixed(number)


def _refuse_deleted(connection: Connection, quotes: dict[bytes, _Changed]) -> None:
    gone = [record for record, changed in quotes.items() if "deleted_at" in changed.first and not changed.made]
    found = rows(connection, f"SELECT number FROM quote WHERE deleted_at IS NOT NULL AND ifnull(status, 'draft') <> 'draft' AND id {IN_IDS}", (id_list(gone),))
    if found:
        raise UserError(tr("{number} was issued and can't be deleted.", number=found[0][0]), hint=tr("Decline it, or make a new version."))


def _check_parts(connection: Connection, before: int, part: int, table: str, quotes: dict[bytes, _Changed]) -> None:
    """Lines of an issued quote are fixed, unless the same transaction made or issued the quote, or it was issued elsewhere and its lines come in a second file."""
    wanted = _owners_of_parts(connection, before, part, table)
    issued = rows(
        connection,
        f"SELECT id, status, number FROM quote WHERE ifnull(status, 'draft') <> 'draft' AND (frozen IS NOT NULL OR source IS NULL) AND id {IN_IDS}",
        (id_list(wanted),),
    )
    for quote, status, number in issued:
        if quote not in quotes or not _was_draft(quotes[quote], status):
            raise fixed(number)


def _owners_of_parts(connection: Connection, before: int, part: int, table: str) -> set[bytes]:
    """Return the quotes whose lines or discounts were changed: those that have them now, and those that had them."""
    touched = {record: changed for record, changed in _changed(connection, before, part).items() if changed.touches(part)}
    owners = dict(rows(connection, f'SELECT id, quote_id FROM "{table}" WHERE id {IN_IDS}', (id_list(touched),)))  # noqa: S608
    return {owner for owner in owners.values() if owner} | {
        bytes.fromhex(changed.first["quote_id"]) for changed in touched.values() if changed.first.get("quote_id")
    }


def fixed(number: str | None) -> UserError:
    """Return the refusal to change an issued quote."""
    return UserError(tr("{number} was issued and can't be changed.", number=number or tr("This quote")), hint=tr("Make a new version instead."))


# ---- closed periods ----

CLOSED_UNTIL = "closed_until"


def closed_until(reader: Reader) -> date | None:
    """Return the last closed day, None if there is none."""
    return _day(reader.value("SELECT value FROM setting WHERE key = ? AND deleted_at IS NULL", (CLOSED_UNTIL,)))


def _day(text: str | None) -> date | None:
    found = json.loads(text) if text else None
    return date.fromisoformat(found) if found else None


def _closed_before(connection: Connection, before: int) -> date | None:
    """Return the last day that was closed when the open transaction began."""
    found = rows(connection, "SELECT id, value FROM setting WHERE key = ? AND deleted_at IS NULL", (CLOSED_UNTIL,))
    if not found:
        return None
    record, value = found[0]
    for op, changes in rows(connection, "SELECT op, changes FROM journal WHERE id > ? AND +tbl = ? AND row = ? ORDER BY id LIMIT 1", (before, SETTING, record)):
        return None if op == INSERT else _day(json.loads(changes).get("value", [value])[0])
    return _day(value)


def closed_quote(until: date | None, number: str | None, status: str | None, day: str | None) -> UserError | None:
    """Return the refusal of what `check_closed` would refuse of one quote, before it is written; None if it may come in.

    Args:
        until: the last closed day. status: what it would have. day: its date.
    """
    if until is None or day is None or (status or "draft") == "draft" or day > until.isoformat():
        return None
    return _closed(number, until)


def check_closed(connection: Connection, before: int) -> None:
    """Refuse what the open transaction did to documents in a closed period: none is issued, taken in, changed or taken back there.

    What stays free of an issued document, such as the customer's answer, stays free here too; and a draft is no document yet.

    Raises:
        UserError: names the document and the day.
    """
    until = _closed_before(connection, before)
    if until is None:
        return
    quotes = _changed(connection, before, QUOTE)
    for record, number, status, day, deleted in rows(
        connection, f"SELECT id, number, ifnull(status, 'draft'), date, deleted_at FROM quote WHERE id {IN_IDS}", (id_list(quotes),)
    ):
        its, days = quotes[record], set()
        was_document = not its.made and not _was_draft(its, status)
        is_document = status != "draft" and deleted is None
        if was_document and (its.touches(QUOTE) or not is_document):
            days.add(its.first.get("date", day))
        if is_document and (not was_document or its.touches(QUOTE)):
            days.add(day)
        if any(each is not None and each <= until.isoformat() for each in days):
            # A number that only this transaction gave goes with it.
            raise _closed(number if its.made else its.first.get("number", number), until)
    for part, table in _PARTS:
        wanted = _owners_of_parts(connection, before, part, table)
        sql = f"SELECT number FROM quote WHERE ifnull(status, 'draft') <> 'draft' AND deleted_at IS NULL AND date <= ? AND id {IN_IDS} ORDER BY number LIMIT 1"
        for (number,) in rows(connection, sql, (until.isoformat(), id_list(wanted))):
            raise _closed(number, until)


def _closed(number: str | None, until: date) -> UserError:
    return UserError(
        tr("{number} is dated in a closed period (up to {day}).", number=number or tr("This quote"), day=until.isoformat()),
        field="date", hint=tr("Give it a later date, or reopen the period."),
    )  # fmt: skip
