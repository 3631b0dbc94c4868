"""Deals, tickets and quotes have files as well: added, listed and deleted in a dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from crmdesk.operations import attachments, records, tickets
from crmdesk.ui.dialogs.files import FilesDialog
from crmdesk.ui.pages.pipeline import PipelinePage
from crmdesk.ui.pages.tickets import TicketsPage
from tests.ui.desk import Desk, desk

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store import Store

__all__ = ["desk"]


@pytest.mark.parametrize("entity", ["deal", "ticket", "quote"])
def test_a_file_is_added_and_taken_away_again(desk: Desk, store: Store, tmp_path: Path, entity: str) -> None:
    if entity == "ticket":
        record = store.run(tickets.open_ticket, "Alarm")
    else:
        record = store.run(records.add, entity, {"name": "Rollout"} if entity == "deal" else {"subject": "Rollout"})
    desk.window.open_record(entity, record)
    desk.settle()
    page = desk.window.page()
    if isinstance(page, PipelinePage):
        page.open_deal(record, False)
        desk.settle()
        QTest.mouseClick(page.panel.files_button, Qt.MouseButton.LeftButton)
    elif isinstance(page, TicketsPage):
        QTest.mouseClick(page.side.files_button, Qt.MouseButton.LeftButton)
    else:
        desk.window.registry.run("quote.files")
    desk.settle()
    dialog = desk.window.findChild(FilesDialog)
    assert dialog is not None
    assert dialog.files.nothing.isVisible()
    plan = tmp_path / "plan.txt"
    plan.write_text("north, then south")
    dialog.files.add([plan])
    desk.settle()
    assert [file.name for file in dialog.files.files] == ["plan.txt"]
    with store.read() as reader:
        assert [file.target for file in attachments.files(reader, entity, record)] == [entity]
    dialog.files.delete(dialog.files.files[0])
    desk.settle()
    assert dialog.files.nothing.isVisible()
    dialog.accept()
