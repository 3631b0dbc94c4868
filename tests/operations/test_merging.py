"""Merging: everything moves, nothing is lost, and all of it can be taken back."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmdesk.errors import CannotUndo, NotAllowed, UserError
from crmdesk.models.base import ENTITIES
from crmdesk.operations import attachments, deals, leads, merging, quotes, records
from crmdesk.queries import duplicates
from crmdesk.queries import records as asked
from crmdesk.queries.history import history
from crmdesk.queries.search import search
from crmdesk.store import Store, open_store
from crmdesk.store.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store.keys import Key


def rows(store: Store, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return reader.rows(sql, parameters)


def world(store: Store) -> dict[str, Any]:
    """Return all rows of all tables, those in the bin too unless what put them there was their making's undoing."""
    with store.read() as reader:
        return {
            name: sorted(reader.rows(f'SELECT {", ".join(f"{chr(34)}{column}{chr(34)}" for column in cls.columns)} FROM "{name}"'), key=repr)
            for name, cls in ENTITIES.items()
            if name not in {"merged_record", "not_same", "memo"}
        } | {"memo": sorted(reader.rows("SELECT company_id, contact_id, lead_id, text FROM memo WHERE deleted_at IS NULL"), key=repr)}


@pytest.fixture
def two(store: Store) -> tuple[UUID, UUID]:
    """Two records of one company, each with something of its own."""
    keep = store.run(
        records.add,
        "company",
        {"name": "Alfreds Futterkiste", "phone": "+49 30 0074321", "email": "info@alfreds.example", "tags": "Key account", "city": "Berlin"},
    )
    other = store.run(records.add, "company", {
        "name": "Alfreds Futterkiste GmbH", "phone": "030 0074321; 030 999888", "email": "info@alfreds.example", "website": "alfreds.example", "tags": "Key account, Food", "note": "An old friend",
        "external_id": "A-7", "source": "Old CRM",
    })  # fmt: skip
    return keep, other


def test_all_that_belongs_to_the_other_belongs_to_the_kept_one(store: Store, two: tuple[UUID, UUID]) -> None:
    keep, other = two
    person = store.run(records.add, "contact", {"name": "Maria Anders", "company": other})
    deal = store.run(records.add, "deal", {"name": "Cold chain", "company": other, "contact": person})
    store.run(records.add, "activity", {"subject": "Called", "contact": person})
    store.run(records.add, "ticket", {"subject": "Alarm", "contact": person, "company": other})
    store.run(records.add, "task", {"subject": "Call again", "company": other})
    store.run(
        quotes.add_document,
        {
            "currency": "EUR",
            "company": str(other),
            "lines": [{"description": "Box", "quantity": "1", "unit_price": "10", "tax_category": "S", "tax_rate": "19"}],
        },
    )
    done = store.run(merging.merge, "company", keep, [other])
    assert done.kept == keep
    with store.read() as reader:
        for entity in ("contact", "deal", "activity", "ticket", "task", "quote"):
            assert [company for (company,) in reader.rows(f'SELECT company_id FROM "{entity}" WHERE company_id IS NOT NULL')] == [keep.bytes], entity
        record = asked.record(reader, "company", keep)
    assert [mail["value"] for mail in record["email"]] == ["info@alfreds.example"]
    assert [phone["value"] for phone in record["phone"]] == ["+49 30 0074321", "030 999888"]
    assert record["website"] == "alfreds.example"
    assert deal


def test_no_entity_points_at_a_record_that_went(store: Store, two: tuple[UUID, UUID]) -> None:
    keep, other = two
    person = store.run(records.add, "contact", {"name": "Maria Anders", "company": other})
    store.run(records.add, "deal", {"name": "Cold chain", "company": other, "contact": person})
    store.run(merging.merge, "company", keep, [other])
    for name, cls in ENTITIES.items():
        for item in cls.fields.values():
            if item.kind == "link" and item.target == "company":
                assert not rows(store, f'SELECT 1 FROM "{name}" WHERE "{item.column}" = ? AND deleted_at IS NULL', other.bytes), f"{name}.{item.column}"


