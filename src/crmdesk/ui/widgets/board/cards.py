"""The loaded cards of one column, and how they are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from crmdesk.ui import theme
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.board.layout import GAP, NAME_LINES, PAD, Laid, lay
from crmdesk.ui.widgets.board.words import tip_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from crmdesk.queries.deals import Card

Index = QModelIndex | QPersistentModelIndex
CARD_ROLE = Qt.ItemDataRole.UserRole


class Cards(QAbstractListModel):
    """The loaded cards of one column."""

    def __init__(self, outcome: str) -> None:
        super().__init__()
        self.outcome = outcome
        self.cards: list[Card] = []
        self.laid: dict[UUID, Laid] = {}

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


class CardDelegate(QStyledItemDelegate):
    """Draws the cards.

    Attributes:
        width: how wide the cards are now.
    """

    def __init__(self, view: QAbstractItemView, cards: Cards, width: Callable[[], int]) -> None:
        super().__init__(view)
        self._view, self._cards, self.width = view, cards, width

    def laid(self, card: Card) -> Laid:
        """Return where the parts of a card lie at the present width."""
        known, width = self._cards.laid, self.width()
        laid = known.get(card.id)
        if laid is None or laid.width != width:
            laid = known[card.id] = lay(card, self._cards.outcome, width)
        return laid

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        card = index.data(CARD_ROLE)
        return QSize(self.width(), self.laid(card).height + GAP) if card else QSize(1, 1)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        card = index.data(CARD_ROLE)
        if card is None:
            return
        laid = self.laid(card)
        direction = self._view.layoutDirection()
        x = option.rect.right() + 1 - laid.width if direction == Qt.LayoutDirection.RightToLeft else option.rect.x()
        box = QRect(x, option.rect.y(), laid.width, laid.height)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        self.draw(painter, box, card, laid, "accent" if selected else "outline" if hovered else "border")
        if selected and self._view.hasFocus():
            paint.focus_ring(painter, box, theme.RADIUS_CONTROL + 2)

    def draw(self, painter: QPainter, box: QRect, card: Card, laid: Laid, frame: theme.Token) -> None:
        """Draw one card."""
        direction = self._view.layoutDirection()

        def place(x: int, y: int, wide: int, high: int) -> QRect:
            return paint.mirrored(QRect(box.x() + x, box.y() + y, wide, high), box, direction)

        inner = laid.width - 2 * PAD
        paint.rounded(painter, box, theme.RADIUS_CONTROL + 2, theme.colour("surface"), theme.colour(frame))
        paint.lines(painter, place(PAD, 10, inner, laid.name_high), card.name, NAME_LINES, theme.relative(600))
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
        laid, ratio = self.laid(card), self._view.devicePixelRatioF()
        picture = QPixmap(round(laid.width * ratio), round(laid.height * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setOpacity(0.92)
        self.draw(painter, QRect(0, 0, laid.width, laid.height), card, laid, "accent")
        painter.end()
        return picture
