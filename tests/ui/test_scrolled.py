"""What scrolls keeps its width: its bar hangs beside it, and follows it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollBar, QWidget

from crmdesk.ui.page import scrolled
from crmdesk.ui.widgets.basics import row

pytestmark = pytest.mark.usefixtures("app")


def hung(height: int, margin: int = 20) -> tuple[QWidget, QWidget, QScrollBar]:
    """Return a window, what scrolls in it, and the bar beside that."""
    window, content = QWidget(), QWidget()
    content.setMinimumHeight(height)
    area = scrolled(content)
    window.setLayout(row(area, margins=(margin, 0, margin, 0)))
    window.resize(400, 300)
    window.show()
    QTest.qWaitForWindowActive(window)
    QApplication.processEvents()
    bar = next(child for child in window.findChildren(QScrollBar, options=Qt.FindChildOption.FindDirectChildrenOnly))
    return window, content, bar


def test_the_bar_takes_no_room_where_there_is_a_gap() -> None:
    short, tall = hung(100), hung(900)
    assert short[1].width() == tall[1].width() == 360
    assert not short[2].isVisible()
    assert tall[2].isVisible()
    assert tall[2].x() == 380
    for window, _, _ in (short, tall):
        window.close()


def test_the_bar_stands_inside_where_there_is_no_gap() -> None:
    window, content, bar = hung(900, margin=0)
    assert content.width() == 400 - bar.width()
    assert bar.geometry().right() == 399
    window.close()


def test_bar_and_content_move_together() -> None:
    window, content, bar = hung(900)
    bar.setValue(120)
    assert content.y() == -120
    assert bar.maximum() == 600
    window.resize(400, 500)
    QApplication.processEvents()
    assert bar.maximum() == 400
    assert bar.height() == 500
    window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    QApplication.processEvents()
    assert bar.geometry().right() == 19
    window.close()
