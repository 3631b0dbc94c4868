"""Lines made of pasted rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.queries import quotes as queries
from crmdesk.queries import records, search
from crmdesk.ui.widgets.line_grid import pasted_values

if TYPE_CHECKING:
    from crmdesk.queries.quotes import LineItem
    from crmdesk.store import Reader


def line_of(reader: Reader, cells: list[str], columns: list[str], currency: str, usual: LineItem) -> LineItem:
    """Make a line of a pasted row; a product with that name or code gives what the row leaves open."""
    values = pasted_values(cells, columns, currency)
    code, name = values.pop("code", ""), values.get("description", "")
    item = usual
    for text in (code, name):
        known = list(search.matching(reader, text, "product"))[:20] if text else []
        titles = records.rows(reader, "product", known, ["name", "code"]) if known else []
        same = [row.id for row in titles if text.casefold() in {str(row.values["name"] or "").casefold(), str(row.values["code"] or "").casefold()}]
        if len(same) == 1:
            item = queries.line_for(reader, same[0], currency)
            break
    if code and not name:
        values.pop("description", None)
    return item.changed(**values) if item.product_id or name else item.changed(**{"description": code, **values})
