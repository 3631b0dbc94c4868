"""Writing prepared rows: one operation, allowed or refused as a whole, undone as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmdesk.clock import new_id_bytes
from crmdesk.errors import NotAllowed, UserError
from crmdesk.operations.imports import Batch, write

if TYPE_CHECKING:
    from crmdesk.store import Store

COMPANY = ("id", "name", "sort_key")
CONTACT = ("id", "family_name", "name", "sort_key", "company_id")


def count(store: Store, entity: str) -> int:
    with store.read() as reader:
        return int(reader.value(f'SELECT count(*) FROM "{entity}" WHERE deleted_at IS NULL'))


def test_links_may_point_to_rows_of_later_batches(store: Store) -> None:
    acme, anna = new_id_bytes(), new_id_bytes()
    tx = store.run(
        write, [Batch((("contact", CONTACT, [anna, "Berg", "Berg", "berg", acme]),)), Batch((("company", COMPANY, [acme, "Acme", "acme"]),))], "people.csv"
    )
    assert (count(store, "contact"), count(store, "company")) == (1, 1)
    assert store.last_changes is not None
    assert store.last_changes.tx == tx
    assert store.can_undo() == "Import: people.csv"
    store.undo()
    assert (count(store, "contact"), count(store, "company")) == (0, 0)


def test_a_link_to_nothing_refuses_the_whole(store: Store) -> None:
    batch = Batch((("company", COMPANY, [new_id_bytes(), "Acme", "acme"]), ("contact", CONTACT, [new_id_bytes(), "Berg", "Berg", "berg", new_id_bytes()])))
    with pytest.raises(UserError, match="does not exist"):
        store.run(write, [batch], "people.csv")
    assert (count(store, "contact"), count(store, "company")) == (0, 0)


def test_a_missing_required_value_refuses_the_whole(store: Store) -> None:
    with pytest.raises(UserError, match="required"):
        store.run(write, [Batch((("company", COMPANY, [new_id_bytes(), None, ""]),))], "people.csv")
    assert count(store, "company") == 0


def test_each_entity_needs_its_own_right(store: Store) -> None:
    store.act_as("sales")
    with pytest.raises(NotAllowed):
        store.run(write, [Batch((("member", ("id", "name", "sort_key"), [new_id_bytes(), "Tom", "tom"]),))], "team.csv")
    store.run(write, [Batch((("company", COMPANY, [new_id_bytes(), "Acme", "acme"]),))], "people.csv")
    assert count(store, "company") == 1


def test_numbers_from_elsewhere_are_never_given_again(store: Store) -> None:
    columns = ("id", "number", "subject", "status", "priority", "opened_at")
    rows = [new_id_bytes(), "T-0001", "Broken", "open", "normal", 0, new_id_bytes(), None, "Bent", "open", "normal", 0]
    store.run(write, [Batch((("ticket", columns, rows),))], "tickets.csv")
    with store.read() as reader:
        assert reader.rows("SELECT number FROM ticket ORDER BY number") == [("T-0001",), ("T-0002",)]
