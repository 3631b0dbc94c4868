from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmdesk.errors import UserError
from crmdesk.models.calendar import Calendar, add_working_minutes, calendar_of, check_hours, later_working_day, read_times, working_minutes, working_time

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = (("09:00", "12:00", "13:00", "17:00"),) * 5 + ((), ())


def office(*holidays: date) -> Calendar:
    return calendar_of(WEEK, BERLIN, holidays)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def test_a_lunch_break_does_not_count() -> None:
    assert working_minutes(at("2026-11-18 11:30"), at("2026-11-18 13:30"), office()) == 60
    assert add_working_minutes(at("2026-11-18 11:30"), 60, office()) == at("2026-11-18 13:30")


def test_friday_evening_to_monday_morning_is_the_time_until_closing_and_from_opening() -> None:
    assert working_minutes(at("2026-11-20 16:00"), at("2026-11-23 10:00"), office()) == 120
    assert add_working_minutes(at("2026-11-20 16:00"), 120, office()) == at("2026-11-23 10:00")


def test_a_deadline_falls_on_closing_time_rather_than_on_the_next_opening() -> None:
    assert add_working_minutes(at("2026-11-20 16:00"), 60, office()) == at("2026-11-20 17:00")


def test_a_message_at_night_is_counted_from_the_morning() -> None:
    assert add_working_minutes(at("2026-11-18 22:00"), 30, office()) == at("2026-11-19 09:30")


def test_nobody_works_on_a_holiday() -> None:
    assert add_working_minutes(at("2026-12-24 16:00"), 120, office(date(2026, 12, 25))) == at("2026-12-28 10:00")


def test_the_night_of_the_summer_time_change_has_an_hour_less() -> None:
    always = calendar_of((("00:00", "24:00"),) * 7, BERLIN)
    assert working_minutes(at("2026-03-29 00:00"), at("2026-03-30 00:00"), always) == 23 * 60
    assert working_minutes(at("2026-10-25 00:00"), at("2026-10-26 00:00"), always) == 25 * 60


def test_the_business_day_is_that_of_the_calendars_zone() -> None:
    shanghai = calendar_of(WEEK, ZoneInfo("Asia/Shanghai"))
    assert add_working_minutes(datetime(2026, 11, 17, 23, 0, tzinfo=UTC), 60, shanghai) == datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


def test_a_day_may_have_hours_of_its_own_be_it_christmas_eve_or_a_saturday_that_makes_up_for_a_holiday() -> None:
    own = [(date(2026, 12, 24), read_times("09:00-12:00")), (date(2026, 12, 26), read_times("10:00 – 11:00, 13:00-14:00"))]
    calendar = calendar_of(WEEK, BERLIN, [date(2026, 12, 25)], own)
    assert working_minutes(at("2026-12-24 00:00"), at("2026-12-25 00:00"), calendar) == 180
    assert working_minutes(at("2026-12-25 00:00"), at("2026-12-28 00:00"), calendar) == 120
    assert later_working_day(date(2026, 12, 23), 2, calendar) == date(2026, 12, 26)
    assert check_hours("09:00-12:00") is None
    assert check_hours("in the morning")


def test_time_runs_backwards_as_a_negative_number() -> None:
    assert working_minutes(at("2026-11-18 10:00"), at("2026-11-18 09:00"), office()) == -60


def test_a_calendar_without_a_working_day_is_named_as_the_trouble() -> None:
    with pytest.raises(UserError, match="no working day"):
        add_working_minutes(at("2026-11-18 10:00"), 1, calendar_of(((),) * 7, BERLIN))
    with pytest.raises(UserError, match="no working day"):
        later_working_day(date(2026, 11, 18), 1, calendar_of(((),) * 7, BERLIN))


@pytest.mark.parametrize("times", [("09:00",), ("09:00", "25:00"), ("17:00", "09:00"), ("09:00", "12:00", "11:00", "15:00"), ("nine", "five"), ("9", "17")])
def test_hours_that_can_not_be_are_refused(times: tuple[str, ...]) -> None:
    with pytest.raises(UserError):
        calendar_of((times, (), (), (), (), (), ()), BERLIN)


def test_three_working_days_later_skips_weekend_and_holiday() -> None:
    assert later_working_day(date(2026, 12, 23), 3, office(date(2026, 12, 25))) == date(2026, 12, 29)


moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
zones = st.sampled_from([BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Asia/Shanghai"), ZoneInfo("Australia/Lord_Howe"), UTC])


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    def day() -> tuple[tuple[int, int], ...]:
        marks = sorted(draw(st.lists(st.integers(0, 1440), max_size=6, unique=True)))
        return tuple(pairwise(marks))[::2]

    hours = [day() for _ in range(6)] + [((480, 720),)]
    holidays = draw(st.frozensets(st.dates(date(2025, 1, 1), date(2027, 12, 31)), max_size=10))
    return Calendar(draw(zones), tuple(hours), holidays)


@given(calendars(), moments, st.integers(0, 20_000))
def test_adding_working_minutes_and_counting_them_agree(calendar: Calendar, start: datetime, minutes: int) -> None:
    end = add_working_minutes(start, minutes, calendar)
    assert end >= start
    assert working_minutes(start, end, calendar) == minutes


@given(calendars(), moments, moments, moments)
def test_working_time_adds_up_over_any_moment_between(calendar: Calendar, a: datetime, b: datetime, c: datetime) -> None:
    assert working_time(a, b, calendar) + working_time(b, c, calendar) == working_time(a, c, calendar)


@given(calendars(), moments, moments)
def test_working_time_is_never_longer_than_time_itself(calendar: Calendar, a: datetime, b: datetime) -> None:
    assert abs(working_time(a, b, calendar)) <= abs(b - a) + timedelta(0)
    assert working_time(a, b, calendar) == -working_time(b, a, calendar)


@given(calendars(), moments, st.integers(0, 5000), st.integers(0, 5000))
def test_two_steps_reach_as_far_as_one(calendar: Calendar, start: datetime, first: int, second: int) -> None:
    assert add_working_minutes(add_working_minutes(start, first, calendar), second, calendar) == add_working_minutes(start, first + second, calendar)
