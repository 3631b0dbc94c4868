"""The foot of a list says how many records it has and what they come to, as it is filtered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmdesk.operations import quotes, records
from crmdesk.queries import amounts
from crmdesk.queries import records as asked
from crmdesk.queries.finding import Condition
from crmdesk.queries.report_tables import Rows
from crmdesk.ui.list_page import RecordListPage
from crmdesk.ui.opening import open_rows
from crmdesk.ui.pages.leads import LeadsPage
from crmdesk.ui.pages.rows import RowsPage
from crmdesk.ui.widgets.basics import Text
from tests.ui.desk import Desk, desk

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.store import Store

__all__ = ["desk"]


def foot(page: RecordListPage) -> str:
    return page.list.foot.findChildren(Text)[0].text().replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def offer(store: Store, price: str, subject: str, currency: str = "EUR") -> UUID:
    line = {"description": "Goods", "unit_price": price, "tax_category": "S", "tax_rate": "0"}
    quote, _ = store.run(quotes.add_document, {"currency": currency, "lines": [line]})
    store.run(records.edit, "quote", [quote], {"subject": subject})
    return quote


@pytest.fixture
def three(store: Store) -> None:
    for name, values in (("Anna", {"amount": "1200"}), ("Bert", {"amount": "300 EUR"}), ("Carl", {"amount": "500", "currency": "USD"}), ("Dora", {})):
        store.run(records.add, "lead", {"family_name": name, **values})


def test_leads_are_added_up_and_what_is_in_another_currency_stands_apart(desk: Desk, three: None) -> None:
    page = desk.open("leads")
    assert isinstance(page, LeadsPage)
    page.show_segment("all")
    desk.settle()
    assert foot(page) == "4 leads · Expected value €1,500 + US$500"
    page.list.search.setText("anna")
    page.list.reload()
    desk.settle()
    assert foot(page) == "1 lead · Expected value €1,200"
    page.list.search.clear()
    page.list.filters.set_conditions([Condition("amount", "<", "1000")])
    page.list.reload()
    desk.settle()
    assert foot(page).startswith("2 leads · Expected value €300")
    page.show_segment("mine")
    desk.settle()
    assert foot(page).startswith("0 leads")


def test_quotes_are_added_up_in_the_stores_currency_and_follow_the_filter(desk: Desk, store: Store) -> None:
    store.run(records.add, "exchange_rate", {"code": "USD", "on": "2020-01-02", "rate": "0.9"})
    offer(store, "1000.00", subject="Boxes")
    offer(store, "250.00", subject="Sensors")
    offer(store, "100.00", subject="Boxes abroad", currency="USD")
    offer(store, "40.00", subject="Boxes far away", currency="CHF")
    page = desk.open("quotes")
    assert isinstance(page, RecordListPage)
    assert foot(page) == "4 quotes · Total €1,340 + CHF 40"
    page.list.search.setText("boxes")
    page.list.reload()
    desk.settle()
    assert foot(page) == "3 quotes · Total €1,090 + CHF 40"
    page.list.search.clear()
    page.list.filters.set_conditions([Condition("payable", "<", "300")])
    page.list.reload()
    desk.settle()
    assert foot(page).endswith("+ CHF 40")


def test_the_rows_behind_a_figure_are_added_up_too(desk: Desk, store: Store) -> None:
    offer(store, "1000.00", subject="Boxes")
    offer(store, "250.00", subject="Sensors")
    open_rows(desk.window, Rows("quote", ("status = draft",)), "Drafts")
    desk.settle()
    page = desk.window.page()
    assert isinstance(page, RowsPage)
    shown = page.shown_list()
    assert shown is not None
    assert foot(shown) == "2 quotes · Total €1,250"


def test_nobody_adds_up_what_they_may_not_see(store: Store, three: None) -> None:
    with store.read() as reader:
        assert amounts.totals(reader, "lead")[0] == 4
    store.act_as("own_ones")
    with store.read() as reader:
        assert amounts.totals(reader, "lead")[0] == len(asked.ids(reader, "lead"))
