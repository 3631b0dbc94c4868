"""What becomes of a lead: which company and contact it turns into or joins, and whether a deal begins."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit

from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.models.registry import entity_class
from crmdesk.operations import leads
from crmdesk.queries import deals
from crmdesk.queries import leads as lead_queries
from crmdesk.queries.records import titles
from crmdesk.ui.dialogs.deed import DeedDialog
from crmdesk.ui.editors import Named, editor_for
from crmdesk.ui.records import context
from crmdesk.ui.widgets.basics import Text
from crmdesk.ui.widgets.grid import FormGrid

if TYPE_CHECKING:
    from uuid import UUID

    from PySide6.QtWidgets import QWidget

    from crmdesk.operations.leads import Converted
    from crmdesk.queries.leads import Conversion
    from crmdesk.store import Reader
    from crmdesk.ui.page import Frame


class ConvertDialog(DeedDialog):
    """Shows what converting would make or link, lets the user change it, and converts."""

    def __init__(self, frame: Frame, parent: QWidget, lead: UUID) -> None:
        super().__init__(frame, parent, tr("Convert lead"), tr("Convert"), self._go)
        self._lead = lead
        fields, inputs = entity_class("contact").fields, context(frame.store)
        company_field = replace(fields["company"], required=False)
        person_field = replace(fields["reports_to"], label=entity_class("contact").entity.label)
        self.company, self.contact = editor_for(company_field, inputs), editor_for(person_field, inputs)
        self.company_note, self.contact_note = Text("", "caption", wrap=True), Text("", "caption", wrap=True)
        self.with_deal = QCheckBox(tr("Begin a deal"))
        self.with_deal.setChecked(True)
        self.with_deal.toggled.connect(self._show_deal)
        self.deal_name = QLineEdit()
        self.deal_name.setAccessibleName(tr("Deal"))
        self.stage = QComboBox()
        self.stage.setAccessibleName(tr("Stage"))
        grid = self._grid = FormGrid(110)
        grid.add(tr("Company"), self.company, self.company_note)
        grid.add(tr("Contact"), self.contact, self.contact_note)
        grid.add("", self.with_deal)
        grid.add(tr("Deal"), self.deal_name)
        grid.add(tr("Stage"), self.stage)
        self.accept_button.setEnabled(False)
        self.lay_out(grid)
        frame.ask(self, self._look, self._show, self.refuse)

    def _look(self, reader: Reader) -> tuple[Conversion, dict[bytes, tuple[str, bool]], list[tuple[UUID, str]]]:
        found = lead_queries.conversion(reader, self._lead)
        names = {
            **(titles(reader, "company", [found.company_id]) if found.company_id else {}),
            **(titles(reader, "contact", [found.contact_id]) if found.contact_id else {}),
        }
        return found, names, [(stage.id, stage.name) for stage in deals.stages(reader) if stage.outcome == "open"]

    def _show(self, found: tuple[Conversion, dict[bytes, tuple[str, bool]], list[tuple[UUID, str]]]) -> None:
        conversion, names, stages = found
        self._fill(self.company, self.company_note, conversion.company_id, conversion.company_name, names, tr("Links the company that is there already."))
        self._fill(self.contact, self.contact_note, conversion.contact_id, conversion.person, names, tr("Links the contact that is there already."))
        self.deal_name.setText(conversion.deal_name)
        for stage, name in stages:
            self.stage.addItem(name, stage)
        self.accept_button.setEnabled(True)
        self._make_room()

    def _make_room(self) -> None:
        """Grow for notes of two lines; a shown dialog keeps its height otherwise."""
        layout = self.layout()
        if layout is not None:
            self._grid.updateGeometry()  # else the layout still has the height without the notes
            layout.activate()
            self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))

    @staticmethod
    def _fill(editor: object, note: Text, known: UUID | None, name: str, names: dict[bytes, tuple[str, bool]], linked: str) -> None:
        from crmdesk.ui.editors import LinkEditor

        assert isinstance(editor, LinkEditor)
        if known is not None:
            editor.set_value(Named(known, names.get(known.bytes, (name, False))[0]))
            note.setText(linked)
        elif name:
            editor.input.setPlaceholderText(name)
            note.setText(tr("Makes “{name}”. Choose another to link it instead.", name=name))
        else:
            note.setText(tr("The lead names none."))

    def _show_deal(self, on: bool) -> None:
        self.deal_name.setEnabled(on)
        self.stage.setEnabled(on)

    def _go(self) -> None:
        try:
            company, contact = self.company.value(), self.contact.value()
        except UserError as error:
            self.error.say(error.message)
            return
        self.begin()
        self._frame.do(
            leads.convert, self._lead, with_deal=self.with_deal.isChecked(), deal_name=self.deal_name.text().strip() or None, stage_id=self.stage.currentData(),
            company_id=company.id if company else None, contact_id=contact.id if contact else None, done=self._done, failed=self.refuse,
        )  # fmt: skip

    def _done(self, made: Converted) -> None:
        frame = self._frame
        entity, record = ("company", made.company_id) if made.company_id else ("contact", made.contact_id)
        more = [(tr("Show"), partial(frame.open_record, entity, record))] if record else []
        frame.say(tr("Lead converted"), undo=True, more=more)
        self.accept()
