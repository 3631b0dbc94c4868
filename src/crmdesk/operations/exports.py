"""Exports leave a trace: who took how much of what out, when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.i18n import mark
from crmdesk.store.door import operation

if TYPE_CHECKING:
    from crmdesk.store.door import Change


@operation(mark("Export"), right="export.write", undoable=False, traced=True)
def note_export(change: Change, entity: str, rows: int, file: str, columns: tuple[str, ...] = (), filters: tuple[str, ...] = (), reason: str = "") -> None:
    """Note an export in the journal; called before the file gets its name, so that none is without its trace.

    Args:
        file: the file's name without its folder.
        filters: the conditions as the user wrote them.
        reason: what the user says it is for.
    """
    given = {"reason": reason.strip()} if reason.strip() else {}
    change.note(about=file, entity=entity, rows=rows, columns=list(columns), filters=list(filters), **given)
