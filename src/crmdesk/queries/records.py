"""Records of any entity: ids in order, rows by ids, one record whole, the bin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.clock import moment
from crmdesk.errors import UserError
from crmdesk.fields import KINDS, Field, Money, currency_decimals, day_text, from_minor, from_scaled, show_money
from crmdesk.i18n import tr
from crmdesk.models.base import ENTITIES, Record
from crmdesk.models.registry import MAIN, entity_class
from crmdesk.queries.finding import NUMBERS, Condition, Where, allowed_to_see, currency_sql, field_for, ids_by_title, title_field, visible, where_sql
from crmdesk.queries.ordering import order_sql
from crmdesk.queries.own_fields import own_fields
from crmdesk.store.masks import masked_names
from crmdesk.store.reader import IN_IDS, Reader, id_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it is shown: the record's id and its title; `gone` when it lies in the bin."""

    id: UUID
    title: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One value of a list field: label, text, and what more the part has."""

    value: str
    label: str | None = None
    more: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A record's values for a list: plain values by the names of the columns asked for."""

    id: UUID
    values: dict[str, Any]


# -- which records, in which order -----------------------------------------------------------------------------------------------


def ids(
    reader: Reader,
    entity: str,
    conditions: Sequence[Condition] = (),
    sort: Sequence[str] = (),
    *,
    limit: int | None = None,
    among: Iterable[bytes] | None = None,
) -> list[bytes]:
    """Return the ids of the records that the viewer may see and all conditions hold for, in order.

    Args:
        sort: field names, with `-` before those that sort downwards; the entity's natural order if empty.
        among: only these, in addition to the conditions.
    """
    cls = entity_class(entity)
    filtered = bool(conditions) or among is not None
    where, order = where_sql(cls, conditions, reader), order_sql(cls, sort, reader, filtered=filtered)
    # The index by name serves its own order only: else its entries would be looked up one by one, all over the table.
    live = where.sql if order.startswith("t.sort_key") else where.sql.replace("t.deleted_at IS NULL", "+t.deleted_at IS NULL", 1)
    sql, parameters = f'SELECT t.id FROM "{cls.entity.name}" t WHERE {live}', list(where.parameters)  # noqa: S608
    if among is not None:
        sql += f" AND t.id {IN_IDS}"
        parameters.append(id_list(among))
    sql += f" ORDER BY {order}"
    if limit is not None:
        sql += " LIMIT ?"
        parameters.append(limit)
    # One by one: a million rows at once would hold 53 MB beside the ids.
    return [record for (record,) in reader.each(sql, parameters)]


def count(reader: Reader, entity: str, conditions: Sequence[Condition] = (), among: Iterable[bytes] | None = None) -> int:
    """Return how many records the viewer may see and all conditions hold for."""
    cls = entity_class(entity)
    where = where_sql(cls, conditions, reader)
    extra = f" AND t.id {IN_IDS}" if among is not None else ""
    parameters = [*where.parameters, *([id_list(among)] if among is not None else [])]
    return int(reader.value(f'SELECT count(*) FROM "{cls.entity.name}" t WHERE {where.sql}{extra}', parameters))  # noqa: S608


# -- rows ------------------------------------------------------------------------------------------------------------------------


class OfCompany(str):
    """A value that a contact shows because its company has it; they themselves have none."""

    __slots__ = ()


def rows(reader: Reader, entity: str, wanted: Sequence[bytes | UUID], columns: Sequence[str], *, borrowed: bool = False) -> list[Row]:
    """Return the rows of the given records in the given order; one query for all own values, one per link target, one per list field.

    Args:
        columns: names such as `name`, `company`, `phone`, `address.city`, or names of own fields.
        borrowed: where contacts have no address of their own, give the place of their company as `OfCompany`, to be looked at only:
            filters, sort orders and files keep to what is theirs.
    """
    cls = entity_class(entity)
    keys = [record.bytes if isinstance(record, UUID) else record for record in wanted]
    plan = [(name, *field_for(cls, name, reader)) for name in columns]
    own = [(name, field) for name, field, inner, custom in plan if inner is None and custom is None]
    customs = [(name, field, custom) for name, field, inner, custom in plan if custom is not None]
    listed = id_list(keys)
    found = _own_values(reader, cls, own, customs, listed)
    for name, field in own:
        if field.kind == "link":
            _fill_links(reader, field, name, found.values())
    for name, field, inner, _ in plan:
        if inner is not None:
            _fill_parts(reader, cls, name, field, inner, "." in name or name not in cls.fields, listed, found)
            if borrowed and cls.entity.name == "contact" and field.target == "address" and name != field.name:
                _borrow_place(reader, name, inner, found)
    return [Row(UUID(bytes=key), found[key]) for key in keys if key in found]


