"""How many records some conditions hold for, and what they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.models.base import ENTITIES
from crmdesk.queries.finding import where_sql
from crmdesk.queries.money import Sum
from crmdesk.store.reader import IN_IDS, id_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmdesk.queries.finding import Condition
    from crmdesk.store.reader import Reader

AMOUNTS = {"deal": "amount", "quote": "payable", "lead": "amount"}
"""The field that lists of an entity are summed by."""


def summed(reader: Reader, entity: str, where: str, parameters: Sequence[Any], index: str = "", alias: str = "t") -> tuple[int, Sum]:
    """Return how many records a condition, which asks for live ones, holds for, and the sum of their amounts.

    Records that keep no exchange rate, such as leads, are added up where they are in the store's own currency; all else stands apart.
    """
    own, amount = reader.settings.currency, f"{alias}.{AMOUNTS[entity]}"
    has_base = "amount_base" in ENTITIES[entity].columns
    base = f"{alias}.amount_base" if has_base else f"(CASE WHEN ifnull({alias}.currency, '') IN ('', ?) THEN {amount} END)"
    unit = () if has_base else (own,)
    rows = f'FROM "{entity}" {alias} {index} WHERE'
    found = reader.one(f"SELECT count(*), ifnull(sum({base}), 0), count({amount}) - count({base}) {rows} {where}", (*unit, *unit, *parameters))
    count, total, without_rate = found or (0, 0, 0)
    apart: tuple[tuple[str, int], ...] = ()
    if without_rate:
        sql = f"SELECT {alias}.currency, sum({amount}) {rows} {base} IS NULL AND {amount} IS NOT NULL AND {where} GROUP BY 1 ORDER BY 1"
        apart = tuple((code or own, minor) for code, minor in reader.rows(sql, (*unit, *parameters)))
    return count, Sum(total, own, apart)


def totals(reader: Reader, entity: str, conditions: Sequence[Condition] = (), among: Iterable[bytes] | None = None) -> tuple[int, Sum]:
    """Return how many records the viewer may see and all conditions hold for, and the sum of their amounts.

    Args:
        among: only these, in addition to the conditions.
    """
    where = where_sql(ENTITIES[entity], conditions, reader)
    extra, parameters = (f" AND t.id {IN_IDS}", (id_list(among),)) if among is not None else ("", ())
    return summed(reader, entity, where.sql + extra, (*where.parameters, *parameters))
