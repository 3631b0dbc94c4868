"""Values as people and programs give them, put on records: texts by kind, links by name, list fields, own fields."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.errors import UserError
from crmdesk.fields import KINDS, Field, Money, Reading, complaint, exact_minor, from_minor, read_date, unknown_currency
from crmdesk.i18n import tr
from crmdesk.models.base import ENTITIES, Record
from crmdesk.models.customer import Tag
from crmdesk.models.names import folded
from crmdesk.models.people import split_name
from crmdesk.models.registry import entity_class
from crmdesk.queries.finding import ids_by_title
from crmdesk.queries.own_fields import own_field, own_fields
from crmdesk.store.settings import named_id

if TYPE_CHECKING:
    from crmdesk.store.door import Change

Values = Mapping[str, Any]


def assign(change: Change, record: Record, values: Values, reading: Reading | None = None) -> None:
    """Put values on a record that is new or fetched for change.

    Args:
        values: by field name: texts as people write them, or plain values. `phone.work`, `address.city` and `tags` reach the list fields,
            a list of dicts replaces a whole list field.

    Raises:
        UserError: names the field and says why.
    """
    cls = type(record)
    reading = reading or change.settings.reading
    # The currency first: what the amounts are depends on it.
    for name, value in sorted(values.items(), key=lambda item: item[0] != "currency"):
        try:
            if name == "currency" and name in cls.fields:
                _assign_currency(change, record, value, reading, values)
                continue
            _assign_one(change, cls, record, name, value, reading)
        except UserError as error:
            if error.field is None:
                error.field = name
            raise


def check_names(change: Change, cls: type[Record], names: Iterable[str]) -> None:
    """Complain about names that are no fields of the entity, before anything else is said about the values."""
    for name in names:
        first = name.partition(".")[0]
        if first in cls.fields or ("address" in cls.fields and name in ENTITIES["address"].fields):
            continue
        if own_field(change.reader, cls.entity.name, name) is None:
            raise UserError(tr("{entity} has no field “{name}”.", entity=tr(cls.entity.label), name=name), hint=tr("The command “fields” lists them."))


def _assign_one(change: Change, cls: type[Record], record: Record, name: str, value: Any, reading: Reading) -> None:
    first, _, label = name.partition(".")
    field = cls.fields.get(first)
    if field is None:
        address = cls.fields.get("address")
        if address and name in ENTITIES["address"].fields:
            _set_address(change, record, {name: value}, "")
            return
        _assign_own(change, cls, record, name, value, reading)
    elif field.kind == "parts":
        _assign_parts(change, record, field, label, value)
    elif field.derived:
        _assign_derived(change, cls, record, field, value)
    elif field.kind in {"money", "price"}:
        _assign_money(change, record, field, value, reading)
    elif field.kind == "link":
        setattr(record, field.column, link_id(change, field, value))
    else:
        setattr(record, field.column, plain(field, value, reading))


def plain(field: Field, value: Any, reading: Reading) -> Any:
    """Return a value in its plain form: texts are read by the field's kind, "" empties the field."""
    if not isinstance(value, str):
        return value
    if not value.strip():
        return None
    return KINDS[field.kind].read(value, field, reading)


def link_id(change: Change, field: Field, value: Any) -> UUID | None:
    """Return the record that a link means: an id, a number, or a unique name.

    Raises:
        UserError: there is none, or several.
    """
    if value is None or isinstance(value, UUID):
        return value
    text = str(value).strip()
    if not text:
        return None
    cls = entity_class(field.target or "")
    found = ids_by_title(change.reader, cls, text)
    if not found:
        raise UserError(tr("There is no {entity} “{text}”.", entity=tr(cls.entity.label), text=text))
    if len(found) > 1:
        raise UserError(tr("{count} records are called “{text}”.", count=len(found), text=text), hint=tr("Give the id of one."))
    return UUID(bytes=found[0])


