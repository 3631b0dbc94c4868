"""What all commands share: global options, the open store, what is said at the end."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmdesk import __version__, settings
from crmdesk.cli.output import as_json, pretty, progress, remark, set_zone, tell
from crmdesk.errors import UserError
from crmdesk.i18n import set_language, set_region, tr

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.store import Store

app = typer.Typer(add_completion=False, no_args_is_help=False, pretty_exceptions_enable=False, rich_markup_mode=None)
log = logging.getLogger(__name__)

UNEXPECTED, WRONG_USAGE, DAMAGE, REJECTED = 1, 2, 6, 8
MOST_ROWS = 10**9
LONGEST_PASSPHRASE = 10_000


@dataclass
class Call:
    """The global options of one call."""

    store: Path | None = None
    passphrase_file: Path | None = None
    json: bool = False
    role: str | None = None


call = Call()
ROLES = ("owner", "manager", "sales", "service", "finance", "own_ones", "read_only")


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
    if role is not None:
        role = role.strip().lower().replace("-", "_").replace(" ", "_")
        if role not in ROLES:
            raise typer.BadParameter(tr("There is no role “{role}”.", role=role) + " " + tr("Roles: {roles}.", roles=", ".join(ROLES)))
    call.store, call.passphrase_file, call.json, call.role = store, passphrase_file, as_json, role
    if version:
        print(f"CRMDesk {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise typer.Exit(window(None))


# -- the store -------------------------------------------------------------------------------------------------------------------


def _store_path() -> Path:
    path = call.store or settings.default_store()
    if path is None:
        from crmdesk.errors import StoreMissing

        raise StoreMissing(tr("No store is named."), hint=tr("Give one with --store FILE, or create one with “crmdesk init FILE”."))
    return path


def given_passphrase() -> str | None:
    """Return the passphrase from where it is given; None if only the keyring or a recovery key could open the store."""
    if call.passphrase_file:
        try:
            with call.passphrase_file.open(encoding="utf-8-sig") as file:
                return file.read(LONGEST_PASSPHRASE).rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise UserError(tr("The passphrase file {path} can't be read.", path=call.passphrase_file)) from None
    if "CRMDESK_PASSPHRASE" in os.environ:
        return _readable(os.environ["CRMDESK_PASSPHRASE"])
    return None


def prompt(text: str) -> str:
    """Ask for a passphrase on the terminal."""
    import getpass

    if not sys.stdin.isatty():
        from crmdesk.errors import WrongPassphrase

        raise WrongPassphrase(tr("The passphrase is missing."), hint=tr("Set CRMDESK_PASSPHRASE or give --passphrase-file."))
    try:
        return _readable(getpass.getpass(text))
    except UnicodeDecodeError:
        raise _unreadable() from None


def _readable(passphrase: str) -> str:
    """Refuse bytes that are no text, without showing them."""
    try:
        passphrase.encode()
    except UnicodeEncodeError:
        raise _unreadable() from None
    return passphrase


def _unreadable() -> UserError:
    from crmdesk.errors import WrongPassphrase

    return WrongPassphrase(tr("The passphrase is no valid text."), hint=tr("Type it on a terminal that writes UTF-8."))


@contextmanager
def opened(*, keep: bool = True) -> Iterator[Store]:
    """Open the store that the call means, act in the role it asks for, speak the store's language."""
    from crmdesk.operations import expiry
    from crmdesk.store import open_store
    from crmdesk.store.keys import Key, from_keyring

    path = _store_path()
    recovery = os.environ.get("CRMDESK_RECOVERY_KEY")
    passphrase = given_passphrase()
    key: Key | None = None
    if recovery:
        from crmdesk.reports.recovery import from_groups

        key = Key(from_groups(recovery))
    elif passphrase is None and path.exists():
        key = from_keyring(path)
        if key is None:
            passphrase = prompt(tr("Passphrase: "))
    with open_store(path, passphrase, key) as store:
        if keep:
            remember(path)
        store.act_as(call.role)
        set_zone(store.settings.tz)
        set_language(settings.read().get("language") or store.settings.language)
        set_region(store.settings.region)
        if store.mended:
            remark(store.mended)
        expiry.settle(store)
        yield store


@contextmanager
def searchable() -> Iterator[Store]:
    """Open the store as `opened` does, with its search index finished: after an import it waits for whoever searches first."""
    with opened() as store:
        if waiting := store.index_waiting():
            _finish_index(store, waiting)
        yield store


def _finish_index(store: Store, waiting: int) -> None:
    left = waiting
    with progress(tr("Indexing")) as show:
        while left:
            left = store.index_step()
            if show:
                show(waiting - left, waiting)


def remember(path: Path) -> None:
    """Open this store next time when none is named."""
    resolved = str(path.resolve())
    if settings.read().get("last_store") != resolved:
        settings.write(last_store=resolved)


# -- output ----------------------------------------------------------------------------------------------------------------------


def say(result: Any, text: Callable[[], str] | str | None = None) -> None:
    """Print a result: one JSON document, or words for people."""
    if call.json:
        tell(as_json(result))
    elif text is not None:
        shown = text() if callable(text) else text
        if shown:
            tell(shown)
    else:
        tell(pretty(result))


def window(file: Path | None) -> int:
    """Open the window; returns its exit code."""
    from crmdesk.ui.app import run

    return run(file or call.store or settings.default_store(), given_passphrase())


def check_new(path: Path) -> Path:
    """Complain about an output file that exists or whose folder does not, before any work is done."""
    if path.exists():
        raise UserError(tr("{path} exists already.", path=path), hint=tr("Choose another name; nothing was changed."))
    if not path.parent.is_dir():
        raise UserError(tr("There is no folder {path}.", path=path.parent))
    return path


def write_new(path: Path, content: bytes, note: Callable[[], object]) -> None:
    """Write an output file, whole or not at all; `note` leaves its trace before it gets its name, so that none is without."""
    from crmdesk.store.unfinished import unfinished

    check_new(path)
    with unfinished(path, "part") as half:
        half.write_bytes(content)
        note()
        half.replace(path)


def pairs(given: Sequence[str]) -> dict[str, str]:
    """Read FIELD=VALUE arguments."""
    values: dict[str, str] = {}
    for pair in given:
        name, sign, value = pair.partition("=")
        if not sign or not name.strip():
            raise typer.BadParameter(tr("“{text}” is not FIELD=VALUE.", text=pair))
        if name.strip() in values:
            raise typer.BadParameter(tr("“{name}” is given twice. Several values stand in one: phone='030 1; 030 2', tags=a,b.", name=name.strip()))
        values[name.strip()] = value
    return values


def find(store: Store, entity: str, text: str) -> UUID:
    """Return the record that an id, a number or a name means."""
    from crmdesk.queries import records

    with store.read() as reader:
        return records.find_one(reader, entity, text)


def shown(store: Store, entity: str, record_id: UUID) -> dict[str, Any]:
    """Return a record whole, as JSON prints it."""
    from crmdesk.queries import about

    with store.read() as reader:
        return about.whole(reader, entity, record_id)


def split(text: str | None) -> list[str]:
    """Return the words of a list by comma."""
    return [part.strip() for part in (text or "").split(",") if part.strip()]
