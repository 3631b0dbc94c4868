"""How lists are sorted: by any field, by what a link is called, by the first part of a list field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.models.registry import entity_class
from crmdesk.queries.finding import NORMAL, field_for, title_field

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.fields import Field
    from crmdesk.models.base import Record
    from crmdesk.store.reader import Reader

BY_DAY = {"activity": "-at", "ticket": "-opened_at", "quote": "-date", "deal": "-opened_on", "lead": "-arrived_at", "task": "due_on"}


def order_sql(cls: type[Record], sort: Sequence[str], reader: Reader, *, filtered: bool) -> str:
    """Return what a list is sorted by: field names, with `-` before those that sort downwards; the entity's natural order if there are none."""
    pieces = [_sort_sql(cls, name.lstrip("-"), name.startswith("-"), reader, filtered) for name in sort if name.strip("-")]
    if not pieces:
        natural = natural_order(cls)
        if natural == cls.entity.title:
            pieces = ["+t.sort_key" if filtered else "t.sort_key"]
        elif natural:
            pieces = [f"t.{natural[1:]} DESC" if natural.startswith("-") else f"t.{natural} IS NULL, t.{natural}"]
        elif "position" in cls.columns and not cls.entity.owned_by:
            pieces = ["t.position"]
    return ", ".join([*pieces, "t.id DESC" if len(pieces) == 1 and pieces[0].endswith("t.sort_key DESC") else "t.id"])


def natural_order(cls: type[Record]) -> str:
    """Return the field of an entity's natural order, with `-` before one that sorts downwards; empty where it is that of places, or none."""
    has_places = "position" in cls.columns and not cls.entity.owned_by
    return BY_DAY.get(cls.entity.name, "") or (cls.entity.title if "sort_key" in cls.columns and not has_places else "")


def _sort_sql(cls: type[Record], name: str, down: bool, reader: Reader, filtered: bool) -> str:
    direction = " DESC" if down else ""
    field, inner, custom = field_for(cls, name, reader)
    if inner is not None:
        value = part_value_sql(cls, field, inner)
    elif custom is not None:
        value = f"json_extract(t.custom, '$.\"{custom}\"')"
    elif field.kind == "link":
        target = entity_class(field.target or "")
        title = "sort_key" if "sort_key" in target.columns else title_field(target)
        if "position" in target.columns:
            title = "position"
        value = f'(SELECT l."{title}" FROM "{field.target}" l WHERE l.id = t."{field.column}")'  # noqa: S608
    elif name == cls.entity.title and "sort_key" in cls.columns:
        # A filter's few rows are sorted by hand: the planner's own choice walks the whole index in order.
        value = "+t.sort_key" if filtered else "t.sort_key"
        return f"{value}{direction}"
    elif field.kind in {"money", "price"} and "amount_base" in cls.columns:
        value = "t.amount_base" if name in {"amount", "payable"} else f't."{field.column}"'
    else:
        value = f't."{field.column}"'
    # Without the sign the planner would walk an index in order and look every record up. Empty ones come last, as they do downwards by themselves.
    return f"+{value} DESC" if down else f"+{value} NULLS LAST"


def part_value_sql(cls: type[Record], field: Field, inner: Field) -> str:
    """Return the SQL of what a list field is sorted by: the first part's value, or the name of what it links to."""
    column = NORMAL.get((field.target, inner.name), inner.column)
    value = f'p."{column}"'
    if inner.kind == "link":
        target = entity_class(inner.target or "")
        value = f'(SELECT l."{"sort_key" if "sort_key" in target.columns else title_field(target)}" FROM "{inner.target}" l WHERE l.id = {value})'  # noqa: S608
    return f'(SELECT {value} FROM "{field.target}" p WHERE p."{cls.entity.name}_id" = t.id AND p.deleted_at IS NULL ORDER BY p.position, p.id LIMIT 1)'  # noqa: S608
