"""Rights: one question in front of every write and every read; deny by default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk.errors import NotAllowed
from crmdesk.i18n import mark, tr
from crmdesk.models.base import ENTITIES

if TYPE_CHECKING:
    from uuid import UUID

ROLES = ("owner", "manager", "sales", "service", "finance", "own_ones", "read_only")
RANK = {"owner": 4, "manager": 3, "sales": 2, "service": 2, "finance": 2, "own_ones": 1, "read_only": 0}

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
    if role not in RANK:
        raise NotAllowed(tr("There is no role “{role}”.", role=role), hint=tr("Roles: {roles}.", roles=", ".join(ROLES)))
    if role != viewer.role and RANK[role] >= RANK[viewer.role]:
        raise NotAllowed(tr("You can act only in a role lower than your own."))
    return Viewer(viewer.member_id, role)


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
