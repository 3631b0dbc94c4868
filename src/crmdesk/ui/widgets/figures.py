"""Figures: tiles, bars and small charts, each with words for those who can't see it and rows behind every number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHelpEvent, QKeyEvent, QKeySequence, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QToolTip,
    QWidget,
)

from crmdesk.i18n import tr
from crmdesk.ui import theme
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import Card, IconButton, PressedByEnter, Text, row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QPaintEvent


class Tile(PressedByEnter, QAbstractButton):
    """One figure with its name and a note; pressing it opens the rows behind it.

    Args:
        run: what pressing it does; without it the tile is only looked at.
        tone: of the note: danger, warning, success, muted; the note's words say what the colour means.
    """

    def __init__(
        self,
        label: str,
        figure: str = "–",
        note: str = "",
        tone: theme.Tone | None = None,
        run: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        self._label = label
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if run else Qt.FocusPolicy.NoFocus)
        if run is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.clicked.connect(lambda: run())
        self._can_press = run is not None
        self.show_figure(figure, note, tone)

    def set_label(self, label: str) -> None:
        """Name the figure otherwise; `show_figure` shows it."""
        self._label = label

    def show_figure(self, figure: str, note: str = "", tone: theme.Tone | None = None) -> None:
        """Show another figure and note."""
        self._figure, self._note, self._tone = figure, note, tone
        self.setText(figure)
        self.setAccessibleName(f"{self._label}: {figure}" + (f", {note}" if note else ""))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, 88)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 88)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        hovered = self._can_press and self.underMouse()
        line = theme.colour("outline" if hovered else "border")
        paint.rounded(painter, self.rect(), theme.RADIUS_CARD, theme.colour("surface"), line)
        area = self.rect().adjusted(16, 0, -12, 0)
        wide = area.width()
        paint.line(painter, QRect(area.x(), 12, wide, 20), self._label, theme.font(), theme.colour("muted"))
        paint.line(painter, QRect(area.x(), 32, wide, 26), self._figure, theme.tabular("figure", 600))
        ink: theme.Token = theme.TONES[self._tone][1] if self._tone else "text"
        paint.line(painter, QRect(area.x(), 58, wide, 18), self._note, theme.font("caption"), theme.colour(ink))
        is_cut = paint.text_width(self._label, theme.font()) > wide or paint.text_width(self._note, theme.font("caption")) > wide
        self.setToolTip(self.accessibleName() if is_cut else "")
        if self.hasFocus():
            paint.focus_ring(painter, self.rect(), theme.RADIUS_CARD)


class Bar(QWidget):
    """A thin bar that shows a share, such as the quality of a record; say the number beside it."""

    def __init__(self, share: float = 0.0, name: str = "", tone: theme.Tone = "accent") -> None:
        super().__init__()
        self._share, self._tone, self._name = share, tone, name
        self.setFixedHeight(6)
        self.setMinimumWidth(40)
        self.set_share(share)

    def set_share(self, share: float, tone: theme.Tone | None = None) -> None:
        """Show another share, 0 to 1, and another tone if one is given."""
        self._share, self._tone = min(1.0, max(0.0, share)), tone or self._tone
        self.setAccessibleName(self._name)
        self.setAccessibleDescription(tr("{percent}%", percent=round(self._share * 100)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.rounded(painter, self.rect(), 3, theme.colour("sunken"), None)
        filled = QRect(0, 0, round(self.width() * self._share), 6)
        if filled.width() > 0:
            filled = paint.mirrored(filled, self.rect(), self.layoutDirection())
            paint.rounded(painter, filled, 3, theme.colour(theme.TONES[self._tone][1]), None)


@dataclass(frozen=True)
class Point:
    """One value of a chart: its label, the number, and the number as people read it.

    Attributes:
        is_forecast: drawn lighter, since it has not happened yet.
        is_quiet: drawn grey, since it is no success, such as what was lost.
    """

    label: str
    value: float
    shown: str
    is_forecast: bool = False
    is_quiet: bool = False


class Chart(QWidget):
    """What all charts share: points, keyboard, tips, a table of the same numbers, words for screen readers.

    Signals:
        chosen: the number of the point that was pressed, by mouse or Enter.
    """

    chosen = Signal(int)

    def __init__(self, name: str, points: Sequence[Point] = ()) -> None:
        super().__init__()
        self._name = name
        self.points: list[Point] = []
        self.current = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.set_points(points)

    def set_points(self, points: Sequence[Point]) -> None:
        """Show other numbers."""
        self.points = list(points)
        self.current = -1
        self.setAccessibleName(self._name)
        self.setAccessibleDescription("; ".join(f"{p.label}: {p.shown}" for p in self.points))
        self.updateGeometry()
        self.update()

    def table(self) -> list[tuple[str, str]]:
        """Return the same numbers as rows of (label, value)."""
        return [(point.label, point.shown) for point in self.points]

    def areas(self) -> list[QRect]:
        """Return where each point can be pressed."""
        raise NotImplementedError

    def _at(self, x: float, y: float) -> int:
        for number, area in enumerate(self.areas()):
            if area.contains(round(x), round(y)):
                return number
        return -1

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        number = self._at(event.position().x(), event.position().y())
        if number >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._at(event.position().x(), event.position().y()) >= 0
        can_press = self.receivers("2chosen(int)") > 0
        self.setCursor(Qt.CursorShape.PointingHandCursor if over and can_press else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in self.table()))
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Down) and self.points:
            back = key in (Qt.Key.Key_Left, Qt.Key.Key_Up)
            self.current = (self.current + (-1 if back else 1)) % len(self.points)
            point = self.points[self.current]
            self.setAccessibleDescription(f"{point.label}: {point.shown}")
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current >= 0:
            self.chosen.emit(self.current)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            number = self._at(event.pos().x(), event.pos().y())
            if number >= 0:
                QToolTip.showText(event.globalPos(), f"{self.points[number].label}: {self.points[number].shown}", self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def _mark_current(self, painter: QPainter) -> None:
        if self.hasFocus():
            areas = self.areas()
            area = areas[self.current] if 0 <= self.current < len(areas) else self.rect()
            paint.focus_ring(painter, area, 4)


LABEL_AIR = 6


class BarChart(Chart):
    """Upright bars beside one another, each with its label beneath; what is forecast is lighter."""

    FOOT = 18

    def __init__(self, name: str, points: Sequence[Point] = ()) -> None:
        super().__init__(name, points)
        self.setMinimumHeight(120)

    def sizeHint(self) -> QSize:
        return QSize(380, 180)

    def areas(self) -> list[QRect]:
        if not self.points:
            return []
        step = self.width() / len(self.points)
        boxes = [QRect(round(n * step), 0, round(step), self.height()) for n in range(len(self.points))]
        return [paint.mirrored(box, self.rect(), self.layoutDirection()) for box in boxes]

    def labelled(self) -> range:
        """Return the points whose labels are written: as many as have room beside one another."""
        wide = max((paint.text_width(point.label, theme.font("caption")) for point in self.points), default=0) + LABEL_AIR
        return range(0, len(self.points), max(1, -(-wide * len(self.points) // max(1, self.width()))))

    def _scale(self) -> tuple[float, float]:
        values = [point.value for point in self.points]
        return min(0.0, *values, 0.0), max(0.0, *values, 0.0)

    def _y(self, value: float) -> float:
        low, high = self._scale()
        room = self.height() - self.FOOT - 8
        return 8 + room * (1 - (value - low) / ((high - low) or 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        zero = self._y(0)
        for point, box in zip(self.points, self.areas(), strict=True):
            wide = min(40.0, box.width() * 0.62)
            top, bottom = sorted((self._y(point.value), zero))
            ink = theme.blend("accent", "surface", 0.36 if point.is_forecast else 0.86)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            bar = QRectF(box.center().x() - wide / 2 + 0.5, top, wide, max(bottom - top, 1.0))
            painter.drawRoundedRect(bar, min(3.0, wide / 4), min(3.0, wide / 4))
        self._write_labels(painter)
        self._mark_current(painter)

    def _write_labels(self, painter: QPainter) -> None:
        boxes, font, labelled = self.areas(), theme.font("caption"), self.labelled()
        chosen = [self.current] if self.hasFocus() and 0 <= self.current < len(boxes) else []
        for number in [*(number for number in labelled if not chosen or abs(number - chosen[0]) >= labelled.step), *chosen]:
            label = self.points[number].label
            wide = min(paint.text_width(label, font) + 2, self.width())
            left = max(0, min(boxes[number].center().x() - wide // 2, self.width() - wide))
            paint.line(
                painter, QRect(left, self.height() - self.FOOT + 2, wide, self.FOOT - 2), label, font, theme.colour("muted"), Qt.AlignmentFlag.AlignCenter
            )


class FunnelChart(Chart):
    """Steps beneath one another, each with its label, a bar and its number.

    Attributes:
        is_graded: each step is darker than the one above it, since one follows the other.
    """

    STEP = 27
    is_graded = True

    def __init__(self, name: str, points: Sequence[Point] = ()) -> None:
        super().__init__(name, points)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(276, max(1, len(self.points)) * self.STEP)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def areas(self) -> list[QRect]:
        return [QRect(0, n * self.STEP, self.width(), self.STEP) for n in range(len(self.points))]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        most = max((point.value for point in self.points), default=0) or 1
        font = theme.font()
        label_wide = min(max(140, self.width() // 2), max((paint.text_width(p.label, font) for p in self.points), default=0) + 16)
        number_wide = max((paint.text_width(p.shown, theme.tabular()) for p in self.points), default=0) + 10
        room = max(20, self.width() - label_wide - number_wide)
        count = sum(not point.is_quiet for point in self.points)
        for number, (point, box) in enumerate(zip(self.points, self.areas(), strict=True)):
            wide = max(3, round(room * point.value / most))
            share = 0.3 + 0.7 * (min(1.0, number / (count - 1)) if count > 1 else 1) if self.is_graded else 0.86
            ink = theme.colour("outline") if point.is_quiet else theme.blend("accent", "surface", share)
            parts = {
                "label": QRect(box.x(), box.y(), label_wide - 8, self.STEP),
                "bar": QRect(label_wide, box.y() + 4, wide, self.STEP - 7),
                "number": QRect(label_wide + wide + 10, box.y(), number_wide, self.STEP),
            }
            parts = {name: paint.mirrored(part, self.rect(), self.layoutDirection()) for name, part in parts.items()}
            paint.line(painter, parts["label"], point.label, font, theme.colour("muted"))
            paint.rounded(painter, parts["bar"], 3, ink, None)
            paint.line(painter, parts["number"], point.shown, theme.tabular())
        self._mark_current(painter)


class ChartCard(Card):
    """A card with a chart and a button that shows the same numbers as a table."""

    def __init__(self, title: str, chart: Chart, note: str = "") -> None:
        super().__init__()
        self.body.setContentsMargins(16, 10, 16, 16)
        self.chart = chart
        self._heading = Text(title, "strong")
        self.switch = IconButton("table", tr("Show as table"), self._switch, "muted")
        self.switch.setFixedSize(24, 24)
        self._table: QTableWidget | None = None
        self.note = Text(note, "muted")
        if not note:
            self.note.hide()
        self.body.addLayout(row(self._heading, None, self.switch))
        self.add(chart, self.note)

    def set_title(self, title: str) -> None:
        """Call the chart something else."""
        self._heading.setText(title)

    def set_note(self, note: str) -> None:
        """Show a sentence beneath the chart."""
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def _switch(self) -> None:
        if self._table is None:
            self._table = self._made()
            self.body.insertWidget(1, self._table, 1)
        as_table = not self.chart.isHidden()
        if as_table:
            rows = self.chart.table()
            self._table.setRowCount(len(rows))
            for number, (label, value) in enumerate(rows):
                self._table.setItem(number, 0, QTableWidgetItem(label))
                cell = QTableWidgetItem(value)
                cell.setTextAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
                self._table.setItem(number, 1, cell)
                self._table.setRowHeight(number, theme.ROW_COMPACT)
        self.chart.setVisible(not as_table)
        self._table.setVisible(as_table)
        self.switch.setIcon(theme.icon("chart-column" if as_table else "table", "muted"))
        name = tr("Show as chart") if as_table else tr("Show as table")
        self.switch.setToolTip(name)
        self.switch.setAccessibleName(name)

    def _made(self) -> QTableWidget:
        table = QTableWidget(0, 2)
        table.horizontalHeader().hide()
        table.verticalHeader().hide()
        table.setAccessibleName(self._heading.text())
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.setMinimumHeight(self.chart.height())
        return table
