"""What Today can show, to be chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from crmdesk.i18n import mark, tr
from crmdesk.ui import theme
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import PopupCard, column

if TYPE_CHECKING:
    from collections.abc import Sequence


CARDS = {
    "months": mark("Won and expected"), "closing": mark("Likely to close this month"), "funnel": mark("Funnel, last 90 days"), "team": mark("Team, this quarter"),
    "quality": mark("Warning of low data quality"),
}  # fmt: skip


class PartsPopup(PopupCard):
    """What Today can show, with a box each.

    Signals:
        changed: the names of what is hidden now.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget, parts: Sequence[tuple[str, str]], hidden: frozenset[str]) -> None:
        super().__init__(parent, max(260, 76 + max((paint.text_width(label, theme.font()) for _, label in parts), default=0)))
        self._others = hidden - {name for name, _ in parts}
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Shown on Today"))
        for name, label in parts:
            item = QListWidgetItem(label)
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setSizeHint(QSize(0, 28))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked if name in hidden else Qt.CheckState.Checked)
            self.list.addItem(item)
        self.list.setFixedHeight(len(parts) * 28 + 8)
        self.list.itemChanged.connect(self._tell)
        self.setLayout(column(self.list, margins=(8, 8, 8, 8)))

    def focus_first(self) -> None:
        """Put the keyboard into the list."""
        self.list.setCurrentRow(0)
        self.list.setFocus()

    @Slot()
    def _tell(self) -> None:
        items = [self.list.item(number) for number in range(self.list.count())]
        self.changed.emit(self._others | {item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() == Qt.CheckState.Unchecked})
