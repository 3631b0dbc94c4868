"""Tasks: overdue, today, later; ticked off, put off, and followed by the next step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from crmdesk import clock
from crmdesk.i18n import mark, ntr, tr
from crmdesk.models.activity import Task
from crmdesk.operations import records as record_operations
from crmdesk.operations import tasks as deeds
from crmdesk.queries import records, tasks
from crmdesk.ui import theme
from crmdesk.ui.actions import Action, is_composing
from crmdesk.ui.dates import short_day
from crmdesk.ui.form import Form
from crmdesk.ui.own_fields import OwnFields
from crmdesk.ui.page import Changed, Frame, Page, Place, at_field_or_window, scrolled
from crmdesk.ui.quick_task import QuickTask
from crmdesk.ui.records import context, for_form, given
from crmdesk.ui.views import FilterViews, is_view
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import Button, Card, ElidedText, IconButton, Line, column, row
from crmdesk.ui.widgets.heads import EmptyState, PageHeader, Segmented

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, tzinfo
    from uuid import UUID

    from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter

    from crmdesk.queries.tasks import TaskRow
    from crmdesk.store import Reader

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole
HEAD_HEIGHT, ROW_HEIGHT, TICK = 40, 46, 44
MOST = 500
FIELDS = ("subject", "due_on", "due_at", "remind_at", "repeats", "repeat_every", "owner", "company", "contact", "deal", "ticket", "body")
FILTERS = ("subject", "due_on", "done_at", "remind_at", "repeats", "owner", "company", "contact", "deal", "ticket")
TONES: dict[str, theme.Tone] = {"overdue": "danger", "today": "accent"}


@dataclass(frozen=True)
class _Found:
    """The tasks as they are shown: headings and rows, and the counts above them."""

    lines: list[str | TaskRow]
    counts: dict[str, int]


class _Lines(QAbstractListModel):
    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        self.zone = zone
        self.lines: list[str | TaskRow] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.lines)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and isinstance(self.lines[index.row()], str):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        line = self.lines[index.row()]
        if role == ROW_ROLE:
            return line
        if role == Qt.ItemDataRole.DisplayRole:
            return line if isinstance(line, str) else line.subject
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole) and not isinstance(line, str):
            return ", ".join(part for part in (line.subject, about_text(line), due_text(line, self.zone), line.owner) if part)
        return None

    def show(self, lines: Sequence[str | TaskRow]) -> None:
        self.beginResetModel()
        self.lines = list(lines)
        self.endResetModel()


def due_text(task: TaskRow, zone: tzinfo) -> str:
    """Return when a task is due, in words."""
    if task.due_on is None:
        return ""
    clock_time = f" {task.due_at.astimezone(zone):%H:%M}" if task.due_at else ""
    today = clock.today(zone)
    if task.due_on == today:
        return (tr("Today") + clock_time).strip()
    if task.due_on == today + timedelta(days=1):
        return (tr("Tomorrow") + clock_time).strip()
    return short_day(task.due_on) + clock_time


def about_text(task: TaskRow) -> str:
    """Return whom a task is about."""
    return " · ".join(part for part in (task.company, task.contact) if part)


class _Painter(QStyledItemDelegate):
    def __init__(self, view: TaskList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, HEAD_HEIGHT if isinstance(index.data(ROW_ROLE), str) else ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line, box = index.data(ROW_ROLE), option.rect

        def at(x: int, y: int, wide: int, high: int) -> QRect:
            return paint.mirrored(QRect(box.x() + x, box.y() + y, wide, high), box, option.direction)

        if line is None:
            return
        if isinstance(line, str):
            paint.hairline(painter, box.left(), box.right(), box.bottom())
            paint.line(painter, at(16, 12, box.width() - 32, 24), line, theme.relative(600))
            return
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, theme.colour("accent_soft" if selected else "hover"))
        paint.hairline(painter, box.left(), box.right(), box.bottom())
        ratio = painter.device().devicePixelRatio()
        icon: tuple[str, theme.Token] = ("circle-check", "success") if line.done_at else ("circle", "muted_on_tint" if selected else "muted")
        painter.drawPixmap(at(16, 14, 18, 18).topLeft(), theme.pixmap(*icon, 18, ratio))
        right = box.width() - 16
        if line.owner and self._view.shows_owners:
            paint.avatar(painter, at(right - 22, 12, 22, 22), line.owner)
            right -= 32
        due = due_text(line, self._view.zone)
        if due and not line.done_at:
            tone = TONES.get(line.state, "muted")
            wide = paint.chip_width(due, "circle-alert" if line.state == "overdue" else "")
            paint.chip(painter, at(right - wide, 13, wide, paint.CHIP_HEIGHT).topLeft(), due, tone, wide, "circle-alert" if line.state == "overdue" else "")
            right -= wide + 8
        if line.repeats:
            painter.drawPixmap(at(right - 18, 15, 16, 16).topLeft(), theme.pixmap("refresh-cw", "muted_on_tint" if selected else "muted", 14, ratio))
            right -= 24
        about = about_text(line)
        ink = theme.colour("muted_on_tint" if selected else "muted") if line.done_at else theme.colour("text")
        paint.line(painter, at(TICK, 5 if about else 13, right - TICK - 8, 20), line.subject, theme.font(), ink)
        if about:
            paint.line(painter, at(TICK, 24, right - TICK - 8, 17), about, theme.font("caption"), theme.colour("muted_on_tint" if selected else "muted"))
        if selected and self._view.hasFocus():
            paint.focus_ring(painter, box.adjusted(1, 1, -1, -2), 4)


class TaskList(QListView):
    """The tasks under their headings. Space ticks, Enter opens, S puts off, Del deletes.

    Signals:
        ticked: a task to tick off, or to take up again.
        opened, chosen: a task that the user wants to see, or has moved to.
        snooze_wanted: a task to put off, and where on the screen to ask.
        delete_wanted: a task to delete.
    """

    ticked = Signal(object)
    opened = Signal(object)
    chosen = Signal(object)
    snooze_wanted = Signal(object, QPoint)
    delete_wanted = Signal(object)

    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        self.zone = zone
        self.shows_owners = False
        self.lines = _Lines(zone)
        self.setModel(self.lines)
        self.setItemDelegate(_Painter(self))
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(tr("Tasks"))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.doubleClicked.connect(self._double_clicked)

    def show_lines(self, lines: Sequence[str | TaskRow]) -> None:
        """Show these tasks; the chosen one stays so, else the one that stood after it."""
        current, at, number = self.current(), self.verticalScrollBar().value(), self.currentIndex().row()
        self.lines.show(lines)
        self.verticalScrollBar().setValue(at)
        keep = current.id if current is not None else None
        row = next((n for n, line in enumerate(lines) if not isinstance(line, str) and line.id == keep), -1)
        if row < 0:
            row = next((n for n, line in enumerate(lines) if not isinstance(line, str) and n >= number), -1)
        if row < 0:
            row = next((n for n in range(len(lines) - 1, -1, -1) if not isinstance(lines[n], str)), -1)
        if row >= 0:
            self.setCurrentIndex(self.lines.index(row))

    def current(self) -> TaskRow | None:
        """Return the chosen task."""
        line = self.currentIndex().data(ROW_ROLE) if self.currentIndex().isValid() else None
        return line if line is not None and not isinstance(line, str) else None

    def choose(self, task: UUID) -> bool:
        """Move to a task; False if it is not in the list."""
        row = next((n for n, line in enumerate(self.lines.lines) if not isinstance(line, str) and line.id == task), -1)
        if row >= 0:
            self.setCurrentIndex(self.lines.index(row))
        return row >= 0

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        task = self.current()
        if task is not None:
            self.chosen.emit(task.id)

    @Slot(QModelIndex)
    def _double_clicked(self, index: QModelIndex) -> None:
        task = self.current()
        if task is not None:
            self.opened.emit(task.id)

    def keyboardSearch(self, search: str) -> None:
        """Do not jump to tasks by their letters: single letters are commands here."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        task, key = self.current(), event.key()
        if task is None or is_composing():
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Space:
            self.ticked.emit(task)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(task.id)
        elif key == Qt.Key.Key_S and not event.modifiers():
            self.snooze_wanted.emit(task, self._spot())
        elif key == Qt.Key.Key_Delete:
            self.delete_wanted.emit(task)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        task = self.current()
        if task is not None:
            self.snooze_wanted.emit(task, event.globalPos())

    def _spot(self) -> QPoint:
        return self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        line = index.data(ROW_ROLE) if index.isValid() else None
        if line is not None and not isinstance(line, str) and event.button() == Qt.MouseButton.LeftButton:
            tick = paint.mirrored(QRect(0, 0, TICK, 1), QRect(0, 0, self.viewport().width(), 1), self.layoutDirection())
            if tick.left() <= event.position().x() <= tick.right():
                self.ticked.emit(line)
                return
        super().mouseReleaseEvent(event)


