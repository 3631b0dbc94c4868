"""Heads of pages give way in narrow windows."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from crmdesk.ui.widgets.basics import Button
from crmdesk.ui.widgets.heads import ButtonLine, PageHeader

pytestmark = pytest.mark.usefixtures("app")


def test_buttons_of_a_head_leave_out_their_words_instead_of_being_cut_the_main_one_last() -> None:
    header = PageHeader("Quotation for Bramble Catering")
    period, excel, send = (
        Button("This quarter", icon="calendar", trailing="chevron-down"),
        Button("Excel", icon="file-down", tip="A workbook"),
        Button("Send", icon="send"),
    )
    header.add(period, excel, send)
    page = QWidget()
    page.resize(1000, 100)
    header.setParent(page)
    page.show()

    def words(width: int) -> list[bool]:
        header.resize(width, 40)
        QApplication.processEvents()
        for button in (period, excel, send):
            assert button.width() == button.sizeHint().width(), "nothing is cut"
        return [button.width() == button.width_wanted() for button in (period, excel, send)]

    assert words(900) == [True, True, True]
    assert excel.toolTip() == "A workbook"
    narrow = header.title.minimumWidth() + header.wanted_width() - header.title.sizeHint().width()
    assert words(narrow) == [True, True, True]
    assert words(narrow - 1) == [True, False, True]
    assert excel.toolTip() == excel.accessibleName() == "Excel"
    assert words(narrow - 60) == [False, False, True]
    assert words(900) == [True, True, True]
    page.close()


def test_buttons_in_a_line_leave_out_their_words_instead_of_being_cut() -> None:
    apart, merge = Button("Not the same", icon="split"), Button("Merge", icon="merge")
    line = ButtonLine(apart, None, merge)
    page = QWidget()
    line.setParent(page)
    page.show()
    for width, words in ((400, [True, True]), (apart.width_wanted() + merge.width_wanted(), [False, True])):
        line.resize(width, 40)
        QApplication.processEvents()
        assert [button.width() == button.width_wanted() for button in (apart, merge)] == words
    page.close()
