"""Finding duplicates among plain values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmdesk.matching import Place, Values, features, find, groups, judge, reasons

GIVEN = "Anna Peter Maria Thomas Julia Stefan Laura Martin Sabine Klaus Petra Frank Ute Jens Karin Uwe".split()
FAMILY = "Berg Schmidt Wagner Becker Hoffmann Koch Richter Klein Wolf Neumann Braun Zimmermann Hartmann Krause Lehmann Huber".split()
TRADES = ("Handel", "Technik", "Optik", "Druck", "Bau")
CROWD = [
    Values(given, family, f"{FAMILY[number * 7 % 16]} {TRADES[number % 5]} GmbH", mails=(f"{given}.{family}{number}@example{number}.com",), phones=(f"+4930{1000000 + 7919 * number}",), birthday=f"{1950 + number % 50}-0{1 + number % 9}-1{number % 9}")
    for number, (given, family) in enumerate((given, family) for given in GIVEN for family in FAMILY)
]  # fmt: skip


def found(*more: Values) -> set[tuple[int, int]]:
    """Return the pairs found when some stand behind a crowd of strangers; the first of them is 0."""
    result = find([features(values) for values in (*CROWD, *more)])
    return {(pair.a - len(CROWD), pair.b - len(CROWD)) for pair in result.pairs}


def test_a_crowd_of_namesakes_holds_no_duplicates() -> None:
    assert found() == set()


@pytest.mark.parametrize(("a", "b"), [
    (Values("Robert", "Falkenrath", mails=("r@falkenrath.example",)), Values("Bob", "Falkenrath", mails=("r@falkenrath.example",))),
    (Values("Robert", "Falkenrath", birthday="1971-04-06"), Values("Falkenrath", "Robert", birthday="1971-06-04")),
    (Values("小明", "王", phones=("+8613800138000",)), Values("Xiaoming", "Wang", phones=("+8613800138000",))),
    (Values("Jörg", "Müllerschön", phones=("+49301112223",)), Values("Joerg", "Mullerschon", phones=("030 1112223",))),
    (Values("J.", "Falkenrath", places=(Place("Hauptstr. 5", "10115", "Berlin"),), birthday="1971-04-06"), Values("Johanna", "Falkenrath", places=(Place("Hauptstraße 5", "10115", "Berlin"),), birthday="1971-04-06")),
])  # fmt: skip
def test_one_person_written_twice_is_found(a: Values, b: Values) -> None:
    assert found(a, b) == {(0, 1)}


def test_spouses_are_two() -> None:
    home = (Place("Hauptstraße 5", "10115", "Berlin"),)
    a = Values("Karl", "Falkenrath", mails=("familie@falkenrath.example",), phones=("+49301112223",), places=home)
    b = Values("Erika", "Falkenrath", mails=("familie@falkenrath.example",), phones=("+49301112223",), places=home)
    assert found(a, b) == set()


def test_companies_lose_their_legal_form_and_shops_of_one_mall_stay_two() -> None:
    place = (Place("Lange Straße 7", "20095", "Hamburg"),)
    acme, same = Values(company="Acme Kältetechnik GmbH", places=place), Values(company="ACME Kaeltetechnik", places=place, phones=("+4940123456",))
    other = Values(company="Blumen Schulze", places=place, phones=("+4940123456",))
    assert found(acme, same, other) == {(0, 1)}


def test_every_pair_says_why() -> None:
    result = find(
        [
            features(values)
            for values in (
                *CROWD,
                Values("Robert", "Falkenrath", mails=("r@falkenrath.example",)),
                Values("Bob", "Falkenrath", mails=("r@falkenrath.example",)),
            )
        ]
    )
    said = reasons(result.model, result.pairs[0].codes)
    assert {reason.text for reason in said} >= {"same mail address", "same family name", "short form of the given name"}
    assert all(reason.weight > 0 for reason in said)


def test_two_alone_are_judged_by_belief() -> None:
    sure, _ = judge(features(Values("Anna", "Berg", mails=("anna@berg.example",))), features(Values("Anna", "Berg", mails=("anna@berg.example",))))
    other, said = judge(features(Values("Anna", "Berg", birthday="1980-01-01")), features(Values("Anna", "Berg", birthday="1955-07-19")))
    assert sure > 0.95
    assert other < 0.2
    assert "different birthday" in {reason.text for reason in said}


def test_progress_is_told_and_may_stop() -> None:
    told: list[tuple[int, int]] = []
    find([features(values) for values in CROWD], tell=lambda done, total: told.append((done, total)))
    shares = [done / total for done, total in told]
    assert shares == sorted(shares)
    assert shares[-1] <= 1

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        find([features(values) for values in CROWD], tell=stop)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_records_are_no_trouble(count: int) -> None:
    assert find([features(Values("Anna", "Berg"))] * count).compared <= 1


@given(st.lists(st.builds(
    Values, given=st.text(max_size=8), family=st.text(max_size=8), company=st.text(max_size=8), birthday=st.text(max_size=10), mails=st.lists(st.text(max_size=8), max_size=2).map(tuple),
    phones=st.lists(st.text(max_size=8), max_size=2).map(tuple), places=st.lists(st.builds(Place, st.text(max_size=8), st.text(max_size=5), st.text(max_size=5)), max_size=2).map(tuple),
), max_size=6))  # fmt: skip
def test_no_text_breaks_it(values: list[Values]) -> None:
    for pair in find([features(one) for one in values], least=0.01).pairs:
        assert 0 <= pair.a < pair.b < len(values)
        assert 0 <= pair.score <= 1


def test_a_chain_is_no_group() -> None:
    chain = [(0, 1, 0.9), (1, 2, 0.9)]
    assert groups(chain, 0.5) == [(0, 1)]
    assert groups([*chain, (0, 2, 0.1)], 0.5) == [(0, 1, 2)]
    assert groups([(3, 4, 0.4)], 0.5) == []
