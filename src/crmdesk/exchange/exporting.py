"""Export records to a file: a typed workbook, CSV for people or for programs, JSON."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crmdesk import __version__
from crmdesk.clock import new_id, now
from crmdesk.errors import UserError
from crmdesk.fields import Field, Money
from crmdesk.i18n import locale, tr
from crmdesk.models.base import ENTITIES
from crmdesk.models.registry import entity_class
from crmdesk.operations import exports
from crmdesk.queries.finding import Condition, field_for
from crmdesk.queries.records import Link, Part, all_columns, ids, rows, to_json
from crmdesk.queries.search import matching
from crmdesk.reports.workbook import MOST_ROWS, SheetColumn, WorkbookFile
from crmdesk.store.pace import no_garbage
from crmdesk.store.reader import IN_IDS, id_list
from crmdesk.store.rights import authorize

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from crmdesk.models.base import Record
    from crmdesk.queries.records import Row
    from crmdesk.store import Reader, Store

Progress = Callable[[int, int], object]
BLOCK = 2_000
WINDOW = 16_000
ENDINGS = (".xlsx", ".csv", ".tsv", ".json")


@dataclass(frozen=True)
class ExportOptions:
    """What goes out, and how.

    Attributes:
        ids: only these records, such as the selected ones.
        columns: field names in order; all fields if empty.
        for_programs: CSV by RFC 4180 in UTF-8 with field names, for other programs; else as people's spreadsheets like it.
        title: what the sheet is called; the entity's plural if empty.
    """

    conditions: tuple[Condition, ...] = ()
    search: str = ""
    sort: tuple[str, ...] = ()
    ids: tuple[UUID, ...] | None = None
    columns: tuple[str, ...] = ()
    for_programs: bool = False
    title: str = ""


@dataclass(frozen=True)
class ExportResult:
    """What went out."""

    rows: int
    file: str

    def to_json(self) -> dict[str, Any]:
        """Return the result as the command line prints it."""
        return {"rows": self.rows, "file": self.file}


@dataclass(frozen=True)
class OutColumn:
    """One column of the file.

    Attributes:
        name: the field's name with label and part, as imports take it: `phone.work`, `address.home.city`.
        get: the value out of a row's plain values.
    """

    name: str
    label: str
    kind: str
    get: Callable[[dict[str, Any]], Any]


@dataclass
class Out:
    """An export on its way: its columns, and the rows as they are read."""

    store: Store
    reader: Reader
    cls: type[Record]
    options: ExportOptions
    names: tuple[str, ...]
    columns: tuple[OutColumn, ...]
    wanted: list[bytes]
    progress: Progress | None
    sums: dict[tuple[str, str], Decimal] = field(default_factory=dict)

    def rows(self) -> Iterator[Row]:
        """Read the rows in their order.

        They are fetched window by window in the order of their ids, as they lie in the file: a sorted list jumps about in it, and every page
        would be decrypted anew for every row.
        """
        for start in range(0, len(self.wanted), WINDOW):
            window = self.wanted[start : start + WINDOW]
            lying = sorted(window)
            found: dict[bytes, Row] = {}
            for first in range(0, len(lying), BLOCK):
                block = lying[first : first + BLOCK]
                with no_garbage():
                    found.update(zip(block, rows(self.reader, self.cls.entity.name, block, self.names), strict=True))
                if self.progress:
                    self.progress(start + first + len(block), len(self.wanted))
            for record in window:
                yield found.pop(record)

    def add_up(self, column: OutColumn, value: Any) -> None:
        """Count an amount into the control totals."""
        if isinstance(value, Money):
            key = (column.label, value.currency)
            self.sums[key] = self.sums.get(key, Decimal(0)) + value.amount


def export_records(store: Store, entity: str, path: Path, options: ExportOptions | None = None, progress: Progress | None = None) -> ExportResult:
    """Write the records that the viewer may see, and all conditions hold for, to a file; its ending says how.

    Args:
        progress: told how many rows of how many are done; may raise `Cancelled`, then there is no file.

    Raises:
        NotAllowed: the role may not export.
        UserError: the file exists, can't be written, or its ending is none that we write.
    """
    options = options or ExportOptions()
    authorize(store.viewer, "export.write")
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise UserError(tr("“{file}” has no ending that can be written.", file=path.name), hint=tr("Use one of: {options}.", options=", ".join(ENDINGS)))
    if path.exists():
        raise UserError(tr("{path} exists already.", path=path), hint=tr("Choose another name; nothing was changed."))
    half = path.with_name(f".{path.name}.{new_id().hex[-8:]}.part")
    try:
        with store.read() as reader:
            out = _out(store, reader, entity, options, progress)
            count = _WRITERS[ending](half, out)
        filters = tuple(_said(condition) for condition in options.conditions) + ((options.search,) if options.search else ())
        store.run_from("cli", exports.note_export, out.cls.entity.name, count, path.name, out.names, filters)
        half.rename(path)
    except OSError as error:
        raise UserError(tr("{path} can't be written: {why}.", path=path, why=error.strerror or error)) from error
    finally:
        with suppress(OSError):  # on a read-only disk even this fails; the reason is already on its way
            half.unlink(missing_ok=True)
    return ExportResult(count, str(path))


def _out(store: Store, reader: Reader, entity: str, options: ExportOptions, progress: Progress | None) -> Out:
    cls = entity_class(entity)
    names = options.columns or tuple(all_columns(cls, reader))
    among = None if options.ids is None else [record.bytes for record in options.ids]
    if options.search:
        found = matching(reader, options.search, cls.entity.name)
        among = list(found) if among is None else [record for record in among if record in found]
    wanted = ids(reader, cls.entity.name, options.conditions, options.sort, among=among)
    columns = tuple(column for name in names for column in _columns(reader, cls, name, wanted))
    return Out(store, reader, cls, options, tuple(names), columns, wanted, progress)


# ---- columns ----


def _columns(reader: Reader, cls: type[Record], name: str, wanted: Sequence[bytes]) -> Iterator[OutColumn]:
    """Return the columns of a field; a list field has one for each label that is used, and for each place under it."""
    item, inner, _ = field_for(cls, name, reader)
    if inner is None or "." in name or name not in cls.fields:
        shown = inner or item
        label = tr(item.label) if inner is None else tr(shown.label)
        yield OutColumn(name, label, _kind(shown), lambda values: _plain(values.get(name)))
    elif item.target == "record_tag" or item.target == "memo":
        sign = "; " if item.target == "record_tag" else "\n"
        yield OutColumn(name, tr(item.label), "text", lambda values: sign.join(part.value for part in values[name] or ()) or None)
    else:
        for label, count in _labels(reader, cls, item, wanted):
            for place in range(count):
                yield from _part_columns(cls, item, label, place)


def _labels(reader: Reader, cls: type[Record], item: Field, wanted: Sequence[bytes]) -> list[tuple[str, int]]:
    """Return the labels that the records use in a list field, and how often one record uses each at most."""
    part, owner = item.target, f"{cls.entity.name}_id"
    if "label" not in ENTITIES[part or ""].columns:
        return [("", 1)]
    sql = (
        f'SELECT said, max(times) FROM (SELECT ifnull(label, \'\') AS said, count(*) AS times FROM "{part}" WHERE "{owner}" {IN_IDS} AND deleted_at IS NULL '
        f'GROUP BY "{owner}", said) GROUP BY said ORDER BY said = \'\' DESC, said'
    )
    return [(str(said), int(times)) for said, times in reader.rows(sql, (id_list(wanted),))] or [("", 1)]


_ADDRESS = ("street", "postal_code", "city", "state", "country")


def _part_columns(cls: type[Record], item: Field, label: str, place: int) -> Iterator[OutColumn]:
    def part_of(values: dict[str, Any]) -> Part | None:
        return next((part for i, part in enumerate(p for p in values[item.name] or () if (p.label or "") == label) if i == place), None)

    number = f" {place + 1}" if place else ""
    if item.target != "address":
        title = tr("{field} ({label})", field=tr(item.label), label=label) if label else tr(item.label)
        name = ".".join(piece for piece in (item.name, label) if piece)
        yield OutColumn(f"{name}{number}", f"{title}{number}", "text", lambda values: part.value if (part := part_of(values)) else None)
        return
    for column in _ADDRESS:
        inner = ENTITIES["address"].fields[column]
        title = tr("{field} ({label})", field=tr(inner.label), label=label) if label else tr(inner.label)
        name = ".".join(piece for piece in (item.name, label, column) if piece)
        yield OutColumn(f"{name}{number}", f"{title}{number}", "text", _getter(part_of, column))


def _getter(part_of: Callable[[dict[str, Any]], Part | None], column: str) -> Callable[[dict[str, Any]], Any]:
    return lambda values: dict(part.more).get(column) if (part := part_of(values)) else None


def _kind(item: Field) -> str:
    return {"price": "money", "rate": "decimal", "date": "date", "moment": "moment", "flag": "flag", "integer": "integer", "decimal": "decimal", "money": "money"}.get(
        item.kind, "choice" if item.kind == "choice" else "text"
    )


def _plain(value: Any) -> Any:
    return value.title if isinstance(value, Link) else value


# ---- workbooks ----


def _write_workbook(path: Path, out: Out) -> int:
    if len(out.wanted) >= MOST_ROWS:
        raise UserError(tr("A sheet holds at most {count} rows.", count=MOST_ROWS - 1), hint=tr("Export as CSV: that has no limit."))
    title = out.options.title or tr(out.cls.entity.plural)
    cells = [_cell_of(out, column) for column in out.columns]
    columns = [SheetColumn(column.label, "text" if column.kind == "choice" else column.kind) for column in out.columns]
    with WorkbookFile(path, out.reader.settings.tz) as book:
        count = book.sheet(title, columns, ([cell(row.values) for cell in cells] for row in out.rows()))
        book.about([
            (tr("Content"), title), (tr("Rows"), count), (tr("Filter"), "; ".join(_said(condition) for condition in out.options.conditions) or tr("none")),
            (tr("Search"), out.options.search or tr("none")), (tr("Made on"), now()), (tr("Made by"), _member(out)), (tr("Program"), f"CRMDesk {__version__}"),
            *((tr("Sum of {column} in {currency}", column=label, currency=currency), (amount, currency)) for (label, currency), amount in out.sums.items()),
        ])  # fmt: skip
    return count


def _cell_of(out: Out, column: OutColumn) -> Callable[[dict[str, Any]], Any]:
    """Return the function that makes a column's values such as the workbook takes them."""
    get = column.get
    if column.kind == "money":

        def money(values: dict[str, Any]) -> Any:
            value = get(values)
            if not isinstance(value, Money):
                return value
            out.add_up(column, value)
            return value.amount, value.currency

        return money
    if column.kind == "choice":
        item = field_for(out.cls, column.name, out.reader)[0]
        words: dict[str, str] = {}
        return lambda values: words.get(value) or words.setdefault(value, item.choice(value)) if (value := get(values)) else None
    return get


