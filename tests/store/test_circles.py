"""Nothing stands above itself: parent companies, superiors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmdesk.errors import UserError
from crmdesk.operations import records

if TYPE_CHECKING:
    from crmdesk.store import Store


def test_a_company_is_not_its_own_parent(store: Store) -> None:
    company = store.run(records.add, "company", {"name": "Nordwind"})
    with pytest.raises(UserError, match="“Nordwind” would stand above itself") as caught:
        store.run(records.edit, "company", [company], {"parent": str(company)})
    assert caught.value.field == "parent"


def test_a_company_does_not_go_below_its_own_daughter(store: Store) -> None:
    mother = store.run(records.add, "company", {"name": "Nordwind"})
    daughter = store.run(records.add, "company", {"name": "Südwind", "parent": str(mother)})
    granddaughter = store.run(records.add, "company", {"name": "Ostwind", "parent": str(daughter)})
    with pytest.raises(UserError, match="would stand above itself"):
        store.run(records.edit, "company", [mother], {"parent": str(granddaughter)})
    store.run(records.edit, "company", [daughter], {"parent": ""})
    store.run(records.edit, "company", [mother], {"parent": str(granddaughter)})
    assert store.can_undo


def test_two_people_do_not_report_to_each_other(store: Store) -> None:
    anna = store.run(records.add, "contact", {"given_name": "Anna", "family_name": "Berg"})
    ben = store.run(records.add, "contact", {"given_name": "Ben", "family_name": "Tal", "reports_to": str(anna)})
    with pytest.raises(UserError, match="would stand above itself") as caught:
        store.run(records.edit, "contact", [anna], {"reports_to": str(ben)})
    assert caught.value.field == "reports_to"


def test_an_undo_that_would_close_a_circle_is_refused(store: Store) -> None:
    mother = store.run(records.add, "company", {"name": "Nordwind"})
    daughter = store.run(records.add, "company", {"name": "Südwind", "parent": str(mother)})
    store.run(records.edit, "company", [daughter], {"parent": ""})
    with store.read() as reader:
        apart = reader.value("SELECT max(id) FROM journal_tx")
    store.run(records.edit, "company", [mother], {"parent": str(daughter)})
    with pytest.raises(UserError, match="would stand above itself"):
        store.undo(apart)
