"""How good the data of a record is, beneath its details: the figure, those of its dimensions, and what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from crmdesk.i18n import tr
from crmdesk.queries import quality
from crmdesk.queries.problems import DIMENSIONS
from crmdesk.ui.widgets.basics import Text, column
from crmdesk.ui.widgets.figures import Bar

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.ui.page import Frame


NO_BREAK = "\u00a0"


class RecordQuality(QWidget):
    """The figures of one record; nothing is shown of records that are not measured."""

    def __init__(self, frame: Frame, entity: str) -> None:
        super().__init__()
        self._frame, self._entity = frame, entity
        self.percent = Text("", "strong")
        self.bar = Bar(0, tr("Data quality"))
        self.dimensions = Text("", "muted", wrap=True)
        self.problems = Text("", "muted", wrap=True)
        self.setLayout(column(self.percent, self.bar, self.dimensions, self.problems, space=6, margins=(0, 8, 0, 0)))
        self.hide()

    def show_record(self, record: UUID) -> None:
        """Ask how good the data of a record is, and show it."""
        entity = self._entity
        self._frame.ask(self, lambda reader: quality.of_record(reader, entity, record), self.show_quality, key="quality")

    def show_quality(self, found: quality.Quality | None) -> None:
        """Show what was found of a record."""
        self.setVisible(found is not None)
        if found is None:
            return
        self.percent.setText(tr("Data quality {percent}%", percent=found.percent))
        is_low = found.percent < self._frame.store.settings.quality_threshold
        self.bar.set_share(found.percent / 100, "warning" if is_low else "accent")
        each = [tr("{dimension} {percent}%", dimension=tr(DIMENSIONS[name]), percent=percent) for name, percent in found.dimensions.items()]
        self.dimensions.setText(" · ".join(text.replace(" ", NO_BREAK) for text in each))
        self.problems.setText("\n".join(tr(rule.label) for rule in found.problems))
        self.problems.setVisible(bool(found.problems))
