"""The step at which the user says what becomes of records that are known already, of all of them and of single rows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from crmdesk.exchange.rows.outcomes import CHANGES, KNOWN, SAME
from crmdesk.i18n import mark, tr
from crmdesk.ui.importing.rows import LIKELY, RowsView
from crmdesk.ui.page import Tall, scrolled
from crmdesk.ui.widgets.basics import Clickable, Picture, Text, column, row

if TYPE_CHECKING:
    from crmdesk.ui.importing.work import Look

MODES = (
    ("fill", mark("Fill empty fields"), mark("Known records keep what they have and get what they lack")),
    ("skip", mark("Leave known records as they are"), mark("Only new records come in")),
    ("overwrite", mark("Overwrite"), mark("The file wins wherever it has a value")),
    ("add", mark("Add another record"), mark("Nothing is compared; doubles are possible")),
)
MATCHES = (
    ("", mark("Automatically")),
    ("email", mark("By mail address only")),
    ("name", mark("By name only")),
    ("external_id", mark("By the other program's id only")),
)
MODES_WIDTH = 300


class KnownStep(QWidget):
    """What becomes of known records, beside those that there are.

    Signals:
        mode_chosen: what becomes of all of them: `fill`, `skip`, `overwrite`, `add`.
        match_chosen: by what they are recognised; empty leaves it to the program.
    """

    mode_chosen = Signal(str)
    match_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        lines = column(Text(tr("When a record is known already"), "strong"), space=8)
        self.modes: dict[str, Clickable] = {}
        for value, label, note in MODES:
            self.modes[value] = choice = _choice(tr(label), tr(note))
            choice.clicked.connect(partial(self.mode_chosen.emit, value))
            lines.addWidget(choice)
        self.match = QComboBox()
        words = Text(tr("Known records are recognised"), "caption")
        words.setBuddy(self.match)
        self.match.setAccessibleName(tr("Known records are recognised"))
        for value, label in MATCHES:
            self.match.addItem(tr(label), value)
        self.match.activated.connect(self._match_chosen)
        lines.addSpacing(4)
        lines.addLayout(column(words, self.match, space=3))
        lines.addStretch(1)
        choices = Tall()
        choices.setLayout(lines)
        side = scrolled(choices)
        side.setFixedWidth(MODES_WIDTH)
        self.rows = RowsView(tr("Known records"), (LIKELY, CHANGES, SAME, KNOWN), with_outcome=False)
        self.setLayout(row(side, self.rows, space=16))

    def show_mode(self, mode: str) -> None:
        """Tick what becomes of known records."""
        for value, choice in self.modes.items():
            choice.property("tick").setVisible(value == mode)
            choice.setAccessibleDescription(tr("Chosen") if value == mode else "")

    def show_look(self, seen: Look, mode: str) -> None:
        """Show the rows that are known, or may be."""
        self.rows.show_look(seen, tr("No row is known already.") if mode != "add" else tr("Nothing is compared."), mode)

    @Slot()
    def _match_chosen(self) -> None:
        self.match_chosen.emit(str(self.match.currentData() or ""))


def _choice(label: str, note: str) -> Clickable:
    choice = Clickable(label)
    choice.setProperty("card", "true")
    tick = Picture("check", "accent", 16)
    choice.setLayout(row(column(Text(label, "strong", wrap=True), Text(note, "caption", wrap=True), space=2), tick, space=12, margins=(14, 10, 14, 10)))
    choice.setProperty("tick", tick)
    return choice
