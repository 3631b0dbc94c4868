"""Put blocks on pages: what belongs together stays together, a table's head comes again on each page, never alone."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.reports.canvas import Paper
    from crmdesk.reports.text import TextLine

# A row of more lines than these may be cut by the end of a page, with so many lines on either side of the cut.
WHOLE_ROW = 10
AT_LEAST = 3


def fitted(wishes: Sequence[float], least: Sequence[float], room: float) -> list[float]:
    """Return widths of columns that fill a room; where it is too small, each gives of what it can spare, and only then of what it needs."""
    needed, wanted = sum(least), sum(wishes)
    if wanted <= room:
        return [wish * room / wanted for wish in wishes]
    if needed >= room:
        return [width * room / needed for width in least]
    share = (room - needed) / (wanted - needed)
    return [width + (wish - width) * share for wish, width in zip(wishes, least, strict=True)]


class Block(Protocol):
    """Something with a height that is drawn at a place.

    `keep` holds it to the block after it, `head` is drawn again on top of each page on which the block stands, `least` is
    how much of it may stand at the end of a page.
    """

    @property
    def keep(self) -> bool:
        """Tell whether the next block must stand on the same page."""
        ...

    @property
    def head(self) -> Block | None:
        """Return what stands above it on every page, if it is part of a table."""
        ...

    @property
    def height(self) -> float:
        """Return the height in points."""
        ...

    @property
    def least(self) -> float:
        """Return the smallest part of the height that may be placed."""
        ...

    def cut(self, room: float) -> tuple[Block, Block] | None:
        """Divide into a part that fits and a rest, or None."""
        ...

    def draw(self, paper: Paper, y: float) -> None:
        """Draw with the top edge at y."""
        ...


@dataclass(frozen=True)
class Cell:
    """Lines of text in a column."""

    lines: tuple[TextLine, ...]
    x: float
    width: float
    align: str = "left"

    @property
    def height(self) -> float:
        """Return the height of the lines."""
        return sum(line.style.leading for line in self.lines)

    def draw(self, paper: Paper, y: float) -> None:
        """Draw the lines below one another."""
        for line in self.lines:
            leading = line.style.leading
            paper.line(line, self.x, y + leading * 0.5 + line.style.size * 0.36, self.width, self.align)
            y += leading

    def cut(self, room: float) -> tuple[Cell, Cell]:
        """Divide after as many lines as fit, but so that neither side is left with too few."""
        fitting, used = 0, 0.0
        for line in self.lines:
            used += line.style.leading
            if used > room + 0.01:
                break
            fitting += 1
        if fitting < len(self.lines):
            fitting = max(min(fitting, len(self.lines) - AT_LEAST), min(AT_LEAST, fitting))
        return replace(self, lines=self.lines[:fitting]), replace(self, lines=self.lines[fitting:])


@dataclass(frozen=True)
class Row:
    """Cells side by side, with space above and below and perhaps a line at the edges."""

    cells: tuple[Cell, ...]
    above: float = 0
    below: float = 0
    rule_above: str = ""
    rule_below: str = ""
    rule_x: float = 0
    rule_width: float = 0
    keep: bool = False
    head: Block | None = None

    @property
    def height(self) -> float:
        """Return the height in points."""
        return self.above + max((cell.height for cell in self.cells), default=0) + self.below

    @property
    def least(self) -> float:
        """Return the whole height of an ordinary row, a few lines of a long one."""
        longest = max(self.cells, key=lambda cell: cell.height, default=None)
        if longest is None or len(longest.lines) <= WHOLE_ROW:
            return self.height
        return self.above + sum(line.style.leading for line in longest.lines[:AT_LEAST])

    def cut(self, room: float) -> tuple[Block, Block] | None:
        """Divide each cell; the rest has no line above but keeps its distance from the head, so that it reads as one row."""
        if self.least >= self.height:
            return None
        parts = [cell.cut(room - self.above) for cell in self.cells]
        if not any(rest.lines for _, rest in parts) or not any(first.lines for first, _ in parts):
            return None
        first = replace(self, cells=tuple(first for first, _ in parts), below=0, rule_below="", keep=False)
        rest = replace(self, cells=tuple(rest for _, rest in parts), rule_above="")
        return first, rest

    def draw(self, paper: Paper, y: float) -> None:
        """Draw cells and edges."""
        if self.rule_above:
            paper.hairline(self.rule_x, y, self.rule_width, self.rule_above)
        if self.rule_below:
            paper.hairline(self.rule_x, y + self.height, self.rule_width, self.rule_below)
        for cell in self.cells:
            cell.draw(paper, y + self.above)


@dataclass(frozen=True)
class Space:
    """Nothing, for a while; at the top of a page not even that."""

    height: float
    keep: bool = False
    head: Block | None = None

    @property
    def least(self) -> float:
        """Return nothing: it may end at the end of the page."""
        return 0

    def cut(self, room: float) -> tuple[Block, Block] | None:
        """Space is not continued."""
        return Space(room), Space(0)

    def draw(self, paper: Paper, y: float) -> None:
        """Leave it white."""


def _is_long(block: Block) -> bool:
    """Tell whether a block may be cut."""
    return block.least < block.height and not isinstance(block, Space)


@dataclass(frozen=True)
class Placed:
    """A block and where its top edge stands."""

    block: Block
    y: float


@dataclass
class Pages:
    """Fills pages one after the other, between a top that differs on the first page and a bottom."""

    first_top: float
    next_top: float
    bottom: float
    pages: list[list[Placed]] = field(default_factory=list)
    _y: float = 0
    _head: Block | None = None

    def place(self, blocks: Sequence[Block]) -> list[list[Placed]]:
        """Put blocks on pages and return the pages."""
        self._begin()
        waiting = deque(blocks)
        while waiting:
            block = waiting.popleft()
            head = block.head if block.head is not None and block.head is not self._head else None
            fresh = not self.pages[-1]
            if fresh and isinstance(block, Space):
                continue
            room = self.bottom - self._y - (head.height if head else 0)
            if not fresh and self._needed(block, waiting) > room + 0.01:
                self._begin()
                waiting.appendleft(block)
                continue
            if head is not None:
                self._put(head)
            self._head = block.head
            parts = self._parts(block, waiting, room)
            if parts is None:
                self._put(block)
            else:
                self._put(parts[0])
                waiting.appendleft(parts[1])
                self._begin()
        return [page for page in self.pages if page] or [[]]

    def _parts(self, block: Block, after: Sequence[Block], room: float) -> tuple[Block, Block] | None:
        """Cut a block that is too long for the room; of a long one that is held to what follows, the end goes to the next page with that."""
        if block.height > room + 0.01 and (parts := block.cut(room)):
            return parts
        if block.keep and _is_long(block) and self._together(block, after) > room + 0.01:
            return block.cut(block.height - block.least)
        return None

    def _needed(self, block: Block, after: Sequence[Block]) -> float:
        """Return how much must fit with a block: all that it is held to, and the beginning of what follows."""
        if not block.keep or _is_long(block):
            return block.least
        whole = self.bottom - self.next_top - (block.head.height if block.head else 0)
        together = self._together(block, after)
        return together if together <= whole else block.least

    @staticmethod
    def _together(block: Block, after: Sequence[Block]) -> float:
        """Return the height of a block with all that it is held to; of a long one the beginning, of what follows them too."""
        total = block.height
        for follower in after:
            is_held = follower.keep and not _is_long(follower)
            total += follower.height if is_held else follower.least
            if not is_held:
                break
        return total

    def _begin(self) -> None:
        self.pages.append([])
        self._y = self.next_top if len(self.pages) > 1 else self.first_top
        self._head = None

    def _put(self, block: Block) -> None:
        self.pages[-1].append(Placed(block, self._y))
        self._y += block.height
