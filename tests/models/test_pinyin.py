"""The table of Chinese readings says what the library says that it is made from."""

from __future__ import annotations

import pytest
from pypinyin import lazy_pinyin
from pypinyin.phrases_dict import phrases_dict
from pypinyin.pinyin_dict import pinyin_dict

from crmdesk.pinyin import sounds
from tools.pinyin_table import TARGET, table


def test_the_table_that_lies_here_is_what_the_library_gives() -> None:
    assert TARGET.read_text(encoding="utf-8") == table()


def test_every_phrase_of_the_library_sounds_as_it_says() -> None:
    assert len(phrases_dict) > 47_000
    assert [phrase for phrase in phrases_dict if sounds(phrase) != tuple(lazy_pinyin(phrase, errors=lambda rest: rest))] == []


def test_every_character_of_the_library_sounds_as_it_says() -> None:
    characters = [chr(code) for code in pinyin_dict if not 0xE000 <= code < 0xF900]  # those of private use mean nothing elsewhere
    assert len(characters) > 41_000
    assert [character for character in characters if sounds(character) != tuple(lazy_pinyin(character))] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("王小明", ("wang", "xiao", "ming")),
        ("重庆银行行长", ("chong", "qing", "yin", "hang", "hang", "zhang")),  # the longest word from each place on
        ("明德123", ("ming", "de", "123")),
        ("ABC 上海，有限公司", ("ABC ", "shang", "hai", "，", "you", "xian", "gong", "si")),
        ("吕", ("lv",)),
        ("一丁不", ("yi", "ding", "bu")),  # the beginning of a phrase is none
        ("説\U0003ffff", ("shuo", "\U0003ffff")),  # nobody knows how the second one sounds
    ],
)
def test_text_is_read_word_by_word(text: str, expected: tuple[str, ...]) -> None:
    assert sounds(text) == expected
