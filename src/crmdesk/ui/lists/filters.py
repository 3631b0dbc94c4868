"""Filters of a list: a chip for each condition, made from the kinds of the fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from crmdesk.i18n import tr
from crmdesk.ui import theme
from crmdesk.ui.lists.filter_popups import FieldPopup, FilterPopup
from crmdesk.ui.lists.filter_words import said
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import Button, PressedByEnter
from crmdesk.ui.widgets.layouts import FlowLayout

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmdesk.fields import Field
    from crmdesk.queries.finding import Condition
    from crmdesk.ui.editors import Context


class FilterChip(PressedByEnter, QAbstractButton):
    """One condition; pressing it changes it, its cross (or Del) takes it away.

    Signals:
        removed: the cross was pressed.
    """

    removed = Signal()

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setAccessibleName(text)
        self.setAccessibleDescription(tr("Press to change, Delete to remove"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return QSize(min(320, paint.text_width(self.text(), theme.relative(500)) + 48), theme.CONTROL)

    def _cross(self) -> QRect:
        spot = QRect(self.width() - 28, 0, 28, self.height())
        return paint.mirrored(spot, self.rect(), self.layoutDirection())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._cross().contains(event.position().toPoint()) and event.button() == Qt.MouseButton.LeftButton:
            self.setDown(False)
            self.removed.emit()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground = theme.colour("hover" if self.underMouse() else "surface")
        paint.rounded(painter, self.rect(), theme.RADIUS_CONTROL, ground, theme.colour("border"))
        area = paint.mirrored(self.rect().adjusted(12, 0, -30, 0), self.rect(), self.layoutDirection())
        paint.line(painter, area, self.text(), theme.relative(500), theme.colour("text"))
        spot = self._cross().center() - QPoint(7, 6)
        painter.drawPixmap(spot, theme.pixmap("x", "muted", 13, self.devicePixelRatioF()))
        if self.hasFocus():
            paint.focus_ring(painter, self.rect(), theme.RADIUS_CONTROL)


class FilterBar(QWidget):
    """The chips of all conditions and a button for one more.

    Args:
        button: the button, if it stands elsewhere.

    Attributes:
        names: titles of linked records by id, for the chips; kept with a saved view.

    Signals:
        changed: the conditions are others.
    """

    changed = Signal()

    def __init__(self, fields: Mapping[str, Field], context: Context, button: QAbstractButton | None = None) -> None:
        super().__init__()
        self._standard, self._context = dict(fields), context
        self._fields = self._standard
        self._conditions: list[Condition] = []
        self.names: dict[str, str] = {}
        self._flow = FlowLayout(8)
        self.setLayout(self._flow)
        self._is_apart = button is not None
        self.add_button = button or Button(tr("Filter"), None, "flat", "plus")
        self.add_button.clicked.connect(lambda: self._choose_field())
        self._draw()

    def set_own(self, fields: Mapping[str, Field]) -> bool:
        """Let one filter by the user's own fields too; returns whether they are others than before."""
        known = {**self._standard, **fields}
        if known == self._fields:
            return False
        self._fields = known
        self.set_conditions(self._conditions)
        return True

    def conditions(self) -> tuple[Condition, ...]:
        """Return the conditions."""
        return tuple(self._conditions)

    def set_conditions(self, conditions: Sequence[Condition]) -> None:
        """Show other conditions without telling anybody."""
        self._conditions = [c for c in conditions if c.field in self._fields]
        self._draw()

    def ask(self, name: str, given: Condition | None = None, under: QWidget | None = None) -> FilterPopup:
        """Ask for a condition over a field, or change one."""
        popup = FilterPopup(self, name, self._fields[name], self._context, given, self.names)
        popup.applied.connect(lambda condition: self._apply(given, condition, popup.names))
        anchor = under or self.add_button
        popup.move(anchor.mapToGlobal(QPoint(0, anchor.height() + 4)))
        popup.show()
        popup.focus_first()
        return popup

    def _apply(self, before: Condition | None, condition: Condition, names: Mapping[str, str]) -> None:
        self.names.update(names)
        if before in self._conditions:
            self._conditions[self._conditions.index(before)] = condition
        else:
            self._conditions.append(condition)
        self._draw()
        self.changed.emit()

    def _remove(self, condition: Condition) -> None:
        self._conditions.remove(condition)
        self._draw()
        self.changed.emit()
        self.add_button.setFocus()

    def _draw(self) -> None:
        if not self._is_apart:
            self._flow.removeWidget(self.add_button)
        self._flow.clear()
        for condition in self._conditions:
            chip = FilterChip(said(self._fields[condition.field], condition, self.names))
            chip.clicked.connect(lambda _=False, c=condition, w=chip: self.ask(c.field, c, w))
            chip.removed.connect(lambda c=condition: self._remove(c))
            self._flow.addWidget(chip)
        if not self._is_apart:
            self._flow.addWidget(self.add_button)
            self.add_button.show()

    def _choose_field(self) -> None:
        popup = FieldPopup(self, {name: tr(field.label) for name, field in self._fields.items()})
        popup.chosen.connect(lambda name: self.ask(name))
        popup.move(self.add_button.mapToGlobal(QPoint(0, self.add_button.height() + 4)))
        popup.show()
        popup.focus_first()
