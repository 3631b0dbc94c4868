"""Filters of a list: a chip for each condition, made from the kinds of the fields."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QListWidget, QListWidgetItem, QSpinBox, QWidget

from crmdesk.errors import UserError
from crmdesk.fields import KINDS, Field, Money, show_money
from crmdesk.i18n import mark, ntr, tr
from crmdesk.queries.finding import Condition, relative_words
from crmdesk.ui import theme
from crmdesk.ui.editors import Context, Editor, Named, editor_for
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import Button, FlowLayout, PopupCard, Text, column, row
from crmdesk.ui.widgets.messages import InlineError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OPERATORS = {
    "~": mark("contains"), "=": mark("is"), "!=": mark("is not"), "in": mark("is any of"), "<": mark("is less than"),
    "<=": mark("is at most"), ">": mark("is more than"), ">=": mark("is at least"), "empty": mark("is empty"),
    "notempty": mark("is filled"),
}  # fmt: skip
TIMES = {"<": mark("is before"), "<=": mark("is until"), ">": mark("is after"), ">=": mark("is from")}
WITHOUT_VALUE = frozenset({"empty", "notempty"})


@dataclass(frozen=True)
class Relative:
    """A comparison with days counted from today, as it is offered and as a condition carries it.

    Attributes:
        label: what it is called while it is chosen.
        value: the condition's value; `{count}` is the number of days that the user types.
    """

    label: str
    operator: str
    value: str

    @property
    def asks_days(self) -> bool:
        """Whether a number of days belongs to it."""
        return "{count}" in self.value

    def days_of(self, condition: Condition) -> str | None:
        """Return the number of days that a condition of this form has, empty if it needs none; None for another form."""
        if condition.operator != self.operator:
            return None
        before, _, after = self.value.partition("{count}")
        found = re.fullmatch(re.escape(before) + (r"\s*(\d+)" if self.asks_days else "()") + re.escape(after), condition.value.strip(), re.IGNORECASE)
        return found[1] if found else None


RELATIVE = (
    Relative(mark("is today"), "=", "today"),
    Relative(mark("is within the last … days"), "=", "last_{count}_days"),
    Relative(mark("is within the next … days"), "=", "next_{count}_days"),
    Relative(mark("is more than … days ago"), "<", "today-{count}"),
    Relative(mark("is in more than … days"), ">", "today+{count}"),
    Relative(mark("is before today"), "<", "today"),
    Relative(mark("is after today"), ">", "today"),
    Relative(mark("is last week"), "=", "last_week"),
    Relative(mark("is this week"), "=", "this_week"),
    Relative(mark("is next week"), "=", "next_week"),
    Relative(mark("is last month"), "=", "last_month"),
    Relative(mark("is this month"), "=", "this_month"),
    Relative(mark("is next month"), "=", "next_month"),
    Relative(mark("is last quarter"), "=", "last_quarter"),
    Relative(mark("is this quarter"), "=", "this_quarter"),
    Relative(mark("is next quarter"), "=", "next_quarter"),
    Relative(mark("is last year"), "=", "last_year"),
    Relative(mark("is this year"), "=", "this_year"),
    Relative(mark("is next year"), "=", "next_year"),
)


def is_time(field: Field) -> bool:
    """Return whether days can be compared with a field."""
    return field.kind in ("date", "moment")


def operator_name(field: Field, operator: str) -> str:
    """Return an operator in words that fit the field's kind."""
    if field.kind in ("date", "moment") and operator in TIMES:
        return tr(TIMES[operator])
    return tr(OPERATORS[operator])


def said(field: Field, condition: Condition, names: Mapping[str, str] | None = None) -> str:
    """Return a condition in words: `Country: any of 4`, `Amount is more than 1,000`; `names` has the titles of links."""
    label = tr(field.label)
    if condition.operator in WITHOUT_VALUE:
        return f"{label} {operator_name(field, condition.operator)}"
    if is_time(field) and (words := _distance(condition)):
        return tr("{label}: {value}", label=label, value=words)
    values = condition.values if condition.operator == "in" else (condition.value,)
    shown = [field.choice(value) if field.kind == "choice" else _shown(field, value, names or {}) for value in values]
    if len(shown) > 2:
        return tr("{label}: any of {count}", label=label, count=len(shown))
    text = ", ".join(shown)
    if condition.operator in ("=", "in"):
        return tr("{label}: {value}", label=label, value=text)
    return f"{label} {operator_name(field, condition.operator)} {text}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None  # with a time of day, or as a person writes it on the command line


def _distance(condition: Condition) -> str:
    """Return “more than 30 days ago” and its like, which a sign and a day would say less clearly."""
    found = re.fullmatch(r"today\s*([+-])\s*(\d+)", condition.value.strip(), re.IGNORECASE)
    if found and found[1] == "-" and condition.operator == "<":
        return ntr("more than {count} day ago", "more than {count} days ago", int(found[2]))
    if found and found[1] == "+" and condition.operator == ">":
        return ntr("in more than {count} day", "in more than {count} days", int(found[2]))
    return ""


