"""Columns: cells that mean something by themselves are read column by column, each different one once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.exchange.table import Cell
    from crmdesk.exchange.values.cells import Read

REMEMBERED = 5_000
_ONLY_TEXTS = {str}


class ReadColumn:
    """A column of a file whose cells mean something by themselves.

    Args:
        name: the column of the record that they fill.
        remembers: whether cells come again, such as given names and roles; it keeps one copy of them then.
    """

    def __init__(self, index: int, name: str, read: Read, header: str, remembers: bool = True) -> None:
        self.index, self.name, self.header = index, name, header
        self._read = read
        self._remembers = remembers
        self._known: dict[str, Any] = {}
        self._complains = False

    def values(self, rows: Sequence[list[Cell]]) -> list[Any]:
        """Return what the cells of some rows say, None where there is nothing, and a complaint in the place of a cell that can't be read."""
        index = self.index
        cells: list[Any] = [row[index] for row in rows]
        if not self._remembers or {*map(type, cells)} != _ONLY_TEXTS:  # 1 and True are different cells, but one key
            return [self._value(cell) for cell in cells]
        known = self._known
        if len(known) > REMEMBERED:
            known.clear()
        for cell in {*cells}.difference(known):
            known[cell] = self._value(cell)
        return [known[cell] for cell in cells]

    def _value(self, cell: Cell) -> Any:
        if cell == "":
            return None
        try:
            return self._read(cell)
        except UserError as error:
            self._complains = True
            return UserError(error.message, field=self.header, hint=error.hint)

    def complaints(self, values: Sequence[Any]) -> list[tuple[int, UserError]]:
        """Return the complaints among some values, each with its place."""
        return [(place, value) for place, value in enumerate(values) if isinstance(value, UserError)] if self._complains else []


class SeveralCells(UserError):
    """Several cells of a row can't be read; as one error it is the first of them.

    Attributes:
        each: what is wrong with each cell, in the order of the columns.
    """

    def __init__(self, each: tuple[UserError, ...]) -> None:
        super().__init__(each[0].message, each[0].field, each[0].hint)
        self.each = each


def _complain(complaints: dict[int, UserError], place: int, complaint: UserError) -> None:
    before = complaints.get(place)
    if before is None:
        complaints[place] = complaint
    else:
        # Cells that say the same share one complaint, so none may be added to it.
        complaints[place] = SeveralCells((*(before.each if isinstance(before, SeveralCells) else (before,)), complaint))


def read_columns(columns: Sequence[ReadColumn], template: dict[str, Any], rows: Sequence[list[Cell]]) -> tuple[list[dict[str, Any]], dict[int, UserError]]:
    """Return the values of some rows, and what is complained of in rows that can't be read, by their place.

    Where several columns fill one value, the first that says something counts, and cells behind it are not read.
    """
    found = [template.copy() for _ in rows]
    complaints: dict[int, UserError] = {}
    filled = {name for name, value in template.items() if value is not None}
    for column in columns:
        name = column.name
        values = column.values(rows)
        if name not in filled:
            for row, value in zip(found, values, strict=True):
                row[name] = value
            for place, complaint in column.complaints(values):
                _complain(complaints, place, complaint)
            filled.add(name)
        elif template[name] is None:
            for place, (row, value) in enumerate(zip(found, values, strict=True)):
                if row[name] is None and value is not None:
                    row[name] = value
                    if isinstance(value, UserError):
                        _complain(complaints, place, value)
    return found, complaints
