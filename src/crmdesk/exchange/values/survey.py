"""Survey: what the cells of a column, taken together, say about its dates and numbers, and what they leave open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.exchange.values.amount_cells import SHORT, THOUSANDTHS
from crmdesk.fields import AmbiguousDate, currency_decimals
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from crmdesk.exchange.table import Cell, Line

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
            column.has_thousandths or column.kind not in {"money", "integer"} or bool(THOUSANDTHS.search(text)) or bool(SHORT.fullmatch(text))
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
