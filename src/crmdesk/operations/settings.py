"""Writing settings of the store, and switching areas on when their first records come."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from crmdesk.models.workspace import Setting
from crmdesk.store.settings import AREAS, named_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmdesk.store.door import Change
    from crmdesk.store.settings import Settings

SHOWN_IN = {
    "contact": "contacts", "company": "companies", "lead": "leads", "deal": "pipeline", "ticket": "tickets", "article": "tickets", "quote": "quotes",
    "product": "quotes", "task": "tasks",
}  # fmt: skip
"""The areas in which records are found."""


def keep(change: Change, changed: Settings, keys: Iterable[str]) -> None:
    """Write some of the settings, which were checked."""
    from sqlalchemy import select

    for key in keys:
        text = json.dumps(getattr(changed, key), ensure_ascii=False)
        record_id = named_id("setting", key)
        kept = change.find(Setting, select(Setting).where(Setting.id == record_id))
        if kept is None:
            change.add(Setting, id=record_id, key=key, value=text)
        else:
            kept.value, kept.deleted_at = text, None  # undo has put it into the bin, should it have been the first change


def unused_areas(change: Change, *entities: str) -> set[str]:
    """Return the areas of these entities that are switched off and hold no record yet; one that holds some was switched off by the user."""
    wanted = {SHOWN_IN[entity] for entity in entities if entity in SHOWN_IN} - set(change.settings.areas)
    return {area for area in wanted if not any(_has_any(change, entity) for entity, its_area in SHOWN_IN.items() if its_area == area)}


def _has_any(change: Change, entity: str) -> bool:
    return bool(change.reader.value(f'SELECT EXISTS (SELECT 1 FROM "{entity}" WHERE deleted_at IS NULL)'))


def switch_on(change: Change, areas: set[str]) -> None:
    """Switch areas on beside those that are."""
    if areas:
        change.open_records()
        shown = {*change.settings.areas, *areas}
        keep(change, change.settings.changed({"areas": [area for area in AREAS if area in shown]}), ("areas",))
