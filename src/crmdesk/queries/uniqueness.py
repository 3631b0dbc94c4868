"""Uniqueness: which values of an entity must not come twice, and who has them already."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.i18n import tr
from crmdesk.models.base import ENTITIES, Record
from crmdesk.models.names import folded, sort_key
from crmdesk.models.phones import phone_key
from crmdesk.queries import records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmdesk.store.reader import Reader
    from crmdesk.store.settings import Settings

WARN, BLOCK, REASON = "warn", "block", "reason"
# Parts and the column of theirs that is compared.
_PARTS = {"email": ("email", "key"), "phone": ("phone", "e164"), "address.city": ("address", "city_key"), "address.postal_code": ("address", "postal_code")}


@dataclass(frozen=True)
class Rule:
    """That no two records of an entity have the same in all of some fields.

    Attributes:
        mode: `warn`, `block`, or `reason`: allowed when somebody says so.
    """

    entity: str
    fields: tuple[str, ...]
    mode: str


@dataclass(frozen=True)
class Clash:
    """A record that has already what should be there once."""

    rule: Rule
    record: UUID
    title: str

    @property
    def said(self) -> str:
        """What people read."""
        return tr("“{name}” has the same {fields} already.", name=self.title, fields=", ".join(labels(self.rule.entity, self.rule.fields)))


def rules(settings: Settings, entity: str) -> list[Rule]:
    """Return the rules of an entity."""
    return [Rule(entity, tuple(fields.split("+")), mode) for about, fields, mode in settings.uniqueness if about == entity]


def taken(reader: Reader, entity: str, values: Mapping[str, Sequence[str]], but: UUID | None = None) -> list[Clash]:
    """Return the live records that have what the rules want only once.

    Args:
        values: by field (`email`, `phone`, `name`, `address.city`, `vat_id` …), as people write them; several of a list field.
        but: the record that has them now.
    """
    found = (clash(reader, rule, values, but.bytes if but else None) for rule in rules(reader.settings, entity))
    return [one for one in found if one is not None]


def clash(reader: Reader, rule: Rule, values: Mapping[str, Sequence[str]], but: bytes | None = None) -> Clash | None:
    """Return the first live record that has in all fields of a rule what the values say."""
    entity = rule.entity
    asked = [_condition(reader, entity, field, values.get(field, ())) for field in rule.fields]
    if not all(asked):
        return None
    where = " AND ".join(sql for sql, _ in (one for one in asked if one))
    parameters = [value for _, value in (one for one in asked if one)]
    sql = f'SELECT t.id FROM "{entity}" t WHERE t.deleted_at IS NULL AND {where} AND t.id IS NOT ? ORDER BY t.id LIMIT 1'  # noqa: S608
    record = reader.value(sql, (*parameters, but))
    return Clash(rule, UUID(bytes=record), records.titles(reader, entity, [record])[record][0]) if record is not None else None


def of_stored(reader: Reader, entity: str, record: UUID) -> list[Clash]:
    """Return what clashes with a record, by its id."""
    values: dict[str, list[str]] = {}
    for field in {field for rule in rules(reader.settings, entity) for field in rule.fields}:
        if field in _PARTS:
            values[field] = _in_parts(reader, entity, record, field)
        else:
            column = ENTITIES[entity].fields[field].column
            found = reader.value(f'SELECT "{column}" FROM "{entity}" WHERE id = ?', (record.bytes,))  # noqa: S608
            values[field] = [] if found in (None, "") else [str(found)]
    return taken(reader, entity, values, record) if values else []


def of_record(reader: Reader, record: Record) -> list[Clash]:
    """Return what clashes with a record that is written already."""
    entity, values = record.entity.name, {}
    for rule in rules(reader.settings, entity):
        for field in rule.fields:
            values[field] = _present(reader, record, field)
    return taken(reader, entity, values, record.id) if values else []


def _present(reader: Reader, record: Any, field: str) -> list[str]:
    if field in _PARTS:
        return _in_parts(reader, record.entity.name, record.id, field)
    value = getattr(record, field)
    return [] if value in (None, "") else [str(value)]


def _in_parts(reader: Reader, entity: str, record: UUID, field: str) -> list[str]:
    part, column = _PARTS[field]
    sql = f'SELECT "{column}" FROM "{part}" WHERE "{entity}_id" = ? AND deleted_at IS NULL AND "{column}" <> \'\''  # noqa: S608
    return [value for (value,) in reader.rows(sql, (record.bytes,))]


def keys(region: str, field: str, values: Sequence[str]) -> list[str]:
    """Return values of a field as they are compared; those that say nothing are left out."""
    return [key for value in values if (key := _key(region, field, value))]


def keys_there(reader: Reader, entity: str, field: str, wanted: Sequence[str]) -> set[str]:
    """Return which of many values live records have, in small letters."""
    if field in _PARTS:
        part, column = _PARTS[field]
        sql = f'SELECT p."{column}" FROM "{part}" p WHERE p."{entity}_id" IS NOT NULL AND p."{column}" IN (SELECT value FROM json_each(?)) AND p.deleted_at IS NULL'  # noqa: S608
    else:
        compared = "t.sort_key" if field == "name" else f't."{ENTITIES[entity].fields[field].column}" COLLATE NOCASE'
        sql = f'SELECT {compared} FROM "{entity}" t WHERE {compared} IN (SELECT value FROM json_each(?)) AND t.deleted_at IS NULL'  # noqa: S608
    return {str(value).casefold() for (value,) in reader.rows(sql, (json.dumps(list(wanted)),))}


def _condition(reader: Reader, entity: str, field: str, values: Sequence[str]) -> tuple[str, str] | None:
    """Return SQL and its parameter for records that share a value; None where there is none to share."""
    wanted_keys = keys(reader.settings.region, field, values)
    if not wanted_keys:
        return None
    wanted = json.dumps(wanted_keys)
    if field in _PARTS:
        part, column = _PARTS[field]
        return (
            f'EXISTS (SELECT 1 FROM "{part}" p WHERE p."{entity}_id" = t.id AND p."{column}" IN (SELECT value FROM json_each(?)) AND p.deleted_at IS NULL)',
            wanted,
        )  # noqa: S608
    if field == "name":
        return "t.sort_key IN (SELECT value FROM json_each(?))", wanted
    return f't."{field}" COLLATE NOCASE IN (SELECT value FROM json_each(?))', wanted


def _key(region: str, field: str, value: str) -> str:
    text = value.strip()
    match field:
        case "email":
            return text.lower()
        case "phone":
            return phone_key(text, region).get("e164") or ""
        case "name":
            return sort_key(text)
        case "address.city":
            return folded(text)
    return text


def problem(entity: str, fields: str, mode: str) -> str | None:
    """Say what is wrong with a rule, None if nothing is."""
    if entity not in ENTITIES:
        return tr("There is no entity “{name}”.", name=entity)
    if mode not in (WARN, BLOCK, REASON):
        return tr("A rule warns, blocks or asks for a reason.")
    for field in fields.split("+"):
        known = field in _PARTS and _PARTS[field][0] in ENTITIES[entity].fields
        plain = ENTITIES[entity].fields.get(field)
        if not known and not (plain and plain.kind in {"text", "date"} and plain.column in ENTITIES[entity].columns):
            return tr("{entity} has no field “{name}”.", entity=tr(ENTITIES[entity].entity.label), name=field)
    return None


def labels(entity: str, names: Sequence[str]) -> list[str]:
    """Return what the fields of a rule are called."""
    fields, inner = ENTITIES[entity].fields, ENTITIES["address"].fields
    found = (inner[name.partition(".")[2]].label if "." in name else fields[name].label for name in names)
    return [tr(label) for label in found]
