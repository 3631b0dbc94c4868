"""What the columns of a file mean: told by the exporting product, by name in many languages, and by content; the user has the last word."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from crmdesk.clock import today
from crmdesk.errors import UserError
from crmdesk.exchange import headers
from crmdesk.exchange.entries import TOLD_BY, title_of, virtual_names
from crmdesk.exchange.looks import KINDS_OF_CELLS, date_in, look, texts_of
from crmdesk.exchange.products import recognise
from crmdesk.exchange.salutations import is_salutation_or_title
from crmdesk.exchange.words import bare, meaning
from crmdesk.fields import KINDS, AmbiguousDate, Field, Reading
from crmdesk.i18n import speaking, tr
from crmdesk.models.base import ENTITIES
from crmdesk.models.countries import region_of
from crmdesk.models.registry import entity_class

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmdesk.exchange.looks import Look
    from crmdesk.exchange.products import Product
    from crmdesk.exchange.table import Cell, Table

ADDRESS_PARTS = ("street", "postal_code", "city", "state", "country")
MORE_ADDRESS_PARTS = ("house_number", "street2", "street3", "po_box", "extended", "formatted")
PART_FIELDS = ("phone", "email", "handle", "address", "tags", "note")


@dataclass(frozen=True)
class Target:
    """Where the cells of a column go.

    Attributes:
        field: a field of the entity, or one of `VIRTUAL`.
        label: of phones, mails, handles, addresses: which one.
        part: of addresses: the column.
        of: the linked or owned record that the field belongs to: `company`, `contact`, `line`, `message`.
        is_key: cells are the other program's ids.
    """

    field: str
    label: str = ""
    part: str = ""
    of: str = ""
    is_key: bool = False

    def __str__(self) -> str:
        return ".".join(piece for piece in (self.of, self.field, self.label, self.part) if piece)


@dataclass(frozen=True)
class Column:
    """One column of a file and what becomes of it.

    Attributes:
        target: None if the column is left out.
        label_index: the column whose cells say which phone, mail or address this is.
        why: what decided: `user`, `kept`, `fresh` (a field yet to be made), `product`, `name`, `spelling`, `content`, `rejects`, or empty.
        confidence: how sure that is, 0 to 1. reason: the same as a sentence; of a column that is left out, why it is.
        cut: what is cut off the cells before a linked record is looked up, as a pattern.
    """

    index: int
    header: str
    target: Target | None = None
    label_index: int | None = None
    why: str = ""
    confidence: float = 0.0
    reason: str = ""
    cut: str = ""


@dataclass(frozen=True)
class Layout:
    """What all columns of a file mean.

    Attributes:
        product: the program that wrote the file, where it was recognised.
        source: what the records' external ids belong to.
    """

    entity: str
    columns: tuple[Column, ...]
    product: str | None = None
    source: str = ""
    unused: tuple[str, ...] = field(default=())

    def index_of(self, name: str, of: str = "") -> int | None:
        """Return the first column that goes to a field."""
        return next((c.index for c in self.columns if c.target and c.target.field == name and c.target.of == of), None)

    def has(self, name: str, of: str = "") -> bool:
        """Say whether a column goes to a field."""
        return self.index_of(name, of) is not None


# Values that no field takes as they are; the entity's importer makes something of them.
VIRTUAL: dict[str, tuple[str, ...]] = {
    "contact": ("name", "middle_name", "suffix", "nickname", "record_kind", "birth_day", "birth_month", "birth_year", "website"),
    "lead": ("name", "middle_name", "suffix", "website", "salutation", "title"),
    "company": ("record_kind",),
    "member": ("given_name", "family_name", "middle_name"),
    "deal": ("close_on", "outcome"),
    "quote": ("discount",),
    "quote_line": ("discount",),
    "ticket": ("description",),
    **{entity: tuple(virtual_names(entity)) for entity in TOLD_BY},
}
RELATED: dict[str, tuple[str, ...]] = {
    "contact": ("company",), "company": ("contact",), "deal": ("contact", "company"), "ticket": ("contact", "company"), "activity": ("contact", "company"),
    "task": ("contact", "company"), "quote": ("contact", "company", "line"), "quote_line": (), "lead": (),
}  # fmt: skip
LINE = "quote_line"

# Names beyond the fields' own aliases.
_NAMES: dict[str, dict[str, str]] = {
    "contact": {
        "middle_name": "middle name|additional name|weitere vornamen|deuxième prénom|отчество|中间名|second name", "suffix": "suffix|name suffix|generation|суффикс|后缀",
        "nickname": "nickname|nick|spitzname|file as|short name", "title": "name prefix|honorific|akademischer titel|обращение|称谓|titre de civilité|title of courtesy",
        "given_name": "first|given|prénom|имя|fname|given names", "family_name": "last|nom|nom de famille|фамилия|sname|lname",
        "name": "person|person name|nom complet|полное имя|fullname|contact person|ansprechpartner",
        "salutation": "sex|geschlecht|sexe|пол|性别|civilité",
        "role": "position|title|fonction|profession|должность|职务|occupation|stelle|funktion|job|organization title|organization 1 title",
        "department": "service|отдел|organization department|organization 1 department",
        "company": "employer|entreprise|société|организация|单位|company organization|organization 1 name|related company|associated company|azienda|empresa|"
        "company account|works for",
        "birthday": "anniversaire|день рождения|bday|dob|birth", "note": "附注|заметки|annotations|memo|remarks|bemerkungen|notes content|description",
        "tags": "labels|catégories|категории|类别|tag list|group membership|keywords|label",
        "owner": "account owner|person owner|contact owner|assigned to|assigned user|owner name",
        "reports_to": "managers name|manager name|经理姓名|name des vorgesetzten", "record_kind": "company type|is company|is a company|contact type|record type",
        "birth_day": "birth day", "birth_month": "birth month", "birth_year": "birth year",
    },
    "company": {
        "name": "name|firm|business|security|entreprise|société|organization name|организация|公司名|account name|client|client name|lieferant|supplier|"
        "supplier name|site name", "parent": "subsidiary of|parent company|parent organization|muttergesellschaft|konzern",
        "note": "remarks|bemerkungen", "tags": "label|labels|groups", "website": "website url|site internet|company domain name|domain name|web site",
        "owner": "owner name|assigned to|organization owner|company owner",
        "founded": "founded|founding year|gründungsjahr", "industry": "gics sub industry|gics sector|naics|category",
        "employees": "number of employees|employee count|people count|headcount|mitarbeiterzahl", "record_kind": "company type|is company|is a company",
        "revenue": "revenue|turnover|annual turnover|jahresumsatz", "customer_number": "customer number|client number|debitor|debitorennummer|account number",
    },
    "lead": {
        "middle_name": "middle name", "suffix": "suffix", "given_name": "first|given|prénom", "family_name": "last|nom",
        "company_name": "organization|organisation|employer|company organization|entreprise", "role": "title|designation|job title|position",
        "origin": "campaign|channel|herkunft", "arrived_at": "created time|created at|create date|created date|creation date|date",
        "owner": "assigned to|owner name", "note": "notes|comments", "tags": "tag|labels|label", "amount": "deal value|annual value|estimated value",
        "salutation": "salutation|anrede", "name": "name|person name|contact name|full name",
    },
    "deal": {
        "name": "name|deal title|subject|topic|opportunity title|bezeichnung",
        "close_on": "close date|closing date|closed on|won time|close time|actual close date|abschluss",
        "expected_close_on": "expected close|expected closing date|expected closing",
        "opened_on": "created date|created time|creation date|start date|opened|add time|deal created|engage date",
        "closed_on": "closed date|won lost time", "stage": "stage|status|deal status|pipeline stage",
        "company": "organization name|customer|client|account name|company name|associated company|customer id",
        "contact": "contact person|person name|primary contact|contact name",
        "amount": "amount|deal amount|expected revenue|total amount|wert|volumen|price", "lost_reason": "lost reason|closed lost reason|reason for loss",
        "owner": "owner name|assigned to|agent|sales rep|salesperson|rep|owner", "pipeline": "pipeline|sales process", "origin": "original source",
        "product": "product name|product", "note": "notes|comments|deal description|next step", "tags": "label|labels|tag",
    },
    "product": {"name": "title|item name|article|description short|bezeichnung", "code": "code|item number|part number|productcode|item code",
    "price": "retail price|net price|unit cost|verkaufspreis|rate", "cost": "standard cost|einkaufspreis|purchase price", "note": "long description|comment",
                "category": "product category|group|warengruppe|family", "unit": "uom|unit of measure|usage unit|quantity per unit", "is_active": "active|product active|enabled"},
    "member": {"name": "name|user|user name|username|display name|employee|agent name", "given_name": "first name|given name|vorname|prénom",
    "family_name": "last name|surname|nachname|nom", "middle_name": "middle name", "email": "email address|work email",
    "region": "territory|team|regional office", "manager": "manager|reports to|supervisor"},
    "ticket": {"subject": "title|summary|betreff|issue|ticket subject|ticket name",
    "description": "description|ticket description|body|message|details|text|problem|beschreibung|content|问题描述", "status": "state|ticket status",
    "contact": "customer|client|requester name|customer name|reporter|kunde|contact name", "company": "account|organization|company name|account name",
               "opened_at": "created time|created date|creation date|opened|opened on|date|ticket created|reported at|received",
               "first_replied_at": "first reply time|first response|first response at|initial response time",
               "resolved_at": "resolution time|resolved at|resolved on|resolved time|date resolved",
               "closed_at": "closed at|closed date|closed time|date closed",
               "queue": "category|type|department|group|team|queue|issue type", "product": "product name|product",
               "csat": "satisfaction|satisfaction rating|csat score|satisfaction score", "resolution": "solution|resolution notes|answer",
               "channel": "source|via|origin", "tags": "labels|tag", "priority": "urgency|severity|prio"},
    "quote": {"number": "quote no|quote id|offer number|order number|order no|invoice number|document number|reference number|auftragsnummer|bestellnummer",
    "date": "order date|invoice date|document date|created|creation date|issue date|issued on|created date", "valid_until": "valid to|expires|expiry|valid until",
    "company": "customer name|client|account name|bill to|company name|customer|buyer",
              "contact": "contact name|contact person", "owner": "sales rep|employee id|employee name|assigned to|seller|agent",
              "status": "quote status|order status|state|stage", "reference": "your reference|po number|customer reference|purchase order",
              "deal": "opportunity|opportunity name|deal name", "terms": "terms and conditions|conditions"},
    "quote_line": {"quote": "quote|quote number|quote id|order number|order no|document|document number|invoice number|invoice no|invoiceno",
    "description": "product name|item name|name|line description|stock description|text|bezeichnung",
    "product": "product|sku|stock code|item code|article|product code|artikel", "quantity": "count|units|amount ordered|anzahl|stück",
    "unit_price": "unit price|price each|sales price|list price|einzelpreis|rate",
                   "discount": "discount|discount percent|discount %|rabatt|rabatt %|折扣|discount rate", "unit": "uom|unit|einheit",
                   "tax_rate": "tax|vat|tax %|vat %|mwst|steuersatz|税率", "position": "line number|line|pos|position"},
    "activity": {"kind": "activity type|type|channel", "subject": "summary|name|activity subject",
    "at": "date|start|start time|activity date|when|created|created at|timestamp|created time|due date",
    "body": "content|notes|comments|details|message|text", "owner": "user|assigned to|logged by|created by|author",
    "company": "account|organization name|company name|associated company|customer",
                 "contact": "contact name|person|person name|associated contact|with", "deal": "deal title|opportunity|deal name", "minutes": "duration minutes|duration (min)|length"},
    "task": {"subject": "name|summary|activity subject|to do|todo", "due_on": "deadline|due date|date|end date|faellig am|fällig am",
    "body": "notes|description|details|comments", "owner": "assignee|assigned user|responsible", "company": "account|organization name|company name",
    "contact": "contact name|person name", "deal": "deal title|opportunity", "done_at": "completed|completed at|date completed|done"},
    "article": {"title": "question|subject|name", "body": "answer|content|text|article"},
    "deal_product": {"quantity": "count|units|amount ordered|anzahl|stück|qty|menge|数量", "unit_price": "price|list price|sales price|einzelpreis|preis|单价",
    "product_code": "code|sku|item code|article number"},
    "deal_contact": {"contact": "person|name|contact name|contact person", "role": "contact role|buying role|function"},
    "message": {"ticket_number": "ticket no|case number|case no", "at": "date|time|created|created at|created time|sent|sent at|timestamp",
    "body": "message|comment|content|description|note|reply|nachricht", "member": "author|agent|user|created by|from", "kind": "direction|type"},
}  # fmt: skip

# Words by which programs call the records of an entity, for columns such as `order_id`.
_CALLED: dict[str, str] = {
    "company": "company account customer client organization organisation firm supplier partner shipper kunde firma lieferant entity",
    "contact": "contact person customer people partner client kontakt", "deal": "deal opportunity",
    "product": "product item article produkt artikel", "quote": "quote order offer invoice salesorder angebot auftrag bestellung",
    "quote_line": "line lineitem orderline", "ticket": "ticket case issue request", "member": "member employee agent user owner rep salesrep", "lead": "lead",
    "activity": "activity event call meeting", "task": "task todo activity", "stage": "stage", "pipeline": "pipeline", "article": "article", "tag": "tag",
}  # fmt: skip


@lru_cache(maxsize=128)
def names_of(entity: str) -> dict[str, str]:
    """Return the field that each known column name means, by the bare name; earlier sources win over later ones."""
    fields = {name: item for name, item in entity_class(entity).fields.items() if _can_be_given(entity, item)}
    known: dict[str, str] = {}

    def learn(text: str, name: str) -> None:
        known.setdefault(bare(text), name)

    for name, item in fields.items():
        learn(name, name)
        for language in ("en", "de", "zh"):
            with speaking(language):
                learn(tr(item.label), name)
    for name, (link, column) in virtual_names(entity).items():
        learn(name, name)
        for language in ("en", "de", "zh"):
            with speaking(language):
                learn(title_of(entity, link, column), name)
    for name, texts in _NAMES.get(entity, {}).items():
        for text in texts.split("|"):
            learn(text, name)
    for name, item in fields.items():
        for alias in item.aliases:
            learn(alias, name)
    known.pop("", None)
    # What our own exports call a column wins over the label of another field; “company” of a lead is more often its name, though.
    known.update({bare(name): name for name, item in fields.items() if item.kind != "link"})
    if entity == "deal":
        known.update({bare(text): "close_on" for text in _NAMES["deal"]["close_on"].split("|") if bare(text) not in {bare(name) for name in fields}})
    return known


def _can_be_given(entity: str, item: Field) -> bool:
    if item.kind == "parts":
        return item.name in PART_FIELDS
    return item.name not in {"sort_key", "name_key", "amount_base", "source"} and (not item.derived or item.name == "name")


# ---- guessing ----


def guess(entity: str, table: Table, own_fields: Sequence[Field] = (), looks_at_cells: bool = True) -> Layout:
    """Guess what each column of a table means.

    Args:
        own_fields: the user's own fields of the entity; their columns are told by name or label.
        looks_at_cells: whether columns that no name tells are told by their cells; that takes longer.
    """
    if table.ways:
        stated: Layout = table.ways.layout(entity, table)
        return stated
    product = recognise(table.columns, entity)
    columns = [_first_guess(entity, index, header, table, own_fields, product) for index, header in enumerate(table.columns)]
    columns = _with_lines(columns) if entity == "quote" else _pair_labels(columns)
    columns = [column if column.why in _SAID else _vetted(entity, column, table, own_fields) for column in columns]
    if product is None and looks_at_cells:
        columns = [_respelled(entity, column, table, own_fields) for column in columns]
        columns = _by_content(entity, columns, table)
    columns = [_with_reason(entity, column, table, product) for column in _settled(entity, columns, table)]
    return _finished(entity, columns, product.name if product else None, table)


_SAID = frozenset({"product", "rejects"})


def _first_guess(entity: str, index: int, header: str, table: Table, own_fields: Sequence[Field], product: Product | None) -> Column:
    """Tell a column by what is known of its program, else by its name."""
    if is_reason_column(header if table.has_header else "", table.values(index)):
        return Column(index, header, why="rejects")
    if not table.has_header:
        return Column(index, header)
    if product and product.entity == entity:
        stated, cut = product.fields.get(bare(header)), product.cut.get(bare(header), "")
        if stated is not None:
            return Column(index, header, _stated(entity, stated) if stated else None, why="product", cut=cut)
    target, why = _by_name(entity, header, own_fields)
    return Column(index, header, target, None, why, cut=product.cut.get(bare(header), "") if product else "")


def _stated(entity: str, text: str) -> Target:
    target = parse_target(entity, text.removesuffix("#"))
    return replace(target, is_key=True) if text.endswith("#") else target


@lru_cache(maxsize=1)
def _reasons() -> tuple[frozenset[str], re.Pattern[str]]:
    """Return what the column with the reasons of rejected rows is called, and how its cells begin, in all languages."""
    names, patterns = set(), []
    for language in ("en", "de", "zh"):
        with speaking(language):
            names.add(tr("Reason"))
            before, _, after = tr("Line {line}: {reason}", line="\0", reason="\0").partition("\0")
            patterns.append(rf"{re.escape(before)}\d+{re.escape(after.partition(chr(0))[0])}")
    return frozenset(names), re.compile("|".join(patterns))


def is_reason_column(header: str, values: Sequence[Cell]) -> bool:
    """Say whether a column is the one that we wrote beside rejected rows; the user may have emptied some of its cells."""
    names, pattern = _reasons()
    if header and header not in names:
        return False
    return bool(values) and all(isinstance(value, str) and pattern.match(value) for value in values) or (header in names and not values)


_OF_LINES = ("product", "description", "quantity", "unit_price", "discount", "unit", "tax_rate")


def _with_lines(columns: Sequence[Column]) -> list[Column]:
    """Tell the columns of lines where each row of a file of quotes is a line: there are quantities and prices."""
    told = {column.index: target for column in columns if column.target is None and (target := _own_name(LINE, column.header)) and target.field in _OF_LINES}
    if not {"quantity", "unit_price"} <= {target.field for target in told.values()}:
        return list(columns)
    return [replace(c, target=replace(told[c.index], of="line"), why="name") if c.index in told else c for c in columns]


def _settled(entity: str, columns: Sequence[Column], table: Table) -> list[Column]:
    """Let one column fill a link, by name rather than by id, and make one birthday of three columns."""
    settled = _identified(columns, table)
    kept: dict[tuple[str, str], int] = {}
    for position, column in enumerate(columns):
        target = column.target
        if target is None or not _is_link({"": entity, "line": LINE}.get(target.of, target.of), target.field):
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
    fields = {column.target.field for column in settled if column.target and not column.target.of}
    if entity == "lead" and "company_name" not in fields:  # the company that a lead became stands beside the one it names, as we export it
        settled = [replace(c, target=Target("company_name")) if c.target == Target("company") and c.why != "user" else c for c in settled]
    if {"birth_month", "birth_year"} <= fields:
        settled = [replace(c, target=Target("birth_day")) if c.target == Target("birthday") and bare(c.header) == "birthday" else c for c in settled]
    return settled


_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def _identified(columns: Sequence[Column], table: Table) -> list[Column]:
    """Tell our own ids from those of other programs: records that we exported are themselves when they come back."""
    found = list(columns)
    own_external = any(bare(column.header) in _labels_of("company", "external_id") | {"externalid"} for column in columns)
    for position, column in enumerate(columns):
        word = bare(column.header)
        if word == "id" and (values := table.values(column.index)) and all(_UUID.fullmatch(str(value)) for value in values):
            found[position] = replace(column, target=Target("id"), why="product")
        elif word in _labels_of("company", "source") | {"source"} and own_external:
            found[position] = replace(column, target=Target("source"), why="product")
    return found


def _finished(entity: str, columns: Sequence[Column], product: str | None, table: Table) -> Layout:
    unused = tuple(c.header for c in columns if c.target is None and c.why != "rejects" and table.values(c.index) and not _is_label_column(c, columns))
    return Layout(entity, tuple(columns), product, table.ways.source if table.ways else product or table.path.stem, unused)


def _is_label_column(column: Column, columns: Sequence[Column]) -> bool:
    return any(other.label_index == column.index for other in columns)


_GOOGLE = re.compile(r"(e-?mail|phone|address|website|organization|event|im|custom field|relation) (\d+) - (.+)", re.IGNORECASE)
_PIPEDRIVE = re.compile(r"(person|organization|organisation|deal|lead|activity|note|product|contact|company) - (.+?)\*?(?:\s*\((.+)\))?\*?", re.IGNORECASE)
_PREFIXES = {"person": "contact", "contact": "contact", "organization": "company", "organisation": "company",
"company": "company", "deal": "deal", "lead": "lead", "activity": "activity", "product": "product"}
_LABELS = frozenset({"label", "type"})
_GOOGLE_PARTS = {
    "formatted": "formatted", "street": "street", "city": "city", "po box": "po_box", "region": "state", "postal code": "postal_code", "country": "country", "extended address": "extended"
}  # fmt: skip


def _by_name(entity: str, header: str, own_fields: Sequence[Field]) -> tuple[Target | None, str]:
    header = header.strip().strip("*").strip()
    if found := _GOOGLE.fullmatch(header):
        return _google(entity, found[1].lower().replace("-", ""), found[3].lower()), "product"
    if found := _PIPEDRIVE.fullmatch(header):
        prefix = _PREFIXES.get(found[1].lower(), "")
        inner = f"{found[3]} {found[2]}" if found[3] and bare(found[2]) in {"phone", "email"} else found[2]
        return _related(entity, prefix, inner), "product"
    if found := _OURS.fullmatch(header):
        target = _as_we_write(entity, found)
        if target:
            return target, "name"
    for item in own_fields:
        if bare(header) in {bare(item.name), bare(item.label)}:
            return Target(item.name), "name"
    target = _own_name(entity, header) or _prefixed(entity, header) or _worded(entity, header)
    return target, "name" if target else ""


# As our own exports call the columns of list fields: `phone.work`, `address.home.city 2`, “Phone (work) 2”, “City (home)”.
_OURS = re.compile(r"(?:(?P<name>[a-z_]+)\.(?P<rest>.+?)|(?P<label>.+?) \((?P<said>[^()]+)\))(?: (?P<number>\d+))?")


def _as_we_write(entity: str, found: re.Match[str]) -> Target | None:
    number = f"#{found['number']}" if found["number"] else ""
    fields = entity_class(entity).fields
    if found["name"]:
        item = fields.get(found["name"])
        if item is None or item.kind != "parts" or item.name not in PART_FIELDS:
            return None
        if item.name != "address":
            return Target(item.name, label=found["rest"])
        label, _, part = found["rest"].rpartition(".")
        return Target("address", label=label + number, part=part) if part in ADDRESS_PARTS else None
    said, word = found["said"], bare(found["label"])
    for name in ("phone", "email", "handle"):
        if name in fields and fields[name].kind == "parts" and word in _labels_of(entity, name):
            return Target(name, label=said)
    part = next((part for part in ADDRESS_PARTS if word in _labels_of("address", part)), "") if "address" in fields else ""
    return Target("address", label=said + number, part=part) if part else None


@lru_cache(maxsize=256)
def _labels_of(entity: str, name: str) -> frozenset[str]:
    found = set()
    for language in ("en", "de", "zh"):
        with speaking(language):
            found.add(bare(tr(entity_class(entity).fields[name].label)))
    return frozenset(found)


def _google(entity: str, what: str, part: str) -> Target | None:
    listed = {item.name for item in entity_class(entity).fields.values() if item.kind == "parts"}
    if part in _LABELS:
        return None
    if what in {"email", "phone"} and what in listed and part == "value":
        return Target(what)
    if what == "address" and what in listed and part in _GOOGLE_PARTS:
        return Target("address", part=_GOOGLE_PARTS[part])
    if what in {"website", "im", "customfield", "custom field"} and part == "value" and "handle" in listed:
        return Target("website") if what == "website" else Target("handle")
    if what == "organization" and part in {"name", "title", "department"}:
        return _own_name(entity, {"name": "company", "title": "role", "department": "department"}[part])
    return None


def _own_name(entity: str, header: str) -> Target | None:
    """Tell the entity's own field, its number or id, or a linked record's id by the column's name."""
    word = bare(header)
    if entity in {"quote", "ticket"} and word in {f"{called}{end}" for called in _CALLED[entity].split() for end in ("id", "number", "no", "key")}:
        return Target("number")
    if word in {"id", "recordid", "externalid", "uniqueid", "externeid", "uid", "guid", "recid", "编号"} or word in _own_ids(entity):
        return Target("external_id", is_key=True) if word not in names_of(entity) or names_of(entity)[word] == "external_id" else Target(names_of(entity)[word])
    name = names_of(entity).get(word)
    if name in {"phone", "email"} and (labelled := _worded(entity, header)) and labelled.field == name:
        return labelled
    if name:
        return _target(entity, name, is_key=word.endswith("id") and _is_link(entity, name))
    stem = word.removesuffix("id")
    if stem != word and (link := _link_called(entity, stem)):
        return Target(link, is_key=True)
    if "address" in entity_class(entity).fields and (part := names_of("address").get(word)) in ADDRESS_PARTS:
        return Target("address", part=part or "")
    if (entity in {"contact", "lead"} and word == "website") or (word == "url" and entity in {"contact", "lead"}):
        return Target("website")
    return None


