"""Dates and moments are read as people write them, or a sentence says why not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from crmdesk.errors import UserError
from crmdesk.fields import KINDS, NO_YEAR, AmbiguousDate, Field, Reading, day_text, read_date, read_moment
from crmdesk.i18n import speaking


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
