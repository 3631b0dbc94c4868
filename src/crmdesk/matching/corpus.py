"""The records at hand: how rare their values are, and how near two of them are, field by field.

A pair's *codes* are one small number per field: a level of `levels.py`, and instead of SAME how rare the value is that both have, in half bits.
"""

from __future__ import annotations

from collections import Counter
from math import log, log2
from typing import TYPE_CHECKING

from crmdesk.matching import levels
from crmdesk.matching.levels import CONTAINED, FAR, MISSING, NEAR, OTHER, SAME, TYPO, VARIANT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crmdesk.matching.features import Address, Features

# The fields, in the order of a pair's codes. COMPANY names an organisation, EMPLOYER is where a person works; CROSSED says whether given and family name
# had to change places.
GIVEN, FAMILY, COMPANY, EMPLOYER, BIRTH, MAIL, PHONE, STREET, NUMBER, EXTRA, POSTAL, CITY, STATE, WEBSITE, CODE, CROSSED = range(16)
FIELDS = 16
RARE = 16
RAREST = 60
STRAIGHT, SWAPPED = 1, 2

# How often a value that nobody else has is met again by chance, as a share of one record: a mail address hardly ever, a city every time.
UNSEEN = {
    GIVEN: 0.5, FAMILY: 0.3, COMPANY: 0.1, EMPLOYER: 0.5, BIRTH: 0.05, MAIL: 0.003, PHONE: 0.01, STREET: 0.3, NUMBER: 1.0, EXTRA: 0.3, POSTAL: 0.5, CITY: 1.0, STATE: 1.0,
    WEBSITE: 0.02, CODE: 0.0005,
}  # fmt: skip
# How often two strangers have the same value, by and large.
TYPICAL = {
    GIVEN: 4e-3, FAMILY: 2e-3, COMPANY: 2e-5, EMPLOYER: 1e-4, BIRTH: 1e-4, MAIL: 1e-7, PHONE: 1e-6, STREET: 1e-3, NUMBER: 2e-2, EXTRA: 1e-2, POSTAL: 1e-3, CITY: 2e-2,
    STATE: 1e-1, WEBSITE: 1e-5, CODE: 1e-7,
}  # fmt: skip
TYPICAL_WEIGHS = 50
# That a value is seen nowhere else says little among so few; there what is typical holds.
FEW = 50
_WORTH = {MISSING: 0.0, SAME: 4.0, VARIANT: 3.0, TYPO: 3.0, NEAR: 2.0, FAR: 0.0, OTHER: -2.0}
_SWAP_COSTS = 2.5
PHONE_END = 7
LONG_NAME, LONG_WORD = 9, 3
OFFICES = frozenset(
    "info office contact kontakt mail email hello hallo post sales verkauf vertrieb service support team admin buero zentrale einkauf purchasing rechnung invoice billing "
    "accounting buchhaltung marketing hr jobs bestellung orders empfang reception praxis kanzlei shop help sekretariat webmaster".split()
)
OFFICE_SAYS = 6
HARDLY_ALIKE = 0.7

Codes = tuple[int, ...]


def _valued(found: Features) -> Iterator[tuple[int, str]]:
    """Yield the values of a record whose rarity counts."""
    if found.given:
        yield GIVEN, found.given
    if found.family:
        yield FAMILY, found.family
    if found.company:
        yield COMPANY, " ".join(found.company)
    if found.birth:
        yield BIRTH, found.birth
    yield from ((MAIL, mail) for mail in found.mails)
    yield from ((PHONE, phone[-PHONE_END:]) for phone in found.phones)
    for place in found.addresses[:1]:
        named = ((STREET, place.street), (NUMBER, place.number), (EXTRA, place.extra), (POSTAL, place.postal), (CITY, place.city), (STATE, place.state))
        yield from ((field, value) for field, value in named if value)
    if found.website:
        yield WEBSITE, found.website
    yield from ((CODE, code) for code in found.codes)


