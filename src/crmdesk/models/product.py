"""Products: what is sold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crmdesk.fields import currency_code, unknown_currency
from crmdesk.i18n import mark
from crmdesk.models.base import Entity, Record, choices, currency_column, parts, sort_key_column, stored
from crmdesk.models.checks import check_rate
from crmdesk.models.names import folded, name_sort_key

if TYPE_CHECKING:
    from sqlalchemy.orm import Mapped

TAX_CATEGORIES = choices(
    ("S", mark("Standard rate")), ("Z", mark("Zero rated")), ("E", mark("Exempt")), ("AE", mark("Reverse charge")), ("K", mark("Intra-community supply")),
    ("G", mark("Export outside the EU")), ("O", mark("Outside the scope of tax")), ("L", mark("Canary Islands tax")), ("M", mark("Ceuta and Melilla tax")), ("B", mark("Split payment")),
)  # fmt: skip


def _derive(values: Mapping[str, Any], settings: Any) -> dict[str, Any]:
    return {**name_sort_key(values, settings), "name_key": "".join(folded(values.get("name") or "").split())}


class Product(Record):
    """A good or a service with its usual price."""

    entity = Entity("product", mark("Product"), mark("Products"), 19, icon="package", subtitle=("code",), derive=_derive)

    name: Mapped[str | None] = stored(
        "text", mark("Name"), required=True, in_list=True, search=3, aliases=("product", "product name", "item", "produkt", "artikel", "产品", "产品名称")
    )
    code: Mapped[str | None] = stored(
        "text", mark("Product code"), in_list=True, search=2, index=True, aliases=("sku", "product code", "article number", "artikelnummer", "编号")
    )
    category: Mapped[str | None] = stored(
        "text", mark("Category"), in_list=True, search=1, aliases=("series", "product family", "kategorie", "类别", "category id")
    )
    unit: Mapped[str | None] = stored("text", mark("Unit"), in_list=True, aliases=("quantity per unit", "einheit", "单位"))
    price: Mapped[Decimal | None] = stored(
        "price", mark("Price"), in_list=True, group="price", aliases=("unit price", "sales price", "list price", "preis", "价格", "单价")
    )
    currency: Mapped[str | None] = currency_column("price")
    cost: Mapped[Decimal | None] = stored("price", mark("Cost"), sensitivity="secret", aliases=("kosten", "cost price", "成本"))
    tax_category: Mapped[str | None] = stored("choice", mark("Tax category"), group="tax", choices=TAX_CATEGORIES)
    tax_rate: Mapped[Decimal | None] = stored(
        "decimal", mark("Tax rate (%)"), group="tax", least=Decimal(0), most=Decimal(100), in_list=True, aliases=("vat", "tax", "steuersatz", "税率")
    )
    is_active: Mapped[bool | None] = stored("flag", mark("In use"), in_list=True, aliases=("active", "aktiv"))
    sort_key: Mapped[str | None] = sort_key_column()
    name_key: Mapped[str | None] = stored("text", mark("Normal form"), derived=True, index=True)
    tags = parts("record_tag", mark("Tags"), search=1)
    note = parts("memo", mark("Description"), search=1, aliases=("description", "notes", "beschreibung", "说明"))


class ExchangeRate(Record):
    """What one unit of a currency was worth in the store's own currency on a day."""

    entity = Entity("exchange_rate", mark("Exchange rate"), mark("Exchange rates"), 20, icon="euro", title="code")

    code: Mapped[str | None] = stored("text", mark("Currency"), required=True, in_list=True, index=True, clean=currency_code, check=unknown_currency)
    on: Mapped[date | None] = stored("date", mark("Date"), required=True, in_list=True)
    rate: Mapped[Decimal | None] = stored("rate", mark("Rate"), required=True, in_list=True, check=check_rate)
