"""The three figures beneath the steps: how many rows are new, known, not understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from crmdesk.i18n import ntr, tr
from crmdesk.ui.importing.known import MODES
from crmdesk.ui.widgets.basics import Card, Text, row

if TYPE_CHECKING:
    from crmdesk.ui.background import Job
    from crmdesk.ui.importing.work import Look


class Counts(QWidget):
    """A card each for what is new, for what is known already, and for problems."""

    def __init__(self) -> None:
        super().__init__()
        self.new, self.known, self.problems = Count(), Count(), Count()
        self.setLayout(row(self.new, self.known, self.problems, space=12))

    def show_short(self, is_short: bool) -> None:
        """Leave out what the figures mean, where the rows above need the room; it stands in the tips."""
        for card in (self.new, self.known, self.problems):
            card.show_short(is_short)

    def wait(self, is_looking: bool) -> None:
        """Show that nothing is known yet."""
        for card, label in ((self.new, tr("New")), (self.known, tr("Already known")), (self.problems, tr("Problems"))):
            card.say(label, tr("checking") if is_looking else "")

    def show_look(self, seen: Look, mode: str, job: Job | None) -> None:
        """Show what would come.

        Args:
            mode: what becomes of records that are known.
            job: looks at all rows just now, if any does.
        """
        part = "" if seen.is_whole else _part(seen, job)
        rejected = seen.count("rejected")
        becomes = next(label for value, label, _ in MODES if value == mode)
        self.new.say(ntr("{count} new", "{count} new", seen.count("added")), part or tr("will be added, undo at any time"))
        self.known.say(ntr("{count} already known", "{count} already known", seen.count("updated") + seen.count("skipped")), part or tr(becomes))
        kept = tr("kept in a file to correct and import again") if rejected else tr("none")
        self.problems.say(ntr("{count} row with problems", "{count} rows with problems", rejected), part or kept)


def _part(seen: Look, job: Job | None) -> str:
    """Say what counts stand for that are not those of all rows."""
    first = ntr("of the first row", "of the first {count} rows", seen.count("read"))
    return tr("{first} · all rows: {percent}%", first=first, percent=100 * job.done // job.total) if job is not None and job.total else first


class Count(Card):
    """One figure with what it means."""

    def __init__(self) -> None:
        super().__init__(space=2)
        self.figure, self.note = Text("", "strong"), Text("", "muted", wrap=True)
        self.add(self.figure, self.note)
        self.body.addStretch(1)
        self._is_short = False

    def show_short(self, is_short: bool) -> None:
        """Show the figure alone, or with its note again."""
        if is_short == self._is_short:
            return
        self._is_short = is_short
        air = 8 if is_short else 16
        self.body.setContentsMargins(16, air, 16, air)
        self.say(self.figure.text(), self.note.text())

    def say(self, figure: str, note: str) -> None:
        """Show figure and note."""
        self.figure.setText(figure)
        self.note.setText(note)
        self.note.setVisible(not self._is_short)
        self.setToolTip(note if self._is_short else "")
        self.setAccessibleName(f"{figure}, {note}" if note else figure)
