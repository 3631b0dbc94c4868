"""What a new store starts with."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from crmdesk.i18n import mark, tr
from crmdesk.models.deal import Pipeline, Stage
from crmdesk.models.ticket import Queue, ServiceLevel
from crmdesk.store.door import operation
from crmdesk.store.settings import named_id

if TYPE_CHECKING:
    from crmdesk.store.door import Change

STAGES = (
    (mark("Qualify"), 10, 14, "open"), (mark("Meeting"), 30, 14, "open"), (mark("Proposal"), 50, 21, "open"), (mark("Negotiation"), 75, 14, "open"),
    (mark("Won"), 100, None, "won"), (mark("Lost"), 0, None, "lost"),
)  # fmt: skip


@operation(mark("Set up store"), right="pipeline.write", undoable=False)
def basics(change: Change) -> None:
    """Give a new store its usual pipeline, a queue and a service level, named in the language in force."""
    pipeline = change.add(Pipeline, id=named_id("pipeline", "usual"), name=tr("New business"), position=0)
    for position, (name, win_rate, rotting_days, outcome) in enumerate(STAGES):
        change.add(
            Stage, id=named_id("stage", f"usual:{position}"), pipeline_id=pipeline.id, name=tr(name), position=position, win_rate=Decimal(win_rate),
            rotting_days=rotting_days, outcome=outcome,
        )  # fmt: skip
    level = change.add(
        ServiceLevel, id=named_id("service_level", "standard"), name=tr("Standard"),
        urgent_first_reply_minutes=30, high_first_reply_minutes=120, normal_first_reply_minutes=480, low_first_reply_minutes=960,
        urgent_resolution_minutes=240, high_resolution_minutes=480, normal_resolution_minutes=1440, low_resolution_minutes=2880,
    )  # fmt: skip
    change.add(Queue, id=named_id("queue", "usual"), name=tr("Service"), position=0, service_level_id=level.id)
