"""Recognising: by what the rows of a file are looked up, and which of them are records of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.exchange.columns.products import product_names
from crmdesk.exchange.rows.options import MATCHED_BY
from crmdesk.exchange.rows.repeats import NAMELESS, ONCE_IN_A_FILE, same_records
from crmdesk.exchange.table import shown
from crmdesk.exchange.values.known import ANY_FILE, WHOLE, Match, ids_of_any_file, known_as
from crmdesk.exchange.values.links import name_key
from crmdesk.models.registry import entity_class
from crmdesk.queries.finding import title_field
from crmdesk.store.reader import IN_IDS, id_list

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from crmdesk.exchange.shapes.work import Draft
    from crmdesk.exchange.values.known import Key
    from crmdesk.exchange.values.seen import Seen
    from crmdesk.exchange.words.company_names import LegalForms
    from crmdesk.store import Reader, Store


class Keys:
    """By what the rows of a file are looked up, in the way the user chose.

    Args:
        entity: what the rows are; those that turn out to be another are recognised in their own way.
        match: what the user said that records are recognised by; the entity's own way if empty.
        says_whose: whether the file shows by itself which program's ids it holds.
    """

    def __init__(self, entity: str, match: Sequence[str], says_whose: bool) -> None:
        self._entity = entity
        self._match = match
        self._says_whose = says_whose
        self._wanted = {MATCHED_BY.get(name, "f:" + name) for name in match} | ({ANY_FILE} if "external_id" in match else set())

    def of(self, draft: Draft) -> list[Key]:
        """Return the keys of a row, strongest first."""
        keys = draft.keys
        if more := self._of_any_file(draft):
            keys = sorted(keys + more, key=lambda key: (key[0] != "i", key[0] != "x", key[0] != ANY_FILE))
        if self._match and draft.entity == self._entity:
            keys = self._chosen(draft, keys)
        for kind, _ in keys:
            if kind == "n":
                return [_comparable(draft, key) if key[0] == "n" else key for key in keys]
        return keys

    def _chosen(self, draft: Draft, keys: Sequence[Key]) -> list[Key]:
        keys = [key for key in keys if key[0] in self._wanted]
        title = draft.values.get(title_field(entity_class(draft.entity)))
        if "n" in self._wanted and not any(kind == "n" for kind, _ in keys) and title and isinstance(title, str):
            keys.append(("n", title))
        for name in self._match:
            if name not in MATCHED_BY and (value := draft.values.get(name)):
                keys.append((f"f:{name}", value))
        return keys

    def _of_any_file(self, draft: Draft) -> list[Key]:
        """Return keys that recognise the id of a row in files of other names too, as long as nothing says which program's it is."""
        external = draft.values.get("external_id")
        if not external or draft.values.get("source") or self._says_whose:
            return []
        if "external_id" in self._match:
            return [(ANY_FILE, (external, "", ""))]
        title = draft.values.get(title_field(entity_class(draft.entity)))
        mails = [mail for _, _, mail in draft.parts.emails] if draft.parts else []
        return ids_of_any_file(draft.entity, external, title if isinstance(title, str) else "", mails)


def _comparable(draft: Draft, key: Key) -> Key:
    city = draft.parts.city_key if draft.entity == "company" and draft.parts else ""
    return "n", (name_key(draft.entity, str(key[1])), city)


def _called(draft: Draft) -> str:
    """Return what the person of a row is called, or would be."""
    return str(draft.values.get("name") or (draft.parts.stand_in if draft.parts else ""))


def _title(entity: str, draft: Draft) -> Any:
    return draft.values.get("sort_key") or draft.values.get(title_field(entity_class(entity)))


def _is_alone(entity: str, draft: Draft) -> bool:
    """Say whether a row without keys may be a record that is the same in everything; lines of quotes belong to the one above."""
    return entity in NAMELESS and draft.entity == entity and not draft.rest.get("may repeat") and bool(_title(entity, draft))


class Recognising:
    """Which rows are live records of the store.

    Args:
        was_empty: by entity, whether the store had no such record when the import began; filled here.
        taken: the records without keys that rows turned out to be; filled here. forms: which legal forms companies have.
    """

    def __init__(self, store: Store, entity: str, was_empty: dict[str, bool], taken: Seen, forms: LegalForms) -> None:
        self._store, self._entity, self._was_empty, self._taken, self._forms = store, entity, was_empty, taken, forms

    def known(self, drafts: Sequence[Draft], keys_of: Sequence[list[Key]]) -> list[Match | None]:
        """Return, for each row, the record that its keys mean."""
        known: list[Match | None] = [None] * len(drafts)
        with self._store.read() as reader:
            for entity in {draft.entity for draft in drafts}:
                if self._is_empty(reader, entity):
                    continue
                ours = [place for place, draft in enumerate(drafts) if draft.entity == entity]
                names = [_called(drafts[place]) for place in ours]
                for place, match in zip(ours, known_as(reader, entity, [keys_of[place] for place in ours], names, product_names(), self._forms), strict=True):
                    known[place] = match
        return known

    def find_repeats(self, drafts: Sequence[Draft], keys_of: list[list[Key]], known: list[Match | None], given: Callable[[str], Collection[str]]) -> None:
        """Let rows that nothing but a name tells from others be known where a record, or a row further up, is the same in everything.

        Args:
            given: returns the columns of an entity that the file may fill.
        """
        for entity in {draft.entity for draft in drafts}:
            alone = [place for place, keys in enumerate(keys_of) if not keys and _is_alone(entity, drafts[place])]
            if alone:
                self._find_repeats_of(entity, alone, drafts, keys_of, known, given(entity))

    def _find_repeats_of(
        self, entity: str, alone: Sequence[int], drafts: Sequence[Draft], keys_of: list[list[Key]], known: list[Match | None], given: Collection[str]
    ) -> None:
        with self._store.read() as reader:
            is_empty = self._is_empty(reader, entity)
        found = [()] * len(alone) if is_empty else same_records(self._store, entity, given, [drafts[place] for place in alone])
        for place, records in zip(alone, found, strict=True):
            if entity in ONCE_IN_A_FILE:
                # In a file even cells that go nowhere tell two rows apart.
                keys_of[place] = [(WHOLE, tuple(shown(cell) for cell in drafts[place].cells))]
                record = next(iter(records), None)
            else:
                record = self._next_of(records)
            known[place] = Match(record, (WHOLE, record)) if record else None

    def _next_of(self, records: Sequence[bytes]) -> bytes | None:
        """Return the first of some equal records that no row further up was: as many equal rows are known as there are records."""
        for record in records:
            mark = hash(record)
            if self._taken.get(mark) is None:
                self._taken.remember(mark, record)
                return record
        return None

    def free_ids(self, drafts: Sequence[Draft], keys_of: Sequence[list[Key]]) -> None:
        """Let records that we exported once keep their id, unless it is taken, be it in the bin."""
        own = {value: draft for draft, keys in zip(drafts, keys_of, strict=True) for kind, value in keys if kind == "i"}
        if not own:
            return
        with self._store.read() as reader:
            taken = {record for (record,) in reader.rows(f'SELECT id FROM "{self._entity}" WHERE id {IN_IDS}', (id_list(own),))}
        for record, draft in own.items():
            if record not in taken and draft.entity == self._entity:
                draft.rest["own id"] = record

    def _is_empty(self, reader: Reader, entity: str) -> bool:
        if entity not in self._was_empty:
            self._was_empty[entity] = not reader.value(f'SELECT 1 FROM "{entity}" WHERE deleted_at IS NULL LIMIT 1')
        return self._was_empty[entity]
