"""A contact without an address is where its company is, as far as lists are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.operations import records
from crmdesk.queries import records as asked
from crmdesk.queries.about import listed

if TYPE_CHECKING:
    from crmdesk.store import Store


def test_a_contact_without_an_address_shows_its_companys_city(store: Store) -> None:
    firm = store.run(records.add, "company", {"name": "Alfreds", "city": "Berlin", "country": "DE"})
    people = [store.run(records.add, "contact", {"name": name, "company": str(firm), **more}) for name, more in (("Anna", {}), ("Bo", {"city": "Wien"}))]
    people.append(store.run(records.add, "contact", {"name": "Cy"}))
    with store.read() as reader:
        found = [row.values["address.city"] for row in asked.rows(reader, "contact", people, ["address.city"], borrowed=True)]
        assert found == ["Berlin", "Wien", None]
        assert [isinstance(city, asked.OfCompany) for city in found] == [True, False, False]
        assert [row.values["address.country"] for row in asked.rows(reader, "contact", people, ["address.country"], borrowed=True)] == ["DE", None, None]
        assert [row.values["address.city"] for row in asked.rows(reader, "contact", people, ["address.city"])] == [None, "Wien", None]
        assert listed(reader, "contact", ["address.city = Berlin"], None, [], 50, [])["total"] == 0