def _target(entity: str, name: str, is_key: bool = False) -> Target:
    if name == "address":
        return Target("address", part="street")
    return Target(name, is_key=is_key)


def _is_link(entity: str, name: str) -> bool:
    item = entity_class(entity).fields.get(name)
    return item is not None and item.kind == "link"


@lru_cache(maxsize=64)
def _own_ids(entity: str) -> frozenset[str]:
    return frozenset(f"{word}id" for word in [entity.replace("_", ""), *_CALLED.get(entity, "").split()])


def _link_called(entity: str, stem: str) -> str | None:
    """Return the link field that an id column such as `customer_id` fills."""
    fields = entity_class(entity).fields
    for name, item in fields.items():
        if item.kind == "link" and (bare(name) == stem or names_of(entity).get(stem) == name):
            return name
    for name, item in fields.items():
        if item.kind == "link" and item.target and item.target != entity and stem in _CALLED.get(item.target, "").split():
            return name
    return None


def _related(entity: str, other: str, header: str) -> Target | None:
    """Tell a column that belongs to a linked record: `Organization - Name`, `contact_title`."""
    if other == entity:
        target = _own_name(entity, header) or _worded(entity, header)
        return target
    if not other or other not in RELATED.get(entity, ()):
        if entity == "lead" and other == "company" and bare(header) == "name":
            return Target("company_name")
        return Target(other) if other in entity_class(entity).fields and bare(header) in {"name", "title"} else None
    inner = _own_name(other, header) or _worded(other, header)
    if inner is None:
        return None
    if inner.field == "name":
        return Target(other) if _is_link(entity, other) else replace(inner, of=other)
    if inner.field == "external_id":
        return Target(other, is_key=True) if _is_link(entity, other) else None
    return replace(inner, of=other)


