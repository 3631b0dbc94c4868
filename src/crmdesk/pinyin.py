"""Pinyin of Chinese characters: the readings of 42,000 characters and 47,000 phrases, read when the first character comes.

The table is that of the library pypinyin, brought into a form that is there in a hundredth of a second and needs 8 MB instead of 50
(`tools/pinyin_table.py` writes it): names are sorted and searched by pinyin, so each command that meets a Chinese name would wait for it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from crmdesk.resources import resource

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TABLE = "pinyin/readings.txt"
FIRST_SIGN = 0x100
"""The sign that stands for the first syllable in the table; all signs are below the Chinese characters."""
HAN = r"\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese characters, as they stand between the brackets of a regular expression."""
_FIRST_HAN = "\u3007"
_RUNS = re.compile(f"([{HAN}]+)|[^{HAN}]+")


@dataclass(frozen=True)
class _Readings:
    """The table, as it lies in the file.

    Attributes:
        syllables: without tones; a sign tells the place in this list.
        characters: those with a reading, ascending. signs: the usual reading of each.
        phrases: ascending; behind those that sound otherwise than their characters stands a sign for each of these.
    """

    syllables: Sequence[str]
    characters: str
    signs: str
    phrases: Sequence[str]

    def words(self, run: str) -> Iterator[tuple[str, str]]:
        """Yield the words of a run of Chinese with their signs, empty where each character sounds as usual.

        A word is the longest phrase from there on, else one character.
        """
        at = 0
        while at < len(run):
            word, signs = self._longest(run, at)
            yield word, signs
            at += len(word)

    def _longest(self, run: str, at: int) -> tuple[str, str]:
        found, signs, place = run[at], "", 0
        for end in range(at + 2, len(run) + 1):
            word = run[at:end]
            place = bisect_left(self.phrases, word, place)
            entry = self.phrases[place] if place < len(self.phrases) else ""
            if not entry.startswith(word):
                break
            rest = entry[len(word) :]
            if rest[:1] < _FIRST_HAN:  # nothing or signs, not the next character of a longer phrase
                found, signs = word, rest
        return found, signs

    def usual(self, character: str) -> str:
        """Return how a character sounds by itself; one that has no reading stays."""
        place = bisect_left(self.characters, character)
        return self.syllable(self.signs[place]) if self.characters[place : place + 1] == character else character

    def syllable(self, sign: str) -> str:
        """Return what a sign stands for."""
        return self.syllables[ord(sign) - FIRST_SIGN]


@lru_cache(maxsize=20_000)
def sounds(text: str) -> tuple[str, ...]:
    """Return the pinyin of each character without tones; what is not Chinese stays together: 明德123 is (`ming`, `de`, `123`)."""
    found: list[str] = []
    for run in _RUNS.finditer(text):
        if run[1]:
            for word, signs in _readings().words(run[1]):
                found += _word(word, signs)
        else:
            found.append(run[0])
    return tuple(found)


@lru_cache(maxsize=20_000)
def _word(word: str, signs: str) -> tuple[str, ...]:
    table = _readings()
    return tuple(map(table.syllable, signs)) if signs else tuple(map(table.usual, word))


@cache
def _readings() -> _Readings:
    syllables, characters, signs, *phrases = resource(TABLE).read_text(encoding="utf-8").rstrip("\n").split("\n")
    return _Readings(syllables.split(" "), characters, signs, phrases)
