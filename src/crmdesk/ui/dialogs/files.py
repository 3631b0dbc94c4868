"""The files of a deal, a ticket or a quote, which have no page with tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QWidget

from crmdesk.i18n import tr
from crmdesk.operations import attachments
from crmdesk.ui.files import FileList
from crmdesk.ui.widgets.basics import Button, Card, Text, column, row

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.ui.page import Frame


class FilesDialog(QDialog):
    """Shows the files of one record; what is added or deleted is stored at once."""

    def __init__(self, frame: Frame, entity: str, record: UUID) -> None:
        super().__init__(frame if isinstance(frame, QWidget) else None)
        self._frame, self._entity, self._record = frame, entity, record
        self.setWindowTitle(tr("Files"))
        self.resize(520, 420)
        self.files = FileList(frame)
        self.files.changed.connect(self.look)
        card = Card(padding=0)
        card.add(self.files)
        close = Button(tr("Close"), self.accept, "primary")
        self.setLayout(column(Text(tr("Files"), "dialog"), card, row(None, close), space=12, margins=(24, 20, 24, 20)))
        self.look()

    def look(self) -> None:
        """Ask for the files anew."""
        entity, record = self._entity, self._record
        self._frame.ask(self, lambda reader: attachments.files(reader, entity, record), lambda found: self.files.show_files(entity, record, found), key="files")
