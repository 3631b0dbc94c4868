"""How near two values are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmdesk.matching.levels import (
    FAR,
    NEAR,
    OTHER,
    SAME,
    TYPO,
    VARIANT,
    birth_level,
    mail_level,
    name_level,
    number_level,
    phone_level,
    postal_level,
    text_level,
)


@pytest.mark.parametrize(("a", "b", "level"), [
    ("anna", "anna", SAME), ("robert", "bob", VARIANT), ("mueller", "muller", VARIANT), ("j", "john", VARIANT), ("anna maria", "anna", VARIANT), ("hans peter", "hanspeter", VARIANT),
    ("thomas", "thoams", TYPO), ("smith", "smyth", TYPO), ("meier", "mayer", NEAR), ("bennett", "bnennet", NEAR), ("anna", "peter", OTHER), ("j", "anna", OTHER),
])  # fmt: skip
def test_names(a: str, b: str, level: int) -> None:
    assert name_level(a, b) == name_level(b, a) == level


@pytest.mark.parametrize(("a", "b", "level"), [
    ("19710624", "19710624", SAME), ("19710406", "19710604", VARIANT), ("19710624", "19710524", TYPO), ("19710624", "19720624", TYPO), ("19710624", "19940624", NEAR),
    ("19710624", "19710711", FAR), ("19710624", "20051130", OTHER),
])  # fmt: skip
def test_birthdays(a: str, b: str, level: int) -> None:
    assert birth_level(a, b) == birth_level(b, a) == level


@pytest.mark.parametrize(("a", "b", "level"), [
    ("anna@x.example", "anna@x.example", SAME), ("anna.berg@x.example", "ana.berg@x.example", TYPO), ("anna.berg@x.example", "anna.berg@other.test", VARIANT),
    ("anna12@x.example", "anna13@x.example", OTHER), ("anna@x.example", "peter@x.example", OTHER),
])  # fmt: skip
def test_mails(a: str, b: str, level: int) -> None:
    assert mail_level(a, b) == mail_level(b, a) == level


@pytest.mark.parametrize(("a", "b", "level"), [
    ("4930123456", "030123456", SAME), ("030123456", "030123457", TYPO), ("4930123456", "030123457", TYPO), ("030123456", "0401234567", OTHER), ("123456", "123456", SAME),
])  # fmt: skip
def test_phones(a: str, b: str, level: int) -> None:
    assert phone_level(a, b) == phone_level(b, a) == level


def test_streets_numbers_and_postal_codes() -> None:
    assert text_level("pridham", "prid ham") == VARIANT
    assert text_level("goldfinch", "goldfnich") == TYPO
    assert number_level("12", "12a") == VARIANT
    assert number_level("12", "21") == TYPO
    assert number_level("1", "2") == OTHER
    assert postal_level("10115", "10151") == TYPO
    assert postal_level("60609", "60640") == FAR


@given(st.text("abcdefgh ", min_size=1, max_size=12).filter(str.strip), st.text("abcdefgh ", min_size=1, max_size=12).filter(str.strip))
def test_nearness_has_no_direction(a: str, b: str) -> None:
    for compare in (name_level, text_level):
        assert compare(a, b) == compare(b, a)
        assert compare(a, a) == SAME
