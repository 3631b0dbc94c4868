"""Pipelines and their stages."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.errors import UserError
from crmdesk.i18n import mark, ntr, tr
from crmdesk.models.deal import Deal, Pipeline, Stage
from crmdesk.queries.deals import default_pipeline
from crmdesk.store.door import Change, operation
from crmdesk.store.reader import IN_IDS, id_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Select


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
            Stage, pipeline_id=pipeline.id, name=plan.name.strip(), position=position, win_rate=plan.win_rate, rotting_days=plan.rotting_days, outcome=plan.outcome
        )  # fmt: skip
    change.note(about=pipeline.name)
    return pipeline.id


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
    refuse_with_deals(change, "pipeline_id", pipeline_id)
    if not change.reader.value("SELECT 1 FROM pipeline WHERE id <> ? AND deleted_at IS NULL", (pipeline_id.bytes,)):
        raise UserError(tr("The only pipeline can't be deleted."))
    stages = change.reader.rows("SELECT id FROM stage WHERE pipeline_id = ? AND deleted_at IS NULL", (pipeline_id.bytes,))
    change.delete(Stage, [UUID(bytes=stage) for (stage,) in stages])
    change.note(about=pipeline.name)
    change.delete(Pipeline, [pipeline_id])


def after_restore(change: Change, restored: Pipeline | Stage, deleted_at: int) -> None:
    """Bring back what went into the bin with a pipeline, its stages; and with a stage the pipeline that it can't be without.

    Args:
        deleted_at: when it had gone into the bin.
    """
    if isinstance(restored, Stage):
        gone = change.reader.one(
            "SELECT id, deleted_at FROM pipeline WHERE id = ? AND deleted_at IS NOT NULL", (restored.pipeline_id and restored.pipeline_id.bytes,)
        )
        if gone is None:
            return
        pipeline, deleted_at = UUID(bytes=gone[0]), gone[1]
        change.restore(Pipeline, [pipeline])
    else:
        pipeline = restored.id
    stages = change.reader.rows("SELECT id FROM stage WHERE pipeline_id = ? AND deleted_at = ?", (pipeline.bytes, deleted_at))
    change.restore(Stage, [UUID(bytes=stage) for (stage,) in stages])


@operation(mark("Add stage"), right="stage.write")
def add_stage(change: Change, pipeline_id: UUID, name: str, win_rate: Decimal | None = None, rotting_days: int | None = None) -> UUID:
    """Add an open stage to a pipeline, after its last open one."""
    change.get(Pipeline, pipeline_id)
    stages = _stages(change, pipeline_id)
    stage = change.add(Stage, pipeline_id=pipeline_id, name=name.strip(), win_rate=win_rate, rotting_days=rotting_days, outcome="open")
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
    stage.name, stage.win_rate, stage.rotting_days = name.strip(), win_rate, rotting_days
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
    refuse_with_deals(change, "stage_id", stage_id)
    outcome = stage.outcome or "open"
    alike = [other for other, of in _stages(change, stage.pipeline_id) if of == outcome and other != stage_id] if stage.pipeline_id else [stage_id]
    if not alike:
        reasons = {"won": tr("A pipeline needs a stage for won deals."), "lost": tr("A pipeline needs a stage for lost deals.")}
        raise UserError(reasons.get(outcome, tr("A pipeline needs a stage for open deals.")))
    change.note(about=stage.name)
    change.delete(Stage, [stage_id])


def _stages(change: Change, pipeline_id: UUID) -> list[tuple[UUID, str]]:
    found = change.reader.rows(
        "SELECT id, ifnull(outcome, 'open') FROM stage WHERE pipeline_id = ? AND deleted_at IS NULL ORDER BY position IS NULL, position, id",
        (pipeline_id.bytes,),
    )
    return [(UUID(bytes=stage), outcome) for stage, outcome in found]


def _number(change: Change, stage_ids: Sequence[UUID]) -> None:
    for position, stage_id in enumerate(stage_ids, 1):
        change.get(Stage, stage_id).position = position


def refuse_with_deals(change: Change, column: str, record_id: UUID) -> None:
    """Refuse what deals stand in the way of; `column` is the deal's link to the pipeline or stage."""
    count = change.reader.value(f'SELECT count(*) FROM deal WHERE "{column}" = ? AND deleted_at IS NULL', (record_id.bytes,))
    if count:
        raise UserError(ntr("{count} deal is still there.", "{count} deals are still there.", count), hint=tr("Move its deals to another stage first."))


# -- stages that an import made ----------------------------------------------------------------------------------------------------

