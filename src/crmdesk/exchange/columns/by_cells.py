"""What a column means by its cells: whether they fit the name, and what they look like where no name tells."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from crmdesk.clock import today
from crmdesk.errors import UserError
from crmdesk.exchange.columns.column_words import labels_of
from crmdesk.exchange.columns.looks import KINDS_OF_CELLS, date_in, look, texts_of
from crmdesk.exchange.columns.name_columns import with_names
from crmdesk.exchange.values.amount_cells import money_of
from crmdesk.exchange.values.date_cells import dates
from crmdesk.exchange.values.layouts import Target
from crmdesk.exchange.values.number_cells import size_of, years
from crmdesk.exchange.words.choices import bare, meaning
from crmdesk.exchange.words.salutations import is_salutation_or_title
from crmdesk.fields import KINDS, AmbiguousDate, Reading
from crmdesk.i18n import speaking, tr
from crmdesk.models.countries import region_of
from crmdesk.models.registry import entity_class

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmdesk.exchange.columns.looks import Look
    from crmdesk.exchange.table import Cell, Table
    from crmdesk.exchange.values.layouts import Column
    from crmdesk.fields import Field


def _share(values: Sequence[Cell], fits: Callable[[str], bool]) -> float:
    """Say how many of some cells fit, 0 to 1."""
    texts = [str(value).strip() for value in values]
    return sum(1 for text in texts if fits(text)) / len(texts) if texts else 0.0


def vetted(entity: str, column: Column, table: Table) -> Column:
    """Give a column up, or tell it better, where its cells contradict its name."""
    target = column.target
    values = table.values(column.index)
    if target is None or not values:
        return column
    if (entity == "contact" or target.of == "contact") and target.field in {"title", "role", "salutation"}:
        if re.fullmatch(r"(?:contact)?(?:title|titel)", bare(column.header)):
            means = "salutation" if _share(values, is_salutation_or_title) > 0.5 else "role"
            return replace(column, target=Target(means, of=target.of))
        return column
    if target.field == "address" and target.part == "city" and bare(column.header) != "city" and _share(values, lambda text: bool(region_of(text))) > 0.8:
        return replace(column, target=replace(target, part="country"))
    if target.field == "email" and _share(values, lambda text: "@" in text or text.startswith("/")) < 0.3:
        return replace(column, target=None, why="")
    if target == Target("name", of="contact") and _share(values, lambda text: "@" in text or not re.search(r"[^\W\d_]", text)) > 0.5:
        return replace(column, target=None, why="")
    if target.of or target.is_key:
        return column
    if entity == "company" and target.field == "name" and _share(values, str.isdigit) == 1:
        return replace(column, target=Target("customer_number"))
    if (entity, target.field) in _CLOCKS and _share(values, lambda text: bool(_CLOCK.fullmatch(text))) > 0.8:
        return replace(column, target=Target(_CLOCKS[entity, target.field]))
    if target == Target("is_done") and _share(values, KINDS_OF_CELLS["date"][1]) > 0.5:
        return replace(column, target=Target("done_at"))
    if target == Target("done_at") and _share(values, KINDS_OF_CELLS["flag"][1]) > 0.5:
        return replace(column, target=Target("is_done"))
    item = entity_class(entity).fields.get(target.field)
    if item and item.kind in {"choice", "flag", "integer", "decimal", "money", "price", "date", "moment"} and target.field not in {"salutation", "tier"}:
        fitting = _share(values, lambda text: _readable(entity, item, text))
        if fitting < 0.5 and not _is_meant(entity, column, item, values, fitting):
            return replace(column, target=None, why="")
    elif item and item.name == "tier" and _share(values, lambda text: _readable(entity, item, text)) < 1:
        return replace(column, target=None, why="")
    return column


# Where the time of day stands apart from the day.
_CLOCKS = {("activity", "at"): "at_time", ("task", "due_on"): "due_time", ("task", "due_at"): "due_time"}
_CLOCK = re.compile(r"\d{1,2}[:.]\d\d(?:[:.]\d\d)?\s*(?:[ap]\.?m\.?)?", re.IGNORECASE)
_NOT_LOST = frozenset({"money", "price", "integer", "decimal", "date", "moment"})
# Ranges such as 51-200, lengths of time such as 2 h, and yes or no: such a column holds something else of the same name.
_SOMETHING_ELSE = re.compile(
    r"[<>≤≥~]\s*\S+|\S+\s*\+|[^\d\s]{0,3}\d[\d.,' ]*[a-z]?\s*(?:-|–|—|to|bis)\s*[^\d\s]{0,3}\d.*"
    r"|\d+(?:[.,]\d+)?\s*(?:h|hrs?|hours?|min|minutes?|d|days?|s|sec|seconds?|std|stunden?|tage?|wochen?|weeks?|monate?|months?|小时|分钟|天)\b.*|\d+:\d\d(?::\d\d)?",
    re.IGNORECASE,
)


# Without this day a record would be one of today, or be due on none.
_DAY_OF = {"activity": "at", "message": "at", "ticket": "opened_at", "lead": "arrived_at", "quote": "date", "task": "due_on"}


def _is_meant(entity: str, column: Column, item: Field, values: Sequence[Cell], fitting: float) -> bool:
    """Say whether a column is what its name says though most of its cells don't fit: then rows are refused rather than amounts and dates lost."""
    if column.why != "name" or item.kind not in _NOT_LOST or _share(values, _is_something_else) >= 0.5:
        return False
    if bare(column.header) in labels_of(entity, item.name) | {bare(item.name)} or _DAY_OF.get(entity) == item.name:
        return True
    return fitting > 0 and item.kind in {"money", "price", "date"}


