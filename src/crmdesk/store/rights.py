"""Rights: one question in front of every write and every read; deny by default."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.errors import NotAllowed, UserError
from crmdesk.i18n import mark, tr
from crmdesk.models.base import ENTITIES
from crmdesk.store.connections import rows
from crmdesk.store.schema import INSERT, UPDATE

if TYPE_CHECKING:
    from crmdesk.store.connections import Connection

ROLES = ("owner", "manager", "sales", "service", "finance", "own_ones", "read_only")
MEMBER = 1
_RANK = {"owner": 4, "manager": 3, "sales": 2, "service": 2, "finance": 2, "own_ones": 1, "read_only": 0}

_SALES = {"company", "contact", "lead", "deal", "activity", "task", "quote", "attachment", "saved_view", "tag", "merged_record", "not_same"}
_SERVICE = {"company", "contact", "activity", "task", "ticket", "article", "saved_answer", "attachment", "saved_view", "tag", "merged_record", "not_same"}
_FINANCE = {"company", "quote", "product", "exchange_rate", "attachment", "saved_view", "task", "activity", "merged_record", "not_same", "period"}
_MANAGER = (_SALES | _SERVICE | _FINANCE) | {
    "pipeline", "stage", "queue", "service_level", "number_series", "custom_field", "holiday", "member", "import", "import_mapping", "export", "handover",
}  # fmt: skip

WRITES: dict[str, frozenset[str]] = {
    "owner": frozenset({*ENTITIES, *_MANAGER, "setting", "store"}),
    "manager": frozenset(_MANAGER),
    "sales": frozenset(_SALES | {"import", "import_mapping", "export"}),
    "service": frozenset(_SERVICE | {"export"}),
    "finance": frozenset(_FINANCE | {"export"}),
    "own_ones": frozenset(_SALES),
    "read_only": frozenset(),
}


# Of these nobody's own are everybody's: they wait to be claimed.
POOLED = frozenset({"lead"})
SENSITIVITIES = frozenset({"personal", "secret"})
# What of sensitive values a role reads as they are; the rest it reads masked. Nobody writes what they read masked: a test says so.
READS: dict[str, frozenset[str]] = {
    "owner": SENSITIVITIES, "manager": SENSITIVITIES, "finance": SENSITIVITIES, "sales": frozenset({"personal"}), "service": frozenset({"personal"}),
    "own_ones": frozenset({"personal"}), "read_only": frozenset(),
}  # fmt: skip


@dataclass(frozen=True)
class Viewer:
    """Who asks: the store's member in the role they act in."""

    member_id: UUID | None
    role: str = "owner"

    @property
    def sees_only_own(self) -> bool:
        """Whether records of other owners are hidden."""
        return self.role == "own_ones"

    @property
    def hidden(self) -> frozenset[str]:
        """Which sensitivities are masked."""
        return SENSITIVITIES - READS.get(self.role, frozenset())


def acting_as(viewer: Viewer, role: str) -> Viewer:
    """Return the viewer in a lower role.

    Raises:
        NotAllowed: the role is higher than the member's own, or unknown.
    """
    if role not in _RANK:
        raise NotAllowed(tr("There is no role “{role}”.", role=role), hint=tr("Roles: {roles}.", roles=", ".join(ROLES)))
    if role != viewer.role and _RANK[role] >= _RANK[viewer.role]:
        raise NotAllowed(tr("You can act only in a role lower than your own."))
    return Viewer(viewer.member_id, role)


def check_given_roles(connection: Connection, before: int, viewer: Viewer) -> None:
    """Refuse a transaction that gives a member a higher role than that of who runs it.

    Raises:
        NotAllowed: names the role.
    """
    higher = json.dumps([role for role in ROLES if _RANK[role] > _RANK[viewer.role]])
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


def authorize(viewer: Viewer, right: str) -> None:
    """Raise NotAllowed unless the viewer's role has a right such as `deal.write` or `contact.read`.

    Reading is open to every role; what is seen of it, `visible` in queries decides.
    """
    subject, _, action = right.partition(".")
    if action == "read" or (action and subject in WRITES.get(viewer.role, frozenset())):
        return
    raise NotAllowed(tr("The role “{role}” does not allow this.", role=tr(ROLE_LABELS[viewer.role])), hint=tr("Ask the owner of the store."))


ROLE_LABELS = {
    "owner": mark("Store owner"), "manager": mark("Manager"), "sales": mark("Sales"), "service": mark("Service"), "finance": mark("Finance"),
    "own_ones": mark("Own ones"), "read_only": mark("Read only"),
}  # fmt: skip
