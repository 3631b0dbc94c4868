"""Imports too long for one transaction: written in groups, undone as one, taken back when they end halfway."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from crmdesk.errors import Cancelled, CannotUndo, StoreBusy
from crmdesk.exchange import importing
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows import plan, waiting
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.operations import records
from crmdesk.queries import about
from crmdesk.queries import records as asked
from crmdesk.queries.history import history
from crmdesk.store import Store, journal, open_store
from crmdesk.store.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PEOPLE = 40


@pytest.fixture(autouse=True)
def all_imports_are_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "BLOCK", 5)
    monkeypatch.setattr(importing, "HELD", 10)
    monkeypatch.setattr(waiting, "IN_MEMORY", 30)
    monkeypatch.setattr(waiting, "TOGETHER", 32)


def table(folder: Path) -> Path:
    path = folder / "people.csv"
    lines = [f"Anna,Berg {n},Company {n % 4},anna{n}@example.com" for n in range(PEOPLE)]
    path.write_text("First Name,Last Name,Company,E-mail\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def live(store: Store, entity: str = "contact") -> int:
    with store.read() as reader:
        return int(reader.value(f"SELECT count(*) FROM {entity} WHERE deleted_at IS NULL"))


def transactions(store: Store) -> int:
    with store.read() as reader:
        return int(reader.value("SELECT count(*) FROM journal_tx WHERE operation = 'imports.write' AND kind = 'do'"))


def left_over(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


def between_groups(deed: Callable[[], object], groups: int = 1) -> Callable[[int, int], None]:
    """Return a progress that does something once when so many groups are written."""
    seen = iter(range(10_000))

    def progress(done: int, total: int) -> None:
        if next(seen) == PEOPLE // 5 + 1 + groups:
            deed()

    return progress


def test_a_long_import_comes_in_groups_and_goes_and_comes_back_as_one(store: Store, tmp_path: Path) -> None:
    seen: list[int] = []

    def work_on() -> None:
        seen.append(live(store))
        store.run(records.add, "company", {"name": "Meanwhile Ltd"})

    result = import_file(store, "contact", table(tmp_path), progress=between_groups(work_on))
    assert (result.added, live(store), live(store, "company"), live(store, "email")) == (PEOPLE, PEOPLE, 5, PEOPLE)
    assert 0 < seen[0] < PEOPLE
    assert transactions(store) > 2
    assert left_over(store.path.parent) == []
    for _ in range(2):
        assert "people.csv" in store.undo()
        assert (live(store), live(store, "company"), live(store, "email")) == (0, 1, 0)
        assert "people.csv" in store.redo()
        assert (live(store), live(store, "company"), live(store, "email")) == (PEOPLE, 5, PEOPLE)
    store.undo()
    while store.index_step():
        pass
    assert "Meanwhile Ltd" in str(store.can_undo())
    assert list(verify(store)) == []


def test_any_transaction_of_a_series_stands_for_all_of_it(store: Store, tmp_path: Path) -> None:
    result = import_file(store, "contact", table(tmp_path))
    assert result.transaction is not None
    store.run(records.add, "company", {"name": "Later Ltd"})
    store.undo(result.transaction + 1)
    assert (live(store), live(store, "company")) == (0, 1)
    with pytest.raises(CannotUndo):
        store.undo(result.transaction)


def test_a_cancel_while_rows_are_read_or_written_leaves_nothing(store: Store, tmp_path: Path) -> None:
    def cancel(*_: object) -> None:
        raise Cancelled

    for progress in (cancel, between_groups(cancel)):
        with pytest.raises(Cancelled):
            import_file(store, "contact", table(tmp_path), progress=progress)
        assert (live(store), live(store, "company"), store.can_undo()) == (0, 0, None)
        assert left_over(store.path.parent) == []


def test_an_import_is_undone_as_a_whole_or_not_at_all(store: Store, tmp_path: Path) -> None:
    import_file(store, "contact", table(tmp_path))
    with store.read() as reader:
        first = UUID(bytes=reader.value("SELECT id FROM contact ORDER BY id LIMIT 1"))
    store.run(records.edit, "contact", [first], {"role": "Buyer"})
    with store.read() as reader:
        series = int(reader.value("SELECT min(id) FROM journal_tx WHERE operation = 'imports.write'"))
    with pytest.raises(CannotUndo, match="Anna Berg 0"):
        store.undo(series)
    assert live(store) == PEOPLE
    store.undo()
    store.undo()
    assert live(store) == 0


def test_what_somebody_worked_on_meanwhile_keeps_a_cancelled_import_until_that_is_undone(store: Store, tmp_path: Path) -> None:
    def edit_and_cancel() -> None:
        with store.read() as reader:
            first = UUID(bytes=reader.value("SELECT id FROM contact ORDER BY id LIMIT 1"))
        store.run(records.edit, "contact", [first], {"role": "Buyer"})
        raise Cancelled

    with pytest.raises(CannotUndo, match="Anna Berg 0"):
        import_file(store, "contact", table(tmp_path), progress=between_groups(edit_and_cancel))
    assert 0 < live(store) < PEOPLE
    store.undo()
    store.undo()
    assert (live(store), store.can_undo()) == (0, None)


def test_others_who_open_the_store_meanwhile_leave_a_living_import_alone(store: Store, tmp_path: Path) -> None:
    def open_too() -> None:
        with open_store(store.path, key=store.key, anywhere=True) as other:
            assert 0 < live(other) < PEOPLE
            with pytest.raises(StoreBusy):
                import_file(other, "contact", table(tmp_path), ImportOptions(on_duplicate="add"))
            other.run(records.add, "company", {"name": "Elsewhere Ltd"})

    heard: list[str] = []
    store.listen(lambda changes: heard.append(changes.label))
    import_file(store, "contact", table(tmp_path), progress=between_groups(open_too))
    assert (live(store), live(store, "company")) == (PEOPLE, 5)
    assert any(label != "Import" for label in heard)


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from crmdesk.exchange import importing
    from crmdesk.exchange.rows import plan
    from crmdesk.exchange.rows import waiting
    from crmdesk.store import open_store
    from crmdesk.store.keys import Key
    plan.BLOCK, importing.HELD, waiting.IN_MEMORY, waiting.TOGETHER = 5, 10, 30, 32
    path, key, table, calls = Path(sys.argv[1]), Key(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
    def progress(done, total):
        global calls
        calls -= 1
        if not calls:
            os.kill(os.getpid(), signal.SIGKILL)
    with open_store(path, key=key, anywhere=True) as store:
        if sys.argv[5] == "import":
            importing.import_file(store, "contact", table, progress=progress)
        else:
            store.listen(lambda changes: progress(0, 0))
            store.undo()
"""


