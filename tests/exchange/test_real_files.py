"""Real files through the ordinary import; what must come out stands in the data's own README."""

from __future__ import annotations

import csv
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.errors import UserError
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.models.phones import parse
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
    rejects = tmp_path / f"{path.stem}-{entity}-rejected{'.xlsx' if path.suffix == '.xlsx' else '.csv'}"
    return import_file(store, entity, path, ImportOptions(rejects=rejects, **options))


def test_a_sales_pipeline_of_8800_deals(store: Store, tmp_path: Path, shared_data: Path) -> None:
    folder = shared_data / "01_pipeline" / "maven_crm"
    for entity, name, count in (("member", "sales_teams", 35), ("company", "accounts", 85), ("product", "products", 7), ("deal", "sales_pipeline", 8_800)):
        result = taken(store, tmp_path, entity, folder / f"{name}.csv")
        assert (result.read, result.added, result.rejected) == (count, count, 0)
    assert result.created == {"stage": 2}  # every product, company and agent was found, “GTXPro” as “GTX Pro”
    stages = dict(rows(store, "SELECT s.name, count(*) FROM deal d JOIN stage s ON s.id = d.stage_id WHERE d.deleted_at IS NULL GROUP BY s.id"))
    assert stages == {"Won": 4_238, "Lost": 2_473, "Engaging": 1_589, "Prospecting": 500}
    assert rows(
        store, "SELECT sum(d.amount), count(d.closed_on), count(d.expected_close_on) FROM deal d JOIN stage s ON s.id = d.stage_id WHERE s.outcome = 'won'"
    ) == [(1_000_553_400, 4_238, 0)]
    assert rows(store, "SELECT count(*) FROM deal WHERE company_id IS NULL UNION ALL SELECT count(*) FROM deal WHERE opened_on IS NULL") == [(1_425,), (500,)]
    assert rows(store, "SELECT count(*) FROM company c JOIN company p ON p.id = c.parent_id") == [(15,)]
    days = "SELECT round(avg(julianday(d.closed_on) - julianday(d.opened_on)), 1) FROM deal d JOIN stage s ON s.id = d.stage_id WHERE s.outcome = "
    assert rows(store, f"{days}'won'") + rows(store, f"{days}'lost'") == [(51.8,), (41.5,)]


def test_the_pipeline_alone_makes_what_it_refers_to(store: Store, tmp_path: Path, shared_data: Path) -> None:
    result = taken(store, tmp_path, "deal", shared_data / "01_pipeline" / "maven_crm" / "sales_pipeline.csv")
    assert (result.added, result.rejected, result.created) == (8_800, 0, {"company": 85, "member": 30, "product": 7, "stage": 2})
    store.undo()
    assert rows(store, "SELECT count(*) FROM deal WHERE deleted_at IS NULL UNION ALL SELECT count(*) FROM company WHERE deleted_at IS NULL") == [(0,), (0,)]


def test_830_orders_with_2155_lines(store: Store, tmp_path: Path, shared_data: Path) -> None:
    folder = shared_data / "02_orders" / "northwind_csv"
    for entity, name, count in (
        ("member", "employees", 9),
        ("company", "customers", 91),
        ("product", "products", 77),
        ("quote", "orders", 830),
        ("quote_line", "order_details", 2_155),
    ):
        result = taken(store, tmp_path, entity, folder / f"{name}.csv")
        assert (result.read, result.added, result.rejected) == (count, count, 0)
    assert rows(store, "SELECT count(*), min(date), max(date), count(DISTINCT number), count(company_id), count(owner_id) FROM quote WHERE status = 'accepted'") == [
        (830, "1996-07-04", "1998-05-06", 830, 830, 830)
    ]  # fmt: skip
    (net,) = rows(store, "SELECT sum(net) FROM quote")[0]
    # Revenue net of discount is 1,265,793.04 when nothing is rounded. A document has cents: each line's discount is rounded by itself (EN 16931),
    # so the documents differ by the sum of what the lines' roundings took, and by nothing else.
    with (folder / "order_details.csv").open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    exact, rounded = Decimal(0), Decimal(0)
    for line in lines:
        gross, share = Decimal(line["unit_price"]) * Decimal(line["quantity"]), Decimal(line["discount"])
        exact += gross * (1 - share)
        rounded += (gross * share).quantize(Decimal("0.01"), ROUND_HALF_UP) - gross * share
    assert exact.quantize(Decimal("0.01")) == Decimal("1265793.04")
    assert Decimal(net) / 100 == exact - rounded == Decimal("1265792.76")
    assert rows(store, "SELECT count(*) FROM contact") == [(91,)]
    assert verify(store) == []


