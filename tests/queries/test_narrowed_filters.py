"""Filters that indexes narrow down find what a look at every record finds: with few and many hits, beside a queue, masked, inside a change."""

from __future__ import annotations

import random
from itertools import product
from typing import TYPE_CHECKING

import pytest

from crmdesk.models.registry import entity_class
from crmdesk.operations import records as deeds
from crmdesk.queries import finding, records
from crmdesk.queries.finding import Condition, where_sql
from crmdesk.store import Change, operation

if TYPE_CHECKING:
    from crmdesk.store import Reader, Store

PHONES = (
    "030 4711 12",
    "+49 (30) 471-112",
    "0171/4930 471",
    "+1 800 471 1222",
    "004989 304711",
    "4711",
    "call reception",
    "0471",
    "030 12 ext. 471",
    "٤٧١١",
    "+86 138 0471 1000",
)
MAILS = ("Anna.Berg@Example.COM", "anna_berg@example.com", "ÉMILE@exämple.de", "x@y.z", " spaced@example.com ")
CITIES = ("Berlin", "BERLIN", "Bérlin", "Neuberlin", "Ärzen", "北京", "St. Berlin-Mitte", "")
NAMES = ("Anna", "ANNA-Lena", "Müller", "Muller", "王伟", "王Anna", "-anna", "O'Anna", "%anna_", "Weiß")
CONDITIONS = (
    *(Condition("phone", sign, value) for sign, value in product("~ = !=".split(), ("4711", "471", "030 4711", "49304711", "+4930", "47", "0", "99999", "٤٧١", "reception"))),
    *(Condition("email", sign, value) for sign, value in product("~ = !=".split(), ("anna", "ANNA.BERG@example.com", "_", "%", "exäm", "ÉM", "émile", "spaced", "berg@", " "))),
    *(Condition("address.city", sign, value) for sign, value in product("~ = !=".split(), ("berlin", "Berlin", "ärz", "Ärz", "北", "rlin-m", "-", "bérlin"))),
    *(Condition("name", "~", value) for value in ("anna", "ANNA", "müll", "Müll", "mull", "王", "-a", "na-l", "'a", "%", "ß", "ss", "anna_", "wang")),
    *(Condition(name, sign) for name, sign in product(("phone", "email", "address", "tags", "handle", "birthday"), ("empty", "notempty"))),
    Condition("birthday", ">", "1980-01-01"), Condition("birthday", "<=", "1980-01-01"), Condition("birthday", "=", "1980-05-05"), Condition("birthday", "!=", "1980-05-05"),
)  # fmt: skip


@pytest.fixture
def people(store: Store) -> Store:
    """People and companies with odd numbers, mails, cities and names; some in the bin, some parts deleted, a number that a company has."""
    rng = random.Random(11)
    for number in range(60):
        given = {"given_name": rng.choice(NAMES), "family_name": rng.choice(("Berg", "", f"Nr{number}"))}
        for name, values in (
            ("phone", PHONES),
            ("email", MAILS),
            ("address.city", CITIES),
            ("tags", ("press", "fair")),
            ("birthday", ("1980-05-05", "1979-01-01", "1990-12-31")),
        ):
            if rng.random() < 0.6 and (value := rng.choice(values)).strip():
                given[name] = value.strip() if name == "email" else value
        record = store.run(deeds.add, "contact", given)
        if number % 9 == 0:
            store.run(deeds.delete, "contact", [record])
        elif number % 7 == 0:
            store.run(deeds.edit, "contact", [record], {"phone": "", "email": ""})
    store.run(deeds.add, "company", {"name": "Anna 4711", "phone": "030 4711 12", "email": "anna@example.com", "address.city": "Berlin"})
    return store


def of_each(reader: Reader, entity: str, condition: Condition) -> set[bytes]:
    """Look at every record with its parts, as a query that looks at a few does; no index narrows that down."""
    where = where_sql(entity_class(entity), [condition], reader, of_few=True)
    return {row[0] for row in reader.rows(f'SELECT t.id FROM "{entity}" t WHERE {where.sql}', where.parameters)}


def check(reader: Reader) -> None:
    everyone = len(records.ids(reader, "contact"))
    for entity, condition in product(("contact", "company"), CONDITIONS):
        if entity == "company" and condition.field in {"birthday", "handle"}:
            continue
        found = records.ids(reader, entity, [condition])
        assert set(found) == of_each(reader, entity, condition), (entity, condition)
        assert records.count(reader, entity, [condition]) == len(found) <= everyone


@pytest.mark.parametrize("few", [4000, 3])
def test_filters_find_what_a_look_at_everything_finds(people: Store, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "FEW", few)  # in a large store the common values are too many to be narrowed down
    with people.read() as reader:
        check(reader)


def test_filters_find_records_that_wait_for_the_search_index(people: Store) -> None:
    @operation("Fill", right="contact.write")
    def fill(change: Change) -> None:
        for number in range(60):
            deeds.add(
                change,
                "contact",
                {
                    "given_name": "Anna",
                    "family_name": f"Late {number}",
                    **({"phone": f"030 4711 {number}"} if number % 2 else {"email": f"late{number}@example.com"}),
                },
            )

    people.run(fill)
    with people.read() as reader:
        assert reader.value("SELECT count(*) FROM search_queue") > 0
        assert len(records.ids(reader, "contact", [Condition("phone", "~", "4711")])) > 30
        check(reader)


def test_filters_know_what_an_open_change_has_just_written(people: Store) -> None:
    @operation("Fill", right="contact.write")
    def fill(change: Change) -> None:
        deeds.add(change, "contact", {"given_name": "Nobody", "family_name": "Yet"})
        deeds.add(change, "contact", {"given_name": "Anna", "family_name": "Now", "phone": "040 4711 4711"})
        named = {
            row.values["name"] for row in records.rows(change.reader, "contact", records.ids(change.reader, "contact", [Condition("phone", "empty")]), ["name"])
        }
        assert "Nobody Yet" in named
        assert "Anna Now" not in named
        check(change.reader)

    people.run(fill)


@pytest.mark.parametrize("role", ["read_only", "own_ones"])
def test_filters_of_a_role_that_reads_masked_values_compare_with_these(people: Store, role: str) -> None:
    people.act_as(role)
    with people.read() as reader:
        check(reader)
        if "personal" in reader.viewer.hidden:
            assert not records.ids(reader, "contact", [Condition("phone", "~", "47112")])
