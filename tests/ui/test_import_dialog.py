"""Bringing a file in through the window, and taking one out."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from PySide6.QtCore import QCoreApplication, QEventLoop, QMimeData, QPoint, QRect, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from crmdesk.exchange.columns.mapping import importable
from crmdesk.operations import records as deeds
from crmdesk.queries import records
from crmdesk.ui import theme
from crmdesk.ui.dialogs import open_store as file_dialogs
from crmdesk.ui.dialogs.export_dialog import ExportDialog
from crmdesk.ui.importing.reading import KINDS
from crmdesk.ui.pages.importing import ImportPage
from crmdesk.ui.pages.rows import RowsPage
from tests.ui.desk import Desk, desk

if TYPE_CHECKING:
    from pathlib import Path

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
    assert (importing.counts.new.figure.text(), importing.counts.known.figure.text(), importing.counts.problems.figure.text()) == (
        "2 new", "1 already known", "1 row with problems",
    )  # fmt: skip
    assert names(desk) == {"Maria Anders", "Roland Mendel", "王伟"}


def test_importing_adds_the_new_ones_keeps_the_bad_rows_in_a_file_and_undo_takes_all_back(desk: Desk, importing: ImportPage, people: Path) -> None:
    for _ in range(3):
        importing.next_button.click()
        desk.settle()
    assert importing.done.outcome.text() == "Contacts: 2 added"
    assert {"Hanna Moos", "Thomas Hardy"} <= names(desk)
    rejected = people.with_name("outlook-export-rejected.csv")
    with rejected.open(encoding="utf-8") as file:
        assert [row[0] for row in csv.reader(file)] == ["First Name", "Bad"]
    importing.done.undo_button.click()
    desk.settle()
    assert importing.done.outcome.text() == "The import was taken back."
    assert names(desk) == {"Maria Anders", "Roland Mendel", "王伟"}


def test_what_was_imported_is_shown_alone(desk: Desk, importing: ImportPage) -> None:
    for _ in range(3):
        importing.next_button.click()
        desk.settle()
    importing.done.show_button.click()
    desk.settle()
    page = desk.window.page()
    assert isinstance(page, RowsPage)
    shown = page.shown_list()
    assert shown is not None
    table = shown.list.table.records
    assert {str(table.index(row, 1).data()) for row in range(table.rowCount())} == {"Hanna Moos", "Thomas Hardy"}


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
    importing.open_files([people])
    desk.settle()
    assert importing.columns.boxes[7].currentText() == "Department"


def test_known_records_are_treated_as_the_user_says(desk: Desk, importing: ImportPage) -> None:
    importing.next_button.click()
    importing.known.modes["add"].clicked.emit()
    desk.settle()
    assert importing.counts.new.figure.text() == "3 new"
    importing.known.modes["skip"].clicked.emit()
    desk.settle()
    assert (importing.counts.new.figure.text(), importing.counts.known.note.text()) == ("2 new", "Leave known records as they are")


def test_another_encoding_is_chosen_by_hand(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes("First Name,Last Name\nJürgen,Müller\n".encode("cp1252"))
    page = desk.open("import", f"contact:{path}")
    assert isinstance(page, ImportPage)
    desk.settle()
    page.file.reading.encoding.setCurrentIndex(page.file.reading.encoding.findData("cp1251"))
    page.file.reading.encoding.activated.emit(0)
    desk.settle()
    assert page.files is not None
    assert page.files.first.values(0) == ["Jьrgen"]


def test_every_encoding_that_can_be_recognised_can_be_chosen(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes("First Name,Last Name\nJürgen,Müller\n".encode("utf-8-sig"))
    page = desk.open("import", f"contact:{path}")
    assert isinstance(page, ImportPage)
    desk.settle()
    choices = page.file.reading.encoding
    names = [choices.itemText(at) for at in range(choices.count())]
    assert names[0] == "UTF-8" and len(set(names)) == len(names)
    assert set(names) >= {"UTF-16", "UTF-32", "CP850", "CP1252", "Shift-JIS (CP932)", "GB18030", "LATIN-1"}
    path.write_bytes("First Name,Last Name\nJürgen,Müller\n".encode("cp850"))
    choices.setCurrentIndex(names.index("CP850"))
    choices.activated.emit(0)
    desk.settle()
    assert page.files is not None
    assert page.files.first.values(0) == ["Jürgen"]


def test_a_file_that_is_no_table_is_refused_in_words(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(b"%PDF-1.4 " + b"x" * 500)
    page = desk.open("import", f"contact:{path}")
    assert isinstance(page, ImportPage)
    desk.settle()
    assert "no table" in page.error.text()
    assert page.file.choose_button.isEnabled()


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
    assert page.step() == "columns"


def row_at(page: ImportPage, header: str) -> int:
    return [one.column.header for one in page.look.first.columns].index(header) if page.look else -1


def test_a_file_dropped_anywhere_on_the_window_opens_the_assistant(desk: Desk, people: Path) -> None:
    desk.open("contacts")
    dropped(desk.window, people)
    desk.settle()
    page = desk.window.page()
    assert isinstance(page, ImportPage)
    assert (page.step(), page.header.title.text()) == ("columns", "Import contacts")


def test_a_dropped_file_is_taken_for_what_it_is_and_not_for_what_was_looked_at(desk: Desk, tmp_path: Path) -> None:
    prices = tmp_path / "prices.csv"
    prices.write_text("Code,Product name,Price,Unit\nA-1,Chair,49.90,piece\nA-2,Table,99.00,piece\n", encoding="utf-8")
    desk.open("contacts")
    dropped(desk.window, prices)
    desk.settle()
    page = desk.window.page()
    assert isinstance(page, ImportPage)
    assert page.entity == "product"
    assert "They could be: Contacts" in page.meaning.kind_strip.words.text()
    page.meaning.kind_button.click()
    desk.settle()
    assert page.entity == "contact"


def test_several_files_and_a_damaged_one_come_in_one_step_that_undo_takes_back(desk: Desk, people: Path, tmp_path: Path) -> None:
    more, broken, card = tmp_path / "more.csv", tmp_path / "broken.xlsx", tmp_path / "ada.vcf"
    more.write_text(OUTLOOK.splitlines()[0] + "\nHanna,Moos,Blauer See,,hanna@blauersee.example,,,\nAda,New,,,ada@new.example,,,\n", encoding="utf-8")
    broken.write_bytes(b"PK\x03\x04 cut off")
    card.write_text("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Vera Card\r\nN:Card;Vera;;;\r\nEND:VCARD\r\n", encoding="utf-8")
    page = desk.open("import", "contact:" + "\n".join(str(path) for path in (people, more, broken, card)))
    assert isinstance(page, ImportPage)
    desk.settle()
    assert page.step() == "file"
    table = page.file.reading.table()
    assert table is not None
    assert [table.records.text(number, 1) for number in range(table.records.rowCount())] == ["outlook-export.csv", "more.csv", "ada.vcf", "broken.xlsx"]
    page.next_button.click()
    assert page.meaning.several_strip.isVisible()
    assert "2 files with the same columns" in page.meaning.several_strip.words.text()
    assert page.counts.new.figure.text() == "4 new"
    assert page.counts.known.figure.text() == "2 already known"
    for _ in range(3):
        page.next_button.click()
        desk.settle()
    assert {"Hanna Moos", "Ada New", "Vera Card"} <= names(desk)
    page.done.undo_button.click()
    desk.settle()
    assert names(desk) == {"Maria Anders", "Roland Mendel", "王伟"}


def test_files_of_several_kinds_show_what_each_is_to_be_corrected_and_come_in_one_step(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "people.csv").write_text("Name,Email,Company\nAda New,ada@new.example,New Works\n", encoding="utf-8")
    (folder / "deals.csv").write_text("Deal name,Amount,Company,Contact\nFleet,100,New Works,Ada New\n", encoding="utf-8")
    (folder / "mails.csv").write_text("Subject,Date,Body\nHello,2026-01-02 10:00,Good morning\n", encoding="utf-8")
    page = desk.open("import", f"contact:{folder}")
    assert isinstance(page, ImportPage)
    desk.settle()
    view = page.file.reading
    table = view.table()
    assert table is not None
    kinds = {table.records.text(number, 1): table.records.text(number, 2) for number in range(table.records.rowCount())}
    assert kinds == {"deals.csv": "Deals", "mails.csv": "Activities", "people.csv": "Contacts"}
    assert page.header.title.text() == "Import"
    table.setCurrentIndex(table.records.index(1, 1))
    desk.settle()
    assert (view.about_kind.text(), view.kind.currentData()) == ("Rows of mails.csv are", "activity")
    view.kind.setCurrentIndex(view.kind.findData("ticket"))
    view.kind.activated.emit(view.kind.currentIndex())
    desk.settle()
    table = view.table()
    assert table is not None
    assert table.records.text(1, 2) == "Tickets"
    assert view.kind.currentData() == "ticket"
    for _ in range(4):
        page.next_button.click()
        desk.settle()
    assert page.done.outcome.text() == "Records: 3 added"
    assert "Contacts: 1 · Deals: 1 · Tickets: 1" in page.done.outcome_note.text()
    with desk.store.read() as reader:
        assert reader.value("SELECT t.name FROM deal d JOIN contact t ON t.id = d.contact_id WHERE d.name = 'Fleet'") == "Ada New"
        assert reader.value("SELECT count(*) FROM company WHERE name = 'New Works'") == 1
    page.done.undo_button.click()
    desk.settle()
    assert "Ada New" not in names(desk)


def test_address_cards_have_no_columns_to_choose(desk: Desk, tmp_path: Path) -> None:
    card = tmp_path / "vera.vcf"
    card.write_text("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Vera Card\r\nN:Card;Vera;;;\r\nEND:VCARD\r\n", encoding="utf-8")
    page = desk.open("import", f"lead:{card}")
    assert isinstance(page, ImportPage)
    desk.settle()
    assert page.step() == "file"
    assert not page.header.chips["columns"].isVisible()
    page.next_button.click()
    assert page.step() == "duplicates"


def test_dates_that_can_be_read_in_two_ways_are_asked_once_and_hold_the_import_back(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "born.csv"
    path.write_text("First name,Last name,Birthday\nAda,One,3/4/1980\nBob,Two,5/6/1981\n", encoding="utf-8")
    page = desk.open("import", f"contact:{path}")
    assert isinstance(page, ImportPage)
    desk.settle()
    assert page.questions.isVisible()
    assert not page.next_button.isEnabled()
    assert page.columns.boxes[row_at(page, "Birthday")].note() == "· day or month first?"
    QTest.keyClick(page.questions.choices("dates")["mdy"], Qt.Key.Key_Space)
    desk.settle()
    assert page.next_button.isEnabled()
    assert page.columns.boxes[row_at(page, "Birthday")].note() == "· month first"
    for _ in range(3):
        page.next_button.click()
        desk.settle()
    with desk.store.read() as reader:
        found = records.rows(reader, "contact", [records.find_one(reader, "contact", "Ada One").bytes], ("birthday",))
    assert str(found[0].values["birthday"]) == "1980-03-04"


def test_a_column_that_fits_nothing_becomes_a_field_of_ones_own(desk: Desk, importing: ImportPage) -> None:
    at = row_at(importing, "Priority")
    importing.columns.makers[at].click()
    desk.settle()
    assert importing.columns.boxes[at].currentText() == "— new field of your own —"
    assert importing.columns.boxes[at].note() == "· text"
    assert chips(importing)[at] == "ready"
    for _ in range(3):
        importing.next_button.click()
        desk.settle()
    with desk.store.read() as reader:
        assert reader.value("SELECT label FROM custom_field WHERE about = 'contact'") == "Priority"


def test_columns_say_what_becomes_of_their_first_value_and_why(importing: ImportPage) -> None:
    phone = importing.columns.boxes[row_at(importing, "Business Phone")]
    assert phone.note() == "→ +49 621 08460"
    assert "Outlook calls it so." in phone.accessibleDescription()
    assert "% sure" in phone.toolTip()
    assert importing.columns.boxes[row_at(importing, "Company")].note() == "(creates 2, links 1)"


def test_the_columns_lie_on_the_ground_of_their_card(importing: ImportPage) -> None:
    drawn = importing.columns.grab().toImage()
    assert drawn.pixelColor(4, 60) == theme.colour("surface")


def test_known_rows_show_old_beside_new_and_rows_are_filtered_by_outcome(desk: Desk, importing: ImportPage, people: Path) -> None:
    with people.open("a", encoding="utf-8") as file:
        file.write("Maria,Anders,,,maria@alfreds.example,1.2.1970,,\n")
    importing.open_files([people])
    desk.settle()
    importing.next_button.click()
    importing.known.modes["overwrite"].clicked.emit()
    desk.settle()
    known = importing.known.rows.shown()
    assert {(one.seen.known_as, one.seen.why) for one in known} == {("Maria Anders", "the same mail address")}
    assert [(value.label, value.before, value.after) for one in known for value in one.seen.changes] == [("Birthday", "", "1 Feb 1970")]
    importing.next_button.click()
    desk.settle()
    importing.checked.rows.filter.choose("refused")
    importing.checked.rows.filter.chosen.emit("refused")
    desk.settle()
    assert [(one.seen.line, one.seen.reason) for one in importing.checked.rows.shown()] == [(5, "Birthday: “31.2.1980” is not a date.")]
    assert importing.checked.rows.table.records.rowCount() == 1
    assert importing.checked.extent.text() == "5 rows were looked at: all of them."


def test_what_was_chosen_last_time_is_told_and_can_be_dropped(desk: Desk, importing: ImportPage, people: Path) -> None:
    box = importing.columns.boxes[7]
    box.setCurrentIndex(box.findText("Department"))
    box.activated.emit(box.currentIndex())
    importing.keep_button.click()
    desk.settle()
    importing.open_files([people])
    desk.settle()
    assert "outlook-export" in importing.meaning.kept_strip.words.text()
    importing.meaning.forget_button.click()
    desk.settle()
    assert not importing.meaning.kept_strip.isVisible()
    assert importing.columns.boxes[7].currentText() == "— leave out —"


def test_an_import_that_is_cancelled_leaves_no_trace(desk: Desk, importing: ImportPage, people: Path) -> None:
    with people.open("a", encoding="utf-8") as file:
        file.writelines(f"Ada,Number{n},Company {n % 50},,ada{n}@x.example,,,\n" for n in range(12_000))
    importing.open_files([people])
    desk.settle()
    importing.next_button.click()
    importing.next_button.click()
    importing.next_button.click()
    importing.done.panel.stop.click()
    desk.settle()
    assert importing.step() == "check"
    assert names(desk) == {"Maria Anders", "Roland Mendel", "王伟"}
    assert not people.with_name("outlook-export-rejected.csv").exists()
    assert desk.said()[-1] == "Stopped. Nothing was written."


def test_an_import_that_was_edited_since_says_so_instead_of_being_undone(desk: Desk, importing: ImportPage) -> None:
    for _ in range(3):
        importing.next_button.click()
        desk.settle()
    with desk.store.read() as reader:
        hanna = records.find_one(reader, "contact", "Hanna Moos")
    desk.store.run(deeds.edit, "contact", [hanna], {"role": "Buyer"})
    importing.done.undo_button.click()
    desk.settle()
    assert "Hanna Moos (Job title)" in importing.done.outcome_note.text()
    assert {"Hanna Moos", "Thomas Hardy"} <= names(desk)
    importing.done.rest_button.click()
    desk.settle()
    assert importing.done.outcome.text() == "The import was taken back."
    assert "Hanna Moos (Job title)" in importing.done.outcome_note.text()
    assert "Hanna Moos" in names(desk)
    assert "Thomas Hardy" not in names(desk)


def test_the_result_of_an_import_hears_of_undo_and_redo(desk: Desk, importing: ImportPage) -> None:
    for _ in range(3):
        importing.next_button.click()
        desk.settle()
    done = importing.done
    desk.store.undo()
    desk.settle()
    assert done.outcome.text() == "The import was taken back."
    assert done.undo_button.isHidden()
    assert done.show_button.isHidden()
    desk.store.redo()
    desk.settle()
    assert done.outcome.text() == "Contacts: 2 added"
    assert not done.undo_button.isHidden()
    done.undo_button.click()
    desk.settle()
    assert done.outcome.text() == "The import was taken back."
    assert names(desk) == {"Maria Anders", "Roland Mendel", "王伟"}


def test_what_the_window_says_covers_nothing_of_the_page(desk: Desk, importing: ImportPage) -> None:
    for text in ("One", "Two", "Three"):
        desk.window.say(text, undo=True)
    desk.settle()
    toasts = desk.window.toasts
    assert toasts.isVisible()
    assert not toasts.visibleRegion().isEmpty()
    for control in [*importing.findChildren(QWidget), *desk.window.navigation.findChildren(QWidget)]:
        if control.isVisible():
            at = QRect(control.mapTo(desk.window, QPoint()), control.size())
            assert not at.intersects(QRect(toasts.mapTo(desk.window, QPoint()), toasts.size())), control


def test_rows_that_were_corrected_come_in_again(desk: Desk, importing: ImportPage, people: Path) -> None:
    for _ in range(3):
        importing.next_button.click()
        desk.settle()
    rejected = people.with_name("outlook-export-rejected.csv")
    rejected.write_text(rejected.read_text(encoding="utf-8").replace("31.2.1980", "28.2.1980"), encoding="utf-8")
    importing.done.corrected_button.click()
    desk.settle()
    assert importing.step() == "columns"
    assert importing.counts.new.figure.text() == "1 new"


def test_columns_that_nothing_tells_are_said_by_hand(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "plain.csv"
    path.write_text("k1,k2\nxxaa,77\nyybb,88\n", encoding="utf-8")
    page = desk.open("import", f"contact:{path}")
    assert isinstance(page, ImportPage)
    desk.settle()
    assert page.meaning.hand_strip.isVisible()
    assert chips(page) == ["please check", "skipped"]
    box = page.columns.boxes[0]
    box.setCurrentIndex(box.findText("— leave out —"))
    box.activated.emit(box.currentIndex())
    desk.settle()
    assert "No column" in page.error.text()
    assert not page.next_button.isEnabled()
    box.setCurrentIndex(box.findText("Family name"))
    box.activated.emit(box.currentIndex())
    desk.settle()
    assert page.error.text() == ""
    for _ in range(3):
        page.next_button.click()
        desk.settle()
    assert {"xxaa", "yybb"} <= names(desk)


def test_a_long_file_is_looked_at_whole_in_the_background_and_that_can_be_stopped(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("First name,Last name,Email\n" + "".join(f"Ada,Number{n},ada{n}@x.example\n" for n in range(12_000)), encoding="utf-8")
    page = desk.open("import", f"contact:{path}")
    assert isinstance(page, ImportPage)
    desk.settle()
    assert page.counts.new.figure.text() == "12,000 new"
    page.go_to("check")
    page.check()
    while page.look is None or page.look.is_whole:
        background_step()
    assert "of the first 200 rows" in page.counts.new.note.text()
    page.checked.extent_button.click()
    desk.settle()
    assert page.checked.extent.text() == "Only the first 200 rows were looked at."
    page.checked.extent_button.click()
    desk.settle()
    assert page.checked.extent.text() == "12,000 rows were looked at: all of them."


def test_the_values_of_a_row_are_laid_out_once_and_not_before_they_are_seen(desk: Desk, importing: ImportPage) -> None:
    details = importing.checked.rows.details
    assert importing.step() == "columns"
    assert details.changes.count() == importing.known.rows.details.changes.count() == 0
    importing.go_to("check")
    desk.settle()
    shown = [details.changes.itemAt(place).widget() for place in range(details.changes.count())]
    assert shown
    importing.check()
    desk.settle()
    assert [details.changes.itemAt(place).widget() for place in range(details.changes.count())] == shown
    assert importing.known.rows.details.changes.count() == 0


def background_step() -> None:
    QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("none.csv", b"", "empty"), ("wrong.csv", b"PK\x03\x04zip", "not what its name says"), ("cut.xlsx", b"PK\x03\x04zip", "cut.xlsx")],
)
def test_a_file_that_cannot_be_used_is_refused_in_place(desk: Desk, tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    page = desk.open("import", f"contact:{path}")
    assert isinstance(page, ImportPage)
    desk.settle()
    assert said in page.error.text()
    assert page.file.choose_button.isVisible()


def choose(page: ImportPage, column: int, text: str) -> None:
    box = page.columns.boxes[column]
    box.setCurrentIndex(box.findText(text))
    box.activated.emit(box.currentIndex())


def test_files_with_other_columns_are_reached_and_changed_one_by_one(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("First name,Last name,Email\nAda,One,ada@one.example\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("k1,k2\nxxaa,77\n", encoding="utf-8")
    (tmp_path / "c.csv").write_text("Name,Priority\nCleo Three,high\n", encoding="utf-8")
    page = desk.open("import", "contact:" + "\n".join(str(tmp_path / name) for name in ("a.csv", "b.csv", "c.csv")))
    assert isinstance(page, ImportPage)
    page.next_button.click()
    which = page.meaning.which
    assert [which.itemText(index) for index in range(which.count())] == ["a.csv", "b.csv: please choose", "c.csv"]
    assert which.currentIndex() == 1
    assert page.meaning.hand_strip.isVisible()
    choose(page, 0, "Family name")
    desk.settle()
    which.setCurrentIndex(2)
    which.activated.emit(2)
    assert [box.currentText() for box in page.columns.boxes] == ["Name", "— leave out —"]
    page.columns.makers[1].click()
    desk.settle()
    which.setCurrentIndex(1)
    which.activated.emit(1)
    assert [box.currentText() for box in page.columns.boxes] == ["Family name", "— leave out —"]
    which.setCurrentIndex(2)
    which.activated.emit(2)
    assert [box.currentText() for box in page.columns.boxes] == ["Name", "— new field of your own —"]
    for _ in range(3):
        page.next_button.click()
        desk.settle()
    assert {"Ada One", "xxaa", "Cleo Three"} <= names(desk)
    with desk.store.read() as reader:
        assert reader.rows("SELECT label FROM custom_field") == [("Priority",)]


def test_of_several_files_one_that_nothing_tells_and_nobody_explained_is_left_out(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("First name,Last name,Email\nAda,One,ada@one.example\n", encoding="utf-8")
    (tmp_path / "region.csv").write_text("k1,k2\n1,Eastern\n2,Western\n", encoding="utf-8")
    before = names(desk)
    page = desk.open("import", "contact:" + "\n".join(str(tmp_path / name) for name in ("a.csv", "region.csv")))
    assert isinstance(page, ImportPage)
    page.next_button.click()
    assert page.meaning.which.itemText(1) == "region.csv: please choose"
    assert "left out unless you say what they are" in page.meaning.hand_strip.words.text()
    assert page.counts.new.figure.text() == "1 new"
    for _ in range(2):
        page.next_button.click()
        desk.settle()
    assert "No column of “region.csv” was recognised." in page.checked.notes.text()
    page.next_button.click()
    desk.settle()
    assert names(desk) - before == {"Ada One"}


@pytest.mark.parametrize("wanted", ["", "quote", "contact"])
def test_a_file_of_lines_of_quotes_is_taken_for_that(desk: Desk, tmp_path: Path, wanted: str) -> None:
    desk.store.run(deeds.add, "quote", {"external_id": "10248"})
    path = tmp_path / "order_details.csv"
    path.write_text("order_id,product_id,unit_price,quantity,discount\n10248,11,14,12,0\n", encoding="utf-8")
    page = desk.open("import", f"{wanted}:{path}" if wanted else "")
    assert isinstance(page, ImportPage)
    if not wanted:
        page.open_files([path])
    desk.settle()
    for _ in range(3):
        page.next_button.click()
        desk.settle()
    assert page.error.text() == ""
    assert page.done.outcome.text() == "Lines: 1 added"


def test_a_file_of_which_all_columns_are_left_out_stays_within_reach(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("First name,Last name\nAda,One\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("Name\nBob Two\n", encoding="utf-8")
    page = desk.open("import", "contact:" + "\n".join(str(tmp_path / name) for name in ("a.csv", "b.csv")))
    assert isinstance(page, ImportPage)
    page.next_button.click()
    page.meaning.which.setCurrentIndex(1)
    page.meaning.which.activated.emit(1)
    choose(page, 0, "— leave out —")
    desk.settle()
    assert page.counts.new.figure.text() == "1 new"
    assert page.meaning.which.count() == 2
    choose(page, 0, "Name")
    desk.settle()
    assert page.counts.new.figure.text() == "2 new"


def likely(desk: Desk, tmp_path: Path) -> ImportPage:
    desk.store.run(deeds.add, "contact", {"name": "Robert Falkenrath", "email": "robert@falkenrath.example", "role": "Buyer"})
    path = tmp_path / "people.csv"
    path.write_text("First name,Last name,Email,Job Title\nBob,Falkenrath,robert@falkenrath.test,Owner\nHanna,Moos,hanna@moos.example,\n", encoding="utf-8")
    page = desk.open("import", f"contact:{path}")
    assert isinstance(page, ImportPage)
    page.next_button.click()
    return page


def test_a_row_that_may_be_a_record_is_taken_for_it_only_if_the_user_says_so(desk: Desk, tmp_path: Path) -> None:
    page = likely(desk, tmp_path)
    rows = page.known.rows
    assert "1 new row looks like a record that is there." in rows.likely_strip.words.text()
    assert page.counts.new.figure.text() == "2 new"
    QTest.keyClick(rows.table, Qt.Key.Key_Return)
    choice = rows.details.choice
    assert choice.currentText() == "Not the same: add it"
    choice.setCurrentIndex(choice.findText("The same: overwrite"))
    choice.activated.emit(choice.currentIndex())
    desk.settle()
    assert (page.counts.new.figure.text(), page.counts.known.figure.text()) == ("1 new", "1 already known")
    assert not rows.likely_strip.isVisible()
    assert ("Job title", "Buyer", "Owner") in [(value.label, value.before, value.after) for value in rows.shown()[0].seen.changes]
    assert rows.table.records.text(0, 5) == "Robert Falkenrath (you said that it is the same)"
    choice.setCurrentIndex(0)
    choice.activated.emit(0)
    desk.settle()
    assert page.counts.new.figure.text() == "2 new"
    rows.all_button.click()
    desk.settle()
    for _ in range(2):
        page.next_button.click()
        desk.settle()
    assert page.done.outcome.text() == "Contacts: 1 added"
    assert {"Robert Falkenrath", "Hanna Moos"} <= names(desk)
    assert "Bob Falkenrath" not in names(desk)


def test_one_known_row_is_treated_otherwise_than_the_others(desk: Desk, importing: ImportPage) -> None:
    importing.next_button.click()
    importing.next_button.click()
    desk.settle()
    rows = importing.checked.rows
    rows.filter.choose("same")
    rows.filter.chosen.emit("same")
    desk.settle()
    choice = rows.details.choice
    assert choice.currentText() == "Fill empty fields"
    choice.setCurrentIndex(choice.findText("Add another record"))
    choice.activated.emit(choice.currentIndex())
    desk.settle()
    assert importing.counts.new.figure.text() == "3 new"
    importing.known.modes["skip"].clicked.emit()
    desk.settle()
    assert importing.counts.new.figure.text() == "3 new"


def test_steps_are_numbered_as_they_are_needed_and_gone_back_to(desk: Desk, importing: ImportPage, tmp_path: Path) -> None:
    importing.next_button.click()
    assert [chip.text() for chip in importing.header.chips.values() if chip.isVisible()] == ["1 File", "2 Columns", "3 Duplicates", "4 Check"]
    assert [chip.isEnabled() for chip in importing.header.chips.values()] == [True, True, False, False]
    importing.header.chips["file"].click()
    assert importing.step() == "file"
    card = tmp_path / "vera.vcf"
    card.write_text("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Vera Card\r\nN:Card;Vera;;;\r\nEND:VCARD\r\n", encoding="utf-8")
    importing.open_files([card])
    desk.settle()
    assert [chip.text() for chip in importing.header.chips.values() if chip.isVisible()] == ["1 File", "2 Duplicates", "3 Check"]


def test_a_refused_row_is_named_and_shown_with_the_cell_that_is_to_blame(desk: Desk, importing: ImportPage) -> None:
    importing.go_to("check")
    rows = importing.checked.rows
    rows.filter.choose("refused")
    rows.filter.chosen.emit("refused")
    desk.settle()
    assert rows.details.title.text() == "Bad Date"
    assert ("Birthday", "31.2.1980") in rows.shown()[0].seen.cells


def test_the_window_offers_every_kind_that_the_command_line_imports() -> None:
    assert set(importable()) <= set(KINDS)


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


def test_the_columns_of_another_wide_file_are_shown_without_handing_the_keyboard_from_line_to_line(desk: Desk, tmp_path: Path) -> None:
    page = desk.open("import")
    assert isinstance(page, ImportPage)
    for name in ("one", "two"):
        (tmp_path / f"{name}.csv").write_text(",".join(f"{name} {n}" for n in range(60)) + "\n" + ",".join("x" * 60) + "\n", encoding="utf-8")
    moves: list[object] = []
    page.open_files([tmp_path / "one.csv"])
    desk.settle()
    page.go_to("columns")
    desk.settle()
    page.columns.boxes[0].setFocus()
    QApplication.instance().focusChanged.connect(lambda old, now: moves.append(now))  # type: ignore[union-attr]  # there is one
    page.open_files([tmp_path / "two.csv"])
    for _ in range(20):
        desk.settle()
    assert len(page.columns.boxes) == 60
    assert len(moves) < 20


def test_the_heads_stand_above_their_columns_also_where_these_scroll(desk: Desk, importing: ImportPage, tmp_path: Path) -> None:
    (tmp_path / "wide.csv").write_text(",".join(f"Column {n}" for n in range(60)) + "\n" + ",".join("x" * 60) + "\n", encoding="utf-8")
    for name in ("outlook-export.csv", "wide.csv"):
        importing.open_files([tmp_path / name])
        for _ in range(20):
            desk.settle()
        importing.go_to("columns")
        desk.settle()
        view = importing.columns
        line = view.boxes[0].parentWidget()
        cells = [line.name, line.box, line.first]
        assert [head.mapTo(view, QPoint()).x() for head in view.heads] == [cell.mapTo(view, QPoint()).x() for cell in cells]


def test_in_a_low_window_the_rows_keep_their_room(desk: Desk, importing: ImportPage) -> None:
    importing.go_to("check")
    for size, is_counted in (((1280, 850), True), ((853, 533), False)):
        desk.window.resize(*size)
        desk.settle()
        assert importing.counts.isVisible() == is_counted
        table = importing.checked.rows.table
        assert table.viewport().height() >= 3 * theme.ROW_COMPACT
    importing.go_to("duplicates")
    desk.settle()
    assert importing.counts.isVisible()
    assert importing.counts.new.toolTip() == importing.counts.new.note.text() != ""
    for mode in importing.known.modes.values():
        assert mode.height() >= mode.heightForWidth(mode.width()), "no words are cut"
