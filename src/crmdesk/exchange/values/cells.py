"""Cells turned into stored values: one function per column, made once, and what a column as a whole says about its dates and numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from crmdesk.clock import to_ms
from crmdesk.errors import UserError
from crmdesk.exchange.table import shown
from crmdesk.exchange.values.html_texts import plain
from crmdesk.exchange.values.hyperlinks import without_text
from crmdesk.exchange.values.nothing import is_nothing
from crmdesk.exchange.words.choices import meaning
from crmdesk.fields import (
    KINDS,
    LONGEST_TEXT,
    AmbiguousDate,
    Field,
    Money,
    Reading,
    complaint,
    currency_decimals,
    has_more_decimals,
    limits,
    read_date,
    read_moment,
    read_money,
    read_number,
    to_minor,
    to_scaled,
)  # fmt: skip
from crmdesk.i18n import mark, tr

if TYPE_CHECKING:
    from datetime import tzinfo

    from crmdesk.exchange.table import Cell, Line

Read = Callable[["Cell"], Any]
"""Turns a cell that is not empty into a stored value, or None where there is nothing in it; raises UserError."""

NUMBERS = frozenset({"integer", "decimal", "rate", "money", "price"})
CURRENCY = "currency"
DATES = frozenset({"date", "moment"})


@dataclass(frozen=True)
class Hints:
    """What the cells of a column, taken together, say about each of them."""

    date_order: str = ""
    decimal_sign: str = ""


@dataclass(frozen=True)
class Question:
    """What a column leaves open: which comes first in its dates, or what its points and commas are.

    Attributes:
        about: `dates` or `numbers`.
        example: a cell that can be read in two ways.
        assumed: what holds if nobody answers; empty where that would be a guess, and an answer is needed.
        note: the same as a sentence.
    """

    about: str
    index: int
    header: str
    example: str
    answers: tuple[str, ...]
    assumed: str = ""
    note: str = ""


@dataclass
class _Seen:
    """What was seen of a column so far."""

    header: str
    kind: str
    day_first: bool = False
    month_first: bool = False
    american: bool = False
    unclear: str = ""
    point: bool = False
    comma: bool = False
    either: str = ""
    either_signs: str = ""
    has_thousandths: bool = False


_ORDERED = re.compile(r"\s*(\d{1,2})[/-](\d{1,2})[/-](\d{2,4})\b")
_NO_DATE = re.compile(r"0{1,4}([./-])0{1,2}\1(?:0{4}|0{1,2})(?: 0{1,2}:00(?::00)?)?|-+|n/?a|none|null", re.IGNORECASE)
# What databases write that know no empty date: the first days of theirs, and the last one for “without end”.
_NEVER = re.compile(
    r"(?:(?:0001|1753)[./-]0?1[./-]0?1|9999[./-]12[./-]31)(?:[T ].*)?|(?:0?1[./-]0?1[./-](?:0001|1753)|(?:31[./-]12|12[./-]31)[./-]9999)(?: .*)?", re.IGNORECASE
)
_NEVER_DAYS = frozenset({date(1, 1, 1), date(1753, 1, 1), date(9999, 12, 31)})
_SIGNS = re.compile(r"\d[\d.,'’ ]*[.,][\d]+")
# A date that Outlook leaves empty shows the pattern of its dates: the American one has neither zeros in front nor four digits of a year.
_AMERICAN_NOTHING = "0/0/00"


def survey(
    lines: Iterable[Line], columns: dict[int, tuple[str, str]], date_order: str, decimal_sign: str = "", usual_sign: str = "", questions: list[Question] | None = None,
    currency: str = "",
) -> dict[int, Hints]:  # fmt: skip
    """Read all cells of date and number columns once, to learn how they are meant.

    What a cell shows beyond doubt holds for its column; then what the user said; then what other columns show.

    Args:
        columns: header and kind by index.
        date_order: what the user said, empty if nothing. decimal_sign: likewise.
        usual_sign: the decimal sign of the country, where nothing shows it.
        questions: takes what remains open.
        currency: that of amounts which name none; columns of the kind `currency` name it for a row.

    Raises:
        AmbiguousDate: day and month could be swapped everywhere in the file, nobody said how, and `questions` is None.
    """
    seen = {index: _Seen(header, kind) for index, (header, kind) in columns.items() if kind != CURRENCY}
    watched = list(seen.items())
    named = [index for index, (_, kind) in columns.items() if kind == CURRENCY]
    codes: set[Cell] = {currency}
    for _, cells in lines:
        if cells.__class__ is not list:
            continue
        for index, column in watched:
            cell = cells[index]
            if cell.__class__ is str and cell:
                (_look_at_date if column.kind in DATES else _look_at_number)(column, cell)
        for index in named:
            codes.add(cells[index])
    found = {}
    without_thousandths = all(currency_decimals(str(code).strip().upper()) < 3 for code in codes)
    for index, column in seen.items():
        if column.kind in DATES:
            found[index] = Hints(date_order=_order(index, column, seen.values(), date_order, questions))
        else:
            if (
                (column.kind == "integer" or column.kind == "money" and without_thousandths)
                and not decimal_sign
                and (sign := _sign_of_thousands(index, column, questions))
            ):
                found[index] = Hints(decimal_sign=sign)
                continue
            found[index] = Hints(decimal_sign=_sign(index, column, seen.values(), decimal_sign, usual_sign, questions))
    return found


def _look_at_date(column: _Seen, text: str) -> None:
    if text == _AMERICAN_NOTHING:
        column.american = True
        return
    if not (found := _ORDERED.match(text)):
        return
    first, second = int(found[1]), int(found[2])
    if first > 12 >= second:
        column.day_first = True
    elif second > 12 >= first:
        column.month_first = True
    elif first != second and first and second:
        column.unclear = column.unclear or text


def _order(index: int, column: _Seen, others: Collection[_Seen], said: str, questions: list[Question] | None) -> str:
    if column.day_first != column.month_first:
        return "dmy" if column.day_first else "mdy"
    if said:
        return said
    if not column.unclear or column.day_first:
        return ""
    if any(other.american for other in others):
        return "mdy"
    told = {"dmy" if other.day_first else "mdy" for other in others if other.day_first != other.month_first}
    if len(told) == 1:
        return told.pop()
    if questions is not None:
        questions.append(Question("dates", index, column.header, column.unclear, ("dmy", "mdy")))
        return ""
    raise two_ways(Question("dates", index, column.header, column.unclear, ("dmy", "mdy")))


def two_ways(question: Question) -> UserError:
    """Return the error of a question that nobody answered."""
    said = tr("“{text}” in column “{column}” can be read in two ways.", text=question.example, column=question.header)
    if question.about == "dates":
        return AmbiguousDate(said, hint=tr("Say which comes first: --dates dmy or --dates mdy."))
    return UserError(said, hint=tr("Say which sign stands before the decimals: --decimal point or --decimal comma."))


def _look_at_number(column: _Seen, text: str) -> None:
    found = _SIGNS.search(text)
    if not found:
        return
    number = found[0]
    signs = [c for c in number if c in ".,"]
    tail = len(number) - max(number.rfind("."), number.rfind(",")) - 1
    if len(set(signs)) == 2 or (len(signs) == 1 and tail != 3):
        if signs[-1] == ".":
            column.point = True
        else:
            column.comma = True
    elif len(signs) > 1:
        if signs[0] == ".":
            column.comma = True
        else:
            column.point = True
    elif not number.startswith("0"):
        column.either = column.either or number
        column.either_signs += "" if signs[0] in column.either_signs else signs[0]
        column.has_thousandths = (
            column.has_thousandths or column.kind not in {"money", "integer"} or bool(_THOUSANDTHS.search(text)) or bool(_SHORT.fullmatch(text))
        )


def _sign(index: int, column: _Seen, others: Collection[_Seen], said: str, usual: str, questions: list[Question] | None) -> str:
    if column.point != column.comma:
        return "." if column.point else ","
    if said:
        return said
    if column.point:
        return ""
    told = {"." if other.point else "," for other in others if other.point != other.comma}
    if len(told) == 1:
        return told.pop()
    if not column.either:
        return ""
    if questions is not None:
        known = {"text": column.either, "column": column.header}
        note = tr("“{text}” in column “{column}” is read with “{sign}” as decimal sign, as usual here.", sign=usual, **known) if usual else ""
        questions.append(Question("numbers", index, column.header, column.either, (".", ","), usual, note))
    return usual


def _sign_of_thousands(index: int, column: _Seen, questions: list[Question] | None) -> str:
    """Return the decimal sign of a column of amounts such as `1.234` in a currency without thousandths, or of whole numbers: the other one."""
    if column.point or column.comma or column.has_thousandths or len(column.either_signs) != 1:
        return ""
    sign = "," if column.either_signs == "." else "."
    if questions is not None and column.kind != "integer":
        note = tr("“{text}” in column “{column}” is read as whole, since amounts have no thousandths.", text=column.either, column=column.header)
        questions.append(Question("numbers", index, column.header, column.either, (".", ","), sign, note))
    return sign


def usual_sign(region: str) -> str:
    """Return the decimal sign of a country; empty where that is unknown."""
    from babel import Locale, UnknownLocaleError

    try:
        symbols = Locale.parse(f"und_{region}").number_symbols
    except (UnknownLocaleError, ValueError):
        return ""
    sign = str(symbols.get("latn", symbols).get("decimal", ""))
    return sign if sign in {".", ","} else ""


# ---- one function per column ----


def reader_of(entity: str, item: Field, hints: Hints, reading: Reading) -> Read:
    """Return the function that reads the cells of a column; money and links are read by those who know the rest of the row."""
    match item.kind:
        case "text":
            read: Read = read_website if item.name == "website" else read_text
        case "long_text":
            read = _as_it_is if item.name == "frozen" else read_long_text  # the page of a quote as it was issued is ours
        case "integer":
            read = {"employees": _sizes, "founded": _years}.get(item.name, _integers)(hints.decimal_sign)
        case "decimal" | "rate":
            read = _decimals(item.kind, hints.decimal_sign)
        case "date":
            read = dates(hints.date_order, item.may_lack_year)
        case "moment":
            read = moments(hints.date_order, reading.zone)
        case "flag":
            read = _flags(item)
        case "choice":
            read = _choices(entity, item)
        case _:
            raise KeyError(item.kind)
    return _or_nothing(_checked(item, read))


def _or_nothing(read: Read) -> Read:
    """Take cells that can't be read for empty ones where they say just that."""

    def lenient(cell: Cell) -> Any:
        try:
            return read(cell)
        except UserError:
            if isinstance(cell, str) and is_nothing(cell):
                return None
            raise

    return lenient


