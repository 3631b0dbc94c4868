"""Finding: conditions as people and programs write them, turned into SQL whose names come from the field registry only."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk import clock
from crmdesk.errors import UserError
from crmdesk.fields import KINDS, LARGEST_STORED, UNUSUAL_DECIMALS, Field, Money, currency_decimals, read_money, to_scaled
from crmdesk.i18n import tr
from crmdesk.models.base import ENTITIES, Record
from crmdesk.models.names import folded, sort_key
from crmdesk.models.registry import entity_class
from crmdesk.queries.digits import SHORTEST, with_digits
from crmdesk.queries.own_fields import own_field
from crmdesk.queries.problems import problem_sql, rules_named
from crmdesk.queries.relative_days import relative_days
from crmdesk.store.door import parts_of
from crmdesk.store.reader import IN_IDS, id_list
from crmdesk.store.rights import POOLED
from crmdesk.store.search_index import searched_entities

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from crmdesk.store.reader import Reader

NUMBERS = ("number", "customer_number", "code")
"""The fields by which people call a record beside its title, strongest first."""
FILES_OF = {"attachment": ("company", "contact", "deal", "ticket", "quote", "lead", "activity")}
"""What a record belongs to that says so in a field of its own."""
OF_DEED = "journal.transaction"
"""What a condition calls the transaction that wrote a record: with a dot, which no name of an own field has."""
_CONDITION = re.compile(r"\s*([\w.]+)\s*(?:(!=|<=|>=|=|<|>|~)\s*(.*)|(in|empty|notempty)\b\s*(.*))\s*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Condition:
    """One condition of a filter: field, operator, value as text (several for `in`)."""

    field: str
    operator: str
    value: str = ""
    values: tuple[str, ...] = ()


def parse_condition(text: str) -> Condition:
    """Read a condition such as `amount > 1000 EUR`, `stage = Won`, `city in Berlin, Paris`, `email empty`.

    Raises:
        UserError: it can't be read.
    """
    found = _CONDITION.fullmatch(text)
    if not found:
        raise UserError(tr("The condition “{text}” can't be read.", text=text), hint=tr("Write it as in “amount > 1000” or “stage = Won”."))
    name, sign, value, word, rest = found.groups()
    operator = (sign or word).lower()
    if operator in {"empty", "notempty"} and rest.strip():
        raise UserError(tr("The condition “{text}” can't be read.", text=text), hint=tr("Nothing comes behind “{operator}”.", operator=operator))
    if operator not in {"empty", "notempty"} and not (value or rest or "").strip("() ,"):
        raise UserError(tr("The condition “{text}” has no value.", text=text), hint=tr("Fields without a value are found by “empty”."))
    if operator == "in":
        parts = tuple(part.strip() for part in rest.strip("() ").split(",") if part.strip())
        return Condition(name, operator, rest, parts)
    return Condition(name, operator, (value or "").strip())


def condition_text(condition: Condition) -> str:
    """Return a condition as `parse_condition` reads it."""
    value = ", ".join(condition.values) if condition.operator == "in" else condition.value
    return f"{condition.field} {condition.operator} {value}".strip()


@dataclass(frozen=True)
class Where:
    """A piece of SQL with its parameters."""

    sql: str
    parameters: tuple[Any, ...] = ()


def visible(cls: type[Record], reader: Reader, alias: str = "t") -> Where:
    """Return the condition that every read of an entity starts from: live records that the viewer may see."""
    allowed = allowed_to_see(cls, reader, alias)
    return Where(" AND ".join((f"{alias}.deleted_at IS NULL", *([allowed.sql] if allowed.sql else []))), allowed.parameters)


def _is_mine(entity: str, alias: str) -> str:
    return f"({alias}.owner_id = ? OR {alias}.owner_id IS NULL)" if entity in POOLED else f"{alias}.owner_id = ?"


def allowed_to_see(cls: type[Record], reader: Reader, alias: str = "t") -> Where:
    """Return which records, live or in the bin, the viewer may see: parts and files with what they belong to; empty if all."""
    if not (reader.viewer.sees_only_own and reader.viewer.member_id):
        return Where("")
    member = reader.viewer.member_id.bytes
    if "owner_id" in cls.columns:
        return Where(_is_mine(cls.entity.name, alias), (member,))
    owners = [name for name in cls.entity.owned_by or FILES_OF.get(cls.entity.name, ()) if "owner_id" in ENTITIES[name].columns]
    none = '{alias}."{owner}_id" IS NULL' if cls.entity.owned_by else "{alias}.target IS NOT '{owner}'"
    pieces = [
        f'({none.format(alias=alias, owner=owner)} OR EXISTS (SELECT 1 FROM "{owner}" o WHERE o.id = {alias}."{owner}_id" AND {_is_mine(owner, "o")}))'  # noqa: S608
        for owner in owners
    ]
    return Where(" AND ".join(pieces), (member,) * len(pieces))


def field_for(cls: type[Record], name: str, reader: Reader) -> tuple[Field, Field | None, str | None]:
    """Return (field, part's field, custom field's id) for a name such as `amount`, `address.city` or the name of an own field."""
    bare = name.strip()
    first, _, second = bare.partition(".")
    if first in cls.fields:
        field = cls.fields[first]
        if field.kind == "parts" and field.target:
            part = ENTITIES[field.target]
            inner = part.fields.get(second or part.entity.value)
            if inner is not None:
                return field, inner, None
        elif not second:
            return field, None, None
    for owned, column in parts_of(cls):
        del column
        listing = next((f for f in cls.fields.values() if f.target == owned and f.kind == "parts"), None)
        if listing and owned == "address" and bare in ENTITIES[owned].fields:
            return listing, ENTITIES[owned].fields[bare], None
    if own := own_field(reader, cls.entity.name, bare):
        key, field = own
        return field, None, key
    raise UserError(tr("{entity} has no field “{name}”.", entity=tr(cls.entity.label), name=name), hint=tr("The command “fields” lists them."))


def condition_sql(cls: type[Record], condition: Condition, reader: Reader, alias: str = "t", *, of_few: bool = False) -> Where:
    """Turn a condition into SQL over the entity's table `alias`.

    Args:
        of_few: the query looks at a few records only, so that the parts of each are looked up, and not the records of all parts.

    Raises:
        UserError: an unknown field, an operator that the field's kind does not have, a value that can't be read.
    """
    if condition.operator == "~" and len(condition.value) > LONGEST_SOUGHT:
        raise UserError(tr("The text is too long to search for."), field=condition.field, hint=tr("It may have {count} characters.", count=LONGEST_SOUGHT))
    if condition.field == "id" and condition.operator == "in":
        return Where(f"{alias}.id IN (SELECT unhex(replace(value, '-', '')) FROM json_each(?))", (json.dumps(condition.values),))
    if condition.field == "id" and condition.operator in {"=", "!="}:
        return Where(f"{alias}.id {'=' if condition.operator == '=' else 'IS NOT'} unhex(?)", (condition.value.replace("-", ""),))
    if condition.field == "problem" and alias == "t":
        has_one = " OR ".join(problem_sql(rule, reader, of_few=of_few) for rule in rules_named(cls.entity.name, condition.value))
        return Where(f"({has_one})")
    if condition.field == OF_DEED and condition.operator == "=" and re.fullmatch(r"\d{1,18}", condition.value):
        return _of_deed(cls, int(condition.value), alias)
    field, inner, custom = field_for(cls, condition.field, reader)
    if inner is not None:
        return _part_sql(cls, field, inner, condition, reader, alias, of_few)
    if custom is not None:
        return _compare(f"json_extract({alias}.custom, '$.\"{custom}\"')", field, condition, reader)
    # Whoever looks at a few records has found them another way: the column's own index would only lead to many.
    column = f'{"+" if of_few else ""}{alias}."{field.column}"'
    if field.kind == "link":
        return _link_sql(column, field, condition, reader)
    currency = currency_sql(cls, alias)
    found = _compare(column, field, condition, reader, currency)
    if of_few:
        return found
    is_led = field.kind not in {"text", "long_text"} and condition.operator in _RANGES
    if is_led and any(index.columns[0] == field.column for index in cls.indexes) and _are_many(cls, found, reader, alias):
        # By the index of most birthdays the table would be read crosswise. A sign would not do: through it the planner sees that a partial index holds all.
        return _compare(f"coalesce({column}, NULL)", field, condition, reader, currency)
    return _with_few_names(cls, field, condition, found, reader, alias)


def _of_deed(cls: type[Record], tx: int, alias: str) -> Where:
    """Return the condition that a transaction, or the series that it began, added or changed a record or one of its parts."""
    rows = (
        "SELECT j.row FROM journal_tx x JOIN journal j ON j.id BETWEEN x.first_id AND x.last_id "
        "WHERE (x.id = ? OR x.id > ? AND json_extract(x.detail, '$.series') = ?) AND +j.tbl = ?"
    )
    sql, parameters = [rows], [tx, tx, tx, cls.entity.number]
    for part, owner in parts_of(cls):
        sql.append(f'SELECT "{owner}" FROM "{part}" WHERE id IN ({rows})')  # noqa: S608
        parameters += [tx, tx, tx, ENTITIES[part].entity.number]
    return Where(f"{alias}.id IN ({' UNION '.join(sql)})", tuple(parameters))


FEW = 4000
LONGEST_SOUGHT = 5000
"""Patterns of more than 50,000 bytes are too long for SQLite; signs between digits and folded letters make them longer."""
_LONGEST_PATTERN = 49_000
_RANGES = frozenset({"<", "<=", ">", ">=", "=", "notempty"})


def _are_many(cls: type[Record], where: Where, reader: Reader, alias: str) -> bool:
    some = f'SELECT 1 FROM "{cls.entity.name}" {alias} WHERE {where.sql} LIMIT {FEW}'  # noqa: S608
    return int(reader.value(f"SELECT count(*) FROM ({some})", where.parameters)) == FEW  # noqa: S608


def _with_few_names(cls: type[Record], field: Field, condition: Condition, found: Where, reader: Reader, alias: str) -> Where:
    """Add to a condition on names the records whose sort keys may meet it, where these are few: that index is a fifth of the table."""
    is_name = field.name == cls.entity.title == "name" and "sort_key" in cls.columns and field.sensitivity not in reader.viewer.hidden
    if not is_name or condition.operator != "~" or not _folds_alone(condition.value):
        return found
    few = _few_of(cls.entity.name, "sort_key LIKE ? ESCAPE '\\'", (_like(folded(condition.value)),), reader)
    return found if few is None else Where(f"({alias}.id {IN_IDS} AND {found.sql})", (id_list(few), *found.parameters))


def _few_of(table: str, sql: str, parameters: tuple[Any, ...], reader: Reader) -> list[bytes] | None:
    """Return the ids that meet a condition on an index that covers it; None if they are many."""
    found = reader.rows(f'SELECT id FROM "{table}" WHERE {sql} LIMIT {FEW + 1}', parameters)  # noqa: S608
    return [row[0] for row in found] if len(found) <= FEW else None


def _folds_alone(text: str) -> bool:
    """Say whether a text within another one is folded as it is alone: Chinese is not, nor are signs with which sort keys don't begin."""
    return text[:1].isalnum() and all(letter < "\u0250" for letter in text)


