"""The only source of now and of randomness, so that tests and simulations own time."""

from __future__ import annotations

import os
import sys
import time
from array import array
from contextlib import contextmanager
from datetime import UTC, date, datetime, tzinfo
from itertools import chain, repeat
from struct import unpack
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def _system_ms() -> int:
    return time.time_ns() // 1_000_000


_now: Callable[[], int] = _system_ms
_random: Callable[[int], bytes] = os.urandom
_last_id = 0
_VARIANT = bytes(byte & 0x3F | 0x80 for byte in range(256))
"""The first byte of the random half of an id, whose upper bits say what kind it is."""


def now_ms() -> int:
    """Return the moment as UTC milliseconds since 1970."""
    return _now()


def now() -> datetime:
    """Return the moment as a datetime with zone UTC."""
    return moment(now_ms())


def today(zone: tzinfo = UTC) -> date:
    """Return the date that it is in a zone."""
    return now().astimezone(zone).date()


def moment(ms: int) -> datetime:
    """Turn stored milliseconds into a datetime with zone UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def to_ms(at: datetime) -> int:
    """Turn a datetime with a zone into UTC milliseconds."""
    return round(at.timestamp() * 1000)


def random_bytes(count: int) -> bytes:
    """Return fresh random bytes."""
    return _random(count)


def new_id_bytes() -> bytes:
    """Return a new UUIDv7 as its 16 raw bytes, larger than every one before it in this process.

    The 12 bits after the milliseconds count up, so that records made together sort in the order of making.
    Source: RFC 9562, 5.7 and 6.2 method 1.
    """
    global _last_id
    stamp = max((_now() & 0xFFFFFFFFFFFF) << 12, _last_id + 1)
    _last_id = stamp
    ms, count = stamp >> 12, stamp & 0xFFF
    tail = int.from_bytes(_random(8), "big") & 0x3FFFFFFFFFFFFFFF | 0x8000000000000000
    return (ms << 80 | 0x7 << 76 | count << 64 | tail).to_bytes(16, "big")


def new_ids(count: int) -> list[bytes]:
    """Return so many new ids at once, in a tenth of the time: larger than every one before them, and ascending."""
    global _last_id
    first = max((_now() & 0xFFFFFFFFFFFF) << 12, _last_id + 1)
    _last_id = first + count - 1
    heads = array("Q")
    while first <= _last_id:  # within a millisecond they count up
        least = first >> 12 << 16 | 0x7000 | first & 0xFFF
        heads.extend(range(least, least + min(0x1000 - (first & 0xFFF), _last_id + 1 - first)))
        first = (first | 0xFFF) + 1
    if sys.byteorder == "little":
        heads.byteswap()
    tails = bytearray(_random(8 * count))
    tails[::8] = tails[::8].translate(_VARIANT)
    halves = array("Q", bytes(16 * count))
    halves[::2], halves[1::2] = heads, array("Q", bytes(tails))
    return list(unpack("16s" * count, halves))


def fresh_ids() -> Iterator[bytes]:
    """Return new ids for as many records as come, each larger than the one before it."""
    return chain.from_iterable(map(new_ids, repeat(500)))


def new_id() -> UUID:
    """Return a new UUIDv7."""
    return UUID(bytes=new_id_bytes())


@contextmanager
def running_from(at: datetime) -> Iterator[None]:
    """Let time go on from another moment than it is. For tests and simulations."""
    global _now
    before, ahead = _now, to_ms(at) - _now()

    def shifted() -> int:
        return before() + ahead

    _now = shifted
    try:
        yield
    finally:
        _now = before


@contextmanager
def frozen(at: datetime, random: Callable[[int], bytes] | None = None) -> Iterator[Callable[[float], None]]:
    """Let time stand still; yields a function that moves it on by seconds. For tests and simulations."""
    global _now, _random, _last_id
    state = [to_ms(at)]
    before = _now, _random, _last_id
    _now, _last_id = (lambda: state[0]), 0
    _random = random or _random

    def advance(seconds: float) -> None:
        state[0] += round(seconds * 1000)

    try:
        yield advance
    finally:
        _now, _random, _last_id = before
