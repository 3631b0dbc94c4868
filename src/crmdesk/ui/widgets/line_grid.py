"""The lines of a quote as a grid that is filled by keys: type a product, type numbers, paste rows from Excel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

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
from PySide6.QtGui import QContextMenuEvent, QFontMetricsF, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPlainTextEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from crmdesk.documents import formats
from crmdesk.documents.calculator import AllowanceCharge, Line
from crmdesk.errors import UserError
from crmdesk.fields import read_money, read_number
from crmdesk.i18n import mark, tr
from crmdesk.models.product import TAX_CATEGORIES
from crmdesk.queries.quotes import LineItem
from crmdesk.ui import background, theme
from crmdesk.ui.actions import is_composing
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import column

if TYPE_CHECKING:

    from crmdesk.documents.calculator import Totals
    from crmdesk.ui.background import Job
    from crmdesk.ui.named import Named

Index = QModelIndex | QPersistentModelIndex
NUMBER, ITEM, QUANTITY, UNIT, PRICE, DISCOUNT, TAX, AMOUNT = range(8)
HEADS = ("", mark("Item"), mark("Qty"), mark("Unit"), mark("Price"), mark("Disc."), mark("Tax"), mark("Amount"))
NAMES = (mark("Line"), mark("Item"), mark("Quantity"), mark("Unit"), mark("Unit price"), mark("Discount"), mark("Tax rate"), mark("Amount"))
WIDTHS = (34, 0, 58, 58, 82, 58, 58, 98)
TRAILING = frozenset({QUANTITY, PRICE, DISCOUNT, TAX, AMOUNT})
EDITABLE = (ITEM, QUANTITY, UNIT, PRICE, DISCOUNT, TAX)
HEAD_HEIGHT, DETAIL_HEIGHT, MOST_DETAILS, FIND_MS, MOST_FOUND = 31, 17, 3, 120, 7

Find = Callable[[str], Sequence["Named"]]
"""Runs on a reader thread: the products that fit a text, the best first."""


def discount_text(line: Line, currency: str) -> str:
    """Return the discount of a line as it is shown: `10%`, `−5.00`, or how many there are."""
    if not line.allowance_charges:
        return ""
    if len(line.allowance_charges) > 1:
        return tr("{count} ×", count=len(line.allowance_charges))
    each = line.allowance_charges[0]
    sign = "+" if each.charge else ""
    if each.amount is None and each.percent is not None:
        return sign + formats.percent(each.percent)
    return (sign or "−") + formats.plain_amount(each.amount or Decimal(0), currency)


def tax_text(line: Line) -> str:
    """Return the tax of a line as it is shown: `20%`, `5% + 9.975%`, or its category."""
    if line.taxes:
        return " + ".join(formats.percent(tax.rate) for tax in line.taxes)
    if line.tax_rate or line.tax_category == "S":
        return formats.percent(line.tax_rate)
    return "0%" if line.tax_category == "Z" else line.tax_category


def read_discount(text: str, currency: str) -> tuple[AllowanceCharge, ...]:
    """Read a discount as people type it: `10`, `10%`, `5.00 EUR`; nothing takes it away.

    Raises:
        UserError: it can't be read.
    """
    bare = text.strip().lstrip("−-").strip()
    if not bare:
        return ()
    if any(c.isalpha() or c in "€$£¥" for c in bare):
        amount = read_money(bare, currency).amount
        return (AllowanceCharge(False, amount=amount),) if amount else ()
    percent = read_number(bare)
    if not 0 <= percent <= 100:
        raise UserError(tr("A discount lies between 0 and 100%."), hint=tr("Type an amount with its currency, such as 5.00 EUR."))
    return (AllowanceCharge(False, percent=percent),) if percent else ()


class LineModel(QAbstractTableModel):
    """The lines, with the amounts that the calculator found; the last row is where a new line is typed.

    Signals:
        edited: the user has changed the lines.
    """

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.items: list[LineItem] = []
        self.totals: Totals | None = None
        self.currency = "EUR"
        self.is_locked = True

    # --- what Qt asks -------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.items) + (0 if self.is_locked else 1)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(HEADS[section])
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return tr(NAMES[section])
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        if self.can_edit(index.row(), index.column()):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{tr(NAMES[index.column()])}: {self.text(index.row(), index.column())}"
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in TRAILING:
            return int(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        return None

    # --- cells --------------------------------------------------------------------------------------------------------

    def is_entry(self, row: int) -> bool:
        """Return whether this is the row in which a new line is typed."""
        return not self.is_locked and row == len(self.items)

    def can_edit(self, row: int, col: int) -> bool:
        """Return whether a cell can be changed."""
        if self.is_locked:
            return False
        if self.is_entry(row):
            return col == ITEM
        line = self.items[row].line
        if line.kind != "item":
            return col == ITEM
        return col in EDITABLE and not (col == TAX and line.taxes) and not (col == DISCOUNT and len(line.allowance_charges) > 1)

    def number(self, row: int) -> int:
        """Return the number of an item as it is printed: texts and subtotals have none."""
        return sum(1 for item in self.items[: row + 1] if item.line.kind == "item")

    def text(self, row: int, col: int) -> str:
        """Return a cell as it is shown."""
        if self.is_entry(row):
            return tr("Type to add a product, or paste rows from Excel") if col == ITEM else ""
        line = self.items[row].line
        if col == ITEM:
            return line.description or (tr("Subtotal") if line.kind == "subtotal" else "")
        if col == AMOUNT and line.kind != "text" and self.totals is not None and row < len(self.totals.line_amounts):
            amount = formats.plain_amount(self.totals.line_amounts[row], self.currency)
            return f"({amount})" if line.optional else amount
        if line.kind != "item":
            return ""
        return {
            NUMBER: lambda: str(self.number(row)), QUANTITY: lambda: formats.number(line.quantity), UNIT: lambda: line.unit,
            PRICE: lambda: formats.unit_price(line.unit_price, self.currency), DISCOUNT: lambda: discount_text(line, self.currency), TAX: lambda: tax_text(line),
        }.get(col, str)()  # fmt: skip

    def typed(self, row: int, col: int) -> str:
        """Return a cell as it is edited."""
        return "" if self.is_entry(row) else self.items[row].line.description if col == ITEM else self.text(row, col)

    def read(self, row: int, col: int, text: str) -> dict[str, Any]:
        """Return the values of a line that a typed text means.

        Raises:
            UserError: it can't be read.
        """
        bare = text.strip()
        if col == ITEM:
            return {"description": text.strip()}
        if col == UNIT:
            return {"unit": bare}
        if col == DISCOUNT:
            return {"allowance_charges": read_discount(text, self.currency)}
        if col == TAX:
            rate = read_number(bare.rstrip("%").strip() or "0")
            if not 0 <= rate <= 100:
                raise UserError(tr("A tax rate lies between 0 and 100%."))
            line = self.items[row].line
            category = ("S" if line.tax_category in "ZEOAEKG" else line.tax_category) if rate else ("Z" if line.tax_category == "S" else line.tax_category)
            return {"tax_rate": rate, "tax_category": category}
        number = read_number(bare or ("1" if col == QUANTITY else "0"))
        return {"quantity" if col == QUANTITY else "unit_price": number}

    # --- changing -----------------------------------------------------------------------------------------------------

    def show(self, items: Sequence[LineItem], currency: str, is_locked: bool) -> None:
        """Show these lines; where only their ids have come, nothing moves."""
        same = [item.line for item in items] == [item.line for item in self.items] and (currency, is_locked) == (self.currency, self.is_locked)
        if same:
            self.items = list(items)
            return
        self.beginResetModel()
        self.items, self.currency, self.is_locked = list(items), currency, is_locked
        self.endResetModel()

    def set_totals(self, totals: Totals) -> None:
        """Show other amounts."""
        self.totals = totals
        if self.items:
            self.dataChanged.emit(self.index(0, AMOUNT), self.index(len(self.items) - 1, AMOUNT))

    def change(self, row: int, **values: Any) -> None:
        """Change a line."""
        changed = self.items[row].changed(**values)
        if changed != self.items[row]:
            self.items[row] = changed
            self.dataChanged.emit(self.index(row, 0), self.index(row, AMOUNT))
            self.edited.emit()

    def insert(self, row: int, items: Sequence[LineItem]) -> None:
        """Put lines in."""
        if items:
            self.beginInsertRows(QModelIndex(), row, row + len(items) - 1)
            self.items[row:row] = items
            self.endInsertRows()
            self.edited.emit()

    def remove(self, rows: Sequence[int]) -> None:
        """Take lines out."""
        gone = sorted({row for row in rows if row < len(self.items)}, reverse=True)
        for row in gone:
            self.beginRemoveRows(QModelIndex(), row, row)
            del self.items[row]
            self.endRemoveRows()
        if gone:
            self.edited.emit()

    def move(self, row: int, step: int) -> bool:
        """Move a line up or down."""
        to = row + step
        if not (0 <= row < len(self.items) and 0 <= to < len(self.items)):
            return False
        self.beginMoveRows(QModelIndex(), row, row, QModelIndex(), to + 1 if step > 0 else to)
        self.items.insert(to, self.items.pop(row))
        self.endMoveRows()
        self.edited.emit()
        return True


# --- editors ----------------------------------------------------------------------------------------------------------


class _Products(QFrame):
    """The products beneath the cell; never takes the keyboard."""

    taken = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setProperty("card", "true")
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._clicked)
        self.setLayout(column(self.list, margins=(4, 4, 4, 4)))

    @Slot(QListWidgetItem)
    def _clicked(self, item: QListWidgetItem) -> None:
        self.taken.emit(self.list.row(item))


class ItemEditor(QPlainTextEdit):
    """The description of a line: products are offered while typing, Shift+Enter begins a further line.

    Signals:
        finished: the text stands; with a step: 1 to the next cell, -1 back, 0 stay.
        product_taken: a product was chosen from the list.
    """

    finished = Signal(int)
    product_taken = Signal(object)

    def __init__(self, parent: QWidget, text: str, find: Find) -> None:
        super().__init__(parent)
        self._find, self._found, self._was = find, list[Any](), text
        self.setProperty("kind", "cell")
        self.setTabChangesFocus(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Item"))
        self.document().setDocumentMargin(2)
        self.setPlainText(text)
        self.selectAll()
        self._popup = _Products(self)
        self._popup.taken.connect(self._take)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FIND_MS)
        self._timer.timeout.connect(self._ask)
        self.textChanged.connect(self._typed)

    def text(self) -> str:
        """Return what is typed."""
        return self.toPlainText()

    def offered(self) -> list[str]:
        """Return the products that are offered now."""
        return [] if self._popup.isHidden() else [one.title for one in self._found]

    @Slot()
    def _typed(self) -> None:
        self._timer.start()

    @Slot()
    def _ask(self) -> None:
        text, find = self.text().strip(), self._find
        if not text or "\n" in text or text == self._was:
            self._popup.hide()
            return

        def work(job: Job) -> list[Any]:
            return list(find(text))[:MOST_FOUND]

        background.read(self, work, self._show, key="find")

    def _show(self, found: list[Any]) -> None:
        self._found = found
        if not found or not self.hasFocus():
            self._popup.hide()
            return
        self._popup.list.clear()
        for one in found:
            self._popup.list.addItem(QListWidgetItem(" · ".join(part for part in (one.title, one.subtitle) if part)))
        self._popup.list.setCurrentRow(0)
        self._popup.resize(max(300, self.width()), len(found) * 29 + 12)
        self._popup.move(self.mapToGlobal(QPoint(0, self.height() + 2)))
        self._popup.show()

    @Slot(int)
    def _take(self, number: int) -> None:
        self._popup.hide()
        if 0 <= number < len(self._found):
            self.product_taken.emit(self._found[number])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        enter, offers = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter), not self._popup.isHidden()
        if is_composing():
            super().keyPressEvent(event)
        elif offers and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = 1 if key == Qt.Key.Key_Down else -1
            self._popup.list.setCurrentRow((self._popup.list.currentRow() + step) % self._popup.list.count())
        elif offers and ((enter and not shift) or key == Qt.Key.Key_Tab):
            self._take(self._popup.list.currentRow())
        elif offers and key == Qt.Key.Key_Escape:
            self._popup.hide()
        elif enter and not shift:
            self.finished.emit(1)
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self.finished.emit(-1 if key == Qt.Key.Key_Backtab or shift else 1)
        else:
            super().keyPressEvent(event)

    def hide_offers(self) -> None:
        """Take the list of products away."""
        self._timer.stop()
        self._popup.hide()


class _Delegate(QStyledItemDelegate):
    """Draws the cells and reads what is typed into them."""

    def __init__(self, grid: LineGrid) -> None:
        super().__init__(grid)
        self._grid = grid

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        grid, box, row, col = self._grid, option.rect, index.row(), index.column()
        model = grid.lines
        selected = bool(option.state & QStyle.StateFlag.State_Selected) and not model.is_entry(row)
        painter.fillRect(box, theme.colour("hover" if selected else "surface"))
        if row < model.rowCount() - 1:
            paint.hairline(painter, box.left(), box.right(), box.bottom())
        text = model.text(row, col)
        first, _, details = text.partition("\n") if col == ITEM else (text, "", "")
        is_entry = model.is_entry(row)
        line = None if is_entry else model.items[row].line
        ink: theme.Token = "muted" if is_entry or col in (NUMBER, UNIT, TAX) or (line is not None and line.optional) else "text"
        align = Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignTrailing if col in TRAILING else Qt.AlignmentFlag.AlignLeading)
        weight = 600 if col == AMOUNT or (line is not None and line.kind == "subtotal") else 400
        font = theme.tabular("body", weight) if col != ITEM else theme.font("body", weight)
        area = box.adjusted(10, 0, -10, 0)
        if col == ITEM and details:
            area = QRect(area.x(), box.y() + 8, area.width(), 19)
        if col == ITEM and line is not None and line.optional:
            word = tr("Optional")
            wide = paint.chip_width(word)
            spot = QRect(area.right() - wide, area.center().y() - 9, wide, paint.CHIP_HEIGHT)
            paint.chip(painter, paint.mirrored(spot, box, option.direction).topLeft(), word, "info", wide)
            area.setRight(area.right() - wide - 6)
        paint.line(painter, paint.mirrored(area, box, option.direction), first, font, theme.colour(ink), align)
        if col == ITEM and details:
            self._paint_details(painter, box, details, option.direction)
        if index == grid.currentIndex() and grid.hasFocus():
            paint.focus_ring(painter, box.adjusted(1, 1, -1, -2), 4)

    def _paint_details(self, painter: QPainter, box: QRect, details: str, direction: Qt.LayoutDirection) -> None:
        for number, text in enumerate(details.split("\n")[:MOST_DETAILS]):
            area = QRect(box.x() + 10, box.y() + 27 + number * DETAIL_HEIGHT, box.width() - 20, DETAIL_HEIGHT)
            paint.line(painter, paint.mirrored(area, box, direction), text, theme.font("caption"), theme.colour("muted"))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(60, self._grid.height_of(index.row()))

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget | None:  # type: ignore[override]
        grid, row, col = self._grid, index.row(), index.column()
        text = grid.lines.typed(row, col)
        if col == ITEM:
            editor = ItemEditor(parent, text, grid.find_products)
            editor.finished.connect(lambda step: grid.finish(editor, row, col, step))
            editor.product_taken.connect(lambda named: grid.take_product(editor, row, named))
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
        self._grid.commit(index.row(), index.column(), text)

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
                self._grid.finish(watched, index.row(), index.column(), -1 if back else 1)
                return True
        if isinstance(watched, ItemEditor) and event.type() == QEvent.Type.KeyPress:
            return bool(isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and not watched.offered() and super().eventFilter(watched, event))
        if isinstance(watched, ItemEditor) and event.type() == QEvent.Type.FocusOut:
            watched.hide_offers()
        return super().eventFilter(watched, event)


class _Head(QHeaderView):
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
        self.setItemDelegate(_Delegate(self))
        self.setHorizontalHeader(_Head(self))
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
        self.clicked.connect(self._clicked)

    # --- size ---------------------------------------------------------------------------------------------------------

    def height_of(self, row: int) -> int:
        """Return how high a row is: lines with details need more."""
        if self.lines.is_entry(row) or row >= len(self.lines.items):
            return theme.ROW
        details = self.lines.items[row].line.description.count("\n")
        return theme.ROW + (min(details, MOST_DETAILS) * DETAIL_HEIGHT + 2 if details else 0)

    def wanted_height(self) -> int:
        """Return the height at which nothing scrolls."""
        return HEAD_HEIGHT + sum(self.height_of(row) for row in range(self.lines.rowCount())) + 2

    @Slot()
    def _fit_rows(self) -> None:
        side = self.verticalHeader()
        for row in range(self.lines.rowCount()):
            wanted = self.height_of(row)
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
            QToolTip.showText(self.viewport().mapToGlobal(at.bottomLeft()), str(error), self)

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
            kept = replace(item.line, quantity=before.line.quantity, allowance_charges=before.line.allowance_charges, optional=before.line.optional, kind="item")
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
        editor.setProperty("invalid", "true")
        editor.style().unpolish(editor)
        editor.style().polish(editor)
        editor.setAccessibleDescription(error.message)
        QToolTip.showText(editor.mapToGlobal(QPoint(0, editor.height())), str(error), editor)

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
            at = event.globalPos()
            menu.exec(at)
            menu.deleteLater()

    def menu(self) -> QMenu:
        """Return what can be done with the chosen lines."""
        menu = QMenu(self)
        rows = self.chosen_rows()
        row = rows[0] if rows else -1
        line = self.lines.items[row].line if row >= 0 else None
        menu.addAction(theme.icon("plus"), tr("Insert line above"), lambda: self._insert("item"))
        menu.addAction(theme.icon("sticky-note"), tr("Insert text"), lambda: self._insert("text"))
        menu.addAction(theme.icon("layers"), tr("Insert subtotal"), lambda: self._insert("subtotal"))
        if line is not None:
            menu.addSeparator()
            if line.kind == "item":
                optional = menu.addAction(tr("Optional, not in the total"), lambda: self._toggle_optional(rows))
                optional.setCheckable(True)
                optional.setChecked(line.optional)
                taxes = menu.addMenu(tr("Tax category"))
                for choice in TAX_CATEGORIES:
                    action = taxes.addAction(tr(choice.label), self._taxer(rows, choice.value))
                    action.setCheckable(True)
                    action.setChecked(not line.taxes and line.tax_category == choice.value)
            menu.addAction(theme.icon("copy"), tr("Duplicate"), lambda: self.lines.insert(row + 1, [LineItem(line, None, self.lines.items[row].product_id)]))
            menu.addAction(theme.icon("arrow-up"), tr("Move up"), lambda: self.lines.move(row, -1))
            menu.addAction(theme.icon("arrow-down"), tr("Move down"), lambda: self.lines.move(row, 1))
            menu.addSeparator()
            menu.addAction(theme.icon("trash-2"), tr("Delete"), lambda: self.lines.remove(rows))
        return menu

    def _insert(self, kind: Any) -> None:
        rows = self.chosen_rows()
        row = rows[0] if rows else len(self.lines.items)
        item = self.new_line("") if kind == "item" else LineItem(Line(kind=kind))
        self.lines.insert(row, [item])
        if kind != "subtotal":
            self._edit_at(row, ITEM)

    def _toggle_optional(self, rows: Sequence[int]) -> None:
        on = not self.lines.items[rows[0]].line.optional
        for row in rows:
            if self.lines.items[row].line.kind == "item":
                self.lines.change(row, optional=on)

    def _taxer(self, rows: Sequence[int], category: str) -> Callable[[], None]:
        def choose() -> None:
            for row in rows:
                line = self.lines.items[row].line
                if line.kind == "item":
                    rate = line.tax_rate if category in ("S", "L", "M") else Decimal(0)
                    self.lines.change(row, tax_category=category, tax_rate=rate, taxes=())

        return choose

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


# --- rows from Excel --------------------------------------------------------------------------------------------------

_HEADER_WORDS = {
    "description": {"item", "description", "product", "name", "artikel", "beschreibung", "bezeichnung", "produkt", "名称", "描述", "产品"},
    "code": {"code", "sku", "article number", "artikelnummer", "product code", "no.", "nr.", "编号"},
    "quantity": {"quantity", "qty", "qty.", "menge", "anzahl", "数量"},
    "unit": {"unit", "einheit", "me", "单位"},
    "unit_price": {"price", "unit price", "preis", "einzelpreis", "单价", "价格"},
    "discount": {"discount", "disc.", "disc", "rabatt", "折扣"},
    "tax_rate": {"tax", "vat", "tax rate", "mwst", "ust", "steuer", "税率"},
}  # fmt: skip
_AMOUNT_WORDS = {"amount", "total", "net", "betrag", "summe", "gesamt", "金额", "总计"}


def pasted_columns(rows: Sequence[Sequence[str]]) -> tuple[list[str], int]:
    """Return what each column of pasted rows means, and how many rows of headings come first.

    Headings are known by name; without them the first text is the description, then come quantity, price, discount and tax in that
    order, and a short text after a quantity is its unit. A column that means nothing is ``.
    """
    heads = [_head_of(cell) for cell in rows[0]]
    if any(head == "description" for head in heads) and not any(_is_number(cell) for cell in rows[0]):
        return heads, 1
    width = max(len(row) for row in rows)
    sample = next((row for row in rows if len(row) == width), rows[0])
    found: list[str] = []
    numbers = iter(("quantity", "unit_price", "discount", "tax_rate"))
    for cell in sample:
        if _is_number(cell):
            found.append(next(numbers, ""))
        elif "description" not in found:
            found.append("description")
        elif "quantity" in found and "unit" not in found:
            found.append("unit")
        else:
            found.append("")
    if found.count("quantity") and "unit_price" not in found and len(found) == 2:
        return found, 0
    return found, 0


def _head_of(cell: str) -> str:
    bare = cell.strip().casefold()
    return "" if bare in _AMOUNT_WORDS else next((name for name, words in _HEADER_WORDS.items() if bare in words), "")


def _is_number(cell: str) -> bool:
    bare = cell.strip().strip("€$£¥%").strip()
    try:
        read_number(bare)
    except UserError:
        return False
    return bool(bare)


def pasted_values(cells: Sequence[str], columns: Sequence[str], currency: str) -> dict[str, Any]:
    """Return the values of one pasted row by name; numbers are read, what is empty is left out.

    Raises:
        UserError: a number can't be read.
    """
    values: dict[str, Any] = {}
    for name, cell in zip(columns, cells, strict=False):
        if not name or not cell.strip():
            continue
        if name in ("quantity", "unit_price", "tax_rate"):
            values[name] = read_number(cell.strip().strip("€$£¥%").strip())
        elif name == "discount":
            values["allowance_charges"] = read_discount(cell, currency)
        else:
            values[name] = cell.strip()
    return values
