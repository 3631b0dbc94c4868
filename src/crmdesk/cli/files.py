"""Commands that take files in and give files out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from crmdesk.cli.base import REJECTED, app, call, opened, progress, say, split
from crmdesk.errors import UserError
from crmdesk.i18n import tr


@app.command("import")
def import_records(
    entity: str,
    file: Path,
    mapped: Annotated[list[str] | None, typer.Option("--map", help="FIELD=COLUMN; phone.work and address.city are possible.")] = None,
    region: Annotated[str, typer.Option("--region", help="Country of national phone numbers; else the store's.")] = "",
    encoding: Annotated[str | None, typer.Option("--encoding", help="Else it is recognised.")] = None,
    delimiter: Annotated[str | None, typer.Option("--delimiter", help="Else it is recognised.")] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", help="Of a workbook; else the first that has rows.")] = None,
    on_duplicate: Annotated[str, typer.Option("--on-duplicate", help="skip, fill, overwrite or add.")] = "skip",
    match: Annotated[str | None, typer.Option("--match", help="How known records are recognised: external_id, email, name …")] = None,
    dates: Annotated[str, typer.Option("--dates", help="dmy, mdy or ymd, where dates can be read in two ways.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Any rejected row writes nothing.")] = False,
    no_create: Annotated[bool, typer.Option("--no-create", help="Make no companies, stages, tags … that are missing.")] = False,
    rejects: Annotated[Path | None, typer.Option("--rejects", help="Where rejected rows go.")] = None,
) -> None:
    """Import a file in one transaction; “all” takes everything of another store over."""
    if entity == "all":
        from crmdesk.exchange.everything import import_all

        with opened() as store, progress(tr("Importing")) as tell:
            say(import_all(store, file, tell).to_json())
        return
    from crmdesk.exchange.importing import import_file
    from crmdesk.exchange.plan import ImportOptions

    chosen = {}
    for pair in mapped or []:
        field, sign, column = pair.partition("=")
        if not sign or not field.strip():
            raise typer.BadParameter(tr("“{text}” is not FIELD=COLUMN.", text=pair))
        chosen[field.strip()] = column
    if dates not in ("", "dmy", "mdy", "ymd"):
        raise typer.BadParameter(tr("--dates takes dmy, mdy or ymd."))
    if on_duplicate not in ("skip", "fill", "overwrite", "add"):
        raise typer.BadParameter(tr("--on-duplicate takes skip, fill, overwrite or add."))
    if not file.exists():
        raise UserError(tr("There is no file {path}.", path=file))
    options = ImportOptions(
        chosen=chosen, region=region.upper(), encoding=encoding, delimiter=delimiter, sheet=sheet, on_duplicate=on_duplicate, match=tuple(split(match)), dates=dates,
        creates=not no_create, strict=strict, dry_run=dry_run, rejects=rejects,
    )  # fmt: skip
    with opened() as store, progress(tr("Importing")) as show:
        result = import_file(store, entity, file, options, show)
    if not call.json:
        if result.unused:
            print(tr("Left out: {columns}", columns=", ".join(result.unused)), file=sys.stderr)
        for note in result.notes:
            print(note, file=sys.stderr)
        for problem in result.problems[:20]:
            print(tr("Line {line}: {reason}", line=problem.line, reason=problem.reason), file=sys.stderr)
    say(result.to_json())
    if result.rejected:
        raise typer.Exit(REJECTED)


@app.command("export")
def export(
    entity: str,
    file: Path,
    where: Annotated[list[str] | None, typer.Option("--where", help="As for “list”.")] = None,
    search: Annotated[str, typer.Option("--search", help="Only what this text finds.")] = "",
    sort: Annotated[str | None, typer.Option("--sort", help="As for “list”.")] = None,
    columns: Annotated[str | None, typer.Option("--columns", help="Names of fields, by comma.")] = None,
    view: Annotated[str | None, typer.Option("--view", help="A saved view: its filter, order and columns.")] = None,
    for_programs: Annotated[bool, typer.Option("--for-programs", help="CSV in UTF-8 by RFC 4180 with names of fields.")] = False,
) -> None:
    """Export records; the file's ending says how. “all” takes everything out as one zip."""
    if entity == "all":
        from crmdesk.exchange.everything import export_all

        with opened() as store, progress(tr("Exporting")) as tell:
            say(export_all(store, file, tell).to_json())
        return
    from crmdesk.exchange.exporting import ExportOptions, export_records
    from crmdesk.queries import views
    from crmdesk.queries.finding import parse_condition

    conditions = tuple(parse_condition(text) for text in where or ())
    order, names = tuple(split(sort)), tuple(split(columns))
    with opened() as store:
        if view:
            with store.read() as reader:
                saved = views.named(reader, entity, view)
            conditions, order, names = (*saved.conditions, *conditions), order or saved.sort, names or saved.columns
        options = ExportOptions(conditions=conditions, search=search, sort=order, columns=names, for_programs=for_programs, title=view or "")
        with progress(tr("Exporting")) as show:
            result = export_records(store, entity, file, options, show)
    say(result.to_json())
