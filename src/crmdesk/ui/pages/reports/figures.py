"""A report as a table of figures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from crmdesk.documents import formats
from crmdesk.fields import show_money
from crmdesk.i18n import locale, tr
from crmdesk.queries.money import Sum
from crmdesk.ui import theme
from crmdesk.ui.widgets import paint

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QResizeEvent

    from crmdesk.queries.report_tables import Figure, ReportTable, Rows

Index = QModelIndex | QPersistentModelIndex
HEAD, MEASURED, WIDEST, LEAST_TEXT, MOST_LINES, PADDING, FITTED_FIRST, BESIDE = 32, 100, 300, 96, 6, 14, 60, 10


def shown(value: Any, kind: str, name: str = "") -> str:
    """Return a figure as people read it."""
    if value is None:
        return ""
    if isinstance(value, Sum):
        own, *others = value.moneys
        return " + ".join(show_money(money) for money in ([own, *others] if own.amount or not others else others))
    if isinstance(value, int | Decimal):
        return formats.figure(Decimal(value), kind)
    if name == "month" and len(str(value)) == 7 and str(value)[4] == "-":
        from babel.dates import format_skeleton

        return str(format_skeleton("yMMM", date.fromisoformat(f"{value}-01"), locale=locale()))
    return str(value)


class Cells(QAbstractTableModel):
    """The rows of a report, the totals last."""

    def __init__(self) -> None:
        super().__init__()
        self.table: ReportTable | None = None
        self.rows: list[tuple[Figure, ...]] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() or self.table is None else len(self.table.columns)

    def text(self, at_row: int, col: int) -> str:
        """Return a cell as it is shown."""
        assert self.table is not None
        of = self.table.columns[col]
        return shown(self.rows[at_row][col].value, of.kind, of.name)

    def opens(self, index: Index) -> Rows | None:
        """Return the records behind a cell."""
        return self.rows[index.row()][index.column()].opens if index.isValid() else None

    def is_total(self, at_row: int) -> bool:
        """Return whether this is the row of totals."""
        return self.table is not None and self.table.totals is not None and at_row == len(self.rows) - 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self.table is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{tr(self.table.columns[index.column()].label)}: {self.text(index.row(), index.column())}"
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self.table is not None and orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(self.table.columns[section].label)
        return None

    def show(self, table: ReportTable) -> None:
        """Show another report."""
        self.beginResetModel()
        self.table = table
        self.rows = [*table.rows, *((table.totals,) if table.totals else ())]
        self.endResetModel()


class FigureDelegate(QStyledItemDelegate):
    """Draws the figures; one that can be opened shows it under the mouse."""

    def __init__(self, view: QAbstractItemView, cells: Cells) -> None:
        super().__init__(view)
        self._view, self._cells = view, cells

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(60, theme.ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cells, box = self._cells, option.rect
        if cells.table is None:
            return
        painter.fillRect(box, theme.colour("canvas" if cells.is_total(index.row()) else "surface"))
        paint.hairline(painter, box.left(), box.right(), box.bottom())
        is_number = cells.table.columns[index.column()].kind != "text"
        weight = 600 if cells.is_total(index.row()) else 500 if index.column() == 0 else 400
        font = theme.tabular("body", weight) if is_number else theme.relative(weight)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver) and cells.opens(index) is not None
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignTrailing
        area = box.adjusted(PADDING, 0, -PADDING, 0)
        text, ink = cells.text(index.row(), index.column()), theme.colour("accent" if hovered else "text")
        if is_number:
            paint.line(painter, area, text, font, ink, align)
        else:
            paint.lines(painter, area, text, MOST_LINES, font, ink)
        if index == self._view.currentIndex() and self._view.hasFocus():
            paint.focus_ring(painter, box.adjusted(1, 1, -1, -2), 4)


class FigureHead(QHeaderView):
    """The names of the columns."""

    def __init__(self, view: QAbstractItemView, cells: Cells) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._cells = cells
        self.setFixedHeight(HEAD)
        self.setMinimumSectionSize(40)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def paintSection(self, painter: QPainter, box: QRect, section: int) -> None:
        paint.hairline(painter, box.left(), box.right(), box.bottom())
        table = self._cells.table
        if table is None or section >= len(table.columns):
            return
        align = Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignTrailing if table.columns[section].kind != "text" else Qt.AlignmentFlag.AlignLeading)
        paint.line(painter, box.adjusted(14, 0, -14, 0), tr(table.columns[section].label), theme.font("caption", 500), theme.colour("muted"), align)


class FigureTable(QTableView):
    """A report as a table; a figure that is pressed opens its rows, with the keyboard by Enter.

    Signals:
        opened: the `Rows` behind a figure, and its name.
    """

    opened = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self._look = ""
        self._needs: list[int] = []
        self._leasts: dict[int, int] = {}
        self._room: dict[int, int] = {}
        self._fitted: set[int] = set()
        self.cells = Cells()
        self.setModel(self.cells)
        self.setItemDelegate(FigureDelegate(self, self.cells))
        self.setHorizontalHeader(FigureHead(self, self.cells))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(tr("Figures"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.ROW)
        self.clicked.connect(self._open)
        self.verticalScrollBar().valueChanged.connect(self._fit_view)

    def show_table(self, table: ReportTable) -> None:
        """Show another report."""
        self.cells.show(table)
        self._forget()
        for line in range(self.cells.rowCount()):
            if self.rowHeight(line) != theme.ROW:  # that of the report before
                self.setRowHeight(line, theme.ROW)
        self.verticalScrollBar().setValue(0)
        self._fit()

    def _needed(self, number: int) -> int:
        """Return how wide a column has to be for its head and what stands in it."""
        table = self.cells.table
        head = paint.text_width(tr(table.columns[number].label), theme.font("caption", 500)) if table is not None else 0
        widest = max((paint.text_width(self.cells.text(line, number), theme.relative(600)) for line in range(min(MEASURED, self.cells.rowCount()))), default=0)
        return max(76, head + 30, min(WIDEST, widest + 30))

    def _least(self, number: int, needed: int) -> int:
        """Return how wide a column of texts, which go on in further lines, has to be at least: as its head and its longest word."""
        assert self.cells.table is not None
        words = {word for line in range(min(MEASURED, self.cells.rowCount())) for word in self.cells.text(line, number).split()}
        widest = max((paint.text_width(word, theme.relative(500 if number == 0 else 400)) for word in words), default=0)
        head = paint.text_width(tr(self.cells.table.columns[number].label), theme.font("caption", 500))
        return min(needed, max(LEAST_TEXT, head + 30, widest + 30))

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        rows = self.cells.opens(index)
        if rows is not None:
            name = self.cells.text(index.row(), 0)
            self.opened.emit(rows, name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.cells.index(self.currentIndex().row(), self.currentIndex().column()))
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        can_open = self.cells.opens(self.indexAt(event.position().toPoint())) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if can_open else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def scrollTo(self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible) -> None:
        if index.isValid():
            page = self.viewport().height() // theme.ROW + 1
            self._fit_rows(index.row() - page, index.row() + page)
        super().scrollTo(index, hint)

    def _fit(self) -> None:
        """Give every column the room that it needs, the first one twice as much of what is left."""
        count, table = self.cells.columnCount(), self.cells.table
        if not count or table is None:
            return
        if self._look != (look := theme.relative(500).key()):
            self._look = look
            self._forget()
        if not self._needs:
            self._needs = [self._needed(number) for number in range(count)]
        needed = list(self._needs)
        texts = [number for number in range(count) if table.columns[number].kind == "text"]
        if sum(needed) > self.viewport().width() and not self._leasts:
            self._leasts = {number: self._least(number, needed[number]) for number in texts}
        while sum(needed) > self.viewport().width() and (longer := [number for number in texts if needed[number] > self._leasts[number]]):
            needed[max(longer, key=lambda number: needed[number])] -= 1  # the longest texts give way, so that the figures are in sight
        spare = max(0, self.viewport().width() - sum(needed)) // (count + 1)
        for number in range(1, count):
            self.setColumnWidth(number, needed[number] + spare)
        self.setColumnWidth(0, max(needed[0], self.viewport().width() - sum(needed[1:]) - spare * (count - 1)))
        room = {number: self.columnWidth(number) - 2 * PADDING for number in texts}
        if room != self._room:
            self._room = room
            self._fitted.clear()
            self._fit_rows(0, FITTED_FIRST)
        self._fit_view()

    def _forget(self) -> None:
        """Forget what was measured of another report or in another font."""
        self._needs, self._leasts, self._room = [], {}, {}
        self._fitted.clear()

    @Slot()
    def _fit_view(self) -> None:
        """Give the rows that are in view the height that their texts need."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        self._fit_rows(max(0, first), last if last >= 0 else self.cells.rowCount() - 1)

    def _fit_rows(self, first: int, last: int) -> None:
        """Give rows, and a few next to them, the height that their texts need; what is at the top of the view stays there.

        To fit all 2,000 rows of a long report took a second at each new width: beyond the first ones they are fitted when they come into view.
        """
        wanted = {line: self._height(line) for line in range(max(0, first - BESIDE), min(self.cells.rowCount(), last + 1 + BESIDE)) if line not in self._fitted}
        self._fitted.update(wanted)
        others = {line: height for line, height in wanted.items() if self.rowHeight(line) != height}
        if not others:
            return
        bar, top = self.verticalScrollBar(), self.rowAt(0)
        is_at_end, before = bar.value() == bar.maximum() > 0, self.rowViewportPosition(top)
        for line, height in others.items():
            self.setRowHeight(line, height)
        self.updateGeometries()
        bar.setValue(bar.maximum() if is_at_end else bar.value() + self.rowViewportPosition(top) - before)

    def _height(self, line: int) -> int:
        """Return how high a row has to be for its texts."""
        most = 1
        for number, width in self._room.items():
            weight = 600 if self.cells.is_total(line) else 500 if number == 0 else 400
            most = max(most, _lines_of(self.cells.text(line, number), width, weight, self._look))
        return theme.ROW + (most - 1) * QFontMetrics(theme.relative(500)).lineSpacing()


@lru_cache(maxsize=4096)
def _lines_of(text: str, width: int, weight: int, _look: str) -> int:
    """Return in how many lines a text stands; `_look` is the font's key, so that another size is measured anew."""
    font = theme.relative(weight)
    return len(paint.broken(text, font, width, MOST_LINES)) if paint.text_width(text, font) > width else 1
