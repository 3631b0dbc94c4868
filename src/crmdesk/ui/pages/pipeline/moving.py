"""Moving deals from stage to stage, and how they end."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtWidgets import QMenu

from crmdesk.i18n import tr
from crmdesk.operations import deals as moves
from crmdesk.ui import theme
from crmdesk.ui.dialogs.loss import LossDialog

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from crmdesk.ui.page import Frame
    from crmdesk.ui.widgets.board import Board


class Moving(QObject):
    """What can be done with a card of the board, or with the deal of a row.

    Args:
        name_of: returns how a deal is called.

    Signals:
        opened: a deal, and whether a window of its own is wanted.
        refused: the store did not move a deal that stands at its new place already.
    """

    opened = Signal(object, bool)
    refused = Signal()

    def __init__(self, frame: Frame, board: Board, name_of: Callable[[UUID], str]) -> None:
        super().__init__(board)
        self._frame, self._board, self._name_of = frame, board, name_of

    @Slot(object, object, object)
    def move(self, deal: UUID, stage: UUID, after: UUID | None) -> None:
        """Move a deal to a stage, beneath another one; it stands there at once, and goes back if the store refuses."""
        found, target = self._board.where(deal), self._board.column_of(stage)
        before = found[0].list.stage.id if found else None
        if before == stage:
            self._board.place(deal, stage, after)
            self._frame.do(moves.place, deal, after, failed=self._moved_back)
            return
        reason = None
        if target is not None and target.list.stage.outcome == "lost":
            asked = LossDialog(self._board.window(), self._name_of(deal))
            if asked.exec() != LossDialog.DialogCode.Accepted:
                return
            reason = asked.text() or None
        self._board.place(deal, stage, after)
        name = target.list.stage.name if target is not None else ""
        self._frame.do(moves.move, deal, stage, reason, after, said=tr("Moved to {stage}", stage=name), failed=self._moved_back)

    def _moved_back(self, error: Exception) -> None:
        self._frame.show_error(error)
        self.refused.emit()

    @Slot(object, QPoint)
    def show_menu(self, deal: UUID, at: QPoint) -> None:
        """Show the menu of a deal."""
        menu = self.menu(deal)
        menu.exec(at)
        menu.deleteLater()

    def menu(self, deal: UUID) -> QMenu:
        """Return the menu of a card: the stages with 1 to 9, then what else can be done."""
        menu = QMenu(self._board)
        found = self._board.where(deal)
        here = found[0].list.stage.id if found else None
        for number, column in enumerate(self._board.columns, 1):
            stage = column.list.stage
            label = f"&{number}  {stage.name}" if number <= 9 else stage.name
            action = menu.addAction(label, partial(self.move, deal, stage.id, None))
            action.setCheckable(True)
            action.setChecked(stage.id == here)
            action.setEnabled(stage.id != here)
        menu.addSeparator()
        menu.addAction(theme.icon("panel-right"), tr("Open page"), partial(self.opened.emit, deal, False))
        menu.addAction(theme.icon("external-link"), tr("Open in a window of its own"), partial(self.opened.emit, deal, True))
        return menu

    def set_outcome(self, deal: UUID, outcome: str) -> None:
        """Say how a deal ended, or that it goes on."""
        reason = None
        name = self._name_of(deal)
        if outcome == "lost":
            asked = LossDialog(self._board.window(), name)
            if asked.exec() != LossDialog.DialogCode.Accepted:
                return
            reason = asked.text() or None
        said = {"won": tr("Won: {name}", name=name), "lost": tr("Lost: {name}", name=name), "open": tr("Reopened: {name}", name=name)}[outcome]
        self._frame.do(moves.set_outcome, deal, outcome, reason, said=said)
