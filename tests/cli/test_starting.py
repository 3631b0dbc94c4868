"""A command that only reads loads only what reading needs, so that it answers at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from crmdesk.operations import records
from crmdesk.operations.stores import new_store

if TYPE_CHECKING:
    from pathlib import Path

PASSPHRASE = "correct horse battery"  # noqa: S105 - guards made-up people
HEAVY = (
    "PySide6",
    "sqlalchemy",
    "reportlab",
    "openpyxl",
    "phonenumbers",
    "rapidfuzz",
    "icalendar",
    "rich",
    "crmdesk.documents.calculator",
    "crmdesk.exchange",
    "crmdesk.ui",
)
TELLS = "import sys; from crmdesk.cli import main; code = main(sys.argv[1:]); print(*sys.modules, file=sys.stderr); sys.exit(code)"


@pytest.mark.parametrize("words", [("list", "contact", "--limit", "20"), ("show", "contact", "Anna Koch")], ids=["list", "show"])
def test_a_command_that_reads_loads_nothing_that_only_others_need(words: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "small.crmdesk"
    with new_store(path, PASSPHRASE, owner="Maria Becker", anywhere=True) as store:
        store.run(records.add, "contact", {"given_name": "Anna", "family_name": "Koch"})
    environment = {**os.environ, "CRMDESK_STORE": str(path), "CRMDESK_PASSPHRASE": PASSPHRASE}
    done = subprocess.run([sys.executable, "-c", TELLS, "--json", *words], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Koch" in json.dumps(json.loads(done.stdout))
    loaded = set(done.stderr.split())
    assert {name for name in HEAVY if name in loaded} == set()
