"""Ids grow in the order of making, however they are asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import UUID

from crmdesk.clock import fresh_ids, frozen, new_id_bytes, new_ids, now, running_from


def test_ids_made_by_the_thousand_follow_those_before_them_and_are_of_version_seven() -> None:
    with frozen(datetime(2026, 11, 22, tzinfo=UTC)):
        made = [new_id_bytes(), *new_ids(10_000), new_id_bytes(), *islice(fresh_ids(), 1200), new_id_bytes()]
    assert made == sorted(set(made))
    assert {(UUID(bytes=each).version, UUID(bytes=each).variant) for each in made} == {(7, "specified in RFC 4122")}


def test_time_goes_on_from_the_moment_that_is_asked_for() -> None:
    before, new_year = now(), datetime(2031, 12, 31, 23, 59, tzinfo=UTC)
    with running_from(new_year):
        first, second = now(), now()
    assert new_year <= first <= second < new_year + timedelta(minutes=1)
    assert before <= now() < before + timedelta(minutes=1)
