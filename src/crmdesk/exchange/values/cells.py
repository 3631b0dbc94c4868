"""Cells turned into stored values: one function per column, made once from its field and from what the column as a whole says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from crmdesk.clock import to_ms
from crmdesk.errors import UserError
from crmdesk.exchange.table import shown
from crmdesk.exchange.values.date_cells import dates, moments
from crmdesk.exchange.values.html_texts import plain
from crmdesk.exchange.values.hyperlinks import without_text
from crmdesk.exchange.values.nothing import is_nothing
from crmdesk.exchange.values.number_cells import decimals, integers, sizes, years
from crmdesk.exchange.words.choices import meaning
from crmdesk.fields import KINDS, LONGEST_TEXT, Field, Reading, complaint, limits
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from crmdesk.exchange.table import Cell
    from crmdesk.exchange.values.survey import Hints

Read = Callable[["Cell"], Any]
"""Turns a cell that is not empty into a stored value, or None where there is nothing in it; raises UserError."""


def reader_of(entity: str, item: Field, hints: Hints, reading: Reading) -> Read:
    """Return the function that reads the cells of a column; money and links are read by those who know the rest of the row."""
    match item.kind:
        case "text":
            read: Read = read_website if item.name == "website" else read_text
        case "long_text":
            read = _as_it_is if item.name == "frozen" else read_long_text  # the page of a quote as it was issued is ours
        case "integer":
            read = {"employees": sizes, "founded": years}.get(item.name, integers)(hints.decimal_sign)
        case "decimal" | "rate":
            read = decimals(item.kind, hints.decimal_sign)
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
