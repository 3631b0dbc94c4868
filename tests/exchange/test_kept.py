"""What was said at one import holds for the next file of the same make."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.errors import NotAllowed, UserError
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions, Plan
from crmdesk.operations import imports
from crmdesk.queries.records import find_one, record

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store


def write(folder: Path, text: str, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def taken(store: Store, folder: Path, text: str, name: str = "people.csv", entity: str = "contact", **options: Any) -> ImportResult:
    return import_file(store, entity, write(folder, text, name), ImportOptions(**options))


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return reader.rows(sql)


def kept(store: Store) -> list[tuple[str, dict[str, str], str | None]]:
    return [
        (name, json.loads(columns), dates)
        for name, columns, dates in rows(store, "SELECT name, columns_to, dates FROM import_mapping WHERE deleted_at IS NULL")
    ]


def test_a_mapping_is_kept_by_an_import_and_holds_for_the_next_such_file(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "Name,Info,City\nAnna Berg,CEO,Berlin\n", chosen={"role": "Info", "address.city": ""})
    assert kept(store) == [("people", {"name": "name", "info": "role", "city": ""}, None)]
    plan = Plan(store, "contact", write(tmp_path, "name, info ,CITY\nBob Li,Buyer,Hamburg\n", "more.csv"), ImportOptions())
    assert [str(column.target) for column in plan.layout.columns] == ["name", "role", "None"]
    assert [column.reason for column in plan.layout.columns] == ["As last time, with “people”."] * 3
    result = taken(store, tmp_path, "Name,Info,City\nBob Li,Buyer,Hamburg\n", "more.csv")
    assert result.notes == ("The columns go where they went last time, with “people”.",)
    assert rows(store, "SELECT role FROM contact ORDER BY name") == [("CEO",), ("Buyer",)]
    assert rows(store, "SELECT count(*) FROM address") == [(0,)]


def test_the_users_word_goes_before_what_was_kept_and_is_kept_instead(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "Name,Info\nAnna Berg,CEO\n", chosen={"role": "Info"})
    taken(store, tmp_path, "Name,Info\nBob Li,Sales\n", chosen={"department": "Info"})
    assert kept(store) == [("people", {"name": "name", "info": "department"}, None)]
    assert rows(store, "SELECT role, department FROM contact ORDER BY name") == [("CEO", None), (None, "Sales")]


def test_nothing_is_kept_without_an_import(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "Name,Info\nAnna Berg,CEO\n", chosen={"role": "Info"}, dry_run=True)
    taken(store, tmp_path, "Name,Email\nAnna Berg,anna@\n")
    assert kept(store) == []


def test_a_file_of_a_known_program_needs_no_mapping(store: Store, tmp_path: Path) -> None:
    text = "First Name,Last Name,Connected On,Company\nAnna,Berg,01 Jan 2024,Acme\n"
    assert taken(store, tmp_path, text).product == "LinkedIn"
    assert kept(store) == []
    taken(store, tmp_path, text.replace("Anna", "Bob"), chosen={"note": "Connected On"})
    assert kept(store) == [("people", {"connected on": "note"}, None)]


def test_the_order_of_dates_is_asked_once(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="two ways"):
        taken(store, tmp_path, "Name,Birthday\nAnna Berg,3/4/1990\n")
    taken(store, tmp_path, "Name,Birthday\nAnna Berg,3/4/1990\n", dates="mdy")
    taken(store, tmp_path, "Name,Birthday\nBob Li,5/6/1991\n")
    taken(store, tmp_path, "Name,Birthday\nCleo Wu,25/6/1991\n")  # which shows itself that days come first
    assert rows(store, "SELECT birthday FROM contact ORDER BY name") == [("1990-03-04",), ("1991-05-06",), ("1991-06-25",)]


def test_undoing_the_import_forgets_its_mapping(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "Name,Info\nAnna Berg,CEO\n", chosen={"role": "Info"})
    store.undo()
    assert kept(store) == []
    taken(store, tmp_path, "Name,Info\nAnna Berg,CEO\n", chosen={"role": "Info"})
    assert len(kept(store)) == 1


def test_a_mapping_is_kept_and_forgotten_by_hand_and_both_can_be_undone(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "Name,Info\nAnna Berg,CEO\n", chosen={"role": "Info"})
    plan = Plan(store, "contact", tmp_path / "people.csv", ImportOptions())
    assert plan.kept is not None
    store.run(imports.forget_mapping, plan.kept.id)
    assert kept(store) == []
    store.undo()
    assert len(kept(store)) == 1
    store.run(imports.keep_mapping, "contact", "abc", "By hand", '{"Info": "department"}', "dmy")
    store.run(imports.keep_mapping, "contact", "abc", "By hand", '{"Info": "role"}')
    assert ("By hand", {"Info": "role"}, None) in kept(store)
    store.undo()
    assert ("By hand", {"Info": "department"}, "dmy") in kept(store)


def test_a_field_that_is_gone_is_guessed_anew(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path, "Name,Info\nAnna Berg,CEO\n")
    plan = Plan(store, "contact", path, ImportOptions(chosen={"role": "Info"}))
    from crmdesk.exchange.columns.kept import fingerprint

    store.run(imports.keep_mapping, "contact", fingerprint(plan.table), "old", '{"name": "name", "info": "shoe_size"}')
    assert [str(column.target) for column in Plan(store, "contact", path, ImportOptions()).layout.columns] == ["name", "None"]


def test_who_may_not_keep_mappings_imports_without(store: Store, tmp_path: Path) -> None:
    store.act_as("sales")
    taken(store, tmp_path, "Name,Info\nAnna Berg,CEO\n", chosen={"role": "Info"})
    assert len(kept(store)) == 1
    store.undo()
    store.act_as("read_only")
    with pytest.raises(NotAllowed):
        store.run(imports.keep_mapping, "contact", "abc", "x", "{}")


# ---- columns that fit nothing ----


def test_a_column_that_fits_nothing_becomes_a_field_with_the_import(store: Store, tmp_path: Path) -> None:
    text = "Name,Shoe size,Nickname of cat,Seen\nAnna Berg,42,Minka,2026-01-02\n"
    result = taken(store, tmp_path, text, own_fields=("shoe size", "Seen"))
    assert (result.added, result.unused) == (1, ("Nickname of cat",))
    assert rows(store, "SELECT name, label, kind, about FROM custom_field ORDER BY position") == [
        ("shoe_size", "Shoe size", "integer", "contact"),
        ("seen", "Seen", "date", "contact"),
    ]
    with store.read() as reader:
        assert record(reader, "contact", find_one(reader, "contact", "Anna Berg"))["shoe_size"] == 42
    again = taken(store, tmp_path, text.replace("Anna", "Bob"))
    assert again.unused == ("Nickname of cat",)
    store.undo()
    store.undo()
    assert rows(store, "SELECT count(*) FROM custom_field WHERE deleted_at IS NULL") == [(0,)]


def test_all_columns_that_fit_nothing_become_fields_at_once(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "Name,Shoe size,Cat\nAnna Berg,42,Minka\n", own_fields=("*",))
    assert result.unused == ()
    assert rows(store, "SELECT label FROM custom_field ORDER BY position") == [("Shoe size",), ("Cat",)]
