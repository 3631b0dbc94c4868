"""Names of persons taken apart, as each culture does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk.models.names import has_cjk

if TYPE_CHECKING:
    from collections.abc import Sequence

_TITLES = frozenset("univ-prof priv-doz prof dr mag dipl ing sir dame lord lady rev hon lt col capt phd mba".split())
_TITLE = re.compile(r"(?:univ-?prof|dr|dipl|mag|prof)-?(?:ing|inform|inf|kfm|kffr|phys|chem|wirt|biol|math|päd|psych)?(?:\(fh\))?")
# Behind a title stand its fields of study, in small letters or with a point: Dr. med. dent., but Dr. Phil Collins.
_STUDIES = frozenset("med dent vet habil mult rer nat pol oec phil theol jur iur sc techn agr publ mont hum soc h c hc eh e (fh) (uni)".split())
_SALUTATIONS = {
    "mr": "mr", "mr.": "mr", "herr": "mr", "hr.": "mr", "mister": "mr", "monsieur": "mr", "señor": "mr", "sr.": "mr", "dhr.": "mr", "先生": "mr", "ms": "ms", "ms.": "ms", "mrs": "ms", "mrs.": "ms",
    "miss": "ms", "frau": "ms", "fr.": "ms", "madame": "ms", "mme": "ms", "mme.": "ms", "mlle": "ms", "señora": "ms", "sra.": "ms", "mevr.": "ms", "女士": "ms", "小姐": "ms", "mx": "mx", "mx.": "mx",
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
_SUFFIX = re.compile(
    r"(?:\s*,\s*|\s+)(?:jr|sr|jun|sen|ii|iii|iv|m\.?\s?d|d\.?d\.?s|ph\.?\s?d|mba|msc|bsc|m\.?\s?sc|b\.?\s?sc|m\.a|b\.a|m\.?\s?eng|b\.?\s?eng|ll\.?\s?m|ll\.?\s?b|cpa|cfa|pmp|esq)\.?$",
    re.IGNORECASE,
)
_NOTE = re.compile(r"\s*[(\[（][^()\[\]（）]*[)\]）]$")
_HANGUL = re.compile(r"[\uac00-\ud7af]{2,4}")
# Source: the commonest surnames of China as pinyin, the more frequent first, then those of Hong Kong and Taiwan as these write them.
_PINYIN = (
    "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang xie song tang han feng deng cao peng zeng xiao tian dong pan yuan cai jiang yu du ye "
    "cheng wei su lü lu ding ren yao shen zhong cui tan fan jin wang liao jia xia fu fang zou xiong bai meng qin qiu hou yin xue yan duan lei shi tao he gu mao hao gong shao wan qian dai "
    "mo kong xiang chang chan wong cheung lau leung cheng ng kwok tsang chow yip tse choi mok ho hui lam kwan lai tsai hsu chang chiang hsieh kuo tseng ouyang zhuge sima"
).split()
_VIETNAMESE = frozenset("nguyễn nguyen trần tran lê phạm pham hoàng hoang huỳnh huynh phan võ đặng dang bùi bui đỗ hồ ngô dương".split())
_KOREAN = frozenset("kim lee park choi jung jeong kang cho yoon jang lim han oh seo shin kwon hwang ahn song yoo hong".split())
# Source: the given names that most people in Hungary have.
_HUNGARIAN_GIVEN = frozenset(
    "lászló istván józsef jános zoltán sándor ferenc gábor attila péter tamás zsolt tibor andrás csaba imre lajos györgy balázs gyula mihály károly róbert béla dávid dániel ádám krisztián "
    "miklós norbert bence máté gergely pál richárd szabolcs levente árpád márk viktor ákos géza ernő dezső mária erzsébet katalin ilona éva anna zsuzsanna margit judit ágnes andrea ildikó "
    "erika krisztina julianna irén eszter magdolna mónika edit gabriella szilvia anita anikó viktória márta vivien tímea zsófia kinga réka dóra petra noémi orsolya beáta henrietta".split()
)


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
        region: where the name is likely from: CN lets every Chinese surname count, JP none; there and in HU, KR and VN surnames that can only be
            such may come first in Latin letters too. Empty if nothing is known.
    """
    bare = " ".join(text.split())
    salutation, bare = _take_salutation(bare)
    title, bare = _take_title(bare)
    if not salutation:
        salutation, bare = _take_salutation(bare)
    before, _, behind = bare.rpartition(",")
    if before and not title and not _SUFFIX.search(bare) and (words := _GLUED.sub(". ", behind).split()) and _title_words(words) == len(words):
        title, bare = behind.strip(), before.strip()  # Peter Schmidt, Dipl.-Ing.
    given, family = _split_bare(bare, bool(salutation), region)
    if "," in bare and not title:
        title, given = _take_title(given)  # Berg, Dr. Anna
    return Name(given, family, title, salutation)


