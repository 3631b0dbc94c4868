"""The store's own currency, and exchange rates: a deal in a foreign currency takes the newest rate of the table, so that it counts in sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.models.base import ENTITIES
from crmdesk.store.connections import rows
from crmdesk.store.numbers import DEAL, EXCHANGE_RATE, SETTING
from crmdesk.store.reader import id_list
from crmdesk.store.schema import INSERT
from crmdesk.store.settings import from_rows, named_id
from crmdesk.store.stamps import derive_again

if TYPE_CHECKING:
    from datetime import date

    from crmdesk.store.connections import Connection
    from crmdesk.store.settings import Settings

_AMOUNTS = """SELECT EXISTS(SELECT 1 FROM deal WHERE amount IS NOT NULL AND deleted_at IS NULL AND id NOT IN (SELECT row FROM journal WHERE id > ?1 AND op = ?2))
    OR EXISTS(SELECT 1 FROM quote WHERE deleted_at IS NULL AND id NOT IN (SELECT row FROM journal WHERE id > ?1 AND op = ?2))
    OR EXISTS(SELECT 1 FROM exchange_rate WHERE deleted_at IS NULL AND id NOT IN (SELECT row FROM journal WHERE id > ?1 AND op = ?2))"""
_OWN = "d.quote_id IS NULL AND d.deleted_at IS NULL"
"""Deals with a leading quote have the rate of that."""
_TOUCHED = f"""SELECT d.id, d.currency, d.exchange_rate, d.closed_on, max(j.turned) > max(j.rated) FROM (
    SELECT row, op, json_type(changes, '$.currency') IS NOT NULL AS turned, json_type(changes, '$.exchange_rate') IS NOT NULL AS rated
    FROM journal WHERE id > ? AND +tbl = ?) j
    CROSS JOIN deal d ON d.id = j.row WHERE {_OWN} AND (d.currency <> ? OR d.exchange_rate IS NOT NULL) AND (j.op = ? OR j.turned OR j.rated OR d.exchange_rate IS NULL) GROUP BY d.id"""  # noqa: S608
_WAITING = f"""SELECT d.id, d.currency, d.exchange_rate, d.closed_on, 0 FROM deal d WHERE d.exchange_rate IS NULL AND {_OWN} AND d.currency <> ?
    AND d.currency IN (SELECT r.code FROM journal j CROSS JOIN exchange_rate r ON r.id = j.row WHERE j.id > ? AND +j.tbl = ?)"""  # noqa: S608


def check_currency(connection: Connection, before: int, settings: Settings) -> None:
    """Refuse to give the store another currency once there are amounts: all that was converted would be wrong.

    Raises:
        UserError: says what to do instead.
    """
    changed = rows(connection, "SELECT 1 FROM journal WHERE id > ? AND +tbl = ? AND row = ?", (before, SETTING, named_id("setting", "currency").bytes))
    if not changed:
        return
    now = from_rows(rows(connection, "SELECT key, value FROM setting WHERE key = 'currency' AND deleted_at IS NULL")).currency
    if now != settings.currency and rows(connection, _AMOUNTS, (before, INSERT))[0][0]:
        raise UserError(
            tr("The store's own currency stays {currency}: there are amounts, quotes or exchange rates in it.", currency=settings.currency),
            field="currency", hint=tr("Make a new store with the other currency, and import there what you export here."),
        )  # fmt: skip


def settle_rates(connection: Connection, before: int, settings: Settings, today: date, touched: set[int]) -> None:
    """Give deals in a foreign currency the rate of the day: those that the open transaction brought, and those that waited for a rate that it brought.

    A rate that somebody typed stays as long as the currency does. The day is that of the closing, else today.
    """
    found = []
    if DEAL in touched:
        found += rows(connection, _TOUCHED, (before, DEAL, settings.currency, INSERT))
    if EXCHANGE_RATE in touched:
        found += rows(connection, _WAITING, (settings.currency, before, EXCHANGE_RATE))
    changed = []
    for deal, currency, rate, closed, is_of_another in found:
        day = min(closed or today.isoformat(), today.isoformat())
        due = rate if rate is not None and not is_of_another and currency != settings.currency else _newest(connection, currency, day)
        if due != rate:
            changed.append((due, deal))
    if changed:
        connection.executemany("UPDATE deal SET exchange_rate = ? WHERE id = ?", changed)
        derive_again(connection, ENTITIES["deal"], "SELECT unhex(value) FROM json_each(?)", (id_list(deal for _, deal in changed),), settings)


def _newest(connection: Connection, currency: str | None, day: str) -> int | None:
    """Return the newest rate of a currency up to a day, scaled; None where there is none, as for the store's own."""
    found = rows(
        connection,
        'SELECT rate FROM exchange_rate WHERE code = ? AND "on" <= ? AND rate > 0 AND deleted_at IS NULL ORDER BY "on" DESC, id DESC LIMIT 1',
        (currency, day),
    )
    return int(found[0][0]) if found else None
