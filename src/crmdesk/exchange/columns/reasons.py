"""The column that we wrote beside rejected rows, known again when they come back."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from crmdesk.i18n import speaking, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.exchange.table import Cell


@lru_cache(maxsize=1)
def _reasons() -> tuple[frozenset[str], re.Pattern[str]]:
    """Return what the column with the reasons of rejected rows is called, and how its cells begin, in all languages."""
    names, patterns = set(), []
    for language in ("en", "de", "zh"):
        with speaking(language):
            names.add(tr("Reason"))
            before, _, after = tr("Line {line}: {reason}", line="\0", reason="\0").partition("\0")
            patterns.append(rf"{re.escape(before)}\d+{re.escape(after.partition(chr(0))[0])}")
    return frozenset(names), re.compile("|".join(patterns))


def is_reason(cell: Cell) -> bool:
    """Say whether a cell says why its row was rejected."""
    return isinstance(cell, str) and bool(_reasons()[1].match(cell))


def is_reason_column(header: str, values: Sequence[Cell]) -> bool:
    """Say whether a column is the one that we wrote beside rejected rows; the user may have emptied some of its cells."""
    names, _ = _reasons()
    if header and header not in names:
        return False
    return bool(values) and all(map(is_reason, values)) or (header in names and not values)
