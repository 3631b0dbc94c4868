"""A started window system for every test of the window."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest
import shiboken6

from crmdesk.ui import actions, background, theme

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    """The application with our look, in light colours, and its background threads."""
    theme.start(qapp, "light")
    actions.watch_composition(qapp)
    background.start()
    yield qapp
    background.stop()
    theme.use("light")
    for widget in qapp.topLevelWidgets():
        if shiboken6.isValid(widget) and widget.parent() is None:
            shiboken6.delete(widget)
    gc.collect()
