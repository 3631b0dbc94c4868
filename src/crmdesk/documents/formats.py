"""Numbers, money and dates on documents, in the language that is being spoken."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from babel.dates import format_date
from babel.numbers import NumberPattern, format_decimal, get_currency_symbol, parse_pattern

from crmdesk.documents.currencies import decimals_of, round_to
from crmdesk.i18n import locale

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from babel import Locale


def _signed(value: Decimal, text: str) -> str:
    """Return a formatted number with the minus sign of print, as wide as a plus; locales give the hyphen of the keyboard."""
    return text.replace("-", "\N{MINUS SIGN}", 1) if value < 0 else text


def number(value: Decimal, decimals: int | None = None) -> str:
    """Format a number with so many decimals; with None with its own but no trailing zeros: 1,234.5."""
    if decimals is not None:
        return _signed(value, _number_pattern(decimals).apply(round_to(value, decimals, "half_up"), locale()))
    return _signed(value, format_decimal(value.normalize(), locale=locale(), decimal_quantization=False))


def percent(rate: Decimal, decimals: int | None = None) -> str:
    """Format a rate that is given in percent, with so many decimals or its own: 9.975%, in German 9,975 %."""
    if decimals is not None:
        return _signed(rate, _percent_pattern(locale(), decimals).apply(round_to(rate, decimals, "half_up") / 100, locale()))
    return _signed(rate, _percent_pattern(locale()).apply(rate.normalize() / 100, locale(), decimal_quantization=False))


DECIMALS = {"integer": 0, "number": 1, "percent": 2}
"""So many decimals have the figures of reports, by their kind, so that points stand below points."""


def figure(value: Decimal, kind: str) -> str:
    """Format a figure of a report, not an amount, with the decimals of its kind: 48.0, 63.15%."""
    return (percent if kind == "percent" else number)(value, DECIMALS.get(kind))


def unit_price(price: Decimal, currency: str) -> str:
    """Format a price per unit: the currency's decimals, more where the price has more."""
    pattern = _number_pattern(decimals_of(currency))
    return _signed(price, pattern.apply(price, locale(), decimal_quantization=False))


def plain_amount(amount: Decimal, currency: str) -> str:
    """Format an amount without its currency: 1,234.50."""
    return _signed(amount, _number_pattern(decimals_of(currency)).apply(amount, locale()))


def money(amount: Decimal, currency: str) -> str:
    """Format an amount with its currency: €1,234.50, in German 1.234,50 €."""
    pattern = _money_pattern(locale(), decimals_of(currency), _needs_space(locale(), currency))
    return _signed(amount, pattern.apply(amount, locale(), currency=currency, currency_digits=False))


def long_date(day: date) -> str:
    """Format a date with its month written out: 20 December 2026."""
    return str(format_date(day, "long", locale=locale()))


def short_date(day: date) -> str:
    """Format a date as short as can be read without doubt: 20 Dec 2026, in German 20.12.2026."""
    return str(format_date(day, "medium", locale=locale()))


@lru_cache(maxsize=64)
def _needs_space(where: Locale, currency: str) -> bool:
    """Tell whether the currency's sign ends with a letter, so that a number may not follow at once."""
    return str(get_currency_symbol(currency, where))[-1:].isalpha()


@lru_cache(maxsize=64)
def _money_pattern(where: Locale, decimals: int, spaced: bool) -> NumberPattern:
    pattern: str = where.currency_formats["standard"].pattern
    if spaced:
        pattern = pattern.replace("¤#", "¤\N{NO-BREAK SPACE}#")
    return parse_pattern(pattern.replace("0.00", _zeros(decimals)))


@lru_cache(maxsize=64)
def _number_pattern(decimals: int) -> NumberPattern:
    return parse_pattern(f"#,##{_zeros(decimals)}")


@lru_cache(maxsize=16)
def _percent_pattern(where: Locale, decimals: int = 0) -> NumberPattern:
    return parse_pattern(where.percent_formats[None].pattern.replace("0", _zeros(decimals), 1))


def _zeros(decimals: int) -> str:
    return "0." + "0" * decimals if decimals else "0"