def test_8469_tickets_with_their_customers(store: Store, tmp_path: Path, shared_data: Path) -> None:
    result = taken(store, tmp_path, "ticket", shared_data / "08_tickets" / "customer_support_tickets.csv")
    assert (result.read, result.added, result.rejected) == (8_469, 8_469, 0)
    assert dict(rows(store, "SELECT status, count(*) FROM ticket GROUP BY 1")) == {"waiting": 2_881, "open": 2_819, "closed": 2_769}
    assert rows(store, "SELECT round(avg(csat), 2), count(csat) FROM ticket") == [(2.99, 2_769)]
    early = rows(store, "SELECT count(*) FROM ticket WHERE resolved_at < first_replied_at AND status = 'closed'")[0][0]
    assert round(early / 2_769, 3) == 0.493
    assert result.notes == (
        f"{early:,} tickets were resolved before the first reply, as the file has it.",
        "Switched on, so that what came in is found: Tickets.",
    )
    assert rows(store, "SELECT count(*) FROM message") == [(8_469,)]


# What each file of other programs must become: imported, skipped as known, rejected, made beside.
CONTACT_FILES = {
    "google_contacts_2024_format.csv": ("contact", 7, 0, 0, {"company": 6, "tag": 4}),  # ACME Ltd stands alone: a company
    "google_contacts_old_format.csv": ("contact", 4, 0, 0, {"company": 2, "tag": 2}),
    "hubspot_companies.csv": ("company", 3, 0, 0, {"member": 2}),
    "hubspot_contacts.csv": ("contact", 3, 1, 1, {"company": 2, "member": 1}),  # 104 has the mail of 101, 103 is nobody
    "linkedin_connections.csv": ("contact", 3, 0, 1, {"company": 3}),  # the last row has a date only
    "odoo_res.partner.csv": ("contact", 4, 0, 0, {"company": 2}),
    "outlook_desktop_de.csv": ("contact", 2, 0, 0, {"company": 1, "tag": 2}),
    "outlook_desktop_en.csv": ("contact", 2, 0, 0, {"company": 3, "tag": 2}),
    "pipedrive_people.csv": ("contact", 2, 0, 0, {"company": 2, "member": 1, "tag": 1}),
    "pipedrive_sample_import.csv": ("contact", 2, 0, 0, {"company": 2}),
    "salesforce_report_contacts.csv": ("contact", 3, 0, 0, {"company": 3, "member": 1}),  # the footer is no data
    "zoho_leads.csv": ("lead", 2, 0, 0, {"member": 2, "tag": 2}),
    "contacts_typed_cells.xlsx": ("contact", 4, 0, 0, {"company": 3}),
    "roundcube_fixtures/tb_plain.csv": ("contact", 1, 0, 0, {"company": 1}),
    "roundcube_fixtures/gmail.csv": ("contact", 1, 0, 0, {"company": 1, "tag": 2}),
}


@pytest.mark.parametrize("name", CONTACT_FILES)
def test_contact_files_of_other_programs(store: Store, tmp_path: Path, shared_data: Path, name: str) -> None:
    entity, added, skipped, rejected, created = CONTACT_FILES[name]
    result = taken(store, tmp_path, entity, shared_data / "06_contact_csv" / name)
    assert (result.added, result.skipped, result.rejected, result.created) == (added, skipped, rejected, created)
    phones = rows(store, "SELECT number, ifnull(region, 'DE'), e164, extension FROM phone")
    assert all((e164, extension) == parse(number, region) for number, region, e164, extension in phones)


