"""From a figure to the rows that it counts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmdesk.queries.report_tables import Rows
    from crmdesk.ui.page import Frame


def open_rows(frame: Frame, rows: Rows, title: str) -> None:
    """Show the records behind a figure as a list."""
    frame.open_page("rows", json.dumps({"entity": rows.entity, "where": rows.where, "title": title}, ensure_ascii=False, sort_keys=True))
