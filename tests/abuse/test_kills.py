"""A process that dies at any moment loses nothing that was confirmed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

from crmdesk.clock import new_id_bytes
from crmdesk.errors import StoreBusy, UserError
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.models.customer import Company
from crmdesk.operations import attachments, records
from crmdesk.store import Change, Changes, Store, create, open_store, operation
from crmdesk.store.keys import Key
from crmdesk.store.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


WRITER = """
import sys
from pathlib import Path
from crmdesk.store import open_store
from crmdesk.store.keys import Key
from crmdesk.operations import records
store = open_store(Path(sys.argv[1]), key=Key(sys.argv[2]), anywhere=True)
for number in range(10_000):
    record = store.run(records.add, "company", {"name": f"Company {number}", "phone": "030 123456", "tags": "a,b"})
    print(record, flush=True)
    if number % 3 == 0:
        store.run(records.edit, "company", [record], {"name": f"Renamed {number}"})
    if number % 5 == 0:
        store.undo()
        store.redo()
"""


def test_a_killed_writer_loses_nothing_that_it_confirmed(store: Store, store_path: Path, template: tuple[Path, Key]) -> None:
    store.close()
    rng = random.Random(11)
    confirmed: set[str] = set()
    for _ in range(6):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(store_path), template[1].reveal()], stdout=subprocess.PIPE, text=True)
        assert process.stdout
        first = process.stdout.readline()
        time.sleep(rng.uniform(0.05, 0.6))
        process.send_signal(signal.SIGKILL) if hasattr(signal, "SIGKILL") else process.kill()
        said = [first, *process.stdout.read().splitlines()]
        process.wait()
        process.stdout.close()
        confirmed |= {line.strip() for line in said if len(line.strip()) == 36}
    assert len(confirmed) > 6
    with open_store(store_path, key=template[1]) as opened, opened.read() as reader:
        kept = {row[0].hex() for row in reader.rows("SELECT id FROM company")}
        assert {record.replace("-", "") for record in confirmed} <= kept
        assert verify(opened, deep=True) == []


@pytest.mark.skipif(not hasattr(os, "statvfs"), reason="needs a small file system")
def test_a_full_disk_is_a_clear_sentence_and_the_work_goes_on_after(
    store: Store, store_path: Path, template: tuple[Path, Key], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's own page limit stands for the disk's end: the same error at the same place, on every machine."""
    store.run(records.add, "company", {"name": "Before"})
    with store.writer_alone() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(UserError, match="disk is full. Nothing was changed"):
        for number in range(2000):
            store.run(records.add, "company", {"name": f"Filler {number} " + "x" * 500})
    with store.writer_alone() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    store.run(records.add, "company", {"name": "After"})
    with store.read() as reader:
        assert reader.value("SELECT count(*) FROM company WHERE name IN ('Before', 'After')") == 2
    assert verify(store, deep=True) == []


@operation("Add many", right="company.write")
def add_many(change: Change, count: int) -> None:
    change.insert_many(Company, ("id", "name", "sort_key"), ((new_id_bytes(), f"Company {n}", f"company {n}") for n in range(count)))


