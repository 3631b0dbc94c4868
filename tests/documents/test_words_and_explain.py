"""Amounts in words, and the answer to "why this total?"."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crmdesk.documents.calculator import AllowanceCharge, Document, Line, Tax, TaxProfile, calculate
from crmdesk.documents.explain import explain
from crmdesk.documents.formats import money, number, percent, unit_price
from crmdesk.documents.words import rmb_capitals
from crmdesk.i18n import speaking

D = Decimal


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("1", "壹元整"),
        ("10", "壹拾元整"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("100000000", "壹亿元整"),
        ("100010001", "壹亿零壹万零壹元整"),
        ("1000000.00", "壹佰万元整"),
        ("20001000", "贰仟万壹仟元整"),
        ("-12.30", "负壹拾贰元叁角整"),
        ("1000000000000", "壹万亿元整"),
        ("1002003004005.06", "壹万零贰拾亿零叁佰万肆仟零伍元零陆分"),
        ("9999999999999", "玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元整"),
    ],
)
def test_renminbi_are_written_in_capitals(amount: str, words: str) -> None:
    assert rmb_capitals(D(amount)) == words


def test_why_this_total_ends_at_the_totals() -> None:
    document = Document(
        "EUR",
        (
            Line("Box", D(120), D("89.005"), tax_rate=D(20), allowance_charges=(AllowanceCharge(False, None, D(10)),)),
            Line("Hint", kind="text"),
            Line("Book", D(3), D("4.99"), price_base_quantity=D(2), tax_rate=D(7), optional=True),
            Line("Work", D(3), D("9.99"), taxes=(Tax("GST", D(5)), Tax("QST", D("9.975"), "cumulative"))),
        ),
        (AllowanceCharge(False, D(10), reason="Welcome"),),
        prepaid=D(5),
        profile=TaxProfile(cash_step=D("0.05")),
    )
    totals = calculate(document)
    steps = explain(document)
    by_label = {step.label: step for step in steps}
    assert by_label["Line 1: Box"].calculation == "120 × 89.005 = 10,680.6"
    assert by_label["Discount"].calculation == "10% of 10,680.60"
    assert by_label["Welcome"].amount == -10
    assert by_label["QST 9.975%"].rule.endswith("The base contains the taxes before it.")
    assert by_label["Net amount"].amount == totals.tax_exclusive
    assert by_label["Total including tax"].amount == totals.tax_inclusive
    assert by_label["Amount due"].amount == totals.payable
    assert sum(step.amount for step in steps if step.kind == "tax") == totals.tax_total


def test_why_this_total_warns_where_an_electronic_invoice_would_differ() -> None:
    lines = (Line("a", D(1), D("24.99"), tax_rate=D(20)),)
    assert any("may differ" in step.rule for step in explain(Document("EUR", lines, tax_inclusive=True)))


def test_formats_follow_the_language_that_is_spoken() -> None:
    with speaking("de"):
        assert money(D("1234.50"), "EUR") == "1.234,50\N{NO-BREAK SPACE}€"
        assert percent(D("9.975")) == "9,975\N{NO-BREAK SPACE}%"
        assert number(D("1234.500")) == "1.234,5"
    with speaking("zh"):
        assert money(D("1234.50"), "CNY") == "¥1,234.50"
    with speaking("en"):
        assert money(D("1.234"), "KWD") == "KWD\N{NO-BREAK SPACE}1.234"
        assert unit_price(D("1.11115"), "EUR") == "1.11115"
        assert unit_price(D("89"), "EUR") == "89.00"
