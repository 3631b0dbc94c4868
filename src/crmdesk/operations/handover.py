"""Hand-over: everything that a member looks after goes to another, in one step that can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.i18n import mark, tr
from crmdesk.models.member import Member
from crmdesk.store.door import Change, operation
from crmdesk.store.rights import authorize

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from crmdesk.store.reader import Reader

# What still needs somebody; what is finished keeps the name of who did it unless all is handed over.
_UNFINISHED = {
    "company": "1",
    "contact": "1",
    "lead": "ifnull(status, 'new') NOT IN ('converted', 'disqualified')",
    "deal": "stage_id NOT IN (SELECT id FROM stage WHERE outcome IN ('won', 'lost'))",
    "quote": "ifnull(status, 'draft') IN ('draft', 'issued')",
    "task": "done_at IS NULL",
    "ticket": "ifnull(status, 'new') NOT IN ('resolved', 'closed')",
}
ENTITIES_HANDED_OVER = tuple(_UNFINISHED)


def _condition(entity: str, open_only: bool) -> str:
    # A task that is done stays with who did it in any case: nothing about it is left to look after.
    return f"owner_id = ? AND deleted_at IS NULL AND {_UNFINISHED[entity] if open_only or entity == 'task' else '1'}"


def preview(
    reader: Reader, from_id: UUID, to_id: UUID | None = None, *, open_only: bool = False, entities: Sequence[str] = ENTITIES_HANDED_OVER
) -> dict[str, int]:
    """Return how many records of each entity a hand-over would move.

    Raises:
        UserError: where the new owner is known, whatever `hand_over` would refuse.
    """
    if to_id is not None:
        authorize(reader.viewer, "handover.write")
        _check(reader, from_id, to_id)
    return {entity: reader.value(f'SELECT count(*) FROM "{entity}" WHERE {_condition(entity, open_only)}', (from_id.bytes,)) for entity in _known(entities)}


@operation(mark("Hand over"), right="handover.write")
def hand_over(change: Change, from_id: UUID, to_id: UUID, *, open_only: bool = False, entities: Sequence[str] = ENTITIES_HANDED_OVER) -> dict[str, int]:
    """Give the records of a member to another.

    Args:
        open_only: leave what is finished (closed deals, decided quotes, resolved tickets, finished leads) with its owner.
        entities: which kinds of records.

    Returns:
        How many of each entity were moved.

    Raises:
        UserError: one of them is unknown, both are the same, or the new owner is no longer active.
    """
    giver, taker = change.get(Member, from_id), change.get(Member, to_id)
    _check(change.reader, from_id, to_id)
    change.note(about=tr("{giver} to {taker}", giver=giver.name, taker=taker.name))
    return {
        entity: change.execute(f'UPDATE "{entity}" SET owner_id = ? WHERE {_condition(entity, open_only)}', (to_id.bytes, from_id.bytes))
        for entity in _known(entities)
    }


def _check(reader: Reader, from_id: UUID, to_id: UUID) -> None:
    if from_id == to_id:
        raise UserError(tr("A hand-over needs two members."))
    name, is_active = reader.rows("SELECT name, is_active FROM member WHERE id = ?", (to_id.bytes,))[0]
    if is_active == 0:
        raise UserError(tr("{name} is not active.", name=name), hint=tr("Hand over to an active member."))


def _known(entities: Sequence[str]) -> list[str]:
    if unknown := [entity for entity in entities if entity not in _UNFINISHED]:
        raise UserError(tr("“{name}” can't be handed over.", name=unknown[0]), hint=tr("Choose of: {names}.", names=", ".join(_UNFINISHED)))
    return list(entities)
