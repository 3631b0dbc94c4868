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


def turn_back(connection: Connection, first: int, last: int | None, settings: Settings, at_ms: int, *, was_undo: bool) -> None:
    """Switch the areas off again that a transaction switched on, unless records are left in them; or on again those that taking it back switched off.

    Whatever was switched in between stays: only these areas are touched, not the list as it was. The usual ones need no record.

    Args:
        first: its first journal entry. last: its last one. was_undo: whether the transaction itself took another one back.
    """
    before, after = _switched(connection, first, last)
    now = set(settings.areas)
    if was_undo:
        wanted = now | (before - after)
    else:
        wanted = now - {area for area in after - before if not has_records(area, lambda sql: connection.execute(sql).fetchone()[0])}
    if wanted != now:
        gone = at_ms if wanted == set(Settings().areas) else None
        connection.execute("UPDATE setting SET value = ?, deleted_at = ? WHERE id = ?", (json.dumps(in_order(wanted)), gone, SETTING_ID.bytes))


def _switched(connection: Connection, first: int, last: int | None) -> tuple[set[str], set[str]]:
    """Return which areas were on before a transaction and after it."""
    number, usual = SETTING, set(Settings().areas)
    entry = "SELECT changes FROM journal WHERE tbl = ? AND row = ? AND id BETWEEN ? AND ? ORDER BY id LIMIT 1"
    changes = rows(connection, entry, (number, SETTING_ID.bytes, first, last))[0][0]
    if changes:
        old, new = json.loads(changes).get("value", [None, None])
        return set(json.loads(old)) if old else usual, set(json.loads(new)) if new else usual
    # An insert carries no values: its value is what a later change found, or still there.
    later = "SELECT json_extract(changes, '$.value[0]') FROM journal WHERE tbl = ? AND row = ? AND id > ? AND json_type(changes, '$.value') IS NOT NULL ORDER BY id LIMIT 1"
    found = rows(connection, later, (number, SETTING_ID.bytes, last)) or rows(connection, "SELECT value FROM setting WHERE id = ?", (SETTING_ID.bytes,))
    return usual, set(json.loads(found[0][0]))
