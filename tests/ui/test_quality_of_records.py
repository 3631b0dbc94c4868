"""How good the data of a record is: on the pages of companies and contacts, beside lists, beside the board."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmdesk.operations import records as deeds
from crmdesk.operations import workspace
from crmdesk.queries import records
from crmdesk.ui.list_page import RecordListPage
from crmdesk.ui.pages.company import CompanyPage
from crmdesk.ui.pages.pipeline.page import PipelinePage
from crmdesk.ui.quality import NO_BREAK, RecordQuality
from tests.ui.desk import Desk, desk

if TYPE_CHECKING:
    from uuid import UUID

__all__ = ["desk"]
pytestmark = pytest.mark.usefixtures("app")


def told(shown: RecordQuality) -> tuple[str, str, str]:
    assert shown.isVisible()
    return shown.percent.text(), shown.dimensions.text().replace(NO_BREAK, " "), shown.problems.text()


def test_the_page_of_a_company_says_the_figure_of_each_dimension_and_what_is_wrong(desk: Desk) -> None:
    with desk.store.read() as reader:
        company = records.find_one(reader, "company", "Alfreds Futterkiste")
    desk.window.open_record("company", company)
    desk.settle()
    page = desk.window.page()
    assert isinstance(page, CompanyPage)
    percent, dimensions, problems = told(page.quality)
    assert dimensions == "Complete 50% · Valid 100% · Unique 100% · Up to date 100%"
    assert percent == "Data quality 87%"
    assert problems.splitlines() == ["Neither phone number nor mail address", "No address", "No tax number"]
    desk.store.run(deeds.edit, "company", [company], {"phone": "030 123456", "city": "Berlin", "vat_id": "DE811569869"})
    desk.settle()
    assert told(page.quality)[:2] == ("Data quality 100%", "Complete 100% · Valid 100% · Unique 100% · Up to date 100%")
    assert page.quality.problems.isHidden()


def test_what_is_looked_at_beside_a_list_has_its_figure(desk: Desk) -> None:
    lead = desk.store.run(deeds.add, "lead", {"given_name": "Roland", "family_name": "Mendel"})
    page = desk.open("leads")
    assert isinstance(page, RecordListPage)
    desk.window.open_record("lead", lead)
    desk.settle()
    shown = page.findChild(RecordQuality)
    assert shown is not None
    assert told(shown)[1:] == ("Complete 0% · Valid 100% · Unique 100% · Up to date 100%", "Neither phone number nor mail address")


def test_a_deal_beside_the_board_has_its_figure_in_the_tone_of_the_threshold(desk: Desk) -> None:
    deal: UUID = desk.store.run(deeds.add, "deal", {"name": "Gift boxes"})
    desk.store.run(workspace.change_settings, {"quality_threshold": 90})
    desk.window.open_record("deal", deal)
    desk.settle()
    page = desk.window.page()
    assert isinstance(page, PipelinePage)
    percent, dimensions, problems = told(page.panel.quality)
    assert (percent, dimensions) == ("Data quality 50%", "Complete 0% · Up to date 100%")
    assert problems.splitlines() == ["No amount", "No company and no contact", "Open without an expected close"]
    assert page.panel.quality.bar._tone == "warning"
