"""What words have in common however they are written: scripts, spellings, sounds, short forms."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from crmdesk.i18n import SPELLED_OUT
from crmdesk.pinyin import sounds

_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[a-z0-9]+")
_BROKEN = re.compile(r"['’`´‘]")

_PLAIN = str.maketrans({
    **SPELLED_OUT, "ł": "l", "đ": "d", "þ": "th", "ð": "d", "ı": "i", "ħ": "h",
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n",
    "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y",
    "ь": "", "э": "e", "ю": "yu", "я": "ya", "і": "i", "ї": "i", "є": "e", "ґ": "g",
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o",
    "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
    "&": " and ", "＆": " and ",
})  # fmt: skip


@lru_cache(maxsize=50_000)
def plain(text: str) -> str:
    """Return a text in small Latin letters: Chinese as pinyin, Cyrillic and Greek transliterated, ä as ae, no accents."""
    if text.isascii():
        return text.lower().replace("&", " and ")
    if _CJK.search(text):
        text = "".join(sounds(unicodedata.normalize("NFKC", text)))
    lowered = unicodedata.normalize("NFC", text).lower().translate(_PLAIN)
    return "".join(c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c)).translate(_PLAIN)


def words(text: str) -> list[str]:
    """Return the words and numbers of a text in plain letters; an apostrophe separates nothing."""
    return _WORD.findall(_BROKEN.sub("", plain(text)))


_UMLAUTS = re.compile(r"ae|oe|ue")
_DOUBLE = re.compile(r"(.)\1+")


@lru_cache(maxsize=100_000)
def spelling(word: str) -> str:
    """Return a word as it reads without umlauts and double letters: mueller, muller and muler are one."""
    return _DOUBLE.sub(r"\1", _UMLAUTS.sub(lambda found: found[0][0], word))


_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"^(?:kn|gn)", "n"), (r"^wr", "r"), (r"sch|sh|zh|tsch|tch|ch", "x"), (r"ph|pf|v", "f"), (r"dt|th|tt|d", "t"), (r"ck|qu|q|c(?=[aoukrlx]|$)|g", "k"),
        (r"tz|ts|z|c", "s"), (r"ks|x(?=s)", "k"), (r"w", "f"), (r"b", "p"), (r"m", "n"), (r"j", "y"), (r"(?<=.)[aeiouyh]", ""), (r"^[aeiouyh]", "a"), (r"(.)\1+", r"\1"),
    )
]  # fmt: skip


@lru_cache(maxsize=100_000)
def sound(word: str) -> str:
    """Return how a name sounds, roughly and in any language: meier, mayer and maier are one."""
    for pattern, heard in _SOUNDS:
        word = pattern.sub(heard, word)
    return word


_NICKNAMES = """
robert rob bob bobby robbie bert|william will bill billy willy liam wilhelm|richard rick dick ricky rich|james jim jimmy jamie jem
john jon johnny jack johann johannes hans hannes|jonathan jon johnny jonny nathan|joseph joe joey josef jo sepp seppi jupp|thomas tom tommy thom
michael mike mick micky mickey michi michel mikhail misha|charles charlie chuck chas karl carl|edward ed eddie ted teddy ned eduard edi
daniel dan danny dani|matthew matt matty matthias mathias matze|anthony tony anton toni antonio ant|christopher chris topher kit christoph kris
nicholas nick nicky nico nikolaus klaus claus nikolas nicolas niko|alexander alex al sandy xander sasha sascha alec aleksandr aleksander
andrew andy drew andreas andi andre andrei|benjamin ben benny benni|samuel sam sammy|david dave davey davy|peter pete|petra|patrick pat paddy
gregory greg gregor|geoffrey geoff jeff jeffrey|kenneth ken kenny|stephen steve steven stefan stephan stevie steffen|timothy tim timmy
frederick fred freddie freddy friedrich fritz frederik fredi|henry harry hank heinrich heinz heiner hal|george georg jorg schorsch
lawrence larry laurence lars lorenz|francis frank fran franz|ronald ron ronnie|donald don donnie|douglas doug|raymond ray
gerald gerry jerry gerhard gerd gert|albert al bert bertie albrecht|leonard leo len lenny leonhard|philip phil pip philipp phillip|walter walt wally
theodore theo ted teddy theodor|zachary zach zack zac|joshua josh|jacob jake jakob jacques jay|nathaniel nathan nate nat|oliver ollie oli olly
dominic dom dominik|vincent vince vinny|victor vic viktor|martin marty|harold hal harry harald|arthur art artie artur|eugene gene eugen
louis lou ludwig lutz lewis luis|max maximilian maxim maxwell|sebastian seb basti bastian|tobias toby tobi|ulrich uli ulli|wolfgang wolf wolfi
dieter dietrich|elizabeth liz beth betty lizzie eliza elisabeth lisa elsie bess ella elli sissi lisbeth
margaret maggie meg peggy marge greta margarete gretel rita daisy maisie margarethe
catherine cathy kate katie kathy katherine kathryn kat katharina katja cath kathleen|mary marie maria molly polly mia mitzi
patricia pat patty trish tricia patti|jennifer jen jenny jenni|jessica jess jessie|rebecca becky becca rebekka
susan sue suzy susie susanne suzanne susanna sanne|barbara barb babs barbie baerbel|deborah deb debbie debra
christine chris chrissy christina tina kristin kirsten christa christel kirstin christiane|victoria vicky tori vicki viktoria
alexandra alex sandra sasha lexi alexa|samantha sam sammy|abigail abby gail abbie|katherine kate kitty kay|eleanor ellie nell nora elle eleonore
isabella izzy bella isabel isabelle isobel issy|charlotte charlie lottie lotte|amelia amy millie emilia emily emmy|josephine jo josie josefine fina
dorothy dot dolly dora dorothea thea|frances fran francie franziska franzi|helen helena nell lena ellen helene leni
joan joanna jo joanne johanna hanna hannah|judith judy jutta|julia julie jule juliane juliet|kimberly kim|laura laurie lora|linda lindy
madeline maddie madeleine maddy|martha marty|michelle shelly michaela|nancy nan ann anna anne annie anja anni antje
natalie nat nattie natalia natasha natalya|pamela pam|penelope penny|rachel rae|rose rosie rosa rosemary|sarah sally sara sadie
stephanie steph stefanie steffi|theresa terry tess teresa tessa resi therese|valerie val|veronica ronnie vroni veronika|virginia ginny
gabriele gabi gabriella gabrielle|brigitte gitte gitta birgit|sabine bine|ursula uschi ulla|heidi adelheid heide|ingeborg inge|monika moni monica
angelika geli angelica angela angie|waltraud traudl|renate reni|regina gina|manfred manni|guenther guenter gunter|juergen jurgen|hermann herman
rudolf rudi rolf rudolph|siegfried sigi|mohammed muhammad mohamed mohammad mehmet mo muhammed ahmed|jose pepe|francisco paco pancho|guillermo memo
enrique quique|ignacio nacho|giuseppe beppe peppe|giovanni gianni|ivan vanya|dmitri dima dmitry dmitrij|sergei sergey sergej serge|yuri juri iurii
vladimir volodya vova|evgeny yevgeny jewgeni
"""


def _nicknames() -> dict[str, frozenset[int]]:
    groups: dict[str, set[int]] = {}
    for number, group in enumerate(_NICKNAMES.strip().replace("\n", "|").split("|")):
        for name in group.split():
            groups.setdefault(name, set()).add(number)
    return {name: frozenset(numbers) for name, numbers in groups.items()}


_GROUPS = _nicknames()
_NOBODY: frozenset[int] = frozenset()


def nickname_groups(name: str) -> frozenset[int]:
    """Return the families of names that a given name belongs to; Bob and Robert have one in common."""
    return _GROUPS.get(name, _NOBODY)


def short_forms(name: str) -> list[str]:
    """Return the names that may stand for a given name: its short forms, or the full ones."""
    groups = nickname_groups(name)
    return sorted(other for other, theirs in _GROUPS.items() if other != name and not groups.isdisjoint(theirs)) if groups else []


# Legal forms of one word, folded and without points; several words and Chinese ones: `exchange.legal_forms`.
LEGAL_FORMS = frozenset(
    "gmbh mbh ag kg kgaa ohg ug gbr ev ek eg se co company corp corporation inc incorporated ltd limited llc llp lp plc pllc sa sas sarl sl srl spa snc bv nv oy oyj ab "
    "as asa aps kft zrt sro doo ooo oao zao pao ооо оао зао пао lda ltda kk".split()
)
# What tells as little about who it is: pieces of longer forms, and words for what a company is part of.
_SAYS_LITTLE = LEGAL_FORMS | frozenset("pty pte sp zoo holding holdings group gruppe gesellschaft stiftung foundation kabushiki kaisha".split())
_LEGAL_SPELLED = re.compile(
    r"\b(?:g\.?\s?m\.?\s?b\.?\s?h|e\.\s?v|e\.\s?k|k\.\s?g|a\.\s?g|l\.\s?l\.\s?c|l\.\s?t\.\s?d|s\.\s?a\.\s?r\.\s?l|s\.\s?r\.\s?l|s\.\s?p\.\s?a|s\.\s?a|b\.\s?v|n\.\s?v|p\.\s?l\.\s?c|sp\.\s?z\s?o\.?\s?o|d\.\s?o\.\s?o|s\.\s?r\.\s?o)\b\.?"
)
_CHINESE_FORMS = re.compile(r"股份有限公司|有限责任公司|有限公司|集团|公司|厂")
_LITTLE = frozenset("the and of for at a an in on und der die das des fuer am de du la le les el los y et e di da".split())


def core_words(name: str) -> list[str]:
    """Return the words of a company's name that name it: no legal form, no articles; all words where nothing else is left."""
    text = plain(_CHINESE_FORMS.sub("", name) or name)
    found = _WORD.findall(_BROKEN.sub("", _LEGAL_SPELLED.sub(" ", text)))
    while len(found) > 1 and found[-1] in _SAYS_LITTLE:
        found.pop()
    core = [word for word in found if word not in _LITTLE and word not in _SAYS_LITTLE]
    return core or found or words(name)


