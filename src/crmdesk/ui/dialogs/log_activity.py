"""Writing down a call, mail, meeting, visit, chat or note, and what follows from it; correcting one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from crmdesk import clock
from crmdesk.errors import UserError
from crmdesk.fields import Field
from crmdesk.i18n import mark, tr
from crmdesk.models.activity import ACTIVITY_KINDS, Activity
from crmdesk.operations import activities
from crmdesk.operations import records as deeds
from crmdesk.queries import records
from crmdesk.ui.dialogs.deed import DeedDialog
from crmdesk.ui.editors import DateEditor, Named, editor_for
from crmdesk.ui.own_fields import OwnFields
from crmdesk.ui.records import context
from crmdesk.ui.widgets.basics import Button, Text, row
from crmdesk.ui.widgets.grid import FormGrid
from crmdesk.ui.widgets.heads import Segmented

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from crmdesk.queries.records import Row
    from crmdesk.store import Reader
    from crmdesk.ui.page import Frame

READ = ("kind", "subject", "at", "contact", "direction", "minutes", "body")


@dataclass(frozen=True)
class About:
    """Whom an activity is about: the links it gets, and the contacts that are offered."""

    company: UUID | None = None
    contact: Named | None = None
    deal: UUID | None = None
    ticket: UUID | None = None
    lead: UUID | None = None
    people: tuple[Named, ...] = ()


class ActivityDialog(DeedDialog):
    """Asks what happened; with `record` it corrects an activity instead.

    Args:
        kind: what is chosen at first.
        record: the activity to correct.
    """

    def __init__(self, frame: Frame, about: About, kind: str = "call", record: UUID | None = None) -> None:
        title = tr("Log activity") if record is None else tr("Edit activity")
        super().__init__(frame, frame if isinstance(frame, QWidget) else None, title, tr("Save"), self.save)
        self._about, self._record = about, record
        self._was: Row | None = None
        self.setMinimumWidth(520)
        inputs = context(frame.store)
        self.kind = QComboBox()
        self.kind.setAccessibleName(tr("Kind"))
        for choice in ACTIVITY_KINDS:
            self.kind.addItem(tr(choice.label), choice.value)
        self.kind.setCurrentIndex(self.kind.findData(kind))
        self.kind.currentIndexChanged.connect(self._show_kind)
        self.direction = Segmented(("out", tr("Outgoing")), ("in", tr("Incoming")), name=tr("Direction"))
        self.contact = QComboBox()
        self.contact.setAccessibleName(tr("With"))
        self._offer_people()
        self.at = editor_for(replace(Activity.fields["at"], required=False), inputs)
        self.at.set_value(clock.now())
        self.minutes = editor_for(Activity.fields["minutes"], inputs)
        self.minutes.setMaximumWidth(90)
        self.subject = QLineEdit()
        self.subject.setAccessibleName(tr("Subject"))
        self.subject.setPlaceholderText(tr("Left empty: named after the contact"))
        self.body = QPlainTextEdit()
        self.body.setTabChangesFocus(True)
        self.body.setAccessibleName(tr("What was said"))
        self.body.setFixedHeight(110)
        self.next_step = QLineEdit()
        self.next_step.setAccessibleName(tr("Next step"))
        self.next_step.setPlaceholderText(tr("What follows from it"))
        self.next_on = DateEditor(Field("next_on", "date", mark("Due")), inputs)
        self.next_on.setFixedWidth(160)
        self.next_on.input.setPlaceholderText(tr("Due"))
        self._build()
        self._show_kind()
        if record is not None:
            frame.ask(self, self._look, self._fill, self.refuse)
        else:
            whose = next((str(one) for one in (about.ticket, about.deal, about.lead, about.company, about.contact and about.contact.id) if one), "")
            self.keep_typed(
                f"log/{whose}", {"minutes": self.minutes, "next_on": self.next_on}, {"subject": self.subject, "body": self.body, "next_step": self.next_step}
            )

    def _build(self) -> None:
        grid = FormGrid(96)
        top, when = QWidget(), QWidget()
        top.setLayout(row(self.kind, self.direction, None, space=12))
        when.setLayout(row(self.at, Text(tr("Minutes"), "muted"), self.minutes, None, space=10))
        grid.add(tr("Kind"), top)
        grid.add(tr("With"), self.contact)
        grid.add(tr("When"), when)
        grid.add(tr("Subject"), self.subject)
        grid.add(tr("Text"), self.body)
        if self._record is None:
            step = QWidget()
            step.setLayout(row(self.next_step, self.next_on, space=8))
            grid.add(tr("Next step"), step)
        if self._record is None:
            self.lay_out(grid)
        else:
            self.own = OwnFields(self._frame, "activity", 96)
            self.own.show_record(self._record)
            self.lay_out(grid, self.own, aside=Button(tr("Delete"), self._delete, "danger"))
        self.body.setFocus(Qt.FocusReason.OtherFocusReason)

    def _offer_people(self) -> None:
        people = list(self._about.people)
        chosen = self._about.contact
        if chosen is not None and chosen.id not in {one.id for one in people}:
            people.insert(0, chosen)
        self.contact.addItem(tr("Nobody in particular"), None)
        for one in people:
            self.contact.addItem(one.title, one.id)
        self.contact.setCurrentIndex(max(0, self.contact.findData(chosen.id)) if chosen is not None else min(1, len(people)) if len(people) == 1 else 0)

    def _show_kind(self) -> None:
        kind = self.kind.currentData()
        self.direction.setVisible(kind in ("call", "mail", "chat"))

    # --- one that is there ------------------------------------------------------------------------------------------

    def _look(self, reader: Reader) -> Sequence[Row]:
        assert self._record is not None
        return records.rows(reader, "activity", [self._record], READ)

    def _fill(self, found: Sequence[Row]) -> None:
        if not found:
            self.reject()
            return
        self._was = found[0]
        values = found[0].values
        self.kind.setCurrentIndex(max(0, self.kind.findData(values["kind"])))
        if values["contact"] is not None:
            if self.contact.findData(values["contact"].id) < 0:
                self.contact.addItem(values["contact"].title, values["contact"].id)
            self.contact.setCurrentIndex(self.contact.findData(values["contact"].id))
        else:
            self.contact.setCurrentIndex(0)
        if values["direction"]:
            self.direction.choose(values["direction"])
        self.at.set_value(values["at"])
        self.minutes.set_value(values["minutes"])
        self.subject.setText(values["subject"] or "")
        self.body.setPlainText(values["body"] or "")

    # --- saving -----------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Store it, or say what is wrong."""
        try:
            at, minutes, next_on = self.at.checked_value(), self.minutes.checked_value(), self.next_on.checked_value()
        except UserError as error:
            self.error.say(error.message)
            return
        self.begin()
        kind, contact = str(self.kind.currentData()), self.contact.currentData()
        direction = self.direction.value() if self.direction.isVisibleTo(self) else None
        body = self.body.toPlainText().strip() or None
        if self._record is None:
            about = self._about
            self._frame.do(
                activities.log, kind, self.subject.text(), at=at, company_id=about.company, contact_id=contact, deal_id=about.deal, ticket_id=about.ticket,
                lead_id=about.lead, direction=direction, minutes=minutes, body=body, next_step=self.next_step.text(), next_on=next_on, done=self._saved, failed=self.refuse,
            )  # fmt: skip
        else:
            values: dict[str, Any] = {"kind": kind, "contact_id": contact, "at": at, "direction": direction, "minutes": minutes, "body": body}
            if self.subject.text().strip():
                values["subject"] = self.subject.text().strip()
            self._frame.do(activities.edit, self._record, values, done=self._saved, failed=self.refuse)

    def _saved(self, result: object) -> None:
        self.accept()
        self._frame.say(tr("Saved"), undo=True)

    def _delete(self) -> None:
        if self._record is not None:
            self._frame.do(deeds.delete, "activity", [self._record], said=tr("Activity deleted"))
        self.reject()
