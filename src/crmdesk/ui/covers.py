"""What hides the whole window: the unlock screen, the first start, a restore."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QWidget


class Covers(QStackedWidget):
    """The window's content, and at most one widget over it."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._content = content
        self.addWidget(content)

    def cover(self) -> QWidget | None:
        """Return what hides the content, if anything does."""
        shown = self.currentWidget()
        return shown if shown is not self._content else None

    def put(self, cover: QWidget) -> None:
        """Hide the content, or what has hidden it so far."""
        self._drop()
        self.addWidget(cover)
        self.setCurrentWidget(cover)

    def take_away(self) -> None:
        """Show the content again."""
        self.setCurrentWidget(self._content)
        self._drop()

    def _drop(self) -> None:
        for number in range(self.count() - 1, 0, -1):
            old = self.widget(number)
            if old is not None:
                self.removeWidget(old)
                old.deleteLater()
