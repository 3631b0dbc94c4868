"""Lower roles on the command line: what they may not do ends with 5, what they may not see is not there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Program


@pytest.fixture
def shared(crm: Program) -> Program:
    """A store in which somebody else has a company with everything on it."""
    crm("add", "member", "name=Tom Stein")
    crm("add", "company", "name=Mine", "phone=030 0074321")
    crm("add", "company", "name=Theirs", "phone=030 0074322", "email=a@theirs.example", "note=Secret plan", "tags=vip", "city=Graz", "owner=Tom Stein")
    crm("add", "product", "name=Box", "tags=new")
    crm("add", "deal", "name=Their deal", "company=Theirs", "owner=Tom Stein")
    crm("add", "deal_product", "deal=Their deal", "product=Box")
    crm("add", "ticket", "subject=Their alarm", "company=Theirs", "owner=Tom Stein")
    crm("add", "message", "ticket=Their alarm", "body=It rings")
    return crm


def test_who_sees_only_their_own_claims_leads_from_the_pool_and_sees_no_claimed_ones_of_others(shared: Program) -> None:
    shared("add", "lead", "family_name=Pooled", "phone=030 0074323")
    shared("add", "lead", "family_name=Taken", "phone=030 0074324", "owner=Tom Stein")
    taken = shared("list", "lead", "--where", "name = Taken")["rows"][0]["id"]
    assert shared("--as", "own_ones", "add", "lead", "family_name=Fresh")["owner"] is None
    assert {row["name"] for row in shared("--as", "own_ones", "list", "lead")["rows"]} == {"Pooled", "Fresh"}
    assert [hit["title"] for hit in shared("--as", "own_ones", "search", "Pooled")] == ["Pooled"]
    assert shared("--as", "own_ones", "search", "Taken") == []
    assert shared("--as", "own_ones", "list", "phone", "--where", "lead notempty")["total"] == 1
    shared("--as", "own_ones", "lead", "claim", taken, code=4)
    assert shared("--as", "own_ones", "lead", "claim", "Pooled")["status"] == "working"
    shared("--as", "own_ones", "lead", "return", "Pooled")
    assert shared("--as", "own_ones", "lead", "convert", "Pooled")["contact"]["name"] == "Pooled"


def test_who_sees_only_their_own_sees_no_parts_and_files_of_others(shared: Program, tmp_path: Path) -> None:
    file = tmp_path / "plan.txt"
    file.write_text("plan")
    shared("attach", "company", "Theirs", file)
    shared("attach", "product", "Box", file)
    for entity, seen in (("phone", 1), ("email", 0), ("address", 0), ("memo", 0), ("message", 0), ("deal_product", 0), ("record_tag", 1), ("attachment", 1)):
        assert shared("--as", "own-ones", "list", entity)["total"] == seen, entity
    phone = next(row for row in shared("list", "phone")["rows"] if row["company"]["title"] == "Theirs")
    shared("--as", "own_ones", "show", "phone", phone["id"], code=4)
    assert shared("--as", "manager", "list", "phone")["total"] == 2


def test_who_sees_only_their_own_finds_nothing_of_others_in_the_bin_and_in_the_trail(shared: Program) -> None:
    shared("delete", "company", "Theirs", "Mine")
    shared("undo")
    shared("delete", "company", "Theirs")
    shared("delete", "company", "Mine")
    assert [item["title"] for item in shared("--as", "own_ones", "trash", "list")] == ["Mine"]
    shared("--as", "own_ones", "trash", "restore", "company", "Theirs", code=4)
    assert shared("--as", "own_ones", "trash", "restore", "company", "Mine")["name"] == "Mine"
    assert {entry["member"] for entry in shared("--as", "own_ones", "audit")} == {"Maria Becker"}


def test_a_copy_to_another_place_takes_the_right_to_export(crm: Program, tmp_path: Path) -> None:
    for role in ("read_only", "own_ones"):
        crm("--as", role, "backup", tmp_path / "copy.crmdesk", code=5)
        assert crm("--as", role, "backup")["verified"]
    assert list(tmp_path.glob("copy*")) == []
    assert crm("--as", "sales", "backup", tmp_path / "copy.crmdesk")["verified"]


def test_a_store_is_replaced_by_its_owner_only(crm: Program, tmp_path: Path) -> None:
    copy = crm("backup", tmp_path / "copy.crmdesk")["file"]
    crm("--as", "manager", "restore", copy, crm.store, "--force", code=5)
    crm("--as", "sales", "restore", copy, tmp_path / "new.crmdesk", code=5)
    assert not (tmp_path / "new.crmdesk").exists()
    crm("--as", "owner", "restore", copy, tmp_path / "new.crmdesk")


def test_a_pdf_that_can_not_be_masked_stays_inside(crm: Program, tmp_path: Path) -> None:
    document = tmp_path / "quote.json"
    document.write_text(json.dumps({"currency": "EUR", "lines": [{"description": "Box", "quantity": "1", "unit_price": "5", "tax_rate": "19"}]}))
    number = crm("quote", "issue", crm("quote", "add", document)["id"])["number"]
    crm("--as", "read_only", "quote", "pdf", number, tmp_path / "q.pdf", code=5)
    assert not (tmp_path / "q.pdf").exists()
    assert crm("undo")["undone"] == f"Issue quote: {number}"
    crm("redo")
    crm("--as", "own_ones", "quote", "pdf", crm("list", "quote")["rows"][0]["number"], tmp_path / "q.pdf")
    crm("undo", code=4)


def test_nobody_gives_a_higher_role_than_their_own(shared: Program, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("Name,Role\nEve,owner\n", encoding="utf-8")
    for words in (("add", "member", "name=Eve", "role=owner"), ("set", "member", "Tom Stein", "role=owner"), ("import", "member", people)):
        assert "higher role than their own: Store owner" in shared("--as", "manager", *words, code=5)
    assert shared("--as", "manager", "add", "member", "name=Eve", "role=manager")["role"] == "manager"
    assert shared("set", "member", "Eve", "role=owner")["role"] == "owner"
    assert shared("--as", "manager", "set", "member", "Eve", "region=North")["role"] == "owner"


def test_a_new_passphrase_is_asked_only_of_who_may_change_it(shared: Program) -> None:
    shared("--as", "manager", "passphrase", "change", code=5)
    assert "CRMDESK_NEW_PASSPHRASE" in shared("passphrase", "change", code=4)


def test_whom_the_store_belongs_to_stays_its_active_owner(crm: Program, tmp_path: Path) -> None:
    owner = crm("list", "member")["rows"][0]
    people = tmp_path / "people.csv"
    people.write_text(f"Name,Role,Active\n{owner['name']},sales,no\n", encoding="utf-8")
    for words in (
        ("set", "member", owner["id"], "role=sales"), ("set", "member", owner["id"], "is_active=no"), ("delete", "member", owner["id"]),
        ("import", "member", people, "--on-duplicate", "overwrite"),
    ):  # fmt: skip
        assert "belongs to this member" in crm(*words, code=4)
    crm("--as", "manager", "set", "member", owner["id"], "region=North")
    assert crm("show", "member", owner["id"])["role"] == "owner"
