"""A second store, into which goes what came out of the first; what an import asks of a store."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.store import open_store
from crmdesk.store.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crmdesk.store import Store
    from crmdesk.store.keys import Key


@pytest.fixture
def other(template: tuple[Path, Key], tmp_path: Path) -> Iterator[Store]:
    folder = tmp_path / "other"
    folder.mkdir()
    with open_store(shutil.copy(template[0], folder / "other.crmdesk"), key=template[1], anywhere=True) as opened:
        yield opened


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of stores from now on, to be counted: many rows must not ask more often than few."""
    questions: list[str] = []
    for name in ("rows", "one"):
        ask = getattr(Reader, name)

        def counted(reader: Reader, sql: str, *parameters: Any, ask: Any = ask) -> Any:
            questions.append(sql)
            return ask(reader, sql, *parameters)

        monkeypatch.setattr(Reader, name, counted)
    return questions
