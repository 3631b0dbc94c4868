"""Deals: moved through the stages, ordered on the board, with their products, people and leading quote."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.errors import UserError
from crmdesk.i18n import mark, tr
from crmdesk.models.deal import Deal, DealContact, DealProduct
from crmdesk.models.product import Product
from crmdesk.models.quote import Quote
from crmdesk.operations.pipelines import usual_pipeline
from crmdesk.store.door import Change, operation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

# Cards stand highest position first; those never placed (NULL) come last, the newest of them first.
GAP = 1 << 20


@dataclass(frozen=True, slots=True)
class _Stage:
    id: bytes
    pipeline: bytes
    outcome: str


def _stage(change: Change, stage_id: UUID) -> _Stage:
    found = change.reader.one("SELECT id, pipeline_id, ifnull(outcome, 'open') FROM stage WHERE id = ? AND deleted_at IS NULL", (stage_id.bytes,))
    if found is None:
        raise UserError(tr("This stage does not exist or was deleted."), field="stage")
    return _Stage(*found)


def _today(change: Change) -> date:
    return change.at.astimezone(change.settings.tz).date()


def prepare_new(change: Change, deal: Deal) -> None:
    """Give a new deal what it starts with, before the values that somebody gave."""
    deal.currency, deal.owner_id, deal.stage_since = change.settings.currency, change.member_id, change.at


def finish_new(change: Change, deal: Deal) -> None:
    """Complete a new deal once the given values are on it."""
    known = {name: getattr(deal, name) for name in ("stage_id", "pipeline_id", "currency", "owner_id", "opened_on", "closed_on", "stage_since", "position")}
    for name, value in completed(change, known).items():
        setattr(deal, name, value)
    _refuse_foreign_quote(change, deal)


def completed(change: Change, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a new deal's values with a stage, the pipeline, currency, owner, dates and place that it starts with.

    One that is written down after it was closed began no later than that.

    Raises:
        UserError: the stage does not exist, or belongs to another pipeline than the one that is given.
    """
    known = {name: value for name, value in values.items() if value is not None}
    stage = _stage(change, known["stage_id"]) if "stage_id" in known else _first_stage(change, known.get("pipeline_id"))
    if "pipeline_id" in known and known["pipeline_id"].bytes != stage.pipeline:
        raise UserError(tr("This stage belongs to another pipeline."), field="stage")
    opened_on = min(_today(change), known.get("closed_on", _today(change)))
    usual: dict[str, Any] = {
        "currency": change.settings.currency, "owner_id": change.member_id, "opened_on": opened_on, "stage_since": change.at, "position": _top(change, stage.id),
    }  # fmt: skip
    return {**usual, **known, "stage_id": UUID(bytes=stage.id), "pipeline_id": UUID(bytes=stage.pipeline)}


def _first_stage(change: Change, pipeline_id: UUID | None) -> _Stage:
    pipeline_id = pipeline_id or usual_pipeline(change)
    found = change.reader.one(
        "SELECT id, pipeline_id, 'open' FROM stage WHERE pipeline_id = ? AND deleted_at IS NULL AND ifnull(outcome, 'open') = 'open' ORDER BY position, id LIMIT 1",
        (pipeline_id.bytes,),
    )
    if found is None:
        raise UserError(tr("This pipeline has no open stage."), field="pipeline")
    return _Stage(*found)


def _top(change: Change, stage: bytes) -> int:
    """Return the position of a card put above all others of a stage."""
    highest = change.reader.value("SELECT max(position) FROM deal WHERE stage_id = ? AND deleted_at IS NULL", (stage,))
    return (highest or 0) + GAP