def _part_sql(cls: type[Record], field: Field, inner: Field, condition: Condition, reader: Reader, alias: str, of_few: bool) -> Where:
    owner = f"{cls.entity.name}_id"
    turned = replace(condition, operator="=") if condition.operator == "!=" else condition
    few = None if of_few else _few_parts(cls, field.target or "", inner, turned, reader)
    if of_few:
        has = f'EXISTS (SELECT 1 FROM "{field.target}" p WHERE p."{owner}" = {alias}.id AND p.deleted_at IS NULL'  # noqa: S608
    else:
        led = f'p.id {IN_IDS} AND +p."{owner}"' if few is not None else f'p."{owner}"'
        has = f'{alias}.id IN (SELECT p."{owner}" FROM "{field.target}" p WHERE {led} IS NOT NULL AND p.deleted_at IS NULL'  # noqa: S608
    if condition.operator == "empty" and not of_few:
        # Two indexes side by side, in the same order: half of what it takes to look every record up. LIMIT keeps the planner from dropping that order.
        owners = f'SELECT "{owner}" FROM "{field.target}" WHERE "{owner}" IS NOT NULL AND deleted_at IS NULL'  # noqa: S608
        return Where(f"{alias}.id IN ({_all_ids(cls, reader)} EXCEPT {owners} ORDER BY 1 LIMIT -1)")
    if condition.operator in {"empty", "notempty"}:
        return Where(f"{'NOT ' if condition.operator == 'empty' else ''}{has})")
    # Of few records each one's parts are looked at; by its value's index the planner would look at all parts that have it, for each record anew.
    column = f'{"+" if of_few else ""}p."{inner.column}"'
    matching = _link_sql(column, inner, turned, reader) if inner.kind == "link" else _part_value(entity_class(field.target or ""), inner, turned, reader)
    found = Where(f"{'NOT ' if condition.operator == '!=' else ''}{has} AND {matching.sql})", matching.parameters)
    return found if few is None else Where(found.sql, (id_list(few), *found.parameters))


