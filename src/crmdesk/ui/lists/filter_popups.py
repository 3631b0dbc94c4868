"""What asks for a condition: first for its field, then for comparison and value."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QListWidget, QListWidgetItem, QSpinBox, QWidget

from crmdesk.errors import UserError
from crmdesk.fields import KINDS, Field
from crmdesk.i18n import tr
from crmdesk.queries.finding import Condition
from crmdesk.queries.relative_days import relative_words
from crmdesk.ui import theme
from crmdesk.ui.editors import Context, Editor, Named, editor_for
from crmdesk.ui.lists.filter_words import RELATIVE, WITHOUT_VALUE, Relative, as_text, is_time, operator_name
from crmdesk.ui.widgets.basics import Button, PopupCard, Text, column, row
from crmdesk.ui.widgets.messages import InlineError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QKeyEvent


class FilterPopup(PopupCard):
    """Asks for operator and value of one condition.

    Signals:
        applied: the new `Condition`.
    """

    applied = Signal(object)

    def __init__(
        self, parent: QWidget, name: str, field: Field, context: Context, given: Condition | None = None, names: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(parent, 300)
        self.names: dict[str, str] = dict(names or {})
        self._name = name
        # A day is what one filters by, also where the store knows the time of day.
        self._field = replace(field, required=False, check=None, kind="date" if is_time(field) else field.kind)
        self._operators = QComboBox()
        self._operators.setAccessibleName(tr("Comparison"))
        self._operators.setMaxVisibleItems(20)
        for relative in RELATIVE if is_time(field) else ():
            self._operators.addItem(tr(relative.label), relative)
        for operator in self._offered():
            self._operators.addItem(operator_name(field, operator), operator)
        self._value = self._make_value(context)
        self._days = QSpinBox()
        self._days.setAccessibleName(tr("Days"))
        self._days.setRange(0, 9999)
        self._days.setValue(30)
        self._days.lineEdit().setTextMargins(theme.SPACE_8, 0, 0, 0)
        self._days.lineEdit().returnPressed.connect(self.apply)
        self._list = self._make_list() if field.kind == "choice" else None
        self._error = InlineError()
        title = Text(tr(field.label), "strong")
        apply = Button(tr("Apply"), self.apply, "primary")
        self.setLayout(
            column(title, self._operators, self._days, self._value, *([self._list] if self._list else []), self._error,
                   row(None, apply), space=8, margins=(16, 12, 16, 16))
        )  # fmt: skip
        self._operators.currentIndexChanged.connect(self._show_inputs)
        if given is not None:
            self._take(given)
        self._show_inputs()

    def _offered(self) -> list[str]:
        known = KINDS[self._field.kind].operators
        if self._field.kind == "choice":
            return ["in", "empty", "notempty"]
        if self._field.kind == "link":
            return ["=", "!=", "empty", "notempty"]
        return [operator for operator in known if operator != "in"]

    def _make_value(self, context: Context) -> Editor | QLineEdit:
        if self._field.kind in ("text", "long_text", "parts"):
            line = QLineEdit()
            line.setAccessibleName(tr("Value"))
            line.returnPressed.connect(self.apply)
            return line
        return editor_for(self._field, context)

    def _make_list(self) -> QListWidget:
        listed = QListWidget()
        listed.setAccessibleName(tr("Values"))
        for choice in self._field.choices:
            item = QListWidgetItem(tr(choice.label))
            item.setData(Qt.ItemDataRole.UserRole, choice.value)
            item.setSizeHint(QSize(0, 28))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
            listed.addItem(item)
        listed.setFixedHeight(min(8, len(self._field.choices)) * 28 + 8)
        return listed

    def _items(self) -> list[QListWidgetItem]:
        assert self._list is not None
        return [self._list.item(n) for n in range(self._list.count())]

    def _relative(self) -> Relative | None:
        chosen = self._operators.currentData()
        return chosen if isinstance(chosen, Relative) else None

    def _take_time(self, given: Condition) -> bool:
        """Show a condition over days; a relative one in a form that is not offered stands for itself, so that nothing is lost."""
        for relative in RELATIVE:
            days = relative.days_of(given)
            if days is not None:
                self._operators.setCurrentIndex(self._operators.findText(tr(relative.label)))
                self._days.setValue(int(days or 30))
                return True
        if given.operator in WITHOUT_VALUE or relative_words(given.value) is None:
            return False
        own = Relative(f"{operator_name(self._field, given.operator)} {relative_words(given.value)}", given.operator, given.value)
        self._operators.insertItem(0, own.label, own)
        self._operators.setCurrentIndex(0)
        return True

    def _take(self, given: Condition) -> None:
        if is_time(self._field) and self._take_time(given):
            return
        names = [self._operators.itemData(n) for n in range(self._operators.count())]
        self._operators.setCurrentIndex(names.index(given.operator) if given.operator in names else 0)
        if self._list is not None:
            for item in self._items():
                on = item.data(Qt.ItemDataRole.UserRole) in given.values
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        elif isinstance(self._value, QLineEdit):
            self._value.setText(given.value)
        elif self._field.kind == "link" and given.value in self.names and isinstance(self._value, Editor):
            self._value.set_value(Named(UUID(given.value), self.names[given.value]))
        elif given.operator not in WITHOUT_VALUE and self._field.kind != "link":
            text = given.value.partition(" ")[0] if is_time(self._field) and ":" in given.value else given.value
            try:
                self._value.set_value(KINDS[self._field.kind].read(text, self._field, self._value.context.reading))
            except UserError as error:
                self._error.say(error.message)

    def _show_inputs(self) -> None:
        relative = self._relative()
        wanted = relative is None and self._operators.currentData() not in WITHOUT_VALUE
        self._value.setVisible(wanted and self._list is None)
        self._days.setVisible(relative is not None and relative.asks_days)
        if self._list is not None:
            self._list.setVisible(wanted)
        self.adjustSize()

    def focus_first(self) -> None:
        """Put the keyboard where the value is typed."""
        shown = next((part for part in (self._days, self._list, self._value) if part is not None and not part.isHidden()), self._operators)
        shown.setFocus()

    def apply(self) -> None:
        """Tell the condition, or complain at the value."""
        relative = self._relative()
        operator = relative.operator if relative else self._operators.currentData()
        condition = Condition(self._name, operator, relative.value.format(count=self._days.value()) if relative else "")
        try:
            if relative is None and operator not in WITHOUT_VALUE:
                condition = self._with_value(condition)
        except UserError as error:
            self._error.say(error.message)
            self.adjustSize()
            return
        self.applied.emit(condition)
        self.close()

    def _with_value(self, condition: Condition) -> Condition:
        if self._list is not None:
            values = tuple(i.data(Qt.ItemDataRole.UserRole) for i in self._items() if i.checkState() == Qt.CheckState.Checked)
            if not values:
                raise UserError(tr("Choose at least one value."))
            return replace(condition, value=", ".join(values), values=values)
        plain = self._value.text().strip() if isinstance(self._value, QLineEdit) else self._value.value()
        text = as_text(plain)
        if isinstance(plain, Named):
            self.names[text] = plain.title
        if not text:
            raise UserError(tr("Type a value."))
        return replace(condition, value=text)


class FieldPopup(PopupCard):
    """A list of fields that shortens while typing.

    Signals:
        chosen: the name of a field.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget, labels: Mapping[str, str]) -> None:
        super().__init__(parent, 240)
        self._labels = sorted(labels.items(), key=lambda item: item[1].casefold())
        self._line = QLineEdit()
        self._line.setPlaceholderText(tr("Filter by"))
        self._line.setAccessibleName(tr("Filter by"))
        self._line.textEdited.connect(self._draw)
        self._list = QListWidget()
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setAccessibleName(tr("Fields"))
        self._list.itemClicked.connect(self._take)
        self._line.returnPressed.connect(lambda: self._take(self._list.currentItem()))
        self.setLayout(column(self._line, self._list, space=8, margins=(8, 8, 8, 8)))
        self._list.setFixedHeight(min(10, len(self._labels)) * 28 + 8)
        self._draw("")

    def focus_first(self) -> None:
        """Put the keyboard into the field."""
        self._line.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self._list.count():
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            self._list.setCurrentRow((self._list.currentRow() + step) % self._list.count())
        else:
            super().keyPressEvent(event)

    def _draw(self, text: str) -> None:
        self._list.clear()
        for name, label in self._labels:
            if text.casefold() in label.casefold():
                item = QListWidgetItem(label)
                item.setData(Qt.ItemDataRole.UserRole, name)
                self._list.addItem(item)
        self._list.setCurrentRow(0)

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            name = item.data(Qt.ItemDataRole.UserRole)
            self.close()
            self.chosen.emit(name)
