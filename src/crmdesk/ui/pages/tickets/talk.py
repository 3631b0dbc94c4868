"""The conversation with the customer, and where the reply is written."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout

from crmdesk import clock
from crmdesk.i18n import tr
from crmdesk.operations import sending
from crmdesk.operations import tickets as deeds
from crmdesk.queries import answers
from crmdesk.ui import background, theme
from crmdesk.ui.pages.tickets.found import Opened, draft_key
from crmdesk.ui.widgets.basics import Button, Card, Chip, ElidedText, IconButton, Line, Text, column, row
from crmdesk.ui.widgets.conversation import Conversation, ReplyBox, channel_name, moment_text
from crmdesk.ui.widgets.layouts import empty

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from crmdesk.operations.sending import ReadyMail
    from crmdesk.queries.answers import Snippet
    from crmdesk.ui.page import Frame


LEAST_REPLY, MOST_REPLY, REPLY_EDGE = 64, 170, 22


class Talk(Card):
    """One ticket: what it is about, what was said, and the reply.

    Signals:
        resolve_wanted, close_wanted, reopen_wanted: the ticket is to be in another state.
        side_wanted: what stands beside it is to be shown or hidden.
    """

    resolve_wanted = Signal()
    close_wanted = Signal()
    reopen_wanted = Signal()
    side_wanted = Signal()

    def __init__(self, frame: Frame) -> None:
        super().__init__(padding=0, space=0)
        self._frame = frame
        self._ticket: UUID | None = None
        self._opened: Opened | None = None
        self._article: UUID | None = None
        self._offered: Sequence[Snippet] = ()
        self._kept: dict[UUID, str] = {}  # on its way into the store
        self.body.addLayout(self._build_head())
        self.body.addWidget(Line())
        self.conversation = Conversation()
        self.body.addWidget(self.conversation, 1)
        self.body.addLayout(self._build_reply())

    def _build_head(self) -> QVBoxLayout:
        self.about = ElidedText("", token="muted")
        self.subject = Text("", "dialog", wrap=True, selectable=True)
        self.subject.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.state = Chip("", "info")
        self.resolve_button = Button(tr("Resolve"), self.resolve_wanted.emit, icon="check")
        self.close_button = Button(tr("Close"), self.close_wanted.emit)
        self.reopen_button = Button(tr("Reopen"), self.reopen_wanted.emit, icon="rotate-ccw")
        self.side_button = IconButton("panel-right", tr("Show the customer and what is promised"), self.side_wanted.emit)
        self.side_button.hide()
        return column(
            row(self.about, self.resolve_button, self.close_button, self.reopen_button, self.side_button, space=8),
            row(self.subject, self.state, space=8),
            space=4,
            margins=(16, 11, 12, 12),
        )

    def _build_reply(self) -> QVBoxLayout:
        self.reply = ReplyBox()
        self.reply.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.reply.textChanged.connect(self._make_room)
        self.reply.snippets_wanted.connect(self._find_snippets)
        self.reply.snippet_taken.connect(self._take_snippet)
        self.reply.send_wanted.connect(self.send_and_wait)
        self.reply.draft_changed.connect(self._keep)
        self._articles = QHBoxLayout()
        self._articles.setSpacing(8)
        self.note_button = Button(tr("Internal note"), self.note)
        self.send_button = Button(tr("Send and wait"), self.send_and_wait, "primary")
        self.send_more = Button("", self._choose_send, "primary", tip=tr("Other ways to send"), trailing="chevron-down")
        self.send_more.setAccessibleName(tr("Other ways to send"))
        buttons = row(None, self.note_button, row(self.send_button, self.send_more, space=1), space=8)
        return column(self.reply, self._articles, buttons, space=10, margins=(16, 14, 16, 14))

    @Slot()
    def _make_room(self) -> None:
        """Leave the conversation the greater part; the box grows with what is written in it."""
        lines = round(self.reply.document().size().height())
        wanted = (lines + 1) * self.reply.fontMetrics().lineSpacing() + REPLY_EDGE
        usual = max(LEAST_REPLY, min(MOST_REPLY, self.height() // 5))
        self.reply.setFixedHeight(max(usual, min(wanted, self.height() * 2 // 5)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    # --- showing ------------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Go on to another ticket: what is half typed is kept, and nothing can be sent before the other one is shown."""
        self.keep_draft()
        self._ticket, self._opened, self._article = None, None, None
        self.reply.set_text("")

    def show_ticket(self, found: Opened) -> None:
        """Show a ticket, or how it is now."""
        one, zone = found.page.ticket, self._frame.store.settings.tz
        today, is_other = clock.today(zone), self._ticket != one.id
        self._ticket, self._opened = one.id, found
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
        contact = found.page.customer.contact
        name = contact.split(" ")[0] if contact.isascii() else contact
        self.reply.setPlaceholderText(
            tr("Reply to {name} …   type / for a saved answer or an article", name=name) if name else tr("Reply …   type / for a saved answer or an article")
        )
        self.send_button.setText(tr("Send and wait") if found.page.customer.email else tr("Log reply and wait"))
        if is_other:
            self.reply.set_text(self._kept.get(one.id, found.draft))
        if tuple(found.articles) != tuple(self._offered):
            self._show_articles(found.articles)

    def _show_articles(self, articles: Sequence[Snippet]) -> None:
        self._offered = articles
        empty(self._articles)
        for article in articles[:2]:
            title = article.title if len(article.title) < 28 else article.title[:26] + "…"
            self._articles.addWidget(Button(title, partial(self._put_article, article), icon="book-open", tip=article.title))
        self._articles.addStretch(1)

    # --- writing ------------------------------------------------------------------------------------------------------

    @Slot(str)
    def _find_snippets(self, typed: str) -> None:
        self._frame.ask(self, lambda reader: answers.snippets(reader, typed), lambda found: self.reply.offer(typed, found), key="snippets")

    @Slot(object)
    def _take_snippet(self, snippet: Snippet) -> None:
        if snippet.entity == "article":
            self._put_article(snippet)
        elif self._ticket is not None:
            ticket = self._ticket
            put = lambda text: self.reply.put(text) if ticket == self._ticket else None  # noqa: E731 - a name of its own would say no more
            self._frame.ask(self, lambda reader: answers.filled_answer(reader, snippet.id, ticket), put, key="answer")

    def _put_article(self, article: Snippet) -> None:
        self._article = article.id
        self.reply.put(article.body)

    def keep_draft(self) -> None:
        """Keep what is half typed."""
        self._keep(self.reply.taken_text())

    @Slot(str)
    def _keep(self, text: str) -> None:
        if self._ticket is None:
            return
        store, ticket = self._frame.store, self._ticket
        self._kept[ticket] = text

        def kept(_: object) -> None:
            if self._kept.get(ticket) == text:
                del self._kept[ticket]

        background.write(self, "", lambda job: store.keep_draft(draft_key(ticket), text.strip() and text), kept)

    def _say(self, operation: Callable[..., UUID], said: str, **more: Any) -> None:
        text = self.reply.text().strip()
        if not text or self._ticket is None:
            self.reply.setFocus()
            return
        ticket = self._ticket
        self.reply.set_text("")
        self._keep("")
        self._frame.do(operation, ticket, text, said=said, failed=lambda error: self._unsaid(ticket, text, error), **more)

    def _unsaid(self, ticket: UUID, text: str, error: Exception) -> None:
        if ticket == self._ticket and not self.reply.text().strip():
            self.reply.set_text(text)
        self._frame.show_error(error)

    @Slot()
    def send_and_wait(self) -> None:
        """Note the reply, and wait for the customer."""
        self._send(wait=True)

    def _send(self, wait: bool) -> None:
        text, found = self.reply.text().strip(), self._opened
        email = found.page.customer.email if found is not None else ""
        self._say(deeds.reply, tr("Reply noted"), wait=wait, article_id=self._article)
        self._article = None
        if text and email and found is not None:
            self._open_mail(found.page.ticket.id, text)

    def _open_mail(self, ticket: UUID, text: str) -> None:
        """Open a ready mail in the user's mail program."""
        store = self._frame.store
        background.read(self, lambda job: sending.prepare_reply(store, ticket, text), self._mail_ready, self._frame.show_error)

    def _mail_ready(self, mail: ReadyMail) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(mail.path))):
            self._frame.say(tr("The reply is noted, but no mail program could be opened. The mail lies at {path}.", path=mail.path))

    def note(self) -> None:
        """Note what only colleagues see."""
        self._say(deeds.note, tr("Note added"), article_id=self._article)

    def _choose_send(self) -> None:
        menu = QMenu(self)
        menu.addAction(theme.icon("send"), tr("Send"), lambda: self._send(wait=False))
        menu.addAction(theme.icon("check"), tr("Send and resolve"), self.send_and_resolve)
        menu.addSeparator()
        menu.addAction(theme.icon("message-circle"), tr("This is what the customer said"), lambda: self._say(deeds.receive, tr("Message noted")))
        menu.exec(self.send_more.mapToGlobal(QPoint(0, self.send_more.height() + 4)))

    def send_and_resolve(self) -> None:
        """Note the reply, and ask how it was resolved."""
        if self.reply.text().strip():
            self._send(wait=False)
            self.resolve_wanted.emit()
