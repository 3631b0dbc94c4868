"""The page itself: which tasks are shown, and what is done with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Slot
from PySide6.QtWidgets import (
    QApplication,
    QMenu,
    QStackedWidget,
    QWidget,
)

from crmdesk import clock
from crmdesk.i18n import mark, ntr, tr
from crmdesk.operations import records as record_operations
from crmdesk.operations import tasks as deeds
from crmdesk.queries import records, tasks
from crmdesk.ui import theme
from crmdesk.ui.actions import Action
from crmdesk.ui.dates import short_day
from crmdesk.ui.import_offers import nothing_yet
from crmdesk.ui.page import Changed, Frame, Page, Place
from crmdesk.ui.pages.tasks.panel import TaskPanel
from crmdesk.ui.pages.tasks.task_list import TaskList, about_text
from crmdesk.ui.quick_task import QuickTask
from crmdesk.ui.views import FilterViews, is_view
from crmdesk.ui.widgets.basics import Button, Card, column, row
from crmdesk.ui.widgets.heads import PageHeader, Segmented

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from uuid import UUID

    from crmdesk.queries.tasks import TaskRow
    from crmdesk.store import Reader

MOST = 500
FILTERS = ("subject", "due_on", "done_at", "remind_at", "repeats", "owner", "company", "contact", "deal", "ticket")


@dataclass(frozen=True)
class Found:
    """The tasks as they are shown: headings and rows, the counts above them, and whether there is any task at all."""

    lines: list[str | TaskRow]
    counts: dict[str, int]
    has_any: bool


class TasksPage(Page):
    """What is to be done."""

    entity = "task"
    watches = frozenset({"task", "company", "contact", "deal", "ticket", "member"})

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._wanted: UUID | None = None
        self.header = PageHeader(tr("Tasks"))
        self.which = Segmented(("open", tr("Open")), ("done", tr("Done")), name=tr("Which tasks"))
        self.which.chosen.connect(self._ask)
        self.owner = Segmented(("mine", tr("Mine")), ("all", tr("Everyone's")), name=tr("Whose tasks"))
        self.owner.chosen.connect(self._ask)
        self.filter = FilterViews(
            self, "task", FILTERS, lambda: {"which": self.which.value(), "owner": "me" if self.owner.value() == "mine" else ""}, self._show_view
        )
        self.filter.changed.connect(self._ask)
        self.header.beside(self.which)
        self.header.add(self.filter.filter_button, self.filter.save_button, self.filter.import_button, self.owner)
        self.quick = QuickTask(frame)
        self.panel = TaskPanel(frame)
        self.panel.ticked.connect(self._tick)
        self.panel.closed.connect(self._to_list)
        self.list = TaskList(frame.store.settings.tz)
        self.list.ticked.connect(self._tick)
        self.list.opened.connect(self.panel.show_task)
        self.list.chosen.connect(self._chosen)
        self.list.snooze_wanted.connect(self._show_menu)
        self.list.delete_wanted.connect(self._delete)
        card = Card(padding=0)
        card.add(self.list)
        begin, said = Button(tr("New task"), self.quick.setFocus, "primary", "plus"), tr("Type a task above, such as “call Maria tomorrow 10:00”.")
        self.nothing = nothing_yet(frame, "task", tr("Nothing to do."), begin, said)
        self.stack = QStackedWidget()
        self.stack.addWidget(card)
        self.stack.addWidget(self.nothing)
        left = column(self.quick, self.filter, self.stack, space=12)
        left.setStretch(2, 1)
        self.column.addWidget(self.header)
        self.column.addLayout(row(left, self.panel, space=12), 1)

    # --- arriving -----------------------------------------------------------------------------------------------------

    def arrive(self, place: Place) -> None:
        if place.entity == "task" and place.record is not None:
            self._wanted = place.record
            self.panel.show_task(place.record)
        elif place.view == "new":
            self.quick.setFocus()
        elif is_view(place.view):
            self.filter.open(place.view)
        else:
            self.filter.close_view()
            if place.view in ("open", "done"):
                self.which.choose(place.view)
        self._ask()

    def here(self, place: Place) -> Place:
        task = self.panel.task if self.panel.isVisible() else None
        return place if place.view else Place(place.page, "task" if task else "", task)

    def refresh(self, changed: Changed) -> None:
        self._ask()
        if self.panel.task is not None:
            self.panel.show_task(self.panel.task)

    def beside(self) -> QWidget | None:
        return self.panel if self.panel.isVisible() else None

    def close_beside(self) -> None:
        self.panel.close_panel()

    def focus_first(self) -> None:
        self.list.setFocus()

    def commands(self) -> list[Action]:
        return [
            Action("task.new", mark("New task"), self.quick.setFocus, "square-check-big", "Ctrl+N", "new"),
            Action("task.done", mark("Complete task"), self._tick_current, "check", "", "record", self._has_task),
            Action("task.snooze", mark("Put off task"), self._menu_at_current, "calendar-clock", "", "record", self._has_task),
            Action("task.filter", mark("Filter this list"), self.filter.filter_button.click, "funnel", "Ctrl+F", "view"),
            Action("task.save_view", mark("Save view"), self.filter.save, "bookmark", "", "view"),
            *self.filter.file_actions(),
            Action("task.delete", mark("Delete task"), self._delete_current, "trash-2", "", "record", self._has_task),
        ]

    def _has_task(self) -> bool:
        return self.list.current() is not None

    @Slot()
    def _ask(self) -> None:
        is_open, mine, where = self.which.value() == "open", self.owner.value() == "mine", self.filter.conditions()
        self.list.show_owners(not mine)
        self.filter.tell()

        def question(reader: Reader) -> Found:
            owner = reader.viewer.member_id if mine else None
            lines: list[str | TaskRow] = []
            if is_open:
                for state, found in tasks.grouped(reader, owner, MOST, where).items():
                    lines += [tr("{group} {count}", group=tr(tasks.GROUPS[state]), count=len(found)), *found]
            else:
                lines += tasks.done_tasks(reader, owner, where=where)
            return Found(lines, tasks.counts(reader, owner, where), bool(lines) or records.count(reader, "task") > 0)

        self.frame.ask(self, question, self._show, key="tasks")

    def _show_view(self, kept: Mapping[str, Any], name: str) -> None:
        self.header.set_title(name or tr("Tasks"))
        self.which.choose(kept.get("which", "open"))
        self.owner.choose("all" if kept.get("owner", "me") == "" else "mine")
        self._ask()

    def _show(self, found: Found) -> None:
        self.which.set_label("open", tr("{filter} {count}", filter=tr("Open"), count=found.counts["open"]))
        overdue = found.counts["overdue"]
        self.header.set_note(ntr("{count} overdue", "{count} overdue", overdue) if overdue else "")
        had_keyboard = QApplication.focusWidget() in (self, self.list, self.nothing)
        self.list.show_lines(found.lines)
        self.stack.setCurrentIndex(0 if found.lines else 1)
        self.nothing.show_lesser(not found.has_any)
        if had_keyboard:
            (self.list if found.lines else self.quick).setFocus()
        is_open = self.which.value() == "open"
        if self.filter.conditions():
            self.nothing.set_sentence(tr("No record matches the filter."), "")
        else:
            hint = tr("Type a task above, such as “call Maria tomorrow 10:00”.") if is_open else ""
            self.nothing.set_sentence(tr("Nothing to do.") if is_open else tr("Nothing was done yet."), hint)
        if self._wanted is not None:
            self.list.choose(self._wanted)
            self._wanted = None

    # --- doing --------------------------------------------------------------------------------------------------------

    @Slot(object)
    def _tick(self, task: TaskRow) -> None:
        if task.done_at is not None:
            self.frame.do(deeds.reopen, [task.id], said=tr("Taken up again: {task}", task=task.subject))
            return
        self.frame.do(deeds.done, [task.id], done=lambda following: self._ticked(task, following))

    def _ticked(self, task: TaskRow, following: list[UUID]) -> None:
        links: dict[str, UUID] = {}
        for name, record in (("deal_id", task.deal_id), ("ticket_id", task.ticket_id), ("contact_id", task.contact_id), ("company_id", task.company_id)):
            if record is not None:
                links[name] = record
        if following:
            self.frame.say(tr("Completed; the next one is planned"), undo=True)
            return
        more: list[tuple[str, Callable[[], object]]] = []
        if links:
            more.append((tr("Next step"), lambda: self._plan_next(about_text(task) or task.subject, links)))
        self.frame.say(tr("Task completed"), undo=True, more=more)

    def _plan_next(self, label: str, links: dict[str, UUID]) -> None:
        self.quick.set_about(label, links)
        self.quick.setFocus()

    def _tick_current(self) -> None:
        task = self.list.current()
        if task is not None:
            self._tick(task)

    @Slot(object, QPoint)
    def _show_menu(self, task: TaskRow, at: QPoint) -> None:
        menu = self.snooze_menu(task)
        menu.exec(at)
        menu.deleteLater()

    def snooze_menu(self, task: TaskRow) -> QMenu:
        """Return the days to which a task can be put off, and what else can be done with it."""
        menu, today = QMenu(self), clock.today(self.frame.store.settings.tz)
        monday = today + timedelta(days=7 - today.weekday())
        for label, day in ((tr("Today"), today), (tr("Tomorrow"), today + timedelta(days=1)), (tr("Next Monday"), monday), (tr("In a week"), today + timedelta(days=7)),
                           (tr("In a month"), today + timedelta(days=30))):  # fmt: skip
            action = menu.addAction(theme.icon("calendar-clock"), tr("{words} ({day})", words=label, day=short_day(day)), self._snoozer(task, day))
            action.setEnabled(day != task.due_on)
        menu.addSeparator()
        menu.addAction(
            theme.icon("rotate-ccw" if task.done_at else "check"), tr("Take up again") if task.done_at else tr("Mark as done"), lambda: self._tick(task)
        )
        menu.addAction(theme.icon("panel-right"), tr("Open"), lambda: self.panel.show_task(task.id))
        menu.addAction(theme.icon("trash-2"), tr("Delete"), lambda: self._delete(task))
        return menu

    def _snoozer(self, task: TaskRow, day: date) -> Callable[[], object]:
        return lambda: self.frame.do(deeds.snooze, [task.id], day, said=tr("Put off until {day}", day=short_day(day)))

    def _menu_at_current(self) -> None:
        task = self.list.current()
        if task is not None:
            self._show_menu(task, self.list.viewport().mapToGlobal(self.list.visualRect(self.list.currentIndex()).center()))

    @Slot(object)
    def _delete(self, task: TaskRow) -> None:
        if task.id == self.panel.task:
            self.panel.close_panel()
        self.frame.do(record_operations.delete, "task", [task.id], said=tr("Task deleted"))

    def _delete_current(self) -> None:
        task = self.list.current()
        if task is not None:
            self._delete(task)

    # --- one task -----------------------------------------------------------------------------------------------------

    @Slot(object)
    def _chosen(self, task: UUID) -> None:
        if self.panel.isVisible():
            self.panel.show_task(task)

    @Slot()
    def _to_list(self) -> None:
        self.list.setFocus()
