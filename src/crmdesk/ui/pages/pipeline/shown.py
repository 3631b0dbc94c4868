"""What the pipeline shows, from one read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk.queries import deals, records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from crmdesk.queries.deals import Card
    from crmdesk.queries.finding import Condition
    from crmdesk.store import Reader

FIRST_CARDS = 50


@dataclass(frozen=True)
class Shown:
    """Everything that the page needs, from one read."""

    pipelines: list[tuple[UUID, str]]
    members: list[tuple[UUID, str]]
    me: UUID | None
    board: deals.Board
    cards: Mapping[UUID, tuple[Card, ...]]
    forecast: tuple[deals.Expected, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """Which deals are asked for.

    Attributes:
        owner: None asks for everybody's.
        since: closed deals before it are left out.
        loaded: how many cards each stage has loaded, by its id.
    """

    pipeline: UUID | None
    owner: UUID | None
    since: date
    where: Sequence[Condition]
    loaded: Mapping[UUID, int]
    with_forecast: bool


def look(reader: Reader, asked: Wanted) -> Shown:
    """Read the board with as many cards as are loaded, and the forecast where it is wanted."""
    known = deals.pipelines(reader)
    wanted = asked.pipeline if asked.pipeline in {one for one, _ in known} else None
    board = deals.board(reader, wanted, asked.owner, FIRST_CARDS, asked.since, asked.where)
    more = {
        column.stage.id: deals.cards(reader, column.stage.id, asked.owner, None, asked.loaded[column.stage.id], asked.since, asked.where)
        for column in board.columns if asked.loaded.get(column.stage.id, 0) > FIRST_CARDS
    }  # fmt: skip
    members = records.rows(reader, "member", records.ids(reader, "member"), ["name"])
    expected = deals.forecast(reader, board.pipeline_id, asked.owner, asked.where) if asked.with_forecast else ()
    return Shown(known, [(row.id, row.values["name"] or "") for row in members], reader.viewer.member_id, board, more, expected)
