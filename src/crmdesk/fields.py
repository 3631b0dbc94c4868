"""Field: the one vocabulary for anything with a label and a value.

A field's kind decides how a value is read from text, shown, stored, exported and compared; `KINDS` is the only table of that.
Three forms of a value: *text* as people write it, *plain* as the program works with it (Decimal, date, datetime in UTC, UUID, bool,
Money), *stored* as SQLite keeps it (see `Kind`). No SQL and no Qt here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.clock import moment, to_ms
from crmdesk.errors import UserError
from crmdesk.i18n import locale, tr

if TYPE_CHECKING:
    from collections.abc import Callable

SCALE = 6
RATE_SCALE = 12
LARGEST_STORED = 2**63 - 1
_DIGITS = 19  # those of LARGEST_STORED; Decimal cannot shift the point of numbers much longer
NO_YEAR = 1604
"""The year in which dates without one are kept, as Apple and Google do: it had a 29 February."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values that a choice field takes: what is stored and what people read."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a record, as every part of the program sees it.

    Attributes:
        kind: a key of `KINDS`.
        search: weight in the search index, 3 = title, 2 = number or address, 1 = text, 0 = not searched.
        target: the entity that a link points to, or whose records a parts field lists.
        aliases: other names under which imports know this field, in any language.
        sensitivity: `normal`, `personal` or `secret`; decides masking and who may search it.
        derived: filled by the program from other values; neither typed nor journaled.
        group: fields of one group move together when stores are merged.
        may_lack_year: of a date, such as a birthday whose year nobody knows; `24 December` is one then.
        least, most: the smallest and the largest plain value, or functions that return it; of moments the days. Without them those of the kind.
        clean: brings a text into the form in which it is kept.
        check: complains, as a sentence, about a plain value.
    """

    name: str
    kind: str
    label: str
    required: bool = False
    in_list: bool = False
    search: int = 0
    target: str | None = None
    choices: tuple[Choice, ...] = ()
    aliases: tuple[str, ...] = ()
    sensitivity: str = "normal"
    derived: bool = False
    group: str | None = None
    may_lack_year: bool = False
    least: Any = None
    most: Any = None
    clean: Callable[[str], str] | None = None
    check: Callable[[Any], str | None] | None = None

    @property
    def column(self) -> str:
        """The name of the SQL column: a link's ends in `_id`."""
        return f"{self.name}_id" if self.kind == "link" else self.name

    def choice(self, value: str) -> str:
        """Return the label of a choice in the language in force, or the value itself if it is unknown."""
        return next((tr(c.label) for c in self.choices if c.value == value), value)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with its currency."""

    amount: Decimal
    currency: str

    @property
    def minor(self) -> int:
        """The amount in the currency's smallest unit, as it is stored."""
        return to_minor(self.amount, self.currency)


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


# ISO 4217; every currency that is not named here has two decimals. Babel's figures are CLDR's, which differ where coins are out of use
# (IQD, RSD and others): an amount that was calculated by one and stored by the other would be a hundred times too large.
UNUSUAL_DECIMALS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}


def currency_decimals(currency: str) -> int:
    """Return how many decimals a currency's amounts have. Source: ISO 4217."""
    return UNUSUAL_DECIMALS.get(currency, 2)


# Metals, units of account, the code for tests and the one for no currency: ISO 4217 knows no smallest unit of them, so that no amount is in them.
_NO_MONEY = frozenset("XAG XAU XBA XBB XBC XBD XDR XFO XFU XPD XPT XRE XSU XTS XUA XXX".split())


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
    return code if not bare or code in currencies() else _SYMBOLS.get(code) or _currency_names().get(bare.casefold(), code)


def unknown_currency(code: str) -> str | None:
    """Complain about a code that no currency has, and name those that nearly have it; former ones are known."""
    if code in currencies():
        return None
    from difflib import get_close_matches

    near = get_close_matches(code.upper(), sorted(set(_currency_names().values())), n=2, cutoff=0.75)
    if not near:
        return tr("There is no currency “{code}”.", code=code)
    return tr("There is no currency “{code}”; {others} is near to it.", code=code, others=", ".join(near))


def to_minor(amount: Decimal, currency: str) -> int:
    """Turn an amount into the currency's smallest unit, rounding half up; ¥12.5 is 13, 12.50 € is 1250."""
    if amount.adjusted() >= _DIGITS or abs(scaled := amount.scaleb(currency_decimals(currency)).quantize(Decimal(1), ROUND_HALF_UP)) > LARGEST_STORED:
        raise UserError(tr("The amount is too large."))
    return int(scaled)


