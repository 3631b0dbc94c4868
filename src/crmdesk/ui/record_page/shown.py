"""What the page of a customer shows, from one read."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crmdesk.documents import formats
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from crmdesk.queries import timeline as story
    from crmdesk.queries.company import Person
    from crmdesk.queries.quality import Quality
    from crmdesk.queries.tasks import TaskRow
    from crmdesk.ui import theme


@dataclass(frozen=True)
class TileText:
    """What a tile says; `tab` is shown when it is pressed."""

    label: str
    figure: str
    note: str = ""
    tone: theme.Tone | None = None
    tab: str = ""


@dataclass(frozen=True)
class Shown:
    """Everything that the page shows, from one read.

    Attributes:
        about: what stands under the name. link: the record it belongs to, as (words before, entity, id, name).
        values: plain values by field; said: words for some of them that fit better.
        people: contacts, with the heading of their card. others: more records, such as subsidiaries.
    """

    id: UUID
    name: str
    about: tuple[str, ...]
    link: tuple[str, str, UUID, str] | None
    chips: tuple[tuple[str, theme.Tone], ...]
    tiles: tuple[TileText, ...]
    values: Mapping[str, Any]
    said: Mapping[str, str]
    people: tuple[Person, ...]
    people_count: int
    steps: tuple[TaskRow, ...]
    counts: Mapping[str, int]
    quality: Quality | None
    timeline: story.Timeline
    others: tuple[tuple[UUID, str], ...] = field(default=())


def rating(csat: float | None) -> str:
    """Return how satisfied customers were, in words; empty if nobody was asked."""
    return tr("rated {csat} of 5", csat=formats.number(Decimal(str(round(csat, 1))))) if csat else ""
