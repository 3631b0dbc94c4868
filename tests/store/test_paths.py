"""Odd paths: long names, second names, links, folders too deep; and keys as odd as these."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from crmdesk.errors import BadPlace, StoreBusy, StoreMissing, UserError, WrongPassphrase
from crmdesk.operations import records
from crmdesk.store import Store, create, open_store
from crmdesk.store.backup import backup, backups, restore
from crmdesk.store.connections import connect
from crmdesk.store.files import change_passphrase
from crmdesk.store.keys import KEYRING_SERVICE, Key, from_keyring, keep_in_keyring
from crmdesk.store.verify import verify
from tests.conftest import PASSPHRASE, Ring

if TYPE_CHECKING:
    from pathlib import Path

Template = tuple["Path", Key]


@pytest.mark.parametrize("name", ["ä ö %20 # ? &", "a'b\"c;d", "客户" * 39, "x" * 230, "two\nlines", "-dash", " blank "])
def test_a_store_of_any_name_is_written_backed_up_and_given_another_passphrase(name: str, template: Template, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.crmdesk"
    shutil.copy(template[0], path)
    with open_store(path, key=Key(template[1].reveal())) as store:
        company = store.run(records.add, "company", {"name": "Alfreds Futterkiste"})
        assert backup(store).path == backups(path)[0].path
        with change_passphrase(store, "another good passphrase") as changed:
            assert changed.run(records.edit, "company", [company], {"name": "A"}) == 1
            assert verify(changed) == []
    copy = backups(path)[0].path
    assert restore(copy, path, lambda file: Key(template[1].reveal()) if file == copy else changed.key, force=True) is not None


@pytest.mark.parametrize("name", ["x" * 245 + ".crmdesk", "x" * 300, "文" * 83])
def test_a_name_that_leaves_no_room_for_the_log_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadPlace, match="too long"):
        create(tmp_path / name, PASSPHRASE)
    with pytest.raises(BadPlace, match="too long"):
        open_store(tmp_path / name, PASSPHRASE)
    assert list(tmp_path.iterdir()) == []


def test_folders_too_deep_are_refused_in_words(tmp_path: Path) -> None:
    deep = tmp_path / "/".join(["folder" * 12] * 7) / "a.crmdesk"
    for deed in (create, open_store):
        with pytest.raises(BadPlace, match="too long"):
            deed(deep, PASSPHRASE)


def test_a_link_to_a_store_stays_a_link_when_the_file_is_replaced(template: Template, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real, link = tmp_path / "real" / "real.crmdesk", tmp_path / "link.crmdesk"
    shutil.copy(template[0], real)
    link.symlink_to(real)
    with open_store(link, key=Key(template[1].reveal())) as store:
        copy = backup(store, tmp_path / "copy")
        change_passphrase(store, "another good passphrase").close()
    assert link.is_symlink()
    with open_store(real, "another good passphrase") as store:
        key = Key(store.key.reveal())
    kept = restore(copy.path, link, lambda file: template[1] if file == copy.path else key, force=True)
    assert link.is_symlink()
    assert kept is not None
    assert kept.parent == real.parent
    open_store(link, PASSPHRASE).close()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["copy", "link.crmdesk", "real"]


def test_creating_never_overwrites_a_link_that_leads_nowhere_or_in_a_circle(tmp_path: Path) -> None:
    nowhere, circle = tmp_path / "nowhere.crmdesk", tmp_path / "circle.crmdesk"
    nowhere.symlink_to(tmp_path / "missing.crmdesk")
    circle.symlink_to(circle)
    for link in (nowhere, circle):
        with pytest.raises(UserError, match="exists already"):
            create(link, PASSPHRASE)
        with pytest.raises(StoreMissing):
            open_store(link, PASSPHRASE)
    assert not (tmp_path / "missing.crmdesk").exists()


def test_restoring_makes_no_store_where_none_can_be_opened(template: Template, tmp_path: Path) -> None:
    copy = tmp_path / "copy.crmdesk-backup"
    shutil.copy(template[0], copy)
    (tmp_path / "Dropbox").mkdir()
    nowhere, circle = tmp_path / "nowhere.crmdesk", tmp_path / "circle.crmdesk"
    nowhere.symlink_to(tmp_path / "missing.crmdesk")
    circle.symlink_to(circle)
    before = sorted(tmp_path.rglob("*"))
    for target, says in (
        (tmp_path / "Dropbox" / "new.crmdesk", "cloud service"),
        (tmp_path / f"{'n' * 248}.crmdesk", "too long"),
        (nowhere, "exists"),
        (circle, "exists"),
    ):
        for force in (False, True):
            with pytest.raises(UserError, match=says):
                restore(copy, target, lambda _: template[1], force=force)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_store_with_a_second_name_is_not_opened_since_each_name_would_have_its_own_log(store_path: Path, tmp_path: Path) -> None:
    os.link(store_path, tmp_path / "second.crmdesk")
    with pytest.raises(BadPlace, match="second name"):
        open_store(store_path, PASSPHRASE)
    (tmp_path / "second.crmdesk").unlink()
    open_store(store_path, PASSPHRASE).close()


def test_half_a_character_in_a_passphrase_is_refused_in_words(store_path: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="half a character"):
        create(tmp_path / "new.crmdesk", "correct \ud800 horse")
    with pytest.raises(UserError, match="half a character"):
        open_store(store_path, "correct \ud800 horse")


def test_a_keyring_that_is_switched_off_is_not_said_to_keep_the_key(store: Store, store_path: Path) -> None:
    with pytest.raises(UserError, match="no keyring"):
        keep_in_keyring(store_path, store.key)


def test_the_keyring_opens_the_store_until_the_passphrase_changes(store: Store, store_path: Path, ring: Ring) -> None:
    assert from_keyring(store_path) is None
    keep_in_keyring(store_path, store.key)
    store.close()
    found = from_keyring(store_path)
    assert found is not None
    with open_store(store_path, key=found) as again:
        change_passphrase(again, "another good passphrase").close()
    assert ring.kept == {}
    ring.set_password(KEYRING_SERVICE, str(store_path.resolve()), found.reveal())
    assert from_keyring(store_path) is None
    with pytest.raises(WrongPassphrase):
        open_store(store_path, key=found)
    ring.set_password(KEYRING_SERVICE, str(store_path.resolve()), "what another program wrote there")
    assert from_keyring(store_path) is None
    keep_in_keyring(store_path, None)
    keep_in_keyring(store_path, None)


def test_a_backup_counts_although_another_program_holds_the_store(store: Store, store_path: Path, template: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmdesk.store.connections.BUSY_MS", 50)
    other = connect(store_path, template[1])
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy):
        store.run(records.add, "company", {"name": "A"})
    assert backup(store).path == backups(store_path)[0].path
    other.execute("ROLLBACK")
    other.close()


def test_what_may_not_be_looked_into_is_told_in_words(store: Store, template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy, closed, look = backup(store, tmp_path / "copy").path, tmp_path / "closed", os.stat

    def stat(path: str | Path, *more: object, **named: bool) -> os.stat_result:
        if str(path).startswith(str(closed) + os.sep):
            raise PermissionError(13, "Permission denied", str(path))
        return look(path, *more, **named)

    closed.mkdir()
    monkeypatch.setattr(os, "stat", stat)
    for deed in (
        lambda: create(closed / "inner" / "a.crmdesk", PASSPHRASE),
        lambda: backup(store, closed / "inner" / "a"),
        lambda: restore(copy, closed / "inner" / "a.crmdesk", lambda _: template[1], force=True),
    ):
        with pytest.raises(UserError, match="no folder"):
            deed()
