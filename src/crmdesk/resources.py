"""Where the files that come with the program lie, from source, wheel and frozen build alike."""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def _root() -> Path:
    frozen = getattr(sys, "_MEIPASS", None)
    here = Path(frozen) / "crmdesk" if frozen else Path(__file__).parent
    packaged = here / "resources"
    return packaged if packaged.is_dir() else here.parents[1] / "resources"


def manual() -> Path:
    """Return the folder of the manual: shipped with the other files, or from source its own."""
    packaged = resource("manual")
    return packaged if packaged.is_dir() else _root().parent / "docs" / "manual"


def resource(name: str) -> Path:
    """Return the path of a shipped file or folder, named from `resources/`."""
    return _root() / name
