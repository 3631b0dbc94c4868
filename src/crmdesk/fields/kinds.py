"""The kinds of fields: how values of each are read, shown, stored and compared. `KINDS` is the only table of that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.clock import moment, to_ms
from crmdesk.errors import UserError
from crmdesk.fields.dates import read_date, read_moment, show_date, show_moment
from crmdesk.fields.money import exact_minor, read_money, show_money
from crmdesk.fields.numbers import LARGEST_STORED, RATE_SCALE, SCALE, exact_scaled, from_scaled, read_number, show_number, to_scaled
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from crmdesk.fields.field import Field
    from crmdesk.fields.money import Money

LAST_DAY = date(2199, 12, 31)
_DAYS = (date(1800, 1, 1), LAST_DAY)
_ORDERED = ("=", "!=", "<", "<=", ">", ">=", "in", "empty", "notempty")
_TEXT = ("~", "=", "!=", "in", "empty", "notempty")
_YES = {"1", "true", "yes", "y", "x", "on", "ja", "wahr", "是", "真", "对"}
_NO = {"0", "false", "no", "n", "off", "nein", "falsch", "否", "假", ""}


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a person's text depends on.

    Attributes:
        date_order: `dmy`, `mdy`, `ymd` for dates such as 3/4/2026; `""` refuses ambiguous ones.
    """

    currency: str = "EUR"
    region: str = "DE"
    date_order: str = ""
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Kind:
    """How the values of one kind behave.

    Attributes:
        sql: the column's type in a STRICT table; empty when the kind has no column of its own.
        read: text to plain value; raises UserError with a sentence.
        show: plain value to text in the locale in force.
        store: plain to stored value. load: stored to plain value.
        operators: those that a filter offers.
        least, most: the smallest and largest plain value of fields that say nothing else.
    """

    sql: str
    read: Callable[[str, Field, Reading], Any]
    show: Callable[[Any, Field], str]
    store: Callable[[Any], Any] = lambda value: value
    load: Callable[[Any], Any] = lambda value: value
    operators: tuple[str, ...] = ("=", "!=", "in", "empty", "notempty")
    numeric: bool = False
    least: Any = None
    most: Any = None


def _read_text(text: str, field: Field, reading: Reading) -> str:
    bare = text.strip()
    return field.clean(bare) if field.clean and bare else bare


def _read_integer(text: str, field: Field, reading: Reading) -> int:
    value = read_number(text)
    if value != value.to_integral_value():
        raise UserError(tr("“{text}” is not a whole number.", text=text))
    if abs(value) > LARGEST_STORED:
        raise UserError(tr("The number is too large."))
    return int(value)


def _read_decimal(text: str, field: Field, reading: Reading) -> Decimal:
    value = read_number(text)
    exact_scaled(value, RATE_SCALE if field.kind == "rate" else SCALE)
    return value


def _read_money(text: str, field: Field, reading: Reading) -> Money:
    money = read_money(text, reading.currency)
    if field.kind == "money":
        exact_minor(money)
    else:
        exact_scaled(money.amount)
    return money


def _read_date(text: str, field: Field, reading: Reading) -> date:
    return read_date(text, reading.date_order, field.may_lack_year)


def _read_moment(text: str, field: Field, reading: Reading) -> datetime:
    return read_moment(text, reading.date_order, reading.zone)


def _read_flag(text: str, field: Field, reading: Reading) -> bool:
    bare = text.strip().casefold()
    if bare in _YES or bare in _NO:
        return bare in _YES
    raise UserError(tr("“{text}” is neither yes nor no.", text=text))


def _read_choice(text: str, field: Field, reading: Reading) -> str:
    bare = text.strip().casefold()
    for choice in field.choices:
        if bare in {choice.value.casefold(), choice.label.casefold(), tr(choice.label).casefold()}:
            return choice.value
    options = ", ".join(choice.value for choice in field.choices)
    raise UserError(tr("“{text}” is not one of the choices.", text=text), hint=tr("Choose one of: {options}.", options=options))


def _read_link(text: str, field: Field, reading: Reading) -> str:
    return text.strip()  # resolved to a record by the operation, which knows the store


def _plain_text(value: Any, field: Field) -> str:
    return str(value)


KINDS: dict[str, Kind] = {
    "text": Kind("TEXT", _read_text, _plain_text, operators=_TEXT),
    "long_text": Kind("TEXT", _read_text, _plain_text, operators=("~", "empty", "notempty")),
    "integer": Kind("INTEGER", _read_integer, lambda v, f: show_number(v), operators=_ORDERED, numeric=True),
    "decimal": Kind("INTEGER", _read_decimal, lambda v, f: show_number(v), to_scaled, from_scaled, _ORDERED, numeric=True),
    "rate": Kind(
        "INTEGER", _read_decimal, lambda v, f: show_number(v), lambda v: to_scaled(v, RATE_SCALE), lambda v: from_scaled(v, RATE_SCALE), _ORDERED, numeric=True
    ),
    "money": Kind("INTEGER", _read_money, lambda v, f: show_money(v), operators=_ORDERED, numeric=True),
    "price": Kind("INTEGER", _read_money, lambda v, f: show_money(v), operators=_ORDERED, numeric=True),
    "date": Kind("TEXT", _read_date, lambda v, f: show_date(v), date.isoformat, date.fromisoformat, _ORDERED, False, *_DAYS),
    "moment": Kind("INTEGER", _read_moment, lambda v, f: show_moment(v), to_ms, moment, _ORDERED, False, *_DAYS),
    "flag": Kind("INTEGER", _read_flag, lambda v, f: tr("Yes") if v else tr("No"), int, bool, ("=",)),
    "choice": Kind("TEXT", _read_choice, lambda v, f: f.choice(v)),
    "link": Kind("BLOB", _read_link, _plain_text, lambda value: value.bytes, lambda value: UUID(bytes=value)),
    "parts": Kind("", _read_text, _plain_text, operators=("~", "=", "empty", "notempty")),
}
