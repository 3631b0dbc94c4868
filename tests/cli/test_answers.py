"""What the command line says reaches programs whole: UTF-8 whatever the system takes, one sentence where it can't be written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Program


def _asked(crm: Program, *words: str, stdin: bytes = b"", out: object = subprocess.PIPE) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    command = [sys.executable, "-m", "crmdesk", "--store", str(crm.store), *words]
    return subprocess.run(command, env=environment, input=stdin, stdout=out, stderr=subprocess.PIPE, check=False)  # type: ignore[call-overload, no-any-return]


def test_answers_and_texts_are_utf_8_where_the_system_takes_less(crm: Program) -> None:
    done = _asked(crm, "--json", "add", "company", "name=上海明德 🚀")
    assert (done.returncode, json.loads(done.stdout.decode())["name"]) == (0, "上海明德 🚀")
    assert "上海明德 🚀" in _asked(crm, "list", "company").stdout.decode()
    assert "“上海”" in _asked(crm, "show", "company", "上海").stderr.decode()
    crm("add", "ticket", "subject=Alarm")
    noted = _asked(crm, "--json", "ticket", "note", "T-0001", stdin="冷链".encode())
    assert json.loads(noted.stdout.decode())["messages"][0]["body"] == "冷链"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a file that is always full")
def test_an_answer_that_can_not_be_written_is_said_in_one_sentence(crm: Program) -> None:
    with Path("/dev/full").open("wb") as full:
        done = _asked(crm, "--json", "add", "company", "name=Acme", out=full)
    assert (done.returncode, done.stderr.decode().strip()) == (1, "The answer can't be written: the disk is full. What was asked is done.")
    assert crm("show", "company", "Acme")["name"] == "Acme"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a shell, and a file that is always full")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("list setting --limit 500 | true; exit ${PIPESTATUS[0]}", 0), ("--json list setting --limit 500 | true; exit ${PIPESTATUS[0]}", 0),
        ("deal move A Lost 2>&1 >/dev/null | true; exit ${PIPESTATUS[0]}", 0), ("deal move A Lost 2>/dev/full", 0), ("deal move A Lost 2>&-", 0),
        ("nosuch 2>/dev/full", 2), ("info <&- >&- 2>&-", 0), ("ticket note T-0001 <&-", 4), ("quote add /dev/zero", 4), ("--passphrase-file /dev/zero --store none.crmdesk info 2>/dev/full", 3),
    ],
)  # fmt: skip
def test_whoever_stops_listening_does_not_change_how_a_command_ends(crm: Program, words: str, code: int) -> None:
    crm("add", "deal", "name=A")
    crm("add", "ticket", "subject=Alarm")
    environment = {**os.environ, "PYTHON": sys.executable, "CRMDESK_STORE": str(crm.store)}
    # The other end is gone before the answer comes.
    done = subprocess.run(["bash", "-c", f'"$PYTHON" -m crmdesk {words}'], env=environment, capture_output=True, check=False)
    assert (done.returncode, b"Traceback" in done.stderr) == (code, False)


def test_a_file_of_another_sort_is_no_backup(crm: Program, tmp_path: Path) -> None:
    table = tmp_path / "companies.csv"
    table.write_text("name,city\n" * 2000)
    assert "it is a text" in crm("restore", table, tmp_path / "new.crmdesk", code=3)