def _assign_derived(change: Change, cls: type[Record], record: Record, field: Field, value: Any) -> None:
    if field.name == "name" and "given_name" in cls.fields:
        name = split_name(str(value or ""), change.settings.names_region)
        record.given_name, record.family_name = name.given or None, name.family or None  # type: ignore[attr-defined]  # a person's record has them
        if name.title and "title" in cls.fields:
            record.title = name.title  # type: ignore[attr-defined]
        return
    raise UserError(tr("{field} is filled in by the program.", field=tr(field.label)))


def _assign_money(change: Change, record: Record, field: Field, value: Any, reading: Reading) -> None:
    currency = getattr(record, "currency", None) or change.settings.currency
    money = plain(field, value, replace(reading, currency=currency))
    if money is None:
        setattr(record, field.column, None)
        return
    if isinstance(money, int | Decimal):
        money = Money(Decimal(money), currency)
    if "currency" in type(record).columns:
        record.currency = money.currency  # type: ignore[attr-defined]  # the line above looked
    setattr(record, field.column, exact_minor(money) if field.kind == "money" else money.amount)


def _assign_currency(change: Change, record: Record, value: Any, reading: Reading, values: Values) -> None:
    """Give a record another currency: its amounts stay the same numbers, unless they are given too."""
    cls: Any = type(record)
    kept: Any = record
    before = kept.currency or change.settings.currency
    kept.currency = plain(cls.fields["currency"], value, reading)
    after = kept.currency or change.settings.currency
    if after == before or unknown_currency(after):
        return
    for field in cls.fields.values():
        if field.kind == "money" and not field.derived and field.name not in values and (minor := getattr(record, field.column)) is not None:
            setattr(record, field.column, exact_minor(Money(from_minor(minor, before), after)))


