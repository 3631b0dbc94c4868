"""Real files imported twice: the second time nothing is made, and what changed is changed."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.exchange.columns.mapping import suggest_entity
from crmdesk.exchange.files.reading import open_table
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.preview import preview
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.queries import reports
from crmdesk.store.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store

pytestmark = pytest.mark.shared


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return reader.rows(sql)


def taken(store: Store, tmp_path: Path, entity: str, path: Path, **options: Any) -> ImportResult:
    return import_file(store, entity, path, ImportOptions(rejects=tmp_path / f"{path.stem}-{len(list(tmp_path.iterdir()))}.csv", **options))


FILES = [
    ("company", "01_pipeline/salesforce_dataloader/accountData.csv", 423), ("deal", "01_pipeline/salesforce_dataloader/opportunityData.csv", 38),
    ("company", "01_pipeline/sp500_companies.csv", 503), ("deal", "01_pipeline/maven_crm/sales_pipeline.csv", 8_800), ("product", "02_orders/northwind_csv/products.csv", 77),
    ("company", "02_orders/northwind_csv/suppliers.csv", 29), ("quote", "02_orders/northwind_csv/orders.csv", 830), ("ticket", "08_tickets/customer_support_tickets.csv", 8_469),
    ("contact", "06_contact_csv/google_contacts_2024_format.csv", 8), ("contact", "06_contact_csv/salesforce_report_contacts.csv", 3), ("lead", "06_contact_csv/zoho_leads.csv", 2),
    ("contact", "06_contact_csv/pipedrive_people.csv", 2),
]  # fmt: skip


@pytest.mark.parametrize(("entity", "name", "count"), FILES, ids=lambda value: str(value).rpartition("/")[2])
def test_the_second_import_of_a_file_makes_nothing(store: Store, tmp_path: Path, shared_data: Path, entity: str, name: str, count: int) -> None:
    first = taken(store, tmp_path, entity, shared_data / name)
    assert first.read == count
    before = rows(store, f"SELECT count(*), count(DISTINCT external_id) FROM {entity} WHERE deleted_at IS NULL")
    for mode in ("skip", "fill"):
        again = taken(store, tmp_path, entity, shared_data / name, on_duplicate=mode)
        assert (again.added, again.rejected, again.created) == (0, first.rejected, {}), again.problems[:3]
        assert again.updated == 0, mode
        assert rows(store, f"SELECT count(*), count(DISTINCT external_id) FROM {entity} WHERE deleted_at IS NULL") == before
    assert verify(store) == []


@pytest.mark.parametrize(("entity", "name", "count"), FILES, ids=lambda value: str(value).rpartition("/")[2])
def test_what_the_rows_are_is_told_by_the_columns(shared_data: Path, entity: str, name: str, count: int) -> None:
    assert suggest_entity(open_table(shared_data / name)) == entity


def test_a_changed_deal_is_found_by_its_id_and_changed(store: Store, tmp_path: Path, shared_data: Path) -> None:
    source = shared_data / "01_pipeline" / "maven_crm" / "sales_pipeline.csv"
    taken(store, tmp_path, "deal", source)
    with source.open(encoding="utf-8", newline="") as file:
        deals = list(csv.DictReader(file))
    changed = [dict(deal, close_value=str(int(float(deal["close_value"])) + 1)) for deal in deals if deal["deal_stage"] == "Won"][:100]
    path = tmp_path / "sales_pipeline.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(deals[0]))
        writer.writeheader()
        writer.writerows(changed)
    seen = preview(store, "deal", path, ImportOptions(on_duplicate="overwrite"), whole=True)
    assert (seen.added, seen.updated, {len(row.changes) for row in seen.rows}, {row.why for row in seen.rows}) == (
        0,
        100,
        {1},
        {"the same id in the other program"},
    )
    result = taken(store, tmp_path, "deal", path, on_duplicate="overwrite", match=("external_id",))
    assert (result.added, result.updated) == (0, 100)
    total = rows(store, "SELECT sum(d.amount) FROM deal d JOIN stage s ON s.id = d.stage_id WHERE s.outcome = 'won' AND d.deleted_at IS NULL")
    assert total == [(1_000_553_400 + 100 * 100,)]
    store.undo()
    assert rows(store, "SELECT sum(d.amount) FROM deal d JOIN stage s ON s.id = d.stage_id WHERE s.outcome = 'won' AND d.deleted_at IS NULL") == [
        (1_000_553_400,)
    ]


def test_tickets_that_were_resolved_before_the_first_reply_are_flagged_and_no_time_is_negative(store: Store, tmp_path: Path, shared_data: Path) -> None:
    result = taken(store, tmp_path, "ticket", shared_data / "08_tickets" / "customer_support_tickets.csv")
    assert [note for note in result.notes if "resolved before the first reply" in note]
    assert rows(
        store, "SELECT count(*) FROM ticket WHERE resolved_at < opened_at OR closed_at < opened_at OR first_replied_at < opened_at OR waited_minutes < 0"
    ) == [(0,)]
    with store.read() as reader:
        figures = [figure.value for row in reports.run(reader, "tickets").rows for figure in row[1:]]
    assert all(not isinstance(value, int | float) or value >= 0 for value in figures)


def test_orders_and_their_lines_come_again_without_doubling(store: Store, tmp_path: Path, shared_data: Path) -> None:
    folder = shared_data / "02_orders" / "northwind_csv"
    for entity, name in (("company", "customers"), ("product", "products"), ("quote", "orders"), ("quote_line", "order_details")):
        taken(store, tmp_path, entity, folder / f"{name}.csv")
    before = rows(store, "SELECT count(*), sum(net) FROM quote")
    again = taken(store, tmp_path, "quote", folder / "orders.csv", on_duplicate="overwrite")
    assert (again.added, again.created) == (0, {})
    assert rows(store, "SELECT count(*), sum(net) FROM quote") == before
