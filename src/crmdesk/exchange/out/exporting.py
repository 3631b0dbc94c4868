"""Export records to a file: a typed workbook, CSV for people or for programs, JSON, address cards, a calendar."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk import __version__
from crmdesk.clock import now
from crmdesk.errors import UserError
from crmdesk.exchange.files.apostrophes import neutral
from crmdesk.exchange.out import written_calendars, written_cards
from crmdesk.exchange.out.outgoing import BLOCK, ExportOptions, Out, OutColumn
from crmdesk.exchange.values.entries import NUMBERS, TOLD_BY, title_of
from crmdesk.exchange.values.leading import LEADS, LEADS_LABEL, leading
from crmdesk.exchange.values.told_ids import id_names, unclear
from crmdesk.fields import NO_YEAR, day_text
from crmdesk.i18n import locale, mark, tr
from crmdesk.models.base import ENTITIES
from crmdesk.models.registry import entity_class
from crmdesk.operations import exports
from crmdesk.queries.finding import Condition, field_for
from crmdesk.queries.flat import FlatColumn
from crmdesk.queries.records import Part, all_columns, ids, to_json
from crmdesk.queries.search import matching
from crmdesk.reports.cells import SheetColumn
from crmdesk.reports.workbook import WorkbookFile
from crmdesk.reports.workbook_parts import MOST_ROWS
from crmdesk.store.pace import no_garbage
from crmdesk.store.reader import IN_IDS, id_list
from crmdesk.store.rights import authorize
from crmdesk.store.unfinished import unfinished

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from crmdesk.exchange.out.outgoing import Progress
    from crmdesk.fields import Field
    from crmdesk.models.base import Record
    from crmdesk.store import Reader, Store

ENDINGS = (".xlsx", ".csv", ".tsv", ".json")
CARD_ENDINGS = (".vcf", ".vcard")


@dataclass(frozen=True)
class ExportResult:
    """What went out; `cut` texts were longer than a cell of a workbook may be, `notes` say what is not in the file."""

    rows: int
    file: str
    cut: int = 0
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the result as the command line prints it."""
        return {"rows": self.rows, "file": self.file}


def export_records(
    store: Store, entity: str, path: Path, options: ExportOptions | None = None, progress: Progress | None = None, *, replaces: bool = False,
    origin: str = "cli",
) -> ExportResult:  # fmt: skip
    """Write the records that the viewer may see, and all conditions hold for, to a file; its ending says how.

    Args:
        progress: told how many rows of how many are done; may raise `Cancelled`, then there is no file.
        replaces: a file that is there already gives way once the new one is whole.
        origin: the door it was asked for at, as in `Store.run_from`.

    Raises:
        NotAllowed: the role may not export.
        UserError: the file exists, can't be written, or its ending is none that we write.
    """
    options = options or ExportOptions()
    authorize(store.viewer, "export.write")
    ending = path.suffix.lower()
    if ending not in endings_of(entity):
        raise UserError(
            tr("“{file}” has no ending that can be written.", file=path.name), hint=tr("Use one of: {options}.", options=", ".join(endings_of(entity)))
        )
    if path.exists() and not replaces:
        raise UserError(tr("{path} exists already.", path=path), hint=tr("Choose another name; nothing was changed."))
    with unfinished(path, "part") as half:
        with no_garbage(), store.read() as reader:
            out = _out(store, reader, entity, options, progress, ending)
            count = _WRITERS[ending](half, out)
            notes = (tr(DISCOUNTS_BESIDE),) if _has_discounts_beside(reader, out) else ()
        filters = tuple(_said(condition) for condition in options.conditions) + ((options.search,) if options.search else ())
        store.run_from(origin, exports.note_export, out.cls.entity.name, count, path.name, out.names, filters, options.reason)
        if replaces:
            half.replace(path)
        else:
            half.rename(path)
    return ExportResult(count, str(path), out.cut, notes)


DISCOUNTS_BESIDE = mark("The discounts and charges of these lines and their quotes are not in this file: export them too (allowance_charge).")


def _has_discounts_beside(reader: Reader, out: Out) -> bool:
    """Say whether lines of quotes went out without which other records they come to other amounts."""
    if out.cls.entity.name != "quote_line":
        return False
    quotes = f"SELECT quote_id FROM quote_line WHERE id {IN_IDS}"
    return bool(reader.value(f"SELECT EXISTS (SELECT 1 FROM allowance_charge WHERE quote_id IN ({quotes}) AND deleted_at IS NULL)", (id_list(out.wanted),)))  # noqa: S608


