"""Texts in a few lines: broken between words, nothing lost but what is cut at the end."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter

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


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Qualitätsüberwachung", ["Qualitätsüberwachung"]),
        ("Qualitätsüberwachung Nord", ["Qualitätsüberwachung", "Nord"]),
        ("Kühlketten-Überwachung", ["Kühlketten-", "Überwachung"]),
        ("Kühlkette/Überwachung", ["Kühlkette/", "Überwachung"]),
        ("KühlkettenÜberwachung", ["Kühlketten", "Überwachung"]),
        ("CRM", ["CRM"]),
    ],
)
def test_a_word_that_is_longer_than_a_line_is_broken_at_its_joints_and_nowhere_else(text: str, wanted: list[str]) -> None:
    width = paint.text_width("Qualitätsüberwachun", theme.font())
    assert paint.broken(text, theme.font(), width, 2) == wanted


@pytest.mark.parametrize(
    "text", ["Temperaturüberwachungsdienstleistung", "Auftragsdatenverarbeitung E-Mail", "Verpackungsmaterial Serie-A und B", "a/b/c/d/e/f/g/h/i/j"]
)
def test_no_letter_stands_alone_because_of_a_break(text: str) -> None:
    for width in range(30, 260, 3):
        parts = paint.broken(text, theme.font(), width, 9)
        assert "".join(parts).replace(" ", "") == text.replace(" ", "")
        broken_words = [piece for part in parts for piece in part.split(" ") if piece not in text.split(" ")]
        assert all(len(piece.strip("-/")) > 1 for piece in broken_words), parts


def test_a_text_with_emoji_is_broken_between_words_too() -> None:
    text = "😀😀😀 Cold-chain boxes 𠮷 for the autumn campaign 🚚🚚 of the northern branches"
    parts = paint.broken(text, theme.font(), 150, 9)
    assert len(parts) > 2
    assert " ".join(parts) == text


@pytest.mark.parametrize("before", ["", "a ", "😀 ", "👩‍🚀🚀 ", "𠮷野家 "])
def test_what_was_searched_for_is_marked_behind_emoji_and_rare_characters_too(before: str) -> None:
    text = f"{before}MMM"
    picture = QImage(400, 30, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.white)
    painter = QPainter(picture)
    paint.marked(painter, picture.rect(), text, [(len(before), len(text))], QColor("blue"), QColor("red"))
    painter.end()
    inked = [(x, colour) for x in range(400) for y in range(30) if (colour := picture.pixelColor(x, y)) != QColor("white")]
    last = max(x for x, _ in inked)
    # An emoji has colours of its own: only the last letter is looked at.
    of_last = [colour for x, colour in inked if x > last - 5]
    assert all(colour.red() > colour.blue() for colour in of_last)