_BEGINNINGS = {
    "contact": ("contact", "ansprechpartner", "kontakt", "联系人", "customer", "requester", "person", "client"),
    "company": ("company", "organization", "organisation", "account", "firma", "公司", "employer"),
}  # fmt: skip


def _prefixed(entity: str, header: str) -> Target | None:
    """Tell columns such as `contact_title` of a company or `Company Main Phone` of a contact."""
    words = [piece for piece in re.split(r"[\s_.\-/:]+", headers.CAMEL.sub(" ", header)) if piece]
    if len(words) < 2:
        return None
    for other in (entity, *RELATED.get(entity, ())):
        if bare(words[0]) in _BEGINNINGS.get(other, ()):
            rest = " ".join(words[1:])
            if other == entity:
                target = _own_name(entity, rest) or _worded(entity, rest)
                return target if target and target.field != "external_id" else None
            if found := _related(entity, other, rest):
                return found
    return None


def _worded(entity: str, header: str) -> Target | None:
    """Tell phones, mails, addresses and handles by the words of the column's name."""
    said = headers.understand(headers.pieces(header))
    fields = entity_class(entity).fields
    if said is None:
        return None
    if said.holds in {"phone", "fax", "mobile", "pager"} and "phone" in fields and fields["phone"].kind == "parts":
        label = {"phone": said.label, "fax": f"{said.label} fax".strip(), "mobile": "mobile", "pager": "pager"}[said.holds]
        return Target("phone", label=label)
    if said.holds == "email" and "email" in fields:
        return Target("email", label=said.label if fields["email"].kind == "parts" else "")
    if said.holds.startswith("address.") and "address" in fields:
        part = said.holds.removeprefix("address.")
        if part == "street" and said.number in {2, 3}:
            part = f"street{said.number}"
        return Target("address", label="" if said.label in {"main", "mailing"} else said.label, part=part)
    if said.holds == "website":
        return Target("website") if "website" in fields or entity in {"contact", "lead"} else None
    if said.holds.startswith("handle.") and "handle" in fields:
        return Target("handle", label=said.holds.removeprefix("handle."))
    return None


