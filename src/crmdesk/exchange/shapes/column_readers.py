"""What reads the cells of a column, made once per column of a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crmdesk.errors import UserError
from crmdesk.exchange.shapes.work import LinkColumn
from crmdesk.exchange.values.cells import Read, one_line, reader_of
from crmdesk.exchange.values.columns import ReadColumn
from crmdesk.exchange.values.hyperlinks import NO_WEBSITE
from crmdesk.exchange.values.nothing import is_nothing
from crmdesk.exchange.values.survey import Hints
from crmdesk.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmdesk.exchange.shapes.work import Work
    from crmdesk.exchange.table import Cell
    from crmdesk.exchange.values.layouts import Column
    from crmdesk.exchange.values.links import Book
    from crmdesk.fields import Field

    Note = Callable[[tuple[str, str]], None]

OTHER_LANGUAGE = (
    mark("{count} language that letters can't be written in was left out."),
    mark("{count} languages that letters can't be written in were left out."),
)


def cell_reader(work: Work, entity: str, item: Field, column: Column) -> Read:
    """Return what reads the cells of a column as values of a field."""
    return reader_of(entity, item, work.hints.get(column.index, Hints()), work.settings.reading)


def read_column(work: Work, entity: str, item: Field, column: Column) -> ReadColumn:
    """Return what reads a column whose cells mean something by themselves."""
    read = cell_reader(work, entity, item, column)
    if item.name == "language":
        read = _letters(read, work.note)
    elif item.name == "website":
        read = _websites(read, work.note)
    return ReadColumn(column.index, item.column, read, column.header, remembers=item.kind != "long_text" and item.name != "website")


def link_column(entity: str, item: Field, column: Column, book: Book, *, is_key: bool) -> LinkColumn:
    """Return what is known of a column whose cells name linked records.

    Args:
        entity: that of the rows.
        is_key: whether the cells hold another program's keys.
    """
    cut = re.compile(column.cut) if column.cut else None
    is_contact = item.column == "contact_id"
    is_plain = cut is None and book.entity != entity and not is_contact
    return LinkColumn(column.index, item.column, book, is_key, column.header, cut, is_plain, is_contact and column.is_mail)


def _letters(read: Read, note: Note) -> Read:
    """Let languages that letters can't be written in be left out rather than the whole row; it is told."""

    def lenient(cell: Cell) -> Any:
        try:
            return read(cell)
        except UserError:
            note(OTHER_LANGUAGE)
            return None

    return lenient


def _websites(read: Read, note: Note) -> Read:
    """Let hyperlinks that lead to no website be left out; it is told."""

    def told(cell: Cell) -> Any:
        value = read(cell)
        if value is None and not is_nothing(one_line(cell)):
            note(NO_WEBSITE)
        return value

    return told
