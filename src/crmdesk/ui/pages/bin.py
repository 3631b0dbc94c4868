"""The recycle bin: what was deleted, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStackedWidget

from crmdesk.fields import show_number
from crmdesk.i18n import mark, tr
from crmdesk.models.registry import entity_class
from crmdesk.operations import records as deeds
from crmdesk.queries import records
from crmdesk.ui.actions import Action
from crmdesk.ui.dates import moment_text
from crmdesk.ui.page import Changed, Frame, Page, Place
from crmdesk.ui.widgets.basics import Button, Card
from crmdesk.ui.widgets.heads import EmptyState, PageHeader
from crmdesk.ui.widgets.record_table import Ask, Cell, Column, RecordTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.queries.records import Binned
    from crmdesk.store import Store
    from crmdesk.ui.background import Job

COLUMNS = (
    Column("name", mark("Name"), width=420, look="strong", can_sort=False), Column("kind", mark("Kind"), width=160, can_sort=False),
    Column("deleted", mark("Deleted"), width=160, look="muted", can_sort=False),
)  # fmt: skip


class _Binned:
    """What lies in the bin, as the table asks for it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.found: dict[bytes, Binned] = {}

    def ids(self, job: Job, ask: Ask) -> Sequence[bytes]:
        """Return the ids of all that lies in the bin, the newest first."""
        with self._store.read() as reader, job.interrupted_by(reader.interrupt):
            self.found = {one.id.bytes: one for one in records.trash(reader)}
        return list(self.found)

    def rows(self, job: Job, ids: Sequence[bytes], columns: Sequence[str]) -> Sequence[Sequence[str | Cell] | None]:
        """Return the cells of these rows."""
        found, zone = self.found, self._store.settings.tz
        return [
            [one.title or tr("No name"), tr(entity_class(one.entity).entity.label), moment_text(one.deleted_at, zone)] if (one := found.get(key)) else None
            for key in ids
        ]


class BinPage(Page):
    """The list of what was deleted, whatever it was, with what takes it back."""

    watches = frozenset()

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.restore_button = Button(tr("Restore"), self.restore, "primary", "rotate-ccw")
        self.header = PageHeader(tr("Recycle bin"))
        self.header.add(self.restore_button)
        self._source = _Binned(frame.store)
        self.table = RecordTable(COLUMNS, self._source, tr("Recycle bin"))
        self.table.opened.connect(lambda record, beside: self._take_out([record]))
        self.table.records.loaded.connect(self._loaded)
        self.table.records.failed.connect(frame.show_error)
        card = Card(padding=0)
        card.add(self.table)
        self._stack = QStackedWidget()
        self._stack.addWidget(card)
        self._stack.addWidget(EmptyState("trash-2", tr("The bin is empty.")))
        self.column.addWidget(self.header)
        self.column.addWidget(self._stack, 1)

    def arrive(self, place: Place) -> None:
        self.table.load(Ask())

    def refresh(self, changed: Changed) -> None:
        self.table.records.renew()

    def commands(self) -> list[Action]:
        return [Action("bin.restore", mark("Restore"), self.restore, "rotate-ccw", "", "record", lambda: bool(self.table.chosen_ids()))]

    def focus_first(self) -> None:
        self.table.setFocus()

    @Slot()
    def restore(self) -> None:
        """Take the chosen records out of the bin, or the one that the keyboard is on."""
        self._take_out(self.table.chosen_ids())

    def _take_out(self, keys: Sequence[Any]) -> None:
        chosen = [self._source.found[key] for key in keys if key in self._source.found]
        if chosen:
            said = tr("{name} restored", name=chosen[0].title) if len(chosen) == 1 else tr("{count} records restored", count=show_number(len(chosen)))
            self.frame.do(deeds.restore_all, [(one.entity, one.id) for one in chosen], said=said)

    @Slot(int)
    def _loaded(self, count: int) -> None:
        self.restore_button.setEnabled(count > 0)
        self._stack.setCurrentIndex(0 if count else 1)