def read_text(cell: Cell) -> str | None:
    """Return the text of a cell in one line, without blanks around it."""
    text = cell.strip() if cell.__class__ is str and cell.isprintable() else one_line(cell)
    if len(text) > LONGEST_TEXT:
        raise UserError(tr("The text is longer than {most} characters.", most=LONGEST_TEXT))
    return text or None


def read_website(cell: Cell) -> str | None:
    """Return the web address of a cell, which may be a hyperlink; None if it leads to no website."""
    text = one_line(cell)
    return None if is_nothing(text) else without_text(text) or None


def one_line(cell: Cell) -> str:
    """Return the text of a cell in one line."""
    text = cell if isinstance(cell, str) else shown(cell)
    return text.strip() if text.isprintable() else " ".join(text.split())


def read_long_text(cell: Cell) -> str | None:
    """Return the text of a cell with its lines; HTML as people read it."""
    return plain(many_lines(cell)) or None


def _as_it_is(cell: Cell) -> str | None:
    return many_lines(cell) or None


def many_lines(cell: Cell) -> str:
    """Return the text of a cell with its lines, however they end."""
    text = cell if isinstance(cell, str) else shown(cell)
    return (text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text).strip()


def _checked(item: Field, read: Read) -> Read:
    """Let what was read be brought into its form and checked, if anything is asked of it; bounds are compared as they are stored."""
    least, most = (None if bound is None else _stored_bound(item, bound) for bound in limits(item))
    clean, check = item.clean, item.check
    if not (clean or check) and least is None and most is None:
        return read
    load = KINDS[item.kind].load

    def checked(cell: Cell) -> Any:
        value = read(cell)
        if value is None:
            return None
        if clean:
            value = clean(value)
        if (check or (least is not None and value < least) or (most is not None and value > most)) and (said := complaint(item, load(value))):
            raise UserError(said)
        return value

    return checked


