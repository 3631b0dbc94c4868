"""Bringing a file in through the window, and taking one out."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from crmdesk.operations import records as deeds
from crmdesk.queries import records
from crmdesk.ui.dialogs import open_store as file_dialogs
from crmdesk.ui.dialogs.export_dialog import ExportDialog
from crmdesk.ui.pages.importing import ImportPage
from tests.ui.desk import Desk, desk

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

__all__ = ["desk"]
pytestmark = pytest.mark.usefixtures("app")

OUTLOOK = """First Name,Last Name,Company,Business Phone,E-mail Address,Birthday,Notes,Priority
Hanna,Moos,Blauer See,0621 08460,hanna@blauersee.example,3.5.1979,met at Anuga,Normal
Thomas,Hardy,Around the Horn,+44 20 7555 7788,thomas@horn.example,,,Normal
Maria,Anders,Alfreds Futterkiste,030 0074321,maria@alfreds.example,,,Normal
Bad,Date,,,bad@example.com,31.2.1980,,Normal
"""


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "outlook-export.csv"
    path.write_text(OUTLOOK, encoding="utf-8")
    return path


@pytest.fixture
def importing(desk: Desk, people: Path) -> ImportPage:
    with desk.store.read() as reader:
        maria = records.find_one(reader, "contact", "Maria Anders")
    desk.store.run(deeds.edit, "contact", [maria], {"email": "maria@alfreds.example"})
    page = desk.open("import", f"contact:{people}")
    assert isinstance(page, ImportPage)
    desk.settle()
    return page


def names(desk: Desk) -> set[str]:
    with desk.store.read() as reader:
        return {str(row.values["name"]) for row in records.rows(reader, "contact", records.ids(reader, "contact"), ("name",))}


def chips(page: ImportPage) -> list[str]:
    return [chip.text() for chip in page.columns.chips]


def test_the_file_is_recognised_and_what_would_come_is_said_before_anything_is_written(desk: Desk, importing: ImportPage) -> None:
    assert "Outlook format recognised" in importing.header.note.text()
    assert "4 rows" in importing.header.note.text()
    assert [box.currentText() for box in importing.columns.boxes] == [
        "Given name", "Family name", "Company", "Phone (work)", "Email", "Birthday", "Note", "— leave out —",
    ]  # fmt: skip
    assert chips(importing) == ["ready", "ready", "ready", "ready", "ready", "1 row unclear", "ready", "skipped"]
    assert (importing.new_card.figure.text(), importing.known_card.figure.text(), importing.problem_card.figure.text()) == (
        "2 new", "1 already known", "1 row with problems",
    )  # fmt: skip
    assert names(desk) == {"Maria Anders", "Roland Mendel", "王伟"}


def test_importing_adds_the_new_ones_keeps_the_bad_rows_in_a_file_and_undo_takes_all_back(desk: Desk, importing: ImportPage, people: Path) -> None:
    for _ in range(3):
        importing.next_button.click()
        desk.settle()
    assert importing.outcome.text() == "Contacts: 2 added"
    assert {"Hanna Moos", "Thomas Hardy"} <= names(desk)
    rejected = people.with_name("outlook-export-rejected.csv")
    with rejected.open(encoding="utf-8") as file:
        assert [row[0] for row in csv.reader(file)] == ["First Name", "Bad"]
    importing.undo_button.click()
    desk.settle()
    assert importing.outcome.text() == "The import was taken back."
    assert names(desk) == {"Maria Anders", "Roland Mendel", "王伟"}


def test_a_column_is_sent_elsewhere_and_the_other_one_gives_way(desk: Desk, importing: ImportPage) -> None:
    box = importing.columns.boxes[7]
    box.setCurrentIndex(box.findText("Note"))
    box.activated.emit(box.currentIndex())
    desk.settle()
    assert importing.columns.boxes[6].currentText() == "— leave out —"
    assert chips(importing)[6:] == ["skipped", "ready"]


def test_a_mapping_that_was_kept_holds_for_the_next_such_file(desk: Desk, importing: ImportPage, people: Path) -> None:
    box = importing.columns.boxes[7]
    box.setCurrentIndex(box.findText("Department"))
    box.activated.emit(box.currentIndex())
    importing.keep_button.click()
    desk.settle()
    importing.start_over()
    importing.open_file(people)
    desk.settle()
    assert importing.columns.boxes[7].currentText() == "Department"


def test_known_records_are_treated_as_the_user_says(desk: Desk, importing: ImportPage) -> None:
    importing.next_button.click()
    importing.modes["add"].clicked.emit()
    desk.settle()
    assert importing.new_card.figure.text() == "3 new"
    importing.modes["skip"].clicked.emit()
    desk.settle()
    assert (importing.new_card.figure.text(), importing.known_card.note.text()) == ("2 new", "Leave known records as they are")


def test_another_encoding_is_chosen_by_hand(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes("First Name,Last Name\nJürgen,Müller\n".encode("cp1252"))
    page = desk.open("import", f"contact:{path}")
    assert isinstance(page, ImportPage)
    desk.settle()
    page.reading.encoding.setCurrentIndex(page.reading.encoding.findData("cp1251"))
    page.reading.encoding.activated.emit(0)
    desk.settle()
    assert page.files is not None
    assert page.files.first.values(0) == ["Jьrgen"]


def test_a_file_that_is_no_table_is_refused_in_words(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(b"%PDF-1.4 " + b"x" * 500)
    page = desk.open("import", f"contact:{path}")
    assert isinstance(page, ImportPage)
    desk.settle()
    assert "no table" in page.error.text()
    assert page.choose_button.isEnabled()


def dropped(widget: QWidget, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, bare = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(10, 10), copy, mime, left, bare)
    widget.dragEnterEvent(enter)
    assert enter.isAccepted()
    widget.dropEvent(QDropEvent(QPoint(10, 10), copy, mime, left, bare))


def test_a_file_is_dropped_on_the_page(desk: Desk, people: Path) -> None:
    page = desk.open("import", "contact")
    assert isinstance(page, ImportPage)
    dropped(page, people)
    desk.settle()
    assert page._step() == "columns"


def test_an_export_writes_what_the_list_shows(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk.store.read() as reader:
        everyone = [UUID(bytes=one) for one in records.ids(reader, "contact")]
    monkeypatch.setattr(file_dialogs, "choose_output", lambda *_: tmp_path / "people")
    dialog = ExportDialog(desk.window, "contact", everyone, ("name", "role"))
    next(button for button in dialog.forms.buttons() if button.property("value") == "programs").setChecked(True)
    dialog.button.click()
    desk.settle()
    with (tmp_path / "people.csv").open(encoding="utf-8") as file:
        lines = list(csv.reader(file))
    assert lines[0] == ["id", "name", "role"]
    assert len(lines) == 4
    assert desk.said() == ["Exported as people.csv"]
