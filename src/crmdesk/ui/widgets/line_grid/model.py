"""The lines of a quote as Qt asks for them: what each cell says, and what is typed into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from crmdesk.documents import formats
from crmdesk.errors import UserError
from crmdesk.fields import read_number
from crmdesk.i18n import mark, tr
from crmdesk.ui.widgets.line_grid.texts import discount_text, read_discount, tax_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.documents.calculator import Totals
    from crmdesk.queries.quotes import LineItem

Index = QModelIndex | QPersistentModelIndex
NUMBER, ITEM, QUANTITY, UNIT, PRICE, DISCOUNT, TAX, AMOUNT = range(8)
HEADS = ("", mark("Item"), mark("Qty"), mark("Unit"), mark("Price"), mark("Disc."), mark("Tax"), mark("Amount"))
NAMES = (mark("Line"), mark("Item"), mark("Quantity"), mark("Unit"), mark("Unit price"), mark("Discount"), mark("Tax rate"), mark("Amount"))
WIDTHS = (34, 0, 58, 70, 82, 58, 58, 98)
TRAILING = frozenset({QUANTITY, PRICE, DISCOUNT, TAX, AMOUNT})
EDITABLE = (ITEM, QUANTITY, UNIT, PRICE, DISCOUNT, TAX)


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
