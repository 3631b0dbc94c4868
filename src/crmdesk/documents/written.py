"""Write documents and totals down as JSON, and read totals again: the opposite of `parse`."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crmdesk.documents.calculator import TaxTotal, Totals, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmdesk.documents.calculator import AllowanceCharge, Document, Line
    from crmdesk.documents.parse import Header


def document_json(document: Document, header: Header) -> dict[str, Any]:
    """Write a document as the command line reads it."""
    return {
        "currency": document.currency,
        "company": header.company,
        "contact": header.contact,
        "deal": header.deal,
        "language": header.language,
        "date": header.dated_on.isoformat() if header.dated_on else None,
        "valid_until": header.valid_until.isoformat() if header.valid_until else None,
        "reference": header.reference,
        "intro": header.intro,
        "terms": header.terms,
        "tax_inclusive": document.tax_inclusive,
        "lines": [line_json(line) for line in document.lines],
        "allowance_charges": [allowance_json(each) for each in document.allowance_charges],
        "prepaid": f"{document.prepaid:f}",
        "rounding": f"{document.rounding:f}",
    }


def line_json(line: Line) -> dict[str, Any]:
    """Write one line; a text or subtotal has only what it says."""
    if line.kind != "item":
        return {"kind": line.kind, "description": line.description}
    written: dict[str, Any] = {
        "description": line.description,
        "product": line.product or None,
        "quantity": plain(line.quantity),
        "unit": line.unit or None,
        "unit_price": plain(line.unit_price),
        "price_base_quantity": plain(line.price_base_quantity),
        "allowance_charges": [allowance_json(each) for each in line.allowance_charges],
        "optional": line.optional,
    }
    if line.taxes:
        return {**written, "taxes": [{"name": tax.name, "rate": plain(tax.rate), "base": tax.base} for tax in line.taxes]}
    return {**written, "tax_category": line.tax_category, "tax_rate": plain(line.tax_rate)}


def allowance_json(each: AllowanceCharge) -> dict[str, Any]:
    """Write one discount or charge; the tax only where it has one of its own."""
    written = {
        "charge": each.charge,
        "amount": _optional(each.amount),
        "percent": _optional(each.percent),
        "base_amount": _optional(each.base_amount),
        "reason": each.reason,
    }
    if each.tax_category is None:
        return written
    return {**written, "tax_category": each.tax_category, "tax_rate": plain(each.tax_rate or Decimal(0))}


def _optional(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def totals_record(totals: Totals) -> dict[str, Any]:
    """Write totals whole, so that they can be shown as stored; begins with what the command line prints."""
    record = totals.to_json()
    return {
        **record,
        "currency": totals.currency,
        "prepaid": f"{totals.prepaid:f}",
        "rounding": f"{totals.rounding:f}",
        "tax_names": [[tax.tax_category, tax.name] for tax in totals.taxes],
        "line_amounts": _texts(totals.line_amounts),
        "line_gross": _texts(totals.line_gross),
        "allowance_amounts": _texts(totals.allowance_amounts),
    }


def read_totals(record: Mapping[str, Any]) -> Totals:
    """Read totals that `totals_record` wrote; nothing is calculated."""
    taxes = [
        TaxTotal(category, Decimal(tax["tax_rate"]), Decimal(tax["taxable"]), Decimal(tax["tax"]), name)
        for tax, (category, name) in zip(record["taxes"], record["tax_names"], strict=True)
    ]
    return Totals(
        currency=record["currency"],
        line_nets=_amounts(record["line_nets"]),
        line_total=Decimal(record["line_total"]),
        allowance_total=Decimal(record["allowance_total"]),
        charge_total=Decimal(record["charge_total"]),
        tax_exclusive=Decimal(record["tax_exclusive"]),
        taxes=tuple(taxes),
        tax_total=Decimal(record["tax_total"]),
        tax_inclusive=Decimal(record["tax_inclusive"]),
        prepaid=Decimal(record["prepaid"]),
        rounding=Decimal(record["rounding"]),
        payable=Decimal(record["payable"]),
        line_amounts=_amounts(record["line_amounts"]),
        line_gross=_amounts(record["line_gross"]),
        allowance_amounts=_amounts(record["allowance_amounts"]),
    )


def _texts(amounts: Sequence[Decimal]) -> list[str]:
    return [f"{amount:f}" for amount in amounts]


def _amounts(texts: Sequence[str]) -> tuple[Decimal, ...]:
    return tuple(Decimal(text) for text in texts)
