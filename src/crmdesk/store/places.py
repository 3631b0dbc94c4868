"""Where a store may lie: folders of cloud services and network drives damage a database that is in use."""

from __future__ import annotations

import os
import sys
from pathlib import Path, PurePath, PureWindowsPath
from typing import TYPE_CHECKING

from crmdesk.errors import BadPlace, UserError
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Callable

_CLOUD_FOLDERS = (
    "onedrive", "dropbox", "google drive", "googledrive", "my drive", "icloud drive", "iclouddrive", "com~apple~clouddocs", "mobile documents", "nextcloud",
    "owncloud", "pcloud drive", "box sync", "baidunetdisk", "坚果云", "creative cloud files", "synologydrive", "seafile",
)  # fmt: skip
_NETWORK_TYPES = frozenset(
    {"cifs", "smb", "smb2", "smb3", "smbfs", "nfs", "nfs4", "afpfs", "webdav", "davfs", "fuse.davfs2", "fuse.sshfs", "fuse.rclone", "9p", "ncpfs", "fuse.gvfsd-fuse"}
)  # fmt: skip
DRIVE_REMOTE = 4
LONGEST_NAME, LONGEST_PATH = 247, 460
"""In bytes. File systems take 255 for a name, SQLite takes 512 for a path; the names of the log and of unfinished files beside a store are longer than its own."""


def trouble(path: PurePath, platform: str = sys.platform, fs_type: Callable[[PurePath], str] | None = None) -> str | None:
    """Return why a store must not lie at this path, as a translated sentence, or None."""
    for part in path.parts:
        plain = part.casefold().strip("\\/")
        if any(plain == name or plain.startswith((name + " -", name + "-", name + " (")) for name in _CLOUD_FOLDERS):
            return tr("“{folder}” is a folder that a cloud service copies while the store is in use.", folder=part)
    if platform == "win32":
        windows = PureWindowsPath(path)
        if windows.drive.startswith("\\\\") or (fs_type or _windows_type)(path) == "network":
            return tr("{path} lies on a network drive.", path=path)
    elif (fs_type or _posix_type)(path) in _NETWORK_TYPES:
        return tr("{path} lies on a network drive.", path=path)
    return None


def refuse_bad_place(path: Path) -> None:
    """Raise BadPlace for cloud folders and network drives, and for a file that goes by several names."""
    if why := trouble(path.resolve()):
        raise BadPlace(why, hint=tr("Move the file to a folder of this computer, or share it as a team."))
    # The log is found by the file's name: two programs that came by two names would write past each other.
    if path.exists() and path.stat().st_nlink > 1:
        raise BadPlace(tr("{path} has a second name (hard link).", path=path), hint=tr("Delete the other name, or open a copy of the file."))


def refuse_long_path(path: Path) -> None:
    """Raise BadPlace for a path that leaves no room for the files beside a store."""
    if len(os.fsencode(path.name)) > LONGEST_NAME or len(os.fsencode(path.absolute())) > LONGEST_PATH:
        raise BadPlace(tr("The path is too long: {path}", path=path), hint=tr("Give the file a shorter name, or choose a folder that is not so deep."))


def shortened(name: str, most: int = 180) -> str:
    """Return the beginning of a name, in so many bytes at most, so that something can be put before and behind it."""
    return os.fsencode(name)[:most].decode(errors="ignore")


def _windows_type(path: PurePath) -> str:  # pragma: no cover - Windows only
    if sys.platform != "win32":
        return ""
    import ctypes

    root = PureWindowsPath(path).anchor
    return "network" if ctypes.windll.kernel32.GetDriveTypeW(root) == DRIVE_REMOTE else ""


def _posix_type(path: PurePath) -> str:
    """Return the type of the file system that holds a path. Source: /proc/mounts; `mount` on macOS."""
    return best_mount(path, _mounts())


def best_mount(path: PurePath, mounts: list[tuple[str, str]]) -> str:
    """Return the type of the longest mount point that holds the path; mounts are (mount point, type)."""
    holding = [(point, kind) for point, kind in mounts if path == PurePath(point) or PurePath(point) in path.parents]
    return max(holding, key=lambda mount: len(mount[0]), default=("", ""))[1]


def _mounts() -> list[tuple[str, str]]:
    table = Path("/proc/mounts")
    if table.exists():
        lines = table.read_text(encoding="utf-8", errors="replace").splitlines()
        return [(fields[1].replace("\\040", " "), fields[2]) for fields in (line.split(" ") for line in lines) if len(fields) > 2]
    if sys.platform == "darwin":  # pragma: no cover - macOS only
        import re
        import subprocess

        listing = subprocess.run(["/sbin/mount"], capture_output=True, text=True, check=False).stdout  # noqa: S603
        return [(found[1], found[2]) for found in re.finditer(r" on (.+?) \((\w+)", listing)]
    return []


def check_writable(folder: Path, error: type[UserError] = BadPlace) -> None:
    """Raise `error` when the folder is missing or can't be written."""
    if not is_folder(folder):
        raise error(tr("There is no folder {path}.", path=folder))
    if not may_write(folder):
        raise error(tr("The folder {path} can't be written.", path=folder), hint=tr("Choose a folder of your own."))


def is_folder(path: Path) -> bool:
    """Say whether there is a folder, as far as it may be looked at."""
    try:
        return path.is_dir()
    except OSError:  # the folder above may not be looked into
        return False


def may_write(path: Path) -> bool:
    """Say whether the system lets this program write a file, or new files into a folder."""
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)