def _borrow_place(reader: Reader, name: str, inner: Field, found: dict[bytes, dict[str, Any]]) -> None:
    """Give contacts without an address their company's city, or another part of where it is."""
    without = id_list(record for record, values in found.items() if values[name] is None)
    sql = (
        f'SELECT t.id, a."{inner.column}" FROM contact t JOIN address a ON a.company_id = t.company_id WHERE t.id {IN_IDS} AND a.deleted_at IS NULL '  # noqa: S608
        f'AND a."{inner.column}" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM address o WHERE o.contact_id = t.id AND o.deleted_at IS NULL) ORDER BY a.position, a.id'
    )
    for record, value in reader.rows(sql, (without,)):
        found[record][name] = found[record][name] or OfCompany(value)


def _own_values(
    reader: Reader, cls: type[Record], own: Sequence[tuple[str, Field]], customs: Sequence[tuple[str, Field, str]], listed: str
) -> dict[bytes, dict[str, Any]]:
    columns = ["t.id", *(f't."{field.column}"' for _, field in own), *(f"json_extract(t.custom, '$.\"{custom}\"')" for _, _, custom in customs)]
    currency = currency_sql(cls)
    seen = visible(cls, reader)
    sql = f'SELECT {", ".join(columns)}, {currency} FROM "{cls.entity.name}" t WHERE t.id {IN_IDS} AND {seen.sql}'  # noqa: S608
    found: dict[bytes, dict[str, Any]] = {}
    for record, *values, code in reader.rows(sql, (listed, *seen.parameters)):
        unit = code or reader.settings.currency
        named = [*own, *((name, field) for name, field, _ in customs)]
        found[record] = {name: to_plain(field, value, unit) for (name, field), value in zip(named, values, strict=True)}
    return found


def to_plain(field: Field, stored: Any, currency: str) -> Any:
    """Turn a stored value into a plain one; money takes the record's currency."""
    if stored is None:
        return None
    if field.kind == "money":
        return Money(from_minor(stored, currency), currency)
    if field.kind == "price":
        price = from_scaled(stored)
        digits = currency_decimals(currency)
        return Money(price if -int(price.as_tuple().exponent) >= digits else price.quantize(Decimal(1).scaleb(-digits)), currency)
    return KINDS[field.kind].load(stored)


def titles(reader: Reader, entity: str, wanted: Iterable[bytes | UUID], *, as_stored: bool = False) -> dict[bytes, tuple[str, bool]]:
    """Return (title, whether it is in the bin) of records, deleted ones too.

    Args:
        as_stored: for files that are read back: a draft without number and subject has no title there.
    """
    cls = entity_class(entity)
    title = title_field(cls)
    target = cls.fields.get(cls.entity.title)
    found = reader.rows(f'SELECT id, "{title}", deleted_at FROM "{entity}" WHERE id {IN_IDS}', (id_list(wanted),))  # noqa: S608
    if target and target.kind == "link" and target.target:
        inner = titles(reader, target.target, {row[1] for row in found if row[1]})
        return {row[0]: (inner.get(row[1], ("", False))[0], row[2] is not None) for row in found}
    return {row[0]: (str(row[1] or "") if as_stored else title_of(entity, row[1]), row[2] is not None) for row in found}


def title_of(entity: str, stored: Any) -> str:
    """Return what a record is called: a draft of a quote may have neither number nor subject."""
    return str(stored or (tr("Draft") if entity == "quote" else ""))


def _fill_links(reader: Reader, field: Field, name: str, found: Iterable[dict[str, Any]]) -> None:
    records = list(found)
    linked = {values[name].bytes for values in records if values.get(name)}
    named = titles(reader, field.target or "", linked) if linked else {}
    for values in records:
        if values.get(name):
            title, gone = named.get(values[name].bytes, ("", True))
            values[name] = Link(values[name], title, gone)


_MORE = {"phone": ("e164", "extension"), "address": ("street", "postal_code", "city", "state", "country")}


