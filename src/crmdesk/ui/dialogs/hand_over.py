"""A colleague leaves or changes places: what they look after goes to another, after a look at how much that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox

from crmdesk.i18n import grouped, ntr, tr
from crmdesk.models.registry import entity_class
from crmdesk.operations import handover
from crmdesk.ui.dialogs.deed import DeedDialog
from crmdesk.ui.widgets.basics import Text
from crmdesk.ui.widgets.grid import FormGrid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from PySide6.QtWidgets import QWidget

    from crmdesk.ui.named import Named
    from crmdesk.ui.page import Frame


class HandOverDialog(DeedDialog):
    """Asks who gets the records of a member, and says how many these are.

    Args:
        takers: the active members beside the giver.
    """

    def __init__(self, frame: Frame, parent: QWidget, giver: Named, takers: Sequence[Named]) -> None:
        super().__init__(frame, parent, tr("Hand over the records of {name}", name=giver.title), tr("Hand over"), self.hand_over)
        self._giver = giver
        self._counts: Mapping[str, int] = {}
        self.taker = QComboBox()
        self.taker.setAccessibleName(tr("New owner"))
        for one in takers:
            self.taker.addItem(one.title, one.id)
        self.open_only = QCheckBox(tr("Only what is unfinished"))
        note = Text(tr("Closed deals, decided quotes, resolved tickets and finished leads stay."), "caption", wrap=True)
        self.open_only.toggled.connect(self.look)
        self.preview = Text("", "muted", wrap=True)
        grid = FormGrid(96)
        grid.add(tr("New owner"), self.taker)
        self.lay_out(grid, self.open_only, note, self.preview)
        self.accept_button.setEnabled(False)
        self.taker.setFocus(Qt.FocusReason.OtherFocusReason)
        self.look()

    @Slot()
    def look(self) -> None:
        """Count what would go over."""
        giver, open_only = self._giver.id, self.open_only.isChecked()
        self._frame.ask(self, lambda reader: handover.preview(reader, giver, open_only=open_only), self._show, key="preview")

    def _show(self, counts: Mapping[str, int]) -> None:
        self._counts = counts
        parts = [tr("{what}: {count}", what=tr(entity_class(entity).entity.plural), count=grouped(count)) for entity, count in counts.items() if count]
        nothing = tr("{name} looks after nothing.", name=self._giver.title)
        self.preview.setText(" · ".join(parts) if parts else nothing)
        self.accept_button.setEnabled(bool(parts) and self.taker.count() > 0)

    def hand_over(self) -> None:
        """Give the records to the other member."""
        taker: UUID = self.taker.currentData()
        count = sum(self._counts.values())
        said = ntr("{count} record handed over to {name}", "{count} records handed over to {name}", count, name=self.taker.currentText())
        self.begin()
        self._frame.do(
            handover.hand_over, self._giver.id, taker, open_only=self.open_only.isChecked(), said=said, done=lambda _: self.accept(), failed=self.refuse
        )  # fmt: skip
