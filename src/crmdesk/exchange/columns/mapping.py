"""What the columns of a file mean: told by the exporting product, by name in many languages, and by content; the user has the last word."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.exchange.columns.by_cells import by_content, vetted
from crmdesk.exchange.columns.by_name import by_name, own_name, pair_labels, worded
from crmdesk.exchange.columns.chosen import parse_target
from crmdesk.exchange.columns.column_words import labels_of
from crmdesk.exchange.columns.looks import KINDS_OF_CELLS, look
from crmdesk.exchange.columns.misspelt import respelled
from crmdesk.exchange.columns.own_numbers import with_number
from crmdesk.exchange.columns.products import recognise
from crmdesk.exchange.columns.reasons import is_reason_column
from crmdesk.exchange.columns.several_people import ANOTHER, with_first_person
from crmdesk.exchange.table import shown
from crmdesk.exchange.values.amount_cells import says_thousands, without_currency
from crmdesk.exchange.values.entries import number_headers
from crmdesk.exchange.values.layouts import LINE, RELATED, Column, Layout, Target, finished, is_link
from crmdesk.exchange.values.told_ids import id_headers, own_id_headers
from crmdesk.exchange.words.choices import bare
from crmdesk.exchange.words.legal_forms import is_surely_a_company
from crmdesk.i18n import tr
from crmdesk.models.base import ENTITIES
from crmdesk.models.names import folded
from crmdesk.models.registry import entity_class

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from crmdesk.exchange.columns.products import Product
    from crmdesk.exchange.table import Cell, Table
    from crmdesk.fields import Field


def guess(entity: str, table: Table, own_fields: Sequence[Field] = (), looks_at_cells: bool = True) -> Layout:
    """Guess what each column of a table means.

    Args:
        own_fields: the user's own fields of the entity; their columns are told by name or label.
        looks_at_cells: whether columns that no name tells are told by their cells; that takes longer.
    """
    if table.ways:
        return _with_own(table.ways.layout(entity, table), own_fields)
    product = recognise(table.columns, entity)
    columns = [_first_guess(entity, index, header, table, own_fields, product) for index, header in enumerate(table.columns)]
    columns = with_first_person(entity, columns)
    columns = _with_lines(columns) if entity == "quote" else pair_labels(columns)
    columns = _of_one_address(_of_company(entity, _with_reach(entity, columns)))
    columns = [column if column.why in _SAID else vetted(entity, column, table) for column in columns]
    columns = with_number(entity, columns, table)
    if product is None and looks_at_cells:
        columns = [respelled(entity, column, table) for column in columns]
        columns = by_content(entity, columns, table)
    columns = [_with_reason(entity, column, table, product) for column in _told_once(entity, _settled(entity, columns, table), table)]
    return finished(entity, columns, product.name if product else None, table)


def _with_own(layout: Layout, own_fields: Sequence[Field]) -> Layout:
    """Tell the columns of fields of the user's own in a file that says itself what its others mean."""
    known = {bare(text): item for item in own_fields for text in (item.label, item.name)}
    told = {
        column.header: Target(known[bare(column.header)].name) for column in layout.columns if column.header in layout.unused and bare(column.header) in known
    }
    columns = tuple(replace(column, target=told[column.header], why="name") if column.header in told else column for column in layout.columns)
    return replace(layout, columns=columns, unused=tuple(header for header in layout.unused if header not in told))


_SAID = frozenset({"product", "rejects"})


# Anna Berg (anna@example.com), Anna Berg <anna@example.com>
_MAIL_BEHIND = r"\s*[(<]\s*[^\s@()<>]+@[^\s()<>]+\s*[)>].*$"