def _shown(field: Field, value: str, names: Mapping[str, str]) -> str:
    if field.kind == "flag":
        return tr("Yes") if value in ("1", "yes") else tr("No")
    if is_time(field) and (words := relative_words(value)):
        return words
    if is_time(field) and (day := _day(value)):
        return KINDS["date"].show(day, field)
    if field.kind == "link":
        return names.get(value, value)
    if field.kind == "money" and (money := re.fullmatch(r"([-\d.]+) ([A-Z]{3})", value)):
        return show_money(Money(Decimal(money[1]), money[2]))
    return value


class FilterChip(QAbstractButton):
    """One condition; pressing it changes it, its cross (or Del) takes it away.

    Signals:
        removed: the cross was pressed.
    """

    removed = Signal()

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setAccessibleName(text)
        self.setAccessibleDescription(tr("Press to change, Delete to remove"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return QSize(min(320, paint.text_width(self.text(), theme.relative(500)) + 48), theme.CONTROL)

    def _cross(self) -> QRect:
        spot = QRect(self.width() - 28, 0, 28, self.height())
        return paint.mirrored(spot, self.rect(), self.layoutDirection())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._cross().contains(event.position().toPoint()) and event.button() == Qt.MouseButton.LeftButton:
            self.setDown(False)
            self.removed.emit()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground = theme.colour("hover" if self.underMouse() else "surface")
        paint.rounded(painter, self.rect(), theme.RADIUS_CONTROL, ground, theme.colour("border"))
        area = paint.mirrored(self.rect().adjusted(12, 0, -30, 0), self.rect(), self.layoutDirection())
        paint.line(painter, area, self.text(), theme.relative(500), theme.colour("text"))
        spot = self._cross().center() - QPoint(7, 6)
        painter.drawPixmap(spot, theme.pixmap("x", "muted", 13, self.devicePixelRatioF()))
        if self.hasFocus():
            paint.focus_ring(painter, self.rect(), theme.RADIUS_CONTROL)


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


def as_text(value: Any) -> str:
    """Return a plain value as the text that conditions carry, the same in every language."""
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case Named():
            return str(value.id)
        case Money():
            return f"{value.amount:f} {value.currency}"
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M")
        case _:
            return value.isoformat() if hasattr(value, "isoformat") else str(value)


class FilterBar(QWidget):
    """The chips of all conditions and a button for one more.

    Args:
        button: the button, if it stands elsewhere.

    Attributes:
        names: titles of linked records by id, for the chips; kept with a saved view.

    Signals:
        changed: the conditions are others.
    """

    changed = Signal()

    def __init__(self, fields: Mapping[str, Field], context: Context, button: QAbstractButton | None = None) -> None:
        super().__init__()
        self._fields, self._context = dict(fields), context
        self._conditions: list[Condition] = []
        self.names: dict[str, str] = {}
        self._flow = FlowLayout(8)
        self.setLayout(self._flow)
        self._is_apart = button is not None
        self.add_button = button or Button(tr("Filter"), None, "flat", "plus")
        self.add_button.clicked.connect(lambda: self._choose_field())
        self._draw()

    def conditions(self) -> tuple[Condition, ...]:
        """Return the conditions."""
        return tuple(self._conditions)

    def set_conditions(self, conditions: Sequence[Condition]) -> None:
        """Show other conditions without telling anybody."""
        self._conditions = [c for c in conditions if c.field in self._fields]
        self._draw()

    def ask(self, name: str, given: Condition | None = None, under: QWidget | None = None) -> FilterPopup:
        """Ask for a condition over a field, or change one."""
        popup = FilterPopup(self, name, self._fields[name], self._context, given, self.names)
        popup.applied.connect(lambda condition: self._apply(given, condition, popup.names))
        anchor = under or self.add_button
        popup.move(anchor.mapToGlobal(QPoint(0, anchor.height() + 4)))
        popup.show()
        popup.focus_first()
        return popup

    def _apply(self, before: Condition | None, condition: Condition, names: Mapping[str, str]) -> None:
        self.names.update(names)
        if before in self._conditions:
            self._conditions[self._conditions.index(before)] = condition
        else:
            self._conditions.append(condition)
        self._draw()
        self.changed.emit()

    def _remove(self, condition: Condition) -> None:
        self._conditions.remove(condition)
        self._draw()
        self.changed.emit()
        self.add_button.setFocus()

    def _draw(self) -> None:
        if not self._is_apart:
            self._flow.removeWidget(self.add_button)
        self._flow.clear()
        for condition in self._conditions:
            chip = FilterChip(said(self._fields[condition.field], condition, self.names))
            chip.clicked.connect(lambda _=False, c=condition, w=chip: self.ask(c.field, c, w))
            chip.removed.connect(lambda c=condition: self._remove(c))
            self._flow.addWidget(chip)
        if not self._is_apart:
            self._flow.addWidget(self.add_button)
            self.add_button.show()

    def _choose_field(self) -> None:
        popup = FieldPopup(self, {name: tr(field.label) for name, field in self._fields.items()})
        popup.chosen.connect(lambda name: self.ask(name))
        popup.move(self.add_button.mapToGlobal(QPoint(0, self.add_button.height() + 4)))
        popup.show()
        popup.focus_first()


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
