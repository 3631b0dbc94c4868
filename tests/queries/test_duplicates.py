"""Whether somebody is there already, while they are typed; and looking through everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmdesk.errors import Cancelled, UserError
from crmdesk.insights.duplicates import sweep
from crmdesk.matching import Values
from crmdesk.operations import leads, merging, records
from crmdesk.queries.duplicates import Typed, already_known, known

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.queries.duplicates import Known
    from crmdesk.store import Store


@pytest.fixture
def maria(store: Store) -> UUID:
    company = store.run(records.add, "company", {"name": "Alfreds Futterkiste GmbH", "website": "https://www.alfreds.example/", "city": "Berlin"})
    for number in range(30):
        store.run(records.add, "contact", {"name": f"Person{number} Nobody{number}", "email": f"p{number}@nobody.example"})
    return store.run(records.add, "contact", {"name": "Robert Falkenrath", "email": "robert@falkenrath.example", "phone": "030 0074321", "company": company})


def asked(store: Store, entity: str, values: Values) -> list[Known]:
    with store.read() as reader:
        return already_known(reader, entity, values)


@pytest.mark.parametrize(("values", "why"), [
    (Values(mails=("ROBERT@falkenrath.example",)), "has this mail address"), (Values(phones=("+49 (30) 007-4321",)), "has this phone number"),
    (Values("Robert", "Falkenrath"), "has this name"), (Values("Bob", "Falkenrath"), ""), (Values("Falkenrath", "Robert"), ""), (Values("Robert", "Falkenrat"), ""),
    (Values("Rob", "Falkenrath", mails=("robert@falkenrath.test",)), ""),
])  # fmt: skip
def test_a_person_is_known_by_many_signs(store: Store, maria: UUID, values: Values, why: str) -> None:
    (one,) = asked(store, "contact", values)
    assert (one.id, one.title) == (maria, "Robert Falkenrath")
    assert one.why == why if why else one.why
    assert 0 < one.score <= 1


@pytest.mark.parametrize(
    "values", [Values(family="Falkenrath"), Values("Anna", "Falkenrath"), Values("Robert", "Schmidt"), Values(), Values(mails=("robert@other.example",))]
)
def test_a_stranger_is_not(store: Store, maria: UUID, values: Values) -> None:
    assert asked(store, "contact", values) == []


@pytest.mark.parametrize(
    "values", [Values(company="Alfreds Futterkiste"), Values(company="ALFREDS FUTTERKISTE AG"), Values(company="Alfreds", website="alfreds.example")]
)
def test_a_company_is_known_without_its_legal_form(store: Store, maria: UUID, values: Values) -> None:
    assert [one.title for one in asked(store, "company", values)] == ["Alfreds Futterkiste GmbH"]


def test_the_form_asks_with_what_has_been_typed(store: Store, maria: UUID) -> None:
    typed = Typed().having("given_name", "Robert ").having("family_name", "Falkenrath").having("role", "Buyer").having("email", None)
    with store.read() as reader:
        assert [one.id for one in known(reader, "contact", typed)] == [maria]


def test_converted_leads_are_no_longer_known(store: Store) -> None:
    lead = store.run(records.add, "lead", {"given_name": "Robert", "family_name": "Falkenrath", "email": "robert@falkenrath.example"})
    values = Values("Robert", "Falkenrath", mails=("robert@falkenrath.example",))
    assert [one.id for one in asked(store, "lead", values)] == [lead]
    store.run(leads.convert, lead)
    assert asked(store, "lead", values) == []


@pytest.fixture
def twins(store: Store, maria: UUID) -> UUID:
    return store.run(records.add, "contact", {"name": "Bob Falkenrath", "email": "robert@falkenrath.example", "phone": "+49 30 0074321"})


def test_the_sweep_finds_who_is_there_twice_and_says_why(store: Store, maria: UUID, twins: UUID) -> None:
    found = sweep(store, "contact")
    (pair,) = found.pairs
    assert (pair.a, pair.b) == (maria, twins)
    assert {reason.text for reason in pair.reasons} >= {"same mail address", "same phone number", "same family name"}
    assert found.groups == [(maria, twins)]
    assert found.records == 32


def test_who_was_told_apart_is_left_out(store: Store, maria: UUID, twins: UUID) -> None:
    store.run(merging.tell_apart, "contact", twins, maria)
    assert sweep(store, "contact").pairs == []
    store.undo()
    assert len(sweep(store, "contact").pairs) == 1


def test_merged_ones_are_no_duplicates_any_more(store: Store, maria: UUID, twins: UUID) -> None:
    store.run(merging.merge, "contact", maria, [twins])
    assert sweep(store, "contact").pairs == []


def test_the_sweep_can_be_stopped(store: Store, maria: UUID) -> None:
    def stop(_done: int, _total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        sweep(store, "contact", tell=stop)


@pytest.mark.parametrize(("entity", "least"), [("deal", 0.5), ("contact", 0.0), ("contact", 1.5)])
def test_what_cannot_be_swept_is_said(store: Store, entity: str, least: float) -> None:
    with pytest.raises(UserError):
        sweep(store, entity, least)


def test_companies_at_one_address_stay_two(store: Store) -> None:
    for name in ("Alfreds Futterkiste", "Blumen Schulze"):
        store.run(records.add, "company", {"name": name, "address.street": "Lange Str. 7", "address.city": "Berlin", "phone": "030 0074321"})
    assert sweep(store, "company").pairs == []
