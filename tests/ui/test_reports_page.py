"""The reports page: figures of a period, each with its rows, as chart, table and file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from crmdesk import clock
from crmdesk.fields import Money
from crmdesk.operations import deals, records
from crmdesk.queries.report_tables import Column, Figure, ReportTable
from crmdesk.ui import theme
from crmdesk.ui.pages.reports import ReportsPage
from crmdesk.ui.pages.reports.figures import PADDING, FigureTable
from crmdesk.ui.pages.reports.periods import period
from crmdesk.ui.pages.rows import RowsPage
from crmdesk.ui.widgets import paint
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


@pytest.mark.parametrize("width", [420, 508, 900])
def test_texts_of_a_report_go_on_in_further_lines_instead_of_being_cut(desk: Desk, page: ReportsPage, width: int) -> None:
    page.names.setCurrentRow(page.names.count() - 1)
    desk.settle()
    figures = page.figures
    assert figures.cells.table is not None
    assert figures.cells.table.name == "data_quality"
    figures.setFixedWidth(width)
    desk.settle()
    for line in range(figures.cells.rowCount()):
        for column in (number for number, of in enumerate(figures.cells.table.columns) if of.kind == "text"):
            font, room = theme.relative(500 if column == 0 else 400), figures.columnWidth(column) - 2 * PADDING
            parts = paint.broken(figures.cells.text(line, column), font, room, 100)
            assert max(paint.text_width(part, font) for part in parts) <= room
            assert len(parts) * QFontMetrics(font).lineSpacing() <= figures.rowHeight(line)


def long_report(rows: int) -> ReportTable:
    """Return a report whose every row has texts of its own that take several lines."""
    columns = (Column("name", "Customer"), Column("what", "What"), Column("count", "Count", "integer"))
    lines = [
        (f"Customer number {at} of the northern cold-chain branches", f"Boxes {at} for the autumn campaign of the southern branches", at) for at in range(rows)
    ]
    return ReportTable("x", "X", columns, tuple(tuple(map(Figure, line)) for line in lines), (Figure("All"), Figure(None), Figure(rows)))


def cut_rows(figures: FigureTable) -> list[int]:
    """Return the rows in view that are lower than their texts."""
    first, last = figures.rowAt(0), figures.rowAt(figures.viewport().height() - 1)
    high, cut = QFontMetrics(theme.relative(500)).lineSpacing(), []
    for line in range(first, (last if last >= 0 else figures.cells.rowCount() - 1) + 1):
        for column in (0, 1):
            parts = paint.broken(figures.cells.text(line, column), theme.relative(500 - 100 * column), figures.columnWidth(column) - 2 * PADDING, 6)
            if figures.rowHeight(line) < theme.ROW + (len(parts) - 1) * high:
                cut.append(line)
    return cut


def test_of_a_long_report_only_the_rows_in_view_are_measured_when_it_is_resized(desk: Desk, page: ReportsPage, monkeypatch: pytest.MonkeyPatch) -> None:
    figures = page.figures
    figures.show_table(long_report(2000))
    desk.settle()
    measured: list[str] = []
    width, parts = paint.text_width, paint.broken
    monkeypatch.setattr(paint, "text_width", lambda text, font: measured.append(text) or width(text, font))
    monkeypatch.setattr(paint, "broken", lambda *given: measured.append(given[0]) or parts(*given))
    figures.setUpdatesEnabled(False)  # what is drawn is measured too
    figures.setFixedWidth(480)
    QApplication.processEvents()
    assert 0 < len(measured) < 4000
    measured.clear()
    figures.setFixedHeight(figures.height() - 20)
    QApplication.processEvents()
    figures.setFixedWidth(480)
    QApplication.processEvents()
    assert measured == []
    figures.setUpdatesEnabled(True)
    assert cut_rows(figures) == []


def test_the_rows_of_a_long_report_get_their_height_when_they_come_into_view(desk: Desk, page: ReportsPage) -> None:
    figures = page.figures
    figures.show_table(long_report(2000))
    figures.setFixedSize(480, 400)
    desk.settle()
    assert figures.rowHeight(0) > theme.ROW
    bar = figures.verticalScrollBar()
    for share in (0.3, 0.31, 1.0, 0.9, 0.6, 0.59, 0.0):
        bar.setValue(int(bar.maximum() * share))
        desk.settle()
        assert cut_rows(figures) == []
        assert share < 1 or figures.rowAt(figures.viewport().height() - 2) == 2000
    figures.setFocus()
    figures.setCurrentIndex(figures.cells.index(0, 0))
    for key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageDown, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageUp):
        QTest.keyClick(figures, key)
        desk.settle()
        assert cut_rows(figures) == []
        assert figures.viewport().rect().contains(figures.visualRect(figures.currentIndex()))
    QTest.keyClick(figures, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert figures.currentIndex().row() == 2000
    assert figures.viewport().rect().contains(figures.visualRect(figures.currentIndex()))
    assert cut_rows(figures) == []


def test_the_rows_of_the_next_report_are_not_as_high_as_those_before(desk: Desk, page: ReportsPage) -> None:
    page.figures.show_table(long_report(30))
    page.figures.setFixedWidth(480)
    desk.settle()
    assert page.figures.rowHeight(0) > theme.ROW
    columns = (Column("name", "Customer"), Column("count", "Count", "integer"))
    page.figures.show_table(ReportTable("y", "Y", columns, tuple((Figure("A"), Figure(1)) for _ in range(31))))
    desk.settle()
    assert {page.figures.rowHeight(line) for line in range(31)} == {theme.ROW}
