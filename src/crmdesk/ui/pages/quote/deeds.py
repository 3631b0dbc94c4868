"""What can be done with a quote as a whole: issue, send, accept, decline, revise, delete, save, print."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QSizePolicy, QWidget

from crmdesk.errors import UserError, why
from crmdesk.fields import Field
from crmdesk.i18n import mark, tr
from crmdesk.operations import quotes, sending
from crmdesk.queries.quotes import boxes
from crmdesk.ui import background
from crmdesk.ui.dialogs.new_record import AskDialog
from crmdesk.ui.printing import print_pdf
from crmdesk.ui.widgets.basics import Button, Card, Text, row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from crmdesk.operations.sending import ReadyMail
    from crmdesk.ui.background import Job
    from crmdesk.ui.page import Frame
    from crmdesk.ui.pages.quote.opened import Opened

REASON = Field("reason", "text", mark("Reason"))
WIN = Field("win", "flag", mark("Move the deal to Won"))
NEVER_SENT = frozenset({"superseded", "declined"})


class SentBar(Card):
    """Asks whether the mail was sent that is ready in the user's mail program.

    Attributes:
        quote: the one that it is about; another one may be shown by now.

    Signals:
        confirmed: it was sent.
    """

    confirmed = Signal()

    def __init__(self) -> None:
        super().__init__(padding=12)
        self.quote: UUID | None = None
        self.words = Text("", wrap=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.add(row(self.words, Button(tr("Not yet"), self.hide), Button(tr("It was sent"), self.confirmed.emit, "primary", "check"), space=8))
        self.hide()

    def show_mail(self, quote: UUID, mail: ReadyMail, is_open: bool) -> None:
        """Ask for one mail."""
        self.quote = quote
        self.words.setText(
            tr("The mail with {number} is ready in your mail program. Was it sent?", number=mail.number) if is_open
            else tr("No mail program could be opened. The mail with {number} lies at {path}. Was it sent?", number=mail.number, path=mail.path)
        )  # fmt: skip
        self.show()


class QuoteDeeds(QObject):
    """The deeds of the quote that is shown when they are asked for.

    Args:
        current: returns the quote that is open, after what is half typed was taken; None while there is none.

    Signals:
        changed: the quote is to be asked for again.
    """

    changed = Signal()

    def __init__(self, page: QWidget, frame: Frame, current: Callable[[], Opened | None]) -> None:
        super().__init__(page)
        self._page, self._frame, self._current = page, frame, current
        self.sent_bar = SentBar()
        self.sent_bar.confirmed.connect(self.was_sent)

    def issue(self) -> None:
        """Give the quote its number, after asking."""
        found = self._current()
        if found is None or "issue" not in found.view.actions:
            return
        if self._agreed(tr("Issue this quote?"), tr("Issue"), tr("It gets its number and can't be changed afterwards, only revised.")):
            self._frame.do(quotes.issue, found.view.id, done=self._issued)

    def _agreed(self, question: str, verb: str, hint: str) -> bool:
        """Ask before a quote is issued, with a way to the settings where nothing says whose it is."""
        if self._frame.store.settings.company_name.strip():
            return self._frame.confirm(question, verb, hint)
        said = tr("The letterhead has no sender: the name of your own company is empty.")
        return self._frame.confirm(question, verb, f"{said}\n\n{hint}", False, (tr("Open the settings"), lambda: self._frame.open_page("settings", "company")))

    def _issued(self, issued: quotes.Issued) -> None:
        self._frame.say(tr("Issued as {number}", number=issued.number), undo=True)
        self._tell_missing(issued.missing)

    def _tell_missing(self, missing: Sequence[str]) -> None:
        if missing:
            self._frame.say(boxes(missing))

    def send(self) -> None:
        """Make a mail with the PDF ready in the user's mail program; a draft is issued first, after asking."""
        found = self._current()
        if found is None or found.view.status in NEVER_SENT:
            return
        if found.view.status == "draft" and not self._agreed(
            tr("Issue and send this quote?"),
            tr("Issue and send"),
            tr("It gets its number and can't be changed afterwards. A mail with the PDF opens in your mail program."),
        ):
            return
        store, quote = self._frame.store, found.view.id
        background.write(self._page, tr("Send quote"), lambda job: sending.prepare_mail(store, quote), partial(self._mail_ready, quote))

    def _mail_ready(self, quote: UUID, mail: ReadyMail) -> None:
        opened = QDesktopServices.openUrl(QUrl.fromLocalFile(str(mail.path)))
        self.sent_bar.show_mail(quote, mail, opened)
        self._tell_missing(mail.missing)
        self.changed.emit()

    def was_sent(self) -> None:
        """Note that the mail has left, whichever quote is shown by now."""
        quote = self.sent_bar.quote
        self.sent_bar.hide()
        if quote is not None:
            self._frame.do(sending.confirm_sent, quote, done=lambda _: self._frame.say(tr("Noted as sent")))

    def accept(self) -> None:
        """Note that the customer accepted, and ask whether the deal is won."""
        found = self._current()
        if found is None:
            return
        quote = found.view.id
        if found.view.deal is None:
            self._frame.do(quotes.accept, quote, False, said=tr("Accepted"))
            return

        def save(values: dict[str, Any], done: Callable[[Any], None], failed: Callable[[Exception], None]) -> None:
            self._frame.do(quotes.accept, quote, bool(values.get("win")), done=done, failed=failed, said=tr("Accepted"))

        AskDialog(self._frame, [WIN], tr("The customer accepted {number}", number=found.view.number or ""), tr("Accept"), save, {"win": True}).open()

    def decline(self) -> None:
        """Note that the customer declined, and ask why."""
        found = self._current()
        if found is None:
            return
        quote = found.view.id

        def save(values: dict[str, Any], done: Callable[[Any], None], failed: Callable[[Exception], None]) -> None:
            self._frame.do(quotes.decline, quote, values.get("reason"), done=done, failed=failed, said=tr("Declined"))

        AskDialog(self._frame, [REASON], tr("Why was {number} declined?", number=found.view.number or ""), tr("Decline"), save).open()

    def revise(self) -> None:
        """Begin a new version, and open it."""
        found = self._current()
        if found is not None:
            self._frame.do(quotes.revise, found.view.id, done=lambda new: self._frame.open_record("quote", new), said=tr("New version as a draft"))

    def delete(self) -> None:
        """Delete the quote and go back to the list."""
        found = self._current()
        if found is not None:
            self._frame.do(quotes.delete, found.view.id, done=lambda _: self._frame.open_page("quotes"), said=tr("Quote deleted"))

    def save_pdf(self) -> None:
        """Ask where, and write the quote's PDF."""
        found = self._current()
        if found is None:
            return
        suggested = str(Path.home() / found.file_name)
        path, _ = QFileDialog.getSaveFileName(self._page, tr("Save quote as PDF"), suggested, "PDF (*.pdf)")
        if path:
            self.save_pdf_as(Path(path), found.view.id)

    def save_pdf_as(self, path: Path, quote: UUID) -> None:
        """Write a quote's PDF into a file, and note that it left the program."""
        store = self._frame.store

        def work(job: Job) -> None:
            pdf = quotes.pdf(store, quote)
            store.run(quotes.note_left, quote, "saved")
            try:
                path.write_bytes(pdf)
            except OSError as error:
                raise UserError(tr("{path} can't be written: {why}.", path=path, why=why(error))) from error

        background.write(self._page, tr("Save quote as PDF"), work, lambda _: self._frame.say(tr("Saved as {name}", name=path.name)))

    def print(self, pdf: bytes) -> None:
        """Print the page that is shown, and note that it left the program."""
        found = self._current()
        if found is not None and pdf:
            print_pdf(self._page, pdf, lambda: self._frame.do(quotes.note_left, found.view.id, "printed"))
