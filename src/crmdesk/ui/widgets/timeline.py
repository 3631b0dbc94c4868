"""The timeline: what happened, newest first, with icon, title, text, moment and person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from crmdesk.i18n import tr
from crmdesk.ui import theme
from crmdesk.ui.widgets import paint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

Index = QModelIndex | QPersistentModelIndex
EDGE, DISC, TEXT_AT, LINE = 16, 28, 56, 18
MOST_LINES = 3


@dataclass(frozen=True)
class Entry:
    """One thing that happened.

    Attributes:
        title: one line. detail: up to three lines, cut after that.
        when: the moment as people read it. who: a name, shown as initials.
        chip: a short word, such as the next step, in `tone`.
        entity, record: what opens with Enter or a double click.
        transaction: the deed of the history that it is part of.
    """

    icon: str
    title: str
    detail: str = ""
    when: str = ""
    who: str = ""
    chip: str = ""
    tone: theme.Tone = "accent"
    entity: str = ""
    record: UUID | None = None
    transaction: int | None = None


class _Entries(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (entry.title, entry.detail, entry.chip, entry.who, entry.when) if part)
        if role == Qt.ItemDataRole.ToolTipRole and len(entry.detail) > 120:
            return entry.detail
        return None

    def show(self, entries: list[Entry]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def append(self, entries: Sequence[Entry]) -> None:
        at = len(self.entries)
        self.beginInsertRows(QModelIndex(), at, at + len(entries) - 1)
        self.entries.extend(entries)
        self.endInsertRows()


def _lines(text: str, width: int) -> list[str]:
    """Break a text into at most three lines; the last one is cut with an ellipsis."""
    font = theme.font()
    layout = QTextLayout(text.replace("\r", "").replace("\n", "\u2028"), font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    found: list[str] = []
    source = layout.text()
    while len(found) < MOST_LINES:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(max(40, width))
        start, length = line.textStart(), line.textLength()
        found.append(paint.between(source, start, start + length).strip())
        if len(found) == MOST_LINES and start + length < paint.units(source):
            rest = paint.between(source, start, paint.units(source)).replace("\u2028", " ")
            found[-1] = QFontMetricsF(font).elidedText(rest, Qt.TextElideMode.ElideRight, width)
    layout.endLayout()
    return found


class _Painter(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        view = self.parent()
        wide = view.viewport().width() if isinstance(view, QListView) else option.rect.width()
        entry = self._entry(index)
        lines = len(_lines(entry.detail, self._room(wide))) if entry.detail else 0
        height = 11 + LINE + lines * LINE + (22 if entry.chip else 0) + 13
        return QSize(wide, max(height, 61 if entry.who else 52))

    @staticmethod
    def _entry(index: Index) -> Entry:
        model = index.model()
        assert isinstance(model, _Entries)
        return model.entries[index.row()]

    @staticmethod
    def _room(wide: int) -> int:
        return wide - TEXT_AT - EDGE - 100

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry, box = self._entry(index), option.rect
        view = self.parent()
        focused = isinstance(view, QListView) and view.hasFocus()
        is_current = isinstance(view, QListView) and index == view.currentIndex()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected) or (focused and is_current)
        if chosen and focused:
            painter.fillRect(box, theme.colour("accent_soft"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, theme.colour("hover"))
        muted = theme.colour("muted_on_tint" if chosen else "muted")
        paint.hairline(painter, box.left(), box.right(), box.bottom())

        def place(x: int, y: int, wide: int, high: int) -> QRect:
            return paint.mirrored(QRect(box.x() + x, box.y() + y, wide, high), box, option.direction)

        disc = place(EDGE, 10, DISC, DISC)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("sunken"))
        painter.drawEllipse(QRectF(disc))
        painter.restore()
        ratio = painter.device().devicePixelRatio()
        picture = theme.pixmap(entry.icon, "muted_on_tint", 14, ratio)
        painter.drawPixmap(disc.topLeft() + QPoint(7, 7), picture)
        trailing = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
        when_wide = paint.text_width(entry.when, theme.font()) + 2
        paint.line(painter, place(box.width() - EDGE - when_wide, 10, when_wide, LINE), entry.when, None, muted, trailing)
        title_wide = box.width() - TEXT_AT - EDGE - when_wide - 12
        paint.line(painter, place(TEXT_AT, 10, title_wide, LINE), entry.title, theme.relative(600))
        y = 10 + LINE
        for line in _lines(entry.detail, self._room(box.width())) if entry.detail else []:
            paint.line(painter, place(TEXT_AT, y, self._room(box.width()), LINE), line, theme.font(), muted)
            y += LINE
        if entry.chip:
            wide = min(paint.chip_width(entry.chip), self._room(box.width()))
            paint.chip(painter, place(TEXT_AT, y + 2, wide, 20).topLeft(), entry.chip, entry.tone, wide)
        if entry.who:
            paint.avatar(painter, place(box.width() - EDGE - 22, 30, 22, 22), entry.who)


class TimelineView(QListView):
    """A list of entries; grows at its end when the user gets there.

    Signals:
        opened: the `Entry` that was opened, by double click or Enter.
        more_wanted: the end is near; call `add` with older entries, or `set_complete`.
    """

    opened = Signal(object)
    more_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._entries = _Entries()
        self._is_complete = True
        self.setModel(self._entries)
        self.setItemDelegate(_Painter(self))
        self.setAccessibleName(tr("Timeline"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMouseTracking(True)
        self.doubleClicked.connect(self._open)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    def show_entries(self, entries: Sequence[Entry], is_complete: bool = True) -> None:
        """Show these, newest first; `is_complete` False means that older ones can be asked for."""
        self._entries.show(list(entries))
        self._is_complete = is_complete
        self.scrollToTop()

    def add(self, entries: Sequence[Entry], is_complete: bool = True) -> None:
        """Put older ones at the end."""
        self._is_complete = is_complete
        if entries:
            self._entries.append(entries)

    def entries(self) -> list[Entry]:
        """Return what is shown."""
        return list(self._entries.entries)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()  # texts break elsewhere now

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self._entries.entries[index.row()])

    @Slot(int)
    def _scrolled(self, value: int) -> None:
        if not self._is_complete and value >= self.verticalScrollBar().maximum() - 200:
            self._is_complete = True
            self.more_wanted.emit()
