"""A store is created once, opened by its passphrase, and each trouble is told apart."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from crmdesk.errors import BadPlace, NotAStore, StoreDamaged, StoreMissing, StoreTooNew, UserError, WrongPassphrase
from crmdesk.operations import records
from crmdesk.queries import records as asked
from crmdesk.reports.recovery import from_groups, to_groups
from crmdesk.store import Store, backup, create, keys, open_store
from crmdesk.store.connections import connect
from crmdesk.store.files import change_passphrase, former_keys
from crmdesk.store.places import best_mount, trouble
from crmdesk.store.verify import verify

PASSPHRASE = "correct horse battery staple"

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store.keys import Key


def test_a_new_store_opens_by_its_passphrase_and_belongs_to_its_owner(store_path: Path) -> None:
    with open_store(store_path, PASSPHRASE) as store, store.read() as reader:
        assert reader.rows("SELECT name, role FROM member") == [("Maria Becker", "owner")]
        assert reader.viewer.role == "owner"


def test_creating_never_overwrites_a_file(tmp_path: Path) -> None:
    taken = tmp_path / "taken.crmdesk"
    taken.write_bytes(b"something dear")
    with pytest.raises(UserError, match="exists already"):
        create(taken, PASSPHRASE)
    assert taken.read_bytes() == b"something dear"
    assert list(tmp_path.iterdir()) == [taken]


def test_a_short_passphrase_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="at least 8"):
        create(tmp_path / "short.crmdesk", "secret")
    assert list(tmp_path.iterdir()) == []


def test_nothing_readable_is_in_the_file(store: Store, store_path: Path) -> None:
    store.run(records.add, "company", {"name": "Kanarienvogel Futter"})
    store.close()
    content = b"".join(file.read_bytes() for file in store_path.parent.iterdir())
    assert b"Kanarienvogel" not in content
    assert b"SQLite format 3" not in content


def test_each_trouble_of_opening_is_told_apart(store_path: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreMissing, match="no store at"):
        open_store(tmp_path / "nowhere.crmdesk", PASSPHRASE)
    with pytest.raises(WrongPassphrase):
        open_store(store_path, "wrong wrong wrong")
    pdf = tmp_path / "a.pdf"
    pdf.write_bytes(b"%PDF-1.7 " + os.urandom(9000))
    with pytest.raises(NotAStore, match="PDF"):
        open_store(pdf, PASSPHRASE)
    empty = tmp_path / "empty.crmdesk"
    empty.touch()
    with pytest.raises(NotAStore, match="empty"):
        open_store(empty, PASSPHRASE)
    with pytest.raises(NotAStore, match="folder"):
        open_store(tmp_path, PASSPHRASE)


@pytest.mark.parametrize("page", [1, 2, 5])
def test_a_flipped_bit_is_damage_and_not_a_wrong_passphrase(store_path: Path, page: int) -> None:
    with store_path.open("r+b") as file:
        file.seek((page - 1) * 4096 + 1000)
        byte = file.read(1)[0]
        file.seek((page - 1) * 4096 + 1000)
        file.write(bytes([byte ^ 1]))
    before = store_path.read_bytes()
    try:
        with open_store(store_path, PASSPHRASE) as store:
            assert verify(store)
    except StoreDamaged:
        pass
    assert store_path.read_bytes() == before


def test_a_newer_store_is_left_alone(store_path: Path, template: tuple[Path, Key]) -> None:
    connection = connect(store_path, template[1])
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    with pytest.raises(StoreTooNew, match="newer CRMDesk"):
        open_store(store_path, PASSPHRASE)


def test_an_encrypted_database_of_another_program_is_no_store(store_path: Path, template: tuple[Path, Key]) -> None:
    connection = connect(store_path, template[1])
    connection.execute("PRAGMA application_id = 1")
    connection.close()
    with pytest.raises(NotAStore, match="another program"):
        open_store(store_path, PASSPHRASE)


def test_cloud_folders_and_network_drives_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "OneDrive - Contoso"
    folder.mkdir()
    with pytest.raises(BadPlace, match="cloud service"):
        create(folder / "a.crmdesk", PASSPHRASE)
    assert trouble(tmp_path, "linux", lambda _: "nfs4")
    assert trouble(tmp_path, "linux", lambda _: "ext4") is None
    assert trouble(tmp_path, "win32", lambda _: "network")
    assert best_mount(tmp_path / "x", [("/", "ext4"), (str(tmp_path), "cifs")]) == "cifs"


def test_the_recovery_sheets_key_opens_the_store_and_a_typing_mistake_names_its_group(store: Store, store_path: Path) -> None:
    groups = to_groups(store.key.reveal())
    store.close()
    with open_store(store_path, key=keys.Key(from_groups(" ".join(groups)))) as again:
        assert verify(again) == []
    wrong = groups.copy()
    wrong[3] = ("0" if wrong[3][0] != "0" else "1") + wrong[3][1:]
    with pytest.raises(UserError, match="4"):
        from_groups(" ".join(wrong))


def test_changing_the_passphrase_keeps_everything_and_the_old_one_no_longer_opens(store: Store, store_path: Path) -> None:
    company = store.run(records.add, "company", {"name": "Alfreds Futterkiste"})
    old = keys.Key(store.key.reveal())
    changed = change_passphrase(store, "another good passphrase")
    with changed:
        with changed.read() as reader:
            assert asked.record(reader, "company", company)["name"] == "Alfreds Futterkiste"
        assert former_keys(changed) == [old]
        assert verify(changed, deep=True) == []
    with pytest.raises(WrongPassphrase):
        open_store(store_path, PASSPHRASE)
    open_store(store_path, "another good passphrase").close()


def test_failed_unlocks_are_journaled_at_the_next_one_that_works(store_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(WrongPassphrase):
            open_store(store_path, "wrong wrong wrong")
    with open_store(store_path, PASSPHRASE) as store, store.read() as reader:
        assert reader.rows("SELECT about FROM journal_tx WHERE operation = 'files.note_failures'") == [("2",)]


def test_a_backup_opens_by_the_passphrase_and_holds_everything(store: Store, tmp_path: Path) -> None:
    store.run(records.add, "company", {"name": "Alfreds Futterkiste"})
    copy = backup.backup(store, tmp_path / "copy.crmdesk")
    with open_store(copy.path, PASSPHRASE) as opened, opened.read() as reader:
        assert reader.rows("SELECT name FROM company") == [("Alfreds Futterkiste",)]
    with pytest.raises(UserError, match="exists already"):
        backup.backup(store, tmp_path / "copy.crmdesk")


def test_restoring_keeps_the_replaced_file(store: Store, store_path: Path, tmp_path: Path) -> None:
    copy = backup.backup(store, tmp_path / "copy.crmdesk")
    store.run(records.add, "company", {"name": "Later"})
    store.close()

    def key_of(path: Path) -> Key:
        return keys.derive(PASSPHRASE, keys.file_salt(path))

    with pytest.raises(UserError, match="--force"):
        backup.restore(copy.path, store_path, key_of)
    kept = backup.restore(copy.path, store_path, key_of, force=True)
    assert kept is not None
    with open_store(store_path, PASSPHRASE) as old, old.read() as reader:
        assert reader.rows("SELECT name FROM company") == []
    with open_store(kept, PASSPHRASE) as later, later.read() as reader:
        assert reader.rows("SELECT name FROM company") == [("Later",)]


def test_a_truncated_backup_never_counts(store: Store, tmp_path: Path, template: tuple[Path, Key]) -> None:
    copy = backup.backup(store, tmp_path / "copy.crmdesk")
    size = copy.path.stat().st_size
    os.truncate(copy.path, size - size % 8192 - 8192 * 3)
    with pytest.raises(StoreDamaged):
        backup.verify_copy(copy.path, template[1])


def test_thinning_keeps_two_days_whole_then_days_weeks_and_months() -> None:
    from datetime import UTC, datetime, timedelta

    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    copies = [(now - timedelta(hours=hours), 1) for hours in range(24 * 400)]
    stay = backup.kept(copies, now)
    ages = sorted((now - copies[index][0]).total_seconds() / 3600 for index in stay)
    assert sum(age <= 48 for age in ages) == 49
    assert len(ages) < 49 + 14 + 8 + 12
    assert max(ages) > 24 * 300
    assert backup.kept([(now - timedelta(days=900), 1)], now) == {0}


def test_a_backup_dated_ahead_by_a_wrong_clock_does_not_put_off_the_next_ones(store: Store) -> None:
    copy = backup.backup(store)
    assert not backup.due(store)
    ahead = (copy.made_at + timedelta(days=4 * 365)).timestamp()
    os.utime(copy.path, (ahead, ahead))
    assert backup.due(store)
    made = backup.backup(store).made_at
    assert not backup.due(store)
    last = backup.last_backup(store)
    assert last is not None
    assert abs(last - made) < timedelta(minutes=1)


def test_a_store_whose_triggers_were_touched_is_not_written(store: Store, store_path: Path, template: tuple[Path, Key]) -> None:
    store.close()
    connection = connect(store_path, template[1])
    connection.execute("DROP TRIGGER company_upd")
    connection.close()
    with open_store(store_path, PASSPHRASE) as opened:
        with pytest.raises(StoreDamaged, match="company_upd"):
            opened.run(records.add, "company", {"name": "X"})
        assert any("company_upd" in problem for problem in verify(opened))


def test_the_copy_of_a_store_is_a_file_like_any_other(store: Store, store_path: Path, tmp_path: Path) -> None:
    store.run(records.add, "company", {"name": "Alfreds Futterkiste"})
    store.close()
    assert not store_path.with_name(store_path.name + "-wal").exists()
    moved = tmp_path / "moved.crmdesk"
    shutil.move(store_path, moved)
    with open_store(moved, PASSPHRASE) as opened:
        assert verify(opened, deep=True) == []


def test_opened_anyway_in_a_cloud_folder_the_store_keeps_no_log_beside_it(store_path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "Dropbox"
    folder.mkdir()
    inside = folder / "inside.crmdesk"
    shutil.copy(store_path, inside)
    with pytest.raises(BadPlace):
        open_store(inside, PASSPHRASE)
    with open_store(inside, PASSPHRASE, anywhere=True) as opened:
        opened.run(records.add, "company", {"name": "A"})
        assert [file.name for file in folder.iterdir()] == ["inside.crmdesk"]
        assert verify(opened, deep=True) == []


@pytest.mark.parametrize("content", [b"", bytes(512)], ids=["empty", "only zeros"])
def test_a_journal_that_a_killed_program_had_not_begun_to_write_is_cleared_away(store_path: Path, template: tuple[Path, Key], content: bytes) -> None:
    journal = store_path.with_name(f"{store_path.name}-journal")
    journal.write_bytes(content)
    with open_store(store_path, key=template[1], anywhere=True) as store:
        assert verify(store) == []
    assert list(store_path.parent.iterdir()) == [store_path]
