"""One undo takes an import back, former values included, and says what was edited since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.errors import CannotUndo, LaterWork
from crmdesk.exchange import importing
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows import plan, waiting
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.exchange.undoing import edited_since, undo_import
from crmdesk.operations import merging, records
from crmdesk.queries.records import find_one

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store


def taken(store: Store, folder: Path, text: str, entity: str = "contact", **options: Any) -> ImportResult:
    path = folder / "people.csv"
    path.write_text(text, encoding="utf-8")
    return import_file(store, entity, path, ImportOptions(**options))


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return reader.rows(sql)


def id_of(store: Store, entity: str, name: str) -> UUID:
    with store.read() as reader:
        return find_one(reader, entity, name)


STATE = (
    "SELECT t.name, t.role, t.department, t.birthday, c.name FROM contact t LEFT JOIN company c ON c.id = t.company_id WHERE t.deleted_at IS NULL UNION ALL "
    "SELECT number, label, NULL, NULL, NULL FROM phone WHERE deleted_at IS NULL UNION ALL SELECT address, label, NULL, NULL, NULL FROM email WHERE deleted_at IS NULL UNION ALL "
    "SELECT text, NULL, NULL, NULL, NULL FROM memo WHERE deleted_at IS NULL UNION ALL SELECT name, NULL, NULL, NULL, NULL FROM company WHERE deleted_at IS NULL UNION ALL "
    "SELECT t.name, NULL, NULL, NULL, NULL FROM record_tag r JOIN tag t ON t.id = r.tag_id WHERE r.deleted_at IS NULL ORDER BY 1, 2"
)
KNOWN = "Name,Email,Role,Phone,Company,Note,Tags\nAnna Berg,anna@example.com,Buyer,030 123456,Acme,old,vip\nBob Li,bob@example.com,,,Acme,,\n"
NEXT = (
    "Name,Email,Role,Department,Birthday,Phone,Company,Note,Tags\nAnna Berg,anna@example.com,Boss,Sales,1990-02-03,0151 23456789,Bolt,new,new\n"
    "Bob Li,bob@example.com,Clerk,,,030 7,,first,\nCleo Wu,cleo@example.com,,,,,Bolt,,vip\n"
)


@pytest.mark.parametrize("mode", ["fill", "overwrite", "add", "skip"])
def test_one_undo_restores_every_value_that_an_import_changed(store: Store, tmp_path: Path, mode: str) -> None:
    taken(store, tmp_path, KNOWN)
    before = rows(store, STATE)
    result = taken(store, tmp_path, NEXT, on_duplicate=mode)
    after = rows(store, STATE)
    assert after != before
    assert result.transaction is not None
    undo_import(store, result.transaction)
    assert rows(store, STATE) == before
    store.redo()
    assert rows(store, STATE) == after


def test_what_was_edited_since_is_named_and_nothing_is_lost(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, KNOWN)
    result = taken(store, tmp_path, NEXT, on_duplicate="overwrite")
    assert result.transaction is not None
    store.run(records.edit, "contact", [id_of(store, "contact", "Anna Berg")], {"role": "Owner"})
    store.run(records.edit, "contact", [id_of(store, "contact", "Cleo Wu")], {"department": "IT"})
    store.run(records.edit, "contact", [id_of(store, "contact", "Bob Li")], {"birthday": "1980-01-01"})  # which the import left alone
    assert [(one.entity, one.title, one.fields) for one in edited_since(store, result.transaction)] == [
        ("contact", "Anna Berg", ("Job title",)), ("contact", "Cleo Wu", ("Department",))
    ]  # fmt: skip
    state = rows(store, STATE)
    with pytest.raises(CannotUndo, match=r"2 records were edited since: Anna Berg \(Job title\), Cleo Wu \(Department\)"):
        undo_import(store, result.transaction)
    assert rows(store, STATE) == state
    for _ in range(3):
        store.undo()
    undo_import(store, result.transaction)
    assert rows(store, "SELECT role FROM contact WHERE deleted_at IS NULL ORDER BY name") == [("Buyer",), (None,)]


def test_an_edit_that_was_undone_does_not_stand_in_the_way(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, KNOWN)
    assert result.transaction is not None
    store.run(records.edit, "contact", [id_of(store, "contact", "Anna Berg")], {"role": "Owner"})
    store.undo()
    assert edited_since(store, result.transaction) == ()
    undo_import(store, result.transaction)
    assert rows(store, "SELECT count(*) FROM contact WHERE deleted_at IS NULL") == [(0,)]


def test_an_import_is_taken_back_but_for_what_was_edited_since(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, KNOWN)
    result = taken(store, tmp_path, NEXT, on_duplicate="overwrite")
    assert result.transaction is not None
    store.run(records.edit, "contact", [id_of(store, "contact", "Anna Berg")], {"role": "Owner"})
    store.run(records.edit, "contact", [id_of(store, "contact", "Cleo Wu")], {"department": "IT"})
    edited = rows(store, STATE)
    done = undo_import(store, result.transaction, keeps_edited=True)
    assert [(one.title, one.fields) for one in done.kept] == [("Anna Berg", ("Job title",)), ("Cleo Wu", ("Department",))]
    # Of Anna her new role stays, and nothing else of the import; Cleo stays whole, with the company and the tag that she refers to.
    people = "SELECT t.name, t.role, t.department, t.birthday, c.name FROM contact t LEFT JOIN company c ON c.id = t.company_id WHERE t.deleted_at IS NULL ORDER BY t.name"
    assert rows(store, people) == [("Anna Berg", "Owner", None, None, "Acme"), ("Bob Li", None, None, None, "Acme"), ("Cleo Wu", None, "IT", None, "Bolt")]
    assert rows(store, "SELECT number FROM phone WHERE deleted_at IS NULL") == [("030 123456",)]
    assert rows(store, "SELECT address FROM email WHERE deleted_at IS NULL ORDER BY 1") == [("anna@example.com",), ("bob@example.com",), ("cleo@example.com",)]
    tagged = "SELECT c.name, t.name FROM record_tag r JOIN tag t ON t.id = r.tag_id JOIN contact c ON c.id = r.contact_id WHERE r.deleted_at IS NULL AND t.deleted_at IS NULL ORDER BY 1"
    assert rows(store, tagged) == [("Anna Berg", "vip"), ("Cleo Wu", "vip")]
    store.redo()
    assert rows(store, STATE) == edited


def test_what_later_work_refers_to_stays_when_the_rest_is_taken_back(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, KNOWN)
    assert result.transaction is not None
    store.run(records.add, "deal", {"name": "Fleet", "company": "Acme"})
    with pytest.raises(LaterWork, match=r"1 record was edited since: Acme \(Deal\)"):
        undo_import(store, result.transaction)
    assert [one.title for one in undo_import(store, result.transaction, keeps_edited=True).kept] == ["Acme"]
    assert rows(store, "SELECT name FROM contact WHERE deleted_at IS NULL") == []
    assert rows(store, "SELECT name FROM company WHERE deleted_at IS NULL") == [("Acme",)]
    assert rows(store, "SELECT name FROM deal WHERE deleted_at IS NULL") == [("Fleet",)]


def test_an_edit_of_what_was_redone_is_not_lost_either(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, KNOWN)
    store.undo()
    store.redo()
    again = store.last_changes
    assert again is not None
    store.run(records.edit, "contact", [id_of(store, "contact", "Anna Berg")], {"role": "Owner"})
    with pytest.raises(LaterWork):
        store.undo(again.tx)
    store.undo(again.tx, keeps_edited=True)
    assert rows(store, "SELECT name FROM contact WHERE deleted_at IS NULL UNION SELECT name FROM company WHERE deleted_at IS NULL") == [
        ("Acme",),
        ("Anna Berg",),
    ]


def test_who_undoes_a_thing_twice_is_told_that_it_was_undone(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, KNOWN)
    store.run(merging.merge, "contact", id_of(store, "contact", "Anna Berg"), [id_of(store, "contact", "Bob Li")])
    merge = store.last_changes
    assert merge is not None
    undo_import(store, merge.tx)
    with pytest.raises(CannotUndo, match="was undone already") as refused:
        undo_import(store, merge.tx)
    assert not isinstance(refused.value, LaterWork)
    assert refused.value.hint is None


def test_a_long_import_is_taken_back_but_for_what_was_edited_since(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "BLOCK", 3)
    monkeypatch.setattr(importing, "HELD", 3)
    monkeypatch.setattr(waiting, "TOGETHER", 6)
    lines = "".join(f"Person {number},p{number}@example.com,Firm {number}\n" for number in range(10))
    result = taken(store, tmp_path, "Name,Email,Company\n" + lines)
    assert result.transaction is not None
    store.run(records.edit, "contact", [id_of(store, "contact", "Person 2"), id_of(store, "contact", "Person 8")], {"role": "Owner"})
    with pytest.raises(LaterWork, match="2 records were edited since"):
        undo_import(store, result.transaction)
    assert len(undo_import(store, result.transaction, keeps_edited=True).kept) == 2
    assert rows(store, "SELECT name FROM contact WHERE deleted_at IS NULL ORDER BY 1") == [("Person 2",), ("Person 8",)]
    assert rows(store, "SELECT name FROM company WHERE deleted_at IS NULL ORDER BY 1") == [("Firm 2",), ("Firm 8",)]
