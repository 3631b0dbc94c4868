"""Few records: who works together and is called alike stays two, who is there twice is found all the same."""

from __future__ import annotations

import pytest

from crmdesk.matching import Values, features, find
from crmdesk.matching.levels import FAR, OTHER, name_level

GIVEN = "Ingrid Bruno Yara Cedric Fatima Gustav Hilde Ivo Katya Leif".split()
FAMILY = "Sandoval Kirchner Okafor Lindqvist Baptiste Nakamura Petrov Quinn Rossetti Tanaka".split()
DOZEN = [Values(given, family, f"{family} Works Ltd", mails=(f"{given}.{family}@{family}.example".lower(),)) for given, family in zip(GIVEN, FAMILY, strict=True)]  # fmt: skip
CROWD = [
    Values(given, FAMILY[(at + step) % 10], f"{FAMILY[at % 10]} Works Ltd", mails=(f"{given}.{FAMILY[(at + step) % 10]}@{FAMILY[at % 10]}.example".lower(),))
    for step in range(8)
    for at, given in enumerate(GIVEN)
]
STORES = {"two records alone": [], "a dozen": DOZEN, "eighty, those of one company called alike": CROWD}


def likely(store: str, a: Values, b: Values) -> float:
    """Return how likely two are the same among the records of a small store."""
    records = [features(values) for values in (*STORES[store], a, b)]
    return max((pair.score for pair in find(records, 0.001).pairs if pair.a == len(records) - 2), default=0.0)


def person(given: str, family: str, company: str = "Optik Nord GmbH", mail: str = "", phone: str = "") -> Values:
    return Values(given, family, company, mails=(mail,) if mail else (), phones=(phone,) if phone else ())


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize(("a", "b"), [
    (person("Oliver", "Marsh", "Harbour & Hale Ltd", "oliver.marsh@hale.example", "+442079460018"), person("Oliver", "Walsh", "Harbour & Hale Ireland Ltd", "oliver.walsh@hale-ie.example", "+35315550111")),
    (person("Oliver", "Marsh", "Harbour & Hale Ltd", phone="+442079460018"), person("Oliver", "Walsh", "Harbour & Hale Ireland Ltd", phone="+35315550111")),
    (person("Stefan", "Meier", mail="stefan.meier@optik.example", phone="+494012340"), person("Stefan", "Meyer", mail="stefan.meyer@optik.example", phone="+494012341")),
    (person("Anna", "Berg", mail="anna.berg@optik.example"), person("Anne", "Berg", mail="anne.berg@optik.example")),
    (person("Peter", "Hansen", mail="p.hansen@optik.example", phone="+494012340"), person("Petra", "Hansen", mail="petra.hansen@optik.example", phone="+494012340")),
    (person("Thomas", "Becker", mail="tbecker@optik.example"), person("Thomas", "Decker", "Optik Nord AG", "tdecker@optik.example")),
    (person("伟", "张", "华信有限公司", "zhang.wei@huaxin.example", "+8613800138000"), person("伟", "赵", "华信有限公司", "zhao.wei@huaxin.example", "+8613900139000")),
    (person("Laura", "Klein", "Nordlicht", phone="+4940111222"), person("Laura", "Kleinert", "Nordlicht Süd", phone="+4989222111")),
    (person("Jan", "Smit", "De Vaart BV", "info@vaart.example"), person("Jan", "Smeets", "De Vaart BV", "info@vaart.example")),
    (person("Maria", "Lopez", "Sol SA", "maria.lopez@sol.example"), person("Mario", "Lopez", "Sol SA", "mario.lopez@sol.example")),
])  # fmt: skip
def test_colleagues_with_names_alike_are_two(store: str, a: Values, b: Values) -> None:
    assert likely(store, a, b) < 0.5


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize(("a", "b"), [
    (person("A.", "Dahl", "Fjord AS", "anders.dahl@fjord.example"), person("Anders", "Dahl", "Fjord AS", "anders.dahl@fjord.example")),
    (person("Oliver", "Marsh", "Harbour & Hale Ltd", "oliver.marsh@hale.example"), person("Oliver", "March", "Harbour & Hale", "oliver.marsh@hale.example")),
    (person("Robert", "Falkenrath", "", "r@falkenrath.example"), person("Bob", "Falkenrath", "", "r@falkenrath.example")),
    (person("Jörg", "Müllerschön", "", phone="+49301112223"), person("Joerg", "Mullerschon", "", phone="030 1112223")),
    (person("Stefan", "Meier", mail="stefan.meier@optik.example", phone="+494012340"), person("Stefan", "Meier", "Optik Nord", phone="+494012340")),
    (person("Stefan", "Meier", mail="stefan.meier@optik.example"), person("Stefan", "Meier", "Optik Nord", "s.meier@optik.example")),
    (person("Stefan", "Meier", mail="stefan.meier@optik.example"), person("Stefan", "Meier", "Optik Nord", "stefan.meier@mail.example")),
    (person("Stefan", "Meier"), person("Stefan", "Meir", "Optik Nord")),
])  # fmt: skip
def test_who_is_there_twice_is_found_in_a_small_store(store: str, a: Values, b: Values) -> None:
    assert likely(store, a, b) > 0.8


@pytest.mark.parametrize("store", STORES)
def test_a_mail_address_made_of_the_names_says_nothing_that_they_did_not(store: str) -> None:
    bare = likely(store, person("Stefan", "Meier"), person("Stefan", "Meier"))
    named = likely(store, person("Stefan", "Meier", mail="stefan.meier@optik.example"), person("Stefan", "Meier", mail="meier.stefan@optik.example"))
    assert named <= bare + 0.01


@pytest.mark.parametrize(("a", "b", "level"), [("peter", "petra", FAR), ("marsh", "walsh", OTHER), ("klein", "kleinert", FAR), ("anna", "peter", OTHER)])
def test_names_that_both_exist_are_no_slip_of_the_pen(a: str, b: str, level: int) -> None:
    assert name_level(a, b) == level