def test_chosen_values_win_and_empty_ones_are_filled(store: Store) -> None:
    keep = store.run(records.add, "contact", {"name": "Bob Smith", "role": "Buyer"})
    other = store.run(records.add, "contact", {"name": "Robert Smith", "role": "Owner", "department": "Sales"})
    done = store.run(merging.merge, "contact", keep, [other], {"given_name": other})
    with store.read() as reader:
        record = asked.record(reader, "contact", keep)
    assert (record["name"], record["role"], record["department"]) == ("Robert Smith", "Buyer", "Sales")
    assert done.filled == ("given_name", "department")


def test_issued_quotes_move_too(store: Store, two: tuple[UUID, UUID]) -> None:
    keep, other = two
    document = {
        "currency": "EUR",
        "company": str(other),
        "lines": [{"description": "Box", "quantity": "1", "unit_price": "10", "tax_category": "S", "tax_rate": "19"}],
    }
    quote, _ = store.run(quotes.add_document, document)
    store.run(quotes.issue, quote)
    store.run(merging.merge, "company", keep, [other])
    assert rows(store, "SELECT company_id FROM quote WHERE id = ?", quote.bytes) == [(keep.bytes,)]
    store.undo()
    assert rows(store, "SELECT company_id FROM quote WHERE id = ?", quote.bytes) == [(other.bytes,)]


def test_notes_are_joined(store: Store) -> None:
    keep = store.run(records.add, "contact", {"name": "Bob Smith", "note": "Likes tea"})
    other = store.run(records.add, "contact", {"name": "Bob Smith", "note": "Calls at nine"})
    store.run(merging.merge, "contact", keep, [other])
    assert rows(store, "SELECT text FROM memo WHERE contact_id = ? AND deleted_at IS NULL", keep.bytes) == [("Likes tea\n\nCalls at nine",)]


def test_three_become_one(store: Store) -> None:
    ids = [store.run(records.add, "contact", {"name": "Bob Smith", "email": f"bob{number}@x.example"}) for number in range(3)]
    store.run(merging.merge, "contact", ids[0], ids[1:])
    assert rows(store, "SELECT count(*) FROM contact WHERE deleted_at IS NULL") == [(1,)]
    assert rows(store, "SELECT count(*) FROM email WHERE contact_id = ? AND deleted_at IS NULL", ids[0].bytes) == [(3,)]


def test_the_kept_one_shows_both_histories(store: Store, two: tuple[UUID, UUID]) -> None:
    keep, other = two
    store.run(records.edit, "company", [other], {"industry": "Food"})
    store.run(merging.merge, "company", keep, [other])
    with store.read() as reader:
        entries = history(reader, "company", keep)
    assert [entry.changes["industry"] for entry in entries if "industry" in entry.changes and entry.label == "Edit"] == [(None, "Food")]
    assert sum(entry.operation == "insert" for entry in entries) == 2


def test_an_old_external_id_leads_to_the_kept_one(store: Store, two: tuple[UUID, UUID]) -> None:
    keep, other = two
    store.run(merging.merge, "company", keep, [other])
    with store.read() as reader:
        assert duplicates.also_known(reader, "company", '["A-7"]') == [("A-7", "Old CRM", keep.bytes)]


def test_a_kept_record_without_an_external_id_takes_the_other_s(store: Store, two: tuple[UUID, UUID]) -> None:
    keep, other = two
    store.run(merging.merge, "company", keep, [other])
    assert rows(store, "SELECT source, external_id FROM company WHERE id = ?", keep.bytes) == [("Old CRM", "A-7")]


def test_who_was_merged_twice_is_found_at_the_last_place(store: Store, two: tuple[UUID, UUID]) -> None:
    keep, other = two
    last = store.run(records.add, "company", {"name": "Futterkiste"})
    store.run(merging.merge, "company", keep, [other])
    store.run(merging.merge, "company", last, [keep])
    with store.read() as reader:
        assert set(duplicates.also_known(reader, "company", '["A-7"]')) == {("A-7", "Old CRM", last.bytes)}