def _pair_labels(columns: Sequence[Column]) -> list[Column]:
    """Join columns such as “Phone 1 - Label” with the values that they are about."""
    by_key = {}
    for column in columns:
        if (found := _GOOGLE.fullmatch(column.header.strip())) and found[3].lower() in _LABELS:
            by_key[found[1].lower(), found[2]] = column.index
    paired = []
    for column in columns:
        found = _GOOGLE.fullmatch(column.header.strip())
        if found and column.target:
            target = column.target
            if target.field == "address":
                target = replace(target, label=f"#{found[2]}")
            column = replace(column, target=target, label_index=by_key.get((found[1].lower(), found[2])))
        paired.append(column)
    return paired


# ---- spelling ----

SHORTEST_WORD = 5


def _respelled(entity: str, column: Column, table: Table, own_fields: Sequence[Field]) -> Column:
    """Tell a column whose name is misspelt, if its cells don't contradict: `Adress`, `Compnay`, `Telephon Number`."""
    if column.target or column.why or not table.has_header or len(bare(column.header)) < SHORTEST_WORD:
        return column
    word = bare(column.header)
    meant = _nearest(word, names_of(entity))
    target = _own_name(entity, meant) if meant else None
    if target is None:
        spelt = [part if part in headers.WORDS or part in headers.COMPOUNDS or part.isdigit() else _nearest(part, headers.WORDS) for part in headers.pieces(column.header)]
        meant = " ".join(part for part in spelt if part)
        target = _worded(entity, meant) if all(spelt) and meant else None
    if target is None:
        return column
    vetted = _vetted(entity, replace(column, target=target, why="spelling"), table, own_fields)
    return replace(vetted, reason=tr("The name is nearly “{name}”.", name=meant)) if vetted.target else column