def from_minor(minor: int, currency: str) -> Decimal:
    """Turn a stored amount into a Decimal with the currency's decimals."""
    return Decimal(minor).scaleb(-currency_decimals(currency))


def has_more_decimals(money: Money) -> bool:
    """Say whether an amount has more decimals than its currency, so that it is rounded when it is stored."""
    exponent = money.amount.as_tuple().exponent
    return (
        isinstance(exponent, int)
        and -exponent > currency_decimals(money.currency)
        and money.amount != from_minor(to_minor(money.amount, money.currency), money.currency)
    )


def exact_minor(money: Money) -> int:
    """Turn an amount that somebody gave into the currency's smallest unit.

    Raises:
        UserError: it has more decimals than its currency: something else would be kept than was said.
    """
    if not has_more_decimals(money):
        return money.minor
    amount, count = show_number(money.amount), currency_decimals(money.currency)
    if count:
        raise UserError(tr("{amount} has more decimals than the {count} of {currency}.", amount=amount, count=count, currency=money.currency))
    raise UserError(tr("{amount} has decimals, and {currency} has none.", amount=amount, currency=money.currency))


def to_scaled(value: Decimal, scale: int = SCALE) -> int:
    """Turn a price, quantity or rate into the integer that is stored: six decimals, rounded half up."""
    if value.adjusted() >= _DIGITS or abs(scaled := value.scaleb(scale).quantize(Decimal(1), ROUND_HALF_UP)) > LARGEST_STORED:
        raise UserError(tr("The number is too large."))
    return int(scaled)


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


_SYMBOLS = {
    "€": "EUR", "£": "GBP", "¥": "CNY", "￥": "CNY", "元": "CNY", "$": "USD", "US$": "USD", "CHF": "CHF", "円": "JPY", "₹": "INR", "NT$": "TWD", "HK$": "HKD",
    "A$": "AUD", "C$": "CAD", "S$": "SGD", "NZ$": "NZD", "R$": "BRL", "₩": "KRW", "zł": "PLN", "Kč": "CZK", "₺": "TRY", "₪": "ILS", "฿": "THB", "₫": "VND",
    "₴": "UAH", "₱": "PHP", "₦": "NGN",
}  # fmt: skip

_MYRIADS = {"万": 10_000, "亿": 100_000_000}


def read_money(text: str, currency: str) -> Money:
    """Read an amount with or without its currency: `12.50 EUR`, `€ 12,50`, `12.5`, `12万元`.

    Raises:
        UserError: no number, or a currency that does not exist.
    """
    # Runs of blanks would be shared out between the pieces in every way.
    found = re.fullmatch(r"\s*([-+−]?)\s*([^\d\s.,()+−-]*)\s*([-+−(]?[\d.,'’\s\u00a0\u202f]*\)?)\s*([万亿]?)\s*([^\d\s.,()]*)\s*", " ".join(text.split()))
    if not found or not found[3].strip() or (found[2] and found[5]) or (found[1] and found[3][0] in "+-−("):
        raise UserError(tr("“{text}” is not an amount of money.", text=text))
    unit = (found[2] or found[5]).strip()
    code = _SYMBOLS.get(unit) or currency_code(unit) or currency
    if unit == "$" and currency.endswith("D"):
        code = currency
    if (unit in {"¥", "￥"} and currency == "JPY") or (unit == "元" and currency in {"TWD", "HKD"}):
        code = currency
    if complaint := unknown_currency(code):
        raise UserError(complaint)
    return Money(read_number(found[1] + found[3]) * _MYRIADS.get(found[4], 1), code)


def _read_money(text: str, field: Field, reading: Reading) -> Money:
    money = read_money(text, reading.currency)
    if field.kind == "money":
        exact_minor(money)
    else:
        exact_scaled(money.amount)
    return money


_DATE = re.compile(r"(\d{1,4})[./\-年 ]+(\d{1,2})[./\-月 ]+(\d{1,4})日?\.?")
_MONTHS = {
    name: n
    for n, names in enumerate(
        (
            "jan january januar jänner",
            "feb february februar",
            "mar march mär märz mrz",
            "apr april",
            "may mai",
            "jun june juni",
            "jul july juli",
            "aug august",
            "sep sept september",
            "oct october okt oktober",
            "nov november",
            "dec december dez dezember",
        ),
        1,
    )
    for name in names.split()
}
_WORDED = re.compile(r"(?:(\d{1,2})\.?\s+([^\W\d]+)\.?|([^\W\d]+)\.?\s+(\d{1,2})),?\s+(\d{4})|(\d{1,2})-([^\W\d]+)-(\d{2,4})")  # fmt: skip


