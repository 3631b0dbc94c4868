"""The step at which the user sees what becomes of each row before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from crmdesk.exchange.rows.outcomes import CHANGES, KNOWN, NEW, REFUSED, SAME
from crmdesk.i18n import ntr, tr
from crmdesk.models.registry import entity_class
from crmdesk.ui.importing.rows import LIKELY, RowsView
from crmdesk.ui.widgets.basics import Button, Text, column, row

if TYPE_CHECKING:
    from crmdesk.ui.background import Job
    from crmdesk.ui.importing.work import Look

MOST_NOTES = 4


class CheckStep(QWidget):
    """The rows and what becomes of them, with how much of the file was looked at.

    Signals:
        whole_toggled: stop looking at all rows, or begin with it.
    """

    whole_toggled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.notes = Text("", "muted", wrap=True)
        self.rows = RowsView(tr("What becomes of the rows"), (LIKELY, NEW, CHANGES, SAME, KNOWN, REFUSED), with_outcome=True)
        self.extent = Text("", "muted")
        self.extent_bar = QProgressBar()
        self.extent_bar.setTextVisible(False)
        self.extent_bar.setFixedWidth(160)
        self.extent_bar.setAccessibleName(tr("Looking at all rows"))
        self.extent_button = Button("", self.whole_toggled.emit, "link")
        layout = column(row(self.extent, self.extent_bar, self.extent_button, None, space=10), self.notes, space=8)
        layout.addWidget(self.rows, 1)
        self.setLayout(layout)

    def show_look(self, seen: Look, mode: str) -> None:
        """Show what would come."""
        self.rows.show_look(seen, tr("No such row."), mode)
        made = [tr("{what}: {count} will be made", count=count, what=tr(entity_class(name).entity.plural)) for name, count in seen.previews[-1].created.items()]
        refused = [one.said for one in seen.refused]
        notes = list(dict.fromkeys([*refused, *(note for each in seen.previews for note in each.notes)]))
        more = len(notes) - MOST_NOTES
        said = [*notes[:MOST_NOTES], ntr("… and {count} more note.", "… and {count} more notes.", more) if more > 0 else "", " · ".join(made)]
        self.notes.setText("\n".join(filter(None, said)))
        self.notes.setToolTip("\n".join(notes[MOST_NOTES:]))
        self.notes.setVisible(bool(self.notes.text()))

    def show_extent(self, seen: Look, job: Job | None) -> None:
        """Say how much of the file was looked at; `job` is at it."""
        self.extent_bar.setVisible(job is not None)
        self.extent_button.setVisible(job is not None or not seen.is_whole)
        self.extent_button.setText(tr("Stop") if job is not None else tr("Look at all rows"))
        count = seen.count("read")
        if job is not None:
            self.extent.setText(tr("Looking at all rows"))
            self.extent_bar.setRange(0, 100 if job.total else 0)
            self.extent_bar.setValue(100 * job.done // job.total if job.total else 0)
        elif seen.is_whole:
            self.extent.setText(ntr("{count} row was looked at: all of them.", "{count} rows were looked at: all of them.", count))
        else:
            self.extent.setText(ntr("Only the first row was looked at.", "Only the first {count} rows were looked at.", count))
