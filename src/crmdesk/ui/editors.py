"""One input for each kind of field: what is typed becomes a plain value, or a complaint at the field.

editor = editor_for(field, Context(reading=..., find=..., name_of=...))
editor.set_value(value)
editor.left.connect(...)          # the user is done with it: left the field, pressed Enter, chose
editor.value()                    # raises UserError when the text can't be read
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as default
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDate, QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QCalendarWidget,
    QCheckBox,
    QComboBox,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSizePolicy,
    QStyle,
    QStyleOptionFrame,
    QWidget,
)

from crmdesk.errors import UserError
from crmdesk.fields import KINDS, NO_YEAR, Field, Money, Reading, currency_decimals
from crmdesk.i18n import locale, mark, tr
from crmdesk.queries.records import Part
from crmdesk.ui import background, theme
from crmdesk.ui.named import Named
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import Button, Chip, FlowLayout, IconButton, column, restyle, row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmdesk.ui.background import Job

FIND_MS = 120
MOST_FOUND = 8


def _find_nothing(entity: str, text: str) -> Sequence[Named]:
    return ()


@dataclass(frozen=True)
class Context:
    """What reading and finding depend on.

    Attributes:
        find: runs on a reader thread; records of an entity that fit a text, the best first.
        make: offers “New …” in link fields: gets entity, text and a function that takes the new record.
        is_quiet: no frame until hovered or focused, for details of a record.
        currencies: those offered first.
    """

    reading: Reading = default(default_factory=Reading)
    find: Callable[[str, str], Sequence[Named]] = _find_nothing
    make: Callable[[str, str, Callable[[Named], None]], object] | None = None
    is_quiet: bool = False
    currencies: tuple[str, ...] = ("EUR", "USD", "GBP", "CHF", "CNY")


class Editor(QWidget):
    """What all editors share.

    Signals:
        changed: the user has typed or chosen something.
        left: the user is done: left the field, pressed Enter or chose.
        cancelled: Esc was pressed; the value is again what it was set to.
        tabbed: in a cell of a table, Tab (1) or Shift+Tab (-1) was pressed.

    Attributes:
        is_in_cell: Tab is told instead of moving the keyboard on.
    """

    changed = Signal()
    left = Signal()
    cancelled = Signal()
    tabbed = Signal(int)

    def __init__(self, field: Field, context: Context, inner: QWidget) -> None:
        super().__init__()
        self.is_in_cell = False
        self.field, self.context, self.inner = field, context, inner
        self._was: Any = None
        self._line = row(inner, space=4)
        self.setLayout(self._line)
        self.setFocusProxy(inner)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        inner.setAccessibleName(tr(field.label))
        if context.is_quiet:
            inner.setProperty("kind", "quiet")
        inner.installEventFilter(self)

    def value(self) -> Any:
        """Return the plain value, None where the field is empty.

        Raises:
            UserError: what is typed can't be read.
        """
        raise NotImplementedError

    def show_value(self, value: Any) -> None:
        """Put a value into the input; each kind has its own."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show a value and take it as the unchanged one."""
        self._was = value
        self.show_value(value)
        self.show_error("")

    def keep(self) -> None:
        """Take what is typed as the unchanged value, without touching the input."""
        self._was = self.value()

    def was(self) -> Any:
        """Return the value that was set."""
        return self._was

    def is_changed(self) -> bool:
        """Return whether the user has changed it; text that can't be read counts as changed."""
        try:
            return bool(self.value() != self._was)
        except UserError:
            return True

    def checked_value(self) -> Any:
        """Return the value after the field's own checks.

        Raises:
            UserError: it can't be read, is missing though required, or the field's check complains.
        """
        value = self.value()
        if value is None and self.field.required:
            raise UserError(tr("{label} is missing.", label=tr(self.field.label)), self.field.name)
        complaint = self.field.check(value) if self.field.check is not None and value is not None else None
        if complaint:
            raise UserError(tr(complaint), self.field.name)
        return value

    def show_error(self, message: str) -> None:
        """Mark the input as wrong, or as right with an empty message."""
        restyle(self.inner, invalid="true" if message else "false")
        self.inner.setAccessibleDescription(message)
        self.inner.setToolTip(message)

    def revert(self) -> None:
        """Show the unchanged value again."""
        self.set_value(self._was)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.inner:
            if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut:
                if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
                    self.left.emit()
            elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                return self.key(event)
        return False

    def key(self, event: QKeyEvent) -> bool:
        """Answer to a key in the input; True keeps the input from seeing it."""
        if event.key() == Qt.Key.Key_Escape and (self.is_changed() or self.is_in_cell):
            self.revert()
            self.cancelled.emit()
            return True
        if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and self.is_in_cell:
            self.tabbed.emit(1 if event.key() == Qt.Key.Key_Tab else -1)
            return True
        return False


