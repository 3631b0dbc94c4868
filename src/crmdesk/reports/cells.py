"""The cells of a sheet as XML, a column at a time: each kind of value is written by one function that was made for its column."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from crmdesk.documents.currencies import decimals_of

if TYPE_CHECKING:
    from datetime import tzinfo

Block = Sequence[Sequence[Any]]
"""Some rows of a sheet, column by column."""

LONGEST_TEXT = 32_767
MOST_EXACT = 10**15
REMEMBERED = 20_000

DATE_FORMAT = "yyyy\\-mm\\-dd"
MOMENT_FORMAT = "yyyy\\-mm\\-dd\\ hh:mm"
_FIRST_ORDINAL = date(1899, 12, 30).toordinal()
_DAYS_BEFORE_1970 = date(1970, 1, 1).toordinal() - _FIRST_ORDINAL
_SECONDS = 86_400
_QUARTER = 900


@dataclass(frozen=True)
class SheetColumn:
    """A column of a sheet.

    Attributes:
        label: already translated.
        kind: `text`, `number`, `integer`, `decimal`, `money`, `date`, `moment`, `flag`.
        currency: of money in the column whose cells are plain numbers.
    """

    label: str
    kind: str = "text"
    currency: str = ""


@dataclass(frozen=True)
class Formula:
    """A cell that is calculated, with the value that it has: programs that do not calculate read that one.

    Attributes:
        text: without the sign before it, in Excel's English terms, as in `SUM(A2:A9)`. Never made of data.
        value: as a plain cell would have it.
    """

    text: str
    value: Any


def number_format(kind: str, currency: str = "") -> str:
    """Return Excel's format for a kind of value; money shows its currency and the decimals that it has."""
    match kind:
        case "integer":
            return "#,##0"
        case "decimal":
            return "#,##0.0#########"
        case "money":
            decimals = decimals_of(currency) if currency else 2
            digits = "#,##0" + ("." + "0" * decimals if decimals else "")
            return f'{digits}\\ "{currency}"' if currency else digits
        case "date":
            return DATE_FORMAT
        case "moment":
            return MOMENT_FORMAT
        case "text":
            return "@"
        case _:
            return "General"


# ---- texts ----

