"""Numbers in columns whose decimal sign is known: where the signs between thousands may stand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crmdesk.errors import UserError
from crmdesk.exchange.values.number_cells import number_of


@pytest.mark.parametrize(
    ("text", "sign", "value"),
    [
        ("1.234,56", ",", "1234.56"), ("1.234", ",", "1234"), ("12.345.678", ",", "12345678"), ("-1.234,5", ",", "-1234.5"), ("(1.234,50)", ",", "-1234.50"), ("1,5", ",", "1.5"),
        ("1.2", ",", "1.2"), (".5", ",", "0.5"), ("0.125", ",", "0.125"), ("19,5 %", ",", "19.5"), ("(1,234)", ",", "-1.234"), ("12.5 %", ",", "12.5"), ("(1.2)", ",", "-1.2"), ("(0.125)", ",", "-0.125"), ("1 234", ",", "1234"), ("1,23,456.78", ".", "123456.78"), ("1,234", ".", "1234"), (",5", ".", "0.5"), (".500", ".", "0.5"),
        ("1'234.50", ".", "1234.50"), ("1 234,50", ",", "1234.50"), ("1,234", ",", "1.234"), ("1.234", ".", "1.234"), ("+1.234,00", ",", "1234.00"),
    ],
)  # fmt: skip
def test_the_sign_of_the_column_decides_what_is_parted(text: str, sign: str, value: str) -> None:
    assert number_of(text, sign) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("12.05.2024", ","), ("1.234.56", ","), ("1.2.3", ","), ("192.168.0.1", ","), ("1234.567", ","), ("1.23,4.5", ","), ("1,2,3", ","), ("05,12,2024", "."), ("1,234,56", "."),
        ("1.5,000", ","), ("1..234", ","), ("1.23.456", ","), ("1,5E3", ","), ("1.234,50-", ","), ("12.345,67.8", ","),
    ],
)  # fmt: skip
def test_what_is_parted_where_no_thousands_are_is_no_number(text: str, sign: str) -> None:
    with pytest.raises(UserError):
        number_of(text, sign)


@pytest.mark.parametrize("text", ["1.234,50-", "1,5E3", "1,5x", "--1,5"])
def test_what_is_no_number_is_quoted_as_it_stands(text: str) -> None:
    with pytest.raises(UserError, match="^“" + text.replace(".", r"\.").replace("+", r"\+") + "” is not a number"):
        number_of(text, ",")