@operation(mark("Move deal"), right="deal.write")
def move(change: Change, deal_id: UUID, stage_id: UUID, lost_reason: str | None = None, after_id: UUID | None = None) -> None:
    """Move a deal to a stage, on top of the column or below the card `after_id`.

    Entering a won or lost stage closes the deal today, leaving it opens the deal again and forgets the reason. A window asks for
    the reason of a loss before it calls this.
    """
    # Plain SQL: through the ORM a move took three times as long, and a board must follow the hand.
    deal = change.reader.one(
        "SELECT d.name, d.stage_id, d.owner_id, d.closed_on, d.lost_reason, ifnull(s.outcome, 'open') FROM deal d LEFT JOIN stage s ON s.id = d.stage_id "
        "WHERE d.id = ? AND d.deleted_at IS NULL", (deal_id.bytes,),
    )  # fmt: skip
    viewer = change.viewer
    if deal is None or (viewer.sees_only_own and viewer.member_id and deal[2] != viewer.member_id.bytes):
        raise UserError(tr("This deal does not exist or was deleted."))
    name, stage_before, _, closed_on, reason, outcome_before = deal
    stage = _stage(change, stage_id)
    lost_reason = (lost_reason or "").strip() or reason
    if after_id is None and stage.id == stage_before:
        if stage.outcome == "lost" and lost_reason != reason:
            change.note(about=name)
            change.execute("UPDATE deal SET lost_reason = ? WHERE id = ?", (lost_reason, deal_id.bytes))
        return
    change.note(about=name)
    position = _position_below(change, stage.id, after_id, deal_id) if after_id else _top(change, stage.id)
    if stage.outcome == "open":
        closed_on = None
    elif not closed_on or outcome_before != stage.outcome:
        closed_on = _today(change).isoformat()
    reason = lost_reason if stage.outcome == "lost" else None
    since = ", stage_since = ?" if stage.id != stage_before else ""
    change.execute(
        f"UPDATE deal SET stage_id = ?, pipeline_id = ?, position = ?, closed_on = ?, lost_reason = ?{since} WHERE id = ?",
        (stage.id, stage.pipeline, position, closed_on, reason, *((change.at_ms,) if since else ()), deal_id.bytes),
    )


def after_edit(change: Change, deal: Deal, given: Mapping[str, Any], stage_before: UUID | None) -> None:
    """Let follow what an edit of stage or pipeline brings with it: another stage is a move, another pipeline begins at its first stage.

    Raises:
        UserError: the stage belongs to another pipeline than the one that is given, or the quote to another deal.
    """
    if "quote" in given:
        _refuse_foreign_quote(change, deal)
    wanted = _wanted_stage(change, deal, given)
    if wanted is None or wanted == stage_before:
        return
    closed_on, deal.stage_id = deal.closed_on, stage_before
    move(change, deal.id, wanted, given.get("lost_reason"))
    if "closed_on" in given and deal.closed_on and closed_on:
        deal.closed_on = closed_on


def _wanted_stage(change: Change, deal: Deal, given: Mapping[str, Any]) -> UUID | None:
    if deal.stage_id is None or not {"stage", "pipeline"} & set(given):
        return None
    if "pipeline" not in given or deal.pipeline_id is None or _stage(change, deal.stage_id).pipeline == deal.pipeline_id.bytes:
        return deal.stage_id
    if "stage" in given:
        raise UserError(tr("This stage belongs to another pipeline."), field="stage")
    return UUID(bytes=_first_stage(change, deal.pipeline_id).id)


def _refuse_foreign_quote(change: Change, deal: Deal) -> None:
    if deal.quote_id is not None and change.get(Quote, deal.quote_id).deal_id != deal.id:
        raise UserError(tr("This quote belongs to another deal."), field="quote")


def after_restore(change: Change, deal: Deal) -> None:
    """Put a deal whose stage went while it lay in the bin into the first one of its pipeline, or of the usual one."""
    if deal.stage_id is None or change.reader.value("SELECT 1 FROM stage WHERE id = ? AND deleted_at IS NULL", (deal.stage_id.bytes,)):
        return
    pipeline = deal.pipeline_id
    if pipeline and not change.reader.value("SELECT 1 FROM pipeline WHERE id = ? AND deleted_at IS NULL", (pipeline.bytes,)):
        pipeline = None
    move(change, deal.id, UUID(bytes=_first_stage(change, pipeline).id))


@operation(mark("Order deals"), right="deal.write")
def place(change: Change, deal_id: UUID, after_id: UUID | None) -> None:
    """Put a deal's card right below another of the same stage, or on top."""
    deal = change.get(Deal, deal_id)
    if deal.stage_id is None:
        raise UserError(tr("This deal has no stage."), field="stage")
    change.note(about=deal.name)
    position = _position_below(change, deal.stage_id.bytes, after_id, deal_id) if after_id else _top(change, deal.stage_id.bytes)
    deal.position = position


def _position_below(change: Change, stage: bytes, after_id: UUID, moving: UUID) -> int:
    """Return the position right below a card, after making room where there is none."""
    after = change.reader.one("SELECT position FROM deal WHERE id = ? AND stage_id = ? AND deleted_at IS NULL", (after_id.bytes, stage))
    if after is None or after_id == moving:
        raise UserError(tr("The deal to put it below is not in this stage."))
    if after[0] is None:
        return _give_positions(change, stage, after_id, moving)
    below = change.reader.value(
        "SELECT max(position) FROM deal WHERE stage_id = ? AND deleted_at IS NULL AND id <> ? AND position IS NOT NULL AND (position, id) < (?, ?)",
        (stage, moving.bytes, after[0], after_id.bytes),
    )
    if below is None:
        return int(after[0]) - GAP
    if after[0] - below > 1:
        return int(after[0] + below) // 2
    return _spread(change, stage, after_id, moving, int(below))


