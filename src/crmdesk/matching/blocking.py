"""Which pairs are worth a comparison: those that share one of many keys.

Each kind of key forgives another mistake. A kind whose blocks hold too many pairs takes the smallest blocks first, since rare values say most; in blocks that are
left over, only neighbours in the order of their names are compared.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from typing import TYPE_CHECKING

from crmdesk.matching.words import sound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from crmdesk.matching.features import Address, Features

    Keys = Iterable[str]

# Of each kind at most so many pairs in blocks of more than three; among very many records fewer, for each counts in all kinds.
PAIRS = 40_000
MANY = 40_000
FEW = 3
NEIGHBOURS = 3


class Sounds:
    """What several kinds of keys need of a record, worked out once."""

    __slots__ = ("birth", "city", "employer", "found", "names", "place")

    def __init__(self, found: Features) -> None:
        self.found = found
        given = sound(found.given.partition(" ")[0]) if found.given else ""
        family = sound(found.family.replace(" ", "")) if found.family else ""
        # Given and family name are one set: who swapped them is found all the same.
        self.names = tuple(sorted({given, family} - {""}))
        self.birth = found.birth
        self.place: Address | None = found.addresses[0] if found.addresses else None
        self.city = sound(self.place.city.replace(" ", "")) if self.place and self.place.city else ""
        self.employer = "".join(found.company) if self.names else ""


def _mail(one: Sounds) -> Keys:
    return one.found.mails


def _mail_name(one: Sounds) -> Keys:
    return [mail.rpartition("@")[0] for mail in one.found.mails]


def _mail_letters(one: Sounds) -> Keys:
    letters = ("".join(filter(str.isalpha, mail.rpartition("@")[0])) for mail in one.found.mails)
    return [found for found in letters if len(found) >= 5]


def _mail_house(one: Sounds) -> Keys:
    # People at one house are colleagues; who has no name may be anybody there.
    return () if len(one.names) > 1 else [mail.rpartition("@")[2] for mail in one.found.mails]


def _phone(one: Sounds) -> Keys:
    return [phone[-7:] for phone in one.found.phones]


def _phone_end(one: Sounds) -> Keys:
    return [phone[-6:] for phone in one.found.phones]


def _phone_start(one: Sounds) -> Keys:
    return [phone[-7:-1] for phone in one.found.phones]


def _birth(one: Sounds) -> Keys:
    return [one.birth[:4] + "".join(sorted((one.birth[4:6], one.birth[6:])))] if one.birth else ()


def _birth_parts(one: Sounds) -> Keys:
    birth = one.birth
    return [birth[:6], birth[:4] + "-" + birth[6:], "-" + birth[4:]] if birth else ()


def _name_birth_year(one: Sounds) -> Keys:
    return [name + one.birth[:4] for name in one.names] if one.birth else ()


def _name_birthday(one: Sounds) -> Keys:
    birth = one.birth
    return (
        [name + part for name in one.names for part in (birth[4:], birth[2:6], birth[2:4] + "-" + birth[6:], birth[:2] + birth[6:] + birth[4:6])]
        if birth
        else ()
    )


def _name(one: Sounds) -> Keys:
    return ["|".join(one.names)] if len(one.names) > 1 else ()


def _full_name(one: Sounds) -> Keys:
    found = one.found
    return ["|".join(sorted((found.given, found.family)))] if found.given and found.family else ()


def _name_employer(one: Sounds) -> Keys:
    return [name + one.employer for name in one.names] if one.employer else ()


def _name_house(one: Sounds) -> Keys:
    return [name + mail.rpartition("@")[2] for name in one.names for mail in one.found.mails]


def _name_initial(one: Sounds) -> Keys:
    found = one.found
    if not (found.given and found.family and len(one.names) > 1):
        return ()
    given, family = sound(found.given.partition(" ")[0]), sound(found.family.replace(" ", ""))
    return [family + found.given[:1], given + found.family[:1]]


def _one_name(one: Sounds) -> Keys:
    return one.names


def _postal_number(one: Sounds) -> Keys:
    return [one.place.postal + " " + one.place.number] if one.place and one.place.postal and one.place.number else ()


def _postal_street(one: Sounds) -> Keys:
    return [one.place.postal + sound(one.place.street.replace(" ", ""))[:4]] if one.place and one.place.postal and one.place.street else ()


def _postal_name(one: Sounds) -> Keys:
    return [one.place.postal + name for name in one.names] if one.place and one.place.postal else ()


def _street_number(one: Sounds) -> Keys:
    return [one.place.number + sound(one.place.street.replace(" ", ""))[:6]] if one.place and one.place.street and one.place.number else ()


def _street(one: Sounds) -> Keys:
    return [line.replace(" ", "") for line in (one.place.street, one.place.extra) if line] if one.place else ()


def _city_name(one: Sounds) -> Keys:
    return [one.city + name for name in one.names] if one.city else ()


def _city_number(one: Sounds) -> Keys:
    return [one.city + one.place.number] if one.city and one.place and one.place.number else ()


def _city_birth_year(one: Sounds) -> Keys:
    return [one.city + one.birth[:4]] if one.city and one.birth else ()


def _company(one: Sounds) -> Keys:
    return ["".join(sorted(one.found.company))] if one.found.company and len(one.names) < 2 else ()


def _company_word(one: Sounds) -> Keys:
    return () if one.names else {sound(word) if len(word) > 4 else word for word in one.found.company}


def _company_words(one: Sounds) -> Keys:
    return () if one.names else [first[:5] + second[:5] for first, second in zip(one.found.company, one.found.company[1:], strict=False)]


def _website(one: Sounds) -> Keys:
    return [one.found.website] if one.found.website else ()


def _codes(one: Sounds) -> Keys:
    return one.found.codes


KINDS: tuple[Callable[[Sounds], Keys], ...] = (
    _mail, _mail_name, _mail_letters, _mail_house, _phone, _phone_end, _phone_start, _birth, _birth_parts, _name_birth_year, _name_birthday, _name, _full_name, _name_employer, _name_house,
    _name_initial, _one_name, _postal_number, _postal_street, _postal_name, _street_number, _street, _city_name, _city_number, _city_birth_year, _company, _company_word, _company_words,
    _website, _codes,
)  # fmt: skip

ORDERS: tuple[Callable[[Features], str], ...] = (
    lambda found: found.family + found.given, lambda found: found.given + found.family, lambda found: "" if found.family else "".join(found.company), lambda found: found.birth,
)  # fmt: skip


def candidates(records: Sequence[Features], tell: Callable[[int, int], None]) -> set[int]:
    """Return the pairs worth a comparison, each as `first * len(records) + second` with first before second.

    Args:
        tell: told how many kinds of keys of how many are done; may raise to stop.
    """
    return set(_all(records, tell))


def _all(records: Sequence[Features], tell: Callable[[int, int], None]) -> array[int]:
    """Return the pairs of all kinds, some of them several times: eight bytes each are less than a set's entry."""
    size = len(records)
    found = array("q")
    prepared = [Sounds(record) for record in records]
    names = ["".join((record.family, record.given, *record.company, *record.mails[:1])) for record in records]
    budget = PAIRS * MANY // max(size, MANY)
    for done, kind in enumerate(KINDS):
        tell(done, len(KINDS) + 1)
        found.extend(_of_blocks(_blocks(prepared, kind), names, size, budget))
    tell(len(KINDS), len(KINDS) + 1)
    distance = max(1, min(NEIGHBOURS, NEIGHBOURS * budget // max(size, 1)))
    for order in ORDERS:
        keyed = sorted((key, index) for index, record in enumerate(records) if (key := order(record)))
        # Who has the very same key shares blocks already.
        found.extend(
            _neighbours([index for (before, _), (key, index) in zip([("", 0), *keyed], keyed, strict=False) if key != before or size <= MANY], size, distance)
        )
    return found


def _blocks(prepared: Sequence[Sounds], kind: Callable[[Sounds], Keys]) -> list[list[int]]:
    blocks: defaultdict[str, list[int]] = defaultdict(list)
    for index, one in enumerate(prepared):
        for key in kind(one):
            block = blocks[key]
            if not block or block[-1] != index:
                block.append(index)
    return sorted((block for block in blocks.values() if len(block) > 1), key=len)


def _of_blocks(blocks: Iterable[list[int]], names: Sequence[str], size: int, budget: int) -> Iterator[int]:
    whole, near = budget, budget // 4
    for block in blocks:
        length = len(block)
        count = length * (length - 1) // 2 if length > FEW else 0
        if count <= whole:
            whole -= count
            for at, first in enumerate(block):
                base = first * size
                for second in block[at + 1 :]:
                    yield base + second
        elif length * NEIGHBOURS <= near:
            near -= length * NEIGHBOURS
            yield from _neighbours(sorted(block, key=names.__getitem__), size)


def _neighbours(ranked: Sequence[int], size: int, furthest: int = NEIGHBOURS) -> Iterator[int]:
    for distance in range(1, furthest + 1):
        for first, second in zip(ranked, ranked[distance:], strict=False):
            yield first * size + second if first < second else second * size + first