def _member(out: Out) -> str:
    member = out.store.viewer.member_id
    return str(out.reader.value("SELECT name FROM member WHERE id = ?", (member.bytes,)) or "") if member else ""


def _said(condition: Condition) -> str:
    return f"{condition.field} {condition.operator} {condition.value}".strip()


# ---- CSV ----

_DANGEROUS = re.compile(r"\s*[=+\-@\t\r\n＝＋－＠]")


def neutral(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe goes before what could begin one."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def _write_csv(path: Path, out: Out) -> int:
    return _write_text_table(path, out, "," if out.options.for_programs or _decimal_sign() != "," else ";")


def _write_tsv(path: Path, out: Out) -> int:
    return _write_text_table(path, out, "\t")


def _decimal_sign() -> str:
    return str(locale().number_symbols.get("latn", locale().number_symbols).get("decimal", "."))


def _write_text_table(path: Path, out: Out, delimiter: str) -> int:
    programs = out.options.for_programs
    texts = [_text_of(out, column) for column in out.columns]
    head = ["id", *(column.name for column in out.columns)] if programs else [neutral(column.label) for column in out.columns]
    count = 0
    with path.open("x", encoding="utf-8" if programs else "utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(head)
        for row in out.rows():
            cells = [text(row.values) for text in texts]
            writer.writerow([str(row.id), *cells] if programs else cells)
            count += 1
    return count


def _text_of(out: Out, column: OutColumn) -> Callable[[dict[str, Any]], str]:
    """Return the function that writes a column's values as text: for programs by ISO 8601 and with a point, for people by their locale."""
    programs = out.options.for_programs
    sign = "." if programs else _decimal_sign()
    zone = out.reader.settings.tz
    get = column.get
    item = field_for(out.cls, column.name, out.reader)[0] if column.kind == "choice" else None

    def text(values: dict[str, Any]) -> str:
        value = get(values)
        if value is None:
            return ""
        if isinstance(value, Money):
            return f"{value.amount:f}".replace(".", sign)
        if isinstance(value, bool):
            return ("true" if value else "false") if programs else tr("Yes") if value else tr("No")
        if isinstance(value, Decimal):
            return f"{value:f}".replace(".", sign)
        if isinstance(value, int):
            return str(value)
        if isinstance(value, datetime):
            return value.isoformat(timespec="milliseconds").replace("+00:00", "Z") if programs else f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
        if isinstance(value, date):
            return value.isoformat()
        if item is not None and not programs:
            value = item.choice(value)
        return str(value) if programs else neutral(str(value))

    return text


# ---- JSON ----


def _write_json(path: Path, out: Out) -> int:
    count = 0
    with path.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write("[")
        for row in out.rows():
            stream.write(",\n" if count else "\n")
            json.dump(to_json(out.cls, row), stream, ensure_ascii=False)
            count += 1
        stream.write("\n]\n")
    return count


_WRITERS: dict[str, Callable[[Path, Out], int]] = {".xlsx": _write_workbook, ".csv": _write_csv, ".tsv": _write_tsv, ".json": _write_json}