def _all_ids(cls: type[Record], reader: Reader) -> str:
    """Return the SQL of the ids of all live records, with some deleted ones, in the order of the ids: the search index has them in a tenth of the table's room."""
    if reader.is_within_change or cls not in searched_entities():
        return f'SELECT id FROM "{cls.entity.name}"'  # noqa: S608
    of_kind = f"WHERE tbl = {cls.entity.number}"
    return f"SELECT row FROM search_doc {of_kind} UNION SELECT row FROM search_queue {of_kind}"  # noqa: S608


NORMAL: dict[tuple[str | None, str], str] = {("email", "address"): "key", ("phone", "number"): "e164", ("address", "city"): "city_key"}
"""The forms by which list fields are sorted and compared, which have an index: ANNA@… beside anna@…, +49 30 beside 030."""


def _few_parts(cls: type[Record], table: str, inner: Field, condition: Condition, reader: Reader) -> list[bytes] | None:
    """Return the parts that may meet a condition, where the index of their normal form tells that these are few; None where it does not."""
    key, sign = NORMAL.get((table, inner.name)), condition.operator
    # Masked values have no index.
    if key is None or sign not in {"=", "~"} or not condition.value or reader.viewer.hidden.intersection({inner.sensitivity, "personal"}):
        return None
    if key == "e164":
        return _few_phones(cls, condition, reader)
    normal = folded if key == "city_key" else str.lower
    if sign == "=":
        return _few_of(table, f'"{key}" = ?', (normal(str(stored_value(inner, condition.value, reader)[0]).strip()),), reader)
    if not _folds_alone(condition.value) or (key == "key" and not (condition.value.isascii() and "".join(condition.value.split()) == condition.value)):
        return None
    return _few_of(table, f"\"{key}\" LIKE ? ESCAPE '\\'", (_like(normal(condition.value)),), reader)