def endings_of(entity: str) -> tuple[str, ...]:
    """Return the endings of the files that records of an entity can be written to."""
    name = entity_class(entity).entity.name
    return (*ENDINGS, *(CARD_ENDINGS if name in written_cards.ENTITIES else ()), *((".ics",) if name in written_calendars.ENTITIES else ()))


def _means_nothing_alone(cls: type[Record], name: str, for_people: bool) -> bool:
    """Say whether a field only repeats others, or points to what a file of this entity alone does not hold; to people, a place on the board is a bare number."""
    if name == "position" and cls.entity.name == "deal":
        return for_people
    return name in {"pdf", "pdf_sha256"} or (name == "title" and cls.fields[name].derived)


# Long texts, and what is looked up rather than read, stand behind what everybody looks for.
_BEHIND = frozenset(
    "previous exchange_rate exchange_rate_on tax_inclusive rounding_mode rounding_level prepaid rounding left_at stage_since waiting_since waited_minutes first_reply_due_at "
    "resolve_due_at claimed_at payment_days language credit_code".split()
)


def _place(cls: type[Record], name: str) -> int:
    """Return how far behind a field stands where nobody chose the columns."""
    item = cls.fields.get(name)
    return 3 if name in {"source", "external_id"} else 2 if name in {"tags", "note"} or (item and item.kind == "long_text") else int(name in _BEHIND)


def _out(store: Store, reader: Reader, entity: str, options: ExportOptions, progress: Progress | None, ending: str) -> Out:
    cls = entity_class(entity)
    for_people = ending != ".json" and not options.for_programs
    names = options.columns or tuple(
        sorted((name for name in all_columns(cls, reader) if not _means_nothing_alone(cls, name, for_people)), key=lambda name: _place(cls, name))
    )
    among = None if options.ids is None else [record.bytes for record in options.ids]
    if options.search:
        found = matching(reader, options.search, cls.entity.name)
        among = list(found) if among is None else [record for record in among if record in found]
    wanted = ids(reader, cls.entity.name, options.conditions, options.sort, among=among)
    is_all = among is None and not options.conditions and not reader.viewer.sees_only_own
    columns = [column for name in names for column in (*_columns(reader, cls, name, None if is_all else wanted), *_telling(reader, cls, name, options))]
    if not options.columns:
        columns += _whole(reader, cls, options)
    if ending in _TABLES and (behind := _behind_amounts(cls, columns)):
        columns[behind:behind] = _columns(reader, cls, "currency", wanted)
        names = (*names, "currency")
    return Out(store, reader, cls, options, tuple(names), tuple(columns), wanted, progress)


_TABLES = (".xlsx", ".csv", ".tsv")


def _behind_amounts(cls: type[Record], columns: Sequence[OutColumn]) -> int:
    """Return the place behind the last amount if the currency is missing there.

    Without it amounts come back in the store's currency: a text has a bare number, and what reads workbooks does not see a cell's format.
    """
    if "currency" not in cls.fields or any(column.name == "currency" for column in columns):
        return 0
    return max((at for at, column in enumerate(columns, 1) if column.kind == "money"), default=0)


# ---- columns ----


def _columns(reader: Reader, cls: type[Record], name: str, wanted: Sequence[bytes] | None) -> Iterator[OutColumn]:
    """Return the columns of a field; a list field has one for each label that is used, and for each place under it.

    Args:
        wanted: the records that go out; None for all.
    """
    item, inner, _ = field_for(cls, name, reader)
    if inner is None or "." in name or name not in cls.fields:
        shown = inner or item
        yield OutColumn(name, tr(shown.label), _kind(shown), FlatColumn(name))
    elif item.target == "record_tag" or item.target == "memo":
        sign = "; " if item.target == "record_tag" else "\n"
        yield OutColumn(name, tr(item.label), "text", FlatColumn(name, joined=sign))
    else:
        for label, count in _labels(reader, cls, item, wanted):
            for place in range(count):
                yield from _part_columns(item, label, place)


def _labels(reader: Reader, cls: type[Record], item: Field, wanted: Sequence[bytes] | None) -> list[tuple[str, int]]:
    """Return the labels that the records use in a list field, in the order in which they mostly stand, and how often one record uses each at most."""
    part, owner = item.target, f"{cls.entity.name}_id"
    if "label" not in ENTITIES[part or ""].columns:
        return [("", 1)]
    among, parameters = (IN_IDS, (id_list(wanted),)) if wanted is not None else ("IS NOT NULL", ())
    sql = (
        f'SELECT said, max(times) FROM (SELECT ifnull(label, \'\') AS said, count(*) AS times, min(position) AS place FROM "{part}" WHERE "{owner}" {among} '
        f'AND deleted_at IS NULL GROUP BY "{owner}", said) GROUP BY said ORDER BY avg(place), said'
    )
    return [(str(said), int(times)) for said, times in reader.rows(sql, parameters)] or [("", 1)]


