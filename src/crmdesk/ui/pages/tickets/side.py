"""Beside the conversation: what is promised, the ticket's fields, and who the customer is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtWidgets import QMenu, QWidget

from crmdesk.fields import show_money
from crmdesk.i18n import locale, ntr, tr
from crmdesk.models.ticket import Ticket
from crmdesk.operations import records as record_operations
from crmdesk.operations import tickets as deeds
from crmdesk.ui.dialogs.files import FilesDialog
from crmdesk.ui.dialogs.ticket_end import csat_choices
from crmdesk.ui.form import Form, FormGrid
from crmdesk.ui.own_fields import OwnFields
from crmdesk.ui.page import at_field_or_window
from crmdesk.ui.pages.tickets.clocks import ClockLine, clock_lines
from crmdesk.ui.pages.tickets.found import FIELDS, Opened
from crmdesk.ui.records import context, for_form, given
from crmdesk.ui.widgets.basics import Button, Card, Chip, Clickable, Line, Text, column, row
from crmdesk.ui.widgets.layouts import empty

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from crmdesk.queries.tickets import CustomerCard, TicketPage
    from crmdesk.ui.page import Frame


class TicketSide(QWidget):
    """Two cards. What has not changed stays as it is, so that the keyboard is not taken from it while the clocks go on."""

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self._frame = frame
        self._ticket: UUID | None = None
        self._told: tuple[Any, ...] | None = None
        self._customer_shown: CustomerCard | None = None
        self.level = Card(space=4)
        self.level_name = Text(tr("Service level"), "strong")
        self._clocks = FormGrid(104, 2)
        self.form = Form([Ticket.fields[name] for name in FIELDS], context(self._frame.store, quiet=True), self._save, 92)
        self.form.link_opened.connect(self._open_link)
        self.own = OwnFields(self._frame, "ticket", 92)
        self.files_button = Button(tr("Files"), self.show_files, "link", "paperclip")
        self.level.add(self.level_name, self._clocks, column(Line(), margins=(0, 0, 8, 0)), self.form, self.own, row(self.files_button, None))
        self.level.body.setContentsMargins(16, 13, 8, 12)
        self.customer = Card(space=4)
        self.setLayout(column(self.level, self.customer, None, space=12))

    def show_ticket(self, found: Opened) -> None:
        """Show a ticket, or how it is now."""
        page = found.page
        self._ticket = page.ticket.id
        self.level_name.setText(tr("Service level: {name}", name=page.level.name) if page.level else tr("No service level"))
        lines = clock_lines(found, self._frame.store.settings.tz)
        is_done = page.ticket.status in ("resolved", "closed")
        told = (lines, is_done, page.ticket.due.csat, page.resolution)
        if told != self._told:
            self._told = told
            self._show_clocks(lines, page, is_done)
        self.form.set_values(for_form(found.values), page.ticket.id)
        self.own.show_record(page.ticket.id)
        if page.customer != self._customer_shown:
            self._customer_shown = page.customer
            self._show_customer(page.customer)

    def show_files(self) -> None:
        """Show the files of the ticket."""
        if self._ticket is not None:
            FilesDialog(self._frame, "ticket", self._ticket).open()

    def _show_clocks(self, lines: Sequence[ClockLine], page: TicketPage, is_done: bool) -> None:
        self._clocks.clear()
        for line in lines:
            self._clocks.add(line.label, _shown_line(line))
        if is_done:
            csat = page.ticket.due.csat
            rate = Button(tr("{csat} of 5", csat=csat) if csat else tr("Ask and note"), None, "link")
            rate.clicked.connect(lambda: self._rate(rate))
            self._clocks.add(tr("Satisfaction"), rate)
        if page.resolution:
            self._clocks.add(tr("Resolution"), Text(page.resolution, wrap=True, selectable=True))

    def _show_customer(self, card: CustomerCard) -> None:
        empty(self.customer.body)
        name = card.company or card.contact
        self.customer.setVisible(bool(name))
        if not name:
            return
        target = ("company", card.company_id) if card.company_id else ("contact", card.contact_id)
        self.customer.add(self._link_line(name, target, "strong"))
        about = " · ".join(part for part in (card.place, ", ".join(card.tags)) if part)
        if about:
            self.customer.add(Text(about, "muted", wrap=True))
        if card.company and card.contact:
            self.customer.add(self._link_line(card.contact, ("contact", card.contact_id), ""))
        for value in (card.phone, card.email):
            if value:
                reached = Text(value, "muted", selectable=True)
                reached.setMinimumWidth(10)  # an address without a blank must not push everything beyond the edge
                reached.setToolTip(value)
                self.customer.add(reached)
        for deal, deal_name, amount, stage in card.deals:
            said = " · ".join(part for part in (deal_name, show_money(amount, whole=True) if amount else "", stage) if part)
            self.customer.add(self._link_line(said, ("deal", deal), ""))
        if card.earlier:
            earlier = ntr("{count} earlier ticket", "{count} earlier tickets", card.earlier)
            from babel.numbers import format_decimal

            csat = tr("CSAT {csat}", csat=format_decimal(card.csat, "0.0", locale())) if card.csat else ""
            self.customer.add(Text(", ".join(part for part in (earlier, csat) if part), wrap=True))

    def _link_line(self, text: str, target: tuple[str, UUID | None], role: Any) -> QWidget:
        line = Clickable(text)
        line.setLayout(row(Text(text, role, wrap=True)))
        entity, record = target
        if record is not None:
            line.clicked.connect(lambda: self._frame.open_record(entity, record))
        return line

    def _rate(self, button: QWidget) -> None:
        menu = QMenu(self)
        for words, number in csat_choices():
            menu.addAction(words, self._rater(number))
        menu.exec(button.mapToGlobal(QPoint(0, button.height() + 4)))

    def _rater(self, csat: int | None) -> Callable[[], None]:
        ticket = self._ticket

        def rate() -> None:
            if ticket is not None:
                self._frame.do(deeds.rate, ticket, csat, said=tr("Satisfaction noted"))

        return rate

    def _save(self, name: str, value: Any, saved: Callable[[], None], refused: Callable[[Exception], None]) -> None:
        if self._ticket is not None:
            values = {name: given(Ticket.fields[name], value)}
            self._frame.do(record_operations.edit, "ticket", [self._ticket], values, done=lambda _: saved(), failed=at_field_or_window(self._frame, refused))

    @Slot(str, object)
    def _open_link(self, entity: str, record: UUID) -> None:
        self._frame.open_record(entity, record)


def _shown_line(line: ClockLine) -> QWidget:
    if line.tone is None:
        words = Text(line.text)
        words.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        words.setMinimumHeight(28)
        return words
    shown = QWidget()
    shown.setLayout(row(Chip(line.text, line.tone, icon=line.icon), None, margins=(0, 4, 0, 4)))
    return shown
