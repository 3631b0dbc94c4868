"""Numbers are read as people write them and stored without a loss."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmdesk.errors import UserError
from crmdesk.fields import from_scaled, read_number, to_scaled
from crmdesk.i18n import speaking


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234.5", "1234.5"), ("1,234.50", "1234.50"), ("1.234,50", "1234.50"), ("1 234,5", "1234.5"), ("1\u202f234,5", "1234.5"), ("1'234.5", "1234.5"), ("1.234.567", "1234567"),
        ("1,234,567", "1234567"), ("-5", "-5"), ("−5", "-5"), ("(12)", "-12"), ("12.5%", "12.5"), ("0.125", "0.125"), ("0,125", "0.125"), (".5", ".5"), ("12,5", "12.5"), ("007", "7"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, value: str) -> None:
    assert read_number(text) == Decimal(value)


def test_a_number_with_one_sign_and_three_digits_is_read_by_the_language() -> None:
    with speaking("en"):
        assert (read_number("1,234"), read_number("1.234")) == (Decimal(1234), Decimal("1.234"))
    with speaking("de"):
        assert (read_number("1.234"), read_number("1,234")) == (Decimal(1234), Decimal("1.234"))


@pytest.mark.parametrize("text", ["", "abc", "12a", "NaN", "Infinity", "1e5", "--5", "1..2", "1,2,3", "12,34,5.0", "=1+1", "1 2 3 a", "."])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        read_number(text)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=6))
def test_a_stored_quantity_comes_back_exactly(value: Decimal) -> None:
    assert from_scaled(to_scaled(value)) == value
