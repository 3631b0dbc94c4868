"""The end of a ticket: what solved it, how satisfied the customer is, whether to call back."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QPlainTextEdit, QWidget

from crmdesk.i18n import tr
from crmdesk.ui.widgets.basics import Button, Text, column, row
from crmdesk.ui.widgets.grid import FormGrid


def csat_choices() -> list[tuple[str, int | None]]:
    """Return how satisfied a customer can be: (words, number)."""
    return [
        (tr("Not asked"), None), (tr("5 – very satisfied"), 5), (tr("4 – satisfied"), 4), (tr("3 – so-so"), 3), (tr("2 – dissatisfied"), 2),
        (tr("1 – very dissatisfied"), 1),
    ]  # fmt: skip


class TicketEndDialog(QDialog):
    """Asks before a ticket is resolved or closed.

    Args:
        closing: ask for satisfaction and call-back too.
    """

    def __init__(self, parent: QWidget | None, ticket: str, resolution: str, closing: bool) -> None:
        super().__init__(parent)
        title = tr("Close {ticket}", ticket=ticket) if closing else tr("Resolve {ticket}", ticket=ticket)
        self.setWindowTitle(title)
        self.setMinimumWidth(460)
        self.resolution = QPlainTextEdit(resolution)
        self.resolution.setTabChangesFocus(True)
        self.resolution.setFixedHeight(84)
        self.resolution.setPlaceholderText(tr("What solved it"))
        self.resolution.setAccessibleName(tr("Resolution"))
        self.csat = QComboBox()
        self.csat.setAccessibleName(tr("Satisfaction"))
        for words, number in csat_choices():
            self.csat.addItem(words, number)
        self.call_back = QCheckBox(tr("Plan a call in three working days: is all well?"))
        self.call_back.setChecked(True)
        grid = FormGrid(100)
        grid.add(tr("Resolution"), self.resolution)
        if closing:
            grid.add(tr("Satisfaction"), self.csat)
            grid.add("", self.call_back)
        save = Button(tr("Close ticket") if closing else tr("Resolve ticket"), self.accept, "primary")
        save.setDefault(True)
        self.setLayout(column(Text(title, "dialog"), 4, grid, 8, row(None, Button(tr("Cancel"), self.reject), save), space=8, margins=(24, 20, 24, 20)))

    def text(self) -> str:
        """Return what solved it."""
        return self.resolution.toPlainText().strip()

    def satisfaction(self) -> int | None:
        """Return the satisfaction, 1 to 5, None if nobody asked."""
        chosen: int | None = self.csat.currentData()
        return chosen
