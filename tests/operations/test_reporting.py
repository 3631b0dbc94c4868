"""Stories of reports as files: typed, complete, traced."""

from __future__ import annotations

import csv
from datetime import date
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from crmdesk.errors import NotAllowed, UserError
from crmdesk.operations import records, reporting
from crmdesk.queries import reports

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store import Store


@pytest.fixture
def sold(store: Store) -> Store:
    """A store with a won deal in each of two currencies and a source that looks like a formula."""
    for name, values in {
        "A": {"amount": "1234.50", "origin": "=1+1"},
        "B": {"amount": "7000 JPY", "origin": "Fair"},
    }.items():
        store.run(records.add, "deal", {"name": name, "stage": "Won", "closed_on": "2026-03-01", **values})
    return store


def save(store: Store, name: str, file: Path, start: date | None = None, *, overwrite: bool = False) -> None:
    with store.read() as reader:
        table = reports.run(reader, name, start)
    reporting.save(store, table, file, overwrite=overwrite)


def test_a_workbook_has_numbers_not_texts_and_no_formulas(sold: Store, tmp_path: Path) -> None:
    file = tmp_path / "by source.xlsx"
    save(sold, "won_lost_by_source", file, date(2026, 1, 1))
    sheet = load_workbook(file).active
    assert sheet is not None
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[0][0] == "Won and lost by source"
    assert cells[1][0] == "Since 1 Jan 2026"
    assert cells[3] == ["Deal source", "Won", "Won amount", "Lost", "Lost amount", "Win rate"]
    assert cells[4] == ["=1+1", 1, 1234.5, 0, 0, 1]
    assert (sheet["A5"].data_type, sheet["C5"].number_format, sheet["F5"].number_format) == ("s", "#,##0.00 [$EUR]", "0.00%")
    foreign = next(row for row in sheet.iter_rows(min_row=5) if row[0].value == "Fair, without a rate")
    assert (foreign[2].value, foreign[2].number_format) == (7000, "#,##0 [$JPY]")


def test_csv_names_the_currency_and_defuses_formulas(sold: Store, tmp_path: Path) -> None:
    file = tmp_path / "by source.csv"
    save(sold, "won_lost_by_source", file)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.reader(lines))
    assert rows[1] == ["'=1+1", "1", "1234.50", "0", "0.00", "100.00", "EUR"]
    assert ["Fair, without a rate", "", "7000", "", "", "", "JPY"] in rows


@pytest.mark.parametrize("name", list(reports.REPORTS))
def test_every_report_becomes_a_pdf_a_workbook_and_a_csv(sold: Store, tmp_path: Path, name: str) -> None:
    for ending, start in ((".pdf", b"%PDF"), (".xlsx", b"PK"), (".csv", b"\xef\xbb\xbf")):
        file = tmp_path / f"report{ending}"
        save(sold, name, file)
        assert file.read_bytes().startswith(start)


def test_an_export_leaves_a_trace_that_is_not_undone(sold: Store, tmp_path: Path) -> None:
    before = sold.can_undo()
    save(sold, "win_rate", tmp_path / "rate.csv")
    assert sold.last_changes
    assert sold.last_changes.label == "Export report"
    assert sold.can_undo() == before
    with sold.read() as reader:
        table = reports.run(reader, "win_rate")
    sold.run(reporting.note_print, table)
    with sold.read() as reader:
        assert reader.rows("SELECT label, about FROM journal_tx ORDER BY id DESC LIMIT 2") == [("Print report", "Win rate"), ("Export report", "Win rate")]


def test_an_existing_file_another_ending_and_a_role_without_the_right_are_refused(sold: Store, tmp_path: Path) -> None:
    file = tmp_path / "rate.csv"
    file.write_text("mine")
    for name, error in ((file, "exists already"), (tmp_path / "rate.doc", "can't be written as"), (tmp_path / "none" / "rate.csv", "can't be written")):
        with pytest.raises(UserError, match=error):
            save(sold, "win_rate", name)
    assert file.read_text() == "mine"
    save(sold, "win_rate", file, overwrite=True)
    assert file.read_text(encoding="utf-8-sig").startswith("Pipeline")
    sold.act_as("own_ones")
    with pytest.raises(NotAllowed):
        save(sold, "win_rate", tmp_path / "other.csv")


@pytest.mark.parametrize(
    ("settings", "paper"),
    [({"region": "US"}, "Letter"), ({"region": "DE"}, "A4"), ({"region": "DE", "company_address": "1 Main St\nSan Jose, CA 95110\nUSA"}, "Letter"), ({"region": "MX"}, "Letter"),
     ({"region": "US", "company_address": "Ring 1\n10115 Berlin\nGermany"}, "A4"), ({"region": "CA", "company_address": "Somewhere 5"}, "Letter")],
)  # fmt: skip
def test_everything_is_printed_on_the_paper_of_the_own_company(sold: Store, settings: dict[str, str], paper: str) -> None:
    sold.run(records.change_settings, {key: value.replace("\n", "\n") for key, value in settings.items()})
    with sold.read() as reader:
        table = reports.run(reader, "won_lost_by_source")
    assert sold.settings.paper == table.paper == paper
    assert (b"612 792" in reporting.as_pdf(table)) == (paper == "Letter")
