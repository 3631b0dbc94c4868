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
# Source: the three hundred commonest surnames of China's registered names (2020), with those whose traditional form differs.
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武"
    "钱戴严莫孔向常汤康易乔赖文施樊葛邢安齐庞伍洪倪聂牛欧章鲁岳管季翟辛詹耿关殷阮左焦苗祝童凌裴甘涂谷曲华柳阎单喻温游盛柴路柯尚凡申符宁卞祁穆舒褚解鲍霍艾滕骆项卜应车娄屈宫祖晏边饶成鞠阳冉苑古蒙"
    "瞿位仇傅包梅纪屠胥全楼佟寇胖岑党候刁靳房卓查沙连缪冷辜冀荀蔺谌桂景宗储翁隋戚窦米麻巩占郎姬蒲闵匡"
    "張劉陳楊黃趙吳孫馬羅鄭謝許韓鄧馮蕭葉蘇呂盧鍾譚陸範韋賈鄒閻龍賀顧龔萬錢戴嚴湯喬賴齊龐歐魯關陰華單溫盧寧應車婁宮邊饒陽紀樓黨連繆竇鞏閔"
)
# With one of these behind it even a Chinese surname's character may begin a Japanese family name: 田中, 高橋, 石川, 金子, 江口.
_JAPANESE_SECOND = frozenset("中田村山川口野原本木島橋井上下石崎沢澤藤岡谷浜池林森子塚屋倉尾部坂津瀬辺内宮戸関葉")
LONGEST_SINGLE = 3  # a surname of one character and a given name of two
_CHINESE_REGIONS = frozenset({"CN", "TW", "HK", "MO", "SG", "MY"})
_SUFFIX = re.compile(r",?\s+(jr\.?|sr\.?|ii|iii|iv|m\.?d\.?|ph\.?d\.?|mba|esq\.?)$", re.IGNORECASE)


@dataclass(frozen=True)
class Name:
    """A person's name in its parts; `salutation` is `mr`, `ms`, `mx` or empty."""

    given: str = ""
    family: str = ""
    title: str = ""
    salutation: str = ""


def split_name(text: str, region: str = "") -> Name:
    """Take a full name apart: “Smith, John”, “Dr. Anna von Berg”, “Frau Müller”, 王小明, 欧阳娜娜.

    A name in Chinese characters without a space is taken apart only if it is surely Chinese; else, as 山本太郎, it stays whole as the family name.

    Args:
        region: where the name is likely from: CN lets every Chinese surname count, JP none; empty if nothing is known.
    """
    bare = " ".join(text.split())
    salutation, bare = _take_salutation(bare)
    title = ""
    if found := _TITLES.match(bare + " "):
        title, bare = found[0].strip(), bare[found.end() :].strip() if found.end() <= len(bare) else ""
        if not bare:
            bare, title = title, ""
    if not salutation:
        salutation, bare = _take_salutation(bare)
    given, family = _split_bare(bare, bool(salutation), region)
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


def _surname_length(han: str, region: str) -> int:
    """Return how many characters the surname of a name in Chinese characters has; all of them where that is not sure."""
    if region == "JP":
        return len(han)
    if han[:2] in _DOUBLE_SURNAMES and len(han) in (3, 4):
        return 2
    is_chinese = han[0] in _SURNAMES and len(han) <= LONGEST_SINGLE
    return 1 if is_chinese and (region in _CHINESE_REGIONS or han[1] not in _JAPANESE_SECOND) else len(han)


def _split_bare(bare: str, addressed: bool, region: str) -> tuple[str, str]:
    if _HAN.fullmatch(bare) and not _KANA_OR_HANGUL.search(bare):
        size = _surname_length(bare, region)
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
