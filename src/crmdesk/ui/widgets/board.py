"""The board: a column for each stage, cards that are dragged or moved by keys; what they mean is decided by the page.

Counts and sums in the heads come from the store, never from the cards that happen to be loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
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
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListView,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from crmdesk.fields import show_money, show_number
from crmdesk.i18n import locale, ntr, tr
from crmdesk.ui import theme
from crmdesk.ui.actions import is_composing
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import Card as Box

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from crmdesk.queries import deals
    from crmdesk.queries.deals import Card, StageFacts
    from crmdesk.queries.money import Sum

Index = QModelIndex | QPersistentModelIndex
MIME = "application/x-crmdesk-card"
LEAST_WIDTH, MOST_WIDTH, FOLDED_WIDTH = 200, 340, 44
SPACE, EDGE, HEAD = 10, 10, 56
PAD, GAP = 11, 8
NAME_LINE = 18  # what a name in two lines is higher
CHIP_LINE = 27  # from one line of chips to the next
NEAR_EDGE, SCROLL_MS, SCROLL_STEP = 36, 30, 14
CARD_ROLE = Qt.ItemDataRole.UserRole


# --- words ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """A chip of a card: shape, word and colour say the same."""

    text: str
    tone: theme.Tone
    icon: str = ""


def short_day(day: date) -> str:
    """Return a day without its year, such as `24 Nov`."""
    from babel.dates import format_skeleton

    return format_skeleton("MMMd", day, locale=locale())


def whole(total: Sum) -> str:
    """Return a sum without decimals, what has no exchange rate beside it."""
    base, *apart = total.moneys
    return " + ".join(show_money(money, whole=True) for money in (base, *apart) if money.amount or not apart)


def marks_of(card: Card, outcome: str) -> tuple[Mark, ...]:
    """Return the chips of a card, the most important first: next step or outcome, idle days, quote."""
    if outcome != "open":
        closed = short_day(card.closed_on) if card.closed_on else ""
        if outcome == "won":
            return (Mark(tr("Won {day}", day=closed).strip(), "success", "trophy"),)
        return (Mark(tr("Lost {day}", day=closed).strip(), "muted", "x"),)
    found = [_step_mark(card)]
    if card.idle_days is not None:
        found.append(Mark(tr("{count} d idle", count=card.idle_days), "warning"))
    if card.quote is not None:
        number, _ = card.quote
        found.append(Mark(number or tr("Quote draft"), "info"))
    return tuple(found)


def _step_mark(card: Card) -> Mark:
    step = card.next_step
    if step is None:
        return Mark(tr("No step"), "muted", "circle")
    if step.state == "overdue":
        return Mark(tr("Overdue"), "danger", "circle-alert")
    if step.state == "today":
        return Mark(tr("Today"), "accent", "clock")
    return Mark(short_day(step.due_on) if step.due_on else tr("Planned"), "muted", "calendar")


def tip_of(card: Card, outcome: str) -> str:
    """Return everything that a card says, in lines."""
    lines = [card.name, card.company or "", show_money(card.money) if card.money else "", card.owner or ""]
    if outcome == "open":
        if card.next_step is None:
            lines.append(tr("No next step"))
        else:
            lines.append(f"{_step_mark(card).text}: {card.next_step.subject}")
        if card.expected_close_on:
            lines.append(tr("Expected close {day}", day=short_day(card.expected_close_on)))
    lines += [mark.text for mark in marks_of(card, outcome)[1 if outcome == "open" else 0 :]]
    return "\n".join(line for line in lines if line)


# --- cards ------------------------------------------------------------------------------------------------------------


class Cards(QAbstractListModel):
    """The loaded cards of one column."""

    def __init__(self, outcome: str) -> None:
        super().__init__()
        self.outcome = outcome
        self.cards: list[Card] = []
        self.laid: dict[UUID, _Laid] = {}

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.cards)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.cards):
            return None
        card = self.cards[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return card.name
        if role == CARD_ROLE:
            return card
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_of(card, self.outcome)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return tip_of(card, self.outcome).replace("\n", ", ")
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        base = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return base | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else base

    def row_of(self, card_id: UUID) -> int:
        """Return the row of a card, -1 if it is not here."""
        return next((row for row, card in enumerate(self.cards) if card.id == card_id), -1)

    def show(self, cards: Sequence[Card]) -> None:
        """Show these cards and no others."""
        if list(cards) == self.cards:
            return
        self.beginResetModel()
        self.cards, self.laid = list(cards), {}
        self.endResetModel()

    def append(self, cards: Sequence[Card]) -> None:
        """Show more cards below."""
        known = {card.id for card in self.cards}
        fresh = [card for card in cards if card.id not in known]
        if fresh:
            self.beginInsertRows(QModelIndex(), len(self.cards), len(self.cards) + len(fresh) - 1)
            self.cards.extend(fresh)
            self.endInsertRows()

    def take(self, row: int) -> Card:
        """Take a card out."""
        self.beginRemoveRows(QModelIndex(), row, row)
        card = self.cards.pop(row)
        self.endRemoveRows()
        self.laid.pop(card.id, None)
        return card

    def put(self, row: int, card: Card) -> None:
        """Put a card in."""
        self.beginInsertRows(QModelIndex(), row, row)
        self.cards.insert(row, card)
        self.endInsertRows()


@dataclass(frozen=True)
class _Laid:
    """Where the parts of a card lie, from its upper left corner."""

    width: int
    height: int
    name_high: int
    company_y: int
    amount_y: int
    amount: str
    marks: tuple[tuple[int, int, Mark], ...]


def _lay(card: Card, outcome: str, width: int) -> _Laid:
    """Lay a card out: chips beside the amount where they fit whole, else on lines of their own."""
    inner = width - 2 * PAD
    more = NAME_LINE if paint.text_width(card.name, theme.relative(600)) > inner else 0
    amount = show_money(card.money, whole=True) if card.money else ""
    company_y = 31 + more if card.company else 0
    amount_y = (57 if card.company else 38) + more
    start = paint.text_width(amount, theme.tabular("body", 600)) + 8 if amount else 0
    marks = marks_of(card, outcome)
    widths = [paint.chip_width(mark.text, mark.icon) for mark in marks]
    room = inner - (26 if card.owner else 0)
    placed: list[tuple[int, int, Mark]] = []
    x, y, height = start, amount_y, amount_y + 33
    for mark, wide in zip(marks, widths, strict=True):
        if x + wide > (room if y == amount_y else inner):
            x, y = 0, y + CHIP_LINE
            height = y + CHIP_LINE + 4
        placed.append((x, y, mark))
        x += wide + 4
    return _Laid(width, height, 20 + more, company_y, amount_y, amount, tuple(placed))


class _Delegate(QStyledItemDelegate):
    """Draws the cards."""

    def __init__(self, view: CardList) -> None:
        super().__init__(view)
        self._view = view

    def _laid(self, card: Card) -> _Laid:
        model, width = self._view.cards, self._view.card_width()
        laid = model.laid.get(card.id)
        if laid is None or laid.width != width:
            laid = model.laid[card.id] = _lay(card, model.outcome, width)
        return laid

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        card = index.data(CARD_ROLE)
        return QSize(self._view.card_width(), self._laid(card).height + GAP) if card else QSize(1, 1)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        card = index.data(CARD_ROLE)
        if card is None:
            return
        laid = self._laid(card)
        direction = self._view.layoutDirection()
        x = option.rect.right() + 1 - laid.width if direction == Qt.LayoutDirection.RightToLeft else option.rect.x()
        box = QRect(x, option.rect.y(), laid.width, laid.height)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        self.draw(painter, box, card, laid, "accent" if selected else "outline" if hovered else "border")
        if selected and self._view.hasFocus():
            paint.focus_ring(painter, box, theme.RADIUS_CONTROL + 2)

    def draw(self, painter: QPainter, box: QRect, card: Card, laid: _Laid, frame: theme.Token) -> None:
        """Draw one card."""
        direction = self._view.layoutDirection()

        def place(x: int, y: int, wide: int, high: int) -> QRect:
            return paint.mirrored(QRect(box.x() + x, box.y() + y, wide, high), box, direction)

        inner = laid.width - 2 * PAD
        paint.rounded(painter, box, theme.RADIUS_CONTROL + 2, theme.colour("surface"), theme.colour(frame))
        paint.lines(painter, place(PAD, 10, inner, laid.name_high), card.name, 2, theme.relative(600))
        if laid.company_y:
            paint.line(painter, place(PAD, laid.company_y, inner, 18), card.company or "", theme.font(), theme.colour("muted"))
        paint.line(painter, place(PAD, laid.amount_y, inner, 21), laid.amount, theme.tabular("body", 600))
        for x, y, mark in laid.marks:
            wide = paint.chip_width(mark.text, mark.icon)
            paint.chip(painter, place(PAD + x, y, wide, paint.CHIP_HEIGHT).topLeft(), mark.text, mark.tone, wide, mark.icon)
        if card.owner:
            paint.avatar(painter, place(laid.width - PAD - 22, laid.amount_y - 1, 22, 22), card.owner)

    def picture(self, card: Card) -> QPixmap:
        """Return a card as a picture that follows the mouse."""
        laid, ratio = self._laid(card), self._view.devicePixelRatioF()
        picture = QPixmap(round(laid.width * ratio), round(laid.height * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setOpacity(0.92)
        self.draw(painter, QRect(0, 0, laid.width, laid.height), card, laid, "accent")
        painter.end()
        return picture


class CardList(QListView):
    """The cards of one column. Keys are in `Board`."""

    def __init__(self, board: Board, stage: StageFacts) -> None:
        super().__init__()
        self._board = board
        self.stage = stage
        self.cards = Cards(stage.outcome)
        self._delegate = _Delegate(self)
        self._drop_row = -1
        self._pressed = QPoint()
        self.setModel(self.cards)
        self.setItemDelegate(self._delegate)
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
            self._board.card_chosen(self)

    @Slot(int)
    def _scrolled(self, value: int) -> None:
        bar = self.verticalScrollBar()
        if bar.maximum() - value < self.viewport().height():
            self._board.want_more(self)

    @Slot(QModelIndex)
    def _double_clicked(self, index: QModelIndex) -> None:
        card = index.data(CARD_ROLE)
        if card is not None:
            self._board.opened.emit(card.id, False)

    def keyboardSearch(self, search: str) -> None:
        """Do not jump to cards by their letters: single letters are commands here."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_composing() or not self._board.answer(self, event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.selectedIndexes() and self.cards.rowCount():  # Qt makes the first one current, which does not show
            self.choose(max(0, self.currentIndex().row()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        card = index.data(CARD_ROLE) if index.isValid() else self.current_card()
        if card is not None:
            self._board.menu_wanted.emit(card.id, event.globalPos())

    # --- dragging -----------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        from PySide6.QtWidgets import QApplication

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
        drag.setPixmap(self._delegate.picture(card))
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
        self._board.scroll_near(self, event.position().toPoint())
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_drop(-1)
        self._board.stop_scrolling()

    def dropEvent(self, event: QDropEvent) -> None:
        card = card_of(event.mimeData())
        self._show_drop(-1)
        self._board.stop_scrolling()
        if card is None:
            return
        event.acceptProposedAction()
        above = [other.id for other in self.cards.cards[: self.row_at(event.position().toPoint().y())] if other.id != card]
        self._board.drop(card, self.stage.id, above[-1] if above else None)

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


def mime_of(card_id: UUID) -> QMimeData:
    """Return what is carried while a card is dragged."""
    mime = QMimeData()
    mime.setData(MIME, QByteArray(card_id.bytes))
    return mime


def card_of(mime: QMimeData) -> UUID | None:
    """Return the card that is dragged, None if it is something else."""
    return UUID(bytes=bytes(mime.data(MIME).data())) if mime.hasFormat(MIME) else None


# --- columns ----------------------------------------------------------------------------------------------------------


class _Head(QWidget):
    """The head of a column: stage, count, win rate, sum and weighted sum."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEAD)
        self._name, self._count, self._rate, self._sum, self._more, self._more_short = "", "", "", "", "", ""

    def show_figures(self, column: deals.Column, since: str) -> None:
        """Show other figures; `since` says from when closed deals are counted."""
        stage = column.stage
        self._name, self._count = stage.name, show_number(column.count)
        self._rate = "" if stage.win_rate is None else tr("{percent}%", percent=show_number(stage.win_rate))
        self._sum = whole(column.amount)
        self._more, self._more_short = "", ""
        if stage.outcome != "open":
            self._more = self._more_short = since
        elif stage.win_rate is not None:
            self._more_short = whole(column.weighted)
            self._more = tr("weighted {amount}", amount=self._more_short)
        counted = ntr("{count} deal", "{count} deals", column.count)
        words = f"{self._name}: " + ", ".join(part for part in (counted, self._rate, self._sum, self._more) if part)
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, direction = QPainter(self), self.layoutDirection()
        left, right = 14, self.width() - 14
        rate_wide = paint.text_width(self._rate, theme.tabular())
        count_wide = paint.text_width(self._count, theme.tabular())
        name_wide = min(paint.text_width(self._name, theme.relative(600)) + 1, right - left - rate_wide - count_wide - 16)
        muted = theme.colour("muted_on_tint")

        def at(x: int, y: int, wide: int) -> QRect:
            return paint.mirrored(QRect(x, y, wide, 18), self.rect(), direction)

        paint.line(painter, at(left, 11, name_wide), self._name, theme.relative(600))
        paint.line(painter, at(left + name_wide + 7, 11, count_wide + 1), self._count, theme.tabular(), muted)
        paint.line(painter, at(right - rate_wide, 11, rate_wide + 1), self._rate, theme.tabular(), muted)
        sum_wide = paint.text_width(self._sum, theme.tabular())
        paint.line(painter, at(left, 29, min(sum_wide + 1, right - left)), self._sum, theme.tabular(), muted)
        caption = theme.tabular("caption")
        room = right - left - sum_wide - 10
        more = next((text for text in (self._more, self._more_short) if paint.text_width(text, caption) <= room), "")
        wide = paint.text_width(more, caption)
        paint.line(painter, at(right - wide, 29, wide + 1), more, caption, muted)


class _Strip(QWidget):
    """A folded column: its name and count written upwards; a click unfolds it, a card can be dropped on it."""

    def __init__(self, column: BoardColumn) -> None:
        super().__init__()
        self._column = column
        self.text = ""
        self._is_target = False
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_text(self, text: str) -> None:
        """Show another text."""
        self.text = text
        self.setAccessibleName(text)
        self.setToolTip(tr("Show the column {name}", name=text))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._column.fold(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._column.fold(False)
            self._column.list.setFocus()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if card_of(event.mimeData()) is not None:
            event.acceptProposedAction()
            self._is_target = True
            self.update()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._is_target = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        self._is_target = False
        self.update()
        card = card_of(event.mimeData())
        if card is not None:
            event.acceptProposedAction()
            self._column.board.drop(card, self._column.list.stage.id, None)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._is_target:
            paint.rounded(painter, self.rect(), theme.RADIUS_CARD, theme.colour("accent_soft"), theme.colour("accent"))
        if self.hasFocus():
            paint.focus_ring(painter, self.rect(), theme.RADIUS_CARD)
        ratio = self.devicePixelRatioF()
        painter.drawPixmap(self.width() // 2 - 8, 14, theme.pixmap("chevron-left", "muted_on_tint", 16, ratio))
        painter.translate(self.width() / 2, 42)
        painter.rotate(90)
        area = QRect(0, -10, self.height() - 56, 20)
        paint.line(painter, area, self.text, theme.relative(600), theme.colour("muted_on_tint"), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class BoardColumn(Box):
    """One stage: head and cards, or a strip when it is folded."""

    def __init__(self, board: Board, stage: StageFacts) -> None:
        super().__init__(padding=0, sunken=True, space=0)
        self.board = board
        self.body.setContentsMargins(0, 0, 0, 0)
        self.head = _Head()
        self.list = CardList(board, stage)
        self.strip = _Strip(self)
        self.count = 0
        self.is_loading = False
        self.body.addWidget(self.head)
        holder = QWidget()
        inside = QHBoxLayout(holder)
        inside.setContentsMargins(EDGE, 0, 0, 6)
        inside.addWidget(self.list)
        self._holder = holder
        self.body.addWidget(holder, 1)
        self.body.addWidget(self.strip, 1)
        self.strip.hide()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAcceptDrops(True)
        self.is_folded = False

    def show_column(self, column: deals.Column, cards: Sequence[Card], since: str) -> None:
        """Show other figures and cards; the card that was current stays so where it is still there."""
        self.count, self.is_loading = column.count, False
        self.list.set_stage(column.stage)
        self.list.setAccessibleName(tr("Deals in {stage}", stage=column.stage.name))
        self.head.show_figures(column, since)
        self.strip.show_text(f"{column.stage.name} {show_number(column.count)}")
        current, at = self.list.current_card(), self.list.verticalScrollBar().value()
        self.list.cards.show(cards)
        self.list.verticalScrollBar().setValue(at)
        if current is not None and (row := self.list.cards.row_of(current.id)) >= 0 and not self.list.currentIndex().isValid():
            self.list.selectionModel().setCurrentIndex(self.list.cards.index(row), self.list.selectionModel().SelectionFlag.ClearAndSelect)

    def fold(self, folded: bool) -> None:
        """Fold the column to a strip, or unfold it."""
        self.is_folded = folded
        self.head.setVisible(not folded)
        self._holder.setVisible(not folded)
        self.strip.setVisible(folded)
        self.board.arrange()
        if not folded:
            self.board.want_more(self.list)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.position().y() < HEAD and self.list.stage.outcome != "open":
            self.fold(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if card_of(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        card = card_of(event.mimeData())
        if card is not None:
            event.acceptProposedAction()
            self.board.drop(card, self.list.stage.id, None)


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
        for shown, column in zip(self.columns, board.columns, strict=True):
            if shown.list.stage.outcome != column.stage.outcome:
                shown.list.cards.outcome = column.stage.outcome
            shown.show_column(column, cards.get(column.stage.id, column.cards), since)
        self.arrange()

    def _build(self, board: deals.Board) -> None:
        for column in self.columns:
            self._line.removeWidget(column)
            column.hide()
            column.deleteLater()
        self.columns = [BoardColumn(self, column.stage) for column in board.columns]
        for shown in self.columns:
            self._line.addWidget(shown)
            if shown.list.stage.outcome == "lost":
                shown.fold(True)
        for before, after in zip(self.columns, self.columns[1:], strict=False):
            QWidget.setTabOrder(before.list, after.list)

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

    def unchoose(self) -> None:
        """Let no card be chosen."""
        for column in self.columns:
            column.list.selectionModel().clear()

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

    def card_chosen(self, view: CardList) -> None:
        """Let only one card on the board be chosen."""
        for column in self.columns:
            if column.list is not view:
                column.list.selectionModel().clear()
        card = view.current_card()
        if card is not None:
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

    def want_more(self, view: CardList) -> None:
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

    def scroll_near(self, view: CardList, at: QPoint) -> None:
        """Scroll while a card is dragged near an edge."""
        here = self.viewport().mapFromGlobal(view.viewport().mapToGlobal(at))
        across = -1 if here.x() < NEAR_EDGE else 1 if here.x() > self.viewport().width() - NEAR_EDGE else 0
        down = -1 if at.y() < NEAR_EDGE else 1 if at.y() > view.viewport().height() - NEAR_EDGE else 0
        self._scroll, self._scrolled_list = (across, down), view
        if (across or down) and not self._scroller.isActive():
            self._scroller.start()
        elif not (across or down):
            self._scroller.stop()

    def stop_scrolling(self) -> None:
        """Stop scrolling: the card was dropped or carried away."""
        self._scroller.stop()

    @Slot()
    def _scroll_on(self) -> None:
        across, down = self._scroll
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() + across * SCROLL_STEP)
        if self._scrolled_list is not None:
            bar = self._scrolled_list.verticalScrollBar()
            bar.setValue(bar.value() + down * SCROLL_STEP)
