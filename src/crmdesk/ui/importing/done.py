"""The last step of an import: how far it is, and then what came of it, with what can be done about that."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from crmdesk.errors import LaterWork, UserError
from crmdesk.i18n import ntr, tr
from crmdesk.models.registry import entity_class
from crmdesk.queries.finding import OF_DEED
from crmdesk.queries.report_tables import Rows
from crmdesk.ui import background
from crmdesk.ui.opening import open_rows
from crmdesk.ui.widgets.basics import Button, Card, Text, row
from crmdesk.ui.widgets.messages import ProgressPanel

if TYPE_CHECKING:
    from crmdesk.exchange.importing import ImportResult
    from crmdesk.exchange.undoing import Edited, TakenBack
    from crmdesk.ui.background import Job
    from crmdesk.ui.page import Frame

PAGES = {
    "contact": "contacts", "company": "companies", "lead": "leads", "deal": "pipeline", "deal_product": "pipeline", "deal_contact": "pipeline", "ticket": "tickets",
    "message": "tickets", "quote": "quotes", "quote_line": "quotes", "product": "products", "task": "tasks", "article": "articles",
}  # fmt: skip
"""The pages on which imported records are seen."""


class DoneStep(Card):
    """The progress of an import and its result.

    Signals:
        again_wanted: another file shall be imported.
        corrected_wanted: the rejected rows were corrected and shall come in again.
    """

    again_wanted = Signal()
    corrected_wanted = Signal()

    def __init__(self, frame: Frame) -> None:
        super().__init__(padding=32, space=12)
        self._frame = frame
        self._entity = ""
        self._in_force = True
        self._kept: tuple[Edited, ...] = ()
        self.result: ImportResult | None = None
        self.panel = ProgressPanel()
        self.outcome, self.outcome_note = Text("", "dialog", wrap=True), Text("", "muted", wrap=True)
        for text in (self.outcome, self.outcome_note):
            text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.show_button = Button(tr("Show them"), self._show_records, "primary")
        self.undo_button = Button(tr("Undo"), self.undo, icon="undo-2")
        self.rest_button = Button(tr("Take back the rest"), self.undo_rest, icon="undo-2")
        self.rest_button.setToolTip(tr("What was edited since stays as it is."))
        self.rejects_button = Button(tr("Open rejected rows"), self._open_rejects, icon="file-spreadsheet")
        self.corrected_button = Button(tr("Import them again, corrected"), self.corrected_wanted.emit, icon="refresh-cw")
        self.again_button = Button(tr("Import another file"), self.again_wanted.emit)
        self._buttons = (self.show_button, self.undo_button, self.rest_button, self.rejects_button, self.corrected_button, self.again_button)
        self.body.addStretch(1)
        self.add(
            row(None, self.panel, None),
            self.outcome,
            self.outcome_note,
            row(None, self.show_button, self.undo_button, self.rest_button, self.again_button, None),
            row(None, self.rejects_button, self.corrected_button, None),
        )
        self.body.addStretch(1)

    def forget(self) -> None:
        """Forget an earlier import."""
        self.result = None

    def follow(self, job: Job) -> None:
        """Show how far an import is."""
        for button in self._buttons:
            button.hide()
        self.outcome.setText("")
        self.outcome_note.setText("")
        self.panel.follow(job)
        self.panel.show()

    def show_result(self, entity: str, result: ImportResult) -> None:
        """Show what came of it.

        Args:
            entity: what was imported; empty if it was of several kinds.
        """
        self._entity, self.result, self._kept = entity, result, ()
        self.panel.hide()
        self.show_button.setVisible(entity in PAGES)
        self.rejects_button.setVisible(bool(result.rejects_file))
        self.corrected_button.setVisible(bool(result.rejects_file))
        self.again_button.show()
        self._show_in_force(True)

    def _show_in_force(self, in_force: bool) -> None:
        """Say what came of it, or that it was taken back."""
        result, entity = self.result, self._entity
        if result is None:
            return
        self._in_force = in_force
        for button in (self.undo_button, self.rest_button):
            button.setEnabled(True)
            button.hide()
        self.show_button.setVisible((in_force or bool(self._kept)) and entity in PAGES)
        if not in_force:
            from crmdesk.exchange.undoing import named

            self.outcome.setText(tr("The import was taken back."))
            self.outcome_note.setText(tr("Kept: {edited}.", edited=named(self._kept)) if self._kept else "")
            return
        plural = tr(entity_class(entity).entity.plural) if entity else tr("Records")
        self.outcome.setText(tr("{what}: {count} added", count=result.added, what=plural) if result.added else tr("Nothing was added."))
        self.outcome_note.setText("\n".join([*([] if entity else _kinds(result)), *_lines(result), *result.notes]))
        self.undo_button.setVisible(result.transaction is not None)

    def refresh(self) -> None:
        """Look whether the import was undone or redone meanwhile."""
        result, store = self.result, self._frame.store
        if result is not None and (transaction := result.transaction) is not None:
            background.read(self, lambda job: (result, store.is_in_force(transaction)), self._looked, key="force")

    def _looked(self, found: tuple[ImportResult, bool]) -> None:
        result, in_force = found
        if result is self.result and in_force != self._in_force:
            self._kept = () if in_force else self._kept
            self._show_in_force(in_force)

    def first(self) -> Button:
        """Return where the keyboard goes."""
        return self.show_button if not self.show_button.isHidden() else self.again_button

    # --- what can be done -------------------------------------------------------------------------------------------

    def undo(self) -> None:
        """Take the import back."""
        self._take_back(keeps_edited=False)

    def undo_rest(self) -> None:
        """Take the import back but for what was edited since."""
        self._take_back(keeps_edited=True)

    def _take_back(self, *, keeps_edited: bool) -> None:
        from crmdesk.exchange.undoing import undo_import

        store, result = self._frame.store, self.result
        if result is not None and (transaction := result.transaction) is not None:
            self.undo_button.setEnabled(False)
            self.rest_button.setEnabled(False)
            background.write(
                self, tr("Undo"), lambda job: undo_import(store, transaction, keeps_edited=keeps_edited), self._undone, self._not_undone
            )  # fmt: skip

    def _undone(self, done: TakenBack) -> None:
        self._kept = done.kept
        self._show_in_force(False)
        self.again_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _not_undone(self, error: Exception) -> None:
        """Say in place what was edited since, and offer to take back the rest."""
        self.undo_button.setEnabled(True)
        self.rest_button.setEnabled(True)
        if isinstance(error, UserError):
            self.outcome_note.setText("\n".join(part for part in (error.message, error.hint) if part))
            self.rest_button.setVisible(isinstance(error, LaterWork))
        else:
            self._frame.show_error(error)

    def _show_records(self) -> None:
        entity, tx = self._entity, self.result.transaction if self.result is not None else None
        if tx is None or entity_class(entity).entity.owned_by:
            self._frame.open_page(PAGES[entity])
            return
        open_rows(self._frame, Rows(entity, (f"{OF_DEED} = {tx}",)), tr("Imported: {what}", what=tr(entity_class(entity).entity.plural)))

    def _open_rejects(self) -> None:
        if self.result is not None and self.result.rejects_file:
            QDesktopServices.openUrl(QUrl.fromLocalFile(self.result.rejects_file))


def _kinds(result: ImportResult) -> list[str]:
    """Return how many records of each kind were added, in the order in which they came."""
    counts: dict[str, int] = {}
    for file in result.files:
        if file.entity:
            counts[file.entity] = counts.get(file.entity, 0) + file.added
    parts = (tr("{what}: {count}", what=tr(entity_class(kind).entity.plural), count=count) for kind, count in counts.items() if count)
    return [" · ".join(parts)]


def _lines(result: ImportResult) -> list[str]:
    lines = []
    if result.updated:
        lines.append(ntr("{count} known record completed", "{count} known records completed", result.updated))
    if result.skipped:
        lines.append(ntr("{count} known record left as it was", "{count} known records left as they were", result.skipped))
    if result.rejected and result.rejects_file:
        lines.append(ntr("{count} row is in {file}", "{count} rows are in {file}", result.rejected, file=Path(result.rejects_file).name))
    return lines