def _fill_parts(
    reader: Reader, cls: type[Record], name: str, field: Field, inner: Field, single: bool, listed: str, found: dict[bytes, dict[str, Any]]
) -> None:
    owner, target = f"{cls.entity.name}_id", ENTITIES[field.target or ""]
    more = () if single else _MORE.get(field.target or "", ())
    label = '"label"' if "label" in target.columns else "NULL"
    columns = ", ".join([f'"{inner.column}"', label, *(f'"{column}"' for column in more)])
    for values in found.values():
        values[name] = None if single else []
    fetched = reader.rows(
        f'SELECT "{owner}", {columns} FROM "{field.target}" WHERE "{owner}" {IN_IDS} AND deleted_at IS NULL ORDER BY position, id',
        (listed,),  # noqa: S608
    )
    named = titles(reader, inner.target, {row[1] for row in fetched if row[1]}) if inner.kind == "link" and inner.target else {}
    groups = dict(reader.rows('SELECT id, "group" FROM tag WHERE "group" IS NOT NULL')) if fetched and field.target == "record_tag" and not single else {}
    for record, value, word, *rest in fetched:
        if record not in found:
            continue
        text = named.get(value, ("", False))[0] if inner.kind == "link" else value
        if single:
            found[record][name] = found[record][name] or text
        elif value in groups:
            found[record][name].append(Part(str(text or ""), word, (("group", groups[value]),)))
        elif field.target == "address":
            found[record][name].append(Part(address_line(dict(zip(more, rest, strict=True))), word, tuple(zip(more, rest, strict=True))))
        else:
            found[record][name].append(Part(str(text or ""), word, tuple(zip(more, rest, strict=True))))


def address_line(parts: dict[str, str | None]) -> str:
    """Return an address in one line."""
    place = " ".join(piece for piece in (parts.get("postal_code"), parts.get("city")) if piece)
    return ", ".join(piece for piece in (parts.get("street"), place, parts.get("state"), parts.get("country")) if piece)


def shown(field: Field, value: Any) -> str:
    """Return a plain value as people read it."""
    if value is None or value == []:
        return ""
    if isinstance(value, Link):
        return value.title
    if isinstance(value, list):
        return ", ".join(part.value for part in value)
    if isinstance(value, Money):
        return show_money(value)
    return KINDS[field.kind].show(value, field)


# -- one record ------------------------------------------------------------------------------------------------------------------


def find_one(reader: Reader, entity: str, text: str) -> UUID:
    """Return the record that an id, a number or a unique name means.

    Raises:
        UserError: there is none, or several have that name.
    """
    cls = entity_class(entity)
    found = ids_by_title(reader, cls, text)
    seen = set(ids(reader, entity, among=found)) if found else set()
    found = [record for record in found if record in seen]
    if not found:
        hint = (
            tr("It lies in the bin: “trash list” shows it.") if _is_binned(reader, cls, text) else tr("Give its id, its number or its name; “search” finds it.")
        )
        raise UserError(tr("There is no {entity} “{text}”.", entity=tr(cls.entity.label), text=text), hint=hint)
    if len(found) > 1:
        raise UserError(
            tr("{count} records are called “{text}”.", count=len(found), text=text),
            hint=tr("Give the id of one: {ids}.", ids=", ".join(str(UUID(bytes=record)) for record in found[:5])),
        )
    return UUID(bytes=found[0])


def _is_binned(reader: Reader, cls: type[Record], text: str) -> bool:
    """Say whether a deleted record has this id, number or name."""
    columns = [name for name in (*NUMBERS, title_field(cls)) if name in cls.columns and name != "id"]
    either = " OR ".join(["lower(hex(id)) = ?", *(f'"{column}" = ?' for column in columns)])
    wanted = [text.replace("-", "").lower(), *([text] * len(columns))]
    return reader.value(f'SELECT 1 FROM "{cls.entity.name}" WHERE deleted_at IS NOT NULL AND ({either}) LIMIT 1', wanted) is not None  # noqa: S608


WORKINGS = frozenset({"sort_key", "name_key", "city_key", "key", "totals", "frozen", "amount_base"})


def is_shown(cls: type[Record], field: Field) -> bool:
    """Tell fields of people from those that the program keeps for itself; what a record is called by is always shown."""
    return field.name not in WORKINGS or field.name == cls.entity.title


