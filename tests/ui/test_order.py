"""Tab goes through the window as one reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from crmdesk.ui.widgets.basics import Button
from crmdesk.ui.widgets.order import go_on, stops
from tests.ui.desk import Desk, desk

if TYPE_CHECKING:
    from crmdesk.ui.page import Page

__all__ = ["desk"]


def walked(desk: Desk, page: Page) -> list[QWidget]:
    """Return what Tab stops at, once around."""
    page.focus_first()
    first = QApplication.focusWidget()
    found: list[QWidget] = []
    while len(found) < 200:
        here = QApplication.focusWidget()
        assert here is not None
        found.append(here)
        QTest.keyClick(here, Qt.Key.Key_Tab)
        if QApplication.focusWidget() is first:
            break
    return found


def test_tab_reaches_everything_once_and_the_figures_before_the_lists(desk: Desk) -> None:
    page = desk.open("today")
    found = walked(desk, page)
    assert len(found) == len(set(found))
    assert set(found) == set(stops(desk.window.centralWidget()))
    inside = [widget for widget in found if page.isAncestorOf(widget)]
    header = [widget for widget in inside if widget.mapTo(page, QPoint(0, 0)).y() < 60]
    assert header
    start = found.index(header[0])
    assert not page.isAncestorOf(found[start - 1]), "the navigation comes before the head of the page"


def test_backwards_is_the_same_way_and_a_widget_from_elsewhere_is_left_alone(desk: Desk) -> None:
    page = desk.open("contacts")
    page.focus_first()
    first = QApplication.focusWidget()
    assert first is not None
    QTest.keyClick(first, Qt.Key.Key_Tab)
    second = QApplication.focusWidget()
    assert second is not None
    assert second is not first
    QTest.keyClick(second, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.focusWidget() is first
    assert not go_on(page, Button("Elsewhere"), forward=True)
