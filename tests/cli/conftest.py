"""Calling the command line on one store."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store.keys import Key

PASSPHRASE = "correct horse battery staple"


class Program:
    """Calls the command line on one store."""

    def __init__(self, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.store = store
        self.capsys = capsys

    def run(self, *words: object, json_out: bool = True) -> tuple[int, str, str]:
        self.capsys.readouterr()
        code = main(["--store", str(self.store), *(["--json"] if json_out else []), *map(str, words)])
        said = self.capsys.readouterr()
        return code, said.out, said.err

    def __call__(self, *words: object, code: int = 0) -> Any:
        got, out, err = self.run(*words)
        assert got == code, err
        if code and not out:
            assert len(err.strip().splitlines()) == 1
            assert "Traceback" not in err
            return err.strip()
        return json.loads(out)


@pytest.fixture
def crm(store_path: Path, template: tuple[Path, Key], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Program:
    """Open by the raw key: deriving it from the passphrase takes longer than most commands."""
    monkeypatch.setenv("CRMDESK_RECOVERY_KEY", template[1].reveal())
    return Program(store_path, capsys)


@pytest.fixture
def typed(crm: Program, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Open by the passphrase."""
    monkeypatch.delenv("CRMDESK_RECOVERY_KEY")
    monkeypatch.setenv("CRMDESK_PASSPHRASE", PASSPHRASE)
    return crm
