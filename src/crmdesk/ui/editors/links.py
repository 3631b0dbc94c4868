"""Another record, found while typing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal, Slot

from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.ui.editors.finding import FindingEditor
from crmdesk.ui.widgets.basics import IconButton
from crmdesk.ui.widgets.inputs import Line

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from crmdesk.fields import Field
    from crmdesk.ui.editors.editor import Context
    from crmdesk.ui.named import Named


class LinkEditor(FindingEditor):
    """Another record: type a part of its name, choose with ↑↓ and Enter; empty takes the link away.

    The value is a `Named` or None; `set_value` also takes one.

    Signals:
        open_wanted: the id of the linked record that the user wants to see.
    """

    open_wanted = Signal(object)
    can_open = True

    def __init__(self, field: Field, context: Context) -> None:
        super().__init__(field, context, Line(), field.target or "")
        self._chosen: Named | None = None
        self._found: list[Named] = []
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
        self.offers.hide()

    def show_found(self, text: str, found: list[Named]) -> None:
        self._found = found
        lines = [" · ".join(part for part in (one.title, one.subtitle) if part) for one in found]
        if self.context.make is not None:
            lines.append(tr("New: {text}", text=self.input.text().strip()))
        self.offer(lines, text, self)

    @Slot(int)
    def take(self, number: int) -> None:
        self.offers.hide()
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
        typed = self.typed()
        if self.offers.answer(event, typed):
            return key != Qt.Key.Key_Tab or super().key(event)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.waiting.isActive() or self.offers.is_behind(typed):
                self.ask()
                return True
            if not self.is_in_cell:
                self.left.emit()  # and the key goes on, to the main button of a dialog
        return super().key(event)
