"""The reports page: figures of a period, each with its rows, as chart, table and file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import openpyxl
import pytest

from crmdesk import clock
from crmdesk.fields import Money
from crmdesk.operations import deals, records
from crmdesk.ui.pages.reports import ReportsPage
from crmdesk.ui.pages.reports.periods import period
from crmdesk.ui.pages.rows import RowsPage
from tests.ui.desk import Desk, desk, eur

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store import Store

__all__ = ["desk"]


@pytest.fixture
def page(desk: Desk, store: Store) -> ReportsPage:
    for name, amount, outcome in (("Autumn range", 21300, "won"), ("Spring range", 9300, "lost"), ("Gift boxes", 7500, "")):
        made = store.run(records.add, "deal", {"name": name, "amount": Money(Decimal(amount), "EUR"), "expected_close_on": clock.today(store.settings.tz)})
        if outcome:
            store.run(deals.set_outcome, made, outcome, "Price" if outcome == "lost" else None)
    opened = desk.open("reports", "pipeline_by_stage")
    assert isinstance(opened, ReportsPage)
    return opened


def cells(page: ReportsPage) -> list[list[str]]:
    shown = page.figures.cells
    return [[shown.text(row, col) for col in range(shown.columnCount())] for row in range(shown.rowCount())]


def test_a_report_shows_its_figures_with_totals_and_a_chart(page: ReportsPage) -> None:
    assert page.title.text() == "Pipeline by stage"
    assert cells(page)[0] == ["Qualify", "10.00%", "1", eur(7500), eur(750)]
    assert cells(page)[-1] == ["Open deals", "", "1", eur(7500), eur(750)]
    assert page.step_card.isVisible()
    assert page.steps.table()[0] == ("Qualify", eur(7500, whole=True))


def test_every_figure_opens_its_rows(desk: Desk, page: ReportsPage) -> None:
    page.figures.clicked.emit(page.figures.cells.index(0, 2))
    desk.settle()
    rows = desk.window.page()
    assert isinstance(rows, RowsPage)
    shown = rows.shown_list()
    assert shown is not None
    assert [shown.list.table.records.text(row, 1) for row in range(shown.list.table.records.rowCount())] == ["Gift boxes"]


def test_another_report_and_another_owner_change_the_figures(desk: Desk, page: ReportsPage, store: Store) -> None:
    jonas = store.run(records.add, "member", {"name": "Jonas Stein"})
    page._switch("lost_by_reason")
    desk.settle()
    assert cells(page)[0] == ["Price", "1", eur(9300), "100.00%"]
    page.set_owner(jonas)
    desk.settle()
    assert page.owner_button.text() == "Owner: Jonas Stein"
    assert cells(page) == [["All", "0", eur(0), ""]]


@pytest.mark.parametrize(("name", "first", "last"), [
    ("month", date(2026, 11, 1), date(2026, 11, 30)), ("last_month", date(2026, 10, 1), date(2026, 10, 31)), ("quarter", date(2026, 10, 1), date(2026, 12, 31)),
    ("last_quarter", date(2026, 7, 1), date(2026, 9, 30)), ("twelve", date(2025, 12, 1), date(2026, 11, 30)), ("last_year", date(2025, 1, 1), date(2025, 12, 31)),
    ("all", None, None),
])  # fmt: skip
def test_periods_have_the_days_that_their_names_say(name: str, first: date | None, last: date | None) -> None:
    assert period(name, date(2026, 11, 21)) == (first, last)


def test_a_report_is_saved_as_excel_and_pdf(desk: Desk, page: ReportsPage, tmp_path: Path) -> None:
    page.export_as(tmp_path / "pipeline.xlsx")
    page.export_as(tmp_path / "pipeline.pdf")
    desk.settle()
    sheet = openpyxl.load_workbook(tmp_path / "pipeline.xlsx").active
    assert any(cell.value == "Qualify" for line in sheet.iter_rows() for cell in line)
    assert (tmp_path / "pipeline.pdf").read_bytes().startswith(b"%PDF")
    assert desk.said() == ["Saved as pipeline.xlsx", "Saved as pipeline.pdf"]
