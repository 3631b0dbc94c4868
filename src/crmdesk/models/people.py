"""Names of persons taken apart, as each culture does."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TITLES = re.compile(
    r"^(?:(?:prof|dr|dipl|ing|mag|med|rer|nat|phil|jur|h\.?\s?c|sir|dame|lord|lady|rev|hon|lt|col|capt|ph\.?d|mba)\b\.?(?:-(?:ing|inform|kfm|phys)\b\.?)?\s*)+", re.IGNORECASE
)  # fmt: skip
_SALUTATIONS = {
    "mr": "mr", "mr.": "mr", "herr": "mr", "hr.": "mr", "mister": "mr", "monsieur": "mr", "señor": "mr", "先生": "mr", "ms": "ms", "ms.": "ms", "mrs": "ms", "mrs.": "ms",
    "miss": "ms", "frau": "ms", "fr.": "ms", "madame": "ms", "señora": "ms", "女士": "ms", "小姐": "ms", "mx": "mx", "mx.": "mx",
}  # fmt: skip
_PARTICLES = {
    "von", "van", "de", "der", "den", "del", "della", "di", "da", "do", "dos", "das", "du", "la", "le", "zu", "zur", "zum", "vom", "ten", "ter", "af", "al", "el", "bin", "ibn",
    "mac", "st.", "y", "e", "'t",
}  # fmt: skip
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]{2,6}")
_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
# Source: the two-character surnames among China's registered surnames.
_DOUBLE_SURNAMES = frozenset(
    "欧阳 上官 司马 诸葛 东方 皇甫 尉迟 公孙 令狐 宇文 长孙 慕容 司徒 夏侯 轩辕 端木 百里 东郭 南宫 呼延 独孤 闻人 澹台 公冶 宗政 濮阳 淳于 单于 太叔 申屠 仲孙 钟离 鲜于 闾丘 "
    "歐陽 司馬 諸葛 東方 尉遲 長孫 夏侯 軒轅 南宮 獨孤 聞人 鍾離".split()
)
_SUFFIX = re.compile(r",?\s+(jr\.?|sr\.?|ii|iii|iv|m\.?d\.?|ph\.?d\.?|mba|esq\.?)$", re.IGNORECASE)


@dataclass(frozen=True)
class Name:
    """A person's name in its parts; `salutation` is `mr`, `ms`, `mx` or empty."""

    given: str = ""
    family: str = ""
    title: str = ""
    salutation: str = ""


def split_name(text: str) -> Name:
    """Take a full name apart: “Smith, John”, “Dr. Anna von Berg”, “Frau Müller”, 王小明, 欧阳娜娜."""
    bare = " ".join(text.split())
    salutation, bare = _take_salutation(bare)
    title = ""
    if found := _TITLES.match(bare + " "):
        title, bare = found[0].strip(), bare[found.end() :].strip() if found.end() <= len(bare) else ""
        if not bare:
            bare, title = title, ""
    if not salutation:
        salutation, bare = _take_salutation(bare)
    given, family = _split_bare(bare, bool(salutation))
    if "," in bare and not title and (found := _TITLES.match(given + " ")) and found.end() <= len(given):
        title, given = found[0].strip(), given[found.end() :].strip()  # Berg, Dr. Anna
    return Name(given, family, title, salutation)


def _take_salutation(text: str) -> tuple[str, str]:
    first, _, rest = text.partition(" ")
    if rest and first.casefold() in _SALUTATIONS:
        return _SALUTATIONS[first.casefold()], rest
    for word in ("先生", "女士", "小姐"):
        if text.endswith(word) and len(text) > len(word):
            return _SALUTATIONS[word], text[: -len(word)].strip()
    return "", text


def _split_bare(bare: str, addressed: bool) -> tuple[str, str]:
    if _HAN.fullmatch(bare) and not _KANA_OR_HANGUL.search(bare):
        size = 2 if bare[:2] in _DOUBLE_SURNAMES and len(bare) > 2 else 1
        return bare[size:], bare[:size]
    if "," in bare and not _SUFFIX.search(bare):
        family, _, given = bare.partition(",")
        return given.strip(), family.strip()
    suffix = _SUFFIX.search(bare)
    tail = suffix[0] if suffix else ""
    words = bare[: len(bare) - len(tail)].split()
    if len(words) < 2:
        return ("", bare) if addressed or not words else (bare, "")
    if _KANA_OR_HANGUL.search(bare) or all(_HAN.fullmatch(word) or len(word) == 1 for word in words):
        return " ".join(words[1:]), words[0]
    start = len(words) - 1
    while start > 1 and words[start - 1].casefold() in _PARTICLES:
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:]) + tail
