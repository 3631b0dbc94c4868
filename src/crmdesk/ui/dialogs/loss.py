"""Why a deal was lost: one question, answered by a word or a sentence."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QWidget

from crmdesk.i18n import mark, tr
from crmdesk.ui.widgets.basics import Button, Text, column, row

REASONS = (mark("Price"), mark("Competitor"), mark("No budget"), mark("No need"), mark("Bad timing"), mark("No answer"))


class LossDialog(QDialog):
    """Asks for the reason; may be left empty."""

    def __init__(self, parent: QWidget | None, deal: str) -> None:
        super().__init__(parent)
        title = tr("Why was “{name}” lost?", name=deal)
        self.setWindowTitle(tr("Lost deal"))
        self.setMinimumWidth(400)
        self.reason = QComboBox()
        self.reason.setEditable(True)
        self.reason.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.reason.addItems(["", *(tr(reason) for reason in REASONS)])
        self.reason.setAccessibleName(title)
        line = self.reason.lineEdit()
        if line is not None:
            line.setPlaceholderText(tr("Choose or type a reason"))
        lost = Button(tr("Mark as lost"), self.accept, "primary")
        lost.setDefault(True)
        heading = Text(title, "dialog", wrap=True)
        self.setLayout(column(heading, 4, self.reason, 8, row(None, Button(tr("Cancel"), self.reject), lost), space=8, margins=(24, 20, 24, 20)))
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def text(self) -> str:
        """Return the reason."""
        return self.reason.currentText().strip()