def test_a_restored_record_has_its_external_id_back(store: Store, two: tuple[UUID, UUID]) -> None:
    keep, other = two
    store.run(merging.merge, "company", keep, [other])
    store.run(records.restore, "company", other)
    with store.read() as reader:
        assert duplicates.also_known(reader, "company", '["A-7"]') == []


def test_no_company_becomes_its_own_parent(store: Store) -> None:
    top = store.run(records.add, "company", {"name": "Top"})
    middle = store.run(records.add, "company", {"name": "Middle", "parent": top})
    bottom = store.run(records.add, "company", {"name": "Bottom", "parent": middle})
    store.run(merging.merge, "company", bottom, [top])
    assert rows(store, "SELECT parent_id FROM company WHERE id = ?", bottom.bytes) == [(None,)]
    assert rows(store, "SELECT parent_id FROM company WHERE id = ?", middle.bytes) == [(bottom.bytes,)]


def test_a_deal_does_not_list_one_contact_twice(store: Store) -> None:
    keep, other = (store.run(records.add, "contact", {"name": name}) for name in ("Bob Smith", "Robert Smith"))
    deal = store.run(records.add, "deal", {"name": "Cold chain"})
    for person in (keep, other):
        store.run(deals.add_person, deal, person)
    store.run(merging.merge, "contact", keep, [other])
    assert rows(store, "SELECT contact_id FROM deal_contact WHERE deal_id = ? AND deleted_at IS NULL", deal.bytes) == [(keep.bytes,)]


def test_undo_days_later_takes_it_back_beside_other_work(store: Store, two: tuple[UUID, UUID]) -> None:
    keep, other = two
    person = store.run(records.add, "contact", {"name": "Maria Anders", "company": other})
    before = rows(store, "SELECT id, name, website FROM company WHERE deleted_at IS NULL ORDER BY id")
    store.run(merging.merge, "company", keep, [other])
    assert store.last_changes
    merge_tx = store.last_changes.tx
    store.run(records.edit, "company", [keep], {"industry": "Food"})
    store.run(records.add, "contact", {"name": "New One", "company": keep})
    store.undo(merge_tx)
    assert rows(store, "SELECT id, name, website FROM company WHERE deleted_at IS NULL ORDER BY id") == before
    assert rows(store, "SELECT company_id FROM contact WHERE id = ?", person.bytes) == [(other.bytes,)]
    assert rows(store, "SELECT industry FROM company WHERE id = ?", keep.bytes) == [("Food",)]
    with store.read() as reader:
        assert duplicates.also_known(reader, "company", '["A-7"]') == []


def test_undo_is_refused_where_later_work_would_be_lost(store: Store, two: tuple[UUID, UUID]) -> None:
    keep, other = two
    store.run(merging.merge, "company", keep, [other])
    assert store.last_changes
    merge_tx = store.last_changes.tx
    store.run(records.edit, "company", [keep], {"website": "new.example"})
    with pytest.raises(CannotUndo):
        store.undo(merge_tx)


@pytest.mark.parametrize("entity", ["ticket", "quote", "member", "phone"])
def test_documents_and_parts_are_not_merged(store: Store, entity: str) -> None:
    with pytest.raises(UserError):
        store.run(merging.merge, entity, UUID(int=1), [UUID(int=2)])


def test_one_record_is_not_merged_with_itself(store: Store, two: tuple[UUID, UUID]) -> None:
    with pytest.raises(UserError, match="two different"):
        store.run(merging.merge, "company", two[0], [two[0]])


def test_a_choice_names_a_field_and_one_of_the_records(store: Store, two: tuple[UUID, UUID]) -> None:
    for choices in ({"nothing": two[1]}, {"name": UUID(int=5)}):
        with pytest.raises(UserError):
            store.run(merging.merge, "company", two[0], [two[1]], choices)


