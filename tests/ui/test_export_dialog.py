"""The export dialog: the reason, and what the journal keeps of it."""

from __future__ import annotations

import errno
import json
import os
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn
from uuid import UUID

import pytest
from PySide6.QtWidgets import QApplication

from crmdesk.fields import Money
from crmdesk.operations import records as deeds
from crmdesk.operations import sample, workspace
from crmdesk.queries import records
from crmdesk.queries.finding import Condition
from crmdesk.ui.customer_list import CustomerListPage
from crmdesk.ui.dialogs import open_store as file_dialogs
from crmdesk.ui.dialogs.export_dialog import ExportDialog
from tests.ui.desk import Desk, desk

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QButtonGroup

__all__ = ["desk"]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that the user chooses."""
    monkeypatch.setattr(file_dialogs, "choose_output", lambda *_: tmp_path / "people")
    return tmp_path / "people.xlsx"


def everyone(desk: Desk) -> list[UUID]:
    with desk.store.read() as reader:
        return [UUID(bytes=one) for one in records.ids(reader, "contact")]


def noted(desk: Desk) -> dict[str, Any]:
    with desk.store.read() as reader:
        return dict(json.loads(reader.value("SELECT detail FROM journal_tx ORDER BY id DESC LIMIT 1")))


def test_a_reason_may_be_given_and_stands_in_the_journal(desk: Desk, file: Path) -> None:
    dialog = ExportDialog(desk.window, "contact", everyone(desk), ("name", "role"))
    assert not dialog.is_reason_wanted
    dialog.reason.setText("  Christmas cards ")
    dialog.button.click()
    desk.settle()
    assert file.exists()
    assert (noted(desk)["rows"], noted(desk)["columns"], noted(desk)["reason"]) == (3, ["name", "role"], "Christmas cards")


def test_the_journal_says_that_the_window_wrote_the_file(desk: Desk, file: Path) -> None:
    ExportDialog(desk.window, "contact", everyone(desk), ("name",)).button.click()
    desk.settle()
    with desk.store.read() as reader:
        assert reader.rows("SELECT origin, about FROM journal_tx ORDER BY id DESC LIMIT 1") == [("window", file.name)]


def test_above_the_limit_nothing_goes_out_without_a_reason(desk: Desk, file: Path) -> None:
    desk.store.run(workspace.change_settings, {"export_reason_from": 3})
    dialog = ExportDialog(desk.window, "contact", everyone(desk), ("name",))
    dialog.button.click()
    desk.settle()
    assert dialog.error.text() == "So many records are exported with a reason only."
    assert not file.exists()
    dialog.reason.setText("New phone system")
    dialog.button.click()
    desk.settle()
    assert file.exists()
    assert noted(desk)["reason"] == "New phone system"


def test_the_filter_of_the_list_is_noted_too(desk: Desk, file: Path) -> None:
    page = desk.open("contacts")
    assert isinstance(page, CustomerListPage)
    page.list.filters.set_conditions([Condition("role", "~", "sales")])
    page.list.reload()
    desk.settle()
    page.export()
    dialog = page.window().findChild(ExportDialog)
    assert dialog is not None
    dialog.button.click()
    desk.settle()
    assert noted(desk)["rows"] == 1
    assert noted(desk)["filters"] == ["role ~ sales"]


def test_the_file_that_is_replaced_stays_until_the_new_one_is_whole(desk: Desk, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("mine")
    with monkeypatch.context() as full:
        full.setattr(zipfile.ZipFile, "writestr", refused)
        ExportDialog(desk.window, "contact", everyone(desk), ("name",)).button.click()
        desk.settle()
    assert file.read_text() == "mine"
    ExportDialog(desk.window, "contact", everyone(desk), ("name",)).button.click()
    desk.settle()
    assert file.read_bytes()[:2] == b"PK"


def refused(*_: object, **__: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_contacts_go_out_as_address_cards(desk: Desk, file: Path) -> None:
    dialog = ExportDialog(desk.window, "contact", everyone(desk), ("name",))
    next(button for button in dialog.forms.buttons() if button.property("value") == "vcf").setChecked(True)
    dialog.button.click()
    desk.settle()
    assert file.with_suffix(".vcf").read_text(encoding="utf-8").count("BEGIN:VCARD") == 3


def pick(group: QButtonGroup, value: str) -> None:
    next(button for button in group.buttons() if button.property("value") == value).setChecked(True)


def test_the_chosen_records_the_list_or_all_of_them_go_out(desk: Desk, file: Path) -> None:
    some = everyone(desk)
    for scope, count in (("chosen", 1), ("list", 2), ("all", 3)):
        dialog = ExportDialog(desk.window, "contact", some[:2], ("name",), (), some[:1])
        desk.settle()
        pick(dialog.scope, scope)
        dialog.button.click()
        desk.settle()
        assert noted(desk)["rows"] == count


def test_amounts_in_a_text_file_have_their_currency_beside_them(desk: Desk, file: Path) -> None:
    ids = [
        desk.store.run(deeds.add, "deal", {"name": name, "amount": Money(Decimal(900), code), "currency": code})
        for name, code in (("Rollers", "EUR"), ("Crates", "USD"))
    ]
    dialog = ExportDialog(desk.window, "deal", ids, ("name", "amount", "owner"))
    pick(dialog.forms, "csv")
    dialog.button.click()
    desk.settle()
    head, *rows = file.with_suffix(".csv").read_text(encoding="utf-8-sig").splitlines()
    assert head == "Name,Amount,Currency,Owner"
    assert [row.split(",")[:3] for row in rows] == [["Rollers", "900.00", "EUR"], ["Crates", "900.00", "USD"]]


def test_all_records_ask_for_a_reason_where_the_list_does_not(desk: Desk, file: Path) -> None:
    desk.store.run(workspace.change_settings, {"export_reason_from": 3})
    dialog = ExportDialog(desk.window, "contact", everyone(desk)[:1], ("name",))
    desk.settle()
    assert not dialog.is_reason_wanted
    pick(dialog.scope, "all")
    assert dialog.is_reason_wanted


def test_newer_address_cards_can_be_chosen(desk: Desk, file: Path) -> None:
    dialog = ExportDialog(desk.window, "contact", everyone(desk), ("name",))
    pick(dialog.forms, "vcf4")
    dialog.button.click()
    desk.settle()
    assert "VERSION:4.0" in file.with_suffix(".vcf").read_text(encoding="utf-8")


@pytest.mark.parametrize(("page", "entity"), [("tickets", "ticket"), ("tasks", "task"), ("pipeline", "deal"), ("quotes", "quote"), ("products", "product")])
def test_every_list_can_be_exported_as_it_is_shown(desk: Desk, page: str, entity: str) -> None:
    desk.store.run(sample.fill)
    shown = desk.open(page)
    actions = {action.id: action for action in shown.commands()}
    actions["list.export"].run()
    desk.settle()
    dialog = desk.window.findChildren(ExportDialog)[-1]
    with desk.store.read() as reader:
        everything = records.count(reader, entity)
    assert 0 < len(dialog._ids) <= everything
    assert dialog._entity == entity
    dialog.reject()


def test_the_dialog_fits_on_the_screen_and_what_has_no_room_scrolls(desk: Desk) -> None:
    dialog = ExportDialog(desk.window, "contact", everyone(desk), ("name",))
    dialog.show()
    QApplication.processEvents()
    choices = dialog._choices
    assert dialog._area.height() == choices.height() == choices.heightForWidth(choices.width())
    dialog._area.setFixedHeight(200)
    dialog.resize(dialog.width(), 0)
    QApplication.processEvents()
    assert dialog.height() < 480
    assert dialog._area.verticalScrollBar().maximum() > 0
    dialog.close()
