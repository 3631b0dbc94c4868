"""Comparing two records by themselves, without the others: beliefs instead of what a whole store teaches."""

from __future__ import annotations

from functools import lru_cache
from math import log2
from typing import TYPE_CHECKING

from crmdesk.matching.corpus import RARE, TYPICAL, Corpus
from crmdesk.matching.finding import likelihood
from crmdesk.matching.model import Model
from crmdesk.matching.reasons import Reason, reasons

if TYPE_CHECKING:
    from crmdesk.matching.features import Features

_AMONG = 10_000


class _Typical(Corpus):
    """A comparison that knows no other records."""

    def __init__(self) -> None:
        super().__init__(())

    def same(self, field: int, value: str) -> int:
        """Return the code of a value that both of a pair have."""
        return RARE + round(-2 * log2(TYPICAL[field]))


@lru_cache(maxsize=1)
def _typical() -> tuple[_Typical, Model]:
    return _Typical(), Model(_AMONG)


def judge(a: Features, b: Features) -> tuple[float, list[Reason]]:
    """Return how likely two records are the same, 0 to 1, and what speaks for it and what against."""
    corpus, model = _typical()
    codes = corpus.codes(a, b)
    return likelihood(model.score(codes)), reasons(model, codes)
