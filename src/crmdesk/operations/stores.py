"""A store as a whole: made ready for its first day, its recovery sheet."""

from __future__ import annotations

import getpass
import os
import sys
from typing import TYPE_CHECKING

from crmdesk.clock import now
from crmdesk.i18n import mark
from crmdesk.operations import setup
from crmdesk.store import create
from crmdesk.store.door import Change, operation
from crmdesk.store.rights import authorize

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store import Store


def new_store(
    path: Path,
    passphrase: str,
    *,
    owner: str = "",
    currency: str = "EUR",
    region: str = "DE",
    language: str = "en",
    sample: bool = False,
    anywhere: bool = False,
) -> Store:
    """Create a store with its usual pipeline, service level and queue, and return it open.

    Raises:
        UserError and its kinds: see `store.create`; nothing is left behind.
    """
    owner = owner or ("Maria Becker" if sample else login_name())

    def prepare(store: Store) -> None:
        store.run_from("cli", setup.basics)
        if sample:
            from crmdesk.operations import sample as samples

            store.run_from("cli", samples.fill)
            while store.index_step():
                pass

    return create(path, passphrase, owner=owner, currency=currency, region=region, language=language, anywhere=anywhere, prepare=prepare)


def login_name() -> str:
    """Return what this computer calls its user: the full name where it knows one, else the login name."""
    try:
        return _full_name() or getpass.getuser()
    except (ImportError, OSError, KeyError):  # nobody's account, such as in a container
        return ""


def _full_name() -> str:
    if sys.platform == "win32":
        return ""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_gecos.partition(",")[0].strip()
    except KeyError:
        return ""


def recovery_pdf(store: Store) -> bytes:
    """Return the recovery sheet: the raw key in groups with check digits and as QR code.

    Raises:
        NotAllowed: only the owner may print it.
    """
    from crmdesk.reports.recovery import recovery_sheet

    authorize(store.viewer, "store.write")
    day = now().astimezone(store.settings.tz).date()
    return recovery_sheet(store.path.name, store.key.reveal(), day, store.settings.language, store.settings.paper)


@operation(mark("Print recovery sheet"), right="store.write", undoable=False, traced=True)
def note_sheet(change: Change) -> None:
    """Journal that the recovery sheet was printed."""
