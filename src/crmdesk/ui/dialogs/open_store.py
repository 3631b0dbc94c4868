"""The system's dialogs for files of the program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from crmdesk.errors import UserError
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

SUFFIX = ".crmdesk"


def choose_store(parent: QWidget, folder: Path) -> Path | None:
    """Ask which store to open; None if the user changed their mind."""
    chosen, _ = QFileDialog.getOpenFileName(parent, tr("Open a store"), str(folder), _stores())
    return Path(chosen) if chosen else None


def choose_place(parent: QWidget, suggested: Path) -> Path | None:
    """Ask where a new store is to lie; an existing file is refused later, never replaced."""
    chosen, _ = QFileDialog.getSaveFileName(parent, tr("Place of the new store"), str(suggested), _stores(), options=QFileDialog.Option.DontConfirmOverwrite)
    return with_suffix(Path(chosen), SUFFIX) if chosen else None


def choose_backup(parent: QWidget) -> Path | None:
    """Ask for a backup, from wherever it lies."""
    kinds = f"{tr('Backups')} (*.crmdesk-backup *{SUFFIX});;{tr('All files')} (*)"
    chosen, _ = QFileDialog.getOpenFileName(parent, tr("Choose a backup"), str(Path.home()), kinds)
    return Path(chosen) if chosen else None


def choose_output(parent: QWidget, title: str, suggested: Path, kinds: str) -> Path | None:
    """Ask for the file to write; `kinds` as Qt wants them, such as `PDF (*.pdf)`."""
    chosen, _ = QFileDialog.getSaveFileName(parent, title, str(suggested), kinds)
    return Path(chosen) if chosen else None


def typed_place(text: str) -> Path:
    """Return where a new store is to lie, as somebody typed it.

    Raises:
        UserError: it is a folder, or somebody else's home that is not known.
    """
    try:
        path = Path(text).expanduser()
    except RuntimeError:
        raise UserError(tr("There is no folder {path}.", path=text), "path") from None
    if not path.name or path.is_dir():
        raise UserError(tr("{path} is a folder, not a store.", path=path), "path")
    return with_suffix(path, SUFFIX)


def with_suffix(path: Path, suffix: str) -> Path:
    """Return the path with the suffix that its kind has."""
    return path if path.suffix.lower() == suffix else path.with_name(path.name + suffix)


def _stores() -> str:
    return f"{tr('CRMDesk stores')} (*{SUFFIX});;{tr('All files')} (*)"
