"""What a transaction may not do to members: raise them above who runs it, or take the store from whom it belongs to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.errors import NotAllowed, UserError
from crmdesk.i18n import tr
from crmdesk.store.connections import rows
from crmdesk.store.numbers import MEMBER
from crmdesk.store.rights import RANK, ROLE_LABELS, ROLES
from crmdesk.store.schema import INSERT, UPDATE

if TYPE_CHECKING:
    from crmdesk.store.connections import Connection
    from crmdesk.store.rights import Viewer


def check_given_roles(connection: Connection, before: int, viewer: Viewer) -> None:
    """Refuse a transaction that gives a member a higher role than that of who runs it.

    Raises:
        NotAllowed: names the role.
    """
    higher = json.dumps([role for role in ROLES if RANK[role] > RANK[viewer.role]])
    given = rows(
        connection,
        "SELECT m.role FROM journal j CROSS JOIN member m ON m.id = j.row WHERE j.id > ? AND +j.tbl = ? AND (j.op = ? OR json_type(j.changes, '$.role') IS NOT NULL) "
        "AND m.role IN (SELECT value FROM json_each(?)) LIMIT 1",
        (before, MEMBER, INSERT, higher),
    )
    if given:
        raise NotAllowed(tr("Nobody gives a higher role than their own: {role}.", role=tr(ROLE_LABELS[given[0][0]])), hint=tr("Ask the owner of the store."))


def check_own_member(connection: Connection, before: int) -> None:
    """Refuse a transaction after which whom the store belongs to is gone, not active or in another role: nobody could give the store back to them.

    Raises:
        UserError: at the field that would say so.
    """
    own = rows(connection, "SELECT value FROM local WHERE key = 'member'")
    entries = "SELECT 1 FROM journal j WHERE j.id > ? AND +j.tbl = ? AND j.row = m.id AND j.op = ? AND json_type(j.changes, '$.role') IS NOT NULL"
    found = rows(
        connection,
        f"SELECT m.deleted_at IS NOT NULL, m.is_active = 0, EXISTS ({entries}) FROM member m WHERE m.id = ?",  # noqa: S608
        (before, MEMBER, UPDATE, UUID(own[0][0]).bytes if own else b""),
    )
    if found and any(found[0]):
        field = "role" if found[0][2] else "is_active" if found[0][1] else None
        raise UserError(tr("The store belongs to this member."), field=field)