def killed(store: Store, folder: Path, calls: int, deed: str) -> None:
    """Let another program do a deed and die at the so-many-th call."""
    words = [sys.executable, "-c", textwrap.dedent(KILLED), str(store.path), store.key.reveal(), str(table(folder)), str(calls), deed]
    assert subprocess.run(words, check=False, env=dict(os.environ)).returncode == -signal.SIGKILL  # noqa: S603


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nobody is killed there")
def test_an_import_that_was_killed_is_taken_back_at_the_next_open(store: Store, tmp_path: Path) -> None:
    killed(store, tmp_path, PEOPLE // 5 + 3, "import")
    assert 0 < live(store) < PEOPLE
    with open_store(store.path, key=store.key, anywhere=True) as again:
        assert (live(again), live(again, "company"), again.can_undo()) == (0, 0, None)
        assert list(verify(again)) == []
        assert import_file(again, "contact", table(tmp_path)).added == PEOPLE
    assert left_over(store.path.parent) == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nobody is killed there")
def test_an_undo_that_was_killed_is_taken_back_too_and_can_be_done_again(store: Store, tmp_path: Path) -> None:
    import_file(store, "contact", table(tmp_path))
    killed(store, tmp_path, 2, "undo")
    assert 0 < live(store) < PEOPLE
    with open_store(store.path, key=store.key, anywhere=True) as again:
        assert live(again) == PEOPLE
        again.undo()
        assert (live(again), live(again, "company"), again.can_undo()) == (0, 0, None)
        again.redo()
        assert live(again) == PEOPLE
        assert list(verify(again)) == []


def test_a_cancelled_import_leaves_one_line_in_the_trail_and_nothing_to_see_or_to_bring_back(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "TOGETHER", 20)
    binned = store.run(records.add, "company", {"name": "Thrown away Ltd"})
    store.run(records.delete, "company", [binned])

    def cancel() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        import_file(store, "contact", table(tmp_path), progress=between_groups(cancel, groups=2))
    assert transactions(store) == 2
    assert store.can_redo() is None
    with store.read() as reader:
        assert [item.title for item in asked.trash(reader, limit=5)] == ["Thrown away Ltd"]
        trail = about.audit(reader, None, 100)
    imported = [(line["kind"], line["about"], line["undoable"]) for line in trail if line["label"] == "Import"]
    assert imported == [("cancelled", "people.csv", False)]


def test_a_long_import_and_each_time_it_was_taken_back_is_one_line(store: Store, tmp_path: Path) -> None:
    import_file(store, "contact", table(tmp_path))
    for _ in range(2):
        store.undo()
        store.redo()
    with store.read() as reader:
        trail = about.audit(reader, None, 5)
        contact = UUID(bytes=reader.value("SELECT id FROM contact ORDER BY id DESC LIMIT 1"))
        assert len([entry for entry in history(reader, "contact", contact) if entry.operation == "insert"]) == 1
    assert [line["kind"] for line in trail] == ["redo", "undo", "redo", "undo", "do"]
    assert {line["transactions"] for line in trail} == {transactions(store)}
    assert trail[-1]["entries"] >= PEOPLE * 2


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nobody is killed there")
def test_the_next_open_tells_once_what_became_of_a_killed_import(store: Store, tmp_path: Path) -> None:
    killed(store, tmp_path, PEOPLE // 5 + 3, "import")
    with open_store(store.path, key=store.key, anywhere=True) as again:
        assert again.mended == "“Import: people.csv” was not finished. What it had written was taken back."
        assert again.can_redo() is None
    with open_store(store.path, key=store.key, anywhere=True) as later:
        assert later.mended == ""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nobody is killed there")
def test_the_next_open_names_who_keeps_a_killed_import_and_what_to_do(store: Store, tmp_path: Path) -> None:
    killed(store, tmp_path, PEOPLE // 5 + 3, "import")
    with store.read() as reader:
        first = UUID(bytes=reader.value("SELECT id FROM contact ORDER BY id LIMIT 1"))
    store.run(records.edit, "contact", [first], {"role": "Buyer"})
    with open_store(store.path, key=store.key, anywhere=True) as again:
        assert "Anna Berg 0” was changed since." in again.mended
        assert "undo the later change first, then “Import: people.csv”" in again.mended
        again.undo()
        again.undo()
        assert live(again) == 0


def held(store: Store) -> tuple[int, ...]:
    """Return how much the file holds: pages in use, entries of the journal, rows of the tables that the import fills, in the bin or not."""
    with store.read() as reader:
        pages = int(reader.value("PRAGMA page_count")) - int(reader.value("PRAGMA freelist_count"))
        counts = [int(reader.value(f"SELECT count(*) FROM {name}")) for name in ("journal", "contact", "company", "email", "search_doc", "search_queue")]
        return pages, *counts


def stopped(store: Store, folder: Path, options: ImportOptions | None = None, deed: Callable[[], object] = lambda: None) -> None:
    def cancel() -> None:
        deed()
        raise Cancelled

    with pytest.raises(Cancelled):
        import_file(store, "contact", table(folder), options, progress=between_groups(cancel, groups=2))


def test_a_cancelled_import_is_gone_from_the_file_and_not_only_out_of_sight(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "TOGETHER", 20)
    anna = store.run(records.add, "contact", {"name": "Anna Berg 0", "email": "anna0@example.com"})
    while store.index_step():
        pass
    before, heads = held(store), transactions(store)
    stopped(store, tmp_path, ImportOptions(on_duplicate="fill"), deed=store.index_step)
    while store.index_step():
        pass
    after = held(store)
    assert transactions(store) > heads
    assert after[0] <= before[0] + 2
    assert after[1] <= before[1] + 1
    assert after[2:] == before[2:]
    assert list(verify(store, deep=True)) == []
    with store.read() as reader:
        assert reader.value("PRAGMA foreign_key_check") is None
        assert [entry.operation for entry in history(reader, "contact", anna)] == ["insert"]
        assert asked.trash(reader, limit=5) == []
    store.run(records.edit, "contact", [anna], {"role": "Buyer"})
    assert import_file(store, "contact", table(tmp_path)).added == PEOPLE - 1
    assert list(verify(store, deep=True)) == []
    store.undo()
    store.undo()
    with store.read() as reader:
        assert reader.value("SELECT role FROM contact WHERE id = ?", (anna.bytes,)) is None


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nobody is killed there")
def test_an_import_that_was_killed_is_gone_from_the_file_at_the_next_open(store: Store, tmp_path: Path) -> None:
    before = held(store)
    killed(store, tmp_path, PEOPLE // 5 + 3, "import")
    with open_store(store.path, key=store.key, anywhere=True) as again:
        after = held(again)
        assert (after[1] - before[1], after[2:]) == (1, before[2:])
        assert list(verify(again, deep=True)) == []


def test_what_others_pointed_at_stays_in_the_file_but_out_of_sight(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "TOGETHER", 20)

    def point() -> None:
        with store.read() as reader:
            first = UUID(bytes=reader.value("SELECT id FROM contact ORDER BY id LIMIT 1"))
        task = store.run(records.add, "task", {"subject": "Call", "contact": first})
        store.run(records.delete, "task", [task])

    stopped(store, tmp_path, deed=point)
    assert (live(store), store.can_undo()) == (0, "Delete: Call")
    with store.read() as reader:
        assert reader.value("SELECT count(*) FROM contact") > 0
        assert reader.value("PRAGMA foreign_key_check") is None
    assert list(verify(store, deep=True)) == []


def test_entries_that_are_gone_without_a_reason_are_told(store: Store, tmp_path: Path) -> None:
    result = import_file(store, "contact", table(tmp_path))
    with store.writer_alone() as connection:
        first, last = connection.execute("SELECT first_id, last_id FROM journal_tx WHERE id = ?", (result.transaction,)).fetchone()
        connection.execute("DELETE FROM journal WHERE id BETWEEN ? AND ?", (first, last))
        journal.seal(connection, result.transaction or 0, first, last)
    assert f"journal: the entries of transaction {result.transaction} are gone" in list(verify(store))
