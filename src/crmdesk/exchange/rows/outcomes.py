"""What would become of each row of a file, as the plan of an import notes it down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crmdesk.exchange.table import shown
from crmdesk.fields import KINDS
from crmdesk.models.registry import entity_class

if TYPE_CHECKING:
    from crmdesk.exchange.shapes.work import Draft
    from crmdesk.exchange.values.layouts import Layout
    from crmdesk.fields import Field

NEW, CHANGES, SAME, KNOWN, REFUSED = "new", "changes", "same", "known", "refused"


@dataclass(frozen=True)
class CellChange:
    """What would change in a record that is known already.

    Attributes:
        field: the column of the record, or the list field that gets one more entry.
        before, after: plain values; None where there was nothing. Of links, `after` is what stands in the file.
    """

    line: int
    record: bytes
    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would become of one row.

    Attributes:
        what: `new`; `changes` (known, and gets something); `same` (known, and has it all); `known` (left alone); `refused`.
        entity: what the row becomes or is; a row of contacts may be a company.
        title: what it is called in the file.
        record: the known record, or that of an earlier row of this file.
        sign: what shows that it is known, marked; empty for new ones. in_file: whether it is a row further up that it repeats.
        reason: why it is refused; of a new row whom it may be, with `likely` as that record. column: whose cell is to blame.
        cells: what stands in the file, of new and refused rows.
    """

    line: int
    what: str
    entity: str
    title: str = ""
    record: bytes | None = None
    sign: str = ""
    in_file: bool = False
    changes: tuple[CellChange, ...] = field(default=())
    reason: str = ""
    column: str = ""
    likely: bytes | None = None
    cells: tuple[str, ...] = ()


def text_in_file(layout: Layout, draft: Draft, column: str, stored: Any) -> Any:
    """Return a new value as it is shown; of a link what stands in the file, since the record may be yet to be made."""
    item = _field(draft.entity, column)
    if item is not None and item.kind == "link":
        index = layout.index_of(item.name)
        return shown(draft.cells[index]) if index is not None else None
    return plain_value(draft.entity, column, stored)


def plain_value(entity: str, column: str, stored: Any) -> Any:
    """Return a stored value as it is shown."""
    item = _field(entity, column)
    return stored if stored is None or item is None else KINDS[item.kind].load(stored)


def _field(entity: str, column: str) -> Field | None:
    return next((item for item in entity_class(entity).fields.values() if item.column == column), None)