def _few_phones(cls: type[Record], condition: Condition, reader: Reader) -> list[bytes] | None:
    """Return the phones with these digits: in international form by its index, as typed by the search index and among those that wait for it."""
    wanted = re.sub(r"\D", "", condition.value).lstrip("0")
    if len(wanted) < SHORTEST or not wanted.isascii() or reader.is_within_change or cls not in searched_entities():
        return None
    waiting = reader.rows(f"SELECT row FROM search_queue WHERE tbl = ? LIMIT {FEW + 1}", (cls.entity.number,))  # noqa: S608
    documents = with_digits(reader, wanted, FEW + 1)
    international = _few_of("phone", "e164 LIKE ?", (f"%{wanted}{'%' if condition.operator == '~' else ''}",), reader)
    if international is None or len(waiting) > FEW or len(documents) > FEW:
        return None
    known = reader.rows("SELECT row FROM search_doc WHERE docid IN (SELECT value FROM json_each(?)) AND tbl = ?", (json.dumps(documents), cls.entity.number))
    theirs = reader.rows(f'SELECT id FROM phone WHERE "{cls.entity.name}_id" {IN_IDS}', (id_list({row for (row,) in (*waiting, *known)}),))  # noqa: S608
    return [*{*international, *(row for (row,) in theirs)}]


def _part_value(part: type[Record], inner: Field, condition: Condition, reader: Reader) -> Where:
    if inner.name == "number" and condition.operator in {"=", "~"} and (wanted := re.sub(r"\D", "", condition.value)):
        bare = "replace(replace(replace(replace(replace(p.number, ' ', ''), '-', ''), '/', ''), '(', ''), ')', '')"
        digits, end = wanted.lstrip("0"), "%" if condition.operator == "~" else ""
        sign = f"%{digits}{end}"
        # Few numbers have these digits in this order at all; only theirs are made bare.
        return Where(f"(p.e164 LIKE ? OR (p.number LIKE ? AND {bare} LIKE ?))", (sign, "%" + "%".join(digits) + end, sign))
    return _compare(f'p."{inner.column}"', inner, condition, reader, currency_sql(part, "p"))


