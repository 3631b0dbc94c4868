"""Languages: `mark` where a text is declared, `tr` where it is shown, formats by locale.

A label that was marked is translated when it is shown, so switching the language needs no restart.
"""

from __future__ import annotations

import gettext
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING

from crmdesk.resources import resource

if TYPE_CHECKING:
    from babel import Locale

LANGUAGES = {"en": "English", "de": "Deutsch", "zh": "简体中文"}
CATALOGUES = {"en": "en", "de": "de", "zh": "zh_CN"}

# Countries that write dates, numbers and money otherwise than their language usually does.
REGIONAL = {"en": frozenset("US CA AU NZ IE IN SG ZA".split()), "de": frozenset(("AT", "CH", "LI"))}

# Letters that not everybody has on the keyboard, and what they are written as then; for search and for doubles.
SPELLED_OUT = {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "œ": "oe", "ß": "ss"}

_language: ContextVar[str | None] = ContextVar("language", default=None)
_region: ContextVar[str] = ContextVar("region", default="")
_default = "en"
_default_region = ""


def mark(text: str) -> str:
    """Return the text as it is; the extractor finds it here, `tr` translates it later."""
    return text


def set_language(language: str) -> None:
    """Choose the language of the program."""
    global _default
    _default = language if language in LANGUAGES else "en"


def set_region(region: str) -> None:
    """Choose the country whose way of writing dates, numbers and money the program follows, as far as its language knows it."""
    global _default_region
    _default_region = region


def language() -> str:
    """Return the language in force: `en`, `de` or `zh`."""
    return _language.get() or _default


class speaking:  # noqa: N801 - reads as a word: `with speaking("de"):`
    """Use another language for a while, such as that of a document's reader, with the formats of a country."""

    def __init__(self, language: str, region: str = "") -> None:
        self._wanted = language if language in LANGUAGES else "en"
        self._region = region

    def __enter__(self) -> None:
        self._tokens = _language.set(self._wanted), _region.set(self._region)

    def __exit__(self, *_: object) -> None:
        _language.reset(self._tokens[0])
        _region.reset(self._tokens[1])


@lru_cache(maxsize=8)
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    folder = resource("translations")
    return gettext.translation("crmdesk", folder, [CATALOGUES[language]], fallback=True)


def tr(text: str, /, **values: object) -> str:
    """Translate a text and fill its `{placeholders}`; `{count}` has its thousands apart."""
    shown = _catalogue(language()).gettext(text) if text else ""
    if isinstance(count := values.get("count"), int):
        values["count"] = grouped(count)
    return shown.format(**values) if values else shown


def ntr(one: str, many: str, count: int, /, **values: object) -> str:
    """Translate a text that depends on a number; `{count}` is filled with it, its thousands apart."""
    catalogue = _catalogue(language())
    shown = catalogue.ngettext(one, many, count)
    if shown in (one, many):  # a pair that was declared with `mark`: two texts of the catalogue
        shown = catalogue.gettext(shown)
    return shown.format(count=grouped(count), **values)


def grouped(value: int) -> str:
    """Return a whole number as people write it here, its thousands apart."""
    if -1000 < value < 1000:
        return str(value)
    from babel.numbers import format_decimal

    return str(format_decimal(value, locale=locale()))


@lru_cache(maxsize=16)
def _parsed(name: str) -> Locale:
    from babel import Locale

    return Locale.parse(name)


def locale() -> Locale:
    """Return Babel's locale for dates, numbers and money."""
    chosen = _language.get()
    return locale_of(chosen or _default, _region.get() if chosen else _default_region)


def locale_of(language: str, region: str) -> Locale:
    """Return Babel's locale of a language as it is written in a country."""
    if region in REGIONAL.get(language, ()):
        return _parsed(f"{language}_{region}")
    return _parsed({"de": "de_DE", "zh": "zh_Hans_CN"}.get(language, "en_GB"))


def date_order(written: Locale) -> str:
    """Return how dates such as 3/4/2026 are meant where they are written so: `dmy`, `mdy` or `ymd`."""
    from babel.dates import get_date_format

    pattern = get_date_format("short", written).pattern.lower()
    return "".join(sorted("dmy", key=pattern.index))