class Line(QLineEdit):
    """A line that shows with “…” that it is cut, while the keyboard is elsewhere; its tip has the whole text."""

    def __init__(self) -> None:
        super().__init__()
        self.textChanged.connect(self._tell)

    @Slot(str)
    def _tell(self, text: str) -> None:
        self.setToolTip(text if self.is_cut() else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell(self.text())

    def _room(self) -> QRect:
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        return self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self).adjusted(2, 0, -2, 0)

    def is_cut(self) -> bool:
        """Return whether the text is wider than the line."""
        return self.echoMode() == QLineEdit.EchoMode.Normal and self.fontMetrics().horizontalAdvance(self.text()) > self._room().width()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus() or not self.is_cut():
            super().paintEvent(event)
            return
        painter, option = QPainter(self), QStyleOptionFrame()
        self.initStyleOption(option)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option, painter, self)
        shown = theme.colour("text" if self.isEnabled() else "disabled")
        paint.line(painter, self._room(), self.text(), self.font(), shown)


class LineEditor(Editor):
    """One line that the kind's own reader understands: text, numbers."""

    def __init__(self, field: Field, context: Context) -> None:
        self.input = Line()
        super().__init__(field, context, self.input)
        self.input.textEdited.connect(self.changed)
        self.input.returnPressed.connect(self.left)
        if field.sensitivity == "secret":
            self.input.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData)

    def value(self) -> Any:
        text = self.input.text().strip()
        return KINDS[self.field.kind].read(text, self.field, self.context.reading) if text else None

    def show_value(self, value: Any) -> None:
        self.input.setText(self.text_of(value))
        self.input.setCursorPosition(0)

    def text_of(self, value: Any) -> str:
        """Return a value as it is typed."""
        if value is None:
            return ""
        return KINDS[self.field.kind].show(value, self.field)


class LongEditor(Editor):
    """Several lines; Ctrl+Enter and leaving the field finish them."""

    def __init__(self, field: Field, context: Context, lines: int = 4) -> None:
        self.input = QPlainTextEdit()
        super().__init__(field, context, self.input)
        self.input.setTabChangesFocus(True)
        self.input.setFixedHeight(12 + lines * 18)
        self.input.textChanged.connect(self._typed)
        self._is_showing = False

    def value(self) -> str | None:
        return self.input.toPlainText().strip() or None

    def show_value(self, value: Any) -> None:
        self._is_showing = True
        self.input.setPlainText(value or "")
        self._is_showing = False

    @Slot()
    def _typed(self) -> None:
        if not self._is_showing:
            self.changed.emit()

    def key(self, event: QKeyEvent) -> bool:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.left.emit()
            return True
        return super().key(event)


class MoneyEditor(Editor):
    """An amount and its currency; `12,50 CHF` may also be typed whole."""

    def __init__(self, field: Field, context: Context) -> None:
        self.input = QLineEdit()
        if not context.is_quiet:
            self.input.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        super().__init__(field, context, self.input)
        self.currency = QComboBox()
        self.currency.setAccessibleName(tr("Currency of {label}", label=tr(field.label)))
        self.currency.addItems(list(dict.fromkeys((context.reading.currency, *context.currencies))))
        if context.is_quiet:
            self.currency.setProperty("kind", "quiet")
        self.currency.setFixedWidth(80)
        self._line.addWidget(self.currency)
        self.input.textEdited.connect(self.changed)
        self.input.returnPressed.connect(self.left)
        self.currency.activated.connect(self._chosen)

    def value(self) -> Money | None:
        text = self.input.text().strip()
        if not text:
            return None
        reading = Reading(
            self.currency.currentText(), self.context.reading.region, self.context.reading.date_order,
            self.context.reading.zone,
        )  # fmt: skip
        money: Money = KINDS[self.field.kind].read(text, self.field, reading)
        return money

    def show_value(self, value: Any) -> None:
        if value is None:
            self.input.clear()
            return
        if self.currency.findText(value.currency) < 0:
            self.currency.addItem(value.currency)
        self.currency.setCurrentText(value.currency)
        self.input.setText(_amount(value))
        self.input.setCursorPosition(0)

    @Slot()
    def _chosen(self) -> None:
        self.changed.emit()
        if self.input.text().strip():
            self.left.emit()