def _first_guess(entity: str, index: int, header: str, table: Table, own_fields: Sequence[Field], product: Product | None) -> Column:
    """Tell a column by what is known of its program, else by its name."""
    if is_reason_column(header if table.has_header else "", table.values(index)):
        return Column(index, header, why="rejects")
    if not table.has_header:
        return Column(index, header)
    if header in number_headers(entity):
        return Column(index, header, why="beside")
    if product and product.entity == entity:
        stated, cut = product.fields.get(bare(header)), product.cut.get(bare(header), "")
        if stated is not None:
            return Column(index, header, _stated(entity, stated) if stated else None, why="product", cut=cut)
    if says_thousands(header):  # as they stand they would be a thousandth of what they mean
        return Column(index, header, why="thousands")
    target, why = by_name(entity, header, own_fields)
    cut = product.cut.get(bare(header), "") if product else ""
    return Column(index, header, target, None, why, cut=cut or (_MAIL_BEHIND if target == Target("contact") else ""))


def _stated(entity: str, text: str) -> Target:
    target = parse_target(entity, text.removesuffix("#"))
    return replace(target, is_key=True) if text.endswith("#") else target


_OF_LINES = ("product", "description", "quantity", "unit_price", "discount", "unit", "tax_rate")


def _with_lines(columns: Sequence[Column]) -> list[Column]:
    """Tell the columns of lines where each row of a file of quotes is a line: there are quantities and prices."""
    told = {column.index: target for column in columns if (target := _of_line(column)) and target.field in _OF_LINES}
    if not {"quantity", "unit_price"} <= {target.field for target in told.values()}:
        return list(columns)
    return [replace(c, target=replace(told[c.index], of="line"), why="name") if c.index in told else c for c in columns]


# Order Lines/Unit Price, Auftragszeilen/Einzelpreis
_LINES = re.compile(r"[^/]*(?:line|zeile|position|ligne)[^/]*/\s*(?=\S)|[^/]*行\s*/\s*(?=\S)", re.IGNORECASE)


def places_of_lines(headers: Sequence[str]) -> frozenset[int]:
    """Return where the columns stand that say themselves, as Odoo writes them, that they are of the lines of quotes; one of them must name what is sold."""
    names = {place: name for place, header in enumerate(headers) if (name := _LINES.sub("", header, count=1)) != header}
    sells = any((target := own_name(LINE, name)) and target.field in {"product", "quantity", "unit_price"} for name in names.values())
    return frozenset(names if sells and len(names) > 1 else ())


def _of_line(column: Column) -> Target | None:
    """Tell a column of a line; as Odoo writes it, it says so itself."""
    name = _LINES.sub("", column.header, count=1)
    target = own_name(LINE, name) or own_name(LINE, without_currency(name)) if column.target is None or name != column.header else None
    return Target("tax_rate") if target == Target("taxes") else target


def _with_reach(entity: str, columns: Sequence[Column]) -> list[Column]:
    """Tell mail addresses and phones beside a ticket's, deal's or activity's customer: they are that person's, or else that company's."""
    links = {column.target.field for column in columns if column.target and not column.target.of}
    other = next((other for other in ("contact", "company") if other in RELATED.get(entity, ()) and other in links), "contact" if entity == "ticket" else "")
    if not other or entity in {"contact", "company"}:
        return list(columns)
    reach = {c.index: found for c in columns if c.target is None and not c.why and (found := worded(other, c.header)) and found.field in {"email", "phone"}}
    return [replace(c, target=replace(reach[c.index], of=other), why="name") if c.index in reach else c for c in columns]


def _of_one_address(columns: Sequence[Column]) -> list[Column]:
    """Let columns that are called alike belong to one address: “PLZ (Büro)” beside “Ort (Büro)”, which is a label of the user's own there."""
    labels = {column.target.label for column in columns if column.target and column.target.field == "address"}
    found = list(columns)
    for place, column in enumerate(columns):
        said = _LABEL.search(column.header)
        if said and column.target and column.target.field == "address" and said[1] in labels:
            found[place] = replace(column, target=replace(column.target, label=said[1]))
    return found


_LABEL = re.compile(r"\(([^()]+)\)$")


