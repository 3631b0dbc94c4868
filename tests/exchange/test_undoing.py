"""One undo takes an import back, former values included, and says what was edited since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.errors import CannotUndo
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.exchange.undoing import edited_since, undo_import
from crmdesk.operations import records
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
