"""Groups of records that are all the same: every member near every other, so that no chain of lookalikes joins strangers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

NEAR = 0.05


def groups(pairs: Iterable[tuple[int, int, float]], sure: float, near: float = NEAR) -> list[tuple[int, ...]]:
    """Return groups of two and more, joined from the surest pair down.

    Args:
        pairs: (a, b, likelihood) down to `near`.
        sure: what joins two groups.
        near: what any two members must reach at least.
    """
    known = {(min(a, b), max(a, b)): score for a, b, score in pairs if score >= near}
    group_of: dict[int, list[int]] = {}
    for (a, b), score in sorted(known.items(), key=lambda item: (-item[1], item[0])):
        if score < sure:
            break
        mine, yours = group_of.setdefault(a, [a]), group_of.setdefault(b, [b])
        if mine is yours or not all((min(one, other), max(one, other)) in known for one in mine for other in yours):
            continue
        mine.extend(yours)
        for member in yours:
            group_of[member] = mine
    whole = {id(group): tuple(sorted(group)) for group in group_of.values() if len(group) > 1}
    return sorted(whole.values())
