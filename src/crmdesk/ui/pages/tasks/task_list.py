"""The list of tasks under their headings."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from crmdesk import clock
from crmdesk.i18n import tr
from crmdesk.ui import theme
from crmdesk.ui.actions import is_composing
from crmdesk.ui.dates import short_day
from crmdesk.ui.widgets import paint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo
    from uuid import UUID

    from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter

    from crmdesk.queries.tasks import TaskRow

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole
HEAD_HEIGHT, ROW_HEIGHT, TICK = 40, 46, 44

TONES: dict[str, theme.Tone] = {"overdue": "danger", "today": "accent"}


class Lines(QAbstractListModel):
    """Headings and tasks."""

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
        """Show these and no others."""
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


class TaskDelegate(QStyledItemDelegate):
    """Draws headings and tasks.

    Attributes:
        shows_owners: whether the tasks of several people are shown.
    """

    def __init__(self, view: QAbstractItemView, zone: tzinfo) -> None:
        super().__init__(view)
        self._view, self._zone = view, zone
        self.shows_owners = False

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, HEAD_HEIGHT if isinstance(index.data(ROW_ROLE), str) else ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line, box = index.data(ROW_ROLE), option.rect
        if line is None:
            return
        if isinstance(line, str):
            paint.hairline(painter, box.left(), box.right(), box.bottom())
            area = QRect(box.x() + 16, box.y() + 12, box.width() - 32, 24)
            paint.line(painter, paint.mirrored(area, box, option.direction), line, theme.relative(600))
            return
        self._paint_task(painter, option, line)

    def _paint_task(self, painter: QPainter, option: QStyleOptionViewItem, line: TaskRow) -> None:
        box = option.rect

        def at(x: int, y: int, wide: int, high: int) -> QRect:
            return paint.mirrored(QRect(box.x() + x, box.y() + y, wide, high), box, option.direction)

        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, theme.colour("accent_soft" if selected else "hover"))
        paint.hairline(painter, box.left(), box.right(), box.bottom())
        ratio = painter.device().devicePixelRatio()
        icon: tuple[str, theme.Token] = ("circle-check", "success") if line.done_at else ("circle", "muted_on_tint" if selected else "muted")
        painter.drawPixmap(at(16, 14, 18, 18).topLeft(), theme.pixmap(*icon, 18, ratio))
        right = box.width() - 16
        if line.owner and self.shows_owners:
            paint.avatar(painter, at(right - 22, 12, 22, 22), line.owner, selected)
            right -= 32
        due = due_text(line, self._zone)
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
        self._is_filling = False
        self.lines = Lines(zone)
        self.setModel(self.lines)
        self._delegate = TaskDelegate(self, zone)
        self.setItemDelegate(self._delegate)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(tr("Tasks"))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.doubleClicked.connect(self._double_clicked)

    def show_owners(self, shown: bool) -> None:
        """Show whose task each is."""
        self._delegate.shows_owners = shown

    def show_lines(self, lines: Sequence[str | TaskRow]) -> None:
        """Show these tasks; the chosen one stays so, else the one that stood after it is chosen in its place."""
        self._is_filling = True
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
        self._is_filling = False
        after = self.current()
        if current is not None and after is not None and after.id != keep:
            self.chosen.emit(after.id)

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
        if task is not None and not self._is_filling:
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
