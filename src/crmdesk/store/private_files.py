"""Private copies: what other programs open lies in a folder that only the user may look into, and goes with the lock.

The folder is locked for as long as the program runs: so what a killed one left is told from what is in use, and cleared at the next start.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from crmdesk.clock import new_id
from crmdesk.errors import UserError, why
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from filelock import BaseFileLock

_PREFIX = "crmdesk-private-"
_LOCK = ".lock"
_YOUNG_SECONDS = 60  # a folder may be there for a moment before its lock is

_own: list[tuple[Path, BaseFileLock]] = []


def private_path(name: str) -> Path:
    """Return where a copy of this name can be written: in a new folder, so that the name stays as it is.

    Raises:
        UserError: the disk takes no folder.
    """
    try:
        folder = _root() / new_id().hex[-12:]
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise UserError(tr("{path} can't be written: {why}.", path=name, why=why(error)), hint=tr("Make room on the disk, then try again.")) from error
    return folder / name


def _root() -> Path:
    from filelock import FileLock

    if not _own:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        lock = FileLock(folder / _LOCK, timeout=0)
        lock.acquire()
        _own.append((folder, lock))
    return _own[0][0]


def forget_copies() -> None:
    """Delete the copies that this program made."""
    while _own:
        folder, lock = _own.pop()
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)


def clear_left_copies() -> None:
    """Delete the copies that killed programs of this user left."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder not in (own for own, _ in _own) and _is_ours(folder) and folder.stat().st_mtime < time.time() - _YOUNG_SECONDS:
                _clear(folder)


def _is_ours(folder: Path) -> bool:
    return folder.is_dir() and not folder.is_symlink() and (sys.platform == "win32" or folder.stat().st_uid == os.getuid())


def _clear(folder: Path) -> None:
    from filelock import FileLock, Timeout

    lock = FileLock(folder / _LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:  # its program runs
        return
    lock.release()
    shutil.rmtree(folder, ignore_errors=True)
