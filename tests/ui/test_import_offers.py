"""From every list a file can be brought in, and empty pages say how to begin."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from crmdesk.exchange.columns.mapping import importable
from crmdesk.operations import records
from crmdesk.queries import records as asked
from crmdesk.queries.report_tables import Rows
from crmdesk.ui.opening import open_rows
from crmdesk.ui.pages.importing import ImportPage
from crmdesk.ui.widgets.heads import EmptyState
from tests.ui.desk import Desk, desk

if TYPE_CHECKING:
    from crmdesk.store import Store
    from crmdesk.ui.page import Page

__all__ = ["desk"]

LISTS = {
    "contacts": "contact", "companies": "company", "leads": "lead", "pipeline": "deal", "tickets": "ticket", "articles": "article", "quotes": "quote",
    "products": "product", "tasks": "task",
}  # fmt: skip


def shown(page: Page, text: str) -> list[QAbstractButton]:
    """Return the buttons of a page that say this to the eye or to a screen reader."""
    return [button for button in page.findChildren(QAbstractButton) if text in (button.text(), button.accessibleName()) and button.isVisible()]


def imported(desk: Desk) -> str:
    """Return what the page that is open now brings in."""
    desk.settle()
    page = desk.window.page()
    assert isinstance(page, ImportPage)
    return page.entity


@pytest.mark.parametrize(("name", "entity"), LISTS.items())
def test_every_list_can_be_filled_from_a_file_by_button_and_by_key(desk: Desk, store: Store, name: str, entity: str) -> None:
    assert entity in importable()
    page = desk.open(name)
    QTest.mouseClick(shown(page, "Import")[0], Qt.MouseButton.LeftButton)
    assert imported(desk) == entity
    page = desk.open(name)
    (command,) = [action for action in desk.window.registry.all() if action.id == "list.import"]
    assert command.in_palette
    assert command.is_enabled
    assert command.shown().startswith("Import ")
    QTest.keyClick(QApplication.focusWidget() or page, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    assert imported(desk) == entity


@pytest.mark.parametrize("name", LISTS)
def test_an_empty_page_offers_one_main_action_import_and_sample_data(desk: Desk, store: Store, name: str) -> None:
    for entity in ("contact", "company"):
        with store.read() as reader:
            all_of_them = [UUID(bytes=record) for record in asked.ids(reader, entity)]
        store.run(records.delete, entity, all_of_them)
    page = desk.open(name)
    (nothing,) = [state for state in page.findChildren(EmptyState) if state.isVisible()]
    main, bring, sample = [button for button in nothing.findChildren(QAbstractButton) if button.isVisible()]
    assert main.property("kind") == "primary"
    assert (bring.text(), sample.text()) == ("Import", "Try sample data")


@pytest.mark.parametrize(("name", "entity", "values"), [("tasks", "task", {"subject": "Call"}), ("tickets", "ticket", {"subject": "Warm"})])
def test_who_has_records_that_are_not_shown_is_offered_no_sample_data(desk: Desk, store: Store, name: str, entity: str, values: dict[str, str]) -> None:
    page = desk.open(name)
    record = store.run(records.add, entity, values)
    finished = {"done_at": "2026-11-20 10:00"} if entity == "task" else {"status": "closed"}
    store.run(records.edit, entity, [record], finished)
    page = desk.open(name)
    assert shown(page, "New task" if entity == "task" else "New ticket")
    assert not shown(page, "Try sample data")


def test_the_rows_behind_a_figure_can_be_added_to_from_a_file_too(desk: Desk) -> None:
    open_rows(desk.window, Rows("activity", ()), "Calls this week")
    desk.settle()
    QTest.keyClick(QApplication.focusWidget() or desk.window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    assert imported(desk) == "activity"
