"""One column of the board: its head with count and sums, its cards, and the strip that it is when folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from crmdesk.fields import show_number
from crmdesk.i18n import ntr, tr
from crmdesk.ui import theme
from crmdesk.ui.amounts import whole
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import Card as Box
from crmdesk.ui.widgets.board.card_list import EDGE, CardList, card_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from crmdesk.queries import deals
    from crmdesk.queries.deals import Card, StageFacts

HEAD, SIDE = 56, 14


class ColumnHead(QWidget):
    """The head of a column: stage, count, win rate, sum and weighted sum."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEAD)
        self._name, self._count, self._rate, self._sum, self._more, self._more_short = "", "", "", "", "", ""
        self._is_short = False

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

    def fits(self, wide: int) -> bool:
        """Return whether all its words have room in such a width."""
        return paint.text_width(self._more, theme.tabular("caption")) <= self._room(wide)

    def show_short(self, is_short: bool) -> None:
        """Leave words out, since they have no room in this head or one beside it."""
        if is_short != self._is_short:
            self._is_short = is_short
            self.update()

    def _room(self, wide: int) -> int:
        return wide - 2 * SIDE - paint.text_width(self._sum, theme.tabular()) - 10

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, direction = QPainter(self), self.layoutDirection()
        left, right = SIDE, self.width() - SIDE
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
        words = self._more_short if self._is_short else self._more
        more = words if paint.text_width(words, caption) <= self._room(self.width()) else ""
        wide = paint.text_width(more, caption)
        paint.line(painter, at(right - wide, 29, wide + 1), more, caption, muted)


class Strip(QWidget):
    """A folded column: its name and count written upwards; a click unfolds it, a card can be dropped on it.

    Signals:
        unfold_wanted: it was pressed, and whether by a key.
        dropped: the card that was dropped on it.
    """

    unfold_wanted = Signal(bool)
    dropped = Signal(object)

    def __init__(self) -> None:
        super().__init__()
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
        self.unfold_wanted.emit(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.unfold_wanted.emit(True)
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
            self.dropped.emit(card)

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
    """One stage: head and cards, or a strip when it is folded.

    Signals:
        folded: it was folded or unfolded.
        dropped: a card, and the one above it (None at the top).
    """

    folded = Signal()
    dropped = Signal(object, object)

    def __init__(self, stage: StageFacts) -> None:
        super().__init__(padding=0, sunken=True, space=0)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.head = ColumnHead()
        self.list = CardList(stage)
        self.strip = Strip()
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
        self.strip.unfold_wanted.connect(self._unfold)
        self.strip.dropped.connect(self._drop_on_top)
        self.list.dropped.connect(self.dropped)

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
        self.folded.emit()

    @Slot(bool)
    def _unfold(self, by_key: bool) -> None:
        self.fold(False)
        if by_key:
            self.list.setFocus()

    @Slot(object)
    def _drop_on_top(self, card: UUID) -> None:
        self.dropped.emit(card, None)

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
            self._drop_on_top(card)