class Corpus:
    """Records among which duplicates are looked for."""

    def __init__(self, records: Sequence[Features]) -> None:
        self._counts: list[Counter[str]] = [Counter() for _ in range(FIELDS)]
        words: Counter[str] = Counter()
        for record in records:
            for field, value in _valued(record):
                self._counts[field][value] += 1
            words.update(set(record.company))
        self._named = [max(counts.total(), 2) for counts in self._counts]
        size = max(len(records), 2)
        self._words = {word: log(1 + size / count) for word, count in words.items()}
        self._rarest_word = log(1 + size)
        self._bands: list[dict[str, int]] = [{} for _ in range(FIELDS)]

    def same(self, field: int, value: str) -> int:
        """Return the code of a value that both of a pair have: the rarer, the higher."""
        bands = self._bands[field]
        band = bands.get(value)
        if band is None:
            others = max(self._counts[field][value] - 2, 0)
            unseen = UNSEEN[field] * self._named[field] / (self._named[field] + FEW)
            chance = min((others + unseen + TYPICAL_WEIGHS * TYPICAL[field]) / (self._named[field] + TYPICAL_WEIGHS), 1.0)
            band = bands[value] = RARE + min(RAREST, round(-2 * log2(chance)))
        return band

    def codes(self, a: Features, b: Features) -> Codes:
        """Compare two records."""
        codes = [MISSING] * FIELDS
        is_person = bool((a.given or a.family) and (b.given or b.family))
        if is_person:
            self._names(a, b, codes)
        if a.company and b.company:
            codes[EMPLOYER if is_person else COMPANY] = self._company(a.company, b.company)
        if a.birth and b.birth:
            codes[BIRTH] = self._coded(BIRTH, levels.birth_level(a.birth, b.birth), a.birth)
        if a.mails and b.mails:
            level, mine, yours = (
                _best(levels.mail_level, a.mails, b.mails)
                if len(a.mails) + len(b.mails) > 2
                else (levels.mail_level(a.mails[0], b.mails[0]), a.mails[0], b.mails[0])
            )
            codes[MAIL] = self._coded(MAIL, level, mine)
            if is_person:
                _weigh_mail(a, b, mine, yours, codes)
        if a.phones and b.phones:
            level, mine, _ = (
                _best(levels.phone_level, a.phones, b.phones)
                if len(a.phones) + len(b.phones) > 2
                else (levels.phone_level(a.phones[0], b.phones[0]), a.phones[0], b.phones[0])
            )
            codes[PHONE] = self._coded(PHONE, level, mine[-PHONE_END:])
        if a.addresses and b.addresses:
            if len(a.addresses) + len(b.addresses) > 2:
                self._places(a.addresses, b.addresses, codes)
            else:
                self._place(a.addresses[0], b.addresses[0], codes)
        if a.website and b.website:
            codes[WEBSITE] = self.same(WEBSITE, a.website) if a.website == b.website else OTHER
        if a.codes and b.codes:
            shared = next((code for code in a.codes if code in b.codes), None)
            codes[CODE] = self.same(CODE, shared) if shared else OTHER
        return tuple(codes)

    def _coded(self, field: int, level: int, value: str) -> int:
        return self.same(field, value) if level == SAME else level

    def _names(self, a: Features, b: Features, codes: list[int]) -> None:
        compare = levels.name_level
        given = compare(a.given, b.given) if a.given and b.given else MISSING
        family = compare(a.family, b.family) if a.family and b.family else MISSING
        codes[CROSSED] = STRAIGHT
        if not (VARIANT >= given > MISSING and VARIANT >= family > MISSING):
            given_there = compare(a.given, b.family) if a.given and b.family else MISSING
            family_there = compare(a.family, b.given) if a.family and b.given else MISSING
            if _WORTH[given_there] + _WORTH[family_there] > _WORTH[given] + _WORTH[family] + _SWAP_COSTS:
                given, family, codes[CROSSED] = given_there, family_there, SWAPPED
        codes[GIVEN] = self._coded(GIVEN, given, a.given)
        codes[FAMILY] = self._coded(FAMILY, family, a.family)

    def _company(self, a: tuple[str, ...], b: tuple[str, ...]) -> int:
        x, y = "".join(a), "".join(b)
        if x == y:
            return self.same(COMPANY, " ".join(a))
        least = min(len(x), len(y))
        if least >= 5 and levels.typos(x, y, score_cutoff=2) <= (1 if least < LONG_NAME else 2):
            return TYPO
        if levels.winkler(x, y, score_cutoff=HARDLY_ALIKE) < HARDLY_ALIKE and set(a).isdisjoint(b):
            return OTHER
        mine, yours = ({word: self._words.get(word, self._rarest_word) for word in name} for name in (a, b))
        weights = (sum(mine.values()), sum(yours.values()))
        exactly = sum(weight for word, weight in mine.items() if word in yours)
        common = exactly + _alike(mine, yours)
        both = 2 * common / sum(weights)
        if both >= 0.8:
            return VARIANT
        if exactly >= 0.9 * min(weights) and min(weights) > 0.75 * self._rarest_word:
            return CONTAINED
        if both >= 0.6:
            return NEAR
        return FAR if both >= 0.4 or common >= 0.7 * min(weights) else OTHER

    def _places(self, mine: tuple[Address, ...], yours: tuple[Address, ...], codes: list[int]) -> None:
        best = max(([self._tried(one, other) for one in mine for other in yours]), key=lambda tried: sum(_worth(code) for code in tried))
        codes[STREET : STATE + 1] = best[STREET : STATE + 1]

    def _tried(self, a: Address, b: Address) -> list[int]:
        codes = [MISSING] * FIELDS
        self._place(a, b, codes)
        return codes

    def _place(self, a: Address, b: Address, codes: list[int]) -> None:
        if a.street and b.street:
            codes[STREET] = self._coded(STREET, levels.text_level(a.street, b.street), a.street)
        if a.number and b.number:
            codes[NUMBER] = self._coded(NUMBER, levels.number_level(a.number, b.number), a.number)
        if a.extra and b.extra:
            codes[EXTRA] = self._coded(EXTRA, levels.text_level(a.extra, b.extra), a.extra)
            if FAR <= codes[STREET] <= OTHER:
                _crossed_lines(a, b, codes)
        if a.postal and b.postal:
            codes[POSTAL] = self._coded(POSTAL, levels.postal_level(a.postal, b.postal), a.postal)
        if a.city and b.city:
            codes[CITY] = self._coded(CITY, levels.text_level(a.city, b.city), a.city)
        if a.state and b.state:
            codes[STATE] = self.same(STATE, a.state) if a.state == b.state else OTHER