def _stored_bound(item: Field, bound: Any) -> Any:
    return to_ms(datetime.combine(bound, time(), UTC)) if item.kind == "moment" else KINDS[item.kind].store(bound)


def number_of(text: str, decimal_sign: str) -> Decimal:
    """Read a number; the column's decimal sign decides what `1.234` is.

    Raises:
        UserError: this is no number.
    """
    if decimal_sign:
        grouping = "," if decimal_sign == "." else "."
        bare = text.replace(grouping, "")
        if bare.count(decimal_sign) > 1 or re.search(rf"{re.escape(decimal_sign)}.*{re.escape(grouping)}", text):
            raise UserError(tr("“{text}” is not a number.", text=text))
        if decimal_sign == ",":
            bare = bare.replace(",", ".")
        whole, point, tail = bare.partition(".")
        return read_number(f"{whole}{point}{tail}{'0' if len(tail) == 3 else ''}")  # a fourth decimal leaves no doubt
    return read_number(text)


class Rough(int):
    """A number that is the lower end of a range, or only about right; a year of which the cell says more."""


_SIZE = re.compile(r"\d(?:[\d.,'’\u00a0\u202f ]*\d)?")
_BELOW_ZERO = re.compile(r"[-−][\d.,]*\d")
_EMPLOYEES = ("employees", "employee", "people", "persons", "mitarbeiter", "mitarbeitende", "beschäftigte", "人", "名", "员工")
_SIZES = ("self-employed", "self employed", "myself only", "solo")


