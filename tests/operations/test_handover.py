"""Stories of hand-over: a colleague leaves, the work stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmdesk.errors import NotAllowed, UserError
from crmdesk.operations import records
from crmdesk.operations.handover import hand_over, preview

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.store import Store


def add(store: Store, entity: str, **values: str) -> UUID:
    return store.run(records.add, entity, values)


@pytest.fixture
def jonas(store: Store) -> UUID:
    """A colleague with customers, deals, open and done work."""
    member = add(store, "member", name="Jonas Stein")
    owner = str(member)
    for name in ("Alfreds Futterkiste", "Ernst Handel"):
        add(store, "company", name=name, owner=owner)
    add(store, "contact", name="Maria Anders", owner=owner)
    add(store, "deal", name="Open", owner=owner)
    add(store, "deal", name="Won", owner=owner, stage="Won")
    add(store, "lead", company_name="Blauer See", owner=owner)
    add(store, "lead", company_name="Nobody", owner=owner, status="disqualified")
    add(store, "task", subject="Call", owner=owner)
    add(store, "task", subject="Called", owner=owner, done_at="2026-11-20 10:00")
    add(store, "company", name="Mine")
    return member


def owned(store: Store, member: UUID) -> dict[str, int]:
    with store.read() as reader:
        return {
            entity: reader.value(f"SELECT count(*) FROM {entity} WHERE owner_id = ?", (member.bytes,))
            for entity in ("company", "contact", "lead", "deal", "task")
        }


def test_everything_goes_over_and_comes_back_with_one_undo(store: Store, jonas: UUID) -> None:
    anne = add(store, "member", name="Anne Lindt")
    before = owned(store, jonas)
    with store.read() as reader:
        announced = preview(reader, jonas)
    done = store.run(hand_over, jonas, anne)
    assert done == announced == {"company": 2, "contact": 1, "lead": 2, "deal": 2, "quote": 0, "task": 1, "ticket": 0}
    assert owned(store, anne) == {"company": 2, "contact": 1, "lead": 2, "deal": 2, "task": 1}
    assert owned(store, jonas) == {"company": 0, "contact": 0, "lead": 0, "deal": 0, "task": 1}, "what he did stays his"
    assert store.undo() == "Hand over: Jonas Stein to Anne Lindt"
    assert owned(store, jonas) == before


def test_what_is_finished_can_stay_with_its_owner(store: Store, jonas: UUID) -> None:
    anne = add(store, "member", name="Anne Lindt")
    done = store.run(hand_over, jonas, anne, open_only=True, entities=("lead", "deal"))
    assert done == {"lead": 1, "deal": 1}
    with store.read() as reader:
        assert reader.rows("SELECT name FROM deal WHERE owner_id = ?", (jonas.bytes,)) == [("Won",)]


def test_a_hand_over_needs_two_members_and_an_active_taker(store: Store, jonas: UUID) -> None:
    gone = add(store, "member", name="Gone", is_active="no")
    for taker, why in ((jonas, "two members"), (gone, "not active")):
        with pytest.raises(UserError, match=why):
            store.run(hand_over, jonas, taker)
    with pytest.raises(UserError, match="can't be handed over"):
        store.run(hand_over, jonas, add(store, "member", name="Anne Lindt"), entities=("product",))


def test_only_managers_hand_over(store: Store, jonas: UUID) -> None:
    anne = add(store, "member", name="Anne Lindt")
    store.act_as("sales")
    with pytest.raises(NotAllowed):
        store.run(hand_over, jonas, anne)