def _nearest(word: str, known: Mapping[str, object]) -> str:
    """Return the one known word that is a slip of the keyboard away, two in long words."""
    from rapidfuzz.distance import OSA

    if len(word) < SHORTEST_WORD or not word.isalpha() or headers.is_eastern(word):
        return ""
    most = 1 if len(word) < 9 else 2
    near = [(OSA.distance(word, other, score_cutoff=most), other) for other in known if abs(len(other) - len(word)) <= most and len(other) >= SHORTEST_WORD]
    near = sorted(pair for pair in near if pair[0] <= most)
    return near[0][1] if near and (len(near) == 1 or near[0][0] < near[1][0] or known[near[0][1]] == known[near[1][1]]) else ""


# ---- content ----


def _share(values: Sequence[Cell], fits: Callable[[str], bool]) -> float:
    texts = [str(value).strip() for value in values]
    return sum(1 for text in texts if fits(text)) / len(texts) if texts else 0.0


def _vetted(entity: str, column: Column, table: Table, own_fields: Sequence[Field]) -> Column:
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
    if target.of or target.is_key:
        return column
    item = entity_class(entity).fields.get(target.field)
    if item and item.kind in {"choice", "flag", "integer", "decimal", "money", "price", "date", "moment"} and target.field not in {"salutation", "tier"}:
        if _share(values, lambda text: _readable(entity, item, text)) < 0.5:
            return replace(column, target=None, why="")
    elif item and item.name == "tier" and _share(values, lambda text: _readable(entity, item, text)) < 1:
        return replace(column, target=None, why="")
    return column


