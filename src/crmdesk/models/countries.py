"""Countries as people write them, as the codes that phone numbers and addresses need."""

from __future__ import annotations

from functools import lru_cache

from crmdesk.i18n import tr
from crmdesk.models.names import folded

_LANGUAGES = ("en", "de", "zh", "fr", "es", "it", "nl", "pl", "cs", "ru", "pt", "ja")
_OTHERS = {
    "usa": "US", "us": "US", "u.s.": "US", "u.s.a.": "US", "united states of america": "US", "america": "US", "vereinigte staaten von amerika": "US",
    "uk": "GB", "u.k.": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB", "grossbritannien": "GB",
    "holland": "NL", "the netherlands": "NL", "prc": "CN", "p.r. china": "CN", "pr china": "CN", "mainland china": "CN", "korea": "KR",
    "south korea": "KR", "brd": "DE", "bundesrepublik deutschland": "DE", "osterreich": "AT", "schweiz": "CH", "suisse": "CH", "svizzera": "CH",
    "uae": "AE", "u.a.e.": "AE", "czech republic": "CZ", "russia": "RU", "vietnam": "VN", "taiwan": "TW", "hong kong": "HK", "macau": "MO", "macao": "MO",
}  # fmt: skip


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    from babel import Locale

    known: dict[str, str] = {}
    for language in reversed(_LANGUAGES):
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "UN", "ZZ", "XA", "XB"}:
                known[folded(name)] = code
    return {**known, **_OTHERS}


@lru_cache(maxsize=4096)
def region_of(country: str) -> str:
    """Return the code of a country, `DE` for Germany, Deutschland, 德国 or DE itself; empty where it is none."""
    text = country.strip()
    if len(text) == 2 and text.isascii() and text.isalpha() and text.isupper():
        import phonenumbers

        return text if text in phonenumbers.SUPPORTED_REGIONS or text in _names().values() else _OTHERS.get(text.lower(), "")
    return _names().get(folded(text), "")


def unknown_region(code: str) -> str | None:
    """Complain about what is no country's code."""
    return None if len(code) == 2 and region_of(code) == code else tr("“{region}” is no country code such as DE, US or CN.", region=code)


FIVE_DIGITS = frozenset("DE US FR IT ES SE FI GR TR MX PL CZ SK HR UA MY TH KR SA EE LT RS BA ME".split())
"""Countries whose postal codes have five digits: a workbook that keeps them as numbers loses the zero in front."""
