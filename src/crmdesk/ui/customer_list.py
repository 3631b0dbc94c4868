"""What the lists of contacts, companies and leads have in common beside every list: import, export, tags, owners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.i18n import mark, tr
from crmdesk.ui.actions import Action
from crmdesk.ui.dialogs.new_customer import NEW_TITLES, ask_new
from crmdesk.ui.list_page import RecordListPage
from crmdesk.ui.widgets.basics import Button
from crmdesk.ui.widgets.heads import EmptyState

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from crmdesk.ui.lists.record_list import BulkAction


class CustomerListPage(RecordListPage):
    """A list of contacts, companies or leads.

    Attributes:
        none_yet: what is said when there is no record at all.
    """

    none_yet = mark("Nothing here yet.")

    def buttons(self) -> list[QWidget]:
        return [
            Button(tr("Import"), self.import_file, icon="upload"),
            Button(tr("Export"), self.export, icon="download"),
            Button(tr(self._kind.label), self.new, "primary", "plus"),
        ]

    def empty(self) -> EmptyState:
        return EmptyState(
            self._kind.icon, tr(self.none_yet), Button(tr(NEW_TITLES[self.entity]), self.new, "primary", "plus"), Button(tr("Import"), self.import_file, icon="upload"),
            Button(tr("Try sample data"), lambda: self.frame.registry.run("file.sample"), "flat"),
        )  # fmt: skip

    def bulk(self) -> list[BulkAction]:
        return [*self.belonging(), *super().bulk()]

    def commands(self) -> list[Action]:
        plural = tr(self._kind.plural)
        return [
            *super().commands(),
            Action("list.import", mark("Import"), self.import_file, "upload", "Ctrl+I", "file"),
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

    # --- files ------------------------------------------------------------------------------------------------------

    def import_file(self) -> None:
        """Show the page that brings a file in."""
        self.frame.open_page("import", self.entity)

    def find_duplicates(self) -> None:
        """Show the page on which records that are there twice are merged."""
        self.frame.open_page("duplicates", self.entity)
