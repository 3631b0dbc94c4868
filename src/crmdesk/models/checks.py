"""Checks of single values; each returns the complaint as a translated sentence, or None."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from decimal import Decimal

from crmdesk import clock
from crmdesk.i18n import tr

MOST_DAYS = 3650
"""Ten years: of what is counted in days, nothing takes longer."""
MOST_MINUTES = 366 * 24 * 60


def tomorrow() -> date:
    """Return the last day that it may be anywhere in the world by now."""
    return clock.today() + timedelta(days=1)


def next_year() -> int:
    """Return the year in which what is being founded may begin."""
    return clock.today().year + 1


def check_rate(rate: Decimal) -> str | None:
    """Complain about an exchange rate that makes nothing or a debt of an amount."""
    return None if rate > 0 else tr("An exchange rate is greater than 0.")


def check_base_quantity(quantity: Decimal) -> str | None:
    """Complain about a price for nothing."""
    return None if quantity > 0 else tr("A price is for a quantity greater than 0.")


def check_definition(text: str) -> str | None:
    """Complain about what the program could not have written: its own definitions are objects in JSON."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    return None if isinstance(found, dict) else tr("This is no definition that the program wrote.")


def check_number_pattern(pattern: str) -> str | None:
    """Complain about a pattern of numbers that lacks `{seq}` or has other placeholders than that and `{year}`."""
    if re.fullmatch(r"(?:[^{}]|\{year\}|\{seq(?::0\d)?\})*", pattern) and "{seq" in pattern:
        return None
    return tr("“{pattern}” is no pattern for numbers. Write it as in {example}.", pattern=pattern, example="Q-{year}-{seq:04}")


_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}")


def check_mail(address: str) -> str | None:
    """Complain about something that is no mail address; the odd ones are judged by email-validator, offline."""
    if _MAIL.fullmatch(address) and ".." not in address and ".@" not in address and address[0] != ".":
        return None
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(address, check_deliverability=False, allow_smtputf8=True, allow_quoted_local=True, test_environment=True)
    except EmailNotValidError:
        return tr("“{text}” is not a mail address.", text=address)
    return None


def check_website(address: str) -> str | None:
    """Complain about a website that could not be opened as one."""
    if re.fullmatch(r"(?:https?://)?[^\s/?#:@]+(?:\.[^\s/?#:@]+)*(?::\d+)?(?:[/?#]\S*)?", address.strip(), re.IGNORECASE):
        return None
    return tr("“{text}” is not a web address.", text=address)


_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code_check_digit(first_17: str) -> str:
    """Return the check character of a Chinese unified social credit code. Source: GB 32100-2015, 5.2."""
    total = sum(_CREDIT_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(first_17))
    return _CREDIT_ALPHABET[(31 - total % 31) % 31]


def check_credit_code(code: str) -> str | None:
    """Complain about a Chinese unified social credit code that is mistyped."""
    bare = code.strip().upper()
    if len(bare) != 18 or any(c not in _CREDIT_ALPHABET for c in bare):
        return tr("A unified social credit code has 18 digits and letters.")
    if credit_code_check_digit(bare[:17]) != bare[17]:
        return tr("The check digit of this unified social credit code is wrong: a character is mistyped.")
    return None


_VAT = {
    "AT": r"U\d{8}", "BE": r"[01]\d{9}", "BG": r"\d{9,10}", "CY": r"\d{8}[A-Z]", "CZ": r"\d{8,10}", "DE": r"\d{9}", "DK": r"\d{8}", "EE": r"\d{9}",
    "EL": r"\d{9}", "ES": r"[A-Z0-9]\d{7}[A-Z0-9]", "FI": r"\d{8}", "FR": r"[A-Z0-9]{2}\d{9}", "HR": r"\d{11}", "HU": r"\d{8}",
    "IE": r"\d[A-Z0-9+*]\d{5}[A-Z]{1,2}", "IT": r"\d{11}", "LT": r"\d{9}(?:\d{3})?", "LU": r"\d{8}", "LV": r"\d{11}", "MT": r"\d{8}", "NL": r"\d{9}B\d{2}",
    "PL": r"\d{10}", "PT": r"\d{9}", "RO": r"\d{2,10}", "SE": r"\d{12}", "SI": r"\d{8}", "SK": r"\d{10}", "XI": r"\d{9}(?:\d{3})?", "GB": r"\d{9}(?:\d{3})?",
}  # fmt: skip


def check_vat_id(vat_id: str) -> str | None:
    """Complain about a European VAT id of the wrong shape; ids of other countries are taken as they are."""
    bare = re.sub(r"[\s.-]", "", vat_id).upper()
    pattern = _VAT.get(bare[:2])
    if pattern and not re.fullmatch(pattern, bare[2:]):
        return tr("“{text}” does not look like a VAT ID of its country.", text=vat_id)
    return None
