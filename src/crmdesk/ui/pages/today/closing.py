"""The deals that are likely to close this month, in columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from crmdesk.documents import formats
from crmdesk.fields import show_money
from crmdesk.i18n import tr
from crmdesk.ui import theme
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import Clickable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtGui import QFont

    from crmdesk.queries.today import Closing

GAP = 12


@dataclass(frozen=True)
class Columns:
    """How wide the columns of the likely deals want to be, so that all lines stand beneath their heads."""

    name: int
    company: int
    amount: int
    chance: int

    @staticmethod
    def of(found: Sequence[Closing]) -> Columns:
        """Return the widths that the widest texts of these deals need."""

        def widest(texts: Iterable[str], head: str, font: QFont) -> int:
            return max([paint.text_width(head, theme.font("caption")), *(paint.text_width(text, font) for text in texts)]) + 2

        plain, figures = theme.font(), theme.tabular()
        return Columns(
            widest((deal.name for deal in found), tr("Deal"), plain), widest((deal.company for deal in found), tr("Customer"), plain),
            widest((_amount(deal) for deal in found), tr("Amount"), figures), widest((_chance(deal) for deal in found), tr("Chance"), figures),
        )  # fmt: skip

    def spots(self, wide: int) -> tuple[tuple[int, int], ...]:
        """Return (x, width) of each column; where there is too little room for deal and customer, each has about half, in two lines."""
        room = wide - self.amount - self.chance - 3 * GAP
        name = min(self.name, max(room - self.company, room * 11 // 20))
        return (0, name), (name + GAP, room - name), (room + 2 * GAP, self.amount), (wide - self.chance, self.chance)


def _amount(deal: Closing) -> str:
    return show_money(deal.amount, whole=True) if deal.amount is not None else ""


def _chance(deal: Closing) -> str:
    return formats.percent(deal.chance) if deal.chance is not None else ""


END = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter


class ClosingHead(QWidget):
    """The heads of the columns."""

    def __init__(self, columns: Columns) -> None:
        super().__init__()
        self._columns = columns
        self.setFixedHeight(26)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        heads = (tr("Deal"), tr("Customer"), tr("Amount"), tr("Chance"))
        for number, (head, (x, wide)) in enumerate(zip(heads, self._columns.spots(self.width()), strict=True)):
            area = paint.mirrored(QRect(x, 0, wide, self.height()), self.rect(), self.layoutDirection())
            align = END if number > 1 else Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
            paint.line(painter, area, head, theme.font("caption"), theme.colour("muted"), align)


class ClosingLine(Clickable):
    """A deal that is likely to close: name and customer (in two lines where they are long), amount, chance in columns."""

    def __init__(self, deal: Closing, columns: Columns) -> None:
        self._deal, self._columns = deal, columns
        words = ", ".join(part for part in (deal.name, deal.company, _amount(deal), _chance(deal)) if part)
        super().__init__(words)
        self.setToolTip(words)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(300, theme.ROW + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, high = QPainter(self), self.height()
        name, company, amount, chance = (
            paint.mirrored(QRect(x, 0, wide, high), self.rect(), self.layoutDirection()) for x, wide in self._columns.spots(self.width())
        )  # fmt: skip
        paint.lines(painter, name, self._deal.name, 2)
        paint.lines(painter, company, self._deal.company, 2, None, theme.colour("muted"))
        paint.line(painter, amount, _amount(self._deal), theme.tabular(), None, END)
        paint.line(painter, chance, _chance(self._deal), theme.tabular(), None, END)
        if self.hasFocus():
            paint.focus_ring(painter, self.rect(), theme.RADIUS_CONTROL)