class AmbiguousDate(UserError):
    """The date can be read in two ways; `--dates` or the import's question decides."""


_NO_YEAR = re.compile(r"'?--(\d\d)-?(\d\d)")
_DAY_ONLY = re.compile(
    r"(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.|(?P<m2>\d{1,2})月(?P<d2>\d{1,2})日|(?P<d3>\d{1,2})\.?\s+(?P<word>[^\W\d]+)\.?|(?P<word2>[^\W\d]+)\.?\s+(?P<d4>\d{1,2})"
)


def day_text(day: date) -> str:
    """Return a date by ISO 8601; one without a year as `--12-24`."""
    return f"--{day.month:02}-{day.day:02}" if day.year == NO_YEAR else day.isoformat()


def read_date(text: str, order: str = "", may_lack_year: bool = False) -> date:
    """Read a date: ISO 8601, `20.12.2026`, `20 December 2026`, `2026年12月20日`, and `3/4/2026` in the given order; `--12-20` has no year.

    Args:
        may_lack_year: whether `20.12.`, `20 December` and `12月20日` are dates too.

    Raises:
        AmbiguousDate: day and month could be swapped and no order is given.
        UserError: this is no date.
    """
    bare = text.strip().split("T")[0] if re.match(r"\d{4}-\d\d-\d\dT", text.strip()) else text.strip()
    try:
        if found := _DATE.fullmatch(bare):
            return _ordered(found, bare, order)
        if found := _WORDED.fullmatch(bare):
            return _worded(found)
        if found := _NO_YEAR.fullmatch(bare):
            return date(NO_YEAR, int(found[1]), int(found[2]))
        if may_lack_year and (found := _DAY_ONLY.fullmatch(bare)):
            return _of_no_year(found)
    except ValueError:
        pass
    raise UserError(tr("“{text}” is not a date.", text=text), hint=tr("Write it as in 2026-12-20."))


def _ordered(found: re.Match[str], text: str, order: str) -> date:
    a, b, c = (int(part) for part in found.groups())
    if len(found[1]) > 2 or order == "ymd":
        return date(_year(found[1]), b, c)
    year = _year(found[3])
    if "." in text or order == "dmy" or a > 12:
        return date(year, b, a)
    if order == "mdy" or b > 12 or a == b:
        return date(year, a, b)
    raise AmbiguousDate(tr("“{text}” can be read in two ways.", text=text), hint=tr("Say which comes first: --dates dmy or --dates mdy."))


def _year(digits: str) -> int:
    """Return a year, of the last hundred or so where it has two digits."""
    if len(digits) == 3:
        raise ValueError(digits)
    return int(digits) if len(digits) == 4 else int(digits) + (2000 if int(digits) < 70 else 1900)


def _worded(found: re.Match[str]) -> date:
    day, month, year = (found[1] or found[4] or found[6]), (found[2] or found[3] or found[7]), (found[5] or found[8])
    number = _MONTHS.get(month.casefold())
    if number is None:
        raise ValueError(month)
    return date(_year(year), number, int(day))


def _of_no_year(found: re.Match[str]) -> date:
    day, month = found["d"] or found["d2"] or found["d3"] or found["d4"], found["m"] or found["m2"]
    number = int(month) if month else _MONTHS.get((found["word"] or found["word2"]).casefold(), 0)
    return date(NO_YEAR, number, int(day))


_CLOCK = re.compile(r"(.*?)[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*([AaPp]\.?[Mm]\.?|上午|下午)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?")


def read_moment(text: str, order: str = "", zone: tzinfo = UTC) -> datetime:
    """Read a date with a time of day; without a zone in the text the given one holds, without a time it is midnight.

    Raises:
        UserError: this is no date and time.
    """
    found = _CLOCK.fullmatch(text.strip())
    if not found:
        return datetime.combine(read_date(text, order), time(), zone).astimezone(UTC)
    day, hour, offset = read_date(found[1], order), int(found[2]), found[7]
    half = (found[6] or "").casefold().replace(".", "")
    if half in {"pm", "下午"} and hour < 12:
        hour += 12
    elif half in {"am", "上午"} and hour == 12:
        hour = 0
    try:
        at = datetime.combine(day, time(hour, int(found[3]), int(found[4] or 0), int((found[5] or "")[:3].ljust(3, "0")) * 1000), zone)
    except ValueError:
        raise UserError(tr("“{text}” is not a time.", text=text)) from None
    if offset:
        shift = "+0000" if offset in {"Z", "UTC"} else offset.replace(":", "")
        at = datetime.strptime(at.strftime("%Y-%m-%dT%H:%M:%S.%f") + shift, "%Y-%m-%dT%H:%M:%S.%f%z")
    return at.astimezone(UTC)


