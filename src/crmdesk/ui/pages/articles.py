"""The knowledge articles: what the service desk knows, found again when a ticket asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.i18n import mark, tr
from crmdesk.operations import records as deeds
from crmdesk.ui.actions import Action
from crmdesk.ui.dialogs.new_record import NewRecordDialog
from crmdesk.ui.import_offers import nothing_yet
from crmdesk.ui.list_page import RecordListPage
from crmdesk.ui.lists.record_list import BulkAction
from crmdesk.ui.widgets.basics import Button

if TYPE_CHECKING:
    from crmdesk.ui.records import Tones
    from crmdesk.ui.widgets.heads import EmptyState
    from crmdesk.ui.widgets.record_table import Id


class ArticlesPage(RecordListPage):
    """Answers worth keeping, written beside their list."""

    entity = "article"
    shown = ("title", "category", "language", "status")
    filters = ("title", "category", "language", "status")
    tones: Tones = {"status": {"draft": "muted", "published": "success", "archived": "muted"}}
    peek = ("title", "category", "language", "status", "body")

    def empty(self) -> EmptyState:
        main = Button(tr("New article"), self.new, "primary", "plus")
        return nothing_yet(self.frame, "article", tr("No articles yet."), main, tr("Write down an answer once; tickets find it by its words."))

    def bulk(self) -> list[BulkAction]:
        return [
            BulkAction(tr("Publish"), lambda ids: self._set_status(ids, "published")),
            BulkAction(tr("Back to draft"), lambda ids: self._set_status(ids, "draft")),
            *super().bulk(),
        ]

    def commands(self) -> list[Action]:
        shared = [action for action in super().commands() if action.group != "new"]
        return [Action("article.new", mark("New article"), self.new, "book-open", "Ctrl+N", "new"), *shared]

    def new(self) -> None:
        NewRecordDialog(self.frame, "article", ("title", "category", "language", "body"), tr("New article"), tr("Add"), self.show_record).open()

    def _set_status(self, ids: list[Id], status: str) -> None:
        said = tr("Published") if status == "published" else tr("Back to draft")
        self.frame.do(deeds.edit, "article", [UUID(bytes=record) for record in ids], {"status": status}, said=said)
