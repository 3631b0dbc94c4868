"""What leaves the window as a whole: the accountant's workbook and all data."""

from __future__ import annotations

import json
import zipfile
from datetime import date, timedelta
from typing import TYPE_CHECKING

from python_calamine import CalamineWorkbook

from crmdesk import clock
from crmdesk.operations import quotes, records
from crmdesk.store.issued import closed_until
from crmdesk.ui.dialogs import open_store, taking_out
from crmdesk.ui.dialogs.taking_out import ReopenDialog, TakeEverythingDialog, WorkbookDialog, write_everything
from crmdesk.ui.pages.reports import ReportsPage
from tests.ui.desk import Desk, desk

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from crmdesk.store import Store

__all__ = ["desk"]


def test_the_reports_page_offers_the_workbook_of_its_period(desk: Desk, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = {"description": "Box", "quantity": "1", "unit_price": "100", "tax_category": "S", "tax_rate": "19"}
    store.run(quotes.issue, store.run(quotes.add_document, {"currency": "EUR", "date": "2026-03-01", "lines": [line]})[0])
    page = desk.open("reports")
    assert isinstance(page, ReportsPage)
    page.set_period("own", (date(2026, 1, 1), date(2026, 6, 30)))
    desk.settle()
    page._ask_workbook()
    (dialog,) = desk.window.findChildren(WorkbookDialog)
    monkeypatch.setattr(open_store, "choose_output", lambda *_: tmp_path / "w")
    dialog.save()
    desk.settle()
    book = CalamineWorkbook.from_path(str(tmp_path / "w.xlsx"))
    assert len(book.get_sheet_by_name("Quotes").to_python()) == 2
    with store.read() as reader:
        assert closed_until(reader) is None


def test_the_period_is_closed_with_it_if_that_is_wished_and_can_be_reopened(desk: Desk, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog = WorkbookDialog(desk.window)
    last = clock.today(store.settings.tz) - timedelta(days=1)
    dialog.write(tmp_path / "w.xlsx", None, last, closes=True)
    desk.settle()
    with store.read() as reader:
        assert closed_until(reader) == last
    again = WorkbookDialog(desk.window)
    again.write(tmp_path / "w.xlsx", None, last - timedelta(days=1), closes=True)
    desk.settle()
    with store.read() as reader:
        assert closed_until(reader) == last
    taking_out.ask_reopen(desk.window)
    desk.settle()
    (asked,) = desk.window.findChildren(ReopenDialog)
    asked.form.editors["reason"].show_value("an invoice came late")
    asked.save()
    desk.settle()
    with store.read() as reader:
        assert closed_until(reader) is None
        assert reader.value("SELECT about FROM journal_tx ORDER BY id DESC LIMIT 1") == f"{last} → –: an invoice came late"


def test_days_that_are_not_over_are_not_closed_and_no_workbook_is_written(desk: Desk, store: Store, tmp_path: Path) -> None:
    (tmp_path / "w.xlsx").write_text("mine")
    dialog = WorkbookDialog(desk.window)
    for last in (None, clock.today(store.settings.tz)):
        dialog.write(tmp_path / "w.xlsx", None, last, closes=True)
        desk.settle()
        assert (tmp_path / "w.xlsx").read_text() == "mine"
        assert dialog.form._errors["last"].text() == "Only days that are over can be closed."


def test_a_file_that_is_to_be_replaced_stays_until_the_new_one_is_whole(desk: Desk, store: Store, tmp_path: Path) -> None:
    for name in ("w.xlsx", "all.zip"):
        (tmp_path / name).write_text("mine")
    dialog = WorkbookDialog(desk.window)
    dialog.write(tmp_path / "w.xlsx", date(2026, 2, 1), date(2026, 1, 1))
    store.act_as("sales")
    write_everything(desk.window, tmp_path / "all.zip")
    desk.settle()
    assert [(tmp_path / name).read_text() for name in ("w.xlsx", "all.zip")] == ["mine", "mine"]
    store.act_as(None)
    dialog.write(tmp_path / "w.xlsx", None, None)
    write_everything(desk.window, tmp_path / "all.zip")
    desk.settle()
    assert all(zipfile.is_zipfile(tmp_path / name) for name in ("w.xlsx", "all.zip"))


def test_a_period_that_is_not_over_is_refused_in_the_dialog(desk: Desk, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog = WorkbookDialog(desk.window, date(2026, 2, 1), date(2026, 1, 1))
    dialog.open()
    monkeypatch.setattr(open_store, "choose_output", lambda *_: tmp_path / "w.xlsx")
    dialog.save()
    desk.settle()
    assert dialog.isVisible()
    assert not (tmp_path / "w.xlsx").exists()
    dialog.reject()


def test_all_data_is_taken_from_the_menu_with_a_reason_that_the_journal_keeps(
    desk: Desk, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_store, "choose_output", lambda *_: tmp_path / "all")
    store.run(records.change_settings, {"export_reason_from": 1})
    action = next(action for action in taking_out.actions(desk.window) if action.id == "file.everything")
    action.run()
    (dialog,) = desk.window.findChildren(TakeEverythingDialog)
    dialog.save()
    desk.settle()
    assert dialog.form._errors["reason"].text() == "So many records are exported with a reason only."
    assert not (tmp_path / "all.zip").exists()
    dialog.form.editors["reason"].show_value("the yearly copy for the notary")
    dialog.save()
    desk.settle()
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert "manifest.json" in archive.namelist()
    with store.read() as reader:
        origin, detail = reader.rows("SELECT origin, detail FROM journal_tx ORDER BY id DESC LIMIT 1")[0]
    assert origin == "window"
    assert json.loads(detail)["reason"] == "the yearly copy for the notary"


def test_few_records_are_taken_without_a_reason_and_what_is_called_off_leaves_the_dialog_open(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen: list[Path | None] = [None, tmp_path / "all.zip"]
    monkeypatch.setattr(open_store, "choose_output", lambda *_: chosen.pop(0))
    dialog = TakeEverythingDialog(desk.window)
    dialog.open()
    dialog.save()
    desk.settle()
    assert dialog.isVisible() and dialog.accept_button.isEnabled()
    dialog.save()
    desk.settle()
    assert zipfile.is_zipfile(tmp_path / "all.zip")
