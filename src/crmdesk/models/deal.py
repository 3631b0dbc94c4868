"""Deals on their way through the stages of a pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.i18n import mark
from crmdesk.models.base import Entity, Index, Record, choices, currency_column, parts, sort_key_column, stored
from crmdesk.models.checks import MOST_DAYS, check_rate
from crmdesk.models.names import name_sort_key

if TYPE_CHECKING:
    from sqlalchemy.orm import Mapped

OUTCOMES = choices(("open", mark("Open")), ("won", mark("Won")), ("lost", mark("Lost")))
DEAL_ROLES = choices(("decides", mark("Decides")), ("influences", mark("Influences")), ("uses", mark("Uses")), ("pays", mark("Pays")))


class Pipeline(Record):
    """A way that deals of one sort go."""

    entity = Entity("pipeline", mark("Pipeline"), mark("Pipelines"), 14, icon="square-kanban", derive=name_sort_key)

    name: Mapped[str | None] = stored("text", mark("Name"), required=True, in_list=True)
    position: Mapped[int | None] = stored("integer", mark("Position"), in_list=True)
    sort_key: Mapped[str | None] = sort_key_column()


class Stage(Record):
    """A step of a pipeline, with the chance that a deal which stands there is won."""

    entity = Entity("stage", mark("Stage"), mark("Stages"), 15, icon="columns-3", subtitle=("pipeline",), derive=name_sort_key)

    name: Mapped[str | None] = stored("text", mark("Name"), required=True, in_list=True)
    pipeline_id: Mapped[UUID | None] = stored("link", mark("Pipeline"), target="pipeline", required=True, in_list=True, index=True)
    position: Mapped[int | None] = stored("integer", mark("Position"), in_list=True)
    win_rate: Mapped[Decimal | None] = stored("decimal", mark("Win rate (%)"), least=Decimal(0), most=Decimal(100), in_list=True)
    rotting_days: Mapped[int | None] = stored("integer", mark("Rotting after (days)"), least=0, most=MOST_DAYS, in_list=True)
    outcome: Mapped[str | None] = stored("choice", mark("Outcome"), choices=OUTCOMES, in_list=True)
    sort_key: Mapped[str | None] = sort_key_column()


def _derive_deal(values: Mapping[str, Any], settings: Any) -> dict[str, Any]:
    base = settings.to_base(values.get("amount"), values.get("currency"), values.get("exchange_rate")) if settings else None
    return {**name_sort_key(values, settings), "amount_base": base}


class Deal(Record):
    """A chance to sell something."""

    entity = Entity(
        "deal", mark("Deal"), mark("Deals"), 16, icon="handshake", subtitle=("company", "stage", "amount"), derive=_derive_deal, timeline="opened_on"
    )

    name: Mapped[str | None] = stored(
        "text", mark("Name"), required=True, in_list=True, search=3, aliases=("deal name", "opportunity name", "opportunity", "title", "商机名称")
    )
    company_id: Mapped[UUID | None] = stored(
        "link", mark("Company"), target="company", in_list=True, aliases=("account", "account name", "organization", "firma", "公司", "客户")
    )
    contact_id: Mapped[UUID | None] = stored("link", mark("Contact"), target="contact", index=True, aliases=("contact name", "person", "联系人"))
    pipeline_id: Mapped[UUID | None] = stored("link", mark("Pipeline"), target="pipeline", required=True, group="stage")
    stage_id: Mapped[UUID | None] = stored(
        "link", mark("Stage"), target="stage", required=True, in_list=True, group="stage", aliases=("deal stage", "stage name", "phase", "阶段")
    )
    amount: Mapped[int | None] = stored("money", mark("Amount"), in_list=True, group="amount", aliases=("value", "close value", "deal value", "betrag", "金额"))
    currency: Mapped[str | None] = currency_column()
    exchange_rate: Mapped[Decimal | None] = stored("rate", mark("Exchange rate"), group="amount", check=check_rate)
    amount_base: Mapped[int | None] = stored("integer", mark("Amount in base currency"), derived=True)
    expected_close_on: Mapped[date | None] = stored(
        "date", mark("Expected close"), in_list=True, index=True, aliases=("expected close date", "close date", "abschlussdatum", "预计成交日期")
    )
    opened_on: Mapped[date | None] = stored("date", mark("Opened"), in_list=True, index=True, aliases=("engage date", "created", "create date", "angelegt"))
    closed_on: Mapped[date | None] = stored("date", mark("Closed"), in_list=True, group="stage", aliases=("closed date",))
    lost_reason: Mapped[str | None] = stored("text", mark("Reason for loss"), group="stage", aliases=("loss reason", "lost reason", "verlustgrund"))
    origin: Mapped[str | None] = stored("text", mark("Deal source"), in_list=True, aliases=("lead source", "source", "quelle", "来源"))
    owner_id: Mapped[UUID | None] = stored(
        "link", mark("Owner"), target="member", in_list=True, index=True, aliases=("sales agent", "deal owner", "opportunity owner", "verkäufer", "负责人")
    )
    product_id: Mapped[UUID | None] = stored("link", mark("Product"), target="product", aliases=("product name", "produkt", "产品"))
    quote_id: Mapped[UUID | None] = stored("link", mark("Leading quote"), target="quote")
    stage_since: Mapped[datetime | None] = stored("moment", mark("In this stage since"), group="stage")
    position: Mapped[int | None] = stored("integer", mark("Position on the board"))
    sort_key: Mapped[str | None] = sort_key_column()
    tags = parts("record_tag", mark("Tags"), in_list=True, search=1)
    note = parts("memo", mark("Note"), search=1, aliases=("notes", "description", "notiz", "备注"))
    products = parts("deal_product", mark("Products"))
    people = parts("deal_contact", mark("People"))


# The board's one index: cards of a stage in their order, and everything that its sums need without touching the deals.
Deal.indexes.append(
    Index("deal_on_board", ("stage_id", "position", "id", "owner_id", "amount_base", "amount", "closed_on", "deleted_at"), "deleted_at IS NULL")
)  # fmt: skip


class DealProduct(Record):
    """A product that a deal is about; it fills the deal's quotes."""

    entity = Entity("deal_product", mark("Product"), mark("Products"), 17, icon="package", title="product", value="product", owned_by=("deal",))

    deal_id: Mapped[UUID | None] = stored("link", mark("Deal"), target="deal", required=True, index=True)
    product_id: Mapped[UUID | None] = stored("link", mark("Product"), target="product", required=True, index=True)
    quantity: Mapped[Decimal | None] = stored("decimal", mark("Quantity"))
    unit_price: Mapped[Decimal | None] = stored("decimal", mark("Unit price"))
    position: Mapped[int | None] = stored("integer", mark("Position"))


class DealContact(Record):
    """A person who has a say in a deal."""

    entity = Entity("deal_contact", mark("Person"), mark("People"), 18, icon="users", title="contact", value="contact", owned_by=("deal",), joins=True)

    deal_id: Mapped[UUID | None] = stored("link", mark("Deal"), target="deal", required=True, index=True)
    contact_id: Mapped[UUID | None] = stored("link", mark("Contact"), target="contact", required=True, index=True)
    role: Mapped[str | None] = stored("choice", mark("Role"), choices=DEAL_ROLES)
    position: Mapped[int | None] = stored("integer", mark("Position"))
