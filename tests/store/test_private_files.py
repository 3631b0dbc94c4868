from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from crmdesk.store.private_files import clear_left_copies, forget_copies, private_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LEAVE = "from crmdesk.store.private_files import private_path; p = private_path('a.txt'); p.write_text('secret'); print(p, flush=True); input(); import os; os._exit(9)"


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    forget_copies()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    yield
    forget_copies()


def test_two_copies_of_one_name_keep_it_and_go_together(tmp_path: Path) -> None:
    first, second = private_path("Quote.pdf"), private_path("Quote.pdf")
    assert first.name == second.name == "Quote.pdf"
    assert first != second
    first.write_text("a", encoding="utf-8")
    forget_copies()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_nobody_else_may_look_into_the_folder() -> None:
    path = private_path("Quote.pdf")
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (path.parent, path.parent.parent)] == [0o700, 0o700]


def test_what_a_killed_program_left_goes_at_the_next_start_and_what_a_running_one_needs_stays(tmp_path: Path) -> None:
    mine = private_path("mine.txt")
    other = subprocess.Popen(
        [sys.executable, "-c", LEAVE], env={**os.environ, "TMPDIR": str(tmp_path)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout
    assert other.stdin
    left = tmp_path / other.stdout.readline().strip()
    for folder in tmp_path.iterdir():
        os.utime(folder, (time.time() - 3600,) * 2)
    clear_left_copies()
    assert left.exists()
    other.communicate("\n")
    clear_left_copies()
    assert not left.exists()
    assert mine.parent.exists()
    assert len(list(tmp_path.iterdir())) == 1
