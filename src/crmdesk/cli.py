"""The command line: the same operations and queries as the window, without a screen. Contract: the manual's page on commands."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmdesk import __version__, settings
from crmdesk.errors import Cancelled, DamageFound, UserError
from crmdesk.i18n import set_language, tr

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.store import Store

app = typer.Typer(add_completion=False, no_args_is_help=False, pretty_exceptions_enable=False, rich_markup_mode=None)
log = logging.getLogger(__name__)

UNEXPECTED, WRONG_USAGE, DAMAGE, REJECTED = 1, 2, 6, 8


@dataclass
class Call:
    """The global options of one call."""

    store: Path | None = None
    passphrase_file: Path | None = None
    json: bool = False
    role: str | None = None


call = Call()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; every failure is one line on standard error."""
    set_language(settings.read().get("language", "en"))
    try:
        code = app(args=list(arguments) if arguments is not None else None, standalone_mode=False)
    except typer.Exit as end:
        return int(end.exit_code)
    except typer.TyperException as error:
        return _fail(_one_line(error.format_message()), WRONG_USAGE)
    except typer.Abort:
        return _fail(tr("Stopped. Nothing was changed."), UNEXPECTED)
    except (Cancelled, KeyboardInterrupt):
        return _fail(tr("Stopped. Nothing was changed."), UNEXPECTED)
    except UserError as error:
        return _fail(str(error), error.exit_code)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - the reader went away; nothing more may be written
        return 0
    except Exception as error:  # the last door before the user: a bug is one line, its details go to the log
        log.debug("unexpected", exc_info=error)
        if os.environ.get("CRMDESK_DEBUG"):
            raise
        place = _place_of(error)
        return _fail(tr("This went wrong ({what} at {place}); nothing was lost. Please report it.", what=type(error).__name__, place=place), UNEXPECTED)
    return int(code or 0)


def _place_of(error: BaseException) -> str:
    trace = error.__traceback__
    place = "?"
    while trace:
        place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _fail(message: str, code: int) -> int:
    print(_one_line(message), file=sys.stderr)
    return code


def _one_line(message: str) -> str:
    return " ".join(message.split())


