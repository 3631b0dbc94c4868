"""Masks: what a role may not read leaves the store masked, whichever query asks for it.

The connection of such a reader has, before each table with sensitive columns, a view of the same name that masks them. So lists, search, pages,
exports, timeline, filters, sort orders and totals see the masked value and nothing else; a query that forgets about masks can't be written.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from crmdesk.models.base import ENTITIES, Record
from crmdesk.models.registry import BY_NUMBER
from crmdesk.store.connections import Connection, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmdesk.fields import Field

# Who a record is about is said by its title, which every role reads: the parts of the name are no secret beside it.
_NAMES = frozenset({"given_name", "family_name"})
STARS = "***"


@lru_cache(maxsize=16)
def masked_fields(cls: type[Record], hidden: frozenset[str]) -> dict[str, Field]:
    """Return the fields of an entity, by column, whose own values are masked from who may not read these sensitivities."""
    return {field.column: field for field in cls.fields.values() if field.sensitivity in hidden and field.kind != "parts" and field.name not in _NAMES}


def masked_names(cls: type[Record], hidden: frozenset[str]) -> list[str]:
    """Return the names of the fields that show masked or empty: a record's own, and list fields whose parts are masked."""
    own = {field.name for field in masked_fields(cls, hidden).values()}
    return [
        name for name, field in cls.fields.items() if name in own or (field.kind == "parts" and field.target and masked_fields(ENTITIES[field.target], hidden))
    ]


def mask(connection: Connection, hidden: frozenset[str]) -> None:
    """Put masking views before the tables of a read-only connection."""
    connection.create_function("crmdesk_mask", 3, mask_text, deterministic=True)
    connection.create_function("crmdesk_mask_changes", 2, lambda number, changes: mask_changes(number, changes, hidden), deterministic=True)
    connection.execute("PRAGMA query_only = OFF")
    for sql in _views(connection, hidden):
        connection.execute(sql)
    connection.execute("PRAGMA query_only = ON")


def _views(connection: Connection, hidden: frozenset[str]) -> Iterator[str]:
    for name, cls in ENTITIES.items():
        masked = masked_fields(cls, hidden)
        if masked:
            columns = [column for _, column, *_ in rows(connection, f'PRAGMA main.table_info("{name}")')]
            yield _view(connection, name, {column: _masked_sql(masked[column], cls) for column in columns if column in masked})
    yield _view(connection, "journal", {"changes": "crmdesk_mask_changes(tbl, changes)"})
    if "personal" in hidden:
        # By some digits in a row a masked phone could be guessed; numbers of documents may still be found by them.
        with_phones = ", ".join(str(ENTITIES[owner].entity.number) for owner in ENTITIES["phone"].entity.owned_by)
        only = f"EXISTS (SELECT 1 FROM main.search_doc s WHERE s.docid = t.docid AND s.tbl NOT IN ({with_phones}))"
        for table in ("search_digits", "search_number"):
            yield f"CREATE TEMP VIEW {table} AS SELECT t.* FROM main.{table} t WHERE {only}"


def _view(connection: Connection, table: str, instead: dict[str, str]) -> str:
    columns = [column for _, column, *_ in rows(connection, f'PRAGMA main.table_info("{table}")')]
    listed = ", ".join(f'{instead[column]} AS "{column}"' if column in instead else f'"{column}"' for column in columns)
    return f'CREATE TEMP VIEW "{table}" AS SELECT {listed} FROM main."{table}"'  # noqa: S608


def _masked_sql(field: Field, cls: type[Record]) -> str:
    if not _is_text(field):
        return "NULL"
    international = '"e164"' if cls.entity.name == "phone" else "NULL"
    return f"crmdesk_mask('{cls.entity.name}', \"{field.column}\", {international})"


def _is_text(field: Field) -> bool:
    return field.kind in {"text", "long_text"}


def mask_text(entity: str, text: str | None, international: str | None) -> str | None:
    """Mask a text: 138****5678, +49****4321, a***@example.com, else its first character."""
    if not text:
        return text
    if entity == "phone":
        return _mask_phone(text, international)
    if entity == "email" and "@" in text:
        local, _, domain = text.rpartition("@")
        return f"{local[:1]}{STARS}@{domain}"
    return text[0] + STARS


CHINESE_MOBILE = 14


def _mask_phone(text: str, international: str | None) -> str:
    known = international or ""
    if known.startswith("+861") and len(known) == CHINESE_MOBILE:
        return f"{known[3:6]}****{known[-4:]}"
    digits = [c for c in text if c.isdigit()]
    # Of a short number the last four digits would be most of it.
    last = "".join(digits[-4:]) if len(digits) >= 8 else ""
    return f"{_country_code(known)}****{last}"


def _country_code(international: str) -> str:
    if not international.startswith("+"):
        return ""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    bare = international[1:]
    return next((f"+{bare[:size]}" for size in (1, 2, 3) if bare[:size].isdigit() and int(bare[:size]) in COUNTRY_CODE_TO_REGION_CODE), "")


def mask_changes(number: int, changes: str | None, hidden: frozenset[str]) -> str | None:
    """Mask the values in a journal entry; that something was changed stays visible."""
    masked = masked_fields(BY_NUMBER[number], hidden) if number in BY_NUMBER else {}
    if not changes or not masked:
        return changes
    noted: dict[str, Any] = json.loads(changes)
    entity = BY_NUMBER[number].entity.name
    return json.dumps({name: _masked(entity, masked[name], value) if name in masked else value for name, value in noted.items()}, ensure_ascii=False)


def _masked(entity: str, field: Field, value: Any) -> Any:
    if isinstance(value, list):
        return [_masked(entity, field, inner) for inner in value]
    return mask_text(entity, value, None) if isinstance(value, str) and _is_text(field) else None
