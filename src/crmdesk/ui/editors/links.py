"""Another record, found while typing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal, Slot

from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.ui import background
from crmdesk.ui.editors.editor import Context, Editor
from crmdesk.ui.editors.lines import Line
from crmdesk.ui.widgets.basics import IconButton
from crmdesk.ui.widgets.offers import Offers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import (
        QWidget,
    )

    from crmdesk.fields import Field
    from crmdesk.ui.background import Job
    from crmdesk.ui.named import Named

FIND_MS = 120
MOST_FOUND = 8
LEAST_WIDTH = 260


def show_beneath(offers: Offers, lines: Sequence[str], about: str, beneath: QWidget) -> None:
    """Offer what was found for a text beneath an input."""
    offers.show_lines(lines, about, beneath.mapToGlobal(QPoint(0, beneath.height() + 2)), max(beneath.width(), LEAST_WIDTH), MOST_FOUND + 1)


class LinkEditor(Editor):
    """Another record: type a part of its name, choose with ↑↓ and Enter; empty takes the link away.

    The value is a `Named` or None; `set_value` also takes one.

    Signals:
        open_wanted: the id of the linked record that the user wants to see.
    """

    open_wanted = Signal(object)
    can_open = True

    def __init__(self, field: Field, context: Context) -> None:
        self.input = Line()
        super().__init__(field, context, self.input)
        self._chosen: Named | None = None
        self._found: list[Named] = []
        self._offers = Offers(self)
        self._offers.taken.connect(self._take)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FIND_MS)
        self._timer.timeout.connect(self._find)
        self.input.textEdited.connect(self._typed)
        self.go = IconButton("external-link", tr("Open {label}", label=tr(field.label)), self._open, "muted")
        self.go.hide()
        self.line.addWidget(self.go)

    def value(self) -> Named | None:
        text = self.input.text().strip()
        if not text:
            return None
        if self._chosen is not None and text == self._chosen.title:
            return self._chosen
        raise UserError(tr("Choose “{text}” from the list, or make it new.", text=text), self.field.name)

    def is_changed(self) -> bool:
        try:
            now = self.value()
        except UserError:
            return True
        return (now.id if now else None) != (self.was().id if self.was() else None)

    def show_value(self, value: Any) -> None:
        self._chosen = value
        self.input.setText(value.title if value else "")
        self.input.setCursorPosition(0)
        self.go.setVisible(value is not None and self.can_open)
        self._offers.hide()

    @Slot()
    def _typed(self) -> None:
        self.changed.emit()
        self._timer.start()

    @Slot()
    def _find(self) -> None:
        text, entity, find = self.input.text().strip(), self.field.target or "", self.context.find
        if not text:
            self._offers.hide()
            return

        def work(job: Job) -> list[Named]:
            return list(find(entity, text))[:MOST_FOUND]

        background.read(self, work, lambda found: self._show_found(text, found), key="find")

    def _show_found(self, text: str, found: list[Named]) -> None:
        self._found = found
        lines = [" · ".join(part for part in (one.title, one.subtitle) if part) for one in found]
        if self.context.make is not None:
            lines.append(tr("New: {text}", text=self.input.text().strip()))
        if lines and self.input.hasFocus():
            show_beneath(self._offers, lines, text, self)
        else:
            self._offers.hide()

    @Slot(int)
    def _take(self, number: int) -> None:
        self._offers.hide()
        if number < len(self._found):
            self._settle(self._found[number])
        elif self.context.make is not None:
            self.context.make(self.field.target or "", self.input.text().strip(), self._settle)

    def _settle(self, named: Named) -> None:
        self.show_value(named)
        self.changed.emit()
        self.left.emit()

    def _open(self) -> None:
        if self._chosen is not None:
            self.open_wanted.emit(self._chosen.id)

    def key(self, event: QKeyEvent) -> bool:
        key = event.key()
        typed = self.input.text().strip()
        if self._offers.answer(event, typed):
            return key != Qt.Key.Key_Tab or super().key(event)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._timer.isActive() or self._offers.is_behind(typed):
                self._timer.stop()
                self._find()
            else:
                self.left.emit()
            return True
        return super().key(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.input and event.type() == QEvent.Type.FocusOut:
            self._offers.hide()
        return super().eventFilter(watched, event)
