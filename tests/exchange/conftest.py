"""A second store, into which goes what came out of the first."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from crmdesk.store import open_store

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
