"""Members: the persons of the team."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.i18n import mark
from crmdesk.models.base import Entity, Record, choices, sort_key_column, stored
from crmdesk.models.names import name_sort_key

if TYPE_CHECKING:
    from sqlalchemy.orm import Mapped

ROLES = choices(
    ("owner", mark("Store owner")), ("manager", mark("Manager")), ("sales", mark("Sales")), ("service", mark("Service")),
    ("finance", mark("Finance")), ("read_only", mark("Read only")), ("own_ones", mark("Own ones")),
)  # fmt: skip


class Member(Record):
    """A person of the team. Records point to their owner; a store belongs to one member."""

    entity = Entity("member", mark("Member"), mark("Members"), 1, icon="user", derive=name_sort_key, subtitle=("email",))

    name: Mapped[str | None] = stored(
        "text", mark("Name"), required=True, in_list=True, search=3, aliases=("sales agent", "agent", "member", "full name", "mitarbeiter", "成员")
    )
    email: Mapped[str | None] = stored("text", mark("Email"), in_list=True, search=2, aliases=("mail", "e-mail", "邮箱"))
    role: Mapped[str | None] = stored("choice", mark("Role"), choices=ROLES, in_list=True)
    is_active: Mapped[bool | None] = stored("flag", mark("Active member"), in_list=True, aliases=("active", "aktiv"))
    region: Mapped[str | None] = stored("text", mark("Region"), in_list=True, aliases=("regional office", "office", "gebiet", "区域"))
    manager_id: Mapped[UUID | None] = stored("link", mark("Reports to"), target="member", aliases=("manager", "reports to", "vorgesetzter"))
    signature: Mapped[str | None] = stored("long_text", mark("Signature"))
    sort_key: Mapped[str | None] = sort_key_column()