def _readable(entity: str, item: Field, text: str) -> bool:
    if item.kind == "choice" and meaning(entity, item.name, text):
        return True
    if item.kind in {"date", "moment"} and re.fullmatch(r"[\d./\- :]+", text):
        return True
    try:
        KINDS[item.kind].read(text, item, Reading())
    except AmbiguousDate:
        return True
    except UserError:
        return False
    return True


LIKELY = 0.8
_PICTURES = re.compile(r"photo|picture|image|avatar|logo|bild|foto|头像|照片|图", re.IGNORECASE)
_DATES_OF = {"deal": "close_on", "quote": "date", "activity": "at", "task": "due_on", "ticket": "opened_at", "lead": "arrived_at"}
_AMOUNTS_OF = {"deal": "amount", "lead": "amount", "product": "price", "quote_line": "unit_price"}
_COMPANIES_OF = {"company": "name", "lead": "company_name", "contact": "company", "deal": "company", "ticket": "company", "quote": "company", "activity": "company"}


def _by_content(entity: str, columns: Sequence[Column], table: Table) -> list[Column]:
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

    if "email" in fields and (its := seen("email")):
        return Target("email"), its
    if its := seen("date"):
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
        return (Target(field), its) if field not in names else None
    if entity != "contact" or "birthday" in names or not is_nameless:
        return None
    years = [day.year for text in texts_of(values) if (day := date_in(text))]
    latest = today().year - 14
    return (Target("birthday"), its) if years and all(1900 < year <= latest for year in years) else None


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
    if column.why == "product" and product:
        return tr("{product} writes it for itself.", product=product.name)
    return tr("Neither the name nor the cells tell what it is.")


