"""A random user does what can be done, undoes all, redoes all, closing and opening between: nothing differs."""

from __future__ import annotations

import itertools
import shutil
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmdesk.errors import CannotUndo, UserError
from crmdesk.models.base import ENTITIES
from crmdesk.operations import deals, leads, records
from crmdesk.queries.search import search
from crmdesk.store import Store, open_store
from crmdesk.store.verify import verify

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    import pytest

    from crmdesk.store.keys import Key

_ASIDE = {"number_series", "spent_number"}


def world(store: Store) -> dict[str, Any]:
    """Return all live rows of all tables, and what a few searches find."""
    found: dict[str, Any] = {}
    with store.read() as reader:
        for name, cls in ENTITIES.items():
            if name not in _ASIDE:
                columns = ", ".join(f'"{column}"' for column in cls.columns)
                found[name] = sorted(reader.rows(f'SELECT {columns} FROM "{name}" WHERE deleted_at IS NULL'), key=repr)
        found["search"] = [[(hit.entity, hit.id) for hit in search(reader, text)] for text in ("an", "co", "0301", "b")]
    return found


steps = st.lists(
    st.tuples(st.sampled_from(["company", "contact", "lead", "deal", "task", "activity", "edit", "edit", "delete", "restore", "move", "claim", "convert", "undo", "tag"]), st.integers(0, 9)),
    min_size=1, max_size=18,
)  # fmt: skip
names = st.sampled_from(["Anna Berg", "Bo", "Company", "王伟", "Łódź", "x" * 60])


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(steps=steps, texts=st.lists(names, min_size=18, max_size=18), reopen=st.booleans())
def test_undoing_everything_and_redoing_everything_loses_nothing(
    steps: list[tuple[str, int]], texts: list[str], reopen: bool, template: tuple[Path, Key], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = shutil.copy(template[0], tmp_path_factory.mktemp("user") / "user.crmdesk")
    store = open_store(path, key=template[1], anywhere=True)
    start = world(store)
    first = store.last_changes
    assert first is None
    done = _act(store, steps, texts)
    end = world(store)
    if reopen:
        store.close()
        store = open_store(path, key=template[1], anywhere=True)
    undone = 0
    while store.can_undo():
        store.undo()
        undone += 1
    assert world(store) == start
    assert undone <= done
    if reopen:
        store.close()
        store = open_store(path, key=template[1], anywhere=True)
    for _ in range(undone):
        store.redo()
    assert world(store) == end
    assert verify(store, deep=True) == []
    store.close()


def _act(store: Store, steps: list[tuple[str, int]], texts: list[str]) -> int:
    made: list[tuple[str, UUID]] = []
    gone: list[tuple[str, UUID]] = []
    stages = [row[0] for row in _rows(store, "SELECT id FROM stage ORDER BY position")]
    done = 0
    for (what, number), text in zip(steps, itertools.cycle(texts), strict=False):
        before = store.last_changes
        try:
            _deed(store, what, number, text, made, gone, stages)
        except CannotUndo:
            continue
        except UserError:
            assert store.last_changes is before
            continue
        done += 1
    return done


def _rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return reader.rows(sql)


def _deed(store: Store, what: str, number: int, text: str, made: list[tuple[str, UUID]], gone: list[tuple[str, UUID]], stages: list[bytes]) -> None:
    from uuid import UUID

    chosen = made[number % len(made)] if made else ("company", UUID(int=1))
    match what:
        case "company" | "contact":
            made.append((what, store.run(records.add, what, {"name": text, "phone": f"030 1{number}2345", "email": f"a{number}@b.example", "tags": "x"})))
        case "lead":
            made.append((what, store.run(records.add, what, {"family_name": text, "company_name": "Co", "phone": "030 99"})))
        case "deal":
            made.append((what, store.run(records.add, what, {"name": text, "amount": f"{number}00.50 EUR"})))
        case "task" | "activity":
            made.append((what, store.run(records.add, what, {"subject": text})))
        case "edit":
            field = {"lead": "family_name", "task": "subject", "activity": "subject"}.get(chosen[0], "name")
            store.run(records.edit, chosen[0], [chosen[1]], {field: text[::-1] or "y"})
        case "delete":
            store.run(records.delete, chosen[0], [chosen[1]])
            gone.append(chosen)
        case "restore" if gone:
            entity, record = gone.pop()
            store.run(records.restore, entity, record)
        case "move" if chosen[0] == "deal":
            store.run(deals.move, chosen[1], UUID(bytes=stages[number % len(stages)]), "price")
        case "claim" if chosen[0] == "lead":
            store.run(leads.claim, chosen[1])
        case "convert" if chosen[0] == "lead":
            store.run(leads.convert, chosen[1])
        case "tag" if chosen[0] in {"company", "contact"}:
            store.run(records.tag, chosen[0], [chosen[1]], ["vip", text])
        case "undo":
            store.undo()
        case _:
            raise UserError("nothing to do")