def _is_something_else(text: str) -> bool:
    return bool(_SOMETHING_ELSE.fullmatch(text)) or KINDS_OF_CELLS["flag"][1](text)


def _readable(entity: str, item: Field, text: str) -> bool:
    if item.kind == "choice" and meaning(entity, item.name, text):
        return True
    if item.kind in {"date", "moment"} and re.fullmatch(r"[\d./\- :]+", text):
        return not re.fullmatch(r"\d+(?::\d+)+|\d{1,4}", text)  # a length of time, a count
    try:
        if item.kind in {"date", "moment"}:
            return dates("", item.may_lack_year)(text) is not None
        if item.name == "employees":
            return size_of(text) >= 0
        if item.name == "founded":
            return years("")(text) is not None
        if item.kind in {"money", "price"}:
            return money_of(text, "EUR", "") is not None
        KINDS[item.kind].read(text, item, Reading())
    except AmbiguousDate:
        return True
    except UserError:
        return False
    return True


LIKELY = 0.8
_BEGUN = re.compile(r"start|begin|created|erstellt|angelegt|anfang|创建|开始", re.IGNORECASE)
_CHANGED = re.compile(r"修改|更新|modified|updated|changed|geändert|letzte änderung", re.IGNORECASE)
_PICTURES = re.compile(r"photo|picture|image|avatar|logo|bild|foto|头像|照片|图", re.IGNORECASE)
_DATES_OF = {"deal": "close_on", "quote": "date", "activity": "at", "task": "due_on", "ticket": "opened_at", "lead": "arrived_at"}
_CLOSED = ("expected_close_on", "closed_on")
_AMOUNTS_OF = {"deal": "amount", "lead": "amount", "product": "price", "quote_line": "unit_price"}
_COMPANIES_OF = {
    "company": "name",
    "lead": "company_name",
    "contact": "company",
    "deal": "company",
    "ticket": "company",
    "quote": "company",
    "activity": "company",
}


def by_content(entity: str, columns: Sequence[Column], table: Table) -> list[Column]:
    """Tell columns that no name told by what their cells look like; then the first text names the record, if there are no names at all."""
    found = list(columns)
    for position, column in enumerate(found):
        values = table.values(column.index)
        if column.target or column.why or not values or bare(column.header) in _own_headers(entity):
            continue
        told = [other.target for other in found if other.target]
        guessed = _guessed(entity, column, values, told, not table.has_header or _is_nameless(column.header))
        if guessed:
            target, seen = guessed
            found[position] = replace(column, target=target, why="content", confidence=round(0.85 * seen.share, 2), reason=str(seen))
    names = {"name", "given_name", "family_name"}
    if entity in {"contact", "lead"} and _is_without_names(table) and not any(column.target and column.target.field in names for column in found):
        found = with_names(found, table)
    return _name_by_content(entity, found, table, {column.target.field for column in columns if column.target})


