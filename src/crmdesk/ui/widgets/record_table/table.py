"""The table of records itself: choosing rows, sorting, editing in place, all by keys as well as by mouse."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QTableView, QWidget

from crmdesk.i18n import tr
from crmdesk.ui import background, theme
from crmdesk.ui.actions import is_composing
from crmdesk.ui.widgets.record_table.cells import CellDelegate
from crmdesk.ui.widgets.record_table.copying import tabbed
from crmdesk.ui.widgets.record_table.head import Head
from crmdesk.ui.widgets.record_table.model import RecordModel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QResizeEvent

    from crmdesk.ui.widgets.record_table.rows import Ask, Column, Id, Index, Source

MOST_COPIED = 20_000


class RecordTable(QTableView):
    """The table itself; `RecordList` puts filters, totals and bulk actions around it.

    Keys: ↑↓ move, ←→ choose a cell, Enter opens (Ctrl+Enter beside), Space checks, Shift+↑↓ checks on the way, Ctrl+A all,
    Esc none, E or F2 changes the cell, S sorts by its column (Shift+S as the next key), Del deletes, Ctrl+C copies.

    Signals:
        opened: id, and whether a window of its own is wanted.
        peeked: the id that the user has moved to.
        pasted: a text from the clipboard that is to go into the cells from the current one on.
        delete_wanted: the ids to delete.
        sort_changed: the order is another one.
        columns_changed: widths, order or choice of columns are others.
    """

    opened = Signal(object, bool)
    peeked = Signal(object)
    delete_wanted = Signal(list)
    sort_changed = Signal()
    columns_changed = Signal()
    menu_wanted = Signal(QPoint)
    pasted = Signal(str)

    def __init__(self, columns: Sequence[Column], source: Source, name: str) -> None:
        super().__init__()
        self.records = RecordModel(columns, source, self)
        self.records.visible_rows = self.visible_rows
        self.editor_maker: Callable[[QWidget, Id, Column, Any], QWidget | None] | None = None
        self.tab_wanted = 0
        self._anchor = -1
        self._wanted_current: Id = None
        self._cells = CellDelegate(self, self.records, self.make_editor)
        self.setAccessibleName(name)
        self.setModel(self.records)
        self.setHorizontalHeader(Head(self.records, self))
        self.setItemDelegate(self._cells)
        self._set_look()
        self._connect()
        self.show_columns([column.name for column in columns if column.is_shown])

    def _set_look(self) -> None:
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        side = self.verticalHeader()
        side.hide()
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setMinimumSectionSize(theme.ROW_COMPACT)
        side.setDefaultSectionSize(theme.ROW)

    def _connect(self) -> None:
        head = self.head()
        head.sectionClicked.connect(self._head_clicked)
        head.columns_changed.connect(self.columns_changed)
        head.sectionHandleDoubleClicked.connect(self.fit_column)
        head.all_wanted.connect(self._toggle_all)
        head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        head.customContextMenuRequested.connect(self._head_menu)
        self.records.modelReset.connect(self._restore_current)
        self.records.loaded.connect(self._find_current)
        self.records.modelAboutToBeReset.connect(self._remember_current)
        self.records.checked_changed.connect(self._update_head)
        self.records.dataChanged.connect(self._measure)
        self.doubleClicked.connect(self._double_clicked)

    # --- asking -----------------------------------------------------------------------------------------------------

    def load(self, ask: Ask) -> None:
        """Show what the source answers to a question."""
        self.records.load(ask)
        self.head().viewport().update()

    def row_height(self) -> int:
        """Return the height of all rows."""
        return self._cells.row_height

    def is_compact(self) -> bool:
        """Return whether rows are 28 px high."""
        return self._cells.row_height == theme.ROW_COMPACT

    def set_compact(self, compact: bool) -> None:
        """Make all rows 28 px high instead of 36."""
        self._cells.row_height = theme.ROW_COMPACT if compact else theme.ROW
        self.verticalHeader().setDefaultSectionSize(self.row_height())

    def visible_rows(self) -> tuple[int, int]:
        """Return the first and the last row that can be seen."""
        first = self.rowAt(0)
        last = self.rowAt(self.viewport().height() - 1)
        if first < 0:
            first = 0
        return first, (last if last >= 0 else self.records.rowCount() - 1)

    def head(self) -> Head:
        """Return the header."""
        head = self.horizontalHeader()
        assert isinstance(head, Head)
        return head

    # --- chosen rows ------------------------------------------------------------------------------------------------

    def current_id(self) -> Id:
        """Return the id of the row that the keyboard is on, or None."""
        index = self.currentIndex()
        return self.records.id_at(index.row()) if index.isValid() else None

    def chosen_ids(self) -> list[Id]:
        """Return the checked rows in their order, or the current one if none is checked."""
        if self.records.checked:
            return [record for record in self.records.ids() if record in self.records.checked]
        current = self.current_id()
        return [current] if current is not None else []

    def go_to(self, record: Id) -> bool:
        """Move to a record; False if it is not in the list."""
        row = self.records.row_of(record)
        if row < 0:
            return False
        self._move_to_row(row)
        return True

    @Slot()
    def _toggle_all(self) -> None:
        everything = self.records.check_state() == Qt.CheckState.Checked
        if everything:
            self.records.check(list(self.records.checked), False)
        else:
            self.records.check(self.records.ids())

    @Slot()
    def _update_head(self) -> None:
        self.head().viewport().update()

    # --- sort order -------------------------------------------------------------------------------------------------

    def sort_by(self, name: str, add: bool = False) -> None:
        """Sort by a column, the other way round if it is already; `add` makes it one more key."""
        column = next((c for c in self.records.columns if c.name == name), None)
        if column is None or not column.can_sort:
            return
        self.load(replace(self.records.ask, sort=self.records.order()).sorted_by(name, add))
        self.fit_columns()
        self.sort_changed.emit()

    @Slot(int)
    def _head_clicked(self, section: int) -> None:
        if section > 0:
            add = bool(QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.sort_by(self.records.columns[section - 1].name, add)

    @Slot(QPoint)
    def _head_menu(self, at: QPoint) -> None:
        self.menu_wanted.emit(self.head().mapToGlobal(at))

    # --- columns ----------------------------------------------------------------------------------------------------

    def shown_columns(self) -> list[str]:
        """Return the names of the columns that are shown, in the order on the screen."""
        return self.head().shown_columns()

    def set_own_columns(self, columns: Sequence[Column]) -> bool:
        """Offer the columns of the user's own fields, hidden at first; returns whether they are others than before."""
        if tuple(columns) == self.records.own_columns():
            return False
        shown = self.shown_columns()
        self.head().know(columns)
        self.records.set_own_columns(columns)
        self.show_columns(shown)
        return True

    def show_columns(self, names: Sequence[str]) -> None:
        """Show these columns in this order."""
        self.head().show_columns(names)
        self.fit_columns()

    def widths(self) -> dict[str, int]:
        """Return the widths that the user has given to the columns."""
        return self.head().widths()

    def set_widths(self, widths: dict[str, int]) -> None:
        """Give widths to columns by name."""
        self.head().set_widths(widths)
        self.fit_columns()

    def fit_columns(self) -> None:
        """Spread the columns over the whole width if there is room."""
        self.head().fit(self.viewport().width())

    @Slot()
    def _measure(self) -> None:
        if self.head().measure():
            self.fit_columns()

    @Slot(int)
    def fit_column(self, section: int) -> None:
        """Make a column as wide as its widest visible cell."""
        if section > 0:
            self.head().fit_column(section, *self.visible_rows())

    # --- editing ----------------------------------------------------------------------------------------------------

    def edit_current(self) -> bool:
        """Change the current cell in place, or the first one that can be."""
        index = self.currentIndex()
        if not index.isValid() or self.editor_maker is None:
            return False
        if index.column() == 0 or not self.records.columns[index.column() - 1].can_edit:
            able = self.head().editable_sections()
            if not able:
                return False
            index = self.records.index(index.row(), able[0])
            self.setCurrentIndex(index)
        self.edit(index)
        return True

    def make_editor(self, parent: QWidget, index: Index) -> QWidget | None:
        """Return the editor for a cell; the list page makes it, since it knows how to save."""
        if self.editor_maker is None:
            return None
        column = self.records.columns[index.column() - 1]
        value = self.records.data(index, Qt.ItemDataRole.EditRole)
        editor = self.editor_maker(parent, self.records.id_at(index.row()), column, value)
        if editor is not None:
            editor.setAutoFillBackground(True)
        return editor

    def close_editor(self, editor: QWidget, saved: bool) -> None:
        """Take a cell's editor away; after Tab the next cell that can be changed gets one."""
        if editor.property("closed"):
            return
        editor.setProperty("closed", True)
        step, self.tab_wanted = self.tab_wanted, 0
        self._cells.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)
        self.setFocus()
        if saved and step:
            self._edit_beside(step)

    def _edit_beside(self, step: int) -> None:
        able, current = self.head().editable_sections(), self.currentIndex()
        if current.column() not in able:
            return
        at = able.index(current.column()) + step
        row = current.row() + at // len(able)
        if 0 <= row < self.records.rowCount():
            self.setCurrentIndex(self.records.index(row, able[at % len(able)]))
            self.edit(self.currentIndex())

    # --- copy -------------------------------------------------------------------------------------------------------

    def copy(self) -> None:
        """Put the chosen rows on the clipboard as tab-separated text with a header line."""
        ids, names, source = self.chosen_ids()[:MOST_COPIED], self.shown_columns(), self.records.source
        known = {column.name: tr(column.label) for column in self.records.columns}
        labels = [known[name] for name in names]
        background.read(self, lambda job: tabbed(job, source, ids, names, labels), _to_clipboard, key="copy")

    # --- events -----------------------------------------------------------------------------------------------------

    def keyboardSearch(self, search: str) -> None:
        """Do not walk through all rows for a letter; the quick filter finds."""

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()
        if current.isValid() and current.row() != previous.row():
            self.peeked.emit(self.records.id_at(current.row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_composing() or not self._answer(event):
            super().keyPressEvent(event)

    def _answer(self, event: QKeyEvent) -> bool:
        return self._answer_clipboard(event) or self._answer_rows(event) or self._answer_cell(event)

    def _answer_clipboard(self, event: QKeyEvent) -> bool:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.Paste):
            if text := QGuiApplication.clipboard().text():
                self.pasted.emit(text)
        else:
            return False
        return True

    def _answer_rows(self, event: QKeyEvent) -> bool:
        """Answer to the keys that choose, open and delete rows."""
        key, keys = event.key(), event.modifiers()
        current = self.current_id()
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self.records.check(self.records.ids())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if current is not None:
                self.opened.emit(current, bool(keys & Qt.KeyboardModifier.ControlModifier))
        elif key == Qt.Key.Key_Space and current is not None:
            self.records.check([current], current not in self.records.checked)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and keys & Qt.KeyboardModifier.ShiftModifier:
            self._check_on_the_way(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.records.rowCount():
            self._move_to_row(0 if key == Qt.Key.Key_Home else self.records.rowCount() - 1)
        elif key == Qt.Key.Key_Escape and self.records.checked:
            self.records.check(list(self.records.checked), False)
        elif key == Qt.Key.Key_Delete:
            if ids := self.chosen_ids():
                self.delete_wanted.emit(ids)
        else:
            return False
        return True

    def _answer_cell(self, event: QKeyEvent) -> bool:
        """Answer to the keys that change a cell or sort by its column."""
        key, keys = event.key(), event.modifiers()
        bare = keys in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier, Qt.KeyboardModifier.ShiftModifier)
        if key == Qt.Key.Key_F2 or (key == Qt.Key.Key_E and bare):
            return self.edit_current()
        if key == Qt.Key.Key_S and bare and self.currentIndex().column() > 0:
            self.sort_by(self.records.columns[self.currentIndex().column() - 1].name, bool(keys & Qt.KeyboardModifier.ShiftModifier))
            return True
        return False

    def _move_to_row(self, row: int) -> None:
        self.setCurrentIndex(self.records.index(row, max(1, self.currentIndex().column())))

    def _check_on_the_way(self, step: int) -> None:
        row = self.currentIndex().row()
        after = row + step
        if row < 0 or not 0 <= after < self.records.rowCount():
            return
        here, there = self.records.id_at(row), self.records.id_at(after)
        going_back = here in self.records.checked and there in self.records.checked
        if going_back:
            self.records.check([here], False)
        else:
            self.records.check([here, there])
        self._move_to_row(after)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        left = event.button() == Qt.MouseButton.LeftButton
        keys = event.modifiers()
        if left and index.isValid():
            record, row = self.records.id_at(index.row()), index.row()
            if keys & Qt.KeyboardModifier.ShiftModifier and self._anchor >= 0:
                low, high = sorted((self._anchor, row))
                self.records.check(self.records.ids()[low : high + 1])
            elif index.column() == 0 or keys & Qt.KeyboardModifier.ControlModifier:
                self.records.check([record], record not in self.records.checked)
                self._anchor = row
            else:
                self._anchor = row
            if index.column() == 0:
                self._move_to_row(row)
                self.setFocus()
                return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.rowAt(event.position().toPoint().y()))
        super().mouseMoveEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover(-1)
        return super().viewportEvent(event)

    def _hover(self, row: int) -> None:
        if row == self._cells.hovered_row:
            return
        for changed in (self._cells.hovered_row, row):
            if changed >= 0:
                y = self.rowViewportPosition(changed)
                self.viewport().update(0, y, self.viewport().width(), self.row_height())
        self._cells.hovered_row = row

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_columns()

    @Slot(QModelIndex)
    def _double_clicked(self, index: QModelIndex) -> None:
        if index.column() > 0:
            self.opened.emit(self.records.id_at(index.row()), False)

    @Slot()
    def _remember_current(self) -> None:
        if not self.records.is_partial or self._wanted_current is None:
            self._wanted_current = self.current_id()

    @Slot()
    def _restore_current(self) -> None:
        # A table that gets the focus without a current cell has crashed screen readers.
        self._anchor = -1
        if self.records.rowCount():
            row = self.records.row_of(self._wanted_current) if self._wanted_current is not None else -1
            self.setCurrentIndex(self.records.index(max(0, row), 1))
            if row < 0:
                self.scrollToTop()

    @Slot()
    def _find_current(self) -> None:
        """Go back to where the user was, if the first rows did not hold it."""
        if self._wanted_current is not None and self.current_id() != self._wanted_current:
            self.go_to(self._wanted_current)
        self._wanted_current = None


def _to_clipboard(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