def _assign_own(change: Change, cls: type[Record], record: Record, name: str, value: Any, reading: Reading) -> None:
    """Put a value of one of the user's own fields into the record's JSON."""
    found = own_field(change.reader, cls.entity.name, name)
    if not found:
        raise UserError(tr("{entity} has no field “{name}”.", entity=tr(cls.entity.label), name=name), hint=tr("The command “fields” lists them."))
    key, field = found
    value = plain(field, value, reading)
    if value is None and field.required:
        raise UserError(tr("{field} is missing.", field=field.label), field=name)
    if value is not None and (said := complaint(field, value)):
        raise UserError(said, field=name)
    own = json.loads(record.custom or "{}")
    if value is None:
        own.pop(key, None)
    else:
        own[key] = KINDS[field.kind].store(value)
    record.custom = json.dumps(own, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if own else None


def check_own(change: Change, record: Record) -> None:
    """Complain about a new record that lacks one of the user's own fields which must not be empty.

    Raises:
        UserError: names the field.
    """
    given = json.loads(record.custom or "{}")
    for key, field in own_fields(change.reader, record.entity.name).items():
        if field.required and key not in given:
            raise UserError(tr("{field} is missing.", field=field.label), field=field.name)


# -- list fields -----------------------------------------------------------------------------------------------------------------


def _assign_parts(change: Change, record: Record, field: Field, label: str, value: Any) -> None:
    if field.target == "record_tag":
        _set_tags(change, record, _listed(value, ","))
    elif field.target == "address":
        if isinstance(value, list):
            _replace_all(change, record, field, value)
        elif label in ENTITIES["address"].fields:
            _set_address(change, record, {label: value}, "")
        else:
            _set_address(change, record, {"street": value}, label)
    elif isinstance(value, list):
        _replace_all(change, record, field, value)
    elif field.target in {"phone", "email", "handle", "memo"}:
        texts = [str(value or "")] if field.target == "memo" else _listed(value, ";")
        _set_labelled(change, record, field, label, texts)
    else:
        raise UserError(tr("{field} can't be set this way.", field=tr(field.label)))


def _listed(value: Any, sign: str) -> list[str]:
    texts = value if isinstance(value, list | tuple) else str(value or "").split(sign)
    return [str(text).strip() for text in texts if str(text).strip()]


def parts(change: Change, record: Record, target: str) -> list[Any]:
    """Return the live parts of a record, in their order, to change them."""
    from sqlalchemy import select

    change.flush()
    cls: Any = ENTITIES[target]
    owner = getattr(cls, f"{record.entity.name}_id")
    return change.find_all(cls, select(cls).where(owner == record.id, cls.deleted_at.is_(None)).order_by(cls.position, cls.id))


def add_part(change: Change, record: Record, target: str, **values: Any) -> Record:
    """Give a record one more part, such as a phone."""
    cls: Any = ENTITIES[target]
    part: Record = change.add(cls, **{f"{record.entity.name}_id": record.id}, **values)
    return part


def _set_labelled(change: Change, record: Record, field: Field, label: str, texts: Sequence[str]) -> None:
    """Set the value of one label: replaced where there is one, added otherwise, removed when empty."""
    target = field.target or ""
    column = ENTITIES[target].entity.value
    present = parts(change, record, target)
    mine = [part for part in present if not label or (part.label or "") == label]
    for index, text in enumerate(texts):
        if index < len(mine):
            setattr(mine[index], column, text)
        else:
            add_part(change, record, target, label=label or None, position=len(present) + index, **{column: text})
    for part in mine[max(len(texts), 1) if texts else 0 :] if label or not texts else []:
        part.deleted_at = change.at


def _set_address(change: Change, record: Record, values: Mapping[str, Any], label: str) -> None:
    present = parts(change, record, "address")
    mine = next((part for part in present if not label or (part.label or "") == label), None)
    cleaned = {name: (str(value).strip() or None) if value is not None else None for name, value in values.items()}
    if mine is None:
        add_part(change, record, "address", label=label or None, position=len(present), **cleaned)
    else:
        for name, value in cleaned.items():
            setattr(mine, name, value)


def _replace_all(change: Change, record: Record, field: Field, wanted: Sequence[Any]) -> None:
    """Make a list field equal to a list of dicts (or texts): kept rows are updated, missing ones go to the bin."""
    target = field.target or ""
    cls = ENTITIES[target]
    present = parts(change, record, target)
    for position, item in enumerate(wanted):
        given = {cls.entity.value: item} if isinstance(item, str) else {cls.entity.value if k == "value" else k: v for k, v in item.items()}
        given = {name: value for name, value in given.items() if name in cls.columns and name not in {"id", "e164", "key", "city_key"}}
        if position < len(present):
            for name, value in {**given, "position": position}.items():
                setattr(present[position], name, value)
        else:
            add_part(change, record, target, **{**given, "position": position})
    for part in present[len(wanted) :]:
        part.deleted_at = change.at


def tag_id(change: Change, name: str) -> UUID:
    """Return the tag of a name, made if it is new; `group:name` puts it into a group."""
    from sqlalchemy import select

    group, _, bare = name.rpartition(":")
    key = named_id("tag", f"{folded(group)}:{folded(bare.strip())}")
    found = change.find(Tag, select(Tag).where(Tag.id == key))
    if found is None:
        change.add(Tag, id=key, name=bare.strip(), group=group.strip() or None)
    elif found.deleted_at is not None:
        found.deleted_at = None
    return key


def _set_tags(change: Change, record: Record, names: Sequence[str]) -> None:
    wanted = {tag_id(change, name): name for name in names}
    present = {part.tag_id: part for part in parts(change, record, "record_tag")}
    for key, part in present.items():
        if key not in wanted:
            part.deleted_at = change.at
    for position, key in enumerate(wanted):
        if key not in present:
            change.flush()
            add_part(change, record, "record_tag", tag_id=key, position=position)


def add_tags(change: Change, record: Record, names: Sequence[str]) -> None:
    """Give a record tags beside those it has."""
    known = parts(change, record, "record_tag")
    present, position = {part.tag_id for part in known}, max((part.position or 0 for part in known), default=-1)
    for name in names:
        key = tag_id(change, name)
        if key not in present:
            change.flush()
            position += 1
            add_part(change, record, "record_tag", tag_id=key, position=position)
            present.add(key)


def day(value: Any) -> date | None:
    """Return a date from a date, a moment or ISO text."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else read_date(re.sub(r"T.*", "", str(value)))
