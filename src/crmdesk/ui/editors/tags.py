"""Tags as chips, offered while typing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QLineEdit,
    QWidget,
)

from crmdesk.i18n import tr
from crmdesk.queries.records import Part
from crmdesk.ui import background
from crmdesk.ui.editors.editor import Context, Editor
from crmdesk.ui.editors.links import FIND_MS, MOST_FOUND, show_beneath
from crmdesk.ui.widgets.basics import Chip, column
from crmdesk.ui.widgets.layouts import FlowLayout
from crmdesk.ui.widgets.offers import Offers

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from crmdesk.fields import Field
    from crmdesk.ui.named import Named


class TagsEditor(Editor):
    """Tags as chips, and a field for one more; Backspace in the empty field takes the last one away.

    The value is a list of `Part`.
    """

    def __init__(self, field: Field, context: Context) -> None:
        self.input = QLineEdit()
        self.input.setPlaceholderText(tr("Add a tag"))
        super().__init__(field, context, self.input)
        self._names: list[str] = []
        self.line.removeWidget(self.input)
        self._chips = FlowLayout(4)
        box = QWidget()
        box.setLayout(self._chips)
        self.line.addLayout(column(box, self.input, space=4))
        self._offers = Offers(self)
        self._offers.taken.connect(self._choose)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FIND_MS)
        self._timer.timeout.connect(self._find)
        self.input.textEdited.connect(self._typed)

    def value(self) -> list[Part] | None:
        typed = self.input.text().strip(" ,")
        return [Part(name) for name in dict.fromkeys([*self._names, *([typed] if typed else [])])] or None

    def is_changed(self) -> bool:
        return [p.value for p in self.value() or ()] != [p.value for p in self.was() or ()]

    def show_value(self, value: Any) -> None:
        self._names = [part.value for part in value or ()]
        self.input.clear()
        self._draw()

    @Slot()
    def _typed(self) -> None:
        self.changed.emit()
        self._timer.start()

    @Slot()
    def _find(self) -> None:
        """Ask which tags there are that begin or go on like this."""
        text, find = self.input.text().strip(" ,"), self.context.find
        if text:
            background.read(self, lambda job: list(find("tag", text))[:MOST_FOUND], lambda found: self._show_found(text, found), key="find")
        else:
            self._offers.hide()

    def _show_found(self, text: str, found: list[Named]) -> None:
        names = [one.title for one in found if one.title not in self._names]
        if names and self.input.hasFocus() and self.input.text().strip(" ,"):
            show_beneath(self._offers, names, text, self.input)
            # Enter adds what was typed; a known tag is taken once the user has gone to it.
            self._offers.list.setCurrentRow(-1)
        else:
            self._offers.hide()

    @Slot(int)
    def _choose(self, number: int) -> None:
        item = self._offers.list.item(number)
        self._offers.hide()
        if item is not None:
            self.input.setText(item.text())
            self._take()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.input and event.type() == QEvent.Type.FocusOut:
            self._offers.hide()
        return super().eventFilter(watched, event)

    def key(self, event: QKeyEvent) -> bool:
        if self._offers.answer(event, self.input.text().strip(" ,")):
            return True
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or event.text() == ","
        if enter and self.input.text().strip():
            self._take()
            return True
        if event.key() == Qt.Key.Key_Backspace and not self.input.text() and self._names:
            self._remove(self._names[-1])
            return True
        return super().key(event)

    def _take(self) -> None:
        self._timer.stop()
        self._offers.hide()
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
        for name in self._names:
            chip = Chip(name, "muted", lambda name=name: self._remove(name), "x")  # type: ignore[misc]
            chip.setAccessibleName(tr("Remove {label}", label=name))
            self._chips.addWidget(chip)
