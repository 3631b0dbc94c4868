"""Ahead: what must be known of a whole file before its first row is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.exchange.files.our_terms import OUR_PRODUCT
from crmdesk.exchange.table import shown
from crmdesk.exchange.values.links import name_key
from crmdesk.exchange.values.number_cells import number_of
from crmdesk.exchange.values.survey import CURRENCY, DATES, NUMBERS, survey, usual_sign
from crmdesk.models.registry import entity_class

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmdesk.exchange.table import Table
    from crmdesk.exchange.values.layouts import Layout
    from crmdesk.exchange.values.survey import Hints, Question
    from crmdesk.fields import Field

MOST_NAMES = 20_000
"""So many names are kept to pass over those that come again."""


def hints_of(
    table: Table, entity: str, layout: Layout, own_fields: Sequence[Field], *, order: str, decimal: str, region: str, currency: str
) -> tuple[dict[int, Hints], list[Question]]:
    """Read date and number columns once, if there are any whose cells are texts.

    Args:
        own_fields: the user's own fields. order: of dates, as the user said. decimal: the sign of numbers, as the user said.

    Returns:
        How the cells of columns are read, and what the columns leave open.
    """
    watched: dict[int, tuple[str, str]] = {}
    for column in layout.columns:
        if column.target is None:
            continue
        kind = CURRENCY if column.target.field == CURRENCY else _kind_of(entity, column.target.field, column.target.of, own_fields)
        if kind == CURRENCY or (kind in DATES | NUMBERS and any(isinstance(value, str) for value in table.values(column.index)[:50] or [""])):
            watched[column.index] = (column.header, kind)
    if all(kind == CURRENCY for _, kind in watched.values()):
        return {}, []
    questions: list[Question] = []
    is_for_programs = table.format == "json" or (table.ways is not None and layout.product == OUR_PRODUCT)  # our own cards and calendars
    usual = "." if is_for_programs else usual_sign(region)
    return survey(table.rows(), watched, order, decimal, usual, questions, currency), questions


def _kind_of(entity: str, name: str, of: str, own_fields: Sequence[Field]) -> str:
    if name in {"close_on", "birthday"}:
        return "date"
    if name == "discount":
        return "decimal"
    item = entity_class({"": entity, "line": "quote_line"}.get(of, of)).fields.get(name) if of != "message" else None
    own = next((own for own in own_fields if own.name == name), None) if not of else None
    return item.kind if item else own.kind if own else ""


def discounts_are_shares(table: Table, entity: str, layout: Layout) -> bool:
    """Say whether a discount column holds shares such as 0.15 and not percents: no value is above one."""
    index = layout.index_of("discount", "" if entity == "quote_line" else "line")
    if index is None:
        return False
    largest = 0.0
    for _, cells in table.rows():
        if cells.__class__ is list and (text := shown(cells[index]).strip().rstrip("%").strip()):
            if "%" in shown(cells[index]):
                return False
            try:
                largest = max(largest, float(number_of(text, "")))
            except UserError:
                continue
    return 0 < largest <= 1


def companies_in(table: Table, entity: str, layout: Layout) -> Iterator[str]:
    """Yield the names of the companies that a file brings or refers to, folded; some come again."""
    targets = {column.index: column.target for column in layout.columns if column.target}
    places = [
        index
        for index, target in targets.items()
        if target.field in {"company", "parent"} or (target.field == "name" and (target.of or entity) in {"company", "contact"})
    ]
    seen: set[str] = set()
    for _, cells in table.rows() if places else ():
        for index in places:
            if cells.__class__ is list and (cell := cells[index]) not in seen and cell != "":
                if len(seen) < MOST_NAMES:
                    seen.add(shown(cell))
                yield name_key("company", shown(cell))