_YES = {"1", "true", "yes", "y", "x", "on", "ja", "wahr", "是", "真", "对"}
_NO = {"0", "false", "no", "n", "off", "nein", "falsch", "否", "假", ""}


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


def _show_date(value: date, field: Field) -> str:
    from babel.dates import format_date, format_skeleton

    if value.year == NO_YEAR:
        return str(format_skeleton("MMMd", datetime.combine(value, time()), locale=locale()))
    return format_date(value, "short" if locale().language == "zh" else "medium", locale())  # the long form with 年月日 fits no column


def _show_moment(value: datetime, field: Field) -> str:
    from babel.dates import format_datetime

    return format_datetime(value, "short", locale=locale())


def show_number(value: Decimal | int) -> str:
    """Return a number as the locale in force writes it, with the decimals that it has."""
    from babel.numbers import format_decimal

    return format_decimal(value, locale=locale(), decimal_quantization=False)


def show_money(value: Money, whole: bool = False) -> str:
    """Return an amount as the locale in force writes it; `whole` leaves the decimals out, for boards and tiles."""
    from babel.numbers import format_currency

    pattern = locale().currency_formats["standard"].pattern
    digits = 0 if whole else currency_decimals(value.currency)
    pattern = pattern.replace(".00", "." + "0" * digits if digits else "")
    text = format_currency(value.amount, value.currency, pattern, locale(), currency_digits=False)
    return re.sub(r"([A-Za-z])(\d)", "\\1\u00a0\\2", text)


def limits(field: Field) -> tuple[Any, Any]:
    """Return the smallest and the largest plain value of a field; None where there is no limit."""
    kind = KINDS[field.kind]
    least, most = (kind.least, kind.most) if field.least is None and field.most is None else (field.least, field.most)
    return (least() if callable(least) else least), (most() if callable(most) else most)


def complaint(field: Field, value: Any) -> str | None:
    """Say why a plain value can't stand in a field: it lies beyond its limits, or the field's own check complains."""
    least, most = limits(field)
    if (least is not None or most is not None) and not _is_within(field, value, least, most):
        said = {"field": tr(field.label), "value": _bound(field, value), "least": _bound(field, least), "most": _bound(field, most)}
        if least is None:
            return tr("{field}: {value} is too much; at most {most} is allowed.", **said)
        if most is None:
            return tr("{field}: {value} is too little; at least {least} is allowed.", **said)
        return tr("{field}: {value} is not allowed; it lies between {least} and {most}.", **said)
    if field.kind == "text" and len(value) > LONGEST_TEXT:
        return tr("{field}: the text is longer than {most} characters.", field=tr(field.label), most=LONGEST_TEXT)
    return field.check(value) if field.check else None


def _is_within(field: Field, value: Any, least: Any, most: Any) -> bool:
    plain: Any = value.amount if isinstance(value, Money) else value.date() if isinstance(value, datetime) else value
    if field.may_lack_year and plain.year == NO_YEAR:
        return True
    return bool((least is None or plain >= least) and (most is None or plain <= most))


def _bound(field: Field, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return _show_date(value, field)
    return str(value) if field.kind == "integer" else show_number(value)


_ORDERED = ("=", "!=", "<", "<=", ">", ">=", "in", "empty", "notempty")
_TEXT = ("~", "=", "!=", "in", "empty", "notempty")
LAST_DAY = date(2199, 12, 31)
LONGEST_TEXT = 10_000
"""Of a text of one line: a longer one is a mistake or a trap, and no window can show it."""
_DAYS = (date(1800, 1, 1), LAST_DAY)


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
    "date": Kind("TEXT", lambda t, f, r: read_date(t, r.date_order, f.may_lack_year), _show_date, date.isoformat, date.fromisoformat, _ORDERED, False, *_DAYS),
    "moment": Kind("INTEGER", lambda t, f, r: read_moment(t, r.date_order, r.zone), _show_moment, to_ms, moment, _ORDERED, False, *_DAYS),
    "flag": Kind("INTEGER", _read_flag, lambda v, f: tr("Yes") if v else tr("No"), int, bool, ("=",)),
    "choice": Kind("TEXT", _read_choice, lambda v, f: f.choice(v)),
    "link": Kind("BLOB", _read_link, _plain_text, lambda value: value.bytes, lambda value: UUID(bytes=value)),
    "parts": Kind("", _read_text, _plain_text, operators=("~", "=", "empty", "notempty")),
}
