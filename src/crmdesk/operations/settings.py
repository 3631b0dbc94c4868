"""Writing settings of the store, and switching areas on when their first records come."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from crmdesk.models.workspace import Setting
from crmdesk.store.areas import areas_of, has_records, in_order
from crmdesk.store.settings import named_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmdesk.store.door import Change
    from crmdesk.store.settings import Settings


def keep(change: Change, changed: Settings, keys: Iterable[str]) -> None:
    """Write some of the settings, which were checked; the rest of the deed goes by them."""
    from sqlalchemy import select

    for key in keys:
        text = json.dumps(getattr(changed, key), ensure_ascii=False)
        record_id = named_id("setting", key)
        kept = change.find(Setting, select(Setting).where(Setting.id == record_id))
        if kept is None:
            change.add(Setting, id=record_id, key=key, value=text)
        else:
            kept.value, kept.deleted_at = text, None  # undo has put it into the bin, should it have been the first change
    change.go_by(changed)


def unused_areas(change: Change, *entities: str) -> set[str]:
    """Return the areas of these entities that are switched off and hold no record yet; one that holds some was switched off by the user."""
    wanted = areas_of(entities) - set(change.settings.areas)
    return {area for area in wanted if not has_records(area, change.reader.value)}


def switch_on(change: Change, areas: set[str]) -> None:
    """Switch areas on beside those that are."""
    if areas:
        change.open_records()
        keep(change, change.settings.changed({"areas": in_order({*change.settings.areas, *areas})}), ("areas",))
