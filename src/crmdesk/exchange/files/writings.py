"""How languages look: the letters that each writes with, by which the encoding of a text is told.

A text read in the wrong encoding has letters that no one language mixes, capitals inside words, signs inside words, or characters that hardly
anybody writes. So every encoding is tried together with the languages that are written in it, and the one whose text looks most like a language wins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_WEST = "éèêëàâäçïîôöûüùÿœæñáíóúãõåøßìòðþý"


@dataclass(frozen=True)
class Writing:
    """A language, and the encodings of its files, the usual ones first.

    Attributes:
        common: the commonest of its letters, where scripts have to be told apart that share their bytes.
        many: it is written in thousands of characters, of which `letters` are the commonest.
    """

    encodings: tuple[str, ...]
    letters: frozenset[str]
    common: frozenset[str] = frozenset()
    is_latin: bool = False
    many: bool = False


def _letters(text: str, *encodings: str, is_latin: bool = False, common: str = "") -> Writing:
    return Writing(encodings, frozenset(text + text.upper()), frozenset(common + common.upper()), is_latin)


def _characters(text: str, *encodings: str) -> Writing:
    return Writing(encodings, frozenset(text), many=True)


def _range(first: int, last: int) -> str:
    return "".join(map(chr, range(first, last + 1)))


_LATIN_WEST = ("cp1252", "mac_roman", "cp850", "iso8859_15")
_LATIN_EAST = ("cp1250", "iso8859_2", "cp852", "mac_latin2")
_CYRILLIC = ("cp1251", "koi8_r", "koi8_u", "cp866", "iso8859_5", "mac_cyrillic")
_HAN = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小"
    "部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加"
    "西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场"
    "件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传"
    "师观清今切院让识候带导争运笔省州县街号室楼邮箱姓有限城京李刘陈杨黄赵周吴徐孙胡朱郭罗林郑梁谢宋唐邓冯韩曹曾彭萧蔡潘田董袁余叶蒋杜苏魏吕丁沈姚卢傅钟姜崔谭廖范汪陆石戴"
    "贾韦夏邱侯邹熊孟秦江阎薛尹段雷黎史龙陶贺顾毛郝龚邵钱严覃武莫孔汤伟芳娜秀英敏静丽磊洋勇艳杰娟涛超兰霞刚桂辉玲华红玉梅志鹏飞宇浩欣怡梓涵轩豪诗雨佳琪俊晨远博雅宁晓峰燕春"
    "荣永忠庆云琴客户地址电子职务备注手机传真部门产品价格订单联系人"
)
_TRADITIONAL = (
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小"
    "部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加"
    "西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太量再感建務做接必場"
    "件計管期市直德資命山金指克許統區保至隊形社便空決治展馬科司五基眼書非則聽白卻界達光放強即像難且權思王象完設式色路記南品住告類求據程北邊死張該交規萬取拉格望覺術領共確傳"
    "師觀清今切院讓識候帶導爭運筆省州縣街號室樓郵箱姓限城京陳林黃李吳劉蔡楊鄭謝洪郭邱曾廖賴徐周葉蘇莊呂江蕭羅潘簡朱鍾游彭詹胡施沈余盧梁趙顏柯翁魏孫戴范宋鄧杜傅侯曹薛丁卓阮"
    "董溫唐藍石蔣古紀姚連馮歐湯田康姜汪鄒尤巫鐘黎涂龔嚴韓袁童陸夏柳邵志豪淑芬玲雅婷怡君俊宏宇承恩冠廷彥佳穎詩涵惠玉秀英麗華珠娥雄榮勝客戶"
)
_KANJI = (
    "日本人大中田山川村小野木井藤佐伊高橋渡辺斎加吉石松林清水原池森岡谷上下内外東西南北京都市区町県府道株式会社有限所郎子美一二三四五六七八九十郵便局店部院学校丁目番地号安達後近前島崎浜"
    "福長新平和久保坂沢澤関河金青赤白黒桜菊竹梅杉栗千葉茨城埼玉奈良阪神戸広岐阜静愛知重滋賀兵庫鳥取根媛香徳熊分宮鹿児沖縄氏名住所電話様山形秋手岩青森宮仙台札幌海空港役場組合事務工業産銀行支"
)
_KANA = _range(0x3041, 0x3096) + _range(0x30A1, 0x30FC) + "々〇ー・"
_HANGUL = (
    "이다는을의에가고하지로어한사자기도리나시대해아정스인서를그부수보전과일라상장주제구조니으안여비면게마들러연성경우오만무동은위공영원선신거실국교민했있것진남유치내미관개물학야세소방강심화양당단적음입"
    "반현습결합김박최윤임권황송류홍문손배백허노곽차변명석준훈숙순호철희혜재승태종광병용규환빈찬채예윤솔린름름회사름주소전화번호이메일서울부산대구인천광주특별시로길층호표처직책담당"
)
WRITINGS = (
    _letters("éèêëàâçïîôûùœæ", *_LATIN_WEST, is_latin=True), _letters("äöüßé", *_LATIN_WEST, is_latin=True), _letters("áéíóúñüãõâêôçà", *_LATIN_WEST, is_latin=True),
    _letters("åäöæøéüð", *_LATIN_WEST, is_latin=True), _letters("àèéìòùç", *_LATIN_WEST, is_latin=True), _letters("áéíóúýðþæö", *_LATIN_WEST, is_latin=True),
    _letters(_WEST, *_LATIN_WEST, is_latin=True),
    _letters("áčďéěíňóřšťúůýž", *_LATIN_EAST, is_latin=True), _letters("ąćęłńóśźż", *_LATIN_EAST, is_latin=True), _letters("áéíóöőúüű", *_LATIN_EAST, is_latin=True),
    _letters("ăâîşţșț", *_LATIN_EAST, is_latin=True), _letters("áäčďéíĺľňóôŕšťúýž", *_LATIN_EAST, is_latin=True), _letters("čćđšž", *_LATIN_EAST, is_latin=True),
    _letters("çğıöşüâîû" + "İ", "cp1254", "iso8859_9", is_latin=True), _letters("ąčęėįšųūž", "cp1257", "iso8859_13", is_latin=True),
    _letters("āčēģīķļņšūž", "cp1257", "iso8859_13", is_latin=True), _letters("äöõüšž", "cp1257", is_latin=True),
    _letters("àáâãèéêìíòóôõùúýăđơư\u0300\u0301\u0303\u0309\u0323", "cp1258", is_latin=True),
    _letters("абвгдежзийклмнопрстуфхцчшщъыьэюяё", *_CYRILLIC, common="оеаинтсрвлкм"),
    _letters("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", "cp1251", "koi8_u", "cp866", "mac_cyrillic", common="оаниверткслу"),
    _letters("абвгдђежзијклљмнњопрстћуфхцчџшѓќѕў", "cp1251", "iso8859_5", common="аиоенртсвкјл"),
    _letters("αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ", "cp1253", "iso8859_7", common="αοιετσνηυρπκς"),
    _letters(_range(0x5D0, 0x5EA) + _range(0x5B0, 0x5C2), "cp1255", "iso8859_8", common="יוהלארמבתנשד"),
    _letters(_range(0x621, 0x652) + "پچژگکیہںھےٹڈڑ،؛؟", "cp1256", "iso8859_6", common="اليمنوتربةدع"),
    _letters(_range(0xE01, 0xE3A) + _range(0xE40, 0xE4E), "cp874"),
    _characters(_HAN + _TRADITIONAL, "gb18030"), _characters(_TRADITIONAL, "big5"), _characters(_KANJI + _KANA + _range(0xFF66, 0xFF9F), "cp932"), _characters(_KANJI + _KANA, "euc_jp"),
    _characters(_HANGUL, "euc_kr", "cp949"),
)  # fmt: skip
_SIGNS = frozenset("€‚„…‰‹‘’“”•–—™›\xa0¡£§©ª«®°²³´·º»¼½¾¿µ¥№、。，．・：；？！（）「」『』〒－～　￥０１２３４５６７８９")
_WORDS = re.compile(r"[^\W\d_]+")
_BESIDE = re.compile(r"[A-Za-z][^\x00-\x7f\w\s’‘´-][A-Za-z]")
_JOINED = re.compile(r"[A-Za-z][^\x00-\x7f\W]|[^\x00-\x7f\W][A-Za-z]|[A-Za-z][\u0E31-\u0E4E]")
_FINAL_INSIDE = re.compile("ς[α-ω]|[ךםןףץ][א-ת]")
USUAL = 0.55
"""Of a text in one of the scripts of thousands, so many characters are usually among the commonest ones."""


def looks(text: str, writing: Writing, rank: int) -> float:
    """Return how much a text looks like a language, at most 1.

    Args:
        rank: of the encoding among those of the language; the usual ones are preferred a little.
    """
    high = [c for c in text if c > "\x7f"]
    if not high:
        return 0.0
    signs = sum(1 for c in high if c in _SIGNS)
    known = sum(1 for c in high if c in writing.letters)
    if writing.many:
        counted = len(high) - signs
        odd = sum(1 for c in high if "\ue000" <= c <= "\uf8ff" or c < "\u0400" and c not in _SIGNS)
        return min(1.0, (known / counted if counted else 0.0) / USUAL) - 2 * odd / len(high) - (0.3 if not known else 0.0) - 0.01 * rank
    others = len(high) - known - signs
    slips = sum(_slips(word) for word in _WORDS.findall(text) if not word.isascii()) + len(_BESIDE.findall(text))
    if not writing.is_latin:
        slips += len(_JOINED.findall(text)) + 2 * len(_FINAL_INSIDE.findall(text))
    score = (known + 0.7 * signs - 1.5 * others - 1.5 * slips) / len(high) - 0.01 * rank - (0.02 if writing.letters == _ANY_WEST else 0.0)
    if writing.common:
        score += 0.4 * (sum(1 for c in high if c in writing.common) / len(high) - 0.6)
        score -= 0.1 if sum(1 for c in high if c.isupper()) > 0.7 * len(high) else 0.0  # small letters in one page are capitals in another
    return min(1.0, score)


_ANY_WEST = frozenset(_WEST + _WEST.upper())


@lru_cache(maxsize=20_000)
def _slips(word: str) -> int:
    """Count the capitals inside a word of small letters, other than ASCII ones as in McDonald."""
    return 0 if word.isupper() else sum(1 for before, c in zip(word, word[1:], strict=False) if c.isupper() and not (c.isascii() and before.isascii()))
