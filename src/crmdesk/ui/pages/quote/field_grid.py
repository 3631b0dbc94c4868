"""The fields of a quote in columns."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from crmdesk.i18n import tr
from crmdesk.ui.editors import DateEditor, Editor, LinkEditor, editor_for
from crmdesk.ui.editors.saving import save_left, show_values
from crmdesk.ui.records import context
from crmdesk.ui.widgets.basics import Text, column
from crmdesk.ui.widgets.messages import InlineError

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmdesk.fields import Field
    from crmdesk.ui.page import Frame


class FieldGrid(QWidget):
    """Fields in columns, the label above each; saved when they are left.

    Signals:
        link_opened: entity and id of a linked record that the user wants to see.
    """

    link_opened = Signal(str, object)

    def __init__(
        self, fields: list[Field], frame: Frame, save: Callable[[str, Any, Callable[[], None], Callable[[Exception], None]], object], columns: int = 3
    ) -> None:
        super().__init__()
        self._save = save
        self.editors: dict[str, Editor] = {}
        self._errors: dict[str, InlineError] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        at = 0
        for field in fields:
            editor, error, label = editor_for(field, context(frame.store)), InlineError(), Text(tr(field.label), "muted")
            label.setBuddy(editor)
            self.editors[field.name], self._errors[field.name] = editor, error
            box = QWidget()
            box.setLayout(column(label, editor, error, space=2))
            wide = columns if field.kind == "long_text" else 1
            if wide > 1 and at % columns:
                at += columns - at % columns
            grid.addWidget(box, at // columns, at % columns, 1, wide, Qt.AlignmentFlag.AlignTop)
            at += wide
            editor.left.connect(lambda name=field.name: self._left(name))
            editor.cancelled.connect(lambda name=field.name: self._say(name, ""))
            if isinstance(editor, LinkEditor):
                editor.can_open = field.target in ("company", "contact", "deal")
                editor.open_wanted.connect(lambda record, entity=field.target: self.link_opened.emit(entity, record))
        for number in range(columns):
            grid.setColumnStretch(number, 1)

    def set_values(self, values: dict[str, Any]) -> None:
        """Show these values; a field that the user is changing just now keeps what is typed."""
        show_values(self.editors, values)

    def hint(self, name: str, text: str) -> None:
        """Show what holds while a field is empty."""
        inner = self.editors[name].inner
        if hasattr(inner, "setPlaceholderText"):
            inner.setPlaceholderText(text)

    def lock(self, locked: bool, but: frozenset[str]) -> None:
        """Let nothing be changed but these."""
        for name, editor in self.editors.items():
            is_open = not locked or name in but
            editor.inner.setEnabled(is_open)  # a locked link can still be opened
            if isinstance(editor, DateEditor):
                editor.pick.setEnabled(is_open)

    def _left(self, name: str) -> None:
        save_left(self.editors[name], partial(self._say, name), partial(self._save, name), lambda: None)

    def _say(self, name: str, message: str) -> None:
        self._errors[name].say(message)
        self.editors[name].show_error(message)
