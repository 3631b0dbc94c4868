"""The currencies of the world: their codes, how people write them, and how many decimals they have."""

from __future__ import annotations

from functools import lru_cache

from crmdesk.i18n import tr

# ISO 4217; every currency that is not named here has two decimals. Babel's figures are CLDR's, which differ where coins are out of use
# (IQD, RSD and others): an amount that was calculated by one and stored by the other would be a hundred times too large.
UNUSUAL_DECIMALS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}
# Metals, units of account, the code for tests and the one for no currency: ISO 4217 knows no smallest unit of them, so that no amount is in them.
_NO_MONEY = frozenset("XAG XAU XBA XBB XBC XBD XDR XFO XFU XPD XPT XRE XSU XTS XUA XXX".split())
SYMBOLS = {
    "€": "EUR", "£": "GBP", "¥": "CNY", "￥": "CNY", "元": "CNY", "$": "USD", "US$": "USD", "CHF": "CHF", "円": "JPY", "₹": "INR", "NT$": "TWD", "HK$": "HKD",
    "A$": "AUD", "C$": "CAD", "S$": "SGD", "NZ$": "NZD", "R$": "BRL", "₩": "KRW", "zł": "PLN", "Kč": "CZK", "₺": "TRY", "₪": "ILS", "฿": "THB", "₫": "VND",
    "₴": "UAH", "₱": "PHP", "₦": "NGN",
}  # fmt: skip


def currency_decimals(currency: str) -> int:
    """Return how many decimals a currency's amounts have. Source: ISO 4217."""
    return UNUSUAL_DECIMALS.get(currency, 2)


@lru_cache(maxsize=1)
def currencies() -> frozenset[str]:
    """Return the codes of the world's currencies. Source: ISO 4217 through Babel's data."""
    from babel.core import get_global

    return frozenset(get_global("all_currencies")) - _NO_MONEY


@lru_cache(maxsize=1)
def _currency_names() -> dict[str, str]:
    """Return the codes of today's currencies by what they are called in the languages of the program, in small letters."""
    from babel.core import Locale, get_global

    used = {code for uses in get_global("territory_currencies").values() for code, _, until, is_tender in uses if is_tender and until is None}
    return {name.casefold(): code for language in ("zh", "de", "en") for code, name in Locale(language).currencies.items() if code in used}


def currency_code(text: str) -> str:
    """Return the code that a currency's code in small letters, its sign or its name means; anything else in capitals."""
    bare = text.strip()
    code = bare.upper()
    return code if not bare or code in currencies() else SYMBOLS.get(code) or _currency_names().get(bare.casefold(), code)


def unknown_currency(code: str) -> str | None:
    """Complain about a code that no currency has, and name those that nearly have it; former ones are known."""
    if code in currencies():
        return None
    from difflib import get_close_matches

    near = get_close_matches(code.upper(), sorted(set(_currency_names().values())), n=2, cutoff=0.75)
    if not near:
        return tr("There is no currency “{code}”.", code=code)
    return tr("There is no currency “{code}”; {others} is near to it.", code=code, others=", ".join(near))
