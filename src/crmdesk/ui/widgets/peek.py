"""The panel beside a list that shows a record without leaving the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from crmdesk.i18n import tr
from crmdesk.ui.widgets.basics import Card, ElidedText, IconButton, column, row

if TYPE_CHECKING:
    from collections.abc import Callable


WIDTH = 340


class PeekPanel(Card):
    """A card with a record's title, its content, and buttons to open and close it.

    Signals:
        closed: the user wants it gone.
    """

    closed = Signal()

    def __init__(self, open_record: Callable[[], object]) -> None:
        super().__init__(space=12)
        self.heading = ElidedText("", 600, size="dialog")
        self.under = ElidedText("", token="muted")
        buttons = row(IconButton("external-link", tr("Open page"), open_record), IconButton("x", tr("Close"), self.closed.emit), space=4)
        self.body.addLayout(row(column(self.heading, self.under, space=2), buttons, space=8))
        self.content = QVBoxLayout()
        self.body.addLayout(self.content, 1)
        self.setMinimumWidth(300)

    def show_record(self, title: str, subtitle: str) -> None:
        """Name the record that is shown."""
        self.heading.set_text(title)
        self.under.set_text(subtitle)
        self.setAccessibleName(title)


class PeekSplitter(QSplitter):
    """A list and a panel beside it; the panel comes and goes, the user's width is kept."""

    def __init__(self, main: QWidget, panel: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(12)
        self.addWidget(main)
        self.addWidget(panel)
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 0)
        self._panel = panel
        self._width = WIDTH
        panel.hide()

    def is_shown(self) -> bool:
        """Return whether the panel is there."""
        return self._panel.isVisibleTo(self)

    def show_panel(self, shown: bool) -> None:
        """Show the panel, or take it away."""
        if shown == self.is_shown():
            return
        if not shown:
            self._width = self._panel.width()
        self._panel.setVisible(shown)
        if shown:
            self.setSizes([max(300, self.width() - self._width - self.handleWidth()), self._width])
