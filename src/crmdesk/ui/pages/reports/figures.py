"""A report as a table of figures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
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

    from crmdesk.queries.reports import Figure, ReportTable, Rows

Index = QModelIndex | QPersistentModelIndex
HEAD, MEASURED, WIDEST, LEAST_TEXT = 32, 100, 300, 96


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
        align = Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignTrailing if is_number else Qt.AlignmentFlag.AlignLeading)
        area = box.adjusted(14, 0, -14, 0)
        text = cells.text(index.row(), index.column())
        paint.line(painter, area, text, font, theme.colour("accent" if hovered else "text"), align)
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

    def show_table(self, table: ReportTable) -> None:
        """Show another report."""
        self.cells.show(table)
        self._fit()

    def _needed(self, number: int) -> int:
        """Return how wide a column has to be for its head and what stands in it."""
        table = self.cells.table
        head = paint.text_width(tr(table.columns[number].label), theme.font("caption", 500)) if table is not None else 0
        widest = max((paint.text_width(self.cells.text(line, number), theme.relative(600)) for line in range(min(MEASURED, self.cells.rowCount()))), default=0)
        return max(76, head + 30, min(WIDEST, widest + 30))

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

    def _fit(self) -> None:
        """Give every column the room that it needs, the first one twice as much of what is left."""
        count, table = self.cells.columnCount(), self.cells.table
        if not count or table is None:
            return
        needed = [self._needed(number) for number in range(count)]
        texts = [number for number in range(count) if table.columns[number].kind == "text"]
        if sum(needed) - self.viewport().width() <= sum(max(0, needed[number] - LEAST_TEXT) for number in texts):
            while sum(needed) > self.viewport().width():  # the longest texts give way, so that all figures are in sight
                needed[max(texts, key=lambda number: needed[number])] -= 1
        spare = max(0, self.viewport().width() - sum(needed)) // (count + 1)
        for number in range(1, count):
            self.setColumnWidth(number, needed[number] + spare)
        self.setColumnWidth(0, max(needed[0], self.viewport().width() - sum(needed[1:]) - spare * (count - 1)))
