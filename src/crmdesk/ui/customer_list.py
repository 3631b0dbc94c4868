"""What the lists of contacts, companies and leads have in common beside every list: duplicates, tags, owners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.i18n import mark, tr
from crmdesk.ui.actions import Action
from crmdesk.ui.dialogs.new_customer import NEW_TITLES, ask_new
from crmdesk.ui.import_offers import nothing_yet
from crmdesk.ui.list_page import RecordListPage
from crmdesk.ui.widgets.basics import Button

if TYPE_CHECKING:
    from crmdesk.ui.lists.record_list import BulkAction
    from crmdesk.ui.widgets.heads import EmptyState


class CustomerListPage(RecordListPage):
    """A list of contacts, companies or leads."""

    def empty(self) -> EmptyState:
        return nothing_yet(self.frame, self.entity, tr(self.none_yet), Button(tr(NEW_TITLES[self.entity]), self.new, "primary", "plus"))

    def bulk(self) -> list[BulkAction]:
        return [*self.belonging(), *super().bulk()]

    def commands(self) -> list[Action]:
        plural = tr(self._kind.plural)
        return [
            *super().commands(),
            Action(
                "list.duplicates",
                mark("Find duplicates"),
                self.find_duplicates,
                "merge",
                "",
                "view",
                title=lambda: tr("Find duplicates among {what}", what=plural),
            ),
            *self.belonging_commands(),
        ]

    def new(self) -> None:
        ask_new(self.frame, self.entity)

    def find_duplicates(self) -> None:
        """Show the page on which records that are there twice are merged."""
        self.frame.open_page("duplicates", self.entity)
