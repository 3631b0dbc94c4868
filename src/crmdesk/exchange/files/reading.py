"""Open a file safely, whatever it is: its content decides which reader gets it, and must fit its name."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crmdesk.errors import UserError, why
from crmdesk.exchange.files.calendars import open_calendars
from crmdesk.exchange.files.contentlines import begins_with
from crmdesk.exchange.files.continued import with_continued_rows
from crmdesk.exchange.files.csv_files import ENDINGS, open_csv
from crmdesk.exchange.files.json_files import open_json
from crmdesk.exchange.files.mails import OLE, is_mail, is_outlook_item, open_mails
from crmdesk.exchange.files.rejects import with_sums_refused
from crmdesk.exchange.files.vcards import open_cards
from crmdesk.exchange.files.workbooks import open_workbook
from crmdesk.i18n import grouped, mark, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from crmdesk.exchange.table import Table

HEAD = 4096
MOST_COLUMNS = 4_000


@dataclass(frozen=True)
class How:
    """What the user said about a file; what is None is found out."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class Reader:
    """A sort of file that can be imported.

    Attributes:
        endings: those of its files, lower case with the dot.
        recognises: says whether the first bytes of a file are of this sort.
        together: opens several of its files as one table, for files that hold records one by one.
    """

    name: str
    label: str
    endings: tuple[str, ...]
    recognises: Callable[[bytes], bool]
    open: Callable[[Path, How], Table]
    together: Callable[[Sequence[Path]], Table] | None = None


def _is_workbook(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))


def _is_json(head: bytes) -> bool:
    bare = head.removeprefix(codecs.BOM_UTF8).removeprefix(codecs.BOM_UTF16_LE).removeprefix(codecs.BOM_UTF16_BE).replace(b"\0", b"").lstrip()
    return bool(re.match(rb"\[\s*(?:[\[{\"\]]|-?\d|true|false|null)|\{\s*[\"}]", bare))


def _is_text(head: bytes) -> bool:
    return not any(head.startswith(magic) for magic, _ in FOREIGN) and not _is_workbook(head)


_NO_TEXT = re.compile(rb"[\x01-\x08\x0e-\x19\x1c-\x1f]")

# In the order in which they are asked: plain text is whatever nobody else knows.
READERS = [
    Reader(
        "workbook", mark("Workbook"), (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".xltx"), _is_workbook, lambda path, how: open_workbook(path, how.sheet)
    ),
    Reader("vcard", mark("Address cards (vCard)"), (".vcf", ".vcard"), lambda head: begins_with(head, b"VCARD"), lambda path, how: open_cards([path]), open_cards),
    Reader(
        "calendar", mark("Calendar (iCalendar)"), (".ics", ".ical", ".ifb", ".vcs", ".icalendar"), lambda head: begins_with(head, b"VCALENDAR"),
        lambda path, how: open_calendars([path]), open_calendars,
    ),
    Reader("mail", mark("Mail"), (".eml", ".msg"), is_mail, lambda path, how: open_mails([path]), open_mails),
    Reader("json", mark("JSON"), (".json",), _is_json, lambda path, how: open_json(path)),
    Reader(
        "csv", mark("Text table (CSV)"), ENDINGS, _is_text, lambda path, how: open_csv(path, how.encoding, how.delimiter)
    ),
]  # fmt: skip

LOOSE = frozenset((".txt", ".vcs", ".vcf", ".ics", ".eml"))
"""Endings under which cards, appointments and mails travel, whichever they are."""

