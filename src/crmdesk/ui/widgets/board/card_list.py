"""The list of cards of one column: choosing, dragging, dropping."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QByteArray, QMimeData, QModelIndex, QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QApplication, QFrame, QListView

from crmdesk.ui import theme
from crmdesk.ui.actions import is_composing
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.board.cards import CARD_ROLE, CardDelegate, Cards
from crmdesk.ui.widgets.board.layout import GAP

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmdesk.queries.deals import Card, StageFacts
    from crmdesk.ui.widgets.board.cards import Index

MIME = "application/x-crmdesk-card"
EDGE = 10  # beside the cards


def mime_of(card_id: UUID) -> QMimeData:
    """Return what is carried while a card is dragged."""
    mime = QMimeData()
    mime.setData(MIME, QByteArray(card_id.bytes))
    return mime


def card_of(mime: QMimeData) -> UUID | None:
    """Return the card that is dragged, None if it is something else."""
    return UUID(bytes=bytes(mime.data(MIME).data())) if mime.hasFormat(MIME) else None


class CardList(QListView):
    """The cards of one column.

    Attributes:
        answer: answers to a key, the same in all columns; False leaves it to the list.

    Signals:
        chosen: the user has moved to another card.
        opened: card, and whether a window of its own is wanted.
        menu_wanted: card and where on the screen.
        more_wanted: the last cards are in sight.
        dropped: the card that was dropped here, and the one above it (None at the top).
        dragged_at: where a dragged card is now.
        drag_ended: it was dropped or carried away.
    """

    chosen = Signal()
    opened = Signal(object, bool)
    menu_wanted = Signal(object, QPoint)
    more_wanted = Signal()
    dropped = Signal(object, object)
    dragged_at = Signal(QPoint)
    drag_ended = Signal()

    def __init__(self, stage: StageFacts) -> None:
        super().__init__()
        self.answer: Callable[[CardList, QKeyEvent], bool] = lambda view, event: False
        self.stage = stage
        self.cards = Cards(stage.outcome)
        self.delegate = CardDelegate(self, self.cards, self.card_width)
        self._drop_row = -1
        self._pressed = QPoint()
        self.setModel(self.cards)
        self.setItemDelegate(self.delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QListView { background: transparent; } QListView::item { background: transparent; padding: 0px; }")
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.doubleClicked.connect(self._double_clicked)

    def card_width(self) -> int:
        """Return how wide the cards are, with or without a scroll bar."""
        return max(80, self.width() - EDGE)

    def current_card(self) -> Card | None:
        """Return the card that the keyboard is on."""
        index = self.currentIndex()
        return index.data(CARD_ROLE) if index.isValid() else None

    def choose(self, row: int) -> None:
        """Move to a card."""
        if 0 <= row < self.cards.rowCount():
            index = self.cards.index(row)
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def set_stage(self, stage: StageFacts) -> None:
        """Follow a stage that was renamed."""
        self.stage = stage

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.chosen.emit()

    @Slot(int)
    def _scrolled(self, value: int) -> None:
        bar = self.verticalScrollBar()
        if bar.maximum() - value < self.viewport().height():
            self.more_wanted.emit()

    @Slot(QModelIndex)
    def _double_clicked(self, index: QModelIndex) -> None:
        card = index.data(CARD_ROLE)
        if card is not None:
            self.opened.emit(card.id, False)

    def keyboardSearch(self, search: str) -> None:
        """Do not jump to cards by their letters: single letters are commands here."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_composing() or not self.answer(self, event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.selectedIndexes() and self.cards.rowCount():  # Qt makes the first one current, which does not show
            self.choose(max(0, self.currentIndex().row()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        card = index.data(CARD_ROLE) if index.isValid() else self.current_card()
        if card is not None:
            self.menu_wanted.emit(card.id, event.globalPos())

    # --- dragging -----------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        far = (event.position().toPoint() - self._pressed).manhattanLength() >= QApplication.startDragDistance()
        index = self.indexAt(self._pressed)
        if event.buttons() & Qt.MouseButton.LeftButton and far and index.isValid():
            self._drag(index)
        elif not event.buttons() & Qt.MouseButton.LeftButton:
            super().mouseMoveEvent(event)

    def _drag(self, index: Index) -> None:
        card = index.data(CARD_ROLE)
        drag = QDrag(self)
        drag.setMimeData(mime_of(card.id))
        drag.setPixmap(self.delegate.picture(card))
        drag.setHotSpot(self._pressed - self.visualRect(index).topLeft())
        drag.exec(Qt.DropAction.MoveAction)

    def row_at(self, y: int) -> int:
        """Return the row that a card dropped at a height would get."""
        for row in range(self.cards.rowCount()):
            area = self.visualRect(self.cards.index(row))
            if y < area.center().y():
                return row
        return self.cards.rowCount()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if card_of(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if card_of(event.mimeData()) is None:
            event.ignore()
            return
        self._show_drop(self.row_at(event.position().toPoint().y()))
        self.dragged_at.emit(event.position().toPoint())
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_drop(-1)
        self.drag_ended.emit()

    def dropEvent(self, event: QDropEvent) -> None:
        card = card_of(event.mimeData())
        self._show_drop(-1)
        self.drag_ended.emit()
        if card is None:
            return
        event.acceptProposedAction()
        above = [other.id for other in self.cards.cards[: self.row_at(event.position().toPoint().y())] if other.id != card]
        self.dropped.emit(card, above[-1] if above else None)

    def _show_drop(self, row: int) -> None:
        if row != self._drop_row:
            self._drop_row = row
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._drop_row < 0:
            return
        count = self.cards.rowCount()
        if not count:
            y = 2
        elif self._drop_row < count:
            y = self.visualRect(self.cards.index(self._drop_row)).top() - GAP // 2 - 1
        else:
            y = self.visualRect(self.cards.index(count - 1)).bottom() - GAP // 2
        painter = QPainter(self.viewport())
        paint.rounded(painter, QRect(0, max(0, y), self.card_width(), 3), 1.5, theme.colour("accent"), None)
