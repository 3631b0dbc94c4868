"""Memory that the C library keeps though the program is done with it: given back to the system where that can be asked for."""

from __future__ import annotations

import ctypes
import sys
from functools import cache

ARENAS = 2
_M_ARENA_MAX = -8  # malloc.h


@cache
def _libc() -> ctypes.CDLL | None:
    """Return the GNU C library; None where another one is in use, which has its own ways."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None


def begin() -> None:
    """Let all threads share a few heaps, instead of each keeping what it freed for itself; called before the first thread starts."""
    library = _libc()
    if library is not None:
        library.mallopt(_M_ARENA_MAX, ARENAS)


def give_back() -> None:
    """Give back what is free; takes some milliseconds, so not on the window's thread."""
    library = _libc()
    if library is not None:
        library.malloc_trim(0)
