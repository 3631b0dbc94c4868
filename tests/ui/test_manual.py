"""The manual's page of shortcuts has every shortcut that the window has, under its name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from crmdesk.queries.first_rows import first_ids
from crmdesk.ui import background
from crmdesk.ui.page import Place
from crmdesk.ui.pages import PAGES
from crmdesk.ui.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmdesk.store import Store

pytestmark = pytest.mark.usefixtures("app")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "manual" / "shortcuts.md"


def everywhere(window: Window, store: Store) -> Iterator[tuple[str, str]]:
    """Yield every action that has keys, on all pages: (keys, name)."""
    for spec in PAGES:
        with store.read() as reader:
            found = [(entity, ids[0]) for entity in spec.opens if (ids := first_ids(reader, entity, limit=1))]
        if spec.in_navigation:
            window.open_page(spec.name)
        elif found:
            window.go(Place(spec.name, found[0][0], UUID(bytes=found[0][1])))
        background.settle()
        for action in window.registry.all():
            if action.shortcut:
                yield action.shortcut, action.text


def test_every_shortcut_stands_in_the_manual(store: Store) -> None:
    window = Window(PAGES)
    window.set_store(store, "northwind.crmdesk", "Maria Becker")
    window.fill_navigation()
    text = PAGE.read_text(encoding="utf-8").replace("Enter", "Return").replace("←", "Left").replace("→", "Right")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    missing = {(keys, name) for keys, name in everywhere(window, store) if not any(f"`{keys}`" in row and name in row for row in rows)}
    window.forget_pages()
    assert missing == set()