def _give_positions(change: Change, stage: bytes, after_id: UUID, moving: UUID) -> int:
    """Place the cards from the first unplaced one down to `after_id`, so that another can stand below it."""
    lowest = change.reader.value("SELECT min(position) FROM deal WHERE stage_id = ? AND deleted_at IS NULL AND position IS NOT NULL", (stage,))
    cards = change.reader.rows(
        "SELECT id FROM deal WHERE stage_id = ? AND deleted_at IS NULL AND position IS NULL AND id >= ? AND id <> ? ORDER BY id DESC",
        (stage, after_id.bytes, moving.bytes),
    )
    start = (lowest or 0) - GAP
    change.update_many(Deal, ("position",), [(start - GAP * n, card) for n, (card,) in enumerate(cards)])
    return int(start) - GAP * len(cards)


def _spread(change: Change, stage: bytes, after_id: UUID, moving: UUID, below: int) -> int:
    """Lift the cards down to `after_id` so that there is room below it again."""
    at = change.reader.value("SELECT position FROM deal WHERE id = ?", (after_id.bytes,))
    cards = change.reader.rows(
        "SELECT id FROM deal WHERE stage_id = ? AND deleted_at IS NULL AND position IS NOT NULL AND (position, id) >= (?, ?) AND id <> ? ORDER BY position, id",
        (stage, at, after_id.bytes, moving.bytes),
    )
    change.update_many(Deal, ("position",), [(below + GAP * (n + 2), card) for n, (card,) in enumerate(cards)])
    return below + GAP


@operation(mark("Close deal"), right="deal.write")
def set_outcome(change: Change, deal_id: UUID, outcome: str, lost_reason: str | None = None) -> None:
    """Move a deal to the first stage of its pipeline that means `won`, `lost` or `open`.

    Raises:
        UserError: the pipeline has no such stage.
    """
    deal = change.get(Deal, deal_id)
    found = change.reader.value(
        "SELECT id FROM stage WHERE pipeline_id = ? AND deleted_at IS NULL AND ifnull(outcome, 'open') = ? ORDER BY position, id LIMIT 1",
        (deal.pipeline_id.bytes if deal.pipeline_id else None, outcome),
    )
    if found is None:
        raise UserError(tr("The pipeline of this deal has no such stage."), field="stage")
    move(change, deal_id, UUID(bytes=found), lost_reason)


@operation(mark("Add product to deal"), right="deal.write")
def add_product(change: Change, deal_id: UUID, product_id: UUID, quantity: Decimal | None = None, unit_price: Decimal | None = None) -> UUID:
    """Put a product on a deal; without a price the product's own holds if it is in the deal's currency."""
    deal, product = change.get(Deal, deal_id), change.get(Product, product_id)
    currency = change.settings.currency
    if unit_price is None and (product.currency or currency) == (deal.currency or currency):
        unit_price = product.price
    line = change.add(
        DealProduct, deal_id=deal_id, product_id=product_id, quantity=Decimal(1) if quantity is None else quantity, unit_price=unit_price,
        position=_next_part(change, "deal_product", deal_id),
    )  # fmt: skip
    if deal.product_id is None:
        deal.product_id = product_id
    change.note(about=deal.name)
    return line.id


@operation(mark("Add person to deal"), right="deal.write")
def add_person(change: Change, deal_id: UUID, contact_id: UUID, role: str | None = None) -> UUID:
    """Say that a contact has a part in a deal: `decides`, `influences`, `uses` or `pays`. A second call for the same contact changes the role."""
    deal = change.get(Deal, deal_id)
    change.note(about=deal.name)
    known = change.reader.value("SELECT id FROM deal_contact WHERE deal_id = ? AND contact_id = ? AND deleted_at IS NULL", (deal_id.bytes, contact_id.bytes))
    if known:
        person = change.get(DealContact, UUID(bytes=known))
        person.role = role
    else:
        person = change.add(DealContact, deal_id=deal_id, contact_id=contact_id, role=role, position=_next_part(change, "deal_contact", deal_id))
    if deal.contact_id is None:
        deal.contact_id = contact_id
    return person.id


def _next_part(change: Change, part: str, deal_id: UUID) -> int:
    return int(change.reader.value(f'SELECT ifnull(max(position), 0) + 1 FROM "{part}" WHERE deal_id = ? AND deleted_at IS NULL', (deal_id.bytes,)))
