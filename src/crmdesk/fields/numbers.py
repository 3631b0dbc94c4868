"""Numbers: as people write them, as the locale in force shows them, and as the integers that are stored."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from crmdesk.errors import UserError
from crmdesk.i18n import locale, tr

SCALE = 6
RATE_SCALE = 12
LARGEST_STORED = 2**63 - 1
_DIGITS = 19  # those of LARGEST_STORED; Decimal cannot shift the point of numbers much longer
_SPACES = re.compile(r"[ '’\u00a0\u202f\u3000]")
# Thousands in groups of three (in India of two before the last), each group parted by the same sign.
_WHOLE = re.compile(r"\d*|\d{1,3}(?:([.,_])\d{2,3})*(?:(?(1)\1|[.,_])\d{3})")


def read_number(text: str) -> Decimal:
    """Read a number as people write it: `1,234.50`, `1.234,50`, `1 234,5`, `1'234.5`, `(12)`.

    The last of `.` and `,` is the decimal sign if it stands once and is not followed by exactly three digits; `1.234` and `1,234` are
    read by the locale in force.

    Raises:
        UserError: this is no number.
    """
    bare = text.strip().replace("−", "-")
    if bare.startswith("(") and bare.endswith(")"):
        bare = "-" + bare[1:-1]
    grouped = _SPACES.sub("_", bare.removesuffix("%").strip().removeprefix("+"))
    negative, digits = grouped.startswith("-"), grouped.lstrip("-").strip("_")
    sign = _decimal_sign(digits.replace("_", ""))
    whole, _, part = digits.rpartition(sign) if sign else (digits, "", "")
    if grouped.startswith("--") or not _WHOLE.fullmatch(whole) or not re.fullmatch(r"\d*", part) or not (whole or part):
        raise UserError(tr("“{text}” is not a number.", text=text))
    value = Decimal(f"{re.sub(r'[.,_]', '', whole) or '0'}.{part or '0'}" if part else re.sub(r"[.,_]", "", whole))
    return -value if negative else value


def _decimal_sign(bare: str) -> str:
    signs = [c for c in bare if c in ".,"]
    if not signs:
        return ""
    last = signs[-1]
    if signs.count(last) > 1:
        return ""
    if len(set(signs)) == 2:
        return last
    whole, _, tail = bare.rpartition(last)
    if len(tail) != 3 or not whole.lstrip("+-") or whole.lstrip("+-") == "0":
        return last
    return last if last == locale().number_symbols.get("latn", locale().number_symbols).get("decimal") else ""


def show_number(value: Decimal | int) -> str:
    """Return a number as the locale in force writes it, with the decimals that it has."""
    from babel.numbers import format_decimal

    return format_decimal(value, locale=locale(), decimal_quantization=False)


def shifted(value: Decimal, places: int) -> int | None:
    """Return a number with its point moved to the right and no decimals, rounded half up; None if it is too large to be stored."""
    if value.adjusted() >= _DIGITS:
        return None
    whole = int(value.scaleb(places).quantize(Decimal(1), ROUND_HALF_UP))
    return whole if abs(whole) <= LARGEST_STORED else None


def to_scaled(value: Decimal, scale: int = SCALE) -> int:
    """Turn a price, quantity or rate into the integer that is stored: six decimals, rounded half up."""
    stored = shifted(value, scale)
    if stored is None:
        raise UserError(tr("The number is too large."))
    return stored


def exact_scaled(value: Decimal, scale: int = SCALE) -> int:
    """Turn a price, quantity or rate that somebody gave into the integer that is stored.

    Raises:
        UserError: it has more decimals than are kept.
    """
    stored = to_scaled(value, scale)
    if Decimal(stored).scaleb(-scale) != value:
        raise UserError(tr("{amount} has more than {count} decimals.", amount=show_number(value), count=scale))
    return stored


def from_scaled(stored: int, scale: int = SCALE) -> Decimal:
    """Turn a stored price, quantity or rate into a Decimal without needless zeros."""
    value = Decimal(stored).scaleb(-scale).normalize()
    return value if value.as_tuple().exponent <= 0 else value.quantize(Decimal(1))  # type: ignore[operator]  # finite
