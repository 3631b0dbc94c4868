"""The words that column names are made of, in the languages of the programs that write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from crmdesk.exchange.words.choices import bare

# What a column holds. The words are compared without case, accents and signs.
_HOLDS = {
    "email": "email mail emails courriel messagerie mailadresse emailadresse почта почты эл 电子邮件 邮箱 邮件 电邮 电子邮箱 邮箱地址 邮件地址 メール メールアドレス eメール",
    "fax": "fax telefax telecopie факс 传真 ファックス ファクス",
    "mobile": "mobile mobil cell cellular cellphone handy portable мобильный переносной сотовый 手机 移动 移动电话 手机号 手机号码 联系手机 mobiltelefon mobilnummer 携帯 携帯電話 "
    "携帯番号 携帯電話番号",
    "pager": "pager пейджер 寻呼机 telavertisseur",
    "phone": "phone phones telephone tel telefon telefonnummer telephones fon телефон 电话 電話 联系电话 固话 座机 固定电话 公司电话 联系方式 電話番号 tel番号",
    "street": "street strasse str rue улица 街道 via calle straat 番地 町名番地",
    "city": "city town suburb ort stadt ville город 城市 市县 市 所在城市 localite wohnort 市区町村 市町村",
    "state": "state province region регион bundesland kanton departement dep область край 省 省份 所在省份 省市自治区 自治区 都道府県 県",
    "postal_code": "zip zipcode postal postcode plz postleitzahl индекс почтовый 邮政编码 邮编 郵便番号",
    "country": "country land lkz landerkennzeichen landercode pays страна 国家 地区 国家地区 国 国名",
    "po_box": "pobox postfach boitepostale 邮政信箱",
    "address": "address adresse anschrift адрес 地址 详细地址 联系地址 公司地址 通讯地址 通信地址 办公地址 街道地址 addresses addr 住所 所在地",
    "house_number": "hausnummer hausnr hnr housenumber streetnumber housenr",
    "extended": "extended suite floor apartment",
    "website": "website web webpage homepage url webseite webaddress internetseite siteweb сайт веб 网页 网站 主页 网址 官网 公司网址 公司网站 官方网站 ウェブサイト ホームページ サイト",
    "handle.wechat": "wechat weixin 微信", "handle.skype": "skype", "handle.telegram": "telegram", "handle.whatsapp": "whatsapp", "handle.linkedin": "linkedin",
    "handle.twitter": "twitter", "handle.qq": "qq", "handle.facebook": "facebook", "handle.screen name": "screen", "handle.line": "lineid",
}  # fmt: skip
_SAYS = {
    "work": "business work office geschaftlich gesch dienstlich firmentelefon buro bureau professionnel professionnelle рабочий раб рабочая 商务 单位 工作 办公 firmen",
    "home": "home private privat priv privatadresse domicile personnel personnelle personal домашний дом 住宅 家庭 私人",
    "other": "other weitere weiteres weiterer autre другой другая 其他 sonstige sonstiges alternate alternative",
    "main": "main primary haupt principal principale основной 主要 preferred",
    "second": "secondary",
    "mailing": "mailing", "billing": "billing invoice rechnung facturation rechnungsadresse 账单", "shipping": "shipping delivery liefer livraison lieferadresse 送货",
    "assistant": "assistant assistants assistent assistentin помощник помощника 助理",
    "car": "car auto autotelefon voiture автомобильный 车载 车载电话", "radio": "radio funk радиотелефон 无线",
    "callback": "callback ruckruf rappel 回电", "isdn": "isdn", "telex": "telex телекс 电报", "tty": "ttytdd tty tdd", "headquarters": "headquarters hq",
}  # fmt: skip
_FILLS = "page number numbers no nr nummer numero value valeur code codes line lines the of de der die das la le du или и and or 号码 号 的 код default s t et".split()

COMPOUNDS = {
    "haupttelefon": ("phone", "main"), "autotelefon": ("phone", "car"), "车载电话": ("phone", "car"), "firmentelefon": ("phone", "work"),
    "радиотелефон": ("phone", "radio"), "privatadresse": ("address", "home"), "lieferadresse": ("address", "shipping"), "rechnungsadresse": ("address", "billing"),
    "mailadresse": ("email", ""), "emailadresse": ("email", ""), "boitepostale": ("po_box", ""), "telavertisseur": ("pager", ""),
}  # fmt: skip


@dataclass(frozen=True)
class Meaning:
    """What a column name says: what it holds, which one of several, and its running number."""

    holds: str
    label: str = ""
    number: int = 0


def _vocabulary() -> dict[str, tuple[str, str]]:
    known: dict[str, tuple[str, str]] = {}
    for holds, words in _HOLDS.items():
        known.update({bare(word): ("holds", holds) for word in words.split()})
    for says, words in _SAYS.items():
        known.update({bare(word): ("says", says) for word in words.split()})
    known.update({bare(word): ("fills", "") for word in _FILLS})
    return known


WORDS = _vocabulary()
_PIECES = re.compile(r"[^\W\d_]+|\d+")
CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])")
_EAST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def is_eastern(word: str) -> bool:
    """Say whether a word is written in Chinese or Japanese, where one sign more or less is another word."""
    return bool(_EAST.search(word))


def pieces(header: str) -> list[str]:
    """Return the words of a column name: `E-mail 2 Address`, `billingStreet` and 商务电话 alike."""
    spaced = re.sub(r"\b(?:street|house) ?(?:number|no|nr)\b", "housenumber", header.replace("_", " "), flags=re.IGNORECASE)
    spaced = re.sub(r"\be[- ]?mail", "email", CAMEL.sub(" ", spaced), flags=re.IGNORECASE)
    spaced = re.sub(r"\b(?:p\.?\s?o\.?\s?box|bo[iî]te postale)\b", "pobox", spaced, flags=re.IGNORECASE)
    spaced = spaced.replace("'", "").replace("’", "").replace("市/县", "市县").replace("省/市/自治区", "省市自治区").replace("国家/地区", "国家地区")
    whole = bare(spaced)
    if whole in WORDS:
        return [whole]
    found: list[str] = []
    for piece in _PIECES.findall(spaced):
        word = bare(piece)
        found += [word] if word.isdigit() or word in WORDS or word in COMPOUNDS else segments(word)
    return found


@lru_cache(maxsize=2048)
def _segments(word: str) -> tuple[str, ...]:
    """Divide a word that is made of known ones, such as `billingpostalcode`; a word that is not stays whole."""
    shortest = 1 if _EAST.search(word) else 3
    best: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(1, len(word) + 1):
        for begin in range(end):
            part = word[begin:end]
            if begin in best and len(part) >= shortest and part in WORDS and (end not in best or len(best[begin]) + 1 < len(best[end])):
                best[end] = (*best[begin], part)
    return best.get(len(word), (word,))


def segments(word: str) -> list[str]:
    """Return the known words that a word is made of, or the word itself."""
    return list(_segments(word))


_ADDRESS_PARTS = ("house_number", "po_box", "postal_code", "country", "street", "city", "extended", "state")


def understand(words: list[str]) -> Meaning | None:
    """Return what a column name says about phones, mails, addresses and the like, if every word of it is known."""
    holds: list[str] = []
    says: list[str] = []
    number = 0
    for word in words:
        if word.isdigit():
            number = int(word)
        elif word in COMPOUNDS:
            what, which = COMPOUNDS[word]
            holds.append(what)
            says += [which] if which else []
        elif word in WORDS:
            kind, value = WORDS[word]
            if kind == "holds":
                holds.append(value)
            elif kind == "says":
                says.append(value)
        else:
            return None
    label = says[0] if says else ""
    for what in ("email", "fax", "pager", "mobile", "phone"):
        if what in holds and not any(part in holds for part in ("city", "postal_code", "country")):
            return Meaning(what, label, number)
    for what in _ADDRESS_PARTS:
        if what in holds:
            return Meaning(f"address.{what}", label, number)
    if "website" in holds:
        return Meaning("website", label, number)
    if handle := next((what for what in holds if what.startswith("handle.")), None):
        return Meaning(handle, label, number)
    if "address" in holds:
        return Meaning("address.street", label, number)
    if says and number == 0 and set(says) & {"isdn", "telex", "tty", "callback"}:
        return Meaning("phone", label, number)
    return None
