"""Products and people of deals and messages of tickets: files of their own, known again, put to the right one of several deals of one name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from crmdesk.exchange.importing import import_file
from crmdesk.exchange.out.exporting import ExportOptions, export_records
from crmdesk.exchange.rows.plan import ImportOptions, Plan
from crmdesk.i18n import speaking
from crmdesk.operations import deals, records, tickets
from crmdesk.queries.records import ids, record

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store

ENTRIES = ("deal_product", "deal_contact", "message")
WHOLE = {
    "deal_product": "deal_id, product_id, quantity, unit_price, position", "deal_contact": "deal_id, contact_id, role, position", "message": "ticket_id, kind, body, at, position"
}  # fmt: skip


def filled(store: Store) -> dict[str, UUID]:
    """Make two deals, two people and two tickets that are called the same."""
    box = store.run(records.add, "product", {"name": "Box", "code": "B-1", "price": "5 EUR"})
    made: dict[str, UUID] = {"box": box}
    for name in ("first", "second"):
        made[name] = store.run(records.add, "deal", {"name": "Rollers", "contact": store.run(records.add, "contact", {"name": f"Buyer {name.title()}"})})
        made[f"{name} person"] = store.run(records.add, "contact", {"name": "Anna Berg"})
        store.run(deals.add_product, made[name], box)
        store.run(deals.add_person, made[name], made[f"{name} person"], "pays")
        made[f"{name} ticket"] = store.run(tickets.open_ticket, "Question", message=f"{name} one")
        store.run(tickets.reply, made[f"{name} ticket"], "Here is the answer.\n\nRegards")
    store.run(deals.add_product, made["first"], box)
    return made


def stored(store: Store, entity: str) -> list[dict[str, Any]]:
    with store.read() as reader:
        found = [record(reader, entity, UUID(bytes=key)) for key in ids(reader, entity)]
    return [{name: value for name, value in values.items() if name not in {"id", "source"}} for values in found]


def taken(store: Store, folder: Path, entity: str, text: str, **options: Any) -> ImportResult:
    path = folder / "entries.csv"
    path.write_text(text, encoding="utf-8")
    return import_file(store, entity, path, ImportOptions(**options))


@pytest.mark.parametrize("on_duplicate", ["skip", "overwrite"])
@pytest.mark.parametrize("language", ["en", "de", "zh"])
@pytest.mark.parametrize(("ending", "for_programs"), [(".json", False), (".csv", True), (".csv", False), (".xlsx", False)])
def test_entries_that_come_back_are_known(store: Store, tmp_path: Path, ending: str, for_programs: bool, language: str, on_duplicate: str) -> None:
    filled(store)
    with speaking(language):
        for entity in ENTRIES:
            before = stored(store, entity)
            path = tmp_path / f"{entity}{ending}"
            export_records(store, entity, path, ExportOptions(for_programs=for_programs))
            result = import_file(store, entity, path, ImportOptions(dates="ymd", on_duplicate=on_duplicate))
            assert (result.added, result.rejected, [problem.reason for problem in result.problems]) == (0, 0, []), entity
            if on_duplicate == "skip":
                assert stored(store, entity) == before


@pytest.mark.parametrize("ending", [".json", ".csv"])
def test_entries_find_the_right_one_of_several_deals_and_tickets_of_one_name(store: Store, other: Store, tmp_path: Path, ending: str) -> None:
    filled(store)
    for entity in ("product", "contact", "deal", "ticket", *ENTRIES):
        path = tmp_path / f"{entity}{ending}"
        export_records(store, entity, path, ExportOptions(for_programs=True))
        options = ImportOptions(dates="ymd", on_duplicate="add" if entity in {"contact", "deal"} else "skip")
        assert import_file(other, entity, path, options).rejected == 0
    for entity in ENTRIES:
        with store.read() as reader, other.read() as theirs:
            sql = f"SELECT {WHOLE[entity]} FROM {entity} ORDER BY 1, position"  # noqa: S608
            assert theirs.rows(sql) == reader.rows(sql)


def test_a_changed_amount_of_a_product_is_overwritten_in_its_place(store: Store, tmp_path: Path) -> None:
    filled(store)
    path = tmp_path / "products.csv"
    export_records(store, "deal_product", path, ExportOptions(for_programs=True))
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    at = header.split(",").index("quantity")
    changed = [",".join("7" if place == at else cell for place, cell in enumerate(line.split(","))) for line in lines]
    without_ids = "\n".join(line.partition(",")[2] for line in (header, *changed))
    result = taken(store, tmp_path, "deal_product", without_ids + "\n", on_duplicate="overwrite")
    assert (result.added, result.updated, result.rejected) == (0, 3, 0)
    with store.read() as reader:
        assert reader.rows("SELECT quantity FROM deal_product WHERE deleted_at IS NULL") == [(7_000_000,)] * 3


def test_messages_of_another_program_go_to_its_tickets(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "ticket", "Ticket ID,Subject,Status\n17,Broken,open\n18,Broken,open\n")
    text = "Ticket ID,Created at,Author,Comment\n18,2026-11-20 10:00,,It fell\n18,2026-11-20 11:00,Eva Stern,Send it in\n99,2026-11-20 11:00,,Lost\n"
    result = taken(store, tmp_path, "message", text, dates="ymd")
    assert (result.added, result.rejected) == (2, 1)
    assert "99" in result.problems[0].reason
    assert [(said["kind"], said["body"], said["position"]) for said in stored(store, "message")] == [("in", "It fell", 0), ("out", "Send it in", 1)]
    assert taken(store, tmp_path, "message", text, dates="ymd").added == 0


def test_a_look_at_a_file_of_entries_names_them(store: Store, tmp_path: Path) -> None:
    filled(store)
    for entity, titles in (
        ("deal_product", {"Box"}),
        ("deal_contact", {"Anna Berg"}),
        ("message", {"first one", "second one", "Here is the answer.\n\nRegards"}),
    ):
        path = tmp_path / f"{entity}.csv"
        export_records(store, entity, path, ExportOptions(for_programs=True))
        plan = Plan(store, entity, path, ImportOptions(dates="ymd"))
        plan.watch(10)
        assert list(plan.batches())
        assert {outcome.title for outcome in plan.told.outcomes} == titles
        assert {outcome.sign for outcome in plan.told.outcomes} == {"the same record, exported from here"}


def test_a_file_of_deals_from_elsewhere_still_puts_its_product_on_the_deal(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "deal", "Deal name,Product\nRollers,Box\n")
    assert len(stored(store, "deal_product")) == 1
