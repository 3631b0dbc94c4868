"""The deals of the pipeline as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.queries.finding import Condition
from crmdesk.ui.list_page import RecordListPage
from crmdesk.ui.records import EntitySource

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from crmdesk.ui.page import Frame


COLUMNS = ("name", "company", "stage", "amount", "expected_close_on", "owner", "opened_on", "origin")


class DealTable(RecordListPage):
    """The deals of the pipeline as a table, without a header of its own."""

    entity = "deal"
    shown = COLUMNS
    filters = (*COLUMNS, "contact", "lost_reason", "closed_on", "tags")

    def __init__(self, frame: Frame, new: Callable[[], object], keep: Callable[[str], object]) -> None:
        self._new = new
        super().__init__(frame)
        self.list.view_wanted.disconnect()
        self.list.view_wanted.connect(keep)
        self.header.hide()
        self.column.setContentsMargins(0, 0, 0, 0)

    def new(self) -> None:
        self._new()

    def buttons(self) -> list[QWidget]:
        return []

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
