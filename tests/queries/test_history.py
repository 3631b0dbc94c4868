"""The history of a record: its own values and the parts that it owns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.models.deal import DealContact, DealProduct
from crmdesk.operations import merging, quotes, records
from crmdesk.queries.history import Entry, history
from tests.made import make

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.store import Store


@pytest.fixture
def anna(store: Store) -> UUID:
    return store.run(records.add, "contact", {"name": "Anna Berg", "phone": "030 1234567"})


def told(store: Store, entity: str, record: UUID) -> list[tuple[str, ...]]:
    return [entry.said for entry in entries(store, entity, record)]


def entries(store: Store, entity: str, record: UUID) -> list[Entry]:
    with store.read() as reader:
        return history(reader, entity, record)


def test_phones_and_mails_that_come_change_and_go_are_changes_of_the_record(store: Store, anna: UUID) -> None:
    store.run(records.edit, "contact", [anna], {"phone.work": "+49 30 7654321"})
    store.run(records.edit, "contact", [anna], {"phone.work": "+49 30 111111"})
    store.run(records.edit, "contact", [anna], {"phone.work": ""})
    store.run(records.edit, "contact", [anna], {"email": "anna@berg.example", "role": "Buyer"})
    assert told(store, "contact", anna) == [
        ("Job title: – → Buyer", "Email added: anna@berg.example"),
        ("Phone removed: +49 30 111111 (work)",),
        ("Phone: +49 30 7654321 (work) → +49 30 111111 (work)",),
        ("Phone added: +49 30 7654321 (work)",),
        (),
    ]
    newest = entries(store, "contact", anna)[0]
    assert (newest.member, newest.label, newest.operation) == ("Maria Becker", "Edit", "update")


def test_addresses_handles_tags_and_notes_are_told_too(store: Store, anna: UUID) -> None:
    store.run(records.edit, "contact", [anna], {"city": "Berlin"})
    store.run(records.edit, "contact", [anna], {"street": "Obere Str. 57"})
    store.run(records.edit, "contact", [anna], {"handle.WeChat": "anna_b"})
    store.run(records.edit, "contact", [anna], {"tags": "Fair, Key account"})
    store.run(records.edit, "contact", [anna], {"tags": "Fair", "note": "Likes tea"})
    assert told(store, "contact", anna)[:5] == [
        ("Tags removed: Key account", "Note added: Likes tea"),
        ("Tags added: Fair, Key account",),
        ("Chat handle added: anna_b (WeChat)",),
        ("Address: Berlin → Obere Str. 57, Berlin",),
        ("Address added: Berlin",),
    ]


def test_lines_of_a_quote_are_told_with_what_changed_of_them(store: Store) -> None:
    lines = [{"description": "Box", "quantity": "2", "unit_price": "10.00", "tax_category": "S", "tax_rate": "19"}]
    quote, _ = store.run(quotes.add_document, {"currency": "EUR", "lines": lines})
    line = store.run(records.add, "quote_line", {"quote": str(quote), "description": "Freight", "quantity": "1", "unit_price": "5"})
    store.run(records.edit, "quote_line", [line], {"quantity": "3"})
    store.run(records.delete, "quote_line", [line])
    assert [" ".join(said) for said in told(store, "quote", quote)[:3]] == [
        "Lines removed: Freight",
        "Lines: Freight (Quantity: 1) → Freight (Quantity: 3)",
        "Lines added: Freight",
    ]


def test_products_and_people_of_a_deal_are_told(store: Store, anna: UUID) -> None:
    deal = store.run(records.add, "deal", {"name": "Cold chain"})
    box = store.run(records.add, "product", {"name": "Box"})
    store.run(make, DealProduct, deal_id=deal, product_id=box)
    store.run(make, DealContact, deal_id=deal, contact_id=anna, role="pays")
    assert told(store, "deal", deal)[:2] == [("People added: Anna Berg",), ("Products added: Box",)]


def test_what_came_with_a_record_or_went_to_the_bin_with_it_is_not_told_again(store: Store, anna: UUID) -> None:
    store.run(records.delete, "contact", [anna])
    store.run(records.restore, "contact", anna)
    assert told(store, "contact", anna) == [("Taken out of the bin",), ("Deleted",), ()]


def test_what_a_merge_brings_is_told(store: Store, anna: UUID) -> None:
    other = store.run(records.add, "contact", {"name": "Anna Berg", "phone": "030 9999999"})
    store.run(merging.merge, "contact", anna, [other])
    assert ("Phone added: 030 9999999",) in told(store, "contact", anna)


def test_a_phone_that_was_added_and_taken_back_is_told_twice(store: Store, anna: UUID) -> None:
    store.run(records.edit, "contact", [anna], {"phone.home": "030 222222"})
    store.undo()
    assert told(store, "contact", anna)[:2] == [("Phone removed: 030 222222 (home)",), ("Phone added: 030 222222 (home)",)]


def test_what_was_taken_back_is_not_told_as_if_it_were_done_once_more(store: Store, anna: UUID) -> None:
    store.run(records.edit, "contact", [anna], {"role": "Buyer"})
    store.undo()
    store.redo()
    assert [entry.title for entry in entries(store, "contact", anna)] == ["Redone: Edit", "Undone: Edit", "Edit", "Add"]


def test_what_links_lead_to_is_asked_for_once_however_long_the_history(store: Store, anna: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    def questions() -> int:
        with store.read() as reader:
            asked, rows = 0, reader.rows

            def counted(*given: Any) -> Any:
                nonlocal asked
                asked += 1
                return rows(*given)

            monkeypatch.setattr(reader, "rows", counted)
            history(reader, "contact", anna)
            return asked

    firms = [store.run(records.add, "company", {"name": name}) for name in "AB"]
    store.run(records.edit, "contact", [anna], {"company": firms[0], "tags": "X"})
    before = questions()
    for turn in range(6):
        store.run(records.edit, "contact", [anna], {"company": firms[turn % 2], "tags": f"Tag {turn}", "phone.work": f"030 12345{turn}"})
    assert questions() == before
