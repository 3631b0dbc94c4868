"""Loading what the user will need soon, while nobody waits for anything."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from crmdesk.ui import background

if TYPE_CHECKING:
    from collections.abc import Callable

BREATH_MS = 20  # importing holds the interpreter; in between the window has it for itself


class Loader(QObject):
    """Imports modules one after the other, each on its own, so that whoever waits for an answer goes first and no reader is held meanwhile.

    Args:
        done: called once everything is there.
    """

    def __init__(self, parent: QObject, done: Callable[[], object]) -> None:
        super().__init__(parent)
        self._done = done
        self._waiting: deque[Callable[[], object]] = deque()
        self._breath = QTimer(self)
        self._breath.setSingleShot(True)
        self._breath.setInterval(BREATH_MS)
        self._breath.timeout.connect(self._go_on)
        background.bridge().rested.connect(self._rested)

    def begin(self) -> None:
        """Load what is not there yet."""
        if not self._waiting:
            self._waiting.extend(_loads())
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
        load = self._waiting.popleft()
        background.read(self, lambda job: load(), lambda _: None if self._waiting else self._done())


def load_first_page() -> None:
    """Load the page that most stores show first, while the key of one is still being derived."""
    from crmdesk.ui.pages import PAGES

    PAGES[0].load()


def load_commands() -> None:
    """Load what can be done from anywhere."""
    import crmdesk.ui.everywhere  # noqa: F401


def _loads() -> list[Callable[[], object]]:
    """Return what loads each part, in the order in which it will be needed: opening a page then has only its widgets to make."""
    from crmdesk.ui.pages import PAGES

    return [load_commands, _load_search, *(spec.load for spec in PAGES), _load_database, _load_tables]


def _load_search() -> None:
    import crmdesk.queries.search  # noqa: F401


def _load_database() -> None:
    import crmdesk.models.mapping  # noqa: F401


def _load_tables() -> None:
    from crmdesk.models.mapping import tables

    tables()
