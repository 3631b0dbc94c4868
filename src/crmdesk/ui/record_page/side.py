"""The cards beside the timeline: people, next steps, others."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from crmdesk import clock
from crmdesk.i18n import tr
from crmdesk.queries import tasks as task_queries
from crmdesk.ui.dates import day_text
from crmdesk.ui.widgets.basics import Avatar, Button, Card, Chip, Clickable, ElidedText, IconButton, Text, column, row
from crmdesk.ui.widgets.layouts import empty, made_anew
from crmdesk.ui.widgets.steps import StepLine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmdesk.queries.company import Person
    from crmdesk.ui import theme
    from crmdesk.ui.page import Frame
    from crmdesk.ui.record_page.shown import Shown

MOST_PEOPLE = 8


class Side(QWidget):
    """The cards in a column; in a narrow window they are put beneath the details.

    Signals:
        opened: entity and id of a record that the user wants to see.
        completed: the id of a task that is done.
        contact_wanted, task_wanted: one more is to be added.
    """

    opened = Signal(str, object)
    completed = Signal(object)
    contact_wanted = Signal()
    task_wanted = Signal()

    def __init__(self, frame: Frame, entity: str, people_title: str, others_title: str) -> None:
        super().__init__()
        self._frame, self._entity = frame, entity
        self._everybody: Sequence[Person] = ()
        self.people_card, self._people = _list_card(people_title, tr("Add contact"), self.contact_wanted.emit)
        self.steps_card, self._steps = _list_card(tr("Next steps"), tr("Add task"), self.task_wanted.emit)
        self.others_card, self._others = _list_card(others_title, "", None)
        self.others_card.hide()
        self.setLayout(column(self.people_card, self.steps_card, self.others_card, space=12))

    def show_record(self, found: Shown) -> None:
        """Show who and what belongs to a record."""
        with made_anew(self):
            self._show_people(found)
            self._show_steps(found)
            self._show_others(found)

    def _show_people(self, found: Shown) -> None:
        self._everybody = found.people
        empty(self._people)
        for person in found.people[:MOST_PEOPLE]:
            line = Clickable(tr("Open {label}", label=person.name))
            words = column(ElidedText(person.name), *([ElidedText(person.role, token="muted", size="caption")] if person.role else []), space=0)
            inner = row(Avatar(person.name), space=8, margins=(0, 4, 0, 4))
            inner.addLayout(words, 1)
            line.setLayout(inner)
            line.clicked.connect(partial(self.opened.emit, "contact", person.id))
            self._people.addWidget(line)
        if not found.people:
            self._people.addWidget(Text(tr("Nobody yet."), "muted"))
        if found.people_count > MOST_PEOPLE:
            self._people.addWidget(Button(tr("All {count}", count=found.people_count), self._show_all_people, "link"))

    def _show_all_people(self) -> None:
        menu = QMenu(self)
        for person in self._everybody:
            menu.addAction(person.name, partial(self.opened.emit, "contact", person.id))
        menu.exec(self.people_card.mapToGlobal(QPoint(0, self.people_card.height())))

    def _show_steps(self, found: Shown) -> None:
        empty(self._steps)
        today = clock.today(self._frame.store.settings.tz)
        for step in found.steps:
            due = None
            if step.due_on is not None:
                tone: theme.Tone = "danger" if step.state == "overdue" else "accent" if step.state == "today" else "muted"
                due = Chip(day_text(step.due_on, today), tone, icon="circle-alert" if step.state == "overdue" else "")
            line = StepLine(step.subject, due, partial(self.completed.emit, step.id), partial(self.opened.emit, "task", step.id))
            line.setToolTip(tr(task_queries.GROUPS.get(step.state, "")))
            self._steps.addWidget(line)
        if not found.steps:
            self._steps.addWidget(Text(tr("No next step is planned."), "muted", wrap=True))

    def _show_others(self, found: Shown) -> None:
        empty(self._others)
        for record, name in found.others:
            self._others.addWidget(Button(name, partial(self.opened.emit, self._entity, record), "link"))
        self.others_card.setVisible(bool(found.others))


def _list_card(title: str, add: str, run: Callable[[], object] | None) -> tuple[Card, QVBoxLayout]:
    """Return a card with a list in it, and the list."""
    card = Card()
    card.setAccessibleName(title)
    card.body.setContentsMargins(16, 10, 10, 12)
    head = row(Text(title, "strong"), None)
    if run is not None:
        button = IconButton("plus", add, run, "muted")
        button.setFixedSize(26, 26)
        head.addWidget(button)
    else:
        head.addSpacing(26)
    lines = column(space=2)
    card.add(head, lines)
    return card, lines
