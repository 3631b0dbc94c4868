"""What is half typed is there again after a crash, and gone once it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from crmdesk.ui import background
from crmdesk.ui.actions import _is_untouched
from crmdesk.ui.drafts import Draft, text_of

if TYPE_CHECKING:
    from crmdesk.store import Store

pytestmark = pytest.mark.usefixtures("app")


def test_a_half_typed_reply_is_there_again_until_it_is_sent(store: Store) -> None:
    first = QPlainTextEdit()
    draft = Draft(first, store, "reply/T-0001")
    background.settle()
    QTest.keyClicks(first, "Dear Mr Mendel,")
    draft.keep()
    background.settle()
    again = QPlainTextEdit()
    kept = Draft(again, store, "reply/T-0001")
    background.settle()
    assert again.toPlainText() == "Dear Mr Mendel,"
    kept.done()
    background.settle()
    assert store.drafts() == {}


def test_what_has_been_typed_since_is_not_overwritten(store: Store) -> None:
    store.keep_draft("note/1", "old")
    box = QPlainTextEdit()
    box.setPlainText("new")
    Draft(box, store, "note/1")
    background.settle()
    assert box.toPlainText() == "new"


def test_what_was_left_half_typed_is_gone_on_with_at_its_end(store: Store) -> None:
    store.keep_draft("note/1", "asked for")
    box = QPlainTextEdit()
    Draft(box, store, "note/1")
    background.settle()
    QTest.keyClicks(box, " 40 boxes")
    assert box.toPlainText() == "asked for 40 boxes"


@pytest.mark.parametrize("made", [QPlainTextEdit, QLineEdit])
def test_undo_does_not_reach_past_what_was_left_half_typed(store: Store, made: type[QPlainTextEdit | QLineEdit]) -> None:
    store.keep_draft("note/1", "asked for")
    box = made()
    assert _is_untouched(box)
    Draft(box, store, "note/1")
    background.settle()
    assert not _is_untouched(box)
    box.clear()
    assert text_of(box) == ""
