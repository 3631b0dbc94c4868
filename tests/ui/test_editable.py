"""What lists offer to change is what an edit takes, and nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from crmdesk.clock import now
from crmdesk.errors import UserError
from crmdesk.models.registry import MAIN, entity_class
from crmdesk.operations import records, sample
from crmdesk.ui.records import columns_of, field_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmdesk.fields import Field
    from crmdesk.store import Store

VALUES = {
    "date": [date(2026, 5, 5)], "flag": [True, False], "integer": [2, 1999],
    "text": ["a@example.com", "GB", "GBP", "91350100M000100Y43"], "long_text": ["something"],
}  # fmt: skip


def ids(store: Store, entity: str, among: int = 4) -> list[UUID]:
    with store.read() as reader:
        found = [UUID(bytes=record) for (record,) in reader.rows(f'SELECT id FROM "{entity}" WHERE deleted_at IS NULL ORDER BY id')]
    return found[::-1] if among == 0 else found[:: -(len(found) // among + 1)]


def values(store: Store, field: Field) -> list[Any]:
    if field.kind == "link":
        return [*ids(store, field.target or ""), None]
    if field.kind == "choice":
        return [choice.value for choice in field.choices]
    if field.kind == "moment":
        return [now() - timedelta(hours=1)]
    return VALUES.get(field.kind, ["7"])


def attempts(store: Store, entity: str, name: str, among: int = 0) -> Iterator[str]:
    """Edit records, and take it back; yields why a value was refused, or the empty text where it was taken."""
    for record in ids(store, entity, among):
        for value in values(store, field_named(entity, name)):
            try:
                store.run(records.edit, entity, [record], {name: value})
            except UserError as error:
                yield error.message
                continue
            if store.last_changes is None:
                yield "the same"
                continue
            store.undo()
            yield ""


@pytest.fixture
def filled(store: Store) -> Store:
    store.run(sample.fill)
    return store


def test_lists_offer_to_change_what_an_edit_takes_and_nothing_else(filled: Store) -> None:
    for entity in MAIN:
        for column in columns_of(entity):
            if column.can_edit:
                assert any(said in {"", "the same"} for said in attempts(filled, entity, column.name)), f"no edit takes {entity}.{column.name}"
            elif "." not in column.name and not entity_class(entity).fields[column.name].derived and column.kind != "parts":
                assert all(attempts(filled, entity, column.name, among=4)), f"an edit takes {entity}.{column.name}"


def test_what_only_deeds_write_is_offered_nowhere() -> None:
    offered = {column.name for column in columns_of("quote") if column.can_edit}
    assert offered.isdisjoint({"number", "status", "issued_at", "sent_at", "decided_at", "decline_reason", "pdf", "version", "frozen"})
    assert {"subject", "company", "owner", "valid_until"} <= offered
    assert not [column.name for column in columns_of("setting") if column.can_edit]
