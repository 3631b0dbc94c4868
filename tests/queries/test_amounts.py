"""Filters on amounts: a number means so much of whatever currency a row is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmdesk.errors import UserError
from crmdesk.operations import quotes, records
from crmdesk.queries import records as asked
from crmdesk.queries.finding import parse_condition

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.store import Store

AMOUNTS = ("999 EUR", "1000 EUR", "1000.01 EUR", "999 JPY", "1000 JPY", "1001 JPY", "999.999 KWD", "1000 KWD", "1000.001 KWD", "1000.0001 CLF", "12.35 EUR")


@pytest.fixture
def deals(store: Store) -> Store:
    return filled(store)


def filled(store: Store) -> Store:
    for amount in AMOUNTS:
        store.run(records.add, "deal", {"name": amount, "amount": amount})
    store.run(records.add, "deal", {"name": "none"})
    return store


def named(store: Store, condition: str) -> set[str]:
    with store.read() as reader:
        found = asked.ids(reader, "deal", [parse_condition(condition)])
        return {row.values["name"] for row in asked.rows(reader, "deal", found, ["name"])}


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("amount > 1000", {"1000.01 EUR", "1001 JPY", "1000.001 KWD", "1000.0001 CLF"}),
        ("amount >= 1000", {"1000.01 EUR", "1001 JPY", "1000.001 KWD", "1000.0001 CLF", "1000 EUR", "1000 JPY", "1000 KWD"}),
        ("amount = 1000", {"1000 EUR", "1000 JPY", "1000 KWD"}),
        ("amount in 1000, 999", {"1000 EUR", "1000 JPY", "1000 KWD", "999 EUR", "999 JPY"}),
        ("amount < 1000", {"999 EUR", "999 JPY", "999.999 KWD", "12.35 EUR"}),
        ("amount > 1000 EUR", {"1000.01 EUR"}),
        ("amount = 1000 JPY", {"1000 JPY"}),
        ("amount in 1000 JPY, 999 EUR", {"1000 JPY", "999 EUR"}),
        ("amount > 1000.5", {"1001 JPY"}),
        ("amount >= 12.345", {*AMOUNTS}),
        ("amount = 12.345", set()),
        ("amount > 0", {*AMOUNTS}),
        ("amount empty", {"none"}),
        (f"amount < {'9' * 30}", {*AMOUNTS}),
    ],
)
def test_a_number_means_so_much_of_the_currency_of_each_row(deals: Store, condition: str, found: set[str]) -> None:
    assert named(deals, condition) == found


def test_a_store_in_another_currency_compares_the_same(store: Store) -> None:
    store.run(records.change_settings, {"currency": "JPY"})
    deals = filled(store)
    deals.run(records.edit, "deal", [_of(deals, "1000 JPY")], {"currency": ""})
    assert named(deals, "amount > 1000") == {"1000.01 EUR", "1001 JPY", "1000.001 KWD", "1000.0001 CLF"}
    assert named(deals, "amount = 1000") == {"1000 EUR", "1000 JPY", "1000 KWD"}


def _of(store: Store, name: str) -> UUID:
    with store.read() as reader:
        return asked.find_one(reader, "deal", name)


def test_amounts_of_lines_are_in_the_currency_of_their_quote(store: Store) -> None:
    for currency in ("EUR", "JPY"):
        line = {"description": currency, "quantity": "1", "unit_price": "500", "tax_category": "S", "tax_rate": "10"}
        store.run(quotes.add_document, {"currency": currency, "lines": [line]})
    with store.read() as reader:
        for condition, count in (("net > 499", 2), ("net > 500", 0), ("net = 500", 2), ("net = 500 JPY", 1)):
            assert asked.count(reader, "quote_line", [parse_condition(condition)]) == count
        assert asked.count(reader, "quote", [parse_condition("lines.net > 499")]) == 2


def test_an_unknown_currency_in_a_condition_is_refused(deals: Store) -> None:
    with pytest.raises(UserError, match="no currency"):
        named(deals, "amount > 1000 XQZ")
