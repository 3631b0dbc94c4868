"""What should be there once: warned of, blocked, or allowed with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.errors import Question, UserError
from crmdesk.operations import records
from crmdesk.queries.uniqueness import taken

if TYPE_CHECKING:
    from crmdesk.store import Store


def rule(store: Store, *given: tuple[str, str, str]) -> None:
    store.run(records.change_settings, {"uniqueness": given})


ANNA = {"name": "Anna Berg", "email": "anna@berg.example", "phone": "030 0074321"}


@pytest.mark.parametrize(("entity", "fields", "first", "second"), [
    ("contact", "email", ANNA, {"name": "A. Berg", "email": "ANNA@berg.example"}), ("contact", "phone", ANNA, {"name": "A. Berg", "phone": "+49 (30) 007-4321"}),
    ("company", "name", {"name": "Müller"}, {"name": "MÜLLER"}), ("company", "vat_id", {"name": "A", "vat_id": "DE811569869"}, {"name": "B", "vat_id": "de811569869"}),
    ("company", "name+address.city", {"name": "Müller", "city": "Köln"}, {"name": "müller", "city": "köln"}),
])  # fmt: skip
def test_a_blocked_double_is_refused_and_nothing_is_written(store: Store, entity: str, fields: str, first: dict[str, Any], second: dict[str, Any]) -> None:
    rule(store, (entity, fields, "block"))
    store.run(records.add, entity, first)
    with pytest.raises(UserError, match="already") as error:
        store.run(records.add, entity, second)
    assert error.value.field == fields.partition("+")[0]
    with store.read() as reader:
        assert reader.value(f'SELECT count(*) FROM "{entity}"') == 1


def test_all_fields_of_a_rule_must_be_the_same(store: Store) -> None:
    rule(store, ("company", "name+address.city", "block"))
    store.run(records.add, "company", {"name": "Müller", "city": "Köln"})
    store.run(records.add, "company", {"name": "Müller", "city": "Bonn"})
    store.run(records.add, "company", {"name": "Müller"})
    with pytest.raises(UserError):
        store.run(records.add, "company", {"name": "Müller", "city": "Bonn"})


def test_what_is_in_the_bin_is_free_again(store: Store) -> None:
    rule(store, ("contact", "email", "block"))
    store.run(records.delete, "contact", [store.run(records.add, "contact", ANNA)])
    store.run(records.add, "contact", ANNA)


def test_an_edit_is_held_to_the_rule_too_but_not_against_itself(store: Store) -> None:
    rule(store, ("contact", "email", "block"))
    anna = store.run(records.add, "contact", ANNA)
    other = store.run(records.add, "contact", {"name": "Bo", "email": "bo@berg.example"})
    store.run(records.edit, "contact", [anna], {"email": "anna@berg.example", "role": "Buyer"})
    with pytest.raises(UserError, match="already"):
        store.run(records.edit, "contact", [other], {"email": "anna@berg.example"})


def test_a_reason_allows_it_and_stands_in_the_history(store: Store) -> None:
    rule(store, ("contact", "email", "reason"))
    store.run(records.add, "contact", ANNA)
    with pytest.raises(Question) as question:
        store.run(records.add, "contact", ANNA)
    store.run(records.add, "contact", ANNA, **{question.value.answer: "mother and daughter"})
    with store.read() as reader:
        assert "mother and daughter" in reader.value("SELECT detail FROM journal_tx ORDER BY id DESC LIMIT 1")


def test_a_warning_hinders_nobody(store: Store) -> None:
    rule(store, ("contact", "email", "warn"))
    first = store.run(records.add, "contact", ANNA)
    store.run(records.add, "contact", ANNA)
    with store.read() as reader:
        assert [clash.record for clash in taken(reader, "contact", {"email": ["Anna@Berg.example"]})] == [first]


def test_doubles_from_before_the_rule_do_not_block_other_edits(store: Store) -> None:
    first, _ = (store.run(records.add, "contact", ANNA) for _ in range(2))
    rule(store, ("contact", "email", "block"))
    store.run(records.edit, "contact", [first], {"role": "Buyer"})
    with pytest.raises(UserError, match="already"):
        store.run(records.edit, "contact", [first], {"email": "anna@berg.example"})


@pytest.mark.parametrize("bad", [("nothing", "email", "block"), ("contact", "colour", "block"), ("contact", "email", "shout"), ("company", "company", "warn")])
def test_a_rule_that_cannot_be_is_refused(store: Store, bad: tuple[str, str, str]) -> None:
    with pytest.raises(UserError):
        rule(store, bad)
