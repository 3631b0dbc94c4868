"""The first rows of a list, which are shown before the rest has come, are those that the whole list begins with."""

from __future__ import annotations

import random
from itertools import product
from typing import TYPE_CHECKING

import pytest

from crmdesk.operations import records as deeds
from crmdesk.queries import records
from crmdesk.queries.finding import Condition

if TYPE_CHECKING:
    from crmdesk.store import Store

SORTS = ("", "-name", "company", "-company", "owner", "role", "-role", "email", "-email", "phone", "-phone", "address.city", "-address.city", "last_contact_at")
CONDITIONS = (
    (), (Condition("role", "=", "Buyer"),), (Condition("phone", "~", "030 12"),), (Condition("phone", "=", "+49 30 1234567"),), (Condition("phone", "empty"),),
    (Condition("email", "notempty"),), (Condition("email", "!=", "anna3@example.com"),), (Condition("address.city", "=", "berlin"),), (Condition("tags", "empty"),),
)  # fmt: skip


@pytest.fixture
def people(store: Store) -> Store:
    """Forty people, some without company, with several mails, the same city, a number that is none, or nothing at all."""
    rng = random.Random(5)
    for number in range(5):
        store.run(deeds.add, "company", {"name": f"Firm {number}"})
    for number in range(40):
        given = {"given_name": rng.choice(("Anna", "Émile", "王伟", "zoe")), "family_name": f"Koch {number % 7}", "role": rng.choice(("Buyer", "Owner", ""))}
        if rng.random() < 0.7:
            given["company"] = f"Firm {rng.randrange(5)}"
        if rng.random() < 0.6:
            given["email"] = rng.choice((f"anna{number}@example.com", f"ANNA{number}@Example.com"))
        if rng.random() < 0.6:
            given["phone"] = rng.choice((f"030 12345{number:02}", "030 1234567", f"0171-99{number:02}456", "call reception"))
        if rng.random() < 0.3:
            given["address.city"] = rng.choice(("Berlin", "berlin", "Ärzen", "Graz"))
        store.run(deeds.add, "contact", given)
    return store


def test_the_first_rows_are_those_of_the_whole_list(people: Store) -> None:
    with people.read() as reader:
        for sort, conditions in product(SORTS, CONDITIONS):
            order = [sort] if sort else []
            whole = records.ids(reader, "contact", conditions, order)
            assert records.count(reader, "contact", conditions) == len(whole)
            for few in (3, 12):
                assert records.first_ids(reader, "contact", conditions, order, limit=few) == whole[:few], (sort, conditions)


def test_filters_of_list_fields_find_whom_they_mean(people: Store) -> None:
    with people.read() as reader:
        everyone = set(records.ids(reader, "contact"))
        with_phone = set(records.ids(reader, "contact", [Condition("phone", "notempty")]))
        assert set(records.ids(reader, "contact", [Condition("phone", "empty")])) == everyone - with_phone
        same = set(records.ids(reader, "contact", [Condition("phone", "=", "030/1234567")]))
        assert same
        assert set(records.ids(reader, "contact", [Condition("phone", "!=", "030/1234567")])) == everyone - same
