from __future__ import annotations

import json
from decimal import Decimal

from crmdesk.documents.calculator import AllowanceCharge, Document, Line, Tax, TaxProfile, calculate
from crmdesk.documents.parse import Header, parse_document
from crmdesk.documents.written import document_json, read_totals, totals_record

DOCUMENT = Document(
    currency="EUR",
    lines=(
        Line(
            "Box\nwhite",
            Decimal("1.5"),
            Decimal("9.999"),
            Decimal(100),
            (AllowanceCharge(False, percent=Decimal("2.5"), reason="Volume"),),
            "S",
            Decimal(19),
            unit="pcs",
        ),
        Line("Both", Decimal(1), Decimal(300), tax_category="Z", taxes=(Tax("GST", Decimal(5)), Tax("QST", Decimal("9.975"), "cumulative"))),
        Line("Part", kind="text", tax_category="Z"),
        Line(kind="subtotal", tax_category="Z"),
    ),
    allowance_charges=(
        AllowanceCharge(True, Decimal("1.50"), reason="Freight", tax_category="S", tax_rate=Decimal(19)),
        AllowanceCharge(False, percent=Decimal(3)),
    ),
    prepaid=Decimal("5.00"),
    rounding=Decimal("0.01"),
    profile=TaxProfile("half_even", "line"),
)


def test_totals_come_back_as_they_were_written() -> None:
    totals = calculate(DOCUMENT)
    assert read_totals(json.loads(json.dumps(totals_record(totals)))) == totals
    assert {**totals.to_json(), **totals_record(totals)} == totals_record(totals)


def test_a_document_comes_back_as_it_was_written() -> None:
    written = json.loads(json.dumps(document_json(DOCUMENT, Header(language="de"))))
    again = parse_document(written, profile=DOCUMENT.profile)
    assert again.document == DOCUMENT
    assert again.header == Header(language="de")
    assert calculate(again.document) == calculate(DOCUMENT)
