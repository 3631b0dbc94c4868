"""Tickets: the queue, the conversation with the customer, and beside it what is promised to whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QActionGroup, QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QStackedWidget, QWidget

from crmdesk import clock
from crmdesk.fields import Field, show_money
from crmdesk.i18n import locale, mark, ntr, tr
from crmdesk.models.ticket import Ticket
from crmdesk.operations import records as record_operations
from crmdesk.operations import sending
from crmdesk.operations import tickets as deeds
from crmdesk.queries import records, tickets
from crmdesk.ui import background, theme
from crmdesk.ui.actions import Action
from crmdesk.ui.dialogs.new_record import AskDialog
from crmdesk.ui.dialogs.ticket_end import TicketEndDialog, csat_choices
from crmdesk.ui.editors import Named
from crmdesk.ui.form import Form, FormGrid
from crmdesk.ui.own_fields import OwnFields
from crmdesk.ui.page import Changed, Frame, Page, Place, scrolled
from crmdesk.ui.records import context, for_form, given
from crmdesk.ui.views import FilterViews, is_view
from crmdesk.ui.widgets.basics import Button, Card, Chip, Clickable, ElidedText, IconButton, Line, Text, column, row
from crmdesk.ui.widgets.conversation import Conversation, ReplyBox, TicketQueue, Waiting, channel_name, moment_text, tone_of
from crmdesk.ui.widgets.heads import EmptyState, PageHeader, Segmented

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from uuid import UUID

    from PySide6.QtGui import QResizeEvent

    from crmdesk.operations.sending import ReadyMail
    from crmdesk.queries.tickets import ServiceFigures, Snippet, TicketPage
    from crmdesk.store import Reader

SEGMENTS = ("open", "mine", "unassigned")
OTHERS = ("late", "waiting", "resolved", "closed", "all")
FIELDS = ("owner", "priority", "queue", "channel", "company", "contact", "product", "deal", "quote", "tags")
FILTERS = (
    "number", "subject", "status", "priority", "queue", "channel", "owner", "company", "contact", "product", "deal", "service_level", "tags",
    "opened_at", "first_reply_due_at", "resolve_due_at", "resolved_at", "csat",
)  # fmt: skip
NEW_FIELDS = ("subject", "company", "contact", "priority", "channel", "queue", "owner")
MESSAGE = Field("message", "long_text", mark("What the customer says"))
QUEUE_WIDTH, NARROW_QUEUE, WIDE_QUEUE, SIDE_WIDTH, WIDE_SIDE, CLOCK_MS = 336, 300, 380, 276, 340, 30_000
NARROW, ROOMY = 1060, 1400


@dataclass(frozen=True)
class _Queue:
    """The queue with its counts and the week's figures."""

    rows: list[Waiting]
    counts: dict[str, int]
    week: ServiceFigures
    answers: int


