"""What a role may not read is masked wherever it would be shown, and nothing gives it away."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlcipher3.dbapi2 import OperationalError

from crmdesk.errors import NotAllowed
from crmdesk.exchange.out.exporting import ExportOptions, export_records
from crmdesk.models.base import ENTITIES
from crmdesk.operations import records
from crmdesk.queries import caller, company, contact, timeline
from crmdesk.queries import records as asked
from crmdesk.queries.about import listed
from crmdesk.queries.history import history
from crmdesk.queries.search import search
from crmdesk.store.masks import mask_text, masked_fields
from crmdesk.store.rights import READS, ROLES, SENSITIVITIES, WRITES
from crmdesk.store.verify import verify

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from crmdesk.store import Store

SECRETS = ("13812345678", "138 1234 5678", "+8613812345678", "0074321", "wang.xiaoming", "anna@alfreds", "Obere Str", "1979-05-03", "wxid_anna")


@pytest.fixture
def people(store: Store) -> dict[str, UUID]:
    firm = store.run(
        records.add,
        "company",
        {"name": "Alfreds Futterkiste", "phone": "030 0074321", "address": "Obere Str. 57\n12209 Berlin", "email": "anna@alfreds.example"},
    )
    anna = store.run(
        records.add,
        "contact",
        {"name": "Anna Berg", "company": str(firm), "email": "anna@alfreds.example", "birthday": "1979-05-03", "handle": "wxid_anna", "phone": "030 0074321"},
    )
    wang = store.run(records.add, "contact", {"name": "王小明", "phone": "+86 138 1234 5678", "email": "wang.xiaoming@example.cn"})
    product = store.run(records.add, "product", {"name": "Box", "code": "B1", "price": "10.00", "cost": "7.77"})
    store.run(records.edit, "contact", [anna], {"birthday": "1980-06-04"})
    store.run(records.edit, "contact", [anna], {"birthday": "1979-05-03", "phone": "030 0074322"})
    return {"firm": firm, "anna": anna, "wang": wang, "product": product}


def said(store: Store, people: dict[str, UUID]) -> dict[str, str]:
    """Everything that queries say about the people, as text."""
    found: dict[str, Any] = {}
    with store.read() as reader:
        found["show"] = [
            asked.record(reader, "contact", people["anna"]),
            asked.record(reader, "contact", people["wang"]),
            asked.record(reader, "company", people["firm"]),
        ]
        found["list"] = [listed(reader, entity, [], None, [], 50, []) for entity in ("company", "contact", "product")]
        found["search"] = [repr(search(reader, text)) for text in ("anna", "alfreds", "王")]
        found["history"] = [repr(history(reader, "contact", people[name])) for name in ("anna", "wang")]
        found["timeline"] = repr(timeline.timeline(reader, contact_id=people["anna"]))
        found["pages"] = repr(company.page(reader, people["firm"])) + repr(contact.page(reader, people["anna"]))
        found["parts"] = [reader.rows(f'SELECT * FROM "{part}"') for part in ("phone", "email", "handle", "address")]
        found["journal"] = reader.rows("SELECT changes FROM journal")
    return {name: json.dumps(value, default=str, ensure_ascii=False) for name, value in found.items()}


def test_an_owner_reads_everything_and_a_reader_only_what_is_masked(store: Store, people: dict[str, UUID]) -> None:
    whole = "".join(said(store, people).values())
    assert all(secret in whole for secret in ("0074321", "wang.xiaoming", "1979-05-03", "Obere Str"))
    store.act_as("read_only")
    for place, text in said(store, people).items():
        assert not [secret for secret in SECRETS if secret in text], place
    shown = said(store, people)["show"]
    assert "138****5678" in shown
    assert "w***@example.cn" in shown
    assert "Anna Berg" in shown
    with store.read() as reader:
        assert asked.record(reader, "contact", people["anna"])["masked"] == ["birthday", "phone", "email", "handle", "address"]
    store.act_as(None)
    assert "".join(said(store, people).values()) == whole


def test_masked_values_can_not_be_guessed_by_searching_filtering_or_sorting(store: Store, people: dict[str, UUID]) -> None:
    with store.read() as reader:
        assert {hit.id for hit in search(reader, "1381234", related=False)} == {people["wang"]}
        assert search(reader, "xiaoming", related=False)
    store.act_as("read_only")
    with store.read() as reader:
        assert search(reader, "1381234") == []
        assert [hit.id for hit in search(reader, "wang.xiaoming@example.cn", related=False)] == []
        assert search(reader, "obere", related=False) == []
        assert caller.who_is(reader, "+8613812345678").contact is None
        for condition in ("phone ~ 1234567", "phone = +8613812345678", "email = wang.xiaoming@example.cn", "birthday = 1979-05-03", "birthday < 1990-01-01"):
            assert listed(reader, "contact", [condition], None, [], 50, [])["total"] == 0, condition
        assert listed(reader, "contact", ["name = 王小明"], None, ["phone", "-email"], 50, [])["total"] == 1
        assert [hit.id for hit in search(reader, "wang", related=False)] == [people["wang"]]


def test_cost_is_for_those_who_reckon_with_it(store: Store, people: dict[str, UUID], tmp_path: Path) -> None:
    store.act_as("sales")
    with store.read() as reader:
        found = asked.record(reader, "product", people["product"])
        assert (found["cost"], found["price"]["amount"], found["masked"]) == (None, "10.00", ["cost"])
        assert asked.record(reader, "contact", people["wang"])["phone"][0]["value"] == "+86 138 1234 5678"
    out = tmp_path / "products.csv"
    export_records(store, "product", out, ExportOptions())
    assert "7.77" not in out.read_text(encoding="utf-8-sig")
    store.act_as("finance")
    with store.read() as reader:
        assert asked.record(reader, "product", people["product"])["cost"]["amount"] == "7.77"


def test_a_reader_exports_nothing(store: Store, people: dict[str, UUID], tmp_path: Path) -> None:
    store.act_as("read_only")
    with pytest.raises(NotAllowed):
        export_records(store, "contact", tmp_path / "contacts.csv", ExportOptions())
    assert list(tmp_path.glob("contacts*")) == []


@pytest.mark.parametrize("role", ROLES)
def test_nobody_may_write_what_they_read_masked(role: str) -> None:
    """Else the mask of a value could be saved in its place."""
    hidden = SENSITIVITIES - READS[role]
    for name, cls in ENTITIES.items():
        if masked_fields(cls, hidden):
            assert not {name, *cls.entity.owned_by} & WRITES[role], name


def test_masks_leave_the_store_itself_alone(store: Store, people: dict[str, UUID]) -> None:
    store.act_as("read_only")
    with store.read() as reader:
        assert asked.record(reader, "contact", people["wang"])["phone"][0]["value"] == "138****5678"
    assert verify(store, deep=True) == []
    store.act_as(None)
    store.run(records.edit, "contact", [people["wang"]], {"role": "Buyer"})
    with store.read() as reader:
        assert asked.record(reader, "contact", people["wang"])["phone"][0]["value"] == "+86 138 1234 5678"


@pytest.mark.parametrize(
    ("entity", "text", "international", "masked"),
    [
        ("phone", "+86 138 1234 5678", "+8613812345678", "138****5678"), ("phone", "030 0074321", "+49300074321", "+49****4321"), ("phone", "110", None, "****"),
        ("phone", "555-123", None, "****"), ("email", "anna@example.com", None, "a***@example.com"), ("handle", "wxid", None, "w***"), ("address", "Hauptstr. 1", None, "H***"),
        ("phone", None, None, None), ("email", "", None, ""),
    ],
)  # fmt: skip
def test_how_values_are_masked(entity: str, text: str | None, international: str | None, masked: str | None) -> None:
    assert mask_text(entity, text, international) == masked


def test_who_reads_masked_reads_nothing_where_masks_can_not_be_put_on(store: Store, people: dict[str, UUID]) -> None:
    with store.writer_alone() as writer:
        writer.execute("PRAGMA legacy_alter_table = ON")
        writer.execute('ALTER TABLE "product" RENAME TO "lost"')
    store.act_as("read_only")
    for _ in range(2):
        with pytest.raises(OperationalError), store.read() as reader:
            reader.rows("SELECT number FROM phone")
