"""How discounts and taxes of a line are written and read."""

from __future__ import annotations

from decimal import Decimal

from crmdesk.documents import formats
from crmdesk.documents.calculator import AllowanceCharge, Line
from crmdesk.errors import UserError
from crmdesk.fields import read_money, read_number
from crmdesk.i18n import tr


def discount_text(line: Line, currency: str) -> str:
    """Return the discount of a line as it is shown: `10%`, `−5.00`, or how many there are."""
    if not line.allowance_charges:
        return ""
    if len(line.allowance_charges) > 1:
        return tr("{count} ×", count=len(line.allowance_charges))
    each = line.allowance_charges[0]
    sign = "+" if each.charge else ""
    if each.amount is None and each.percent is not None:
        return sign + formats.percent(each.percent)
    return (sign or "−") + formats.plain_amount(each.amount or Decimal(0), currency)


def tax_text(line: Line) -> str:
    """Return the tax of a line as it is shown: `20%`, `5% + 9.975%`, or its category."""
    if line.taxes:
        return " + ".join(formats.percent(tax.rate) for tax in line.taxes)
    if line.tax_rate or line.tax_category == "S":
        return formats.percent(line.tax_rate)
    return "0%" if line.tax_category == "Z" else line.tax_category


def read_discount(text: str, currency: str) -> tuple[AllowanceCharge, ...]:
    """Read a discount as people type it: `10`, `10%`, `5.00 EUR`; nothing takes it away.

    Raises:
        UserError: it can't be read.
    """
    bare = text.strip().lstrip("−-").strip()
    if not bare:
        return ()
    if any(c.isalpha() or c in "€$£¥" for c in bare):
        amount = read_money(bare, currency).amount
        return (AllowanceCharge(False, amount=amount),) if amount else ()
    percent = read_number(bare)
    if not 0 <= percent <= 100:
        raise UserError(tr("A discount lies between 0 and 100%."), hint=tr("Type an amount with its currency, such as 5.00 EUR."))
    return (AllowanceCharge(False, percent=percent),) if percent else ()
