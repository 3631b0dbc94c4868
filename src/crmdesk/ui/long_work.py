"""The panel of what is being written, shown when it takes long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from crmdesk.ui import background
from crmdesk.ui.widgets.messages import LONG_WORK_MS, ProgressPanel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from crmdesk.ui.background import Job

EDGE = 16


class LongWork(QObject):
    """Follows the writes and shows the panel in a corner of the window.

    Attributes:
        panel: what is being written, how far it is, Cancel.
    """

    def __init__(self, within: QWidget) -> None:
        super().__init__(within)
        self._within = within
        self.panel = ProgressPanel()
        self.panel.setParent(within)
        self.panel.hide()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LONG_WORK_MS)
        self._timer.timeout.connect(self._show)
        bridge = background.bridge()
        bridge.writing.connect(self._writing)
        bridge.written.connect(self._written)
        bridge.moved.connect(self._moved)

    @Slot(object)
    def _writing(self, job: Job) -> None:
        if not self._timer.isActive() and self.panel.isHidden():
            self._timer.start()

    @Slot(object)
    def _written(self, job: Job) -> None:
        if self.panel.job() is job or not any(background.running()):
            self.panel.hide()
            self._timer.stop()
            if any(background.running()):
                self._timer.start()

    @Slot(object)
    def _moved(self, job: Job) -> None:
        if self.panel.job() is job and not self.panel.isHidden():
            self.panel.refresh()

    @Slot()
    def _show(self) -> None:
        # What goes on by itself, such as indexing, has no name and shows in the foot.
        job = next((job for job in background.running() if job.label and not job.has_own_panel), None)
        if job is not None:
            self.panel.follow(job)
            self.panel.adjustSize()
            self.place()
            self.panel.show()
            self.panel.raise_()

    def place(self) -> None:
        """Put the panel into its corner again."""
        within, panel = self._within, self.panel
        x = EDGE if within.layoutDirection() == Qt.LayoutDirection.RightToLeft else within.width() - panel.width() - EDGE
        panel.move(x, within.height() - panel.height() - EDGE)
