"""A letter's paper: head, window for the recipient, foot, page numbers, and the mark of a draft.

Source: DIN 5008, form B: the recipient's address lies 45 to 90 mm from the top, the text begins below 98.5 mm.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crmdesk.i18n import tr
from crmdesk.reports.canvas import A4, FAINT, INK, MM, MUTED
from crmdesk.reports.flow import Cell, Pages
from crmdesk.reports.pictures import read_picture
from crmdesk.reports.text import Style, lay_out, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.reports.canvas import Paper
    from crmdesk.reports.flow import Block, Placed
    from crmdesk.reports.text import TextLine

ACCENT = "#0F766E"
LEFT = 25 * MM
RIGHT_MARGIN = 20 * MM
INFO_LEFT = 125 * MM
TEXT_TOP = 101 * MM
NEXT_TOP = 33 * MM
BOTTOM_MARGIN = 9 * MM

SMALL = Style(size=6.8, colour=MUTED, spacing=1.42)
RETURN = Style(size=6.3, colour=MUTED)
ADDRESS = Style(size=9.5, spacing=1.38)
ADDRESS_SIZES = ((9.5, 1.38), (8.8, 1.38), (8.1, 1.38), (7.4, 1.38), (6.8, 1.38), (6.8, 1.2), (6.5, 1.12))  # size and spacing
WINDOW_HEIGHT = 26.5 * MM
LABEL = Style(size=8, colour=MUTED, spacing=1.55)
VALUE = Style(size=8, spacing=1.55)
NARROWEST_COLUMN = 26 * MM
WATERMARK = Style(size=120, colour="#F0F1F3", bold=True)


@dataclass(frozen=True)
class Letterhead:
    """Who writes. `contact`, `bank` and `tax` are rows of the foot: a label, translated if it is a known one, and a value.

    Logo and seal are the bytes of a PNG or JPEG.
    """

    name: str
    address: tuple[str, ...] = ()
    contact: tuple[tuple[str, str], ...] = ()
    bank: tuple[tuple[str, str], ...] = ()
    tax: tuple[tuple[str, str], ...] = ()
    logo: bytes | None = None
    accent: str = ACCENT
    seal: bytes | None = None
    footer: str = ""


@dataclass(frozen=True)
class Letter:
    """What stands around the text: recipient, rows beside the address, what later pages repeat."""

    head: Letterhead
    recipient: tuple[str, ...]
    info: tuple[tuple[str, str], ...]
    running: str
    draft: bool


@dataclass(frozen=True)
class Frame:
    """Where the text stands on the pages of a letter, in points from the top left."""

    left: float
    width: float
    first_top: float
    next_top: float
    bottom: float

    def pages(self, blocks: Sequence[Block]) -> list[list[Placed]]:
        """Put blocks on pages."""
        return Pages(self.first_top, self.next_top, self.bottom).place(blocks)


class LetterPaper:
    """Sets what surrounds a text on every page."""

    def __init__(self, paper: Paper, letter: Letter) -> None:
        self.paper = paper
        self.letter = letter
        self.accent = valid_colour(letter.head.accent)
        self._width = paper.width - LEFT - RIGHT_MARGIN
        self._recipient = _in_window(letter.recipient)
        self._info = self._info_cells()
        self._foot = self._foot_cells()

    @property
    def frame(self) -> Frame:
        """Return where the text goes; a long address or many rows beside it push its beginning down."""
        address_end = 63.5 * MM + self._recipient.height + 8 * MM
        info_end = 50 * MM + sum(max(a.height, b.height) for a, b in self._info) + 8 * MM
        foot = max((cell.height for cell in self._foot), default=0)
        bottom = self.paper.height - BOTTOM_MARGIN - foot - 9 * MM
        first = min(max(TEXT_TOP, address_end, info_end), bottom - 60 * MM)
        return Frame(LEFT, self._width, first, NEXT_TOP, bottom)

    def draw(self, pages: Sequence[Sequence[Placed]]) -> None:
        """Draw the pages with all that surrounds their blocks."""
        for number, blocks in enumerate(pages, 1):
            if self.letter.draft:
                line = one_line(tr("Draft"), WATERMARK)
                self.paper.slanted(line, self.paper.width / 2, self.paper.height / 2, 52)
            if number == 1:
                self._first_head()
            else:
                self._next_head()
            for placed in blocks:
                placed.block.draw(self.paper, placed.y)
            # After the text, so that it is also read after it.
            self._draw_foot(number, len(pages))
            self.paper.showPage()

    def _first_head(self) -> None:
        paper, head = self.paper, self.letter.head
        right = LEFT + self._width
        name = lay_out(head.name, Style(size=17, colour=self.accent, bold=True, spacing=1.2), 110 * MM)[:2]
        if head.logo:
            picture = read_picture(head.logo)
            width, height = picture.fit(60 * MM, 22 * MM)
            paper.picture(picture, LEFT, 13 * MM, width, height)
            small = lay_out(head.name, Style(size=11, colour=self.accent, bold=True), 90 * MM)[:2]
            Cell(tuple(small), right - 90 * MM, 90 * MM, "right").draw(paper, 17 * MM)
        else:
            Cell(tuple(name), LEFT, 110 * MM).draw(paper, 15 * MM)
        self._draw_return_address()
        self._recipient.draw(paper, 63.5 * MM)
        y = 50 * MM
        for label, value in self._info:
            label.draw(paper, y)
            value.draw(paper, y)
            y += max(label.height, value.height)
        if (paper.width, paper.height) == A4:
            for fold in (105 * MM, 210 * MM):
                paper.hairline(0, fold, 4 * MM, FAINT, 0.4)

    def _draw_return_address(self) -> None:
        parts = [part.strip() for part in (self.letter.head.name, *self.letter.head.address) if part.strip()]
        if not self.letter.recipient or not parts:
            return
        lines = lay_out(" · ".join(parts), RETURN, 80 * MM)[:2]
        y = 61 * MM - RETURN.leading * (len(lines) - 1)
        for line in lines:
            self.paper.line(line, LEFT, y)
            y += RETURN.leading
        self.paper.hairline(LEFT, 62.2 * MM, 80 * MM)

    def _next_head(self) -> None:
        name = lay_out(self.letter.head.name, Style(size=9, colour=self.accent, bold=True), self._width * 0.5)[0]
        self.paper.line(name, LEFT, 20 * MM)
        running = lay_out(self.letter.running, LABEL, self._width * 0.5)[0]
        self.paper.line(running, LEFT + self._width / 2, 20 * MM, self._width / 2, "right")
        self.paper.hairline(LEFT, 24 * MM, self._width)

    def _draw_foot(self, number: int, count: int) -> None:
        height = max((cell.height for cell in self._foot), default=0)
        top = self.paper.height - BOTTOM_MARGIN - height
        page = one_line(tr("Page {page} of {count}", page=number, count=count), SMALL)
        self.paper.line(page, LEFT, top - 3.6 * MM, self._width, "right")
        if self._foot:
            self.paper.hairline(LEFT, top - 2 * MM, self._width)
        for cell in self._foot:
            cell.draw(self.paper, top)

    def _info_cells(self) -> list[tuple[Cell, Cell]]:
        rows = [(label, value) for label, value in self.letter.info if value]
        labels = [one_line(label, LABEL) for label, _ in rows]
        width = min(max((label.width for label in labels), default=0) + 4 * MM, 34 * MM)
        room = self.paper.width - RIGHT_MARGIN - INFO_LEFT
        return [
            (
                Cell(tuple(lay_out(label, LABEL, width - 2 * MM)), INFO_LEFT, width),
                Cell(tuple(lay_out(value, VALUE, room - width)), INFO_LEFT + width, room - width),
            )
            for label, value in rows
        ]

    def _foot_cells(self) -> list[Cell]:
        head = self.letter.head
        rows = [(("", head.name), *(("", line) for line in head.address)) if head.address else (), head.contact, head.bank, head.tax, (("", head.footer),)]
        columns = [column for column in rows if any(value.strip() for _, value in column)]
        texts = ["\n".join(_row(label, value) for label, value in column) for column in columns]
        if not texts:
            return []
        gap = 4 * MM
        wishes = [max(line.width for line in lay_out(text, SMALL, 200 * MM)) + gap for text in texts]
        whole = [max((one_line(_row(*row), SMALL).width + gap for row in column if _stays_whole(*row)), default=0.0) for column in columns]
        cells, x = [], LEFT
        for text, width in zip(texts, _shared(wishes, whole, self._width), strict=True):
            cells.append(Cell(tuple(lay_out(text, SMALL, width - gap + 0.1)), x, width - gap))
            x += width
        return cells


def _stays_whole(label: str, value: str) -> bool:
    """Tell whether a row of the foot is the number of an account or a phone, or an address on the net: broken, they are read wrongly."""
    return bool(label) and value.isascii() and (" " not in value or value == value.upper())


def _shared(wishes: Sequence[float], whole: Sequence[float], room: float) -> list[float]:
    """Return widths of columns: as wide as each would like to be, else the widest give way, but no further than what stays whole in them.

    Where there is too much of that, the longest is broken after all.
    """
    least = list(whole)
    while sum(low or NARROWEST_COLUMN for low in least) > room and any(least):
        least[least.index(max(least))] = 0.0
    widest = room
    while sum(widths := [max(low, min(wish, widest)) for wish, low in zip(wishes, least, strict=True)]) > room:
        widest -= MM / 2
    scale = min(room / sum(widths), 1.5)
    return [width * scale for width in widths]


def _row(label: str, value: str) -> str:
    return tr("{label}: {value}", label=tr(label), value=value) if label else value


def _in_window(recipient: Sequence[str]) -> Cell:
    """Set the recipient as large as fits into the window of the envelope; what never fits goes on below it."""
    cells = [_stacked(recipient, replace(ADDRESS, size=size, spacing=spacing), 80 * MM) for size, spacing in ADDRESS_SIZES]
    return next((cell for cell in cells if cell.height <= WINDOW_HEIGHT), cells[-1])


def _stacked(texts: Sequence[str], style: Style, width: float) -> Cell:
    lines: list[TextLine] = [line for text in texts for line in lay_out(text, style, width)]
    return Cell(tuple(lines), LEFT, width)


def valid_colour(colour: str) -> str:
    """Return the colour if it is one and dark enough to be read on white, else ink."""
    digits = colour.removeprefix("#")
    if len(digits) != 6 or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
        return INK
    red, green, blue = bytes.fromhex(digits)
    return f"#{digits}" if 0.299 * red + 0.587 * green + 0.114 * blue < 190 else INK