IMPORTER = """
import os, signal, sys
from pathlib import Path
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.store import open_store
from crmdesk.store.keys import Key
store = open_store(Path(sys.argv[1]), key=Key(sys.argv[2]), anywhere=True)
def kill():
    os.kill(os.getpid(), signal.SIGKILL)
with store.writer_alone() as connection:  # in the midst of writing the companies
    connection.create_function("kill", 0, kill)
    connection.execute("CREATE TEMP TRIGGER killing AFTER INSERT ON company BEGIN SELECT kill(); END")
import_file(store, "company", Path(sys.argv[3]), ImportOptions(rejects=Path(sys.argv[4])))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes are killed as Unix knows it")
def test_an_import_that_is_killed_gives_no_rows_back_and_goes_through_the_next_time(store: Store, store_path: Path, template: tuple[Path, Key]) -> None:
    store.close()
    source, rejects = store_path.with_name("companies.csv"), store_path.with_name("rejected.csv")
    source.write_text("name,employees\nAlfreds,5\nBlauer See,many\n", encoding="utf-8")
    killed = subprocess.run([sys.executable, "-c", IMPORTER, str(store_path), template[1].reveal(), str(source), str(rejects)], check=False)
    assert killed.returncode == -signal.SIGKILL
    with open_store(store_path, key=template[1]) as opened:
        assert sorted(file.name for file in store_path.parent.iterdir() if not file.name.startswith(store_path.name)) == ["companies.csv"]
        result = import_file(opened, "company", source, ImportOptions(rejects=rejects))
    assert (result.added, result.rejected, result.rejects_file) == (1, 1, str(rejects))
    assert "Blauer See" in rejects.read_text(encoding="utf-8-sig")


def test_an_import_does_not_bring_twice_what_another_program_imported_meanwhile(store: Store, store_path: Path) -> None:
    source = store_path.with_name("companies.csv")
    source.write_text("name,employees\nAlfreds,5\nBlauer See,7\n", encoding="utf-8")

    def another(done: int, total: int | None) -> None:
        with open_store(store_path, key=Key(store.key.reveal())) as other:
            import_file(other, "company", source)

    with pytest.raises(StoreBusy, match="Nothing was imported"):
        import_file(store, "company", source, progress=another)
    with store.read() as reader:
        assert reader.rows("SELECT name FROM company ORDER BY name") == [("Alfreds",), ("Blauer See",)]
    assert import_file(store, "company", source).skipped == 2


def test_an_import_does_not_write_over_what_was_changed_meanwhile(store: Store, store_path: Path) -> None:
    company = store.run(records.add, "company", {"name": "Alfreds", "employees": "5"})
    source = store_path.with_name("companies.csv")
    source.write_text("name,employees\nAlfreds,6\n", encoding="utf-8")
    over = ImportOptions(on_duplicate="overwrite")
    with pytest.raises(StoreBusy, match="Nothing was imported"):
        import_file(store, "company", source, over, progress=lambda done, total: store.run(records.edit, "company", [company], {"employees": "7"}))
    with store.read() as reader:
        assert reader.value("SELECT employees FROM company") == 7
    assert import_file(store, "company", source, over, progress=lambda done, total: store.run(records.add, "company", {"name": "Blauer See"})).updated == 1


@contextmanager
def no_larger_than(size: int) -> Iterator[None]:
    """Let no file grow beyond a size: it stands for a full disk that the write-ahead log still found room on."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_what_was_written_is_not_called_failed_when_the_disk_has_no_room_to_empty_the_log(store: Store, store_path: Path, template: tuple[Path, Key]) -> None:
    company = store.run(records.add, "company", {"name": "With a large file"})
    store.run(attachments.attach, "company", company, "plan.bin", os.urandom(16_000_000))
    store.close()
    heard: list[Changes] = []
    with open_store(store_path, key=template[1]) as opened, no_larger_than(store_path.stat().st_size + 100_000):
        opened.listen(heard.append)
        opened.run(add_many, 6000)
    with open_store(store_path, key=template[1]) as again, again.read() as reader:
        assert reader.value("SELECT count(*) FROM company") == 6001
        assert verify(again, deep=True) == []
    assert [changes.ids for changes in heard] == [{"company": None}]


def test_a_new_store_has_everything_in_itself_when_it_gets_its_name(tmp_path: Path) -> None:
    limit = ExitStack()

    def prepare(half: Store) -> None:
        half.run(add_many, 3000)
        limit.enter_context(no_larger_than(half.path.stat().st_size))

    with limit:
        create(tmp_path / "new.crmdesk", "correct horse battery staple", anywhere=True, prepare=prepare).close()
    with open_store(tmp_path / "new.crmdesk", "correct horse battery staple", anywhere=True) as opened, opened.read() as reader:
        assert reader.value("SELECT count(*) FROM company") == 3000
        assert verify(opened, deep=True) == []


def test_a_disk_that_fills_up_while_indexing_is_a_clear_sentence(store: Store, store_path: Path) -> None:
    store.run(add_many, 3000)
    with no_larger_than(64_000), pytest.raises(UserError, match="Nothing was changed"):
        while store.index_step():
            pass
    while store.index_step():
        pass
    assert verify(store, deep=True) == []


def test_two_programs_on_one_store_lose_no_update(store: Store, store_path: Path, template: tuple[Path, Key]) -> None:
    counted = store.run(records.add, "company", {"name": "Counted", "employees": "0"})
    store.close()
    script = """
import sys
from pathlib import Path
from uuid import UUID
from crmdesk.models.customer import Company
from crmdesk.store import open_store, operation
from crmdesk.store.keys import Key
@operation("Count", right="company.write")
def count(change, record):
    found = change.get(Company, record)
    found.employees += 1
store = open_store(Path(sys.argv[1]), key=Key(sys.argv[2]), anywhere=True)
for _ in range(40):
    store.run(count, UUID(sys.argv[3]))
"""
    programs = [subprocess.Popen([sys.executable, "-c", script, str(store_path), template[1].reveal(), str(counted)]) for _ in range(3)]
    assert [program.wait() for program in programs] == [0, 0, 0]
    with open_store(store_path, key=template[1]) as opened, opened.read() as reader:
        assert reader.value("SELECT employees FROM company") == 120
        assert verify(opened, deep=True) == []
