"""Tags as chips, offered while typing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QLineEdit,
    QWidget,
)

from crmdesk.i18n import tr
from crmdesk.queries.records import Part
from crmdesk.ui.editors.finding import FindingEditor
from crmdesk.ui.widgets.basics import Chip, column
from crmdesk.ui.widgets.layouts import FlowLayout

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from crmdesk.fields import Field
    from crmdesk.ui.editors.editor import Context
    from crmdesk.ui.named import Named


class TagsEditor(FindingEditor):
    """Tags as chips, and a field for one more; Backspace in the empty field takes the last one away.

    The value is a list of `Part`.
    """

    around = " ,"

    def __init__(self, field: Field, context: Context) -> None:
        super().__init__(field, context, QLineEdit(), "tag")
        self.input.setPlaceholderText(tr("Add a tag"))
        self._names: list[str] = []
        self.line.removeWidget(self.input)
        self._chips = FlowLayout(4)
        self._box = QWidget()
        self._box.setLayout(self._chips)
        self.line.addLayout(column(self._box, self.input, space=4))

    def value(self) -> list[Part] | None:
        typed = self.typed()
        return [Part(name) for name in dict.fromkeys([*self._names, *([typed] if typed else [])])] or None

    def is_changed(self) -> bool:
        return [p.value for p in self.value() or ()] != [p.value for p in self.was() or ()]

    def show_value(self, value: Any) -> None:
        self._names = [part.value for part in value or ()]
        self.input.clear()
        self._draw()

    def show_found(self, text: str, found: list[Named]) -> None:
        names = [one.title for one in found if one.title not in self._names]
        self.offer(names if self.typed() else (), text, self.input)
        # Enter adds what was typed; a known tag is taken once the user has gone to it.
        self.offers.list.setCurrentRow(-1)

    @Slot(int)
    def take(self, number: int) -> None:
        item = self.offers.list.item(number)
        self.offers.hide()
        if item is not None:
            self.input.setText(item.text())
            self._add()

    def key(self, event: QKeyEvent) -> bool:
        if self.offers.answer(event, self.typed()):
            return True
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or event.text() == ","
        if enter and self.input.text().strip():
            self._add()
            return True
        if event.key() == Qt.Key.Key_Backspace and not self.input.text() and self._names:
            self._remove(self._names[-1])
            return True
        return super().key(event)

    def _add(self) -> None:
        self.waiting.stop()
        self.offers.hide()
        self._names = [part.value for part in self.value() or ()]
        self.input.clear()
        self._draw()
        self.changed.emit()
        self.left.emit()

    def _remove(self, name: str) -> None:
        self._names.remove(name)
        self._draw()
        self.changed.emit()
        self.left.emit()

    def _draw(self) -> None:
        self._chips.clear()
        self._box.setVisible(bool(self._names))
        for name in self._names:
            chip = Chip(name, "muted", partial(self._remove, name), "x")
            chip.setAccessibleName(tr("Remove {label}", label=name))
            self._chips.addWidget(chip)
