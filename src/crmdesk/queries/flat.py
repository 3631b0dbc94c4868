"""Records as columns of plain values, thousands at a time: for files with hundreds of thousands of rows.

`queries.records.rows` makes an object of every link, part and row, which a list on the screen needs. Here every column is a list, and what
comes again and again (names of linked records, days) is made once.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.fields import KINDS, Field, Money
from crmdesk.models.base import ENTITIES
from crmdesk.queries.finding import currency_sql, field_for, visible
from crmdesk.queries.records import titles, to_plain
from crmdesk.store.reader import IN_IDS, id_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crmdesk.models.base import Record
    from crmdesk.store import Reader

WINDOW = 100_000
BLOCK = 4_000
REMEMBERED = 100_000
REMEMBERED_WHEN_GONE = frozenset({"member"})
"""Files name these though they lie in the bin; other links to what lies there are left out, since whoever reads the file has nothing that they could lead to."""


@dataclass(frozen=True)
class FlatColumn:
    """One column: a field, or one place of a list field.

    Attributes:
        field: the field's name, as `queries.records.rows` takes it.
        label: of a list field, only parts with this label; None for the first part of any label that has a value.
        place: which of them, counted from zero.
        part: the part's column; of a link the linked record's column that is shown instead of its title.
        joined: all values of a list field in one text, with this sign between.
    """

    field: str
    label: str | None = None
    place: int = 0
    part: str = ""
    joined: str = ""


def flat(
    reader: Reader, cls: type[Record], wanted: Sequence[bytes], columns: Sequence[FlatColumn], told: Callable[[int], object] | None = None
) -> Iterator[list[list[Any]]]:
    """Yield blocks of rows in the given order; a block holds the ids and then each column's values.

    Values are plain, links are titles (none of what lies in the bin), tags with their group as in `group:name`, and amounts of money come as (Decimal, currency).

    Args:
        wanted: records that the viewer sees, as `queries.records.ids` found them.
        told: how many rows are read.
    """
    source = _Source(reader, cls, columns)
    for start in range(0, len(wanted), WINDOW):
        window = wanted[start : start + WINDOW]
        # Records are fetched in the order of their ids, as they lie in the file: a sorted list jumps about in it, and every page would be
        # decrypted anew for every row.
        lying = sorted(window)
        order = {record: at for at, record in enumerate(lying)}
        yield from _in_blocks(source.read(lying, start, told), [order[record] for record in window])


def _in_blocks(found: list[list[Any]], at: Sequence[int]) -> Iterator[list[list[Any]]]:
    """Yield the rows at these places, some at a time: whoever still holds a block while the next rows are read holds few of the last."""
    for start in range(0, len(at), BLOCK):
        some = at[start : start + BLOCK]
        gather = itemgetter(*some) if len(some) > 1 else lambda values, place=some[0]: [values[place]]
        yield [list(gather(values)) for values in found]


class _Source:
    """What is read for some columns, and what is known from block to block."""

    def __init__(self, reader: Reader, cls: type[Record], columns: Sequence[FlatColumn]) -> None:
        self._reader, self._cls, self._columns = reader, cls, columns
        self._titles: dict[str, dict[bytes | None, str | None]] = {}
        self._own: list[tuple[int, Field, str]] = []
        self._parts: dict[str, list[tuple[int, FlatColumn, Field]]] = {}
        for at, column in enumerate(columns):
            item, inner, custom = field_for(cls, column.field, reader)
            if inner is not None:
                inner = ENTITIES[item.target or ""].fields[column.part] if column.part else inner
                self._parts.setdefault(item.target or "", []).append((at, column, inner))
            else:
                self._own.append((at, item, f't."{item.column}"' if custom is None else f"json_extract(t.custom, '$.\"{custom}\"')"))
        self._loaders = {at: _loader(item) for at, item, _ in self._own}

    def read(self, lying: Sequence[bytes], before: int, told: Callable[[int], object] | None) -> list[list[Any]]:
        """Return the ids and every column of records whose ids are sorted; `before` so many were read already."""
        found: list[list[Any]] = [list(lying), *([None] * len(lying) for _ in self._columns)]
        # Where most records of the table are wanted, stretches of it are read, and the few others left out.
        is_dense = len(lying) * 4 > 3 * self._reader.value(f'SELECT count(*) FROM "{self._cls.entity.name}"')  # noqa: S608
        for start in range(0, len(lying), BLOCK):
            block = lying[start : start + BLOCK]
            order = {record: at for at, record in enumerate(block, start)}
            among, parameters = ("BETWEEN ? AND ?", (block[0], block[-1])) if is_dense else (IN_IDS, (id_list(block),))
            self._read_own(found, start, order, among, parameters)
            for target, columns in self._parts.items():
                self._read_parts(found, target, columns, order, among, parameters)
            if told:
                told(before + start + len(block))
        return found

    def _read_own(self, found: list[list[Any]], start: int, order: dict[bytes, int], among: str, parameters: tuple[Any, ...]) -> None:
        currency = currency_sql(self._cls)
        seen = visible(self._cls, self._reader)
        listed = ", ".join(["t.id", currency, *(sql for _, _, sql in self._own)])
        rows = self._reader.rows(
            f'SELECT {listed} FROM "{self._cls.entity.name}" t WHERE t.id {among} AND {seen.sql} ORDER BY t.id', (*parameters, *seen.parameters)
        )  # noqa: S608
        if len(rows) != len(order):
            rows = [row for row in rows if row[0] in order]
        _, units, *values = zip(*rows, strict=True)
        unit = self._reader.settings.currency
        for (at, item, _), stored in zip(self._own, values, strict=True):
            plain: list[Any]
            if item.kind == "link":
                shown = self._columns[at].part
                plain = self._told(item.target or "", shown, stored) if shown else self._linked(item.target or "", stored)
            elif item.kind in {"money", "price"}:
                plain = [None if value is None else _amount(to_plain(item, value, code or unit)) for value, code in zip(stored, units, strict=True)]
            else:
                plain = self._loaders[at](stored)
            found[at + 1][start : start + len(order)] = plain

    def _read_parts(
        self,
        found: list[list[Any]],
        target: str,
        columns: Sequence[tuple[int, FlatColumn, Field]],
        order: dict[bytes, int],
        among: str,
        parameters: tuple[Any, ...],
    ) -> None:
        owner, part = f"{self._cls.entity.name}_id", ENTITIES[target]
        label = "ifnull(p.label, '')" if "label" in part.columns else "''"
        listed = ", ".join([f'p."{owner}"', label, *(f'p."{inner.column}"' for _, _, inner in columns)])
        sql = f'SELECT {listed} FROM "{target}" p WHERE p."{owner}" {among} AND p.deleted_at IS NULL ORDER BY p."{owner}", p.position, p.id'  # noqa: S608
        rows = self._reader.rows(sql, parameters)
        if not rows:
            return
        owners, labels, *values = zip(*rows, strict=True)
        places = [order.get(record) for record in owners]
        for (at, column, inner), stored in zip(columns, values, strict=True):
            plain = self._linked(inner.target or "", stored) if inner.kind == "link" else _loader(inner)(stored)
            target_list = found[at + 1]
            if column.joined:
                _join(target_list, places, plain, column.joined)
            elif column.label is None:
                for place, value in zip(places, plain, strict=True):
                    if place is not None and value is not None and target_list[place] is None:
                        target_list[place] = value
            else:
                _pick(target_list, places, labels, plain, column)

    def _linked(self, target: str, stored: Sequence[bytes | None]) -> list[str | None]:
        known = self._titles.setdefault(target, {})
        if len(known) > REMEMBERED:
            known.clear()
        known[None] = None
        if missing := set(stored).difference(known):
            found = self._named(target, [record for record in missing if record is not None])
            known.update(
                (record, title if not gone or target in REMEMBERED_WHEN_GONE else None)
                for record in missing
                for title, gone in [found.get(record or b"", ("", True))]
            )
        return [known[record] for record in stored]

    def _told(self, target: str, column: str, stored: Sequence[bytes | None]) -> list[str | None]:
        """Return what linked records that are not in the bin have in a column, such as their number."""
        sql = f'SELECT id, "{column}" FROM "{target}" WHERE id {IN_IDS} AND deleted_at IS NULL'  # noqa: S608
        found = dict(self._reader.rows(sql, (id_list({record for record in stored if record}),)))
        told = [found.get(record) for record in stored]
        return [str(UUID(bytes=value)) if isinstance(value, bytes) else value for value in told]

    def _named(self, target: str, wanted: Sequence[bytes]) -> dict[bytes, tuple[str, bool]]:
        found = titles(self._reader, target, wanted, as_stored=True)
        if target == "tag":
            groups = dict(self._reader.rows('SELECT id, "group" FROM tag WHERE "group" IS NOT NULL'))
            return {record: (f"{groups[record]}:{name}" if record in groups else name, gone) for record, (name, gone) in found.items()}
        return found


def _join(into: list[Any], places: Sequence[int | None], values: Sequence[Any], sign: str) -> None:
    for place, value in zip(places, values, strict=True):
        if place is not None and value:
            into[place] = value if into[place] is None else f"{into[place]}{sign}{value}"


def _pick(into: list[Any], places: Sequence[int | None], labels: Sequence[str], values: Sequence[Any], column: FlatColumn) -> None:
    """Take the parts with a label that stand at one place among their owner's."""
    before, count = -1, 0
    for place, label, value in zip(places, labels, values, strict=True):
        if label != column.label or place is None:
            continue
        before, count = (before, count + 1) if place == before else (place, 0)
        if count == column.place:
            into[place] = value


def _amount(money: Money) -> tuple[Any, str]:
    return money.amount, money.currency


def _loader(item: Field) -> Callable[[Sequence[Any]], list[Any]]:
    """Return the function that makes plain values of a column's stored ones."""
    if item.kind in {"text", "long_text", "choice", "integer"}:
        return list
    load = KINDS[item.kind].load
    if item.kind in {"date", "flag", "decimal", "rate"}:
        known: dict[Any, Any] = {None: None}

        def remembering(stored: Sequence[Any]) -> list[Any]:
            if len(known) > REMEMBERED:
                known.clear()
                known[None] = None
            known.update({value: load(value) for value in set(stored).difference(known)})
            return [known[value] for value in stored]

        return remembering
    return lambda stored: [None if value is None else load(value) for value in stored]


__all__ = ["FlatColumn", "flat"]
