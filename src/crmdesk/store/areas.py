"""Areas: the pages that records are found in; the first record of one switches it on, and taking that back switches it off again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from crmdesk.store.connections import Connection, rows
from crmdesk.store.numbers import SETTING
from crmdesk.store.settings import AREAS, Settings, named_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


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


def are_as_switched(connection: Connection, first: int, last: int | None, settings: Settings, *, was_undo: bool) -> bool:
    """Say whether the areas are as a transaction left them, and nothing is left in those that it switched on: then they go back as any other value.

    Args:
        first: its first journal entry. last: its last one. was_undo: whether the transaction itself took another one back.
    """
    before, after = _switched(connection, first, last)
    return list(settings.areas) == after and (was_undo or not any(_has_records(connection, area) for area in set(after) - set(before)))


def turn_back(connection: Connection, first: int, last: int | None, settings: Settings, *, was_undo: bool) -> None:
    """Switch the areas off again that a transaction switched on, unless records are left in them; or on again those that taking it back switched off.

    Whatever was switched in between stays: only these areas are touched, not the list as it was.
    """
    before, after = (set(areas) for areas in _switched(connection, first, last))
    now = settings.areas
    if was_undo:
        wanted = (*now, *in_order(before - after - set(now)))
    else:
        wanted = tuple(area for area in now if area not in after - before or _has_records(connection, area))
    if wanted != now:
        connection.execute("UPDATE setting SET value = ?, deleted_at = NULL WHERE id = ?", (json.dumps(wanted), SETTING_ID.bytes))


def _has_records(connection: Connection, area: str) -> bool:
    return has_records(area, lambda sql: connection.execute(sql).fetchone()[0])


def _switched(connection: Connection, first: int, last: int | None) -> tuple[list[str], list[str]]:
    """Return which areas were on before a transaction and after it: the usual ones while the setting is not there or in the bin."""
    usual = list(Settings().areas)
    entry = "SELECT changes FROM journal WHERE tbl = ? AND row = ? AND id BETWEEN ? AND ? ORDER BY id LIMIT 1"
    changes = json.loads(rows(connection, entry, (SETTING, SETTING_ID.bytes, first, last))[0][0] or "{}")
    # What a transaction did not change, or made, is what a later one found, or still there.
    later = "SELECT json_extract(changes, '$.value[0]') FROM journal WHERE tbl = ? AND row = ? AND id > ? AND json_type(changes, '$.value') IS NOT NULL ORDER BY id LIMIT 1"
    found = rows(connection, later, (SETTING, SETTING_ID.bytes, last)) or rows(connection, "SELECT value FROM setting WHERE id = ?", (SETTING_ID.bytes,))
    old, new = changes.get("value", (found[0][0], found[0][0]))
    was_gone, is_gone = changes.get("deleted_at", (None if changes else True, None))
    return usual if was_gone else json.loads(old), usual if is_gone else json.loads(new)
