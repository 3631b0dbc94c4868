"""Journeys use the real window; what it would open in other programs is caught here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from tests.ui.conftest import app
from tests.ui.desk import desk

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["app", "desk"]


class Outside(QObject):
    """Stands for the other programs of the computer: keeps what they were asked to open."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        """Keep an address, and of a file its content: it may be gone soon."""
        path = url.toLocalFile()
        self.opened.append(url.toString())
        if path:
            with open(path, encoding="utf-8") as file:  # noqa: PTH123
                self.opened[-1] = file.read()


@pytest.fixture
def outside() -> Iterator[Outside]:
    """What other programs were asked to open."""
    programs = Outside()
    for scheme in ("file", "mailto"):
        QDesktopServices.setUrlHandler(scheme, programs, "open")
    yield programs
    for scheme in ("file", "mailto"):
        QDesktopServices.unsetUrlHandler(scheme)
