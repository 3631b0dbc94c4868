"""Many cells of a list at once, as they are pasted from a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.errors import Question, UserError
from crmdesk.i18n import mark, tr
from crmdesk.operations import records
from crmdesk.store.door import operation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any
    from uuid import UUID

    from crmdesk.store.door import Change


@operation(mark("Paste"), right="store.read")
def put(change: Change, entity: str, rows: Sequence[tuple[UUID, Mapping[str, Any]]], *, anyway: bool | str = False) -> int:
    """Give each record its own values, all of them or none; returns how many records.

    Raises:
        UserError: a value can't be; the line is named.
    """
    for line, (record, given) in enumerate(rows, 1):
        try:
            records.edit(change, entity, [record], dict(given), anyway=anyway)
        except Question:
            raise
        except UserError as error:
            raise UserError(tr("Line {line}: {message}", line=line, message=error.message), hint=error.hint) from None
    change.note(about=tr("{count} records", count=len(rows)))
    return len(rows)
