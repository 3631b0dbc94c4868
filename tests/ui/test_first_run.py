"""The first start: language and region, a new store, an existing one, sample data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from crmdesk import settings
from crmdesk.i18n import tr
from crmdesk.store import open_store
from crmdesk.ui import background
from crmdesk.ui.dialogs import open_store as file_dialogs
from crmdesk.ui.dialogs.first_run import CreateCover, SheetCover, WelcomeCover, currency_of
from crmdesk.ui.dialogs.passphrase import HINT, strength

if TYPE_CHECKING:
    from crmdesk.ui.app import Program

pytestmark = pytest.mark.usefixtures("app")
GOOD = "purple tractor sings quietly"


@pytest.fixture
def program(program: Program) -> Program:
    """The program as it begins where there is no store."""
    program.start(None)
    background.settle()
    return program


def welcome(program: Program) -> WelcomeCover:
    cover = program.window.cover()
    assert isinstance(cover, WelcomeCover)
    return cover


def creating(program: Program, path: Path) -> CreateCover:
    QTest.keyClick(welcome(program).ways["create"], Qt.Key.Key_Return)
    cover = program.window.cover()
    assert isinstance(cover, CreateCover)
    cover.path.setText(str(path))
    return cover


def test_a_new_store_is_made_with_keyboard_alone(program: Program, tmp_path: Path) -> None:
    welcome(program).regions.setCurrentIndex(welcome(program).regions.findData("CH"))
    cover = creating(program, tmp_path / "customers")
    QTest.keyClicks(cover.owner, "Maria Becker")
    QTest.keyClicks(cover.passphrase.first, GOOD)
    QTest.keyClicks(cover.passphrase.second, GOOD)
    QTest.keyClick(cover.passphrase.second, Qt.Key.Key_Return)
    background.settle(30)
    sheet = program.window.cover()
    assert isinstance(sheet, SheetCover)
    QTest.keyClick(sheet.next, Qt.Key.Key_Space)
    background.settle(30)
    assert not program.window.is_covered
    program.shut_down()
    with open_store(tmp_path / "customers.crmdesk", GOOD, anywhere=True) as store:
        assert (store.settings.region, store.settings.currency, store.settings.zone) == ("CH", "CHF", "Europe/Zurich")


def test_what_is_missing_is_said_before_anything_is_made(program: Program, tmp_path: Path) -> None:
    cover = creating(program, tmp_path / "a.crmdesk")
    cover._go()
    assert "name" in cover.error.text()
    cover.owner.setText("Maria")
    cover.passphrase.first.setText("short")
    cover._go()
    assert "at least 8" in cover.error.text()
    cover.passphrase.first.setText(GOOD)
    cover.passphrase.second.setText(GOOD[:-1])
    cover._go()
    assert "differ" in cover.error.text()
    assert not list(tmp_path.glob("*.crmdesk"))


def test_an_existing_file_is_never_replaced(program: Program, tmp_path: Path) -> None:
    there = tmp_path / "a.crmdesk"
    there.write_bytes(b"something of value")
    cover = creating(program, there)
    cover.owner.setText("Maria")
    cover.passphrase.first.setText(GOOD)
    cover.passphrase.second.setText(GOOD)
    cover._go()
    background.settle(30)
    assert "exists already" in cover.error.text()
    assert there.read_bytes() == b"something of value"
    assert cover.button.isEnabled()


@pytest.mark.parametrize("place", ["{there}/a.crmdesk", "{there}/b/a.crmdesk", "{folder}", "/", "~", "~nobody-of-this-name/a", "/proc/none/a.crmdesk"])
def test_a_place_where_nothing_can_lie_is_refused_in_words(program: Program, tmp_path: Path, place: str) -> None:
    there = tmp_path / "there"
    there.write_bytes(b"something of value")
    cover = creating(program, Path("x"))
    cover.path.setText(place.format(there=there, folder=tmp_path))
    cover.owner.setText("Maria")
    cover.passphrase.first.setText(GOOD)
    cover.passphrase.second.setText(GOOD)
    QTest.mouseClick(cover.button, Qt.MouseButton.LeftButton)
    background.settle(30)
    assert program.window.cover() is cover
    assert "older" in cover.error.text() or "can't be written" in cover.error.text()
    assert not program.window.toasts.texts()
    assert list(tmp_path.iterdir()) == [there]


def test_the_recovery_sheet_is_saved_and_remembered(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cover = creating(program, tmp_path / "a.crmdesk")
    cover.owner.setText("Maria")
    cover.passphrase.first.setText(GOOD)
    cover.passphrase.second.setText(GOOD)
    cover._go()
    background.settle(30)
    sheet = program.window.cover()
    assert isinstance(sheet, SheetCover)
    monkeypatch.setattr(file_dialogs, "choose_output", lambda *_: tmp_path / "sheet.pdf")
    QTest.mouseClick(sheet.save, Qt.MouseButton.LeftButton)
    background.settle(30)
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF")
    assert sheet.chip.text() == "Saved as sheet.pdf"
    QTest.mouseClick(sheet.next, Qt.MouseButton.LeftButton)
    background.settle(30)
    assert program.store is not None
    assert program.store.local("sheet_printed_at")


def test_the_language_is_changed_at_once_and_kept(program: Program) -> None:
    cover = welcome(program)
    cover.regions.setCurrentIndex(cover.regions.findData("AT"))
    program.first_start.speak_at_start("de", "AT")
    assert program.window.undo_button.text() == "Rückgängig"
    assert welcome(program).region() == "AT"
    assert settings.read()["language"] == "de"


def test_an_existing_store_is_opened_from_the_first_start(program: Program, store_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_dialogs, "choose_store", lambda *_: store_path)
    QTest.mouseClick(welcome(program).ways["open"], Qt.MouseButton.LeftButton)
    background.settle()
    assert program.path == store_path
    assert not isinstance(program.window.cover(), WelcomeCover)


@pytest.mark.parametrize(
    ("passphrase", "tone"),
    [("short", "danger"), ("password1", "danger"), ("12345678", "danger"), ("Tr0ub4dor", "warning"), ("horse battery staple", "warning"), (GOOD, "success"), ("purple tractor sings quietly today", "success")],
)  # fmt: skip
def test_the_strength_of_a_passphrase_is_told_in_words(passphrase: str, tone: str) -> None:
    assert strength(passphrase)[1] == tone


def test_the_strength_agrees_with_the_hint_and_says_on_what_it_rests() -> None:
    assert "Four or five words drawn at random are good" in tr(HINT)
    assert strength("abacus denim flint vortex")[0] == "Good, if the words were drawn at random"
    assert strength("abacus denim flint")[1] == "warning"
    assert strength("j8#Kq2!vXz0p")[0] == "Good"


def test_currencies_follow_the_country() -> None:
    assert [currency_of(code) for code in ("DE", "CN", "US", "GB", "XX")] == ["EUR", "CNY", "USD", "GBP", "EUR"]