# What XML 1.0 can't hold; one such character makes the whole file unreadable.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ESCAPED_ALREADY = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def clean(text: str) -> str:
    """Return a text as a workbook can hold it. Excel counts in UTF-16: an emoji is two."""
    text = _UNWRITABLE.sub("\ufffd", text)
    if fits(text):
        return text
    units = text.encode("utf-16-le")
    return text if len(units) <= 2 * LONGEST_TEXT else units[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", "ignore") + "…"


def is_cut(text: str) -> bool:
    """Say whether a text is longer than a cell may be, so that its end is missing in the workbook."""
    return not fits(text) and len(text.encode("utf-16-le", "surrogatepass")) > 2 * LONGEST_TEXT


def fits(text: str) -> bool:
    """Say whether a text is surely no longer than a cell may be, whatever its letters."""
    return 2 * len(text) <= LONGEST_TEXT


def shown_width(text: str) -> int:
    """Return how many digits wide a text is shown; Chinese letters are twice as wide as others."""
    return len(text) if text.isascii() else sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def xml_text(text: str) -> str:
    """Return a text as the content of an XML element."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def xml_attribute(text: str) -> str:
    """Return a text as the value of an XML attribute."""
    return xml_text(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def text_tail(text: str) -> str:
    """Return the rest of a text cell behind its style: type and content."""
    is_plain = text.isprintable() and fits(text) and "&" not in text and "<" not in text and ">" not in text and "_x" not in text
    if is_plain and text[:1] != " " and text[-1:] != " ":
        return f' t="inlineStr"><is><t>{text}</t></is></c>'
    # “_x000D_” in a text would be read as the character that it names.
    content = _ESCAPED_ALREADY.sub("_x005F_", xml_text(text))
    return f' t="inlineStr"><is><t xml:space="preserve">{content}</t></is></c>'


# ---- columns ----

Cells = Callable[[Sequence[Any], Sequence[str]], list[str]]
"""Makes the cells of a column of its values and the numbers of their rows; an empty cell is an empty text. A column of texts gets texts only."""

Style = Callable[[str, str], int]
"""Returns the number of the style for a kind and a currency."""

Cut = Callable[[str], None]
"""Is told the place of a cell whose text was cut."""


def column_cells(letters: str, column: SheetColumn, style: Style, zone: tzinfo, cut: Cut) -> Cells:
    """Return the function that makes a column's cells.

    Args:
        zone: in which moments are shown; workbooks know no time zones.
        cut: told of every text that is longer than a cell may be.
    """
    texts = _Tails(f'" s="{style("text", "")}"')
    if column.kind == "text":
        return _texts(letters, texts, cut)
    begin = f'" s="{style(column.kind, column.currency)}'
    tail = {
        "decimal": _decimals(begin, style), "date": _dates(begin, zone), "moment": _moments(begin, zone), "flag": lambda value: f'" t="b"><v>{int(bool(value))}</v></c>',
        "money": _money(begin, style),
    }.get(column.kind) or _numbers(begin)  # fmt: skip
    head = f'<c r="{letters}'

    def cell(value: Any, number: str) -> str:
        if value.__class__ is Formula:
            return f"{head}{number}{_calculated(value, tail)}"
        if value.__class__ is str:
            if is_cut(value):
                cut(f"{letters}{number}")
            return f"{head}{number}{texts[value]}"
        return f"{head}{number}{tail(value) or texts[str(value)]}"

    return lambda values, numbers: ["" if value is None or value == "" else cell(value, number) for value, number in zip(values, numbers, strict=True)]


class _Tails(dict[str, str]):
    """The rest of text cells behind their place; what comes again and again is escaped once."""

    def __init__(self, style: str) -> None:
        super().__init__()
        self._style = style
        self.begin_of_plain = f'{style} t="inlineStr"><is><t>'

    def __missing__(self, text: str) -> str:
        if len(self) >= REMEMBERED:
            self.clear()
        tail = self[text] = self._style + text_tail(text)
        return tail


def _texts(letters: str, tails: _Tails, cut: Cut) -> Cells:
    head, end = f'<c r="{letters}', "</t></is></c>"
    begin = tails.begin_of_plain

    def cells(values: Sequence[Any], numbers: Sequence[str]) -> list[str]:
        if _are_plain(values):
            return [f"{head}{number}{begin}{value}{end}" if value else "" for value, number in zip(values, numbers, strict=True)]
        if 2 * max(map(len, filter(None, values)), default=0) > LONGEST_TEXT:
            for value, number in zip(values, numbers, strict=True):
                if value and is_cut(value):
                    cut(f"{letters}{number}")
        return [f"{head}{number}{tails[value]}" if value else "" for value, number in zip(values, numbers, strict=True)]

    return cells


def _are_plain(texts: Sequence[str | None]) -> bool:
    """Say whether texts stand in XML as they are; looked at all together, which costs next to nothing."""
    filled = [text for text in texts if text]
    joined = f"|{'|'.join(filled)}|"
    return (
        joined.isprintable() and "&" not in joined and "<" not in joined and ">" not in joined and "_x" not in joined
        and "| " not in joined and " |" not in joined and 2 * max(map(len, filled), default=0) <= LONGEST_TEXT
    )  # fmt: skip


Tail = Callable[[Any], str]
"""Makes the rest of a cell behind its place; an empty text if the value must stand there as text."""


def _numbers(begin: str) -> Tail:
    begin += '"><v>'

    def number(value: Any) -> str:
        if (value.__class__ is int and not -MOST_EXACT < value < MOST_EXACT) or (value.__class__ is float and not isfinite(value)):
            return ""
        return f"{begin}{_digits(value)}</v></c>"

    return number


def _decimals(begin: str, style: Style) -> Tail:
    """A number that may have decimals; without any it is shown as a whole one, for Excel shows “12.” where none follow."""
    plain, begin, begin_of_whole = _numbers(begin), f'{begin}"><v>', f'" s="{style("integer", "")}"><v>'

    def decimal(value: Any) -> str:
        if value.__class__ is not Decimal:
            return plain(value)
        digits = f"{value:f}"
        return f"{begin if '.' in digits and digits.rstrip('0')[-1] != '.' else begin_of_whole}{digits}</v></c>"

    return decimal


def _money(begin: str, style: Style) -> Tail:
    """An amount alone, or with its currency: each currency has a style of its own."""
    plain, begins = _numbers(begin), dict[str, str]()

    def money(value: Any) -> str:
        if value.__class__ is not tuple:
            return plain(value)
        amount, currency = value
        its = begins.get(currency) or begins.setdefault(currency, f'" s="{style("money", currency)}"><v>')
        return f"{its}{_digits(amount)}</v></c>"

    return money


def _dates(begin: str, zone: tzinfo) -> Tail:
    begin += '"><v>'
    known: dict[date, str] = {}
    at = _moments(begin.removesuffix('"><v>'), zone)

    def day(value: Any) -> str:
        tail = known.get(value)
        if tail is not None:
            return tail
        if isinstance(value, datetime):
            return at(value)
        # Excel's calendar begins in 1900 and has a day too many in it; what is older stands there as text.
        tail = f"{begin}{value.toordinal() - _FIRST_ORDINAL}</v></c>" if value.year > 1900 else ""
        if len(known) < REMEMBERED:
            known[value] = tail
        return tail

    return day


def _moments(begin: str, zone: tzinfo) -> Tail:
    begin += '"><v>'
    shifts: dict[int, float] = {}

    def moment(value: Any) -> str:
        if value.year <= 1900:
            return ""
        if not isinstance(value, datetime):
            return f"{begin}{value.toordinal() - _FIRST_ORDINAL}</v></c>"
        if value.tzinfo is None:
            seconds = value.replace(tzinfo=UTC).timestamp()
        else:
            # Clocks are put forward and back at full quarters of an hour.
            seconds = value.timestamp()
            quarter = int(seconds // _QUARTER)
            shift = shifts.get(quarter)
            if shift is None:
                offset = value.astimezone(zone).utcoffset()
                shift = shifts[quarter] = offset.total_seconds() if offset else 0.0
            seconds += shift
        return f"{begin}{round(seconds / _SECONDS + _DAYS_BEFORE_1970, 9)!r}</v></c>"

    return moment


def _digits(value: Any) -> str:
    if value.__class__ is Decimal:
        return f"{value:f}"
    return repr(value) if value.__class__ is float else str(int(value))


def _calculated(formula: Formula, tail: Tail) -> str:
    """Return the cell of a formula: that of its value, with the formula before it."""
    content = f"<f>{xml_text(formula.text)}</f>"
    if isinstance(formula.value, str):
        return f'" t="str">{content}<v>{xml_text(formula.value)}</v></c>'
    return tail(formula.value).replace("<v>", f"{content}<v>", 1)


def column_letters(number: int) -> str:
    """Return the letters of a column, counted from one: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def quoted_name(name: str) -> str:
    """Return the name of a sheet as references to its cells write it."""
    return "'" + name.replace("'", "''") + "'"
