"""Looking through all customers for duplicates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.matching import Reason, find, groups, judge, reasons
from crmdesk.matching.finding import LEAST_SCORE, SURE, nobody
from crmdesk.models.registry import entity_class
from crmdesk.queries.duplicates import CUSTOMERS, read, told_apart
from crmdesk.store.pace import no_garbage

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from crmdesk.store import Store
    from crmdesk.store.reader import Reader


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two records that may be the same.

    Attributes:
        a: the one that was there first.
        score: how likely they are the same, 0 to 1.
        reasons: what speaks for it and what against, the heaviest first.
    """

    a: UUID
    b: UUID
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Sweep:
    """What looking through an entity found.

    Attributes:
        pairs: from the surest down; those that somebody told apart are left out.
        groups: records that are all the same, each group in the order in which they came to be; every member is near every other.
        records: how many were looked through. compared: how many pairs of them were worth a closer look.
    """

    entity: str
    pairs: list[Duplicate]
    groups: list[tuple[UUID, ...]]
    records: int
    compared: int


def sweep(store: Store, entity: str, least: float = SURE, tell: Callable[[int, int], None] = nobody) -> Sweep:
    """Look through all companies, contacts or leads for duplicates.

    The store is read at the beginning, within seconds; comparing needs it no more.

    Args:
        least: how likely two records must be the same to be listed.
        tell: told how much of how much is done; may raise `Cancelled`.

    Raises:
        UserError: duplicates are not looked for in this entity.
    """
    name = entity_class(entity).entity.name
    if name not in CUSTOMERS:
        raise UserError(tr("Duplicates are looked for among companies, contacts and leads."))
    if not 0 < least <= 1:
        raise UserError(tr("The least score lies between 0 and 1."))
    with no_garbage():
        ids: list[bytes] = []
        compared = []
        with store.read() as reader:
            apart = told_apart(reader, name)
            for record, found in read(reader, name):
                ids.append(record)
                compared.append(found)
        result = find(compared, min(LEAST_SCORE, least), tell)
        del compared
    pairs = [pair for pair in result.pairs if (ids[pair.a], ids[pair.b]) not in apart]
    whole = groups(((pair.a, pair.b, pair.score) for pair in pairs), least, LEAST_SCORE)
    return Sweep(
        name,
        [
            Duplicate(UUID(bytes=ids[pair.a]), UUID(bytes=ids[pair.b]), round(pair.score, 4), tuple(reasons(result.model, pair.codes)))
            for pair in pairs
            if pair.score >= least
        ],
        [tuple(UUID(bytes=ids[member]) for member in group) for group in whole],
        len(ids),
        result.compared,
    )


@dataclass(frozen=True)
class Lookalikes:
    """Records that may all be the same: two, or a group of which every one is near every other."""

    members: tuple[UUID, ...]
    score: float
    reasons: tuple[Reason, ...]

    def left(self, there: Container[bytes], apart: Container[tuple[bytes, bytes]]) -> Lookalikes | None:
        """Return what is still to be decided: without those that are gone; None if nothing is.

        Args:
            there: the records that are neither merged nor deleted. apart: the pairs of which somebody said that they are not the same.
        """
        members = tuple(member for member in self.members if member.bytes in there)
        if len(members) < 2 or any(pair in apart for pair in combinations(sorted(member.bytes for member in members), 2)):
            return None
        return self if members == self.members else replace(self, members=members)


def chosen(reader: Reader, entity: str, members: Sequence[UUID]) -> Lookalikes:
    """Put records together that somebody took for the same, with what speaks for that of the two that are most alike; the oldest comes first."""
    compared = [found for _, found in read(reader, entity, [member.bytes for member in members])] if entity in CUSTOMERS else []
    judged = [judge(one, other) for one, other in combinations(compared, 2)]
    score, why = max(judged, key=lambda one: one[0], default=(1.0, []))
    return Lookalikes(tuple(sorted(members)), score, tuple(why))


def to_decide(found: Sweep) -> list[Lookalikes]:
    """Put the pairs of a sweep together to what is decided at once: groups first where they are as sure as the pairs in them."""
    by_pair = {frozenset((pair.a, pair.b)): pair for pair in found.pairs}
    items, grouped = list[Lookalikes](), set[frozenset[UUID]]()
    for group in found.groups:
        if len(group) < 3:
            continue
        inside = [by_pair[pair] for pair in map(frozenset, combinations(group, 2)) if pair in by_pair]
        grouped.update(map(frozenset, combinations(group, 2)))
        if inside:
            surest = max(inside, key=lambda pair: pair.score)
            items.append(Lookalikes(group, min(pair.score for pair in inside), surest.reasons))
    items += [Lookalikes((pair.a, pair.b), pair.score, pair.reasons) for pair in found.pairs if frozenset((pair.a, pair.b)) not in grouped]
    return sorted(items, key=lambda item: -item.score)
