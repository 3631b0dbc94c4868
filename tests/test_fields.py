"""Values as people write them become plain values, or a sentence says why not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmdesk.errors import UserError
from crmdesk.fields import (
    KINDS,
    NO_YEAR,
    AmbiguousDate,
    Choice,
    Field,
    Money,
    Reading,
    currency_decimals,
    day_text,
    from_minor,
    from_scaled,
    read_date,
    read_moment,
    read_money,
    read_number,
    show_money,
    to_minor,
    to_scaled,
)  # fmt: skip
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


@pytest.mark.parametrize(
    ("text", "order", "value"),
    [
        ("2026-12-20", "", date(2026, 12, 20)), ("20.12.2026", "", date(2026, 12, 20)), ("3.5.1979", "", date(1979, 5, 3)), ("12/20/2026", "", date(2026, 12, 20)),
        ("20/12/2026", "", date(2026, 12, 20)), ("3/4/2026", "dmy", date(2026, 4, 3)), ("3/4/2026", "mdy", date(2026, 3, 4)), ("26/3/4", "ymd", date(2026, 3, 4)),
        ("2026年12月20日", "", date(2026, 12, 20)), ("2026/12/20", "", date(2026, 12, 20)), ("20 December 2026", "", date(2026, 12, 20)), ("20. Dezember 2026", "", date(2026, 12, 20)),
        ("March 4, 2026", "", date(2026, 3, 4)), ("4-Mar-26", "", date(2026, 3, 4)), ("5/5/2026", "", date(2026, 5, 5)), ("2026-12-20T10:00:00", "", date(2026, 12, 20)), ("3.5.79", "", date(1979, 5, 3)),
        ("4-Mar-85", "", date(1985, 3, 4)), ("79/3/4", "ymd", date(1979, 3, 4)), ("0001-01-01", "", date(1, 1, 1)),
    ],
)  # fmt: skip
def test_dates_are_read_as_people_write_them(text: str, order: str, value: date) -> None:
    assert read_date(text, order) == value


BIRTHDAY = Field("birthday", "date", "Birthday", may_lack_year=True)


@pytest.mark.parametrize(("language", "shown"), [("en", "24 Dec"), ("de", "24. Dez."), ("zh", "12月24日")])
def test_a_day_without_a_year_is_shown_without_one_and_read_back(language: str, shown: str) -> None:
    with speaking(language):
        assert KINDS["date"].show(date(NO_YEAR, 12, 24), BIRTHDAY) == shown
        for month in range(1, 13):
            day = date(NO_YEAR, month, 29)
            assert KINDS["date"].read(KINDS["date"].show(day, BIRTHDAY), BIRTHDAY, Reading()) == day


@pytest.mark.parametrize("text", ["--12-24", "--1224", "'--12-24", "24.12.", "24. 12.", "24 December", "December 24", "24. Dezember"])
def test_a_birthday_may_lack_its_year(text: str) -> None:
    assert read_date(text, may_lack_year=True) == date(NO_YEAR, 12, 24)


def test_other_dates_have_a_year_and_no_month_has_thirty_two_days() -> None:
    assert day_text(read_date("--02-29")) == "--02-29"
    for text, may_lack_year in (("24.12.", False), ("24 December", False), ("--02-30", True), ("32.1.", True), ("24 Foo", True)):
        with pytest.raises(UserError):
            read_date(text, may_lack_year=may_lack_year)


def test_a_date_that_can_be_read_in_two_ways_is_asked_about() -> None:
    with pytest.raises(AmbiguousDate, match="two ways"):
        read_date("3/4/2026")


@pytest.mark.parametrize("text", ["", "soon", "31.2.2026", "2026-13-01", "1/2", "0/0/0000", "20261220x", "1.2.123", "123-1-2", "4-Mar-123"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        read_date(text)


def test_moments_take_the_zone_of_the_text_or_the_store() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert read_moment("2026-07-01 10:00", zone=berlin) == datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert read_moment("2026-07-01T10:00:00Z", zone=berlin) == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert read_moment("2026-07-01T10:00:00+08:00", zone=berlin) == datetime(2026, 7, 1, 2, tzinfo=UTC)
    assert read_moment("1.7.2026, 2:30 PM", zone=berlin) == datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
    assert read_moment("2026-07-01", zone=berlin) == datetime(2026, 6, 30, 22, tzinfo=UTC)


def test_amounts_keep_the_decimals_of_their_currency() -> None:
    assert (currency_decimals("JPY"), currency_decimals("EUR"), currency_decimals("KWD")) == (0, 2, 3)
    assert (to_minor(Decimal("2.675"), "EUR"), to_minor(Decimal("0.125"), "EUR"), to_minor(Decimal("12.5"), "JPY")) == (268, 13, 13)
    assert from_minor(1250, "EUR") == Decimal("12.50")
    with pytest.raises(UserError, match="too large"):
        to_minor(Decimal(10) ** 20, "EUR")


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=6))
def test_a_stored_quantity_comes_back_exactly(value: Decimal) -> None:
    assert from_scaled(to_scaled(value)) == value


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_what_is_shown_is_read_back_in_every_language(value: Decimal) -> None:
    for language in ("en", "de", "zh"):
        with speaking(language):
            assert read_money(show_money(Money(value, "EUR")), "USD") == Money(value, "EUR")


def test_choices_are_read_by_value_and_label_in_any_language() -> None:
    field = Field("status", "choice", "Status", choices=(Choice("new", "New"), Choice("won", "Won")))
    assert KINDS["choice"].read("NEW", field, Reading()) == "new"
    with speaking("de"):
        assert KINDS["choice"].read("Gewonnen", field, Reading()) == "won"
    with pytest.raises(UserError, match="not one of the choices"):
        KINDS["choice"].read("lost", field, Reading())


@pytest.mark.parametrize(("text", "value"), [("yes", True), ("Ja", True), ("是", True), ("1", True), ("no", False), ("", False), ("否", False)])
def test_yes_and_no_in_three_languages(text: str, value: bool) -> None:
    assert KINDS["flag"].read(text, Field("a", "flag", "A"), Reading()) is value


def test_blanks_within_an_amount_take_no_time() -> None:
    with pytest.raises(UserError, match="not an amount"):
        read_money("1" + " " * 100_000 + "(", "EUR")
