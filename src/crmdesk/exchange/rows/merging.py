"""Merging: what rows bring to records that are there already, be it since a row further up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from crmdesk.errors import UserError
from crmdesk.exchange.rows.currencies import settle_currency
from crmdesk.exchange.rows.outcomes import CellChange, plain_value, text_in_file
from crmdesk.exchange.rows.repeats import Fresh, PresentParts
from crmdesk.exchange.rows.turns import Turns
from crmdesk.exchange.shapes.shape import ABOVE_ITSELF
from crmdesk.exchange.values.entries import MINUTE
from crmdesk.exchange.values.known import ANY_FILE
from crmdesk.exchange.values.parts import ADDRESS, Parts
from crmdesk.i18n import mark
from crmdesk.models.names import folded
from crmdesk.models.registry import entity_class
from crmdesk.store.reader import IN_IDS, id_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crmdesk.exchange.rows.decisions import Decided
    from crmdesk.exchange.shapes.shape import Shape
    from crmdesk.exchange.shapes.work import Draft, Values
    from crmdesk.exchange.values.known import Match
    from crmdesk.exchange.values.layouts import Layout
    from crmdesk.store import Store

COMPLETED = (mark("{count} row completes a new record of a row further up."), mark("{count} rows complete new records of rows further up."))


def given_columns(layout: Layout, entity: str) -> frozenset[str]:
    """Return the columns of a record that a file may fill."""
    given = {column.target.field for column in layout.columns if column.target and not column.target.of}
    if entity == "task" and "at" in given:  # rows of activities that are to-dos
        given |= {"due_on", "due_at"}
    own = {item.column for name, item in entity_class(entity).fields.items() if name in given}
    return frozenset(own | {"given_name", "family_name", "title", "salutation", "custom", "external_id", "source"})


class Merging:
    """Fills and overwrites records with what the rows of a file say.

    Args:
        fresh: what the new records of the import are made of. merged: what the known ones are now, which is not written yet.
        ask: says by an error that what a row brings beside its record may not come in.

    Attributes:
        drops_links: whether rows name records that they are not linked to, since theirs stay.
        turned_back: the lines of rows that change nothing together, since the last of them gives the record back what it had.
    """

    def __init__(self, store: Store, layout: Layout, decided: Decided, fresh: Fresh, merged: Fresh, ask: Callable[[Shape, Draft], None]) -> None:
        self._store, self._layout, self._decided, self._fresh, self._merged, self._ask = store, layout, decided, fresh, merged, ask
        self._given: dict[str, frozenset[str]] = {}
        self._completed: set[bytes] = set()
        self._noted: set[bytes] = set()
        self._turns = Turns()
        self.turned_back: list[int] = []
        self.drops_links = False

    def keep(self, draft: Draft) -> None:
        """Let later rows complete the new record of a row."""
        self._fresh.keep(draft.id, draft.values, draft.parts)

    def complete(self, shape: Shape, draft: Draft, record: bytes) -> list[CellChange]:
        """Let a row complete the new record of a row further up, if that was kept; returns what it brought.

        Raises:
            UserError: the row can't be taken.
        """
        if record not in self._fresh:
            return []
        values, parts = self._fresh.of(record)
        present = {record: {**dict.fromkeys(entity_class(draft.entity).columns), **values}}
        changes = self._put_values(shape, draft, record, present, is_stored=False)
        if draft.parts:
            has = _Parts(self._store, draft.entity, set(), self._completed, self._noted)
            has.learn(record, parts)
            changes += has.add(shape, draft, record, overwrites=False)
            parts = _joined(parts, draft.parts)
        if changes:
            self._fresh.keep(record, present[record], parts)
            shape.work.note(COMPLETED)
        return changes

    def merge(self, shape: Shape, merges: Sequence[tuple[Draft, Match]]) -> Iterator[tuple[Draft, Match, list[CellChange] | UserError]]:
        """Put what rows say on the records that they are; yields each with what changes, or why it can't be taken."""
        for entity in sorted({draft.entity for draft, _ in merges}):
            ours = [(draft, match) for draft, match in merges if draft.entity == entity]
            records = {match.record for _, match in ours}
            present = self._present(entity, records)
            shape.meet(records)
            parts = _Parts(self._store, entity, records, self._completed, self._noted) if any(draft.parts for draft, _ in ours) else None
            for record in records:
                if record in self._merged:  # by a row further up, and not written yet
                    values, given = self._merged.of(record)
                    present[record].update(values)
                    if parts:
                        parts.learn(record, given)
            for draft, match in ours:
                # Where only the name of the file differs, the record stays with the first one: nothing else has changed.
                if draft.values.get("external_id") and match.key[0] != ANY_FILE:
                    draft.values["source"] = draft.values.get("source") or shape.work.source
                before = present.get(match.record, {})
                try:
                    changes = self._put_values(shape, draft, match.record, present, is_stored=True)
                except UserError as error:
                    yield draft, match, error
                    continue
                after = present.get(match.record, {})
                has_more = any(change.field not in after for change in changes)
                if parts and draft.parts:
                    more = parts.add(shape, draft, match.record, self._decided.mode(draft) == "overwrite")
                    changes, has_more = changes + more, has_more or bool(more)
                self.turned_back = self._turns.take(match.record, draft.line, before, after, has_more=has_more) if changes else []
                if changes:
                    given = self._merged.of(match.record)[1] if match.record in self._merged else Parts()
                    self._merged.keep(match.record, present[match.record], _joined(given, draft.parts or Parts()))
                yield draft, match, changes

    def _present(self, entity: str, records: set[bytes]) -> dict[bytes, Values]:
        columns = [name for name in entity_class(entity).columns if name != "deleted_at"]
        names = ", ".join(f't."{name}"' for name in columns)
        with self._store.read() as reader:
            rows = reader.rows(f'SELECT {names} FROM "{entity}" t WHERE t.id {IN_IDS}', (id_list(records),))
        at = columns.index("id")
        return {row[at]: dict(zip(columns, row, strict=True)) for row in rows}

    def _put_values(self, shape: Shape, draft: Draft, record: bytes, known: dict[bytes, Values], *, is_stored: bool) -> list[CellChange]:
        """Put the values of a row on a known record; derived ones follow. Returns what changes.

        Raises:
            UserError: the row can't be taken; nothing of it was.
        """
        present = known.get(record, {})
        merged = self._merged_values(draft, present)
        overwrites = self._decided.mode(draft) == "overwrite"
        settle_currency(shape, draft, present, merged, self._given_columns(draft.entity), overwrites=overwrites)
        shape.settle_known(draft, present, merged, overwrites=overwrites)
        shape.settle_company(draft, merged)
        if is_stored:
            shape.check_known(present, merged)
        for name in [name for name, value in merged.items() if name != "id" and value == record and present.get(name) != record]:
            merged[name] = present.get(name)
            shape.work.note(ABOVE_ITSELF)
        self._drop_links(shape, draft, merged)
        self._ask(shape, draft)
        changes = [
            CellChange(draft.line, record, name, plain_value(draft.entity, name, present.get(name)), text_in_file(self._layout, draft, name, value))
            for name, value in merged.items()
            if value != present.get(name)
        ]
        more = [CellChange(draft.line, record, *each) for each in shape.give_known(draft, present, overwrites=overwrites)]
        if not changes:
            return more
        gathered = shape.work.gathered
        gathered.complete(draft.entity, merged)
        changes = [change for change in changes if merged[change.field] != present.get(change.field)]  # what is derived may be as it was
        columns = tuple(name for name in merged if name != "id" and merged[name] != present.get(name))
        if not columns:
            return more
        gathered.update(draft.entity, columns, (*(merged[name] for name in columns), record))
        shape.relinked.update((name, record) for name in columns if name in shape.late)
        known[record] = merged
        shape.tell_made(draft)
        return [change for change in changes if change.field not in {"source", "external_id"}] + more or changes

    def _drop_links(self, shape: Shape, draft: Draft, merged: Values) -> None:
        """Let links of a row that are not taken mean nobody: what was made for them is not needed."""
        for name, value in draft.values.items():
            if value.__class__ is bytes and merged.get(name) != value:
                draft.values[name] = None
                self.drops_links = True
        meant = set(filter(lambda value: value.__class__ is bytes, draft.values.values()))
        if "made" in draft.rest:
            draft.rest["made"] = {entity: made for entity, made in draft.rest["made"].items() if made[0] in meant}

    def _merged_values(self, draft: Draft, present: Values) -> Values:
        overwrites = self._decided.mode(draft) == "overwrite"
        own = self._given_columns(draft.entity)
        # Tables for people tell the minute: that is no other moment.
        moments = {item.column for item in entity_class(draft.entity).fields.values() if item.kind == "moment"} if overwrites else set()
        merged, defaults = dict(present), draft.rest.get("defaults", ())
        for name, value in draft.values.items():
            if name not in own or value in (None, "") or name == "id" or name in defaults:
                continue
            if name == "custom" and present.get("custom"):
                old, new = json.loads(present["custom"]), json.loads(value)
                merged["custom"] = json.dumps({**new, **old} if not overwrites else {**old, **new}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            elif present.get(name) in (None, "") or (overwrites and not (name in moments and value == present[name] // MINUTE * MINUTE)):
                merged[name] = value
        return merged

    def _given_columns(self, entity: str) -> frozenset[str]:
        if entity not in self._given:
            self._given[entity] = given_columns(self._layout, entity)
        return self._given[entity]


def _joined(parts: Parts, more: Parts) -> Parts:
    """Return two rows' list fields together; what is in both is added once, since only then it is new."""
    return Parts(
        parts.phones + more.phones,
        parts.emails + more.emails,
        parts.handles + more.handles,
        parts.addresses + more.addresses,
        parts.tags + more.tags,
        parts.note or more.note,
    )


class _Parts(PresentParts):
    """The list fields that known records have already, and what a row adds to them.

    Args:
        completed: the addresses that a row has given what they lacked; they are no longer what is read here.
        noted: the records of whose notes a row has said what they are; of several rows the first one does, be the record new or known.
    """

    def __init__(self, store: Store, entity: str, records: set[bytes], completed: set[bytes], noted: set[bytes]) -> None:
        super().__init__(store, entity, records)
        self._completed, self._noted = completed, noted

    def add(self, shape: Shape, draft: Draft, record: bytes, overwrites: bool) -> list[CellChange]:
        """Add what a record does not have yet; returns what that is."""
        assert draft.parts is not None
        given = draft.parts
        has = {part: self.has.get(part, {}).get(record, []) for part in ("phone", "email", "handle", "address", "record_tag", "memo")}
        numbers = {value for row in has["phone"] for value in row if value}
        fresh = Parts(
            phones=[phone for phone in given.phones if not ({phone[1], phone[3]} - {None}) & numbers],
            emails=[mail for mail in given.emails if (mail[2],) not in has["email"]],
            handles=[handle for handle in given.handles if (handle[1],) not in has["handle"]],
            addresses=[a for a in given.addresses if not any(_is_in(a, known) for known in has["address"])],
            tags=[tag for tag in given.tags if (tag,) not in has["record_tag"]],
            note=given.note if not has["memo"] else None,
        )
        changes: list[CellChange] = []
        if given.note and has["memo"] and overwrites and record not in self._noted and given.note != has["memo"][0][1]:
            shape.work.gathered.update("memo", ("text",), (given.note, has["memo"][0][0]))
            changes.append(CellChange(draft.line, record, "note", has["memo"][0][1], given.note))
        if given.note and overwrites:
            self._noted.add(record)
        for address in list(fresh.addresses):
            if known := next((known for known in has["address"] if known[6] not in {None, *self._completed} and _completes(address, known)), None):
                fresh.addresses.remove(address)
                changes.append(self._complete(shape, draft, record, address, known))
        if fresh:
            shape.writer_for(draft.entity).add(record, fresh, {part: len(rows) for part, rows in has.items()})
            changes += [CellChange(draft.line, record, name, None, value) for name, value in _plain_parts(shape, draft, fresh)]
            self.learn(record, fresh)
        return changes

    def _complete(self, shape: Shape, draft: Draft, record: bytes, address: tuple[Any, ...], known: tuple[Any, ...]) -> CellChange:
        """Give an address that a record has what it lacks."""
        given = {name: value for name, value in zip(ADDRESS, address, strict=True) if value}
        shape.work.gathered.update("address", (*given,), (*given.values(), known[6]))
        self._completed.add(known[6])
        self.learn(record, Parts(addresses=[address]))
        return CellChange(draft.line, record, "address", None, _address_line(address))


def _plain_parts(shape: Shape, draft: Draft, parts: Parts) -> Iterator[tuple[str, Any]]:
    """Yield list fields as they are shown to people."""
    yield from (("phone", phone[1]) for phone in parts.phones)
    yield from (("email", mail[1]) for mail in parts.emails)
    yield from (("handle", handle[1]) for handle in parts.handles)
    yield from (("address", _address_line(address)) for address in parts.addresses)
    if parts.tags:
        yield from (("tags", tag) for tag in shape.parts.tag_texts(draft.cells))
    if parts.note:
        yield "note", parts.note


def _address_line(address: tuple[Any, ...]) -> str:
    return ", ".join(part for part in address[1:6] if part)


def _compared(street: str | None, postal_code: str | None, city_key: str | None, *more: str | None) -> tuple[str, ...]:
    return folded(street or ""), postal_code or "", city_key or "", *(folded(text or "") for text in more)


def _is_in(given: tuple[Any, ...], known: tuple[Any, ...]) -> bool:
    """Say whether a known address is the given one, or has all that it says."""
    ours, theirs = _compared(given[1], given[2], given[6]), _compared(*known[:3])
    return ours == theirs or (_may_be_one(given, known) and all(a in {b, ""} for a, b in zip(_whole(given), _compared(*known[:5]), strict=True)))


def _completes(given: tuple[Any, ...], known: tuple[Any, ...]) -> bool:
    """Say whether a given address has all that a known one says, and more."""
    return _may_be_one(given, known) and all(b in {a, ""} for a, b in zip(_whole(given), _compared(*known[:5]), strict=True))


def _whole(given: tuple[Any, ...]) -> tuple[str, ...]:
    return _compared(given[1], given[2], given[6], given[4], given[5])


def _may_be_one(given: tuple[Any, ...], known: tuple[Any, ...]) -> bool:
    return not (given[0] and known[5]) or given[0] == known[5]
