"""Entries: the products and people of deals, the lines of quotes and the messages of tickets, which have files of their own; how a file says whose they are."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from crmdesk.i18n import speaking, tr
from crmdesk.models.names import folded
from crmdesk.models.registry import entity_class

if TYPE_CHECKING:
    from collections.abc import Mapping

# Names of deals and people, and what tickets are about, are rarely theirs alone; so beside each stands what is.
TOLD_BY: dict[str, dict[str, str]] = {
    "deal_product": {"deal": "id", "product": "code"},
    "deal_contact": {"deal": "id", "contact": "id"},
    "message": {"ticket": "number", "contact": "id"},
}
"""The column of each linked record that tells it from all others, by entity and link."""

NUMBERS: dict[str, dict[str, str]] = {
    "contact": {"company": "customer_number"},
    "deal": {"company": "customer_number", "product": "code"},
    "quote": {"company": "customer_number"},
    "quote_line": {"product": "code"},
    "ticket": {"company": "customer_number", "product": "code"},
}
"""The number of each linked record that stands beside its name in tables for people, by entity and link."""

MINUTE = 60_000


@lru_cache(maxsize=16)
def number_headers(entity: str) -> frozenset[str]:
    """Return what our tables for people call the columns with numbers of linked records, whose names stand beside."""
    found = set()
    for language in ("en", "de", "zh"):
        with speaking(language):
            found |= {title_of(entity, link, column) for link, column in NUMBERS.get(entity, {}).items()}
    return frozenset(found)


def virtual_names(entity: str) -> dict[str, tuple[str, str]]:
    """Return link and column that tell linked records apart, by what files for programs call that: `deal_id`, `ticket_number`."""
    return {f"{link}_{column}": (link, column) for link, its in TOLD_BY.get(entity, {}).items() for column in (its, "id")}


def title_of(entity: str, link: str, column: str) -> str:
    """Return what files for people call such a column, in the language in force."""
    item = entity_class(entity).fields[link]
    inner = tr("Id") if column == "id" else tr(entity_class(item.target or "").fields[column].label)
    return tr("{field} ({label})", field=tr(item.label), label=inner)


def forms(entity: str, values: Mapping[str, Any]) -> tuple[tuple[Any, ...], ...]:
    """Return by what an entry is the same as another one of its deal, quote or ticket: the closest first, then what holds where the file says less.

    Args:
        values: stored values by column.
    """
    match entity:
        case "quote_line":
            content = (values["kind"], values["product_id"], values["description"], values["quantity"], values["unit_price"])
            place = values.get("position")
            return ((values["quote_id"], place), (values["quote_id"], *content))[place is None :]
        case "allowance_charge":
            return (tuple(values.get(name) for name in FORMED_BY[entity]),)
        case "deal_product":
            whole = (values["deal_id"], values["product_id"])
            return (*whole, values.get("position")), (*whole, None)
        case "deal_contact":
            return ((values["deal_id"], values["contact_id"]),)
        case _:
            # Tables for people tell the minute; and no file keeps every blank of a text.
            return ((values["ticket_id"], values["kind"], (values["at"] or 0) // MINUTE, " ".join(folded(values["body"] or "").split())),)


OWNERS = {"deal_product": "deal_id", "deal_contact": "deal_id", "message": "ticket_id", "quote_line": "quote_id", "allowance_charge": "quote_id"}
FORMED_BY = {
    "deal_product": ("deal_id", "product_id", "position"), "deal_contact": ("deal_id", "contact_id"), "message": ("ticket_id", "kind", "at", "body"),
    "quote_line": ("quote_id", "kind", "product_id", "description", "quantity", "unit_price", "position"),
    "allowance_charge": ("quote_id", "line_id", "charge", "amount", "percent", "base_amount", "reason"),
}  # fmt: skip
"""The columns that `forms` looks at."""

__all__ = ["FORMED_BY", "OWNERS", "TOLD_BY", "forms", "title_of", "virtual_names"]
