"""The description of a line while it is typed: products are offered beneath it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QPoint,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtWidgets import (
    QPlainTextEdit,
    QWidget,
)

from crmdesk.i18n import tr
from crmdesk.ui import background
from crmdesk.ui.actions import is_composing
from crmdesk.ui.widgets.offers import Offers

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from crmdesk.ui.background import Job
    from crmdesk.ui.named import Named

FIND_MS, MOST_FOUND = 120, 7

Find = Callable[[str], Sequence["Named"]]
"""Runs on a reader thread: the products that fit a text, the best first."""


class ItemEditor(QPlainTextEdit):
    """The description of a line: products are offered while typing, Shift+Enter begins a further line.

    Signals:
        finished: the text stands; with a step: 1 to the next cell, -1 back, 0 stay.
        product_taken: a product was chosen from the list.
    """

    finished = Signal(int)
    product_taken = Signal(object)

    def __init__(self, parent: QWidget, text: str, find: Find) -> None:
        super().__init__(parent)
        self._find, self._found, self._was = find, list[Any](), text
        self._takes_first = False
        self.setProperty("kind", "cell")
        self.setTabChangesFocus(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # no taller than its line; it follows the cursor
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Item"))
        self.document().setDocumentMargin(2)
        self.setPlainText(text)
        self.selectAll()
        self._offers = Offers(self)
        self._offers.taken.connect(self._take)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FIND_MS)
        self._timer.timeout.connect(self._ask)
        self.textChanged.connect(self._typed)

    def text(self) -> str:
        """Return what is typed."""
        return self.toPlainText()

    def offered(self) -> list[str]:
        """Return the products that are offered now."""
        return [] if self._offers.isHidden() else [one.title for one in self._found]

    @Slot()
    def _typed(self) -> None:
        self._takes_first = False
        self._timer.start()

    @Slot()
    def _ask(self) -> None:
        text, find = self.text().strip(), self._find
        if not text or "\n" in text or text == self._was:
            self._show(text, [])
            return

        def work(job: Job) -> list[Any]:
            return list(find(text))[:MOST_FOUND]

        background.read(self, work, lambda found: self._show(text, found), key="find")

    def _show(self, text: str, found: list[Any]) -> None:
        self._found = found
        if not found or self._takes_first or not self.hasFocus():
            self._offers.hide()
            if self._takes_first and found:
                self._take(0)
            elif self._takes_first:
                self.finished.emit(1)
            return
        lines = [" · ".join(part for part in (one.title, one.subtitle) if part) for one in found]
        self._offers.show_lines(lines, text, self.mapToGlobal(QPoint(0, self.height() + 2)), max(300, self.width()), MOST_FOUND)

    @Slot(int)
    def _take(self, number: int) -> None:
        self._offers.hide()
        if 0 <= number < len(self._found):
            self.product_taken.emit(self._found[number])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        enter, typed = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter), self.text().strip()
        if is_composing() or (enter and shift):
            super().keyPressEvent(event)
        elif self._offers.answer(event, typed):
            return
        elif (enter or key == Qt.Key.Key_Tab) and self._offers.is_behind(typed):
            self._take_first()
        elif enter:
            self.finished.emit(1)
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self.finished.emit(-1 if key == Qt.Key.Key_Backtab or shift else 1)
        else:
            super().keyPressEvent(event)

    def _take_first(self) -> None:
        """Take the best product for what is typed as soon as it is found; typed faster than found, it is still meant."""
        self._takes_first = True
        self._timer.stop()
        self._ask()

    def hide_offers(self) -> None:
        """Take the list of products away."""
        self._timer.stop()
        self._offers.hide()