# ---- the user's own word ----


def parse_target(entity: str, text: str, own_fields: Sequence[Field] = ()) -> Target:
    """Read a target as a user writes it: `email`, `phone.work`, `address.city`, `address.billing.city`, `company`, `contact.role`.

    Raises:
        UserError: there is no such field.
    """
    pieces = [piece.strip() for piece in text.strip().split(".")]
    fields = entity_class(entity).fields
    name, rest = pieces[0], pieces[1:]
    if rest and name in RELATED.get(entity, ()):
        return replace(parse_target(LINE if name == "line" else name, ".".join(rest)), of=name)
    item = fields.get(name)
    if name in VIRTUAL.get(entity, ()) and not rest:
        return Target(name)
    if any(name == own.name for own in own_fields) and not rest:
        return Target(name)
    if item and item.name == "address":
        part = next((piece for piece in rest if piece in (*ADDRESS_PARTS, *MORE_ADDRESS_PARTS)), "street")
        label = next((piece for piece in rest if piece != part), "")
        return Target("address", label=label, part=part)
    if item and item.kind == "parts" and item.name in PART_FIELDS:
        return Target(name, label=".".join(rest))
    if item and not rest and (_can_be_given(entity, item) or name == "source"):
        return Target(name)
    if name in ADDRESS_PARTS and "address" in fields and not rest:
        return Target("address", part=name)
    raise UserError(
        tr("{entity} has no field “{name}” that a column could fill.", entity=tr(entity_class(entity).entity.label), name=text),
        hint=tr("The command “fields” lists them; phones, mails and addresses take labels, as in phone.work."),
    )


