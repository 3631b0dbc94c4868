"""What the cells of a column look like, whatever the column is called: mail addresses, phone numbers, dates, names of companies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.exchange.table import shown
from crmdesk.exchange.words.legal_forms import has_form
from crmdesk.exchange.words.salutations import is_salutation_or_title
from crmdesk.fields import AmbiguousDate, read_date, read_moment, read_number
from crmdesk.i18n import mark, tr
from crmdesk.models.checks import check_mail
from crmdesk.models.countries import region_of
from crmdesk.models.names import has_cjk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from crmdesk.exchange.table import Cell

MOST = 100
"""So many cells show what a column holds."""


@dataclass(frozen=True)
class Look:
    """What cells look like.

    Attributes:
        kind: a key of `KINDS_OF_CELLS`.
        fit: how many of `count` look so.
    """

    kind: str
    fit: int
    count: int

    @property
    def share(self) -> float:
        """How many of the cells look so, 0 to 1."""
        return self.fit / self.count if self.count else 0.0

    def __str__(self) -> str:
        return tr("looks like {what}: {fit} of {count}", what=tr(KINDS_OF_CELLS[self.kind][0]), fit=self.fit, count=self.count)


_MAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]{2,}")
_PHONE = re.compile(r"\+?[\d\s().\-/]{7,24}(?:(?:x|ext\.?)\s*\d+)?", re.IGNORECASE)
_CHINESE_MOBILE = re.compile(r"1[3-9]\d{9}")
_URL = re.compile(r"(?:https?://|www\.)\S+|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|de|at|ch|eu|io|cn|co\.uk|fr|it|nl|example)(?:/\S*)?", re.IGNORECASE)
_DATE = re.compile(
    r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:[ T].*)?|\d{1,2}\.? ?[A-Za-zäé]{3,9}\.?,? ?\d{2,4}|[A-Za-z]{3,9} \d{1,2}, \d{4}|\d{4}年\d{1,2}月\d{1,2}日?"
)
_MONEY = re.compile(
    r"(?:[€$£¥]|EUR|USD|GBP|CHF|CNY|RMB)\s?-?[\d.,'’ ]*\d|-?[\d.,'’ ]*\d\s?(?:[€$£¥元]|EUR|USD|GBP|CHF|CNY|RMB|k|Mio\.?)|-?\d{1,3}(?:[.,'’ ]\d{3})*[.,]\d{2}"
)
_POSTAL = re.compile(
    r"\d{5}(?:-\d{4})?|\d{4}(?: ?[A-Z]{2})?|\d{6}|\d{3}[- ]\d{2,4}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|[A-Z]{1,2}-\d{4,5}"
)
_WORD = re.compile(r"[^\W\d_][^\W\d_'’.\-]*(?:[.'’\-][^\W\d_]*)*")
_PARTICLES = frozenset("von van de der den del della di da do dos du la le zu zur zum vom ten ter af al el bin ibn y e".split())
_FLAGS = frozenset("yes no true false y n x ja nein wahr falsch j 是 否 oui non да нет".split())
# The most frequent surnames of China; together they are nine people in ten.
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤張劉陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蕭葉蘇呂盧鍾譚陸範賈韋鄒閆龍賀顧龔萬錢嚴湯"
)


def _is_phone(text: str) -> bool:
    if _CHINESE_MOBILE.fullmatch(text):
        return True
    digits = sum(c.isdigit() for c in text)
    return digits >= 7 and bool(_PHONE.fullmatch(text)) and (text[0] in "+(0" or any(c in text for c in " -/")) and not _DATE.fullmatch(text)


@lru_cache(maxsize=4096)
def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        _ = read_moment(text) if ":" in text else read_date(text)
    except AmbiguousDate:
        return True
    except UserError:
        return False
    return True


def date_in(text: str) -> date | None:
    """Return the date that a text is, if it is one and reads in one way only."""
    try:
        return read_moment(text).date() if ":" in text else read_date(text)
    except UserError:
        return None


def _is_number(text: str) -> bool:
    try:
        read_number(text)
    except UserError:
        return False
    return True


def _is_person(text: str) -> bool:
    """Say whether a text can be a person's full name: two to four capitalised words, or a Chinese name; no legal form."""
    if has_cjk(text):
        return 2 <= len(text) <= 4 and text[0] in _SURNAMES
    words = text.replace(",", " ").split()
    while words and is_salutation_or_title(words[0]):
        words.pop(0)
    return 2 <= len(words) <= 5 and all(word in _PARTICLES or (word[0].isupper() and _WORD.fullmatch(word)) for word in words) and not has_form(text)


