"""Full disks, read-only folders and missing rights: one clear sentence, the right exit code, and nothing half left."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crmdesk.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmdesk.store.keys import Key

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights and small disks as Unix knows them")

PASSPHRASE = "correct horse battery staple"
NOBODY = 65534
DOCUMENT = {"currency": "EUR", "lines": [{"description": "Box", "quantity": "2", "unit_price": "10.00", "tax_category": "S", "tax_rate": "19"}]}
OS_WORDS = ("No space", "Permission denied", "Read-only file", "Errno", "File too large")


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be a user without rights of their own; the superuser may do everything, so nothing would be tested."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


_loaded: list[str] = []


def load_everything(store: Path, folder: Path) -> None:
    """Give each command once that a test gives as nobody: what is only loaded when it is asked for may lie where nobody may read, as Python itself."""
    place = folder / "loading"
    place.mkdir()
    for words in (
        "init new.crmdesk", "backup b.crmdesk-backup", "restore b.crmdesk-backup restored.crmdesk", "export company e.xlsx", "export company e.csv",
        "export company e.json", f"quote pdf {_quote(store)} q.pdf", "report tickets --out r.csv", "report tickets --out r.xlsx", "recovery-sheet r.pdf",
        "import company ../companies.csv --dry-run", f"attach quote {_quote(store)} ../companies.csv", "list company", "add company name=x",
    ):  # fmt: skip
        given = [str(place / word) if "." in word and "=" not in word else word for word in words.split()]
        assert main(["--store", str(store), *given]) == 0, words
        _loaded.append(words)
    shutil.rmtree(place)


@pytest.fixture
def desk(store_path: Path, template: tuple[Path, Key], monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a store, a quote in it, and a file to import; everybody may read and write there."""
    folder = Path(tempfile.mkdtemp(prefix="crmdesk-"))
    home = folder / "home"
    home.mkdir()
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setenv("CRMDESK_RECOVERY_KEY", template[1].reveal())
    monkeypatch.setenv("CRMDESK_PASSPHRASE", PASSPHRASE)
    store = Path(shutil.copy(store_path, folder / "s.crmdesk"))
    document = folder / "quote.json"
    document.write_text(json.dumps(DOCUMENT))
    assert main(["--store", str(store), "quote", "add", str(document)]) == 0
    assert main(["--store", str(store), "quote", "issue", _quote(store)]) == 0
    (folder / "companies.csv").write_text("name,email\n" + "".join(f"Company number {i},a{i}@b.example\n" for i in range(1500)))
    if not _loaded:
        load_everything(store, folder)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777)
    yield folder
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777)
    shutil.rmtree(folder)


def _quote(store: Path) -> str:
    from crmdesk.store import open_store
    from crmdesk.store.keys import Key

    with open_store(store, key=Key(os.environ["CRMDESK_RECOVERY_KEY"])) as opened, opened.read() as reader:
        return str(reader.value("SELECT hex(id) FROM quote")).lower()


@pytest.fixture
def small(desk: Path) -> Iterator[Path]:
    """A disk on which hardly anything has room; without the superuser's rights a limit on the size of files stands for it."""
    place = desk / "small"
    place.mkdir()
    if os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "none", str(place)], capture_output=True, check=False).returncode == 0:
        place.chmod(0o777)
        yield place
        subprocess.run(["umount", str(place)], check=True)
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    yield place
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def refused(capsys: pytest.CaptureFixture[str], store: Path, *words: object, code: int, says: str) -> None:
    """A command fails with one sentence of ours, and says nothing in the system's words."""
    capsys.readouterr()
    assert main(["--store", str(store), *map(str, words)]) == code, (words, capsys.readouterr().err)
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1, words
    assert says in said, words
    assert not any(word in said for word in OS_WORDS), said


def goes_on(store: Path) -> None:
    """The store is sound and can be worked with."""
    assert main(["--store", str(store), "verify", "--deep"]) == 0
    assert main(["--store", str(store), "add", "company", "name=After"]) == 0


def fill(place: Path) -> None:
    """Leave no byte free."""
    with (place / "filler").open("wb", buffering=0) as file, pytest.raises(OSError, match="28|27"):
        while True:
            file.write(b"x" * 1024)


