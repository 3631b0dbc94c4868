"""Saved views, as those read them who have no window."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.models.names import folded
from crmdesk.queries import tickets
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
            return asked(reader, entity, json.loads(definition or "{}"))
    known = ", ".join(title for title, _ in found)
    raise UserError(tr("There is no saved view “{name}”.", name=name), hint=tr("There are: {names}.", names=known) if known else None)


def asked(reader: Reader, entity: str, kept: dict[str, Any]) -> View:
    """Return what a view's definition asks for."""
    conditions = [Condition(c["field"], c["operator"], c.get("value", ""), tuple(c.get("values", ()))) for c in kept.get("conditions", ())]
    conditions += _own(reader, entity, kept)
    sort = tuple(("-" if s["is_descending"] else "") + s["column"] for s in kept.get("sort", ()))
    return View(tuple(conditions), sort, tuple(kept.get("columns", ())))


def _own(reader: Reader, entity: str, raw: dict[str, Any]) -> list[Condition]:
    """Return as conditions what the pages of tickets, tasks and deals keep beside them: which ones, whose, of which pipeline."""
    found: list[Condition] = []
    which, owner = raw.get("which", ""), raw.get("owner", "")
    if entity == "ticket" and which:
        ids = tuple(str(ticket.id) for ticket in tickets.tickets(reader, which, limit=1_000_000))
        found.append(Condition("id", "in", "", ids))
    if entity == "task" and which:
        found.append(Condition("done_at", "notempty" if which == "done" else "empty"))
    if raw.get("pipeline"):
        found.append(Condition("pipeline", "=", raw["pipeline"]))
    if owner == "me":
        owner = str(reader.viewer.member_id or "")
    if owner:
        found.append(Condition("owner", "=", owner))
    return found
