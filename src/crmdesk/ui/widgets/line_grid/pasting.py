"""Rows from a spreadsheet: what their columns mean, and what a line is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.errors import UserError
from crmdesk.fields import read_number
from crmdesk.ui.widgets.line_grid.texts import read_discount

if TYPE_CHECKING:
    from collections.abc import Sequence


_HEADER_WORDS = {
    "description": {"item", "description", "product", "name", "artikel", "beschreibung", "bezeichnung", "produkt", "名称", "描述", "产品"},
    "code": {"code", "sku", "article number", "artikelnummer", "product code", "no.", "nr.", "编号"},
    "quantity": {"quantity", "qty", "qty.", "menge", "anzahl", "数量"},
    "unit": {"unit", "einheit", "me", "单位"},
    "unit_price": {"price", "unit price", "preis", "einzelpreis", "单价", "价格"},
    "discount": {"discount", "disc.", "disc", "rabatt", "折扣"},
    "tax_rate": {"tax", "vat", "tax rate", "mwst", "ust", "steuer", "税率"},
}  # fmt: skip
_AMOUNT_WORDS = {"amount", "total", "net", "betrag", "summe", "gesamt", "金额", "总计"}


def pasted_columns(rows: Sequence[Sequence[str]]) -> tuple[list[str], int]:
    """Return what each column of pasted rows means, and how many rows of headings come first.

    Headings are known by name; without them the first text is the description, then come quantity, price, discount and tax in that
    order, and a short text after a quantity is its unit. A column that means nothing is ``.
    """
    heads = [_head_of(cell) for cell in rows[0]]
    if any(head == "description" for head in heads) and not any(_is_number(cell) for cell in rows[0]):
        return heads, 1
    width = max(len(row) for row in rows)
    sample = next((row for row in rows if len(row) == width), rows[0])
    found: list[str] = []
    numbers = iter(("quantity", "unit_price", "discount", "tax_rate"))
    for cell in sample:
        if _is_number(cell):
            found.append(next(numbers, ""))
        elif "description" not in found:
            found.append("description")
        elif "quantity" in found and "unit" not in found:
            found.append("unit")
        else:
            found.append("")
    if found.count("quantity") and "unit_price" not in found and len(found) == 2:
        return found, 0
    return found, 0


def _head_of(cell: str) -> str:
    bare = cell.strip().casefold()
    return "" if bare in _AMOUNT_WORDS else next((name for name, words in _HEADER_WORDS.items() if bare in words), "")


def _is_number(cell: str) -> bool:
    bare = cell.strip().strip("€$£¥%").strip()
    try:
        read_number(bare)
    except UserError:
        return False
    return bool(bare)


def pasted_values(cells: Sequence[str], columns: Sequence[str], currency: str) -> dict[str, Any]:
    """Return the values of one pasted row by name; numbers are read, what is empty is left out.

    Raises:
        UserError: a number can't be read.
    """
    values: dict[str, Any] = {}
    for name, cell in zip(columns, cells, strict=False):
        if not name or not cell.strip():
            continue
        if name in ("quantity", "unit_price", "tax_rate"):
            values[name] = read_number(cell.strip().strip("€$£¥%").strip())
        elif name == "discount":
            values["allowance_charges"] = read_discount(cell, currency)
        else:
            values[name] = cell.strip()
    return values
