"""Looking through all customers for duplicates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.matching import Reason, find, groups, reasons
from crmdesk.matching.finding import LEAST_SCORE, SURE, nobody
from crmdesk.models.registry import entity_class
from crmdesk.queries.duplicates import CUSTOMERS, read, told_apart
from crmdesk.store.pace import no_garbage

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmdesk.store import Store


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
