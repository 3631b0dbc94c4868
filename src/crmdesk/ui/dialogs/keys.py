"""The help sheet of all shortcuts, made from the actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QGridLayout, QWidget

from crmdesk.i18n import tr
from crmdesk.ui.actions import MENUS, Action
from crmdesk.ui.page import scrolled
from crmdesk.ui.widgets.basics import Button, Kbd, Text, column, row
from crmdesk.ui.widgets.heads import SearchField

if TYPE_CHECKING:
    from collections.abc import Sequence


class KeysDialog(QDialog):
    """Every action that has a shortcut, by menu; typing filters."""

    def __init__(self, actions: Sequence[Action], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.resize(QSize(560, 560).boundedTo(self.screen().availableSize() - QSize(40, 60)))
        self._rows: list[tuple[str, QWidget, QWidget]] = []
        search = SearchField(tr("Filter shortcuts"))
        search.searched.connect(self._filter)
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setColumnStretch(0, 1)
        grid.setVerticalSpacing(8)
        line = 0
        for group, title in {**MENUS, "": tr("Elsewhere")}.items():
            members = [a for a in actions if a.group == group and a.shortcut]
            if not members:
                continue
            head = Text(tr(title), "strong")
            head.setContentsMargins(0, 8 if line else 0, 0, 0)
            grid.addWidget(head, line, 0, 1, 2)
            line += 1
            for action in members:
                name, keys = Text(action.shown()), Kbd(action.keys())
                grid.addWidget(name, line, 0)
                grid.addLayout(row(None, keys), line, 1)
                self._rows.append((action.shown().casefold(), name, keys))
                line += 1
        grid.setRowStretch(line, 1)
        close = Button(tr("Close"), self.accept, "primary")
        self.setLayout(column(search, scrolled(inner), row(None, close), space=12, margins=(24, 24, 24, 24)))

    def _filter(self, text: str) -> None:
        for name, label, keys in self._rows:
            label.setVisible(text.casefold() in name)
            keys.setVisible(text.casefold() in name)
