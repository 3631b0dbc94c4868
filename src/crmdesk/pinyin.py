"""Pinyin of Chinese characters, by pypinyin and its 47,000 phrases, which are read when the first character comes."""

from __future__ import annotations

import os
from functools import cache, lru_cache
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable


@lru_cache(maxsize=20_000)
def sounds(text: str) -> tuple[str, ...]:
    """Return the pinyin of each character without tones; what has none stays together: 明德123 is (`ming`, `de`, `123`)."""
    split, _ = _library()
    # Word by word, as the library does itself: names differ, what they are made of comes again.
    return tuple(sound for word in split(text) for sound in _word(word))


@lru_cache(maxsize=20_000)
def _word(word: str) -> tuple[str, ...]:
    _, lazy_pinyin = _library()
    return tuple(lazy_pinyin([word], errors=lambda rest: rest))


@cache
def _library() -> tuple[Callable[[str], list[str]], Callable[..., list[str]]]:
    """Return what splits a text into words, and what reads words."""
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "1")
    from pypinyin.phrases_dict import phrases_dict

    # 25 MB less: the library keeps a list of its own for each character of each phrase, but there are only 1,250 readings.
    shared: dict[tuple[str, ...], list[str]] = {}
    for phrase, readings in phrases_dict.items():
        phrases_dict[phrase] = [shared.setdefault(tuple(reading), reading) for reading in readings]

    from pypinyin import lazy_pinyin
    from pypinyin.seg.simpleseg import seg

    return cast("Callable[[str], list[str]]", seg), lazy_pinyin