def size_of(text: str, decimal_sign: str = "") -> int:
    """Read how many people work somewhere; of a class such as 51-200, 10,001+ or 1k-5k the lower end, which is a `Rough`.

    Raises:
        UserError: no number of people.
    """
    bare = text.casefold().strip()
    for word in _EMPLOYEES:
        bare = bare.removesuffix(word).strip()
    if bare in _SIZES:
        return 1
    if _BELOW_ZERO.fullmatch(bare):  # a plain number, to be refused as such: no class begins so
        return int(number_of(bare, decimal_sign))
    found = _SIZE.search(bare)
    if not found:
        raise UserError(tr("“{text}” is not a number.", text=text))
    number = found[0].strip()
    behind = re.match(rf"\s?({'|'.join(map(re.escape, sorted(_TIMES, key=len, reverse=True)))})(?![^\W\d_])", bare[found.end() :])
    # Nobody counts thousandths of people.
    whole = re.sub(r"[.,'’\s](?=\d{3}(?!\d))", "", number) if not behind else number
    value = number_of(whole, decimal_sign if whole == number else "") * (_TIMES[behind[1]] if behind else 1)
    if value != value.to_integral_value():
        raise UserError(tr("“{text}” is not a whole number.", text=text))
    return int(value) if whole == bare.replace(number, whole) else Rough(value)


ROUGH = {
    "employees": (
        mark("{count} number of employees is a range or only about right; its lower end was taken."),
        mark("{count} numbers of employees are ranges or only about right; their lower ends were taken."),
    ),
    "founded": (
        mark("{count} cell with the year of foundation says more than a year; the first year in it was taken."),
        mark("{count} cells with the year of foundation say more than a year; the first year in them was taken."),
    ),
}
"""What is told of `Rough` numbers, by the field that took them."""


def _sizes(decimal_sign: str) -> Read:
    plain = _integers(decimal_sign)

    def read(cell: Cell) -> int | None:
        if cell.__class__ is not str or not cell.strip():
            return cast("int | None", plain(cell))
        return size_of(str(cell), decimal_sign)

    return read


_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")


def _years(decimal_sign: str) -> Read:
    """Read years; of `2013 (1888)`, `1999年` or `01.05.1999` the first one, which is a `Rough`."""
    plain = _integers(decimal_sign)

    def read(cell: Cell) -> int | None:
        found = _YEAR.search(cell) if isinstance(cell, str) else None
        if found is None or found[0] == cell:
            return cast("int | None", plain(cell))
        try:
            is_plain = plain(cell) == int(found[0])  # 1999.0
        except UserError:
            is_plain = False
        return int(found[0]) if is_plain else Rough(found[0])

    return read


