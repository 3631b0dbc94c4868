"""Texts in a few lines: broken between words, nothing lost but what is cut at the end."""

from __future__ import annotations

import pytest

from crmdesk.ui import theme
from crmdesk.ui.widgets import paint

pytestmark = pytest.mark.usefixtures("app")
TEXT = "Cold-chain boxes for the autumn campaign of the northern branches"


def test_a_text_is_broken_between_words_and_keeps_them_all() -> None:
    parts = paint.broken(TEXT, theme.font(), 200, 5)
    assert len(parts) > 1
    assert " ".join(parts) == TEXT
    assert all(paint.text_width(part, theme.font()) <= 201 for part in parts)


def test_the_last_line_holds_what_is_left() -> None:
    parts = paint.broken(TEXT, theme.font(), 150, 2)
    assert len(parts) == 2
    assert " ".join(parts) == TEXT


def test_a_short_text_is_one_line() -> None:
    assert paint.broken("Lamp", theme.font(), 150, 2) == ["Lamp"]


def test_a_word_that_is_longer_than_a_line_goes_on_in_the_next_one() -> None:
    word = "Temperaturüberwachungsdienstleistung"
    parts = paint.broken(word, theme.font(), 150, 3)
    assert len(parts) > 1
    assert "".join(parts) == word
    assert all(paint.text_width(part, theme.font()) <= 151 for part in parts)
