"""Pipelines and their stages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.errors import UserError
from crmdesk.i18n import mark, ntr, tr
from crmdesk.models.deal import Pipeline, Stage
from crmdesk.queries.deals import default_pipeline
from crmdesk.store.door import Change, operation

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class StagePlan:
    """A stage that a new pipeline gets.

    Attributes:
        win_rate: percent; rotting_days: after how many days without a move a deal counts as idle.
        outcome: `open`, `won` or `lost`.
    """

    name: str
    win_rate: Decimal | None = None
    rotting_days: int | None = None
    outcome: str = "open"


USUAL_STAGES = (
    StagePlan(mark("Qualify"), Decimal(10), 14), StagePlan(mark("Meeting"), Decimal(30), 14), StagePlan(mark("Proposal"), Decimal(50), 21),
    StagePlan(mark("Negotiation"), Decimal(75), 14), StagePlan(mark("Won"), Decimal(100), None, "won"), StagePlan(mark("Lost"), Decimal(0), None, "lost"),
)  # fmt: skip


def usual_pipeline(change: Change) -> UUID:
    """Return the usual pipeline's id; a store without any gets one."""
    found = default_pipeline(change.reader)
    return found if found else add(change, tr("New business"))


@operation(mark("Add pipeline"), right="pipeline.write")
def add(change: Change, name: str, stages: Sequence[StagePlan] | None = None) -> UUID:
    """Make a pipeline; without stages it gets the usual ones. It always has a stage for won and one for lost deals."""
    last = change.reader.value("SELECT ifnull(max(position), 0) FROM pipeline WHERE deleted_at IS NULL")
    pipeline = change.add(Pipeline, name=name.strip(), position=last + 1)
    change.flush()
    plans = list(stages) if stages else [replace(plan, name=tr(plan.name)) for plan in USUAL_STAGES]
    outcomes = {plan.outcome for plan in plans}
    if "won" not in outcomes:
        plans.append(StagePlan(tr("Won"), Decimal(100), None, "won"))
    if "lost" not in outcomes:
        plans.append(StagePlan(tr("Lost"), Decimal(0), None, "lost"))
    for position, plan in enumerate(plans, 1):
        change.add(
            Stage, pipeline_id=pipeline.id, name=plan.name.strip(), position=position, win_rate=_rate(plan.win_rate), rotting_days=plan.rotting_days, outcome=plan.outcome
        )  # fmt: skip
    change.note(about=pipeline.name)
    return pipeline.id


def _rate(win_rate: Decimal | None) -> Decimal | None:
    if win_rate is not None and not 0 <= win_rate <= 100:
        raise UserError(tr("A win rate lies between 0 and 100."), field="win_rate")
    return win_rate


@operation(mark("Rename pipeline"), right="pipeline.write")
def rename(change: Change, pipeline_id: UUID, name: str) -> None:
    """Give a pipeline another name."""
    change.get(Pipeline, pipeline_id).name = name.strip()
    change.note(about=name.strip())


@operation(mark("Delete pipeline"), right="pipeline.write")
def delete(change: Change, pipeline_id: UUID) -> None:
    """Delete a pipeline with its stages.

    Raises:
        UserError: it has deals, or it is the only one.
    """
    pipeline = change.get(Pipeline, pipeline_id)
    _refuse_with_deals(change, "pipeline_id", pipeline_id)
    if not change.reader.value("SELECT 1 FROM pipeline WHERE id <> ? AND deleted_at IS NULL", (pipeline_id.bytes,)):
        raise UserError(tr("The only pipeline can't be deleted."))
    stages = change.reader.rows("SELECT id FROM stage WHERE pipeline_id = ? AND deleted_at IS NULL", (pipeline_id.bytes,))
    change.delete(Stage, [UUID(bytes=stage) for (stage,) in stages])
    change.note(about=pipeline.name)
    change.delete(Pipeline, [pipeline_id])


@operation(mark("Add stage"), right="stage.write")
def add_stage(change: Change, pipeline_id: UUID, name: str, win_rate: Decimal | None = None, rotting_days: int | None = None) -> UUID:
    """Add an open stage to a pipeline, after its last open one."""
    change.get(Pipeline, pipeline_id)
    stages = _stages(change, pipeline_id)
    stage = change.add(Stage, pipeline_id=pipeline_id, name=name.strip(), win_rate=_rate(win_rate), rotting_days=rotting_days, outcome="open")
    opened = [stage_id for stage_id, outcome in stages if outcome == "open"]
    closed = [stage_id for stage_id, outcome in stages if outcome != "open"]
    change.note(about=stage.name)
    change.flush()
    _number(change, [*opened, stage.id, *closed])
    return stage.id


@operation(mark("Edit stage"), right="stage.write")
def edit_stage(change: Change, stage_id: UUID, name: str, win_rate: Decimal | None, rotting_days: int | None) -> None:
    """Give a stage another name, win rate or patience."""
    stage = change.get(Stage, stage_id)
    stage.name, stage.win_rate, stage.rotting_days = name.strip(), _rate(win_rate), rotting_days
    change.note(about=stage.name)


@operation(mark("Order stages"), right="stage.write")
def order_stages(change: Change, pipeline_id: UUID, stage_ids: Sequence[UUID]) -> None:
    """Put the stages of a pipeline in another order.

    Raises:
        UserError: these are not the pipeline's stages.
    """
    pipeline = change.get(Pipeline, pipeline_id)
    if sorted(stage_ids) != sorted(stage_id for stage_id, _ in _stages(change, pipeline_id)):
        raise UserError(tr("These are not all stages of the pipeline."))
    change.note(about=pipeline.name)
    _number(change, stage_ids)


@operation(mark("Delete stage"), right="stage.write")
def delete_stage(change: Change, stage_id: UUID) -> None:
    """Delete a stage.

    Raises:
        UserError: it has deals, or it is the pipeline's only one for open, won or lost deals.
    """
    stage = change.get(Stage, stage_id)
    _refuse_with_deals(change, "stage_id", stage_id)
    outcome = stage.outcome or "open"
    alike = [other for other, of in _stages(change, stage.pipeline_id) if of == outcome and other != stage_id] if stage.pipeline_id else [stage_id]
    if not alike:
        reasons = {"won": tr("A pipeline needs a stage for won deals."), "lost": tr("A pipeline needs a stage for lost deals.")}
        raise UserError(reasons.get(outcome, tr("A pipeline needs a stage for open deals.")))
    change.note(about=stage.name)
    change.delete(Stage, [stage_id])


def _stages(change: Change, pipeline_id: UUID) -> list[tuple[UUID, str]]:
    found = change.reader.rows(
        "SELECT id, ifnull(outcome, 'open') FROM stage WHERE pipeline_id = ? AND deleted_at IS NULL ORDER BY position IS NULL, position, id", (pipeline_id.bytes,)
    )
    return [(UUID(bytes=stage), outcome) for stage, outcome in found]


def _number(change: Change, stage_ids: Sequence[UUID]) -> None:
    for position, stage_id in enumerate(stage_ids, 1):
        change.get(Stage, stage_id).position = position


def _refuse_with_deals(change: Change, column: str, record_id: UUID) -> None:
    count = change.reader.value(f'SELECT count(*) FROM deal WHERE "{column}" = ? AND deleted_at IS NULL', (record_id.bytes,))
    if count:
        raise UserError(ntr("{count} deal is still there.", "{count} deals are still there.", count), hint=tr("Move its deals to another stage first."))
