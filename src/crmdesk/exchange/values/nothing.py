"""Cells that say by a word or a dash that there is nothing to say."""

from __future__ import annotations

_SAID = frozenset(
    {
        "n/a", "n.a.", "n. a.", "#n/a", "#nv", "not available", "not applicable", "none", "null", "(null)", "<null>", "\\n", "nil", "tbd", "?",
        "k.a.", "k. a.", "keine angabe", "keine", "keins", "无", "暂无",
    }
)  # fmt: skip


def is_nothing(text: str) -> bool:
    """Say whether a text stands for an empty cell: `n/a`, `k.A.`, `–`."""
    bare = text.strip().casefold()
    return bare in _SAID or not bare.strip("-–—")
