"""Amounts are read with and without a currency, shown and read back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmdesk.errors import UserError
from crmdesk.fields import Money, currency_decimals, from_minor, read_money, show_money, to_minor
from crmdesk.i18n import speaking


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.50 EUR", Money(Decimal("12.50"), "EUR")), ("€ 12,50", Money(Decimal("12.50"), "EUR")), ("12.5", Money(Decimal("12.5"), "CHF")), ("1.234,50 €", Money(Decimal("1234.50"), "EUR")),
        ("₹ 5,000", Money(Decimal(5000), "INR")), ("NT$1,000", Money(Decimal(1000), "TWD")), ("HK$1,234.50", Money(Decimal("1234.50"), "HKD")), ("12,50 zł", Money(Decimal("12.50"), "PLN")),
        ("¥100", Money(Decimal(100), "CNY")), ("US$ 5", Money(Decimal(5), "USD")), ("jpy 500", Money(Decimal(500), "JPY")), ("-3 EUR", Money(Decimal(-3), "EUR")),
        ("12万", Money(Decimal(120_000), "CHF")), ("1.5 亿元", Money(Decimal(150_000_000), "CNY")), ("¥12.5万", Money(Decimal(125_000), "CNY")), ("3万 EUR", Money(Decimal(30_000), "EUR")),
    ],
)  # fmt: skip
def test_money_is_read_with_and_without_its_currency(text: str, value: Money) -> None:
    assert read_money(text, "CHF") == value


@pytest.mark.parametrize(("text", "currency"), [("$5", "HKD"), ("¥5", "JPY"), ("5円", "JPY"), ("5元", "TWD"), ("5 元", "CNY"), ("₹5", "INR"), ("NT$5", "TWD")])
def test_a_sign_that_several_currencies_have_means_that_of_the_store(text: str, currency: str) -> None:
    assert read_money(text, currency) == Money(Decimal(5), currency)


@pytest.mark.parametrize("text", ["", "EUR", "12 XQQ", "a lot", "12 EUR 13", "NaN EUR", "万", "12万万", "12万人"])
def test_what_is_no_money_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        read_money(text, "EUR")


def test_amounts_keep_the_decimals_of_their_currency() -> None:
    assert (currency_decimals("JPY"), currency_decimals("EUR"), currency_decimals("KWD")) == (0, 2, 3)
    assert (to_minor(Decimal("2.675"), "EUR"), to_minor(Decimal("0.125"), "EUR"), to_minor(Decimal("12.5"), "JPY")) == (268, 13, 13)
    assert from_minor(1250, "EUR") == Decimal("12.50")
    with pytest.raises(UserError, match="too large"):
        to_minor(Decimal(10) ** 20, "EUR")


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_what_is_shown_is_read_back_in_every_language(value: Decimal) -> None:
    for language in ("en", "de", "zh"):
        with speaking(language):
            assert read_money(show_money(Money(value, "EUR")), "USD") == Money(value, "EUR")


def test_blanks_within_an_amount_take_no_time() -> None:
    with pytest.raises(UserError, match="not an amount"):
        read_money("1" + " " * 100_000 + "(", "EUR")
