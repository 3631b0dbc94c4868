"""Commands about the store as a whole."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from crmdesk import __version__, settings
from crmdesk.cli.base import DAMAGE, app, call, check_new, given_passphrase, opened, prompt, remember, say, window, write_new
from crmdesk.cli.output import table
from crmdesk.errors import DamageFound, StoreDamaged, UserError
from crmdesk.i18n import tr


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
    from crmdesk.operations import stores

    if file.exists():
        raise UserError(tr("{path} exists already.", path=file), hint=tr("Choose another name; nothing was changed."))
    passphrase = given_passphrase()
    if passphrase is None:
        passphrase = prompt(tr("New passphrase: "))
        if prompt(tr("Once more: ")) != passphrase:
            raise UserError(tr("The two passphrases differ. Nothing was created."))
    with stores.new_store(file, passphrase, owner=owner, currency=currency.upper(), region=region.upper(), language=language, sample=sample):
        remember(file)
    say({"store": str(file), "sample": sample}, lambda: tr("Created {path}.", path=file))


@app.command("open")
def open_window(file: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Open the window."""
    raise typer.Exit(window(file))


@app.command()
def info() -> None:
    """Tell about the store."""
    from crmdesk.queries import about

    with opened() as store:
        with store.read() as reader:
            facts = about.facts(reader)
        from crmdesk.store import backup as backups

        last = backups.last_backup(store)
        result = {
            "store": str(store.path), **facts, "program": __version__, "size_bytes": store.path.stat().st_size,
            "last_backup": last.isoformat(timespec="milliseconds").replace("+00:00", "Z") if last else None, "team": None,
        }  # fmt: skip
        say(result)


@app.command()
def verify(deep: Annotated[bool, typer.Option("--deep", help="Every journal entry against its record.")] = False) -> None:
    """Check the store: pages, integrity, foreign keys, journal, search index."""
    from crmdesk.store.verify import verify as check

    try:
        with opened() as store:
            problems = check(store, deep=deep)
    except StoreDamaged as damage:  # so badly that it does not even open
        problems = [damage.message]
    say({"ok": not problems, "problems": problems}, lambda: "\n".join(problems) or tr("Everything is sound."))
    if problems:
        if call.json:
            raise typer.Exit(DAMAGE)
        raise DamageFound(tr("The check found damage: {what}.", what=problems[0].rstrip(".")), hint=tr("Restore a backup: crmdesk restore BACKUP FILE."))


@app.command()
def backup(dest: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Make a verified copy while the store is in use."""
    from crmdesk.store import backup as backups

    with opened() as store:
        copy = backups.backup(store, dest)
    result = {"file": str(copy.path), "size_bytes": copy.size_bytes, "verified": True}
    say(result, lambda: tr("Backed up and verified: {path}", path=copy.path))


@app.command()
def restore(
    backup_file: Path, file: Path, force: Annotated[bool, typer.Option("--force", help="Replace an existing file; it is kept beside.")] = False
) -> None:
    """Put a backup in the place of a store."""
    from crmdesk.store import backup as backups
    from crmdesk.store import keys
    from crmdesk.store.rights import Viewer, authorize

    if call.role:
        authorize(Viewer(None, call.role), "store.write")
    phrase: str | None = None

    def key_of(path: Path) -> keys.Key:
        nonlocal phrase
        salt = keys.file_salt(path)
        recovery = os.environ.get("CRMDESK_RECOVERY_KEY")
        if recovery:
            from crmdesk.reports.recovery import from_groups

            return keys.Key(from_groups(recovery))
        if phrase is None:
            phrase = given_passphrase() or prompt(tr("Passphrase of the backup: "))
        return keys.derive(phrase, salt)

    if not backup_file.is_file():
        raise UserError(tr("There is no file “{file}”.", file=backup_file))
    if file.exists() and not force:
        raise UserError(tr("{path} exists already.", path=file), hint=tr("Add --force to replace it; the present file is kept beside it."))
    kept = backups.restore(backup_file, file, key_of, force=force)
    say({"store": str(file), "kept": str(kept) if kept else None}, lambda: tr("Restored {path}.", path=file))


passphrase_app = typer.Typer(help="The passphrase of the store.")
app.add_typer(passphrase_app, name="passphrase")


@passphrase_app.command("change")
def change_passphrase() -> None:
    """Give the store another passphrase, from CRMDESK_NEW_PASSPHRASE or asked for."""
    from crmdesk.store import backup as backups
    from crmdesk.store.files import change_passphrase as change
    from crmdesk.store.rights import authorize

    with opened() as store:
        authorize(store.viewer, "store.write")
        new = os.environ.get("CRMDESK_NEW_PASSPHRASE")
        if new is None and not sys.stdin.isatty():
            raise UserError(tr("The new passphrase is missing."), hint=tr("Set CRMDESK_NEW_PASSPHRASE."))
        if new is None:
            new = prompt(tr("New passphrase: "))
            if prompt(tr("Once more: ")) != new:
                raise UserError(tr("The two passphrases differ. Nothing was changed."))
        backups.backup(store)
        change(store, new).close()
    say({"changed": True}, lambda: tr("The passphrase was changed. Print a new recovery sheet: the old one no longer opens the store."))


@app.command("recovery-sheet")
def recovery_sheet(out: Path) -> None:
    """Print the emergency sheet to a PDF."""
    from crmdesk.operations import stores

    check_new(out)
    with opened() as store:
        pdf = stores.recovery_pdf(store)
        write_new(out, pdf, lambda: store.run_from("cli", stores.note_sheet))
    say({"file": str(out)}, lambda: tr("Wrote {path}. Print it, put it into the safe, and delete the file.", path=out))


@app.command()
def fields(entity: Annotated[str | None, typer.Argument()] = None) -> None:
    """List the fields of one entity or of all."""
    from crmdesk.queries import about

    path = call.store or settings.default_store()
    if path and path.exists():
        with opened() as store, store.read() as reader:
            found = about.fields(entity, reader)
    else:
        found = about.fields(entity)
    say(found, lambda: table(("entity", "name", "kind", "label"), [[f["entity"], f["name"], f["kind"], f["label"]] for f in found]))
