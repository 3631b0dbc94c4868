"""Tickets in the window: the queue, the conversation, the box in which a reply is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QTextCursor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QPlainTextEdit,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from crmdesk.i18n import locale, tr
from crmdesk.models.ticket import CHANNELS, PRIORITIES
from crmdesk.ui import theme
from crmdesk.ui.actions import is_composing
from crmdesk.ui.page import Tall, scrolled
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import Avatar, Line, Picture, Text, column, row
from crmdesk.ui.widgets.offers import Offers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from crmdesk.queries.answers import Snippet
    from crmdesk.queries.tickets import MessageLine, TicketRow

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT = 79
ROW_ROLE = Qt.ItemDataRole.UserRole
DRAFT_MS = 1000
MOST_OFFERED = 7
PRIORITY_TONES: dict[str, theme.Tone] = {"urgent": "danger", "high": "warning"}
URGENCY_TONES: dict[str, theme.Tone] = {"late": "danger", "soon": "danger", "today": "warning"}
STATE_TONES: dict[str, theme.Tone] = {"waiting": "info", "resolved": "success"}


@dataclass(frozen=True)
class Waiting:
    """A ticket in the queue with what it waits for, in words."""

    row: TicketRow
    due: str
    tone: theme.Tone


def priority_name(value: str) -> str:
    """Return a priority in words."""
    return next((tr(choice.label) for choice in PRIORITIES if choice.value == value), value)


def channel_name(value: str | None) -> str:
    """Return a channel in words."""
    return next((tr(choice.label) for choice in CHANNELS if choice.value == value), value or "")


def tone_of(row: TicketRow, when: datetime) -> theme.Tone:
    """Return the tone of what a ticket waits for."""
    return STATE_TONES.get(row.due.state) or URGENCY_TONES.get(row.due.urgency(when), "muted")


def moment_text(at: datetime, zone: tzinfo, today: Any) -> str:
    """Return a moment as a conversation shows it: the time today, else the day with it."""
    from babel.dates import format_skeleton, format_time

    local = at.astimezone(zone)
    clock = format_time(local.time(), "short", locale=locale())
    if local.date() == today:
        return clock
    day = format_skeleton("MMMd" if local.year == today.year else "yMMMd", local.date(), locale=locale())
    return tr("{day} {time}", day=day, time=clock)


# --- the queue --------------------------------------------------------------------------------------------------------


class _Waitings(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Waiting] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        waiting = self.rows[index.row()]
        if role == ROW_ROLE:
            return waiting
        if role == Qt.ItemDataRole.DisplayRole:
            return waiting.row.subject
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            one = waiting.row
            parts = (one.number, priority_name(one.priority), waiting.due, one.subject, one.company or one.contact, one.owner)
            return ", ".join(part for part in parts if part)
        return None

    def show(self, rows: Sequence[Waiting]) -> None:
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()


class _RowPainter(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        waiting: Waiting | None = index.data(ROW_ROLE)
        if waiting is None:
            return
        row, box, view = waiting.row, option.rect, self.parent()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(box, theme.colour("accent_soft"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, theme.colour("hover"))
        paint.hairline(painter, box.left(), box.right(), box.bottom())
        muted = theme.colour("muted_on_tint" if selected else "muted")
        direction = option.direction

        def at(x: int, y: int, wide: int, high: int = 20) -> QRect:
            return paint.mirrored(QRect(box.x() + x, box.y() + y, wide, high), box, direction)

        left, right = 14, box.width() - 14
        due_wide = min(paint.chip_width(waiting.due), right - left - 60)
        paint.chip(painter, at(right - due_wide, 10, due_wide).topLeft(), waiting.due, waiting.tone, due_wide)
        number_wide = paint.text_width(row.number, theme.tabular())
        paint.line(painter, at(left, 10, number_wide + 1), row.number, theme.tabular(), muted)
        priority = priority_name(row.priority)
        wide = paint.chip_width(priority)
        if left + number_wide + 8 + wide + 6 < right - due_wide:
            tone = "muted" if row.due.state in ("resolved", "closed") else PRIORITY_TONES.get(row.priority, "muted")
            paint.chip(painter, at(left + number_wide + 8, 10, wide).topLeft(), priority, tone, wide)
        paint.line(painter, at(left, 32, right - left), row.subject, theme.relative(600))
        who = " · ".join(part for part in (row.company or row.contact, paint.initials(row.owner) if row.owner else tr("Nobody yet")) if part)
        paint.line(painter, at(left, 51, right - left), who, theme.font(), muted)
        if selected and isinstance(view, QWidget) and view.hasFocus():
            paint.focus_ring(painter, box.adjusted(1, 1, -1, -2), 4)


class TicketQueue(QListView):
    """The tickets that wait, the most pressing first.

    Signals:
        chosen: the ticket that the user has moved to.
        opened: the ticket, and whether a window of its own is wanted.
    """

    chosen = Signal(object)
    opened = Signal(object, bool)

    def __init__(self) -> None:
        super().__init__()
        self._rows = _Waitings()
        self._is_showing = False
        self.setModel(self._rows)
        self.setItemDelegate(_RowPainter(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(tr("Tickets"))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.doubleClicked.connect(self._double_clicked)

    def rows(self) -> list[Waiting]:
        """Return the tickets that are shown."""
        return list(self._rows.rows)

    def show_rows(self, rows: Sequence[Waiting], wanted: Any = None) -> None:
        """Show these tickets; the chosen one stays so, else `wanted`, else the first."""
        current = self.current()
        keep = wanted or (current.row.id if current else None)
        if list(rows) != self._rows.rows:
            at = self.verticalScrollBar().value()
            self._is_showing = True
            self._rows.show(rows)
            self.verticalScrollBar().setValue(at)
            self._is_showing = False
        number = next((n for n, one in enumerate(rows) if one.row.id == keep), 0 if not wanted else -1)
        if rows and number >= 0 and (not self.currentIndex().isValid() or self.currentIndex().row() != number):
            self.setCurrentIndex(self._rows.index(number))

    def current(self) -> Waiting | None:
        """Return the chosen ticket."""
        index = self.currentIndex()
        return index.data(ROW_ROLE) if index.isValid() else None

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid() and not self._is_showing:
            waiting: Waiting = current.data(ROW_ROLE)
            self.chosen.emit(waiting.row.id)

    @Slot(QModelIndex)
    def _double_clicked(self, index: QModelIndex) -> None:
        self.opened.emit(index.data(ROW_ROLE).row.id, False)

    def keyboardSearch(self, search: str) -> None:
        """Do not jump to subjects by their letters: single letters are commands here."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        waiting = self.current()
        if waiting is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not is_composing():
            self.opened.emit(waiting.row.id, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        else:
            super().keyPressEvent(event)


# --- the conversation -------------------------------------------------------------------------------------------------


class _Said(QFrame):
    """One message: who, when, how, and the text, which can be marked and copied."""

    def __init__(self, message: MessageLine, zone: tzinfo, today: Any) -> None:
        super().__init__()
        self._is_note = message.kind == "note"
        who = message.who or (tr("Customer") if message.kind == "in" else tr("Somebody"))
        how = tr("internal note") if self._is_note else channel_name(message.channel)
        when = moment_text(message.at, zone, today)
        head = row(Text(who, "strong"), Text(" · ".join(part for part in (when, how) if part), "muted"), None, space=5)
        if self._is_note:
            head.insertWidget(0, Picture("lock", "muted", 14))
        parts: list[Any] = [head, Text(message.body, wrap=True, selectable=True)]
        if message.article:
            parts.append(row(Picture("book-open", "muted", 14), Text(message.article, "caption"), None, space=5))
        avatar = column(Avatar(who), None)
        self.setLayout(row(avatar, column(*parts, space=2), space=10, margins=(16, 12, 16, 12)))
        self.setAccessibleName(f"{who}, {when}: {message.body}")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._is_note:
            QPainter(self).fillRect(self.rect(), theme.colour("canvas"))


class Conversation(QWidget):
    """The messages of one ticket, oldest first; it scrolls to the newest."""

    def __init__(self) -> None:
        super().__init__()
        self._inner = Tall()
        self._stack = QVBoxLayout(self._inner)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.setSpacing(0)
        self._stack.addStretch(1)
        self._area = scrolled(self._inner)
        self._area.verticalScrollBar().rangeChanged.connect(self._to_newest)
        self._area.verticalScrollBar().valueChanged.connect(self._moved)
        self._follow = True
        self._shown: tuple[Any, ...] = ()
        self.setLayout(column(self._area))

    def show_messages(self, messages: Sequence[MessageLine], zone: tzinfo, today: Any) -> None:
        """Show these messages."""
        if self._shown == (tuple(messages), today):
            return
        self._shown = (tuple(messages), today)
        while self._stack.count() > 1:
            item = self._stack.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._follow = True
        for message in messages:
            self._stack.insertWidget(self._stack.count() - 1, _Said(message, zone, today))
            self._stack.insertWidget(self._stack.count() - 1, Line())

    def texts(self) -> list[str]:
        """Return what is said, oldest first."""
        return [message.body for message in self._shown[0]] if self._shown else []

    @Slot()
    def _to_newest(self) -> None:
        if self._follow:
            self._area.verticalScrollBar().setValue(self._area.verticalScrollBar().maximum())

    @Slot(int)
    def _moved(self, value: int) -> None:
        """Stay at the newest while the user is there, also when the room for the conversation changes."""
        self._follow = value >= self._area.verticalScrollBar().maximum()


# --- the reply box ----------------------------------------------------------------------------------------------------


class ReplyBox(QPlainTextEdit):
    """Where a reply is written; `/` at the beginning of a word offers saved answers and articles.

    Signals:
        snippets_wanted: what was typed after the slash.
        snippet_taken: the `Snippet` that was chosen; whoever fills it in calls `put`.
        send_wanted: Ctrl+Enter was pressed.
        draft_changed: the half-typed text, at most once a second.
    """

    snippets_wanted = Signal(str)
    snippet_taken = Signal(object)
    send_wanted = Signal()
    draft_changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setAccessibleName(tr("Reply"))
        self._found: list[Snippet] = []
        self._offers = Offers(self)
        self._offers.taken.connect(self._take)
        self._is_setting = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DRAFT_MS)
        self._timer.timeout.connect(self._tell_draft)
        self.textChanged.connect(self._typed)

    def text(self) -> str:
        """Return what is typed."""
        return self.toPlainText()

    def taken_text(self) -> str:
        """Return what is typed; whoever takes it is not told of it again."""
        self._timer.stop()
        return self.text()

    def set_text(self, text: str) -> None:
        """Show a text without telling anybody, such as a draft of yesterday."""
        self._is_setting = True
        self._timer.stop()
        self.setPlainText(text)
        self.moveCursor(QTextCursor.MoveOperation.End)
        self._is_setting = False
        self._offers.hide()

    def offer(self, about: str, snippets: Sequence[Snippet]) -> None:
        """Offer beneath the text cursor what was found for a text after the slash; if nothing is found for no text at all, say where answers are made."""
        self._found = list(snippets)
        if not (snippets or not about) or self._slashed() is None or not self.hasFocus():
            self._offers.hide()
            return
        icons = [theme.icon("book-open" if snippet.entity == "article" else "reply", "muted") for snippet in snippets]
        below = self.mapToGlobal(self.cursorRect().bottomLeft() + QPoint(4, 6))
        if not snippets:
            self._offers.say(
                tr("There are no saved answers yet. They are made in the settings, under “{section}”.", section=tr("Answers and articles")), about, below
            )
            return
        self._offers.show_lines([snippet.title for snippet in snippets], about, below, min(360, self.width()), MOST_OFFERED, icons)

    def offered(self) -> list[str]:
        """Return the titles that are offered now."""
        return self._offers.lines()

    def put(self, text: str) -> None:
        """Put a text in the place of the slash and what was typed after it."""
        cursor = self.textCursor()
        slashed = self._slashed()
        if slashed is not None:
            cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, len(slashed) + 1)
        cursor.insertText(text)
        self.setTextCursor(cursor)
        self._offers.hide()
        self.setFocus()

    def _slashed(self) -> str | None:
        """Return what stands after the slash before the cursor, None where there is none."""
        cursor = self.textCursor()
        line = cursor.block().text()[: cursor.positionInBlock()]
        before, slash, typed = line.rpartition("/")
        if not slash or (before and not before[-1].isspace()) or len(typed) > 40 or typed.startswith(" "):
            return None
        return typed

    @Slot()
    def _typed(self) -> None:
        if self._is_setting:
            return
        if not self._timer.isActive():
            self._timer.start()
        slashed = self._slashed()
        if slashed is None:
            self._offers.hide()
        else:
            self.snippets_wanted.emit(slashed)

    @Slot()
    def _tell_draft(self) -> None:
        self.draft_changed.emit(self.text())

    @Slot(int)
    def _take(self, number: int) -> None:
        self._offers.hide()
        if 0 <= number < len(self._found):
            self.snippet_taken.emit(self._found[number])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_composing():
            super().keyPressEvent(event)
        elif enter and control:
            self.send_wanted.emit()
        elif not self._offers.answer(event, self._slashed() or "") and not (enter and self._offers.is_behind(self._slashed() or "")):
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._offers.hide()
        super().focusOutEvent(event)
