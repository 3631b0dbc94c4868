"""The quote document is read strictly, and what is wrong is said with its place."""

from __future__ import annotations

import copy
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmdesk.documents.calculator import Tax, calculate
from crmdesk.documents.parse import parse_document
from crmdesk.errors import UserError

D = Decimal

EXAMPLE: dict[str, Any] = {
    "currency": "EUR",
    "company": "Ernst Handel",
    "contact": "Roland Mendel",
    "deal": None,
    "language": "de",
    "date": "2026-11-21",
    "valid_until": "2026-12-20",
    "reference": "",
    "intro": "",
    "terms": "",
    "tax_inclusive": False,
    "lines": [
        {
            "description": "Cold-chain box",
            "product": "CCB-40",
            "quantity": "120",
            "unit": "pcs",
            "unit_price": "89.00",
            "price_base_quantity": "1",
            "allowance_charges": [{"charge": False, "amount": "1068.00", "percent": None, "base_amount": None, "reason": "Volume"}],
            "tax_category": "S",
            "tax_rate": "20",
            "optional": False,
        }
    ],
    "allowance_charges": [{"charge": True, "amount": "100.00", "reason": "Freight", "tax_category": "S", "tax_rate": "20"}],
    "prepaid": "0",
    "rounding": "0",
}


def changed(path: str, value: object) -> dict[str, Any]:
    document = copy.deepcopy(EXAMPLE)
    *steps, last = path.split("/")
    at: Any = document
    for step in steps:
        at = at[int(step)] if step.isdigit() else at[step]
    at[last] = value
    return document


def test_the_documented_example_is_read_and_calculated() -> None:
    quote = parse_document(EXAMPLE)
    assert quote.header.company == "Ernst Handel"
    assert quote.header.valid_until == date(2026, 12, 20)
    line = quote.document.lines[0]
    assert (line.product, line.unit, line.quantity, line.unit_price) == ("CCB-40", "pcs", 120, 89)
    totals = calculate(quote.document)
    assert totals.line_nets == (D(9612),)
    assert (totals.charge_total, totals.tax_total, totals.payable) == (100, D("1942.40"), D("11654.40"))


def test_only_currency_and_lines_are_needed() -> None:
    quote = parse_document({"currency": "EUR", "lines": [{"unit_price": "5"}]})
    assert (quote.document.lines[0].quantity, quote.header.company) == (1, None)
    assert parse_document({"currency": "EUR", "lines": []}).document.lines == ()


def test_chinese_prices_include_tax_unless_it_is_said_otherwise() -> None:
    bare: dict[str, Any] = {"currency": "CNY", "lines": []}
    assert parse_document({**bare, "language": "zh"}).document.tax_inclusive
    assert parse_document(bare, default_language="zh").document.tax_inclusive
    assert not parse_document({**bare, "language": "zh", "tax_inclusive": False}).document.tax_inclusive
    assert not parse_document({**bare, "language": "de"}, default_language="zh").document.tax_inclusive


def test_what_a_quote_does_not_know_but_files_carry_is_ignored() -> None:
    source = {**EXAMPLE, "expected": {}, "source": "x.xml", "kind": "Invoice"}
    source["lines"] = [{**EXAMPLE["lines"][0], "expected_net": "9612.00"}]
    assert parse_document(source) == parse_document(EXAMPLE)


def test_several_taxes_stand_in_place_of_one() -> None:
    taxes = [{"name": "GST", "rate": "5"}, {"name": "QST", "rate": "9.975", "base": "cumulative"}]
    quote = parse_document({"currency": "CAD", "lines": [{"unit_price": "300", "taxes": taxes}]})
    assert quote.document.lines[0].taxes == (Tax("GST", D(5)), Tax("QST", D("9.975"), "cumulative"))


def test_a_line_without_tax_takes_the_default() -> None:
    source = {"currency": "EUR", "lines": [{"unit_price": "300"}, {"unit_price": "1", "tax_rate": "7"}]}
    lines = parse_document(source, default_tax=("S", D(19))).document.lines
    assert [(line.tax_category, line.tax_rate) for line in lines] == [("S", 19), ("S", 7)]


def test_a_product_fills_what_the_line_leaves_out() -> None:
    source = {"currency": "EUR", "lines": [{"product": "CCB-40", "quantity": "2", "unit_price": "80"}]}
    facts = {"description": "Cold-chain box", "unit": "pcs", "unit_price": "89", "tax_category": "S", "tax_rate": "20"}
    line = parse_document(source, product_defaults=lambda number: facts if number == "CCB-40" else {}).document.lines[0]
    assert (line.description, line.unit_price, line.tax_rate) == ("Cold-chain box", 80, 20)


