"""What would become of each row of a file, as the plan of an import notes it down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

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