def _telling(reader: Reader, cls: type[Record], name: str, options: ExportOptions) -> Iterator[OutColumn]:
    """Return the columns with the number of a linked record, for people, and with what tells it where its name is not its alone."""
    entity = cls.entity.name
    column = TOLD_BY.get(entity, {}).get(name)
    if column is None and not options.columns and f"{name}_id" in id_names(entity) and (options.for_programs or unclear(reader, cls, name)):
        column = "id"
    number = NUMBERS.get(entity, {}).get(name) if not options.columns and not options.for_programs else None
    if number and reader.value(f'SELECT 1 FROM "{cls.fields[name].target}" WHERE "{number}" IS NOT NULL AND deleted_at IS NULL LIMIT 1'):
        yield OutColumn(f"{name}_{number}", title_of(entity, name, number), "text", FlatColumn(name, part=number))
    if column:
        yield OutColumn(f"{name}_{column}", title_of(entity, name, column), "text", FlatColumn(name, part=column))


def _whole(reader: Reader, cls: type[Record], options: ExportOptions) -> Iterator[OutColumn]:
    """Return the columns that only files with everything of a record have: they come back as the same records."""
    if cls.entity.name == "quote":
        leads = leading(reader)
        yield OutColumn(LEADS, tr(LEADS_LABEL), "flag", FlatColumn("id"), lambda record: True if record in leads else None)
    if not options.for_programs:
        yield OutColumn("id", tr("Id"), "text", FlatColumn("id"), lambda record: str(UUID(bytes=record)))


_ADDRESS = ("street", "postal_code", "city", "state", "country")


def _part_columns(item: Field, label: str, place: int) -> Iterator[OutColumn]:
    number = f" {place + 1}" if place else ""
    for part in _ADDRESS if item.target == "address" else ("",):
        said = tr(ENTITIES["address"].fields[part].label) if part else tr(item.label)
        title = tr("{field} ({label})", field=said, label=label) if label else said
        name = ".".join(piece for piece in (item.name, label, part) if piece)
        yield OutColumn(f"{name}{number}", f"{title}{number}", "text", FlatColumn(item.name, label, place, part))


def _kind(item: Field) -> str:
    return {
        "price": "money",
        "rate": "decimal",
        "date": "date",
        "moment": "moment",
        "flag": "flag",
        "integer": "integer",
        "decimal": "decimal",
        "money": "money",
    }.get(item.kind, "choice" if item.kind == "choice" else "text")


# ---- workbooks ----


def _write_workbook(path: Path, out: Out) -> int:
    if len(out.wanted) >= MOST_ROWS:
        raise UserError(tr("A sheet holds at most {count} rows.", count=MOST_ROWS - 1), hint=tr("Export as CSV: that has no limit."))
    title = out.options.title or tr(out.cls.entity.plural)
    columns = [SheetColumn(column.label, "text" if column.kind == "choice" else column.kind) for column in out.columns]
    with WorkbookFile(path, out.reader.settings.tz, letter=out.reader.settings.paper == "Letter") as book:
        count = book.sheet_of_blocks(title, columns, _sheet_blocks(out))
        book.about([
            (tr("Content"), title), (tr("Rows"), count), (tr("Filter"), "; ".join(_said(condition) for condition in out.options.conditions) or tr("none")),
            (tr("Search"), out.options.search or tr("none")), (tr("Made on"), now()), (tr("Made by"), _member(out)), (tr("Program"), f"CRMDesk {__version__}"),
            *((tr("Sum of {column} in {currency}", column=label, currency=currency), (amount, currency)) for (label, currency), amount in out.sums.items()),
        ])  # fmt: skip
    out.cut = book.cut
    return count


def _sheet_blocks(out: Out) -> Iterator[list[list[Any]]]:
    """Yield the blocks as the workbook shows them: choices by their words; money is added up on the way."""
    words = {at: Words(out, column) for at, column in enumerate(out.columns) if column.kind == "choice"}
    money = [at for at, column in enumerate(out.columns) if column.kind == "money"]
    days = [at for at, column in enumerate(out.columns) if column.kind == "date"]
    for _, *block in out.blocks():
        for at in money:
            out.add_up(out.columns[at], block[at])
        for at in days:
            block[at] = [day_text(value) if value is not None and value.year == NO_YEAR else value for value in block[at]]
        yield [[words[at][value] for value in values] if at in words else values for at, values in enumerate(block)]


