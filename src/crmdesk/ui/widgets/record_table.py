"""The list of records: 100,000 rows without a pause.

The table knows only ids, in the order of the store, and the pages of 200 rows around what is looked at; both come from a
`Source` on reader threads. Sorting and filtering happen in the store. What is checked is kept by id, so that it survives
sorting, filtering and changes.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from crmdesk.fields import KINDS
from crmdesk.i18n import tr
from crmdesk.ui import background, theme
from crmdesk.ui.actions import is_composing
from crmdesk.ui.widgets import paint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from PySide6.QtGui import QResizeEvent

    from crmdesk.queries.finding import Condition
    from crmdesk.ui.background import Job

Index = QModelIndex | QPersistentModelIndex
Id = Any
PAGE, KEPT_PAGES, MOST_COPIED = 200, 8, 20_000
CHECK_WIDTH, HEADER = 36, 32
LABEL_MARGIN = 24  # around a label, with a little air
LEAST_WIDTH = 0.85  # columns shrink so far before the table scrolls sideways


@dataclass(frozen=True)
class Column:
    """One column as the table shows it.

    Attributes:
        label: marked for translation.
        look: `name` has an avatar and stands out, `muted` steps back, `strong` is semi-bold, `chip` draws every cell as a chip.
        is_shown: shown until the user chooses otherwise.
        can_edit: can be changed in place.
    """

    name: str
    label: str
    kind: str = "text"
    width: int = 140
    look: Literal["", "name", "muted", "strong", "chip"] = ""
    is_shown: bool = True
    can_sort: bool = True
    can_edit: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it is aligned at its end."""
        return self.kind == "moment" or KINDS[self.kind].numeric


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is more than text: a chip in a tone, or text in a tone; `value` is what an editor starts with."""

    text: str
    tone: theme.Tone | None = None
    value: Any = None


@dataclass(frozen=True)
class Sort:
    """One column of the sort order."""

    column: str
    is_descending: bool = False


@dataclass(frozen=True)
class Ask:
    """What is asked of the source: sort order, conditions, text of the quick filter."""

    sort: tuple[Sort, ...] = ()
    conditions: tuple[Condition, ...] = ()
    text: str = ""


class Source(Protocol):
    """Where the rows come from; every method runs on a reader thread and touches no widget."""

    def ids(self, job: Job, ask: Ask) -> Sequence[Id]:
        """Return the ids of all rows in their order."""
        ...

    def rows(self, job: Job, ids: Sequence[Id], columns: Sequence[str]) -> Sequence[Sequence[str | Cell] | None]:
        """Return the cells of these rows in the order of `ids`; None where a record is gone."""
        ...


class RecordModel(QAbstractTableModel):
    """Ids in order, and the pages of rows that are looked at.

    Attributes:
        is_partial: only the first rows have come, the rest is on its way.

    Signals:
        loaded: the ids have come, with their number.
        failed: asking went wrong, with the exception.
        checked_changed: other rows are checked now.
    """

    loaded = Signal(int)
    failed = Signal(object)
    checked_changed = Signal()

    def __init__(self, columns: Sequence[Column], source: Source, parent: QWidget) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.source = source
        self.ask = Ask()
        self.checked: set[Id] = set()
        self.visible_rows: Callable[[], tuple[int, int]] = lambda: (0, PAGE)
        self._ids: Sequence[Id] = ()
        self._fetched: tuple[str, ...] = tuple(c.name for c in columns if c.is_shown)
        self._place = {name: number for number, name in enumerate(self._fetched)}
        self._pages: OrderedDict[int, Sequence[Sequence[str | Cell] | None]] = OrderedDict()
        self._wanted: set[int] = set()
        self._coming: frozenset[int] = frozenset()
        self._generation = 0
        self._question = self._answered = 0
        self.is_partial = False
        self._owner = parent
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._fetch)

    # --- what Qt asks -----------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.columns) + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if index.column() == 0:
            return self._check_data(index.row(), role)
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.EditRole:
            cell = self.cell(index.row(), index.column())
            return cell.value if isinstance(cell, Cell) else cell
        if role == Qt.ItemDataRole.AccessibleTextRole:
            column = self.columns[index.column() - 1]
            return f"{tr(column.label)}: {self.text(index.row(), index.column())}"
        if role == Qt.ItemDataRole.TextAlignmentRole and self.columns[index.column() - 1].is_number:
            return int(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _check_data(self, row: int, role: int) -> Any:
        is_checked = self._ids[row] in self.checked
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if is_checked else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return tr("Chosen") if is_checked else tr("Not chosen")
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if index.column() == 0 and role == Qt.ItemDataRole.CheckStateRole:
            self.check([self._ids[index.row()]], Qt.CheckState(value) == Qt.CheckState.Checked)
            return True
        return False

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        if index.column() == 0:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        elif self.columns[index.column() - 1].can_edit:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return tr(self.columns[section - 1].label) if section else tr("Chosen")
        return None

    # --- rows -------------------------------------------------------------------------------------------------------

    def cell(self, row: int, column: int) -> str | Cell | None:
        """Return a cell that is there, or ask for its page and return None."""
        at = self._place.get(self.columns[column - 1].name)
        if at is None:
            return None
        page = self._pages.get(row // PAGE)
        if page is None:
            self._wanted.add(row // PAGE)
            if not self._timer.isActive():
                self._timer.start()
            return None
        self._pages.move_to_end(row // PAGE)
        cells = page[row % PAGE] if row % PAGE < len(page) else None
        return cells[at] if cells is not None else None

    def text(self, row: int, column: int) -> str:
        """Return the text of a cell, empty while it is not there yet."""
        cell = self.cell(row, column)
        return cell.text if isinstance(cell, Cell) else cell or ""

    def id_at(self, row: int) -> Id:
        """Return the id of a row."""
        return self._ids[row]

    def row_of(self, record: Id) -> int:
        """Return the row of an id, -1 if it is not in the list."""
        try:
            return self._ids.index(record)
        except ValueError:
            return -1

    def ids(self) -> Sequence[Id]:
        """Return all ids in their order."""
        return self._ids

    def is_there(self, row: int) -> bool:
        """Return whether a row's page has come."""
        return row // PAGE in self._pages

    def set_fetched(self, names: Sequence[str]) -> None:
        """Fetch these columns from now on."""
        if tuple(names) == self._fetched:
            return
        self._fetched = tuple(names)
        self._place = {name: number for number, name in enumerate(self._fetched)}
        self._forget_pages()
        self._tell_all()

    def fetched(self) -> tuple[str, ...]:
        """Return the names of the columns that are fetched."""
        return self._fetched

    def load(self, ask: Ask) -> None:
        """Ask for the ids anew; an earlier question that has not been answered is dropped.

        A source that knows the first rows sooner than all is asked for them too, when the question is a new one.
        """
        is_new = ask != self.ask or not self._ids
        self.ask = ask
        self._question += 1
        source, number = self.source, self._question
        first: Callable[[Job, Ask], Sequence[Id]] | None = getattr(source, "first", None)
        if is_new and first is not None:
            background.read(self._owner, lambda job: (number, first(job, ask)), self._set_first, key=f"first {id(self)}")
        background.read(self._owner, lambda job: (number, source.ids(job, ask)), self._set_ids, self._refuse, key=f"ids {id(self)}")

    def renew(self, changed: Iterable[Id] | None = None) -> None:
        """Ask again after a change; `changed` None means that any row may have changed."""
        if changed is None:
            self._forget_pages()
        else:
            gone = set(changed)
            for number in list(self._pages):
                start = number * PAGE
                if not gone.isdisjoint(self._ids[start : start + PAGE]):
                    del self._pages[number]
        self.load(self.ask)

    def check(self, ids: Iterable[Id], on: bool = True) -> None:
        """Check or uncheck rows by their ids."""
        if on:
            self.checked.update(ids)
        else:
            self.checked.difference_update(ids)
        self._tell_all()
        self.checked_changed.emit()

    def _tell_all(self) -> None:
        if self._ids:
            first, last = self.visible_rows()
            last = min(last, len(self._ids) - 1)
            if 0 <= first <= last:
                self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns)))

    def _forget_pages(self) -> None:
        self._generation += 1
        self._pages.clear()
        self._wanted.clear()
        self._coming = frozenset()

    def _set_first(self, answer: tuple[int, Sequence[Id]]) -> None:
        number, ids = answer
        if number == self._question and self._answered < number and ids:
            self.is_partial = True
            self._reset(ids)

    def _set_ids(self, answer: tuple[int, Sequence[Id]]) -> None:
        number, ids = answer
        self._answered = number
        known = len(self._ids)
        if self.is_partial and known < len(ids) and self._ids == ids[:known]:
            self.beginInsertRows(QModelIndex(), known, len(ids) - 1)
            self._ids = ids
            self.is_partial = False
            self._pages.pop((known - 1) // PAGE, None)
            self.endInsertRows()
        elif self._ids != ids:
            self.is_partial = False
            self._reset(ids)
        else:
            self.is_partial = False
            self._tell_all()
        if self.checked and not self.checked.issubset(ids):
            self.checked.intersection_update(ids)
            self.checked_changed.emit()
        self.loaded.emit(len(ids))

    def _reset(self, ids: Sequence[Id]) -> None:
        self.beginResetModel()
        self._ids = ids
        self._forget_pages()
        self.endResetModel()

    def _refuse(self, error: Exception) -> None:
        self.failed.emit(error)

    # --- pages ------------------------------------------------------------------------------------------------------

    @Slot()
    def _fetch(self) -> None:
        """Fetch the pages that are looked at now; those that the scroll bar only passed are left out."""
        first, last = self.visible_rows()
        looked_at = set(range(max(0, first) // PAGE, max(0, last) // PAGE + 1))
        wanted = (self._wanted & looked_at) - self._pages.keys()
        self._wanted.clear()
        if wanted and not wanted <= self._coming:
            self._ask_pages(frozenset(wanted), "rows")

    def _ask_pages(self, pages: frozenset[int], key: str) -> None:
        if key == "rows":
            self._coming = pages
        spans = {number: list(self._ids[number * PAGE : (number + 1) * PAGE]) for number in sorted(pages)}
        source, columns, generation = self.source, self._fetched, self._generation

        def work(job: Job) -> tuple[int, dict[int, Sequence[Sequence[str | Cell] | None]]]:
            return generation, {number: source.rows(job, ids, columns) for number, ids in spans.items()}

        background.read(self._owner, work, self._take_pages, self._refuse, key=f"{key} {id(self)}")

    def _take_pages(self, answer: tuple[int, dict[int, Sequence[Sequence[str | Cell] | None]]]) -> None:
        generation, pages = answer
        if generation != self._generation:
            return
        was_asked = not pages.keys().isdisjoint(self._coming)
        self._coming -= pages.keys()
        for number, rows in pages.items():
            self._pages[number] = rows
            self._pages.move_to_end(number)
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)
        for number in pages:
            top, bottom = number * PAGE, min((number + 1) * PAGE, len(self._ids)) - 1
            self.dataChanged.emit(self.index(top, 0), self.index(bottom, len(self.columns)))
        if was_asked:
            self._fetch_ahead(pages.keys())

    def _fetch_ahead(self, pages: Iterable[int]) -> None:
        last = (len(self._ids) - 1) // PAGE
        around = {n + step for n in pages for step in (-1, 1)}
        ahead = {n for n in around if 0 <= n <= last} - self._pages.keys() - self._coming
        if ahead:
            self._ask_pages(frozenset(ahead), "ahead")


class _Header(QHeaderView):
    """The head of the table: labels, sort arrows, the box that checks all."""

    all_wanted = Signal()

    def __init__(self, table: RecordTable) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._table = table
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setFirstSectionMovable(False)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(CHECK_WIDTH)
        self.setFixedHeight(HEADER)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)

    def paintSection(self, painter: QPainter, box: QRect, section: int) -> None:
        table = self._table
        paint.hairline(painter, box.left(), box.right(), box.bottom())
        if section == 0:
            table.paint_check(painter, box, table.check_state())
            return
        column = table.records.columns[section - 1]
        font = theme.font("caption", 500)
        order = next((n for n, s in enumerate(table.records.ask.sort) if s.column == column.name), -1)
        arrow = 16 if order >= 0 else 0
        label = tr(column.label)
        wide = min(paint.text_width(label, font) + 1, box.width() - 20 - arrow)
        x = box.x() + (box.width() - 10 - wide - arrow if column.is_number else 10)
        direction = self.layoutDirection()
        text = paint.mirrored(QRect(x, box.y(), wide, box.height()), box, direction)
        paint.line(painter, text, label, font, theme.colour("muted"))
        if order >= 0:
            sort = table.records.ask.sort
            icon = "arrow-down" if sort[order].is_descending else "arrow-up"
            spot = paint.mirrored(QRect(x + wide + 4, box.y() + 10, 12, 12), box, direction)
            ratio = painter.device().devicePixelRatio()
            painter.drawPixmap(spot.topLeft(), theme.pixmap(icon, "muted", 12, ratio))
            if len(sort) > 1:
                number = spot.translated(9, -4)
                paint.line(painter, number.adjusted(0, 0, 6, 4), str(order + 1), theme.font("caption"), theme.colour("muted"))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        at = event.position().toPoint()
        if event.button() == Qt.MouseButton.LeftButton and self.logicalIndexAt(at) == 0:
            self.all_wanted.emit()


class _Delegate(QStyledItemDelegate):
    """Draws the cells, and makes the editor of one that is changed in place."""

    def __init__(self, table: RecordTable) -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, self._table.row_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        table, box, row = self._table, option.rect, index.row()
        records = table.records
        is_checked = records.id_at(row) in records.checked
        is_current = row == table.currentIndex().row()
        if is_checked:
            painter.fillRect(box, theme.colour("accent_soft"))
        elif is_current or row == table.hovered_row:
            painter.fillRect(box, theme.colour("hover"))
        paint.hairline(painter, box.left(), box.right(), box.bottom())
        if index.column() == 0:
            state = Qt.CheckState.Checked if is_checked else Qt.CheckState.Unchecked
            table.paint_check(painter, box, state)
        else:
            self._paint_cell(painter, option, index, is_checked)
        if is_current and table.hasFocus() and index == table.currentIndex():
            paint.focus_ring(painter, box.adjusted(1, 1, -1, -2), 4)

    def _paint_cell(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, on_tint: bool) -> None:
        records, box = self._table.records, option.rect
        column = records.columns[index.column() - 1]
        cell = records.cell(index.row(), index.column())
        if cell is None:
            if not records.is_there(index.row()):
                paint.rounded(painter, box.adjusted(10, 14, -box.width() // 3, -14), 3, theme.colour("sunken"), None)
            return
        text = cell.text if isinstance(cell, Cell) else cell
        tone = cell.tone if isinstance(cell, Cell) else None
        area = box.adjusted(10, 0, -10, 0)
        if column.look == "chip" or (tone is not None and column.look != "strong" and not column.is_number):
            if text:
                wide = min(paint.chip_width(text), area.width())
                y = box.y() + (box.height() - paint.CHIP_HEIGHT) // 2
                at = paint.mirrored(QRect(area.x(), y, wide, paint.CHIP_HEIGHT), box, option.direction)
                paint.chip(painter, at.topLeft(), text, tone or "muted", wide)
            return
        if column.look == "name":
            size = min(22, box.height() - 6)
            disc = QRect(area.x() - 2, box.y() + (box.height() - size) // 2, size, size)
            paint.avatar(painter, paint.mirrored(disc, box, option.direction), text)
            area = paint.mirrored(area.adjusted(size + 6, 0, 0, 0), box, option.direction)
            paint.line(painter, area, text, theme.relative(500), theme.colour("text"))
            return
        muted: theme.Token = "muted_on_tint" if on_tint else "muted"
        ink: theme.Token = theme.TONES[tone][1] if tone else (muted if column.look == "muted" else "text")
        font = theme.relative(600) if column.look == "strong" else theme.font()
        align = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        if column.is_number:
            font = theme.tabular("body", 600 if column.look == "strong" else 400)
            align = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
        paint.line(painter, area, text, font, theme.colour(ink), align)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget | None:  # type: ignore[override]
        return self._table.make_editor(parent, index)

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
        self.hovered_row = -1
        self.tab_wanted = 0
        self._is_compact = False
        self._anchor = -1
        self._wanted_current: Id = None
        self._widths = {column.name: column.width for column in columns}
        self._is_fitting = False
        self.setAccessibleName(name)
        self.setModel(self.records)
        self.setHorizontalHeader(_Header(self))
        self.setItemDelegate(_Delegate(self))
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
        head = self.head()
        head.sectionClicked.connect(self._head_clicked)
        head.sectionResized.connect(self._resized)
        head.sectionMoved.connect(self._tell_columns)
        head.sectionHandleDoubleClicked.connect(self.fit_column)
        head.all_wanted.connect(self._toggle_all)
        head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        head.customContextMenuRequested.connect(self._head_menu)
        self.records.modelReset.connect(self._restore_current)
        self.records.loaded.connect(self._find_current)
        self.records.modelAboutToBeReset.connect(self._remember_current)
        self.records.checked_changed.connect(self._update_head)
        self.doubleClicked.connect(self._double_clicked)
        self.show_columns([column.name for column in columns if column.is_shown])

    # --- asking -----------------------------------------------------------------------------------------------------

    def load(self, ask: Ask) -> None:
        """Show what the source answers to a question."""
        self.records.load(ask)
        self.head().viewport().update()

    def row_height(self) -> int:
        """Return the height of all rows."""
        return theme.ROW_COMPACT if self._is_compact else theme.ROW

    def is_compact(self) -> bool:
        """Return whether rows are 28 px high."""
        return self._is_compact

    def set_compact(self, compact: bool) -> None:
        """Make all rows 28 px high instead of 36."""
        self._is_compact = compact
        self.verticalHeader().setDefaultSectionSize(self.row_height())

    def visible_rows(self) -> tuple[int, int]:
        """Return the first and the last row that can be seen."""
        first = self.rowAt(0)
        last = self.rowAt(self.viewport().height() - 1)
        if first < 0:
            first = 0
        return first, (last if last >= 0 else self.records.rowCount() - 1)

    def head(self) -> _Header:
        """Return the header."""
        head = self.horizontalHeader()
        assert isinstance(head, _Header)
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
        self.setCurrentIndex(self.records.index(row, max(1, self.currentIndex().column())))
        return True

    def check_state(self) -> Qt.CheckState:
        """Return whether all rows are checked, some, or none."""
        checked = len(self.records.checked)
        if not checked:
            return Qt.CheckState.Unchecked
        return Qt.CheckState.Checked if checked == self.records.rowCount() else Qt.CheckState.PartiallyChecked

    def paint_check(self, painter: QPainter, box: QRect, state: Qt.CheckState) -> None:
        """Draw a check box in a cell."""
        side = 14
        spot = QRect(box.x() + 11, box.y() + (box.height() - side) // 2, side, side)
        spot = paint.mirrored(spot, box, self.layoutDirection())
        if state == Qt.CheckState.Unchecked:
            paint.rounded(painter, spot, 3, theme.colour("surface"), theme.colour("outline"))
            return
        paint.rounded(painter, spot, 3, theme.colour("accent"), None)
        icon = "check" if state == Qt.CheckState.Checked else "minus"
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(spot.topLeft() + QPoint(1, 1), theme.pixmap(icon, "on_accent", 12, ratio))

    @Slot()
    def _toggle_all(self) -> None:
        everything = self.check_state() == Qt.CheckState.Checked
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
        before = self.records.ask.sort
        known = next((s for s in before if s.column == name), None)
        turned = Sort(name, not known.is_descending if known else False)
        if add and known:
            sort = tuple(turned if s.column == name else s for s in before)
        elif add:
            sort = (*before, turned)
        else:
            sort = (turned,)
        ask = self.records.ask
        self.load(Ask(sort, ask.conditions, ask.text))
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
        head, columns = self.head(), self.records.columns
        order = sorted(range(len(columns)), key=lambda n: head.visualIndex(n + 1))
        return [columns[n].name for n in order if not head.isSectionHidden(n + 1)]

    def show_columns(self, names: Sequence[str]) -> None:
        """Show these columns in this order."""
        head = self.head()
        places = {column.name: number + 1 for number, column in enumerate(self.records.columns)}
        wanted = [name for name in names if name in places]
        for column in self.records.columns:
            head.setSectionHidden(places[column.name], column.name not in wanted)
        for visual, name in enumerate(wanted, 1):
            head.moveSection(head.visualIndex(places[name]), visual)
        self.records.set_fetched(wanted)
        self.fit_columns()

    def widths(self) -> dict[str, int]:
        """Return the widths that the user has given to the columns."""
        return dict(self._widths)

    def set_widths(self, widths: dict[str, int]) -> None:
        """Give widths to columns by name."""
        self._widths.update({name: width for name, width in widths.items() if name in self._widths})
        self.fit_columns()

    def fit_columns(self) -> None:
        """Spread the columns over the whole width if there is room, in proportion to their own widths."""
        if self._is_fitting:
            return
        self._is_fitting = True
        head = self.head()
        shown = [n for n, c in enumerate(self.records.columns, 1) if not head.isSectionHidden(n)]
        natural = [self._widths[self.records.columns[n - 1].name] for n in shown]
        room = self.viewport().width() - (0 if head.isSectionHidden(0) else CHECK_WIDTH)
        factor = max(LEAST_WIDTH, room / sum(natural)) if natural else 1.0
        head.resizeSection(0, CHECK_WIDTH)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        left = room
        for place, (section, wide) in enumerate(zip(shown, self._room_for_labels(shown, [round(width * factor) for width in natural]), strict=True), 1):
            if place == len(shown) and factor > LEAST_WIDTH:
                head.resizeSection(section, left)
            else:
                head.resizeSection(section, wide)
            left -= wide
        self._is_fitting = False

    def _room_for_labels(self, shown: Sequence[int], widths: Sequence[int]) -> list[int]:
        """Let no label be cut while others have room, except where the user has made the column that narrow."""
        needs = [self._need_of(section, wide) for section, wide in zip(shown, widths, strict=True)]
        missing = sum(max(0, need - wide) for need, wide in zip(needs, widths, strict=True))
        spare = [max(0, wide - need) for need, wide in zip(needs, widths, strict=True)]
        if sum(spare) < missing or not missing:
            return list(widths)
        return [max(wide, need) - missing * free // sum(spare) for wide, need, free in zip(widths, needs, spare, strict=True)]

    def _need_of(self, section: int, wide: int) -> int:
        column = self.records.columns[section - 1]
        if self._widths[column.name] != column.width:
            return wide
        return paint.text_width(tr(column.label), theme.font("caption", 500)) + LABEL_MARGIN

    @Slot(int)
    def fit_column(self, section: int) -> None:
        """Make a column as wide as its widest visible cell."""
        if section < 1:
            return
        first, last = self.visible_rows()
        font = theme.relative(500)
        widest = paint.text_width(tr(self.records.columns[section - 1].label), font) + 20
        extra = 28 if self.records.columns[section - 1].look == "name" else 0
        for row in range(first, last + 1):
            widest = max(widest, paint.text_width(self.records.text(row, section), font) + extra)
        self.head().resizeSection(section, min(600, widest + 24))

    @Slot(int, int, int)
    def _resized(self, section: int, before: int, after: int) -> None:
        if not self._is_fitting and section > 0:
            self._widths[self.records.columns[section - 1].name] = after
            self.columns_changed.emit()

    @Slot()
    def _tell_columns(self) -> None:
        self.columns_changed.emit()

    # --- editing ----------------------------------------------------------------------------------------------------

    def edit_current(self) -> bool:
        """Change the current cell in place, or the first one that can be."""
        index = self.currentIndex()
        if not index.isValid() or self.editor_maker is None:
            return False
        if index.column() == 0 or not self.records.columns[index.column() - 1].can_edit:
            shown = set(self.shown_columns())
            able = [n for n, c in enumerate(self.records.columns, 1) if c.can_edit and c.name in shown]
            if not able:
                return False
            index = self.records.index(index.row(), min(able, key=self.head().visualIndex))
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
        delegate = self.itemDelegate()
        step, self.tab_wanted = self.tab_wanted, 0
        delegate.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)
        self.setFocus()
        if saved and step:
            self._edit_beside(step)

    def _edit_beside(self, step: int) -> None:
        head, current = self.head(), self.currentIndex()
        able = sorted(
            (n for n, c in enumerate(self.records.columns, 1) if c.can_edit and not head.isSectionHidden(n)),
            key=head.visualIndex,
        )
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
        ids = self.chosen_ids()[:MOST_COPIED]
        names = self.shown_columns()
        labels = {column.name: tr(column.label) for column in self.records.columns}
        head = "\t".join(labels[name] for name in names)
        source = self.records.source

        def work(job: Job) -> str:
            from crmdesk.exchange.exporting import neutral

            lines = [head]
            for start in range(0, len(ids), 1000):
                job.check_cancelled()
                for cells in source.rows(job, ids[start : start + 1000], names):
                    if cells is not None:
                        texts = (_plain(cell) for cell in cells)
                        lines.append("\t".join(text if _NEGATIVE.fullmatch(text) else neutral(text) for text in texts))
            return "\n".join(lines) + "\n"

        background.read(self, work, _to_clipboard, key="copy")

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
        key, keys = event.key(), event.modifiers()
        shift = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        control = bool(keys & Qt.KeyboardModifier.ControlModifier)
        bare = keys in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier, Qt.KeyboardModifier.ShiftModifier)
        current = self.current_id()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.Paste):
            if text := QGuiApplication.clipboard().text():
                self.pasted.emit(text)
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.records.check(self.records.ids())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if current is not None:
                self.opened.emit(current, control)
        elif key == Qt.Key.Key_Space and current is not None:
            self.records.check([current], current not in self.records.checked)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and shift:
            self._check_on_the_way(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.records.rowCount():
            row = 0 if key == Qt.Key.Key_Home else self.records.rowCount() - 1
            self.setCurrentIndex(self.records.index(row, max(1, self.currentIndex().column())))
        elif key == Qt.Key.Key_Escape and self.records.checked:
            self.records.check(list(self.records.checked), False)
        elif key == Qt.Key.Key_Delete:
            if ids := self.chosen_ids():
                self.delete_wanted.emit(ids)
        elif key == Qt.Key.Key_F2 or (key == Qt.Key.Key_E and bare):
            return self.edit_current()
        elif key == Qt.Key.Key_S and bare and self.currentIndex().column() > 0:
            self.sort_by(self.records.columns[self.currentIndex().column() - 1].name, shift)
        else:
            return False
        return True

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
        self.setCurrentIndex(self.records.index(after, max(1, self.currentIndex().column())))

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
                self.setCurrentIndex(self.records.index(row, max(1, self.currentIndex().column())))
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
        if row == self.hovered_row:
            return
        for changed in (self.hovered_row, row):
            if changed >= 0:
                y = self.rowViewportPosition(changed)
                self.viewport().update(0, y, self.viewport().width(), self.row_height())
        self.hovered_row = row

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


# What begins with a minus and is a number or an amount all the same.
_NEGATIVE = re.compile(r"[-−]\s?[€$£¥]?\s?\d[\d.,'’\s]*([€$£¥%]|[A-Z]{3})?")


def _plain(cell: str | Cell) -> str:
    text = cell.text if isinstance(cell, Cell) else cell
    return text.replace("\t", " ").replace("\r", "").replace("\n", " ")


def _to_clipboard(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
