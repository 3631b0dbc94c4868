"""The forecast: what the open deals of a pipeline are expected to bring, month by month, weighted by the chances of their stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from crmdesk.documents import formats
from crmdesk.i18n import locale, ntr, tr
from crmdesk.ui import theme
from crmdesk.ui.amounts import whole
from crmdesk.ui.page import scrolled
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import Card, Clickable, Line, column
from crmdesk.ui.widgets.figures import BarChart, ChartCard, Point
from crmdesk.ui.widgets.layouts import empty

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from crmdesk.queries.deals import Expected

SHARES = (40, 16, 22, 22)


def period_text(found: Expected) -> str:
    """Return what a stretch of time is called."""
    from babel.dates import format_skeleton

    if found.first is not None:
        return str(format_skeleton("yMMMM", found.first, locale=locale()))
    return {"late": tr("Expected day has passed"), "later": tr("Later"), "none": tr("Without a day")}[found.kind]


class _Columns(Clickable):
    """One line of the table: a text and three figures in columns."""

    def __init__(self, cells: Sequence[str], is_head: bool = False, weight: int = 400) -> None:
        super().__init__(", ".join(cells))
        self._cells, self._is_head, self._weight = tuple(cells), is_head, weight
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if is_head:
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self.setEnabled(False)

    def sizeHint(self) -> QSize:
        return QSize(480, theme.ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, left = QPainter(self), 16
        room = self.width() - 32
        font = theme.font("caption") if self._is_head else theme.tabular("body", self._weight)
        ink = theme.colour("muted" if self._is_head else "text")
        end = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
        for number, (cell, share) in enumerate(zip(self._cells, SHARES, strict=True)):
            wide = room * share // 100
            area = paint.mirrored(QRect(left, 0, wide, self.height()), self.rect(), self.layoutDirection())
            if number:
                paint.line(painter, area, cell, font, ink, end)
            else:
                paint.line(painter, area, cell, font, ink)
            left += wide
        if self.hasFocus():
            paint.focus_ring(painter, self.rect(), theme.RADIUS_CONTROL)


class ForecastView(QWidget):
    """A bar for each month, and beneath it the figures; each opens the deals that it counts.

    Signals:
        opened: an `Expected` and what it is called.
    """

    opened = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self._found: tuple[Expected, ...] = ()
        self.chart = BarChart(tr("Expected, weighted"))
        self.chart.chosen.connect(self._open)
        self.card = ChartCard(tr("Expected, weighted"), self.chart)
        self.table = Card(padding=0, space=0)
        self._lines = column(space=0)
        self.table.body.addLayout(self._lines)
        inner = QWidget()
        inner.setLayout(column(self.card, self.table, None, space=12))
        self.setLayout(column(scrolled(inner)))

    def show_forecast(self, found: Sequence[Expected]) -> None:
        """Show what is expected."""
        self._found = tuple(one for one in found if one.count or one.kind == "month")
        months = [one for one in self._found if one.kind == "month"]
        self.chart.set_points([Point(_short(one), float(one.weighted.money.amount), _said(one), True) for one in months])
        empty(self._lines)
        self._lines.addWidget(_Columns((tr("Expected close"), tr("Deals"), tr("Amount"), tr("Weighted")), is_head=True))
        for one in self._found:
            line = _Columns(
                (period_text(one), formats.number(_decimal(one.count)), whole(one.amount), whole(one.weighted)),
                weight=600 if one.kind == "late" and one.count else 400,
            )
            line.clicked.connect(lambda one=one: self.opened.emit(one, period_text(one)))
            self._lines.addWidget(Line())
            self._lines.addWidget(line)

    def _open(self, number: int) -> None:
        months = [one for one in self._found if one.kind == "month"]
        if number < len(months):
            self.opened.emit(months[number], period_text(months[number]))


def _decimal(count: int) -> Decimal:
    from decimal import Decimal

    return Decimal(count)


def _short(found: Expected) -> str:
    from babel.dates import format_skeleton

    return str(format_skeleton("MMM", found.first, locale=locale()))


def _said(found: Expected) -> str:
    return tr(
        "{weighted} of {amount}, {deals}", weighted=whole(found.weighted), amount=whole(found.amount), deals=ntr("{count} deal", "{count} deals", found.count)
    )
