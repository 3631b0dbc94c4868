"""What happened to the documents of a period since the workbook that held them left the program."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from crmdesk.clock import moment
from crmdesk.models.base import ENTITIES
from crmdesk.queries.ledger import OFFERS, TAX_DOCUMENTS, Period, known
from crmdesk.queries.records import titles
from crmdesk.store.reader import IN_IDS, id_list
from crmdesk.store.schema import INSERT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmdesk.queries.ledger import LedgerDocument
    from crmdesk.store.reader import Reader


@dataclass(frozen=True, slots=True)
class Export:
    """A workbook that left the program: its transaction, when, the file, and its period."""

    tx: int
    at: datetime
    file: str
    period: Period


@dataclass(frozen=True, slots=True)
class Changed:
    """A change of a document since the last export that held its day."""

    number: str
    at: datetime
    member: str
    label: str
    is_undo: bool


@dataclass(slots=True)
class _History:
    """What happened to a document since some transaction: when it was made, what each step changed, its transactions."""

    made: int = 0
    steps: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    transactions: list[int] = field(default_factory=list)

    def note(self, tx: int) -> None:
        """Note a transaction, once."""
        if not self.transactions or self.transactions[-1] != tx:
            self.transactions.append(tx)

    def at(self, since: int, now: dict[str, Any]) -> dict[str, Any]:
        """Return the values that it had after a transaction."""
        found = dict(now)
        for tx, changes in reversed(self.steps):
            if tx > since:
                found |= {name: old for name, (old, _) in changes.items()}
        return found

    def as_document(self, since: int, now: dict[str, Any]) -> Iterator[int]:
        """Yield the transactions since one, before or after which it was no draft."""
        state = self.at(since, now)["status"] or "draft"
        changed = {tx: changes["status"][1] for tx, changes in self.steps if "status" in changes}
        for tx in sorted(set(self.transactions)):
            if tx > since:
                before, state = state, changed.get(tx, state) or "draft"
                if before != "draft" or state != "draft":
                    yield tx


def exports(reader: Reader, period: Period) -> list[Export]:
    """Return the workbooks that hold days of a period, newest first."""
    rows = reader.rows("SELECT id, at, about, detail FROM journal_tx WHERE operation = 'workbooks.note_workbook' ORDER BY id DESC")
    made = [Export(tx, moment(at), file or "", _period_of(detail)) for tx, at, file, detail in rows]
    return [export for export in made if _meet(export.period, period)]


def _period_of(detail: str | None) -> Period:
    said = json.loads(detail) if detail else {}
    first, last = (date.fromisoformat(said[name]) if said.get(name) else None for name in ("first", "last"))
    return Period(first, last)


def _meet(one: Period, other: Period) -> bool:
    return not (one.last and other.first and one.last < other.first) and not (other.last and one.first and other.last < one.first)


def _holds(period: Period, day: date | None) -> bool:
    """Say whether a day lies in a period; what has no day, only in one that is open."""
    if day is None:
        return period.first is None and period.last is None
    return not (period.first and day < period.first) and not (period.last and day > period.last)


def changes_since(reader: Reader, found: Sequence[LedgerDocument], made: Sequence[Export], period: Period) -> list[Changed]:
    """Return what happened to the documents of a period since the last export that held their day, oldest first.

    Those that lay in the period then and do not any more are among them; what was done to a draft is not.

    Args:
        found: the documents that lie in the period now.
        made: the exports of days of the period, newest first.
    """
    if not made:
        return []
    here = {document.id: document for document in found}
    steps: set[tuple[int, str]] = set()
    for entity in known((*TAX_DOCUMENTS, *OFFERS)):
        histories = _histories(reader, entity, min(export.tx for export in made))
        rows = reader.rows(f'SELECT id, number, status, date, deleted_at FROM "{entity}" WHERE id {IN_IDS}', (id_list(histories),))  # noqa: S608
        for record, *values in rows:
            history, now = histories[record], dict(zip(_STATE, values, strict=True))
            held = [export for export in made if _was_in(history, now, export, period) or (record in here and _holds(export.period, here[record].day))]
            if held:
                number = now["number"] or history.at(held[0].tx, now)["number"] or ""
                steps |= {(tx, number) for tx in history.as_document(held[0].tx, now)}
    return _told(reader, sorted(steps))


_STATE = ("number", "status", "date", "deleted_at")


def _was_in(history: _History, now: dict[str, Any], export: Export, period: Period) -> bool:
    """Say whether a document of a period was in an export."""
    if history.made > export.tx:
        return False
    then = history.at(export.tx, now)
    day = date.fromisoformat(then["date"]) if then["date"] else None
    return (then["status"] or "draft") != "draft" and then["deleted_at"] is None and _holds(period, day) and _holds(export.period, day)


def _histories(reader: Reader, entity: str, since: int) -> dict[bytes, _History]:
    """Return what happened since a transaction to the documents of an entity, by their ids; to their lines and discounts too."""
    histories: dict[bytes, _History] = {}
    for record, tx, op, changes in _journal(reader, ENTITIES[entity].entity.number, since):
        its = histories.setdefault(record, _History())
        its.note(tx)
        if op == INSERT:
            its.made = tx
        its.steps.append((tx, {name: change for name, change in json.loads(changes or "{}").items() if name in _STATE}))
    for part in (cls.entity for cls in ENTITIES.values() if entity in cls.entity.owned_by):
        rows = _journal(reader, part.number, since)
        owners = dict(reader.rows(f'SELECT id, "{entity}_id" FROM "{part.name}" WHERE id {IN_IDS}', (id_list({row[0] for row in rows}),)))  # noqa: S608
        for record, tx, *_ in rows:
            if owner := owners.get(record):
                histories.setdefault(owner, _History()).note(tx)
    return histories


def _journal(reader: Reader, number: int, since: int) -> list[tuple[Any, ...]]:
    sql = (
        "SELECT j.row, t.id, j.op, j.changes FROM journal_tx t JOIN journal j ON j.id BETWEEN t.first_id AND t.last_id "
        "WHERE t.id > ? AND +j.tbl = ? ORDER BY t.id, j.id"
    )
    return reader.rows(sql, (since, number))


def _told(reader: Reader, steps: Sequence[tuple[int, str]]) -> list[Changed]:
    """Return transactions of documents as people read them."""
    said = {
        tx: values
        for tx, *values in reader.rows(
            "SELECT id, at, member, label, kind FROM journal_tx WHERE id IN (SELECT value FROM json_each(?))", (json.dumps([tx for tx, _ in steps]),)
        )
    }
    members = titles(reader, "member", {member for _, member, *_ in said.values() if member})
    return [Changed(number, moment(said[tx][0]), members.get(said[tx][1], ("", False))[0], said[tx][2], said[tx][3] == "undo") for tx, number in steps]
