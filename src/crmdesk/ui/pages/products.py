"""The products: what is sold, with unit, price and tax."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.i18n import mark, tr
from crmdesk.ui.actions import Action
from crmdesk.ui.dialogs.new_record import NewRecordDialog
from crmdesk.ui.import_offers import nothing_yet
from crmdesk.ui.list_page import RecordListPage
from crmdesk.ui.widgets.basics import Button

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.ui.widgets.heads import EmptyState

NEW_FIELDS = ("name", "code", "category", "unit", "price", "tax_rate", "cost")


class ProductsPage(RecordListPage):
    """The list of products; prices are changed in place."""

    entity = "product"
    shown = ("name", "code", "category", "unit", "price", "tax_rate", "is_active")
    filters = ("name", "code", "category", "unit", "price", "is_active")
    peeks_own = True
    peek = ("name", "code", "category", "unit", "price", "tax_category", "tax_rate", "cost", "is_active", "note")

    def empty(self) -> EmptyState:
        main = Button(tr("New product"), self.new, "primary", "plus")
        return nothing_yet(self.frame, "product", tr("No products yet."), main, tr("Products fill the lines of quotes."))

    def commands(self) -> list[Action]:
        shared = [action for action in super().commands() if action.group != "new"]
        return [Action("product.new", mark("New product"), self.new, "package", "Ctrl+N", "new"), *shared]

    def new(self) -> None:
        """Ask for a new product."""
        NewRecordDialog(self.frame, "product", NEW_FIELDS, tr("New product"), tr("Add product"), self._product_added).open()

    def _product_added(self, product: UUID) -> None:
        self.frame.say(tr("Product added"), undo=True)
