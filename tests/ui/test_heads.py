"""Heads of pages give way in narrow windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from crmdesk.ui.widgets.basics import Button, Chip, column
from crmdesk.ui.widgets.heads import ButtonLine, EmptyState, PageHeader, Segmented, Tab, Tabs

if TYPE_CHECKING:
    from collections.abc import Callable

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


def test_the_title_gives_way_where_the_icons_alone_are_still_too_wide_and_comes_back() -> None:
    header = PageHeader("Quotation for Bramble Catering and all of its kitchens")
    header.beside(Chip("Issued", "accent"), Chip("Version 2 of 2", "muted", lambda: None, "history"))
    buttons = [
        Button(text, icon=icon) for text, icon in (("Accepted", "check"), ("Declined", "x"), ("New version", "copy"), ("PDF", "printer"), ("Send", "send"))
    ]
    header.add(*buttons)
    page = QWidget()
    page.resize(1000, 100)
    header.setParent(page)
    page.show()
    least = header.title.minimumWidth()
    for width in (900, 560, 500, 900):
        header.resize(width, 40)
        QApplication.processEvents()
        assert [button.width() for button in buttons] == [button.sizeHint().width() for button in buttons], f"cut at {width}"
        assert buttons[-1].geometry().right() < width
    assert header.title.minimumWidth() == least
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


def test_what_an_empty_page_says_goes_on_in_the_next_line_instead_of_being_cut() -> None:
    page = QWidget()
    empty = EmptyState("users", "Nothing has happened yet.", hint="Log a call or write a note: it appears here, with everything else that happens.")
    empty.setParent(page)
    page.show()
    heights = []
    for width in (600, 200):
        empty.resize(width, 400)
        QApplication.processEvents()
        hint = empty.hint
        assert hint.mapTo(empty, hint.rect().topLeft()).x() >= 0
        assert hint.mapTo(empty, hint.rect().topRight()).x() <= width
        assert hint.height() >= hint.heightForWidth(hint.width())
        heights.append(hint.heightForWidth(hint.width()))
    assert heights[0] < heights[1]
    page.close()


def test_tabs_leave_out_their_numbers_before_a_word_is_cut() -> None:
    tabs = Tabs([Tab("timeline", "Timeline"), Tab("deals", "Deals", 12), Tab("quotes", "Quotes", 1234)])
    page = QWidget()
    tabs.setParent(page)
    page.show()
    buttons = list(tabs._buttons.values())
    whole = sum(button.wanted_width() for button in buttons) + 60
    for width, tips in ((whole, ["", "", ""]), (whole - 40, ["Timeline", "Deals 12", "Quotes 1,234"]), (whole, ["", "", ""])):
        tabs.resize(width, 39)
        QApplication.processEvents()
        assert [button.toolTip() for button in buttons] == tips
        assert all(button.width() >= button.sizeHint().width() for button in buttons)
        assert [button.accessibleName() for button in buttons] == ["Timeline", "Deals 12", "Quotes 1,234"]
    page.close()


@pytest.mark.parametrize("make", [lambda: Segmented(("a", "A"), ("b", "B"), ("c", "C")), lambda: Tabs([Tab("a", "A"), Tab("b", "B"), Tab("c", "C")])])
def test_tab_leads_to_the_choice_that_is_on_from_either_side(make: Callable[[], Segmented | Tabs]) -> None:
    choices, before, after, whole = make(), QLineEdit(), QLineEdit(), QWidget()
    whole.setLayout(column(before, choices, after))
    whole.show()
    whole.activateWindow()
    QTest.qWaitForWindowActive(whole)
    choices.choose("b")
    for start, key in ((after, Qt.Key.Key_Backtab), (before, Qt.Key.Key_Tab)):
        start.setFocus()
        QTest.keyClick(start, key)
        focused = QApplication.focusWidget()
        assert isinstance(focused, QAbstractButton)
        assert focused.text() == "B"
    QTest.keyClick(focused, Qt.Key.Key_Right)
    assert choices.value() == "c"
    whole.close()
