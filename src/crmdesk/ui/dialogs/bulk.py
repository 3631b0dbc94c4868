"""What is asked before many records are changed: tags, an owner."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem

from crmdesk.i18n import tr
from crmdesk.models.registry import entity_class
from crmdesk.queries import records
from crmdesk.ui.editors import editor_for
from crmdesk.ui.records import context
from crmdesk.ui.widgets.basics import Button, Text, column, row

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from PySide6.QtWidgets import QWidget

    from crmdesk.ui.page import Frame


class TagDialog(QDialog):
    """Asks for the tags that records are given beside those they have."""

    def __init__(self, frame: Frame, parent: QWidget, entity: str, count: int) -> None:
        super().__init__(parent)
        title = tr("Tag {count} records", count=count) if count > 1 else tr("Add tag")
        self.setWindowTitle(title)
        self.setMinimumWidth(400)
        field = replace(entity_class(entity).fields["tags"], required=False)
        self.editor = editor_for(field, context(frame.store))
        self.editor.changed.connect(self._update)
        self.button = Button(tr("Add tag"), self.accept, "primary")
        self.button.setEnabled(False)
        cancel = Button(tr("Cancel"), self.reject)
        self.setLayout(column(Text(title, "dialog"), self.editor, 8, row(None, cancel, self.button), space=10, margins=(24, 20, 24, 20)))
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _update(self) -> None:
        self.button.setEnabled(bool(self.names()))
        self.button.setDefault(bool(self.names()))

    def names(self) -> list[str]:
        """Return the tags."""
        return [part.value for part in self.editor.value() or ()]


class OwnerDialog(QDialog):
    """Asks which member records belong to from now on; the list comes from the store."""

    def __init__(self, frame: Frame, parent: QWidget, count: int) -> None:
        super().__init__(parent)
        title = tr("Assign {count} records", count=count) if count > 1 else tr("Assign owner")
        self.setWindowTitle(title)
        self.setMinimumWidth(360)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Owner"))
        self.list.setFixedHeight(180)
        self.list.itemActivated.connect(self.accept)
        self.button = Button(tr("Assign"), self.accept, "primary")
        self.button.setDefault(True)
        cancel = Button(tr("Cancel"), self.reject)
        self.setLayout(column(Text(title, "dialog"), self.list, 4, row(None, cancel, self.button), space=10, margins=(24, 20, 24, 20)))
        frame.ask(
            self,
            lambda reader: [(row.id, str(row.values["name"])) for row in records.rows(reader, "member", records.ids(reader, "member"), ("name",))],
            self._show,
        )

    def _show(self, members: Sequence[tuple[UUID, str]]) -> None:
        for member, name in members:
            item = QListWidgetItem(name)
            item.setData(Qt.ItemDataRole.UserRole, member)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.setFocus()

    def owner(self) -> UUID | None:
        """Return the member that is chosen."""
        item = self.list.currentItem()
        chosen: UUID | None = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        return chosen
