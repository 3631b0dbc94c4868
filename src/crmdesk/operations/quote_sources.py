"""What quotes are made of: the records and products that a document names, and the products of a deal."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.documents.calculator import plain
from crmdesk.errors import UserError
from crmdesk.fields import from_scaled
from crmdesk.models.quote import Quote, QuoteLine
from crmdesk.models.registry import entity_class
from crmdesk.operations.values import link_id
from crmdesk.queries.finding import ids_by_title
from crmdesk.queries.quotes import line_for
from crmdesk.queries.seen import live
from crmdesk.store.reader import IN_IDS, id_list

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from crmdesk.models.deal import Deal
    from crmdesk.queries.quotes import LineItem
    from crmdesk.store.door import Change


def named_record(change: Change, name: str, text: str | None, company_id: UUID | None = None) -> UUID | None:
    """Return the record that a document names; of several with that name the customer's."""
    if text is None:
        return None
    if company_id:
        found = ids_by_title(change.reader, entity_class(name), text)
        own = change.reader.rows(f'SELECT id FROM "{name}" WHERE company_id = ? AND id {IN_IDS}', (company_id.bytes, id_list(found)))  # noqa: S608
        if len(own) == 1:
            return UUID(bytes=own[0][0])
    try:
        return link_id(change, Quote.fields[name], text)
    except UserError as error:
        error.field = name
        raise


def product_defaults(change: Change, source: object, products: dict[str, LineItem]) -> Callable[[str], Mapping[str, object]]:
    """Return how a line is filled up from the product that it names; the products found are noted."""
    currency = str(source.get("currency")) if isinstance(source, dict) else ""

    def defaults(text: str) -> Mapping[str, object]:
        if text not in products:
            try:
                product_id = link_id(change, QuoteLine.fields["product"], text)
            except UserError as error:
                error.field = "product"
                raise
            if product_id is None:
                return {}
            products[text] = line_for(change.reader, product_id, currency)
        line = products[text].line
        known: dict[str, object] = {
            "description": line.description,
            "unit": line.unit or None,
            "tax_category": line.tax_category,
            "tax_rate": plain(line.tax_rate),
        }
        return {**known, "unit_price": plain(line.unit_price)} if line.unit_price else known

    return defaults


def lines_of_deal(change: Change, deal: Deal, currency: str) -> list[LineItem]:
    """Return the products of a deal as lines, with the quantities and prices agreed there."""
    found = change.reader.rows(
        f"SELECT d.product_id, d.quantity, d.unit_price FROM deal_product d JOIN product t ON t.id = d.product_id "
        f"WHERE d.deal_id = ? AND d.deleted_at IS NULL AND {live(change.reader, 'product')} ORDER BY d.position, d.id", (deal.id.bytes,),
    )  # fmt: skip
    if (
        not found
        and deal.product_id
        and change.reader.value(f"SELECT 1 FROM product t WHERE t.id = ? AND {live(change.reader, 'product')}", (deal.product_id.bytes,))
    ):
        found = [(deal.product_id.bytes, None, None)]
    items = []
    for product, quantity, price in found:
        item = line_for(change.reader, UUID(bytes=product), currency)
        given: dict[str, Decimal] = {}
        if quantity is not None:
            given["quantity"] = from_scaled(quantity)
        if price is not None:
            given["unit_price"] = from_scaled(price)
        items.append(item.changed(**given))
    return items
