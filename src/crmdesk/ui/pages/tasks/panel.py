"""One task beside the list, with all its fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QSizePolicy,
    QWidget,
)

from crmdesk.i18n import tr
from crmdesk.models.activity import Task
from crmdesk.operations import records as record_operations
from crmdesk.queries import records, tasks
from crmdesk.ui.form import Form
from crmdesk.ui.own_fields import OwnFields
from crmdesk.ui.page import Frame, at_field_or_window, scrolled
from crmdesk.ui.records import context, for_form, given
from crmdesk.ui.widgets.basics import Button, Card, ElidedText, IconButton, Line, column, row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from crmdesk.queries.tasks import TaskRow
    from crmdesk.store import Reader

FIELDS = ("subject", "due_on", "due_at", "remind_at", "repeats", "repeat_every", "repeats_until", "owner", "company", "contact", "deal", "ticket", "body")


@dataclass(frozen=True)
class Opened:
    """A task with the values of its fields."""

    task: TaskRow
    values: Mapping[str, Any]


def _open(reader: Reader, task: UUID) -> Opened | None:
    row, found = tasks.one(reader, task), records.rows(reader, "task", [task], [*FIELDS, "done_at"])
    return Opened(row, found[0].values) if row is not None and found else None


class TaskPanel(Card):
    """The panel of one task.

    Attributes:
        task: the one that is open; None while the panel is closed.

    Signals:
        ticked: the task is to be ticked off, or taken up again.
        closed: the panel was closed.
    """

    ticked = Signal(object)
    closed = Signal()

    def __init__(self, frame: Frame) -> None:
        super().__init__(padding=0, space=0)
        self._frame = frame
        self.task: UUID | None = None
        self._shown: TaskRow | None = None
        self.heading = ElidedText("", 600)
        self.done_button = Button(tr("Mark as done"), self._tick, icon="check")
        self.go_button = Button(tr("Open record"), self._go, "link", "external-link")
        self.form = Form([Task.fields[name] for name in FIELDS], context(frame.store, quiet=True), self._save, 104)
        self.form.link_opened.connect(self._open_link)
        self.own = OwnFields(frame, "task")
        head = row(self.heading, IconButton("x", tr("Close panel"), self.close_panel, "muted"), space=4)
        self.body.addLayout(column(head, row(self.done_button, None, self.go_button), space=6, margins=(16, 10, 10, 12)))
        self.body.addWidget(Line())
        inner = QWidget()
        inner.setLayout(column(self.form, self.own, None, space=2, margins=(16, 12, 12, 16)))
        self.body.addWidget(scrolled(inner), 1)
        self.setFixedWidth(372)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.hide()

    def show_task(self, task: UUID) -> None:
        """Show a task, or how it is now."""
        self.task = task
        self.show()
        self._frame.ask(self, lambda reader: _open(reader, task), self._show, key="task")

    def _show(self, found: Opened | None) -> None:
        if found is None or found.task.id != self.task:
            self.close_panel()
            return
        values, self._shown = found.values, found.task
        self.heading.set_text(values["subject"] or "")
        self.done_button.setText(tr("Take up again") if values["done_at"] else tr("Mark as done"))
        self.go_button.setVisible(any(values[name] is not None for name in ("deal", "ticket", "contact", "company")))
        self.form.set_values(for_form(values), found.task.id)
        self.own.show_record(found.task.id)
        for name in ("repeat_every", "repeats_until"):
            self.form.show_field(name, values["repeats"] is not None)

    def _go(self) -> None:
        for name in ("deal", "ticket", "contact", "company"):
            value = self.form.editors[name].was()
            if value is not None:
                self._frame.open_record(name, value.id)
                return

    def _tick(self) -> None:
        if self._shown is not None:
            self.ticked.emit(self._shown)

    def close_panel(self) -> None:
        """Close the panel."""
        self.task = self._shown = None
        self.hide()
        self.closed.emit()

    def _save(self, name: str, value: Any, saved: Callable[[], None], refused: Callable[[Exception], None]) -> None:
        if self.task is not None:
            self._frame.do(
                record_operations.edit,
                "task",
                [self.task],
                {name: given(Task.fields[name], value)},
                done=lambda _: saved(),
                failed=at_field_or_window(self._frame, refused),
            )

    @Slot(str, object)
    def _open_link(self, entity: str, record: UUID) -> None:
        self._frame.open_record(entity, record)
