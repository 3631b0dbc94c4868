"""The lines of a quote as a grid that is filled by keys: type a product, type numbers, paste rows from Excel."""

from crmdesk.ui.widgets.line_grid.grid import LineGrid
from crmdesk.ui.widgets.line_grid.item_editor import ItemEditor
from crmdesk.ui.widgets.line_grid.model import AMOUNT, DISCOUNT, ITEM, QUANTITY
from crmdesk.ui.widgets.line_grid.pasting import pasted_columns, pasted_values
from crmdesk.ui.widgets.line_grid.texts import read_discount

__all__ = ["AMOUNT", "DISCOUNT", "ITEM", "QUANTITY", "ItemEditor", "LineGrid", "pasted_columns", "pasted_values", "read_discount"]
