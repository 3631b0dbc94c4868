"""A record's details as a reader wants them; pressing a value turns it into its input, leaving that saves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QEnterEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QSizePolicy, QWidget

from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.queries import records
from crmdesk.queries.records import Link, Part
from crmdesk.ui import theme
from crmdesk.ui.editors import Editor, Named, editor_for
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import Button, Clickable, IconButton, Text, column
from crmdesk.ui.widgets.messages import InlineError, SavedMark

if TYPE_CHECKING:
    from crmdesk.fields import Field
    from crmdesk.ui.editors import Context

Save = Callable[[str, Any, Callable[[], None], Callable[[Exception], None]], object]
"""Saves one field: name, value of the input, what to call when it is saved, what to call when not."""

LABEL_WIDTH, LABEL_MOST = 90, 136
WIDE = frozenset({"parts", "long_text"})
SCHEMES = {"phone": "tel:", "email": "mailto:"}


def lines_of(field: Field, value: Any) -> list[tuple[str, str]]:
    """Return a plain value as lines of (text, label); list fields have one for each value, addresses several."""
    if value is None or value == []:
        return []
    if field.kind != "parts":
        return [(records.shown(field, value), "")]
    if field.target == "record_tag":
        return [(", ".join(part.value for part in value), "")]
    found: list[tuple[str, str]] = []
    for part in value:
        texts = _address(part) if field.target == "address" else [part.value]
        label = part.label or "" if len(value) > 1 else ""
        found += [(text, label if number == 0 else "") for number, text in enumerate(texts)]
    return found


def _address(part: Part) -> list[str]:
    more = dict(part.more)
    place = " ".join(piece for piece in (more.get("postal_code"), more.get("city")) if piece)
    rest = ", ".join(piece for piece in (place, more.get("state"), more.get("country")) if piece)
    return [line for line in (more.get("street"), rest) if line]


def target_of(field: Field, value: Any) -> str:
    """Return the address that a value leads to outside the program, such as `tel:+49…`; empty if none."""
    if field.kind == "parts" and value and field.target in SCHEMES:
        first = value[0]
        return SCHEMES[field.target or ""] + str(dict(first.more).get("e164") or first.value)
    if field.name == "website" and value:
        return value if str(value).startswith(("https://", "http://")) else f"https://{value}"
    return ""


class Details(QWidget):
    """The details of one record.

    Args:
        fields: in the order in which they are shown; empty ones stand behind “More fields”.
        save: saves one field.
        more: names of fields that stand behind “More fields” even when they are filled.

    Signals:
        link_opened: entity and id of a linked record that the user wants to see.
    """

    link_opened = Signal(str, object)

    def __init__(self, fields: Sequence[Field], context: Context, save: Save, more: Sequence[str] = ()) -> None:
        super().__init__()
        self._behind = frozenset(more)
        self.lines = {field.name: _Line(self, field, context, save) for field in fields}
        self.more = Button(tr("More fields"), self._toggle, "link", "chevron-down")
        self._is_whole = False
        self.saved = SavedMark(self)
        self.setLayout(column(*self.lines.values(), 4, self.more, space=0))

    def show_record(self, values: Mapping[str, Any], said: Mapping[str, str] | None = None) -> None:
        """Show plain values by field name; `said` has words that fit better than the plain value."""
        for name, line in self.lines.items():
            line.show_value(values.get(name), (said or {}).get(name, ""))
        self._arrange()

    def edit(self, name: str) -> None:
        """Begin to change a field."""
        self.lines[name].show()
        self.lines[name].begin()

    def close_all(self) -> None:
        """Leave every input without saving."""
        for line in self.lines.values():
            line.finish()

    def _toggle(self) -> None:
        self._is_whole = not self._is_whole
        self.more.setText(tr("Fewer fields") if self._is_whole else tr("More fields"))
        self.more.set_icon("chevron-up" if self._is_whole else "chevron-down")
        self._arrange()

    def _arrange(self) -> None:
        for name, line in self.lines.items():
            line.setVisible(self._is_whole or line.is_open or (line.is_filled and name not in self._behind))
        wide = max((line.label_width() for line in self.lines.values() if not line.isHidden()), default=LABEL_WIDTH)
        for line in self.lines.values():
            line.set_label_width(wide)


class _Value(Clickable):
    """A value that can be pressed to change it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setMinimumHeight(28)
        self._lines = column(space=0)
        self._inset()
        self.setLayout(self._lines)

    def _inset(self) -> None:
        """Keep away from the label, which stands on the other side where one reads from right to left."""
        right_to_left = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self._lines.setContentsMargins(0 if right_to_left else 6, 5, 6 if right_to_left else 0, 5)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._inset()

    def show_lines(self, lines: Sequence[tuple[str, str]]) -> None:
        """Show lines of text with small labels."""
        while item := self._lines.takeAt(0):
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for text, label in lines or [("–", "")]:
            shown = tr("{text} ({label})", text=text, label=label) if label else text
            words = Text(paint.breakable(shown), "" if lines else "muted", wrap=True)
            words.setMinimumWidth(10)
            self._lines.addWidget(words)
        self._lines.addStretch(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.underMouse():
            painter = QPainter(self)
            paint.rounded(painter, self.rect(), theme.RADIUS_CONTROL, theme.colour("hover"), None)
            painter.end()
        super().paintEvent(event)


class _Line(QWidget):
    """Label and value of one field, or its input."""

    def __init__(self, details: Details, field: Field, context: Context, save: Save) -> None:
        super().__init__()
        self.field, self.is_filled = field, False
        self._details, self._context, self._save = details, context, save
        self._value: Any = None
        self._editor: Editor | None = None
        self._is_saving = False
        self._label = Text(tr(field.label), "muted", wrap=True)
        self._label.setFixedWidth(LABEL_WIDTH)
        self._label.setContentsMargins(0, 5, 0, 5)
        self._shown = _Value(tr("Change {label}", label=tr(field.label)))
        self._shown.clicked.connect(self.begin)
        self._label.setBuddy(self._shown)
        self._out: IconButton | None = None
        self._error: InlineError | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        self._grid.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(self._label, 0, 0, top)
        self._grid.addWidget(self._shown, 0, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    @property
    def is_open(self) -> bool:
        """Whether its input is shown."""
        return self._editor is not None

    @property
    def editor(self) -> Editor | None:
        """The input, while it is shown."""
        return self._editor

    def label_width(self) -> int:
        """Return how wide the label has to be so that none of its words is cut."""
        widest = max(paint.text_width(word, theme.font()) for word in self._label.text().split() or [""])
        return max(LABEL_WIDTH, min(LABEL_MOST, widest + 6))

    def set_label_width(self, wide: int) -> None:
        """Let all values of a record begin at the same place."""
        self._label.setFixedWidth(wide)

    def show_value(self, value: Any, said: str = "") -> None:
        """Show a plain value; what is being typed stays."""
        self._value, self.is_filled = value, value not in (None, [], "")
        lines = [(said, "")] if said and self.is_filled else lines_of(self.field, value)
        self._shown.show_lines(lines)
        text = ", ".join(text for text, _ in lines)
        self._shown.setAccessibleDescription(text)
        if self._editor is not None and self.field.kind != "parts" and not self._editor.is_changed():
            self._editor.set_value(self._for_input())

    def _for_input(self) -> Any:
        return Named(self._value.id, self._value.title) if isinstance(self._value, Link) else self._value

    @Slot()
    def begin(self) -> None:
        """Put the input in the place of the value."""
        if self._editor is not None:
            return
        editor = editor_for(self.field, self._context)
        editor.set_value(self._for_input())
        editor.left.connect(self._commit)
        editor.cancelled.connect(self.finish)
        self._editor = editor
        self._shown.hide()
        if self._out is not None:
            self._out.hide()
        if self.field.kind in WIDE:
            editor.setContentsMargins(0, 0, 0, 6)
            self._grid.addWidget(editor, 1, 0, 1, 2)
        else:
            self._grid.addWidget(editor, 0, 1)
        editor.show()
        editor.setFocus(Qt.FocusReason.OtherFocusReason)
        app = QApplication.instance()
        if self.field.kind == "parts" and isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)

    @Slot()
    def finish(self) -> None:
        """Show the value again."""
        editor, self._editor = self._editor, None
        if editor is None:
            return
        app = QApplication.instance()
        if self.field.kind == "parts" and isinstance(app, QApplication):
            app.focusChanged.disconnect(self._focus_moved)
        had_focus = editor.isAncestorOf(self.focusWidget() or self)
        editor.blockSignals(True)
        self._grid.removeWidget(editor)
        editor.hide()
        editor.deleteLater()
        if self._error is not None:
            self._error.say("")
        self._shown.show()
        if had_focus and self.isVisible():
            self._shown.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(QWidget, QWidget)
    def _focus_moved(self, before: QWidget | None, now: QWidget | None) -> None:
        """A list field is done when the keyboard leaves all its inputs."""
        if self._editor is None or now is None or self._editor.isAncestorOf(now) or now.window() is not self.window():
            return
        if not self._editor.is_changed() and not self._is_saving:
            self.finish()

    @Slot()
    def _commit(self) -> None:
        editor = self._editor
        if editor is None or self._is_saving:
            return
        if not editor.is_changed():
            if self.field.kind != "parts":
                self.finish()
            return
        try:
            value = editor.checked_value()
        except UserError as error:
            self._complain(error)
            return
        self._is_saving = True
        self._save(self.field.name, value, self._saved, self._refused)

    def _saved(self) -> None:
        self._is_saving = False
        editor = self._editor
        if editor is not None:
            if self.field.kind == "parts" and editor.isAncestorOf(self.focusWidget() or self):
                editor.keep()
            else:
                self.finish()
        self._details.saved.show_at(self)

    def _refused(self, error: Exception) -> None:
        self._is_saving = False
        if isinstance(error, UserError):
            self._complain(error)

    def _complain(self, error: UserError) -> None:
        message = error.words
        if self._error is None:
            self._error = InlineError()
            self._grid.addWidget(self._error, 2, 0, 1, 2)
        self._error.say(message)
        if self._editor is not None:
            self._editor.show_error(message)

    def _go_out(self) -> None:
        if isinstance(self._value, Link):
            self._details.link_opened.emit(self.field.target or "", self._value.id)
        elif target := target_of(self.field, self._value):
            QDesktopServices.openUrl(QUrl(target))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._editor is not None:
            self.finish()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        leads = bool(target_of(self.field, self._value)) or (isinstance(self._value, Link) and self.field.target in ("company", "contact"))
        if leads and self._editor is None:
            self._show_way_out()
        super().enterEvent(event)

    def _show_way_out(self) -> None:
        """Show the button that leads to the value: dials, writes, opens."""
        if self._out is None:
            icon = {"phone": "phone", "email": "mail"}.get(self.field.name, "external-link")
            self._out = IconButton(icon, tr("Open {label}", label=tr(self.field.label)), self._go_out, "muted")
            self._out.setFixedSize(24, 24)
            self._out.setParent(self)
        right_to_left = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self._out.move(0 if right_to_left else self.width() - self._out.width(), 2)
        self._out.show()
        self._out.raise_()

    def leaveEvent(self, event: QEvent) -> None:
        if self._out is not None:
            self._out.hide()
        super().leaveEvent(event)
