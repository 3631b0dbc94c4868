"""Told ids: our own files say beside the name of a linked record which one it is, so that it is found again whatever others are called."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from crmdesk.exchange.table import shown
from crmdesk.exchange.values.entries import title_of, virtual_names
from crmdesk.exchange.values.known import known_as
from crmdesk.exchange.words.choices import bare
from crmdesk.i18n import mark, speaking, tr
from crmdesk.models.registry import entity_class
from crmdesk.queries.finding import title_field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from crmdesk.exchange.table import Cell, Line
    from crmdesk.exchange.values.gathering import Gathered
    from crmdesk.exchange.values.links import Book
    from crmdesk.models.base import Record
    from crmdesk.store import Reader

OF_A_COMPANY = frozenset({"contact_id", "deal_id", "quote_id", "ticket_id"})
"""Links by name that must not lead to a record of another company than the row's."""
NOT_THERE = (
    mark("{count} link to a record that was refused was left out."),
    mark("{count} links to records that were refused were left out."),
)


@lru_cache(maxsize=64)
def id_headers(entity: str) -> dict[str, str]:
    """Return what our files call the columns with ids of linked records, and the name of each: `deal_id`, “Deal (Id)”."""
    told = virtual_names(entity)
    found: dict[str, str] = {}
    for name, item in entity_class(entity).fields.items():
        if item.kind != "link" or f"{name}_id" in told:
            continue
        found[bare(f"{name}_id")] = f"{name}_id"
        for language in ("en", "de", "zh"):
            with speaking(language):
                found.setdefault(bare(title_of(entity, name, "id")), f"{name}_id")
    return found


@lru_cache(maxsize=1)
def own_id_headers() -> frozenset[str]:
    """Return what our files call the column with the id of the record itself."""
    found = {"id"}
    for language in ("en", "de", "zh"):
        with speaking(language):
            found.add(bare(tr("Id")))
    return frozenset(found)


def id_names(entity: str) -> frozenset[str]:
    """Return the names of the columns with ids of linked records."""
    return frozenset(id_headers(entity).values())


def unclear(reader: Reader, cls: type[Record], link: str) -> bool:
    """Say whether a name is not enough to find linked records again: others are called so, they have none, belong to other companies, or are rows of the same file.

    That of a part, such as the line of a quote, never is: parts are not looked up by name.
    """
    item = cls.fields[link]
    target = entity_class(item.target or "")
    table, title = target.entity.name, "sort_key" if "sort_key" in target.columns else title_field(target)
    shared = f'SELECT "{title}" FROM "{table}" WHERE deleted_at IS NULL GROUP BY "{title}" HAVING count(*) > 1'
    nameless = f'SELECT id FROM "{table}" WHERE "{title}" IN ({shared}) OR ifnull("{title}", \'\') = \'\''
    among = f'"{item.column}" {"IS NOT NULL" if target is cls or target.entity.owned_by else f"IN ({nameless})"}'
    if item.column in OF_A_COMPANY and {"company_id"} <= cls.columns.keys() & target.columns.keys():
        among = f'({among} OR company_id <> (SELECT l.company_id FROM "{table}" l WHERE l.id = "{item.column}"))'
    return bool(reader.value(f'SELECT 1 FROM "{cls.entity.name}" WHERE deleted_at IS NULL AND {among} LIMIT 1'))


class _Told(NamedTuple):
    """One column with ids: where it stands, the link that it tells, and the entity of the linked records."""

    place: int
    column: str
    target: str


class ToldIds:
    """The columns of a file that tell linked records by id; empty for files of other programs.

    Args:
        virtual: the columns of the file that no field takes as they are, by name.
        special: links that are read in another way, such as stages.
        book: where linked records are looked up by name.
    """

    def __init__(self, cls: type[Record], virtual: Mapping[str, Sequence[int]], special: frozenset[str], book: Callable[[str], Book]) -> None:
        self._book = book
        self._entity = cls.entity.name
        names = id_names(self._entity)
        self.columns = {
            item.column: _Told(virtual[f"{name}_id"][0], item.column, item.target or "")
            for name, item in cls.fields.items()
            if item.kind == "link" and name not in special and f"{name}_id" in names and f"{name}_id" in virtual
        }
        self._found: dict[str, dict[bytes, bytes]] = {told.target: {} for told in self.columns.values()}
        self._asked: set[bytes] = set()
        self.above = {column: told.place for column, told in self.columns.items() if told.target == self._entity}
        self._referred: set[bytes] = set()
        self._brought: dict[bytes, bytes] = {}
        self._waiting: list[tuple[str, bytes, str, bytes]] = []

    def __bool__(self) -> bool:
        return bool(self.columns)

    def look_ahead(self, rows: Iterable[Line]) -> None:
        """Take note of the rows to which other rows of the file link: these may come later."""
        if self.above:
            indexes = list(self.above.values())
            self._referred = {record for _, cells in rows if cells.__class__ is list for index in indexes if (record := read_id(cells[index]))}

    def prepare(self, block: Sequence[Line]) -> None:
        """Ask the store for all records of a block of rows at once."""
        for place, _, target in self.columns.values():
            wanted = {record for _, cells in block if cells.__class__ is list and (record := read_id(cells[place]))} - self._asked
            if not wanted:
                continue
            self._asked |= wanted
            listed = sorted(wanted)
            with self._book(target).store.read() as reader:
                found = known_as(reader, target, [[("i", record)] for record in listed])
            self._found[target].update((record, match.record) for record, match in zip(listed, found, strict=True) if match)
            self._found[target].update((record, record) for record in self._book(target).brought & wanted)

    def of(self, cells: Sequence[Cell], column: str) -> bytes | None:
        """Return the id that a row tells of a link, whether there is such a record or not."""
        told = self.columns.get(column)
        return read_id(cells[told.place]) if told else None

    def record(self, cells: Sequence[Cell], column: str) -> bytes | None:
        """Return the record of the store that a row tells by id."""
        told = self.of(cells, column)
        return self._found[self.columns[column].target].get(told) if told else None

    def is_to_come(self, cells: Sequence[Cell], column: str) -> bool:
        """Say whether a row links to another row of the file, by its id."""
        return column in self.above and self.of(cells, column) is not None

    # ---- rows that link to other rows ----

    def brings(self, told: bytes | None, record: bytes) -> None:
        """Take note of which record a row with an id of its own became, or turned out to be."""
        if told in self._referred:
            self._brought[told] = record

    def wait(self, cells: Sequence[Cell], record: bytes, names: Mapping[str, str]) -> None:
        """Put off the links of a new record to rows of the file until all of them are there.

        Args:
            names: what the rows are called to which it links, by column.
        """
        for column, name in names.items():
            if told := self.of(cells, column):
                self._waiting.append((column, told, name, record))

    def settle(self, gathered: Gathered) -> int:
        """Set the links among rows of the file; where the row that is meant was refused, its name may still tell.

        Returns:
            How many links lead nowhere.
        """
        book, lost = self._book(self._entity), 0
        for column, told, name, record in self._waiting:
            found = self._brought.get(told) or (book.find(name) if name else None)
            if found is None or found == record:
                lost += 1
            else:
                gathered.update(self._entity, (column,), (found, record))
        self._waiting.clear()
        return lost


def read_id(cell: Cell) -> bytes | None:
    """Return the id that stands in a cell, or None if there is none of ours."""
    text = shown(cell).strip()
    if len(text) != 36:
        return None
    try:
        return UUID(text).bytes
    except ValueError:
        return None