def _amount(value: Money) -> str:
    """Return the number of an amount with at least the decimals of its currency."""
    from babel.numbers import format_decimal

    decimals = "0" * currency_decimals(value.currency)
    return format_decimal(value.amount, f"#,##0.{decimals}######", locale())


class DateEditor(LineEditor):
    """A date or moment: typed as people write it, or picked from a calendar (button, or Alt+Down)."""

    def __init__(self, field: Field, context: Context) -> None:
        super().__init__(field, context)
        self.pick = IconButton("calendar", tr("Choose a date"), self.open_calendar, "muted")
        self._line.addWidget(self.pick)
        self._calendar: QFrame | None = None

    def value(self) -> Any:
        text = self.input.text().strip()
        if text and self._was is not None and text == self.text_of(self._was):
            return self._was  # what is shown leaves out seconds
        return super().value()

    def text_of(self, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, datetime):
            local = value.astimezone(self.context.reading.zone)
            return f"{KINDS['date'].show(local.date(), self.field)} {local:%H:%M}"
        return super().text_of(value)

    def key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.open_calendar()
            return True
        return super().key(event)

    def open_calendar(self) -> None:
        """Show the calendar beneath the field."""
        popup = QFrame(self, Qt.WindowType.Popup)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        popup.setProperty("card", "true")
        calendar = QCalendarWidget()
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setAccessibleName(tr(self.field.label))
        try:
            shown = self.value()
        except UserError:
            shown = None
        if shown is not None:
            day = shown.astimezone(self.context.reading.zone).date() if isinstance(shown, datetime) else shown
            if day.year != NO_YEAR:
                calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        calendar.clicked.connect(self._picked)
        calendar.activated.connect(self._picked)
        popup.setLayout(column(calendar, margins=(4, 4, 4, 4)))
        popup.move(self.mapToGlobal(QPoint(0, self.height() + 2)))
        popup.show()
        calendar.setFocus()
        self._calendar = popup

    @Slot(QDate)
    def _picked(self, day: QDate) -> None:
        if self._calendar is None:
            return
        self._calendar.close()
        self._calendar = None
        chosen = date(day.year(), day.month(), day.day())
        if self.field.kind == "moment":
            before = self._was.astimezone(self.context.reading.zone).time() if self._was else None
            clock = before.replace(tzinfo=None) if before else datetime.min.time()
            self.show_value(datetime.combine(chosen, clock, self.context.reading.zone))
        else:
            self.show_value(chosen)
        self.changed.emit()
        self.left.emit()


class FlagEditor(Editor):
    """Yes or no."""

    def __init__(self, field: Field, context: Context) -> None:
        self.input = QCheckBox()
        super().__init__(field, context, self.input)
        self._line.addStretch(1)
        self.input.clicked.connect(self._chosen)

    def value(self) -> bool:
        return self.input.isChecked()

    def is_changed(self) -> bool:
        return self.value() != bool(self._was)

    def show_value(self, value: Any) -> None:
        self.input.setChecked(bool(value))

    @Slot()
    def _chosen(self) -> None:
        self.changed.emit()
        self.left.emit()


class ChoiceEditor(Editor):
    """One of a few values; the first line is empty where the field may be."""

    def __init__(self, field: Field, context: Context) -> None:
        self.input = QComboBox()
        super().__init__(field, context, self.input)
        if not field.required:
            self.input.addItem("", None)
        for choice in field.choices:
            self.input.addItem(tr(choice.label), choice.value)
        self.input.activated.connect(self._chosen)

    def value(self) -> str | None:
        chosen: str | None = self.input.currentData()
        return chosen

    def show_value(self, value: Any) -> None:
        at = self.input.findData(value)
        if at < 0 and value is not None:
            self.input.addItem(str(value), value)
            at = self.input.count() - 1
        self.input.setCurrentIndex(at)

    @Slot()
    def _chosen(self) -> None:
        self.changed.emit()
        self.left.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The wheel belongs to the page; a value changed by scrolling past is changed by accident.
        if event.type() == QEvent.Type.Wheel and not self.input.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)


