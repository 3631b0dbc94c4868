"""How errors are told to people."""

from __future__ import annotations

import pytest

from crmdesk.errors import UserError


@pytest.mark.parametrize(
    ("message", "hint", "words"),
    [("It is full.", "Make room.", "It is full. Make room."), ("磁盘已满。", "请腾出空间。", "磁盘已满。请腾出空间。"), ("It is full.", None, "It is full.")],  # noqa: RUF001
)
def test_no_space_stands_between_chinese_sentences(message: str, hint: str | None, words: str) -> None:
    assert UserError(message, hint=hint).words == words
