"""Leads: the pool, claiming and giving back, converting."""

from __future__ import annotations

from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from crmdesk.operations import activities
from crmdesk.operations import records as deeds
from crmdesk.queries import records
from crmdesk.ui.dialogs.convert_lead import ConvertDialog
from crmdesk.ui.pages.leads import LeadsPage
from tests.ui.desk import Desk, desk

__all__ = ["desk"]
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def leads(desk: Desk) -> LeadsPage:
    for given, family, company in (("Elizabeth", "Lincoln", "Bottom-Dollar Markets"), ("Roland", "Mendel", "Ernst Handel"), ("", "", "Cactus Comidas")):
        desk.store.run(deeds.add, "lead", {"given_name": given, "family_name": family, "company_name": company})
    page = desk.open("leads")
    assert isinstance(page, LeadsPage)
    return page


def names(page: LeadsPage) -> set[str]:
    QApplication.processEvents()
    page.window().grab()
    table = page.list.table
    return {table.records.text(row, 1) for row in range(table.records.rowCount())}


def one(desk: Desk, name: str) -> bytes:
    with desk.store.read() as reader:
        return records.find_one(reader, "lead", name).bytes


def test_a_claimed_lead_leaves_the_pool_and_is_mine_until_it_is_given_back(desk: Desk, leads: LeadsPage) -> None:
    leads.claim([one(desk, "Elizabeth Lincoln"), one(desk, "Cactus Comidas")])
    desk.settle()
    assert names(leads) == {"Roland Mendel"}
    leads.show_segment("mine")
    desk.settle()
    assert names(leads) == {"Elizabeth Lincoln", "Cactus Comidas"}
    leads.give_back([one(desk, "Elizabeth Lincoln")])
    desk.settle()
    assert names(leads) == {"Cactus Comidas"}
    assert desk.store.can_undo() == "Return leads to pool: Elizabeth Lincoln"


def test_converting_links_the_company_that_is_there_and_makes_what_is_not(desk: Desk, leads: LeadsPage) -> None:
    dialog = ConvertDialog(desk.window, leads, UUID(bytes=one(desk, "Roland Mendel")))
    dialog.open()
    desk.settle()
    assert dialog.company_note.text() == "Links the company that is there already."
    dialog.with_deal.setChecked(False)
    dialog._go()
    desk.settle()
    with desk.store.read() as reader:
        assert records.count(reader, "company") == 3
        assert records.count(reader, "deal") == 0
        row = records.rows(reader, "lead", [one(desk, "Roland Mendel")], ("status", "company"))[0]
    assert row.values["status"] == "converted"
    assert row.values["company"].title == "Ernst Handel"
    assert desk.said() == ["Lead converted"]


def test_converting_makes_company_contact_and_deal(desk: Desk, leads: LeadsPage) -> None:
    dialog = ConvertDialog(desk.window, leads, UUID(bytes=one(desk, "Elizabeth Lincoln")))
    dialog.open()
    desk.settle()
    dialog.deal_name.setText("First order")
    dialog._go()
    desk.settle()
    with desk.store.read() as reader:
        row = records.rows(reader, "deal", records.ids(reader, "deal"), ("name", "company", "contact", "stage"))[0]
    assert (row.values["name"], row.values["company"].title, row.values["contact"].title) == ("First order", "Bottom-Dollar Markets", "Elizabeth Lincoln")


def test_a_lead_that_is_opened_from_the_search_is_shown_beside_the_list(desk: Desk, leads: LeadsPage) -> None:
    desk.window.open_record("lead", UUID(bytes=one(desk, "Cactus Comidas")))
    desk.settle()
    assert leads._splitter.is_shown()
    assert leads._panel.heading.text() == "Cactus Comidas"


def test_what_happened_with_a_lead_stands_in_its_panel_and_is_written_there(desk: Desk, leads: LeadsPage) -> None:
    lead = UUID(bytes=one(desk, "Elizabeth Lincoln"))
    leads.show_record(lead)
    desk.settle()
    told = leads.told
    assert told is not None
    told.show_tab("timeline")
    desk.settle()
    line = told.happened.composer.line
    QTest.keyClicks(line, "Met at the fair")
    QTest.keyClick(line, Qt.Key.Key_Return)
    desk.store.run(activities.log, "call", "Asked for prices", lead_id=lead)
    desk.settle()
    assert {entry.title for entry in told.happened.timeline.entries()} == {"Met at the fair", "Asked for prices"}
    desk.store.run(deeds.edit, "lead", [lead], {"origin": "Fair"})
    desk.settle()
    assert told.happened.timeline.entries()[0].title == "Lead source changed"
