"""Settings of the program on this computer: the last store, the language, the window; a small JSON file."""

from __future__ import annotations

import json
import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from crmdesk.clock import new_id

log = logging.getLogger(__name__)


def data_folder() -> Path:
    """Return the folder of the program's own data: default place of stores and backups."""
    from platformdirs import user_data_path

    return user_data_path("CRMDesk", appauthor=False)


def _file() -> Path:
    from platformdirs import user_config_path

    return user_config_path("CRMDesk", appauthor=False) / "settings.json"


def read() -> dict[str, Any]:
    """Return this computer's settings; an unreadable file counts as none, nothing of value is in it."""
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write(**values: Any) -> bool:
    """Change some of this computer's settings.

    Returns:
        Whether they are kept: a home that can't be written must not stop anybody's work.
    """
    file = _file()
    half = file.with_name(f"{file.name}.{new_id().hex[-6:]}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        half.write_text(json.dumps({**read(), **values}, ensure_ascii=False, indent=1), encoding="utf-8")
        half.replace(file)
    except OSError as error:
        log.info("settings of this computer not kept: %s", error.strerror)
        with suppress(OSError):
            half.unlink(missing_ok=True)
        return False
    return True


def default_store() -> Path | None:
    """Return the store to open when none is named: CRMDESK_STORE, else the last one opened."""
    named = os.environ.get("CRMDESK_STORE") or read().get("last_store")
    return Path(named) if named else None
