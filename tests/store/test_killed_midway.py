"""Programs that are killed in the midst of large deeds: the store opens, all that was confirmed is there, and nothing half is left."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crmdesk.errors import WrongPassphrase
from crmdesk.operations import records
from crmdesk.store import Store, backup, open_store
from crmdesk.store.connections import SCHEMA, connect, rows
from crmdesk.store.keys import Key
from crmdesk.store.triggers import trigger_problems
from crmdesk.store.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked")

SERVER = Path(__file__).with_name("deeds.py")
KILLS = int(os.environ.get("CRMDESK_KILLS", "12"))
HOMES = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")


@dataclass
class Killer:
    """Has deeds done by children, and kills them."""

    server: subprocess.Popen[str]
    folder: Path
    random: random.Random = field(default_factory=lambda: random.Random(20261122))
    calls: int = 0
    seconds: float = 0.0

    def run(self, deed: str, path: Path, key: Key, *, calls: int = 0, after: float | None = None, **more: str) -> list[str]:
        """Have a deed done, killed at a call or after some seconds if asked; returns what it confirmed."""
        assert self.server.stdin
        assert self.server.stdout
        log = self.folder / "confirmed.txt"
        log.unlink(missing_ok=True)
        home = {name: os.environ[name] for name in HOMES}
        order = {"deed": deed, "path": str(path), "key": key.reveal(), "log": str(log), "home": home, "calls": calls, **more}
        begun = time.monotonic()
        print(json.dumps(order), file=self.server.stdin, flush=True)
        child = int(self.server.stdout.readline())
        if after is not None:
            time.sleep(after)
            os.kill(child, signal.SIGKILL)
        assert self.server.stdout.readline().strip() == "ended"
        print(file=self.server.stdin, flush=True)
        code = int(self.server.stdout.readline())
        assert code in (0, -signal.SIGKILL)
        if not calls and after is None:
            self.seconds = time.monotonic() - begun
        return log.read_text().splitlines() if log.exists() else []

    def measure(self, deed: str, path: Path, key: Key, **more: str) -> None:
        """Learn how long a deed takes when nobody kills it, in seconds and in calls."""
        said = self.run(deed, path, key, **more)
        self.calls = int(said[-1].removeprefix("calls "))

    def kill(self, deed: str, path: Path, key: Key, round_: int, **more: str) -> list[str]:
        """Kill a deed at a random call, or every other time at a random moment."""
        if round_ % 2:
            said = self.run(deed, path, key, after=self.random.uniform(0, self.seconds), **more)
        else:
            said = self.run(deed, path, key, calls=self.random.randint(1, self.calls), **more)
        return [line for line in said if not line.startswith("calls ")]


@pytest.fixture(scope="module")
def server() -> Iterator[subprocess.Popen[str]]:
    """The program that forks the children."""
    with subprocess.Popen([sys.executable, str(SERVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline().strip() == "ready"
        yield process
        assert process.stdin
        process.stdin.close()


@pytest.fixture
def killer(server: subprocess.Popen[str], tmp_path: Path) -> Killer:
    folder = tmp_path / "log"
    folder.mkdir()
    return Killer(server, folder)


@pytest.fixture
def place(tmp_path: Path, template: tuple[Path, Key]) -> Callable[[], Path]:
    """Makes a fresh store in a folder of its own, with one company in it; returns its path."""
    original = Path(shutil.copy(template[0], tmp_path / "original.crmdesk"))
    with open_store(original, key=template[1], anywhere=True) as store:
        store.run(records.add, "company", {"name": "Alfreds", "phone": "030 123456"})
    folders = iter(range(10_000))

    def make() -> Path:
        folder = tmp_path / f"place{next(folders)}"
        folder.mkdir()
        return Path(shutil.copy(original, folder / "test.crmdesk"))

    return make


def check(store: Store, *expected: Path) -> None:
    """A store is sound, and beside it lie only the files that belong there."""
    assert verify(store, deep=True) == []
    store.close()
    assert sorted(file.name for file in store.path.parent.iterdir()) == sorted({store.path.name, *(file.name for file in expected)})


def names(store: Store) -> list[str]:
    with store.read() as reader:
        return [row[0] for row in reader.rows("SELECT name FROM company WHERE deleted_at IS NULL")]


def test_killed_while_backing_up(killer: Killer, place: Callable[[], Path], template: tuple[Path, Key]) -> None:
    key = template[1]
    killer.measure("back_up", place(), key)
    path, added = place(), 1
    for number in range(KILLS):
        said = killer.kill("back_up", path, key, number)
        added += said.count("added")
        store = open_store(path, key=Key(key.reveal()), anywhere=True)
        assert added <= len(names(store)) <= added + 1
        added = len(names(store))
        copies = backup.backups(path)
        assert {Path(line) for line in said if line != "added"} <= {copy.path for copy in copies}
        for copy in copies[:5]:
            backup.verify_copy(copy.path, key)
        assert {file.name for file in backup.folder_of(path).glob("*")} == {copy.path.name for copy in copies}
        check(store)


def test_killed_while_undoing_and_redoing(killer: Killer, place: Callable[[], Path], template: tuple[Path, Key]) -> None:
    killer.measure("undo_and_redo", place(), template[1])
    plan = killer.run("undo_and_redo", place(), template[1])[:-1]
    for number in range(KILLS):
        path = place()
        said = killer.kill("undo_and_redo", path, template[1], number)
        assert said == plan[: len(said)]
        store = open_store(path, key=Key(template[1].reveal()), anywhere=True)
        assert sorted(names(store)) in [_after(plan[: len(said)]), _after(plan[: len(said) + 1])]
        check(store)


def _after(said: list[str]) -> list[str]:
    """Return the names that live after what was said."""
    living = {"Alfreds": "Alfreds"}
    for line in said:
        word, number = line[1:].split()
        match line[0], word:
            case "+", _:
                living[number] = line[1:]
            case "-", "Renamed":
                living[number] = f"Company {number}"
            case _:
                del living[number]
    return sorted(living.values())


def test_killed_while_issuing_quotes(killer: Killer, place: Callable[[], Path], template: tuple[Path, Key]) -> None:
    killer.measure("issue_quotes", place(), template[1])
    path = place()
    for number in range(KILLS):
        said = killer.kill("issue_quotes", path, template[1], number)
        final = {line.split()[1]: line.split()[0] for line in said}
        store = open_store(path, key=Key(template[1].reveal()), anywhere=True)
        with store.read() as reader:
            found = reader.rows("SELECT id, status, number, frozen IS NOT NULL, payable IS NOT NULL FROM quote WHERE deleted_at IS NULL")
            spent = reader.rows("SELECT number, withdrawn FROM spent_number")
        state = {record.hex(): (status, given) for record, status, given, _, _ in found}
        last = said[-1].split()[1] if said else ""
        for quote, word in final.items():
            if quote != last:
                assert (state[quote.replace("-", "")][0] == "issued") == (word == "issued")
        for _, status, given, is_frozen, has_total in found:
            assert has_total
            assert (status == "draft") == (given is None) == (not is_frozen)
        numbers = [given for _, _, given, _, _ in found if given]
        assert len(numbers) == len(set(numbers))
        assert sorted(numbers) == sorted(given for given, withdrawn in spent if not withdrawn)
        assert len({given for given, _ in spent}) == len(spent)
        check(store)


def test_killed_while_bringing_an_older_store_forward(killer: Killer, place: Callable[[], Path], template: tuple[Path, Key]) -> None:
    killer.measure("migrate", place(), template[1])
    for number in range(KILLS):
        path = place()
        said = killer.kill("migrate", path, template[1], number)
        connection = connect(path, template[1])
        (version,) = rows(connection, "PRAGMA user_version")[0]
        assert version in ((SCHEMA + 1,) if said else (SCHEMA, SCHEMA + 1))
        assert list(trigger_problems(connection)) == []
        if version == SCHEMA + 1:
            assert rows(connection, "SELECT name, nickname FROM company") == [("Alfreds", "ALFREDS")]
            assert rows(connection, "SELECT count(*) FROM phone") == [(1,)]
            connection.execute(f"PRAGMA user_version = {SCHEMA}")
        connection.close()
        for copy in backup.backups(path):
            backup.verify_copy(copy.path, template[1])
        store = open_store(path, key=Key(template[1].reveal()), anywhere=True)
        assert names(store) == ["Alfreds"]
        assert {file.name for file in backup.folder_of(path).glob("*")} == {copy.path.name for copy in backup.backups(path)}
        check(store)


def test_killed_while_restoring(killer: Killer, place: Callable[[], Path], template: tuple[Path, Key], tmp_path: Path) -> None:
    key = template[1]
    source = shutil.copy(place(), tmp_path / "earlier.crmdesk-backup")

    def later() -> Path:
        path = place()
        with open_store(path, key=Key(key.reveal()), anywhere=True) as store:
            store.run(records.add, "company", {"name": "Later"})
        return path

    killer.measure("restore", later(), key, backup=str(source))
    for number in range(KILLS):
        path = later()
        said = killer.kill("restore", path, key, number, backup=str(source))
        store = open_store(path, key=Key(key.reveal()), anywhere=True)
        kept = [file for file in path.parent.iterdir() if ".before-restore-" in file.name and not file.name.startswith(".")]
        is_restored = names(store) == ["Alfreds"]
        assert is_restored or sorted(names(store)) == ["Alfreds", "Later"]
        assert is_restored or not said
        assert len(kept) == (1 if is_restored else 0)
        for file in kept:
            with open_store(file, key=Key(key.reveal()), anywhere=True) as replaced:
                assert sorted(names(replaced)) == ["Alfreds", "Later"]
                assert verify(replaced, deep=True) == []
        check(store, *kept)


def test_killed_while_changing_the_passphrase(killer: Killer, place: Callable[[], Path], template: tuple[Path, Key]) -> None:
    key = template[1]
    killer.measure("rekey", place(), key)
    for number in range(KILLS):
        path = place()
        said = killer.kill("rekey", path, key, number)
        try:
            store = open_store(path, key=Key(key.reveal()), anywhere=True)
            assert not said
        except WrongPassphrase:
            store = open_store(path, "another good passphrase", anywhere=True)
        assert names(store) == ["Alfreds"]
        check(store)


def test_a_store_that_another_program_has_open_is_not_replaced(place: Callable[[], Path], template: tuple[Path, Key], tmp_path: Path) -> None:
    """What the other program wrote after the copy was made would be lost with the file."""
    from crmdesk.errors import StoreBusy
    from crmdesk.store.files import change_passphrase

    key, path = template[1], place()
    copy = shutil.copy(path, tmp_path / "earlier.crmdesk-backup")
    other = open_store(path, key=Key(key.reveal()), anywhere=True)
    with other.writer_alone() as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store = open_store(path, key=Key(key.reveal()), anywhere=True)
    with pytest.raises(StoreBusy):
        change_passphrase(store, "another good passphrase")
    store.run(records.add, "company", {"name": "Still at work"})
    with pytest.raises(StoreBusy):
        backup.restore(Path(copy), path, lambda _: Key(key.reveal()), force=True)
    other.run(records.add, "company", {"name": "Other"})
    other.close()
    store.close()
    with open_store(path, key=Key(key.reveal()), anywhere=True) as again:
        assert sorted(names(again)) == ["Alfreds", "Other", "Still at work"]
        check(again)
