"""How near two values of a field are: same, written differently, mistyped, near, far, other.

Pure functions of two normal forms, neither empty. Names and streets come back again and again, so that the answers are kept.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import OSA, Indel, JaroWinkler

from crmdesk.matching.words import nickname_groups, sound, spelling, words

MISSING, SAME, VARIANT, TYPO, NEAR, FAR, OTHER, CONTAINED = range(8)
LEVELS = 7
KEPT = 60_000
SHORTEST_MAIL_NAME = 3
SHORTEST_NAME = 2
LONG_NAME = 6
CUT_SHORT = 2
SHORTEST_PHONE = 6
_NUMBER = re.compile(r"\d+")

typos = OSA.distance
winkler = JaroWinkler.similarity
shared_letters = Indel.normalized_similarity


@lru_cache(maxsize=2 * KEPT)
def name_level(a: str, b: str) -> int:
    """Compare two given or two family names: nicknames, initials, double names, sounds, typos."""
    if a == b:
        return SAME
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if len(short) == 1:
        return VARIANT if long[0] == short else OTHER
    if spelling(a) == spelling(b) or not nickname_groups(a).isdisjoint(nickname_groups(b)):
        return VARIANT
    if " " in long:
        mine, yours = set(short.split()), set(long.split())
        if mine <= yours or short.replace(" ", "") == long.replace(" ", ""):
            return VARIANT
        if any(len(word) > 3 and word in yours for word in mine):
            return NEAR
    return _near_names(a, b, short, long)


def _near_names(a: str, b: str, short: str, long: str) -> int:
    likeness = winkler(a, b)
    if nickname_groups(a) and nickname_groups(b):
        return FAR if likeness >= 0.74 else OTHER  # two real names, such as Peter and Petra, are no slip of the pen
    if len(long) - len(short) > CUT_SHORT:
        return FAR if likeness >= 0.74 else OTHER
    if len(short) >= 3 and (typos(a, b, score_cutoff=1) <= 1 or (long.startswith(short) and 2 * len(short) >= len(long))):
        return TYPO
    if likeness >= 0.92:
        return TYPO
    if likeness >= 0.86 or (len(short) >= 4 and sorted(a) == sorted(b)) or (len(short) >= LONG_NAME and typos(a, b, score_cutoff=2) <= 2):
        return NEAR
    if len(short) >= 3 and sound(a) == sound(b):
        return NEAR
    return FAR if likeness >= 0.74 or shared_letters(a, b) >= 0.7 else OTHER


@lru_cache(maxsize=KEPT)
def birth_level(a: str, b: str) -> int:
    """Compare two birthdays of eight digits: day and month swapped, one digit wrong, two of three parts equal, a few weeks apart."""
    if a == b:
        return SAME
    if a[:4] == b[:4] and a[4:6] == b[6:] and a[6:] == b[4:6]:
        return VARIANT
    if typos(a, b, score_cutoff=1) <= 1:
        return TYPO
    equal = (a[:4] == b[:4]) + (a[4:6] == b[4:6]) + (a[6:] == b[6:])
    if equal == 2:
        return NEAR
    months = abs(int(a[:4]) * 12 + int(a[4:6]) - int(b[:4]) * 12 - int(b[4:6]))
    return FAR if months <= 2 or (equal == 1 and typos(a, b, score_cutoff=2) <= 2) else OTHER


def mail_level(a: str, b: str) -> int:
    """Compare two mail addresses: typos, the same name at another house, both parts alike. Who differs in a number is somebody else: anna12 is not anna13."""
    if a == b:
        return SAME
    mine, _, my_house = a.rpartition("@")
    yours, _, your_house = b.rpartition("@")
    if mine == yours:
        return (TYPO if typos(my_house, your_house, score_cutoff=2) <= 2 else VARIANT) if len(mine) >= SHORTEST_MAIL_NAME else OTHER
    if len(mine) < SHORTEST_MAIL_NAME or shared_letters(mine, yours, score_cutoff=0.75) < 0.75 or _NUMBER.findall(mine) != _NUMBER.findall(yours):
        return OTHER
    if typos(a, b, score_cutoff=2) <= 2:
        return TYPO
    return NEAR if shared_letters(my_house, your_house, score_cutoff=0.75) >= 0.75 else OTHER


@lru_cache(maxsize=KEPT)
def is_named(local: str, given: str, family: str) -> bool:
    """Say whether a mail address is made of the names of its owner and nothing else."""
    if any(map(str.isdigit, local)):
        return False
    letters = spelling("".join(words(local)))
    mine, ours = given.replace(" ", ""), family.replace(" ", "")
    first = given.partition(" ")[0]
    forms = (mine + ours, first + ours, ours + mine, ours + first, mine[:1] + ours, ours + mine[:1], mine + ours[:1], mine, first, ours)
    return any(form and spelling(form) == letters for form in forms)


def spelled_on_purpose(a: str, b: str, local: str, other: str) -> bool:
    """Say whether two names that look alike both stand in the mail addresses of their owners: then none of them is a slip of the other.

    A short form that only begins alike or looks quite different may be the same person's: pete@ and peter@, bob@ and robert@.
    """
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if (
        len(short) < SHORTEST_NAME
        or spelling(a) == spelling(b)
        or (not nickname_groups(a).isdisjoint(nickname_groups(b)) and (long.startswith(short) or typos(a, b) > 2))
    ):
        return False
    return shows(local, a) and shows(other, b) and not shows(local, b) and not shows(other, a)


@lru_cache(maxsize=KEPT)
def shows(local: str, name: str) -> bool:
    """Say whether a name stands in a mail address: as a word of it, or at its beginning or end."""
    parts = [spelling(part) for part in words(local)]
    wanted = spelling(name.replace(" ", ""))
    glued = "".join(parts)
    return wanted in parts or glued.endswith(wanted) or glued.startswith(wanted)


def phone_level(a: str, b: str) -> int:
    """Compare the digits of two phone numbers; one may lack country or area code."""
    if a == b:
        return SAME
    if len(a) == len(b):
        return TYPO if typos(a, b, score_cutoff=1) <= 1 else OTHER
    short, long = (a, b) if len(a) < len(b) else (b, a)
    bare = short.lstrip("0")
    if len(bare) < SHORTEST_PHONE:
        return OTHER
    if long.endswith(bare):
        return SAME
    return TYPO if len(bare) > SHORTEST_PHONE and typos(bare, long[-len(bare) :], score_cutoff=1) <= 1 else OTHER


@lru_cache(maxsize=KEPT)
def text_level(a: str, b: str) -> int:
    """Compare two streets, cities or the like: words may be glued, split, left out, mistyped."""
    if a == b:
        return SAME
    x, y = a.replace(" ", ""), b.replace(" ", "")
    if x == y:
        return VARIANT
    least = min(len(x), len(y))
    if least >= 3 and typos(x, y, score_cutoff=2) <= (1 if least < 7 else 2):
        return TYPO
    mine, yours = set(a.split()), set(b.split())
    if mine <= yours or yours <= mine:
        return VARIANT
    likeness = shared_letters(x, y)
    if likeness >= 0.8 or winkler(x, y) >= 0.9:
        return NEAR
    return FAR if likeness >= 0.65 or any(len(word) > 3 and word in yours for word in mine) else OTHER


@lru_cache(maxsize=KEPT)
def number_level(a: str, b: str) -> int:
    """Compare two house numbers: 12 and 12a, one digit wrong, digits swapped."""
    if a == b:
        return SAME
    x, y = _digits(a), _digits(b)
    if x == y:
        return VARIANT
    return TYPO if sorted(x) == sorted(y) or (max(len(x), len(y)) > 1 and typos(x, y, score_cutoff=1) <= 1) else OTHER


def _digits(number: str) -> str:
    return number.rstrip("abcdefghijklmnopqrstuvwxyz")


@lru_cache(maxsize=KEPT)
def postal_level(a: str, b: str) -> int:
    """Compare two postal codes: one longer than the other, one sign wrong, the same area."""
    if a == b:
        return SAME
    if len(a) != len(b) and min(len(a), len(b)) >= 4 and (a.startswith(b) or b.startswith(a)):
        return VARIANT
    if typos(a, b, score_cutoff=1) <= 1:
        return TYPO
    return FAR if a[:2] == b[:2] else OTHER


def forget() -> None:
    """Let go of the answers kept, after a sweep."""
    for function in (name_level, birth_level, text_level, number_level, postal_level, is_named, shows):
        function.cache_clear()
