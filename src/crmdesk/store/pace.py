"""Keeping a long job quick."""

from __future__ import annotations

import gc
import sys
from collections import deque
from contextlib import contextmanager
from itertools import chain, islice
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

T = TypeVar("T")
R = TypeVar("R")
TURN_S = 0.0001
AHEAD = 3
"""So many items may wait for the other thread: more would only fill the memory."""


@contextmanager
def no_garbage() -> Iterator[None]:
    """Keep the collector from walking over thousands of fresh rows again and again; none of them is garbage."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Turns:
    """Lets who comes back from SQLite have the interpreter soon: with the usual 5 ms it waits as long as it has worked, and nothing is gained by two threads.

    The length of a turn is the whole program's, so it is put back when the last of several jobs is done.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._jobs = 0
        self._usual = 0.0

    def __enter__(self) -> None:
        with self._lock:
            if not self._jobs:
                self._usual = sys.getswitchinterval()
                sys.setswitchinterval(TURN_S)
            self._jobs += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._jobs -= 1
            if not self._jobs:
                sys.setswitchinterval(self._usual)


_quick_turns = _Turns()


def beside(work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """Yield what a function makes of items, in their order; it works in a thread of its own while the next items are got, unless there is only one."""
    source = iter(items)
    first = list(islice(source, 2))
    if len(first) < 2:
        yield from map(work, first)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as worker, _quick_turns:
        waiting: deque[Future[R]] = deque()
        for item in chain(first, source):
            waiting.append(worker.submit(work, item))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
