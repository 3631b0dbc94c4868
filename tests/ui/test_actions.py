"""Actions are declared once and answer to menu, key and palette alike."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow

from crmdesk.ui import actions
from crmdesk.ui.actions import Action, Registry

pytestmark = pytest.mark.usefixtures("app")


def shown_window() -> tuple[QMainWindow, Registry, QLineEdit]:
    window, field = QMainWindow(), QLineEdit()
    window.setCentralWidget(field)
    window.show()
    QTest.qWaitForWindowActive(window)
    field.setFocus()
    return window, Registry(window), field


def test_a_key_runs_its_action() -> None:
    window, registry, field = shown_window()
    done: list[str] = []
    registry.add(Action("deal.new", "New deal", lambda: done.append("deal"), shortcut="Ctrl+Shift+D"))
    QTest.keyClick(field, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert done == ["deal"]


def test_an_action_that_makes_no_sense_now_does_not_run_and_says_why() -> None:
    window, registry, field = shown_window()
    done: list[str] = []
    action = Action("quote.issue", "Issue", lambda: done.append("issued"), enabled=lambda: "The quote has no lines.")
    registry.add(action)
    assert not registry.run("quote.issue")
    assert done == []
    assert action.why_not() == "The quote has no lines."


def test_no_key_means_a_command_while_a_character_is_composed() -> None:
    window, registry, field = shown_window()
    done: list[str] = []
    registry.add(Action("palette", "Search", lambda: done.append("open"), shortcut="Ctrl+K"))
    QApplication.sendEvent(field, QInputMethodEvent("hao", []))
    assert actions.is_composing()
    QTest.keyClick(field, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert done == []
    commit = QInputMethodEvent()
    commit.setCommitString("好")
    QApplication.sendEvent(field, commit)
    QTest.keyClick(field, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert done == ["open"]
    assert field.text() == "好"


def test_the_actions_of_a_page_go_with_the_page() -> None:
    window, registry, field = shown_window()
    done: list[str] = []
    registry.set_page([Action("list.delete", "Delete", lambda: done.append("gone"), shortcut="Ctrl+D")])
    QTest.keyClick(field, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    registry.set_page([])
    QTest.keyClick(field, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert done == ["gone"]


def test_a_page_may_take_the_place_of_an_action_of_the_frame_while_it_is_shown() -> None:
    window, registry, field = shown_window()
    done: list[str] = []
    registry.add(Action("new", "New", lambda: done.append("frame"), shortcut="Ctrl+N"))
    registry.set_page([Action("new", "New contact", lambda: done.append("page"), shortcut="Ctrl+N")])
    QTest.keyClick(field, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    registry.set_page([])
    QTest.keyClick(field, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert done == ["page", "frame"]


def test_two_actions_on_one_key_are_found() -> None:
    def nothing() -> None:
        return None

    one, other = Action("a", "A", nothing, shortcut="Ctrl+K"), Action("b", "B", nothing, shortcut="ctrl+k")
    assert actions.clashes([one, other, Action("c", "C", nothing)]) == [("a", "b")]