def test_a_full_disk_takes_no_new_files_and_keeps_no_half_ones(desk: Path, small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = desk / "s.crmdesk"
    fill(small)
    before = sorted(small.iterdir())
    for words in (
        ("backup", small / "b.crmdesk-backup"), ("export", "company", small / "e.xlsx"), ("export", "company", small / "e.csv"), ("export", "company", small / "e.json"),
        ("quote", "pdf", _quote(store), small / "q.pdf"), ("report", "tickets", "--out", small / "r.xlsx"), ("recovery-sheet", small / "r.pdf"),
    ):  # fmt: skip
        refused(capsys, store, *words, code=4, says="disk is full")
    refused(capsys, store, "init", small / "new.crmdesk", code=4, says="disk is full")
    refused(capsys, store, "restore", store, small / "restored.crmdesk", code=4, says="disk is full")
    assert sorted(small.iterdir()) == before
    (small / "filler").unlink()
    assert main(["--store", str(store), "export", "company", str(small / "e.json")]) == 0
    goes_on(store)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs a small disk")
def test_a_store_on_a_full_disk_is_read_but_not_written_until_there_is_room(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = desk / "disk"
    place.mkdir()
    size = (desk / "s.crmdesk").stat().st_size // 1024 + 160
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "none", str(place)], capture_output=True, check=False).returncode:
        pytest.skip("no disk may be mounted here")
    try:
        store = Path(shutil.copy(desk / "s.crmdesk", place / "s.crmdesk"))
        refused(capsys, store, "import", "company", desk / "companies.csv", code=4, says="The disk is full. Nothing was changed.")
        fill(place)
        assert main(["--store", str(store), "list", "quote"]) == 0
        refused(capsys, store, "add", "company", "name=" + "x" * 9000, code=4, says="The disk is full. Nothing was changed.")
        refused(capsys, store, "backup", place / "b.crmdesk-backup", code=4, says="disk is full")
        assert main(["--store", str(store), "backup", str(desk / "elsewhere.crmdesk-backup")]) == 0
        (place / "filler").unlink()
        goes_on(store)
        assert sorted(file.name for file in place.iterdir()) == ["s.crmdesk"]
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_folder_that_can_only_be_read_is_said_so(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store, closed = desk / "s.crmdesk", desk / "closed"
    closed.mkdir()
    inside = Path(shutil.copy(store, closed / "s.crmdesk"))
    closed.chmod(0o555)
    with as_nobody():
        refused(capsys, store, "init", closed / "new.crmdesk", code=3, says="can't be written")
        for words in (
            ("backup", closed / "b.crmdesk-backup"), ("export", "company", closed / "e.xlsx"), ("export", "company", closed / "e.csv"), ("quote", "pdf", _quote(store), closed / "q.pdf"),
            ("report", "tickets", "--out", closed / "r.csv"), ("recovery-sheet", closed / "r.pdf"),
        ):  # fmt: skip
            refused(capsys, store, *words, code=4, says="can't be written")
        refused(capsys, store, "restore", store, closed / "restored.crmdesk", code=4, says="can't be written")
        for words in (("add", "company", "name=x"), ("import", "company", desk / "companies.csv"), ("list", "company"), ("backup", desk / "c.crmdesk-backup")):
            refused(capsys, inside, *words, code=3, says="can't be written")
    assert [file.name for file in closed.iterdir()] == ["s.crmdesk"]
    goes_on(store)


def test_a_file_that_may_not_be_written_is_said_so(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = desk / "s.crmdesk"
    store.chmod(0o444)
    with as_nobody():
        refused(capsys, store, "add", "company", "name=x", code=3, says="can't be written")
    store.chmod(0o666)
    goes_on(store)


def test_what_may_not_be_read_is_said_so(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store, secret = desk / "s.crmdesk", desk / "secret"
    secret.mkdir()
    table = Path(shutil.copy(desk / "companies.csv", secret / "companies.csv"))
    hidden = Path(shutil.copy(store, secret / "s.crmdesk"))
    document = Path(shutil.copy(desk / "quote.json", secret / "quote.json"))
    table.chmod(0)
    hidden.chmod(0)
    document.chmod(0)
    with as_nobody():
        refused(capsys, store, "import", "company", table, code=4, says="can't be read")
        refused(capsys, store, "quote", "add", document, code=4, says="can't be read")
        refused(capsys, store, "attach", "quote", _quote(store), table, code=4, says="can't be read")
        refused(capsys, hidden, "list", "company", code=3, says="can't be read")
        refused(capsys, store, "restore", hidden, desk / "r.crmdesk", code=3, says="can't be read")
    secret.chmod(0)
    with as_nobody():
        refused(capsys, hidden, "list", "company", code=3, says="can't be read")
        for words in (
            ("import", "company", table), ("quote", "add", document), ("attach", "quote", _quote(store), table), ("init", secret / "new.crmdesk"), ("backup", secret / "b.crmdesk-backup"),
            ("export", "company", secret / "e.csv"), ("quote", "pdf", _quote(store), secret / "q.pdf"),
        ):  # fmt: skip
            refused(capsys, store, *words, code=4, says="you have no right to it")
    goes_on(store)