def _link_sql(column: str, field: Field, condition: Condition, reader: Reader) -> Where:
    if condition.operator in {"empty", "notempty"}:
        # Most links lead somewhere: by the index of these the whole table would be read crosswise.
        return Where(f"+{column} IS NOT NULL" if condition.operator == "notempty" else f"{column} IS NULL")
    target = entity_class(field.target or "")
    title = title_field(target)
    wanted = condition.values if condition.operator == "in" else (condition.value,)
    if condition.operator == "~":
        having = _contains(f'"{title}"', condition.value)
        return Where(f'{column} IN (SELECT id FROM "{field.target}" WHERE {having.sql})', having.parameters)  # noqa: S608
    if condition.operator not in {"=", "!=", "in"}:
        raise _bad_operator(field, condition.operator)
    ids: list[bytes] = []
    for value in wanted:
        # What belongs to a record in the bin is still found by its id.
        ids += [UUID(value.strip()).bytes] if _AN_ID.fullmatch(value.strip()) else ids_by_title(reader, target, value)
    listed = ", ".join("?" * len(ids)) or "NULL"
    if condition.operator == "!=":
        return Where(f"({column} IS NULL OR {column} NOT IN ({listed}))", tuple(ids))
    return Where(f"{column} IN ({listed})", tuple(ids))


def currency_sql(cls: type[Record], alias: str = "t") -> str:
    """Return the SQL of the currency of a record's amounts; a part's is its owner's."""
    if "currency" in cls.columns:
        return f"{alias}.currency"
    owners = [owner for owner in cls.entity.owned_by if "currency" in ENTITIES[owner].columns]
    choices = [f'(SELECT o.currency FROM "{owner}" o WHERE o.id = {alias}."{owner}_id")' for owner in owners]  # noqa: S608
    return f"coalesce({', '.join(choices)}, NULL)" if choices else "NULL"


def title_field(cls: type[Record]) -> str:
    """Return the column that names a record."""
    field = cls.fields.get(cls.entity.title)
    return field.column if field and field.kind != "parts" else "id"


_AN_ID = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")


def ids_by_title(reader: Reader, cls: type[Record], text: str) -> list[bytes]:
    """Return the live records that a text names: by id, by number, else by their exact title, then by folded title."""
    bare = text.strip()
    table = cls.entity.name
    if _AN_ID.fullmatch(bare):
        found = reader.rows(f'SELECT id FROM "{table}" WHERE id = ? AND deleted_at IS NULL', (UUID(bare).bytes,))  # noqa: S608
        if found:
            return [row[0] for row in found]
    columns = cls.columns
    # An own field is called by the name that filters use too, not only by its label.
    for column in (*NUMBERS, *(["name"] if cls.entity.title == "label" else [])):
        if column in columns:
            found = reader.rows(f'SELECT id FROM "{table}" WHERE "{column}" = ? AND deleted_at IS NULL', (bare,))  # noqa: S608
            if found:
                return [row[0] for row in found]
    title = title_field(cls)
    if "sort_key" in columns and (key := sort_key(bare)):
        found = reader.rows(f'SELECT id, "{title}" FROM "{table}" WHERE sort_key = ? AND deleted_at IS NULL', (key,))  # noqa: S608
        exact = [row[0] for row in found if row[1] == bare]
        return exact or [row[0] for row in found if folded(row[1] or "") == folded(bare)] or [row[0] for row in found]
    return [row[0] for row in reader.rows(f'SELECT id FROM "{table}" WHERE "{title}" = ? AND deleted_at IS NULL', (bare,))]  # noqa: S608


def _like(text: str) -> str:
    return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _contains(column: str, text: str) -> Where:
    """Look for a text within another one, capitals and small letters alike: LIKE knows those of English only."""
    pattern = _in_any_case(text)
    return Where(f"{column} GLOB ?", (f"*{pattern}*",)) if pattern else Where(f"{column} LIKE ? ESCAPE '\\'", (_like(text),))


def _is_text(column: str, text: str) -> Where:
    pattern = _in_any_case(text)
    return Where(f"{column} GLOB ?", (pattern,)) if pattern else Where(f"{column} = ? COLLATE NOCASE", (text,))


