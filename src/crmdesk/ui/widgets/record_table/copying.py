"""Rows as text for the clipboard: what a spreadsheet takes, and what comes back as it was."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmdesk.ui.widgets.record_table.rows import Cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.ui.background import Job
    from crmdesk.ui.widgets.record_table.rows import Id, Source

AT_ONCE = 1000
# What begins with a minus and is a number or an amount all the same.
_NEGATIVE = re.compile(r"[-−]\s?[€$£¥]?\s?\d[\d.,'’\s]*([€$£¥%]|[A-Z]{3})?")


def tabbed(job: Job, source: Source, ids: Sequence[Id], names: Sequence[str], labels: Sequence[str]) -> str:
    """Return rows as tab-separated text with a line of labels above; runs on a reader thread."""
    from crmdesk.exchange.files.apostrophes import neutral

    lines = ["\t".join(labels)]
    for start in range(0, len(ids), AT_ONCE):
        job.check_cancelled()
        for cells in source.rows(job, ids[start : start + AT_ONCE], names):
            if cells is not None:
                texts = (_plain(cell) for cell in cells)
                lines.append("\t".join(text if _NEGATIVE.fullmatch(text) else neutral(text) for text in texts))
    return "\n".join(lines) + "\n"


def _plain(cell: str | Cell) -> str:
    text = cell.text if isinstance(cell, Cell) else cell
    return text.replace("\t", " ").replace("\r", "").replace("\n", " ")
