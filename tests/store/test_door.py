"""Everything goes through the door: journaled, undoable, announced; nothing gets past it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from crmdesk.clock import frozen, new_id_bytes
from crmdesk.errors import CannotUndo, NotAllowed, UserError
from crmdesk.models.base import ENTITIES
from crmdesk.models.customer import Company, Contact
from crmdesk.operations import deals, records
from crmdesk.queries import records as asked
from crmdesk.queries.history import history
from crmdesk.store import Change, Changes, Store, open_store, operation
from crmdesk.store.connections import connect
from crmdesk.store.triggers import all_triggers
from crmdesk.store.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store.keys import Key


def names(store: Store, entity: str = "company") -> list[str]:
    with store.read() as reader:
        return [row[0] for row in reader.rows(f'SELECT name FROM "{entity}" WHERE deleted_at IS NULL ORDER BY sort_key')]


def test_a_change_is_announced_with_its_records(store: Store) -> None:
    heard: list[Changes] = []
    store.listen(heard.append)
    company = store.run(records.add, "company", {"name": "Alfreds Futterkiste", "phone": "030-0074321"})
    assert [(change.label, change.ids["company"]) for change in heard] == [("Add", frozenset({company}))]
    assert heard[0].touches("phone")


def test_what_went_into_the_bin_by_two_deeds_in_one_millisecond_does_not_come_back_together(store: Store) -> None:
    with frozen(datetime(2026, 11, 22, 12, tzinfo=UTC)):
        company = store.run(records.add, "company", {"name": "Alfreds Futterkiste", "phone": "030-0074321"})
        other = store.run(records.add, "company", {"name": "Blauer See"})
        store.run(records.edit, "company", [company], {"phone": []})
        store.run(records.delete, "company", [company])
        store.run(records.delete, "company", [other])
        store.run(records.add, "company", {"name": "Undone"})
        store.undo()
    with store.read() as reader:
        assert [each.title for each in asked.trash(reader)] == ["Blauer See", "Alfreds Futterkiste"]
    store.run(records.restore, "company", company)
    with store.read() as reader:
        assert reader.value("SELECT count(*) FROM phone WHERE deleted_at IS NULL") == 0


@pytest.mark.logs_warnings
def test_a_listener_that_fails_neither_undoes_nor_hides_what_was_committed(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    def fail(changes: Changes) -> None:
        raise RuntimeError("a bug of whoever listens")

    heard: list[Changes] = []
    store.listen(fail)
    store.listen(heard.append)
    assert isinstance(store.run(records.add, "company", {"name": "Alfreds Futterkiste"}), UUID)
    assert (names(store), len(heard), caplog.messages) == (["Alfreds Futterkiste"], 1, ["A listener failed"])


def test_an_error_leaves_nothing_behind(store: Store) -> None:
    heard: list[Changes] = []
    store.listen(heard.append)
    with pytest.raises(UserError, match="not a mail address") as caught:
        store.run(records.add, "company", {"name": "Alfreds Futterkiste", "email": "not a mail"})
    assert caught.value.field == "email"
    assert names(store) == []
    assert heard == []


def test_nothing_can_be_written_past_the_door(store: Store, store_path: Path, template: tuple[Path, Key]) -> None:
    company = store.run(records.add, "company", {"name": "Alfreds Futterkiste"})
    raw = connect(store_path, template[1])
    for sql in ("UPDATE company SET name = 'x'", "INSERT INTO company(id) VALUES (randomblob(16))", "DELETE FROM company"):
        with pytest.raises(Exception, match="past the door"):
            raw.execute(sql)
    for how in ("FAIL", "IGNORE", "REPLACE"):
        with pytest.raises(Exception, match="past the door"):
            raw.execute(f"INSERT OR {how} INTO company(id) VALUES (randomblob(16))")
    assert raw.execute("SELECT name FROM company").fetchall() == [("Alfreds Futterkiste",)]
    raw.execute("UPDATE current SET tx = 1")
    with pytest.raises(Exception, match="deleted_at"):
        raw.execute("DELETE FROM company")
    with pytest.raises(Exception, match="keeps its id"):
        raw.execute("UPDATE company SET id = randomblob(16) WHERE id = ?", (company.bytes,))
    raw.close()


def test_readers_cannot_write(store: Store) -> None:
    with store.read() as reader, pytest.raises(Exception, match="readonly|query_only"):
        reader.rows("UPDATE local SET value = 'x'")


def test_every_journaled_table_has_its_triggers() -> None:
    made = all_triggers()
    for cls in ENTITIES.values():
        assert {f"{cls.entity.name}_{kind}" for kind in ("ins", "upd", "pk", "del")} <= made.keys()


def test_one_journal_row_per_record_and_transaction(store: Store) -> None:
    company = store.run(records.add, "company", {"name": "A"})
    tx = store.last_changes.tx + 1 if store.last_changes else 0

    @operation("Twice", right="company.write")
    def twice(change: Change) -> None:
        found = change.get(Company, company)
        found.name = "B"
        change.flush()
        found.name = "C"
        change.flush()
        found.industry = "Food"
        change.flush()
        found.industry = None

    store.run(twice)
    with store.read() as reader:
        rows = reader.rows("SELECT changes FROM journal WHERE tx = ?", (tx,))
    assert [json.loads(row[0]) for row in rows] == [{"name": ["A", "C"]}]


def test_a_change_back_to_the_start_is_no_change(store: Store) -> None:
    company = store.run(records.add, "company", {"name": "A"})
    before = store.can_undo()

    @operation("Back and forth", right="company.write")
    def back_and_forth(change: Change) -> None:
        found = change.get(Company, company)
        found.name = "B"
        change.flush()
        found.name = "A"

    store.run(back_and_forth)
    assert verify(store, deep=True) == []
    assert before is not None


def test_undo_and_redo_hold_across_restarts(store: Store, store_path: Path, template: tuple[Path, Key]) -> None:
    company = store.run(records.add, "company", {"name": "A", "tags": "x,y", "phone": "030 123456"})
    store.run(records.edit, "company", [company], {"name": "B"})
    store.run(records.delete, "company", [company])
    store.close()
    with open_store(store_path, key=template[1]) as again:
        assert (again.undo(), names(again)) == ("Delete: B", ["B"])
        assert (again.undo(), names(again)) == ("Edit: B", ["A"])
        assert (again.undo(), names(again)) == ("Add: A", [])
    with open_store(store_path, key=template[1]) as again:
        assert again.can_redo() == "Add: A"
        assert (again.redo(), names(again)) == ("Add: A", ["A"])
        assert (again.redo(), names(again)) == ("Edit: B", ["B"])
        with again.read() as reader:
            whole = asked.record(reader, "company", company)
        assert [tag["value"] for tag in whole["tags"]] == ["x", "y"]
        assert whole["phone"][0]["e164"] == "+4930123456"
        assert (again.redo(), names(again)) == ("Delete: B", [])
        with pytest.raises(CannotUndo, match="nothing to redo"):
            again.redo()
        assert verify(again, deep=True) == []


def test_something_new_ends_redo(store: Store) -> None:
    store.run(records.add, "company", {"name": "A"})
    store.undo()
    store.run(records.add, "company", {"name": "B"})
    assert store.can_redo() is None
    assert store.can_undo() == "Add: B"


def test_a_named_transaction_is_undone_unless_its_values_changed_since(store: Store) -> None:
    company = store.run(records.add, "company", {"name": "A", "industry": "Food"})
    store.run(records.edit, "company", [company], {"name": "B"})
    first = store.last_changes.tx if store.last_changes else 0
    store.run(records.edit, "company", [company], {"industry": "Retail"})
    assert store.undo(first) == "Edit: B"
    assert names(store) == ["A"]
    store.run(records.edit, "company", [company], {"name": "C"})
    second = store.last_changes.tx if store.last_changes else 0
    store.run(records.edit, "company", [company], {"name": "D"})
    with pytest.raises(CannotUndo, match="changed again since"):
        store.undo(second)
    assert names(store) == ["D"]


def test_undoing_a_record_that_others_refer_to_is_refused(store: Store) -> None:
    company = store.run(records.add, "company", {"name": "A"})
    made = store.last_changes.tx if store.last_changes else 0
    contact = store.run(records.add, "contact", {"name": "Anna Berg", "company": str(company)})
    with pytest.raises(CannotUndo, match="Anna Berg"):
        store.undo(made)
    store.run(records.delete, "contact", [contact])
    store.undo(made)
    assert names(store) == []


def test_undo_of_an_edit_restores_derived_values(store: Store) -> None:
    contact = store.run(records.add, "contact", {"name": "Zoë Müller"})
    store.run(records.edit, "contact", [contact], {"family_name": "Abel"})
    store.undo()
    with store.read() as reader:
        assert reader.rows("SELECT name, sort_key FROM contact") == [("Zoë Müller", "zoe muller")]


def test_what_a_moved_contact_did_moves_to_the_new_company_and_back(store: Store) -> None:
    first, second = (store.run(records.add, "company", {"name": name}) for name in ("First", "Second"))
    contact = store.run(records.add, "contact", {"name": "Anna Berg", "company": "First"})
    store.run(records.add, "activity", {"subject": "Call", "contact": str(contact)})

    def company_of() -> tuple[UUID, bool]:
        with store.read() as reader:
            found, last = reader.rows("SELECT a.company_id, c.last_contact_at = a.at FROM activity a JOIN contact c ON c.id = a.contact_id")[0]
        return UUID(bytes=found), bool(last)

    assert company_of() == (first, True)
    store.run(records.edit, "contact", [contact], {"company": "Second"})
    assert company_of() == (second, True)
    store.undo()
    assert company_of() == (first, True)


def test_own_fields_are_journaled_one_by_one_and_undone(store: Store) -> None:
    store.run(records.add, "custom_field", {"about": "company", "name": "colour", "label": "Colour", "kind": "text"})
    store.run(records.add, "custom_field", {"about": "company", "name": "seats", "label": "Seats", "kind": "integer"})
    company = store.run(records.add, "company", {"name": "A", "colour": "red", "seats": "4"})
    store.run(records.edit, "company", [company], {"colour": "blue"})
    store.run(records.edit, "company", [company], {"seats": "5"})
    with store.read() as reader:
        changes = [json.loads(row[0]) for row in reader.rows("SELECT changes FROM journal WHERE tbl = 2 AND op = 1 ORDER BY id")]
    assert [list(change.values()) for change in changes] == [[["red", "blue"]], [[4, 5]]]
    store.undo()
    with store.read() as reader:
        whole = asked.record(reader, "company", company)
    assert (whole["colour"], whole["seats"]) == ("blue", 4)
    assert verify(store, deep=True) == []


def test_a_lower_role_may_not_write_and_may_not_rise(store: Store) -> None:
    store.run(records.add, "company", {"name": "Kept"})
    store.act_as("read_only")
    with pytest.raises(NotAllowed):
        store.run(records.add, "company", {"name": "A"})
    with pytest.raises(NotAllowed):
        store.undo()
    store.act_as(None)
    with pytest.raises(NotAllowed, match="no role"):
        store.act_as("emperor")
    assert names(store) == ["Kept"]


def test_a_member_of_own_ones_sees_only_their_own(store: Store) -> None:
    other = store.run(records.add, "member", {"name": "Tom Stein"})
    store.run(records.add, "company", {"name": "Mine"})
    store.run(records.add, "company", {"name": "His", "owner": str(other)})
    store.act_as("own_ones")
    with store.read() as reader:
        shown = asked.rows(reader, "company", asked.ids(reader, "company"), ["name"])
    assert [row.values["name"] for row in shown] == ["Mine"]


def test_undo_and_the_history_say_who_did_what(store: Store) -> None:
    company = store.run(records.add, "company", {"name": "A"})
    store.run_from("cli", records.edit, "company", [company], {"name": "B"})
    with store.read() as reader:
        newest = history(reader, "company", company)[0]
    assert (newest.member, newest.origin, newest.label, newest.changes) == ("Maria Becker", "cli", "Edit", {"name": ("A", "B")})


def test_the_bin_shows_what_was_deleted_and_gives_it_back(store: Store) -> None:
    company = store.run(records.add, "company", {"name": "A", "phone": "030 123456"})
    undone = store.run(records.add, "company", {"name": "Never"})
    store.undo()
    store.run(records.delete, "company", [company])
    with store.read() as reader:
        assert [item.title for item in asked.trash(reader)] == ["A"]
    store.run(records.restore, "company", company)
    with store.read() as reader:
        assert asked.record(reader, "company", company)["phone"][0]["value"] == "030 123456"
    with pytest.raises(UserError):
        store.run(records.restore, "company", company)
    assert undone != company


def test_a_bulk_change_of_many_records_is_one_undo(store: Store) -> None:
    from crmdesk.clock import new_id_bytes

    @operation("Fill", right="contact.write")
    def fill(change: Change) -> int:
        columns = ("id", "given_name", "family_name", "name", "sort_key")
        return change.insert_many(Contact, columns, ((new_id_bytes(), "Anna", f"B{n}", f"Anna B{n}", f"anna b{n}") for n in range(7000)))

    assert store.run(fill) == 7000
    with store.read() as reader:
        ids = [UUID(bytes=i) for i in asked.ids(reader, "contact")]
    store.run(records.edit, "contact", ids, {"role": "Buyer"})
    with store.read() as reader:
        assert reader.value("SELECT count(*) FROM contact WHERE role = 'Buyer'") == 7000
    store.undo()
    store.undo()
    with store.read() as reader:
        assert reader.value("SELECT count(*) FROM contact WHERE deleted_at IS NULL OR role IS NOT NULL") == 0
    store.redo()
    with store.read() as reader:
        assert reader.value("SELECT count(*) FROM contact WHERE deleted_at IS NULL") == 7000
    while store.index_step():
        pass
    assert verify(store, deep=True) == []


def test_another_program_s_changes_are_heard(store: Store, store_path: Path, template: tuple[Path, Key]) -> None:
    heard: list[Changes] = []
    store.listen(heard.append)
    with open_store(store_path, key=template[1]) as beside:
        company = beside.run_from("cli", records.add, "company", {"name": "From beside"})
    assert [change.ids["company"] for change in store.hear_others()] == [frozenset({company})]
    assert len(heard) == 1
    assert store.hear_others() == []
    store.run(records.edit, "company", [company], {"name": "Mine"})
    assert verify(store, deep=True) == []


def test_moving_a_deal_asks_the_store_a_handful_of_questions(store: Store) -> None:
    """Count statements, not seconds: a move must stay cheap."""
    deal = store.run(records.add, "deal", {"name": "Cold chain", "amount": "1000 EUR"})
    with store.read() as reader:
        stage = UUID(bytes=reader.value("SELECT id FROM stage WHERE name = 'Proposal'"))
    seen: list[str] = []
    with store.writer_alone() as connection:
        connection.set_trace_callback(seen.append)
    store.run(deals.move, deal, stage)
    with store.writer_alone() as connection:
        connection.set_trace_callback(None)
    statements = [sql for sql in seen if not sql.startswith("--")]
    assert len(statements) <= 32


def test_money_keeps_its_currency_s_decimals(store: Store) -> None:
    for amount, shown in (("1000 JPY", "1000"), ("12.50 EUR", "12.50"), ("1.235 KWD", "1.235")):
        deal = store.run(records.add, "deal", {"name": "D", "amount": amount})
        with store.read() as reader:
            assert asked.record(reader, "deal", deal)["amount"]["amount"] == shown
    with pytest.raises(UserError, match="no currency"):
        store.run(records.add, "deal", {"name": "D", "amount": "5 XXQ"})


def test_half_a_character_is_refused_and_names_its_field(store: Store) -> None:
    broken = "Alfreds \ud83d Futterkiste"
    with pytest.raises(UserError, match="half a character") as refused:
        store.run(records.add, "company", {"name": broken})
    assert refused.value.field == "name"
    company = store.run(records.add, "company", {"name": "Alfreds 🚚"})
    for field in ("note", "phone", "tags"):
        with pytest.raises(UserError, match="half a character"):
            store.run(records.edit, "company", [company], {field: broken})
    with pytest.raises(UserError, match="half a character"):
        store.run(_insert_broken, broken)
    with store.read() as reader:
        assert reader.rows("SELECT name FROM company") == [("Alfreds 🚚",)]
    store.run(records.edit, "company", [company], {"name": "Alfreds"})


@operation("Insert", right="company.write")
def _insert_broken(change: Change, text: str) -> None:
    change.insert_many(Company, ("id", "name"), [(new_id_bytes(), text)])