class TasksPage(Page):
    """What is to be done."""

    watches = frozenset({"task", "company", "contact", "deal", "ticket", "member"})

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._task: UUID | None = None
        self._wanted: UUID | None = None
        self.header = PageHeader(tr("Tasks"))
        self.which = Segmented(("open", tr("Open")), ("done", tr("Done")), name=tr("Which tasks"))
        self.which.chosen.connect(self._ask)
        self.owner = Segmented(("mine", tr("Mine")), ("all", tr("Everyone's")), name=tr("Whose tasks"))
        self.owner.chosen.connect(self._ask)
        self.filter = FilterViews(self, "task", FILTERS, lambda: {"which": self.which.value(), "owner": "me" if self.owner.value() == "mine" else ""}, self._show_view)
        self.filter.changed.connect(self._ask)
        self.header.beside(self.which)
        self.header.add(self.filter.filter_button, self.filter.save_button, self.owner)
        self.quick = QuickTask(frame)
        self.list = TaskList(frame.store.settings.tz)
        self.list.ticked.connect(self._tick)
        self.list.opened.connect(self._open)
        self.list.chosen.connect(self._chosen)
        self.list.snooze_wanted.connect(self._show_menu)
        self.list.delete_wanted.connect(self._delete)
        card = Card(padding=0)
        card.add(self.list)
        self.nothing = EmptyState("square-check-big", tr("Nothing to do."), hint=tr("Type a task above, such as “call Maria tomorrow 10:00”."))
        self.stack = QStackedWidget()
        self.stack.addWidget(card)
        self.stack.addWidget(self.nothing)
        self.panel = self._build_panel()
        self.panel.hide()
        left = column(self.quick, self.filter, self.stack, space=12)
        left.setStretch(2, 1)
        self.column.addWidget(self.header)
        self.column.addLayout(row(left, self.panel, space=12), 1)

    def _build_panel(self) -> QWidget:
        self.panel_title = ElidedText("", 600)
        self.done_button = Button(tr("Mark as done"), self._tick_current, icon="check")
        self.go_button = Button(tr("Open record"), self._go, "link", "external-link")
        self.form = Form([Task.fields[name] for name in FIELDS], context(self.frame.store, quiet=True), self._save, 104)
        self.form.link_opened.connect(self._open_link)
        panel = Card(padding=0, space=0)
        head = row(self.panel_title, IconButton("x", tr("Close panel"), self._close_panel, "muted"), space=4)
        panel.body.addLayout(column(head, row(self.done_button, None, self.go_button), space=6, margins=(16, 10, 10, 12)))
        panel.body.addWidget(Line())
        inner = QWidget()
        self.own = OwnFields(self.frame, "task")
        inner.setLayout(column(self.form, self.own, None, space=2, margins=(16, 12, 12, 16)))
        panel.body.addWidget(scrolled(inner), 1)
        panel.setFixedWidth(372)
        panel.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        return panel

    # --- arriving -----------------------------------------------------------------------------------------------------

    def arrive(self, place: Place) -> None:
        if place.entity == "task" and place.record is not None:
            self._wanted = place.record
            self._open(place.record)
        elif place.view == "new":
            self.quick.setFocus()
        elif is_view(place.view):
            self.filter.open(place.view)
        else:
            self.filter.close_view()
            if place.view in ("open", "done"):
                self.which.choose(place.view)
        self._ask()

    def refresh(self, changed: Changed) -> None:
        self._ask()
        if self._task is not None and self.panel.isVisible():
            self._open(self._task)

    def focus_first(self) -> None:
        self.list.setFocus()

    def commands(self) -> list[Action]:
        return [
            Action("task.new", mark("New task"), self.quick.setFocus, "square-check-big", "Ctrl+N", "new"),
            Action("task.done", mark("Complete task"), self._tick_current, "check", "", "record", self._has_task),
            Action("task.snooze", mark("Put off task"), self._menu_at_current, "calendar-clock", "", "record", self._has_task),
            Action("task.filter", mark("Filter this list"), self.filter.filter_button.click, "funnel", "Ctrl+F", "view"),
            Action("task.save_view", mark("Save view"), self.filter.save, "bookmark", "", "view"),
            self.filter.export_action(),
            Action("task.delete", mark("Delete task"), self._delete_current, "trash-2", "", "record", self._has_task),
        ]

    def _has_task(self) -> bool:
        return self.list.current() is not None

    @Slot()
    def _ask(self) -> None:
        is_open, mine, where = self.which.value() == "open", self.owner.value() == "mine", self.filter.conditions()
        self.list.shows_owners = not mine
        self.filter.tell()

        def question(reader: Reader) -> _Found:
            owner = reader.viewer.member_id if mine else None
            lines: list[str | TaskRow] = []
            if is_open:
                for state, found in tasks.grouped(reader, owner, MOST, where).items():
                    lines += [tr("{group} {count}", group=tr(tasks.GROUPS[state]), count=len(found)), *found]
            else:
                lines += tasks.done_tasks(reader, owner, where=where)
            return _Found(lines, tasks.counts(reader, owner, where))

        self.frame.ask(self, question, self._show, key="tasks")

    def _show_view(self, kept: Mapping[str, Any], name: str) -> None:
        self.header.set_title(name or tr("Tasks"))
        self.which.choose(kept.get("which", "open"))
        self.owner.choose("all" if kept.get("owner", "me") == "" else "mine")
        self._ask()

    def _show(self, found: _Found) -> None:
        self.which.set_label("open", tr("{filter} {count}", filter=tr("Open"), count=found.counts["open"]))
        overdue = found.counts["overdue"]
        self.header.set_note(ntr("{count} overdue", "{count} overdue", overdue) if overdue else "")
        self.list.show_lines(found.lines)
        self.stack.setCurrentIndex(0 if found.lines else 1)
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
        menu.addAction(theme.icon("rotate-ccw" if task.done_at else "check"), tr("Take up again") if task.done_at else tr("Mark as done"), lambda: self._tick(task))
        menu.addAction(theme.icon("panel-right"), tr("Open"), lambda: self._open(task.id))
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
        if task.id == self._task:
            self._close_panel()
        self.frame.do(record_operations.delete, "task", [task.id], said=tr("Task deleted"))

    def _delete_current(self) -> None:
        task = self.list.current()
        if task is not None:
            self._delete(task)

    # --- one task -----------------------------------------------------------------------------------------------------

    @Slot(object)
    def _chosen(self, task: UUID) -> None:
        if self.panel.isVisible() and task != self._task:
            self._open(task)

    @Slot(object)
    def _open(self, task: UUID) -> None:
        self._task = task
        self.panel.show()
        self.frame.ask(self, lambda reader: records.rows(reader, "task", [task], [*FIELDS, "done_at"]), self._show_task, key="task")

    def _show_task(self, found: list[records.Row]) -> None:
        if not found or found[0].id != self._task:
            self._close_panel()
            return
        values = found[0].values
        self.panel_title.set_text(values["subject"] or "")
        self.done_button.setText(tr("Take up again") if values["done_at"] else tr("Mark as done"))
        self.go_button.setVisible(any(values[name] is not None for name in ("deal", "ticket", "contact", "company")))
        self.form.set_values(for_form(values))
        self.own.show_record(found[0].id)
        self.form.show_field("repeat_every", values["repeats"] is not None)

    def _go(self) -> None:
        for name in ("deal", "ticket", "contact", "company"):
            value = self.form.editors[name].was()
            if value is not None:
                self.frame.open_record(name, value.id)
                return

    def _close_panel(self) -> None:
        self._task = None
        self.panel.hide()
        self.list.setFocus()

    def _save(self, name: str, value: Any, saved: Callable[[], None], refused: Callable[[Exception], None]) -> None:
        if self._task is not None:
            self.frame.do(record_operations.edit, "task", [self._task], {name: given(Task.fields[name], value)}, done=lambda _: saved(), failed=at_field_or_window(self.frame, refused))

    @Slot(str, object)
    def _open_link(self, entity: str, record: UUID) -> None:
        self.frame.open_record(entity, record)