def _worth(code: int) -> float:
    return _WORTH[SAME] if code >= RARE else _WORTH[code]


def _best(compare: Callable[[str, str], int], mine: tuple[str, ...], yours: tuple[str, ...]) -> tuple[int, str, str]:
    """Return the nearest of several values of each side: their level and the two."""
    return min((compare(one, other), one, other) for one in mine for other in yours)


def _weigh_mail(a: Features, b: Features, mine: str, yours: str, codes: list[int]) -> None:
    """Let mail addresses of two people say no more than they do.

    What only repeats the names says nothing new. A name that stands in the mail address as well was not mistyped: Marsh at marsh@ and Walsh at walsh@ are two.
    An office's address belongs to everybody there.
    """
    my_name, _, my_house = mine.rpartition("@")
    your_name, _, your_house = yours.rpartition("@")
    level = codes[MAIL]
    if level >= RARE:
        if my_name in OFFICES:
            codes[MAIL] = MISSING if codes[EMPLOYER] not in (MISSING, OTHER) else min(level, RARE + OFFICE_SAYS)
        return
    if codes[CROSSED] == SWAPPED:
        return
    are_two = False
    for field, my_part, your_part in ((GIVEN, a.given, b.given), (FAMILY, a.family, b.family)):
        if VARIANT <= codes[field] <= FAR and levels.spelled_on_purpose(my_part, your_part, my_name, your_name):
            codes[field] = OTHER
            are_two = True
    if my_name == your_name:
        if level == VARIANT and levels.is_named(my_name, a.given, a.family) and levels.is_named(your_name, b.given, b.family):
            codes[MAIL] = MISSING
    elif are_two:
        codes[MAIL] = OTHER
    elif (level != OTHER or my_house == your_house) and levels.is_named(my_name, a.given, a.family) and levels.is_named(your_name, b.given, b.family):
        codes[MAIL] = MISSING


def _crossed_lines(a: Address, b: Address, codes: list[int]) -> None:
    """See whether the two lines of an address changed places."""
    there = (levels.text_level(a.street, b.extra), levels.text_level(a.extra, b.street))
    if min(there) <= TYPO:
        codes[STREET], codes[EXTRA] = TYPO, max(*there, VARIANT)


def _alike(mine: dict[str, float], yours: dict[str, float]) -> float:
    """Return the weight of the words that are nearly in both names: mistyped or cut short."""
    left = {word: weight for word, weight in yours.items() if word not in mine and len(word) >= LONG_WORD}
    found = 0.0
    for word, weight in mine.items():
        if word in yours or len(word) < LONG_WORD or not left:
            continue
        likeness, nearest = max(
            (0.9 if word.startswith(other) or other.startswith(word) else levels.winkler(word, other, score_cutoff=0.85), other) for other in left
        )
        if likeness:
            found += min(weight, left.pop(nearest)) * likeness * likeness
    return found
