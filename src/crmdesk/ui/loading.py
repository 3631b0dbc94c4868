"""Loading what the user will need soon, while nobody waits for anything.

What knows no Qt is loaded beside the window; the classes of pages and dialogs are made on the window's own thread, which takes a few milliseconds each:
while another thread made some, Qt crashed at one of some fifty starts.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from crmdesk.ui import background

if TYPE_CHECKING:
    from collections.abc import Callable

BREATH_MS = 20  # importing holds the interpreter; in between the window has it for itself


@dataclass(frozen=True)
class Part:
    """Something that is loaded ahead.

    Attributes:
        beneath: the modules without Qt that it needs.
        load: imports it, on the window's thread. prepare: does more beside the window.
    """

    beneath: tuple[str, ...]
    load: Callable[[], object] | None = None
    prepare: Callable[[], object] | None = None

    def load_beneath(self) -> None:
        """Load what knows no Qt; on any thread."""
        for name in self.beneath:
            import_module(name)
        if self.prepare:
            self.prepare()

    def load_itself(self) -> None:
        """Load the rest."""
        if self.load:
            self.load()


class Loader(QObject):
    """Loads parts one after the other, each on its own, so that whoever waits for an answer goes first and no reader is held meanwhile.

    Args:
        done: called once everything is there.
    """

    def __init__(self, parent: QObject, done: Callable[[], object]) -> None:
        super().__init__(parent)
        self._done = done
        self._waiting: deque[Part] = deque()
        self._breath = QTimer(self)
        self._breath.setSingleShot(True)
        self._breath.setInterval(BREATH_MS)
        self._breath.timeout.connect(self._go_on)
        background.bridge().rested.connect(self._rested)

    def begin(self) -> None:
        """Load what is not there yet."""
        if not self._waiting:
            self._waiting.extend(_parts())
            self._breath.start()

    def stop(self) -> None:
        """Load nothing more."""
        self._waiting.clear()
        self._breath.stop()

    @Slot()
    def _rested(self) -> None:
        if self._waiting and not self._breath.isActive():
            self._breath.start()

    @Slot()
    def _go_on(self) -> None:
        if not background.is_idle():
            return  # goes on when the others have their answers
        part = self._waiting.popleft()
        background.read(self, lambda job: part.load_beneath(), lambda _: self._load(part))

    def _load(self, part: Part) -> None:
        part.load_itself()
        if not self._waiting:
            self._done()


def _first_page() -> object:
    from crmdesk.ui.pages import PAGES

    return PAGES[0].load()


def _commands() -> None:
    import crmdesk.ui.everywhere  # noqa: F401


def _tables() -> None:
    from crmdesk.models.mapping import tables

    tables()


FIRST_PAGE = Part(
    ("crmdesk.documents.formats", "crmdesk.models.quick_entry", "crmdesk.operations.tasks", "crmdesk.queries.money", "crmdesk.queries.quality",
     "crmdesk.queries.records", "crmdesk.queries.tasks", "crmdesk.queries.today"),
    _first_page,
)  # fmt: skip
"""The page that most stores show first, loaded while the key of one is still being derived."""
COMMANDS = Part(
    ("crmdesk.models.people", "crmdesk.operations.merging", "crmdesk.operations.records", "crmdesk.queries.duplicates", "crmdesk.queries.first_rows",
     "crmdesk.queries.search", "crmdesk.queries.uniqueness"),
    _commands,
)  # fmt: skip
"""What can be done from anywhere."""
_BENEATH = {
    "contacts": ("crmdesk.operations.cells", "crmdesk.queries.views"),
    "import": (
        "crmdesk.exchange.columns.chosen", "crmdesk.exchange.columns.column_words", "crmdesk.exchange.columns.kept", "crmdesk.exchange.columns.mapping",
        "crmdesk.exchange.files.encoding", "crmdesk.exchange.preview", "crmdesk.exchange.rows.decisions", "crmdesk.exchange.rows.outcomes",
        "crmdesk.exchange.table", "crmdesk.exchange.values.layouts", "crmdesk.operations.imports",
    ),
    "contact": ("crmdesk.queries.contact", "crmdesk.queries.history", "crmdesk.queries.timeline", "crmdesk.store.private_files"),
    "leads": ("crmdesk.operations.leads", "crmdesk.queries.leads"),
    "tickets": ("crmdesk.operations.sending", "crmdesk.operations.tickets", "crmdesk.queries.answers"),
    "reports": ("crmdesk.operations.reporting", "crmdesk.queries.reports"),
    "settings": ("crmdesk.operations.workspace", "crmdesk.queries.rates"),
}  # fmt: skip
"""What each page needs beneath it that those before it in the navigation don't."""


def _parts() -> list[Part]:
    """Return all parts in the order in which they will be needed: opening a page then has only its widgets to make."""
    from crmdesk.ui.pages import PAGES

    pages = [Part(_BENEATH.get(spec.name, ()), spec.load) for spec in PAGES]
    return [FIRST_PAGE, COMMANDS, *pages, Part(("crmdesk.models.mapping",)), Part((), prepare=_tables)]