@app.callback(invoke_without_command=True)
def _global(
    context: typer.Context,
    store: Annotated[Path | None, typer.Option(help="The encrypted file; else CRMDESK_STORE, else the last one opened.")] = None,
    passphrase_file: Annotated[Path | None, typer.Option(help="A file with the passphrase; else CRMDESK_PASSPHRASE, the keyring, a prompt.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    role: Annotated[str | None, typer.Option("--as", help="Act with the rights of a lower role.")] = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """CRMDesk: customers, deals, tickets and quotes in one encrypted file. Without a command it opens the window."""
    call.store, call.passphrase_file, call.json, call.role = store, passphrase_file, as_json, role
    if version:
        print(f"CRMDesk {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise typer.Exit(_window(None))


# -- the store -------------------------------------------------------------------------------------------------------------------


def _store_path() -> Path:
    path = call.store or settings.default_store()
    if path is None:
        from crmdesk.errors import StoreMissing  # noqa: PLC0415

        raise StoreMissing(tr("No store is named."), hint=tr("Give one with --store FILE, or create one with “crmdesk init FILE”."))
    return path


def _passphrase(path: Path | None, *, new: bool = False) -> str | None:
    """Return the passphrase from where it is given; None if only the keyring or a recovery key could open the store."""
    if call.passphrase_file:
        try:
            return call.passphrase_file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise UserError(tr("The passphrase file {path} can't be read.", path=call.passphrase_file)) from None
    if "CRMDESK_PASSPHRASE" in os.environ:
        return os.environ["CRMDESK_PASSPHRASE"]
    return None


def _prompt(text: str) -> str:
    import getpass  # noqa: PLC0415

    if not sys.stdin.isatty():
        from crmdesk.errors import WrongPassphrase  # noqa: PLC0415

        raise WrongPassphrase(tr("The passphrase is missing."), hint=tr("Set CRMDESK_PASSPHRASE or give --passphrase-file."))
    return getpass.getpass(text)


@contextmanager
def opened(*, remember: bool = True) -> Iterator[Store]:
    """Open the store that the call means, act in the role it asks for, speak the store's language."""
    from crmdesk.store import open_store  # noqa: PLC0415
    from crmdesk.store.keys import Key, from_keyring  # noqa: PLC0415

    path = _store_path()
    recovery = os.environ.get("CRMDESK_RECOVERY_KEY")
    passphrase = _passphrase(path)
    key: Key | None = None
    if recovery:
        from crmdesk.reports.recovery import from_groups  # noqa: PLC0415

        key = Key(from_groups(recovery))
    elif passphrase is None and path.exists():
        key = from_keyring(path)
        if key is None:
            passphrase = _prompt(tr("Passphrase: "))
    with open_store(path, passphrase, key) as store:
        if remember:
            _remember(path)
        store.act_as(call.role)
        set_language(settings.read().get("language") or store.settings.language)
        yield store


def _remember(path: Path) -> None:
    resolved = str(path.resolve())
    if settings.read().get("last_store") != resolved:
        try:
            settings.write(last_store=resolved)
        except OSError as error:  # a home that can't be written must not stop the work
            log.info("last store not remembered: %s", error.strerror)


# -- output ----------------------------------------------------------------------------------------------------------------------


def say(result: Any, text: Callable[[], str] | str | None = None) -> None:
    """Print a result: one JSON document, or words for people."""
    if call.json:
        print(json.dumps(result, ensure_ascii=False, default=_json_default))
    elif text is not None:
        shown = text() if callable(text) else text
        if shown:
            print(shown)
    else:
        print(_pretty(result))


def _json_default(value: Any) -> Any:
    from crmdesk.queries.records import json_value  # noqa: PLC0415

    plain = json_value(value)
    if plain is value:
        return str(value)
    return plain


def _pretty(result: Any, indent: str = "") -> str:
    if isinstance(result, Mapping):
        width = max((len(str(key)) for key in result), default=0)
        return "\n".join(f"{indent}{key:<{width}}  {_short(value)}" for key, value in result.items() if value not in (None, [], {}))
    if isinstance(result, list):
        return "\n".join(_short(item) for item in result)
    return str(result)


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        if "title" in value:
            return str(value["title"])
        if set(value) == {"amount", "currency"}:
            return f"{value['amount']} {value['currency']}"
        if "value" in value:
            return f"{value['value']} ({value['label']})" if value.get("label") else str(value["value"])
        return ", ".join(f"{key} {_short(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_short(inner) for inner in value)
    return "" if value is None else str(value)


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return rows as aligned text."""
    cells = [[str(column) for column in columns], *([_short(value).replace("\n", " ")[:60] for value in row] for row in rows)]
    widths = [max(_width(row[i]) for row in cells) for i in range(len(columns))]
    return "\n".join("  ".join(text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)).rstrip() for row in cells)


def _width(text: str) -> int:
    from unicodedata import east_asian_width  # noqa: PLC0415

    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int | None], None] | None]:
    """Show a bar on a terminal, nothing when piped."""
    if not sys.stderr.isatty():
        yield None
        return

    def show(done: int, total: int | None) -> None:
        part = f"{done * 100 // total:3d} %" if total else f"{done:,}"
        print(f"\r{label} {part}", end="", file=sys.stderr, flush=True)

    try:
        yield show
    finally:
        print("\r" + " " * (len(label) + 14) + "\r", end="", file=sys.stderr, flush=True)


# -- store commands --------------------------------------------------------------------------------------------------------------


@app.command()
def init(
    file: Path,
    sample: Annotated[bool, typer.Option("--sample", help="Fill it with sample data.")] = False,
    currency: Annotated[str, typer.Option(help="The store's own currency.")] = "EUR",
    region: Annotated[str, typer.Option(help="Country of phone numbers and dates.")] = "DE",
    language: Annotated[str, typer.Option(help="en, de or zh.")] = "en",
    owner: Annotated[str, typer.Option(help="Your name.")] = "",
) -> None:
    """Create a store."""
    from crmdesk.operations import stores  # noqa: PLC0415

    if file.exists():
        raise UserError(tr("{path} exists already.", path=file), hint=tr("Choose another name; nothing was changed."))
    passphrase = _passphrase(None, new=True)
    if passphrase is None:
        passphrase = _prompt(tr("New passphrase: "))
        if _prompt(tr("Once more: ")) != passphrase:
            raise UserError(tr("The two passphrases differ. Nothing was created."))
    with stores.new_store(file, passphrase, owner=owner, currency=currency.upper(), region=region.upper(), language=language, sample=sample):
        _remember(file)
    say({"store": str(file), "sample": sample}, lambda: tr("Created {path}.", path=file))


@app.command("open")
def open_window(file: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Open the window."""
    raise typer.Exit(_window(file))


def _window(file: Path | None) -> int:
    from crmdesk.ui.app import run  # noqa: PLC0415 - Qt only when a window is wanted

    return run(file or call.store or settings.default_store(), _passphrase(None))


@app.command()
def info() -> None:
    """Tell about the store."""
    from crmdesk.queries import about  # noqa: PLC0415

    with opened() as store:
        with store.read() as reader:
            facts = about.facts(reader)
        from crmdesk.store import backup as backups  # noqa: PLC0415

        last = backups.last_backup(store)
        result = {
            "store": str(store.path), **facts, "program": __version__, "size_bytes": store.path.stat().st_size,
            "last_backup": last.isoformat(timespec="seconds") if last else None, "team": None,
        }  # fmt: skip
        say(result)


@app.command()
def verify(deep: Annotated[bool, typer.Option("--deep", help="Every journal entry against its record.")] = False) -> None:
    """Check the store: pages, integrity, foreign keys, journal, search index."""
    from crmdesk.store.verify import verify as check  # noqa: PLC0415

    with opened() as store:
        problems = check(store, deep=deep)
    say({"ok": not problems, "problems": problems}, lambda: "\n".join(problems) or tr("Everything is sound."))
    if problems:
        if call.json:
            raise typer.Exit(DAMAGE)
        raise DamageFound(tr("The check found damage: {what}.", what=problems[0]), hint=tr("Restore a backup: crmdesk restore BACKUP FILE."))


@app.command()
def backup(dest: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Make a verified copy while the store is in use."""
    from crmdesk.store import backup as backups  # noqa: PLC0415

    with opened() as store:
        copy = backups.backup(store, dest)
    result = {"file": str(copy.path), "size_bytes": copy.size_bytes, "verified": True}
    say(result, lambda: tr("Backed up and verified: {path}", path=copy.path))


@app.command()
def restore(backup_file: Path, file: Path, force: Annotated[bool, typer.Option("--force", help="Replace an existing file; it is kept beside.")] = False) -> None:
    """Put a backup in the place of a store."""
    from crmdesk.store import backup as backups  # noqa: PLC0415
    from crmdesk.store import keys  # noqa: PLC0415

    phrase: str | None = None

    def key_of(path: Path) -> keys.Key:
        nonlocal phrase
        recovery = os.environ.get("CRMDESK_RECOVERY_KEY")
        if recovery:
            from crmdesk.reports.recovery import from_groups  # noqa: PLC0415

            return keys.Key(from_groups(recovery))
        if phrase is None:
            phrase = _passphrase(path) or _prompt(tr("Passphrase of the backup: "))
        return keys.derive(phrase, keys.file_salt(path))

    if file.exists() and not force:
        raise UserError(tr("{path} exists already.", path=file), hint=tr("Add --force to replace it; the present file is kept beside it."))
    kept = backups.restore(backup_file, file, key_of, force=force)
    say({"store": str(file), "kept": str(kept) if kept else None}, lambda: tr("Restored {path}.", path=file))


passphrase_app = typer.Typer(help="The passphrase of the store.")
app.add_typer(passphrase_app, name="passphrase")


@passphrase_app.command("change")
def change_passphrase() -> None:
    """Give the store another passphrase, from CRMDESK_NEW_PASSPHRASE or asked for."""
    from crmdesk.store import backup as backups  # noqa: PLC0415
    from crmdesk.store.files import change_passphrase as change  # noqa: PLC0415

    with opened() as store:
        new = os.environ.get("CRMDESK_NEW_PASSPHRASE")
        if new is None:
            new = _prompt(tr("New passphrase: "))
            if _prompt(tr("Once more: ")) != new:
                raise UserError(tr("The two passphrases differ. Nothing was changed."))
        backups.backup(store)
        change(store, new).close()
    say({"changed": True}, lambda: tr("The passphrase was changed. Print a new recovery sheet: the old one no longer opens the store."))


@app.command("recovery-sheet")
def recovery_sheet(out: Path) -> None:
    """Print the emergency sheet to a PDF."""
    from crmdesk.operations import stores  # noqa: PLC0415

    with opened() as store:
        pdf = stores.recovery_pdf(store)
        _write_new(out, pdf)
        store.run_from("cli", stores.note_sheet)
    say({"file": str(out)}, lambda: tr("Wrote {path}. Print it, put it into the safe, and delete the file.", path=out))


def _write_new(path: Path, content: bytes) -> None:
    """Write an output file, whole or not at all."""
    half = path.with_name(f".{path.name}.part")
    try:
        half.write_bytes(content)
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise UserError(tr("{path} can't be written: {why}.", path=path, why=error.strerror or error)) from None


# -- records ---------------------------------------------------------------------------------------------------------------------


@app.command()
def fields(entity: Annotated[str | None, typer.Argument()] = None) -> None:
    """List the fields of one entity or of all."""
    from crmdesk.queries import about  # noqa: PLC0415

    path = call.store or settings.default_store()
    if path and path.exists():
        with opened() as store, store.read() as reader:
            found = about.fields(entity, reader)
    else:
        found = about.fields(entity)
    say(found, lambda: table(("entity", "name", "kind", "label"), [[f["entity"], f["name"], f["kind"], f["label"]] for f in found]))


def _pairs(given: Sequence[str]) -> dict[str, str]:
    """Read FIELD=VALUE arguments."""
    values: dict[str, str] = {}
    for pair in given:
        name, sign, value = pair.partition("=")
        if not sign or not name.strip():
            raise typer.BadParameter(tr("“{text}” is not FIELD=VALUE.", text=pair))
        values[name.strip()] = value
    return values


def _find(store: Store, entity: str, text: str) -> UUID:
    from crmdesk.queries import records  # noqa: PLC0415

    with store.read() as reader:
        return records.find_one(reader, entity, text)


def _shown(store: Store, entity: str, record_id: UUID) -> dict[str, Any]:
    from crmdesk.queries import about  # noqa: PLC0415

    with store.read() as reader:
        return about.whole(reader, entity, record_id)


@app.command()
def add(entity: str, values: Annotated[list[str] | None, typer.Argument(metavar="FIELD=VALUE…")] = None) -> None:
    """Add a record."""
    from crmdesk.operations import records  # noqa: PLC0415

    given = _pairs(values or [])
    with opened() as store:
        record_id = store.run_from("cli", records.add, entity, given)
        say(_shown(store, entity, record_id))


@app.command("set")
def set_values(entity: str, record: str, values: Annotated[list[str], typer.Argument(metavar="FIELD=VALUE…")]) -> None:
    """Change fields of a record."""
    from crmdesk.operations import records  # noqa: PLC0415

    given = _pairs(values)
    with opened() as store:
        record_id = _find(store, entity, record)
        store.run_from("cli", records.edit, entity, [record_id], given)
        say(_shown(store, entity, record_id))


@app.command()
def delete(entity: str, record: list[str]) -> None:
    """Put records into the recycle bin."""
    from crmdesk.operations import records  # noqa: PLC0415

    with opened() as store:
        ids = [_find(store, entity, text) for text in record]
        count = store.run_from("cli", records.delete, entity, ids)
    say({"deleted": count}, lambda: tr("Deleted. “undo” brings it back."))


@app.command()
def show(entity: str, record: str) -> None:
    """Show a record with how many others belong to it."""
    with opened() as store:
        say(_shown(store, entity, _find(store, entity, record)))


@app.command()
def history(entity: str, record: str) -> None:
    """Show what happened to a record."""
    from crmdesk.queries import records  # noqa: PLC0415

    with opened() as store:
        record_id = _find(store, entity, record)
        with store.read() as reader:
            entries = records.history(reader, entity, record_id)
    found = [
        {
            "transaction": entry.tx, "at": records.json_value(entry.at), "member": entry.member, "origin": entry.origin, "label": entry.label, "operation": entry.operation,
            "changes": {name: [records.json_value(old), records.json_value(new)] for name, (old, new) in entry.changes.items()},
        }
        for entry in entries
    ]  # fmt: skip
    say(found, lambda: table(("transaction", "at", "member", "label", "changes"), [[e["transaction"], e["at"], e["member"], e["label"], e["changes"]] for e in found]))


@app.command()
def undo(transaction: Annotated[int | None, typer.Option("--transaction", help="A transaction of mine; else my last one.")] = None) -> None:
    """Take back my last transaction."""
    from crmdesk.operations import registry  # noqa: PLC0415

    registry.load()
    with opened() as store:
        said = store.undo(transaction, origin="cli")
        say({"undone": said, "transaction": store.last_changes.tx if store.last_changes else None}, lambda: tr("Undone: {what}", what=said))


@app.command()
def redo() -> None:
    """Take back my last undo."""
    from crmdesk.operations import registry  # noqa: PLC0415

    registry.load()
    with opened() as store:
        said = store.redo(origin="cli")
        say({"redone": said, "transaction": store.last_changes.tx if store.last_changes else None}, lambda: tr("Redone: {what}", what=said))


trash_app = typer.Typer(help="The recycle bin.")
app.add_typer(trash_app, name="trash")


@trash_app.command("list")
def trash_list() -> None:
    """Show what lies in the bin."""
    from crmdesk.queries import records  # noqa: PLC0415

    with opened() as store, store.read() as reader:
        binned = records.trash(reader)
    found = [{"entity": item.entity, "id": str(item.id), "title": item.title, "deleted_at": records.json_value(item.deleted_at)} for item in binned]
    say(found, lambda: table(("entity", "title", "deleted_at", "id"), [[f["entity"], f["title"], f["deleted_at"], f["id"]] for f in found]))


@trash_app.command("restore")
def trash_restore(entity: str, record: str) -> None:
    """Take a record out of the bin."""
    from crmdesk.operations import records  # noqa: PLC0415
    from crmdesk.queries import about  # noqa: PLC0415

    with opened() as store:
        with store.read() as reader:
            record_id = about.find_binned(reader, entity, record)
        store.run_from("cli", records.restore, entity, record_id)
        say(_shown(store, entity, record_id))


@app.command()
def audit(start: Annotated[str | None, typer.Option("--from", help="From this date on.")] = None, limit: int = 1000) -> None:
    """Show the trail of all transactions, newest first."""
    from crmdesk.queries import about  # noqa: PLC0415

    with opened() as store, store.read() as reader:
        found = about.audit(reader, start, limit)
    say(found, lambda: table(("transaction", "at", "member", "origin", "label", "about"), [[f[k] for k in ("transaction", "at", "member", "origin", "label", "about")] for f in found]))


@app.command("list")
def list_records(
    entity: str,
    where: Annotated[list[str] | None, typer.Option("--where", help="“field op value”; op is = != < <= > >= ~ in empty notempty.")] = None,
    search: Annotated[str | None, typer.Option("--search", help="Only what this text finds.")] = None,
    sort: Annotated[str | None, typer.Option("--sort", help="Fields, with - before those that sort downwards.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="How many rows.")] = 50,
    columns: Annotated[str | None, typer.Option("--columns", help="Names of fields, by comma.")] = None,
) -> None:
    """List records."""
    from crmdesk.queries import about  # noqa: PLC0415

    with opened() as store, store.read() as reader:
        found = about.listed(reader, entity, where or [], search, _split(sort), limit, _split(columns))
    say(found, lambda: _list_text(found))


def _list_text(found: dict[str, Any]) -> str:
    rows = found["rows"]
    if not rows:
        return tr("Nothing found.")
    names = [name for name in rows[0] if name != "id" and any(row[name] not in (None, [], "") for row in rows)][:7]
    return table(names, [[row[name] for name in names] for row in rows]) + "\n" + tr("{shown} of {total}", shown=len(rows), total=found["total"])


def _split(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


@app.command()
def search(text: str, limit: Annotated[int, typer.Option("--limit", min=1)] = 20) -> None:
    """Search across everything, best first."""
    from crmdesk.queries.search import search as find  # noqa: PLC0415

    with opened() as store:
        if waiting := store.index_waiting():
            _finish_index(store, waiting)
        with store.read() as reader:
            hits = find(reader, text, limit)
    found = [{"entity": hit.entity, "id": str(hit.id), "title": hit.title, "subtitle": hit.subtitle, "score": hit.score} for hit in hits]
    say(found, lambda: table(("entity", "title", "subtitle"), [[f["entity"], f["title"], f["subtitle"]] for f in found]) if found else tr("Nothing found."))


def _finish_index(store: Store, waiting: int) -> None:
    with progress(tr("Indexing")) as show_progress:
        left = waiting
        while left:
            left = store.index_step()
            if show_progress:
                show_progress(waiting - left, waiting)
