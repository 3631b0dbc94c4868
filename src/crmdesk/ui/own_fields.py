"""The fields that the user has added to an entity, in the form of a record; nothing is shown while there are none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from crmdesk.operations import records as deeds
from crmdesk.queries import records
from crmdesk.queries.own_fields import own_fields
from crmdesk.ui.form import Form
from crmdesk.ui.page import at_field_or_window
from crmdesk.ui.records import context, for_form, given
from crmdesk.ui.widgets.basics import column

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from crmdesk.fields import Field
    from crmdesk.store import Reader
    from crmdesk.ui.page import Frame


@dataclass(frozen=True)
class _Found:
    fields: tuple[Field, ...]
    values: dict[str, Any]


class OwnFields(QWidget):
    """The form; each field is saved when it is left."""

    def __init__(self, frame: Frame, entity: str, label_width: int = 98) -> None:
        super().__init__()
        self._frame, self._entity, self._label_width = frame, entity, label_width
        self._record: UUID | None = None
        self._fields: tuple[Field, ...] = ()
        self.form: Form | None = None
        self._place = column()
        self.setLayout(self._place)
        self.hide()

    def show_record(self, record: UUID) -> None:
        """Show a record's values."""
        self._record, entity = record, self._entity

        def question(reader: Reader) -> _Found:
            fields = tuple(own_fields(reader, entity).values())
            rows = records.rows(reader, entity, [record], [field.name for field in fields]) if fields else []
            return _Found(fields, rows[0].values if rows else {})

        self._frame.ask(self, question, self._show, key="own")

    def _show(self, found: _Found) -> None:
        if found.fields != self._fields or self.form is None:
            self._build(found.fields)
        if self.form is not None:
            self.form.set_values(for_form(found.values), self._record)
        self.setVisible(bool(found.fields))

    def _build(self, fields: tuple[Field, ...]) -> None:
        if self.form is not None:
            self._place.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        self._fields = fields
        if fields:
            self.form = Form(fields, context(self._frame.store, quiet=True), self._save, self._label_width)
            self._place.addWidget(self.form)

    def _save(self, name: str, value: Any, saved: Callable[[], None], refused: Callable[[Exception], None]) -> None:
        field = next(one for one in self._fields if one.name == name)
        if self._record is not None:
            self._frame.do(
                deeds.edit, self._entity, [self._record], {name: given(field, value)}, done=lambda _: saved(), failed=at_field_or_window(self._frame, refused)
            )