@lru_cache(maxsize=32)
def _own_headers(entity: str) -> frozenset[str]:
    """Return what our own exports call the columns of an entity: such a column is what it says, or nothing."""
    found: set[str] = set()
    for language in ("en", "de", "zh"):
        with speaking(language):
            found |= {bare(text) for name, item in entity_class(entity).fields.items() for text in (name, tr(item.label))}
    return frozenset(found)


def _guessed(entity: str, column: Column, values: Sequence[Cell], told: Sequence[Target], is_nameless: bool) -> tuple[Target, Look] | None:
    """Return where the cells of a column belong by their looks, if they show it and the place is free."""
    fields = entity_class(entity).fields
    is_person = entity in {"contact", "lead"}
    names = {target.field for target in told if not target.of}

    def seen(kind: str, share: float = LIKELY) -> Look | None:
        found = look(values, kind)
        return found if found.share >= share else None

    has_mails = any(target.field == "email" and not target.of for target in told)
    if "email" in fields and (is_nameless or not has_mails) and (its := seen("email")):  # the mail address of somebody else, such as who looks after them
        return Target("email"), its
    if not _CHANGED.search(column.header) and not (entity in {"deal", "task"} and _BEGUN.search(column.header)) and (its := seen("date")):
        return _dated(entity, values, names, is_nameless, its)
    if ("website" in fields or is_person) and "website" not in names and not _PICTURES.search(column.header) and (its := seen("website")):
        return Target("website"), its
    if "phone" in fields and (its := seen("phone")):
        return Target("phone"), its
    if "address" in fields:
        parts = {target.part for target in told if target.field == "address"}
        if "country" not in parts and (its := seen("country")):
            return Target("address", part="country"), its
        if "postal_code" not in parts and parts & {"street", "city"} and (its := seen("postal_code", 0.9)):
            return Target("address", part="postal_code"), its
    if (amount := _AMOUNTS_OF.get(entity)) and amount not in names and (its := seen("money")):
        return Target(amount), its
    company = _COMPANIES_OF.get(entity)
    if company and company not in names and (its := seen("company", 0.4)):
        return Target(company), its
    if is_person and not names & {"name", "given_name", "family_name"} and (its := seen("person")):
        return Target("name"), its
    return None


def _dated(entity: str, values: Sequence[Cell], names: set[str], is_nameless: bool, its: Look) -> tuple[Target, Look] | None:
    """Return the one date that an entity cannot do without, or the birthday of a person if the years can be that."""
    field = _DATES_OF.get(entity)
    if field:
        return (Target(field), its) if names.isdisjoint({field, *_CLOSED}) else None
    if entity != "contact" or "birthday" in names or not is_nameless:
        return None
    years = [day.year for text in texts_of(values) if (day := date_in(text))]
    latest = today().year - 14
    return (Target("birthday"), its) if years and all(1900 < year <= latest for year in years) else None


def _is_without_names(table: Table) -> bool:
    """Say whether no column of a file has a name that says anything."""
    return not table.has_header or all(_is_nameless(name) for name in table.columns)


def _is_nameless(header: str) -> bool:
    return bool(re.fullmatch(r"(?:column|spalte|field|feld|unnamed:?|列)\s*\d*", header.strip(), re.IGNORECASE))


def _name_by_content(entity: str, columns: list[Column], table: Table, told: set[str]) -> list[Column]:
    title = entity_class(entity).entity.title
    told = told | {column.target.field for column in columns if column.target and not column.target.of}
    if told & {title, "name", "given_name", "family_name", "company_name", "external_id", "number"} or table.has_header:
        return columns
    for position, column in enumerate(columns):
        values = table.values(column.index)
        if column.target is None and not column.why and values and _share(values, lambda text: any(c.isalpha() for c in text)) > 0.8:
            columns[position] = replace(column, target=Target(title), why="content", confidence=0.5, reason=tr("The first text in a row names it."))
            break
    return columns
