"""Finding while somebody types: what links and tags have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer, Slot

from crmdesk.ui import background
from crmdesk.ui.editors.editor import Context, Editor
from crmdesk.ui.widgets.offers import Offers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QLineEdit, QWidget

    from crmdesk.fields import Field
    from crmdesk.ui.background import Job
    from crmdesk.ui.named import Named

FIND_MS = 120
MOST_FOUND = 8
LEAST_WIDTH = 260


class FindingEditor(Editor):
    """An editor that offers records of an entity beneath its input, a moment after each key.

    Attributes:
        around: signs around the typed text that do not belong to it; None for blanks.
    """

    around: str | None = None

    def __init__(self, field: Field, context: Context, input_line: QLineEdit, entity: str) -> None:
        self.input = input_line
        super().__init__(field, context, input_line)
        self._entity = entity
        self.offers = Offers(self)
        self.offers.taken.connect(self.take)
        self.waiting = QTimer(self)
        self.waiting.setSingleShot(True)
        self.waiting.setInterval(FIND_MS)
        self.waiting.timeout.connect(self.ask)
        self.input.textEdited.connect(self._typed)

    def typed(self) -> str:
        """Return what is typed."""
        return self.input.text().strip(self.around)

    def take(self, number: int) -> None:
        """Take one of the offers; each editor has its own way."""
        raise NotImplementedError

    def show_found(self, text: str, found: list[Named]) -> None:
        """Offer what was found for a text; each editor has its own way."""
        raise NotImplementedError

    @Slot()
    def ask(self) -> None:
        """Ask now for what fits the text."""
        self.waiting.stop()
        text, entity, find = self.typed(), self._entity, self.context.find
        if not text:
            self.offers.hide()
            return

        def work(job: Job) -> list[Named]:
            return list(find(entity, text))[:MOST_FOUND]

        background.read(self, work, lambda found: self.show_found(text, found), key="find")

    def offer(self, lines: Sequence[str], about: str, beneath: QWidget) -> None:
        """Offer lines beneath a widget, as long as the keyboard is in the input."""
        if lines and self.input.hasFocus():
            at = beneath.mapToGlobal(QPoint(0, beneath.height() + 2))
            self.offers.show_lines(lines, about, at, max(beneath.width(), LEAST_WIDTH), MOST_FOUND + 1)
        else:
            self.offers.hide()

    @Slot()
    def _typed(self) -> None:
        self.changed.emit()
        self.waiting.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.input and event.type() == QEvent.Type.FocusOut:
            self.offers.hide()
        return super().eventFilter(watched, event)
