"""What a column means by its name: as other programs, our own exports and people call it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from crmdesk.exchange.columns.column_words import CALLED, labels_of, names_of
from crmdesk.exchange.values.amount_cells import without_currency
from crmdesk.exchange.values.layouts import ADDRESS_PARTS, PART_FIELDS, RELATED, Target, is_link
from crmdesk.exchange.words import headers
from crmdesk.exchange.words.choices import bare
from crmdesk.models.registry import entity_class

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.exchange.values.layouts import Column
    from crmdesk.fields import Field


_GOOGLE = re.compile(r"(e-?mail|phone|address|website|organization|event|im|custom field|relation) (\d+) - (.+)", re.IGNORECASE)
_PIPEDRIVE = re.compile(r"(person|organization|organisation|deal|lead|activity|note|product|contact|company) - (.+?)\*?(?:\s*\((.+)\))?\*?", re.IGNORECASE)
_PREFIXES = {
    "person": "contact",
    "contact": "contact",
    "organization": "company",
    "organisation": "company",
    "company": "company",
    "deal": "deal",
    "lead": "lead",
    "activity": "activity",
    "note": "activity",
    "product": "product",
}
_LABELS = frozenset({"label", "type"})
_GOOGLE_PARTS = {
    "formatted": "formatted", "street": "street", "city": "city", "po box": "po_box", "region": "state", "postal code": "postal_code", "country": "country", "extended address": "extended"
}  # fmt: skip


def by_name(entity: str, header: str, own_fields: Sequence[Field]) -> tuple[Target | None, str]:
    """Tell a column by its name, and say what decided; nothing if the name tells nothing."""
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
    target = own_name(entity, header) or _person_of(entity, header) or _prefixed(entity, header) or worded(entity, header)
    if target is None and (name := without_currency(header)) != header:
        return by_name(entity, name, own_fields)
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
        if name in fields and fields[name].kind == "parts" and word in labels_of(entity, name):
            return Target(name, label=said)
    part = next((part for part in ADDRESS_PARTS if word in labels_of("address", part)), "") if "address" in fields else ""
    return Target("address", label=said + number, part=part) if part else None


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
        return own_name(entity, {"name": "company", "title": "role", "department": "department"}[part])
    return None


def own_name(entity: str, header: str) -> Target | None:
    """Tell the entity's own field, its number or id, or a linked record's id by the column's name."""
    word = bare(header)
    if word.endswith("nr") and word not in names_of(entity):  # Angebots-Nr., Bestellnr
        word = f"{word.removesuffix('nr')}nummer"
    if entity in {"quote", "ticket"} and word in {f"{called}{end}" for called in CALLED[entity].split() for end in ("id", "number", "no", "nummer", "key")}:
        return Target("number")
    if word in {"id", "recordid", "externalid", "uniqueid", "externeid", "uid", "guid", "recid", "pipedrivesystemid", "systemid", "编号"} or word in _own_ids(
        entity
    ):
        return Target("external_id", is_key=True) if word not in names_of(entity) or names_of(entity)[word] == "external_id" else Target(names_of(entity)[word])
    name = names_of(entity).get(word)
    if name in {"phone", "email"} and (labelled := worded(entity, header)) and labelled.field == name:
        return labelled
    if name:
        return _target(entity, name, is_key=word.endswith("id") and is_link(entity, name))
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


@lru_cache(maxsize=64)
def _own_ids(entity: str) -> frozenset[str]:
    return frozenset(f"{word}id" for word in [entity.replace("_", ""), *CALLED.get(entity, "").split()])


def _link_called(entity: str, stem: str) -> str | None:
    """Return the link field that an id column such as `customer_id` fills."""
    fields = entity_class(entity).fields
    for name, item in fields.items():
        if item.kind == "link" and (bare(name) == stem or names_of(entity).get(stem) == name):
            return name
    for name, item in fields.items():
        if item.kind == "link" and item.target and item.target != entity and stem in CALLED.get(item.target, "").split():
            return name
    return None


def _related(entity: str, other: str, header: str) -> Target | None:
    """Tell a column that belongs to a linked record: `Organization - Name`, `contact_title`."""
    if other == entity:
        target = own_name(entity, header) or worded(entity, header)
        return target
    if not other or other not in RELATED.get(entity, ()):
        if entity == "lead" and other == "company" and bare(header) == "name":
            return Target("company_name")
        return Target(other) if other in entity_class(entity).fields and bare(header) in {"name", "title"} else None
    inner = own_name(other, header) or worded(other, header)
    if inner is None:
        return None
    if inner.field == "name":
        return Target(other) if is_link(entity, other) else replace(inner, of=other)
    if inner.field == "company" and is_link(entity, "company"):  # where the contact of a deal works is whose deal it is
        return inner
    if inner.field == "external_id":
        return Target(other, is_key=True) if is_link(entity, other) else None
    return replace(inner, of=other)


BEGINNINGS = {
    "contact": ("contact", "ansprechpartner", "kontakt", "联系人", "customer", "requester", "person", "client"),
    "company": ("company", "organization", "organisation", "account", "firma", "unternehmen", "公司", "employer"),
}  # fmt: skip


_OF_LEADS = ("contact", "company")
"""A lead is the person and the company in one."""


def _person_of(entity: str, header: str) -> Target | None:
    """Tell the columns with the person of a company, as `Contact person` is, or `First name`."""
    if entity != "company":
        return None
    if bare(header) in {"contact", "ansprechpartner", "联系人"}:
        return Target("name", of="contact")
    target = own_name("contact", header)
    return replace(target, of="contact") if target and target.field in {"given_name", "family_name", "salutation"} else None


def _prefixed(entity: str, header: str) -> Target | None:
    """Tell columns such as `contact_title` of a company or `Company Main Phone` of a contact."""
    words = [piece for piece in re.split(r"[\s_.\-/:]+", headers.CAMEL.sub(" ", header)) if piece]
    if len(words) < 2:
        return None
    for other in (entity, *(RELATED.get(entity, ()) if entity != "lead" else _OF_LEADS)):
        if bare(words[0]) in BEGINNINGS.get(other, ()):
            rest = " ".join(words[1:])
            if other == entity or (entity == "lead" and other == "contact"):
                target = own_name(entity, rest) or worded(entity, rest)
                return target if target and target.field != "external_id" else None
            if found := _related(entity, other, rest):
                return found
            if entity == "lead" and (target := own_name(entity, rest) or worded(entity, rest)) and target.field in {"address", "phone", "website"}:
                return target
    return None


def worded(entity: str, header: str) -> Target | None:
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


def pair_labels(columns: Sequence[Column]) -> list[Column]:
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
