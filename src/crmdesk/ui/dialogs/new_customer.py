"""Adding a company, contact or lead: the few fields it needs, and a hint while typing if it is there already."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crmdesk.errors import UserError
from crmdesk.i18n import language, mark, ntr, tr
from crmdesk.models.names import display_name
from crmdesk.models.people import split_name
from crmdesk.models.registry import entity_class
from crmdesk.operations import merging, records
from crmdesk.queries import duplicates, uniqueness
from crmdesk.ui.dialogs.new_record import NewRecordDialog
from crmdesk.ui.editors import LinkEditor, Named
from crmdesk.ui.records import context
from crmdesk.ui.widgets.basics import Button, Picture, Text, column, row
from crmdesk.ui.widgets.layouts import empty

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    from crmdesk.queries.duplicates import Known
    from crmdesk.queries.uniqueness import Clash
    from crmdesk.store import Reader
    from crmdesk.ui.editors import Context
    from crmdesk.ui.page import Frame

MOST_KNOWN = 3
LOOK_MS = 250
# From so likely on somebody is asked before a second one is made on the way.
ASKED = 0.5
NEW_FIELDS = {
    "contact": ("given_name", "family_name", "company", "role", "phone", "email"),
    "company": ("name", "industry", "website", "phone", "email"),
    "lead": ("given_name", "family_name", "company_name", "origin", "phone", "email"),
}
NEW_TITLES = {"contact": mark("New contact"), "company": mark("New company"), "lead": mark("New lead")}


class NewCustomerDialog(NewRecordDialog):
    """Asks for a new company, contact or lead, and names those that are there already with the same mail, phone or name.

    Attributes:
        used: called with the record that is there, if that is taken instead of a new one.
    """

    def __init__(self, frame: Frame, entity: str, added: Callable[[UUID], object], values: Mapping[str, Any] | None = None) -> None:
        names, given = NEW_FIELDS[entity], dict(values or {})
        if language() == "zh" and names[0] == "given_name":
            names = ("family_name", "given_name", *names[2:])
        super().__init__(frame, entity, names, tr(NEW_TITLES[entity]), tr("Add"), added, given)
        self._frame_of, self._entity = frame, entity
        self.used = added
        self._warned: set[str] = set()
        # An empty value shows the first empty line of a list field.
        self.form.set_values({name: None for name in names if name not in given})
        for editor in self.form.editors.values():
            if isinstance(editor, LinkEditor):
                editor.context = making(frame)
        self.known = KnownOnes(self._open_known, self._use_known)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(layout.indexOf(self.form) + 1, self.known)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self.form.changed.connect(self._timer.start)

    @Slot()
    def look(self) -> None:
        """Ask whether the record is there already."""
        typed, values = duplicates.Typed(), dict[str, list[str]]()
        for name, editor in self.form.editors.items():
            try:
                value = editor.value()
            except UserError:
                continue
            typed = typed.having(name, value)
            values |= _texts(name, value)
        if self._entity != "company":
            values["name"] = [display_name(typed.given_name or None, typed.family_name or None)]
        entity = self._entity

        def question(reader: Reader) -> tuple[list[Known], list[Clash]]:
            return duplicates.known(reader, entity, typed, MOST_KNOWN), uniqueness.taken(reader, entity, values)

        self._frame_of.ask(self, question, self._show_found, key="known")

    def _show_found(self, found: tuple[list[Known], list[Clash]]) -> None:
        """Name who is there already, and say at its field what should be there once."""
        known, clashes = found
        self.known.show_them(known)
        said: dict[str, str] = {}
        for clash in clashes:
            first = clash.rule.fields[0].partition(".")[0]
            place = first if first in self.form.editors else next(name for name in ("family_name", "name") if name in self.form.editors)
            said.setdefault(place, clash.said)
        for name in {*self._warned, *said}:
            self.form.say(name, said.get(name, ""))
        self._warned = set(said)

    def _open_known(self, record: UUID) -> None:
        self.reject()  # it may be somebody else: what was typed is there again then
        self._frame_of.open_record(self._entity, record)

    def _use_known(self, record: UUID) -> None:
        """Take the record that is there instead of making another one; what was typed and it lacks goes there."""
        typed = self.typed()
        if typed is None:
            return

        def done(kept: UUID) -> None:
            self._done(kept)
            self.used(kept)

        self.accept_button.setEnabled(False)
        self._frame_of.do(merging.complete, self._entity, record, typed, done=done, failed=self.refuse)


class KnownOnes(QWidget):
    """Names records that may be the same; pressing one opens it, and the button beside it takes it instead of making a new one."""

    def __init__(self, open_record: Callable[[UUID], object], use: Callable[[UUID], object]) -> None:
        super().__init__()
        self._open, self._use = open_record, use
        self.found: list[Known] = []
        self._lines = column(space=2)
        self.setLayout(self._lines)
        self.hide()

    def show_them(self, found: Sequence[Known]) -> None:
        """Show other ones."""
        if list(found) == self.found:
            return
        self.found = list(found)
        empty(self._lines)
        for one in found:
            line = QWidget()
            said = Text(one.why, "caption")
            use = Button(tr("Use this one"), partial(self._use, one.id))
            use.setAccessibleName(tr("Use {name} instead of a new one", name=one.title))
            title = Button(one.title, partial(self._open, one.id), "link", tip=tr("Open the record"))
            line.setLayout(row(Picture("circle-alert", "warning", 14), title, said, None, use, space=6))
            self._lines.addWidget(line)
        self.setVisible(bool(found))


def _texts(name: str, value: Any) -> dict[str, list[str]]:
    """Return what an input says, by the fields that rules of uniqueness name."""
    if isinstance(value, list | tuple):
        return {name: [str(part.value) for part in value if getattr(part, "value", None)]}
    return {name: [value]} if isinstance(value, str) else {}


def _typed_name(entity: str, text: str) -> duplicates.Typed:
    if entity == "company":
        return duplicates.Typed(name=text)
    name = split_name(text)
    return duplicates.Typed(given_name=name.given or "", family_name=name.family or "")


def making(frame: Frame) -> Context:
    """Return what inputs depend on, with “New …” where a company or contact is chosen."""

    def make(entity: str, text: str, take: Callable[[Named], None]) -> None:
        def add(found: Sequence[Known] = ()) -> None:
            if found:
                question = tr("“{name}” may be there already as “{known}”: {why}.", name=text, known=found[0].title, why=found[0].why)
                if not frame.confirm(question, tr("Make a new one"), tr("To take the one that is there, choose it from the list.")):
                    return
            frame.do(records.add, entity, {"name": text}, done=lambda record: take(Named(record, text)))

        if entity in duplicates.CUSTOMERS and isinstance(frame, QWidget):
            typed = _typed_name(entity, text)
            frame.ask(frame, lambda reader: [one for one in duplicates.known(reader, entity, typed, 1) if one.score >= ASKED], add, key="making")
        else:
            add()

    return replace(context(frame.store), make=make)


def ask_new(frame: Frame, entity: str, added: Callable[[UUID], object] | None = None, values: Mapping[str, Any] | None = None) -> NewCustomerDialog:
    """Show the dialog that adds a contact, company or lead; by default a toast offers to open it."""
    label = tr(entity_class(entity).entity.label)

    def show(record: UUID) -> tuple[str, Callable[[], object]]:
        return tr("Show"), lambda: frame.open_record(entity, record)

    def say(record: UUID) -> None:
        alike = [one for one in dialog.known.found if one.score >= ASKED][:1]
        frame.say(tr("{entity} added", entity=label), undo=True, more=[show(record), *(merge(record, one) for one in alike)])

    def merge(record: UUID, known: Known) -> tuple[str, Callable[[], object]]:
        said = ntr("{count} record merged", "{count} records merged", 2)
        return tr("Merge with {name}", name=known.title), lambda: frame.do(merging.merge, entity, known.id, [record], said=said)

    def say_used(record: UUID) -> None:
        frame.say(tr("The one that is there was taken; what it lacked was filled in."), undo=True, more=[show(record)])

    dialog = NewCustomerDialog(frame, entity, added or say, values)
    if added is None:
        dialog.used = say_used
    dialog.open()
    return dialog