@dataclass(frozen=True)
class _Opened:
    """One ticket with everything that stands beside it."""

    page: TicketPage
    values: dict[str, Any]
    due: str
    tone: theme.Tone
    articles: list[Snippet]
    draft: str
    now: datetime


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

    watches = frozenset({"ticket", "message", "company", "contact", "deal", "quote", "member", "service_level", "queue", "setting", "custom_field"})

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._which = "open"
        self._only: tuple[str, frozenset[UUID]] | None = None
        self._ticket: UUID | None = None
        self._wanted: UUID | None = None
        self._opened: _Opened | None = None
        self._week: ServiceFigures | None = None
        self._article: UUID | None = None
        self._wants_side = False
        self._build_header()
        self.queue = TicketQueue()
        self.queue.chosen.connect(self._choose)
        self.queue.opened.connect(self._open)
        queue_card = Card(padding=0)
        queue_card.add(self.queue)
        queue_card.setFixedWidth(QUEUE_WIDTH)
        self._queue_card = queue_card
        self.nothing = EmptyState(
            "life-buoy", tr("No tickets here."), Button(tr("New ticket"), self.new_ticket, "primary", "plus"),
            hint=tr("A ticket is one request of a customer, from the first message to the solution."),
        )  # fmt: skip
        middle, self._side = self._build_conversation(), self._build_side()
        body = QWidget()
        body.setLayout(row(queue_card, middle, self._side, space=12))
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
        self.segments.chosen.connect(self._filter)
        self.more = Button("", self._choose_other, "flat", "list-filter", tr("Other tickets"), "chevron-down")
        self.only = Chip("", "accent", lambda: self._filter("open"), "x")
        self.only.hide()
        self.filter = FilterViews(self, "ticket", FILTERS, lambda: {"which": self._which}, self._show_view)
        self.filter.changed.connect(self._restart)
        self.header.beside(self.segments, self.more, self.only, self.filter.filter_button, self.filter.save_button)
        self.week_label = Text(tr("This week:"), "muted")
        self.reply_figure = Figure(tr("first reply in time"), lambda: self._show_figure("reply"))
        self.contact_figure = Figure(tr("resolved first contact"), lambda: self._show_figure("contact"))
        self.csat_figure = Figure(tr("CSAT"), lambda: self._show_figure("csat"))
        figures = QWidget()
        figures.setLayout(row(self.week_label, self.reply_figure, self.contact_figure, self.csat_figure, space=8))
        self.figures = figures
        figures.hide()
        self.header.add(figures, Button(tr("Ticket"), self.new_ticket, "primary", "plus"))

    def _build_conversation(self) -> QWidget:
        self.about = ElidedText("", token="muted")
        self.subject = Text("", "dialog", wrap=True, selectable=True)
        self.subject.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.state = Chip("", "info")
        self.resolve_button = Button(tr("Resolve"), self._resolve, icon="check")
        self.close_button = Button(tr("Close"), self._close)
        self.reopen_button = Button(tr("Reopen"), self._reopen, icon="rotate-ccw")
        self.side_button = IconButton("panel-right", tr("Show the customer and what is promised"), self._toggle_side)
        self.side_button.hide()
        head = column(
            row(self.about, self.resolve_button, self.close_button, self.reopen_button, self.side_button, space=8), row(self.subject, self.state, space=8), space=4,
            margins=(16, 11, 12, 12),
        )
        self.conversation = Conversation()
        self.reply = ReplyBox()
        self.reply.setMinimumHeight(110)
        self.reply.setMaximumHeight(170)
        self.reply.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.reply.snippets_wanted.connect(self._find_snippets)
        self.reply.snippet_taken.connect(self._take_snippet)
        self.reply.send_wanted.connect(self._send_and_wait)
        self.reply.draft_changed.connect(self._keep_draft)
        self._articles = QHBoxLayout()
        self._articles.setSpacing(8)
        self.note_button = Button(tr("Internal note"), self._note)
        self.send_button = Button(tr("Send and wait"), self._send_and_wait, "primary")
        self.send_more = Button("", self._choose_send, "primary", tip=tr("Other ways to send"), trailing="chevron-down")
        self.send_more.setAccessibleName(tr("Other ways to send"))
        buttons = row(None, self.note_button, row(self.send_button, self.send_more, space=1), space=8)
        middle = Card(padding=0, space=0)
        middle.body.addLayout(head)
        middle.body.addWidget(Line())
        middle.body.addWidget(self.conversation, 1)
        middle.body.addLayout(column(self.reply, self._articles, buttons, space=10, margins=(16, 14, 16, 14)))
        return middle

    def _build_side(self) -> QWidget:
        self.level = Card(space=4)
        self.level_name = Text(tr("Service level"), "strong")
        self._clocks = FormGrid(104, 2)
        self.form = Form([Ticket.fields[name] for name in FIELDS], context(self.frame.store, quiet=True), self._save, 92)
        self.form.link_opened.connect(self._open_link)
        self.own = OwnFields(self.frame, "ticket", 92)
        self.level.add(self.level_name, self._clocks, column(Line(), margins=(0, 0, 8, 0)), self.form, self.own)
        self.level.body.setContentsMargins(16, 13, 8, 12)
        self.customer = Card(space=4)
        inner = QWidget()
        inner.setLayout(column(self.level, self.customer, None, space=12))
        side = scrolled(inner)
        side.setFixedWidth(SIDE_WIDTH)
        return side

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

    def leave(self) -> bool:
        self._keep_draft(self.reply.text())
        return True

    def focus_first(self) -> None:
        self.queue.setFocus()

    def commands(self) -> list[Action]:
        return [
            Action("ticket.new", mark("New ticket"), self.new_ticket, "life-buoy", "Ctrl+Shift+T", "new"),
            Action("ticket.reply", mark("Write a reply"), self.reply.setFocus, "reply", "Ctrl+R", "record", self._has_ticket),
            Action("ticket.take", mark("Assign to me"), self._assign_to_me, "user-check", "", "record", self._has_ticket),
            Action("ticket.resolve", mark("Resolve ticket"), self._resolve, "check", "", "record", self._has_ticket),
            Action("ticket.close", mark("Close ticket"), self._close, "circle-check", "", "record", self._has_ticket),
            Action("ticket.filter", mark("Filter this list"), self.filter.filter_button.click, "funnel", "Ctrl+F", "view"),
            Action("ticket.save_view", mark("Save view"), self.filter.save, "bookmark", "", "view"),
            self.filter.export_action(),
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
        self.side_button.setVisible(is_narrow)
        shows_side = not is_narrow or self._wants_side
        self._side.setVisible(shows_side)
        self._queue_card.setVisible(not is_narrow or not self._wants_side)
        is_roomy = self.width() >= ROOMY
        self._queue_card.setFixedWidth(NARROW_QUEUE if is_narrow else WIDE_QUEUE if is_roomy else QUEUE_WIDTH)
        self._side.setFixedWidth(WIDE_SIDE if is_roomy else SIDE_WIDTH)
        self.figures.setVisible(not is_narrow and self._week is not None and bool(self._week.first_replies or self._week.resolved))

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

        def question(reader: Reader) -> _Queue:
            when = clock.now()
            found = tickets.tickets(reader, "all", limit=100_000) if only else tickets.tickets(reader, which, where=where)
            rows = [one for one in found if only is None or one.id in only[1]]
            waiting = [Waiting(one, one.due.words(when, reader), tone_of(one, when)) for one in rows]
            return _Queue(waiting, tickets.counts(reader, SEGMENTS, where), tickets.week(reader), records.count(reader, "saved_answer"))

        self.frame.ask(self, question, self._show, key="queue")

    def _show(self, found: _Queue) -> None:
        for name in SEGMENTS:
            self.segments.set_label(name, tr("{filter} {count}", filter=tr(tickets.FILTERS[name]), count=found.counts[name]))
        self.more.setText(tr(tickets.FILTERS[self._which]) if self._which in OTHERS and self._only is None else tr("More"))
        self.only.setVisible(self._only is not None)
        if self._only is not None:
            self.only.show_as(self._only[0], "accent")
        self._show_week(found.week)
        has_any = bool(found.rows) or self._ticket is not None
        self.stack.setCurrentIndex(0 if has_any else 1)
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
        self._filter(which if which in tickets.FILTERS else "open")

    @Slot(str)
    def _filter(self, which: str) -> None:
        self._which, self._only = which, None
        if which in SEGMENTS:
            self.segments.choose(which)
        else:
            self.segments.clear()
        self.filter.tell()
        self._restart()

    @Slot()
    def _restart(self) -> None:
        self.leave()
        self._ticket = None
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
        return lambda: self._filter(name)

    # --- one ticket ---------------------------------------------------------------------------------------------------

    @Slot(object)
    def _choose(self, ticket: UUID) -> None:
        if ticket == self._ticket:
            return
        if self._ticket is not None:
            self._keep_draft(self.reply.text())
        self._ticket, self._article = ticket, None
        self._opened = None
        self._ask_ticket(ticket)

    @Slot(object, bool)
    def _open(self, ticket: UUID, beside: bool) -> None:
        if beside:
            self.frame.open_record("ticket", ticket, own_window=True)
        else:
            self._choose(ticket)
            self.reply.setFocus()

    def _ask_ticket(self, ticket: UUID) -> None:
        store = self.frame.store

        def question(reader: Reader) -> _Opened:
            page, when = tickets.page(reader, ticket), clock.now()
            found = records.rows(reader, "ticket", [ticket], FIELDS)
            draft = store.drafts().get(_draft_key(ticket), "")
            return _Opened(
                page, found[0].values if found else {}, page.ticket.due.words(when, reader), tone_of(page.ticket, when),
                tickets.articles_for(reader, ticket, 2), draft, when,
            )  # fmt: skip

        self.frame.ask(self, question, self._show_ticket, self._ticket_gone, key="ticket")

    def _ticket_gone(self, error: Exception) -> None:
        self._ticket = None
        self.frame.show_error(error)
        self._ask()

    def _show_ticket(self, found: _Opened) -> None:
        one = found.page.ticket
        if one.id != self._ticket:
            return
        is_other = self._opened is None or self._opened.page.ticket.id != one.id
        self._opened = found
        zone, today = self.frame.store.settings.tz, clock.today(self.frame.store.settings.tz)
        opened = moment_text(one.opened_at, zone, today) if one.opened_at else ""
        channel = channel_name(found.page.channel)
        self.about.set_text(" · ".join(part for part in (one.number, tr("opened {time}", time=opened) if opened else "", channel) if part))
        self.subject.setText(one.subject)
        self.state.show_as(found.due, found.tone)
        is_done = one.status in ("resolved", "closed")
        self.resolve_button.setVisible(not is_done)
        self.close_button.setVisible(one.status != "closed")
        self.reopen_button.setVisible(is_done or one.status == "waiting")
        self.conversation.show_messages(found.page.messages, zone, today)
        if is_other:
            self.reply.set_text(found.draft)
        name = found.page.customer.contact.split(" ")[0] if found.page.customer.contact.isascii() else found.page.customer.contact
        self.reply.setPlaceholderText(
            tr("Reply to {name} …   type / for a saved answer or an article", name=name) if name else tr("Reply …   type / for a saved answer or an article")
        )
        self.send_button.setText(tr("Send and wait") if found.page.customer.email else tr("Log reply and wait"))
        self._show_articles(found.articles)
        self._show_clocks(found)
        self.form.set_values(for_form(found.values))
        self.own.show_record(one.id)
        self._show_customer(found.page)

    def _show_articles(self, articles: list[Snippet]) -> None:
        _empty(self._articles)
        for article in articles[:2]:
            title = article.title if len(article.title) < 28 else article.title[:26] + "…"
            self._articles.addWidget(Button(title, lambda article=article: self._put_article(article), icon="book-open", tip=article.title))  # type: ignore[misc]
        self._articles.addStretch(1)

    def _show_clocks(self, found: _Opened) -> None:
        page, zone = found.page, self.frame.store.settings.tz
        today = clock.today(zone)
        self.level_name.setText(tr("Service level: {name}", name=page.level.name) if page.level else tr("No service level"))
        self._clocks.clear()
        if page.first_replied_at is not None:
            kept = page.first_reply_due_at is None or page.first_replied_at <= page.first_reply_due_at
            text = moment_text(page.first_replied_at, zone, today)
            self._clocks.add(tr("First reply"), _chip_line(Chip(text, "success" if kept else "danger", icon="check" if kept else "circle-alert")))
        elif page.first_reply_due_at is not None:
            self._clocks.add(tr("First reply"), _due_line(page.first_reply_due_at, found.now, moment_text(page.first_reply_due_at, zone, today)))
        if page.resolved_at is not None:
            kept = page.resolve_due_at is None or page.resolved_at <= page.resolve_due_at
            text = moment_text(page.resolved_at, zone, today)
            self._clocks.add(tr("Resolved"), _chip_line(Chip(text, "success" if kept else "danger", icon="check" if kept else "circle-alert")))
        elif page.resolve_due_at is not None and page.ticket.status != "waiting":
            self._clocks.add(tr("Resolve by"), _due_line(page.resolve_due_at, found.now, moment_text(page.resolve_due_at, zone, today)))
        if page.ticket.status == "waiting" and page.waiting_since is not None:
            self._clocks.add(tr("Paused since"), _chip_line(Chip(moment_text(page.waiting_since, zone, today), "info")))
        if page.ticket.status in ("resolved", "closed"):
            csat = page.ticket.due.csat
            rate = Button(tr("{csat} of 5", csat=csat) if csat else tr("Ask and note"), None, "link")
            rate.clicked.connect(lambda: self._rate(rate))
            self._clocks.add(tr("Satisfaction"), rate)
        if page.resolution:
            self._clocks.add(tr("Resolution"), Text(page.resolution, wrap=True, selectable=True))

    def _show_customer(self, page: TicketPage) -> None:
        _empty(self.customer.body)
        card = page.customer
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
                self.customer.add(Text(value, "muted", selectable=True))
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
            line.clicked.connect(lambda: self.frame.open_record(entity, record))
        return line

    # --- writing ------------------------------------------------------------------------------------------------------

    @Slot(str)
    def _find_snippets(self, typed: str) -> None:
        self.frame.ask(self, lambda reader: tickets.snippets(reader, typed), lambda found: self.reply.offer(typed, found), key="snippets")

    @Slot(object)
    def _take_snippet(self, snippet: Snippet) -> None:
        if snippet.entity == "article":
            self._put_article(snippet)
        elif self._ticket is not None:
            ticket = self._ticket
            self.frame.ask(self, lambda reader: tickets.filled_answer(reader, snippet.id, ticket), self.reply.put, key="answer")

    def _put_article(self, article: Snippet) -> None:
        self._article = article.id
        self.reply.put(article.body)

    @Slot(str)
    def _keep_draft(self, text: str) -> None:
        if self._ticket is None or (self._opened is not None and self._opened.page.ticket.id != self._ticket):
            return
        store, key = self.frame.store, _draft_key(self._ticket)
        background.write(self, "", lambda job: store.keep_draft(key, text.strip() and text))

    def _say(self, operation: Callable[..., UUID], said: str, **more: Any) -> None:
        text = self.reply.text().strip()
        if not text or self._ticket is None:
            self.reply.setFocus()
            return
        ticket = self._ticket
        self.reply.set_text("")
        self._keep_draft("")
        self.frame.do(operation, ticket, text, said=said, failed=lambda error: self._unsaid(ticket, text, error), **more)

    def _unsaid(self, ticket: UUID, text: str, error: Exception) -> None:
        if ticket == self._ticket and not self.reply.text().strip():
            self.reply.set_text(text)
        self.frame.show_error(error)

    @Slot()
    def _send_and_wait(self) -> None:
        self._send(wait=True)

    def _send(self, wait: bool) -> None:
        text, found = self.reply.text().strip(), self._opened
        email = found.page.customer.email if found is not None else ""
        said = tr("Reply noted; it is ready in your mail program") if email else tr("Reply noted")
        self._say(deeds.reply, said, wait=wait, article_id=self._article)
        self._article = None
        if text and email and found is not None:
            self._open_mail(found.page.ticket.id, text)

    def _open_mail(self, ticket: UUID, text: str) -> None:
        """Open a ready mail in the user's mail program."""
        store = self.frame.store
        background.read(self, lambda job: sending.prepare_reply(store, ticket, text), self._mail_ready, self.frame.show_error)

    def _mail_ready(self, mail: ReadyMail) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(mail.path))):
            self.frame.say(tr("The reply is noted, but no mail program could be opened. The mail lies at {path}.", path=mail.path))

    def _note(self) -> None:
        self._say(deeds.note, tr("Note added"), article_id=self._article)

    def _choose_send(self) -> None:
        menu = QMenu(self)
        menu.addAction(theme.icon("send"), tr("Send"), lambda: self._send(wait=False))
        menu.addAction(theme.icon("check"), tr("Send and resolve"), self._send_and_resolve)
        menu.addSeparator()
        menu.addAction(theme.icon("message-circle"), tr("This is what the customer said"), lambda: self._say(deeds.receive, tr("Message noted")))
        menu.exec(self.send_more.mapToGlobal(QPoint(0, self.send_more.height() + 4)))

    def _send_and_resolve(self) -> None:
        if self.reply.text().strip():
            self._send(wait=False)
            self._resolve()

    # --- state --------------------------------------------------------------------------------------------------------

    def _resolve(self) -> None:
        found = self._opened
        if found is None or self._ticket is None or found.page.ticket.status in ("resolved", "closed"):
            return
        asked = TicketEndDialog(self.window(), found.page.ticket.number, found.page.resolution, closing=False)
        if asked.exec() == TicketEndDialog.DialogCode.Accepted:
            self.frame.do(deeds.resolve, self._ticket, asked.text() or None, said=tr("{number} resolved", number=found.page.ticket.number))

    def _close(self) -> None:
        found = self._opened
        if found is None or self._ticket is None or found.page.ticket.status == "closed":
            return
        asked = TicketEndDialog(self.window(), found.page.ticket.number, found.page.resolution, closing=True)
        if asked.exec() == TicketEndDialog.DialogCode.Accepted:
            self.frame.do(
                deeds.close, self._ticket, asked.text() or None, csat=asked.satisfaction(), call_back=asked.call_back.isChecked(),
                said=tr("{number} closed", number=found.page.ticket.number),
            )  # fmt: skip

    def _reopen(self) -> None:
        if self._ticket is not None and self._opened is not None:
            self.frame.do(deeds.reopen, self._ticket, said=tr("{number} reopened", number=self._opened.page.ticket.number))

    def _rate(self, button: QWidget) -> None:
        menu = QMenu(self)
        for words, number in csat_choices():
            menu.addAction(words, self._rater(number))
        menu.exec(button.mapToGlobal(QPoint(0, button.height() + 4)))

    def _rater(self, csat: int | None) -> Callable[[], None]:
        ticket = self._ticket

        def rate() -> None:
            if ticket is not None:
                self.frame.do(deeds.rate, ticket, csat, said=tr("Satisfaction noted"))

        return rate

    def _assign_to_me(self) -> None:
        me = self.frame.store.viewer.member_id
        if self._ticket is not None and me is not None:
            self.frame.do(deeds.assign, [self._ticket], me, said=tr("The ticket is yours"))

    def _delete(self) -> None:
        if self._ticket is not None:
            ticket, self._ticket = self._ticket, None
            self.frame.do(record_operations.delete, "ticket", [ticket], said=tr("Ticket deleted"))

    def _save(self, name: str, value: Any, saved: Callable[[], None], refused: Callable[[Exception], None]) -> None:
        if self._ticket is not None:
            values = {name: given(Ticket.fields[name], value)}
            self.frame.do(record_operations.edit, "ticket", [self._ticket], values, done=lambda _: saved(), failed=refused)

    @Slot(str, object)
    def _open_link(self, entity: str, record: UUID) -> None:
        self.frame.open_record(entity, record)

    # --- new ----------------------------------------------------------------------------------------------------------

    def new_ticket(self) -> None:
        """Ask for a new ticket."""
        fields = [*(Ticket.fields[name] for name in NEW_FIELDS), MESSAGE]
        AskDialog(self.frame, fields, tr("New ticket"), tr("Open ticket"), self._open_new, {"priority": "normal", "channel": "phone", "owner": self._me()}).open()

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


def _draft_key(ticket: UUID) -> str:
    return f"ticket:{ticket}:reply"


def _chip_line(chip: Chip) -> QWidget:
    line = QWidget()
    line.setLayout(row(chip, None, margins=(0, 4, 0, 4)))
    return line


def _due_line(at: datetime, when: datetime, text: str) -> QWidget:
    """Return a due time: pressing ones as a chip with the time left, others in words."""
    minutes = (at - when).total_seconds() / 60
    if minutes < 0:
        return _chip_line(Chip(tr("Late by {time}", time=tickets.short_time(-minutes)), "danger", icon="circle-alert"))
    if minutes < 240:
        return _chip_line(Chip(tr("in {time}", time=tickets.short_time(minutes)), "danger" if minutes <= 30 else "warning", icon="clock"))
    line = Text(text)
    line.setAlignment(Qt.AlignmentFlag.AlignVCenter)
    line.setMinimumHeight(28)
    return line


def _empty(layout: Any) -> None:
    """Take everything out of a layout."""
    while layout.count():
        item = layout.takeAt(0)
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif item.layout() is not None:
            _empty(item.layout())
