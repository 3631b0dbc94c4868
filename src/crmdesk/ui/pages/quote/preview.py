"""The page that the customer gets, drawn beside the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.errors import Cancelled, UserError
from crmdesk.queries import quotes as queries
from crmdesk.ui import background
from crmdesk.ui.widgets.basics import Card
from crmdesk.ui.widgets.messages import InlineError
from crmdesk.ui.widgets.pdf_view import Drawn, PdfView, draw

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.documents.calculator import Document
    from crmdesk.reports.quote import Rendered
    from crmdesk.ui.background import Job
    from crmdesk.ui.page import Frame
    from crmdesk.ui.pages.quote.opened import Opened


class Preview(Card):
    """Draws the quote anew in the background whenever anything on it has changed."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(padding=0, sunken=True, space=0)
        self._frame = frame
        self._drawn_of: tuple[Any, ...] | None = None
        self._quote: UUID | None = None
        self.view = PdfView()
        self.view.failed.connect(frame.show_error)
        self.missing = InlineError()
        self.add(self.missing, self.view)
        self.setProperty("card", "sunken")

    def begin(self, quote: UUID | None) -> None:
        """Go on to another quote: the page of the one before must neither be looked at nor printed as if it were this one's."""
        self._quote = quote
        self.forget()
        self.view.clear()
        self.missing.say("")

    def forget(self) -> None:
        """Draw anew the next time, since the letterhead or the customer has changed."""
        self._drawn_of = None

    def draw(self, found: Opened, document: Document) -> None:
        """Draw the page, if anything on it has changed."""
        view, quote = found.view, found.view.id
        is_draft = view.status == "draft"
        wanted = (quote, document, view.status, tuple(sorted((name, str(value)) for name, value in found.values.items())), self.view.drawing_width())
        if wanted == self._drawn_of:
            return
        self._drawn_of = wanted
        store, width, pages = self._frame.store, self.view.drawing_width(), self.view.looked_at()

        def work(job: Job) -> tuple[Rendered, Drawn]:
            from crmdesk.reports.quote import render_quote

            with store.read() as reader, job.interrupted_by(reader.interrupt):
                rendered = render_quote(queries.page_of(reader, quote, document)) if is_draft else queries.pdf_of(reader, quote)
            return rendered, draw(job, rendered.pdf, width, pages)

        background.read(self, work, lambda drawn: self._show(quote, *drawn), self._failed, key="preview")

    def _show(self, quote: UUID, rendered: Rendered, drawn: Drawn) -> None:
        if quote == self._quote:
            self.view.show_pdf(rendered.pdf, drawn)
            self.missing.say(queries.boxes(rendered.missing))

    def _failed(self, error: Exception) -> None:
        self.forget()
        if isinstance(error, UserError):
            self.missing.say(error.words)
        elif not isinstance(error, Cancelled):
            self._frame.show_error(error)