# What companies have and nobody else: beside the company of a person or deal it is that company's.
_OF_COMPANIES = frozenset({"industry", "employees", "vat_id", "credit_code", "founded", "customer_number", "revenue"})


def _of_company(entity: str, columns: Sequence[Column]) -> list[Column]:
    """Tell the columns that only the company beside a person or deal can have, such as the city beside that of a deal, which has none."""
    if "company" not in RELATED.get(entity, ()) or not any(column.target and column.target.field == "company" and not column.target.of for column in columns):
        return list(columns)
    address = _address_of_company(columns) if "address" not in entity_class(entity).fields else {}
    found = list(columns)
    for place, column in enumerate(found):
        target = own_name("company", column.header) if column.target is None and not column.why else None
        if target and target.field in _OF_COMPANIES and (target.field != "revenue" or entity == "contact"):
            found[place] = replace(column, target=replace(target, of="company"), why="name")
        elif part := address.get(column.index):
            found[place] = replace(column, target=Target("address", part=part, of="company"), why="name")
    return found


def _address_of_company(columns: Sequence[Column]) -> dict[int, str]:
    """Return the parts of an address that columns hold which say nothing of whose it is; a state or region alone is none, it may be that of a salesman."""
    if any(column.target and column.target.field == "address" for column in columns):
        return {}
    told = {c.index: target for c in columns if c.target is None and not c.why and (target := own_name("company", c.header) or worded("company", c.header))}
    parts = {index: target.part for index, target in told.items() if target.field == "address" and not target.label}
    return parts if len(set(parts.values())) == len(parts) and set(parts.values()) - {"state"} else {}


def _settled(entity: str, columns: Sequence[Column], table: Table) -> list[Column]:
    """Let one column fill a link, by name rather than by id, and make one birthday of three columns."""
    settled = _identified(entity, columns, table)
    kept: dict[tuple[str, str], int] = {}
    for position, column in enumerate(settled):
        target = column.target
        if target is None or not is_link({"": entity, "line": LINE}.get(target.of, target.of), target.field):
            continue
        key = (target.of, target.field)
        other = kept.get(key)
        if other is None:
            kept[key] = position
            continue
        better = settled[other].target
        is_better = (better is not None and better.is_key and not target.is_key) or (column.why == "product" != settled[other].why)
        loser = other if is_better else position
        kept[key] = position if loser == other else other
        settled[loser] = replace(settled[loser], target=None, why="")
    settled = _by_mail(entity, settled, kept)
    settled = [_own_or_none(entity, c, c.target) if c.target and c.why != "user" and not _is_taken(entity, c.target, kept) else c for c in settled]
    fields = {column.target.field for column in settled if column.target and not column.target.of}
    if entity == "lead" and "company_name" not in fields:  # the company that a lead became stands beside the one it names, as we export it
        settled = [replace(c, target=Target("company_name")) if c.target == Target("company") and c.why != "user" else c for c in settled]
    if "product" not in fields:
        settled = [replace(c, target=None, why="") if c.target == Target("product_quantity") and c.why != "user" else c for c in settled]
    if {"birth_month", "birth_year"} <= fields:
        settled = [replace(c, target=Target("birth_day")) if c.target == Target("birthday") and bare(c.header) == "birthday" else c for c in settled]
    return settled


def _by_mail(entity: str, columns: list[Column], kept: dict[tuple[str, str], int]) -> list[Column]:
    """Let the mail address of the contact say who it is where no column names them; tickets read it together with what else the row says of the customer."""
    of_contact = {place: c.target.field for place, c in enumerate(columns) if c.target and c.target.of == "contact" and c.why != "user"}
    place = next((place for place, field in of_contact.items() if field == "email"), None)
    if place is None or entity in {"company", "ticket"} or ("", "contact") in kept or not _NAMES.isdisjoint(of_contact.values()):
        return columns
    kept["", "contact"] = place
    return [replace(c, target=Target("contact"), cut=_MAIL_BEHIND, is_mail=True) if at == place else c for at, c in enumerate(columns)]


