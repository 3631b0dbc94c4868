"""A started window system for every test of the window."""

from __future__ import annotations

import gc
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from crmdesk.operations import records
from crmdesk.operations.stores import new_store
from crmdesk.store import open_store, private_files
from crmdesk.store.keys import Key
from crmdesk.ui import actions, background, theme
from crmdesk.ui.app import Program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication

    from crmdesk.store import Store


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    """The application with our look, in light colours, and its background threads."""
    theme.start(qapp, "light")
    actions.watch_composition(qapp)
    background.start()
    yield qapp
    background.stop()
    theme.use("light")
    for widget in qapp.topLevelWidgets():
        if shiboken6.isValid(widget) and widget.parent() is None:
            shiboken6.delete(widget)
    gc.collect()
    # What outlives a test is not looked at again: after a thousand tests that took longer than the tests themselves.
    gc.freeze()


@pytest.fixture(scope="session")
def northwind(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Key]:
    """A new store and its key, made once: deriving a key takes as long as a whole test."""
    path = tmp_path_factory.mktemp("northwind") / "northwind.crmdesk"
    with new_store(path, "correct horse battery", owner="Maria Becker", region="DE") as made:
        return path, Key(made.key.reveal())


@pytest.fixture
def store(northwind: tuple[Path, Key], tmp_path: Path) -> Iterator[Store]:
    """A store of one's own with three companies and three contacts."""
    path, key = northwind
    made = open_store(Path(shutil.copy(path, tmp_path / path.name)), key=key)
    futter = made.run(records.add, "company", {"name": "Alfreds Futterkiste", "industry": "Food retail"})
    handel = made.run(records.add, "company", {"name": "Ernst Handel", "industry": "Food retail"})
    made.run(records.add, "company", {"name": "Bon app'", "industry": "Restaurants"})
    anders = {"given_name": "Maria", "family_name": "Anders", "company": futter, "role": "Owner", "phone": "030 0074321"}
    made.run(records.add, "contact", anders)
    made.run(records.add, "contact", {"given_name": "Roland", "family_name": "Mendel", "company": handel, "role": "Sales manager"})
    made.run(records.add, "contact", {"family_name": "王", "given_name": "伟"})
    yield made
    made.close()


@pytest.fixture
def program(app: QApplication) -> Iterator[Program]:
    """The program that was not started yet."""
    made = Program()
    yield made
    made.shut_down()
    made.window.hide()
    made.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, 0)


class MailProgram(QObject):
    """Stands where the user's mail program would be, with the mails that it was to open."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[bytes] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        """Take a mail that was saved as a file."""
        self.mails.append(Path(url.toLocalFile()).read_bytes())


@pytest.fixture
def mail_program() -> Iterator[MailProgram]:
    """A mail program in the place of this computer's."""
    program = MailProgram()
    QDesktopServices.setUrlHandler("file", program, "open")
    yield program
    QDesktopServices.unsetUrlHandler("file")
    private_files.forget_copies()
