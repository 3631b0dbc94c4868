"""Legal forms of companies: Acme GmbH is called Acme, and two different forms are two companies."""

from __future__ import annotations

import re
from functools import lru_cache

from crmdesk.matching.words import LEGAL_FORMS
from crmdesk.models.names import folded, has_cjk

# Written without points and blanks, which are written in every way.
_OF_SEVERAL_WORDS = (
    "gmbh & co kgaa|gmbh & co kg|ag & co kg|ug haftungsbeschrankt|gesellschaft mbh|pty ltd|pte ltd|co ltd|pvt ltd|sdn bhd|sp z oo|sp z o o|s r o|d o o|a/s"
).split("|")
_KNOWN = LEGAL_FORMS | frozenset(_OF_SEVERAL_WORDS)
_SAME = {
    "incorporated": "inc",
    "limited": "ltd",
    "corporation": "corp",
    "company": "co",
    "oao": "оао",
    "ooo": "ооо",
    "zao": "зао",
    "pao": "пао",
    "sp z o o": "sp z oo",
}
_CHINESE = ("股份有限公司", "有限责任公司", "有限責任公司", "有限公司", "集团公司", "公司")
_SIGNS = re.compile(r"[.,()]+")
_AND = re.compile(r"\s*(?:&|\bund\b|\band\b|\+)\s*")
_MOST_WORDS = max(form.count(" ") for form in _KNOWN) + 1
# Most names have none of these: a look at them is less than to take each word apart.
_IS_SPELLED = re.compile(r"[.,()&+]|\b(?:und|and)\b")
_LAST_WORDS = frozenset(form.rsplit(" ", 1)[-1] for form in _KNOWN)


@lru_cache(maxsize=20_000)
def split_form(name: str) -> tuple[str, str]:
    """Return a company's name without its legal form, folded, and the form; the form is empty where there is none.

    “Müller & Söhne G.m.b.H. & Co. KG” is (`muller & sohne`, `gmbh & co kg`), 上海明德贸易有限公司 is (上海明德贸易, 有限公司).
    """
    plain = " ".join(folded(name).split())
    if has_cjk(plain):
        for form in _CHINESE:
            if plain.endswith(form) and len(plain) > len(form) + 1:
                return plain[: -len(form)].strip(), form
        return plain, ""
    words = plain.split()
    if _IS_SPELLED.search(plain):
        words = _AND.sub(" & ", " ".join(map(_spelled, words))).split()
    if not words or words[-1] not in _LAST_WORDS:
        return " ".join(words), ""
    for count in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        tail = " ".join(words[-count:])
        if tail in _KNOWN:
            # An `& Co` that is left is part of the form: Meier & Co. KG.
            head = words[:-count]
            while len(head) > 1 and head[-1] == "&":
                head.pop()
            return " ".join(head), _SAME.get(tail, tail)
    return " ".join(words), ""


@lru_cache(maxsize=20_000)
def _spelled(word: str) -> str:
    """Return a word without the points and commas around and inside it: `g.m.b.h.` is `gmbh`, `acme,` is `acme`."""
    return _SIGNS.sub("", word) or word


def has_form(name: str) -> bool:
    """Say whether a text ends in a legal form, as names of companies do."""
    return bool(split_form(name)[1])


_ALSO_NAMES = frozenset("as asa sa sas se ab co kk bv nv oy ek eg ev lp sl srl spa snc ag kg ug doo company limited".split())


def is_surely_a_company(name: str) -> bool:
    """Say whether a text in a column of names is a company: its legal form can't be a surname such as Sa or Co."""
    form = split_form(name)[1]
    last = name.rsplit(maxsplit=1)[-1].rstrip(".") if name.split() else ""
    return bool(form) and (form not in _ALSO_NAMES or (last.isupper() and not name.isupper()) or "." in last or last in {"Limited", "Company"})