_NAMES = frozenset({"name", "given_name", "family_name", "middle_name", "suffix", "nickname"})
_ONE_VALUE = frozenset({"text", "integer", "decimal", "rate", "money", "price", "date", "moment", "choice", "flag"})
_OF_SEVERAL = frozenset({"title", "salutation", "nickname"})


def _told_once(entity: str, columns: Sequence[Column], table: Table) -> list[Column]:
    """Let a field be filled by one column where another that means the same holds something else in the same rows: that one would be lost in silence."""
    found = list(columns)
    fields = entity_class(entity).fields
    first: dict[str, Column] = {}
    for place, column in enumerate(found):
        target = column.target
        if target == Target("nickname") and column.why not in {"user", "kept"} and _are_named(columns, table, column.index):
            found[place] = replace(column, target=None, why="", confidence=0.0, reason=tr("The rows have names beside."))
            continue
        if entity in {"contact", "lead"} and target == Target("name") and column.why not in {"user", "kept"} and _calls_others(columns, table, column.index):
            found[place] = _company_or_none(entity, column, columns, table)
            continue
        item = fields.get(target.field) if target and not target.of else None
        if item is None or item.kind not in _ONE_VALUE or item.name in _OF_SEVERAL or column.why in {"user", "kept"}:
            continue
        other = first.setdefault(item.name, column)
        if other is not column and any(_differ(cells, other.index, column.index) for _, cells in table.sample):
            if item.name == "name" and entity in {"contact", "lead"}:
                found[place] = _company_or_none(entity, column, found, table)
            else:
                found[place] = replace(column, target=None, why="", confidence=0.0, reason=tr("“{column}” fills the same field.", column=other.header))
    return found


_SCHEME = re.compile(r"^(?:https?://)?(?:www\.)?", re.IGNORECASE)


def _are_named(columns: Sequence[Column], table: Table, index: int) -> bool:
    """Say whether all rows with a nickname have a name too, which is the one that people are called by."""
    names = [column.index for column in columns if column.index != index and column.target in {Target("name"), Target("given_name"), Target("family_name")}]
    nicked = [cells for _, cells in table.sample if index < len(cells) and cells[index] != ""]
    return bool(nicked) and all(any(name < len(cells) and shown(cells[name]).strip() for name in names) for cells in nicked)


def _calls_others(columns: Sequence[Column], table: Table, index: int) -> bool:
    """Say whether a column of names calls something else than the given and family names beside it, in most rows that have all three."""
    of_person = [next((c.index for c in columns if c.target == Target(name)), None) for name in ("given_name", "family_name")]
    votes = 0
    for _, cells in table.sample if None not in of_person else ():
        texts = [folded(shown(cells[place]).strip()) if place is not None and place < len(cells) else "" for place in (index, *of_person)]
        if "" not in texts:
            is_the_same = any(name in texts[0] or texts[0] in name for name in texts[1:]) and not is_surely_a_company(shown(cells[index]))
            votes += -1 if is_the_same else 1
    return votes > 0


def _company_or_none(entity: str, column: Column, columns: Sequence[Column], table: Table) -> Column:
    """Let a column of other names be that of the company where its cells show it; else it goes nowhere, unless it is all that some rows have."""
    target = Target("company_name" if entity == "lead" else "company")
    if any(is_surely_a_company(shown(cell)) for cell in table.values(column.index)) and not any(c.target == target for c in columns):
        return replace(column, target=target, why="content", confidence=0.7, reason=tr("Its cells are companies."))
    return (
        replace(column, target=None, why="", confidence=0.0, reason=tr("The rows have names beside.")) if _are_named(columns, table, column.index) else column
    )


def _differ(cells: Sequence[Cell], one: int, other: int) -> bool:
    """Say whether two cells of a row both say something, and not the same."""
    texts = [bare(_SCHEME.sub("", shown(cells[index]).strip())) if index < len(cells) else "" for index in (one, other)]
    return "" not in texts and texts[0] != texts[1]


