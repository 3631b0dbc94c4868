"""Which shape the rows of a file have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.exchange.customer_shapes import CompanyShape, ContactShape, LeadShape
from crmdesk.exchange.deal_shapes import DealShape
from crmdesk.exchange.entries import TOLD_BY
from crmdesk.exchange.entry_shapes import AllowanceShape, EntryShape, MessageShape
from crmdesk.exchange.plain_shapes import ActivityShape, MemberShape, ProductShape, TaskShape
from crmdesk.exchange.quote_shapes import LineShape, QuoteShape
from crmdesk.exchange.shapes import Named
from crmdesk.exchange.ticket_shapes import TicketShape

if TYPE_CHECKING:
    from crmdesk.exchange.shapes import Shape, Work

SHAPES: dict[str, type[Shape]] = {
    "contact": ContactShape, "lead": LeadShape, "company": CompanyShape, "product": ProductShape, "member": MemberShape, "deal": DealShape, "ticket": TicketShape,
    "activity": ActivityShape, "quote": QuoteShape, "quote_line": LineShape, "task": TaskShape,
}  # fmt: skip


def shape_of(entity: str, work: Work) -> Shape:
    """Return what turns the rows of a file into records of an entity."""
    if entity in TOLD_BY:
        return MessageShape(work, entity) if entity == "message" else EntryShape(work, entity)
    if entity == AllowanceShape.entity:
        return AllowanceShape(work)
    return SHAPES.get(entity, Named)(work, entity)
