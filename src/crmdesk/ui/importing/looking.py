"""Looking at what would come of files, in the background: at their heads, which takes no time, and then at all of their rows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from crmdesk.errors import Cancelled
from crmdesk.ui import background
from crmdesk.ui.importing.work import Look, look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.exchange.rows.plan import ImportOptions
    from crmdesk.exchange.values.layouts import Layout
    from crmdesk.store import Store
    from crmdesk.ui.background import Job
    from crmdesk.ui.importing.work import Files


class Looking(QObject):
    """At most one look is on its way; a later question takes the place of an earlier one.

    Attributes:
        seen: what was seen last; None before, and after `forget`.
        head: looks at the first rows just now. whole: at all rows.

    Signals:
        shown: what is seen now, and whether it is the first of these files.
        refused: what went wrong, with the exception.
        moved: the look at all rows has come further.
    """

    shown = Signal(object, bool)
    refused = Signal(object)
    moved = Signal()

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner)
        self.seen: Look | None = None
        self.head: Job | None = None
        self.whole: Job | None = None
        background.bridge().moved.connect(self._moved)

    def begin(self, store: Store, files: Files, options: ImportOptions, layouts: Sequence[Layout]) -> None:
        """Look anew."""
        self.stop()
        self._work = partial(look, store, files, options, tuple(layouts))
        self.head = background.read(self, partial(self._work, False), self._show, self._failed, key="look")

    def go_on(self) -> None:
        """Look at all rows, after the first ones were seen."""
        if self.seen is not None:
            self.whole = background.read(self, partial(self._work, True), self._show, self._failed, key="look")

    def stop(self) -> None:
        """Look no further."""
        for job in (self.head, self.whole):
            if job is not None:
                job.cancel()
        self.head = self.whole = None

    def forget(self) -> None:
        """Forget what was seen."""
        self.stop()
        self.seen = None

    def _show(self, seen: Look) -> None:
        is_first = self.seen is None
        self.seen, self.head, self.whole = seen, None, None
        if not seen.is_whole:
            self.go_on()
        self.shown.emit(seen, is_first)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            self.head = self.whole = None
            self.refused.emit(error)

    @Slot(object)
    def _moved(self, job: Job) -> None:
        if job is self.whole and job.total and self.seen is not None:
            self.moved.emit()