def _is_taken(entity: str, target: Target, links: Collection[tuple[str, str]]) -> bool:
    """Say whether what a column tells of a linked company or contact comes in: the rows must say which, and names make people of companies only."""
    if target.of not in {"company", "contact"} or entity == "company" or (entity == "ticket" and target == Target("email", of="contact")):
        return True
    return ("", target.of) in links and not (target.of == "contact" and target.field in _NAMES and entity != "ticket")


def _own_or_none(entity: str, column: Column, target: Target) -> Column:
    """Let the phone of a company that the rows don't name be the person's; anything else of it has no place."""
    return replace(
        column, target=replace(target, of="") if entity == "contact" and target.field in {"phone", "email"} else None, why=column.why * (entity == "contact")
    )


_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def _identified(entity: str, columns: Sequence[Column], table: Table) -> list[Column]:
    """Tell our own ids from those of other programs: records that we exported are themselves when they come back."""
    columns = _by_field_names(entity, columns)
    found = list(columns)
    named = {column.target.field for column in columns if column.target and not column.target.of and not column.target.is_key}
    own_external = any(bare(column.header) in labels_of("company", "external_id") | {"externalid"} for column in columns)
    for position, column in enumerate(columns):
        word = bare(column.header)
        are_ours = all(_UUID.fullmatch(str(value)) for value in table.values(column.index))
        if are_ours and word in own_id_headers() and table.values(column.index):
            found[position] = replace(column, target=Target("id"), why="product")
        elif are_ours and (name := id_headers(entity).get(word)) and name.removesuffix("_id") in named:
            found[position] = replace(column, target=Target(name), why="product")
        elif word in labels_of("company", "source") | {"source"} and own_external:
            found[position] = replace(column, target=Target("source"), why="product")
    return found


def _by_field_names(entity: str, columns: Sequence[Column]) -> list[Column]:
    """Take a column for the field that is called so where the field that is called so too has its own: beside `company_name`, `company` is what a lead became."""
    fields = {bare(name): name for name in entity_class(entity).fields}
    headers = {bare(column.header) for column in columns}
    found = []
    for column in columns:
        name, target = fields.get(bare(column.header)), column.target
        is_theirs = name and target and not target.of and target.field != name and not target.label and bare(target.field) in headers
        found.append(replace(column, target=Target(name)) if is_theirs and name else column)
    return found


# ---- saying why ----

_CONFIDENCE = {"user": 1.0, "kept": 1.0, "product": 0.99, "name": 0.95, "spelling": 0.7, "content": 0.6}
_KIND_OF_FIELD = {"email": "email", "phone": "phone", "website": "website", "country": "country", "postal_code": "postal_code", "date": "date", "moment": "date",
                  "integer": "decimal", "decimal": "decimal"}  # fmt: skip


def _with_reason(entity: str, column: Column, table: Table, product: Product | None) -> Column:
    """Say how sure the guess is and why."""
    target = column.target
    if target is None:
        return replace(column, confidence=0.0, reason=column.reason or _why_left(column, product))
    confidence = column.confidence or _CONFIDENCE.get("product" if product and column.why == "name" else column.why, 0.5)
    if column.reason:
        return replace(column, confidence=confidence)
    if product and column.why in {"product", "name"}:
        return replace(column, confidence=0.99, reason=tr("{product} calls it so.", product=product.name))
    owner = entity_class({"line": "quote_line"}.get(target.of, target.of) or entity) if target.of != "message" else None
    item = owner.fields.get(target.field) if owner else None
    kind = _KIND_OF_FIELD.get(target.part or target.field) or _KIND_OF_FIELD.get(item.kind if item else "")
    if kind and (seen := look(table.values(column.index), kind)).count:
        reason = tr("The name says so, and {fit} of {count} look like {what}.", fit=seen.fit, count=seen.count, what=tr(KINDS_OF_CELLS[kind][0]))
        return replace(column, confidence=round(confidence * (0.5 + 0.5 * seen.share), 2), reason=reason)
    return replace(column, confidence=confidence, reason=tr("The name says so."))


