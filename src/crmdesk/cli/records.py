"""Commands about records of any entity."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmdesk.cli.base import MOST_ROWS, app, find, opened, pairs, say, searchable, shown, split
from crmdesk.cli.output import as_json, pretty, remark, table
from crmdesk.errors import LaterWork, Question, UserError
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from crmdesk.store import Store


Why = Annotated[str, typer.Option("--reason", help="Why what should be there once is there twice, where a rule asks for it.")]


@app.command()
def add(entity: str, values: Annotated[list[str] | None, typer.Argument(metavar="FIELD=VALUE…")] = None, reason: Why = "") -> None:
    """Add a record."""
    from crmdesk.operations import records

    given = pairs(values or [])
    with opened() as store:
        with _asking_by_option():
            record_id = store.run_from("cli", records.add, entity, given, anyway=reason or False)
        _tell_clashes(store, entity, record_id)
        say(shown(store, entity, record_id))


@contextmanager
def _asking_by_option() -> Iterator[None]:
    """Name the option that answers what the window would ask."""
    try:
        yield
    except Question as asked:
        raise UserError(asked.message, hint=tr("If it is meant, say why with --reason.")) from None


def _tell_clashes(store: Store, entity: str, record: UUID) -> None:
    """Say what a record has that should be there only once, and another one has too."""
    from crmdesk.models.registry import entity_class
    from crmdesk.queries import uniqueness

    name = entity_class(entity).entity.name
    with store.read() as reader:
        for clash in uniqueness.of_stored(reader, name, record) if uniqueness.rules(store.settings, name) else ():
            remark(clash.said)


@app.command("set")
def set_values(entity: str, record: str, values: Annotated[list[str], typer.Argument(metavar="FIELD=VALUE…")], reason: Why = "") -> None:
    """Change fields of a record; `set setting NAME value=…` changes a setting of the store."""
    from crmdesk.operations import records
    from crmdesk.store.settings import typed

    given = pairs(values)
    with opened() as store:
        if entity == "setting":
            if set(given) != {"value"}:
                raise typer.BadParameter(tr("Settings are changed by their name.") + " " + tr("As in: crmdesk set setting payment_days value=14"))
            store.run_from("cli", records.change_settings, {record: typed(record, given["value"])})
            _say_setting(store, record)
            return
        record_id = find(store, entity, record)
        with _asking_by_option():
            store.run_from("cli", records.edit, entity, [record_id], given, anyway=reason or False)
        _tell_clashes(store, entity, record_id)
        say(shown(store, entity, record_id))


def _say_setting(store: Store, name: str) -> None:
    """Say what a setting is; a list in the JSON that `set setting` takes."""
    value = getattr(store.settings, name)
    say({"name": name, "value": value}, lambda: pretty({"name": name, "value": as_json(value) if isinstance(value, tuple) else value}))


@app.command()
def delete(entity: str, record: list[str]) -> None:
    """Put records into the recycle bin."""
    from crmdesk.operations import records

    with opened() as store:
        ids = [find(store, entity, text) for text in record]
        count = store.run_from("cli", records.delete, entity, ids)
    say({"deleted": count}, lambda: tr("Deleted. “undo” brings it back."))


@app.command()
def show(entity: str, record: str) -> None:
    """Show a record with how many others belong to it, or a setting."""
    with opened() as store:
        if entity == "setting" and hasattr(store.settings, record) and not record.startswith("_"):
            _say_setting(store, record)
            return
        say(shown(store, entity, find(store, entity, record)))


@app.command()
def history(entity: str, record: str) -> None:
    """Show what happened to a record, its phones, lines and the like."""
    from crmdesk.queries import history as journal
    from crmdesk.queries import records

    with opened() as store:
        record_id = find(store, entity, record)
        with store.read() as reader:
            entries = journal.history(reader, entity, record_id)
    found = [
        {
            "transaction": entry.tx, "at": records.json_value(entry.at), "member": entry.member, "origin": entry.origin, "label": entry.label, "kind": entry.kind,
            "operation": entry.operation,
            "changes": {name: [records.json_value(old), records.json_value(new)] for name, (old, new) in entry.changes.items()},
        }
        for entry in entries
    ]  # fmt: skip
    say(
        found,
        lambda: table(
            ("transaction", "at", "member", "label", "changes"),
            [[told["transaction"], told["at"], told["member"], entry.title, " · ".join(entry.said)] for told, entry in zip(found, entries, strict=True)],
        ),
    )


@app.command()
def undo(
    transaction: Annotated[int | None, typer.Option("--transaction", min=1, max=MOST_ROWS, help="A transaction of mine; else my last one.")] = None,
    keep_edited: Annotated[bool, typer.Option("--keep-edited", help="Keep what was edited since, and take back the rest.")] = False,
) -> None:
    """Take back my last transaction."""
    from crmdesk.exchange.undoing import Edited, named, undo_import
    from crmdesk.operations import registry

    registry.load()
    kept: tuple[Edited, ...] = ()
    with opened() as store, _naming_keep_edited():
        if transaction is None:
            said = store.undo(origin="cli", keeps_edited=keep_edited)
        else:
            done = undo_import(store, transaction, origin="cli", keeps_edited=keep_edited)
            said, kept = done.what, done.kept
        told = [{"entity": one.entity, "id": str(one.id), "title": one.title, "fields": list(one.fields)} for one in kept]
        lines = [tr("Undone: {what}", what=said), *([tr("Kept: {edited}.", edited=named(kept))] if kept else [])]
        say({"undone": said, "transaction": store.last_changes.tx if store.last_changes else None, "kept": told}, lambda: "\n".join(lines))


@contextmanager
def _naming_keep_edited() -> Iterator[None]:
    """Let a refusal for the sake of later work name the option that takes back the rest."""
    try:
        yield
    except LaterWork as refused:
        option = tr("With --keep-edited what was edited since stays, and the rest is taken back.")
        raise LaterWork(refused.message, hint=" ".join(filter(None, (refused.hint, option)))) from None


@app.command()
def redo() -> None:
    """Take back my last undo."""
    from crmdesk.operations import registry

    registry.load()
    with opened() as store:
        said = store.redo(origin="cli")
        say({"redone": said, "transaction": store.last_changes.tx if store.last_changes else None}, lambda: tr("Redone: {what}", what=said))


trash_app = typer.Typer(help="The recycle bin.")
app.add_typer(trash_app, name="trash")


@trash_app.command("list")
def trash_list(limit: Annotated[int, typer.Option("--limit", min=0, max=MOST_ROWS, help="How many records.")] = 500) -> None:
    """Show what lies in the bin, newest first."""
    from crmdesk.queries import records

    with opened() as store, store.read() as reader:
        binned = records.trash(reader, limit)
    found = [{"entity": item.entity, "id": str(item.id), "title": item.title, "deleted_at": records.json_value(item.deleted_at)} for item in binned]
    say(found, lambda: table(("entity", "title", "deleted_at", "id"), [[f["entity"], f["title"], f["deleted_at"], f["id"]] for f in found]))


@trash_app.command("restore")
def trash_restore(entity: str, record: str) -> None:
    """Take a record out of the bin."""
    from crmdesk.operations import records
    from crmdesk.queries import about

    with opened() as store:
        with store.read() as reader:
            record_id = about.find_binned(reader, entity, record)
        store.run_from("cli", records.restore, entity, record_id)
        say(shown(store, entity, record_id))


@app.command()
def audit(
    start: Annotated[str | None, typer.Option("--from", help="From this date on.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, max=MOST_ROWS, help="How many transactions.")] = 1000,
) -> None:
    """Show the trail of all transactions, newest first."""
    from crmdesk.queries import about
    from crmdesk.queries.history import deed

    with opened() as store, store.read() as reader:
        found = about.audit(reader, start, limit)
    say(
        found,
        lambda: table(
            ("transaction", "at", "member", "origin", "label", "about", "reason"),
            [[f["transaction"], f["at"], f["member"], f["origin"], deed(f["label"], f["kind"]), f["about"], f["reason"]] for f in found],
        ),
    )


@app.command("list")
def list_records(
    entity: str,
    where: Annotated[list[str] | None, typer.Option("--where", help="“field op value”; op is = != < <= > >= ~ in empty notempty.")] = None,
    search: Annotated[str | None, typer.Option("--search", help="Only what this text finds.")] = None,
    sort: Annotated[str | None, typer.Option("--sort", help="Fields, with - before those that sort downwards.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, max=MOST_ROWS, help="How many rows.")] = 50,
    columns: Annotated[str | None, typer.Option("--columns", help="Names of fields, by comma.")] = None,
) -> None:
    """List records."""
    from crmdesk.queries import about

    with searchable() if search else opened() as store, store.read() as reader:
        found = about.listed(reader, entity, where or [], search, split(sort), limit, split(columns))
    say(found, lambda: _list_text(found))


def _list_text(found: dict[str, Any]) -> str:
    rows = found["rows"]
    if not found["total"]:
        return tr("Nothing found.")
    if not rows:
        return tr("{shown} of {total}", shown=0, total=found["total"])
    names = [name for name in rows[0] if name != "id" and any(row[name] not in (None, [], "") for row in rows)][:7]
    return table(names, [[row[name] for name in names] for row in rows]) + "\n" + tr("{shown} of {total}", shown=len(rows), total=found["total"])


@app.command()
def search(text: str, limit: Annotated[int, typer.Option("--limit", min=1, max=MOST_ROWS)] = 20) -> None:
    """Search across everything, best first."""
    from crmdesk.queries.search import search as ask

    with searchable() as store, store.read() as reader:
        hits = ask(reader, text, limit, with_matches=True)
    found = [{"entity": hit.entity, "id": str(hit.id), "title": hit.title, "subtitle": hit.subtitle, "score": hit.score} for hit in hits]
    lines = [[hit.entity, hit.title, hit.match.text if hit.match else hit.subtitle] for hit in hits]
    say(found, lambda: table(("entity", "title", "subtitle"), lines) if lines else tr("Nothing found."))
