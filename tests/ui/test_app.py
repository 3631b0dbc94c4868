"""The program's start: unlock screen, lock, undo, what other programs write, backups."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QListView, QPushButton, QWidget

from crmdesk import clock, settings
from crmdesk.fields import Money, show_money
from crmdesk.operations import quotes, records, tasks, tickets
from crmdesk.reports.recovery import to_groups
from crmdesk.store import backup, open_store
from crmdesk.store.connections import connect
from crmdesk.ui import app as program_module
from crmdesk.ui import background
from crmdesk.ui.app import Program, has_display
from crmdesk.ui.cover import LockCover
from crmdesk.ui.dates import short_day
from crmdesk.ui.details import Details
from crmdesk.ui.dialogs.first_run import CreateCover, SheetCover, WelcomeCover
from crmdesk.ui.dialogs.log_activity import ActivityDialog
from crmdesk.ui.dialogs.unlock import NewPassphraseCover, RecoveryCover
from crmdesk.ui.page import Place
from crmdesk.ui.pages import PAGES
from crmdesk.ui.records import context
from crmdesk.ui.upkeep import Idle
from tests.conftest import PASSPHRASE

if TYPE_CHECKING:
    from crmdesk.store.keys import Key

pytestmark = pytest.mark.usefixtures("app")


def unlock_screen(program: Program) -> LockCover:
    cover = program.window.cover()
    assert isinstance(cover, LockCover)
    return cover


def typed(program: Program, passphrase: str) -> None:
    field = unlock_screen(program).passphrase
    field.clear()
    QTest.keyClicks(field, passphrase)
    QTest.keyClick(field, Qt.Key.Key_Return)
    background.settle()


def opened(program: Program, path: Path) -> Program:
    program.start(path)
    background.settle()
    typed(program, PASSPHRASE)
    QTest.qWaitForWindowActive(program.window)
    return program


def test_the_right_passphrase_opens_the_window(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    assert not program.window.is_covered
    assert program.window.user_name == "Maria Becker"
    assert program.window.windowTitle().endswith("test.crmdesk – CRMDesk")
    assert settings.read()["last_store"] == str(store_path.resolve())


def test_a_wrong_passphrase_is_said_where_it_is_typed_and_nothing_else_is_offered(program: Program, store_path: Path) -> None:
    program.start(store_path)
    background.settle()
    typed(program, "open sesame 1")
    assert "does not open" in unlock_screen(program).error.text()
    assert program.store is None
    typed(program, PASSPHRASE)
    assert program.store is not None


def test_a_passphrase_from_the_surroundings_opens_without_asking(program: Program, store_path: Path) -> None:
    program.start(store_path, PASSPHRASE)
    background.settle()
    assert not program.window.is_covered


def test_a_store_that_is_gone_is_named_and_not_made_anew(program: Program, tmp_path: Path) -> None:
    gone = tmp_path / "gone.crmdesk"
    program.start(gone)
    background.settle()
    cover = program.window.cover()
    assert isinstance(cover, WelcomeCover)
    assert "gone.crmdesk" in cover.error.text()
    assert not gone.exists()


def test_locking_hides_the_content_closes_the_store_and_comes_back_to_the_same_place(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    store = program.store
    assert store is not None
    QTest.keyClick(program.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    background.settle()
    assert program.window.is_covered
    assert program.store is None
    assert store.key.raw == bytes(32)
    typed(program, PASSPHRASE)
    assert not program.window.is_covered


@pytest.mark.parametrize("entity", ["ticket", "deal", "task"])
def test_locking_comes_back_to_what_was_open_on_the_page(program: Program, store_path: Path, entity: str) -> None:
    opened(program, store_path)
    assert program.store is not None
    made = {
        "ticket": lambda name: program.store.run(tickets.open_ticket, name),
        "deal": lambda name: program.store.run(records.add, "deal", {"name": name}),
        "task": lambda name: program.store.run(tasks.add, name),
    }[entity]
    wanted = [made(name) for name in ("First", "Second", "Third")][1]
    background.settle()
    program.window.open_record(entity, wanted)
    background.settle()
    program.window.places._history[-1] = Place(program.window.place().page)  # as if it had been chosen on the page
    program.lock()
    background.settle()
    typed(program, PASSPHRASE)
    background.settle()
    assert program.window.here() == Place(program.window.place().page, entity, wanted)


def test_a_reminder_comes_up_at_its_time_and_stays_until_it_is_closed(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    assert program.store is not None
    assert program.upkeep is not None
    program.upkeep.begin()
    background.settle()
    program.store.run(tasks.add, "Call Ernst", remind_at=clock.now() + timedelta(minutes=5))
    background.settle()
    for minutes, said in ((4, []), (6, ["Reminder: Call Ernst"]), (7, ["Reminder: Call Ernst"])):
        with clock.frozen(clock.now() + timedelta(minutes=minutes)):
            program.upkeep._tick()
            background.settle()
        assert [text for text in program.window.toasts.texts() if text.startswith("Reminder")] == said
    assert not program.window.toasts._shown[-1]._timer.isActive()


def test_reminders_that_came_while_the_program_was_closed_come_up_at_the_start_but_only_once(
    program: Program, store_path: Path, template: tuple[Path, Key]
) -> None:
    with open_store(store_path, key=template[1], anywhere=True) as store:
        for name in ("Call Ernst", "Write to Maria"):
            store.run(tasks.add, name, remind_at=clock.now() - timedelta(hours=3))
    opened(program, store_path)
    assert program.upkeep is not None
    program.upkeep.begin()
    background.settle()
    assert program.window.toasts.texts() == ["Reminders: Call Ernst; Write to Maria"]
    program.lock()
    background.settle()
    assert program.window.toasts.texts() == []
    typed(program, PASSPHRASE)
    assert program.upkeep is not None
    program.upkeep.begin()
    background.settle()
    assert program.window.toasts.texts() == []


def test_the_window_locks_after_idle_time(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    assert program.upkeep is not None
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        program.upkeep._tick()
    background.settle()
    assert program.window.is_covered


def test_what_is_typed_after_a_dialog_is_gone_is_noticed_and_nobody_is_locked_out_while_typing(app: QApplication) -> None:
    idle, below = Idle(app), QWidget()
    below.show()
    dialog = QDialog(below)
    dialog.open()
    QTest.qWaitForWindowActive(dialog)
    assert dialog.windowHandle() is not None
    shiboken6.delete(dialog)
    below.activateWindow()
    QTest.qWaitForWindowActive(below)
    idle.last_ms = 0
    QTest.keyClick(below.windowHandle(), Qt.Key.Key_A)
    assert idle.last_ms > 0


def test_the_window_locks_after_idle_time_though_the_clock_was_set_back(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    assert program.upkeep is not None
    program.upkeep._idle.last_count -= 16 * 60
    with clock.frozen(clock.now() - timedelta(hours=3)):
        program.upkeep._tick()
    background.settle()
    assert program.window.is_covered


def test_the_recovery_sheet_opens_the_store_and_asks_for_a_new_passphrase(program: Program, template: tuple[Path, Key], store_path: Path) -> None:
    program.start(store_path)
    background.settle()
    program.keys.ask_sheet()
    sheet = program.window.cover()
    assert isinstance(sheet, RecoveryCover)
    sheet.groups.setPlainText(" ".join(to_groups(template[1].reveal())[:-1]))
    sheet._go()
    assert sheet.error.text()
    sheet.groups.setPlainText("\n".join(to_groups(template[1].reveal())))
    sheet._go()
    background.settle()
    cover = program.window.cover()
    assert isinstance(cover, NewPassphraseCover)
    cover.passphrase.first.setText("a brand new passphrase")
    cover.passphrase.second.setText("a brand new passphrase")
    cover._go()
    background.settle(30)
    assert isinstance(program.window.cover(), SheetCover)
    program.shut_down()
    with open_store(store_path, "a brand new passphrase", anywhere=True):
        pass


def test_a_second_window_on_the_same_store_is_told_before_it_asks_for_the_passphrase(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    other = Program()
    other.start(store_path)
    background.settle()
    cover = unlock_screen(other)
    assert "another window" in cover.error.text()
    assert "close it and try again" in cover.error.text()
    assert cover.passphrase.isHidden()
    QTest.keyClick(cover.button, Qt.Key.Key_Return)
    background.settle()
    assert unlock_screen(other).passphrase.isHidden()
    program.shut_down()
    QTest.keyClick(unlock_screen(other).button, Qt.Key.Key_Return)
    background.settle()
    typed(other, PASSPHRASE)
    assert other.store is not None
    other.shut_down()
    other.window.deleteLater()


def test_a_locked_window_does_not_take_itself_for_another_one(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    program.lock()
    background.settle()
    assert not unlock_screen(program).passphrase.isHidden()
    assert unlock_screen(program).error.text() == ""
    typed(program, PASSPHRASE)
    assert program.store is not None


def test_a_new_store_that_is_given_up_or_can_not_be_made_leaves_the_open_one_as_it_was(program: Program, store_path: Path, tmp_path: Path) -> None:
    opened(program, store_path)
    store = program.store

    def fill_in(path: Path) -> CreateCover:
        program.first_start.welcome()
        welcome = program.window.cover()
        assert isinstance(welcome, WelcomeCover)
        QTest.keyClick(welcome.ways["create"], Qt.Key.Key_Return)
        cover = program.window.cover()
        assert isinstance(cover, CreateCover)
        cover.owner.setText("Maria")
        cover.path.setText(str(path))
        for field in (cover.passphrase.first, cover.passphrase.second):
            field.setText("correct horse battery staple")
        return cover

    there = tmp_path / "there.crmdesk"
    there.write_bytes(b"something of value")
    cover = fill_in(there)
    cover._go()
    background.settle(30)
    assert "exists already" in cover.error.text()
    assert (program.store, program.path) == (store, store_path)
    QTest.keyClick(cover.back_button, Qt.Key.Key_Return)
    back = program.window.cover()
    assert isinstance(back, WelcomeCover)
    next(button for button in back.findChildren(QPushButton) if button.text() == "Back").click()
    assert not program.window.is_covered
    assert store is not None
    store.run(records.add, "company", {"name": "Still there"})
    fill_in(tmp_path / "new.crmdesk")._go()
    background.settle(30)
    assert isinstance(program.window.cover(), SheetCover)
    assert (program.store, program.path) == (None, tmp_path / "new.crmdesk")


def test_undo_takes_back_and_offers_redo(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    store = program.store
    assert store is not None
    program.window.do(records.add, "company", {"name": "Alfreds Futterkiste"}, said="Company added")
    background.settle()
    QTest.qWait(1)
    background.settle()
    assert program.window.undo_button.toolTip() == "Undo: Add: Alfreds Futterkiste"
    QTest.keyClick(program.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    background.settle()
    assert any("Undone" in text for text in program.window.toasts.texts())
    with store.read() as reader:
        assert reader.value("SELECT count(*) FROM company WHERE deleted_at IS NULL") == 0


def test_what_can_not_be_undone_says_why_once_and_the_next_time_the_deed_before_it_is_taken_back(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    store, window = program.store, program.window
    assert store is not None

    def undo() -> str:
        QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        background.settle()
        background.settle()
        return window.toasts.texts()[-1]

    store.run(records.add, "company", {"name": "Alfreds Futterkiste"})
    quote, _ = store.run(quotes.add_document, {"currency": "EUR", "lines": [{"description": "Box", "unit_price": "1.00"}]})
    store.run(quotes.issue, quote)
    store.run(quotes.note_left, quote)
    QTest.qWait(1)
    background.settle()
    background.settle()
    assert "can't be undone" in window.undo_button.toolTip()
    assert "left the program" in undo()
    assert window.undo_button.toolTip() == "Undo: Add: Alfreds Futterkiste"
    assert undo() == "Undone: Add: Alfreds Futterkiste"


def test_the_window_hears_what_another_program_writes(program: Program, store_path: Path, template: tuple[Path, Key]) -> None:
    opened(program, store_path)
    assert program.upkeep is not None
    heard: list[Any] = []
    program.upkeep.heard.connect(heard.append)
    with open_store(store_path, key=template[1], anywhere=True) as other:
        other.run_from("cli", records.add, "company", {"name": "Berglunds snabbköp"})
    program.upkeep._poll()
    background.settle()
    assert [list(changes.ids) for changes in heard] == [["company"]]


def test_a_backup_is_made_at_start_and_the_foot_says_so(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    assert program.upkeep is not None
    program.upkeep.begin()
    background.settle(30)
    assert len(backup.backups(store_path)) == 1
    assert program.upkeep is not None
    assert ("shield-check", "Backed up just now", "muted_on_tint") in program.upkeep.foot()
    program.upkeep._tick()
    background.settle()
    assert len(backup.backups(store_path)) == 1


def test_every_half_hour_with_changes_there_is_another_backup(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    assert program.upkeep is not None
    program.upkeep.begin()
    background.settle(30)
    program.window.do(records.add, "company", {"name": "Ernst Handel"})
    background.settle()
    program.upkeep._idle.last_ms += 31 * 60_000
    with clock.frozen(clock.now() + timedelta(minutes=31)):
        program.upkeep._tick()
        background.settle(30)
    assert len(backup.backups(store_path)) == 2


def test_mass_changes_are_indexed_in_the_background_with_a_sign(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    store, upkeep = program.store, program.upkeep
    assert store is not None
    assert upkeep is not None
    signs: list[str] = []
    upkeep.state_changed.connect(lambda: signs.extend(text for _, text, _ in upkeep.foot() if "Indexing" in text))
    store.run(_many_companies, 120)
    QTest.qWait(1)
    background.settle()
    assert signs[0] == "Indexing 0%"
    assert store.index_waiting() == 0


def test_another_language_makes_the_window_anew_in_that_language(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    assert program.window.registry.run("view.language.de")
    background.settle()
    assert program.window.undo_button.text() == "Rückgängig"
    assert program.window.user_name == "Maria Becker"
    program.speak("en")
    background.settle()
    assert program.window.undo_button.text() == "Undo"


def test_colours_and_the_size_of_the_window_are_remembered(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    program.window.resize(760, 560)
    program.window.registry.run("view.dark")
    program.shut_down()
    assert settings.read()["colours"] == "dark"
    again = Program()
    again.start(store_path)
    background.settle()
    assert (again.window.width(), again.window.height()) == (760, 560)
    again.shut_down()
    again.window.deleteLater()


def test_without_a_display_a_sentence_is_printed_and_no_window_tried(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert not has_display()
    assert program_module.run(None, None) == 1
    assert "no display" in capsys.readouterr().err


def test_nothing_that_was_typed_stays_in_a_field_after_unlocking(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    QCoreApplication.sendPostedEvents(None, 0)
    assert not [field for field in program.window.findChildren(QLineEdit) if field.text() == PASSPHRASE]


def _many_companies_function() -> Any:
    from crmdesk.models.customer import Company
    from crmdesk.store.door import Change, operation

    @operation("Many", right="company.write")
    def many(change: Change, count: int) -> None:
        for number in range(count):
            change.add(Company, name=f"Company {number}")

    return many


_many_companies = _many_companies_function()


class Flashes(QObject):
    """Writes down what opens as a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt calls it so
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(type(watched).__name__)
        return False


