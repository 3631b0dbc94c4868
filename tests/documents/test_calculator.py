"""Totals of documents: the rules, the cases that must hold, and identities for any document."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmdesk.documents.calculator import (
    AllowanceCharge,
    BrokenTotals,
    Document,
    Line,
    Tax,
    TaxProfile,
    Totals,
    calculate,
    check_identities,
    mirror,
)
from crmdesk.documents.currencies import (
    Amount,
    add_up,
    decimals_of,
    instalments,
    largest_remainder,
    round_to,
    round_to_step,
    to_base,
)
from crmdesk.documents.explain import explain
from crmdesk.documents.parse import parse_document
from crmdesk.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

D = Decimal


def item(price: str, rate: str = "0", quantity: str = "1", **more: object) -> Line:
    return Line(unit_price=D(price), tax_rate=D(rate), quantity=D(quantity), **more)  # type: ignore[arg-type]


def discount(amount: str | None = None, percent: str | None = None, **more: object) -> AllowanceCharge:
    return AllowanceCharge(
        charge=False,
        amount=None if amount is None else D(amount),
        percent=None if percent is None else D(percent),
        **more,  # type: ignore[arg-type]
    )


def total(*lines: Line, currency: str = "EUR", **more: object) -> Totals:
    totals = calculate(Document(currency, lines, **more))  # type: ignore[arg-type]
    check_identities(totals)
    return totals


BY_LINE = TaxProfile(level="line")


# ---- the cases of the design ----


@pytest.mark.parametrize(
    ("lines", "by_line", "by_document"),
    [
        ([item("55.55", "23"), item("11.11", "23")], "15.34", "15.33"),
        ([item("1.1111", "6")] * 3, "0.21", "0.20"),
        ([item("1.24", "10")] * 2, "0.24", "0.25"),
    ],
)
def test_tax_is_rounded_once_for_the_document_or_on_each_line(lines: list[Line], by_line: str, by_document: str) -> None:
    assert total(*lines, profile=BY_LINE).tax_total == D(by_line)
    assert total(*lines).tax_total == D(by_document)


@pytest.mark.parametrize("profile", [TaxProfile(), BY_LINE])
def test_a_discount_on_the_document_reduces_the_base_of_its_tax(profile: TaxProfile) -> None:
    off = discount("7500", tax_category="S", tax_rate=D(19))
    totals = total(item("8500", "19"), allowance_charges=(off,), profile=profile)
    assert (totals.tax_exclusive, totals.tax_total) == (D(1000), D("190.00"))


@pytest.mark.parametrize("profile", [TaxProfile(), BY_LINE])
def test_tax_is_taken_out_of_prices_that_include_it(profile: TaxProfile) -> None:
    totals = total(item("24.99", "20"), tax_inclusive=True, profile=profile)
    assert (totals.tax_exclusive, totals.tax_total, totals.payable) == (D("20.83"), D("4.16"), D("24.99"))


def test_several_taxes_lie_on_one_line() -> None:
    taxes = (Tax("GST", D(5)), Tax("QST", D("9.975")))
    totals = total(item("300", taxes=taxes), currency="CAD")
    assert [(tax.name, tax.tax) for tax in totals.taxes] == [("GST", D("15.00")), ("QST", D("29.93"))]
    assert totals.tax_total == D("44.93")


@pytest.mark.parametrize(("mode", "tax"), [("half_up", 2), ("half_even", 2), ("down", 1)])
def test_yen_have_no_decimals_and_the_mode_is_the_profiles(mode: str, tax: int) -> None:
    totals = total(item("15", "10"), currency="JPY", profile=TaxProfile(rounding=mode))  # type: ignore[arg-type]
    assert totals.tax_total == tax
    assert totals.to_json()["tax_total"] == str(tax)


def test_ten_off_three_equal_groups_sum_exactly() -> None:
    totals = total(item("100", "5"), item("100", "7"), item("100", "19"), allowance_charges=(discount("10"),))
    assert [tax.taxable for tax in totals.taxes] == [D("96.66"), D("96.67"), D("96.67")]
    assert totals.allowance_total == 10


# ---- own equivalents of the standard's examples ----


def test_a_document_with_charges_discounts_and_a_base_quantity() -> None:
    charge = AllowanceCharge(charge=True, amount=D(1), percent=D(1), base_amount=D(100), reason="Cleaning")
    totals = total(
        item("410", "25", "10", allowance_charges=(charge, discount("101"))),
        item("200", "0", "10", tax_category="E", price_base_quantity=D(2)),
        item("100", "25", "10", allowance_charges=(charge, discount("101"))),
        allowance_charges=(
            AllowanceCharge(charge=True, amount=D(200), percent=D(20), tax_category="S", tax_rate=D("25.0")),
            discount("200", tax_category="S", tax_rate=D(25)),
        ),
        prepaid=D(1000),
    )
    assert totals.line_nets == (D(4000), D(1000), D(900))
    assert totals.to_json() == {
        "line_nets": ["4000.00", "1000.00", "900.00"],
        "line_total": "5900.00",
        "allowance_total": "200.00",
        "charge_total": "200.00",
        "tax_exclusive": "5900.00",
        "taxes": [
            {"tax_category": "S", "tax_rate": "25", "taxable": "4900.00", "tax": "1225.00"},
            {"tax_category": "E", "tax_rate": "0", "taxable": "1000.00", "tax": "0.00"},
        ],
        "tax_total": "1225.00",
        "tax_inclusive": "7125.00",
        "payable": "6125.00",
    }


def test_a_discount_may_open_a_tax_group_of_its_own() -> None:
    extra = AllowanceCharge(charge=True, amount=D(1), tax_category="E", tax_rate=D(0))
    totals = total(
        item("100", "6"),
        item("200", "12"),
        allowance_charges=(discount("1", tax_category="E", tax_rate=D(0)), extra),
    )
    assert [(tax.tax_category, tax.taxable, tax.tax) for tax in totals.taxes] == [
        ("S", 100, 6),
        ("S", 200, 24),
        ("E", 0, 0),
    ]
    assert (totals.allowance_total, totals.charge_total) == (1, 1)


def test_half_is_prepaid() -> None:
    totals = total(item("1500", "25"), item("2500", "12"), prepaid=D("2337.50"))
    assert (totals.tax_inclusive, totals.payable) == (4675, D("2337.50"))


@pytest.mark.parametrize("category", ["E", "O", "Z", "AE"])
def test_categories_without_tax_are_told_apart(category: str) -> None:
    totals = total(item("3200", "0", tax_category=category))
    assert [(tax.tax_category, tax.taxable, tax.tax) for tax in totals.taxes] == [(category, 3200, 0)]


@pytest.mark.shared
def test_the_standards_own_examples_give_their_own_totals(shared_data: Path) -> None:
    files = sorted((shared_data / "en16931").glob("*.json"))
    assert len(files) >= 12
    for file in files:
        source = json.loads(file.read_text(encoding="utf-8"))
        totals = calculate(parse_document(source).document)
        check_identities(totals)
        found, expected = totals.to_json(), source["expected"]
        for key in expected.keys() - {"taxes"}:
            assert D(str(found[key])) == D(expected[key]), (file.name, key)
        assert _taxes(found["taxes"]) == _taxes(expected["taxes"]), file.name
        nets = [D(line["expected_net"]) for line in source["lines"]]
        assert list(totals.line_nets) == nets, file.name


def _taxes(taxes: object) -> set[tuple[str, Decimal, Decimal, Decimal]]:
    assert isinstance(taxes, list)
    return {(tax["tax_category"], D(tax["tax_rate"]), D(tax["taxable"]), D(tax["tax"])) for tax in taxes}


# ---- the rules ----


def test_halves_are_rounded_up_where_python_would_not() -> None:
    assert round_to(D("2.675"), 2, "half_up") == D("2.68")
    assert round_to(D("0.125"), 2, "half_up") == D("0.13")
    assert round_to(D("0.125"), 2, "half_even") == D("0.12")
    assert round_to(D("-0.125"), 2, "half_up") == D("-0.13")
    assert str(round_to(D("-0.001"), 2, "half_up")) == "0.00"


def test_a_price_is_never_rounded_before_the_line() -> None:
    assert total(item("0.000333", quantity="10000")).line_total == D("3.33")
    assert total(item("100", quantity="1", price_base_quantity=D(3))).line_total == D("33.33")


def test_a_percentage_is_taken_of_the_rounded_line_or_the_base_given() -> None:
    assert total(item("0.335", quantity="3", allowance_charges=(discount(percent="50"),))).line_nets == (D("0.50"),)
    given_base = AllowanceCharge(charge=True, percent=D(10), base_amount=D(50))
    assert total(item("100", allowance_charges=(given_base,))).line_nets == (D(105),)


def test_the_amount_wins_over_the_percentage() -> None:
    both = discount("150", "10", base_amount=D(1000))
    assert total(item("1500", allowance_charges=(both,))).line_nets == (D(1350),)


def test_a_percentage_off_the_document_is_the_same_for_every_tax() -> None:
    totals = total(item("100", "7"), item("-20", "19"), allowance_charges=(discount(percent="10"),))
    assert [tax.taxable for tax in totals.taxes] == [D(90), D(-18)]


def test_an_amount_off_groups_that_cancel_out_stays_in_bounds() -> None:
    totals = total(item("100", "7"), item("-99.99", "19"), allowance_charges=(discount("10"),))
    assert [tax.taxable for tax in totals.taxes] == [D(95), D("-104.99")]


def test_a_discount_on_a_document_without_lines_is_kept() -> None:
    totals = total(allowance_charges=(discount("10"),))
    assert (totals.allowance_total, totals.payable, totals.taxes) == (10, -10, ())


def test_prices_including_tax_leave_nets_that_sum_exactly() -> None:
    totals = total(*[item("9.99", "19")] * 3, item("4.99", "7"), tax_inclusive=True)
    assert totals.line_nets == (D("8.40"), D("8.39"), D("8.39"), D("4.66"))
    assert totals.tax_inclusive == D("34.96")
    assert totals.line_amounts == (D("9.99"), D("9.99"), D("9.99"), D("4.99"))


def test_a_discount_on_prices_including_tax_is_one_too() -> None:
    totals = total(item("119", "19"), allowance_charges=(discount(percent="10"),), tax_inclusive=True)
    assert (totals.payable, totals.tax_exclusive, totals.allowance_total) == (D("107.10"), D(90), D(10))


def test_a_tax_may_lie_on_the_taxes_before_it() -> None:
    taxes = (Tax("GST", D(5)), Tax("PST", D(10), "cumulative"))
    totals = total(item("100", taxes=taxes), item("50", taxes=taxes[:1]), currency="CAD")
    assert [(tax.name, tax.taxable, tax.tax) for tax in totals.taxes] == [
        ("GST", 150, D("7.50")),
        ("PST", 105, D("10.50")),
    ]
    inside = total(item("115.50", taxes=taxes), currency="CAD", tax_inclusive=True)
    assert [(tax.taxable, tax.tax) for tax in inside.taxes] == [(100, 5), (105, D("10.50"))]


def test_a_rate_written_in_two_ways_is_one_tax() -> None:
    assert [tax.taxable for tax in total(item("1", "25"), item("2", "25.0")).taxes] == [3]


def test_optional_lines_texts_and_subtotals_stand_outside_the_totals() -> None:
    totals = total(
        Line("Hardware", kind="text"),
        item("10", "19"),
        item("99", "19", optional=True),
        item("20", "19"),
        Line(kind="subtotal"),
        item("5", "7"),
        Line(kind="subtotal"),
    )
    assert totals.line_total == 35
    assert totals.line_nets == (0, 10, 0, 20, 0, 5, 0)
    assert totals.line_amounts == (0, 10, 99, 20, 30, 5, 5)


@pytest.mark.parametrize(("currency", "decimals"), [("JPY", 0), ("EUR", 2), ("KWD", 3), ("IQD", 3), ("CLF", 4)])
def test_decimals_follow_iso_4217(currency: str, decimals: int) -> None:
    assert decimals_of(currency) == decimals
    shown = total(item("1.23456", quantity="2"), currency=currency).to_json()["payable"]
    assert len(str(shown).partition(".")[2]) == decimals


def test_cash_is_rounded_last_and_apart() -> None:
    totals = total(item("10.01", "7.7"), currency="CHF", profile=TaxProfile(cash_step=D("0.05")))
    assert (totals.tax_inclusive, totals.rounding, totals.payable) == (D("10.78"), D("0.02"), D("10.80"))
    assert total(item("9.99"), rounding=D("0.01")).payable == 10
    assert round_to_step(D("1.03"), D("0.05"), "half_up") == D("1.05")


def test_a_full_credit_ends_at_zero() -> None:
    taxes = (Tax("GST", D(5)), Tax("QST", D("9.975")))
    totals = total(item("33.33", taxes=taxes, quantity="3"), item("0"), allowance_charges=(discount("0.05"),), prepaid=D(3))
    credit = mirror(totals)
    check_identities(credit)
    assert totals.payable + credit.payable == 0
    assert [a.tax + b.tax for a, b in zip(totals.taxes, credit.taxes, strict=True)] == [0, 0, 0]
    assert "-0.00" not in json.dumps(credit.to_json())


def test_the_last_instalment_takes_the_odd_cent() -> None:
    third = D("33.3333")
    assert instalments(D("100.00"), [third, third, D("33.3334")]) == (D("33.33"), D("33.33"), D("33.34"))
    assert instalments(D("100"), [D(50), D(50)]) == (D(50), D(50))
    assert instalments(D("0.01"), [D(50), D(50)]) == (D("0.01"), D("0.00"))
    for wrong in ([], [D(50), D(49)], [D(110), D(-10)]):
        with pytest.raises(UserError, match="sum to 100"):
            instalments(D("100.00"), wrong)


def test_currencies_are_never_added() -> None:
    assert to_base(D("100.00"), D("0.0061"), "EUR") == D("0.61")
    sums = add_up(
        [Amount(D("10.00"), "EUR"), Amount(D("10.00"), "USD", D("9.20")), Amount(D(900), "JPY"), Amount(D(1), "JPY")],
        "EUR",
    )
    assert sums.base == D("19.20")
    assert sums.apart == {"JPY": D(901)}


def test_totals_that_contradict_one_another_are_refused() -> None:
    good = total(item("10", "19"))
    with pytest.raises(BrokenTotals, match="payable"):
        check_identities(Totals(**{**good.__dict__, "payable": D("11.89")}))


def test_an_amount_beyond_all_bounds_is_said_to_be_too_large() -> None:
    with pytest.raises(UserError, match="too large"):
        calculate(Document("EUR", (item("999999999999", quantity="999999999999"),)))


# ---- any document ----

AMOUNTS = st.decimals(min_value=-10_000, max_value=10_000, places=2)
PRICES = st.decimals(min_value=-1000, max_value=10_000, places=6)
QUANTITIES = st.decimals(min_value=-1000, max_value=1000, places=3)
RATES = st.sampled_from([D(0), D(5), D(7), D("9.975"), D(19), D(20), D("7.7"), D("33.3333")])
PERCENTS = st.decimals(min_value=0, max_value=100, places=2)


@st.composite
def allowances(draw: st.DrawFn, decimals: int, on_line: bool) -> AllowanceCharge:
    amount = draw(st.none() | AMOUNTS.map(lambda value: round_to(value, decimals, "down")))
    percent = draw(PERCENTS) if amount is None else None
    base = draw(st.none() | AMOUNTS.map(lambda value: round_to(value, decimals, "down")))
    category = None if on_line else draw(st.none() | st.just("S"))
    rate = draw(RATES) if category else None
    return AllowanceCharge(draw(st.booleans()), amount, percent, base, "", category, rate)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    currency = draw(st.sampled_from(["EUR", "JPY", "KWD"]))
    decimals = decimals_of(currency)
    tax = st.builds(Tax, st.sampled_from(["GST", "QST"]), RATES, st.sampled_from(["net", "cumulative"]))
    lines = st.builds(
        Line,
        quantity=QUANTITIES,
        unit_price=PRICES,
        price_base_quantity=st.sampled_from([D(1), D(3), D(100)]),
        allowance_charges=st.lists(allowances(decimals, on_line=True), max_size=2).map(tuple),
        tax_category=st.sampled_from(["S", "E"]),
        tax_rate=RATES,
        taxes=st.lists(tax, max_size=2).map(tuple),
        optional=st.booleans(),
        kind=st.sampled_from(["item", "item", "item", "text", "subtotal"]),
    )
    return Document(
        currency=currency,
        lines=tuple(draw(st.lists(lines, max_size=6))),
        allowance_charges=tuple(draw(st.lists(allowances(decimals, on_line=False), max_size=3))),
        tax_inclusive=draw(st.booleans()),
        prepaid=draw(AMOUNTS.map(lambda value: round_to(value, decimals, "down"))),
        profile=TaxProfile(
            draw(st.sampled_from(["half_up", "half_even", "down"])),
            draw(st.sampled_from(["document", "line"])),
            draw(st.sampled_from([None, D("0.05"), D(1)])) if currency == "EUR" else None,
        ),
    )


@settings(max_examples=300, deadline=None)
@given(documents())
def test_the_totals_of_any_document_agree_with_one_another(document: Document) -> None:
    totals = calculate(document)
    check_identities(totals)
    decimals = decimals_of(document.currency)
    for amount in (*totals.line_nets, *totals.line_amounts, totals.payable, totals.tax_total, totals.tax_inclusive):
        assert amount.as_tuple().exponent == -decimals


@settings(max_examples=100, deadline=None)
@given(documents())
def test_any_total_can_be_explained_and_the_explanation_ends_there(document: Document) -> None:
    totals = calculate(document)
    steps = explain(document)
    assert sum(step.amount for step in steps if step.kind == "tax") == totals.tax_total
    ends = [step.amount for step in steps if step.kind == "total"]
    assert ends[:2] == [totals.tax_exclusive, totals.tax_inclusive]
    assert ends[-1] == (totals.payable if totals.prepaid or totals.rounding else totals.tax_inclusive)


@settings(max_examples=200, deadline=None)
@given(documents())
def test_prices_that_include_tax_leave_what_was_agreed(document: Document) -> None:
    totals = calculate(document)
    if document.tax_inclusive:
        agreed = sum((a for line, a in zip(document.lines, totals.line_amounts, strict=True) if line.counts), D(0))
        for each, amount in zip(document.allowance_charges, totals.allowance_amounts, strict=True):
            agreed += amount if each.charge else -amount
        assert totals.tax_inclusive == agreed


@settings(max_examples=200, deadline=None)
@given(documents())
def test_the_credit_of_any_document_ends_at_zero(document: Document) -> None:
    totals = calculate(document)
    credit = mirror(totals)
    check_identities(credit)
    assert totals.payable + credit.payable == 0
    assert mirror(credit) == totals


@given(st.lists(st.decimals(-1000, 1000, places=4), min_size=1, max_size=8))
def test_parts_by_largest_remainder_sum_exactly_and_keep_near_their_ideal(ideals: list[Decimal]) -> None:
    whole = round_to(sum(ideals, D(0)), 2, "half_up")
    parts = largest_remainder(whole, ideals, 2)
    assert sum(parts) == whole
    assert all(abs(part - ideal) < D("0.01") for part, ideal in zip(parts, ideals, strict=True))
    turned = largest_remainder(-whole, [-ideal for ideal in ideals], 2)
    assert [-part for part in turned] == list(parts)


def test_of_lines_with_equal_remainders_the_first_gets_the_odd_cent_whatever_their_size() -> None:
    lines = tuple(Line(unit_price=Decimal(price), tax_rate=Decimal("2.6")) for price in ("129636425.68", "69867.61"))
    assert calculate(Document("EUR", lines, tax_inclusive=True)).line_nets == (Decimal("126351292.09"), Decimal("68097.08"))
