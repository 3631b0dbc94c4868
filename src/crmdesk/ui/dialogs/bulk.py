"""What is asked before many records are changed: tags, an owner, a stage."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem

from crmdesk.i18n import tr
from crmdesk.models.registry import entity_class
from crmdesk.queries import deals, records
from crmdesk.ui.editors import editor_for
from crmdesk.ui.records import context
from crmdesk.ui.widgets.basics import Button, Text, column, row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from PySide6.QtWidgets import QWidget

    from crmdesk.store import Reader
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


class _PickDialog(QDialog):
    """Asks for one entry of a list that comes from the store."""

    def __init__(self, frame: Frame, parent: QWidget, title: str, label: str, verb: str, asked: Callable[[Reader], Sequence[tuple[UUID, str]]]) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(360)
        self.list = QListWidget()
        self.list.setAccessibleName(label)
        self.list.setFixedHeight(180)
        self.list.itemActivated.connect(self.accept)
        self.button = Button(verb, self.accept, "primary")
        self.button.setDefault(True)
        cancel = Button(tr("Cancel"), self.reject)
        self.setLayout(column(Text(title, "dialog"), self.list, 4, row(None, cancel, self.button), space=10, margins=(24, 20, 24, 20)))
        frame.ask(self, asked, self._show)

    def _show(self, entries: Sequence[tuple[UUID, str]]) -> None:
        for key, name in entries:
            item = QListWidgetItem(name)
            item.setData(Qt.ItemDataRole.UserRole, key)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.setFocus()

    def chosen(self) -> UUID | None:
        """Return the entry that is chosen."""
        item = self.list.currentItem()
        key: UUID | None = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        return key


class OwnerDialog(_PickDialog):
    """Asks which member records belong to from now on."""

    def __init__(self, frame: Frame, parent: QWidget, count: int) -> None:
        title = tr("Assign {count} records", count=count) if count > 1 else tr("Assign owner")
        super().__init__(frame, parent, title, tr("Owner"), tr("Assign"), _members)

    def owner(self) -> UUID | None:
        """Return the member that is chosen."""
        return self.chosen()


class StageDialog(_PickDialog):
    """Asks which stage of a pipeline deals are moved to."""

    def __init__(self, frame: Frame, parent: QWidget, pipeline: UUID, count: int) -> None:
        title = tr("Move {count} deals to stage", count=count) if count > 1 else tr("Move deal to stage")
        self._losses: frozenset[UUID] = frozenset()

        def stages(reader: Reader) -> list[tuple[UUID, str]]:
            found = deals.stages(reader, pipeline)
            self._losses = frozenset(stage.id for stage in found if stage.outcome == "lost")
            return [(stage.id, stage.name) for stage in found]

        super().__init__(frame, parent, title, tr("Stage"), tr("Move to stage"), stages)

    def is_loss(self) -> bool:
        """Return whether deals that are moved to the chosen stage are lost."""
        return self.chosen() in self._losses

    def name(self) -> str:
        """Return what the chosen stage is called."""
        item = self.list.currentItem()
        return item.text() if item is not None else ""


def _members(reader: Reader) -> list[tuple[UUID, str]]:
    return [(row.id, str(row.values["name"])) for row in records.rows(reader, "member", records.ids(reader, "member"), ("name",))]
