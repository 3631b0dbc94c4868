"""Columns whose names are misspelt."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crmdesk.exchange.columns.by_cells import vetted
from crmdesk.exchange.columns.by_name import own_name, worded
from crmdesk.exchange.columns.column_words import names_of
from crmdesk.exchange.words import headers
from crmdesk.exchange.words.choices import bare
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmdesk.exchange.table import Table
    from crmdesk.exchange.values.layouts import Column


SHORTEST_WORD = 5
_WORDS_OF_THEIR_OWN = frozenset({"contract", "contracts", "contrat", "kontrakt"})
"""Words that are spelled rightly and mean nothing that a column could fill, however near they are to one that does."""


def respelled(entity: str, column: Column, table: Table) -> Column:
    """Tell a column whose name is misspelt, if its cells don't contradict: `Adress`, `Compnay`, `Telephon Number`."""
    if column.target or column.why or not table.has_header or len(bare(column.header)) < SHORTEST_WORD:
        return column
    word, pieces = bare(column.header), headers.pieces(column.header)
    # Of two words one may be another word altogether: the customer's age is not the customer's name.
    meant = _nearest(word, names_of(entity), most=1 if len(pieces) > 1 else 2)
    target = own_name(entity, meant) if meant else None
    if target is None:
        spelt = [part if part in headers.WORDS or part in headers.COMPOUNDS or part.isdigit() else _nearest(part, headers.WORDS) for part in pieces]
        meant = " ".join(part for part in spelt if part)
        target = worded(entity, meant) if all(spelt) and meant else None
    if target is None:
        return column
    fit = vetted(entity, replace(column, target=target, why="spelling"), table)
    return replace(fit, reason=tr("The name is nearly “{name}”.", name=meant)) if fit.target else column


def _nearest(word: str, known: Mapping[str, object], most: int = 2) -> str:
    """Return the one known word that is a slip of the keyboard away, two in long words if so many may be."""
    from rapidfuzz.distance import OSA

    if word in _WORDS_OF_THEIR_OWN or len(word) < SHORTEST_WORD or not word.isalpha() or headers.is_eastern(word):
        return ""
    most = 1 if len(word) < 9 else most
    near = [(OSA.distance(word, other, score_cutoff=most), other) for other in known if abs(len(other) - len(word)) <= most and len(other) >= SHORTEST_WORD]
    near = sorted(pair for pair in near if pair[0] <= most)
    return near[0][1] if near and (len(near) == 1 or near[0][0] < near[1][0] or known[near[0][1]] == known[near[1][1]]) else ""