class _Hits(QFrame):
    """The list of records beneath a link field; never takes the keyboard."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setProperty("card", "true")
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        self.list.itemClicked.connect(self._clicked)
        self.setLayout(column(self.list, margins=(4, 4, 4, 4)))

    def show_lines(self, lines: list[str], under: QWidget) -> None:
        self.list.clear()
        for line in lines:
            item = QListWidgetItem(line)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.resize(max(under.width(), 260), min(len(lines), MOST_FOUND + 1) * 28 + 12)
        self.move(under.mapToGlobal(QPoint(0, under.height() + 2)))
        self.show()

    @Slot(QListWidgetItem)
    def _clicked(self, item: QListWidgetItem) -> None:
        self.chosen.emit(self.list.row(item))


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
        self._hits = _Hits(self)
        self._hits.chosen.connect(self._take)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FIND_MS)
        self._timer.timeout.connect(self._find)
        self.input.textEdited.connect(self._typed)
        self.go = IconButton("external-link", tr("Open {label}", label=tr(field.label)), self._open, "muted")
        self.go.hide()
        self._line.addWidget(self.go)

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
        return (now.id if now else None) != (self._was.id if self._was else None)

    def show_value(self, value: Any) -> None:
        self._chosen = value
        self.input.setText(value.title if value else "")
        self.input.setCursorPosition(0)
        self.go.setVisible(value is not None and self.can_open)
        self._hits.hide()

    @Slot()
    def _typed(self) -> None:
        self.changed.emit()
        self._timer.start()

    @Slot()
    def _find(self) -> None:
        text, entity, find = self.input.text().strip(), self.field.target or "", self.context.find
        if not text:
            self._hits.hide()
            return

        def work(job: Job) -> list[Named]:
            return list(find(entity, text))[:MOST_FOUND]

        background.read(self, work, self._show_found, key="find")

    def _show_found(self, found: list[Named]) -> None:
        self._found = found
        lines = [" · ".join(part for part in (one.title, one.subtitle) if part) for one in found]
        if self.context.make is not None:
            lines.append(tr("New: {text}", text=self.input.text().strip()))
        if lines and self.input.hasFocus():
            self._hits.show_lines(lines, self)
        else:
            self._hits.hide()

    @Slot(int)
    def _take(self, number: int) -> None:
        self._hits.hide()
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
        if not self._hits.isHidden():
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                count = self._hits.list.count()
                step = 1 if key == Qt.Key.Key_Down else -1
                self._hits.list.setCurrentRow((self._hits.list.currentRow() + step) % count)
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
                self._take(self._hits.list.currentRow())
                return key != Qt.Key.Key_Tab or super().key(event)
            if key == Qt.Key.Key_Escape:
                self._hits.hide()
                return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._timer.isActive():
                self._timer.stop()
                self._find()
            else:
                self.left.emit()
            return True
        return super().key(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.input and event.type() == QEvent.Type.FocusOut:
            self._hits.hide()
        return super().eventFilter(watched, event)


class PartsEditor(Editor):
    """Several values with a label each, such as phones: one line per value, one more to add.

    The value is a list of `Part`, empty lines left out.
    """

    LABELS = {
        "phone": (mark("work"), mark("mobile"), mark("home"), mark("fax")),
        "email": (mark("work"), mark("private"), mark("billing")),
        "address": (mark("office"), mark("delivery"), mark("billing")),
    }

    def __init__(self, field: Field, context: Context) -> None:
        self._box = QWidget()
        self._lines: list[_PartLine] = []
        super().__init__(field, context, self._box)
        self._column = column(space=4)
        self._box.setLayout(self._column)
        self.more = Button(tr("Add"), self._add, "link", "plus")
        self.more.setAccessibleName(tr("Add {label}", label=tr(field.label)))
        self._column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeading)

    def value(self) -> list[Part] | None:
        return [part for line in self._lines if (part := line.part()) is not None] or None

    def is_changed(self) -> bool:
        return _bare(self.value()) != _bare(self._was)

    def show_value(self, value: Any) -> None:
        while self._lines:
            self._drop(self._lines[0])
        for part in value or ():
            self._show(part)
        if not self._lines:
            self._show(Part(""))

    def show_error(self, message: str) -> None:
        for line in self._lines:
            line.mark_wrong(message)

    def make_line(self, part: Part) -> _PartLine:
        """Return the inputs of one value."""
        return _PartLine(self, part)

    def _show(self, part: Part) -> _PartLine:
        line = self.make_line(part)
        self._lines.append(line)
        self._column.insertWidget(len(self._lines) - 1, line)
        self.setFocusProxy(self._lines[0].first)
        return line

    def _drop(self, line: _PartLine) -> None:
        self._lines.remove(line)
        self._column.removeWidget(line)
        line.hide()
        line.deleteLater()

    def _add(self) -> None:
        self._show(Part("")).first.setFocus()

    def remove(self, line: _PartLine) -> None:
        """Take a line away."""
        self._drop(line)
        if not self._lines:
            self._show(Part(""))
        self.changed.emit()
        self.left.emit()


def _bare(parts: list[Part] | None) -> list[tuple[Any, ...]]:
    """Return what of the values people can change."""
    kept = ("street", "postal_code", "city", "state", "country")
    return [(part.value, part.label or "", tuple((n, v) for n, v in part.more if n in kept and v)) for part in parts or ()]


class _PartLine(QWidget):
    """One value of a list field: text, label, a button that takes it away."""

    def __init__(self, editor: PartsEditor, part: Part) -> None:
        super().__init__()
        self.editor, self.given = editor, part
        self.name = tr(editor.field.label)
        self.inputs: list[QLineEdit] = []
        self.label = QComboBox()
        self.label.setEditable(True)
        self.label.setFixedWidth(72 if editor.context.is_quiet else 92)
        self.label.setAccessibleName(tr("Label of {label}", label=self.name))
        self.label.addItems(["", *(tr(label) for label in PartsEditor.LABELS.get(editor.field.target or "", ()))])
        self.label.setCurrentText(part.label or "")
        if editor.context.is_quiet:
            self.label.setProperty("kind", "quiet")
        self.gone = IconButton("x", tr("Remove {label}", label=self.name), lambda: editor.remove(self), "muted")
        self.build()
        self.first = self.inputs[0]
        self.label.activated.connect(editor.left)

    def build(self) -> None:
        """Lay the inputs out."""
        self.setLayout(row(self.input(self.given.value, self.name), self.label, self.gone, space=4))

    def input(self, text: str, name: str) -> QLineEdit:
        """Return one input, connected."""
        made = QLineEdit(text)
        made.setCursorPosition(0)
        made.setAccessibleName(name)
        if self.editor.context.is_quiet:
            made.setProperty("kind", "quiet")
        made.textEdited.connect(self.editor.changed)
        made.returnPressed.connect(self.editor.left)
        made.editingFinished.connect(self.editor.left)
        self.inputs.append(made)
        return made

    def part(self) -> Part | None:
        """Return what is typed, None if nothing is."""
        text = self.inputs[0].text().strip()
        more = self.given.more if text == self.given.value else ()
        return Part(text, self.label.currentText().strip() or None, more) if text else None

    def mark_wrong(self, message: str) -> None:
        """Mark the inputs as wrong or right."""
        for made in self.inputs:
            restyle(made, invalid="true" if message else "false")


class AddressesEditor(PartsEditor):
    """Addresses: street, postal code and city, country; the parts carry them in `more`."""

    def make_line(self, part: Part) -> _PartLine:
        return _AddressLine(self, part)


class _AddressLine(_PartLine):
    NAMES = ("street", "postal_code", "city", "country")

    def build(self) -> None:
        more = dict(self.given.more)
        labels = {
            "street": tr("Street"), "postal_code": tr("Postal code"), "city": tr("City"), "country": tr("Country"),
        }  # fmt: skip
        street, code, city, country = (self.input(str(more.get(name) or ""), labels[name]) for name in self.NAMES)
        for name, made in zip(self.NAMES, self.inputs, strict=True):
            made.setPlaceholderText(labels[name])
        code.setFixedWidth(92)
        country.setFixedWidth(60)
        self.setLayout(column(row(street, self.label, self.gone, space=4), row(code, city, country, space=4), space=4))

    def part(self) -> Part | None:
        more = dict(self.given.more)
        more.update({n: i.text().strip() or None for n, i in zip(self.NAMES, self.inputs, strict=True)})
        if not any(more.values()):
            return None
        place = " ".join(filter(None, (more["postal_code"], more["city"])))
        shown = ", ".join(filter(None, (more["street"], place, more.get("state"), more["country"])))
        return Part(shown, self.label.currentText().strip() or None, tuple(more.items()))


class TagsEditor(Editor):
    """Tags as chips, and a field for one more; Backspace in the empty field takes the last one away.

    The value is a list of `Part`.
    """

    def __init__(self, field: Field, context: Context) -> None:
        self.input = QLineEdit()
        self.input.setPlaceholderText(tr("Add a tag"))
        super().__init__(field, context, self.input)
        self._names: list[str] = []
        self._line.removeWidget(self.input)
        self._chips = FlowLayout(4)
        box = QWidget()
        box.setLayout(self._chips)
        self._line.addLayout(column(box, self.input, space=4))
        self._hits = _Hits(self)
        self._hits.chosen.connect(self._choose)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FIND_MS)
        self._timer.timeout.connect(self._find)
        self.input.textEdited.connect(self._typed)

    def value(self) -> list[Part] | None:
        typed = self.input.text().strip(" ,")
        return [Part(name) for name in dict.fromkeys([*self._names, *([typed] if typed else [])])] or None

    def is_changed(self) -> bool:
        return [p.value for p in self.value() or ()] != [p.value for p in self._was or ()]

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
            background.read(self, lambda job: list(find("tag", text))[:MOST_FOUND], self._show_found, key="find")
        else:
            self._hits.hide()

    def _show_found(self, found: list[Named]) -> None:
        names = [one.title for one in found if one.title not in self._names]
        if names and self.input.hasFocus() and self.input.text().strip(" ,"):
            self._hits.show_lines(names, self.input)
            # Enter adds what was typed; a known tag is taken once the user has gone to it.
            self._hits.list.setCurrentRow(-1)
        else:
            self._hits.hide()

    @Slot(int)
    def _choose(self, number: int) -> None:
        item = self._hits.list.item(number)
        self._hits.hide()
        if item is not None:
            self.input.setText(item.text())
            self._take()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.input and event.type() == QEvent.Type.FocusOut:
            self._hits.hide()
        return super().eventFilter(watched, event)

    def key(self, event: QKeyEvent) -> bool:
        if not self._hits.isHidden():
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                count, step = self._hits.list.count(), 1 if event.key() == Qt.Key.Key_Down else -1
                at = self._hits.list.currentRow()
                self._hits.list.setCurrentRow((at + step) % count if at >= 0 else (0 if step > 0 else count - 1))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab) and self._hits.list.currentRow() >= 0:
                self._choose(self._hits.list.currentRow())
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._hits.hide()
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
        self._hits.hide()
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


class MemoEditor(LongEditor):
    """A note that is a list field of one value."""

    def value(self) -> list[Part] | None:  # type: ignore[override]  # a list field's value is a list
        text = self.input.toPlainText().strip()
        return [Part(text)] if text else None

    def is_changed(self) -> bool:
        return [p.value for p in self.value() or ()] != [p.value for p in self._was or ()]

    def show_value(self, value: Any) -> None:
        super().show_value("\n\n".join(part.value for part in value or ()))


EDITORS: dict[str, type[Editor]] = {
    "text": LineEditor,
    "long_text": LongEditor,
    "integer": LineEditor,
    "decimal": LineEditor,
    "rate": LineEditor,
    "money": MoneyEditor,
    "price": MoneyEditor,
    "date": DateEditor,
    "moment": DateEditor,
    "flag": FlagEditor,
    "choice": ChoiceEditor,
    "link": LinkEditor,
    "parts": PartsEditor,
}


PARTS_EDITORS: dict[str, type[Editor]] = {"address": AddressesEditor, "record_tag": TagsEditor, "memo": MemoEditor}


def editor_for(field: Field, context: Context) -> Editor:
    """Return the input for a field."""
    kind = PARTS_EDITORS.get(field.target or "") if field.kind == "parts" else None
    return (kind or EDITORS[field.kind])(field, context)  # type: ignore[call-arg]  # each takes field and context


__all__ = [
    "EDITORS",
    "AddressesEditor",
    "ChoiceEditor",
    "Context",
    "DateEditor",
    "Editor",
    "FlagEditor",
    "LineEditor",
    "LinkEditor",
    "LongEditor",
    "MemoEditor",
    "MoneyEditor",
    "Named",
    "PartsEditor",
    "TagsEditor",
    "editor_for",
]
