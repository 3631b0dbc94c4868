"""Leads: the pool that everybody takes from, one's own, all; claimed, judged, converted."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import Slot

from crmdesk.i18n import mark, ntr, tr
from crmdesk.operations import leads
from crmdesk.queries.finding import Condition
from crmdesk.ui.actions import Action
from crmdesk.ui.customer_list import CustomerListPage
from crmdesk.ui.dialogs.convert_lead import ConvertDialog
from crmdesk.ui.happened import DetailsAndHappened
from crmdesk.ui.lists.record_list import BulkAction
from crmdesk.ui.records import EntitySource
from crmdesk.ui.widgets.basics import Button, row
from crmdesk.ui.widgets.heads import Segmented

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from crmdesk.ui.page import Changed, Frame, Place
    from crmdesk.ui.records import Tones
    from crmdesk.ui.widgets.record_table import Id

HAPPENS = frozenset({"activity", "task"})
UNFINISHED = ("new", "working", "qualified")


class LeadsPage(CustomerListPage):
    """Enquiries that are not customers yet."""

    entity = "lead"
    shown = ("name", "company_name", "origin", "status", "phone", "email", "owner", "arrived_at")
    filters = ("name", "company_name", "origin", "status", "owner", "tags", "arrived_at", "amount", "phone", "email")
    tones: Tones = {"status": {"new": "info", "working": "accent", "qualified": "success", "converted": "muted", "disqualified": "muted"}}
    peek = ("status", "phone", "email", "company_name", "origin", "owner", "tags", "note")
    conditions: tuple[Condition, ...] = (Condition("owner", "empty"), Condition("status", "in", "", UNFINISHED))
    none_yet = mark("No leads here.")

    def __init__(self, frame: Frame) -> None:
        self.told: DetailsAndHappened | None = None
        super().__init__(frame)
        self.watches |= HAPPENS
        self.segments = Segmented(("pool", tr("Pool")), ("mine", tr("Mine")), ("all", tr("All")), name=tr("Whose leads"))
        self.segments.chosen.connect(self.show_segment)
        self.header.beside(self.segments)
        self.claim_button = Button(tr("Claim"), lambda: self.claim(self.list.table.chosen_ids()), icon="user-check")
        self.convert_button = Button(tr("Convert"), self.convert_current, icon="arrow-right")
        self._panel.content.insertLayout(0, row(self.claim_button, self.convert_button, None, space=8))

    def peek_body(self, details: QWidget) -> QWidget:
        self.told = DetailsAndHappened(self.frame, "lead", details)
        return self.told

    def show_peeked(self, record: UUID) -> None:
        if self.told is not None:
            self.told.show_record(record)

    def refresh(self, changed: Changed) -> None:
        if changed.keys() <= HAPPENS and self.told is not None:
            self.told.look_again()
        else:
            super().refresh(changed)

    def bulk(self) -> list[BulkAction]:
        return [BulkAction(tr("Claim"), self.claim), BulkAction(tr("Return to pool"), self.give_back), *super().bulk()]

    def commands(self) -> list[Action]:
        return [
            *super().commands(),
            Action("lead.claim", mark("Claim lead"), lambda: self.claim(self.list.table.chosen_ids()), "user-check", "", "record", self._has_rows),
            Action(
                "lead.return", mark("Return lead to pool"), lambda: self.give_back(self.list.table.chosen_ids()), "corner-up-left", "", "record", self._has_rows
            ),
            Action("lead.qualify", mark("Qualify lead"), lambda: self._judge(leads.qualify, tr("Lead qualified")), "check", "", "record", self._has_rows),
            Action(
                "lead.disqualify",
                mark("Disqualify lead"),
                lambda: self._judge(leads.disqualify, tr("Lead disqualified")),
                "circle-x",
                "",
                "record",
                self._has_rows,
            ),
            Action("lead.convert", mark("Convert lead"), self.convert_current, "arrow-right", "Ctrl+Shift+C", "record", self._has_rows),
        ]

    @Slot(str)
    def show_segment(self, segment: str) -> None:
        """Show the pool, one's own leads, or all."""
        me = self.frame.store.viewer.member_id
        unfinished = Condition("status", "in", "", UNFINISHED)
        wanted: dict[str, tuple[Condition, ...]] = {
            "pool": (Condition("owner", "empty"), unfinished),
            "mine": (Condition("owner", "=", str(me)), unfinished),
            "all": (),
        }
        self.segments.choose(segment)
        self.conditions = wanted[segment]
        self.list.table.records.source = EntitySource(self.frame.store, "lead", self.conditions, self.tones)
        self.list.renew()
        self._ask_total()

    def arrive(self, place: Place) -> None:
        if place.record is not None and self.segments.value() != "all":
            self.show_segment("all")
        super().arrive(place)

    # --- deeds ------------------------------------------------------------------------------------------------------

    def claim(self, ids: list[Id]) -> None:
        """Take leads out of the pool."""
        if ids:
            self.frame.do(leads.claim_several, [UUID(bytes=record) for record in ids], said=ntr("{count} lead claimed", "{count} leads claimed", len(ids)))

    def give_back(self, ids: list[Id]) -> None:
        """Put leads into the pool again."""
        if ids:
            self.frame.do(
                leads.give_back_several, [UUID(bytes=record) for record in ids], said=ntr("{count} lead returned", "{count} leads returned", len(ids))
            )

    def _judge(self, operation: Callable[..., None], said: str) -> None:
        record = self.list.table.current_id()
        if record is not None:
            self.frame.do(operation, UUID(bytes=record), said=said)

    def convert_current(self) -> None:
        """Ask what becomes of the lead, and do it."""
        record = self.list.table.current_id()
        if record is not None:
            ConvertDialog(self.frame, self, UUID(bytes=record)).open()
