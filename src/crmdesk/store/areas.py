"""Areas: the pages that records are found in; the first record of one switches it on, and taking that back switches it off again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from crmdesk.store.settings import AREAS, Settings, named_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crmdesk.store.connections import Connection

SHOWN_IN = {
    "contact": "contacts", "company": "companies", "lead": "leads", "deal": "pipeline", "ticket": "tickets", "article": "tickets", "quote": "quotes",
    "product": "quotes", "task": "tasks",
}  # fmt: skip
"""The areas in which records are found."""
SETTING_ID = named_id("setting", "areas")
"""The record of the setting that says which areas are on."""


def areas_of(entities: Iterable[str]) -> set[str]:
    """Return the areas in which records of some entities are found."""
    return {SHOWN_IN[entity] for entity in entities if entity in SHOWN_IN}


def has_records(area: str, value: Callable[[str], object]) -> bool:
    """Say whether an area holds a live record.

    Args:
        value: asks the store for one value.
    """
    return any(value(f'SELECT EXISTS (SELECT 1 FROM "{entity}" WHERE deleted_at IS NULL)') for entity, its_area in SHOWN_IN.items() if its_area == area)  # noqa: S608


def in_order(areas: Iterable[str]) -> list[str]:
    """Return areas as the navigation has them."""
    shown = set(areas)
    return [area for area in AREAS if area in shown]


def settle(connection: Connection, entities: Iterable[str], settings: Settings, at_ms: int, *, on: bool) -> None:
    """Switch the areas of what was brought back on, or of what was taken back off, unless other records are left there.

    Whatever was switched in between stays: only these areas are touched, not the list as it was. The usual ones need no record.
    """
    meant = {area for area in areas_of(entities) if has_records(area, lambda sql: connection.execute(sql).fetchone()[0]) == on}
    now = set(settings.areas)
    wanted = now | meant if on else now - meant
    if wanted != now:
        gone = at_ms if wanted == set(Settings().areas) else None
        connection.execute("UPDATE setting SET value = ?, deleted_at = ? WHERE id = ?", (json.dumps(in_order(wanted)), gone, SETTING_ID.bytes))
