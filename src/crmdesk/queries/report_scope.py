"""What a report is asked about, and the conditions and sums that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from crmdesk.clock import to_ms
from crmdesk.queries.money import Sum
from crmdesk.queries.seen import live

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from crmdesk.store.reader import Reader

Counted = tuple[int, Sum]
"""How many records there are, and what they come to."""


@dataclass(frozen=True)
class Scope:
    """What a report is asked about: a period with both days in it, and an owner; None leaves it open."""

    reader: Reader
    start: date | None = None
    end: date | None = None
    owner_id: UUID | None = None

    def days(self, column: str) -> tuple[str, ...]:
        """Return the period as conditions on a date."""
        return (*((f"{column} >= {self.start}",) if self.start else ()), *((f"{column} <= {self.end}",) if self.end else ()))

    def days_sql(self, column: str) -> tuple[str, list[Any]]:
        """Return the period as SQL on a date, to be added to other conditions, with its parameters."""
        sql, parameters = "", list[Any]()
        for sign, day in ((">=", self.start), ("<=", self.end)):
            if day:
                sql += f" AND {column} {sign} ?"
                parameters.append(day.isoformat())
        return sql, parameters

    def owner(self) -> tuple[str, ...]:
        """Return the owner as conditions."""
        return (f"owner = {self.owner_id}",) if self.owner_id else ()

    def owner_sql(self) -> tuple[str, list[Any]]:
        """Return the owner as SQL, to be added to other conditions, with its parameters."""
        return (" AND t.owner_id = ?", [self.owner_id.bytes]) if self.owner_id else ("", [])

    def moments(self, column: str) -> tuple[str, ...]:
        """Return the period as conditions on a moment."""
        after = self.end + timedelta(days=1) if self.end else None
        return (*((f"{column} >= {self.start}",) if self.start else ()), *((f"{column} < {after}",) if after else ()))

    def moments_sql(self, column: str) -> tuple[str, list[Any]]:
        """Return the period as SQL on a moment, to be added to other conditions, with its parameters."""
        sql, parameters = "", list[Any]()
        for sign, day in ((">=", self.start), ("<", self.end + timedelta(days=1) if self.end else None)):
            if day:
                sql += f" AND {column} {sign} ?"
                parameters.append(to_ms(datetime(day.year, day.month, day.day, tzinfo=self.reader.settings.tz).astimezone(UTC)))
        return sql, parameters


def summed(scope: Scope, entity: str, amount: str, keys: tuple[str, ...], joins: str, more: str, parameters: Iterable[Any]) -> dict[tuple[Any, ...], Counted]:
    """Return (count, sum) of records by key; amounts without a rate stand apart, per currency."""
    own = scope.reader.settings.currency
    found = scope.reader.rows(
        f"SELECT {', '.join(keys)}, iif(t.amount_base IS NULL AND t.{amount} IS NOT NULL, ifnull(t.currency, ''), NULL) AS code, count(*), ifnull(sum(ifnull(t.amount_base, t.{amount})), 0) "
        f"FROM {entity} t {joins} WHERE {live(scope.reader, entity)}{more} GROUP BY {', '.join(str(n + 1) for n in range(len(keys) + 1))}",
        tuple(parameters),
    )
    sums: dict[tuple[Any, ...], Counted] = {}
    for *key, code, count, minor in found:
        before = sums.get(tuple(key), (0, Sum(0, own)))
        part = Sum(0, own, ((code, minor),)) if code else Sum(minor, own)
        sums[tuple(key)] = (before[0] + count, before[1] + part)
    return sums


def together(scope: Scope, parts: Iterable[Counted | None]) -> Counted:
    """Add several counts and sums up; where there is none it is nothing."""
    count, amount = 0, Sum(0, scope.reader.settings.currency)
    for one in parts:
        if one:
            count, amount = count + one[0], amount + one[1]
    return count, amount
