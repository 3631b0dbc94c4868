"""What must not grow with the store: a group of a long import, and what a copy reads while others write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.clock import new_id_bytes
from crmdesk.models.customer import Contact, Email
from crmdesk.store import Change, backup, operation, undo
from crmdesk.store.connections import connect, rows
from crmdesk.store.search_index import index_changes

if TYPE_CHECKING:
    import pytest

    from crmdesk.store import Store

GROUP = 400


@operation("Fill", right="contact.write")
def _fill(change: Change, first: int) -> None:
    people = [(new_id_bytes(), f"Anna Nr{n}", f"anna nr{n}") for n in range(first, first + GROUP)]
    change.insert_many(Contact, ("id", "name", "sort_key"), people)
    mails = ((new_id_bytes(), person, f"{key}@example.org", f"{key}@example.org", 0) for person, _, key in people)
    change.insert_many(Email, ("id", "contact_id", "address", "key", "position"), mails)


def test_a_group_of_a_long_import_costs_the_same_however_many_wait(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[int] = []

    def counted(connection: object, before: int) -> None:
        steps.append(0)

        def count() -> int:
            steps[-1] += 1
            return 0

        connection.set_progress_handler(count, 100)  # type: ignore[attr-defined]
        index_changes(connection, before)
        connection.set_progress_handler(None, 0)  # type: ignore[attr-defined]

    monkeypatch.setattr("crmdesk.store.writing.index_changes", counted)
    for group in range(12):
        store.run_from("import", _fill, group * GROUP)
    assert store.index_waiting() == 12 * GROUP
    assert steps[11] < 1.2 * steps[1]


def test_a_copy_is_made_once_though_others_write_meanwhile(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "PAGES_AT_ONCE", 50)
    store.run_from("import", _fill, 0)
    told: list[int] = []

    def write(done: int, total: int) -> None:
        told.append(done)
        if len(told) < 5:
            store.run(_fill, 0)

    with store.read_bare() as source:
        before = rows(source, "SELECT count(*) FROM contact")[0][0]
        backup.copy_to(source, store.path.with_name("copy"), store.key, write)
    copy = connect(store.path.with_name("copy"), store.key, query_only=True)
    assert len(told) > 5
    assert told == sorted(set(told))
    assert rows(copy, "SELECT count(*) FROM contact")[0][0] == before
    copy.close()


def test_the_check_of_a_file_gives_back_the_memory_that_it_takes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.run_from("import", _fill, 0)
    with store.read_bare() as connection:
        monkeypatch.setattr(backup, "SHARE_OF_FILE", 1)
        connection.execute("PRAGMA cache_size = -100")
        asked: list[str] = []
        connection.set_trace_callback(asked.append)
        assert list(backup.damage(connection)) == []
        connection.set_trace_callback(None)
        size = store.path.stat().st_size // 1024
        roomy, usual = (line for line in asked if line.startswith("PRAGMA cache_size = "))
        assert 100 < int(roomy.rpartition("-")[2]) <= 2 * size + 10_000
        assert asked.index(roomy) < asked.index("PRAGMA integrity_check") < asked.index(usual)
        assert rows(connection, "PRAGMA cache_size") == [(-100,)]


def test_indexing_says_how_many_are_left_whatever_comes_in_between(store: Store) -> None:
    store.run_from("import", _fill, 0)
    said = [store.index_step(100)]
    store.run_from("import", _fill, GROUP)
    while said[-1]:
        said.append(store.index_step(100))
    assert said[:4] == [300, 200, 100, 400]
    assert said[-1] == store.index_waiting() == 0
    assert len(said) == 8


def test_redoing_does_not_go_through_what_came_later_for_records_that_it_never_made(store: Store) -> None:
    store.run(_fill, 0)
    store.undo()
    assert store.last_changes
    undone = store.last_changes.tx
    for group in range(1, 4):
        store.run(_fill, group * GROUP)
    steps: list[int] = []
    with store.writer_alone() as connection:
        step = undo.step_of(connection, undone, store.device)
        connection.set_progress_handler(lambda: steps.append(1), 100)
        undo.check_inserts(connection, step)
        connection.set_progress_handler(None, 0)
    assert len(steps) < 3 * GROUP
