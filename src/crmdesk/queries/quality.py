"""How good the data is: complete, valid, unique and up to date, for one record and for the whole store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk.queries.problems import DIMENSIONS, MEASURED, Rule, problem_sql, rules_of
from crmdesk.queries.seen import live

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from crmdesk.store.reader import Reader


@dataclass(frozen=True)
class Quality:
    """The quality of one record.

    Attributes:
        percent: 0 to 100, the mean of its dimensions.
        dimensions: percent by dimension, in their order.
        problems: what is wrong.
    """

    percent: int
    dimensions: Mapping[str, int]
    problems: tuple[Rule, ...]


@dataclass(frozen=True)
class Measured:
    """The quality of all records of one entity.

    Attributes:
        records: how many there are; nothing is measured of none.
        failing: by rule, how many records have the problem.
    """

    entity: str
    records: int
    failing: Mapping[Rule, int]

    def percent_of(self, dimension: str) -> int | None:
        """Return the share of what is in order in a dimension, 0 to 100; None where nothing of it is looked at."""
        counts = [count for rule, count in self.failing.items() if rule.dimension == dimension]
        return _percent(sum(counts), self.records * len(counts))

    @property
    def percent(self) -> int | None:
        """The mean of the dimensions, 0 to 100; None without records."""
        return _mean([self.percent_of(dimension) for dimension in DIMENSIONS])


@dataclass(frozen=True)
class StoreQuality:
    """The quality of everything that is measured.

    Attributes:
        entities: those that have records.
        dimensions: percent by dimension, the mean over the entities.
    """

    percent: int | None
    dimensions: Mapping[str, int | None]
    entities: tuple[Measured, ...]


def _percent(failing: int, whole: int) -> int | None:
    """Return the share that is in order, rounded down: 100 means that nothing is wrong."""
    return (whole - failing) * 100 // whole if whole else None


def _mean(values: list[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) // len(known) if known else None


def of_record(reader: Reader, entity: str, record: UUID) -> Quality | None:
    """Return the quality of a record; None for records that are not measured or not there."""
    rules = rules_of(entity)
    if not rules:
        return None
    found = reader.one(
        f"SELECT {', '.join(problem_sql(rule, reader, of_few=True) for rule in rules)} FROM {entity} t WHERE t.id = ? AND {live(reader, entity)}",
        (record.bytes,),
    )
    if found is None:
        return None
    failing = {rule: int(bool(has)) for rule, has in zip(rules, found, strict=True)}
    measured = Measured(entity, 1, failing)
    dimensions = {dimension: percent for dimension in DIMENSIONS if (percent := measured.percent_of(dimension)) is not None}
    return Quality(measured.percent or 0, dimensions, tuple(rule for rule, has in failing.items() if has))


def of_entity(reader: Reader, entity: str, owner_id: UUID | None = None) -> Measured:
    """Measure all records of an entity that the viewer sees, in one pass; only those of an owner if one is given."""
    rules = rules_of(entity)
    sums = ", ".join(f"ifnull(sum({problem_sql(rule, reader)}), 0)" for rule in rules)
    owner, of_owner = (" AND t.owner_id = ?", (owner_id.bytes,)) if owner_id else ("", ())
    found = reader.one(f"SELECT count(*), {sums} FROM {entity} t WHERE {live(reader, entity)}{owner}", of_owner)
    records, *counts = found or (0, *(0 for _ in rules))
    return Measured(entity, records, dict(zip(rules, counts, strict=True)))


def of_store(reader: Reader, owner_id: UUID | None = None) -> StoreQuality:
    """Measure everything."""
    entities = tuple(measured for entity in MEASURED if (measured := of_entity(reader, entity, owner_id)).records)
    dimensions = {dimension: _mean([measured.percent_of(dimension) for measured in entities]) for dimension in DIMENSIONS}
    return StoreQuality(_mean(list(dimensions.values())), dimensions, entities)
