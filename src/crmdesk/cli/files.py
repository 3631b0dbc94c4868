"""Commands that take files in and give files out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmdesk.cli.base import MOST_ROWS, REJECTED, app, opened, say, searchable, split
from crmdesk.cli.output import progress, remark
from crmdesk.errors import UserError
from crmdesk.i18n import mark, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.exchange.preview import Preview
    from crmdesk.exchange.rows.plan import ImportOptions


Mapped = Annotated[list[str] | None, typer.Option("--map", help="FIELD=COLUMN; phone.work and address.city are possible.")]
OwnFields = Annotated[list[str] | None, typer.Option("--own-field", help="A column that becomes a field of your own; * for all that fit none.")]
Region = Annotated[str, typer.Option("--region", help="Country of national phone numbers; else the store's.")]
Encoding = Annotated[str | None, typer.Option("--encoding", help="Else it is recognised.")]
Delimiter = Annotated[str | None, typer.Option("--delimiter", help="One sign or several, tab, or fixed for columns at fixed places; else it is recognised.")]
Sheet = Annotated[str | None, typer.Option("--sheet", help="Of a workbook; else the first that has rows.")]
OnDuplicate = Annotated[str, typer.Option("--on-duplicate", help="skip, fill, overwrite or add.")]
Match = Annotated[str | None, typer.Option("--match", help="How known records are recognised: external_id, email, name …")]
Dates = Annotated[str, typer.Option("--dates", help="dmy, mdy or ymd, where dates can be read in two ways.")]
Decimal = Annotated[str, typer.Option("--decimal", help="point or comma, where numbers can be read in two ways.")]
Anew = Annotated[bool, typer.Option("--anew", help="Guess the columns anew; don't use what was said at the last such file.")]
NoCreate = Annotated[bool, typer.Option("--no-create", help="Make no companies, stages, tags … that are missing.")]

DECIMAL_SIGNS = {"": "", "point": ".", "comma": ",", ".": ".", ",": ","}


def _options(
    file: Path, mapped: list[str] | None, own_fields: list[str] | None, region: str, encoding: str | None, delimiter: str | None, sheet: str | None, on_duplicate: str,
    match: str | None, dates: str, decimal: str, anew: bool, no_create: bool, **more: Any,
) -> ImportOptions:  # fmt: skip
    from crmdesk.exchange.rows.plan import ImportOptions
    from crmdesk.models.countries import unknown_region

    chosen = {}
    for pair in mapped or []:
        field, sign, column = pair.partition("=")
        if not sign or not field.strip():
            raise typer.BadParameter(tr("“{text}” is not FIELD=COLUMN.", text=pair))
        chosen[field.strip()] = column
    if dates not in ("", "dmy", "mdy", "ymd"):
        raise typer.BadParameter(tr("--dates takes dmy, mdy or ymd."))
    if decimal not in DECIMAL_SIGNS:
        raise typer.BadParameter(tr("--decimal takes point or comma."))
    if on_duplicate not in ("skip", "fill", "overwrite", "add"):
        raise typer.BadParameter(tr("--on-duplicate takes skip, fill, overwrite or add."))
    if region and (said := unknown_region(region.upper())):
        raise UserError(said, field="--region")
    if not file.exists():
        raise UserError(tr("There is no file {path}.", path=file))
    return ImportOptions(
        chosen=chosen, region=region.upper(), encoding=encoding, delimiter=delimiter, sheet=sheet, on_duplicate=on_duplicate, match=tuple(split(match)), dates=dates,
        decimal=DECIMAL_SIGNS[decimal], own_fields=tuple(own_fields or ()), uses_kept=not anew, creates=not no_create, **more,
    )  # fmt: skip


@app.command("import")
def import_records(
    entity: str,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files, or folders with files.")],
    mapped: Mapped = None,
    own_fields: OwnFields = None,
    region: Region = "",
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    sheet: Sheet = None,
    on_duplicate: OnDuplicate = "skip",
    match: Match = None,
    dates: Dates = "",
    decimal: Decimal = "",
    anew: Anew = False,
    no_create: NoCreate = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Any rejected row writes nothing.")] = False,
    rejects: Annotated[Path | None, typer.Option("--rejects", help="Where rejected rows go.")] = None,
) -> None:
    """Import files or folders in one transaction; “all” takes everything of another store over."""
    if entity == "all":
        _import_everything(files)
        return
    from crmdesk.exchange.several import import_files

    missing = next((file for file in files if not file.exists()), files[0])
    options = _options(
        missing,
        mapped,
        own_fields,
        region,
        encoding,
        delimiter,
        sheet,
        on_duplicate,
        match,
        dates,
        decimal,
        anew,
        no_create,
        strict=strict,
        dry_run=dry_run,
        rejects=rejects,
    )
    with opened() as store, progress(tr("Importing")) as show:
        result = import_files(store, entity, files, options, show)
    if result.unused:
        remark(tr("Left out: {columns}", columns=", ".join(result.unused)))
    for note in result.notes:
        remark(note)
    for problem in result.problems[:20]:
        remark(problem.reason if result.files else tr("Line {line}: {reason}", line=problem.line, reason=problem.reason))
    say(result.to_json())
    if result.rejected or any(file.refused for file in result.files):
        raise typer.Exit(REJECTED)


def _import_everything(files: Sequence[Path]) -> None:
    from crmdesk.exchange.out.everything import import_all

    if len(files) > 1:
        raise UserError(tr("Only one file with everything can be taken over."))
    with opened() as store, progress(tr("Importing")) as tell:
        say(import_all(store, files[0], tell).to_json())


@app.command("preview")
def preview_file(
    entity: Annotated[str, typer.Argument(help="What the rows are; ? lets the columns tell.")],
    file: Path,
    mapped: Mapped = None,
    own_fields: OwnFields = None,
    region: Region = "",
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    sheet: Sheet = None,
    on_duplicate: OnDuplicate = "skip",
    match: Match = None,
    dates: Dates = "",
    decimal: Decimal = "",
    anew: Anew = False,
    no_create: NoCreate = False,
    whole: Annotated[bool, typer.Option("--whole", help="Look at every row, not only at the first ones.")] = False,
    rows: Annotated[int, typer.Option("--rows", help="So many rows of each outcome are told one by one.", min=0, max=MOST_ROWS)] = 20,
) -> None:
    """Say what a file is, what its columns mean and what would become of its rows; nothing is written."""
    from crmdesk.exchange.columns.kinds import recognised_kind
    from crmdesk.exchange.files.reading import open_table
    from crmdesk.exchange.preview import preview

    options = _options(file, mapped, own_fields, region, encoding, delimiter, sheet, on_duplicate, match, dates, decimal, anew, no_create)
    with opened() as store, progress(tr("Looking")) as show:
        table = open_table(file, options.how)
        seen = preview(store, recognised_kind(table) if entity == "?" else entity, file, options, whole=whole, table=table, progress=show, most_rows=rows)
    say(seen.to_json(), lambda: _told(seen))


def _told(seen: Preview) -> str:
    """Return a preview as people read it: the file, a line for each column, a line for each row that is told, the counts."""
    from crmdesk.models.registry import entity_class

    table = seen.table
    facts = (table.path.name, table.format, table.encoding, table.sheet, seen.layout.product, tr(entity_class(seen.plan.entity).entity.plural))
    lines = [" · ".join(fact for fact in facts if fact), ""]
    for one in seen.columns:
        sure = f"{one.column.confidence:4.0%}" if one.column.target else "    "
        lines.append(f"{one.column.header:<28} {one.column.target or '—'!s:<28} {sure}  {one.column.reason}")
    lines.append("")
    for row in seen.rows:
        known = tr("{what} ({why})", what=row.known_as, why=row.why) if row.known_as else row.why
        changes = [tr("{field}: “{before}” → “{after}”", field=value.label, before=value.before, after=value.after) for value in row.changes]
        lines.append("  ".join(piece for piece in (f"{row.line:>6}", tr(OUTCOMES[row.what]), row.title, known, row.reason, "; ".join(changes)) if piece))
    lines += [tr("“{text}” in column “{column}” can be read in two ways.", text=one.example, column=one.header) for one in seen.questions if not one.assumed]
    lines += seen.notes
    counts = {"read": seen.read, "added": seen.added, "updated": seen.updated, "skipped": seen.skipped, "rejected": seen.rejected}
    lines.append(tr("Of {read} rows looked at: {added} new, {updated} changed, {skipped} known, {rejected} refused.", **counts))
    return "\n".join(lines)


OUTCOMES = {"new": mark("new"), "changes": mark("changes"), "same": mark("nothing new"), "known": mark("known"), "refused": mark("refused")}


@app.command("export")
def export(
    entity: str,
    file: Path,
    where: Annotated[list[str] | None, typer.Option("--where", help="As for “list”.")] = None,
    search: Annotated[str, typer.Option("--search", help="Only what this text finds.")] = "",
    sort: Annotated[str | None, typer.Option("--sort", help="As for “list”.")] = None,
    columns: Annotated[str | None, typer.Option("--columns", help="Names of fields, by comma.")] = None,
    view: Annotated[str | None, typer.Option("--view", help="A saved view: its filter, order and columns.")] = None,
    for_programs: Annotated[
        bool, typer.Option("--for-programs", help="CSV in UTF-8 by RFC 4180 with names of fields; address cards with every field.")
    ] = False,
    vcard: Annotated[str, typer.Option("--vcard", help="Of address cards: 3.0, which every address book takes, or 4.0.")] = "3.0",
    reason: Annotated[str, typer.Option("--reason", help="What it is for; it stands in the journal.")] = "",
) -> None:
    """Export records; the file's ending says how. “all” takes everything out as one zip."""
    if entity == "all":
        if where or search or sort or columns or view:
            raise typer.BadParameter(tr("“all” takes everything; nothing can be chosen with it."))
        _export_everything(file, reason)
        return
    if vcard not in ("3.0", "4.0"):
        raise typer.BadParameter(tr("--vcard takes 3.0 or 4.0."))
    from crmdesk.exchange.out.exporting import ExportOptions, export_records
    from crmdesk.queries import views
    from crmdesk.queries.finding import parse_condition
    from crmdesk.reports.workbook import cut_said

    conditions = tuple(parse_condition(text) for text in where or ())
    order, names = tuple(split(sort)), tuple(split(columns))
    with searchable() if search else opened() as store:
        if view:
            with store.read() as reader:
                saved = views.named(reader, entity, view)
            conditions, order, names = (*saved.conditions, *conditions), order or saved.sort, names or saved.columns
        options = ExportOptions(
            conditions=conditions,
            search=search,
            sort=order,
            columns=names,
            for_programs=for_programs,
            title=view or "",
            card_version="4.0" if vcard == "4.0" else "3.0",
            reason=reason,
        )
        with progress(tr("Exporting")) as show:
            result = export_records(store, entity, file, options, show)
        asks = store.settings.asks_reason(result.rows) and not reason.strip()
    if result.cut:
        remark(cut_said(result.cut))
    for note in result.notes:
        remark(note)
    _ask_reason(asks)
    say(result.to_json())


