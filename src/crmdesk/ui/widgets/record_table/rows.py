"""What a table of records shows and asks for: columns, cells, the sort order, and the source that knows the rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

from PySide6.QtCore import QModelIndex, QPersistentModelIndex

from crmdesk.fields import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.queries.finding import Condition
    from crmdesk.ui import theme
    from crmdesk.ui.background import Job

Index = QModelIndex | QPersistentModelIndex
Id = Any


@dataclass(frozen=True)
class Column:
    """One column as the table shows it.

    Attributes:
        label: marked for translation.
        look: `name` has an avatar and stands out, `muted` steps back, `strong` is semi-bold, `chip` draws every cell as a chip.
        is_shown: shown until the user chooses otherwise.
        least: the share of its width that it keeps where there is too little room; 0 is what its kind needs.
        can_edit: can be changed in place.
        order: which way rows come in its order as long as the user sorts by nothing else.
    """

    name: str
    label: str
    kind: str = "text"
    width: int = 140
    look: Literal["", "name", "muted", "strong", "chip"] = ""
    is_shown: bool = True
    can_sort: bool = True
    can_edit: bool = False
    least: float = 0.0
    order: Literal["", "up", "down"] = ""

    @property
    def is_number(self) -> bool:
        """Whether it is aligned at its end."""
        return self.kind == "moment" or KINDS[self.kind].numeric


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is more than text: a chip in a tone, or text in a tone; `value` is what an editor starts with."""

    text: str
    tone: theme.Tone | None = None
    value: Any = None


@dataclass(frozen=True)
class Sort:
    """One column of the sort order."""

    column: str
    is_descending: bool = False


@dataclass(frozen=True)
class Ask:
    """What is asked of the source: sort order, conditions, text of the quick filter."""

    sort: tuple[Sort, ...] = ()
    conditions: tuple[Condition, ...] = ()
    text: str = ""

    def sorted_by(self, column: str, add: bool = False) -> Ask:
        """Return the question sorted by a column, the other way round if it is already; `add` makes it one more key."""
        known = next((key for key in self.sort if key.column == column), None)
        turned = Sort(column, known is not None and not known.is_descending)
        if add and known:
            sort = tuple(turned if key.column == column else key for key in self.sort)
        else:
            sort = (*self.sort, turned) if add else (turned,)
        return replace(self, sort=sort)


class Source(Protocol):
    """Where the rows come from; every method runs on a reader thread and touches no widget."""

    def ids(self, job: Job, ask: Ask) -> Sequence[Id]:
        """Return the ids of all rows in their order."""
        ...

    def rows(self, job: Job, ids: Sequence[Id], columns: Sequence[str]) -> Sequence[Sequence[str | Cell] | None]:
        """Return the cells of these rows in the order of `ids`; None where a record is gone."""
        ...
