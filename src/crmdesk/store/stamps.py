"""What the door completes set-based before a commit: companies of moved contacts, dates of last contact, derived fields after an undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.fields import KINDS
from crmdesk.models.base import ENTITIES, Record
from crmdesk.store.connections import Connection, rows
from crmdesk.store.door import derive_sources
from crmdesk.store.schema import UPDATE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmdesk.store.settings import Settings

_CONTACT, _ACTIVITY = 3, 11


def complete_stamps(connection: Connection, before: int) -> None:
    """Bring derived links and dates up to date with what the open transaction changed."""
    touched = {number for (number,) in rows(connection, "SELECT DISTINCT +tbl FROM journal WHERE id > ?", (before,))}
    if _CONTACT in touched:
        _restamp_companies(connection, before)
    if _ACTIVITY in touched:
        _last_contacts(connection, before)


def _stamped() -> Iterable[type[Record]]:
    for cls in ENTITIES.values():
        columns = cls.__table__.columns
        if "contact_id" in columns and "company_id" in columns and not cls.entity.owned_by and cls.entity.name != "lead":
            yield cls


def _restamp_companies(connection: Connection, before: int) -> None:
    moved = rows(
        connection,
        "SELECT row, unhex(json_extract(changes, '$.company_id[0]')), unhex(json_extract(changes, '$.company_id[1]')) FROM journal "
        "WHERE id > ? AND +tbl = ? AND op = ? AND json_type(changes, '$.company_id') IS NOT NULL",
        (before, _CONTACT, UPDATE),
    )
    for cls in _stamped():
        sql = f'UPDATE "{cls.entity.name}" SET company_id = ? WHERE contact_id = ? AND company_id IS ?'  # noqa: S608
        connection.executemany(sql, [(new, contact, old) for contact, old, new in moved])


def _last_contacts(connection: Connection, before: int) -> None:
    changed = f"SELECT row FROM journal WHERE id > {int(before)} AND +tbl = {_ACTIVITY}"
    for entity in ("contact", "company"):
        link = f"{entity}_id"
        connection.execute(
            f"""UPDATE {entity} SET last_contact_at = (SELECT max(at) FROM activity a WHERE a.{link} = {entity}.id AND a.deleted_at IS NULL)
            WHERE id IN (SELECT {link} FROM activity WHERE id IN ({changed}) UNION
                SELECT unhex(json_extract(changes, '$.{link}[0]')) FROM journal WHERE id > ? AND +tbl = ? AND op = ?)""",  # noqa: S608
            (before, _ACTIVITY, UPDATE),
        )


def derive_again(connection: Connection, cls: type[Record], ids_sql: str, parameters: tuple[Any, ...], settings: Settings) -> None:
    """Compute the derived fields of the records that a query names from their present values."""
    derive = cls.entity.derive
    if derive is None:
        return
    kinds = {item.column: KINDS[item.kind] for item in cls.fields.values() if item.kind != "parts"}
    names = sorted(derive_sources(cls))
    target: list[str] = []
    updates: list[tuple[Any, ...]] = []
    columns = ", ".join(f't."{name}"' for name in names)
    for record_id, *stored in rows(connection, f'SELECT t.id, {columns} FROM "{cls.entity.name}" t WHERE t.id IN ({ids_sql})', parameters):  # noqa: S608
        plain = {name: None if value is None else kinds[name].load(value) for name, value in zip(names, stored, strict=True)}
        derived = derive(plain, settings)
        target = target or list(derived)
        updates.append((*(derived[name] for name in target), record_id))
    if updates:
        pairs = ", ".join(f'"{name}" = ?' for name in target)
        connection.executemany(f'UPDATE "{cls.entity.name}" SET {pairs} WHERE id = ?', updates)  # noqa: S608
