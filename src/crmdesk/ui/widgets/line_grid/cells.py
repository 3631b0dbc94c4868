"""How the lines look, and what their cells are typed in."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QObject,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from crmdesk.i18n import tr
from crmdesk.ui import theme
from crmdesk.ui.actions import is_composing
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.line_grid.item_editor import Find, ItemEditor
from crmdesk.ui.widgets.line_grid.model import AMOUNT, HEADS, ITEM, NAMES, NUMBER, TAX, TRAILING, UNIT, Index, LineModel

HEAD_HEIGHT, DETAIL_HEIGHT, MOST_DETAILS = 31, 17, 3


def line_height(lines: LineModel, row: int) -> int:
    """Return how high a row is: lines with details need more."""
    if lines.is_entry(row) or row >= len(lines.items):
        return theme.ROW
    details = lines.items[row].line.description.count("\n")
    return theme.ROW + (min(details, MOST_DETAILS) * DETAIL_HEIGHT + 2 if details else 0)


class LineDelegate(QStyledItemDelegate):
    """Draws the cells and makes what they are typed in.

    Signals:
        finished: editor, row, column: the user goes on by so many cells.
        left: row, column: the cell has lost the keyboard, with its text.
        product_taken: editor, row: a product was chosen from the list.
    """

    finished = Signal(QWidget, int, int, int)
    left = Signal(int, int, str)
    product_taken = Signal(QWidget, int, object)

    def __init__(self, grid: QAbstractItemView, lines: LineModel, find: Find) -> None:
        super().__init__(grid)
        self._grid, self._lines, self._find = grid, lines, find

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        grid, model, box, row, col = self._grid, self._lines, option.rect, index.row(), index.column()
        selected = bool(option.state & QStyle.StateFlag.State_Selected) and not model.is_entry(row)
        painter.fillRect(box, theme.colour("hover" if selected else "surface"))
        if row < model.rowCount() - 1:
            paint.hairline(painter, box.left(), box.right(), box.bottom())
        self._paint_text(painter, option, row, col)
        if index == grid.currentIndex() and grid.hasFocus():
            paint.focus_ring(painter, box.adjusted(1, 1, -1, -2), 4)

    def _paint_text(self, painter: QPainter, option: QStyleOptionViewItem, row: int, col: int) -> None:
        model, box, text = self._lines, option.rect, self._lines.text(row, col)
        first, _, details = text.partition("\n") if col == ITEM else (text, "", "")
        line = None if model.is_entry(row) else model.items[row].line
        is_optional = line is not None and line.optional
        ink: theme.Token = "muted" if line is None or is_optional or col in (NUMBER, UNIT, TAX) else "text"
        align = Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignTrailing if col in TRAILING else Qt.AlignmentFlag.AlignLeading)
        weight = 600 if col == AMOUNT or (line is not None and line.kind == "subtotal") else 400
        font = theme.tabular("body", weight) if col != ITEM else theme.font("body", weight)
        area = box.adjusted(10, 0, -10, 0)
        if details:
            area = QRect(area.x(), box.y() + 8, area.width(), 19)
            self._paint_details(painter, box, details, option.direction)
        if col == ITEM and is_optional:
            word = tr("Optional")
            wide = paint.chip_width(word)
            spot = QRect(area.right() - wide, area.center().y() - 9, wide, paint.CHIP_HEIGHT)
            paint.chip(painter, paint.mirrored(spot, box, option.direction).topLeft(), word, "info", wide)
            area.setRight(area.right() - wide - 6)
        paint.line(painter, paint.mirrored(area, box, option.direction), first, font, theme.colour(ink), align)

    def _paint_details(self, painter: QPainter, box: QRect, details: str, direction: Qt.LayoutDirection) -> None:
        for number, text in enumerate(details.split("\n")[:MOST_DETAILS]):
            area = QRect(box.x() + 10, box.y() + 27 + number * DETAIL_HEIGHT, box.width() - 20, DETAIL_HEIGHT)
            paint.line(painter, paint.mirrored(area, box, direction), text, theme.font("caption"), theme.colour("muted"))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(60, line_height(self._lines, index.row()))

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget | None:  # type: ignore[override]
        row, col = index.row(), index.column()
        text = self._lines.typed(row, col)
        if col == ITEM:
            editor = ItemEditor(parent, text, self._find)
            editor.finished.connect(lambda step: self.finished.emit(editor, row, col, step))
            editor.product_taken.connect(lambda named: self.product_taken.emit(editor, row, named))
            editor.installEventFilter(self)
            return editor
        cell = QLineEdit(text, parent)
        cell.setProperty("kind", "cell")
        cell.setAccessibleName(tr(NAMES[col]))
        if col in TRAILING:
            cell.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        cell.selectAll()
        return cell

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        return None  # `createEditor` has done it

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        text = editor.text() if isinstance(editor, (QLineEdit, ItemEditor)) else ""
        self.left.emit(index.row(), index.column(), text)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        area = option.rect.adjusted(1, 2, -1, -3)
        if isinstance(editor, ItemEditor):
            lines = max(1, editor.text().count("\n") + 1)
            area.setHeight(max(area.height(), min(6, lines) * 19 + 14))
        editor.setGeometry(area)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QLineEdit) and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if (enter or event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)) and not is_composing():
                index = self._grid.currentIndex()
                back = event.key() == Qt.Key.Key_Backtab
                self.finished.emit(watched, index.row(), index.column(), -1 if back else 1)
                return True
        if isinstance(watched, ItemEditor) and event.type() == QEvent.Type.KeyPress:
            return bool(isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and not watched.offered() and super().eventFilter(watched, event))
        if isinstance(watched, ItemEditor) and event.type() == QEvent.Type.FocusOut:
            watched.hide_offers()
        return super().eventFilter(watched, event)


class LineHead(QHeaderView):
    """The names of the columns."""

    def __init__(self, grid: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, grid)
        self.setFixedHeight(HEAD_HEIGHT)
        self.setMinimumSectionSize(20)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setHighlightSections(False)

    def paintSection(self, painter: QPainter, box: QRect, section: int) -> None:
        paint.hairline(painter, box.left(), box.right(), box.bottom())
        align = Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignTrailing if section in TRAILING else Qt.AlignmentFlag.AlignLeading)
        paint.line(painter, box.adjusted(10, 0, -10, 0), tr(HEADS[section]), theme.font("caption", 500), theme.colour("muted"), align)
