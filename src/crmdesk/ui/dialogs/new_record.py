"""A small dialog that adds a record: the few fields it needs, the rest is filled in on its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.models.registry import entity_class
from crmdesk.operations import records
from crmdesk.ui.editors import LinkEditor
from crmdesk.ui.form import Form
from crmdesk.ui.records import context, given
from crmdesk.ui.widgets.basics import Button, Text, column, row
from crmdesk.ui.widgets.messages import InlineError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    from crmdesk.ui.page import Frame


class NewRecordDialog(QDialog):
    """Asks for the fields of a new record and adds it; stays open until the store has taken it.

    Args:
        names: the fields that are asked for.
        values: what the fields show at first, as inputs take it.
        hidden: values that are given without being asked for.
        added: gets the new record's id.
    """

    def __init__(
        self,
        frame: Frame,
        entity: str,
        names: Sequence[str],
        title: str,
        verb: str,
        added: Callable[[UUID], object],
        values: Mapping[str, Any] | None = None,
        hidden: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(frame if isinstance(frame, QWidget) else None)
        self._frame, self._entity, self._added, self._hidden = frame, entity, added, dict(hidden or {})
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(480)
        cls = entity_class(entity)
        self.form = Form([cls.fields[name] for name in names], context(frame.store))
        for editor in self.form.editors.values():
            if isinstance(editor, LinkEditor):
                editor.can_open = False
        self.form.set_values(dict(values or {}))
        self.error = InlineError()
        self.accept_button = Button(verb, self.save, "primary")
        self.accept_button.setDefault(True)
        cancel = Button(tr("Cancel"), self.reject)
        self.setLayout(
            column(Text(title, "dialog"), 4, self.form, self.error, 8, row(None, cancel, self.accept_button), space=8, margins=(24, 20, 24, 20))
        )

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self.form.focus_first()

    def save(self) -> None:
        """Add the record, or show what is wrong at its field."""
        try:
            values = self.form.values()
        except UserError:
            return
        cls = entity_class(self._entity)
        wanted = {**self._hidden, **{name: given(cls.fields[name], value) for name, value in values.items() if value is not None}}
        self.accept_button.setEnabled(False)
        self._frame.do(records.add, self._entity, wanted, done=self._done, failed=self._failed)

    def _done(self, record: UUID) -> None:
        self.accept()
        self._added(record)

    def _failed(self, error: Exception) -> None:
        self.accept_button.setEnabled(True)
        if self.form.refuse(error):
            return
        if isinstance(error, UserError):
            self.error.say(f"{error.message} {error.hint or ''}".strip())
        else:
            self._frame.show_error(error)
