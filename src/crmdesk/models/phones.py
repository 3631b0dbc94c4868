"""Phone numbers: what the user typed, E.164, extension. Never a reason to refuse a number."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_EXTENSION = re.compile(r"(?:(?<!\s)\s*(?:;ext=|\bext\.?|\bextension|\bx|#|\bdw|\bdurchwahl|分机|转)\s*:?\s*(\d{1,8}))\s*$", re.IGNORECASE)

_NOTE = re.compile(r"(?<=\d)\s*\((?=[^()\d]*[^\W\d])[^()\d]*\)$")
"""What people write behind a number: 0171 1234567 (privat)."""


def phone_key(number: str, region: str) -> dict[str, Any]:
    """Return `e164` and `extension` of a number as typed; both None where it is no possible number.

    Args:
        number: as people write it.
        region: the country whose national form is assumed, such as `DE`.
    """
    e164, extension = parse(number, region.upper())
    return {"e164": e164, "extension": extension}


@lru_cache(maxsize=50_000)
def parse(number: str, region: str) -> tuple[str | None, str | None]:
    """Return the E.164 form and the extension of a number, None each where there is none."""
    import phonenumbers as lib

    text = _NOTE.sub("", number.strip())
    if not text:
        return None, None
    found = _EXTENSION.search(text)
    try:
        parsed = lib.parse(text, region or None)
    except lib.NumberParseException:
        return _parse_before(text, found, region) if found else (None, None)
    if found and not parsed.extension:  # the library takes what it does not know for more digits of the number
        return _parse_before(text, found, region)
    if not lib.is_possible_number(parsed):
        return None, parsed.extension
    return lib.format_number(parsed, lib.PhoneNumberFormat.E164), parsed.extension


def _parse_before(text: str, extension: re.Match[str], region: str) -> tuple[str | None, str | None]:
    return (parse(text[: extension.start()], region)[0], extension[1]) if extension.start() else (None, None)


_NOT_DIGITS = re.compile(r"[^0-9]+")


def digits(number: str) -> str:
    """Return the digits of a number."""
    return _NOT_DIGITS.sub("", number)
