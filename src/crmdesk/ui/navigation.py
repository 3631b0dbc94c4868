"""The left edge of the window: pages, saved views, and the state of store and backup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from crmdesk.i18n import tr
from crmdesk.ui import theme
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import PressedByEnter, Text, column, row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EDGE = 9


@dataclass(frozen=True)
class Item:
    """One line of the navigation: its value, label, icon and the keys that lead to it."""

    value: str
    label: str
    icon: str
    keys: str = ""


class _Line(PressedByEnter, QAbstractButton):
    """One line that can be pressed; narrow, it is only its icon."""

    def __init__(self, item: Item, run: Callable[[str], object]) -> None:
        super().__init__()
        self.item = item
        self.is_narrow = False
        self.setText(item.label)
        self.setAccessibleName(item.label)
        self.setAccessibleDescription(item.keys)
        self.setCheckable(True)
        self.setFixedHeight(31)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: run(item.value))

    def sizeHint(self) -> QSize:
        return QSize(190, 31)

    def set_narrow(self, narrow: bool) -> None:
        self.is_narrow = narrow
        self.setToolTip(f"{self.item.label}  {self.item.keys}".strip() if narrow else "")
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.focusNextChild()
        elif event.key() == Qt.Key.Key_Up:
            self.focusPreviousChild()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box, direction = self.rect(), self.layoutDirection()
        if self.isChecked():
            paint.rounded(painter, box, theme.RADIUS_CONTROL, theme.colour("surface"), theme.colour("border"))
        elif self.underMouse():
            paint.rounded(painter, box, theme.RADIUS_CONTROL, theme.colour("hover"), None)
        left = (self.width() - 16) // 2 if self.is_narrow else EDGE
        at = paint.mirrored(QRect(left, (self.height() - 16) // 2, 16, 16), box, direction)
        painter.drawPixmap(at.topLeft(), theme.pixmap(self.item.icon, "text", 16, self.devicePixelRatioF()))
        if not self.is_narrow:
            weight = 600 if self.isChecked() else 400
            hint = painter.fontMetrics().horizontalAdvance(self.item.keys) if self.item.keys else 0
            area = paint.mirrored(QRect(35, 0, self.width() - 35 - hint - 8, self.height()), box, direction)
            paint.line(painter, area, self.text(), theme.relative(weight), theme.colour("text"))
            end = paint.mirrored(QRect(self.width() - 88, 0, 80, self.height()), box, direction)
            paint.line(
                painter, end, self.item.keys, theme.font("caption", weight), theme.colour("muted_on_tint"),
                Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter,
            )  # fmt: skip
        if self.hasFocus():
            paint.focus_ring(painter, box, theme.RADIUS_CONTROL)


class _Badge(QWidget):
    """The program's mark."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(22, 22)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.rounded(painter, self.rect(), 6, theme.colour("accent"), None)
        font = theme.font("caption", 700)
        paint.line(painter, self.rect(), "C", font, theme.colour("on_accent"), Qt.AlignmentFlag.AlignCenter)


class Foot(QWidget):
    """Three quiet lines: locked or open, the file, the backup. In a narrow window only their icons."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[tuple[str, str, theme.Token]] = []
        self.is_narrow = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_lines(self, *lines: tuple[str, str, theme.Token]) -> None:
        """Show lines of (icon, text, colour); a line without an icon belongs to the one before."""
        self._lines = list(lines)
        self.setAccessibleName(", ".join(text for _, text, _ in lines))
        self.setToolTip("\n".join(text for _, text, _ in lines))
        self.setFixedHeight(18 * len(lines))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = theme.font("caption")
        for number, (icon, text, token) in enumerate(self._lines):
            y = number * 18
            if icon:
                left = (self.width() - 14) // 2 if self.is_narrow else 0
                at = paint.mirrored(QRect(left, y + 2, 14, 14), self.rect(), self.layoutDirection())
                painter.drawPixmap(at.topLeft(), theme.pixmap(icon, token, 14, self.devicePixelRatioF()))
            if not self.is_narrow:
                left = 20 if icon else 0
                area = paint.mirrored(QRect(left, y, self.width() - left, 18), self.rect(), self.layoutDirection())
                paint.line(painter, area, text, font, theme.colour(token))


class Navigation(QFrame):
    """The navigation: 208 px wide, icons only in a narrow window.

    Args:
        open_page: called with a page's name.
        open_view: called with a saved view's value.
    """

    def __init__(self, open_page: Callable[[str], object], open_view: Callable[[str], object]) -> None:
        super().__init__()
        self.setObjectName("navigation")
        self.setAccessibleName(tr("Navigation"))
        self._open_page, self._open_view = open_page, open_view
        self._pages: dict[str, _Line] = {}
        self._views: dict[str, _Line] = {}
        self._name = Text("CRMDesk", "strong")
        self._head = QWidget()
        self._head.setLayout(row(_Badge(), self._name, None, space=8, margins=(EDGE, 0, 0, 0)))
        self._head.setFixedHeight(36)
        self._page_box, self._view_box = column(space=0), column(space=0)
        self._view_title = Text(tr("Saved views"), "caption")
        self._view_title.setContentsMargins(EDGE, 8, EDGE, 4)
        self.foot = Foot()
        inner = QWidget()
        inner.setLayout(column(self._page_box, self._view_title, self._view_box, None, space=0))
        inner.setObjectName("scrolled")
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        foot = column(self.foot, margins=(EDGE, 8, EDGE, 4))
        layout = column(self._head, 6, scroll, foot, space=0, margins=(EDGE, 9, EDGE, 14))
        self.setLayout(layout)
        self._view_title.hide()
        self.set_narrow(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        edge = paint.mirrored(QRect(self.width() - 1, 0, 1, self.height()), self.rect(), self.layoutDirection())
        QPainter(self).fillRect(edge, theme.colour("border"))

    def set_pages(self, items: Sequence[Item]) -> None:
        """Show these pages."""
        self._pages = self._replace(self._page_box, self._pages, items, self._open_page)

    def set_views(self, items: Sequence[Item]) -> None:
        """Show these saved views; none hides the heading."""
        self._views = self._replace(self._view_box, self._views, items, self._open_view)
        self._view_title.setVisible(bool(items) and not self.is_narrow)

    def light(self, page: str, view: str = "") -> None:
        """Mark where the user is."""
        for value, line in self._pages.items():
            line.setChecked(value == page and not view)
        for value, line in self._views.items():
            line.setChecked(value == view)

    def set_narrow(self, narrow: bool) -> None:
        """Show icons only, or everything."""
        self.is_narrow = narrow
        self.setFixedWidth(theme.NAVIGATION_NARROW if narrow else theme.NAVIGATION)
        self._name.setVisible(not narrow)
        self._view_title.setVisible(bool(self._views) and not narrow)
        self.foot.is_narrow = narrow
        self.foot.update()
        for line in (*self._pages.values(), *self._views.values()):
            line.set_narrow(narrow)

    def lines(self) -> list[str]:
        """Return the labels of the pages that are offered, in order."""
        return [line.item.label for line in self._pages.values()]

    def values(self) -> list[str]:
        """Return the values of the pages that are offered, in order."""
        return list(self._pages)

    def _replace(self, box: QVBoxLayout, before: dict[str, _Line], items: Sequence[Item], run: Callable[[str], object]) -> dict[str, _Line]:
        for line in before.values():
            box.removeWidget(line)
            line.hide()
            line.deleteLater()
        lines = {item.value: _Line(item, run) for item in items}
        for line in lines.values():
            line.set_narrow(self.is_narrow)
            box.addWidget(line)
        return lines
