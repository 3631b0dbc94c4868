"""What can be done with chosen lines: the menu over them."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Literal

from PySide6.QtWidgets import (
    QMenu,
    QWidget,
)

from crmdesk.i18n import tr
from crmdesk.models.product import TAX_CATEGORIES
from crmdesk.queries.quotes import LineItem
from crmdesk.ui import theme

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmdesk.ui.widgets.line_grid.model import LineModel

LineKind = Literal["item", "text", "subtotal"]


class LineMenu(QMenu):
    """The menu of the chosen rows; `insert` puts in a line of a kind above them."""

    def __init__(self, parent: QWidget, lines: LineModel, rows: Sequence[int], insert: Callable[[LineKind], object]) -> None:
        super().__init__(parent)
        self._lines, self._rows = lines, rows
        self.addAction(theme.icon("plus"), tr("Insert line above"), lambda: insert("item"))
        self.addAction(theme.icon("sticky-note"), tr("Insert text"), lambda: insert("text"))
        self.addAction(theme.icon("layers"), tr("Insert subtotal"), lambda: insert("subtotal"))
        if rows:
            self.addSeparator()
            self._add_deeds(rows[0])

    def _add_deeds(self, row: int) -> None:
        lines, item = self._lines, self._lines.items[row]
        if item.line.kind == "item":
            optional = self.addAction(tr("Optional, not in the total"), self.toggle_optional)
            optional.setCheckable(True)
            optional.setChecked(item.line.optional)
            taxes = self.addMenu(tr("Tax category"))
            for choice in TAX_CATEGORIES:
                action = taxes.addAction(tr(choice.label), partial(self._tax, choice.value))
                action.setCheckable(True)
                action.setChecked(not item.line.taxes and item.line.tax_category == choice.value)
        self.addAction(theme.icon("copy"), tr("Duplicate"), lambda: lines.insert(row + 1, [LineItem(item.line, None, item.product_id)]))
        self.addAction(theme.icon("arrow-up"), tr("Move up"), lambda: lines.move(row, -1))
        self.addAction(theme.icon("arrow-down"), tr("Move down"), lambda: lines.move(row, 1))
        self.addSeparator()
        self.addAction(theme.icon("trash-2"), tr("Delete"), lambda: lines.remove(self._rows))

    def toggle_optional(self) -> None:
        """Make the chosen lines optional, or the first one's state the other way round for all."""
        on = not self._lines.items[self._rows[0]].line.optional
        for row in self._rows:
            if self._lines.items[row].line.kind == "item":
                self._lines.change(row, optional=on)

    def _tax(self, category: str) -> None:
        for row in self._rows:
            line = self._lines.items[row].line
            if line.kind == "item":
                rate = line.tax_rate if category in ("S", "L", "M") else Decimal(0)
                self._lines.change(row, tax_category=category, tax_rate=rate, taxes=())
