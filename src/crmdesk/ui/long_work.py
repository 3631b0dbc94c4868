"""The panel of what is being written, shown when it takes long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from crmdesk.ui import background
from crmdesk.ui.widgets.basics import column
from crmdesk.ui.widgets.messages import LONG_WORK_MS, ProgressPanel

if TYPE_CHECKING:
    from crmdesk.ui.background import Job


class LongWork(QObject):
    """Follows the writes and shows the panel at the bottom right of the window, beneath the page.

    Attributes:
        panel: what is being written, how far it is, Cancel.
        widget: the panel with the room around it; hidden while nothing takes long.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.panel, self.widget = ProgressPanel(), QWidget()
        self.widget.setLayout(column(self.panel, margins=(20, 0, 20, 12)))
        self.widget.hide()
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
        if not self._timer.isActive() and self.widget.isHidden():
            self._timer.start()

    @Slot(object)
    def _written(self, job: Job) -> None:
        if self.panel.job() is job or not any(background.running()):
            self.widget.hide()
            self._timer.stop()
            if any(background.running()):
                self._timer.start()

    @Slot(object)
    def _moved(self, job: Job) -> None:
        if self.panel.job() is job and not self.widget.isHidden():
            self.panel.refresh()

    @Slot()
    def _show(self) -> None:
        # What goes on by itself, such as indexing, has no name and shows in the foot.
        job = next((job for job in background.running() if job.label and not job.has_own_panel), None)
        if job is not None:
            self.panel.follow(job)
            self.widget.show()
