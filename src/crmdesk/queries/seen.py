"""What a viewer may see of an entity, for queries that join several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.models.base import ENTITIES
from crmdesk.queries.finding import visible

if TYPE_CHECKING:
    from crmdesk.store.reader import Reader


def live(reader: Reader, entity: str, alias: str = "t") -> str:
    """Return `visible` of an entity as SQL without parameters; the ids in it come from the store itself."""
    where = visible(ENTITIES[entity], reader, alias)
    sql = where.sql
    for value in where.parameters:
        sql = sql.replace("?", f"x'{bytes(value).hex()}'", 1)
    return sql
