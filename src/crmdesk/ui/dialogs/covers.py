"""What the screens before the store have in common: one card in the middle, with an order of work in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from crmdesk.ui import theme
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import Text, column, row

if TYPE_CHECKING:
    from collections.abc import Callable


class Badge(QWidget):
    """The program's mark."""

    def __init__(self, size: int = 36) -> None:
        super().__init__()
        self.setFixedSize(size, size)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.rounded(painter, self.rect(), self.width() // 4, theme.colour("accent"), None)
        paint.line(painter, self.rect(), "C", theme.font("dialog", 700), theme.colour("on_accent"), Qt.AlignmentFlag.AlignCenter)


class CoverCard(QWidget):
    """A cover with a card in its middle that scrolls in a small window; `body` takes the content.

    Args:
        title: what the user does here.
        explanation: one or two sentences beneath it.
        width: of the card.
    """

    def __init__(self, title: str, explanation: str = "", width: int = 480) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = Text(title, "title", wrap=True)
        self.explanation = Text(explanation, "muted", wrap=True)
        if not explanation:
            self.explanation.hide()
        card = QFrame()
        card.setProperty("card", "true")
        card.setFixedWidth(width)
        card.setAccessibleName(title)
        self.body: QVBoxLayout = column(self.title, self.explanation, space=10, margins=(32, 28, 32, 28))
        card.setLayout(self.body)
        inner = QWidget()
        inner.setObjectName("scrolled")
        inner.setLayout(column(None, row(None, card, None), None, margins=(16, 16, 16, 16)))
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        self.setLayout(column(scroll))
        self._first: Callable[[], object] | None = None

    def begin_at(self, widget: QWidget) -> None:
        """Name where the keyboard goes when the cover is shown."""
        self._first = lambda: widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_first(self) -> None:
        """Put the keyboard where work begins."""
        if self._first is not None:
            self._first()