def _integers(decimal_sign: str) -> Read:
    def read(cell: Cell) -> int | None:
        if cell.__class__ is not str:
            value = _plain_number(cell)
        elif cell.isascii() and cell.isdigit() and len(cell) < 19:
            return int(cell)
        elif not cell.strip():
            return None
        else:
            value = number_of(str(cell), decimal_sign)
        if value != value.to_integral_value():
            raise UserError(tr("“{text}” is not a whole number.", text=shown(cell)))
        if abs(value) >= 2**63:
            raise UserError(tr("The number is too large."))
        return int(value)

    return read


def _plain_number(cell: Cell) -> Decimal:
    if isinstance(cell, date):
        raise UserError(tr("“{text}” is not a number.", text=cell.isoformat()))
    return Decimal(int(cell)) if isinstance(cell, bool) else Decimal(shown(cell))


def _decimals(kind: str, decimal_sign: str) -> Read:
    scale = 12 if kind == "rate" else 6

    def read(cell: Cell) -> int | None:
        if cell.__class__ is not str:
            return to_scaled(_plain_number(cell), scale)
        return to_scaled(number_of(str(cell), decimal_sign), scale) if cell.strip() else None

    return read


# Thousands, millions and more as people shorten them: $5k, 1.2M, 3 Mio. €, 20万. A lone t may be thousand, trillion or ton: only T€ is clear.
_TIMES = {
    **dict.fromkeys(("k", "tsd", "thousand", "tausend", "t€", "teur"), 10**3), **dict.fromkeys(("m", "mm", "mn", "mln", "mio", "million", "millions"), 10**6),
    **dict.fromkeys(("b", "bn", "mrd", "billion", "billions"), 10**9), "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8,
}  # fmt: skip
_SHORT = re.compile(rf"(.*\d)\s?({'|'.join(sorted(map(re.escape, _TIMES), key=len, reverse=True))})\.?(?![^\W\d_])([^\d]*)", re.IGNORECASE)
_PLAIN = re.compile(r"[-+]?[\d.,]+")
_NO_CENTS = re.compile(r"(?<=\d)[.,]\s?[-–—]{1,2}(?=\s|$|€)")  # 12.000,- and 80.–
_AS_JAVA_WRITES = re.compile(r"-?\d\.\d+E\d{1,2}")  # all digits are there, unlike in a spreadsheet's 1.23E+08
_THOUSANDTHS = re.compile(r"BHD|IQD|JOD|KWD|LYD|OMR|TND|CLF|UYW", re.IGNORECASE)
ROUNDED = (
    mark("{count} amount has more decimals than its currency and is rounded."),
    mark("{count} amounts have more decimals than their currency and are rounded."),
)


def money_of(cell: Cell, currency: str, decimal_sign: str, kind: str = "price") -> Money | None:
    """Read an amount; the cell's own currency wins over the row's.

    Args:
        kind: `money` is in the currency's own decimals: `1.234` € may be one or a thousand then, and is refused; a `price` may have more.

    Raises:
        UserError: no amount.
    """
    if cell.__class__ is not str:
        return Money(_plain_number(cell), currency)
    text = str(cell).strip()
    if not _PLAIN.fullmatch(text):
        text = _NO_CENTS.sub("", text)
        if is_nothing(text):
            return None
    if _PLAIN.fullmatch(text):
        money = Money(number_of(text, decimal_sign), currency)
    elif _AS_JAVA_WRITES.fullmatch(text):
        money = Money(Decimal(f"{Decimal(text):f}"), currency)
    elif found := _SHORT.fullmatch(text):
        unit = "€" if found[2].casefold() in {"t€", "teur"} else ""
        short = _worded_money(f"{found[1]}{unit}{found[3]}", text, currency, decimal_sign)
        return Money(short.amount * _TIMES[found[2].casefold()], short.currency)
    else:
        money = _worded_money(text, text, currency, decimal_sign)
    if kind == "money" and has_more_decimals(money) and len(re.split("[.,]", re.sub(r"[^\d.,]", "", text))[-1]) == 3:
        raise UserError(tr("“{text}” may be a thousand times as much: {currency} has no thousandths.", text=text, currency=money.currency))
    return money


