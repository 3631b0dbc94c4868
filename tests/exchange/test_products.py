"""Files of other programs are recognised by their columns, and each column goes where it belongs."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.exchange.columns.mapping import guess, suggest_entity
from crmdesk.exchange.columns.products import recognise
from crmdesk.exchange.files.reading import open_table
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from tests.exchange.product_headers import HEADERS

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.exchange.table import Table
    from crmdesk.store import Store


def columns_of(case: tuple[str, str, str]) -> dict[str, str]:
    pairs = (piece.strip().partition(" = ") for piece in HEADERS[case].replace("|\n", "| ").strip().split(" | "))
    return {column: target for column, _, target in pairs}


def write(folder: Path, rows: list[dict[str, str]], columns: list[str]) -> Path:
    path = folder / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def table_of(folder: Path, case: tuple[str, str, str]) -> Table:
    columns = list(columns_of(case))
    return open_table(write(folder, [{columns[0]: "anna@example.com"}], columns))


@pytest.mark.parametrize("case", HEADERS, ids=lambda case: "-".join(case).rstrip("-"))
def test_each_column_of_a_program_goes_where_it_belongs(tmp_path: Path, case: tuple[str, str, str]) -> None:
    layout = guess(case[1], table_of(tmp_path, case))
    assert layout.product == case[0]
    found = {c.header: f"{c.target}{'#' if c.target.is_key and c.target.field != 'external_id' else ''}" if c.target else "" for c in layout.columns}
    assert found == columns_of(case)
    assert {column.confidence for column in layout.columns if column.target} == {0.99}
    assert all(column.reason for column in layout.columns)


@pytest.mark.parametrize("case", HEADERS, ids=lambda case: "-".join(case).rstrip("-"))
def test_the_columns_tell_what_the_rows_are(tmp_path: Path, case: tuple[str, str, str]) -> None:
    assert suggest_entity(table_of(tmp_path, case)) == case[1]


@pytest.mark.parametrize(
    ("header", "entity"),
    [
        ("opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value", "deal"), ("account,sector,year_established,revenue,employees", "company"),
        ("Ticket ID,Customer Name,Customer Email,Ticket Subject,Ticket Description,Ticket Status", "ticket"), ("First Name,Last Name,Phone", "contact"),
        ("product_id,product_name,unit_price,unit,code", "product"), ("Order Number,Customer,Order Date,Product,Quantity,Unit Price", "quote"),
        ("Firma,Branche,Umsatz,Mitarbeiter", "company"), ("Vorname,Nachname,E-Mail,Firma", "contact"),
    ],
)  # fmt: skip
def test_without_a_known_program_the_columns_tell_too(tmp_path: Path, header: str, entity: str) -> None:
    (tmp_path / "x.csv").write_text(f"{header}\n" + ",".join("a" * (header.count(",") + 1)) + "\n", encoding="utf-8")
    assert suggest_entity(open_table(tmp_path / "x.csv")) == entity


@pytest.mark.parametrize(
    "columns", [["product_name", "product_id"], ["Deal title", "Deal stage"], ["First name", "Last name", "Company"], ["name", "title", "street"]]
)
def test_columns_that_anybody_may_have_are_nobodys(columns: list[str]) -> None:
    assert recognise(columns) is None


def taken(store: Store, folder: Path, case: tuple[str, str, str], *rows: dict[str, str], **options: Any) -> ImportResult:
    return import_file(store, case[1], write(folder, list(rows), list(columns_of(case))), ImportOptions(**options))


def rows_of(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return reader.rows(sql)


def test_pipedrives_status_wins_over_the_stage_a_deal_was_won_in(store: Store, tmp_path: Path) -> None:
    taken(
        store, tmp_path, ("Pipedrive", "deal", ""),
        {"Deal - ID": "1", "Deal - Title": "Won one", "Deal - Stage": "Proposal", "Deal - Status": "Won", "Deal - Won time": "2026-01-02 10:00:00", "Deal - Value": "12.50"},
        {"Deal - ID": "2", "Deal - Title": "Open one", "Deal - Stage": "Proposal", "Deal - Status": "Open", "Deal - Currency of Value": "USD", "Deal - Value": "7"},
    )  # fmt: skip
    sql = "SELECT d.name, s.outcome, d.closed_on, d.amount, d.currency FROM deal d JOIN stage s ON s.id = d.stage_id ORDER BY d.external_id"
    assert rows_of(store, sql) == [("Won one", "won", "2026-01-02", 1250, "EUR"), ("Open one", "open", None, 700, "USD")]


def test_hubspots_linked_records_lose_what_it_adds_to_their_name(store: Store, tmp_path: Path) -> None:
    row = {
        "Record ID": "1",
        "Deal Name": "A",
        "Deal Stage": "Closed Won",
        "Associated Company": "Acme (acme.example);Bolt (bolt.example)",
        "Associated Contact": "Anna Berg (anna@acme.example)",
    }
    result = taken(store, tmp_path, ("HubSpot", "deal", ""), row)
    assert result.created == {"company": 1, "contact": 1}
    assert rows_of(store, "SELECT c.name, p.name FROM deal d JOIN company c ON c.id = d.company_id JOIN contact p ON p.id = d.contact_id") == [
        ("Acme", "Anna Berg")
    ]


def test_mailchimps_address_in_one_cell_and_quoted_tags_are_taken(store: Store, tmp_path: Path) -> None:
    row = {"Email Address": "anna@example.com", "Address": "1 Main St  Chicago  IL  60601 US", "Birthday": "05/21", "CC": "US", "TAGS": '"vip","2024"'}
    result = taken(store, tmp_path, ("Mailchimp", "contact", ""), row)
    assert (result.added, result.rejected) == (1, 0)
    assert rows_of(store, "SELECT street, country FROM address") == [("1 Main St  Chicago  IL  60601 US", "US")]
    assert rows_of(store, "SELECT name FROM tag ORDER BY name") == [("2024",), ("vip",)]


def test_salesforces_ids_link_what_came_in_two_files(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, ("Salesforce", "company", "loader"), {"ID": "001A", "NAME": "Acme", "YEARSTARTED": "1999"})
    taken(store, tmp_path, ("Salesforce", "contact", "loader"), {"ID": "003A", "ACCOUNTID": "001A", "LASTNAME": "Berg", "FIRSTNAME": "Anna", "TITLE": "Buyer"})
    assert rows_of(store, "SELECT t.name, t.role, c.name, c.founded FROM contact t JOIN company c ON c.id = t.company_id") == [
        ("Anna Berg", "Buyer", "Acme", 1999)
    ]


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Order Reference,Customer,Order Date,Expiration,Salesperson,Order Lines/Product,Order Lines/Description,Order Lines/Quantity,Order Lines/Unit Price,Order Lines/Disc.%,"
         "Order Lines/Taxes,Status", "Sales Order"),
        ("Auftragsreferenz,Kunde,Auftragsdatum,Ablauf,Verkäufer,Auftragszeilen/Produkt,Auftragszeilen/Beschreibung,Auftragszeilen/Menge,Auftragszeilen/Einzelpreis,"
         "Auftragszeilen/Rabatt (%),Auftragszeilen/Steuern,Status", "Verkaufsauftrag"),
    ],
)  # fmt: skip
def test_an_order_of_odoo_comes_in_with_the_lines_that_stand_below_it(store: Store, tmp_path: Path, header: str, status: str) -> None:
    path = tmp_path / "sale.order.csv"
    path.write_text(
        f"{header}\nS00012,Deco Addict,2026-03-04 09:00:00,2026-04-04,Mitchell,Office Chair,Office Chair black,2,120.5,10,19%,{status}\n"
        ",,,,,Desk,Desk combination,1,450,0,19%,\n"
        f"S00013,Azure Interior,2026-03-05 09:00:00,2026-04-05,Mitchell,Office Chair,Office Chair,5,120.5,0,19%,{status}\n",
        encoding="utf-8",
    )
    result = import_file(store, "quote", path)
    assert (result.read, result.added, result.joined, result.rejected, result.unused) == (3, 2, 1, 0, ())
    with store.read() as reader:
        assert reader.rows("SELECT number, status, net, valid_until FROM quote ORDER BY number") == [
            ("S00012", "accepted", 66690, "2026-04-04"), ("S00013", "accepted", 60250, "2026-04-05"),
        ]  # fmt: skip
        sql = "SELECT q.number, l.description, l.quantity FROM quote_line l JOIN quote q ON q.id = l.quote_id ORDER BY q.number, l.position"
        assert reader.rows(sql) == [("S00012", "Office Chair black", 2000000), ("S00012", "Desk combination", 1000000), ("S00013", "Office Chair", 5000000)]


def test_salesforces_activities_come_as_what_was_done_too(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    header = '"Activity ID","Subject","Assigned","Date","Status","Priority","Company / Account","Contact","Opportunity","Full Comments","Task Subtype"'
    path.write_text(f'{header}\n"00T1","Prices","Bob","3/14/2026","Completed","Normal","Acme","Anna Berg","","talked","Call"\n', encoding="utf-8")
    table = open_table(path)
    assert suggest_entity(table) == "activity"
    assert import_file(store, "activity", path).unused == ("Priority",)
    with store.read() as reader:
        sql = "SELECT a.kind, a.subject, a.body, m.name, a.external_id FROM activity a JOIN member m ON m.id = a.owner_id"
        assert reader.rows(sql) == [("call", "Prices", "talked", "Bob", "00T1")]
