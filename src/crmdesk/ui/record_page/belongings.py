"""What belongs to a customer, a tab each: deals, quotes, tickets, files, history."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from crmdesk.errors import LaterWork
from crmdesk.i18n import tr
from crmdesk.models.registry import entity_class
from crmdesk.operations import attachments
from crmdesk.queries import history
from crmdesk.ui import background
from crmdesk.ui.dates import moment_text
from crmdesk.ui.files import FileList
from crmdesk.ui.records import EntitySource, columns_of
from crmdesk.ui.widgets.record_table import RecordTable
from crmdesk.ui.widgets.timeline import Entry, TimelineView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from crmdesk.store import Reader
    from crmdesk.ui.page import Frame
    from crmdesk.ui.records import Tones

TABLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "deals": ("deal", ("name", "stage", "amount", "expected_close_on")),
    "quotes": ("quote", ("number", "subject", "status", "payable")),
    "tickets": ("ticket", ("number", "subject", "status", "opened_at")),
}
TABLE_TONES: Tones = {
    "status": {
        "draft": "muted", "issued": "info", "accepted": "success", "declined": "danger", "expired": "warning", "superseded": "muted",
        "new": "info", "open": "accent", "waiting": "warning", "resolved": "success", "closed": "muted",
    },
    "priority": {"urgent": "danger", "high": "warning"},
}  # fmt: skip
T = TypeVar("T")


class Belongings(QStackedWidget):
    """Shows what one tab holds; the first one is given.

    Answers that come after the page has gone on to another record are dropped.

    Args:
        source_of: returns the rows of a tab.
    """

    def __init__(self, frame: Frame, entity: str, first: QWidget, source_of: Callable[[str], EntitySource]) -> None:
        super().__init__()
        self._frame, self._entity, self._source_of = frame, entity, source_of
        self._record: UUID | None = None
        self.tables: dict[str, RecordTable] = {}
        self.history = TimelineView()
        self.history.setAccessibleName(tr("History"))
        self.history.setToolTip(tr("Enter or a double click takes a change back."))
        self.history.opened.connect(self._take_back)
        self.files = FileList(frame)
        self._bodies: dict[str, QWidget] = {"timeline": first, "files": self.files, "history": self.history}
        for body in self._bodies.values():
            self.addWidget(body)

    def begin(self, record: UUID) -> None:
        """Go on to another record: nothing is shown yet."""
        self._record = record
        self.files.show_files(self._entity, record, ())
        self.history.show_entries((), is_complete=True)
        self.setCurrentWidget(self._bodies["timeline"])

    def show_tab(self, name: str) -> None:
        """Show what a tab holds."""
        if name in TABLES and name not in self.tables:
            self._bodies[name] = self.tables[name] = self._make_table(name)
            self.addWidget(self.tables[name])
        self.setCurrentWidget(self._bodies[name])
        self.ask(name)

    def _make_table(self, name: str) -> RecordTable:
        entity, shown = TABLES[name]
        table = RecordTable(columns_of(entity, shown, TABLE_TONES, edit=False), self._source_of(name), tr(entity_class(entity).entity.plural))
        table.opened.connect(lambda record, beside: self._frame.open_record(entity, _uuid(record), beside))
        table.records.failed.connect(self._frame.show_error)
        table.head().setSectionHidden(0, True)
        return table

    def ask(self, name: str) -> None:
        """Ask for what a tab holds; the timeline comes with the record."""
        record, entity = self._record, self._entity
        if record is None:
            return
        if name in self.tables:
            self.tables[name].records.source = self._source_of(name)
            self.tables[name].records.renew()
        elif name == "files":
            self._read(lambda reader: attachments.files(reader, entity, record), lambda found: self.files.show_files(entity, record, found), "files")
        elif name == "history":
            self._read(lambda reader: history.history(reader, entity, record), self._show_history, "history")

    def _read(self, question: Callable[[Reader], T], done: Callable[[T], object], key: str) -> None:
        record = self._record
        self._frame.ask(self, question, lambda found: done(found) if self._record == record else None, key=key)

    def _show_history(self, found: Sequence[history.Entry]) -> None:
        zone = self._frame.store.settings.tz
        icons = {"insert": "plus", "update": "pencil", "purge": "trash-2"}
        self.history.show_entries(
            [Entry(icons[one.operation], one.title, " · ".join(one.said), moment_text(one.at, zone), one.member, transaction=one.tx) for one in found],
            is_complete=True,
        )

    @Slot(object)
    def _take_back(self, entry: Entry) -> None:
        """Undo a deed of the history, be it days old, after asking: it may have changed other records as well."""
        if entry.transaction is None:
            return
        hint = tr("Everything that was changed together with it is taken back too; later changes stay.")
        if self._frame.confirm(tr("Take back “{label}” of {moment}?", label=entry.title, moment=entry.when), tr("Take back"), hint):
            self._undo(entry.transaction, keeps_edited=False)

    def _undo(self, transaction: int, *, keeps_edited: bool) -> None:
        store, frame = self._frame.store, self._frame

        def refused(error: Exception) -> None:
            if isinstance(error, LaterWork) and frame.confirm(error.message, tr("Take back the rest"), tr("What was edited since stays as it is.")):
                self._undo(transaction, keeps_edited=True)
            elif not isinstance(error, LaterWork):
                frame.show_error(error)

        background.write(
            self, tr("Undo"), lambda job: store.undo(transaction, keeps_edited=keeps_edited), lambda what: frame.say(tr("Undone: {what}", what=what)), refused
        )  # fmt: skip


def _uuid(record: bytes) -> UUID:
    from uuid import UUID

    return UUID(bytes=record)
