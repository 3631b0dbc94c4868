"""The weights of evidence (Fellegi and Sunter): how much likelier each level of agreement is between two records of one and the same than by chance.

Beliefs to start with, learned from the records at hand without anybody's labels: chance from pairs picked all over, the rest by expectation and
maximisation over the candidate pairs. Beside *the same* and *strangers* there are *the same household* (another given name, all else alike) and *the same site*
(another name at one address and phone): who takes these for duplicates joins spouses, colleagues and the shops of one mall.
"""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

from crmdesk.matching.corpus import (
    BIRTH,
    CITY,
    CODE,
    COMPANY,
    CROSSED,
    EMPLOYER,
    EXTRA,
    FAMILY,
    FIELDS,
    GIVEN,
    MAIL,
    NUMBER,
    PHONE,
    POSTAL,
    RARE,
    STATE,
    STREET,
    WEBSITE,
)  # fmt: skip
from crmdesk.matching.levels import CONTAINED, FAR, LEVELS, NEAR, OTHER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmdesk.matching.corpus import Codes

_ = 0.0
# Of two records of the same: how often a field is the same, written differently, mistyped, near, far, other, contained.
BELIEF: dict[int, tuple[float, ...]] = {
    GIVEN: (0.74, 0.07, 0.08, 0.04, 0.03, 0.04, _), FAMILY: (0.82, 0.02, 0.08, 0.03, 0.02, 0.03, _), COMPANY: (0.55, 0.12, 0.10, 0.07, 0.04, 0.04, 0.08),
    EMPLOYER: (0.55, 0.10, 0.08, 0.06, 0.04, 0.11, 0.06), BIRTH: (0.83, 0.01, 0.08, 0.04, 0.02, 0.02, _), MAIL: (0.66, 0.04, 0.10, 0.04, _, 0.16, _),
    PHONE: (0.72, _, 0.06, _, _, 0.22, _), STREET: (0.70, 0.08, 0.10, 0.04, 0.03, 0.05, _), NUMBER: (0.82, 0.03, 0.08, _, _, 0.07, _), EXTRA: (0.60, 0.08, 0.12, 0.05, 0.05, 0.10, _),
    POSTAL: (0.82, 0.02, 0.08, _, 0.04, 0.04, _), CITY: (0.78, 0.06, 0.08, 0.02, 0.02, 0.04, _), STATE: (0.90, _, _, _, _, 0.10, _), WEBSITE: (0.85, _, _, _, _, 0.15, _),
    CODE: (0.97, _, _, _, _, 0.03, _), CROSSED: (0.98, 0.02, _, _, _, _, _),
}  # fmt: skip
# The same of two strangers.
CHANCE: dict[int, tuple[float, ...]] = {
    GIVEN: (0.01, 0.01, 0.01, 0.015, 0.12, 0.835, _), FAMILY: (0.005, 0.001, 0.003, 0.005, 0.06, 0.926, _), COMPANY: (0.0005, 0.0005, 0.0005, 0.002, 0.02, 0.976, 0.001),
    EMPLOYER: (0.0005, 0.0005, 0.0005, 0.002, 0.02, 0.976, 0.001), BIRTH: (0.0001, 0.0001, 0.001, 0.004, 0.03, 0.965, _), MAIL: (0.00005, 0.001, 0.0003, 0.001, _, 0.9977, _),
    PHONE: (0.0002, _, 0.0003, _, _, 0.9995, _), STREET: (0.003, 0.005, 0.003, 0.01, 0.03, 0.949, _), NUMBER: (0.02, 0.01, 0.05, _, _, 0.92, _),
    EXTRA: (0.003, 0.005, 0.003, 0.01, 0.03, 0.949, _), POSTAL: (0.005, 0.0005, 0.02, _, 0.15, 0.82, _), CITY: (0.02, 0.005, 0.01, 0.01, 0.05, 0.905, _),
    STATE: (0.2, _, _, _, _, 0.8, _), WEBSITE: (0.0005, _, _, _, _, 0.9995, _), CODE: (0.00001, _, _, _, _, 0.99999, _), CROSSED: (1.0, 1.0, _, _, _, _, _),
}  # fmt: skip
# Shops of one mall and branches of one house have words of their names in common more often than strangers.
NEIGHBOUR_NAMES = {FAR: 0.12, NEAR: 0.04, CONTAINED: 0.02}
BELIEF_WEIGHS = 30.0
CHANCE_WEIGHS = 500.0
NEIGHBOURS_AT_LEAST = 2.0
# Duplicates and neighbours are no more frequent among the pairs of a dozen records than among those of sixty.
FEWEST_PAIRS = 2000.0
ROUNDS = 15
LEAST_BELIEF, LEAST_CHANCE = 1e-4, 1e-6
_LARGE = 90.0
_HALF_BIT = log(2) / 2
_SITE = (STREET, NUMBER, EXTRA, POSTAL, CITY, STATE, PHONE, WEBSITE)
# Who has another name at the same employer is a colleague, however seldom others work there.
COLLEAGUES = 2.5
# Names that are only somewhat alike speak against it, however seldom strangers here have such.
SOMEWHAT = -1.0
_NAMES = frozenset({GIVEN, FAMILY})
_NOT_A_HOUSEHOLD = -1000.0


