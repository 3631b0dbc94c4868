"""What the lists of contacts, companies and leads have in common beside every list: import, export, tags, owners."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.i18n import mark, ntr, tr
from crmdesk.operations import records as deeds
from crmdesk.ui.actions import Action
from crmdesk.ui.dialogs.bulk import OwnerDialog, TagDialog
from crmdesk.ui.dialogs.new_customer import NEW_TITLES, ask_new
from crmdesk.ui.list_page import RecordListPage
from crmdesk.ui.lists.record_list import MANY, BulkAction
from crmdesk.ui.widgets.basics import Button
from crmdesk.ui.widgets.heads import EmptyState

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from crmdesk.ui.widgets.record_table import Id


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
        return [
            BulkAction(tr("Add tag"), self.tag),
            BulkAction(tr("Assign owner"), self.assign),
            *super().bulk(),
        ]

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
            Action("list.tag", mark("Add tag"), lambda: self.tag(self.list.table.chosen_ids()), "tag", "", "record", self._has_rows),
            Action("list.assign", mark("Assign owner"), lambda: self.assign(self.list.table.chosen_ids()), "user-check", "", "record", self._has_rows),
        ]

    def _has_rows(self) -> bool:
        return bool(self.list.table.records.rowCount())

    def new(self) -> None:
        ask_new(self.frame, self.entity)

    # --- many records -----------------------------------------------------------------------------------------------

    def tag(self, ids: list[Id]) -> None:
        """Give records tags."""
        if not ids:
            return
        dialog = TagDialog(self.frame, self, self.entity, len(ids))
        if dialog.exec() and self._go_on(tr("Tag {count} records?", count=len(ids)), tr("Add tag"), len(ids)):
            said = ntr("{count} record tagged", "{count} records tagged", len(ids))
            self.frame.do(deeds.tag, self.entity, [UUID(bytes=record) for record in ids], dialog.names(), said=said)

    def assign(self, ids: list[Id]) -> None:
        """Give records another owner."""
        if not ids:
            return
        dialog = OwnerDialog(self.frame, self, len(ids))
        if dialog.exec() and dialog.owner() is not None and self._go_on(tr("Assign {count} records?", count=len(ids)), tr("Assign"), len(ids)):
            said = ntr("{count} record assigned", "{count} records assigned", len(ids))
            self.frame.do(deeds.edit, self.entity, [UUID(bytes=record) for record in ids], {"owner": dialog.owner()}, said=said)

    def _go_on(self, question: str, verb: str, count: int) -> bool:
        return count <= MANY or self.frame.confirm(question, verb)

    # --- files ------------------------------------------------------------------------------------------------------

    def import_file(self) -> None:
        """Show the page that brings a file in."""
        self.frame.open_page("import", self.entity)

    def find_duplicates(self) -> None:
        """Show the page on which records that are there twice are merged."""
        self.frame.open_page("duplicates", self.entity)
