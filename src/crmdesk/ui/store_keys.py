"""What opens a store beside its passphrase, and changing it: recovery sheet, keyring."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from crmdesk.errors import UserError, why
from crmdesk.i18n import tr
from crmdesk.ui import background
from crmdesk.ui.dialogs import open_store as file_dialogs
from crmdesk.ui.dialogs.first_run import SheetCover
from crmdesk.ui.dialogs.unlock import NewPassphraseCover, RecoveryCover
from crmdesk.ui.opened import Host, Opened, look_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmdesk.store import Store
    from crmdesk.store.keys import Key
    from crmdesk.ui.background import Job


class StoreKeys(QObject):
    """Recovery sheet, passphrase and keyring of the store.

    Attributes:
        is_keyed: whether the keyring of this computer keeps the key.
    """

    def __init__(self, program: QObject, host: Host) -> None:
        super().__init__(program)
        self._host = host
        self.is_keyed = False

    def ask_sheet(self) -> None:
        """Ask for the key on the recovery sheet."""
        assert self._host.path is not None
        path = self._host.path
        self._host.window.show_cover(RecoveryCover(self._unlock_by_sheet, lambda: self._host.ask_passphrase(path)))

    def _unlock_by_sheet(self, key_hex: str) -> None:
        from crmdesk.store.keys import Key

        self._host.unlock(key=Key(key_hex), then=self._ask_new_passphrase)

    def show_sheet(self) -> None:
        """Offer the recovery sheet of the open store."""
        store = self._host.store
        if store is not None:
            self._host.window.show_cover(self.sheet(store, self._host.window.uncover))

    def sheet(self, store: Store, done: Callable[[], object]) -> SheetCover:
        """Return the recovery sheet of a store, to be saved or printed."""
        return SheetCover(lambda: self._save_sheet(store), lambda: self._print_sheet(store), done)

    def _save_sheet(self, store: Store) -> None:
        suggested = Path.home() / tr("Recovery sheet {name}.pdf", name=store.path.stem)
        path = file_dialogs.choose_output(self._host.window, tr("Save the recovery sheet"), suggested, "PDF (*.pdf)")
        if path is not None:
            background.write(self, tr("Recovery sheet"), lambda job: _write_sheet(store, path), self._sheet_kept, self._host.refuse)

    def _print_sheet(self, store: Store) -> None:
        from crmdesk.operations.stores import recovery_pdf
        from crmdesk.ui.printing import print_pdf

        def printed() -> None:
            background.write(self, tr("Recovery sheet"), lambda job: _note_sheet(store, tr("Printed")), self._sheet_kept, self._host.refuse)

        background.read(self, lambda job: recovery_pdf(store), lambda pdf: print_pdf(self._host.window, pdf, printed), self._host.refuse)

    def _sheet_kept(self, said: str) -> None:
        cover = self._host.window.cover()
        if isinstance(cover, SheetCover):
            cover.done(said)

    def change_passphrase(self) -> None:
        """Ask for another passphrase."""
        if self._host.store is not None:
            store = self._host.store
            self._host.window.show_cover(NewPassphraseCover(lambda text: self._rekey(store, text), self._host.window.uncover))

    def _ask_new_passphrase(self, opened: Opened) -> None:
        """Make somebody who came with the recovery sheet set a passphrase."""
        self._host.window.show_cover(NewPassphraseCover(lambda text: self._rekey(opened.store, text)))

    def _rekey(self, store: Store, passphrase: str) -> None:
        """Encrypt the store anew in the background; a backup comes first."""
        self._host.stop_upkeep()

        def work(job: Job) -> Opened:
            from crmdesk.store import backup
            from crmdesk.store.files import change_passphrase

            backup.backup(store)
            return look_at(change_passphrase(store, passphrase))

        def done(opened: Opened) -> None:
            self._host.store = None
            self._host.show(opened, self._host.window.place())
            self.show_sheet()

        def failed(error: Exception) -> None:
            self._host.start_upkeep()  # it is the same store as before
            self._host.refuse(error)

        background.write(self, tr("Change passphrase"), work, done, failed)

    def toggle_keyring(self) -> None:
        """Keep the key on this computer, or forget it."""
        if self._host.store is None:
            return
        store, keep = self._host.store, not self.is_keyed

        def work(job: Job) -> bool:
            from crmdesk.store.keys import keep_in_keyring

            keep_in_keyring(store.path, store.key if keep else None)
            return keep

        def done(kept: bool) -> None:
            self.is_keyed = kept
            self._host.window.say(tr("This computer keeps the key.") if kept else tr("This computer has forgotten the key."))

        background.read(self, work, done)


def kept_key(path: Path) -> Key | None:
    """Return the key that the keyring of this computer keeps, None if it has none or can't be asked."""
    from crmdesk.store.keys import from_keyring

    try:
        return from_keyring(path)
    except UserError:
        return None


def _write_sheet(store: Store, path: Path) -> str:
    from crmdesk.operations.stores import recovery_pdf

    try:
        path.write_bytes(recovery_pdf(store))
    except OSError as error:
        raise UserError(tr("{path} can't be written: {why}.", path=path, why=why(error))) from error
    return _note_sheet(store, tr("Saved as {name}", name=path.name))


def _note_sheet(store: Store, said: str) -> str:
    """Journal that there is a sheet, and remember it on this computer."""
    from crmdesk.clock import now
    from crmdesk.operations.stores import note_sheet

    store.run(note_sheet)
    store.set_local("sheet_printed_at", now().isoformat())
    return said