def is_name_word(text: str) -> bool:
    """Say whether a text can be a given or a family name by itself: one to three capitalised words, particles beside them, or one to three Chinese characters."""
    if has_cjk(text):
        return len(text) <= 3 and text.isalpha()
    words = text.replace("-", " ").split()
    capitals = sum(word[0].isupper() for word in words)
    return (
        1 <= len(words) <= 3
        and capitals > 0
        and all(word.casefold() in _PARTICLES or (word[0].isupper() and _WORD.fullmatch(word)) for word in words)
        and not has_form(text)
    )


# What it is called, and what a cell of it looks like; those that say most come first.
KINDS_OF_CELLS: dict[str, tuple[str, Callable[[str], bool]]] = {
    "email": (mark("mail addresses"), lambda text: bool(_MAIL.fullmatch(text)) and not check_mail(text)),
    "website": (mark("web addresses"), lambda text: bool(_URL.fullmatch(text))),
    "date": (mark("dates"), _is_date),
    "country": (mark("countries"), lambda text: (len(text) > 2 or has_cjk(text)) and bool(region_of(text))),
    "phone": (mark("phone numbers"), _is_phone),
    "flag": (mark("yes or no"), lambda text: text.casefold() in _FLAGS),
    "money": (mark("amounts"), lambda text: bool(_MONEY.fullmatch(text))),
    "postal_code": (mark("postal codes"), lambda text: bool(_POSTAL.fullmatch(text))),
    "integer": (mark("whole numbers"), lambda text: text.removeprefix("-").isdigit() and len(text) < 16 and (text == "0" or text[0] != "0")),
    "decimal": (mark("numbers"), _is_number),
    "company": (mark("companies"), has_form),
    "person": (mark("names of people"), _is_person),
}


def texts_of(values: Sequence[Cell]) -> list[str]:
    """Return the cells that show what a column holds, as texts."""
    return [text for value in values[:MOST] if (text := shown(value).strip())]


def share_of(values: Sequence[Cell], fits: Callable[[str], bool]) -> float:
    """Say how many of the cells that show what a column holds fit, 0 to 1."""
    texts = texts_of(values)
    return sum(1 for text in texts if fits(text)) / len(texts) if texts else 0.0


def look(values: Sequence[Cell], kind: str) -> Look:
    """Say how many cells of a column look like one kind."""
    texts = texts_of(values)
    fits = KINDS_OF_CELLS[kind][1]
    return Look(kind, sum(1 for text in texts if fits(text)), len(texts))


# ---- a field of the user's own ----


@dataclass(frozen=True)
class OwnField:
    """A field that the user could add for a column that fits none; its kind is one of `models.workspace.CUSTOM_KINDS`."""

    label: str
    kind: str


def own_field(header: str, values: Sequence[Cell]) -> OwnField | None:
    """Return the field that a column could become; None for a column without a name or without cells."""
    texts = texts_of(values)
    if not texts or not header.strip():
        return None
    # A number that begins with a zero is a code; as a number it would lose it.
    kinds = ("flag", "date", "integer", "decimal") if not any(_CODE.match(text) for text in texts) else ("date",)
    for kind in kinds:
        if all(KINDS_OF_CELLS[kind][1](text) for text in texts):
            return OwnField(header, kind)
    return OwnField(header, "long_text" if any("\n" in text or len(text) > 120 for text in texts) else "text")


_CODE = re.compile(r"0\d")