def _is_one_of(column: str, texts: Sequence[str]) -> Where:
    patterns = {text: _in_any_case(text) for text in texts}
    english = [text for text, pattern in patterns.items() if not pattern]
    others = [pattern for pattern in patterns.values() if pattern]
    found = Where(f"{column} COLLATE NOCASE IN ({', '.join('?' * len(english)) or 'NULL'})", tuple(english))
    if not others:
        return found
    return Where(f"({found.sql} OR EXISTS (SELECT 1 FROM json_each(?) e WHERE {column} GLOB e.value))", (*english, json.dumps(others)))  # noqa: S608


def _in_any_case(text: str) -> str | None:
    """Return a pattern for GLOB that takes capitals and small letters alike; None where there are English letters only, or too many for SQLite."""
    if text.isascii():
        return None
    pieces = []
    for letter in text:
        cases = {case for case in (letter, letter.lower(), letter.upper(), letter.title()) if len(case) == 1}
        pieces.append(f"[{''.join(sorted(cases))}]" if len(cases) > 1 or letter in "*?[" else letter)
    pattern = "".join(pieces)
    return pattern if len(pattern.encode()) < _LONGEST_PATTERN else None


def caseless(text: str) -> str:
    """Return a text as filters compare it: capitals as small letters, each by itself, so that what counts as one value is what a filter by it finds."""
    return text.lower() if text.isascii() else "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


def _bad_operator(field: Field, operator: str) -> UserError:
    return UserError(
        tr("{field} can't be compared with “{operator}”.", field=tr(field.label), operator=operator),
        hint=tr("It takes: {operators}.", operators=" ".join(dict.fromkeys((*KINDS[field.kind].operators, "empty", "notempty")))),
    )


# What can be asked in words beyond what filters offer.
_MORE_OPERATORS = {"choice": ("~",), "date": ("~",), "flag": ("!=", "in"), "long_text": ("=", "!=", "in")}


def _compare(column: str, field: Field, condition: Condition, reader: Reader, currency: str = "NULL") -> Where:
    operator = condition.operator
    if operator in {"empty", "notempty"} and column.startswith("json_extract"):
        # Taken out of the text once, not twice.
        return Where(f"ifnull({column}, '') {'=' if operator == 'empty' else '<>'} ''")
    if operator == "empty":
        return Where(f"({column} IS NULL OR {column} = '')")
    if operator == "notempty":
        return Where(f"({column} IS NOT NULL AND {column} <> '')")
    if operator not in {*KINDS[field.kind].operators, *_MORE_OPERATORS.get(field.kind, ())}:
        raise _bad_operator(field, operator)
    if operator == "~":
        return _contains(column, condition.value)
    if operator == "in" and field.kind in {"text", "long_text"}:
        return _is_one_of(column, [stored_value(field, value, reader)[0] for value in condition.values])
    if operator == "in" and field.kind in {"date", "moment", "money"}:
        pieces = [_compare(column, field, Condition(condition.field, "=", value), reader, currency) for value in condition.values]
        joined = " OR ".join(piece.sql for piece in pieces) or "NULL"
        return Where(f"({joined})", tuple(value for piece in pieces for value in piece.parameters))
    if operator == "in":
        values = [stored_value(field, value, reader)[0] for value in condition.values]
        return Where(f"{column} IN ({', '.join('?' * len(values)) or 'NULL'})", tuple(values))
    if days := _days_of(field, condition.value, reader):
        return _in_days(column, field, operator, days, reader)
    if field.kind == "money":
        return _compare_money(column, operator, condition.value, reader, currency)
    value, code = stored_value(field, condition.value, reader)
    if field.kind in {"text", "long_text"}:
        same = _is_text(column, value)
        return Where(f"({column} IS NULL OR NOT {same.sql})", same.parameters) if operator == "!=" else same
    if operator == "!=":
        return Where(f"{column} IS NOT ?", (value,))
    if code:
        return Where(f"({column} {operator} ? AND ifnull({currency}, ?) = ?)", (value, reader.settings.currency, code))
    return Where(f"{column} {operator} ?", (value,))


