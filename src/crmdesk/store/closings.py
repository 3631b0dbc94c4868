"""When deals were closed: a deal that was won or lost has a closing date, an open one has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.store.connections import rows
from crmdesk.store.numbers import DEAL
from crmdesk.store.schema import INSERT, UPDATE

if TYPE_CHECKING:
    from datetime import date

    from crmdesk.store.connections import Connection

_ODD = """SELECT d.id, d.closed_on IS NULL, max(j.op = ?3 AND d.closed_on IS NOT NULL OR j.op = ?4 AND json_type(j.changes, '$.closed_on') IS NOT NULL),
    max(j.op = ?4 AND json_type(j.changes, '$.stage_id') IS NOT NULL)
    FROM journal j CROSS JOIN deal d ON d.id = j.row LEFT JOIN stage s ON s.id = d.stage_id
    WHERE j.id > ?1 AND +j.tbl = ?2 AND d.deleted_at IS NULL AND (ifnull(s.outcome, 'open') = 'open') = (d.closed_on IS NOT NULL) GROUP BY d.id"""


def settle_closings(connection: Connection, before: int, today: date, *, refuses: bool) -> None:
    """Give deals that the open transaction closed a closing date, today, and take it from those that it opened again.

    Args:
        refuses: complain where somebody emptied the date of a closed deal or gave one to an open deal, instead of mending that too.

    Raises:
        UserError: says what a closing date is for.
    """
    odd = rows(connection, _ODD, (before, DEAL, INSERT, UPDATE))
    for _, is_missing, is_given, is_moved in odd:
        if refuses and is_given and not is_moved:
            if is_missing:
                raise UserError(tr("A deal that was won or lost has a closing date."), field="closed_on", hint=tr("Give the day on which it was closed."))
            raise UserError(tr("An open deal has no closing date."), field="closed_on", hint=tr("It gets one when it is won or lost."))
    connection.executemany("UPDATE deal SET closed_on = ? WHERE id = ?", [(today.isoformat() if is_missing else None, deal) for deal, is_missing, *_ in odd])
