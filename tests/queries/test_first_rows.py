"""The first rows of a list, which are shown before the rest has come, are those that the whole list begins with."""

from __future__ import annotations

import random
from itertools import product
from typing import TYPE_CHECKING

import pytest

from crmdesk.models.registry import MAIN, entity_class
from crmdesk.operations import records as deeds
from crmdesk.queries import first_rows, records
from crmdesk.queries.finding import Condition, where_sql
from crmdesk.queries.first_rows import first_ids

if TYPE_CHECKING:
    from crmdesk.store import Store

SORTS = (
    "",
    "-name",
    "company",
    "-company",
    "owner",
    "role",
    "-role",
    "email",
    "-email",
    "phone",
    "-phone",
    "address.city",
    "-address.city",
    "last_contact_at",
    "tags",
    "-tags",
)
CONDITIONS = (
    (), (Condition("role", "=", "Buyer"),), (Condition("phone", "~", "030 12"),), (Condition("phone", "=", "+49 30 1234567"),), (Condition("phone", "empty"),),
    (Condition("email", "notempty"),), (Condition("email", "!=", "anna3@example.com"),), (Condition("address.city", "=", "berlin"),), (Condition("tags", "empty"),),
    (Condition("tags", "=", "press"),), (Condition("owner", "=", "Maria Becker"),),
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
        if rng.random() < 0.5:
            given["tags"] = rng.choice(("press", "key account", "fair, press"))
        store.run(deeds.add, "contact", given)
    return store


@pytest.mark.parametrize("probe", [4000, 6])
def test_the_first_rows_are_those_of_the_whole_list(people: Store, probe: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_rows, "PROBE", probe)  # as far as the quick ways look: in a large store the edge falls among equal values
    with people.read() as reader:
        for sort, conditions in product(SORTS, CONDITIONS):
            order = [sort] if sort else []
            whole = records.ids(reader, "contact", conditions, order)
            assert records.count(reader, "contact", conditions) == len(whole)
            for few in (3, 12):
                assert first_ids(reader, "contact", conditions, order, limit=few) == whole[:few], (sort, conditions)


def test_filters_of_list_fields_find_whom_they_mean(people: Store) -> None:
    with people.read() as reader:
        everyone = set(records.ids(reader, "contact"))
        with_phone = set(records.ids(reader, "contact", [Condition("phone", "notempty")]))
        assert set(records.ids(reader, "contact", [Condition("phone", "empty")])) == everyone - with_phone
        same = set(records.ids(reader, "contact", [Condition("phone", "=", "030/1234567")]))
        assert same
        assert set(records.ids(reader, "contact", [Condition("phone", "!=", "030/1234567")])) == everyone - same


def test_a_part_is_looked_up_by_its_record_when_few_records_are_asked_for(people: Store) -> None:
    """By the index of tags each record would look through all that bear the tag: 200 rows of 100,000 took ten seconds."""
    with people.read() as reader:
        where = where_sql(entity_class("contact"), (Condition("tags", "=", "press"), Condition("owner", "=", "Maria Becker")), reader, of_few=True)
        plan = reader.rows(f"EXPLAIN QUERY PLAN SELECT t.id FROM (SELECT * FROM contact LIMIT 500) t WHERE {where.sql}", where.parameters)
        used = " ".join(str(row[3]) for row in plan)
    assert "record_tag_by_contact_id" in used
    assert "record_tag_by_tag_id" not in used


def test_a_list_sorted_by_tags_is_in_the_order_of_their_names(people: Store) -> None:
    with people.read() as reader:
        rows = records.rows(reader, "contact", records.ids(reader, "contact", (), ["tags"]), ["tags"])
        first = [row.values["tags"][0].value for row in rows if row.values["tags"]]
    assert first == sorted(first)
    assert set(first) >= {"press", "key account"}


def test_every_list_can_be_sorted_by_every_column(people: Store) -> None:
    with people.read() as reader:
        for entity in MAIN:
            for name in records.all_columns(entity_class(entity), reader):
                for sort in (name, f"-{name}"):
                    assert first_ids(reader, entity, (), [sort], limit=3) == records.ids(reader, entity, (), [sort])[:3], (entity, sort)
