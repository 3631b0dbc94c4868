"""An older store is brought forward on a copy: whole, or not at all."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crmdesk.operations import records
from crmdesk.store import Store, open_store
from crmdesk.store.backup import backups, folder_of
from crmdesk.store.connections import SCHEMA, connect, rows
from crmdesk.store.migrations import migrate
from crmdesk.store.schema import entity_tables
from crmdesk.store.triggers import trigger_problems
from crmdesk.store.verify import verify

if TYPE_CHECKING:
    from crmdesk.store.keys import Key

HERE = Path(__file__).parent
SAVED = Path(__file__).parents[1] / "_files"


@pytest.fixture(autouse=True)
def steps_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(HERE))
    for name in [name for name in sys.modules if name.startswith("steps_")]:
        monkeypatch.delitem(sys.modules, name)


def test_a_migration_adds_and_keeps_everything_and_leaves_a_backup(store: Store, store_path: Path, template: tuple[Path, Key]) -> None:
    store.run(records.add, "company", {"name": "Alfreds", "phone": "030 123456"})
    store.close()
    migrate(store_path, template[1], SCHEMA + 1, "steps_good")
    connection = connect(store_path, template[1])
    assert rows(connection, "SELECT name, nickname FROM company") == [("Alfreds", "ALFREDS")]
    assert rows(connection, "PRAGMA user_version") == [(SCHEMA + 1,)]
    assert rows(connection, "SELECT count(*) FROM phone") == [(1,)]
    assert list(trigger_problems(connection)) == []
    connection.close()
    assert len(list(folder_of(store_path).iterdir())) == 1
    assert backups(store_path)


def test_a_failed_migration_leaves_the_old_file_untouched(store: Store, store_path: Path, template: tuple[Path, Key]) -> None:
    store.run(records.add, "company", {"name": "Alfreds"})
    store.close()
    before = hashlib.sha256(store_path.read_bytes()).digest()
    with pytest.raises(Exception, match="no_such_table"):
        migrate(store_path, template[1], SCHEMA + 1, "steps_broken")
    assert hashlib.sha256(store_path.read_bytes()).digest() == before
    assert [file.name for file in store_path.parent.iterdir() if "migrate" in file.name] == []
    with open_store(store_path, key=template[1]) as opened:
        assert verify(opened, deep=True) == []


@pytest.mark.parametrize("saved", sorted(SAVED.glob("schema-*.crmdesk")), ids=lambda path: path.stem)
def test_a_store_of_every_released_schema_opens_with_everything_in_it(saved: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(saved, tmp_path / "old.crmdesk"))
    with open_store(path, "correct horse battery staple") as store:
        with store.read() as reader:
            assert reader.value("SELECT count(*) FROM company WHERE deleted_at IS NULL") >= 2
            assert reader.value("SELECT count(*) FROM contact WHERE deleted_at IS NULL") >= 2
            assert reader.value("PRAGMA user_version") == SCHEMA
        store.run(records.add, "company", {"name": "After"})
        assert verify(store, deep=True) == []


@pytest.mark.parametrize("saved", sorted(SAVED.glob(f"schema-{SCHEMA}.crmdesk")), ids=lambda path: path.stem)
def test_the_saved_store_of_this_schema_has_the_tables_that_a_new_one_gets(saved: Path, store: Store, tmp_path: Path) -> None:
    """A changed table or index without a migration shows here."""
    path = Path(shutil.copy(saved, tmp_path / "old.crmdesk"))

    def columns(opened: Store) -> dict[str, set[str]]:
        with opened.read() as reader:
            names = [name for (name,) in reader.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search_words%'")]
            found = {name: {row[1] for row in reader.rows(f'PRAGMA table_info("{name}")')} for name in names}
            found["indexes"] = {name for (name,) in reader.rows("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")}
        return found

    with open_store(path, "correct horse battery staple") as old:
        assert columns(old) == columns(store)
    assert any("CREATE TABLE" in sql for sql in entity_tables())