class Model:
    """Weights, and how common duplicates and neighbours are."""

    def __init__(self, size: int) -> None:
        """Begin with beliefs about a number of records."""
        self._pairs = max(size * (size - 1) / 2, FEWEST_PAIRS)
        self._same = {field: list(levels) for field, levels in BELIEF.items()}
        self._chance = {field: list(levels) for field, levels in CHANCE.items()}
        self._duplicates = min(0.3 * size / self._pairs, 0.05)
        self._households = self._sites = 0.05 * size / self._pairs

    def weight(self, field: int, code: int) -> float:
        """Return the weight of what a field says, in natural logarithms: positive for the same, negative against."""
        if not code:
            return 0.0
        if code >= RARE:
            return log(self._same[field][0]) + (code - RARE) * _HALF_BIT
        found = log(max(self._same[field][code - 1], LEAST_BELIEF)) - log(max(self._chance[field][code - 1], LEAST_CHANCE))
        return min(found, SOMEWHAT) if code == FAR and field in _NAMES else found

    def weights(self, codes: Codes) -> list[float]:
        """Return the weights of all fields of a pair."""
        found = [self.weight(field, code) if code else 0.0 for field, code in enumerate(codes)]
        if _is_named_otherwise(codes):
            found[EMPLOYER] = min(found[EMPLOYER], COLLEAGUES)
        return found

    def score(self, codes: Codes) -> float:
        """Return the logarithm of the odds that two records are the same."""
        same, house, site = self._kinds(codes)
        return same + log(self._duplicates) - log(1 + self._households * exp(min(house, _LARGE)) + self._sites * exp(min(site, _LARGE)))

    def _kinds(self, codes: Codes) -> tuple[float, float, float]:
        """Return how much likelier than among strangers a pair is among the same, among one household, at one site."""
        weights = self.weights(codes)
        site = sum(weights[field] for field in _SITE)
        if codes[CROSSED]:
            at_work = self.weight(EMPLOYER, codes[EMPLOYER])
            site += at_work
            house = site + weights[FAMILY] + weights[MAIL]
            return house - at_work + weights[EMPLOYER] + weights[GIVEN] + weights[BIRTH] + weights[CODE] + weights[CROSSED], house, site
        site += weights[MAIL]
        alike = NEIGHBOUR_NAMES.get(codes[COMPANY])
        neighbour = log(alike / max(self._chance[COMPANY][codes[COMPANY] - 1], LEAST_CHANCE)) if alike else 0.0
        return site + weights[COMPANY] + weights[BIRTH] + weights[CODE], _NOT_A_HOUSEHOLD, site + neighbour

    def learn_chance(self, patterns: Mapping[Codes, int]) -> None:
        """Learn from the codes of pairs picked all over how strangers agree."""
        for field in range(CROSSED):
            tally = [CHANCE_WEIGHS * share for share in CHANCE[field]]
            for codes, count in patterns.items():
                if code := codes[field]:
                    tally[0 if code >= RARE else code - 1] += count
            total = sum(tally)
            self._chance[field] = [part / total for part in tally]

    def learn(self, patterns: Mapping[Codes, int]) -> None:
        """Learn from the codes of the candidate pairs how duplicates agree, and how common they and neighbours are."""
        for _round in range(ROUNDS):
            tallies = [[BELIEF_WEIGHS * share for share in BELIEF[field]] for field in range(FIELDS)]
            duplicates, households, sites = 1.0, NEIGHBOURS_AT_LEAST, NEIGHBOURS_AT_LEAST
            for codes, count in patterns.items():
                kinds = self._kinds(codes)
                if max(kinds) < 0:
                    continue
                same, house, site = (
                    share * exp(min(kind, _LARGE)) for share, kind in zip((self._duplicates, self._households, self._sites), kinds, strict=True)
                )
                if codes[EMPLOYER] and _is_named_otherwise(codes):
                    same = 0.0  # a house full of namesakes would teach that the same person has many names
                part = count / (1 + same + house + site)
                duplicates += same * part
                households += house * part
                sites += site * part
                for field, code in enumerate(codes):
                    if code:
                        tallies[field][0 if code >= RARE else code - 1] += same * part
            self._same = {field: _tempered(field, tally) for field, tally in enumerate(tallies)}
            self._duplicates = min(duplicates / self._pairs, 0.1)
            self._households, self._sites = households / self._pairs, sites / self._pairs


def _is_named_otherwise(codes: Codes) -> bool:
    return NEAR <= codes[GIVEN] <= OTHER or NEAR <= codes[FAMILY] <= OTHER


def _tempered(field: int, tally: list[float]) -> list[float]:
    """Return what was learned, halfway to the belief: else crowds of namesakes teach that the same may differ in everything else."""
    total = sum(tally)
    return [(part / total + belief) / 2 for part, belief in zip(tally, BELIEF[field], strict=True)]


assert all(len(levels) == LEVELS for table in (BELIEF, CHANCE) for levels in table.values())
