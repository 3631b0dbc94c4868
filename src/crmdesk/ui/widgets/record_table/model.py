"""The rows of a table: all ids in their order, and the pages of 200 rows around what is looked at."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt, QTimer, Signal, Slot

from crmdesk.i18n import tr
from crmdesk.ui import background
from crmdesk.ui.widgets.record_table.rows import Ask, Cell, Sort

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from PySide6.QtWidgets import QWidget

    from crmdesk.ui.background import Job
    from crmdesk.ui.widgets.record_table.rows import Column, Id, Index, Source

PAGE, KEPT_PAGES = 200, 8


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
        self._first_own = len(self.columns)
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

    def order(self) -> tuple[Sort, ...]:
        """Return by which columns the rows are sorted: what the user wants, else their own order."""
        return self.ask.sort or tuple(Sort(column.name, column.order == "down") for column in self.columns if column.order)

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

    def own_columns(self) -> tuple[Column, ...]:
        """Return the columns of the user's own fields."""
        return self.columns[self._first_own :]

    def set_own_columns(self, columns: Sequence[Column]) -> None:
        """Put the columns of the user's own fields behind the others, in the place of those that stood there."""
        first = self._first_own
        if self.own_columns():
            self.beginRemoveColumns(QModelIndex(), first + 1, len(self.columns))
            self.columns = self.columns[:first]
            self.endRemoveColumns()
        if columns:
            self.beginInsertColumns(QModelIndex(), first + 1, first + len(columns))
            self.columns += tuple(columns)
            self.endInsertColumns()

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
            self._drop_coming()
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

    def check_state(self) -> Qt.CheckState:
        """Return whether all rows are checked, some, or none."""
        if not self.checked:
            return Qt.CheckState.Unchecked
        return Qt.CheckState.Checked if len(self.checked) == len(self._ids) else Qt.CheckState.PartiallyChecked

    def _tell_all(self) -> None:
        if self._ids:
            first, last = self.visible_rows()
            last = min(last, len(self._ids) - 1)
            if 0 <= first <= last:
                self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns)))

    def _forget_pages(self) -> None:
        self._drop_coming()
        self._pages.clear()
        self._wanted.clear()

    def _drop_coming(self) -> None:
        """Let no rows count that are on their way: they were asked for before something changed."""
        self._generation += 1
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
            self._drop_coming()
            self.endInsertRows()
            self._tell_all()
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
