"""What only joins two records: tags on records, people on deals."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.operations import deals, merging, records

if TYPE_CHECKING:
    from crmdesk.store import Store


def tagged(store: Store) -> list[tuple[UUID, UUID | None, bool]]:
    """Every tag on a company that ever was: its id, the company, whether it is there."""
    with store.read() as reader:
        found = reader.rows("SELECT id, company_id, deleted_at IS NULL FROM record_tag")
    return [(UUID(bytes=record), UUID(bytes=company) if company else None, bool(there)) for record, company, there in found]


def test_a_tag_that_is_taken_off_and_put_on_again_is_the_same_row(store: Store) -> None:
    company = store.run(records.add, "company", {"name": "Ernst Handel", "tags": "vip"})
    ((first, _, _),) = tagged(store)
    store.run(records.edit, "company", [company], {"tags": ""})
    assert tagged(store) == [(first, company, False)]
    store.run(records.edit, "company", [company], {"tags": "vip"})
    assert tagged(store) == [(first, company, True)]
    store.undo()
    assert tagged(store) == [(first, company, False)]
    store.redo()
    assert tagged(store) == [(first, company, True)]


def test_two_computers_that_tag_one_record_at_once_make_one_row(store: Store) -> None:
    company = store.run(records.add, "company", {"name": "Ernst Handel"})
    made = set()
    for _ in range(2):  # what the second computer does before it hears of the first
        store.run(records.edit, "company", [company], {"tags": "vip"})
        made |= {record for record, _, _ in tagged(store)}
        store.undo()
    assert len(made) == 1


def test_a_tag_that_a_merge_took_along_stays_where_it_is(store: Store) -> None:
    kept = store.run(records.add, "company", {"name": "Ernst Handel"})
    gone = store.run(records.add, "company", {"name": "Ernst Handel GmbH", "tags": "vip"})
    store.run(merging.merge, "company", kept, [gone])
    store.run(records.restore, "company", gone)
    store.run(records.edit, "company", [gone], {"tags": "vip"})
    assert {(company, there) for _, company, there in tagged(store)} == {(kept, True), (gone, True)}


def test_a_person_who_is_taken_off_a_deal_and_put_on_again_has_the_new_role(store: Store) -> None:
    contact = store.run(records.add, "contact", {"family_name": "Mendel"})
    deal = store.run(records.add, "deal", {"name": "Boxes"})
    first = store.run(deals.add_person, deal, contact, "pays")
    store.run(records.delete, "deal_contact", [first])
    assert store.run(deals.add_person, deal, contact, "decides") == first
    with store.read() as reader:
        assert reader.rows("SELECT role, deleted_at FROM deal_contact") == [("decides", None)]
