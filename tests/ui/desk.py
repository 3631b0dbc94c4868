"""A window over a store, as a user has it, for the stories of the pages."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from crmdesk.fields import Money, show_money
from crmdesk.ui import background
from crmdesk.ui.pages import PAGES
from crmdesk.ui.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmdesk.store import Reader, Store
    from crmdesk.ui.page import Page


class Ears(QObject):
    """Carries what the store says to the thread of the window."""

    heard = Signal(object)


class Desk:
    """The window and the store behind it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.window = Window(PAGES)
        self.window.set_store(store, "test.crmdesk", "Maria Becker")
        self.window.fill_navigation()
        self.window.undo = lambda: background.write(self.window, "", lambda job: store.undo())
        self._ears = Ears()
        self._ears.heard.connect(lambda changes: self.window.announce(changes.ids, changes.tx), Qt.ConnectionType.QueuedConnection)
        self._hush = store.listen(self._ears.heard.emit)
        self.window.show()
        self.window.activateWindow()
        QTest.qWaitForWindowActive(self.window)

    def settle(self) -> None:
        """Wait until everything that was asked has been answered and shown."""
        for _ in range(4):
            background.settle()
            QApplication.processEvents()

    def open(self, name: str, view: str = "") -> Page:
        """Open a page and wait until it shows something."""
        self.window.open_page(name, view)
        self.settle()
        page = self.window.page()
        assert page is not None
        return page

    def said(self) -> list[str]:
        """Return what the window says just now."""
        return self.window.toasts.texts()

    def reader(self) -> Reader:
        """Return a look into the store: `with desk.reader() as reader`."""
        return self.store.read()  # type: ignore[return-value]

    def close(self) -> None:
        """Close the window."""
        self.settle()
        self._hush()
        self.window.close()
        self.window.deleteLater()


def eur(amount: int, whole: bool = False) -> str:
    """Return an amount as the window shows it; `whole` as on boards and tiles."""
    return show_money(Money(Decimal(amount), "EUR"), whole)


@pytest.fixture
def desk(app: QApplication, store: Store) -> Iterator[Desk]:
    """A window over the store of the test."""
    made = Desk(store)
    yield made
    made.close()
