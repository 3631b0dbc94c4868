"""Put mixed left-to-right and right-to-left text into the order in which it is seen.

Source: Unicode Standard Annex 9. Explicit embeddings, overrides and isolates are not followed but left out: in a
business document they serve only to make a text look like another one.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

T = TypeVar("T")

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]")
_BRACKETS = {"(": ")", "[": "]", "{": "}", "〈": "〉", "《": "》", "「": "」", "『": "』", "【": "】", "（": "）"}
_CLOSING = {closing: opening for opening, closing in _BRACKETS.items()}
_NEUTRAL = frozenset(("B", "S", "WS", "ON"))
_INVISIBLE = frozenset(("BN", "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"))


def has_right_to_left(text: str) -> bool:
    """Tell whether a text needs any reordering at all."""
    return _RIGHT_TO_LEFT.search(text) is not None


def is_right_to_left(paragraph: str) -> bool:
    """Tell whether a paragraph's first letter belongs to a script that runs from right to left."""
    for char in paragraph:
        kind = unicodedata.bidirectional(char)
        if kind in {"L", "R", "AL"}:
            return kind != "L"
    return False


def levels_of(paragraph: str) -> list[int]:
    """Return each character's embedding level: even from left to right, odd from right to left."""
    base = int(is_right_to_left(paragraph))
    kinds = [unicodedata.bidirectional(char) or "L" for char in paragraph]
    shown = [index for index, kind in enumerate(kinds) if kind not in _INVISIBLE]
    text = [paragraph[index] for index in shown]
    resolved = _resolve(text, [kinds[index] for index in shown], base)
    levels = [base] * len(paragraph)
    level = base
    for index, kind in enumerate(kinds):
        if kind not in _INVISIBLE:
            level = next(resolved)
        levels[index] = level
    return levels


def reset_spaces(levels: list[int], line: str, base: int) -> list[int]:
    """Give the spaces at the end of a line the level of the paragraph (L1)."""
    end = len(line.rstrip(" \t\u3000"))
    return [base if index >= end else level for index, level in enumerate(levels)]


def in_visual_order(pieces: Sequence[T], levels: Sequence[int]) -> list[T]:
    """Reorder the pieces of one line by their levels (L2); the inside of a piece is not turned."""
    order = list(pieces)
    kept = list(levels)
    lowest_odd = min((level for level in kept if level % 2), default=0)
    for level in range(max(kept, default=0), lowest_odd - 1, -1):
        start = 0
        while level and start < len(kept):
            end = start
            while end < len(kept) and kept[end] >= level:
                end += 1
            if end > start:
                order[start:end] = order[start:end][::-1]
                kept[start:end] = kept[start:end][::-1]
            start = max(end, start + 1)
    return order


def _resolve(text: list[str], kinds: list[str], base: int) -> Iterator[int]:
    """Yield the level of each character, by the rules W1 to W7, N0 to N2, I1 and I2."""
    edge = "R" if base else "L"
    original = list(kinds)
    _weak(kinds, edge)
    _brackets(text, kinds, original, edge)
    _neutral(kinds, edge)
    for kind in kinds:
        if base:
            yield 1 if kind == "R" else 2
        else:
            yield {"L": 0, "R": 1}.get(kind, 2)


def _weak(kinds: list[str], edge: str) -> None:
    """Resolve marks, numbers and what stands with numbers."""
    before = edge
    for index, kind in enumerate(kinds):  # W1
        if kind == "NSM":
            kinds[index] = before
        before = kinds[index]
    strong = edge
    for index, kind in enumerate(kinds):  # W2
        if kind in {"L", "R", "AL"}:
            strong = kind
        elif kind == "EN" and strong == "AL":
            kinds[index] = "AN"
    for index, kind in enumerate(kinds):  # W3
        if kind == "AL":
            kinds[index] = "R"
    for index in range(1, len(kinds) - 1):  # W4
        left, kind, right = kinds[index - 1 : index + 2]
        if left == right and ((kind in {"ES", "CS"} and left == "EN") or (kind == "CS" and left == "AN")):
            kinds[index] = left
    for match in re.finditer("t+", "".join("t" if kind == "ET" else "-" for kind in kinds)):  # W5
        start, end = match.span()
        if (start and kinds[start - 1] == "EN") or (end < len(kinds) and kinds[end] == "EN"):
            kinds[start:end] = ["EN"] * (end - start)
    strong = edge
    for index, kind in enumerate(kinds):  # W6 and W7
        if kind in {"ES", "ET", "CS"}:
            kinds[index] = "ON"
        elif kind in {"L", "R"}:
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[index] = "L"


def _strong(kind: str) -> str:
    return "R" if kind in {"EN", "AN"} else kind


def _brackets(text: list[str], kinds: list[str], original: list[str], edge: str) -> None:
    """Let both brackets of a pair run as what stands in them (N0)."""
    opposite = "L" if edge == "R" else "R"
    for start, end in _pairs(text, kinds):
        inside = {_strong(kind) for kind in kinds[start + 1 : end]}
        if edge in inside:
            direction = edge
        elif opposite in inside:
            before = next((_strong(kind) for kind in reversed(kinds[:start]) if _strong(kind) in "LR"), edge)
            direction = opposite if before == opposite else edge
        else:
            continue
        for at in (start, end):
            kinds[at] = direction
            follows = at + 1
            while follows < len(kinds) and original[follows] == "NSM":
                kinds[follows] = direction
                follows += 1


def _pairs(text: list[str], kinds: list[str]) -> list[tuple[int, int]]:
    opened: list[tuple[str, int]] = []
    pairs = []
    for index, char in enumerate(text):
        if kinds[index] != "ON":
            continue
        if char in _BRACKETS:
            opened.append((char, index))
            if len(opened) > 63:  # as the standard says, deeper nesting is left alone
                return []
        elif char in _CLOSING:
            for depth in range(len(opened) - 1, -1, -1):
                if opened[depth][0] == _CLOSING[char]:
                    pairs.append((opened[depth][1], index))
                    del opened[depth:]
                    break
    return sorted(pairs)


def _neutral(kinds: list[str], edge: str) -> None:
    """Give spaces and punctuation the direction of what stands on both sides, else the paragraph's (N1, N2)."""
    index = 0
    while index < len(kinds):
        if kinds[index] not in _NEUTRAL:
            index += 1
            continue
        end = index
        while end < len(kinds) and kinds[end] in _NEUTRAL:
            end += 1
        left = _strong(kinds[index - 1]) if index else edge
        right = _strong(kinds[end]) if end < len(kinds) else edge
        kinds[index:end] = [left if left == right else edge] * (end - index)
        index = end
