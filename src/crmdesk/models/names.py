"""Names of people and things: how each culture writes, splits and sorts them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from itertools import chain, product
from typing import Any

from crmdesk.i18n import SPELLED_OUT
from crmdesk.pinyin import HAN, sounds

_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_EAST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")


def has_cjk(text: str) -> bool:
    """Say whether a text has Chinese characters."""
    return not text.isascii() and bool(_CJK.search(text))


def display_name(given: str | None, family: str | None) -> str:
    """Return a person's name as their culture writes it: 王小明, but Anna von Berg."""
    given, family = (given or "").strip(), (family or "").strip()
    if family and given and not family.isascii() and _EAST.search(family) and _EAST.search(given):
        return family + given
    return f"{given} {family}".strip()


def syllables(text: str) -> tuple[str, ...]:
    """Return the pinyin of each character of a run of Chinese, without tones; other characters stay."""
    found = sounds(text)
    return found if len(found) == len(text) else tuple("".join(sounds(c)) for c in text)


# Characters that sound otherwise as a surname than anywhere else.
# Source: 现代汉语词典, 7th edition: the readings that it gives for surnames only.
_AS_SURNAME = {
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "区": "ou", "盖": "ge", "查": "zha", "朴": "piao", "翟": "zhai", "覃": "qin", "乐": "yue", "缪": "miao",
    "员": "yun", "种": "chong", "召": "shao", "秘": "bi", "繁": "po", "折": "she",
}  # fmt: skip


def readings(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the pinyin of each character of a run of Chinese, and with the first one as a surname where that sounds otherwise."""
    usual = syllables(text)
    surname = _AS_SURNAME.get(text[:1])
    return (usual, (surname, *usual[1:])) if surname else (usual,)


_HAN_RUN = re.compile(f"[{HAN}]+")


def pinyin(text: str) -> str:
    """Return a Chinese text in pinyin without tones and spaces; other characters stay."""
    # Run by run, as the library does itself: numbers and forms behind a name don't make it a new one.
    return _HAN_RUN.sub(_run_in_pinyin, text) if has_cjk(text) else text


def _run_in_pinyin(run: re.Match[str]) -> str:
    return "".join(sounds(run[0]))


def initials(text: str) -> str:
    """Return the first letters of the pinyin of each Chinese character: 明德贸易 is mdmy."""
    return "".join(part[:1] for part in sounds(text)) if has_cjk(text) else ""


def _without_marks(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


# The letters of Europe are looked up, the rest of the world is taken apart: that is five times as fast for a name such as Müller.
_PLAIN = {code: _without_marks(chr(code)) for code in range(0x80, 0x250)} | str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"}
)


def folded(text: str) -> str:
    """Return a text casefolded and without diacritics, as search and sorting compare it."""
    if text.isascii():
        return text.lower()
    lowered = text.lower().translate(_PLAIN)
    return lowered if lowered.isascii() else _without_marks(lowered)


# Two letters at the end of what was typed so far may be the beginning of anything.
_TWO_WAYS = re.compile(r"[äöüøå]|(?:ae|oe|ue|aa)(?=\w)")
_MOST_PLACES = 3


def spellings(text: str) -> list[str]:
    """Return the folded forms of what somebody who is searched for may be called: as typed first, then ä as ae, and ae as ä.

    Of long texts with many such places only two are returned: all of one kind, all of the other.
    """
    typed = unicodedata.normalize("NFC", text).lower()
    places = _TWO_WAYS.findall(typed)
    if not places:
        return [folded(text)]
    between = _TWO_WAYS.split(typed)
    ways = [(folded(place), SPELLED_OUT.get(place, place[:1])) for place in places]
    chosen = product(*ways) if len(places) <= _MOST_PLACES else zip(*ways, strict=True)
    return [folded("".join(chain.from_iterable(zip(between, (*choice, ""), strict=True)))) for choice in chosen]


def sort_key(text: str | None) -> str:
    """Return the key by which a name is sorted and found: folded, Chinese as pinyin, with one blank between words, without leading signs."""
    if not text:
        return ""
    plain = text.lower() if text.isascii() else folded(pinyin(text) if has_cjk(text) else text)
    return " ".join(plain.split()).lstrip(" \"'“”„«»‘’()[]*#-–.,&/")


def name_sort_key(values: Mapping[str, Any], settings: Any) -> dict[str, Any]:
    """Derive the sort key of a record that is called by its `name`."""
    return {"sort_key": sort_key(values.get("name"))}