def _export_everything(file: Path, reason: str) -> None:
    from crmdesk.exchange.out.everything import export_all

    if file.suffix.lower() != ".zip":
        raise UserError(tr("“{file}” has no ending that can be written.", file=file.name), hint=tr("Use one of: {options}.", options=".zip"))
    with opened() as store, progress(tr("Exporting")) as tell:
        taken = export_all(store, file, tell, reason=reason)
        asks = store.settings.asks_reason(taken.rows) and not reason.strip()
    _ask_reason(asks)
    say(taken.to_json())


def _ask_reason(asks: bool) -> None:
    if asks:
        remark(tr("So many records should have a reason, which stands in the journal: --reason says it."))


# -- the accountant's workbook ---------------------------------------------------------------------------------------------------


@app.command("workbook")
def workbook(
    file: Path,
    first: Annotated[str | None, typer.Option("--from", help="First day of the documents; else from the beginning.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day of the documents; else to the end.")] = None,
) -> None:
    """Write the accountant's workbook: documents, lines, taxes, customers and control totals of a period."""
    from crmdesk.exchange.out.accounting import accountants_workbook
    from crmdesk.fields import read_date
    from crmdesk.queries.ledger import Period

    period = Period(read_date(first) if first else None, read_date(last) if last else None)
    with opened() as store:
        result = accountants_workbook(store, file, period)
    say(result.to_json())


period_app = typer.Typer(help="Closed periods.")
app.add_typer(period_app, name="period")


@period_app.command("close")
def close_period(until: str) -> None:
    """Close all days up to one: no document dated in them is issued any more."""
    from crmdesk.fields import read_date
    from crmdesk.operations.workbooks import close_period as close

    with opened() as store:
        store.run_from("cli", close, read_date(until))
    _say_closed()


@period_app.command("reopen")
def reopen_period(
    until: Annotated[str | None, typer.Argument(help="What stays closed; nothing if left out.")] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the journal.")] = "",
) -> None:
    """Open closed days again."""
    from crmdesk.fields import read_date
    from crmdesk.operations.workbooks import reopen_period as reopen

    with opened() as store:
        store.run_from("cli", reopen, read_date(until) if until else None, reason)
    _say_closed()


@period_app.command("show")
def show_period() -> None:
    """Say up to which day documents are closed."""
    _say_closed()


def _say_closed() -> None:
    from crmdesk.store.issued import closed_until

    with opened() as store, store.read() as reader:
        day = closed_until(reader)
    say({"closed_until": day.isoformat() if day else None}, day.isoformat() if day else tr("No period is closed."))
