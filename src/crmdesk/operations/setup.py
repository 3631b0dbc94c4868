"""What every store starts with: a pipeline, a service level, a queue."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.i18n import mark, speaking, tr
from crmdesk.models.deal import Pipeline, Stage
from crmdesk.models.ticket import Queue, ServiceLevel
from crmdesk.operations.records import change_settings
from crmdesk.store.door import BEGAN, Change, operation
from crmdesk.store.settings import named_id

if TYPE_CHECKING:
    from crmdesk.models.base import Record

STAGES = (
    (mark("Qualify"), 10, 14, "open"), (mark("Meeting"), 30, 14, "open"), (mark("Proposal"), 50, 21, "open"), (mark("Negotiation"), 75, 14, "open"),
    (mark("Won"), 100, None, "won"), (mark("Lost"), 0, None, "lost"),
)  # fmt: skip

# Minutes of working time by priority: first reply, resolution. A usual day has 480.
STANDARD = {"urgent": (30, 240), "high": (120, 480), "normal": (480, 1440), "low": (960, 2880)}


@operation(mark("Set up store"), right="setting.write", undoable=False, because=BEGAN)
def basics(change: Change) -> None:
    """Give a store what it lacks of pipeline, service level and queue, named in its language, and make them its usual ones."""
    with speaking(change.settings.language):
        pipeline, level = _pipeline(change), _service_level(change)
        if not _first(change, "queue"):
            _put(change, Queue, "usual", name=tr("Service"), position=0, service_level_id=level)
    wanted = {"pipeline": str(pipeline), "service_level": str(level)}
    change_settings(change, {key: value for key, value in wanted.items() if not getattr(change.settings, key)})


def _pipeline(change: Change) -> UUID:
    if found := _first(change, "pipeline"):
        return found
    pipeline = _put(change, Pipeline, "usual", name=tr("New business"), position=0)
    for position, (name, win_rate, rotting_days, outcome) in enumerate(STAGES):
        _put(
            change, Stage, f"usual:{position}", pipeline_id=pipeline, name=tr(name), position=position, win_rate=Decimal(win_rate),
            rotting_days=rotting_days, outcome=outcome,
        )  # fmt: skip
    return pipeline


def _service_level(change: Change) -> UUID:
    if found := _first(change, "service_level"):
        return found
    minutes = {f"{name}_first_reply_minutes": reply for name, (reply, _) in STANDARD.items()}
    minutes |= {f"{name}_resolution_minutes": resolution for name, (_, resolution) in STANDARD.items()}
    return _put(change, ServiceLevel, "standard", name=tr("Standard"), **minutes)


def _first(change: Change, entity: str) -> UUID | None:
    order = "position, sort_key, id" if entity in {"pipeline", "queue"} else "sort_key, id"
    found = change.reader.value(f'SELECT id FROM "{entity}" WHERE deleted_at IS NULL ORDER BY {order} LIMIT 1')  # noqa: S608
    return UUID(bytes=found) if found else None


def _put(change: Change, cls: type[Record], key: str, **values: Any) -> UUID:
    """Make a record under the id that every computer gives it, or take it out of the bin."""
    entity = cls.entity.name
    record_id = named_id(entity, key)
    if change.reader.value(f'SELECT 1 FROM "{entity}" WHERE id = ?', (record_id.bytes,)):  # noqa: S608
        change.restore(cls, [record_id])
    else:
        change.add(cls, id=record_id, **values)
    return record_id
