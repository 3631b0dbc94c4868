"""Once: the store's rules of what must not come twice, held against the rows of an import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.exchange.values.parts import ADDRESS
from crmdesk.i18n import mark, tr
from crmdesk.models.base import ENTITIES
from crmdesk.queries import uniqueness

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmdesk.exchange.shapes.work import Draft
    from crmdesk.queries.uniqueness import Rule
    from crmdesk.store import Store

ALSO = (mark("{count} row brings what should be there once only."), mark("{count} rows bring what should be there once only."))


class Once:
    """Says of rows what should be there once and is there already, in the store or further up in the file."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rules: dict[str, list[Rule]] = {}
        self._seen: dict[int, bytes] = {}
        self._asked: dict[Rule, set[str]] = {}
        self._there: dict[Rule, set[str]] = {}

    def rules(self, entity: str) -> list[Rule]:
        """Return the rules of an entity."""
        if entity not in self._rules:
            self._rules[entity] = uniqueness.rules(self._store.settings, entity)
        return self._rules[entity]

    def look_up(self, drafts: Iterable[Draft]) -> None:
        """Ask the store at once what some rows bring of that which should be there once; what was asked before is forgotten."""
        self._asked, self._there = {}, {}
        for draft in drafts:
            for rule in self.rules(draft.entity):
                self._asked.setdefault(rule, set()).update(_firsts(_values(draft, rule), rule, self._store.settings.region))
        if self._asked:
            with self._store.read() as reader:
                self._there = {rule: uniqueness.keys_there(reader, rule.entity, rule.fields[0], sorted(wanted)) for rule, wanted in self._asked.items()}

    def complaints(self, draft: Draft, record: bytes | None) -> list[tuple[str, str]]:
        """Return (what the rule says to do, what is there already) about what a row brings.

        Args:
            record: the known record that it is: what that one has itself is no second time.
        """
        found = []
        for rule in self.rules(draft.entity):
            if said := self._in_store(draft, rule, record):
                found.append((rule.mode, said))
            owners = (self._seen.get(key) for key in _keys(draft, rule, self._store.settings.region))
            if any(owner not in {None, record} for owner in owners):
                found.append((rule.mode, tr("A row further up has the same {fields}.", fields=", ".join(uniqueness.labels(rule.entity, rule.fields)))))
        return found

    def _in_store(self, draft: Draft, rule: Rule, record: bytes | None) -> str:
        """Return what is said of a record of the store that has already what a row brings; empty if none has."""
        values = _values(draft, rule)
        firsts = _firsts(values, rule, self._store.settings.region)
        if firsts <= self._asked.get(rule, set()) and self._there.get(rule, set()).isdisjoint(key.casefold() for key in firsts):
            return ""
        with self._store.read() as reader:
            clash = uniqueness.clash(reader, rule, values, record)
        return clash.said if clash else ""

    def remember(self, draft: Draft, record: bytes) -> None:
        """Hold what a row brings, which comes in as this record, against the rows further down."""
        for rule in self.rules(draft.entity):
            for key in _keys(draft, rule, self._store.settings.region):
                self._seen.setdefault(key, record)


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


def _firsts(values: Mapping[str, Sequence[str]], rule: Rule, region: str) -> set[str]:
    """Return what a row says in the first field of a rule, as it is compared; nothing if it does not say all of them."""
    first = rule.fields[0]
    return set(uniqueness.keys(region, first, values[first])) if all(values.values()) else set()


def _keys(draft: Draft, rule: Rule, region: str) -> list[int]:
    """Return hashes of what a row has in all fields of a rule: one for each value of the first."""
    given = _values(draft, rule)
    keyed = [uniqueness.keys(region, name, given[name]) for name in rule.fields]
    if not all(keyed):
        return []
    rest = tuple(tuple(sorted(key.casefold() for key in keys)) for keys in keyed[1:])
    return [hash((rule.entity, rule.fields, first.casefold(), rest)) for first in keyed[0]]


__all__ = ["ALSO", "Once"]
