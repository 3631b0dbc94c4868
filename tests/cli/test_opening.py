"""Files that are no store of ours, damaged at their beginning, or on a medium that can't be written: told apart, with the right exit code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from crmdesk.store.connections import connect
from crmdesk.store.keys import Key

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Program


def _altered(crm: Program, copy: Path, pragma: str) -> Path:
    shutil.copy(crm.store, copy)
    connection = connect(copy, Key(os.environ["CRMDESK_RECOVERY_KEY"]))
    connection.execute(f"PRAGMA {pragma}")
    connection.close()
    return copy


def test_what_is_no_store_of_ours_is_not_restored(crm: Program, tmp_path: Path) -> None:
    new = tmp_path / "new.crmdesk"
    newer = _altered(crm, tmp_path / "newer.crmdesk", "user_version = 99")
    assert "newer CRMDesk" in crm("restore", newer, new, code=3)
    assert "another program" in crm("restore", _altered(crm, tmp_path / "foreign.crmdesk", "application_id = 7"), new, code=3)
    assert not new.exists()
    assert "newer CRMDesk" in crm("restore", newer, crm.store, "--force", code=3)
    assert crm("verify")["ok"]


def test_a_damaged_beginning_is_told_from_a_wrong_key_where_it_can_be(crm: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    content = bytearray(crm.store.read_bytes())
    content[5] ^= 0xFF
    crm.store.write_bytes(content)
    assert "is damaged" in crm("list", "company", code=3)
    assert crm("verify", code=6)["ok"] is False
    monkeypatch.delenv("CRMDESK_RECOVERY_KEY")
    monkeypatch.setenv("CRMDESK_PASSPHRASE", "correct horse battery staple")
    assert "it is not the right one, or the file's beginning is damaged" in crm("list", "company", code=3)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs a disk of its own")
def test_a_store_on_a_disk_that_can_only_be_read_is_refused_but_restored_from(crm: Program, tmp_path: Path) -> None:
    crm("add", "company", "name=Kept")
    crm("backup", tmp_path / "copy.crmdesk-backup")
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(disk)], capture_output=True, check=False).returncode:
        pytest.skip("no disk may be mounted here")
    try:
        shutil.copy(tmp_path / "copy.crmdesk-backup", disk / "a.crmdesk")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        restored = tmp_path / "restored.crmdesk"
        assert crm("restore", disk / "a.crmdesk", restored)["store"] == str(restored)
        crm.store = restored
        assert crm("list", "company", "--columns", "name")["rows"][0]["name"] == "Kept"
        crm.store = disk / "a.crmdesk"
        for words in (("list", "company"), ("add", "company", "name=x"), ("verify",)):
            said = crm(*words, code=3)
            assert f"{crm.store} can't be written: the file or its folder is read-only. Move the store to a folder of your own." in said
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.skipif(os.name == "nt", reason="names and values are no bytes there")
def test_a_passphrase_that_is_no_text_is_refused_and_not_shown(crm: Program) -> None:
    called = [sys.executable, "-m", "crmdesk", "--store", str(crm.store), "info"]
    bare = {name: value for name, value in os.environb.items() if not name.startswith(b"CRMDESK_")} | {
        b"PYTHON_KEYRING_BACKEND": b"keyring.backends.null.Keyring"
    }
    given = subprocess.run(called, env=bare | {b"CRMDESK_PASSPHRASE": b"secret \xff"}, capture_output=True, check=False)
    assert (given.returncode, given.stdout) == (3, b"")
    assert b"no valid text" in given.stderr
    assert b"secret" not in given.stderr
    master, slave = os.openpty()
    with subprocess.Popen(called, env=bare, stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as typed:
        assert typed.stderr is not None
        assert typed.stderr.read(12) == b"Passphrase: "
        os.write(master, b"secret \xff\n")
        _, said = typed.communicate(timeout=60)
    os.close(slave)
    os.close(master)
    assert typed.returncode == 3
    assert b"no valid text" in said
    assert b"secret" not in said
