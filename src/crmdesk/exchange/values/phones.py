"""Phone numbers by the hundred thousand: what the library found out for one number holds for all that begin like it.

How a number is put into its international form depends on its length and on its first digits, as far as the country's patterns look into
it. So the library is asked once for each beginning and length, and the digits behind are carried over.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from crmdesk.models import phones

_PLAIN = re.compile(r"\+?[\d\s().\-]+", re.ASCII)
SIGNS: Final = str.maketrans("", "", " \t\n\r\f\v().-")
LONGEST = 17
_UNKNOWN: Final = "?"
MOST_HEADS = 200_000


class Pattern(NamedTuple):
    """How many first digits decide, and what an international number looks like when it is dialled from here."""

    decides: int
    code: str
    dialled_abroad: re.Pattern[str]


class PhoneReader:
    """Finds the international form of numbers; one for an import, since it remembers."""

    def __init__(self) -> None:
        self._heads: dict[tuple[str, str, int], str | None] = {}

    def read(self, number: str, region: str) -> tuple[str | None, str | None]:
        """Return E.164 form and extension, exactly as `models.phones.parse` does."""
        return self.read_plain(number, region) if _PLAIN.fullmatch(number) else phones.parse(number, region)

    def read_plain(self, number: str, region: str) -> tuple[str | None, str | None]:
        """Read a number that is only digits, brackets, points, hyphens and blanks, with a plus in front or without."""
        bare = number.translate(SIGNS)
        length = len(bare)
        if bare[:2] == "+0":  # a plus before what is dialled at home for going abroad
            return phones.parse(number, region)
        if bare[0] == "+":
            region, decides, dialled_abroad = "", _international(bare[1:4]), None
        else:
            decides, code, dialled_abroad = _national(region)
            if bare.startswith(code):  # it may be a number with its country code, without the plus
                decides += len(code)
        key = (region, bare[:decides], length)
        head = self._heads.get(key, _UNKNOWN)
        if head is not _UNKNOWN:
            return (head + bare[decides:], None) if head else (None, None)
        if length <= decides or length > LONGEST or (dialled_abroad and dialled_abroad.match(bare)):
            return phones.parse(number, region)
        return self._learn(number, region, key, bare[decides:])

    def read_bare(self, digits: str, region: str) -> tuple[str | None, str | None]:
        """Read a number that a workbook kept as a number, which costs it its plus: it is valid with it or without, or we can't tell."""
        import phonenumbers

        with_plus = self.read(f"+{digits}", region)
        if len(digits) > 10 and with_plus[0] and phonenumbers.is_valid_number(phonenumbers.parse(with_plus[0])):
            at_home = phones.parse(digits, region)[0]
            if not at_home or not phonenumbers.is_valid_number(phonenumbers.parse(at_home)):
                return with_plus
        return self.read(digits, region)

    def _learn(self, number: str, region: str, key: tuple[str, str, int], rest: str) -> tuple[str | None, str | None]:
        e164, extension = phones.parse(number, region)
        if not extension and (e164 is None or e164.endswith(rest)):
            if len(self._heads) >= MOST_HEADS:
                self._heads.clear()
            self._heads[key] = e164[: len(e164) - len(rest)] if e164 else None
        return e164, extension


@lru_cache(maxsize=1024)
def _international(first_three: str) -> int:
    """Return how many first characters decide over a number with a plus."""
    import phonenumbers

    for length in (1, 2, 3):
        codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(first_three[:length] or "0"))
        if codes and len(first_three) >= length:
            return 1 + length + _depth(codes[0])
    return LONGEST


@lru_cache(maxsize=512)
def _national(region: str) -> Pattern:
    """Return how many first digits decide over a number that is written as at home."""
    import phonenumbers
    from phonenumbers import PhoneMetadata

    metadata = PhoneMetadata.metadata_for_region(region, None) if region else None
    if metadata is None:
        return Pattern(LONGEST, "", re.compile(""))
    abroad = metadata.international_prefix or ""
    return Pattern(max(_depth(region), _look(abroad).length), str(phonenumbers.country_code_for_region(region)), re.compile(abroad or r"(?!)"))


def _depth(region: str) -> int:
    """Return how deep a country's patterns look into a number: the prefix that falls away, then the number itself."""
    from phonenumbers import PhoneMetadata

    metadata = PhoneMetadata.metadata_for_region(region, None)
    if metadata is None:  # a number of no country, such as +800
        return LONGEST
    general = metadata.general_desc.national_number_pattern if metadata.general_desc else ""
    return _look(metadata.national_prefix_for_parsing or "").depth + _look(general or "").depth


class Look(NamedTuple):
    """How long a text that fits a pattern can be, and the last place at which the pattern wants certain digits."""

    length: int
    depth: int


_ATOM = re.compile(r"(\(\?:|\()|(\)|\|)|(\\d|\[[^\]]*\]|\d|\$)")
_TIMES = re.compile(r"\{(?:\d+,)?(\d+)\}|(\?)")


def _look(pattern: str) -> Look:
    """Measure a pattern of the library's data; they are made of digits, sets, groups and counts only."""
    look, end = _alternatives(pattern, 0)
    if end != len(pattern):
        return Look(LONGEST, LONGEST)
    return look


def _alternatives(pattern: str, at: int) -> tuple[Look, int]:
    longest = deepest = length = depth = 0
    while at < len(pattern):
        atom = _ATOM.match(pattern, at)
        if atom is None:
            return Look(LONGEST, LONGEST), len(pattern) + 1
        at = atom.end()
        if atom[2] == ")":
            break
        if atom[2] == "|":
            longest, deepest, length, depth = max(longest, length), max(deepest, depth), 0, 0
            continue
        if atom[1]:
            inner, at = _alternatives(pattern, at)
        else:
            inner = Look(0 if atom[3] == "$" else 1, 0 if atom[3] in {r"\d", "$"} else 1)
        times = _TIMES.match(pattern, at)
        count = int(times[1] or 1) if times else 1
        at = times.end() if times else at
        if inner.depth:
            depth = length + inner.length * (count - 1) + inner.depth
        length += inner.length * count
    return Look(max(longest, length), max(deepest, depth)), at
