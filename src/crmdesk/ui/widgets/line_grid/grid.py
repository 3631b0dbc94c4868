"""The grid itself: filled by keys, cell after cell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QModelIndex,
    QPoint,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QFontMetricsF, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLineEdit,
    QTableView,
    QToolTip,
    QWidget,
)

from crmdesk.documents.calculator import Line
from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.queries.quotes import LineItem
from crmdesk.ui import theme
from crmdesk.ui.actions import is_composing
from crmdesk.ui.widgets.basics import restyle
from crmdesk.ui.widgets.line_grid.cells import HEAD_HEIGHT, LineDelegate, LineHead, line_height
from crmdesk.ui.widgets.line_grid.item_editor import Find, ItemEditor
from crmdesk.ui.widgets.line_grid.menu import LineKind, LineMenu
from crmdesk.ui.widgets.line_grid.model import AMOUNT, EDITABLE, HEADS, ITEM, QUANTITY, WIDTHS, LineModel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class LineGrid(QTableView):
    """The grid.

    Keys: type to change a cell, Enter and Tab go on, Esc takes back, Ctrl+↑/↓ moves the line, Del deletes it, Ctrl+V pastes rows,
    Ctrl+C copies the line, the menu key offers text lines, subtotals, optional lines and tax categories.

    Attributes:
        find_products: the products that fit a text; runs on a reader thread.
        new_line: makes a line of a text that is no product.

    Signals:
        edited: the lines have changed.
        product_wanted: a product was chosen for a row: whoever knows the store calls `put_product`.
        rows_pasted: rows of texts to be made into lines, and where they go: whoever knows the store calls `insert_lines`.
        grown: the height that all lines need has changed.
    """

    edited = Signal()
    product_wanted = Signal(int, object)
    rows_pasted = Signal(list, int)
    grown = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.find_products: Find = lambda text: ()
        self.new_line: Callable[[str], LineItem] = lambda text: LineItem(Line(text))
        self.lines = LineModel()
        self._entry_row = -1
        self.setModel(self.lines)
        self._cells = LineDelegate(self, self.lines, lambda text: self.find_products(text))
        self._cells.finished.connect(self.finish)
        self._cells.left.connect(self.commit)
        self._cells.product_taken.connect(self.take_product)
        self.setItemDelegate(self._cells)
        self.setHorizontalHeader(LineHead(self))
        self.setAccessibleName(tr("Lines"))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.DoubleClicked | trigger.EditKeyPressed | trigger.AnyKeyPressed | trigger.SelectedClicked)
        side = self.verticalHeader()
        side.hide()
        side.setMinimumSectionSize(theme.ROW_COMPACT)
        side.setDefaultSectionSize(theme.ROW)
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.lines.edited.connect(self.edited)
        for signal in (self.lines.modelReset, self.lines.rowsInserted, self.lines.rowsRemoved, self.lines.rowsMoved, self.lines.dataChanged):
            signal.connect(self._fit_rows)
        self.lines.modelReset.connect(self._stand_somewhere)
        self.clicked.connect(self._clicked)

    # --- size ---------------------------------------------------------------------------------------------------------

    def wanted_height(self) -> int:
        """Return the height at which nothing scrolls."""
        return HEAD_HEIGHT + sum(line_height(self.lines, row) for row in range(self.lines.rowCount())) + 2

    @Slot()
    def _fit_rows(self) -> None:
        side = self.verticalHeader()
        for row in range(self.lines.rowCount()):
            wanted = line_height(self.lines, row)
            if side.sectionSize(row) != wanted:
                side.resizeSection(row, wanted)
        entry = -1 if self.lines.is_locked else self.lines.rowCount() - 1
        if entry != self._entry_row:
            self.clearSpans()
            if entry >= 0:
                self.setSpan(entry, ITEM, 1, AMOUNT)
            self._entry_row = entry
        self.grown.emit(self.wanted_height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        widths = [max(wide, self._natural(section)) if wide else 0 for section, wide in enumerate(WIDTHS)]
        rest = max(140, self.viewport().width() - sum(widths))
        for section, wide in enumerate(widths):
            self.setColumnWidth(section, wide or rest)

    def _natural(self, section: int) -> int:
        return round(QFontMetricsF(theme.font("caption", 500)).horizontalAdvance(tr(HEADS[section]))) + 22 if HEADS[section] else 0

    # --- editing ------------------------------------------------------------------------------------------------------

    def is_editing(self) -> bool:
        """Return whether a cell is being changed."""
        return self.state() == QAbstractItemView.State.EditingState

    def is_typing(self) -> bool:
        """Return whether something has been typed into the cell that is being changed."""
        editor = self.indexWidget(self.currentIndex()) if self.is_editing() else None
        index = self.currentIndex()
        return isinstance(editor, (QLineEdit, ItemEditor)) and editor.text() != self.lines.typed(index.row(), index.column())

    def stop_editing(self) -> None:
        """Close the cell that is being changed, and take what was typed back."""
        editor = self.indexWidget(self.currentIndex())
        if editor is not None:
            self._close(editor)

    @Slot(QWidget, int, int, int)
    def finish(self, editor: QWidget, row: int, col: int, step: int) -> None:
        """Take what was typed and go on; what can't be read keeps the user there."""
        text = editor.text() if isinstance(editor, (QLineEdit, ItemEditor)) else ""
        if self.lines.is_entry(row):
            self._close(editor)
            if text.strip():
                self.lines.insert(row, [self.new_line(text.strip())])
                self._edit_at(row, QUANTITY if step > 0 else ITEM)
            return
        try:
            values = self.lines.read(row, col, text)
        except UserError as error:
            self._complain(editor, error)
            return
        self._close(editor)
        self.lines.change(row, **values)
        self._go(row, col, step)

    @Slot(int, int, str)
    def commit(self, row: int, col: int, text: str) -> None:
        """Take what was typed when the cell loses the keyboard; what can't be read is dropped."""
        if row >= self.lines.rowCount():
            return
        if self.lines.is_entry(row):
            if text.strip():
                self.lines.insert(row, [self.new_line(text.strip())])
            return
        try:
            self.lines.change(row, **self.lines.read(row, col, text))
        except UserError as error:
            at = self.visualRect(self.lines.index(row, col))
            QToolTip.showText(self.viewport().mapToGlobal(at.bottomLeft()), error.words, self)

    @Slot(QWidget, int, object)
    def take_product(self, editor: QWidget, row: int, named: Any) -> None:
        """Ask for a product that was chosen from the list."""
        self._close(editor)
        self.product_wanted.emit(row, named.id)

    def put_product(self, row: int, item: LineItem) -> None:
        """Put a product's line in at a row, or into the line that is there already."""
        if self.lines.is_entry(row) or row >= len(self.lines.items):
            row = len(self.lines.items)
            self.lines.insert(row, [item])
        else:
            before = self.lines.items[row]
            kept = replace(
                item.line, quantity=before.line.quantity, allowance_charges=before.line.allowance_charges, optional=before.line.optional, kind="item"
            )
            self.lines.items[row] = LineItem(before.line, before.id, item.product_id)
            self.lines.change(row, **{name: getattr(kept, name) for name in ("description", "unit", "unit_price", "tax_category", "tax_rate", "taxes", "kind")})
        self._edit_at(row, QUANTITY)

    def insert_lines(self, row: int, items: Sequence[LineItem]) -> None:
        """Put several lines in."""
        self.lines.insert(min(row, len(self.lines.items)), items)
        self.setCurrentIndex(self.lines.index(min(row + len(items), self.lines.rowCount() - 1), ITEM))

    def _close(self, editor: QWidget) -> None:
        if isinstance(editor, ItemEditor):
            editor.hide_offers()
        self.closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)
        self.setFocus()

    def _complain(self, editor: QWidget, error: UserError) -> None:
        restyle(editor, invalid="true")
        editor.setAccessibleDescription(error.message)
        QToolTip.showText(editor.mapToGlobal(QPoint(0, editor.height())), error.words, editor)

    def _go(self, row: int, col: int, step: int) -> None:
        """Go to the next cell that can be changed, over the end of the line into the next one."""
        cells = [(r, c) for r in range(self.lines.rowCount()) for c in EDITABLE if self.lines.can_edit(r, c)]
        here = (row, col)
        if not step or not cells:
            return
        ahead = [cell for cell in cells if (cell > here if step > 0 else cell < here)]
        target = (ahead[0] if step > 0 else ahead[-1]) if ahead else here
        self._edit_at(*target)

    def _edit_at(self, row: int, col: int) -> None:
        index = self.lines.index(row, col)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        if not self.lines.is_entry(row):
            self.edit(index)

    def focus_entry(self) -> None:
        """Put the keyboard where a new line is typed."""
        self.setFocus()
        self.setCurrentIndex(self.lines.index(max(0, self.lines.rowCount() - 1), ITEM))

    @Slot()
    def _stand_somewhere(self) -> None:
        """Show where the keyboard is as soon as there are lines."""
        if self.hasFocus() and not self.currentIndex().isValid() and self.lines.rowCount():
            self.focus_entry()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._stand_somewhere()

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        if self.lines.is_entry(index.row()) and not self.is_editing():
            entry = self.lines.index(index.row(), ITEM)
            self.setCurrentIndex(entry)
            self.edit(entry)

    # --- keys and menu ------------------------------------------------------------------------------------------------

    def chosen_rows(self) -> list[int]:
        """Return the chosen lines."""
        return sorted({index.row() for index in self.selectionModel().selectedRows() if index.row() < len(self.lines.items)})

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_composing() or not self._answer(event):
            super().keyPressEvent(event)

    def _answer(self, event: QKeyEvent) -> bool:
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        index = self.currentIndex()
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste(QGuiApplication.clipboard().text())
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif self.lines.is_locked:
            return False
        elif key == Qt.Key.Key_Delete and self.chosen_rows():
            self.lines.remove(self.chosen_rows())
        elif control and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = 1 if key == Qt.Key.Key_Down else -1
            if self.lines.move(index.row(), step):
                self.setCurrentIndex(self.lines.index(index.row() + step, index.column()))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid() and self.lines.can_edit(index.row(), index.column()):
            self.edit(index)
        elif key == Qt.Key.Key_Insert and index.isValid():
            self._insert("item")
        else:
            return False
        return True

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self.lines.is_locked:
            menu = self.menu()
            menu.exec(event.globalPos())
            menu.deleteLater()

    def menu(self) -> LineMenu:
        """Return what can be done with the chosen lines."""
        return LineMenu(self, self.lines, self.chosen_rows(), self._insert)

    def _insert(self, kind: LineKind) -> None:
        rows = self.chosen_rows()
        row = rows[0] if rows else len(self.lines.items)
        item = self.new_line("") if kind == "item" else LineItem(Line(kind=kind))
        self.lines.insert(row, [item])
        if kind != "subtotal":
            self._edit_at(row, ITEM)

    def paste(self, text: str) -> None:
        """Make lines of pasted rows."""
        rows = [[cell.strip() for cell in line.split("\t")] for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
        if rows and not self.lines.is_locked:
            at = self.currentIndex().row()
            self.rows_pasted.emit(rows, at if 0 <= at < len(self.lines.items) else len(self.lines.items))

    def copy(self) -> None:
        """Put the chosen lines on the clipboard as tab-separated text."""
        rows = self.chosen_rows()
        if rows:
            text = "\n".join("\t".join(self.lines.text(row, col).replace("\n", " ") for col in range(ITEM, AMOUNT + 1)) for row in rows)
            QGuiApplication.clipboard().setText(text + "\n")