def test_no_page_opens_a_window_by_mistake_while_it_is_built(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    store = program.store
    assert store is not None
    company = store.run(records.add, "company", {"name": "Ernst Handel"})
    flashes = Flashes()
    application = QApplication.instance()
    assert application is not None
    application.installEventFilter(flashes)
    for spec in PAGES:
        if spec.in_navigation:
            program.window.open_page(spec.name)
            background.settle()
    program.window.open_record("company", company)
    background.settle()
    application.removeEventFilter(flashes)
    assert flashes.seen == []


def test_new_records_are_begun_from_anywhere(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    menu = [action.shown() for action in program.window.registry.all() if action.group == "new" and action.is_enabled]
    assert {"New contact", "New company", "New deal", "New quote", "New task"} <= set(menu)
    lead = program.window.registry.find("lead.add")
    assert lead is not None
    assert "switched off" in lead.why_not()


def test_the_palette_offers_what_fits_the_best_hit_and_what_was_looked_at_last(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    store = program.store
    assert store is not None
    ernst = store.run(records.add, "company", {"name": "Ernst Handel"})
    background.settle()
    program.window.open_palette()
    QTest.keyClicks(program.window.focusWidget(), "ernst")
    background.settle()
    rows = [row.title for row in program.window.palette_box.rows()]
    assert rows[:3] == ["Ernst Handel", "New deal for Ernst Handel", "Log a call with Ernst Handel"]
    program.window.palette_box.close_box()
    program.window.open_record("company", ernst)
    background.settle()
    program.window.open_palette()
    assert program.window.palette_box.rows()[0].title == "Ernst Handel"
    program.window.palette_box.close_box()
    program.lock()
    background.settle()
    assert not program._recent()  # type: ignore[misc]  # a window is there, so it is too


def test_the_palette_shows_and_reads_out_the_text_that_a_record_was_found_by(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    store = program.store
    assert store is not None
    store.run(records.add, "company", {"name": "Labor Dr. Hagen", "industry": "Health care", "phone": "+49 6221 5551-340"})
    background.settle()
    program.window.open_palette()
    QTest.keyClicks(program.window.focusWidget(), "5551 340")
    background.settle()
    found = program.window.palette_box.rows()[0]
    assert (found.title, found.detail) == ("Labor Dr. Hagen", "Phone: +49 6221 5551-340 · Health care")
    assert [found.detail[start:end] for start, end in found.marks] == ["5551-340"]
    listed = program.window.palette_box.findChild(QListView)
    assert listed is not None
    assert "5551-340" in listed.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert not program.window.palette_box.grab().isNull()


def test_whatever_the_palette_finds_can_be_opened(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    store = program.store
    assert store is not None
    store.run(records.add, "activity", {"kind": "mail", "subject": "Zebra crossing", "at": "2026-11-20 10:00", "body": "All about zebras"})
    store.run(records.add, "saved_answer", {"title": "Quagga", "body": "They are no more."})
    store.run(records.add, "member", {"name": "Okapi Jones"})
    background.settle()

    def take(text: str) -> list[str]:
        program.window.open_palette()
        QTest.keyClicks(program.window.focusWidget(), text)
        background.settle()
        titles = [row.title for row in program.window.palette_box.rows()]
        QTest.keyClick(program.window.focusWidget(), Qt.Key.Key_Return)
        background.settle()
        return titles

    assert take("zebra")[0] == "Zebra crossing"
    dialog = program.window.findChild(ActivityDialog)
    assert dialog is not None
    assert dialog.body.toPlainText() == "All about zebras"
    dialog.reject()
    assert take("quagga")[0] == "Quagga"
    place = program.window.place()
    assert place is not None
    assert (place.page, place.view) == ("settings", "answers")
    assert take("okapi")[0] == "Okapi Jones"
    place = program.window.place()
    assert place is not None
    assert (place.page, place.view) == ("settings", "members")


def test_dates_and_money_are_written_as_in_the_country_of_the_store(program: Program, store_path: Path, template: tuple[Path, Key]) -> None:
    with open_store(store_path, key=template[1], anywhere=True) as store:
        store.run(records.change_settings, {"region": "US"})
    opened(program, store_path)
    assert program.store is not None
    assert context(program.store).reading.date_order == "mdy"
    assert (short_day(date(2026, 3, 4)), show_money(Money(Decimal(1200), "USD"))) == ("Mar 4", "$1,200.00")


def test_the_unlock_screen_waits_for_no_database_code() -> None:
    code = "import sys, crmdesk.ui.app; print(sorted({'sqlalchemy', 'alembic', 'openpyxl', 'reportlab', 'babel'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2] / "src")
    assert said.stdout.strip() == "[]"


def test_the_modules_of_the_first_page_are_loaded_behind_the_unlock_screen(store_path: Path) -> None:
    code = f"""
import pathlib, sys
from crmdesk.store import open_store
from crmdesk.ui.opened import look_at
opened = look_at(open_store(pathlib.Path({str(store_path)!r}), {PASSPHRASE!r}))
opened.store.close()
print(opened.page, "crmdesk.ui.pages.today.page" in sys.modules)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2] / "src")
    assert said.stdout.split() == ["today", "True"]


@pytest.mark.usefixtures("ring")
def test_the_settings_say_whether_this_computer_keeps_the_key(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    program.window.open_page("settings", "security")
    background.settle()
    page = program.window.page()
    assert page is not None
    name = "Unlock without passphrase on this computer"
    button = next(one for one in page.findChildren(QPushButton) if one.accessibleName() == name and one.isVisible())
    assert button.text() == "Switch on"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    background.settle()
    assert button.text() == "Switch off"
    assert program.keys.is_keyed


def test_a_passphrase_that_could_not_be_changed_leaves_the_store_looked_after(
    program: Program, template: tuple[Path, Key], store_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(program, store_path)
    assert program.store is not None
    monkeypatch.setattr("crmdesk.store.connections.BUSY_MS", 50)
    other = connect(store_path, template[1])
    other.execute("BEGIN IMMEDIATE")
    program.keys.change_passphrase()
    cover = program.window.cover()
    assert isinstance(cover, NewPassphraseCover)
    cover.passphrase.first.setText("a brand new passphrase")
    cover.passphrase.second.setText("a brand new passphrase")
    QTest.mouseClick(cover.button, Qt.MouseButton.LeftButton)
    background.settle()
    assert "Another program" in cover.error.text()
    other.close()
    program.window.uncover()
    program.store.run(records.add, "contact", {"given_name": "Maria", "family_name": "Anders"})
    background.settle()
    assert program._undo_labels[0] == "Add: Maria Anders"


def _typing_a_role(program: Program, text: str) -> QLineEdit:
    """Open a contact and type into a field of it without leaving the field."""
    assert program.store is not None
    record = program.store.run(records.add, "contact", {"given_name": "Maria", "family_name": "Anders", "role": "Owner", "birthday": "1979-05-03"})
    program.window.open_record("contact", record)
    background.settle()
    page = program.window.page()
    assert page is not None
    details = page.findChild(Details)
    assert details is not None
    details.edit("birthday" if text[0].isdigit() else "role")
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    field.selectAll()
    QTest.keyClicks(field, text)
    return field


def _stored(path: Path, column: str) -> Any:
    with open_store(path, PASSPHRASE) as store, store.read() as reader:
        return reader.value(f"SELECT {column} FROM contact WHERE family_name = 'Anders'")


def test_what_stands_half_typed_in_a_field_is_stored_when_the_window_closes(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    _typing_a_role(program, "Managing director")
    QTest.keyClick(program.window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert not program.window.isVisible()
    assert _stored(store_path, "role") == "Managing director"


def test_what_stands_half_typed_in_a_field_is_stored_when_the_window_locks(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    _typing_a_role(program, "Managing director")
    program.lock()
    background.settle()
    assert program.window.is_covered
    assert _stored(store_path, "role") == "Managing director"


def test_a_field_that_can_not_be_stored_keeps_the_window_open_until_it_is_mended(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    field = _typing_a_role(program, "31.2.1980")
    program.window.close()
    assert program.window.isVisible()
    assert field.text() == "31.2.1980"
    assert QApplication.focusWidget() is field
    QTest.keyClick(field, Qt.Key.Key_Escape)
    program.window.close()
    assert not program.window.isVisible()


def test_a_field_that_can_not_be_stored_keeps_the_user_on_its_page_until_it_is_mended(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    field = _typing_a_role(program, "31.2.1980")
    there = program.window.place()
    program.window.open_page("today")
    background.settle()
    assert program.window.place() == there
    assert field.text() == "31.2.1980"
    assert QApplication.focusWidget() is field
    QTest.keyClick(field, Qt.Key.Key_Escape)
    program.window.open_page("today")
    background.settle()
    assert program.window.place() == Place("today")


def test_a_note_begun_a_moment_before_the_window_closes_is_there_again(program: Program, store_path: Path) -> None:
    opened(program, store_path)
    assert program.store is not None
    record = program.store.run(records.add, "company", {"name": "Ernst Handel"})
    program.window.open_record("company", record)
    background.settle()
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "Wants a price for")
    program.window.close()
    with open_store(store_path, PASSPHRASE) as store:
        assert store.drafts() == {f"note/{record}": "Wants a price for"}
