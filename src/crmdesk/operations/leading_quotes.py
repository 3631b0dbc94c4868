"""The quote that leads a deal: its amount is the deal's."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.models.deal import Deal
from crmdesk.queries.seen import live

if TYPE_CHECKING:
    from crmdesk.models.quote import Quote
    from crmdesk.store.door import Change


def lead_deal(change: Change, deal_id: UUID, leading: Quote | None = None) -> None:
    """Choose the quote that drives a deal's amount: the given one, else the one that leads already, else the best that the deal has.

    The best is the newest accepted one, then issued, expired, draft; a draft without items drives nothing.
    """
    found = change.reader.one(f"SELECT quote_id FROM deal t WHERE t.id = ? AND {live(change.reader, 'deal')}", (deal_id.bytes,))
    if found is None:
        return
    ranked = change.reader.rows(
        "SELECT id, ifnull(status, 'draft') AS state FROM quote WHERE deal_id = ? AND deleted_at IS NULL AND (status IN ('accepted', 'issued', 'expired') "
        "OR (ifnull(status, 'draft') = 'draft' AND EXISTS (SELECT 1 FROM quote_line l WHERE l.quote_id = quote.id AND l.deleted_at IS NULL AND ifnull(l.kind, 'item') = 'item'))) "
        "ORDER BY CASE state WHEN 'accepted' THEN 0 WHEN 'issued' THEN 1 WHEN 'expired' THEN 2 ELSE 3 END, issued_at DESC, id DESC", (deal_id.bytes,),
    )  # fmt: skip
    states = dict(ranked)
    stays = found[0] in states and (states[found[0]] != "draft" or ranked[0][1] == "draft")
    best = leading.id.bytes if leading else found[0] if stays else ranked[0][0] if ranked else None
    if best != found[0]:
        change.get(Deal, deal_id).quote_id = UUID(bytes=best) if best else None
        change.flush()


def is_won_by_acceptance(change: Change, deal_id: UUID) -> bool:
    """Say whether a deal was won with a quote that the customer accepted: what was won stays that amount, whatever is offered afterwards."""
    return bool(change.reader.value(
        "SELECT 1 FROM deal t JOIN quote q ON q.id = t.quote_id AND q.status = 'accepted' AND q.deleted_at IS NULL JOIN stage s ON s.id = t.stage_id AND s.outcome = 'won' "
        "WHERE t.id = ?", (deal_id.bytes,),
    ))  # fmt: skip


def can_be_won(change: Change, deal_id: UUID) -> bool:
    """Say whether a deal is there whose pipeline has a stage for those that are won."""
    return bool(change.reader.value(
        f"SELECT 1 FROM deal t JOIN stage s ON s.pipeline_id = t.pipeline_id AND s.outcome = 'won' AND s.deleted_at IS NULL WHERE t.id = ? AND {live(change.reader, 'deal')}",
        (deal_id.bytes,),
    ))  # fmt: skip