def with_choices(mapping: Layout, table: Table, chosen: Mapping[str, str], own_fields: Sequence[Field] = ()) -> Layout:
    """Return a mapping in which the user's choices hold; `{field: column}`, an empty column leaves the field out.

    Raises:
        UserError: no such field or column.
    """
    columns = list(mapping.columns)
    for name, header in chosen.items():
        target = parse_target(mapping.entity, name, own_fields)
        several = target.field in PART_FIELDS and target.field != "address"
        for position, column in enumerate(columns):
            is_same = column.target is not None and (column.target.field, column.target.of, column.target.part) == (target.field, target.of, target.part)
            if is_same and (not several or not header) and (not target.label or column.target == target):
                columns[position] = replace(column, target=None, why="user")
        if header:
            index = column_index(table, header)
            columns[index] = replace(columns[index], target=target, why="user", confidence=1.0, reason=tr("You chose it."))
    mapping = replace(mapping, columns=tuple(columns))
    return _finished(mapping.entity, mapping.columns, mapping.product, table)


def column_index(table: Table, header: str) -> int:
    """Return the column that a user names: as in the file, in any case, or by its number.

    Raises:
        UserError: there is none.
    """
    for index, name in enumerate(table.columns):
        if name == header:
            return index
    for index, name in enumerate(table.columns):
        if bare(name) == bare(header) and bare(header):
            return index
    if header.isdigit() and 1 <= int(header) <= table.width:
        return int(header) - 1
    raise UserError(
        tr("“{file}” has no column “{column}”.", file=table.path.name, column=header), hint=tr("It has: {columns}.", columns=", ".join(table.columns[:20]))
    )


def importable() -> tuple[str, ...]:
    """Return the entities that files can be imported as."""
    parts = {"phone", "email", "handle", "address", "memo", "record_tag", "allowance_charge", "attachment"}
    workings = {"setting", "spent_number", "number_series", "saved_view", "custom_field", "import_mapping"}
    return tuple(name for name in ENTITIES if name not in parts | workings)


# The entities that files are about, the commonest first, and the columns without which a file is hardly about them.
_TELLING = {
    "contact": {"given_name", "family_name", "salutation", "birthday", "role", "email", "phone"}, "company": {"name", "industry", "employees", "revenue", "vat_id", "website", "founded"},
    "lead": {"status", "origin", "company_name", "arrived_at"}, "deal": {"stage", "amount", "close_on", "expected_close_on", "pipeline", "lost_reason"},
    "product": {"price", "code", "unit", "cost", "tax_rate"}, "ticket": {"subject", "status", "priority", "channel", "description", "number", "resolution"},
    "quote": {"number", "date", "valid_until", "quantity", "unit_price"}, "activity": {"kind", "at", "body", "subject", "minutes", "direction"},
    "task": {"due_on", "subject", "done_at", "remind_at"}, "article": {"title", "body"},
}  # fmt: skip


def suggest_entity(table: Table) -> str:
    """Return what the rows of a file most likely are: what the program that wrote it says, else where most of its columns belong."""
    product = recognise(table.columns)
    if product and product.entity:
        return product.entity
    best, most = "contact", 0.0
    for entity, telling in _TELLING.items():
        try:
            layout = guess(entity, table, looks_at_cells=not table.has_header)
        except UserError:  # the file says itself what it holds, and that is nothing of this sort
            continue
        targets = {target.field for column in layout.columns if (target := column.target)}
        # Columns of a linked record, such as `contact_title`, tell that the rows are not such records themselves.
        has_others = any(column.target and column.target.of for column in layout.columns)
        score = len(targets) / max(len(table.columns), 1) + len(targets & telling) * 0.25 + 0.5 * has_others
        if score > most + 1e-9:
            best, most = entity, score
    return best
