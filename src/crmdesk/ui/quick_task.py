"""One line in which a task is typed as people say it: “call Maria tomorrow 10:00”; what was understood stands beneath before Enter."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from crmdesk import clock
from crmdesk.i18n import language, tr
from crmdesk.models import quick_entry
from crmdesk.operations import tasks as deeds
from crmdesk.queries import tasks
from crmdesk.ui.dates import short_day
from crmdesk.ui.widgets.basics import Chip, Text, column, row

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from crmdesk.ui.page import Frame

LOOK_MS = 150


class QuickTask(QWidget):
    """The line; Enter adds the task.

    Signals:
        added: the id of the new task.
    """

    added = Signal(object)

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self._frame = frame
        self._person: tuple[UUID, str] | None = None
        self._links: dict[str, UUID] = {}
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("New task, such as “call Maria tomorrow 10:00”"))
        self.line.setAccessibleName(tr("New task"))
        self.line.textEdited.connect(self._typed)
        self.line.returnPressed.connect(self._add)
        self.about = Chip("", "info", self.forget_about, "x")
        self.due = Chip("", "accent", icon="calendar")
        self.whom = Chip("", "accent", icon="user")
        self._hint = Text(tr("Enter adds it"), "caption")
        self._understood = QWidget()
        self._understood.setLayout(row(self.about, self.due, self.whom, self._hint, None, space=6))
        self.setLayout(column(self.line, self._understood, space=6))
        self.setFocusProxy(self.line)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self.forget_about()

    def set_about(self, label: str, links: Mapping[str, UUID]) -> None:
        """Let the next task be about these records, such as after another one about them was done."""
        self._links = dict(links)
        self.about.show_as(tr("Next step for {name}", name=label), "info")
        self._show()

    def forget_about(self) -> None:
        """Let the next task be about nothing but what it says."""
        self._links = {}
        self.about.show_as("", "info")
        self._show()

    def _entry(self) -> quick_entry.Entry:
        return quick_entry.read(self.line.text(), clock.today(self._frame.store.settings.tz), language())

    @Slot(str)
    def _typed(self, text: str) -> None:
        self._person = None
        self._show()
        self._timer.start()

    @Slot()
    def _look(self) -> None:
        words, company = self._entry().about, self._links.get("company_id")
        if words:
            self._frame.ask(self, lambda reader: tasks.person_meant(reader, words, company), lambda person: self._show_person(words, person), key="person")

    def _show_person(self, words: str, person: tuple[UUID, str] | None) -> None:
        """Show whom these words name, if they still stand there."""
        if self._entry().about == words:
            self._person = person
            self._show()

    def _show(self) -> None:
        entry = self._entry()
        self.about.setVisible(bool(self._links))
        self.due.setVisible(entry.on is not None)
        if entry.on is not None:
            self.due.show_as(short_day(entry.on) + (f" {entry.at:%H:%M}" if entry.at else ""), "accent")
        self.whom.setVisible(self._person is not None)
        if self._person is not None:
            self.whom.show_as(self._person[1], "accent")
        self._hint.setVisible(bool(entry.text.strip()))
        self._understood.setVisible(bool(self._links or entry.text.strip()))

    @Slot()
    def _add(self) -> None:
        entry = self._entry()
        subject = entry.subject or entry.text.strip()
        if not subject:
            return
        links: dict[str, Any] = dict(self._links)
        if self._person is not None and "contact_id" not in links:
            links["contact_id"] = self._person[0]
        due_at = datetime.combine(entry.on, entry.at, self._frame.store.settings.tz) if entry.on and entry.at else None
        refused = partial(self._refused, self.line.text())
        self.line.setText("")  # at once, so that a second Enter stores nothing twice; unlike `clear` it leaves Undo to the window
        self._frame.do(deeds.add, subject, due_on=entry.on, due_at=due_at, done=self._done, failed=refused, said=tr("Task added"), **links)

    def _done(self, task: UUID) -> None:
        self.forget_about()
        self.added.emit(task)

    def _refused(self, text: str, error: Exception) -> None:
        """Give back what could not be stored."""
        self._frame.show_error(error)
        if not self.line.text():
            self.line.setText(text)
