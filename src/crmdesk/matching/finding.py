"""Looking through many records for those that are the same."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING

from crmdesk.matching import blocking, levels
from crmdesk.matching.corpus import Codes, Corpus
from crmdesk.matching.model import Model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crmdesk.matching.features import Features

CHANCE_PAIRS = 20_000
LEAST_SCORE = 0.02
SURE = 0.5
STEP = 20_000
_STRIDE = 7919


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be the same, by their places.

    Attributes:
        score: how likely they are, 0 to 1.
        codes: how near they are, field by field; `reasons.reasons` says it in words.
    """

    a: int
    b: int
    score: float
    codes: Codes


@dataclass(frozen=True)
class Found:
    """What a search found: pairs from the surest down, and the weights by which they were judged."""

    pairs: list[Pair]
    model: Model
    compared: int


def nobody(_done: int, _total: int) -> None:
    """Take note of no progress."""


def find(records: Sequence[Features], least: float = SURE, tell: Callable[[int, int], None] = nobody) -> Found:
    """Find the pairs of records that are the same with a likelihood of at least `least`.

    Args:
        tell: told how much of how much is done; may raise to stop.
    """
    size = len(records)
    corpus, model = Corpus(records), Model(size)
    kinds = len(blocking.KINDS) + 1
    pairs = array("q", blocking.candidates(records, lambda done, _total: tell(done, 3 * kinds)))
    numbers: dict[Codes, int] = {}
    of_pair = array("l")
    for at, pair in enumerate(pairs):
        if at % STEP == 0:
            tell(kinds * len(pairs) + 2 * kinds * at, 3 * kinds * len(pairs))
        codes = corpus.codes(records[pair // size], records[pair % size])
        of_pair.append(numbers.setdefault(codes, len(numbers)))
    model.learn_chance(Counter(corpus.codes(records[a], records[b]) for a, b in _all_over(size)))
    counts = Counter(of_pair)
    model.learn({codes: counts[number] for codes, number in numbers.items()})
    levels.forget()
    scores = [(likelihood(model.score(codes)), codes) for codes in numbers]
    found = [Pair(pair // size, pair % size, *scores[number]) for pair, number in zip(pairs, of_pair, strict=True) if scores[number][0] >= least]
    return Found(sorted(found, key=lambda one: (-one.score, one.a, one.b)), model, len(pairs))


def likelihood(odds: float) -> float:
    """Return a likelihood of the logarithm of its odds."""
    return 1 / (1 + exp(-odds)) if odds > -700 else 0.0


def odds(likelihood: float) -> float:
    """Return the logarithm of the odds of a likelihood."""
    return log(likelihood) - log(1 - likelihood)


def _all_over(size: int) -> Iterator[tuple[int, int]]:
    """Yield pairs from everywhere, the same each time."""
    if size < 2:
        return
    # No more than there are: the one pair of two records, taken many times, would teach that strangers agree as these do.
    for number in range(min(CHANCE_PAIRS, size * (size - 1) // 2)):
        a = number * _STRIDE % size
        b = (a + 1 + number * 104_729 % (size - 1)) % size
        yield a, b