@pytest.mark.parametrize(
    ("path", "value", "where", "why"),
    [
        ("currency", None, "currency", "missing"),
        ("currency", "ABC", "currency", "“ABC” is not a currency"),
        ("currency", "eur", "currency", "not a currency"),
        ("currency", 7, "currency", "text in quotation marks"),
        ("lines", {}, "lines", "list"),
        ("lines", None, "lines", "missing"),
        ("lines/0/taxes", [{"name": "VAT", "rate": "5"}, {"name": "vat ", "rate": "5"}], "line 1, taxes", "“vat ” is named twice"),
        ("lines", ["x"], "line 1, line", "object"),
        ("lines/0/unit_price", None, "line 1, unit_price", "missing"),
        ("lines/0/unit_price", "NaN", "line 1, unit_price", "“NaN” is not a number"),
        ("lines/0/unit_price", "Infinity", "line 1, unit_price", "not a number"),
        ("lines/0/unit_price", float("inf"), "line 1, unit_price", "not a number"),
        ("lines/0/unit_price", D("NaN"), "line 1, unit_price", "not a number"),
        ("lines/0/unit_price", "1,50", "line 1, unit_price", "“1,50” is not a number"),
        ("lines/0/unit_price", "1e5", "line 1, unit_price", "not a number"),
        ("lines/0/unit_price", "１２", "line 1, unit_price", "not a number"),
        ("lines/0/unit_price", "", "line 1, unit_price", "not a number"),
        ("lines/0/unit_price", True, "line 1, unit_price", "not a number"),
        ("lines/0/unit_price", 89.5, "line 1, unit_price", "quotation marks"),
        ("lines/0/unit_price", "0.1234567", "line 1, unit_price", "more than 6 decimals"),
        ("lines/0/unit_price", "9" * 5000, "line 1, unit_price", "too large"),
        ("lines/0/quantity", 10**4000, "line 1, quantity", "too large"),
        ("lines/0/quantity", D("1E+999999"), "line 1, quantity", "not a number"),
        ("lines/0/quantity", "1000000000000", "line 1, quantity", "too large"),
        ("lines/0/price_base_quantity", "0", "line 1, price_base_quantity", "above zero"),
        ("lines/0/tax_rate", "-1", "line 1, tax_rate", "not a possible tax rate"),
        ("lines/0/tax_rate", "9.97501", "line 1, tax_rate", "more than 4 decimals"),
        ("lines/0/tax_rate", None, "line 1, tax_rate", "needs a rate"),
        ("lines/0/tax_category", "X", "line 1, tax_category", "not known"),
        ("lines/0/tax_category", "E", "line 1, tax_rate", "rate of 0"),
        ("lines/0/taxes", [{"name": "GST", "rate": "5"}], "line 1, taxes", "either"),
        ("lines/0/optional", "yes", "line 1, optional", "true or false"),
        ("lines/0/kind", "header", "line 1, kind", "not known"),
        ("lines/0/unit_prise", "1", "line 1, unit_prise", "not known here"),
        ("lines/0/qty", "5", "line 1, qty", "not known here"),
        ("lines/0/Price", "5", "line 1, Price", "not known here"),
        ("lines/0/discount", "5", "line 1, discount", "not known here"),
        ("discount", "5", "discount", "not known here"),
        ("lines/0/allowance_charges/0/amount", "1.005", "line 1, discount or charge 1, amount", "more than 2 decimals"),
        ("lines/0/allowance_charges/0/amount", None, "line 1, discount or charge 1, amount", "Neither"),
        ("lines/0/allowance_charges/0/tax_category", "Z", "line 1, discount or charge 1, tax_category", "line's own"),
        ("allowance_charges/0/tax_rate", None, "discount or charge 1, tax_rate", "needs a rate"),
        ("allowance_charges", [{"percent": "101"}], "discount or charge 1, percent", "not a possible percentage"),
        ("prepaid", "0.001", "prepaid", "more than 2 decimals"),
        ("date", "21.11.2026", "date", "not a date"),
        ("valid_until", "2026-02-30", "valid_until", "not a date"),
        ("language", "fr", "language", "not a language"),
        ("valid_untill", "x", "valid_untill", "not known here"),
    ],
)
def test_what_is_wrong_is_named_with_line_and_key(path: str, value: object, where: str, why: str) -> None:
    with pytest.raises(UserError, match=why) as refused:
        parse_document(changed(path, value))
    assert refused.value.field == where
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400


def test_a_document_that_is_no_object_is_refused() -> None:
    for wrong in (None, [], "x", 3):
        with pytest.raises(UserError):
            parse_document(wrong)


def test_decimals_follow_the_currency_but_zeros_do_not_count() -> None:
    assert parse_document({"currency": "JPY", "lines": [], "prepaid": "100.00"}).document.prepaid == 100
    with pytest.raises(UserError, match="more than 0 decimals"):
        parse_document({"currency": "JPY", "lines": [], "prepaid": "100.50"})


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(EXAMPLE)), inner, max_size=3),
    max_leaves=10,
)


@given(JSON)
def test_anything_is_read_or_refused_in_words(source: object) -> None:
    try:
        calculate(parse_document(source).document)
    except UserError as refused:
        assert str(refused)


@given(st.sampled_from(sorted(EXAMPLE)), JSON)
def test_any_value_in_any_place_is_read_or_refused_in_words(key: str, value: object) -> None:
    try:
        calculate(parse_document({**EXAMPLE, key: value}).document)
    except UserError as refused:
        assert str(refused)


def test_json_read_with_decimals_is_taken_too() -> None:
    text = json.dumps(EXAMPLE).replace('"89.00"', "89.00")
    assert parse_document(json.loads(text, parse_float=Decimal)) == parse_document(EXAMPLE)


def test_keys_for_other_readers_are_passed_over() -> None:
    assert parse_document({**EXAMPLE, "webshop_order": {"id": 7}, "remark": "x"}) == parse_document(EXAMPLE)
