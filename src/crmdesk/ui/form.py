"""A form made from fields: label and input beneath one another, saved on leaving a field, errors at the field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.ui.editors import Context, Editor, LinkEditor, editor_for
from crmdesk.ui.editors.saving import save_left, show_values
from crmdesk.ui.widgets.grid import FormGrid
from crmdesk.ui.widgets.messages import InlineError, SavedMark

if TYPE_CHECKING:
    from crmdesk.fields import Field
    from crmdesk.ui.widgets.basics import Text

__all__ = ["Form", "FormGrid"]

WITH_PAGE = frozenset({"contact", "company", "lead", "deal", "ticket", "quote", "task", "product"})

Save = Callable[[str, Any, Callable[[], None], Callable[[Exception], None]], object]
"""Saves one field: name, value, what to call when it is saved, what to call when not."""


class Form(FormGrid):
    """A form over a record's fields.

    With `save`, each field is saved when it is left and says “Saved”; an error for people is shown at the field, whoever saves
    shows any other. Without, the form collects: `values()` returns what has
    been changed, or marks the first field that is wrong and raises.

    Signals:
        changed: something has been typed or chosen.
        link_opened: entity and id of a linked record that the user wants to see.
    """

    changed = Signal()
    link_opened = Signal(str, object)

    def __init__(self, fields: Sequence[Field], context: Context, save: Save | None = None, label_width: int = 120) -> None:
        super().__init__(label_width, 2 if context.is_quiet else 8)
        self._save, self._context = save, context
        self._of: object = None
        self.editors: dict[str, Editor] = {}
        self._errors: dict[str, InlineError] = {}
        self._labels: dict[str, Text] = {}
        self._saved = SavedMark(self)
        self.add_fields(fields)

    def add_fields(self, fields: Sequence[Field]) -> None:
        """Ask for more fields beneath the others."""
        for field in fields:
            self._add_field(field)
            if self.isVisible():  # Qt would show them a moment later only
                self.show_field(field.name, True)
        names = list(self.editors.values())
        for before, after in zip(names, names[1:], strict=False):
            QWidget.setTabOrder(before, after)

    def _add_field(self, field: Field) -> None:
        editor, error = editor_for(field, self._context), InlineError()
        editor.reverts = self._save is not None
        self.editors[field.name], self._errors[field.name] = editor, error
        label = tr(field.label) + (" *" if field.required else "")
        self._labels[field.name] = self.add(label, editor, error)
        if isinstance(editor, LinkEditor):
            editor.can_open = field.target in WITH_PAGE
            editor.open_wanted.connect(lambda record, entity=field.target: self.link_opened.emit(entity, record))
        editor.changed.connect(self.changed)
        editor.left.connect(lambda name=field.name: self._left(name))
        editor.cancelled.connect(lambda name=field.name: self.say(name, ""))

    def set_values(self, values: Mapping[str, Any], of: object = None) -> None:
        """Show a record; a field that the user is changing just now keeps what is typed.

        Args:
            of: whose values they are; while that stays the same, what could not be stored stays too, with what is wrong about it.
        """
        is_again, self._of = of is not None and of == self._of, of
        for name in show_values(self.editors, values, is_again):
            self.say(name, "")

    def values(self) -> dict[str, Any]:
        """Return the values that have been changed.

        Raises:
            UserError: a field is wrong; it is marked and has the keyboard.
        """
        found = {}
        for name, editor in self.editors.items():
            try:
                value = editor.checked_value()
            except UserError as error:
                self.say(name, error.message)
                editor.setFocus()
                raise
            self.say(name, "")
            if editor.is_changed():
                found[name] = value
        return found

    def is_changed(self) -> bool:
        """Return whether anything has been changed and not saved."""
        return any(editor.is_changed() for editor in self.editors.values())

    def say(self, name: str, message: str) -> None:
        """Show a complaint at a field, or take it away."""
        self._errors[name].say(message)
        self.editors[name].show_error(message)

    def refuse(self, error: Exception) -> bool:
        """Show an error of the store at the field that it names; returns whether it named one."""
        if isinstance(error, UserError) and error.field in self.editors:
            self.say(error.field, error.words)
            self.editors[error.field].setFocus()
            return True
        return False

    def show_field(self, name: str, shown: bool) -> None:
        """Show a field with its label, or hide it."""
        self._labels[name].setVisible(shown)
        self.editors[name].setVisible(shown)

    def focus_first(self) -> None:
        """Put the keyboard into the first field."""
        for editor in self.editors.values():
            editor.setFocus()
            return

    def _left(self, name: str) -> None:
        save = partial(self._save, name) if self._save is not None else None
        save_left(self.editors[name], partial(self.say, name), save, partial(self._saved.show_at, self.editors[name], 4))
