"""One line in which things are written down: a note, or something to do that the line itself says when and with whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from crmdesk import clock
from crmdesk.i18n import language, tr
from crmdesk.models import quick_entry
from crmdesk.models.activity import ACTIVITY_KINDS
from crmdesk.ui.dates import day_text
from crmdesk.ui.widgets.basics import Chip, Text, column, row

if TYPE_CHECKING:
    from datetime import date, tzinfo
    from uuid import UUID

LOOK_MS = 150
LONGEST_TITLE = 80
KIND_LABELS = {choice.value: choice.label for choice in ACTIVITY_KINDS}


@dataclass(frozen=True)
class Said:
    """What a line says: a note, or a task with its day and moment.

    Attributes:
        person: the contact that it names, as (id, name).
    """

    is_task: bool
    subject: str
    body: str
    on: date | None
    at: datetime | None
    person: tuple[UUID, str] | None


class Composer(QWidget):
    """The line, and a chip that shows what it was understood as before Enter.

    Signals:
        looked: the words that may begin with a person's name; answer with `show_person`.
        submitted: a `Said`; whoever stores it calls `clear`.
    """

    looked = Signal(str)
    submitted = Signal(object)

    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        self._zone = zone
        self._person: tuple[UUID, str] | None = None
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("Write a note, or “call Maria tomorrow 10:00” …"))
        self.line.setAccessibleName(tr("Note or task"))
        self.line.textChanged.connect(self._typed)
        self.line.returnPressed.connect(self._submit)
        self.chip = Chip("", "accent")
        self.hint = Text(tr("Enter saves"), "caption")
        self._understood = QWidget()
        self._understood.setLayout(row(self.chip, self.hint, None, space=8))
        self._understood.hide()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self.setLayout(column(self.line, self._understood, space=6))
        self.setFocusProxy(self.line)

    def said(self) -> Said | None:
        """Return what the line says now; None if it is empty."""
        text = self.line.text().strip()
        if not text:
            return None
        entry = self._entry()
        if entry.on is None and entry.kind != "task":
            is_short = len(text) <= LONGEST_TITLE
            return Said(False, text if is_short else _beginning(text), "" if is_short else text, None, None, self._person)
        at = datetime.combine(entry.on, entry.at, self._zone) if entry.on and entry.at else None
        return Said(True, entry.subject or text, "", entry.on, at, self._person)

    def show_person(self, words: str, person: tuple[UUID, str] | None) -> None:
        """Show whom these words of the line name, if they still stand there."""
        if self._entry().about != words:
            return
        self._person = person
        self._show()

    def clear(self) -> None:
        """Empty the line: it is being stored, and Undo takes that back, not the typing."""
        self.line.setText("")

    def _entry(self) -> quick_entry.Entry:
        return quick_entry.read(self.line.text(), clock.today(self._zone), language())

    @Slot(str)
    def _typed(self, text: str) -> None:
        self._person = None
        self._show()
        if text.strip():
            self._timer.start()

    @Slot()
    def _look(self) -> None:
        entry = self._entry()
        if entry.about:
            self.looked.emit(entry.about)

    def _show(self) -> None:
        said = self.said()
        self._understood.setVisible(said is not None)
        if said is None:
            return
        kind = self._entry().kind
        what = tr(KIND_LABELS[kind]) if said.is_task and kind in KIND_LABELS else tr("Task") if said.is_task else tr("Note")
        parts = [what]
        if said.on is not None:
            day = day_text(said.on, clock.today(self._zone))
            parts.append(tr("{day} {time}", day=day, time=f"{said.at:%H:%M}") if said.at else day)
        if said.person is not None:
            parts.append(said.person[1])
        self.chip.show_as(" · ".join(parts), "accent" if said.is_task else "muted")

    @Slot()
    def _submit(self) -> None:
        said = self.said()
        if said is not None:
            self.submitted.emit(said)


def _beginning(text: str) -> str:
    """Return the first sentence of a text, or as many words as fit a title."""
    first = text.split(". ", maxsplit=1)[0]
    if len(first) <= LONGEST_TITLE:
        return first
    cut = first[:LONGEST_TITLE].rsplit(" ", 1)[0]
    return f"{cut} …"
