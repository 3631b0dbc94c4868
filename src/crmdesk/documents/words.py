"""Amounts in words, where a country writes them on documents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmdesk.documents.currencies import round_to

if TYPE_CHECKING:
    from decimal import Decimal

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_WAN, _YI = 10**4, 10**8


def rmb_capitals(amount: Decimal) -> str:
    """Write an amount of renminbi in capital characters: 1409.50 is 壹仟肆佰零玖元伍角整.

    Source: 正确填写票据和结算凭证的基本规定 (People's Bank of China).
    """
    cents = int(round_to(abs(amount), 2, "half_up") * 100)
    yuan, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    whole = f"{_whole(yuan)}元" if yuan or not cents else ""
    tens = f"{_DIGITS[jiao]}角" if jiao else "零" if fen and yuan else ""
    units = f"{_DIGITS[fen]}分" if fen else "整"
    return f"{'负' if amount < 0 else ''}{whole}{tens}{units}"


def _whole(yuan: int) -> str:
    if not yuan:
        return _DIGITS[0]
    above, below = divmod(yuan, _YI)
    words = f"{_whole(above)}亿" if above else ""
    for four, group in zip(divmod(below, _WAN), ("万", ""), strict=True):
        words += (_four(four) + group) if four else _DIGITS[0]
    return re.sub("零+", "零", words).strip("零")


def _four(four: int) -> str:
    """Write up to four digits; zeros before and between become one, those behind none."""
    words = ""
    for place in reversed(range(4)):
        digit = four // 10**place % 10
        words += _DIGITS[digit] + _PLACES[place] if digit else _DIGITS[0]
    return re.sub("零+", "零", words).rstrip("零")
