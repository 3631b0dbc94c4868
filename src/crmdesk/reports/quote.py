"""The quote as a PDF, ready to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk.documents.formats import long_date
from crmdesk.i18n import speaking, tr
from crmdesk.reports.canvas import MM, Paper, page_size
from crmdesk.reports.flow import Block, Cell, Row, Space
from crmdesk.reports.letter import Letter, LetterPaper
from crmdesk.reports.pictures import Picture, read_picture
from crmdesk.reports.quote_style import BODY, GAP, TITLE, Setting, kept
from crmdesk.reports.quote_table import Table
from crmdesk.reports.quote_totals import Sums
from crmdesk.reports.text import lay_out

if TYPE_CHECKING:
    from crmdesk.reports.quote_page import QuotePage
    from crmdesk.reports.text import Style


@dataclass(frozen=True)
class Rendered:
    """A finished PDF, and the characters that no font has: they stand in it as boxes."""

    pdf: bytes
    missing: tuple[str, ...]


def render_quote(page: QuotePage) -> Rendered:
    """Make the PDF of a quote. The same page gives the same bytes.

    Raises:
        UserError: logo or seal is not a picture.
    """
    with speaking(page.language, page.region):
        title = tr("Quote {number}", number=page.number) if page.number else tr("Quote (draft)")
        subject = " · ".join(part for part in (page.title, page.customer) if part)
        paper = Paper(page_size(page.page_size), title, page.letterhead.name, page.language, subject, page.quoted_on)
        letter = LetterPaper(paper, _letter(page, title))
        frame = letter.frame
        letter.draw(frame.pages(_Body(Setting(page, frame, letter.accent)).blocks()))
        return Rendered(paper.pdf(), tuple(paper.missing))


def _letter(page: QuotePage, title: str) -> Letter:
    info = [
        (tr("Quote no."), page.number or tr("Draft")),
        (tr("Date"), long_date(page.quoted_on) if page.quoted_on else ""),
        (tr("Valid until"), long_date(page.valid_until) if page.valid_until else ""),
        (tr("Your reference"), page.reference),
        *((tr(label), value) for label, value in page.info),
    ]
    running = [title, long_date(page.quoted_on) if page.quoted_on else ""]
    return Letter(
        head=page.letterhead,
        recipient=page.recipient,
        info=tuple(info),
        running=" · ".join(part for part in running if part),
        draft=page.number is None,
    )


class _Body:
    """Sets the text of a quote into blocks."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.page = setting.page
        self.frame = setting.frame

    def blocks(self) -> list[Block]:
        """Return everything from the title to the seal."""
        page = self.page
        title = page.title or (tr("Quote {number}", number=page.number) if page.number else tr("Quote"))
        blocks: list[Block] = [*self._paragraphs(title, TITLE), Space(5, keep=True)]
        for text in (page.salutation, page.intro):
            if text.strip():
                blocks += [*self._paragraphs(text, BODY), Space(6, keep=True)]
        blocks += [Space(4, keep=True), *Table(self.setting).rows(), Space(9, keep=True), *Sums(self.setting).blocks()]
        if page.terms.strip():
            blocks += [Space(14), *self._paragraphs(page.terms, BODY)]
        if ending := self._ending():
            # Neither signature nor seal stands alone on a page.
            blocks[-1:] = [kept(blocks[-1]), Space(14, keep=True), *ending]
        return blocks

    def _ending(self) -> list[Block]:
        """Set what closes the letter: the closing words, in China beside the seal."""
        if self.page.letterhead.seal:
            return [self._signed(self.page.letterhead.seal)]
        return self._paragraphs(self.page.closing, BODY) if self.page.closing.strip() else []

    def _paragraphs(self, text: str, style: Style) -> list[Block]:
        """Set a text; its lines are a row each, so that it may break anywhere but after its first or before its last."""
        lines = lay_out(text, style, self.frame.width)
        last = len(lines) - 1
        return [Row((Cell((line,), self.frame.left, self.frame.width),), keep=index in {0, last - 1} and index != last) for index, line in enumerate(lines)]

    def _signed(self, seal: bytes) -> Block:
        """Set the closing at the left, and at the right the seal over name and date, as is the custom in China."""
        picture = read_picture(seal)
        width, height = picture.fit(38 * MM, 38 * MM)
        half = self.frame.width / 2
        closing = lay_out(self.page.closing, BODY, half - GAP) if self.page.closing.strip() else []
        name = lay_out(self.page.letterhead.name, BODY, half)
        day = lay_out(long_date(self.page.quoted_on), BODY, half) if self.page.quoted_on else []
        return _Signed(
            Cell(tuple(closing), self.frame.left, half - GAP),
            Cell((*name, *day), self.frame.left + half, half, "centre"),
            picture,
            (width, height),
        )


@dataclass(frozen=True)
class _Signed:
    """Closing words beside a seal."""

    closing: Cell
    name: Cell
    seal: Picture
    size: tuple[float, float]
    keep: bool = False
    head: Block | None = None

    @property
    def height(self) -> float:
        return max(self.size[1], self.closing.height, self.name.height)

    @property
    def least(self) -> float:
        return self.height

    def cut(self, room: float) -> tuple[Block, Block] | None:
        return None

    def draw(self, paper: Paper, y: float) -> None:
        self.closing.draw(paper, y)
        width, height = self.size
        self.name.draw(paper, y + max(height - self.name.height, 0) / 2)
        paper.picture(self.seal, self.name.x + (self.name.width - width) / 2, y, width, height)