def all_columns(cls: type[Record], reader: Reader) -> list[str]:
    """Return the names of all fields of an entity that are shown, own fields last."""
    listed = [name for name, field in cls.fields.items() if is_shown(cls, field) and not (field.kind == "parts" and field.target in HEAVY_PARTS)]
    return [*listed, *(field.name for field in own_fields(reader, cls.entity.name).values())]


HEAVY_PARTS = frozenset({"quote_line", "allowance_charge", "message", "deal_product", "deal_contact"})


def record(reader: Reader, entity: str, record_id: UUID) -> dict[str, Any]:
    """Return one record whole, in JSON's terms: id, number, every field."""
    cls = entity_class(entity)
    found = rows(reader, entity, [record_id], all_columns(cls, reader))
    if not found:
        raise UserError(tr("This {entity} does not exist or was deleted.", entity=tr(cls.entity.label)))
    masked = masked_names(cls, reader.viewer.hidden)
    return {**to_json(cls, found[0]), **({"masked": masked} if masked else {})}


def number_field(cls: type[Record]) -> str | None:
    """Return the field that JSON calls the number of a record."""
    return next((name for name in ("number", "customer_number") if name in cls.fields), None)


def to_json(cls: type[Record], row: Row) -> dict[str, Any]:
    """Turn a row into JSON's terms: links as {id, title}, money as {amount, currency}, dates as ISO 8601."""
    number = row.values.get(number_field(cls) or "")
    return {"id": str(row.id), "number": number, **{name: json_value(value) for name, value in row.values.items() if name != "number"}}


def json_value(value: Any) -> Any:
    """Turn a plain value into what JSON knows."""
    match value:
        case Link():
            return {"id": str(value.id), "title": value.title}
        case Money():
            return {"amount": f"{value.amount:f}", "currency": value.currency}
        case Part():
            more = {name: inner for name, inner in value.more if inner is not None}
            return {"value": value.value, "label": value.label, **more}
        case list():
            return [json_value(part) for part in value]
        case datetime():
            return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case date():
            return day_text(value)
        case Decimal():
            return f"{value:f}"
        case UUID():
            return str(value)
        case _:
            return value


def related_counts(reader: Reader, entity: str, record_id: UUID) -> dict[str, int]:
    """Return how many live records of each entity point to a record."""
    counts = {}
    for name in (*MAIN, "attachment"):
        cls = ENTITIES[name]
        columns = [field.column for field in cls.fields.values() if field.kind == "link" and field.target == entity]
        if columns:
            either = " OR ".join(f't."{column}" = :id' for column in columns)
            found = reader.value(f'SELECT count(*) FROM "{name}" t WHERE ({either}) AND t.deleted_at IS NULL', {"id": record_id.bytes})  # noqa: S608
            if found:
                counts[name] = int(found)
    return counts


# -- the bin ---------------------------------------------------------------------------------------------------------------------


def in_bin(cls: type[Record], reader: Reader) -> Where:
    """Return the condition of what lies in the bin and the viewer may see.

    Records whose making was undone, be they 100,000 of an import that was cancelled, have the moment of that; nobody deleted them.
    """
    allowed = allowed_to_see(cls, reader)
    binned = "t.deleted_at IS NOT NULL AND t.deleted_at NOT IN (SELECT at FROM journal_tx WHERE kind = 'undo')"
    return Where(" AND ".join(piece for piece in (binned, allowed.sql) if piece), allowed.parameters)


@dataclass(frozen=True)
class Binned:
    """A record in the recycle bin."""

    entity: str
    id: UUID
    title: str
    deleted_at: datetime


def trash(reader: Reader, limit: int = 500) -> list[Binned]:
    """Return what lies in the bin, newest first; records whose making was undone are not in it."""
    found: list[Binned] = []
    for cls in ENTITIES.values():
        if cls.entity.owned_by or not cls.entity.journaled or cls.entity.name in {"setting", "number_series", "spent_number"}:
            continue
        title, where = title_field(cls), in_bin(cls, reader)
        binned = reader.rows(
            f'SELECT id, "{title}", deleted_at FROM "{cls.entity.name}" t WHERE {where.sql} ORDER BY deleted_at DESC LIMIT ?',
            (*where.parameters, limit),  # noqa: S608
        )
        found += [Binned(cls.entity.name, UUID(bytes=i), str(name or ""), moment(at)) for i, name, at in binned]
    return sorted(found, key=lambda item: item.deleted_at, reverse=True)[:limit]
