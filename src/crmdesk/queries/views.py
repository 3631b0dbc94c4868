"""Saved views, as those read them who have no window."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.models.names import folded
from crmdesk.queries.finding import Condition

if TYPE_CHECKING:
    from crmdesk.store.reader import Reader


@dataclass(frozen=True)
class View:
    """What a saved view asks for: conditions, sort order (with `-` before what sorts downwards), columns."""

    conditions: tuple[Condition, ...] = ()
    sort: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


def named(reader: Reader, entity: str, name: str) -> View:
    """Return an entity's saved view by its name.

    Raises:
        UserError: there is none.
    """
    found = reader.rows("SELECT name, definition FROM saved_view WHERE about = ? AND deleted_at IS NULL ORDER BY position, id", (entity,))
    for title, definition in found:
        if folded(title or "") == folded(name):
            raw = json.loads(definition or "{}")
            conditions = (Condition(c["field"], c["operator"], c.get("value", ""), tuple(c.get("values", ()))) for c in raw.get("conditions", ()))
            sort = tuple(("-" if s["is_descending"] else "") + s["column"] for s in raw.get("sort", ()))
            return View(tuple(conditions), sort, tuple(raw.get("columns", ())))
    known = ", ".join(title for title, _ in found)
    raise UserError(tr("There is no saved view “{name}”.", name=name), hint=tr("There are: {names}.", names=known) if known else None)
