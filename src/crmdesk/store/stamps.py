"""What the door completes set-based before a commit: companies of moved contacts, dates of last contact, derived fields after an undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.fields import KINDS
from crmdesk.models.base import ENTITIES, Record
from crmdesk.store.connections import Connection, rows
from crmdesk.store.door import derive_sources
from crmdesk.store.numbers import ACTIVITY, ALLOWANCE_CHARGE, CONTACT, DEAL, DOCUMENTS, QUOTE, QUOTE_LINE
from crmdesk.store.reader import IN_IDS, id_list
from crmdesk.store.schema import UPDATE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmdesk.store.settings import Settings

_NOT_PUT_BACK = " AND d.id NOT IN (SELECT j.row FROM journal j, json_each(j.changes) c WHERE j.id > ?1 AND +j.tbl = ?5 AND c.key IN ('quote_id', 'amount', 'currency', 'exchange_rate'))"
LEADING = DOCUMENTS | {DEAL}


def complete_stamps(connection: Connection, before: int, *, moves: bool = True) -> set[int]:
    """Bring derived links and dates up to date with what the open transaction changed; returns the tables that it touched.

    Args:
        moves: what belongs to a contact moves with it to another company; not where a transaction is taken back, which puts all of that back itself.
    """
    touched = _touched(connection, before)
    if moves and CONTACT in touched and _restamp_companies(connection, before):
        touched = _touched(connection, before)
    if ACTIVITY in touched:
        _last_contacts(connection, before)
    return touched


def _touched(connection: Connection, before: int) -> set[int]:
    return {number for (number,) in rows(connection, "SELECT DISTINCT +tbl FROM journal WHERE id > ?", (before,))}


def _stamped() -> Iterable[type[Record]]:
    for cls in ENTITIES.values():
        columns = cls.columns
        if "contact_id" in columns and "company_id" in columns and not cls.entity.owned_by and cls.entity.name != "lead":
            yield cls


def _restamp_companies(connection: Connection, before: int) -> bool:
    """Let what belongs to contacts that moved move with them; returns whether any did."""
    moved = rows(
        connection,
        "SELECT row, unhex(json_extract(changes, '$.company_id[0]')), unhex(json_extract(changes, '$.company_id[1]')) FROM journal "
        "WHERE id > ? AND +tbl = ? AND op = ? AND json_type(changes, '$.company_id') IS NOT NULL",
        (before, CONTACT, UPDATE),
    )
    for cls in _stamped():
        sql = f'UPDATE "{cls.entity.name}" SET company_id = ? WHERE contact_id = ? AND company_id IS ?'  # noqa: S608
        connection.executemany(sql, [(new, contact, old) for contact, old, new in moved])
    return bool(moved)


def _last_contacts(connection: Connection, before: int) -> None:
    changed = f"SELECT row FROM journal WHERE id > {int(before)} AND +tbl = {ACTIVITY}"
    for entity in ("contact", "company"):
        link = f"{entity}_id"
        connection.execute(
            f"""UPDATE {entity} SET last_contact_at = (SELECT max(at) FROM activity a WHERE a.{link} = {entity}.id AND a.deleted_at IS NULL)
            WHERE id IN (SELECT {link} FROM activity WHERE id IN ({changed}) UNION
                SELECT unhex(json_extract(changes, '$.{link}[0]')) FROM journal WHERE id > ? AND +tbl = ? AND op = ?)""",  # noqa: S608
            (before, ACTIVITY, UPDATE),
        )


def follow_leading_quotes(connection: Connection, before: int, settings: Settings, *, puts_back: bool = False) -> None:
    """Give deals the net amount of their leading quote where the open transaction changed that quote or the choice.

    Args:
        puts_back: the transaction takes another one back; where it gave a deal its former quote or amount, that stays.
    """
    deals = rows(
        connection,
        "SELECT d.id FROM quote q JOIN deal d ON d.id = q.deal_id AND d.quote_id = q.id WHERE q.deleted_at IS NULL AND q.net IS NOT NULL AND (q.id IN ("
        "SELECT row FROM journal WHERE id > ?1 AND +tbl = ?2 UNION SELECT l.quote_id FROM journal j JOIN quote_line l ON l.id = j.row WHERE j.id > ?1 AND +j.tbl = ?3 "
        "UNION SELECT a.quote_id FROM journal j JOIN allowance_charge a ON a.id = j.row WHERE j.id > ?1 AND +j.tbl = ?4 "
        "UNION SELECT unhex(json_extract(changes, '$.quote_id[1]')) FROM journal WHERE id > ?1 AND +tbl = ?5 AND json_type(changes, '$.quote_id') IS NOT NULL)) "
        "AND (d.amount IS NOT q.net OR d.currency IS NOT q.currency OR d.exchange_rate IS NOT q.exchange_rate)" + (_NOT_PUT_BACK if puts_back else ""),
        (before, QUOTE, QUOTE_LINE, ALLOWANCE_CHARGE, DEAL),
    )
    if not deals:
        return
    led = id_list(deal for (deal,) in deals)
    connection.execute(
        f"UPDATE deal SET (amount, currency, exchange_rate) = (SELECT net, currency, exchange_rate FROM quote q WHERE q.id = deal.quote_id) WHERE id {IN_IDS}",
        (led,),
    )
    derive_again(connection, ENTITIES["deal"], "SELECT unhex(value) FROM json_each(?)", (led,), settings)


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
