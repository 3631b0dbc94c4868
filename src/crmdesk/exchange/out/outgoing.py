"""What is common to all ways out: what the user wants, and an export on its way with its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from crmdesk.exchange.out.written_phones import PhoneColumns, WrittenPhones
from crmdesk.queries.flat import REMEMBERED_WHEN_GONE, FlatColumn, flat
from crmdesk.queries.records import rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID

    from crmdesk.models.base import Record
    from crmdesk.queries.finding import Condition
    from crmdesk.queries.records import Row
    from crmdesk.store import Reader, Store

Progress = Callable[[int, int], object]
BLOCK = 2_000


@dataclass(frozen=True)
class ExportOptions:
    """What goes out, and how.

    Attributes:
        ids: only these records, such as the selected ones.
        columns: field names in order; all fields if empty.
        for_programs: CSV by RFC 4180 in UTF-8 with field names, for other programs; else as people's spreadsheets like it. Address cards with every field;
            else without what we think of somebody, since they are handed on.
        title: what the sheet is called; the entity's plural if empty.
        reason: what it is for; it stands in the journal.
        card_version: of address cards: 3.0, which every address book takes, or 4.0.
    """

    conditions: tuple[Condition, ...] = ()
    search: str = ""
    sort: tuple[str, ...] = ()
    ids: tuple[UUID, ...] | None = None
    columns: tuple[str, ...] = ()
    for_programs: bool = False
    reason: str = ""
    title: str = ""
    card_version: Literal["3.0", "4.0"] = "3.0"


@dataclass(frozen=True)
class OutColumn:
    """One column of the file.

    Attributes:
        name: the field's name with label and part, as imports take it: `phone.work`, `address.home.city`.
        source: where its values come from.
        of_id: what makes its values of the records' ids, if nothing else is needed.
    """

    name: str
    label: str
    kind: str
    source: FlatColumn
    of_id: Callable[[bytes], Any] | None = None


@dataclass
class Out:
    """An export on its way: its columns, the rows as they are read, and how many texts the file could not hold whole."""

    store: Store
    reader: Reader
    cls: type[Record]
    options: ExportOptions
    names: tuple[str, ...]
    columns: tuple[OutColumn, ...]
    wanted: list[bytes]
    progress: Progress | None
    sums: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    cut: int = 0

    def rows(self) -> Iterator[Row]:
        """Read the records in their order, with everything that JSON tells of them."""
        for block in self.rows_of(self.names, BLOCK):
            yield from block

    def rows_of(self, names: Sequence[str], size: int) -> Iterator[list[Row]]:
        """Read some fields of the records in their order, so many at a time, without links to what lies in the bin."""
        links = [name for name in names if (item := self.cls.fields.get(name)) and item.kind == "link" and item.target not in REMEMBERED_WHEN_GONE]
        phones = WrittenPhones(self.reader.settings.region)
        for start in range(0, len(self.wanted), size):
            block = rows(self.reader, self.cls.entity.name, self.wanted[start : start + size], tuple(names))
            for row in block:
                row.values.update((name, None) for name in links if (link := row.values[name]) and link.gone)
                phones.of_row(row)
            yield block
            self.tell(start + size)

    def blocks(self) -> Iterator[list[list[Any]]]:
        """Read the records in their order, column by column; before the columns come the ids."""
        read = [column.source for column in self.columns if column.of_id is None]
        phones = PhoneColumns([column.source for column in self.columns], self.reader.settings.region)
        for records, *found in flat(self.reader, self.cls, self.wanted, [*read, *phones.sources], self.tell):
            values = iter(found)
            block = [list(map(column.of_id, records)) if column.of_id else next(values) for column in self.columns]
            phones.put(block, found[len(read) :])
            yield [records, *block]

    def tell(self, done: int) -> None:
        """Say how many rows are done."""
        if self.progress:
            self.progress(min(done, len(self.wanted)), len(self.wanted))

    def add_up(self, column: OutColumn, amounts: Iterable[tuple[Decimal, str] | None]) -> None:
        """Count amounts into the control totals."""
        for amount in amounts:
            if amount is not None:
                key = (column.label, amount[1])
                self.sums[key] = self.sums.get(key, Decimal(0)) + amount[0]
