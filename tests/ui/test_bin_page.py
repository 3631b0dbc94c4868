"""The recycle bin in the window: what was deleted is listed, and comes back with what belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from crmdesk.operations import pipelines, records
from crmdesk.queries import deals
from crmdesk.queries import records as found
from crmdesk.ui.pages.bin import BinPage
from tests.ui.desk import Desk, desk

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.store import Store

__all__ = ["desk"]


def delete_two(desk: Desk, store: Store) -> UUID:
    """Delete a contact and a company; returns the contact."""
    with store.read() as reader:
        maria = found.find_one(reader, "contact", "Maria Anders")
        ernst = found.find_one(reader, "company", "Ernst Handel")
    store.run(records.delete, "contact", [maria])
    store.run(records.delete, "company", [ernst])
    desk.settle()
    return maria


def test_a_deleted_record_is_in_the_bin_and_comes_back_with_what_belongs_to_it(desk: Desk, store: Store) -> None:
    page = desk.open("bin")
    assert isinstance(page, BinPage)
    assert not page.restore_button.isEnabled()
    maria = delete_two(desk, store)
    table = page.table.records
    assert [(table.text(row, 1), table.text(row, 2)) for row in range(table.rowCount())] == [("Ernst Handel", "Company"), ("Maria Anders", "Contact")]
    page.table.setCurrentIndex(table.index(1, 1))
    QTest.mouseClick(page.restore_button, Qt.MouseButton.LeftButton)
    desk.settle()
    assert desk.said() == ["Maria Anders restored"]
    assert table.rowCount() == 1
    with store.read() as reader:
        assert [part.value for part in found.rows(reader, "contact", [maria], ["phone"])[0].values["phone"]] == ["030 0074321"]
    store.undo()
    desk.settle()
    assert table.rowCount() == 2


def test_several_chosen_records_come_back_at_once_and_go_with_one_undo(desk: Desk, store: Store) -> None:
    page = desk.open("bin")
    assert isinstance(page, BinPage)
    delete_two(desk, store)
    table = page.table.records
    table.check(table.ids())
    QTest.mouseClick(page.restore_button, Qt.MouseButton.LeftButton)
    desk.settle()
    assert desk.said() == ["2 records restored"]
    assert table.rowCount() == 0
    store.undo()
    desk.settle()
    assert table.rowCount() == 2


def test_a_stage_that_came_back_with_its_pipeline_does_not_keep_the_others_in_the_bin(store: Store) -> None:
    with store.read() as reader:
        kept = found.ids(reader, "pipeline")
    pipeline = store.run(pipelines.add, "Renewals")
    with store.read() as reader:
        stage = deals.stages(reader, pipeline)[0].id
    store.run(records.delete, "pipeline", [pipeline])
    assert store.run(records.restore_all, [("pipeline", pipeline), ("stage", stage)]) == 2
    with store.read() as reader:
        assert len(found.ids(reader, "pipeline")) == len(kept) + 1
