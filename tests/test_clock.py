"""Ids grow in the order of making, however they are asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from uuid import UUID

from crmdesk.clock import fresh_ids, frozen, new_id_bytes, new_ids


def test_ids_made_by_the_thousand_follow_those_before_them_and_are_of_version_seven() -> None:
    with frozen(datetime(2026, 11, 22, tzinfo=UTC)):
        made = [new_id_bytes(), *new_ids(10_000), new_id_bytes(), *islice(fresh_ids(), 1200), new_id_bytes()]
    assert made == sorted(set(made))
    assert {(UUID(bytes=each).version, UUID(bytes=each).variant) for each in made} == {(7, "specified in RFC 4122")}
