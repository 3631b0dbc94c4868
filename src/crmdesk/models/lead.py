"""Leads: people and companies that may become customers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.i18n import mark
from crmdesk.models.base import Entity, Record, choices, currency_column, parts, sort_key_column, stored
from crmdesk.models.names import display_name, sort_key

if TYPE_CHECKING:
    from sqlalchemy.orm import Mapped

LEAD_STATUS = choices(
    ("new", mark("New")), ("working", mark("Working")), ("qualified", mark("Qualified")), ("converted", mark("Converted")), ("disqualified", mark("Disqualified")),
)  # fmt: skip


def _derive(values: Mapping[str, Any], settings: Any) -> dict[str, Any]:
    name = display_name(values.get("given_name"), values.get("family_name")) or values.get("company_name") or ""
    return {"name": name, "sort_key": sort_key(name)}


def _needs_a_name(values: Mapping[str, Any]) -> tuple[str, str] | None:
    named = values.get("given_name") or values.get("family_name") or values.get("company_name")
    return None if named else ("company_name", mark("A lead needs the name of a person or a company."))


class Lead(Record):
    """An enquiry or address not yet qualified; without an owner it lies in the pool."""

    entity = Entity("lead", mark("Lead"), mark("Leads"), 13, icon="funnel", subtitle=("company_name", "status"), derive=_derive, rule=_needs_a_name)

    name: Mapped[str | None] = stored("text", mark("Name"), derived=True, in_list=True, search=3, aliases=("full name", "lead name"))
    given_name: Mapped[str | None] = stored("text", mark("Given name"), sensitivity="personal", aliases=("first name", "vorname", "名"))
    family_name: Mapped[str | None] = stored("text", mark("Family name"), sensitivity="personal", aliases=("last name", "surname", "nachname", "姓"))
    company_name: Mapped[str | None] = stored("text", mark("Company"), in_list=True, search=3, aliases=("company", "firma", "公司", "account"))
    role: Mapped[str | None] = stored("text", mark("Job title"), aliases=("title", "job title", "position", "职位"))
    origin: Mapped[str | None] = stored("text", mark("Lead source"), in_list=True, aliases=("lead source", "source", "quelle", "来源"))
    status: Mapped[str | None] = stored("choice", mark("Status"), group="status", choices=LEAD_STATUS, in_list=True, aliases=("lead status",))
    owner_id: Mapped[UUID | None] = stored("link", mark("Owner"), target="member", in_list=True, index=True, aliases=("lead owner", "负责人"))
    amount: Mapped[int | None] = stored("money", mark("Expected value"), group="amount", aliases=("value", "expected revenue"))
    currency: Mapped[str | None] = currency_column()
    arrived_at: Mapped[datetime | None] = stored("moment", mark("Arrived"), in_list=True, index=True, aliases=("created", "created time"))
    claimed_at: Mapped[datetime | None] = stored("moment", mark("Claimed"))
    converted_at: Mapped[datetime | None] = stored("moment", mark("Converted"), group="status")
    company_id: Mapped[UUID | None] = stored("link", mark("Became company"), target="company", index=True)
    contact_id: Mapped[UUID | None] = stored("link", mark("Became contact"), target="contact")
    deal_id: Mapped[UUID | None] = stored("link", mark("Became deal"), target="deal")
    sort_key: Mapped[str | None] = sort_key_column()
    phone = parts("phone", mark("Phone"), in_list=True, search=2, sensitivity="personal", aliases=("tel", "telephone", "telefon", "mobile", "电话"))
    email = parts("email", mark("Email"), in_list=True, search=2, sensitivity="personal", aliases=("mail", "e-mail", "邮箱"))
    handle = parts("handle", mark("Chat handle"), search=1, sensitivity="personal")
    address = parts("address", mark("Address"), search=1, sensitivity="personal")
    tags = parts("record_tag", mark("Tags"), in_list=True, search=1)
    note = parts("memo", mark("Note"), search=1, aliases=("notes", "description", "notiz", "备注"))
