"""Currencies: an amount that a row brings to a known record and what the amounts are in that stay beside it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from crmdesk.exchange.values.amount_cells import ROUNDED
from crmdesk.fields import Money, from_minor, has_more_decimals, to_minor
from crmdesk.i18n import mark
from crmdesk.models.registry import entity_class

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from crmdesk.exchange.shapes.shape import Shape
    from crmdesk.exchange.shapes.work import Draft, Values

OTHER_CURRENCY = (
    mark("{count} row has an amount in another currency than what stays beside it; its amounts were left out."),
    mark("{count} rows have amounts in other currencies than what stays beside them; their amounts were left out."),
)


@lru_cache(maxsize=64)
def amounts_of(entity: str) -> dict[str, str]:
    """Return the kinds of an entity's amounts that share its one currency, by column."""
    cls = entity_class(entity)
    return {item.column: item.kind for item in cls.fields.values() if item.kind in {"money", "price"} and not item.derived} if "currency" in cls.columns else {}


def settle_currency(shape: Shape, draft: Draft, present: Mapping[str, Any], merged: Values, given: Collection[str], *, overwrites: bool) -> None:
    """Let a currency go with its amounts: a record has one for all of them.

    An amount without a currency is in the record's own. One in another is taken with it where no amount stays that the record had before,
    else it is left out and told.

    Args:
        present: the record's values before. merged: those after, to be corrected. given: the columns that the file may fill.
    """
    amounts = amounts_of(draft.entity)
    own, said = present.get("currency"), draft.values.get("currency")
    if not amounts or not own or not said:
        return
    taken = [name for name in amounts if name in given and draft.values.get(name) is not None and (overwrites or present.get(name) is None)]
    stays = any(present.get(name) for name in amounts if name not in taken)
    if not taken:
        merged["currency"] = own if stays else merged["currency"]
    elif own == said:
        merged["currency"] = own
    elif not shape.says_currency(draft):
        merged["currency"] = own
        for name in taken:
            merged[name] = draft.values[name]
            if amounts[name] == "money":
                amount = Money(from_minor(draft.values[name], said), own)
                merged[name] = to_minor(amount.amount, own)
                if has_more_decimals(amount):
                    shape.work.note(ROUNDED)
    elif stays:
        merged.update({name: present.get(name) for name in taken}, currency=own)
        shape.work.note(OTHER_CURRENCY)
    else:
        merged["currency"] = said