def _compare_money(column: str, operator: str, text: str, reader: Reader, currency: str) -> Where:
    """Compare amounts as people read them: 1000 is a thousand of whatever currency a row is in, of which each has its own smallest unit."""
    base = reader.settings.currency
    money, sign = read_money(text, base), "IS NOT" if operator == "!=" else operator
    if _NAMES_CURRENCY.search(text):
        unlike = f"({column} IS NOT ? OR ifnull({currency}, ?) <> ?)"
        return Where(
            unlike if operator == "!=" else f"({column} {sign} ? AND ifnull({currency}, ?) = ?)", (_units(money.amount, money.currency), base, money.currency)
        )
    usual = _units(money.amount, base)
    odd = {code: units for code in UNUSUAL_DECIMALS if (units := _units(money.amount, code)) != _units(money.amount, "EUR")}
    if not odd:
        return Where(f"{column} {sign} ?", (usual,))
    of_code = {units: [code for code, its in odd.items() if its == units] for units in odd.values()}
    listed = {units: ", ".join(f"'{code}'" for code in codes) for units, codes in of_code.items()}
    cases = " ".join(f"WHEN {currency} IN ({codes}) THEN ?" for codes in listed.values())
    bound = f"CASE WHEN {currency} IS NULL THEN ? WHEN {currency} NOT IN ({', '.join(listed.values())}) THEN ? {cases} END"
    return Where(f"{column} {sign} {bound}", (usual, _units(money.amount, "EUR"), *listed))


_NAMES_CURRENCY = re.compile(r"[^\d\s.,'’()+\-−]")


def _units(amount: Decimal, currency: str) -> int | float:
    """Return an amount in a currency's smallest unit; with a fraction where it has more decimals, which no amount equals."""
    units = amount.scaleb(currency_decimals(currency))
    return int(units) if units == units.to_integral_value() and abs(units) <= LARGEST_STORED else float(units)


def _days_of(field: Field, text: str, reader: Reader) -> tuple[date, date] | None:
    """Return the days that a condition's value means: relative ones, or the one day that stands there for a field with a time of day."""
    if field.kind not in {"date", "moment"}:
        return None
    if days := relative_days(text, clock.today(reader.settings.tz)):
        return days
    if field.kind == "moment" and ":" not in text:
        try:
            day = KINDS["date"].read(text, field, reader.settings.reading)
        except UserError:
            return None  # a time of day in other words; read as a moment
        return day, day
    return None


def _in_days(column: str, field: Field, operator: str, days: tuple[date, date], reader: Reader) -> Where:
    """Compare with whole days: before the first, until the last, within."""
    store, zone = KINDS[field.kind].store, reader.settings.tz
    first, after = (
        store(day if field.kind == "date" else datetime.combine(day, time(), zone)) for day in (days[0], days[1] + timedelta(days=1))
    )  # fmt: skip
    match operator:
        case "=":
            return Where(f"({column} >= ? AND {column} < ?)", (first, after))
        case "!=":
            return Where(f"({column} IS NULL OR {column} < ? OR {column} >= ?)", (first, after))
        case "<":
            return Where(f"{column} < ?", (first,))
        case "<=":
            return Where(f"{column} < ?", (after,))
        case ">":
            return Where(f"{column} >= ?", (after,))
        case _:
            return Where(f"{column} >= ?", (first,))


def stored_value(field: Field, text: str, reader: Reader) -> tuple[Any, str | None]:
    """Read a text by the kind of a field that holds no amount; returns the stored value and, for a price with a currency named, that currency."""
    plain = KINDS[field.kind].read(text, field, reader.settings.reading)
    if isinstance(plain, Money):
        return to_scaled(plain.amount), plain.currency if _NAMES_CURRENCY.search(text) else None
    return KINDS[field.kind].store(plain), None


def also(cls: type[Record], conditions: Sequence[Condition], reader: Reader, alias: str = "t") -> Where:
    """Return further conditions to be put behind others, each with its AND; nothing without any."""
    pieces = [condition_sql(cls, condition, reader, alias) for condition in conditions]
    return Where("".join(f" AND {piece.sql}" for piece in pieces), tuple(value for piece in pieces for value in piece.parameters))


def where_sql(cls: type[Record], conditions: Sequence[Condition], reader: Reader, alias: str = "t", *, of_few: bool = False) -> Where:
    """Join visibility and all conditions; `of_few` as in `condition_sql`."""
    pieces = [visible(cls, reader, alias), *(condition_sql(cls, condition, reader, alias, of_few=of_few) for condition in conditions)]
    return Where(" AND ".join(piece.sql for piece in pieces), tuple(value for piece in pieces for value in piece.parameters))
