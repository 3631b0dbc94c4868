"""Reports as files and on paper: each leaves a trace."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

from crmdesk.documents.currencies import Amount
from crmdesk.documents.formats import short_date
from crmdesk.errors import UserError
from crmdesk.fields import Money
from crmdesk.i18n import language, mark, tr
from crmdesk.store.door import Change, operation
from crmdesk.store.unfinished import unfinished

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from decimal import Decimal
    from pathlib import Path

    from crmdesk.queries.report_tables import ReportTable
    from crmdesk.reports.report import ReportColumn, Value
    from crmdesk.store import Store


def save(store: Store, table: ReportTable, file: Path, origin: str = "window", *, overwrite: bool = False) -> None:
    """Write a report into a file by its ending `.xlsx`, `.pdf` or `.csv`, whole or not at all; the export's trace comes before its name.

    Raises:
        UserError: another ending; the file exists and may not be overwritten; its place can't be written.
        NotAllowed: the role exports nothing.
    """
    if file.exists() and not overwrite:
        raise UserError(tr("{path} exists already.", path=file), hint=tr("Choose another name; nothing was changed."))
    content = maker_of(file.suffix)(table)
    with unfinished(file, "part") as half:
        half.write_bytes(content)
        store.run_from(origin, note_export, table, file.suffix.lower())
        half.replace(file)


@operation(mark("Export report"), right="export.write", undoable=False, traced=True)
def note_export(change: Change, table: ReportTable, ending: str) -> None:
    """Leave the trace of a report that leaves the program as a file."""
    change.note(about=table.title, report=table.name, ending=ending, rows=len(table.rows))


@operation(mark("Print report"), right="export.write", undoable=False, traced=True)
def note_print(change: Change, table: ReportTable) -> None:
    """Leave the trace of a report that the window printed."""
    change.note(about=table.title, report=table.name, rows=len(table.rows))


def maker_of(ending: str) -> Callable[[ReportTable], bytes]:
    """Return what makes the content of a file by its ending.

    Raises:
        UserError: reports are not written in this format.
    """
    found = {".xlsx": as_workbook, ".pdf": as_pdf, ".csv": as_csv}.get(ending.lower())
    if found is None:
        raise UserError(tr("A report can't be written as “{ending}”.", ending=ending), hint=tr("Choose .xlsx, .pdf or .csv."))
    return found


def period_of(table: ReportTable) -> str:
    """Say in words what a report covers: its period and its owner."""
    start, end = (short_date(day) if day else "" for day in (table.start, table.end))
    if start and end:
        period = tr("{start} to {end}", start=start, end=end)
    elif start:
        period = tr("Since {start}", start=start)
    elif end:
        period = tr("Until {end}", end=end)
    else:
        period = tr("All time")
    return tr("{period}, {owner}", period=period, owner=table.owner) if table.owner else period


def as_pdf(table: ReportTable) -> bytes:
    """Return a report as a PDF in the language in force."""
    from crmdesk.reports.report import render_report

    last, columns = _values(table, totals=True), _with_currency(_columns(table), table.currency)
    return render_report(
        table.title, period_of(table), columns, [*_values(table), *last[1:]], totals=last[0] if last else None, currency=table.currency, language=language(), paper_name=table.paper,
    )  # fmt: skip


def as_workbook(table: ReportTable) -> bytes:
    """Return a report as an Excel workbook."""
    from crmdesk.reports.report_workbook import report_workbook

    return report_workbook(
        table.title, period_of(table), _columns(table), _values(table), totals=_values(table, totals=True), currency=table.currency, paper_name=table.paper
    )


def as_csv(table: ReportTable) -> bytes:
    """Return a report as CSV for other programs: UTF-8, decimal points; money names its currency in a last column."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    has_money = any(column.kind == "money" for column in table.columns)
    writer.writerow([*(tr(column.label) for column in table.columns), *([tr("Currency")] if has_money else [])])
    for row in [*table.plain_rows(), *table.plain_rows(totals=True)]:
        code = next((value.currency for value in row if isinstance(value, Money)), "")
        writer.writerow([*(_csv_value(value) for value in row), *([code] if has_money else [])])
    return text.getvalue().encode("utf-8-sig")


def _csv_value(value: str | int | Decimal | Money | None) -> str:
    if isinstance(value, Money):
        return str(value.amount)
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"  # a spreadsheet would run it as a formula
    return "" if value is None else str(value)


def _columns(table: ReportTable) -> list[ReportColumn]:
    from crmdesk.reports.report import ReportColumn

    return [ReportColumn(tr(column.label), column.kind) for column in table.columns]


def _with_currency(columns: Sequence[ReportColumn], currency: str) -> list[ReportColumn]:
    """Name the currency in the head of a column with money, since on paper its amounts stand without it."""
    return [replace(one, label=tr("{label} ({part})", label=one.label, part=currency)) if one.kind == "money" and currency else one for one in columns]


def _values(table: ReportTable, totals: bool = False) -> list[Sequence[Value]]:
    def value(plain: str | int | Decimal | Money | None) -> Value:
        if not isinstance(plain, Money):
            return plain
        return plain.amount if plain.currency == table.currency else Amount(plain.amount, plain.currency)

    return [[value(plain) for plain in row] for row in table.plain_rows(totals)]