FOREIGN = (
    (b"%PDF", "PDF"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"), (b"SQLite format 3\0", "SQLite"), (b"\x1f\x8b", "GZIP"),
    (b"7z\xbc\xaf", "7-Zip"), (b"Rar!", "RAR"), (b"MZ", "EXE"), (b"\x7fELF", "ELF"), (b"{\\rtf", "RTF"), (b"<!DOCTYPE html", "HTML"), (b"<html", "HTML"),
    (b"<?xml", "XML"),
)  # fmt: skip
OTHER_TEXTS = {
    ".yaml": "YAML", ".yml": "YAML", ".toml": "TOML", ".ini": "INI", ".md": "Markdown", ".htm": "HTML", ".html": "HTML", ".xml": "XML", ".sql": "SQL", ".py": "Python", ".js": "JavaScript",
    ".css": "CSS", ".log": "LOG", ".tex": "TeX", ".srt": "SRT", ".mbox": "MBOX", ".ldif": "LDIF",
}  # fmt: skip
"""Texts that are no tables, whatever commas are in them."""


def open_table(path: Path, how: How | None = None) -> Table:
    """Open a file with rows of cells.

    Raises:
        UserError: missing, a folder, unreadable, empty, too wide, or not what its name says.
    """
    how = how or How()
    reader = reader_of(path)
    table = with_sums_refused(with_continued_rows(reader.open(path, how)))
    if table.width > MOST_COLUMNS:
        said = tr("“{file}” has {count} columns; more than {most} are not read.", file=path.name, count=table.width, most=grouped(MOST_COLUMNS))
        raise UserError(said, hint=tr("Delete those that are not needed."))
    if how.sheet is not None and reader.name != "workbook":
        note = tr("“{file}” has no sheets, so “{sheet}” was passed over.", file=path.name, sheet=how.sheet)
        table = replace(table, notes=(*table.notes, note))
    return table


def reader_of(path: Path) -> Reader:
    """Return what reads a file.

    Raises:
        UserError: missing, a folder, unreadable, empty, or not what its name says.
    """
    head = _head(path)
    reader = next((reader for reader in READERS if reader.recognises(head)), None)
    if head.startswith(OLE) and is_outlook_item(path):
        reader = next(reader for reader in READERS if reader.name == "mail")
    named = next((reader for reader in READERS if path.suffix.lower() in reader.endings), None)
    if reader is not None and reader.name == "csv" and named is not None and named.together:
        reader = named  # it says best what is wrong with its files
    elif reader is not None and reader.together and path.suffix.lower() in LOOSE:
        named = reader
    if reader is not None and reader.name == "csv" and path.suffix.lower() in OTHER_TEXTS:
        reader = None
    if reader is None:
        name = next((name for magic, name in FOREIGN if head.startswith(magic)), OTHER_TEXTS.get(path.suffix.lower(), ""))
        raise UserError(tr("“{file}” is a {kind} file, no table.", file=path.name, kind=name), hint=tr("Save it as CSV or XLSX in the program it comes from."))
    if named is not None and named is not reader:
        if reader.name == "csv" and _NO_TEXT.search(head):
            said = tr("“{file}” can't be read: neither “{kind}” nor text is in it.", file=path.name, kind=tr(named.label))
            raise UserError(said, hint=tr("The file is damaged, or not what its name says."))
        ending = ".xls" if reader.name == "workbook" and head.startswith(OLE) else reader.endings[0]
        raise UserError(
            tr("“{file}” is not what its name says: its content is “{kind}”.", file=path.name, kind=tr(reader.label)),
            hint=tr("Rename it so that it ends in {ending}.", ending=ending),
        )
    return reader


def _head(path: Path) -> bytes:
    if path.is_dir():
        raise UserError(tr("“{file}” is a folder.", file=str(path)), hint=tr("Name a file in it."))
    try:
        if path.exists() and not path.is_file():  # to open a pipe waits for who writes into it
            raise UserError(tr("“{file}” is no ordinary file.", file=path.name), hint=tr("Save it as CSV or XLSX in the program it comes from."))
        with path.open("rb") as file:
            head = file.read(HEAD)
    except FileNotFoundError:
        raise UserError(tr("There is no file “{file}”.", file=str(path))) from None
    except OSError as error:
        raise UserError(tr("“{file}” can't be read: {reason}.", file=str(path), reason=why(error))) from None
    if not head.strip(b"\0\t\n\r ") and path.stat().st_size <= HEAD:
        raise UserError(tr("“{file}” is empty.", file=path.name))
    return head