class Words(dict[Any, str | None]):
    """The words of a choice in the language in force, by its values."""

    def __init__(self, out: Out, column: OutColumn) -> None:
        super().__init__({None: None})
        field, inner, _ = field_for(out.cls, column.name, out.reader)
        self._field = inner or field

    def __missing__(self, value: str) -> str:
        word = self[value] = self._field.choice(value)
        return word


def _member(out: Out) -> str:
    member = out.store.viewer.member_id
    return str(out.reader.value("SELECT name FROM member WHERE id = ?", (member.bytes,)) or "") if member else ""


def _said(condition: Condition) -> str:
    return f"{condition.field} {condition.operator} {condition.value}".strip()


# ---- CSV ----


def _write_csv(path: Path, out: Out) -> int:
    return _write_text_table(path, out, "," if out.options.for_programs or _decimal_sign() != "," else ";")


def _write_tsv(path: Path, out: Out) -> int:
    return _write_text_table(path, out, "\t")


def _decimal_sign() -> str:
    return str(locale().number_symbols.get("latn", locale().number_symbols).get("decimal", "."))


def _write_text_table(path: Path, out: Out, delimiter: str) -> int:
    programs = out.options.for_programs
    texts = [_texts_of(out, column) for column in out.columns]
    head = ["id", *(column.name for column in out.columns)] if programs else [neutral(column.label) for column in out.columns]
    with path.open("x", encoding="utf-8" if programs else "utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(head)
        for records, *block in out.blocks():
            for start in range(0, len(records), BLOCK):
                cells = [write(values[start : start + BLOCK]) for write, values in zip(texts, block, strict=True)]
                if programs:
                    cells.insert(0, [str(UUID(bytes=record)) for record in records[start : start + BLOCK]])
                writer.writerows(zip(*cells, strict=True))
    return len(out.wanted)


def _texts_of(out: Out, column: OutColumn) -> Callable[[Sequence[Any]], list[str]]:
    """Return the function that writes a column's values as texts: for programs by ISO 8601 and with a point, for people by their locale."""
    programs = out.options.for_programs
    sign = "." if programs else _decimal_sign()
    zone = out.reader.settings.tz
    words = Words(out, column) if column.kind == "choice" and not programs else None

    def text(value: Any) -> str:
        if isinstance(value, tuple):
            value = value[0]
        if isinstance(value, bool):
            return ("true" if value else "false") if programs else tr("Yes") if value else tr("No")
        if isinstance(value, Decimal):
            return _unmistakable(f"{value:f}").replace(".", sign)
        if isinstance(value, int):
            return str(value)
        if isinstance(value, datetime):
            return value.isoformat(timespec="milliseconds").replace("+00:00", "Z") if programs else f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
        if isinstance(value, date):
            return day_text(value) if programs else neutral(day_text(value))
        if words is not None:
            value = words[value]
        return str(value) if programs else neutral(str(value))

    return lambda values: ["" if value is None else text(value) for value in values]


def _unmistakable(number: str) -> str:
    """Return a number that nobody takes for thousands: behind its point never stand exactly three digits."""
    return f"{number}0" if number[-4:-3] == "." else number


# ---- JSON ----


def _write_json(path: Path, out: Out) -> int:
    count = 0
    leads = leading(out.reader) if out.cls.entity.name == "quote" and not out.options.columns else frozenset()
    with path.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write("[")
        for row in out.rows():
            stream.write(",\n" if count else "\n")
            if row.values.get("tags"):
                row.values["tags"] = [Part(written_cards.tag_text(part)) for part in row.values["tags"]]
            values = to_json(out.cls, row)
            if row.id.bytes in leads:
                values[LEADS] = True
            json.dump(values, stream, ensure_ascii=False)
            count += 1
        stream.write("\n]\n")
    return count


_WRITERS: dict[str, Callable[[Path, Out], int]] = {
    ".xlsx": _write_workbook, ".csv": _write_csv, ".tsv": _write_tsv, ".json": _write_json,
    **dict.fromkeys(CARD_ENDINGS, written_cards.write_cards), ".ics": written_calendars.write_calendar,
}  # fmt: skip

__all__ = ["ExportOptions", "ExportResult", "endings_of", "export_records"]
