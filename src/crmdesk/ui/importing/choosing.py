"""The first step of an import: which files, and then how they are read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QStackedWidget

from crmdesk.i18n import tr
from crmdesk.ui.importing.reading import TEXTS, ReadingView
from crmdesk.ui.widgets.basics import Button, Card, Picture, Text, row

if TYPE_CHECKING:
    from typing import Any

    from crmdesk.ui.importing.work import Files

ENDINGS = "*.csv *.tsv *.tab *.txt *.xlsx *.xlsm *.xlsb *.xls *.ods *.json *.vcf *.vcard *.ics *.vcs *.eml *.msg"


class FileStep(QStackedWidget):
    """A place to drop files, and what they are once there are some.

    Signals:
        chosen: the paths of files or of a folder.
        changed: the user wants the files read otherwise.
        others_wanted: the user wants other files.
    """

    chosen = Signal(list)
    changed = Signal()
    others_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.choose_button = Button(tr("Choose files"), self.choose, "primary", "folder-open")
        self.folder_button = Button(tr("Choose folder"), self.choose_folder, icon="folder")
        card = Card(padding=32, space=12)
        sentence = Text(tr("Drop files or a folder here, or choose them"), "dialog")
        sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        note = Text(
            tr("Tables in any encoding, Excel and LibreOffice workbooks, address cards, calendars, mails, JSON. Nothing is written before you have seen what comes."), "muted", wrap=True
        )  # fmt: skip
        note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        card.body.addStretch(1)
        card.add(row(None, Picture("upload", "muted", 32), None), sentence, note, row(None, self.choose_button, self.folder_button, None, space=8))
        card.body.addStretch(1)
        self.reading = ReadingView()
        self.reading.changed.connect(self.changed)
        self.reading.others_wanted.connect(self.others_wanted)
        self.addWidget(card)
        self.addWidget(self.reading)

    def show_files(self, files: Files) -> None:
        """Show what the files are, and how they are read."""
        self.reading.show_files(files)
        self.setCurrentIndex(1)

    def forget(self) -> None:
        """Ask for files again."""
        self.setCurrentIndex(0)

    def choose(self) -> None:
        """Ask for one or several files."""
        kinds = f"{tr('Files that can be imported')} ({ENDINGS});;{tr('All files')} (*)"
        names, _ = QFileDialog.getOpenFileNames(self, tr("Choose files to import"), str(Path.home()), kinds)
        if names:
            self.chosen.emit([Path(name) for name in names])

    def choose_folder(self) -> None:
        """Ask for a folder; all of it that can be imported is taken."""
        if name := QFileDialog.getExistingDirectory(self, tr("Choose a folder to import"), str(Path.home())):
            self.chosen.emit([Path(name)])

    def said(self, files: Files) -> dict[str, Any]:
        """Return how the user wants the files read: `table` and the `entity` of its rows, `dates`, `encoding`, `delimiter`, `sheet`."""
        first, view = files.first, self.reading
        is_text = first.format in TEXTS
        return {
            "table": view.chosen_table() or first,
            "entity": str(view.kind.currentData()),
            "dates": str(view.dates.currentData() or ""),
            "encoding": str(view.encoding.currentData()) if is_text else first.encoding,
            "delimiter": str(view.delimiter.currentData()) if is_text else first.delimiter,
            "sheet": str(view.sheet.currentData()) if len(first.sheets) > 1 else None,
        }
