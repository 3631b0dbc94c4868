"""How the cells of a table look, and the editor in one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractItemModel, QEvent, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from crmdesk.ui import theme
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.record_table.rows import Cell

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmdesk.ui.widgets.record_table.model import RecordModel
    from crmdesk.ui.widgets.record_table.rows import Column, Index

CELL_EDGE = 10


class CellDelegate(QStyledItemDelegate):
    """Draws the cells, and makes the editor of one that is changed in place.

    Attributes:
        make_editor: returns the editor of a cell, which knows how to save, or None.
        row_height: of all rows.
        hovered_row: the one under the mouse, or -1.
    """

    def __init__(self, table: QAbstractItemView, records: RecordModel, make_editor: Callable[[QWidget, Index], QWidget | None]) -> None:
        super().__init__(table)
        self._table, self._records = table, records
        self.make_editor = make_editor
        self.row_height = theme.ROW
        self.hovered_row = -1

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, self.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        table, records, box, row = self._table, self._records, option.rect, index.row()
        is_checked = records.id_at(row) in records.checked
        is_current = row == table.currentIndex().row()
        if is_checked:
            painter.fillRect(box, theme.colour("accent_soft"))
        elif is_current or row == self.hovered_row:
            painter.fillRect(box, theme.colour("hover"))
        paint.hairline(painter, box.left(), box.right(), box.bottom())
        if index.column() == 0:
            state = Qt.CheckState.Checked if is_checked else Qt.CheckState.Unchecked
            paint_check(painter, box, state, option.direction)
        else:
            self._paint_cell(painter, option, index, is_checked)
        if is_current and table.hasFocus() and index == table.currentIndex():
            paint.focus_ring(painter, box.adjusted(1, 1, -1, -2), 4)

    def _paint_cell(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, on_tint: bool) -> None:
        records, box = self._records, option.rect
        column = records.columns[index.column() - 1]
        cell = records.cell(index.row(), index.column())
        if cell is None:
            if not records.is_there(index.row()):
                paint.rounded(painter, box.adjusted(10, 14, -box.width() // 3, -14), 3, theme.colour("sunken"), None)
            return
        text = cell.text if isinstance(cell, Cell) else cell
        tone = cell.tone if isinstance(cell, Cell) else None
        if column.look == "chip" or (tone is not None and column.look != "strong" and not column.is_number):
            _paint_chip(painter, box, option.direction, text, tone or "muted")
        elif column.look == "name":
            _paint_name(painter, box, option.direction, text, on_tint)
        else:
            _paint_text(painter, box, column, text, tone, on_tint)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget | None:  # type: ignore[override]
        return self.make_editor(parent, index)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        return None  # `make_editor` has done it

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        return None  # the editor tells the list page itself, which may refuse

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Leave Enter, Tab and leaving the cell to the editor, which saves first."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            mine = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
            if event.key() in mine:
                return True
        if event.type() == QEvent.Type.FocusOut:
            return False
        return super().eventFilter(editor, event)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        editor.setGeometry(option.rect.adjusted(1, 2, -1, -2))


def paint_check(painter: QPainter, box: QRect, state: Qt.CheckState, direction: Qt.LayoutDirection) -> None:
    """Draw a check box in a cell."""
    side = 14
    spot = QRect(box.x() + 11, box.y() + (box.height() - side) // 2, side, side)
    spot = paint.mirrored(spot, box, direction)
    if state == Qt.CheckState.Unchecked:
        paint.rounded(painter, spot, 3, theme.colour("surface"), theme.colour("outline"))
        return
    paint.rounded(painter, spot, 3, theme.colour("accent"), None)
    icon = "check" if state == Qt.CheckState.Checked else "minus"
    ratio = painter.device().devicePixelRatio()
    painter.drawPixmap(spot.topLeft() + QPoint(1, 1), theme.pixmap(icon, "on_accent", 12, ratio))


def _paint_chip(painter: QPainter, box: QRect, direction: Qt.LayoutDirection, text: str, tone: theme.Tone) -> None:
    if text:
        wide = min(paint.chip_width(text), box.width() - 2 * CELL_EDGE)
        y = box.y() + (box.height() - paint.CHIP_HEIGHT) // 2
        at = paint.mirrored(QRect(box.x() + CELL_EDGE, y, wide, paint.CHIP_HEIGHT), box, direction)
        paint.chip(painter, at.topLeft(), text, tone, wide)


def _paint_name(painter: QPainter, box: QRect, direction: Qt.LayoutDirection, text: str, on_tint: bool) -> None:
    size = min(22, box.height() - 6)
    area = box.adjusted(CELL_EDGE, 0, -CELL_EDGE, 0)
    disc = QRect(area.x() - 2, box.y() + (box.height() - size) // 2, size, size)
    paint.avatar(painter, paint.mirrored(disc, box, direction), text, on_tint)
    area = paint.mirrored(area.adjusted(size + 6, 0, 0, 0), box, direction)
    paint.line(painter, area, text, theme.relative(500), theme.colour("text"))


def _paint_text(painter: QPainter, box: QRect, column: Column, text: str, tone: theme.Tone | None, on_tint: bool) -> None:
    muted: theme.Token = "muted_on_tint" if on_tint else "muted"
    ink: theme.Token = theme.TONES[tone][1] if tone else (muted if column.look == "muted" else "text")
    font = theme.relative(600) if column.look == "strong" else theme.font()
    align = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
    if column.is_number:
        font = theme.tabular("body", 600 if column.look == "strong" else 400)
        align = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
    paint.line(painter, box.adjusted(CELL_EDGE, 0, -CELL_EDGE, 0), text, font, theme.colour(ink), align)
