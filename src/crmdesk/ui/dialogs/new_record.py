"""A small dialog that adds a record: the few fields it needs, the rest is filled in on its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from crmdesk.errors import UserError
from crmdesk.models.registry import entity_class
from crmdesk.operations import records
from crmdesk.queries.own_fields import own_fields
from crmdesk.ui.dialogs.deed import DeedDialog
from crmdesk.ui.editors import LinkEditor
from crmdesk.ui.form import Form
from crmdesk.ui.records import context, given
from crmdesk.ui.widgets.order import go_on

if TYPE_CHECKING:
    from uuid import UUID

    from PySide6.QtGui import QShowEvent

    from crmdesk.fields import Field
    from crmdesk.store import Reader
    from crmdesk.ui.page import Frame

Save = Callable[[dict[str, Any], Callable[[Any], None], Callable[[Exception], None]], object]
"""Gets the values, plain by field name, and what to call when they are saved or refused."""


class AskDialog(DeedDialog):
    """Asks for a few fields and has them saved; stays open until the store has taken it.

    Args:
        fields: those that are asked for.
        verb: what stands on the button.
        save: does it.
        values: what the inputs show at first.
        further: reads fields that are asked for beneath them; `add_fields` gets them.
    """

    def __init__(
        self, frame: Frame, fields: Sequence[Field], title: str, verb: str, save: Save, values: Mapping[str, Any] | None = None,
        further: Callable[[Reader], Sequence[Field]] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(frame, frame if isinstance(frame, QWidget) else None, title, verb, self.save)
        if further is not None:
            frame.ask(self, further, self.add_fields)  # first of all, so that they are there before the dialog is seen
        self._save, self._given = save, dict(values or {})
        self.form = Form((), context(frame.store))
        self._ask_for(fields)
        self.form.set_values(self._given)
        self.lay_out(self.form)

    def suggest(self, values: Mapping[str, Any]) -> None:
        """Show values in inputs that are still as they were."""
        untouched = {name: value for name, value in values.items() if not self.form.editors[name].is_changed()}
        self._given |= untouched
        self.form.set_values(untouched)

    def add_fields(self, fields: Sequence[Field]) -> None:
        """Ask for further fields beneath the others."""
        self._ask_for(fields)
        if fields:
            self.adjustSize()  # at once: the dialog is seen for the first time a moment later

    def _ask_for(self, fields: Sequence[Field]) -> None:
        self.form.add_fields(fields)
        for editor in self.form.editors.values():
            if isinstance(editor, LinkEditor):
                editor.can_open = False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.form.focus_first()

    def focusNextPrevChild(self, forward: bool) -> bool:
        # Qt goes by when a widget was made, and would never come behind the lines of a list field, which come and go.
        focused = self.focusWidget()
        return focused is not None and go_on(self, focused, forward)

    def save(self) -> None:
        """Have the record saved, or show what is wrong at its field."""
        values = self.typed()
        if values is None:
            return
        self.begin()
        self._save(values, self._done, self.refuse)

    def typed(self) -> dict[str, Any] | None:
        """Return what was typed, by field; None if something is wrong, which stands at its field then."""
        try:
            changed = self.form.values()
        except UserError:
            return None
        everything = {**{name: value for name, value in self._given.items() if name in self.form.editors}, **changed}
        return {name: given(self.form.editors[name].field, value) for name, value in everything.items() if value is not None}

    def _done(self, result: Any) -> None:
        self.accept()

    def refuse(self, error: Exception) -> None:
        if self.form.refuse(error):
            self.accept_button.setEnabled(True)
        else:
            super().refuse(error)


class NewRecordDialog(AskDialog):
    """Asks for the fields of a new record, and the user's own that must not be empty, and adds it.

    Args:
        names: the fields that are asked for.
        added: gets the new record's id.
        values: what the inputs show at first.
        hidden: values that are given without being asked for.
    """

    def __init__(
        self, frame: Frame, entity: str, names: Sequence[str], title: str, verb: str, added: Callable[[UUID], object], values: Mapping[str, Any] | None = None,
        hidden: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        def save(wanted: dict[str, Any], done: Callable[[Any], None], failed: Callable[[Exception], None]) -> None:
            def finished(record: UUID) -> None:
                done(record)
                added(record)

            frame.do(records.add, entity, {**(hidden or {}), **wanted}, done=finished, failed=failed)

        cls = entity_class(entity)
        kept = {**(hidden or {}), **(values or {})}
        self._key = f"new/{entity}" + "".join(f"/{name}={getattr(value, 'id', value)}" for name, value in sorted(kept.items()))

        def required(reader: Reader) -> list[Field]:
            return [field for field in own_fields(reader, entity).values() if field.required]

        super().__init__(frame, [cls.fields[name] for name in names], title, verb, save, values, required)

    def add_fields(self, fields: Sequence[Field]) -> None:
        super().add_fields(fields)
        self.keep_typed(self._key, self.form.editors)