def _why_left(column: Column, product: Product | None) -> str:
    if column.why == "rejects":
        return tr("The reasons of an earlier import.")
    if column.why == ANOTHER:
        return tr("It is about another person, and of each row one comes in.")
    if column.why == "thousands":
        return tr("Its name says that the amounts are in thousands or more.")
    if column.why == "beside":
        return tr("It stands for people beside the name, which leads to the same record.")
    if column.why == "product" and product:
        return tr("There is no field for it; it can become one of your own.")
    return tr("Neither the name nor the cells tell what it is.")


def importable() -> tuple[str, ...]:
    """Return the entities that files can be imported as."""
    parts = {"phone", "email", "handle", "address", "memo", "record_tag", "attachment"}
    workings = {"setting", "spent_number", "number_series", "saved_view", "custom_field", "import_mapping"}
    return tuple(name for name in ENTITIES if name not in parts | workings)


def _is_beside(entity: str, column: Column, target: Target) -> bool:
    """Say whether a column tells of a linked record only because there is one: a list of people has phones and industries too."""
    if entity == "company" and target.of == "contact" and target.field in {"given_name", "family_name", "salutation"} and own_name("contact", column.header):
        return True  # a given name says that the rows are people
    return target.of in {"company", "contact"} and not (entity == "ticket" and target.field == "email") and by_name(entity, column.header, ())[0] is None


# The entities that files are about, the commonest first, and the columns without which a file is hardly about them.
_TELLING = {
    "contact": {"given_name", "family_name", "salutation", "birthday", "role", "email", "phone"}, "company": {"name", "industry", "employees", "revenue", "vat_id", "website", "founded"},
    "lead": {"status", "origin", "arrived_at"}, "deal": {"stage", "amount", "close_on", "expected_close_on", "pipeline", "lost_reason"},
    "product": {"price", "code", "unit", "cost", "tax_rate"}, "ticket": {"subject", "status", "priority", "channel", "description", "number", "resolution"},
    "quote": {"number", "date", "valid_until", "quantity", "unit_price"}, "activity": {"kind", "at", "body", "subject", "minutes", "direction"},
    "task": {"due_on", "subject", "done_at", "remind_at"}, "article": {"title", "body"}, "member": set(),
}  # fmt: skip
_RARELY = {"member": 0.25}
"""What files are about only if nearly all columns say so."""
_OF_ANYTHING = frozenset({"description", "body", "note", "external_id", "queue"})
"""What anything may have, so that it tells nothing of what the rows are: a category has a number and a description like a ticket."""


def suggest_entity(table: Table) -> str:
    """Return what the rows of a file most likely are: what the program that wrote it says, else where most of its columns belong."""
    if table.ways and table.ways.entity:
        return table.ways.entity
    product = recognise(table.columns)
    if product and product.entity:
        return product.entity
    best, most = "contact", 0.0
    for entity, telling in _TELLING.items():
        try:
            layout = guess(entity, table, looks_at_cells=not table.has_header)
        except UserError:  # the file says itself what it holds, and that is nothing of this sort
            continue
        told = [target for column in layout.columns if (target := column.target) and not _is_beside(entity, column, target)]
        targets = {target.field for target in told}
        if targets <= _OF_ANYTHING and entity != best:
            continue
        # Columns of a linked record, such as `contact_title`, tell that the rows are not such records themselves.
        has_others = any(target.of for target in told)
        score = len(targets) / max(len(table.columns), 1) + len(targets & telling) * 0.25 + 0.5 * has_others - _RARELY.get(entity, 0.0)
        if score > most + 1e-9:
            best, most = entity, score
    return best
