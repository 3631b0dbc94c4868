"""Once: the store's rules of what must not come twice, held against the rows of an import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.exchange.values.parts import ADDRESS
from crmdesk.i18n import mark, tr
from crmdesk.models.base import ENTITIES
from crmdesk.queries import uniqueness

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmdesk.exchange.shapes.shape import Draft
    from crmdesk.queries.uniqueness import Rule
    from crmdesk.store import Reader, Store

ALSO = (mark("{count} row brings what should be there once only."), mark("{count} rows bring what should be there once only."))


class Once:
    """Says of rows what should be there once and is there already, in the store or further up in the file."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rules: dict[str, list[Rule]] = {}
        self._seen: dict[int, bytes] = {}

    def rules(self, entity: str) -> list[Rule]:
        """Return the rules of an entity."""
        if entity not in self._rules:
            self._rules[entity] = uniqueness.rules(self._store.settings, entity)
        return self._rules[entity]

    def complaints(self, drafts: Sequence[Draft], records: Sequence[bytes | None]) -> list[list[tuple[str, str]]]:
        """Return, for each row, (what the rule says to do, what is there already) about the records of the store.

        Args:
            records: the known record that a row means: what that one has itself is no second time.
        """
        found: list[list[tuple[str, str]]] = [[] for _ in drafts]
        with self._store.read() as reader:
            for entity in {draft.entity for draft in drafts}:
                ours = [place for place, draft in enumerate(drafts) if draft.entity == entity]
                for rule in self.rules(entity):
                    values = {place: _values(drafts[place], rule) for place in ours}
                    for place in _hit(reader, rule, values):
                        record = records[place]
                        clash = uniqueness.clash(reader, rule, values[place], record)
                        if clash is not None:
                            found[place].append((rule.mode, clash.said))
        return found

    def further_up(self, draft: Draft, record: bytes) -> list[tuple[str, str]]:
        """Return what a row further up brought already, and remember what this one brings."""
        found = []
        for rule in self.rules(draft.entity):
            owners = [self._seen.setdefault(key, record) for key in _keys(draft, rule, self._store.settings.region)]
            if any(owner != record for owner in owners):
                found.append((rule.mode, tr("A row further up has the same {fields}.", fields=", ".join(uniqueness.labels(rule.entity, rule.fields)))))
        return found


def _values(draft: Draft, rule: Rule) -> dict[str, list[str]]:
    """Return what a row says in the fields of a rule."""
    parts, found = draft.parts, dict[str, list[str]]()
    for name in rule.fields:
        match name:
            case "email":
                found[name] = [key for _, _, key in parts.emails] if parts else []
            case "phone":
                found[name] = [e164 for _, _, _, e164, _ in parts.phones if e164] if parts else []
            case "address.city" | "address.postal_code":
                at = ADDRESS.index(name.partition(".")[2])
                found[name] = [str(address[at]) for address in parts.addresses if address[at]] if parts else []
            case _:
                value = draft.values.get(ENTITIES[draft.entity].fields[name].column)
                found[name] = [] if value in (None, "") else [str(value)]
    return found


def _hit(reader: Reader, rule: Rule, values: Mapping[int, Mapping[str, Sequence[str]]]) -> list[int]:
    """Return the rows whose first field of a rule is in the store, asked for all of them at once."""
    first, region = rule.fields[0], reader.settings.region
    asked = {place: uniqueness.keys(region, first, given[first]) for place, given in values.items() if all(given.values())}
    wanted = sorted({key for keys in asked.values() for key in keys})
    there = uniqueness.keys_there(reader, rule.entity, first, wanted) if wanted else set[str]()
    return [place for place, keys in asked.items() if not there.isdisjoint(key.casefold() for key in keys)]


def _keys(draft: Draft, rule: Rule, region: str) -> list[int]:
    """Return hashes of what a row has in all fields of a rule: one for each value of the first."""
    given = _values(draft, rule)
    keyed = [uniqueness.keys(region, name, given[name]) for name in rule.fields]
    if not all(keyed):
        return []
    rest = tuple(tuple(sorted(key.casefold() for key in keys)) for keys in keyed[1:])
    return [hash((rule.entity, rule.fields, first.casefold(), rest)) for first in keyed[0]]


__all__ = ["ALSO", "Once"]