# How far a deal usually is, by what CRM programs call their stages; the first that fits counts.
_PHASES: tuple[tuple[int, str], ...] = (
    (10, r"prospect|new|incoming|lead|suspect|neu|erstkontakt|interessent|线索|初步|新建"),
    (20, r"qualif|discover|contact|connect|engag|kontakt|接洽|接触|资格|确认意向"),
    (40, r"need|analys|demo|meeting|appointment|presentation|termin|bedarf|workshop|trial|test|演示|需求|拜访|试用"),
    (60, r"propos|quot|offer|price|value|angebot|方案|报价|投标"),
    (70, r"decision|percept|perceiv|evaluat|entscheid|评估|决策"),
    (80, r"negotiat|review|contract|legal|procure|verhandl|vertrag|prüf|谈判|合同|商务|签约"),
    (90, r"commit|verbal|approv|order|purchase|zusage|auftrag|freigabe|审批|待签"),
)  # fmt: skip
OWN_PIPELINE = 2


def settle_imported(change: Change, made: Iterable[bytes]) -> None:
    """Give stages that an import made their win rates, and their order where their names tell it.

    Where an import brings deals in several stages of its own into a pipeline that had none, the stages that nobody used go into the bin:
    what is left is the pipeline that the deals came from.
    """
    fresh = set(made)
    pipelines = change.reader.rows(f"SELECT DISTINCT pipeline_id FROM stage WHERE id {IN_IDS} AND pipeline_id IS NOT NULL", (id_list(fresh),))
    for (pipeline,) in pipelines:
        stages = list(change.find_all(Stage, _stages_of(UUID(bytes=pipeline))))
        opened = [stage for stage in stages if stage.outcome in (None, "open")]
        own = [stage for stage in opened if stage.id.bytes in fresh]
        if len(own) >= OWN_PIPELINE and _has_only_new_deals(change, pipeline):
            used = {row for (row,) in change.reader.rows("SELECT DISTINCT stage_id FROM deal WHERE pipeline_id = ?", (pipeline,))}
            unused = [stage for stage in opened if stage.id.bytes not in fresh | used]
            change.delete(Stage, [stage.id for stage in unused])
            opened = [stage for stage in opened if stage not in unused]
        _put_in_order(change, opened, fresh, [stage for stage in stages if stage.outcome in ("won", "lost")])
    change.flush()


def _stages_of(pipeline_id: UUID) -> Select[Any]:
    """Return the query of a pipeline's live stages in their order."""
    from sqlalchemy import select

    return select(Stage).where(Stage.pipeline_id == pipeline_id, Stage.deleted_at.is_(None)).order_by(Stage.position, Stage.id)


def _has_only_new_deals(change: Change, pipeline: bytes) -> bool:
    """Say whether all deals of a pipeline came with this transaction, and there are some."""
    deals = [row for (row,) in change.reader.rows("SELECT id FROM deal WHERE pipeline_id = ?", (pipeline,))]
    before = change.reader.value(
        "SELECT 1 FROM journal WHERE tbl = ? AND op = 0 AND tx < ? AND row IN (SELECT id FROM deal WHERE pipeline_id = ?) LIMIT 1",
        (Deal.entity.number, change.tx, pipeline),
    )
    return bool(deals) and before is None


def _put_in_order(change: Change, opened: Sequence[Stage], fresh: set[bytes], closed: Sequence[Stage]) -> None:
    """Number the stages, open ones first, and fill in the win rates that are missing."""
    known = {stage.id: _phase_of(stage.name or "") for stage in opened}
    if all(stage.id.bytes in fresh and known[stage.id] for stage in opened):
        opened = sorted(opened, key=lambda stage: known[stage.id] or 0)
        rates = [known[stage.id] for stage in opened]
        if len(set(rates)) == len(rates):
            for stage, phase in zip(opened, rates, strict=True):
                stage.win_rate = Decimal(phase or 0) if stage.win_rate is None else stage.win_rate
    for position, stage in enumerate([*opened, *closed]):
        stage.position = position
    for stage in closed:
        if stage.win_rate is None:
            stage.win_rate = Decimal(100 if stage.outcome == "won" else 0)
    for stage, rate in zip(opened, spread([stage.win_rate for stage in opened]), strict=True):
        stage.win_rate = rate
    change.flush()


def _phase_of(name: str) -> int | None:
    return next((rate for rate, words in _PHASES if re.search(words, name, re.IGNORECASE)), None)


def spread(rates: Sequence[Decimal | None]) -> list[Decimal]:
    """Fill the gaps between known win rates evenly, from 0 before the first stage to 100 behind the last."""
    filled: list[Decimal] = []
    for at, rate in enumerate(rates):
        if rate is not None:
            filled.append(rate)
            continue
        low = filled[-1] if filled else Decimal(0)
        ahead = next((step for step, later in enumerate(rates[at:]) if later is not None), None)
        high = Decimal(100) if ahead is None else rates[at + ahead] or Decimal(0)
        steps = (len(rates) - at if ahead is None else ahead) + 1
        filled.append((low + (high - low) / steps).quantize(Decimal(1)))
    return filled
