"""The board itself: all columns beside one another, and how cards go from one to the other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from crmdesk.i18n import tr
from crmdesk.ui.widgets.board.columns import BoardColumn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from crmdesk.queries import deals
    from crmdesk.queries.deals import Card, StageFacts
    from crmdesk.ui.widgets.board.card_list import CardList

LEAST_WIDTH, MOST_WIDTH, FOLDED_WIDTH = 190, 340, 44
SPACE = 10  # between columns
NEAR_EDGE, SCROLL_MS, SCROLL_STEP = 36, 30, 14


class Board(QScrollArea):
    """All columns beside one another; many scroll sideways.

    Keys: ↑↓ choose a card, ←→ the neighbour column, Ctrl+←/→ move the card to the next stage, Ctrl+↑/↓ move it up or down,
    M or the menu key asks for the stage menu, Enter opens (Ctrl+Enter in a window of its own).

    Signals:
        moved: card, stage, and the card below which it goes (None is the top). The store is asked to do it; if it
            refuses, show the board again.
        opened: card, and whether a window of its own is wanted.
        picked: the card that the user has moved to.
        menu_wanted: card and where on the screen.
        more_wanted: a stage whose next cards are needed, and the last one that is there.
    """

    moved = Signal(object, object, object)
    opened = Signal(object, bool)
    picked = Signal(object)
    menu_wanted = Signal(object, QPoint)
    more_wanted = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("Board"))
        inner = QWidget()
        inner.setObjectName("scrolled")
        self._line = QHBoxLayout(inner)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(SPACE)
        self._inner = inner
        self.setWidget(inner)
        self.columns: list[BoardColumn] = []
        self._is_filling = False
        self._scroll = (0, 0)
        self._scrolled_list: CardList | None = None
        self._scroller = QTimer(self)
        self._scroller.setInterval(SCROLL_MS)
        self._scroller.timeout.connect(self._scroll_on)

    # --- showing ------------------------------------------------------------------------------------------------------

    def show_board(self, board: deals.Board, cards: Mapping[UUID, Sequence[Card]], since: str = "") -> None:
        """Show a pipeline.

        Args:
            cards: the cards of each stage by its id, where others than the board's own.
            since: from when closed deals are shown, in words.
        """
        if [column.list.stage.id for column in self.columns] != [column.stage.id for column in board.columns]:
            self._build(board)
        card, has_keyboard = self.current(), self.hasFocus() or any(column.list.hasFocus() for column in self.columns)
        found = self.where(card.id) if card is not None else None
        self._is_filling = True
        for shown, column in zip(self.columns, board.columns, strict=True):
            if shown.list.stage.outcome != column.stage.outcome:
                shown.list.cards.outcome = column.stage.outcome
            shown.show_column(column, cards.get(column.stage.id, column.cards), since)
        if card is not None and found is not None and self.current() is None:
            self._choose_again(card.id, *found, has_keyboard)
        self._is_filling = False
        self.arrange()

    def _choose_again(self, card_id: UUID, column: BoardColumn, row: int, has_keyboard: bool) -> None:
        """Follow the chosen card to where it was moved, such as by Undo; if that is out of sight, stay where it was for the keyboard."""
        found, left = self.where(card_id), column.list.cards.rowCount() if column in self.columns else 0
        if found is not None and not found[0].is_folded:
            self.choose(card_id, has_keyboard)
        elif has_keyboard and left:
            column.list.choose(min(row, left - 1))

    def _build(self, board: deals.Board) -> None:
        for column in self.columns:
            self._line.removeWidget(column)
            column.hide()
            column.deleteLater()
        self.columns = [self._made(column.stage) for column in board.columns]
        for shown in self.columns:
            self._line.addWidget(shown)
            if shown.list.stage.outcome == "lost":
                shown.fold(True)
        for before, after in zip(self.columns, self.columns[1:], strict=False):
            QWidget.setTabOrder(before.list, after.list)

    def _made(self, stage: StageFacts) -> BoardColumn:
        """Return a column that tells the board what is done in it."""
        made = BoardColumn(stage)
        view = made.list
        view.answer = self.answer
        view.opened.connect(self.opened)
        view.menu_wanted.connect(self.menu_wanted)
        view.chosen.connect(partial(self._card_chosen, view))
        view.more_wanted.connect(partial(self._want_more, view))
        view.dragged_at.connect(partial(self._scroll_near, view))
        view.drag_ended.connect(self._scroller.stop)
        made.folded.connect(partial(self._folded, made))
        made.dropped.connect(lambda card, above: self.drop(card, stage.id, above))
        return made

    def _folded(self, column: BoardColumn) -> None:
        self.arrange()
        if not column.is_folded:
            self._want_more(column.list)

    def add_cards(self, stage_id: UUID, cards: Sequence[Card]) -> None:
        """Show more cards at the foot of a column."""
        for column in self.columns:
            if column.list.stage.id == stage_id:
                column.is_loading = False
                column.list.cards.append(cards)

    def loaded(self) -> dict[UUID, int]:
        """Return how many cards each column has loaded."""
        return {column.list.stage.id: column.list.cards.rowCount() for column in self.columns}

    def arrange(self) -> None:
        """Spread the columns over the width; those that do not fit scroll."""
        if not self.columns:
            return
        folded = sum(column.is_folded for column in self.columns)
        wide = len(self.columns) - folded
        room = self.viewport().width() - SPACE * (len(self.columns) - 1) - folded * FOLDED_WIDTH
        width = max(LEAST_WIDTH, min(MOST_WIDTH, room // wide)) if wide else LEAST_WIDTH
        for column in self.columns:
            column.setFixedWidth(FOLDED_WIDTH if column.is_folded else width)
        has_room = all(column.head.fits(width) for column in self.columns if not column.is_folded)
        for column in self.columns:
            column.head.show_short(not has_room)
        total = wide * width + folded * FOLDED_WIDTH + SPACE * (len(self.columns) - 1)
        bar = self.horizontalScrollBar().sizeHint().height() if total > self.viewport().width() else 0
        self._inner.resize(total, max(200, self.height() - bar))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    # --- cards --------------------------------------------------------------------------------------------------------

    def column_of(self, stage_id: UUID) -> BoardColumn | None:
        """Return the column of a stage."""
        return next((column for column in self.columns if column.list.stage.id == stage_id), None)

    def where(self, card_id: UUID) -> tuple[BoardColumn, int] | None:
        """Return the column and row of a loaded card."""
        for column in self.columns:
            row = column.list.cards.row_of(card_id)
            if row >= 0:
                return column, row
        return None

    def current(self) -> Card | None:
        """Return the card that is chosen."""
        for column in self.columns:
            if column.list.selectionModel().hasSelection():
                return column.list.current_card()
        return None

    def choose(self, card_id: UUID, focus: bool = True) -> bool:
        """Move to a card; False if it is not loaded."""
        found = self.where(card_id)
        if found is None:
            return False
        column, row = found
        if column.is_folded:
            column.fold(False)
        column.list.choose(row)
        if focus:
            column.list.setFocus()
        self.ensureWidgetVisible(column, 0, 0)
        return True

    def place(self, card_id: UUID, stage_id: UUID, after_id: UUID | None) -> None:
        """Show a card at its new place at once, before the store has answered."""
        found, target = self.where(card_id), self.column_of(stage_id)
        if found is None or target is None:
            return
        column, row = found
        had_focus = column.list.hasFocus()
        card = column.list.cards.take(row)
        after = target.list.cards.row_of(after_id) if after_id else -1
        target.list.cards.put(after + 1, card)
        if had_focus and not target.is_folded:
            self.choose(card_id)

    def _card_chosen(self, view: CardList) -> None:
        """Let only one card on the board be chosen."""
        for column in self.columns:
            if column.list is not view:
                column.list.selectionModel().clear()
        card = view.current_card()
        if card is not None and not self._is_filling:
            self.picked.emit(card.id)

    def drop(self, card_id: UUID, stage_id: UUID, after_id: UUID | None) -> None:
        """Ask for a move, unless the card already lies there."""
        found = self.where(card_id)
        if found is not None and found[0].list.stage.id == stage_id:
            above = found[0].list.cards.cards[: found[1]]
            if (above[-1].id if above else None) == after_id:
                return
        self.moved.emit(card_id, stage_id, after_id)

    def shift(self, view: CardList, step: int) -> None:
        """Move the chosen card to a neighbour stage."""
        card = view.current_card()
        number = next((n for n, column in enumerate(self.columns) if column.list is view), 0) + step
        if card is not None and 0 <= number < len(self.columns):
            self.moved.emit(card.id, self.columns[number].list.stage.id, None)

    def reorder(self, view: CardList, step: int) -> None:
        """Move the chosen card up or down."""
        card, row = view.current_card(), view.currentIndex().row()
        if card is None or not 0 <= row + step < view.cards.rowCount():
            return
        above = row + step - 1 if step < 0 else row + step
        self.moved.emit(card.id, view.stage.id, view.cards.cards[above].id if above >= 0 else None)

    def _want_more(self, view: CardList) -> None:
        """Ask for the next cards of a column if there are any."""
        column = self.column_of(view.stage.id)
        if column is None or column.is_loading or column.is_folded or not view.cards.cards or view.cards.rowCount() >= column.count:
            return
        column.is_loading = True
        self.more_wanted.emit(view.stage.id, view.cards.cards[-1])

    # --- keys ---------------------------------------------------------------------------------------------------------

    def answer(self, view: CardList, event: QKeyEvent) -> bool:
        """Answer to a key in a column; False leaves it to the list."""
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        card = view.current_card()
        ahead = -1 if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else 1
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = ahead if key == Qt.Key.Key_Right else -ahead
            if control:
                self.shift(view, step)
            else:
                self._go_beside(view, step)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and control:
            self.reorder(view, 1 if key == Qt.Key.Key_Down else -1)
        elif card is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(card.id, control)
        elif card is not None and key == Qt.Key.Key_M and not event.modifiers():
            area = view.visualRect(view.currentIndex())
            self.menu_wanted.emit(card.id, view.viewport().mapToGlobal(area.center()))
        else:
            return False
        return True

    def _go_beside(self, view: CardList, step: int) -> None:
        number = next((n for n, column in enumerate(self.columns) if column.list is view), 0)
        row = max(0, view.currentIndex().row())
        while 0 <= (number := number + step) < len(self.columns):
            column = self.columns[number]
            if not column.is_folded and column.list.cards.rowCount():
                column.list.choose(min(row, column.list.cards.rowCount() - 1))
                column.list.setFocus()
                self.ensureWidgetVisible(column, 0, 0)
                return

    # --- scrolling while dragging -------------------------------------------------------------------------------------

    def _scroll_near(self, view: CardList, at: QPoint) -> None:
        """Scroll while a card is dragged near an edge."""
        here = self.viewport().mapFromGlobal(view.viewport().mapToGlobal(at))
        across = -1 if here.x() < NEAR_EDGE else 1 if here.x() > self.viewport().width() - NEAR_EDGE else 0
        down = -1 if at.y() < NEAR_EDGE else 1 if at.y() > view.viewport().height() - NEAR_EDGE else 0
        self._scroll, self._scrolled_list = (across, down), view
        if (across or down) and not self._scroller.isActive():
            self._scroller.start()
        elif not (across or down):
            self._scroller.stop()

    @Slot()
    def _scroll_on(self) -> None:
        across, down = self._scroll
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() + across * SCROLL_STEP)
        if self._scrolled_list is not None:
            bar = self._scrolled_list.verticalScrollBar()
            bar.setValue(bar.value() + down * SCROLL_STEP)
