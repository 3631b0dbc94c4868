"""What shapes work on: rows on their way to records, and what all shapes of one import share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from crmdesk.clock import fresh_ids
from crmdesk.exchange.values.seen import Seen

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator, Mapping

    from crmdesk.exchange.table import Cell
    from crmdesk.exchange.values.gathering import Gathered
    from crmdesk.exchange.values.known import Key
    from crmdesk.exchange.values.layouts import Layout
    from crmdesk.exchange.values.linked_stages import Stages
    from crmdesk.exchange.values.links import Book
    from crmdesk.exchange.values.parts import Parts
    from crmdesk.exchange.values.phones import PhoneReader
    from crmdesk.exchange.values.survey import Hints
    from crmdesk.fields import Field
    from crmdesk.store.settings import Settings

Values = dict[str, Any]


@dataclass(slots=True)
class Draft:
    """One row on its way to a record.

    Attributes:
        values: stored values by column, in the shape's order.
        keys: by what the record is recognised if it is known already, strongest first.
    """

    line: int
    cells: list[Cell]
    id: bytes
    entity: str
    values: Values
    parts: Parts | None = None
    keys: list[Key] = field(default_factory=list)
    rest: dict[str, Any] = field(default_factory=dict)


class LinkColumn(NamedTuple):
    """A column of a file whose cells name linked records.

    Attributes:
        name: the column of the record that they fill. is_key: whether they hold another program's keys. cut: what stands behind the names.
        is_plain: whether they hold names of another entity's records and nothing else, as most do. is_mail: whether they hold mail addresses of contacts.
    """

    place: int
    name: str
    book: Book
    is_key: bool
    header: str
    cut: re.Pattern[str] | None
    is_plain: bool
    is_mail: bool


@dataclass
class Work:
    """What all shapes of one import share.

    Attributes:
        seen: the new records of all its files by their keys.
    """

    layout: Layout
    settings: Settings
    hints: dict[int, Hints]
    gathered: Gathered
    phones: PhoneReader
    region: str
    source: str
    member: bytes | None
    book: Callable[[str], Book]
    stages: Callable[[bytes | None], Stages]
    own_fields: Mapping[str, Field] = field(default_factory=dict)
    discounts_are_shares: bool = False
    notes: dict[tuple[str, str], int] = field(default_factory=dict)
    ids: Iterator[bytes] = field(default_factory=fresh_ids)
    seen: Seen = field(default_factory=Seen)

    def note(self, texts: tuple[str, str]) -> None:
        """Count something that the user should hear of; the texts for one and for many are marked and have a `{count}`."""
        self.notes[texts] = self.notes.get(texts, 0) + 1
