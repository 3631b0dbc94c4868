"""Restoring a backup from the window: from an open store, for a damaged file, for one that is gone."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtTest import QTest

from crmdesk import clock, settings
from crmdesk.errors import UserError
from crmdesk.operations import records
from crmdesk.store import backup, open_store
from crmdesk.store.contents import contents
from crmdesk.store.files import change_passphrase
from crmdesk.store.keys import Key, derive, file_salt
from crmdesk.ui import background
from crmdesk.ui.cover import LockCover
from crmdesk.ui.dialogs.first_run import WelcomeCover
from crmdesk.ui.dialogs.restore import COPY, RestoreCover, size_text, store_name
from crmdesk.ui.widgets.basics import Text
from tests.conftest import PASSPHRASE

if TYPE_CHECKING:
    from crmdesk.ui.app import Program

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def backed_up(template: tuple[Path, Key], store_path: Path) -> Path:
    """A store with one company in its backup and a second one since."""
    with open_store(store_path, key=template[1], anywhere=True) as store:
        store.run(records.add, "company", {"name": "Ernst Handel"})
        backup.backup(store)
        store.run(records.add, "company", {"name": "Alfreds Futterkiste"})
    return store_path


def start(program: Program, path: Path, passphrase: str | None = None) -> None:
    program.start(path, passphrase)
    background.settle()
    QTest.qWaitForWindowActive(program.window)


def restoring(program: Program) -> RestoreCover:
    program.restore()
    background.settle()
    cover = program.window.cover()
    assert isinstance(cover, RestoreCover)
    return cover


def agree(program: Program, monkeypatch: pytest.MonkeyPatch, answer: bool = True) -> list[str]:
    asked: list[str] = []

    def confirm(question: str, verb: str, hint: str = "", danger: bool = False) -> bool:
        asked.append(f"{question} {hint} [{verb}]")
        return answer

    monkeypatch.setattr(program.window, "confirm", confirm)
    return asked


def companies(program: Program) -> list[str]:
    assert program.store is not None
    with program.store.read() as reader:
        return [name for (name,) in reader.rows("SELECT name FROM company WHERE deleted_at IS NULL ORDER BY name")]


def said_differences(cover: RestoreCover) -> str:
    return " | ".join(text.text() for text in cover.differences.findChildren(Text))


def test_a_backup_is_checked_compared_and_restored_and_the_present_file_is_kept(program: Program, backed_up: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start(program, backed_up, PASSPHRASE)
    assert companies(program) == ["Alfreds Futterkiste", "Ernst Handel"]
    asked = agree(program, monkeypatch)
    cover = restoring(program)
    assert cover.list.count() == 1
    assert not cover.passphrase.isVisible(), "the open store has the key"
    cover.next()
    background.settle()
    assert "1, now 2" in said_differences(cover)
    assert cover.button.text() == "Restore"
    assert program.store is not None, "looking changes nothing"
    cover.next()
    background.settle(30)
    assert len(asked) == 1
    assert "kept in the same folder" in asked[0]
    assert not program.window.is_covered
    assert companies(program) == ["Ernst Handel"]
    (kept,) = backed_up.parent.glob("test.before-restore-*.crmdesk")
    assert program.window.toasts.texts() == [f"Restored. The former file is kept as {kept.name}."]
    with open_store(kept, PASSPHRASE, anywhere=True) as before, before.read() as reader:
        assert reader.value("SELECT count(*) FROM company") == 2


def test_saying_no_leaves_everything_as_it_was(program: Program, backed_up: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start(program, backed_up, PASSPHRASE)
    agree(program, monkeypatch, answer=False)
    cover = restoring(program)
    cover.next()
    background.settle()
    cover.next()
    background.settle()
    assert program.store is not None
    cover.back_button.click()
    assert not program.window.is_covered
    assert companies(program) == ["Alfreds Futterkiste", "Ernst Handel"]


def test_a_damaged_store_is_replaced_from_the_unlock_screen_and_kept(program: Program, backed_up: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = backed_up.stat().st_size
    with backed_up.open("r+b") as file:
        file.seek(100)
        file.write(bytes(3000))
    damaged = backed_up.read_bytes()
    start(program, backed_up, PASSPHRASE)
    screen = program.window.cover()
    assert isinstance(screen, LockCover)
    assert screen.error.text()
    agree(program, monkeypatch)
    cover = restoring(program)
    cover.next()
    background.settle()
    assert "passphrase" in cover.error.text(), "nothing goes without it"
    cover.passphrase.setText("wrong horse battery staple")
    cover.next()
    background.settle()
    assert "does not open" in cover.error.text()
    cover.passphrase.setText(PASSPHRASE)
    cover.next()
    background.settle()
    cover.next()
    background.settle(30)
    assert companies(program) == ["Ernst Handel"]
    (kept,) = backed_up.parent.glob("test.before-restore-*.crmdesk")
    assert (kept.stat().st_size, kept.read_bytes()) == (size, damaged)


def test_a_store_that_is_gone_comes_back_from_the_first_screen(program: Program, backed_up: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backed_up.unlink()
    start(program, backed_up)
    welcome = program.window.cover()
    assert isinstance(welcome, WelcomeCover)
    agree(program, monkeypatch)
    welcome.ways["restore"].clicked.emit()
    background.settle()
    cover = program.window.cover()
    assert isinstance(cover, RestoreCover)
    cover.passphrase.setText(PASSPHRASE)
    cover.next()
    background.settle()
    cover.next()
    background.settle(30)
    assert companies(program) == ["Ernst Handel"]
    assert backed_up.exists()


def test_a_backup_from_another_disk_becomes_a_store_where_no_file_is(
    program: Program, backed_up: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    copy = Path(shutil.copy(backup.backups(backed_up)[0].path, stick))
    program.start(None)
    background.settle()
    asked = agree(program, monkeypatch)
    cover = restoring(program)
    assert [cover.list.item(0).data(COPY).store] == ["test.crmdesk"], "the program's own folder is looked through"
    cover.offer(copy)
    assert cover.chosen() is not None
    assert cover.chosen().path == copy  # type: ignore[union-attr]
    cover.passphrase.setText(PASSPHRASE)
    cover.next()
    background.settle()
    cover.next()
    background.settle(30)
    assert companies(program) == ["Ernst Handel"]
    assert program.path == settings.data_folder() / "test.crmdesk"
    assert str(program.path) in asked[0]


def test_an_older_backup_opens_with_the_key_that_the_store_had(program: Program, backed_up: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_store(backed_up, PASSPHRASE, anywhere=True) as store:
        change_passphrase(store, "a brand new passphrase").close()
    start(program, backed_up, "a brand new passphrase")
    agree(program, monkeypatch)
    cover = restoring(program)
    cover.next()
    background.settle()
    assert cover.error.text() == ""
    cover.next()
    background.settle(30)
    assert companies(program) == ["Ernst Handel"]
    program.lock()
    program.unlock(passphrase=PASSPHRASE)
    background.settle()
    assert program.store is not None, "the passphrase is the one of the backup again"


def test_a_damaged_backup_is_refused_and_the_store_stays_open(program: Program, backed_up: Path) -> None:
    (copy,) = backup.backups(backed_up)
    with copy.path.open("r+b") as file:
        file.seek(9000)
        file.write(bytes(500))
    start(program, backed_up, PASSPHRASE)
    cover = restoring(program)
    cover.next()
    background.settle()
    assert cover.error.text()
    assert program.store is not None
    assert cover.button.text() == "Check"


def test_a_failure_after_the_store_was_closed_leads_back_to_the_unlock_screen(program: Program, backed_up: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start(program, backed_up, PASSPHRASE)
    agree(program, monkeypatch)
    cover = restoring(program)
    cover.next()
    background.settle()

    def refuse(*_: object, **__: object) -> None:
        raise UserError("The disk is full. Nothing was changed.")

    monkeypatch.setattr(backup, "restore", refuse)
    cover.next()
    background.settle()
    screen = program.window.cover()
    assert isinstance(screen, LockCover)
    assert screen.error.text() == "The disk is full. Nothing was changed."
    screen.passphrase.setText(PASSPHRASE)
    screen._go()
    background.settle()
    assert companies(program) == ["Alfreds Futterkiste", "Ernst Handel"]


def test_the_contents_of_a_file_are_told_without_changing_it(backed_up: Path) -> None:
    before = backed_up.read_bytes()
    found = contents(backed_up, derive(PASSPHRASE, file_salt(backed_up)))
    assert found.counts["company"] == 2
    assert found.changed_at is not None
    assert abs(found.changed_at - clock.now()) < timedelta(minutes=5)
    assert backed_up.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "store"),
    [("northwind-20261121-225700-000001.crmdesk-backup", "northwind.crmdesk"), ("a-b.crmdesk-backup", "a-b.crmdesk"), ("my copy.crmdesk", "my copy.crmdesk")],
)
def test_the_name_of_a_backup_says_of_which_store_it_is(name: str, store: str) -> None:
    assert store_name(Path(name)) == store


@pytest.mark.parametrize(("count", "text"), [(10, "1 kB"), (340_000, "340 kB"), (3_240_000, "3.2 MB"), (1_500_000_000, "1.5 GB")])
def test_sizes_are_told_in_the_unit_that_people_would_name(count: int, text: str) -> None:
    assert size_text(count) == text
