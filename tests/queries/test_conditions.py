"""Conditions on texts: capitals and small letters alike, whatever the alphabet, and no condition that says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmdesk.errors import UserError
from crmdesk.operations import records as deeds
from crmdesk.queries import records
from crmdesk.queries.finding import Condition, parse_condition

if TYPE_CHECKING:
    from crmdesk.store import Store

NAMES = ("Äpfel AG", "äpfel ag", "Zoo [1] Köln", "Zoo 1 Köln", "Ärzte*bund", "ACME", "Acme", "Львів", "100% Öl")


@pytest.fixture
def firms(store: Store) -> Store:
    for name in NAMES:
        store.run(deeds.add, "company", {"name": name, "industry": name, "note": f"Über {name}", "tags": "Käufer"})
    store.run(deeds.add, "company", {"name": "Without"})
    return store


def found(store: Store, condition: Condition) -> set[str]:
    with store.read() as reader:
        ids = records.ids(reader, "company", [condition])
        return {row.values["name"] for row in records.rows(reader, "company", ids, ["name"])}


@pytest.mark.parametrize("field", ["name", "industry"])
@pytest.mark.parametrize("sought", ["ÄPFEL", "äpf", "[1] kÖln", "*BUND", "ärzte*", "ЛЬВ", "% ö", "acm", "öl", "k?ln", "[äö]"])
def test_a_text_is_found_in_capitals_and_small_letters(firms: Store, field: str, sought: str) -> None:
    assert found(firms, Condition(field, "~", sought)) == {name for name in NAMES if sought.casefold() in name.casefold()}


@pytest.mark.parametrize("sought", ["ÄPFEL ag", "zoo [1] köln", "ärzte*BUND", "львів", "aCME", "Ä*", "100% öl", "Nobody"])
def test_the_same_the_other_and_one_of_several_agree(firms: Store, sought: str) -> None:
    same = {name for name in NAMES if sought.casefold() == name.casefold()}
    assert found(firms, Condition("industry", "=", sought)) == same
    assert found(firms, Condition("industry", "!=", sought)) == {*NAMES, "Without"} - same
    assert found(firms, Condition("industry", "in", "", (sought, "Zoo 1 KÖLN"))) == same | {"Zoo 1 Köln"}


def test_notes_and_links_are_found_in_capitals_too(firms: Store) -> None:
    assert found(firms, Condition("note", "~", "ÜBER ÄPF")) == {"Äpfel AG", "äpfel ag"}
    assert found(firms, Condition("tags", "~", "KÄUF")) == set(NAMES)


def test_a_text_that_is_too_long_for_a_pattern_is_compared_all_the_same(firms: Store) -> None:
    assert found(firms, Condition("industry", "=", "Ä" * 9_999)) == set()
    assert found(firms, Condition("industry", "in", "", tuple(f"Ä{number}" for number in range(3_000)))) == set()
    assert found(firms, Condition("industry", "~", "\N{DESERET CAPITAL LETTER LONG I}" * 5_000)) == set()


@pytest.mark.parametrize("text", ["name empty x", "name notempty 5", "name in", "name in ,", "name in ()", "name =", "name != ", "name ~", "employees <"])
def test_a_condition_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        parse_condition(text)


def test_ids_are_only_named(firms: Store) -> None:
    acme = firms.run(deeds.add, "company", {"name": "The one"})
    assert found(firms, Condition("id", "=", str(acme))) == {"The one"}
    assert found(firms, Condition("id", "!=", str(acme))) == {*NAMES, "Without"}
    for operator in ("~", "empty", "<"):
        with pytest.raises(UserError):
            found(firms, Condition("id", operator, str(acme)))


def test_what_belongs_to_a_record_in_the_bin_is_found_by_its_id(store: Store) -> None:
    firm = store.run(deeds.add, "company", {"name": "Acme"})
    store.run(deeds.add, "contact", {"family_name": "Berg", "company": str(firm)})
    store.run(deeds.add, "contact", {"family_name": "Klein"})
    store.run(deeds.delete, "company", [firm])
    with store.read() as reader:
        for condition, names in ((f"company = {firm}", {"Berg"}), (f"company != {firm}", {"Klein"}), (f"company in {firm}", {"Berg"})):
            ids = records.ids(reader, "contact", [parse_condition(condition)])
            assert {row.values["name"] for row in records.rows(reader, "contact", ids, ["name"])} == names


def test_what_a_transaction_wrote_is_found_whatever_an_own_field_is_called(firms: Store) -> None:
    firms.run(deeds.add, "custom_field", {"about": "company", "name": "deed", "kind": "integer", "label": "Deed"})
    firms.run(deeds.add, "company", {"name": "Newest", "deed": "77"})
    with firms.read() as reader:
        last = reader.value("SELECT max(id) FROM journal_tx")
    assert found(firms, Condition("deed", "=", "77")) == {"Newest"}
    assert found(firms, parse_condition(f"journal.transaction = {last}")) == {"Newest"}
    with pytest.raises(UserError):
        found(firms, Condition("journal.transaction", "=", "9" * 20))