def test_who_may_not_write_may_not_merge(store: Store, two: tuple[UUID, UUID]) -> None:
    store.act_as("read_only")
    with pytest.raises(NotAllowed):
        store.run(merging.merge, "company", two[0], [two[1]])


def test_told_apart_is_remembered_and_forgotten(store: Store, two: tuple[UUID, UUID]) -> None:
    keep, other = two
    pair = tuple(sorted((keep.bytes, other.bytes)))

    def apart() -> set[tuple[bytes, bytes]]:
        with store.read() as reader:
            return duplicates.told_apart(reader, "company")

    store.run(merging.tell_apart, "company", other, keep)
    store.run(merging.tell_apart, "company", keep, other)
    assert apart() == {pair}
    store.undo()
    assert apart() == set()


def test_search_finds_only_the_kept_one(store: Store, two: tuple[UUID, UUID]) -> None:
    store.run(merging.merge, "company", two[0], [two[1]])
    with store.read() as reader:
        assert [hit.id for hit in search(reader, "030999888")] == [two[0]]
    assert verify(store, deep=True) == []


# -- any merge can be taken back -----------------------------------------------------------------------------------------------------

SOME = st.sampled_from([None, "a", "Ärger", "王"])
MAIL = st.sampled_from(["a@x.example", "b@x.example", "c@y.example"])
CUSTOMER = st.fixed_dictionaries({
    "note": SOME, "role": SOME, "tags": st.sampled_from([None, "One", "One, Two"]), "emails": st.lists(MAIL, unique=True, max_size=3), "phone": st.sampled_from([None, "030 123456", "0171 5556667"]),
    "city": SOME, "children": st.sets(st.sampled_from(["activity", "task", "ticket", "deal", "deal_contact", "file", "lead"])),
})  # fmt: skip


def add_contact(store: Store, number: int, said: dict[str, Any]) -> UUID:
    values = {"name": f"Bob Smith{number}", **{name: said[name] for name in ("note", "role", "tags", "phone", "city") if said[name]}}
    if said["emails"]:
        values["email"] = "; ".join(said["emails"])
    contact = store.run(records.add, "contact", values)
    for child in sorted(said["children"]):
        match child:
            case "deal_contact":
                store.run(deals.add_person, store.run(records.add, "deal", {"name": f"Deal {number}"}), contact)
            case "file":
                store.run(attachments.attach, "contact", contact, "a.txt", b"hello")
            case "lead":
                store.run(leads.convert, store.run(records.add, "lead", {"name": f"Lead {number}"}))
            case "deal":
                store.run(records.add, "deal", {"name": f"Other deal {number}", "contact": contact})
            case _:
                store.run(records.add, child, {"subject": f"{child} {number}", "contact": contact})
    return contact


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(people=st.lists(CUSTOMER, min_size=2, max_size=4), chosen=st.sets(st.sampled_from(["role", "given_name"])))
def test_a_merge_undone_leaves_the_store_as_it_was(
    people: list[dict[str, Any]], chosen: set[str], template: tuple[Path, Key], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = shutil.copy(template[0], tmp_path_factory.mktemp("merge") / "merge.crmdesk")
    with open_store(path, key=template[1], anywhere=True) as store:
        ids = [add_contact(store, number, said) for number, said in enumerate(people)]
        before = world(store)
        store.run(merging.merge, "contact", ids[0], ids[1:], dict.fromkeys(chosen, ids[-1]))
        merged = world(store)
        assert rows(store, "SELECT count(*) FROM contact WHERE deleted_at IS NULL AND name LIKE 'Bob%'") == [(1,)]
        store.undo()
        assert world(store) == before
        store.redo()
        assert {name: len(found) for name, found in world(store).items()} == {name: len(found) for name, found in merged.items()}
        store.undo()
        assert world(store) == before
        assert verify(store, deep=True) == []
