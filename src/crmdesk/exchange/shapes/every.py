"""Which shape the rows of a file have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.exchange.shapes.customers import CompanyShape, ContactShape
from crmdesk.exchange.shapes.deals import DealShape
from crmdesk.exchange.shapes.entries import AllowanceShape, EntryShape, MessageShape
from crmdesk.exchange.shapes.people import LeadShape
from crmdesk.exchange.shapes.plain import ActivityShape, MemberShape, ProductShape, TaskShape
from crmdesk.exchange.shapes.quotes import LineShape, QuoteShape
from crmdesk.exchange.shapes.shape import Named
from crmdesk.exchange.shapes.tickets import TicketShape
from crmdesk.exchange.values.entries import TOLD_BY

if TYPE_CHECKING:
    from crmdesk.exchange.shapes.shape import Shape
    from crmdesk.exchange.shapes.work import Work

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
