"""Lines of text: broken where they may be, ordered as they are seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmdesk.reports.bidi import in_visual_order, is_right_to_left, levels_of, reset_spaces
from crmdesk.reports.text import Style, TextLine, lay_out, one_line

STYLE = Style(10)


def seen(line: TextLine) -> str:
    """Return what stands on a line from left to right."""
    return "".join(glyph.text for run in line.runs for glyph in run.glyphs)


def visual(text: str) -> str:
    levels = reset_spaces(levels_of(text), text, int(is_right_to_left(text)))
    return "".join(in_visual_order(text, levels))


@pytest.mark.parametrize(
    ("typed", "ordered"),
    [
        ("abc", "abc"),
        ("سعر 1234 USD فقط", "طقف USD 1234 رعس"),
        ("שלום abc 12.5%", "abc 12.5% םולש"),
        ("car is THE CAR".replace("THE CAR", "האוטו"), "car is וטואה"),
        ("he said ה 123, 456 ו ok", "he said ו 456 ,123 ה ok"),
        ("קוד ABC (x) סוף", "ףוס ABC (x) דוק"),
        ("a(ב)c", "a(ב)c"),
        ("١٢٣ عدد", "ددع ١٢٣"),
        ("-5 ש", "ש 5-"),
    ],
)
def test_mixed_directions_are_seen_in_the_right_order(typed: str, ordered: str) -> None:
    assert visual(typed) == ordered


def test_overrides_cannot_turn_a_text_round() -> None:
    assert visual("invoice\u202efdp.exe").replace("\u202e", "") == "invoicefdp.exe"


def test_arabic_letters_are_joined_and_each_stands_for_itself() -> None:
    line = one_line("سعر 1234 USD فقط", STYLE)
    assert line.right_to_left
    assert seen(line) == "طقف USD 1234 رعس"
    alone = {glyph.id for char in "فقط" for run in one_line(char, STYLE).runs for glyph in run.glyphs}
    joined = {glyph.id for glyph in line.runs[0].glyphs}
    assert not alone & joined


def test_brackets_are_mirrored_from_right_to_left() -> None:
    line = one_line("שלום (test) 5.5%", STYLE)
    assert seen(line) == "5.5% (test) םולש"


def test_lines_break_at_spaces_hyphens_and_between_chinese_characters() -> None:
    lines = lay_out("one two three four five six", STYLE, 60)
    assert all(line.width <= 60 for line in lines)
    assert " ".join(seen(line) for line in lines) == "one two three four five six"
    chinese = lay_out("上海明德贸易有限公司，欢迎您。" * 4, STYLE, 83)
    assert all(line.width <= 83 for line in chinese)
    assert not any(seen(line)[0] in "，。" for line in chinese)


def test_new_lines_of_every_kind_begin_a_line() -> None:
    assert [seen(line) for line in lay_out("a\nb\r\nc\u2028d\n\ne", STYLE, 100)] == ["a", "b", "c", "d", "", "e"]


def test_marks_stay_with_their_letter() -> None:
    lines = lay_out("e\u0301" * 200, STYLE, 50)
    assert "".join(seen(line) for line in lines) == "e\u0301" * 200 or all(not seen(line).startswith("\u0301") for line in lines)


WORDS = st.text(alphabet=st.sampled_from("ab -,.()אבس٣1中文，。€"), max_size=60)


@given(WORDS, st.integers(20, 200))
def test_breaking_loses_no_character_and_keeps_to_the_width(text: str, width: int) -> None:
    lines = lay_out(text, STYLE, width)
    kept = sorted("".join(seen(line) for line in lines).replace(" ", ""))
    mirrored = str.maketrans("()", "((")
    assert "".join(kept).translate(mirrored) == "".join(sorted(text.replace(" ", ""))).translate(mirrored)
    assert all(line.width <= width + 0.5 or len(seen(line).strip()) <= 3 for line in lines)


@given(st.text(max_size=40))
def test_any_text_has_an_order_that_keeps_every_character(text: str) -> None:
    assert sorted(visual(text)) == sorted(text)


@pytest.mark.parametrize("word", ["T" * 300, "AV" * 200, "rnm" * 150, "未来" * 90])
def test_a_word_too_long_for_any_line_stays_within_the_width(word: str) -> None:
    lines = lay_out(word, STYLE, 200)
    assert "".join(seen(line) for line in lines) == word
    assert max(line.width for line in lines) <= 200
    assert min(line.width for line in lines[:-1]) > 180
