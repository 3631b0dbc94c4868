"""The files of a record: added by button or by dropping them, opened from a private copy, saved elsewhere, deleted."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from crmdesk.i18n import locale, tr
from crmdesk.operations import attachments
from crmdesk.operations import records as deeds
from crmdesk.store.private_files import private_path
from crmdesk.store.unfinished import unfinished
from crmdesk.ui import background
from crmdesk.ui.page import scrolled
from crmdesk.ui.widgets.basics import Button, Clickable, ElidedText, IconButton, Line, Picture, Text, column, row
from crmdesk.ui.widgets.heads import EmptyState
from crmdesk.ui.widgets.layouts import empty

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from crmdesk.operations.attachments import File
    from crmdesk.ui.background import Job
    from crmdesk.ui.page import Frame


class FileList(QWidget):
    """The files of one record.

    Signals:
        changed: a file was added or deleted here.
    """

    changed = Signal()

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self._frame = frame
        self._entity = ""
        self._record: UUID | None = None
        self.files: Sequence[File] = ()
        self.setAcceptDrops(True)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        inner = QWidget()
        inner.setLayout(column(self._rows, None, space=0))
        self._scroll = scrolled(inner)
        self.nothing = EmptyState("paperclip", tr("No files yet."), Button(tr("Add file"), self.choose, "primary", "plus"), hint=tr("Or drop them here."))
        self.add_button = Button(tr("Add file"), self.choose, icon="plus")
        self._head = QWidget()
        self._head.setLayout(row(None, self.add_button, margins=(16, 10, 16, 10)))
        self.setLayout(column(self._head, self._scroll, self.nothing, space=0))

    def show_files(self, entity: str, record: UUID, files: Sequence[File]) -> None:
        """Show the files of a record."""
        self._entity, self._record, self.files = entity, record, files
        empty(self._rows)
        for one in files:
            self._rows.addWidget(self._line(one))
            self._rows.addWidget(Line())
        self._scroll.setVisible(bool(files))
        self._head.setVisible(bool(files))
        self.nothing.setVisible(not files)

    def _line(self, one: File) -> QWidget:
        line = Clickable(tr("Open {label}", label=one.name))
        save = IconButton("download", tr("Save {name}", name=one.name), partial(self.save, one), "muted")
        gone = IconButton("trash-2", tr("Delete {name}", name=one.name), partial(self.delete, one), "muted")
        size = Text(size_text(one.size), "muted")
        line.setLayout(row(Picture("paperclip", "muted"), ElidedText(one.name, 500), None, size, save, gone, space=10, margins=(16, 4, 10, 4)))
        line.clicked.connect(partial(self.open, one))
        return line

    # --- deeds ------------------------------------------------------------------------------------------------------

    def choose(self) -> None:
        """Ask for files and add them."""
        chosen, _ = QFileDialog.getOpenFileNames(self, tr("Add file"), str(Path.home()))
        self.add([Path(name) for name in chosen])

    def add(self, paths: Sequence[Path]) -> None:
        """Put files into the store."""
        for path in paths:
            if self._record is not None:
                said = tr("{name} added", name=path.name)
                self._frame.do(attachments.attach, self._entity, self._record, path.name, path, said=said, done=self._tell)

    def open(self, one: File) -> None:
        """Open a private copy with the program that the system has for it; the copies go with the lock."""
        store = self._frame.store

        def work(job: Job) -> Path:
            path = private_path(one.name)
            with store.read() as reader:
                attachments.save_to(reader, one.id, path)
            return path

        background.read(self, work, lambda made: QDesktopServices.openUrl(QUrl.fromLocalFile(str(made))))

    def save(self, one: File) -> None:
        """Ask where to, and write the file there."""
        name, _ = QFileDialog.getSaveFileName(self, tr("Save {name}", name=one.name), str(Path.home() / one.name))
        if not name:
            return
        store, path = self._frame.store, Path(name)

        def work(job: Job) -> None:
            with store.read() as reader, unfinished(path, "part") as half:
                attachments.save_to(reader, one.id, half)
                half.replace(path)  # the dialog has asked

        background.read(self, work, lambda _: self._frame.say(tr("Saved as {name}", name=path.name)))

    def delete(self, one: File) -> None:
        """Put a file into the bin."""
        self._frame.do(deeds.delete, "attachment", [one.id], said=tr("{name} deleted", name=one.name), done=self._tell)

    def _tell(self, _: object) -> None:
        self.changed.emit()

    # --- dropping ---------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        self.add([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])


def size_text(size: int) -> str:
    """Return a file's size as people read it."""
    from babel.numbers import format_decimal

    for unit, divisor in (("MB", 1_000_000), ("kB", 1_000)):
        if size >= divisor:
            return f"{format_decimal(round(size / divisor, 1), locale=locale())} {unit}"
    return f"{size} B"
