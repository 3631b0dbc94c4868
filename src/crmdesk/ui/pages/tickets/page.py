"""The service desk: the queue beside the ticket that is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QTimer, Slot
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from crmdesk import clock
from crmdesk.fields import Field
from crmdesk.i18n import locale, mark, tr
from crmdesk.models.ticket import Ticket
from crmdesk.operations import records as record_operations
from crmdesk.operations import tickets as deeds
from crmdesk.queries import records, service, tickets
from crmdesk.ui.actions import Action
from crmdesk.ui.dialogs.new_record import AskDialog
from crmdesk.ui.dialogs.ticket_end import TicketEndDialog
from crmdesk.ui.editors import Named
from crmdesk.ui.import_offers import nothing_yet
from crmdesk.ui.page import Changed, Frame, Page, Place, scrolled
from crmdesk.ui.pages.tickets.found import Opened, Queue, open_ticket
from crmdesk.ui.pages.tickets.side import TicketSide
from crmdesk.ui.pages.tickets.talk import Talk
from crmdesk.ui.views import FilterViews, is_view
from crmdesk.ui.widgets.basics import Button, Card, Chip, Clickable, Text, row
from crmdesk.ui.widgets.conversation import TicketQueue, Waiting, tone_of
from crmdesk.ui.widgets.heads import PageHeader, Segmented

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from PySide6.QtGui import QResizeEvent

    from crmdesk.queries.service import ServiceFigures
    from crmdesk.store import Reader

SEGMENTS = ("open", "mine", "unassigned")
OTHERS = ("late", "waiting", "resolved", "closed", "all")
FILTERS = (
    "number", "subject", "status", "priority", "queue", "channel", "owner", "company", "contact", "product", "deal", "service_level", "tags",
    "opened_at", "first_reply_due_at", "resolve_due_at", "resolved_at", "csat",
)  # fmt: skip
NEW_FIELDS = ("subject", "company", "contact", "priority", "channel", "queue", "owner")
MESSAGE = Field("message", "long_text", mark("What the customer says"))
QUEUE_WIDTH, NARROW_QUEUE, WIDE_QUEUE, SIDE_WIDTH, WIDE_SIDE, CLOCK_MS = 336, 300, 380, 276, 340, 30_000
NARROW, ROOMY = 1060, 1400


class Figure(Clickable):
    """A figure in a line of text that opens its rows."""

    def __init__(self, words: str, run: Callable[[], object]) -> None:
        super().__init__(words)
        self._words = words
        self.figure = Text("", "strong")
        self.setLayout(row(Text(words, "muted"), self.figure, space=4, margins=(3, 2, 3, 2)))
        self.clicked.connect(lambda: run())

    def show_figure(self, figure: str) -> None:
        """Show the figure; without one there was nothing to measure, and it is hidden."""
        self.figure.setText(figure)
        self.setAccessibleName(f"{self._words} {figure}")
        self.setVisible(bool(figure))


class TicketsPage(Page):
    """The service desk."""

    entity = "ticket"
    watches = frozenset({"ticket", "message", "company", "contact", "deal", "quote", "member", "service_level", "queue", "setting", "custom_field"})

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._which = "open"
        self._only: tuple[str, frozenset[UUID]] | None = None
        self._ticket: UUID | None = None
        self._wanted: UUID | None = None
        self._opened: Opened | None = None
        self._week: ServiceFigures | None = None
        self._wants_side = False
        self._build_header()
        self.queue = TicketQueue()
        self.queue.chosen.connect(self._choose)
        self.queue.opened.connect(self._open)
        queue_card = Card(padding=0)
        queue_card.add(self.queue)
        queue_card.setFixedWidth(QUEUE_WIDTH)
        self._queue_card = queue_card
        begin = Button(tr("New ticket"), self.new_ticket, "primary", "plus")
        said = tr("A ticket is one request of a customer, from the first message to the solution.")
        self.nothing = nothing_yet(frame, "ticket", tr("No tickets here."), begin, said)
        self.talk, self.side = Talk(frame), TicketSide(frame)
        self.talk.resolve_wanted.connect(self.resolve)
        self.talk.close_wanted.connect(self.close_ticket)
        self.talk.reopen_wanted.connect(self._reopen)
        self.talk.side_wanted.connect(self._toggle_side)
        self._side_area = scrolled(self.side)
        self._side_area.setFixedWidth(SIDE_WIDTH)
        body = QWidget()
        body.setLayout(row(queue_card, self.talk, self._side_area, space=12))
        self.stack = QStackedWidget()
        self.stack.addWidget(body)
        self.stack.addWidget(self.nothing)
        self.column.addWidget(self.header)
        self.column.addWidget(self.filter)
        self.column.addWidget(self.stack, 1)
        self._clock = QTimer(self)
        self._clock.setInterval(CLOCK_MS)
        self._clock.timeout.connect(self._tick)
        self._clock.start()

    # --- what it is made of -------------------------------------------------------------------------------------------

    def _build_header(self) -> None:
        self.header = PageHeader(tr("Tickets"))
        self.segments = Segmented(*((name, tr(tickets.FILTERS[name])) for name in SEGMENTS), name=tr("Which tickets"))
        self.segments.chosen.connect(self.show_which)
        self.more = Button("", self._choose_other, "flat", "list-filter", tr("Other tickets"), "chevron-down")
        self.only = Chip("", "accent", lambda: self.show_which("open"), "x")
        self.only.hide()
        self.filter = FilterViews(self, "ticket", FILTERS, lambda: {"which": self._which}, self._show_view)
        self.filter.changed.connect(self._restart)
        self.header.beside(self.segments, self.more, self.only, self.filter.filter_button, self.filter.save_button, self.filter.import_button)
        self.week_label = Text(tr("This week:"), "muted")
        self.reply_figure = Figure(tr("first reply in time"), lambda: self._show_figure("reply"))
        self.contact_figure = Figure(tr("resolved first contact"), lambda: self._show_figure("contact"))
        self.csat_figure = Figure(tr("CSAT"), lambda: self._show_figure("csat"))
        self.reply_figure.setToolTip(tr("First replies this week"))
        self.contact_figure.setToolTip(tr("Resolved this week"))
        figures = QWidget()
        figures.setLayout(row(self.week_label, self.reply_figure, self.contact_figure, self.csat_figure, space=8))
        self.figures = figures
        figures.hide()
        self.header.add(figures, Button(tr("Ticket"), self.new_ticket, "primary", "plus"))

    # --- arriving -----------------------------------------------------------------------------------------------------

    def arrive(self, place: Place) -> None:
        if place.entity == "ticket" and place.record is not None:
            self._wanted = place.record
            self._choose(place.record)
        elif place.view == "new":
            self.new_ticket()
        elif is_view(place.view):
            self.filter.open(place.view)
        else:
            self.filter.close_view()
            if place.view in tickets.FILTERS:
                self._which = place.view
        self._ask()

    def refresh(self, changed: Changed) -> None:
        self._ask()
        if self._ticket is not None:
            self._ask_ticket(self._ticket)

    def here(self, place: Place) -> Place:
        return Place(place.page, "ticket", self._ticket) if self._ticket is not None and not place.view else place

    def leave(self) -> bool:
        self.talk.keep_draft()
        return True

    def focus_first(self) -> None:
        self.queue.setFocus()

    def commands(self) -> list[Action]:
        return [
            Action("ticket.new", mark("New ticket"), self.new_ticket, "life-buoy", "Ctrl+Shift+T", "new"),
            Action("ticket.reply", mark("Write a reply"), self.talk.reply.setFocus, "reply", "Ctrl+R", "record", self._has_ticket),
            Action("ticket.take", mark("Assign to me"), self._assign_to_me, "user-check", "", "record", self._has_ticket),
            Action("ticket.resolve", mark("Resolve ticket"), self.resolve, "check", "", "record", self._has_ticket),
            Action("ticket.close", mark("Close ticket"), self.close_ticket, "circle-check", "", "record", self._has_ticket),
            Action("ticket.filter", mark("Filter this list"), self.filter.filter_button.click, "funnel", "Ctrl+F", "view"),
            Action("ticket.save_view", mark("Save view"), self.filter.save, "bookmark", "", "view"),
            *self.filter.file_actions(),
            Action("ticket.delete", mark("Delete ticket"), self._delete, "trash-2", "", "record", self._has_ticket),
        ]

    def _has_ticket(self) -> bool:
        return self._ticket is not None

    # --- room ---------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Leave out in a narrow window what can be shown by a button."""
        is_narrow = self.width() < NARROW
        self.talk.side_button.setVisible(is_narrow)
        shows_side = not is_narrow or self._wants_side
        self._side_area.setVisible(shows_side)
        self._queue_card.setVisible(not is_narrow or not self._wants_side)
        is_roomy = self.width() >= ROOMY
        self._queue_card.setFixedWidth(NARROW_QUEUE if is_narrow else WIDE_QUEUE if is_roomy else QUEUE_WIDTH)
        self._side_area.setFixedWidth(WIDE_SIDE if is_roomy else SIDE_WIDTH)
        self._show_figures_that_fit(not is_narrow and self._week is not None and bool(self._week.first_replies or self._week.resolved))

    def _show_figures_that_fit(self, is_wanted: bool) -> None:
        """Leave out of the head, one by one, what it has no room for."""
        self.figures.setVisible(is_wanted)
        self.week_label.show()
        self.contact_figure.setVisible(bool(self.contact_figure.figure.text()))
        margins = self.column.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        for part in (self.week_label, self.contact_figure, self.figures):
            if is_wanted and self.header.wanted_width() > room:
                part.hide()

    def _toggle_side(self) -> None:
        self._wants_side = not self._wants_side
        self._arrange()

    # --- the queue ----------------------------------------------------------------------------------------------------

    @Slot()
    def _tick(self) -> None:
        """Let the words of the clocks follow the time."""
        if self.isVisible():
            self._ask()
            if self._ticket is not None:
                self._ask_ticket(self._ticket)

    def _ask(self) -> None:
        which, only, where = self._which, self._only, self.filter.conditions()

        def question(reader: Reader) -> Queue:
            when = clock.now()
            found = tickets.tickets(reader, "all", limit=100_000) if only else tickets.tickets(reader, which, where=where)
            rows = [one for one in found if only is None or one.id in only[1]]
            waiting = [Waiting(one, one.due.words(when, reader), tone_of(one, when)) for one in rows]
            has_any = bool(rows) or records.count(reader, "ticket") > 0
            return Queue(waiting, tickets.counts(reader, SEGMENTS, where), service.week(reader), records.count(reader, "saved_answer"), has_any)

        self.frame.ask(self, question, self._show, key="queue")

    def _show(self, found: Queue) -> None:
        for name in SEGMENTS:
            self.segments.set_label(name, tr("{filter} {count}", filter=tr(tickets.FILTERS[name]), count=found.counts[name]))
        self.more.setText(tr(tickets.FILTERS[self._which]) if self._which in OTHERS and self._only is None else tr("More"))
        self.only.setVisible(self._only is not None)
        if self._only is not None:
            self.only.show_as(self._only[0], "accent")
        self._show_week(found.week)
        has_any = bool(found.rows) or self._ticket is not None
        self.stack.setCurrentIndex(0 if has_any else 1)
        self.nothing.show_lesser(not found.has_any)
        self.queue.show_rows(found.rows, self._wanted)
        self._wanted = None
        if found.rows and self._ticket is None:
            self._choose(found.rows[0].row.id)

    def _show_week(self, week: ServiceFigures) -> None:
        from babel.numbers import format_decimal

        self._week = week
        percent, contact = week.first_reply_percent, week.first_contact_percent
        self.reply_figure.show_figure("" if percent is None else tr("{percent}%", percent=round(percent)))
        self.contact_figure.show_figure("" if contact is None else tr("{percent}%", percent=round(contact)))
        self.csat_figure.show_figure("" if week.csat is None else format_decimal(week.csat, "0.0", locale()))
        self._arrange()

    def _show_figure(self, which: str) -> None:
        """Show the tickets behind one of the week's figures."""
        if self._week is None:
            return
        ids, label = {
            "reply": (self._week.reply_ids, tr("First replies this week")),
            "contact": (self._week.resolved_ids, tr("Resolved this week")),
            "csat": (self._week.resolved_ids, tr("Resolved this week")),
        }[which]
        self._only = (label, frozenset(ids))
        self._restart()

    def _show_view(self, kept: Mapping[str, Any], name: str) -> None:
        which = kept.get("which", "open")
        self.header.set_title(name or tr("Tickets"))
        self.show_which(which if which in tickets.FILTERS else "open")

    @Slot(str)
    def show_which(self, which: str) -> None:
        """Show the tickets of a segment, or others."""
        self._which, self._only = which, None
        if which in SEGMENTS:
            self.segments.choose(which)
        else:
            self.segments.clear()
        self.filter.tell()
        self._restart()

    @Slot()
    def _restart(self) -> None:
        self._let_go()
        self.queue.show_rows([])
        self._ask()

    def _choose_other(self) -> None:
        menu = QMenu(self)
        group = QActionGroup(menu)
        for name in OTHERS:
            action = menu.addAction(tr(tickets.FILTERS[name]), self._filterer(name))
            action.setCheckable(True)
            action.setChecked(self._which == name)
            group.addAction(action)
        menu.exec(self.more.mapToGlobal(QPoint(0, self.more.height() + 4)))

    def _filterer(self, name: str) -> Callable[[], None]:
        return lambda: self.show_which(name)

    # --- one ticket ---------------------------------------------------------------------------------------------------

    @Slot(object)
    def _choose(self, ticket: UUID) -> None:
        if ticket == self._ticket:
            return
        self.talk.begin()
        self._ticket, self._opened = ticket, None
        self._ask_ticket(ticket)

    def _let_go(self) -> None:
        """Have no ticket open, until another one is chosen."""
        self.talk.begin()
        self._ticket, self._opened = None, None

    @Slot(object, bool)
    def _open(self, ticket: UUID, beside: bool) -> None:
        if beside:
            self.frame.open_record("ticket", ticket, own_window=True)
        else:
            self._choose(ticket)
            self.talk.reply.setFocus()

    def _ask_ticket(self, ticket: UUID) -> None:
        store = self.frame.store
        self.frame.ask(self, lambda reader: open_ticket(reader, store, ticket), self._show_ticket, self._ticket_gone, key="ticket")

    def _ticket_gone(self, error: Exception) -> None:
        self._let_go()
        self.frame.show_error(error)
        self._ask()

    def _show_ticket(self, found: Opened) -> None:
        if found.page.ticket.id == self._ticket:
            self._opened = found
            self.talk.show_ticket(found)
            self.side.show_ticket(found)

    # --- state --------------------------------------------------------------------------------------------------------

    @Slot()
    def resolve(self) -> None:
        """Ask how the ticket was resolved."""
        found = self._opened
        if found is None or found.page.ticket.status in ("resolved", "closed"):
            return
        one = found.page.ticket
        asked = TicketEndDialog(self.window(), one.number, found.page.resolution, closing=False)
        if asked.exec() == TicketEndDialog.DialogCode.Accepted:
            self.frame.do(deeds.resolve, one.id, asked.text() or None, said=tr("{number} resolved", number=one.number))

    @Slot()
    def close_ticket(self) -> None:
        """Ask how it ended, and whether the customer was satisfied."""
        found = self._opened
        if found is None or found.page.ticket.status == "closed":
            return
        one = found.page.ticket
        asked = TicketEndDialog(self.window(), one.number, found.page.resolution, closing=True)
        if asked.exec() == TicketEndDialog.DialogCode.Accepted:
            self.frame.do(
                deeds.close,
                one.id,
                asked.text() or None,
                csat=asked.satisfaction(),
                call_back=asked.call_back.isChecked(),
                said=tr("{number} closed", number=one.number),
            )

    @Slot()
    def _reopen(self) -> None:
        if self._opened is not None:
            one = self._opened.page.ticket
            self.frame.do(deeds.reopen, one.id, said=tr("{number} reopened", number=one.number))

    def _assign_to_me(self) -> None:
        me = self.frame.store.viewer.member_id
        if self._ticket is not None and me is not None:
            self.frame.do(deeds.assign, [self._ticket], me, said=tr("The ticket is yours"))

    def _delete(self) -> None:
        if self._ticket is not None:
            ticket = self._ticket
            self._let_go()
            self.frame.do(record_operations.delete, "ticket", [ticket], said=tr("Ticket deleted"))

    # --- new ----------------------------------------------------------------------------------------------------------

    def new_ticket(self) -> None:
        """Ask for a new ticket."""
        fields = [*(Ticket.fields[name] for name in NEW_FIELDS), MESSAGE]
        AskDialog(
            self.frame, fields, tr("New ticket"), tr("Open ticket"), self._open_new, {"priority": "normal", "channel": "phone", "owner": self._me()}
        ).open()

    def _me(self) -> Named | None:
        me = self.frame.store.viewer.member_id
        name = getattr(self.frame, "user_name", "")
        return Named(me, name) if me is not None and name else None

    def _open_new(self, values: dict[str, Any], done: Callable[[Any], None], failed: Callable[[Exception], None]) -> None:
        links = {f"{name}_id": values.pop(name, None) for name in ("company", "contact", "queue", "owner")}

        def opened(ticket: UUID) -> None:
            done(ticket)
            self._wanted = ticket
            self._choose(ticket)
            self._ask()

        self.frame.do(deeds.open_ticket, values.pop("subject"), **links, **values, done=opened, failed=failed, said=tr("Ticket opened"))