def test_every_contact_file_is_covered(shared_data: Path) -> None:
    folder = shared_data / "06_contact_csv"
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.suffix in {".csv", ".xlsx"}} == set(CONTACT_FILES)


def test_cells_of_an_outlook_export_arrive_where_they_belong(store: Store, tmp_path: Path, shared_data: Path) -> None:
    taken(store, tmp_path, "contact", shared_data / "06_contact_csv" / "outlook_desktop_en.csv")
    sql = "SELECT t.given_name, t.family_name, t.salutation, t.role, t.department, t.birthday, c.name FROM contact t JOIN company c ON c.id = t.company_id ORDER BY t.id"
    assert rows(store, sql)[0] == ("John Q.", "Public III", "mr", "Buyer", "Purchasing", "1976-07-04", "Contoso, Ltd.")
    assert rows(store, "SELECT address FROM email ORDER BY id") == [("john.public@example.com",), ("renee.dupont@example.fr",)]
    assert rows(store, "SELECT p.label, p.e164, p.extension FROM phone p JOIN company c ON c.id = p.company_id ORDER BY p.position") == [
        ("work", "+498931760", "12"), ("main", "+4930123456", None)
    ]  # fmt: skip


def test_roundcubes_stated_result_equals_ours(store: Store, tmp_path: Path, shared_data: Path) -> None:
    folder = shared_data / "06_contact_csv" / "roundcube_fixtures"
    taken(store, tmp_path, "contact", folder / "gmail.csv")
    stated = (folder / "gmail.vcf").read_text(encoding="utf-8")
    mails = rows(store, "SELECT address FROM email ORDER BY position")
    assert [line.partition(":")[2] for line in stated.splitlines() if line.startswith("EMAIL")] == [mail for (mail,) in mails]
    phones = rows(store, "SELECT number FROM phone ORDER BY position")
    assert [line.partition(":")[2] for line in stated.splitlines() if line.startswith("TEL")] == [phone for (phone,) in phones]
    assert rows(store, "SELECT label, street, city, state, postal_code, country FROM address ORDER BY position") == [
        ("home", "home_street\nhome_pobox", "home_city", "home_state", "home_zip", "home_country"), ("work", "work_street", "work_city", None, "work_zip", "work_country"),
    ]  # fmt: skip
    assert rows(store, "SELECT birthday, role FROM contact") == [("1975-12-12", "jobtitle")]


def test_letters_of_the_east_survive(store: Store, tmp_path: Path, shared_data: Path) -> None:
    folder = shared_data / "09_nasty_files" / "encodings"
    for name in ("names_CN_gb18030.csv", "names_RU_windows-1251.csv", "names_AE_windows-1256.csv"):
        result = taken(store, tmp_path, "contact", folder / name, region=name[6:8])
        assert result.rejected == 0
    assert rows(store, "SELECT count(*) FROM contact WHERE name GLOB '*[?]*' OR name LIKE '%\ufffd%'") == [(0,)]


def test_injected_formulas_are_kept_as_texts(store: Store, tmp_path: Path, shared_data: Path) -> None:
    result = taken(store, tmp_path, "contact", shared_data / "09_nasty_files" / "formula_injection_contacts.csv")
    assert (result.read, result.rejected) == (9, 0)
    assert ("=10+20+cmd|' /C calc'!A0",) in rows(store, "SELECT text FROM memo")


def test_no_file_crashes_the_importer(store: Store, shared_data: Path) -> None:
    """Every table there is, taken for people and for deals: imported, rejected row by row, or refused in one line."""
    endings = {".csv", ".xlsx", ".xls", ".ods", ".txt", ".json", ".msg", ".sqlite"}
    files = [path for path in sorted(shared_data.rglob("*")) if path.suffix.lower() in endings and path.stat().st_size < 300_000]
    assert len(files) > 150
    for path in files:
        for entity in ("contact", "deal"):
            try:
                result = import_file(store, entity, path, ImportOptions(dry_run=True))
            except UserError as refused:
                assert "\n" not in str(refused), path.name
            else:
                companies = result.created.get("company", 0) if entity == "contact" else 0  # a row without a person becomes a company
                assert 0 <= result.read - result.added - result.skipped - result.rejected <= companies, path.name