def _worded_money(text: str, cell: str, currency: str, decimal_sign: str) -> Money:
    """Read an amount that is more than a number; complaints quote the cell as it stands."""
    if decimal_sign and (found := re.search(r"\d[\d.,'’ \u00a0\u202f]*", text)):
        number = number_of(found[0].strip(), decimal_sign)
        try:
            money = read_money(
                f"{text[: found.start()]}1{text[found.end() :]}" if found[0] == found[0].strip() else text.replace(found[0].strip(), "1"), currency
            )
        except UserError:
            read_money(cell, currency)  # its complaint quotes the cell as it stands
            raise
        return Money(number.copy_sign(money.amount), money.currency)
    return read_money(text, currency)


def stored_money(money: Money, kind: str) -> int:
    """Return an amount as it is stored: minor units, or millionths for unit prices."""
    return to_minor(money.amount, money.currency) if kind == "money" else to_scaled(money.amount)


_SERIAL = re.compile(r"([2-7]\d{4})(?:\.(\d+))?")
_FIRST_DAY = date(1899, 12, 30)  # of Excel's calendar, which believes in a 29 February 1900


def _of_serial(number: float) -> datetime:
    return datetime.combine(_FIRST_DAY, time()) + timedelta(seconds=round(number * 86_400))


def dates(order: str, may_lack_year: bool = False) -> Read:
    """Return the function that reads dates; a number is a day of Excel's calendar."""
    known: dict[str, str | None] = {}

    def read(cell: Cell) -> str | None:
        if cell.__class__ is not str:
            day = _day(cell)
            return None if day in _NEVER_DAYS else day.isoformat()
        text: str = cell
        if text not in known:
            known[text] = learn(text.strip())
        return known[text]

    def learn(text: str) -> str | None:
        if not text or _NO_DATE.fullmatch(text) or _NEVER.fullmatch(text):
            return None
        if found := _SERIAL.fullmatch(text):
            return _of_serial(float(found[1])).date().isoformat()
        if ":" in text:
            return read_moment(text, order).date().isoformat()
        return read_date(text, order, may_lack_year).isoformat()

    return read


def _day(cell: Cell) -> date:
    if isinstance(cell, date):
        return cell.date() if isinstance(cell, datetime) else cell
    return _of_serial(_serial(cell)).date()


def _serial(cell: Cell) -> float:
    number = float(_plain_number(cell))
    if not 1 <= number < 2_958_466:
        raise UserError(tr("“{text}” is not a date.", text=shown(cell)))
    return number


def moments(order: str, zone: tzinfo) -> Read:
    """Return the function that reads dates with a time of day, in a zone where they don't name one."""
    known: dict[str, int | None] = {}

    def of_local(at: datetime) -> int:
        return to_ms(at if at.tzinfo else at.replace(tzinfo=zone))

    def read(cell: Cell) -> int | None:
        if cell.__class__ is not str:
            if _day(cell) in _NEVER_DAYS:
                return None
            if isinstance(cell, datetime):
                return of_local(cell)
            if isinstance(cell, date):
                return of_local(datetime.combine(cell, time()))
            return of_local(_of_serial(_serial(cell)))
        text: str = cell
        if text not in known:
            if len(known) > 50_000:
                known.clear()
            known[text] = learn(text.strip())
        return known[text]

    def learn(text: str) -> int | None:
        if not text or _NO_DATE.fullmatch(text) or _NEVER.fullmatch(text):
            return None
        if _SERIAL.fullmatch(text):
            return of_local(_of_serial(float(text)))
        return to_ms(read_moment(text, order, zone))

    return read


def _flags(item: Field) -> Read:
    kind = KINDS["flag"]
    reading = Reading()

    def read(cell: Cell) -> int | None:
        if isinstance(cell, str):
            return int(kind.read(cell, item, reading)) if cell.strip() else None
        if cell not in (0, 1):
            raise UserError(tr("“{text}” is neither yes nor no.", text=shown(cell)))
        return int(bool(cell))

    return read


def _choices(entity: str, item: Field) -> Read:
    known: dict[str, str | None] = {}
    kind, reading = KINDS["choice"], Reading()

    def read(cell: Cell) -> str | None:
        text = cell if isinstance(cell, str) else shown(cell)
        if text not in known:
            bare = text.strip()
            known[text] = None if not bare else meaning(entity, item.name, bare) or kind.read(bare, item, reading)
        return known[text]

    return read
