"""The deals of the pipeline as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.i18n import mark, ntr, tr
from crmdesk.operations import records as deeds
from crmdesk.queries.finding import Condition
from crmdesk.ui.dialogs.bulk import StageDialog
from crmdesk.ui.dialogs.loss import LossDialog
from crmdesk.ui.list_page import RecordListPage
from crmdesk.ui.lists.record_list import BulkAction
from crmdesk.ui.records import EntitySource

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from crmdesk.ui.actions import Action
    from crmdesk.ui.page import Frame
    from crmdesk.ui.widgets.record_table import Id


COLUMNS = ("name", "company", "stage", "amount", "expected_close_on", "owner", "opened_on", "origin")


class DealTable(RecordListPage):
    """The deals of the pipeline as a table, without a header of its own."""

    entity = "deal"
    none_yet = mark("No deals yet.")
    shown = COLUMNS
    filters = (*COLUMNS, "contact", "lost_reason", "closed_on", "tags")

    def __init__(self, frame: Frame, new: Callable[[], object], keep: Callable[[str], object]) -> None:
        self._new = new
        self._pipeline: UUID | None = None
        super().__init__(frame)
        self.list.view_wanted.disconnect()
        self.list.view_wanted.connect(keep)
        self.header.hide()
        self.column.setContentsMargins(0, 0, 0, 0)

    def new(self) -> None:
        self._new()

    def buttons(self) -> list[QWidget]:
        return []

    def bulk(self) -> list[BulkAction]:
        return [BulkAction(tr("Move to stage"), self.move_to_stage), *self.belonging(), *super().bulk()]

    def commands(self) -> list[Action]:
        return [*super().commands(), *self.belonging_commands()]

    def move_to_stage(self, ids: list[Id]) -> None:
        """Move deals to a stage of their pipeline, and ask for a reason where that means that they are lost."""
        count = len(ids)
        if not count or self._pipeline is None:
            return
        dialog = StageDialog(self.frame, self, self._pipeline, count)
        stage = dialog.chosen() if dialog.exec() else None
        if stage is None:
            return
        given: dict[str, object] = {"stage": stage}
        if dialog.is_loss():
            why = LossDialog(self, self.name_of(UUID(bytes=ids[0])) if count == 1 else ntr("{count} deal", "{count} deals", count))
            if not why.exec():
                return
            given["lost_reason"] = why.text() or None
        if self.go_on(tr("Change {count} records?", count=count), tr("Move to stage"), count):
            said = tr("Moved to {stage}", stage=dialog.name())
            self.frame.do(deeds.edit, "deal", [UUID(bytes=record) for record in ids], given, said=said)

    def current(self) -> UUID | None:
        """Return the deal of the row that the keyboard is on."""
        record = self.list.table.current_id()
        return UUID(bytes=record) if record is not None else None

    def name_of(self, deal: UUID) -> str:
        """Return how a deal is called, empty if its row is not there."""
        records, names = self.list.table.records, [column.name for column in self.list.table.records.columns]
        row = records.row_of(deal.bytes)
        return records.text(row, names.index("name") + 1) if row >= 0 else ""

    def aim(self, pipeline: UUID, owner: UUID | None) -> None:
        """Show the deals of a pipeline and owner."""
        self._pipeline = pipeline
        conditions = [Condition("pipeline", "=", str(pipeline))]
        if owner is not None:
            conditions.append(Condition("owner", "=", str(owner)))
        if tuple(conditions) != self.conditions:
            self.conditions = tuple(conditions)
            self.list.table.records.source = EntitySource(self.frame.store, "deal", conditions)
            if self._is_loaded:
                self.list.renew()
        if not self._is_loaded:
            self.list.reload()
        self._is_loaded = True
        self._ask_total()
