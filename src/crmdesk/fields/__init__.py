"""Field: the one vocabulary for anything with a label and a value.

A field's kind decides how a value is read from text, shown, stored, exported and compared.
Three forms of a value: *text* as people write it, *plain* as the program works with it (Decimal, date, datetime in UTC, UUID, bool,
Money), *stored* as SQLite keeps it (see `Kind`). No SQL and no Qt here.
"""

from crmdesk.fields.bounds import LONGEST_TEXT, complaint, limits
from crmdesk.fields.currencies import UNUSUAL_DECIMALS, currency_code, currency_decimals, unknown_currency
from crmdesk.fields.dates import NO_YEAR, AmbiguousDate, day_text, read_date, read_moment
from crmdesk.fields.field import Choice, Field
from crmdesk.fields.kinds import KINDS, LAST_DAY, Reading
from crmdesk.fields.money import Money, exact_minor, from_minor, has_more_decimals, read_money, show_money, to_minor
from crmdesk.fields.numbers import LARGEST_STORED, RATE_SCALE, SCALE, from_scaled, read_number, show_number, to_scaled

__all__ = [
    "AmbiguousDate",
    "Choice",
    "Field",
    "KINDS",
    "LARGEST_STORED",
    "LAST_DAY",
    "LONGEST_TEXT",
    "Money",
    "NO_YEAR",
    "RATE_SCALE",
    "Reading",
    "SCALE",
    "UNUSUAL_DECIMALS",
    "complaint",
    "currency_code",
    "currency_decimals",
    "day_text",
    "exact_minor",
    "from_minor",
    "from_scaled",
    "has_more_decimals",
    "limits",
    "read_date",
    "read_moment",
    "read_money",
    "read_number",
    "show_money",
    "show_number",
    "to_minor",
    "to_scaled",
    "unknown_currency",
]
