"""What was seen stays seen, however much comes."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from crmdesk.exchange.values import seen
from crmdesk.exchange.values.seen import SOMEONE, Seen

if TYPE_CHECKING:
    import pytest


def test_hundreds_of_thousands_of_keys_are_told_from_those_that_never_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "WHOSE", 1_000)
    chance = random.Random(5)
    keys = [0, 1, -1, -(2**63), 2**63 - 1, *{chance.randrange(-(2**63), 2**63) for _ in range(150_000)}]
    known = Seen()
    for number, key in enumerate(keys):
        known.remember(key, number.to_bytes(16, "big") if number else b"first of all")
    known.remember(keys[0], b"somebody else")
    assert known.get(keys[0]) == b"first of all"
    assert known.get(keys[999]) == (999).to_bytes(16, "big")
    assert all(known.get(key) == SOMEONE for key in keys[1_000:])
    others = {chance.randrange(-(2**63), 2**63) for _ in range(50_000)} - set(keys)
    assert not any(known.get(key) for key in others)