_STREET_WORDS = {
    word: short
    for short, spellings in {
        "st": "street str strasse strase straat st sts", "av": "avenue ave av avda avenida aven", "rd": "road rd", "bd": "boulevard blvd blv bvd boul", "dr": "drive dr drv",
        "pl": "place platz pl plz plaza plads", "ln": "lane ln", "ct": "court ct crt", "cr": "crescent cres cr crst", "cc": "circuit cct cir circle circ",
        "hw": "highway hwy", "pk": "parkway pkwy pky", "tc": "terrace tce terr ter", "wg": "weg wg way", "al": "allee al alley", "gs": "gasse g", "sq": "square sq",
        "cl": "close cl", "gr": "grove gr gve", "pd": "parade pde", "ru": "rue r", "ca": "calle c", "vi": "via v", "n": "north n nord no", "s": "south s sued so",
        "e": "east e ost", "w": "west w", "1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "5th": "fifth", "6th": "sixth", "7th": "seventh", "8th": "eighth",
        "9th": "ninth", "10th": "tenth", "unit": "suite ste apt apartment flat unit room rm floor fl level bldg building",
    }.items()
    for word in spellings.split()
}  # fmt: skip
_GLUED = re.compile(r"(?<=[a-z]{3})(?:strasse|str|straat|weg|gasse|platz|allee)$")
_STREET_KINDS = frozenset("st av rd bd dr pl ln ct cr cc hw pk tc wg al gs sq cl gr pd ru ca vi n s e w".split())
_NUMBER = re.compile(r"\d+[a-z]?$")


def street_words(street: str) -> tuple[list[str], str, str]:
    """Return the words that name a street, its kinds and directions, and the house number; '' where there is none.

    Abbreviations are one with what they stand for: Hauptstr. 5 is Hauptstraße 5, W. 5th Ave is West Fifth Avenue.
    """
    number = ""
    names: list[str] = []
    kinds: list[str] = []
    for found in words(street):
        word = _STREET_WORDS.get(found, found)
        if word == found and (glued := _GLUED.search(found)):
            names.append(found[: glued.start()])
            kinds.append(_STREET_WORDS[glued[0]])
        elif word in _STREET_KINDS:
            kinds.append(word)
        elif not number and _NUMBER.match(word):
            number = word
        else:
            names.append(word)
    if not names:
        names, kinds = kinds, []
    return names, " ".join(sorted(kinds)), number