_GLUED = re.compile(r"(?<=\b[A-Za-z])\.(?=[A-Za-z]{2})|(?<=\w\w)\.(?=\w)")


def _take_title(text: str) -> tuple[str, str]:
    """Return the titles in front of a name, and the name; what is nothing but a title is the name."""
    words = _GLUED.sub(". ", text).split() if "." in text else text.split()
    count = _title_words(words)
    return (" ".join(words[:count]), " ".join(words[count:])) if 0 < count < len(words) else ("", text)


def _title_words(words: Sequence[str]) -> int:
    """Return how many words in front are titles."""
    count = 0
    for word in words:
        bare = word.casefold().replace(".", "")
        if not (bare in _TITLES or _TITLE.fullmatch(bare) or (count and bare in _STUDIES and (word.islower() or "." in word or "(" in word))):
            break
        count += 1
    return count


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
    if _HANGUL.fullmatch(bare):
        return bare[1:], bare[0]
    bare, tail = _take_tail(bare)
    if "," in bare:
        family, _, given = bare.partition(",")
        return given.strip(), family.strip() + tail
    words = bare.split()
    if len(words) < 2:
        return ("", bare + tail) if addressed or not words or tail else (bare, "")
    if _KANA_OR_HANGUL.search(bare) or all(_HAN.fullmatch(word) or len(word) == 1 and has_cjk(word) for word in words):
        return " ".join(words[1:]), words[0] + tail
    size = _surname_first(words, region)
    if size:
        return " ".join(words[size:]), " ".join(words[:size]) + tail
    start = len(words) - 1
    while start > 0 and words[start - 1].casefold() in _PARTICLES and (start > 1 or words[0].islower()):
        start -= 1
    if start == 1 and words[0].casefold() in _PARTICLES and words[1].casefold() in _PARTICLES:
        start = 0  # Van der Berg
    return " ".join(words[:start]), " ".join(words[start:]) + tail


def _take_tail(bare: str) -> tuple[str, str]:
    """Return a name and what stands behind it: Jr., PhD, (Sales)."""
    tail = ""
    while (found := _SUFFIX.search(bare) or _NOTE.search(bare)) and found.start():
        bare, tail = bare[: found.start()], found[0] + tail
    return bare, tail


def _surname_first(words: Sequence[str], region: str) -> int:
    """Return how many words in front are a surname that must be one: 0 where the usual order holds.

    MÜLLER Anna says so itself; else the country must write surnames first and the first word be one rather than the last.
    """
    capitals = next((count for count, word in enumerate(words) if not (word.isupper() and len(word) > 1 and "." not in word)), 0)
    if capitals and not words[-1].isupper() and (len(words[0]) > 2 or words[0].casefold() in _PINYIN):  # no initials such as JP
        return capitals
    first, last = words[0].casefold(), words[-1].casefold()
    match region:
        case "HU":
            return int(last in _HUNGARIAN_GIVEN and first not in _HUNGARIAN_GIVEN)
        case "VN":
            return int(first in _VIETNAMESE and len(words) > 2)
        case "KR":
            return int(first in _KOREAN and last not in _KOREAN)
        case "CN" | "TW" | "HK" | "MO" | "SG" | "MY":
            return int(first in _PINYIN and (last not in _PINYIN or _PINYIN.index(first) <= _PINYIN.index(last)))
        case _:
            return int(first == "nguyễn")
