"""The bar above the pages: search, undo, new, and the user's menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Slot
from PySide6.QtGui import (
    QActionGroup,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractButton, QFrame, QMenu, QSizePolicy

from crmdesk.i18n import tr
from crmdesk.ui import theme
from crmdesk.ui.actions import Registry, shown_keys
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import Button, PressedByEnter, row

if TYPE_CHECKING:
    from collections.abc import Callable


class SearchBox(PressedByEnter, QAbstractButton):
    """The box in the top bar; pressing it opens the palette."""

    def __init__(self, run: Callable[[], object]) -> None:
        super().__init__()
        self.setText(tr("Search or type a command"))
        self.setAccessibleName(self.text())
        self.setAccessibleDescription(shown_keys("Ctrl+K"))
        self.setMaximumWidth(420)
        self.setFixedHeight(theme.CONTROL)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: run())

    def sizeHint(self) -> QSize:
        return QSize(420, theme.CONTROL)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box, direction = self.rect(), self.layoutDirection()
        paint.rounded(painter, box, theme.RADIUS_CONTROL, theme.colour("canvas"), theme.colour("border"))
        at = paint.mirrored(QRect(11, 7, 16, 16), box, direction)
        painter.drawPixmap(at.topLeft(), theme.pixmap("search", "muted", 16, self.devicePixelRatioF()))
        keys = shown_keys("Ctrl+K")
        wide = paint.text_width(keys, theme.font("caption")) + 12
        cap = paint.mirrored(QRect(self.width() - wide - 10, 6, wide, 18), box, direction)
        paint.rounded(painter, cap, 4, theme.colour("surface"), theme.colour("border"))
        paint.line(painter, cap, keys, theme.font("caption"), theme.colour("muted"), Qt.AlignmentFlag.AlignCenter)
        area = paint.mirrored(QRect(35, 0, self.width() - 35 - wide - 20, self.height()), box, direction)
        paint.line(painter, area, self.text(), theme.font(), theme.colour("muted"))
        if self.hasFocus():
            paint.focus_ring(painter, box, theme.RADIUS_CONTROL)


class UserButton(PressedByEnter, QAbstractButton):
    """The user's initials; pressing them opens a menu."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(24, 24)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr("Account and settings"))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.avatar(painter, self.rect().adjusted(1, 1, -1, -1), self.text() or "?")
        if self.hasFocus():
            paint.focus_ring(painter, self.rect(), 12)


class TopBar(QFrame):
    """The bar; `search` opens the palette."""

    def __init__(self, registry: Registry, search: Callable[[], object]) -> None:
        super().__init__()
        self._registry = registry
        self.undo_button = Button(tr("Undo"), lambda: registry.run("edit.undo"), "flat", "undo-2")
        self.new_button = Button(tr("New"), self._open_new, "primary", "plus")
        self.user_button = UserButton()
        self.user_button.clicked.connect(self._open_user_menu)
        self.setObjectName("topbar")
        self.setFixedHeight(theme.TOP_BAR)
        self.setLayout(row(SearchBox(search), None, self.undo_button, self.new_button, self.user_button, space=10, margins=(16, 0, 15, 1)))

    def show_user(self, name: str) -> None:
        """Show who works here."""
        self.user_button.setText(name)
        self.user_button.setToolTip(name)

    def show_undo(self, words: str) -> None:
        """Offer to take the last deed back, in these words; none where there is nothing."""
        self.undo_button.setEnabled(bool(words))
        self.undo_button.setToolTip(words or tr("Nothing to undo"))

    def _open_new(self) -> None:
        menu = QMenu(self)
        self._registry.fill(menu, "new")
        below = self.new_button.mapToGlobal(self.new_button.rect().bottomLeft())
        menu.exec(below)

    @Slot()
    def _open_user_menu(self) -> None:
        menu = QMenu(self)
        if self.user_button.text():
            name = menu.addAction(self.user_button.text())
            name.setEnabled(False)
            menu.addSeparator()
        group = QActionGroup(menu)
        for scheme in ("light", "dark", "system"):
            entry = self._registry.shown_button(f"view.{scheme}")
            group.addAction(entry)
            menu.addAction(entry)
        menu.addSeparator()
        for action in ("go.settings", "help.page", "help.keys", "file.lock"):
            if self._registry.find(action) is not None:
                menu.addAction(self._registry.shown_button(action))
        corner = self.user_button.mapToGlobal(self.user_button.rect().bottomLeft())
        menu.exec(corner)
