"""A backup that nobody waits for any more stops, also while it is looked over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmdesk.errors import Cancelled
from crmdesk.operations.stores import new_store
from crmdesk.store import backup

if TYPE_CHECKING:
    from pathlib import Path


def test_looking_a_copy_over_stops_when_the_program_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "STEPS_BETWEEN_CHECKS", 10)  # a small store is looked over in few steps

    def stop() -> None:
        raise Cancelled

    with new_store(tmp_path / "test.crmdesk", "correct horse battery", anywhere=True) as store:
        backup.verify_copy(store.path, store.key)
        with pytest.raises(Cancelled):
            backup.verify_copy(store.path, store.key, check_cancelled=stop)
